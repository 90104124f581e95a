//! Threading by function pointers: each instruction carries the address of its function, so there is no table of a `match` between
//! two of them; but for the loop that calls them.

use super::machine::{Held, HeldDec64, HeldDouble, HeldInt, HeldUInt, Machine};
use super::operators::{Operator, in_list, with_operator};
use super::{Code, Design, Instruction, Is, Opcode, Table, Word};

/// Does the instruction at `ip`, and gives the place of the next; [`DONE`] when there is none.
type Handler = for<'r> fn(&Threaded, usize, &mut Machine<'r>) -> usize;

const DONE: usize = usize::MAX;

struct Threaded {
    code: Code,
    handlers: Vec<(Handler, Instruction)>,
}

pub(super) struct Pointers {
    threaded: Threaded,
    results: Vec<Word>,
}

impl Pointers {
    pub(super) fn new(code: &Code) -> Pointers {
        let handlers = code.instructions.iter().map(|i| (handler(i.opcode), *i));
        Pointers {
            threaded: Threaded {
                handlers: handlers.collect(),
                code: code.clone(),
            },
            results: Vec::new(),
        }
    }
}

fn handler(opcode: Opcode) -> Handler {
    match opcode {
        Opcode::ColumnInt => column::<HeldInt>,
        Opcode::ColumnUInt => column::<HeldUInt>,
        Opcode::ColumnDouble => column::<HeldDouble>,
        Opcode::ColumnDec64 => column::<HeldDec64>,
        Opcode::Constant => |t, ip, m| {
            let i = t.handlers[ip].1;
            m.set(i.to, t.code.constants[i.args[0] as usize]);
            ip + 1
        },
        Opcode::Copy => |t, ip, m| {
            let i = t.handlers[ip].1;
            m.set(i.to, m.slot(i.args[0]));
            ip + 1
        },
        Opcode::Jump => |t, ip, _| t.handlers[ip].1.args[0].into(),
        Opcode::JumpIfNull => |t, ip, m| {
            let i = t.handlers[ip].1;
            match m.slot(i.args[0]).is {
                Is::Null => i.args[1].into(),
                _ => ip + 1,
            }
        },
        Opcode::Output => |t, ip, m| {
            m.result = m.slot(t.handlers[ip].1.args[0]);
            DONE
        },
        Opcode::InList => |t, ip, m| {
            let i = t.handlers[ip].1;
            let list = &t.code.lists[i.args[1] as usize];
            store(m, i, in_list(m.slot(i.args[0]), list), ip)
        },
        opcode => with_operator!(opcode, O => operator::<O>, else |_, _, _| DONE),
    }
}

#[inline(always)]
fn store(machine: &mut Machine<'_>, i: Instruction, word: Word, ip: usize) -> usize {
    if word.is == Is::Exit {
        machine.result = word;
        return DONE;
    }
    machine.set(i.to, word);
    ip + 1
}

fn column<H: Held>(t: &Threaded, ip: usize, machine: &mut Machine<'_>) -> usize {
    let i = t.handlers[ip].1;
    let word = H::read(machine.row, i.args[0]);
    store(machine, i, word, ip)
}

fn operator<O: Operator>(t: &Threaded, ip: usize, machine: &mut Machine<'_>) -> usize {
    let i = t.handlers[ip].1;
    let [a, b, c] = i.args.map(|slot| machine.slot(slot));
    store(machine, i, O::apply(a, b, c), ip)
}

impl Design for Pointers {
    fn run(&mut self, table: &Table<'_>) {
        let mut machine = Machine::new();
        self.results.clear();
        for cells in &table.rows {
            machine.row = cells;
            let mut ip = 0;
            while let Some((handler, _)) = self.threaded.handlers.get(ip) {
                ip = handler(&self.threaded, ip, &mut machine);
            }
            self.results.push(machine.result);
        }
    }

    fn results(&self) -> Vec<Word> {
        self.results.clone()
    }
}
