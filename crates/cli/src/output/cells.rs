//! Columns of results, cell by cell.

use crate::values;
use arrow_array::cast::AsArray;
use arrow_array::types::*;
use arrow_array::{Array, ArrayRef, StringArray};
use arrow_schema::DataType;
use sqlift::{Datum, I256, SqlType, TypeKind};
use sqlift_types::decimal::Decimal;
use sqlift_types::temporal::{self, calendar};
use std::sync::Arc;

/// A column of a result: an array of the type that values of its MySQL type leave as.
pub(super) struct Cells<'a> {
    array: &'a dyn Array,
    ty: &'a SqlType,
}

impl<'a> Cells<'a> {
    pub(super) fn new(array: &'a dyn Array, ty: &'a SqlType) -> Self {
        Cells { array, ty }
    }

    /// The text of a row's value; `None` for NULL.
    pub(super) fn text(&self, row: usize) -> Option<String> {
        values::text(&self.datum(row), self.ty)
    }

    /// The value of a row.
    pub(super) fn datum(&self, row: usize) -> Datum {
        let array = self.array;
        if array.is_null(row) {
            return Datum::Null;
        }
        match array.data_type() {
            DataType::Boolean => Datum::Int(array.as_boolean().value(row).into()),
            DataType::Int64 => Datum::Int(array.as_primitive::<Int64Type>().value(row)),
            DataType::UInt64 => Datum::UInt(array.as_primitive::<UInt64Type>().value(row)),
            DataType::Float32 => {
                Datum::Double(array.as_primitive::<Float32Type>().value(row).into())
            }
            DataType::Float64 => Datum::Double(array.as_primitive::<Float64Type>().value(row)),
            DataType::Decimal128(..) => decimal(
                I256::from(array.as_primitive::<Decimal128Type>().value(row)),
                self.ty,
            ),
            DataType::Decimal256(..) => {
                let value = array.as_primitive::<Decimal256Type>().value(row);
                decimal(I256::from_le_bytes(value.to_le_bytes()), self.ty)
            }
            DataType::Date32 => {
                let days = array.as_primitive::<Date32Type>().value(row);
                date(days.into()).map_or(Datum::Null, |d| Datum::Date(d.to_packed()))
            }
            DataType::Timestamp(..) => {
                let micros = array.as_primitive::<TimestampMicrosecondType>().value(row);
                let (days, clock) = (micros.div_euclid(DAY), micros.rem_euclid(DAY));
                let moment = date(days).map(|d| temporal::DateTime::with_clock(d, clock));
                moment.map_or(Datum::Null, |m| Datum::DateTime(m.to_packed()))
            }
            DataType::Duration(_) => {
                Datum::Time(array.as_primitive::<DurationMicrosecondType>().value(row))
            }
            DataType::Utf8 if self.ty.kind == TypeKind::Json => {
                Datum::Json(array.as_string::<i32>().value(row).into())
            }
            DataType::Utf8 => Datum::Bytes(array.as_string::<i32>().value(row).into()),
            DataType::Binary => Datum::Bytes(array.as_binary::<i32>().value(row).into()),
            other => unreachable!("results do not leave as {other}"),
        }
    }
}

const DAY: i64 = temporal::packed::DAY;

/// The date of a number of days since 1970. Results have come from dates, so it is there.
fn date(days: i64) -> Option<temporal::Date> {
    const EPOCH: i64 = calendar::day_number_of(1970, 1, 1);
    calendar::date_of(EPOCH + days)
}

fn decimal(coefficient: I256, ty: &SqlType) -> Datum {
    Decimal::new(coefficient, ty.decimals).map_or(Datum::Null, Datum::Decimal)
}

/// The Arrow type that a column has in a Parquet file. What has no counterpart there, or none that keeps its meaning, is text:
/// TIME (which may be negative, and longer than a day), ENUM and SET, text of other character sets.
pub(super) fn stored_type(ty: &SqlType) -> DataType {
    match ty.kind {
        TypeKind::Time | TypeKind::Enum | TypeKind::Set => DataType::Utf8,
        kind if kind.is_text() => DataType::Utf8,
        _ => sqlift::arrow::data_type(ty),
    }
}

/// The column as a Parquet file has it.
pub(super) fn stored(array: &ArrayRef, ty: &SqlType) -> ArrayRef {
    if *array.data_type() == stored_type(ty) {
        return array.clone();
    }
    texts(array, ty)
}

/// The texts of all rows.
pub(super) fn texts(array: &ArrayRef, ty: &SqlType) -> ArrayRef {
    let cells = Cells::new(array, ty);
    let texts = (0..array.len()).map(|row| cells.text(row));
    Arc::new(texts.collect::<StringArray>())
}
