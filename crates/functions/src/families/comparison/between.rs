//! BETWEEN.
//!
//! One domain for all three operands, by rules of its own: text that is compared with dates and that is none counts as `0000-00-00`, with a
//! warning, where `=` raises error 1525. The bounds are only evaluated if the value is not NULL, and then both are.

use super::super::{json, textual};
use super::domain::{self, Class};
use super::membership::{numbers_or_texts, said_once};
use super::moment::Wording;
use super::ordering::{self, Scales, TextOrder};
use super::{constant, moment};
use crate::emit::{Emit, Lowered, NativeValue, Relation};
use crate::kernel::{
    BatchContext, Eval, Lanes, Node, constant_operand, nullable_chunked_in_rows, nullable_with,
    tested, truths,
};
use crate::native::{
    Bool, Bytes, Date, DateTime, Dec64, Dec128, Dec256, Double, Int, Native, Number, Opt, Time,
    UInt,
};
use crate::{BindContext, CallSite, Expr, Fault, Form, Function, RowContext};
use sqlift_types::{Datum, Error, I256, Span, SqlType, TypeKind};
use std::cmp::Ordering;

/// Three-valued `low <= value AND value <= high`.
fn within(low: Option<bool>, high: Option<bool>) -> Option<bool> {
    match (low, high) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

/// A chunk's values between bounds that are the same for all rows, as they mostly are.
fn between_constants<'r, N: Native>(
    values: &Lanes<'r, N>,
    low: &Lanes<'r, N>,
    high: &Lanes<'r, N>,
    batch: &BatchContext<'r>,
) -> Option<Lanes<'r, Bool>>
where
    N::Val<'r>: PartialOrd,
{
    match (low, high) {
        (Lanes::Constant(Some(low)), Lanes::Constant(Some(high))) => {
            truths(values, batch, |v| (*low <= v) & (v <= *high))
        }
        _ => None,
    }
}

/// A row's value between bounds that are constants.
fn test_between_constants<N>(nodes: Vec<Node>) -> Result<Box<dyn Eval<Bool>>, Vec<Node>>
where
    N: Number + Native<Owned = <N as Number>::Plain>,
    N::Plain: PartialOrd,
{
    let bound = |place: usize| nodes.get(place).and_then(constant_operand::<N>);
    match (bound(1), bound(2)) {
        (Some(low), Some(high)) => {
            tested::<N>(nodes, move |value| Some((low <= value) & (value <= high)))
        }
        _ => Err(nodes),
    }
}

pub(super) fn between() -> Function {
    macro_rules! plain {
        ($function:expr, $($marker:ident $value:ty, $compare:ident);*) => {
            $function$(
                .overload(nullable_chunked_in_rows::<($marker, Opt<$marker>, Opt<$marker>), Bool, _, _>(
                    |_| Ok(()),
                    |(), _: &_, v: $value, low: Option<$value>, high: Option<$value>| {
                        within(low.map(|l| l <= v), high.map(|h| v <= h))
                    },
                    |(), batch, (values, low, high), _| between_constants(values, low, high, batch),
                    |(), nodes| test_between_constants::<$marker>(nodes),
                ))
                .inline(|e, _, args| lower_between(e, args, |e, r, a, b| e.$compare(r, a, b)))
                .only_orders()
            )*
        };
    }
    macro_rules! decimal {
        ($function:expr, $($marker:ident $value:ty, $compare:ident, $lower:expr);*) => {
            $function$(
                .overload(nullable_chunked_in_rows::<($marker, Opt<$marker>, Opt<$marker>), Bool, _, _>(
                    |site| Ok([ordering::scales_of(site, 1, 0), ordering::scales_of(site, 0, 2)]),
                    |s: &[Scales; 2], _: &_, v: $value, low: Option<$value>, high: Option<$value>| {
                        within(
                            low.map(|l| s[0].$compare(l, v).is_le()),
                            high.map(|h| s[1].$compare(v, h).is_le()),
                        )
                    },
                    |s: &[Scales; 2], batch, (values, low, high), _| {
                        let as_they_are = s.iter().all(Scales::are_equal);
                        as_they_are.then(|| between_constants(values, low, high, batch))?
                    },
                    |s: &[Scales; 2], nodes| match s.iter().all(Scales::are_equal) {
                        true => test_between_constants::<$marker>(nodes),
                        false => Err(nodes),
                    },
                ))
                .inline($lower)
            )*
        };
    }
    let f = Function::operator("BETWEEN", bind_between, between_reference)
        .doc("Whether the first lies between the others, bounds included.")
        .example("2 BETWEEN 1 AND 3", "1")
        .form(Form::Guarded);
    let f = plain!(f, Int i64, compare; UInt u64, unsigned_compare; Double f64, double_compare;
        Date i64, compare; DateTime i64, compare; Time i64, compare);
    let f = decimal!(f, Dec64 i64, compare_64, lower_decimals; Dec128 i128, compare_128, lower_decimals;
        Dec256 I256, compare_256, |_, _, _| None);
    f.overload(
        nullable_with::<(Bytes, Opt<Bytes>, Opt<Bytes>), Bool, _, _>(
            ordering::text_order,
            |order: &TextOrder, _, v: &[u8], low: Option<&[u8]>, high: Option<&[u8]>| {
                within(
                    low.map(|l| order.compare(l, v).is_le()),
                    high.map(|h| order.compare(v, h).is_le()),
                )
            },
        ),
    )
    .shares_reference()
}

fn bind_between(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let mut args = <[Expr; 3]>::try_from(args).map_err(|_| Error::wrong_arity("BETWEEN"))?;
    domain::check(&args)?;
    let nullable = args.iter().any(|a| a.nullable);
    if args.iter().any(json::is_json) {
        cx.warnings
            .push(json::compared_otherwise("BETWEEN operator"));
        let [value, low, high] = args;
        let beside = |e: &Expr| e.ty.kind.is_string() || e.ty.kind.is_temporal();
        let (low, high) = if cx.negated {
            // MySQL: not in NOT BETWEEN.
            (low, high)
        } else if beside(&high) && json::is_json(&low) {
            (textual::own_text(cx, low)?.0, high)
        } else if beside(&low) && json::is_json(&high) {
            let high = textual::own_text(cx, high)?.0;
            (low, high)
        } else {
            (low, high)
        };
        // MySQL: beside a bound that is text or a date the other one is text.
        args = [value, low, high];
    }
    let args = between_operands(cx, args)?;
    Ok(cx.call(args, SqlType::bool(), nullable))
}

fn between_operands(cx: &mut BindContext<'_>, args: [Expr; 3]) -> Result<Vec<Expr>, Error> {
    let class = args
        .iter()
        .map(|a| domain::class(&a.ty))
        .reduce(Class::with)
        .unwrap_or(Class::Text);
    let dates = args.iter().filter(|a| domain::has_date(&a.ty)).count();
    let times = args.iter().filter(|a| a.ty.kind == TypeKind::Time).count();
    if class == Class::Text {
        let all_dates = args.iter().all(|a| a.ty.kind == TypeKind::Date);
        if times == 3 || all_dates {
            return Ok(args.into());
        }
        if dates > 0 {
            return Ok(between_dates(cx, args));
        }
    }
    if args[0].is_column() {
        let low = constant::in_column_with_text(cx, &args[0], &args[1]);
        let high = constant::in_column_with_text(cx, &args[0], &args[2]);
        let [value, old_low, old_high] = args;
        return match (low, high) {
            (None, None) => {
                let is_bigint = value.ty.kind == TypeKind::BigInt;
                let operands = vec![value, old_low, old_high];
                said_once(cx, is_bigint, class, operands)
            }
            (Some(low), Some(high)) => as_column(cx, value, vec![low, high]),
            (low, high) => {
                let class_of = |bound: &Expr| domain::class(&bound.ty);
                let low = low.unwrap_or(old_low);
                let high = high.unwrap_or(old_high);
                let odd = |bound: &Expr| {
                    let temporal = bound.ty.kind.is_temporal() != value.ty.kind.is_temporal();
                    let number =
                        class_of(&value) == Class::Integer && class_of(bound) != Class::Integer;
                    !bound.is_null_literal() && (temporal || number)
                };
                if ![&low, &high].into_iter().any(odd) {
                    as_column(cx, value, vec![low, high])
                } else if value.ty.kind == TypeKind::BigInt {
                    said_once(cx, true, class, vec![value, low, high])
                } else if value.ty.kind != TypeKind::Year && !value.ty.kind.is_temporal() {
                    numbers_or_texts(cx, class, vec![value, low, high])
                } else {
                    // MySQL: one bound that a YEAR, a date or a time takes makes integers of all.
                    let integer = |operand: Expr| match (class_of(&operand), operand.as_literal()) {
                        (Class::Integer, _) => operand,
                        (_, Some(Datum::DateTime(moment))) => packed(*moment, operand.span),
                        _ => cx.coerce(operand, SqlType::bigint()),
                    };
                    let operands = [value, low, high].map(integer).into();
                    Ok(domain::numbers(cx, Class::Integer, operands))
                }
            }
        };
    }
    numbers_or_texts(cx, class, args.into())
}

/// What a moment that was converted for a column counts as beside integers.
///
/// MySQL: its inner form, where the column is the number of its digits: all of those are less, unless the moment is zero.
fn packed(moment: i64, span: Span) -> Expr {
    let number = if moment == 0 { 0 } else { i64::MAX };
    Expr::literal(Datum::Int(number), SqlType::bigint()).at(span)
}

/// Operands of which some were converted to the column's type: the others become integers (or what the column is).
fn as_column(
    cx: &mut BindContext<'_>,
    column: Expr,
    others: Vec<Expr>,
) -> Result<Vec<Expr>, Error> {
    let class = domain::class(&column.ty);
    let operands = [vec![column], others].concat();
    if class == Class::Integer {
        return Ok(domain::numbers(cx, class, operands));
    }
    let kind = operands[0].ty.kind;
    if kind == TypeKind::Time || operands.iter().all(|o| o.ty.kind == kind) {
        let ty = operands[0].ty.clone();
        let typed = |o: Expr| {
            if o.is_null_literal() {
                Expr {
                    ty: ty.clone(),
                    ..o
                }
            } else {
                o
            }
        };
        return Ok(operands.into_iter().map(typed).collect());
    }
    Ok(operands
        .into_iter()
        .map(|o| domain::moment(cx, o))
        .collect())
}

/// Dates and texts, at least one date among them.
fn between_dates(cx: &mut BindContext<'_>, args: [Expr; 3]) -> Vec<Expr> {
    let same_charset = textual::agree_to_compare(cx, "between", &args).is_ok_and(|merged| {
        textual::charset_of(merged.collation) == textual::charset_of(cx.connection_collation())
    });
    let [value, low, high] = args;
    let wording = if value.is_column() {
        Wording::ForColumn
    } else {
        Wording::Truncated
    };
    if domain::has_date(&value.ty) {
        let bound = |cx: &mut BindContext<'_>, bound: Expr| match bound.ty.kind {
            kind if kind.is_temporal() => domain::whole_moment(cx, bound),
            TypeKind::Null => domain::null_as(cx, bound, SqlType::datetime(6)),
            _ => moment::of_text(cx, bound, &value, wording),
        };
        let low = bound(cx, low);
        let high = bound(cx, high);
        return vec![domain::whole_moment(cx, value), low, high];
    }
    // MySQL: the value is compared with each bound apart, and warnings name the other operand of the comparison if it has a name: columns
    // and what is written as a string have one, a date only where it needs no conversion to another character set, and not in NOT BETWEEN.
    let convert = |cx: &mut BindContext<'_>, operand: &Expr, other: &Expr| match operand.ty.kind {
        kind if kind.is_temporal() => domain::whole_moment(cx, operand.clone()),
        TypeKind::Null => domain::null_as(cx, operand.clone(), SqlType::datetime(6)),
        _ => {
            let temporal = other.ty.kind.is_temporal();
            let kept = !temporal || (same_charset && !cx.negated);
            let named = other.is_column() || (kept && moment::is_written(cx, other));
            let name = named.then(|| moment::operand_name(cx, other));
            moment::named_of_text(cx, operand.clone(), other, name)
        }
    };
    let at_low = convert(cx, &value, &low);
    let at_high = convert(cx, &value, &high);
    let by_low = convert(cx, &low, &value);
    let by_high = convert(cx, &high, &value);
    if at_high.as_literal().is_some() {
        return vec![at_low, by_low, by_high];
    }
    let nullable = by_high.nullable;
    let both = vec![at_high, by_high];
    let by_high = cx.call_named("after", both, SqlType::datetime(6), nullable);
    vec![at_low, by_low, by_high]
}

fn between_reference(
    _: &RowContext<'_>,
    site: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    let not_above = ordering::order(site, &args[1], &args[0]).map(Ordering::is_le);
    let not_below = ordering::order(site, &args[0], &args[2]).map(Ordering::is_le);
    Ok(match (args[0].is_null(), not_above, not_below) {
        (true, ..) => Datum::Null,
        (_, Some(false), _) | (_, _, Some(false)) => Datum::Int(0),
        (_, Some(true), Some(true)) => Datum::Int(1),
        _ => Datum::Null,
    })
}

/// DECIMALs of one scale, which constant bounds have by the time they get here; others are left to the kernel.
fn lower_decimals(e: &mut dyn Emit, site: &CallSite<'_>, args: &[Lowered]) -> Option<Lowered> {
    for (left, right) in [(1, 0), (0, 2)] {
        if !ordering::scales_of(site, left, right).are_equal() {
            return None;
        }
    }
    lower_between(e, args, |e, r, a, b| e.compare(r, a, b))
}

/// Both bounds, each with its NULL.
fn lower_between(
    e: &mut dyn Emit,
    args: &[Lowered],
    compare: fn(&mut dyn Emit, Relation, NativeValue, NativeValue) -> NativeValue,
) -> Option<Lowered> {
    let (value, low, high) = (args[0], args[1], args[2]);
    let not_below = compare(e, Relation::LessOrEqual, low.value, value.value);
    let not_above = compare(e, Relation::LessOrEqual, value.value, high.value);
    if (low.null, high.null) == (None, None) {
        return Some(Lowered {
            value: e.and(not_below, not_above),
            length: None,
            null: value.null,
        });
    }
    let no = e.bool(false);
    let (low_null, high_null) = (low.null.unwrap_or(no), high.null.unwrap_or(no));
    // A bound that is NULL counts as passed here.
    let (low_ok, high_ok) = (e.or(low_null, not_below), e.or(high_null, not_above));
    let inside = e.and(low_ok, high_ok);
    let any = e.or(low_null, high_null);
    let unknown = e.and(any, inside);
    let null = match value.null {
        Some(null) => e.or(null, unknown),
        None => unknown,
    };
    Some(Lowered {
        value: inside,
        length: None,
        null: Some(null),
    })
}
