//! Vectors of chunks as one Arrow array.

use crate::batch::Sink;
use arrow_array::builder::{BinaryBuilder, BooleanBufferBuilder, StringBuilder};
use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Decimal256Array,
    DurationMicrosecondArray, Float32Array, Float64Array, Int64Array, TimestampMicrosecondArray,
    UInt64Array,
};
use arrow_buffer::{BooleanBuffer, NullBuffer, i256};
use arrow_schema::{DataType, TimeUnit};
use sqlift_functions::RowContext;
use sqlift_functions::kernel::{Lanes, Packing, Vector};
use sqlift_functions::native::Native;
use sqlift_types::json::write_held_text;
use sqlift_types::temporal::{self, calendar};
use sqlift_types::{Datum, Error, Repr, SqlType, TypeKind};
use std::sync::Arc;

/// The Arrow type that values of a MySQL type leave as.
///
/// Truth values are Boolean, integers Int64 or UInt64, DECIMAL Decimal128 (up to 38 digits) or Decimal256, DATE Date32, DATETIME
/// Timestamp(Microsecond), TIME Duration(Microsecond), text Utf8 (of character sets other than utf8: Binary), binary strings Binary.
/// Dates that Arrow does not have (`0000-00-00`, `2024-02-00`) are errors of their row.
pub fn data_type(ty: &SqlType) -> DataType {
    match ty.repr() {
        Repr::Bool => DataType::Boolean,
        Repr::Int => DataType::Int64,
        Repr::UInt => DataType::UInt64,
        Repr::Double if ty.kind == TypeKind::Float => DataType::Float32,
        Repr::Double => DataType::Float64,
        Repr::Dec64 | Repr::Dec128 => {
            DataType::Decimal128(ty.length.clamp(1, 38) as u8, ty.decimals as i8)
        }
        Repr::Dec256 => DataType::Decimal256(ty.length.clamp(1, 76) as u8, ty.decimals as i8),
        Repr::Date => DataType::Date32,
        Repr::DateTime => DataType::Timestamp(TimeUnit::Microsecond, None),
        Repr::Time => DataType::Duration(TimeUnit::Microsecond),
        Repr::Json => DataType::Utf8,
        Repr::Bytes if is_utf8(ty) => DataType::Utf8,
        Repr::Bytes => DataType::Binary,
    }
}

fn is_utf8(ty: &SqlType) -> bool {
    use sqlift_collation::Charset;
    let charset = ty.collation.get().map(|c| c.charset());
    !ty.kind.is_binary()
        && matches!(
            charset,
            Some(Charset::Utf8mb4 | Charset::Utf8mb3 | Charset::Ascii)
        )
}

/// Values collected so far.
enum Values {
    Bool(BooleanBufferBuilder),
    Int(Vec<i64>),
    UInt(Vec<u64>),
    Float(Vec<f32>),
    Double(Vec<f64>),
    Decimal128(Vec<i128>),
    Decimal256(Vec<i256>),
    Date(Vec<i32>),
    DateTime(Vec<i64>),
    Time(Vec<i64>),
    Text(StringBuilder),
    Binary(BinaryBuilder),
}

/// An array being made.
pub(super) struct Output {
    values: Values,
    valid: BooleanBufferBuilder,
    data_type: DataType,
    errors: Vec<(usize, Error)>,
}

impl Output {
    pub(super) fn new(ty: &SqlType, rows: usize) -> Output {
        let data_type = data_type(ty);
        let values = match &data_type {
            DataType::Boolean => Values::Bool(BooleanBufferBuilder::new(rows)),
            DataType::Int64 => Values::Int(Vec::with_capacity(rows)),
            DataType::UInt64 => Values::UInt(Vec::with_capacity(rows)),
            DataType::Float32 => Values::Float(Vec::with_capacity(rows)),
            DataType::Float64 => Values::Double(Vec::with_capacity(rows)),
            DataType::Decimal128(..) => Values::Decimal128(Vec::with_capacity(rows)),
            DataType::Decimal256(..) => Values::Decimal256(Vec::with_capacity(rows)),
            DataType::Date32 => Values::Date(Vec::with_capacity(rows)),
            DataType::Timestamp(..) => Values::DateTime(Vec::with_capacity(rows)),
            DataType::Duration(_) => Values::Time(Vec::with_capacity(rows)),
            DataType::Utf8 => Values::Text(StringBuilder::with_capacity(rows, rows * 8)),
            _ => Values::Binary(BinaryBuilder::with_capacity(rows, rows * 8)),
        };
        Output {
            values,
            valid: BooleanBufferBuilder::new(rows),
            data_type,
            errors: Vec::new(),
        }
    }

    /// The array, and rows whose values Arrow does not have.
    pub(super) fn finish(mut self) -> (ArrayRef, Vec<(usize, Error)>) {
        let valid = NullBuffer::new(self.valid.finish());
        let valid = (valid.null_count() > 0).then_some(valid);
        let array: ArrayRef = match self.values {
            Values::Bool(mut bits) => Arc::new(BooleanArray::new(bits.finish(), valid)),
            Values::Int(v) => Arc::new(Int64Array::new(v.into(), valid)),
            Values::UInt(v) => Arc::new(UInt64Array::new(v.into(), valid)),
            Values::Float(v) => Arc::new(Float32Array::new(v.into(), valid)),
            Values::Double(v) => Arc::new(Float64Array::new(v.into(), valid)),
            Values::Decimal128(v) => {
                Arc::new(Decimal128Array::new(v.into(), valid).with_data_type(self.data_type))
            }
            Values::Decimal256(v) => {
                Arc::new(Decimal256Array::new(v.into(), valid).with_data_type(self.data_type))
            }
            Values::Date(v) => Arc::new(Date32Array::new(v.into(), valid)),
            Values::DateTime(v) => Arc::new(TimestampMicrosecondArray::new(v.into(), valid)),
            Values::Time(v) => Arc::new(DurationMicrosecondArray::new(v.into(), valid)),
            Values::Text(mut text) => Arc::new(text.finish()),
            Values::Binary(mut binary) => Arc::new(binary.finish()),
        };
        (array, self.errors)
    }
}

impl Sink for Output {
    fn append<'r>(&mut self, vector: &Vector<'r>, rows: usize, start: usize, _: &RowContext<'r>) {
        let Output {
            values,
            valid,
            errors,
            ..
        } = self;
        match (values, vector) {
            (Values::Bool(out), Vector::Bool(lanes)) => match lanes {
                Lanes::Constant(v) => out.append_n(rows, v.unwrap_or(false)),
                Lanes::Flat { values, .. } => append_bits(out, values),
                Lanes::Packed { packed, .. } => match *packed {},
            },
            (Values::Int(out), Vector::Int(lanes)) => extend(out, lanes, rows, |v| v),
            (Values::UInt(out), Vector::UInt(lanes)) => extend(out, lanes, rows, |v| v),
            (Values::Float(out), Vector::Double(lanes)) => extend(out, lanes, rows, |v| v as f32),
            (Values::Double(out), Vector::Double(lanes)) => extend(out, lanes, rows, |v| v),
            (Values::Decimal128(out), Vector::Dec64(lanes)) => extend(out, lanes, rows, i128::from),
            (Values::Decimal128(out), Vector::Dec128(lanes)) => extend(out, lanes, rows, |v| v),
            (Values::Decimal256(out), Vector::Dec256(lanes)) => {
                extend(out, lanes, rows, |v| i256::from_le_bytes(v.to_le_bytes()));
            }
            (Values::Time(out), Vector::Time(lanes)) => extend(out, lanes, rows, |v| v),
            (Values::Date(out), Vector::Date(lanes)) => {
                for row in 0..rows {
                    let day = lanes.get(row).map(|packed| (packed, days(packed)));
                    let day = checked(day, errors, start + row, date_text);
                    out.push(day.unwrap_or(0) as i32);
                    valid.append(day.is_some());
                }
                return;
            }
            (Values::DateTime(out), Vector::DateTime(lanes)) => {
                for row in 0..rows {
                    let moment = lanes.get(row).map(|packed| (packed, micros(packed)));
                    let moment = checked(moment, errors, start + row, datetime_text);
                    out.push(moment.unwrap_or(0));
                    valid.append(moment.is_some());
                }
                return;
            }
            (Values::Text(out), Vector::Bytes(lanes)) => {
                for row in 0..rows {
                    out.append_option(lanes.get(row).map(String::from_utf8_lossy));
                }
            }
            (Values::Text(out), Vector::Json(lanes)) => {
                for row in 0..rows {
                    let text = lanes.get(row).map(|held| {
                        let mut text = Vec::new();
                        write_held_text(held, &mut text);
                        String::from_utf8_lossy(&text).into_owned()
                    });
                    out.append_option(text);
                }
            }
            (Values::Binary(out), Vector::Bytes(lanes)) => {
                for row in 0..rows {
                    out.append_option(lanes.get(row));
                }
            }
            (_, other) => unreachable!("{} does not leave as {}", other.repr(), self.data_type),
        }
        match sqlift_functions::each_vector!(vector, lanes, M => { let _ = M::REPR; lanes.validity() })
        {
            Ok(None) => valid.append_n(rows, true),
            Ok(Some(lanes)) => append_bits(valid, lanes),
            Err(_) => valid.append_n(rows, false),
        }
    }

    fn replace(&mut self, _: usize, _: Datum) -> Result<(), Error> {
        let message = format!(
            "DECIMAL value is out of range for an Arrow array of {}",
            self.data_type
        );
        Err(Error::new(1690, "22003", message))
    }
}

fn extend<R: Native, T>(
    out: &mut Vec<T>,
    lanes: &Lanes<'_, R>,
    rows: usize,
    convert: impl Fn(R::Val<'_>) -> T,
) {
    match lanes {
        Lanes::Constant(value) => {
            out.extend((0..rows).map(|_| convert(value.unwrap_or(R::blank()))))
        }
        Lanes::Flat { values, .. } => out.extend(values[..rows].iter().map(|v| convert(*v))),
        Lanes::Packed { packed, .. } => {
            out.extend((0..rows).map(|row| convert(packed.value(row))));
        }
    }
}

fn append_bits(out: &mut BooleanBufferBuilder, lanes: &[bool]) {
    let words: Vec<u64> = sqlift_vm::columns::pack(lanes).collect();
    out.append_buffer(&BooleanBuffer::new(words.into(), 0, lanes.len()));
}

/// A converted value, or an error of the row when Arrow does not have it.
fn checked(
    value: Option<(i64, Option<i64>)>,
    errors: &mut Vec<(usize, Error)>,
    row: usize,
    text: fn(i64) -> (&'static str, String),
) -> Option<i64> {
    let (packed, converted) = value?;
    if converted.is_none() {
        let (kind, text) = text(packed);
        let message = format!("Incorrect {kind} value: '{text}' for an Arrow array");
        errors.push((row, Error::new(1292, "22007", message)));
    }
    converted
}

fn date_text(packed: i64) -> (&'static str, String) {
    (
        "date",
        temporal::Date::from_packed_trusted(packed)
            .text()
            .as_str()
            .to_owned(),
    )
}

fn datetime_text(packed: i64) -> (&'static str, String) {
    (
        "datetime",
        temporal::DateTime::from_packed_trusted(packed)
            .text(6)
            .as_str()
            .to_owned(),
    )
}

/// Day number of 1970-01-01.
const EPOCH: i64 = calendar::day_number_of(1970, 1, 1);

/// Days since 1970 of a packed date; `None` for dates that no calendar has.
fn days(packed: i64) -> Option<i64> {
    let date = temporal::Date::from_packed_trusted(packed);
    let real = (1..=12).contains(&date.month())
        && date.day() >= 1
        && date.day() <= calendar::days_in_month(date.year(), date.month());
    real.then(|| calendar::day_number(date) - EPOCH)
}

/// Microseconds since 1970 of a packed datetime.
fn micros(packed: i64) -> Option<i64> {
    let moment = temporal::DateTime::from_packed_trusted(packed);
    let days = days(moment.date().to_packed())?;
    Some(days * temporal::packed::DAY + moment.clock_micros())
}
