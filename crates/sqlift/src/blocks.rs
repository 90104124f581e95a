//! Native blocks: the state of an expression's batch function, and the choice between it and the VM's loops.

use crate::background::Job;
use crate::compiled::Compiled;
use crate::expression::{Expression, Inner, with_compiler};
use crate::statistics::lock;
use crate::{Tier, TierPolicy, tuning};
use sqlift_ir::{Program, linearize};
use sqlift_jit::{BatchFunction, Bets, ColumnKind, Compiler};
use sqlift_types::Error;
use std::sync::{Arc, Mutex};
use std::time::Instant;

/// The batch function of a program, for the column kinds that were met last.
#[derive(Debug, Default)]
pub(crate) struct Blocks {
    state: Mutex<State>,
}

/// What a batch's columns are, as far as code depends on it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Needs {
    pub(crate) kinds: Vec<ColumnKind>,
    /// Which columns say that they have NULLs.
    pub(crate) nulls: Vec<bool>,
}

impl Needs {
    /// Takes up the NULLs of another batch; whether there are any new ones.
    fn take_nulls(&mut self, other: &Needs) -> bool {
        let mut new = false;
        for (known, has) in self.nulls.iter_mut().zip(&other.nulls) {
            new |= *has && !*known;
            *known |= *has;
        }
        new
    }
}

#[derive(Debug, Default)]
struct State {
    needs: Needs,
    function: Function,
    /// Too many blocks were flagged, so code counts on the columns' declarations alone.
    wary: bool,
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
        needs: Needs,
        bets: impl FnOnce() -> Bets,
    ) -> Option<Arc<BatchFunction>> {
        let policy = expression.inner.settings.policy;
        let (needs, bets) = {
            let mut state = lock(&self.state);
            // One request at a time, or batches of alternating kinds would fill the compile thread's queue.
            if matches!(state.function, Function::Asked) {
                return None;
            }
            if state.needs.kinds != needs.kinds {
                *state = State {
                    needs,
                    ..State::default()
                };
            } else if state.needs.take_nulls(&needs) {
                // A column that was taken to have none: the code is made again, once a column.
                *state = State {
                    needs: std::mem::take(&mut state.needs),
                    wary: state.wary,
                    ..State::default()
                };
            }
            match &state.function {
                Function::Ready(function) => return Some(function.clone()),
                Function::Asked | Function::Refused => return None,
                Function::Cold => {}
            }
            let is_hot = expression.inner.counters.total_rows() >= tuning::NATIVE_BATCH_ROWS;
            if policy == TierPolicy::Auto && !is_hot {
                return None;
            }
            let mut bets = bets();
            if state.wary {
                bets.columns
                    .iter_mut()
                    .for_each(|column| column.bits = None);
                bets.tame_nulls = false;
            }
            for (column, nulls) in bets.columns.iter_mut().zip(&state.needs.nulls) {
                column.no_nulls = !nulls;
            }
            let needs = state.needs.clone();
            if policy == TierPolicy::Auto {
                state.function = Function::Asked;
                let job = Job::Blocks(Arc::downgrade(&expression.inner), needs, bets);
                expression.inner.settings.background.submit(job);
                return None;
            }
            (needs, bets)
        };
        with_compiler(|compiler| compile(&expression.inner, compiler, needs, &bets));
        match &lock(&self.state).function {
            Function::Ready(function) => Some(function.clone()),
            _ => None,
        }
    }

    /// The function, if it is there and takes a batch whose columns are like these.
    pub(crate) fn ready(&self, takes: impl FnOnce(&Needs) -> bool) -> Option<Arc<BatchFunction>> {
        let state = lock(&self.state);
        match &state.function {
            Function::Ready(function) if takes(&state.needs) => Some(function.clone()),
            _ => None,
        }
    }

    /// Whether it is worth to look whether there is a function for a batch of so many rows.
    pub(crate) fn may_have(&self, inner: &Inner, rows: usize) -> bool {
        let takes_part = match inner.settings.policy {
            TierPolicy::Auto => inner.counters.total_rows() >= tuning::NATIVE_BATCH_ROWS,
            TierPolicy::Only(tier) => tier == Tier::Native,
        };
        takes_part && rows >= BatchFunction::BLOCK_ROWS
    }

    /// Takes note of a batch of which too many blocks were flagged. When that is the rule, code is made that counts on less; when it
    /// is still, native blocks are given up.
    pub(crate) fn lost(&self, inner: &Inner) {
        let mut state = lock(&self.state);
        state.lost += 1;
        if state.lost < tuning::LOST_BATCHES || !matches!(state.function, Function::Ready(_)) {
            return;
        }
        if !state.wary {
            *state = State {
                needs: std::mem::take(&mut state.needs),
                wary: true,
                vm: state.vm,
                ..State::default()
            };
            inner
                .counters
                .note("native blocks that count on less: too many were flagged");
        } else if inner.settings.policy == TierPolicy::Auto {
            state.function = Function::Refused;
            inner
                .counters
                .note("stays in the VM for batches: most blocks need it anyway");
        }
    }

    /// A clock for a batch of so many rows, if it is worth to be timed.
    pub(crate) fn timer(&self, inner: &Inner, rows: usize) -> Option<(usize, Instant)> {
        let timed = rows >= tuning::TIMED_ROWS && inner.settings.policy == TierPolicy::Auto;
        timed.then(|| (rows, Instant::now()))
    }

    /// Takes note of how long a batch took. When the VM turns out to be as fast, native blocks are given up.
    pub(crate) fn timed(&self, inner: &Inner, tier: Tier, timer: Option<(usize, Instant)>) {
        let Some((rows, started)) = timer else {
            return;
        };
        let time = started.elapsed();
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
pub(crate) fn compile(inner: &Inner, compiler: &mut Compiler, needs: Needs, bets: &Bets) {
    let code = inner.code();
    let made = match uniform(inner, &code) {
        Ok(program) => {
            // Both read the same columns, in the order in which they are first needed.
            debug_assert_eq!(program.columns, code.program.columns);
            let made = compiler.compile_batch_on(&program, &needs.kinds, bets);
            // A machine may lack an instruction that only the vectors need.
            let made = made.or_else(|_| compiler.compile_batch(&program, &needs.kinds));
            made.map_err(|error| error.to_string())
        }
        Err(error) => Err(error.to_string()),
    };
    let mut state = lock(&code.blocks.state);
    if state.needs != needs {
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

/// The program whose values all have one scale, as those of an array: what each row is shown with is of no account there.
fn uniform(inner: &Inner, code: &Compiled) -> Result<Arc<Program>, Error> {
    if !code.shows_scale {
        return Ok(code.program.clone());
    }
    let whole = std::slice::from_ref(inner.typed());
    let program = linearize(whole, &inner.session, code.speculation)?;
    Ok(Arc::new(inner.settings.forced.put_into(program)))
}
