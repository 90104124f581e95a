//! Which programs the designs run, on which rows.

use super::Word;
use crate::{data, subjects};
use arrow_array::{ArrayRef, Decimal128Array, Float64Array, Int64Array, RecordBatch, UInt64Array};
use sqlift::{Engine, Expression, Schema, Session, SqlType, Tier, TierPolicy, TypeKind, Value};
use sqlift_ir::Program;
use std::sync::Arc;

/// An expression over columns.
pub struct Subject {
    /// `family/operation/types`.
    pub name: &'static str,
    /// The text.
    pub text: &'static str,
    schema: Schema,
    of_vitess: bool,
}

/// Rows of cells, the same rows as a batch, and what tier 0 says about them.
pub struct Table<'d> {
    /// The rows.
    pub rows: Vec<Vec<Value<'d>>>,
    /// The same.
    pub batch: RecordBatch,
    /// The value of each row.
    pub expected: Vec<Word>,
}

/// The first four of [`subjects::ROWS`], and Vitess' five.
pub fn subjects() -> Vec<Subject> {
    let rows = subjects::ROWS[..4].iter().map(|s| Subject {
        name: s.name,
        text: s.text,
        schema: subjects::schema(),
        of_vitess: false,
    });
    let vitess = subjects::VITESS.iter().map(|(s, types)| {
        let [x, y] = types();
        Subject {
            name: s.name,
            text: s.text,
            schema: Schema::new([("x", x), ("y", y)]),
            of_vitess: true,
        }
    });
    rows.chain(vitess).collect()
}

impl Subject {
    /// Compiled for one tier.
    pub fn expression(&self, tier: Tier) -> Expression {
        Engine::new()
            .with_policy(TierPolicy::Only(tier))
            .compile(self.text, &self.schema, &Session::default())
            .expect("a subject compiles")
    }

    /// The program that the engine makes of it.
    pub fn program(&self) -> Arc<Program> {
        self.expression(Tier::Vm).program()
    }

    /// Rows for it. They borrow from `data`, which are of no other use to Vitess' five.
    pub fn table<'d>(&self, data: &'d [data::Row]) -> Table<'d> {
        let (rows, batch): (Vec<Vec<Value<'d>>>, _) = if self.of_vitess {
            let [x, y] = [0, 1].map(|i| self.schema.columns()[i].ty.clone());
            let columns = [Numbers::new(&x, data.len()), Numbers::new(&y, data.len())];
            let rows = (0..data.len()).map(|row| columns.iter().map(|c| c.cell(row)).collect());
            let arrays = columns.iter().map(Numbers::array);
            let batch = RecordBatch::try_from_iter(["x", "y"].into_iter().zip(arrays));
            (rows.collect(), batch.expect("columns of one length"))
        } else {
            (data.iter().map(data::cells).collect(), data::batch(data))
        };
        let reference = self.expression(Tier::Interp);
        let mut context = reference.context();
        let expected = rows.iter().map(|row| {
            let value = reference.eval_row(row, &mut context);
            Word::of(value.expect("no error"))
        });
        Table {
            expected: expected.collect(),
            batch,
            rows,
        }
    }
}

/// A column of small numbers, every twentieth NULL, in one of four types.
struct Numbers {
    kind: TypeKind,
    unsigned: bool,
    values: Vec<Option<u32>>,
}

impl Numbers {
    fn new(ty: &SqlType, rows: usize) -> Numbers {
        let number = |row: usize| {
            // Knuth's multiplicative hash: no branch predictor learns it.
            let hash = (row as u32).wrapping_mul(2_654_435_761);
            (!hash.is_multiple_of(20)).then_some((hash >> 20) % 25)
        };
        Numbers {
            kind: ty.kind,
            unsigned: ty.unsigned,
            values: (0..rows).map(number).collect(),
        }
    }

    fn cell(&self, row: usize) -> Value<'static> {
        match (self.values[row], self.kind) {
            (None, _) => Value::Null,
            (Some(v), TypeKind::Double) => Value::Double(v.into()),
            (Some(v), TypeKind::Decimal) => Value::Dec64 {
                scale: 0,
                coefficient: v.into(),
            },
            (Some(v), _) if self.unsigned => Value::UInt(v.into()),
            (Some(v), _) => Value::Int(v.into()),
        }
    }

    fn array(&self) -> ArrayRef {
        let values = self.values.iter().copied();
        match self.kind {
            TypeKind::Double => Arc::new(Float64Array::from_iter(values.map(|v| v.map(f64::from)))),
            TypeKind::Decimal => {
                let values = Decimal128Array::from_iter(values.map(|v| v.map(i128::from)));
                Arc::new(values.with_precision_and_scale(3, 0).expect("two digits"))
            }
            _ if self.unsigned => {
                Arc::new(UInt64Array::from_iter(values.map(|v| v.map(u64::from))))
            }
            _ => Arc::new(Int64Array::from_iter(values.map(|v| v.map(i64::from)))),
        }
    }
}
