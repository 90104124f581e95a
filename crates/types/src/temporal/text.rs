//! Text to DATE and DATETIME.
//!
//! MySQL takes any punctuation between the fields, years of two digits, `YYYYMMDDhhmmss` without delimiters, a `T` or spaces
//! between date and time, a fraction, a zone offset, and garbage after a good value. What is lenient is noted.

use super::calendar;
use super::fraction;
use super::notes::{DateFlags, DeprecationKind, Notes};
use super::packed::{Date, DateTime};
use super::zone::Zone;

/// What a text turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextKind {
    /// It does not look like a date.
    NotADate,
    /// It looks like a date and is none (month 13, 30 February, a bad zone offset).
    Invalid,
    /// A date alone.
    Date,
    /// A date and at least an hour.
    DateTime,
}

/// A date or datetime read from text, before its fraction is fitted to a precision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateText {
    /// What it is; `value` means something only for [`TextKind::Date`] and [`TextKind::DateTime`].
    pub kind: TextKind,
    /// The value, cut to microseconds; in the zone of `offset` if there is one.
    pub value: DateTime,
    /// The seventh digit of the fraction, which decides on rounding.
    pub seventh_digit: u8,
    /// Digits in the fraction, at most 6: the precision a literal has.
    pub fraction_digits: u8,
    /// The zone offset at the end, in seconds east of UTC.
    pub offset: Option<i32>,
    /// What was wrong.
    pub notes: Notes,
}

/// Where a date is read: a text for a TIME must not take `10:11:12` for a date.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asking {
    ForDate,
    ForTime,
}

impl DateText {
    const fn failed(kind: TextKind, notes: Notes) -> Self {
        // A delimiter is only talked about where there is a value.
        let notes = Notes {
            deprecation: None,
            ..notes
        };
        Self {
            kind,
            value: DateTime::ZERO,
            seventh_digit: 0,
            fraction_digits: 0,
            offset: None,
            notes,
        }
    }

    fn good(kind: TextKind, value: DateTime) -> Self {
        Self {
            kind,
            value,
            seventh_digit: 0,
            fraction_digits: 0,
            offset: None,
            notes: Notes::default(),
        }
    }

    /// There is a value.
    #[must_use]
    pub const fn is_value(&self) -> bool {
        matches!(self.kind, TextKind::Date | TextKind::DateTime)
    }

    /// The DATETIME in the session's zone, rounded (or cut) to microseconds; `None` if there is none. Notes of the conversion are added
    /// to `notes`.
    #[must_use]
    pub fn datetime(
        &self,
        flags: DateFlags,
        session: &Zone,
        notes: &mut Notes,
    ) -> Option<DateTime> {
        if !self.is_value() {
            return None;
        }
        let mut value = self.value;
        if self.seventh_digit >= 5 && !flags.time_truncate_fractional {
            let Some(rounded) = fraction::add_microsecond(value) else {
                notes.deprecation = None;
                notes.truncated = true;
                notes.overflow = !value.date().has_zero_part();
                return None;
            };
            value = rounded;
        }
        match self.offset {
            None => Some(value),
            Some(offset) => {
                let shifted = session.shift_from_offset(value, offset);
                if shifted.is_none() {
                    notes.out_of_range = true;
                }
                shifted
            }
        }
    }
}

/// Reads a date or datetime.
#[must_use]
pub fn parse_datetime(text: &[u8], flags: DateFlags) -> DateText {
    match canonical(text) {
        Some(good) => good,
        None => lenient(text, flags, Asking::ForDate),
    }
}

/// `YYYY-MM-DD`, optionally followed by ` hh:mm:ss` and a fraction of 1 to 6 digits; no zeros in the date. Anything else is `None` and left
/// to [`lenient`].
#[inline]
fn canonical(text: &[u8]) -> Option<DateText> {
    let date: &[u8; 10] = text.first_chunk()?;
    let year = two_digits(date[0], date[1])? * 100 + two_digits(date[2], date[3])?;
    let month = two_digits(date[5], date[6])?;
    let day = two_digits(date[8], date[9])?;
    let in_range = month.wrapping_sub(1) < 12
        && day.wrapping_sub(1) < calendar::days_in_month(year, month & 15);
    if !in_range || date[4] != b'-' || date[7] != b'-' {
        return None;
    }
    let date = Date::new(year, month, day);
    if text.len() == 10 {
        return Some(DateText::good(TextKind::Date, date.to_datetime()));
    }
    let clock: &[u8; 9] = text[10..].first_chunk()?;
    let hour = two_digits(clock[1], clock[2])?;
    let minute = two_digits(clock[4], clock[5])?;
    let second = two_digits(clock[7], clock[8])?;
    if hour > 23
        || minute > 59
        || second > 59
        || clock[0] != b' '
        || clock[3] != b':'
        || clock[6] != b':'
    {
        return None;
    }
    let (micros, digits) = match text.get(19..)? {
        [] => (0, 0),
        [b'.', fraction @ ..] if (1..=6).contains(&fraction.len()) => {
            let mut value = 0;
            for &byte in fraction {
                value = value * 10 + digit(byte)?;
            }
            (value * TEN_TO[6 - fraction.len()], fraction.len() as u8)
        }
        _ => return None,
    };
    let mut good = DateText::good(
        TextKind::DateTime,
        DateTime::new(date, hour, minute, second, micros),
    );
    good.fraction_digits = digits;
    Some(good)
}

/// Powers of ten from 10^0 to 10^6.
pub(crate) const TEN_TO: [u32; 7] = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000];

#[inline]
pub(crate) fn digit(byte: u8) -> Option<u32> {
    let value = u32::from(byte.wrapping_sub(b'0'));
    (value < 10).then_some(value)
}

#[inline]
fn two_digits(tens: u8, ones: u8) -> Option<u32> {
    let (tens, ones) = (
        u32::from(tens.wrapping_sub(b'0')),
        u32::from(ones.wrapping_sub(b'0')),
    );
    (tens < 10 && ones < 10).then_some(tens * 10 + ones)
}

/// White space of the date grammar: ASCII's.
pub(crate) const fn is_space(byte: u8) -> bool {
    matches!(byte, b'\t'..=b'\r' | b' ')
}

/// The fields in the order they are written.
const YEAR: usize = 0;
const DAY: usize = 2;
const SECOND: usize = 5;
const MICROSECOND: usize = 6;

/// The delimiter that belongs behind a field.
const fn standard_delimiter(field: usize) -> u8 {
    match field {
        0 | 1 => b'-',
        DAY => b' ',
        _ => b':',
    }
}

/// The whole grammar.
pub(crate) fn lenient(text: &[u8], flags: DateFlags, asking: Asking) -> DateText {
    let mut notes = Notes::default();
    let mut at = leading_spaces(text, &mut notes);
    if !text.get(at).is_some_and(u8::is_ascii_digit) {
        notes.truncated = true;
        return DateText::failed(TextKind::NotADate, notes);
    }

    // Digits (and a T) up to the end or a point: fields have fixed widths. Otherwise each field ends at its delimiter.
    let run = text[at..]
        .iter()
        .take_while(|byte| byte.is_ascii_digit() || **byte == b'T')
        .count();
    let fixed_widths = matches!(text.get(at + run), None | Some(b'.'));
    let mut width = if fixed_widths && !(run == 4 || run == 8 || run >= 14) {
        2
    } else {
        4
    };

    let mut field = [0_u32; 7];
    let mut year_digits = if fixed_widths { width } else { 0 };
    let mut fraction_digits = 0;
    let mut seventh_digit = 0_u8;
    let mut offset = None;
    let mut count = 0;
    let mut end_of_value = at;
    let mut found_delimiter = false;
    let mut found_space = false;
    // The seconds end in a point without digits.
    let mut point_last = false;

    while count < field.len() && text.get(at).is_some_and(u8::is_ascii_digit) {
        let this = count;
        count += 1;
        let start = at;
        let limit = if fixed_widths || this == MICROSECOND {
            width
        } else {
            usize::MAX
        };
        while at - start < limit
            && let Some(value) = text.get(at).copied().and_then(digit)
        {
            field[this] = field[this] * 10 + value;
            at += 1;
            if field[this] > 999_999 {
                notes.truncated = true;
                return DateText::failed(TextKind::NotADate, notes);
            }
        }
        match this {
            YEAR if !fixed_widths => year_digits = at - start,
            MICROSECOND => {
                fraction_digits = at - start;
                point_last = false;
            }
            _ => {}
        }
        width = 2;
        end_of_value = at;
        let Some(&next) = text.get(at) else { break };

        if this == DAY && next == b'T' {
            at += 1;
            continue;
        }
        if this >= SECOND && is_sign(Some(&next)) {
            let Some(seconds) = zone_offset(&text[at..]) else {
                notes.truncated = true;
                return DateText::failed(TextKind::NotADate, notes);
            };
            offset = Some(seconds);
            at = text.len();
            end_of_value = at;
            break;
        }
        if this == SECOND {
            if next == b'.' {
                at += 1;
                end_of_value = at;
                width = 6;
                point_last = true;
                continue;
            }
            break;
        }
        let first_delimiter = at;
        while let Some(&byte) = text
            .get(at)
            .filter(|byte| is_space(**byte) || byte.is_ascii_punctuation())
        {
            if is_space(byte) {
                if this != DAY && this != MICROSECOND {
                    notes.truncated = true;
                    return DateText::failed(TextKind::NotADate, notes);
                }
                found_space = true;
            }
            let standard = standard_delimiter(this);
            // `240229.101112`: the point may stand for the space. MySQL: and after a year of one digit anything goes.
            let excused =
                fixed_widths && ((this == DAY && byte == b'.') || (this < DAY && run == 1));
            if at > first_delimiter || (this == MICROSECOND && is_space(byte)) {
                notes.deprecate(DeprecationKind::Superfluous, byte, at);
            } else if this == MICROSECOND || (byte != standard && !excused) {
                notes.deprecate(DeprecationKind::Prefer(standard), byte, at);
            }
            found_delimiter = true;
            at += 1;
        }
        if at == text.len() && text.get(first_delimiter) == Some(&b' ') {
            notes.deprecate(DeprecationKind::Superfluous, b' ', first_delimiter);
        }
        end_of_value = at;
    }
    if found_delimiter && !found_space && asking == Asking::ForTime {
        notes.truncated = true;
        return DateText::failed(TextKind::NotADate, notes);
    }

    let [mut year, month, day, hour, minute, second, mut micros] = field;
    let not_zero = field.iter().any(|value| *value != 0);
    if fraction_digits > 0 {
        micros *= TEN_TO[6 - fraction_digits];
    }
    if year_digits == 2 && not_zero {
        year += if year < 70 { 2000 } else { 1900 };
    }
    let rest = &text[end_of_value..];
    if count < 3 || year > 9999 || month > 12 || day > 31 || hour > 23 || minute > 59 || second > 59
    {
        if not_zero || rest.iter().any(|byte| !is_space(*byte)) {
            notes.truncated = true;
        } else {
            notes.zero_date = true;
        }
        return DateText::failed(TextKind::Invalid, notes);
    }
    let date = Date::new(year, month, day);
    if !calendar::check_nonzero(date, not_zero, flags, &mut notes) {
        return DateText::failed(TextKind::Invalid, notes);
    }
    // Digits after the sixth, and a zone offset behind them or behind a bare point.
    let mut zone_may_follow = point_last;
    if fraction_digits == 6
        && let Some(value) = text.get(at).copied().and_then(digit)
    {
        seventh_digit = value as u8;
        at += text[at..]
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        end_of_value = at;
        zone_may_follow = true;
    }
    if zone_may_follow && is_sign(text.get(at)) {
        offset = zone_offset(&text[at..]);
        if offset.is_none() {
            notes.truncated = true;
            return DateText::failed(TextKind::NotADate, notes);
        }
        end_of_value = text.len();
    }
    trailing(&text[end_of_value..], end_of_value, &mut notes);
    DateText {
        kind: if count <= 3 {
            TextKind::Date
        } else {
            TextKind::DateTime
        },
        value: DateTime::new(date, hour, minute, second, micros),
        seventh_digit,
        fraction_digits: fraction_digits as u8,
        offset,
        notes,
    }
}

/// Skips spaces before a value; they are superfluous.
pub(crate) fn leading_spaces(text: &[u8], notes: &mut Notes) -> usize {
    let spaces = text.iter().take_while(|byte| is_space(**byte)).count();
    if spaces > 0 {
        notes.deprecate(DeprecationKind::Superfluous, text[0], 0);
    }
    spaces
}

/// Notes what follows a value: spaces are superfluous, anything else is cut off.
pub(crate) fn trailing(rest: &[u8], position: usize, notes: &mut Notes) {
    let Some(&first) = rest.first() else { return };
    if is_space(first) {
        notes.deprecate(DeprecationKind::Superfluous, first, position);
    }
    if rest.iter().any(|byte| !is_space(*byte)) {
        notes.truncated = true;
    }
}

fn is_sign(byte: Option<&u8>) -> bool {
    matches!(byte, Some(b'+' | b'-'))
}

/// `+hh:mm` or `-hh:mm`, spaces behind, up to 14 hours either way, in seconds. `-00:00` is none.
pub(crate) fn zone_offset(text: &[u8]) -> Option<i32> {
    let end = text.iter().rposition(|byte| !is_space(*byte))? + 1;
    let &[sign, h1, h2, b':', m1, m2] = &text[..end] else {
        return None;
    };
    let (hours, minutes) = (two_digits(h1, h2)?, two_digits(m1, m2)?);
    let seconds = ((hours * 60 + minutes) * 60) as i32;
    if minutes > 59 || seconds > 14 * 3600 {
        return None;
    }
    match sign {
        b'+' => Some(seconds),
        b'-' if seconds != 0 => Some(-seconds),
        _ => None,
    }
}
