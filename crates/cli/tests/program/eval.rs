//! `sqlift eval`: one expression, or a case a line.

use crate::place::{Done, Place};
use serde_json::{Value, json};

fn eval(arguments: &[&str]) -> Done {
    Place::new().sqlift(&[&["eval"], arguments].concat())
}

#[test]
fn values_in_mysql_s_words() {
    for (expression, value) in [
        ("1 + 1", "2\n"),
        ("-1.50", "-1.50\n"),
        ("- 1 + 2", "1\n"),
        ("NULL + 1", "NULL\n"),
        ("x'4100'", "0x4100\n"),
        ("'äö'", "äö\n"),
        ("_latin1 x'E4'", "ä\n"),
        ("1e100", "1e100\n"),
        ("DATE'2024-02-29'", "2024-02-29\n"),
        ("TIME'-838:59:59'", "-838:59:59\n"),
        (
            "TIMESTAMP'2024-02-29 01:02:03.50'",
            "2024-02-29 01:02:03.50\n",
        ),
        ("1 = 1", "1\n"),
    ] {
        assert_eq!(eval(&[expression]).quiet(), value, "{expression}");
    }
}

#[test]
fn columns_with_their_values() {
    for tier in ["auto", "interp", "vm", "native"] {
        let done = eval(&[
            "price * qty > 100 AND name LIKE 'a%'",
            "--col",
            "price DECIMAL(12,2)=9.99",
            "--col",
            "qty INT=12",
            "--col",
            "name VARCHAR(20)=Abc=d",
            "--tier",
            tier,
        ]);
        assert_eq!(done.quiet(), "1\n", "{tier}");
    }
    assert_eq!(eval(&["a IS NULL", "--col", "a DATE=NULL"]).quiet(), "1\n");
    assert_eq!(
        eval(&["LENGTH(a)", "--col", "a CHAR(3) CHARACTER SET latin1=äö"]).quiet(),
        "2\n"
    );
    eval(&["1", "--col", "a INT=1", "--col", "A INT=1"]).fails(1, &["ERROR 1060"]);
}

#[test]
fn warnings_and_errors() {
    let done = eval(&["1 / 0"]);
    assert_eq!(
        (done.code, &*done.out, &*done.err),
        (0, "NULL\n", "Warning 1365: Division by 0\n")
    );
    eval(&["9223372036854775807 + 1"]).fails(1, &["ERROR 1690 (22003)", "^^^^^^^^^^^^^^^^^^^^^^^"]);
    eval(&["1 +"]).fails(1, &["ERROR 1064 (42000)"]);
    eval(&[""]).fails(1, &["ERROR 1064 (42000)"]);
}

#[test]
fn answers_in_json() {
    let answer = |expression: &str| -> Value {
        serde_json::from_str(&eval(&[expression, "--json"]).quiet()).expect("JSON")
    };
    assert_eq!(
        answer("1 + 1.50"),
        json!({"type": "DECIMAL(4,2)", "nullable": false, "value": "2.50", "warnings": []})
    );
    assert_eq!(
        answer("'a'"),
        json!({"type": "VARCHAR(1)", "nullable": false, "value": "a", "warnings": [],
            "collation": "utf8mb4_0900_ai_ci", "coercibility": 4})
    );
    assert_eq!(answer("x'41'")["value"], json!({"hex": "41"}));
    assert_eq!(
        answer("1 / 0")["warnings"],
        json!([[1365, "Division by 0"]])
    );
    assert_eq!(
        answer("IFNULL(1 / 0, 2 / 0)")["warnings"],
        json!([[1365, "Division by 0", 2]])
    );
    assert_eq!(
        answer("nix"),
        json!({"error": [1054, "42S22", "Unknown column 'nix' in 'field list'"]})
    );
}

#[test]
fn settings_hold_for_the_expression() {
    assert_eq!(
        eval(&["1 / 3", "--set", "div_precision_increment=8"]).quiet(),
        "0.33333333\n"
    );
    assert_eq!(
        eval(&["'a' || 'b'", "--set", "sql_mode=ANSI"]).quiet(),
        "ab\n"
    );
}

/// One line of answer for each line of input, whatever it is.
#[test]
fn cases_from_standard_input() {
    let lines = [
        json!({"expr": "1 + a"}).to_string(),
        json!({"id": "x", "expr": "1 / 3", "settings": {"div_precision_increment": "2"}})
            .to_string(),
        json!({"expr": "1 / 3", "settings": {"div_precision_increment": 8}}).to_string(),
        json!({"expr": "1", "settings": {"nonsense": "1"}}).to_string(),
        "garbage".to_owned(),
        String::new(),
        "{}".to_owned(),
        json!({"expr": format!("{}1{}", "(".repeat(1_000_000), ")".repeat(1_000_000))}).to_string(),
        json!({"expr": format!("{}1{}", "ABS(".repeat(2_500), ")".repeat(2_500))}).to_string(),
        json!({"expr": format!("LENGTH('{}')", "x".repeat(16 << 20))}).to_string(),
        json!({"expr": "1 + 1"}).to_string(),
    ];
    let mut input = lines.join("\n").into_bytes();
    input.extend_from_slice(b"\n\xff\xfe\n");
    let done = Place::new().sqlift_with(&["eval", "--stdin", "--col", "a INT=41"], &input);
    let out = done.quiet();
    let answers: Vec<Value> = out
        .lines()
        .map(|l| serde_json::from_str(l).expect("JSON"))
        .collect();
    assert_eq!(answers.len(), 11);
    assert_eq!(answers[0]["value"], "42");
    assert_eq!(answers[1]["value"], "0.33");
    assert_eq!(answers[2]["value"], "0.33333333");
    assert_eq!(answers[3]["error"][0], 1193);
    assert!(
        answers[4]["invalid"]
            .as_str()
            .is_some_and(|e| e.starts_with("line 5: "))
    );
    assert!(
        answers[5]["invalid"]
            .as_str()
            .is_some_and(|e| e.contains("`expr`"))
    );
    assert_eq!(answers[6]["error"][0], 1064);
    assert_eq!(answers[7]["error"][0], 1436);
    assert_eq!(answers[8]["value"], "16777216");
    assert_eq!(answers[9]["value"], "2");
    assert!(
        answers[10]["invalid"]
            .as_str()
            .is_some_and(|e| e.starts_with("line 12: "))
    );
}

#[test]
fn expressions_from_standard_input() {
    let place = Place::new();
    let deep = format!("{}1{}", "(".repeat(1_000_000), ")".repeat(1_000_000));
    place
        .sqlift_with(&["eval", "-"], deep.as_bytes())
        .fails(1, &["ERROR 1064 (42000)", "^"]);
    assert_eq!(
        place.sqlift_with(&["eval", "-"], b"1 +\n 1\n").quiet(),
        "2\n"
    );
    place
        .sqlift_with(&["eval", "-"], b"'\xff'")
        .fails(1, &["not valid UTF-8"]);
}
