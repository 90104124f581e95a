//! TRIM and its kin: what is removed are whole copies of a string, compared byte by byte; a space if none is named.

use super::{Site, bytes, exactly, result};
use crate::families::textual;
use crate::kernel::total_with;
use crate::native::Bytes;
use crate::{BindContext, CallSite, Expr, Fault, Function, RowContext};
use sqlift_collation::{Charset, convert};
use sqlift_types::{Datum, Error, SqlType, TypeKind};

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new("LTRIM", (1, 1), bind, leading_reference)
            .doc("The text without spaces at its beginning.")
            .example("LTRIM('  a')", "a")
            .overload(total_with::<(Bytes, Bytes), Bytes, _, _>(
                Site::prepare,
                leading,
            )),
        Function::new("RTRIM", (1, 1), bind, trailing_reference)
            .doc("The text without spaces at its end.")
            .example("RTRIM('a  ')", "a")
            .overload(total_with::<(Bytes, Bytes), Bytes, _, _>(
                Site::prepare,
                trailing,
            )),
        Function::operator("TRIM", bind, both_reference)
            .doc("The text without copies of a string (spaces, if none is named) at both ends.")
            .example("TRIM('x' FROM 'xxaxx')", "a")
            .overload(total_with::<(Bytes, Bytes), Bytes, _, _>(
                Site::prepare,
                both,
            )),
        Function::operator("TRIM LEADING", bind, leading_reference)
            .doc("The text without copies of a string at its beginning.")
            .example("TRIM(LEADING 'x' FROM 'xxaxx')", "axx")
            .overload(total_with::<(Bytes, Bytes), Bytes, _, _>(
                Site::prepare,
                leading,
            )),
        Function::operator("TRIM TRAILING", bind, trailing_reference)
            .doc("The text without copies of a string at its end.")
            .example("TRIM(TRAILING 'x' FROM 'xxaxx')", "xxa")
            .overload(total_with::<(Bytes, Bytes), Bytes, _, _>(
                Site::prepare,
                trailing,
            )),
    ]
}

/// The text, then what is removed from it.
fn bind(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let mut args = args.into_iter();
    let text = args.next().ok_or_else(|| Error::wrong_arity("TRIM"))?;
    let (text, mut removed, collated) = textual::led(cx, text, args.collect())?;
    let charset = textual::charset_of(collated.collation);
    if removed.is_empty() {
        let mut space = Vec::new();
        convert(Charset::Ascii, charset, b" ", &mut space);
        let ty = SqlType::text(TypeKind::VarChar, 1, collated.collation);
        removed.push(Expr::literal(Datum::Bytes(space), ty).at(cx.span));
    }
    let [removed] = exactly(removed, "TRIM")?;
    let length = textual::characters(&text.ty).into();
    Ok(result(cx, vec![text, removed], length, collated))
}

/// The two ends are trimmed by looking at the whole text again and again.
fn reference(args: &[Datum], site: &CallSite<'_>, ends: [bool; 2]) -> Result<Datum, Fault> {
    let (Some(mut text), Some(removed)) = (bytes(&args[0]), bytes(&args[1])) else {
        return Ok(Datum::Null);
    };
    if removed.is_empty() {
        return Ok(args[0].clone());
    }
    while ends[0] && text.starts_with(removed) {
        text = &text[removed.len()..];
    }
    if ends[1] {
        let charset = textual::charset_of(site.collation);
        loop {
            // A copy counts only if it begins where a character does.
            let starts: Vec<usize> = charset
                .chars(text)
                .scan(0, |at, c| {
                    let start = *at;
                    *at += c.len();
                    Some(start)
                })
                .collect();
            match text.len().checked_sub(removed.len()) {
                Some(at) if text.ends_with(removed) && starts.contains(&at) => text = &text[..at],
                _ => break,
            }
        }
    }
    Ok(Datum::Bytes(text.to_vec()))
}

fn both_reference(_: &RowContext<'_>, site: &CallSite<'_>, args: &[Datum]) -> Result<Datum, Fault> {
    reference(args, site, [true, true])
}

fn leading_reference(
    _: &RowContext<'_>,
    site: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    reference(args, site, [true, false])
}

fn trailing_reference(
    _: &RowContext<'_>,
    site: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    reference(args, site, [false, true])
}

fn leading<'r>(_: &Site, _: &RowContext<'r>, mut text: &'r [u8], removed: &'r [u8]) -> &'r [u8] {
    while !removed.is_empty() {
        match text.strip_prefix(removed) {
            Some(rest) => text = rest,
            None => break,
        }
    }
    text
}

fn trailing<'r>(
    site: &Site,
    _: &RowContext<'r>,
    mut text: &'r [u8],
    removed: &'r [u8],
) -> &'r [u8] {
    // In UTF-8 and one-byte sets a copy of whole characters begins at a character.
    let anywhere =
        matches!(site.charset, Charset::Utf8mb4 | Charset::Utf8mb3) || site.charset.max_len() == 1;
    while !removed.is_empty() {
        match text.strip_suffix(removed) {
            Some(rest) if anywhere || is_boundary(site.charset, text, rest.len()) => text = rest,
            _ => break,
        }
    }
    text
}

fn is_boundary(charset: Charset, text: &[u8], at: usize) -> bool {
    let mut start = 0;
    while start < at {
        start += charset.char_len(&text[start..]).max(1);
    }
    start == at
}

fn both<'r>(site: &Site, cx: &RowContext<'r>, text: &'r [u8], removed: &'r [u8]) -> &'r [u8] {
    trailing(site, cx, leading(site, cx, text, removed), removed)
}
