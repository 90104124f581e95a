//! Adding to dates and times; making them from parts.

use super::calendar::{self, MAX_DAY_NUMBER};
use super::interval::Interval;
use super::packed::{DAY, Date, DateTime, SECOND, Time};

/// `date + INTERVAL`. `None` outside the years 0 to 9999 and for dates without a month. A day number of 0 gives `0000-00-00`, which the
/// caller judges as it judges other zero dates.
#[must_use]
pub fn date_add(value: DateTime, interval: &Interval) -> Option<DateTime> {
    if value.month() == 0 {
        return None;
    }
    if interval.month_based {
        return add_months(value, interval.months);
    }
    add_micros(value, interval.micros)
}

fn add_micros(value: DateTime, micros: i128) -> Option<DateTime> {
    let day = i128::from(DAY);
    let total = i128::from(calendar::day_number(value.date())) * day
        + i128::from(value.clock_micros())
        + micros;
    let number = total.div_euclid(day);
    if !(0..=i128::from(MAX_DAY_NUMBER)).contains(&number) {
        return None;
    }
    let date = calendar::date_of(number as i64)?;
    Some(DateTime::with_clock(date, total.rem_euclid(day) as i64))
}

fn add_months(value: DateTime, months: i128) -> Option<DateTime> {
    let date = value.date();
    let month = i128::from(date.year() * 12 + date.month() - 1) + months;
    if !(0..120_000).contains(&month) {
        return None;
    }
    let month = month as u32;
    let (year, month) = (month / 12, month % 12 + 1);
    let day = date.day().min(calendar::days_in_month(year, month));
    let moved = Date::new(year, month, day).to_datetime();
    Some(DateTime::from_packed_trusted(
        moved.to_packed() | value.packed_clock(),
    ))
}

/// `time + INTERVAL` for units of a day or less. `None` outside the range of TIME.
#[must_use]
pub fn time_add(value: Time, interval: &Interval) -> Option<Time> {
    if interval.month_based {
        return None;
    }
    // MySQL: the interval must be a TIME, too.
    if interval.micros.abs() > i128::from(Time::MAX.micros()) {
        return None;
    }
    let total = i128::from(value.micros()) + interval.micros;
    let micros = i64::try_from(total).ok()?;
    let (time, clamped) = Time::clamped(micros);
    (!clamped).then_some(time)
}

/// `ADDTIME(time, time)`, clamped; the flag says that it was. For `SUBTIME` negate the second.
#[must_use]
pub const fn add_times(left: Time, right: Time) -> (Time, bool) {
    Time::clamped(left.micros() + right.micros())
}

/// `ADDTIME(datetime, time)`: partial dates are moved by their day number. `None` outside 0000-01-01 to 9999-12-31.
#[must_use]
pub fn add_time_to_datetime(left: DateTime, right: Time) -> Option<DateTime> {
    let total = calendar::day_number(left.date()) * DAY + left.clock_micros() + right.micros();
    let date = calendar::date_of(total.div_euclid(DAY)).filter(|date| !date.is_zero())?;
    Some(DateTime::with_clock(date, total.rem_euclid(DAY)))
}

impl Time {
    /// The sign turned.
    #[must_use]
    pub const fn negated(self) -> Self {
        Self::from_micros_trusted(-self.micros())
    }

    /// The time as a moment, counted from midnight of `today` (`CAST(time AS DATETIME)`). `None` outside the years MySQL knows.
    #[must_use]
    pub fn on_date(self, today: Date) -> Option<DateTime> {
        add_time_to_datetime(today.to_datetime(), self)
    }
}

/// `MAKEDATE(year, day_of_year)`: years below 100 are 1970 to 2069.
#[must_use]
pub fn make_date(year: i64, day_of_year: i64) -> Option<Date> {
    if !(0..=9999).contains(&year) || day_of_year <= 0 {
        return None;
    }
    let year = full_year(year as u32);
    let number = calendar::day_number_of(year, 1, 1).checked_add(day_of_year - 1)?;
    calendar::date_of(number)
}

/// 0 to 69 are 2000 to 2069, 70 to 99 are 1970 to 1999.
#[inline]
#[must_use]
pub const fn full_year(year: u32) -> u32 {
    match year {
        0..=69 => year + 2000,
        70..=99 => year + 1900,
        _ => year,
    }
}

/// `MAKETIME(hour, minute, second)` with the second's fraction in microseconds; clamped, and the flag says that it was. `None` if minute or second
/// is no such thing.
#[must_use]
pub fn make_time(hour: i64, minute: i64, second: i64, micros: i64) -> Option<(Time, bool)> {
    if !(0..60).contains(&minute) || !(0..60).contains(&second) || !(0..SECOND).contains(&micros) {
        return None;
    }
    Some(Time::from_clock(
        hour < 0,
        hour.unsigned_abs(),
        minute as u32,
        second as u32,
        micros as u32,
    ))
}

/// `SEC_TO_TIME` of seconds and microseconds of one sign; clamped if the whole seconds are too many, and the flag says that it was.
#[must_use]
pub const fn seconds_to_time(seconds: i64, micros: i64) -> (Time, bool) {
    if seconds.unsigned_abs() > Time::MAX.micros() as u64 / SECOND as u64 {
        return Time::clamped(if seconds < 0 { i64::MIN } else { i64::MAX });
    }
    // MySQL: the fraction is not looked at, so 838:59:59.5 passes.
    (Time::from_micros_trusted(seconds * SECOND + micros), false)
}

/// `TIME_TO_SEC`: whole seconds with the sign.
#[must_use]
pub const fn time_to_seconds(value: Time) -> i64 {
    value.micros() / SECOND
}

/// `TO_SECONDS`: seconds since year 0.
#[must_use]
pub const fn to_seconds(value: DateTime) -> i64 {
    calendar::day_number(value.date()) * 86_400 + value.clock_micros() / SECOND
}
