//! Tuples of parameters: how each shape of arguments is read from operands, cells and lanes.

use super::Node;
use super::node::{Eval, Kind, Source};
use super::vector::{AllNull, Lanes, Vector};
use crate::native::{Native, Param};
use crate::{Frame, Out, RowContext};
use bumpalo::Bump;
use sqlift_types::{Repr, Value};
use std::marker::PhantomData;

/// The parameters of a kernel: a tuple of [`Param`]s, or [`Many`] of one.
pub trait Params: Sized + Send + Sync + 'static {
    /// The arguments of one call.
    type Args<'r>: Copy;
    /// Operands ready to be evaluated.
    type Sources: Send + Sync + 'static;
    /// Lanes of a chunk.
    type Chunk<'r>;
    /// Representations, in order; for [`Many`] the single one that repeats.
    fn reprs() -> Vec<Repr>;
    /// Whether any number of the last parameter is taken.
    const VARIADIC: bool = false;
    /// Whether every parameter is strict.
    const STRICT: bool;

    /// The fused closure of a kernel over these operands. `None` if number or representation is wrong.
    fn fuse<R: Native, K: RowCall<Self, R>>(
        nodes: Vec<Node>,
        callee: K,
    ) -> Option<Box<dyn Eval<R>>> {
        Some(Box::new(Fused::<Self, K> {
            callee,
            sources: Self::sources(nodes)?,
        }))
    }
    /// Operands from nodes; `None` if number or representation is wrong.
    fn sources(nodes: Vec<Node>) -> Option<Self::Sources>;
    /// Evaluates the operands from left to right; `lazy`: up to the first NULL of a strict parameter, else all.
    fn get<'r>(sources: &'r Self::Sources, frame: &Frame<'r>, lazy: bool) -> Out<Self::Args<'r>>;
    /// Arguments from cells (`scales` are those of the call's arguments); the outer `None` is a cell of another type.
    fn cells<'r>(
        cx: &RowContext<'r>,
        cells: &[Value<'r>],
        scales: &[u8],
    ) -> Option<Option<Self::Args<'r>>>;
    /// The lanes of a chunk.
    fn chunk<'r>(vectors: &[Vector<'r>], arena: &'r Bump) -> Option<Self::Chunk<'r>>;
    /// Which rows have no NULL among the strict arguments; `None`: all.
    fn validity<'r>(
        chunk: &Self::Chunk<'r>,
        rows: usize,
        arena: &'r Bump,
    ) -> Result<Option<&'r [bool]>, AllNull>;
    /// The arguments in one row; `None` when a strict one is NULL.
    fn at<'r>(chunk: &Self::Chunk<'r>, row: usize, cx: &RowContext<'r>) -> Option<Self::Args<'r>>;
    /// A result for each of the first `rows` rows, in a loop without branches: strict parameters are given what stands in the
    /// lanes, NULL or not. `None` when these parameters have no such form.
    fn map<'r, T: Copy, F: FnMut(usize, Self::Args<'r>) -> T>(
        chunk: &Self::Chunk<'r>,
        rows: usize,
        arena: &'r Bump,
        f: F,
    ) -> Option<&'r mut [T]>;
}

/// A kernel at one step, ready to be called with arguments.
pub trait RowCall<P: Params, R: Native>: Send + Sync + 'static {
    /// Calls it.
    fn call<'r>(&'r self, frame: &Frame<'r>, args: P::Args<'r>) -> Out<R::Val<'r>>;
    /// Whether operands behind one that makes the result NULL are not evaluated.
    fn is_lazy(&self) -> bool;
}

/// A fused closure: a kernel and its operands.
struct Fused<P: Params, K> {
    callee: K,
    sources: P::Sources,
}

impl<P: Params, R: Native, K: RowCall<P, R>> Eval<R> for Fused<P, K> {
    fn eval<'r>(&'r self, frame: &Frame<'r>) -> Out<R::Val<'r>> {
        match P::get(&self.sources, frame, self.callee.is_lazy()) {
            Out::Val(args) => self.callee.call(frame, args),
            Out::Null => Out::Null,
            Out::Exit => Out::Exit,
        }
    }
}

fn source<P: Param>(node: Node) -> Option<Kind<P::Native>> {
    Some(P::Native::operand(node)?.into_kind())
}

#[inline(always)]
fn as_option<T>(out: Out<T>) -> Result<Option<T>, ()> {
    match out {
        Out::Val(v) => Ok(Some(v)),
        Out::Null => Ok(None),
        Out::Exit => Err(()),
    }
}

#[inline(always)]
fn cell<'r, P: Param>(cell: &Value<'r>, scale: u8) -> Option<Option<P::Arg<'r>>> {
    // Native code has just written the cell, word by word: a copy would read it whole, and wait for the words.
    match P::Native::load(*cell, scale) {
        Some(v) => Some(P::arg(Some(v))),
        None if matches!(cell, Value::Null) => Some(P::arg(None)),
        None => None,
    }
}

macro_rules! tuple {
    ($count:expr; $($name:ident $field:tt $var:ident),*) => {
        impl<$($name: Param + Send + Sync),*> Params for ($($name,)*) {
            type Args<'r> = ($($name::Arg<'r>,)*);
            type Sources = ($(Kind<$name::Native>,)*);
            type Chunk<'r> = ($(Lanes<'r, $name::Native>,)*);
            const STRICT: bool = true $(&& $name::STRICT)*;
            fn reprs() -> Vec<Repr> { vec![$($name::Native::REPR),*] }
            fn sources(nodes: Vec<Node>) -> Option<Self::Sources> {
                let mut nodes = nodes.into_iter();
                let sources = ($(source::<$name>(nodes.next()?)?,)*);
                nodes.next().is_none().then_some(sources)
            }
            #[inline(always)]
            fn get<'r>(sources: &'r Self::Sources, frame: &Frame<'r>, lazy: bool) -> Out<Self::Args<'r>> {
                $(
                    let Ok($var) = as_option(sources.$field.get(frame)) else { return Out::Exit };
                    if $name::STRICT && lazy && $var.is_none() {
                        return Out::Null;
                    }
                )*
                match ($($name::arg($var),)*) {
                    ($(Some($var),)*) => Out::Val(($($var,)*)),
                    _ => Out::Null,
                }
            }
            #[inline(always)]
            fn cells<'r>(_: &RowContext<'r>, cells: &[Value<'r>], scales: &[u8]) -> Option<Option<Self::Args<'r>>> {
                if cells.len() != $count || scales.len() != $count { return None }
                Some(match ($(cell::<$name>(&cells[$field], scales[$field])?,)*) {
                    ($(Some($var),)*) => Some(($($var,)*)),
                    _ => None,
                })
            }
            fn chunk<'r>(vectors: &[Vector<'r>], _: &'r Bump) -> Option<Self::Chunk<'r>> {
                if vectors.len() != $count { return None }
                Some(($(*$name::Native::lanes(&vectors[$field])?,)*))
            }
            fn validity<'r>(chunk: &Self::Chunk<'r>, rows: usize, arena: &'r Bump) -> Result<Option<&'r [bool]>, AllNull> {
                let mut valid = None;
                $(if $name::STRICT {
                    valid = both(valid, chunk.$field.validity()?, rows, arena);
                })*
                Ok(valid)
            }
            #[inline(always)]
            fn at<'r>(chunk: &Self::Chunk<'r>, row: usize, _: &RowContext<'r>) -> Option<Self::Args<'r>> {
                match ($($name::arg(chunk.$field.get(row)),)*) {
                    ($(Some($var),)*) => Some(($($var,)*)),
                    _ => None,
                }
            }
            #[inline(always)]
            fn map<'r, T: Copy, F: FnMut(usize, Self::Args<'r>) -> T>(
                chunk: &Self::Chunk<'r>,
                rows: usize,
                arena: &'r Bump,
                mut f: F,
            ) -> Option<&'r mut [T]> {
                $(let $var = $name::dense(&chunk.$field, rows, arena);)*
                Some(arena.alloc_slice_fill_with(rows, |row| f(row, ($($name::lane($var, row),)*))))
            }
        }
    };
}

/// The AND of two validities; `None`: all rows are valid.
pub(super) fn both<'r>(
    a: Option<&'r [bool]>,
    b: Option<&'r [bool]>,
    rows: usize,
    arena: &'r Bump,
) -> Option<&'r [bool]> {
    match (a, b) {
        (Some(a), Some(b)) if !std::ptr::eq(a, b) => {
            let (a, b) = (&a[..rows], &b[..rows]);
            Some(arena.alloc_slice_fill_with(rows, |row| a[row] & b[row]))
        }
        (Some(valid), _) | (None, Some(valid)) => Some(valid),
        (None, None) => None,
    }
}

tuple!(1; A 0 a);
tuple!(2; A 0 a, B 1 b);
tuple!(3; A 0 a, B 1 b, C 2 c);
tuple!(4; A 0 a, B 1 b, C 2 c, D 3 d);
tuple!(5; A 0 a, B 1 b, C 2 c, D 3 d, E 4 e);

impl Params for () {
    type Args<'r> = ();
    type Sources = ();
    type Chunk<'r> = ();
    const STRICT: bool = true;
    fn reprs() -> Vec<Repr> {
        Vec::new()
    }
    fn sources(nodes: Vec<Node>) -> Option<()> {
        nodes.is_empty().then_some(())
    }
    fn get<'r>((): &'r (), _: &Frame<'r>, _: bool) -> Out<()> {
        Out::Val(())
    }
    fn cells<'r>(_: &RowContext<'r>, cells: &[Value<'r>], _: &[u8]) -> Option<Option<()>> {
        cells.is_empty().then_some(Some(()))
    }
    fn chunk<'r>(vectors: &[Vector<'r>], _: &'r Bump) -> Option<()> {
        vectors.is_empty().then_some(())
    }
    fn validity<'r>((): &(), _: usize, _: &'r Bump) -> Result<Option<&'r [bool]>, AllNull> {
        Ok(None)
    }
    fn at<'r>(_: &Self::Chunk<'r>, _: usize, _: &RowContext<'r>) -> Option<Self::Args<'r>> {
        Some(())
    }
    fn map<'r, T: Copy, F: FnMut(usize, Self::Args<'r>) -> T>(
        (): &(),
        _: usize,
        _: &'r Bump,
        _: F,
    ) -> Option<&'r mut [T]> {
        None
    }
}

/// Any number (at least one) of arguments of one parameter; the kernel gets a slice.
#[derive(Clone, Copy, Debug)]
pub struct Many<P>(PhantomData<P>);

impl<P: Param + Send + Sync> Params for Many<P> {
    type Args<'r> = &'r [P::Arg<'r>];
    type Sources = Vec<Kind<P::Native>>;
    type Chunk<'r> = &'r [Lanes<'r, P::Native>];
    const VARIADIC: bool = true;
    const STRICT: bool = P::STRICT;
    fn reprs() -> Vec<Repr> {
        vec![P::Native::REPR]
    }
    fn sources(nodes: Vec<Node>) -> Option<Self::Sources> {
        nodes.into_iter().map(source::<P>).collect()
    }
    fn get<'r>(sources: &'r Self::Sources, frame: &Frame<'r>, lazy: bool) -> Out<Self::Args<'r>> {
        let mut args = bumpalo::collections::Vec::with_capacity_in(sources.len(), frame.cx.arena);
        let mut null = false;
        for source in sources {
            let Ok(value) = as_option(source.get(frame)) else {
                return Out::Exit;
            };
            match P::arg(value) {
                Some(arg) => args.push(arg),
                None if lazy => return Out::Null,
                None => null = true,
            }
        }
        if null {
            Out::Null
        } else {
            Out::Val(args.into_bump_slice())
        }
    }
    fn cells<'r>(
        cx: &RowContext<'r>,
        cells: &[Value<'r>],
        scales: &[u8],
    ) -> Option<Option<Self::Args<'r>>> {
        if cells.len() != scales.len() {
            return None;
        }
        let mut args = bumpalo::collections::Vec::with_capacity_in(cells.len(), cx.arena);
        let mut null = false;
        for (value, scale) in cells.iter().zip(scales) {
            match cell::<P>(value, *scale)? {
                Some(arg) => args.push(arg),
                None => null = true,
            }
        }
        let args: &'r [P::Arg<'r>] = args.into_bump_slice();
        Some((!null).then_some(args))
    }
    fn chunk<'r>(vectors: &[Vector<'r>], arena: &'r Bump) -> Option<Self::Chunk<'r>> {
        let mut chunk = bumpalo::collections::Vec::with_capacity_in(vectors.len(), arena);
        for vector in vectors {
            chunk.push(*P::Native::lanes(vector)?);
        }
        Some(chunk.into_bump_slice())
    }
    fn validity<'r>(
        chunk: &Self::Chunk<'r>,
        rows: usize,
        arena: &'r Bump,
    ) -> Result<Option<&'r [bool]>, AllNull> {
        let mut valid = None;
        if P::STRICT {
            for lanes in *chunk {
                valid = both(valid, lanes.validity()?, rows, arena);
            }
        }
        Ok(valid)
    }
    fn at<'r>(chunk: &Self::Chunk<'r>, row: usize, cx: &RowContext<'r>) -> Option<Self::Args<'r>> {
        let mut args = bumpalo::collections::Vec::with_capacity_in(chunk.len(), cx.arena);
        for lanes in *chunk {
            args.push(P::arg(lanes.get(row))?);
        }
        Some(args.into_bump_slice())
    }
    fn map<'r, T: Copy, F: FnMut(usize, Self::Args<'r>) -> T>(
        _: &Self::Chunk<'r>,
        _: usize,
        _: &'r Bump,
        _: F,
    ) -> Option<&'r mut [T]> {
        None
    }
}
