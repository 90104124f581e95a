//! User variables and system variables: constants of the session, with the types that MySQL gives them.

use sqlift_collation::{Coercibility, Collated, Collation, Repertoire};
use sqlift_functions::Expr;
use sqlift_syntax::ast::{SystemVariable, VariableScope};
use sqlift_types::decimal::MAX_SCALE;
use sqlift_types::{
    CollationId, Datum, Error, Session, SqlType, TimeZone, TypeKind, UserVariable, write_text,
};

/// Most characters of a string that a variable holds.
const LONGEST: u32 = 16_777_215;

/// Characters of a system variable's text: 65,535 bytes of utf8mb3.
const SYSTEM_TEXT: u32 = 21_845;

/// Display width of an integer variable.
const INTEGER: u32 = 21;

/// The value of a user variable; NULL, and a short binary string, if it was never set.
pub(super) fn user(variable: Option<&UserVariable>) -> Expr {
    let Some(UserVariable { value, collation }) = variable else {
        let ty = SqlType::varbinary(65_532);
        let mut unset = Expr::literal(Datum::Null, ty);
        unset.collated.coercibility = Coercibility::Ignorable;
        return unset;
    };
    let (value, ty) = match value {
        Datum::Int(_) => (value.clone(), SqlType::bigint_of(INTEGER)),
        Datum::UInt(_) => (
            value.clone(),
            SqlType::bigint_of(INTEGER).with_unsigned(true),
        ),
        Datum::Double(_) => (value.clone(), SqlType::double()),
        Datum::Decimal(_) => (value.clone(), SqlType::decimal(65, MAX_SCALE)),
        Datum::Null => (Datum::Null, string(CollationId::BINARY)),
        Datum::Bytes(_) => (value.clone(), string(*collation)),
        Datum::Date(_) | Datum::Time(_) | Datum::DateTime(_) | Datum::Json(_) => {
            (Datum::Bytes(as_text(value)), string(*collation))
        }
    };
    let mut expr = Expr::literal(value, ty);
    expr.nullable = true;
    expr.collated = Collated {
        coercibility: Coercibility::Implicit,
        ..expr.collated
    };
    expr
}

fn string(collation: CollationId) -> SqlType {
    let width = collation.get().map_or(1, |c| c.charset().max_len());
    let kind = match (collation == CollationId::BINARY, width) {
        (true, _) => TypeKind::MediumBlob,
        (false, 1) => TypeKind::MediumText,
        (false, _) => TypeKind::LongText,
    };
    SqlType::text(kind, LONGEST, collation)
}

/// A value that is no string as the string that SET makes of it: a moment with the fraction digits that it has.
fn as_text(value: &Datum) -> Vec<u8> {
    let digits = |micros: i64| match (0..6).find(|d| micros % 10_i64.pow(6 - d) == 0) {
        Some(digits) => digits as u8,
        None => 6,
    };
    let ty = match value {
        Datum::Date(_) => SqlType::date(),
        Datum::Time(v) => SqlType::time(digits(*v)),
        // The microsecond is the lowest part of the packed form.
        Datum::DateTime(v) => SqlType::datetime(digits(*v & 0xf_ffff)),
        _ => SqlType::json(),
    };
    let mut text = Vec::new();
    write_text(value, &ty, &mut text);
    text
}

/// The value of a system variable that a session of sqlift has.
///
/// Errors: 1193 for a name that MySQL does not know, 1238 for the global value of a variable that has none; what MySQL has beyond
/// the session is not supported.
pub(super) fn system(variable: &SystemVariable, session: &Session) -> Result<Expr, Error> {
    let name = variable.name.text.to_ascii_lowercase();
    let unsupported = || {
        let what = format!("the system variable {}", variable.name.text);
        Err(Error::unsupported(what))
    };
    if !VARIABLES.lines().any(|known| known == name) {
        let message = format!("Unknown system variable '{}'", variable.name.text);
        return Err(Error::new(1193, "HY000", message));
    }
    let of_session_only = matches!(&*name, "timestamp" | "rand_seed1" | "rand_seed2");
    match variable.scope {
        None | Some(VariableScope::Session) => {}
        Some(VariableScope::Global) if of_session_only => {
            let message = format!("Variable '{name}' is a SESSION variable");
            return Err(Error::new(1238, "HY000", message));
        }
        Some(_) => return unsupported(),
    }
    let collation = session.collation_connection.get();
    let mut expr = match &*name {
        "sql_mode" => words(&session.sql_mode.to_string()),
        "collation_connection" => words(collation.map_or("", Collation::name)),
        "character_set_connection" => words(collation.map_or("", |c| c.charset().name())),
        // Texts come in, and go out, in utf8mb4.
        "character_set_client" | "character_set_results" => words("utf8mb4"),
        "time_zone" => words(&zone(&session.time_zone)),
        "lc_time_names" => words(&session.lc_time_names),
        "block_encryption_mode" => words(&session.block_encryption_mode),
        "div_precision_increment" => integer(session.div_precision_increment.into()),
        "max_allowed_packet" => integer(session.max_allowed_packet.into()),
        "default_week_format" => integer(session.default_week_format.into()),
        // MySQL: nobody is told the seeds.
        "rand_seed1" | "rand_seed2" => integer(0),
        "timestamp" => match session.now {
            Some(micros) => {
                let ty = SqlType {
                    decimals: 6,
                    ..SqlType::double()
                };
                Expr::literal(Datum::Double(micros as f64 / 1e6), ty)
            }
            None => return unsupported(),
        },
        _ => return unsupported(),
    };
    expr.nullable = true;
    Ok(expr)
}

fn integer(value: u64) -> Expr {
    let ty = SqlType::bigint_of(INTEGER).with_unsigned(true);
    Expr::literal(Datum::UInt(value), ty)
}

fn words(text: &str) -> Expr {
    let collation = CollationId::UTF8MB3_GENERAL_CI;
    let ty = SqlType::text(TypeKind::VarChar, SYSTEM_TEXT, collation);
    let mut expr = Expr::literal(Datum::Bytes(text.as_bytes().to_vec()), ty);
    expr.collated = Collated::new(collation, Coercibility::SysConst, Repertoire::Unicode);
    expr
}

fn zone(zone: &TimeZone) -> String {
    match zone {
        TimeZone::Named(name) => name.clone(),
        TimeZone::Offset(seconds) => {
            let sign = if *seconds < 0 { '-' } else { '+' };
            let minutes = seconds.unsigned_abs() / 60;
            format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
        }
    }
}

/// The names of MySQL 9.7's system variables, one a line.
const VARIABLES: &str = include_str!("mysql_variables.txt");
