//! MySQL's types for Arrow's.

use arrow_schema::{DataType, TimeUnit};
use sqlift_types::{Column, Error, Schema, SqlType, TypeKind};

/// The schema of batches of an Arrow schema: the MySQL type that each Arrow type is read as.
///
/// Integers keep width and sign, Utf8 is LONGTEXT in `utf8mb4_0900_ai_ci`, Timestamp is DATETIME (a zone is not looked at), Time and
/// Duration are TIME. Errors: an Arrow type that no MySQL type is read from.
pub fn schema_of(schema: &arrow_schema::Schema) -> Result<Schema, Error> {
    let columns = schema.fields().iter().map(|field| {
        let ty = sql_type(field.data_type()).ok_or_else(|| {
            let (name, ty) = (field.name(), field.data_type());
            Error::unsupported(format_args!("column `{name}` of Arrow type {ty}"))
        })?;
        Ok(Column {
            name: field.name().clone(),
            ty,
            nullable: field.is_nullable(),
        })
    });
    Ok(Schema::from_columns(
        columns.collect::<Result<Vec<_>, Error>>()?,
    ))
}

fn sql_type(ty: &DataType) -> Option<SqlType> {
    let fsp = |unit: &TimeUnit| match unit {
        TimeUnit::Second => 0,
        TimeUnit::Millisecond => 3,
        _ => 6,
    };
    Some(match ty {
        DataType::Null => SqlType::bigint(),
        DataType::Boolean => SqlType::bool(),
        DataType::Int8 => SqlType::tinyint(),
        DataType::Int16 => SqlType::smallint(),
        DataType::Int32 => SqlType::int(),
        DataType::Int64 => SqlType::bigint(),
        DataType::UInt8 => SqlType::tinyint().with_length(3).with_unsigned(true),
        DataType::UInt16 => SqlType::smallint().with_length(5).with_unsigned(true),
        DataType::UInt32 => SqlType::int().with_length(10).with_unsigned(true),
        DataType::UInt64 => SqlType::ubigint(),
        DataType::Float32 => SqlType::float(),
        DataType::Float64 => SqlType::double(),
        DataType::Decimal128(p, s @ 0..=30) if i16::from(*p) >= i16::from(*s) => {
            SqlType::decimal((*p).into(), *s as u8)
        }
        DataType::Decimal256(p @ 1..=65, s @ 0..=30) => SqlType::decimal((*p).into(), *s as u8),
        DataType::Date32 | DataType::Date64 => SqlType::date(),
        DataType::Timestamp(unit, _) => SqlType::datetime(fsp(unit)),
        DataType::Time32(unit) | DataType::Time64(unit) | DataType::Duration(unit) => {
            SqlType::time(fsp(unit))
        }
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => SqlType::text(
            TypeKind::LongText,
            u32::MAX,
            sqlift_types::CollationId::UTF8MB4_0900_AI_CI,
        ),
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView => {
            SqlType::blob(TypeKind::LongBlob, u32::MAX)
        }
        DataType::FixedSizeBinary(n) => SqlType::binary(u32::try_from(*n).ok()?),
        DataType::Dictionary(_, values) => sql_type(values)?,
        _ => return None,
    })
}
