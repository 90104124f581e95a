//! What type rules work with.

use crate::{Expr, ExprKind, FunctionId, catalogue};
use sqlift_collation::{Coercibility, Collated, CollationId, Repertoire};
use sqlift_types::{Datum, Error, Session, Span, SqlType, TypeKind, Warning};

/// Evaluates a constant expression; the interpreter, given to binding from above.
pub type Evaluate<'a> = &'a dyn Fn(&Expr) -> Result<(Datum, Vec<Warning>), Error>;

/// The text of a part of the expression, as messages quote it.
pub type Quote<'a> = &'a dyn Fn(Span) -> String;

/// The call being bound: its name and place, the session, and ways to make typed nodes.
pub struct BindContext<'a> {
    /// The session.
    pub session: &'a Session,
    /// The function being bound.
    pub function: FunctionId,
    /// The text of the call.
    pub span: Span,
    /// Warnings raised while binding (deprecations, constants).
    pub warnings: &'a mut Vec<Warning>,
    /// Evaluates constants.
    pub evaluate: Evaluate<'a>,
    /// Quotes the text.
    pub quote: Quote<'a>,
    /// The text of the whole expression, as it was written.
    pub text: &'a str,
    /// The type that the syntax names, for CAST.
    pub target: Option<SqlType>,
    /// The name of the result column, if this call is the whole expression.
    pub name: Option<&'a str>,
    /// Whether the syntax negates the result: NOT BETWEEN, NOT IN, NOT LIKE.
    pub negated: bool,
}

impl BindContext<'_> {
    /// A call of the function being bound.
    pub fn call(&self, args: Vec<Expr>, ty: SqlType, nullable: bool) -> Expr {
        self.call_of(self.function, args, ty, nullable)
    }

    /// A call of another function of the catalogue, by name.
    ///
    /// # Panics
    /// When the catalogue has no such function: a mistake in a family file, which the catalogue test finds.
    pub fn call_named(&self, name: &str, args: Vec<Expr>, ty: SqlType, nullable: bool) -> Expr {
        let function = catalogue()
            .lookup(name)
            .unwrap_or_else(|| panic!("{name} is not in the catalogue"));
        self.call_of(function, args, ty, nullable)
    }

    fn call_of(&self, function: FunctionId, args: Vec<Expr>, ty: SqlType, nullable: bool) -> Expr {
        let coercibility = if ty.kind.is_string() {
            Coercibility::Coercible
        } else {
            Coercibility::Numeric
        };
        let repertoire = if ty.kind.is_string() {
            Repertoire::Unicode
        } else {
            Repertoire::Ascii
        };
        let collated = Collated::new(ty.collation, coercibility, repertoire);
        Expr {
            kind: ExprKind::Call { function, args },
            ty,
            nullable,
            collated,
            computed: false,
            span: self.span,
        }
    }

    /// Whether a text made of these operands may be NULL: of anything that may be, and of everything in strict mode, where a text
    /// that turns out not to be well formed is NULL.
    pub fn text_nullable(&self, args: &[Expr]) -> bool {
        self.session.sql_mode.is_strict() || args.iter().any(|a| a.nullable)
    }

    /// What `body` makes of a value that is evaluated once, however often `body` asks for it.
    ///
    /// # Errors
    /// Those of `body`.
    pub fn let_in(
        &mut self,
        value: Expr,
        body: impl FnOnce(&mut Self, Expr) -> Result<Expr, Error>,
    ) -> Result<Expr, Error> {
        if value.children().is_empty() || value.is_column() {
            return body(self, value);
        }
        let mut held = self
            .call_named("held", Vec::new(), value.ty.clone(), value.nullable)
            .at(value.span);
        held.collated = value.collated;
        let body = body(self, held)?;
        let (ty, nullable, collated) = (body.ty.clone(), body.nullable, body.collated);
        let mut call = self.call_named("let", vec![value, body], ty, nullable);
        call.collated = collated;
        Ok(call)
    }

    /// A text result that has the collation, coercibility and repertoire of `collated`.
    pub fn with_collation(&self, mut expr: Expr, collated: Collated) -> Expr {
        expr.ty.collation = collated.collation;
        expr.collated = collated;
        expr
    }

    /// Binds a call of another function, with that function's own type rules.
    pub fn bind_named(&mut self, name: &str, args: Vec<Expr>) -> Result<Expr, Error> {
        let function = catalogue()
            .lookup(name)
            .unwrap_or_else(|| panic!("{name} is not in the catalogue"));
        let mut inner = BindContext {
            session: self.session,
            function,
            span: self.span,
            warnings: self.warnings,
            evaluate: self.evaluate,
            quote: self.quote,
            text: self.text,
            target: None,
            name: None,
            negated: false,
        };
        (catalogue().function(function).binder())(&mut inner, args)
    }

    /// `CAST(expr AS target)`, as the user would write it.
    pub fn bind_cast(&mut self, expr: Expr, target: SqlType) -> Result<Expr, Error> {
        let function = catalogue()
            .lookup("CAST")
            .ok_or_else(|| Error::unsupported("CAST"))?;
        let mut inner = BindContext {
            session: self.session,
            function,
            span: expr.span,
            warnings: self.warnings,
            evaluate: self.evaluate,
            quote: self.quote,
            text: self.text,
            name: None,
            negated: false,
            target: Some(target),
        };
        (catalogue().function(function).binder())(&mut inner, vec![expr])
    }

    /// The value of a constant expression when evaluating it raises neither error nor warning.
    pub fn constant(&self, expr: &Expr) -> Option<Datum> {
        if let Some(value) = expr.as_literal() {
            return Some(value.clone());
        }
        if !expr.is_constant() {
            return None;
        }
        match (self.evaluate)(expr) {
            Ok((value, warnings)) if warnings.is_empty() => Some(value),
            _ => None,
        }
    }

    /// The text of a part of the expression, as it was written.
    pub fn written(&self, span: Span) -> &str {
        let place = span.start as usize..span.end as usize;
        self.text.get(place).unwrap_or_default()
    }

    /// Whether the text of an expression is a call, not something written as it is.
    pub fn quoted_call(&self, span: Span) -> bool {
        let text = (self.quote)(span);
        let before = text.split(['\'', '"']).next().unwrap_or_default();
        before.contains('(')
    }

    /// A constant NULL of a type.
    pub fn null(&self, ty: SqlType) -> Expr {
        Expr::literal(Datum::Null, ty).at(self.span)
    }

    /// The collation of the connection.
    pub fn connection_collation(&self) -> CollationId {
        self.session.collation_connection
    }

    /// An implicit conversion, as MySQL makes it when an operand has another type than the operation needs: the node itself if it
    /// already has the representation and collation, a constant if it is one and converts without a warning, else a call of the
    /// implicit cast.
    pub fn coerce(&self, expr: Expr, to: SqlType) -> Expr {
        let scaled = expr.ty.kind == TypeKind::Decimal || expr.ty.kind.is_temporal();
        let same = expr.ty.repr() == to.repr()
            && (!scaled || expr.ty.decimals == to.decimals)
            && expr.ty.kind.is_temporal() == to.kind.is_temporal()
            && (!to.kind.is_string() || expr.ty.collation == to.collation)
            && (to.kind != TypeKind::Decimal || expr.ty.length <= to.length)
            && (to.kind != TypeKind::Float || expr.ty.kind == TypeKind::Float)
            && expr.ty.kind != TypeKind::Enum
            && expr.ty.kind != TypeKind::Set
            && expr.ty.kind != TypeKind::Bit
            && expr.ty.kind != TypeKind::Dynamic;
        if same {
            return expr;
        }
        if expr.is_null_literal() {
            return Expr { ty: to, ..expr };
        }
        let expr = if to.kind.is_string() {
            let expr = crate::families::control::as_shown(expr);
            let collated = expr.collated;
            let convert = |branch| self.coerce(branch, to.clone());
            match crate::families::control::of_branches(expr, &to, &convert) {
                Ok(text) => {
                    let collation = to.collation;
                    return self.with_collation(
                        text,
                        Collated {
                            collation,
                            ..collated
                        },
                    );
                }
                Err(expr) => expr,
            }
        } else if to.kind.is_numeric() {
            let convert = |branch| self.coerce(branch, to.clone());
            match crate::families::control::number_of_branches(expr, &to, &convert) {
                Ok(number) => return number,
                Err(expr) => expr,
            }
        } else {
            expr
        };
        let expr = match to.kind.is_integer() {
            true => crate::families::whole_seconds(expr),
            false => expr,
        };
        if let Some(converted) = crate::families::json::implicit(self, &expr, &to) {
            return converted;
        }
        if to.kind.is_temporal()
            && let Some(read) = crate::families::moment(self, expr.clone(), to.clone())
        {
            return read;
        }
        let (nullable, collated, span) = (expr.nullable, expr.collated, expr.span);
        let nullable = nullable || (to.kind.is_temporal() && !expr.ty.kind.is_temporal());
        let is_string = to.kind.is_string();
        let mut cast = self.call_named("coerce", vec![expr], to, nullable).at(span);
        if is_string {
            cast.collated = Collated {
                collation: cast.ty.collation,
                ..collated
            };
        }
        let holds = |value: &Datum| value.as_cell(&cast.ty, &mut Default::default()).is_some();
        match self.constant(&cast).filter(holds) {
            Some(value) => Expr {
                kind: ExprKind::Literal(value),
                ..cast
            },
            None => cast,
        }
    }
}
