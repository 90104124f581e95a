//! Every tier gives the same arrays, errors and warnings for the same batches, sliced or whole.
#![cfg(feature = "arrow")]

use arrow_array::cast::AsArray;
use arrow_array::types::{Decimal128Type, Int64Type};
use arrow_array::{
    Array, ArrayRef, BooleanArray, Date32Array, Decimal128Array, DurationMicrosecondArray,
    Float64Array, Int32Array, Int64Array, RecordBatch, StringArray, TimestampSecondArray,
};
use sqlift::arrow::{BatchResult, BatchValues, Slice, schema_of};
use sqlift::{Engine, Schema, Session, SqlType, Tier, TierPolicy, Warning};
use std::sync::Arc;

/// A small generator of numbers, for columns that differ from row to row.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
    fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }
}

fn batch(rows: usize) -> RecordBatch {
    let mut r = Random(0x9E37_79B9_7F4A_7C15);
    let mut column = |f: &mut dyn FnMut(&mut Random) -> i64| -> Vec<i64> {
        (0..rows).map(|_| f(&mut r)).collect()
    };
    // One value in fifty is at the end of the range, so that sums and products overflow now and then.
    let edge = |r: &mut Random| {
        if r.below(50) == 0 {
            i64::MAX - r.below(3) as i64
        } else {
            r.below(20_001) as i64 - 10_000
        }
    };
    let a = column(&mut |r| edge(r));
    let b = column(&mut |r| edge(r));
    let f = column(&mut |r| r.below(1_000_000) as i64);
    let price = column(&mut |r| r.below(10_000_000) as i64 + 90_000);
    let qty = column(&mut |r| r.below(50) as i64 + 1);
    let ship = column(&mut |r| r.below(2_500) as i64 + 8_000);
    let nulls = column(&mut |r| r.below(20) as i64);
    let b: Int64Array = b
        .iter()
        .zip(&nulls)
        .map(|(v, n)| (*n != 0).then_some(*v))
        .collect();
    let price = Decimal128Array::from_iter_values(price.iter().map(|v| i128::from(*v)));
    let text: StringArray = qty
        .iter()
        .zip(&nulls)
        .map(|(q, n)| (*n != 1).then(|| format!("item {q}")))
        .collect();
    let columns: Vec<(&str, ArrayRef, bool)> = vec![
        ("a", Arc::new(Int64Array::from(a)), false),
        ("b", Arc::new(b), true),
        (
            "f",
            Arc::new(Float64Array::from_iter_values(
                f.iter().map(|v| *v as f64 / 1e6),
            )),
            false,
        ),
        (
            "price",
            Arc::new(price.with_precision_and_scale(12, 2).unwrap()),
            false,
        ),
        (
            "qty",
            Arc::new(Int32Array::from_iter_values(qty.iter().map(|v| *v as i32))),
            false,
        ),
        (
            "ship",
            Arc::new(Date32Array::from_iter_values(
                ship.iter().map(|v| *v as i32),
            )),
            false,
        ),
        ("s", Arc::new(text), true),
        (
            "flag",
            Arc::new(BooleanArray::from_iter(
                nulls.iter().map(|n| (*n != 2).then_some(*n > 9)),
            )),
            true,
        ),
    ];
    RecordBatch::try_from_iter_with_nullable(columns).unwrap()
}

const EXPRESSIONS: &[&str] = &[
    "a",
    "a + b",
    "(a + b) * 3 - a % 7",
    "f * (1 - f) * (1 + f) / 2.5e0",
    "a > 100 AND b < 5000 AND f BETWEEN 0.05 AND 0.95 AND qty IN (1, 5, 9, 13, 17)",
    "price * (1 - 0.05) * (1 + 0.08)",
    "a = 12 OR b IS NULL",
    "flag AND a < b",
    "CASE WHEN a > b THEN a - b WHEN b > a THEN b - a ELSE 0 END",
    // Branches of several scales, which an array does not have.
    "CASE WHEN a > b THEN price WHEN b IS NULL THEN qty ELSE price * 1.25 END",
    "IF(a > b, price, 0) + 0.5",
    "COALESCE(b, a)",
    "ship",
    "s",
    "a * b",
];

fn outcome(
    text: &str,
    batch: &RecordBatch,
    policy: TierPolicy,
    repeat: usize,
) -> (BatchResult, Vec<Warning>) {
    let schema = schema_of(&batch.schema()).unwrap();
    let expression = Engine::new()
        .with_policy(policy)
        .compile(text, &schema, &Session::default());
    let expression = expression.unwrap_or_else(|e| panic!("{text}: {e}"));
    let mut context = expression.context();
    for _ in 1..repeat {
        expression.eval_batch_rows(batch, &mut context).unwrap();
        context.clear_warnings();
    }
    let result = expression.eval_batch_rows(batch, &mut context).unwrap();
    (result, context.diagnostics().warnings().to_vec())
}

#[test]
fn every_tier_gives_the_same_batches() {
    let whole = batch(1_500);
    // A slice begins inside a validity byte and inside a block.
    for batch in [
        whole.slice(0, 0),
        whole.slice(3, 1),
        whole.slice(0, 64),
        whole.slice(13, 1_201),
        whole,
    ] {
        for text in EXPRESSIONS {
            let (expected, warnings) = outcome(text, &batch, TierPolicy::Only(Tier::Interp), 1);
            assert_eq!(expected.values.len(), batch.num_rows());
            let mut policies = vec![TierPolicy::Only(Tier::Vm), TierPolicy::Auto];
            if cfg!(feature = "jit") {
                policies.push(TierPolicy::Only(Tier::Native));
            }
            for policy in policies {
                let (found, raised) = outcome(text, &batch, policy, 1);
                let case = format!("{text}, {} rows, {policy:?}", batch.num_rows());
                assert_eq!(&found.values, &expected.values, "{case}");
                assert_eq!(found.errors, expected.errors, "{case}");
                assert_eq!(raised, warnings, "{case}");
            }
        }
    }
}

#[test]
fn a_failing_row_fails_the_batch_with_its_number() {
    let batch = batch(1_000);
    let schema = schema_of(&batch.schema()).unwrap();
    let expression = Engine::new()
        .compile("a * b", &schema, &Session::default())
        .unwrap();
    let mut context = expression.context();
    let error = expression.eval_batch(&batch, &mut context).unwrap_err();
    assert_eq!((error.code, error.sqlstate), (1690, "22003"));
    assert_eq!(
        error.message,
        "BIGINT value is out of range in '(`a` * `b`)'"
    );
    let all = expression
        .eval_batch_rows(&batch, &mut context)
        .unwrap()
        .errors;
    assert_eq!(error.row, Some(all[0].0 as u64));
    assert!(all.len() > 5 && all.is_sorted_by_key(|(row, _)| *row));
}

/// Arrays whose type is not the column's are converted, as a cell of another type is: in every tier.
#[test]
fn arrays_of_another_type_than_the_column_are_converted() {
    let numbers: ArrayRef = Arc::new(Int64Array::from_iter_values(1..=200));
    let times: ArrayRef = Arc::new(DurationMicrosecondArray::from_iter_values(
        (1..=200).map(|second| second * 1_000_000),
    ));
    let batch = RecordBatch::try_from_iter([("n", numbers), ("t", times)]).unwrap();
    let schema = Schema::new([("n", SqlType::decimal(10, 2)), ("t", SqlType::bigint())]);
    let outcome = |text: &str, policy: TierPolicy| {
        let engine = Engine::new().with_policy(policy);
        let expression = engine.compile(text, &schema, &Session::default()).unwrap();
        let mut context = expression.context();
        expression.eval_batch(&batch, &mut context).unwrap()
    };
    for text in ["n", "n * 2", "t + 1"] {
        let expected = outcome(text, TierPolicy::Only(Tier::Interp));
        assert_eq!(
            &outcome(text, TierPolicy::Only(Tier::Vm)),
            &expected,
            "{text}"
        );
        if cfg!(feature = "jit") {
            assert_eq!(
                &outcome(text, TierPolicy::Only(Tier::Native)),
                &expected,
                "{text}"
            );
        }
    }
    let expected = Decimal128Array::from_iter_values((1..=200).map(|n| n * 100));
    let expected = expected.with_precision_and_scale(10, 2).unwrap();
    let found = outcome("n", TierPolicy::Auto);
    assert_eq!(found.as_primitive::<Decimal128Type>(), &expected);
}

#[test]
fn columns_that_are_not_read_may_hold_anything() {
    let read: ArrayRef = Arc::new(Int64Array::from(vec![1, i64::MAX, 3]));
    let odd: ArrayRef = Arc::new(TimestampSecondArray::from(vec![i64::MAX; 3]));
    let batch = RecordBatch::try_from_iter([("n", read), ("odd", odd)]).unwrap();
    let schema = Schema::new([("n", SqlType::bigint()), ("odd", SqlType::datetime(0))]);
    let expression = Engine::new()
        .compile("n + 1", &schema, &Session::default())
        .unwrap();
    let mut context = expression.context();
    let result = expression.eval_batch_rows(&batch, &mut context).unwrap();
    let failed: Vec<usize> = result.errors.iter().map(|(row, _)| *row).collect();
    assert_eq!(failed, [1]);
    let values = result.values.as_primitive::<Int64Type>();
    assert_eq!((values.value(0), values.value(2)), (2, 4));
}

#[cfg(feature = "jit")]
#[test]
fn a_hot_expression_moves_to_native_blocks() {
    let batch = batch(50_000).project(&[2, 4]).unwrap();
    let schema = schema_of(&batch.schema()).unwrap();
    let expression = Engine::new()
        .compile(
            "f * (1 - f) * (1 + f) / 2.5e0",
            &schema,
            &Session::default(),
        )
        .unwrap();
    let mut context = expression.context();
    let mut moved = false;
    for _ in 0..1_000 {
        expression.eval_batch(&batch, &mut context).unwrap();
        moved = expression
            .statistics()
            .moves
            .iter()
            .any(|m| m.what.contains("native blocks"));
        if moved {
            break;
        }
    }
    assert!(moved, "{:?}", expression.statistics());
    expression.eval_batch(&batch, &mut context).unwrap();
    assert!(expression.statistics().rows.contains_key(&Tier::Vm));
}

#[test]
fn whatever_where_takes_is_a_filter() {
    let text: StringArray = [Some("1"), Some("0"), Some("2x"), None, Some("abc")]
        .into_iter()
        .collect();
    let number: Float64Array = [Some(0.5), Some(0.0), Some(-0.0), None, Some(1.0)]
        .into_iter()
        .collect();
    let columns: Vec<(&str, ArrayRef)> = vec![("s", Arc::new(text)), ("f", Arc::new(number))];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let schema = schema_of(&batch.schema()).unwrap();
    let varchar = Schema::new([("s", SqlType::varchar(8)), ("f", SqlType::double())]);
    let filter = |text: &str, schema: &Schema| {
        let expression = Engine::new()
            .compile(text, schema, &Session::default())
            .unwrap();
        let mut context = expression.context();
        let mask = expression.filter_batch(&batch, &mut context).unwrap();
        assert_eq!(mask.null_count(), 0);
        let kept: Vec<bool> = mask.values().iter().collect();
        (
            kept,
            context
                .diagnostics()
                .warnings()
                .iter()
                .map(|w| w.message.clone())
                .collect::<Vec<_>>(),
        )
    };
    assert_eq!(filter("f", &schema).0, [true, false, false, false, true]);
    assert_eq!(
        filter("f > 0", &schema).0,
        [true, false, false, false, true]
    );
    // MySQL: TEXT is read as a number without a word, VARCHAR warns.
    assert_eq!(
        filter("s", &schema),
        (vec![true, false, true, false, false], vec![])
    );
    let (kept, warnings) = filter("s", &varchar);
    assert_eq!(kept, [true, false, true, false, false]);
    let said = |value| format!("Truncated incorrect DOUBLE value: '{value}'");
    assert_eq!(warnings, [said("2x"), said("abc")]);
}

/// The values of a batch as an array of their own would show them.
fn shown(values: &BatchValues) -> Vec<String> {
    let value = |row: usize| match values.slice() {
        Slice::Bool(words) => (words[row / 64] >> (row % 64) & 1 == 1).to_string(),
        Slice::Int(values) | Slice::DateTime(values) | Slice::Time(values) => {
            values[row].to_string()
        }
        Slice::UInt(values) => values[row].to_string(),
        Slice::Float(values) => values[row].to_string(),
        Slice::Double(values) => values[row].to_string(),
        Slice::Decimal128(values) => values[row].to_string(),
        Slice::Decimal256(values) => values[row].to_string(),
        Slice::Date(values) => values[row].to_string(),
        Slice::Bytes { offsets, bytes } => {
            let place = offsets[row] as usize..offsets[row + 1] as usize;
            String::from_utf8(bytes[place].to_vec()).unwrap()
        }
    };
    let shown = |row| match values.is_null(row) {
        true => "NULL".to_owned(),
        false => value(row),
    };
    (0..values.len()).map(shown).collect()
}

/// The same of an array.
fn shown_array(array: &ArrayRef) -> Vec<String> {
    use arrow_array::types::{Date32Type, Float64Type};
    let value = |row: usize| match array.data_type() {
        arrow_schema::DataType::Boolean => array.as_boolean().value(row).to_string(),
        arrow_schema::DataType::Int64 => array.as_primitive::<Int64Type>().value(row).to_string(),
        arrow_schema::DataType::Float64 => {
            array.as_primitive::<Float64Type>().value(row).to_string()
        }
        arrow_schema::DataType::Decimal128(..) => array
            .as_primitive::<Decimal128Type>()
            .value(row)
            .to_string(),
        arrow_schema::DataType::Date32 => array.as_primitive::<Date32Type>().value(row).to_string(),
        _ => array.as_string::<i32>().value(row).to_owned(),
    };
    let shown = |row| match array.is_null(row) {
        true => "NULL".to_owned(),
        false => value(row),
    };
    (0..array.len()).map(shown).collect()
}

#[test]
fn values_in_room_that_is_used_again_are_those_of_new_arrays() {
    let whole = batch(1_500);
    let schema = schema_of(&whole.schema()).unwrap();
    // Rows without NULLs come behind rows with some, few behind many, and other types behind each other.
    let batches = [
        whole.slice(0, 1_201),
        whole.slice(5, 64),
        whole.slice(7, 200),
    ];
    let mut policies = vec![TierPolicy::Only(Tier::Vm), TierPolicy::Auto];
    if cfg!(feature = "jit") {
        policies.push(TierPolicy::Only(Tier::Native));
    }
    for policy in policies {
        let mut values = BatchValues::new();
        let mut evaluated = 0;
        for text in EXPRESSIONS {
            let engine = Engine::new().with_policy(policy);
            let expression = engine.compile(text, &schema, &Session::default()).unwrap();
            let mut context = expression.context();
            for batch in &batches {
                let Ok(expected) = expression.eval_batch(batch, &mut context) else {
                    let done = expression.eval_batch_into(batch, &mut values, &mut context);
                    assert!(done.is_err(), "{text}");
                    continue;
                };
                expression
                    .eval_batch_into(batch, &mut values, &mut context)
                    .unwrap();
                let case = format!("{text}, {} rows, {policy:?}", batch.num_rows());
                assert_eq!(shown(&values), shown_array(&expected), "{case}");
                evaluated += 1;
            }
            let mask = expression.filter_batch(&batches[1], &mut context);
            let done = expression.filter_batch_into(&batches[1], &mut values, &mut context);
            assert_eq!(mask.is_ok(), done.is_ok(), "{text}");
            if let Ok(mask) = mask {
                assert_eq!(values.validity(), None, "{text}");
                assert_eq!(
                    shown(&values),
                    shown_array(&(Arc::new(mask) as ArrayRef)),
                    "{text}"
                );
            }
        }
        assert!(evaluated > EXPRESSIONS.len(), "most batches have no error");
    }
}
