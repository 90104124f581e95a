//! The VM's row form as it is shipped, without the engine around it.

use super::{Design, Table, Word};
use bumpalo::Bump;
use sqlift::{Error, Value};
use sqlift_functions::{Frame, RowContext, Scratch};
use sqlift_ir::Program;
use sqlift_vm::RowCode;
use std::cell::Cell;
use std::sync::Arc;

pub(super) struct Fused {
    program: Arc<Program>,
    code: RowCode,
    results: Vec<Word>,
}

impl Fused {
    pub(super) fn new(program: Arc<Program>) -> Result<Fused, Error> {
        Ok(Fused {
            code: RowCode::prepare(&program)?,
            program,
            results: Vec::new(),
        })
    }
}

impl Design for Fused {
    fn run(&mut self, table: &Table<'_>) {
        let (arena, scratch) = (Bump::new(), Scratch::default());
        let slots: Vec<_> = (0..self.code.slots())
            .map(|_| Cell::new(Value::Null))
            .collect();
        let cx = RowContext {
            arena: &arena,
            scratch: &scratch,
            session: &self.program.session,
        };
        self.results.clear();
        for row in &table.rows {
            let frame = Frame {
                cx,
                row,
                parameters: &[],
                slots: &slots,
            };
            let mut outputs = [Value::Null];
            let word = match self.code.run(&frame, &mut outputs) {
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
