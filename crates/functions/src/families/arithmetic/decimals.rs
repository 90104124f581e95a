//! Kernels and lowerings for sums and products of decimals.
//!
//! In 64 and 128 bits operands of `+` and `-` come at one scale and everything is exact or given up. In 256 bits MySQL's own
//! limits (nine groups of nine digits) show, so these kernels go by [`Decimal`].

use crate::emit::{Emit, Lowered, NativeValue, Relation};
use crate::{CallSite, Exit, Reason, RowContext};
use sqlift_types::decimal::{Coefficient, Decimal};
use sqlift_types::{Error, I256};

/// Scales of operands and result.
pub(super) struct Scales {
    left: u8,
    right: u8,
    result: u8,
}

pub(super) fn scales(site: &CallSite<'_>) -> Result<Scales, Error> {
    Ok(Scales {
        left: site.args[0].ty.decimals,
        right: site.args[1].ty.decimals,
        result: site.ret.decimals,
    })
}

type Operation = fn(Decimal, Decimal) -> Option<Decimal>;

fn wide(scales: &Scales, a: I256, b: I256, operation: Operation) -> (I256, bool) {
    let result = || {
        let (a, b) = (
            Decimal::new(a, scales.left)?,
            Decimal::new(b, scales.right)?,
        );
        operation(a, b)?.to_coefficient(scales.result)
    };
    match result() {
        Some(coefficient) => (coefficient, false),
        None => (I256::ZERO, true),
    }
}

pub(super) fn add_wide(scales: &Scales, _: &RowContext<'_>, a: I256, b: I256) -> (I256, bool) {
    wide(scales, a, b, Decimal::checked_add)
}

pub(super) fn sub_wide(scales: &Scales, _: &RowContext<'_>, a: I256, b: I256) -> (I256, bool) {
    wide(scales, a, b, Decimal::checked_sub)
}

pub(super) fn mul_wide(scales: &Scales, _: &RowContext<'_>, a: I256, b: I256) -> (I256, bool) {
    wide(scales, a, b, Decimal::checked_mul)
}

/// The exact product; past 30 decimals it is rounded.
pub(super) fn mul_128(scales: &Scales, _: &RowContext<'_>, a: i128, b: i128) -> (i128, bool) {
    let (product, overflow) = a.overflowing_mul(b);
    let exact = scales.left + scales.right;
    if exact == scales.result || overflow {
        return (product, overflow);
    }
    match product.rescale(exact, scales.result) {
        Some(rounded) => (rounded, false),
        None => (product, true),
    }
}

fn width(e: &mut dyn Emit, value: NativeValue, lost: NativeValue) -> Option<Lowered> {
    e.bet(lost, Reason::DecimalWidth);
    Some(Lowered::value(value))
}

pub(super) fn lower_add_64(
    e: &mut dyn Emit,
    _: &CallSite<'_>,
    args: &[Lowered],
) -> Option<Lowered> {
    let (value, overflow) = e.add_overflow(args[0].value, args[1].value);
    width(e, value, overflow)
}

pub(super) fn lower_sub_64(
    e: &mut dyn Emit,
    _: &CallSite<'_>,
    args: &[Lowered],
) -> Option<Lowered> {
    let (value, overflow) = e.sub_overflow(args[0].value, args[1].value);
    width(e, value, overflow)
}

pub(super) fn lower_mul_64(
    e: &mut dyn Emit,
    _: &CallSite<'_>,
    args: &[Lowered],
) -> Option<Lowered> {
    let (value, overflow) = e.mul_overflow(args[0].value, args[1].value);
    width(e, value, overflow)
}

/// A sum wrapped if it has another sign than both operands; a + b wrapped exactly when `b < 0` differs from `a + b < a`.
pub(super) fn lower_add_128(
    e: &mut dyn Emit,
    _: &CallSite<'_>,
    args: &[Lowered],
) -> Option<Lowered> {
    let (a, b) = (args[0].value, args[1].value);
    let sum = e.add(a, b);
    let zero = e.wide(0);
    let negative = e.compare(Relation::Less, b, zero);
    let smaller = e.compare(Relation::Less, sum, a);
    let lost = e.xor(negative, smaller);
    width(e, sum, lost)
}

pub(super) fn lower_sub_128(
    e: &mut dyn Emit,
    _: &CallSite<'_>,
    args: &[Lowered],
) -> Option<Lowered> {
    let (a, b) = (args[0].value, args[1].value);
    let difference = e.sub(a, b);
    let zero = e.wide(0);
    let positive = e.compare(Relation::Greater, b, zero);
    let smaller = e.compare(Relation::Less, difference, a);
    let lost = e.xor(positive, smaller);
    width(e, difference, lost)
}

/// Only where the operands' digits say that 128 bits hold the product at its scale.
pub(super) fn lower_mul_128(
    e: &mut dyn Emit,
    site: &CallSite<'_>,
    args: &[Lowered],
) -> Option<Lowered> {
    let [a, b] = [&site.args[0].ty, &site.args[1].ty];
    let short = |digits: u32| digits <= <i64 as Coefficient>::DIGITS;
    if !short(a.length) || !short(b.length) || a.decimals + b.decimals != site.ret.decimals {
        return None;
    }
    // Both operands are values of 64 bits, held wider.
    Some(Lowered::value(e.mul(args[0].value, args[1].value)))
}

/// What a decimal that does not fit its width does.
pub(super) const WIDTH: Exit = Exit::Deopt(Reason::DecimalWidth);
