//! sqlift: types.
#![forbid(unsafe_code)]
