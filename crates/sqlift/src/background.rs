//! The compile thread: makes native code out of the callers' way.

use crate::expression::Inner;
#[cfg(feature = "jit")]
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Mutex, Weak};

/// What is to be compiled.
#[derive(Debug)]
pub(crate) enum Job {
    /// An expression's row function.
    #[cfg_attr(
        not(feature = "jit"),
        expect(dead_code, reason = "nobody compiles without the feature")
    )]
    Row(Weak<Inner>),
    /// The row functions of several expressions.
    #[cfg_attr(
        not(feature = "jit"),
        expect(dead_code, reason = "nobody compiles without the feature")
    )]
    Projection(Weak<crate::projection::Inner>),
    /// An expression's function over columns like these.
    #[cfg(all(feature = "jit", feature = "arrow"))]
    Blocks(Weak<Inner>, crate::blocks::Needs, sqlift_jit::Bets),
}

/// A queue of expressions that are hot. Its thread starts with the first one, and ends when the queue is dropped.
#[derive(Debug, Default)]
pub(crate) struct Background {
    queue: Mutex<Option<Sender<Job>>>,
}

impl Background {
    /// Asks for native code. `false` if there is no thread to make it.
    pub(crate) fn submit(&self, job: Job) -> bool {
        let mut queue = crate::statistics::lock(&self.queue);
        if queue.is_none() {
            *queue = start();
        }
        queue.as_ref().is_some_and(|q| q.send(job).is_ok())
    }
}

#[cfg(feature = "jit")]
fn start() -> Option<Sender<Job>> {
    let (sender, receiver) = channel::<Job>();
    let work = move || {
        let Ok(mut compiler) = sqlift_jit::Compiler::native() else {
            return;
        };
        for job in receiver {
            // A panic of the compiler ends one job, not the thread: the expression stays where it is, and the compiler, whose state
            // is not to be trusted any more, is made anew.
            let done = catch_unwind(AssertUnwindSafe(|| run(job, &mut compiler)));
            if done.is_err() {
                let Ok(another) = sqlift_jit::Compiler::native() else {
                    return;
                };
                compiler = another;
            }
        }
    };
    let thread = std::thread::Builder::new()
        .name("sqlift-compile".to_owned())
        .spawn(work);
    thread.is_ok().then_some(sender)
}

#[cfg(feature = "jit")]
fn run(job: Job, compiler: &mut sqlift_jit::Compiler) {
    match job {
        Job::Row(expression) => {
            if let Some(expression) = expression.upgrade() {
                expression.tier_up(compiler);
            }
        }
        Job::Projection(projection) => {
            if let Some(projection) = projection.upgrade() {
                projection.tier_up(compiler);
            }
        }
        #[cfg(feature = "arrow")]
        Job::Blocks(expression, needs, bets) => {
            if let Some(expression) = expression.upgrade() {
                crate::blocks::compile(&expression, compiler, needs, &bets);
            }
        }
    }
}

#[cfg(not(feature = "jit"))]
fn start() -> Option<Sender<Job>> {
    let _ = channel::<Job>;
    None
}
