//! Dates and times, as Arrow counts them, to MySQL's packed ones.

use crate::columns::TimeUnit;
use sqlift_types::temporal::packed::{DAY, SECOND};
use sqlift_types::temporal::{self, calendar};

pub(crate) fn fit((value, fits): (i64, bool)) -> Option<i64> {
    fits.then_some(value)
}

/// Days since 1970-01-01 as a packed date, from 0000-01-01 on.
pub(crate) fn any_date(days: i32) -> Option<i64> {
    let number = UNIX_EPOCH + i64::from(days);
    let date = calendar::date_of(number).filter(|_| number > 0)?;
    Some(date.to_packed())
}

/// Days since 1970-01-01 as a packed date, from 0000-03-01 on: the two months before are left to tier 0.
///
/// In 32 bits and without a branch, so that it vectorises (Neri and Schneider, *Euclidean affine functions and their application to
/// calendar algorithms*). Years are counted from March here, so that the leap day is a year's last.
#[inline(always)]
pub(crate) fn date(days: i32) -> (i64, bool) {
    const MOST: u32 = LAST_DAY as u32 - 60;
    // Days since 0000-03-01; of those that are not there, some other day.
    let since = days.wrapping_sub(FIRST_OF_MARCH) as u32;
    let fits = since <= MOST;
    let n = if fits { since } else { 0 } * 4 + 3;
    let century = n / 146_097;
    let of_century = (n % 146_097) | 3;
    let year = of_century / 1461;
    let of_year = of_century % 1461 / 4;
    let n = 2141 * of_year + 197_913;
    let (month, day) = (n >> 16, (n & 0xFFFF) / 2141 + 1);
    let next_year = u32::from(of_year >= 306);
    let year = 100 * century + year + next_year;
    let month = month - 12 * next_year;
    (i64::from(year << 9 | month << 5 | day), fits)
}

/// 0000-03-01, in days since 1970-01-01.
const FIRST_OF_MARCH: i32 = (60 - UNIX_EPOCH) as i32;
/// The day number of 9999-12-31.
const LAST_DAY: i64 = calendar::day_number_of(9999, 12, 31);

/// The day number of 1970-01-01.
const UNIX_EPOCH: i64 = calendar::day_number_of(1970, 1, 1);

/// Time since 1970-01-01 00:00:00 as a packed date and time.
pub(crate) fn datetime(value: i64, unit: TimeUnit) -> (i64, bool) {
    let Some(micros) = micros(value, unit) else {
        return (0, false);
    };
    let number = UNIX_EPOCH + micros.div_euclid(DAY);
    match calendar::date_of(number) {
        Some(date) if number > 0 => {
            let clock = micros.rem_euclid(DAY);
            (
                temporal::DateTime::with_clock(date, clock).to_packed(),
                true,
            )
        }
        _ => (0, false),
    }
}

pub(crate) fn time(value: i64, unit: TimeUnit) -> (i64, bool) {
    match micros(value, unit).and_then(temporal::Time::from_micros) {
        Some(time) => (time.micros(), true),
        None => (0, false),
    }
}

fn micros(value: i64, unit: TimeUnit) -> Option<i64> {
    match unit {
        TimeUnit::Second => value.checked_mul(SECOND),
        TimeUnit::Millisecond => value.checked_mul(1000),
        TimeUnit::Microsecond => Some(value),
        TimeUnit::Nanosecond => Some(value.div_euclid(1000)),
    }
}
