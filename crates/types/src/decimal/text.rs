//! Decimals from text and to text.

use super::coefficient::Coefficient;
use super::division::{GROUP, groups};
use super::value::Decimal;
use super::{MAX_LITERAL_SCALE, MAX_PRECISION, MAX_SCALE};
use crate::number::is_space;
use ethnum::{I256, U256};
use std::fmt;
use std::str::FromStr;

/// How far a text's number exceeds what a decimal holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Excess {
    /// It does not.
    None,
    /// More than 65 digits before the point, but within MySQL's 81: the value is 65 nines. MySQL finds it out of range for every column (1264).
    Digits,
    /// More than MySQL's 81 digits: the value is 65 nines, and MySQL warns of the text (1292) besides.
    Buffer,
}

/// What stands at the beginning of a text, read as a decimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecimalText {
    /// The number; zero if there is none.
    pub value: Decimal,
    /// Bytes read, with the spaces before the number, not those behind it. 0 if there is no number.
    pub consumed: usize,
    /// Whether MySQL warns "1292 Truncated incorrect DECIMAL value": no number, something behind it but spaces, or digits beyond what it can hold.
    pub truncated: bool,
    /// Whether the value is 65 nines in place of something larger.
    pub excess: Excess,
}

impl DecimalText {
    const NOTHING: Self = Self {
        value: Decimal::ZERO,
        consumed: 0,
        truncated: true,
        excess: Excess::None,
    };

    fn overflow(negative: bool, consumed: usize, excess: Excess) -> Self {
        let nines = Decimal::max_value(MAX_PRECISION, 0);
        let value = if negative {
            nines.checked_neg().unwrap_or(nines)
        } else {
            nines
        };
        Self {
            value,
            consumed,
            truncated: true,
            excess,
        }
    }
}

/// Digits with a point somewhere: `0.d1d2d3… * 10^point`.
#[derive(Clone, Copy)]
pub(super) struct Digits<'a> {
    /// ASCII digits.
    pub(super) digits: &'a [u8],
    /// Digits before the point; may lie outside the digits.
    pub(super) point: i64,
}

impl Digits<'_> {
    /// The number rounded half away from zero to `scale` digits behind the point, or fewer if 76 digits do not hold them; `None` if even
    /// the digits before the point are too many.
    pub(super) fn round(self, scale: u8) -> Option<Decimal> {
        let zeros = self
            .digits
            .iter()
            .take_while(|&&digit| digit == b'0')
            .count();
        let digits = &self.digits[zeros..];
        let point = self.point - zeros as i64;
        if digits.is_empty() {
            return Some(Decimal::with_scale(I256::ZERO, self.natural_scale(scale)));
        }
        if point > i64::from(I256::DIGITS) {
            return None;
        }
        let room = i64::from(I256::DIGITS) - point.max(0);
        let scale = i64::from(self.natural_scale(scale)).min(room);
        let kept = point + scale;
        if kept < 0 {
            return Some(Decimal::with_scale(I256::ZERO, scale as u8));
        }
        let kept = kept as usize;
        let mut coefficient = U256::ZERO;
        for chunk in digits[..kept.min(digits.len())].chunks(18) {
            let part = chunk
                .iter()
                .fold(0_u64, |number, digit| number * 10 + u64::from(digit - b'0'));
            coefficient =
                coefficient * U256::from(10_u64.pow(chunk.len() as u32)) + U256::from(part);
        }
        if kept > digits.len() {
            coefficient *= U256::new(10).pow((kept - digits.len()) as u32);
        }
        if digits.get(kept).is_some_and(|digit| *digit >= b'5') {
            coefficient += U256::ONE;
        }
        // At most 10^76 < 2^255.
        Some(Decimal::with_scale(coefficient.as_i256(), scale as u8))
    }

    /// The digits behind the point, at most so many.
    fn natural_scale(self, most: u8) -> u8 {
        (self.digits.len() as i64 - self.point).clamp(0, i64::from(most)) as u8
    }
}

/// Reads a decimal from the beginning of a text as MySQL does: spaces, sign, digits with a point, exponent.
///
/// The number is rounded half away from zero to at most `max_scale` digits behind the point (at most 30), at once. It takes linear time.
///
/// Known difference: where an exponent moves digits out of MySQL's 81, its rounding of what is left loses a carry (82 nines and `e-80` are 0 there, 10 here).
///
/// ```
/// use sqlift_types::decimal::parse_decimal_prefix;
/// let read = parse_decimal_prefix(b" -1.25e1x", 30);
/// assert_eq!(read.value.to_string(), "-12.5");
/// assert_eq!((read.consumed, read.truncated), (8, true));
/// ```
pub fn parse_decimal_prefix(text: &[u8], max_scale: u8) -> DecimalText {
    let max_scale = max_scale.min(MAX_SCALE);
    let mut at = text.iter().take_while(|&&byte| is_space(byte)).count();
    // MySQL: of leading zeros one is kept, which takes room; behind a sign all are.
    let zeros = text[at..].iter().take_while(|&&byte| byte == b'0').count();
    at += zeros.saturating_sub(1);
    let negative = text.get(at) == Some(&b'-');
    if matches!(text.get(at), Some(b'-' | b'+')) {
        at += 1;
    }
    let start = at;
    at += count_digits(&text[at..]);
    let (whole, mut fraction) = (&text[start..at], &text[at..at]);
    if text.get(at) == Some(&b'.') {
        let length = count_digits(&text[at + 1..]);
        fraction = &text[at + 1..at + 1 + length];
        if !whole.is_empty() || length > 0 {
            at += 1 + length;
        }
    }
    if whole.is_empty() && fraction.is_empty() {
        return DecimalText::NOTHING;
    }

    // The mantissa fills MySQL's groups first; the exponent moves what is left.
    let whole_groups = groups(whole.len().min(1000) as u32);
    if whole_groups > MAX_GROUPS {
        // MySQL: the last 81 digits are what it has when it gives up; if they are zeros, the sign is gone.
        let last = &whole[whole.len() - (MAX_GROUPS * GROUP) as usize..];
        return DecimalText::overflow(negative && !is_zero(last), at, Excess::Buffer);
    }
    let room = ((MAX_GROUPS - whole_groups) * GROUP) as usize;
    let cut = fraction.len() > room;
    fraction = &fraction[..fraction.len().min(room)];
    let (consumed, exponent, mut lost) = match read_exponent(&text[at..]) {
        Exponent::None => (at, 0, cut),
        // MySQL: moving the point makes it forget what was cut.
        Exponent::Number { length, value } => (at + length, value, false),
        Exponent::TooLong => {
            return DecimalText {
                consumed: at,
                ..DecimalText::NOTHING
            };
        }
    };
    let mut digits = Vec::with_capacity(whole.len() + fraction.len());
    digits.extend_from_slice(whole);
    digits.extend_from_slice(fraction);
    let garbage = text[consumed..].iter().any(|&byte| !is_space(byte));
    let point = whole.len() as i64;
    if exponent > MAX_EXPONENT {
        return DecimalText::overflow(false, consumed, Excess::Buffer);
    }
    lost |= exponent < -MAX_EXPONENT - 1;
    if is_zero(&digits) {
        let value = Digits {
            digits: &digits,
            point,
        }
        .round(max_scale)
        .unwrap_or(Decimal::ZERO);
        return DecimalText {
            value,
            consumed,
            truncated: garbage || lost,
            excess: Excess::None,
        };
    }
    let number = Digits {
        digits: &digits,
        point: point + exponent,
    };
    if exponent != 0 {
        let leading = digits.iter().take_while(|&&digit| digit == b'0').count() as i64;
        let last = digits
            .iter()
            .rposition(|&digit| digit != b'0')
            .map_or(0, |at| at as i64 + 1);
        let before = (number.point - leading).max(0);
        let behind = (last - number.point).max(0);
        if before > i64::from(MAX_GROUPS * GROUP) {
            return DecimalText::overflow(negative, consumed, Excess::Buffer);
        }
        lost |= groups(before as u32) + groups(behind.min(1000) as u32) > MAX_GROUPS;
    }
    match number.round(max_scale) {
        Some(magnitude) if magnitude.integer_digits() <= u32::from(MAX_PRECISION) => {
            let value = if negative {
                magnitude.checked_neg().unwrap_or(magnitude)
            } else {
                magnitude
            };
            DecimalText {
                value,
                consumed,
                truncated: garbage || lost,
                excess: Excess::None,
            }
        }
        _ => DecimalText {
            truncated: garbage || lost,
            ..DecimalText::overflow(negative, consumed, Excess::Digits)
        },
    }
}

/// What MySQL quotes in the first of the two warnings 1292 that it gives for [`Excess::Buffer`] (the second quotes the whole text): the number as
/// far as it was read when it did not fit any more.
///
/// ```
/// use sqlift_types::decimal::overflowing_digits;
/// assert_eq!(overflowing_digits(b" -1.50e1000"), "-1.50");
/// ```
pub fn overflowing_digits(text: &[u8]) -> String {
    let start = text.iter().take_while(|&&byte| is_space(byte)).count();
    let negative = text.get(start) == Some(&b'-');
    let text = &text[start + usize::from(matches!(text.get(start), Some(b'-' | b'+')))..];
    let whole = &text[..count_digits(text)];
    let rest = &text[whole.len()..];
    let fraction = match rest.split_first() {
        Some((b'.', rest)) => &rest[..count_digits(rest)],
        _ => &[],
    };
    let rest = &rest[if rest.first() == Some(&b'.') {
        1 + fraction.len()
    } else {
        0
    }..];
    let room = (MAX_GROUPS * GROUP) as usize;
    let significant = &whole[whole.iter().take_while(|&&digit| digit == b'0').count()..];
    let shown = if groups(whole.len().min(1000) as u32) > MAX_GROUPS {
        let last = &whole[whole.len() - room..];
        last[last.iter().take_while(|&&digit| digit == b'0').count()..].to_vec()
    } else if matches!(read_exponent(rest), Exponent::Number { value, .. } if value > MAX_EXPONENT)
    {
        Vec::new()
    } else {
        let room = room - (groups(whole.len() as u32) * GROUP) as usize;
        let mut shown = if significant.is_empty() {
            b"0".to_vec()
        } else {
            significant.to_vec()
        };
        if !fraction.is_empty() {
            shown.push(b'.');
            shown.extend_from_slice(&fraction[..fraction.len().min(room)]);
        }
        shown
    };
    let sign = if negative && !shown.is_empty() {
        "-"
    } else {
        ""
    };
    let digits = if shown.is_empty() {
        "0".into()
    } else {
        String::from_utf8_lossy(&shown)
    };
    format!("{sign}{digits}")
}

/// The largest exponent that MySQL follows; beyond it there is an overflow even of zero.
const MAX_EXPONENT: i64 = (1 << 30) - 1;

fn is_zero(digits: &[u8]) -> bool {
    digits.iter().all(|&digit| digit == b'0')
}

/// Groups of nine digits in which MySQL holds one value.
const MAX_GROUPS: u32 = 9;

fn count_digits(text: &[u8]) -> usize {
    text.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

enum Exponent {
    None,
    Number {
        length: usize,
        value: i64,
    },
    /// Over 64 bits: MySQL takes the whole text for no number.
    TooLong,
}

fn read_exponent(text: &[u8]) -> Exponent {
    if !matches!(text.first(), Some(b'e' | b'E')) {
        return Exponent::None;
    }
    // MySQL: spaces may stand between the `e` and its number.
    let mut at = 1 + text[1..]
        .iter()
        .take_while(|&&byte| matches!(byte, b' ' | b'\t'))
        .count();
    let negative = text.get(at) == Some(&b'-');
    if matches!(text.get(at), Some(b'-' | b'+')) {
        at += 1;
    }
    let digits = &text[at..at + count_digits(&text[at..])];
    if digits.is_empty() {
        return Exponent::None;
    }
    let magnitude = digits.iter().try_fold(0_u64, |number, digit| {
        number.checked_mul(10)?.checked_add(u64::from(digit - b'0'))
    });
    let Some(magnitude) = magnitude else {
        return Exponent::TooLong;
    };
    // Any exponent beyond this is far outside 81 digits.
    let bounded = magnitude.min(1 << 40) as i64;
    Exponent::Number {
        length: at + digits.len(),
        value: if negative { -bounded } else { bounded },
    }
}

/// Appends `coefficient / 10^scale` with exactly `scale` digits behind the point: `0.50`, `-0.000001`.
pub fn write_decimal<C: Coefficient>(coefficient: C, scale: u8, out: &mut Vec<u8>) {
    let mut digits = [b'0'; 78 + u8::MAX as usize];
    let end = digits.len();
    let mut at = end;
    if let Some(narrow) = coefficient.to_i64() {
        put_digits(narrow.unsigned_abs(), &mut digits, &mut at);
    } else {
        // Eighteen digits at a time.
        const CHUNK: u64 = 1_000_000_000_000_000_000;
        let mut rest = coefficient.to_i256().unsigned_abs();
        while rest > U256::from(u64::MAX) {
            let (quotient, low) = match u128::try_from(rest) {
                Ok(narrow) => (
                    U256::new(narrow / u128::from(CHUNK)),
                    (narrow % u128::from(CHUNK)) as u64,
                ),
                Err(_) => (
                    rest / U256::from(CHUNK),
                    (rest % U256::from(CHUNK)).as_u64(),
                ),
            };
            rest = quotient;
            let chunk_end = at;
            put_digits(low, &mut digits, &mut at);
            at = chunk_end - 18;
        }
        put_digits(rest.as_u64(), &mut digits, &mut at);
    }
    // At least one digit before the point.
    at = at.min(end - usize::from(scale) - 1);
    if coefficient < C::ZERO {
        out.push(b'-');
    }
    let point = end - usize::from(scale);
    out.extend_from_slice(&digits[at..point]);
    if scale > 0 {
        out.push(b'.');
        out.extend_from_slice(&digits[point..]);
    }
}

fn put_digits(mut number: u64, digits: &mut [u8], at: &mut usize) {
    while number > 0 {
        *at -= 1;
        digits[*at] = b'0' + (number % 10) as u8;
        number /= 10;
    }
}

impl Decimal {
    /// The number of a literal, digits with or without a point: exact, or `None`.
    ///
    /// MySQL: a literal may be longer than any type, up to 81 digits. This takes what 256 bits hold (76 digits) and 72 digits behind the point.
    pub fn from_literal(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits = [whole, fraction].concat();
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let number = Digits {
            digits: digits.as_bytes(),
            point: whole.len() as i64,
        }
        .round(MAX_LITERAL_SCALE)?;
        (usize::from(number.scale()) == fraction.len()).then_some(number)
    }

    /// Appends the number with exactly its scale's digits behind the point.
    pub fn write_to(self, out: &mut Vec<u8>) {
        write_decimal(self.coefficient(), self.scale(), out);
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = Vec::with_capacity(80);
        self.write_to(&mut text);
        let digits = text.strip_prefix(b"-");
        let text = std::str::from_utf8(digits.unwrap_or(&text)).map_err(|_| fmt::Error)?;
        f.pad_integral(digits.is_none(), "", text)
    }
}

/// A text is no decimal, or none that fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotADecimal;

impl fmt::Display for NotADecimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a decimal of at most 65 digits")
    }
}

impl std::error::Error for NotADecimal {}

impl FromStr for Decimal {
    type Err = NotADecimal;

    fn from_str(text: &str) -> Result<Self, NotADecimal> {
        let read = parse_decimal_prefix(text.as_bytes(), MAX_SCALE);
        if read.truncated || read.excess != Excess::None {
            Err(NotADecimal)
        } else {
            Ok(read.value)
        }
    }
}
