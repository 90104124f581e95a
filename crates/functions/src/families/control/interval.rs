//! `INTERVAL(n, a, b, ...)`: how many of the ascending values `n` has reached.
//!
//! MySQL compares as DECIMAL where both are exact numbers, else as DOUBLE; it stops at the first value that is larger, so what stands
//! behind it raises no warning; NULLs among the values are passed over, and -1 is the answer for a NULL `n`.

use super::no_rows;
use crate::{BindContext, CallSite, Expr, Fault, Function, RowContext};
use sqlift_types::{Datum, Error, SqlType, TypeKind};

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new("INTERVAL", (2, usize::MAX), bind, reference)
            .doc("How many of the ascending values behind the first argument are not larger than it; -1 if it is NULL.")
            .example("INTERVAL(23, 1, 15, 17, 30, 44, 200)", "3"),
    ]
}

fn ty() -> SqlType {
    // MySQL: two wide, and both count as digits.
    SqlType::bigint_of(3)
}

fn is_exact(ty: &SqlType) -> bool {
    ty.kind.is_integer() || matches!(ty.kind, TypeKind::Decimal | TypeKind::Year | TypeKind::Bit)
}

/// A CASE over the values, so that they are looked at one after the other.
fn bind(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    no_rows(&args)?;
    if let Some(odd) = args.iter().find(|a| a.ty.kind == TypeKind::Vector) {
        return Err(Error::unsupported(format_args!("INTERVAL of {}", odd.ty)));
    }
    // MySQL: a YEAR is a number here, no year that others are read as.
    let mut args = args.into_iter().map(|arg| match arg.ty.kind {
        TypeKind::Year => cx.coerce(arg, SqlType::bigint_of(4)),
        _ => arg,
    });
    let n = args.next().ok_or_else(|| Error::wrong_arity("INTERVAL"))?;
    let n = match is_exact(&n.ty) {
        true => n,
        false => cx.coerce(n, SqlType::double()),
    };
    let args: Vec<Expr> = args.collect();
    cx.let_in(n, |cx, n| {
        let number = |n: i64| Expr::literal(Datum::Int(n), ty());
        let mut branches = Vec::new();
        if n.nullable {
            let missing = cx.bind_named("IS NULL", vec![n.clone()])?;
            branches.extend([missing, number(-1)]);
        }
        let count = args.len() as i64;
        for (place, value) in (0..).zip(args) {
            branches.push(if is_exact(&n.ty) && is_exact(&value.ty) {
                cx.bind_named(">", vec![value, n.clone()])?
            } else {
                let nullable = value.nullable || n.nullable;
                let both = [value, n.clone()].map(|e| cx.coerce(e, SqlType::double()));
                cx.call_named(">", both.into(), SqlType::bool(), nullable)
            });
            branches.push(number(place));
        }
        branches.push(number(count));
        Ok(cx.call_named("CASE", branches, ty(), false))
    })
}

/// Never called: the function is bound to CASE.
fn reference(cx: &RowContext<'_>, _: &CallSite<'_>, _: &[Datum]) -> Result<Datum, Fault> {
    cx.raise(Error::unsupported("an INTERVAL that was not bound"));
    Err(Fault::Raised)
}
