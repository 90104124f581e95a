//! Expressions over a stream of batches: filter, then project.

use crate::failure::Failure;
use crate::input::Input;
use crate::output::OutputColumn;
use arrow_array::{Array, ArrayRef, BooleanArray, NullArray, RecordBatch, RecordBatchOptions};
use arrow_schema::{DataType, Field, Schema as ArrowSchema};
use arrow_select::filter::filter_record_batch;
use sqlift::{Context, Engine, Error, Expression, Schema, Session, Statistics, Tier, Warning};
use sqlift_syntax::{ExprKind, Limits, Modes, parse_outputs};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Warnings that are kept to be shown; all are counted.
pub(crate) const SHOWN_WARNINGS: usize = 10;

/// A compiled filter and projection.
pub(crate) struct Stream {
    filter: Option<Compiled>,
    outputs: Vec<Compiled>,
    columns: Vec<OutputColumn>,
    /// Which columns of the input the outputs name: the others need not be filtered.
    used: Vec<bool>,
    /// The first warnings, with rows of the input.
    pub(crate) warnings: Vec<Warning>,
    /// How many warnings there were.
    pub(crate) warned: u64,
    /// Rows read so far.
    pub(crate) rows_in: u64,
    /// Rows given so far.
    pub(crate) rows_out: u64,
    /// Bytes of the columns read so far, in memory.
    pub(crate) bytes: u64,
    /// Time spent evaluating.
    pub(crate) busy: Duration,
}

/// An expression with what it needs to run.
pub(crate) struct Compiled {
    /// What it is for.
    pub(crate) what: String,
    /// Whether it was given, and is not one of the columns that `*` stands for.
    pub(crate) is_given: bool,
    expression: Expression,
    context: Context,
    /// The text that it stands in, from this byte on.
    source: String,
    offset: u32,
    /// Time by tier. A batch's time is shared out by the rows that each tier was asked for.
    pub(crate) busy: BTreeMap<Tier, Duration>,
}

impl Compiled {
    fn new(
        engine: &Engine,
        what: String,
        (source, offset, text): (&str, u32, &str),
        schema: &Schema,
        session: &Session,
    ) -> Result<Self, Failure> {
        let compiled = engine.compile(text, schema, session);
        let expression =
            compiled.map_err(|e| Failure::expression(&what, source, shifted(e, offset)))?;
        let context = expression.context();
        Ok(Compiled {
            what,
            is_given: true,
            expression,
            context,
            source: source.to_owned(),
            offset,
            busy: BTreeMap::new(),
        })
    }

    /// The text of the expression.
    pub(crate) fn text(&self) -> &str {
        self.expression.text()
    }

    /// What was counted.
    pub(crate) fn statistics(&self) -> Statistics {
        self.expression.statistics()
    }

    fn failure(&self, error: Error) -> Failure {
        Failure::expression(&self.what, &self.source, shifted(error, self.offset))
    }

    fn timed<T>(&mut self, work: impl FnOnce(&Expression, &mut Context) -> T) -> T {
        let before = self.expression.statistics().rows;
        let start = Instant::now();
        let result = work(&self.expression, &mut self.context);
        let time = start.elapsed();
        let mut asked = self.expression.statistics().rows;
        for (tier, rows) in &mut asked {
            *rows -= before.get(tier).copied().unwrap_or(0);
        }
        let all: u64 = asked.values().sum();
        for (tier, rows) in asked.into_iter().filter(|(_, rows)| *rows > 0) {
            *self.busy.entry(tier).or_default() += time.mul_f64(rows as f64 / all as f64);
        }
        result
    }

    /// Takes the warnings of a batch: the first of them, and how many there were.
    fn take_warnings(&mut self) -> (Vec<Warning>, u64) {
        let diagnostics = self.context.diagnostics();
        if diagnostics.total() == 0 {
            return (Vec::new(), 0);
        }
        let first = diagnostics.warnings().iter().take(SHOWN_WARNINGS);
        let taken = (first.cloned().collect(), diagnostics.total());
        self.context.clear_warnings();
        taken
    }
}

fn shifted(mut error: Error, offset: u32) -> Error {
    if let Some(span) = &mut error.span {
        span.start += offset;
        span.end += offset;
    }
    error
}

/// The row of the input behind a row that was kept.
fn origin(kept: Option<&BooleanArray>, row: u64) -> u64 {
    let place = |kept: &BooleanArray| kept.values().set_indices().nth(row as usize);
    kept.map_or(row, |kept| place(kept).map_or(row, |place| place as u64))
}

impl Stream {
    /// Compiles `filter` and the list `select` over an input.
    pub(crate) fn new(
        engine: &Engine,
        input: &Input,
        session: &Session,
        filter: Option<&str>,
        select: &str,
    ) -> Result<Stream, Failure> {
        let schema = &input.columns;
        let compile = |text: &str| {
            let what = "--where".to_owned();
            Compiled::new(engine, what, (text, 0, text), schema, session)
        };
        let filter = filter.map(compile).transpose()?;
        let mut stream = Stream {
            filter,
            outputs: Vec::new(),
            columns: Vec::new(),
            used: vec![false; schema.columns().len()],
            warnings: Vec::new(),
            warned: 0,
            rows_in: 0,
            rows_out: 0,
            bytes: 0,
            busy: Duration::ZERO,
        };
        stream.project(engine, schema, session, select)?;
        let compiled = stream.filter.iter().chain(&stream.outputs);
        let warnings = compiled.flat_map(|c| c.expression.warnings());
        let warnings: Vec<Warning> = warnings.cloned().collect();
        stream.warn(warnings.len() as u64, warnings);
        Ok(stream)
    }

    /// Compiles an output list. A `*` may come first, as in MySQL, and stands for all columns.
    fn project(
        &mut self,
        engine: &Engine,
        schema: &Schema,
        session: &Session,
        list: &str,
    ) -> Result<(), Failure> {
        let mut rest = list;
        if let Some(behind) = list.trim_start().strip_prefix('*') {
            for column in schema.columns() {
                let quoted = format!("`{}`", column.name.replace('`', "``"));
                let what = format!("column {}", column.name);
                let source = (&*quoted, 0, &*quoted);
                let mut output = Compiled::new(engine, what, source, schema, session)?;
                output.is_given = false;
                self.output(&column.name, output);
            }
            self.used.fill(true);
            rest = match behind.trim_start().strip_prefix(',') {
                Some(rest) => rest,
                None if behind.trim().is_empty() => return Ok(()),
                None => list,
            };
        }
        let start = list.len() - rest.len();
        let modes = Modes::from_sql_mode(&session.sql_mode.to_string());
        let parsed = parse_outputs(rest, modes, Limits::default()).map_err(|mut error| {
            error.span.start += start as u32;
            error.span.end += start as u32;
            Failure::syntax("--select", list, error)
        })?;
        for output in parsed {
            let span = output.expr.span;
            let text = &rest[span.start as usize..span.end as usize];
            let name = match (&output.alias, &output.expr.kind) {
                (Some(alias), _) => &*alias.text,
                (None, ExprKind::Column(column)) => &*column.column.text,
                (None, _) => text,
            };
            for node in output.expr.walk() {
                if let ExprKind::Column(column) = &node.kind
                    && let Some(index) = schema.index_of(&column.column.text)
                {
                    self.used[index] = true;
                }
            }
            let source = (list, start as u32 + span.start, text);
            let what = format!("--select, {name}");
            let compiled = Compiled::new(engine, what, source, schema, session)?;
            self.output(name, compiled);
        }
        Ok(())
    }

    fn output(&mut self, name: &str, compiled: Compiled) {
        self.columns.push(OutputColumn {
            name: name.to_owned(),
            ty: compiled.expression.sql_type().clone(),
        });
        self.outputs.push(compiled);
    }

    /// The columns that it gives.
    pub(crate) fn columns(&self) -> &[OutputColumn] {
        &self.columns
    }

    /// The expressions that were given, with what they have counted.
    pub(crate) fn given(&self) -> impl Iterator<Item = &Compiled> {
        let compiled = self.filter.iter().chain(&self.outputs);
        compiled.filter(|c| c.is_given)
    }

    /// One batch through filter and projection: the outputs of the rows that are left, and how many these are.
    pub(crate) fn batch(&mut self, batch: &RecordBatch) -> Result<(Vec<ArrayRef>, usize), Failure> {
        let start = Instant::now();
        let result = self.evaluate(batch).map_err(|(_, failure)| failure)?;
        self.rows_in += batch.num_rows() as u64;
        self.rows_out += result.1 as u64;
        self.bytes += batch.get_array_memory_size() as u64;
        self.busy += start.elapsed();
        Ok(result)
    }

    /// The error is that of the first row that fails, as if rows had been evaluated one by one; its row comes with it.
    fn evaluate(&mut self, batch: &RecordBatch) -> Result<(Vec<ArrayRef>, usize), (u64, Failure)> {
        let first = self.rows_in;
        let mut warnings: Vec<Warning> = Vec::new();
        let mut warned = 0;
        let mut kept = None;
        if let Some(filter) = &mut self.filter {
            match filter.timed(|e, cx| e.filter_batch(batch, cx)) {
                Ok(mask) => kept = Some(mask),
                Err(mut error) => {
                    let row = error.row.unwrap_or(0);
                    error.row = error.row.map(|row| first + row);
                    let failure = filter.failure(error);
                    // An output of an earlier row may fail: that row comes first.
                    if row > 0 {
                        self.evaluate(&batch.slice(0, row as usize))?;
                    }
                    return Err((row, failure));
                }
            }
            let (first, total) = filter.take_warnings();
            warnings.extend(first);
            warned += total;
        }
        let left = match &kept {
            Some(mask) => self.left(batch, mask).map_err(|e| (0, e))?,
            None => batch.clone(),
        };
        let mut arrays = Vec::with_capacity(self.outputs.len());
        let mut failed: Option<(u64, Failure)> = None;
        for output in &mut self.outputs {
            match output.timed(|e, cx| e.eval_batch(&left, cx)) {
                Ok(array) => arrays.push(array),
                Err(mut error) => {
                    let row = origin(kept.as_ref(), error.row.unwrap_or(0));
                    error.row = error.row.map(|_| first + row);
                    if failed.as_ref().is_none_or(|(earlier, _)| row < *earlier) {
                        failed = Some((row, output.failure(error)));
                    }
                }
            }
            let (first, total) = output.take_warnings();
            warnings.extend(first.into_iter().map(|mut warning| {
                warning.row = warning.row.map(|row| origin(kept.as_ref(), row));
                warning
            }));
            warned += total;
        }
        if let Some(failed) = failed {
            return Err(failed);
        }
        warnings.sort_by_key(|w| w.row);
        for warning in &mut warnings {
            warning.row = warning.row.map(|row| first + row);
        }
        self.warn(warned, warnings);
        Ok((arrays, left.num_rows()))
    }

    /// The rows that the filter keeps. Columns that no output names are NULL throughout.
    fn left(&self, batch: &RecordBatch, mask: &BooleanArray) -> Result<RecordBatch, Failure> {
        let schema = batch.schema();
        let mut fields = Vec::with_capacity(self.used.len());
        let mut arrays = Vec::with_capacity(self.used.len());
        for ((field, array), used) in schema.fields().iter().zip(batch.columns()).zip(&self.used) {
            if *used {
                fields.push(field.clone());
                arrays.push(array.clone());
            } else {
                fields.push(Arc::new(Field::new(field.name(), DataType::Null, true)));
                arrays.push(Arc::new(NullArray::new(array.len())));
            }
        }
        let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
        let schema = Arc::new(ArrowSchema::new(fields));
        RecordBatch::try_new_with_options(schema, arrays, &options)
            .and_then(|batch| filter_record_batch(&batch, mask))
            .map_err(|e| Failure::file("batch", e))
    }

    fn warn(&mut self, total: u64, first: Vec<Warning>) {
        let room = SHOWN_WARNINGS - self.warnings.len();
        self.warnings.extend(first.into_iter().take(room));
        self.warned += total;
    }
}
