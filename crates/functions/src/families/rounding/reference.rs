//! The naive meaning: unbounded integers and [`Decimal`].

use super::kernels::{How, rounded};
use crate::{CallSite, Fault, RangeType, RowContext};
use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive, Zero};
use sqlift_types::Datum;
use sqlift_types::decimal::Decimal;

fn places(args: &[Datum]) -> Option<i64> {
    match args.get(1) {
        None => Some(0),
        Some(Datum::Int(v)) => Some(*v),
        Some(Datum::UInt(v)) => Some(i64::try_from(*v).unwrap_or(i64::MAX)),
        Some(_) => None,
    }
}

pub(super) fn round(
    _: &RowContext<'_>,
    site: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    shortened(site, args, How::Round)
}

pub(super) fn truncate(
    _: &RowContext<'_>,
    site: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    shortened(site, args, How::Truncate)
}

fn shortened(site: &CallSite<'_>, args: &[Datum], how: How) -> Result<Datum, Fault> {
    let Some(places) = places(args) else {
        return Ok(Datum::Null);
    };
    match &args[0] {
        Datum::Double(v) => {
            let value = rounded(*v, places, how);
            if value.is_finite() {
                Ok(Datum::Double(value))
            } else {
                Err(Fault::OutOfRange(RangeType::Double))
            }
        }
        Datum::Decimal(v) => {
            let places = places.clamp(-100, 100) as i32;
            let value = match how {
                How::Round => v.round(places),
                How::Truncate => Some(v.truncate(places)),
            };
            decimal(value)
        }
        Datum::Int(v) => integer(site, shorten(&BigInt::from(*v), places, how)),
        Datum::UInt(v) => integer(site, shorten(&BigInt::from(*v), places, how)),
        _ => Ok(Datum::Null),
    }
}

/// Rounded half away from zero, or cut, before the point.
fn shorten(value: &BigInt, places: i64, how: How) -> BigInt {
    if places >= 0 {
        return value.clone();
    }
    if places < -30 {
        return BigInt::zero();
    }
    let unit = BigInt::from(10).pow(places.unsigned_abs() as u32);
    let half: BigInt = &unit / 2;
    let magnitude = match how {
        How::Round => (value.abs() + half) / &unit * &unit,
        How::Truncate => value.abs() / &unit * &unit,
    };
    if value.is_negative() {
        -magnitude
    } else {
        magnitude
    }
}

fn integer(site: &CallSite<'_>, value: BigInt) -> Result<Datum, Fault> {
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

pub(super) fn ceiling(
    _: &RowContext<'_>,
    site: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    match &args[0] {
        Datum::Double(v) => Ok(Datum::Double(v.ceil())),
        Datum::Decimal(v) => whole(site, v.ceil()),
        other => Ok(other.clone()),
    }
}

pub(super) fn floor(
    _: &RowContext<'_>,
    site: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    match &args[0] {
        Datum::Double(v) => Ok(Datum::Double(v.floor())),
        Datum::Decimal(v) => whole(site, v.floor()),
        other => Ok(other.clone()),
    }
}

/// A whole decimal as what the call gives: BIGINT or DECIMAL.
fn whole(site: &CallSite<'_>, value: Option<Decimal>) -> Result<Datum, Fault> {
    if site.ret.repr().is_decimal() {
        return decimal(value);
    }
    let value = value.map(|v| BigInt::from_signed_bytes_le(&v.coefficient().to_le_bytes()));
    match value {
        Some(value) => integer(site, value),
        None => Err(Fault::OutOfRange(RangeType::BigInt)),
    }
}

pub(super) fn abs(_: &RowContext<'_>, site: &CallSite<'_>, args: &[Datum]) -> Result<Datum, Fault> {
    match &args[0] {
        Datum::Double(v) => Ok(Datum::Double(v.abs())),
        Datum::Decimal(v) => decimal(v.checked_abs()),
        Datum::Int(v) => integer(site, BigInt::from(*v).abs()),
        other => Ok(other.clone()),
    }
}

pub(super) fn sign(_: &RowContext<'_>, _: &CallSite<'_>, args: &[Datum]) -> Result<Datum, Fault> {
    let sign = |positive: bool, negative: bool| match (positive, negative) {
        (true, _) => 1,
        (_, true) => -1,
        _ => 0,
    };
    Ok(match &args[0] {
        Datum::Double(v) => Datum::Int(sign(*v > 0.0, *v < 0.0)),
        Datum::Decimal(v) => Datum::Int(v.signum().into()),
        Datum::Int(v) => Datum::Int(sign(*v > 0, *v < 0)),
        Datum::UInt(v) => Datum::Int(sign(*v > 0, false)),
        _ => Datum::Null,
    })
}
