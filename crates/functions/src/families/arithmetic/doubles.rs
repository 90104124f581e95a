//! Kernels and lowerings on doubles: what is not finite is out of range.

use crate::emit::{Emit, Lowered, NativeValue};
use crate::{CallSite, Exit, Fault, RangeType};

pub(super) const OUT_OF_DOUBLE: Exit = Exit::Error(Fault::OutOfRange(RangeType::Double));

fn checked(value: f64) -> (f64, bool) {
    (value, !value.is_finite())
}

pub(super) fn add(a: f64, b: f64) -> (f64, bool) {
    checked(a + b)
}
pub(super) fn sub(a: f64, b: f64) -> (f64, bool) {
    checked(a - b)
}
pub(super) fn mul(a: f64, b: f64) -> (f64, bool) {
    checked(a * b)
}

/// Guards a result against infinity.
pub(super) fn finite(e: &mut dyn Emit, value: NativeValue) -> Option<Lowered> {
    let finite = e.is_finite(value);
    let infinite = e.not(finite);
    e.exit_if(infinite, OUT_OF_DOUBLE);
    Some(Lowered::value(value))
}

pub(super) fn lower_add(e: &mut dyn Emit, _: &CallSite<'_>, args: &[Lowered]) -> Option<Lowered> {
    let value = e.double_add(args[0].value, args[1].value);
    finite(e, value)
}

pub(super) fn lower_sub(e: &mut dyn Emit, _: &CallSite<'_>, args: &[Lowered]) -> Option<Lowered> {
    let value = e.double_sub(args[0].value, args[1].value);
    finite(e, value)
}

pub(super) fn lower_mul(e: &mut dyn Emit, _: &CallSite<'_>, args: &[Lowered]) -> Option<Lowered> {
    let value = e.double_mul(args[0].value, args[1].value);
    finite(e, value)
}
