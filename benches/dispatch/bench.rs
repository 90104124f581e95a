//! Interpreter designs beside each other, named `family/operation/types/design/shape`: nanoseconds a row of the same programs over the
//! same rows. Results are held against tier 0's before anything is timed.
//!
//! `cargo bench -p sqlift-benches --bench dispatch`; with tail calls: `cargo +nightly bench -p sqlift-benches --bench dispatch --features
//! nightly-tail-calls`.

use bumpalo::Bump;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use sqlift_benches::{data, dispatch};
use std::time::Duration;

/// Enough rows that branches cannot be learnt, few enough to stay in the cache.
const ROWS: usize = 4_096;

fn designs(criterion: &mut Criterion) {
    let data = data::rows(ROWS);
    for subject in dispatch::subjects() {
        let table = subject.table(&data);
        let arena = Bump::new();
        let mut group = criterion.benchmark_group(subject.name);
        group.throughput(Throughput::Elements(ROWS as u64));
        for mut candidate in dispatch::candidates(&subject, &arena).expect("designs know it") {
            dispatch::check(&mut candidate, &table).expect("as tier 0");
            let name = BenchmarkId::new(candidate.name, candidate.shape);
            group.bench_function(name, |b| b.iter(|| candidate.design.run(&table)));
        }
        group.finish();
    }
}

criterion_group! {
    name = dispatch_of_rows;
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .sample_size(20);
    targets = designs
}
criterion_main!(dispatch_of_rows);
