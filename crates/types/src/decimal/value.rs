//! A decimal that carries its own scale, and MySQL's arithmetic on it.
//!
//! MySQL computes in nine groups of nine digits; the groups before the point come first and what is left holds
//! the fraction. So a value may pass the 65 digits that a type can declare, and a long product loses digits at its end. Both are followed
//! here as far as 256 bits reach (76 digits); what is longer is reported as out of range.

use super::coefficient::Coefficient;
use super::division::{self, GROUP, groups, to_big, to_i256};
use super::{MAX_LITERAL_SCALE, MAX_PRECISION, MAX_SCALE};
use ethnum::I256;
use num_bigint::BigInt;
use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

/// Groups of nine digits in which MySQL holds one value.
const MAX_GROUPS: u32 = 9;

/// An exact number: `coefficient / 10^scale`, at most 30 digits behind the point.
///
/// Equality, order and hash go by the number, not by its form: `1.50 = 1.5`. There is no negative zero.
///
/// ```
/// use sqlift_types::decimal::Decimal;
/// let price: Decimal = "2.50".parse().unwrap();
/// assert_eq!(price.checked_mul(Decimal::from(3)).unwrap().to_string(), "7.50");
/// assert_eq!(Decimal::from(1).checked_div(Decimal::from(3), 4).unwrap().to_string(), "0.3333");
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Decimal {
    coefficient: I256,
    scale: u8,
}

impl Decimal {
    /// Zero, with no digit behind the point.
    pub const ZERO: Self = Self {
        coefficient: I256::ZERO,
        scale: 0,
    };
    /// One, with no digit behind the point.
    pub const ONE: Self = Self {
        coefficient: I256::ONE,
        scale: 0,
    };

    /// The number `coefficient / 10^scale`; `None` if the scale is over 72.
    pub const fn new(coefficient: I256, scale: u8) -> Option<Self> {
        if scale > MAX_LITERAL_SCALE {
            None
        } else {
            Some(Self { coefficient, scale })
        }
    }

    /// For scales known to be within bounds.
    pub(super) const fn with_scale(coefficient: I256, scale: u8) -> Self {
        debug_assert!(scale <= MAX_LITERAL_SCALE);
        Self { coefficient, scale }
    }

    /// The number of a kernel's coefficient; `None` if the scale is over 72.
    pub fn from_coefficient<C: Coefficient>(coefficient: C, scale: u8) -> Option<Self> {
        Self::new(coefficient.to_i256(), scale)
    }

    /// The largest number of `precision` digits, `scale` of them behind the point. Bounds are cut to 65 and 30.
    pub fn max_value(precision: u8, scale: u8) -> Self {
        let precision = u32::from(precision.min(MAX_PRECISION));
        let nines = I256::pow10(precision).unwrap_or(I256::MAX) - I256::ONE;
        Self {
            coefficient: nines,
            scale: scale.min(MAX_SCALE),
        }
    }

    /// The unscaled integer.
    pub const fn coefficient(self) -> I256 {
        self.coefficient
    }

    /// Digits behind the point.
    pub const fn scale(self) -> u8 {
        self.scale
    }

    /// The coefficient at `scale`, rounded half away from zero, for a kernel of this width; `None` if the width does not hold it.
    pub fn to_coefficient<C: Coefficient>(self, scale: u8) -> Option<C> {
        C::from_i256(self.coefficient.rescale(self.scale, scale)?)
    }

    /// Digits of the coefficient, at least 1.
    pub fn digits(self) -> u32 {
        self.coefficient.digits()
    }

    /// Digits before the point, without leading zeros: 0 for a number below one; below 0 for what starts with zeros behind the point.
    pub(super) fn leading_digits(self) -> i32 {
        self.digits() as i32 - i32::from(self.scale)
    }

    /// Digits before the point: 0 if the number is below one.
    pub fn integer_digits(self) -> u32 {
        if self.is_zero() {
            0
        } else {
            self.leading_digits().max(0).unsigned_abs()
        }
    }

    /// Whether it is zero.
    pub fn is_zero(self) -> bool {
        self.coefficient == I256::ZERO
    }

    /// Whether it is below zero.
    pub fn is_negative(self) -> bool {
        self.coefficient < I256::ZERO
    }

    /// `-1`, `0` or `1`.
    pub fn signum(self) -> i32 {
        Coefficient::signum(self.coefficient)
    }

    /// Negation; `None` only for a coefficient of -2^255, which no MySQL decimal has.
    pub fn checked_neg(self) -> Option<Self> {
        self.coefficient.checked_neg().map(|coefficient| Self {
            coefficient,
            ..self
        })
    }

    /// Magnitude; `None` only for a coefficient of -2^255.
    pub fn checked_abs(self) -> Option<Self> {
        if self.is_negative() {
            self.checked_neg()
        } else {
            Some(self)
        }
    }

    /// Sum at the larger scale; `None` if out of range.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        let scale = self.scale.max(other.scale);
        let (a, b) = (self.integer_digits(), other.integer_digits());
        if groups(a.max(b) + 1) + groups(u32::from(scale)) <= MAX_GROUPS {
            let left = self.coefficient.rescale(self.scale, scale);
            let right = other.coefficient.rescale(other.scale, scale);
            if let (Some(left), Some(right)) = (left, right)
                && let Some(coefficient) = left.checked_add(right)
            {
                return Some(Self { coefficient, scale });
            }
        }
        let sum = |scale: u8| {
            let at =
                |value: Self| truncated(to_big(value.coefficient), value.scale, i64::from(scale));
            at(self) + at(other)
        };
        let whole = big_digits(&sum(scale)).saturating_sub(u32::from(scale));
        let room = MAX_GROUPS.checked_sub(groups(whole.max(a).max(b)))? * GROUP;
        let scale = scale.min(room.min(u32::from(MAX_SCALE)) as u8);
        Some(Self {
            coefficient: to_i256(&sum(scale))?,
            scale,
        })
    }

    /// Difference at the larger scale; `None` if out of range.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.checked_add(other.checked_neg()?)
    }

    /// Product; the scales add up, past 30 the product is rounded. `None` if out of range.
    pub fn checked_mul(self, other: Self) -> Option<Self> {
        let whole = groups(self.integer_digits() + other.integer_digits());
        let room = MAX_GROUPS.checked_sub(whole)?;
        let exact_scale = u32::from(self.scale) + u32::from(other.scale);
        let (left, right) = (
            groups(u32::from(self.scale)),
            groups(u32::from(other.scale)),
        );
        if left + right <= room
            && exact_scale <= u32::from(MAX_SCALE)
            && let Some(coefficient) = self.coefficient.checked_mul(other.coefficient)
        {
            return Some(Self {
                coefficient,
                scale: exact_scale as u8,
            });
        }
        // MySQL: what does not fit is cut off the operands, before they are multiplied: half of the missing groups from the one with
        // the shorter fraction, the other half from the other one. A fraction that is too short for that loses digits before the point.
        let missing = i64::from((left + right).saturating_sub(room));
        let (short, long) = (missing / 2, missing - missing / 2);
        let (cut_left, cut_right) = if left <= right {
            (short, long)
        } else {
            (long, short)
        };
        let keep = |value: Self, groups: u32, cut: i64| {
            let scale = (i64::from(groups) - cut) * i64::from(GROUP);
            (
                truncated(to_big(value.coefficient), value.scale, scale),
                scale,
            )
        };
        let (a, a_scale) = keep(self, left, cut_left);
        let (b, b_scale) = keep(other, right, cut_right);
        let (product, product_scale) = (a * b, a_scale + b_scale);
        // Leading groups that turn out empty make room for the fraction again.
        let whole = (i64::from(big_digits(&product)) - product_scale).max(0) as u32;
        let room = i64::from(MAX_GROUPS.checked_sub(groups(whole))? * GROUP);
        let scale = i64::from(exact_scale).min(i64::from(MAX_SCALE)).min(room);
        let product = rounded(product, product_scale, scale);
        Some(Self {
            coefficient: to_i256(&product)?,
            scale: scale as u8,
        })
    }

    /// Quotient at `result_scale` ([`DecimalType::quotient`](super::DecimalType::quotient) says which), rounded half away from zero. `None` if out of range or the divisor is zero.
    ///
    /// MySQL: it computes fractions by groups of nine digits. Where these are exactly the scale, there is no digit to round by and the quotient
    /// is cut: `2.00000 / 3` is 0.666666666.
    pub fn checked_div(self, other: Self, result_scale: u8) -> Option<Self> {
        if other.is_zero() {
            return None;
        }
        let result_scale = result_scale.min(MAX_SCALE);
        let whole = if self.is_zero() {
            0
        } else {
            quotient_digits(self, other)
        };
        let room = MAX_GROUPS.checked_sub(groups(whole))? * GROUP;
        let computed = division::computed_digits(self.scale, other.scale, result_scale);
        if computed <= room {
            let coefficient = self.coefficient.checked_div_to_scale(
                self.scale,
                other.coefficient,
                other.scale,
                result_scale,
            )?;
            return Some(Self {
                coefficient,
                scale: result_scale,
            });
        }
        let cut = division::wide_div_cut(
            self.coefficient,
            self.scale,
            other.coefficient,
            other.scale,
            room,
        )?;
        let scale = u32::from(result_scale).min(room);
        let coefficient = to_i256(&rounded(cut, i64::from(room), i64::from(scale)))?;
        Some(Self {
            coefficient,
            scale: scale as u8,
        })
    }

    /// The integer quotient, towards zero (`DIV`). `None` if out of range or the divisor is zero.
    pub fn checked_div_integer(self, other: Self) -> Option<I256> {
        to_i256(&division::wide_div_cut(
            self.coefficient,
            self.scale,
            other.coefficient,
            other.scale,
            0,
        )?)
    }

    /// The remainder, at the larger scale, with the sign of the dividend; `None` for a zero divisor.
    pub fn checked_rem(self, other: Self) -> Option<Self> {
        let coefficient =
            self.coefficient
                .checked_rem_scaled(self.scale, other.coefficient, other.scale)?;
        Some(Self {
            coefficient,
            scale: self.scale.max(other.scale),
        })
    }

    /// The same number without zeros at the end of its fraction.
    pub fn normalized(self) -> Self {
        let mut shortest = self;
        let ten = I256::new(10);
        while shortest.scale > 0 && shortest.coefficient % ten == I256::ZERO {
            shortest.coefficient /= ten;
            shortest.scale -= 1;
        }
        shortest
    }
}

/// Digits before the point that MySQL expects of a quotient: it compares the leading groups, so it may expect one too many.
fn quotient_digits(a: Decimal, b: Decimal) -> u32 {
    let longer = leading_group(a) >= leading_group(b);
    (a.leading_digits() - b.leading_digits() + i32::from(longer))
        .max(0)
        .unsigned_abs()
}

/// The first non-zero group of nine digits, counted from the point.
fn leading_group(value: Decimal) -> I256 {
    let magnitude = if value.is_negative() {
        -value.coefficient
    } else {
        value.coefficient
    };
    let lead = value.leading_digits();
    let in_group = (lead - 1).rem_euclid(GROUP as i32).unsigned_abs() + 1;
    let digits = value.digits();
    if digits >= in_group {
        magnitude / I256::pow10(digits - in_group).unwrap_or(I256::MAX)
    } else {
        magnitude * I256::pow10(in_group - digits).unwrap_or(I256::ONE)
    }
}

/// An integer at another scale, cut off towards zero; scales below zero drop digits before the point.
fn truncated(value: BigInt, from: u8, to: i64) -> BigInt {
    let shift = to - i64::from(from);
    let unit = BigInt::from(10).pow(shift.unsigned_abs() as u32);
    if shift >= 0 {
        value * unit
    } else {
        value / unit
    }
}

/// An integer at another scale, rounded half away from zero.
fn rounded(value: BigInt, from: i64, to: i64) -> BigInt {
    let shift = to - from;
    let unit = BigInt::from(10).pow(shift.unsigned_abs() as u32);
    if shift >= 0 {
        return value * unit;
    }
    let half = BigInt::from(5) * BigInt::from(10).pow(shift.unsigned_abs() as u32 - 1);
    let away = if value < BigInt::ZERO {
        value - half
    } else {
        value + half
    };
    away / unit
}

fn big_digits(value: &BigInt) -> u32 {
    value.magnitude().to_string().len() as u32
}

impl From<i64> for Decimal {
    fn from(value: i64) -> Self {
        Self {
            coefficient: value.into(),
            scale: 0,
        }
    }
}

impl From<u64> for Decimal {
    fn from(value: u64) -> Self {
        Self {
            coefficient: value.into(),
            scale: 0,
        }
    }
}

impl From<i32> for Decimal {
    fn from(value: i32) -> Self {
        Self {
            coefficient: value.into(),
            scale: 0,
        }
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Decimal {}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        if self.scale == other.scale {
            return self.coefficient.cmp(&other.coefficient);
        }
        let signs = self.signum().cmp(&other.signum());
        if signs != Ordering::Equal {
            return signs;
        }
        // Bring the one with the smaller scale up; if that leaves 256 bits, it is the larger in magnitude.
        let (small, large, flipped) = if self.scale < other.scale {
            (self, other, false)
        } else {
            (other, self, true)
        };
        let order = match small
            .coefficient
            .scale_up(u32::from(large.scale - small.scale))
        {
            Some(raised) => raised.cmp(&large.coefficient),
            None if small.is_negative() => Ordering::Less,
            None => Ordering::Greater,
        };
        if flipped { order.reverse() } else { order }
    }
}

impl Hash for Decimal {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let shortest = self.normalized();
        shortest.coefficient.hash(state);
        shortest.scale.hash(state);
    }
}
