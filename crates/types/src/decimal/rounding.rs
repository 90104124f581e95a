//! Rounding, cutting, and fitting decimals into columns and integers.

use super::coefficient::Coefficient;
use super::value::Decimal;
use super::{MAX_PRECISION, MAX_SCALE};
use crate::number::{Clamped, Range};
use ethnum::I256;

/// What putting a number into DECIMAL(p, s) did to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// Nothing: same number.
    Exact,
    /// Digits behind the scale were rounded away.
    Rounded,
    /// It has too many digits before the point: the answer is the largest number of that type, with its sign.
    Clamped,
}

impl Decimal {
    /// ROUND to so many digits behind the point, half away from zero; before the point if below zero. `None` if out of range.
    ///
    /// A number with fewer digits is returned as it is.
    pub fn round(self, digits: i32) -> Option<Self> {
        self.shorten(digits, I256::rescale)
    }

    /// TRUNCATE to so many digits behind the point; before the point if below zero.
    pub fn truncate(self, digits: i32) -> Self {
        // Cutting makes nothing larger, so it cannot be out of range.
        self.shorten(digits, I256::rescale_truncating)
            .unwrap_or(self)
    }

    fn shorten(self, digits: i32, rescale: fn(I256, u8, u8) -> Option<I256>) -> Option<Self> {
        if digits >= i32::from(self.scale()) {
            return Some(self);
        }
        if let Ok(digits) = u8::try_from(digits) {
            return Some(Self::with_scale(
                rescale(self.coefficient(), self.scale(), digits)?,
                digits,
            ));
        }
        // Left of the point: drop scale + |digits| places at once, then put the zeros back.
        let zeros = digits.unsigned_abs();
        let places = u32::from(self.scale())
            .saturating_add(zeros)
            .min(u32::from(u8::MAX)) as u8;
        let kept = rescale(self.coefficient(), places, 0)?;
        Some(Self::with_scale(kept.scale_up(zeros)?, 0))
    }

    /// CEILING: the smallest integer that is not below.
    pub fn ceil(self) -> Option<Self> {
        let whole = self.truncate(0);
        if whole < self {
            whole.checked_add(Self::ONE)
        } else {
            Some(whole)
        }
    }

    /// FLOOR: the largest integer that is not above.
    pub fn floor(self) -> Option<Self> {
        let whole = self.truncate(0);
        if whole > self {
            whole.checked_sub(Self::ONE)
        } else {
            Some(whole)
        }
    }

    /// The same number with exactly `scale` digits behind the point, rounded; `None` if out of range.
    pub fn rescale(self, scale: u8) -> Option<Self> {
        Self::new(self.coefficient().rescale(self.scale(), scale)?, scale)
    }

    /// Put into DECIMAL(precision, scale), as CAST and columns do: rounded to the scale; the largest value if there are too many digits.
    pub fn fit(self, precision: u8, scale: u8) -> (Self, Fit) {
        let (precision, scale) = (precision.min(MAX_PRECISION), scale.min(MAX_SCALE));
        match self.rescale(scale) {
            Some(rounded) if rounded.coefficient().fits_precision(precision.into()) => (
                rounded,
                if rounded == self {
                    Fit::Exact
                } else {
                    Fit::Rounded
                },
            ),
            _ => (
                Self::max_value(precision, scale).copy_sign(self),
                Fit::Clamped,
            ),
        }
    }

    /// This magnitude with the sign of another number; for magnitudes that have a negation.
    pub(super) fn copy_sign(self, sign: Self) -> Self {
        if self.is_negative() == sign.is_negative() {
            self
        } else {
            self.checked_neg().unwrap_or(self)
        }
    }

    /// Rounded half away from zero to a signed 64-bit integer.
    pub fn to_i64(self) -> Clamped<i64> {
        let rounded = self.round(0).unwrap_or(self);
        match rounded.coefficient().to_i64() {
            Some(value) => Clamped::within(value),
            None if self.is_negative() => Clamped {
                value: i64::MIN,
                range: Range::Below,
            },
            None => Clamped {
                value: i64::MAX,
                range: Range::Above,
            },
        }
    }

    /// Rounded half away from zero to an unsigned 64-bit integer; negative numbers give 0.
    pub fn to_u64(self) -> Clamped<u64> {
        let rounded = self.round(0).unwrap_or(self);
        match rounded.coefficient().to_u64() {
            Some(value) => Clamped::within(value),
            None if self.is_negative() => Clamped {
                value: u64::MIN,
                range: Range::Below,
            },
            None => Clamped {
                value: u64::MAX,
                range: Range::Above,
            },
        }
    }

    /// As CAST AS UNSIGNED: like [`to_u64`](Self::to_u64), but what is negative goes through [`to_i64`](Self::to_i64) and keeps its bits.
    pub fn to_unsigned_bits(self) -> Clamped<u64> {
        if !self.is_negative() {
            return self.to_u64();
        }
        let Clamped { value, range } = self.to_i64();
        Clamped {
            value: value as u64,
            range,
        }
    }
}
