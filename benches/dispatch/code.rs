//! The program in the form that all hand-made designs read.

use super::Word;
use super::operators::{Operator, with_operator};
use sqlift_ir::{Constant, Program, Step};
use sqlift_types::{Datum, Repr};

/// What an instruction does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opcode {
    /// Reads the cell `args[0]` of the row: an integer.
    ColumnInt,
    /// Reads an unsigned integer.
    ColumnUInt,
    /// Reads a double.
    ColumnDouble,
    /// Reads a DECIMAL of 64 bits.
    ColumnDec64,
    /// Reads the constant `args[0]`.
    Constant,
    /// Copies a slot.
    Copy,
    /// Goes on at the instruction `args[0]`.
    Jump,
    /// Goes on at the instruction `args[1]` if the slot `args[0]` is NULL.
    JumpIfNull,
    /// The slot `args[0]` is the row's result.
    Output,
    /// Whether the slot `args[0]` is in the list `args[1]`.
    InList,
    /// As the operator of that name.
    IntToDouble,
    /// As the operator of that name.
    UIntToDouble,
    /// As the operator of that name.
    AddInt,
    /// As the operator of that name.
    SubInt,
    /// As the operator of that name.
    MulInt,
    /// As the operator of that name.
    RemInt,
    /// As the operator of that name.
    AddDouble,
    /// As the operator of that name.
    SubDouble,
    /// As the operator of that name.
    MulDouble,
    /// As the operator of that name.
    DivDouble,
    /// As the operator of that name.
    EqInt,
    /// As the operator of that name.
    EqDec64,
    /// As the operator of that name.
    EqUIntInt,
    /// As the operator of that name.
    LtInt,
    /// As the operator of that name.
    GtInt,
    /// As the operator of that name.
    EqDouble,
    /// As the operator of that name.
    And,
    /// As the operator of that name.
    Or,
    /// As the operator of that name.
    BetweenDouble,
}

/// One step: eight bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Instruction {
    /// What it does.
    pub(super) opcode: Opcode,
    /// The slot that it writes.
    pub(super) to: u8,
    /// What it reads, as the opcode says.
    pub(super) args: [u16; 3],
}

impl Instruction {
    /// The slots that it reads, in order.
    pub(super) fn reads(&self) -> &[u16] {
        let count = match self.opcode {
            Opcode::Copy | Opcode::JumpIfNull | Opcode::Output | Opcode::InList => 1,
            opcode => with_operator!(opcode, O => O::OPERANDS, else 0),
        };
        &self.args[..count]
    }
}

/// How many slots there are. A power of two: an index that is masked needs no check.
pub(super) const SLOTS: usize = 32;

/// A program of the calls that these designs know.
#[derive(Clone, Debug, Default)]
pub(super) struct Code {
    /// In order; jumps go forward; the last one is `Output`.
    pub(super) instructions: Vec<Instruction>,
    /// What `Constant` reads.
    pub(super) constants: Vec<Word>,
    /// What `InList` searches.
    pub(super) lists: Vec<Box<[i64]>>,
}

impl Code {
    /// The same program. Errors: a step or call that these designs do not know.
    pub(super) fn new(program: &Program) -> Result<Code, String> {
        if program.slots.len() > SLOTS {
            return Err(format!("{} slots", program.slots.len()));
        }
        let mut code = Code::default();
        // One instruction a step, so that jumps keep their targets.
        for step in &program.steps {
            let instruction = code.instruction(program, step)?;
            code.instructions.push(instruction);
        }
        Ok(code.without_unread())
    }

    /// Without constants that nothing reads: the items of lists.
    fn without_unread(mut self) -> Code {
        let is_read = |slot: u8| {
            let mut reads = self.instructions.iter().flat_map(Instruction::reads);
            reads.any(|read| *read == u16::from(slot))
        };
        let stays: Vec<bool> = self
            .instructions
            .iter()
            .map(|i| i.opcode != Opcode::Constant || is_read(i.to))
            .collect();
        let place = |old: u16| stays[..old as usize].iter().filter(|s| **s).count() as u16;
        for i in &mut self.instructions {
            match i.opcode {
                Opcode::Jump => i.args[0] = place(i.args[0]),
                Opcode::JumpIfNull => i.args[1] = place(i.args[1]),
                _ => {}
            }
        }
        let mut stays = stays.iter();
        self.instructions.retain(|_| stays.next() == Some(&true));
        self
    }

    /// The instruction that writes a slot, if there is only one.
    pub(super) fn writer(&self, slot: u16) -> Option<Instruction> {
        let writes = |i: &&Instruction| {
            let writes_none = [Opcode::Jump, Opcode::JumpIfNull, Opcode::Output];
            u16::from(i.to) == slot && !writes_none.contains(&i.opcode)
        };
        let mut writers = self.instructions.iter().filter(writes);
        let first = writers.next()?;
        writers.next().is_none().then_some(*first)
    }

    fn instruction(&mut self, program: &Program, step: &Step) -> Result<Instruction, String> {
        let make = |opcode, args: &[u32]| {
            let mut operands = [0; 3];
            for (to, from) in operands.iter_mut().zip(args) {
                *to = u16::try_from(*from).map_err(|_| format!("operand {from}"))?;
            }
            Ok(Instruction {
                opcode,
                to: step.writes().map_or(0, |slot| slot.0 as u8),
                args: operands,
            })
        };
        match step {
            Step::Column { column, .. } => {
                let column = program.columns[*column as usize];
                let opcode = match column.slot.repr {
                    Repr::Int => Opcode::ColumnInt,
                    Repr::UInt => Opcode::ColumnUInt,
                    Repr::Double => Opcode::ColumnDouble,
                    Repr::Dec64 => Opcode::ColumnDec64,
                    other => return Err(format!("a column of {other}")),
                };
                make(opcode, &[column.index])
            }
            Step::Constant { constant, .. } => {
                self.constants
                    .push(word(&program.constants[*constant as usize])?);
                make(Opcode::Constant, &[self.constants.len() as u32 - 1])
            }
            Step::Copy { from, .. } => make(Opcode::Copy, &[from.0]),
            Step::Jump { target } => make(Opcode::Jump, &[target.0]),
            Step::JumpIfNull { slot, target } => make(Opcode::JumpIfNull, &[slot.0, target.0]),
            Step::Output { from, .. } => make(Opcode::Output, &[from.0]),
            // Behind the output nobody comes.
            Step::Return => make(Opcode::Jump, &[program.steps.len() as u32]),
            Step::Call { call, args, .. } => {
                let call = &program.calls[call.index()];
                let reprs: Vec<Repr> = call.args.iter().map(|a| a.repr).collect();
                let name = sqlift_functions::catalogue().function(call.function).name();
                if name == "IN" && reprs.iter().all(|r| *r == Repr::Int) {
                    let items = call.args[1..].iter().map(|a| match a.constant {
                        Some(Datum::Int(v)) => Ok(v),
                        _ => Err("a list of other than integers".to_owned()),
                    });
                    self.lists.push(items.collect::<Result<_, _>>()?);
                    return make(Opcode::InList, &[args[0].0, self.lists.len() as u32 - 1]);
                }
                let one_scale = |a: &[sqlift_functions::Argument]| {
                    a.windows(2).all(|w| w[0].ty.decimals == w[1].ty.decimals)
                };
                let opcode = match (name, &*reprs) {
                    ("coerce", [Repr::Int]) if call.slot.repr == Repr::Double => {
                        Opcode::IntToDouble
                    }
                    ("coerce", [Repr::UInt]) if call.slot.repr == Repr::Double => {
                        Opcode::UIntToDouble
                    }
                    ("+", [Repr::Int, Repr::Int]) => Opcode::AddInt,
                    ("-", [Repr::Int, Repr::Int]) => Opcode::SubInt,
                    ("*", [Repr::Int, Repr::Int]) => Opcode::MulInt,
                    ("%", [Repr::Int, Repr::Int]) => Opcode::RemInt,
                    ("+", [Repr::Double, Repr::Double]) => Opcode::AddDouble,
                    ("-", [Repr::Double, Repr::Double]) => Opcode::SubDouble,
                    ("*", [Repr::Double, Repr::Double]) => Opcode::MulDouble,
                    ("/", [Repr::Double, Repr::Double]) => Opcode::DivDouble,
                    ("=", [Repr::Int, Repr::Int]) => Opcode::EqInt,
                    ("=", [Repr::Dec64, Repr::Dec64]) if one_scale(&call.args) => Opcode::EqDec64,
                    ("=", [Repr::UInt, Repr::Int]) => Opcode::EqUIntInt,
                    ("<", [Repr::Int, Repr::Int]) => Opcode::LtInt,
                    (">", [Repr::Int, Repr::Int]) => Opcode::GtInt,
                    ("=", [Repr::Double, Repr::Double]) => Opcode::EqDouble,
                    ("AND", [Repr::Bool, Repr::Bool]) => Opcode::And,
                    ("OR", [Repr::Bool, Repr::Bool]) => Opcode::Or,
                    ("BETWEEN", [Repr::Double, Repr::Double, Repr::Double]) => {
                        Opcode::BetweenDouble
                    }
                    _ => return Err(format!("the call {name}({reprs:?})")),
                };
                make(opcode, &args.iter().map(|a| a.0).collect::<Vec<u32>>())
            }
            other => Err(format!("the step {other:?}")),
        }
    }
}

fn word(constant: &Constant) -> Result<Word, String> {
    Ok(match &constant.value {
        Datum::Null => Word::NULL,
        Datum::Int(v) => Word::int(*v),
        Datum::UInt(v) => Word::bits(*v),
        Datum::Double(v) => Word::double(*v),
        Datum::Decimal(v) if constant.slot.repr == Repr::Dec64 => {
            // The only DECIMAL constants here are whole numbers of scale 0.
            let text = v.to_string();
            Word::int(text.parse().map_err(|_| format!("the constant {text}"))?)
        }
        _ => return Err(format!("the constant {constant}")),
    })
}
