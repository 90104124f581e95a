//! Counting agreement.

use crate::compare::{Aspect, Comparison, Verdict};

/// A column of the report: one or more aspects that have to agree together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Column {
    /// The value, or every row's.
    Value,
    /// The static type.
    Type,
    /// Nullability.
    Nullable,
    /// Collation and coercibility.
    Collation,
    /// Codes, texts, order and counts of warnings.
    Warnings,
    /// Whether there is an error, its number and SQLSTATE.
    ErrorCode,
    /// The error's text.
    Message,
    /// Everything.
    All,
}

impl Column {
    /// Every column, in the order of the report.
    pub const ALL: [Self; 8] = [
        Self::Value,
        Self::Type,
        Self::Nullable,
        Self::Collation,
        Self::Warnings,
        Self::ErrorCode,
        Self::Message,
        Self::All,
    ];

    /// The heading; also the key in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Value => "value",
            Self::Type => "type",
            Self::Nullable => "nullable",
            Self::Collation => "collation",
            Self::Warnings => "warnings",
            Self::ErrorCode => "error_code",
            Self::Message => "message",
            Self::All => "all",
        }
    }

    fn agrees(self, comparison: &Comparison) -> bool {
        let aspects: &[Aspect] = match self {
            Self::Value => &[Aspect::Value],
            Self::Type => &[Aspect::Type],
            Self::Nullable => &[Aspect::Nullable],
            Self::Collation => &[Aspect::Collation, Aspect::Coercibility],
            Self::Warnings => &[
                Aspect::WarningCodes,
                Aspect::WarningTexts,
                Aspect::WarningOrder,
                Aspect::WarningTimes,
            ],
            Self::ErrorCode => &[Aspect::ErrorCode, Aspect::SqlState],
            Self::Message => &[Aspect::Message],
            Self::All => return comparison.all_agree(),
        };
        aspects.iter().all(|aspect| comparison.agrees(*aspect))
    }
}

/// Counts of one area, or of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// All cases.
    pub cases: usize,
    /// Cases the subject does not support; they count nowhere else.
    pub unsupported: usize,
    /// Cases in which the subject panicked.
    pub panics: usize,
    /// Values that agree only within one unit in the last place.
    pub within_one_ulp: usize,
    agree: [usize; Column::ALL.len()],
}

impl Tally {
    /// Takes one case in.
    pub fn count(&mut self, verdict: &Verdict) {
        self.cases += 1;
        let comparison = match verdict {
            Verdict::Unsupported(_) => {
                self.unsupported += 1;
                return;
            }
            Verdict::Compared(comparison) => comparison,
        };
        self.panics += usize::from(!comparison.agrees(Aspect::Panic));
        self.within_one_ulp += comparison.within_one_ulp;
        for (count, column) in self.agree.iter_mut().zip(Column::ALL) {
            *count += usize::from(column.agrees(comparison));
        }
    }

    /// Takes another tally in.
    pub fn add(&mut self, other: &Self) {
        self.cases += other.cases;
        self.unsupported += other.unsupported;
        self.panics += other.panics;
        self.within_one_ulp += other.within_one_ulp;
        for (count, other) in self.agree.iter_mut().zip(other.agree) {
            *count += other;
        }
    }

    /// Cases that the subject answered, rightly or wrongly.
    pub fn supported(&self) -> usize {
        self.cases - self.unsupported
    }

    /// Cases in which the column agrees.
    pub fn agree(&self, column: Column) -> usize {
        self.agree[column as usize]
    }
}
