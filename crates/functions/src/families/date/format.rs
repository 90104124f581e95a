//! Dates as text and back: `DATE_FORMAT TIME_FORMAT STR_TO_DATE GET_FORMAT`.

use super::DATETIME;
use super::fields::parts;
use crate::families::cast::to_temporal::{Manner, read};
use crate::families::textual;
use crate::kernel::nullable_with;
use crate::native::{Bytes, Date, DateTime, Int, Time};
use crate::{BindContext, CallSite, Expr, Fault, Function, RowContext};
use sqlift_collation::{Charset, Collated, Repertoire};
use sqlift_types::temporal::date_format::{Formatted, format};
use sqlift_types::temporal::str_to_date::{self, FormatKind, format_kind};
use sqlift_types::temporal::{self, DateFlags, Locale, Notes, Parts, calendar};
use sqlift_types::{Datum, Error, SqlMode, SqlType, TypeKind, Warning};

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new("DATE_FORMAT", (2, 2), bind_date_format, format_reference)
            .doc("A moment as text, by a format.")
            .example("DATE_FORMAT('2024-02-29', '%d.%m.%Y')", "29.02.2024")
            .overload(nullable_with::<(DateTime, Bytes), Bytes, _, _>(
                |site| style(site, Formatted::DateTime),
                |style: &Style, cx, v: i64, format: &[u8]| {
                    let parts = temporal::DateTime::from_packed_trusted(v).parts();
                    style.write(cx, &parts, format)
                },
            ))
            .shares_reference()
            .overload(nullable_with::<(Int, Bytes), Bytes, _, _>(
                |site| style(site, Formatted::Time),
                |style: &Style, cx, v: i64, format: &[u8]| {
                    style.write(cx, &super::mixed_parts(v), format)
                },
            ))
            .shares_reference(),
        Function::new("TIME_FORMAT", (2, 2), bind_time_format, format_reference)
            .doc("A time as text, by a format.")
            .example("TIME_FORMAT('10:11:12', '%H.%i')", "10.11"),
        Function::new(
            "STR_TO_DATE",
            (2, 2),
            bind_str_to_date,
            str_to_date_reference,
        )
        .doc("A text read by a format: a DATE, TIME or DATETIME, as the format says.")
        .example("STR_TO_DATE('29.02.2024', '%d.%m.%Y')", "2024-02-29")
        .overload(nullable_with::<(Bytes, Bytes), Date, _, _>(
            reading,
            Reading::packed,
        ))
        .warns()
        .shares_reference()
        .overload(nullable_with::<(Bytes, Bytes), Time, _, _>(
            reading,
            Reading::packed,
        ))
        .warns()
        .shares_reference()
        .overload(nullable_with::<(Bytes, Bytes), DateTime, _, _>(
            reading,
            Reading::packed,
        ))
        .warns()
        .shares_reference(),
        Function::operator("GET_FORMAT", bind_get_format, get_format_reference)
            .doc("The format that a region writes dates or times in.")
            .example("GET_FORMAT(DATE, 'EUR')", "%d.%m.%Y")
            .overload(nullable_with::<(Bytes, Bytes), Bytes, _, _>(
                |_| Ok(()),
                |(): &(), cx, kind: &[u8], region: &[u8]| {
                    Some(cx.bytes(regional(kind, region)?.as_bytes()))
                },
            ))
            .shares_reference(),
    ]
}

/// How moments are written at one call site.
struct Style {
    kind: Formatted,
    locale: &'static Locale,
    charset: Charset,
}

fn style(site: &CallSite<'_>, kind: Formatted) -> Result<Style, Error> {
    let collation = site.ret.collation.get();
    Ok(Style {
        kind,
        locale: super::session_locale(site.session),
        charset: collation.map_or(Charset::Utf8mb4, |c| c.charset()),
    })
}

impl Style {
    fn text(&self, parts: &Parts, pattern: &[u8]) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        format(parts, self.kind, pattern, self.locale, &mut out)?;
        match self.charset {
            Charset::Utf8mb4 => Some(out),
            charset => super::encoded(&out, charset).ok(),
        }
    }

    fn write<'r>(&self, cx: &RowContext<'r>, parts: &Parts, pattern: &[u8]) -> Option<&'r [u8]> {
        if pattern.is_empty() {
            return None;
        }
        Some(cx.bytes(&self.text(parts, pattern)?))
    }
}

fn format_reference(
    _: &RowContext<'_>,
    site: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    let (parts, kind) = match &args[0] {
        Datum::Int(v) => (Some(super::mixed_parts(*v)), Formatted::Time),
        value => (parts(value), Formatted::DateTime),
    };
    let (Some(parts), Datum::Bytes(pattern)) = (parts, &args[1]) else {
        return Ok(Datum::Null);
    };
    let Ok(style) = style(site, kind) else {
        return Ok(Datum::Null);
    };
    if pattern.is_empty() {
        return Ok(Datum::Null);
    }
    Ok(style
        .text(&parts, pattern)
        .map_or(Datum::Null, Datum::Bytes))
}

/// The most characters that a constant format can give.
fn longest(pattern: &[u8]) -> u32 {
    let mut length = 0;
    // MySQL: bytes, not characters.
    let mut characters = pattern.iter().map(|b| char::from(*b));
    while let Some(c) = characters.next() {
        length += match c {
            '%' => match characters.next() {
                Some('M' | 'W') => 64,
                Some('D' | 'Y' | 'x' | 'X') => 4,
                Some('a' | 'b') => 32,
                Some('j') => 3,
                Some(
                    'u' | 'U' | 'v' | 'V' | 'y' | 'm' | 'd' | 'h' | 'i' | 'I' | 'l' | 'p' | 'S'
                    | 's' | 'c' | 'e',
                ) => 2,
                Some('k' | 'H') => 7,
                Some('r') => 11,
                Some('T') => 8,
                Some('f') => 6,
                _ => 1,
            },
            _ => 1,
        };
    }
    length
}

/// Whether the operand is a text literal as written, not something that was folded: its text tells.
fn is_text_literal(cx: &BindContext<'_>, expr: &Expr) -> bool {
    let text = (cx.quote)(expr.span);
    let before = text.split('\'').next().unwrap_or_default();
    expr.as_literal().is_some()
        && expr.ty.kind.is_text()
        && text.ends_with('\'')
        && (before.is_empty() || before.starts_with('_') || before.eq_ignore_ascii_case("N"))
}

/// The pattern as text, and the type of the result, which has the pattern's coercibility.
fn format_operand(cx: &BindContext<'_>, pattern: Expr) -> (Expr, SqlType, Collated) {
    let length = match pattern.as_literal() {
        Some(Datum::Bytes(text)) if is_text_literal(cx, &pattern) => longest(text),
        _ => pattern.ty.display_length().saturating_mul(10),
    };
    let collation = cx.connection_collation();
    let collated = Collated {
        collation,
        repertoire: Repertoire::Unicode,
        ..textual::collated(cx, &pattern)
    };
    let pattern = match pattern.ty.kind {
        kind if kind.is_string() => pattern,
        _ => {
            let length = pattern.ty.display_length();
            cx.coerce(pattern, SqlType::text(TypeKind::VarChar, length, collation))
        }
    };
    let ty = SqlType::text(TypeKind::VarChar, length, collation);
    (pattern, ty, collated)
}

fn bind_date_format(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let [moment, pattern] = super::exactly(args)?;
    let (pattern, ty, collated) = format_operand(cx, pattern);
    let moment = read(cx, moment, DATETIME, Manner::Fields)?;
    let call = cx.call(vec![moment, pattern], ty, true);
    Ok(cx.with_collation(call, collated))
}

fn bind_time_format(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let [time, pattern] = super::exactly(args)?;
    let (pattern, ty, collated) = format_operand(cx, pattern);
    let time = read(cx, time, SqlType::int(), Manner::Mixed)?;
    let call = cx.call_named("DATE_FORMAT", vec![time, pattern], ty, true);
    Ok(cx.with_collation(call, collated))
}

/// How texts are read at one call site.
struct Reading {
    flags: DateFlags,
    kind: TypeKind,
}

fn reading(site: &CallSite<'_>) -> Result<Reading, Error> {
    let mode = site.session.sql_mode;
    Ok(Reading {
        flags: DateFlags {
            allow_zero_in_date: true,
            no_zero_in_date: mode.contains(SqlMode::NO_ZERO_IN_DATE),
            no_zero_date: mode.contains(SqlMode::NO_ZERO_DATE),
            allow_invalid_dates: mode.contains(SqlMode::ALLOW_INVALID_DATES),
            time_truncate_fractional: false,
        },
        kind: site.ret.kind,
    })
}

impl Reading {
    fn packed<'r>(&'r self, cx: &RowContext<'r>, text: &'r [u8], pattern: &'r [u8]) -> Option<i64> {
        self.read(cx, text, pattern)
    }

    fn read(&self, cx: &RowContext<'_>, text: &[u8], pattern: &[u8]) -> Option<i64> {
        let read = str_to_date::read(text, pattern);
        let value = read.and_then(|(parts, left_over)| Some((self.value(parts)?, left_over)));
        let Some((value, left_over)) = value else {
            let nested = read.is_none() && matches!(pattern, b"%T" | b"%r");
            let (word, text) = if nested {
                ("time", text.trim_ascii_start())
            } else {
                ("datetime", text)
            };
            let text = textual::shown_as_is(text, 127);
            let message = format!("Incorrect {word} value: '{text}' for function str_to_date");
            cx.warn(Warning::new(1411, message));
            return None;
        };
        if left_over {
            let word = match self.kind {
                TypeKind::Date => "date",
                TypeKind::Time => "time",
                _ => "datetime",
            };
            // MySQL: the text, whatever its character set, is taken for latin1.
            let shown = textual::shown(text, Charset::Latin1);
            cx.warn(Warning::new(
                1292,
                format!("Truncated incorrect {word} value: '{shown}'"),
            ));
        }
        Some(value)
    }

    /// The fields as the static type has them; `None` if there is no such date.
    fn value(&self, parts: Parts) -> Option<i64> {
        if self.kind == TypeKind::Time {
            let hours = parts.day * 24 + parts.hour;
            let (time, clamped) = Parts {
                hour: hours,
                ..parts
            }
            .time();
            return (!clamped).then_some(time.micros());
        }
        if parts.year > 9999 || parts.month > 12 || parts.day > 31 || parts.hour > 23 {
            return None;
        }
        let date = parts.date();
        // MySQL: NO_ZERO_DATE refuses here what has any zero part, the year included.
        let zero = date.has_zero_part() || date.year() == 0;
        let refused = self.flags.no_zero_date && zero;
        if refused || !calendar::check(date, self.flags, &mut Notes::default()) {
            return None;
        }
        Some(match self.kind {
            TypeKind::Date => date.to_packed(),
            _ => parts.datetime().to_packed(),
        })
    }
}

fn bind_str_to_date(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let [text, pattern] = super::exactly(args)?;
    let ty = match cx.constant(&pattern) {
        Some(Datum::Bytes(pattern)) => match format_kind(&pattern) {
            FormatKind::Date => SqlType::date(),
            FormatKind::Time { fraction } => SqlType::time(if fraction { 6 } else { 0 }),
            FormatKind::DateTime { fraction } => SqlType::datetime(if fraction { 6 } else { 0 }),
        },
        _ => DATETIME,
    };
    let collation = cx.connection_collation();
    let as_text = |expr: Expr| match expr.ty.kind {
        kind if kind.is_string() => expr,
        _ => {
            let length = expr.ty.display_length();
            cx.coerce(expr, SqlType::text(TypeKind::VarChar, length, collation))
        }
    };
    let args = vec![as_text(text), as_text(pattern)];
    Ok(cx.call(args, ty, true))
}

fn str_to_date_reference(
    cx: &RowContext<'_>,
    site: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    let (Datum::Bytes(text), Datum::Bytes(pattern)) = (&args[0], &args[1]) else {
        return Ok(Datum::Null);
    };
    let Ok(reading) = reading(site) else {
        return Ok(Datum::Null);
    };
    Ok(match (reading.read(cx, text, pattern), site.ret.kind) {
        (None, _) => Datum::Null,
        (Some(v), TypeKind::Date) => Datum::Date(v),
        (Some(v), TypeKind::Time) => Datum::Time(v),
        (Some(v), _) => Datum::DateTime(v),
    })
}

fn bind_get_format(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let [kind, region] = super::exactly(args)?;
    let collation = cx.connection_collation();
    let region = match region.ty.kind {
        kind if kind.is_string() => region,
        _ => {
            let length = region.ty.display_length();
            cx.coerce(region, SqlType::text(TypeKind::VarChar, length, collation))
        }
    };
    let ty = SqlType::text(TypeKind::VarChar, 17, collation);
    Ok(cx.call(vec![kind, region], ty, true))
}

fn regional(kind: &[u8], region: &[u8]) -> Option<&'static str> {
    let region = region.to_ascii_uppercase();
    Some(match (kind, &*region) {
        (b"DATE", b"USA") => "%m.%d.%Y",
        (b"DATE", b"JIS" | b"ISO") => "%Y-%m-%d",
        (b"DATE", b"EUR") => "%d.%m.%Y",
        (b"DATE", b"INTERNAL") => "%Y%m%d",
        (b"TIME", b"USA") => "%h:%i:%s %p",
        (b"TIME", b"JIS" | b"ISO") => "%H:%i:%s",
        (b"TIME", b"EUR") => "%H.%i.%s",
        (b"TIME", b"INTERNAL") => "%H%i%s",
        (b"DATETIME", b"JIS" | b"ISO") => "%Y-%m-%d %H:%i:%s",
        (b"DATETIME", b"USA" | b"EUR") => "%Y-%m-%d %H.%i.%s",
        (b"DATETIME", b"INTERNAL") => "%Y%m%d%H%i%s",
        _ => return None,
    })
}

fn get_format_reference(
    _: &RowContext<'_>,
    _: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    Ok(match (&args[0], &args[1]) {
        (Datum::Bytes(kind), Datum::Bytes(region)) => {
            regional(kind, region).map_or(Datum::Null, |f| Datum::Bytes(f.as_bytes().to_vec()))
        }
        _ => Datum::Null,
    })
}
