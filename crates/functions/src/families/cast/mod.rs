//! Conversions: `CAST`, the implicit `coerce`, and `resize` between DECIMAL widths.
//!
//! `coerce` is what MySQL does when an operand has another type than an operation needs; `CAST` is what the user asks for. They differ
//! in warnings and in limits. Each target has a file of its own; it adds its overloads to both tables and gives the references.

mod to_number;
pub(in crate::families) mod to_temporal;
pub(super) mod to_text;

use crate::emit::{Emit, Lowered, Relation};
use crate::families::json;
use crate::kernel::{flagged, total};
use crate::native::{Dec64, Dec128, Dec256};
use crate::{BindContext, CallSite, Exit, Expr, Fault, Function, Reason, RowContext};
use sqlift_types::{Datum, Error, I256, SqlType, TypeKind};

pub(super) fn functions() -> Vec<Function> {
    let coerce = Function::operator("coerce", bind_coerce, coerce_reference)
        .doc("Implicit conversion of an operand to the type that the operation works in.");
    let coerce = to_number::coerce(coerce);
    let coerce = to_text::coerce(coerce);
    let cast = Function::operator("CAST", bind_cast, cast_reference)
        .doc("Conversion to the type that is named: CAST(x AS type), CONVERT(x, type), BINARY x.")
        .example("CAST('12abc' AS SIGNED)", "12");
    let cast = to_number::cast(cast);
    let cast = to_text::cast(cast);
    let resize = Function::operator("resize", bind_coerce, resize_reference)
        .doc("The same DECIMAL held in another width.")
        .overload(total::<(Dec64,), Dec128, _>(i128::from))
        .inline(lower_widen)
        .overload(total::<(Dec64,), Dec256, _>(I256::from))
        .overload(total::<(Dec128,), Dec256, _>(I256::from))
        .overload(flagged::<(Dec128,), Dec64, _>(|v: i128| {
            (v as i64, i64::try_from(v).is_err())
        }))
        .exits_with(Exit::Deopt(Reason::DecimalWidth))
        .inline(lower_narrow)
        .overload(flagged::<(Dec256,), Dec64, _>(|v: I256| {
            (v.as_i64(), i64::try_from(v).is_err())
        }))
        .exits_with(Exit::Deopt(Reason::DecimalWidth))
        .overload(flagged::<(Dec256,), Dec128, _>(|v: I256| {
            (v.as_i128(), i128::try_from(v).is_err())
        }))
        .exits_with(Exit::Deopt(Reason::DecimalWidth));
    let mut functions = vec![coerce, cast, to_number::cast_year(), resize];
    functions.append(&mut to_text::functions());
    functions.append(&mut to_temporal::functions());
    functions
}

fn lower_widen(e: &mut dyn Emit, _: &CallSite<'_>, args: &[Lowered]) -> Option<Lowered> {
    Some(Lowered::value(e.widen(args[0].value)))
}

fn lower_narrow(e: &mut dyn Emit, _: &CallSite<'_>, args: &[Lowered]) -> Option<Lowered> {
    let narrow = e.narrow(args[0].value);
    let again = e.widen(narrow);
    let lost = e.compare(Relation::NotEqual, again, args[0].value);
    e.bet(lost, Reason::DecimalWidth);
    Some(Lowered::value(narrow))
}

/// `coerce` is only made by [`BindContext::coerce`], `resize` by linearizing.
fn bind_coerce(_: &mut BindContext<'_>, _: Vec<Expr>) -> Result<Expr, Error> {
    Err(Error::unsupported("a conversion without a target"))
}

/// `CAST(x AS target)`, by the target's kind.
fn bind_cast(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let (Some(target), Ok([operand])) = (cx.target.clone(), <[Expr; 1]>::try_from(args)) else {
        return Err(Error::unsupported("a cast without a target"));
    };
    match kind_of(&target) {
        Target::Number => to_number::bind_cast(cx, operand, target),
        Target::Text => to_text::bind_cast(cx, operand, target),
        Target::Temporal => to_temporal::bind_cast(cx, operand, target),
        Target::Other if target.kind == TypeKind::Json => json::bind_cast(cx, operand),
        Target::Other => Err(Error::unsupported(format_args!("CAST AS {target}"))),
    }
}

enum Target {
    Number,
    Text,
    Temporal,
    Other,
}

fn kind_of(ty: &SqlType) -> Target {
    match ty.kind {
        kind if kind.is_string() => Target::Text,
        kind if kind.is_temporal() => Target::Temporal,
        TypeKind::Json
        | TypeKind::Vector
        | TypeKind::Dynamic
        | TypeKind::Enum
        | TypeKind::Set
        | TypeKind::Null => Target::Other,
        _ => Target::Number,
    }
}

fn coerce_reference(
    cx: &RowContext<'_>,
    site: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    if args[0].is_null() {
        return Ok(Datum::Null);
    }
    match kind_of(site.ret) {
        Target::Number => to_number::coerce_reference(cx, site, &args[0]),
        Target::Text => to_text::coerce_reference(cx, site, &args[0]),
        Target::Temporal => to_temporal::coerce_reference(cx, site, &args[0]),
        Target::Other => unsupported(cx, site),
    }
}

fn cast_reference(
    cx: &RowContext<'_>,
    site: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    if args[0].is_null() {
        return Ok(Datum::Null);
    }
    match kind_of(site.ret) {
        Target::Number => to_number::cast_reference(cx, site, &args[0]),
        Target::Text => to_text::cast_reference(cx, site, &args[0]),
        Target::Temporal => to_temporal::coerce_reference(cx, site, &args[0]),
        Target::Other => unsupported(cx, site),
    }
}

/// A conversion that does not exist yet.
fn unsupported(cx: &RowContext<'_>, site: &CallSite<'_>) -> Result<Datum, Fault> {
    let from = site
        .args
        .first()
        .map_or_else(String::new, |a| a.ty.to_string());
    cx.raise(Error::unsupported(format_args!(
        "conversion of {from} to {}",
        site.ret
    )));
    Err(Fault::Raised)
}

fn resize_reference(_: &RowContext<'_>, _: &CallSite<'_>, args: &[Datum]) -> Result<Datum, Fault> {
    Ok(args[0].clone())
}
