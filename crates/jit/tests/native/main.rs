//! Native code against a plain walk over the same program.

mod batch;
mod bets;
mod boundary;
mod catalogue;
mod concrete;
mod programs;
mod random;
mod row;
mod shapes;
mod walker;
