//! Native blocks: the state of an expression's batch function, and the choice between it and the VM's loops.

use crate::background::Job;
use crate::compiled::Compiled;
use crate::expression::{Expression, Inner, with_compiler};
use crate::race::Race;
use crate::statistics::lock;
use crate::{Tier, TierPolicy, tuning};
use sqlift_ir::{Program, linearize};
use sqlift_jit::{BatchFunction, Bets, ColumnKind, Compiler};
use sqlift_types::Error;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

/// The batch function of a program, for the column kinds that were met last.
#[derive(Debug, Default)]
pub(crate) struct Blocks {
    state: Mutex<State>,
    /// How often the state has changed: who knows one of it asks no lock for it.
    version: AtomicU64,
}

/// What a context knows of the state.
#[derive(Debug, Default)]
pub(crate) struct Known {
    version: u64,
    /// The function, if there is one.
    pub(crate) function: Option<Arc<BatchFunction>>,
    /// The batches that it takes.
    pub(crate) needs: Needs,
    /// By size of batches: the faster tier, once that is known.
    pub(crate) faster: [Option<Tier>; SIZES],
    /// By size of batches: whether the VM is timed still.
    pub(crate) vm_is_timed: [bool; SIZES],
    /// The schema of batches that the VM is faster for.
    pub(crate) left_to_vm: usize,
}

/// Small batches and others: what it costs to begin one counts in the small.
pub(crate) const SIZES: usize = 2;

/// Which of the [`SIZES`] a batch has.
pub(crate) fn size(rows: usize) -> usize {
    usize::from(rows >= tuning::LARGE_BATCH)
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
    /// Picoseconds a row, by size of batches.
    races: [Race; SIZES],
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

impl State {
    /// The same state for other native code.
    fn again(&mut self, wary: bool) -> State {
        State {
            needs: std::mem::take(&mut self.needs),
            races: self.races.each_ref().map(Race::with_other_native),
            wary,
            ..State::default()
        }
    }
}

impl Known {
    /// Learns the state, if it has changed.
    pub(crate) fn refresh(&mut self, blocks: &Blocks) {
        if self.version == blocks.version.load(Ordering::Acquire) {
            return;
        }
        let state = lock(&blocks.state);
        let function = match &state.function {
            Function::Ready(function) => Some(function.clone()),
            _ => None,
        };
        let faster = |race: &Race| match state.function {
            Function::Refused => Some(Tier::Vm),
            _ => race.outcome().map(|outcome| outcome.winner),
        };
        *self = Known {
            // Nobody changes it but under the lock.
            version: blocks.version.load(Ordering::Acquire),
            function,
            needs: state.needs.clone(),
            faster: state.races.each_ref().map(faster),
            vm_is_timed: state.races.each_ref().map(|race| race.wants(Tier::Vm)),
            left_to_vm: 0,
        };
    }
}

impl Blocks {
    /// Tells those who know the state that it has changed.
    fn changed(&self, _: &MutexGuard<'_, State>) {
        self.version.fetch_add(1, Ordering::Release);
    }

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
                self.changed(&state);
            } else if state.needs.take_nulls(&needs) {
                // A column that was taken to have none: the code is made again, once a column.
                let wary = state.wary;
                *state = state.again(wary);
                self.changed(&state);
            }
            match &state.function {
                Function::Ready(function) => return Some(function.clone()),
                Function::Asked | Function::Refused => return None,
                Function::Cold => {}
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

    /// The tier for a batch of such a size as long as nobody knows the faster one, and whether it is worth to be timed.
    pub(crate) fn turn(&self, size: usize) -> (Tier, bool) {
        let race = &lock(&self.state).races[size];
        let tier = race.next();
        (tier, race.wants(tier))
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
            *state = state.again(true);
            inner
                .counters
                .note("native blocks that count on less: too many were flagged");
        } else if inner.settings.policy == TierPolicy::Auto {
            state.function = Function::Refused;
            inner
                .counters
                .note("stays in the VM for batches: most blocks need it anyway");
        }
        self.changed(&state);
    }

    /// Takes note of how long a batch took.
    pub(crate) fn record(&self, inner: &Inner, rows: usize, tier: Tier, took: Duration) {
        let cost = u64::try_from(took.as_nanos() * 1000 / rows.max(1) as u128).unwrap_or(u64::MAX);
        let mut state = lock(&self.state);
        let race = &mut state.races[size(rows)];
        let outcome = race.record(tier, cost);
        if race.wants(tier) {
            return;
        }
        if let Some(outcome) = outcome
            && outcome.winner == Tier::Vm
        {
            let (vm, native) = (outcome.vm, outcome.native);
            let what = ["small batches", "batches"][size(rows)];
            inner.counters.note(format!(
                "stays in the VM for {what}: {vm} ps a row against {native}"
            ));
        }
        self.changed(&state);
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
    code.blocks.changed(&state);
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
