//! What one thread needs to evaluate rows.

use bumpalo::Bump;
use sqlift_functions::Scratch;
use sqlift_types::Diagnostics;

/// Memory and diagnostics of one thread, used again for every row. Results borrow from it.
#[derive(Debug)]
pub struct Context {
    pub(crate) arena: Bump,
    pub(crate) scratch: Scratch,
    pub(crate) diagnostics: Diagnostics,
}

impl Context {
    pub(crate) fn new(warnings: usize) -> Context {
        Context {
            arena: Bump::new(),
            scratch: Scratch::default(),
            diagnostics: Diagnostics::new(warnings),
        }
    }

    /// The warnings raised since the last [`Context::clear_warnings`].
    pub fn diagnostics(&self) -> &Diagnostics {
        &self.diagnostics
    }

    /// Forgets all warnings, as a new statement does.
    pub fn clear_warnings(&mut self) {
        self.diagnostics.clear();
    }
}
