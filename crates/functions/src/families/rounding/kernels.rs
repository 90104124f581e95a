//! Kernels.

use crate::{CallSite, Exit, Fault, RangeType, Reason, RowContext};
use sqlift_types::decimal::Coefficient;
use sqlift_types::{Datum, Error};

pub(super) const WIDTH: Exit = Exit::Deopt(Reason::DecimalWidth);

/// ROUND or TRUNCATE.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    Round,
    Truncate,
}

/// What ROUND and TRUNCATE know of their call.
pub(super) struct Rounding {
    how: How,
    /// Scales before and after.
    from: u8,
    to: u8,
    /// A constant number of places, with the power of ten that it scales doubles by.
    constant: Option<(i64, f64)>,
}

/// Prepares a call.
pub(super) type Prepare = fn(&CallSite<'_>) -> Result<Rounding, Error>;

pub(super) fn round_site(site: &CallSite<'_>) -> Result<Rounding, Error> {
    Ok(of(site, How::Round))
}

pub(super) fn truncate_site(site: &CallSite<'_>) -> Result<Rounding, Error> {
    Ok(of(site, How::Truncate))
}

fn of(site: &CallSite<'_>, how: How) -> Rounding {
    Rounding {
        how,
        from: site.args[0].ty.decimals,
        to: site.ret.decimals,
        constant: match site.args.get(1).and_then(|places| places.constant.as_ref()) {
            Some(Datum::Int(places)) => Some((*places, unit_of(*places))),
            Some(Datum::UInt(places)) => Some((places.signed(), unit_of(places.signed()))),
            _ => None,
        },
    }
}

/// A number of digits, of either sign.
pub(super) trait Places: Copy {
    /// As a signed number; what is beyond is the largest.
    fn signed(self) -> i64;
}

impl Places for i64 {
    fn signed(self) -> i64 {
        self
    }
}

impl Places for u64 {
    fn signed(self) -> i64 {
        i64::try_from(self).unwrap_or(i64::MAX)
    }
}

/// A double rounded to a decimal place, by scaling with a power of ten.
pub(super) fn rounded(value: f64, places: i64, how: How) -> f64 {
    scaled_by(value, places, unit_of(places), how)
}

/// What a double is multiplied or divided by for so many places.
fn unit_of(places: i64) -> f64 {
    power_of_ten(places.unsigned_abs().min(400) as i32)
}

fn scaled_by(value: f64, places: i64, unit: f64, how: How) -> f64 {
    let whole = |scaled: f64| match how {
        How::Round => scaled.round_ties_even(),
        How::Truncate => scaled.trunc(),
    };
    if places < 0 {
        // Beyond the range of doubles nothing is left of any value.
        return if unit.is_finite() {
            whole(value / unit) * unit
        } else {
            0.0
        };
    }
    let scaled = value * unit;
    if scaled.is_finite() {
        whole(scaled) / unit
    } else {
        value
    }
}

/// The double nearest to a power of ten; infinite beyond the range.
fn power_of_ten(exponent: i32) -> f64 {
    format!("1e{exponent}").parse().unwrap_or(f64::INFINITY)
}

pub(super) fn round_double<P: Places>(
    rounding: &Rounding,
    _: &RowContext<'_>,
    value: f64,
    places: P,
) -> Result<Option<f64>, Exit> {
    let value = match rounding.constant {
        Some((places, unit)) => scaled_by(value, places, unit, rounding.how),
        None => rounded(value, places.signed(), rounding.how),
    };
    if value.is_finite() {
        Ok(Some(value))
    } else {
        Err(Exit::Error(Fault::OutOfRange(RangeType::Double)))
    }
}

/// The magnitude of an integer rounded to places before the point.
fn round_magnitude(value: u64, places: i64, how: How) -> Option<u64> {
    let zeros = if places < 0 { places.unsigned_abs() } else { 0 };
    let Some(unit) = u32::try_from(zeros)
        .ok()
        .and_then(|z| 10_u64.checked_pow(z))
    else {
        return Some(0);
    };
    let rest = value % unit;
    let cut = value - rest;
    if how == How::Round && unit > 1 && rest >= unit / 2 {
        cut.checked_add(unit)
    } else {
        Some(cut)
    }
}

pub(super) fn round_int<P: Places>(
    rounding: &Rounding,
    _: &RowContext<'_>,
    value: i64,
    places: P,
) -> Result<Option<i64>, Exit> {
    let magnitude = round_magnitude(value.unsigned_abs(), places.signed(), rounding.how);
    let signed = magnitude.and_then(|m| {
        if value < 0 {
            0_i64.checked_sub_unsigned(m)
        } else {
            i64::try_from(m).ok()
        }
    });
    signed
        .map(Some)
        .ok_or(Exit::Error(Fault::OutOfRange(RangeType::BigInt)))
}

pub(super) fn round_uint<P: Places>(
    rounding: &Rounding,
    _: &RowContext<'_>,
    value: u64,
    places: P,
) -> Result<Option<u64>, Exit> {
    let magnitude = round_magnitude(value, places.signed(), rounding.how);
    magnitude
        .map(Some)
        .ok_or(Exit::Error(Fault::OutOfRange(RangeType::BigIntUnsigned)))
}

pub(super) fn round_decimal<C: Coefficient, P: Places>(
    rounding: &Rounding,
    _: &RowContext<'_>,
    value: C,
    places: P,
) -> Result<Option<C>, Exit> {
    let places = places.signed();
    let shorten = |value: C, from: u8, to: u8| match rounding.how {
        How::Round => value.rescale(from, to),
        How::Truncate => value.rescale_truncating(from, to),
    };
    let shortened = || {
        if places >= i64::from(rounding.from) {
            return value.rescale(rounding.from, rounding.to);
        }
        if let Ok(places) = u8::try_from(places) {
            return shorten(value, rounding.from, places)?.rescale(places, rounding.to);
        }
        // Before the point: the places are dropped at once, and come back as zeros.
        let zeros = places.unsigned_abs().min(100) as u8;
        let kept = shorten(value, rounding.from + zeros, 0)?;
        kept.scale_up(u32::from(zeros) + u32::from(rounding.to))
    };
    shortened().map(Some).ok_or(if C::DIGITS < 76 {
        WIDTH
    } else {
        Exit::Error(Fault::OutOfRange(RangeType::Decimal))
    })
}

/// Scales before and after.
pub(super) struct Scales {
    from: u8,
    to: u8,
}

pub(super) fn scales(site: &CallSite<'_>) -> Result<Scales, Error> {
    Ok(Scales {
        from: site.args[0].ty.decimals,
        to: site.ret.decimals,
    })
}

/// The coefficient of 1, at most 10^18.
pub(super) fn unit(site: &CallSite<'_>) -> Result<i64, Error> {
    let scale = site.args[0].ty.decimals;
    i64::pow10(scale.into())
        .ok_or_else(|| Error::unsupported("a DECIMAL of 64 bits with more decimals"))
}

pub(super) fn ceil_to_int(unit: &i64, _: &RowContext<'_>, value: i64) -> i64 {
    let whole = value.wrapping_div(*unit);
    whole.wrapping_add(i64::from(value.wrapping_rem(*unit) > 0))
}

pub(super) fn floor_to_int(unit: &i64, _: &RowContext<'_>, value: i64) -> i64 {
    value.wrapping_div_euclid(*unit)
}

/// Cut off, and one more where digits were lost on the side that it goes to.
fn integral<C: Coefficient>(value: C, from: u8, sign: i32) -> Option<C> {
    let whole = value.rescale_truncating(from, 0)?;
    let lost = match whole.scale_up(from.into()) {
        Some(back) => back != value,
        None => true,
    };
    if lost && value.signum() == sign {
        whole.checked_add(C::from_i64(sign.into()))
    } else {
        Some(whole)
    }
}

fn held<C: Coefficient>(value: Option<C>, to: u8) -> Result<Option<C>, Exit> {
    value
        .and_then(|v| v.rescale(0, to))
        .map(Some)
        .ok_or(Exit::Error(Fault::OutOfRange(RangeType::Decimal)))
}

pub(super) fn ceil<C: Coefficient>(
    scales: &Scales,
    _: &RowContext<'_>,
    value: C,
) -> Result<Option<C>, Exit> {
    held(integral(value, scales.from, 1), scales.to)
}

pub(super) fn floor<C: Coefficient>(
    scales: &Scales,
    _: &RowContext<'_>,
    value: C,
) -> Result<Option<C>, Exit> {
    held(integral(value, scales.from, -1), scales.to)
}

fn as_int<C: Coefficient>(value: Option<C>) -> Result<Option<i64>, Exit> {
    value
        .and_then(C::to_i64)
        .map(Some)
        .ok_or(Exit::Error(Fault::OutOfRange(RangeType::BigInt)))
}

pub(super) fn ceil_wide_to_int<C: Coefficient>(
    scales: &Scales,
    _: &RowContext<'_>,
    value: C,
) -> Result<Option<i64>, Exit> {
    as_int(integral(value, scales.from, 1))
}

pub(super) fn floor_wide_to_int<C: Coefficient>(
    scales: &Scales,
    _: &RowContext<'_>,
    value: C,
) -> Result<Option<i64>, Exit> {
    as_int(integral(value, scales.from, -1))
}
