//! The tiers against each other on one expression: what fuzz targets and their regressions ask.

use crate::corpus::{Settings, Table};
use crate::engine;
use crate::generate::{Generator, Limits, MySql, Random, boundary};
use crate::subject::{Configuration, Folding, Outcome, Question, Shape, Subject, Tier};

/// Tier 0 and the compiled tiers in both forms, over a table of boundary values.
pub struct Tiers {
    table: Table,
    reference: Box<dyn Subject>,
    others: Vec<(Configuration, Box<dyn Subject>)>,
}

impl Tiers {
    /// All configurations, over a table of so many rows.
    ///
    /// # Errors
    /// If this build lacks a tier.
    pub fn new(rows: usize) -> Result<Self, String> {
        let make = |tier, shape| {
            let folding = Folding::On;
            let configuration = Configuration {
                tier,
                shape,
                folding,
            };
            engine::subject(configuration).map(|subject| (configuration, subject))
        };
        Ok(Self {
            table: boundary::table(&mut Random::new(1), rows),
            reference: make(Tier::Interp, Shape::Row)?.1,
            others: vec![
                make(Tier::Vm, Shape::Row)?,
                make(Tier::Vm, Shape::Batch(7))?,
                make(Tier::Native, Shape::Row)?,
                make(Tier::Native, Shape::Batch(rows.max(1)))?,
            ],
        })
    }

    /// What the reference says.
    pub fn answer(&self, expr: &str) -> Outcome {
        self.reference.answer(&self.question(expr))
    }

    /// The first configuration that does not say what tier 0 says (value, type, warnings, errors), with both answers.
    pub fn difference(&self, expr: &str) -> Option<String> {
        let question = self.question(expr);
        let expected = self.reference.answer(&question);
        self.others.iter().find_map(|(configuration, subject)| {
            let got = subject.answer(&question);
            (got != expected).then(|| {
                format!("SELECT {expr}\n  tier 0: {expected:?}\n  {configuration}: {got:?}")
            })
        })
    }

    fn question<'q>(&'q self, expr: &'q str) -> Question<'q> {
        const DEFAULTS: &Settings = &Settings::new();
        Question {
            expr,
            settings: DEFAULTS,
            table: Some(&self.table),
        }
    }
}

/// The expression that some bytes decide.
pub fn expression(bytes: &[u8]) -> String {
    let limits = Limits {
        depth: 4,
        ..Limits::default()
    };
    Generator::new(&MySql, boundary::COLUMNS, limits).any(&mut Random::from_bytes(bytes))
}
