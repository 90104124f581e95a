//! One or several of a list: ELT, MAKE_SET, EXPORT_SET.

use super::{Site, bits, bytes, count, int, result};
use crate::families::textual;
use crate::kernel::nullable_with;
use crate::native::{Bytes, Int};
use crate::{BindContext, CallSite, Expr, Fault, Function, RowContext};
use sqlift_collation::{Charset, convert};
use sqlift_types::{Datum, Error, SqlType, TypeKind};

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new("ELT", (2, usize::MAX), bind_elt, chosen_reference)
            .doc("The argument of this number, counted from 1 behind the number; NULL if there is none.")
            .example("ELT(2, 'Aa', 'Bb')", "Bb"),
        Function::new("MAKE_SET", (2, usize::MAX), bind_make_set, chosen_reference)
            .doc("The arguments whose bits are set in the first, separated by commas; NULLs are skipped.")
            .example("MAKE_SET(5, 'a', 'b', 'c')", "a,c"),
        Function::new("EXPORT_SET", (3, 5), bind_export_set, export_set_reference)
            .doc("For each bit of a number, from the lowest on, one text if it is set and another if not.")
            .example("EXPORT_SET(5, 'Y', 'N', ',', 4)", "Y,N,Y,N")
            .overload(nullable_with::<(Int, Bytes, Bytes, Bytes), Bytes, _, _>(
                Site::prepare,
                |site, cx, bits, on, off, between| export_set(site, cx, bits, [on, off, between]),
            ))
            .warns(),
    ]
}

/// A choice among the arguments, so that only the chosen one is evaluated.
fn bind_elt(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let mut args = args.into_iter();
    let number = args.next().ok_or_else(|| Error::wrong_arity("ELT"))?;
    let number = count(cx, number)?;
    let (texts, collated) = textual::texts(cx, "elt", args.collect())?;
    let charset = textual::charset_of(collated.collation);
    let length = texts
        .iter()
        .map(|t| textual::length_in(&t.ty, charset))
        .max()
        .unwrap_or(0);
    let ty = textual::text_type(length, collated.collation);
    cx.let_in(number, |cx, number| {
        let mut branches = Vec::new();
        for (n, text) in texts.into_iter().enumerate() {
            let place = Expr::literal(Datum::Int(n as i64 + 1), SqlType::bigint()).at(cx.span);
            branches.push(cx.bind_named("=", vec![number.clone(), place])?);
            branches.push(text);
        }
        branches.push(cx.null(ty.clone()));
        let call = cx.call_named("CASE", branches, ty, true);
        Ok(cx.with_collation(call, collated))
    })
}

/// The chosen arguments joined by commas, NULL taking the place of those not chosen.
fn bind_make_set(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let mut args = args.into_iter();
    let number = args.next().ok_or_else(|| Error::wrong_arity("MAKE_SET"))?;
    let number = bits(cx, number)?;
    let (texts, collated) = textual::texts(cx, "make_set", args.collect())?;
    let charset = textual::charset_of(collated.collation);
    let nullable = number.nullable || texts.iter().any(|t| t.nullable);
    // MySQL: the sum is one of 32 bits, where a text of a document counts as all ones.
    let length = texts.iter().fold(texts.len() as u32 - 1, |sum, text| {
        sum.wrapping_add(textual::length_in(&text.ty, charset) as u32)
    });
    let ty = textual::text_type(length.into(), collated.collation);
    let mut comma = Vec::new();
    convert(Charset::Ascii, charset, b",", &mut comma);
    let comma_type = SqlType::text(TypeKind::VarChar, 1, collated.collation);
    let comma = Expr::literal(Datum::Bytes(comma), comma_type.clone()).at(cx.span);
    cx.let_in(number, |cx, number| {
        // The separator is NULL when the number is: so is the result.
        let separator = if number.nullable {
            let missing = cx.bind_named("IS NULL", vec![number.clone()])?;
            let null = cx.null(comma_type.clone());
            cx.call_named("CASE", vec![missing, null, comma], comma_type, true)
        } else {
            comma
        };
        let mut parts = vec![separator];
        for (n, text) in texts.into_iter().enumerate().take(64) {
            let bit = Expr::literal(Datum::Int(1i64.wrapping_shl(n as u32)), SqlType::bigint());
            let is_set = cx.call_named(
                "has bit",
                vec![number.clone(), bit.at(cx.span)],
                SqlType::bool(),
                number.nullable,
            );
            let null = cx.null(text.ty.clone());
            let ty = text.ty.clone();
            parts.push(cx.call_named("CASE", vec![is_set, text, null], ty, true));
        }
        let call = cx.call_named("CONCAT_WS", parts, ty, nullable);
        Ok(cx.with_collation(call, collated))
    })
}

fn bind_export_set(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let mut args = args.into_iter();
    let number = args
        .next()
        .ok_or_else(|| Error::wrong_arity("EXPORT_SET"))?;
    let number = bits(cx, number)?;
    let mut rest: Vec<Expr> = args.collect();
    let digits = match rest.len() {
        4 => rest.pop(),
        _ => None,
    };
    if rest.len() == 2 {
        let comma = Datum::Bytes(b",".to_vec());
        let ty = SqlType::text(TypeKind::VarChar, 1, cx.connection_collation());
        rest.push(Expr::literal(comma, ty).at(cx.span));
    }
    let (texts, collated) = textual::texts(cx, "export_set", rest)?;
    let charset = textual::charset_of(collated.collation);
    let lengths: Vec<u64> = texts
        .iter()
        .map(|t| textual::length_in(&t.ty, charset))
        .collect();
    let length = lengths[0].max(lengths[1]) * 64 + lengths[2] * 63;
    let args = [number].into_iter().chain(texts);
    match digits {
        None => Ok(result(cx, args.collect(), length, collated)),
        Some(digits) => {
            let digits = count(cx, digits)?;
            let args: Vec<Expr> = args.chain([digits]).collect();
            let ty = textual::text_type(length, collated.collation);
            let nullable = cx.text_nullable(&args);
            let call = cx.call_named("EXPORT_SET of", args, ty, nullable);
            Ok(cx.with_collation(call, collated))
        }
    }
}

/// Functions that only others of this file are bound to.
pub(super) fn internal() -> Vec<Function> {
    vec![
        Function::operator("has bit", super::unbindable, has_bit_reference)
            .doc("Whether a number has a bit in common with another.")
            .overload(crate::kernel::total::<(Int, Int), crate::native::Bool, _>(
                |a: i64, b: i64| a & b != 0,
            )),
        Function::operator("EXPORT_SET of", super::unbindable, export_set_reference)
            .doc("EXPORT_SET with a number of bits.")
            .overload(
                nullable_with::<(Int, Bytes, Bytes, Bytes, Int), Bytes, _, _>(
                    Site::prepare,
                    |site, cx, bits, on, off, between, digits| {
                        export_digits(site, cx, bits, [on, off, between], digits)
                    },
                ),
            )
            .warns(),
    ]
}

fn has_bit_reference(_: &RowContext<'_>, _: &CallSite<'_>, args: &[Datum]) -> Result<Datum, Fault> {
    Ok(match (int(&args[0]), int(&args[1])) {
        (Some(a), Some(b)) => Datum::Int(i64::from(a & b != 0)),
        _ => Datum::Null,
    })
}

/// Never called: the function is bound to others.
fn chosen_reference(cx: &RowContext<'_>, _: &CallSite<'_>, _: &[Datum]) -> Result<Datum, Fault> {
    cx.raise(Error::unsupported("a choice that was not bound"));
    Err(Fault::Raised)
}

fn export_set_reference(
    cx: &RowContext<'_>,
    _: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    let (Some(number), Some(on), Some(off), Some(between)) = (
        int(&args[0]),
        bytes(&args[1]),
        bytes(&args[2]),
        bytes(&args[3]),
    ) else {
        return Ok(Datum::Null);
    };
    let digits = match args.get(4).map(int) {
        Some(None) => return Ok(Datum::Null),
        Some(Some(n @ 0..=64)) => n,
        _ => 64,
    };
    let parts: Vec<&[u8]> = (0..digits)
        .map(|bit| if number >> bit & 1 == 1 { on } else { off })
        .collect();
    Ok(textual::within_packet(
        cx,
        "export_set",
        parts.join(between),
    ))
}

fn export_set<'r>(
    site: &Site,
    cx: &RowContext<'r>,
    number: i64,
    texts: [&'r [u8]; 3],
) -> Option<&'r [u8]> {
    export_digits(site, cx, number, texts, 64)
}

fn export_digits<'r>(
    site: &Site,
    cx: &RowContext<'r>,
    number: i64,
    [on, off, between]: [&'r [u8]; 3],
    digits: i64,
) -> Option<&'r [u8]> {
    let digits = if (0..=64).contains(&digits) {
        digits
    } else {
        64
    };
    let mut out = bumpalo::collections::Vec::new_in(cx.arena);
    for bit in 0..digits {
        if bit > 0 {
            out.extend_from_slice(between);
        }
        out.extend_from_slice(if number >> bit & 1 == 1 { on } else { off });
    }
    if site.too_long(cx, "export_set", out.len() as u128) {
        return None;
    }
    Some(out.into_bump_slice())
}
