//! The batch form of a projection: chunks in the VM, rows that it gives up in tier 0.

use super::context::Held;
use super::{Form, Inner, Item, Projection, ProjectionContext, ProjectionError, Unit, at};
use crate::batch::{Cells, Datums, Sink, Source, patched, take_scales};
use crate::{Context, Expression, Tier};
use sqlift_functions::kernel::{BatchContext, Vector};
use sqlift_functions::{Frame, RowContext};
use sqlift_types::{Datum, Diagnostics, Error, Value, Warning};
use sqlift_vm::CHUNK_ROWS;
use std::ops::Range;
use std::sync::Arc;

/// Rows that failed, each with the first expression for which MySQL raises an error.
pub(super) type Failures = Vec<(usize, ProjectionError)>;

impl Projection {
    /// Evaluates the expressions for rows of cells in the batch form: one outcome a row, with one value an expression.
    ///
    /// Warnings go to the context, with row numbers; those of a row in the order of the expressions. A row that fails does not keep the
    /// others from being evaluated.
    pub fn eval_rows(
        &self,
        rows: &[&[Value<'_>]],
        context: &mut ProjectionContext,
    ) -> Vec<Result<Vec<Datum>, ProjectionError>> {
        let inner = &self.inner;
        let (columns, failures): (Vec<Vec<Datum>>, Failures) = match &inner.form {
            Form::Unit(unit) => {
                let (held, diagnostics) = context.held(inner, unit);
                let new = |item: &Item| Datums::new(&item.typed().ty, rows.len());
                let mut sinks: Vec<Datums> = inner.items.iter().map(new).collect();
                let mut failures = Failures::new();
                held.scratch.begin_statement();
                let mut run = Run {
                    inner,
                    unit,
                    held,
                    diagnostics,
                    failures: &mut failures,
                };
                // Cells can always be read, so there is no error.
                let _ = run.range(&Cells { rows }, &mut sinks, 0..rows.len());
                (
                    sinks.into_iter().map(Datums::into_values).collect(),
                    failures,
                )
            }
            Form::Each(singles) => {
                let (contexts, diagnostics) = context.each(singles);
                let mut failures = Failures::new();
                let evaluate =
                    |(number, (single, context)): (usize, (&Expression, &mut Context))| {
                        let outcomes = single.eval_rows(rows, context).into_iter().enumerate();
                        let value = |(row, outcome): (usize, Result<Datum, Error>)| {
                            outcome.unwrap_or_else(|error| {
                                failures.push((row, at(number, error)));
                                Datum::Null
                            })
                        };
                        outcomes.map(value).collect()
                    };
                let columns = singles.iter().zip(contexts.iter_mut()).enumerate();
                let columns = columns.map(evaluate).collect();
                take_warnings(contexts, diagnostics);
                (columns, failures)
            }
        };
        let mut columns: Vec<_> = columns.into_iter().map(Vec::into_iter).collect();
        let row = |_| Ok(columns.iter_mut().filter_map(Iterator::next).collect());
        let mut outcomes: Vec<_> = (0..rows.len()).map(row).collect();
        for (row, failure) in first_of_each_row(failures) {
            outcomes[row] = Err(failure);
        }
        outcomes
    }
}

/// Failures by row, of each row that of the first expression.
pub(super) fn first_of_each_row(mut failures: Failures) -> Failures {
    failures.sort_by_key(|(row, failure)| (*row, failure.expression));
    failures.dedup_by_key(|(row, _)| *row);
    failures
}

/// The warnings of expressions that were evaluated for themselves: by row, and of each row in the order of the expressions.
pub(super) fn take_warnings(contexts: &mut [Context], diagnostics: &mut Diagnostics) {
    let warnings = contexts.iter().flat_map(|c| c.diagnostics().warnings());
    let mut warnings: Vec<Warning> = warnings.cloned().collect();
    warnings.sort_by_key(|warning| warning.row);
    for warning in warnings {
        diagnostics.push(warning);
    }
}

/// What a unit gave for one expression and a chunk.
struct Column<'r> {
    vector: Vector<'r>,
    /// The scales that its values are shown with, if they have their own.
    scales: Option<Vec<u8>>,
    /// Values of tier 0, by row.
    patches: Vec<(usize, Datum)>,
}

/// A batch on its way through a unit.
pub(super) struct Run<'a> {
    pub(super) inner: &'a Arc<Inner>,
    pub(super) unit: &'a Unit,
    pub(super) held: &'a mut Held,
    pub(super) diagnostics: &'a mut Diagnostics,
    pub(super) failures: &'a mut Failures,
}

impl Run<'_> {
    /// Evaluates some of the rows, into a sink an expression.
    ///
    /// Errors: columns that cannot be read.
    pub(super) fn range(
        &mut self,
        source: &dyn Source,
        sinks: &mut [impl Sink],
        range: Range<usize>,
    ) -> Result<(), Error> {
        let arch = pulp::Arch::new();
        for start in range.clone().step_by(CHUNK_ROWS) {
            let rows = CHUNK_ROWS.min(range.end - start);
            self.chunk(source, sinks, (start, rows, arch))?;
        }
        Ok(())
    }

    fn chunk(
        &mut self,
        source: &dyn Source,
        sinks: &mut [impl Sink],
        (start, rows, arch): (usize, usize, pulp::Arch),
    ) -> Result<(), Error> {
        let (inner, unit) = (self.inner, self.unit);
        self.held.begin(inner, unit);
        let tier = match self.held.tier {
            Tier::Interp => Tier::Interp,
            _ => Tier::Vm,
        };
        self.held.count(tier, rows as u64);
        let Held {
            arena,
            scratch,
            code,
            ..
        } = &*self.held;
        let cx = RowContext {
            arena,
            scratch,
            session: &unit.session,
        };
        let batch = BatchContext { cx, rows, arch };
        let column = |item: &Item| Column {
            vector: Vector::null(item.typed().ty.repr()),
            scales: None,
            patches: Vec::new(),
        };
        let mut columns: Vec<Column<'_>> = inner.items.iter().map(column).collect();
        let mut given_up: Vec<u32> = Vec::new();
        if tier == Tier::Interp {
            given_up = (0..rows as u32).collect();
        } else {
            let loaded = code.columns.iter().map(|c| source.load(*c, start, &batch));
            let loaded: Vec<Vector<'_>> = loaded.collect();
            for part in &code.parts {
                let of_part: Vec<_> = part.columns.iter().map(|c| loaded[*c]).collect();
                let outputs = part.batch.run(&batch, &of_part, &[]);
                for to in &part.outputs {
                    let column = &mut columns[to.expression];
                    column.vector = outputs[to.value as usize];
                    if let Some(Vector::Int(lanes)) = to.scale.map(|s| outputs[s as usize]) {
                        let decimals = inner.items[to.expression].typed().ty.decimals;
                        let scale = |row| lanes.get(row).map_or(decimals, |scale| scale as u8);
                        column.scales = Some((0..rows).map(scale).collect());
                    }
                }
                for (row, call, exit) in scratch.take_batch_exits() {
                    inner.count_exit(unit, part, call, exit);
                    given_up.push(row);
                }
            }
            given_up.sort_unstable();
            given_up.dedup();
        }
        if !given_up.is_empty() {
            scratch.drop_warnings_of(&given_up);
        }
        for row in given_up {
            scratch.set_row(row);
            let row = row as usize;
            let cells = source.cells(start + row, arena)?;
            let frame = Frame {
                cx,
                row: &cells,
                parameters: &[],
                slots: &[],
            };
            let first = columns.iter_mut();
            first.for_each(|column| column.patches.push((row, Datum::Null)));
            let each = |number: usize, _: &Item, value: Datum| {
                if let Some((_, patch)) = columns[number].patches.last_mut() {
                    *patch = value;
                }
            };
            if let Err(failure) = inner.restart(unit, &frame, each) {
                columns.iter_mut().for_each(|column| {
                    column.patches.pop();
                    column.patches.push((row, Datum::Null));
                });
                self.failures.push((start + row, failure));
            }
        }
        let items = inner.items.iter().zip(columns).zip(sinks).enumerate();
        for (number, ((item, mut column), sink)) in items {
            let ty = &item.typed().ty;
            if item.typed().shows_branches() && column.scales.is_none() {
                column.scales = Some(vec![ty.decimals; rows]);
            }
            if !column.patches.is_empty() {
                if let Some(scales) = &mut column.scales {
                    take_scales(&mut column.patches, Some(scales), ty);
                }
                column.vector = patched(column.vector, &mut column.patches, rows, ty, cx);
            }
            sink.append(&column.vector, column.scales.as_deref(), rows, start, &cx);
            for (row, value) in column.patches {
                if let Err(error) = sink.replace(start + row, value) {
                    self.failures.push((start + row, at(number, error)));
                }
            }
        }
        let mut warnings = scratch.take_warnings();
        warnings.sort_by_key(|(row, _)| *row);
        for (row, warning) in warnings {
            let moved = warning.moved(row.into(), start as u64 + u64::from(row));
            self.diagnostics.push(moved);
        }
        Ok(())
    }
}
