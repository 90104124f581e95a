use super::*;
use crate::corpus::{Collation, Input, Settings, Warning};
use crate::subject::recorded;

fn case(expr: &str, answer: Answer) -> Case {
    let input = if matches!(answer, Answer::Rows { .. }) {
        Input::Columns
    } else {
        Input::Literal
    };
    Case {
        id: "a-1".into(),
        area: "a".into(),
        expr: expr.into(),
        settings: Settings::new(),
        input,
        answer,
    }
}

fn column(type_name: &str) -> ResultColumn {
    ResultColumn {
        type_name: type_name.into(),
        nullable: true,
        collation: None,
    }
}

fn text(text: &str) -> Cell {
    Cell::Text(text.into())
}

fn error(code: u16, message: &str) -> SqlError {
    SqlError {
        code,
        sqlstate: "22003".into(),
        message: message.into(),
    }
}

fn warning(code: u16, message: &str, times: u64) -> Warning {
    Warning {
        code,
        message: message.into(),
        times,
    }
}

fn raised(row: Option<usize>, code: u16, message: &str) -> Raised {
    Raised {
        row,
        code,
        message: message.into(),
        times: 1,
    }
}

fn value(warnings: Vec<Warning>) -> Answer {
    let collation = Some(Collation {
        name: "utf8mb4_bin".into(),
        coercibility: 4,
    });
    let column = ResultColumn {
        type_name: "VARCHAR(3)".into(),
        nullable: false,
        collation,
    };
    Answer::Value {
        column,
        meta: Meta([253, 12, 31, 1, 46]),
        value: text("abc"),
        warnings,
    }
}

fn rows(rows: Vec<Result<Cell, SqlError>>, warnings: Vec<Warning>) -> Answer {
    let statement_error = rows.iter().find_map(|row| row.clone().err());
    Answer::Rows {
        column: column("BIGINT"),
        meta: Meta([8, 21, 0, 128, 63]),
        rows,
        statement_error,
        warnings,
    }
}

fn missed(case: &Case, outcome: &Outcome) -> Vec<Aspect> {
    match compare(case, outcome) {
        Verdict::Compared(comparison) => comparison.missed.into_iter().collect(),
        Verdict::Unsupported(reason) => panic!("unsupported: {reason}"),
    }
}

fn told(case: &Case, outcome: &Outcome) -> Vec<Aspect> {
    match compare(case, outcome) {
        Verdict::Compared(comparison) => comparison
            .differences
            .iter()
            .map(|difference| difference.aspect)
            .collect(),
        Verdict::Unsupported(reason) => panic!("unsupported: {reason}"),
    }
}

#[test]
fn the_recorded_answer_agrees_with_itself() {
    for answer in [
        Answer::Error(error(1690, "out of range")),
        value(vec![warning(1292, "x", 2), warning(1365, "y", 1)]),
        rows(
            vec![Ok(text("1")), Ok(Cell::Null)],
            vec![warning(1365, "y", 3)],
        ),
        rows(
            vec![Ok(text("1")), Err(error(1690, "z"))],
            vec![warning(1365, "y", 3)],
        ),
    ] {
        let case = case("x", answer.clone());
        let outcome = recorded(&case);
        assert_eq!(missed(&case, &outcome), []);
        let again = Case {
            answer: as_answer(&outcome).unwrap(),
            ..case
        };
        assert_eq!(missed(&again, &outcome), []);
    }
}

#[test]
fn unsupported_is_no_difference() {
    let verdict = compare(
        &case("x", value(vec![])),
        &Outcome::Unsupported("no POW".into()),
    );
    assert_eq!(verdict, Verdict::Unsupported("no POW".into()));
}

#[test]
fn each_aspect_of_a_value_is_told_apart() {
    let case = case("x", value(vec![]));
    let spoiled = |spoil: fn(&mut ResultColumn, &mut Cell)| {
        let Outcome::Value {
            mut column,
            mut value,
            warnings,
        } = recorded(&case)
        else {
            unreachable!()
        };
        spoil(&mut column, &mut value);
        missed(
            &case,
            &Outcome::Value {
                column,
                value,
                warnings,
            },
        )
    };
    assert_eq!(spoiled(|_, value| *value = Cell::Null), [Aspect::Value]);
    assert_eq!(
        spoiled(|_, value| *value = Cell::Bytes(b"abc".to_vec())),
        [Aspect::Value]
    );
    assert_eq!(
        spoiled(|column, _| column.type_name = "VARCHAR(4)".into()),
        [Aspect::Type]
    );
    assert_eq!(
        spoiled(|column, _| column.nullable = true),
        [Aspect::Nullable]
    );
    assert_eq!(
        spoiled(|column, _| column.collation = None),
        [Aspect::Collation, Aspect::Coercibility]
    );
    assert_eq!(
        spoiled(|column, _| column.collation.as_mut().unwrap().name = "binary".into()),
        [Aspect::Collation]
    );
    assert_eq!(
        spoiled(|column, _| column.collation.as_mut().unwrap().coercibility = 2),
        [Aspect::Coercibility]
    );
}

#[test]
fn the_collation_of_what_is_no_string_is_not_compared() {
    let case = case("x", rows(vec![Ok(text("1"))], vec![]));
    let Outcome::Rows {
        mut column,
        rows,
        warnings,
    } = recorded(&case)
    else {
        unreachable!()
    };
    column.collation = Some(Collation {
        name: "binary".into(),
        coercibility: 5,
    });
    assert_eq!(
        missed(
            &case,
            &Outcome::Rows {
                column,
                rows,
                warnings
            }
        ),
        []
    );
}

#[test]
fn errors_differ_by_number_state_or_text() {
    let expected = case("x", Answer::Error(error(1690, "out of range")));
    assert_eq!(
        missed(&expected, &Outcome::Error(error(1064, "out of range"))),
        [Aspect::ErrorCode, Aspect::SqlState, Aspect::Message]
    );
    assert_eq!(
        told(&expected, &Outcome::Error(error(1064, "syntax"))),
        [Aspect::ErrorCode]
    );
    assert_eq!(
        missed(&expected, &Outcome::Error(error(1690, "else"))),
        [Aspect::Message]
    );
    let state = SqlError {
        sqlstate: "HY000".into(),
        ..error(1690, "out of range")
    };
    assert_eq!(
        missed(&expected, &Outcome::Error(state)),
        [Aspect::SqlState]
    );
}

#[test]
fn an_error_for_a_value_misses_everything_but_is_told_once() {
    let case = case("x", value(vec![]));
    let outcome = Outcome::Error(error(1064, "syntax"));
    assert_eq!(missed(&case, &outcome).len(), Aspect::ALL.len() - 1);
    assert_eq!(told(&case, &outcome), [Aspect::ErrorCode]);
}

#[test]
fn a_value_for_an_error_misses_value_and_error() {
    let expected = case("x", Answer::Error(error(1690, "out of range")));
    let outcome = recorded(&case("x", value(vec![])));
    assert_eq!(
        missed(&expected, &outcome),
        [
            Aspect::ErrorCode,
            Aspect::SqlState,
            Aspect::Message,
            Aspect::Value
        ]
    );
    assert_eq!(told(&expected, &outcome), [Aspect::ErrorCode]);
}

#[test]
fn one_wrong_row_is_a_wrong_case() {
    let case = case(
        "x",
        rows(vec![Ok(text("1")), Ok(text("2")), Ok(text("3"))], vec![]),
    );
    let Outcome::Rows {
        column,
        mut rows,
        warnings,
    } = recorded(&case)
    else {
        unreachable!()
    };
    rows[1] = Ok(text("4"));
    rows[2] = Ok(text("5"));
    let Verdict::Compared(comparison) = compare(
        &case,
        &Outcome::Rows {
            column,
            rows,
            warnings,
        },
    ) else {
        unreachable!()
    };
    let [difference] = &comparison.differences[..] else {
        panic!("one difference an aspect")
    };
    assert_eq!(
        (difference.aspect, difference.row),
        (Aspect::Value, Some(1))
    );
    assert_eq!(
        (difference.expected.as_str(), difference.got.as_str()),
        ("\"2\"", "\"4\"")
    );
}

#[test]
fn a_missing_row_is_noticed() {
    let case = case("x", rows(vec![Ok(text("1")), Ok(text("2"))], vec![]));
    let Outcome::Rows {
        column,
        mut rows,
        warnings,
    } = recorded(&case)
    else {
        unreachable!()
    };
    rows.pop();
    assert_eq!(
        missed(
            &case,
            &Outcome::Rows {
                column,
                rows,
                warnings
            }
        ),
        [Aspect::Value]
    );
}

#[test]
fn row_errors_count_by_row() {
    let answer = rows(
        vec![Ok(text("1")), Err(error(1366, "bad at row 1"))],
        vec![],
    );
    let case = case("x", answer);
    let outcome = |second| Outcome::Rows {
        column: column("BIGINT"),
        rows: vec![Ok(text("1")), second],
        warnings: vec![],
    };
    assert_eq!(
        missed(&case, &outcome(Err(error(1366, "bad at row 2")))),
        []
    );
    assert_eq!(
        missed(&case, &outcome(Err(error(1366, "bad at row 23")))),
        [Aspect::Message]
    );
    assert_eq!(
        told(&case, &outcome(Err(error(1690, "x")))),
        [Aspect::ErrorCode]
    );
    assert_eq!(told(&case, &outcome(Ok(Cell::Null))), [Aspect::ErrorCode]);
}

#[test]
fn a_statement_that_fails_at_every_row_fails_as_a_whole() {
    let mut expected = case("x", Answer::Error(error(1690, "out")));
    expected.input = Input::Columns;
    let outcome = |rows| Outcome::Rows {
        column: column("BIGINT"),
        rows,
        warnings: vec![],
    };
    assert_eq!(
        missed(
            &expected,
            &outcome(vec![Err(error(1690, "out")), Err(error(1690, "out"))])
        ),
        []
    );
    assert_eq!(
        told(
            &expected,
            &outcome(vec![Err(error(1690, "out")), Ok(Cell::Null)])
        ),
        [Aspect::ErrorCode]
    );
    assert_eq!(told(&expected, &outcome(vec![])), [Aspect::ErrorCode]);
}

#[test]
fn warnings_differ_by_code_text_order_or_count() {
    let case = case(
        "x",
        value(vec![warning(1292, "x", 2), warning(1365, "y", 1)]),
    );
    let with = |warnings: &[(u16, &str)]| {
        let Outcome::Value { column, value, .. } = recorded(&case) else {
            unreachable!()
        };
        let warnings = warnings
            .iter()
            .map(|(code, text)| raised(None, *code, text))
            .collect();
        missed(
            &case,
            &Outcome::Value {
                column,
                value,
                warnings,
            },
        )
    };
    assert_eq!(with(&[(1292, "x"), (1365, "y"), (1292, "x")]), []);
    assert_eq!(with(&[(1292, "x"), (1292, "x")]), [Aspect::WarningCodes]);
    assert_eq!(
        with(&[(1292, "x"), (1365, "z"), (1292, "x")]),
        [Aspect::WarningTexts]
    );
    assert_eq!(
        with(&[(1292, "x"), (1365, "y"), (1365, "z"), (1292, "x")]),
        [Aspect::WarningTexts]
    );
    assert_eq!(
        with(&[(1365, "y"), (1292, "x"), (1292, "x")]),
        [Aspect::WarningOrder]
    );
    assert_eq!(with(&[(1292, "x"), (1365, "y")]), [Aspect::WarningTimes]);
}

#[test]
fn warnings_of_cases_with_failing_rows_are_those_of_single_statements() {
    let outcomes = vec![Ok(text("1")), Err(error(1690, "out")), Ok(text("2"))];
    let case = case(
        "x",
        rows(
            outcomes.clone(),
            vec![warning(1, "early", 2), warning(2, "bad at row 1", 2)],
        ),
    );
    let warnings = vec![
        raised(None, 1, "early"),
        raised(Some(0), 2, "bad at row 1"),
        raised(Some(1), 2, "bad at row 2"),
        raised(Some(2), 2, "bad at row 3"),
    ];
    let outcome = Outcome::Rows {
        column: column("BIGINT"),
        rows: outcomes,
        warnings,
    };
    assert_eq!(missed(&case, &outcome), []);
}

#[test]
fn the_last_digit_of_transcendental_functions_is_free() {
    let answer = |text: String| Answer::Value {
        column: column("DOUBLE"),
        meta: Meta([5, 23, 31, 128, 63]),
        value: Cell::Text(text),
        warnings: vec![],
    };
    let outcome = recorded(&case(
        "EXP(1)",
        answer(std::f64::consts::E.next_up().to_string()),
    ));
    let expected = case("EXP(1)", answer(std::f64::consts::E.to_string()));
    let Verdict::Compared(comparison) = compare(&expected, &outcome) else {
        unreachable!()
    };
    assert!(comparison.all_agree());
    assert_eq!(comparison.within_one_ulp, 1);
    let expected = Case {
        expr: "1e0 + 2".into(),
        ..expected
    };
    assert_eq!(missed(&expected, &outcome), [Aspect::Value]);
}

#[test]
fn syntax_errors_quote_the_expression_alone() {
    let near = |text: &str| {
        error(
            1064,
            &format!("... the right syntax to use near '{text}' at line 1"),
        )
    };
    for (of_statement, of_expression) in [("OR 1 FROM t", "OR 1"), ("FROM t", ""), ("OR 1", "OR 1")]
    {
        let case = case("x", Answer::Error(near(of_statement)));
        assert_eq!(missed(&case, &Outcome::Error(near(of_expression))), []);
    }
    let case = case("x", Answer::Error(near("OR 1 FROM t")));
    assert_eq!(
        missed(&case, &Outcome::Error(near("OR 2"))),
        [Aspect::Message]
    );
}
