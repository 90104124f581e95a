//! What compilers are fed with: programs of several expressions, and the columns that programs read.

use crate::subjects;
use sqlift::{Engine, Schema, Session, Tier, TierPolicy, TypeKind};
use sqlift_functions::Expr;
use sqlift_ir::{ColumnUse, Program, Speculation, linearize};
use sqlift_jit::ColumnKind;
use sqlift_types::Repr;
use std::sync::Arc;

/// So many different typed expressions over the columns of [`subjects::ROWS`]: the numeric ones of E1 to E6, with other constants each
/// time, as a statement's select list and conditions have them.
pub fn expressions(count: usize) -> Vec<Expr> {
    let engine = Engine::new().with_policy(TierPolicy::Only(Tier::Vm));
    let (schema, session) = (subjects::schema(), Session::default());
    let text = |i: usize| match i % 5 {
        0 => format!("(a + b) * 3 - a % {}", i + 7),
        1 => format!("f * (1 - g) * (1 + f) / {}.5e0", i + 2),
        2 => format!("a > {i} AND b < 5000 AND f BETWEEN 0.05 AND 0.95"),
        3 => format!("price * (1 - disc) + {i}"),
        _ => format!("qty < {i} OR a + {i} > b"),
    };
    let typed = |i: usize| {
        let expression = engine.compile(&text(i), &schema, &session);
        expression.expect("compiles").typed().clone()
    };
    (0..count).map(typed).collect()
}

/// One program of all of them.
pub fn program(expressions: &[Expr], session: &Arc<Session>) -> Program {
    linearize(expressions, session, Speculation::ALL).expect("has physical forms")
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
