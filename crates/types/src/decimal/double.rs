//! Between decimals and doubles.
//!
//! MySQL goes by text in both directions: a double is the number that its shortest text names (`0.1`, not
//! 0.1000000000000000055…), and a decimal becomes the double nearest to its text.

use super::coefficient::Coefficient;
use super::text::{Digits, Excess, write_decimal};
use super::value::Decimal;
use super::{MAX_PRECISION, MAX_SCALE};
use std::io::Write;

/// Powers of ten that a double holds exactly.
const EXACT_POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
];

/// The double nearest to `coefficient / 10^scale`.
pub fn to_f64<C: Coefficient>(coefficient: C, scale: u8) -> f64 {
    // Both operands exact: one division is one rounding.
    const EXACT_INTEGER: i64 = 1 << 53;
    if let Some(narrow) = coefficient.to_i64()
        && (-EXACT_INTEGER..=EXACT_INTEGER).contains(&narrow)
        && let Some(power) = EXACT_POWERS.get(usize::from(scale))
    {
        return narrow as f64 / power;
    }
    let mut text = Vec::with_capacity(96);
    write_decimal(coefficient, scale, &mut text);
    std::str::from_utf8(&text)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(0.0)
}

/// The first double that MySQL's 81 digits do not hold.
const BUFFER_LIMIT: f64 = 1e81;

/// A double as a decimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecimalOfDouble {
    /// The number; 65 nines, with its sign, if it has more digits.
    pub value: Decimal,
    /// Whether it had. For [`Excess::Buffer`] MySQL warns "1292 Truncated incorrect DECIMAL value", quoting
    /// [`overflowing_digits`](super::overflowing_digits) of the double's text.
    pub excess: Excess,
}

impl Decimal {
    /// The nearest double.
    pub fn to_f64(self) -> f64 {
        to_f64(self.coefficient(), self.scale())
    }

    /// The number that the shortest text of a double names, rounded half away from zero to at most `max_scale` digits behind the point.
    /// `None` for what is no number.
    ///
    /// ```
    /// use sqlift_types::decimal::Decimal;
    /// assert_eq!(Decimal::from_f64(0.1 + 0.2, 30).unwrap().value.to_string(), "0.30000000000000004");
    /// ```
    pub fn from_f64(value: f64, max_scale: u8) -> Option<DecimalOfDouble> {
        if !value.is_finite() {
            return None;
        }
        let mut text = [0_u8; 32];
        let mut rest = text.as_mut_slice();
        // Seventeen digits, point, exponent: 24 bytes at most.
        write!(rest, "{:e}", value.abs()).ok()?;
        let unused = rest.len();
        let text = std::str::from_utf8(&text[..32 - unused]).ok()?;
        let (mantissa, exponent) = text.split_once('e')?;
        let point = exponent.parse::<i64>().ok()? + 1;
        let mut digits = [0_u8; 24];
        let mut length = 0;
        for digit in mantissa.bytes().filter(u8::is_ascii_digit) {
            digits[length] = digit;
            length += 1;
        }
        let digits = &digits[..length];
        let (magnitude, excess) = match (Digits { digits, point }).round(max_scale.min(MAX_SCALE)) {
            Some(number) if number.integer_digits() <= u32::from(MAX_PRECISION) => {
                (number, Excess::None)
            }
            _ if value.abs() < BUFFER_LIMIT => (Self::max_value(MAX_PRECISION, 0), Excess::Digits),
            _ => (Self::max_value(MAX_PRECISION, 0), Excess::Buffer),
        };
        let value = if value < 0.0 {
            magnitude.checked_neg()?
        } else {
            magnitude
        };
        Some(DecimalOfDouble { value, excess })
    }
}
