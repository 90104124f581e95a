//! A compiled expression.

use crate::background::Job;
use crate::compiled::Compiled;
use crate::context::Held;
use crate::engine::{Folding, Settings};
use crate::statistics::{Counters, lock};
use crate::{Context, Statistics, Tier, TierPolicy, deopt, tuning};
use bumpalo::Bump;
use sqlift_functions::{Expr, Frame, RowContext, Scratch};
use sqlift_interp::Failure;
use sqlift_ir::{Bet, Binding, Bound, Program, Speculation, linearize_shown, quoted};
use sqlift_syntax::ast;
use sqlift_types::{
    Datum, Diagnostics, Error, Repr, Schema, Session, SqlType, TypeKind, Value, Warning,
};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

/// A compiled expression: cheap to clone, `Send + Sync`. Each thread evaluates it with a [`Context`] of its own.
#[derive(Clone, Debug)]
pub struct Expression {
    pub(crate) inner: Arc<Inner>,
}

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

/// What all clones of an expression share.
#[derive(Debug)]
pub(crate) struct Inner {
    text: String,
    pub(crate) ast: ast::Expr,
    pub(crate) bound: Bound,
    /// Tells expressions apart.
    number: u64,
    /// Whether rows must be evaluated one after the other.
    pub(crate) sequential: bool,
    /// Positions of the columns that it reads, in ascending order.
    pub(crate) columns: Box<[usize]>,
    pub(crate) schema: Schema,
    pub(crate) session: Arc<Session>,
    pub(crate) settings: Settings,
    /// Types of the parameters, as they were given.
    parameters: Box<[SqlType]>,
    /// The expression as a condition, made when it filters and is none by itself.
    #[cfg(feature = "arrow")]
    truth: OnceLock<Result<Expression, Error>>,
    pub(crate) counters: Arc<Counters>,
    /// The code in force. `code_number` is its own among all code of the process, so that contexts need no lock, and no look at whose
    /// code they hold, to see that it is still this.
    code: Mutex<Arc<Compiled>>,
    code_number: AtomicU64,
    asked_for_native: AtomicBool,
}

impl Inner {
    pub(crate) fn typed(&self) -> &Expr {
        &self.bound.expr
    }

    /// The error behind a failure, in MySQL's words.
    pub(crate) fn error(&self, failure: Failure, scratch: &Scratch) -> Error {
        sqlift_interp::error(failure, scratch, &|place| {
            quoted(&self.ast, place, &self.schema, &self.session)
        })
    }

    /// The code in force.
    pub(crate) fn code(&self) -> Arc<Compiled> {
        lock(&self.code).clone()
    }

    /// Puts other code in force, unless the code that it was made from no longer is: then another thread was faster, and what that
    /// thread found out (a bet that is not worth it) must not be undone.
    fn swap(&self, from: &Arc<Compiled>, code: Compiled, what: String) -> bool {
        let mut in_force = lock(&self.code);
        if !Arc::ptr_eq(&in_force, from) {
            return false;
        }
        *in_force = Arc::new(code);
        self.code_number.store(next_number(), Ordering::Release);
        drop(in_force);
        self.counters.note(what);
        true
    }

    /// Makes the code again without a bet. Under the policy that asks for native code alone, its native code too.
    pub(crate) fn drop_bet(&self, bet: Bet) {
        let current = self.code();
        let speculation = current.speculation.without(bet);
        if current.speculation == speculation {
            return;
        }
        let name = bet.name();
        let program = linearize_shown(self.typed(), &self.session, speculation);
        let forced = self.settings.forced;
        let code = match program.and_then(|p| Compiled::new(forced.put_into(p), speculation)) {
            Ok(code) => code,
            // Slow, and as right as before: rows go on to tier 0.
            Err(error) => {
                self.counters
                    .note(format!("bets on {name} stay: {}", error.message));
                return;
            }
        };
        if self.swap(&current, code, format!("bets on {name} dropped")) {
            self.asked_for_native.store(false, Ordering::Relaxed);
            #[cfg(feature = "jit")]
            if self.settings.policy == TierPolicy::Only(Tier::Native) {
                with_compiler(|compiler| self.tier_up(compiler));
            }
        }
    }

    /// Makes native code of the program in force. `false`: it cannot be made, or the program changed meanwhile.
    #[cfg(feature = "jit")]
    pub(crate) fn tier_up(&self, compiler: &mut sqlift_jit::Compiler) -> bool {
        let current = self.code();
        match compiler.compile_row(&current.program) {
            Ok(native) => {
                let bytes = native.code_bytes();
                self.swap(
                    &current,
                    current.with_native(native),
                    format!("native code, {bytes} bytes"),
                )
            }
            Err(error) => {
                self.counters.note(format!("stays in the VM: {error}"));
                false
            }
        }
    }
}

impl Expression {
    pub(crate) fn new(
        text: &str,
        ast: ast::Expr,
        schema: &Schema,
        session: &Session,
        parameters: &[SqlType],
        settings: Settings,
    ) -> Result<Expression, Error> {
        let binding = Binding {
            text,
            schema,
            session,
            parameter_types: parameters,
            fold: settings.folding == Folding::On,
            max_depth: settings.limits.depth,
        };
        let bound = sqlift_ir::bind(&ast, &binding)?;
        let session = Arc::new(session.clone());
        let speculation = Speculation::ALL;
        let program = linearize_shown(&bound.expr, &session, speculation)?;
        let mut columns: Vec<usize> = program.columns.iter().map(|c| c.index as usize).collect();
        columns.sort_unstable();
        columns.dedup();
        let sequential = |call: &sqlift_ir::Call| {
            let function = sqlift_functions::catalogue().function(call.function);
            function.is_sequential()
        };
        let sequential = program.calls.iter().any(sequential);
        let code = Compiled::new(settings.forced.put_into(program), speculation)?;
        let inner = Inner {
            number: next_number(),
            sequential,
            columns: columns.into(),
            text: text.to_owned(),
            ast,
            bound,
            schema: schema.clone(),
            session,
            settings,
            parameters: parameters.into(),
            #[cfg(feature = "arrow")]
            truth: OnceLock::new(),
            counters: Arc::new(Counters::new()),
            code: Mutex::new(Arc::new(code)),
            code_number: AtomicU64::new(next_number()),
            asked_for_native: AtomicBool::new(false),
        };
        if inner.settings.policy == TierPolicy::Only(Tier::Native) {
            compile_now(&inner)?;
        }
        Ok(Expression {
            inner: Arc::new(inner),
        })
    }

    /// The expression as a condition: itself if it is one, else whether it is true, by MySQL's rules for its type.
    #[cfg(feature = "arrow")]
    pub(crate) fn condition(&self) -> Result<&Expression, Error> {
        if self.sql_type().kind == TypeKind::Bool {
            return Ok(self);
        }
        let inner = &*self.inner;
        let truth = inner.truth.get_or_init(|| {
            let span = inner.ast.span;
            let kind = ast::ExprKind::Is {
                operand: Box::new(inner.ast.clone()),
                test: ast::IsTest::True,
                negated: false,
            };
            let (schema, session) = (&inner.schema, &inner.session);
            let (parameters, settings) = (&inner.parameters, inner.settings.clone());
            let condition = ast::Expr::new(kind, span);
            Expression::new(
                &inner.text,
                condition,
                schema,
                session,
                parameters,
                settings,
            )
        });
        truth.as_ref().map_err(Error::clone)
    }

    /// The text that it was compiled from.
    pub fn text(&self) -> &str {
        &self.inner.text
    }

    /// Its static type.
    pub fn sql_type(&self) -> &SqlType {
        &self.inner.typed().ty
    }

    /// Whether it may be NULL.
    pub fn is_nullable(&self) -> bool {
        self.inner.typed().nullable
    }

    /// The columns of its rows.
    pub fn schema(&self) -> &Schema {
        &self.inner.schema
    }

    /// The typed expression.
    pub fn typed(&self) -> &Expr {
        self.inner.typed()
    }

    /// The program in force.
    pub fn program(&self) -> Arc<Program> {
        self.inner.code().program.clone()
    }

    /// Warnings raised while compiling: deprecated spellings, constants.
    pub fn warnings(&self) -> &[Warning] {
        &self.inner.bound.warnings
    }

    /// What it has counted so far. Rows of a context that is in use are counted every few hundred.
    pub fn statistics(&self) -> Statistics {
        #[cfg(feature = "arrow")]
        if let Some(Ok(truth)) = self.inner.truth.get() {
            return self
                .inner
                .counters
                .snapshot()
                .with(truth.inner.counters.snapshot());
        }
        self.inner.counters.snapshot()
    }

    /// A context for one thread.
    pub fn context(&self) -> Context {
        let context = Context::new(self.inner.settings.limits.warnings, self.newest());
        context.scratch.set_expression(self.inner.number);
        context
    }

    /// Evaluates it for a row: one cell a column of the schema.
    ///
    /// Warnings go to the context. Errors: the one that MySQL raises for the row.
    #[inline]
    pub fn eval_row<'c>(
        &'c self,
        row: &'c [Value<'c>],
        context: &'c mut Context,
    ) -> Result<Value<'c>, Error> {
        self.eval_row_with(row, &[], context)
    }

    /// As [`Expression::eval_row`], with values for the parameters of the text.
    #[inline]
    pub fn eval_row_with<'c>(
        &'c self,
        row: &'c [Value<'c>],
        parameters: &'c [Value<'c>],
        context: &'c mut Context,
    ) -> Result<Value<'c>, Error> {
        let mut value = Value::Null;
        match self.run(row, parameters, context, &mut value) {
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
        self.hold(&mut context.held, &context.scratch, 1);
        let mut value = Value::Null;
        match self.run_over(cells, &[], context, &mut value) {
            None => Ok(value),
            Some(error) => Err(*error),
        }
    }

    /// Evaluates a row; gives its error. The value is written where the caller keeps it: a cell that is handed on from one to the
    /// next is written in pieces and read whole, which stalls processors.
    #[inline(never)]
    fn run<'c>(
        &'c self,
        row: &'c [Value<'c>],
        parameters: &'c [Value<'c>],
        context: &'c mut Context,
        value: &mut Value<'c>,
    ) -> Option<Box<Error>> {
        self.hold(&mut context.held, &context.scratch, 1);
        if context.held.tier == Tier::Native && context.held.code.run_on_cells(row, value) {
            return None;
        }
        self.run_over(|_| row, parameters, context, value)
    }

    /// Evaluates a row in code that the context holds.
    #[inline(never)]
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
        let code = &*held.code;
        let cx = RowContext {
            arena,
            scratch,
            session: &self.inner.session,
        };
        let row = row(arena);
        let run = |outputs: &mut [Value<'c>]| match held.tier {
            Tier::Vm => code.run_vm(cx, row, parameters, outputs),
            Tier::Native => code.run_native(cx, row, parameters, outputs),
            Tier::Interp => false,
        };
        let done = if code.shows_scale {
            let mut outputs = [Value::Null; 2];
            let done = run(&mut outputs);
            *value = code.shown(outputs, arena);
            done
        } else {
            run(std::slice::from_mut(value))
        };
        if done && !scratch.is_touched() {
            return None;
        }
        let frame = Frame {
            cx,
            row,
            parameters,
            slots: &[],
        };
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

    /// Sees to it that the context holds the newest code that there is, and counts the rows.
    #[inline]
    pub(crate) fn hold(&self, held: &mut Held, scratch: &Scratch, rows: u32) {
        if held.code_number != self.inner.code_number.load(Ordering::Acquire) {
            self.hold_newest(held, scratch);
        }
        held.uncounted += rows;
        if held.uncounted >= tuning::COUNT_EVERY {
            self.count(held);
        }
    }

    #[cold]
    #[inline(never)]
    fn hold_newest(&self, held: &mut Held, scratch: &Scratch) {
        *held = self.newest();
        scratch.set_expression(self.inner.number);
    }

    #[cold]
    #[inline(never)]
    fn count(&self, held: &mut Held) {
        let rows = held.count();
        self.consider_native(rows);
    }

    fn newest(&self) -> Held {
        // The number first: if code is swapped between the two, the next row sees another number and asks again.
        let code_number = self.inner.code_number.load(Ordering::Acquire);
        let code = self.inner.code();
        let tier = match self.inner.settings.policy {
            TierPolicy::Only(tier) => tier,
            TierPolicy::Auto if code.has_native() => Tier::Native,
            TierPolicy::Auto => Tier::Vm,
        };
        Held {
            code,
            code_number,
            tier,
            counters: self.inner.counters.clone(),
            uncounted: 0,
        }
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

/// A number that no other expression, or code of one, has.
pub(crate) fn next_number() -> u64 {
    static LAST: AtomicU64 = AtomicU64::new(0);
    LAST.fetch_add(1, Ordering::Relaxed) + 1
}

/// Native code on the caller's thread, for the policy that asks for nothing else.
#[cfg(feature = "jit")]
fn compile_now(inner: &Inner) -> Result<(), Error> {
    match with_compiler(|compiler| inner.tier_up(compiler)) {
        Some(true) => Ok(()),
        _ => Err(Error::unsupported("native code for this expression")),
    }
}

/// Runs something with this thread's compiler. `None` if no code can be made on this machine.
#[cfg(feature = "jit")]
pub(crate) fn with_compiler<T>(work: impl FnOnce(&mut sqlift_jit::Compiler) -> T) -> Option<T> {
    thread_local! {
        static COMPILER: std::cell::RefCell<Option<sqlift_jit::Compiler>> = const { std::cell::RefCell::new(None) };
    }
    COMPILER.with_borrow_mut(|compiler| {
        if compiler.is_none() {
            *compiler = sqlift_jit::Compiler::native().ok();
        }
        compiler.as_mut().map(work)
    })
}

#[cfg(not(feature = "jit"))]
fn compile_now(_: &Inner) -> Result<(), Error> {
    Err(Error::unsupported(
        "native code in a build without the feature `jit`",
    ))
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
