//! The deopt contract, acted on in this place alone.
//!
//! 1. No effect before return: warnings are in the scratch, and are dropped here before a row starts anew.
//! 2. Restart, not resume: the row is evaluated from its start in tier 0.
//! 3. The type does not change: tier 0 fits its answer to the bound type.
//! 4. Errors are not deopts: they are final, with the same words in every tier.
//! 5. Exits are counted; a bet that is lost in too large a share of the rows is dropped, and the code made again without it.

use crate::expression::Inner;
use sqlift_functions::{CallId, Exit, Fault, Frame, Reason};
use sqlift_interp::{Environment, Failure};
use sqlift_ir::{Bet, Program};
use sqlift_types::{Datum, Error};

/// Exits for no reason, so that tests see that they change nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ForcedExits {
    /// As users have it.
    #[default]
    None,
    /// The call with this number gives up one row in so many.
    AtCall(u32, u32),
    /// Every call gives up one row in so many.
    AtEveryCall(u32),
}

impl ForcedExits {
    /// The program with these exits.
    pub(crate) fn put_into(self, program: Program) -> Program {
        let calls = 0..program.calls.len() as u32;
        match self {
            ForcedExits::None => program,
            ForcedExits::AtCall(call, every) => program.with_forced_exit(CallId(call), every),
            ForcedExits::AtEveryCall(every) => {
                calls.fold(program, |p, call| p.with_forced_exit(CallId(call), every))
            }
        }
    }
}

/// The answer for a row that no compiled tier has a value for: tier 0's, or the final error.
#[cold]
pub(crate) fn settle(inner: &Inner, program: &Program, frame: &Frame<'_>) -> Result<Datum, Error> {
    match frame.cx.scratch.take_exit() {
        Some((call, Exit::Error(fault))) => Err(error(inner, program, frame, call, fault)),
        Some((call, Exit::Deopt(reason))) => {
            count(inner, program, call, reason);
            restart(inner, frame)
        }
        // Tier 0 was asked for from the first: a compiled tier that gives a row up says why.
        None => restart(inner, frame),
    }
}

/// Evaluates the row from its start in tier 0.
pub(crate) fn restart(inner: &Inner, frame: &Frame<'_>) -> Result<Datum, Error> {
    frame.cx.scratch.forget_row();
    sqlift_interp::evaluate(inner.typed(), &Environment::from(frame))
        .map_err(|failure| inner.error(failure, frame.cx.scratch))
}

/// Counts an exit of a program, and drops the bet behind it when that is lost too often.
pub(crate) fn count(inner: &Inner, program: &Program, call: CallId, reason: Reason) {
    inner.counters.add_exit(call, reason);
    if let Some(bet) = Bet::lost_by(program, call, reason)
        && inner.counters.loses(bet)
    {
        inner.drop_bet(bet);
    }
}

fn error(inner: &Inner, program: &Program, frame: &Frame<'_>, call: CallId, fault: Fault) -> Error {
    let span = program
        .calls
        .get(call.index())
        .map_or_else(|| inner.typed().span, |c| c.span);
    inner.error(Failure { fault, span }, frame.cx.scratch)
}
