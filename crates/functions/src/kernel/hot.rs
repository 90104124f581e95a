//! Operand-kind specialisation for the kernels that are worth it.

use super::callable::Plain;
use super::node::{ConstantSource, Eval, Kind, Source};
use super::params::{Params, RowCall};
use super::vector::{AllNull, Lanes, Vector};
use super::{Callable, Node, Returns};
use crate::native::{Native, Param};
use crate::{CallSite, Frame, Out, RowContext};
use bumpalo::Bump;
use sqlift_types::{Error, Repr, Value};
use std::marker::PhantomData;

/// Parameters of a hot kernel: its fused closure is compiled once for each combination of operand kinds (column, nullable
/// column, constant, child), so that leaves are read without a call.
#[derive(Clone, Copy, Debug)]
pub struct Hot<P>(PhantomData<P>);

struct Fused1<P, A, SA, K> {
    callee: K,
    a: SA,
    shape: PhantomData<fn() -> (P, A)>,
}

impl<R: Native, A: Param + Send + Sync, SA: Source<A::Native>, K: RowCall<Hot<(A,)>, R>> Eval<R>
    for Fused1<Hot<(A,)>, A, SA, K>
{
    fn eval<'r>(&'r self, frame: &Frame<'r>) -> Out<R::Val<'r>> {
        let a = match self.a.get(frame) {
            Out::Val(a) => A::arg(Some(a)),
            Out::Null => A::arg(None),
            Out::Exit => return Out::Exit,
        };
        match a {
            Some(a) => self.callee.call(frame, (a,)),
            None => Out::Null,
        }
    }
}

struct Fused2<A, B, SA, SB, K> {
    callee: K,
    a: SA,
    b: SB,
    shape: PhantomData<fn() -> (A, B)>,
}

impl<R, A, B, SA, SB, K> Eval<R> for Fused2<A, B, SA, SB, K>
where
    R: Native,
    A: Param + Send + Sync,
    B: Param + Send + Sync,
    SA: Source<A::Native>,
    SB: Source<B::Native>,
    K: RowCall<Hot<(A, B)>, R>,
{
    fn eval<'r>(&'r self, frame: &Frame<'r>) -> Out<R::Val<'r>> {
        let a = match self.a.get(frame) {
            Out::Val(a) => A::arg(Some(a)),
            Out::Null if A::STRICT && self.callee.is_lazy() => return Out::Null,
            Out::Null => A::arg(None),
            Out::Exit => return Out::Exit,
        };
        let b = match self.b.get(frame) {
            Out::Val(b) => B::arg(Some(b)),
            Out::Null => B::arg(None),
            Out::Exit => return Out::Exit,
        };
        match (a, b) {
            (Some(a), Some(b)) => self.callee.call(frame, (a, b)),
            _ => Out::Null,
        }
    }
}

/// Everything but `fuse` is what the plain tuple does.
macro_rules! as_tuple {
    ($tuple:ty) => {
        type Args<'r> = <$tuple as Params>::Args<'r>;
        type Sources = <$tuple as Params>::Sources;
        type Chunk<'r> = <$tuple as Params>::Chunk<'r>;
        const STRICT: bool = <$tuple as Params>::STRICT;
        fn reprs() -> Vec<Repr> {
            <$tuple>::reprs()
        }
        fn sources(nodes: Vec<Node>) -> Option<Self::Sources> {
            <$tuple>::sources(nodes)
        }
        fn get<'r>(
            sources: &'r Self::Sources,
            frame: &Frame<'r>,
            lazy: bool,
        ) -> Out<Self::Args<'r>> {
            <$tuple>::get(sources, frame, lazy)
        }
        fn cells<'r>(
            cx: &RowContext<'r>,
            cells: &[Value<'r>],
            scales: &[u8],
        ) -> Option<Option<Self::Args<'r>>> {
            <$tuple>::cells(cx, cells, scales)
        }
        fn chunk<'r>(vectors: &[Vector<'r>], arena: &'r Bump) -> Option<Self::Chunk<'r>> {
            <$tuple>::chunk(vectors, arena)
        }
        fn validity<'r>(
            chunk: &Self::Chunk<'r>,
            rows: usize,
            arena: &'r Bump,
        ) -> Result<Option<&'r [bool]>, AllNull> {
            <$tuple>::validity(chunk, rows, arena)
        }
        #[inline(always)]
        fn at<'r>(
            chunk: &Self::Chunk<'r>,
            row: usize,
            cx: &RowContext<'r>,
        ) -> Option<Self::Args<'r>> {
            <$tuple>::at(chunk, row, cx)
        }
    };
}

impl<A: Param + Send + Sync> Params for Hot<(A,)> {
    as_tuple!((A,));
    #[inline(always)]
    fn map<'r, T: Copy, F: FnMut(usize, Self::Args<'r>) -> T>(
        chunk: &Self::Chunk<'r>,
        rows: usize,
        arena: &'r Bump,
        f: F,
    ) -> Option<&'r mut [T]> {
        <(A,)>::map(chunk, rows, arena, f)
    }
    fn fuse<R: Native, K: RowCall<Self, R>>(
        nodes: Vec<Node>,
        callee: K,
    ) -> Option<Box<dyn Eval<R>>> {
        let [a] = <[Node; 1]>::try_from(nodes).ok()?;
        let shape = PhantomData::<fn() -> (Self, A)>;
        Some(match A::Native::operand(a)?.into_kind() {
            Kind::Column(a) => Box::new(Fused1 { callee, a, shape }),
            Kind::NullableColumn(a) => Box::new(Fused1 { callee, a, shape }),
            Kind::Constant(a) => Box::new(Fused1 { callee, a, shape }),
            Kind::Child(a) => Box::new(Fused1 { callee, a, shape }),
        })
    }
}

fn with_left<R, A, B, SA, K>(callee: K, a: SA, b: Kind<B::Native>) -> Box<dyn Eval<R>>
where
    R: Native,
    A: Param + Send + Sync,
    B: Param + Send + Sync,
    SA: Source<A::Native>,
    K: RowCall<Hot<(A, B)>, R>,
{
    let shape = PhantomData::<fn() -> (A, B)>;
    match b {
        Kind::Column(b) => Box::new(Fused2 {
            callee,
            a,
            b,
            shape,
        }),
        Kind::NullableColumn(b) => Box::new(Fused2 {
            callee,
            a,
            b,
            shape,
        }),
        Kind::Constant(b) => Box::new(Fused2 {
            callee,
            a,
            b,
            shape,
        }),
        Kind::Child(b) => Box::new(Fused2 {
            callee,
            a,
            b,
            shape,
        }),
    }
}

impl<A: Param + Send + Sync, B: Param + Send + Sync> Params for Hot<(A, B)> {
    as_tuple!((A, B));
    /// A constant stays in a register.
    #[inline(always)]
    fn map<'r, T: Copy, F: FnMut(usize, Self::Args<'r>) -> T>(
        chunk: &Self::Chunk<'r>,
        rows: usize,
        arena: &'r Bump,
        mut f: F,
    ) -> Option<&'r mut [T]> {
        Some(match (constant::<A>(&chunk.0), constant::<B>(&chunk.1)) {
            (None, Some(b)) => {
                let a = A::dense(&chunk.0, rows, arena);
                arena.alloc_slice_fill_with(rows, |row| f(row, (A::lane(a, row), b)))
            }
            (Some(a), None) => {
                let b = B::dense(&chunk.1, rows, arena);
                arena.alloc_slice_fill_with(rows, |row| f(row, (a, B::lane(b, row))))
            }
            _ => {
                let a = A::dense(&chunk.0, rows, arena);
                let b = B::dense(&chunk.1, rows, arena);
                arena.alloc_slice_fill_with(rows, |row| f(row, (A::lane(a, row), B::lane(b, row))))
            }
        })
    }
    fn fuse<R: Native, K: RowCall<Self, R>>(
        nodes: Vec<Node>,
        callee: K,
    ) -> Option<Box<dyn Eval<R>>> {
        let [a, b] = <[Node; 2]>::try_from(nodes).ok()?;
        let b = B::Native::operand(b)?.into_kind();
        Some(match A::Native::operand(a)?.into_kind() {
            Kind::Column(a) => with_left(callee, a, b),
            Kind::NullableColumn(a) => with_left(callee, a, b),
            Kind::Constant(a) => with_left::<R, A, B, ConstantSource<A::Native>, K>(callee, a, b),
            Kind::Child(a) => with_left(callee, a, b),
        })
    }
}

/// The argument that is the same in all rows.
#[inline(always)]
fn constant<'r, P: Param>(lanes: &Lanes<'r, P::Native>) -> Option<P::Arg<'r>> {
    match lanes {
        Lanes::Constant(value) => P::arg(*value),
        Lanes::Flat { .. } | Lanes::Packed { .. } => None,
    }
}

/// A hot kernel is called as its plain twin is.
pub struct AsHot<C>(pub(super) C);

impl<F> AsHot<Plain<F>> {
    pub(super) fn new(kernel: F) -> Self {
        AsHot(Plain(kernel))
    }
}

impl<R: Native, M: Returns, A: Param + Send + Sync, C: Callable<(A,), R, M>>
    Callable<Hot<(A,)>, R, M> for AsHot<C>
{
    type State = C::State;
    fn prepare(&self, site: &CallSite<'_>) -> Result<C::State, Error> {
        self.0.prepare(site)
    }
    #[inline(always)]
    fn call<'r>(
        &self,
        state: &'r C::State,
        cx: &RowContext<'r>,
        args: (A::Arg<'r>,),
    ) -> M::Ret<R::Val<'r>> {
        self.0.call(state, cx, args)
    }
}

impl<R, M, A, B, C> Callable<Hot<(A, B)>, R, M> for AsHot<C>
where
    R: Native,
    M: Returns,
    A: Param + Send + Sync,
    B: Param + Send + Sync,
    C: Callable<(A, B), R, M>,
{
    type State = C::State;
    fn prepare(&self, site: &CallSite<'_>) -> Result<C::State, Error> {
        self.0.prepare(site)
    }
    #[inline(always)]
    fn call<'r>(
        &self,
        state: &'r C::State,
        cx: &RowContext<'r>,
        args: (A::Arg<'r>, B::Arg<'r>),
    ) -> M::Ret<R::Val<'r>> {
        self.0.call(state, cx, args)
    }
}
