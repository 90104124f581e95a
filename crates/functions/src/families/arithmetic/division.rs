//! Kernels and lowerings for `/`, DIV and `%`.

use super::decimals::WIDTH;
use super::doubles::OUT_OF_DOUBLE;
use crate::emit::{Emit, Lowered, Relation};
use crate::{CallSite, Exit, Fault, RangeType, RowContext};
use sqlift_types::decimal::{Coefficient, Decimal};
use sqlift_types::{Datum, Error, I256, SqlMode, Warning};

const OUT_OF_BIGINT: Exit = Exit::Error(Fault::OutOfRange(RangeType::BigInt));
const OUT_OF_UNSIGNED: Exit = Exit::Error(Fault::OutOfRange(RangeType::BigIntUnsigned));

/// Whether a zero divisor is worth a warning.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ZeroDivisor {
    Warns,
    IsSilent,
}

impl ZeroDivisor {
    pub(super) fn of(mode: SqlMode) -> ZeroDivisor {
        if mode.contains(SqlMode::ERROR_FOR_DIVISION_BY_ZERO) {
            ZeroDivisor::Warns
        } else {
            ZeroDivisor::IsSilent
        }
    }

    /// NULL, with the warning that is due.
    pub(super) fn null<T>(self, cx: &RowContext<'_>) -> Result<Option<T>, Exit> {
        if self == ZeroDivisor::Warns {
            cx.warn(Warning::division_by_zero());
        }
        Ok(None)
    }
}

pub(super) fn zero_warns(site: &CallSite<'_>) -> Result<ZeroDivisor, Error> {
    Ok(ZeroDivisor::of(site.session.sql_mode))
}

/// What decimal division needs to know.
pub(super) struct Quotient {
    pub(super) left: u8,
    pub(super) right: u8,
    result: u8,
    pub(super) zero: ZeroDivisor,
}

pub(super) fn quotient(site: &CallSite<'_>) -> Result<Quotient, Error> {
    Ok(Quotient {
        left: site.args[0].ty.decimals,
        right: site.args[1].ty.decimals,
        result: site.ret.decimals,
        zero: zero_warns(site)?,
    })
}

pub(super) fn divide_double(
    zero: &ZeroDivisor,
    cx: &RowContext<'_>,
    a: f64,
    b: f64,
) -> Result<Option<f64>, Exit> {
    if b == 0.0 {
        return zero.null(cx);
    }
    let value = a / b;
    if value.is_finite() {
        Ok(Some(value))
    } else {
        Err(OUT_OF_DOUBLE)
    }
}

pub(super) fn divide_narrow<C: Coefficient>(
    q: &Quotient,
    cx: &RowContext<'_>,
    a: C,
    b: C,
) -> Result<Option<C>, Exit> {
    if b == C::ZERO {
        return q.zero.null(cx);
    }
    let value = a.checked_div_to_scale(q.left, b, q.right, q.result);
    value.map(Some).ok_or(WIDTH)
}

pub(super) fn divide_wide(
    q: &Quotient,
    cx: &RowContext<'_>,
    a: I256,
    b: I256,
) -> Result<Option<I256>, Exit> {
    if b == I256::ZERO {
        return q.zero.null(cx);
    }
    let value = || {
        let (a, b) = (Decimal::new(a, q.left)?, Decimal::new(b, q.right)?);
        a.checked_div(b, q.result)?.to_coefficient(q.result)
    };
    value()
        .map(Some)
        .ok_or(Exit::Error(Fault::OutOfRange(RangeType::Decimal)))
}

pub(super) fn div_int_int(
    zero: &ZeroDivisor,
    cx: &RowContext<'_>,
    a: i64,
    b: i64,
) -> Result<Option<i64>, Exit> {
    if b == 0 {
        return zero.null(cx);
    }
    a.checked_div(b).map(Some).ok_or(OUT_OF_BIGINT)
}

/// A constant divisor of at most 31 bits, and its inverse: divisions by it are done on doubles, which vectorise.
pub(super) struct ShortDivisor {
    pub(super) zero: ZeroDivisor,
    by: f64,
    inverse: f64,
}

pub(super) fn short_divisor(site: &CallSite<'_>) -> Result<ShortDivisor, Error> {
    let by = match site.args[1].constant {
        Some(Datum::Int(by @ 1..=0x7FFF_FFFF)) => by as f64,
        _ => f64::NAN,
    };
    Ok(ShortDivisor {
        zero: zero_warns(site)?,
        by,
        inverse: 1.0 / by,
    })
}

impl ShortDivisor {
    pub(super) fn is_short(&self) -> bool {
        self.by.is_finite()
    }

    /// The integral part of the quotient's magnitude, and the dividend's magnitude, both of less than 2^50; and whether the dividend is
    /// larger than that.
    ///
    /// `(|a| + 0.5) / by` is at least `0.5 / by` away from every integer, and the roundings put it wrong by less than `0.4 / by`.
    #[inline(always)]
    fn divide(&self, a: i64) -> (f64, f64, bool) {
        let magnitude = to_double(a).abs();
        let quotient = (magnitude + 0.5) * self.inverse - 0.5;
        let large = a.wrapping_add(1 << 50) as u64 >= 1 << 51;
        ((quotient + MAGIC) - MAGIC, magnitude, large)
    }
}

/// 1.5 * 2^52: between 2^52 and 2^53 doubles are the integers.
const MAGIC: f64 = 6_755_399_441_055_744.0;

/// An integer of less than 2^51 as a double: added to 1.5 * 2^52 it is its last bits.
#[inline(always)]
fn to_double(a: i64) -> f64 {
    f64::from_bits(MAGIC.to_bits().wrapping_add(a as u64)) - MAGIC
}

/// A whole number of less than 2^51, with the sign of an integer.
#[inline(always)]
fn to_integer(magnitude: f64, sign: i64) -> i64 {
    let value = (magnitude + MAGIC).to_bits().wrapping_sub(MAGIC.to_bits()) as i64;
    let sign = if sign < 0 { -1 } else { 0 };
    (value ^ sign) - sign
}

pub(super) fn div_quick(by: &ShortDivisor, (a, _): (i64, i64)) -> (i64, bool) {
    let (quotient, _, large) = by.divide(a);
    (to_integer(quotient, a), large)
}

pub(super) fn rem_quick(by: &ShortDivisor, (a, _): (i64, i64)) -> (i64, bool) {
    let (quotient, magnitude, large) = by.divide(a);
    (to_integer(magnitude - quotient * by.by, a), large)
}

/// By zero it is infinite or not a number.
pub(super) fn divide_double_quick(_: &ZeroDivisor, (a, b): (f64, f64)) -> (f64, bool) {
    let quotient = a / b;
    (quotient, !quotient.is_finite())
}

pub(super) fn div_uint_uint(
    zero: &ZeroDivisor,
    cx: &RowContext<'_>,
    a: u64,
    b: u64,
) -> Result<Option<u64>, Exit> {
    match a.checked_div(b) {
        Some(value) => Ok(Some(value)),
        None => zero.null(cx),
    }
}

/// An unsigned quotient of mixed signs: only zero may be negative.
fn div_mixed(
    zero: ZeroDivisor,
    cx: &RowContext<'_>,
    a: i128,
    b: i128,
) -> Result<Option<u64>, Exit> {
    match a.checked_div(b) {
        Some(value) => u64::try_from(value).map(Some).map_err(|_| OUT_OF_UNSIGNED),
        None => zero.null(cx),
    }
}

pub(super) fn div_int_uint(
    zero: &ZeroDivisor,
    cx: &RowContext<'_>,
    a: i64,
    b: u64,
) -> Result<Option<u64>, Exit> {
    div_mixed(*zero, cx, a.into(), b.into())
}

pub(super) fn div_uint_int(
    zero: &ZeroDivisor,
    cx: &RowContext<'_>,
    a: u64,
    b: i64,
) -> Result<Option<u64>, Exit> {
    div_mixed(*zero, cx, a.into(), b.into())
}

fn integer_quotient<C: Coefficient>(q: &Quotient, a: C, b: C) -> Option<I256> {
    let (a, b) = (
        Decimal::from_coefficient(a, q.left)?,
        Decimal::from_coefficient(b, q.right)?,
    );
    a.checked_div_integer(b)
}

pub(super) fn div_decimal<C: Coefficient>(
    q: &Quotient,
    cx: &RowContext<'_>,
    a: C,
    b: C,
) -> Result<Option<i64>, Exit> {
    if b == C::ZERO {
        return q.zero.null(cx);
    }
    let value = integer_quotient(q, a, b).and_then(Coefficient::to_i64);
    value.map(Some).ok_or(OUT_OF_BIGINT)
}

pub(super) fn div_decimal_unsigned<C: Coefficient>(
    q: &Quotient,
    cx: &RowContext<'_>,
    a: C,
    b: C,
) -> Result<Option<u64>, Exit> {
    if b == C::ZERO {
        return q.zero.null(cx);
    }
    let value = integer_quotient(q, a, b).and_then(Coefficient::to_u64);
    value.map(Some).ok_or(OUT_OF_UNSIGNED)
}

pub(super) fn rem_int_int(
    zero: &ZeroDivisor,
    cx: &RowContext<'_>,
    a: i64,
    b: i64,
) -> Result<Option<i64>, Exit> {
    if b == 0 {
        return zero.null(cx);
    }
    Ok(Some(a.wrapping_rem(b)))
}

pub(super) fn rem_uint_uint(
    zero: &ZeroDivisor,
    cx: &RowContext<'_>,
    a: u64,
    b: u64,
) -> Result<Option<u64>, Exit> {
    match a.checked_rem(b) {
        Some(value) => Ok(Some(value)),
        None => zero.null(cx),
    }
}

pub(super) fn rem_int_uint(
    zero: &ZeroDivisor,
    cx: &RowContext<'_>,
    a: i64,
    b: u64,
) -> Result<Option<i64>, Exit> {
    match i128::from(a).checked_rem(b.into()) {
        Some(value) => Ok(Some(value as i64)),
        None => zero.null(cx),
    }
}

pub(super) fn rem_uint_int(
    zero: &ZeroDivisor,
    cx: &RowContext<'_>,
    a: u64,
    b: i64,
) -> Result<Option<u64>, Exit> {
    match a.checked_rem(b.unsigned_abs()) {
        Some(value) => Ok(Some(value)),
        None => zero.null(cx),
    }
}

pub(super) fn rem_double(
    zero: &ZeroDivisor,
    cx: &RowContext<'_>,
    a: f64,
    b: f64,
) -> Result<Option<f64>, Exit> {
    if b == 0.0 {
        return zero.null(cx);
    }
    Ok(Some(a % b))
}

pub(super) fn rem_decimal<C: Coefficient>(
    q: &Quotient,
    cx: &RowContext<'_>,
    a: C,
    b: C,
) -> Result<Option<C>, Exit> {
    if b == C::ZERO {
        return q.zero.null(cx);
    }
    let rest = a.checked_rem_scaled(q.left, b, q.right);
    let rest = rest.and_then(|rest| rest.rescale(q.left.max(q.right), q.result));
    rest.map(Some).ok_or(WIDTH)
}

/// What a lowering does about a zero divisor.
enum Divisor {
    /// It is a constant other than zero.
    Safe,
    /// It may be zero: NULL, without a warning.
    NullIfZero,
}

/// `None`: a warning may be due, which only the kernel can give.
fn divisor(site: &CallSite<'_>) -> Option<Divisor> {
    match &site.args[1].constant {
        Some(Datum::Int(0) | Datum::UInt(0)) => None,
        Some(Datum::Int(_) | Datum::UInt(_)) => Some(Divisor::Safe),
        Some(Datum::Double(value)) if *value != 0.0 => Some(Divisor::Safe),
        _ if ZeroDivisor::of(site.session.sql_mode) == ZeroDivisor::IsSilent => {
            Some(Divisor::NullIfZero)
        }
        _ => None,
    }
}

type Binary = fn(
    &mut dyn Emit,
    crate::emit::NativeValue,
    crate::emit::NativeValue,
) -> crate::emit::NativeValue;

fn lower_integer(
    e: &mut dyn Emit,
    site: &CallSite<'_>,
    args: &[Lowered],
    operation: Binary,
) -> Option<Lowered> {
    let kind = divisor(site)?;
    let (a, b) = (args[0].value, args[1].value);
    let null = match kind {
        Divisor::Safe => None,
        Divisor::NullIfZero => {
            let zero = e.int(0);
            Some(e.compare(Relation::Equal, b, zero))
        }
    };
    let value = operation(e, a, b);
    Some(Lowered {
        null,
        ..Lowered::value(value)
    })
}

pub(super) fn lower_div(
    e: &mut dyn Emit,
    site: &CallSite<'_>,
    args: &[Lowered],
) -> Option<Lowered> {
    divisor(site)?;
    if !matches!(site.args[1].constant, Some(Datum::Int(v)) if v != -1) {
        let (lowest, minus_one) = (e.int(i64::MIN), e.int(-1));
        let low = e.compare(Relation::Equal, args[0].value, lowest);
        let minus = e.compare(Relation::Equal, args[1].value, minus_one);
        let overflow = e.and(low, minus);
        e.exit_if(overflow, OUT_OF_BIGINT);
    }
    lower_integer(e, site, args, |e, a, b| e.div(a, b))
}

pub(super) fn lower_div_unsigned(
    e: &mut dyn Emit,
    site: &CallSite<'_>,
    args: &[Lowered],
) -> Option<Lowered> {
    lower_integer(e, site, args, |e, a, b| e.unsigned_div(a, b))
}

/// The remainder by -1 is 0, which the machine's operation does not say of the least dividend.
pub(super) fn lower_rem(
    e: &mut dyn Emit,
    site: &CallSite<'_>,
    args: &[Lowered],
) -> Option<Lowered> {
    if matches!(site.args[1].constant, Some(Datum::Int(v)) if v != -1) {
        return lower_integer(e, site, args, |e, a, b| e.rem(a, b));
    }
    lower_integer(e, site, args, |e, a, b| {
        let (one, minus_one) = (e.int(1), e.int(-1));
        let minus = e.compare(Relation::Equal, b, minus_one);
        let divisor = e.select(minus, one, b);
        e.rem(a, divisor)
    })
}

pub(super) fn lower_rem_unsigned(
    e: &mut dyn Emit,
    site: &CallSite<'_>,
    args: &[Lowered],
) -> Option<Lowered> {
    lower_integer(e, site, args, |e, a, b| e.unsigned_rem(a, b))
}

pub(super) fn lower_divide(
    e: &mut dyn Emit,
    site: &CallSite<'_>,
    args: &[Lowered],
) -> Option<Lowered> {
    let kind = divisor(site)?;
    let (a, b) = (args[0].value, args[1].value);
    let zero = e.double(0.0);
    let value = e.double_div(a, b);
    let finite = e.is_finite(value);
    let infinite = e.not(finite);
    let is_zero = e.double_compare(Relation::Equal, b, zero);
    let known = e.not(is_zero);
    let failed = e.and(infinite, known);
    e.exit_if(failed, OUT_OF_DOUBLE);
    Some(Lowered {
        null: match kind {
            Divisor::Safe => None,
            Divisor::NullIfZero => Some(is_zero),
        },
        ..Lowered::value(value)
    })
}
