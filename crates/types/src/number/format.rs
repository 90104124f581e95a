//! Doubles and floats as text.
//!
//! A double shows the fewest digits that name it; a float shows six significant digits. From 10^-15 up to 10^15 (exclusive) they are
//! written out, beyond in exponent form: `999999999999999`, `1e15`, `0.000000000000001`, `9.5e-16`. Above, what has a fraction is still
//! written out: `1000000000000000.5`. Negative zero is `-0`.

use std::io::Write;

/// Decimal exponents of numbers that are written out: `d.ddd * 10^exponent`.
const WRITTEN_OUT: std::ops::RangeInclusive<i32> = -15..=14;

/// Integers below this are written as integers at once.
const SMALL_INTEGER: f64 = 1e15;

/// A number in scientific form: its digits without the point, and the exponent of the first.
struct Scientific<'a> {
    digits: &'a [u8],
    exponent: i32,
}

/// Room for the longest shortest double, `2.2250738585072014e-308`, with some to spare.
type Scratch = [u8; 40];

/// Splits what Rust writes for `{:e}`, without zeros at the end.
fn scientific<'a>(
    scratch: &'a mut Scratch,
    text: std::fmt::Arguments<'_>,
) -> Option<Scientific<'a>> {
    let mut rest = scratch.as_mut_slice();
    rest.write_fmt(text).ok()?;
    let unused = rest.len();
    let length = scratch.len() - unused;
    let e = scratch[..length].iter().position(|&byte| byte == b'e')?;
    let exponent = std::str::from_utf8(&scratch[e + 1..length])
        .ok()?
        .parse()
        .ok()?;
    // Close the gap of the point: d.ddd becomes dddd.
    let mut end = e;
    if scratch[1] == b'.' {
        scratch.copy_within(2..e, 1);
        end -= 1;
    }
    while end > 1 && scratch[end - 1] == b'0' {
        end -= 1;
    }
    Some(Scientific {
        digits: &scratch[..end],
        exponent,
    })
}

impl Scientific<'_> {
    fn write(&self, out: &mut Vec<u8>) {
        if WRITTEN_OUT.contains(&self.exponent) || self.exponent > 0 && self.digits_behind() > 0 {
            return self.write_out(0, out);
        }
        out.push(self.digits[0]);
        if self.digits.len() > 1 {
            out.push(b'.');
            out.extend_from_slice(&self.digits[1..]);
        }
        out.push(b'e');
        put(out, format_args!("{}", self.exponent));
    }

    /// Without exponent, with at least so many digits behind the point.
    fn write_out(&self, decimals: usize, out: &mut Vec<u8>) {
        let zeros = |count: usize, out: &mut Vec<u8>| out.resize(out.len() + count, b'0');
        let behind = self.digits_behind();
        let whole = usize::try_from(self.exponent + 1).unwrap_or(0);
        if whole == 0 {
            out.push(b'0');
        } else {
            let shown = whole.min(self.digits.len());
            out.extend_from_slice(&self.digits[..shown]);
            zeros(whole - shown, out);
        }
        if behind > 0 || decimals > 0 {
            out.push(b'.');
            let fraction = &self.digits[whole.min(self.digits.len())..];
            zeros(behind - fraction.len(), out);
            out.extend_from_slice(fraction);
            zeros(decimals.saturating_sub(behind), out);
        }
    }

    /// The double that the digits name.
    fn value(&self) -> Option<f64> {
        let digits = std::str::from_utf8(self.digits).ok()?;
        format!("0.{digits}e{}", self.exponent + 1).parse().ok()
    }

    /// Digits behind the point when written out.
    fn digits_behind(&self) -> usize {
        let last = self.digits.len() as i32 - 1 - self.exponent;
        usize::try_from(last).unwrap_or(0)
    }
}

fn put(out: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    // A vector takes every write.
    let _ = out.write_fmt(text);
}

/// Writes zero, small integers and what is no number; `false` if the value is none of these.
fn write_simple(value: f64, out: &mut Vec<u8>) -> bool {
    if value == 0.0 {
        out.extend_from_slice(if value.is_sign_negative() {
            b"-0"
        } else {
            b"0"
        });
    } else if value.abs() < SMALL_INTEGER && value.trunc() == value {
        put(out, format_args!("{}", value as i64));
    } else if !value.is_finite() {
        put(out, format_args!("{value}"));
    } else {
        return false;
    }
    true
}

/// Appends a DOUBLE as MySQL shows it. What is not finite, which MySQL never has, is written as Rust does.
///
/// ```
/// use sqlift_types::number::write_double;
/// let text = |value| { let mut out = Vec::new(); write_double(value, &mut out); String::from_utf8(out).unwrap() };
/// assert_eq!(text(0.1 + 0.2), "0.30000000000000004");
/// assert_eq!(text(1e15), "1e15");
/// assert_eq!(text(-0.0), "-0");
/// ```
pub fn write_double(value: f64, out: &mut Vec<u8>) {
    if write_simple(value, out) {
        return;
    }
    if value < 0.0 {
        out.push(b'-');
    }
    let mut scratch = [0; 40];
    if let Some(number) = shortest(&mut scratch, value.abs()) {
        number.write(out);
    }
}

/// Significant digits from which on a double may lie halfway between two shortest texts.
const TIE_DIGITS: usize = 15;

/// The shortest digits that name a positive double, the nearest to it among these, the even one of two equally near.
fn shortest(scratch: &mut Scratch, value: f64) -> Option<Scientific<'_>> {
    let found = scientific(scratch, format_args!("{value:e}"))?;
    let (length, last) = (found.digits.len(), found.digits[found.digits.len() - 1]);
    if length >= TIE_DIGITS && last % 2 == 1 {
        // Rust takes the upper one of two; rounding the exact value to as many digits takes the even one.
        let mut even = [0; 40];
        let rounded = scientific(&mut even, format_args!("{:.*e}", length - 1, value))?;
        if rounded.digits.len() == length
            && rounded.digits[length - 1] == last - 1
            && rounded.value() == Some(value)
        {
            scratch[..length].copy_from_slice(rounded.digits);
            return Some(Scientific {
                digits: &scratch[..length],
                exponent: rounded.exponent,
            });
        }
        return scientific(scratch, format_args!("{value:e}"));
    }
    scientific(scratch, format_args!("{value:e}"))
}

/// Appends a FLOAT as MySQL shows it: six significant digits, ties to even, zeros at the end dropped.
pub fn write_float(value: f32, out: &mut Vec<u8>) {
    let value = f64::from(value);
    if value.abs() < 1e6 && write_simple(value, out)
        || !value.is_finite() && write_simple(value, out)
    {
        return;
    }
    if value < 0.0 {
        out.push(b'-');
    }
    let mut scratch = [0; 40];
    if let Some(number) = scientific(&mut scratch, format_args!("{:.5e}", value.abs())) {
        number.write(out);
    }
}

/// Appends a DOUBLE of a fixed number of decimals, as in DOUBLE(20,3): its shortest digits with zeros behind, or, where these
/// are more than `decimals`, the exact value rounded to that many. The sign stays: `-0.000`.
pub fn write_double_fixed(value: f64, decimals: u8, out: &mut Vec<u8>) {
    let decimals = usize::from(decimals);
    if !value.is_finite() {
        return put(out, format_args!("{value}"));
    }
    if value.is_sign_negative() {
        out.push(b'-');
    }
    let mut scratch = [0; 40];
    match shortest(&mut scratch, value.abs()) {
        Some(number) if number.digits_behind() <= decimals => number.write_out(decimals, out),
        _ => put(out, format_args!("{:.decimals$}", value.abs())),
    }
}
