//! Columns, as Arrow lays them out, to the vectors of a chunk.
//!
//! Nothing here knows Arrow: a column is slices and bitmaps. 64-bit numbers are used in place; whatever is held otherwise is
//! converted a chunk at a time. A value that the program's representation has no room for gives its row up, as a cell of a wrong
//! type does in the row form.

pub use crate::bitmap::{Bitmap, pack};
pub use crate::views::Views;

use crate::moments::{any_date, date, datetime, fit, time};
use bumpalo::Bump;
use sqlift_functions::kernel::{BatchContext, Lanes, Texts, Vector};
use sqlift_functions::native::*;
use sqlift_functions::{CallId, Exit, Reason};
use sqlift_ir::Slot;
use sqlift_types::{I256, Repr, Value};

/// A column: values, and which are not NULL.
#[derive(Clone, Copy, Debug)]
pub struct Column<'c> {
    /// The values; what stands where a row is NULL is arbitrary.
    pub data: Data<'c>,
    /// Rows that are not NULL; `None`: all of them.
    pub valid: Option<Bitmap<'c>>,
}

/// The unit of a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum TimeUnit {
    Second,
    Millisecond,
    Microsecond,
    /// Cut to microseconds: MySQL has no finer fractions.
    Nanosecond,
}

/// The values of a column.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "Arrow's names")]
pub enum Data<'c> {
    Bool(Bitmap<'c>),
    Int8(&'c [i8]),
    Int16(&'c [i16]),
    Int32(&'c [i32]),
    Int64(&'c [i64]),
    UInt8(&'c [u8]),
    UInt16(&'c [u16]),
    UInt32(&'c [u32]),
    UInt64(&'c [u64]),
    Float32(&'c [f32]),
    Float64(&'c [f64]),
    /// Coefficients of decimals of one scale.
    Decimal128 {
        values: &'c [i128],
        scale: u8,
    },
    /// Coefficients of decimals of one scale.
    Decimal256 {
        values: &'c [I256],
        scale: u8,
    },
    /// Days since 1970-01-01.
    Date32(&'c [i32]),
    /// Units since 1970-01-01 00:00:00, local to the session.
    Timestamp {
        values: &'c [i64],
        unit: TimeUnit,
    },
    /// Units since midnight, or a duration.
    Time32 {
        values: &'c [i32],
        unit: TimeUnit,
    },
    /// Units since midnight, or a duration.
    Time64 {
        values: &'c [i64],
        unit: TimeUnit,
    },
    /// Row `i` has the bytes from `offsets[i]` to `offsets[i + 1]`.
    Bytes32 {
        offsets: &'c [i32],
        bytes: &'c [u8],
    },
    /// Row `i` has the bytes from `offsets[i]` to `offsets[i + 1]`.
    Bytes64 {
        offsets: &'c [i64],
        bytes: &'c [u8],
    },
    /// Bytes wherever they are.
    Slices(&'c [&'c [u8]]),
    /// Bytes told by views.
    Views(Views<'c>),
    /// Row `i` has the value at place `keys[i]`; keys are integers.
    Dictionary {
        keys: &'c Data<'c>,
        values: &'c Column<'c>,
    },
}

impl<'r> Column<'r> {
    /// The rows from `start` on as a vector that is held as `slot` says. Rows whose value cannot be held so are given up (batch
    /// exits of [`CallId::NONE`]) and NULL.
    ///
    /// # Panics
    ///
    /// When the column has fewer than `start + batch.rows` rows.
    pub fn load(&self, slot: Slot, start: usize, batch: &BatchContext<'r>) -> Vector<'r> {
        let arena = batch.cx.arena;
        let valid = self
            .valid
            .and_then(|v| v.validity(start, batch.rows, arena));
        let load = Load {
            batch,
            start,
            valid,
        };
        match self.data {
            Data::Dictionary { keys, values } => load.dictionary(keys, values, slot),
            data => load.plain(data, slot),
        }
    }

    /// The cell of one row, as the column holds it. `None` if it is none that MySQL has (a date past the year 9999), or there is
    /// no such row.
    pub fn cell(&self, row: usize, arena: &'r Bump) -> Option<Value<'r>> {
        if row >= self.data.rows() {
            return None;
        }
        if self.valid.is_some_and(|valid| !valid.get(row)) {
            return Some(Value::Null);
        }
        Some(match self.data {
            Data::Bool(bits) => Value::Int(bits.get(row).into()),
            Data::Int8(v) => Value::Int((*v.get(row)?).into()),
            Data::Int16(v) => Value::Int((*v.get(row)?).into()),
            Data::Int32(v) => Value::Int((*v.get(row)?).into()),
            Data::Int64(v) => Value::Int(*v.get(row)?),
            Data::UInt8(v) => Value::UInt((*v.get(row)?).into()),
            Data::UInt16(v) => Value::UInt((*v.get(row)?).into()),
            Data::UInt32(v) => Value::UInt((*v.get(row)?).into()),
            Data::UInt64(v) => Value::UInt(*v.get(row)?),
            Data::Float32(v) => Value::Double((*v.get(row)?).into()),
            Data::Float64(v) => Value::Double(*v.get(row)?),
            Data::Decimal128 { values, scale } => Value::Dec128 {
                scale,
                coefficient: (*values.get(row)?).into(),
            },
            Data::Decimal256 { values, scale } => {
                let coefficient = &*arena.alloc(*values.get(row)?);
                Value::Dec256 { scale, coefficient }
            }
            Data::Date32(v) => any_date(*v.get(row)?).map(Value::Date)?,
            Data::Timestamp { values, unit } => {
                fit(datetime(*values.get(row)?, unit)).map(Value::DateTime)?
            }
            Data::Time32 { values, unit } => {
                fit(time((*values.get(row)?).into(), unit)).map(Value::Time)?
            }
            Data::Time64 { values, unit } => fit(time(*values.get(row)?, unit)).map(Value::Time)?,
            Data::Bytes32 { offsets, bytes } => Value::Bytes(between(offsets, bytes, row)?),
            Data::Bytes64 { offsets, bytes } => Value::Bytes(between(offsets, bytes, row)?),
            Data::Slices(v) => Value::Bytes(v.get(row)?),
            Data::Views(v) => Value::Bytes(v.text(row)?),
            Data::Dictionary { keys, values } => values.cell(keys.place(row)?, arena)?,
        })
    }
}

impl<'r> Data<'r> {
    /// How many rows there are; of truth values, how many there may be.
    pub fn rows(&self) -> usize {
        match self {
            Data::Bool(bits) => bits.rows(),
            Data::Int8(v) => v.len(),
            Data::Int16(v) => v.len(),
            Data::Int32(v) | Data::Date32(v) | Data::Time32 { values: v, .. } => v.len(),
            Data::Int64(v) | Data::Timestamp { values: v, .. } | Data::Time64 { values: v, .. } => {
                v.len()
            }
            Data::UInt8(v) => v.len(),
            Data::UInt16(v) => v.len(),
            Data::UInt32(v) => v.len(),
            Data::UInt64(v) => v.len(),
            Data::Float32(v) => v.len(),
            Data::Float64(v) => v.len(),
            Data::Decimal128 { values, .. } => values.len(),
            Data::Decimal256 { values, .. } => values.len(),
            Data::Bytes32 { offsets, .. } => offsets.len().saturating_sub(1),
            Data::Bytes64 { offsets, .. } => offsets.len().saturating_sub(1),
            Data::Slices(v) => v.len(),
            Data::Views(v) => v.views.len(),
            Data::Dictionary { keys, .. } => keys.rows(),
        }
    }

    /// A key as an index.
    fn place(&self, row: usize) -> Option<usize> {
        match *self {
            Data::Int8(v) => (*v.get(row)?).try_into().ok(),
            Data::Int16(v) => (*v.get(row)?).try_into().ok(),
            Data::Int32(v) => (*v.get(row)?).try_into().ok(),
            Data::Int64(v) => (*v.get(row)?).try_into().ok(),
            Data::UInt8(v) => Some((*v.get(row)?).into()),
            Data::UInt16(v) => Some((*v.get(row)?).into()),
            Data::UInt32(v) => (*v.get(row)?).try_into().ok(),
            Data::UInt64(v) => (*v.get(row)?).try_into().ok(),
            _ => None,
        }
    }

    /// The values at these places, one behind the other; anything where there is none. `None` for
    /// dictionaries of dictionaries or truth values, which nothing makes.
    fn gather(&self, places: &[Option<usize>], arena: &'r Bump) -> Option<Data<'r>> {
        fn pick<'r, T: Copy>(v: &[T], blank: T, at: &[Option<usize>], arena: &'r Bump) -> &'r [T] {
            let value = |i: usize| {
                at[i]
                    .and_then(|place| v.get(place).copied())
                    .unwrap_or(blank)
            };
            arena.alloc_slice_fill_with(at.len(), value)
        }
        Some(match *self {
            Data::Int8(v) => Data::Int8(pick(v, 0, places, arena)),
            Data::Int16(v) => Data::Int16(pick(v, 0, places, arena)),
            Data::Int32(v) => Data::Int32(pick(v, 0, places, arena)),
            Data::Int64(v) => Data::Int64(pick(v, 0, places, arena)),
            Data::UInt8(v) => Data::UInt8(pick(v, 0, places, arena)),
            Data::UInt16(v) => Data::UInt16(pick(v, 0, places, arena)),
            Data::UInt32(v) => Data::UInt32(pick(v, 0, places, arena)),
            Data::UInt64(v) => Data::UInt64(pick(v, 0, places, arena)),
            Data::Float32(v) => Data::Float32(pick(v, 0.0, places, arena)),
            Data::Float64(v) => Data::Float64(pick(v, 0.0, places, arena)),
            Data::Decimal128 { values, scale } => {
                let values = pick(values, 0, places, arena);
                Data::Decimal128 { values, scale }
            }
            Data::Decimal256 { values, scale } => {
                let values = pick(values, I256::ZERO, places, arena);
                Data::Decimal256 { values, scale }
            }
            Data::Date32(v) => Data::Date32(pick(v, 0, places, arena)),
            Data::Timestamp { values, unit } => {
                let values = pick(values, 0, places, arena);
                Data::Timestamp { values, unit }
            }
            Data::Time32 { values, unit } => {
                let values = pick(values, 0, places, arena);
                Data::Time32 { values, unit }
            }
            Data::Time64 { values, unit } => {
                let values = pick(values, 0, places, arena);
                Data::Time64 { values, unit }
            }
            Data::Slices(v) => Data::Slices(pick(v, &[], places, arena)),
            Data::Bytes32 { .. } | Data::Bytes64 { .. } | Data::Views(_) => {
                let value = |i: usize| places[i].and_then(|at| self.bytes(at)).unwrap_or(&[]);
                Data::Slices(arena.alloc_slice_fill_with(places.len(), value))
            }
            Data::Dictionary { .. } | Data::Bool(_) => return None,
        })
    }

    fn bytes(&self, row: usize) -> Option<&'r [u8]> {
        match *self {
            Data::Bytes32 { offsets, bytes } => between(offsets, bytes, row),
            Data::Bytes64 { offsets, bytes } => between(offsets, bytes, row),
            Data::Slices(slices) => slices.get(row).copied(),
            Data::Views(views) => views.text(row),
            _ => None,
        }
    }
}

/// A conversion of a chunk's values, each of which may not fit, on the machine's best instructions.
struct Convert<'a, 'r, T, F>(&'a [T], &'r Bump, F);

impl<'r, T: Copy, V: Copy + 'r, F: Fn(T) -> (V, bool)> pulp::NullaryFnOnce
    for Convert<'_, 'r, T, F>
{
    type Output = (&'r [V], bool);
    #[inline(always)]
    fn call(self) -> (&'r [V], bool) {
        let Convert(values, arena, convert) = self;
        let mut all_fit = true;
        let converted = arena.alloc_slice_fill_with(values.len(), |row| {
            let (value, fits) = convert(values[row]);
            all_fit &= fits;
            value
        });
        (converted, all_fit)
    }
}

/// One column on its way into a chunk.
struct Load<'a, 'r> {
    batch: &'a BatchContext<'r>,
    start: usize,
    valid: Option<&'r [bool]>,
}

impl<'r> Load<'_, 'r> {
    fn plain(&self, data: Data<'r>, slot: Slot) -> Vector<'r> {
        use Repr as Is;
        match (data, slot.repr) {
            (Data::Int64(v), Is::Int) => self.in_place::<Int>(v),
            (Data::UInt64(v), Is::UInt) => self.in_place::<UInt>(v),
            (Data::Float64(v), Is::Double) => self.in_place::<Double>(v),
            (Data::Int8(v), Is::Int) => self.map::<Int, _>(v, i64::from),
            (Data::Int16(v), Is::Int) => self.map::<Int, _>(v, i64::from),
            (Data::Int32(v), Is::Int) => self.map::<Int, _>(v, i64::from),
            (Data::UInt8(v), Is::Int) => self.map::<Int, _>(v, i64::from),
            (Data::UInt16(v), Is::Int) => self.map::<Int, _>(v, i64::from),
            (Data::UInt32(v), Is::Int) => self.map::<Int, _>(v, i64::from),
            (Data::UInt64(v), Is::Int) => self.check::<Int, _>(v, |v| (v as i64, v as i64 >= 0)),
            (Data::UInt8(v), Is::UInt) => self.map::<UInt, _>(v, u64::from),
            (Data::UInt16(v), Is::UInt) => self.map::<UInt, _>(v, u64::from),
            (Data::UInt32(v), Is::UInt) => self.map::<UInt, _>(v, u64::from),
            (Data::Int8(v), Is::UInt) => self.check::<UInt, _>(v, |v| (v as u64, v >= 0)),
            (Data::Int16(v), Is::UInt) => self.check::<UInt, _>(v, |v| (v as u64, v >= 0)),
            (Data::Int32(v), Is::UInt) => self.check::<UInt, _>(v, |v| (v as u64, v >= 0)),
            (Data::Int64(v), Is::UInt) => self.check::<UInt, _>(v, |v| (v as u64, v >= 0)),
            (Data::Float32(v), Is::Double) => self.map::<Double, _>(v, f64::from),
            (Data::Bool(bits), Is::Bool) => self.vector::<Bool>(self.lanes(bits)),
            (Data::Bool(bits), Is::Int) => self.map_part::<Int, _>(self.lanes(bits), i64::from),
            (Data::Bool(bits), Is::UInt) => self.map_part::<UInt, _>(self.lanes(bits), u64::from),
            (Data::Decimal128 { values, scale }, Is::Dec64) if scale == slot.scale => {
                let narrow = |v: i128| (v as i64, i128::from(v as i64) == v);
                self.check::<Dec64, _>(values, narrow)
            }
            (Data::Decimal128 { values, scale }, Is::Dec128) if scale == slot.scale => {
                self.in_place::<Dec128>(values)
            }
            (Data::Decimal128 { values, scale }, Is::Dec256) if scale == slot.scale => {
                self.map::<Dec256, _>(values, I256::from)
            }
            (Data::Decimal256 { values, scale }, Is::Dec64) if scale == slot.scale => {
                let narrow = |v: I256| (v.as_i64(), I256::from(v.as_i64()) == v);
                self.check::<Dec64, _>(values, narrow)
            }
            (Data::Decimal256 { values, scale }, Is::Dec128) if scale == slot.scale => {
                let narrow = |v: I256| (v.as_i128(), I256::from(v.as_i128()) == v);
                self.check::<Dec128, _>(values, narrow)
            }
            (Data::Decimal256 { values, scale }, Is::Dec256) if scale == slot.scale => {
                self.in_place::<Dec256>(values)
            }
            (Data::Date32(v), Is::Date) => self.check::<Date, _>(v, date),
            (Data::Timestamp { values, unit }, Is::DateTime) => {
                self.check::<DateTime, _>(values, |v| datetime(v, unit))
            }
            (Data::Time32 { values, unit }, Is::Time) => {
                self.check::<Time, _>(values, |v| time(v.into(), unit))
            }
            (Data::Time64 { values, unit }, Is::Time) => {
                self.check::<Time, _>(values, |v| time(v, unit))
            }
            (Data::Bytes32 { offsets, bytes }, Is::Bytes) => self
                .texts(offsets, bytes)
                .unwrap_or_else(|| self.bytes::<Bytes>(data)),
            (Data::Bytes64 { offsets, bytes }, Is::Bytes) => self
                .texts(offsets, bytes)
                .unwrap_or_else(|| self.bytes::<Bytes>(data)),
            (Data::Slices(_), Is::Bytes) => self.bytes::<Bytes>(data),
            (Data::Views(views), Is::Bytes) => self
                .views(views)
                .unwrap_or_else(|| self.bytes::<Bytes>(data)),
            (
                Data::Bytes32 { .. } | Data::Bytes64 { .. } | Data::Slices(_) | Data::Views(_),
                Is::Json,
            ) => self.bytes::<Json>(data),
            _ => self.mismatch(slot.repr),
        }
    }

    /// Places from keys, then as if the values stood there.
    fn dictionary(&self, keys: &Data<'r>, values: &Column<'r>, slot: Slot) -> Vector<'r> {
        let Load { batch, start, .. } = *self;
        let arena = batch.cx.arena;
        if slot.repr == Repr::Bytes
            && let Some(texts) = self.dictionary_of_texts(keys, values)
        {
            return texts;
        }
        let is_valid = |row: usize| self.valid.is_none_or(|v| v[row]);
        let places: &[Option<usize>] = arena.alloc_slice_fill_with(batch.rows, |row| {
            let place = is_valid(row).then(|| keys.place(start + row)).flatten();
            place.filter(|place| *place < values.data.rows())
        });
        let valid: &[bool] = arena.alloc_slice_fill_with(batch.rows, |row| {
            places[row].is_some_and(|place| values.valid.is_none_or(|v| v.get(place)))
        });
        for (row, place) in places.iter().enumerate() {
            if place.is_none() && is_valid(row) {
                batch.exit(row, CallId::NONE, Exit::Deopt(Reason::CellType));
            }
        }
        let gathered = Load {
            batch,
            start: 0,
            valid: Some(valid),
        };
        match values.data.gather(places, arena) {
            Some(data) => gathered.plain(data, slot),
            None => gathered.mismatch(slot.repr),
        }
    }

    /// Texts where the values of a dictionary are: what is asked of one is asked of each value once, if they are not more than the rows of a
    /// chunk. `None` if the values do not stand in one buffer, or in one that is too large.
    fn dictionary_of_texts(&self, keys: &Data<'r>, values: &Column<'r>) -> Option<Vector<'r>> {
        let (entries, rows) = (values.data.rows(), self.batch.rows);
        if entries == 0 {
            return None;
        }
        let arena = self.batch.cx.arena;
        let of_entries = match values.data {
            Data::Bytes32 { .. } if entries > rows => None,
            Data::Bytes32 { offsets, bytes } => Some(self.texts_between(offsets, bytes)?),
            Data::Bytes64 { offsets, bytes } if entries <= rows => {
                Some(self.texts_between(offsets, bytes)?)
            }
            _ => return None,
        };
        let (places, valid) = self.places(keys, entries)?;
        let texts = match (of_entries, values.data) {
            (Some(texts), _) => Texts::of_entries(places, texts, arena),
            (None, Data::Bytes32 { offsets, bytes }) => {
                let at = |row: usize| places[row] as usize;
                let starts = arena.alloc_slice_fill_with(rows, |row| offsets[at(row)] as u32);
                let ends = arena.alloc_slice_fill_with(rows, |row| offsets[at(row) + 1] as u32);
                Texts::new(starts, ends, bytes)?
            }
            _ => return None,
        };
        let valid = match values.valid {
            None => valid,
            Some(entry) => Some(&*arena.alloc_slice_fill_with(rows, |row| {
                valid.is_none_or(|v| v[row]) && entry.get(places[row] as usize)
            })),
        };
        let packed = &*arena.alloc(texts);
        Some(Bytes::vector(Lanes::Packed { packed, valid }))
    }

    /// The place of each row among so many entries, and which rows have one. `None`: keys that nothing makes.
    fn places(&self, keys: &Data<'r>, entries: usize) -> Option<(&'r [u32], Option<&'r [bool]>)> {
        macro_rules! places {
            ($keys:expr) => {{
                let convert = |key| {
                    let place = usize::try_from(key).unwrap_or(usize::MAX);
                    let fits = place < entries;
                    (if fits { place as u32 } else { 0 }, fits)
                };
                self.converted::<Bytes, _, _>(self.part($keys), convert)
            }};
        }
        Some(match *keys {
            Data::Int8(v) => places!(v),
            Data::Int16(v) => places!(v),
            Data::Int32(v) => places!(v),
            Data::Int64(v) => places!(v),
            Data::UInt8(v) => places!(v),
            Data::UInt16(v) => places!(v),
            Data::UInt32(v) => places!(v),
            Data::UInt64(v) => places!(v),
            _ => return None,
        })
    }

    /// The chunk's part of a column.
    fn part<T>(&self, values: &'r [T]) -> &'r [T] {
        &values[self.start..self.start + self.batch.rows]
    }

    fn lanes(&self, bits: Bitmap<'r>) -> &'r [bool] {
        bits.lanes(self.start, self.batch.rows, self.batch.cx.arena)
    }

    fn in_place<R: Native>(&self, values: &'r [R::Val<'r>]) -> Vector<'r> {
        self.vector::<R>(self.part(values))
    }

    fn vector<R: Native>(&self, values: &'r [R::Val<'r>]) -> Vector<'r> {
        R::vector(Lanes::Flat {
            values,
            valid: self.valid,
        })
    }

    fn map<R: Native, T: Copy>(
        &self,
        values: &'r [T],
        convert: impl Fn(T) -> R::Val<'r>,
    ) -> Vector<'r> {
        self.map_part::<R, T>(self.part(values), convert)
    }

    fn map_part<R: Native, T: Copy>(
        &self,
        values: &[T],
        convert: impl Fn(T) -> R::Val<'r>,
    ) -> Vector<'r> {
        let arena = self.batch.cx.arena;
        let convert = |row: usize| convert(values[row]);
        self.vector::<R>(arena.alloc_slice_fill_with(values.len(), convert))
    }

    /// As [`Load::map`], by a conversion that also tells whether the value fits.
    fn check<R: Native, T: Copy>(
        &self,
        values: &'r [T],
        convert: impl Fn(T) -> (R::Val<'r>, bool),
    ) -> Vector<'r> {
        let (values, valid) = self.converted::<R, _, _>(self.part(values), convert);
        R::vector(Lanes::Flat { values, valid })
    }

    /// The converted values, and which rows have one: those that do not fit are given up.
    fn converted<R: Native, T: Copy, V: Copy + 'r>(
        &self,
        values: &[T],
        convert: impl Fn(T) -> (V, bool),
    ) -> (&'r [V], Option<&'r [bool]>) {
        let arena = self.batch.cx.arena;
        let (converted, all_fit) = self.batch.arch.dispatch(Convert(values, arena, &convert));
        let valid = match all_fit {
            true => self.valid,
            // What stands in NULL rows is arbitrary, and need not fit.
            false => self.give_up::<R>(|row| !convert(values[row]).1),
        };
        (converted, valid)
    }

    /// Texts where they are. `None` if the offsets are not those of texts one behind the other, or too far apart.
    fn texts<O: Offset>(&self, offsets: &'r [O], bytes: &'r [u8]) -> Option<Vector<'r>> {
        let offsets = offsets.get(self.start..self.start + self.batch.rows + 1)?;
        let (packed, valid) = (self.texts_between(offsets, bytes)?, self.valid);
        Some(Bytes::vector(Lanes::Packed { packed, valid }))
    }

    /// The texts between these offsets.
    fn texts_between<O: Offset>(&self, offsets: &'r [O], bytes: &'r [u8]) -> Option<&'r Texts<'r>> {
        Some(
            self.batch
                .cx
                .arena
                .alloc(O::texts(offsets, bytes, self.batch)?),
        )
    }

    /// Short texts brought together: to copy them takes less than to ask each by itself.
    fn views(&self, views: Views<'r>) -> Option<Vector<'r>> {
        let arena = self.batch.cx.arena;
        let (offsets, bytes) = views.together(self.start, self.batch.rows, arena)?;
        let packed = &*arena.alloc(Texts::between(offsets, bytes, self.batch.arch)?);
        let valid = self.valid;
        Some(Bytes::vector(Lanes::Packed { packed, valid }))
    }

    fn bytes<R>(&self, data: Data<'r>) -> Vector<'r>
    where
        R: for<'x> Native<Val<'x> = &'x [u8]>,
    {
        let arena = self.batch.cx.arena;
        let mut all_fit = true;
        let values = arena.alloc_slice_fill_with(self.batch.rows, |row| {
            let bytes = data.bytes(self.start + row);
            all_fit &= bytes.is_some();
            bytes.unwrap_or_default()
        });
        let valid = match all_fit {
            true => self.valid,
            false => self.give_up::<R>(|row| data.bytes(self.start + row).is_none()),
        };
        R::vector(Lanes::Flat { values, valid })
    }

    /// Reports the valid rows that do not fit; the validity without them.
    #[cold]
    fn give_up<R: Native>(&self, unfit: impl Fn(usize) -> bool) -> Option<&'r [bool]> {
        let reason = if R::REPR.is_decimal() {
            Reason::DecimalWidth
        } else {
            Reason::CellType
        };
        let rows = self.batch.rows;
        let valid = |row: usize| self.valid.is_none_or(|v| v[row]);
        let left = self.batch.cx.arena.alloc_slice_fill_with(rows, valid);
        for (row, left) in left.iter_mut().enumerate() {
            if *left && unfit(row) {
                *left = false;
                self.batch.exit(row, CallId::NONE, Exit::Deopt(reason));
            }
        }
        Some(left)
    }

    /// A column that the representation has nothing to do with: every row that is not NULL is a cell of a wrong type.
    fn mismatch(&self, repr: Repr) -> Vector<'r> {
        for row in 0..self.batch.rows {
            if self.valid.is_none_or(|v| v[row]) {
                let exit = Exit::Deopt(Reason::CellType);
                self.batch.exit(row, CallId::NONE, exit);
            }
        }
        Vector::null(repr)
    }
}

/// What says where texts begin and end.
trait Offset: Sized {
    /// The texts between offsets.
    fn texts<'r>(
        offsets: &'r [Self],
        bytes: &'r [u8],
        batch: &BatchContext<'r>,
    ) -> Option<Texts<'r>>;
}

impl Offset for i32 {
    /// In place: what is negative is behind the end of any buffer.
    fn texts<'r>(
        offsets: &'r [i32],
        bytes: &'r [u8],
        batch: &BatchContext<'r>,
    ) -> Option<Texts<'r>> {
        Texts::between(bytemuck::cast_slice(offsets), bytes, batch.arch)
    }
}

impl Offset for i64 {
    /// Counted from the first.
    fn texts<'r>(
        offsets: &'r [i64],
        bytes: &'r [u8],
        batch: &BatchContext<'r>,
    ) -> Option<Texts<'r>> {
        let (first, last) = (*offsets.first()?, *offsets.last()?);
        let bytes = bytes.get(usize::try_from(first).ok()?..)?;
        u32::try_from(last.checked_sub(first)?).ok()?;
        let from_first =
            |i: usize| u32::try_from(offsets[i].wrapping_sub(first)).unwrap_or(u32::MAX);
        let offsets = batch
            .cx
            .arena
            .alloc_slice_fill_with(offsets.len(), from_first);
        Texts::between(offsets, bytes, batch.arch)
    }
}

/// The bytes of a row.
#[inline]
fn between<'c, O: Copy + TryInto<usize>>(
    offsets: &[O],
    bytes: &'c [u8],
    row: usize,
) -> Option<&'c [u8]> {
    let from = (*offsets.get(row)?).try_into().ok()?;
    let to = (*offsets.get(row + 1)?).try_into().ok()?;
    bytes.get(from..to)
}
