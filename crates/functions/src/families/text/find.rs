//! Where a text is: LOCATE, POSITION, INSTR, FIND_IN_SET, FIELD. What is the same is decided by the collation.

use super::{bytes, count, exactly, int};
use crate::families::control::may_warn;
use crate::families::textual;
use crate::kernel::{Many, total_with};
use crate::native::{Bytes, Double, Int, Opt};
use crate::{BindContext, CallSite, Expr, Fault, Form, Function, RowContext};
use sqlift_collation::{Charset, Collation, CollationId, Pad};
use sqlift_types::{Datum, Error, SqlType, TypeKind};

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new("LOCATE", (2, 3), bind_locate, locate_reference)
            .doc("The position of the first argument in the second, from a position on; 0 if it is not there.")
            .example("LOCATE('bar', 'foobarbar', 5)", "7")
            .form(Form::NullFirst)
            .overload(total_with::<(Bytes, Bytes), Int, _, _>(
                collation,
                |c, _, needle: &[u8], text: &[u8]| locate(c, needle, text, 1),
            ))
            .overload(total_with::<(Bytes, Bytes, Int), Int, _, _>(
                collation,
                |c, _, needle: &[u8], text: &[u8], start| locate(c, needle, text, start),
            )),
        Function::new("POSITION", (2, 2), bind_locate, locate_reference)
            .doc("The position of the first argument in the second; 0 if it is not there.")
            .example("POSITION('bar' IN 'foobarbar')", "4")
            .overload(total_with::<(Bytes, Bytes), Int, _, _>(
                collation,
                |c, _, needle: &[u8], text: &[u8]| locate(c, needle, text, 1),
            )),
        Function::new("INSTR", (2, 2), bind_instr, locate_reference)
            .doc("The position of the second argument in the first; 0 if it is not there.")
            .example("INSTR('foobarbar', 'bar')", "4"),
        Function::new("FIND_IN_SET", (2, 2), bind_find_in_set, find_in_set_reference)
            .doc("Which member of a comma-separated list a text is; 0 if it is none.")
            .example("FIND_IN_SET('b', 'a,b,c,d')", "2")
            .overload(total_with::<(Bytes, Bytes), Int, _, _>(collation, find_in_set)),
        Function::new("FIELD", (2, usize::MAX), bind_field, field_reference)
            .doc("Which of the arguments behind the first equals it; 0 if none does or it is NULL.")
            .example("FIELD('Bb', 'Aa', 'Bb', 'Cc')", "2")
            .overload(total_with::<Many<Opt<Bytes>>, Int, _, _>(collation, field))
            .overload(total_with::<Many<Opt<Double>>, Int, (), _>(|_| Ok(()), |(), _, args| {
                field_of_numbers(args)
            })),
    ]
}

fn collation(site: &CallSite<'_>) -> Result<&'static Collation, Error> {
    let id = site.collation;
    match id.get() {
        Some(collation) if collation.is_supported() => Ok(collation),
        _ => Err(Error::unsupported(format_args!("collation {id}"))),
    }
}

/// The arguments as text in the one collation that they are compared in.
fn compared(
    cx: &mut BindContext<'_>,
    operation: &str,
    args: Vec<Expr>,
) -> Result<Vec<Expr>, Error> {
    let agreed = textual::agree_to_compare(cx, operation, &args)?;
    args.into_iter()
        .map(|arg| {
            let text = textual::text(cx, arg, agreed)?;
            Ok(textual::relabeled(cx, text, agreed.collation))
        })
        .collect()
}

fn position_type() -> SqlType {
    SqlType::bigint_of(11)
}

fn bind_locate(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let nullable = args.iter().any(|a| a.nullable);
    let mut args = args.into_iter();
    let (Some(needle), Some(text)) = (args.next(), args.next()) else {
        return Err(Error::wrong_arity("LOCATE"));
    };
    let (text, needle, _) = textual::led(cx, text, vec![needle])?;
    let [needle] = exactly(needle, "LOCATE")?;
    let needle = textual::relabeled(cx, needle, text.ty.collation);
    let start = match args.next() {
        Some(start) => Some(count(cx, start)?),
        None => None,
    };
    if !text.nullable || !may_warn(&needle) {
        let all = [needle, text].into_iter().chain(start).collect();
        return Ok(cx.call(all, position_type(), nullable));
    }
    // In NULL nothing is looked for, and what cannot be converted to be found there is no error.
    cx.let_in(text, |cx, text| {
        let missing = cx.bind_named("IS NULL", vec![text.clone()])?;
        let all = [needle, text].into_iter().chain(start).collect();
        let found = cx.call(all, position_type(), true);
        let branches = vec![missing, cx.null(position_type()), found];
        Ok(cx.call_named("CASE", branches, position_type(), nullable))
    })
}

fn bind_instr(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let [text, needle] = exactly(args, "INSTR")?;
    let nullable = text.nullable || needle.nullable;
    let (text, needle, _) = textual::led(cx, text, vec![needle])?;
    let [needle] = exactly(needle, "INSTR")?;
    let needle = textual::relabeled(cx, needle, text.ty.collation);
    Ok(cx.call_named("LOCATE", vec![needle, text], position_type(), nullable))
}

fn bind_find_in_set(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let nullable = args.iter().any(|a| a.nullable);
    let args = compared(cx, "find_in_set", args)?;
    Ok(cx.call(args, position_type(), nullable))
}

/// All strings are compared as strings, all integers as integers, exact numbers as DECIMAL, anything else as DOUBLE.
///
/// MySQL stops at the first that is equal, so what stands behind it raises no warning: where there may be one, it is a CASE over the
/// arguments.
fn bind_field(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let text = |t: &SqlType| {
        t.kind.is_string()
            || t.kind.is_temporal()
            || matches!(
                t.kind,
                TypeKind::Enum | TypeKind::Set | TypeKind::Json | TypeKind::Null
            )
    };
    if let Some(odd) = args.iter().find(|a| a.ty.kind == TypeKind::Vector) {
        return Err(Error::unsupported(format_args!("FIELD of {}", odd.ty)));
    }
    let mut args = args.into_iter();
    let wanted = args.next().ok_or_else(|| Error::wrong_arity("FIELD"))?;
    let args: Vec<Expr> = args.collect();
    let all =
        |test: &dyn Fn(&SqlType) -> bool| test(&wanted.ty) && args.iter().all(|a| test(&a.ty));
    if all(&text) {
        let (wanted, others, _) = textual::led(cx, wanted, args)?;
        return field_of(cx, wanted, others);
    }
    let integer =
        |t: &SqlType| t.kind.is_integer() || matches!(t.kind, TypeKind::Year | TypeKind::Bit);
    if all(&|t| integer(t) || t.kind == TypeKind::Decimal) {
        return cx.let_in(wanted, |cx, wanted| {
            let equal =
                |cx: &mut BindContext<'_>, arg| cx.bind_named("=", vec![wanted.clone(), arg]);
            let matches = args.into_iter().map(|arg| equal(cx, arg));
            let matches = matches.collect::<Result<_, _>>()?;
            first_match(cx, &wanted, matches)
        });
    }
    let double = |arg| cx.coerce(arg, SqlType::double());
    let (wanted, others) = (double(wanted), args.into_iter().map(double).collect());
    field_of(cx, wanted, others)
}

/// FIELD of arguments that are compared as they are.
fn field_of(cx: &mut BindContext<'_>, wanted: Expr, others: Vec<Expr>) -> Result<Expr, Error> {
    if !others.iter().any(may_warn) {
        let args = [wanted].into_iter().chain(others).collect();
        return Ok(cx.call(args, position_type(), false));
    }
    cx.let_in(wanted, |cx, wanted| {
        let matches = others.into_iter().map(|other| {
            let nullable = wanted.nullable || other.nullable;
            cx.call_named("=", vec![wanted.clone(), other], SqlType::bool(), nullable)
        });
        let matches = matches.collect();
        first_match(cx, &wanted, matches)
    })
}

/// The number of the first test that is true; 0 if none is, or `wanted` is NULL.
fn first_match(cx: &mut BindContext<'_>, wanted: &Expr, matches: Vec<Expr>) -> Result<Expr, Error> {
    let place = |n: usize| Expr::literal(Datum::Int(n as i64), position_type());
    let mut branches = Vec::new();
    if wanted.nullable {
        let missing = cx.bind_named("IS NULL", vec![wanted.clone()])?;
        branches.extend([missing, place(0)]);
    }
    for (n, equal) in matches.into_iter().enumerate() {
        branches.extend([equal, place(n + 1)]);
    }
    branches.push(place(0));
    Ok(cx.call_named("CASE", branches, position_type(), false))
}

fn locate_reference(
    _: &RowContext<'_>,
    site: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    let (Some(needle), Some(text)) = (bytes(&args[0]), bytes(&args[1])) else {
        return Ok(Datum::Null);
    };
    let start = match args.get(2).map(int) {
        Some(None) => return Ok(Datum::Null),
        Some(Some(start)) => start,
        None => 1,
    };
    let charset = textual::charset_of(site.collation);
    let starts: Vec<usize> = charset
        .chars(text)
        .scan(0, |at, c| {
            let start = *at;
            *at += c.len();
            Some(start)
        })
        .chain([text.len()])
        .collect();
    let Some(from) = usize::try_from(start).ok().and_then(|s| s.checked_sub(1)) else {
        return Ok(Datum::Int(0));
    };
    let (Some(at), Some(collation)) = (starts.get(from), site.collation.get()) else {
        return Ok(Datum::Int(0));
    };
    let found = collation.find(text, needle, *at);
    let position = found.and_then(|f| starts.iter().position(|s| *s == f));
    Ok(Datum::Int(position.map_or(0, |p| p as i64 + 1)))
}

fn find_in_set_reference(
    _: &RowContext<'_>,
    site: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    let (Some(wanted), Some(list)) = (bytes(&args[0]), bytes(&args[1])) else {
        return Ok(Datum::Null);
    };
    let Some(collation) = site.collation.get() else {
        return Ok(Datum::Int(0));
    };
    if list.is_empty() {
        return Ok(Datum::Int(0));
    }
    let comma = comma(collation.charset());
    let mut members: Vec<Vec<u8>> = vec![Vec::new()];
    for character in collation.charset().chars(list) {
        match members.last_mut() {
            Some(member) if character != comma => member.extend_from_slice(character),
            _ => members.push(Vec::new()),
        }
    }
    let found = members.iter().position(|m| is_member(collation, m, wanted));
    Ok(Datum::Int(found.map_or(0, |n| n as i64 + 1)))
}

fn field_reference(
    _: &RowContext<'_>,
    site: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    if matches!(args[0], Datum::Double(_)) {
        let found = args[1..].iter().position(|arg| *arg == args[0]);
        return Ok(Datum::Int(found.map_or(0, |n| n as i64 + 1)));
    }
    let collation = site.collation.get().or(CollationId::BINARY.get());
    let (Some(wanted), Some(collation)) = (bytes(&args[0]), collation) else {
        return Ok(Datum::Int(0));
    };
    for (n, arg) in args.iter().enumerate().skip(1) {
        if bytes(arg).is_some_and(|text| collation.compare(wanted, text).is_eq()) {
            return Ok(Datum::Int(n as i64));
        }
    }
    Ok(Datum::Int(0))
}

/// A position from 1, or 0.
fn locate(collation: &Collation, needle: &[u8], text: &[u8], start: i64) -> i64 {
    let Some(skipped) = usize::try_from(start).ok().and_then(|s| s.checked_sub(1)) else {
        return 0;
    };
    let charset = collation.charset();
    let from = charset.byte_index(text, skipped);
    if from == text.len() && skipped > 0 && charset.char_count(text) < skipped {
        return 0;
    }
    match collation.find(text, needle, from) {
        Some(at) => (skipped + charset.char_count(&text[from..at])) as i64 + 1,
        None => 0,
    }
}

fn comma(charset: Charset) -> Vec<u8> {
    let mut comma = Vec::new();
    sqlift_collation::convert(Charset::Ascii, charset, b",", &mut comma);
    comma
}

/// Whether a member of a list is the text. MySQL: spaces at the end count here, even where the collation pads.
fn is_member(collation: &Collation, member: &[u8], wanted: &[u8]) -> bool {
    let spaces = |text: &[u8]| text.iter().rev().take_while(|b| **b == b' ').count();
    let pads = collation.pad() == Pad::PadSpace && collation.charset().min_len() == 1;
    collation.equal(member, wanted) && !(pads && spaces(member) != spaces(wanted))
}

fn find_in_set(
    collation: &&'static Collation,
    _: &RowContext<'_>,
    wanted: &[u8],
    list: &[u8],
) -> i64 {
    if list.is_empty() {
        return 0;
    }
    let charset = collation.charset();
    let (mut start, mut at, mut position) = (0, 0, 1);
    let simple = charset.is_ascii_compatible();
    let wide = if simple { Vec::new() } else { comma(charset) };
    let comma: &[u8] = if simple { b"," } else { &wide };
    while at < list.len() {
        let len = charset.char_len(&list[at..]).max(1);
        if list[at..at + len] == *comma {
            if is_member(collation, &list[start..at], wanted) {
                return position;
            }
            position += 1;
            start = at + len;
        }
        at += len;
    }
    if is_member(collation, &list[start..], wanted) {
        position
    } else {
        0
    }
}

fn field<'r>(
    collation: &'r &'static Collation,
    _: &RowContext<'r>,
    args: &'r [Option<&'r [u8]>],
) -> i64 {
    let Some((Some(wanted), others)) = args.split_first() else {
        return 0;
    };
    let found = others
        .iter()
        .position(|other| other.is_some_and(|text| collation.equal(wanted, text)));
    found.map_or(0, |n| n as i64 + 1)
}

fn field_of_numbers(args: &[Option<f64>]) -> i64 {
    let Some((Some(wanted), others)) = args.split_first() else {
        return 0;
    };
    let found = others.iter().position(|other| *other == Some(*wanted));
    found.map_or(0, |n| n as i64 + 1)
}
