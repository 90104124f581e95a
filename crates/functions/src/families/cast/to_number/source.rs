//! The number that a value is.

use super::{Asked, Conversion, Origin};
use crate::RowContext;
use crate::families::textual;
use crate::native::{
    Bool, Bytes, Date, DateTime, Dec64, Dec128, Dec256, Double, Int, Native, Time, UInt,
};
use sqlift_types::decimal::{
    Coefficient, Decimal, Excess, MAX_SCALE, overflowing_digits, parse_decimal_prefix,
};
use sqlift_types::number::{Range, bytes_to_u64, parse_double_prefix, parse_int_prefix};
use sqlift_types::{TypeKind, Warning, temporal};
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
            TypeKind::Year => year_of_date(cx, date.year()),
            _ => Number::Int(date_number(date)),
        }
    };
    Time, |c, cx, v| time(c, temporal::Time::from_micros_trusted(v));
    DateTime, |c, cx, v| datetime(c, cx, temporal::DateTime::from_packed_trusted(v));
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
fn datetime(c: &Conversion, cx: &RowContext<'_>, value: temporal::DateTime) -> Number {
    if c.to.kind == TypeKind::Year {
        return year_of_date(cx, value.year());
    }
    let value = match c.seconds() {
        Seconds::Kept => value,
        Seconds::Rounded => temporal::fraction::round_datetime(value, 0).unwrap_or_else(|| {
            // MySQL: past the last day of the calendar only the date is left.
            cx.warn(Warning::new(
                1441,
                "Datetime function: datetime field overflow",
            ));
            value.date().to_datetime()
        }),
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
    let quoted = Quoted {
        c,
        bytes,
        utf8: &utf8,
    };
    match reading(c) {
        Reading::Double => {
            let read = parse_double_prefix(&utf8);
            if read.truncated && !is_long_column(c) {
                quoted.warn(cx, "DOUBLE");
            }
            Number::Double(read.value)
        }
        Reading::Decimal => {
            let read = parse_decimal_prefix(&utf8, MAX_SCALE.min(c.to.decimals));
            if read.excess == Excess::Buffer {
                let digits = overflowing_digits(&utf8);
                cx.warn(Warning::truncated("DECIMAL", digits.as_bytes()));
            }
            if read.consumed == 0 && c.origin != Origin::Literal {
                // MySQL: this tells neither name nor row, and of what is computed nothing else is said.
                cx.warn(Warning::new(
                    1366,
                    "Incorrect DECIMAL value: '0' for column '' at row -1",
                ));
            }
            if read.truncated
                && read.excess != Excess::Digits
                && c.origin != Origin::Computed
                && !is_long_column(c)
            {
                quoted.warn(cx, "DECIMAL");
            }
            Number::Decimal(read.value)
        }
        Reading::Integer => {
            let read = parse_int_prefix(&utf8);
            let explicit = c.asked == Asked::Explicitly;
            let column = !explicit && c.origin == Origin::Column;
            // MySQL: a column is read as a signed integer, whatever it is for.
            let wraps = column && read.wraps_signed();
            if (read.truncated || wraps) && (explicit || !is_long_column(c)) {
                quoted.warn(cx, "INTEGER");
            }
            if explicit {
                complement_warning(c, cx, read);
            }
            if column && !read.negative && (wraps || read.range != Range::Within) {
                return Number::Int(i64::MAX);
            }
            Number::UInt(read.bits)
        }
        Reading::Year => year(cx, &quoted),
    }
}

/// MySQL: columns of TEXT and BLOB types are read in silence, but for CAST to integers.
fn is_long_column(c: &Conversion) -> bool {
    use TypeKind::*;
    c.origin == Origin::Column
        && matches!(
            c.from.kind,
            TinyText | Text | MediumText | LongText | TinyBlob | Blob | MediumBlob | LongBlob
        )
}

/// Two digits and less are of 1970 to 2069, even all zeros. NULL, as warnings say, for what does not begin with a year.
fn year(cx: &RowContext<'_>, text: &Quoted<'_>) -> Number {
    let read = parse_int_prefix(text.utf8);
    if read.consumed == 0 || read.negative || read.range != Range::Within {
        let message = format!("Incorrect YEAR value: '{}'", text.shown());
        cx.warn(Warning::new(1525, message));
        return Number::NoYear;
    }
    let value = match read.bits {
        0 => Some(2000),
        bits => i64::try_from(bits)
            .ok()
            .filter(|v| temporal::Year::from_number(*v).is_some()),
    };
    if read.consumed < text.utf8.len() {
        text.warn(cx, "YEAR");
    }
    if value.is_none() {
        return no_year(cx, read.bits as i64);
    }
    value.map_or(Number::NoYear, Number::Int)
}

/// The year of a date, all of whose digits count.
fn year_of_date(cx: &RowContext<'_>, year: u32) -> Number {
    match year {
        1..=99 => no_year(cx, year.into()),
        _ => Number::Int(year.into()),
    }
}

/// A number that is no year.
fn no_year(cx: &RowContext<'_>, number: i64) -> Number {
    cx.warn(Warning::truncated("YEAR", number.to_string().as_bytes()));
    Number::NoYear
}

/// A text that a warning may quote.
struct Quoted<'a> {
    c: &'a Conversion,
    bytes: &'a [u8],
    utf8: &'a [u8],
}

impl Quoted<'_> {
    /// Warning 1292.
    fn warn(&self, cx: &RowContext<'_>, kind: &str) {
        if self.c.quiet {
            return;
        }
        let integer = kind == "INTEGER" || kind == "YEAR";
        let varying = matches!(self.c.from.kind, TypeKind::VarChar | TypeKind::VarBinary);
        let explicit_integer = integer && self.c.asked == Asked::Explicitly;
        let message = if varying && self.c.origin == Origin::Column && !explicit_integer {
            raw_message(kind, self.bytes)
        } else {
            format!("Truncated incorrect {kind} value: '{}'", self.shown())
        };
        cx.warn(Warning::new(1292, message));
    }

    fn shown(&self) -> String {
        textual::shown(self.bytes, textual::charset_of(self.c.from.collation))
    }
}

/// MySQL: of a VARCHAR or VARBINARY column the message has the bytes as they are, up to a zero byte, and is only then made UTF-8 of three bytes
/// at most: what is none becomes question marks, and a character that the closing quote cuts off ends the message.
fn raw_message(kind: &str, bytes: &[u8]) -> String {
    let mut raw = format!("Truncated incorrect {kind} value: '").into_bytes();
    raw.extend(bytes.iter().copied().take_while(|byte| *byte != 0));
    raw.push(b'\'');
    let mut message = String::new();
    let mut rest = raw.as_slice();
    while let Some(first) = rest.first() {
        let length = match first {
            0x00..0x80 => 1,
            0xC2..0xE0 => 2,
            0xE0..0xF0 => 3,
            _ => 0,
        };
        if length > rest.len() {
            break;
        }
        match std::str::from_utf8(&rest[..length]) {
            Ok(character) if length > 0 => {
                message.push_str(character);
                rest = &rest[length..];
            }
            _ => {
                message.push('?');
                rest = &rest[1..];
            }
        }
    }
    message
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
