//! Time a row, named `family/operation/types/tier/shape`: each tier and the engine's own choice (`auto`), rows of cells and Arrow batches.
//! The first four have a Rust function written by hand beside them (`hand/row`).
//! Vitess' five are measured over typed cells (`row`) and over cells of text (`row-of-text`), which Vitess has and reads for each row.
//!
//! `cargo bench -p sqlift-benches --bench tiers -- --test` runs everything once, in seconds. The ratios between tiers of one run mean
//! something; figures of different machines do not.

use arrow_array::RecordBatch;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use sqlift::{Engine, Expression, Schema, Session, Tier, TierPolicy, Value};
use sqlift_benches::hand::{BY_HAND, ByHand};
use sqlift_benches::{data, subjects, subjects::Subject};
use std::hint::black_box;
use std::time::Duration;

/// Enough rows that branches cannot be learnt, few enough to stay in the cache.
const ROWS: usize = 4_096;

/// Who evaluates.
const POLICIES: [(&str, TierPolicy); 4] = [
    ("interp", TierPolicy::Only(Tier::Interp)),
    ("vm", TierPolicy::Only(Tier::Vm)),
    ("native", TierPolicy::Only(Tier::Native)),
    ("auto", TierPolicy::Auto),
];

fn compile(text: &str, schema: &Schema, policy: TierPolicy) -> Expression {
    let engine = Engine::new().with_policy(policy);
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

fn each_tier(
    criterion: &mut Criterion,
    name: &str,
    text: &str,
    schema: &Schema,
    rows: &[Vec<Value<'_>>],
    batch: &RecordBatch,
) {
    let mut group = criterion.benchmark_group(name);
    group.throughput(Throughput::Elements(ROWS as u64));
    for (tier, policy) in POLICIES {
        let expression = compile(text, schema, policy);
        group.bench_function(BenchmarkId::new(tier, "row"), |b| {
            b.iter(|| black_box(each_row(&expression, rows)));
        });
        if tier == "interp" {
            continue;
        }
        let expression = compile(text, schema, policy);
        let shape = format!("batch{ROWS}");
        group.bench_function(BenchmarkId::new(tier, shape), |b| {
            let mut context = expression.context();
            b.iter(|| {
                let values = expression.eval_batch(batch, &mut context);
                black_box(values.expect("no error"))
            });
        });
    }
    group.finish();
}

/// The first four by hand, each in the group of its subject.
fn by_hand(criterion: &mut Criterion) {
    let data = data::rows(ROWS);
    let rows: Vec<Vec<Value<'_>>> = data.iter().map(data::cells).collect();
    for (subject, function) in subjects::ROWS.iter().zip(BY_HAND) {
        let mut group = criterion.benchmark_group(subject.name);
        group.throughput(Throughput::Elements(ROWS as u64));
        group.bench_function(BenchmarkId::new("hand", "row"), |b| {
            b.iter(|| black_box(each_row_by_hand(black_box(function), &rows)));
        });
        group.finish();
    }
}

fn each_row_by_hand(function: ByHand, rows: &[Vec<Value<'_>>]) -> usize {
    let is_value = |row: &Vec<Value<'_>>| !function(row).expect("no error").is_null();
    rows.iter().map(is_value).filter(|is| *is).count()
}

fn rows_and_batches(criterion: &mut Criterion) {
    let data = data::rows(ROWS);
    let rows: Vec<Vec<Value<'_>>> = data.iter().map(data::cells).collect();
    let batch = data::batch(&data);
    let schema = subjects::schema();
    for Subject { name, text } in subjects::ROWS {
        each_tier(criterion, name, text, &schema, &rows, &batch);
    }
    for collation in subjects::COLLATIONS {
        let schema = subjects::schema_in(collation);
        for subject in subjects::TEXTS {
            let name = format!("text/{}/{collation}", subject.name);
            each_tier(criterion, &name, subject.text, &schema, &rows, &batch);
        }
    }
}

fn wide(criterion: &mut Criterion) {
    let data = data::wide_rows(ROWS);
    let rows: Vec<Vec<Value<'_>>> = data.iter().map(data::wide_cells).collect();
    let batch = data::wide_batch(&data);
    let schema = subjects::wide_schema();
    for Subject { name, text } in subjects::WIDE {
        each_tier(criterion, name, text, &schema, &rows, &batch);
    }
}

fn vitess(criterion: &mut Criterion) {
    for (i, (subject, types)) in subjects::VITESS.into_iter().enumerate() {
        let (types, schema) = (types(), subjects::vitess_schema(i));
        let texts = subjects::vitess_texts(i);
        let mut group = criterion.benchmark_group(subject.name);
        for (tier, policy) in POLICIES {
            let expression = compile(subject.text, &schema, policy);
            group.bench_function(BenchmarkId::new(tier, "row"), |b| {
                let mut context = expression.context();
                data::with_read(texts, &types, |row| {
                    b.iter(|| black_box(expression.eval_row(black_box(row), &mut context).is_ok()));
                });
            });
            group.bench_function(BenchmarkId::new(tier, "row-of-text"), |b| {
                let mut context = expression.context();
                b.iter(|| {
                    data::with_read(black_box(texts), &types, |row| {
                        black_box(expression.eval_row(row, &mut context).is_ok())
                    })
                });
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
    targets = by_hand, rows_and_batches, wide, vitess
}
criterion_main!(tiers);
