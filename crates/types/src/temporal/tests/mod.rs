//! Tests of the temporal types against slow references, boundary tables and recorded answers.

mod boundaries;
mod calendar;
mod hostile;
mod locales;
mod recorded;
mod roundtrip;
