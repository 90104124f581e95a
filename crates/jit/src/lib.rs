//! Tier 2 of sqlift: from programs to machine code, by Cranelift.
//!
//! [`Compiler::compile_row`] makes one function of a whole [`Program`](sqlift_ir::Program) that reads the cells of a row in place.
//! Calls with a lowering become instructions; all others are calls of their kernel, so every program compiles. What the code bets
//! on (the type of a cell, a sum that does not overflow) it guards: a lost bet is an exit, recorded in the row's scratch as the
//! other tiers do.
//!
//! [`Compiler::compile_batch`] makes a function that holds the loop over blocks of 64 rows and reads column buffers in place, for
//! programs whose calls all have lowerings. A block in which a bet is lost is reported, for the caller to do again row by row.
//!
//! Code holds no address of a program's data: constants, parameters, kernels are reached through the frame that each call passes.
//! Unsafe code is confined to three files: `native` (calling machine code), `abi` (what both sides read and write), `memory`
//! (code pages).
#![deny(unsafe_op_in_unsafe_fn)]

mod abi;
mod batch;
mod bets;
mod check;
mod column;
mod compiler;
mod days;
mod error;
mod finite;
mod held;
mod memory;
mod native;
mod plan;
mod range;
mod row;
mod scalar;
mod target;
mod vector;
mod word;

pub use bets::{Bets, ColumnBet};
pub use column::{ColumnBuffer, ColumnKind, OutputBuffer, OutputValues};
pub use compiler::{Compiler, Form, asm, clif};
pub use error::CompileError;
pub use native::{BatchError, BatchFunction, CellFunction, Exited, RowFunction};
pub use target::Target;
