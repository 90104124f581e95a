//! The closures that a slice holds: steps with control flow, an output, or a slot that outlives its basic block.

use sqlift_functions::kernel::{Eval, Node, Operand};
use sqlift_functions::native::Native;
use sqlift_functions::{Frame, Out, SlotId};
use sqlift_types::{Repr, Value};

/// How far to go on in the slice: jumps only go forward, so a step tells how many places.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Advance(u32);

impl Advance {
    /// To the next step.
    pub(crate) const NEXT: Advance = Advance(1);
    /// The row is given up: far behind the end of any slice.
    pub(crate) const EXIT: Advance = Advance(u32::MAX);

    /// By this many places.
    pub(crate) fn by(places: u32) -> Advance {
        Advance(places)
    }

    pub(crate) fn places(self) -> usize {
        self.0 as usize
    }
}

/// One place of the slice.
pub(crate) trait Closure: Send + Sync {
    /// Does the step for the frame's row.
    fn run<'r>(&'r self, frame: &Frame<'r>, outputs: &mut [Value<'r>]) -> Advance;
    /// Makes the step jump this far on these values.
    fn jump(&mut self, jumps: Jumps, distance: Advance);
    /// The tree that the step evaluates, and its scale, if giving it as output 0 is all that the step does.
    fn into_root(self: Box<Self>) -> Result<(Node, u8), Box<dyn Closure>>;
}

/// Which values jump.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Jumps {
    Always,
    IfNull,
    IfNotNull,
    IfFalse,
    IfTrue,
    UnlessTrue,
}

impl Jumps {
    /// Whether this truth value (`None` is NULL) jumps; any value that is no truth value counts as false.
    pub(crate) fn on(self, truth: Option<bool>) -> bool {
        match self {
            Jumps::Always => true,
            Jumps::IfNull => truth.is_none(),
            Jumps::IfNotNull => truth.is_some(),
            Jumps::IfFalse => truth == Some(false),
            Jumps::IfTrue => truth == Some(true),
            Jumps::UnlessTrue => truth != Some(true),
        }
    }
}

/// Where a step puts its value.
pub(crate) trait Destination: Send + Sync {
    /// Whether the value is put anywhere.
    const STORES: bool;
    /// Whether that is output 0.
    fn is_first_output(&self) -> bool {
        false
    }
    fn put<'r>(&self, frame: &Frame<'r>, outputs: &mut [Value<'r>], cell: Value<'r>);
}

/// The step only asks for the value.
pub(crate) struct Nowhere;
/// The step gives an output.
pub(crate) struct ToOutput(pub(crate) usize);
/// The step writes a slot.
pub(crate) struct ToSlot(pub(crate) SlotId);

impl Destination for Nowhere {
    const STORES: bool = false;
    #[inline(always)]
    fn put<'r>(&self, _: &Frame<'r>, _: &mut [Value<'r>], _: Value<'r>) {}
}

impl Destination for ToOutput {
    const STORES: bool = true;
    fn is_first_output(&self) -> bool {
        self.0 == 0
    }
    #[inline(always)]
    fn put<'r>(&self, _: &Frame<'r>, outputs: &mut [Value<'r>], cell: Value<'r>) {
        outputs[self.0] = cell;
    }
}

impl Destination for ToSlot {
    const STORES: bool = true;
    #[inline(always)]
    fn put<'r>(&self, frame: &Frame<'r>, _: &mut [Value<'r>], cell: Value<'r>) {
        frame.slots[self.0.index()].set(cell);
    }
}

/// Evaluates a tree, puts its value somewhere, and goes on at a place that hangs on the value.
///
/// One closure thus does what are up to three steps of a program: the call, the copy, and the jump behind it.
pub(crate) struct Tree<R: Native, D> {
    value: Box<dyn Eval<R>>,
    scale: u8,
    to: D,
    when_null: Advance,
    /// When it is false, or no truth value.
    when_value: Advance,
    when_true: Advance,
}

impl<R: Native, D: Destination> Tree<R, D> {
    pub(crate) fn new(value: Box<dyn Eval<R>>, scale: u8, to: D) -> Tree<R, D> {
        Tree {
            value,
            scale,
            to,
            when_null: Advance::NEXT,
            when_value: Advance::NEXT,
            when_true: Advance::NEXT,
        }
    }
}

impl<R: Native, D: Destination + 'static> Closure for Tree<R, D> {
    fn run<'r>(&'r self, frame: &Frame<'r>, outputs: &mut [Value<'r>]) -> Advance {
        match self.value.eval(frame) {
            Out::Val(value) => {
                if !D::STORES && R::REPR != Repr::Bool {
                    return self.when_value;
                }
                let cell = R::store(value, self.scale, frame.cx.arena);
                self.to.put(frame, outputs, cell);
                match cell {
                    Value::Int(1) if R::REPR == Repr::Bool => self.when_true,
                    _ => self.when_value,
                }
            }
            Out::Null => {
                self.to.put(frame, outputs, Value::Null);
                self.when_null
            }
            Out::Exit => Advance::EXIT,
        }
    }

    fn jump(&mut self, jumps: Jumps, distance: Advance) {
        if jumps.on(None) {
            self.when_null = distance;
        }
        if jumps.on(Some(false)) {
            self.when_value = distance;
        }
        if jumps.on(Some(true)) {
            self.when_true = distance;
        }
    }

    fn into_root(self: Box<Self>) -> Result<(Node, u8), Box<dyn Closure>> {
        let goes_on = [self.when_null, self.when_value, self.when_true] == [Advance::NEXT; 3];
        if goes_on && self.to.is_first_output() {
            return Ok((R::node(Operand::Child(self.value)), self.scale));
        }
        Err(self)
    }
}

/// Goes on elsewhere, always: where no tree is before the jump that could do it.
pub(crate) struct Goto(pub(crate) Advance);

impl Closure for Goto {
    fn run<'r>(&'r self, _: &Frame<'r>, _: &mut [Value<'r>]) -> Advance {
        self.0
    }
    fn jump(&mut self, _: Jumps, distance: Advance) {
        self.0 = distance;
    }
    fn into_root(self: Box<Self>) -> Result<(Node, u8), Box<dyn Closure>> {
        Err(self)
    }
}
