//! Temporals to text: `2024-02-29 10:11:12.500000`, `-12:30:00`, `838:59:59`.

use std::fmt;

use super::packed::{Date, DateTime, Time, Year};
use super::text::TEN_TO;

/// Longest text of a temporal value, in bytes.
pub const MAX_TEXT: usize = 26;

/// The text of a temporal value, on the stack.
#[derive(Clone, Copy)]
pub struct Text {
    bytes: [u8; MAX_TEXT],
    len: u8,
}

impl Text {
    const fn new() -> Self {
        Self {
            bytes: [0; MAX_TEXT],
            len: 0,
        }
    }

    /// The text as bytes, all ASCII.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Only ASCII is ever put in.
        std::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }

    #[inline]
    fn put(&mut self, byte: u8) {
        self.bytes[usize::from(self.len)] = byte;
        self.len += 1;
    }

    /// At least `width` digits.
    #[inline]
    fn digits(&mut self, value: u32, width: usize) {
        let start = usize::from(self.len);
        let mut rest = value;
        for place in (start..start + width).rev() {
            self.bytes[place] = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
        self.len += width as u8;
    }

    #[inline]
    fn date(&mut self, date: Date) {
        let year = date.year();
        self.digits(year, if year > 9999 { 5 } else { 4 });
        self.put(b'-');
        self.digits(date.month(), 2);
        self.put(b'-');
        self.digits(date.day(), 2);
    }

    #[inline]
    fn clock(&mut self, hour: u32, minute: u32, second: u32, microsecond: u32, fsp: u8) {
        self.digits(hour, if hour > 99 { 3 } else { 2 });
        self.put(b':');
        self.digits(minute, 2);
        self.put(b':');
        self.digits(second, 2);
        let fsp = usize::from(fsp.min(6));
        if fsp > 0 {
            self.put(b'.');
            self.digits(microsecond / TEN_TO[6 - fsp], fsp);
        }
    }
}

impl AsRef<[u8]> for Text {
    fn as_ref(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl Date {
    /// `YYYY-MM-DD`.
    #[must_use]
    pub fn text(self) -> Text {
        let mut text = Text::new();
        text.date(self);
        text
    }
}

impl DateTime {
    /// `YYYY-MM-DD hh:mm:ss` with `fsp` (0 to 6) digits of fraction, the rest cut off.
    #[must_use]
    pub fn text(self, fsp: u8) -> Text {
        let mut text = Text::new();
        text.date(self.date());
        text.put(b' ');
        text.clock(
            self.hour(),
            self.minute(),
            self.second(),
            self.microsecond(),
            fsp,
        );
        text
    }
}

impl Time {
    /// `[-]hh:mm:ss` (or `hhh`) with `fsp` (0 to 6) digits of fraction, the rest cut off.
    #[must_use]
    pub fn text(self, fsp: u8) -> Text {
        let parts = self.parts();
        let mut text = Text::new();
        if parts.negative {
            text.put(b'-');
        }
        text.clock(
            parts.hour,
            parts.minute,
            parts.second,
            parts.microsecond,
            fsp,
        );
        text
    }
}

impl Year {
    /// `YYYY`.
    #[must_use]
    pub fn text(self) -> Text {
        let mut text = Text::new();
        text.digits(u32::from(self.get()), 4);
        text
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text().as_str())
    }
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text(6).as_str())
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text(6).as_str())
    }
}

impl fmt::Display for Year {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text().as_str())
    }
}
