//! DIV where an operand is a double: no DECIMAL type holds the digits of every double, so the quotient is made of unbounded integers.

use super::division::Quotient;
use crate::native::{Dec64, Dec128, Dec256, Double, Native};
use crate::{Exit, Fault, RangeType, RowContext};
use num_bigint::BigInt;
use num_traits::{ToPrimitive, Zero};
use sqlift_types::Warning;
use sqlift_types::decimal::{Coefficient, Decimal, Excess, MAX_SCALE, overflowing_digits};
use sqlift_types::number::write_double;

/// `digits * 10^exponent`.
pub(super) struct Number {
    pub(super) digits: BigInt,
    pub(super) exponent: i32,
}

impl Number {
    /// The number that the shortest text of a double names. MySQL: one of more than 65 digits before the point is 65 nines, and above 81
    /// digits warns.
    pub(super) fn of_double(cx: &RowContext<'_>, value: f64) -> Number {
        match Decimal::from_f64(value, MAX_SCALE) {
            Some(read) if read.excess != Excess::None => {
                if read.excess == Excess::Buffer {
                    let mut text = Vec::new();
                    write_double(value, &mut text);
                    let digits = overflowing_digits(&text);
                    cx.warn(Warning::truncated("DECIMAL", digits.as_bytes()));
                }
                Number::of_decimal(read.value)
            }
            _ => {
                let text = format!("{value:e}");
                let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
                let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
                let digits = format!("{whole}{fraction}").parse().unwrap_or_default();
                let first = exponent.parse().unwrap_or(0);
                let exponent = first - fraction.len() as i32;
                Number { digits, exponent }.cut(first + 1)
            }
        }
    }

    /// MySQL: nine groups of nine digits are all there is; those before the point come first, the fraction is cut to what is left.
    fn cut(self, before_point: i32) -> Number {
        const GROUP: i32 = 9;
        let groups = (before_point.max(0) + GROUP - 1) / GROUP;
        let room = (GROUP - groups) * GROUP;
        let lost = -self.exponent - room;
        if lost <= 0 {
            return self;
        }
        Number {
            digits: self.digits / BigInt::from(10).pow(lost.unsigned_abs()),
            exponent: -room,
        }
    }

    pub(super) fn of_decimal(value: Decimal) -> Number {
        Number {
            digits: BigInt::from_signed_bytes_le(&value.coefficient().to_le_bytes()),
            exponent: -i32::from(value.scale()),
        }
    }

    /// The quotient towards zero; `None` for a zero divisor.
    pub(super) fn divided_by(self, other: Number) -> Option<BigInt> {
        if other.digits.is_zero() {
            return None;
        }
        let shift = self.exponent - other.exponent;
        let unit = BigInt::from(10).pow(shift.unsigned_abs());
        Some(if shift >= 0 {
            self.digits * unit / other.digits
        } else {
            self.digits / (other.digits * unit)
        })
    }
}

/// What DIV takes as a number of unbounded digits.
pub(super) trait Operand: Native {
    fn number(cx: &RowContext<'_>, value: Self::Val<'_>, scale: u8) -> Number;
}

impl Operand for Double {
    fn number(cx: &RowContext<'_>, value: f64, _: u8) -> Number {
        Number::of_double(cx, value)
    }
}

fn of_coefficient<C: Coefficient>(value: C, scale: u8) -> Number {
    Number::of_decimal(Decimal::from_coefficient(value, scale).unwrap_or_default())
}

macro_rules! decimals {
    ($($marker:ident)*) => {$(
        impl Operand for $marker {
            fn number(_: &RowContext<'_>, value: Self::Val<'_>, scale: u8) -> Number {
                of_coefficient(value, scale)
            }
        }
    )*};
}

decimals!(Dec64 Dec128 Dec256);

fn quotient<'r, A: Operand, B: Operand>(
    q: &Quotient,
    cx: &RowContext<'r>,
    a: A::Val<'r>,
    b: B::Val<'r>,
) -> Option<BigInt> {
    let (a, b) = (A::number(cx, a, q.left), B::number(cx, b, q.right));
    a.divided_by(b)
}

pub(super) fn div<'r, A: Operand, B: Operand>(
    q: &'r Quotient,
    cx: &RowContext<'r>,
    a: A::Val<'r>,
    b: B::Val<'r>,
) -> Result<Option<i64>, Exit> {
    match quotient::<A, B>(q, cx, a, b) {
        None => q.zero.null(cx),
        Some(value) => value
            .to_i64()
            .map(Some)
            .ok_or(Exit::Error(Fault::OutOfRange(RangeType::BigInt))),
    }
}

pub(super) fn div_unsigned<'r, A: Operand, B: Operand>(
    q: &'r Quotient,
    cx: &RowContext<'r>,
    a: A::Val<'r>,
    b: B::Val<'r>,
) -> Result<Option<u64>, Exit> {
    match quotient::<A, B>(q, cx, a, b) {
        None => q.zero.null(cx),
        Some(value) => value
            .to_u64()
            .map(Some)
            .ok_or(Exit::Error(Fault::OutOfRange(RangeType::BigIntUnsigned))),
    }
}
