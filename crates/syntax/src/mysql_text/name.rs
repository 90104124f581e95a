//! Names as the server prints them: functions, variables, types.

use crate::ast::{SystemVariable, VariableScope};
use crate::types::{CastType, CharsetName, Precision};
use std::fmt::Write as _;

/// The name under which the server keeps a function.
pub(super) fn function_name(name: &str) -> &str {
    match name {
        "atan2" => "atan",
        "ceil" => "ceiling",
        "character_length" => "char_length",
        "current_date" => "curdate",
        "current_time" => "curtime",
        "current_timestamp" | "localtime" | "localtimestamp" => "now",
        "day" => "dayofmonth",
        "geometrycollection" => "geomcollection",
        "json_merge" => "json_merge_preserve",
        "lcase" => "lower",
        "mid" | "substring" => "substr",
        "name_const" => "NAME_CONST",
        "octet_length" => "length",
        "position" => "locate",
        "power" => "pow",
        "schema" => "database",
        "session_user" | "system_user" => "user",
        "string_to_vector" => "to_vector",
        "ucase" => "upper",
        "vector_to_string" => "from_vector",
        name => name,
    }
}

pub(super) fn system_variable(variable: &SystemVariable, out: &mut String) {
    out.push_str(match variable.scope {
        None => "@@",
        Some(VariableScope::Global) => "@@global.",
        Some(VariableScope::Session) => "@@session.",
    });
    if let Some(base) = &variable.base {
        let _ = write!(out, "{}.", base.text);
    }
    out.push_str(&variable.name.text);
}

/// `(n)`, unless it is nought or missing.
pub(super) fn seconds(digits: Option<u32>, out: &mut String) {
    if let Some(digits) = digits.filter(|&digits| digits > 0) {
        let _ = write!(out, "({digits})");
    }
}

pub(super) fn decimal(precision: Option<Precision>) -> (u64, u64) {
    precision.map_or((10, 0), |p| (p.digits, p.scale.unwrap_or(0)))
}

pub(super) fn cast_type(ty: &CastType, connection_charset: &str, out: &mut String) {
    let text = |length: &Option<u64>, charset: &str, out: &mut String| {
        out.push_str("char");
        if let Some(length) = length {
            let _ = write!(out, "({length})");
        }
        let _ = write!(out, " charset {charset}");
    };
    match ty {
        CastType::Binary(length) => text(length, "binary", out),
        CastType::NationalChar(length) => text(length, "utf8mb3", out),
        CastType::Char { length, charset } => match &charset.name {
            CharsetName::Default => text(length, connection_charset, out),
            CharsetName::Ascii => text(length, "latin1", out),
            CharsetName::Unicode => text(length, "ucs2", out),
            CharsetName::Byte => text(length, "binary", out),
            CharsetName::Named(name) => text(length, &name.text.to_ascii_lowercase(), out),
        },
        CastType::Signed => out.push_str("signed"),
        CastType::Unsigned => out.push_str("unsigned"),
        CastType::Date => out.push_str("date"),
        CastType::Year => out.push_str("year"),
        CastType::Time(digits) => {
            out.push_str("time");
            seconds(*digits, out);
        }
        CastType::DateTime(digits) => {
            out.push_str("datetime");
            seconds(*digits, out);
        }
        CastType::Decimal(precision) => {
            let (digits, scale) = decimal(*precision);
            let _ = write!(out, "decimal({digits},{scale})");
        }
        // MySQL: beyond 24 bits of precision FLOAT is DOUBLE.
        CastType::Float(bits) => out.push_str(if bits.is_some_and(|bits| bits > 24) {
            "double"
        } else {
            "float"
        }),
        CastType::Double => out.push_str("double"),
        CastType::Json => out.push_str("json"),
        CastType::Geometry(geometry) => out.push_str(&geometry.name().to_ascii_lowercase()),
    }
}
