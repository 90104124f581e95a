//! Development only: what is measured, and on which data.
#![forbid(unsafe_code)]
#![cfg_attr(feature = "nightly-tail-calls", feature(explicit_tail_calls))]
#![cfg_attr(
    feature = "nightly-tail-calls",
    allow(incomplete_features, reason = "what the feature is for")
)]

pub mod data;
pub mod dispatch;
pub mod hand;
pub mod machine;
pub mod measure;
pub mod subjects;
pub mod units;
