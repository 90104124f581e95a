//! `sqlift explain`: every level, for both machines.

use crate::place::Place;

const EXPRESSION: &str = "price * 2 > 10";
const SCHEMA: &str = "price DECIMAL(12,2)";

fn explain(arguments: &[&str]) -> String {
    let start = ["explain", EXPRESSION, "--schema", SCHEMA];
    Place::new().sqlift(&[&start, arguments].concat()).quiet()
}

#[test]
fn each_level_shows_its_own() {
    for (level, words) in [
        (
            "ast",
            &["binary >", "binary *", "column price", "literal 10"][..],
        ),
        ("typed", &["column price  DECIMAL(12,2)"]),
        ("program", &["dec64.2? = column 0", "return"]),
        ("vm", &["output 0 = >(*(column 0?, 2), 10.00)"]),
        ("clif", &["function", "block0", "return"]),
        ("asm", &["ret"]),
    ] {
        let text = explain(&["--level", level]);
        for word in words {
            let found = text.to_lowercase().contains(&word.to_lowercase());
            assert!(found, "no {word:?} in level {level}:\n{text}");
        }
    }
}

#[test]
fn all_levels_are_one_after_the_other() {
    let text = explain(&[]);
    let heads: Vec<&str> = text.lines().filter(|l| l.starts_with("== ")).collect();
    assert_eq!(
        heads,
        [
            "== ast",
            "== typed",
            "== program",
            "== vm",
            "== clif",
            "== asm"
        ]
    );
}

#[test]
fn machine_code_for_both_machines() {
    let (x86, arm) = (
        explain(&["--level", "asm", "--target", "x86_64"]),
        explain(&["--level", "asm", "--target", "aarch64"]),
    );
    assert!(x86.contains("%r") && x86.contains("retq"), "{x86}");
    assert!(arm.contains(" x0") && !arm.contains('%'), "{arm}");
}

#[test]
fn wrong_expressions_and_schemas() {
    let place = Place::new();
    place
        .sqlift(&["explain", "a +"])
        .fails(1, &["ERROR 1064 (42000)"]);
    place
        .sqlift(&["explain", "a"])
        .fails(1, &["ERROR 1054 (42S22)", "^"]);
    place
        .sqlift(&["explain", "a", "--schema", "a WHAT"])
        .fails(1, &["ERROR 1064", "--schema"]);
}
