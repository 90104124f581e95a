//! MySQL's types and values: [`SqlType`], [`Value`] cells, [`Datum`], exact decimals, packed temporals, [`Session`] settings,
//! errors and warnings.
//!
//! Three views of one thing run through all of sqlift:
//!
//! * [`SqlType`] is what MySQL calls the type of an expression (kind, length, decimals, collation);
//! * [`Repr`] is how a compiled tier holds it (an `i64`, a 128-bit coefficient, bytes, ...);
//! * [`Value`] is one borrowed, tagged cell of a row, [`Datum`] the owned value that the interpreter computes with.
#![forbid(unsafe_code)]

pub mod decimal;
pub mod json;
pub mod number;
pub mod temporal;

mod datum;
mod error;
mod repr;
mod schema;
mod session;
mod sql_type;
mod text_form;
mod value;
mod warning;

pub use datum::Datum;
pub use error::{Error, Span};
pub use repr::Repr;
pub use schema::{Column, Schema};
pub use session::{Session, SqlMode, TimeZone, UserVariable};
pub use sql_type::{NOT_FIXED, SqlType, TypeKind};
pub use text_form::{read_text, write_text};
pub use value::{Coefficient128, Value};
pub use warning::{Diagnostics, Warning, printable};

pub use ethnum::I256;
pub use sqlift_collation::CollationId;
