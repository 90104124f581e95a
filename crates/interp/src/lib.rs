//! Tier 0: walks the typed expression and calls references.
//!
//! Written as if speed did not exist: it folds constants, evaluates once, takes rows that compiled tiers give up, and is the second
//! opinion that the other tiers are tested against.
#![forbid(unsafe_code)]

use bumpalo::Bump;
use sqlift_functions::{
    Argument, CallSite, Expr, ExprKind, Fault, Form, Frame, RangeType, RowContext, Scratch,
    catalogue,
};
use sqlift_types::decimal::{Coefficient, Decimal};
use sqlift_types::{Datum, Error, Session, Span, SqlType, TypeKind, Value, Warning};

/// Why an expression has no value: the fault and the text of the call that raised it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What it is.
    pub fault: Fault,
    /// Which part of the expression raised it.
    pub span: Span,
}

/// The cells and effects that an evaluation works with.
#[derive(Clone, Copy)]
pub struct Environment<'r> {
    /// Arena, scratch, session.
    pub cx: RowContext<'r>,
    /// The row.
    pub row: &'r [Value<'r>],
    /// Parameter values.
    pub parameters: &'r [Value<'r>],
    /// What the innermost [`Form::Let`] holds.
    pub held: Option<&'r Datum>,
}

impl<'r> From<&Frame<'r>> for Environment<'r> {
    fn from(frame: &Frame<'r>) -> Self {
        Environment {
            cx: frame.cx,
            row: frame.row,
            parameters: frame.parameters,
            held: None,
        }
    }
}

/// The value of an expression for a row, as it is shown: a DECIMAL has the scale of the branch that it comes from.
pub fn evaluate(expr: &Expr, env: &Environment<'_>) -> Result<Datum, Failure> {
    match &expr.kind {
        ExprKind::Call { args, .. } if expr.shows_branches() => {
            let chosen = chosen(args, env)?;
            chosen.map_or(Ok(Datum::Null), |branch| evaluate(branch, env))
        }
        _ => operand(expr, env),
    }
}

/// The value of an expression as others compute with it: of its declared type.
fn operand(expr: &Expr, env: &Environment<'_>) -> Result<Datum, Failure> {
    match &expr.kind {
        ExprKind::Literal(value) => Ok(value.clone()),
        ExprKind::Column(index) => cell(env, env.row.get(*index as usize), expr),
        ExprKind::Parameter(index) => cell(env, env.parameters.get(*index as usize), expr),
        ExprKind::Row(_) => {
            env.cx.raise(Error::operand_columns(1).at(expr.span));
            Err(Failure {
                fault: Fault::Raised,
                span: expr.span,
            })
        }
        ExprKind::Call { function, args } => match catalogue().function(*function).evaluation() {
            Form::Case => case(expr, args, env),
            Form::Coalesce => coalesce(expr, args, env),
            Form::Let => let_in(args, env),
            Form::Held => Ok(env.held.cloned().unwrap_or(Datum::Null)),
            form => operands_then_call(form, expr, args, env),
        },
    }
}

// What recurses has a function of its own: unoptimised builds add up the locals of all branches, and a frame is on the stack once
// a level.

/// Evaluates the operands from left to right, until one of them decides; else calls.
fn operands_then_call(
    form: Form,
    expr: &Expr,
    args: &[Expr],
    env: &Environment<'_>,
) -> Result<Datum, Failure> {
    let mut values = Vec::with_capacity(args.len());
    for arg in args {
        let value = operand(arg, env)?;
        if decides(form, &value, values.is_empty(), args) {
            return Ok(value);
        }
        values.push(value);
    }
    call(expr, &values, env)
}

/// Whether an operand is the answer of the whole.
fn decides(form: Form, value: &Datum, is_first: bool, args: &[Expr]) -> bool {
    match form {
        Form::And => *value == Datum::Int(0),
        Form::Or => matches!(value, Datum::Int(v) if *v != 0),
        Form::NullFirst | Form::NullFirstDecimal => value.is_null() && form.stops_at_null(args),
        Form::Guarded => is_first && value.is_null(),
        Form::Call | Form::Case | Form::Coalesce | Form::Let | Form::Held => false,
    }
}

/// A value once, then what is made of it.
fn let_in(args: &[Expr], env: &Environment<'_>) -> Result<Datum, Failure> {
    let Some((value, [body])) = args.split_first() else {
        return Ok(Datum::Null);
    };
    let held = operand(value, env)?;
    let held = Some(&held);
    operand(body, &Environment { held, ..*env })
}

fn case(expr: &Expr, args: &[Expr], env: &Environment<'_>) -> Result<Datum, Failure> {
    match chosen(args, env)? {
        Some(value) => fitted(operand(value, env)?, expr),
        None => Ok(Datum::Null),
    }
}

/// The branch that is taken.
fn chosen<'e>(args: &'e [Expr], env: &Environment<'_>) -> Result<Option<&'e Expr>, Failure> {
    for branch in args.chunks_exact(2) {
        if matches!(operand(&branch[0], env)?, Datum::Int(v) if v != 0) {
            return Ok(Some(&branch[1]));
        }
    }
    Ok(args.last().filter(|_| args.len() % 2 == 1))
}

fn coalesce(expr: &Expr, args: &[Expr], env: &Environment<'_>) -> Result<Datum, Failure> {
    for arg in args {
        let value = operand(arg, env)?;
        if !value.is_null() {
            return fitted(value, expr);
        }
    }
    Ok(Datum::Null)
}

/// The value of a constant expression with the warnings it raises; for binding.
///
/// Errors: the one that evaluating raises; 1690 then quotes `text(span)`.
pub fn evaluate_constant(
    expr: &Expr,
    session: &Session,
    text: &dyn Fn(Span) -> String,
) -> Result<(Datum, Vec<Warning>), Error> {
    let arena = Bump::new();
    let scratch = Scratch::default();
    let cx = RowContext {
        arena: &arena,
        scratch: &scratch,
        session,
    };
    match operand(
        expr,
        &Environment {
            cx,
            row: &[],
            parameters: &[],
            held: None,
        },
    ) {
        Ok(value) => Ok((
            value,
            scratch
                .take_warnings()
                .into_iter()
                .map(|(_, w)| w)
                .collect(),
        )),
        Err(failure) => Err(error(failure, &scratch, text)),
    }
}

/// The error behind a failure, in MySQL's words.
pub fn error(failure: Failure, scratch: &Scratch, text: &dyn Fn(Span) -> String) -> Error {
    match failure.fault {
        Fault::OutOfRange(range) => {
            Error::out_of_range(range.name(), &text(failure.span)).at(failure.span)
        }
        Fault::Raised => match scratch.take_raised() {
            Some(error) => error.at(failure.span),
            None => Error::unsupported("an error without words").at(failure.span),
        },
    }
}

fn call(expr: &Expr, values: &[Datum], env: &Environment<'_>) -> Result<Datum, Failure> {
    let ExprKind::Call { function, args } = &expr.kind else {
        return Ok(Datum::Null);
    };
    let facts: Vec<Argument> = args
        .iter()
        .map(|a| Argument {
            ty: a.ty.clone(),
            repr: a.ty.repr(),
            constant: a.as_literal().cloned(),
            column: a.is_column(),
            computed: a.computed,
            quiet: a.is_quiet(),
        })
        .collect();
    let text = args.iter().find(|a| a.ty.kind.is_string());
    let collation = match text {
        _ if expr.ty.kind.is_string() => expr.ty.collation,
        Some(text) => text.ty.collation,
        None => sqlift_types::CollationId::BINARY,
    };
    let site = CallSite {
        args: &facts,
        ret: &expr.ty,
        ret_repr: expr.ty.repr(),
        collation,
        session: env.cx.session,
    };
    let reference = catalogue().function(*function).reference();
    match reference(&env.cx, &site, values) {
        Ok(value) => fitted(value, expr),
        Err(fault) => Err(Failure {
            fault,
            span: expr.span,
        }),
    }
}

/// A cell as its declared type: what compiled tiers give up on is converted here, as MySQL converts a value on assignment.
fn cell(env: &Environment<'_>, cell: Option<&Value<'_>>, expr: &Expr) -> Result<Datum, Failure> {
    let Some(cell) = cell else {
        env.cx.raise(Error::unsupported(match &expr.kind {
            ExprKind::Parameter(_) => "a parameter without a value",
            _ => "a row with fewer cells than the schema has columns",
        }));
        return Err(Failure {
            fault: Fault::Raised,
            span: expr.span,
        });
    };
    let value = cell.to_datum();
    let mut wide = Default::default();
    if value.as_cell(&expr.ty, &mut wide).is_some() {
        return Ok(value);
    }
    let ty = type_of(&value);
    let args = [Argument {
        repr: ty.repr(),
        ty,
        constant: None,
        column: false,
        computed: false,
        quiet: false,
    }];
    let site = CallSite {
        args: &args,
        ret: &expr.ty,
        ret_repr: expr.ty.repr(),
        collation: expr.ty.collation,
        session: env.cx.session,
    };
    let coerce = catalogue()
        .lookup("coerce")
        .expect("the catalogue has coerce");
    match catalogue().function(coerce).reference()(&env.cx, &site, &[value]) {
        // A cell is as wide as its column.
        Ok(Datum::Double(v)) if expr.ty.kind == TypeKind::Float => {
            Ok(Datum::Double((v as f32).into()))
        }
        Ok(value) => fitted(value, expr),
        Err(fault) => Err(Failure {
            fault,
            span: expr.span,
        }),
    }
}

/// The type that a bare value has.
fn type_of(value: &Datum) -> SqlType {
    match value {
        Datum::Null => SqlType::null(),
        Datum::Int(_) => SqlType::bigint(),
        Datum::UInt(_) => SqlType::ubigint(),
        Datum::Double(_) => SqlType::double(),
        Datum::Decimal(d) => SqlType::decimal(65, d.scale()),
        Datum::Date(_) => SqlType::date(),
        Datum::Time(_) => SqlType::time(6),
        Datum::DateTime(_) => SqlType::datetime(6),
        Datum::Bytes(b) => SqlType::varchar(b.len() as u32),
        Datum::Json(_) => SqlType::json(),
    }
}

/// The value fitted to the node's type: DECIMALs get the declared scale. What cannot be held is error 1690.
fn fitted(value: Datum, expr: &Expr) -> Result<Datum, Failure> {
    match value {
        Datum::Decimal(d) if expr.ty.repr().is_decimal() && d.scale() != expr.ty.decimals => {
            let rescaled = d.coefficient().rescale(d.scale(), expr.ty.decimals);
            let rescaled = rescaled.and_then(|c| Decimal::new(c, expr.ty.decimals));
            let fault = Fault::OutOfRange(RangeType::Decimal);
            rescaled.map(Datum::Decimal).ok_or(Failure {
                fault,
                span: expr.span,
            })
        }
        other => Ok(other),
    }
}
