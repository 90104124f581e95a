//! A `match` in a loop: the bytecode interpreter of the textbook, with registers.

use super::machine::{Machine, column};
use super::operators::{Operator, in_list, with_operator};
use super::{Code, Design, Is, Opcode, Table, Word};

pub(super) struct Bytecode {
    code: Code,
    results: Vec<Word>,
}

impl Bytecode {
    pub(super) fn new(code: &Code) -> Bytecode {
        Bytecode {
            code: code.clone(),
            results: Vec::new(),
        }
    }
}

fn row(code: &Code, machine: &mut Machine<'_>) -> Word {
    let mut ip = 0;
    while let Some(i) = code.instructions.get(ip) {
        ip += 1;
        let [a, b, c] = i.args;
        let word = match i.opcode {
            Opcode::ColumnInt | Opcode::ColumnUInt | Opcode::ColumnDouble | Opcode::ColumnDec64 => {
                column(i.opcode, machine.row, a)
            }
            Opcode::Constant => code.constants[a as usize],
            Opcode::Copy => machine.slot(a),
            Opcode::Jump => {
                ip = a.into();
                continue;
            }
            Opcode::JumpIfNull => {
                if machine.slot(a).is == Is::Null {
                    ip = b.into();
                }
                continue;
            }
            Opcode::Output => return machine.slot(a),
            Opcode::InList => in_list(machine.slot(a), &code.lists[b as usize]),
            _ => with_operator!(
                i.opcode,
                O => O::apply(machine.slot(a), machine.slot(b), machine.slot(c)),
                else Word::EXIT
            ),
        };
        if word.is == Is::Exit {
            return word;
        }
        machine.set(i.to, word);
    }
    Word::EXIT
}

impl Design for Bytecode {
    fn run(&mut self, table: &Table<'_>) {
        let mut machine = Machine::new();
        self.results.clear();
        for cells in &table.rows {
            machine.row = cells;
            self.results.push(row(&self.code, &mut machine));
        }
    }

    fn results(&self) -> Vec<Word> {
        self.results.clone()
    }
}
