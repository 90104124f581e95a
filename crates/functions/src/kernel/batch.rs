//! Selections and the batch loops that are the same for all kernels.

use crate::{CallId, RowContext};

/// The rows of a chunk that a step is evaluated for.
#[derive(Clone, Copy, Debug)]
pub enum Selection<'r> {
    /// The first `n` rows, all of them.
    All(usize),
    /// These rows, in ascending order.
    Rows(&'r [u16]),
}

impl Selection<'_> {
    /// How many rows.
    pub fn len(&self) -> usize {
        match self {
            Selection::All(n) => *n,
            Selection::Rows(rows) => rows.len(),
        }
    }
    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Calls `f` for each row.
    #[inline(always)]
    pub fn for_each(&self, mut f: impl FnMut(usize)) {
        match self {
            Selection::All(n) => (0..*n).for_each(f),
            Selection::Rows(rows) => rows.iter().for_each(|row| f(*row as usize)),
        }
    }
}

/// A chunk on its way through a program.
#[derive(Clone, Copy, Debug)]
pub struct BatchContext<'r> {
    /// Arena (freed when the chunk is done), scratch, session.
    pub cx: RowContext<'r>,
    /// Number of rows in the chunk, selected or not.
    pub rows: usize,
    /// The instruction set that total kernels are run with.
    pub arch: pulp::Arch,
}

impl BatchContext<'_> {
    /// Gives up one row.
    #[cold]
    pub fn exit(&self, row: usize, call: CallId, exit: crate::Exit) {
        self.cx.scratch.record_batch_exit(row as u32, call, exit);
    }
}
