//! Dates and times.
//!
//! Each function reads its operands in its own manner (see `cast::to_temporal`), so that the bad values one takes are NULL to another. What
//! depends on the statement's time is a constant where the session fixes it, and reads the clock where not.

mod arithmetic;
mod calendar;
mod fields;
mod now;

use crate::{Expr, Function};
use sqlift_collation::{Charset, convert};
use sqlift_types::temporal::{Locale, Unit};
use sqlift_types::{Datum, Error, Session, SqlType};

const DATE: SqlType = SqlType::date();
const DATETIME: SqlType = SqlType::datetime(6);
const TIME: SqlType = SqlType::time(6);

pub(super) fn functions() -> Vec<Function> {
    [
        arithmetic::functions(),
        calendar::functions(),
        fields::functions(),
        now::functions(),
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
