//! sqlift: ir.
#![forbid(unsafe_code)]
