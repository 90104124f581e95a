//! Tests of the temporal types against slow references, boundary tables and recorded answers.

mod boundaries;
mod calendar;
mod hostile;
mod recorded;
mod roundtrip;
