//! Calls that stop at their first NULL operand.
//!
//! Linearized, such a call has jumps behind its operands, all to a place where the result becomes NULL. A fused closure needs none of
//! them: it asks its operands one by one anyway. So the jumps are taken out before a program is fused.

use sqlift_functions::SlotId;
use sqlift_ir::{Program, Step, StepIndex};
use std::borrow::Cow;

/// A program's steps without the jumps of calls that stop at NULL.
pub(crate) struct Straight<'p> {
    pub(crate) steps: Cow<'p, [Step]>,
    /// By call: the first operand behind which it may stop.
    pub(crate) stops: Vec<Option<SlotId>>,
}

/// A call that stops at NULL.
struct Found {
    /// The jumps to where the result is NULL.
    jumps: Vec<usize>,
    /// The call, behind which come: a copy of its result, a jump to the end, NULL, a copy of that.
    call: usize,
}

impl<'p> Straight<'p> {
    /// The steps as they are.
    pub(crate) fn as_is(program: &'p Program) -> Straight<'p> {
        Straight {
            steps: Cow::Borrowed(&program.steps),
            stops: vec![None; program.calls.len()],
        }
    }

    /// The steps with as few jumps as can be.
    pub(crate) fn new(program: &'p Program) -> Straight<'p> {
        let mut straight = Straight::as_is(program);
        let is_jump = |step: &Step| matches!(step, Step::JumpIfNull { .. });
        // The inner of nested calls come first: what is around them is straight only then.
        while straight.steps.iter().any(is_jump) {
            let found = straight.find(program);
            if found.is_empty() {
                break;
            }
            straight.take_out(&found);
        }
        straight
    }

    /// Such calls, none within another.
    fn find(&self, program: &Program) -> Vec<Found> {
        let mut jumps = vec![Vec::new(); self.steps.len()];
        for (i, step) in self.steps.iter().enumerate() {
            if let Some(target) = step.target() {
                jumps[target.index()].push(i);
            }
        }
        let call = |(i, step): (usize, &Step)| match step {
            Step::Call { .. } => self.found_at(program, i, &jumps),
            _ => None,
        };
        self.steps.iter().enumerate().filter_map(call).collect()
    }

    /// The call at this step; `jumps` are those to each step.
    fn found_at(&self, program: &Program, call: usize, jumps: &[Vec<usize>]) -> Option<Found> {
        let [
            Step::Call { to, call: id, args },
            Step::Copy { to: result, from },
            Step::Jump { target: end },
            Step::Constant { to: null, constant },
            Step::Copy {
                to: same,
                from: nothing,
            },
        ] = self.steps.get(call..call + 5)?
        else {
            return None;
        };
        let is_null = program.constants[*constant as usize].value.is_null();
        let fits = to == from && result == same && null == nothing && is_null;
        let ends = end.index() == call + 5 && jumps[call + 5] == [call + 2];
        if !fits || !ends || !program.calls[id.index()].overload().is_strict() {
            return None;
        }
        let nulls = &jumps[call + 3];
        let first = *nulls.first()?;
        let of_operand = |i: &usize| {
            *i < call
                && matches!(&self.steps[*i], Step::JumpIfNull { slot, .. } if args.contains(slot))
        };
        let is_plain = |i: usize| match self.steps[i] {
            Step::Column { .. } | Step::Constant { .. } => true,
            Step::Parameter { .. } | Step::Call { .. } => true,
            _ => nulls.contains(&i),
        };
        let straight = nulls.iter().all(of_operand) && (first..call).all(is_plain);
        let entered = |i: usize| i != call + 3 && !jumps[i].is_empty();
        let alone = !(first + 1..call + 5).any(entered);
        (straight && alone).then(|| Found {
            jumps: nulls.clone(),
            call,
        })
    }

    fn take_out(&mut self, found: &[Found]) {
        let steps = self.steps.to_mut();
        let mut gone = vec![false; steps.len()];
        for Found { jumps, call } in found {
            if let (Step::Copy { to: result, .. }, Step::JumpIfNull { slot, .. }) =
                (steps[call + 1].clone(), steps[jumps[0]].clone())
                && let Step::Call { to, call: id, .. } = &mut steps[*call]
            {
                *to = result;
                self.stops[id.index()] = Some(slot);
            }
            gone[call + 1..call + 5].fill(true);
            jumps.iter().for_each(|jump| gone[*jump] = true);
        }
        let mut left = 0;
        let place = |gone: &bool| {
            let here = StepIndex(left);
            left += u32::from(!gone);
            here
        };
        let places: Vec<StepIndex> = gone.iter().map(place).collect();
        let mut gone = gone.iter();
        steps.retain(|_| gone.next() == Some(&false));
        for step in steps {
            if let Some(target) = step.target_mut() {
                *target = places[target.index()];
            }
        }
    }
}
