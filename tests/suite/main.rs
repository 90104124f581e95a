//! The proof of sqlift, from the outside: each module is one net.
#![forbid(unsafe_code)]

mod corpus;
mod deopt;
mod golden;
