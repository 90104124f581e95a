//! Typed expressions over boundary values: all tiers and forms give the same values, types, warnings and errors.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sqlift_testkit::targets::Target;

fuzz_target!(|bytes: &[u8]| Target::Tiers.assert(bytes));
