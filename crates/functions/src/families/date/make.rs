//! Dates and times made of numbers: `MAKEDATE MAKETIME FROM_DAYS SEC_TO_TIME TIME_TO_SEC PERIOD_ADD PERIOD_DIFF`.

use super::{DATE, TIME, integer};
use crate::families::cast::to_temporal::{Manner, read};
use crate::kernel::{fallible_with, nullable, nullable_with, total};
use crate::native::{Bytes, Date, Dec64, Dec128, Dec256, Int, Time};
use crate::{BindContext, CallSite, Exit, Expr, Fault, Function, RowContext};
use sqlift_types::decimal::Decimal;
use sqlift_types::temporal::{self, arithmetic, calendar, period};
use sqlift_types::{Datum, Error, I256, Session, SqlMode, SqlType, TypeKind, Warning};

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new("MAKEDATE", (2, 2), bind_makedate, makedate_reference)
            .doc("The date of a year's day.")
            .example("MAKEDATE(2024, 60)", "2024-02-29")
            .overload(nullable::<(Int, Int), Date, _>(makedate))
            .shares_reference(),
        Function::new("FROM_DAYS", (1, 1), bind_from_days, from_days_reference)
            .doc("The date of a day number.")
            .example("FROM_DAYS(739310)", "2024-02-29")
            .overload(nullable_with::<(Int, Bytes), Date, _, _>(
                |site| Ok(super::constant_text(site, 1).unwrap_or_default().to_vec()),
                |text: &Vec<u8>, cx, days: i64, _: &[u8]| from_days(text, cx, days),
            ))
            .warns()
            .shares_reference(),
        Function::new(
            "TIME_TO_SEC",
            (1, 1),
            bind_time_to_sec,
            time_to_sec_reference,
        )
        .doc("The seconds of a time.")
        .example("TIME_TO_SEC('00:01:30')", "90")
        .overload(total::<(Time,), Int, _>(|v: i64| v / 1_000_000)),
        seconds(
            Function::new(
                "SEC_TO_TIME",
                (1, 1),
                bind_sec_to_time,
                sec_to_time_reference,
            )
            .doc("Seconds as a time.")
            .example("SEC_TO_TIME(90)", "00:01:30"),
        ),
        made(
            Function::new("MAKETIME", (3, 3), bind_maketime, maketime_reference)
                .doc("A time of hour, minute and second.")
                .example("MAKETIME(10, 11, 12.5)", "10:11:12.5"),
        ),
        Function::new("PERIOD_ADD", (2, 2), bind_period, period_add_reference)
            .doc("A month written YYYYMM or YYMM, later by so many months.")
            .example("PERIOD_ADD(202402, 11)", "202501")
            .overload(fallible_with::<(Int, Int), Int, _, _>(
                |_| Ok(()),
                |(): &(), cx, start: i64, count: i64| {
                    period::add(start, count)
                        .map(Some)
                        .ok_or_else(|| wrong(cx, "period_add"))
                },
            ))
            .shares_reference(),
        Function::new("PERIOD_DIFF", (2, 2), bind_period, period_diff_reference)
            .doc("The months between two months written YYYYMM or YYMM.")
            .example("PERIOD_DIFF(202402, 202312)", "2")
            .overload(fallible_with::<(Int, Int), Int, _, _>(
                |_| Ok(()),
                |(): &(), cx, a: i64, b: i64| {
                    period::difference(a, b)
                        .map(Some)
                        .ok_or_else(|| wrong(cx, "period_diff"))
                },
            ))
            .shares_reference(),
    ]
}

macro_rules! widths {
    ($function:expr, $kernel:ident: $($width:ident)*) => {
        $function$(.overload(nullable_with::<($width,), Time, _, _>(scale_of, |scale: &Seconds, cx, v| $kernel(scale, cx, I256::from(v)))).warns().shares_reference())*
    };
}

fn seconds(function: Function) -> Function {
    widths!(function, sec_to_time: Dec64 Dec128 Dec256)
}

fn made(function: Function) -> Function {
    macro_rules! each {
        ($function:expr; $($width:ident)*) => {
            $function$(.overload(nullable_with::<(Int, Int, $width, Int), Time, _, _>(
                |site| Ok(site.args[2].ty.decimals),
                |scale: &u8, cx, hour: i64, minute: i64, second, unsigned: i64| {
                    maketime(*scale, cx, hour, minute, I256::from(second), unsigned != 0)
                },
            )).warns().shares_reference())*
        };
    }
    each!(function; Dec64 Dec128 Dec256)
}

fn wrong(cx: &RowContext<'_>, name: &str) -> Exit {
    cx.raise(Error::wrong_arguments(name))
}

fn bind_makedate(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let [year, day] = super::exactly(args)?;
    let args = vec![integer(cx, year), integer(cx, day)];
    Ok(cx.call(args, DATE, true))
}

fn makedate(year: i64, day: i64) -> Option<i64> {
    arithmetic::make_date(year, day).map(temporal::Date::to_packed)
}

fn makedate_reference(
    _: &RowContext<'_>,
    _: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    Ok(match (&args[0], &args[1]) {
        (Datum::Int(year), Datum::Int(day)) => {
            makedate(*year, *day).map_or(Datum::Null, Datum::Date)
        }
        _ => Datum::Null,
    })
}

fn bind_from_days(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let [days] = super::exactly(args)?;
    let args = vec![integer(cx, days), super::quoted(cx)];
    Ok(cx.call(args, DATE, true))
}

fn from_days(text: &[u8], cx: &RowContext<'_>, days: i64) -> Option<i64> {
    let date = if days == 0 {
        None
    } else {
        calendar::date_of(days)
    };
    if date.is_none() {
        cx.warn(super::out_of_range("DATE", text));
    }
    date.map(temporal::Date::to_packed)
}

fn from_days_reference(
    cx: &RowContext<'_>,
    _: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    Ok(match (&args[0], &args[1]) {
        (Datum::Int(days), Datum::Bytes(text)) => {
            from_days(text, cx, *days).map_or(Datum::Null, Datum::Date)
        }
        _ => Datum::Null,
    })
}

fn bind_time_to_sec(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let [time] = super::exactly(args)?;
    let time = read(cx, time, TIME, Manner::Fields)?;
    Ok(cx.call(vec![time], SqlType::bigint_of(10), true))
}

fn time_to_sec_reference(
    _: &RowContext<'_>,
    _: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    Ok(match &args[0] {
        Datum::Time(v) => {
            let p = temporal::Time::from_micros_trusted(*v).parts();
            let seconds = i64::from((p.hour * 60 + p.minute) * 60 + p.second);
            Datum::Int(if p.negative { -seconds } else { seconds })
        }
        _ => Datum::Null,
    })
}

/// Seconds with a fraction: the operand as a DECIMAL, and the digits that the result shows.
pub(super) fn decimal_seconds(cx: &BindContext<'_>, expr: Expr) -> (Expr, u8) {
    let kind = expr.ty.kind;
    if kind == TypeKind::Decimal {
        let digits = expr.ty.decimals.min(6);
        return (expr, digits);
    }
    if kind == TypeKind::Hex || kind == TypeKind::Null {
        let whole = cx.coerce(expr, SqlType::decimal(20, 0));
        return (whole, 0);
    }
    if kind.is_string() || kind.is_floating() {
        let seconds = cx.coerce(expr, SqlType::decimal(65, 30));
        return (seconds, 6);
    }
    if kind.is_temporal() {
        let digits = expr.ty.decimals.min(6);
        let ty = SqlType::decimal(20 + u32::from(digits), digits);
        return (cx.coerce(expr, ty), digits);
    }
    (cx.coerce(expr, SqlType::decimal(20, 0)), 0)
}

fn bind_sec_to_time(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let [seconds] = super::exactly(args)?;
    let (seconds, digits) = decimal_seconds(cx, seconds);
    Ok(cx.call(vec![seconds], SqlType::time(digits), true))
}

/// The scale of the operand, and the result's.
struct Seconds {
    scale: u8,
}

fn scale_of(site: &CallSite<'_>) -> Result<Seconds, Error> {
    Ok(Seconds {
        scale: site.args[0].ty.decimals,
    })
}

/// Whole seconds and microseconds, rounded half away from zero (or cut, as `sql_mode` says). `None` out of 64 bits.
pub(super) fn rounded(coefficient: I256, scale: u8, session: &Session) -> Option<(i64, i64)> {
    let ten = I256::from(10_i64);
    let micros = if scale <= 6 {
        coefficient.checked_mul(ten.pow(u32::from(6 - scale)))?
    } else {
        let unit = ten.pow(u32::from(scale - 6));
        let half = unit / I256::from(2_i64);
        let away = if coefficient < I256::from(0_i64) {
            -half
        } else {
            half
        };
        if session.sql_mode.contains(SqlMode::TIME_TRUNCATE_FRACTIONAL) {
            coefficient / unit
        } else {
            (coefficient + away) / unit
        }
    };
    let million = I256::from(1_000_000_i64);
    Some((
        i64::try_from(micros / million).ok()?,
        (micros % million).as_i64(),
    ))
}

/// A DECIMAL without its trailing zeros.
fn trimmed(coefficient: I256, scale: u8) -> String {
    Decimal::new(coefficient, scale).map_or_else(String::new, |d| {
        let text = d.to_string();
        if scale > 20 {
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        } else {
            text
        }
    })
}

/// Warns of seconds with more than eighteen digits before the point.
pub(super) fn large(cx: &RowContext<'_>, coefficient: I256, scale: u8) {
    let whole = coefficient / I256::from(10_i64).pow(u32::from(scale));
    if whole.unsigned_abs() >= I256::from(1_000_000_000_000_000_000_i64).unsigned_abs() {
        let text = trimmed(coefficient, scale);
        cx.warn(Warning::truncated("DECIMAL", text.as_bytes()));
    }
}

fn sec_to_time(of: &Seconds, cx: &RowContext<'_>, coefficient: I256) -> Option<i64> {
    let clamped = |negative: bool| {
        if negative {
            temporal::Time::MIN
        } else {
            temporal::Time::MAX
        }
    };
    let negative = coefficient < I256::from(0_i64);
    let (time, over) = match rounded(coefficient, of.scale, cx.session) {
        Some((seconds, micros)) => arithmetic::seconds_to_time(seconds, micros),
        None => (clamped(negative), true),
    };
    if over {
        let text = trimmed(coefficient, of.scale);
        cx.warn(Warning::truncated("time", text.as_bytes()));
    }
    Some(time.micros())
}

fn sec_to_time_reference(
    cx: &RowContext<'_>,
    site: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    let of = Seconds {
        scale: site.args[0].ty.decimals,
    };
    Ok(match &args[0] {
        Datum::Decimal(d) => sec_to_time(&of, cx, d.coefficient()).map_or(Datum::Null, Datum::Time),
        _ => Datum::Null,
    })
}

fn bind_maketime(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let [hour, minute, second] = super::exactly(args)?;
    let unsigned = hour.ty.unsigned && hour.ty.kind == TypeKind::BigInt;
    let unsigned = Datum::Int(i64::from(unsigned));
    let (second, digits) = decimal_seconds(cx, second);
    let args = vec![
        integer(cx, hour),
        integer(cx, minute),
        second,
        Expr::literal(unsigned, SqlType::bigint_of(2)).at(cx.span),
    ];
    Ok(cx.call(args, SqlType::time(digits), true))
}

fn maketime(
    scale: u8,
    cx: &RowContext<'_>,
    hour: i64,
    minute: i64,
    second: I256,
    unsigned: bool,
) -> Option<i64> {
    let unit = I256::from(10_i64).pow(u32::from(scale));
    let whole = second / unit;
    let zero = I256::from(0_i64);
    large(cx, second, scale);
    if !(0..60).contains(&minute) || second < zero || whole >= I256::from(60_i64) {
        return None;
    }
    let (seconds, micros) = rounded(second, scale, cx.session)?;
    let negative = hour < 0 && !unsigned;
    let hours = if unsigned {
        hour as u64
    } else {
        hour.unsigned_abs()
    };
    let sub_hour = (minute * 60 + seconds) * 1_000_000 + micros;
    let total = i128::from(hours) * 3_600_000_000 + i128::from(sub_hour);
    let total = if negative { -total } else { total };
    // MySQL: the last hour has no fractions.
    let in_range = total.unsigned_abs() <= temporal::Time::MAX.micros() as u128
        && (hours < 838 || micros == 0);
    if in_range {
        return Some(total as i64);
    }
    let nanos = format!("{:09}", micros * 1000);
    let fraction = match scale.min(9) {
        0 => String::new(),
        shown => format!(".{}", &nanos[..usize::from(shown)]),
    };
    let text = format!("{hours:02}:{minute:02}:{seconds:02}{fraction}");
    cx.warn(Warning::truncated("time", text.as_bytes()));
    let limit = if negative {
        temporal::Time::MIN
    } else {
        temporal::Time::MAX
    };
    Some(limit.micros())
}

fn maketime_reference(
    cx: &RowContext<'_>,
    site: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    let scale = site.args[2].ty.decimals;
    Ok(match (&args[0], &args[1], &args[2], &args[3]) {
        (Datum::Int(hour), Datum::Int(minute), Datum::Decimal(second), Datum::Int(unsigned)) => {
            maketime(
                scale,
                cx,
                *hour,
                *minute,
                second.coefficient(),
                *unsigned != 0,
            )
            .map_or(Datum::Null, Datum::Time)
        }
        _ => Datum::Null,
    })
}

fn bind_period(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let [a, b] = super::exactly(args)?;
    let nullable = a.nullable || b.nullable;
    let args = vec![integer(cx, a), integer(cx, b)];
    Ok(cx.call(args, SqlType::bigint_of(21), nullable))
}

fn period_add_reference(
    cx: &RowContext<'_>,
    _: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    match (&args[0], &args[1]) {
        (Datum::Int(start), Datum::Int(count)) => match period::add(*start, *count) {
            Some(v) => Ok(Datum::Int(v)),
            None => {
                wrong(cx, "period_add");
                Err(Fault::Raised)
            }
        },
        _ => Ok(Datum::Null),
    }
}

fn period_diff_reference(
    cx: &RowContext<'_>,
    _: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    match (&args[0], &args[1]) {
        (Datum::Int(a), Datum::Int(b)) => match period::difference(*a, *b) {
            Some(v) => Ok(Datum::Int(v)),
            None => {
                wrong(cx, "period_diff");
                Err(Fault::Raised)
            }
        },
        _ => Ok(Datum::Null),
    }
}

/// A time of any length as text.
pub(super) fn unlimited(micros: i64, fsp: u8) -> String {
    let sign = if micros < 0 { "-" } else { "" };
    let magnitude = micros.unsigned_abs();
    let (seconds, rest) = (magnitude / 1_000_000, magnitude % 1_000_000);
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let mut text = format!("{sign}{hours:02}:{minutes:02}:{seconds:02}");
    if fsp > 0 {
        let digits = format!("{rest:06}");
        text.push('.');
        text.push_str(&digits[..usize::from(fsp.min(6))]);
    }
    text
}
