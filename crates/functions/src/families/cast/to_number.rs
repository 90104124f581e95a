//! Conversions to numbers: integers of either sign, DECIMAL, DOUBLE, FLOAT, YEAR, and truth values.
//!
//! A value is first read as the number it is (`source`), a text by the rules of what it becomes; then it is fitted into the target
//! (`target`). The implicit conversion clamps; the explicit one wraps integers as MySQL's CAST does.

mod source;
mod target;

use crate::emit::{Emit, Lowered, NativeValue, Relation};
use crate::families::json;
use crate::families::numeric::{self, Class};
use crate::families::whole_seconds;
use crate::kernel::{fallible_with, flagged_with, hot_total, total, total_with};
use crate::native::{
    Bool, Bytes, Date, DateTime, Dec64, Dec128, Dec256, Double, Int, Native, Time, UInt,
};
use crate::{BindContext, CallSite, Exit, Expr, Fault, Function, Reason, RowContext};
use source::{Number, Seconds, Source};
use sqlift_types::decimal::{Coefficient, Decimal, to_f64};
use sqlift_types::{Datum, Error, I256, Repr, SqlMode, SqlType, TypeKind};
use target::Target;

/// Who asks for a conversion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    /// MySQL, of an operand.
    Implicitly,
    /// The user: CAST, CONVERT.
    Explicitly,
}

/// Where the operand comes from, as far as MySQL's warnings care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    /// Written as a literal.
    Literal,
    /// A column of the row.
    Column,
    /// Computed, from constants or not.
    Computed,
}

/// What a conversion needs to know of its call.
#[derive(Clone, Debug)]
struct Conversion {
    asked: Asked,
    origin: Origin,
    /// Whether a text that is no number is one in silence.
    quiet: bool,
    from: SqlType,
    to: SqlType,
    /// Whether TIME_TRUNCATE_FRACTIONAL is set.
    cuts_seconds: bool,
}

impl Conversion {
    fn of(site: &CallSite<'_>, asked: Asked) -> Conversion {
        let operand = &site.args[0];
        let mode = site.session.sql_mode;
        Conversion {
            asked,
            origin: match &operand.constant {
                _ if operand.column => Origin::Column,
                Some(_) if !operand.computed => Origin::Literal,
                _ => Origin::Computed,
            },
            quiet: operand.quiet && asked == Asked::Implicitly,
            from: operand.ty.clone(),
            to: site.ret.clone(),
            cuts_seconds: mode.contains(SqlMode::TIME_TRUNCATE_FRACTIONAL),
        }
    }

    /// A number without fraction is made of a time without fraction.
    fn seconds(&self) -> Seconds {
        match self.to.kind {
            TypeKind::Decimal | TypeKind::Double | TypeKind::Float | TypeKind::Bool => {
                Seconds::Kept
            }
            _ if self.cuts_seconds => Seconds::Cut,
            _ => Seconds::Rounded,
        }
    }
}

type Prepare = fn(&CallSite<'_>) -> Result<Conversion, Error>;

macro_rules! converts {
    ($function:expr, $prepare:expr; $($from:ident)* => $to:ident) => {
        $function$(.overload(fallible_with::<($from,), $to, _, _>($prepare, convert::<$from, $to>)).warns().shares_reference())*
    };
}

/// Adds the overloads of the implicit conversion.
pub(super) fn coerce(function: Function) -> Function {
    let prepare: Prepare = |site| Ok(Conversion::of(site, Asked::Implicitly));
    rescales(common(function, prepare))
}

/// Exact numbers at another scale.
fn rescales(function: Function) -> Function {
    macro_rules! rescales {
        ($function:expr; $($from:ident)* => $to:ident) => {
            $function$(.overload(flagged_with::<($from,), $to, _, _>(scales, rescale::<$from, $to>)).exits_with(WIDTH).inline(lower_rescale))*
        };
    }
    const WIDTH: Exit = Exit::Deopt(Reason::DecimalWidth);
    let function = rescales!(function; Int Bool UInt Dec64 => Dec64);
    let function = rescales!(function; Int Bool UInt Dec64 Dec128 => Dec128);
    rescales!(function; Int Bool UInt Dec64 Dec128 Dec256 => Dec256)
}

const YEAR: &str = "CAST AS YEAR";

/// CAST AS YEAR, whose numbers are years of two digits or four, not 64 bits.
pub(super) fn cast_year() -> Function {
    let prepare: Prepare = |site| Ok(Conversion::of(site, Asked::Explicitly));
    let function = Function::operator(YEAR, bind_year, year_reference)
        .doc("The year that a number, text or moment names; NULL outside 1901 to 2155.")
        .example("CAST('69' AS YEAR)", "2069");
    converts!(function, prepare; Bool Int UInt Double Dec64 Dec128 Dec256 Date DateTime Bytes => UInt)
}

/// Only CAST makes it.
fn bind_year(_: &mut BindContext<'_>, _: Vec<Expr>) -> Result<Expr, Error> {
    Err(Error::unsupported("CAST AS YEAR of more than one operand"))
}

fn year_reference(
    cx: &RowContext<'_>,
    site: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    cast_reference(cx, site, &args[0])
}

/// Adds the overloads of the explicit conversion.
pub(super) fn cast(function: Function) -> Function {
    let prepare: Prepare = |site| Ok(Conversion::of(site, Asked::Explicitly));
    // With a second argument, the name of the result, a DECIMAL is clamped to its precision.
    macro_rules! fits {
        ($function:expr; $(($from:ident, $to:ident))*) => {
            $function$(.overload(fallible_with::<($from, Bytes), $to, _, _>(fit, fit_kernel)).warns().shares_reference())*
        };
    }
    fits!(rescales(common(function, prepare));
        (Dec64, Dec64) (Dec64, Dec128) (Dec64, Dec256)
        (Dec128, Dec64) (Dec128, Dec128) (Dec128, Dec256)
        (Dec256, Dec64) (Dec256, Dec128) (Dec256, Dec256))
}

/// Scale of the operand; precision and scale of the result.
struct Fitting {
    from: u8,
    to: (u8, u8),
}

fn fit(site: &CallSite<'_>) -> Result<Fitting, Error> {
    Ok(Fitting {
        from: site.args[0].ty.decimals,
        to: (site.ret.length.min(65) as u8, site.ret.decimals),
    })
}

fn fit_kernel<'r, A: Coefficient, B: Coefficient>(
    fitting: &'r Fitting,
    cx: &RowContext<'r>,
    value: A,
    column: &'r [u8],
) -> Result<Option<B>, Exit> {
    let value = Decimal::from_coefficient(value, fitting.from).unwrap_or_default();
    let fitted = target::fitted(cx, value, fitting.to, column);
    let coefficient = fitted.to_coefficient(fitting.to.1);
    coefficient
        .map(Some)
        .ok_or(Exit::Deopt(Reason::DecimalWidth))
}

fn common(function: Function, prepare: Prepare) -> Function {
    let function = function
        .overload(hot_total::<(Int,), Double, _>(|v: i64| v as f64))
        .inline(|e: &mut dyn Emit, _: &CallSite<'_>, args: &[Lowered]| {
            Some(Lowered::value(e.int_to_double(args[0].value)))
        })
        .overload(hot_total::<(UInt,), Double, _>(|v: u64| v as f64))
        .inline(|e: &mut dyn Emit, _: &CallSite<'_>, args: &[Lowered]| {
            Some(Lowered::value(e.uint_to_double(args[0].value)))
        })
        .overload(total::<(Bool,), Double, _>(|v: bool| {
            f64::from(u8::from(v))
        }))
        .inline(|e: &mut dyn Emit, _: &CallSite<'_>, args: &[Lowered]| {
            let value = e.bool_to_int(args[0].value);
            Some(Lowered::value(e.int_to_double(value)))
        })
        .overload(total::<(Bool,), Int, _>(i64::from))
        .inline(|e: &mut dyn Emit, _: &CallSite<'_>, args: &[Lowered]| {
            Some(Lowered::value(e.bool_to_int(args[0].value)))
        })
        .overload(total::<(Bool,), UInt, _>(u64::from))
        .inline(|e: &mut dyn Emit, _: &CallSite<'_>, args: &[Lowered]| {
            Some(Lowered::value(e.bool_to_int(args[0].value)))
        })
        // The 64 bits stay as they are, whichever sign they are read with.
        .overload(total::<(Int,), Int, _>(|v: i64| v))
        .inline(lower_same_bits)
        .overload(total::<(UInt,), UInt, _>(|v: u64| v))
        .inline(lower_same_bits)
        .overload(total::<(Int,), UInt, _>(|v: i64| v as u64))
        .inline(lower_same_bits)
        .overload(total::<(UInt,), Int, _>(|v: u64| v as i64))
        .inline(lower_same_bits)
        .overload(total::<(Int,), Bool, _>(|v: i64| v != 0))
        .inline(|e: &mut dyn Emit, _: &CallSite<'_>, args: &[Lowered]| {
            let zero = e.int(0);
            Some(Lowered::value(e.compare(
                Relation::NotEqual,
                args[0].value,
                zero,
            )))
        })
        .overload(total::<(UInt,), Bool, _>(|v: u64| v != 0))
        .inline(|e: &mut dyn Emit, _: &CallSite<'_>, args: &[Lowered]| {
            let zero = e.int(0);
            Some(Lowered::value(e.compare(
                Relation::NotEqual,
                args[0].value,
                zero,
            )))
        })
        .overload(total::<(Double,), Bool, _>(|v: f64| v != 0.0))
        .inline(|e: &mut dyn Emit, _: &CallSite<'_>, args: &[Lowered]| {
            let zero = e.double(0.0);
            Some(Lowered::value(e.double_compare(
                Relation::NotEqual,
                args[0].value,
                zero,
            )))
        });
    let function = function
        .overload(total_with::<(Dec64,), Double, _, _>(
            scale_of,
            of_decimal::<i64>,
        ))
        .overload(total_with::<(Dec128,), Double, _, _>(
            scale_of,
            of_decimal::<i128>,
        ))
        .overload(total_with::<(Dec256,), Double, _, _>(
            scale_of,
            of_decimal::<I256>,
        ))
        .overload(total::<(Dec64,), Bool, _>(|v: i64| v != 0))
        .inline(|e: &mut dyn Emit, _: &CallSite<'_>, args: &[Lowered]| {
            let zero = e.int(0);
            Some(Lowered::value(e.compare(
                Relation::NotEqual,
                args[0].value,
                zero,
            )))
        })
        .overload(total::<(Dec128,), Bool, _>(|v: i128| v != 0))
        .overload(total::<(Dec256,), Bool, _>(|v: I256| v != I256::ZERO));
    let function = converts!(function, prepare; Double Date Time DateTime Bytes => Double);
    let function =
        converts!(function, prepare; Double Dec64 Dec128 Dec256 Date Time DateTime Bytes => Int);
    let function =
        converts!(function, prepare; Double Dec64 Dec128 Dec256 Date Time DateTime Bytes => UInt);
    let function = converts!(function, prepare; Date Time DateTime Bytes => Bool);
    let function = converts!(function, prepare; Double Date Time DateTime Bytes => Dec64);
    let function = converts!(function, prepare; Double Date Time DateTime Bytes => Dec128);
    converts!(function, prepare; Double Date Time DateTime Bytes => Dec256)
}

fn scale_of(site: &CallSite<'_>) -> Result<u8, Error> {
    Ok(site.args[0].ty.decimals)
}

fn of_decimal<C: Coefficient>(scale: &u8, _: &RowContext<'_>, value: C) -> f64 {
    to_f64(value, *scale)
}

fn lower_same_bits(_: &mut dyn Emit, _: &CallSite<'_>, args: &[Lowered]) -> Option<Lowered> {
    Some(Lowered::value(args[0].value))
}

fn convert<'r, A: Source, R: Target>(
    conversion: &'r Conversion,
    cx: &RowContext<'r>,
    value: A::Val<'r>,
) -> Result<Option<R::Plain>, Exit> {
    let number = A::number(conversion, cx, value);
    R::take(conversion, cx, number)
}

/// Scales before and after.
struct Scales {
    from: u8,
    to: u8,
}

fn scales(site: &CallSite<'_>) -> Result<Scales, Error> {
    let from = &site.args[0].ty;
    Ok(Scales {
        from: if from.repr().is_decimal() {
            from.decimals
        } else {
            0
        },
        to: site.ret.decimals,
    })
}

/// An exact number as the coefficient of another scale, at least as wide.
fn rescale<'r, A: Exact, R: Exact>(
    scales: &'r Scales,
    _: &RowContext<'r>,
    value: A::Val<'r>,
) -> (R::Coefficient, bool) {
    let wide = A::coefficient::<R::Coefficient>(value);
    match wide.and_then(|wide| wide.rescale(scales.from, scales.to)) {
        Some(coefficient) => (coefficient, false),
        // What no width holds is tier 0's to judge: a conversion takes the largest number for it, a branch shows it at its own scale.
        None => (R::Coefficient::ZERO, true),
    }
}

/// An exact number: an integer or a decimal.
trait Exact: Native {
    /// What carries it.
    type Coefficient: Coefficient;
    /// The unscaled number, if the width holds it.
    fn coefficient<C: Coefficient>(value: Self::Val<'_>) -> Option<C>;
}

macro_rules! exact {
    ($($marker:ident $coefficient:ty, |$v:ident| $convert:expr;)*) => {$(
        impl Exact for $marker {
            type Coefficient = $coefficient;
            fn coefficient<C: Coefficient>($v: Self::Val<'_>) -> Option<C> { $convert }
        }
    )*};
}

exact! {
    Bool i64, |v| Some(C::from_i64(v.into()));
    Int i64, |v| Some(C::from_i64(v));
    UInt i128, |v| C::from_u64(v);
    Dec64 i64, |v| Some(C::from_i64(v));
    Dec128 i128, |v| C::from_i128(v);
    Dec256 I256, |v| C::from_i256(v);
}

/// To a scale that is not smaller, by multiplication, where the digits of the type say that nothing is lost.
fn lower_rescale(e: &mut dyn Emit, site: &CallSite<'_>, args: &[Lowered]) -> Option<Lowered> {
    let from = &site.args[0];
    let before = if from.repr.is_decimal() {
        from.ty.decimals
    } else {
        0
    };
    let shift = u32::from(site.ret.decimals.checked_sub(before)?);
    let narrow = match from.repr {
        Repr::Int | Repr::Dec64 => args[0].value,
        Repr::Bool => e.bool_to_int(args[0].value),
        _ => return None,
    };
    match site.ret_repr {
        Repr::Dec64 if shift == 0 => Some(Lowered::value(narrow)),
        Repr::Dec64 => {
            let unit = e.int(i64::pow10(shift)?);
            let (value, lost) = e.mul_overflow(narrow, unit);
            e.bet(lost, Reason::DecimalWidth);
            Some(Lowered::value(value))
        }
        // 64 bits hold 19 digits, 128 bits 38: no product of these overflows.
        Repr::Dec128 if shift <= 19 => {
            let wide: NativeValue = e.widen(narrow);
            let unit = e.wide(i128::pow10(shift)?);
            Some(Lowered::value(e.mul(wide, unit)))
        }
        _ => None,
    }
}

/// CAST AS SIGNED, UNSIGNED, DECIMAL, DOUBLE, FLOAT, YEAR.
pub(super) fn bind_cast(
    cx: &mut BindContext<'_>,
    operand: Expr,
    target: SqlType,
) -> Result<Expr, Error> {
    let operand = match target.kind.is_integer() {
        true => whole_seconds(operand),
        false => operand,
    };
    let class = numeric::class(&operand.ty)?;
    let nullable = operand.nullable;
    let operand = match target.kind {
        TypeKind::BigInt if json::is_json(&operand) => {
            return Ok(cx.coerce(operand, target.with_length(21)));
        }
        TypeKind::Double if json::is_json(&operand) => return Ok(cx.coerce(operand, target)),
        TypeKind::Year if json::is_json(&operand) => cx.coerce(operand, SqlType::bigint()),
        _ => operand,
    };
    match target.kind {
        TypeKind::BigInt => {
            // A double goes by way of BIGINT, whatever the sign that is asked for.
            let operand = as_integer(cx, operand);
            Ok(cx.call(vec![operand], target.with_length(21), nullable))
        }
        TypeKind::Float => {
            let operand = numeric::double_operand(cx, operand)?;
            Ok(cx.call(vec![operand], target.with_length(23), nullable))
        }
        TypeKind::Year => {
            let operand = if operand.ty.kind == TypeKind::Time {
                cx.coerce(operand, SqlType::datetime(0))
            } else {
                as_integer(cx, operand)
            };
            Ok(cx.call_named(YEAR, vec![operand], target, true))
        }
        TypeKind::Decimal => {
            let operand = match class {
                Class::Double => cx.coerce(operand, SqlType::decimal(65, target.decimals)),
                _ => numeric::decimal_operand(cx, operand)?,
            };
            if holds(&target, &operand.ty) {
                return Ok(cx.call(vec![operand], target, nullable));
            }
            let name = cx.name.unwrap_or("(null)").as_bytes().to_vec();
            let name = Expr::literal(
                Datum::Bytes(name.clone()),
                SqlType::varchar(name.len() as u32),
            );
            Ok(cx.call(vec![operand, name], target, nullable))
        }
        _ => {
            let operand = match operand.ty.kind {
                TypeKind::Hex => numeric::operand(cx, operand)?,
                _ => operand,
            };
            Ok(cx.call(vec![operand], target, nullable))
        }
    }
}

fn as_integer(cx: &mut BindContext<'_>, operand: Expr) -> Expr {
    if operand.ty.kind.is_floating() {
        cx.coerce(operand, SqlType::bigint())
    } else {
        operand
    }
}

/// Whether every number of a DECIMAL type, rounded, has digits that another holds.
fn holds(target: &SqlType, from: &SqlType) -> bool {
    let whole = |ty: &SqlType| ty.length.saturating_sub(ty.decimals.into());
    let carry = u32::from(target.decimals < from.decimals);
    from.length < 65 && whole(from) + carry <= whole(target)
}

pub(super) fn coerce_reference(
    cx: &RowContext<'_>,
    site: &CallSite<'_>,
    value: &Datum,
) -> Result<Datum, Fault> {
    reference(cx, Conversion::of(site, Asked::Implicitly), value)
}

pub(super) fn cast_reference(
    cx: &RowContext<'_>,
    site: &CallSite<'_>,
    value: &Datum,
) -> Result<Datum, Fault> {
    let conversion = Conversion::of(site, Asked::Explicitly);
    match (
        value,
        site.args.get(1).and_then(|name| name.constant.as_ref()),
    ) {
        (Datum::Decimal(value), Some(Datum::Bytes(name))) => {
            let to = (site.ret.length.min(65) as u8, site.ret.decimals);
            Ok(Datum::Decimal(target::fitted(cx, *value, to, name)))
        }
        _ => reference(cx, conversion, value),
    }
}

fn reference(cx: &RowContext<'_>, conversion: Conversion, value: &Datum) -> Result<Datum, Fault> {
    let c = &conversion;
    let number = match value {
        Datum::Null => return Ok(Datum::Null),
        Datum::Int(v) => Number::Int(*v),
        Datum::UInt(v) => Number::UInt(*v),
        Datum::Double(v) => Number::Double(*v),
        Datum::Decimal(v) => Number::Decimal(*v),
        Datum::Date(v) => Date::number(c, cx, *v),
        Datum::Time(v) => Time::number(c, cx, *v),
        Datum::DateTime(v) => DateTime::number(c, cx, *v),
        Datum::Bytes(v) => source::text(c, cx, v),
        Datum::Json(_) => {
            cx.raise(Error::unsupported("JSON as a number"));
            return Err(Fault::Raised);
        }
    };
    target::datum(c, cx, number)
}
