//! `EXTRACT(unit FROM …)` over the fields of a value.

use super::calendar::{self, WeekMode};
use super::interval::Unit;
use super::packed::Parts;

/// The unit's digits, joined for compound units (`DAY_HOUR` of the 2nd, 10 o'clock: 210), with the sign of a negative TIME.
#[must_use]
pub const fn extract(unit: Unit, parts: &Parts, mode: WeekMode) -> i64 {
    let Parts {
        negative,
        year,
        month,
        day,
        hour,
        minute,
        second,
        microsecond,
    } = *parts;
    let (year, month, day) = (year as i64, month as i64, day as i64);
    let (hour, minute, second, micro) = (
        hour as i64,
        minute as i64,
        second as i64,
        microsecond as i64,
    );
    const MICRO: i64 = 1_000_000;
    let value = match unit {
        Unit::Year => year,
        Unit::YearMonth => year * 100 + month,
        Unit::Quarter => (month + 2) / 3,
        Unit::Month => month,
        Unit::Week => calendar::week(parts.date(), mode).0 as i64,
        Unit::Day => day,
        Unit::DayHour => day * 100 + hour,
        Unit::DayMinute => (day * 100 + hour) * 100 + minute,
        Unit::DaySecond => ((day * 100 + hour) * 100 + minute) * 100 + second,
        Unit::DayMicrosecond => {
            (((day * 100 + hour) * 100 + minute) * 100 + second) * MICRO + micro
        }
        Unit::Hour => hour,
        Unit::HourMinute => hour * 100 + minute,
        Unit::HourSecond => (hour * 100 + minute) * 100 + second,
        Unit::HourMicrosecond => ((hour * 100 + minute) * 100 + second) * MICRO + micro,
        Unit::Minute => minute,
        Unit::MinuteSecond => minute * 100 + second,
        Unit::MinuteMicrosecond => (minute * 100 + second) * MICRO + micro,
        Unit::Second => second,
        Unit::SecondMicrosecond => second * MICRO + micro,
        Unit::Microsecond => micro,
    };
    if negative { -value } else { value }
}
