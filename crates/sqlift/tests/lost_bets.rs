//! Native blocks are made for what the first batch holds. Batches that hold something else get the same answers as in tier 0.
#![cfg(all(feature = "arrow", feature = "jit"))]

use arrow_array::{ArrayRef, Date32Array, Decimal128Array, Float64Array, Int64Array, RecordBatch};
use arrow_buffer::NullBuffer;
use sqlift::arrow::{BatchResult, schema_of};
use sqlift::{Context, Engine, Error, Expression, Session, Tier, TierPolicy, Warning};
use std::sync::Arc;

const ROWS: usize = 64 * 7 + 13;

const EXPRESSIONS: &[&str] = &[
    "(a + b) * 3 - a % 7",
    "a DIV 13 + b",
    "((a + b) * 2 - (a - b) * 3 + a * 5) * 0.5e0 + f * f - (f - f) * (f + 1.5e0) + f",
    "price * (1 - disc) * (1 + disc)",
    "price * disc",
    "price + disc",
    "disc",
    "ship >= DATE '1994-01-01' AND ship < DATE '1995-01-01' AND disc BETWEEN 0.05 AND 0.07 AND a < 24",
    "ship BETWEEN DATE '1994-01-01' AND DATE '1995-01-01' OR ship IS NULL",
    "ship = ship",
    "ship",
    "f * (1 - f) * (1 + f) / 2.5e0",
    "((23 + a) * 4.0e0) = ((f / 3.33e0) * 100)",
    "a > 100 AND b < 5000 AND f BETWEEN 0.05 AND 0.95 AND a IN (1, 5, 9, 13, 17)",
    "a % b",
    "f / b",
    "CASE WHEN a > b THEN price * 2 WHEN price > 5 THEN price ELSE 0 END",
];

/// The columns, row by row, before something odd is put into them.
struct Columns {
    a: Vec<i64>,
    b: Vec<i64>,
    f: Vec<f64>,
    price: Vec<i128>,
    disc: Vec<i128>,
    ship: Vec<i32>,
    /// Rows of `b`, `f`, `disc`, `ship` that are NULL.
    nulls: Option<Vec<bool>>,
}

impl Columns {
    fn tame() -> Columns {
        let rows = 0..ROWS as i64;
        Columns {
            a: rows.clone().map(|i| i * 37 % 201 - 100).collect(),
            b: rows.clone().map(|i| i * 91 % 1_001 + 1).collect(),
            f: rows
                .clone()
                .map(|i| (i * 53 % 1_000) as f64 / 1_000.0)
                .collect(),
            price: rows.clone().map(|i| (90_000 + i * 7_919).into()).collect(),
            disc: rows.clone().map(|i| (i % 11).into()).collect(),
            ship: rows.map(|i| 8_036 + (i * 17 % 2_500) as i32).collect(),
            nulls: None,
        }
    }

    fn batch(&self) -> RecordBatch {
        let nulls = self.nulls.as_ref();
        let nulls = nulls.map(|rows| NullBuffer::from_iter(rows.iter().map(|null| !null)));
        let decimal = |values: &[i128], nulls| -> ArrayRef {
            let array = Decimal128Array::new(values.to_vec().into(), nulls);
            Arc::new(array.with_precision_and_scale(12, 2).unwrap())
        };
        let f = Float64Array::new(self.f.clone().into(), nulls.clone());
        let columns: [(&str, ArrayRef, bool); 6] = [
            ("a", Arc::new(Int64Array::from(self.a.clone())), true),
            (
                "b",
                Arc::new(Int64Array::new(self.b.clone().into(), nulls.clone())),
                true,
            ),
            ("f", Arc::new(f), true),
            ("price", decimal(&self.price, None), true),
            ("disc", decimal(&self.disc, nulls.clone()), true),
            (
                "ship",
                Arc::new(Date32Array::new(self.ship.clone().into(), nulls)),
                true,
            ),
        ];
        RecordBatch::try_from_iter_with_nullable(columns).unwrap()
    }
}

/// Batches that are not like the first one.
fn odd() -> Vec<(&'static str, RecordBatch)> {
    let odd = |change: &dyn Fn(&mut Columns)| {
        let mut columns = Columns::tame();
        change(&mut columns);
        columns.batch()
    };
    let every = |n: usize| -> Vec<bool> { (0..ROWS).map(|row| row % n == 2).collect() };
    vec![
        ("a large integer", odd(&|c| c.a[100] = i64::MAX)),
        (
            "a large negative integer",
            odd(&|c| c.b[ROWS - 1] = i64::MIN),
        ),
        (
            "integers at the edge",
            odd(&|c| {
                for (power, a) in c.a[64..127].iter_mut().enumerate() {
                    *a = 1 << power;
                }
                for (power, b) in c.b[130..193].iter_mut().enumerate() {
                    *b = -1 << power;
                }
            }),
        ),
        (
            "large decimals",
            odd(&|c| {
                for (power, price) in c.price[64..181].iter_mut().enumerate() {
                    *price = (1 << power) - i128::from(power % 2 == 0);
                }
                c.disc[300] = -(1 << 70);
            }),
        ),
        (
            "days without a date",
            odd(&|c| {
                c.ship[70] = i32::MAX;
                c.ship[400] = -800_000;
            }),
        ),
        (
            "the first and the last date",
            odd(&|c| {
                c.ship[70] = -719_162;
                c.ship[71] = 2_932_896;
            }),
        ),
        (
            "infinite results",
            odd(&|c| {
                c.f[3] = f64::MAX;
                c.b[200] = 0;
            }),
        ),
        ("NULLs", odd(&|c| c.nulls = Some(every(3)))),
        ("one NULL", odd(&|c| c.nulls = Some(every(400)))),
        (
            "garbage in NULLs",
            odd(&|c| {
                let nulls = every(5);
                for (row, _) in nulls.iter().enumerate().filter(|(_, null)| **null) {
                    c.b[row] = if row % 2 == 0 { i64::MIN } else { 0 };
                    c.f[row] = if row % 2 == 0 {
                        f64::NAN
                    } else {
                        f64::INFINITY
                    };
                    c.disc[row] = i128::MAX - row as i128;
                    c.ship[row] = i32::MIN + row as i32;
                }
                c.nulls = Some(nulls);
            }),
        ),
        ("all NULL", odd(&|c| c.nulls = Some(vec![true; ROWS]))),
        (
            "odd everywhere",
            odd(&|c| {
                c.a.iter_mut().for_each(|a| *a <<= 40);
                c.price.iter_mut().for_each(|price| *price <<= 20);
            }),
        ),
    ]
}

fn evaluated(
    expression: &Expression,
    batch: &RecordBatch,
    context: &mut Context,
) -> Result<(BatchResult, Vec<Warning>), Error> {
    context.clear_warnings();
    let result = expression.eval_batch_rows(batch, context)?;
    Ok((result, context.diagnostics().warnings().to_vec()))
}

#[test]
fn batches_unlike_the_first_get_the_same_answers() {
    let first = Columns::tame().batch();
    let schema = schema_of(&first.schema()).unwrap();
    let odd = odd();
    for text in EXPRESSIONS {
        let [precise, native, vm] = [Tier::Interp, Tier::Native, Tier::Vm].map(|tier| {
            let engine = Engine::new().with_policy(TierPolicy::Only(tier));
            let expression = engine.compile(text, &schema, &Session::default());
            expression.unwrap_or_else(|error| panic!("{text}: {error}"))
        });
        let [mut for_precise, mut for_native, mut for_vm] =
            [&precise, &native, &vm].map(|e| e.context());
        let mut check = |what: &str, batch: &RecordBatch| {
            let expected = evaluated(&precise, batch, &mut for_precise);
            for (expression, context) in [(&native, &mut for_native), (&vm, &mut for_vm)] {
                let found = evaluated(expression, batch, context);
                let ((found, raised), (expected, warnings)) = match (found, &expected) {
                    (Ok(found), Ok(expected)) => (found, expected),
                    // Days that are no date of MySQL fail the batch.
                    (Err(found), Err(expected)) => {
                        assert_eq!(found, *expected, "{text}: {what}");
                        continue;
                    }
                    (found, expected) => panic!("{text}: {what}: {found:?}, {expected:?}"),
                };
                assert_eq!(&found.values, &expected.values, "{text}: {what}");
                assert_eq!(found.errors, expected.errors, "{text}: {what}");
                assert_eq!(&raised, warnings, "{text}: {what}");
            }
        };
        check("the first", &first);
        for (what, batch) in &odd {
            check(what, batch);
            check("the first again", &first);
        }
        for (what, batch) in &odd {
            check(what, &batch.slice(9, ROWS - 9));
        }
        // Often enough that code is made which counts on less.
        let (what, batch) = &odd[odd.len() - 1];
        for _ in 0..12 {
            check(what, batch);
        }
        check("the first at last", &first);
    }
}
