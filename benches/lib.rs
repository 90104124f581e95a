//! Development only: what is measured, and on which data.
#![forbid(unsafe_code)]

pub mod data;
pub mod subjects;
