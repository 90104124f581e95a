//! Compiled functions: the address of code, and the call of it.

use crate::abi::{NativeFrame, ProgramData};
use crate::memory::Code;
use sqlift_functions::{CallId, Exit, Frame, Reason};
use sqlift_types::Value;

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
    pub(crate) code: Code,
    pub(crate) data: ProgramData,
    pub(crate) exits: Box<[(CallId, Exit)]>,
    /// How many cells, parameters and outputs the code touches.
    pub(crate) columns: usize,
    pub(crate) parameters: usize,
    pub(crate) outputs: usize,
}

impl RowFunction {
    /// Evaluates one row: gives every output, or records in the frame's scratch why it does not.
    ///
    /// # Panics
    /// When there is no room for the outputs; when a kernel does.
    #[inline]
    pub fn run<'r>(&'r self, frame: &Frame<'r>, outputs: &mut [Value<'r>]) -> Result<(), Exited> {
        assert!(outputs.len() >= self.outputs, "no room for the outputs");
        if frame.row.len() < self.columns || frame.parameters.len() < self.parameters {
            return self.give_up(frame, CallId::NONE, Exit::Deopt(Reason::CellType));
        }
        let mut native = self.data.frame(&frame.cx, frame.parameters);
        // SAFETY: the address is that of a function compiled with this signature, and `self` keeps its code. It reads cells up to
        // `columns` and `parameters`, writes outputs up to `outputs` (all checked above; what it writes are values of the row, of
        // `self` and of kernels, all alive for 'r), and uses constants and kernels by the numbers of the program that `data` and
        // the code were made from.
        let status = unsafe {
            let code = std::mem::transmute::<*const u8, RowCode>(self.code.address());
            code(frame.row.as_ptr(), outputs.as_mut_ptr(), &raw mut native)
        };
        match status {
            0 => Ok(()),
            EXIT_RECORDED => {
                native.resume_panic();
                Err(Exited)
            }
            exit => {
                let (call, exit) = self.exits[exit as usize - 1];
                self.give_up(frame, call, exit)
            }
        }
    }

    #[cold]
    fn give_up(&self, frame: &Frame<'_>, call: CallId, exit: Exit) -> Result<(), Exited> {
        frame.cx.scratch.record_exit(call, exit);
        Err(Exited)
    }

    /// Size of its code.
    pub fn code_bytes(&self) -> usize {
        self.code.bytes()
    }
}

impl std::fmt::Debug for RowFunction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RowFunction({} bytes)", self.code_bytes())
    }
}
