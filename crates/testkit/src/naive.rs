//! References that share nothing with the engine: naive on purpose, written from the manual and from recorded answers.
//!
//! * [`Exact`]: decimals as unbounded integers.
//! * [`calendar`]: dates counted year by year and day by day.
//! * [`tree`]: JSON as a plain tree.
//! * [`uca`]: the Unicode Collation Algorithm from the text of its table.

pub mod calendar;
pub mod exact;
pub mod tree;
pub mod uca;

pub use exact::Exact;
