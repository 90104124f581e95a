//! Expressions over a stream of batches: filter, then project.

use crate::failure::Failure;
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{Field, Schema as ArrowSchema, SchemaRef};
use arrow_select::filter::filter_record_batch;
use sqlift::{Context, Engine, Expression, Schema, Session, Statistics, Warning};
use sqlift_syntax::{Limits, Modes, parse_outputs};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A compiled filter and projection.
pub(crate) struct Stream {
    filter: Option<Compiled>,
    outputs: Option<Vec<Compiled>>,
    schema: SchemaRef,
    /// Rows read so far.
    pub(crate) rows_in: u64,
    /// Rows given so far.
    pub(crate) rows_out: u64,
    /// Time spent evaluating.
    pub(crate) busy: Duration,
}

struct Compiled {
    what: String,
    expression: Expression,
    context: Context,
    busy: Duration,
}

impl Compiled {
    fn new(
        engine: &Engine,
        what: String,
        text: &str,
        schema: &Schema,
        session: &Session,
    ) -> Result<Self, Failure> {
        let compiled = engine.compile(text, schema, session);
        let expression = compiled.map_err(|e| Failure::expression(&what, text, e))?;
        let context = expression.context();
        Ok(Compiled {
            what,
            expression,
            context,
            busy: Duration::ZERO,
        })
    }

    fn failure(&self, mut error: sqlift::Error, first_row: u64) -> Failure {
        error.row = error.row.map(|row| row + first_row);
        Failure::expression(&self.what, self.expression.text(), error)
    }

    fn timed<T>(&mut self, work: impl FnOnce(&Expression, &mut Context) -> T) -> T {
        let start = Instant::now();
        let result = work(&self.expression, &mut self.context);
        self.busy += start.elapsed();
        result
    }
}

impl Stream {
    /// Compiles `filter` and `select` over batches of `input`'s columns.
    pub(crate) fn new(
        engine: &Engine,
        input: &ArrowSchema,
        columns: &Schema,
        session: &Session,
        filter: Option<&str>,
        select: Option<&str>,
    ) -> Result<Stream, Failure> {
        let filter =
            filter.map(|text| Compiled::new(engine, "--where".to_owned(), text, columns, session));
        let outputs = select
            .map(|list| projections(engine, list, columns, session))
            .transpose()?;
        let (outputs, fields) = match outputs {
            Some((outputs, fields)) => (Some(outputs), fields),
            None => (
                None,
                input.fields().iter().map(|f| f.as_ref().clone()).collect(),
            ),
        };
        Ok(Stream {
            filter: filter.transpose()?,
            outputs,
            schema: Arc::new(ArrowSchema::new(fields)),
            rows_in: 0,
            rows_out: 0,
            busy: Duration::ZERO,
        })
    }

    /// The columns that it gives.
    pub(crate) fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// One batch through filter and projection.
    pub(crate) fn batch(&mut self, batch: &RecordBatch) -> Result<RecordBatch, Failure> {
        let start = Instant::now();
        let first_row = self.rows_in;
        self.rows_in += batch.num_rows() as u64;
        let kept = match &mut self.filter {
            Some(filter) => {
                let mask = filter.timed(|e, cx| e.filter_batch(batch, cx));
                let mask = mask.map_err(|e| filter.failure(e, first_row))?;
                filter_record_batch(batch, &mask).map_err(|e| Failure::file("batch", e))?
            }
            None => batch.clone(),
        };
        let result = match &mut self.outputs {
            Some(outputs) => {
                let arrays: Result<Vec<ArrayRef>, Failure> = outputs
                    .iter_mut()
                    .map(|o| {
                        o.timed(|e, cx| e.eval_batch(&kept, cx))
                            .map_err(|e| o.failure(e, first_row))
                    })
                    .collect();
                let options =
                    arrow_array::RecordBatchOptions::new().with_row_count(Some(kept.num_rows()));
                RecordBatch::try_new_with_options(self.schema.clone(), arrays?, &options)
                    .map_err(|e| Failure::file("batch", e))?
            }
            None => kept,
        };
        self.rows_out += result.num_rows() as u64;
        self.busy += start.elapsed();
        Ok(result)
    }

    /// What was counted, by expression: what it is, its text, its time, its statistics.
    pub(crate) fn statistics(&self) -> Vec<(String, String, Duration, Statistics)> {
        let compiled = self.filter.iter().chain(self.outputs.iter().flatten());
        compiled
            .map(|c| {
                (
                    c.what.clone(),
                    c.expression.text().to_owned(),
                    c.busy,
                    c.expression.statistics(),
                )
            })
            .collect()
    }

    /// Warnings kept, and how many there were.
    pub(crate) fn warnings(&self) -> (Vec<Warning>, u64) {
        let compiled = self.filter.iter().chain(self.outputs.iter().flatten());
        let mut kept = Vec::new();
        let mut total = 0;
        for c in compiled {
            kept.extend_from_slice(c.expression.warnings());
            kept.extend_from_slice(c.context.diagnostics().warnings());
            total += c.expression.warnings().len() as u64 + c.context.diagnostics().total();
        }
        (kept, total)
    }
}

/// The expressions of an output list with the fields that they give.
fn projections(
    engine: &Engine,
    list: &str,
    columns: &Schema,
    session: &Session,
) -> Result<(Vec<Compiled>, Vec<Field>), Failure> {
    let modes = Modes::from_sql_mode(&session.sql_mode.to_string());
    let parsed = parse_outputs(list, modes, Limits::default());
    let parsed = parsed.map_err(|e| {
        let span = sqlift::Span {
            start: e.span.start,
            end: e.span.end,
        };
        Failure::expression(
            "--select",
            list,
            sqlift::Error::new(e.code, e.sqlstate, e.message).at(span),
        )
    })?;
    let mut outputs = Vec::with_capacity(parsed.len());
    let mut fields = Vec::with_capacity(parsed.len());
    for output in parsed {
        let text = &list[output.expr.span.start as usize..output.expr.span.end as usize];
        let name = output.alias.as_ref().map_or(text, |name| &name.text);
        let compiled = Compiled::new(engine, format!("--select, {name}"), text, columns, session)?;
        let ty = sqlift::arrow::data_type(compiled.expression.sql_type());
        fields.push(Field::new(name, ty, true));
        outputs.push(compiled);
    }
    Ok((outputs, fields))
}
