//! Constants as written: their types, lengths, and what is wrong with them.

use sqlift_collation::{Charset, Coercibility, Collated, Collation, CollationId, Repertoire};
use sqlift_functions::{Expr, ExprKind};
use sqlift_syntax::ast::{Literal, StringLiteral, StringPrefix, TemporalKind};
use sqlift_types::decimal::{Decimal, parse_decimal_prefix};
use sqlift_types::temporal::{DateFlags, Notes, TextKind, Zone, parse_datetime, parse_time};
use sqlift_types::{
    Datum, Error, Session, SqlMode, SqlType, TimeZone, TypeKind, Warning, printable,
};

/// The typed constant. Errors: 1525 (no such date), 1115 (unknown character set), 1300 (invalid text), 1367 (illegal double).
pub(super) fn bind(
    literal: &Literal,
    session: &Session,
    warnings: &mut Vec<Warning>,
) -> Result<Expr, Error> {
    match literal {
        Literal::Null => Ok(Expr::literal(Datum::Null, SqlType::null())),
        Literal::Bool(value) => Ok(Expr::literal(
            Datum::Int(i64::from(*value)),
            SqlType::bool(),
        )),
        Literal::Integer(digits) => integer(digits, warnings),
        Literal::Decimal(text) => decimal(text, warnings),
        Literal::Float(text) => double(text),
        Literal::String(string) => text_literal(string, session),
        Literal::Hex {
            introducer: Some(charset),
            bytes,
        }
        | Literal::Bit {
            introducer: Some(charset),
            bytes,
        } => introduced(charset, bytes.clone()),
        Literal::Hex {
            introducer: None,
            bytes,
        } => Ok(hexadecimal(bytes, Sign::Unsigned)),
        Literal::Bit {
            introducer: None,
            bytes,
        } => Ok(hexadecimal(bytes, Sign::Signed)),
        Literal::Temporal { kind, text } => temporal(*kind, text, session),
    }
}

fn integer(digits: &str, warnings: &mut Vec<Warning>) -> Result<Expr, Error> {
    let length = digits.len() as u32;
    if let Ok(value) = digits.parse::<i64>() {
        // The sign has its place, though a literal never shows one.
        return Ok(Expr::literal(
            Datum::Int(value),
            SqlType::bigint_of(length + 1),
        ));
    }
    if let Ok(value) = digits.parse::<u64>() {
        let ty = SqlType::bigint_of(length).with_unsigned(true);
        return Ok(Expr::literal(Datum::UInt(value), ty));
    }
    decimal(digits, warnings)
}

fn decimal(text: &str, warnings: &mut Vec<Warning>) -> Result<Expr, Error> {
    let parsed = parse_decimal_prefix(text.as_bytes(), sqlift_types::decimal::MAX_SCALE);
    if parsed.excess != sqlift_types::decimal::Excess::None {
        warnings.push(Warning::truncated("DECIMAL", text.as_bytes()));
    }
    let ty = sqlift_types::decimal::rules::DecimalType::of_decimal_literal(text);
    let ty = SqlType::decimal(ty.precision.into(), ty.scale);
    let value = parsed.value;
    let value = if value.scale() == ty.decimals {
        value
    } else {
        rescaled(value, ty.decimals)
    };
    Ok(Expr::literal(Datum::Decimal(value), ty))
}

fn rescaled(value: Decimal, scale: u8) -> Decimal {
    let coefficient = value.to_coefficient::<sqlift_types::I256>(scale);
    coefficient
        .and_then(|c| Decimal::new(c, scale))
        .unwrap_or(value)
}

fn double(text: &str) -> Result<Expr, Error> {
    let value: f64 = text.parse().unwrap_or(f64::INFINITY);
    if !value.is_finite() {
        let message = format!("Illegal double '{text}' value found during parsing");
        return Err(Error::new(1367, "22007", message));
    }
    let length = text.len() as u32;
    Ok(Expr::literal(
        Datum::Double(value),
        SqlType::double().with_length(length),
    ))
}

fn text_literal(string: &StringLiteral, session: &Session) -> Result<Expr, Error> {
    match &string.prefix {
        StringPrefix::None => Ok(text(string.value.clone(), session.collation_connection)),
        StringPrefix::National => Ok(text(string.value.clone(), CollationId::UTF8MB3_GENERAL_CI)),
        StringPrefix::Introducer(charset) => introduced(charset, string.value.clone()),
    }
}

/// A string constant of a collation, the bytes being in its character set already.
fn text(value: Vec<u8>, collation: CollationId) -> Expr {
    let charset = collation.get().map_or(Charset::Utf8mb4, Collation::charset);
    let ascii = value.is_ascii() && charset.is_ascii_compatible();
    if charset == Charset::Binary {
        let ty = SqlType::varbinary(value.len() as u32);
        return collated(
            Expr::literal(Datum::Bytes(value), ty),
            collation,
            Repertoire::Unicode,
        );
    }
    let length = charset.char_count(&value) as u32;
    let ty = SqlType::text(TypeKind::VarChar, length, collation);
    let repertoire = if ascii {
        Repertoire::Ascii
    } else {
        Repertoire::Unicode
    };
    collated(
        Expr::literal(Datum::Bytes(value), ty),
        collation,
        repertoire,
    )
}

fn collated(mut expr: Expr, collation: CollationId, repertoire: Repertoire) -> Expr {
    expr.collated = Collated::new(collation, Coercibility::Coercible, repertoire);
    expr
}

/// `_charset'...'`, `_charset x'...'`.
fn introduced(name: &str, value: Vec<u8>) -> Result<Expr, Error> {
    let charset = Charset::by_name(name)
        .ok_or_else(|| Error::new(1115, "42000", format!("Unknown character set: '{name}'")))?;
    if !charset.is_well_formed(&value) {
        let bad = &value[charset.well_formed_len(&value).min(value.len())..];
        let shown: String = bad.iter().take(6).map(|b| format!("\\x{b:02X}")).collect();
        let message = format!("Invalid {} character string: '{shown}'", charset.name());
        return Err(Error::new(1300, "HY000", message));
    }
    Ok(text(value, charset.default_collation()))
}

/// As what a number counts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sign {
    Signed,
    Unsigned,
}

/// `x'...'`, `b'...'`: bytes, or an integer where a number is wanted. MySQL: a hexadecimal one is unsigned, a bit literal is not.
fn hexadecimal(bytes: &[u8], sign: Sign) -> Expr {
    let ty = SqlType::blob(TypeKind::Hex, bytes.len() as u32).with_unsigned(sign == Sign::Unsigned);
    collated(
        Expr::literal(Datum::Bytes(bytes.to_vec()), ty),
        CollationId::BINARY,
        Repertoire::Unicode,
    )
}

fn temporal(kind: TemporalKind, text: &[u8], session: &Session) -> Result<Expr, Error> {
    let mode = session.sql_mode;
    let flags = DateFlags {
        allow_zero_in_date: true,
        no_zero_in_date: mode.contains(SqlMode::NO_ZERO_IN_DATE),
        no_zero_date: mode.contains(SqlMode::NO_ZERO_DATE),
        allow_invalid_dates: mode.contains(SqlMode::ALLOW_INVALID_DATES),
        time_truncate_fractional: mode.contains(SqlMode::TIME_TRUNCATE_FRACTIONAL),
    };
    let zone = match &session.time_zone {
        TimeZone::Offset(seconds) => Zone::Offset(*seconds),
        TimeZone::Named(name) => {
            return Err(Error::unsupported(format_args!(
                "temporal literals in the time zone {name}"
            )));
        }
    };
    let wrong = |name: &str| Err(Error::wrong_value(name, &printable(text)));
    let mut notes = Notes::default();
    match kind {
        TemporalKind::Date => {
            let parsed = parse_datetime(text, flags);
            match (parsed.kind, parsed.notes.any()) {
                (TextKind::Date, false) => Ok(Expr::literal(
                    Datum::Date(parsed.value.date().to_packed()),
                    SqlType::date(),
                )),
                _ => wrong("DATE"),
            }
        }
        TemporalKind::Timestamp => {
            let parsed = parse_datetime(text, flags);
            if parsed.kind != TextKind::DateTime || parsed.notes.any() {
                return wrong("DATETIME");
            }
            match parsed.datetime(flags, &zone, &mut notes) {
                Some(value) => {
                    let ty = SqlType::datetime(parsed.fraction_digits);
                    Ok(Expr::literal(Datum::DateTime(value.to_packed()), ty))
                }
                None => wrong("DATETIME"),
            }
        }
        TemporalKind::Time => {
            let parsed = parse_time(text, flags);
            match parsed.time(flags, &zone, &mut notes) {
                Some(value) if !notes.any() && !parsed.notes.any() => {
                    let ty = SqlType::time(parsed.fraction_digits);
                    Ok(Expr::literal(Datum::Time(value.micros()), ty))
                }
                _ => wrong("TIME"),
            }
        }
    }
}

#[allow(unused)]
fn _kind(_: ExprKind) {}
