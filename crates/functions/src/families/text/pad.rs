//! REPEAT, SPACE, LPAD, RPAD: results as long as a number says.

use super::{Site, bytes, characters, constant_count, count, exactly, int, result};
use crate::families::textual;
use crate::kernel::{nullable_with, total_with};
use crate::native::{Bytes, Int};
use crate::{BindContext, CallSite, Expr, Fault, Form, Function, RowContext};
use sqlift_collation::{Charset, Coercibility, Collated, Repertoire, convert};
use sqlift_types::{Datum, Error};

/// The length of a result that only a row tells.
const UNKNOWN: u64 = u32::MAX as u64;

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new("REPEAT", (2, 2), bind_repeat, repeat_reference)
            .doc("The text so many times; empty if the number is not positive.")
            .example("REPEAT('ab', 3)", "ababab")
            .form(Form::NullFirst)
            .overload(nullable_with::<(Bytes, Int), Bytes, _, _>(
                Site::prepare,
                repeat,
            ))
            .warns(),
        Function::new("SPACE", (1, 1), bind_space, space_reference)
            .doc("So many spaces.")
            .example("SPACE(3)", "   ")
            .overload(nullable_with::<(Int,), Bytes, _, _>(Site::prepare, space))
            .warns(),
        Function::new("LPAD", (3, 3), bind_pad, lpad_reference)
            .doc("The text, filled up at its beginning (or cut) to so many characters.")
            .example("LPAD('hi', 4, '?')", "??hi")
            .form(Form::Guarded)
            .overload(nullable_with::<(Bytes, Int, Bytes), Bytes, _, _>(
                Site::prepare,
                |site, cx, text, n, fill| pad(site, cx, text, n, fill, Side::Left),
            ))
            .warns(),
        Function::new("RPAD", (3, 3), bind_pad, rpad_reference)
            .doc("The text, filled up at its end (or cut) to so many characters.")
            .example("RPAD('hi', 5, '?!')", "hi?!?")
            .form(Form::Guarded)
            .overload(nullable_with::<(Bytes, Int, Bytes), Bytes, _, _>(
                Site::prepare,
                |site, cx, text, n, fill| pad(site, cx, text, n, fill, Side::Right),
            ))
            .warns(),
        Function::operator("full length", bind_full_length, full_length_reference)
            .doc("A CHAR column with its trailing spaces, as PAD_CHAR_TO_FULL_LENGTH shows it.")
            .reads_column()
            .overload(total_with::<(Bytes,), Bytes, _, _>(
                Full::prepare,
                full_length,
            )),
    ]
}

/// What a CHAR column is filled up with, and to how many characters.
struct Full {
    charset: Charset,
    length: usize,
    space: Vec<u8>,
}

impl Full {
    fn prepare(site: &CallSite<'_>) -> Result<Full, Error> {
        let charset = textual::charset_of(site.collation);
        Ok(Full {
            charset,
            length: site.ret.length as usize,
            space: a_space(charset),
        })
    }
}

fn bind_full_length(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let [column] = exactly(args, "CHAR")?;
    let (ty, nullable, collated) = (column.ty.clone(), column.nullable, column.collated);
    let full = cx.call(vec![column], ty, nullable);
    Ok(Expr { collated, ..full })
}

fn full_length_reference(
    _: &RowContext<'_>,
    site: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    let Some(text) = bytes(&args[0]) else {
        return Ok(Datum::Null);
    };
    let missing = (site.ret.length as usize).saturating_sub(characters(site, text).len());
    let spaces = a_space(textual::charset_of(site.collation)).repeat(missing);
    Ok(Datum::Bytes([text, &spaces].concat()))
}

fn full_length<'r>(full: &Full, cx: &RowContext<'r>, text: &'r [u8]) -> &'r [u8] {
    let missing = full.length.saturating_sub(full.charset.char_count(text));
    if missing == 0 {
        return text;
    }
    let mut out = bumpalo::collections::Vec::new_in(cx.arena);
    out.extend_from_slice(text);
    (0..missing).for_each(|_| out.extend_from_slice(&full.space));
    out.into_bump_slice()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Left,
    Right,
}

impl Side {
    fn function(self) -> &'static str {
        match self {
            Side::Left => "lpad",
            Side::Right => "rpad",
        }
    }
}

fn bind_repeat(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let [text, n] = exactly(args, "REPEAT")?;
    let (text, collated) = textual::own_text(cx, text)?;
    let n = count(cx, n)?;
    let own = u64::from(textual::characters(&text.ty));
    let length = match constant_count(cx, &n) {
        // MySQL: a negative constant counts as a huge one here.
        Some(Some(n)) => u64::try_from(n).map_or(UNKNOWN, |n| {
            own.saturating_mul(n.min(i32::MAX as u64)).min(UNKNOWN)
        }),
        _ => UNKNOWN,
    };
    Ok(result(cx, vec![text, n], length, collated))
}

fn bind_space(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let [n] = exactly(args, "SPACE")?;
    let n = count(cx, n)?;
    let length = match constant_count(cx, &n) {
        Some(Some(n)) => n.clamp(0, UNKNOWN as i64) as u64,
        _ => UNKNOWN,
    };
    let collated = Collated::new(
        cx.connection_collation(),
        Coercibility::Coercible,
        Repertoire::Ascii,
    );
    Ok(result(cx, vec![n], length, collated))
}

fn bind_pad(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let [text, n, fill] = exactly(args, "LPAD")?;
    let (text, fill, collated) = textual::led(cx, text, vec![fill])?;
    let [fill] = exactly(fill, "LPAD")?;
    let n = count(cx, n)?;
    let length = match constant_count(cx, &n) {
        Some(Some(n)) => u64::try_from(n).map_or(UNKNOWN, |n| n.min(UNKNOWN)),
        _ => UNKNOWN,
    };
    Ok(result(cx, vec![text, n, fill], length, collated))
}

fn repeat_reference(cx: &RowContext<'_>, _: &CallSite<'_>, args: &[Datum]) -> Result<Datum, Fault> {
    let (Some(text), Some(n)) = (bytes(&args[0]), int(&args[1])) else {
        return Ok(Datum::Null);
    };
    let n = n.clamp(0, i32::MAX.into());
    let packet = cx.session.max_allowed_packet as usize;
    if text.len() as i128 * i128::from(n) > packet as i128 {
        cx.warn(textual::larger_than_packet("repeat", packet));
        return Ok(Datum::Null);
    }
    if text.is_empty() {
        return Ok(Datum::Bytes(Vec::new()));
    }
    Ok(Datum::Bytes((0..n).flat_map(|_| text).copied().collect()))
}

fn space_reference(
    cx: &RowContext<'_>,
    site: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    let Some(n) = int(&args[0]) else {
        return Ok(Datum::Null);
    };
    let one = a_space(textual::charset_of(site.collation));
    repeat_of(cx, "space", &one, n)
}

fn repeat_of(cx: &RowContext<'_>, function: &str, text: &[u8], n: i64) -> Result<Datum, Fault> {
    let n = n.clamp(0, i32::MAX.into()) as usize;
    let packet = cx.session.max_allowed_packet as usize;
    if n.saturating_mul(text.len()) > packet {
        cx.warn(textual::larger_than_packet(function, packet));
        return Ok(Datum::Null);
    }
    Ok(Datum::Bytes(text.repeat(n)))
}

fn lpad_reference(
    cx: &RowContext<'_>,
    site: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    pad_reference(cx, site, args, Side::Left)
}

fn rpad_reference(
    cx: &RowContext<'_>,
    site: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    pad_reference(cx, site, args, Side::Right)
}

fn pad_reference(
    cx: &RowContext<'_>,
    site: &CallSite<'_>,
    args: &[Datum],
    side: Side,
) -> Result<Datum, Fault> {
    let (Some(text), Some(n), Some(fill)) = (bytes(&args[0]), int(&args[1]), bytes(&args[2]))
    else {
        return Ok(Datum::Null);
    };
    if n < 0 {
        return Ok(Datum::Null);
    }
    let wanted = n.min(i32::MAX.into()) as usize;
    let (text_chars, fill_chars) = (characters(site, text), characters(site, fill));
    if wanted <= text_chars.len() {
        return Ok(Datum::Bytes(text_chars[..wanted].concat()));
    }
    if fill_chars.is_empty() {
        return Ok(Datum::Bytes(text.to_vec()));
    }
    let charset = textual::charset_of(site.collation);
    let packet = cx.session.max_allowed_packet as usize;
    if wanted.saturating_mul(charset.max_len()) > packet {
        cx.warn(textual::larger_than_packet(side.function(), packet));
        return Ok(Datum::Null);
    }
    let missing = wanted - text_chars.len();
    let filling: Vec<&[u8]> = fill_chars.iter().copied().cycle().take(missing).collect();
    let parts = match side {
        Side::Left => [filling, text_chars],
        Side::Right => [text_chars, filling],
    };
    Ok(Datum::Bytes(parts.concat().concat()))
}

fn a_space(charset: Charset) -> Vec<u8> {
    let mut space = Vec::new();
    convert(Charset::Ascii, charset, b" ", &mut space);
    space
}

/// So many copies, one after the other.
fn copies<'r>(cx: &RowContext<'r>, text: &[u8], n: usize) -> &'r [u8] {
    let out = cx.arena.alloc_slice_fill_copy(text.len() * n, 0u8);
    if !text.is_empty() {
        out.chunks_exact_mut(text.len())
            .for_each(|copy| copy.copy_from_slice(text));
    }
    out
}

fn repeat<'r>(site: &Site, cx: &RowContext<'r>, text: &'r [u8], n: i64) -> Option<&'r [u8]> {
    let n = n.clamp(0, i32::MAX.into()) as usize;
    if site.too_long(cx, "repeat", text.len() as u128 * n as u128) {
        return None;
    }
    Some(copies(cx, text, if text.is_empty() { 0 } else { n }))
}

fn space<'r>(site: &Site, cx: &RowContext<'r>, n: i64) -> Option<&'r [u8]> {
    let n = n.clamp(0, i32::MAX.into()) as usize;
    let one = a_space(site.charset);
    if site.too_long(cx, "space", one.len() as u128 * n as u128) {
        return None;
    }
    Some(copies(cx, &one, n))
}

fn pad<'r>(
    site: &Site,
    cx: &RowContext<'r>,
    text: &'r [u8],
    n: i64,
    fill: &'r [u8],
    side: Side,
) -> Option<&'r [u8]> {
    let wanted = usize::try_from(n).ok()?.min(i32::MAX as usize);
    let own = site.charset.char_count(text);
    if wanted <= own {
        return Some(&text[..site.charset.byte_index(text, wanted)]);
    }
    if fill.is_empty() {
        return Some(text);
    }
    if site.too_long(
        cx,
        side.function(),
        wanted as u128 * site.charset.max_len() as u128,
    ) {
        return None;
    }
    let missing = wanted - own;
    let fill_chars = site.charset.char_count(fill);
    let (whole, rest) = (missing / fill_chars, missing % fill_chars);
    let rest = &fill[..site.charset.byte_index(fill, rest)];
    let length = text.len() + whole * fill.len() + rest.len();
    let mut out = bumpalo::collections::Vec::with_capacity_in(length, cx.arena);
    if side == Side::Right {
        out.extend_from_slice(text);
    }
    for _ in 0..whole {
        out.extend_from_slice(fill);
    }
    out.extend_from_slice(rest);
    if side == Side::Left {
        out.extend_from_slice(text);
    }
    Some(out.into_bump_slice())
}
