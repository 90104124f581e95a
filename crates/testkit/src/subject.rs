//! What is under test, as the runner sees it: questions go in, outcomes come out.

use std::fmt;
use std::str::FromStr;

use crate::corpus::{Answer, Case, Cell, Input, ResultColumn, Settings, SqlError, Table};

/// Something that evaluates expressions as MySQL does.
///
/// The runner asks from several threads at once and catches panics; after a panic it goes on asking the same subject.
pub trait Subject: Send + Sync {
    /// Evaluates one expression.
    fn answer(&self, question: &Question<'_>) -> Outcome;

    /// How often each tier gave the result of a row, by the tier's name; empty if the subject does not count.
    fn tier_hits(&self) -> Vec<(String, u64)> {
        Vec::new()
    }
}

/// A question to a [`Subject`].
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The SQL text, as it stands after `SELECT `.
    pub expr: &'a str,
    /// Settings that differ from the corpus defaults.
    pub settings: &'a Settings,
    /// The table whose every row the expression is to be evaluated for; `None` for a literal case.
    pub table: Option<&'a Table>,
}

impl<'a> Question<'a> {
    /// The question that a recorded case asks.
    pub fn of_case(case: &'a Case, table: &'a Table) -> Self {
        Self {
            expr: &case.expr,
            settings: &case.settings,
            table: (case.input == Input::Columns).then_some(table),
        }
    }
}

/// What a [`Subject`] says to a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The value of a literal case.
    Value {
        /// Static description of the result; the collation of a result that is no string is ignored.
        column: ResultColumn,
        /// The value, printed as the text protocol prints it.
        value: Cell,
        /// Warnings in the order they were raised.
        warnings: Vec<Raised>,
    },
    /// A value or an error for every row of the table, in order: the rows after a failed one too.
    Rows {
        /// Static description of the result.
        column: ResultColumn,
        /// One outcome a row.
        rows: Vec<Result<Cell, SqlError>>,
        /// Warnings in the order they were raised, those of failed rows included.
        warnings: Vec<Raised>,
    },
    /// No row was evaluated: the expression is wrong, or a constant part of it fails.
    Error(SqlError),
    /// The subject cannot do this yet, and says what it lacks. Reasons are counted by their text, so the same lack
    /// should have the same words.
    Unsupported(String),
}

/// A warning as the subject raised it, before equal ones are counted together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raised {
    /// The row (from 0) whose evaluation raised it; `None` if it was raised before any row, when binding or folding.
    pub row: Option<usize>,
    /// The number, such as 1292.
    pub code: u16,
    /// The text, with row numbers as the whole statement has them.
    pub message: String,
    /// How often in immediate succession; a subject that does not count says 1 and repeats the warning.
    pub times: u64,
}

/// Which tier has to give the answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, clap::ValueEnum)]
pub enum Tier {
    /// Tier 0 alone.
    Interp,
    /// The closure-slice VM alone.
    Vm,
    /// Native code alone.
    Native,
    /// As a user gets it: tiering on.
    #[default]
    Auto,
}

impl fmt::Display for Tier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Interp => "interp",
            Self::Vm => "vm",
            Self::Native => "native",
            Self::Auto => "auto",
        })
    }
}

/// How the rows of a column case are handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Shape {
    /// Row by row.
    #[default]
    Row,
    /// In batches of so many rows of cells, at least one.
    Batch(usize),
    /// In Arrow record batches of so many rows, at least one. Copies of rows fill a batch that is larger than the table.
    Arrow(usize),
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Row => f.write_str("row"),
            Self::Batch(rows) => write!(f, "batch:{rows}"),
            Self::Arrow(rows) => write!(f, "arrow:{rows}"),
        }
    }
}

impl FromStr for Shape {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "row" {
            return Ok(Self::Row);
        }
        let shape = text.split_once(':').and_then(|(name, rows)| {
            let rows = rows.parse().ok().filter(|rows| *rows > 0)?;
            match name {
                "batch" => Some(Self::Batch(rows)),
                "arrow" => Some(Self::Arrow(rows)),
                _ => None,
            }
        });
        shape.ok_or_else(|| "expected `row`, `batch:N` or `arrow:N`".into())
    }
}

/// Whether constant calls are computed when compiling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, clap::ValueEnum)]
pub enum Folding {
    /// As a user gets it.
    #[default]
    On,
    /// Everything is computed row by row.
    Off,
}

/// The configuration of the engine that a run proves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Configuration {
    /// The tier.
    pub tier: Tier,
    /// The shape.
    pub shape: Shape,
    /// Folding.
    pub folding: Folding,
}

impl fmt::Display for Configuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tier {}, shape {}", self.tier, self.shape)?;
        match self.folding {
            Folding::On => Ok(()),
            Folding::Off => f.write_str(", unfolded"),
        }
    }
}

/// A recorded answer in the words of a subject: what a perfect subject would say.
///
/// The tests of the runner are made from it by spoiling one thing at a time. A recording does not say which row
/// raised a warning; here the first row that did not fail is said to have raised them all.
pub fn recorded(case: &Case) -> Outcome {
    let raise = |warnings: &[crate::corpus::Warning], row| {
        warnings
            .iter()
            .map(|warning| Raised {
                row,
                code: warning.code,
                message: warning.message.clone(),
                times: warning.times,
            })
            .collect()
    };
    match &case.answer {
        Answer::Error(error) => Outcome::Error(error.clone()),
        Answer::Value {
            column,
            value,
            warnings,
            ..
        } => Outcome::Value {
            column: column.clone(),
            value: value.clone(),
            warnings: raise(warnings, None),
        },
        Answer::Rows {
            column,
            rows,
            warnings,
            ..
        } => {
            let row = rows.iter().position(Result::is_ok);
            Outcome::Rows {
                column: column.clone(),
                rows: rows.clone(),
                warnings: raise(warnings, row),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_read_what_they_print() {
        for shape in [Shape::Row, Shape::Batch(1), Shape::Arrow(1024)] {
            assert_eq!(shape.to_string().parse(), Ok(shape));
        }
        for bad in [
            "", "batch", "batch:", "batch:0", "batch:-1", "rows", "arrow:0", "arrow",
        ] {
            assert!(bad.parse::<Shape>().is_err(), "{bad}");
        }
    }
}
