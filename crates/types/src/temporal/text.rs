//! Text to DATE and DATETIME.
//!
//! MySQL takes any punctuation between the fields, years of two digits, `YYYYMMDDhhmmss` without delimiters, a `T` or spaces
//! between date and time, a fraction, a zone offset, and garbage after a good value. What is lenient is noted.

use super::calendar;
use super::fraction;
use super::grammar::{self, Asking};
use super::notes::{DateFlags, Notes};
use super::packed::{Date, DateTime};
use super::zone::Zone;

/// What a text turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextKind {
    /// It does not look like a date.
    NotADate,
    /// It looks like a date and is none (month 13, 30 February, a bad zone offset).
    Invalid,
    /// A date alone.
    Date,
    /// A date and at least an hour.
    DateTime,
}

/// A date or datetime read from text, before its fraction is fitted to a precision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateText {
    /// What it is; `value` means something only for [`TextKind::Date`] and [`TextKind::DateTime`].
    pub kind: TextKind,
    /// The value, cut to microseconds; in the zone of `offset` if there is one.
    pub value: DateTime,
    /// The seventh digit of the fraction, which decides on rounding.
    pub seventh_digit: u8,
    /// Digits in the fraction, at most 6: the precision a literal has.
    pub fraction_digits: u8,
    /// The zone offset at the end, in seconds east of UTC.
    pub offset: Option<i32>,
    /// What was wrong.
    pub notes: Notes,
}

impl DateText {
    pub(crate) const fn failed(kind: TextKind, notes: Notes) -> Self {
        // A delimiter is only talked about where there is a value.
        let notes = Notes {
            deprecation: None,
            ..notes
        };
        Self {
            kind,
            value: DateTime::ZERO,
            seventh_digit: 0,
            fraction_digits: 0,
            offset: None,
            notes,
        }
    }

    fn good(kind: TextKind, value: DateTime) -> Self {
        Self {
            kind,
            value,
            seventh_digit: 0,
            fraction_digits: 0,
            offset: None,
            notes: Notes::default(),
        }
    }

    /// There is a value.
    #[must_use]
    pub const fn is_value(&self) -> bool {
        matches!(self.kind, TextKind::Date | TextKind::DateTime)
    }

    /// The DATETIME in the session's zone, rounded (or cut) to microseconds; `None` if there is none. Notes of the conversion are added
    /// to `notes`.
    #[must_use]
    pub fn datetime(
        &self,
        flags: DateFlags,
        session: &Zone,
        notes: &mut Notes,
    ) -> Option<DateTime> {
        if !self.is_value() {
            return None;
        }
        let mut value = self.value;
        if self.seventh_digit >= 5 && !flags.time_truncate_fractional {
            let Some(rounded) = fraction::add_microsecond(value) else {
                notes.deprecation = None;
                notes.truncated = true;
                notes.overflow = !value.date().has_zero_part();
                return None;
            };
            value = rounded;
        }
        match self.offset {
            None => Some(value),
            Some(offset) => {
                let shifted = session.shift_from_offset(value, offset);
                if shifted.is_none() {
                    notes.out_of_range = true;
                }
                shifted
            }
        }
    }
}

/// Reads a date or datetime.
#[must_use]
pub fn parse_datetime(text: &[u8], flags: DateFlags) -> DateText {
    match canonical(text) {
        Some(good) => good,
        None => grammar::lenient(text, flags, Asking::ForDate),
    }
}

/// `YYYY-MM-DD`, optionally followed by ` hh:mm:ss` and a fraction of 1 to 6 digits; no zeros in the date. Anything else is `None` and left
/// to the lenient grammar.
#[inline]
fn canonical(text: &[u8]) -> Option<DateText> {
    let date: &[u8; 10] = text.first_chunk()?;
    let year = two_digits(date[0], date[1])? * 100 + two_digits(date[2], date[3])?;
    let month = two_digits(date[5], date[6])?;
    let day = two_digits(date[8], date[9])?;
    let in_range = month.wrapping_sub(1) < 12
        && day.wrapping_sub(1) < calendar::days_in_month(year, month & 15);
    if !in_range || date[4] != b'-' || date[7] != b'-' {
        return None;
    }
    let date = Date::new(year, month, day);
    if text.len() == 10 {
        return Some(DateText::good(TextKind::Date, date.to_datetime()));
    }
    let clock: &[u8; 9] = text[10..].first_chunk()?;
    let hour = two_digits(clock[1], clock[2])?;
    let minute = two_digits(clock[4], clock[5])?;
    let second = two_digits(clock[7], clock[8])?;
    if hour > 23
        || minute > 59
        || second > 59
        || clock[0] != b' '
        || clock[3] != b':'
        || clock[6] != b':'
    {
        return None;
    }
    let (micros, digits) = match text.get(19..)? {
        [] => (0, 0),
        [b'.', fraction @ ..] if (1..=6).contains(&fraction.len()) => {
            let mut value = 0;
            for &byte in fraction {
                value = value * 10 + digit(byte)?;
            }
            (value * TEN_TO[6 - fraction.len()], fraction.len() as u8)
        }
        _ => return None,
    };
    let mut good = DateText::good(
        TextKind::DateTime,
        DateTime::new(date, hour, minute, second, micros),
    );
    good.fraction_digits = digits;
    Some(good)
}

/// Powers of ten from 10^0 to 10^6.
pub(crate) const TEN_TO: [u32; 7] = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000];

#[inline]
pub(crate) fn digit(byte: u8) -> Option<u32> {
    let value = u32::from(byte.wrapping_sub(b'0'));
    (value < 10).then_some(value)
}

#[inline]
pub(crate) fn two_digits(tens: u8, ones: u8) -> Option<u32> {
    let (tens, ones) = (
        u32::from(tens.wrapping_sub(b'0')),
        u32::from(ones.wrapping_sub(b'0')),
    );
    (tens < 10 && ones < 10).then_some(tens * 10 + ones)
}
