//! The batch forms as they are shipped: the VM's vectorised loops and native blocks, over Arrow arrays, through the engine.

use super::{Design, Subject, Table, Word};
use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type};
use arrow_array::{Array, ArrayRef};
use arrow_schema::DataType;
use sqlift::{Context, Expression, Tier};

pub(super) struct Batches {
    expression: Expression,
    context: Context,
    values: Option<ArrayRef>,
}

impl Batches {
    pub(super) fn new(subject: &Subject, tier: Tier) -> Batches {
        let expression = subject.expression(tier);
        Batches {
            context: expression.context(),
            expression,
            values: None,
        }
    }
}

impl Design for Batches {
    fn run(&mut self, table: &Table<'_>) {
        // A batch that fails has no values, which the check tells.
        self.values = self
            .expression
            .eval_batch(&table.batch, &mut self.context)
            .ok();
    }

    fn results(&self) -> Vec<Word> {
        let Some(values) = &self.values else {
            return Vec::new();
        };
        let word = |row: usize| match values.data_type() {
            _ if values.is_null(row) => Word::NULL,
            DataType::Boolean => Word::truth(values.as_boolean().value(row)),
            DataType::Int64 => Word::int(values.as_primitive::<Int64Type>().value(row)),
            DataType::Float64 => Word::double(values.as_primitive::<Float64Type>().value(row)),
            _ => Word::EXIT,
        };
        (0..values.len()).map(word).collect()
    }
}
