//! The erased kernel that tiers see, and the one generic adapter behind it.

use super::batch::{BatchContext, Selection};
use super::callable::settle;
use super::params::RowCall;
use super::vector::{AllNull, Lanes, Vector};
use super::{Callable, Node, Operand, Params, Returns};
use crate::native::Native;
use crate::{CallId, CallSite, Exit, Frame, Out, Reason, RowContext};
use sqlift_types::{Error, Repr, Value};
use std::marker::PhantomData;
use std::sync::Arc;

/// A kernel prepared for one call site.
pub trait Kernel: Send + Sync {
    /// The fused row closure over these operands. `None` if they are not what the kernel takes.
    fn fuse(self: Arc<Self>, call: CallId, nodes: Vec<Node>) -> Option<Node>;
    /// One call on cells: what native code calls for steps that it has no lowering for.
    fn cells<'r>(
        &'r self,
        call: CallId,
        cx: &RowContext<'r>,
        cells: &[Value<'r>],
    ) -> Out<Value<'r>>;
    /// One chunk.
    fn batch<'r>(
        &'r self,
        call: CallId,
        cx: &BatchContext<'r>,
        vectors: &[Vector<'r>],
        selection: Selection<'r>,
    ) -> Vector<'r>;
}

/// Makes kernels for call sites; what a table's overload holds.
pub struct KernelMaker {
    pub(crate) params: Vec<Repr>,
    pub(crate) variadic: bool,
    pub(crate) ret: Repr,
    pub(crate) fallible: bool,
    pub(crate) strict: bool,
    pub(crate) nullable: bool,
    pub(crate) make: Box<MakeFn>,
}

type MakeFn = dyn Fn(&CallSite<'_>, Exit) -> Result<Arc<dyn Kernel>, Error> + Send + Sync;

pub(super) fn maker<P: Params, R: Native, M: Returns, C: Callable<P, R, M>>(
    callable: C,
) -> KernelMaker {
    let callable = Arc::new(callable);
    KernelMaker {
        params: P::reprs(),
        variadic: P::VARIADIC,
        ret: R::REPR,
        fallible: M::FALLIBLE,
        strict: P::STRICT,
        nullable: M::NULLABLE,
        make: Box::new(move |site, flag_exit| {
            Ok(Arc::new(Bound::<P, R, M, C>::new(
                callable.clone(),
                site,
                flag_exit,
            )?))
        }),
    }
}

/// A kernel with the state of its call site.
struct Bound<P: Params, R: Native, M: Returns, C: Callable<P, R, M>> {
    callable: Arc<C>,
    state: C::State,
    flag_exit: Exit,
    scales: Vec<u8>,
    scale: u8,
    shape: PhantomData<fn() -> (P, R, M)>,
}

impl<P: Params, R: Native, M: Returns, C: Callable<P, R, M>> Bound<P, R, M, C> {
    fn new(callable: Arc<C>, site: &CallSite<'_>, flag_exit: Exit) -> Result<Self, Error> {
        let state = callable.prepare(site)?;
        let scales = site.args.iter().map(|a| a.ty.decimals).collect();
        Ok(Bound {
            callable,
            state,
            flag_exit,
            scales,
            scale: site.ret.decimals,
            shape: PhantomData,
        })
    }

    #[inline(always)]
    fn call<'r>(&'r self, call: CallId, cx: &RowContext<'r>, args: P::Args<'r>) -> Out<R::Val<'r>> {
        let ret = self.callable.call(&self.state, cx, args);
        settle(M::split(ret, self.flag_exit), |exit| {
            cx.scratch.record_exit(call, exit)
        })
    }
}

/// A kernel at one step: what operands are fused with.
struct AtStep<P: Params, R: Native, M: Returns, C: Callable<P, R, M>> {
    bound: Arc<Bound<P, R, M, C>>,
    call: CallId,
}

impl<P: Params, R: Native, M: Returns, C: Callable<P, R, M>> RowCall<P, R> for AtStep<P, R, M, C> {
    #[inline(always)]
    fn call<'r>(&'r self, frame: &Frame<'r>, args: P::Args<'r>) -> Out<R::Val<'r>> {
        self.bound.call(self.call, &frame.cx, args)
    }
}

impl<P: Params, R: Native, M: Returns, C: Callable<P, R, M>> Kernel for Bound<P, R, M, C> {
    fn fuse(self: Arc<Self>, call: CallId, nodes: Vec<Node>) -> Option<Node> {
        Some(R::node(Operand::Child(P::fuse::<R, _>(
            nodes,
            AtStep { bound: self, call },
        )?)))
    }

    fn cells<'r>(
        &'r self,
        call: CallId,
        cx: &RowContext<'r>,
        cells: &[Value<'r>],
    ) -> Out<Value<'r>> {
        match P::cells(cx, cells, &self.scales) {
            Some(Some(args)) => match self.call(call, cx, args) {
                Out::Val(value) => Out::Val(R::store(value, self.scale, cx.arena)),
                Out::Null => Out::Null,
                Out::Exit => Out::Exit,
            },
            Some(None) => Out::Null,
            None => {
                cx.scratch.record_exit(call, Exit::Deopt(Reason::CellType));
                Out::Exit
            }
        }
    }

    fn batch<'r>(
        &'r self,
        call: CallId,
        batch: &BatchContext<'r>,
        vectors: &[Vector<'r>],
        selection: Selection<'r>,
    ) -> Vector<'r> {
        let rows = batch.rows;
        let arena = batch.cx.arena;
        if P::STRICT && vectors.iter().any(is_all_null) {
            return Vector::null(R::REPR);
        }
        let Some(chunk) = P::chunk(vectors, rows, &batch.cx) else {
            selection.for_each(|row| batch.exit(row, call, Exit::Deopt(Reason::CellType)));
            return Vector::null(R::REPR);
        };
        let values = arena.alloc_slice_fill_copy(rows, R::blank());
        let dense = P::STRICT && !P::VARIADIC && (!M::FALLIBLE || M::FLAGGED) && !M::NULLABLE;
        if dense && matches!(selection, Selection::All(_)) {
            let valid = and_validity(vectors, rows, batch);
            let run = DenseLoop::<P, R, M, C> {
                bound: self,
                cx: &batch.cx,
                chunk: &chunk,
                values: &mut *values,
            };
            let failed = batch.arch.dispatch(run);
            if failed {
                for row in 0..rows {
                    if valid.is_none_or(|v| v[row])
                        && let Some(args) = P::dense(&chunk, row)
                        && let Some((_, true)) =
                            M::dense(self.callable.call(&self.state, &batch.cx, args))
                    {
                        batch.exit(row, call, self.flag_exit);
                    }
                }
            }
            return R::vector(Lanes::Flat { values, valid });
        }
        let valid = arena.alloc_slice_fill_copy(rows, false);
        selection.for_each(|row| {
            let Some(args) = P::at(&chunk, row, &batch.cx) else {
                return;
            };
            batch.cx.scratch.set_row(row as u32);
            match M::split(
                self.callable.call(&self.state, &batch.cx, args),
                self.flag_exit,
            ) {
                Ok(Some(value)) => {
                    values[row] = value;
                    valid[row] = true;
                }
                Ok(None) => {}
                Err(exit) => batch.exit(row, call, exit),
            }
        });
        R::vector(Lanes::Flat {
            values,
            valid: Some(valid),
        })
    }
}

/// The loop of a total or flagged kernel, compiled for each instruction set.
struct DenseLoop<'a, 'r, P: Params, R: Native, M: Returns, C: Callable<P, R, M>> {
    bound: &'r Bound<P, R, M, C>,
    cx: &'a RowContext<'r>,
    chunk: &'a P::Chunk<'r>,
    values: &'a mut [R::Val<'r>],
}

impl<P: Params, R: Native, M: Returns, C: Callable<P, R, M>> pulp::NullaryFnOnce
    for DenseLoop<'_, '_, P, R, M, C>
{
    type Output = bool;

    #[inline(always)]
    fn call(self) -> bool {
        let mut failed = false;
        for (row, out) in self.values.iter_mut().enumerate() {
            if let Some(args) = P::dense(self.chunk, row)
                && let Some((value, flag)) =
                    M::dense(self.bound.callable.call(&self.bound.state, self.cx, args))
            {
                *out = value;
                failed |= flag;
            }
        }
        failed
    }
}

fn is_all_null(vector: &Vector<'_>) -> bool {
    crate::each_vector!(vector, lanes, M => {
        let _ = M::REPR;
        matches!(lanes.validity(), Err(AllNull))
    })
}

/// The AND of the validity of several vectors; `None`: all rows are valid.
fn and_validity<'r>(
    vectors: &[Vector<'r>],
    rows: usize,
    batch: &BatchContext<'r>,
) -> Option<&'r [bool]> {
    let mut result: Option<&'r [bool]> = None;
    for vector in vectors {
        let valid = crate::each_vector!(vector, lanes, M => {
            let _ = M::REPR;
            lanes.validity()
        });
        match (result, valid) {
            (_, Err(AllNull)) => return Some(batch.cx.arena.alloc_slice_fill_copy(rows, false)),
            (_, Ok(None)) => {}
            (None, Ok(Some(v))) => result = Some(v),
            (Some(a), Ok(Some(b))) => {
                let both = batch.cx.arena.alloc_slice_fill_with(rows, |i| a[i] & b[i]);
                result = Some(both);
            }
        }
    }
    result
}
