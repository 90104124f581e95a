//! Conversions, to text.
//!
//! Implicitly, every value has its text form (see `sqlift_types::write_text`), converted to the character set that the operation
//! works in: what that set does not have is error 3854. Explicitly, what it does not have becomes `?`, and bytes that are no
//! characters give NULL with warning 1300 (in strict mode; else what stands before them). `CHAR(n)` and `BINARY(n)` then cut
//! (warning 1292) or fill up with zero bytes: that is `fit`.
//!
//! MySQL: the warning about a cut text names the bytes that are left, not the characters asked for:
//! `CAST('naïve' AS CHAR(3))` says `Truncated incorrect CHAR(4) value: 'naïve'`.

use crate::families::control;
use crate::families::textual::{self, charset_of};
use crate::kernel::{fallible_with, total_with};
use crate::native::*;
use crate::{BindContext, CallSite, Exit, Expr, Fault, Function, RowContext};
use sqlift_collation::{Charset, Coercibility, Collated, CollationId, Repertoire, convert};
use sqlift_types::decimal::Decimal;
use sqlift_types::{Datum, Error, SqlType, TypeKind, Warning, write_text};
use std::borrow::Cow;

/// The operations that only conversions to text have.
pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::operator("fit", unbindable, fit_reference)
            .doc("Text cut to the length of its type, binary strings also filled up with zero bytes: the length of CHAR(n), BINARY(n).")
            .overload(fallible_with::<(Bytes,), Bytes, _, _>(Fit::prepare, fit))
            .warns(),
    ]
}

fn unbindable(_: &mut BindContext<'_>, _: Vec<Expr>) -> Result<Expr, Error> {
    Err(Error::unsupported("a length without a conversion"))
}

/// Adds the overloads of the implicit conversion.
pub(super) fn coerce(function: Function) -> Function {
    function
        .overload(total_with::<(Bool,), Bytes, _, _>(
            Source::prepare,
            |s, cx, v| s.plain(cx, Datum::Int(v.into())),
        ))
        .shares_reference()
        .overload(total_with::<(Int,), Bytes, _, _>(
            Source::prepare,
            |s, cx, v| s.plain(cx, Datum::Int(v)),
        ))
        .shares_reference()
        .overload(fallible_with::<(UInt,), Bytes, _, _>(
            Source::prepare,
            |s, cx, v| s.implicit(cx, Datum::UInt(v)),
        ))
        .shares_reference()
        .overload(total_with::<(Double,), Bytes, _, _>(
            Source::prepare,
            |s, cx, v| s.plain(cx, Datum::Double(v)),
        ))
        .shares_reference()
        .overload(total_with::<(Dec64,), Bytes, _, _>(
            Source::prepare,
            |s, cx, v| s.plain(cx, s.decimal(v.into())),
        ))
        .shares_reference()
        .overload(total_with::<(Dec128,), Bytes, _, _>(
            Source::prepare,
            |s, cx, v| s.plain(cx, s.decimal(v.into())),
        ))
        .shares_reference()
        .overload(total_with::<(Dec256,), Bytes, _, _>(
            Source::prepare,
            |s, cx, v| s.plain(cx, s.decimal(v)),
        ))
        .shares_reference()
        .overload(total_with::<(Date,), Bytes, _, _>(
            Source::prepare,
            |s, cx, v| s.plain(cx, Datum::Date(v)),
        ))
        .shares_reference()
        .overload(total_with::<(Time,), Bytes, _, _>(
            Source::prepare,
            |s, cx, v| s.plain(cx, Datum::Time(v)),
        ))
        .shares_reference()
        .overload(total_with::<(DateTime,), Bytes, _, _>(
            Source::prepare,
            |s, cx, v| s.plain(cx, Datum::DateTime(v)),
        ))
        .shares_reference()
        .overload(fallible_with::<(Bytes,), Bytes, _, _>(
            Source::prepare,
            recode,
        ))
        .shares_reference()
}

/// Adds the overloads of the explicit conversion: only strings and BIT differ from the implicit one.
pub(super) fn cast(function: Function) -> Function {
    function
        .overload(fallible_with::<(UInt,), Bytes, _, _>(
            Source::prepare,
            |s, cx, v| {
                let mut text = Vec::new();
                s.write(&Datum::UInt(v), &mut text);
                let text = s.checked(cx, &text)?;
                Ok(text.map(|t| cx.bytes(&t)))
            },
        ))
        .warns()
        .shares_reference()
        .overload(fallible_with::<(Bytes,), Bytes, _, _>(
            Source::prepare,
            recast,
        ))
        .warns()
        .shares_reference()
}

/// `CAST(x AS CHAR(n) CHARACTER SET c)`, `CAST(x AS BINARY(n))`; a length of [`u32::MAX`] is that of the operand.
pub(in crate::families) fn bind_cast(
    cx: &mut BindContext<'_>,
    operand: Expr,
    target: SqlType,
) -> Result<Expr, Error> {
    let strict = cx.session.sql_mode.is_strict();
    let text = explicit(cx, operand, target.collation)?;
    if target.length == u32::MAX {
        return Ok(text);
    }
    let collated = text.collated;
    let huge = target.length > cx.session.max_allowed_packet;
    let nullable = text.nullable || strict || huge;
    let ty = textual::text_type(target.length.into(), target.collation);
    let fit = cx.call_named("fit", vec![text], ty, nullable);
    Ok(cx.with_collation(fit, collated))
}

/// The operand converted to text in a collation, as CAST and CONVERT USING do.
pub(in crate::families) fn explicit(
    cx: &mut BindContext<'_>,
    operand: Expr,
    collation: CollationId,
) -> Result<Expr, Error> {
    let charset = charset_of(collation);
    let operand = control::as_shown(operand);
    let kind = operand.ty.kind;
    if matches!(kind, TypeKind::Vector | TypeKind::Dynamic) {
        return Err(Error::unsupported(format_args!(
            "CAST of {} AS CHAR",
            operand.ty
        )));
    }
    let from = textual::collated(cx, &operand).collation;
    textual::require_mapping(charset_of(from), charset)?;
    if charset.max_len() == 1 && !charset.has_mapping() && charset != Charset::Binary {
        return Err(Error::unsupported(format_args!(
            "the character set {}",
            charset.name()
        )));
    }
    let mut length = textual::length_in(&operand.ty, charset);
    if charset == Charset::Binary && kind == TypeKind::Double {
        // MySQL: what an expression shows at most; of a column what a DOUBLE takes.
        let own = operand.ty.length.into();
        length = match operand.is_column() {
            true => length.min(own),
            false => own,
        };
    }
    let ty = textual::text_type(length, collation);
    let nullable = operand.nullable || cx.session.sql_mode.is_strict();
    let operand = match kind {
        TypeKind::Enum | TypeKind::Set => textual::own_text(cx, operand)?.0,
        _ => operand,
    };
    let collated = Collated::new(collation, Coercibility::Implicit, Repertoire::Unicode);
    if kind == TypeKind::Json {
        let document = cx.coerce(operand, ty.clone().with_collation(CollationId::UTF8MB4_BIN));
        let text = match charset {
            Charset::Utf8mb4 | Charset::Binary => Expr {
                ty,
                nullable,
                ..document
            },
            _ => cx.call_named("CAST", vec![document], ty, nullable),
        };
        return Ok(cx.with_collation(text, collated));
    }
    let convert = |branch| cx.coerce(branch, ty.clone());
    let operand = match control::of_branches(operand, &ty, &convert) {
        Ok(text) => return Ok(cx.with_collation(Expr { nullable, ..text }, collated)),
        Err(operand) => operand,
    };
    let to_binary = charset == Charset::Binary;
    let checks = operand.ty.kind.is_string() || kind == TypeKind::Bit;
    let name = if checks && !to_binary {
        "CAST"
    } else {
        "coerce"
    };
    let call = cx.call_named(name, vec![operand], ty, nullable);
    Ok(cx.with_collation(call, collated))
}

pub(super) fn coerce_reference(
    cx: &RowContext<'_>,
    site: &CallSite<'_>,
    value: &Datum,
) -> Result<Datum, Fault> {
    let source = Source::of(site);
    let bytes = match value {
        Datum::Bytes(bytes) => source.recoded(bytes).map(Cow::into_owned),
        other => source.text(other),
    };
    bytes.map(Datum::Bytes).map_err(|error| {
        cx.raise(error);
        Fault::Raised
    })
}

pub(super) fn cast_reference(
    cx: &RowContext<'_>,
    site: &CallSite<'_>,
    value: &Datum,
) -> Result<Datum, Fault> {
    let source = Source::of(site);
    let mut text = Vec::new();
    source.write(value, &mut text);
    match source.checked(cx, &text) {
        Ok(Some(text)) => Ok(Datum::Bytes(text.into_owned())),
        Ok(None) => Ok(Datum::Null),
        Err(_) => Err(Fault::Raised),
    }
}

/// Where text comes from and what it becomes.
struct Source {
    ty: SqlType,
    column: bool,
    from: Charset,
    to: Charset,
    strict: bool,
}

impl Source {
    fn prepare(site: &CallSite<'_>) -> Result<Source, Error> {
        Ok(Source::of(site))
    }

    fn of(site: &CallSite<'_>) -> Source {
        let ty = site.args[0].ty.clone();
        let from = match ty.kind {
            TypeKind::Enum | TypeKind::Set => charset_of(ty.collation),
            TypeKind::Bit => Charset::Binary,
            kind if kind.is_string() => charset_of(ty.collation),
            _ => Charset::Ascii,
        };
        Source {
            ty,
            column: site.args[0].column,
            from,
            to: charset_of(site.ret.collation),
            strict: site.session.sql_mode.is_strict(),
        }
    }

    fn decimal(&self, coefficient: sqlift_types::I256) -> Datum {
        Datum::Decimal(Decimal::new(coefficient, self.ty.decimals).unwrap_or_default())
    }

    fn write(&self, value: &Datum, out: &mut Vec<u8>) {
        let start = out.len();
        write_text(value, &self.ty, out);
        if let Datum::Double(value) = value
            && !self.column
            && out.len() - start > DOUBLE_WIDTH
        {
            narrow(*value, start, out);
        }
    }

    /// The text of a value whose text is ASCII.
    fn plain<'r>(&self, cx: &RowContext<'r>, value: Datum) -> &'r [u8] {
        let mut text = Vec::with_capacity(32);
        self.write(&value, &mut text);
        if self.to.is_ascii_compatible() || self.to == Charset::Binary {
            return cx.bytes(&text);
        }
        let mut out = Vec::new();
        convert(Charset::Ascii, self.to, &text, &mut out);
        cx.bytes(&out)
    }

    fn text(&self, value: &Datum) -> Result<Vec<u8>, Error> {
        let mut text = Vec::with_capacity(32);
        self.write(value, &mut text);
        Ok(self.recoded(&text)?.into_owned())
    }

    fn implicit<'r>(&self, cx: &RowContext<'r>, value: Datum) -> Result<Option<&'r [u8]>, Exit> {
        let text = self.text(&value).map_err(|error| cx.raise(error))?;
        Ok(Some(cx.bytes(&text)))
    }

    /// The same text in the other character set. Error 3854 if it cannot be told there.
    fn recoded<'a>(&self, text: &'a [u8]) -> Result<Cow<'a, [u8]>, Error> {
        if self.from == self.to || self.to == Charset::Binary {
            return Ok(Cow::Borrowed(text));
        }
        let (recoded, exact) = self.converted(text);
        if exact {
            return Ok(recoded);
        }
        let message = format!(
            "Cannot convert string '{}' from {} to {}",
            textual::escaped(text, 6),
            self.from.name(),
            self.to.name()
        );
        Err(Error::new(3854, "HY000", message))
    }

    /// The same text in the other character set with `?` for what it does not have, and whether nothing was lost.
    fn converted<'a>(&self, text: &'a [u8]) -> (Cow<'a, [u8]>, bool) {
        if self.from == Charset::Binary {
            let units = filled(text, self.to.min_len());
            let fine = self.to.is_well_formed(&units);
            return (units, fine);
        }
        let mut out = Vec::with_capacity(text.len());
        let report = convert(self.from, self.to, text, &mut out);
        (Cow::Owned(out), report.is_exact())
    }

    /// The text explicitly converted: `?` for what the set does not have; `None` with warning 1300 for bytes that are no characters.
    fn checked<'a>(
        &self,
        cx: &RowContext<'_>,
        text: &'a [u8],
    ) -> Result<Option<Cow<'a, [u8]>>, Exit> {
        if self.from == self.to || self.to == Charset::Binary {
            return Ok(Some(Cow::Borrowed(text)));
        }
        // MySQL: bytes of `ascii` are taken for UTF-8 as they are, the ones that are not ASCII too.
        let same =
            self.from == Charset::Ascii && matches!(self.to, Charset::Utf8mb4 | Charset::Utf8mb3);
        let mut text = match same {
            true => Cow::Borrowed(text),
            false => self.converted(text).0,
        };
        if self.from != Charset::Binary && !same {
            return Ok(Some(text));
        }
        let good = good_len(self.to, &text);
        if good == text.len() {
            return Ok(Some(text));
        }
        if self.ty.kind == TypeKind::Bit && self.to == Charset::Ascii {
            // MySQL: says nothing of the bytes of BIT.
            let shown = |byte: &u8| if byte.is_ascii() { *byte } else { b'?' };
            return Ok(Some(text.iter().map(shown).collect::<Vec<u8>>().into()));
        }
        let bad: String = text[good..]
            .iter()
            .take(3)
            .map(|b| format!("{b:02X}"))
            .collect();
        let message = format!("Invalid {} character string: '{bad}'", self.to.name());
        cx.warn(Warning::new(1300, message));
        if self.to.max_len() == 1 {
            return Ok(Some(text));
        }
        if self.strict {
            return Ok(None);
        }
        text.to_mut().truncate(good);
        Ok(Some(text))
    }
}

/// How many bytes from the start on are characters. Of a set of single bytes some may not be.
fn good_len(charset: Charset, text: &[u8]) -> usize {
    if charset.max_len() > 1 {
        return charset.well_formed_len(text);
    }
    let bad = |byte: &u8| {
        let mut point = Vec::new();
        *byte >= 0x80 && !convert(charset, Charset::Utf8mb4, &[*byte], &mut point).is_exact()
    };
    text.iter().position(bad).unwrap_or(text.len())
}

/// Characters of the longest text of a DOUBLE.
const DOUBLE_WIDTH: usize = 22;

/// The text of a DOUBLE with as many digits as [`DOUBLE_WIDTH`] has room for.
///
/// MySQL: a column or result shows all its digits, a text made of anything else does not: `CONCAT(2.2250738585072014e-308)` is `2.225073858507201e-308`.
fn narrow(value: f64, start: usize, out: &mut Vec<u8>) {
    let text = &out[start..];
    let (excess, mantissa) = (
        text.len() - DOUBLE_WIDTH,
        text.iter().take_while(|b| **b != b'e'),
    );
    if !text.contains(&b'e') {
        return;
    }
    let digits = mantissa.filter(|b| b.is_ascii_digit()).count();
    let Some(kept) = digits.checked_sub(excess + 1) else {
        return;
    };
    let rounded = format!("{value:.kept$e}");
    let (mantissa, exponent) = rounded.split_once('e').unwrap_or((&rounded, "0"));
    let mantissa = mantissa.trim_end_matches('0').trim_end_matches('.');
    out.truncate(start);
    out.extend_from_slice(format!("{mantissa}e{exponent}").as_bytes());
}

/// Bytes as whole units of a character set: zero bytes in front.
fn filled(bytes: &[u8], unit: usize) -> Cow<'_, [u8]> {
    match bytes.len() % unit {
        0 => Cow::Borrowed(bytes),
        rest => {
            let mut out = vec![0; unit - rest];
            out.extend_from_slice(bytes);
            Cow::Owned(out)
        }
    }
}

fn in_arena<'r>(cx: &RowContext<'r>, given: &'r [u8], text: Cow<'_, [u8]>) -> &'r [u8] {
    match text {
        Cow::Borrowed(same) if same.len() == given.len() => given,
        other => cx.bytes(&other),
    }
}

fn recode<'r>(
    source: &'r Source,
    cx: &RowContext<'r>,
    text: &'r [u8],
) -> Result<Option<&'r [u8]>, Exit> {
    let recoded = source.recoded(text).map_err(|error| cx.raise(error))?;
    Ok(Some(in_arena(cx, text, recoded)))
}

fn recast<'r>(
    source: &'r Source,
    cx: &RowContext<'r>,
    text: &'r [u8],
) -> Result<Option<&'r [u8]>, Exit> {
    let checked = source.checked(cx, text)?;
    Ok(checked.map(|checked| in_arena(cx, text, checked)))
}

/// The length that a text is fitted to.
struct Fit {
    charset: Charset,
    length: usize,
    packet: usize,
}

impl Fit {
    fn prepare(site: &CallSite<'_>) -> Result<Fit, Error> {
        Ok(Fit {
            charset: charset_of(site.ret.collation),
            length: site.ret.length as usize,
            packet: site.session.max_allowed_packet as usize,
        })
    }

    fn warn(&self, cx: &RowContext<'_>, text: &[u8], kept: usize) {
        let name = match self.charset {
            Charset::Binary => "BINARY",
            _ => "CHAR",
        };
        let shown = textual::shown(text, self.charset);
        let message = format!("Truncated incorrect {name}({kept}) value: '{shown}'");
        cx.warn(Warning::new(1292, message));
    }

    fn too_long(&self, cx: &RowContext<'_>) -> bool {
        let too_long = self.charset == Charset::Binary && self.length > self.packet;
        if too_long {
            cx.warn(textual::larger_than_packet("cast_as_binary", self.packet));
        }
        too_long
    }
}

fn fit<'r>(state: &'r Fit, cx: &RowContext<'r>, text: &'r [u8]) -> Result<Option<&'r [u8]>, Exit> {
    let kept = state.charset.byte_index(text, state.length);
    if kept < text.len() {
        state.warn(cx, text, kept);
        return Ok(Some(&text[..kept]));
    }
    if state.charset != Charset::Binary || kept == state.length {
        return Ok(Some(text));
    }
    if state.too_long(cx) {
        return Ok(None);
    }
    let out = cx.arena.alloc_slice_fill_copy(state.length, 0u8);
    out[..text.len()].copy_from_slice(text);
    Ok(Some(out))
}

fn fit_reference(cx: &RowContext<'_>, site: &CallSite<'_>, args: &[Datum]) -> Result<Datum, Fault> {
    let Datum::Bytes(text) = &args[0] else {
        return Ok(Datum::Null);
    };
    let state = match Fit::prepare(site) {
        Ok(state) => state,
        Err(_) => return Ok(Datum::Null),
    };
    let mut out: Vec<u8> = state
        .charset
        .chars(text)
        .take(state.length)
        .flatten()
        .copied()
        .collect();
    if out.len() < text.len() {
        state.warn(cx, text, out.len());
    } else if state.charset == Charset::Binary && out.len() < state.length {
        if state.too_long(cx) {
            return Ok(Datum::Null);
        }
        out.resize(state.length, 0);
    }
    Ok(Datum::Bytes(out))
}
