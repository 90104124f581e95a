//! Compile latency: from text to the VM, from a program to the VM, to a native row function, to native blocks; statements of several
//! expressions as one unit; a compiler that is new each time.

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use sqlift::{Engine, Session, Tier, TierPolicy};
use sqlift_benches::{subjects, units};
use sqlift_jit::Compiler;
use std::hint::black_box;
use std::time::Duration;

fn compile(criterion: &mut Criterion) {
    let schema = subjects::schema();
    let session = Session::default();
    let engine = Engine::new().with_policy(TierPolicy::Only(Tier::Vm));
    for subject in subjects::ROWS {
        let mut group = criterion.benchmark_group(format!("compile/{}", subject.name));
        let text = |text: &str| engine.compile(text, &schema, &session).expect("compiles");
        group.bench_function("text-to-vm", |b| b.iter(|| black_box(text(subject.text))));
        let program = text(subject.text).program();
        group.bench_function("program-to-vm", |b| {
            b.iter(|| black_box(sqlift_vm::RowCode::prepare(&program).expect("prepares")));
        });
        let mut compiler = Compiler::native().expect("a compiler for this machine");
        group.bench_function("program-to-native-row", |b| {
            let mut function = || compiler.compile_row(&program).expect("compiles");
            b.iter_batched(|| (), |()| black_box(function()), BatchSize::PerIteration);
        });
        let Some(kinds) = units::column_kinds(&program, &subjects::schema()) else {
            continue;
        };
        let mut compiler = Compiler::native().expect("a compiler for this machine");
        if compiler.compile_batch(&program, &kinds).is_err() {
            continue;
        }
        group.bench_function("program-to-native-batch", |b| {
            let mut function = || compiler.compile_batch(&program, &kinds).expect("compiles");
            b.iter_batched(|| (), |()| black_box(function()), BatchSize::PerIteration);
        });
        group.finish();
    }
}

/// A statement's expressions as one unit, and each for itself.
fn units(criterion: &mut Criterion) {
    let session = std::sync::Arc::new(Session::default());
    for count in [1, 10, 100, 1_000] {
        let typed = units::expressions(count);
        for (how, programs) in [
            ("unit", units::unit(&typed, &session)),
            ("singles", units::programs(&typed, &session)),
        ] {
            let mut group = criterion.benchmark_group(format!("compile/{how}/{count}"));
            group.bench_function("typed-to-program", |b| match how {
                "unit" => b.iter(|| black_box(units::unit(&typed, &session))),
                _ => b.iter(|| black_box(units::programs(&typed, &session))),
            });
            group.bench_function("program-to-vm", |b| b.iter(|| units::prepare(&programs)));
            if count > 100 {
                continue;
            }
            let mut compiler = Compiler::native().expect("a compiler for this machine");
            group.bench_function("program-to-native-row", |b| {
                let mut compile = || units::compile_rows(&mut compiler, &programs);
                b.iter_batched(|| (), |()| compile(), BatchSize::PerIteration);
            });
            let kinds = units::kinds(&programs);
            group.bench_function("program-to-native-batch", |b| {
                let mut compile = || units::compile_batches(&mut compiler, &programs, &kinds);
                b.iter_batched(|| (), |()| compile(), BatchSize::PerIteration);
            });
            group.finish();
        }
    }
}

/// With a compiler that is new each time: what the first expression of a thread pays.
fn cold(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("compile/cold");
    let engine = Engine::new().with_policy(TierPolicy::Only(Tier::Vm));
    let text = subjects::ROWS[0].text;
    let expression = engine.compile(text, &subjects::schema(), &Session::default());
    let program = expression.expect("compiles").program();
    group.bench_function("program-to-native-row", |b| {
        b.iter(|| {
            let mut compiler = Compiler::native().expect("a compiler for this machine");
            black_box(compiler.compile_row(&program).expect("compiles"))
        });
    });
    group.finish();
}

criterion_group! {
    name = latency;
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .sample_size(20);
    targets = compile, units, cold
}
criterion_main!(latency);
