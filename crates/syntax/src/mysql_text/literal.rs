//! Constants as the server prints them: from their value, not from their text.

use crate::ast::{Expr, ExprKind, Ident, Literal, StringLiteral, StringPrefix, TemporalKind};
use crate::text;
use std::fmt::Write as _;

pub(super) fn write(literal: &Literal, out: &mut String) {
    match literal {
        Literal::Null => out.push_str("NULL"),
        Literal::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Literal::Integer(digits) => out.push_str(without_leading_zeros(digits)),
        Literal::Decimal(digits) => {
            let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
            out.push_str(without_leading_zeros(whole));
            if !fraction.is_empty() {
                let _ = write!(out, ".{fraction}");
            }
        }
        Literal::Float(digits) => out.push_str(digits),
        Literal::String(literal) => string(literal, out),
        Literal::Hex { introducer, bytes } | Literal::Bit { introducer, bytes } => match introducer
        {
            // MySQL: the empty string is the one that is not printed as a number.
            None if bytes.is_empty() => out.push_str("X''"),
            None => {
                let _ = write!(out, "0x{}", text::hex_digits(bytes));
            }
            Some(name) => {
                introduce(name, out);
                quote(&String::from_utf8_lossy(bytes), out);
            }
        },
        Literal::Temporal { kind, text } => temporal(*kind, text, out),
    }
}

fn without_leading_zeros(digits: &str) -> &str {
    match digits.trim_start_matches('0') {
        "" => "0",
        rest => rest,
    }
}

pub(super) fn string(literal: &StringLiteral, out: &mut String) {
    if let StringPrefix::Introducer(name) = &literal.prefix {
        introduce(name, out);
    }
    quote(&String::from_utf8_lossy(&literal.value), out);
}

fn introduce(name: &str, out: &mut String) {
    let _ = write!(out, "_{}", name.to_ascii_lowercase());
}

/// A string in the server's quotes.
pub(super) fn quote(value: &str, out: &mut String) {
    out.push('\'');
    for c in value.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\'' => out.push_str("\\'"),
            '\0' => out.push_str("\\0"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\u{1A}' => out.push_str("\\Z"),
            c => out.push(c),
        }
    }
    out.push('\'');
}

/// What `{d '…'}`, `{t '…'}`, `{ts '…'}` make of a string.
pub(super) fn odbc(name: &Ident) -> Option<TemporalKind> {
    if name.is("d") {
        Some(TemporalKind::Date)
    } else if name.is("t") {
        Some(TemporalKind::Time)
    } else if name.is("ts") {
        Some(TemporalKind::Timestamp)
    } else {
        None
    }
}

/// A temporal constant in its canonical form; a text that is not understood here stays as it is.
pub(super) fn temporal(kind: TemporalKind, value: &[u8], out: &mut String) {
    let value = String::from_utf8_lossy(value);
    out.push_str(kind.name());
    quote(
        canonical(kind, value.trim()).as_deref().unwrap_or(&value),
        out,
    );
}

fn canonical(kind: TemporalKind, value: &str) -> Option<String> {
    match kind {
        TemporalKind::Date => date(value),
        TemporalKind::Time => time(value),
        TemporalKind::Timestamp => {
            let (day, clock) = match value.split_once([' ', 'T']) {
                Some((day, clock)) => (day, clock.trim_start()),
                None if value.bytes().all(|b| b.is_ascii_digit())
                    && matches!(value.len(), 12 | 14) =>
                {
                    value.split_at(value.len() - 6)
                }
                None => (value, "0:0:0"),
            };
            Some(format!("{} {}", date(day)?, time(clock)?))
        }
    }
}

/// The numbers of `text`, which stand between single characters of punctuation.
fn numbers(text: &str, punctuation: fn(char) -> bool) -> Option<Vec<u32>> {
    text.split(punctuation)
        .map(|part| part.parse().ok().filter(|_| part.len() <= 7))
        .collect()
}

fn date(text: &str) -> Option<String> {
    let digits_only = text.bytes().all(|b| b.is_ascii_digit());
    let (year_digits, parts) = if digits_only && matches!(text.len(), 6 | 8) {
        let (year, rest) = text.split_at(text.len() - 4);
        (
            year.len(),
            vec![
                year.parse().ok()?,
                rest[..2].parse().ok()?,
                rest[2..].parse().ok()?,
            ],
        )
    } else {
        let year_digits = text.find(|c: char| c.is_ascii_punctuation())?;
        (year_digits, numbers(text, |c| c.is_ascii_punctuation())?)
    };
    let [mut year, month, day] = parts[..] else {
        return None;
    };
    if year_digits <= 2 {
        year += if year < 70 { 2000 } else { 1900 };
    }
    Some(format!("{year:04}-{month:02}-{day:02}"))
}

/// `[-][days ]hours:minutes[:seconds[.fraction]]`, or digits alone as seconds, minutes, hours.
fn time(text: &str) -> Option<String> {
    let (sign, text) = text
        .strip_prefix('-')
        .map_or(("", text), |rest| ("-", rest));
    let (days, clock) = text.split_once(' ').map_or((0, text), |(days, clock)| {
        (days.parse().unwrap_or(99), clock)
    });
    let (clock, fraction) = clock
        .split_once('.')
        .map_or((clock, None), |(clock, f)| (clock, Some(f)));
    if days > 34 || fraction.is_some_and(|f| f.len() > 6 || !f.bytes().all(|b| b.is_ascii_digit()))
    {
        return None;
    }
    let (hours, minutes, seconds) = match numbers(clock, |c| c == ':')?[..] {
        [hours, minutes, seconds] => (hours, minutes, seconds),
        [hours, minutes] => (hours, minutes, 0),
        [digits] if days == 0 => (digits / 10_000, digits / 100 % 100, digits % 100),
        _ => return None,
    };
    let hours = hours.checked_add(days * 24)?;
    let fraction = fraction.map_or(String::new(), |f| format!(".{f}"));
    Some(format!(
        "{sign}{hours:02}:{minutes:02}:{seconds:02}{fraction}"
    ))
}

/// Digits of fractional seconds that can be seen without knowing types.
pub(super) fn fraction_digits(expr: &Expr) -> u32 {
    let behind_point = |text: &str| {
        let digits = text.rsplit_once('.').map_or(0, |(_, digits)| digits.len());
        digits.min(6) as u32
    };
    match &expr.kind {
        ExprKind::Literal(Literal::Decimal(digits)) => behind_point(digits),
        ExprKind::Literal(Literal::String(literal)) => {
            behind_point(&String::from_utf8_lossy(&literal.value))
        }
        ExprKind::Literal(Literal::Temporal { text, .. }) => {
            behind_point(&String::from_utf8_lossy(text))
        }
        ExprKind::Call(call)
            if ["NOW", "CURTIME", "SYSDATE", "UTC_TIME"]
                .iter()
                .any(|f| call.name.is(f)) =>
        {
            match call.args.first().map(|arg| &arg.kind) {
                Some(ExprKind::Literal(Literal::Integer(digits))) => digits.parse().unwrap_or(0),
                _ => 0,
            }
        }
        _ => 0,
    }
}
