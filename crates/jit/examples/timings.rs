//! How long compiling takes and what a row costs, for `(a + b) * 3 - a % 7` over integers, `b` with NULLs.
//!
//! `cargo run --release -p sqlift-jit --example timings`

use bumpalo::Bump;
use sqlift_functions::{BindContext, Expr, ExprKind, Frame, RowContext, Scratch, catalogue};
use sqlift_interp::evaluate_constant;
use sqlift_ir::{Program, Speculation, linearize};
use sqlift_jit::{ColumnBuffer, ColumnKind, Compiler, OutputBuffer};
use sqlift_types::{Datum, Session, Span, SqlType, Value};
use std::sync::Arc;
use std::time::Instant;

const ROWS: usize = 64_000;

fn column(index: u32, ty: &SqlType, nullable: bool) -> Expr {
    Expr {
        kind: ExprKind::Column(index),
        nullable,
        ..Expr::literal(Datum::Int(0), ty.clone())
    }
}

fn call(name: &str, args: Vec<Expr>, session: &Session) -> Expr {
    let function = catalogue().lookup(name).expect("a known operator");
    let text = |_: Span| String::new();
    let mut cx = BindContext {
        session,
        function,
        span: Span::default(),
        warnings: &mut Vec::new(),
        evaluate: &|e| evaluate_constant(e, session, &text),
        target: None,
    };
    (catalogue().function(function).binder())(&mut cx, args).expect("types that fit")
}

fn int(v: i64) -> Expr {
    Expr::literal(Datum::Int(v), SqlType::bigint())
}

fn program(session: &Arc<Session>) -> Program {
    let ty = SqlType::bigint();
    let (a, b) = (|| column(0, &ty, false), column(1, &ty, true));
    let sum = call("+", vec![a(), b], session);
    let product = call("*", vec![sum, int(3)], session);
    let rest = call("%", vec![a(), int(7)], session);
    let all = call("-", vec![product, rest], session);
    linearize(&[all], session, Speculation::ALL).expect("a program")
}

/// The least of several runs.
fn best(mut work: impl FnMut()) -> f64 {
    let runs = (0..21).map(|_| {
        let start = Instant::now();
        work();
        start.elapsed().as_secs_f64()
    });
    runs.fold(f64::INFINITY, f64::min)
}

fn main() {
    let session = Arc::new(Session::default());
    let program = program(&session);
    println!("{program}");
    let kinds = [ColumnKind::I64; 2];
    let start = Instant::now();
    let mut compiler = Compiler::native().expect("a compiler");
    let first = compiler.compile_row(&program).expect("a function");
    println!(
        "first compile, with the compiler: {:.0} µs",
        start.elapsed().as_secs_f64() * 1e6
    );
    drop(first);
    let row = best(|| drop(compiler.compile_row(&program)));
    let batch = best(|| drop(compiler.compile_batch(&program, &kinds)));
    let by_row = compiler.compile_row(&program).expect("a function");
    let by_block = compiler
        .compile_batch(&program, &kinds)
        .expect("a function");
    println!(
        "row form: {:.0} µs, {} bytes",
        row * 1e6,
        by_row.code_bytes()
    );
    println!(
        "batch form: {:.0} µs, {} bytes, {}",
        batch * 1e6,
        by_block.code_bytes(),
        if by_block.is_vectorised() {
            "two rows at once"
        } else {
            "one row at a time"
        }
    );

    let number = |i: usize| (i as i64).wrapping_mul(0x9E37_79B9_7F4A_7C15u64 as i64) >> 20;
    let cells: Vec<[Value<'_>; 2]> = (0..ROWS)
        .map(|i| {
            let b = if i % 20 == 3 {
                Value::Null
            } else {
                Value::Int(number(i + 7))
            };
            [Value::Int(number(i)), b]
        })
        .collect();
    let (arena, scratch) = (Bump::new(), Scratch::default());
    let cx = RowContext {
        arena: &arena,
        scratch: &scratch,
        session: &session,
    };
    let mut sum = 0i64;
    let mut outputs = [Value::Null];
    let seconds = best(|| {
        for row in &cells {
            let frame = Frame {
                cx,
                row,
                parameters: &[],
                slots: &[],
            };
            if by_row.run(&frame, &mut outputs).is_ok()
                && let Value::Int(v) = outputs[0]
            {
                sum = sum.wrapping_add(v);
            }
        }
    });
    println!("row form: {:.2} ns a row", seconds * 1e9 / ROWS as f64);

    let bytes = |column: usize| -> Vec<u8> {
        let values = cells.iter().map(|row| match row[column] {
            Value::Int(v) => v,
            _ => 0,
        });
        values.flat_map(i64::to_le_bytes).collect()
    };
    let (a, b) = (bytes(0), bytes(1));
    let mut validity = vec![0u8; ROWS / 8];
    for (i, row) in cells.iter().enumerate() {
        validity[i / 8] |= u8::from(!row[1].is_null()) << (i % 8);
    }
    let kind = ColumnKind::I64;
    let columns = [
        ColumnBuffer {
            kind,
            values: &a,
            validity: None,
        },
        ColumnBuffer {
            kind,
            values: &b,
            validity: Some(&validity),
        },
    ];
    let (mut values, mut valid) = (vec![0; ROWS * 8], vec![0; ROWS / 8]);
    let mut flagged = 0;
    let seconds = best(|| {
        let output = OutputBuffer {
            values: &mut values,
            validity: &mut valid,
        };
        flagged += by_block
            .run(ROWS / 64, &columns, &[], &mut [output])
            .map_or(0, |f| f.len());
    });
    println!(
        "batch form: {:.2} ns a row ({flagged} blocks flagged)",
        seconds * 1e9 / ROWS as f64
    );
    let total = values
        .chunks_exact(8)
        .zip(cells.iter())
        .filter(|(_, row)| !row[1].is_null());
    let total = total.fold(0i64, |sum, (v, _)| {
        sum.wrapping_add(i64::from_le_bytes(v.try_into().unwrap_or_default()))
    });
    assert_eq!(total.wrapping_mul(21), sum, "both forms give the same");
}
