//! The naive meaning: unbounded integers, [`Decimal`], doubles.

use super::unbounded::Number;
use crate::{CallSite, Fault, RangeType, RowContext};
use num_bigint::BigInt;
use num_traits::{ToPrimitive, Zero};
use sqlift_types::decimal::Decimal;
use sqlift_types::{Datum, Error, SqlMode, Warning};

/// Two operands after conversion.
enum Pair {
    Integers(BigInt, BigInt),
    Decimals(Decimal, Decimal),
    Doubles(f64, f64),
    Null,
}

fn big(value: &Datum) -> Option<BigInt> {
    match value {
        Datum::Int(v) => Some(BigInt::from(*v)),
        Datum::UInt(v) => Some(BigInt::from(*v)),
        _ => None,
    }
}

fn pair(cx: &RowContext<'_>, args: &[Datum]) -> Result<Pair, Fault> {
    Ok(match (&args[0], &args[1]) {
        (Datum::Null, _) | (_, Datum::Null) => Pair::Null,
        (Datum::Decimal(a), Datum::Decimal(b)) => Pair::Decimals(*a, *b),
        (Datum::Double(a), Datum::Double(b)) => Pair::Doubles(*a, *b),
        (a, b) => match (big(a), big(b)) {
            (Some(a), Some(b)) => Pair::Integers(a, b),
            _ => return Err(unexpected(cx)),
        },
    })
}

fn unexpected(cx: &RowContext<'_>) -> Fault {
    cx.raise(Error::unsupported("arithmetic on what is no number"));
    Fault::Raised
}

fn integer(site: &CallSite<'_>, value: &BigInt) -> Result<Datum, Fault> {
    if site.ret.unsigned {
        let value = value.to_u64().map(Datum::UInt);
        value.ok_or(Fault::OutOfRange(RangeType::BigIntUnsigned))
    } else {
        let value = value.to_i64().map(Datum::Int);
        value.ok_or(Fault::OutOfRange(RangeType::BigInt))
    }
}

fn decimal(value: Option<Decimal>) -> Result<Datum, Fault> {
    value
        .map(Datum::Decimal)
        .ok_or(Fault::OutOfRange(RangeType::Decimal))
}

fn double(value: f64) -> Result<Datum, Fault> {
    if value.is_finite() {
        Ok(Datum::Double(value))
    } else {
        Err(Fault::OutOfRange(RangeType::Double))
    }
}

fn by_zero(cx: &RowContext<'_>) -> Result<Datum, Fault> {
    let mode = cx.session.sql_mode;
    if mode.contains(SqlMode::ERROR_FOR_DIVISION_BY_ZERO) {
        cx.warn(Warning::division_by_zero());
    }
    Ok(Datum::Null)
}

pub(super) fn add(
    cx: &RowContext<'_>,
    site: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    match pair(cx, args)? {
        Pair::Integers(a, b) => integer(site, &(a + b)),
        Pair::Decimals(a, b) => decimal(a.checked_add(b)),
        Pair::Doubles(a, b) => double(a + b),
        Pair::Null => Ok(Datum::Null),
    }
}

pub(super) fn subtract(
    cx: &RowContext<'_>,
    site: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    match pair(cx, args)? {
        Pair::Integers(a, b) => integer(site, &(a - b)),
        Pair::Decimals(a, b) => decimal(a.checked_sub(b)),
        Pair::Doubles(a, b) => double(a - b),
        Pair::Null => Ok(Datum::Null),
    }
}

pub(super) fn multiply(
    cx: &RowContext<'_>,
    site: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    match pair(cx, args)? {
        Pair::Integers(a, b) => integer(site, &(a * b)),
        Pair::Decimals(a, b) => decimal(a.checked_mul(b)),
        Pair::Doubles(a, b) => double(a * b),
        Pair::Null => Ok(Datum::Null),
    }
}

pub(super) fn divide(
    cx: &RowContext<'_>,
    site: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    match pair(cx, args)? {
        Pair::Decimals(_, b) if b.is_zero() => by_zero(cx),
        Pair::Decimals(a, b) => decimal(a.checked_div(b, site.ret.decimals)),
        Pair::Doubles(_, 0.0) => by_zero(cx),
        Pair::Doubles(a, b) => double(a / b),
        Pair::Null => Ok(Datum::Null),
        Pair::Integers(..) => Err(unexpected(cx)),
    }
}

pub(super) fn div(
    cx: &RowContext<'_>,
    site: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    let is_double = |value: &Datum| matches!(value, Datum::Double(_));
    if args.iter().any(is_double) && !args.iter().any(Datum::is_null) {
        let (Some(a), Some(b)) = (unbounded(cx, &args[0]), unbounded(cx, &args[1])) else {
            return Err(unexpected(cx));
        };
        return match a.divided_by(b) {
            Some(quotient) => integer(site, &quotient),
            None => by_zero(cx),
        };
    }
    match pair(cx, args)? {
        Pair::Integers(_, b) if b.is_zero() => by_zero(cx),
        Pair::Integers(a, b) => integer(site, &(a / b)),
        Pair::Decimals(_, b) if b.is_zero() => by_zero(cx),
        Pair::Decimals(a, b) => {
            // Brought to one scale, the coefficients have the same quotient.
            let at = |d: Decimal, other: Decimal| {
                let more = other.scale().saturating_sub(d.scale());
                unscaled(d) * BigInt::from(10).pow(more.into())
            };
            integer(site, &(at(a, b) / at(b, a)))
        }
        Pair::Null => Ok(Datum::Null),
        Pair::Doubles(..) => Err(unexpected(cx)),
    }
}

/// A decimal or double as [`unbounded`](super::unbounded) has it.
fn unbounded(cx: &RowContext<'_>, value: &Datum) -> Option<Number> {
    match value {
        Datum::Decimal(v) => Some(Number::of_decimal(*v)),
        Datum::Double(v) => Some(Number::of_double(cx, *v)),
        _ => None,
    }
}

pub(super) fn not_negative(
    _: &RowContext<'_>,
    _: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    match &args[0] {
        Datum::Decimal(v) if v.is_negative() => Err(Fault::OutOfRange(RangeType::DecimalUnsigned)),
        other => Ok(other.clone()),
    }
}

fn unscaled(value: Decimal) -> BigInt {
    BigInt::from_signed_bytes_le(&value.coefficient().to_le_bytes())
}

pub(super) fn remainder(
    cx: &RowContext<'_>,
    site: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    match pair(cx, args)? {
        Pair::Integers(_, b) if b.is_zero() => by_zero(cx),
        Pair::Integers(a, b) => integer(site, &(a % b)),
        Pair::Decimals(_, b) if b.is_zero() => by_zero(cx),
        Pair::Decimals(a, b) => decimal(a.checked_rem(b)),
        Pair::Doubles(_, 0.0) => by_zero(cx),
        Pair::Doubles(a, b) => double(a % b),
        Pair::Null => Ok(Datum::Null),
    }
}

pub(super) fn negate(
    cx: &RowContext<'_>,
    site: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    match &args[0] {
        Datum::Null => Ok(Datum::Null),
        Datum::Double(v) => Ok(Datum::Double(-v)),
        Datum::Decimal(v) => decimal(v.checked_neg()),
        other => match big(other) {
            Some(v) => integer(site, &-v),
            None => Err(unexpected(cx)),
        },
    }
}
