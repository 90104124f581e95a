//! CONCAT and CONCAT_WS.

use crate::families::textual;
use crate::kernel::Many;
use crate::kernel::nullable_with;
use crate::native::{Bytes, Opt};
use crate::{BindContext, CallSite, Expr, Fault, Function, RowContext};
use sqlift_types::{Datum, Error};

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new("CONCAT", (1, usize::MAX), bind_concat, concat_reference)
            .doc("The arguments one after the other; NULL if one is NULL.")
            .example("CONCAT('My', 'S', 'QL')", "MySQL")
            .overload(nullable_with::<Many<Bytes>, Bytes, _, _>(packet, concat))
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
