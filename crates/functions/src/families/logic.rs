//! Three-valued logic: AND, OR.

use crate::emit::{Emit, Lowered};
use crate::kernel::nullable;
use crate::native::{Bool, Opt};
use crate::{BindContext, CallSite, Expr, Fault, Form, Function, RowContext};
use sqlift_types::{Datum, Error, SqlType};

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::operator("AND", bind_junction, and_reference)
            .doc("True if both operands are; false if one is false, whatever the other; else NULL.")
            .example("1 AND 2", "1")
            .form(Form::And)
            .overload(nullable::<(Opt<Bool>, Opt<Bool>), Bool, _>(and))
            .inline(lower_and),
        Function::operator("OR", bind_junction, or_reference)
            .doc("True if one operand is, whatever the other; false if both are false; else NULL.")
            .example("0 OR 2", "1")
            .form(Form::Or)
            .overload(nullable::<(Opt<Bool>, Opt<Bool>), Bool, _>(or))
            .inline(lower_or),
    ]
}

fn bind_junction(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let nullable = args.iter().any(|a| a.nullable);
    Ok(cx.call(args, SqlType::bool(), nullable))
}

fn truth(value: &Datum) -> Option<bool> {
    if let Datum::Int(v) = value {
        Some(*v != 0)
    } else {
        None
    }
}

fn and_reference(_: &RowContext<'_>, _: &CallSite<'_>, args: &[Datum]) -> Result<Datum, Fault> {
    Ok(match (truth(&args[0]), truth(&args[1])) {
        (Some(false), _) | (_, Some(false)) => Datum::Int(0),
        (Some(true), Some(true)) => Datum::Int(1),
        _ => Datum::Null,
    })
}

fn or_reference(_: &RowContext<'_>, _: &CallSite<'_>, args: &[Datum]) -> Result<Datum, Fault> {
    Ok(match (truth(&args[0]), truth(&args[1])) {
        (Some(true), _) | (_, Some(true)) => Datum::Int(1),
        (Some(false), Some(false)) => Datum::Int(0),
        _ => Datum::Null,
    })
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
