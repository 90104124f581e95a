//! Row form and batch form give the same values, warnings and exits, whatever the size of the chunks.

mod programs;

use programs::{Build, Outcome, columns_of, in_chunks, row_by_row};
use sqlift_functions::{CallId, Exit, Fault, RangeType, Reason};
use sqlift_types::{Repr, Value};

const SIZES: [usize; 4] = [1, 7, 64, 512];

/// Integers with NULLs, zeros, and values at the end of the range, in an order that repeats at different lengths.
fn integers(rows: usize) -> Vec<Vec<Value<'static>>> {
    let a = [Some(1), None, Some(7), Some(0), Some(i64::MAX), Some(-3)];
    let b = [Some(0), Some(5), None, Some(1), Some(-9)];
    (0..rows)
        .map(|i| {
            let cell = |v: Option<i64>| v.map_or(Value::Null, Value::Int);
            let truth = [Value::Int(1), Value::Null, Value::Int(0), Value::Int(1)];
            vec![cell(a[i % 6]), cell(b[i % 5]), truth[(i / 3) % 4]]
        })
        .collect()
}

fn agree(build: &Build) -> Vec<Outcome> {
    let rows = integers(600);
    let by_row = row_by_row(build, &rows);
    for size in SIZES {
        let by_chunk = in_chunks(build, &columns_of(build, &rows), rows.len(), size);
        assert_eq!(by_chunk, by_row, "chunks of {size}\n{}", build.listing());
    }
    by_row
}

#[test]
fn a_straight_program() {
    let mut p = Build::new();
    let (a, b) = (p.column(0, Repr::Int), p.column(1, Repr::Int));
    let sum = p.add(a, b);
    let three = p.int(3);
    let sum = p.add(sum, three);
    p.output(sum);
    let answers = agree(&p);
    assert_eq!(answers[0].values, ["4"]);
    assert_eq!(answers[1].values, ["NULL"]);
    // i64::MAX at row 4, with -9: fits; at row 10, with 0: the second sum does not.
    assert_eq!(answers[4].values, [(i64::MAX - 6).to_string()]);
    let overflow = Exit::Error(Fault::OutOfRange(RangeType::BigInt));
    assert_eq!(answers[10].exit, Some((CallId(1), overflow)));
}

#[test]
fn several_outputs_share_a_call() {
    let mut p = Build::new();
    let (a, b) = (p.column(0, Repr::Int), p.column(1, Repr::Int));
    let sum = p.add(a, b);
    let twice = p.add(sum, sum);
    p.output(twice);
    p.output(sum);
    p.output(a);
    let answers = agree(&p);
    assert_eq!(answers[0].values, ["2", "1", "1"]);
}

#[test]
fn warnings_and_failures_come_in_the_order_of_each_row() {
    let mut p = Build::new();
    let (a, b) = (p.column(0, Repr::Int), p.column(1, Repr::Int));
    let first = p.touchy(a, b);
    let second = p.touchy(b, a);
    let both = p.touchy(first, second);
    p.output(both);
    let answers = agree(&p);
    // 1, 0: the first call warns of the divisor, and is NULL.
    assert_eq!(answers[0].warnings, ["by 0 of 1"]);
    assert_eq!(answers[0].values, ["NULL"]);
    assert!(
        answers.iter().any(|a| a.warnings.len() == 2),
        "no row warns twice"
    );
    let deopt = Exit::Deopt(Reason::Forced);
    assert!(
        answers
            .iter()
            .any(|a| a.exit == Some((CallId(0), deopt)) && a.values.is_empty())
    );
}

#[test]
fn only_the_branch_that_is_asked_for_shows() {
    let mut p = Build::new();
    let (a, b, c) = (
        p.column(0, Repr::Int),
        p.column(1, Repr::Int),
        p.column(2, Repr::Bool),
    );
    let result = p.slot(Repr::Int);
    let otherwise = p.jump_unless_true(c);
    let value = p.touchy(a, b);
    p.copy(result, value);
    let end = p.jump();
    p.land(otherwise);
    let value = p.add(a, a);
    p.copy(result, value);
    p.land(end);
    let one = p.int(1);
    let sum = p.add(result, one);
    p.output(sum);
    let answers = agree(&p);
    // c is NULL in row 3: the second branch, and no warning.
    assert_eq!(answers[3].values, ["1"]);
    assert_eq!(answers[0].warnings, ["by 0 of 1"]);
    for (i, answer) in answers.iter().enumerate() {
        let taken = [true, false, false, true][(i / 3) % 4];
        assert!(taken || answer.warnings.is_empty(), "row {i}");
    }
}

#[test]
fn the_first_value_that_is_not_null() {
    let mut p = Build::new();
    let (a, b) = (p.column(0, Repr::Int), p.column(1, Repr::Int));
    let result = p.slot(Repr::Int);
    p.copy(result, a);
    let first = p.jump_if_not_null(result);
    p.copy(result, b);
    let second = p.jump_if_not_null(result);
    let (x, y) = (p.int(40), p.int(2));
    let last = p.add(x, y);
    p.copy(result, last);
    p.land(first);
    p.land(second);
    p.output(result);
    p.output(b);
    let answers = agree(&p);
    assert_eq!(answers[0].values, ["1", "0"]);
    assert_eq!(answers[1].values, ["5", "5"]);
    assert_eq!(answers[7].values, ["42", "NULL"]);
}

#[test]
fn outputs_of_different_paths_are_merged() {
    let mut p = Build::new();
    let (a, c) = (p.column(0, Repr::Int), p.column(2, Repr::Bool));
    let yes = p.jump_if_true(c);
    p.output_to(0, a);
    let end = p.jump();
    p.land(yes);
    let ten = p.int(10);
    p.output_to(0, ten);
    p.land(end);
    let answers = agree(&p);
    assert_eq!(answers[0].values, ["10"]);
    assert_eq!(answers[5].values, ["-3"]);
}

#[test]
fn a_cell_of_another_type_gives_its_row_up() {
    let mut p = Build::new();
    let a = p.column(0, Repr::Int);
    let one = p.int(1);
    let sum = p.add(a, one);
    p.output(sum);
    let answers = row_by_row(&p, &[vec![Value::Double(1.0)], vec![], vec![Value::Int(1)]]);
    let exit = Some((CallId::NONE, Exit::Deopt(Reason::CellType)));
    assert_eq!(answers[0].exit, exit);
    assert_eq!(answers[1].exit, exit);
    assert_eq!(answers[2].values, ["2"]);
}

#[test]
fn parameters() {
    let mut p = Build::new();
    let a = p.column(0, Repr::Int);
    let parameter = p.parameter(0);
    let sum = p.add(a, parameter);
    p.output(sum);
    p.parameters = vec![Value::Int(100)];
    assert_eq!(agree(&p)[0].values, ["101"]);
    p.parameters = vec![Value::Null];
    assert_eq!(agree(&p)[0].values, ["NULL"]);
    p.parameters = vec![Value::Double(0.5)];
    let exit = Some((CallId::NONE, Exit::Deopt(Reason::CellType)));
    assert_eq!(agree(&p)[0].exit, exit);
}

#[test]
fn nothing_is_evaluated_behind_a_null_that_decides() {
    // Row 22: b is NULL, and the sum behind it would not fit.
    let answers = agree(&Build::from_text("(b + 1) = (a + 2)"));
    assert_eq!(
        (answers[22].exit, &answers[22].values[..]),
        (None, &["NULL".to_owned()][..])
    );
    assert!(answers[4].exit.is_some(), "b is not NULL");
}

#[test]
fn tests_by_constants_and_junctions() {
    for text in [
        "a IN (1, 7, -3)",
        "a IN (1, NULL, 7)",
        "a IN (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)",
        "a IN (1, b)",
        "a BETWEEN 0 AND 7",
        "a BETWEEN 7 AND 0",
        "a BETWEEN NULL AND 0",
        "a BETWEEN b AND 7",
        "a > 0 AND b > 0 AND a < 7 AND b IN (1, 5)",
        "a > 0 OR b > 0 OR a < 7 OR b IS NULL",
        "(a > 0 OR b > 0) AND (a < 7 OR b IS NULL) AND NOT (a = 1 AND b = 0)",
        "a BETWEEN 0 AND 7 OR NULL",
        "a % 7 + a % -3 + a % 0",
    ] {
        agree(&Build::from_text(text));
    }
}
