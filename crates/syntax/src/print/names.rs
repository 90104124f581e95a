//! Names and types as text.

use crate::ast::{ColumnRef, Ident};
use crate::keyword;
use crate::lexer::is_name_byte;
use crate::text;
use crate::types::{CastType, Charset, CharsetName, Precision};
use std::fmt::Write as _;

/// A name, in backticks unless it is one without them.
pub(super) fn name(ident: &Ident, out: &mut String) {
    plain_or_quoted(ident, keyword::may_be_column(&ident.text), out);
}

pub(super) fn function_name(ident: &Ident, out: &mut String) {
    plain_or_quoted(ident, keyword::may_be_function(&ident.text), out);
}

pub(super) fn plain_or_quoted(ident: &Ident, word_is_free: bool, out: &mut String) {
    let text = &*ident.text;
    let plain = word_is_free
        && text.bytes().all(is_name_byte)
        && text.starts_with(|c: char| !c.is_ascii_digit() && c != '$')
        && !text
            .strip_prefix('_')
            .is_some_and(keyword::is_character_set);
    if plain {
        out.push_str(text);
    } else {
        text::quote_name(text, out);
    }
}

/// A character set's name; `binary` is a reserved word, and meant.
pub(super) fn charset_name(ident: &Ident, out: &mut String) {
    if ident.is("binary") {
        out.push_str(&ident.text)
    } else {
        name(ident, out)
    }
}

pub(super) fn user_variable(ident: &Ident, out: &mut String) {
    out.push('@');
    let plain = !ident.text.is_empty() && ident.text.bytes().all(|b| is_name_byte(b) || b == b'.');
    if plain {
        out.push_str(&ident.text)
    } else {
        text::quote_name(&ident.text, out)
    }
}

pub(super) fn column_name(column: &ColumnRef, out: &mut String) {
    for qualifier in [&column.schema, &column.table].into_iter().flatten() {
        name(qualifier, out);
        out.push('.');
    }
    name(&column.column, out);
}

pub(super) fn length(length: Option<u64>, out: &mut String) {
    if let Some(length) = length {
        let _ = write!(out, "({length})");
    }
}

pub(super) fn precision(precision: Option<Precision>, out: &mut String) {
    match precision {
        None => {}
        Some(Precision {
            digits,
            scale: None,
        }) => length(Some(digits), out),
        Some(Precision {
            digits,
            scale: Some(scale),
        }) => {
            let _ = write!(out, "({digits},{scale})");
        }
    }
}

pub(super) fn cast_type(ty: &CastType, out: &mut String) {
    let (word, digits) = match ty {
        CastType::Binary(n) => ("BINARY", *n),
        CastType::Char { length, .. } => ("CHAR", *length),
        CastType::NationalChar(n) => ("NCHAR", *n),
        CastType::Signed => ("SIGNED", None),
        CastType::Unsigned => ("UNSIGNED", None),
        CastType::Date => ("DATE", None),
        CastType::Year => ("YEAR", None),
        CastType::Time(n) => ("TIME", n.map(u64::from)),
        CastType::DateTime(n) => ("DATETIME", n.map(u64::from)),
        CastType::Decimal(_) => ("DECIMAL", None),
        CastType::Float(n) => ("FLOAT", *n),
        CastType::Double => ("DOUBLE", None),
        CastType::Json => ("JSON", None),
        CastType::Geometry(geometry) => (geometry.name(), None),
    };
    out.push_str(word);
    length(digits, out);
    match ty {
        CastType::Decimal(p) => precision(*p, out),
        CastType::Char { charset, .. } => charset_clause(charset, out),
        _ => {}
    }
}

pub(super) fn charset_clause(charset: &Charset, out: &mut String) {
    match &charset.name {
        CharsetName::Default => {}
        CharsetName::Ascii => out.push_str(" ASCII"),
        CharsetName::Unicode => out.push_str(" UNICODE"),
        CharsetName::Byte => out.push_str(" BYTE"),
        CharsetName::Named(ident) => {
            out.push_str(" CHARACTER SET ");
            charset_name(ident, out);
        }
    }
    if charset.binary {
        out.push_str(" BINARY");
    }
}
