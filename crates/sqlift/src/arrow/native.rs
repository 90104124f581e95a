//! Batches in native blocks of 64 rows; flagged blocks and the tail go to the VM.

use super::Columns;
use super::output::BatchValues;
use crate::batch::{self, Sink, Source};
use crate::blocks::{self, Needs};
use crate::context::Held;
use crate::{Context, Expression, Tier, TierPolicy, tuning};
use arrow_array::cast::AsArray;
use arrow_array::types::*;
use arrow_array::{Array, RecordBatch};
use arrow_buffer::{BooleanBuffer, Buffer};
use arrow_schema::{DataType, TimeUnit};
use bumpalo::Bump;
use bumpalo::collections::Vec as Kept;
use sqlift_functions::RowContext;
use sqlift_functions::kernel::{Lanes, Vector};
use sqlift_ir::{Program, Slot};
use sqlift_jit::{
    BatchFunction, Bets, ColumnBet, ColumnBuffer, ColumnKind, OutputBuffer, OutputValues,
};
use sqlift_types::{Error, Repr, Session};
use sqlift_vm::CHUNK_ROWS;
use sqlift_vm::columns::Bitmap;
use std::ops::Range;
use std::sync::Arc;

/// Rows of a block.
const BLOCK: usize = BatchFunction::BLOCK_ROWS;

/// What the program's columns are in the batch: kinds, and the buffers where they can be used as they are.
pub(super) struct Buffers<'a> {
    columns: Kept<'a, (ColumnKind, Bytes<'a>, Option<Bytes<'a>>)>,
    rows: usize,
}

enum Bytes<'a> {
    InPlace(&'a [u8]),
    /// Bits that began inside a byte, moved to its beginning.
    Moved(Buffer),
}

impl<'a> Bytes<'a> {
    fn of_bits(bits: &'a BooleanBuffer) -> Bytes<'a> {
        match bits.offset() % 8 {
            0 => Bytes::InPlace(&bits.values()[bits.offset() / 8..]),
            _ => Bytes::Moved(bits.sliced()),
        }
    }

    fn get(&self) -> &[u8] {
        match self {
            Bytes::InPlace(bytes) => bytes,
            Bytes::Moved(buffer) => buffer,
        }
    }
}

impl<'a> Buffers<'a> {
    /// The buffers that the program reads; `None` if one has no kind that native code reads as the column's type.
    fn of(program: &Program, batch: &'a RecordBatch, kept: &'a Bump) -> Option<Buffers<'a>> {
        let mut columns = Kept::with_capacity_in(program.columns.len(), kept);
        for column in &program.columns {
            let array = batch.columns().get(column.index as usize)?;
            let kind = kind(array.data_type(), column.slot)?;
            let validity = array.nulls().map(|nulls| Bytes::of_bits(nulls.inner()));
            columns.push((kind, values(&**array, kind)?, validity));
        }
        Some(Buffers {
            columns,
            rows: batch.num_rows(),
        })
    }

    /// Whether code for columns like these takes the buffers as it is.
    fn are(&self, needs: &Needs) -> bool {
        let columns = self.columns.iter();
        columns.clone().map(|(kind, ..)| kind).eq(&needs.kinds)
            && columns
                .zip(&needs.nulls)
                .all(|((.., validity), nulls)| validity.is_none() || *nulls)
    }

    /// What code for these buffers must take.
    fn needs(&self) -> Needs {
        Needs {
            kinds: self.columns.iter().map(|(kind, ..)| *kind).collect(),
            nulls: self.columns.iter().map(|(.., v)| v.is_some()).collect(),
        }
    }

    /// What these columns give reason to bet on.
    fn bets(&self) -> Bets {
        let bet = |(kind, values, validity): &(ColumnKind, Bytes<'_>, Option<Bytes<'_>>)| {
            let magnitudes = match kind {
                ColumnKind::I64 => magnitudes::<8>(values.get(), self.rows, |v| {
                    let v = i64::from_le_bytes(v);
                    (v ^ v >> 63).into()
                }),
                ColumnKind::U64 => {
                    magnitudes::<8>(values.get(), self.rows, |v| u64::from_le_bytes(v).into())
                }
                ColumnKind::Decimal128 => magnitudes::<16>(values.get(), self.rows, |v| {
                    let v = i128::from_le_bytes(v);
                    v ^ v >> 127
                }),
                _ => 0,
            };
            ColumnBet {
                bits: Some(i128::BITS - magnitudes.leading_zeros()),
                no_nulls: validity.is_none(),
            }
        };
        Bets {
            columns: self.columns.iter().map(bet).collect(),
            tame_nulls: true,
        }
    }
}

/// The bits that any of the values has, less the sign.
fn magnitudes<const N: usize>(values: &[u8], rows: usize, of: impl Fn([u8; N]) -> i128) -> i128 {
    let (values, _) = values.as_chunks::<N>();
    values.iter().take(rows).fold(0, |all, v| all | of(*v))
}

/// An array's values, as they lie in memory.
fn values(array: &dyn Array, kind: ColumnKind) -> Option<Bytes<'_>> {
    macro_rules! primitive {
        ($($of:ident)|+) => {
            match array.data_type() {
                $(ty if *ty == $of::DATA_TYPE => array.as_primitive_opt::<$of>()?.values().inner().as_slice(),)+
                _ => return None,
            }
        };
    }
    Some(Bytes::InPlace(match kind {
        ColumnKind::Bits => return Some(Bytes::of_bits(array.as_boolean_opt()?.values())),
        ColumnKind::Decimal128 => array
            .as_primitive_opt::<Decimal128Type>()?
            .values()
            .inner()
            .as_slice(),
        ColumnKind::TimestampMicros => array
            .as_primitive_opt::<TimestampMicrosecondType>()?
            .values()
            .inner()
            .as_slice(),
        _ => primitive!(
            Int8Type
                | Int16Type
                | Int32Type
                | Int64Type
                | UInt8Type
                | UInt16Type
                | UInt32Type
                | UInt64Type
                | Float32Type
                | Float64Type
                | Date32Type
        ),
    }))
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

/// How a batch is evaluated.
#[derive(Default)]
pub(super) struct Plan<'a> {
    /// In native blocks: the function, and what it is run on. Else in the VM.
    pub(super) native: Option<(Arc<BatchFunction>, Buffers<'a>)>,
    /// Whether what it takes is of interest.
    pub(super) timed: bool,
}

/// Native blocks where there are any and they pay; asks for them when it is time.
pub(super) fn plan<'a>(
    expression: &Expression,
    batch: &'a RecordBatch,
    kept: &'a Bump,
    held: &mut Held,
) -> Plan<'a> {
    let inner = &*expression.inner;
    let rows = batch.num_rows();
    let in_vm = |timed| Plan {
        native: None,
        timed,
    };
    let is_free = match inner.settings.policy {
        TierPolicy::Auto => true,
        TierPolicy::Only(Tier::Native) => false,
        TierPolicy::Only(_) => return in_vm(false),
    };
    if rows < BLOCK {
        return in_vm(false);
    }
    let Held { code, known, .. } = held;
    known.refresh(&code.blocks);
    let size = blocks::size(rows);
    if is_free && inner.counters.total_rows() < tuning::NATIVE_BATCH_ROWS {
        return in_vm(known.vm_is_timed[size]);
    }
    let schema = Arc::as_ptr(batch.schema_ref()).addr();
    let left_to_vm = is_free && known.faster[size] == Some(Tier::Vm);
    if left_to_vm && known.left_to_vm == schema {
        return in_vm(false);
    }
    let Some(buffers) = Buffers::of(&code.program, batch, kept) else {
        return in_vm(false);
    };
    let function = known.function.clone();
    let function = function.filter(|_| buffers.are(&known.needs)).or_else(|| {
        code.blocks
            .function(expression, buffers.needs(), || buffers.bets())
    });
    // What was asked may have changed the state.
    known.refresh(&code.blocks);
    let Some(function) = function else {
        if is_free && known.faster[size] == Some(Tier::Vm) {
            known.left_to_vm = schema;
        }
        return in_vm(known.vm_is_timed[size]);
    };
    let (tier, timed) = match known.faster[size] {
        _ if !is_free => (Tier::Native, false),
        Some(tier) => (tier, false),
        None => code.blocks.turn(size),
    };
    if tier == Tier::Vm && !timed {
        known.left_to_vm = schema;
    }
    Plan {
        native: (tier == Tier::Native).then_some((function, buffers)),
        timed,
    }
}

/// Evaluates a batch with native blocks. `None`: too many blocks were flagged, or the buffers do not fit; nothing was done.
pub(super) fn run(
    expression: &Expression,
    function: &BatchFunction,
    buffers: &Buffers<'_>,
    source: &Columns<'_>,
    output: &mut BatchValues,
    context: &mut Context,
) -> Result<Option<Vec<(usize, Error)>>, Error> {
    let blocks = source.rows() / BLOCK;
    let kept = source.kept;
    let columns = buffers.columns.iter();
    let columns =
        kept.alloc_slice_fill_iter(columns.map(|(kind, values, validity)| ColumnBuffer {
            kind: *kind,
            values: values.get(),
            validity: validity.as_ref().map(Bytes::get),
        }));
    let repr = expression.sql_type().repr();
    let (mut packed, mut doubles) = (Vec::new(), Vec::new());
    let mut validity = std::mem::take(&mut context.validity);
    validity.clear();
    let (values, in_place) = match (output.buffer(), repr) {
        (Some(values), _) => (values, true),
        // What Arrow holds otherwise goes through the VM's vectors.
        (None, Repr::Double) => (OutputValues::F64(&mut doubles), false),
        (None, _) => (OutputValues::I64(&mut packed), false),
    };
    let results = OutputBuffer {
        values,
        validity: &mut validity,
    };
    let Ok(flagged) = function.run(blocks, columns, &[], &mut [results], kept) else {
        return Ok(None);
    };
    if flagged.len() * tuning::FLAGGED_BLOCKS > blocks.max(tuning::FLAGGED_BLOCKS) {
        output.clear();
        return Ok(None);
    }
    expression
        .inner
        .counters
        .add_rows(Tier::Native, ((blocks - flagged.len()) * BLOCK) as u64);
    let results = if in_place {
        output.set_validity(&validity);
        context.validity = validity;
        None
    } else {
        Some(Results {
            repr,
            session: &expression.inner.session,
            packed,
            doubles,
            validity: Buffer::from_vec(validity),
        })
    };
    let mut errors = Vec::new();
    let mut done = 0;
    let flagged = flagged.iter().map(|block| {
        let start = *block as usize * BLOCK;
        start..start + BLOCK
    });
    for again in flagged.chain(std::iter::once(blocks * BLOCK..source.rows())) {
        if let Some(results) = &results {
            results.append(output, done..again.start, context);
        }
        done = again.end;
        if again.is_empty() {
            continue;
        }
        source.read()?;
        batch::run_range(expression, source, output, context, &mut errors, again)?;
    }
    Ok(Some(errors))
}

/// What the native blocks gave of a type that Arrow holds otherwise.
struct Results<'a> {
    repr: Repr,
    session: &'a Session,
    packed: Vec<i64>,
    doubles: Vec<f64>,
    validity: Buffer,
}

impl Results<'_> {
    /// Hands the rows on, a chunk at a time.
    fn append(&self, output: &mut BatchValues, rows: Range<usize>, context: &mut Context) {
        for start in rows.clone().step_by(CHUNK_ROWS) {
            context.begin();
            let len = CHUNK_ROWS.min(rows.end - start);
            let cx = RowContext {
                arena: &context.arena,
                scratch: &context.scratch,
                session: self.session,
            };
            let valid = Bitmap::new(&self.validity, 0).validity(start, len, cx.arena);
            let places = start..start + len;
            let vector = match self.repr {
                Repr::Double => {
                    let values = &self.doubles[places];
                    Vector::Double(Lanes::Flat { values, valid })
                }
                Repr::Date => {
                    let values = &self.packed[places];
                    Vector::Date(Lanes::Flat { values, valid })
                }
                Repr::DateTime => {
                    let values = &self.packed[places];
                    Vector::DateTime(Lanes::Flat { values, valid })
                }
                repr => Vector::null(repr),
            };
            output.append(&vector, None, len, start, &cx);
        }
    }
}
