//! sqlift: types.
#![forbid(unsafe_code)]

pub mod decimal;
pub mod number;
pub mod temporal;
