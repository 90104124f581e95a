//! CONV, BIN, OCT, CRC32: numbers in other bases, and a checksum.
//!
//! CONV reads its first argument as text, whatever it is (only hexadecimal and bit literals and BIT columns are taken as the number they are), up to the first
//! digit that the base does not have. A negative base asks for signed numbers; 32 bits of a base count.

use super::{numeric, textual};
use crate::kernel::{nullable_with, total};
use crate::native::{Bytes, Int, UInt};
use crate::{BindContext, CallSite, Expr, Fault, Form, Function, RowContext};
use num_bigint::BigInt;
use num_traits::{Num, Signed, ToPrimitive};
use sqlift_collation::{Charset, Coercibility, Collated, Repertoire};
use sqlift_types::{Datum, Error, SqlType, TypeKind, Warning};

pub(super) fn functions() -> Vec<Function> {
    let conversions = |function: Function| {
        function
            .form(Form::NullFirst)
            .overload(nullable_with::<(Bytes, Int, Int), Bytes, _, _>(
                |site| Ok(charset_of(site)),
                conv,
            ))
            .warns()
            .overload(nullable_with::<(UInt, Int, Int), Bytes, _, _>(
                |_| Ok(()),
                conv_number,
            ))
    };
    vec![
        conversions(
            Function::new("CONV", (3, 3), bind_conv, conv_reference)
                .doc("A number given in one base, written in another; bases are 2 to 36, negative ones for signed numbers.")
                .example("CONV('ff', 16, 10)", "255"),
        ),
        conversions(
            Function::new("BIN", (1, 1), bind_bin, conv_reference)
                .doc("The number in base 2.")
                .example("BIN(12)", "1100"),
        ),
        conversions(
            Function::new("OCT", (1, 1), bind_oct, conv_reference)
                .doc("The number in base 8.")
                .example("OCT(12)", "14"),
        ),
        Function::new("CRC32", (1, 1), bind_crc32, crc32_reference)
            .doc("Cyclic redundancy check of the text's bytes.")
            .example("CRC32('MySQL')", "3259397556")
            .overload(total::<(Bytes,), UInt, _>(crc32)),
    ]
}

/// The longest result: 64 digits and a sign.
const LENGTH: u64 = 65;

fn bind_conv(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let [number, from, to] = <[Expr; 3]>::try_from(args).map_err(|_| Error::wrong_arity("CONV"))?;
    numeric::class(&number.ty)?;
    let is_literal = number.ty.kind == TypeKind::Hex && number.ty.length > 0;
    let taken_as_number = is_literal || number.ty.kind == TypeKind::Bit;
    let number = if taken_as_number {
        cx.coerce(number, SqlType::ubigint())
    } else {
        textual::own_text(cx, number)?.0
    };
    let base = |arg: Expr| -> Result<Expr, Error> {
        numeric::class(&arg.ty)?;
        Ok(cx.coerce(arg, SqlType::bigint()))
    };
    let args = vec![number, base(from)?, base(to)?];
    let collation = cx.connection_collation();
    let call = cx.call(args, textual::text_type(LENGTH, collation), true);
    let collated = Collated::new(collation, Coercibility::Coercible, Repertoire::Ascii);
    Ok(cx.with_collation(call, collated))
}

fn bind_bin(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    from_ten(cx, args, 2)
}

fn bind_oct(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    from_ten(cx, args, 8)
}

/// CONV of base 10.
fn from_ten(cx: &mut BindContext<'_>, mut args: Vec<Expr>, to: i64) -> Result<Expr, Error> {
    for base in [10, to] {
        args.push(Expr::literal(Datum::Int(base), SqlType::bigint()).at(cx.span));
    }
    bind_conv(cx, args)
}

fn bind_crc32(cx: &mut BindContext<'_>, mut args: Vec<Expr>) -> Result<Expr, Error> {
    let operand = args.remove(0);
    let nullable = operand.nullable;
    let (text, _) = textual::own_text(cx, operand)?;
    Ok(cx.call(
        vec![text],
        SqlType::bigint_of(10).with_unsigned(true),
        nullable,
    ))
}

/// Naive: digits as an unbounded integer.
fn conv_reference(
    cx: &RowContext<'_>,
    site: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    let [number, Datum::Int(from), Datum::Int(to)] = args else {
        return Ok(Datum::Null);
    };
    let (from, to) = (i64::from(*from as i32), i64::from(*to as i32));
    let valid = |base: i64| (2..=36).contains(&base.unsigned_abs());
    if !valid(from) || !valid(to) {
        return Ok(Datum::Null);
    }
    let bits = match number {
        Datum::UInt(v) => *v,
        Datum::Bytes(text) if !text.is_empty() => read_naively(cx, text, from, charset_of(site)),
        _ => return Ok(Datum::Null),
    };
    let value = if to < 0 {
        BigInt::from(bits as i64)
    } else {
        BigInt::from(bits)
    };
    let text = value.to_str_radix(to.unsigned_abs() as u32).to_uppercase();
    Ok(Datum::Bytes(text.into_bytes()))
}

fn warn(cx: &RowContext<'_>, text: &[u8], charset: Charset) {
    let shown = textual::shown(text, charset);
    let message = format!("Truncated incorrect DECIMAL value: '{shown}'");
    cx.warn(Warning::new(1292, message));
}

fn read_naively(cx: &RowContext<'_>, text: &[u8], base: i64, charset: Charset) -> u64 {
    let shown = String::from_utf8_lossy(text);
    let trimmed = shown.trim_start_matches([' ', '\t', '\n', '\x0b', '\x0c', '\r']);
    let negative = trimmed.starts_with('-');
    let unsigned = trimmed.strip_prefix(['-', '+']).unwrap_or(trimmed);
    let radix = base.unsigned_abs() as u32;
    let digits: String = unsigned.chars().take_while(|c| c.is_digit(radix)).collect();
    let Ok(magnitude) = BigInt::from_str_radix(&digits, radix) else {
        warn(cx, text, charset);
        return 0;
    };
    let value = if negative { -magnitude } else { magnitude };
    let bits = if base < 0 {
        value.to_i64().map(|v| v as u64)
    } else {
        value
            .abs()
            .to_u64()
            .map(|v| if negative { v.wrapping_neg() } else { v })
    };
    bits.unwrap_or_else(|| {
        warn(cx, text, charset);
        match (base < 0, negative) {
            (true, true) => i64::MIN as u64,
            (true, false) => i64::MAX as u64,
            (false, true) => 0,
            (false, false) => u64::MAX,
        }
    })
}

/// The character set of the text that is read.
fn charset_of(site: &CallSite<'_>) -> Charset {
    textual::charset_of(site.args[0].ty.collation)
}

/// A base as digits and sign; `None` if there is no such base.
fn base_of(base: i64) -> Option<(u32, bool)> {
    let base = base as i32;
    let radix = base.unsigned_abs();
    (2..=36).contains(&radix).then_some((radix, base < 0))
}

fn conv<'r>(
    charset: &'r Charset,
    cx: &RowContext<'r>,
    text: &'r [u8],
    from: i64,
    to: i64,
) -> Option<&'r [u8]> {
    let (from, to) = (base_of(from)?, base_of(to)?);
    if text.is_empty() {
        return None;
    }
    Some(write(cx, read(cx, text, from, *charset), to))
}

fn conv_number<'r>(
    (): &'r (),
    cx: &RowContext<'r>,
    number: u64,
    from: i64,
    to: i64,
) -> Option<&'r [u8]> {
    base_of(from)?;
    Some(write(cx, number, base_of(to)?))
}

/// The number at the beginning of a text: blanks, sign, digits. What is out of range, or no number, warns.
fn read(cx: &RowContext<'_>, text: &[u8], (radix, signed): (u32, bool), charset: Charset) -> u64 {
    let blanks = text
        .iter()
        .take_while(|byte| matches!(byte, b' ' | b'\t'..=b'\r'))
        .count();
    let rest = &text[blanks..];
    let negative = rest.first() == Some(&b'-');
    let digits = &rest[usize::from(matches!(rest.first(), Some(b'-' | b'+')))..];
    let mut magnitude = Some(0_u64);
    let mut count = 0;
    for byte in digits {
        let Some(digit) = char::from(*byte).to_digit(radix) else {
            break;
        };
        count += 1;
        magnitude = magnitude
            .and_then(|m| m.checked_mul(radix.into()))
            .and_then(|m| m.checked_add(digit.into()));
    }
    let bits = match (signed, negative) {
        (true, true) => magnitude
            .and_then(|m| 0_i64.checked_sub_unsigned(m))
            .map(|v| v as u64),
        (true, false) => magnitude.filter(|m| i64::try_from(*m).is_ok()),
        (false, true) => magnitude.map(u64::wrapping_neg),
        (false, false) => magnitude,
    };
    if count == 0 || bits.is_none() {
        warn(cx, text, charset);
    }
    bits.unwrap_or(match (signed, negative) {
        (true, true) => i64::MIN as u64,
        (true, false) => i64::MAX as u64,
        (false, true) => 0,
        (false, false) => u64::MAX,
    })
}

fn write<'r>(cx: &RowContext<'r>, bits: u64, (radix, signed): (u32, bool)) -> &'r [u8] {
    const DIGITS: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let negative = signed && (bits as i64) < 0;
    let mut rest = if negative { bits.wrapping_neg() } else { bits };
    let mut digits = [0_u8; LENGTH as usize];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = DIGITS[(rest % u64::from(radix)) as usize];
        rest /= u64::from(radix);
        if rest == 0 {
            break;
        }
    }
    if negative {
        at -= 1;
        digits[at] = b'-';
    }
    cx.bytes(&digits[at..])
}

/// The polynomial of Ethernet and ZIP, bits reversed.
const POLYNOMIAL: u32 = 0xEDB8_8320;

/// Naive: bit by bit.
fn crc32_reference(_: &RowContext<'_>, _: &CallSite<'_>, args: &[Datum]) -> Result<Datum, Fault> {
    let Datum::Bytes(bytes) = &args[0] else {
        return Ok(Datum::Null);
    };
    let mut sum = u32::MAX;
    for bit in bytes
        .iter()
        .flat_map(|byte| (0..8).map(move |i| byte >> i & 1))
    {
        let carry = (sum & 1) as u8 ^ bit;
        sum >>= 1;
        if carry == 1 {
            sum ^= POLYNOMIAL;
        }
    }
    Ok(Datum::UInt((!sum).into()))
}

/// By bytes, with what each byte does to the remainder.
static TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut value = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            value = (value >> 1) ^ ((value & 1) * POLYNOMIAL);
            bit += 1;
        }
        table[byte] = value;
        byte += 1;
    }
    table
};

fn crc32(bytes: &[u8]) -> u64 {
    let step = |sum: u32, byte: &u8| sum >> 8 ^ TABLE[usize::from(sum as u8 ^ byte)];
    let sum = bytes.iter().fold(u32::MAX, step);
    (!sum).into()
}
