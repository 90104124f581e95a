//! How long compiling takes and what a row costs, for a few expressions over `a` and `b` (BIGINT), `f` and `g` (DOUBLE), `p`
//! (DECIMAL(12,2)), `d` (DECIMAL(4,2)), of which `b` and `g` are NULL in every twentieth row.
//!
//! `cargo run --release -p sqlift-jit --example timings`

use bumpalo::Bump;
use sqlift_functions::{RowContext, Scratch};
use sqlift_ir::{Binding, Program, Speculation, bind, linearize};
use sqlift_jit::{ColumnBuffer, ColumnKind, Compiler, OutputBuffer, OutputValues};
use sqlift_syntax::{Limits, Modes, parse};
use sqlift_types::{Column, Repr, Schema, Session, SqlType, Value};
use std::sync::Arc;
use std::time::Instant;

const ROWS: usize = 64_000;

const EXPRESSIONS: [&str; 8] = [
    "(a + b) * 3 - a % 7",
    "f * (1e0 - g) * (1e0 + f) / 2.5e0",
    "a > 100 AND b < 5000 AND f BETWEEN 0.05e0 AND 0.95e0",
    "a = 12",
    "p * (1 - d)",
    "p * (1 - d) * (1 + d)",
    "CASE WHEN a > 100 THEN b + 1 ELSE a END",
    "(((((f * 2e0 + g) * f + 3e0) * f - g) * f + 1e0) * f + 0.5e0) * f",
];

fn schema() -> Schema {
    let column = |name: &str, ty: SqlType, nullable: bool| Column {
        name: name.to_owned(),
        ty,
        nullable,
    };
    Schema::from_columns([
        column("a", SqlType::bigint(), false),
        column("b", SqlType::bigint(), true),
        column("f", SqlType::double(), false),
        column("g", SqlType::double(), true),
        column("p", SqlType::decimal(12, 2), false),
        column("d", SqlType::decimal(4, 2), false),
    ])
}

fn program(text: &str, session: &Arc<Session>) -> Result<Program, Box<dyn std::error::Error>> {
    let schema = schema();
    let binding = Binding {
        text,
        schema: &schema,
        session,
        parameter_types: &[],
        fold: true,
        max_depth: 100,
    };
    let tree = parse(text, Modes::default(), Limits::default())?;
    let bound = bind(&tree, &binding)?;
    Ok(linearize(&[bound.expr], session, Speculation::ALL)?)
}

/// A row of the table.
fn row(i: usize) -> [Value<'static>; 6] {
    let number = |salt: usize| {
        let hash = ((i * 8 + salt) as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (hash ^ hash >> 29) >> 44
    };
    let null = i % 20 == 3;
    let unit = |salt| number(salt) as f64 / (1 << 20) as f64;
    let dec = |coefficient| Value::Dec64 {
        scale: 2,
        coefficient,
    };
    [
        Value::Int(number(0) as i64 - 1000),
        if null {
            Value::Null
        } else {
            Value::Int(number(1) as i64)
        },
        Value::Double(unit(2)),
        if null {
            Value::Null
        } else {
            Value::Double(unit(3))
        },
        dec(number(4) as i64),
        dec(number(5) as i64 % 100),
    ]
}

/// The least of several runs, in seconds.
fn best(mut work: impl FnMut()) -> f64 {
    let runs = (0..21).map(|_| {
        let start = Instant::now();
        work();
        start.elapsed().as_secs_f64()
    });
    runs.fold(f64::INFINITY, f64::min)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let session = Arc::new(Session::default());
    let table: Vec<[Value<'_>; 6]> = (0..ROWS).map(row).collect();
    let start = Instant::now();
    let mut compiler = Compiler::native()?;
    compiler.compile_row(&program(EXPRESSIONS[0], &session)?)?;
    println!(
        "the first function takes {:.0} µs",
        start.elapsed().as_secs_f64() * 1e6
    );
    println!("row: µs, bytes, ns a row | batch: µs, bytes, lanes, ns a row");
    for text in EXPRESSIONS {
        match program(text, &session) {
            Ok(program) => measure(text, &program, &mut compiler, &table, &session)?,
            Err(error) => println!("{text}: {error}"),
        }
    }
    Ok(())
}

fn measure(
    text: &str,
    program: &Program,
    compiler: &mut Compiler,
    table: &[[Value<'_>; 6]],
    session: &Session,
) -> Result<(), Box<dyn std::error::Error>> {
    let compile = best(|| drop(compiler.compile_row(program)));
    let by_row = compiler.compile_row(program)?;
    let (arena, scratch) = (Bump::new(), Scratch::default());
    let cx = RowContext {
        arena: &arena,
        scratch: &scratch,
        session,
    };
    let mut failed = 0;
    let mut outputs = [Value::Null];
    let seconds = best(|| {
        for row in table {
            failed += usize::from(by_row.run(&cx, row, &[], &mut outputs).is_err());
        }
    });
    print!(
        "{text:70} {:5.0} {:5} {:6.2} ",
        compile * 1e6,
        by_row.code_bytes(),
        seconds * 1e9 / ROWS as f64
    );
    let kinds: Vec<ColumnKind> = program
        .columns
        .iter()
        .filter_map(|c| match c.slot.repr {
            Repr::Dec64 => Some(ColumnKind::I64),
            repr => ColumnKind::of_result(repr),
        })
        .collect();
    let compile = best(|| drop(compiler.compile_batch(program, &kinds)));
    let by_block = match compiler.compile_batch(program, &kinds) {
        Ok(function) => function,
        Err(error) => {
            println!("| {error}");
            return Ok(());
        }
    };
    let buffers: Vec<(Vec<u8>, Vec<u8>)> = program
        .columns
        .iter()
        .map(|c| buffer(table, c.index as usize, c.slot.repr))
        .collect();
    let columns: Vec<ColumnBuffer<'_>> = buffers
        .iter()
        .zip(&kinds)
        .zip(&program.columns)
        .map(|(((values, validity), kind), column)| ColumnBuffer {
            kind: *kind,
            values,
            validity: column.slot.nullable.then_some(validity.as_slice()),
        })
        .collect();
    let (mut ints, mut uints, mut doubles, mut wide) = (vec![], vec![], vec![], vec![]);
    let (mut bits, mut validity) = (vec![], vec![]);
    let mut flagged = 0;
    let mut memory = Bump::new();
    let seconds = best(|| {
        ints.clear();
        uints.clear();
        doubles.clear();
        wide.clear();
        bits.clear();
        validity.clear();
        let output = OutputBuffer {
            values: match by_block.output_kinds()[0] {
                ColumnKind::U64 => OutputValues::U64(&mut uints),
                ColumnKind::F64 => OutputValues::F64(&mut doubles),
                ColumnKind::Decimal128 => OutputValues::Decimal128(&mut wide),
                ColumnKind::Bits => OutputValues::Bits(&mut bits),
                _ => OutputValues::I64(&mut ints),
            },
            validity: &mut validity,
        };
        memory.reset();
        let blocks = by_block.run(ROWS / 64, &columns, &[], &mut [output], &memory);
        flagged += blocks.map_or(ROWS, |f| f.len());
    });
    println!(
        "| {:5.0} {:5} {} {:6.2}{}",
        compile * 1e6,
        by_block.code_bytes(),
        1 + usize::from(by_block.is_vectorised()),
        seconds * 1e9 / ROWS as f64,
        if failed + flagged > 0 {
            "  (rows were given up)"
        } else {
            ""
        }
    );
    Ok(())
}

/// A column's elements and validity.
fn buffer(table: &[[Value<'_>; 6]], column: usize, repr: Repr) -> (Vec<u8>, Vec<u8>) {
    let mut values = Vec::new();
    let mut validity = vec![0u8; ROWS / 8];
    for (i, row) in table.iter().enumerate() {
        let cell = row[column];
        validity[i / 8] |= u8::from(!cell.is_null()) << (i % 8);
        let wide = match cell {
            Value::Int(v) | Value::Dec64 { coefficient: v, .. } => i128::from(v),
            Value::Double(v) => i128::from(v.to_bits()),
            _ => 0,
        };
        let size = if repr == Repr::Dec128 { 16 } else { 8 };
        values.extend_from_slice(&wide.to_le_bytes()[..size]);
    }
    (values, validity)
}
