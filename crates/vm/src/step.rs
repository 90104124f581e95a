//! The closures that a slice holds: steps with control flow, an output, or a slot that outlives its basic block.

use sqlift_functions::kernel::Eval;
use sqlift_functions::native::{Bool, Native};
use sqlift_functions::{Frame, Out, SlotId};
use sqlift_types::Value;

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
    /// Sets how far the step jumps, once that is known. Steps that do not jump have no use for it.
    fn set_distance(&mut self, _distance: Advance) {}
    /// Does the jump that follows, too. Asked of [`Keep`] alone.
    fn take_jump(&mut self, _jumps: KeepJumps) {}
}

/// Gives an output.
pub(crate) struct Give<R: Native> {
    pub(crate) value: Box<dyn Eval<R>>,
    pub(crate) output: usize,
    pub(crate) scale: u8,
}

impl<R: Native> Closure for Give<R> {
    fn run<'r>(&'r self, frame: &Frame<'r>, outputs: &mut [Value<'r>]) -> Advance {
        outputs[self.output] = match self.value.eval(frame) {
            Out::Val(value) => R::store(value, self.scale, frame.cx.arena),
            Out::Null => Value::Null,
            Out::Exit => return Advance::EXIT,
        };
        Advance::NEXT
    }
}

/// Writes a slot, and goes on elsewhere if a jump follows that asks no more than whether the value is NULL: the ends of the
/// branches of CASE, and each operand of COALESCE.
pub(crate) struct Keep<R: Native> {
    pub(crate) value: Box<dyn Eval<R>>,
    pub(crate) slot: SlotId,
    pub(crate) scale: u8,
    pub(crate) when_value: Advance,
    pub(crate) when_null: Advance,
    pub(crate) jumps: Option<KeepJumps>,
}

/// When a [`Keep`] jumps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeepJumps {
    Always,
    IfNull,
    IfNotNull,
}

impl<R: Native> Closure for Keep<R> {
    fn run<'r>(&'r self, frame: &Frame<'r>, _: &mut [Value<'r>]) -> Advance {
        let (cell, advance) = match self.value.eval(frame) {
            Out::Val(value) => (R::store(value, self.scale, frame.cx.arena), self.when_value),
            Out::Null => (Value::Null, self.when_null),
            Out::Exit => return Advance::EXIT,
        };
        frame.slots[self.slot.index()].set(cell);
        advance
    }
    fn take_jump(&mut self, jumps: KeepJumps) {
        self.jumps = Some(jumps);
    }
    fn set_distance(&mut self, distance: Advance) {
        match self.jumps {
            Some(KeepJumps::Always) => (self.when_value, self.when_null) = (distance, distance),
            Some(KeepJumps::IfNull) => self.when_null = distance,
            Some(KeepJumps::IfNotNull) => self.when_value = distance,
            None => {}
        }
    }
}

/// Goes on elsewhere, always.
pub(crate) struct Goto(pub(crate) Advance);

impl Closure for Goto {
    fn run<'r>(&'r self, _: &Frame<'r>, _: &mut [Value<'r>]) -> Advance {
        self.0
    }
    fn set_distance(&mut self, distance: Advance) {
        self.0 = distance;
    }
}

/// Goes on elsewhere when the value is NULL, or when it is not.
pub(crate) struct GotoByNull<R: Native, const IS_NULL: bool> {
    pub(crate) value: Box<dyn Eval<R>>,
    pub(crate) distance: Advance,
}

impl<R: Native, const IS_NULL: bool> Closure for GotoByNull<R, IS_NULL> {
    fn run<'r>(&'r self, frame: &Frame<'r>, _: &mut [Value<'r>]) -> Advance {
        let is_null = match self.value.eval(frame) {
            Out::Val(_) => false,
            Out::Null => true,
            Out::Exit => return Advance::EXIT,
        };
        if is_null == IS_NULL {
            self.distance
        } else {
            Advance::NEXT
        }
    }
    fn set_distance(&mut self, distance: Advance) {
        self.distance = distance;
    }
}

/// Goes on at a distance that depends on the truth value alone.
pub(crate) struct GotoByTruth {
    pub(crate) value: Box<dyn Eval<Bool>>,
    pub(crate) jumps: Jumps,
    pub(crate) distance: Advance,
}

/// Which truth values jump.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Jumps {
    IfFalse,
    IfTrue,
    UnlessTrue,
}

impl Jumps {
    /// Whether this truth value (`None` is NULL) jumps.
    #[inline(always)]
    pub(crate) fn on(self, truth: Option<bool>) -> bool {
        match self {
            Jumps::IfFalse => truth == Some(false),
            Jumps::IfTrue => truth == Some(true),
            Jumps::UnlessTrue => truth != Some(true),
        }
    }
}

impl Closure for GotoByTruth {
    fn run<'r>(&'r self, frame: &Frame<'r>, _: &mut [Value<'r>]) -> Advance {
        let truth = match self.value.eval(frame) {
            Out::Val(truth) => Some(truth),
            Out::Null => None,
            Out::Exit => return Advance::EXIT,
        };
        if self.jumps.on(truth) {
            self.distance
        } else {
            Advance::NEXT
        }
    }
    fn set_distance(&mut self, distance: Advance) {
        self.distance = distance;
    }
}
