//! Which steps become closures of their own, and which are fused into their reader.

use crate::lazy::Straight;
use crate::step::{Advance, Closure, Destination, Goto, Jumps, Nowhere, ToOutput, ToSlot, Tree};
use sqlift_functions::kernel::{Node, Operand};
use sqlift_functions::native::Native;
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
}

/// A closure being made, and its line of the listing.
struct Made {
    closure: Box<dyn Closure>,
    text: String,
    /// When it jumps, and where to.
    jump: Option<(Jumps, StepIndex)>,
    /// The slot of the program whose value it puts somewhere.
    writes: Option<SlotId>,
}

/// Fuses a program.
///
/// A call waits ("pending") until its reader comes, if it is read once and in the same basic block. Trees are evaluated where
/// their reader is, so waiting must not change the order of effects: a reader takes its operands only if nothing else waits
/// between them and it; otherwise everything pending is kept in slots first, in order. The order of linearized programs is that of
/// a post-order walk, in which the pending trees are a stack and the reader's operands are its top.
///
/// Columns, constants and parameters are read where they are used, however much later that is: the only effect that reading one
/// can have is to send the row to tier 0, which starts it anew.
pub(crate) struct Fuser<'p> {
    program: &'p Program,
    straight: Straight<'p>,
    reads: Vec<u32>,
    places: Vec<Place>,
    answers: Vec<Option<u32>>,
    pending: Vec<Pending>,
    made: Vec<Made>,
    /// Where each step of the program begins in the slice.
    begins: Vec<u32>,
    slots: u32,
    /// The last place of the slice that some step jumps to.
    landing: Option<usize>,
    words: Words,
    /// The length of the slice when each slot had been written.
    written_at: Vec<usize>,
}

/// Why a program was not fused.
enum Stuck {
    /// The program is wrong.
    Wrong(Error),
    /// A call that stops at NULL needs an operand that has to be evaluated before.
    NotStraight,
}

impl From<Error> for Stuck {
    fn from(error: Error) -> Stuck {
        Stuck::Wrong(error)
    }
}

/// Whether the slice is told in words, too. To make them takes longer than to make the closures.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Words {
    No,
    Listing,
}

impl Words {
    fn say(self, text: impl FnOnce() -> String) -> String {
        match self {
            Words::No => String::new(),
            Words::Listing => text(),
        }
    }
}

/// A program as closures.
pub(crate) struct Slice {
    pub(crate) closures: Vec<Box<dyn Closure>>,
    /// A line for each, if asked for.
    pub(crate) listing: Vec<String>,
    /// How many slots they need.
    pub(crate) slots: usize,
}

impl<'p> Fuser<'p> {
    /// The closures of a program.
    pub(crate) fn fuse(program: &'p Program, words: Words) -> Result<Slice, Error> {
        let straight = Fuser::new(program, Straight::new(program), words).run();
        let as_is = match straight {
            Err(Stuck::NotStraight) => Fuser::new(program, Straight::as_is(program), words).run(),
            done => done,
        };
        as_is.map_err(|stuck| match stuck {
            Stuck::Wrong(error) => error,
            Stuck::NotStraight => Error::unsupported("jumps that were left as they are"),
        })
    }

    fn new(program: &'p Program, straight: Straight<'p>, words: Words) -> Fuser<'p> {
        let mut reads = vec![0; program.slots.len()];
        for slot in straight.steps.iter().flat_map(Step::reads) {
            reads[slot.index()] += 1;
        }
        Fuser {
            program,
            reads,
            places: vec![Place::Nowhere; program.slots.len()],
            answers: Vec::new(),
            pending: Vec::new(),
            made: Vec::new(),
            begins: Vec::with_capacity(straight.steps.len()),
            slots: 0,
            landing: None,
            words,
            written_at: vec![0; program.slots.len()],
            straight,
        }
    }

    fn run(mut self) -> Result<Slice, Stuck> {
        let steps = std::mem::take(&mut self.straight.steps);
        let leaders = leaders(&steps);
        self.answers = answers(&steps, &leaders, &self.reads);
        for (i, step) in steps.iter().enumerate() {
            if leaders[i] {
                self.keep_pending();
                self.landing = Some(self.made.len());
            }
            self.begins.push(self.made.len() as u32);
            self.step(step)?;
            if let Some(slot) = step.writes() {
                self.written_at[slot.index()] = self.made.len();
            }
        }
        let begins = self.begins;
        let mut closures = Vec::with_capacity(self.made.len());
        let mut listing = Vec::new();
        for (i, made) in self.made.into_iter().enumerate() {
            let (mut closure, mut text) = (made.closure, made.text);
            if let Some((jumps, target)) = made.jump {
                let begin = begins[target.index()];
                closure.jump(jumps, Advance::by(begin - i as u32));
                text.push_str(&self.words.say(|| format!(", go to {begin}")));
            }
            closures.push(closure);
            if self.words == Words::Listing {
                listing.push(text);
            }
        }
        Ok(Slice {
            closures,
            listing,
            slots: self.slots as usize,
        })
    }

    fn step(&mut self, step: &Step) -> Result<(), Stuck> {
        match step {
            Step::Column { to, column } => self.places[to.index()] = Place::Column(*column),
            Step::Constant { to, constant } => self.places[to.index()] = Place::Constant(*constant),
            Step::Parameter { to, parameter } => {
                self.places[to.index()] = Place::Parameter(*parameter);
            }
            Step::Call { to, call, args } => self.call(*to, *call, args)?,
            Step::Copy { to, from } => {
                let (node, text) = self.operand(*from)?;
                match self.answers[to.index()] {
                    Some(index) => self.give(index, *to, node, text),
                    None => self.keep(*to, node, text),
                }
            }
            // Given already, where it was copied to the slot.
            Step::Output { from, .. } if self.answers[from.index()].is_some() => {}
            Step::Output { index, from } => {
                let (node, text) = self.operand(*from)?;
                self.give(*index, *from, node, text);
            }
            Step::Jump { target } => {
                self.keep_pending();
                if !self.jump_joins(None, Jumps::Always, *target) {
                    self.made.push(Made {
                        closure: Box::new(Goto(Advance::NEXT)),
                        text: self.words.say(|| "always".to_owned()),
                        jump: Some((Jumps::Always, *target)),
                        writes: None,
                    });
                }
            }
            Step::JumpIfNull { slot, target } => self.jump(*slot, Jumps::IfNull, *target)?,
            Step::JumpIfNotNull { slot, target } => self.jump(*slot, Jumps::IfNotNull, *target)?,
            Step::JumpIfFalse { slot, target } => self.jump(*slot, Jumps::IfFalse, *target)?,
            Step::JumpIfTrue { slot, target } => self.jump(*slot, Jumps::IfTrue, *target)?,
            Step::JumpUnlessTrue { slot, target } => {
                self.jump(*slot, Jumps::UnlessTrue, *target)?
            }
            // Behind the last closure the row is done.
            Step::Return => self.keep_pending(),
        }
        Ok(())
    }

    fn call(&mut self, to: SlotId, id: CallId, args: &[SlotId]) -> Result<(), Stuck> {
        let call = &self.program.calls[id.index()];
        let function = catalogue().function(call.function);
        let overload = call.overload();
        let effect = overload.is_fallible() || overload.warns() || function.is_volatile();
        let place = self.make_room(args, effect);
        let stop = self.straight.stops[id.index()];
        if stop.is_some_and(|slot| self.written_at[slot.index()] != self.made.len()) {
            return Err(Stuck::NotStraight);
        }
        let mut nodes = Vec::with_capacity(args.len());
        let mut texts = Vec::new();
        for arg in args {
            let (node, text) = self.take(*arg)?;
            nodes.push(node);
            if self.words == Words::Listing {
                texts.push(text);
            }
        }
        let say = || format!("{}({})", function.name(), texts.join(", "));
        let text = self.words.say(say);
        let node = call
            .kernel
            .clone()
            .fuse(id, nodes, stop.is_some())
            .ok_or_else(|| {
                Error::unsupported(format_args!("{} over these operands", function.name()))
                    .at(call.span)
            })?;
        let fused = Pending {
            slot: to,
            node,
            text,
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
        let words = self.words;
        with_marker!(held.repr, R => {
            let (operand, text) = match self.places[slot.index()] {
                Place::Column(column) => {
                    let column = self.program.columns[column as usize];
                    let nullable = column.slot.nullable;
                    let mark = if nullable { "?" } else { "" };
                    let operand = Operand::Column { index: column.index as usize, scale: held.scale, nullable };
                    (operand, words.say(|| format!("column {}{mark}", column.index)))
                }
                Place::Constant(constant) => {
                    let constant = &self.program.constants[constant as usize];
                    let mut wide = I256::ZERO;
                    let cell = constant.value.as_cell_of(held.repr, held.scale, &mut wide);
                    let value = match cell {
                        Some(cell) if cell.is_null() => Some(None),
                        Some(cell) => R::load(cell, held.scale).map(|v| Some(R::own(v))),
                        None => None,
                    };
                    let value = value.ok_or_else(|| Error::unsupported(format_args!("{constant} as {}", held.repr)))?;
                    (Operand::Constant(value), words.say(|| constant.to_string()))
                }
                Place::Parameter(parameter) => {
                    let operand = Operand::Parameter { index: parameter as usize, scale: held.scale };
                    (operand, words.say(|| format!("parameter {parameter}")))
                }
                Place::Kept(kept) => (Operand::Slot { slot: kept, scale: held.scale }, words.say(|| format!("s{}", kept.0))),
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
        self.tree(
            Some(slot),
            ToSlot(kept),
            node,
            self.words.say(|| format!("s{} = {text}", kept.0)),
        );
    }

    fn give(&mut self, index: u32, slot: SlotId, node: Node, text: String) {
        let to = ToOutput(index as usize);
        let text = self.words.say(|| format!("output {index} = {text}"));
        self.tree(Some(slot), to, node, text);
    }

    fn tree<D: Destination + 'static>(
        &mut self,
        writes: Option<SlotId>,
        to: D,
        node: Node,
        text: String,
    ) {
        let scale = writes.map_or(0, |slot| self.program.slots[slot.index()].scale);
        let closure: Box<dyn Closure> = each_node!(node, value, R => {
            Box::new(Tree::<R, D>::new(value.into_eval(), scale, to))
        });
        self.made.push(Made {
            closure,
            text,
            jump: None,
            writes,
        });
    }

    fn jump(&mut self, slot: SlotId, jumps: Jumps, target: StepIndex) -> Result<(), Stuck> {
        if self.pending.is_empty() && self.jump_joins(Some(slot), jumps, target) {
            return Ok(());
        }
        let (node, value) = self.operand(slot)?;
        let text = self.words.say(|| condition(jumps, &value));
        self.tree(None, Nowhere, node, text);
        if let Some(made) = self.made.last_mut() {
            made.jump = Some((jumps, target));
        }
        Ok(())
    }

    /// Lets the tree before a jump do it, if the jump asks for that tree's value or for none, and nothing jumps between the two.
    fn jump_joins(&mut self, asks: Option<SlotId>, jumps: Jumps, target: StepIndex) -> bool {
        if self.landing == Some(self.made.len()) {
            return false;
        }
        let Some(last) = self.made.last_mut() else {
            return false;
        };
        if last.jump.is_some() || (asks.is_some() && asks != last.writes) {
            return false;
        }
        last.jump = Some((jumps, target));
        if jumps != Jumps::Always {
            let joined = self.words.say(|| format!(", {}", condition(jumps, "it")));
            last.text.push_str(&joined);
        }
        true
    }
}

/// A condition as listings show it.
fn condition(jumps: Jumps, value: &str) -> String {
    match jumps {
        Jumps::Always => "always".to_owned(),
        Jumps::IfNull => format!("if {value} is null"),
        Jumps::IfNotNull => format!("if {value} is not null"),
        Jumps::IfFalse => format!("if {value} is false"),
        Jumps::IfTrue => format!("if {value} is true"),
        Jumps::UnlessTrue => format!("unless {value} is true"),
    }
}

/// The steps that some step jumps to.
fn leaders(steps: &[Step]) -> Vec<bool> {
    let mut leaders = vec![false; steps.len()];
    for target in steps.iter().filter_map(Step::target) {
        leaders[target.index()] = true;
    }
    leaders
}

/// The slots that only bring copies to an output, with that output: the copies give it at once. Jumps that follow a copy and ask
/// for its value do not count as readers, since they join it.
fn answers(steps: &[Step], leaders: &[bool], reads: &[u32]) -> Vec<Option<u32>> {
    let mut answers: Vec<Option<u32>> = vec![None; reads.len()];
    let mut readers = reads.to_vec();
    for (i, pair) in steps.windows(2).enumerate() {
        if let [Step::Copy { to, .. }, next] = pair
            && next.target().is_some()
            && next.reads() == [*to]
            && !leaders[i + 1]
        {
            readers[to.index()] -= 1;
        }
    }
    for step in steps {
        if let Step::Output { index, from } = step
            && readers[from.index()] == 1
        {
            answers[from.index()] = Some(*index);
        }
    }
    for step in steps {
        if let Some(to) = step.writes()
            && !matches!(step, Step::Copy { .. })
        {
            answers[to.index()] = None;
        }
    }
    answers
}
