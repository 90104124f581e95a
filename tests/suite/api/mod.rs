//! The public door: bad input, rows that are not as declared, parameters, sessions, threads, depth.

mod depth;
mod refusal;
mod rows;
mod session;
mod threads;
