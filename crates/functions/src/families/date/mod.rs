//! Dates and times.
//!
//! Each function reads its operands in its own manner (see `cast::to_temporal`), so that the bad values one takes are NULL to another. What
//! depends on the statement's time is a constant where the session fixes it, and reads the clock where not.

mod arithmetic;
mod calendar;
mod difference;
mod extract;
mod fields;
mod format;
mod make;
mod now;
mod unix;

use crate::{BindContext, CallSite, Expr, Function};
use sqlift_collation::{Charset, convert};
use sqlift_types::temporal::{self, Locale, Parts, Unit};
use sqlift_types::{Datum, Error, Session, SqlType, TypeKind, Warning};

const DATE: SqlType = SqlType::date();
const DATETIME: SqlType = SqlType::datetime(6);
const TIME: SqlType = SqlType::time(6);

pub(crate) use unix::whole_seconds;

pub(super) fn functions() -> Vec<Function> {
    [
        arithmetic::functions(),
        calendar::functions(),
        difference::functions(),
        extract::functions(),
        fields::functions(),
        format::functions(),
        make::functions(),
        now::functions(),
        unix::functions(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The arguments, whose number the function's arity has fixed.
fn exactly<const N: usize>(args: Vec<Expr>) -> Result<[Expr; N], Error> {
    <[Expr; N]>::try_from(args).map_err(|_| Error::unsupported("another number of arguments"))
}

/// The unit that syntax gives as a number.
fn unit(expr: &Expr) -> Result<Unit, Error> {
    match expr.as_literal() {
        Some(Datum::Int(index)) => usize::try_from(*index)
            .ok()
            .and_then(|index| Unit::ALL.get(index).copied()),
        _ => None,
    }
    .ok_or_else(|| Error::unsupported("an interval without a unit"))
}

/// The language that `lc_time_names` names.
fn session_locale(session: &Session) -> &'static Locale {
    let name = &session.lc_time_names;
    Locale::by_name(name)
        .or_else(|| Locale::by_number(name.parse().ok()?))
        .unwrap_or(&Locale::EN_US)
}

/// UTF-8 text in another character set. Errors: one whose characters are not known here.
fn encoded(text: &[u8], charset: Charset) -> Result<Vec<u8>, Error> {
    if matches!(
        charset,
        Charset::Utf8mb4 | Charset::Utf8mb3 | Charset::Binary
    ) || (text.is_ascii() && charset.is_ascii_compatible())
    {
        return Ok(text.to_vec());
    }
    if !charset.has_mapping() {
        return Err(Error::unsupported(format_args!(
            "names in {}",
            charset.name()
        )));
    }
    let mut out = Vec::new();
    convert(Charset::Utf8mb4, charset, text, &mut out);
    Ok(out)
}

/// The fields of a doubled DATETIME, or of a TIME that is doubled and has the lowest bit set.
fn mixed_parts(v: i64) -> Parts {
    if v & 1 == 1 {
        temporal::Time::from_micros_trusted(v >> 1).parts()
    } else {
        temporal::DateTime::from_packed_trusted(v >> 1).parts()
    }
}

/// An integer operand; unsigned ones wrap.
fn integer(cx: &BindContext<'_>, expr: Expr) -> Expr {
    if expr.ty.unsigned && expr.ty.kind == TypeKind::BigInt {
        let (nullable, span) = (expr.nullable, expr.span);
        let signed = cx.call_named("CAST", vec![expr], SqlType::bigint(), nullable);
        return signed.at(span);
    }
    cx.coerce(expr, SqlType::bigint())
}

/// What a call is called in messages, as a constant argument.
fn quoted(cx: &BindContext<'_>) -> Expr {
    let text = (cx.quote)(cx.span).into_bytes();
    let ty = SqlType::varchar(text.len() as u32);
    Expr::literal(Datum::Bytes(text), ty).at(cx.span)
}

/// The bytes of a constant argument.
fn constant_text<'a>(site: &'a CallSite<'_>, index: usize) -> Option<&'a [u8]> {
    match site.args.get(index)?.constant.as_ref()? {
        Datum::Bytes(text) => Some(text),
        _ => None,
    }
}

/// Warning 6527.
fn out_of_range(type_name: &str, text: &[u8]) -> Warning {
    let text = String::from_utf8_lossy(text);
    Warning::new(
        6527,
        format!("{type_name} value is out of range in '{text}'"),
    )
}
