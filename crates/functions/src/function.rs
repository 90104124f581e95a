//! Functions, overloads and call sites.

use crate::emit::{Emit, Lowered};
use crate::kernel::{Kernel, KernelMaker, Traits};
use crate::{BindContext, Exit, Expr, Fault, RangeType, RowContext};
use sqlift_collation::CollationId;
use sqlift_types::{Datum, Error, Repr, Session, SqlType};
use std::sync::Arc;

/// The static facts about one argument of a call.
#[derive(Clone, Debug)]
pub struct Argument {
    /// Its type.
    pub ty: SqlType,
    /// How it is held; a DECIMAL may be wider (or, speculating, narrower) than its type asks for.
    pub repr: Repr,
    /// Its value, when it is a constant.
    pub constant: Option<Datum>,
    /// Whether it is a column itself, not something computed: MySQL's conversions of columns warn in other words.
    pub column: bool,
    /// Whether it is a constant that was computed, not written.
    pub computed: bool,
    /// Whether a text that is no number is taken for one without a warning.
    pub quiet: bool,
}

/// The static facts about a call: what kernels are prepared from, what references and lowerings are told.
#[derive(Clone, Debug)]
pub struct CallSite<'a> {
    /// The arguments.
    pub args: &'a [Argument],
    /// The type of the result.
    pub ret: &'a SqlType,
    /// How the result is held.
    pub ret_repr: Repr,
    /// The collation that the call works in: of its result for text functions, of its operands for comparisons.
    pub collation: CollationId,
    /// The session that the expression is compiled for.
    pub session: &'a Session,
}

/// Type rules: makes the typed call from bound arguments (casts, result type, nullability, collation), or the error that MySQL
/// raises. May make something else than a call of the function.
pub type Bind = fn(&mut BindContext<'_>, Vec<Expr>) -> Result<Expr, Error>;

/// The naive meaning, over owned values: tier 0, and the second opinion on the kernels. NULL is its own business.
pub type Reference = fn(&RowContext<'_>, &CallSite<'_>, &[Datum]) -> Result<Datum, Fault>;

/// Writes a kernel's meaning as native operations. `None`: not for this call site, call the kernel.
pub type Lower = fn(&mut dyn Emit, &CallSite<'_>, &[Lowered]) -> Option<Lowered>;

/// A call that means the same as a bound call and has a faster kernel; `None`: there is none. For compiled tiers alone: tier 0 evaluates
/// what was bound. Both must raise the same, and evaluate the same arguments.
pub type Fuse = fn(&Expr) -> Option<Expr>;

/// How a call's arguments are evaluated. Decided in `ir::linearize` for the compiled tiers, once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// All arguments, from left to right.
    Call,
    /// The arguments up to the first that is NULL.
    NullFirst,
    /// As [`Form::NullFirst`] if they are decimals, else as [`Form::Call`]: arithmetic.
    NullFirstDecimal,
    /// `Bool, Bool`: the second only if the first is not false.
    And,
    /// `Bool, Bool`: the second only if the first is not true.
    Or,
    /// `condition, value, condition, value, ..., value`: the value after the first true condition, else the last.
    Case,
    /// The first argument that is not NULL.
    Coalesce,
    /// The others only if the first is not NULL, else the result is NULL: comparisons, BETWEEN.
    Guarded,
    /// The second, in which [`Form::Held`] is the value of the first: it is evaluated once, however often it is asked for.
    Let,
    /// The value that the innermost [`Form::Let`] around it holds.
    Held,
}

impl Form {
    /// Whether an argument that is NULL leaves those behind it unevaluated.
    pub fn stops_at_null(self, args: &[Expr]) -> bool {
        match self {
            Form::NullFirst => true,
            Form::NullFirstDecimal => args.iter().any(|a| a.ty.repr().is_decimal()),
            _ => false,
        }
    }
}

/// One physical form of a function.
pub struct Overload {
    maker: KernelMaker,
    flag_exit: Exit,
    lower: Option<Lower>,
    shares_reference: bool,
    costly: bool,
    cheap_where: Option<fn(&[Expr]) -> bool>,
    warns: bool,
    volatile: bool,
    of_ascii: bool,
    any_scale: bool,
    only_orders: bool,
}

impl Overload {
    fn new(maker: KernelMaker) -> Overload {
        let flag_exit = Exit::Error(Fault::OutOfRange(RangeType::BigInt));
        Overload {
            maker,
            flag_exit,
            lower: None,
            shares_reference: false,
            costly: false,
            cheap_where: None,
            warns: false,
            volatile: false,
            of_ascii: false,
            any_scale: false,
            only_orders: false,
        }
    }
    /// Representations of the parameters; the last one repeats if [`Overload::is_variadic`].
    pub fn params(&self) -> &[Repr] {
        &self.maker.params
    }
    /// Whether the last parameter repeats.
    pub fn is_variadic(&self) -> bool {
        self.maker.variadic
    }
    /// Whether these representations are what it takes.
    pub fn accepts(&self, reprs: &[Repr]) -> bool {
        if self.maker.variadic {
            !reprs.is_empty() && reprs.iter().all(|r| *r == self.maker.params[0])
        } else {
            self.maker.params == reprs
        }
    }
    /// Representation of the result.
    pub fn ret(&self) -> Repr {
        self.maker.ret
    }
    /// Whether a NULL argument makes the result NULL.
    pub fn is_strict(&self) -> bool {
        self.maker.strict
    }
    /// Whether the result may be NULL when no argument is.
    pub fn may_be_null(&self) -> bool {
        self.maker.nullable
    }
    /// Whether a call may give its row up.
    pub fn is_fallible(&self) -> bool {
        self.maker.fallible
    }
    /// Whether a call may raise a warning.
    pub fn warns(&self) -> bool {
        self.warns
    }
    /// Whether it is worth skipping, with these arguments, when its result is not needed.
    pub fn is_costly(&self, args: &[Expr]) -> bool {
        self.costly && !self.cheap_where.is_some_and(|cheap| cheap(args))
    }
    /// Whether its texts must be ASCII alone. So is its result then.
    pub fn is_of_ascii(&self) -> bool {
        self.of_ascii
    }
    /// Whether it takes DECIMALs at scales of their own; others want them at the result's.
    pub fn takes_any_scale(&self) -> bool {
        self.any_scale
    }
    /// Whether its result depends on nothing but which of its arguments are equal, less, greater: so it is the same when all of
    /// them go through one function that grows with them.
    pub fn only_orders(&self) -> bool {
        self.only_orders
    }
    /// What a raised flag means.
    pub fn flag_exit(&self) -> Exit {
        self.flag_exit
    }
    /// Its lowering.
    pub fn lowering(&self) -> Option<Lower> {
        self.lower
    }
    /// Whether reference and kernel are the same code on purpose.
    pub fn shares_reference(&self) -> bool {
        self.shares_reference
    }
    /// The kernel prepared for a call site.
    pub fn kernel(&self, site: &CallSite<'_>) -> Result<Arc<dyn Kernel>, Error> {
        let traits = Traits {
            flag_exit: self.flag_exit,
            only_where_asked: self.warns || self.costly || self.volatile,
            has_effects: self.warns || self.volatile,
        };
        (self.maker.make)(site, traits)
    }
}

/// An operator or function of the catalogue. The builder methods are what family tables are written in.
pub struct Function {
    name: &'static str,
    operator: bool,
    arity: (usize, usize),
    doc: &'static str,
    examples: Vec<(&'static str, &'static str)>,
    bind: Bind,
    reference: Reference,
    form: Form,
    fuse: Option<Fuse>,
    volatile: bool,
    sequential: bool,
    reads_column: bool,
    quiet: bool,
    overloads: Vec<Overload>,
}

impl Function {
    /// An operator (its name is what the binder looks up: `+`, `IS NULL`, `CASE`).
    pub fn operator(name: &'static str, bind: Bind, reference: Reference) -> Function {
        Function {
            name,
            operator: true,
            arity: (0, usize::MAX),
            doc: "",
            examples: Vec::new(),
            bind,
            reference,
            form: Form::Call,
            fuse: None,
            volatile: false,
            sequential: false,
            reads_column: false,
            quiet: false,
            overloads: Vec::new(),
        }
    }
    /// A function that takes from `low` to `high` arguments (`usize::MAX`: any number).
    pub fn new(
        name: &'static str,
        (low, high): (usize, usize),
        bind: Bind,
        reference: Reference,
    ) -> Function {
        Function {
            operator: false,
            arity: (low, high),
            ..Function::operator(name, bind, reference)
        }
    }
    /// One or two sentences for help and COMPATIBILITY.md.
    pub fn doc(mut self, doc: &'static str) -> Function {
        self.doc = doc;
        self
    }
    /// An expression and the text of its value; run by the catalogue tests.
    pub fn example(mut self, expression: &'static str, value: &'static str) -> Function {
        self.examples.push((expression, value));
        self
    }
    /// Arguments are not all evaluated.
    pub fn form(mut self, form: Form) -> Function {
        self.form = form;
        self
    }
    /// Some calls have a faster form.
    pub fn fused(mut self, fuse: Fuse) -> Function {
        self.fuse = Some(fuse);
        self
    }
    /// Not the same twice: never folded, evaluated once a row even after a deopt.
    pub fn volatile(mut self) -> Function {
        self.volatile = true;
        self.overloads.iter_mut().for_each(|o| o.volatile = true);
        self
    }
    /// Volatile, and each row takes from where the row before left off: rows are evaluated one after the other, whatever the tier. Stands
    /// before the overloads.
    pub fn sequential(self) -> Function {
        Function {
            sequential: true,
            ..self.volatile()
        }
    }
    /// How a column is shown in a session: a call of it is as good as the column itself.
    pub fn reads_column(mut self) -> Function {
        self.reads_column = true;
        self
    }
    /// Texts of it are taken for numbers without a warning.
    pub fn quiet(mut self) -> Function {
        self.quiet = true;
        self
    }
    /// Adds a physical form.
    pub fn overload(mut self, maker: KernelMaker) -> Function {
        let volatile = self.volatile;
        self.overloads.push(Overload::new(maker));
        self.last(|o| o.volatile = volatile)
    }
    fn last(mut self, change: impl FnOnce(&mut Overload)) -> Function {
        let last = self
            .overloads
            .last_mut()
            .expect("an overload comes before what is said of it");
        change(last);
        self
    }
    /// The last overload's raised flag means this exit (default: error 1690 for BIGINT).
    pub fn exits_with(self, exit: Exit) -> Function {
        self.last(|o| o.flag_exit = exit)
    }
    /// The last overload's raised flag is error 1690 for this type.
    pub fn out_of_range(self, range: RangeType) -> Function {
        self.exits_with(Exit::Error(Fault::OutOfRange(range)))
    }
    /// The last overload has a lowering.
    pub fn inline(self, lower: Lower) -> Function {
        self.last(|o| o.lower = Some(lower))
    }
    /// The last overload's reference is the same code on purpose; recorded MySQL answers are the second opinion.
    pub fn shares_reference(self) -> Function {
        self.last(|o| o.shares_reference = true)
    }
    /// The last overload only asks how its arguments are ordered, and so does its lowering.
    pub fn only_orders(self) -> Function {
        self.last(|o| o.only_orders = true)
    }
    /// The last overload is worth skipping.
    pub fn costly(self) -> Function {
        self.last(|o| o.costly = true)
    }
    /// The last overload takes texts of ASCII characters alone, where another takes any: a bet for texts whose character set has
    /// others. It sees bytes; whether they are ASCII is asked before it is called.
    pub fn of_ascii(self) -> Function {
        self.last(|o| o.of_ascii = true)
    }
    /// The last overload, which loses no digit of its exact result without saying so, takes DECIMALs at scales of their own.
    pub fn any_scale(self) -> Function {
        self.last(|o| o.any_scale = true)
    }
    /// The last overload is not worth skipping with such arguments, costly as it may be with others.
    pub fn cheap_where(self, cheap: fn(&[Expr]) -> bool) -> Function {
        self.last(|o| o.cheap_where = Some(cheap))
    }
    /// The last overload may raise warnings.
    pub fn warns(self) -> Function {
        self.last(|o| o.warns = true)
    }

    /// Name in upper case, or the operator.
    pub fn name(&self) -> &'static str {
        self.name
    }
    /// Whether it is called by syntax, not by name.
    pub fn is_operator(&self) -> bool {
        self.operator
    }
    /// Fewest and most arguments.
    pub fn arity(&self) -> (usize, usize) {
        self.arity
    }
    /// What it does.
    pub fn description(&self) -> &'static str {
        self.doc
    }
    /// Expressions with their values.
    pub fn examples(&self) -> &[(&'static str, &'static str)] {
        &self.examples
    }
    /// Type rules.
    pub fn binder(&self) -> Bind {
        self.bind
    }
    /// The reference.
    pub fn reference(&self) -> Reference {
        self.reference
    }
    /// How arguments are evaluated.
    pub fn evaluation(&self) -> Form {
        self.form
    }
    /// The call that compiled tiers make in place of a bound call of this function, if there is a better one.
    pub fn fusion(&self, call: &Expr) -> Option<Expr> {
        self.fuse?(call)
    }
    /// Whether it is not the same twice.
    pub fn is_volatile(&self) -> bool {
        self.volatile
    }
    /// Whether rows must be evaluated one after the other.
    pub fn is_sequential(&self) -> bool {
        self.sequential
    }
    /// Whether texts of it are taken for numbers without a warning.
    pub fn is_quiet(&self) -> bool {
        self.quiet
    }
    /// Whether a call is as good as the column that it is given.
    pub fn is_column_reader(&self) -> bool {
        self.reads_column
    }
    /// Physical forms.
    pub fn overloads(&self) -> &[Overload] {
        &self.overloads
    }
}
