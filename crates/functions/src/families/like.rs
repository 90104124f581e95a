//! LIKE.
//!
//! Compared character by character in the collation of both operands: no contractions or expansions, and spaces at the end count.
//! The ESCAPE character is a constant of at most one character; without the clause it is the backslash, unless `NO_BACKSLASH_ESCAPES`
//! is set.

use super::comparison::{all_texts, check};
use crate::emit::{Emit, Lowered};
use crate::kernel::{
    BatchContext, Lanes, Selection, test_finds, test_heads, test_tails, total_chunked,
};
use crate::native::{Bool, Bytes};
use crate::{BindContext, CallSite, Expr, Fault, Form, Function, RowContext};
use sqlift_collation::{Collation, LikePattern, TailTest};
use sqlift_types::{Datum, Error, SqlMode, SqlType};

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::operator("LIKE", bind, reference)
            .doc(
                "Whether a text matches a pattern of `%` (any characters) and `_` (one character).",
            )
            .example("'MySQL' LIKE 'm_s%'", "1")
            .form(Form::Guarded)
            .overload(total_chunked::<(Bytes, Bytes, Bytes), Bool, _, _>(
                Matcher::of,
                |matcher: &Matcher, _, text: &[u8], pattern: &[u8], _: &[u8]| {
                    matcher.matches(text, pattern)
                },
                |matcher, batch, (texts, _, _), selection| matcher.all(batch, texts, selection),
            ))
            .inline(lower)
            .costly()
            .cheap_where(is_quick)
            .shares_reference(),
    ]
}

fn bind(cx: &mut BindContext<'_>, mut args: Vec<Expr>) -> Result<Expr, Error> {
    check(&args)?;
    let nullable = args.iter().any(|a| a.nullable);
    let escape = if args.len() > 2 {
        Some(args.remove(2))
    } else {
        None
    };
    let escape = escape_character(cx, escape)?;
    let mut args = all_texts(cx, "like", args)?;
    let mut bytes = Vec::new();
    if let Some(escape) = escape {
        bytes.extend_from_slice(escape.encode_utf8(&mut [0; 4]).as_bytes());
    }
    args.push(Expr::literal(Datum::Bytes(bytes), SqlType::varbinary(4)));
    Ok(cx.call(args, SqlType::bool(), nullable))
}

/// The escape character. Errors: 1210 if it is not one constant character.
fn escape_character(cx: &mut BindContext<'_>, escape: Option<Expr>) -> Result<Option<char>, Error> {
    let Some(escape) = escape else {
        let none = cx.session.sql_mode.contains(SqlMode::NO_BACKSLASH_ESCAPES);
        return Ok((!none).then_some('\\'));
    };
    let wrong = || Error::wrong_arguments("ESCAPE").at(escape.span);
    if !escape.is_constant() {
        return Err(wrong());
    }
    let (value, mut warnings) = (cx.evaluate)(&escape)?;
    cx.warnings.append(&mut warnings);
    let mut text = Vec::new();
    sqlift_types::write_text(&value, &escape.ty, &mut text);
    if value.is_null() {
        return Ok(Some('\\'));
    }
    let text = std::str::from_utf8(&text).map_err(|_| wrong())?;
    let mut characters = text.chars();
    match (characters.next(), characters.next()) {
        // MySQL: with NO_BACKSLASH_ESCAPES there is no way to say that there is none.
        (None, _) if cx.session.sql_mode.contains(SqlMode::NO_BACKSLASH_ESCAPES) => Err(wrong()),
        (None, _) => Ok(None),
        (Some(character), None) => Ok(Some(character)),
        _ => Err(wrong()),
    }
}

struct Matcher {
    collation: &'static Collation,
    escape: Option<char>,
    prepared: Option<LikePattern>,
}

/// Texts that are declared to be longer are not searched for nothing.
const SHORT: u32 = 64;

/// Whether a few words of the text tell.
fn is_quick(args: &[Expr]) -> bool {
    let [text, pattern, escape] = args else {
        return false;
    };
    let (Some(Datum::Bytes(pattern)), Some(Datum::Bytes(escape)), Some(collation)) = (
        pattern.as_literal(),
        escape.as_literal(),
        text.ty.collation.get(),
    ) else {
        return false;
    };
    let pattern = LikePattern::new(collation, pattern, character(escape));
    let looks_through = pattern.tail_test().is_none_or(TailTest::only_ascii);
    let has_test = pattern.tail_test().is_some() || pattern.find_test().is_some();
    pattern.head_test().is_some() || has_test && (!looks_through || text.ty.length <= SHORT)
}

/// The first character of the third argument.
fn character(escape: &[u8]) -> Option<char> {
    std::str::from_utf8(escape).ok()?.chars().next()
}

impl Matcher {
    fn of(site: &CallSite<'_>) -> Result<Matcher, Error> {
        let collation = site
            .collation
            .get()
            .filter(|c| c.is_supported())
            .ok_or_else(|| Error::unsupported(format_args!("collation {}", site.collation)))?;
        let constant = |i: usize| match site.args.get(i).and_then(|a| a.constant.as_ref()) {
            Some(Datum::Bytes(bytes)) => Some(bytes.as_slice()),
            _ => None,
        };
        let escape = constant(2).and_then(character);
        let prepared = constant(1).map(|pattern| LikePattern::new(collation, pattern, escape));
        Ok(Matcher {
            collation,
            escape,
            prepared,
        })
    }

    /// For all rows of a chunk, if the pattern is a constant that can be looked for in all of them at once.
    fn all<'r>(
        &'r self,
        batch: &BatchContext<'r>,
        texts: &Lanes<'r, Bytes>,
        selection: Selection<'r>,
    ) -> Option<Lanes<'r, Bool>> {
        let pattern = self.prepared.as_ref()?;
        let asked = |text: &[u8]| pattern.matches(text);
        let hits = if let Some(test) = pattern.head_test() {
            test_heads(test, batch, texts, selection, asked)
        } else if let Some(test) = pattern.find_test() {
            test_finds(test, batch, texts, selection, asked)
        } else {
            test_tails(pattern.tail_test()?, batch, texts, selection, asked)
        };
        Some(Lanes::of(hits?))
    }

    #[inline]
    fn matches(&self, text: &[u8], pattern: &[u8]) -> bool {
        match &self.prepared {
            Some(prepared) => prepared.matches(text),
            None => self.collation.like(text, pattern, self.escape),
        }
    }
}

fn reference(cx: &RowContext<'_>, site: &CallSite<'_>, args: &[Datum]) -> Result<Datum, Fault> {
    let (Datum::Bytes(text), Datum::Bytes(pattern)) = (&args[0], &args[1]) else {
        return Ok(Datum::Null);
    };
    let matcher = Matcher::of(site).map_err(|error| {
        cx.raise(error);
        Fault::Raised
    })?;
    let matches = matcher.collation.like(text, pattern, matcher.escape);
    Ok(Datum::Int(i64::from(matches)))
}

/// `text%` where equal bytes and only those are equal.
fn lower(e: &mut dyn Emit, site: &CallSite<'_>, args: &[Lowered]) -> Option<Lowered> {
    let collation = site.collation.get()?;
    let Some(Datum::Bytes(pattern)) = &site.args.get(1)?.constant else {
        return None;
    };
    let (last, prefix) = pattern.split_last()?;
    let special = |b: &u8| !b.is_ascii() || matches!(b, b'%' | b'_');
    let escaped = match &site.args.get(2)?.constant {
        Some(Datum::Bytes(escape)) => escape.first().is_some_and(|e| prefix.contains(e)),
        _ => return None,
    };
    let plain = collation.is_memcmp() && collation.charset().is_ascii_compatible();
    if *last != b'%' || prefix.len() > 32 || escaped || !plain || prefix.iter().any(special) {
        return None;
    }
    Some(Lowered::value(e.starts_with(args[0], prefix)))
}
