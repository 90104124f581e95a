//! The proof of sqlift, from the outside: each module is one net.
#![forbid(unsafe_code)]

mod api;
mod catalogue;
mod corpus;
mod deopt;
mod golden;
mod headlines;
mod laws;
mod projections;
mod regressions;
mod targets;
