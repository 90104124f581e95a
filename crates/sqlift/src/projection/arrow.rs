//! A projection over Arrow record batches.

use super::batch::{Failures, Run, first_of_each_row, take_warnings};
use super::{Form, Item, Projection, ProjectionContext, ProjectionError, at};
use crate::arrow::{BatchValues, Columns, check};
use arrow_array::{ArrayRef, RecordBatch};
use bumpalo::Bump;
use sqlift_types::Error;

/// The columns of values that a batch gave, and the rows that have none because MySQL raises an error for them.
#[derive(Clone, Debug)]
pub struct ProjectedBatch {
    /// An array an expression, with one value a row: NULL where the row failed.
    pub columns: Vec<ArrayRef>,
    /// Rows that failed, in ascending order, each with the first expression that did.
    pub errors: Vec<(usize, ProjectionError)>,
}

impl Projection {
    /// Evaluates the expressions for every row of a batch: an array an expression, of the type that
    /// [`data_type`](crate::arrow::data_type) tells.
    ///
    /// Warnings go to the context, with row numbers; those of a row in the order of the expressions. Errors: that of the first row for
    /// which MySQL raises one (its number is in [`Error::row`]); a batch whose columns cannot be read as those of the schema.
    pub fn eval_batch(
        &self,
        batch: &RecordBatch,
        context: &mut ProjectionContext,
    ) -> Result<Vec<ArrayRef>, ProjectionError> {
        let result = self.eval_batch_rows(batch, context)?;
        match result.errors.into_iter().next() {
            None => Ok(result.columns),
            Some((row, ProjectionError { expression, error })) => {
                let row = Some(row as u64);
                Err(at(expression, Error { row, ..error }))
            }
        }
    }

    /// As [`Projection::eval_batch`], but a row that fails does not keep the others from being evaluated.
    pub fn eval_batch_rows(
        &self,
        batch: &RecordBatch,
        context: &mut ProjectionContext,
    ) -> Result<ProjectedBatch, ProjectionError> {
        let inner = &self.inner;
        let mut failures = Failures::new();
        let columns = match &inner.form {
            Form::Unit(unit) => {
                let (held, diagnostics) = context.held(inner, unit);
                check(&inner.schema, batch).map_err(|e| at(0, e))?;
                let kept = Bump::new();
                let source = Columns::new(&inner.schema, &inner.columns, batch, &kept);
                source.read().map_err(|e| at(0, e))?;
                let new = |item: &Item| {
                    let mut values = BatchValues::new();
                    values.begin(&item.typed().ty, batch.num_rows());
                    values
                };
                let mut outputs: Vec<BatchValues> = inner.items.iter().map(new).collect();
                held.scratch.begin_statement();
                let mut run = Run {
                    inner,
                    unit,
                    held,
                    diagnostics,
                    failures: &mut failures,
                };
                let done = run.range(&source, &mut outputs, 0..batch.num_rows());
                done.map_err(|e| at(0, e))?;
                let finish = |(number, mut output): (usize, BatchValues)| {
                    let unfit = output.take_errors().into_iter();
                    failures.extend(unfit.map(|(row, e)| (row, at(number, e))));
                    output.into_array()
                };
                outputs.into_iter().enumerate().map(finish).collect()
            }
            Form::Each(singles) => {
                let (contexts, diagnostics) = context.each(singles);
                let mut columns = Vec::with_capacity(singles.len());
                for (number, (single, context)) in singles.iter().zip(&mut *contexts).enumerate() {
                    let result = single.eval_batch_rows(batch, context);
                    let result = result.map_err(|e| at(number, e))?;
                    let errors = result.errors.into_iter();
                    failures.extend(errors.map(|(row, e)| (row, at(number, e))));
                    columns.push(result.values);
                }
                take_warnings(contexts, diagnostics);
                columns
            }
        };
        Ok(ProjectedBatch {
            columns,
            errors: first_of_each_row(failures),
        })
    }
}
