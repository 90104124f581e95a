//! What native code and Rust both read and write: the frame of a call, constants, and the layout of cells.

use crate::BatchFunction;
use crate::column::{ColumnBuffer, OutputBuffer, OutputValues};
use sqlift_functions::kernel::Kernel;
use sqlift_functions::{CallId, Exit, Reason, RowContext};
use sqlift_ir::{Constant, Program};
use sqlift_types::{I256, Repr, Value};
use std::any::Any;
use std::mem::{MaybeUninit, offset_of};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, OnceLock};

/// Bytes of a cell.
pub(crate) const CELL: usize = size_of::<Value<'_>>();
/// Where a cell's payload begins. The tag is at 0, the scale of a DECIMAL at 1.
pub(crate) const PAYLOAD: i32 = 8;
/// The tag of NULL.
pub(crate) const NULL_TAG: u8 = 0;

/// Where the two words of a byte string lie in its cell: Rust does not say, so it is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CellLayout {
    pub(crate) address: i32,
    pub(crate) length: i32,
}

/// The layout of cells, or `None` if it is not what native code can work with.
pub(crate) fn cell_layout() -> Option<CellLayout> {
    static LAYOUT: OnceLock<Option<CellLayout>> = OnceLock::new();
    *LAYOUT.get_or_init(probe)
}

/// A byte of a cell: tag, or the scale of a DECIMAL.
fn byte(value: &Value<'_>, offset: usize) -> u8 {
    assert!(
        offset == 0
            || offset == 1
                && matches!(
                    value,
                    Value::Dec64 { .. } | Value::Dec128 { .. } | Value::Dec256 { .. }
                )
    );
    // SAFETY: the first byte of every cell is its tag, the second of a DECIMAL its scale; both are inside and initialised.
    unsafe { (&raw const *value).cast::<u8>().add(offset).read() }
}

/// A word of a cell's payload: the first, or the second of those that have two.
fn word(value: &Value<'_>, offset: usize) -> u64 {
    let two = matches!(
        value,
        Value::Dec128 { .. } | Value::Bytes(_) | Value::Json(_)
    );
    assert!(!value.is_null() && (offset == 8 || offset == 16 && two));
    // SAFETY: the word is inside the cell and belongs to the payload of the variant, so it is initialised.
    unsafe {
        (&raw const *value)
            .cast::<u8>()
            .add(offset)
            .cast::<u64>()
            .read()
    }
}

fn probe() -> Option<CellLayout> {
    let wide = I256::from(5i64);
    let number = 0x1234_5678_9abc_def0_i64;
    let samples = [
        (Repr::Int, Value::Int(number), number as u64),
        (Repr::UInt, Value::UInt(7), 7),
        (Repr::Double, Value::Double(1.5), 1.5f64.to_bits()),
        (
            Repr::Dec64,
            Value::Dec64 {
                scale: 9,
                coefficient: number,
            },
            number as u64,
        ),
        (
            Repr::Dec128,
            Value::Dec128 {
                scale: 9,
                coefficient: (3i128 << 64 | 4).into(),
            },
            4,
        ),
        (
            Repr::Dec256,
            Value::Dec256 {
                scale: 9,
                coefficient: &wide,
            },
            (&raw const wide).addr() as u64,
        ),
        (Repr::Date, Value::Date(1), 1),
        (Repr::Time, Value::Time(-2), -2i64 as u64),
        (Repr::DateTime, Value::DateTime(3), 3),
    ];
    for (repr, value, first) in samples {
        let scale_is_right = !repr.is_decimal() || byte(&value, 1) == 9;
        if byte(&value, 0) != Value::tag_of(repr) || !scale_is_right || word(&value, 8) != first {
            return None;
        }
    }
    let high = Value::Dec128 {
        scale: 0,
        coefficient: (3i128 << 64 | 4).into(),
    };
    if byte(&Value::Null, 0) != NULL_TAG || word(&high, 16) != 3 {
        return None;
    }
    let text = b"abc";
    let layout = |value: Value<'_>, tag: u8| {
        let (address, length) = (text.as_ptr().addr() as u64, text.len() as u64);
        let layout = match (word(&value, 8), word(&value, 16)) {
            (a, l) if (a, l) == (address, length) => CellLayout {
                address: 8,
                length: 16,
            },
            (l, a) if (a, l) == (address, length) => CellLayout {
                address: 16,
                length: 8,
            },
            _ => return None,
        };
        (byte(&value, 0) == tag).then_some(layout)
    };
    let bytes = layout(Value::Bytes(text), Value::tag_of(Repr::Bytes))?;
    let json = layout(Value::Json(text), Value::tag_of(Repr::Json))?;
    (bytes == json).then_some(bytes)
}

/// What a row function is given besides row and outputs.
#[repr(C)]
pub(crate) struct NativeFrame<'a, 'r> {
    constants: *const Value<'r>,
    parameters: *const Value<'r>,
    call_kernel: CallKernel,
    callees: &'r [Callee],
    cx: &'a RowContext<'r>,
    /// A kernel that panicked, to go on with when native code has returned.
    panic: Option<Box<dyn Any + Send>>,
}

/// Calls a kernel on `arity` cells: 0, or 1 when the row is given up (the scratch says why).
type CallKernel = for<'r> unsafe extern "C" fn(
    *mut NativeFrame<'_, 'r>,
    u64,
    *const Value<'r>,
    *mut Value<'r>,
) -> u64;

/// Offset of the constants' address in the frame.
pub(crate) const FRAME_CONSTANTS: i32 = offset_of!(NativeFrame<'_, '_>, constants) as i32;
/// Offset of the parameters' address.
pub(crate) const FRAME_PARAMETERS: i32 = offset_of!(NativeFrame<'_, '_>, parameters) as i32;
/// Offset of the address of the function that calls kernels.
pub(crate) const FRAME_CALL_KERNEL: i32 = offset_of!(NativeFrame<'_, '_>, call_kernel) as i32;

/// A kernel that native code calls by number.
pub(crate) struct Callee {
    kernel: Arc<dyn Kernel>,
    arity: usize,
    /// What the result's cell must begin with, if it is not NULL.
    tag: u8,
    /// The scale of a DECIMAL.
    scale: Option<u8>,
}

/// What code refers to by number: the constants and kernels of one program.
pub(crate) struct ProgramData {
    cells: Vec<Value<'static>>,
    callees: Vec<Callee>,
    /// What the cells point into; never changed, dropped after them. Not boxes: to move a box is to claim that nothing else points
    /// into it.
    _constants: Vec<Constant>,
    _wide: Vec<I256>,
}

impl ProgramData {
    /// The tables of a program. `None` if a constant is not what its slot holds.
    pub(crate) fn new(program: &Program) -> Option<ProgramData> {
        let constants = program.constants.clone();
        let mut wide = vec![I256::ZERO; constants.len()];
        let cells: Option<Vec<Value<'_>>> = constants
            .iter()
            .zip(&mut wide)
            .map(|(c, wide)| c.value.as_cell_of(c.slot.repr, c.slot.scale, wide))
            .collect();
        let cells = cells?;
        // SAFETY: the cells point into `constants` and `wide`, whose heap memory moves and changes no more and is kept beside
        // them; they are given out for the lifetime of a borrow of `self` only.
        let cells = unsafe { std::mem::transmute::<Vec<Value<'_>>, Vec<Value<'static>>>(cells) };
        let mut arities = vec![0; program.calls.len()];
        for step in &program.steps {
            if let sqlift_ir::Step::Call { call, args, .. } = step {
                arities[call.index()] = args.len();
            }
        }
        let callees = program.calls.iter().zip(arities);
        let callees = callees.map(|(call, arity)| Callee {
            kernel: call.kernel.clone(),
            arity,
            tag: Value::tag_of(call.slot.repr),
            scale: call.slot.repr.is_decimal().then_some(call.slot.scale),
        });
        Some(ProgramData {
            cells,
            callees: callees.collect(),
            _constants: constants,
            _wide: wide,
        })
    }

    /// The frame of one call of native code.
    pub(crate) fn frame<'a, 'r>(
        &'r self,
        cx: &'a RowContext<'r>,
        parameters: &'r [Value<'r>],
    ) -> NativeFrame<'a, 'r> {
        NativeFrame {
            constants: self.cells.as_ptr(),
            parameters: parameters.as_ptr(),
            call_kernel,
            callees: &self.callees,
            cx,
            panic: None,
        }
    }
}

impl NativeFrame<'_, '_> {
    /// Goes on with the panic of a kernel, if there was one.
    pub(crate) fn resume_panic(&mut self) {
        if let Some(panic) = self.panic.take() {
            std::panic::resume_unwind(panic);
        }
    }
}

/// What native code calls for steps that it has no instructions for. A panic does not cross the native frame: it waits in ours.
unsafe extern "C" fn call_kernel<'r>(
    frame: *mut NativeFrame<'_, 'r>,
    call: u64,
    args: *const Value<'r>,
    result: *mut Value<'r>,
) -> u64 {
    // SAFETY: native code passes the frame that it was called with, which outlives the call, and does not touch it meanwhile.
    let frame = unsafe { &mut *frame };
    let id = CallId(call as u32);
    let callees = frame.callees;
    let callee = &callees[id.index()];
    // SAFETY: native code has written `arity` cells there; each holds a value of a live column, constant, parameter or result.
    let args = unsafe { std::slice::from_raw_parts(args, callee.arity) };
    // SAFETY: native code passes the address of a cell in its own stack frame, apart from those of the arguments, and does not
    // touch it meanwhile.
    let result = unsafe { (&mut *result.cast::<MaybeUninit<Value<'r>>>()).write(Value::Null) };
    let work = AssertUnwindSafe(|| callee.kernel.cells(id, frame.cx, args, result));
    match catch_unwind(work) {
        Ok(true) if callee.gives(result) => return 0,
        Ok(true) => wrong_result(frame, id),
        Ok(false) => {}
        Err(panic) => frame.panic = Some(panic),
    }
    1
}

#[cold]
fn wrong_result(frame: &NativeFrame<'_, '_>, call: CallId) {
    let exit = Exit::Deopt(Reason::CellType);
    frame.cx.scratch.record_exit(call, exit);
}

impl Callee {
    /// Whether native code may take the cell for a result of the kernel.
    #[inline]
    fn gives(&self, cell: &Value<'_>) -> bool {
        let tag = byte(cell, 0);
        let scale = |scale: u8| byte(cell, 1) == scale;
        tag == NULL_TAG || tag == self.tag && self.scale.is_none_or(scale)
    }
}

/// What a batch function is given.
#[repr(C)]
pub(crate) struct BatchFrame<'a> {
    columns: *const ColumnPointers,
    outputs: *const OutputPointers,
    parameters: *const Value<'a>,
    flagged: *mut u32,
}

/// Where a column is. A column without NULLs shows the same word of ones for every block.
#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct ColumnPointers {
    values: *const u8,
    validity: *const u8,
    /// Bytes from one block's validity to the next's.
    stride: u64,
}

/// Where a result goes.
#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct OutputPointers {
    values: *mut u8,
    validity: *mut u8,
}

static ALL_VALID: u64 = u64::MAX;

/// Offsets in [`BatchFrame`].
pub(crate) const BATCH_COLUMNS: i32 = offset_of!(BatchFrame<'_>, columns) as i32;
pub(crate) const BATCH_OUTPUTS: i32 = offset_of!(BatchFrame<'_>, outputs) as i32;
pub(crate) const BATCH_PARAMETERS: i32 = offset_of!(BatchFrame<'_>, parameters) as i32;
pub(crate) const BATCH_FLAGGED: i32 = offset_of!(BatchFrame<'_>, flagged) as i32;
/// Size and offsets of [`ColumnPointers`].
pub(crate) const COLUMN: i32 = size_of::<ColumnPointers>() as i32;
pub(crate) const COLUMN_VALUES: i32 = offset_of!(ColumnPointers, values) as i32;
pub(crate) const COLUMN_VALIDITY: i32 = offset_of!(ColumnPointers, validity) as i32;
pub(crate) const COLUMN_STRIDE: i32 = offset_of!(ColumnPointers, stride) as i32;
/// Size and offsets of [`OutputPointers`].
pub(crate) const OUTPUT: i32 = size_of::<OutputPointers>() as i32;
pub(crate) const OUTPUT_VALUES: i32 = offset_of!(OutputPointers, values) as i32;
pub(crate) const OUTPUT_VALIDITY: i32 = offset_of!(OutputPointers, validity) as i32;

impl ColumnPointers {
    pub(crate) fn new(column: &ColumnBuffer<'_>) -> ColumnPointers {
        let all = (&raw const ALL_VALID).cast::<u8>();
        ColumnPointers {
            values: column.values.as_ptr(),
            validity: column.validity.map_or(all, <[u8]>::as_ptr),
            stride: if column.validity.is_some() { 8 } else { 0 },
        }
    }
}

impl OutputPointers {
    /// Room for the results of so many blocks, behind what is there. It is used until the vectors are.
    pub(crate) fn reserve(output: &mut OutputBuffer<'_>, blocks: usize) -> OutputPointers {
        fn room<T>(values: &mut Vec<T>, count: usize) -> *mut u8 {
            values.reserve(count);
            values.spare_capacity_mut().as_mut_ptr().cast()
        }
        let rows = blocks * BatchFunction::BLOCK_ROWS;
        OutputPointers {
            values: match &mut output.values {
                OutputValues::I64(values) => room(values, rows),
                OutputValues::U64(values) => room(values, rows),
                OutputValues::F64(values) => room(values, rows),
                OutputValues::Decimal128(values) => room(values, rows),
                OutputValues::Bits(words) => room(words, blocks),
            },
            validity: room(output.validity, blocks),
        }
    }

    /// Makes the results of so many blocks part of the vectors.
    ///
    /// # Safety
    /// All of them have been written to where [`OutputPointers::reserve`] made room, and nothing was done to the vectors since.
    pub(crate) unsafe fn fill(output: &mut OutputBuffer<'_>, blocks: usize) {
        /// # Safety
        /// That of the function around it.
        unsafe fn grow<T>(values: &mut Vec<T>, count: usize) {
            // SAFETY: the elements are within the capacity, which was reserved, and written.
            unsafe { values.set_len(values.len() + count) };
        }
        let rows = blocks * BatchFunction::BLOCK_ROWS;
        // SAFETY: so the caller says.
        unsafe {
            match &mut output.values {
                OutputValues::I64(values) => grow(values, rows),
                OutputValues::U64(values) => grow(values, rows),
                OutputValues::F64(values) => grow(values, rows),
                OutputValues::Decimal128(values) => grow(values, rows),
                OutputValues::Bits(words) => grow(words, blocks),
            }
            grow(output.validity, blocks);
        }
    }
}

impl<'a> BatchFrame<'a> {
    pub(crate) fn new(
        columns: &'a [ColumnPointers],
        outputs: &'a [OutputPointers],
        parameters: &'a [Value<'a>],
        flagged: &'a mut [u32],
    ) -> BatchFrame<'a> {
        BatchFrame {
            columns: columns.as_ptr(),
            outputs: outputs.as_ptr(),
            parameters: parameters.as_ptr(),
            flagged: flagged.as_mut_ptr(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_have_the_layout_that_native_code_reads() {
        let layout = cell_layout().unwrap();
        assert_eq!(layout.address + layout.length, 24);
    }
}
