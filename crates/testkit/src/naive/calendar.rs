//! Dates counted the slow way: year by year, month by month.
//!
//! MySQL's calendar is the Gregorian one drawn out to the year 0, which it takes for a common year of 365 days. Day 1 is 0000-01-01.

use std::sync::LazyLock;

/// Microseconds of a day.
pub const DAY: i64 = 24 * 60 * 60 * 1_000_000;

/// Days before each year, and before the one that comes after the last.
static DAYS_BEFORE: LazyLock<Vec<i64>> = LazyLock::new(|| {
    let mut before = vec![0];
    for year in 0..=9999 {
        before.push(before[year as usize] + (1..=12).map(|m| month_length(year, m)).sum::<i64>());
    }
    before
});

/// Days of a month.
pub fn month_length(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 400 == 0 && year != 0 => 29,
        2 if year % 100 == 0 => 28,
        2 if year % 4 == 0 => 29,
        2 => 28,
        _ => 31,
    }
}

/// A day of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day {
    /// 0 to 9999.
    pub year: i64,
    /// 1 to 12.
    pub month: i64,
    /// 1 to the length of the month.
    pub day: i64,
}

impl Day {
    /// Its number.
    pub fn number(self) -> i64 {
        let months = (1..self.month).map(|month| month_length(self.year, month));
        DAYS_BEFORE[self.year as usize] + months.sum::<i64>() + self.day
    }

    /// The day of a number; `None` outside the years 0 to 9999.
    pub fn of(number: i64) -> Option<Self> {
        if number < 1 || number > DAYS_BEFORE[10_000] {
            return None;
        }
        let year = DAYS_BEFORE.iter().rposition(|before| *before < number)? as i64;
        let mut day = number - DAYS_BEFORE[year as usize];
        let mut month = 1;
        while day > month_length(year, month) {
            day -= month_length(year, month);
            month += 1;
        }
        Some(Self { year, month, day })
    }

    /// So many months later, at the same day or the last one of a shorter month.
    pub fn plus_months(self, months: i128) -> Option<Self> {
        let month = i128::from(self.year) * 12 + i128::from(self.month) - 1 + months;
        if !(0..120_000).contains(&month) {
            return None;
        }
        let (year, month) = ((month / 12) as i64, (month % 12 + 1) as i64);
        Some(Self {
            year,
            month,
            day: self.day.min(month_length(year, month)),
        })
    }

    /// 0 is Monday. 1970-01-01 was a Thursday.
    pub fn weekday(self) -> i64 {
        let thursday = Day {
            year: 1970,
            month: 1,
            day: 1,
        }
        .number();
        (self.number() - thursday + 3).rem_euclid(7)
    }

    /// The text `2024-02-29`.
    pub fn text(self) -> String {
        format!("{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }

    /// The week and its year, by the manual's table of modes: which day begins a week, whether there is a week 0, and what makes week 1.
    pub fn week(self, mode: i64) -> (i64, i64) {
        let is_monday_first = mode % 2 == 1;
        let has_week_zero = matches!(mode, 0 | 1 | 4 | 5);
        let needs_four_days = matches!(mode, 1 | 3 | 4 | 6);
        // The number of the day on which week 1 of a year begins.
        let week_one = |year: i64| {
            let first = DAYS_BEFORE[year as usize] + 1;
            let january_first = Day {
                year,
                month: 1,
                day: 1,
            };
            let weekday = if is_monday_first {
                january_first.weekday()
            } else {
                (january_first.weekday() + 1) % 7
            };
            let in_old_year = weekday;
            match () {
                () if weekday == 0 => first,
                () if needs_four_days && 7 - in_old_year >= 4 => first - weekday,
                () => first + 7 - weekday,
            }
        };
        let number = self.number();
        if number < week_one(self.year) {
            if has_week_zero {
                return (0, self.year);
            }
            return ((number - week_one(self.year - 1)) / 7 + 1, self.year - 1);
        }
        if !has_week_zero && self.year < 9999 && number >= week_one(self.year + 1) {
            return (1, self.year + 1);
        }
        ((number - week_one(self.year)) / 7 + 1, self.year)
    }
}

/// A day and a time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    /// The day.
    pub day: Day,
    /// Microseconds since midnight.
    pub clock: i64,
}

impl Moment {
    /// Microseconds since the day 0.
    pub fn micros(self) -> i128 {
        i128::from(self.day.number()) * i128::from(DAY) + i128::from(self.clock)
    }

    /// The moment of so many microseconds since the day 0.
    pub fn of(micros: i128) -> Option<Self> {
        let day = i64::try_from(micros.div_euclid(DAY.into())).ok()?;
        let clock = micros.rem_euclid(DAY.into()) as i64;
        Day::of(day).map(|day| Self { day, clock })
    }

    /// So much later.
    pub fn plus(self, micros: i128) -> Option<Self> {
        Self::of(self.micros().checked_add(micros)?)
    }

    /// Rounded to so many digits of a second.
    pub fn rounded(self, digits: u32) -> Option<Self> {
        let unit = 10_i128.pow(6 - digits);
        Self::of((self.micros() + unit / 2).div_euclid(unit) * unit)
    }

    /// Hour, minute, second, microsecond.
    pub fn clock(self) -> [i64; 4] {
        clock(self.clock)
    }

    /// The text with so many digits of a second.
    pub fn text(self, digits: usize) -> String {
        let [hour, minute, second, micros] = self.clock();
        let text = format!("{} {hour:02}:{minute:02}:{second:02}", self.day.text());
        with_fraction(text, micros, digits)
    }
}

/// Hour, minute, second, microsecond of a span that is not negative.
pub fn clock(micros: i64) -> [i64; 4] {
    let seconds = micros / 1_000_000;
    [
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60,
        micros % 1_000_000,
    ]
}

/// The text of a TIME with so many digits of a second.
pub fn time_text(micros: i64, digits: usize) -> String {
    let [hour, minute, second, fraction] = clock(micros.abs());
    let sign = if micros < 0 { "-" } else { "" };
    with_fraction(
        format!("{sign}{hour:02}:{minute:02}:{second:02}"),
        fraction,
        digits,
    )
}

fn with_fraction(text: String, micros: i64, digits: usize) -> String {
    match digits {
        0 => text,
        _ => format!("{text}.{}", &format!("{micros:06}")[..digits]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i64, month: i64, day: i64) -> Day {
        Day { year, month, day }
    }

    #[test]
    fn what_the_manual_says() {
        assert_eq!(day(1995, 5, 1).number(), 728_779);
        assert_eq!(day(2007, 10, 7).number(), 733_321);
        assert_eq!(day(9999, 12, 31).number(), 3_652_424);
        assert_eq!(Day::of(730_669), Some(day(2000, 7, 3)));
        assert_eq!((Day::of(0), Day::of(3_652_425)), (None, None));
        assert_eq!(day(2018, 12, 31).plus_months(2), Some(day(2019, 2, 28)));
        assert_eq!(day(2008, 2, 3).weekday(), 6);
        let week = |mode| day(2008, 2, 20).week(mode).0;
        assert_eq!((week(0), week(1)), (7, 8));
        assert_eq!(day(2008, 12, 31).week(1), (53, 2008));
        assert_eq!(day(2000, 1, 1).week(0), (0, 2000));
        assert_eq!(day(2000, 1, 1).week(2), (52, 1999));
        assert_eq!(day(1987, 1, 1).week(2), (52, 1986));
    }

    #[test]
    fn every_day_has_a_number_and_every_number_a_day() {
        let mut at = day(0, 1, 1);
        for number in 1..=3_652_424 {
            if number % 97 == 0 {
                assert_eq!((at.number(), Day::of(number)), (number, Some(at)));
            }
            at.day += 1;
            if at.day > month_length(at.year, at.month) {
                (at.month, at.day) = (at.month + 1, 1);
            }
            if at.month > 12 {
                (at.year, at.month) = (at.year + 1, 1);
            }
        }
        assert_eq!(at, day(10_000, 1, 1));
    }
}
