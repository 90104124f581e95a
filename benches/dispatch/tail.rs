//! Threading by tail calls: each function ends by becoming the next, so there is no loop, and the machine's registers live through the
//! row. `become` guarantees it, and exists on nightly only.

use super::machine::{Held, HeldDec64, HeldDouble, HeldInt, HeldUInt, Machine};
use super::operators::{Operator, in_list, with_operator};
use super::{Code, Design, Instruction, Is, Opcode, Table, Word};

/// Does the instruction at `ip`, and all that follow it.
type Handler = for<'t, 'm, 'r> fn(&'t Threaded, usize, &'m mut Machine<'r>) -> Word;

struct Threaded {
    code: Code,
    handlers: Vec<(Handler, Instruction)>,
}

pub(super) struct Tail {
    threaded: Threaded,
    results: Vec<Word>,
}

impl Tail {
    pub(super) fn new(code: &Code) -> Tail {
        let handlers = code.instructions.iter().map(|i| (handler(i.opcode), *i));
        Tail {
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
        Opcode::Constant => constant,
        Opcode::Copy => copy,
        Opcode::Jump => jump,
        Opcode::JumpIfNull => jump_if_null,
        Opcode::Output => output,
        Opcode::InList => list,
        opcode => with_operator!(opcode, O => operator::<O>, else output),
    }
}

fn constant<'t, 'm, 'r>(t: &'t Threaded, ip: usize, m: &'m mut Machine<'r>) -> Word {
    let i = t.handlers[ip].1;
    m.set(i.to, t.code.constants[i.args[0] as usize]);
    become t.handlers[ip + 1].0(t, ip + 1, m)
}

fn copy<'t, 'm, 'r>(t: &'t Threaded, ip: usize, m: &'m mut Machine<'r>) -> Word {
    let i = t.handlers[ip].1;
    m.set(i.to, m.slot(i.args[0]));
    become t.handlers[ip + 1].0(t, ip + 1, m)
}

fn jump<'t, 'm, 'r>(t: &'t Threaded, ip: usize, m: &'m mut Machine<'r>) -> Word {
    let to = t.handlers[ip].1.args[0] as usize;
    become t.handlers[to].0(t, to, m)
}

fn jump_if_null<'t, 'm, 'r>(t: &'t Threaded, ip: usize, m: &'m mut Machine<'r>) -> Word {
    let i = t.handlers[ip].1;
    let to = match m.slot(i.args[0]).is {
        Is::Null => i.args[1] as usize,
        _ => ip + 1,
    };
    become t.handlers[to].0(t, to, m)
}

fn output<'t, 'm, 'r>(t: &'t Threaded, ip: usize, m: &'m mut Machine<'r>) -> Word {
    m.slot(t.handlers[ip].1.args[0])
}

fn list<'t, 'm, 'r>(t: &'t Threaded, ip: usize, m: &'m mut Machine<'r>) -> Word {
    let i = t.handlers[ip].1;
    let word = in_list(m.slot(i.args[0]), &t.code.lists[i.args[1] as usize]);
    m.set(i.to, word);
    become t.handlers[ip + 1].0(t, ip + 1, m)
}

fn column<'t, 'm, 'r, H: Held>(t: &'t Threaded, ip: usize, m: &'m mut Machine<'r>) -> Word {
    let i = t.handlers[ip].1;
    let word = H::read(m.row, i.args[0]);
    if word.is == Is::Exit {
        return word;
    }
    m.set(i.to, word);
    become t.handlers[ip + 1].0(t, ip + 1, m)
}

fn operator<'t, 'm, 'r, O: Operator>(t: &'t Threaded, ip: usize, m: &'m mut Machine<'r>) -> Word {
    let i = t.handlers[ip].1;
    let word = O::apply(m.slot(i.args[0]), m.slot(i.args[1]), m.slot(i.args[2]));
    if word.is == Is::Exit {
        return word;
    }
    m.set(i.to, word);
    become t.handlers[ip + 1].0(t, ip + 1, m)
}

impl Design for Tail {
    fn run(&mut self, table: &Table<'_>) {
        let mut machine = Machine::new();
        self.results.clear();
        for cells in &table.rows {
            machine.row = cells;
            let word = self.threaded.handlers[0].0(&self.threaded, 0, &mut machine);
            self.results.push(word);
        }
    }

    fn results(&self) -> Vec<Word> {
        self.results.clone()
    }
}
