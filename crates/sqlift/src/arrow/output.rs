//! Vectors of chunks as one Arrow array.

use super::texts::Collected;
use crate::batch::Sink;
use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Decimal256Array,
    DurationMicrosecondArray, Float32Array, Float64Array, Int64Array, TimestampMicrosecondArray,
    UInt64Array,
};
use arrow_buffer::{BooleanBuffer, Buffer, NullBuffer, i256};
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

fn is_ascii(ty: &SqlType) -> bool {
    use sqlift_collation::Charset;
    let charset = ty.collation.get().map(|c| c.charset());
    ty.kind != TypeKind::Json && charset == Some(Charset::Ascii)
}

/// Bytes of the character set ascii as the server sends them to a client of utf8: what is no character there is a question mark.
fn ascii(bytes: &[u8]) -> String {
    let character = |byte: &u8| {
        if byte.is_ascii() {
            char::from(*byte)
        } else {
            '?'
        }
    };
    bytes.iter().map(character).collect()
}

/// Values collected so far. Bits are in words of 64.
enum Values {
    Bool(Vec<u64>),
    Int(Vec<i64>),
    UInt(Vec<u64>),
    Float(Vec<f32>),
    Double(Vec<f64>),
    Decimal128(Vec<i128>),
    Decimal256(Vec<i256>),
    Date(Vec<i32>),
    DateTime(Vec<i64>),
    Time(Vec<i64>),
    Text(Collected),
    /// Of the character set ascii.
    Ascii(Collected),
    Binary(Collected),
}

/// An array being made.
///
/// Chunks come in any order that leaves no gap, and begin at multiples of 64 rows; what comes again replaces what was there.
pub(crate) struct Output {
    rows: usize,
    values: Values,
    valid: Vec<u64>,
    data_type: DataType,
    errors: Vec<(usize, Error)>,
}

impl Output {
    pub(crate) fn new(ty: &SqlType, rows: usize) -> Output {
        let data_type = data_type(ty);
        let values = match &data_type {
            DataType::Boolean => Values::Bool(Vec::with_capacity(rows.div_ceil(64))),
            DataType::Int64 => Values::Int(Vec::with_capacity(rows)),
            DataType::UInt64 => Values::UInt(Vec::with_capacity(rows)),
            DataType::Float32 => Values::Float(Vec::with_capacity(rows)),
            DataType::Float64 => Values::Double(Vec::with_capacity(rows)),
            DataType::Decimal128(..) => Values::Decimal128(Vec::with_capacity(rows)),
            DataType::Decimal256(..) => Values::Decimal256(Vec::with_capacity(rows)),
            DataType::Date32 => Values::Date(Vec::with_capacity(rows)),
            DataType::Timestamp(..) => Values::DateTime(Vec::with_capacity(rows)),
            DataType::Duration(_) => Values::Time(Vec::with_capacity(rows)),
            DataType::Utf8 if is_ascii(ty) => Values::Ascii(Collected::with_capacity(rows)),
            DataType::Utf8 => Values::Text(Collected::with_capacity(rows)),
            _ => Values::Binary(Collected::with_capacity(rows)),
        };
        Output {
            rows,
            values,
            valid: Vec::with_capacity(rows.div_ceil(64)),
            data_type,
            errors: Vec::new(),
        }
    }

    /// Where native code puts the results of whole blocks; `None` if the array's values are not what it makes.
    #[cfg(feature = "jit")]
    pub(super) fn buffer(&mut self) -> Option<sqlift_jit::OutputBuffer<'_>> {
        use sqlift_jit::OutputValues as To;
        let values = match &mut self.values {
            Values::Bool(words) => To::Bits(words),
            Values::Int(values) | Values::Time(values) => To::I64(values),
            Values::UInt(values) => To::U64(values),
            Values::Double(values) => To::F64(values),
            Values::Decimal128(values) => To::Decimal128(values),
            _ => return None,
        };
        let validity = &mut self.valid;
        Some(sqlift_jit::OutputBuffer { values, validity })
    }

    /// Forgets what was collected, of values that have a [`Output::buffer`].
    #[cfg(feature = "jit")]
    pub(super) fn clear(&mut self) {
        match &mut self.values {
            Values::Bool(words) => words.clear(),
            Values::Int(values) | Values::Time(values) => values.clear(),
            Values::UInt(values) => values.clear(),
            Values::Double(values) => values.clear(),
            Values::Decimal128(values) => values.clear(),
            _ => {}
        }
        self.valid.clear();
    }

    /// The array, and rows whose values Arrow does not have.
    pub(crate) fn finish(self) -> (ArrayRef, Vec<(usize, Error)>) {
        let rows = self.rows;
        let bits = |words: Vec<u64>| BooleanBuffer::new(Buffer::from_vec(words), 0, rows);
        let valid = NullBuffer::new(bits(self.valid));
        let valid = (valid.null_count() > 0).then_some(valid);
        let array: ArrayRef = match self.values {
            Values::Bool(words) => Arc::new(BooleanArray::new(bits(words), valid)),
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
            Values::Text(texts) | Values::Ascii(texts) => texts.into_texts(valid),
            Values::Binary(strings) => strings.into_binary(valid),
        };
        (array, self.errors)
    }
}

impl Sink for Output {
    fn append<'r>(
        &mut self,
        vector: &Vector<'r>,
        _: Option<&[u8]>,
        rows: usize,
        start: usize,
        _: &RowContext<'r>,
    ) {
        let Output {
            values,
            valid,
            errors,
            ..
        } = self;
        let place = (start, rows);
        match (values, vector) {
            (Values::Bool(out), Vector::Bool(lanes)) => match lanes {
                Lanes::Constant(v) => put_same(out, start, rows, v.unwrap_or(false)),
                Lanes::Flat { values, .. } => put_bits(out, start, &values[..rows]),
                Lanes::Packed { packed, .. } => match *packed {},
            },
            (Values::Int(out), Vector::Int(lanes)) => put_lanes(out, lanes, place, |v| v),
            (Values::UInt(out), Vector::UInt(lanes)) => put_lanes(out, lanes, place, |v| v),
            (Values::Float(out), Vector::Double(lanes)) => {
                put_lanes(out, lanes, place, |v| v as f32);
            }
            (Values::Double(out), Vector::Double(lanes)) => put_lanes(out, lanes, place, |v| v),
            (Values::Decimal128(out), Vector::Dec64(lanes)) => {
                put_lanes(out, lanes, place, i128::from);
            }
            (Values::Decimal128(out), Vector::Dec128(lanes)) => put_lanes(out, lanes, place, |v| v),
            (Values::Decimal256(out), Vector::Dec256(lanes)) => {
                put_lanes(out, lanes, place, |v| i256::from_le_bytes(v.to_le_bytes()));
            }
            (Values::Time(out), Vector::Time(lanes)) => put_lanes(out, lanes, place, |v| v),
            (Values::Date(out), Vector::Date(lanes)) => {
                let mut is_day = Vec::with_capacity(rows);
                let days = (0..rows).map(|row| {
                    let day = lanes.get(row).map(|packed| (packed, days(packed)));
                    let day = checked(day, errors, start + row, date_text);
                    is_day.push(day.is_some());
                    day.unwrap_or(0) as i32
                });
                put(out, start, days.collect::<Vec<i32>>().into_iter());
                put_bits(valid, start, &is_day);
                return;
            }
            (Values::DateTime(out), Vector::DateTime(lanes)) => {
                let mut is_moment = Vec::with_capacity(rows);
                let moments = (0..rows).map(|row| {
                    let moment = lanes.get(row).map(|packed| (packed, micros(packed)));
                    let moment = checked(moment, errors, start + row, datetime_text);
                    is_moment.push(moment.is_some());
                    moment.unwrap_or(0)
                });
                put(out, start, moments.collect::<Vec<i64>>().into_iter());
                put_bits(valid, start, &is_moment);
                return;
            }
            (Values::Text(out), Vector::Bytes(lanes)) => out.push_texts(lanes, rows),
            (Values::Ascii(out), Vector::Bytes(lanes)) => {
                for row in 0..rows {
                    out.push(ascii(lanes.get(row).unwrap_or_default()).as_bytes());
                }
            }
            (Values::Text(out), Vector::Json(lanes)) => {
                let mut text = Vec::new();
                for row in 0..rows {
                    text.clear();
                    if let Some(held) = lanes.get(row) {
                        write_held_text(held, &mut text);
                    }
                    out.push(String::from_utf8_lossy(&text).as_bytes());
                }
            }
            (Values::Binary(out), Vector::Bytes(lanes)) => out.push_bytes(lanes, rows),
            (_, other) => unreachable!("{} does not leave as {}", other.repr(), self.data_type),
        }
        match sqlift_functions::each_vector!(vector, lanes, M => { let _ = M::REPR; lanes.validity() })
        {
            Ok(None) => put_same(valid, start, rows, true),
            Ok(Some(lanes)) => put_bits(valid, start, &lanes[..rows]),
            Err(_) => put_same(valid, start, rows, false),
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

/// Puts values in the places from `start` on: over what is there, else behind it.
fn put<T>(out: &mut Vec<T>, start: usize, mut values: impl ExactSizeIterator<Item = T>) {
    debug_assert!(start <= out.len(), "chunks leave no gap");
    let there = out.len().min(start + values.len());
    for (place, value) in out[start..there].iter_mut().zip(values.by_ref()) {
        *place = value;
    }
    out.extend(values);
}

fn put_lanes<R: Native, T: Copy>(
    out: &mut Vec<T>,
    lanes: &Lanes<'_, R>,
    (start, rows): (usize, usize),
    convert: impl Fn(R::Val<'_>) -> T,
) {
    match lanes {
        Lanes::Constant(value) => {
            let value = convert(value.unwrap_or(R::blank()));
            put(out, start, std::iter::repeat_n(value, rows));
        }
        Lanes::Flat { values, .. } => put(out, start, values[..rows].iter().map(|v| convert(*v))),
        Lanes::Packed { packed, .. } => {
            put(out, start, (0..rows).map(|row| convert(packed.value(row))));
        }
    }
}

fn put_bits(out: &mut Vec<u64>, start: usize, lanes: &[bool]) {
    put(out, start / 64, sqlift_vm::columns::pack(lanes));
}

fn put_same(out: &mut Vec<u64>, start: usize, rows: usize, bit: bool) {
    let words = std::iter::repeat_n(if bit { u64::MAX } else { 0 }, rows.div_ceil(64));
    put(out, start / 64, words);
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
