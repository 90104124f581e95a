//! Native code against a plain walk over the same program.

mod programs;
mod row;
mod walker;
