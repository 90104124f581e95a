//! Numbers to temporals and back: `20240229`, `240229101112.5`, `-101112`.

use super::calendar;
use super::clock_text::ClockValue;
use super::notes::{DateFlags, Notes};
use super::packed::{Date, DateTime, Time};
use super::text::TextKind;

/// A date or datetime read from a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateNumber {
    /// What it is; never [`TextKind::NotADate`].
    pub kind: TextKind,
    /// The value, cut to microseconds.
    pub value: DateTime,
    /// The seventh digit of the fraction, which decides on rounding.
    pub seventh_digit: u8,
    /// What was wrong.
    pub notes: Notes,
}

/// Largest number that is a TIME: 838:59:59.
const MAX_TIME_NUMBER: i64 = 8_385_959;

/// Reads a whole number as a date or datetime.
#[must_use]
pub fn datetime_from_int(number: i64, flags: DateFlags) -> DateNumber {
    datetime_from_decimal(number, 0, flags)
}

/// Reads a number with a fraction (in units of 10^-9, with the sign of the number) as a date or datetime. The fraction counts only
/// where there is a time of day.
#[must_use]
pub fn datetime_from_decimal(number: i64, nanos: i32, flags: DateFlags) -> DateNumber {
    let mut notes = Notes::default();
    let failed = |notes: Notes| DateNumber {
        kind: TextKind::Invalid,
        value: DateTime::ZERO,
        seventh_digit: 0,
        notes,
    };
    let Some((full, kind)) = expand(number) else {
        notes.truncated = true;
        return failed(notes);
    };
    if nanos < 0 {
        notes.truncated = true;
        return failed(notes);
    }
    let (date, clock) = (full / 1_000_000, full % 1_000_000);
    let (year, month, day) = (date / 10_000, date / 100 % 100, date % 100);
    let (hour, minute, second) = (clock / 10_000, clock / 100 % 100, clock % 100);
    if month > 12 || day > 31 || hour > 23 || minute > 59 || second > 59 {
        notes.truncated = true;
        return failed(notes);
    }
    let date = Date::new(year as u32, month as u32, day as u32);
    if !calendar::check_nonzero(date, full != 0, flags, &mut notes) {
        if full != 0 {
            notes.truncated = true;
        }
        return failed(notes);
    }
    let (micros, seventh_digit) = if kind == TextKind::DateTime {
        (nanos / 1000, nanos / 100 % 10)
    } else {
        (0, 0)
    };
    let value = DateTime::new(
        date,
        hour as u32,
        minute as u32,
        second as u32,
        micros as u32,
    );
    DateNumber {
        kind,
        value,
        seventh_digit: seventh_digit as u8,
        notes,
    }
}

/// `YYYYMMDDhhmmss` of a number in one of the short forms.
fn expand(number: i64) -> Option<(i64, TextKind)> {
    const DAY: i64 = 1_000_000;
    const CENTURY: i64 = 20_000_000;
    let found = match number {
        0 => (0, TextKind::DateTime),
        10_000_101_000_000..=99_999_999_999_999 => (number, TextKind::DateTime),
        100..=691_231 => ((number + CENTURY) * DAY, TextKind::Date),
        700_101..=991_231 => ((number + 19_000_000) * DAY, TextKind::Date),
        991_232..=99_991_231 => (number * DAY, TextKind::Date),
        101_000_000..=691_231_235_959 => (number + CENTURY * DAY, TextKind::DateTime),
        700_101_000_000..=991_231_235_959 => (number + 19_000_000 * DAY, TextKind::DateTime),
        991_231_235_960..=10_000_100_999_999 => (number, TextKind::DateTime),
        _ => return None,
    };
    Some(found)
}

/// Reads a whole number as a TIME (`hhmmss`), or as a datetime if it is that large. A number out of range is no time; only texts are clamped.
#[must_use]
pub fn time_from_int(number: i64, notes: &mut Notes) -> Option<ClockValue> {
    time_from_decimal(number, 0, notes).map(|(value, _)| value)
}

/// Reads a number with a fraction (in units of 10^-9, with the sign of the number) as a TIME; second is the fraction's seventh digit.
#[must_use]
pub fn time_from_decimal(number: i64, nanos: i32, notes: &mut Notes) -> Option<(ClockValue, u8)> {
    if number >= 10_000_000_000 {
        let lenient = DateFlags {
            allow_zero_in_date: true,
            allow_invalid_dates: true,
            ..DateFlags::STRICT
        };
        let whole = datetime_from_decimal(number, nanos, lenient);
        match whole.kind {
            TextKind::Date => return Some((ClockValue::Date(whole.value.date()), 0)),
            TextKind::DateTime => {
                return Some((ClockValue::DateTime(whole.value), whole.seventh_digit));
            }
            TextKind::Invalid | TextKind::NotADate => {}
        }
    }
    if number.unsigned_abs() > MAX_TIME_NUMBER as u64 {
        notes.out_of_range = true;
        return None;
    }
    let negative = number < 0 || nanos < 0;
    let (number, nanos) = (number.unsigned_abs(), nanos.unsigned_abs());
    let (minute, second) = (number / 100 % 100, number % 100);
    if minute > 59 || second > 59 {
        notes.out_of_range = true;
        return None;
    }
    let (time, clamped) = Time::from_clock(
        negative,
        number / 10_000,
        minute as u32,
        second as u32,
        nanos / 1000,
    );
    if clamped {
        notes.out_of_range = true;
        return None;
    }
    Some((ClockValue::Time(time), (nanos / 100 % 10) as u8))
}

impl Date {
    /// `YYYYMMDD`.
    #[inline]
    #[must_use]
    pub const fn to_number(self) -> i64 {
        (self.year() * 10_000 + self.month() * 100 + self.day()) as i64
    }
}

impl DateTime {
    /// `YYYYMMDDhhmmss`, the fraction cut off.
    #[inline]
    #[must_use]
    pub const fn to_number(self) -> i64 {
        self.date().to_number() * 1_000_000
            + (self.hour() * 10_000 + self.minute() * 100 + self.second()) as i64
    }

    /// `YYYYMMDDhhmmss.ffffff` in units of 10^-6.
    #[inline]
    #[must_use]
    pub const fn to_scaled_number(self) -> i128 {
        self.to_number() as i128 * 1_000_000 + self.microsecond() as i128
    }
}

impl Time {
    /// `hhmmss` with the sign, the fraction cut off.
    #[inline]
    #[must_use]
    pub const fn to_number(self) -> i64 {
        let number = (self.hour() * 10_000 + self.minute() * 100 + self.second()) as i64;
        if self.is_negative() { -number } else { number }
    }

    /// `hhmmss.ffffff` with the sign, in units of 10^-6.
    #[inline]
    #[must_use]
    pub const fn to_scaled_number(self) -> i64 {
        let number = (self.hour() * 10_000 + self.minute() * 100 + self.second()) as i64
            * 1_000_000
            + self.microsecond() as i64;
        if self.is_negative() { -number } else { number }
    }
}
