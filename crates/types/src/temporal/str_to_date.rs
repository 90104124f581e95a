//! `STR_TO_DATE`: reading by a format. Names are English whatever `lc_time_names` says.

use super::arithmetic::full_year;
use super::calendar;
use super::grammar::is_space;
use super::locale::Locale;
use super::packed::Parts;
use super::text::{TEN_TO, digit};

/// What the specifiers of a format make of a value; the static type of `STR_TO_DATE` with a constant format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormatKind {
    /// Only date fields.
    Date,
    /// Only time fields; the precision is 6 digits if there is `%f`.
    Time {
        /// `%f` is in the format.
        fraction: bool,
    },
    /// Both.
    DateTime {
        /// `%f` is in the format.
        fraction: bool,
    },
}

/// The kind of a format.
#[must_use]
pub fn format_kind(format: &[u8]) -> FormatKind {
    let (mut date, mut time, mut fraction) = (false, false, false);
    let mut bytes = format.iter();
    while let Some(byte) = bytes.next() {
        if *byte != b'%' {
            continue;
        }
        match bytes.next() {
            Some(b'f') => {
                time = true;
                fraction = true;
            }
            Some(b'H' | b'I' | b'S' | b'T' | b'h' | b'i' | b'k' | b'l' | b'r' | b's') => {
                time = true
            }
            // Days of the month are not among them: '%d %H' is a time with days.
            Some(
                b'M' | b'b' | b'c' | b'm' | b'Y' | b'y' | b'X' | b'x' | b'W' | b'a' | b'w' | b'j',
            ) => date = true,
            Some(b'U' | b'u' | b'V' | b'v') => date = true,
            _ => {}
        }
    }
    match (date, time) {
        (true, true) => FormatKind::DateTime { fraction },
        (false, true) => FormatKind::Time { fraction },
        _ => FormatKind::Date,
    }
}

/// Fields read so far.
#[derive(Default)]
struct Reading {
    year: u32,
    month: u32,
    day: u32,
    hour: u32,
    minute: u32,
    second: u32,
    micros: u32,
    afternoon: bool,
    day_of_year: Option<u32>,
    /// 1 is Monday, 7 Sunday.
    weekday: Option<u32>,
    week: Option<Week>,
    week_year: Option<(u32, FirstDay)>,
}

/// The first day of a week.
#[derive(Clone, Copy, PartialEq, Eq)]
enum FirstDay {
    Sunday,
    Monday,
}

/// A week number, `%U %u` (of the year) or `%V %v` (of a week year, from `%X %x`).
#[derive(Clone, Copy)]
struct Week {
    number: u32,
    first: FirstDay,
    of_week_year: bool,
}

/// The fields read, and whether text was left over; `None` if the text does not follow the format. Whether the date exists is the
/// caller's question.
#[must_use]
pub fn read(text: &[u8], format: &[u8]) -> Option<(Parts, bool)> {
    let mut reading = Reading::default();
    let rest = reading.follow(text, format)?;
    let parts = reading.finish()?;
    Some((parts, rest.iter().any(|byte| !is_space(*byte))))
}

impl Reading {
    /// Reads as far as format and text both last; the rest of the text comes back.
    fn follow<'a>(&mut self, mut text: &'a [u8], format: &[u8]) -> Option<&'a [u8]> {
        let mut twelve_hours_here = false;
        let mut at = 0;
        while at < format.len() && !text.is_empty() {
            text = skip_spaces(text);
            if text.is_empty() {
                break;
            }
            let byte = format[at];
            at += 1;
            if byte == b'%' && at < format.len() {
                text = self.field(format[at], text, &mut twelve_hours_here)?;
                at += 1;
            } else if !is_space(byte) {
                text = text.strip_prefix(&[byte])?;
            }
        }
        if twelve_hours_here {
            if !(1..=12).contains(&self.hour) {
                return None;
            }
            self.hour = self.hour % 12 + if self.afternoon { 12 } else { 0 };
        }
        Some(text)
    }

    fn field<'a>(
        &mut self,
        specifier: u8,
        text: &'a [u8],
        twelve_hours: &mut bool,
    ) -> Option<&'a [u8]> {
        let (value, rest);
        match specifier {
            b'Y' => {
                (value, rest) = number(text, 4)?;
                self.year = if text.len() - rest.len() <= 2 {
                    full_year(value)
                } else {
                    value
                };
            }
            b'y' => {
                (value, rest) = number(text, 2)?;
                self.year = full_year(value);
            }
            b'm' | b'c' => (self.month, rest) = number(text, 2)?,
            b'M' => (self.month, rest) = word(text, &Locale::EN_US.months)?,
            b'b' => (self.month, rest) = word(text, &Locale::EN_US.months_short)?,
            b'd' | b'e' => (self.day, rest) = number(text, 2)?,
            b'D' => {
                (self.day, rest) = number(text, 2)?;
                return Some(&rest[rest.len().min(2)..]);
            }
            b'h' | b'I' | b'l' => {
                (self.hour, rest) = number(text, 2)?;
                *twelve_hours = true;
            }
            b'H' | b'k' => (self.hour, rest) = number(text, 2)?,
            b'i' => (self.minute, rest) = number(text, 2)?,
            b's' | b'S' => (self.second, rest) = number(text, 2)?,
            b'f' => {
                (value, rest) = number(text, 6)?;
                self.micros = value * TEN_TO[6 - (text.len() - rest.len())];
            }
            b'p' => {
                if !*twelve_hours {
                    return None;
                }
                let (half, after) = text.split_at_checked(2)?;
                if half.eq_ignore_ascii_case(b"PM") {
                    self.afternoon = true;
                } else if !half.eq_ignore_ascii_case(b"AM") {
                    return None;
                }
                rest = after;
            }
            b'W' => {
                (value, rest) = word(text, &Locale::EN_US.days)?;
                self.weekday = Some(value);
            }
            b'a' => {
                (value, rest) = word(text, &Locale::EN_US.days_short)?;
                self.weekday = Some(value);
            }
            b'w' => {
                (value, rest) = number(text, 1)?;
                if value > 6 {
                    return None;
                }
                self.weekday = Some(if value == 0 { 7 } else { value });
            }
            b'j' => {
                (value, rest) = number(text, 3)?;
                self.day_of_year = Some(value);
            }
            b'U' | b'u' | b'V' | b'v' => {
                (value, rest) = number(text, 2)?;
                let of_week_year = matches!(specifier, b'V' | b'v');
                if value > 53 || (of_week_year && value == 0) {
                    return None;
                }
                let first = if matches!(specifier, b'U' | b'V') {
                    FirstDay::Sunday
                } else {
                    FirstDay::Monday
                };
                self.week = Some(Week {
                    number: value,
                    first,
                    of_week_year,
                });
            }
            b'X' | b'x' => {
                (value, rest) = number(text, 4)?;
                let first = if specifier == b'X' {
                    FirstDay::Sunday
                } else {
                    FirstDay::Monday
                };
                self.week_year = Some((value, first));
            }
            b'r' => return self.follow(text, b"%I:%i:%S %p"),
            b'T' => return self.follow(text, b"%H:%i:%S"),
            b'.' => return Some(skip_while(text, u8::is_ascii_punctuation)),
            b'@' => return Some(skip_while(text, u8::is_ascii_alphabetic)),
            b'#' => return Some(skip_while(text, u8::is_ascii_digit)),
            _ => return None,
        }
        Some(rest)
    }

    /// Day of the year and weeks turned into a date; fields checked for their ranges.
    fn finish(mut self) -> Option<Parts> {
        if let Some(day @ 1..) = self.day_of_year {
            self.set_day_number(calendar::day_number_of(self.year, 1, 1) + i64::from(day) - 1)?;
        }
        if let (Some(week), Some(weekday)) = (self.week, self.weekday) {
            let year = match (week.of_week_year, self.week_year) {
                (true, Some((year, first))) if first == week.first => year,
                (false, None) => self.year,
                _ => return None,
            };
            self.set_day_number(day_of_week(year, week, weekday))?;
        }
        if self.month > 12
            || self.day > 31
            || self.hour > 23
            || self.minute > 59
            || self.second > 59
        {
            return None;
        }
        Some(Parts {
            negative: false,
            year: self.year,
            month: self.month,
            day: self.day,
            hour: self.hour,
            minute: self.minute,
            second: self.second,
            microsecond: self.micros,
        })
    }

    fn set_day_number(&mut self, day_number: i64) -> Option<()> {
        let date = calendar::date_of(day_number).filter(|date| !date.is_zero())?;
        (self.year, self.month, self.day) = (date.year(), date.month(), date.day());
        Some(())
    }
}

/// The day number of a weekday (1 is Monday, 7 Sunday) in a week of a year.
fn day_of_week(year: u32, week: Week, weekday: u32) -> i64 {
    let january_first = calendar::day_number_of(year, 1, 1);
    let weeks = (i64::from(week.number) - 1) * 7;
    match week.first {
        FirstDay::Sunday => {
            // Week 1 starts on the first Sunday.
            let lead = i64::from(calendar::weekday_from_sunday(january_first));
            january_first + if lead == 0 { 0 } else { 7 - lead } + weeks + i64::from(weekday % 7)
        }
        FirstDay::Monday => {
            // Week 1 is the first with four days or more in the year.
            let lead = i64::from(calendar::weekday(january_first));
            january_first + if lead <= 3 { -lead } else { 7 - lead } + weeks + i64::from(weekday)
                - 1
        }
    }
}

/// A number of at most `width` characters, sign included.
fn number(text: &[u8], width: usize) -> Option<(u32, &[u8])> {
    let window = &text[..text.len().min(width)];
    let sign = usize::from(window.first() == Some(&b'+'));
    let mut at = sign;
    let mut value = 0;
    while let Some(next) = window.get(at).copied().and_then(digit) {
        value = value * 10 + next;
        at += 1;
    }
    (at > sign).then(|| (value, &text[at..]))
}

/// One of the names, in any case, or the beginning of just one of them; counted from 1.
fn word<'a>(text: &'a [u8], names: &[&'static str]) -> Option<(u32, &'a [u8])> {
    let length = text
        .iter()
        .take_while(|byte| byte.is_ascii_alphabetic() || **byte >= 0x80)
        .count();
    let (word, rest) = text.split_at(length);
    let begins = |name: &&str| {
        name.as_bytes()
            .get(..length)
            .is_some_and(|start| start.eq_ignore_ascii_case(word))
    };
    let exact = names
        .iter()
        .position(|name| name.len() == length && begins(name));
    let place = exact.or_else(|| {
        let mut found = (0..names.len()).filter(|place| begins(&names[*place]));
        found.next().filter(|_| found.next().is_none())
    })?;
    Some((place as u32 + 1, rest))
}

fn skip_spaces(text: &[u8]) -> &[u8] {
    skip_while(text, |byte| is_space(*byte))
}

fn skip_while(text: &[u8], belongs: impl Fn(&u8) -> bool) -> &[u8] {
    let count = text.iter().take_while(|byte| belongs(byte)).count();
    &text[count..]
}
