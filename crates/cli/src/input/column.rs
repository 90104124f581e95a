//! Cells of text as a column of a MySQL type, with the errors that an INSERT of such a row would raise.

use super::record::{Cell, Written};
use arrow_array::ArrayRef;
use arrow_array::builder::*;
use arrow_array::types::*;
use arrow_buffer::i256;
use arrow_schema::DataType;
use sqlift::{Charset, Collation, Column, Datum, Error, SqlType, TypeKind, read_text, write_text};
use sqlift_types::printable;
use sqlift_types::temporal::{self, calendar};
use std::sync::Arc;

/// A column being made.
pub(super) struct ColumnBuilder<'c> {
    column: &'c Column,
    inferred: bool,
    charset: Charset,
    values: Values,
}

enum Values {
    Bool(BooleanBuilder),
    Int(PrimitiveBuilder<Int64Type>),
    UInt(PrimitiveBuilder<UInt64Type>),
    Float(PrimitiveBuilder<Float32Type>),
    Double(PrimitiveBuilder<Float64Type>),
    Decimal128(PrimitiveBuilder<Decimal128Type>),
    Decimal256(PrimitiveBuilder<Decimal256Type>),
    Date(PrimitiveBuilder<Date32Type>),
    DateTime(PrimitiveBuilder<TimestampMicrosecondType>),
    Time(PrimitiveBuilder<DurationMicrosecondType>),
    Text(StringBuilder),
    Bytes(BinaryBuilder),
}

/// Does the same with the builder of any type.
macro_rules! each {
    ($values:expr, $builder:ident => $body:expr) => {
        match $values {
            Values::Bool($builder) => $body,
            Values::Int($builder) => $body,
            Values::UInt($builder) => $body,
            Values::Float($builder) => $body,
            Values::Double($builder) => $body,
            Values::Decimal128($builder) => $body,
            Values::Decimal256($builder) => $body,
            Values::Date($builder) => $body,
            Values::DateTime($builder) => $body,
            Values::Time($builder) => $body,
            Values::Text($builder) => $body,
            Values::Bytes($builder) => $body,
        }
    };
}

impl<'c> ColumnBuilder<'c> {
    /// A column without values. An inferred type is held to more strictly: nothing is rounded to it.
    pub(super) fn new(column: &'c Column, inferred: bool) -> Self {
        let data_type = sqlift::arrow::data_type(&column.ty);
        let values = match &data_type {
            DataType::Boolean => Values::Bool(BooleanBuilder::new()),
            DataType::Int64 => Values::Int(PrimitiveBuilder::new()),
            DataType::UInt64 => Values::UInt(PrimitiveBuilder::new()),
            DataType::Float32 => Values::Float(PrimitiveBuilder::new()),
            DataType::Float64 => Values::Double(PrimitiveBuilder::new()),
            DataType::Decimal128(..) => {
                Values::Decimal128(PrimitiveBuilder::new().with_data_type(data_type))
            }
            DataType::Decimal256(..) => {
                Values::Decimal256(PrimitiveBuilder::new().with_data_type(data_type))
            }
            DataType::Date32 => Values::Date(PrimitiveBuilder::new()),
            DataType::Timestamp(..) => Values::DateTime(PrimitiveBuilder::new()),
            DataType::Duration(_) => Values::Time(PrimitiveBuilder::new()),
            DataType::Utf8 => Values::Text(StringBuilder::new()),
            _ => Values::Bytes(BinaryBuilder::new()),
        };
        let charset = column.ty.collation.get().map(Collation::charset);
        ColumnBuilder {
            column,
            inferred,
            charset: charset.unwrap_or(Charset::Utf8mb4),
            values,
        }
    }

    /// Adds the cell of a row (from 1).
    pub(super) fn push(&mut self, cell: Cell<'_>, row: u64) -> Result<(), Error> {
        let ty = &self.column.ty;
        let is_string = ty.kind.is_string();
        let is_null = match cell.written {
            Written::Null => true,
            Written::Bare => false,
            // Programs that quote everything write `""` for a number that is not there.
            Written::Quoted => cell.text.is_empty() && !is_string,
            Written::String => false,
        };
        if is_null && (self.column.nullable || !is_string) {
            if !self.column.nullable {
                let message = format!("Column '{}' cannot be null", self.column.name);
                return Err(Error::new(1048, "23000", message));
            }
            each!(&mut self.values, builder => builder.append_null());
            return Ok(());
        }
        match &mut self.values {
            Values::Text(out) if ty.kind.is_text() => {
                // Readers of files give valid UTF-8, and the builder takes nothing else.
                let text = std::str::from_utf8(cell.text);
                let text = text.map_err(|_| wrong(self.column, cell.text, row))?;
                out.append_value(fitted(text, self.column, row)?);
                return Ok(());
            }
            Values::Bytes(out) if ty.kind.is_text() => {
                let text = std::str::from_utf8(cell.text);
                let text = text.map_err(|_| wrong(self.column, cell.text, row))?;
                let text = fitted(text, self.column, row)?;
                let mut bytes = Vec::new();
                sqlift_collation::convert(
                    Charset::Utf8mb4,
                    self.charset,
                    text.as_bytes(),
                    &mut bytes,
                );
                out.append_value(bytes);
                return Ok(());
            }
            Values::Bytes(out) if ty.kind.is_binary() => {
                let bytes = unhex(cell.text);
                let bytes = bytes.as_deref().unwrap_or(cell.text);
                if bytes.len() > ty.length as usize {
                    return Err(too_long(self.column, row));
                }
                out.append_value(bytes);
                return Ok(());
            }
            Values::Bool(out) if cell.text.trim_ascii().eq_ignore_ascii_case(b"true") => {
                out.append_value(true);
                return Ok(());
            }
            Values::Bool(out) if cell.text.trim_ascii().eq_ignore_ascii_case(b"false") => {
                out.append_value(false);
                return Ok(());
            }
            _ => {}
        }
        // A JSON string is a document of its own, with quotes.
        let document = (cell.written == Written::String && ty.kind == TypeKind::Json)
            .then(|| serde_json::Value::from(String::from_utf8_lossy(cell.text)).to_string());
        let text = document.as_deref().map_or(cell.text, str::as_bytes);
        let value = read_text(text, ty);
        let value = value.filter(|_| !self.inferred || !rounds(cell.text, ty));
        self.append(value.ok_or_else(|| wrong(self.column, cell.text, row))?)
            .ok_or_else(|| out_of_range(self.column, cell.text, row))
    }

    /// `None` if the value does not fit.
    fn append(&mut self, value: Datum) -> Option<()> {
        let ty = &self.column.ty;
        match (&mut self.values, value) {
            (Values::Bool(out), Datum::Int(v)) => out.append_value(v != 0),
            (Values::Int(out), Datum::Int(v)) => {
                let bits = integer_bits(ty.kind);
                let high = i64::MAX >> (64 - bits);
                out.append_value(Some(v).filter(|v| (-high - 1..=high).contains(v))?);
            }
            (Values::UInt(out), Datum::UInt(v)) => {
                let high = u64::MAX >> (64 - integer_bits(ty.kind));
                out.append_value(Some(v).filter(|v| *v <= high)?);
            }
            (Values::Float(_) | Values::Double(_), Datum::Double(v)) if ty.unsigned && v < 0.0 => {
                return None;
            }
            (Values::Float(out), Datum::Double(v)) => out.append_value(v as f32),
            (Values::Double(out), Datum::Double(v)) => out.append_value(v),
            (Values::Decimal128(_) | Values::Decimal256(_), Datum::Decimal(v))
                if ty.unsigned && v.is_negative() =>
            {
                return None;
            }
            (Values::Decimal128(out), Datum::Decimal(v)) => {
                out.append_value(i128::try_from(v.coefficient()).ok()?);
            }
            (Values::Decimal256(out), Datum::Decimal(v)) => {
                out.append_value(i256::from_le_bytes(v.coefficient().to_le_bytes()));
            }
            (Values::Date(out), value @ Datum::Date(_)) => {
                out.append_value(i32::try_from(days(&value)?).ok()?);
            }
            (Values::DateTime(out), value @ Datum::DateTime(packed)) => {
                let clock = temporal::DateTime::from_packed_trusted(packed).clock_micros();
                out.append_value(days(&value)? * temporal::packed::DAY + clock);
            }
            (Values::Time(out), Datum::Time(v)) => out.append_value(v),
            (Values::Text(out), value @ Datum::Json(_)) => {
                let mut text = Vec::new();
                write_text(&value, ty, &mut text);
                out.append_value(String::from_utf8(text).ok()?);
            }
            (Values::Bytes(out), Datum::Bytes(v)) => out.append_value(v),
            _ => return None,
        }
        Some(())
    }

    /// The column.
    pub(super) fn finish(self) -> ArrayRef {
        let mut values = self.values;
        each!(&mut values, builder => Arc::new(builder.finish()))
    }
}

/// Whether a date is one that a calendar has; others have no place in the columns of files.
pub(super) fn is_real_date(value: &Datum) -> bool {
    days(value).is_some()
}

/// Days since 1970.
fn days(value: &Datum) -> Option<i64> {
    const EPOCH: i64 = calendar::day_number_of(1970, 1, 1);
    let date = match value {
        Datum::Date(packed) => temporal::Date::from_packed_trusted(*packed),
        Datum::DateTime(packed) => temporal::DateTime::from_packed_trusted(*packed).date(),
        _ => return None,
    };
    let is_real = (1..=12).contains(&date.month())
        && (1..=calendar::days_in_month(date.year(), date.month())).contains(&date.day());
    is_real.then(|| calendar::day_number(date) - EPOCH)
}

fn integer_bits(kind: TypeKind) -> u32 {
    match kind {
        TypeKind::TinyInt => 8,
        TypeKind::SmallInt => 16,
        TypeKind::MediumInt => 24,
        TypeKind::Int => 32,
        _ => 64,
    }
}

/// Whether reading the text would drop digits behind the point.
fn rounds(text: &[u8], ty: &SqlType) -> bool {
    let has_scale = ty.kind == TypeKind::Decimal || ty.kind.is_temporal();
    let point = text.trim_ascii().split(|b| *b == b'.').nth(1);
    has_scale && point.is_some_and(|fraction| fraction.len() > ty.decimals.into())
}

/// A text of at most the type's length; a CHAR does not keep spaces at its end.
fn fitted<'t>(text: &'t str, column: &Column, row: u64) -> Result<&'t str, Error> {
    let text = match column.ty.kind {
        TypeKind::Char => text.trim_end_matches(' '),
        _ => text,
    };
    let length = column.ty.length as usize;
    if text.len() > length && text.chars().count() > length {
        return Err(too_long(column, row));
    }
    Ok(text)
}

/// The bytes of `0x…`, the form that binary strings are written in.
fn unhex(text: &[u8]) -> Option<Vec<u8>> {
    let digits = text.strip_prefix(b"0x")?;
    let digit = |b: &u8| (*b as char).to_digit(16).map(|d| d as u8);
    let pairs = digits.chunks(2);
    pairs
        .map(|pair| match pair {
            [high, low] => Some(digit(high)? << 4 | digit(low)?),
            _ => None,
        })
        .collect()
}

fn too_long(column: &Column, row: u64) -> Error {
    let message = format!("Data too long for column '{}' at row {row}", column.name);
    Error::new(1406, "22001", message)
}

fn out_of_range(column: &Column, text: &[u8], row: u64) -> Error {
    if column.ty.kind.is_temporal() || column.ty.kind == TypeKind::Json {
        return wrong(column, text, row);
    }
    let message = format!(
        "Out of range value for column '{}' at row {row}",
        column.name
    );
    Error::new(1264, "22003", message)
}

fn wrong(column: &Column, text: &[u8], row: u64) -> Error {
    let kind = column.ty.kind;
    let (code, state, what) = match kind {
        TypeKind::Date => (1292, "22007", "date"),
        TypeKind::DateTime | TypeKind::Timestamp => (1292, "22007", "datetime"),
        TypeKind::Time => (1292, "22007", "time"),
        TypeKind::Float => (1366, "HY000", "float"),
        TypeKind::Double => (1366, "HY000", "double"),
        TypeKind::Decimal => (1366, "HY000", "decimal"),
        kind if kind.is_integer() => (1366, "HY000", "integer"),
        _ => (1366, "HY000", "string"),
    };
    let shown: String = printable(text).chars().take(64).collect();
    let name = &column.name;
    if kind == TypeKind::Json {
        let message =
            format!("Invalid JSON text: '{shown}' in value for column '{name}' at row {row}");
        return Error::new(3140, "22032", message);
    }
    let message = format!("Incorrect {what} value: '{shown}' for column '{name}' at row {row}");
    Error::new(code, state, message).with_help(format!("the column is {}", column.ty))
}
