//! Evaluation over Arrow record batches.
//!
//! A batch has one column for each column of the expression's schema, in that order. Columns are read in place where Arrow's layout is
//! the machine's; everything else is converted a chunk at a time. Rows that the batch form gives up are evaluated in tier 0.

mod input;
#[cfg(feature = "jit")]
mod native;
mod output;
mod schema;
mod texts;

pub(crate) use input::check;
pub use output::{BatchValues, Slice, data_type};
pub use schema::schema_of;

#[cfg(feature = "jit")]
use crate::Tier;
use crate::batch::{self, Source};
use crate::{Context, Expression};
use arrow_array::{ArrayRef, BooleanArray, RecordBatch};
use bumpalo::Bump;
use sqlift_functions::kernel::{BatchContext, Vector};
use sqlift_ir::ColumnUse;
use sqlift_types::{Column as Declared, Error, Schema, TypeKind, Value};
use sqlift_vm::columns::Column;
use std::cell::OnceCell;
#[cfg(feature = "jit")]
use std::time::Instant;

/// The values of a batch, and the rows that have none because MySQL raises an error for them.
#[derive(Clone, Debug)]
pub struct BatchResult {
    /// One value a row; NULL where the row failed.
    pub values: ArrayRef,
    /// Rows that failed, in ascending order.
    pub errors: Vec<(usize, Error)>,
}

impl Expression {
    /// Evaluates it for every row of a batch. The array's type is [`data_type`] of the expression's type.
    ///
    /// Warnings go to the context, with row numbers. Errors: that of the first row for which MySQL raises one (its number is in
    /// [`Error::row`]); a batch whose columns cannot be read as those of the schema.
    pub fn eval_batch(
        &self,
        batch: &RecordBatch,
        context: &mut Context,
    ) -> Result<ArrayRef, Error> {
        let mut values = BatchValues::new();
        self.eval_batch_into(batch, &mut values, context)?;
        Ok(values.into_array())
    }

    /// As [`Expression::eval_batch`], with the values in room that is used again: no array is made. After an error there is nothing of
    /// use in it.
    pub fn eval_batch_into(
        &self,
        batch: &RecordBatch,
        values: &mut BatchValues,
        context: &mut Context,
    ) -> Result<(), Error> {
        let errors = self.run_batch(batch, values, context)?;
        match errors.into_iter().next() {
            None => Ok(()),
            Some((row, error)) => Err(Error {
                row: Some(row as u64),
                ..error
            }),
        }
    }

    /// Which rows of a batch the expression is true for: a mask without NULLs. What is no condition is one as MySQL's WHERE takes it:
    /// a number is true unless it is 0, a text is read as a number.
    ///
    /// Errors: as [`Expression::eval_batch`].
    pub fn filter_batch(
        &self,
        batch: &RecordBatch,
        context: &mut Context,
    ) -> Result<BooleanArray, Error> {
        let mut mask = BatchValues::new();
        self.filter_batch_into(batch, &mut mask, context)?;
        Ok(mask.into_mask())
    }

    /// As [`Expression::filter_batch`], with the mask ([`Slice::Bool`]) in room that is used again.
    pub fn filter_batch_into(
        &self,
        batch: &RecordBatch,
        mask: &mut BatchValues,
        context: &mut Context,
    ) -> Result<(), Error> {
        self.condition()?.eval_batch_into(batch, mask, context)?;
        mask.drop_nulls();
        Ok(())
    }

    /// As [`Expression::eval_batch`], but a row that fails does not keep the others from being evaluated.
    pub fn eval_batch_rows(
        &self,
        batch: &RecordBatch,
        context: &mut Context,
    ) -> Result<BatchResult, Error> {
        let mut values = BatchValues::new();
        let errors = self.run_batch(batch, &mut values, context)?;
        let values = values.into_array();
        Ok(BatchResult { values, errors })
    }

    /// Evaluates every row; gives those that fail, in ascending order.
    fn run_batch(
        &self,
        batch: &RecordBatch,
        values: &mut BatchValues,
        context: &mut Context,
    ) -> Result<Vec<(usize, Error)>, Error> {
        input::check(self.schema(), batch)?;
        // The context lends its memory: an arena costs an allocation when it is first used, and one when it grows.
        let mut kept = std::mem::take(&mut context.kept);
        let source = Columns::new(self.schema(), &self.inner.columns, batch, &kept);
        values.begin(self.sql_type(), batch.num_rows());
        let done = self.run_in_blocks(batch, &source, values, context);
        kept.reset();
        context.kept = kept;
        let (mut errors, mut unfit) = (done?, values.take_errors());
        if !unfit.is_empty() {
            errors.append(&mut unfit);
            errors.sort_by_key(|(row, _)| *row);
        }
        Ok(errors)
    }

    /// In native blocks where there are any and they pay, else in the VM.
    #[cfg(feature = "jit")]
    fn run_in_blocks(
        &self,
        batch: &RecordBatch,
        source: &Columns<'_>,
        values: &mut BatchValues,
        context: &mut Context,
    ) -> Result<Vec<(usize, Error)>, Error> {
        self.hold(&mut context.held, &context.scratch);
        let plan = native::plan(self, batch, source.kept, &mut context.held);
        let clock = plan.timed.then(Instant::now);
        let (tier, errors) = match plan.native {
            None => (Tier::Vm, self.run_in_vm(source, values, context)?),
            Some((function, buffers)) => {
                match native::run(self, &function, &buffers, source, values, context)? {
                    Some(errors) => (Tier::Native, errors),
                    None => {
                        let code = context.held.code.clone();
                        code.blocks.lost(&self.inner);
                        return self.run_in_vm(source, values, context);
                    }
                }
            }
        };
        if let Some(started) = clock {
            let took = started.elapsed();
            let blocks = &context.held.code.blocks;
            blocks.record(&self.inner, batch.num_rows(), tier, took);
        }
        Ok(errors)
    }

    #[cfg(not(feature = "jit"))]
    fn run_in_blocks(
        &self,
        _: &RecordBatch,
        source: &Columns<'_>,
        values: &mut BatchValues,
        context: &mut Context,
    ) -> Result<Vec<(usize, Error)>, Error> {
        self.run_in_vm(source, values, context)
    }

    fn run_in_vm(
        &self,
        source: &Columns<'_>,
        values: &mut BatchValues,
        context: &mut Context,
    ) -> Result<Vec<(usize, Error)>, Error> {
        source.read()?;
        batch::run(self, source, values, context)
    }
}

/// The columns of a record batch: those that the expression reads. Native blocks mostly do without them.
pub(crate) struct Columns<'a> {
    columns: OnceCell<&'a [Option<Column<'a>>]>,
    schema: &'a Schema,
    used: &'a [usize],
    batch: &'a RecordBatch,
    kept: &'a Bump,
}

impl<'a> Columns<'a> {
    /// Those of the batch that are `used`; what is converted is `kept`.
    pub(crate) fn new(
        schema: &'a Schema,
        used: &'a [usize],
        batch: &'a RecordBatch,
        kept: &'a Bump,
    ) -> Columns<'a> {
        Columns {
            columns: OnceCell::new(),
            schema,
            used,
            batch,
            kept,
        }
    }

    /// Makes them ready for the VM and tier 0. Errors: an array that no MySQL type is read from.
    pub(crate) fn read(&self) -> Result<(), Error> {
        if self.columns.get().is_none() {
            let columns = input::columns(self.schema, self.used, self.batch, self.kept)?;
            let _ = self.columns.set(columns);
        }
        Ok(())
    }

    fn columns(&self) -> &[Option<Column<'a>>] {
        match self.columns.get() {
            Some(columns) => columns,
            None => unreachable!("columns are read before rows are evaluated"),
        }
    }
}

impl Source for Columns<'_> {
    fn rows(&self) -> usize {
        self.batch.num_rows()
    }

    fn load<'r>(&'r self, column: ColumnUse, start: usize, batch: &BatchContext<'r>) -> Vector<'r> {
        let index = column.index as usize;
        let column_of_batch = self.columns()[index].unwrap_or_else(|| {
            unreachable!("column {index} is read by the program, not by the expression")
        });
        column_of_batch.load(column.slot, start, batch)
    }

    fn cells<'r>(&'r self, row: usize, arena: &'r Bump) -> Result<Vec<Value<'r>>, Error> {
        let columns = self.columns();
        let mut cells = Vec::with_capacity(columns.len());
        for (column, Declared { name, ty, .. }) in columns.iter().zip(self.schema.columns()) {
            // Nobody asks for the cells of the other columns, so it is no matter what they hold.
            let Some(column): Option<Column<'r>> = *column else {
                cells.push(Value::Null);
                continue;
            };
            let cell = column.cell(row, arena).ok_or_else(|| {
                let error = Error::unsupported(format_args!("the value of `{name}`"));
                Error {
                    row: Some(row as u64),
                    ..error
                }
            })?;
            cells.push(match cell {
                // Arrow has no type for documents: they come as their text, or as the bytes of a cell.
                Value::Bytes(bytes) if ty.kind == TypeKind::Json => Value::Json(bytes),
                cell => cell,
            });
        }
        Ok(cells)
    }
}
