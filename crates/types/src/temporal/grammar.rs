//! The lenient grammar of dates, for texts that are not in the one form everybody should write.

use std::ops::ControlFlow;

use super::calendar;
use super::notes::{DateFlags, DeprecationKind, Notes};
use super::packed::{Date, DateTime};
use super::text::{DateText, TEN_TO, TextKind, digit, two_digits};

/// Where a date is read: a text for a TIME must not take `10:11:12` for a date.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asking {
    ForDate,
    ForTime,
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

/// The text does not look like a date.
struct NotADate;

/// Numbers and delimiters, as far as they have been read.
struct Fields<'a> {
    text: &'a [u8],
    /// The next byte.
    at: usize,
    /// Where the value ends, for what is said about the rest.
    end: usize,
    /// Digits (and `T`s) at the start.
    run: usize,
    /// The first run reaches the end or a point: fields have fixed widths. Otherwise each ends at its delimiter.
    fixed_widths: bool,
    value: [u32; 7],
    count: usize,
    year_digits: usize,
    fraction_digits: usize,
    offset: Option<i32>,
    /// The seconds end in a point without digits.
    bare_point: bool,
    found_delimiter: bool,
    found_space: bool,
}

/// Reads a text that is not in canonical form.
pub(crate) fn lenient(text: &[u8], flags: DateFlags, asking: Asking) -> DateText {
    let mut notes = Notes::default();
    let read = Fields::read(text, &mut notes).and_then(|fields| {
        let only_delimiters = fields.found_delimiter && !fields.found_space;
        if only_delimiters && asking == Asking::ForTime {
            Err(NotADate)
        } else {
            fields.judge(flags, &mut notes)
        }
    });
    read.unwrap_or_else(|NotADate| {
        notes.truncated = true;
        DateText::failed(TextKind::NotADate, notes)
    })
}

impl<'a> Fields<'a> {
    fn read(text: &'a [u8], notes: &mut Notes) -> Result<Self, NotADate> {
        let at = leading_spaces(text, notes);
        if !text.get(at).is_some_and(u8::is_ascii_digit) {
            return Err(NotADate);
        }
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
        let mut fields = Self {
            text,
            at,
            end: at,
            run,
            fixed_widths,
            value: [0; 7],
            count: 0,
            year_digits: width,
            fraction_digits: 0,
            offset: None,
            bare_point: false,
            found_delimiter: false,
            found_space: false,
        };
        while fields.count < fields.value.len()
            && fields.text.get(fields.at).is_some_and(u8::is_ascii_digit)
        {
            let this = fields.count;
            fields.count += 1;
            fields.number(this, width)?;
            width = if this == SECOND { 6 } else { 2 };
            if fields.after(this, notes)?.is_break() {
                break;
            }
        }
        Ok(fields)
    }

    /// The digits of one field.
    fn number(&mut self, this: usize, width: usize) -> Result<(), NotADate> {
        let start = self.at;
        let limit = if self.fixed_widths || this == MICROSECOND {
            width
        } else {
            usize::MAX
        };
        let field = &mut self.value[this];
        while self.at - start < limit
            && let Some(value) = self.text.get(self.at).copied().and_then(digit)
        {
            *field = *field * 10 + value;
            self.at += 1;
            if *field > 999_999 {
                return Err(NotADate);
            }
        }
        self.end = self.at;
        match this {
            YEAR if !self.fixed_widths => self.year_digits = self.at - start,
            MICROSECOND => {
                self.fraction_digits = self.at - start;
                self.bare_point = false;
            }
            _ => {}
        }
        Ok(())
    }

    /// What stands behind a field: a delimiter, the point before the fraction, a zone offset, or something else that ends the value.
    fn after(&mut self, this: usize, notes: &mut Notes) -> Result<ControlFlow<()>, NotADate> {
        let Some(&next) = self.text.get(self.at) else {
            return Ok(ControlFlow::Break(()));
        };
        match next {
            b'T' if this == DAY => self.at += 1,
            b'+' | b'-' if this >= SECOND => {
                self.zone()?;
                return Ok(ControlFlow::Break(()));
            }
            b'.' if this == SECOND => {
                self.at += 1;
                self.end = self.at;
                self.bare_point = true;
            }
            _ if this == SECOND => return Ok(ControlFlow::Break(())),
            _ => self.delimiters(this, notes)?,
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Any number of delimiters; more than one, or another than the standard one, is noted.
    fn delimiters(&mut self, this: usize, notes: &mut Notes) -> Result<(), NotADate> {
        let first = self.at;
        let standard = standard_delimiter(this);
        while let Some(&byte) = self
            .text
            .get(self.at)
            .filter(|byte| is_space(**byte) || byte.is_ascii_punctuation())
        {
            if is_space(byte) {
                if this != DAY && this != MICROSECOND {
                    return Err(NotADate);
                }
                self.found_space = true;
            }
            // `240229.101112`: the point may stand for the space. MySQL: and after a year of one digit anything goes.
            let excused = self.fixed_widths
                && ((this == DAY && byte == b'.') || (this < DAY && self.run == 1));
            if self.at > first || (this == MICROSECOND && is_space(byte)) {
                notes.deprecate(DeprecationKind::Superfluous, byte, self.at);
            } else if this == MICROSECOND || (byte != standard && !excused) {
                notes.deprecate(DeprecationKind::Prefer(standard), byte, self.at);
            }
            self.found_delimiter = true;
            self.at += 1;
        }
        if self.at == self.text.len() && self.text.get(first) == Some(&b' ') {
            notes.deprecate(DeprecationKind::Superfluous, b' ', first);
        }
        self.end = self.at;
        Ok(())
    }

    /// A zone offset, which must be the last thing in the text.
    fn zone(&mut self) -> Result<(), NotADate> {
        let offset = zone_offset(&self.text[self.at..]).ok_or(NotADate)?;
        self.offset = Some(offset);
        self.at = self.text.len();
        self.end = self.at;
        Ok(())
    }

    /// Ranges, then the date, then what comes after the sixth digit of the fraction.
    fn judge(mut self, flags: DateFlags, notes: &mut Notes) -> Result<DateText, NotADate> {
        let [mut year, month, day, hour, minute, second, mut micros] = self.value;
        let not_zero = self.value.iter().any(|value| *value != 0);
        if self.fraction_digits > 0 {
            micros *= TEN_TO[6 - self.fraction_digits];
        }
        if self.year_digits == 2 && not_zero {
            year += if year < 70 { 2000 } else { 1900 };
        }
        let in_range =
            year <= 9999 && month <= 12 && day <= 31 && hour <= 23 && minute <= 59 && second <= 59;
        if self.count < 3 || !in_range {
            let garbage = self.text[self.end..].iter().any(|byte| !is_space(*byte));
            notes.truncated |= not_zero || garbage;
            notes.zero_date |= !(not_zero || garbage);
            return Ok(DateText::failed(TextKind::Invalid, *notes));
        }
        let date = Date::new(year, month, day);
        if !calendar::check_nonzero(date, not_zero, flags, notes) {
            return Ok(DateText::failed(TextKind::Invalid, *notes));
        }
        let seventh_digit = self.beyond_microseconds()?;
        trailing(&self.text[self.end..], self.end, notes);
        Ok(DateText {
            kind: if self.count <= 3 {
                TextKind::Date
            } else {
                TextKind::DateTime
            },
            value: DateTime::new(date, hour, minute, second, micros),
            seventh_digit,
            fraction_digits: self.fraction_digits as u8,
            offset: self.offset,
            notes: *notes,
        })
    }

    /// The seventh digit of the fraction, the others skipped, and a zone offset behind them or behind a bare point.
    fn beyond_microseconds(&mut self) -> Result<u8, NotADate> {
        let mut seventh = 0;
        let mut zone_may_follow = self.bare_point;
        if self.fraction_digits == 6
            && let Some(value) = self.text.get(self.at).copied().and_then(digit)
        {
            seventh = value as u8;
            self.at += self.text[self.at..]
                .iter()
                .take_while(|byte| byte.is_ascii_digit())
                .count();
            self.end = self.at;
            zone_may_follow = true;
        }
        if zone_may_follow && matches!(self.text.get(self.at), Some(b'+' | b'-')) {
            self.zone()?;
        }
        Ok(seventh)
    }
}

/// White space of the date grammar: ASCII's.
pub(crate) const fn is_space(byte: u8) -> bool {
    matches!(byte, b'\t'..=b'\r' | b' ')
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
