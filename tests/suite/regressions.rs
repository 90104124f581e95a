//! What fuzzing found once, replayed; and a short run from seeds.

use crate::corpus::file;
use sqlift_testkit::oracle::{Tiers, expression};
use sqlift_testkit::subject::Outcome;

#[test]
fn what_was_found_stays_found() {
    let tiers = Tiers::new(40).unwrap();
    let text = std::fs::read_to_string(file("../fuzz/regressions/tiers.txt")).unwrap();
    let lines = text
        .lines()
        .filter(|l| !l.is_empty() && !l.starts_with('#'));
    let mut replayed = 0;
    for expr in lines {
        replayed += 1;
        assert_eq!(tiers.difference(expr), None);
        assert!(
            !matches!(tiers.answer(expr), Outcome::Unsupported(_)),
            "{expr}"
        );
    }
    assert!(replayed >= 6);
}

#[test]
fn bytes_decide_expressions_and_tiers_agree_on_them() {
    let tiers = Tiers::new(7).unwrap();
    let mut answered = 0;
    for number in 0..300_u32 {
        let bytes: Vec<u8> = (0..24)
            .map(|i| (number * 37 + i * i * 11).to_le_bytes()[0])
            .collect();
        let expr = expression(&bytes);
        assert_eq!(expression(&bytes), expr);
        assert_eq!(tiers.difference(&expr), None);
        answered += u32::from(!matches!(tiers.answer(&expr), Outcome::Unsupported(_)));
    }
    assert!(answered > 60, "{answered}");
}
