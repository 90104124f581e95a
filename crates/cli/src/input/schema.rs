//! Column definitions as the command line gives them.

use crate::failure::Failure;
use arrow_schema::{DataType, Field};
use sqlift::{Column, Error, Schema, Span, SqlType, TypeKind};
use sqlift_syntax::{Limits, Modes, parse_columns};

/// `a BIGINT, price DECIMAL(12,2) NOT NULL` as a schema.
pub(crate) fn definitions(text: &str) -> Result<Schema, Failure> {
    let wrong = |e: sqlift_syntax::Error| {
        let span = Span {
            start: e.span.start,
            end: e.span.end,
        };
        Failure::expression(
            "--schema",
            text,
            Error::new(e.code, e.sqlstate, e.message).at(span),
        )
    };
    let parsed = parse_columns(text, Modes::default(), Limits::default()).map_err(wrong)?;
    let mut columns: Vec<Column> = Vec::with_capacity(parsed.len());
    for definition in parsed {
        let ty = sqlift::column_type(&definition.ty)
            .map_err(|e| Failure::expression("--schema", text, e))?;
        let name = definition.name.text.to_string();
        if columns.iter().any(|c| c.name.eq_ignore_ascii_case(&name)) {
            let error = Error::new(1060, "42S21", format!("Duplicate column name '{name}'"));
            return Err(Failure::expression("--schema", text, error));
        }
        columns.push(Column {
            name,
            ty,
            nullable: definition.ty.nullable != Some(false),
        });
    }
    Ok(Schema::from_columns(columns))
}

/// The Arrow type that a file's column is read as, to be a column of this MySQL type.
pub(super) fn arrow_type(ty: &SqlType) -> Result<DataType, Failure> {
    use arrow_schema::TimeUnit;
    Ok(match ty.kind {
        TypeKind::Bool => DataType::Boolean,
        TypeKind::TinyInt
        | TypeKind::SmallInt
        | TypeKind::MediumInt
        | TypeKind::Int
        | TypeKind::BigInt => {
            if ty.unsigned {
                DataType::UInt64
            } else {
                DataType::Int64
            }
        }
        TypeKind::Year | TypeKind::Bit => DataType::UInt64,
        TypeKind::Float => DataType::Float32,
        TypeKind::Double => DataType::Float64,
        TypeKind::Decimal if ty.length <= 38 => {
            DataType::Decimal128(ty.length as u8, ty.decimals as i8)
        }
        TypeKind::Decimal => DataType::Decimal256(ty.length as u8, ty.decimals as i8),
        TypeKind::Date => DataType::Date32,
        TypeKind::DateTime | TypeKind::Timestamp => {
            DataType::Timestamp(TimeUnit::Microsecond, None)
        }
        TypeKind::Time => DataType::Time64(TimeUnit::Microsecond),
        kind if kind.is_text() || kind == TypeKind::Json => DataType::Utf8,
        kind if kind.is_binary() => DataType::Binary,
        _ => {
            return Err(Failure::Setting(Error::unsupported(format_args!(
                "columns of type {ty} in files"
            ))));
        }
    })
}

/// The fields of a schema that was given.
pub(super) fn fields(schema: &Schema) -> Result<Vec<Field>, Failure> {
    let columns = schema.columns().iter();
    columns
        .map(|c| Ok(Field::new(&c.name, arrow_type(&c.ty)?, c.nullable)))
        .collect()
}
