//! MySQL expressions, evaluated inside your own process.
//!
//! ```
//! use sqlift::{Engine, Schema, Session, SqlType, Value};
//!
//! let engine = Engine::new();
//! let schema = Schema::new([("a", SqlType::bigint()), ("b", SqlType::bigint())]);
//! let expression = engine.compile("a + b", &schema, &Session::default())?;
//! let mut context = expression.context();
//! let value = expression.eval_row(&[Value::Int(1), Value::Int(2)], &mut context)?;
//! assert_eq!(value, Value::Int(3));
//! # Ok::<(), sqlift::Error>(())
//! ```
#![forbid(unsafe_code)]

#[cfg(feature = "arrow")]
pub mod arrow;
mod background;
mod batch;
#[cfg(all(feature = "jit", feature = "arrow"))]
mod blocks;
mod compiled;
mod context;
mod deopt;
mod engine;
pub mod explain;
mod expression;
mod limits;
mod projection;
mod race;
mod rows;
mod statistics;
mod tier;
mod tuning;

pub use context::Context;
#[doc(hidden)]
pub use deopt::ForcedExits;
pub use engine::{Engine, Folding};
pub use expression::Expression;
pub use limits::Limits;
#[cfg(feature = "arrow")]
pub use projection::ProjectedBatch;
pub use projection::{Projection, ProjectionContext, ProjectionError};
pub use rows::Row;
pub use sqlift_collation::{Charset, Collation, CollationId};
pub use sqlift_ir::column_type;
pub use sqlift_types::{
    Column, Datum, Diagnostics, Error, I256, Schema, Session, Span, SqlMode, SqlType, TimeZone,
    TypeKind, UserVariable, Value, Warning, read_text, write_text,
};
pub use statistics::{Move, Statistics};
pub use tier::{Tier, TierPolicy};
