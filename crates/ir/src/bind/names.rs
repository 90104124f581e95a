//! Leaves that come from names: columns, variables, units, and lists of what MySQL has.

use sqlift_collation::{Coercibility, Collated, Repertoire};
use sqlift_functions::{Expr, ExprKind};
use sqlift_syntax::ast::IntervalUnit;
use sqlift_types::{Datum, Error, Session, Span, SqlType, TimeZone, TypeKind};

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
        span: Span::default(),
    }
}

/// The value of a user variable, NULL if it was never set.
pub(super) fn user_variable(value: Option<&Datum>, session: &Session) -> Expr {
    let value = value.cloned().unwrap_or(Datum::Null);
    let ty = match &value {
        Datum::Int(_) => SqlType::bigint(),
        Datum::UInt(_) => SqlType::ubigint(),
        Datum::Double(_) => SqlType::double(),
        Datum::Decimal(d) => SqlType::decimal(65, d.scale()),
        _ => SqlType::text(TypeKind::LongText, u32::MAX, session.collation_connection),
    };
    let mut expr = Expr::literal(value, ty);
    expr.nullable = true;
    if expr.ty.kind.is_string() {
        expr.collated.coercibility = Coercibility::Implicit;
    }
    expr
}

/// The value of a system variable that a session has.
pub(super) fn system_variable(name: &str, session: &Session) -> Result<Expr, Error> {
    let integer = |v: u64| Expr::literal(Datum::UInt(v), SqlType::ubigint());
    let words = |v: &str| {
        let mut expr = text(v);
        expr.ty.collation = sqlift_types::CollationId::UTF8MB4_0900_AI_CI;
        expr.collated.coercibility = Coercibility::SysConst;
        expr
    };
    Ok(match name.to_ascii_lowercase().as_str() {
        "sql_mode" => words(&session.sql_mode.to_string()),
        "collation_connection" => words(
            session
                .collation_connection
                .get()
                .map_or("", |collation| collation.name()),
        ),
        "div_precision_increment" => integer(session.div_precision_increment.into()),
        "max_allowed_packet" => integer(session.max_allowed_packet.into()),
        "time_zone" => words(&match &session.time_zone {
            TimeZone::Named(name) => name.clone(),
            TimeZone::Offset(seconds) => {
                let sign = if *seconds < 0 { '-' } else { '+' };
                let minutes = seconds.unsigned_abs() / 60;
                format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
            }
        }),
        "lc_time_names" => words(&session.lc_time_names),
        "default_week_format" => integer(session.default_week_format.into()),
        "block_encryption_mode" => words(&session.block_encryption_mode),
        _ => {
            return Err(Error::new(
                1193,
                "HY000",
                format!("Unknown system variable '{name}'"),
            ));
        }
    })
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

/// The names of MySQL 9.7's scalar functions, one a line.
const MYSQL_FUNCTIONS: &str = include_str!("mysql_functions.txt");
