//! `DATE_FORMAT` and `TIME_FORMAT`.

use std::io::Write;

use super::calendar::{self, WeekMode};
use super::locale::Locale;
use super::packed::Parts;

/// What is formatted: a TIME has no weekday, week or day of the year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Formatted {
    /// A date or datetime.
    DateTime,
    /// A TIME.
    Time,
}

/// Appends `parts` in the given format. `None` (SQL NULL) if the format asks for a name that the value has not: the month of `2024-00-10`, the weekday
/// of a zero date or a TIME.
pub fn format(
    parts: &Parts,
    kind: Formatted,
    format: &[u8],
    locale: &Locale,
    out: &mut Vec<u8>,
) -> Option<()> {
    if parts.negative {
        out.push(b'-');
    }
    let mut bytes = format.iter().copied();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            out.push(byte);
            continue;
        }
        match bytes.next() {
            None => out.push(b'%'),
            Some(specifier) => field(specifier, parts, kind, locale, out)?,
        }
    }
    Some(())
}

fn field(
    specifier: u8,
    parts: &Parts,
    kind: Formatted,
    locale: &Locale,
    out: &mut Vec<u8>,
) -> Option<()> {
    let hour = parts.hour;
    let hour12 = (hour % 24 + 11) % 12 + 1;
    let noon = if hour % 24 < 12 { "AM" } else { "PM" };
    match specifier {
        b'M' => out.extend_from_slice(month_name(parts.month, &locale.months)?),
        b'b' => out.extend_from_slice(month_name(parts.month, &locale.months_short)?),
        b'W' => out.extend_from_slice(locale.days[weekday(parts, kind)? as usize].as_bytes()),
        b'a' => out.extend_from_slice(locale.days_short[weekday(parts, kind)? as usize].as_bytes()),
        b'w' => put(out, (weekday(parts, kind)? + 1) % 7, 1),
        b'D' => {
            dated(kind)?;
            put(out, parts.day, 1);
            out.extend_from_slice(ordinal_suffix(parts.day));
        }
        b'Y' => put(out, parts.year, 4),
        b'y' => put(out, parts.year % 100, 2),
        b'm' => put(out, parts.month, 2),
        b'c' => put(out, parts.month, 1),
        b'd' => put(out, parts.day, 2),
        b'e' => put(out, parts.day, 1),
        b'f' => put(out, parts.microsecond, 6),
        b'H' => put(out, hour, 2),
        b'k' => put(out, hour, 1),
        b'h' | b'I' => put(out, hour12, 2),
        b'l' => put(out, hour12, 1),
        b'i' => put(out, parts.minute, 2),
        b's' | b'S' => put(out, parts.second, 2),
        b'p' => out.extend_from_slice(noon.as_bytes()),
        b'r' => clock(out, hour12, parts, Some(noon)),
        b'T' => clock(out, hour, parts, None),
        b'j' => {
            dated(kind)?;
            // Below zero for a date without a month.
            let day = calendar::day_of_year(parts.date());
            if day < 0 {
                out.push(b'-');
            }
            put(out, day.unsigned_abs() as u32, if day < 0 { 2 } else { 3 });
        }
        b'U' | b'u' | b'V' | b'v' => {
            dated(kind)?;
            put(out, calendar::week(parts.date(), week_mode(specifier)).0, 2);
        }
        b'X' | b'x' => {
            dated(kind)?;
            put(out, calendar::week(parts.date(), week_mode(specifier)).1, 4);
        }
        other => out.push(other),
    }
    Some(())
}

/// The way of counting weeks that goes with a specifier.
const fn week_mode(specifier: u8) -> WeekMode {
    match specifier {
        b'U' => WeekMode::from_number(0),
        b'u' => WeekMode::from_number(1),
        b'V' | b'X' => WeekMode::from_number(2),
        _ => WeekMode::ISO,
    }
}

fn dated(kind: Formatted) -> Option<()> {
    (kind == Formatted::DateTime).then_some(())
}

fn month_name<'a>(month: u32, names: &'a [&'static str; 12]) -> Option<&'a [u8]> {
    names
        .get((month as usize).checked_sub(1)?)
        .map(|name| name.as_bytes())
}

/// 0 is Monday.
fn weekday(parts: &Parts, kind: Formatted) -> Option<u32> {
    dated(kind)?;
    if parts.year == 0 && parts.month == 0 {
        return None;
    }
    Some(calendar::weekday(calendar::day_number(parts.date())))
}

const fn ordinal_suffix(day: u32) -> &'static [u8] {
    match day {
        11..=13 => b"th",
        _ => match day % 10 {
            1 => b"st",
            2 => b"nd",
            3 => b"rd",
            _ => b"th",
        },
    }
}

fn clock(out: &mut Vec<u8>, hour: u32, parts: &Parts, noon: Option<&str>) {
    put(out, hour, 2);
    out.push(b':');
    put(out, parts.minute, 2);
    out.push(b':');
    put(out, parts.second, 2);
    if let Some(noon) = noon {
        out.push(b' ');
        out.extend_from_slice(noon.as_bytes());
    }
}

/// At least `width` digits.
fn put(out: &mut Vec<u8>, value: u32, width: usize) {
    // Writing to a Vec cannot fail.
    let _ = write!(out, "{value:0width$}");
}
