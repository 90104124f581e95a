//! Day numbers, weekdays, weeks.
//!
//! Day numbers are those of `TO_DAYS`: `0000-01-01` is 1, `0001-01-01` is 366, `1970-01-01` is 719,528. MySQL's year 0 has 365
//! days: it is the one year where the proleptic Gregorian calendar is not followed.

use super::notes::{DateFlags, Notes};
use super::packed::Date;

/// `TO_DAYS('9999-12-31')`.
pub const MAX_DAY_NUMBER: i64 = 3_652_424;
/// `TO_DAYS('1970-01-01')`.
pub const UNIX_EPOCH_DAY: i64 = 719_528;

/// 29 February exists. Not in year 0.
#[inline]
#[must_use]
pub const fn is_leap_year(year: u32) -> bool {
    year & 3 == 0 && (!year.is_multiple_of(100) || (year.is_multiple_of(400) && year != 0))
}

/// Days in a year: 365 or 366.
#[inline]
#[must_use]
pub const fn days_in_year(year: u32) -> u32 {
    365 + is_leap_year(year) as u32
}

/// Days in a month (1 to 12).
#[inline]
#[must_use]
pub const fn days_in_month(year: u32, month: u32) -> u32 {
    // 30 or 31 alternate, with the phase turned in August.
    if month == 2 {
        28 + is_leap_year(year) as u32
    } else {
        30 | (month ^ (month >> 3))
    }
}

/// The day number of year, month (1 to 12) and day. The day is simply counted on, so 31 February is 2 or 3 March and day 0 the last of
/// the month before; a month of 0 counts as January of the same year less 31 days. `0000-00-00` is 0.
#[inline]
#[must_use]
pub const fn day_number_of(year: u32, month: u32, day: u32) -> i64 {
    if year == 0 && month == 0 {
        return 0;
    }
    if month == 0 {
        return day_number_formula(year, 1, day) - 31;
    }
    day_number_formula(year, month, day)
}

/// Days since 0000-03-01 in years of 365.2425 days that start in March, moved to the origin of `TO_DAYS`.
const fn day_number_formula(year: u32, month: u32, day: u32) -> i64 {
    // A year earlier than 0 is avoided by counting one era of 400 years (146,097 days) more.
    let y = year + 400 - (month <= 2) as u32;
    let m = (month + 9) % 12;
    let days = y * 365 + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day;
    // The formula counts a 29 February 0000 that MySQL does not have: January and February of that year come out one too small.
    days as i64 - 146_097 + 59 + (year == 0 && month <= 2) as i64
}

/// The day number of a date.
#[inline]
#[must_use]
pub const fn day_number(date: Date) -> i64 {
    day_number_of(date.year(), date.month(), date.day())
}

/// The date of a day number; 0 is `0000-00-00`. `None` below 0 and past 9999-12-31.
#[inline]
#[must_use]
pub const fn date_of(day_number: i64) -> Option<Date> {
    if day_number < 0 || day_number > MAX_DAY_NUMBER {
        return None;
    }
    if day_number < 60 {
        // January and February of year 0, before the first March the formula starts from.
        let n = day_number as u32;
        return Some(match n {
            0 => Date::ZERO,
            1..=31 => Date::new(0, 1, n),
            _ => Date::new(0, 2, n - 31),
        });
    }
    // Days since 0000-03-01; positive here, so unsigned arithmetic does.
    let days = (day_number - 60) as u32;
    let era = days / 146_097;
    let of_era = days % 146_097;
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let m = (5 * of_year + 2) / 153;
    let day = of_year - (153 * m + 2) / 5 + 1;
    let month = if m < 10 { m + 3 } else { m - 9 };
    Some(Date::new(
        year_of_era + era * 400 + (month <= 2) as u32,
        month,
        day,
    ))
}

/// Day of the week of a day number: 0 is Monday, 6 Sunday (`WEEKDAY`).
#[inline]
#[must_use]
pub const fn weekday(day_number: i64) -> u32 {
    ((day_number + 5) % 7) as u32
}

/// Day of the week of a day number: 0 is Sunday, 6 Saturday (`DAYOFWEEK` less one).
#[inline]
#[must_use]
pub const fn weekday_from_sunday(day_number: i64) -> u32 {
    ((day_number + 6) % 7) as u32
}

/// Day of the year, 1 to 366 (`DAYOFYEAR`). A date with a zero month or day counts as [`day_number_of`] does.
#[inline]
#[must_use]
pub const fn day_of_year(date: Date) -> i64 {
    day_number(date) - day_number_of(date.year(), 1, 1) + 1
}

/// The last day of the date's month; `None` if the month is 0.
#[must_use]
pub const fn last_day(date: Date) -> Option<Date> {
    if date.month() == 0 {
        return None;
    }
    Some(Date::new(
        date.year(),
        date.month(),
        days_in_month(date.year(), date.month()),
    ))
}

/// How weeks are counted: the `mode` argument of `WEEK`, 0 to 7.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WeekMode {
    /// Weeks start on Monday, not Sunday.
    pub monday_first: bool,
    /// Days before week 1 belong to the last week of the year before (1 to 53), not to week 0.
    pub whole_year: bool,
    /// Week 1 is the first that begins in the year, not the first with four days or more in it.
    pub first_weekday: bool,
}

impl WeekMode {
    /// ISO 8601 weeks (mode 3).
    pub const ISO: Self = Self {
        monday_first: true,
        whole_year: true,
        first_weekday: false,
    };

    /// From the number that SQL gives; bits above the lowest three are ignored.
    #[must_use]
    pub const fn from_number(mode: u32) -> Self {
        let monday_first = mode & 1 != 0;
        // In Sunday weeks the sense of bit 2 is turned round.
        Self {
            monday_first,
            whole_year: mode & 2 != 0,
            first_weekday: (mode & 4 != 0) == monday_first,
        }
    }
}

/// The week of a date and the year it belongs to (`WEEK`, `YEARWEEK`).
#[must_use]
pub const fn week(date: Date, mode: WeekMode) -> (u32, u32) {
    let today = day_number(date);
    let mut year = date.year();
    let mut first = day_number_of(year, 1, 1);
    let mut whole_year = mode.whole_year;
    let mut lead = start_weekday(first, mode);

    if date.month() == 1 && date.day() as i64 <= 7 - lead {
        if !whole_year && before_week_one(lead, mode) {
            return (0, year);
        }
        // Count on from the last week of the old year; the end of this function finds out if that is week 1 of the new one.
        whole_year = true;
        year = year.wrapping_sub(1);
        let length = days_in_year(year) as i64;
        first -= length;
        lead = (lead + 53 * 7 - length) % 7;
    }
    // Day number on which week 1 starts.
    let start = if before_week_one(lead, mode) {
        first + (7 - lead)
    } else {
        first - lead
    };
    // MySQL: 32-bit unsigned, so that zero dates, which lie before their year, give numbers such as 613566757.
    let days = (today - start) as u32;
    if whole_year && days >= 52 * 7 {
        let next_lead = (lead + days_in_year(year) as i64) % 7;
        if !before_week_one(next_lead, mode) {
            return (1, year.wrapping_add(1));
        }
    }
    (days / 7 + 1, year)
}

/// `YEARWEEK`: year and week joined. The mode always counts [`WeekMode::whole_year`].
#[must_use]
pub const fn year_week(date: Date, mode: WeekMode) -> i64 {
    let (week, year) = week(
        date,
        WeekMode {
            whole_year: true,
            ..mode
        },
    );
    // MySQL: 32 bits, so that the year before year 0 gives -48.
    year.wrapping_mul(100).wrapping_add(week) as i32 as i64
}

/// Days between the start of its week and this day.
const fn start_weekday(day_number: i64, mode: WeekMode) -> i64 {
    if mode.monday_first {
        weekday(day_number) as i64
    } else {
        weekday_from_sunday(day_number) as i64
    }
}

/// 1 January lies `lead` days into its week: that week still belongs to the old year.
const fn before_week_one(lead: i64, mode: WeekMode) -> bool {
    if mode.first_weekday {
        lead != 0
    } else {
        lead >= 4
    }
}

/// Whether the date is one under these flags; notes say why not.
#[must_use]
pub fn check(date: Date, flags: DateFlags, notes: &mut Notes) -> bool {
    check_nonzero(date, !date.is_zero(), flags, notes)
}

/// As [`check`], with "is it zero" answered by the caller (a zero date with a time of day is not zero).
pub(crate) fn check_nonzero(
    date: Date,
    not_zero: bool,
    flags: DateFlags,
    notes: &mut Notes,
) -> bool {
    if not_zero {
        if (flags.no_zero_in_date || !flags.allow_zero_in_date) && date.has_zero_part() {
            notes.zero_in_date = true;
            return false;
        }
        let month = date.month();
        if !flags.allow_invalid_dates
            && month != 0
            && date.day() > days_in_month(date.year(), month)
        {
            notes.out_of_range = true;
            return false;
        }
    } else if flags.no_zero_date {
        notes.zero_date = true;
        return false;
    }
    true
}
