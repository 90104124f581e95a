//! Comparisons: `= <=> <> < <= > >=`.
//!
//! MySQL decides from both types in which domain two values are compared ([`domain`]): integers, DECIMAL, DOUBLE, text in one collation,
//! or moments. The right operand is only evaluated if the left is not NULL; `<=>` evaluates both, some of them twice, and is never NULL. Rows are compared
//! member by member ([`row`]).

mod between;
mod constant;
mod domain;
mod equality;
mod membership;
mod moment;
mod ordering;
mod row;
mod text;

use super::control::may_warn;
use super::json;
use crate::kernel::{Quick, hot_total, total, total_quick, total_with};
use crate::native::{
    Bool, Bytes, Date, DateTime, Dec64, Dec128, Dec256, Double, Int, Opt, Time, UInt,
};
use crate::{BindContext, Expr, ExprKind, Form, Function};
pub(super) use domain::{all_texts, check};
pub(super) use moment::text_beside;
use ordering::{Scales, TextOrder};
use sqlift_types::{Datum, Error, I256, SqlType};
use std::cmp::Ordering;

/// The overloads of a relation: `$op` on native values, `$test` on an [`Ordering`], `$relation` in native code, `$first` whether an `Int`
/// that is negative stands in the relation to any `UInt`, `$second` the same with the sides exchanged.
macro_rules! relation {
    ($function:expr, $op:tt, $test:ident, $relation:ident, $first:literal, $second:literal) => {
        $function
            .form(Form::Guarded)
            .overload(hot_total::<(Int, Int), Bool, _>(|a: i64, b: i64| a $op b))
            .inline(|e, _, args| ordering::lower_signed(e, args, crate::emit::Relation::$relation))
            .overload(hot_total::<(UInt, UInt), Bool, _>(|a: u64, b: u64| a $op b))
            .inline(|e, _, args| ordering::lower_unsigned(e, args, crate::emit::Relation::$relation))
            .overload(total::<(Int, UInt), Bool, _>(|a: i64, b: u64| if a < 0 { $first } else { (a as u64) $op b }))
            .inline(|e, _, args| ordering::lower_int_uint(e, args, crate::emit::Relation::$relation, $first))
            .overload(total::<(UInt, Int), Bool, _>(|a: u64, b: i64| if b < 0 { $second } else { a $op (b as u64) }))
            .inline(|e, _, args| ordering::lower_uint_int(e, args, crate::emit::Relation::$relation, $second))
            .overload(hot_total::<(Double, Double), Bool, _>(|a: f64, b: f64| a $op b))
            .inline(|e, _, args| ordering::lower_double(e, args, crate::emit::Relation::$relation))
            .overload(total_quick::<(Dec64, Dec64), Bool, _, _, _>(
                ordering::scales,
                |s: &Scales, _: &_, a: i64, b: i64| s.compare_64(a, b).$test(),
                Quick { when: Scales::are_equal, attempt: |_: &Scales, (a, b): (i64, i64)| (a $op b, false) },
            ))
            .inline(|e, site, args| ordering::lower_decimal(e, site, args, crate::emit::Relation::$relation))
            .overload(total_with::<(Dec128, Dec128), Bool, _, _>(ordering::scales, |s: &Scales, _, a: i128, b: i128| {
                s.compare_128(a, b).$test()
            }))
            .inline(|e, site, args| ordering::lower_decimal(e, site, args, crate::emit::Relation::$relation))
            .overload(total_with::<(Dec256, Dec256), Bool, _, _>(ordering::scales, |s: &Scales, _, a: I256, b: I256| {
                s.compare_256(a, b).$test()
            }))
            .overload(hot_total::<(Date, Date), Bool, _>(|a: i64, b: i64| a $op b))
            .inline(|e, _, args| ordering::lower_signed(e, args, crate::emit::Relation::$relation))
            .only_orders()
            .overload(hot_total::<(DateTime, DateTime), Bool, _>(|a: i64, b: i64| a $op b))
            .inline(|e, _, args| ordering::lower_signed(e, args, crate::emit::Relation::$relation))
            .overload(total::<(Time, Time), Bool, _>(|a: i64, b: i64| a $op b))
            .inline(|e, _, args| ordering::lower_signed(e, args, crate::emit::Relation::$relation))
            .overload(total::<(Bool, Bool), Bool, _>(|a: bool, b: bool| a $op b))
            .inline(|e, _, args| ordering::lower_bool(e, args, crate::emit::Relation::$relation))
    };
}

/// The text overload of a relation that asks for the order.
macro_rules! ordered_text {
    ($function:expr, $test:ident) => {
        $function
            .overload(total_with::<(Bytes, Bytes), Bool, _, _>(
                ordering::text_order,
                |order: &TextOrder, _, a: &[u8], b: &[u8]| order.compare(a, b).$test(),
            ))
            .shares_reference()
    };
}

pub(super) fn functions() -> Vec<Function> {
    let equal = relation!(
        Function::operator("=", |cx, args| bind(cx, "=", args), ordering::equal_reference)
            .doc("Whether both are equal. NULL if either is NULL.")
            .example("'a' = 'A'", "1"),
        ==, is_eq, Equal, false, false
    );
    let equal = equality::equal_texts(equal)
        .inline(ordering::lower_text_equal)
        .shares_reference()
        .fused(equality::fuse);
    let not_equal = relation!(
            Function::operator("<>", |cx, args| bind(cx, "<>", args), ordering::not_equal_reference)
                .doc("Whether both differ; also written `!=`. NULL if either is NULL.")
                .example("1 <> 1.0", "0"),
            !=, is_ne, NotEqual, true, true
    );
    let not_equal = equality::unequal_texts(not_equal).shares_reference();
    let less = ordered_text!(
        relation!(
            Function::operator("<", |cx, args| bind(cx, "<", args), ordering::less_reference)
                .doc("Whether the first is less. NULL if either is NULL.")
                .example("1 < 2", "1"),
            <, is_lt, Less, true, false
        ),
        is_lt
    );
    let less_or_equal = ordered_text!(
        relation!(
            Function::operator("<=", |cx, args| bind(cx, "<=", args), ordering::less_or_equal_reference)
                .doc("Whether the first is not greater. NULL if either is NULL.")
                .example("2 <= 2", "1"),
            <=, is_le, LessOrEqual, true, false
        ),
        is_le
    );
    let greater = ordered_text!(
        relation!(
            Function::operator(">", |cx, args| bind(cx, ">", args), ordering::greater_reference)
                .doc("Whether the first is greater. NULL if either is NULL.")
                .example("'b' > 'A'", "1"),
            >, is_gt, Greater, false, true
        ),
        is_gt
    );
    let greater_or_equal = ordered_text!(
        relation!(
            Function::operator(">=", |cx, args| bind(cx, ">=", args), ordering::greater_or_equal_reference)
                .doc("Whether the first is not less. NULL if either is NULL.")
                .example("2 >= 10", "0"),
            >=, is_ge, GreaterOrEqual, false, true
        ),
        is_ge
    );
    let relations = vec![
        equal,
        not_equal,
        less,
        less_or_equal,
        greater,
        greater_or_equal,
        null_safe_equal(),
    ];
    let mut functions: Vec<Function> = relations.into_iter().map(json::relations).collect();
    functions.push(both());
    functions.push(between::between());
    functions.extend(equality::functions());
    functions.extend(membership::functions());
    functions.extend(moment::functions());
    functions.extend(text::functions());
    functions
}

/// `<=>`: takes NULLs, is never NULL.
fn null_safe_equal() -> Function {
    macro_rules! safe {
        ($function:expr, $a:ident, $av:ty, $b:ident, $bv:ty, $equal:expr) => {
            $function.overload(total::<(Opt<$a>, Opt<$b>), Bool, _>(
                |a: Option<$av>, b: Option<$bv>| match (a, b) {
                    (Some(a), Some(b)) => $equal(a, b),
                    (a, b) => a.is_none() && b.is_none(),
                },
            ))
        };
    }
    macro_rules! safe_decimal {
        ($function:expr, $a:ident, $v:ty, $compare:ident) => {
            $function.overload(total_with::<(Opt<$a>, Opt<$a>), Bool, _, _>(
                ordering::scales,
                |s: &Scales, _, a: Option<$v>, b: Option<$v>| match (a, b) {
                    (Some(a), Some(b)) => s.$compare(a, b) == Ordering::Equal,
                    (a, b) => a.is_none() && b.is_none(),
                },
            ))
        };
    }
    let f = Function::operator(
        "<=>",
        |cx, args| bind(cx, "<=>", args),
        ordering::null_safe_reference,
    )
    .doc("Whether both are equal or both NULL; never NULL.")
    .example("NULL <=> NULL", "1");
    let f = safe!(f, Int, i64, Int, i64, |a, b| a == b)
        .inline(|e, _, args| ordering::lower_null_safe(e, args, ordering::lower_signed));
    let f = safe!(f, UInt, u64, UInt, u64, |a, b| a == b)
        .inline(|e, _, args| ordering::lower_null_safe(e, args, ordering::lower_signed));
    let f = safe!(f, Int, i64, UInt, u64, |a: i64, b: u64| a >= 0
        && a as u64 == b);
    let f = safe!(f, UInt, u64, Int, i64, |a: u64, b: i64| b >= 0
        && a == b as u64);
    let f = safe!(f, Double, f64, Double, f64, |a, b| a == b)
        .inline(|e, _, args| ordering::lower_null_safe(e, args, ordering::lower_double));
    let f = safe_decimal!(f, Dec64, i64, compare_64);
    let f = safe_decimal!(f, Dec128, i128, compare_128);
    let f = safe_decimal!(f, Dec256, I256, compare_256);
    let f = safe!(f, Date, i64, Date, i64, |a, b| a == b)
        .inline(|e, _, args| ordering::lower_null_safe(e, args, ordering::lower_signed))
        .only_orders();
    let f = safe!(f, DateTime, i64, DateTime, i64, |a, b| a == b)
        .inline(|e, _, args| ordering::lower_null_safe(e, args, ordering::lower_signed));
    let f = safe!(f, Time, i64, Time, i64, |a, b| a == b)
        .inline(|e, _, args| ordering::lower_null_safe(e, args, ordering::lower_signed));
    let f = safe!(f, Bool, bool, Bool, bool, |a, b| a == b);
    f.overload(total_with::<(Opt<Bytes>, Opt<Bytes>), Bool, _, _>(
        ordering::text_order,
        |order: &TextOrder, _, a: Option<&[u8]>, b: Option<&[u8]>| match (a, b) {
            (Some(a), Some(b)) => order.equal(a, b),
            (a, b) => a.is_none() && b.is_none(),
        },
    ))
    .shares_reference()
}

/// A date, and a text that a simple CASE compares it with, as moments; what is no date counts as zero.
pub(super) fn date_with_text(cx: &mut BindContext<'_>, date: Expr, text: Expr) -> [Expr; 2] {
    let moment = moment::of_text(cx, text, &date, moment::Wording::ForColumn);
    [domain::whole_moment(cx, date), moment]
}

fn bind(cx: &mut BindContext<'_>, name: &'static str, args: Vec<Expr>) -> Result<Expr, Error> {
    let [a, b] = <[Expr; 2]>::try_from(args).map_err(|_| Error::wrong_arity(name))?;
    relation(cx, name, a, b)
}

/// `a <=> b`, `both` being the operands converted for the comparison.
///
/// MySQL compares as `=` does; if that is NULL, it asks both operands that may be NULL whether they are, which evaluates them again. They
/// are asked as they are converted, but beside a DOUBLE column or a document, which are converted later.
fn null_safe(cx: &mut BindContext<'_>, a: Expr, b: Expr, both: (Expr, Expr)) -> Expr {
    let ty = SqlType::bool();
    let late = |e: &Expr| (e.ty.kind.is_floating() && e.is_column()) || json::is_json(e);
    let late = late(&a) || late(&b);
    let mut asked = Vec::new();
    for (plain, converted) in [(a, &both.0), (b, &both.1)] {
        let asked_as = match late {
            true => plain.clone(),
            false => converted.clone(),
        };
        asked.push((plain.nullable, asked_as));
    }
    let nullable = both.0.nullable || both.1.nullable;
    let nodes: usize = asked.iter().map(|(_, e)| nodes(e, ASKED_AGAIN)).sum();
    if nodes > ASKED_AGAIN || !asked.iter().any(|(_, e)| may_warn(e)) {
        return match asked[1].0 {
            true => cx.call_named("<=>", vec![both.0, both.1], ty, false),
            // What cannot be NULL is not evaluated beside a NULL.
            false => {
                let equal = cx.call_named("=", vec![both.0, both.1], ty.clone(), nullable);
                cx.call_named("IS TRUE", vec![equal], ty, false)
            }
        };
    }
    let equal = cx.call_named("=", vec![both.0, both.1], ty.clone(), nullable);
    let missing = asked.into_iter().map(|(nullable, asked)| match nullable {
        true => cx.call_named("IS NULL", vec![asked], ty.clone(), false),
        false => Expr::literal(Datum::Int(0), ty.clone()).at(cx.span),
    });
    let missing = missing.collect();
    let missing = cx.call_named("both", missing, ty.clone(), false);
    let either = cx.call_named("COALESCE", vec![equal, missing], ty.clone(), true);
    cx.call_named("IS TRUE", vec![either], ty, false)
}

/// The largest operands, in nodes, that are asked again: what is nested must not double at each level.
const ASKED_AGAIN: usize = 64;

/// How many nodes an expression has; more than `most` are not counted.
fn nodes(expr: &Expr, most: usize) -> usize {
    let mut count = 1;
    for child in expr.children() {
        if count > most {
            break;
        }
        count += nodes(child, most - count.min(most));
    }
    count
}

/// Whether both are true, both having been evaluated.
fn both() -> Function {
    Function::operator(
        "both",
        |_, _| Err(Error::unsupported("both")),
        |_, _, args| {
            let truth = |datum: &Datum| matches!(datum, Datum::Int(v) if *v != 0);
            Ok(Datum::Int(i64::from(args.iter().all(truth))))
        },
    )
    .doc("Whether both are true; evaluates both.")
    .overload(total::<(Bool, Bool), Bool, _>(|a: bool, b: bool| a & b))
}

/// The typed comparison `a name b`, `name` being one of the seven operators: both operands converted to the domain they are compared in.
///
/// Errors: 1241 (rows of different widths), 1267 (illegal mix of collations), 1525 (a constant that is no date compared with one), and
/// [`Error::unsupported`] for VECTOR.
pub(super) fn relation(
    cx: &mut BindContext<'_>,
    name: &'static str,
    a: Expr,
    b: Expr,
) -> Result<Expr, Error> {
    match (&a.kind, &b.kind) {
        (ExprKind::Row(_), _) | (_, ExprKind::Row(_)) => return row::relation(cx, name, a, b),
        _ => {}
    }
    let nullable = name != "<=>" && (a.nullable || b.nullable);
    if name == "<=>" {
        let both = domain::operands(cx, name, a.clone(), b.clone())?;
        return Ok(null_safe(cx, a, b, both));
    }
    let (a, b) = domain::operands(cx, name, a, b)?;
    let may_be_null = a.nullable || b.nullable;
    let result = cx.call_named(name, vec![a, b], SqlType::bool(), nullable || may_be_null);
    Ok(if may_be_null && !nullable {
        // MySQL: an operand whose conversion fails is NULL, yet the comparison was said not to be; it shows 0.
        cx.call_named("IS TRUE", vec![result], SqlType::bool(), false)
    } else {
        result
    })
}
