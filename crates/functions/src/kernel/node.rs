//! Operands of fused closures.

use crate::native::*;
use crate::{CallId, Exit, Frame, Out, Reason, SlotId};
use sqlift_types::Value;

/// A fused closure: evaluates a pure subtree for the row at hand, value and NULL in registers.
pub trait Eval<R: Native>: Send + Sync {
    /// The subtree's value for the frame's row.
    fn eval<'r>(&'r self, frame: &Frame<'r>) -> Out<R::Val<'r>>;
    /// Gives its operands away, if it is a conjunction (which false decides) or disjunction (which true decides).
    fn take_operands(&mut self, _: bool) -> Option<Vec<Box<dyn Eval<Bool>>>> {
        None
    }
}

/// Where a kernel's argument comes from. Hot kernels are specialised for each kind.
pub enum Operand<R: Native> {
    /// A column of the row.
    Column {
        /// Its position.
        index: usize,
        /// The scale that a DECIMAL cell must have.
        scale: u8,
        /// Whether NULL may occur.
        nullable: bool,
    },
    /// A constant; `None` is NULL.
    Constant(Option<R::Owned>),
    /// A parameter; a value of another representation gives the row up.
    Parameter {
        /// Its number.
        index: usize,
        /// The scale that a DECIMAL must have.
        scale: u8,
    },
    /// A slot that an earlier step wrote.
    Slot {
        /// The slot.
        slot: SlotId,
        /// The scale of a DECIMAL slot.
        scale: u8,
    },
    /// A subtree.
    Child(Box<dyn Eval<R>>),
}

/// An operand of any representation.
#[allow(missing_docs, reason = "one variant a representation")]
pub enum Node {
    Bool(Operand<Bool>),
    Int(Operand<Int>),
    UInt(Operand<UInt>),
    Double(Operand<Double>),
    Dec64(Operand<Dec64>),
    Dec128(Operand<Dec128>),
    Dec256(Operand<Dec256>),
    Date(Operand<Date>),
    Time(Operand<Time>),
    DateTime(Operand<DateTime>),
    Bytes(Operand<Bytes>),
    Json(Operand<Json>),
}

/// Runs the same code for whichever representation a node has.
#[macro_export]
macro_rules! each_node {
    ($node:expr, $operand:ident, $marker:ident => $body:expr) => {
        match $node {
            $crate::kernel::Node::Bool($operand) => {
                type $marker = $crate::native::Bool;
                $body
            }
            $crate::kernel::Node::Int($operand) => {
                type $marker = $crate::native::Int;
                $body
            }
            $crate::kernel::Node::UInt($operand) => {
                type $marker = $crate::native::UInt;
                $body
            }
            $crate::kernel::Node::Double($operand) => {
                type $marker = $crate::native::Double;
                $body
            }
            $crate::kernel::Node::Dec64($operand) => {
                type $marker = $crate::native::Dec64;
                $body
            }
            $crate::kernel::Node::Dec128($operand) => {
                type $marker = $crate::native::Dec128;
                $body
            }
            $crate::kernel::Node::Dec256($operand) => {
                type $marker = $crate::native::Dec256;
                $body
            }
            $crate::kernel::Node::Date($operand) => {
                type $marker = $crate::native::Date;
                $body
            }
            $crate::kernel::Node::Time($operand) => {
                type $marker = $crate::native::Time;
                $body
            }
            $crate::kernel::Node::DateTime($operand) => {
                type $marker = $crate::native::DateTime;
                $body
            }
            $crate::kernel::Node::Bytes($operand) => {
                type $marker = $crate::native::Bytes;
                $body
            }
            $crate::kernel::Node::Json($operand) => {
                type $marker = $crate::native::Json;
                $body
            }
        }
    };
}

/// A source is an operand whose kind is known statically.
pub(crate) trait Source<R: Native>: Send + Sync + 'static {
    fn get<'r>(&'r self, frame: &Frame<'r>) -> Out<R::Val<'r>>;
}

pub struct ColumnSource<const NULLABLE: bool> {
    index: usize,
    scale: u8,
}

#[cold]
#[inline(never)]
fn wrong_cell<T>(frame: &Frame<'_>) -> Out<T> {
    frame
        .cx
        .scratch
        .record_exit(CallId::NONE, Exit::Deopt(Reason::CellType));
    Out::Exit
}

impl<R: Native, const NULLABLE: bool> Source<R> for ColumnSource<NULLABLE> {
    #[inline(always)]
    fn get<'r>(&'r self, frame: &Frame<'r>) -> Out<R::Val<'r>> {
        let Some(cell) = frame.row.get(self.index) else {
            return wrong_cell(frame);
        };
        match R::load(*cell, self.scale) {
            Some(value) => Out::Val(value),
            None if NULLABLE && cell.is_null() => Out::Null,
            None => wrong_cell(frame),
        }
    }
}

pub(crate) struct ParameterSource {
    index: usize,
    scale: u8,
}

impl<R: Native> Source<R> for ParameterSource {
    #[inline(always)]
    fn get<'r>(&'r self, frame: &Frame<'r>) -> Out<R::Val<'r>> {
        let Some(cell) = frame.parameters.get(self.index) else {
            return wrong_cell(frame);
        };
        match R::load(*cell, self.scale) {
            Some(value) => Out::Val(value),
            None if cell.is_null() => Out::Null,
            None => wrong_cell(frame),
        }
    }
}

pub struct ConstantSource<R: Native>(R::Owned);

impl<R: Native> Source<R> for ConstantSource<R> {
    #[inline(always)]
    fn get<'r>(&'r self, _: &Frame<'r>) -> Out<R::Val<'r>> {
        Out::Val(R::borrow(&self.0))
    }
}

pub(crate) struct NullSource;

impl<R: Native> Source<R> for NullSource {
    #[inline(always)]
    fn get<'r>(&'r self, _: &Frame<'r>) -> Out<R::Val<'r>> {
        Out::Null
    }
}

pub(crate) struct SlotSource {
    slot: SlotId,
    scale: u8,
}

impl<R: Native> Source<R> for SlotSource {
    #[inline(always)]
    fn get<'r>(&'r self, frame: &Frame<'r>) -> Out<R::Val<'r>> {
        let cell = frame.slots[self.slot.index()].get();
        match R::load(cell, self.scale) {
            Some(value) => Out::Val(value),
            None if matches!(cell, Value::Null) => Out::Null,
            None => wrong_cell(frame),
        }
    }
}

pub struct ChildSource<R: Native>(Box<dyn Eval<R>>);

impl<R: Native> Source<R> for ChildSource<R> {
    #[inline(always)]
    fn get<'r>(&'r self, frame: &Frame<'r>) -> Out<R::Val<'r>> {
        self.0.eval(frame)
    }
}

/// A source alone, as a closure.
struct Leaf<S>(S);

impl<R: Native, S: Source<R>> Eval<R> for Leaf<S> {
    fn eval<'r>(&'r self, frame: &Frame<'r>) -> Out<R::Val<'r>> {
        self.0.get(frame)
    }
}

impl<R: Native> Operand<R> {
    /// The operand as a closure.
    pub fn into_eval(self) -> Box<dyn Eval<R>> {
        match self.into_kind() {
            Kind::Column(s) => Box::new(Leaf(s)),
            Kind::NullableColumn(s) => Box::new(Leaf(s)),
            Kind::Constant(s) => Box::new(Leaf(s)),
            Kind::Child(s) => s.0,
        }
    }

    /// The operand with its kind as a type, so that a hot kernel can be compiled for it.
    pub(crate) fn into_kind(self) -> Kind<R> {
        match self {
            Operand::Column {
                index,
                scale,
                nullable: false,
            } => Kind::Column(ColumnSource { index, scale }),
            Operand::Column {
                index,
                scale,
                nullable: true,
            } => Kind::NullableColumn(ColumnSource { index, scale }),
            Operand::Constant(Some(value)) => Kind::Constant(ConstantSource(value)),
            Operand::Constant(None) => Kind::Child(ChildSource(Box::new(Leaf(NullSource)))),
            Operand::Parameter { index, scale } => {
                Kind::Child(ChildSource(Box::new(Leaf(ParameterSource {
                    index,
                    scale,
                }))))
            }
            Operand::Slot { slot, scale } => {
                Kind::Child(ChildSource(Box::new(Leaf(SlotSource { slot, scale }))))
            }
            Operand::Child(child) => Kind::Child(ChildSource(child)),
        }
    }
}

/// An operand of a kernel that is not compiled for each kind: a predictable branch, and no call for a leaf.
impl<R: Native> Source<R> for Kind<R> {
    #[inline(always)]
    fn get<'r>(&'r self, frame: &Frame<'r>) -> Out<R::Val<'r>> {
        match self {
            Kind::Column(source) => Source::<R>::get(source, frame),
            Kind::NullableColumn(source) => Source::<R>::get(source, frame),
            Kind::Constant(source) => Source::<R>::get(source, frame),
            Kind::Child(source) => Source::<R>::get(source, frame),
        }
    }
}

/// The operand kinds that hot kernels are compiled for.
pub enum Kind<R: Native> {
    Column(ColumnSource<false>),
    NullableColumn(ColumnSource<true>),
    Constant(ConstantSource<R>),
    Child(ChildSource<R>),
}
