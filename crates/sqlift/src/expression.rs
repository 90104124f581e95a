//! A compiled expression.

use crate::{Context, Limits};
use sqlift_functions::{Expr, RowContext};
use sqlift_interp::Environment;
use sqlift_ir::{Bound, quoted};
use sqlift_syntax::ast;
use sqlift_types::{Datum, Error, Repr, Schema, Session, SqlType, Value, Warning};
use std::sync::Arc;

/// A compiled expression: cheap to clone, `Send + Sync`.
#[derive(Clone, Debug)]
pub struct Expression {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    text: String,
    ast: ast::Expr,
    bound: Bound,
    schema: Schema,
    session: Session,
    limits: Limits,
}

impl Expression {
    pub(crate) fn new(
        text: &str,
        ast: ast::Expr,
        bound: Bound,
        schema: Schema,
        session: Session,
        limits: Limits,
    ) -> Result<Expression, Error> {
        let text = text.to_owned();
        Ok(Expression {
            inner: Arc::new(Inner {
                text,
                ast,
                bound,
                schema,
                session,
                limits,
            }),
        })
    }

    /// The text that it was compiled from.
    pub fn text(&self) -> &str {
        &self.inner.text
    }

    /// Its static type.
    pub fn sql_type(&self) -> &SqlType {
        &self.inner.bound.expr.ty
    }

    /// Whether it may be NULL.
    pub fn is_nullable(&self) -> bool {
        self.inner.bound.expr.nullable
    }

    /// The typed expression.
    pub fn typed(&self) -> &Expr {
        &self.inner.bound.expr
    }

    /// Warnings raised while compiling: deprecated spellings, constants.
    pub fn warnings(&self) -> &[Warning] {
        &self.inner.bound.warnings
    }

    /// A context for one thread.
    pub fn context(&self) -> Context {
        Context::new(self.inner.limits.warnings)
    }

    /// Evaluates it for a row: one cell a column of the schema.
    ///
    /// Warnings go to the context. Errors: the one that MySQL raises for the row.
    pub fn eval_row<'c>(
        &'c self,
        row: &'c [Value<'c>],
        context: &'c mut Context,
    ) -> Result<Value<'c>, Error> {
        let inner = &*self.inner;
        context.arena.reset();
        context.scratch.clear();
        let (arena, scratch) = (&context.arena, &context.scratch);
        let cx = RowContext {
            arena,
            scratch,
            session: &inner.session,
        };
        let result = sqlift_interp::evaluate(
            &inner.bound.expr,
            &Environment {
                cx,
                row,
                parameters: &[],
            },
        );
        for (_, warning) in scratch.take_warnings() {
            context.diagnostics.push(warning);
        }
        match result {
            Ok(value) => Ok(cell_in(&value, &inner.bound.expr.ty, cx)),
            Err(failure) => Err(sqlift_interp::error(failure, scratch, &|place| {
                quoted(&inner.ast, place, &inner.schema)
            })),
        }
    }
}

/// An owned value as a cell of the context's arena.
fn cell_in<'r>(value: &Datum, ty: &SqlType, cx: RowContext<'r>) -> Value<'r> {
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
