//! The compile thread: makes native code out of the callers' way.

use crate::expression::Inner;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Mutex, Weak};

/// A queue of expressions that are hot. Its thread starts with the first one, and ends when the queue is dropped.
#[derive(Debug, Default)]
pub(crate) struct Background {
    queue: Mutex<Option<Sender<Weak<Inner>>>>,
}

impl Background {
    /// Asks for native code. `false` if there is no thread to make it.
    pub(crate) fn submit(&self, expression: Weak<Inner>) -> bool {
        let mut queue = crate::statistics::lock(&self.queue);
        if queue.is_none() {
            *queue = start();
        }
        queue.as_ref().is_some_and(|q| q.send(expression).is_ok())
    }
}

#[cfg(feature = "jit")]
fn start() -> Option<Sender<Weak<Inner>>> {
    let (sender, receiver) = channel::<Weak<Inner>>();
    let work = move || {
        let Ok(mut compiler) = sqlift_jit::Compiler::native() else {
            return;
        };
        for job in receiver {
            if let Some(expression) = job.upgrade() {
                expression.tier_up(&mut compiler);
            }
        }
    };
    let thread = std::thread::Builder::new()
        .name("sqlift-compile".to_owned())
        .spawn(work);
    thread.is_ok().then_some(sender)
}

#[cfg(not(feature = "jit"))]
fn start() -> Option<Sender<Weak<Inner>>> {
    let _ = channel::<Weak<Inner>>;
    None
}
