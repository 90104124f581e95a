//! Boxed closures over registers.

use super::closures::{Holder, closures};
use super::machine::Machine;
use super::{Code, Design, Table, Word};

type Closure = Box<dyn for<'r> Fn(&mut Machine<'r>) -> usize>;

struct Boxes;

impl Holder<'static> for Boxes {
    type Held = Closure;
    fn hold(&self, closure: impl for<'r> Fn(&mut Machine<'r>) -> usize + 'static) -> Closure {
        Box::new(closure)
    }
}

pub(super) struct Registers {
    closures: Vec<Closure>,
    results: Vec<Word>,
}

impl Registers {
    pub(super) fn new(code: &Code) -> Registers {
        Registers {
            closures: closures(code, &Boxes),
            results: Vec::new(),
        }
    }
}

impl Design for Registers {
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
