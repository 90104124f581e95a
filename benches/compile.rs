//! Compile latency: from text to the VM, from a program to the VM, to a native row function, to native blocks.

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use sqlift::{Engine, Session, Tier, TierPolicy};
use sqlift_benches::subjects;
use sqlift_ir::Program;
use sqlift_jit::{ColumnKind, Compiler};
use sqlift_types::Repr;
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
        let Some(kinds) = kinds(&program) else {
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

/// The buffers that Arrow has for the columns of a program; `None` if one of them is text.
fn kinds(program: &Program) -> Option<Vec<ColumnKind>> {
    let kind = |repr: Repr| {
        Some(match repr {
            Repr::Int => ColumnKind::I64,
            Repr::UInt => ColumnKind::U64,
            Repr::Double => ColumnKind::F64,
            Repr::Dec64 | Repr::Dec128 => ColumnKind::Decimal128,
            Repr::Date => ColumnKind::Date32,
            _ => return None,
        })
    };
    program.columns.iter().map(|c| kind(c.slot.repr)).collect()
}

criterion_group! {
    name = latency;
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .sample_size(20);
    targets = compile
}
criterion_main!(latency);
