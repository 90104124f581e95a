//! Between decimals and doubles.
//!
//! MySQL goes by text in both directions: a double is the number that its shortest text names (`0.1`, not
//! 0.1000000000000000055…), and a decimal becomes the double nearest to its text.

use super::coefficient::Coefficient;
use super::text::{Digits, write_decimal};
use super::value::Decimal;
use super::{MAX_PRECISION, MAX_SCALE};
use crate::number::{Clamped, Range};
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

impl Decimal {
    /// The nearest double.
    pub fn to_f64(self) -> f64 {
        to_f64(self.coefficient(), self.scale())
    }

    /// The number that the shortest text of a double names, rounded half away from zero to at most `max_scale` digits behind the point.
    ///
    /// Above 65 digits it is the largest decimal, reported. `None` for what is no number.
    pub fn from_f64(value: f64, max_scale: u8) -> Option<Clamped<Self>> {
        if !value.is_finite() {
            return None;
        }
        let negative = value < 0.0;
        let mut text = [0_u8; 32];
        let mut rest = text.as_mut_slice();
        // Seventeen digits, point, exponent: 24 bytes at most.
        write!(rest, "{:e}", value.abs()).ok()?;
        let length = 32 - rest.len();
        let text = std::str::from_utf8(&text[..length]).ok()?;
        let (mantissa, exponent) = text.split_once('e')?;
        let exponent: i32 = exponent.parse().ok()?;
        let digits: Vec<u8> = mantissa.bytes().filter(u8::is_ascii_digit).collect();
        let point = exponent + 1;
        let range = if negative { Range::Below } else { Range::Above };
        let largest = || Self::max_value(MAX_PRECISION, 0);
        let signed = |value: Self| {
            if negative {
                value.checked_neg()
            } else {
                Some(value)
            }
        };
        match (Digits {
            digits: &digits,
            point: point.into(),
        })
        .round(max_scale.min(MAX_SCALE))
        {
            Some(value) if value.integer_digits() <= u32::from(MAX_PRECISION) => {
                Some(Clamped::within(signed(value)?))
            }
            _ => Some(Clamped {
                value: signed(largest())?,
                range,
            }),
        }
    }
}
