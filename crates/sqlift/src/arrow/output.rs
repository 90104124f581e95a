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

/// The values of a batch, in room that the next batch's values may take over.
///
/// A batch of some hundred rows takes less time than making an Arrow array of its results and dropping it. Who looks at the results
/// and needs no array keeps one of these, and hands it to [`Expression::eval_batch_into`](crate::Expression::eval_batch_into) again and
/// again: nothing is allocated then.
///
/// ```
/// use arrow_array::{ArrayRef, Int64Array, RecordBatch};
/// use sqlift::arrow::{BatchValues, Slice, schema_of};
/// use sqlift::{Engine, Session};
/// use std::sync::Arc;
///
/// let prices: ArrayRef = Arc::new(Int64Array::from(vec![Some(20), None, Some(3)]));
/// let batch = RecordBatch::try_from_iter_with_nullable([("price", prices, true)])?;
/// let schema = schema_of(&batch.schema())?;
/// let expression = Engine::new().compile("price * 2", &schema, &Session::default())?;
///
/// let mut context = expression.context();
/// let mut values = BatchValues::new();
/// let mut sum = 0;
/// for batch in [&batch, &batch.slice(2, 1)] {
///     expression.eval_batch_into(batch, &mut values, &mut context)?;
///     if let Slice::Int(doubled) = values.slice() {
///         let known = (0..values.len()).filter(|row| !values.is_null(*row));
///         sum += known.map(|row| doubled[row]).sum::<i64>();
///     }
/// }
/// assert_eq!(sum, 40 + 6 + 6);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct BatchValues {
    rows: usize,
    /// Rows whose values are there.
    filled: usize,
    values: Values,
    /// Empty as long as there is no NULL.
    valid: Vec<u64>,
    data_type: DataType,
    errors: Vec<(usize, Error)>,
}

/// Values collected so far. Bits are in words of 64.
#[derive(Debug)]
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

/// The values of a batch as slices; see [`data_type`] for what they are. What stands where a row is NULL is arbitrary.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(missing_docs, reason = "one variant a type")]
pub enum Slice<'a> {
    /// A bit a row, the lowest first.
    Bool(&'a [u64]),
    Int(&'a [i64]),
    UInt(&'a [u64]),
    Float(&'a [f32]),
    Double(&'a [f64]),
    /// Coefficients.
    Decimal128(&'a [i128]),
    /// Coefficients.
    Decimal256(&'a [i256]),
    /// Days since 1970-01-01.
    Date(&'a [i32]),
    /// Microseconds since 1970-01-01 00:00:00.
    DateTime(&'a [i64]),
    /// Microseconds.
    Time(&'a [i64]),
    /// Row `i` has the bytes from `offsets[i]` to `offsets[i + 1]`: UTF-8 if the type is that of a text.
    Bytes {
        offsets: &'a [i32],
        bytes: &'a [u8],
    },
}

impl Values {
    /// Room for values of an Arrow type.
    fn of(data_type: &DataType, is_ascii: bool) -> Values {
        match data_type {
            DataType::Boolean => Values::Bool(Vec::new()),
            DataType::Int64 => Values::Int(Vec::new()),
            DataType::UInt64 => Values::UInt(Vec::new()),
            DataType::Float32 => Values::Float(Vec::new()),
            DataType::Float64 => Values::Double(Vec::new()),
            DataType::Decimal128(..) => Values::Decimal128(Vec::new()),
            DataType::Decimal256(..) => Values::Decimal256(Vec::new()),
            DataType::Date32 => Values::Date(Vec::new()),
            DataType::Timestamp(..) => Values::DateTime(Vec::new()),
            DataType::Duration(_) => Values::Time(Vec::new()),
            DataType::Utf8 if is_ascii => Values::Ascii(Collected::new()),
            DataType::Utf8 => Values::Text(Collected::new()),
            _ => Values::Binary(Collected::new()),
        }
    }

    /// Forgets the values and makes room for so many.
    fn begin(&mut self, rows: usize) {
        fn room<T>(values: &mut Vec<T>, count: usize) {
            values.clear();
            values.reserve_exact(count);
        }
        match self {
            Values::Bool(words) => room(words, rows.div_ceil(64)),
            Values::Int(values) | Values::DateTime(values) | Values::Time(values) => {
                room(values, rows);
            }
            Values::UInt(values) => room(values, rows),
            Values::Float(values) => room(values, rows),
            Values::Double(values) => room(values, rows),
            Values::Decimal128(values) => room(values, rows),
            Values::Decimal256(values) => room(values, rows),
            Values::Date(values) => room(values, rows),
            Values::Text(texts) | Values::Ascii(texts) | Values::Binary(texts) => {
                texts.begin(rows);
            }
        }
    }
}

impl Default for BatchValues {
    fn default() -> BatchValues {
        BatchValues::new()
    }
}

impl BatchValues {
    /// Room that takes the values of any expression.
    pub fn new() -> BatchValues {
        BatchValues {
            rows: 0,
            filled: 0,
            values: Values::Int(Vec::new()),
            valid: Vec::new(),
            data_type: DataType::Int64,
            errors: Vec::new(),
        }
    }

    /// Forgets what is there and makes ready for so many values of a type.
    pub(crate) fn begin(&mut self, ty: &SqlType, rows: usize) {
        let (data_type, is_ascii) = (data_type(ty), is_ascii(ty));
        if self.data_type != data_type || matches!(self.values, Values::Ascii(_)) != is_ascii {
            self.values = Values::of(&data_type, is_ascii);
            self.data_type = data_type;
        }
        (self.rows, self.filled) = (rows, 0);
        self.values.begin(rows);
        self.valid.clear();
        self.errors.clear();
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// The values.
    pub fn slice(&self) -> Slice<'_> {
        match &self.values {
            Values::Bool(words) => Slice::Bool(words),
            Values::Int(values) => Slice::Int(values),
            Values::UInt(values) => Slice::UInt(values),
            Values::Float(values) => Slice::Float(values),
            Values::Double(values) => Slice::Double(values),
            Values::Decimal128(values) => Slice::Decimal128(values),
            Values::Decimal256(values) => Slice::Decimal256(values),
            Values::Date(values) => Slice::Date(values),
            Values::DateTime(values) => Slice::DateTime(values),
            Values::Time(values) => Slice::Time(values),
            Values::Text(texts) | Values::Ascii(texts) | Values::Binary(texts) => {
                let (offsets, bytes) = texts.slices();
                Slice::Bytes { offsets, bytes }
            }
        }
    }

    /// A bit a row, the lowest first, which is 1 unless the row is NULL; `None`: no row is.
    pub fn validity(&self) -> Option<&[u64]> {
        (!self.valid.is_empty()).then_some(&self.valid)
    }

    /// Whether a row is NULL.
    pub fn is_null(&self, row: usize) -> bool {
        self.validity()
            .is_some_and(|valid| valid[row / 64] >> (row % 64) & 1 == 0)
    }

    /// Turns NULL into false, where the values are truths.
    pub(super) fn drop_nulls(&mut self) {
        if let Values::Bool(words) = &mut self.values {
            for (word, valid) in words.iter_mut().zip(&self.valid) {
                *word &= valid;
            }
            self.valid.clear();
        }
    }

    /// The validity of the rows that are there, if one is NULL or `nulls` says that one will be.
    fn valid(&mut self, nulls: bool) -> Option<&mut Vec<u64>> {
        if self.valid.is_empty() {
            if !nulls {
                return None;
            }
            self.valid.reserve_exact(self.rows.div_ceil(64));
            self.valid.resize(self.filled.div_ceil(64), u64::MAX);
        }
        Some(&mut self.valid)
    }

    /// Where native code puts the values of whole blocks; `None` if they are not what it makes.
    #[cfg(feature = "jit")]
    pub(super) fn buffer(&mut self) -> Option<sqlift_jit::OutputValues<'_>> {
        use sqlift_jit::OutputValues as To;
        Some(match &mut self.values {
            Values::Bool(words) => To::Bits(words),
            Values::Int(values) | Values::Time(values) => To::I64(values),
            Values::UInt(values) => To::U64(values),
            Values::Double(values) => To::F64(values),
            Values::Decimal128(values) => To::Decimal128(values),
            _ => return None,
        })
    }

    /// Takes the validity of what native code has put in the [`BatchValues::buffer`].
    #[cfg(feature = "jit")]
    pub(super) fn set_validity(&mut self, validity: &[u64]) {
        self.filled = validity.len() * 64;
        if validity.iter().any(|word| *word != u64::MAX) {
            self.valid.extend_from_slice(validity);
        }
    }

    /// Forgets the values.
    #[cfg(feature = "jit")]
    pub(super) fn clear(&mut self) {
        self.values.begin(self.rows);
        self.valid.clear();
        self.filled = 0;
    }

    /// Puts the validity of a chunk's rows.
    fn put_validity(&mut self, start: usize, lanes: &[bool]) {
        let nulls = lanes.contains(&false);
        if let Some(valid) = self.valid(nulls) {
            put_bits(valid, start, lanes);
        }
    }

    /// Takes the rows whose values Arrow does not have.
    pub(crate) fn take_errors(&mut self) -> Vec<(usize, Error)> {
        std::mem::take(&mut self.errors)
    }

    /// The mask that truths without NULLs are.
    pub(super) fn into_mask(self) -> BooleanArray {
        let words = match self.values {
            Values::Bool(words) => words,
            other => unreachable!("{other:?} are no truths"),
        };
        let bits = BooleanBuffer::new(Buffer::from_vec(words), 0, self.rows);
        BooleanArray::new(bits, None)
    }

    /// The values as an array.
    pub fn into_array(self) -> ArrayRef {
        let rows = self.rows;
        let bits = |words: Vec<u64>| BooleanBuffer::new(Buffer::from_vec(words), 0, rows);
        let valid = (!self.valid.is_empty()).then(|| NullBuffer::new(bits(self.valid)));
        let valid = valid.filter(|valid| valid.null_count() > 0);
        match self.values {
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
        }
    }
}

impl Sink for BatchValues {
    fn append<'r>(
        &mut self,
        vector: &Vector<'r>,
        _: Option<&[u8]>,
        rows: usize,
        start: usize,
        _: &RowContext<'r>,
    ) {
        let BatchValues { values, errors, .. } = self;
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
                self.put_validity(start, &is_day);
                self.filled = self.filled.max(start + rows);
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
                self.put_validity(start, &is_moment);
                self.filled = self.filled.max(start + rows);
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
            Ok(None) => {
                if let Some(valid) = self.valid(false) {
                    put_same(valid, start, rows, true);
                }
            }
            Ok(Some(lanes)) => self.put_validity(start, &lanes[..rows]),
            Err(_) => {
                if let Some(valid) = self.valid(true) {
                    put_same(valid, start, rows, false);
                }
            }
        }
        self.filled = self.filled.max(start + rows);
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
