//! Typed expressions over boundary values: all tiers and both forms give the same values, types, warnings and errors.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sqlift_testkit::oracle::{Tiers, expression};
use std::sync::LazyLock;

static TIERS: LazyLock<Tiers> = LazyLock::new(|| Tiers::new(12).expect("all tiers"));

fuzz_target!(|bytes: &[u8]| {
    if let Some(difference) = TIERS.difference(&expression(bytes)) {
        panic!("{difference}");
    }
});
