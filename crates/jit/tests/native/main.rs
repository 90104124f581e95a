//! Native code against a plain walk over the same program.

mod batch;
mod programs;
mod row;
mod walker;
