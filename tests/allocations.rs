//! What evaluating allocates: a row of programs over numbers, times and comparisons nothing, in no compiled tier; a batch nothing but
//! the array that it gives, and nothing where there is room for its values.

use allocation_counter::measure;
use arrow_array::{ArrayRef, Float64Array, Int64Array, RecordBatch};
use sqlift::arrow::{BatchValues, schema_of};
use sqlift::{Engine, I256, Schema, Session, SqlType, Tier, TierPolicy, Value};
use std::sync::Arc;

/// The five that Vitess measures its evaluation engine with, and more of each family. The columns are those of [`schema`].
const PROGRAMS: [&str; 22] = [
    "((23 + a) * 4.0e0) = ((u / 3.33e0) * 100)",
    "a = 12",
    "u = 12",
    "small = 12",
    "f = 12",
    "(a + b) * 3 - a % 7",
    "f * (1 - g) * (1 + f) / 2.5e0",
    "a > 100 AND b < 5000 AND f BETWEEN 0.05 AND 0.95 AND a IN (1,5,9,13,17)",
    "price * (1 - disc)",
    "price * (1 - disc) * (1 + disc)",
    "price / 3",
    "ROUND(price, 1)",
    "d >= DATE '1994-01-01' AND d < DATE '1995-01-01' AND disc BETWEEN 0.05 AND 0.07",
    "YEAR(d) * 100 + MONTH(dt)",
    "d + INTERVAL 3 MONTH",
    "DATEDIFF(dt, d)",
    "t > TIME '10:00:00'",
    "CASE WHEN a > 100 THEN b + 1 ELSE a END",
    "COALESCE(b, a) & 255",
    "c = 'alpha'",
    "s LIKE 'PROMO%'",
    "s IS NULL OR c < s",
];

fn schema() -> Schema {
    Schema::new([
        ("a", SqlType::bigint()),
        ("b", SqlType::bigint()),
        ("u", SqlType::ubigint()),
        ("f", SqlType::double()),
        ("g", SqlType::double()),
        ("small", SqlType::decimal(3, 0)),
        ("price", SqlType::decimal(12, 2)),
        ("disc", SqlType::decimal(12, 2)),
        ("d", SqlType::date()),
        ("dt", SqlType::datetime(0)),
        ("t", SqlType::time(0)),
        ("c", SqlType::varchar(10)),
        ("s", SqlType::varchar(24)),
    ])
}

/// Each row: the texts of its cells, `None` for NULL.
const ROWS: [[Option<&str>; 13]; 3] = [
    [
        Some("666"),
        Some("4"),
        Some("420"),
        Some("0.5"),
        Some("0.25"),
        Some("12"),
        Some("901.50"),
        Some("0.06"),
        Some("1994-05-17"),
        Some("1994-06-01 10:11:12"),
        Some("11:00:00"),
        Some("alpha"),
        Some("PROMO xyz"),
    ],
    [
        Some("-23"),
        None,
        Some("0"),
        Some("0"),
        None,
        Some("420"),
        Some("-0.01"),
        Some("0.10"),
        Some("2000-02-29"),
        Some("1970-01-01 00:00:00"),
        Some("-10:00:00"),
        Some("ALPHA"),
        Some("größer"),
    ],
    [None; 13],
];

fn measured(tier: Tier) {
    let schema = schema();
    let data = ROWS.map(|row| {
        let cell = |(text, column): (Option<&str>, &sqlift::Column)| match text {
            Some(text) => {
                sqlift::read_text(text.as_bytes(), &column.ty).expect("a value of its type")
            }
            None => sqlift::Datum::Null,
        };
        row.into_iter()
            .zip(schema.columns())
            .map(cell)
            .collect::<Vec<_>>()
    });
    for text in PROGRAMS {
        let expression = Engine::new()
            .with_policy(TierPolicy::Only(tier))
            .compile(text, &schema, &Session::default())
            .unwrap_or_else(|error| panic!("{text}: {error}"));
        let mut context = expression.context();
        for row in &data {
            let mut wide = [I256::ZERO; 13];
            let columns = row.iter().zip(schema.columns()).zip(&mut wide);
            let cells: Vec<Value<'_>> = columns
                .map(|((datum, column), wide)| {
                    datum.as_cell(&column.ty, wide).expect("its own type")
                })
                .collect();
            // The first row makes the arena, and a thread's first use of a time zone its table.
            expression.eval_row(&cells, &mut context).unwrap();
            let allocated = measure(|| {
                for _ in 0..1_000 {
                    expression.eval_row(&cells, &mut context).unwrap();
                }
            });
            assert_eq!(allocated.count_total, 0, "{text}, {tier}, {cells:?}");
        }
    }
}

#[test]
fn the_vm_allocates_nothing_for_a_row() {
    measured(Tier::Vm);
}

#[test]
fn native_code_allocates_nothing_for_a_row() {
    measured(Tier::Native);
}

/// Three columns of so many rows; the second has NULLs.
fn batch(rows: i64) -> RecordBatch {
    let a: ArrayRef = Arc::new(Int64Array::from_iter_values(0..rows));
    let b = (0..rows).map(|i| (i % 7 != 0).then_some(i % 100));
    let b: ArrayRef = Arc::new(b.collect::<Int64Array>());
    let f = (0..rows).map(|i| i as f64 / 1_000.0);
    let f: ArrayRef = Arc::new(Float64Array::from_iter_values(f));
    RecordBatch::try_from_iter_with_nullable([("a", a, false), ("b", b, true), ("f", f, false)])
        .expect("columns of one length")
}

fn measured_batches(tier: Tier) {
    for (text, has_nulls) in [
        ("(a + 1) * 3 - a % 7", false),
        ("(a + b) * 3 - a % 7", true),
        ("f * (1 - f) / 2.5e0", false),
        (
            "a > 100 AND f BETWEEN 0.05 AND 0.95 AND a IN (1, 5, 9, 13, 17)",
            false,
        ),
        ("b > 10", true),
    ] {
        let batch = batch(128);
        let schema = schema_of(&batch.schema()).expect("columns that are read");
        let expression = Engine::new()
            .with_policy(TierPolicy::Only(tier))
            .compile(text, &schema, &Session::default())
            .unwrap_or_else(|error| panic!("{text}: {error}"));
        let mut context = expression.context();
        let mut values = BatchValues::new();
        // The first batches make the arenas, the code and the room.
        for _ in 0..3 {
            expression.eval_batch(&batch, &mut context).unwrap();
            expression
                .eval_batch_into(&batch, &mut values, &mut context)
                .unwrap();
        }
        let room = measure(|| {
            for _ in 0..100 {
                expression
                    .eval_batch_into(&batch, &mut values, &mut context)
                    .unwrap();
            }
        });
        assert_eq!(room.count_total, 0, "{text}, {tier}");
        // Values, what owns them, and the array; NULLs are two more.
        let array = measure(|| drop(expression.eval_batch(&batch, &mut context).unwrap()));
        let most = if has_nulls { 5 } else { 3 };
        assert_eq!(array.count_total, most, "{text}, {tier}");
        expression.filter_batch(&batch, &mut context).unwrap();
        let mask = measure(|| drop(expression.filter_batch(&batch, &mut context).unwrap()));
        assert!(
            mask.count_total <= 4,
            "{text}, {tier}: {}",
            mask.count_total
        );
    }
}

#[test]
fn a_batch_in_the_vm_allocates_nothing_but_its_array() {
    measured_batches(Tier::Vm);
}

#[test]
fn a_batch_in_native_blocks_allocates_nothing_but_its_array() {
    measured_batches(Tier::Native);
}
