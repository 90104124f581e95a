//! How fast a tree of arithmetic is, `(a + b) * 3 - a % 7`, in both forms, against a loop written in Rust; and some conditions.
//!
//! `cargo run --release -p sqlift-vm --example trees`

#[path = "../tests/programs/mod.rs"]
mod programs;

use bumpalo::Bump;
use programs::Build;
use sqlift_functions::kernel::{BatchContext, Lanes, Vector};
use sqlift_functions::{Frame, RowContext, Scratch};
use sqlift_types::{Session, Value};
use sqlift_vm::{BatchCode, CHUNK_ROWS};
use std::cell::Cell;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

const ROWS: usize = 64 * 1024;

fn main() {
    let a: Vec<i64> = (0..ROWS as i64).map(|i| i * 7919 % 100_003).collect();
    let b: Vec<i64> = (0..ROWS as i64).map(|i| i * 31 % 1009 - 500).collect();
    let valid: Vec<bool> = (0..ROWS).map(|i| !i.is_multiple_of(20)).collect();

    let rust = measure(|| {
        let row = |i: usize| {
            if !valid[i] {
                return None;
            }
            let product = a[i].checked_add(b[i])?.checked_mul(3)?;
            product.checked_sub(a[i].checked_rem(black_box(7))?)
        };
        (0..ROWS).filter_map(row).fold(0, i64::wrapping_add)
    });
    println!("ns a row: {rust:.2} by hand");
    let rows: Vec<[Value<'_>; 2]> = (0..ROWS)
        .map(|i| {
            let b = if valid[i] { b[i].into() } else { Value::Null };
            [a[i].into(), b]
        })
        .collect();
    for text in [
        "(a + b) * 3 - a % 7",
        "a < b",
        "a > 100 AND b IS NOT NULL",
        "a > 100 AND a + b < 5000",
    ] {
        let build = Build::from_text(text);
        let by_row = measure(|| run_rows(&build, &rows));
        println!("{text}\n{}row form {by_row:.2}", build.listing());
        for size in [128, 256, CHUNK_ROWS, 1024, 4096] {
            let by_chunk = measure(|| run_chunks(&build, &a, &b, &valid, size));
            println!("batch form in chunks of {size}: {by_chunk:.2}");
        }
    }
}

fn measure(mut work: impl FnMut() -> i64) -> f64 {
    let mut best = f64::MAX;
    for _ in 0..20 {
        let start = Instant::now();
        black_box(work());
        best = best.min(start.elapsed().as_nanos() as f64 / ROWS as f64);
    }
    best
}

fn run_rows(build: &Build, rows: &[[Value<'_>; 2]]) -> i64 {
    let code = build.row_code();
    let (arena, scratch, session) = (Bump::new(), Scratch::default(), Session::default());
    let slots: Vec<_> = (0..code.slots()).map(|_| Cell::new(Value::Null)).collect();
    let cx = RowContext {
        arena: &arena,
        scratch: &scratch,
        session: &session,
    };
    let mut sum = 0_i64;
    for row in rows {
        let frame = Frame {
            cx,
            row,
            parameters: &[],
            slots: &slots,
        };
        let mut outputs = [Value::Null];
        if code.run(&frame, &mut outputs).is_ok()
            && let Value::Int(v) = outputs[0]
        {
            sum = sum.wrapping_add(v);
        }
    }
    sum
}

fn run_chunks(build: &Build, a: &[i64], b: &[i64], valid: &[bool], size: usize) -> i64 {
    let code = BatchCode::prepare(Arc::new(build.program()));
    let session = Session::default();
    let mut arena = Bump::with_capacity(size * 128);
    let arch = pulp::Arch::new();
    let mut sum = 0_i64;
    for start in (0..ROWS).step_by(size) {
        let end = ROWS.min(start + size);
        let scratch = Scratch::default();
        let cx = RowContext {
            arena: &arena,
            scratch: &scratch,
            session: &session,
        };
        let rows = end - start;
        let batch = BatchContext { cx, rows, arch };
        let lanes = |values, valid| Vector::Int(Lanes::Flat { values, valid });
        let valid = &valid[start..end];
        let columns = [
            lanes(&a[start..end], None),
            lanes(&b[start..end], Some(valid)),
        ];
        let [output] = code.run(&batch, &columns, &[]) else {
            unreachable!("the tree has one output")
        };
        if let Value::Int(v) = black_box(output).cell(0, 0, &cx) {
            sum = sum.wrapping_add(v);
        }
        arena.reset();
    }
    sum
}
