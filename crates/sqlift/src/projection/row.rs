//! The row form of a projection.

use super::context::Held;
use super::{Form, Inner, Item, Projection, ProjectionContext, ProjectionError, Unit, at};
use crate::rows::cell_in;
use crate::{Context, Expression, Tier};
use sqlift_functions::{CallId, Exit, Frame, RowContext};
use sqlift_interp::Environment;
use sqlift_types::{Datum, Diagnostics, Error, Value};

impl Projection {
    /// Evaluates the expressions for a row: one cell a column of the schema, one value an expression.
    ///
    /// Warnings go to the context, those of the first expression first. Errors: that of the first expression for which MySQL raises
    /// one; those behind it are not evaluated.
    pub fn eval_row<'c>(
        &'c self,
        row: &'c [Value<'c>],
        context: &'c mut ProjectionContext,
    ) -> Result<&'c [Value<'c>], ProjectionError> {
        match &self.inner.form {
            Form::Unit(unit) => {
                let (held, diagnostics) = context.held(&self.inner, unit);
                self.run(unit, row, held, diagnostics)
            }
            Form::Each(singles) => {
                let (contexts, diagnostics) = context.each(singles);
                run_each(singles, row, contexts, diagnostics)
            }
        }
    }

    fn run<'c>(
        &'c self,
        unit: &'c Unit,
        row: &'c [Value<'c>],
        held: &'c mut Held,
        diagnostics: &mut Diagnostics,
    ) -> Result<&'c [Value<'c>], ProjectionError> {
        let inner = &self.inner;
        held.begin(inner, unit);
        held.add_rows(inner, unit, 1);
        held.scratch.begin_statement();
        let Held {
            arena,
            scratch,
            code,
            tier,
            ..
        } = held;
        let (arena, scratch, code) = (&*arena, &*scratch, &**code);
        let cx = RowContext {
            arena,
            scratch,
            session: &unit.session,
        };
        let values = arena.alloc_slice_fill_copy(self.len(), Value::Null);
        let mut done = *tier != Tier::Interp;
        for part in &code.parts {
            if !done {
                break;
            }
            let outputs = arena.alloc_slice_fill_copy(part.program.outputs.len(), Value::Null);
            done = part.run(*tier == Tier::Native, cx, row, outputs);
            part.give(outputs, values, arena);
            if let (false, Some((call, exit))) = (done, scratch.take_exit()) {
                inner.count_exit(unit, part, call, exit);
            }
        }
        let mut failed = None;
        if !done {
            let frame = Frame {
                cx,
                row,
                parameters: &[],
                slots: &[],
            };
            let each = |number: usize, item: &Item, value: Datum| {
                values[number] = cell_in(&value, &item.typed().ty, cx);
            };
            failed = inner.restart(unit, &frame, each).err();
        }
        if scratch.is_touched() {
            for (_, warning) in scratch.take_warnings() {
                diagnostics.push(warning);
            }
        }
        match failed {
            None => Ok(values),
            Some(error) => Err(error),
        }
    }
}

/// Evaluates expressions for a row, each for itself.
fn run_each<'c>(
    singles: &'c [Expression],
    row: &'c [Value<'c>],
    contexts: &'c mut [Context],
    diagnostics: &mut Diagnostics,
) -> Result<&'c [Value<'c>], ProjectionError> {
    let mut values = Vec::with_capacity(singles.len());
    for (number, (single, context)) in singles.iter().zip(&mut *contexts).enumerate() {
        let value = single.eval_row(row, context).map(|value| value.to_datum());
        for warning in context.diagnostics().warnings() {
            diagnostics.push(warning.clone());
        }
        values.push(value.map_err(|error| at(number, error))?);
    }
    // All values into one arena: that of the first context, where the next row begins.
    let (Some(context), Some(single)) = (contexts.first_mut(), singles.first()) else {
        return Ok(&[]);
    };
    context.begin();
    let context = &*context;
    let cx = RowContext {
        arena: &context.arena,
        scratch: &context.scratch,
        session: &single.inner.session,
    };
    let cells = values.iter().zip(singles);
    let cells = cells.map(|(value, single)| cell_in(value, single.sql_type(), cx));
    Ok(context.arena.alloc_slice_fill_iter(cells))
}

impl Inner {
    /// Evaluates the expressions of a row from its start in tier 0, in order: a compiled tier may have computed them in another.
    pub(super) fn restart(
        &self,
        unit: &Unit,
        frame: &Frame<'_>,
        mut each: impl FnMut(usize, &Item, Datum),
    ) -> Result<(), ProjectionError> {
        let scratch = frame.cx.scratch;
        scratch.forget_row();
        for (number, item) in self.items.iter().enumerate() {
            let value = sqlift_interp::evaluate(item.typed(), &Environment::from(frame));
            let error = |failure| -> Error { self.error(item, failure, &unit.session, scratch) };
            each(number, item, value.map_err(|f| at(number, error(f)))?);
        }
        Ok(())
    }

    /// Counts an exit of a part, and drops the bet behind it when that is lost too often.
    pub(super) fn count_exit(
        &self,
        unit: &Unit,
        part: &super::code::Part,
        call: CallId,
        exit: Exit,
    ) {
        // An error is no exit: tier 0 tells which it is.
        let Exit::Deopt(reason) = exit else { return };
        self.counters.add_exit(call, reason);
        if let Some(bet) = part.bet(call, reason)
            && self.counters.loses(bet)
        {
            self.drop_bet(unit, bet);
        }
    }
}
