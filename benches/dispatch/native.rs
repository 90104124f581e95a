//! The row function that Cranelift makes, without the engine around it.

use super::{Design, Table, Word};
use bumpalo::Bump;
use sqlift::Value;
use sqlift_functions::{RowContext, Scratch};
use sqlift_ir::Program;
use sqlift_jit::{CompileError, Compiler, RowFunction};
use std::sync::Arc;

pub(super) struct Native {
    program: Arc<Program>,
    function: RowFunction,
    results: Vec<Word>,
}

impl Native {
    pub(super) fn new(program: Arc<Program>) -> Result<Native, CompileError> {
        Ok(Native {
            function: Compiler::native()?.compile_row(&program)?,
            program,
            results: Vec::new(),
        })
    }
}

impl Design for Native {
    fn run(&mut self, table: &Table<'_>) {
        let (arena, scratch) = (Bump::new(), Scratch::default());
        let cx = RowContext {
            arena: &arena,
            scratch: &scratch,
            session: &self.program.session,
        };
        self.results.clear();
        for row in &table.rows {
            let mut outputs = [Value::Null];
            let word = match self.function.run(&cx, row, &[], &mut outputs) {
                Ok(()) => Word::of(outputs[0]),
                Err(_) => Word::EXIT,
            };
            self.results.push(word);
        }
    }

    fn results(&self) -> Vec<Word> {
        self.results.clone()
    }
}
