//! The callback slice over a stack, as Vitess published it ("Faster interpreters in Go: Catching up with C++"): every instruction is a
//! boxed closure that pops its operands, pushes its value, and tells how far to go on.

use super::machine::{Held, HeldDec64, HeldDouble, HeldInt, HeldUInt};
use super::operators::{Operator, in_list, with_operator};
use super::{Code, Design, Instruction, Is, Opcode, Table, Word};
use sqlift::Value;

/// Tells how far to go on; 0 ends the row.
type Closure = Box<dyn for<'r> Fn(&mut Machine<'r>) -> usize>;

struct Machine<'r> {
    row: &'r [Value<'r>],
    stack: Vec<Word>,
}

impl Machine<'_> {
    #[inline(always)]
    fn pop(&mut self) -> Word {
        self.stack.pop().unwrap_or(Word::EXIT)
    }

    #[inline(always)]
    fn push(&mut self, word: Word) -> usize {
        self.stack.push(word);
        usize::from(word.is != Is::Exit)
    }
}

pub(super) struct Stack {
    closures: Vec<Closure>,
    results: Vec<Word>,
}

impl Stack {
    /// Errors: a program whose operands are not where a stack has them.
    pub(super) fn new(code: &Code) -> Result<Stack, String> {
        // Which slot each place of the stack stands for, before each instruction.
        let mut stack: Vec<u16> = Vec::new();
        let mut at_target: Vec<Option<Vec<u16>>> = vec![None; code.instructions.len() + 1];
        let mut closures = Vec::new();
        for (ip, i) in code.instructions.iter().enumerate() {
            if let Some(known) = at_target[ip].take() {
                stack = known;
            }
            let operands = i.reads();
            let from = stack.len().checked_sub(operands.len());
            let found = from.map(|from| stack.split_off(from));
            if found.as_deref() != Some(operands) {
                return Err(format!("{i:?} over the stack {found:?}"));
            }
            match i.opcode {
                Opcode::Jump => at_target[i.args[0] as usize] = Some(stack.clone()),
                Opcode::JumpIfNull => {
                    at_target[i.args[1] as usize] = Some(stack.clone());
                    stack.push(i.args[0]);
                }
                Opcode::Output => {}
                _ => stack.push(i.to.into()),
            }
            closures.push(closure(code, *i, ip));
        }
        Ok(Stack {
            closures,
            results: Vec::new(),
        })
    }
}

fn closure(code: &Code, i: Instruction, ip: usize) -> Closure {
    let [a, b, _] = i.args;
    match i.opcode {
        Opcode::ColumnInt => column::<HeldInt>(a),
        Opcode::ColumnUInt => column::<HeldUInt>(a),
        Opcode::ColumnDouble => column::<HeldDouble>(a),
        Opcode::ColumnDec64 => column::<HeldDec64>(a),
        Opcode::Constant => {
            let word = code.constants[a as usize];
            Box::new(move |m| m.push(word))
        }
        // The same value under another name.
        Opcode::Copy => Box::new(|_| 1),
        Opcode::Jump => {
            let distance = a as usize - ip;
            Box::new(move |_| distance)
        }
        Opcode::JumpIfNull => {
            let distance = b as usize - ip;
            Box::new(move |m| {
                if m.stack.last().is_some_and(|top| top.is == Is::Null) {
                    m.stack.pop();
                    distance
                } else {
                    1
                }
            })
        }
        Opcode::Output => Box::new(|_| 0),
        Opcode::InList => {
            let list = code.lists[b as usize].clone();
            Box::new(move |m| {
                let a = m.pop();
                m.push(in_list(a, &list))
            })
        }
        opcode => with_operator!(opcode, O => operator::<O>(), else Box::new(|_| 0)),
    }
}

fn column<H: Held>(column: u16) -> Closure {
    Box::new(move |m| {
        let word = H::read(m.row, column);
        m.push(word)
    })
}

fn operator<O: Operator>() -> Closure {
    Box::new(|m| {
        let c = if O::OPERANDS > 2 { m.pop() } else { Word::NULL };
        let b = if O::OPERANDS > 1 { m.pop() } else { Word::NULL };
        let a = m.pop();
        m.push(O::apply(a, b, c))
    })
}

impl Design for Stack {
    fn run(&mut self, table: &Table<'_>) {
        let mut machine = Machine {
            row: &[],
            stack: Vec::with_capacity(64),
        };
        self.results.clear();
        for cells in &table.rows {
            machine.row = cells;
            machine.stack.clear();
            let mut ip = 0;
            while let Some(closure) = self.closures.get(ip) {
                match closure(&mut machine) {
                    0 => break,
                    distance => ip += distance,
                }
            }
            self.results.push(machine.pop());
        }
    }

    fn results(&self) -> Vec<Word> {
        self.results.clone()
    }
}
