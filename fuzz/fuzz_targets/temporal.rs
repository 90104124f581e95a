//! Dates and times through the engine, against a calendar that counts.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sqlift_testkit::targets::Target;

fuzz_target!(|bytes: &[u8]| Target::Temporal.assert(bytes));
