//! Compiled functions: the address of code, and the call of it.

use crate::abi::{BatchFrame, ColumnPointers, NativeFrame, OutputPointers, ProgramData};
use crate::column::{ColumnBuffer, ColumnKind, OutputBuffer};
use crate::memory::Code;
use bumpalo::Bump;
use sqlift_functions::{CallId, Exit, Reason, RowContext};
use sqlift_types::Value;
use std::sync::Arc;

/// The row was given up; the frame's scratch says why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exited;

/// What a row function returns when a kernel gave the row up: the scratch knows.
pub(crate) const EXIT_RECORDED: i64 = -1;

/// Row, outputs, frame: 0, or `1 +` the number of an exit, or [`EXIT_RECORDED`].
type RowCode =
    unsafe extern "C" fn(*const Value<'_>, *mut Value<'_>, *mut NativeFrame<'_, '_>) -> i64;

/// A program as one native function over the cells of a row.
///
/// Its code is freed when it is dropped.
pub struct RowFunction {
    /// The address of the code, as a number: a call has no time to ask the code's pages for it.
    entry: usize,
    /// Whether the code asks for constants, parameters or kernels. Code that does not is given no frame.
    asks_frame: bool,
    /// How many cells, parameters and outputs the code touches.
    columns: usize,
    parameters: usize,
    outputs: usize,
    data: ProgramData,
    exits: Box<[(CallId, Exit)]>,
    code: Code,
}

/// A [`RowFunction`] that is called on cells alone.
#[derive(Clone, Debug)]
pub struct CellFunction(Arc<RowFunction>);

impl CellFunction {
    /// Evaluates one row. `false`: it was given up, and nothing has happened; [`RowFunction::run`] says why.
    #[inline(always)]
    pub fn run<'r>(&self, row: &'r [Value<'r>], output: &mut Value<'r>) -> bool {
        let output = std::slice::from_mut(output);
        row.len() >= self.0.columns && self.0.call(row, output, std::ptr::null_mut()) == 0
    }
}

/// What a row function is made of besides its code.
pub(crate) struct RowParts {
    pub(crate) asks_frame: bool,
    pub(crate) columns: usize,
    pub(crate) parameters: usize,
    pub(crate) outputs: usize,
    pub(crate) data: ProgramData,
    pub(crate) exits: Box<[(CallId, Exit)]>,
}

impl RowFunction {
    pub(crate) fn new(code: Code, parts: RowParts) -> RowFunction {
        RowFunction {
            entry: code.address().expose_provenance(),
            asks_frame: parts.asks_frame,
            columns: parts.columns,
            parameters: parts.parameters,
            outputs: parts.outputs,
            data: parts.data,
            exits: parts.exits,
            code,
        }
    }

    /// Evaluates one row: gives every output, or records in the scratch why it does not.
    ///
    /// # Panics
    /// When there is no room for the outputs; when a kernel does.
    #[inline]
    pub fn run<'r>(
        &'r self,
        cx: &RowContext<'r>,
        row: &'r [Value<'r>],
        parameters: &'r [Value<'r>],
        outputs: &mut [Value<'r>],
    ) -> Result<(), Exited> {
        if outputs.len() < self.outputs {
            no_room();
        }
        if row.len() < self.columns || parameters.len() < self.parameters {
            return give_up(cx, CallId::NONE, Exit::Deopt(Reason::CellType));
        }
        if self.asks_frame {
            return self.run_with_frame(cx, row, parameters, outputs);
        }
        match self.call(row, outputs, std::ptr::null_mut()) {
            0 => Ok(()),
            exit => self.exited(cx, exit),
        }
    }

    /// The function as one that needs nothing but cells, if it has one output and asks for nothing else: then it neither allocates
    /// nor warns.
    pub fn on_cells(self: Arc<Self>) -> Option<CellFunction> {
        let plain = !self.asks_frame && self.parameters == 0 && self.outputs == 1;
        plain.then_some(CellFunction(self))
    }

    #[inline(never)]
    fn run_with_frame<'r>(
        &'r self,
        cx: &RowContext<'r>,
        row: &'r [Value<'r>],
        parameters: &'r [Value<'r>],
        outputs: &mut [Value<'r>],
    ) -> Result<(), Exited> {
        let mut frame = self.data.frame(cx, parameters);
        match self.call(row, outputs, &raw mut frame) {
            0 => Ok(()),
            EXIT_RECORDED => {
                frame.resume_panic();
                Err(Exited)
            }
            exit => self.exited(cx, exit),
        }
    }

    /// Calls the code. The caller has checked the lengths, and passes a frame if the code asks for one.
    #[inline(always)]
    fn call<'r>(
        &self,
        row: &'r [Value<'r>],
        outputs: &mut [Value<'r>],
        frame: *mut NativeFrame<'_, 'r>,
    ) -> i64 {
        // SAFETY: the address is that of a function compiled with this signature, and `self` keeps its code. It reads cells up to
        // `columns` and `parameters`, writes outputs up to `outputs` (all checked by the callers; what it writes are values of the
        // row and, by way of the frame, of constants and kernels, all alive for 'r), and uses constants and kernels by the numbers
        // of the program that `data` and the code were made from, if `asks_frame` says so: then the callers pass a frame.
        unsafe {
            let address = std::ptr::with_exposed_provenance::<u8>(self.entry);
            let code = std::mem::transmute::<*const u8, RowCode>(address);
            code(row.as_ptr(), outputs.as_mut_ptr(), frame)
        }
    }

    /// What the code says of a row that it gives up.
    #[cold]
    #[inline(never)]
    fn exited(&self, cx: &RowContext<'_>, exit: i64) -> Result<(), Exited> {
        let (call, exit) = self.exits[exit as usize - 1];
        give_up(cx, call, exit)
    }

    /// Size of its code.
    pub fn code_bytes(&self) -> usize {
        self.code.bytes()
    }
}

#[cold]
#[inline(never)]
fn give_up(cx: &RowContext<'_>, call: CallId, exit: Exit) -> Result<(), Exited> {
    cx.scratch.record_exit(call, exit);
    Err(Exited)
}

#[cold]
#[inline(never)]
fn no_room() -> ! {
    panic!("no room for the outputs")
}

impl std::fmt::Debug for RowFunction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RowFunction({} bytes)", self.code_bytes())
    }
}

/// Frame, blocks: `1 +` the number of flagged blocks, or 0 when a parameter is not of its type.
type BatchCode = unsafe extern "C" fn(*const BatchFrame<'_>, u64) -> u64;

/// A program as one native function over columns, in blocks of 64 rows.
///
/// Its code is freed when it is dropped.
pub struct BatchFunction {
    pub(crate) code: Code,
    pub(crate) columns: Box<[ColumnKind]>,
    pub(crate) outputs: Box<[ColumnKind]>,
    pub(crate) parameters: usize,
    pub(crate) vectorised: bool,
}

/// Why a batch was not run at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchError {
    /// Buffers that are not those that the function was compiled for, or too short.
    Buffers(&'static str),
    /// A parameter is not of its type: deoptimise the batch.
    Parameter,
}

impl BatchFunction {
    /// Rows of a block.
    pub const BLOCK_ROWS: usize = 64;

    /// Evaluates `blocks` blocks of 64 rows; the rows behind them are the caller's.
    ///
    /// `columns[i]` is the program's `columns[i]`. Results are put behind what the outputs hold, those of all blocks. Gives, in ascending order, the numbers of the blocks in which some guard was
    /// not met: their results have no meaning, and they must be evaluated again, row by row.
    ///
    /// `memory` is where those numbers are, and what the call needs.
    pub fn run<'m>(
        &self,
        blocks: usize,
        columns: &[ColumnBuffer<'_>],
        parameters: &[Value<'_>],
        outputs: &mut [OutputBuffer<'_>],
        memory: &'m Bump,
    ) -> Result<&'m [u32], BatchError> {
        self.check(blocks, columns, outputs)?;
        let given = outputs;
        if parameters.len() < self.parameters {
            return Err(BatchError::Parameter);
        }
        let columns = columns.iter().map(ColumnPointers::new);
        let columns = memory.alloc_slice_fill_iter(columns);
        let outputs = given.iter_mut().map(|o| OutputPointers::reserve(o, blocks));
        let outputs = memory.alloc_slice_fill_iter(outputs);
        let flagged = memory.alloc_slice_fill_copy(blocks, 0);
        let frame = BatchFrame::new(columns, outputs, parameters, flagged);
        // SAFETY: the address is that of a function compiled with this signature, and `self` keeps its code. It reads `blocks` blocks
        // of each buffer and as many words of each validity (lengths checked above; the borrows live until the end of this
        // function), parameters up to `parameters`; it writes as many blocks and words of each output (kinds checked above, room
        // made there), and at most `blocks` numbers of flagged blocks.
        let count = unsafe {
            let code = std::mem::transmute::<*const u8, BatchCode>(self.code.address());
            code(&raw const frame, blocks as u64)
        };
        let Some(count) = count.checked_sub(1) else {
            return Err(BatchError::Parameter);
        };
        for output in given {
            // SAFETY: the code returned otherwise than by a parameter of a wrong type, so it went through all blocks, and it writes
            // every value and every word of validity of a block that it goes through, flagged or not.
            unsafe { OutputPointers::fill(output, blocks) };
        }
        Ok(&flagged[..count as usize])
    }

    fn check(
        &self,
        blocks: usize,
        columns: &[ColumnBuffer<'_>],
        outputs: &[OutputBuffer<'_>],
    ) -> Result<(), BatchError> {
        if u32::try_from(blocks).is_err() {
            return Err(BatchError::Buffers("too many blocks"));
        }
        let kinds = columns.iter().map(|c| c.kind);
        let results = outputs.iter().map(|o| o.values.kind());
        if !kinds.eq(self.columns.iter().copied()) || !results.eq(self.outputs.iter().copied()) {
            return Err(BatchError::Buffers(
                "not the buffers that it was compiled for",
            ));
        }
        let values = |kind: &ColumnKind| blocks * kind.block_bytes();
        let enough = |c: &ColumnBuffer<'_>| {
            c.values.len() >= values(&c.kind) && c.validity.is_none_or(|v| v.len() >= blocks * 8)
        };
        if !columns.iter().all(enough) {
            return Err(BatchError::Buffers("a buffer is too short"));
        }
        Ok(())
    }

    /// What each column's buffer holds.
    pub fn column_kinds(&self) -> &[ColumnKind] {
        &self.columns
    }

    /// What each output's buffer will hold.
    pub fn output_kinds(&self) -> &[ColumnKind] {
        &self.outputs
    }

    /// Whether it takes two rows at once.
    pub fn is_vectorised(&self) -> bool {
        self.vectorised
    }

    /// Size of its code.
    pub fn code_bytes(&self) -> usize {
        self.code.bytes()
    }
}

impl std::fmt::Debug for BatchFunction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "BatchFunction({} bytes)", self.code_bytes())
    }
}
