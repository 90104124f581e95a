//! sqlift: collation.
#![forbid(unsafe_code)]
