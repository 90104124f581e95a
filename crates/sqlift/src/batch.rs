//! The batch form of an expression over any columns: chunks in the VM, rows that it gives up in tier 0.

use crate::context::Held;
use crate::rows::cell_in;
use crate::{Context, Expression, Tier, deopt};
use bumpalo::Bump;
use sqlift_functions::kernel::{BatchContext, Lanes, Vector};
use sqlift_functions::native::Native;
use sqlift_functions::{CallId, Exit, Frame, Reason, RowContext, each_vector, with_marker};
use sqlift_ir::{ColumnUse, Program};
use sqlift_types::{Datum, Error, SqlType, Value, Warning};
use sqlift_vm::CHUNK_ROWS;
use std::ops::Range;

/// Where the columns of a batch come from.
pub(crate) trait Source {
    /// How many rows there are.
    fn rows(&self) -> usize;
    /// A chunk of a column, from row `start` on; rows that cannot be held are given up.
    fn load<'r>(&'r self, column: ColumnUse, start: usize, batch: &BatchContext<'r>) -> Vector<'r>;
    /// The cells of one row, for tier 0.
    fn cells<'r>(&'r self, row: usize, arena: &'r Bump) -> Result<Vec<Value<'r>>, Error>;
}

/// Where the values of a batch go.
pub(crate) trait Sink {
    /// Whether it asks for the scales that DECIMALs are shown with.
    fn shows_scales(&self) -> bool {
        false
    }
    /// Takes the values of a chunk that begins at row `start`; `scales` are those that its DECIMALs are shown with, if they have their own.
    fn append<'r>(
        &mut self,
        vector: &Vector<'r>,
        scales: Option<&[u8]>,
        rows: usize,
        start: usize,
        cx: &RowContext<'r>,
    );
    /// Takes the value of a row that was appended as NULL, because no vector of the type holds it. Errors: nor does the sink.
    fn replace(&mut self, row: usize, value: Datum) -> Result<(), Error>;
}

/// Evaluates every row; gives the rows that fail, in ascending order. Their values are NULL.
///
/// Errors: columns that cannot be read.
pub(crate) fn run(
    expression: &Expression,
    source: &dyn Source,
    sink: &mut dyn Sink,
    context: &mut Context,
) -> Result<Vec<(usize, Error)>, Error> {
    let mut errors = Vec::new();
    context.scratch.begin_statement();
    run_range(
        expression,
        source,
        sink,
        context,
        &mut errors,
        0..source.rows(),
    )?;
    Ok(errors)
}

/// Evaluates some of the rows.
pub(crate) fn run_range(
    expression: &Expression,
    source: &dyn Source,
    sink: &mut dyn Sink,
    context: &mut Context,
    errors: &mut Vec<(usize, Error)>,
    range: Range<usize>,
) -> Result<(), Error> {
    let arch = pulp::Arch::new();
    // What draws from a sequence draws row by row.
    let most = if expression.inner.sequential {
        1
    } else {
        CHUNK_ROWS
    };
    expression.hold(&mut context.held, &context.scratch);
    let tier = compiled_or_not(&context.held);
    let counted = range.len() as u64;
    context.held.counters.add_rows(tier, counted);
    for start in range.clone().step_by(most) {
        let rows = most.min(range.end - start);
        chunk(
            expression,
            source,
            sink,
            context,
            errors,
            (start, rows, arch),
        )?;
    }
    Ok(())
}

/// The tier of what is not evaluated in native blocks.
fn compiled_or_not(held: &Held) -> Tier {
    match held.pace.tier {
        Tier::Interp => Tier::Interp,
        Tier::Vm | Tier::Native => Tier::Vm,
    }
}

fn chunk(
    expression: &Expression,
    source: &dyn Source,
    sink: &mut dyn Sink,
    context: &mut Context,
    errors: &mut Vec<(usize, Error)>,
    (start, rows, arch): (usize, usize, pulp::Arch),
) -> Result<(), Error> {
    let inner = &*expression.inner;
    context.begin();
    expression.hold(&mut context.held, &context.scratch);
    let Context {
        arena,
        scratch,
        diagnostics,
        held,
        ..
    } = context;
    let tier = compiled_or_not(held);
    let code = &*held.code;
    let cx = RowContext {
        arena,
        scratch,
        session: &inner.session,
    };
    let batch = BatchContext { cx, rows, arch };
    let ty = expression.sql_type();
    let mut scales = (code.shows_scale && sink.shows_scales()).then(|| vec![ty.decimals; rows]);
    let (mut vector, given_up) = if tier == Tier::Interp {
        (Vector::null(ty.repr()), (0..rows as u32).collect())
    } else {
        let columns = code.program.columns.iter();
        let columns = columns.map(|c| source.load(*c, start, &batch));
        let mut loaded = bumpalo::collections::Vec::with_capacity_in(columns.len(), arena);
        loaded.extend(columns);
        let wanted = 1 + usize::from(scales.is_some());
        let outputs = code.batch.run_first(wanted, &batch, &loaded, &[]);
        let vector = outputs[0];
        if let (Some(scales), Some(Vector::Int(lanes))) = (&mut scales, outputs.get(1)) {
            for (row, scale) in scales.iter_mut().enumerate() {
                *scale = lanes.get(row).map_or(*scale, |scale| scale as u8);
            }
        }
        (
            vector,
            exits(expression, &code.program, scratch.take_batch_exits()),
        )
    };
    let mut unfit = Vec::new();
    if !given_up.is_empty() {
        scratch.drop_warnings_of(&given_up);
        let mut patches: Vec<(usize, Datum)> = Vec::with_capacity(given_up.len());
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
            let value = deopt::restart(inner, &frame).unwrap_or_else(|error| {
                errors.push((start + row, error));
                Datum::Null
            });
            patches.push((row, value));
        }
        if code.shows_scale {
            take_scales(&mut patches, scales.as_deref_mut(), ty);
        }
        vector = patched(vector, &mut patches, rows, ty, cx);
        unfit = patches;
    }
    sink.append(&vector, scales.as_deref(), rows, start, &cx);
    for (row, value) in unfit {
        if let Err(error) = sink.replace(start + row, value) {
            errors.push((start + row, error));
        }
    }
    let mut warnings: Vec<(u32, Warning)> = scratch.take_warnings();
    warnings.sort_by_key(|(row, _)| *row);
    for (row, warning) in warnings {
        diagnostics.push(warning.moved(row.into(), start as u64 + u64::from(row)));
    }
    Ok(())
}

/// Values of tier 0 at the scale of their type; the scales that they are shown with are taken apart.
pub(crate) fn take_scales(
    patches: &mut [(usize, Datum)],
    mut scales: Option<&mut [u8]>,
    ty: &SqlType,
) {
    for (row, value) in patches {
        let Datum::Decimal(shown) = value else {
            continue;
        };
        // What has too many digits at that scale stays as it is.
        if let Some(held) = shown
            .rescale(ty.decimals)
            .filter(|_| shown.scale() <= ty.decimals)
        {
            if let Some(scales) = &mut scales {
                scales[*row] = shown.scale();
            }
            *value = Datum::Decimal(held);
        }
    }
}

/// Counts lost bets; gives the rows that the batch form gave up, each once, in ascending order.
///
/// A failing row, too, goes to tier 0: several of its steps may have failed, and tier 0 finds the one that MySQL reports.
fn exits(expression: &Expression, program: &Program, exits: Vec<(u32, CallId, Exit)>) -> Vec<u32> {
    let mut rows = Vec::with_capacity(exits.len());
    for (row, call, exit) in exits {
        if let Exit::Deopt(reason) = exit {
            deopt::count(&expression.inner, program, call, reason);
        }
        rows.push(row);
    }
    rows.sort_unstable();
    rows.dedup();
    rows
}

/// The vector with other values in some rows. What it cannot hold (an exact result may have more digits than its type declares, and
/// MySQL shows them) is left in `patches`, its rows NULL.
pub(crate) fn patched<'r>(
    vector: Vector<'r>,
    patches: &mut Vec<(usize, Datum)>,
    rows: usize,
    ty: &SqlType,
    cx: RowContext<'r>,
) -> Vector<'r> {
    each_vector!(vector, lanes, M => {
        let values = match lanes {
            Lanes::Constant(value) => cx.arena.alloc_slice_fill_copy(rows, value.unwrap_or(M::blank())),
            lanes => cx.arena.alloc_slice_copy(lanes.spread(rows, cx.arena)),
        };
        let valid = match lanes.validity() {
            Ok(Some(valid)) => cx.arena.alloc_slice_copy(valid),
            Ok(None) => cx.arena.alloc_slice_fill_copy(rows, true),
            Err(_) => cx.arena.alloc_slice_fill_copy(rows, false),
        };
        patches.retain(|(row, value)| {
            let loaded = M::load(cell_in(value, ty, cx), ty.decimals);
            valid[*row] = loaded.is_some();
            if let Some(value) = loaded {
                values[*row] = value;
            }
            !valid[*row] && !value.is_null()
        });
        M::vector(Lanes::Flat { values, valid: Some(valid) })
    })
}

impl Expression {
    /// Evaluates it for rows of cells in the batch form: one outcome a row.
    ///
    /// Warnings go to the context, with row numbers. A row that fails does not keep the others from being evaluated.
    pub fn eval_rows(
        &self,
        rows: &[&[Value<'_>]],
        context: &mut Context,
    ) -> Vec<Result<Datum, Error>> {
        let mut sink = Datums::new(self.sql_type(), rows.len());
        let errors = run(self, &Cells { rows }, &mut sink, context);
        let mut outcomes: Vec<_> = sink.values.into_iter().map(Ok).collect();
        // Cells can always be read, so the outer result is never an error.
        for (row, error) in errors.unwrap_or_default() {
            outcomes[row] = Err(error);
        }
        outcomes
    }
}

/// Rows of cells.
pub(crate) struct Cells<'a> {
    pub(crate) rows: &'a [&'a [Value<'a>]],
}

impl Source for Cells<'_> {
    fn rows(&self) -> usize {
        self.rows.len()
    }

    fn load<'r>(&'r self, column: ColumnUse, start: usize, batch: &BatchContext<'r>) -> Vector<'r> {
        let arena = batch.cx.arena;
        let cell = |row: usize| self.rows[start + row].get(column.index as usize).copied();
        with_marker!(column.slot.repr, M => {
            let values = arena.alloc_slice_fill_copy(batch.rows, M::blank());
            let valid = arena.alloc_slice_fill_copy(batch.rows, false);
            for row in 0..batch.rows {
                match cell(row).and_then(|cell| M::load(cell, column.slot.scale)) {
                    Some(value) => (values[row], valid[row]) = (value, true),
                    None if cell(row).is_some_and(|cell| cell.is_null()) => {}
                    None => batch.exit(row, CallId::NONE, Exit::Deopt(Reason::CellType)),
                }
            }
            M::vector(Lanes::Flat { values, valid: Some(valid) })
        })
    }

    fn cells<'r>(&'r self, row: usize, _: &'r Bump) -> Result<Vec<Value<'r>>, Error> {
        Ok(self.rows[row].to_vec())
    }
}

/// Owned values.
pub(crate) struct Datums {
    values: Vec<Datum>,
    scale: u8,
}

impl Datums {
    /// Room for values of a type.
    pub(crate) fn new(ty: &SqlType, rows: usize) -> Datums {
        Datums {
            values: Vec::with_capacity(rows),
            scale: ty.decimals,
        }
    }

    pub(crate) fn into_values(self) -> Vec<Datum> {
        self.values
    }
}

impl Sink for Datums {
    fn shows_scales(&self) -> bool {
        true
    }

    fn append<'r>(
        &mut self,
        vector: &Vector<'r>,
        scales: Option<&[u8]>,
        rows: usize,
        _: usize,
        cx: &RowContext<'r>,
    ) {
        let value = |row: usize| match vector.cell(row, self.scale, cx).to_datum() {
            Datum::Decimal(value) => {
                let scale = scales.map_or(self.scale, |scales| scales[row]);
                Datum::Decimal(value.rescale(scale).unwrap_or(value))
            }
            other => other,
        };
        self.values.extend((0..rows).map(value));
    }

    fn replace(&mut self, row: usize, value: Datum) -> Result<(), Error> {
        self.values[row] = value;
        Ok(())
    }
}
