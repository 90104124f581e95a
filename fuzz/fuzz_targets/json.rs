//! JSON through the engine, against a plain tree and serde_json.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sqlift_testkit::targets::Target;

fuzz_target!(|bytes: &[u8]| Target::Json.assert(bytes));
