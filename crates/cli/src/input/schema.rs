//! Column definitions as the command line gives them.

use crate::failure::Failure;
use arrow_schema::Field;
use sqlift::{Column, Error, Schema, TypeKind};
use sqlift_syntax::{Limits, Modes, parse_columns};

/// `a BIGINT, price DECIMAL(12,2) NOT NULL` as a schema. `option` is what gave the text.
pub(crate) fn definitions(option: &str, text: &str) -> Result<Schema, Failure> {
    let parsed = parse_columns(text, Modes::default(), Limits::default())
        .map_err(|e| Failure::syntax(option, text, e))?;
    let mut columns: Vec<Column> = Vec::with_capacity(parsed.len());
    for definition in parsed {
        let wrong = |error: Error, span: sqlift_syntax::Span| {
            Failure::expression(option, text, error.at(crate::failure::span(span)))
        };
        let ty = sqlift::column_type(&definition.ty).map_err(|e| wrong(e, definition.ty.span))?;
        let name = definition.name.text.to_string();
        if columns
            .iter()
            .any(|c| c.name.to_lowercase() == name.to_lowercase())
        {
            return Err(wrong(duplicate(&name), definition.name.span));
        }
        columns.push(Column {
            name,
            ty,
            nullable: definition.ty.nullable != Some(false),
        });
    }
    Ok(Schema::from_columns(columns))
}

/// 1060: two columns of one name.
pub(crate) fn duplicate(name: &str) -> Error {
    Error::new(1060, "42S21", format!("Duplicate column name '{name}'"))
}

/// The Arrow field that a column of a text file is read into.
pub(super) fn field(column: &Column) -> Result<Field, Failure> {
    let ty = &column.ty;
    if matches!(
        ty.kind,
        TypeKind::Null
            | TypeKind::Bit
            | TypeKind::Enum
            | TypeKind::Set
            | TypeKind::Vector
            | TypeKind::Dynamic
    ) {
        let what = format!("column `{}` of type {ty} in a text file", column.name);
        return Err(Failure::setting(Error::unsupported(what)));
    }
    Ok(Field::new(
        &column.name,
        sqlift::arrow::data_type(ty),
        column.nullable,
    ))
}
