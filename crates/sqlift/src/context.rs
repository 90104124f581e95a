//! What one thread needs to evaluate rows.

use crate::Tier;
use crate::compiled::Compiled;
use crate::statistics::Counters;
use bumpalo::Bump;
use sqlift_functions::Scratch;
use sqlift_types::Diagnostics;
use std::sync::Arc;

/// Memory, diagnostics and a hold on the code: for one thread, used again for every row. Results borrow from it.
#[derive(Debug)]
pub struct Context {
    pub(crate) arena: Bump,
    /// Room in the arena when it is empty: while it is that, there is nothing to free.
    empty_room: usize,
    pub(crate) scratch: Scratch,
    pub(crate) diagnostics: Diagnostics,
    pub(crate) held: Held,
}

/// The code that the context used last, and rows that are not counted yet.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) code: Arc<Compiled>,
    /// The number of that code, which no other code has.
    pub(crate) code_number: u64,
    pub(crate) tier: Tier,
    pub(crate) counters: Arc<Counters>,
    pub(crate) uncounted: u32,
}

impl Context {
    pub(crate) fn new(warnings: usize, held: Held) -> Context {
        Context {
            arena: Bump::new(),
            empty_room: 0,
            scratch: Scratch::default(),
            diagnostics: Diagnostics::new(warnings),
            held,
        }
    }

    /// Forgets the row (or chunk) before.
    #[inline]
    pub(crate) fn begin(&mut self) {
        if self.arena.chunk_capacity() != self.empty_room {
            self.free();
        }
        if self.scratch.is_touched() {
            self.forget();
        }
        self.scratch.set_row(0);
    }

    #[cold]
    #[inline(never)]
    fn free(&mut self) {
        self.arena.reset();
        self.empty_room = self.arena.chunk_capacity();
    }

    #[cold]
    #[inline(never)]
    fn forget(&mut self) {
        self.scratch.clear();
    }

    /// The warnings raised since the last [`Context::clear_warnings`].
    pub fn diagnostics(&self) -> &Diagnostics {
        &self.diagnostics
    }

    /// Forgets all warnings, as a new statement does.
    pub fn clear_warnings(&mut self) {
        self.diagnostics.clear();
    }
}

impl Held {
    /// Tells the expression of the rows since the last time.
    pub(crate) fn count(&mut self) -> u64 {
        self.counters
            .add_rows(self.tier, u64::from(std::mem::take(&mut self.uncounted)))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.count();
    }
}
