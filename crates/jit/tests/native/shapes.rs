//! What becomes of common expressions: which are straight, which take two rows at once, which have no batch form.

use sqlift_ir::{Binding, Program, Speculation, bind, linearize};
use sqlift_jit::{BatchFunction, ColumnKind, CompileError, Compiler};
use sqlift_syntax::{Limits, Modes, parse};
use sqlift_types::{Column, Repr, Schema, Session, SqlType};
use std::sync::Arc;

pub(crate) fn program(text: &str) -> Program {
    let columns = [
        ("a", SqlType::bigint()),
        ("b", SqlType::bigint()),
        ("f", SqlType::double()),
        ("g", SqlType::double()),
        ("p", SqlType::decimal(9, 2)),
        ("d", SqlType::date()),
        ("s", SqlType::varchar(9)),
    ];
    let columns = columns.into_iter().map(|(name, ty)| Column {
        name: name.to_owned(),
        ty,
        nullable: true,
    });
    let schema = Schema::from_columns(columns);
    let session = Arc::new(Session::default());
    let binding = Binding {
        schema: &schema,
        session: &session,
        parameter_types: &[],
        fold: true,
        max_depth: 100,
        text,
    };
    let tree = parse(text, Modes::default(), Limits::default()).unwrap();
    let bound = bind(&tree, &binding).unwrap();
    linearize(&[bound.expr], &session, Speculation::ALL).unwrap()
}

fn kinds(program: &Program) -> Vec<ColumnKind> {
    let reprs = program.columns.iter().map(|c| c.slot.repr);
    let kind = |repr: Repr| match repr {
        Repr::Dec64 => ColumnKind::I64,
        repr => ColumnKind::of_result(repr).unwrap_or(ColumnKind::I64),
    };
    reprs.map(kind).collect()
}

fn batch(text: &str) -> Result<BatchFunction, CompileError> {
    let program = program(text);
    Compiler::native()
        .unwrap()
        .compile_batch(&program, &kinds(&program))
}

#[test]
fn filters_take_two_rows() {
    for text in [
        "a = 12",
        "a > 100 AND b < 5000",
        "a > 100 AND b < 5000 AND f BETWEEN 0.05e0 AND 0.95e0 AND a IN (1, 5, 9)",
        "a IS NULL OR NOT (f < g)",
        "d >= DATE'1994-01-01' AND d < DATE'1995-01-01'",
    ] {
        let program = program(text);
        assert!(program.is_straight(), "{text}\n{program}");
        assert!(batch(text).unwrap().is_vectorised(), "{text}\n{program}");
    }
}

#[test]
fn doubles_take_two_rows() {
    for text in ["f * 2e0 + 1e0", "-f", "f + a"] {
        assert!(
            batch(text).unwrap().is_vectorised(),
            "{text}\n{}",
            program(text)
        );
    }
}

#[test]
fn what_divides_or_multiplies_integers_takes_one() {
    for text in ["a % 7", "a * b", "p * p"] {
        assert!(
            !batch(text).unwrap().is_vectorised(),
            "{text}\n{}",
            program(text)
        );
    }
}

#[test]
fn texts_have_no_batch_form() {
    for text in ["s LIKE 'a%'", "CONCAT(s, 'x')", "s"] {
        assert!(
            matches!(batch(text), Err(CompileError::NotBatchable(_))),
            "{text}"
        );
    }
}
