//! The number at the beginning of a text.
//!
//! MySQL reads as much of a text as is a number and warns of the rest. These functions say what was read and whether MySQL warns; the
//! sentence is made by the caller.

use super::clamp::Range;

/// Whether MySQL skips this byte around a number.
pub(crate) const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | 0x0B | 0x0C | b'\r')
}

/// What stands at the beginning of a text, read as a double.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DoubleText {
    /// The number, finite; 0 if there is none. Beyond the range of doubles it is the largest.
    pub value: f64,
    /// Bytes read, with the spaces before the number, not those behind it. 0 if there is no number.
    pub consumed: usize,
    /// Whether the number is beyond the range of doubles.
    pub overflow: bool,
    /// Whether MySQL warns "1292 Truncated incorrect DOUBLE value": overflow, or something that is neither number nor space. Not for an empty text.
    pub truncated: bool,
}

/// Reads a double from the beginning of a text: spaces, sign, digits with a point, exponent. It takes linear time.
///
/// ```
/// use sqlift_types::number::parse_double_prefix;
/// let read = parse_double_prefix(b"12abc");
/// assert_eq!((read.value, read.consumed, read.truncated), (12.0, 2, true));
/// assert!(!parse_double_prefix(b" 1.5e1 ").truncated);
/// ```
pub fn parse_double_prefix(text: &[u8]) -> DoubleText {
    let start = text.iter().take_while(|&&byte| is_space(byte)).count();
    let length = double_length(&text[start..]);
    // Digits, sign, point and exponent are ASCII, and Rust reads this form; no number is zero.
    let value: f64 = std::str::from_utf8(&text[start..start + length])
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(0.0);
    let consumed = if length == 0 { 0 } else { start + length };
    let garbage = text[start + length..].iter().any(|&byte| !is_space(byte));
    let overflow = value.is_infinite();
    let value = if overflow {
        f64::MAX.copysign(value)
    } else {
        value
    };
    DoubleText {
        value,
        consumed,
        overflow,
        truncated: overflow || garbage,
    }
}

/// The length of the longest number at the beginning; 0 if there is none.
fn double_length(text: &[u8]) -> usize {
    let mut at = usize::from(matches!(text.first(), Some(b'-' | b'+')));
    let whole = count_digits(&text[at..]);
    at += whole;
    if text.get(at) == Some(&b'.') {
        let fraction = count_digits(&text[at + 1..]);
        if whole + fraction == 0 {
            return 0;
        }
        at += 1 + fraction;
    } else if whole == 0 {
        return 0;
    }
    if matches!(text.get(at), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(text.get(at + 1), Some(b'-' | b'+')));
        let digits = count_digits(&text[at + 1 + sign..]);
        if digits > 0 {
            at += 1 + sign + digits;
        }
    }
    at
}

fn count_digits(text: &[u8]) -> usize {
    text.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

/// What stands at the beginning of a text, read as an integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IntegerText {
    /// The 64 bits of the answer: those of an `i64` if [`negative`](Self::negative), of a `u64` if not. Both casts, AS SIGNED and AS UNSIGNED,
    /// just take them.
    pub bits: u64,
    /// Whether the text has a minus sign.
    pub negative: bool,
    /// Whether the bits are the bound in place of a number beyond it: -2^63, or 2^64 - 1.
    pub range: Range,
    /// Bytes read, with the spaces before the number, not those behind it. 0 if there is no number.
    pub consumed: usize,
    /// Whether MySQL warns "1292 Truncated incorrect INTEGER value": no number, out of range, or something but spaces behind it.
    pub truncated: bool,
}

impl IntegerText {
    /// The answer of CAST AS SIGNED; [`wraps_signed`](Self::wraps_signed) says whether MySQL warns 1105 besides.
    pub fn as_signed(self) -> i64 {
        self.bits as i64
    }

    /// The answer of CAST AS UNSIGNED; [`wraps_unsigned`](Self::wraps_unsigned) says whether MySQL warns 1105 besides.
    pub fn as_unsigned(self) -> u64 {
        self.bits
    }

    /// Whether AS SIGNED shows a positive number above 2^63 - 1 as its negative complement, with the warning 1105. Not if it is out of range even of 64 bits.
    pub fn wraps_signed(self) -> bool {
        !self.negative && self.range == Range::Within && i64::try_from(self.bits).is_err()
    }

    /// Whether AS UNSIGNED shows a negative number as its positive complement, with the warning 1105. MySQL: even `'-0'`; not if it is out of range.
    pub fn wraps_unsigned(self) -> bool {
        self.negative && self.range == Range::Within
    }
}

/// Reads an integer from the beginning of a text, as CAST AS SIGNED and AS UNSIGNED do: blanks and tabs, sign, digits; no point, no exponent.
///
/// ```
/// use sqlift_types::number::parse_int_prefix;
/// assert_eq!(parse_int_prefix(b" -12 ").as_signed(), -12);
/// assert!(parse_int_prefix(b"1e30").truncated);
/// assert_eq!(parse_int_prefix(b"18446744073709551616").as_unsigned(), u64::MAX);
/// ```
pub fn parse_int_prefix(text: &[u8]) -> IntegerText {
    // MySQL: before an integer only blanks and tabs are skipped, no line ends.
    let spaces = text
        .iter()
        .take_while(|&&byte| matches!(byte, b' ' | b'\t'))
        .count();
    let negative = text.get(spaces) == Some(&b'-');
    let start = spaces + usize::from(matches!(text.get(spaces), Some(b'-' | b'+')));
    let digits = &text[start..start + count_digits(&text[start..])];
    if digits.is_empty() {
        return IntegerText {
            bits: 0,
            negative: false,
            range: Range::Within,
            consumed: 0,
            truncated: true,
        };
    }
    let magnitude = digits.iter().try_fold(0_u64, |number, digit| {
        number.checked_mul(10)?.checked_add(u64::from(digit - b'0'))
    });
    let (bits, range) = match magnitude {
        Some(magnitude) if negative && magnitude <= i64::MIN.unsigned_abs() => {
            (magnitude.wrapping_neg(), Range::Within)
        }
        _ if negative => (i64::MIN as u64, Range::Below),
        Some(magnitude) => (magnitude, Range::Within),
        None => (u64::MAX, Range::Above),
    };
    let consumed = start + digits.len();
    let garbage = text[consumed..].iter().any(|&byte| !is_space(byte));
    IntegerText {
        bits,
        negative,
        range,
        consumed,
        truncated: garbage || range != Range::Within,
    }
}
