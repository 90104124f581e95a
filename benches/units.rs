//! What compilers are fed with: programs of several expressions, and the columns that programs read.

use crate::subjects;
use sqlift::{Engine, Schema, Session, Tier, TierPolicy, TypeKind};
use sqlift_functions::Expr;
use sqlift_ir::{ColumnUse, Program, Speculation, linearize, linearize_unit};
use sqlift_jit::{ColumnKind, Compiler};
use sqlift_types::Repr;
use std::hint::black_box;
use std::sync::Arc;

/// So many different typed expressions over the columns of [`subjects::ROWS`]: the numeric ones of E1 to E6, with other constants each
/// time, as a statement's select list and conditions have them.
pub fn expressions(count: usize) -> Vec<Expr> {
    let engine = Engine::new().with_policy(TierPolicy::Only(Tier::Vm));
    let (schema, session) = (subjects::schema(), Session::default());
    let typed = |text: String| {
        let expression = engine.compile(&text, &schema, &session);
        expression.expect("compiles").typed().clone()
    };
    texts(count).into_iter().map(typed).collect()
}

/// Their texts.
pub fn texts(count: usize) -> Vec<String> {
    let text = |i: usize| match i % 5 {
        0 => format!("(a + b) * 3 - a % {}", i + 7),
        1 => format!("f * (1 - g) * (1 + f) / {}.5e0", i + 2),
        2 => format!("a > {i} AND b < 5000 AND f BETWEEN 0.05 AND 0.95"),
        3 => format!("price * (1 - disc) + {i}"),
        _ => format!("qty < {i} OR a + {i} > b"),
    };
    (0..count).map(text).collect()
}

/// The programs of all of them together.
pub fn unit(expressions: &[Expr], session: &Arc<Session>) -> Vec<Program> {
    let expressions: Vec<&Expr> = expressions.iter().collect();
    let parts = linearize_unit(&expressions, session, Speculation::ALL);
    let parts = parts.expect("has physical forms").into_iter();
    parts.map(|part| part.program).collect()
}

/// A program of each.
pub fn programs(expressions: &[Expr], session: &Arc<Session>) -> Vec<Program> {
    let program = |e| linearize(std::slice::from_ref(e), session, Speculation::ALL);
    let programs = expressions.iter().map(program);
    programs.map(|p| p.expect("has physical forms")).collect()
}

/// Makes the row code of programs in the VM.
pub fn prepare(programs: &[Program]) {
    for program in programs {
        black_box(sqlift_vm::RowCode::prepare(program).expect("prepares"));
    }
}

/// Makes the row code of programs.
pub fn compile_rows(compiler: &mut Compiler, programs: &[Program]) {
    for program in programs {
        black_box(compiler.compile_row(program).expect("compiles"));
    }
}

/// Makes the code of programs for batches whose columns are of these kinds.
pub fn compile_batches(compiler: &mut Compiler, programs: &[Program], kinds: &[Vec<ColumnKind>]) {
    for (program, kinds) in programs.iter().zip(kinds) {
        black_box(compiler.compile_batch(program, kinds).expect("compiles"));
    }
}

/// The buffers that Arrow has for the columns of programs of numbers.
pub fn kinds(programs: &[Program]) -> Vec<Vec<ColumnKind>> {
    let schema = subjects::schema();
    let kinds = programs.iter().map(|p| column_kinds(p, &schema));
    kinds.map(|kinds| kinds.expect("numbers")).collect()
}

/// The buffers that Arrow has for the columns of a program over the schema; `None` if one of them is text.
pub fn column_kinds(program: &Program, schema: &Schema) -> Option<Vec<ColumnKind>> {
    let kind = |column: &ColumnUse| {
        Some(match column.slot.repr {
            // Narrower integers than these have no column here.
            Repr::Int if schema.columns()[column.index as usize].ty.kind == TypeKind::Int => {
                ColumnKind::I32
            }
            Repr::Int => ColumnKind::I64,
            Repr::UInt => ColumnKind::U64,
            Repr::Double => ColumnKind::F64,
            Repr::Dec64 | Repr::Dec128 => ColumnKind::Decimal128,
            Repr::Date => ColumnKind::Date32,
            Repr::DateTime => ColumnKind::TimestampMicros,
            _ => return None,
        })
    };
    program.columns.iter().map(kind).collect()
}
