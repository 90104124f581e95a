//! The row form: a slice of closures.

use crate::fuse::Fuser;
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
    listing: Box<[String]>,
    slots: usize,
}

impl RowCode {
    /// Makes the closures.
    ///
    /// Errors: a call whose kernel does not take its arguments, a constant that is not of its slot's type. Linearizing makes no
    /// such program; the error says that the program is wrong, not the expression.
    pub fn prepare(program: &Program) -> Result<RowCode, Error> {
        debug_assert_eq!(program.verify(), Ok(()), "{program}");
        let (steps, listing, slots) = Fuser::new(program).run()?;
        Ok(RowCode {
            steps: steps.into(),
            listing: listing.into(),
            slots,
        })
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

/// Which steps are left, and what was fused into each.
impl fmt::Display for RowCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, line) in self.listing.iter().enumerate() {
            writeln!(f, "{i:4}  {line}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for RowCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RowCode({} slots)\n{self}", self.slots)
    }
}
