//! Decimals as unbounded integers with a scale.

use std::cmp::Ordering;

use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive, Zero};

/// `digits / 10^scale`, exactly.
#[derive(Debug, Clone)]
pub struct Exact {
    digits: BigInt,
    scale: u32,
}

fn ten(exponent: u32) -> BigInt {
    BigInt::from(10).pow(exponent)
}

/// Groups of nine digits that so many digits fill. MySQL holds a number in nine groups, and a group is not shared by both sides of
/// the point.
pub fn groups(digits: u32) -> u32 {
    digits.div_ceil(9)
}

impl Exact {
    /// The number `digits / 10^scale`.
    pub fn new(digits: BigInt, scale: u32) -> Self {
        Self { digits, scale }
    }

    /// The number of a text such as `-12.50`; `None` if it is another text.
    pub fn parse(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits = format!("{whole}{fraction}").parse().ok()?;
        Some(Self::new(digits, fraction.len() as u32))
    }

    /// Digits behind the point.
    pub fn scale(&self) -> u32 {
        self.scale
    }

    /// Digits before the point, without leading zeros.
    pub fn whole_digits(&self) -> u32 {
        let whole = self.digits.abs() / ten(self.scale);
        if whole.is_zero() {
            0
        } else {
            whole.to_string().len() as u32
        }
    }

    /// The power of ten of the first digit, plus one: 2 for 12.5, 0 for 0.5, -1 for 0.05.
    pub fn magnitude(&self) -> i64 {
        self.digits.abs().to_string().len() as i64 - i64::from(self.scale)
    }

    /// Whether it is zero.
    pub fn is_zero(&self) -> bool {
        self.digits.is_zero()
    }

    /// Whether it is below zero.
    pub fn is_negative(&self) -> bool {
        self.digits.is_negative()
    }

    /// The text: all digits of the scale, no sign before zero.
    pub fn text(&self) -> String {
        let sign = if self.digits.is_negative() { "-" } else { "" };
        let digits = self.digits.abs().to_string();
        let scale = self.scale as usize;
        let digits = format!(
            "{}{digits}",
            "0".repeat((scale + 1).saturating_sub(digits.len()))
        );
        let (whole, fraction) = digits.split_at(digits.len() - scale);
        match fraction {
            "" => format!("{sign}{whole}"),
            _ => format!("{sign}{whole}.{fraction}"),
        }
    }

    /// At another scale; what is lost is rounded half away from zero. Scales below zero round before the point.
    pub fn rounded(&self, scale: i64) -> Self {
        self.shortened(scale, |digits, unit| {
            let half: BigInt = unit / 2;
            if digits.is_negative() {
                -((-digits + half) / unit)
            } else {
                (digits + half) / unit
            }
        })
    }

    /// At another scale; what is lost is cut off.
    pub fn cut(&self, scale: i64) -> Self {
        self.shortened(scale, |digits, unit| digits / unit)
    }

    /// At another scale; what is lost takes it down.
    pub fn floor(&self) -> Self {
        let cut = self.cut(0);
        if self.is_negative() && cut.compare(self).is_ne() {
            return Self::new(cut.digits - 1, 0);
        }
        cut
    }

    /// At another scale; what is lost takes it up.
    pub fn ceiling(&self) -> Self {
        self.negated().floor().negated()
    }

    fn shortened(&self, scale: i64, drop: impl Fn(&BigInt, &BigInt) -> BigInt) -> Self {
        let lost = i64::from(self.scale) - scale;
        if lost <= 0 {
            return Self::new(&self.digits * ten(-lost as u32), scale as u32);
        }
        let kept = drop(&self.digits, &ten(lost as u32));
        match u32::try_from(scale) {
            Ok(scale) => Self::new(kept, scale),
            Err(_) => Self::new(kept * ten(-scale as u32), 0),
        }
    }

    fn together(&self, other: &Self) -> (BigInt, BigInt, u32) {
        let scale = self.scale.max(other.scale);
        let at = |number: &Self| &number.digits * ten(scale - number.scale);
        (at(self), at(other), scale)
    }

    /// The sum, at the larger scale.
    pub fn plus(&self, other: &Self) -> Self {
        let (a, b, scale) = self.together(other);
        Self::new(a + b, scale)
    }

    /// With the other sign.
    pub fn negated(&self) -> Self {
        Self::new(-&self.digits, self.scale)
    }

    /// Without its sign.
    pub fn magnitude_of(&self) -> Self {
        Self::new(self.digits.abs(), self.scale)
    }

    /// The product; the scales add up.
    pub fn times(&self, other: &Self) -> Self {
        Self::new(&self.digits * &other.digits, self.scale + other.scale)
    }

    /// The remainder, with the sign of the dividend; `None` for a zero divisor.
    pub fn remainder(&self, other: &Self) -> Option<Self> {
        let (a, b, scale) = self.together(other);
        (!b.is_zero()).then(|| Self::new(a % b, scale))
    }

    /// The quotient, cut off behind so many digits; `None` for a zero divisor.
    pub fn quotient_cut(&self, other: &Self, scale: u32) -> Option<Self> {
        let (a, b, _) = self.together(other);
        (!b.is_zero()).then(|| Self::new(a * ten(scale) / b, scale))
    }

    /// The quotient, rounded half away from zero; `None` for a zero divisor.
    pub fn quotient_rounded(&self, other: &Self, scale: u32) -> Option<Self> {
        // Twice the quotient, cut off, is odd where the rest is half of the divisor or more.
        let (a, b, _) = self.together(other);
        if b.is_zero() {
            return None;
        }
        let twice: BigInt = a * ten(scale) * 2 / b;
        let away = if twice.is_negative() {
            twice - 1
        } else {
            twice + 1
        };
        Some(Self::new(away / 2, scale))
    }

    /// The order of two numbers.
    pub fn compare(&self, other: &Self) -> Ordering {
        let (a, b, _) = self.together(other);
        a.cmp(&b)
    }

    /// The integer, if it is one of 64 bits with sign.
    pub fn to_i64(&self) -> Option<i64> {
        self.cut(0).digits.to_i64()
    }

    /// The unscaled integer.
    pub fn digits(&self) -> &BigInt {
        &self.digits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(text: &str) -> Exact {
        Exact::parse(text).unwrap()
    }

    #[test]
    fn what_the_manual_says() {
        assert_eq!(exact("-0.05").plus(&exact("0.1")).text(), "0.05");
        assert_eq!(exact("-0.05").rounded(1).text(), "-0.1");
        assert_eq!(exact("-0.04").rounded(1).text(), "0.0");
        assert_eq!(exact("155").rounded(-1).text(), "160");
        assert_eq!(exact("-2.5").rounded(0).text(), "-3");
        assert_eq!(exact("-1.2").floor().text(), "-2");
        assert_eq!(exact("-1.2").ceiling().text(), "-1");
        assert_eq!(exact("-3.00").floor().text(), "-3");
        let quotient = exact("2").quotient_rounded(&exact("-3"), 4).unwrap();
        assert_eq!(quotient.text(), "-0.6667");
        assert_eq!(
            exact("1").quotient_rounded(&exact("8"), 2).unwrap().text(),
            "0.13"
        );
        assert_eq!(exact("-7.5").remainder(&exact("2")).unwrap().text(), "-1.5");
        assert_eq!(
            (exact("0.05").magnitude(), exact("12.5").magnitude()),
            (-1, 2)
        );
        assert_eq!(
            (exact("0.05").whole_digits(), exact("12.5").whole_digits()),
            (0, 2)
        );
    }
}
