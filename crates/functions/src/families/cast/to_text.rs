//! Conversions, to text.

use crate::{BindContext, CallSite, Expr, Fault, Function, RowContext};
use sqlift_types::{Datum, Error, SqlType};

/// Adds the overloads of the implicit conversion.
pub(super) fn coerce(function: Function) -> Function {
    function
}

/// Adds the overloads of the explicit conversion.
pub(super) fn cast(function: Function) -> Function {
    function
}

pub(super) fn bind_cast(
    cx: &mut BindContext<'_>,
    operand: Expr,
    target: SqlType,
) -> Result<Expr, Error> {
    let nullable = operand.nullable;
    Ok(cx.call(vec![operand], target, nullable))
}

pub(super) fn coerce_reference(
    cx: &RowContext<'_>,
    site: &CallSite<'_>,
    _: &Datum,
) -> Result<Datum, Fault> {
    super::unsupported(cx, site)
}

pub(super) fn cast_reference(
    cx: &RowContext<'_>,
    site: &CallSite<'_>,
    _: &Datum,
) -> Result<Datum, Fault> {
    super::unsupported(cx, site)
}
