//! Collations alone, named `family/operation/types/tier/shape`: `family` is `collation`, the tier the collation.
//!
//! Of `compare` and `equal` the figure to look at is the ratio to `bytes`, which is what comparing the bytes costs in the same run.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use sqlift_collation::Collation;
use std::cmp::Ordering;
use std::hint::black_box;
use std::time::Duration;

const COLLATIONS: [&str; 6] = [
    "utf8mb4_bin",
    "utf8mb4_0900_bin",
    "utf8mb4_0900_ai_ci",
    "utf8mb4_0900_as_cs",
    "utf8mb4_general_ci",
    "latin1_swedish_ci",
];

/// Pairs of 16 bytes, by how they differ.
const PAIRS: [(&str, &str, &str); 3] = [
    ("same", "customer#0000042", "customer#0000042"),
    ("last", "customer#0000042", "customer#0000043"),
    ("case", "Customer#0000042", "cUSTOMER#0000042"),
];

/// Pairs that are compared in one turn: enough that no branch can learn them by heart, few enough for the cache.
const COUNT: usize = 256;

fn collation(name: &str) -> &'static Collation {
    Collation::by_name(name).expect(name)
}

fn compared(pairs: &[(Vec<u8>, Vec<u8>)], order: impl Fn(&[u8], &[u8]) -> Ordering) -> i64 {
    let one = |(a, b): &(Vec<u8>, Vec<u8>)| order(black_box(a), black_box(b)) as i64;
    pairs.iter().map(one).sum()
}

fn compare(criterion: &mut Criterion) {
    for (shape, a, b) in PAIRS {
        let pair = || (a.as_bytes().to_vec(), b.as_bytes().to_vec());
        let pairs: Vec<_> = (0..COUNT).map(|_| pair()).collect();
        let mut group = criterion.benchmark_group("collation/compare/ascii16");
        group.throughput(Throughput::Elements(COUNT as u64));
        group.bench_function(BenchmarkId::new("bytes", shape), |bench| {
            bench.iter(|| compared(&pairs, |a, b| a.cmp(b)));
        });
        for name in COLLATIONS {
            let collation = collation(name);
            group.bench_function(BenchmarkId::new(name, shape), |bench| {
                bench.iter(|| compared(&pairs, |a, b| collation.compare(a, b)));
            });
        }
        group.finish();
    }
}

fn equal(criterion: &mut Criterion) {
    for (shape, a, b) in PAIRS {
        let texts = vec![a.as_bytes().to_vec(); COUNT];
        let count = |test: &dyn Fn(&[u8]) -> bool| {
            texts
                .iter()
                .filter(|text| test(black_box(text.as_slice())))
                .count()
        };
        let mut group = criterion.benchmark_group("collation/equal-constant/ascii16");
        group.throughput(Throughput::Elements(COUNT as u64));
        group.bench_function(BenchmarkId::new("bytes", shape), |bench| {
            bench.iter(|| count(&|text| text == b.as_bytes()));
        });
        for name in COLLATIONS {
            let collation = collation(name);
            let Some(test) = collation.equal_test(b.as_bytes()) else {
                continue;
            };
            group.bench_function(BenchmarkId::new(name, shape), |bench| {
                bench.iter(|| {
                    count(&|text| {
                        test.test(text)
                            .unwrap_or_else(|| collation.equal(text, b.as_bytes()))
                    })
                });
            });
        }
        group.finish();
    }
}

/// A KiB of a text, again and again.
fn kibibyte(of: &str) -> Vec<u8> {
    let mut text = String::new();
    for character in of.chars().cycle() {
        if text.len() + character.len_utf8() > 1024 {
            return text.into_bytes();
        }
        text.push(character);
    }
    text.into_bytes()
}

fn sort_key(criterion: &mut Criterion) {
    let mixed = "The quick brown fox, schöne Grüße, Быстрая лиса, γρήγορη αλεπού, 日本語のテキスト, 한국어, עברית, العربية. ";
    for (shape, text) in [
        ("ascii", "The quick brown fox jumps over the lazy dog. "),
        ("mixed", mixed),
    ] {
        let text = kibibyte(text);
        let mut group = criterion.benchmark_group("collation/sort-key/text1024");
        group.throughput(Throughput::Bytes(text.len() as u64));
        for name in [
            "utf8mb4_bin",
            "utf8mb4_0900_ai_ci",
            "utf8mb4_0900_as_cs",
            "utf8mb4_general_ci",
            "utf8mb4_unicode_ci",
            "utf8mb4_de_pb_0900_ai_ci",
        ] {
            let collation = collation(name);
            let mut key = Vec::with_capacity(8 * 1024);
            group.bench_function(BenchmarkId::new(name, shape), |bench| {
                bench.iter(|| {
                    key.clear();
                    collation.sort_key(black_box(&text), &mut key);
                    key.len()
                });
            });
        }
        group.finish();
    }
}

criterion_group! {
    name = collations;
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(600))
        .sample_size(20);
    targets = compare, equal, sort_key
}
criterion_main!(collations);
