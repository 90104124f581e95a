//! The calendar against a walk over every day there is.

use crate::temporal::calendar::{
    MAX_DAY_NUMBER, UNIX_EPOCH_DAY, WeekMode, date_of, day_number, day_number_of, day_of_year,
    days_in_month, last_day, week, weekday, weekday_from_sunday,
};
use crate::temporal::packed::Date;

/// Lengths of months, looked up.
fn slow_month_length(year: u32, month: u32) -> u32 {
    let leap = match (year % 400, year % 100, year % 4) {
        _ if year == 0 => false,
        (0, _, _) => true,
        (_, 0, _) => false,
        (_, _, rest) => rest == 0,
    };
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[test]
fn every_day_has_its_number() {
    let (mut number, mut of_week) = (0, 5);
    for year in 0..=9999 {
        let mut of_year = 0;
        for month in 1..=12 {
            let length = slow_month_length(year, month);
            assert_eq!(days_in_month(year, month), length, "{year}-{month}");
            for day in 1..=length {
                number += 1;
                of_year += 1;
                of_week = (of_week + 1) % 7;
                let date = Date::new(year, month, day);
                assert_eq!(day_number(date), number, "{date}");
                assert_eq!(date_of(number), Some(date));
                assert_eq!(weekday(number), of_week, "{date}");
                assert_eq!(weekday_from_sunday(number), (of_week + 1) % 7);
                assert_eq!(day_of_year(date), of_year);
                assert_eq!(last_day(date), Some(Date::new(year, month, length)));
            }
        }
    }
    assert_eq!(number, MAX_DAY_NUMBER);
    assert_eq!(day_number_of(1970, 1, 1), UNIX_EPOCH_DAY);
    assert_eq!(date_of(0), Some(Date::ZERO));
    assert_eq!(date_of(-1), None);
    assert_eq!(date_of(MAX_DAY_NUMBER + 1), None);
}

#[test]
fn partial_dates_count_on() {
    assert_eq!(day_number_of(0, 0, 0), 0);
    assert_eq!(day_number_of(2024, 2, 31), day_number_of(2024, 3, 2));
    assert_eq!(day_number_of(2024, 0, 10), day_number_of(2023, 12, 10));
    assert_eq!(day_number_of(2024, 3, 0), day_number_of(2024, 2, 29));
}

/// Week numbers by walking: week 1 starts on the first week start of the year, or on the last one that leaves four days in it.
#[test]
fn weeks_follow_their_definition() {
    for mode_number in 0..8 {
        let mode = WeekMode::from_number(mode_number);
        let start_of_week_one = |year: u32| {
            let first = day_number_of(year, 1, 1);
            let lead = i64::from(if mode.monday_first {
                weekday(first)
            } else {
                weekday_from_sunday(first)
            });
            let begins_in_year = if lead == 0 { first } else { first + 7 - lead };
            let four_days = if lead <= 3 {
                first - lead
            } else {
                first + 7 - lead
            };
            if mode.first_weekday {
                begins_in_year
            } else {
                four_days
            }
        };
        for number in (day_number_of(1, 1, 1)..day_number_of(9998, 12, 31)).step_by(3) {
            let Some(date) = date_of(number) else {
                panic!("{number}")
            };
            let year = date.year();
            let expected = if number < start_of_week_one(year) {
                if mode.whole_year && year > 1 {
                    ((number - start_of_week_one(year - 1)) / 7 + 1, year - 1)
                } else if mode.whole_year {
                    continue;
                } else {
                    (0, year)
                }
            } else if mode.whole_year && number >= start_of_week_one(year + 1) {
                (1, year + 1)
            } else {
                ((number - start_of_week_one(year)) / 7 + 1, year)
            };
            assert_eq!(
                week(date, mode),
                (expected.0 as u32, expected.1),
                "{date} in mode {mode_number}"
            );
        }
    }
}
