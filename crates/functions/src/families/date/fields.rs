//! Parts of dates and times: `YEAR MONTH DAY QUARTER HOUR MINUTE SECOND MICROSECOND`.
//!
//! Date parts take zeros (`DAY('2024-00-15')` is 15) and of a number even what is no date (`DAY(20240230)` is 30). Clock parts read their operand
//! as a TIME, in which `'2024-02-29'` is 00:20:24. YEAR has the type YEAR.

use super::{DATE, TIME};
use crate::emit::{Emit, Lowered, NativeValue};
use crate::families::cast::to_temporal::{Manner, read};
use crate::kernel::{hot_total, total};
use crate::native::{Date, DateTime, Int, Time, UInt};
use crate::{BindContext, CallSite, Expr, Fault, Function};
use sqlift_types::temporal::{self, Parts};
use sqlift_types::{Datum, Error, Repr, SqlType, TypeKind};

macro_rules! date_part {
    ($name:literal, $arity:expr, $bind:expr, $part:ident, $ret:ident, $low:literal, $mask:expr, $value:ty) => {
        Function::new($name, $arity, $bind, |_, site, args| {
            part_as(site, &args[0], |p| p.$part)
        })
        .overload(hot_total::<(Date,), $ret, _>(|v: i64| {
            ((v >> $low) & $mask) as $value
        }))
        .inline(|e, _, args| Some(Lowered::value(bits(e, args[0].value, $low, $mask))))
        .overload(hot_total::<(DateTime,), $ret, _>(|v: i64| {
            ((v >> (37 + $low)) & $mask) as $value
        }))
        .inline(|e, _, args| Some(Lowered::value(bits(e, args[0].value, 37 + $low, $mask))))
    };
}

macro_rules! clock_part {
    ($name:literal, $length:literal, $part:ident, $low:literal, $mask:expr, $unit:expr, $modulus:expr) => {
        Function::new(
            $name,
            (1, 1),
            |cx, args| bind_clock(cx, args, $length),
            |_, _, args| part(&args[0], |p| p.$part),
        )
        .overload(hot_total::<(DateTime,), Int, _>(|v: i64| {
            (v >> $low) & $mask
        }))
        .inline(|e, _, args| Some(Lowered::value(bits(e, args[0].value, $low, $mask))))
        .overload(total::<(Time,), Int, _>(|v: i64| {
            (v.unsigned_abs() / $unit % $modulus) as i64
        }))
        .inline(|e, _, args| Some(lower_clock(e, args[0].value, $unit, $modulus)))
    };
}

pub(super) fn functions() -> Vec<Function> {
    vec![
        date_part!("YEAR", (1, 1), bind_year, year, UInt, 9, 0x3fff, u64)
            .doc("The year.")
            .example("YEAR('2024-02-29')", "2024"),
        date_part!(
            "MONTH",
            (1, 1),
            |cx, args| bind_date(cx, args, 3),
            month,
            Int,
            5,
            15,
            i64
        )
        .doc("The month, 0 to 12.")
        .example("MONTH('2024-02-29')", "2"),
        date_part!(
            "DAY",
            (1, 1),
            |cx, args| bind_date(cx, args, 3),
            day,
            Int,
            0,
            31,
            i64
        )
        .doc("The day of the month, 0 to 31.")
        .example("DAY('2024-02-29')", "29"),
        date_part!(
            "DAYOFMONTH",
            (1, 1),
            |cx, args| bind_date(cx, args, 3),
            day,
            Int,
            0,
            31,
            i64
        )
        .doc("The day of the month, 0 to 31.")
        .example("DAYOFMONTH('2024-02-29')", "29"),
        Function::new(
            "QUARTER",
            (1, 1),
            |cx, args| bind_date(cx, args, 2),
            |_, _, args| part(&args[0], |p| p.month.div_ceil(3)),
        )
        .doc("The quarter, 0 (of a date without month) to 4.")
        .example("QUARTER('2024-02-29')", "1")
        .overload(total::<(Date,), Int, _>(|v: i64| (((v >> 5) & 15) + 2) / 3))
        .inline(|e, _, args| Some(lower_quarter(e, args[0].value, 5)))
        .overload(total::<(DateTime,), Int, _>(|v: i64| {
            (((v >> 42) & 15) + 2) / 3
        }))
        .inline(|e, _, args| Some(lower_quarter(e, args[0].value, 42))),
        clock_part!("HOUR", 4, hour, 32, 31, 3_600_000_000, 1000)
            .doc("The hour, 0 to 838.")
            .example("HOUR('10:11:12')", "10"),
        clock_part!("MINUTE", 3, minute, 26, 63, 60_000_000, 60)
            .doc("The minute.")
            .example("MINUTE('10:11:12')", "11"),
        clock_part!("SECOND", 3, second, 20, 63, 1_000_000, 60)
            .doc("The second.")
            .example("SECOND('10:11:12')", "12"),
        clock_part!("MICROSECOND", 21, microsecond, 0, 0xf_ffff, 1, 1_000_000)
            .doc("The microsecond.")
            .example("MICROSECOND('10:11:12.5')", "500000"),
    ]
}

/// A date taken apart: a DATETIME as it is.
pub(super) fn date_operand(
    cx: &mut BindContext<'_>,
    args: Vec<Expr>,
    manner: Manner,
) -> Result<Expr, Error> {
    let [operand] = super::exactly(args)?;
    if manner == Manner::Fields
        && matches!(operand.ty.kind, TypeKind::DateTime | TypeKind::Timestamp)
    {
        return Ok(operand);
    }
    read(cx, operand, DATE, manner)
}

fn bind_date(cx: &mut BindContext<'_>, args: Vec<Expr>, length: u32) -> Result<Expr, Error> {
    let operand = date_operand(cx, args, Manner::Fields)?;
    Ok(cx.call(vec![operand], SqlType::bigint_of(length), true))
}

fn bind_year(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let operand = date_operand(cx, args, Manner::Fields)?;
    Ok(cx.call(vec![operand], SqlType::year_number(), true))
}

fn bind_clock(cx: &mut BindContext<'_>, args: Vec<Expr>, length: u32) -> Result<Expr, Error> {
    let [operand] = super::exactly(args)?;
    let operand = match operand.ty.kind {
        TypeKind::DateTime | TypeKind::Timestamp => operand,
        _ => read(cx, operand, TIME, Manner::Fields)?,
    };
    Ok(cx.call(vec![operand], SqlType::bigint_of(length), true))
}

/// The fields of a moment.
pub(super) fn parts(value: &Datum) -> Option<Parts> {
    Some(match value {
        Datum::Date(v) => temporal::Date::from_packed_trusted(*v).parts(),
        Datum::DateTime(v) => temporal::DateTime::from_packed_trusted(*v).parts(),
        Datum::Time(v) => temporal::Time::from_micros_trusted(*v).parts(),
        _ => return None,
    })
}

fn part(value: &Datum, of: impl Fn(Parts) -> u32) -> Result<Datum, Fault> {
    Ok(parts(value).map_or(Datum::Null, |p| Datum::Int(i64::from(of(p)))))
}

/// In the type of the function: YEAR is unsigned.
fn part_as(site: &CallSite<'_>, value: &Datum, of: impl Fn(Parts) -> u32) -> Result<Datum, Fault> {
    match part(value, of)? {
        Datum::Int(v) if site.ret_repr == Repr::UInt => Ok(Datum::UInt(v as u64)),
        other => Ok(other),
    }
}

fn bits(e: &mut dyn Emit, packed: NativeValue, low: i64, mask: i64) -> NativeValue {
    let (low, mask) = (e.int(low), e.int(mask));
    let moved = e.shift_right(packed, low);
    e.and(moved, mask)
}

fn lower_quarter(e: &mut dyn Emit, packed: NativeValue, low: i64) -> Lowered {
    let month = bits(e, packed, low, 15);
    let (two, three) = (e.int(2), e.int(3));
    let month = e.add(month, two);
    Lowered::value(e.div(month, three))
}

fn lower_clock(e: &mut dyn Emit, micros: NativeValue, unit: i64, modulus: i64) -> Lowered {
    let (zero, unit, modulus) = (e.int(0), e.int(unit), e.int(modulus));
    let negated = e.sub(zero, micros);
    let negative = e.compare(crate::emit::Relation::Less, micros, zero);
    let micros = e.select(negative, negated, micros);
    let whole = e.unsigned_div(micros, unit);
    Lowered::value(e.unsigned_rem(whole, modulus))
}
