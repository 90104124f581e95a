//! A compiled expression.

use crate::compiled::Compiled;
use crate::context::Held;
use crate::engine::{Folding, Settings};
use crate::statistics::{Counters, lock};
use crate::{Context, Statistics, Tier, TierPolicy};
use sqlift_functions::draws::Drawer;
use sqlift_functions::{Expr, Scratch};
use sqlift_interp::Failure;
use sqlift_ir::{Bet, Binding, Bound, Program, Speculation, linearize_shown, quoted};
use sqlift_syntax::ast;
use sqlift_types::{Error, Schema, Session, SqlType, TypeKind, Warning};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

/// A compiled expression: cheap to clone, `Send + Sync`. Each thread evaluates it with a [`Context`] of its own.
#[derive(Clone, Debug)]
pub struct Expression {
    pub(crate) inner: Arc<Inner>,
}

/// What all clones of an expression share.
#[derive(Debug)]
pub(crate) struct Inner {
    text: String,
    pub(crate) ast: ast::Expr,
    pub(crate) bound: Bound,
    /// Whose random sequences its rows are drawn from.
    pub(crate) drawer: Drawer,
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
    pub(crate) code_number: AtomicU64,
    pub(crate) asked_for_native: AtomicBool,
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

    /// Whether the context holds other code than that in force.
    #[inline(always)]
    pub(crate) fn is_swapped(&self, held: &Held) -> bool {
        held.code_number != self.code_number.load(Ordering::Acquire)
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
            drawer: Drawer::new(),
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
        context.scratch.set_drawer(&self.inner.drawer);
        context
    }
}

/// A number that no other code has.
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
