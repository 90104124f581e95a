//! Binding: names, types, overloads, collations, casts.
//!
//! The binder walks the AST once, bottom up; what a construct means is decided by the type rules of its family
//! (`sqlift_functions::families`), which it finds by name. A call whose arguments are all constant is folded when evaluating it raises
//! neither error nor warning: what raises something must raise it for every row, as MySQL does.

mod cast_type;
mod construct;
mod literal;
mod names;
mod variable;

pub use cast_type::column_type;

use construct::{Construct, Part};
use sqlift_functions::{BindContext, Expr, ExprKind, Form, FunctionId, catalogue};
use sqlift_syntax::ast::{self, BinaryOp, Literal, Parameter, TrimSide, UnaryOp};
use sqlift_syntax::types::{CastType, CharsetName};
use sqlift_syntax::{TextContext, mysql_text};
use sqlift_types::decimal::MAX_SCALE;
use sqlift_types::{
    Column, Datum, Error, Schema, Session, Span, SqlMode, SqlType, TimeZone, TypeKind, Warning,
};

/// A bound expression with the warnings that binding raised.
#[derive(Clone, Debug)]
pub struct Bound {
    /// The typed expression.
    pub expr: Expr,
    /// Deprecations and what constants raised once.
    pub warnings: Vec<Warning>,
    /// The parameters, in order of first appearance.
    pub parameters: Vec<ParameterUse>,
}

/// A parameter of an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParameterUse {
    /// The name of `:name`; `None` for `?`.
    pub name: Option<String>,
}

/// What binding needs to know beside the text.
#[derive(Clone, Copy)]
pub struct Binding<'a> {
    /// The text of the expression: it names the result, and MySQL quotes that name in some warnings.
    pub text: &'a str,
    /// The columns that may be named.
    pub schema: &'a Schema,
    /// Session settings.
    pub session: &'a Session,
    /// Types of parameters by position (or by order of first appearance, if named); missing ones are text.
    pub parameter_types: &'a [SqlType],
    /// Whether constant calls are folded; off only in tests.
    pub fold: bool,
    /// How deep a typed expression may nest.
    pub max_depth: u32,
}

/// Binds an expression.
///
/// Errors: MySQL's own for unknown names (1054, 1305), wrong arity (1582), impossible types or collations, or
/// [`Error::unsupported`] for what MySQL has and sqlift does not.
pub fn bind(expr: &ast::Expr, binding: &Binding<'_>) -> Result<Bound, Error> {
    let mut binder = Binder {
        binding: *binding,
        root: expr,
        spelling: Vec::new(),
        warnings: Vec::new(),
        parameters: Vec::new(),
        named: Vec::new(),
        negated: false,
        depth: 0,
    };
    let mut bound = binder.expr(expr)?;
    settle_scales(&mut bound);
    if let ExprKind::Literal(Datum::Decimal(value)) = &bound.kind {
        // MySQL: a DECIMAL variable has 30 decimals for whatever reckons with it, and shows those that it was given.
        let scale = value.scale();
        if scale > MAX_SCALE {
            // So many digits need room.
            bound.ty.length += u32::from(scale - MAX_SCALE);
        }
        bound.ty.decimals = scale;
    }
    binder.spelling.sort_by_key(|(place, _)| *place);
    let spelling = binder.spelling.into_iter().map(|(_, warning)| warning);
    let warnings = spelling.chain(binder.warnings).collect();
    if let ExprKind::Row(_) = bound.kind {
        return Err(Error::operand_columns(1).at(bound.span));
    }
    Ok(Bound {
        expr: bound,
        warnings,
        parameters: binder.parameters,
    })
}

pub(crate) fn span(span: sqlift_syntax::Span) -> Span {
    Span {
        start: span.start,
        end: span.end,
    }
}

/// The text of the node at `place`, as MySQL quotes expressions in messages.
pub fn quoted(root: &ast::Expr, place: Span, schema: &Schema, session: &Session) -> String {
    let node = root.walk().find(|n| span(n.span) == place).unwrap_or(root);
    let table = schema.table.as_ref();
    let digits = |operand: &ast::Expr| match &operand.kind {
        ast::ExprKind::Column(column) => {
            let index = schema.index_of(&column.column.text)?;
            let ty = &schema.columns()[index].ty;
            ty.kind.is_temporal().then(|| ty.decimals.into())
        }
        _ => None,
    };
    let context = TextContext {
        fraction_digits: Some(&digits),
        table: table.map(|(database, table)| (database.as_str(), table.as_str())),
        default_week_format: session.default_week_format,
        ..TextContext::default()
    };
    mysql_text(node, &context)
}

/// MySQL: a computed double beyond BIGINT is an error where an integer is wanted, a literal is not: so it must stay computed.
fn stays_computed(value: &Datum) -> bool {
    const TWO_TO_63: f64 = 9_223_372_036_854_775_808.0;
    matches!(value, Datum::Double(v) if v.abs() >= TWO_TO_63)
}

/// Whether a constant of the type can be this value. An exact result may have more digits than its type declares (MySQL shows
/// them): it is then computed for each row, where tier 0 holds what the type does not.
fn holds(ty: &SqlType, value: &Datum) -> bool {
    value.as_cell(ty, &mut Default::default()).is_some()
}

/// Whether it is a literal with more decimals than any type, or a row with one.
fn is_long_decimal(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Literal(Datum::Decimal(value)) => value.scale() > MAX_SCALE,
        ExprKind::Row(members) => members.iter().any(is_long_decimal),
        _ => false,
    }
}

/// The constant with the other sign.
fn negated(mut constant: Expr) -> Expr {
    if let ExprKind::Literal(Datum::Decimal(value)) = &mut constant.kind
        && let Some(opposite) = value.checked_neg()
    {
        *value = opposite;
    }
    constant
}

/// Gives constants below a call, which may be DECIMAL variables with the scale of their own value, the scale of their type.
fn settle_scales(expr: &mut Expr) {
    if let ExprKind::Call { args, .. } | ExprKind::Row(args) = &mut expr.kind {
        for arg in args {
            let scale = arg.ty.decimals;
            if let ExprKind::Literal(Datum::Decimal(value)) = &mut arg.kind
                && arg.ty.repr().is_decimal()
                && value.scale() != scale
                && let Some(settled) = value.rescale(scale)
            {
                *value = settled;
            }
            settle_scales(arg);
        }
    }
}

struct Binder<'a> {
    binding: Binding<'a>,
    root: &'a ast::Expr,
    /// What is said of the spelling, with its place in the text: it comes before all other warnings, in the order of the text.
    spelling: Vec<(u32, Warning)>,
    warnings: Vec<Warning>,
    parameters: Vec<ParameterUse>,
    /// Nodes that have a name for MySQL: warnings quote it.
    named: Vec<*const ast::Expr>,
    /// Whether the construct that is bound next is negated by its syntax.
    negated: bool,
    depth: u32,
}

impl Binder<'_> {
    fn expr(&mut self, node: &ast::Expr) -> Result<Expr, Error> {
        if self.depth >= self.binding.max_depth {
            return Err(Error::limit("nesting of the expression").at(span(node.span)));
        }
        self.depth += 1;
        let result = self.node(node);
        self.depth -= 1;
        result.map_err(|e| e.at(span(node.span)))
    }

    fn exprs(&mut self, nodes: &[ast::Expr]) -> Result<Vec<Expr>, Error> {
        let mut bound = Vec::with_capacity(nodes.len());
        for node in nodes {
            bound.push(self.expr(node)?);
        }
        Ok(bound)
    }

    /// Binds a call of the catalogue entry `name`.
    fn call(&mut self, node: &ast::Expr, name: &str, args: Vec<Expr>) -> Result<Expr, Error> {
        self.call_with(node, name, args, None)
    }

    fn call_with(
        &mut self,
        node: &ast::Expr,
        name: &str,
        args: Vec<Expr>,
        target: Option<SqlType>,
    ) -> Result<Expr, Error> {
        let args = match <[Expr; 1]>::try_from(args) {
            Ok([arg]) if name == "NEG" && is_long_decimal(&arg) => {
                return Ok(negated(arg).at(span(node.span)));
            }
            Ok(args) => args.into(),
            Err(args) => args,
        };
        if args.iter().any(is_long_decimal) {
            let what = "reckoning with DECIMAL literals of more than 30 decimals";
            return Err(Error::unsupported(what).at(span(node.span)));
        }
        let Some(function) = catalogue().lookup(name) else {
            return Err(Error::unsupported(name));
        };
        let (root, schema, session) = (self.root, self.binding.schema, self.binding.session);
        let quote = |place: Span| quoted(root, place, schema, session);
        let evaluate = |expr: &Expr| sqlift_interp::evaluate_constant(expr, session, &quote);
        let name = if std::ptr::eq(node, root) {
            Some(self.binding.text.trim())
        } else {
            let place = node.span.start as usize..node.span.end as usize;
            let is_named = self.named.contains(&std::ptr::from_ref(node));
            is_named.then(|| self.binding.text.get(place).unwrap_or_default())
        };
        let mut cx = BindContext {
            session,
            function,
            span: span(node.span),
            warnings: &mut self.warnings,
            evaluate: &evaluate,
            quote: &quote,
            text: self.binding.text,
            target,
            name,
            negated: std::mem::take(&mut self.negated),
        };
        let bound = (catalogue().function(function).binder())(&mut cx, args)?;
        Ok(self.folded(bound))
    }

    /// A call of constants as a constant, if evaluating it raises nothing.
    fn folded(&self, expr: Expr) -> Expr {
        let ExprKind::Call { function, args } = &expr.kind else {
            return expr;
        };
        let constant = |a: &Expr| a.as_literal().is_some();
        if !self.binding.fold
            || catalogue().function(*function).is_volatile()
            || !args.iter().all(constant)
            || expr.shows_branches()
        {
            return expr;
        }
        match sqlift_interp::evaluate_constant(&expr, self.binding.session, &|_| String::new()) {
            Ok((value, warnings))
                if warnings.is_empty() && !stays_computed(&value) && holds(&expr.ty, &value) =>
            {
                // The branch of a CASE is what it was.
                let computed = catalogue().function(*function).evaluation() != Form::Case;
                Expr {
                    kind: ExprKind::Literal(value),
                    computed,
                    ..expr
                }
            }
            _ => expr,
        }
    }

    /// Only what recurses is here, each in a function of its own: unoptimised builds add up the locals of all branches, and this
    /// frame is on the stack once a level.
    fn node(&mut self, node: &ast::Expr) -> Result<Expr, Error> {
        use ast::ExprKind as A;
        match &node.kind {
            A::Unary {
                op: UnaryOp::Plus,
                operand,
            } => self.expr(operand),
            A::Row(members) => self.row(node, members),
            A::Call(call) => self.function(node, call),
            A::Odbc { name, operand } => self.odbc(name, operand),
            A::Trim {
                side,
                pattern,
                operand,
            } => self.trim(node, *side, pattern.as_deref(), operand),
            A::Literal(_)
            | A::Column(_)
            | A::Parameter(_)
            | A::UserVariable(_)
            | A::SystemVariable(_)
            | A::Assign { .. } => self.leaf(node),
            _ => self.construct(node),
        }
    }

    fn leaf(&mut self, node: &ast::Expr) -> Result<Expr, Error> {
        use ast::ExprKind as A;
        match &node.kind {
            A::Literal(literal) => self.literal(literal, span(node.span)),
            A::Column(column) => {
                let column = self.column(column, span(node.span))?;
                self.shown(node, column)
            }
            A::Parameter(parameter) => Ok(self.parameter(parameter, span(node.span))),
            A::UserVariable(name) => self.user_variable(node, &name.text),
            A::SystemVariable(variable) => {
                let bound = variable::system(variable, self.binding.session)?;
                Ok(bound.at(span(node.span)))
            }
            _ => Err(Error::unsupported("assignment to a user variable")),
        }
    }

    fn construct(&mut self, node: &ast::Expr) -> Result<Expr, Error> {
        self.note_spelling(node);
        let Construct {
            name,
            parts,
            target,
            negated,
        } = Construct::of(node, self.binding.session, self.binding.text)?;
        let mut args = Vec::with_capacity(parts.len());
        for part in parts {
            args.push(match part {
                Part::Operand(operand) => self.expr(operand)?,
                Part::Column(column) => self.column(column, span(node.span))?,
                Part::Word(word) => *word,
            });
        }
        self.negated = negated;
        let bound = self.call_with(node, name, args, target)?;
        if negated {
            self.call(node, "NOT", vec![bound])
        } else {
            Ok(bound)
        }
    }

    fn row(&mut self, node: &ast::Expr, members: &[ast::Expr]) -> Result<Expr, Error> {
        let members = self.exprs(members)?;
        Ok(Expr {
            kind: ExprKind::Row(members),
            ..names::null()
        }
        .at(span(node.span)))
    }

    /// What is trimmed is written first, and bound first.
    fn trim(
        &mut self,
        node: &ast::Expr,
        side: Option<TrimSide>,
        pattern: Option<&ast::Expr>,
        operand: &ast::Expr,
    ) -> Result<Expr, Error> {
        let name = match side {
            Some(TrimSide::Both) | None => "TRIM",
            Some(TrimSide::Leading) => "TRIM LEADING",
            Some(TrimSide::Trailing) => "TRIM TRAILING",
        };
        let pattern = pattern.map(|p| self.expr(p)).transpose()?;
        let mut args = vec![self.expr(operand)?];
        args.extend(pattern);
        self.call(node, name, args)
    }

    /// Warnings about spellings that MySQL will give up.
    fn note_spelling(&mut self, node: &ast::Expr) {
        match &node.kind {
            ast::ExprKind::Unary { op, .. } => match op {
                UnaryOp::Bang => self.deprecated(node.span.start, "'!'", "NOT"),
                UnaryOp::Binary => self.deprecated(node.span.start, "'BINARY expr'", "CAST"),
                _ => {}
            },
            ast::ExprKind::Binary { op, left, .. } => match op {
                BinaryOp::BarOr => {
                    self.deprecated(left.span.end, "'|| as a synonym for OR'", "OR");
                }
                BinaryOp::AmpersandAnd => self.deprecated(left.span.end, "'&&'", "AND"),
                _ => {}
            },
            ast::ExprKind::Cast { target, .. } => self.spelled_type(target, node.span.end),
            ast::ExprKind::ConvertUsing { charset, .. }
            | ast::ExprKind::CharUsing { charset, .. } => {
                self.spelled_charset(&charset.text, node.span.end);
            }
            _ => {}
        }
    }

    /// Warning 1287.
    fn deprecated(&mut self, place: u32, what: &str, instead: &str) {
        let message = format!(
            "{what} is deprecated and will be removed in a future release. Please use {instead} instead"
        );
        self.spelling.push((place, Warning::new(1287, message)));
    }

    /// What is said of naming a character set, the parser standing at `place`.
    fn spelled_charset(&mut self, name: &str, place: u32) {
        let warning = literal::deprecated_charset(name);
        self.spelling.extend(warning.map(|w| (place, w)));
    }

    /// What is said of the spelling of a cast's target.
    fn spelled_type(&mut self, target: &CastType, place: u32) {
        match target {
            CastType::NationalChar(_) => self.spelling.push((place, literal::national())),
            CastType::Char { charset, .. } => {
                if let CharsetName::Named(name) = &charset.name {
                    self.spelled_charset(&name.text, place);
                }
                if let CharsetName::Unicode = &charset.name {
                    self.spelled_charset("ucs2", place);
                }
                if charset.binary {
                    let message = "'BINARY as attribute of a type' is deprecated and will be removed in a future release. \
                        Please use a CHARACTER SET clause with _bin collation instead";
                    self.spelling.push((place, Warning::new(1287, message)));
                }
            }
            _ => {}
        }
    }

    /// A column as the session sees it: a TIMESTAMP holds UTC and shows the clock of the session's time zone, a CHAR may have to show
    /// its trailing spaces.
    fn shown(&mut self, node: &ast::Expr, column: Expr) -> Result<Expr, Error> {
        let session = self.binding.session;
        let padded = session.sql_mode.contains(SqlMode::PAD_CHAR_TO_FULL_LENGTH);
        match column.ty.kind {
            TypeKind::Timestamp if session.time_zone != TimeZone::Offset(0) => {
                self.call(node, "local time", vec![column])
            }
            TypeKind::Char if padded => self.call(node, "full length", vec![column]),
            _ => Ok(column),
        }
    }

    fn column(&mut self, column: &ast::ColumnRef, place: Span) -> Result<Expr, Error> {
        let schema = self.binding.schema;
        let written = || {
            let parts = [
                column.schema.as_ref(),
                column.table.as_ref(),
                Some(&column.column),
            ];
            parts
                .iter()
                .flatten()
                .map(|p| &*p.text)
                .collect::<Vec<_>>()
                .join(".")
        };
        let qualified = match (&column.schema, &column.table, &schema.table) {
            (None, None, _) => true,
            (database, Some(table), Some((d, t))) => {
                table.is(t) && database.as_ref().is_none_or(|written| written.is(d))
            }
            _ => false,
        };
        let index = schema.index_of(&column.column.text).filter(|_| qualified);
        let Some(index) = index else {
            let error = Error::unknown_column(&written()).at(place);
            return Err(
                match names::closest(
                    &column.column.text,
                    schema.columns().iter().map(|c| &*c.name),
                ) {
                    Some(name) => error.with_help(format!("did you mean `{name}`?")),
                    None => error,
                },
            );
        };
        let Column { ty, nullable, .. } = schema.columns()[index].clone();
        Ok(names::column(index as u32, ty, nullable).at(place))
    }

    fn parameter(&mut self, parameter: &Parameter, place: Span) -> Expr {
        let index = match parameter {
            Parameter::Positional(index) => {
                while self.parameters.len() <= *index as usize {
                    self.parameters.push(ParameterUse { name: None });
                }
                *index as usize
            }
            Parameter::Named(name) => {
                let known = self
                    .parameters
                    .iter()
                    .position(|p| p.name.as_deref() == Some(name));
                known.unwrap_or_else(|| {
                    self.parameters.push(ParameterUse {
                        name: Some(name.to_string()),
                    });
                    self.parameters.len() - 1
                })
            }
        };
        let ty = self.binding.parameter_types.get(index).cloned();
        let ty = ty.unwrap_or_else(|| SqlType::varchar(65_535));
        Expr {
            kind: ExprKind::Parameter(index as u32),
            ..Expr::literal(Datum::Null, ty)
        }
        .at(place)
    }

    fn user_variable(&mut self, node: &ast::Expr, name: &str) -> Result<Expr, Error> {
        let value = self
            .binding
            .session
            .user_variables
            .get(&name.to_lowercase());
        Ok(variable::user(value).at(span(node.span)))
    }

    fn literal(&mut self, literal: &Literal, place: Span) -> Result<Expr, Error> {
        let mut spelling = Vec::new();
        let bound = literal::bind(
            literal,
            self.binding.session,
            &mut spelling,
            &mut self.warnings,
        );
        self.spelling
            .extend(spelling.into_iter().map(|warning| (place.start, warning)));
        bound.map(|e| e.at(place))
    }

    fn odbc(&mut self, name: &ast::Ident, operand: &ast::Expr) -> Result<Expr, Error> {
        let kind = match name.text.to_ascii_lowercase().as_str() {
            "d" => ast::TemporalKind::Date,
            "t" => ast::TemporalKind::Time,
            "ts" => ast::TemporalKind::Timestamp,
            _ => return self.expr(operand),
        };
        match &operand.kind {
            ast::ExprKind::Literal(Literal::String(s)) => {
                let literal = Literal::Temporal {
                    kind,
                    text: s.value.clone(),
                };
                // MySQL: what is no such literal is a string.
                match self.literal(&literal, span(operand.span)) {
                    Err(error) if !error.unsupported => self.expr(operand),
                    bound => bound,
                }
            }
            _ => self.expr(operand),
        }
    }

    fn function(&mut self, node: &ast::Expr, call: &ast::Call) -> Result<Expr, Error> {
        let function = self.resolve(call)?;
        // MySQL: what stands in the parentheses of a function that the grammar does not know by its keyword has a name, its text.
        if call.form != ast::CallForm::Keyword {
            self.named.extend(call.args.iter().map(std::ptr::from_ref));
        }
        let args = self.exprs(&call.args)?;
        self.call(node, catalogue().function(function).name(), args)
    }

    /// The database that messages name.
    fn database(&self) -> &str {
        let table = self.binding.schema.table.as_ref();
        table.map_or("sqlift", |(database, _)| database)
    }

    /// The function that is meant, if it takes so many arguments.
    fn resolve(&self, call: &ast::Call) -> Result<FunctionId, Error> {
        let upper = call.name.text.to_ascii_uppercase();
        let known = call
            .schema
            .is_none()
            .then(|| catalogue().lookup(&upper))
            .flatten();
        let known = known.filter(|id| !catalogue().function(*id).is_operator());
        if call.schema.is_none()
            && call.form == ast::CallForm::Name
            && names::is_keyword_function(&upper)
        {
            return Err(Error::unknown_function_by_spelling(&format!(
                "{}.{}",
                self.database(),
                call.name.text
            )));
        }
        let Some(id) = known else {
            let by_keyword = call.form == ast::CallForm::Keyword;
            if call.schema.is_none() && (by_keyword || names::is_mysql_function(&upper)) {
                return Err(Error::unsupported(format_args!("function {upper}")));
            }
            let database = call.schema.as_ref().map_or(self.database(), |s| &s.text);
            let error = Error::unknown_function(&format!("{database}.{}", call.name.text));
            return Err(match catalogue().suggestion(&upper) {
                Some(name) => error.with_help(format!("did you mean {name}?")),
                None => error,
            });
        };
        let (low, high) = catalogue().function(id).arity();
        if !(low..=high).contains(&call.args.len()) {
            return Err(Error::wrong_arity(&call.name.text));
        }
        Ok(id)
    }
}
