//! `+ - *` and friends.

use crate::emit::{Emit, Lowered};
use crate::kernel::{hot_flagged, hot_total};
use crate::native::{Double, Int};
use crate::{BindContext, CallSite, Expr, Fault, Function, RangeType, RowContext};
use num_bigint::BigInt;
use num_traits::ToPrimitive;
use sqlift_types::{Datum, Error, SqlType};

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::operator("+", bind_add, add_reference)
            .doc("Sum. NULL if either operand is NULL.")
            .example("1 + 2", "3")
            .overload(hot_flagged::<(Int, Int), Int, _>(add_int_int))
            .inline(lower_add_int_int)
            .overload(hot_total::<(Double, Double), Double, _>(
                |a: f64, b: f64| a + b,
            )),
    ]
}

fn bind_add(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let nullable = args.iter().any(|a| a.nullable);
    Ok(cx.call(args, SqlType::bigint(), nullable))
}

fn add_reference(_: &RowContext<'_>, _: &CallSite<'_>, args: &[Datum]) -> Result<Datum, Fault> {
    let (Datum::Int(a), Datum::Int(b)) = (&args[0], &args[1]) else {
        return Ok(Datum::Null);
    };
    let sum = BigInt::from(*a) + BigInt::from(*b);
    sum.to_i64()
        .map(Datum::Int)
        .ok_or(Fault::OutOfRange(RangeType::BigInt))
}

fn add_int_int(a: i64, b: i64) -> (i64, bool) {
    let sum = a.wrapping_add(b);
    // Overflow by sign: vectorises, as `overflowing_add` does not.
    (sum, (a ^ sum) & (b ^ sum) < 0)
}

fn lower_add_int_int(e: &mut dyn Emit, site: &CallSite<'_>, args: &[Lowered]) -> Option<Lowered> {
    let _ = site;
    let (sum, overflow) = e.add_overflow(args[0].value, args[1].value);
    e.exit_if(
        overflow,
        crate::Exit::Error(Fault::OutOfRange(RangeType::BigInt)),
    );
    Some(Lowered::value(sum))
}
