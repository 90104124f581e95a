//! sqlift: sqlift.
#![forbid(unsafe_code)]
