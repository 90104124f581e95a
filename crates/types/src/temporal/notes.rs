//! What may be said about a value that was read: flags in, notes out.

/// The part of `sql_mode`, and of the asking function's manners, that decides which dates are dates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct DateFlags {
    /// Month or day may be zero (`YEAR('2024-00-10')` is 2024). Most functions that only take a date apart are so lenient.
    pub allow_zero_in_date: bool,
    /// `NO_ZERO_IN_DATE`: month or day may not be zero, whatever the function says.
    pub no_zero_in_date: bool,
    /// `NO_ZERO_DATE`: `0000-00-00` is no date.
    pub no_zero_date: bool,
    /// `ALLOW_INVALID_DATES`: days up to 31 in every month.
    pub allow_invalid_dates: bool,
    /// `TIME_TRUNCATE_FRACTIONAL`: cut fractions instead of rounding them.
    pub time_truncate_fractional: bool,
}

impl DateFlags {
    /// Only real dates and the zero date: what a function asks for when it needs a day number.
    pub const STRICT: Self = Self {
        allow_zero_in_date: false,
        no_zero_in_date: false,
        no_zero_date: false,
        allow_invalid_dates: false,
        time_truncate_fractional: false,
    };

    /// Zero and partial dates pass.
    pub const FUZZY: Self = Self {
        allow_zero_in_date: true,
        ..Self::STRICT
    };
}

/// A delimiter that MySQL still takes and would rather not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deprecation {
    /// Which of the two warnings.
    pub kind: DeprecationKind,
    /// The delimiter found.
    pub delimiter: u8,
    /// Its place in the text, in bytes from 0.
    pub position: usize,
}

/// The two warnings about delimiters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeprecationKind {
    /// Warning 4095: another delimiter is the standard one here.
    Prefer(u8),
    /// Warning 4096: nothing belongs here.
    Superfluous,
}

/// What was found wrong while reading or converting a temporal value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Notes {
    /// Something after the value was ignored, or the text has no such value.
    pub truncated: bool,
    /// A field or the whole value is out of range (a TIME is then clamped).
    pub out_of_range: bool,
    /// It is `0000-00-00` and may not be.
    pub zero_date: bool,
    /// Month or day is zero and may not be.
    pub zero_in_date: bool,
    /// Rounding went past the last representable moment (warning 1441).
    pub overflow: bool,
    /// The first deprecated delimiter.
    pub deprecation: Option<Deprecation>,
}

impl Notes {
    /// Anything but a deprecated delimiter: the caller warns 1292.
    #[must_use]
    pub const fn any(&self) -> bool {
        self.truncated || self.out_of_range || self.zero_date || self.zero_in_date || self.overflow
    }

    /// Nothing but a field or value out of range.
    #[must_use]
    pub fn only_out_of_range(&self) -> bool {
        let out_of_range = Self {
            out_of_range: true,
            ..Self::default()
        };
        *self == out_of_range
    }

    pub(crate) fn deprecate(&mut self, kind: DeprecationKind, delimiter: u8, position: usize) {
        if self.deprecation.is_none() {
            self.deprecation = Some(Deprecation {
                kind,
                delimiter,
                position,
            });
        }
    }
}
