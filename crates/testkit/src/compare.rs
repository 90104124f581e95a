//! Comparing an outcome with the recorded answer, aspect by aspect.
//!
//! Nothing is tolerated but one unit in the last place of a DOUBLE or FLOAT that a transcendental function made
//! ([`within_one_ulp`]): there the server itself follows its C library.
//!
//! **Errors.** If the recording is an error, only the error is compared. If the subject fails where the recording
//! has a value, every aspect of the answer counts as wrong, but one difference is reported. A column case without
//! recorded rows failed as a statement; a subject that reports that very error for every row agrees.
//!
//! **Warnings.** Recorded are distinct (code, text) pairs in order of first appearance, with counts. Where some rows
//! fail, the recording asked the rows one by one: then warnings of failing rows are not there, those raised before any
//! row are there once for each row that did not fail, and the row number in a text is always 1. The subject's
//! warnings are turned into that form before they are compared.

mod ulp;
mod warnings;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use crate::corpus::{Answer, Case, Cell, Meta, ResultColumn, SqlError};
use crate::subject::{Outcome, Raised};

pub use ulp::within_one_ulp;

/// One thing that a recorded answer says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Aspect {
    /// The subject panicked, so nothing else could be compared.
    Panic,
    /// Whether there is an error, and which: its number.
    ErrorCode,
    /// The SQLSTATE of the error.
    SqlState,
    /// The text of the error.
    Message,
    /// The static type.
    Type,
    /// Whether the result may be NULL.
    Nullable,
    /// The name of the collation.
    Collation,
    /// The coercibility.
    Coercibility,
    /// The value, or the values of all rows.
    Value,
    /// The set of warning codes.
    WarningCodes,
    /// The texts of the warnings.
    WarningTexts,
    /// The order in which warnings first appear.
    WarningOrder,
    /// How often each warning was raised.
    WarningTimes,
}

impl Aspect {
    /// Every aspect, in the order of reports.
    pub const ALL: [Self; 13] = [
        Self::Panic,
        Self::ErrorCode,
        Self::SqlState,
        Self::Message,
        Self::Type,
        Self::Nullable,
        Self::Collation,
        Self::Coercibility,
        Self::Value,
        Self::WarningCodes,
        Self::WarningTexts,
        Self::WarningOrder,
        Self::WarningTimes,
    ];

    /// A short name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Panic => "panic",
            Self::ErrorCode => "error code",
            Self::SqlState => "sqlstate",
            Self::Message => "message",
            Self::Type => "type",
            Self::Nullable => "nullable",
            Self::Collation => "collation",
            Self::Coercibility => "coercibility",
            Self::Value => "value",
            Self::WarningCodes => "warning codes",
            Self::WarningTexts => "warning texts",
            Self::WarningOrder => "warning order",
            Self::WarningTimes => "warning counts",
        }
    }
}

impl fmt::Display for Aspect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// One difference, for a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What differs.
    pub aspect: Aspect,
    /// In which row first; `None` for what concerns the whole case.
    pub row: Option<usize>,
    /// What the server said.
    pub expected: String,
    /// What the subject said.
    pub got: String,
    /// A coarse form of the difference, equal for differences of one kind: "1690 -> a value", "BIGINT -> DECIMAL".
    pub kind: String,
}

/// What comparing one case gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The subject does not support the case; the reason in its words.
    Unsupported(String),
    /// The subject answered.
    Compared(Comparison),
}

/// The differences of one case.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Comparison {
    /// The differences worth telling, at most one an aspect.
    pub differences: Vec<Difference>,
    /// The aspects that do not agree: those of the differences, and those that an error left without an answer.
    pub missed: BTreeSet<Aspect>,
    /// How many values agree only within one unit in the last place.
    pub within_one_ulp: usize,
}

impl Comparison {
    /// Whether an aspect agrees.
    pub fn agrees(&self, aspect: Aspect) -> bool {
        !self.missed.contains(&aspect)
    }

    /// Whether everything agrees.
    pub fn all_agree(&self) -> bool {
        self.missed.is_empty()
    }

    /// What a case is worth during which the subject panicked.
    pub fn panicked(message: &str) -> Self {
        let kind = message.lines().next().unwrap_or_default().to_owned();
        let difference = Difference {
            aspect: Aspect::Panic,
            row: None,
            expected: "an answer".into(),
            got: format!("panic: {message}"),
            kind,
        };
        Self {
            differences: vec![difference],
            missed: Aspect::ALL.into(),
            within_one_ulp: 0,
        }
    }

    /// The same, but with a last digit that differs as a difference: for subjects that share their C library.
    pub fn without_tolerance(mut self) -> Self {
        if self.within_one_ulp > 0 {
            let count = self.within_one_ulp;
            let got = format!("{count} values with another last digit");
            let expected = "the same to the last digit".to_owned();
            self.differ(Aspect::Value, None, expected, got, "last digit".into());
        }
        self
    }

    fn differ(
        &mut self,
        aspect: Aspect,
        row: Option<usize>,
        expected: String,
        got: String,
        kind: String,
    ) {
        // The first row that differs is the one to look at; the others are mostly the same story.
        if self.missed.insert(aspect) {
            self.differences.push(Difference {
                aspect,
                row,
                expected,
                got,
                kind,
            });
        }
    }
}

/// The aspects of an answer that an error leaves open.
const ASPECTS_OF_A_VALUE: [Aspect; 9] = [
    Aspect::Type,
    Aspect::Nullable,
    Aspect::Collation,
    Aspect::Coercibility,
    Aspect::Value,
    Aspect::WarningCodes,
    Aspect::WarningTexts,
    Aspect::WarningOrder,
    Aspect::WarningTimes,
];

/// Compares what the subject said with what the server said.
pub fn compare(case: &Case, outcome: &Outcome) -> Verdict {
    let mut comparison = Comparison::default();
    match (&case.answer, outcome) {
        (_, Outcome::Unsupported(reason)) => return Verdict::Unsupported(reason.clone()),
        (Answer::Error(expected), Outcome::Error(got)) => comparison.errors(None, expected, got),
        (Answer::Error(expected), Outcome::Rows { rows, .. }) => {
            match same_error_everywhere(rows) {
                Some(got) => comparison.errors(None, expected, got),
                None => {
                    let row = rows.iter().position(Result::is_ok);
                    let got = row.and_then(|row| rows[row].as_ref().ok());
                    comparison.value_for_error(row, expected, got);
                }
            }
        }
        (Answer::Error(expected), Outcome::Value { value, .. }) => {
            comparison.value_for_error(None, expected, Some(value));
        }
        (Answer::Value { .. } | Answer::Rows { .. }, Outcome::Error(got)) => {
            let expected = match &case.answer {
                Answer::Value { value, .. } => value.to_string(),
                _ => "rows".into(),
            };
            comparison.error_for_value(None, expected, got);
            comparison.missed.extend(ASPECTS_OF_A_VALUE);
        }
        (
            Answer::Value {
                column,
                value,
                warnings,
                ..
            },
            Outcome::Value {
                column: got_column,
                value: got,
                warnings: raised,
            },
        ) => {
            comparison.columns(column, got_column);
            comparison.cell(None, case, &column.type_name, value, got);
            comparison.warnings(warnings, &warnings::of_statement(raised));
        }
        (
            Answer::Rows {
                column,
                rows,
                warnings,
                statement_error,
                ..
            },
            Outcome::Rows {
                column: got_column,
                rows: got,
                warnings: raised,
            },
        ) => {
            comparison.columns(column, got_column);
            comparison.rows(case, &column.type_name, rows, got);
            let collected = match statement_error {
                None => warnings::of_statement(raised),
                Some(_) => warnings::row_by_row(raised, got),
            };
            comparison.warnings(warnings, &collected);
        }
        (Answer::Value { .. }, Outcome::Rows { .. })
        | (Answer::Rows { .. }, Outcome::Value { .. }) => {
            let (expected, got) = match outcome {
                Outcome::Rows { .. } => ("one value", "rows"),
                _ => ("rows", "one value"),
            };
            let kind = format!("{expected} -> {got}");
            comparison.differ(Aspect::Value, None, expected.into(), got.into(), kind);
        }
    }
    Verdict::Compared(comparison)
}

/// An outcome in the form of a recorded answer, to compare other subjects with; `None` if it is not supported.
pub fn as_answer(outcome: &Outcome) -> Option<Answer> {
    // The protocol's description is not compared.
    let meta = Meta([0; 5]);
    Some(match outcome {
        Outcome::Unsupported(_) => return None,
        Outcome::Error(error) => Answer::Error(error.clone()),
        Outcome::Value {
            column,
            value,
            warnings,
        } => Answer::Value {
            column: column.clone(),
            meta,
            value: value.clone(),
            warnings: warnings::of_statement(warnings),
        },
        Outcome::Rows { rows, .. } if let Some(error) = same_error_everywhere(rows) => {
            Answer::Error(error.clone())
        }
        Outcome::Rows {
            column,
            rows,
            warnings,
        } => {
            let statement_error = rows.iter().find_map(|row| row.clone().err());
            let warnings = match &statement_error {
                None => warnings::of_statement(warnings),
                Some(_) => warnings::row_by_row(warnings, rows),
            };
            let alone = |(row, outcome): (usize, &Result<Cell, SqlError>)| {
                outcome
                    .clone()
                    .map_err(|error| warnings::renumbered_error(&error, row))
            };
            let rows = rows.iter().enumerate().map(alone).collect();
            Answer::Rows {
                column: column.clone(),
                meta,
                rows,
                statement_error,
                warnings,
            }
        }
    })
}

/// The error of a result whose rows all fail alike.
fn same_error_everywhere(rows: &[Result<Cell, SqlError>]) -> Option<&SqlError> {
    let first = rows.first()?.as_ref().err()?;
    rows.iter()
        .all(|row| row.as_ref().is_err_and(|error| error.code == first.code))
        .then_some(first)
}

/// The words of an error. The server had a statement to parse, and quotes what is left of that; here there is an expression alone.
fn of_expression(error: &SqlError) -> Cow<'_, str> {
    const SYNTAX: u16 = 1064;
    const REST: &str = "FROM t' at line ";
    match error.message.find(REST) {
        Some(at) if error.code == SYNTAX => {
            let (before, after) = error.message.split_at(at);
            let end = &after["FROM t".len()..];
            Cow::Owned(format!("{}{end}", before.trim_end_matches(' ')))
        }
        _ => Cow::Borrowed(&error.message),
    }
}

impl Comparison {
    fn errors(&mut self, row: Option<usize>, expected: &SqlError, got: &SqlError) {
        if expected.code != got.code {
            let kind = format!("error {} -> error {}", expected.code, got.code);
            self.differ(
                Aspect::ErrorCode,
                row,
                expected.to_string(),
                got.to_string(),
                kind,
            );
            // Texts of different errors differ; that is no second finding.
            self.missed.extend([Aspect::SqlState, Aspect::Message]);
            return;
        }
        if expected.sqlstate != got.sqlstate {
            let kind = format!(
                "{}: {} -> {}",
                expected.code, expected.sqlstate, got.sqlstate
            );
            self.differ(
                Aspect::SqlState,
                row,
                expected.to_string(),
                got.to_string(),
                kind,
            );
        }
        if of_expression(expected) != of_expression(got) {
            let kind = format!("error {}", expected.code);
            self.differ(
                Aspect::Message,
                row,
                expected.message.clone(),
                got.message.clone(),
                kind,
            );
        }
    }

    fn value_for_error(&mut self, row: Option<usize>, expected: &SqlError, got: Option<&Cell>) {
        let got = got.map_or_else(|| "no rows".into(), Cell::to_string);
        let kind = format!("error {} -> a value", expected.code);
        self.differ(Aspect::ErrorCode, row, expected.to_string(), got, kind);
        self.missed
            .extend([Aspect::SqlState, Aspect::Message, Aspect::Value]);
    }

    fn error_for_value(&mut self, row: Option<usize>, expected: String, got: &SqlError) {
        let kind = format!("a value -> error {}", got.code);
        self.differ(Aspect::ErrorCode, row, expected, got.to_string(), kind);
        self.missed
            .extend([Aspect::SqlState, Aspect::Message, Aspect::Value]);
    }

    fn columns(&mut self, expected: &ResultColumn, got: &ResultColumn) {
        if expected.type_name != got.type_name {
            let kind = type_kind(&expected.type_name, &got.type_name);
            self.differ(
                Aspect::Type,
                None,
                expected.type_name.clone(),
                got.type_name.clone(),
                kind,
            );
        }
        if expected.nullable != got.nullable {
            let word = |nullable| if nullable { "nullable" } else { "NOT NULL" };
            let (expected, got) = (word(expected.nullable), word(got.nullable));
            self.differ(
                Aspect::Nullable,
                None,
                expected.into(),
                got.into(),
                format!("{expected} -> {got}"),
            );
        }
        // Recorded for strings only: elsewhere a subject may say what it likes.
        let Some(expected) = &expected.collation else {
            return;
        };
        let Some(got) = &got.collation else {
            let kind = format!("{} -> none", expected.name);
            self.differ(
                Aspect::Collation,
                None,
                expected.name.clone(),
                "none".into(),
                kind,
            );
            self.missed.insert(Aspect::Coercibility);
            return;
        };
        if expected.name != got.name {
            let kind = format!("{} -> {}", expected.name, got.name);
            self.differ(
                Aspect::Collation,
                None,
                expected.name.clone(),
                got.name.clone(),
                kind,
            );
        }
        if expected.coercibility != got.coercibility {
            let (expected, got) = (
                expected.coercibility.to_string(),
                got.coercibility.to_string(),
            );
            let kind = format!("{expected} -> {got}");
            self.differ(Aspect::Coercibility, None, expected, got, kind);
        }
    }

    fn cell(
        &mut self,
        row: Option<usize>,
        case: &Case,
        type_name: &str,
        expected: &Cell,
        got: &Cell,
    ) {
        if expected == got {
            return;
        }
        if within_one_ulp(&case.expr, type_name, expected, got) {
            self.within_one_ulp += 1;
            return;
        }
        let kind = match (expected, got) {
            (Cell::Null, _) => "NULL -> a value",
            (_, Cell::Null) => "a value -> NULL",
            (Cell::Text(_), Cell::Bytes(_)) => "text -> bytes",
            (Cell::Bytes(_), Cell::Text(_)) => "bytes -> text",
            _ => "another value",
        };
        self.differ(
            Aspect::Value,
            row,
            expected.to_string(),
            got.to_string(),
            kind.into(),
        );
    }

    fn rows(
        &mut self,
        case: &Case,
        type_name: &str,
        expected: &[Result<Cell, SqlError>],
        got: &[Result<Cell, SqlError>],
    ) {
        if expected.len() != got.len() {
            let count = |rows: usize| format!("{rows} rows");
            let (expected, got) = (count(expected.len()), count(got.len()));
            self.differ(Aspect::Value, None, expected, got, "number of rows".into());
        }
        for (row, (expected, got)) in expected.iter().zip(got).enumerate() {
            match (expected, got) {
                (Ok(expected), Ok(got)) => self.cell(Some(row), case, type_name, expected, got),
                (Err(expected), Err(got)) => {
                    self.errors(Some(row), expected, &warnings::renumbered_error(got, row))
                }
                (Err(expected), Ok(got)) => self.value_for_error(Some(row), expected, Some(got)),
                (Ok(expected), Err(got)) => {
                    self.error_for_value(Some(row), expected.to_string(), got)
                }
            }
        }
    }

    fn warnings(&mut self, expected: &[crate::corpus::Warning], got: &[crate::corpus::Warning]) {
        warnings::compare(expected, got, |aspect, expected, got, kind| {
            self.differ(aspect, None, expected, got, kind)
        });
    }
}

/// Types with their parameters if these alone differ, else without.
fn type_kind(expected: &str, got: &str) -> String {
    let bare = |name: &str| match (name.find('('), name.rfind(')')) {
        (Some(open), Some(close)) if open < close => {
            format!("{}{}", &name[..open], &name[close + 1..])
        }
        _ => name.to_owned(),
    };
    let (bare_expected, bare_got) = (bare(expected), bare(got));
    if bare_expected == bare_got {
        format!("{bare_expected}: other length or digits")
    } else {
        format!("{bare_expected} -> {bare_got}")
    }
}

#[cfg(test)]
mod tests;
