//! Selections and the batch loops that are the same for all kernels.

use crate::{CallId, RowContext};

/// The rows of a chunk that a step is evaluated for.
///
/// A lane a row, not a list of rows: narrowing, joining and merging are then byte loops that vectorise, and loops over all lanes
/// need no list.
#[derive(Clone, Copy, Debug)]
pub enum Selection<'r> {
    /// The first `n` rows, all of them.
    All(usize),
    /// Some rows.
    Some {
        /// Which.
        mask: &'r [bool],
        /// How many.
        count: usize,
    },
}

impl<'r> Selection<'r> {
    /// No row.
    pub fn none() -> Selection<'r> {
        let mask = &[];
        Selection::Some { mask, count: 0 }
    }
    /// How many rows.
    pub fn len(&self) -> usize {
        match self {
            Selection::All(count) | Selection::Some { count, .. } => *count,
        }
    }
    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Calls `f` for each row, in ascending order.
    #[inline(always)]
    pub fn for_each(&self, mut f: impl FnMut(usize)) {
        match self {
            Selection::All(count) => (0..*count).for_each(f),
            Selection::Some { mask, .. } => {
                for (eight, lanes) in mask.chunks(8).enumerate() {
                    // Mostly few rows are selected where a loop over all lanes was not worth it.
                    if lanes.contains(&true) {
                        for (lane, _) in lanes.iter().enumerate().filter(|(_, s)| **s) {
                            f(eight * 8 + lane);
                        }
                    }
                }
            }
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
    /// The instruction set that kernels without effects are run with: AVX2 where there is one, else the baseline. AVX-512 (`pulp`'s
    /// feature `x86-v4`) was measured at 0.7 (sums, comparisons) to 1.5 times (products) of AVX2's time on these loops: not worth
    /// a third copy of each.
    pub arch: pulp::Arch,
}

impl BatchContext<'_> {
    /// Gives up one row.
    #[cold]
    pub fn exit(&self, row: usize, call: CallId, exit: crate::Exit) {
        self.cx.scratch.record_batch_exit(row as u32, call, exit);
    }
}
