//! Expressions over a few columns, compiled once and asked often.

use std::fmt;
use std::sync::OnceLock;

use sqlift::{
    Context, Datum, Engine, Expression, Schema, Session, SqlType, Tier, TierPolicy, write_text,
};

use crate::engine::as_cells;
use crate::generate::Random;

/// What an expression gives for a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::targets) enum Answer {
    Null,
    Text(String),
    Error(u16),
}

impl From<Option<String>> for Answer {
    fn from(text: Option<String>) -> Self {
        text.map_or(Self::Null, Self::Text)
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("NULL"),
            Self::Text(text) => write!(f, "{text:?}"),
            Self::Error(code) => write!(f, "error {code}"),
        }
    }
}

/// The tiers, the ones that take long to compile less often.
pub(super) fn any_tier(random: &mut Random) -> Tier {
    match random.below(16) {
        0 => Tier::Native,
        1..=7 => Tier::Interp,
        _ => Tier::Vm,
    }
}

/// A probe that is made when it is first asked; or why it cannot be made.
pub(super) type Once = OnceLock<Result<Probe, String>>;

/// An expression in one tier.
pub(super) struct Probe {
    expression: Expression,
    tier: Tier,
}

impl Probe {
    pub(super) fn new(
        text: &str,
        schema: &Schema,
        session: &Session,
        tier: Tier,
    ) -> Result<Self, String> {
        let engine = Engine::new().with_policy(TierPolicy::Only(tier));
        let expression = engine.compile(text, schema, session);
        let expression = expression.map_err(|e| format!("{text}: error {}: {e}", e.code))?;
        Ok(Self { expression, tier })
    }

    pub(super) fn sql_type(&self) -> &SqlType {
        self.expression.sql_type()
    }

    /// The answer for a row and the warnings' numbers.
    pub(super) fn ask(&self, row: &[Datum]) -> (Answer, Vec<u16>) {
        let mut context = self.expression.context();
        let answer = self.answer(row, &mut context);
        let codes = |context: &Context| {
            let warnings = context.diagnostics().warnings();
            warnings.iter().map(|warning| warning.code).collect()
        };
        (answer, codes(&context))
    }

    fn answer(&self, row: &[Datum], context: &mut Context) -> Answer {
        let schema = self.expression.schema();
        let mut wide = vec![Default::default(); row.len()];
        let cells = as_cells(row, schema, &mut wide);
        match self.expression.eval_row(&cells, context) {
            Err(error) => Answer::Error(error.code),
            Ok(value) if value.is_null() => Answer::Null,
            Ok(value) => {
                let mut text = Vec::new();
                write_text(&value.to_datum(), self.sql_type(), &mut text);
                Answer::Text(String::from_utf8_lossy(&text).into_owned())
            }
        }
    }

    /// What is wrong, in words: the expression, the row, both answers.
    pub(super) fn differs(&self, row: &[Datum], expected: &str, got: &Answer) -> String {
        let schema = self.expression.schema();
        let columns = schema.columns().iter().zip(row);
        let columns: Vec<String> = columns
            .map(|(column, value)| {
                let mut text = Vec::new();
                write_text(value, &column.ty, &mut text);
                let text = String::from_utf8_lossy(&text);
                match value {
                    Datum::Null => format!("{} {} NULL", column.name, column.ty),
                    _ => format!("{} {} {text:?}", column.name, column.ty),
                }
            })
            .collect();
        format!(
            "SELECT {}\n  of {}\n  {:?} gives {got}, the reference {expected}",
            self.expression.text(),
            columns.join(", "),
            self.tier,
        )
    }
}
