//! Projections over record batches: what each expression gives for itself.

#![cfg(feature = "arrow")]

use arrow_array::{ArrayRef, Decimal128Array, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema as ArrowSchema};
use sqlift::{Engine, Expression, Schema, Session, SqlType, Tier, TierPolicy};
use std::sync::Arc;

const LIST: [&str; 13] = [
    "(a + b) * 3 - a % 7",
    "a + b > 100",
    "CASE WHEN a + b > 100 THEN p ELSE 1.5 END",
    "p * 2 + a",
    "s LIKE '%1%' AND a + b > 100",
    "f * 2 - f / (a - 50)",
    "CONCAT(s, '-', a + b)",
    "IF(a > 10, p * 2, NULL)",
    "s + 0",
    "(a + b) * 3 - a % 8",
    // Alike but for the value that is held.
    "ELT(a % 3, s, 'no', 'yes')",
    "ELT(b % 3, s, 'no', 'yes')",
    "MAKE_SET(200 DIV (a - 50), s, 'no', 'yes')",
];

fn schema() -> Schema {
    Schema::new([
        ("a", SqlType::bigint()),
        ("b", SqlType::bigint()),
        ("p", SqlType::decimal(12, 2)),
        ("f", SqlType::double()),
        ("s", SqlType::varchar(20)),
    ])
}

fn batch(rows: i64, last: i64) -> RecordBatch {
    let ints = |of: fn(i64) -> Option<i64>| -> Int64Array {
        (0..rows)
            .map(|i| if i + 1 == rows { Some(last) } else { of(i) })
            .collect()
    };
    let a = ints(|i| Some(i % 100));
    let b = ints(|i| (i % 7 != 3).then_some(i * 3));
    let p: Decimal128Array = (0..rows).map(|i| Some(i128::from(i) * 17)).collect();
    let p = p.with_precision_and_scale(12, 2).unwrap();
    let f: Float64Array = (0..rows).map(|i| Some(i as f64 / 8.0)).collect();
    let s: StringArray = (0..rows)
        .map(|i| Some(format!("{i}{}", if i % 50 == 0 { "x" } else { "" })))
        .collect();
    let columns: [ArrayRef; 5] = [
        Arc::new(a),
        Arc::new(b),
        Arc::new(p),
        Arc::new(f),
        Arc::new(s),
    ];
    let types = [
        DataType::Int64,
        DataType::Int64,
        DataType::Decimal128(12, 2),
        DataType::Float64,
        DataType::Utf8,
    ];
    let fields = types
        .into_iter()
        .enumerate()
        .map(|(i, ty)| Field::new(format!("c{i}"), ty, true));
    let schema = ArrowSchema::new(fields.collect::<Vec<_>>());
    RecordBatch::try_new(Arc::new(schema), columns.to_vec()).unwrap()
}

fn policies() -> impl Iterator<Item = TierPolicy> {
    let native = cfg!(feature = "jit").then_some(Tier::Native);
    let tiers = [Tier::Interp, Tier::Vm].into_iter().chain(native);
    tiers.map(TierPolicy::Only).chain([TierPolicy::Auto])
}

#[test]
fn arrays_and_warnings_are_those_of_the_single_expressions() {
    let batch = batch(1_300, 5);
    for policy in policies() {
        let engine = Engine::new().with_policy(policy);
        let (schema, session) = (schema(), Session::default());
        let unit = engine.compile_all(&LIST, &schema, &session).unwrap();
        let compile = |text: &&str| engine.compile(text, &schema, &session).unwrap();
        let singles: Vec<Expression> = LIST.iter().map(compile).collect();
        let mut context = unit.context();
        let columns = unit.eval_batch(&batch, &mut context).unwrap();
        let mut warnings = Vec::new();
        for (single, column) in singles.iter().zip(&columns) {
            let mut context = single.context();
            let expected = single.eval_batch(&batch, &mut context).unwrap();
            assert_eq!(&expected, column, "{policy:?}: {}", single.text());
            warnings.extend(context.diagnostics().warnings().to_vec());
        }
        warnings.sort_by_key(|w| w.row);
        assert!(warnings.len() > 20);
        assert_eq!(context.diagnostics().warnings(), warnings, "{policy:?}");
    }
}

#[test]
fn a_row_that_fails_leaves_the_others() {
    let batch = batch(700, i64::MAX);
    for policy in policies() {
        let engine = Engine::new().with_policy(policy);
        let unit = engine
            .compile_all(&LIST, &schema(), &Session::default())
            .unwrap();
        let result = unit.eval_batch_rows(&batch, &mut unit.context()).unwrap();
        let [(699, error)] = &result.errors[..] else {
            panic!("{policy:?}: {:?}", result.errors);
        };
        assert_eq!(
            (error.expression, error.error.code),
            (0, 1690),
            "{policy:?}"
        );
        assert!(
            result
                .columns
                .iter()
                .all(|c| c.len() == 700 && c.is_null(699))
        );
        let error = unit.eval_batch(&batch, &mut unit.context()).unwrap_err();
        assert_eq!(
            (error.expression, error.error.row),
            (0, Some(699)),
            "{policy:?}"
        );
    }
}
