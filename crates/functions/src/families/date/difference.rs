//! Differences and sums of two moments: `DATEDIFF TIMEDIFF TIMESTAMPDIFF ADDTIME SUBTIME TIMESTAMP`, and `DATE`, `TIME` as functions.
//!
//! TIMEDIFF, ADDTIME and SUBTIME take a text for a DATETIME or a TIME, whichever it looks like, and of a DATETIME and a TIME there is no difference.

use super::fields::parts;
use super::{DATE, DATETIME, TIME};
use crate::families::cast::to_temporal::reading::digits;
use crate::families::cast::to_temporal::{Manner, read};
use crate::kernel::{nullable_with, total, total_with};
use crate::native::{Bytes, Date, DateTime, Int, Time};
use crate::{BindContext, CallSite, Expr, Fault, Form, Function, RowContext};
use sqlift_types::temporal::arithmetic::{add_time_to_datetime, add_times};
use sqlift_types::temporal::{self, Unit, difference};
use sqlift_types::{Datum, Error, SqlType, TypeKind, Warning};

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new("DATEDIFF", (2, 2), bind_datediff, datediff_reference)
            .doc("Days from the second date to the first.")
            .example("DATEDIFF('2024-03-01', '2024-02-28')", "2")
            .overload(total::<(Date, Date), Int, _>(|a: i64, b: i64| {
                difference::days_between(
                    temporal::Date::from_packed_trusted(a),
                    temporal::Date::from_packed_trusted(b),
                )
            })),
        Function::operator("TIMESTAMPDIFF", bind_timestampdiff, unbound)
            .doc("Whole units from the first moment to the second.")
            .example("TIMESTAMPDIFF(MONTH, '2024-01-31', '2024-02-29')", "0"),
        Function::operator(
            "units between",
            |_, _| Err(Error::unsupported("units")),
            timestampdiff_reference,
        )
        .doc("TIMESTAMPDIFF with the unit last.")
        .form(Form::Guarded)
        .overload(total_with::<(DateTime, DateTime, Int), Int, _, _>(
            units,
            |unit: &Unit, _, a: i64, b: i64, _: i64| {
                difference::units_between(
                    *unit,
                    temporal::DateTime::from_packed_trusted(a),
                    temporal::DateTime::from_packed_trusted(b),
                )
                .unwrap_or(0)
            },
        ))
        .shares_reference(),
        Function::new("TIMEDIFF", (2, 2), bind_timediff, timediff_reference)
            .doc("The time from the second moment to the first; both of one kind.")
            .example("TIMEDIFF('10:11:12', '10:00:00')", "00:11:12")
            .form(Form::Guarded)
            .overload(nullable_with::<(Int, Int), Time, _, _>(
                |site| Ok(site.ret.decimals),
                |fsp: &u8, cx, a: i64, b: i64| timediff(*fsp, cx, a, b),
            ))
            .warns()
            .shares_reference(),
        Function::new("ADDTIME", (2, 2), |cx, args| bind_sum(cx, args, 1), unbound)
            .doc("A DATETIME or TIME, later by a TIME.")
            .example(
                "ADDTIME('2024-02-29 10:00:00', '1:0:0')",
                "2024-02-29 11:00:00",
            ),
        Function::new(
            "SUBTIME",
            (2, 2),
            |cx, args| bind_sum(cx, args, -1),
            unbound,
        )
        .doc("A DATETIME or TIME, earlier by a TIME.")
        .example("SUBTIME('10:11:12', '0:11:12')", "10:00:00"),
        Function::operator(
            "time sum",
            |_, _| Err(Error::unsupported("time sum")),
            sum_reference,
        )
        .doc("A moment, a TIME, the sign of the second, the text for messages.")
        .form(Form::Guarded)
        .overload(
            nullable_with::<(DateTime, Time, Int, Bytes), DateTime, _, _>(
                text_of_call,
                |text: &Vec<u8>, cx, a: i64, b: i64, sign: i64, _: &[u8]| {
                    moved(text, cx, a, b.wrapping_mul(sign))
                },
            ),
        )
        .warns()
        .shares_reference()
        .overload(nullable_with::<(Time, Time, Int, Bytes), Time, _, _>(
            text_of_call,
            |text: &Vec<u8>, cx, a: i64, b: i64, sign: i64, _: &[u8]| {
                summed(text, cx, a, b.wrapping_mul(sign))
            },
        ))
        .warns()
        .shares_reference()
        .overload(nullable_with::<(Int, Time, Int, Bytes), Bytes, _, _>(
            |site| Ok((text_of_call(site)?, charset(site))),
            |(text, charset): &(Vec<u8>, sqlift_collation::Charset),
             cx,
             a: i64,
             b: i64,
             sign: i64,
             _: &[u8]| {
                let sum = shown(text, cx, a, b.wrapping_mul(sign))?;
                Some(cx.bytes(&super::encoded(&sum, *charset).ok()?))
            },
        ))
        .warns()
        .shares_reference(),
        Function::new("TIMESTAMP", (1, 2), bind_timestamp, unbound)
            .doc("The operand as a DATETIME, later by the second operand.")
            .example("TIMESTAMP('2024-02-29', '10:11:12')", "2024-02-29 10:11:12"),
        Function::new("DATE", (1, 1), bind_date, unbound)
            .doc("The date of the operand.")
            .example("DATE('2024-02-29 10:11:12')", "2024-02-29"),
        Function::new("TIME", (1, 1), bind_time, unbound)
            .doc("The operand as a TIME.")
            .example("TIME('2024-02-29 10:11:12')", "10:11:12"),
    ]
}

/// Bound to calls of something else.
fn unbound(_: &RowContext<'_>, _: &CallSite<'_>, _: &[Datum]) -> Result<Datum, Fault> {
    Ok(Datum::Null)
}

fn bind_datediff(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let [a, b] = super::exactly(args)?;
    let a = read(cx, a, DATE, Manner::DayNumber)?;
    let b = read(cx, b, DATE, Manner::DayNumber)?;
    Ok(cx.call(vec![a, b], SqlType::bigint_of(9), true))
}

fn datediff_reference(
    _: &RowContext<'_>,
    _: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    let (Some(a), Some(b)) = (parts(&args[0]), parts(&args[1])) else {
        return Ok(Datum::Null);
    };
    Ok(Datum::Int(
        super::calendar::day_count(a) - super::calendar::day_count(b),
    ))
}

fn bind_timestampdiff(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let [unit, a, b] = super::exactly(args)?;
    let a = read(cx, a, DATETIME, Manner::DayNumber)?;
    let b = read(cx, b, DATETIME, Manner::DayNumber)?;
    let ty = SqlType::bigint_of(21);
    Ok(cx.call_named("units between", vec![a, b, unit], ty, true))
}

fn units(site: &CallSite<'_>) -> Result<Unit, Error> {
    let unit = match site.args[2].constant {
        Some(Datum::Int(index)) => Unit::ALL.get(index as usize).copied(),
        _ => None,
    };
    unit.ok_or_else(|| Error::unsupported("TIMESTAMPDIFF without a unit"))
}

fn timestampdiff_reference(
    cx: &RowContext<'_>,
    site: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    let (Datum::DateTime(a), Datum::DateTime(b)) = (&args[0], &args[1]) else {
        return Ok(Datum::Null);
    };
    let unit = units(site).map_err(|error| {
        cx.raise(error);
        Fault::Raised
    })?;
    let units = difference::units_between(
        unit,
        temporal::DateTime::from_packed_trusted(*a),
        temporal::DateTime::from_packed_trusted(*b),
    );
    Ok(units.map_or(Datum::Null, Datum::Int))
}

fn bind_timediff(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let [a, b] = super::exactly(args)?;
    let fsp = digits(&a, true).max(digits(&b, true));
    let a = read(cx, a, SqlType::int(), Manner::Mixed)?;
    let b = read(cx, b, SqlType::int(), Manner::Mixed)?;
    Ok(cx.call(vec![a, b], SqlType::time(fsp), true))
}

/// Of two doubled moments.
fn timediff(fsp: u8, cx: &RowContext<'_>, a: i64, b: i64) -> Option<i64> {
    let micros = match (a & 1, b & 1) {
        (1, 1) => (a >> 1) - (b >> 1),
        (0, 0) => difference::micros_between(
            temporal::DateTime::from_packed_trusted(a >> 1),
            temporal::DateTime::from_packed_trusted(b >> 1),
        ),
        _ => return None,
    };
    let (time, clamped) = temporal::Time::clamped(micros);
    if clamped {
        let text = super::make::unlimited(micros, fsp);
        cx.warn(Warning::truncated("time", text.as_bytes()));
    }
    Some(time.micros())
}

fn timediff_reference(
    cx: &RowContext<'_>,
    site: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    Ok(match (&args[0], &args[1]) {
        (Datum::Int(a), Datum::Int(b)) => {
            timediff(site.ret.decimals, cx, *a, *b).map_or(Datum::Null, Datum::Time)
        }
        _ => Datum::Null,
    })
}

fn bind_sum(cx: &mut BindContext<'_>, args: Vec<Expr>, sign: i64) -> Result<Expr, Error> {
    let [a, b] = super::exactly(args)?;
    let by = digits(&b, true);
    let (a, ty) = match a.ty.kind {
        TypeKind::Date | TypeKind::DateTime | TypeKind::Timestamp => {
            let ty = SqlType::datetime(a.ty.decimals.max(by));
            (read(cx, a, DATETIME, Manner::DayNumber)?, ty)
        }
        TypeKind::Time => {
            let ty = SqlType::time(a.ty.decimals.max(by));
            (a, ty)
        }
        _ => {
            let ty = SqlType::text(TypeKind::Char, 29, cx.connection_collation());
            (read(cx, a, SqlType::int(), Manner::MixedDays)?, ty)
        }
    };
    sum(cx, a, b, sign, ty)
}

fn sum(cx: &mut BindContext<'_>, a: Expr, b: Expr, sign: i64, ty: SqlType) -> Result<Expr, Error> {
    let b = read(cx, b, TIME, Manner::Fields)?;
    let sign = Expr::literal(Datum::Int(sign), SqlType::bigint_of(2)).at(cx.span);
    let text = super::quoted(cx);
    Ok(cx.call_named("time sum", vec![a, b, sign, text], ty, true))
}

fn bind_timestamp(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let mut args = args.into_iter();
    let (first, second) = (args.next(), args.next());
    let Some(first) = first else {
        return Err(Error::unsupported("TIMESTAMP of nothing"));
    };
    let fsp = digits(&first, false);
    match second {
        None => {
            let ty = SqlType::datetime(fsp);
            let read = read(cx, first, ty.clone(), Manner::Assigned)?;
            Ok(retyped(read, ty))
        }
        Some(second) => {
            let ty = SqlType::datetime(fsp.max(digits(&second, true)));
            let first = read(cx, first, DATETIME, Manner::DayNumber)?;
            sum(cx, first, second, 1, ty)
        }
    }
}

fn retyped(expr: Expr, ty: SqlType) -> Expr {
    Expr {
        ty,
        nullable: true,
        ..expr
    }
}

fn bind_date(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let [operand] = super::exactly(args)?;
    Ok(retyped(read(cx, operand, DATE, Manner::Assigned)?, DATE))
}

fn bind_time(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let [operand] = super::exactly(args)?;
    let ty = SqlType::time(digits(&operand, true));
    Ok(retyped(
        read(cx, operand, ty.clone(), Manner::Assigned)?,
        ty,
    ))
}

fn text_of_call(site: &CallSite<'_>) -> Result<Vec<u8>, Error> {
    Ok(super::constant_text(site, 3).unwrap_or_default().to_vec())
}

fn charset(site: &CallSite<'_>) -> sqlift_collation::Charset {
    let collation = site.ret.collation.get();
    collation.map_or(sqlift_collation::Charset::Utf8mb4, |c| c.charset())
}

fn moved(text: &[u8], cx: &RowContext<'_>, a: i64, b: i64) -> Option<i64> {
    let sum = add_time_to_datetime(
        temporal::DateTime::from_packed_trusted(a),
        temporal::Time::from_micros_trusted(b),
    );
    if sum.is_none() {
        cx.warn(super::out_of_range("DATETIME", text));
    }
    sum.map(temporal::DateTime::to_packed)
}

fn summed(text: &[u8], cx: &RowContext<'_>, a: i64, b: i64) -> Option<i64> {
    let (a, b) = (
        temporal::Time::from_micros_trusted(a),
        temporal::Time::from_micros_trusted(b),
    );
    let (sum, clamped) = add_times(a, b);
    if clamped {
        cx.warn(super::out_of_range("TIME", text));
        return None;
    }
    Some(sum.micros())
}

/// Of a doubled moment, as text.
fn shown(text: &[u8], cx: &RowContext<'_>, a: i64, b: i64) -> Option<Vec<u8>> {
    if a & 1 == 1 {
        // MySQL: unlike a TIME, a text shows the limit.
        let limit = match (a >> 1) + b {
            0.. => temporal::Time::MAX.micros(),
            _ => temporal::Time::MIN.micros(),
        };
        let sum = summed(text, cx, a >> 1, b).unwrap_or(limit);
        let sum = temporal::Time::from_micros_trusted(sum);
        let fsp = if sum.microsecond() == 0 { 0 } else { 6 };
        return Some(sum.text(fsp).as_bytes().to_vec());
    }
    let sum = temporal::DateTime::from_packed_trusted(moved(text, cx, a >> 1, b)?);
    let fsp = if sum.microsecond() == 0 { 0 } else { 6 };
    Some(sum.text(fsp).as_bytes().to_vec())
}

fn sum_reference(cx: &RowContext<'_>, site: &CallSite<'_>, args: &[Datum]) -> Result<Datum, Fault> {
    let (Datum::Time(b), Datum::Int(sign), Datum::Bytes(text)) = (&args[1], &args[2], &args[3])
    else {
        return Ok(Datum::Null);
    };
    let b = b * sign;
    let sum = match &args[0] {
        Datum::DateTime(a) => moved(text, cx, *a, b).map(Datum::DateTime),
        Datum::Time(a) => summed(text, cx, *a, b).map(Datum::Time),
        Datum::Int(a) => shown(text, cx, *a, b)
            .and_then(|sum| super::encoded(&sum, charset(site)).ok())
            .map(Datum::Bytes),
        _ => None,
    };
    Ok(sum.unwrap_or(Datum::Null))
}
