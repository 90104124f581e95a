//! The row form: a slice of closures.

use crate::fuse::{Fuser, Words};
use crate::step::{Advance, Closure};
use sqlift_functions::Frame;
use sqlift_ir::Program;
use sqlift_types::{Error, Value};
use std::fmt;

/// The row was given up; the frame's scratch says which call did so and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GivenUp;

/// A program as closures, for one row at a time.
///
/// The slice holds only the steps that have control flow, give an output, or write a slot that several steps read. The calls
/// below such a step are fused into it: one closure tree whose values and NULLs travel in registers, with columns, constants and
/// parameters read where they are used. A program without lazy parts is thus one closure an output, and needs no slot.
///
/// Numeric programs allocate nothing for a row: values of up to 128 bits are returned, never boxed. What does take from the arena
/// is bytes that a kernel makes, results of 256 bits, and the argument slices of variadic calls.
pub struct RowCode {
    steps: Box<[Box<dyn Closure>]>,
    slots: usize,
}

impl RowCode {
    /// Makes the closures.
    ///
    /// Errors: a call whose kernel does not take its arguments, a constant that is not of its slot's type. Linearizing makes no
    /// such program; the error says that the program is wrong, not the expression.
    pub fn prepare(program: &Program) -> Result<RowCode, Error> {
        debug_assert_eq!(program.verify(), Ok(()), "{program}");
        let slice = Fuser::new(program, Words::No).run()?;
        Ok(RowCode {
            steps: slice.closures.into(),
            slots: slice.slots,
        })
    }

    /// Which steps a program's slice has, and what is fused into each: a line a step.
    ///
    /// Errors: as [`RowCode::prepare`].
    pub fn listing(program: &Program) -> Result<String, Error> {
        let slice = Fuser::new(program, Words::Listing).run()?;
        let lines = slice.listing.iter().enumerate();
        Ok(lines.map(|(i, line)| format!("{i:4}  {line}\n")).collect())
    }

    /// How many slots a frame needs.
    pub fn slots(&self) -> usize {
        self.slots
    }

    /// Evaluates the frame's row. When it is given up, what is in `outputs` has no meaning.
    ///
    /// # Panics
    ///
    /// When `outputs` is shorter than the program's outputs, or the frame has fewer slots than [`RowCode::slots`].
    #[inline]
    pub fn run<'r>(&'r self, frame: &Frame<'r>, outputs: &mut [Value<'r>]) -> Result<(), GivenUp> {
        // Most expressions are this: no loop.
        if let [only] = &*self.steps {
            return match only.run(frame, outputs) {
                Advance::EXIT => Err(GivenUp),
                _ => Ok(()),
            };
        }
        let mut ip = 0;
        while let Some(step) = self.steps.get(ip) {
            ip += step.run(frame, outputs).places();
        }
        if ip == self.steps.len() {
            Ok(())
        } else {
            Err(GivenUp)
        }
    }
}

impl fmt::Debug for RowCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "RowCode({} steps, {} slots)",
            self.steps.len(),
            self.slots
        )
    }
}
