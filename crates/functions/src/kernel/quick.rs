//! Second forms of a kernel for chunks: where the row form has branches, effects, or reads its arguments one by one.

use super::adapter::{KernelMaker, maker};
use super::callable::{Plain, WithState};
use super::hot::AsHot;
use super::{BatchContext, Callable, Fallible, Flagged, Hot, Lanes, Params, Returns, Total};
use crate::native::Native;
use crate::{CallSite, RowContext};
use sqlift_types::Error;

/// What the rows of a chunk are tried with, all of them, before the kernel itself is asked: a value, and whether the row needs a closer
/// look. Where a row is not flagged the kernel gives that value, and has no effect. When one is, the chunk is done by the kernel.
#[derive(Clone, Copy, Debug)]
pub struct Quick<S, Q> {
    /// Whether this call site is worth the attempt.
    pub when: fn(&S) -> bool,
    /// The attempt; it does not fail.
    pub attempt: Q,
}

/// A kernel with a [`Quick`] form.
struct Quickly<C, S, Q> {
    callable: C,
    quick: Quick<S, Q>,
}

impl<P, R, M, C, Q> Callable<P, R, M> for Quickly<C, C::State, Q>
where
    P: Params,
    R: Native,
    M: Returns,
    C: Callable<P, R, M>,
    Q: for<'r> Fn(&'r C::State, P::Args<'r>) -> (R::Val<'r>, bool) + Send + Sync + 'static,
{
    type State = C::State;
    const QUICK: bool = true;
    fn prepare(&self, site: &CallSite<'_>) -> Result<C::State, Error> {
        self.callable.prepare(site)
    }
    #[inline(always)]
    fn call<'r>(
        &self,
        state: &'r C::State,
        cx: &RowContext<'r>,
        args: P::Args<'r>,
    ) -> M::Ret<R::Val<'r>> {
        self.callable.call(state, cx, args)
    }
    fn has_quick(&self, state: &C::State) -> bool {
        (self.quick.when)(state)
    }
    #[inline(always)]
    fn quick<'r>(&self, state: &'r C::State, args: P::Args<'r>) -> (R::Val<'r>, bool) {
        (self.quick.attempt)(state, args)
    }
}

macro_rules! quick {
    ($($mode:ident $quick:ident;)*) => {$(
        /// A kernel with prepared state and a [`Quick`] form.
        pub fn $quick<P: Params, R: Native, S: Send + Sync + 'static, F, Q>(
            prepare: fn(&CallSite<'_>) -> Result<S, Error>,
            kernel: F,
            quick: Quick<S, Q>,
        ) -> KernelMaker
        where
            WithState<S, F>: Callable<P, R, $mode, State = S>,
            Q: for<'r> Fn(&'r S, P::Args<'r>) -> (R::Val<'r>, bool) + Send + Sync + 'static,
        {
            let callable = WithState::new(prepare, kernel);
            maker::<P, R, $mode, _>(Quickly { callable, quick })
        }
    )*};
}

quick! {
    Total total_quick;
    Fallible fallible_quick;
}

/// As [`hot_flagged`](super::hot_flagged), with an attempt that vectorises better and may flag too many rows.
pub fn hot_flagged_quick<P: Params, R: Native, F, Q>(kernel: F, attempt: Q) -> KernelMaker
where
    AsHot<Plain<F>>: Callable<Hot<P>, R, Flagged, State = ()>,
    Hot<P>: Params,
    Q: for<'r> Fn(&'r (), <Hot<P> as Params>::Args<'r>) -> (R::Val<'r>, bool)
        + Send
        + Sync
        + 'static,
{
    let callable = AsHot::new(kernel);
    let when = |(): &()| true;
    let quick = Quick { when, attempt };
    maker::<Hot<P>, R, Flagged, _>(Quickly { callable, quick })
}

/// As [`fallible_quick`], specialised for the kinds of its operands: for the hot families only.
pub fn hot_fallible_quick<P: Params, R: Native, S: Send + Sync + 'static, F, Q>(
    prepare: fn(&CallSite<'_>) -> Result<S, Error>,
    kernel: F,
    quick: Quick<S, Q>,
) -> KernelMaker
where
    AsHot<WithState<S, F>>: Callable<Hot<P>, R, Fallible, State = S>,
    Hot<P>: Params,
    Q: for<'r> Fn(&'r S, <Hot<P> as Params>::Args<'r>) -> (R::Val<'r>, bool)
        + Send
        + Sync
        + 'static,
{
    let callable = AsHot(WithState::new(prepare, kernel));
    maker::<Hot<P>, R, Fallible, _>(Quickly { callable, quick })
}

/// A truth for each of a chunk's values, on the machine's best instructions; NULL where the values are.
pub fn truths<'r, N: Native, B>(
    lanes: &Lanes<'r, N>,
    batch: &BatchContext<'r>,
    truth: impl Fn(N::Val<'r>) -> bool,
) -> Option<Lanes<'r, B>>
where
    B: for<'v> Native<Val<'v> = bool>,
{
    struct Loop<'a, 'r, V, F>(&'r [V], &'a BatchContext<'r>, F);
    impl<'r, V: Copy, F: Fn(V) -> bool> pulp::NullaryFnOnce for Loop<'_, 'r, V, F> {
        type Output = &'r [bool];
        #[inline(always)]
        fn call(self) -> &'r [bool] {
            let Loop(values, batch, truth) = self;
            let arena = batch.cx.arena;
            arena.alloc_slice_fill_with(values.len(), |row| truth(values[row]))
        }
    }
    let Lanes::Flat { values, valid } = *lanes else {
        return None;
    };
    let values = batch
        .arch
        .dispatch(Loop(&values[..batch.rows], batch, truth));
    Some(Lanes::Flat { values, valid })
}
