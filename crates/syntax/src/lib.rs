//! sqlift: syntax.
#![forbid(unsafe_code)]
