//! One program, many ways to run it: the interpreter designs that the literature argues about.
//!
//! Every design gets the same [`Program`](sqlift_ir::Program) and the same rows of cells, and writes one [`Word`] a row. What can be
//! shared is: `Code` is the program in a form that all can read, `operators` holds what its instructions do, once. So the designs
//! differ in how they get from one operator to the next, and in nothing else. Beside them stand the real tiers.
//!
//! They know the few calls of [`subjects`]' expressions and refuse any other program: this is a measurement, no engine.

mod bytecode;
mod closures;
mod code;
mod machine;
mod native;
mod operators;
mod packed;
mod pointers;
mod registers;
mod stack;
mod subjects;
#[cfg(feature = "nightly-tail-calls")]
mod tail;
mod vectorised;
mod vm;
mod word;

use code::{Code, Instruction, Opcode};
pub use subjects::{Subject, Table, subjects};
pub use word::{Is, Word};

use bumpalo::Bump;
use sqlift::Tier;
use std::error::Error;

/// A way to run a program over the rows of a table.
pub trait Design {
    /// Evaluates all rows, and keeps the results.
    fn run(&mut self, table: &Table<'_>);
    /// What the last run made: a word a row.
    fn results(&self) -> Vec<Word>;
}

/// A design and what it is called.
pub struct Candidate<'p> {
    /// In names of benchmarks.
    pub name: &'static str,
    /// What it is, for readers.
    pub about: &'static str,
    /// `row`, or `batch` and how many rows.
    pub shape: &'static str,
    /// Ready to run.
    pub design: Box<dyn Design + 'p>,
}

/// All designs, ready to run the subject's program. Packed closures lie in the arena.
///
/// Errors: a program that they do not know, or that a tier does not take.
pub fn candidates<'p>(
    subject: &Subject,
    arena: &'p Bump,
) -> Result<Vec<Candidate<'p>>, Box<dyn Error>> {
    let program = subject.program();
    let code = Code::new(&program)?;
    let mut all = Vec::new();
    let mut add = |name, about, shape, design| {
        all.push(Candidate {
            name,
            about,
            shape,
            design,
        });
    };
    let row = "row";
    add(
        "bytecode",
        "a `match` in a loop, over instructions that name registers",
        row,
        Box::new(bytecode::Bytecode::new(&code)) as Box<dyn Design + 'p>,
    );
    add(
        "pointers",
        "the same instructions, each with a pointer to its function",
        row,
        Box::new(pointers::Pointers::new(&code)),
    );
    #[cfg(feature = "nightly-tail-calls")]
    add(
        "tail",
        "the same, and each function ends with a tail call of the next (`become`)",
        row,
        Box::new(tail::Tail::new(&code)),
    );
    add(
        "stack",
        "boxed closures over a stack of values, as Vitess has them",
        row,
        Box::new(stack::Stack::new(&code)?),
    );
    add(
        "registers",
        "boxed closures over registers; columns and constants are captured",
        row,
        Box::new(registers::Registers::new(&code)),
    );
    add(
        "packed",
        "the same closures, one behind the other in an arena",
        row,
        Box::new(packed::Packed::new(&code, arena)),
    );
    add(
        "fused",
        "the VM's row form: steps in a slice, trees of operands in one closure each",
        row,
        Box::new(vm::Fused::new(program.clone())?),
    );
    add(
        "native",
        "the row function that Cranelift made",
        row,
        Box::new(native::Native::new(program)?),
    );
    add(
        "vectorised",
        "the VM's batch form: a loop a step, over chunks",
        "batch4096",
        Box::new(vectorised::Batches::new(subject, Tier::Vm)),
    );
    add(
        "native",
        "the batch function that Cranelift made, over blocks of 64 rows",
        "batch4096",
        Box::new(vectorised::Batches::new(subject, Tier::Native)),
    );
    Ok(all)
}

/// Runs the design once and compares its results with tier 0's.
///
/// Errors: the first row that differs. (A row that was given up differs, too: these subjects have none.)
pub fn check(candidate: &mut Candidate<'_>, table: &Table<'_>) -> Result<(), String> {
    candidate.design.run(table);
    let results = candidate.design.results();
    if results.len() != table.expected.len() {
        let (some, all) = (results.len(), table.expected.len());
        return Err(format!("{}: {some} results of {all} rows", candidate.name));
    }
    let differs = |(got, wanted): &(&Word, &Word)| got != wanted;
    let pairs = results.iter().zip(&table.expected);
    match pairs.enumerate().find(|(_, pair)| differs(pair)) {
        None => Ok(()),
        Some((row, (got, wanted))) => Err(format!(
            "{}: row {row} is {got:?}, tier 0 says {wanted:?}",
            candidate.name
        )),
    }
}
