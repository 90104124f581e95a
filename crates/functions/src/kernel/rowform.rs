//! Row forms that are no call of the kernel: conjunctions, and tests of one value by constants.

use super::adapter::{KernelMaker, maker};
use super::batch::{BatchContext, Selection};
use super::callable::{ChunkForm, Chunked, Plain, WithState};
use super::node::{Eval, Kind, Node, Operand, Source};
use super::vector::Lanes;
use super::{Callable, Nullable, Params, Returns};
use crate::native::{Bool, Native, Number};
use crate::{CallSite, Frame, Out, RowContext, each_node};
use sqlift_types::Error;
use std::any::Any;

/// The row form of a call over these operands; they come back when there is none for them.
pub type RowForm<S, R> = fn(&S, Vec<Node>) -> Result<Box<dyn Eval<R>>, Vec<Node>>;

/// A kernel with a [`RowForm`].
struct WithRowForm<C, S, R: Native> {
    callable: C,
    form: RowForm<S, R>,
}

impl<P, R, M, C> Callable<P, R, M> for WithRowForm<C, C::State, R>
where
    P: Params,
    R: Native,
    M: Returns,
    C: Callable<P, R, M>,
{
    type State = C::State;
    const QUICK: bool = C::QUICK;
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
    fn row_form(&self, state: &C::State, nodes: Vec<Node>) -> Result<Box<dyn Eval<R>>, Vec<Node>> {
        (self.form)(state, nodes)
    }
    fn chunk<'r>(
        &self,
        state: &'r C::State,
        batch: &BatchContext<'r>,
        chunk: &P::Chunk<'r>,
        selection: Selection<'r>,
    ) -> Option<Lanes<'r, R>> {
        self.callable.chunk(state, batch, chunk, selection)
    }
    fn has_quick(&self, state: &C::State) -> bool {
        self.callable.has_quick(state)
    }
    #[inline(always)]
    fn quick<'r>(&self, state: &'r C::State, args: P::Args<'r>) -> (R::Val<'r>, bool) {
        self.callable.quick(state, args)
    }
}

/// As [`nullable`](super::nullable), with a row form of its own.
pub fn nullable_in_rows<P: Params, R: Native, F>(kernel: F, form: RowForm<(), R>) -> KernelMaker
where
    Plain<F>: Callable<P, R, Nullable, State = ()>,
{
    let callable = Plain(kernel);
    maker::<P, R, Nullable, _>(WithRowForm { callable, form })
}

/// As [`nullable_chunked`](super::nullable_chunked), with a row form of its own.
pub fn nullable_chunked_in_rows<P: Params, R: Native, S: Send + Sync + 'static, F>(
    prepare: fn(&CallSite<'_>) -> Result<S, Error>,
    kernel: F,
    chunk: ChunkForm<P, R, S>,
    form: RowForm<S, R>,
) -> KernelMaker
where
    F: Send + Sync + 'static,
    WithState<S, F>: Callable<P, R, Nullable, State = S>,
{
    let callable = Chunked {
        kernel: WithState::new(prepare, kernel),
        form: chunk,
    };
    maker::<P, R, Nullable, _>(WithRowForm { callable, form })
}

/// The constant that an operand is, if it is one of this representation and not NULL.
pub fn constant_operand<N: Native>(node: &Node) -> Option<N::Owned> {
    each_node!(node, operand, M => match operand {
        Operand::Constant(Some(value)) if M::REPR == N::REPR => {
            (value as &dyn Any).downcast_ref::<N::Owned>().cloned()
        }
        _ => None,
    })
}

/// A value that is asked something; NULL if it is NULL.
struct Tested<N: Native, T> {
    value: Kind<N>,
    test: T,
}

impl<N: Number, T: Fn(N::Plain) -> Option<bool> + Send + Sync> Eval<Bool> for Tested<N, T> {
    fn eval<'r>(&'r self, frame: &Frame<'r>) -> Out<bool> {
        match self.value.get(frame) {
            Out::Val(value) => match (self.test)(value) {
                Some(truth) => Out::Val(truth),
                None => Out::Null,
            },
            Out::Null => Out::Null,
            Out::Exit => Out::Exit,
        }
    }
}

/// The row form of a test of the first operand, which is all that is left to evaluate: the others are constants.
pub fn tested<N: Number>(
    mut nodes: Vec<Node>,
    test: impl Fn(N::Plain) -> Option<bool> + Send + Sync + 'static,
) -> Result<Box<dyn Eval<Bool>>, Vec<Node>> {
    let is_such = |node: &Node| each_node!(node, _operand, M => M::REPR == N::REPR);
    if !nodes.first().is_some_and(is_such) {
        return Err(nodes);
    }
    match N::operand(nodes.swap_remove(0)) {
        Some(value) => Ok(Box::new(Tested {
            value: value.into_kind(),
            test,
        })),
        None => Err(nodes),
    }
}

/// A conjunction or disjunction of any length. All operands are evaluated: there are jumps where one is worth to be skipped.
struct Junction {
    operands: Vec<Box<dyn Eval<Bool>>>,
    /// The truth value that decides it.
    decides: bool,
}

impl Eval<Bool> for Junction {
    fn eval<'r>(&'r self, frame: &Frame<'r>) -> Out<bool> {
        let (mut decided, mut null) = (false, false);
        for operand in &self.operands {
            match operand.eval(frame) {
                Out::Val(truth) => decided |= truth == self.decides,
                Out::Null => null = true,
                Out::Exit => return Out::Exit,
            }
        }
        if null && !decided {
            return Out::Null;
        }
        Out::Val(decided == self.decides)
    }

    fn take_operands(&mut self, decides: bool) -> Option<Vec<Box<dyn Eval<Bool>>>> {
        (self.decides == decides).then(|| std::mem::take(&mut self.operands))
    }
}

/// The row form of AND (`false` decides it) or OR (`true` does): operands that are such themselves become part of it.
pub fn junction(decides: bool, nodes: Vec<Node>) -> Result<Box<dyn Eval<Bool>>, Vec<Node>> {
    let are_truths = nodes.iter().all(|node| matches!(node, Node::Bool(_)));
    if !are_truths {
        return Err(nodes);
    }
    let mut operands = Vec::with_capacity(nodes.len());
    for operand in nodes.into_iter().filter_map(Bool::operand) {
        let mut operand = operand.into_eval();
        match operand.take_operands(decides) {
            Some(inner) => operands.extend(inner),
            None => operands.push(operand),
        }
    }
    Ok(Box::new(Junction { operands, decides }))
}
