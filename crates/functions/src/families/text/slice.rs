//! Parts of a text: LEFT, RIGHT, SUBSTRING, SUBSTRING_INDEX, INSERT.
//!
//! Positions count from 1, negative ones from the end. MySQL: a position beyond 32 bits is no position.

use super::{Site, ascii, bytes, characters, constant_count, count, exactly, int, result};
use crate::families::textual;
use crate::kernel::{nullable_with, total_chunked, total_with};
use crate::native::{Bytes, Int};
use crate::{BindContext, CallSite, Expr, Fault, Form, Function, RowContext};
use sqlift_collation::Charset;
use sqlift_types::{Datum, Error};

pub(super) fn functions() -> Vec<Function> {
    let mut functions = vec![
        Function::new("LEFT", (2, 2), bind_end, left_reference)
            .doc("The first characters of a text.")
            .example("LEFT('abc', 2)", "ab")
            .form(Form::NullFirst)
            .overload(total_with::<(Bytes, Int), Bytes, _, _>(Site::prepare, left))
            .overload(total_chunked::<(Bytes, Int), Bytes, _, _>(
                ascii::site,
                left,
                |_, batch, (texts, n), _| {
                    ascii::parts(batch, texts, [n], |bytes, [n]| (0, n.clamp(0, bytes)))
                },
            ))
            .of_ascii()
            .inline(ascii::lower_left),
        Function::new("RIGHT", (2, 2), bind_end, right_reference)
            .doc("The last characters of a text.")
            .example("RIGHT('abc', 2)", "bc")
            .form(Form::NullFirst)
            .overload(total_with::<(Bytes, Int), Bytes, _, _>(Site::prepare, right))
            .overload(total_chunked::<(Bytes, Int), Bytes, _, _>(
                ascii::site,
                right,
                |_, batch, (texts, n), _| {
                    ascii::parts(batch, texts, [n], |bytes, [n]| {
                        let n = n.clamp(0, bytes);
                        (bytes - n, n)
                    })
                },
            ))
            .of_ascii()
            .inline(ascii::lower_right),
        Function::new("SUBSTRING_INDEX", (3, 3), bind_index, index_reference)
            .doc("What stands before the n-th delimiter, counted from the end if n is negative: then what stands behind it.")
            .example("SUBSTRING_INDEX('www.mysql.com', '.', 2)", "www.mysql")
            .form(Form::NullFirst)
            .overload(total_with::<(Bytes, Bytes, Int), Bytes, _, _>(Site::prepare, index)),
        Function::new("INSERT", (4, 4), bind_insert, insert_reference)
            .doc("The text with some characters from a position on replaced by another text.")
            .example("INSERT('Quadratic', 3, 4, 'What')", "QuWhattic")
            .form(Form::NullFirst)
            .overload(nullable_with::<(Bytes, Bytes, Int, Int), Bytes, _, _>(Site::prepare, insert))
            .warns(),
    ];
    for (name, example) in [
        ("SUBSTRING", "SUBSTRING('abcdef' FROM -4 FOR 2)"),
        ("SUBSTR", "SUBSTR('abcdef', -4, 2)"),
        ("MID", "MID('abcdef', 3, 2)"),
    ] {
        functions.push(
            Function::new(name, (2, 3), bind_substring, substring_reference)
                .doc("The characters of a text from a position on, at most so many.")
                .example(example, "cd")
                .form(Form::NullFirst)
                .overload(total_with::<(Bytes, Int), Bytes, _, _>(
                    Site::prepare,
                    |site, _, text, start| substring(site, text, start, i64::MAX),
                ))
                .overload(total_with::<(Bytes, Int, Int), Bytes, _, _>(
                    Site::prepare,
                    |site, _, text, start, length| substring(site, text, start, length),
                ))
                .overload(total_chunked::<(Bytes, Int), Bytes, _, _>(
                    ascii::site,
                    |site, _, text, start| substring(site, text, start, i64::MAX),
                    |_, batch, (texts, start), _| {
                        let part = |bytes, [start]: [i64; 1]| part(bytes, start, i64::MAX);
                        ascii::parts(batch, texts, [start], part)
                    },
                ))
                .of_ascii()
                .inline(ascii::lower_substring)
                .overload(total_chunked::<(Bytes, Int, Int), Bytes, _, _>(
                    ascii::site,
                    |site, _, text, start, length| substring(site, text, start, length),
                    |_, batch, (texts, start, length), _| {
                        let part = |bytes, [start, length]: [i64; 2]| part(bytes, start, length);
                        ascii::parts(batch, texts, [start, length], part)
                    },
                ))
                .of_ascii()
                .inline(ascii::lower_substring),
        );
    }
    functions
}

fn bind_end(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let [text, n] = exactly(args, "LEFT")?;
    let (text, collated) = textual::own_text(cx, text)?;
    let n = count(cx, n)?;
    let mut length = u64::from(textual::characters(&text.ty));
    if let Some(Some(n)) = constant_count(cx, &n) {
        length = length.min(n.max(0) as u64);
    }
    Ok(result(cx, vec![text, n], length, collated))
}

fn bind_substring(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let mut args = args.into_iter();
    let (Some(text), Some(start)) = (args.next(), args.next()) else {
        return Err(Error::wrong_arity("SUBSTRING"));
    };
    let (text, collated) = textual::own_text(cx, text)?;
    let start = count(cx, start)?;
    let mut length = u64::from(textual::characters(&text.ty));
    let mut known = true;
    match constant_count(cx, &start) {
        Some(Some(start)) if i32::try_from(start).is_ok() => {
            length = match start {
                ..0 => {
                    if start.unsigned_abs() > length {
                        0
                    } else {
                        start.unsigned_abs()
                    }
                }
                0 => 0,
                _ => length.saturating_sub(start as u64 - 1),
            };
        }
        Some(None) => known = false,
        _ => {}
    }
    let mut all = vec![text, start];
    if let Some(n) = args.next() {
        let n = count(cx, n)?;
        if known && let Some(Some(n)) = constant_count(cx, &n) {
            length = length.min(n.max(0) as u64);
        }
        all.push(n);
    }
    Ok(result(cx, all, length, collated))
}

fn bind_index(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let [text, delimiter, n] = exactly(args, "SUBSTRING_INDEX")?;
    let (text, delimiter, collated) = textual::led(cx, text, vec![delimiter])?;
    let n = count(cx, n)?;
    let length = textual::characters(&text.ty).into();
    let args = [text].into_iter().chain(delimiter).chain([n]).collect();
    Ok(result(cx, args, length, collated))
}

fn bind_insert(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let [text, start, n, new] = exactly(args, "INSERT")?;
    let was_text = new.ty.kind.is_string();
    let (text, new, collated) = textual::led(cx, text, vec![new])?;
    let [new] = exactly(new, "INSERT")?;
    // MySQL: a constant number that was converted from latin1 has the length that it has, not the one that its type may have.
    let charset = textual::charset_of(collated.collation);
    let converted = !was_text && !matches!(charset, Charset::Latin1 | Charset::Binary);
    let added = match new.as_literal() {
        Some(Datum::Bytes(bytes)) if converted => charset.char_count(bytes) as u64,
        _ => textual::characters(&new.ty).into(),
    };
    let length = u64::from(textual::characters(&text.ty)) + added;
    // MySQL: the place is looked at last.
    let args = vec![text, new, count(cx, start)?, count(cx, n)?];
    Ok(result(cx, args, length, collated))
}

fn left_reference(_: &RowContext<'_>, site: &CallSite<'_>, args: &[Datum]) -> Result<Datum, Fault> {
    let (Some(text), Some(n)) = (bytes(&args[0]), int(&args[1])) else {
        return Ok(Datum::Null);
    };
    let all = characters(site, text);
    let n = n.clamp(0, all.len() as i64) as usize;
    Ok(Datum::Bytes(all[..n].concat()))
}

fn right_reference(
    _: &RowContext<'_>,
    site: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    let (Some(text), Some(n)) = (bytes(&args[0]), int(&args[1])) else {
        return Ok(Datum::Null);
    };
    let all = characters(site, text);
    let n = n.clamp(0, all.len() as i64) as usize;
    Ok(Datum::Bytes(all[all.len() - n..].concat()))
}

fn substring_reference(
    _: &RowContext<'_>,
    site: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    let (Some(text), Some(start)) = (bytes(&args[0]), int(&args[1])) else {
        return Ok(Datum::Null);
    };
    let length = match args.get(2).map(int) {
        Some(None) => return Ok(Datum::Null),
        Some(Some(length)) => length,
        None => i64::MAX,
    };
    let all = characters(site, text);
    let beyond = start < i64::from(i32::MIN) || start >= i64::from(i32::MAX);
    let first = match start {
        1.. => start - 1,
        0 => all.len() as i64,
        _ => all.len() as i64 + start,
    };
    if beyond || first < 0 || length <= 0 {
        return Ok(Datum::Bytes(Vec::new()));
    }
    let part = all
        .iter()
        .skip(first as usize)
        .take(length as usize)
        .copied();
    Ok(Datum::Bytes(part.collect::<Vec<_>>().concat()))
}

fn index_reference(
    _: &RowContext<'_>,
    site: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    let (Some(text), Some(delimiter), Some(n)) = (bytes(&args[0]), bytes(&args[1]), int(&args[2]))
    else {
        return Ok(Datum::Null);
    };
    if delimiter.is_empty() || n == 0 {
        return Ok(Datum::Bytes(Vec::new()));
    }
    let charset = textual::charset_of(site.collation);
    let from_end = charset.max_len() == 1 && n < 0;
    let mut places = Vec::new();
    if from_end {
        let mut end = text.len();
        while let Some(at) = (0..end)
            .rev()
            .find(|at| text[*at..end].starts_with(delimiter))
        {
            places.insert(0, at);
            end = at;
        }
    } else {
        let mut at = 0;
        while at < text.len() {
            if text[at..].starts_with(delimiter) {
                places.push(at);
                at += delimiter.len();
            } else {
                at += charset.char_len(&text[at..]).max(1);
            }
        }
    }
    let wanted = n.unsigned_abs() as usize;
    if wanted > places.len() {
        return Ok(Datum::Bytes(text.to_vec()));
    }
    Ok(Datum::Bytes(match n {
        1.. => text[..places[wanted - 1]].to_vec(),
        _ => text[places[places.len() - wanted] + delimiter.len()..].to_vec(),
    }))
}

fn insert_reference(
    cx: &RowContext<'_>,
    site: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    let (Some(text), Some(new), Some(start), Some(n)) = (
        bytes(&args[0]),
        bytes(&args[1]),
        int(&args[2]),
        int(&args[3]),
    ) else {
        return Ok(Datum::Null);
    };
    let all = characters(site, text);
    let count = all.len() as i64;
    if start < 1 || start > count {
        return Ok(Datum::Bytes(text.to_vec()));
    }
    let first = (start - 1) as usize;
    let removed = if n < 0 { count } else { n };
    let rest = all.iter().skip(first).skip(removed as usize).copied();
    let mut out = all[..first].concat();
    out.extend_from_slice(new);
    out.extend(rest.flatten().copied());
    Ok(textual::within_packet(cx, "insert", out))
}

fn left<'r>(site: &Site, _: &RowContext<'r>, text: &'r [u8], n: i64) -> &'r [u8] {
    let n = usize::try_from(n).unwrap_or(0);
    &text[..site.charset.byte_index(text, n)]
}

fn right<'r>(site: &Site, _: &RowContext<'r>, text: &'r [u8], n: i64) -> &'r [u8] {
    let n = usize::try_from(n).unwrap_or(0);
    let skipped = site.charset.char_count(text).saturating_sub(n);
    &text[site.charset.byte_index(text, skipped)..]
}

fn substring<'r>(site: &Site, text: &'r [u8], start: i64, length: i64) -> &'r [u8] {
    let beyond = start < i64::from(i32::MIN) || start >= i64::from(i32::MAX);
    if beyond || length <= 0 || start == 0 {
        return &[];
    }
    let skipped = match usize::try_from(start) {
        Ok(start) => start - 1,
        Err(_) => {
            let from_end = start.unsigned_abs() as usize;
            match site.charset.char_count(text).checked_sub(from_end) {
                Some(skipped) => skipped,
                None => return &[],
            }
        }
    };
    let rest = &text[site.charset.byte_index(text, skipped)..];
    &rest[..site.charset.byte_index(rest, length as usize)]
}

/// Where the substring of a text of so many bytes begins, where characters are bytes, and how many it has.
#[inline(always)]
fn part(bytes: i64, start: i64, length: i64) -> (i64, i64) {
    let beyond = start < i64::from(i32::MIN) || start >= i64::from(i32::MAX);
    let skipped = if start > 0 { start - 1 } else { bytes + start };
    if beyond || length <= 0 || start == 0 || skipped < 0 {
        return (0, 0);
    }
    let begin = skipped.min(bytes);
    (begin, length.min(bytes - begin))
}

/// Where a delimiter stands at the beginning of a character, from `from` on.
fn next_place(charset: Charset, text: &[u8], delimiter: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    while at + delimiter.len() <= text.len() {
        if text[at..].starts_with(delimiter) {
            return Some(at);
        }
        at += charset.char_len(&text[at..]).max(1);
    }
    None
}

/// MySQL: in character sets of several bytes delimiters are found from the left even when they are counted from the right:
/// `SUBSTRING_INDEX('aaa', 'aa', -1)` is `a`.
fn index<'r>(
    site: &Site,
    _: &RowContext<'r>,
    text: &'r [u8],
    delimiter: &'r [u8],
    n: i64,
) -> &'r [u8] {
    if delimiter.is_empty() || n == 0 {
        return &[];
    }
    let step = delimiter.len();
    if n > 0 {
        let mut from = 0;
        for found in 1.. {
            let Some(at) = next_place(site.charset, text, delimiter, from) else {
                return text;
            };
            if found == n {
                return &text[..at];
            }
            from = at + step;
        }
    }
    if site.charset.max_len() == 1 {
        let mut end = text.len();
        for found in 1..=n.unsigned_abs() {
            let window = &text[..end];
            let Some(at) = window.windows(step).rposition(|w| w == delimiter) else {
                return text;
            };
            if found == n.unsigned_abs() {
                return &text[at + step..];
            }
            end = at;
        }
    }
    let (mut places, mut from) = (0u64, 0);
    while let Some(at) = next_place(site.charset, text, delimiter, from) {
        places += 1;
        from = at + step;
    }
    let Some(skipped) = places.checked_sub(n.unsigned_abs()) else {
        return text;
    };
    from = 0;
    for _ in 0..=skipped {
        match next_place(site.charset, text, delimiter, from) {
            Some(at) => from = at + step,
            None => return text,
        }
    }
    &text[from..]
}

fn insert<'r>(
    site: &Site,
    cx: &RowContext<'r>,
    text: &'r [u8],
    new: &'r [u8],
    start: i64,
    n: i64,
) -> Option<&'r [u8]> {
    let count = site.charset.char_count(text) as i64;
    if start < 1 || start > count {
        return Some(text);
    }
    let before = site.charset.byte_index(text, start as usize - 1);
    let rest = &text[before..];
    let removed = match usize::try_from(n) {
        Ok(n) => site.charset.byte_index(rest, n),
        Err(_) => rest.len(),
    };
    let length = text.len() - removed + new.len();
    if site.too_long(cx, "insert", length as u128) {
        return None;
    }
    let mut out = bumpalo::collections::Vec::with_capacity_in(length, cx.arena);
    out.extend_from_slice(&text[..before]);
    out.extend_from_slice(new);
    out.extend_from_slice(&rest[removed..]);
    Some(out.into_bump_slice())
}
