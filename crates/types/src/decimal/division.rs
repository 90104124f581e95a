//! Division of decimals as MySQL 9.7 does it.
//!
//! The declared scale of `a / b` is `scale(a) + div_precision_increment`, at most 30, and the quotient is rounded to it, half
//! away from zero. MySQL computes it in groups of nine digits, though: enough groups for the padded scales of both
//! operands and what the increment asks beyond that padding. Where the digits of those groups are exactly the declared scale, no digit is left to
//! round by, and the quotient is cut off:
//!
//! ```text
//! 2.00000 / 3   = 0.666666666      one group of nine, scale 9: cut
//! 2.00000 / 3.0 = 0.666666667      two groups, scale 9: rounded
//! 2.0000  / 3   = 0.66666667       one group, scale 8: rounded
//! ```

use super::coefficient::Coefficient;
use ethnum::I256;
use num_bigint::BigInt;
use num_traits::{Signed, Zero};

/// Digits in one of MySQL's groups.
pub(super) const GROUP: u32 = 9;

/// Groups needed for so many digits.
pub(super) const fn groups(digits: u32) -> u32 {
    digits.div_ceil(GROUP)
}

/// Fraction digits that MySQL computes before it rounds to `result_scale`: a multiple of nine, at least `result_scale`.
#[inline]
pub(super) fn computed_digits(scale: u8, other_scale: u8, result_scale: u8) -> u32 {
    let (scale, other_scale, result_scale) = (
        u32::from(scale),
        u32::from(other_scale),
        u32::from(result_scale),
    );
    let padded = groups(scale) * GROUP + groups(other_scale) * GROUP;
    let increment = result_scale.saturating_sub(scale);
    groups(padded + increment.saturating_sub(padded - scale - other_scale)) * GROUP
}

/// What becomes of the digits behind the result's scale.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tail {
    Cut,
    Round,
}

#[inline]
fn tail(scale: u8, other_scale: u8, result_scale: u8) -> Tail {
    if computed_digits(scale, other_scale, result_scale) <= u32::from(result_scale) {
        Tail::Cut
    } else {
        Tail::Round
    }
}

/// The quotient if dividend and divisor, brought to one scale, fit the width; `None` also for a zero divisor.
#[inline]
pub(super) fn divide_in_width<C: Coefficient>(
    a: C,
    scale: u8,
    b: C,
    other_scale: u8,
    result_scale: u8,
) -> Option<C> {
    let shift = i32::from(result_scale) + i32::from(other_scale) - i32::from(scale);
    let (a, b) = if shift >= 0 {
        (a.scale_up(shift.unsigned_abs())?, b)
    } else {
        (a, b.scale_up(shift.unsigned_abs())?)
    };
    let (quotient, rest) = a.checked_div_rem(b)?;
    if rest == C::ZERO || tail(scale, other_scale, result_scale) == Tail::Cut {
        return Some(quotient);
    }
    // |rest| >= |b| - |rest|, on the negative side, which has no overflow.
    let low_rest = if rest > C::ZERO {
        rest.checked_neg()?
    } else {
        rest
    };
    let low_divisor = if b > C::ZERO { b.checked_neg()? } else { b };
    let up = low_rest <= low_divisor.checked_sub(low_rest)?;
    if !up {
        return Some(quotient);
    }
    quotient.checked_add(C::from_i64(i64::from(a.signum() * b.signum())))
}

/// The quotient by way of unbounded integers.
pub(super) fn wide_div(
    a: I256,
    scale: u8,
    b: I256,
    other_scale: u8,
    result_scale: u8,
) -> Option<I256> {
    let rounding = tail(scale, other_scale, result_scale);
    wide_quotient(a, scale, b, other_scale, u32::from(result_scale), rounding)
        .and_then(|q| to_i256(&q))
}

/// The quotient cut off behind `digits` fraction digits.
pub(super) fn wide_div_cut(
    a: I256,
    scale: u8,
    b: I256,
    other_scale: u8,
    digits: u32,
) -> Option<BigInt> {
    wide_quotient(a, scale, b, other_scale, digits, Tail::Cut)
}

fn wide_quotient(
    a: I256,
    scale: u8,
    b: I256,
    other_scale: u8,
    digits: u32,
    tail: Tail,
) -> Option<BigInt> {
    if b == I256::ZERO {
        return None;
    }
    let shift = digits as i32 + i32::from(other_scale) - i32::from(scale);
    let (mut a, mut b) = (to_big(a), to_big(b));
    let unit = BigInt::from(10).pow(shift.unsigned_abs());
    if shift >= 0 {
        a *= unit
    } else {
        b *= unit
    }
    let (mut quotient, rest) = (&a / &b, &a % &b);
    if tail == Tail::Round && rest.abs() * 2 >= b.abs() {
        quotient += if a.is_negative() == b.is_negative() {
            1
        } else {
            -1
        };
    }
    Some(quotient)
}

/// The remainder at the larger scale by way of unbounded integers; `None` for a zero divisor.
pub(super) fn wide_rem(a: I256, scale: u8, b: I256, other_scale: u8) -> Option<I256> {
    let common = scale.max(other_scale);
    let a = to_big(a) * BigInt::from(10).pow(u32::from(common - scale));
    let b = to_big(b) * BigInt::from(10).pow(u32::from(common - other_scale));
    if b.is_zero() { None } else { to_i256(&(a % b)) }
}

/// To an unbounded integer.
pub(super) fn to_big(value: I256) -> BigInt {
    BigInt::from_signed_bytes_le(&value.to_le_bytes())
}

/// Back from an unbounded integer, if 256 bits hold it.
pub(super) fn to_i256(value: &BigInt) -> Option<I256> {
    let bytes = value.to_signed_bytes_le();
    if bytes.len() > 32 {
        return None;
    }
    let mut word = [if value.is_negative() { 0xFF } else { 0 }; 32];
    word[..bytes.len()].copy_from_slice(&bytes);
    Some(I256::from_le_bytes(word))
}
