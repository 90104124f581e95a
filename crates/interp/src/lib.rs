//! sqlift: interp.
#![forbid(unsafe_code)]
