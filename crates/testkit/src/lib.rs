//! Development only: what sqlift is proved with.
//!
//! * [`corpus`]: recorded answers of a MySQL server, as JSON lines or packed.
//! * [`subject`]: what is under test, as a trait.
//! * [`compatibility`]: the page that says what is there and how far it agrees.
//! * [`compare`]: an outcome against a recorded answer, aspect by aspect.
//! * [`runner`]: a subject over a corpus, with counts, differences and their clusters.
//! * [`differential`]: subjects against each other on generated expressions.
//! * [`engine`]: where the engine is bound to the runner.
//! * [`features`]: what an expression is made of, for statistics.
//! * [`generate`]: seeded expressions and tables.
//! * [`oracle`]: the tiers against each other on one expression, for fuzz targets and regressions.
#![forbid(unsafe_code)]

pub mod compare;
pub mod compatibility;
pub mod corpus;
pub mod differential;
pub mod engine;
pub mod features;
pub mod generate;
pub mod naive;
pub mod oracle;
mod panics;
pub mod runner;
pub mod subject;
pub mod targets;
