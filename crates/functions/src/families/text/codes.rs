//! Bytes as text and text as bytes: CHAR, HEX, UNHEX, TO_BASE64, FROM_BASE64, QUOTE, SOUNDEX.

use super::{Site, bits, bytes, characters, exactly, int, result};
use crate::families::cast::to_text;
use crate::families::textual;
use crate::kernel::{Many, nullable_with, total_with};
use crate::native::{Bytes, Int, Opt, UInt};
use crate::{BindContext, CallSite, Expr, Fault, Function, RowContext};
use sqlift_collation::{Charset, Coercibility, Collated, CollationId, Repertoire, convert};
use sqlift_types::{Datum, Error, SqlType, TypeKind, Warning};

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new("CHAR", (1, usize::MAX), bind_char, char_reference)
            .doc("The bytes of the numbers, the most significant first, zero bytes in front left out. Skips NULLs.")
            .example("HEX(CHAR(65, 256))", "410100")
            .overload(total_with::<Many<Opt<Int>>, Bytes, _, _>(Site::prepare, char)),
        Function::operator("CHAR of units", super::unbindable, char_units_reference)
            .doc("As CHAR, each number in whole units of so many bytes as the first argument says.")
            .overload(total_with::<Many<Opt<Int>>, Bytes, _, _>(Site::prepare, char_units)),
        Function::operator("CHAR USING", bind_char_using, char_reference)
            .doc("The characters of the numbers in a character set.")
            .example("CHAR(77, 121 USING utf8mb4)", "My"),
        Function::new("HEX", (1, 1), bind_hex, hex_reference)
            .doc("The bytes of a text, or a number, in hexadecimal digits.")
            .example("HEX('abc')", "616263")
            .overload(total_with::<(Bytes,), Bytes, _, _>(Site::prepare, hex))
            .overload(total_with::<(Int,), Bytes, _, _>(Site::prepare, |s, cx, v| {
                hex_number(s, cx, v as u64)
            }))
            .overload(total_with::<(UInt,), Bytes, _, _>(Site::prepare, hex_number)),
        Function::new("UNHEX", (1, 1), bind_unhex, unhex_reference)
            .doc("The bytes that pairs of hexadecimal digits stand for; NULL with warning 1411 if there is anything else.")
            .example("UNHEX('4D7953514C')", "MySQL"),
        Function::operator("UNHEX of", super::unbindable, unhex_reference)
            .doc("UNHEX, with the text of its argument for the warning.")
            .overload(nullable_with::<(Bytes, Bytes), Bytes, _, _>(Site::prepare, unhex))
            .warns(),
        Function::new("TO_BASE64", (1, 1), bind_to_base64, to_base64_reference)
            .doc("The bytes of a text in base 64, in lines of 76 characters.")
            .example("TO_BASE64('abc')", "YWJj")
            .overload(nullable_with::<(Bytes,), Bytes, _, _>(Site::prepare, to_base64))
            .warns(),
        Function::new("FROM_BASE64", (1, 1), bind_from_base64, from_base64_reference)
            .doc("The bytes that a text in base 64 stands for; NULL if it is none.")
            .example("FROM_BASE64('YWJj')", "abc")
            .overload(nullable_with::<(Bytes,), Bytes, _, _>(Site::prepare, from_base64)),
        Function::new("QUOTE", (1, 1), bind_quote, quote_reference)
            .doc("The text as a string literal; the word NULL for NULL.")
            .example("QUOTE('Don''t')", "'Don\\'t'")
            .overload(total_with::<(Opt<Bytes>,), Bytes, _, _>(Site::prepare, quote)),
        Function::new("SOUNDEX", (1, 1), bind_soundex, soundex_reference)
            .doc("A letter and digits that tell how a word sounds.")
            .example("SOUNDEX('Quadratically')", "Q36324")
            .overload(total_with::<(Bytes,), Bytes, _, _>(Site::prepare, soundex)),
        Function::operator("SOUNDS LIKE", bind_sounds_like, soundex_reference)
            .doc("Whether two words have the same SOUNDEX.")
            .example("'hello' SOUNDS LIKE 'hallo'", "1"),
    ]
}

fn bind_sounds_like(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let [a, b] = exactly(args, "SOUNDS LIKE")?;
    let a = cx.bind_named("SOUNDEX", vec![a])?;
    let b = cx.bind_named("SOUNDEX", vec![b])?;
    cx.bind_named("=", vec![a, b])
}

fn connection(cx: &BindContext<'_>) -> Collated {
    let collation = cx.connection_collation();
    Collated::new(collation, Coercibility::Coercible, Repertoire::Ascii)
}

fn binary() -> Collated {
    Collated::new(
        CollationId::BINARY,
        Coercibility::Coercible,
        Repertoire::Unicode,
    )
}

fn bind_char(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let length = args.len() as u64 * 4;
    let args = args
        .into_iter()
        .map(|a| bits(cx, a))
        .collect::<Result<_, _>>()?;
    Ok(result(cx, args, length, binary()))
}

/// The name of the character set, then the numbers.
fn bind_char_using(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let mut args = args.into_iter();
    let charset = super::charset::named(cx, args.next())?;
    let codes: Vec<Expr> = args.collect();
    let length = codes.len() as u64 * 4;
    let codes = codes
        .into_iter()
        .map(|a| bits(cx, a))
        .collect::<Result<_, _>>()?;
    let ty = textual::text_type(length, CollationId::BINARY);
    let unit = Expr::literal(Datum::Int(charset.min_len() as i64), SqlType::bigint());
    let codes: Vec<Expr> = codes;
    let codes: Vec<Expr> = [unit.at(cx.span)].into_iter().chain(codes).collect();
    let nullable = cx.text_nullable(&codes);
    let call = cx.call_named("CHAR of units", codes, ty, nullable);
    let call = cx.with_collation(call, binary());
    if charset == Charset::Binary {
        return Ok(call);
    }
    let collated = Collated::new(
        charset.default_collation(),
        Coercibility::Coercible,
        Repertoire::Unicode,
    );
    let mut text = to_text::explicit(cx, call, charset.default_collation())?;
    text.ty = textual::text_type(length, charset.default_collation());
    text.nullable = nullable;
    Ok(cx.with_collation(text, collated))
}

fn bind_hex(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let [arg] = exactly(args, "HEX")?;
    let is_number = arg.ty.kind.is_numeric();
    let collated = connection(cx);
    if is_number {
        let unsigned =
            arg.ty.unsigned && arg.ty.kind != TypeKind::Decimal && !arg.ty.kind.is_floating();
        let ty = if unsigned {
            SqlType::ubigint()
        } else {
            SqlType::bigint()
        };
        let number = cx.coerce(arg, ty);
        return Ok(result(cx, vec![number], 16, collated));
    }
    let own = arg.ty.clone();
    let (text, _) = textual::own_text(cx, arg)?;
    let length = byte_length(&text, &own) * 2;
    Ok(result(cx, vec![text], length, collated))
}

fn bind_unhex(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let [text] = exactly(args, "UNHEX")?;
    let own = text.ty.clone();
    let quoted = (cx.quote)(text.span).into_bytes();
    let ty = SqlType::varbinary(quoted.len() as u32);
    let quoted = Expr::literal(Datum::Bytes(quoted), ty).at(cx.span);
    let (text, _) = textual::own_text(cx, text)?;
    let length = byte_length(&text, &own).div_ceil(2);
    let ty = textual::text_type(length, CollationId::BINARY);
    let call = cx.call_named("UNHEX of", vec![text, quoted], ty, true);
    Ok(cx.with_collation(call, binary()))
}

/// Warning 1411 quotes the argument, not its value.
fn not_hexadecimal(quoted: &[u8]) -> Warning {
    let quoted = String::from_utf8_lossy(quoted).replace('\u{fffd}', "?");
    let quoted = textual::shown_as_is(quoted.as_bytes(), quoted.len());
    let message = format!("Incorrect string value: '{quoted}' for function unhex");
    Warning::new(1411, message)
}

fn unhex_reference(cx: &RowContext<'_>, _: &CallSite<'_>, args: &[Datum]) -> Result<Datum, Fault> {
    let Some(text) = bytes(&args[0]) else {
        return Ok(Datum::Null);
    };
    let digits: Option<Vec<u32>> = text.iter().map(|b| char::from(*b).to_digit(16)).collect();
    let Some(mut digits) = digits else {
        cx.warn(not_hexadecimal(
            args.get(1).and_then(bytes).unwrap_or_default(),
        ));
        return Ok(Datum::Null);
    };
    if digits.len() % 2 == 1 {
        digits.insert(0, 0);
    }
    let bytes = digits.chunks(2).map(|d| (d[0] * 16 + d[1]) as u8);
    Ok(Datum::Bytes(bytes.collect()))
}

fn unhex<'r>(_: &Site, cx: &RowContext<'r>, text: &[u8], quoted: &[u8]) -> Option<&'r [u8]> {
    let value = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    };
    let out = cx.arena.alloc_slice_fill_copy(text.len().div_ceil(2), 0u8);
    // With an odd number of digits the first stands alone.
    let odd = text.len() % 2;
    for (place, byte) in text.iter().enumerate() {
        let Some(digit) = value(*byte) else {
            cx.warn(not_hexadecimal(quoted));
            return None;
        };
        out[(place + odd) / 2] |= digit
            << if (place + odd).is_multiple_of(2) {
                4
            } else {
                0
            };
    }
    Some(out)
}

fn bind_to_base64(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let [text] = exactly(args, "TO_BASE64")?;
    let own = text.ty.clone();
    let (text, _) = textual::own_text(cx, text)?;
    let digits = byte_length(&text, &own).div_ceil(3) * 4;
    let lines = digits.saturating_sub(1) / LINE as u64;
    let collated = connection(cx);
    Ok(result(cx, vec![text], digits + lines, collated))
}

fn bind_from_base64(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let [text] = exactly(args, "FROM_BASE64")?;
    let own = text.ty.clone();
    let (text, _) = textual::own_text(cx, text)?;
    let length = byte_length(&text, &own) * 3 / 4;
    let bytes = result(cx, vec![text], length, binary());
    Ok(Expr {
        nullable: true,
        ..bytes
    })
}

/// Bytes that the text of a value of type `own` can take; that of a number is ASCII.
fn byte_length(text: &Expr, own: &SqlType) -> u64 {
    if own.kind.is_numeric() || own.kind.is_temporal() {
        return own.display_length().into();
    }
    textual::length_in(&text.ty, Charset::Binary)
}

/// MySQL: the quoted text of a number or temporal value is latin1, and yields to every other operand.
fn bind_quote(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let [arg] = exactly(args, "QUOTE")?;
    let own = textual::collated(cx, &arg);
    let collated = match own.coercibility {
        Coercibility::Numeric => Collated {
            collation: CollationId::LATIN1_SWEDISH_CI,
            ..own
        },
        _ if textual::charset_of(own.collation) == Charset::Binary => Collated {
            collation: cx.connection_collation(),
            ..own
        },
        _ => own,
    };
    let text = textual::text(cx, arg, collated)?;
    let length = u64::from(textual::characters(&text.ty)) * 2 + 2;
    Ok(result(cx, vec![text], length.max(4), collated))
}

fn bind_soundex(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let [text] = exactly(args, "SOUNDEX")?;
    let (text, collated) = textual::own_text(cx, text)?;
    let length = u64::from(textual::characters(&text.ty)).max(4);
    Ok(result(cx, vec![text], length, collated))
}

fn char_reference(_: &RowContext<'_>, _: &CallSite<'_>, args: &[Datum]) -> Result<Datum, Fault> {
    let mut out = Vec::new();
    for code in args.iter().filter_map(int) {
        let code = code.rem_euclid(1 << 32);
        let digits = [code >> 24, code >> 16 & 255, code >> 8 & 255, code & 255];
        let first = digits.iter().position(|d| *d > 0).unwrap_or(3);
        out.extend(digits[first..].iter().map(|d| *d as u8));
    }
    Ok(Datum::Bytes(out))
}

fn char_units_reference(
    cx: &RowContext<'_>,
    site: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    let unit = int(&args[0]).map_or(1, |u| u.clamp(1, 4) as usize);
    let mut out = Vec::new();
    for code in &args[1..] {
        if let Datum::Bytes(code) = char_reference(cx, site, std::slice::from_ref(code))? {
            out.resize(out.len() + (unit - code.len() % unit) % unit, 0);
            out.extend(code);
        }
    }
    Ok(Datum::Bytes(out))
}

fn hex_reference(_: &RowContext<'_>, site: &CallSite<'_>, args: &[Datum]) -> Result<Datum, Fault> {
    let digits = match &args[0] {
        Datum::Bytes(text) => text.iter().map(|b| format!("{b:02X}")).collect::<String>(),
        Datum::Int(v) => format!("{v:X}"),
        Datum::UInt(v) => format!("{v:X}"),
        _ => return Ok(Datum::Null),
    };
    Ok(Datum::Bytes(ascii_text(site, digits.as_bytes())))
}

/// ASCII in the character set of the result.
fn ascii_text(site: &CallSite<'_>, text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    convert(
        Charset::Ascii,
        textual::charset_of(site.ret.collation),
        text,
        &mut out,
    );
    out
}

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Characters of a line of TO_BASE64.
const LINE: usize = 76;

fn to_base64_reference(
    cx: &RowContext<'_>,
    site: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    let Some(text) = bytes(&args[0]) else {
        return Ok(Datum::Null);
    };
    let mut digits = Vec::new();
    for group in text.chunks(3) {
        let number = (0..3).fold(0u32, |n, i| {
            n << 8 | u32::from(group.get(i).copied().unwrap_or(0))
        });
        for place in 0..4 {
            let digit = BASE64[(number >> (18 - 6 * place) & 63) as usize];
            digits.push(if place <= group.len() { digit } else { b'=' });
        }
    }
    let lines: Vec<&[u8]> = digits.chunks(LINE).collect();
    let text = ascii_text(site, &lines.join(&b'\n'));
    Ok(textual::within_packet(cx, "to_base64", text))
}

fn from_base64_reference(
    _: &RowContext<'_>,
    _: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    let Some(text) = bytes(&args[0]) else {
        return Ok(Datum::Null);
    };
    let digits: Vec<u8> = text
        .iter()
        .copied()
        .filter(|b| !matches!(b, b' ' | b'\t'..=b'\r'))
        .collect();
    let filling = digits.iter().rev().take_while(|d| **d == b'=').count();
    if !digits.len().is_multiple_of(4) || filling > 2 {
        return Ok(Datum::Null);
    }
    let mut out = Vec::new();
    for group in digits[..digits.len() - filling].chunks(4) {
        let mut number = 0u32;
        for place in 0..4 {
            let value = match group.get(place) {
                Some(digit) => BASE64.iter().position(|d| d == digit),
                None => Some(0),
            };
            let Some(value) = value else {
                return Ok(Datum::Null);
            };
            number = number << 6 | value as u32;
        }
        out.extend(&number.to_be_bytes()[1..group.len()]);
    }
    Ok(Datum::Bytes(out))
}

fn quote_reference(
    _: &RowContext<'_>,
    site: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    let Some(text) = bytes(&args[0]) else {
        return Ok(Datum::Bytes(ascii_text(site, b"NULL")));
    };
    let mut out = ascii_text(site, b"'");
    for character in characters(site, text) {
        let escape = [
            (&b"\0"[..], &b"\\0"[..]),
            (b"\x1A", b"\\Z"),
            (b"\\", b"\\\\"),
            (b"'", b"\\'"),
        ]
        .iter()
        .find(|(plain, _)| ascii_text(site, plain) == character)
        .map(|(_, escaped)| ascii_text(site, escaped));
        out.extend_from_slice(escape.as_deref().unwrap_or(character));
    }
    out.extend(ascii_text(site, b"'"));
    Ok(Datum::Bytes(out))
}

fn soundex_reference(
    _: &RowContext<'_>,
    site: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    let Some(text) = bytes(&args[0]) else {
        return Ok(Datum::Null);
    };
    let charset = textual::charset_of(site.collation);
    let mut out = Vec::new();
    let (mut count, mut last) = (0, 0u8);
    for character in characters(site, text) {
        let Some(letter) = letter(charset, character) else {
            continue;
        };
        let code = sound(letter);
        if count == 0 {
            match letter {
                Letter::Ascii(l) => out.extend(ascii_text(site, &[l])),
                Letter::Other => out.extend_from_slice(character),
            }
            count = 1;
        } else if code != last && code != b'0' {
            out.extend(ascii_text(site, &[code]));
            count += 1;
        } else {
            continue;
        }
        last = code;
    }
    while count > 0 && count < 4 {
        out.extend(ascii_text(site, b"0"));
        count += 1;
    }
    Ok(Datum::Bytes(out))
}

/// A letter as SOUNDEX sees it.
#[derive(Clone, Copy)]
enum Letter {
    /// In upper case.
    Ascii(u8),
    /// Of another alphabet: sounds like a vowel.
    Other,
}

fn letter(charset: Charset, character: &[u8]) -> Option<Letter> {
    let mut utf8 = Vec::new();
    let known = charset == Charset::Binary || charset.has_mapping();
    if charset != Charset::Binary && known {
        convert(charset, Charset::Utf8mb4, character, &mut utf8);
    } else {
        utf8.extend_from_slice(character);
    }
    match std::str::from_utf8(&utf8)
        .ok()
        .and_then(|s| s.chars().next())
    {
        Some(c) if c.is_ascii_alphabetic() => Some(Letter::Ascii(c.to_ascii_uppercase() as u8)),
        Some(c) if charset.max_len() == 1 => {
            (charset != Charset::Binary && c.is_alphabetic()).then_some(Letter::Other)
        }
        Some(c) if c as u32 >= 0xC0 => Some(Letter::Other),
        _ => None,
    }
}

fn sound(letter: Letter) -> u8 {
    match letter {
        Letter::Ascii(letter @ b'A'..=b'Z') => {
            b"01230120022455012623010202"[usize::from(letter - b'A')]
        }
        _ => b'0',
    }
}

fn char<'r>(_: &Site, cx: &RowContext<'r>, codes: &'r [Option<i64>]) -> &'r [u8] {
    let mut out = bumpalo::collections::Vec::with_capacity_in(codes.len() * 4, cx.arena);
    for code in codes.iter().flatten() {
        let digits = (*code as u32).to_be_bytes();
        let zeros = ((*code as u32).leading_zeros() as usize / 8).min(3);
        out.extend_from_slice(&digits[zeros..]);
    }
    out.into_bump_slice()
}

fn char_units<'r>(_: &Site, cx: &RowContext<'r>, codes: &'r [Option<i64>]) -> &'r [u8] {
    let Some((unit, codes)) = codes.split_first() else {
        return &[];
    };
    let unit = unit.map_or(1, |u| u.clamp(1, 4) as usize);
    let mut out = bumpalo::collections::Vec::with_capacity_in(codes.len() * 4, cx.arena);
    for code in codes.iter().flatten() {
        let digits = (*code as u32).to_be_bytes();
        let zeros = ((*code as u32).leading_zeros() as usize / 8).min(3);
        let length = (4 - zeros).next_multiple_of(unit);
        (4..length).for_each(|_| out.push(0));
        out.extend_from_slice(&digits[4 - length.min(4)..]);
    }
    out.into_bump_slice()
}

/// ASCII in the character set of the result, in the arena.
fn ascii<'r>(site: &Site, cx: &RowContext<'r>, text: &[u8]) -> &'r [u8] {
    if site.charset.is_ascii_compatible() {
        return cx.bytes(text);
    }
    let mut out = Vec::new();
    convert(Charset::Ascii, site.charset, text, &mut out);
    cx.bytes(&out)
}

const HEX: &[u8; 16] = b"0123456789ABCDEF";

fn hex<'r>(site: &Site, cx: &RowContext<'r>, text: &[u8]) -> &'r [u8] {
    let out = cx.arena.alloc_slice_fill_copy(text.len() * 2, 0u8);
    for (digits, byte) in out.chunks_exact_mut(2).zip(text) {
        digits[0] = HEX[usize::from(byte >> 4)];
        digits[1] = HEX[usize::from(byte & 15)];
    }
    if site.charset.is_ascii_compatible() {
        return out;
    }
    ascii(site, cx, out)
}

fn hex_number<'r>(site: &Site, cx: &RowContext<'r>, value: u64) -> &'r [u8] {
    let mut digits = [0; 16];
    for (place, digit) in digits.iter_mut().rev().enumerate() {
        *digit = HEX[(value >> (4 * place) & 15) as usize];
    }
    let zeros = (value.leading_zeros() as usize / 4).min(15);
    ascii(site, cx, &digits[zeros..])
}

fn to_base64<'r>(site: &Site, cx: &RowContext<'r>, text: &[u8]) -> Option<&'r [u8]> {
    let digits = text.len().div_ceil(3) * 4;
    let length = digits + digits.saturating_sub(1) / LINE;
    if site.too_long(cx, "to_base64", length as u128) {
        return None;
    }
    let mut out = bumpalo::collections::Vec::with_capacity_in(length, cx.arena);
    for (n, group) in text.chunks(3).enumerate() {
        if n > 0 && n % (LINE / 4) == 0 {
            out.push(b'\n');
        }
        let byte = |i: usize| u32::from(group.get(i).copied().unwrap_or(0));
        let number = byte(0) << 16 | byte(1) << 8 | byte(2);
        let digit = |place: u32| BASE64[(number >> place & 63) as usize];
        out.push(digit(18));
        out.push(digit(12));
        out.push(if group.len() > 1 { digit(6) } else { b'=' });
        out.push(if group.len() > 2 { digit(0) } else { b'=' });
    }
    if site.charset.is_ascii_compatible() {
        return Some(out.into_bump_slice());
    }
    Some(ascii(site, cx, &out))
}

fn from_base64<'r>(_: &Site, cx: &RowContext<'r>, text: &[u8]) -> Option<&'r [u8]> {
    let mut out = bumpalo::collections::Vec::with_capacity_in(text.len() / 4 * 3 + 3, cx.arena);
    let (mut number, mut digits, mut filling) = (0u32, 0, 0);
    for byte in text {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'=' if digits % 4 >= 2 => {
                filling += 1;
                0
            }
            b' ' | b'\t'..=b'\r' => continue,
            _ => return None,
        };
        if filling > 0 && *byte != b'=' {
            return None;
        }
        number = number << 6 | u32::from(value);
        digits += 1;
        if digits % 4 == 0 {
            out.extend_from_slice(&number.to_be_bytes()[1..4 - filling]);
            number = 0;
            if filling > 0 {
                // Nothing but spaces may follow.
                digits = 0;
                continue;
            }
        }
    }
    if digits % 4 == 0 {
        Some(out.into_bump_slice())
    } else {
        None
    }
}

fn quote<'r>(site: &Site, cx: &RowContext<'r>, text: Option<&'r [u8]>) -> &'r [u8] {
    let Some(text) = text else {
        return ascii(site, cx, b"NULL");
    };
    let mut out = bumpalo::collections::Vec::with_capacity_in(text.len() + 2, cx.arena);
    let simple = site.charset.is_ascii_compatible();
    out.extend_from_slice(ascii(site, cx, b"'"));
    for character in site.charset.chars(text) {
        let code = match character {
            [byte] if simple => *byte,
            [zeros @ .., byte] if !simple && zeros.iter().all(|b| *b == 0) => *byte,
            [byte, 0] if site.charset == Charset::Utf16le => *byte,
            _ => b' ',
        };
        match code {
            0 => out.extend_from_slice(ascii(site, cx, b"\\0")),
            0x1A => out.extend_from_slice(ascii(site, cx, b"\\Z")),
            b'\\' | b'\'' => {
                out.extend_from_slice(ascii(site, cx, b"\\"));
                out.extend_from_slice(character);
            }
            _ => out.extend_from_slice(character),
        }
    }
    out.extend_from_slice(ascii(site, cx, b"'"));
    out.into_bump_slice()
}

fn soundex<'r>(site: &Site, cx: &RowContext<'r>, text: &[u8]) -> &'r [u8] {
    let mut out = bumpalo::collections::Vec::with_capacity_in(8, cx.arena);
    let (mut count, mut last) = (0, b'0');
    for character in site.charset.chars(text) {
        let heard = match character {
            [byte] if byte.is_ascii_alphabetic() && site.charset.is_ascii_compatible() => {
                Some(Letter::Ascii(byte.to_ascii_uppercase()))
            }
            [byte] if byte.is_ascii() && site.charset.is_ascii_compatible() => None,
            _ => letter(site.charset, character),
        };
        let Some(heard) = heard else { continue };
        let code = sound(heard);
        match heard {
            Letter::Ascii(first) if count == 0 => {
                out.extend_from_slice(ascii(site, cx, &[first]));
            }
            Letter::Other if count == 0 => out.extend_from_slice(character),
            _ if code == last || code == b'0' => continue,
            _ => out.extend_from_slice(ascii(site, cx, &[code])),
        }
        last = code;
        count += 1;
    }
    if count > 0 {
        for _ in count..4 {
            out.extend_from_slice(ascii(site, cx, b"0"));
        }
    }
    out.into_bump_slice()
}
