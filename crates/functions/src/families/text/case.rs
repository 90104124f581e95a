//! UPPER, LOWER, REVERSE.

use super::{Site, ascii, bytes, characters, exactly, result};
use crate::families::textual;
use crate::kernel::{total_chunked, total_with};
use crate::native::Bytes;
use crate::{BindContext, CallSite, Expr, Fault, Function, RowContext, catalogue};
use sqlift_collation::{Charset, Collation, CollationId};
use sqlift_types::{Datum, Error};

pub(super) fn functions() -> Vec<Function> {
    let mut functions = Vec::new();
    for (name, example) in [("UPPER", "UPPER('Zoë')"), ("UCASE", "UCASE('Zoë')")] {
        functions.push(
            Function::new(name, (1, 1), bind, upper_reference)
                .doc("The text in upper case, by the rules of its collation. Binary strings stay as they are.")
                .example(example, "ZOË")
                .overload(total_with::<(Bytes,), Bytes, _, _>(collation, |c, cx, t: &[u8]| {
                    changed(c, cx, t, Collation::upper)
                }))
                .shares_reference()
                .overload(total_chunked::<(Bytes,), Bytes, _, _>(
                    ascii::no_state,
                    ascii::upper,
                    |(), batch, (texts,), _| ascii::changed(batch, texts, <[u8]>::make_ascii_uppercase),
                ))
                .of_ascii(),
        );
    }
    for (name, example) in [("LOWER", "LOWER('Zoë')"), ("LCASE", "LCASE('Zoë')")] {
        functions.push(
            Function::new(name, (1, 1), bind, lower_reference)
                .doc("The text in lower case, by the rules of its collation. Binary strings stay as they are.")
                .example(example, "zoë")
                .overload(total_with::<(Bytes,), Bytes, _, _>(collation, |c, cx, t: &[u8]| {
                    changed(c, cx, t, Collation::lower)
                }))
                .shares_reference()
                .overload(total_chunked::<(Bytes,), Bytes, _, _>(
                    ascii::no_state,
                    ascii::lower,
                    |(), batch, (texts,), _| ascii::changed(batch, texts, <[u8]>::make_ascii_lowercase),
                ))
                .of_ascii(),
        );
    }
    functions.push(
        Function::new("REVERSE", (1, 1), bind, reverse_reference)
            .doc("The characters of a text in the opposite order.")
            .example("REVERSE('abc')", "cba")
            .overload(total_with::<(Bytes,), Bytes, _, _>(Site::prepare, reverse)),
    );
    functions
}

fn bind(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let [text] = exactly(args, "UPPER")?;
    let (text, collated) = textual::own_text(cx, text)?;
    let name = catalogue().function(cx.function).name();
    let length = u64::from(textual::characters(&text.ty));
    Ok(result(
        cx,
        vec![text],
        length * growth(name, collated.collation),
        collated,
    ))
}

/// How many times longer MySQL takes the result to be at most.
fn growth(function: &str, collation: CollationId) -> u64 {
    let Some(collation) = collation.get() else {
        return 1;
    };
    let lowers = matches!(function, "LOWER" | "LCASE");
    match collation.charset() {
        _ if function == "REVERSE" => 1,
        Charset::Gb18030 => 2,
        set if set.is_unicode() && lowers && collation.name().contains("turkish") => 2,
        _ => 1,
    }
}

fn collation(site: &CallSite<'_>) -> Result<&'static Collation, Error> {
    let id = site.collation;
    id.get()
        .or(CollationId::BINARY.get())
        .ok_or_else(|| Error::unsupported(format_args!("collation {id}")))
}

type Change = fn(&Collation, &[u8], &mut Vec<u8>);

fn changed<'r>(
    collation: &'static Collation,
    cx: &RowContext<'r>,
    text: &[u8],
    change: Change,
) -> &'r [u8] {
    let mut out = Vec::with_capacity(text.len());
    change(collation, text, &mut out);
    cx.bytes(&out)
}

fn change_reference(site: &CallSite<'_>, args: &[Datum], change: Change) -> Result<Datum, Fault> {
    let (Some(text), Ok(collation)) = (bytes(&args[0]), collation(site)) else {
        return Ok(Datum::Null);
    };
    let mut out = Vec::new();
    change(collation, text, &mut out);
    Ok(Datum::Bytes(out))
}

fn upper_reference(
    _: &RowContext<'_>,
    site: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    change_reference(site, args, Collation::upper)
}

fn lower_reference(
    _: &RowContext<'_>,
    site: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    change_reference(site, args, Collation::lower)
}

fn reverse_reference(
    _: &RowContext<'_>,
    site: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    Ok(bytes(&args[0]).map_or(Datum::Null, |text| {
        let mut all = characters(site, text);
        all.reverse();
        Datum::Bytes(all.concat())
    }))
}

fn reverse<'r>(site: &Site, cx: &RowContext<'r>, text: &[u8]) -> &'r [u8] {
    let out = cx.arena.alloc_slice_copy(text);
    if text.is_ascii() && site.charset.is_ascii_compatible() || site.charset.max_len() == 1 {
        out.reverse();
        return out;
    }
    let mut end = out.len();
    for character in site.charset.chars(text) {
        let start = end - character.len();
        out[start..end].copy_from_slice(character);
        end = start;
    }
    out
}
