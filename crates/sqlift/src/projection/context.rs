//! What one thread needs to evaluate a projection.

use super::code::Code;
use super::{Inner, Unit};
use crate::background::Job;
use crate::statistics::Counters;
use crate::{Context, Expression, Tier, TierPolicy, tuning};
use bumpalo::Bump;
use sqlift_functions::Scratch;
use sqlift_types::Diagnostics;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Memory, diagnostics and a hold on the code: for one thread, used again for every row. Results borrow from it.
#[derive(Debug)]
pub struct ProjectionContext {
    diagnostics: Diagnostics,
    held: Option<Held>,
    /// Of expressions that are evaluated each for itself.
    each: Vec<Context>,
}

/// Of a unit: memory, and the code that was used last.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) arena: Bump,
    pub(super) scratch: Scratch,
    pub(super) code: Arc<Code>,
    code_number: u64,
    pub(super) tier: Tier,
    counters: Arc<Counters>,
    uncounted: u32,
}

impl ProjectionContext {
    pub(super) fn new(inner: &Inner) -> ProjectionContext {
        ProjectionContext {
            diagnostics: Diagnostics::new(inner.settings.limits.warnings),
            held: None,
            each: Vec::new(),
        }
    }

    /// What a unit is evaluated with.
    pub(super) fn held(&mut self, inner: &Inner, unit: &Unit) -> (&mut Held, &mut Diagnostics) {
        let held = self.held.get_or_insert_with(|| Held::new(inner, unit));
        (held, &mut self.diagnostics)
    }

    /// What expressions are evaluated with each for itself: a context for each, without warnings.
    pub(super) fn each(&mut self, singles: &[Expression]) -> (&mut [Context], &mut Diagnostics) {
        if self.each.len() != singles.len() {
            self.each = singles.iter().map(Expression::context).collect();
        }
        self.each.iter_mut().for_each(Context::clear_warnings);
        (&mut self.each, &mut self.diagnostics)
    }

    /// The warnings raised since the last [`ProjectionContext::clear_warnings`].
    pub fn diagnostics(&self) -> &Diagnostics {
        &self.diagnostics
    }

    /// Forgets all warnings, as a new statement does.
    pub fn clear_warnings(&mut self) {
        self.diagnostics.clear();
    }
}

/// The tier that a policy asks for, with this code.
fn tier(policy: TierPolicy, code: &Code) -> Tier {
    match policy {
        TierPolicy::Only(tier) => tier,
        TierPolicy::Auto if code.has_native() => Tier::Native,
        TierPolicy::Auto => Tier::Vm,
    }
}

impl Held {
    fn new(inner: &Inner, unit: &Unit) -> Held {
        let (code_number, code) = unit.newest();
        Held {
            arena: Bump::new(),
            scratch: Scratch::default(),
            tier: tier(inner.settings.policy, &code),
            code,
            code_number,
            counters: inner.counters.clone(),
            uncounted: 0,
        }
    }

    /// Begins a row or a chunk: with nothing of the one before, and the newest code.
    pub(super) fn begin(&mut self, inner: &Inner, unit: &Unit) {
        self.arena.reset();
        self.scratch.clear();
        if self.code_number != unit.code_number.load(Ordering::Acquire) {
            self.count(self.tier, 0);
            (self.code_number, self.code) = unit.newest();
            self.counters = inner.counters.clone();
            self.tier = tier(inner.settings.policy, &self.code);
        }
    }

    /// Counts rows of a tier.
    pub(super) fn add_rows(&mut self, inner: &Arc<Inner>, unit: &Unit, rows: u32) {
        self.uncounted += rows;
        if self.uncounted < tuning::COUNT_EVERY {
            return;
        }
        let all = self.count(self.tier, 0);
        let hot = all >= tuning::NATIVE_ROWS && inner.settings.policy == TierPolicy::Auto;
        if hot && !unit.asked_for_native.swap(true, Ordering::Relaxed) {
            let job = Job::Projection(Arc::downgrade(inner));
            inner.settings.background.submit(job);
        }
    }

    /// Tells the projection of the rows since the last time, and of others of a tier; gives all rows.
    pub(super) fn count(&mut self, tier: Tier, rows: u64) -> u64 {
        let uncounted = u64::from(std::mem::take(&mut self.uncounted));
        self.counters.add_rows(self.tier, uncounted);
        self.counters.add_rows(tier, rows)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.count(self.tier, 0);
    }
}
