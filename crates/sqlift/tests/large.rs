//! Large expressions over record batches: native blocks keep flags and constants in their frame, and give what the VM gives.

#![cfg(all(feature = "arrow", feature = "jit"))]

use arrow_array::cast::AsArray;
use arrow_array::{ArrayRef, Float64Array, Int64Array, RecordBatch};
use sqlift::{Engine, Schema, Session, SqlType, Tier, TierPolicy};
use std::sync::Arc;

/// A balanced tree over two columns and a constant for each third leaf.
fn tree(leaves: usize, columns: [&str; 2], next: &mut usize) -> String {
    if leaves == 1 {
        *next += 1;
        return match *next % 3 {
            0 => columns[0].to_owned(),
            1 => columns[1].to_owned(),
            _ => format!("{next}"),
        };
    }
    let left = tree(leaves / 2, columns, next);
    let right = tree(leaves - leaves / 2, columns, next);
    let sign = if next.is_multiple_of(2) { '+' } else { '-' };
    format!("({left} {sign} {right})")
}

fn batch(rows: i64, last: i64) -> RecordBatch {
    let a: Int64Array = (0..rows)
        .map(|i| {
            if i + 1 == rows {
                Some(last)
            } else {
                (i % 9 != 4).then_some(i)
            }
        })
        .collect();
    let b: Int64Array = (0..rows).map(|i| Some(i * i)).collect();
    let f: Float64Array = (0..rows).map(|i| Some(i as f64 / 3.0)).collect();
    let g: Float64Array = (0..rows)
        .map(|i| (i % 5 != 2).then_some(i as f64))
        .collect();
    let columns: [(&str, ArrayRef); 4] = [
        ("a", Arc::new(a)),
        ("b", Arc::new(b)),
        ("f", Arc::new(f)),
        ("g", Arc::new(g)),
    ];
    RecordBatch::try_from_iter_with_nullable(columns.map(|(name, array)| (name, array, true)))
        .unwrap()
}

#[test]
fn native_blocks_of_large_expressions_give_what_the_vm_gives() {
    let schema = Schema::new([
        ("a", SqlType::bigint()),
        ("b", SqlType::bigint()),
        ("f", SqlType::double()),
        ("g", SqlType::double()),
    ]);
    let (fine, failing) = (batch(640, 1), batch(640, i64::MAX));
    for leaves in [10, 40, 150] {
        let ints = tree(leaves, ["a", "b"], &mut 0);
        let doubles = tree(leaves, ["f", "g"], &mut 0);
        let texts = [
            ints.clone(),
            doubles.clone(),
            format!("{ints} > 0 AND {doubles} < 1e3"),
            format!("CASE WHEN {doubles} > 5e0 THEN {ints} ELSE a END"),
        ];
        for text in &texts {
            let [vm, native] = [Tier::Vm, Tier::Native].map(|tier| {
                let engine = Engine::new().with_policy(TierPolicy::Only(tier));
                engine.compile(text, &schema, &Session::default()).unwrap()
            });
            for batch in [&fine, &failing] {
                let expected = vm.eval_batch_rows(batch, &mut vm.context()).unwrap();
                let got = native
                    .eval_batch_rows(batch, &mut native.context())
                    .unwrap();
                assert_eq!(got.errors, expected.errors, "{text}");
                assert_eq!(&got.values, &expected.values, "{text}");
            }
            let blocks = native.statistics().rows[&Tier::Native];
            assert!(blocks >= 2 * 640 - 128, "{blocks} rows of {text}");
        }
        let sum = Engine::new()
            .compile(&ints, &schema, &Session::default())
            .unwrap();
        let failed = sum.eval_batch_rows(&failing, &mut sum.context()).unwrap();
        let values = failed
            .values
            .as_primitive::<arrow_array::types::Int64Type>();
        assert_eq!(failed.errors.len(), 1, "{ints}");
        assert!(arrow_array::Array::is_null(values, 639));
    }
}
