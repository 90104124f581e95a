//! Batches in native blocks of 64 rows; flagged blocks and the tail go to the VM.

use super::output::Output;
use crate::batch::{self, Sink, Source};
use crate::{Context, Expression, Tier, tuning};
use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use arrow_buffer::{ArrowNativeType, Buffer, MutableBuffer};
use arrow_schema::{DataType, TimeUnit};
use sqlift_functions::RowContext;
use sqlift_functions::kernel::{Lanes, Vector};
use sqlift_functions::native::*;
use sqlift_ir::{Program, Slot};
use sqlift_jit::{BatchFunction, ColumnBuffer, ColumnKind, OutputBuffer};
use sqlift_types::{Error, Repr, Session};
use sqlift_vm::CHUNK_ROWS;
use sqlift_vm::columns::Bitmap;

/// Rows of a block.
const BLOCK: usize = BatchFunction::BLOCK_ROWS;

/// What the program's columns are in the batch: kinds, and the buffers where they can be used as they are.
pub(super) struct Buffers {
    columns: Vec<(ColumnKind, Buffer, Option<Buffer>)>,
}

impl Buffers {
    /// The buffers that the program reads; `None` if one has no kind that native code reads as the column's type.
    pub(super) fn of(program: &Program, batch: &RecordBatch) -> Option<Buffers> {
        let columns = program.columns.iter().map(|column| {
            let array = batch.columns().get(column.index as usize)?;
            let kind = kind(array.data_type(), column.slot)?;
            let values = if kind == ColumnKind::Bits {
                array.as_boolean().values().sliced()
            } else {
                let data = array.to_data();
                let width = kind.block_bytes() / BLOCK;
                let bytes = data.buffers().first()?;
                bytes.slice_with_length(data.offset() * width, data.len() * width)
            };
            // Validity that begins inside a byte is moved to its beginning.
            let validity = array.nulls().map(|nulls| nulls.inner().sliced());
            Some((kind, values, validity))
        });
        Some(Buffers {
            columns: columns.collect::<Option<_>>()?,
        })
    }

    pub(super) fn kinds(&self) -> Vec<ColumnKind> {
        self.columns.iter().map(|(kind, ..)| *kind).collect()
    }
}

/// What native code reads of an array as the values of a slot.
///
/// The array's type must be the slot's: an Int64 array for a column that the schema calls DECIMAL or DATE has to be converted, which
/// tier 0 does. Times are left to the VM: nothing in native code checks that an Arrow duration is within MySQL's 838:59:59.
fn kind(ty: &DataType, slot: Slot) -> Option<ColumnKind> {
    Some(match (ty, slot.repr) {
        (DataType::Boolean, Repr::Bool) => ColumnKind::Bits,
        (DataType::Int8, Repr::Int) => ColumnKind::I8,
        (DataType::Int16, Repr::Int) => ColumnKind::I16,
        (DataType::Int32, Repr::Int) => ColumnKind::I32,
        (DataType::Int64, Repr::Int) => ColumnKind::I64,
        (DataType::UInt8, Repr::UInt) => ColumnKind::U8,
        (DataType::UInt16, Repr::UInt) => ColumnKind::U16,
        (DataType::UInt32, Repr::UInt) => ColumnKind::U32,
        (DataType::UInt64, Repr::UInt) => ColumnKind::U64,
        (DataType::Float32, Repr::Double) => ColumnKind::F32,
        (DataType::Float64, Repr::Double) => ColumnKind::F64,
        (DataType::Date32, Repr::Date) => ColumnKind::Date32,
        (DataType::Timestamp(TimeUnit::Microsecond, _), Repr::DateTime) => {
            ColumnKind::TimestampMicros
        }
        // A DECIMAL's scale is part of its type.
        (DataType::Decimal128(_, scale), Repr::Dec64 | Repr::Dec128)
            if i16::from(*scale) == i16::from(slot.scale) =>
        {
            ColumnKind::Decimal128
        }
        _ => return None,
    })
}

/// Evaluates a batch with native blocks. `None`: too many blocks were flagged, or the buffers do not fit; nothing was done.
pub(super) fn run(
    expression: &Expression,
    function: &BatchFunction,
    buffers: &Buffers,
    source: &dyn Source,
    output: &mut Output,
    context: &mut Context,
) -> Result<Option<Vec<(usize, Error)>>, Error> {
    let blocks = source.rows() / BLOCK;
    let kind = function.output_kinds()[0];
    let mut values = MutableBuffer::from_len_zeroed(blocks * kind.block_bytes());
    let mut validity = MutableBuffer::from_len_zeroed(blocks * 8);
    let columns: Vec<ColumnBuffer<'_>> = buffers
        .columns
        .iter()
        .map(|(kind, values, validity)| ColumnBuffer {
            kind: *kind,
            values: &values[..blocks * kind.block_bytes()],
            validity: validity.as_ref().map(|v| v.as_slice()),
        })
        .collect();
    let outputs = &mut [OutputBuffer {
        values: values.as_slice_mut(),
        validity: validity.as_slice_mut(),
    }];
    let Ok(flagged) = function.run(blocks, &columns, &[], outputs) else {
        return Ok(None);
    };
    if flagged.len() * tuning::FLAGGED_BLOCKS > blocks.max(tuning::FLAGGED_BLOCKS) {
        return Ok(None);
    }
    expression
        .inner
        .counters
        .add_rows(Tier::Native, ((blocks - flagged.len()) * BLOCK) as u64);
    let results = Results {
        repr: expression.sql_type().repr(),
        session: &expression.inner.session,
        values: values.into(),
        validity: validity.into(),
    };
    let mut errors = Vec::new();
    let mut done = 0;
    for block in flagged
        .iter()
        .map(|b| *b as usize * BLOCK)
        .chain([blocks * BLOCK])
    {
        results.append(output, done..block, context);
        done = block;
        let end = if block == blocks * BLOCK {
            source.rows()
        } else {
            block + BLOCK
        };
        batch::run_range(expression, source, output, context, &mut errors, done..end)?;
        done = end;
    }
    Ok(Some(errors))
}

/// What the native blocks gave.
struct Results<'a> {
    repr: Repr,
    session: &'a Session,
    values: Buffer,
    validity: Buffer,
}

impl Results<'_> {
    /// Hands the rows of whole blocks on, a chunk at a time.
    fn append(&self, output: &mut Output, rows: std::ops::Range<usize>, context: &mut Context) {
        for start in rows.clone().step_by(CHUNK_ROWS) {
            context.begin();
            let len = CHUNK_ROWS.min(rows.end - start);
            let cx = RowContext {
                arena: &context.arena,
                scratch: &context.scratch,
                session: self.session,
            };
            let valid = Bitmap::new(&self.validity, 0).validity(start, len, cx.arena);
            let vector = match self.repr {
                Repr::Bool => {
                    let values = Bitmap::new(&self.values, 0).lanes(start, len, cx.arena);
                    Vector::Bool(Lanes::Flat { values, valid })
                }
                Repr::Int => Vector::Int(self.lanes::<Int, i64>(start, len, valid)),
                Repr::UInt => Vector::UInt(self.lanes::<UInt, u64>(start, len, valid)),
                Repr::Double => Vector::Double(self.lanes::<Double, f64>(start, len, valid)),
                Repr::Dec64 => Vector::Dec64(self.lanes::<Dec64, i64>(start, len, valid)),
                Repr::Dec128 => Vector::Dec128(self.lanes::<Dec128, i128>(start, len, valid)),
                Repr::Date => Vector::Date(self.lanes::<Date, i64>(start, len, valid)),
                Repr::Time => Vector::Time(self.lanes::<Time, i64>(start, len, valid)),
                Repr::DateTime => Vector::DateTime(self.lanes::<DateTime, i64>(start, len, valid)),
                repr @ (Repr::Dec256 | Repr::Bytes | Repr::Json) => Vector::null(repr),
            };
            output.append(&vector, len, start, &cx);
        }
    }

    fn lanes<'r, R, T: ArrowNativeType>(
        &'r self,
        start: usize,
        len: usize,
        valid: Option<&'r [bool]>,
    ) -> Lanes<'r, R>
    where
        R: for<'v> Native<Val<'v> = T>,
    {
        Lanes::Flat {
            values: &self.values.typed_data::<T>()[start..start + len],
            valid,
        }
    }
}
