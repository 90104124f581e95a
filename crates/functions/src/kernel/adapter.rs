//! The erased kernel that tiers see, and the one generic adapter behind it.

use super::batch::{BatchContext, Selection};
use super::callable::settle;
use super::params::{RowCall, both};
use super::vector::{Lanes, Vector};
use super::{Callable, Node, Operand, Params, Returns};
use crate::native::{Bytes, Native};
use crate::{CallId, CallSite, Exit, Frame, Out, Reason, RowContext};
use bumpalo::Bump;
use sqlift_types::{Error, Repr, Value};
use std::marker::PhantomData;
use std::sync::Arc;

/// A kernel prepared for one call site.
pub trait Kernel: Send + Sync {
    /// The fused row closure over these operands. `None` if they are not what the kernel takes. `lazy`: operands behind one that
    /// makes the result NULL are not evaluated.
    fn fuse(self: Arc<Self>, call: CallId, nodes: Vec<Node>, lazy: bool) -> Option<Node>;
    /// One call on cells: what native code calls for steps that it has no lowering for. `false`: the row is given up, the scratch
    /// says why. The result is written where it is wanted: a cell that is returned would be copied once or twice on its way.
    fn cells<'r>(
        &'r self,
        call: CallId,
        cx: &RowContext<'r>,
        cells: &[Value<'r>],
        result: &mut Value<'r>,
    ) -> bool;
    /// One chunk.
    fn batch<'r>(
        &'r self,
        call: CallId,
        cx: &BatchContext<'r>,
        vectors: &[Vector<'r>],
        selection: Selection<'r>,
    ) -> Vector<'r>;
    /// Whether the overload's lowering may take its place: not if a test has changed what the kernel does.
    fn stands_for_lowering(&self) -> bool {
        true
    }
}

/// What a table says of an overload that its kernel's type does not.
#[derive(Clone, Copy, Debug)]
pub struct Traits {
    /// What a raised flag means.
    pub flag_exit: Exit,
    /// It has effects, or costs enough that rows which do not ask for it are skipped. Else the batch form may evaluate it over all
    /// lanes and hide what nobody asked for.
    pub only_where_asked: bool,
    /// It may warn, or is not the same twice.
    pub has_effects: bool,
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

type MakeFn = dyn Fn(&CallSite<'_>, Traits) -> Result<Arc<dyn Kernel>, Error> + Send + Sync;

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
        make: Box::new(move |site, traits| {
            Ok(Arc::new(Bound::<P, R, M, C>::new(
                callable.clone(),
                site,
                traits,
            )?))
        }),
    }
}

/// A kernel with the state of its call site.
struct Bound<P: Params, R: Native, M: Returns, C: Callable<P, R, M>> {
    callable: Arc<C>,
    state: C::State,
    traits: Traits,
    scales: Vec<u8>,
    scale: u8,
    /// Whether it may be asked of a dictionary's entries in place of rows.
    of_entries: bool,
    shape: Shape<P, R, M>,
}

type Shape<P, R, M> = PhantomData<fn() -> (P, R, M)>;

impl<P: Params, R: Native, M: Returns, C: Callable<P, R, M>> Bound<P, R, M, C> {
    fn new(callable: Arc<C>, site: &CallSite<'_>, traits: Traits) -> Result<Self, Error> {
        let state = callable.prepare(site)?;
        let bytes = |r: &Repr| matches!(r, Repr::Bytes | Repr::Json);
        let only_where_asked =
            traits.only_where_asked || P::reprs().iter().chain([&R::REPR]).any(bytes);
        let traits = Traits {
            only_where_asked,
            ..traits
        };
        let of_entries = !M::FALLIBLE && !traits.has_effects && P::reprs().contains(&Repr::Bytes);
        let scales = site.args.iter().map(|a| a.ty.decimals).collect();
        Ok(Bound {
            callable,
            state,
            traits,
            scales,
            scale: site.ret.decimals,
            of_entries,
            shape: PhantomData,
        })
    }

    #[inline(always)]
    fn call<'r>(&'r self, call: CallId, cx: &RowContext<'r>, args: P::Args<'r>) -> Out<R::Val<'r>> {
        let ret = self.callable.call(&self.state, cx, args);
        settle(M::split(ret, self.traits.flag_exit), |exit| {
            cx.scratch.record_exit(call, exit)
        })
    }
}

/// A kernel at one step: what operands are fused with.
struct AtStep<P: Params, R: Native, M: Returns, C: Callable<P, R, M>> {
    bound: Arc<Bound<P, R, M, C>>,
    call: CallId,
    lazy: bool,
}

impl<P: Params, R: Native, M: Returns, C: Callable<P, R, M>> RowCall<P, R> for AtStep<P, R, M, C> {
    #[inline(always)]
    fn is_lazy(&self) -> bool {
        self.lazy
    }

    #[inline(always)]
    fn call<'r>(&'r self, frame: &Frame<'r>, args: P::Args<'r>) -> Out<R::Val<'r>> {
        self.bound.call(self.call, &frame.cx, args)
    }
}

impl<P: Params, R: Native, M: Returns, C: Callable<P, R, M>> Kernel for Bound<P, R, M, C> {
    fn fuse(self: Arc<Self>, call: CallId, nodes: Vec<Node>, lazy: bool) -> Option<Node> {
        let nodes = match self.callable.row_form(&self.state, nodes) {
            Ok(own) => return Some(R::node(Operand::Child(own))),
            Err(nodes) => nodes,
        };
        let bound = self;
        let at_step = AtStep { bound, call, lazy };
        Some(R::node(Operand::Child(P::fuse::<R, _>(nodes, at_step)?)))
    }

    fn cells<'r>(
        &'r self,
        call: CallId,
        cx: &RowContext<'r>,
        cells: &[Value<'r>],
        result: &mut Value<'r>,
    ) -> bool {
        match P::cells(cx, cells, &self.scales) {
            Some(Some(args)) => match self.call(call, cx, args) {
                Out::Val(value) => *result = R::store(value, self.scale, cx.arena),
                Out::Null => *result = Value::Null,
                Out::Exit => return false,
            },
            Some(None) => *result = Value::Null,
            None => {
                cx.scratch.record_exit(call, Exit::Deopt(Reason::CellType));
                return false;
            }
        }
        true
    }

    fn batch<'r>(
        &'r self,
        call: CallId,
        batch: &BatchContext<'r>,
        vectors: &[Vector<'r>],
        selection: Selection<'r>,
    ) -> Vector<'r> {
        let (rows, arena) = (batch.rows, batch.cx.arena);
        if self.of_entries
            && let Some(vector) = self.by_entry(call, batch, vectors, selection)
        {
            return vector;
        }
        let Some(chunk) = P::chunk(vectors, arena) else {
            selection.for_each(|row| batch.exit(row, call, Exit::Deopt(Reason::CellType)));
            return Vector::null(R::REPR);
        };
        let Ok(valid) = P::validity(&chunk, rows, arena) else {
            return Vector::null(R::REPR);
        };
        // Evaluating the rows that are not asked for, or NULL, is cheaper than skipping them, and shows nowhere.
        let worth_it = selection.len() * 4 >= rows;
        if worth_it && let Some(lanes) = self.callable.chunk(&self.state, batch, &chunk, selection)
        {
            return R::vector(lanes.where_valid(valid, rows, arena));
        }
        if C::QUICK
            && worth_it
            && self.callable.has_quick(&self.state)
            && let Some(values) = self.try_quickly(batch, &chunk, valid)
        {
            return R::vector(Lanes::Flat { values, valid });
        }
        // These loops take less a row than it takes to go from one selected row to the next.
        let worth_it = selection.len() * 16 >= rows;
        if !self.traits.only_where_asked && worth_it && (!M::FALLIBLE || M::FLAGGED) {
            let run = DenseLoop::<P, R, M, C> {
                bound: self,
                cx: &batch.cx,
                chunk: &chunk,
                rows,
            };
            if let Some(dense) = batch.arch.dispatch(run) {
                let valid = both(valid, dense.valid, rows, arena);
                let valid = match dense.failed {
                    true => self.report(call, batch, &chunk, selection, valid),
                    false => valid,
                };
                let values = dense.values;
                return R::vector(Lanes::Flat { values, valid });
            }
        }
        if let Selection::All(_) = selection
            && let Some(vector) = self.each_row(call, batch, &chunk, valid)
        {
            return vector;
        }
        let values = arena.alloc_slice_fill_copy(rows, R::blank());
        let valid = arena.alloc_slice_fill_copy(rows, false);
        selection.for_each(|row| {
            if let Some(args) = P::at(&chunk, row, &batch.cx)
                && let Some(value) = self.call_in_row(call, batch, row, args)
            {
                values[row] = value;
                valid[row] = true;
            }
        });
        R::vector(Lanes::Flat {
            values,
            valid: Some(valid),
        })
    }
}

impl<P: Params, R: Native, M: Returns, C: Callable<P, R, M>> Bound<P, R, M, C> {
    /// A function of one dictionary's texts, and constants: once for each entry, for the rows by their places. `None`: its arguments are
    /// others, or there are more entries than rows.
    fn by_entry<'r>(
        &'r self,
        call: CallId,
        batch: &BatchContext<'r>,
        vectors: &[Vector<'r>],
        selection: Selection<'r>,
    ) -> Option<Vector<'r>> {
        let mut others = vectors.iter().enumerate().filter(|(_, v)| !v.is_constant());
        let (Some((place, Vector::Bytes(Lanes::Packed { packed, valid }))), None) =
            (others.next(), others.next())
        else {
            return None;
        };
        let entries = packed.entries()?;
        let rows = entries.texts.rows();
        // What is not strict may make something of NULL.
        if rows > selection.len() || !P::STRICT && valid.is_some() {
            return None;
        }
        let mut of_entries = vectors.to_vec();
        of_entries[place] = Bytes::vector(Lanes::Packed {
            packed: entries.texts,
            valid: None,
        });
        let each = BatchContext { rows, ..*batch };
        let vector = self.batch(call, &each, &of_entries, Selection::All(rows));
        let lanes = R::lanes(&vector)?.at(entries.places, batch);
        Some(R::vector(lanes.where_valid(
            *valid,
            batch.rows,
            batch.cx.arena,
        )))
    }

    /// One row of a chunk. A row that fails is reported, and NULL.
    #[inline(always)]
    fn call_in_row<'r>(
        &'r self,
        call: CallId,
        batch: &BatchContext<'r>,
        row: usize,
        args: P::Args<'r>,
    ) -> Option<R::Val<'r>> {
        batch.cx.scratch.set_row(row as u32);
        let ret = self.callable.call(&self.state, &batch.cx, args);
        M::split(ret, self.traits.flag_exit).unwrap_or_else(|exit| {
            batch.exit(row, call, exit);
            None
        })
    }

    /// The quick form for all rows; `None` when one that is not NULL needs a closer look.
    fn try_quickly<'r>(
        &'r self,
        batch: &BatchContext<'r>,
        chunk: &P::Chunk<'r>,
        valid: Option<&'r [bool]>,
    ) -> Option<&'r [R::Val<'r>]> {
        batch.arch.dispatch(QuickLoop::<P, R, M, C> {
            bound: self,
            arena: batch.cx.arena,
            chunk,
            rows: batch.rows,
            valid,
        })
    }

    /// All rows, with a branch for those that are NULL. `None`: the parameters cannot be read from slices.
    fn each_row<'r>(
        &'r self,
        call: CallId,
        batch: &BatchContext<'r>,
        chunk: &P::Chunk<'r>,
        valid: Option<&'r [bool]>,
    ) -> Option<Vector<'r>> {
        let (rows, arena) = (batch.rows, batch.cx.arena);
        let valid = match valid {
            Some(valid) => arena.alloc_slice_copy(&valid[..rows]),
            None => arena.alloc_slice_fill_copy(rows, true),
        };
        let values = P::map(chunk, rows, arena, |row, args| {
            if valid[row] {
                if let Some(value) = self.call_in_row(call, batch, row, args) {
                    return value;
                }
                valid[row] = false;
            }
            R::blank()
        })?;
        Some(R::vector(Lanes::Flat {
            values,
            valid: Some(valid),
        }))
    }

    /// Finds the rows behind a raised flag: those among them that were asked for are reported, and NULL from here on.
    #[cold]
    fn report<'r>(
        &'r self,
        call: CallId,
        batch: &BatchContext<'r>,
        chunk: &P::Chunk<'r>,
        selection: Selection<'r>,
        valid: Option<&'r [bool]>,
    ) -> Option<&'r [bool]> {
        let mut left: Option<&'r mut [bool]> = None;
        selection.for_each(|row| {
            let Some(args) = P::at(chunk, row, &batch.cx) else {
                return;
            };
            let ret = self.callable.call(&self.state, &batch.cx, args);
            if let Err(exit) = M::split(ret, self.traits.flag_exit) {
                batch.exit(row, call, exit);
                let arena = batch.cx.arena;
                let left = left.get_or_insert_with(|| match valid {
                    Some(valid) => arena.alloc_slice_copy(valid),
                    None => arena.alloc_slice_fill_copy(batch.rows, true),
                });
                left[row] = false;
            }
        });
        match left {
            Some(left) => Some(left),
            None => valid,
        }
    }
}

/// The loop of a kernel's quick form.
struct QuickLoop<'a, 'r, P: Params, R: Native, M: Returns, C: Callable<P, R, M>> {
    bound: &'r Bound<P, R, M, C>,
    arena: &'r Bump,
    chunk: &'a P::Chunk<'r>,
    rows: usize,
    valid: Option<&'r [bool]>,
}

impl<'r, P: Params, R: Native, M: Returns, C: Callable<P, R, M>> pulp::NullaryFnOnce
    for QuickLoop<'_, 'r, P, R, M, C>
{
    type Output = Option<&'r [R::Val<'r>]>;

    #[inline(always)]
    fn call(self) -> Option<&'r [R::Val<'r>]> {
        let Bound {
            callable, state, ..
        } = self.bound;
        let (rows, arena) = (self.rows, self.arena);
        let mut closer = false;
        let values = match self.valid {
            None => P::map(self.chunk, rows, arena, |_, args| {
                let (value, unsure) = callable.quick(state, args);
                closer |= unsure;
                value
            }),
            Some(valid) => {
                let valid = &valid[..rows];
                P::map(self.chunk, rows, arena, |row, args| {
                    let (value, unsure) = callable.quick(state, args);
                    closer |= unsure & valid[row];
                    value
                })
            }
        }?;
        (!closer).then_some(values)
    }
}

/// The loop of a kernel without effects, compiled for each instruction set.
struct DenseLoop<'a, 'r, P: Params, R: Native, M: Returns, C: Callable<P, R, M>> {
    bound: &'r Bound<P, R, M, C>,
    cx: &'a RowContext<'r>,
    chunk: &'a P::Chunk<'r>,
    rows: usize,
}

/// What it gives.
struct Dense<'r, R: Native> {
    values: &'r [R::Val<'r>],
    /// Which rows the kernel made NULL; `None`: it makes none.
    valid: Option<&'r [bool]>,
    /// Whether any row, asked for or not, raised its flag.
    failed: bool,
}

impl<'r, P: Params, R: Native, M: Returns, C: Callable<P, R, M>> pulp::NullaryFnOnce
    for DenseLoop<'_, 'r, P, R, M, C>
{
    type Output = Option<Dense<'r, R>>;

    #[inline(always)]
    fn call(self) -> Option<Dense<'r, R>> {
        let Bound {
            callable, state, ..
        } = self.bound;
        let (rows, arena) = (self.rows, self.cx.arena);
        if M::NULLABLE {
            let valid = &mut *arena.alloc_slice_fill_copy(rows, false);
            let values = P::map(self.chunk, rows, arena, |row, args| {
                let ret = callable.call(state, self.cx, args);
                let (value, is_valid, _) = M::spread(ret, R::blank());
                valid[row] = is_valid;
                value
            })?;
            return Some(Dense {
                values,
                valid: Some(valid),
                failed: false,
            });
        }
        let mut failed = false;
        let values = P::map(self.chunk, rows, arena, |_, args| {
            let ret = callable.call(state, self.cx, args);
            let (value, _, fails) = M::spread(ret, R::blank());
            failed |= fails;
            value
        })?;
        Some(Dense {
            values,
            valid: None,
            failed,
        })
    }
}
