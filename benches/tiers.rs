//! Time a row, named `family/operation/types/tier/shape`: each tier, rows of cells and Arrow batches.
//!
//! `cargo bench -p sqlift-benches --bench tiers -- --test` runs everything once, in seconds. The ratios between tiers of one run mean
//! something; figures of different machines do not.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use sqlift::{Engine, Expression, Schema, Session, SqlType, Tier, TierPolicy, Value};
use sqlift_benches::{data, subjects};
use std::hint::black_box;
use std::time::Duration;

/// Enough rows that branches cannot be learnt, few enough to stay in the cache.
const ROWS: usize = 4_096;

fn compile(text: &str, schema: &Schema, tier: Tier) -> Expression {
    let engine = Engine::new().with_policy(TierPolicy::Only(tier));
    engine
        .compile(text, schema, &Session::default())
        .expect("compiles")
}

fn each_row(expression: &Expression, rows: &[Vec<Value<'_>>]) -> usize {
    let mut context = expression.context();
    let is_value = |row: &Vec<Value<'_>>| {
        !expression
            .eval_row(row, &mut context)
            .expect("no error")
            .is_null()
    };
    // The values have to be looked at, or they would not have to be there.
    rows.iter().map(is_value).filter(|is| *is).count()
}

fn rows_and_batches(criterion: &mut Criterion) {
    let data = data::rows(ROWS);
    let rows: Vec<Vec<Value<'_>>> = data.iter().map(data::cells).collect();
    let batch = data::batch(&data);
    let schema = subjects::schema();
    for subject in subjects::ROWS {
        let mut group = criterion.benchmark_group(subject.name);
        group.throughput(Throughput::Elements(ROWS as u64));
        for tier in Tier::ALL {
            let expression = compile(subject.text, &schema, tier);
            group.bench_function(BenchmarkId::new(tier.to_string(), "row"), |b| {
                b.iter(|| black_box(each_row(&expression, &rows)));
            });
            if tier == Tier::Interp {
                continue;
            }
            group.bench_function(
                BenchmarkId::new(tier.to_string(), format!("batch{ROWS}")),
                |b| {
                    let mut context = expression.context();
                    b.iter(|| {
                        black_box(
                            expression
                                .eval_batch(&batch, &mut context)
                                .expect("no error"),
                        )
                    });
                },
            );
        }
        group.finish();
    }
}

fn vitess(criterion: &mut Criterion) {
    for (subject, types) in subjects::VITESS {
        let [x, y] = types();
        let value =
            |ty: &SqlType, text: &str| sqlift::read_text(text.as_bytes(), ty).expect("a value");
        let first = if subject.name.ends_with("decimal") || subject.name.ends_with("double") {
            "420"
        } else {
            "666"
        };
        let (x_value, y_value) = (value(&x, first), value(&y, "420"));
        let mut wide = [sqlift::I256::ZERO; 2];
        let [wide_x, wide_y] = &mut wide;
        let row = [
            x_value.as_cell(&x, wide_x).expect("its own type"),
            y_value.as_cell(&y, wide_y).expect("its own type"),
        ];
        let schema = Schema::new([("x", x.clone()), ("y", y.clone())]);
        let mut group = criterion.benchmark_group(subject.name);
        for tier in Tier::ALL {
            let expression = compile(subject.text, &schema, tier);
            group.bench_function(BenchmarkId::new(tier.to_string(), "row"), |b| {
                let mut context = expression.context();
                b.iter(|| black_box(expression.eval_row(black_box(&row), &mut context).is_ok()));
            });
        }
        group.finish();
    }
}

criterion_group! {
    name = tiers;
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .sample_size(20);
    targets = rows_and_batches, vitess
}
criterion_main!(tiers);
