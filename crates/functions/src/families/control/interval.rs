//! `INTERVAL(n, a, b, ...)`: how many of the ascending values `n` has reached.
//!
//! MySQL compares as DECIMAL where both are exact numbers, else as DOUBLE; it stops at the first value that is larger, so what stands
//! behind it raises no warning; NULLs among the values are passed over, and -1 is the answer for a NULL `n`.

use super::no_rows;
use crate::kernel::{Many, total_with};
use crate::native::{Double, Int, Opt};
use crate::{BindContext, CallSite, Expr, Fault, Function, RowContext};
use sqlift_types::{Datum, Error, SqlType, TypeKind};

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new("INTERVAL", (2, usize::MAX), bind, reference)
            .doc("How many of the ascending values behind the first argument are not larger than it; -1 if it is NULL.")
            .example("INTERVAL(23, 1, 15, 17, 30, 44, 200)", "3")
            .overload(total_with::<Many<Opt<Double>>, Int, (), _>(|_| Ok(()), place)),
    ]
}

fn ty() -> SqlType {
    SqlType::bigint_of(2)
}

fn is_exact(ty: &SqlType) -> bool {
    ty.kind.is_integer() || matches!(ty.kind, TypeKind::Decimal | TypeKind::Year | TypeKind::Bit)
}

fn bind(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    no_rows(&args)?;
    if let Some(odd) = args.iter().find(|a| a.ty.kind == TypeKind::Vector) {
        return Err(Error::unsupported(format_args!("INTERVAL of {}", odd.ty)));
    }
    let mut args = args.into_iter();
    let n = args.next().ok_or_else(|| Error::wrong_arity("INTERVAL"))?;
    let values: Vec<Expr> = args.collect();
    let number = |n: i64| Expr::literal(Datum::Int(n), ty());
    let real = cx.coerce(n.clone(), SqlType::double());
    if real.as_literal().is_none() && !(n.ty.kind.is_numeric() || n.ty.kind.is_temporal()) {
        // The text is converted once: all values are looked at, whether or not one is larger.
        let all = [real].into_iter().chain(values);
        let all = all.map(|v| cx.coerce(v, SqlType::double())).collect();
        return Ok(cx.call(all, ty(), false));
    }
    let mut branches = Vec::new();
    if n.nullable {
        let missing = cx.bind_named("IS NULL", vec![n.clone()])?;
        branches.extend([missing, number(-1)]);
    }
    let count = values.len() as i64;
    for (place, value) in (0..).zip(values) {
        branches.push(if is_exact(&n.ty) && is_exact(&value.ty) {
            cx.bind_named(">", vec![value, n.clone()])?
        } else {
            let nullable = value.nullable || real.nullable;
            let value = cx.coerce(value, SqlType::double());
            cx.call_named(">", vec![value, real.clone()], SqlType::bool(), nullable)
        });
        branches.push(number(place));
    }
    branches.push(number(count));
    Ok(cx.call_named("CASE", branches, ty(), false))
}

fn reference(_: &RowContext<'_>, _: &CallSite<'_>, args: &[Datum]) -> Result<Datum, Fault> {
    let Datum::Double(n) = args[0] else {
        return Ok(Datum::Int(-1));
    };
    for (place, value) in args[1..].iter().enumerate() {
        if matches!(value, Datum::Double(v) if *v > n) {
            return Ok(Datum::Int(place as i64));
        }
    }
    Ok(Datum::Int(args.len() as i64 - 1))
}

fn place<'r>((): &'r (), _: &RowContext<'r>, args: &'r [Option<f64>]) -> i64 {
    let Some((Some(n), values)) = args.split_first() else {
        return -1;
    };
    let larger = |value: &Option<f64>| value.is_some_and(|v| v > *n);
    values.iter().position(larger).unwrap_or(values.len()) as i64
}
