//! Seeded generation of expressions and tables.
//!
//! Everything follows from one seed: the same seed gives the same expressions on every machine, so a finding is
//! reported as a seed and a number. Values come from [`boundary`] tables more often than from anywhere else, because
//! that is where evaluators differ; expressions are typed, so that most of them get past binding, with a deliberate
//! share of arguments of other types, because implicit conversions are half of MySQL.

pub mod boundary;
mod catalogue;
mod expression;
mod grammar;
mod random;
mod shrink;

pub use catalogue::{Argument, Catalogue, Class, Entry, Form, Produces};
pub use expression::{Generator, Hits, Limits};
pub use grammar::MySql;
pub use random::Random;
pub use shrink::shrink;
