//! The row form: a slice of closures.

use crate::fuse::{Fuser, Words};
use crate::step::{Closure, ToOutput, Tree};
use sqlift_functions::kernel::{Eval, Node};
use sqlift_functions::native::{Bool, Dec64, Dec128, Double, Int, Native};
use sqlift_functions::{Frame, Out, each_node};
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
    root: Option<Root>,
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
        let mut slice = Fuser::fuse(program, Words::No)?;
        let root = Root::take(&mut slice.closures);
        Ok(RowCode {
            root,
            steps: slice.closures.into(),
            slots: slice.slots,
        })
    }

    /// Which steps a program's slice has, and what is fused into each: a line a step.
    ///
    /// Errors: as [`RowCode::prepare`].
    pub fn listing(program: &Program) -> Result<String, Error> {
        let slice = Fuser::fuse(program, Words::Listing)?;
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
    #[inline(always)]
    pub fn run<'r>(&'r self, frame: &Frame<'r>, outputs: &mut [Value<'r>]) -> Result<(), GivenUp> {
        if let Some(root) = &self.root {
            return root.run(frame, &mut outputs[0]);
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

/// The tree that most programs are, where its value is a number of up to 128 bits: without a step around it.
enum Root {
    Bool(Box<dyn Eval<Bool>>),
    Int(Box<dyn Eval<Int>>),
    Double(Box<dyn Eval<Double>>),
    Dec64(Box<dyn Eval<Dec64>>, u8),
    Dec128(Box<dyn Eval<Dec128>>, u8),
}

impl Root {
    /// Takes the only step, if it does nothing but give such a tree.
    fn take(steps: &mut Vec<Box<dyn Closure>>) -> Option<Root> {
        if steps.len() != 1 {
            return None;
        }
        let (node, scale) = match steps.pop()?.into_root() {
            Ok(root) => root,
            Err(step) => {
                steps.push(step);
                return None;
            }
        };
        match node {
            Node::Bool(tree) => Some(Root::Bool(tree.into_eval())),
            Node::Int(tree) => Some(Root::Int(tree.into_eval())),
            Node::Double(tree) => Some(Root::Double(tree.into_eval())),
            Node::Dec64(tree) => Some(Root::Dec64(tree.into_eval(), scale)),
            Node::Dec128(tree) => Some(Root::Dec128(tree.into_eval(), scale)),
            other => {
                steps.push(each_node!(other, tree, R => {
                    Box::new(Tree::<R, _>::new(tree.into_eval(), scale, ToOutput(0)))
                }));
                None
            }
        }
    }

    #[inline(always)]
    fn run<'r>(&'r self, frame: &Frame<'r>, output: &mut Value<'r>) -> Result<(), GivenUp> {
        match self {
            Root::Bool(tree) => give(&**tree, 0, frame, output),
            Root::Int(tree) => give(&**tree, 0, frame, output),
            Root::Double(tree) => give(&**tree, 0, frame, output),
            Root::Dec64(tree, scale) => give(&**tree, *scale, frame, output),
            Root::Dec128(tree, scale) => give(&**tree, *scale, frame, output),
        }
    }
}

#[inline(always)]
fn give<'r, R: Native>(
    tree: &'r dyn Eval<R>,
    scale: u8,
    frame: &Frame<'r>,
    output: &mut Value<'r>,
) -> Result<(), GivenUp> {
    *output = match tree.eval(frame) {
        Out::Val(value) => R::store(value, scale, frame.cx.arena),
        Out::Null => Value::Null,
        Out::Exit => return Err(GivenUp),
    };
    Ok(())
}

impl fmt::Debug for RowCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "RowCode({} steps, {} slots)",
            self.steps.len() + usize::from(self.root.is_some()),
            self.slots
        )
    }
}
