//! Constants as written: their types, lengths, and what is wrong with them.

use sqlift_collation::{Charset, Coercibility, Collated, Collation, CollationId, Repertoire};
use sqlift_functions::Expr;
use sqlift_syntax::ast::{Literal, StringLiteral, StringPrefix, TemporalKind};
use sqlift_types::decimal::{Decimal, DecimalType};
use sqlift_types::temporal::{DateFlags, Notes, TextKind, Zone, parse_datetime, parse_time};
use sqlift_types::{
    Datum, Error, Session, SqlMode, SqlType, TimeZone, TypeKind, Warning, printable,
};

/// The typed constant; what is said of its spelling goes to `spelling`, what of its value to `warnings`. Errors: 1525 (no such date), 1115 (unknown character set), 1300 (invalid text), 1367 (illegal double).
pub(super) fn bind(
    literal: &Literal,
    session: &Session,
    spelling: &mut Vec<Warning>,
    warnings: &mut Vec<Warning>,
) -> Result<Expr, Error> {
    match literal {
        Literal::Null => Ok(Expr::literal(Datum::Null, SqlType::null())),
        Literal::Bool(value) => Ok(Expr::literal(
            Datum::Int(i64::from(*value)),
            SqlType::bool(),
        )),
        Literal::Integer(digits) => integer(digits),
        Literal::Decimal(text) => decimal(text),
        Literal::Float(text) => double(text),
        Literal::String(string) => text_literal(string, session, spelling),
        Literal::Hex {
            introducer: Some(charset),
            bytes,
        }
        | Literal::Bit {
            introducer: Some(charset),
            bytes,
        } => introduced(charset, bytes.clone(), spelling),
        Literal::Hex {
            introducer: None,
            bytes,
        } => Ok(number_of_bytes(bytes, true)),
        Literal::Bit {
            introducer: None,
            bytes,
        } => Ok(number_of_bytes(bytes, false)),
        Literal::Temporal { kind, text } => temporal(*kind, text, session, warnings),
    }
}

fn integer(digits: &str) -> Result<Expr, Error> {
    let length = digits.len() as u32;
    if let Ok(value) = digits.parse::<i64>() {
        // The display length has room for a sign.
        return Ok(Expr::literal(
            Datum::Int(value),
            SqlType::bigint_of(length + 1),
        ));
    }
    if let Ok(value) = digits.parse::<u64>() {
        let ty = SqlType::bigint_of(length).with_unsigned(true);
        return Ok(Expr::literal(Datum::UInt(value), ty));
    }
    decimal(digits)
}

fn decimal(text: &str) -> Result<Expr, Error> {
    let value = Decimal::from_literal(text)
        .ok_or_else(|| Error::unsupported("DECIMAL literals that no DECIMAL column holds"))?;
    let ty = DecimalType::of_decimal_literal(text);
    let ty = SqlType::decimal(ty.precision.into(), ty.scale);
    Ok(Expr::literal(Datum::Decimal(value), ty))
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

fn text_literal(
    string: &StringLiteral,
    session: &Session,
    spelling: &mut Vec<Warning>,
) -> Result<Expr, Error> {
    match &string.prefix {
        StringPrefix::None => Ok(connected(&string.value, session, spelling)),
        StringPrefix::National => {
            spelling.push(national());
            Ok(text(string.value.clone(), CollationId::UTF8MB3_GENERAL_CI))
        }
        StringPrefix::Introducer(charset) => introduced(charset, string.value.clone(), spelling),
    }
}

/// A string constant of the connection: what its character set lacks becomes `?`, with warning 1300.
fn connected(value: &[u8], session: &Session, spelling: &mut Vec<Warning>) -> Expr {
    let collation = session.collation_connection;
    let charset = collation.get().map_or(Charset::Utf8mb4, Collation::charset);
    if matches!(charset, Charset::Utf8mb4 | Charset::Binary) {
        return text(value.to_vec(), collation);
    }
    let mut converted = Vec::new();
    let report = sqlift_collation::convert(Charset::Utf8mb4, charset, value, &mut converted);
    if !report.is_exact() {
        let message = format!(
            "Cannot convert string '{}' from utf8mb4 to {}",
            shown_bytes(value),
            charset.name()
        );
        spelling.push(Warning::new(1300, message));
    }
    text(converted, collation)
}

/// The first six bytes: what is not ASCII as `\xNN`.
fn shown_bytes(bytes: &[u8]) -> String {
    const SHOWN: usize = 6;
    let mut out = String::new();
    for byte in bytes.iter().take(SHOWN) {
        match byte {
            0x20..=0x7E => out.push(char::from(*byte)),
            _ => out.push_str(&format!("\\x{byte:02X}")),
        }
    }
    if bytes.len() > SHOWN {
        out.push_str("...");
    }
    out
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

/// The warning about `N'...'` and NCHAR.
pub(super) fn national() -> Warning {
    Warning::new(
        3720,
        "NATIONAL/NCHAR/NVARCHAR implies the character set UTF8MB3, which will be replaced by UTF8MB4 in a future release. \
            Please consider using CHAR(x) CHARACTER SET UTF8MB4 in order to be unambiguous.",
    )
}

/// The warning about naming a character set that is to go; `None` for the others.
pub(super) fn deprecated_charset(name: &str) -> Option<Warning> {
    let name = name.to_ascii_lowercase();
    match name.as_str() {
        "utf8" => Some(Warning::new(
            3719,
            "'utf8' is currently an alias for the character set UTF8MB3, but will be an alias for UTF8MB4 in a future release. \
                Please consider using UTF8MB4 in order to be unambiguous.",
        )),
        "utf8mb3" | "ucs2" | "macroman" | "macce" | "dec8" | "hp8" => Some(Warning::new(
            1287,
            format!(
                "'{name}' is deprecated and will be removed in a future release. Please use utf8mb4 instead"
            ),
        )),
        _ => None,
    }
}

/// `_charset'...'`, `_charset x'...'`.
fn introduced(name: &str, mut value: Vec<u8>, spelling: &mut Vec<Warning>) -> Result<Expr, Error> {
    let charset = Charset::by_name(name)
        .ok_or_else(|| Error::new(1115, "42000", format!("Unknown character set: '{name}'")))?;
    spelling.extend(deprecated_charset(name));
    // A character that lacks leading bytes gets zeros.
    let unit = match charset {
        Charset::Ucs2 | Charset::Utf16 | Charset::Utf16le => 2,
        Charset::Utf32 => 4,
        _ => 1,
    };
    let missing = value.len().next_multiple_of(unit) - value.len();
    value.splice(0..0, std::iter::repeat_n(0, missing));
    if !charset.is_well_formed(&value) {
        let bad = &value[charset.well_formed_len(&value).min(value.len())..];
        let shown: String = bad.iter().take(3).map(|b| format!("{b:02X}")).collect();
        let message = format!("Invalid {} character string: '{shown}'", charset.name());
        return Err(Error::new(1300, "HY000", message));
    }
    Ok(text(value, charset.default_collation()))
}

/// `x'...'`, `b'...'`: bytes, or an integer where a number is wanted, unsigned or (of `b'...'`) signed.
fn number_of_bytes(bytes: &[u8], unsigned: bool) -> Expr {
    let ty = SqlType::blob(TypeKind::Hex, bytes.len() as u32).with_unsigned(unsigned);
    collated(
        Expr::literal(Datum::Bytes(bytes.to_vec()), ty),
        CollationId::BINARY,
        Repertoire::Unicode,
    )
}

fn temporal(
    kind: TemporalKind,
    text: &[u8],
    session: &Session,
    warnings: &mut Vec<Warning>,
) -> Result<Expr, Error> {
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
        TimeZone::Named(name) => Zone::from_sql(name.as_bytes())
            .ok_or_else(|| Error::unsupported(format_args!("the time zone {name}")))?,
    };
    let wrong = |name: &str| Err(Error::wrong_value(name, &printable(text)));
    let mut notes = Notes::default();
    match kind {
        TemporalKind::Date => {
            let parsed = parse_datetime(text, flags);
            match (parsed.kind, parsed.notes.any()) {
                (TextKind::Date, false) => {
                    let note = parsed.notes.deprecation;
                    warnings.extend(note.map(|note| Warning::deprecated_delimiter(note, text)));
                    Ok(Expr::literal(
                        Datum::Date(parsed.value.date().to_packed()),
                        SqlType::date(),
                    ))
                }
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
                    let note = parsed.notes.deprecation;
                    warnings.extend(note.map(|note| Warning::deprecated_delimiter(note, text)));
                    let ty = SqlType::datetime(parsed.fraction_digits);
                    Ok(Expr::literal(Datum::DateTime(value.to_packed()), ty))
                }
                None => wrong("DATETIME"),
            }
        }
        TemporalKind::Time => {
            // MySQL: a TIME is rounded whatever TIME_TRUNCATE_FRACTIONAL says.
            let flags = DateFlags {
                time_truncate_fractional: false,
                ..flags
            };
            let parsed = parse_time(text, flags);
            match parsed.time(flags, &zone, &mut notes) {
                Some(value) if !notes.any() && !parsed.notes.any() => {
                    let note = parsed.notes.deprecation;
                    warnings.extend(note.map(|note| Warning::deprecated_delimiter(note, text)));
                    let ty = SqlType::time(parsed.fraction_digits);
                    Ok(Expr::literal(Datum::Time(value.micros()), ty))
                }
                _ => wrong("TIME"),
            }
        }
    }
}
