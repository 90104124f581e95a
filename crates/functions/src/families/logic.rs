//! Three-valued logic: AND, OR, XOR, NOT, IS.
//!
//! MySQL takes any value for a condition: `x` stands for `x <> 0`, with the warnings of that comparison. AND and OR look at their second
//! operand only if the first does not decide, XOR only if the first is not NULL. `IS NULL` of what cannot be NULL is false without looking.

use super::{comparison, json};
use crate::emit::{Emit, Lowered};
use crate::kernel::{junction, nullable_in_rows, total};
use crate::native::{
    Bool, Bytes, Date, DateTime, Dec64, Dec128, Dec256, Double, Int, Json, Opt, Time, UInt,
};
use crate::{BindContext, CallSite, Expr, ExprKind, Fault, Form, Function, RowContext};
use sqlift_types::{Datum, Error, I256, SqlType, TypeKind};

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::operator("AND", bind_junction, and_reference)
            .doc("True if both operands are; false if one is false, whatever the other; else NULL.")
            .example("1 AND 2", "1")
            .form(Form::And)
            .overload(nullable_in_rows::<(Opt<Bool>, Opt<Bool>), Bool, _>(
                and,
                |(), nodes| junction(false, nodes),
            ))
            .inline(lower_and),
        Function::operator("OR", bind_junction, or_reference)
            .doc("True if one operand is, whatever the other; false if both are false; else NULL.")
            .example("0 OR 2", "1")
            .form(Form::Or)
            .overload(nullable_in_rows::<(Opt<Bool>, Opt<Bool>), Bool, _>(
                or,
                |(), nodes| junction(true, nodes),
            ))
            .inline(lower_or),
        Function::operator("XOR", bind_xor, xor_reference)
            .doc("True if exactly one operand is; NULL if one is NULL.")
            .example("1 XOR 0", "1")
            .form(Form::Guarded)
            .overload(total::<(Bool, Bool), Bool, _>(|a: bool, b: bool| a ^ b))
            .inline(|e, _, args| Some(Lowered::value(e.xor(args[0].value, args[1].value)))),
        Function::operator("NOT", bind_not, not_reference)
            .doc("True if the operand is false, NULL if it is NULL.")
            .example("NOT 2", "0")
            .overload(total::<(Bool,), Bool, _>(|a: bool| !a))
            .inline(|e, _, args| Some(Lowered::value(e.not(args[0].value)))),
        Function::operator("IS TRUE", bind_truth_test, is_true_reference)
            .doc("Whether the operand is true; never NULL.")
            .example("NULL IS TRUE", "0")
            .overload(total::<(Opt<Bool>,), Bool, _>(|a: Option<bool>| {
                a == Some(true)
            }))
            .inline(|e, _, args| Some(Lowered::value(known(e, args[0], true)))),
        Function::operator("IS NOT TRUE", bind_truth_test, is_not_true_reference)
            .doc("Whether the operand is false or NULL.")
            .example("NULL IS NOT TRUE", "1")
            .overload(total::<(Opt<Bool>,), Bool, _>(|a: Option<bool>| {
                a != Some(true)
            }))
            .inline(|e, _, args| {
                let is = known(e, args[0], true);
                Some(Lowered::value(e.not(is)))
            }),
        Function::operator("IS FALSE", bind_truth_test, is_false_reference)
            .doc("Whether the operand is false; never NULL.")
            .example("0 IS FALSE", "1")
            .overload(total::<(Opt<Bool>,), Bool, _>(|a: Option<bool>| {
                a == Some(false)
            }))
            .inline(|e, _, args| Some(Lowered::value(known(e, args[0], false)))),
        Function::operator("IS NOT FALSE", bind_truth_test, is_not_false_reference)
            .doc("Whether the operand is true or NULL.")
            .example("0 IS NOT FALSE", "0")
            .overload(total::<(Opt<Bool>,), Bool, _>(|a: Option<bool>| {
                a != Some(false)
            }))
            .inline(|e, _, args| {
                let is = known(e, args[0], false);
                Some(Lowered::value(e.not(is)))
            }),
        is_null_overloads(
            Function::operator("IS NULL", bind_is_null, is_null_reference)
                .doc("Whether the operand is NULL.")
                .example("NULL IS NULL", "1"),
        ),
        is_not_null_overloads(
            Function::operator("IS NOT NULL", bind_is_not_null, is_not_null_reference)
                .doc("Whether the operand is not NULL.")
                .example("0 IS NOT NULL", "1"),
        ),
        Function::new("ISNULL", (1, 1), bind_isnull, is_null_reference)
            .doc("The same as `IS NULL`.")
            .example("ISNULL(1/0)", "1"),
    ]
}

/// The truth of an expression where a condition is wanted: itself if it is a comparison or logic, else `expr <> 0`.
///
/// Errors: 1241 for a row, [`Error::unsupported`] for types that cannot be compared with a number yet.
pub(super) fn truth(cx: &mut BindContext<'_>, expr: Expr) -> Result<Expr, Error> {
    if let ExprKind::Row(_) = expr.kind {
        return Err(Error::operand_columns(1).at(expr.span));
    }
    match expr.ty.kind {
        TypeKind::Bool => Ok(expr),
        TypeKind::Null if expr.is_null_literal() => Ok(Expr {
            ty: SqlType::bool(),
            ..expr
        }),
        _ => {
            if json::is_json(&expr) {
                cx.warnings.push(json::as_condition());
            }
            let span = expr.span;
            let zero = Expr::literal(Datum::Int(0), SqlType::bigint_of(1)).at(span);
            Ok(comparison::relation(cx, "<>", expr, zero)?.at(span))
        }
    }
}

/// The truth of what decides a branch of IF or CASE: JSON counts as the number that it is, without a comparison of documents.
pub(super) fn condition(cx: &mut BindContext<'_>, expr: Expr) -> Result<Expr, Error> {
    let expr = if json::is_json(&expr) {
        cx.coerce(expr, SqlType::double())
    } else {
        expr
    };
    truth(cx, expr)
}

fn truths(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Vec<Expr>, Error> {
    args.into_iter().map(|arg| truth(cx, arg)).collect()
}

fn bind_junction(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let nullable = args.iter().any(|a| a.nullable);
    let args = truths(cx, args)?;
    Ok(cx.call(args, SqlType::bool(), nullable))
}

fn bind_xor(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    bind_junction(cx, args)
}

fn bind_not(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    bind_junction(cx, args)
}

fn bind_truth_test(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let args = truths(cx, args)?;
    Ok(cx.call(args, SqlType::bool(), false))
}

fn bind_is_null(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    bind_null_test(cx, args, Is::Null)
}

fn bind_is_not_null(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    bind_null_test(cx, args, Is::Value)
}

fn bind_isnull(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    cx.bind_named("IS NULL", args)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Is {
    Null,
    Value,
}

fn bind_null_test(cx: &mut BindContext<'_>, args: Vec<Expr>, is: Is) -> Result<Expr, Error> {
    if let Some(row) = args.iter().find(|a| matches!(a.kind, ExprKind::Row(_))) {
        return Err(Error::operand_columns(1).at(row.span));
    }
    // MySQL: what cannot be NULL is not evaluated by IS NULL: neither its warnings nor its errors appear. It is by IS NOT NULL.
    let evaluated = |a: &Expr| is == Is::Value && matches!(a.kind, ExprKind::Call { .. });
    if args.iter().all(|a| !a.nullable && !evaluated(a)) {
        let value = Datum::Int(i64::from(is == Is::Value));
        return Ok(Expr::literal(value, SqlType::bool()).at(cx.span));
    }
    Ok(cx.call(args, SqlType::bool(), false))
}

/// The overloads of a NULL test, one a representation.
macro_rules! null_test {
    ($function:expr, $is:ident, $lower:ident: $($marker:ident $value:ty),*) => {
        $function$(.overload(total::<(Opt<$marker>,), Bool, _>(|a: Option<$value>| a.$is())).inline($lower).only_orders())*
    };
}

fn is_null_overloads(function: Function) -> Function {
    null_test!(function, is_none, lower_is_null:
        Bool bool, Int i64, UInt u64, Double f64, Dec64 i64, Dec128 i128, Dec256 I256, Date i64, Time i64, DateTime i64,
        Bytes &[u8], Json &[u8])
}

fn is_not_null_overloads(function: Function) -> Function {
    null_test!(function, is_some, lower_is_not_null:
        Bool bool, Int i64, UInt u64, Double f64, Dec64 i64, Dec128 i128, Dec256 I256, Date i64, Time i64, DateTime i64,
        Bytes &[u8], Json &[u8])
}

fn lower_is_null(e: &mut dyn Emit, _: &CallSite<'_>, args: &[Lowered]) -> Option<Lowered> {
    Some(Lowered::value(is_null(e, args[0])))
}

fn lower_is_not_null(e: &mut dyn Emit, _: &CallSite<'_>, args: &[Lowered]) -> Option<Lowered> {
    let null = is_null(e, args[0]);
    Some(Lowered::value(e.not(null)))
}

fn truth_of(value: &Datum) -> Option<bool> {
    if let Datum::Int(v) = value {
        Some(*v != 0)
    } else {
        None
    }
}

fn answer(truth: Option<bool>) -> Result<Datum, Fault> {
    Ok(truth.map_or(Datum::Null, |t| Datum::Int(i64::from(t))))
}

fn and_reference(_: &RowContext<'_>, _: &CallSite<'_>, args: &[Datum]) -> Result<Datum, Fault> {
    let operands = [truth_of(&args[0]), truth_of(&args[1])];
    answer(if operands.contains(&Some(false)) {
        Some(false)
    } else if operands.contains(&None) {
        None
    } else {
        Some(true)
    })
}

fn or_reference(_: &RowContext<'_>, _: &CallSite<'_>, args: &[Datum]) -> Result<Datum, Fault> {
    let operands = [truth_of(&args[0]), truth_of(&args[1])];
    answer(if operands.contains(&Some(true)) {
        Some(true)
    } else if operands.contains(&None) {
        None
    } else {
        Some(false)
    })
}

fn xor_reference(_: &RowContext<'_>, _: &CallSite<'_>, args: &[Datum]) -> Result<Datum, Fault> {
    let operands = truth_of(&args[0]).zip(truth_of(&args[1]));
    answer(operands.map(|(a, b)| a != b))
}

fn not_reference(_: &RowContext<'_>, _: &CallSite<'_>, args: &[Datum]) -> Result<Datum, Fault> {
    answer(truth_of(&args[0]).map(|a| !a))
}

fn is_true_reference(_: &RowContext<'_>, _: &CallSite<'_>, args: &[Datum]) -> Result<Datum, Fault> {
    answer(Some(truth_of(&args[0]) == Some(true)))
}

fn is_not_true_reference(
    _: &RowContext<'_>,
    _: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    answer(Some(truth_of(&args[0]) != Some(true)))
}

fn is_false_reference(
    _: &RowContext<'_>,
    _: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    answer(Some(truth_of(&args[0]) == Some(false)))
}

fn is_not_false_reference(
    _: &RowContext<'_>,
    _: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    answer(Some(truth_of(&args[0]) != Some(false)))
}

fn is_null_reference(_: &RowContext<'_>, _: &CallSite<'_>, args: &[Datum]) -> Result<Datum, Fault> {
    answer(Some(args[0].is_null()))
}

fn is_not_null_reference(
    _: &RowContext<'_>,
    _: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    answer(Some(!args[0].is_null()))
}

fn and(a: Option<bool>, b: Option<bool>) -> Option<bool> {
    match (a, b) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

fn or(a: Option<bool>, b: Option<bool>) -> Option<bool> {
    match (a, b) {
        (Some(true), _) | (_, Some(true)) => Some(true),
        (Some(false), Some(false)) => Some(false),
        _ => None,
    }
}

/// NULL unless one side is a false that is not NULL, or both are not NULL.
fn lower_and(e: &mut dyn Emit, _: &CallSite<'_>, args: &[Lowered]) -> Option<Lowered> {
    let (a, b) = (args[0], args[1]);
    let value = e.and(a.value, b.value);
    let null = match (a.null, b.null) {
        (None, None) => None,
        _ => {
            // A NULL operand's value is arbitrary, so it counts as true here: NULL unless the other side is false.
            let no = e.bool(false);
            let (an, bn) = (a.null.unwrap_or(no), b.null.unwrap_or(no));
            let (at, bt) = (e.or(an, a.value), e.or(bn, b.value));
            let any = e.or(an, bn);
            let both = e.and(at, bt);
            Some(e.and(any, both))
        }
    };
    Some(Lowered {
        value,
        length: None,
        null,
    })
}

/// NULL unless one side is a true that is not NULL, or both are not NULL.
fn lower_or(e: &mut dyn Emit, _: &CallSite<'_>, args: &[Lowered]) -> Option<Lowered> {
    let (a, b) = (args[0], args[1]);
    match (a.null, b.null) {
        (None, None) => Some(Lowered::value(e.or(a.value, b.value))),
        _ => {
            let no = e.bool(false);
            let (an, bn) = (a.null.unwrap_or(no), b.null.unwrap_or(no));
            let (known_a, known_b) = (e.not(an), e.not(bn));
            let (at, bt) = (e.and(known_a, a.value), e.and(known_b, b.value));
            let value = e.or(at, bt);
            let any = e.or(an, bn);
            let not_true = e.not(value);
            Some(Lowered {
                value,
                length: None,
                null: Some(e.and(any, not_true)),
            })
        }
    }
}

/// Whether an operand is NULL.
fn is_null(e: &mut dyn Emit, operand: Lowered) -> crate::emit::NativeValue {
    match operand.null {
        Some(null) => null,
        None => e.bool(false),
    }
}

/// Whether an operand is this truth value and not NULL.
fn known(e: &mut dyn Emit, operand: Lowered, wanted: bool) -> crate::emit::NativeValue {
    let value = if wanted {
        operand.value
    } else {
        e.not(operand.value)
    };
    match operand.null {
        Some(null) => {
            let known = e.not(null);
            e.and(known, value)
        }
        None => value,
    }
}
