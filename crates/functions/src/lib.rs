//! The catalogue: every operator and function, one file a family.
//!
//! A family file holds, in this order: its quirks, its table, its type rules (*binders*), its *references* (tier 0 and second
//! opinion), its *kernels* (compiled tiers) and its *lowerings* (native code). Everything else is derived; see
//! [`kernel`] for the adapters and [`emit`] for what lowerings are written against.
#![forbid(unsafe_code)]

pub mod emit;
pub mod families;
pub mod kernel;
pub mod native;

mod bind;
mod catalogue;
mod context;
pub mod draws;
mod expr;
mod function;
mod ids;

pub use bind::{BindContext, Evaluate, Quote};
pub use catalogue::{Catalogue, catalogue, edit_distance};
pub use context::{Exit, Fault, Frame, Out, RangeType, Reason, RowContext, Scratch};
pub use expr::{Expr, ExprKind};
pub use function::{Argument, Bind, CallSite, Form, Function, Fuse, Lower, Overload, Reference};
pub use ids::{CallId, FunctionId, SlotId};
pub use sqlift_types::Repr;
