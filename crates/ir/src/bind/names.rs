//! Leaves that come from names: columns, units, and lists of what MySQL has.

use sqlift_collation::{Coercibility, Collated, Repertoire};
use sqlift_functions::{Expr, ExprKind};
use sqlift_syntax::ast::IntervalUnit;
use sqlift_types::{Datum, Span, SqlType, TypeKind};

/// A name that syntax gives (a character set, a collation, a path) as a constant argument.
pub(super) fn text(name: &str) -> Expr {
    let length = name.chars().count() as u32;
    Expr::literal(
        Datum::Bytes(name.as_bytes().to_vec()),
        SqlType::varchar(length),
    )
}

/// NULL that the text implies: what is left out.
pub(super) fn null() -> Expr {
    Expr::literal(Datum::Null, SqlType::null())
}

/// An interval's unit as a constant argument: its place among MySQL's twenty units.
pub(super) fn unit(unit: IntervalUnit) -> Expr {
    let index = IntervalUnit::ALL
        .iter()
        .position(|u| *u == unit)
        .unwrap_or_default();
    Expr::literal(Datum::Int(index as i64), SqlType::bigint_of(2))
}

/// A column of the row.
pub(super) fn column(index: u32, ty: SqlType, nullable: bool) -> Expr {
    let is_text =
        ty.kind.is_string() || matches!(ty.kind, TypeKind::Enum | TypeKind::Set | TypeKind::Json);
    let coercibility = if is_text {
        Coercibility::Implicit
    } else {
        Coercibility::Numeric
    };
    let repertoire = if is_text {
        Repertoire::Unicode
    } else {
        Repertoire::Ascii
    };
    let collated = Collated::new(ty.collation, coercibility, repertoire);
    Expr {
        kind: ExprKind::Column(index),
        ty,
        nullable,
        collated,
        computed: false,
        span: Span::default(),
    }
}

/// The candidate that is spelled most like `name`, if any is close.
pub(super) fn closest<'a>(
    name: &str,
    candidates: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    let lower = name.to_lowercase();
    let best = candidates
        .map(|c| {
            (
                sqlift_functions::edit_distance(&lower, &c.to_lowercase()),
                c,
            )
        })
        .min()?;
    (best.0 <= 1 + lower.chars().count() / 4).then_some(best.1)
}

/// Whether MySQL 9.7 has a scalar function of this (upper-case) name.
pub(super) fn is_mysql_function(name: &str) -> bool {
    MYSQL_FUNCTIONS.lines().any(|f| f == name)
}

/// Whether the grammar knows a function of this (upper-case) name by its keyword, and that only when its parenthesis follows at
/// once (unless IGNORE_SPACE): elsewhere the name is one of a function that is not there, error 1630.
pub(super) fn is_keyword_function(name: &str) -> bool {
    matches!(
        name,
        "ADDDATE"
            | "BIT_AND"
            | "BIT_OR"
            | "BIT_XOR"
            | "CAST"
            | "COUNT"
            | "CURDATE"
            | "CURTIME"
            | "DATE_ADD"
            | "DATE_SUB"
            | "EXTRACT"
            | "GROUP_CONCAT"
            | "JSON_ARRAYAGG"
            | "JSON_OBJECTAGG"
            | "MAX"
            | "MID"
            | "MIN"
            | "NOW"
            | "POSITION"
            | "SESSION_USER"
            | "STD"
            | "STDDEV"
            | "STDDEV_POP"
            | "STDDEV_SAMP"
            | "ST_COLLECT"
            | "SUBDATE"
            | "SUBSTR"
            | "SUBSTRING"
            | "SUM"
            | "SYSDATE"
            | "SYSTEM_USER"
            | "TRIM"
            | "VARIANCE"
            | "VAR_POP"
            | "VAR_SAMP"
    )
}

/// The names of MySQL 9.7's scalar functions, one a line.
const MYSQL_FUNCTIONS: &str = include_str!("mysql_functions.txt");
