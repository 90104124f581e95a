//! The program's invariants, checked.

use crate::program::{Call, Slot};
use crate::{Program, Step};
use std::fmt;

/// What is wrong with a program: a mistake in linearizing, never in the user's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyError {
    /// The step.
    pub step: usize,
    /// What is wrong.
    pub what: &'static str,
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "step {}: {}", self.step, self.what)
    }
}

impl std::error::Error for VerifyError {}

impl Program {
    /// Checks every invariant; see [`Program`].
    pub fn verify(&self) -> Result<(), VerifyError> {
        let last = self.steps.len().saturating_sub(1);
        let fail = |step, what| Err(VerifyError { step, what });
        if self.steps.last() != Some(&Step::Return) {
            return fail(last, "the last step must be return");
        }
        let writes = self.write_counts();
        // For each step, the slots that are written on every path to it; outputs count as slots behind the others.
        let slots = self.slots.len();
        let mut known: Vec<Option<Vec<bool>>> = vec![None; self.steps.len()];
        known[0] = Some(vec![false; slots + self.outputs.len()]);
        for (i, step) in self.steps.iter().enumerate() {
            let Some(mut written) = known[i].take() else {
                return fail(i, "the step cannot be reached");
            };
            if step.reads().iter().any(|s| s.index() >= slots)
                || step.writes().is_some_and(|s| s.index() >= slots)
            {
                return fail(i, "no such slot");
            }
            if step.reads().iter().any(|s| !written[s.index()]) {
                return fail(i, "a slot is read before it is written");
            }
            if let Some(to) = step.writes() {
                if writes[to.index()] > 1 && !matches!(step, Step::Copy { .. }) {
                    return fail(i, "only copies may write a slot twice");
                }
                written[to.index()] = true;
            }
            if let Err(what) = self.check_types(step) {
                return fail(i, what);
            }
            match step {
                Step::Output { index, .. } => {
                    let Some(given) = written.get_mut(slots + *index as usize) else {
                        return fail(i, "no such output");
                    };
                    *given = true;
                }
                Step::Return => {
                    if i != last {
                        return fail(i, "return must be the last step");
                    }
                    if !written[slots..].iter().all(|w| *w) {
                        return fail(i, "an output is not given");
                    }
                }
                _ => {}
            }
            if let Some(target) = step.target() {
                if target.index() <= i || target.index() > last {
                    return fail(i, "jumps go forward");
                }
                merge(&mut known[target.index()], &written);
            }
            if i < last && !matches!(step, Step::Jump { .. }) {
                merge(&mut known[i + 1], &written);
            }
        }
        Ok(())
    }

    fn check_types(&self, step: &Step) -> Result<(), &'static str> {
        let slot = |s: &sqlift_functions::SlotId| self.slots[s.index()];
        match step {
            Step::Column { to, column } => {
                let column = self.columns.get(*column as usize).ok_or("no such column")?;
                if column.slot != slot(to) {
                    return Err("column and slot differ");
                }
            }
            Step::Constant { to, constant } => {
                let constant = self
                    .constants
                    .get(*constant as usize)
                    .ok_or("no such constant")?;
                let held = constant.slot;
                if (held.repr, held.scale) != (slot(to).repr, slot(to).scale) {
                    return Err("constant and slot differ");
                }
                let mut wide = sqlift_types::I256::ZERO;
                let cell = constant.value.as_cell_of(held.repr, held.scale, &mut wide);
                if cell.is_none() {
                    return Err("a constant is not of its slot's type");
                }
                if constant.value.is_null() && !slot(to).nullable {
                    return Err("a constant is NULL and its slot never is");
                }
            }
            Step::Call { to, call, args } => {
                let call = self.calls.get(call.index()).ok_or("no such call")?;
                let args: Vec<Slot> = args.iter().map(slot).collect();
                check_call(call, &args, slot(to))?;
            }
            Step::Copy { to, from }
                if (slot(to).repr, slot(to).scale) != (slot(from).repr, slot(from).scale) =>
            {
                return Err("a copy changes the representation");
            }
            Step::Output { index, from } => {
                let ty = self.outputs.get(*index as usize).ok_or("no such output")?;
                let held = slot(from);
                if held.repr != ty.repr() {
                    return Err("an output is not held as its type says");
                }
                if held.repr.is_decimal() && held.scale != ty.decimals {
                    return Err("an output has not the scale of its type");
                }
            }
            Step::JumpIfFalse { slot: s, .. }
            | Step::JumpIfTrue { slot: s, .. }
            | Step::JumpUnlessTrue { slot: s, .. }
                if slot(s).repr != sqlift_types::Repr::Bool =>
            {
                return Err("a condition is not a truth value");
            }
            _ => {}
        }
        Ok(())
    }
}

/// A call against its overload, the slots of its arguments and the slot of its result.
fn check_call(call: &Call, args: &[Slot], to: Slot) -> Result<(), &'static str> {
    let overload = call.overload();
    let reprs: Vec<_> = args.iter().map(|arg| arg.repr).collect();
    if !overload.accepts(&reprs) {
        return Err("arguments are not what the overload takes");
    }
    if overload.ret() != to.repr {
        return Err("result is not what the overload gives");
    }
    if call.slot != to {
        return Err("a call and its slot differ");
    }
    if to.repr.is_decimal() && to.scale != call.ty.decimals {
        return Err("a result has not the scale of its type");
    }
    if call.args.len() != args.len() {
        return Err("a call was prepared for other arguments");
    }
    for (fact, arg) in call.args.iter().zip(args) {
        if fact.repr != arg.repr {
            return Err("an argument is not held as the kernel was prepared for");
        }
        if arg.repr.is_decimal() && arg.scale != fact.ty.decimals {
            return Err("an argument has not the scale that the kernel was prepared for");
        }
    }
    if !to.nullable && overload.is_strict() && args.iter().any(|arg| arg.nullable) {
        return Err("a result that is never NULL has an argument that may be");
    }
    Ok(())
}

fn merge(known: &mut Option<Vec<bool>>, written: &[bool]) {
    match known {
        Some(known) => known.iter_mut().zip(written).for_each(|(k, w)| *k &= w),
        None => *known = Some(written.to_vec()),
    }
}
