//! The number that a value is.

use super::{Asked, Conversion};
use crate::RowContext;
use crate::native::{
    Bool, Bytes, Date, DateTime, Dec64, Dec128, Dec256, Double, Int, Native, Time, UInt,
};
use sqlift_types::decimal::{
    Coefficient, Decimal, Excess, MAX_SCALE, overflowing_digits, parse_decimal_prefix,
};
use sqlift_types::number::{bytes_to_u64, parse_double_prefix, parse_int_prefix};
use sqlift_types::{TypeKind, Warning, temporal};
use std::borrow::Cow;

/// A number of any kind.
#[derive(Clone, Copy, Debug)]
pub(super) enum Number {
    Int(i64),
    UInt(u64),
    Double(f64),
    Decimal(Decimal),
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
        Number::Int(date_number(date))
    };
    Time, |c, cx, v| {
        let time = temporal::Time::from_micros_trusted(v);
        let whole = i64::from(time.hour()) * 10_000 + i64::from(time.minute()) * 100 + i64::from(time.second());
        fractional(c, whole, time.microsecond(), time.is_negative())
    };
    DateTime, |c, cx, v| {
        let value = temporal::DateTime::from_packed_trusted(v);
        let clock = i64::from(value.hour()) * 10_000 + i64::from(value.minute()) * 100 + i64::from(value.second());
        fractional(c, date_number(value.date()) * 1_000_000 + clock, value.microsecond(), false)
    };
    Bytes, |c, cx, v| text(c, cx, v);
}

fn decimal<C: Coefficient>(c: &Conversion, coefficient: C) -> Number {
    Number::Decimal(Decimal::from_coefficient(coefficient, c.from.decimals).unwrap_or_default())
}

/// `20240229`.
fn date_number(date: temporal::Date) -> i64 {
    i64::from(date.year()) * 10_000 + i64::from(date.month()) * 100 + i64::from(date.day())
}

/// An integer, or a DECIMAL if the type has fractions of seconds.
fn fractional(c: &Conversion, whole: i64, micros: u32, negative: bool) -> Number {
    let fsp = c.from.decimals.min(6);
    let sign = if negative { -1 } else { 1 };
    if fsp == 0 {
        return Number::Int(sign * whole);
    }
    // At most 20 digits: the unit fits 64 bits, the coefficient may not.
    let micros_coefficient =
        i128::from(sign) * (i128::from(whole) * 1_000_000 + i128::from(micros));
    let value = Decimal::from_coefficient(micros_coefficient, 6).unwrap_or_default();
    Number::Decimal(value.truncate(fsp.into()))
}

/// What a text is to be read as.
enum Reading {
    Integer,
    Decimal,
    Double,
}

fn reading(c: &Conversion) -> Reading {
    match c.to.kind {
        TypeKind::Decimal => Reading::Decimal,
        kind if kind.is_integer() && kind != TypeKind::Bool => Reading::Integer,
        TypeKind::Year if c.asked == Asked::Explicitly => Reading::Integer,
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
                cx.warn(Warning::truncated("DOUBLE", &utf8));
            }
            Number::Double(read.value)
        }
        Reading::Decimal => {
            let read = parse_decimal_prefix(&utf8, MAX_SCALE);
            if read.excess == Excess::Buffer {
                let digits = overflowing_digits(&utf8);
                cx.warn(Warning::truncated("DECIMAL", digits.as_bytes()));
            }
            if read.truncated && read.excess != Excess::Digits {
                cx.warn(Warning::truncated("DECIMAL", &utf8));
            }
            Number::Decimal(read.value)
        }
        Reading::Integer => {
            let read = parse_int_prefix(&utf8);
            if read.truncated {
                cx.warn(Warning::truncated("INTEGER", &utf8));
            }
            if c.asked == Asked::Explicitly {
                complement_warning(c, cx, read);
            }
            if read.negative {
                Number::Int(read.as_signed())
            } else {
                Number::UInt(read.bits)
            }
        }
    }
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
            let digits: String = bytes.iter().map(|b| format!("{b:02X}")).collect();
            let literal = format!("x'{digits}'");
            cx.warn(Warning::truncated("BINARY", literal.as_bytes()));
            Number::UInt(0)
        }
    }
}
