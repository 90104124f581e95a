//! The number that a value is.

use super::{Asked, Conversion, Origin};
use crate::RowContext;
use crate::native::{
    Bool, Bytes, Date, DateTime, Dec64, Dec128, Dec256, Double, Int, Native, Time, UInt,
};
use sqlift_types::decimal::{
    Coefficient, Decimal, Excess, MAX_SCALE, overflowing_digits, parse_decimal_prefix,
};
use sqlift_types::number::{Range, bytes_to_u64, parse_double_prefix, parse_int_prefix};
use sqlift_types::{CollationId, TypeKind, Warning, printable, temporal};
use std::borrow::Cow;

/// A number of any kind.
#[derive(Clone, Copy, Debug)]
pub(super) enum Number {
    Int(i64),
    UInt(u64),
    Double(f64),
    Decimal(Decimal),
    /// What CAST AS YEAR makes NULL of; the warning is given.
    NoYear,
}

/// A representation that can be read as a number; texts may warn.
pub(super) trait Source: Native {
    fn number<'r>(c: &Conversion, cx: &RowContext<'r>, value: Self::Val<'r>) -> Number;
}

macro_rules! sources {
    ($($marker:ident, |$c:ident, $cx:ident, $v:ident| $number:expr;)*) => {$(
        impl Source for $marker {
            fn number<'r>($c: &Conversion, $cx: &RowContext<'r>, $v: Self::Val<'r>) -> Number {
                let _ = ($c, $cx);
                $number
            }
        }
    )*};
}

sources! {
    Bool, |c, cx, v| Number::Int(v.into());
    Int, |c, cx, v| Number::Int(v);
    UInt, |c, cx, v| Number::UInt(v);
    Double, |c, cx, v| Number::Double(v);
    Dec64, |c, cx, v| decimal(c, v);
    Dec128, |c, cx, v| decimal(c, v);
    Dec256, |c, cx, v| decimal(c, v);
    Date, |c, cx, v| {
        let date = temporal::Date::from_packed_trusted(v);
        match c.to.kind {
            TypeKind::Year => Number::Int(date.year().into()),
            _ => Number::Int(date_number(date)),
        }
    };
    Time, |c, cx, v| time(c, temporal::Time::from_micros_trusted(v));
    DateTime, |c, cx, v| datetime(c, temporal::DateTime::from_packed_trusted(v));
    Bytes, |c, cx, v| text(c, cx, v);
}

fn decimal<C: Coefficient>(c: &Conversion, coefficient: C) -> Number {
    Number::Decimal(Decimal::from_coefficient(coefficient, c.from.decimals).unwrap_or_default())
}

/// `20240229`.
fn date_number(date: temporal::Date) -> i64 {
    i64::from(date.year()) * 10_000 + i64::from(date.month()) * 100 + i64::from(date.day())
}

/// `101011.5`; rounded as a time if an integer is asked for.
fn time(c: &Conversion, value: temporal::Time) -> Number {
    let value = match c.seconds() {
        Seconds::Kept => value,
        Seconds::Rounded => temporal::fraction::round_time(value, 0).0,
        Seconds::Cut => temporal::fraction::truncate_time(value, 0),
    };
    let whole = clock_number(value.hour(), value.minute(), value.second());
    fractional(c, whole, value.microsecond(), value.is_negative())
}

/// `20240229101112.5`; rounded as a moment if an integer is asked for.
fn datetime(c: &Conversion, value: temporal::DateTime) -> Number {
    if c.to.kind == TypeKind::Year {
        return Number::Int(value.year().into());
    }
    let value = match c.seconds() {
        Seconds::Kept => value,
        Seconds::Rounded => temporal::fraction::round_datetime(value, 0).unwrap_or(value),
        Seconds::Cut => temporal::fraction::truncate_datetime(value, 0),
    };
    let clock = clock_number(value.hour(), value.minute(), value.second());
    let whole = date_number(value.date()) * 1_000_000 + clock;
    fractional(c, whole, value.microsecond(), false)
}

/// What becomes of fractions of seconds.
pub(super) enum Seconds {
    Kept,
    Rounded,
    Cut,
}

fn clock_number(hour: u32, minute: u32, second: u32) -> i64 {
    i64::from(hour) * 10_000 + i64::from(minute) * 100 + i64::from(second)
}

/// An integer, or a DECIMAL if the type has fractions of seconds and a number with a fraction is asked for.
fn fractional(c: &Conversion, whole: i64, micros: u32, negative: bool) -> Number {
    let fsp = c.from.decimals.min(6);
    let sign = if negative { -1 } else { 1 };
    if fsp == 0 || !matches!(c.seconds(), Seconds::Kept) {
        return Number::Int(sign * whole);
    }
    // At most 20 digits, more than 64 bits hold.
    let coefficient = i128::from(sign) * (i128::from(whole) * 1_000_000 + i128::from(micros));
    let value = Decimal::from_coefficient(coefficient, 6).unwrap_or_default();
    Number::Decimal(value.truncate(fsp.into()))
}

/// What a text is to be read as.
enum Reading {
    Integer,
    Decimal,
    Double,
    Year,
}

fn reading(c: &Conversion) -> Reading {
    match c.to.kind {
        TypeKind::Decimal => Reading::Decimal,
        kind if kind.is_integer() && kind != TypeKind::Bool => Reading::Integer,
        TypeKind::Year if c.asked == Asked::Explicitly => Reading::Year,
        _ => Reading::Double,
    }
}

/// The number at the beginning of a text, by the rules of the target; the number that a hexadecimal literal is.
pub(super) fn text(c: &Conversion, cx: &RowContext<'_>, bytes: &[u8]) -> Number {
    if c.from.kind == TypeKind::Hex {
        return hexadecimal(cx, bytes);
    }
    let utf8 = ascii_compatible(c, bytes);
    match reading(c) {
        Reading::Double => {
            let read = parse_double_prefix(&utf8);
            if read.truncated {
                warn_truncated(c, cx, "DOUBLE", &utf8);
            }
            Number::Double(read.value)
        }
        Reading::Decimal => {
            let read = parse_decimal_prefix(&utf8, MAX_SCALE.min(c.to.decimals));
            if read.excess == Excess::Buffer {
                let digits = overflowing_digits(&utf8);
                warn_truncated(c, cx, "DECIMAL", digits.as_bytes());
            }
            if read.consumed == 0 && c.origin == Origin::Column {
                // MySQL: of a column that holds no number, this comes first, with neither name nor row.
                cx.warn(Warning::new(
                    1366,
                    "Incorrect DECIMAL value: '0' for column '' at row -1",
                ));
            }
            if read.truncated && read.excess != Excess::Digits {
                warn_truncated(c, cx, "DECIMAL", &utf8);
            }
            Number::Decimal(read.value)
        }
        Reading::Integer => {
            let read = parse_int_prefix(&utf8);
            if read.truncated {
                warn_truncated(c, cx, "INTEGER", &utf8);
            }
            if c.asked == Asked::Explicitly {
                complement_warning(c, cx, read);
            }
            Number::UInt(read.bits)
        }
        Reading::Year => year(c, cx, &utf8),
    }
}

/// Two digits and less are of 1970 to 2069, even all zeros. NULL, as warnings say, for what does not begin with a year.
fn year(c: &Conversion, cx: &RowContext<'_>, utf8: &[u8]) -> Number {
    let read = parse_int_prefix(utf8);
    if read.consumed == 0 || read.negative || read.range != Range::Within {
        cx.warn(Warning::new(
            1525,
            format!("Incorrect YEAR value: '{}'", quoted(c, Quoting::Text, utf8)),
        ));
        return Number::NoYear;
    }
    let complete = read.consumed == utf8.len();
    let value = match read.bits {
        0 => Some(2000),
        bits => i64::try_from(bits)
            .ok()
            .filter(|v| temporal::Year::from_number(*v).is_some()),
    };
    if !complete || value.is_none() {
        warn_truncated(c, cx, "YEAR", utf8);
    }
    value.map_or(Number::NoYear, Number::Int)
}

fn warn_truncated(c: &Conversion, cx: &RowContext<'_>, kind: &str, text: &[u8]) {
    let quoting = if kind == "INTEGER" {
        Quoting::Bytes
    } else {
        Quoting::Text
    };
    let shown = quoted(c, quoting, text);
    cx.warn(Warning::new(
        1292,
        format!("Truncated incorrect {kind} value: '{shown}'"),
    ));
}

/// How a binary string is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quoting {
    /// As if it were text.
    Text,
    /// Byte by byte, where it is no ASCII.
    Bytes,
}

/// The most characters of a value that a warning quotes.
const QUOTED: usize = 128;

/// A value as the warning quotes it: in the older three-byte form of UTF-8, so that characters above it are question marks.
fn quoted(c: &Conversion, quoting: Quoting, text: &[u8]) -> String {
    let binary = c.from.collation == CollationId::BINARY;
    if binary && quoting == Quoting::Bytes {
        return printable(text);
    }
    let mut shown = String::new();
    for chunk in text.utf8_chunks() {
        for character in chunk.valid().chars() {
            match u32::from(character) {
                0..0x20 => shown.push_str(&format!("\\x{:02X}", u32::from(character))),
                0x1_0000.. if binary => shown.push_str("????"),
                0x1_0000.. => shown.push('?'),
                _ => shown.push(character),
            }
        }
        for _ in chunk.invalid() {
            shown.push('?');
        }
    }
    shown.chars().take(QUOTED).collect()
}

/// Warning 1105 of CAST, whose result shows the other sign.
fn complement_warning(
    c: &Conversion,
    cx: &RowContext<'_>,
    read: sqlift_types::number::IntegerText,
) {
    if !c.to.unsigned && read.wraps_signed() {
        cx.warn(Warning::new(
            1105,
            "Cast to signed converted positive out-of-range integer to its negative complement",
        ));
    }
    if c.to.unsigned && read.wraps_unsigned() {
        cx.warn(Warning::new(
            1105,
            "Cast to unsigned converted negative integer to its positive complement",
        ));
    }
}

/// The bytes in UTF-8, for character sets whose digits are not those of ASCII.
fn ascii_compatible<'b>(c: &Conversion, bytes: &'b [u8]) -> Cow<'b, [u8]> {
    let Some(collation) = c.from.collation.get() else {
        return Cow::Borrowed(bytes);
    };
    let charset = collation.charset();
    if charset == sqlift_collation::Charset::Binary
        || (charset.is_ascii_compatible() && bytes.is_ascii())
        || charset == sqlift_collation::Charset::Utf8mb4
    {
        return Cow::Borrowed(bytes);
    }
    Cow::Owned(to_utf8(charset, bytes))
}

fn to_utf8(charset: sqlift_collation::Charset, bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    sqlift_collation::convert(charset, sqlift_collation::Charset::Utf8mb4, bytes, &mut out);
    out
}

fn hexadecimal(cx: &RowContext<'_>, bytes: &[u8]) -> Number {
    match bytes_to_u64(bytes) {
        Some(value) => Number::UInt(value),
        None => {
            let digits: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
            let literal = format!("x'{digits}'");
            cx.warn(Warning::truncated("BINARY", literal.as_bytes()));
            Number::UInt(0)
        }
    }
}
