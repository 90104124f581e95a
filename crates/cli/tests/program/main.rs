//! The program as its users meet it: commands in, output, messages and exit codes out.

mod place;

mod errors;
mod eval;
mod explain;
mod files;
mod run;
