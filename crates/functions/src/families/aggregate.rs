//! The type of a result that is one of several values: CASE, IF, IFNULL, COALESCE, and what GREATEST and LEAST show.
//!
//! MySQL merges the types pairwise from left to right, ignoring untyped NULLs. What surprises:
//!
//! * Integers of both signs become the next wider signed type when the widest is unsigned; BIGINT then becomes DECIMAL.
//! * FLOAT with BIGINT is FLOAT, BIGINT with FLOAT is DOUBLE; FLOAT with INT is DOUBLE both ways.
//! * DATE with TIME is DATETIME; numbers with temporal values are text.
//! * CHAR with anything but VARCHAR, TEXT and JSON stays CHAR; ENUM and SET become VARCHAR.
//! * A truth value becomes BIGINT.

use super::{json, textual};
use crate::{BindContext, Expr};
use sqlift_collation::{Charset, Coercibility, Collated, CollationId, Repertoire};
use sqlift_types::{Error, NOT_FIXED, SqlType, TypeKind};

/// What several values become together.
pub(super) struct Aggregate {
    /// The type of the result.
    pub(super) ty: SqlType,
    /// Its collation with what decides how it mixes.
    pub(super) collated: Collated,
}

/// The type that one of `values` has as a result. Errors: 1267, 1270, 1271 name the `operation`.
pub(super) fn result(
    cx: &BindContext<'_>,
    operation: &str,
    values: &[&Expr],
) -> Result<Aggregate, Error> {
    let typed: Vec<&Expr> = values
        .iter()
        .copied()
        .filter(|v| v.ty.kind != TypeKind::Null)
        .collect();
    let Some(first) = typed.first() else {
        let collated = Collated::new(
            CollationId::BINARY,
            Coercibility::Ignorable,
            Repertoire::Ascii,
        );
        let ty = SqlType::null();
        return Ok(Aggregate { ty, collated });
    };
    if let Some(odd) = typed
        .iter()
        .find(|v| matches!(v.ty.kind, TypeKind::Vector | TypeKind::Dynamic))
    {
        return Err(Error::unsupported(format_args!(
            "{operation} of {}",
            odd.ty
        )));
    }
    if typed.iter().all(|v| json::is_json(v)) {
        let ty = SqlType::json();
        let collated = Collated::new(
            CollationId::BINARY,
            Coercibility::Numeric,
            Repertoire::Ascii,
        );
        return Ok(Aggregate { ty, collated });
    }
    let mut kind = merge(first.ty.kind, first.ty.kind);
    for value in &typed[1..] {
        kind = merge(kind, value.ty.kind);
    }
    let types: Vec<&SqlType> = typed.iter().map(|v| &v.ty).collect();
    let unsigned = types.iter().all(|t| t.unsigned);
    let length = types.iter().map(|t| t.length).max().unwrap_or(0);
    let fsp = types.iter().map(|t| fraction(t)).max().unwrap_or(0);
    let ty = match kind {
        kind if kind.is_integer() => integer(kind, &types, unsigned, length),
        TypeKind::Decimal => decimal(&types, unsigned),
        TypeKind::Float | TypeKind::Double => floating(kind, &types, unsigned),
        TypeKind::Bit => SqlType::bit_number(length),
        TypeKind::Year => SqlType::year_number(),
        TypeKind::Date => SqlType::date(),
        TypeKind::Time => SqlType::time(fsp),
        TypeKind::DateTime => SqlType::datetime(fsp),
        TypeKind::Timestamp => SqlType::timestamp(fsp),
        kind => return text(cx, operation, values, kind),
    };
    let collated = Collated::new(
        CollationId::BINARY,
        Coercibility::Numeric,
        Repertoire::Ascii,
    );
    Ok(Aggregate { ty, collated })
}

/// A value as the aggregated result holds it.
pub(super) fn converted(
    cx: &mut BindContext<'_>,
    value: Expr,
    to: &Aggregate,
) -> Result<Expr, Error> {
    if to.ty.kind.is_string() {
        return textual::text(cx, value, to.collated);
    }
    if to.ty.kind == TypeKind::Null
        || (value.ty.kind == TypeKind::Bit && to.ty.kind == TypeKind::Bit)
    {
        return Ok(value);
    }
    Ok(cx.coerce(value, to.ty.clone()))
}

/// What a call that gives one of its arguments is, typed and with its collation.
pub(super) fn call(
    cx: &BindContext<'_>,
    args: Vec<Expr>,
    aggregate: &Aggregate,
    nullable: bool,
) -> Expr {
    let mut call = cx.call(args, aggregate.ty.clone(), nullable);
    call.collated = aggregate.collated;
    call
}

/// Fraction digits of seconds that a temporal value has.
fn fraction(ty: &SqlType) -> u8 {
    match ty.kind {
        TypeKind::Time | TypeKind::DateTime | TypeKind::Timestamp => ty.decimals.min(6),
        _ => 0,
    }
}

fn integer(kind: TypeKind, types: &[&SqlType], unsigned: bool, length: u32) -> SqlType {
    let mixed = types.iter().any(|t| t.unsigned != types[0].unsigned);
    let widest_unsigned = types.iter().any(|t| match t.kind {
        TypeKind::Bit => true,
        // MySQL: the unsigned YEAR leaves a SMALLINT as it is.
        TypeKind::Year => false,
        other => t.unsigned && width(other) == width(kind),
    });
    if mixed && widest_unsigned {
        return match kind {
            TypeKind::TinyInt => SqlType::smallint().with_length(length),
            TypeKind::SmallInt => SqlType::mediumint().with_length(length),
            TypeKind::MediumInt => SqlType::int().with_length(length),
            TypeKind::Int => SqlType::bigint_of(length),
            _ => decimal(types, false),
        };
    }
    let ty = match kind {
        TypeKind::TinyInt => SqlType::tinyint(),
        TypeKind::SmallInt => SqlType::smallint(),
        TypeKind::MediumInt => SqlType::mediumint(),
        TypeKind::Int => SqlType::int(),
        _ => SqlType::bigint(),
    };
    ty.with_length(length).with_unsigned(unsigned)
}

/// The DECIMAL that holds all integer and all fraction digits of the types.
fn decimal(types: &[&SqlType], unsigned: bool) -> SqlType {
    let scale = types.iter().map(|t| scale(t)).max().unwrap_or(0);
    let whole = types.iter().map(|t| integer_digits(t)).max().unwrap_or(1);
    let precision = (whole + u32::from(scale)).clamp(1, 65);
    SqlType::decimal(precision, scale).with_unsigned(unsigned)
}

/// The scale of a number as a DECIMAL.
fn scale(ty: &SqlType) -> u8 {
    match ty.kind {
        TypeKind::Decimal => ty.decimals,
        _ => 0,
    }
}

/// Digits before the point of a number as a DECIMAL.
fn integer_digits(ty: &SqlType) -> u32 {
    match ty.kind {
        TypeKind::Decimal => ty.length.saturating_sub(u32::from(ty.decimals)),
        _ => ty.length.saturating_sub(u32::from(!ty.unsigned)).max(1),
    }
}

fn floating(kind: TypeKind, types: &[&SqlType], unsigned: bool) -> SqlType {
    let base = match kind {
        TypeKind::Float => SqlType::float(),
        _ => SqlType::double(),
    };
    let decimals = types.iter().map(|t| t.decimals).max().unwrap_or(NOT_FIXED);
    let mut ty = base.with_length(23).with_unsigned(unsigned);
    if decimals < NOT_FIXED {
        let whole = types.iter().map(|t| match t.kind {
            TypeKind::Float | TypeKind::Double => t.length.saturating_sub(u32::from(t.decimals)),
            _ => integer_digits(t),
        });
        ty.decimals = decimals;
        ty.length = whole.max().unwrap_or(0) + u32::from(decimals);
    }
    ty
}

/// The type of a text made of the values.
fn text(
    cx: &BindContext<'_>,
    operation: &str,
    values: &[&Expr],
    kind: TypeKind,
) -> Result<Aggregate, Error> {
    let operands: Vec<Expr> = values.iter().map(|v| (*v).clone()).collect();
    let collated = textual::agree(cx, operation, &operands)?;
    let charset = textual::charset_of(collated.collation);
    let length = values
        .iter()
        .map(|v| match v.ty.kind {
            // MySQL: in bytes, what the expression shows at most, not what a DOUBLE can take.
            TypeKind::Double if charset == Charset::Binary => {
                textual::length_in(&v.ty, charset).min(v.ty.length.into())
            }
            _ => textual::length_in(&v.ty, charset),
        })
        .max()
        .unwrap_or(0);
    let mut ty = textual::text_type(length, collated.collation);
    ty.kind = match (kind, ty.kind) {
        (TypeKind::Char, TypeKind::VarBinary) => TypeKind::Binary,
        (TypeKind::Char, TypeKind::VarChar) => TypeKind::Char,
        (TypeKind::TinyText | TypeKind::Text | TypeKind::MediumText | TypeKind::LongText, _) => {
            sized(
                length * charset.max_len() as u64,
                charset == Charset::Binary,
            )
        }
        (_, own) => own,
    };
    Ok(Aggregate { ty, collated })
}

/// The smallest TEXT or BLOB for so many bytes.
fn sized(bytes: u64, binary: bool) -> TypeKind {
    match (bytes, binary) {
        (..=255, true) => TypeKind::TinyBlob,
        (..=255, false) => TypeKind::TinyText,
        (..=65_535, true) => TypeKind::Blob,
        (..=65_535, false) => TypeKind::Text,
        (..=16_777_215, true) => TypeKind::MediumBlob,
        (..=16_777_215, false) => TypeKind::MediumText,
        (_, true) => TypeKind::LongBlob,
        (_, false) => TypeKind::LongText,
    }
}

/// How wide an integer type is.
fn width(kind: TypeKind) -> u8 {
    match kind {
        TypeKind::TinyInt => 1,
        TypeKind::Year | TypeKind::SmallInt => 2,
        TypeKind::MediumInt => 3,
        TypeKind::Int => 4,
        _ => 8,
    }
}

/// The kind of a value that is one of two kinds. Strings count as their character kinds here: whether the result is binary is a
/// matter of its collation.
fn merge(left: TypeKind, right: TypeKind) -> TypeKind {
    use TypeKind::*;
    let (a, b) = (plain(left), plain(right));
    match (a, b) {
        (a, b) if a.is_integer() && b.is_integer() => {
            if width(a) >= width(b) {
                a
            } else {
                b
            }
        }
        (Year, Year) => Year,
        (Year, TinyInt) | (TinyInt, Year) => SmallInt,
        (Year, other) | (other, Year) if other.is_integer() => other,
        (Bit, Bit) => Bit,
        (Bit, other) | (other, Bit) if other.is_integer() || other == Year => BigInt,
        (Float, Float) => Float,
        // MySQL: not symmetric.
        (Float, BigInt) => Float,
        (Float, TinyInt | SmallInt | MediumInt | Year)
        | (TinyInt | SmallInt | MediumInt | Year, Float) => Float,
        (Float | Double, other) | (other, Float | Double) if other.is_numeric() => Double,
        (Decimal, other) | (other, Decimal) if other.is_numeric() => Decimal,
        (Date, Date) => Date,
        (Time, Time) => Time,
        (Timestamp, Timestamp) => Timestamp,
        (a, b) if a.is_temporal() && b.is_temporal() => DateTime,
        _ => text_kind(a, b),
    }
}

/// The character kind of a text made of two kinds.
fn text_kind(a: TypeKind, b: TypeKind) -> TypeKind {
    use TypeKind::*;
    let size = |kind| match kind {
        TinyText => 1,
        Text => 2,
        MediumText => 3,
        LongText => 4,
        Json => 4,
        _ => 0,
    };
    match (size(a), size(b)) {
        (0, 0) => match (a, b) {
            (VarChar, _) | (_, VarChar) => VarChar,
            (Char, _) | (_, Char) => Char,
            _ => VarChar,
        },
        (x, y) if x >= y => plain(a),
        _ => plain(b),
    }
}

/// Kinds that mean the same in merging as one.
fn plain(kind: TypeKind) -> TypeKind {
    use TypeKind::*;
    match kind {
        Bool => BigInt,
        Binary => Char,
        VarBinary | Hex => VarChar,
        TinyBlob => TinyText,
        Blob => Text,
        MediumBlob => MediumText,
        LongBlob => LongText,
        Json => LongText,
        other => other,
    }
}
