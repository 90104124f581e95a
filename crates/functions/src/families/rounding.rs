//! ROUND, TRUNCATE, CEILING, FLOOR, ABS, SIGN.
//!
//! Integers stay integers and decimals DECIMAL, but for CEILING and FLOOR of up to 18 digits, which are BIGINT; everything else is DOUBLE. Decimals round
//! halves away from zero, doubles to even. The scale of a DECIMAL follows the second argument if it is constant, else it stays.

mod kernels;
mod reference;

use super::numeric::{self, Class};
use crate::emit::{Emit, Lowered, Relation};
use crate::kernel::{fallible_with, flagged, hot_total, total, total_with};
use crate::native::{Dec64, Dec128, Dec256, Double, Int, UInt};
use crate::{BindContext, CallSite, Exit, Expr, ExprKind, Fault, Form, Function, RangeType};
use sqlift_types::{Datum, Error, I256, SqlType, TypeKind};

pub(super) fn functions() -> Vec<Function> {
    vec![
        rounds(
            Function::new("ROUND", (1, 2), bind_round, reference::round)
                .doc("The number rounded to so many decimals (0 if not given; below 0: places before the point).")
                .example("ROUND(2.345, 2)", "2.35")
                .overload(hot_total::<(Double,), Double, _>(f64::round_ties_even))
                .inline(|e: &mut dyn Emit, _: &CallSite<'_>, args: &[Lowered]| {
                    Some(Lowered::value(e.double_nearest(args[0].value)))
                }),
            kernels::round_site,
        ),
        rounds(
            Function::new("TRUNCATE", (2, 2), bind_truncate, reference::truncate)
                .doc("The number cut off behind so many decimals.")
                .example("TRUNCATE(2.349, 2)", "2.34")
                .overload(total::<(Double,), Double, _>(f64::trunc)),
            kernels::truncate_site,
        ),
        integral(
            Function::new("CEILING", (1, 1), bind_integral, reference::ceiling)
                .doc("The smallest integer that is not below.")
                .example("CEILING(1.2)", "2"),
            Side::Up,
        ),
        integral(
            Function::new("CEIL", (1, 1), bind_integral, reference::ceiling)
                .doc("CEILING.")
                .example("CEIL(-1.2)", "-1"),
            Side::Up,
        ),
        integral(
            Function::new("FLOOR", (1, 1), bind_integral, reference::floor)
                .doc("The largest integer that is not above.")
                .example("FLOOR(-1.2)", "-2"),
            Side::Down,
        ),
        Function::new("ABS", (1, 1), bind_abs, reference::abs)
            .doc("Magnitude.")
            .example("ABS(-2.50)", "2.50")
            .overload(flagged::<(Int,), Int, _>(|a: i64| (a.wrapping_abs(), a == i64::MIN)))
            .inline(lower_abs_int)
            .overload(total::<(UInt,), UInt, _>(|a: u64| a))
            .overload(hot_total::<(Double,), Double, _>(f64::abs))
            .inline(|e: &mut dyn Emit, _: &CallSite<'_>, args: &[Lowered]| {
                Some(Lowered::value(e.double_abs(args[0].value)))
            })
            .overload(flagged::<(Dec64,), Dec64, _>(|a: i64| (a.wrapping_abs(), a == i64::MIN)))
            .exits_with(kernels::WIDTH)
            .overload(flagged::<(Dec128,), Dec128, _>(|a: i128| (a.wrapping_abs(), a == i128::MIN)))
            .exits_with(kernels::WIDTH)
            .overload(flagged::<(Dec256,), Dec256, _>(|a: I256| (a.wrapping_abs(), a == I256::MIN)))
            .out_of_range(RangeType::Decimal),
        Function::new("SIGN", (1, 1), bind_sign, reference::sign)
            .doc("-1, 0 or 1.")
            .example("SIGN(-3)", "-1")
            .overload(total::<(Int,), Int, _>(i64::signum))
            .overload(total::<(UInt,), Int, _>(|a: u64| i64::from(a != 0)))
            .overload(total::<(Double,), Int, _>(|a: f64| {
                i64::from(a > 0.0) - i64::from(a < 0.0)
            }))
            .overload(total::<(Dec64,), Int, _>(i64::signum))
            .overload(total::<(Dec128,), Int, _>(|a: i128| a.signum() as i64))
            .overload(total::<(Dec256,), Int, _>(|a: I256| a.signum().as_i64())),
    ]
}

/// ROUND and TRUNCATE with and without digits.
fn rounds(function: Function, prepare: kernels::Prepare) -> Function {
    macro_rules! digits {
        ($function:expr, $prepare:expr; $($digits:ident)*) => {
            $function$(
                .overload(fallible_with::<(Double, $digits), Double, _, _>($prepare, kernels::round_double))
                .shares_reference()
                .overload(fallible_with::<(Int, $digits), Int, _, _>($prepare, kernels::round_int))
                .overload(fallible_with::<(UInt, $digits), UInt, _, _>($prepare, kernels::round_uint))
                .overload(fallible_with::<(Dec64, $digits), Dec64, _, _>($prepare, kernels::round_decimal::<i64, _>))
                .overload(fallible_with::<(Dec128, $digits), Dec128, _, _>($prepare, kernels::round_decimal::<i128, _>))
                .overload(fallible_with::<(Dec256, $digits), Dec256, _, _>($prepare, kernels::round_decimal::<I256, _>))
            )*
        };
    }
    let function = function
        .form(Form::NullFirst)
        .overload(total::<(Int,), Int, _>(|a: i64| a))
        .overload(total::<(UInt,), UInt, _>(|a: u64| a));
    digits!(function, prepare; Int UInt)
}

/// Which way CEILING and FLOOR go.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Up,
    Down,
}

fn integral(function: Function, side: Side) -> Function {
    let function = function
        .form(Form::NullFirst)
        .overload(total::<(Int,), Int, _>(|a: i64| a))
        .overload(total::<(UInt,), UInt, _>(|a: u64| a));
    match side {
        Side::Up => function
            .overload(hot_total::<(Double,), Double, _>(f64::ceil))
            .inline(|e: &mut dyn Emit, _: &CallSite<'_>, args: &[Lowered]| {
                Some(Lowered::value(e.double_ceil(args[0].value)))
            })
            .overload(total_with::<(Dec64,), Int, _, _>(
                kernels::unit,
                kernels::ceil_to_int,
            ))
            .overload(fallible_with::<(Dec128,), Int, _, _>(
                kernels::scales,
                kernels::ceil_wide_to_int::<i128>,
            ))
            .overload(fallible_with::<(Dec64,), Dec64, _, _>(
                kernels::scales,
                kernels::ceil::<i64>,
            ))
            .overload(fallible_with::<(Dec128,), Dec128, _, _>(
                kernels::scales,
                kernels::ceil::<i128>,
            ))
            .overload(fallible_with::<(Dec256,), Dec256, _, _>(
                kernels::scales,
                kernels::ceil::<I256>,
            ))
            .overload(fallible_with::<(Dec256,), Int, _, _>(
                kernels::scales,
                kernels::ceil_wide_to_int::<I256>,
            )),
        Side::Down => function
            .overload(hot_total::<(Double,), Double, _>(f64::floor))
            .inline(|e: &mut dyn Emit, _: &CallSite<'_>, args: &[Lowered]| {
                Some(Lowered::value(e.double_floor(args[0].value)))
            })
            .overload(total_with::<(Dec64,), Int, _, _>(
                kernels::unit,
                kernels::floor_to_int,
            ))
            .overload(fallible_with::<(Dec128,), Int, _, _>(
                kernels::scales,
                kernels::floor_wide_to_int::<i128>,
            ))
            .overload(fallible_with::<(Dec64,), Dec64, _, _>(
                kernels::scales,
                kernels::floor::<i64>,
            ))
            .overload(fallible_with::<(Dec128,), Dec128, _, _>(
                kernels::scales,
                kernels::floor::<i128>,
            ))
            .overload(fallible_with::<(Dec256,), Dec256, _, _>(
                kernels::scales,
                kernels::floor::<I256>,
            ))
            .overload(fallible_with::<(Dec256,), Int, _, _>(
                kernels::scales,
                kernels::floor_wide_to_int::<I256>,
            )),
    }
}

/// A double rounded half to even at a decimal place, as ROUND does.
pub(super) fn rounded_double(value: f64, places: i64) -> f64 {
    kernels::rounded(value, places, kernels::How::Round)
}

/// BIGINT as functions give it.
fn bigint(unsigned: bool) -> SqlType {
    SqlType::bigint_of(21).with_unsigned(unsigned)
}

fn one(args: Vec<Expr>) -> Result<Expr, Error> {
    let [operand] =
        <[Expr; 1]>::try_from(args).map_err(|_| Error::unsupported("other than one operand"))?;
    scalar(operand)
}

fn scalar(operand: Expr) -> Result<Expr, Error> {
    if let ExprKind::Row(_) = operand.kind {
        return Err(Error::operand_columns(1).at(operand.span));
    }
    Ok(operand)
}

fn bind_round(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    bind_rounding(cx, args, kernels::How::Round)
}

fn bind_truncate(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    bind_rounding(cx, args, kernels::How::Truncate)
}

fn bind_rounding(
    cx: &mut BindContext<'_>,
    args: Vec<Expr>,
    how: kernels::How,
) -> Result<Expr, Error> {
    let mut args = args.into_iter();
    let number = scalar(args.next().ok_or_else(|| Error::wrong_arity("ROUND"))?)?;
    let digits = args.next().map(scalar).transpose()?;
    // MySQL: a constant is looked at once for the type; one that is an integer already, twice.
    let looks = match &digits {
        Some(digits) if digits.ty.kind.is_integer() => 2,
        _ => 1,
    };
    let nullable = number.nullable || digits.as_ref().is_some_and(|d| d.nullable);
    let own = numeric::digits(&number.ty);
    let (class, number) = numeric::hybrid(cx, number)?;
    let digits = digits.map(|d| numeric::integral(cx, d)).transpose()?;
    let constant = match &digits {
        None => Some(0),
        Some(digits) if class != Class::Decimal || !digits.is_constant() => None,
        Some(digits) => match value_warning(cx, digits, looks) {
            Some(Datum::Int(v)) => Some(v),
            Some(Datum::UInt(v)) => Some(i64::try_from(v).unwrap_or(i64::MAX)),
            Some(_) => Some(0),
            None => None,
        },
    };
    let unsigned = own.unsigned;
    let ty = match (class, constant) {
        (Class::Integer, _) => bigint(unsigned),
        (Class::Double, _) => SqlType::double(),
        (Class::Decimal, None) => numeric::decimal(own),
        (Class::Decimal, Some(digits)) => numeric::decimal(match how {
            kernels::How::Round => own.rounded(digits),
            kernels::How::Truncate => own.truncated(digits),
        }),
    };
    let literal = |value: i64| Expr::literal(Datum::Int(value), SqlType::bigint());
    let args = match (class, digits) {
        // Rounded to integers, doubles need no digits; integers never do.
        (Class::Double, None) => vec![number],
        (Class::Double, Some(d)) if d.as_literal() == Some(&Datum::Int(0)) => vec![number],
        (Class::Integer, None) => vec![number],
        (_, None) => vec![number, literal(0)],
        (_, Some(d)) => vec![number, d],
    };
    Ok(cx.call(args, ty, nullable))
}

/// The value of a constant, whose warnings are raised so many times. `None` if it has none.
fn value_warning(cx: &mut BindContext<'_>, constant: &Expr, times: usize) -> Option<Datum> {
    if let Some(value) = constant.as_literal() {
        return Some(value.clone());
    }
    let (value, warnings) = (cx.evaluate)(constant).ok()?;
    for _ in 0..times {
        cx.warnings.extend(warnings.iter().cloned());
    }
    Some(value)
}

fn bind_integral(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let operand = one(args)?;
    let nullable = operand.nullable;
    let own = numeric::digits(&operand.ty);
    let (class, operand) = numeric::hybrid(cx, operand)?;
    let ty = match class {
        Class::Integer => bigint(own.unsigned),
        Class::Double => SqlType::double(),
        Class::Decimal => match own.integral() {
            Some(digits) => numeric::decimal(digits),
            None => bigint(false),
        },
    };
    Ok(cx.call(vec![operand], ty, nullable))
}

fn bind_abs(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let operand = one(args)?;
    let nullable = operand.nullable;
    let own = operand.ty.clone();
    let (class, operand) = numeric::hybrid(cx, operand)?;
    let ty = match class {
        Class::Integer => SqlType::bigint_of(own.length).with_unsigned(own.unsigned),
        Class::Decimal => numeric::decimal(numeric::digits(&own)),
        Class::Double => {
            // MySQL: a hexadecimal literal is unsigned even as a DOUBLE.
            let unsigned = own.unsigned && own.kind == TypeKind::Hex;
            numeric::double(numeric::shown_decimals(&own)).with_unsigned(unsigned)
        }
    };
    Ok(cx.call(vec![operand], ty, nullable))
}

fn bind_sign(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let operand = one(args)?;
    let nullable = operand.nullable;
    let (_, operand) = numeric::hybrid(cx, operand)?;
    Ok(cx.call(vec![operand], bigint(false), nullable))
}

fn lower_abs_int(e: &mut dyn Emit, _: &CallSite<'_>, args: &[Lowered]) -> Option<Lowered> {
    let (zero, lowest) = (e.int(0), e.int(i64::MIN));
    let value = args[0].value;
    let lost = e.compare(Relation::Equal, value, lowest);
    e.exit_if(lost, Exit::Error(Fault::OutOfRange(RangeType::BigInt)));
    let negative = e.compare(Relation::Less, value, zero);
    let negated = e.sub(zero, value);
    Some(Lowered::value(e.select(negative, negated, value)))
}
