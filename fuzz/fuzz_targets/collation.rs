//! Collations against their laws and the Unicode table.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sqlift_testkit::targets::Target;

fuzz_target!(|bytes: &[u8]| Target::Collation.assert(bytes));
