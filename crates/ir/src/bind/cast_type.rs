//! From the types that text names to [`SqlType`]s, with MySQL's limits.

use sqlift_collation::{Charset, Collation, CollationId};
use sqlift_syntax::types::{
    CastType, Charset as CharsetSyntax, CharsetName, ColumnType, DataType, Precision,
};
use sqlift_types::{Error, NOT_FIXED, Session, SqlType, TypeKind};
use std::sync::Arc;

/// The target of a CAST. Errors: 1425, 1426, 1427 for sizes out of range, 1115 for an unknown character set.
///
/// CHAR and BINARY without a length get the length [`u32::MAX`]: that of the operand.
///
/// `what` is the text of the operand, which messages quote.
pub(super) fn cast_target(
    target: &CastType,
    session: &Session,
    what: &str,
) -> Result<SqlType, Error> {
    Ok(match target {
        CastType::Binary(length) => SqlType::varbinary(characters(*length)?),
        CastType::Char { length, charset } => {
            let collation = charset_collation(charset, session.collation_connection)?;
            if collation == CollationId::BINARY {
                SqlType::varbinary(characters(*length)?)
            } else {
                SqlType::text(TypeKind::VarChar, characters(*length)?, collation)
            }
        }
        CastType::NationalChar(length) => SqlType::text(
            TypeKind::VarChar,
            characters(*length)?,
            CollationId::UTF8MB3_GENERAL_CI,
        ),
        CastType::Signed => SqlType::bigint(),
        CastType::Unsigned => SqlType::ubigint(),
        CastType::Date => SqlType::date(),
        CastType::Year => SqlType::year_number(),
        CastType::Time(fsp) => SqlType::time(fraction(*fsp, "CAST")?),
        CastType::DateTime(fsp) => SqlType::datetime(fraction(*fsp, "CAST")?),
        CastType::Decimal(precision) => decimal(*precision, what, "")?,
        CastType::Float(None) => SqlType::float(),
        CastType::Float(Some(bits @ 0..=53)) => {
            if *bits <= 24 {
                SqlType::float()
            } else {
                SqlType::double()
            }
        }
        CastType::Float(Some(bits)) => {
            // MySQL shows 32 bits of it.
            let bits = *bits as i32;
            let message = format!("Too-big precision {bits} specified for 'CAST'. Maximum is 53.");
            return Err(Error::new(1426, "42000", message));
        }
        CastType::Double => SqlType::double(),
        CastType::Json => SqlType::json(),
        CastType::Geometry(_) => return Err(Error::unsupported("spatial types")),
    })
}

fn characters(length: Option<u64>) -> Result<u32, Error> {
    match length {
        None => Ok(u32::MAX),
        Some(n) => u32::try_from(n)
            .ok()
            .filter(|n| *n < u32::MAX)
            .ok_or_else(|| {
                Error::new(
                    1439,
                    "42000",
                    format!(
                        "Display width out of range for column 'cast as char' (max = {})",
                        u32::MAX
                    ),
                )
            }),
    }
}

fn fraction(fsp: Option<u32>, what: &str) -> Result<u8, Error> {
    match fsp.unwrap_or(0) {
        n @ 0..=6 => Ok(n as u8),
        n => {
            let message = format!("Too-big precision {n} specified for '{what}'. Maximum is 6.");
            Err(Error::new(1426, "42000", message))
        }
    }
}

/// `what` has the type, and is called `column` where MySQL asks for a column.
fn decimal(precision: Option<Precision>, what: &str, column: &str) -> Result<SqlType, Error> {
    let (digits, scale) = precision.map_or((10, 0), |p| (p.digits, p.scale.unwrap_or(0)));
    let digits = if digits == 0 { 10 } else { digits };
    if scale > 30 {
        let message =
            format!("Too big scale {scale} specified for column '{what}'. Maximum is 30.");
        return Err(Error::new(1425, "42000", message));
    }
    if digits > 65 {
        let digits = digits as i32;
        let message = format!("Too-big precision {digits} specified for '{what}'. Maximum is 65.");
        return Err(Error::new(1426, "42000", message));
    }
    if scale > digits {
        let message = format!(
            "For float(M,D), double(M,D) or decimal(M,D), M must be >= D (column '{column}')."
        );
        return Err(Error::new(1427, "42000", message));
    }
    Ok(SqlType::decimal(digits as u32, scale as u8))
}

fn charset_collation(charset: &CharsetSyntax, default: CollationId) -> Result<CollationId, Error> {
    let name = match &charset.name {
        CharsetName::Default => {
            return Ok(if charset.binary {
                binary_of(default)
            } else {
                default
            });
        }
        CharsetName::Named(name) => &*name.text,
        CharsetName::Ascii => "latin1",
        CharsetName::Unicode => "ucs2",
        CharsetName::Byte => "binary",
    };
    let found = Charset::by_name(name)
        .ok_or_else(|| Error::new(1115, "42000", format!("Unknown character set: '{name}'")))?;
    let same = default.get().is_some_and(|c| c.charset() == found);
    Ok(match charset.binary {
        true => found.binary_collation(),
        false if same => default,
        false => found.default_collation(),
    })
}

fn binary_of(collation: CollationId) -> CollationId {
    collation
        .get()
        .map_or(collation, |c| c.charset().binary_collation())
}

/// The type of a column description.
///
/// Errors: as for CAST, 1273 for an unknown collation, 1253 for one of another character set.
pub fn column_type(column: &ColumnType) -> Result<SqlType, Error> {
    let integer = |ty: SqlType| ty.with_unsigned(column.unsigned);
    let what = "column";
    let text = |kind, length: u64| -> Result<SqlType, Error> {
        let mut collation = charset_collation(&column.charset, CollationId::UTF8MB4_0900_AI_CI)?;
        if let Some(name) = &column.collation {
            let found = Collation::by_name(&name.text).ok_or_else(|| {
                Error::new(1273, "HY000", format!("Unknown collation: '{}'", name.text))
            })?;
            collation = found.id();
        }
        Ok(SqlType::text(
            kind,
            length.min(u32::MAX.into()) as u32,
            collation,
        ))
    };
    let floating = |p: Option<Precision>, single: SqlType| match p {
        Some(Precision {
            digits,
            scale: Some(scale),
        }) => {
            let mut ty = single.with_length(digits.min(255) as u32);
            ty.decimals = scale.min(u64::from(NOT_FIXED)) as u8;
            ty.with_unsigned(column.unsigned)
        }
        Some(Precision {
            digits: 25..,
            scale: None,
        }) => SqlType::double().with_unsigned(column.unsigned),
        _ => single.with_unsigned(column.unsigned),
    };
    let unsigned_width = u32::from(column.unsigned);
    Ok(match &column.data {
        DataType::TinyInt(_) => integer(SqlType::tinyint().with_length(4 - unsigned_width)),
        DataType::SmallInt(_) => integer(SqlType::smallint().with_length(6 - unsigned_width)),
        DataType::MediumInt(_) => integer(SqlType::mediumint().with_length(9 - unsigned_width)),
        DataType::Int(_) => integer(SqlType::int().with_length(11 - unsigned_width)),
        DataType::BigInt(_) => integer(SqlType::bigint()),
        DataType::Decimal(p) => decimal(*p, what, what)?.with_unsigned(column.unsigned),
        DataType::Float(p) => floating(*p, SqlType::float()),
        DataType::Double(p) => floating(*p, SqlType::double()),
        DataType::Bit(n) => SqlType::bit(n.unwrap_or(1).clamp(1, 64) as u32),
        DataType::Date => SqlType::date(),
        DataType::Time(fsp) => SqlType::time(fraction(*fsp, what)?),
        DataType::DateTime(fsp) => SqlType::datetime(fraction(*fsp, what)?),
        DataType::Timestamp(fsp) => SqlType::timestamp(fraction(*fsp, what)?),
        DataType::Year(_) => SqlType::year(),
        DataType::Char(n) => as_binary(text(TypeKind::Char, n.unwrap_or(1))?),
        DataType::VarChar(n) => as_binary(text(TypeKind::VarChar, *n)?),
        DataType::NationalChar(n) => {
            text(TypeKind::Char, n.unwrap_or(1))?.with_collation(CollationId::UTF8MB3_GENERAL_CI)
        }
        DataType::NationalVarChar(n) => {
            text(TypeKind::VarChar, *n)?.with_collation(CollationId::UTF8MB3_GENERAL_CI)
        }
        DataType::Binary(n) => SqlType::binary(n.unwrap_or(1).min(u32::MAX.into()) as u32),
        DataType::VarBinary(n) => SqlType::varbinary((*n).min(u32::MAX.into()) as u32),
        DataType::TinyText => as_binary(text(TypeKind::TinyText, 255)?),
        DataType::Text(_) => as_binary(text(TypeKind::Text, 65_535)?),
        DataType::MediumText => as_binary(text(TypeKind::MediumText, 16_777_215)?),
        DataType::LongText => as_binary(text(TypeKind::LongText, u32::MAX.into())?),
        DataType::TinyBlob => SqlType::blob(TypeKind::TinyBlob, 255),
        DataType::Blob(_) => SqlType::blob(TypeKind::Blob, 65_535),
        DataType::MediumBlob => SqlType::blob(TypeKind::MediumBlob, 16_777_215),
        DataType::LongBlob => SqlType::blob(TypeKind::LongBlob, u32::MAX),
        DataType::Enum(members) | DataType::Set(members) => {
            let is_enum = matches!(column.data, DataType::Enum(_));
            let lengths = members.iter().map(|m| m.chars().count() as u32);
            let separators = members.len().saturating_sub(1) as u32;
            let length = if is_enum {
                lengths.max().unwrap_or(0)
            } else {
                lengths.sum::<u32>() + separators
            };
            let kind = if is_enum {
                TypeKind::Enum
            } else {
                TypeKind::Set
            };
            let base = text(kind, length.into())?;
            let members: Arc<[Box<[u8]>]> = members.iter().map(|m| m.as_bytes().into()).collect();
            SqlType::members(kind, members, length, base.collation)
        }
        DataType::Json => SqlType::json(),
        DataType::Vector(n) => SqlType::vector(n.unwrap_or(2048).min(16_383) as u32),
        other => {
            return Err(Error::unsupported(format_args!(
                "columns of type {other:?}"
            )));
        }
    })
}

/// CHAR, VARCHAR and TEXT in the character set `binary` are BINARY, VARBINARY and BLOB.
fn as_binary(ty: SqlType) -> SqlType {
    if ty.collation != CollationId::BINARY {
        return ty;
    }
    let kind = match ty.kind {
        TypeKind::Char => TypeKind::Binary,
        TypeKind::VarChar => TypeKind::VarBinary,
        TypeKind::TinyText => TypeKind::TinyBlob,
        TypeKind::Text => TypeKind::Blob,
        TypeKind::MediumText => TypeKind::MediumBlob,
        TypeKind::LongText => TypeKind::LongBlob,
        other => other,
    };
    SqlType::blob(kind, ty.length)
}
