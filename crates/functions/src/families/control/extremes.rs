//! GREATEST and LEAST: the largest or smallest of the arguments in the type that all of them have together; NULL if one is NULL.
//!
//! Strings are compared in the collation that they agree on. Of equal values (`-0e0` and `0e0`, `'a'` and `'A'`) GREATEST takes the last,
//! LEAST the first. MySQL: TIME with anything that is not
//! temporal is compared as text; its length is then that of a TIME with the most decimals among the arguments. Dates with what is none
//! have rules of their own ([`dates`]). What stands behind an argument that is NULL is not evaluated.

mod dates;

use super::no_rows;
use crate::emit::{Emit, Lowered, Relation};
use crate::families::cast::to_temporal::{Manner, is_chosen, read};
use crate::families::{aggregate, json, textual};
use crate::kernel::{KernelMaker, Many, total_with};
use crate::native::{
    Bytes, Date, DateTime, Dec64, Dec128, Dec256, Double, Int, Native, Number, Time, UInt,
};
use crate::{
    BindContext, CallSite, Expr, ExprKind, Fault, Form, Function, Overload, RowContext, catalogue,
};
use sqlift_collation::{Coercibility, Collated, Collation, CollationId, Repertoire};
use sqlift_types::{Datum, Error, SqlType, TypeKind, temporal};
use std::cmp::Ordering;

/// Characters of the longest text of JSON, four bytes each.
const JSON_CHARACTERS: u32 = u32::MAX / 4;

pub(super) fn functions() -> Vec<Function> {
    let greatest = Function::new("GREATEST", (2, usize::MAX), bind, greatest_reference)
        .doc("The largest argument; NULL if one is NULL.")
        .example("GREATEST(2, 0, 5)", "5");
    let least = Function::new("LEAST", (2, usize::MAX), bind, least_reference)
        .doc("The smallest argument; NULL if one is NULL.")
        .example("LEAST(2, 0, 5)", "0");
    vec![overloads::<Greatest>(greatest), overloads::<Least>(least)]
}

/// Which end is looked for.
trait End: 'static {
    /// Whether a value that compares so with the best so far replaces it.
    fn better(order: Ordering) -> bool;
    /// The same for native code.
    const RELATION: Relation;
}

struct Greatest;
struct Least;

impl End for Greatest {
    fn better(order: Ordering) -> bool {
        order.is_ge()
    }
    const RELATION: Relation = Relation::GreaterOrEqual;
}

impl End for Least {
    fn better(order: Ordering) -> bool {
        order.is_lt()
    }
    const RELATION: Relation = Relation::Less;
}

fn overloads<E: End>(function: Function) -> Function {
    function
        .form(Form::NullFirst)
        .quiet()
        .overload(numbers::<E, Int>())
        .inline(lower_int::<E>)
        .overload(numbers::<E, UInt>())
        .overload(numbers::<E, Double>())
        .inline(lower_double::<E>)
        .overload(numbers::<E, Dec64>())
        .inline(lower_int::<E>)
        .overload(numbers::<E, Dec128>())
        .overload(numbers::<E, Dec256>())
        .overload(numbers::<E, Date>())
        .inline(lower_int::<E>)
        .overload(numbers::<E, Time>())
        .inline(lower_int::<E>)
        .overload(numbers::<E, DateTime>())
        .inline(lower_int::<E>)
        .overload(total_with::<Many<Bytes>, Bytes, _, _>(
            collation,
            |collation, _, texts| {
                best::<E, _>(texts, |a, b| collation.compare(a, b)).unwrap_or_default()
            },
        ))
}

fn numbers<E: End, N>() -> KernelMaker
where
    N: Number + Native,
    N::Plain: PartialOrd + Default,
    for<'r> N: Native<Val<'r> = <N as Number>::Plain>,
{
    total_with::<Many<N>, N, (), _>(
        |_| Ok(()),
        |(), _, values| {
            best::<E, _>(values, |a, b| a.partial_cmp(b).unwrap_or(Ordering::Equal))
                .unwrap_or_default()
        },
    )
}

/// The first of the best values.
fn best<E: End, T: Copy>(values: &[T], compare: impl Fn(&T, &T) -> Ordering) -> Option<T> {
    let (first, rest) = values.split_first()?;
    Some(rest.iter().fold(*first, |best, value| {
        if E::better(compare(value, &best)) {
            *value
        } else {
            best
        }
    }))
}

fn collation(site: &CallSite<'_>) -> Result<&'static Collation, Error> {
    let id = site.collation;
    match id.get() {
        Some(collation) if collation.is_supported() => Ok(collation),
        _ => Err(Error::unsupported(format_args!("collation {id}"))),
    }
}

fn bind(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    no_rows(&args)?;
    let name = catalogue().function(cx.function).name().to_lowercase();
    let nullable = args.iter().any(|a| a.nullable);
    let mut common = aggregate::result(cx, &name, &args.iter().collect::<Vec<_>>())?;
    if args.iter().any(json::is_json) {
        cx.warnings
            .push(json::compared_otherwise("LEAST and GREATEST operators"));
    }
    if common.ty.kind == TypeKind::Json {
        // MySQL: they are compared as text, and text they stay.
        let collation = CollationId::UTF8MB4_BIN;
        common = aggregate::Aggregate {
            ty: SqlType::text(TypeKind::VarChar, JSON_CHARACTERS, collation),
            collated: Collated::new(collation, Coercibility::Implicit, Repertoire::Unicode),
        };
    }
    if common.ty.kind.is_string() {
        if args.iter().any(|a| has_date(&a.ty)) {
            return dates::bind(cx, args, common, nullable);
        }
        if args.iter().any(|a| a.ty.kind == TypeKind::Time) {
            widen_for_time(&mut common, &args);
        }
        if common.collated.coercibility == Coercibility::Ignorable {
            common.ty.collation = CollationId::BINARY;
        }
    }
    if common.ty.kind == TypeKind::Null || args.iter().any(Expr::is_null_literal) {
        // The other arguments are evaluated only for their warnings, up to the NULL; none is worth a row's time.
        let null = cx.null(common.ty.clone());
        let mut call = null;
        call.collated = common.collated;
        return Ok(call);
    }
    let mut converted = Vec::with_capacity(args.len());
    for arg in args {
        let moments = has_date(&common.ty) && common.ty.kind != TypeKind::Date;
        let chosen = moments && is_chosen(&arg);
        converted.push(match chosen {
            true => {
                let read = read(cx, arg, common.ty.clone(), Manner::Assigned)?;
                let is_known = read.as_literal().is_some_and(|value| !value.is_null());
                Expr {
                    nullable: read.nullable && !is_known,
                    ..read
                }
            }
            false => aggregate::converted(cx, arg, &common)?,
        });
    }
    let mut args: Vec<Expr> = converted;
    let nullable = nullable || args.iter().any(|a| a.nullable);
    if common.ty.kind == TypeKind::Decimal && may_warn(&args[0]) {
        // MySQL: the first of several DECIMALs is evaluated twice.
        args.insert(0, args[0].clone());
    }
    Ok(aggregate::call(cx, args, &common, nullable))
}

/// DATE, DATETIME, TIMESTAMP.
fn has_date(ty: &SqlType) -> bool {
    ty.kind.is_temporal() && ty.kind != TypeKind::Time
}

/// Whether evaluating it may be noticed.
pub(in crate::families) fn may_warn(expr: &Expr) -> bool {
    let ExprKind::Call { function, args } = &expr.kind else {
        return false;
    };
    let overloads = catalogue().function(*function).overloads();
    overloads.iter().any(Overload::warns) || args.iter().any(may_warn)
}

/// The length of a text that may be a TIME with as many decimals as any argument has.
fn widen_for_time(common: &mut aggregate::Aggregate, args: &[Expr]) {
    let decimals = args.iter().map(time_decimals).max().unwrap_or(0);
    let time = SqlType::time(decimals).length;
    if time > common.ty.length {
        common.ty = textual::text_type(time.into(), common.collated.collation);
    }
}

/// Fraction digits of seconds that an argument can have as a TIME; of a constant text those that it has.
fn time_decimals(arg: &Expr) -> u8 {
    match (&arg.ty.kind, arg.as_literal()) {
        (TypeKind::Hex, _) => 0,
        (kind, Some(Datum::Bytes(text))) if kind.is_text() => {
            let parsed = temporal::parse_time(text, temporal::DateFlags::FUZZY);
            if parsed.notes.any() {
                6
            } else {
                parsed.fraction_digits
            }
        }
        _ => arg.ty.decimals.min(6),
    }
}

fn reference(
    site: &CallSite<'_>,
    args: &[Datum],
    better: fn(Ordering) -> bool,
) -> Result<Datum, Fault> {
    if args.iter().any(Datum::is_null) {
        return Ok(Datum::Null);
    }
    let mut result = args[0].clone();
    for arg in &args[1..] {
        if compared(site, arg, &result).is_some_and(better) {
            result = arg.clone();
        }
    }
    Ok(result)
}

/// How two values of the common type compare.
fn compared(site: &CallSite<'_>, a: &Datum, b: &Datum) -> Option<Ordering> {
    match (a, b) {
        (Datum::Int(a), Datum::Int(b))
        | (Datum::Date(a), Datum::Date(b))
        | (Datum::Time(a), Datum::Time(b))
        | (Datum::DateTime(a), Datum::DateTime(b)) => Some(a.cmp(b)),
        (Datum::UInt(a), Datum::UInt(b)) => Some(a.cmp(b)),
        (Datum::Double(a), Datum::Double(b)) => a.partial_cmp(b),
        (Datum::Decimal(a), Datum::Decimal(b)) => Some(a.cmp(b)),
        (Datum::Bytes(a), Datum::Bytes(b)) => Some(site.collation.get()?.compare(a, b)),
        _ => None,
    }
}

fn greatest_reference(
    _: &RowContext<'_>,
    site: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    reference(site, args, |order| order != Ordering::Less)
}

fn least_reference(
    _: &RowContext<'_>,
    site: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    reference(site, args, |order| order == Ordering::Less)
}

fn lower_int<E: End>(e: &mut dyn Emit, _: &CallSite<'_>, args: &[Lowered]) -> Option<Lowered> {
    let mut values = args.iter().map(|a| a.value);
    let first = values.next()?;
    let best = values.fold(first, |best, value| {
        let better = e.compare(E::RELATION, value, best);
        e.select(better, value, best)
    });
    Some(Lowered::value(best))
}

fn lower_double<E: End>(e: &mut dyn Emit, _: &CallSite<'_>, args: &[Lowered]) -> Option<Lowered> {
    let mut values = args.iter().map(|a| a.value);
    let first = values.next()?;
    let best = values.fold(first, |best, value| {
        let better = e.double_compare(E::RELATION, value, best);
        e.select(better, value, best)
    });
    Some(Lowered::value(best))
}
