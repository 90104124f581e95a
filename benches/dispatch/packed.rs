//! The closures of [`registers`](super::registers), but in one piece of memory, in the order in which they run.

use super::closures::{Holder, closures};
use super::machine::Machine;
use super::{Code, Design, Table, Word};
use bumpalo::Bump;

type Closure<'p> = &'p dyn for<'r> Fn(&mut Machine<'r>) -> usize;

impl<'p> Holder<'p> for &'p Bump {
    type Held = Closure<'p>;
    fn hold(&self, closure: impl for<'r> Fn(&mut Machine<'r>) -> usize + 'p) -> Closure<'p> {
        let arena: &'p Bump = self;
        arena.alloc(closure)
    }
}

pub(super) struct Packed<'p> {
    closures: Vec<Closure<'p>>,
    results: Vec<Word>,
}

impl<'p> Packed<'p> {
    pub(super) fn new(code: &Code, arena: &'p Bump) -> Packed<'p> {
        Packed {
            closures: closures(code, &arena),
            results: Vec::new(),
        }
    }
}

impl Design for Packed<'_> {
    fn run(&mut self, table: &Table<'_>) {
        let mut machine = Machine::new();
        self.results.clear();
        for cells in &table.rows {
            machine.row = cells;
            let mut ip = 0;
            while let Some(closure) = self.closures.get(ip) {
                ip = closure(&mut machine);
            }
            self.results.push(machine.result);
        }
    }

    fn results(&self) -> Vec<Word> {
        self.results.clone()
    }
}
