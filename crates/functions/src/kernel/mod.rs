//! Adapters: one kernel becomes a fused row closure, a batch loop, and the cell call that native code uses.
//!
//! A kernel is a plain function on native values. [`total`], [`flagged`], [`nullable`], [`fallible`] (and their `_with` forms for
//! kernels with prepared state) say what its return type promises; everything here is generic over markers, so that no tier names
//! a function and no function names a tier.

mod adapter;
mod batch;
mod callable;
mod forced;
mod hot;
mod node;
mod params;
mod quick;
mod rowform;
mod texts;
mod vector;

pub use adapter::{Kernel, KernelMaker, Traits};
pub use batch::{BatchContext, Selection};
pub use callable::{
    Callable, ChunkForm, Chunked, Fallible, Flagged, Nullable, Returns, Total, fallible,
    fallible_with, flagged, flagged_chunked, flagged_with, hot_flagged, hot_total, nullable,
    nullable_chunked, nullable_with, total, total_chunked, total_with,
};
pub use forced::ForcedExit;
pub use hot::Hot;
pub use node::{Eval, Node, Operand};
pub use params::{Many, Params, RowCall};
pub use quick::{
    Quick, fallible_quick, hot_fallible_quick, hot_flagged_quick, total_quick, truths,
};
pub use rowform::{
    RowForm, constant_operand, junction, nullable_chunked_in_rows, nullable_in_rows, tested,
};
pub use texts::{Packing, Texts, Unpacked, put_text, test_finds, test_heads, test_tails};
pub use vector::{AllNull, Lanes, Vector};
