//! Closures over registers, for both designs that have them: columns and constants are captured where they are read, so that there is no
//! instruction for them.

use super::code::SLOTS;
use super::machine::{Held, HeldInt, Machine};
use super::operators::{Operator, in_list, with_operator};
use super::{Code, Instruction, Is, Opcode, Word};
use std::marker::PhantomData;

/// Where closures are put.
pub(super) trait Holder<'p> {
    /// A closure that is held.
    type Held;
    fn hold(&self, closure: impl for<'r> Fn(&mut Machine<'r>) -> usize + 'p) -> Self::Held;
}

/// What an operator reads.
trait Operand: Copy + 'static {
    fn read(self, machine: &Machine<'_>) -> Word;
}

#[derive(Clone, Copy)]
struct Slot(u16);

impl Operand for Slot {
    #[inline(always)]
    fn read(self, machine: &Machine<'_>) -> Word {
        machine.slots[self.0 as usize % SLOTS]
    }
}

#[derive(Clone, Copy)]
struct Fixed(Word);

impl Operand for Fixed {
    #[inline(always)]
    fn read(self, _: &Machine<'_>) -> Word {
        self.0
    }
}

#[derive(Clone, Copy)]
struct Column<H>(u16, PhantomData<H>);

impl<H: Held> Operand for Column<H> {
    #[inline(always)]
    fn read(self, machine: &Machine<'_>) -> Word {
        H::read(machine.row, self.0)
    }
}

/// Runs the body with the operand in its own type; a column is held as the operator takes it.
macro_rules! with_operand {
    ($code:expr, $slot:expr, $held:ty, $name:ident => $body:expr) => {
        match $code.writer($slot) {
            Some(i) if i.opcode == Opcode::Constant => {
                let $name = Fixed($code.constants[i.args[0] as usize]);
                $body
            }
            Some(i) if is_captured(&i) => {
                let $name = Column::<$held>(i.args[0], PhantomData);
                $body
            }
            _ => {
                let $name = Slot($slot);
                $body
            }
        }
    };
}

/// What is no closure of its own.
fn is_captured(i: &Instruction) -> bool {
    matches!(
        i.opcode,
        Opcode::Constant
            | Opcode::ColumnInt
            | Opcode::ColumnUInt
            | Opcode::ColumnDouble
            | Opcode::ColumnDec64
    )
}

/// The closures of a program. Each tells the place of the next one; one behind the end ends the row.
pub(super) fn closures<'p, P: Holder<'p>>(code: &Code, holder: &P) -> Vec<P::Held> {
    let kept = |until: usize| {
        let before = &code.instructions[..until.min(code.instructions.len())];
        before.iter().filter(|i| !is_captured(i)).count()
    };
    let instructions = code.instructions.iter().enumerate();
    instructions
        .filter(|(_, i)| !is_captured(i))
        .map(|(ip, i)| closure(code, *i, kept(ip + 1), &kept, holder))
        .collect()
}

/// The end of a row, whatever follows.
const DONE: usize = usize::MAX;

#[inline(always)]
fn store(machine: &mut Machine<'_>, to: u8, word: Word, next: usize) -> usize {
    if word.is == Is::Exit {
        machine.result = word;
        return DONE;
    }
    machine.set(to, word);
    next
}

fn closure<'p, P: Holder<'p>>(
    code: &Code,
    i: Instruction,
    next: usize,
    place: &dyn Fn(usize) -> usize,
    holder: &P,
) -> P::Held {
    let [a, b, _] = i.args;
    let to = i.to;
    match i.opcode {
        Opcode::Copy => with_operand!(code, a, HeldInt, a => holder.hold(move |m| {
            let word = a.read(m);
            store(m, to, word, next)
        })),
        Opcode::Jump => {
            let target = place(a.into());
            holder.hold(move |_| target)
        }
        Opcode::JumpIfNull => {
            let target = place(b.into());
            with_operand!(code, a, HeldInt, a => holder.hold(move |m| match a.read(m).is {
                Is::Null => target,
                _ => next,
            }))
        }
        Opcode::Output => with_operand!(code, a, HeldInt, a => holder.hold(move |m| {
            m.result = a.read(m);
            DONE
        })),
        Opcode::InList => {
            let list = code.lists[b as usize].clone();
            with_operand!(code, a, HeldInt, a => holder.hold(move |m| {
                let word = in_list(a.read(m), &list);
                store(m, to, word, next)
            }))
        }
        opcode => with_operator!(
            opcode,
            O => operator::<O, P>(code, i, next, holder),
            else holder.hold(|_| DONE)
        ),
    }
}

fn operator<'p, O: Operator, P: Holder<'p>>(
    code: &Code,
    i: Instruction,
    next: usize,
    holder: &P,
) -> P::Held {
    let [a, b, c] = i.args;
    let to = i.to;
    match O::OPERANDS {
        1 => with_operand!(code, a, O::First, a => holder.hold(move |m| {
            let word = O::apply(a.read(m), Word::NULL, Word::NULL);
            store(m, to, word, next)
        })),
        2 => with_operand!(code, a, O::First, a => {
            with_operand!(code, b, O::Second, b => holder.hold(move |m| {
                let word = O::apply(a.read(m), b.read(m), Word::NULL);
                store(m, to, word, next)
            }))
        }),
        // BETWEEN: its bounds are constants where it matters.
        _ => {
            let bounds = [b, c].map(|slot| match code.writer(slot) {
                Some(i) if i.opcode == Opcode::Constant => {
                    Bound::Fixed(code.constants[i.args[0] as usize])
                }
                _ => Bound::Slot(slot),
            });
            with_operand!(code, a, O::First, a => holder.hold(move |m| {
                let [low, high] = bounds.map(|bound| bound.read(m));
                let word = O::apply(a.read(m), low, high);
                store(m, to, word, next)
            }))
        }
    }
}

#[derive(Clone, Copy)]
enum Bound {
    Fixed(Word),
    Slot(u16),
}

impl Bound {
    #[inline(always)]
    fn read(self, machine: &Machine<'_>) -> Word {
        match self {
            Bound::Fixed(word) => word,
            Bound::Slot(slot) => machine.slot(slot),
        }
    }
}
