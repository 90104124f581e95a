//! The time of the statement: `NOW CURDATE CURTIME UTC_DATE UTC_TIME UTC_TIMESTAMP SYSDATE` and their other names.
//!
//! Where the session fixes the time these are constants. Where not, each row reads the clock.

use crate::families::cast::to_temporal::reading::session_zone;
use crate::kernel::nullable_with;
use crate::native::{Date, DateTime, Int, Time};
use crate::{BindContext, CallSite, Expr, Fault, Function, RowContext};
use sqlift_types::temporal::{Zone, fraction};
use sqlift_types::{Datum, Error, Session, SqlType, TypeKind};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    Session,
    Utc,
}

pub(super) fn functions() -> Vec<Function> {
    let moment = |name| {
        Function::new(
            name,
            (0, 1),
            |cx, args| bind_moment(cx, args, Of::Session),
            unbound,
        )
        .doc("Date and time of the statement; the argument is the number of fraction digits.")
    };
    let date = |name| {
        Function::new(
            name,
            (0, 0),
            |cx, _| bind(cx, Of::Session, SqlType::date()),
            unbound,
        )
        .doc("The date of the statement.")
    };
    let time = |name| {
        Function::new(
            name,
            (0, 1),
            |cx, args| bind_time(cx, args, Of::Session),
            unbound,
        )
        .doc("Time of day of the statement; the argument is the number of fraction digits.")
    };
    vec![
        moment("NOW").example("NOW() = LOCALTIME()", "1"),
        moment("CURRENT_TIMESTAMP").example("CURRENT_TIMESTAMP() = NOW()", "1"),
        moment("LOCALTIME").example("LOCALTIME() = NOW()", "1"),
        moment("LOCALTIMESTAMP").example("LOCALTIMESTAMP() = NOW()", "1"),
        moment("SYSDATE").example("SYSDATE() IS NULL", "0"),
        date("CURDATE").example("CURDATE() <= NOW()", "1"),
        date("CURRENT_DATE").example("CURRENT_DATE() = CURDATE()", "1"),
        time("CURTIME").example("CURTIME() IS NULL", "0"),
        time("CURRENT_TIME").example("CURRENT_TIME() = CURTIME()", "1"),
        Function::new(
            "UTC_TIMESTAMP",
            (0, 1),
            |cx, args| bind_moment(cx, args, Of::Utc),
            unbound,
        )
        .doc("Date and time of the statement in UTC.")
        .example("UTC_TIMESTAMP() >= UTC_DATE()", "1"),
        Function::new(
            "UTC_DATE",
            (0, 0),
            |cx, _| bind(cx, Of::Utc, SqlType::date()),
            unbound,
        )
        .doc("The date of the statement in UTC.")
        .example("UTC_DATE() <= UTC_TIMESTAMP()", "1"),
        Function::new(
            "UTC_TIME",
            (0, 1),
            |cx, args| bind_time(cx, args, Of::Utc),
            unbound,
        )
        .doc("Time of day of the statement in UTC.")
        .example("UTC_TIME() IS NULL", "0"),
        Function::operator(
            "clock",
            |_, _| Err(Error::unsupported("clock")),
            clock_reference,
        )
        .doc("What the clock shows; the argument says whether in UTC.")
        .overload(nullable_with::<(Int,), DateTime, _, _>(prepare, read_clock))
        .shares_reference()
        .overload(nullable_with::<(Int,), Date, _, _>(prepare, read_clock))
        .shares_reference()
        .overload(nullable_with::<(Int,), Time, _, _>(prepare, read_clock))
        .shares_reference()
        .volatile(),
    ]
}

/// The number of fraction digits asked for, of which MySQL takes the last 8 bits. Errors: 1426 above 6.
fn digits(cx: &BindContext<'_>, args: &[Expr], name: &str) -> Result<u8, Error> {
    match args.first().map(|a| a.as_literal()) {
        None => Ok(0),
        Some(Some(Datum::Int(digits))) => match *digits as u8 {
            digits @ 0..=6 => Ok(digits),
            digits => {
                let message =
                    format!("Too-big precision {digits} specified for '{name}'. Maximum is 6.");
                Err(Error::new(1426, "42000", message).at(cx.span))
            }
        },
        Some(_) => Err(Error::unsupported("a precision that is no number")),
    }
}

fn name(cx: &BindContext<'_>) -> String {
    let name = crate::catalogue().function(cx.function).name();
    match name {
        "CURRENT_TIMESTAMP" | "LOCALTIME" | "LOCALTIMESTAMP" => "now".to_owned(),
        "CURRENT_TIME" => "curtime".to_owned(),
        other => other.to_lowercase(),
    }
}

fn bind_moment(cx: &mut BindContext<'_>, args: Vec<Expr>, of: Of) -> Result<Expr, Error> {
    let fsp = digits(cx, &args, &name(cx))?;
    bind(cx, of, SqlType::datetime(fsp))
}

fn bind_time(cx: &mut BindContext<'_>, args: Vec<Expr>, of: Of) -> Result<Expr, Error> {
    let fsp = digits(cx, &args, &name(cx))?;
    // MySQL: two hour digits are enough here.
    let length = if fsp == 0 { 8 } else { 9 + u32::from(fsp) };
    bind(cx, of, SqlType::time(fsp).with_length(length))
}

fn bind(cx: &mut BindContext<'_>, of: Of, ty: SqlType) -> Result<Expr, Error> {
    if let Some(now) = cx.session.now {
        let value = value(now, cx.session, of, &ty)?;
        return Ok(Expr::literal(value, ty).at(cx.span));
    }
    let of = Expr::literal(Datum::Int(i64::from(of == Of::Utc)), SqlType::bigint_of(2));
    Ok(cx.call_named("clock", vec![of], ty, false))
}

fn value(now: i64, session: &Session, of: Of, ty: &SqlType) -> Result<Datum, Error> {
    let zone = match of {
        Of::Session => session_zone(session)?,
        Of::Utc => Zone::Utc,
    };
    let out_of_range = || Error::unsupported("a statement time outside the years of DATETIME");
    let now = zone.from_unix(now).ok_or_else(out_of_range)?;
    let now = fraction::truncate_datetime(now, ty.decimals.min(6));
    Ok(match ty.kind {
        TypeKind::Date => Datum::Date(now.date().to_packed()),
        TypeKind::Time => Datum::Time(now.clock_micros()),
        _ => Datum::DateTime(now.to_packed()),
    })
}

/// The functions of this file become constants or calls of `clock`.
fn unbound(_: &RowContext<'_>, _: &CallSite<'_>, _: &[Datum]) -> Result<Datum, Fault> {
    Ok(Datum::Null)
}

fn prepare(site: &CallSite<'_>) -> Result<SqlType, Error> {
    Ok(site.ret.clone())
}

fn read_clock<'r>(ty: &'r SqlType, cx: &RowContext<'r>, utc: i64) -> Option<i64> {
    let of = if utc != 0 { Of::Utc } else { Of::Session };
    match value(cx.now(), cx.session, of, ty).ok()? {
        Datum::Date(v) | Datum::Time(v) | Datum::DateTime(v) => Some(v),
        _ => None,
    }
}

fn clock_reference(
    cx: &RowContext<'_>,
    site: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    let of = match &args[0] {
        Datum::Int(0) => Of::Session,
        _ => Of::Utc,
    };
    value(cx.now(), cx.session, of, site.ret).map_err(|error| {
        cx.raise(error);
        Fault::Raised
    })
}
