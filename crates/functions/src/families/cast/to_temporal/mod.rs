//! Conversions to DATE, DATETIME and TIME.
//!
//! MySQL reads an operand in one of several manners ([`Manner`]), by what the function does with it: `DAY` takes `2024-00-15` and `TO_DAYS`
//! does not. All conversions are calls of `moment`, whose second argument is the manner; where nothing can go wrong they are cheaper
//! functions ([`read`] chooses). What is said about bad values depends on what was asked for and on what was found ([`reading`]).

pub(in crate::families) mod reading;

use crate::emit::{Emit, Lowered};
use crate::families::json;
use crate::kernel::{hot_total, nullable_with, total};
use crate::native::{
    Bool, Bytes, Date, DateTime, Dec64, Dec128, Dec256, Double, Int, Native, Time, UInt,
};
use crate::{BindContext, CallSite, Expr, ExprKind, Fault, Form, Function, RowContext, catalogue};
use reading::{Reader, Source};
use sqlift_collation::{Charset, CollationId};
use sqlift_types::temporal;
use sqlift_types::{Datum, Error, I256, SqlMode, SqlType, TypeKind};

/// What is asked of a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::families) enum Manner {
    /// It becomes a value of its own (CAST): `sql_mode` decides about zeros.
    Assigned,
    /// Its parts are wanted: zeros are fine.
    Fields,
    /// Its place in the calendar is wanted: no zeros; a DATE must exist.
    Days,
    /// As [`Manner::Days`], but 31 February counts on.
    DayNumber,
    /// EXTRACT of clock units: a DATETIME or a TIME.
    Extract,
    /// A DATETIME or a TIME, zeros and all.
    Mixed,
    /// A DATETIME that exists, or a TIME.
    MixedDays,
    /// A DATETIME for UNIX_TIMESTAMP: -1 instead of NULL.
    Unix,
}

impl Manner {
    const ALL: [Manner; 8] = [
        Manner::Assigned,
        Manner::Fields,
        Manner::Days,
        Manner::DayNumber,
        Manner::Extract,
        Manner::Mixed,
        Manner::MixedDays,
        Manner::Unix,
    ];
}

/// Added to the number of a manner: the operand is a YEAR column.
const YEAR_COLUMN: i64 = 8;

/// A representation that is read.
trait Readable: Native {
    fn source<'v>(value: Self::Val<'v>, scale: u8) -> Source<'v>;
}

macro_rules! readable {
    ($($marker:ident: |$value:ident, $scale:ident| $source:expr;)*) => {$(
        impl Readable for $marker {
            fn source<'v>($value: Self::Val<'v>, $scale: u8) -> Source<'v> {
                let _ = $scale;
                $source
            }
        }
    )*};
}

readable! {
    Bool: |v, s| Source::Int(i64::from(v));
    Int: |v, s| Source::Int(v);
    UInt: |v, s| Source::Int(v as i64);
    Double: |v, s| Source::Double(v);
    Dec64: |v, s| Source::Decimal(I256::from(v), s);
    Dec128: |v, s| Source::Decimal(I256::from(v), s);
    Dec256: |v, s| Source::Decimal(v, s);
    Date: |v, s| Source::Date(v);
    Time: |v, s| Source::Time(v);
    DateTime: |v, s| Source::DateTime(v);
    Bytes: |v, s| Source::Text(v);
}

fn convert<'r, A: Readable>(
    reader: &'r Reader,
    cx: &RowContext<'r>,
    value: A::Val<'r>,
) -> Option<i64> {
    reader.read(cx, A::source(value, reader.scale()))
}

fn prepare(site: &CallSite<'_>) -> Result<Reader, Error> {
    let number = match site.args.get(1).and_then(|a| a.constant.as_ref()) {
        Some(Datum::Int(number)) => *number,
        _ => 1,
    };
    let manner = Manner::ALL[(number & 7) as usize];
    let reader = Reader::new(site, manner)?;
    Ok(if number & YEAR_COLUMN != 0 {
        reader.of_year_column()
    } else {
        reader
    })
}

macro_rules! moments {
    ($function:expr; $($from:ident)* => $to:ident) => {
        $function$(.overload(nullable_with::<($from, Int), $to, _, _>(
            prepare,
            |reader: &Reader, cx, value, _: i64| convert::<$from>(reader, cx, value),
        )).warns().shares_reference())*
    };
}

fn moment(name: &'static str) -> Function {
    let function = Function::operator(name, bind_nothing, moment_reference)
        .doc("A value of any type as a DATE, DATETIME or TIME.");
    let function = moments!(function; Bool Int UInt Double Dec64 Dec128 Dec256 Date DateTime Time Bytes => Date);
    let function = moments!(function; Bool Int UInt Double Dec64 Dec128 Dec256 Date DateTime Time Bytes => DateTime);
    let function = moments!(function; Bool Int UInt Double Dec64 Dec128 Dec256 Date DateTime Time Bytes => Time);
    // With a bit that says what it was: a date alone, a TIME.
    moments!(function; Bool Int UInt Double Dec64 Dec128 Dec256 Date DateTime Time Bytes => Int)
}

/// What other conversions are made of.
pub(super) fn functions() -> Vec<Function> {
    vec![
        moment("moment"),
        moment("moment today").volatile(),
        Function::operator("midnight", bind_nothing, midnight_reference)
            .doc("Midnight of a DATE.")
            .overload(hot_total::<(Date,), DateTime, _>(|v: i64| v << 37))
            .inline(|e, _, args| {
                let bits = e.int(37);
                Some(Lowered::value(e.shift_left(args[0].value, bits)))
            }),
        Function::operator("existing", bind_nothing, existing_reference)
            .doc("A DATETIME whose day exists, else NULL; `sql_mode` decides about zeros.")
            .overload(nullable_with::<(DateTime,), DateTime, _, _>(
                |site| Ok(site.session.sql_mode),
                |mode: &SqlMode, _, v: i64| exists(*mode, v).then_some(v),
            ))
            .shares_reference(),
        Function::operator("date of", bind_nothing, date_of_reference)
            .doc("The date of a DATETIME.")
            .overload(hot_total::<(DateTime,), Date, _>(|v: i64| v >> 37))
            .inline(|e, _, args| {
                let bits = e.int(37);
                Some(Lowered::value(e.shift_right(args[0].value, bits)))
            }),
        Function::operator("clock of", bind_nothing, clock_of_reference)
            .doc("The time of day of a DATETIME.")
            .overload(total::<(DateTime,), Time, _>(|v: i64| {
                temporal::DateTime::from_packed_trusted(v).clock_micros()
            }))
            .inline(lower_clock_of),
    ]
}

fn bind_nothing(_: &mut BindContext<'_>, _: Vec<Expr>) -> Result<Expr, Error> {
    Err(Error::unsupported("a conversion without a target"))
}

/// The operand as a DATE, DATETIME or TIME, read in a manner.
///
/// Errors: types that are no moment yet (JSON, VECTOR).
pub(in crate::families) fn read(
    cx: &BindContext<'_>,
    expr: Expr,
    target: SqlType,
    manner: Manner,
) -> Result<Expr, Error> {
    use TypeKind as K;
    if expr.is_null_literal() {
        let nothing = expr.ty.kind == K::Null;
        return Ok(Expr {
            ty: target,
            kind: ExprKind::Literal(Datum::Null),
            nullable: expr.nullable || nothing,
            ..Expr::literal(Datum::Null, SqlType::null()).at(expr.span)
        });
    }
    // MySQL: GREATEST and LEAST of DATEs give what they have found, whatever it is.
    let manner = match is_extreme(&expr) && expr.ty.kind == K::Date {
        true if manner == Manner::Assigned => Manner::Fields,
        _ => manner,
    };
    let checks = matches!(
        manner,
        Manner::Assigned | Manner::Days | Manner::DayNumber | Manner::MixedDays
    );
    if checks
        && target.kind != K::Time
        && let Some(readable) = readable(cx, &expr, manner)
    {
        return read_plain(cx, readable?, target, manner);
    }
    read_plain(cx, expr, target, manner)
}

/// As [`read`], of a value as it is.
fn read_plain(
    cx: &BindContext<'_>,
    expr: Expr,
    target: SqlType,
    manner: Manner,
) -> Result<Expr, Error> {
    use TypeKind as K;
    let expr = if expr.ty.kind == K::Json {
        // What may be one of two is asked for as one.
        let wanted = match (target.kind, manner) {
            (K::BigInt, _) | (_, Manner::Unix) => SqlType::datetime(6),
            (K::Int, Manner::Extract) => SqlType::time(6),
            (K::Int, _) => SqlType::text(K::LongText, u32::MAX, CollationId::UTF8MB4_BIN),
            _ => target.clone(),
        };
        json::coerced(cx, expr.clone(), wanted).unwrap_or(expr)
    } else {
        expr
    };
    if matches!(expr.ty.kind, K::Json | K::Vector | K::Dynamic) {
        let what = format!("{} as {target}", expr.ty);
        return Err(Error::unsupported(what));
    }
    let expr = if expr.ty.kind == K::Bit {
        // MySQL: BIT is the string of its bytes here.
        let bytes = expr.ty.length.div_ceil(8);
        cx.coerce(expr, SqlType::varbinary(bytes))
    } else {
        plain_text(cx, expr)
    };
    let (span, nullable) = (expr.span, expr.nullable);
    let apart = manner == Manner::Fields;
    let call = |name: &str, expr: Expr| {
        let call = cx
            .call_named(name, vec![expr], target.clone(), nullable)
            .at(span);
        folded(cx, call)
    };
    match (expr.ty.kind, target.kind) {
        (K::Date, K::Date) if apart => return Ok(expr),
        (K::Time, K::Time) if apart || expr.ty.decimals <= target.decimals => {
            return Ok(expr);
        }
        (K::DateTime | K::Timestamp, K::DateTime | K::Timestamp) if apart => return Ok(expr),
        (K::Date, K::DateTime | K::Timestamp) if apart => return Ok(call("midnight", expr)),
        (K::DateTime | K::Timestamp, K::Date) if apart => return Ok(call("date of", expr)),
        (K::DateTime | K::Timestamp, K::Time) if apart || expr.ty.decimals <= target.decimals => {
            return Ok(call("clock of", expr));
        }
        _ => {}
    }
    let year = expr.ty.kind == K::Year && expr.is_column();
    let number = manner as i64 + if year { YEAR_COLUMN } else { 0 };
    let number = Expr::literal(Datum::Int(number), SqlType::bigint_of(2)).at(span);
    let today = expr.ty.kind == K::Time && target.kind != K::Time && cx.session.now.is_none();
    let name = if today { "moment today" } else { "moment" };
    // Any TIME has a moment on any day but the first and the last ones; what says so itself (CAST) may be NULL all the same.
    let nullable = nullable || !apart || expr.ty.kind != K::Time;
    let call = cx
        .call_named(name, vec![expr, number], target, nullable)
        .at(span);
    Ok(folded(cx, call))
}

/// MySQL: COALESCE and IFNULL of dates, read as a date, give the first argument that can be read so: a zero date where none is wanted
/// counts as NULL. The same in the branches of IF and CASE, and of LAST_DAY.
fn readable(cx: &BindContext<'_>, expr: &Expr, manner: Manner) -> Option<Result<Expr, Error>> {
    let ExprKind::Call { function, args } = &expr.kind else {
        return None;
    };
    if !expr.ty.kind.is_temporal() {
        return None;
    }
    let last = args.len().checked_sub(1)?;
    let call = |args: Result<Vec<Expr>, Error>| {
        args.map(|args| Expr {
            kind: ExprKind::Call {
                function: *function,
                args,
            },
            nullable: true,
            ..expr.clone()
        })
    };
    let function_called = catalogue().function(*function);
    if is_extreme(expr) {
        let is_moment = matches!(expr.ty.kind, TypeKind::DateTime | TypeKind::Timestamp);
        let ty = expr.ty.clone();
        return is_moment.then(|| Ok(cx.call_named("existing", vec![expr.clone()], ty, true)));
    }
    if function_called.name() == "LAST_DAY" {
        // What it is of is read in the same manner: a zero date is NULL without a word.
        let day = read(cx, args[0].clone(), SqlType::date(), manner);
        return Some(call(day.map(|day| vec![day])));
    }
    match function_called.evaluation() {
        Form::Coalesce => {
            let args = args.iter().enumerate().map(|(i, arg)| {
                // A last DATETIME is read with the whole.
                if i == last && arg.ty.kind != TypeKind::Date {
                    return Ok(arg.clone());
                }
                // In full: what only rounding makes NULL of is no reason to look further.
                let ty = match arg.ty.kind {
                    TypeKind::DateTime | TypeKind::Timestamp => SqlType::datetime(6),
                    _ => arg.ty.clone(),
                };
                let read = read(cx, arg.clone(), ty, manner)?;
                Ok(Expr {
                    ty: expr.ty.clone(),
                    ..read
                })
            });
            Some(call(args.collect()))
        }
        Form::Case => {
            let mut found = false;
            let mut convert = |(i, arg): (usize, &Expr)| {
                if i % 2 == 0 && i != last {
                    return Ok(arg.clone());
                }
                match readable(cx, arg, manner) {
                    Some(readable) => {
                        found = true;
                        readable
                    }
                    None => Ok(arg.clone()),
                }
            };
            let args = args.iter().enumerate().map(&mut convert).collect();
            found.then(|| call(args))
        }
        _ => None,
    }
}

/// GREATEST or LEAST.
fn is_extreme(expr: &Expr) -> bool {
    matches!(&expr.kind, ExprKind::Call { function, .. }
        if matches!(catalogue().function(*function).name(), "GREATEST" | "LEAST"))
}

/// Whether this is one of several values: what is read as a date of it must be one that could be stored.
pub(in crate::families) fn is_chosen(expr: &Expr) -> bool {
    let ExprKind::Call { function, .. } = &expr.kind else {
        return false;
    };
    let form = catalogue().function(*function).evaluation();
    matches!(form, Form::Case | Form::Coalesce) || is_extreme(expr)
}

/// One of several dates or moments as the moment that it is compared as; `None` if it is no such choice.
pub(in crate::families) fn chosen_moment(cx: &BindContext<'_>, expr: &Expr) -> Option<Expr> {
    let has_date = expr.ty.kind.is_temporal() && expr.ty.kind != TypeKind::Time;
    if !has_date || !is_chosen(expr) {
        return None;
    }
    let ty = SqlType::datetime(expr.ty.decimals);
    read(cx, expr.clone(), ty, Manner::Assigned).ok()
}

/// A constant, if the call has one and says nothing.
fn folded(cx: &BindContext<'_>, call: Expr) -> Expr {
    match cx.constant(&call) {
        Some(value) => Expr {
            kind: ExprKind::Literal(value),
            ..call
        },
        None => call,
    }
}

/// ENUM and SET as text, and text of other character sets as what dates are written in.
fn plain_text(cx: &BindContext<'_>, expr: Expr) -> Expr {
    let is_member = matches!(expr.ty.kind, TypeKind::Enum | TypeKind::Set);
    let charset = expr.ty.collation.get().map(|c| c.charset());
    let readable = charset.is_none_or(Charset::is_ascii_compatible);
    if !is_member && (readable || !expr.ty.kind.is_string()) {
        return expr;
    }
    let collation = if readable {
        expr.ty.collation
    } else {
        CollationId::UTF8MB4_0900_AI_CI
    };
    let ty = SqlType::text(TypeKind::VarChar, expr.ty.length, collation);
    cx.coerce(expr, ty)
}

/// Where the implicit conversion is asked for, the operand is taken apart or compared.
pub(crate) fn coerced(cx: &BindContext<'_>, expr: Expr, to: SqlType) -> Option<Expr> {
    read(cx, expr, to, Manner::Fields).ok()
}

pub(super) fn bind_cast(
    cx: &mut BindContext<'_>,
    operand: Expr,
    target: SqlType,
) -> Result<Expr, Error> {
    let read = read(cx, operand, target.clone(), Manner::Assigned)?;
    Ok(Expr {
        ty: target,
        nullable: true,
        ..read
    })
}

/// A cell that has another type than its column.
pub(super) fn coerce_reference(
    cx: &RowContext<'_>,
    site: &CallSite<'_>,
    value: &Datum,
) -> Result<Datum, Fault> {
    by_reference(cx, site, value)
}

fn moment_reference(
    cx: &RowContext<'_>,
    site: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    by_reference(cx, site, &args[0])
}

fn by_reference(cx: &RowContext<'_>, site: &CallSite<'_>, value: &Datum) -> Result<Datum, Fault> {
    let Some(source) = Source::of(value) else {
        return match value {
            Datum::Json(_) => super::unsupported(cx, site),
            _ => Ok(Datum::Null),
        };
    };
    let reader = prepare(site).map_err(|error| {
        cx.raise(error);
        Fault::Raised
    })?;
    Ok(match (reader.read(cx, source), site.ret.kind) {
        (None, _) => Datum::Null,
        (Some(v), TypeKind::Date) => Datum::Date(v),
        (Some(v), TypeKind::Time) => Datum::Time(v),
        (Some(v), TypeKind::BigInt | TypeKind::Int) => Datum::Int(v),
        (Some(v), _) => Datum::DateTime(v),
    })
}

fn exists(mode: SqlMode, packed: i64) -> bool {
    let date = temporal::DateTime::from_packed_trusted(packed).date();
    if packed == 0 {
        return !mode.contains(SqlMode::NO_ZERO_DATE);
    }
    if date.has_zero_part() && mode.contains(SqlMode::NO_ZERO_IN_DATE) {
        return false;
    }
    mode.contains(SqlMode::ALLOW_INVALID_DATES)
        || date.month() == 0
        || date.day() <= temporal::calendar::days_in_month(date.year(), date.month())
}

fn existing_reference(
    _: &RowContext<'_>,
    site: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    Ok(match args[0] {
        Datum::DateTime(v) if exists(site.session.sql_mode, v) => Datum::DateTime(v),
        _ => Datum::Null,
    })
}

fn midnight_reference(
    _: &RowContext<'_>,
    _: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    Ok(match &args[0] {
        Datum::Date(v) => {
            let date = temporal::Date::from_packed_trusted(*v);
            Datum::DateTime(temporal::DateTime::new(date, 0, 0, 0, 0).to_packed())
        }
        _ => Datum::Null,
    })
}

fn date_of_reference(_: &RowContext<'_>, _: &CallSite<'_>, args: &[Datum]) -> Result<Datum, Fault> {
    Ok(match &args[0] {
        Datum::DateTime(v) => {
            let p = temporal::DateTime::from_packed_trusted(*v);
            Datum::Date(temporal::Date::new(p.year(), p.month(), p.day()).to_packed())
        }
        _ => Datum::Null,
    })
}

fn clock_of_reference(
    _: &RowContext<'_>,
    _: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    Ok(match &args[0] {
        Datum::DateTime(v) => {
            let p = temporal::DateTime::from_packed_trusted(*v);
            let seconds = i64::from(p.hour()) * 3600 + i64::from(p.minute()) * 60;
            let seconds = seconds + i64::from(p.second());
            Datum::Time(seconds * 1_000_000 + i64::from(p.microsecond()))
        }
        _ => Datum::Null,
    })
}

fn lower_clock_of(e: &mut dyn Emit, _: &CallSite<'_>, args: &[Lowered]) -> Option<Lowered> {
    let packed = args[0].value;
    let mut field = |shift: i64, mask: i64, each: i64| {
        let (shift, mask, each) = (e.int(shift), e.int(mask), e.int(each));
        let moved = e.shift_right(packed, shift);
        let field = e.and(moved, mask);
        e.mul(field, each)
    };
    let hours = field(32, 31, 3_600_000_000);
    let minutes = field(26, 63, 60_000_000);
    let seconds = field(20, 63, 1_000_000);
    let micros = field(0, 0xf_ffff, 1);
    let sum = e.add(hours, minutes);
    let sum = e.add(sum, seconds);
    Some(Lowered::value(e.add(sum, micros)))
}
