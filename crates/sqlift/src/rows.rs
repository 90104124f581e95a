//! Rows: one at a time, in the tier that the context has come to.

use crate::background::Job;
use crate::compiled::Compiled;
use crate::context::Held;
use crate::statistics::lock;
use crate::{Context, Expression, Tier, TierPolicy, deopt, tuning};
use bumpalo::Bump;
use sqlift_functions::{Frame, RowContext, Scratch};
use sqlift_types::{Datum, Diagnostics, Error, Repr, SqlType, Value};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

/// A row that gives its cells one by one: what is no slice of [`Value`]s can be evaluated all the same.
///
/// ```
/// use sqlift::{Engine, Row, Schema, Session, SqlType, Value};
///
/// struct Order {
///     id: i64,
///     note: String,
/// }
///
/// impl Row for Order {
///     fn cell(&self, column: usize) -> Value<'_> {
///         if column == 0 { Value::Int(self.id) } else { Value::from(&*self.note) }
///     }
/// }
///
/// let schema = Schema::new([("id", SqlType::bigint()), ("note", SqlType::varchar(80))]);
/// let expression = Engine::new().compile("id + 1", &schema, &Session::default())?;
/// let mut context = expression.context();
/// let order = Order { id: 41, note: "gift".to_owned() };
/// assert_eq!(expression.eval_row_of(&order, &mut context)?, Value::Int(42));
/// # Ok::<(), sqlift::Error>(())
/// ```
pub trait Row {
    /// The cell of a column, by its position in the schema.
    fn cell(&self, column: usize) -> Value<'_>;
}

impl Expression {
    /// Evaluates it for a row: one cell a column of the schema.
    ///
    /// Warnings go to the context. Errors: the one that MySQL raises for the row.
    #[inline]
    pub fn eval_row<'c>(
        &'c self,
        row: &'c [Value<'c>],
        context: &'c mut Context,
    ) -> Result<Value<'c>, Error> {
        let mut value = Value::Null;
        if self.run_on_cells(row, &mut context.held, &mut value) {
            return Ok(value);
        }
        match self.run(row, context, &mut value) {
            None => Ok(value),
            Some(error) => Err(*error),
        }
    }

    /// As [`Expression::eval_row`], with values for the parameters of the text.
    pub fn eval_row_with<'c>(
        &'c self,
        row: &'c [Value<'c>],
        parameters: &'c [Value<'c>],
        context: &'c mut Context,
    ) -> Result<Value<'c>, Error> {
        let mut value = Value::Null;
        match self.run_over(|_| row, parameters, context, &mut value) {
            None => Ok(value),
            Some(error) => Err(*error),
        }
    }

    /// As [`Expression::eval_row`], for a row that is no slice of cells: only the columns that the expression reads are asked for.
    pub fn eval_row_of<'c>(
        &'c self,
        row: &'c impl Row,
        context: &'c mut Context,
    ) -> Result<Value<'c>, Error> {
        let width = self.inner.schema.columns().len();
        let cells = |arena: &'c Bump| -> &'c [Value<'c>] {
            let cells = arena.alloc_slice_fill_copy(width, Value::Null);
            for index in &self.inner.columns {
                cells[*index] = row.cell(*index);
            }
            cells
        };
        let mut value = Value::Null;
        match self.run_over(cells, &[], context, &mut value) {
            None => Ok(value),
            Some(error) => Err(*error),
        }
    }

    /// Evaluates a row in native code that needs nothing but cells: where it is called, for it takes little more than a call does.
    /// `false`: there is none, the row was given up, or there is more to do; nothing has happened.
    #[inline(always)]
    fn run_on_cells<'c>(
        &self,
        row: &'c [Value<'c>],
        held: &mut Held,
        value: &mut Value<'c>,
    ) -> bool {
        let is_due = held.pace.left == 0 || self.inner.is_swapped(held);
        let done = !is_due && held.run_on_cells(row, value);
        held.pace.left -= u32::from(done);
        done
    }

    /// Evaluates a row; gives its error. The value is written where the caller keeps it: a cell that is handed on from one to the
    /// next is written in pieces and read whole, which stalls processors.
    #[inline(never)]
    fn run<'c>(
        &'c self,
        row: &'c [Value<'c>],
        context: &'c mut Context,
        value: &mut Value<'c>,
    ) -> Option<Box<Error>> {
        self.run_over(|_| row, &[], context, value)
    }

    #[inline(always)]
    fn run_over<'c>(
        &'c self,
        row: impl FnOnce(&'c Bump) -> &'c [Value<'c>],
        parameters: &'c [Value<'c>],
        context: &'c mut Context,
        value: &mut Value<'c>,
    ) -> Option<Box<Error>> {
        context.begin();
        context.scratch.begin_statement();
        let Context {
            arena,
            scratch,
            diagnostics,
            held,
            ..
        } = context;
        let row = row(arena);
        let is_due = self.inner.is_swapped(held) || held.pace.left == 0;
        let timed = is_due && self.look(held, scratch);
        held.pace.left -= 1;
        let place = (&*arena, &*scratch, diagnostics);
        if timed {
            return self.run_timed(held, (row, parameters), place, value);
        }
        self.run_in(held.pace.tier, &held.code, (row, parameters), place, value)
    }

    /// Evaluates a row, with a look at the clock before and after it.
    #[cold]
    #[inline(never)]
    fn run_timed<'c>(
        &'c self,
        held: &'c Held,
        cells: (&'c [Value<'c>], &'c [Value<'c>]),
        place: (&'c Bump, &'c Scratch, &mut Diagnostics),
        value: &mut Value<'c>,
    ) -> Option<Box<Error>> {
        let started = Instant::now();
        let tier = held.pace.tier;
        let error = match held.run_on_cells(cells.0, value) {
            true => None,
            false => self.run_in(tier, &held.code, cells, place, value),
        };
        let took = started.elapsed();
        self.record(
            &held.code,
            tier,
            u64::try_from(took.as_nanos()).unwrap_or(u64::MAX),
        );
        error
    }

    /// Evaluates a row in a tier.
    #[inline(always)]
    fn run_in<'c>(
        &'c self,
        tier: Tier,
        code: &'c Compiled,
        (row, parameters): (&'c [Value<'c>], &'c [Value<'c>]),
        (arena, scratch, diagnostics): (&'c Bump, &'c Scratch, &mut Diagnostics),
        value: &mut Value<'c>,
    ) -> Option<Box<Error>> {
        // Made where it stays: what is written in words and copied whole just after is waited for.
        let frame = Frame {
            cx: RowContext {
                arena,
                scratch,
                session: &self.inner.session,
            },
            row,
            parameters,
            slots: code.slots(tier, arena),
        };
        let done = if code.shows_scale {
            code.run_shown(tier, &frame, value)
        } else {
            code.run(tier, &frame, std::slice::from_mut(value))
        };
        if done && !scratch.is_touched() {
            return None;
        }
        self.finish(done, code, &frame, diagnostics, value)
    }

    /// What few rows need: commits effects, and settles a row that was given up.
    #[cold]
    #[inline(never)]
    fn finish<'c>(
        &self,
        done: bool,
        code: &Compiled,
        frame: &Frame<'c>,
        diagnostics: &mut Diagnostics,
        value: &mut Value<'c>,
    ) -> Option<Box<Error>> {
        let mut failed = None;
        if !done {
            match deopt::settle(&self.inner, &code.program, frame) {
                Ok(datum) => *value = cell_in(&datum, self.sql_type(), frame.cx),
                Err(error) => failed = Some(Box::new(error)),
            }
        }
        for (_, warning) in frame.cx.scratch.take_warnings() {
            diagnostics.push(warning);
        }
        failed
    }

    /// Sees to it that the context holds the newest code that there is.
    #[inline]
    pub(crate) fn hold(&self, held: &mut Held, scratch: &Scratch) {
        if self.inner.is_swapped(held) {
            self.hold_newest(held, scratch);
        }
    }

    #[cold]
    #[inline(never)]
    fn hold_newest(&self, held: &mut Held, scratch: &Scratch) {
        *held = self.newest();
        scratch.set_drawer(&self.inner.drawer);
    }

    /// What is due every so many rows: counts them, takes the newest code, asks for native code, chooses the tier. Tells whether the
    /// row is to be timed: it is the last of some in the same tier.
    #[cold]
    #[inline(never)]
    fn look(&self, held: &mut Held, scratch: &Scratch) -> bool {
        let rows = held.count();
        self.hold(held, scratch);
        self.consider_native(rows);
        if self.inner.settings.policy != TierPolicy::Auto || !cfg!(feature = "jit") {
            held.pace.begin(tuning::COUNT_EVERY);
            return false;
        }
        let (next, wanted) = {
            let race = lock(&held.code.race);
            let next = if held.code.has_native() {
                race.next()
            } else {
                Tier::Vm
            };
            (next, race.wants(next))
        };
        let timed = wanted && next == held.pace.tier;
        held.take(next);
        held.pace.begin(if wanted {
            tuning::TIME_EVERY
        } else {
            tuning::COUNT_EVERY
        });
        timed
    }

    /// Takes note of what a row took.
    fn record(&self, code: &Compiled, tier: Tier, nanos: u64) {
        let outcome = lock(&code.race).record(tier, nanos);
        if let Some(outcome) = outcome
            && outcome.winner == Tier::Vm
        {
            let (vm, native) = (outcome.vm, outcome.native);
            self.inner
                .counters
                .note(format!("rows stay in the VM: {vm} ns against {native}"));
        }
    }

    pub(crate) fn newest(&self) -> Held {
        // The number first: if code is swapped between the two, the next row sees another number and asks again.
        let code_number = self.inner.code_number.load(Ordering::Acquire);
        let code = self.inner.code();
        if !code.has_native() {
            // Who takes a context for a few rows never comes to look.
            self.consider_native(self.inner.counters.total_rows());
        }
        let tier = match self.inner.settings.policy {
            TierPolicy::Only(tier) => tier,
            TierPolicy::Auto if code.has_native() => lock(&code.race).next(),
            TierPolicy::Auto => Tier::Vm,
        };
        Held::new(code, code_number, tier, self.inner.counters.clone())
    }

    /// Asks for native code once the expression is hot.
    fn consider_native(&self, rows: u64) {
        let inner = &self.inner;
        let hot = rows >= tuning::NATIVE_ROWS && inner.settings.policy == TierPolicy::Auto;
        if hot && !inner.asked_for_native.swap(true, Ordering::Relaxed) {
            inner
                .settings
                .background
                .submit(Job::Row(Arc::downgrade(inner)));
        }
    }
}

/// An owned value as a cell of the context's arena.
pub(crate) fn cell_in<'r>(value: &Datum, ty: &SqlType, cx: RowContext<'r>) -> Value<'r> {
    let bytes = |b: &[u8]| -> &'r [u8] { cx.arena.alloc_slice_copy(b) };
    match value {
        Datum::Null => Value::Null,
        Datum::Int(v) => Value::Int(*v),
        Datum::UInt(v) => Value::UInt(*v),
        Datum::Double(v) => Value::Double(*v),
        Datum::Decimal(d) => {
            let (scale, wide) = (d.scale(), d.coefficient());
            match (ty.repr(), i64::try_from(wide), i128::try_from(wide)) {
                (Repr::Dec64, Ok(coefficient), _) => Value::Dec64 { scale, coefficient },
                (Repr::Dec128, _, Ok(v)) => Value::Dec128 {
                    scale,
                    coefficient: v.into(),
                },
                _ => Value::Dec256 {
                    scale,
                    coefficient: cx.arena.alloc(wide),
                },
            }
        }
        Datum::Date(v) => Value::Date(*v),
        Datum::Time(v) => Value::Time(*v),
        Datum::DateTime(v) => Value::DateTime(*v),
        Datum::Bytes(b) => Value::Bytes(bytes(b)),
        Datum::Json(b) => Value::Json(bytes(b)),
    }
}
