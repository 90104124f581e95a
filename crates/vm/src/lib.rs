//! Tier 1: the closure-slice VM. A [`Program`](sqlift_ir::Program) becomes a slice of closures for single rows ([`RowCode`]), or a
//! walk over its steps with one vectorised loop a step for chunks of rows ([`BatchCode`]).
//!
//! Both forms share the program and the kernels, so they have one meaning; they differ in what travels between steps: cells of a
//! row, or vectors of a chunk. Neither knows a function by name, and neither decides what becomes of a row that a step gives up:
//! they report it (in [`Scratch`](sqlift_functions::Scratch)), the engine acts.
#![forbid(unsafe_code)]

mod batch;
mod bitmap;
pub mod columns;
mod fuse;
mod lazy;
mod moments;
mod part;
mod row;
mod step;
mod views;

pub use batch::{BatchCode, CHUNK_ROWS};
pub use row::{GivenUp, RowCode};
