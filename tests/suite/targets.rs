//! Every fuzz target from a seed for a moment: nothing is wrong, and nothing that it is for stays untried.

use sqlift_testkit::targets::Target;
use std::time::Duration;

fn runs(target: Target, inputs: u64) {
    let hunt = target.hunt(1, Duration::MAX, inputs);
    if let Some(finding) = hunt.finding {
        panic!("{target:?}: {}\ninput {:?}", finding.wrong, finding.bytes);
    }
    assert_eq!(hunt.tried, inputs);
    let missed = hunt.hits.missed(target);
    assert!(missed.is_empty(), "{target:?} never tried {missed:?}");
}

#[test]
fn tiers() {
    runs(Target::Tiers, 200);
}

#[test]
fn text() {
    runs(Target::Text, 5_000);
}

#[test]
fn decimal() {
    runs(Target::Decimal, 3_000);
}

#[test]
fn temporal() {
    runs(Target::Temporal, 20_000);
}

#[test]
fn json() {
    runs(Target::Json, 10_000);
}

#[test]
fn collation() {
    runs(Target::Collation, 2_000);
}
