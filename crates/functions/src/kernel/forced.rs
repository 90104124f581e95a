//! A kernel that gives rows up on demand, for the tests of the deopt contract.

use super::{BatchContext, Eval, Kernel, Node, Operand, Selection, Vector};
use crate::native::Native;
use crate::{CallId, Exit, Frame, Out, Reason, RowContext, each_node};
use sqlift_types::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Another kernel, but every so many rows it gives the row up after the kernel has done all it does: what the kernel raised must
/// not show.
pub struct ForcedExit {
    kernel: Arc<dyn Kernel>,
    every: u32,
    rows: Arc<AtomicU32>,
}

impl ForcedExit {
    /// Gives up one row in `every`, beginning with the last of them; 1 or less: each.
    pub fn new(kernel: Arc<dyn Kernel>, every: u32) -> ForcedExit {
        ForcedExit {
            kernel,
            every: every.max(1),
            rows: Arc::default(),
        }
    }

    /// Whether the row at hand is to be given up.
    fn is_due(&self) -> bool {
        let before = self.rows.fetch_add(1, Ordering::Relaxed);
        before.wrapping_add(1).is_multiple_of(self.every)
    }
}

const FORCED: Exit = Exit::Deopt(Reason::Forced);

impl Kernel for ForcedExit {
    fn fuse(self: Arc<Self>, call: CallId, nodes: Vec<Node>, lazy: bool) -> Option<Node> {
        let node = self.kernel.clone().fuse(call, nodes, lazy)?;
        Some(each_node!(node, operand, M => {
            let inner = operand.into_eval();
            M::node(Operand::Child(Box::new(Watched { inner, call, forced: self })))
        }))
    }

    fn cells<'r>(
        &'r self,
        call: CallId,
        cx: &RowContext<'r>,
        cells: &[Value<'r>],
        result: &mut Value<'r>,
    ) -> bool {
        if !self.kernel.cells(call, cx, cells, result) {
            return false;
        }
        let due = self.is_due();
        if due {
            cx.scratch.record_exit(call, FORCED);
        }
        !due
    }

    fn batch<'r>(
        &'r self,
        call: CallId,
        batch: &BatchContext<'r>,
        vectors: &[Vector<'r>],
        selection: Selection<'r>,
    ) -> Vector<'r> {
        let vector = self.kernel.batch(call, batch, vectors, selection);
        selection.for_each(|row| {
            if self.is_due() {
                batch.exit(row, call, FORCED);
            }
        });
        vector
    }

    fn stands_for_lowering(&self) -> bool {
        false
    }
}

/// The fused closure of the other kernel.
struct Watched<R: Native> {
    inner: Box<dyn Eval<R>>,
    call: CallId,
    forced: Arc<ForcedExit>,
}

impl<R: Native> Eval<R> for Watched<R> {
    fn eval<'r>(&'r self, frame: &Frame<'r>) -> Out<R::Val<'r>> {
        let out = self.inner.eval(frame);
        if !matches!(out, Out::Exit) && self.forced.is_due() {
            frame.cx.scratch.record_exit(self.call, FORCED);
            return Out::Exit;
        }
        out
    }
}
