//! Any text: it compiles or is refused, never panics, and means the same when it is printed and parsed again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sqlift_testkit::targets::Target;

fuzz_target!(|bytes: &[u8]| Target::Text.assert(bytes));
