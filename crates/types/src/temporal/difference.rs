//! Differences of dates and times.

use super::calendar;
use super::interval::Unit;
use super::packed::{DAY, Date, DateTime, HOUR, MINUTE, SECOND, Time};

/// `DATEDIFF(left, right)` in days.
#[inline]
#[must_use]
pub const fn days_between(left: Date, right: Date) -> i64 {
    calendar::day_number(left) - calendar::day_number(right)
}

/// `left - right` in microseconds.
#[inline]
#[must_use]
pub const fn micros_between(left: DateTime, right: DateTime) -> i64 {
    days_between(left.date(), right.date()) * DAY + left.clock_micros() - right.clock_micros()
}

/// `TIMEDIFF(time, time)`, clamped; the flag says that it was.
#[must_use]
pub const fn time_between_times(left: Time, right: Time) -> (Time, bool) {
    Time::clamped(left.micros() - right.micros())
}

/// `TIMEDIFF(datetime, datetime)`, clamped; the flag says that it was.
#[must_use]
pub const fn time_between(left: DateTime, right: DateTime) -> (Time, bool) {
    Time::clamped(micros_between(left, right))
}

/// `TIMESTAMPDIFF(unit, from, to)`: whole units from one to the other, towards zero. `None` for a compound unit.
#[must_use]
pub const fn units_between(unit: Unit, from: DateTime, to: DateTime) -> Option<i64> {
    let each = match unit {
        Unit::Microsecond => 1,
        Unit::Second => SECOND,
        Unit::Minute => MINUTE,
        Unit::Hour => HOUR,
        Unit::Day => DAY,
        Unit::Week => 7 * DAY,
        Unit::Month => return Some(months_between(from, to)),
        Unit::Quarter => return Some(months_between(from, to) / 3),
        Unit::Year => return Some(months_between(from, to) / 12),
        _ => return None,
    };
    Some(micros_between(to, from) / each)
}

/// Whole months: one begins to count when day and time of day are reached again.
const fn months_between(from: DateTime, to: DateTime) -> i64 {
    if micros_between(to, from) < 0 {
        return -months_between(to, from);
    }
    let months =
        (to.year() as i64 - from.year() as i64) * 12 + to.month() as i64 - from.month() as i64;
    months - (day_and_clock(to) < day_and_clock(from)) as i64
}

/// Day of the month and time of day in one ordered number.
const fn day_and_clock(value: DateTime) -> i64 {
    value.to_packed() & ((1 << 42) - 1)
}
