//! DECIMAL through the engine, against unbounded integers.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sqlift_testkit::targets::Target;

fuzz_target!(|bytes: &[u8]| Target::Decimal.assert(bytes));
