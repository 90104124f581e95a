//! The unscaled integers that carry decimals, in the three widths kernels are made for.
//!
//! A decimal is `coefficient / 10^scale`. In a kernel the scale is part of the static type and only the coefficient is
//! stored: `i64` up to 18 digits, `i128` up to 38, [`I256`] above. All three obey the same laws, stated here once.

use super::division;
use ethnum::I256;
use std::fmt::Debug;
use std::hash::Hash;

mod sealed {
    pub trait Sealed {}
    impl Sealed for i64 {}
    impl Sealed for i128 {}
    impl Sealed for ethnum::I256 {}
}

/// An unscaled decimal of a fixed width: `i64`, `i128` or [`I256`].
///
/// `checked_*` answer `None` where the width does not hold the result; `overflowing_*` answer a value and a flag, for
/// loops without branches. No method panics, whatever the input.
pub trait Coefficient:
    sealed::Sealed + Copy + Ord + Hash + Debug + Default + Send + Sync + 'static
{
    /// Digits that always fit: every integer of so many digits is representable.
    const DIGITS: u32;
    /// Zero.
    const ZERO: Self;
    /// One.
    const ONE: Self;

    /// `10^exponent`, or `None` if the width does not hold it.
    fn pow10(exponent: u32) -> Option<Self>;
    /// Sum.
    fn checked_add(self, other: Self) -> Option<Self>;
    /// Difference.
    fn checked_sub(self, other: Self) -> Option<Self>;
    /// Product.
    fn checked_mul(self, other: Self) -> Option<Self>;
    /// Negation; `None` for the smallest value.
    fn checked_neg(self) -> Option<Self>;
    /// Sum and whether it wrapped.
    fn overflowing_add(self, other: Self) -> (Self, bool);
    /// Difference and whether it wrapped.
    fn overflowing_sub(self, other: Self) -> (Self, bool);
    /// Product and whether it wrapped.
    fn overflowing_mul(self, other: Self) -> (Self, bool);
    /// Quotient truncated towards zero and remainder; `None` for a zero divisor or an overflowing quotient.
    fn checked_div_rem(self, divisor: Self) -> Option<(Self, Self)>;
    /// `-1`, `0` or `1`.
    fn signum(self) -> i32;
    /// The number of decimal digits, at least 1.
    fn digits(self) -> u32;

    /// From 64 signed bits.
    fn from_i64(value: i64) -> Self;
    /// From 64 unsigned bits, if the width holds them.
    fn from_u64(value: u64) -> Option<Self>;
    /// From 128 bits, if the width holds them.
    fn from_i128(value: i128) -> Option<Self>;
    /// From 256 bits, if the width holds them.
    fn from_i256(value: I256) -> Option<Self>;
    /// To 64 signed bits, if they hold the value.
    fn to_i64(self) -> Option<i64>;
    /// To 64 unsigned bits, if they hold the value.
    fn to_u64(self) -> Option<u64>;
    /// To 128 bits, if they hold the value.
    fn to_i128(self) -> Option<i128>;
    /// To 256 bits.
    fn to_i256(self) -> I256;

    /// The quotient of two coefficients of scales `scale` and `other_scale`, rounded to `result_scale` digits, half away from zero
    /// (MySQL: cut off where [`Decimal::checked_div`](super::Decimal::checked_div) says so). `None` if the divisor is zero or the width does not hold the result; nothing overflows inside.
    fn checked_div_to_scale(
        self,
        scale: u8,
        other: Self,
        other_scale: u8,
        result_scale: u8,
    ) -> Option<Self>;

    /// The same number in another width, if that holds it.
    #[inline]
    fn convert<To: Coefficient>(self) -> Option<To> {
        To::from_i256(self.to_i256())
    }

    /// Whether `precision` digits suffice.
    #[inline]
    fn fits_precision(self, precision: u32) -> bool {
        match Self::pow10(precision) {
            Some(limit) => self < limit && limit.checked_neg().is_none_or(|low| self > low),
            None => self.digits() <= precision,
        }
    }

    /// The coefficient at another scale, rounding half away from zero; `None` if the width does not hold it.
    #[inline]
    fn rescale(self, from: u8, to: u8) -> Option<Self> {
        if to >= from {
            return self.scale_up(u32::from(to - from));
        }
        let Some(unit) = Self::pow10(u32::from(from - to)) else {
            // The unit is above the width, its half may not be: then the value may still round to one unit.
            let half = Self::pow10(u32::from(from - to) - 1)
                .and_then(|tenth| tenth.checked_mul(Self::from_i64(5)));
            let up = half.is_some_and(|half| {
                self >= half || half.checked_neg().is_some_and(|low| self <= low)
            });
            return Some(if up {
                Self::from_i64(i64::from(self.signum()))
            } else {
                Self::ZERO
            });
        };
        let (quotient, rest) = self.checked_div_rem(unit)?;
        // |rest| < unit, so the doubling is done as a comparison with what is missing to the next unit.
        let up = match rest.signum() {
            0 => false,
            1 => rest >= unit.checked_sub(rest)?,
            _ => rest <= unit.checked_neg()?.checked_sub(rest)?,
        };
        if up {
            quotient.checked_add(Self::from_i64(i64::from(rest.signum())))
        } else {
            Some(quotient)
        }
    }

    /// The coefficient at another scale, cutting digits off; `None` if the width does not hold it.
    #[inline]
    fn rescale_truncating(self, from: u8, to: u8) -> Option<Self> {
        if to >= from {
            return self.scale_up(u32::from(to - from));
        }
        match Self::pow10(u32::from(from - to)) {
            Some(unit) => self.checked_div_rem(unit).map(|(quotient, _)| quotient),
            None => Some(Self::ZERO),
        }
    }

    /// Multiplied by `10^digits`; zero stays zero however many digits.
    #[inline]
    fn scale_up(self, digits: u32) -> Option<Self> {
        match Self::pow10(digits) {
            Some(unit) => self.checked_mul(unit),
            None if self == Self::ZERO => Some(self),
            None => None,
        }
    }

    /// The remainder at the larger of the two scales, with the sign of the dividend. `None` for a zero divisor, or if the width does not hold it.
    #[inline]
    fn checked_rem_scaled(self, scale: u8, other: Self, other_scale: u8) -> Option<Self> {
        let common = scale.max(other_scale);
        let narrow = || {
            let a = self.rescale(scale, common)?;
            let b = other.rescale(other_scale, common)?;
            if b == Self::from_i64(-1) {
                return Some(Self::ZERO);
            }
            a.checked_div_rem(b).map(|(_, rest)| rest)
        };
        narrow().or_else(|| {
            division::wide_rem(self.to_i256(), scale, other.to_i256(), other_scale)
                .and_then(Self::from_i256)
        })
    }
}

/// Powers of ten of a primitive, made at compile time.
macro_rules! powers_of_ten {
    ($name:ident, $type:ty, $count:expr) => {
        static $name: [$type; $count] = {
            let mut table = [1; $count];
            let mut n = 1;
            while n < $count {
                table[n] = table[n - 1] * 10;
                n += 1;
            }
            table
        };
    };
}
powers_of_ten!(POWERS_64, i64, 19);
powers_of_ten!(POWERS_128, i128, 39);

/// `10^0` to `10^76`, all powers of ten below `2^255`.
static POWERS_256: [I256; 77] = {
    const E38: I256 = I256::new(POWERS_OF_38);
    let mut table = [I256::ONE; 77];
    let mut n = 0;
    while n < 39 {
        table[n] = I256::new(ten_to(n as u32));
        n += 1;
    }
    while n < 77 {
        // 10^38 * 10^k by the schoolbook method: `I256` has no const multiplication.
        table[n] = mul_const(E38, ten_to(n as u32 - 38));
        n += 1;
    }
    table
};

const POWERS_OF_38: i128 = ten_to(38);

const fn ten_to(n: u32) -> i128 {
    10_i128.pow(n)
}

/// The product of two positive numbers below `2^127`.
const fn mul_const(a: I256, b: i128) -> I256 {
    let (high, low) = widening_mul(a.0[LOW] as u128, b as u128);
    I256::from_words(high as i128, low as i128)
}

/// Index of the low word of an [`I256`] on this machine.
const LOW: usize = if cfg!(target_endian = "little") { 0 } else { 1 };

/// The 256-bit product as high and low words.
const fn widening_mul(a: u128, b: u128) -> (u128, u128) {
    const MASK: u128 = u64::MAX as u128;
    let (a1, a0, b1, b0) = (a >> 64, a & MASK, b >> 64, b & MASK);
    let low = a0 * b0;
    let mid = a1 * b0 + (low >> 64);
    let mid2 = a0 * b1 + (mid & MASK);
    (
        a1 * b1 + (mid >> 64) + (mid2 >> 64),
        (mid2 << 64) | (low & MASK),
    )
}

/// The parts that read the same for primitives; the wide type differs in its powers and conversions.
macro_rules! arithmetic {
    ($type:ty) => {
        #[inline]
        fn checked_add(self, other: Self) -> Option<Self> {
            <$type>::checked_add(self, other)
        }
        #[inline]
        fn checked_sub(self, other: Self) -> Option<Self> {
            <$type>::checked_sub(self, other)
        }
        #[inline]
        fn checked_mul(self, other: Self) -> Option<Self> {
            <$type>::checked_mul(self, other)
        }
        #[inline]
        fn checked_neg(self) -> Option<Self> {
            <$type>::checked_neg(self)
        }
        #[inline]
        fn overflowing_add(self, other: Self) -> (Self, bool) {
            <$type>::overflowing_add(self, other)
        }
        #[inline]
        fn overflowing_sub(self, other: Self) -> (Self, bool) {
            <$type>::overflowing_sub(self, other)
        }
        #[inline]
        fn overflowing_mul(self, other: Self) -> (Self, bool) {
            <$type>::overflowing_mul(self, other)
        }
        #[inline]
        fn checked_div_rem(self, divisor: Self) -> Option<(Self, Self)> {
            Some((
                <$type>::checked_div(self, divisor)?,
                <$type>::checked_rem(self, divisor)?,
            ))
        }
    };
}

impl Coefficient for i64 {
    const DIGITS: u32 = 18;
    const ZERO: Self = 0;
    const ONE: Self = 1;

    arithmetic!(i64);

    #[inline]
    fn pow10(exponent: u32) -> Option<Self> {
        POWERS_64.get(exponent as usize).copied()
    }
    #[inline]
    fn signum(self) -> i32 {
        i64::signum(self) as i32
    }
    #[inline]
    fn digits(self) -> u32 {
        self.unsigned_abs().checked_ilog10().unwrap_or(0) + 1
    }
    #[inline]
    fn from_i64(value: i64) -> Self {
        value
    }
    #[inline]
    fn from_u64(value: u64) -> Option<Self> {
        value.try_into().ok()
    }
    #[inline]
    fn from_i128(value: i128) -> Option<Self> {
        value.try_into().ok()
    }
    #[inline]
    fn from_i256(value: I256) -> Option<Self> {
        value.try_into().ok()
    }
    #[inline]
    fn to_i64(self) -> Option<i64> {
        Some(self)
    }
    #[inline]
    fn to_u64(self) -> Option<u64> {
        self.try_into().ok()
    }
    #[inline]
    fn to_i128(self) -> Option<i128> {
        Some(self.into())
    }
    #[inline]
    fn to_i256(self) -> I256 {
        I256::from(self)
    }
    #[inline]
    fn checked_div_to_scale(
        self,
        scale: u8,
        other: Self,
        other_scale: u8,
        result_scale: u8,
    ) -> Option<Self> {
        match division::divide_in_width(self, scale, other, other_scale, result_scale) {
            Some(quotient) => Some(quotient),
            None => i128::from(self)
                .checked_div_to_scale(scale, other.into(), other_scale, result_scale)?
                .try_into()
                .ok(),
        }
    }
}

impl Coefficient for i128 {
    const DIGITS: u32 = 38;
    const ZERO: Self = 0;
    const ONE: Self = 1;

    arithmetic!(i128);

    #[inline]
    fn pow10(exponent: u32) -> Option<Self> {
        POWERS_128.get(exponent as usize).copied()
    }
    #[inline]
    fn signum(self) -> i32 {
        i128::signum(self) as i32
    }
    #[inline]
    fn digits(self) -> u32 {
        self.unsigned_abs().checked_ilog10().unwrap_or(0) + 1
    }
    #[inline]
    fn from_i64(value: i64) -> Self {
        value.into()
    }
    #[inline]
    fn from_u64(value: u64) -> Option<Self> {
        Some(value.into())
    }
    #[inline]
    fn from_i128(value: i128) -> Option<Self> {
        Some(value)
    }
    #[inline]
    fn from_i256(value: I256) -> Option<Self> {
        value.try_into().ok()
    }
    #[inline]
    fn to_i64(self) -> Option<i64> {
        self.try_into().ok()
    }
    #[inline]
    fn to_u64(self) -> Option<u64> {
        self.try_into().ok()
    }
    #[inline]
    fn to_i128(self) -> Option<i128> {
        Some(self)
    }
    #[inline]
    fn to_i256(self) -> I256 {
        I256::new(self)
    }
    #[inline]
    fn checked_div_to_scale(
        self,
        scale: u8,
        other: Self,
        other_scale: u8,
        result_scale: u8,
    ) -> Option<Self> {
        match division::divide_in_width(self, scale, other, other_scale, result_scale) {
            Some(quotient) => Some(quotient),
            None => self
                .to_i256()
                .checked_div_to_scale(scale, other.to_i256(), other_scale, result_scale)?
                .try_into()
                .ok(),
        }
    }
}

impl Coefficient for I256 {
    const DIGITS: u32 = 76;
    const ZERO: Self = I256::ZERO;
    const ONE: Self = I256::ONE;

    arithmetic!(I256);

    #[inline]
    fn pow10(exponent: u32) -> Option<Self> {
        POWERS_256.get(exponent as usize).copied()
    }
    #[inline]
    fn signum(self) -> i32 {
        I256::signum(self).as_i32()
    }
    #[inline]
    fn digits(self) -> u32 {
        if let Some(narrow) = self.to_i128() {
            return Coefficient::digits(narrow);
        }
        let magnitude = self.unsigned_abs();
        // 77 powers: a binary search beats repeated division.
        POWERS_256.partition_point(|power| power.unsigned_abs() <= magnitude) as u32
    }
    #[inline]
    fn from_i64(value: i64) -> Self {
        value.into()
    }
    #[inline]
    fn from_u64(value: u64) -> Option<Self> {
        Some(value.into())
    }
    #[inline]
    fn from_i128(value: i128) -> Option<Self> {
        Some(I256::new(value))
    }
    #[inline]
    fn from_i256(value: I256) -> Option<Self> {
        Some(value)
    }
    #[inline]
    fn to_i64(self) -> Option<i64> {
        self.try_into().ok()
    }
    #[inline]
    fn to_u64(self) -> Option<u64> {
        self.try_into().ok()
    }
    #[inline]
    fn to_i128(self) -> Option<i128> {
        self.try_into().ok()
    }
    #[inline]
    fn to_i256(self) -> I256 {
        self
    }
    #[inline]
    fn checked_div_to_scale(
        self,
        scale: u8,
        other: Self,
        other_scale: u8,
        result_scale: u8,
    ) -> Option<Self> {
        match division::divide_in_width(self, scale, other, other_scale, result_scale) {
            Some(quotient) => Some(quotient),
            None => division::wide_div(self, scale, other, other_scale, result_scale),
        }
    }
}
