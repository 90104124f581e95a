//! Kernels and lowerings on integers: value, and whether it is out of range.

use crate::emit::{Emit, Lowered, Relation};
use crate::{CallSite, Exit, Fault, RangeType};

const OUT_OF_BIGINT: Exit = Exit::Error(Fault::OutOfRange(RangeType::BigInt));
const OUT_OF_UNSIGNED: Exit = Exit::Error(Fault::OutOfRange(RangeType::BigIntUnsigned));

// Sums, differences and products of an i64 and a u64 fit 128 bits.

fn as_unsigned(exact: i128) -> (u64, bool) {
    (exact as u64, u64::try_from(exact).is_err())
}

fn as_signed(exact: i128) -> (i64, bool) {
    (exact as i64, i64::try_from(exact).is_err())
}

/// The sum, and whether it wrapped: then it has another sign than both operands. Unlike `overflowing_add` this vectorises.
pub(super) fn add_quick((): &(), (a, b): (i64, i64)) -> (i64, bool) {
    let sum = a.wrapping_add(b);
    (sum, (a ^ sum) & (b ^ sum) < 0)
}

/// The difference, and whether it wrapped: then the operands' signs differ, and it has not the first's.
pub(super) fn sub_quick((): &(), (a, b): (i64, i64)) -> (i64, bool) {
    let difference = a.wrapping_sub(b);
    (difference, (a ^ b) & (a ^ difference) < 0)
}

pub(super) fn add_int_uint(a: i64, b: u64) -> (u64, bool) {
    b.overflowing_add_signed(a)
}
pub(super) fn add_uint_int(a: u64, b: i64) -> (u64, bool) {
    a.overflowing_add_signed(b)
}
pub(super) fn sub_int_uint(a: i64, b: u64) -> (u64, bool) {
    as_unsigned(i128::from(a) - i128::from(b))
}
pub(super) fn sub_uint_int(a: u64, b: i64) -> (u64, bool) {
    as_unsigned(i128::from(a) - i128::from(b))
}
pub(super) fn sub_uint_uint_signed(a: u64, b: u64) -> (i64, bool) {
    as_signed(i128::from(a) - i128::from(b))
}
pub(super) fn sub_int_uint_signed(a: i64, b: u64) -> (i64, bool) {
    as_signed(i128::from(a) - i128::from(b))
}
pub(super) fn sub_uint_int_signed(a: u64, b: i64) -> (i64, bool) {
    as_signed(i128::from(a) - i128::from(b))
}
pub(super) fn mul_int_uint(a: i64, b: u64) -> (u64, bool) {
    as_unsigned(i128::from(a) * i128::from(b))
}
pub(super) fn mul_uint_int(a: u64, b: i64) -> (u64, bool) {
    as_unsigned(i128::from(a) * i128::from(b))
}

pub(super) fn lower_add(e: &mut dyn Emit, _: &CallSite<'_>, args: &[Lowered]) -> Option<Lowered> {
    let (value, overflow) = e.add_overflow(args[0].value, args[1].value);
    e.exit_if(overflow, OUT_OF_BIGINT);
    Some(Lowered::value(value))
}

pub(super) fn lower_sub(e: &mut dyn Emit, _: &CallSite<'_>, args: &[Lowered]) -> Option<Lowered> {
    let (value, overflow) = e.sub_overflow(args[0].value, args[1].value);
    e.exit_if(overflow, OUT_OF_BIGINT);
    Some(Lowered::value(value))
}

pub(super) fn lower_mul(e: &mut dyn Emit, _: &CallSite<'_>, args: &[Lowered]) -> Option<Lowered> {
    let (value, overflow) = e.mul_overflow(args[0].value, args[1].value);
    e.exit_if(overflow, OUT_OF_BIGINT);
    Some(Lowered::value(value))
}

pub(super) fn lower_add_unsigned(
    e: &mut dyn Emit,
    _: &CallSite<'_>,
    args: &[Lowered],
) -> Option<Lowered> {
    let (value, overflow) = e.unsigned_add_overflow(args[0].value, args[1].value);
    e.exit_if(overflow, OUT_OF_UNSIGNED);
    Some(Lowered::value(value))
}

pub(super) fn lower_sub_unsigned(
    e: &mut dyn Emit,
    _: &CallSite<'_>,
    args: &[Lowered],
) -> Option<Lowered> {
    let value = e.sub(args[0].value, args[1].value);
    let below = e.unsigned_compare(Relation::Less, args[0].value, args[1].value);
    e.exit_if(below, OUT_OF_UNSIGNED);
    Some(Lowered::value(value))
}

pub(super) fn lower_mul_unsigned(
    e: &mut dyn Emit,
    _: &CallSite<'_>,
    args: &[Lowered],
) -> Option<Lowered> {
    let (value, overflow) = e.unsigned_mul_overflow(args[0].value, args[1].value);
    e.exit_if(overflow, OUT_OF_UNSIGNED);
    Some(Lowered::value(value))
}
