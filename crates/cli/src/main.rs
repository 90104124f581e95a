//! The `sqlift` program.
#![forbid(unsafe_code)]

fn main() {}
