//! Rounding and cutting fractions of a second to a precision (`fsp`, 0 to 6 digits).

use super::calendar;
use super::packed::{DAY, Date, DateTime, SECOND, Time};

/// Microseconds in one unit of the last digit kept.
#[inline]
#[must_use]
pub const fn step(fsp: u8) -> i64 {
    match fsp {
        0 => 1_000_000,
        1 => 100_000,
        2 => 10_000,
        3 => 1000,
        4 => 100,
        5 => 10,
        _ => 1,
    }
}

/// One microsecond later; fails like [`round_datetime`].
#[must_use]
pub(crate) fn add_microsecond(value: DateTime) -> Option<DateTime> {
    carry(value, value.clock_micros() + 1)
}

/// Rounds half up to `fsp` digits; the carry may reach the year.
///
/// A carry into the second needs a day number: `None` past the year 9999 (warning 1441) and for dates with a zero part (no warning of
/// its own), and 31 February becomes 2 or 3 March.
#[inline]
#[must_use]
pub fn round_datetime(value: DateTime, fsp: u8) -> Option<DateTime> {
    let step = step(fsp);
    let micros = i64::from(value.microsecond());
    let rest = micros % step;
    if rest == 0 {
        return Some(value);
    }
    let clock = value.clock_micros() - rest;
    if rest * 2 < step {
        return Some(DateTime::with_clock(value.date(), clock));
    }
    carry(value, clock + step)
}

/// Cuts to `fsp` digits.
#[inline]
#[must_use]
pub const fn truncate_datetime(value: DateTime, fsp: u8) -> DateTime {
    DateTime::from_packed_trusted(value.to_packed() - value.microsecond() as i64 % step(fsp))
}

fn carry(value: DateTime, clock: i64) -> Option<DateTime> {
    if clock % SECOND != 0 {
        return Some(DateTime::with_clock(value.date(), clock));
    }
    let date = value.date();
    if date.has_zero_part() {
        return None;
    }
    let days = calendar::day_number(date) + clock / DAY;
    calendar::date_of(days).map(|date| DateTime::with_clock(date, clock % DAY))
}

/// The day after; `None` for the last day there is and for dates with a zero part.
#[must_use]
pub fn next_day(date: Date) -> Option<Date> {
    if date.has_zero_part() {
        return None;
    }
    calendar::date_of(calendar::day_number(date) + 1)
}

/// Rounds half away from zero to `fsp` digits, clamped to the range of TIME; the flag says that it was clamped.
#[inline]
#[must_use]
pub const fn round_time(value: Time, fsp: u8) -> (Time, bool) {
    let step = step(fsp);
    let micros = value.micros().unsigned_abs() as i64;
    let rest = micros % step;
    let rounded = micros - rest
        + if rest * 2 >= step && rest != 0 {
            step
        } else {
            0
        };
    Time::clamped(if value.is_negative() {
        -rounded
    } else {
        rounded
    })
}

/// Cuts to `fsp` digits, towards zero.
#[inline]
#[must_use]
pub const fn truncate_time(value: Time, fsp: u8) -> Time {
    Time::from_micros_trusted(value.micros() - value.micros() % step(fsp))
}
