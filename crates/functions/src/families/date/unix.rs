//! UNIX timestamps and time zones: `UNIX_TIMESTAMP FROM_UNIXTIME CONVERT_TZ`.

use super::DATETIME;
use super::make::{decimal_seconds, rounded};
use crate::families::cast::to_temporal::reading::{digits, session_zone};
use crate::families::cast::to_temporal::{Manner, read};
use crate::kernel::{nullable_with, total_with};
use crate::native::{Bytes, DateTime, Dec64, Dec128, Dec256, Int};
use crate::{BindContext, CallSite, Expr, ExprKind, Fault, Function, RowContext, catalogue};
use sqlift_types::decimal::Decimal;
use sqlift_types::temporal::zone::{self, MAX_UNIX_SECONDS};
use sqlift_types::temporal::{self, DateFlags, Zone, parse_datetime};
use sqlift_types::{Datum, Error, I256, Repr, SqlType, TypeKind};

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new("UNIX_TIMESTAMP", (0, 1), bind_unix, unix_reference)
            .doc("Seconds since 1970-01-01 00:00:00 UTC; 0 for what is no moment.")
            .example("UNIX_TIMESTAMP('2024-02-29 10:11:12')", "1709201472")
            .overload(total_with::<(Int,), Int, _, _>(
                stamp,
                |s: &Stamp, _, v: i64| s.micros(v) / 1_000_000,
            ))
            .shares_reference()
            .overload(total_with::<(Int,), Dec64, _, _>(
                stamp,
                |s: &Stamp, _, v: i64| s.micros(v) / s.unit,
            ))
            .shares_reference(),
        unix_times(
            Function::new("FROM_UNIXTIME", (1, 2), bind_from_unix, from_unix_reference)
                .doc("The moment of a UNIX timestamp, in the session's time zone.")
                .example("FROM_UNIXTIME(1709201472)", "2024-02-29 10:11:12"),
        ),
        Function::operator("local time", bind_local, local_reference)
            .doc("What a TIMESTAMP column, which holds UTC, shows in the session's time zone.")
            .reads_column()
            .overload(total_with::<(DateTime,), DateTime, _, _>(
                |site| session_zone(site.session),
                |zone: &Zone, _, v: i64| local(zone, v),
            ))
            .shares_reference(),
        Function::operator("CAST AT TIME ZONE", bind_at_zone, at_zone_reference)
            .doc("The second of UTC that a TIMESTAMP means.")
            .example(
                "CAST(TIMESTAMP'2024-02-29 10:11:12' AT TIME ZONE 'UTC' AS DATETIME)",
                "2024-02-29 10:11:12",
            )
            .overload(nullable_with::<(DateTime, Int), DateTime, _, _>(
                |site| session_zone(site.session),
                |zone: &Zone, _, v: i64, utc: i64| at_utc(zone, v, utc != 0),
            ))
            .shares_reference(),
        Function::new("CONVERT_TZ", (3, 3), bind_convert, convert_reference)
            .doc("A moment of one time zone's clock on another's.")
            .example(
                "CONVERT_TZ('2024-02-29 10:00:00', '+00:00', '+02:00')",
                "2024-02-29 12:00:00",
            )
            .overload(nullable_with::<(DateTime, Bytes, Bytes), DateTime, _, _>(
                |_| Ok(()),
                |(): &(), _, v: i64, from: &[u8], to: &[u8]| {
                    converted(v, &named(from)?, &named(to)?)
                },
            ))
            .shares_reference(),
    ]
}

struct Stamp {
    zone: Zone,
    unit: i64,
}

fn stamp(site: &CallSite<'_>) -> Result<Stamp, Error> {
    Ok(Stamp {
        zone: session_zone(site.session)?,
        unit: 10_i64.pow(6 - u32::from(site.ret.decimals.min(6))),
    })
}

impl Stamp {
    /// Of a doubled moment; negative for what is none.
    fn micros(&self, doubled: i64) -> i64 {
        if doubled < 0 {
            return 0;
        }
        let value = temporal::DateTime::from_packed_trusted(doubled >> 1);
        match self.zone.to_unix(value) {
            // MySQL: the first second is none.
            Some(v) if (1_000_000..(MAX_UNIX_SECONDS + 1) * 1_000_000).contains(&v) => v,
            _ => 0,
        }
    }
}

/// MySQL: UNIX_TIMESTAMP as an integer is its whole seconds, where other DECIMALs are rounded.
pub(crate) fn whole_seconds(expr: Expr) -> Expr {
    match &expr.kind {
        ExprKind::Call { function, .. }
            if expr.ty.kind == TypeKind::Decimal
                && catalogue().function(*function).name() == "UNIX_TIMESTAMP" =>
        {
            let ty = SqlType::bigint();
            Expr { ty, ..expr }
        }
        _ => expr,
    }
}

fn bind_unix(cx: &mut BindContext<'_>, mut args: Vec<Expr>) -> Result<Expr, Error> {
    let Some(operand) = args.pop() else {
        let now = cx.bind_named("NOW", Vec::new())?;
        let now = read(cx, now, SqlType::int(), Manner::Unix)?;
        return Ok(cx.call(vec![now], SqlType::bigint_of(21), false));
    };
    let nullable = operand.nullable;
    let digits = match operand.ty.kind {
        TypeKind::Hex => hex_digits(&operand),
        _ => digits(&operand, false),
    };
    let ty = match digits {
        0 => SqlType::bigint_of(21),
        _ => SqlType::decimal(11 + u32::from(digits), digits),
    };
    let json = (operand.ty.kind == TypeKind::Json).then(|| operand.clone());
    let mut operand = read(cx, operand, SqlType::int(), Manner::Unix)?;
    if let Some(json) = json {
        // A document that is no moment counts as one that is none, not as NULL.
        let none = Expr::literal(Datum::Int(-1), SqlType::int()).at(cx.span);
        let args = vec![operand, none];
        let found = cx.call_named("COALESCE", args, SqlType::int(), false);
        let missing = cx.bind_named("IS NULL", vec![json])?;
        let args = vec![missing, cx.null(SqlType::int()), found];
        operand = cx.call_named("CASE", args, SqlType::int(), nullable);
    }
    operand.nullable = nullable;
    Ok(cx.call(vec![operand], ty, nullable))
}

/// MySQL: a hexadecimal literal that is no moment is a number without a fraction.
fn hex_digits(literal: &Expr) -> u8 {
    let flags = DateFlags {
        allow_zero_in_date: true,
        allow_invalid_dates: true,
        ..DateFlags::STRICT
    };
    match literal.as_literal() {
        Some(Datum::Bytes(text)) => match parse_datetime(text, flags) {
            parsed if parsed.is_value() => parsed.fraction_digits,
            _ => 0,
        },
        _ => 0,
    }
}

fn unix_reference(
    cx: &RowContext<'_>,
    site: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    let stamp = stamp(site).map_err(|error| {
        cx.raise(error);
        Fault::Raised
    })?;
    Ok(match &args[0] {
        Datum::Int(v) if site.ret_repr == Repr::Int => Datum::Int(stamp.micros(*v) / 1_000_000),
        Datum::Int(v) => {
            let coefficient = I256::from(stamp.micros(*v) / stamp.unit);
            Decimal::new(coefficient, site.ret.decimals).map_or(Datum::Null, Datum::Decimal)
        }
        _ => Datum::Null,
    })
}

fn unix_times(function: Function) -> Function {
    macro_rules! widths {
        ($function:expr; $($width:ident)*) => {
            $function$(.overload(nullable_with::<($width,), DateTime, _, _>(
                |site| Ok((session_zone(site.session)?, site.args[0].ty.decimals)),
                |(zone, scale): &(Zone, u8), cx, v| from_unix(cx, zone, *scale, I256::from(v)),
            )).shares_reference())*
        };
    }
    widths!(function; Dec64 Dec128 Dec256)
}

fn bind_from_unix(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let mut args = args.into_iter();
    let (Some(seconds), format) = (args.next(), args.next()) else {
        return Err(Error::unsupported("FROM_UNIXTIME of nothing"));
    };
    let (seconds, digits) = decimal_seconds(cx, seconds);
    let moment = cx.call(vec![seconds], SqlType::datetime(digits), true);
    match format {
        None => Ok(moment),
        Some(format) => cx.bind_named("DATE_FORMAT", vec![moment, format]),
    }
}

fn from_unix(cx: &RowContext<'_>, zone: &Zone, scale: u8, coefficient: I256) -> Option<i64> {
    let (seconds, micros) = rounded(coefficient, scale, cx.session)?;
    if coefficient < I256::from(0_i64) || !(0..=MAX_UNIX_SECONDS).contains(&seconds) {
        return None;
    }
    let moment = zone.from_unix(seconds * 1_000_000 + micros)?;
    Some(moment.to_packed())
}

/// The session's time zone, for a reference.
fn own_zone(cx: &RowContext<'_>, site: &CallSite<'_>) -> Result<Zone, Fault> {
    session_zone(site.session).map_err(|error| {
        cx.raise(error);
        Fault::Raised
    })
}

fn from_unix_reference(
    cx: &RowContext<'_>,
    site: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    let zone = own_zone(cx, site)?;
    Ok(match &args[0] {
        Datum::Decimal(d) => {
            from_unix(cx, &zone, d.scale(), d.coefficient()).map_or(Datum::Null, Datum::DateTime)
        }
        _ => Datum::Null,
    })
}

fn bind_local(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let [stamp] = super::exactly(args)?;
    let (ty, nullable, collated) = (stamp.ty.clone(), stamp.nullable, stamp.collated);
    let local = cx.call(vec![stamp], ty, nullable);
    Ok(Expr { collated, ..local })
}

/// A moment of UTC on the zone's clock; zero stays zero.
fn local(zone: &Zone, packed: i64) -> i64 {
    let value = temporal::DateTime::from_packed_trusted(packed);
    let local = Zone::Utc.to_unix(value).and_then(|v| zone.from_unix(v));
    local.unwrap_or(value).to_packed()
}

fn local_reference(
    cx: &RowContext<'_>,
    site: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    let zone = own_zone(cx, site)?;
    Ok(match &args[0] {
        Datum::DateTime(v) => Datum::DateTime(local(&zone, *v)),
        _ => Datum::Null,
    })
}

/// The operand and whether it holds UTC: a column does, a literal or a computed TIMESTAMP is on the session's clock.
///
/// Errors: 1298 for any zone but UTC, 3998 for what is no TIMESTAMP.
fn bind_at_zone(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let [stamp, zone] = super::exactly(args)?;
    if let Some(Datum::Bytes(name)) = zone.as_literal()
        && !matches!(&**name, b"UTC" | b"+00:00")
    {
        let name = String::from_utf8_lossy(name);
        let message = format!("Unknown or incorrect time zone: '{name}'");
        return Err(Error::new(1298, "HY000", message));
    }
    let ty = cx.target.clone().unwrap_or(SqlType::datetime(0));
    if stamp.is_null_literal() {
        return Ok(cx.null(ty));
    }
    let written = stamp.as_literal().is_some() && (cx.quote)(stamp.span).starts_with("TIMESTAMP'");
    if stamp.ty.kind != TypeKind::Timestamp && !written {
        let message = "Cannot cast value to TIMESTAMP WITH TIME ZONE.";
        return Err(Error::new(3998, "HY000", message).at(stamp.span));
    }
    let is_column = stamp.is_column();
    let stamp = match stamp.kind {
        ExprKind::Call { mut args, .. } if is_column => args.swap_remove(0),
        _ => stamp,
    };
    let utc = Expr::literal(Datum::Int(is_column.into()), SqlType::bigint_of(2)).at(cx.span);
    Ok(cx.call(vec![stamp, utc], ty, true))
}

/// A TIMESTAMP as a second of UTC; the zero of a column is the first.
fn at_utc(zone: &Zone, packed: i64, utc: bool) -> Option<i64> {
    let seconds = match (utc, packed) {
        (true, 0) => 0,
        (utc, _) => {
            let zone = if utc { &Zone::Utc } else { zone };
            let value = temporal::DateTime::from_packed_trusted(packed);
            let seconds = zone.to_unix(value)?.div_euclid(1_000_000);
            (1..=MAX_UNIX_SECONDS)
                .contains(&seconds)
                .then_some(seconds)?
        }
    };
    Some(Zone::Utc.from_unix(seconds * 1_000_000)?.to_packed())
}

fn at_zone_reference(
    cx: &RowContext<'_>,
    site: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    let zone = own_zone(cx, site)?;
    Ok(match (&args[0], &args[1]) {
        (Datum::DateTime(v), Datum::Int(utc)) => {
            at_utc(&zone, *v, *utc != 0).map_or(Datum::Null, Datum::DateTime)
        }
        _ => Datum::Null,
    })
}

/// A zone by name; `SYSTEM` is UTC, for a library has no server's zone.
fn named(name: &[u8]) -> Option<Zone> {
    if name.eq_ignore_ascii_case(b"SYSTEM") {
        return Some(Zone::Utc);
    }
    Zone::from_sql(name)
}

fn bind_convert(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let [moment, from, to] = super::exactly(args)?;
    let ty = SqlType::datetime(digits(&moment, false));
    for zone in [&from, &to] {
        let unknown = match zone.as_literal() {
            Some(Datum::Bytes(name)) => named(name).is_none(),
            Some(Datum::Null) => true,
            _ => false,
        };
        // The moment is not looked at where a zone is none.
        if unknown {
            return Ok(cx.null(ty));
        }
    }
    let moment = read(cx, moment, DATETIME, Manner::DayNumber)?;
    let collation = cx.connection_collation();
    let text = |cx: &BindContext<'_>, zone: Expr| match zone.ty.kind {
        kind if kind.is_string() => zone,
        _ => {
            let length = zone.ty.display_length();
            cx.coerce(zone, SqlType::text(TypeKind::VarChar, length, collation))
        }
    };
    let (from, to) = (text(cx, from), text(cx, to));
    Ok(cx.call(vec![moment, from, to], ty, true))
}

fn converted(packed: i64, from: &Zone, to: &Zone) -> Option<i64> {
    let value = temporal::DateTime::from_packed_trusted(packed);
    Some(zone::convert(value, from, to).to_packed())
}

fn convert_reference(_: &RowContext<'_>, _: &CallSite<'_>, args: &[Datum]) -> Result<Datum, Fault> {
    let (Datum::DateTime(v), Datum::Bytes(from), Datum::Bytes(to)) = (&args[0], &args[1], &args[2])
    else {
        return Ok(Datum::Null);
    };
    Ok(match (named(from), named(to)) {
        (Some(from), Some(to)) => converted(*v, &from, &to).map_or(Datum::Null, Datum::DateTime),
        _ => Datum::Null,
    })
}
