//! Constants compared with columns.
//!
//! MySQL stores a constant into the column that it is compared with, to see whether it survives: then the comparison is one of the column's
//! type (`bigint_column = '9007199254740993'` is exact, `year_column = 24` means 2024). A constant that does not survive is compared as any
//! other, and a date or time that does not says so once (warning 1292).

use super::moment;
use crate::{BindContext, Expr};
use sqlift_types::decimal::{Coefficient, Decimal, parse_decimal_prefix};
use sqlift_types::temporal::number::{datetime_from_decimal, time_from_decimal};
use sqlift_types::temporal::{Date, DateTime, Notes, TextKind, Time, parse_datetime, parse_time};
use sqlift_types::{Datum, SqlType, TypeKind, printable};

/// The constant in the column's type, if the column takes it. Text for a date is left to the comparison of dates.
pub(super) fn in_column(cx: &mut BindContext<'_>, column: &Expr, constant: &Expr) -> Option<Expr> {
    let has_date = column.ty.kind.is_temporal() && column.ty.kind != TypeKind::Time;
    if has_date && (!constant.ty.kind.is_numeric()) {
        return None;
    }
    in_column_with_text(cx, column, constant)
}

/// The constant in the column's type, if the column takes it.
pub(super) fn in_column_with_text(
    cx: &mut BindContext<'_>,
    column: &Expr,
    constant: &Expr,
) -> Option<Expr> {
    if !column.is_column() || !constant.is_constant() || constant.ty.kind == TypeKind::Null {
        return None;
    }
    let value = cx.constant(constant)?;
    let converted = match column.ty.kind {
        TypeKind::Year => year(cx, &value, constant)?,
        TypeKind::Time => time(cx, column, &value, constant)?,
        TypeKind::Date | TypeKind::DateTime | TypeKind::Timestamp => {
            date(cx, column, &value, constant)?
        }
        TypeKind::Bit => integer(&value, constant)?,
        kind if kind.is_integer() => integer(&value, constant)?,
        _ => return None,
    };
    Some(converted.at(constant.span))
}

/// A constant that is a whole number.
fn integer(value: &Datum, constant: &Expr) -> Option<Expr> {
    let whole = |d: Decimal| {
        let normal = d.normalized();
        let coefficient = normal.to_coefficient::<i128>(0)?;
        (Decimal::from_coefficient(coefficient, 0)? == d).then_some(coefficient)
    };
    let number: i128 = match value {
        Datum::Decimal(d) => whole(*d)?,
        Datum::Double(d) if d.fract() == 0.0 && d.abs() < 1e19 => *d as i128,
        Datum::Bytes(text) if constant.ty.kind != TypeKind::Hex => {
            let read = parse_decimal_prefix(text, 30);
            if read.truncated || read.consumed == 0 {
                return None;
            }
            whole(read.value)?
        }
        _ => return None,
    };
    if let Ok(v) = i64::try_from(number) {
        return Some(Expr::literal(Datum::Int(v), SqlType::bigint()));
    }
    let v = u64::try_from(number).ok()?;
    Some(Expr::literal(Datum::UInt(v), SqlType::ubigint()))
}

/// A number or text as YEAR takes it: one or two digits are of 1970 to 2069.
fn year(cx: &BindContext<'_>, value: &Datum, constant: &Expr) -> Option<Expr> {
    let two_digits = |n: i64| match n {
        0 => Some(0),
        1..=69 => Some(n + 2000),
        70..=99 => Some(n + 1900),
        1901..=2155 => Some(n),
        _ => None,
    };
    let year = match value {
        _ if constant.ty.kind == TypeKind::Hex => return None,
        Datum::Int(v) => two_digits(*v)?,
        Datum::UInt(v) => two_digits(i64::try_from(*v).ok()?)?,
        Datum::Double(v) => two_digits(v.round_ties_even() as i64)?,
        Datum::Decimal(d) => two_digits(rounded(*d)?)?,
        Datum::Bytes(text) => {
            let text = text.trim_ascii_start();
            let digits = text.iter().take_while(|b| b.is_ascii_digit()).count();
            let number: i64 = std::str::from_utf8(&text[..digits]).ok()?.parse().ok()?;
            match number {
                0 if digits < 4 => 2000,
                _ => two_digits(number)?,
            }
        }
        Datum::Date(v) => i64::from(Date::from_packed_trusted(*v).year()),
        Datum::DateTime(v) => i64::from(DateTime::from_packed_trusted(*v).year()),
        Datum::Time(_) => {
            let now = moment::zone(cx.session).from_unix(cx.session.now?)?;
            i64::from(now.year())
        }
        _ => return None,
    };
    let stored = year == 0 || (1901..=2155).contains(&year);
    stored.then(|| Expr::literal(Datum::UInt(year as u64), SqlType::year()))
}

fn rounded(d: Decimal) -> Option<i64> {
    d.coefficient().rescale(d.scale(), 0)?.to_i64()
}

/// Whole part and billionths of a number.
fn seconds_and_nanos(value: &Datum) -> Option<(i64, i32)> {
    Some(match value {
        Datum::Int(v) => (*v, 0),
        Datum::UInt(v) => (i64::try_from(*v).ok()?, 0),
        Datum::Double(v) if v.abs() < 1e15 => (v.trunc() as i64, (v.fract() * 1e9).round() as i32),
        Datum::Decimal(d) => {
            let nanos: i128 = d.coefficient().rescale(d.scale(), 9)?.to_i128()?;
            (
                i64::try_from(nanos / 1_000_000_000).ok()?,
                (nanos % 1_000_000_000) as i32,
            )
        }
        _ => return None,
    })
}

/// The text of a constant, for warnings.
fn shown(value: &Datum, constant: &Expr) -> Vec<u8> {
    let mut text = Vec::new();
    sqlift_types::write_text(value, &constant.ty, &mut text);
    moment::shown(&text, constant.ty.kind.is_binary()).into_bytes()
}

/// A number or text in a DATE or DATETIME column.
fn date(cx: &mut BindContext<'_>, column: &Expr, value: &Datum, constant: &Expr) -> Option<Expr> {
    if matches!(value, Datum::Date(_) | Datum::DateTime(_) | Datum::Time(_)) {
        return None;
    }
    let mut flags = moment::flags(cx.session);
    // MySQL: a constant that is compared may be a date that could not be stored.
    flags.no_zero_date = false;
    flags.allow_invalid_dates = true;
    let good = |kind: TextKind| matches!(kind, TextKind::Date | TextKind::DateTime);
    let moment = match value {
        Datum::Bytes(text) => Some(parse_datetime(text, flags))
            .filter(|p| good(p.kind) && !p.notes.any())
            .map(|p| p.value),
        _ => seconds_and_nanos(value)
            .map(|(n, nanos)| datetime_from_decimal(n, nanos, flags))
            .filter(|p| good(p.kind) && !p.notes.any())
            .map(|p| p.value),
    };
    let is_date = column.ty.kind == TypeKind::Date;
    match moment {
        Some(moment) if !is_date => Some(Expr::literal(
            Datum::DateTime(moment.to_packed()),
            SqlType::datetime(6),
        )),
        Some(moment) if moment.packed_clock() == 0 => Some(Expr::literal(
            Datum::Date(moment.date().to_packed()),
            SqlType::date(),
        )),
        _ => {
            let name = moment::operand_name(cx, column);
            let word = moment::warning_name(&column.ty);
            let text = shown(value, constant);
            cx.warnings.push(moment::incorrect(word, &text, &name));
            None
        }
    }
}

/// Text, a number, a date or a moment in a TIME column.
fn time(cx: &mut BindContext<'_>, column: &Expr, value: &Datum, constant: &Expr) -> Option<Expr> {
    let mut notes = Notes::default();
    let zone = moment::zone(cx.session);
    let flags = moment::flags(cx.session);
    let (time, failed) = match value {
        Datum::Time(_) => return None,
        Datum::Date(_) => (Time::from_micros(0), false),
        Datum::DateTime(v) => (Some(DateTime::from_packed_trusted(*v).time()), false),
        Datum::Bytes(text) => {
            let parsed = parse_time(text, flags);
            notes = parsed.notes;
            let time = parsed.time(flags, &zone, &mut notes);
            (time, notes.truncated || notes.out_of_range)
        }
        number => {
            let parsed = seconds_and_nanos(number)
                .and_then(|(n, nanos)| time_from_decimal(n, nanos, &mut notes));
            (parsed.map(|(clock, _)| clock.time()), notes.any())
        }
    };
    if failed || time.is_none() {
        let name = moment::operand_name(cx, column);
        let text = shown(value, constant);
        let message = format!(
            "Incorrect time value: '{}' for column '{name}' at row 1",
            printable(&text)
        );
        cx.warnings.push(sqlift_types::Warning::new(1292, message));
        return None;
    }
    let time = time?;
    Some(Expr::literal(Datum::Time(time.micros()), SqlType::time(6)))
}
