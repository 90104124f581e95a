//! What one thread needs to evaluate rows.

use crate::compiled::Compiled;
use crate::statistics::Counters;
use crate::{Tier, tuning};
use bumpalo::Bump;
use sqlift_functions::Scratch;
use sqlift_types::{Diagnostics, Value};
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
    /// What a batch needs as long as it is evaluated; empty between batches.
    #[cfg(feature = "arrow")]
    pub(crate) kept: Bump,
    /// Where native code puts the validity of its results.
    #[cfg(all(feature = "jit", feature = "arrow"))]
    pub(crate) validity: Vec<u64>,
}

/// The code that the context used last, and rows that are not counted yet.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) code: Arc<Compiled>,
    /// The number of that code, which no other code has.
    pub(crate) code_number: u64,
    /// Its native code, if rows are evaluated in that and it needs nothing but cells.
    #[cfg(feature = "jit")]
    pub(crate) on_cells: Option<sqlift_jit::CellFunction>,
    pub(crate) counters: Arc<Counters>,
    pub(crate) pace: Pace,
    /// What there is for batches.
    #[cfg(all(feature = "jit", feature = "arrow"))]
    pub(crate) known: crate::blocks::Known,
}

/// The tier that rows take, and when to look again.
#[derive(Debug)]
pub(crate) struct Pace {
    pub(crate) tier: Tier,
    /// Rows until then.
    pub(crate) left: u32,
    /// What `left` began with.
    span: u32,
}

impl Pace {
    pub(crate) fn begin(&mut self, rows: u32) {
        (self.left, self.span) = (rows, rows);
    }
}

impl Context {
    pub(crate) fn new(warnings: usize, held: Held) -> Context {
        Context {
            arena: Bump::new(),
            empty_room: 0,
            scratch: Scratch::default(),
            diagnostics: Diagnostics::new(warnings),
            held,
            #[cfg(feature = "arrow")]
            kept: Bump::new(),
            #[cfg(all(feature = "jit", feature = "arrow"))]
            validity: Vec::new(),
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
    pub(crate) fn new(
        code: Arc<Compiled>,
        code_number: u64,
        tier: Tier,
        counters: Arc<Counters>,
    ) -> Held {
        let mut held = Held {
            code,
            code_number,
            #[cfg(feature = "jit")]
            on_cells: None,
            counters,
            pace: Pace {
                tier,
                left: 0,
                span: 0,
            },
            #[cfg(all(feature = "jit", feature = "arrow"))]
            known: crate::blocks::Known::default(),
        };
        held.take(tier);
        held.pace.begin(tuning::TIME_EVERY);
        held
    }

    /// Evaluates a row in native code that needs nothing but its cells. `false`: there is none, or the row was given up; nothing has
    /// happened.
    #[inline(always)]
    pub(crate) fn run_on_cells<'r>(&self, row: &'r [Value<'r>], value: &mut Value<'r>) -> bool {
        #[cfg(feature = "jit")]
        if let Some(function) = &self.on_cells {
            return function.run(row, value);
        }
        let _ = (row, value);
        false
    }

    /// Lets the rows that come next be evaluated in this tier.
    pub(crate) fn take(&mut self, tier: Tier) {
        self.pace.tier = tier;
        #[cfg(feature = "jit")]
        {
            let code = (tier == Tier::Native).then_some(&self.code);
            self.on_cells = code.and_then(|code| code.on_cells());
        }
    }

    /// Tells the expression of the rows since the last time; gives all its rows.
    pub(crate) fn count(&mut self) -> u64 {
        let Pace { tier, left, span } = self.pace;
        self.pace.span = left;
        self.counters.add_rows(tier, u64::from(span - left))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.count();
    }
}
