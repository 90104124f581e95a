//! Expressions from text: the kernels of the catalogue agree in both forms, and what they are fused to.

mod programs;

use programs::{Build, columns_of, in_chunks, row_by_row};
use sqlift_types::Value;

fn rows() -> Vec<Vec<Value<'static>>> {
    let a = [
        Value::Int(1),
        Value::Null,
        Value::Int(-7),
        Value::Int(i64::MAX),
        Value::Int(40),
    ];
    let x = [
        Value::Double(0.5),
        Value::Double(-0.0),
        Value::Null,
        Value::Double(1e300),
    ];
    let s = [
        "abc".into(),
        "ABC".into(),
        Value::Null,
        "".into(),
        "abc ".into(),
        "xyz".into(),
    ];
    let p = [
        Some(150),
        None,
        Some(-1),
        Some(9_999_999_999),
        Some(0),
        Some(149),
        Some(4000),
    ];
    let p = p.map(|v| {
        v.map_or(Value::Null, |coefficient| Value::Dec64 {
            scale: 2,
            coefficient,
        })
    });
    let row = |i: usize| vec![a[i % 5], a[(i / 2 + 3) % 5], x[i % 4], s[i % 6], p[i % 7]];
    (0..840).map(row).collect()
}

fn agree(text: &str) -> Vec<programs::Outcome> {
    let (build, rows) = (Build::from_text(text), rows());
    let by_row = row_by_row(&build, &rows);
    let columns = columns_of(&build, &rows);
    for size in [1, 7, 64, 512] {
        let by_chunk = in_chunks(&build, &columns, rows.len(), size);
        for (row, (chunk, single)) in by_chunk.iter().zip(&by_row).enumerate() {
            assert_eq!(
                chunk,
                single,
                "{text}: row {row}, chunks of {size}\n{}",
                build.listing()
            );
        }
    }
    by_row
}

#[test]
fn both_forms_agree() {
    for text in [
        "a + b",
        "a < b",
        "a <= 40",
        "40 > a",
        "x = 0",
        "x < 1e3 AND x >= -1",
        "a <=> b",
        "s = 'abc'",
        "s < 'b' OR a IS NULL",
        "s IS NULL",
        "NOT (a = b)",
        "a = b XOR x > 0",
        "a + b > 5 AND x > 0",
        "a = 1 OR a + a > 0",
        "(a > 0) IS NOT TRUE",
        "p < 1.50",
        "p = 40 OR p IS NULL AND b > 0",
        "(a + b) * 3 - a % 7",
        "a DIV b",
        "a % b = 1 OR b = 0",
        "a / b",
        "x * (1 - x) / 2.5e0",
        "p * 1.5 + 2",
        "p * p * p * p",
        "p / a",
        "p + x",
        "-a",
        "-a < 0 AND p % 0.7 > 0",
    ] {
        let answers = agree(text);
        let distinct: std::collections::BTreeSet<_> =
            answers.iter().map(|a| format!("{a:?}")).collect();
        assert!(distinct.len() > 1, "{text} is the same for every row");
    }
}

/// Rows part and join again: values are chosen by masks, of columns, constants and NULL, and what a branch that was not taken would raise
/// is not raised.
#[test]
fn branches_join() {
    for text in [
        "CASE WHEN a > 1 THEN b WHEN x < 0.1e0 THEN a ELSE 7 END",
        "CASE WHEN a > 1 THEN 1 WHEN a < 0 THEN 2 ELSE 3 END",
        "CASE WHEN a > 1 THEN NULL WHEN b > 0 THEN 3 END",
        "CASE WHEN a > 1 THEN 4 WHEN b > 0 THEN NULL ELSE b END",
        "CASE WHEN a > 1 THEN b WHEN b > 0 THEN a END",
        "CASE s WHEN 'abc' THEN s WHEN '' THEN 'empty' ELSE NULL END",
        "CASE WHEN a < 100 THEN a + a WHEN b < 100 THEN b * b ELSE 0 END",
        "CASE WHEN a < 100 THEN 5 ELSE a + a END",
        "IF(a > b, a, NULL)",
        "IF(a > b, NULL, a)",
        "IF(a IS NULL, 1, a)",
        "IF(a IS NULL, b, 2)",
        "IF(s = 'abc', p, p * 2)",
        "IF(x > 0, x, 1 / a)",
        "COALESCE(a, b, 3)",
        "NULLIF(a, b)",
        "IF(a > 1, IF(b > 1, 'both', s), IF(b IS NULL, NULL, 'none'))",
    ] {
        let answers = agree(text);
        let distinct: std::collections::BTreeSet<_> =
            answers.iter().map(|a| format!("{a:?}")).collect();
        assert!(distinct.len() > 1, "{text} is the same for every row");
    }
}

#[test]
fn a_condition_is_one_closure() {
    assert_eq!(
        Build::from_text("a > 1 AND b IS NULL OR x < 0.5e0").listing(),
        "   0  output 0 = OR(AND(>(column 0?, 1), IS NULL(column 1?)), <(column 2?, 0.5))\n"
    );
}

#[test]
fn what_may_fail_is_skipped_when_the_first_operand_decides() {
    assert_eq!(
        Build::from_text("a > 1 AND a + b > 2").listing(),
        concat!(
            "   0  s0 = >(column 0?, 1), if it is false, go to 2\n",
            "   1  output 0 = AND(s0, >(+(column 0?, column 1?), 2)), go to 3\n",
            "   2  output 0 = s0\n",
        )
    );
}
