//! Answers of a real server, in `recorded.tsv`.

use crate::temporal::calendar::{self, week, year_week};
use crate::temporal::date_format::{self, Formatted};
use crate::temporal::difference::{days_between, time_between, units_between};
use crate::temporal::extract::extract;
use crate::temporal::number::{datetime_from_decimal, time_from_decimal};
use crate::temporal::str_to_date::{self, FormatKind};
use crate::temporal::zone::convert;
use crate::temporal::{
    ClockText, DateFlags, DateText, DateTime, DeprecationKind, Interval, Locale, Notes, Parts,
    Unit, WeekMode, Zone, date_add, fraction, parse_datetime, parse_time,
};

#[test]
fn answers_of_the_server() {
    let mut rows = 0;
    let wrong: Vec<String> = include_str!("recorded.tsv")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            rows += 1;
            let (kind, rest) = line.split_once('\t')?;
            let cells: Vec<&str> = rest.split('\t').collect();
            let (ours, arguments) = answer(kind, &cells);
            let theirs = cells[arguments..].join("\t");
            (ours != theirs).then(|| format!("{line}\n    ours: {ours}"))
        })
        .collect();
    assert!(rows > 700, "{rows}");
    assert!(
        wrong.is_empty(),
        "{} of {rows} differ:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// Our answer in the file's words, and how many cells are arguments.
fn answer(kind: &str, cells: &[&str]) -> (String, usize) {
    match kind {
        "datetime" => (cast_datetime(cells), 3),
        "time" => (cast_time(cells), 3),
        "datetime_number" => (
            datetime_number(number(cells[0]), number(cells[1]) as i32),
            2,
        ),
        "time_number" => (time_number(number(cells[0]), number(cells[1]) as i32), 2),
        "add" => (add(unit(cells[0]), datetime(cells[1]), cells[2]), 3),
        "difference" => (
            difference(unit(cells[0]), datetime(cells[1]), datetime(cells[2])),
            3,
        ),
        "extract" => {
            let parts = datetime(cells[1]).parts();
            (
                extract(unit(cells[0]), &parts, WeekMode::from_number(0)).to_string(),
                2,
            )
        }
        "week" => {
            let date = datetime(cells[0]).date();
            let modes = || (0..8).map(WeekMode::from_number);
            let weeks = modes().map(|mode| i64::from(week(date, mode).0));
            let all = weeks.chain(modes().map(|mode| year_week(date, mode)));
            (
                all.map(|value| value.to_string())
                    .collect::<Vec<_>>()
                    .join("\t"),
                1,
            )
        }
        "date_format" => (
            formatted(&datetime(cells[0]).parts(), Formatted::DateTime, cells[1]),
            2,
        ),
        "time_format" => {
            let text = parse_time(cells[0].as_bytes(), DateFlags::FUZZY);
            let time = text.time(DateFlags::FUZZY, &Zone::Utc, &mut Notes::default());
            (
                formatted(&time.expect("a time").parts(), Formatted::Time, cells[1]),
                2,
            )
        }
        "convert_tz" => (convert_tz(cells), 3),
        "str_to_date" => (read_by_format(cells[0], cells[1]), 2),
        _ => panic!("{kind}"),
    }
}

fn number(text: &str) -> i64 {
    text.parse().expect("a number")
}

fn unit(text: &str) -> Unit {
    Unit::from_name(text).expect("a unit")
}

fn datetime(text: &str) -> DateTime {
    let read = parse_datetime(text.as_bytes(), DateFlags::FUZZY);
    assert!(read.is_value(), "{text}");
    read.value
}

/// `f` fuzzy, `i` NO_ZERO_IN_DATE, `z` NO_ZERO_DATE, `v` ALLOW_INVALID_DATES, `t` TIME_TRUNCATE_FRACTIONAL.
fn flags(letters: &str) -> DateFlags {
    DateFlags {
        allow_zero_in_date: letters.contains('f'),
        no_zero_in_date: letters.contains('i'),
        no_zero_date: letters.contains('z'),
        allow_invalid_dates: letters.contains('v'),
        time_truncate_fractional: letters.contains('t'),
    }
}

fn or_null<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(|| "NULL".to_owned(), |value| value.to_string())
}

fn noted(value: String, notes: &Notes) -> String {
    let warned = if notes.any() { "warned" } else { "silent" };
    let deprecated = match notes.deprecation {
        None => "-".to_owned(),
        Some(found) => match found.kind {
            DeprecationKind::Superfluous => format!("superfluous at {}", found.position),
            DeprecationKind::Prefer(b' ') => format!("prefer space at {}", found.position),
            DeprecationKind::Prefer(other) => {
                format!("prefer {} at {}", char::from(other), found.position)
            }
        },
    };
    format!("{value}\t{warned}\t{deprecated}")
}

fn cast_datetime(cells: &[&str]) -> String {
    let (flags, fsp) = (flags(cells[0]), number(cells[1]) as u8);
    let text = parse_datetime(cells[2].as_bytes(), flags);
    let mut notes = text.notes;
    let value = text
        .datetime(flags, &Zone::Utc, &mut notes)
        .and_then(|value| {
            if flags.time_truncate_fractional {
                return Some(fraction::truncate_datetime(value, fsp));
            }
            let rounded = fraction::round_datetime(value, fsp);
            notes.overflow |= rounded.is_none() && !value.date().has_zero_part();
            rounded
        });
    noted(or_null(value.map(|value| value.text(fsp))), &notes)
}

fn cast_time(cells: &[&str]) -> String {
    let (flags, fsp) = (flags(cells[0]), number(cells[1]) as u8);
    let text = parse_time(cells[2].as_bytes(), flags);
    let mut notes = text.notes;
    let value = text.time(flags, &Zone::Utc, &mut notes).map(|time| {
        if flags.time_truncate_fractional {
            fraction::truncate_time(time, fsp)
        } else {
            fraction::round_time(time, fsp).0
        }
    });
    noted(or_null(value.map(|value| value.text(fsp))), &notes)
}

fn datetime_number(number: i64, nanos: i32) -> String {
    let read = datetime_from_decimal(number, nanos, DateFlags::FUZZY);
    let text = DateText {
        kind: read.kind,
        value: read.value,
        seventh_digit: read.seventh_digit,
        fraction_digits: 0,
        offset: None,
        notes: read.notes,
    };
    let mut notes = read.notes;
    or_null(text.datetime(DateFlags::FUZZY, &Zone::Utc, &mut notes))
}

fn time_number(number: i64, nanos: i32) -> String {
    let mut notes = Notes::default();
    let read = time_from_decimal(number, nanos, &mut notes);
    or_null(read.and_then(|(value, seventh_digit)| {
        let text = ClockText {
            value: Some(value),
            seventh_digit,
            fraction_digits: 0,
            offset: None,
            notes,
        };
        text.time(DateFlags::FUZZY, &Zone::Utc, &mut notes)
    }))
}

fn add(unit: Unit, start: DateTime, text: &str) -> String {
    let interval = if unit.is_compound() {
        Interval::from_text(text.as_bytes(), unit)
    } else {
        Interval::from_int(number(text), unit)
    };
    match interval {
        None => "UNREADABLE".to_owned(),
        Some(interval) => or_null(date_add(start, &interval)),
    }
}

fn difference(unit: Unit, from: DateTime, to: DateTime) -> String {
    let units = units_between(unit, from, to).expect("a simple unit");
    let days = days_between(from.date(), to.date());
    format!("{units}\t{days}\t{}", time_between(from, to).0)
}

fn formatted(parts: &Parts, kind: Formatted, format: &str) -> String {
    let mut out = Vec::new();
    match date_format::format(parts, kind, format.as_bytes(), &Locale::EN_US, &mut out) {
        None => "NULL".to_owned(),
        Some(()) => format!("[{}]", String::from_utf8(out).expect("UTF-8")),
    }
}

fn convert_tz(cells: &[&str]) -> String {
    let zones = (
        Zone::from_sql(cells[1].as_bytes()),
        Zone::from_sql(cells[2].as_bytes()),
    );
    let (Some(from), Some(to)) = zones else {
        return "NULL".to_owned();
    };
    let fsp = if cells[0].contains('.') { 6 } else { 0 };
    convert(datetime(cells[0]), &from, &to)
        .text(fsp)
        .to_string()
}

fn read_by_format(text: &str, format: &str) -> String {
    let kind = str_to_date::format_kind(format.as_bytes());
    let read = str_to_date::read(text.as_bytes(), format.as_bytes());
    let shown = read.and_then(|(mut parts, left_over)| {
        let shown = match kind {
            FormatKind::Time { fraction } => {
                parts.hour += parts.day * 24;
                parts.time().0.text(if fraction { 6 } else { 0 })
            }
            _ if !calendar::check(parts.date(), DateFlags::FUZZY, &mut Notes::default()) => {
                return None;
            }
            FormatKind::Date => parts.date().text(),
            FormatKind::DateTime { fraction } => {
                parts.datetime().text(if fraction { 6 } else { 0 })
            }
        };
        Some(format!(
            "{shown}\t{}",
            if left_over { "warned" } else { "silent" }
        ))
    });
    shown.unwrap_or_else(|| "NULL\tsilent".to_owned())
}
