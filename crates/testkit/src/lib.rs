//! sqlift: testkit.
#![forbid(unsafe_code)]
