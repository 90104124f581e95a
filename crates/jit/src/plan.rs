//! What is decided of a batch function before it is built: for each slot how NULL is known and where its value is wanted, and
//! whether two rows fit an instruction.

use crate::CompileError;
use crate::check::{Fits, SaysNull, Width, lowering_of};
use crate::column::ColumnKind;
use sqlift_functions::{Lower, SlotId};
use sqlift_ir::{Program, Slot, Step};
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
}

/// Decides. `kinds` are those of [`Program::columns`].
pub(crate) fn plan(program: &Program, kinds: &[ColumnKind]) -> Result<Plan, CompileError> {
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
    let nulls = nulls(program, Width::Scalar)
        .ok_or(CompileError::NotBatchable("a call without a lowering"))?;
    let (facts, calls) = nulls;
    let mut slots: Vec<SlotPlan> = facts
        .into_iter()
        .zip(program.write_counts())
        .map(|(nulls, writes)| SlotPlan {
            nulls,
            by_row: false,
            by_word: false,
            merged: writes > 1,
        })
        .collect();
    let on_words = places(program, &calls, &mut slots);
    let vector = program
        .steps
        .iter()
        .all(|step| vectorises(program, kinds, &slots, &on_words, step));
    let any_bits = slots.iter().any(|s| s.by_word);
    Ok(Plan {
        width: if vector { Width::Vector } else { Width::Scalar },
        slots,
        lowers: calls.iter().map(|(lower, _)| *lower).collect(),
        on_words,
        // Bits are packed several at a time; values gain nothing from it.
        unroll: if any_bits { 4 } else { 1 },
    })
}

type Calls = Vec<(Lower, Fits)>;

/// How NULL is known of each slot, and the lowering of each call; `None` if a call has none.
fn nulls(program: &Program, width: Width) -> Option<(Vec<Nulls>, Calls)> {
    let writes = program.write_counts();
    let mut facts: Vec<Nulls> = vec![Nulls::Row; program.slots.len()];
    let mut calls: Vec<Option<(Lower, Fits)>> = vec![None; program.calls.len()];
    for step in &program.steps {
        let Some(to) = step.writes().filter(|to| writes[to.index()] == 1) else {
            continue;
        };
        facts[to.index()] = match step {
            Step::Column { column, .. } if program.columns[*column as usize].slot.nullable => {
                Nulls::Columns(vec![*column])
            }
            Step::Column { .. } => Nulls::Never,
            Step::Constant { constant, .. } => match program.constants[*constant as usize].value {
                Datum::Null => Nulls::Row,
                _ => Nulls::Never,
            },
            Step::Parameter { .. } if program.slots[to.index()].nullable => Nulls::Row,
            Step::Parameter { .. } => Nulls::Never,
            Step::Copy { from, .. } => facts[from.index()].clone(),
            Step::Call { call, args, .. } => {
                let of_args: Vec<Nulls> = args.iter().map(|a| facts[a.index()].clone()).collect();
                let described = described(program, args, &of_args);
                let site = &program.calls[call.index()];
                let (lower, fits) = lowering_of(site, &program.session, &described, width)?;
                calls[call.index()] = Some((lower, fits));
                match (site.overload().is_strict(), fits.null) {
                    (_, SaysNull::Somewhere) => Nulls::Row,
                    (true, _) => union(&of_args),
                    (false, SaysNull::WithArgument(arg)) => of_args[arg].clone(),
                    (false, SaysNull::Nowhere) => Nulls::Never,
                }
            }
            _ => continue,
        };
    }
    // A call that no step makes has no lowering to look for.
    let calls: Option<Calls> = calls.into_iter().collect();
    Some((facts, calls?))
}

fn described(program: &Program, args: &[SlotId], nulls: &[Nulls]) -> Vec<(Slot, bool)> {
    let slots = args.iter().map(|a| program.slots[a.index()]);
    slots
        .zip(nulls)
        .map(|(slot, nulls)| (slot, *nulls != Nulls::Never))
        .collect()
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

/// Marks where each slot is wanted, from the end; gives the calls that are done on words.
fn places(program: &Program, calls: &Calls, slots: &mut [SlotPlan]) -> Vec<bool> {
    let mut on_words = vec![false; calls.len()];
    for step in program.steps.iter().rev() {
        match step {
            Step::Call { to, call, args } => {
                let by_word = calls[call.index()].1.logic
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

/// Whether a step can be done for two rows at once.
fn vectorises(
    program: &Program,
    kinds: &[ColumnKind],
    slots: &[SlotPlan],
    on_words: &[bool],
    step: &Step,
) -> bool {
    let narrow = |slot: &SlotId| program.slots[slot.index()].repr != Repr::Dec128;
    match step {
        Step::Column { to, column } => {
            let kind = kinds[*column as usize];
            let only_bits = kind == ColumnKind::Bits && !slots[to.index()].by_row;
            only_bits || kind.has_vector_load() && narrow(to)
        }
        Step::Call { call, args, .. } => {
            let nulls: Vec<Nulls> = args
                .iter()
                .map(|a| slots[a.index()].nulls.clone())
                .collect();
            let described = described(program, args, &nulls);
            let site = &program.calls[call.index()];
            on_words[call.index()]
                || lowering_of(site, &program.session, &described, Width::Vector).is_some()
        }
        step => step.writes().is_none_or(|to| narrow(&to)),
    }
}
