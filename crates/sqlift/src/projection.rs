//! Several expressions over one schema, compiled as one unit: the select list of a statement, or a set of rules.

#[cfg(feature = "arrow")]
mod arrow;
mod batch;
mod code;
mod context;
mod row;

#[cfg(feature = "arrow")]
pub use arrow::ProjectedBatch;
pub use context::ProjectionContext;

use crate::engine::{Folding, Settings};
use crate::statistics::{Counters, lock};
use crate::{Expression, Statistics, Tier, TierPolicy, expression};
use code::Code;
use sqlift_functions::{Expr, Scratch, catalogue};
use sqlift_interp::Failure;
use sqlift_ir::{Bet, Binding, Bound, Speculation, quoted};
use sqlift_syntax::ast;
use sqlift_types::{Error, Schema, Session, SqlType, Warning};
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

/// Several expressions over one schema, compiled as one unit: cheap to clone, `Send + Sync`.
///
/// It gives what its expressions give one after the other, as a statement's select list does: the same values, warnings in the same
/// order, and the error of the first that fails. What they have in common is computed once a row: columns are read and checked once,
/// and calls that occur several times are made once, unless they warn.
///
/// ```
/// use sqlift::{Engine, Schema, Session, SqlType, Value};
///
/// let schema = Schema::new([("price", SqlType::bigint()), ("qty", SqlType::bigint())]);
/// let list = ["price * qty", "price * qty > 100", "price * qty - 5"];
/// let projection = Engine::new().compile_all(&list, &schema, &Session::default())?;
/// let mut context = projection.context();
/// let row = [Value::Int(30), Value::Int(4)];
/// let values = projection.eval_row(&row, &mut context)?;
/// assert_eq!(values, [Value::Int(120), Value::Int(1), Value::Int(115)]);
/// # Ok::<(), sqlift::ProjectionError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Projection {
    inner: Arc<Inner>,
}

/// One of several expressions has no value: it cannot be compiled, or MySQL raises an error for a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectionError {
    /// Which expression, from 0 on.
    pub expression: usize,
    /// Its error; places are those of its own text.
    pub error: Error,
}

impl fmt::Display for ProjectionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expression {}: {}", self.expression, self.error)
    }
}

impl std::error::Error for ProjectionError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}

/// What all clones share.
#[derive(Debug)]
pub(crate) struct Inner {
    items: Box<[Item]>,
    schema: Schema,
    /// Positions of the columns that any of them reads, in ascending order.
    #[cfg(feature = "arrow")]
    columns: Box<[usize]>,
    settings: Settings,
    counters: Arc<Counters>,
    form: Form,
}

/// How the expressions are evaluated.
#[derive(Debug)]
enum Form {
    Unit(Unit),
    /// Each for itself: one draws from a sequence (`RAND`), which is its own, and goes on by rows and not by chunks.
    Each(Box<[Expression]>),
}

/// One of the expressions.
#[derive(Debug)]
struct Item {
    text: String,
    ast: ast::Expr,
    bound: Bound,
}

impl Item {
    fn typed(&self) -> &Expr {
        &self.bound.expr
    }
}

/// The code of all expressions together.
#[derive(Debug)]
struct Unit {
    session: Arc<Session>,
    /// The code in force. Its number is its own among all code of the process.
    code: Mutex<Arc<Code>>,
    code_number: AtomicU64,
    asked_for_native: AtomicBool,
}

/// What a projection is made of.
pub(crate) struct Source<'a> {
    pub(crate) texts: Vec<(String, ast::Expr)>,
    pub(crate) schema: &'a Schema,
    pub(crate) session: &'a Session,
    pub(crate) settings: Settings,
}

impl Projection {
    pub(crate) fn new(source: Source<'_>) -> Result<Projection, ProjectionError> {
        let Source {
            texts,
            schema,
            session,
            settings,
        } = source;
        let mut items = Vec::with_capacity(texts.len());
        for (number, (text, ast)) in texts.into_iter().enumerate() {
            let binding = Binding {
                text: &text,
                schema,
                session,
                parameter_types: &[],
                fold: settings.folding == Folding::On,
                max_depth: settings.limits.depth,
            };
            let bound = sqlift_ir::bind(&ast, &binding).map_err(|e| at(number, e))?;
            items.push(Item { text, ast, bound });
        }
        let items: Box<[Item]> = items.into();
        let form = if items.iter().any(|item| is_sequential(item.typed())) {
            let single = |(number, item): (usize, &Item)| {
                let (text, ast) = (&item.text, item.ast.clone());
                let single = Expression::new(text, ast, schema, session, &[], settings.clone());
                single.map_err(|e| at(number, e))
            };
            Form::Each(
                items
                    .iter()
                    .enumerate()
                    .map(single)
                    .collect::<Result<_, _>>()?,
            )
        } else {
            Form::Unit(Unit::new(&items, session, &settings)?)
        };
        let projection = Projection {
            inner: Arc::new(Inner {
                #[cfg(feature = "arrow")]
                columns: columns(&items),
                items,
                schema: schema.clone(),
                settings,
                counters: Arc::new(Counters::new()),
                form,
            }),
        };
        projection.inner.compile_now()?;
        Ok(projection)
    }

    /// How many expressions there are.
    pub fn len(&self) -> usize {
        self.inner.items.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.inner.items.is_empty()
    }

    /// The text that an expression was compiled from.
    ///
    /// # Panics
    /// When there is no such expression.
    pub fn text(&self, expression: usize) -> &str {
        &self.inner.items[expression].text
    }

    /// The static type of an expression.
    ///
    /// # Panics
    /// When there is no such expression.
    pub fn sql_type(&self, expression: usize) -> &SqlType {
        &self.inner.items[expression].typed().ty
    }

    /// Whether an expression may be NULL.
    ///
    /// # Panics
    /// When there is no such expression.
    pub fn is_nullable(&self, expression: usize) -> bool {
        self.inner.items[expression].typed().nullable
    }

    /// Warnings raised while compiling, those of the first expression first.
    pub fn warnings(&self) -> impl Iterator<Item = &Warning> {
        self.inner
            .items
            .iter()
            .flat_map(|item| &item.bound.warnings)
    }

    /// The columns of its rows.
    pub fn schema(&self) -> &Schema {
        &self.inner.schema
    }

    /// What it has counted so far: a row counts once, however many expressions there are.
    pub fn statistics(&self) -> Statistics {
        match &self.inner.form {
            Form::Unit(_) => self.inner.counters.snapshot(),
            // All of them see the same rows.
            Form::Each(singles) => singles
                .first()
                .map(Expression::statistics)
                .unwrap_or_default(),
        }
    }

    /// A context for one thread.
    pub fn context(&self) -> ProjectionContext {
        ProjectionContext::new(&self.inner)
    }
}

fn at(expression: usize, error: Error) -> ProjectionError {
    ProjectionError { expression, error }
}

/// The columns that expressions read, in ascending order.
#[cfg(feature = "arrow")]
fn columns(items: &[Item]) -> Box<[usize]> {
    fn add(expr: &Expr, columns: &mut std::collections::BTreeSet<usize>) {
        if let sqlift_functions::ExprKind::Column(index) = &expr.kind {
            columns.insert(*index as usize);
        }
        expr.children().iter().for_each(|child| add(child, columns));
    }
    let mut columns = Default::default();
    items
        .iter()
        .for_each(|item| add(item.typed(), &mut columns));
    columns.into_iter().collect()
}

/// Whether rows must be evaluated one after the other.
fn is_sequential(expr: &Expr) -> bool {
    let own = match &expr.kind {
        sqlift_functions::ExprKind::Call { function, .. } => {
            catalogue().function(*function).is_sequential()
        }
        _ => false,
    };
    own || expr.children().iter().any(is_sequential)
}

impl Unit {
    fn new(
        items: &[Item],
        session: &Session,
        settings: &Settings,
    ) -> Result<Unit, ProjectionError> {
        let session = Arc::new(session.clone());
        let code = Code::new(items, &session, settings, Speculation::ALL).map_err(|error| {
            // Which of them it is, each tells for itself.
            let fails = |item: &Item| {
                let item = std::slice::from_ref(item);
                Code::new(item, &session, settings, Speculation::ALL).is_err()
            };
            at(items.iter().position(fails).unwrap_or(0), error)
        })?;
        Ok(Unit {
            session,
            code: Mutex::new(Arc::new(code)),
            code_number: AtomicU64::new(expression::next_number()),
            asked_for_native: AtomicBool::new(false),
        })
    }

    /// The code in force, after its number: if it is swapped between the two, the next row sees another number and asks again.
    fn newest(&self) -> (u64, Arc<Code>) {
        let number = self.code_number.load(Ordering::Acquire);
        (number, lock(&self.code).clone())
    }

    /// Puts other code in force, unless the code that it was made from no longer is.
    fn swap(&self, from: &Arc<Code>, code: Code) -> bool {
        let mut in_force = lock(&self.code);
        if !Arc::ptr_eq(&in_force, from) {
            return false;
        }
        *in_force = Arc::new(code);
        let number = expression::next_number();
        self.code_number.store(number, Ordering::Release);
        true
    }
}

impl Inner {
    /// The error behind a failure of an expression, in MySQL's words.
    fn error(&self, item: &Item, failure: Failure, session: &Session, scratch: &Scratch) -> Error {
        sqlift_interp::error(failure, scratch, &|place| {
            quoted(&item.ast, place, &self.schema, session)
        })
    }

    /// Makes the code again without a bet.
    fn drop_bet(&self, unit: &Unit, bet: Bet) {
        let current = unit.newest().1;
        let speculation = current.speculation.without(bet);
        if current.speculation == speculation {
            return;
        }
        let name = bet.name();
        match Code::new(&self.items, &unit.session, &self.settings, speculation) {
            Ok(code) => {
                if unit.swap(&current, code) {
                    self.counters.note(format!("bets on {name} dropped"));
                    unit.asked_for_native.store(false, Ordering::Relaxed);
                    // Under the policy that asks for native code alone; should there be none now, rows go on in the VM.
                    let _ = self.compile_now();
                }
            }
            // Slow, and as right as before: rows go on to tier 0.
            Err(error) => {
                let message = error.message;
                self.counters
                    .note(format!("bets on {name} stay: {message}"));
            }
        }
    }

    /// Native code on the caller's thread, for the policy that asks for nothing else.
    fn compile_now(&self) -> Result<(), ProjectionError> {
        if self.settings.policy != TierPolicy::Only(Tier::Native) {
            return Ok(());
        }
        let Form::Unit(_) = &self.form else {
            return Ok(());
        };
        #[cfg(feature = "jit")]
        if expression::with_compiler(|compiler| self.tier_up(compiler)) == Some(true) {
            return Ok(());
        }
        Err(at(
            0,
            Error::unsupported("native code for these expressions"),
        ))
    }

    /// Makes native code of the programs in force. `false`: it cannot be made, or they changed meanwhile.
    #[cfg(feature = "jit")]
    pub(crate) fn tier_up(&self, compiler: &mut sqlift_jit::Compiler) -> bool {
        let Form::Unit(unit) = &self.form else {
            return false;
        };
        let current = unit.newest().1;
        match current.with_native(compiler) {
            Ok((code, bytes)) => {
                let swapped = unit.swap(&current, code);
                if swapped {
                    self.counters.note(format!("native code, {bytes} bytes"));
                }
                swapped
            }
            Err(error) => {
                self.counters.note(format!("stays in the VM: {error}"));
                false
            }
        }
    }
}
