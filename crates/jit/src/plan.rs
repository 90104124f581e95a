//! What is decided of a batch function before it is built: for each slot how NULL is known and where its value is wanted, and
//! whether two rows fit an instruction.

use crate::CompileError;
use crate::bets::Bets;
use crate::check::{Fits, Known, SaysNull, Width, lowering_of};
use crate::column::ColumnKind;
use crate::days;
use crate::range::Interval;
use sqlift_functions::{Lower, SlotId};
use sqlift_ir::{Program, Step};
use sqlift_types::{Datum, Repr};

/// How it is known which rows are NULL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Nulls {
    Never,
    /// Where any of these columns is NULL: words of 64 rows tell, apart from the values.
    Columns(Vec<u32>),
    /// Row by row.
    Row,
}

/// What is decided about a slot.
#[derive(Clone, Debug)]
pub(crate) struct SlotPlan {
    pub(crate) nulls: Nulls,
    /// Whether its value is wanted row by row.
    pub(crate) by_row: bool,
    /// Whether its truth value is wanted as a word of 64 rows.
    pub(crate) by_word: bool,
    /// Written on several paths.
    pub(crate) merged: bool,
}

pub(crate) struct Plan {
    pub(crate) width: Width,
    pub(crate) slots: Vec<SlotPlan>,
    /// The lowering of each call.
    pub(crate) lowers: Vec<Lower>,
    /// Calls on truth values that are done on words, after the rows.
    pub(crate) on_words: Vec<bool>,
    /// Rows that one turn of the loop takes.
    pub(crate) unroll: usize,
    /// For each column whether NULLs are reckoned with; one in another column flags its block.
    pub(crate) nullable: Vec<bool>,
    /// For each column the bits that its integers are bet to have.
    pub(crate) guards: Guards,
    /// Whether what stands in NULLs is bet to raise no flag, so that flags need no mask.
    pub(crate) tame_nulls: bool,
    /// Slots that are held as days since 1970 instead of dates.
    pub(crate) days: Vec<bool>,
    /// Steps that some row comes to.
    pub(crate) live: Vec<bool>,
}

/// For each column the bits that its integers are bet to have.
pub(crate) type Guards = Vec<Option<u32>>;

/// Decides. `kinds` are those of [`Program::columns`].
pub(crate) fn plan(
    program: &Program,
    kinds: &[ColumnKind],
    bets: &Bets,
) -> Result<Plan, CompileError> {
    let refuse = |why| Err(CompileError::NotBatchable(why));
    if kinds.len() != program.columns.len() {
        return refuse("not as many kinds of buffer as columns");
    }
    for (column, kind) in program.columns.iter().zip(kinds) {
        if !kind.fits(column.slot.repr) {
            return refuse("a column that the buffer's kind does not hold");
        }
    }
    if program
        .slots
        .iter()
        .any(|s| ColumnKind::of_result(s.repr).is_none())
    {
        return refuse("bytes or wide decimals");
    }
    let columns = program.columns.iter().enumerate();
    let nullable: Vec<bool> = columns
        .map(|(i, c)| c.slot.nullable && !bets.column(i).no_nulls)
        .collect();
    let days = days::slots(program, kinds);
    let mut trial = Trial {
        program,
        kinds,
        nullable: &nullable,
        days: &days,
        live: vec![true; program.steps.len()],
    };
    let none = vec![None; kinds.len()];
    let (facts, calls) = loop {
        let Some((facts, calls)) = trial.facts(Width::Scalar, &none) else {
            return refuse("a call without a lowering");
        };
        // More is known of a slot when only one of the steps that write it is ever come to.
        let live = live(program, &facts);
        if live == trial.live {
            break (facts, calls);
        }
        trial.live = live;
    };
    let mut slots: Vec<SlotPlan> = facts
        .into_iter()
        .zip(trial.write_counts())
        .map(|(fact, writes)| SlotPlan {
            nulls: fact.nulls,
            by_row: false,
            by_word: false,
            merged: writes > 1,
        })
        .collect();
    let on_words = places(program, &trial.live, &calls, &mut slots);
    let any_bits = slots.iter().any(|s| s.by_word);
    let by_row = calls.iter().zip(&on_words).filter(|(_, words)| !**words);
    let operations = by_row.map(|((_, fits), _)| fits.operations).sum();
    let guards = trial.guards(&slots, &on_words, bets);
    let Trial { live, .. } = trial;
    Ok(Plan {
        width: match guards {
            Some(_) => Width::Vector,
            None => Width::Scalar,
        },
        slots,
        lowers: calls.iter().map(|(lower, _)| *lower).collect(),
        on_words,
        unroll: if any_bits { unroll(operations) } else { 1 },
        nullable,
        guards: guards.unwrap_or(none),
        tame_nulls: bets.tame_nulls,
        live,
        days,
    })
}

/// How many turns of the loop are done as one, so that their bits are packed together; values gain nothing from it. The more a turn
/// computes the less packing matters, and the longer it takes to compile.
fn unroll(operations: usize) -> usize {
    match operations {
        0..=16 => 4,
        17..=40 => 2,
        _ => 1,
    }
}

type Calls = Vec<(Lower, Fits)>;

/// What is known of a slot.
#[derive(Clone)]
struct Fact {
    nulls: Nulls,
    range: Interval,
}

/// How well two rows fit an instruction.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Vectors {
    No,
    /// Some operations go lane by lane.
    Slow,
    Yes,
}

/// A program with its columns, to find out what works.
struct Trial<'a> {
    program: &'a Program,
    kinds: &'a [ColumnKind],
    nullable: &'a [bool],
    days: &'a [bool],
    live: Vec<bool>,
}

/// Which steps some row comes to: none takes a jump on NULL where there is none.
fn live(program: &Program, facts: &[Fact]) -> Vec<bool> {
    let mut targets = vec![false; program.steps.len() + 1];
    let mut here = true;
    let mut live = Vec::with_capacity(program.steps.len());
    for (i, step) in program.steps.iter().enumerate() {
        here |= targets[i];
        live.push(here);
        if !here {
            continue;
        }
        let never_null = |slot: &SlotId| facts[slot.index()].nulls == Nulls::Never;
        let (jumps, stays) = match step {
            Step::Jump { .. } => (true, false),
            Step::JumpIfNull { slot, .. } => (!never_null(slot), true),
            Step::JumpIfNotNull { slot, .. } => (true, !never_null(slot)),
            step => (step.target().is_some(), true),
        };
        if let (true, Some(target)) = (jumps, step.target()) {
            targets[target.index()] = true;
        }
        here = stays;
    }
    live
}

impl Trial<'_> {
    /// The guards with which the program can be done for two rows at once, as few and as wide as possible; `None` if it cannot.
    fn guards(&self, slots: &[SlotPlan], on_words: &[bool], bets: &Bets) -> Option<Guards> {
        let none = vec![None; self.kinds.len()];
        let without = self.vectorises(slots, on_words, &none);
        if without == Vectors::Yes {
            return Some(none);
        }
        // Columns may be wider than they were seen to be by so many bits.
        let with = |slack: u32| -> Guards {
            let guard = |i: usize| match self.kinds[i].takes_guard(self.repr(i)) {
                true => bets
                    .column(i)
                    .bits
                    .map(|bits| bits + slack)
                    .filter(|bits| *bits <= 62),
                false => None,
            };
            (0..self.kinds.len()).map(guard).collect()
        };
        let works = |guards: &Guards| self.vectorises(slots, on_words, guards) == Vectors::Yes;
        // What works with much slack works with less.
        let (mut least, mut most) = (1, 62);
        if !works(&with(least)) {
            return (without == Vectors::Slow).then_some(none);
        }
        while least < most {
            let middle = (least + most).div_ceil(2);
            match works(&with(middle)) {
                true => least = middle,
                false => most = middle - 1,
            }
        }
        let mut guards = with(least);
        for column in 0..guards.len() {
            let guard = guards[column].take();
            if guard.is_some() && !works(&guards) {
                guards[column] = guard;
            }
        }
        Some(guards)
    }

    /// How many steps that are come to write each slot.
    fn write_counts(&self) -> Vec<u32> {
        let mut counts = vec![0; self.program.slots.len()];
        for (step, live) in self.program.steps.iter().zip(&self.live) {
            if let (true, Some(to)) = (*live, step.writes()) {
                counts[to.index()] += 1;
            }
        }
        counts
    }

    fn repr(&self, column: usize) -> Repr {
        self.program.columns[column].slot.repr
    }

    /// What is known of each slot, and the lowering of each call; `None` if a call has none.
    fn facts(&self, width: Width, guards: &Guards) -> Option<(Vec<Fact>, Calls)> {
        let program = self.program;
        let writes = self.write_counts();
        let unknown = Fact {
            nulls: Nulls::Row,
            range: Interval::ALL,
        };
        let mut facts: Vec<Fact> = vec![unknown; program.slots.len()];
        let mut calls: Vec<Option<(Lower, Fits)>> = vec![None; program.calls.len()];
        for (step, live) in program.steps.iter().zip(&self.live) {
            let known = |to: &SlotId| !live || writes[to.index()] == 1;
            let Some(to) = step.writes().filter(known) else {
                continue;
            };
            let mut range = Interval::ALL;
            let nulls = match step {
                Step::Column { column, .. } => {
                    let index = *column as usize;
                    range = self.kinds[index].range(self.repr(index), guards[index]);
                    match self.nullable[index] {
                        true => Nulls::Columns(vec![*column]),
                        false => Nulls::Never,
                    }
                }
                Step::Constant { constant, .. } => {
                    let value = &program.constants[*constant as usize].value;
                    range = match integer(value) {
                        Some(value) if !self.days[to.index()] => Interval::of(value),
                        _ => Interval::ALL,
                    };
                    match value {
                        Datum::Null => Nulls::Row,
                        _ => Nulls::Never,
                    }
                }
                Step::Parameter { .. } if program.slots[to.index()].nullable => Nulls::Row,
                Step::Parameter { .. } => Nulls::Never,
                Step::Copy { from, .. } => {
                    range = facts[from.index()].range;
                    facts[from.index()].nulls.clone()
                }
                Step::Call { call, args, .. } => {
                    let of_args: Vec<Nulls> = args
                        .iter()
                        .map(|a| facts[a.index()].nulls.clone())
                        .collect();
                    let known = |a: &SlotId| Known {
                        slot: program.slots[a.index()],
                        nullable: facts[a.index()].nulls != Nulls::Never,
                        range: facts[a.index()].range,
                    };
                    let known: Vec<Known> = args.iter().map(known).collect();
                    let site = &program.calls[call.index()];
                    // What nobody comes to is not emitted.
                    let width = if *live { width } else { Width::Scalar };
                    let (lower, mut fits) = lowering_of(site, &program.session, &known, width)?;
                    fits.slow &= live;
                    calls[call.index()] = Some((lower, fits));
                    range = fits.range;
                    match (site.overload().is_strict(), fits.null) {
                        (_, SaysNull::Somewhere) => Nulls::Row,
                        (true, _) => union(&of_args),
                        (false, SaysNull::WithArgument(arg)) => of_args[arg].clone(),
                        (false, SaysNull::Nowhere) => Nulls::Never,
                    }
                }
                _ => continue,
            };
            if *live {
                facts[to.index()] = Fact { nulls, range };
            }
        }
        // A call that no step makes has no lowering to look for.
        let calls: Option<Calls> = calls.into_iter().collect();
        Some((facts, calls?))
    }

    /// Whether the program can be done for two rows at once.
    fn vectorises(&self, slots: &[SlotPlan], on_words: &[bool], guards: &Guards) -> Vectors {
        let Some((_, calls)) = self.facts(Width::Vector, guards) else {
            return Vectors::No;
        };
        let fits = |(step, live): (&Step, &bool)| !live || self.fits_lanes(slots, guards, step);
        if !self.program.steps.iter().zip(&self.live).all(fits) {
            return Vectors::No;
        }
        let slow = |(call, (_, fits)): (usize, &(Lower, Fits))| fits.slow && !on_words[call];
        match calls.iter().enumerate().any(slow) {
            true => Vectors::Slow,
            false => Vectors::Yes,
        }
    }

    /// Whether what a step writes fits two lanes of 64 bits. Calls have been tried.
    fn fits_lanes(&self, slots: &[SlotPlan], guards: &Guards, step: &Step) -> bool {
        match step {
            Step::Column { to, column } => {
                let column = *column as usize;
                let kind = self.kinds[column];
                match kind {
                    ColumnKind::Bits => !slots[to.index()].by_row,
                    ColumnKind::Date32 => self.days[to.index()],
                    _ if self.repr(column) == Repr::Dec128 => guards[column].is_some(),
                    _ => kind.has_vector_load(),
                }
            }
            Step::Constant { to, constant } => {
                let wide = self.program.slots[to.index()].repr == Repr::Dec128;
                let value = &self.program.constants[*constant as usize].value;
                !wide || value.is_null() || integer(value).is_some()
            }
            Step::Parameter { to, .. } => self.program.slots[to.index()].repr != Repr::Dec128,
            _ => true,
        }
    }
}

/// A constant that is an integer of 64 bits for native code.
fn integer(value: &Datum) -> Option<i64> {
    match value {
        Datum::Int(v) | Datum::Date(v) | Datum::Time(v) | Datum::DateTime(v) => Some(*v),
        Datum::UInt(v) => Some(*v as i64),
        Datum::Decimal(d) => i64::try_from(i128::try_from(d.coefficient()).ok()?).ok(),
        _ => None,
    }
}

/// Where any of the arguments is NULL.
fn union(args: &[Nulls]) -> Nulls {
    let mut all = Vec::new();
    for arg in args {
        match arg {
            Nulls::Never => {}
            Nulls::Row => return Nulls::Row,
            Nulls::Columns(columns) => all.extend_from_slice(columns),
        }
    }
    all.sort_unstable();
    all.dedup();
    if all.is_empty() {
        Nulls::Never
    } else {
        Nulls::Columns(all)
    }
}

/// Truth values that come out of rows and are never NULL: to join them there takes less than to collect the bits of each.
fn from_rows(program: &Program, calls: &Calls, slots: &[SlotPlan]) -> Vec<bool> {
    let mut from_rows = vec![false; slots.len()];
    for step in &program.steps {
        if let Step::Call { to, call, args } = step {
            let joins = !args.is_empty()
                && args
                    .iter()
                    .all(|a| from_rows[a.index()] && slots[a.index()].nulls == Nulls::Never);
            from_rows[to.index()] = !calls[call.index()].1.logic || joins;
        }
    }
    from_rows
}

/// Marks where each slot is wanted, from the end; gives the calls that are done on words.
fn places(program: &Program, live: &[bool], calls: &Calls, slots: &mut [SlotPlan]) -> Vec<bool> {
    let from_rows = from_rows(program, calls, slots);
    let mut on_words = vec![false; calls.len()];
    for (step, live) in program.steps.iter().zip(live).rev() {
        match step {
            _ if !live => {}
            Step::Call { to, call, args } => {
                let by_word = calls[call.index()].1.logic
                    && !from_rows[to.index()]
                    && !slots[to.index()].by_row
                    && !slots[to.index()].merged;
                on_words[call.index()] = by_word;
                for arg in args {
                    let arg = &mut slots[arg.index()];
                    arg.by_word |= by_word;
                    arg.by_row |= !by_word;
                }
            }
            Step::Output { from, .. } => {
                let is_truth = program.slots[from.index()].repr == Repr::Bool;
                slots[from.index()].by_word |= is_truth;
                slots[from.index()].by_row |= !is_truth;
            }
            _ => {
                for slot in step.reads() {
                    slots[slot.index()].by_row = true;
                }
            }
        }
    }
    // What is computed on words is not collected from rows.
    for step in &program.steps {
        if let Step::Call { to, call, .. } = step
            && on_words[call.index()]
        {
            slots[to.index()].by_word = false;
        }
    }
    on_words
}
