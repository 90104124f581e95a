//! Which steps become closures of their own, and which are fused into their reader.

use crate::step::{Advance, Closure, Give, Goto, GotoByNull, GotoByTruth, Jumps, Keep, KeepJumps};
use sqlift_functions::kernel::{Node, Operand};
use sqlift_functions::native::{Bool, Native};
use sqlift_functions::{CallId, SlotId, catalogue, each_node, with_marker};
use sqlift_ir::{Program, Step, StepIndex};
use sqlift_types::{Error, I256};

/// What a slot of the program became.
#[derive(Clone, Copy)]
enum Place {
    /// Not written yet, or waiting among the pending trees.
    Nowhere,
    /// Read anew wherever it is used.
    Column(u32),
    /// Read anew wherever it is used.
    Constant(u32),
    /// Read anew wherever it is used.
    Parameter(u32),
    /// A slot of the frame.
    Kept(SlotId),
}

/// A call that waits for its only reader.
struct Pending {
    slot: SlotId,
    node: Node,
    text: String,
    /// Whether it may raise something: its place among others that may is then fixed.
    effect: bool,
}

/// A step being made: its closure, its line of the listing, where it jumps to.
struct Made {
    closure: Box<dyn Closure>,
    text: String,
    target: Option<StepIndex>,
    /// The slot that it writes, if that is what it does.
    keeps: Option<SlotId>,
}

/// Fuses a program.
///
/// A call waits ("pending") until its reader comes, if it is read once and in the same basic block. Trees are evaluated where
/// their reader is, so waiting must not change the order of effects: a reader takes its operands only if no other effect lies
/// between them and it, else everything pending is kept in slots first, in order. The order of linearized programs is that of a
/// post-order walk, in which the pending trees are a stack and the reader's operands are its top.
pub(crate) struct Fuser<'p> {
    program: &'p Program,
    reads: Vec<u32>,
    places: Vec<Place>,
    pending: Vec<Pending>,
    made: Vec<Made>,
    /// Where each step of the program begins in the slice.
    begins: Vec<u32>,
    slots: u32,
    /// The last place of the slice that some step jumps to.
    landing: Option<usize>,
}

type Slice = (Vec<Box<dyn Closure>>, Vec<String>, usize);

impl<'p> Fuser<'p> {
    pub(crate) fn new(program: &'p Program) -> Fuser<'p> {
        Fuser {
            program,
            reads: program.read_counts(),
            places: vec![Place::Nowhere; program.slots.len()],
            pending: Vec::new(),
            made: Vec::new(),
            begins: Vec::with_capacity(program.steps.len()),
            slots: 0,
            landing: None,
        }
    }

    /// The closures, their listing, and the number of slots.
    pub(crate) fn run(mut self) -> Result<Slice, Error> {
        let mut leader = vec![false; self.program.steps.len()];
        for target in self.program.steps.iter().filter_map(Step::target) {
            leader[target.index()] = true;
        }
        for (i, step) in self.program.steps.iter().enumerate() {
            if leader[i] {
                self.keep_pending();
                self.landing = Some(self.made.len());
            }
            self.begins.push(self.made.len() as u32);
            self.step(step)?;
        }
        let begins = self.begins;
        let mut closures = Vec::with_capacity(self.made.len());
        let mut listing = Vec::with_capacity(self.made.len());
        for (i, made) in self.made.into_iter().enumerate() {
            let (mut closure, mut text) = (made.closure, made.text);
            if let Some(target) = made.target {
                let begin = begins[target.index()];
                closure.set_distance(Advance::by(begin - i as u32));
                text.push_str(&format!(", go to {begin}"));
            }
            closures.push(closure);
            listing.push(text);
        }
        Ok((closures, listing, self.slots as usize))
    }

    fn step(&mut self, step: &Step) -> Result<(), Error> {
        match step {
            Step::Column { to, column } => self.places[to.index()] = Place::Column(*column),
            Step::Constant { to, constant } => self.places[to.index()] = Place::Constant(*constant),
            Step::Parameter { to, parameter } => {
                self.places[to.index()] = Place::Parameter(*parameter);
            }
            Step::Call { to, call, args } => self.call(*to, *call, args)?,
            Step::Copy { to, from } => {
                let (node, text) = self.operand(*from)?;
                self.keep(*to, node, text);
            }
            Step::Output { index, from } => {
                let (node, text) = self.operand(*from)?;
                let scale = self.program.slots[from.index()].scale;
                let output = *index as usize;
                let closure: Box<dyn Closure> = each_node!(node, value, R => Box::new(Give::<R> {
                    value: value.into_eval(),
                    output,
                    scale,
                }));
                self.push(closure, format!("output {index} = {text}"), None);
            }
            Step::Jump { target } => {
                self.keep_pending();
                if !self.jump_joins(None, KeepJumps::Always, *target) {
                    let closure = Box::new(Goto(Advance::NEXT));
                    self.push(closure, "always".to_owned(), Some(*target));
                }
            }
            Step::JumpIfNull { slot, target } => self.by_null::<true>(*slot, *target)?,
            Step::JumpIfNotNull { slot, target } => self.by_null::<false>(*slot, *target)?,
            Step::JumpIfFalse { slot, target } => self.by_truth(*slot, Jumps::IfFalse, *target)?,
            Step::JumpIfTrue { slot, target } => self.by_truth(*slot, Jumps::IfTrue, *target)?,
            Step::JumpUnlessTrue { slot, target } => {
                self.by_truth(*slot, Jumps::UnlessTrue, *target)?;
            }
            // Behind the last closure the row is done.
            Step::Return => self.keep_pending(),
        }
        Ok(())
    }

    fn call(&mut self, to: SlotId, id: CallId, args: &[SlotId]) -> Result<(), Error> {
        let call = &self.program.calls[id.index()];
        let function = catalogue().function(call.function);
        let overload = call.overload();
        let effect = overload.is_fallible() || overload.warns() || function.is_volatile();
        let place = self.make_room(args, effect);
        let mut nodes = Vec::with_capacity(args.len());
        let mut texts = Vec::with_capacity(args.len());
        let mut tree_effect = effect;
        for arg in args {
            tree_effect |= self.pending.iter().any(|p| p.slot == *arg && p.effect);
            let (node, text) = self.take(*arg)?;
            nodes.push(node);
            texts.push(text);
        }
        let text = format!("{}({})", function.name(), texts.join(", "));
        let node = call.kernel.clone().fuse(id, nodes).ok_or_else(|| {
            Error::unsupported(format_args!("{} over these operands", function.name()))
                .at(call.span)
        })?;
        let fused = Pending {
            slot: to,
            node,
            text,
            effect: tree_effect,
        };
        self.pending.insert(place.min(self.pending.len()), fused);
        if self.reads[to.index()] != 1 {
            self.keep_pending();
        }
        Ok(())
    }

    /// Sees to it that a step may take these operands where it is, and says where among the pending trees its own belongs.
    fn make_room(&mut self, args: &[SlotId], effect: bool) -> usize {
        let mut used: Vec<usize> = Vec::with_capacity(args.len());
        for arg in args {
            used.extend(self.pending.iter().position(|p| p.slot == *arg));
        }
        let Some(first) = used.first().copied() else {
            return self.pending.len();
        };
        let on_top = used.iter().copied().eq(first..self.pending.len());
        // A pure step over one tree (a DECIMAL held wider) takes that tree's place below others.
        if on_top || (used.len() == 1 && !effect) {
            return first;
        }
        self.keep_pending();
        0
    }

    /// The only operand of a step that ends its tree: everything else that waits is evaluated before.
    fn operand(&mut self, slot: SlotId) -> Result<(Node, String), Error> {
        let waits = self.pending.last().is_some_and(|p| p.slot == slot);
        let taken = if waits { self.pending.pop() } else { None };
        self.keep_pending();
        match taken {
            Some(pending) => Ok((pending.node, pending.text)),
            None => self.take(slot),
        }
    }

    /// An operand: a pending tree, or whatever the slot became.
    fn take(&mut self, slot: SlotId) -> Result<(Node, String), Error> {
        if let Some(position) = self.pending.iter().position(|p| p.slot == slot) {
            let pending = self.pending.remove(position);
            return Ok((pending.node, pending.text));
        }
        let held = self.program.slots[slot.index()];
        with_marker!(held.repr, R => {
            let (operand, text) = match self.places[slot.index()] {
                Place::Column(column) => {
                    let column = self.program.columns[column as usize];
                    let nullable = column.slot.nullable;
                    let mark = if nullable { "?" } else { "" };
                    let operand = Operand::Column { index: column.index as usize, scale: held.scale, nullable };
                    (operand, format!("column {}{mark}", column.index))
                }
                Place::Constant(constant) => {
                    let constant = &self.program.constants[constant as usize];
                    let mut wide = I256::ZERO;
                    let text = constant.to_string();
                    let cell = constant.value.as_cell_of(held.repr, held.scale, &mut wide);
                    let value = match cell {
                        Some(cell) if cell.is_null() => Some(None),
                        Some(cell) => R::load(cell, held.scale).map(|v| Some(R::own(v))),
                        None => None,
                    };
                    let value = value.ok_or_else(|| Error::unsupported(format_args!("{text} as {}", held.repr)))?;
                    (Operand::Constant(value), text)
                }
                Place::Parameter(parameter) => {
                    let operand = Operand::Parameter { index: parameter as usize, scale: held.scale };
                    (operand, format!("parameter {parameter}"))
                }
                Place::Kept(kept) => (Operand::Slot { slot: kept, scale: held.scale }, format!("s{}", kept.0)),
                Place::Nowhere => return Err(Error::unsupported("a slot that is read before it is written")),
            };
            Ok((R::node(operand), text))
        })
    }

    /// Evaluates everything that waits, in order, into slots.
    fn keep_pending(&mut self) {
        for pending in std::mem::take(&mut self.pending) {
            self.keep(pending.slot, pending.node, pending.text);
        }
    }

    fn keep(&mut self, slot: SlotId, node: Node, text: String) {
        let kept = match self.places[slot.index()] {
            Place::Kept(kept) => kept,
            _ => {
                let kept = SlotId(self.slots);
                self.slots += 1;
                self.places[slot.index()] = Place::Kept(kept);
                kept
            }
        };
        let scale = self.program.slots[slot.index()].scale;
        let closure: Box<dyn Closure> = each_node!(node, value, R => Box::new(Keep::<R> {
            value: value.into_eval(),
            slot: kept,
            scale,
            when_value: Advance::NEXT,
            when_null: Advance::NEXT,
            jumps: None,
        }));
        self.made.push(Made {
            closure,
            text: format!("s{} = {text}", kept.0),
            target: None,
            keeps: Some(kept),
        });
    }

    /// Lets the closure before a jump do it, if it writes a slot (the one that the jump asks about) and nothing jumps between them.
    fn jump_joins(&mut self, asks: Option<SlotId>, jumps: KeepJumps, target: StepIndex) -> bool {
        if self.landing == Some(self.made.len()) {
            return false;
        }
        let Some(last) = self.made.last_mut() else {
            return false;
        };
        let fits = last.keeps.is_some() && (asks.is_none() || asks == last.keeps);
        if !fits || last.target.is_some() {
            return false;
        }
        last.closure.take_jump(jumps);
        last.target = Some(target);
        last.text.push_str(match jumps {
            KeepJumps::Always => "",
            KeepJumps::IfNull => ", if it is null",
            KeepJumps::IfNotNull => ", if it is not null",
        });
        true
    }

    fn by_null<const IS_NULL: bool>(
        &mut self,
        slot: SlotId,
        target: StepIndex,
    ) -> Result<(), Error> {
        let jumps = match IS_NULL {
            true => KeepJumps::IfNull,
            false => KeepJumps::IfNotNull,
        };
        if let Place::Kept(kept) = self.places[slot.index()]
            && self.pending.is_empty()
            && self.jump_joins(Some(kept), jumps, target)
        {
            return Ok(());
        }
        let (node, text) = self.operand(slot)?;
        let closure: Box<dyn Closure> = each_node!(node, value, R => Box::new(GotoByNull::<R, IS_NULL> {
            value: value.into_eval(),
            distance: Advance::NEXT,
        }));
        let is = if IS_NULL { "is" } else { "is not" };
        self.push(closure, format!("if {text} {is} null"), Some(target));
        Ok(())
    }

    fn by_truth(&mut self, slot: SlotId, jumps: Jumps, target: StepIndex) -> Result<(), Error> {
        let (node, text) = self.operand(slot)?;
        let value = Bool::operand(node)
            .ok_or_else(|| Error::unsupported("a condition that is not a truth value"))?
            .into_eval();
        let distance = Advance::NEXT;
        let text = match jumps {
            Jumps::IfFalse => format!("if {text} is false"),
            Jumps::IfTrue => format!("if {text} is true"),
            Jumps::UnlessTrue => format!("unless {text} is true"),
        };
        self.push(
            Box::new(GotoByTruth {
                value,
                jumps,
                distance,
            }),
            text,
            Some(target),
        );
        Ok(())
    }

    fn push(&mut self, closure: Box<dyn Closure>, text: String, target: Option<StepIndex>) {
        self.made.push(Made {
            closure,
            text,
            target,
            keeps: None,
        });
    }
}
