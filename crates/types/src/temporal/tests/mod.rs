//! Tests of the temporal types against slow references, boundary tables and recorded answers.

mod calendar;
mod roundtrip;
