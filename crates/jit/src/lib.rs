//! Tier 2 of sqlift: from programs to machine code, by Cranelift.
//!
//! [`Compiler::compile_row`] makes one function of a whole [`Program`](sqlift_ir::Program) that reads the cells of a row in place.
//! Calls with a lowering become instructions; all others are calls of their kernel, so every program compiles. What the code bets
//! on (the type of a cell, a sum that does not overflow) it guards: a lost bet is an exit, recorded in the row's scratch as the
//! other tiers do.
//!
//! Code holds no address of a program's data: constants, parameters, kernels are reached through the frame that each call passes.
//! Unsafe code is confined to three files: `native` (calling machine code), `abi` (what both sides read and write), `memory`
//! (code pages).
#![deny(unsafe_op_in_unsafe_fn)]

mod abi;
mod check;
mod compiler;
mod error;
mod held;
mod memory;
mod native;
mod row;
mod scalar;
mod target;

pub use compiler::{Compiler, Form, asm, clif};
pub use error::CompileError;
pub use native::{Exited, RowFunction};
pub use target::Target;
