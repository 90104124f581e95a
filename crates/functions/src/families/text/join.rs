//! CONCAT and CONCAT_WS.

use crate::families::textual;
use crate::kernel::{BatchContext, Lanes, Many, Texts, nullable_chunked, nullable_with, put_text};
use crate::native::{Bytes, Opt};
use crate::{BindContext, CallSite, Expr, Fault, Function, RowContext};
use bumpalo::Bump;
use sqlift_types::{Datum, Error};

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new("CONCAT", (1, usize::MAX), bind_concat, concat_reference)
            .doc("The arguments one after the other; NULL if one is NULL.")
            .example("CONCAT('My', 'S', 'QL')", "MySQL")
            .overload(nullable_chunked::<Many<Bytes>, Bytes, _, _>(
                packet,
                concat,
                |packet, batch, parts, _| joined(*packet, batch, parts),
            ))
            .warns(),
        Function::new("CONCAT_WS", (2, usize::MAX), bind_concat_ws, concat_ws_reference)
            .doc("The arguments behind the first, one after the other, with the first between them. Skips NULLs; NULL if the separator is NULL.")
            .example("CONCAT_WS(',', 'a', NULL, 'b')", "a,b")
            .overload(nullable_with::<Many<Opt<Bytes>>, Bytes, _, _>(packet, concat_ws))
            .warns(),
    ]
}

fn packet(site: &CallSite<'_>) -> Result<usize, Error> {
    Ok(site.session.max_allowed_packet as usize)
}

fn bind_concat(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let (args, agreed) = textual::texts(cx, "concat", args)?;
    let charset = textual::charset_of(agreed.collation);
    let length = args
        .iter()
        .map(|a| textual::length_in(&a.ty, charset))
        .sum();
    let ty = textual::text_type(length, agreed.collation);
    let nullable = cx.text_nullable(&args);
    let call = cx.call(args, ty, nullable);
    Ok(cx.with_collation(call, agreed))
}

fn bind_concat_ws(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let (args, agreed) = textual::texts(cx, "concat_ws", args)?;
    let charset = textual::charset_of(agreed.collation);
    let lengths: Vec<u64> = args
        .iter()
        .map(|a| textual::length_in(&a.ty, charset))
        .collect();
    let between = lengths[0] * (lengths.len() as u64 - 2);
    let ty = textual::text_type(between + lengths[1..].iter().sum::<u64>(), agreed.collation);
    let nullable = cx.text_nullable(&args);
    let call = cx.call(args, ty, nullable);
    Ok(cx.with_collation(call, agreed))
}

fn concat_reference(cx: &RowContext<'_>, _: &CallSite<'_>, args: &[Datum]) -> Result<Datum, Fault> {
    let mut out = Vec::new();
    for arg in args {
        let Datum::Bytes(text) = arg else {
            return Ok(Datum::Null);
        };
        out.extend_from_slice(text);
    }
    Ok(textual::within_packet(cx, "concat", out))
}

fn concat_ws_reference(
    cx: &RowContext<'_>,
    _: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    let Some(Datum::Bytes(separator)) = args.first() else {
        return Ok(Datum::Null);
    };
    let parts: Vec<&[u8]> = args[1..]
        .iter()
        .filter_map(|a| match a {
            Datum::Bytes(text) => Some(text.as_slice()),
            _ => None,
        })
        .collect();
    Ok(textual::within_packet(
        cx,
        "concat_ws",
        parts.join(separator.as_slice()),
    ))
}

fn concat<'r>(packet: &'r usize, cx: &RowContext<'r>, parts: &'r [&'r [u8]]) -> Option<&'r [u8]> {
    let length = parts.iter().map(|p| p.len()).sum();
    if length > *packet {
        cx.warn(textual::larger_than_packet("concat", *packet));
        return None;
    }
    let out = cx.arena.alloc_slice_fill_copy(length, 0u8);
    let mut at = 0;
    for part in parts {
        out[at..at + part.len()].copy_from_slice(part);
        at += part.len();
    }
    Some(out)
}

/// One of the texts that are joined, for all rows.
enum Part<'r> {
    /// The same for all: the first so many bytes.
    Same(&'r [u8], usize),
    Packed(&'r Texts<'r>),
    Values(&'r [&'r [u8]]),
}

impl<'r> Part<'r> {
    fn of(lanes: &Lanes<'r, Bytes>, arena: &'r Bump) -> Option<Part<'r>> {
        Some(match *lanes {
            Lanes::Constant(text) => {
                let text = text?;
                let padded = arena.alloc_slice_fill_copy(text.len().max(16), 0);
                padded[..text.len()].copy_from_slice(text);
                Part::Same(padded, text.len())
            }
            Lanes::Packed { packed, .. } => Part::Packed(packed),
            Lanes::Flat { values, .. } => Part::Values(values),
        })
    }

    /// Bytes that begin with the text of a row, and how many are the text.
    #[inline(always)]
    fn text(&self, row: usize) -> (&'r [u8], usize) {
        match self {
            Part::Same(padded, length) => (padded, *length),
            Part::Packed(texts) => {
                let [starts, ends] = texts.bounds();
                let (start, end) = (starts[row] as usize, ends[row] as usize);
                (&texts.bytes()[start..], end - start)
            }
            Part::Values(values) => (values[row], values[row].len()),
        }
    }
}

/// All rows of a chunk, one behind the other. `None` if a text is longer than a packet, or all together than a buffer of texts may be.
fn joined<'r>(
    packet: usize,
    batch: &BatchContext<'r>,
    parts: &[Lanes<'r, Bytes>],
) -> Option<Lanes<'r, Bytes>> {
    let (rows, arena) = (batch.rows, batch.cx.arena);
    let parts = parts.iter().map(|part| Part::of(part, arena));
    let parts: Vec<Part<'r>> = parts.collect::<Option<_>>()?;
    let bounds = arena.alloc_slice_fill_copy(rows + 1, 0_u32);
    let mut all = 0;
    for row in 0..rows {
        let length: usize = parts.iter().map(|part| part.text(row).1).sum();
        if length > packet {
            return None;
        }
        all += length;
        bounds[row + 1] = u32::try_from(all).ok()?;
    }
    let bytes = arena.alloc_slice_fill_copy(all, 0_u8);
    let mut at = 0;
    for row in 0..rows {
        for part in &parts {
            let (text, length) = part.text(row);
            put_text(bytes, at, text, length);
            at += length;
        }
    }
    let packed = &*arena.alloc(Texts::between(bounds, bytes, batch.arch)?);
    Some(Lanes::Packed {
        packed,
        valid: None,
    })
}

fn concat_ws<'r>(
    packet: &'r usize,
    cx: &RowContext<'r>,
    args: &'r [Option<&'r [u8]>],
) -> Option<&'r [u8]> {
    let (separator, parts) = args.split_first()?;
    let separator = (*separator)?;
    let mut out = bumpalo::collections::Vec::new_in(cx.arena);
    for (n, part) in parts.iter().flatten().enumerate() {
        if n > 0 {
            out.extend_from_slice(separator);
        }
        out.extend_from_slice(part);
        if out.len() > *packet {
            cx.warn(textual::larger_than_packet("concat_ws", *packet));
            return None;
        }
    }
    Some(out.into_bump_slice())
}
