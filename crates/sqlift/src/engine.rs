//! The engine: limits, policy, and compilation.

use crate::background::Background;
use crate::{Expression, ForcedExits, Limits, Projection, ProjectionError, TierPolicy, projection};
use sqlift_types::{Error, Schema, Session, Span, SqlMode, SqlType};
use std::sync::Arc;

/// Compiles expressions. Cheap to clone; one a process is enough.
#[derive(Clone, Debug, Default)]
pub struct Engine {
    limits: Limits,
    policy: TierPolicy,
    folding: Folding,
    forced: ForcedExits,
    background: Arc<Background>,
}

/// Whether constant calls are computed when compiling.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Folding {
    /// Those that raise neither error nor warning.
    #[default]
    On,
    /// None: for tests, which ask for the same answers.
    Off,
}

impl Engine {
    /// An engine with default limits that chooses tiers by itself.
    pub fn new() -> Engine {
        Engine::default()
    }

    /// The same engine with other limits.
    pub fn with_limits(mut self, limits: Limits) -> Engine {
        self.limits = limits;
        self
    }

    /// The same engine with another choice of tiers.
    pub fn with_policy(mut self, policy: TierPolicy) -> Engine {
        self.policy = policy;
        self
    }

    /// The same engine with or without folding.
    pub fn with_folding(mut self, folding: Folding) -> Engine {
        self.folding = folding;
        self
    }

    /// The same engine, but its compiled tiers give up rows for no reason: for tests, which ask for the same answers.
    #[doc(hidden)]
    pub fn with_forced_exits(mut self, forced: ForcedExits) -> Engine {
        self.forced = forced;
        self
    }

    /// The limits.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Compiles an expression over the columns of `schema`, for the settings of `session`.
    ///
    /// Without [`Session::now`], `NOW()` and its kin tell the time of the evaluation: of each row, or of each batch.
    ///
    /// Errors: MySQL's own (1064 for the grammar, 1054 for a column, ...), with the place in the text.
    pub fn compile(
        &self,
        text: &str,
        schema: &Schema,
        session: &Session,
    ) -> Result<Expression, Error> {
        self.compile_with_parameters(text, schema, session, &[])
    }

    /// As [`Engine::compile`], for a text with parameters (`?` or `:name`) of these types. Their values are given with each row
    /// ([`Expression::eval_row_with`]); batches take none, so a row of a batch that reads a parameter is an error.
    pub fn compile_with_parameters(
        &self,
        text: &str,
        schema: &Schema,
        session: &Session,
        parameters: &[SqlType],
    ) -> Result<Expression, Error> {
        let ast = self.parse(text, session)?;
        Expression::new(text, ast, schema, session, parameters, self.settings())
    }

    /// Compiles several expressions over the columns of `schema` as one unit, which computes once what they have in common.
    ///
    /// Errors: as [`Engine::compile`], with the number of the first expression that has one.
    pub fn compile_all(
        &self,
        texts: &[impl AsRef<str>],
        schema: &Schema,
        session: &Session,
    ) -> Result<Projection, ProjectionError> {
        let parse = |(expression, text): (usize, &_)| {
            let text = AsRef::<str>::as_ref(text);
            match self.parse(text, session) {
                Ok(ast) => Ok((text.to_owned(), ast)),
                Err(error) => Err(ProjectionError { expression, error }),
            }
        };
        Projection::new(projection::Source {
            texts: texts
                .iter()
                .enumerate()
                .map(parse)
                .collect::<Result<_, _>>()?,
            schema,
            session,
            settings: self.settings(),
        })
    }

    fn parse(&self, text: &str, session: &Session) -> Result<sqlift_syntax::ast::Expr, Error> {
        let limits = sqlift_syntax::Limits {
            depth: self.limits.text_depth,
            text_bytes: self.limits.text_bytes,
            nodes: self.limits.nodes,
        };
        sqlift_syntax::parse(text, modes(session.sql_mode), limits).map_err(syntax_error)
    }

    fn settings(&self) -> Settings {
        Settings {
            limits: self.limits,
            policy: self.policy,
            folding: self.folding,
            forced: self.forced,
            background: self.background.clone(),
        }
    }
}

/// What expressions take over from their engine.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) limits: Limits,
    pub(crate) policy: TierPolicy,
    pub(crate) folding: Folding,
    pub(crate) forced: ForcedExits,
    pub(crate) background: Arc<Background>,
}

/// The bits that change the grammar.
fn modes(mode: SqlMode) -> sqlift_syntax::Modes {
    sqlift_syntax::Modes {
        ansi_quotes: mode.contains(SqlMode::ANSI_QUOTES),
        pipes_as_concat: mode.contains(SqlMode::PIPES_AS_CONCAT),
        high_not_precedence: mode.contains(SqlMode::HIGH_NOT_PRECEDENCE),
        no_backslash_escapes: mode.contains(SqlMode::NO_BACKSLASH_ESCAPES),
        ignore_space: mode.contains(SqlMode::IGNORE_SPACE),
        real_as_float: mode.contains(SqlMode::REAL_AS_FLOAT),
    }
}

fn syntax_error(error: sqlift_syntax::Error) -> Error {
    let span = Span {
        start: error.span.start,
        end: error.span.end,
    };
    Error::new(error.code, error.sqlstate, error.message).at(span)
}
