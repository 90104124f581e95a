//! The public door: bad input, rows that are not as declared, parameters, threads, depth.

mod depth;
mod refusal;
mod rows;
mod threads;
