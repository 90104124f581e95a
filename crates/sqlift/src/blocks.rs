//! Native blocks: the state of an expression's batch function, and the choice between it and the VM's loops.

use crate::background::Job;
use crate::expression::{Expression, Inner, with_compiler};
use crate::statistics::lock;
use crate::{Tier, TierPolicy, tuning};
use sqlift_jit::{BatchFunction, ColumnKind, Compiler};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// The batch function of a program, for the column kinds that were met last.
#[derive(Debug, Default)]
pub(crate) struct Blocks {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    kinds: Vec<ColumnKind>,
    function: Function,
    /// Picoseconds a row, the best so far.
    vm: Option<u64>,
    native: Option<u64>,
    /// Batches that were timed in native blocks.
    timed: u32,
    /// Batches of which too many blocks were flagged.
    lost: u32,
}

#[derive(Debug, Default)]
enum Function {
    /// Nobody has asked for it.
    #[default]
    Cold,
    /// The compile thread is at it.
    Asked,
    /// There is none: the program cannot be compiled so, or the VM is faster.
    Refused,
    /// There it is.
    Ready(Arc<BatchFunction>),
}

impl Blocks {
    /// The function for a batch whose columns are of these kinds, if there is one to use; asks for it when it is time.
    pub(crate) fn function(
        &self,
        expression: &Expression,
        kinds: &[ColumnKind],
    ) -> Option<Arc<BatchFunction>> {
        let policy = expression.inner.settings.policy;
        if !matches!(policy, TierPolicy::Auto | TierPolicy::Only(Tier::Native)) {
            return None;
        }
        {
            let mut state = lock(&self.state);
            if state.kinds != kinds {
                // One request at a time, or batches of alternating kinds would fill the compile thread's queue.
                if matches!(state.function, Function::Asked) {
                    return None;
                }
                *state = State {
                    kinds: kinds.to_vec(),
                    ..State::default()
                };
            }
            match &state.function {
                Function::Ready(function) => return Some(function.clone()),
                Function::Asked | Function::Refused => return None,
                Function::Cold => {}
            }
            if policy == TierPolicy::Auto {
                if expression.inner.counters.total_rows() >= tuning::NATIVE_BATCH_ROWS {
                    state.function = Function::Asked;
                    let job = Job::Blocks(Arc::downgrade(&expression.inner), kinds.to_vec());
                    expression.inner.settings.background.submit(job);
                }
                return None;
            }
        }
        with_compiler(|compiler| compile(&expression.inner, compiler, kinds.to_vec()));
        match &lock(&self.state).function {
            Function::Ready(function) => Some(function.clone()),
            _ => None,
        }
    }

    /// Takes note of a batch of which too many blocks were flagged. When that is the rule, native blocks are given up.
    pub(crate) fn lost(&self, inner: &Inner) {
        if inner.settings.policy != TierPolicy::Auto {
            return;
        }
        let mut state = lock(&self.state);
        state.lost += 1;
        if state.lost == tuning::LOST_BATCHES {
            state.function = Function::Refused;
            inner
                .counters
                .note("stays in the VM for batches: most blocks need it anyway");
        }
    }

    /// Takes note of how long a batch took. When the VM turns out to be as fast, native blocks are given up.
    pub(crate) fn timed(&self, inner: &Inner, tier: Tier, rows: usize, time: Duration) {
        if rows < tuning::TIMED_ROWS || inner.settings.policy != TierPolicy::Auto {
            return;
        }
        let cost = u64::try_from(time.as_nanos() * 1000 / rows as u128).unwrap_or(u64::MAX);
        let mut state = lock(&self.state);
        let best = if tier == Tier::Native {
            &mut state.native
        } else {
            &mut state.vm
        };
        *best = Some(best.map_or(cost, |best| best.min(cost)));
        if tier == Tier::Native {
            state.timed += 1;
        }
        if state.timed >= tuning::TIMED_BATCHES
            && matches!(state.function, Function::Ready(_))
            && let (Some(vm), Some(native)) = (state.vm, state.native)
            && vm <= native
        {
            state.function = Function::Refused;
            inner.counters.note(format!(
                "stays in the VM for batches: {vm} ps a row against {native}"
            ));
        }
    }
}

/// Compiles the batch function of the program in force.
pub(crate) fn compile(inner: &Inner, compiler: &mut Compiler, kinds: Vec<ColumnKind>) {
    let code = inner.code();
    let made = compiler.compile_batch(&code.program, &kinds);
    let mut state = lock(&code.blocks.state);
    if state.kinds != kinds {
        return;
    }
    state.function = match made {
        Ok(function) => {
            let form = if function.is_vectorised() {
                "vectors"
            } else {
                "scalars"
            };
            inner.counters.note(format!(
                "native blocks of {form}, {} bytes",
                function.code_bytes()
            ));
            Function::Ready(Arc::new(function))
        }
        Err(error) => {
            inner
                .counters
                .note(format!("stays in the VM for batches: {error}"));
            Function::Refused
        }
    };
}
