//! Powers, logarithms, trigonometry, PI.
//!
//! All of it is DOUBLE. A result that is not finite is error 1690; outside a function's domain the result is NULL: in silence for SQRT, ASIN and
//! ACOS, with warning 3020 for logarithms.

use super::numeric;
use crate::kernel::{fallible, fallible_with};
use crate::native::{Double, Opt};
use crate::{BindContext, CallSite, Exit, Expr, ExprKind, Fault, Function, RangeType, RowContext};
use sqlift_types::{Datum, Error, SqlType, Warning};
use std::f64::consts::{LN_2, PI};

type Unary = fn(f64) -> Result<Option<f64>, Exit>;
type Binary = fn(f64, f64) -> Result<Option<f64>, Exit>;

pub(super) fn functions() -> Vec<Function> {
    macro_rules! unary {
        ($name:literal, $bind:ident, $kernel:expr, $doc:literal, $example:literal, $value:literal) => {{
            const KERNEL: Unary = $kernel;
            fn reference(
                _: &RowContext<'_>,
                _: &CallSite<'_>,
                args: &[Datum],
            ) -> Result<Datum, Fault> {
                unary_reference(args, KERNEL)
            }
            Function::new($name, (1, 1), $bind, reference)
                .doc($doc)
                .example($example, $value)
                .overload(fallible::<(Double,), Double, _>(KERNEL))
                .shares_reference()
        }};
    }
    macro_rules! binary {
        ($function:expr, $kernel:expr) => {
            $function
                .overload(fallible::<(Double, Double), Double, _>($kernel))
                .shares_reference()
        };
    }
    macro_rules! logarithm {
        ($name:literal, $arity:expr, $kernel:expr, $doc:literal, $example:literal, $value:literal) => {{
            const KERNEL: Logarithm = $kernel;
            fn reference(
                cx: &RowContext<'_>,
                _: &CallSite<'_>,
                args: &[Datum],
            ) -> Result<Datum, Fault> {
                logarithm_reference(cx, args, KERNEL)
            }
            Function::new($name, $arity, bind_nullable, reference)
                .doc($doc)
                .example($example, $value)
                .overload(fallible_with::<(Double,), Double, _, _>(
                    no_state,
                    |(), cx, x| logarithm(cx, x, KERNEL),
                ))
                .warns()
                .shares_reference()
        }};
    }
    vec![
        Function::new("PI", (0, 0), bind_pi, no_reference)
            .doc("The ratio of a circle's circumference to its diameter.")
            .example("PI()", "3.141593"),
        unary!("SQRT", bind_nullable, |x| Ok((x >= 0.0).then(|| x.sqrt())), "Square root; NULL below 0.", "SQRT(16)", "4"),
        unary!("EXP", bind_nullable, |x| finite(x.exp()), "e to the power of x.", "EXP(0)", "1"),
        unary!("SIN", bind_nullable, |x| finite(x.sin()), "Sine of an angle in radians.", "SIN(0)", "0"),
        unary!("COS", bind_nullable, |x| finite(x.cos()), "Cosine of an angle in radians.", "COS(0)", "1"),
        unary!("TAN", bind_nullable, |x| finite(x.tan()), "Tangent of an angle in radians.", "TAN(0)", "0"),
        unary!("COT", bind_nullable, |x| finite(1.0 / x.tan()), "Cotangent of an angle in radians.", "COT(1)", "0.6420926159343306"),
        unary!("ASIN", bind_nullable, |x| Ok(in_unit(x).map(f64::asin)), "The angle of a sine; NULL outside -1 to 1.", "ASIN(0)", "0"),
        unary!("ACOS", bind_nullable, |x| Ok(in_unit(x).map(f64::acos)), "The angle of a cosine; NULL outside -1 to 1.", "ACOS(1)", "0"),
        unary!("DEGREES", bind_strict, |x| finite(x * (180.0 / PI) + 0.0), "Radians as degrees.", "DEGREES(PI())", "180"),
        unary!("RADIANS", bind_strict, |x| finite(x * (PI / 180.0) + 0.0), "Degrees as radians.", "RADIANS(180)", "3.141592653589793"),
        binary!(
            unary_or_binary("ATAN", "The angle of a tangent, of one number or of y and x.", "ATAN(0)", "0"),
            ATAN2
        ),
        binary!(
            unary_or_binary("ATAN2", "The angle of the point (x, y), given as y, x.", "ATAN2(0, 1)", "0"),
            ATAN2
        ),
        binary!(
            Function::new("POW", (2, 2), bind_nullable, power_reference)
                .doc("The first number to the power of the second.")
                .example("POW(2, 10)", "1024"),
            POWER
        ),
        binary!(
            Function::new("POWER", (2, 2), bind_nullable, power_reference)
                .doc("POW.")
                .example("POWER(2, -1)", "0.5"),
            POWER
        ),
        logarithm!("LN", (1, 1), f64::ln, "Natural logarithm; NULL for 0 and below.", "LN(1)", "0"),
        logarithm!("LOG2", (1, 1), |x| x.ln() / LN_2, "Logarithm to the base 2.", "LOG2(8)", "3"),
        logarithm!("LOG10", (1, 1), f64::log10, "Logarithm to the base 10.", "LOG10(1000)", "3"),
        Function::new("LOG", (1, 2), bind_nullable, log_reference)
            .doc("Natural logarithm, or logarithm of the second number to the base that the first one is.")
            .example("LOG(2, 8)", "3")
            .overload(fallible_with::<(Double,), Double, _, _>(no_state, |(), cx, x| {
                logarithm(cx, x, f64::ln)
            }))
            .warns()
            .shares_reference()
            .overload(fallible_with::<(Double, Opt<Double>), Double, _, _>(no_state, |(), cx, base, x| {
                log_to_base(cx, base, x)
            }))
            .warns()
            .shares_reference(),
    ]
}

fn unary_or_binary(
    name: &'static str,
    doc: &'static str,
    example: &'static str,
    value: &'static str,
) -> Function {
    Function::new(name, (1, 2), bind_nullable, arc_tangent_reference)
        .doc(doc)
        .example(example, value)
        .overload(fallible::<(Double,), Double, _>(ATAN))
        .shares_reference()
}

const ATAN: Unary = |x| Ok(Some(x.atan()));
const ATAN2: Binary = |y, x| finite(y.atan2(x));
const POWER: Binary = |x, y| finite(x.powf(y));

fn no_state(_: &CallSite<'_>) -> Result<(), Error> {
    Ok(())
}

/// Error 1690 for what is not finite.
fn finite(value: f64) -> Result<Option<f64>, Exit> {
    if value.is_finite() {
        Ok(Some(value))
    } else {
        Err(Exit::Error(Fault::OutOfRange(RangeType::Double)))
    }
}

fn in_unit(x: f64) -> Option<f64> {
    (-1.0..=1.0).contains(&x).then_some(x)
}

type Logarithm = fn(f64) -> f64;

fn invalid(cx: &RowContext<'_>) -> Result<Option<f64>, Exit> {
    cx.warn(Warning::new(3020, "Invalid argument for logarithm"));
    Ok(None)
}

fn logarithm(cx: &RowContext<'_>, x: f64, function: Logarithm) -> Result<Option<f64>, Exit> {
    if x <= 0.0 {
        return invalid(cx);
    }
    finite(function(x))
}

/// MySQL: the base is looked at first, even if the number is NULL; a base of 1 is invalid only with a valid number.
fn log_to_base(cx: &RowContext<'_>, base: f64, x: Option<f64>) -> Result<Option<f64>, Exit> {
    if base <= 0.0 {
        return invalid(cx);
    }
    let Some(x) = x else {
        return Ok(None);
    };
    if base == 1.0 || x <= 0.0 {
        return invalid(cx);
    }
    finite(x.ln() / base.ln())
}

fn doubles(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Vec<Expr>, Error> {
    let convert = |arg: Expr| {
        if let ExprKind::Row(_) = arg.kind {
            return Err(Error::operand_columns(1).at(arg.span));
        }
        numeric::double_operand(cx, arg)
    };
    args.into_iter().map(convert).collect()
}

fn bind_nullable(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let args = doubles(cx, args)?;
    Ok(cx.call(args, SqlType::double(), true))
}

fn bind_strict(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let nullable = args.iter().any(|a| a.nullable);
    let args = doubles(cx, args)?;
    Ok(cx.call(args, SqlType::double(), nullable))
}

/// A constant that shows six decimals and has all.
fn bind_pi(cx: &mut BindContext<'_>, _: Vec<Expr>) -> Result<Expr, Error> {
    let ty = SqlType {
        decimals: 6,
        ..SqlType::double().with_length(8)
    };
    Ok(Expr::literal(Datum::Double(PI), ty).at(cx.span))
}

/// PI is a constant: nothing calls it.
fn no_reference(_: &RowContext<'_>, _: &CallSite<'_>, _: &[Datum]) -> Result<Datum, Fault> {
    Ok(Datum::Double(PI))
}

fn settled(outcome: Result<Option<f64>, Exit>) -> Result<Datum, Fault> {
    match outcome {
        Ok(Some(value)) => Ok(Datum::Double(value)),
        Ok(None) => Ok(Datum::Null),
        Err(Exit::Error(fault)) => Err(fault),
        Err(Exit::Deopt(_)) => Err(Fault::OutOfRange(RangeType::Double)),
    }
}

fn unary_reference(args: &[Datum], function: Unary) -> Result<Datum, Fault> {
    match args {
        [Datum::Double(x)] => settled(function(*x)),
        _ => Ok(Datum::Null),
    }
}

fn arc_tangent_reference(
    _: &RowContext<'_>,
    _: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    match args {
        [Datum::Double(y), Datum::Double(x)] => settled(ATAN2(*y, *x)),
        _ => unary_reference(args, ATAN),
    }
}

fn power_reference(_: &RowContext<'_>, _: &CallSite<'_>, args: &[Datum]) -> Result<Datum, Fault> {
    match args {
        [Datum::Double(x), Datum::Double(y)] => settled(POWER(*x, *y)),
        _ => Ok(Datum::Null),
    }
}

fn logarithm_reference(
    cx: &RowContext<'_>,
    args: &[Datum],
    function: Logarithm,
) -> Result<Datum, Fault> {
    match args {
        [Datum::Double(x)] => settled(logarithm(cx, *x, function)),
        _ => Ok(Datum::Null),
    }
}

fn log_reference(cx: &RowContext<'_>, _: &CallSite<'_>, args: &[Datum]) -> Result<Datum, Fault> {
    match args {
        [Datum::Double(base), Datum::Double(x)] => settled(log_to_base(cx, *base, Some(*x))),
        [Datum::Double(base), Datum::Null] => settled(log_to_base(cx, *base, None)),
        _ => logarithm_reference(cx, args, f64::ln),
    }
}
