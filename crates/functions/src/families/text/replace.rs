//! REPLACE: copies are found byte by byte, at the beginnings of characters.

use super::{Site, bytes, exactly, result};
use crate::families::textual;
use crate::kernel::nullable_with;
use crate::native::Bytes;
use crate::{BindContext, CallSite, Expr, Fault, Form, Function, RowContext};
use sqlift_types::{Datum, Error};

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new("REPLACE", (3, 3), bind, reference)
            .doc("The text with every copy of the second argument replaced by the third.")
            .example("REPLACE('www.mysql.com', 'w', 'Ww')", "WwWwWw.mysql.com")
            .form(Form::NullFirst)
            .overload(nullable_with::<(Bytes, Bytes, Bytes), Bytes, _, _>(
                Site::prepare,
                replace,
            ))
            .warns(),
    ]
}

fn bind(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let [text, old, new] = exactly(args, "REPLACE")?;
    let (text, others, collated) = textual::led(cx, text, vec![old, new])?;
    let length = u64::from(textual::characters(&text.ty));
    let [old, new] = exactly(others, "REPLACE")?;
    // MySQL: as if each character became the replacement, less one.
    let growth = u64::from(textual::characters(&new.ty))
        .saturating_sub(1)
        .max(1);
    Ok(result(cx, vec![text, old, new], length * growth, collated))
}

fn reference(cx: &RowContext<'_>, site: &CallSite<'_>, args: &[Datum]) -> Result<Datum, Fault> {
    let (Some(mut text), Some(old), Some(new)) =
        (bytes(&args[0]), bytes(&args[1]), bytes(&args[2]))
    else {
        return Ok(Datum::Null);
    };
    let charset = textual::charset_of(site.collation);
    let mut out = Vec::new();
    while !text.is_empty() {
        if !old.is_empty() && text.starts_with(old) {
            out.extend_from_slice(new);
            text = &text[old.len()..];
        } else {
            let len = charset.char_len(text).max(1);
            out.extend_from_slice(&text[..len]);
            text = &text[len..];
        }
    }
    Ok(textual::within_packet(cx, "replace", out))
}

fn replace<'r>(
    site: &Site,
    cx: &RowContext<'r>,
    text: &'r [u8],
    old: &'r [u8],
    new: &'r [u8],
) -> Option<&'r [u8]> {
    if old.is_empty() || old.len() > text.len() {
        return Some(text);
    }
    let mut out = bumpalo::collections::Vec::new_in(cx.arena);
    let (mut at, mut copied) = (0, 0);
    while at + old.len() <= text.len() {
        if text[at] == old[0] && text[at..].starts_with(old) {
            out.extend_from_slice(&text[copied..at]);
            out.extend_from_slice(new);
            at += old.len();
            copied = at;
            if site.too_long(cx, "replace", (out.len() + text.len() - copied) as u128) {
                return None;
            }
        } else if text[at] < 0x80 && site.charset.is_ascii_compatible() {
            at += 1;
        } else {
            at += site.charset.char_len(&text[at..]).max(1);
        }
    }
    if copied == 0 && out.is_empty() {
        return Some(text);
    }
    out.extend_from_slice(&text[copied..]);
    Some(out.into_bump_slice())
}
