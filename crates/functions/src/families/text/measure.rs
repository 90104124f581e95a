//! Lengths and first characters.

use super::{Site, ascii, bytes, exactly};
use crate::families::textual;
use crate::kernel::{total, total_with};
use crate::native::{Bytes, Int};
use crate::{BindContext, CallSite, Expr, Fault, Function, RowContext};
use sqlift_types::{Datum, Error, SqlType};

pub(super) fn functions() -> Vec<Function> {
    let mut functions = Vec::new();
    for name in ["LENGTH", "OCTET_LENGTH"] {
        functions.push(
            Function::new(name, (1, 1), bind_11, length_reference)
                .doc("The number of bytes of a text.")
                .example(
                    if name == "LENGTH" {
                        "LENGTH('é')"
                    } else {
                        "OCTET_LENGTH('é')"
                    },
                    "2",
                )
                .overload(total::<(Bytes,), Int, _>(|text: &[u8]| text.len() as i64)),
        );
    }
    for (name, example) in [
        ("CHAR_LENGTH", "CHAR_LENGTH('Zoë')"),
        ("CHARACTER_LENGTH", "CHARACTER_LENGTH('Zoë')"),
    ] {
        functions.push(
            Function::new(name, (1, 1), bind_11, char_length_reference)
                .doc("The number of characters of a text.")
                .example(example, "3")
                .overload(total_with::<(Bytes,), Int, _, _>(
                    Site::prepare,
                    |site, _, text: &[u8]| site.charset.char_count(text) as i64,
                ))
                .overload(total::<(Bytes,), Int, _>(|text: &[u8]| text.len() as i64))
                .of_ascii()
                .inline(ascii::lower_length),
        );
    }
    functions.extend([
        Function::new("BIT_LENGTH", (1, 1), bind_11, bit_length_reference)
            .doc("The number of bits of a text.")
            .example("BIT_LENGTH('ab')", "16")
            .overload(total::<(Bytes,), Int, _>(|text: &[u8]| {
                text.len() as i64 * 8
            })),
        Function::new("ASCII", (1, 1), bind_ascii, ascii_reference)
            .doc("The first byte of a text; 0 if it is empty.")
            .example("ASCII('ab')", "97")
            .overload(total::<(Bytes,), Int, _>(|text: &[u8]| {
                text.first().map_or(0, |b| i64::from(*b))
            })),
        Function::new("ORD", (1, 1), bind_ord, ord_reference)
            .doc("The bytes of the first character as a number.")
            .example("ORD('é')", "50089")
            .overload(total_with::<(Bytes,), Int, _, _>(Site::prepare, ord)),
    ]);
    functions
}

fn bind_11(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    bind(cx, args, 11)
}

fn bind_ascii(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    bind(cx, args, 4)
}

fn bind_ord(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    bind(cx, args, 21)
}

/// A number of so many characters that tells something of a text.
fn bind(cx: &mut BindContext<'_>, args: Vec<Expr>, length: u32) -> Result<Expr, Error> {
    let [text] = exactly(args, "LENGTH")?;
    let nullable = text.nullable;
    let (text, _) = textual::own_text(cx, text)?;
    Ok(cx.call(vec![text], SqlType::bigint_of(length), nullable))
}

fn length_reference(_: &RowContext<'_>, _: &CallSite<'_>, args: &[Datum]) -> Result<Datum, Fault> {
    Ok(bytes(&args[0]).map_or(Datum::Null, |t| Datum::Int(t.len() as i64)))
}

fn char_length_reference(
    _: &RowContext<'_>,
    site: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    Ok(bytes(&args[0]).map_or(Datum::Null, |t| {
        Datum::Int(super::characters(site, t).len() as i64)
    }))
}

fn bit_length_reference(
    _: &RowContext<'_>,
    _: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    Ok(bytes(&args[0]).map_or(Datum::Null, |t| {
        Datum::Int(t.iter().map(|_| i64::from(u8::BITS)).sum())
    }))
}

fn ascii_reference(_: &RowContext<'_>, _: &CallSite<'_>, args: &[Datum]) -> Result<Datum, Fault> {
    Ok(bytes(&args[0]).map_or(Datum::Null, |t| {
        Datum::Int(t.iter().copied().next().unwrap_or_default().into())
    }))
}

fn ord_reference(_: &RowContext<'_>, site: &CallSite<'_>, args: &[Datum]) -> Result<Datum, Fault> {
    Ok(bytes(&args[0]).map_or(Datum::Null, |t| {
        let characters = super::characters(site, t);
        let first = characters.first().copied().unwrap_or_default();
        let well_formed = textual::charset_of(site.collation).is_well_formed(first);
        let digits = if well_formed { first } else { &first[..1] };
        Datum::Int(digits.iter().fold(0, |n, b| n * 256 + i64::from(*b)))
    }))
}

/// The bytes of the first character, the most significant first. What is no character counts as one byte.
fn ord(site: &Site, _: &RowContext<'_>, text: &[u8]) -> i64 {
    let Some(first) = text.first() else { return 0 };
    let len = site.charset.char_len(text);
    if len <= 1 || !site.charset.is_well_formed(&text[..len]) {
        return i64::from(*first);
    }
    text[..len]
        .iter()
        .fold(0, |number, byte| number << 8 | i64::from(*byte))
}
