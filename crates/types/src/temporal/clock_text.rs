//! Text to TIME.
//!
//! `[-][D ]HH:MM:SS[.ffffff]`, `HH:MM`, `HHMMSS` as one number, or, from 12 characters up, a whole datetime.

use super::grammar::{self, Asking, is_space};
use super::notes::{DateFlags, DeprecationKind, Notes};
use super::packed::{Date, DateTime, Time};
use super::text::{DateText, TEN_TO, TextKind, digit};
use super::zone::Zone;

/// What a text read as a TIME turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockValue {
    /// A time.
    Time(Time),
    /// A date without a time of day.
    Date(Date),
    /// A whole datetime, in the zone of the text's offset if it has one.
    DateTime(DateTime),
}

/// A TIME read from text, before its fraction is fitted to a precision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockText {
    /// The value, cut to microseconds and clamped; `None` if there is none.
    pub value: Option<ClockValue>,
    /// The digit that decides on rounding: the seventh of a datetime.
    // MySQL: of a time it is the last digit of seven or more.
    pub seventh_digit: u8,
    /// Digits in the fraction, at most 6.
    pub fraction_digits: u8,
    /// The zone offset of a datetime, in seconds east of UTC.
    pub offset: Option<i32>,
    /// What was wrong.
    pub notes: Notes,
}

impl ClockValue {
    /// The time of day, or the time.
    #[must_use]
    pub const fn time(self) -> Time {
        match self {
            Self::Time(time) => time,
            Self::Date(_) => Time::ZERO,
            Self::DateTime(value) => value.time(),
        }
    }
}

impl ClockText {
    const fn failed(notes: Notes) -> Self {
        Self {
            value: None,
            seventh_digit: 0,
            fraction_digits: 0,
            offset: None,
            notes,
        }
    }

    /// The value rounded (or cut) to microseconds, a datetime moved to the session's zone. Notes of the conversion are added to
    /// `notes`.
    #[must_use]
    pub fn rounded(
        &self,
        flags: DateFlags,
        session: &Zone,
        notes: &mut Notes,
    ) -> Option<ClockValue> {
        match self.value? {
            ClockValue::Time(time) => {
                if self.seventh_digit < 5 || flags.time_truncate_fractional {
                    return Some(ClockValue::Time(time));
                }
                // MySQL: `-00:00:00.0000005` is zero, has no sign any more, and is rounded up.
                let step = if time.is_negative() { -1 } else { 1 };
                let (time, clamped) = Time::clamped(time.micros() + step);
                notes.out_of_range |= clamped;
                Some(ClockValue::Time(time))
            }
            ClockValue::Date(date) => Some(ClockValue::Date(date)),
            ClockValue::DateTime(value) => {
                let text = DateText {
                    kind: TextKind::DateTime,
                    value,
                    seventh_digit: self.seventh_digit,
                    fraction_digits: self.fraction_digits,
                    offset: self.offset,
                    notes: self.notes,
                };
                text.datetime(flags, session, notes)
                    .map(ClockValue::DateTime)
            }
        }
    }

    /// The value as a TIME: of a datetime the time of day, which rounding may take to `24:00:00`; of a date alone none.
    #[must_use]
    pub fn time(&self, flags: DateFlags, session: &Zone, notes: &mut Notes) -> Option<Time> {
        let value = match (self.value?, self.offset) {
            (ClockValue::Date(_), _) => return None,
            (ClockValue::DateTime(value), Some(offset)) => {
                let shifted = session.shift_from_offset(value, offset);
                notes.out_of_range |= shifted.is_none();
                shifted?.time()
            }
            (value, _) => value.time(),
        };
        let unsigned = Self {
            value: Some(ClockValue::Time(value)),
            offset: None,
            ..*self
        };
        unsigned
            .rounded(flags, session, notes)
            .map(ClockValue::time)
    }
}

/// Reads a time, or a datetime where a time is asked for. Dates in it are judged leniently.
#[must_use]
pub fn parse_time(source: &[u8], flags: DateFlags) -> ClockText {
    match canonical(source) {
        Some(good) => good,
        None => lenient(source, flags),
    }
}

/// `hh:mm:ss`.
#[inline]
fn canonical(source: &[u8]) -> Option<ClockText> {
    let &[h1, h2, b':', m1, m2, b':', s1, s2] = source else {
        return None;
    };
    let hour = digit(h1)? * 10 + digit(h2)?;
    let minute = digit(m1)? * 10 + digit(m2)?;
    let second = digit(s1)? * 10 + digit(s2)?;
    if minute > 59 || second > 59 {
        return None;
    }
    let (time, _) = Time::from_clock(false, u64::from(hour), minute, second, 0);
    Some(ClockText {
        value: Some(ClockValue::Time(time)),
        seventh_digit: 0,
        fraction_digits: 0,
        offset: None,
        notes: Notes::default(),
    })
}

/// The largest number that one field may hold.
const MAX_FIELD: u64 = u32::MAX as u64;

struct Scanner<'a> {
    source: &'a [u8],
    at: usize,
}

impl Scanner<'_> {
    fn rest(&self) -> &[u8] {
        &self.source[self.at..]
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.source.get(self.at + ahead).copied()
    }

    fn digit_at(&self, ahead: usize) -> bool {
        self.peek(ahead).is_some_and(|byte| byte.is_ascii_digit())
    }

    /// A run of digits, maybe empty; `None` if too large.
    fn number(&mut self) -> Option<u64> {
        let mut value = 0;
        while let Some(next) = self.peek(0).and_then(digit) {
            value = value * 10 + u64::from(next);
            if value > MAX_FIELD {
                return None;
            }
            self.at += 1;
        }
        Some(value)
    }

    /// A colon with a digit behind it.
    fn colon(&mut self) -> bool {
        let found = self.peek(0) == Some(b':') && self.digit_at(1);
        self.at += usize::from(found);
        found
    }

    fn exponent(&self) -> bool {
        matches!(self.peek(0), Some(b'e' | b'E'))
            && (self.digit_at(1) || (matches!(self.peek(1), Some(b'+' | b'-')) && self.digit_at(2)))
    }
}

fn lenient(source: &[u8], flags: DateFlags) -> ClockText {
    let mut notes = Notes::default();
    let mut scan = Scanner {
        source,
        at: grammar::leading_spaces(source, &mut notes),
    };
    let negative = scan.peek(0) == Some(b'-');
    scan.at += usize::from(negative);
    let malformed = |mut notes: Notes| {
        notes.truncated = true;
        ClockText::failed(notes)
    };
    if scan.rest().is_empty() {
        return malformed(notes);
    }

    if scan.rest().len() >= 12 {
        let lenient = DateFlags {
            allow_zero_in_date: true,
            no_zero_in_date: false,
            no_zero_date: false,
            allow_invalid_dates: true,
            time_truncate_fractional: flags.time_truncate_fractional,
        };
        let whole = grammar::lenient(
            if negative { scan.rest() } else { source },
            lenient,
            Asking::ForTime,
        );
        let value = match whole.kind {
            TextKind::NotADate => return as_time(scan, negative, notes),
            TextKind::Invalid => None,
            _ if negative => return malformed(Notes::default()),
            TextKind::Date => Some(ClockValue::Date(whole.value.date())),
            TextKind::DateTime => Some(ClockValue::DateTime(whole.value)),
        };
        return ClockText {
            value,
            seventh_digit: whole.seventh_digit,
            fraction_digits: whole.fraction_digits,
            offset: whole.offset,
            notes: whole.notes,
        };
    }
    as_time(scan, negative, notes)
}

fn as_time(mut scan: Scanner<'_>, negative: bool, mut notes: Notes) -> ClockText {
    let start = scan.at;
    let malformed = |mut notes: Notes| {
        notes.truncated = true;
        ClockText::failed(notes)
    };

    // Days, or hours, or all in one number.
    let Some(first) = scan.number() else {
        return malformed(notes);
    };
    let end_of_first = scan.at;
    while scan.peek(0).is_some_and(is_space) {
        scan.at += 1;
    }
    let spaces = scan.at - end_of_first;
    if spaces > 1 || (spaces == 1 && scan.rest().is_empty()) {
        notes.deprecate(
            DeprecationKind::Superfluous,
            scan.source[end_of_first],
            end_of_first,
        );
    }
    // Days, hours, minutes, seconds.
    let mut field = [0_u64; 4];
    let more = scan.rest().len() > 1;
    let read_from = if more && spaces > 0 && scan.digit_at(0) {
        field[0] = first;
        1
    } else if more && scan.colon() {
        field[1] = first;
        2
    } else {
        field[1] = first / 10_000;
        field[2] = first / 100 % 100;
        field[3] = first % 100;
        4
    };
    for place in &mut field[read_from..] {
        let Some(value) = scan.number() else {
            return malformed(notes);
        };
        *place = value;
        if !scan.colon() {
            break;
        }
    }

    let (microsecond, fraction_digits, seventh_digit) = fraction(&mut scan);
    if scan.exponent() {
        return malformed(notes);
    }

    let [days, hours, minutes, seconds] = field;
    if minutes > 59 || seconds > 59 {
        notes.out_of_range = true;
        return ClockText::failed(notes);
    }
    let (time, clamped) = Time::from_clock(
        negative,
        days * 24 + hours,
        minutes as u32,
        seconds as u32,
        microsecond,
    );
    notes.out_of_range |= clamped;
    grammar::trailing(scan.rest(), scan.at, &mut notes);
    let value = if scan.at == start && !scan.rest().iter().all(|byte| is_space(*byte)) {
        None
    } else {
        Some(ClockValue::Time(time))
    };
    ClockText {
        value,
        seventh_digit,
        fraction_digits,
        offset: None,
        notes,
    }
}

/// Microseconds, digits kept, and the last digit if there are more.
fn fraction(scan: &mut Scanner<'_>) -> (u32, u8, u8) {
    if scan.peek(0) != Some(b'.') {
        return (0, 0, 0);
    }
    if !scan.digit_at(1) {
        // A point at the very end belongs to the value, one before garbage does not.
        scan.at += usize::from(scan.rest().len() == 1);
        return (0, 0, 0);
    }
    scan.at += 1;
    let (mut micros, mut digits, mut last) = (0, 0, 0);
    while let Some(value) = scan.peek(0).and_then(digit) {
        match digits {
            0..=5 => micros = micros * 10 + value,
            _ => last = value as u8,
        }
        digits = (digits + 1).min(7);
        scan.at += 1;
    }
    let kept = digits.min(6);
    (micros * TEN_TO[6 - kept], kept as u8, last)
}
