//! What a kernel's return type promises, and the constructors that the tables of family files use.

use super::adapter::{KernelMaker, maker};
use super::batch::{BatchContext, Selection};
use super::hot::{AsHot, Hot};
use super::vector::Lanes;
use super::{Eval, Many, Node, Params};
use crate::native::{Native, Number, Param};
use crate::{CallSite, Exit, Out, RowContext};
use sqlift_types::Error;
use std::marker::PhantomData;

/// The contract of a kernel's return type.
pub trait Returns: Send + Sync + 'static {
    /// What the kernel returns for a result `T`.
    type Ret<T>;
    /// Whether a row can be given up.
    const FALLIBLE: bool;
    /// Whether a failing row is told by a flag, so that the loop vectorises.
    const FLAGGED: bool = false;
    /// Whether a row that has no NULL argument can be NULL.
    const NULLABLE: bool;
    /// Value, NULL, or the exit.
    fn split<T>(ret: Self::Ret<T>, flag_exit: Exit) -> Result<Option<T>, Exit>;
    /// Value (or `blank`), whether it is not NULL, and whether the row fails: [`Returns::split`] without a branch. A
    /// [`Fallible`] kernel is never asked: it may have effects.
    fn spread<T>(ret: Self::Ret<T>, blank: T) -> (T, bool, bool);
}

macro_rules! returns {
    ($($(#[$doc:meta])* $name:ident => $ret:ty, fallible $f:expr, flagged $g:expr, nullable $n:expr,
       |$r:ident, $e:ident| $split:expr, |$b:ident| $dense:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name;
        impl Returns for $name {
            type Ret<T> = $ret;
            const FALLIBLE: bool = $f;
            const FLAGGED: bool = $g;
            const NULLABLE: bool = $n;
            #[inline(always)]
            fn split<T>($r: $ret, $e: Exit) -> Result<Option<T>, Exit> { let _ = $e; $split }
            #[inline(always)]
            fn spread<T>($r: $ret, $b: T) -> (T, bool, bool) { let _ = &$b; $dense }
        }
    )*};
}

returns! {
    /// `T`: cannot fail.
    Total => T, fallible false, flagged false, nullable false, |r, e| Ok(Some(r)), |b| (r, true, false);
    /// `(T, bool)`: value and failed-flag; the value of a failed row is ignored.
    ///
    /// The loop over a chunk vectorises when the flag is made of plain operations: `(a ^ sum) & (b ^ sum) < 0` takes half the time
    /// of `overflowing_add` there (0.22 against 0.43 ns a row), and one instruction more in the row form.
    Flagged => (T, bool), fallible true, flagged true, nullable false, |r, e| if r.1 { Err(e) } else { Ok(Some(r.0)) }, |b| (r.0, true, r.1);
    /// `Option<T>`: may be NULL.
    Nullable => Option<T>, fallible false, flagged false, nullable true, |r, e| Ok(r), |b| match r { Some(v) => (v, true, false), None => (b, false, false) };
    /// `Result<Option<T>, Exit>`: may be NULL, may fail.
    Fallible => Result<Option<T>, Exit>, fallible true, flagged false, nullable true, |r, e| r, |b| match r { Ok(Some(v)) => (v, true, false), Ok(None) => (b, false, false), Err(_) => (b, false, true) };
}

/// A kernel with its prepared state, for one shape of parameters.
pub trait Callable<P: Params, R: Native, M: Returns>: Send + Sync + 'static {
    /// State prepared once a call site: patterns, scale factors, collations.
    type State: Send + Sync + 'static;
    /// Prepares the state.
    fn prepare(&self, site: &CallSite<'_>) -> Result<Self::State, Error>;
    /// Calls the kernel.
    fn call<'r>(
        &self,
        state: &'r Self::State,
        cx: &RowContext<'r>,
        args: P::Args<'r>,
    ) -> M::Ret<R::Val<'r>>;
    /// The row form over these operands, where it is no call of the kernel; they come back when there is none for them.
    fn row_form(&self, _: &Self::State, nodes: Vec<Node>) -> Result<Box<dyn Eval<R>>, Vec<Node>> {
        Err(nodes)
    }
    /// All rows of a chunk at once, where there is a form for that; without effects. What it gives for rows that have a NULL among their
    /// strict arguments, or are not selected, is arbitrary; all others have their value, or are NULL.
    fn chunk<'r>(
        &self,
        _: &'r Self::State,
        _: &BatchContext<'r>,
        _: &P::Chunk<'r>,
        _: Selection<'r>,
    ) -> Option<Lanes<'r, R>> {
        None
    }
    /// Whether there may be a [`Callable::quick`] form.
    const QUICK: bool = false;
    /// Whether it is worth to be tried at this call site.
    fn has_quick(&self, _: &Self::State) -> bool {
        false
    }
    /// A value, and whether the row needs a closer look; see [`Quick`](super::Quick).
    #[inline(always)]
    fn quick<'r>(&self, _: &'r Self::State, _: P::Args<'r>) -> (R::Val<'r>, bool) {
        (R::blank(), true)
    }
}

/// The form of a kernel for all rows of a chunk at once; see [`Callable::chunk`].
pub type ChunkForm<P, R, S> = for<'a, 'r> fn(
    &'r S,
    &'a BatchContext<'r>,
    &'a <P as Params>::Chunk<'r>,
    Selection<'r>,
) -> Option<Lanes<'r, R>>;

/// A kernel with a form for all rows of a chunk at once.
pub struct Chunked<P: Params, R: Native, S: 'static, F> {
    pub(super) kernel: WithState<S, F>,
    pub(super) form: ChunkForm<P, R, S>,
}

impl<P, R, M, S, F> Callable<P, R, M> for Chunked<P, R, S, F>
where
    P: Params,
    R: Native,
    M: Returns,
    S: Send + Sync + 'static,
    F: Send + Sync + 'static,
    WithState<S, F>: Callable<P, R, M, State = S>,
{
    type State = S;
    fn prepare(&self, site: &CallSite<'_>) -> Result<S, Error> {
        self.kernel.prepare(site)
    }
    #[inline(always)]
    fn call<'r>(&self, state: &'r S, cx: &RowContext<'r>, args: P::Args<'r>) -> M::Ret<R::Val<'r>> {
        self.kernel.call(state, cx, args)
    }
    fn chunk<'r>(
        &self,
        state: &'r S,
        batch: &BatchContext<'r>,
        chunk: &P::Chunk<'r>,
        selection: Selection<'r>,
    ) -> Option<Lanes<'r, R>> {
        (self.form)(state, batch, chunk, selection)
    }
}

macro_rules! chunked_constructors {
    ($($(#[$doc:meta])* $mode:ident $name:ident;)*) => {$(
        $(#[$doc])*
        pub fn $name<P: Params, R: Native, S, F>(
            prepare: fn(&CallSite<'_>) -> Result<S, Error>,
            kernel: F,
            form: ChunkForm<P, R, S>,
        ) -> KernelMaker
        where
            S: Send + Sync + 'static,
            F: Send + Sync + 'static,
            WithState<S, F>: Callable<P, R, $mode, State = S>,
        {
            let kernel = WithState::new(prepare, kernel);
            maker::<P, R, $mode, _>(Chunked { kernel, form })
        }
    )*};
}

chunked_constructors! {
    /// As [`total_with`], with a form for all rows of a chunk at once.
    Total total_chunked;
    /// As [`flagged_with`], with a form for all rows of a chunk at once.
    Flagged flagged_chunked;
    /// As [`nullable_with`], with a form for all rows of a chunk at once.
    Nullable nullable_chunked;
}

/// A kernel without state.
pub struct Plain<F>(pub(super) F);
/// A kernel with state made by `prepare`.
pub struct WithState<S, F> {
    prepare: fn(&CallSite<'_>) -> Result<S, Error>,
    kernel: F,
    state: PhantomData<fn() -> S>,
}

impl<S, F> WithState<S, F> {
    pub(super) fn new(prepare: fn(&CallSite<'_>) -> Result<S, Error>, kernel: F) -> Self {
        let state = PhantomData;
        WithState {
            prepare,
            kernel,
            state,
        }
    }
}

macro_rules! callable {
    ($($name:ident $var:ident),*) => {
        impl<F, R: Number, M: Returns, $($name: Param + Send + Sync),*> Callable<($($name,)*), R, M> for Plain<F>
        where F: for<'r> Fn($($name::Arg<'r>),*) -> M::Ret<R::Plain> + Send + Sync + 'static
        {
            type State = ();
            fn prepare(&self, _: &CallSite<'_>) -> Result<(), Error> { Ok(()) }
            #[inline(always)]
            fn call<'r>(&self, (): &'r (), _: &RowContext<'r>, ($($var,)*): ($($name::Arg<'r>,)*)) -> M::Ret<R::Val<'r>> {
                (self.0)($($var),*)
            }
        }
        impl<F, S: Send + Sync + 'static, R: Native, M: Returns, $($name: Param + Send + Sync),*> Callable<($($name,)*), R, M> for WithState<S, F>
        where F: for<'r> Fn(&'r S, &RowContext<'r>, $($name::Arg<'r>),*) -> M::Ret<R::Val<'r>> + Send + Sync + 'static
        {
            type State = S;
            fn prepare(&self, site: &CallSite<'_>) -> Result<S, Error> { (self.prepare)(site) }
            #[inline(always)]
            fn call<'r>(&self, state: &'r S, cx: &RowContext<'r>, ($($var,)*): ($($name::Arg<'r>,)*)) -> M::Ret<R::Val<'r>> {
                (self.kernel)(state, cx, $($var),*)
            }
        }
    };
}

callable!();
callable!(A a);
callable!(A a, B b);
callable!(A a, B b, C c);
callable!(A a, B b, C c, D d);
callable!(A a, B b, C c, D d, E e);

impl<F, S: Send + Sync + 'static, R: Native, M: Returns, P: Param + Send + Sync>
    Callable<Many<P>, R, M> for WithState<S, F>
where
    F: for<'r> Fn(&'r S, &RowContext<'r>, &'r [P::Arg<'r>]) -> M::Ret<R::Val<'r>>
        + Send
        + Sync
        + 'static,
{
    type State = S;
    fn prepare(&self, site: &CallSite<'_>) -> Result<S, Error> {
        (self.prepare)(site)
    }
    #[inline(always)]
    fn call<'r>(
        &self,
        state: &'r S,
        cx: &RowContext<'r>,
        args: &'r [P::Arg<'r>],
    ) -> M::Ret<R::Val<'r>> {
        (self.kernel)(state, cx, args)
    }
}

macro_rules! constructors {
    ($($(#[$doc:meta])* $mode:ident $plain:ident $with:ident;)*) => {$(
        $(#[$doc])*
        pub fn $plain<P: Params, R: Native, F>(kernel: F) -> KernelMaker
        where Plain<F>: Callable<P, R, $mode> {
            maker::<P, R, $mode, _>(Plain(kernel))
        }
        $(#[$doc])*
        ///
        /// `prepare` makes the state once a call site; the kernel gets it, and the row's context, first.
        pub fn $with<P: Params, R: Native, S, F>(prepare: fn(&CallSite<'_>) -> Result<S, Error>, kernel: F) -> KernelMaker
        where WithState<S, F>: Callable<P, R, $mode> {
            maker::<P, R, $mode, _>(WithState { prepare, kernel, state: PhantomData })
        }
    )*};
}

macro_rules! hot_constructors {
    ($($(#[$doc:meta])* $mode:ident $plain:ident;)*) => {$(
        $(#[$doc])*
        /// Specialised for the kinds of its operands: for the hot families only.
        pub fn $plain<P: Params, R: Native, F>(kernel: F) -> KernelMaker
        where AsHot<Plain<F>>: Callable<Hot<P>, R, $mode>, Hot<P>: Params {
            maker::<Hot<P>, R, $mode, _>(AsHot(Plain(kernel)))
        }
    )*};
}

hot_constructors! {
    /// As [`total`].
    Total hot_total;
    /// As [`flagged`].
    Flagged hot_flagged;
}

constructors! {
    /// A kernel that cannot fail: `fn(..) -> R`.
    Total total total_with;
    /// A kernel that tells failure by a flag: `fn(..) -> (R, bool)`.
    Flagged flagged flagged_with;
    /// A kernel that may give NULL: `fn(..) -> Option<R>`.
    Nullable nullable nullable_with;
    /// A kernel that may give NULL or fail: `fn(..) -> Result<Option<R>, Exit>`.
    Fallible fallible fallible_with;
}

/// Turns a split outcome into a closure's outcome, recording the exit.
#[inline(always)]
pub(crate) fn settle<T>(outcome: Result<Option<T>, Exit>, record: impl FnOnce(Exit)) -> Out<T> {
    match outcome {
        Ok(Some(value)) => Out::Val(value),
        Ok(None) => Out::Null,
        Err(exit) => {
            record(exit);
            Out::Exit
        }
    }
}
