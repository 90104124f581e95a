//! Subjects against each other on generated expressions.
//!
//! One subject is the reference; the others have to say the same, to the last digit: value, type, warnings, errors,
//! row by row. What the reference does not support is left out and counted. A difference is shrunk as far as it stays
//! a difference of the same aspect.

use std::collections::BTreeMap;
use std::fmt;
use std::time::{Duration, Instant};

use sqlift_syntax::Modes;

use crate::compare::{Aspect, Comparison, Difference, Verdict, as_answer, compare};
use crate::corpus::{Case, Input, Settings, Table};
use crate::generate::{Generator, Random, shrink};
use crate::panics;
use crate::subject::{Outcome, Question, Subject};

/// What is to be tried.
#[derive(Debug)]
pub struct Plan<'a> {
    /// The seed; expression `n` of a seed is always the same.
    pub seed: u64,
    /// Numbers of the expressions.
    pub numbers: std::ops::Range<u64>,
    /// The table that expressions over columns read; `None` if the generator has no columns.
    pub table: Option<&'a Table>,
    /// Settings of every expression.
    pub settings: Settings,
    /// Whether the first expressions go through the catalogue, entry by entry and NULL by NULL, so that nothing is left to chance.
    pub sweep: bool,
    /// Stop after this time, whatever is left of the numbers.
    pub time: Option<Duration>,
    /// Stop after so many findings.
    pub most_findings: usize,
    /// How often a finding may be tried in smaller forms.
    pub shrink_tries: usize,
}

/// A difference between the reference and another subject.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The expression's number under the seed.
    pub number: u64,
    /// Which of the others.
    pub subject: String,
    /// The expression as generated.
    pub expr: String,
    /// What is left of it.
    pub shrunk: String,
    /// The differences of what is left.
    pub differences: Vec<Difference>,
}

/// What was tried and found.
#[derive(Debug, Clone, Default)]
pub struct Outcomes {
    /// Expressions tried.
    pub tried: u64,
    /// Of these, not supported by the reference.
    pub unsupported: u64,
    /// Of these, failed in the reference with an error for the whole.
    pub errors: u64,
    /// Answers of other subjects that agreed.
    pub agreed: u64,
    /// Answers of other subjects that were not supported.
    pub skipped: u64,
    /// Types of the answers, without their parameters.
    pub types: BTreeMap<String, u64>,
    /// The differences.
    pub findings: Vec<Finding>,
}

/// Counts, then each finding with what is left of it.
impl fmt::Display for Outcomes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            tried,
            unsupported,
            errors,
            agreed,
            skipped,
            findings,
            ..
        } = self;
        writeln!(
            f,
            "{tried} expressions, {unsupported} not supported, {errors} errors; answers: {agreed} agree, {skipped} not \
             supported, {} differ",
            findings.len()
        )?;
        for finding in findings {
            writeln!(f, "\nnumber {}, {}", finding.number, finding.subject)?;
            writeln!(f, "  from {}", finding.expr)?;
            writeln!(f, "  SELECT {}", finding.shrunk)?;
            for difference in &finding.differences {
                let row = difference
                    .row
                    .map(|row| format!(" (row {row})"))
                    .unwrap_or_default();
                writeln!(f, "  {}{row}", difference.aspect)?;
                writeln!(f, "    reference {}", difference.expected)?;
                writeln!(f, "    other     {}", difference.got)?;
            }
        }
        Ok(())
    }
}

/// How often the catalogue is gone through: other arguments may be refused.
const SWEEPS: usize = 4;

/// Tries generated expressions on a reference and on others with their names.
pub fn run(
    reference: &dyn Subject,
    others: &[(&str, &dyn Subject)],
    generator: &mut Generator,
    plan: &Plan<'_>,
) -> Outcomes {
    panics::silence();
    let mut outcomes = Outcomes::default();
    let start = Random::new(plan.seed);
    let began = Instant::now();
    let sweep = if plan.sweep {
        generator.sweep()
    } else {
        Vec::new()
    };
    let swept = (sweep.len() * SWEEPS) as u64;
    for number in plan.numbers.clone() {
        if plan.time.is_some_and(|time| began.elapsed() >= time) {
            break;
        }
        let mut random = start.fork(number);
        let expr = match number < swept {
            true => generator.swept(&mut random, sweep[number as usize % sweep.len()]),
            false => generator.any(&mut random),
        };
        outcomes.tried += 1;
        match ask(reference, &expr, plan) {
            Ok(Outcome::Unsupported(_)) => {
                outcomes.unsupported += 1;
                continue;
            }
            Ok(Outcome::Error(_)) => {
                generator.confirm_error();
                outcomes.errors += 1;
            }
            Ok(Outcome::Value { column, .. } | Outcome::Rows { column, .. }) => {
                generator.confirm();
                let name = column.type_name.split('(').next().unwrap_or_default();
                *outcomes.types.entry(name.to_owned()).or_default() += 1;
            }
            // A panic of the reference shows as a difference below.
            Err(_) => {}
        }
        for (name, other) in others {
            let Some(comparison) = differ(reference, *other, &expr, plan) else {
                outcomes.skipped += 1;
                continue;
            };
            let Some(aspect) = comparison.differences.first().map(|first| first.aspect) else {
                outcomes.agreed += 1;
                continue;
            };
            let shrunk = smallest(reference, *other, &expr, aspect, plan);
            let comparison = differ(reference, *other, &shrunk, plan).unwrap_or(comparison);
            outcomes.findings.push(Finding {
                number,
                subject: (*name).to_owned(),
                expr: expr.clone(),
                shrunk,
                differences: comparison.differences,
            });
            if outcomes.findings.len() >= plan.most_findings {
                return outcomes;
            }
        }
    }
    outcomes
}

fn smallest(
    reference: &dyn Subject,
    other: &dyn Subject,
    expr: &str,
    aspect: Aspect,
    plan: &Plan<'_>,
) -> String {
    let modes = plan
        .settings
        .get("sql_mode")
        .map(|mode| Modes::from_sql_mode(mode));
    shrink(
        expr,
        modes.unwrap_or_default(),
        plan.shrink_tries,
        |smaller| {
            differ(reference, other, smaller, plan).is_some_and(|comparison| {
                comparison
                    .differences
                    .iter()
                    .any(|found| found.aspect == aspect)
            })
        },
    )
}

/// How another subject differs from the reference; `None` if one of them does not support the expression.
fn differ(
    reference: &dyn Subject,
    other: &dyn Subject,
    expr: &str,
    plan: &Plan<'_>,
) -> Option<Comparison> {
    let expected = match ask(reference, expr, plan) {
        Ok(outcome) => as_answer(&outcome)?,
        Err(panic) => return Some(Comparison::panicked(&format!("reference: {panic}"))),
    };
    let got = match ask(other, expr, plan) {
        Ok(outcome) => outcome,
        Err(panic) => return Some(Comparison::panicked(&panic)),
    };
    let case = Case {
        id: String::new(),
        area: String::new(),
        expr: expr.to_owned(),
        settings: plan.settings.clone(),
        input: if plan.table.is_some() {
            Input::Columns
        } else {
            Input::Literal
        },
        answer: expected,
    };
    match compare(&case, &got) {
        Verdict::Unsupported(_) => None,
        Verdict::Compared(comparison) => Some(comparison.without_tolerance()),
    }
}

fn ask(subject: &dyn Subject, expr: &str, plan: &Plan<'_>) -> Result<Outcome, String> {
    let question = Question {
        expr,
        settings: &plan.settings,
        table: plan.table,
    };
    panics::catch(|| subject.answer(&question))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::{Cell, ResultColumn};
    use crate::generate::{Limits, MySql, boundary};

    /// Says the length of the text for everything, or what the test wants.
    struct Length<F>(F);

    impl<F: Fn(&str) -> Option<Outcome> + Send + Sync> Subject for Length<F> {
        fn answer(&self, question: &Question<'_>) -> Outcome {
            let column = ResultColumn {
                type_name: "BIGINT".into(),
                nullable: false,
                collation: None,
            };
            let value = Cell::Text(question.expr.len().to_string());
            (self.0)(question.expr).unwrap_or_else(|| match question.table {
                None => Outcome::Value {
                    column,
                    value,
                    warnings: vec![],
                },
                Some(table) => {
                    let rows = table.rows.iter().map(|_| Ok(value.clone())).collect();
                    Outcome::Rows {
                        column,
                        rows,
                        warnings: vec![],
                    }
                }
            })
        }
    }

    fn plan(table: Option<&Table>) -> Plan<'_> {
        Plan {
            seed: 1,
            numbers: 0..300,
            table,
            settings: Settings::new(),
            sweep: false,
            time: None,
            most_findings: 2,
            shrink_tries: 2_000,
        }
    }

    fn literals() -> Generator {
        Generator::new(&MySql, &[], Limits::default())
    }

    #[test]
    fn equal_subjects_agree() {
        let subject = Length(|_: &str| None);
        let table = boundary::table(&mut Random::new(1), 3);
        let mut columns = Generator::new(&MySql, boundary::COLUMNS, Limits::default());
        let found = run(
            &subject,
            &[("same", &subject)],
            &mut columns,
            &plan(Some(&table)),
        );
        assert_eq!(
            (found.tried, found.agreed, found.findings.len()),
            (300, 300, 0)
        );
    }

    #[test]
    fn a_difference_is_found_and_shrunk() {
        let reference = Length(|_: &str| None);
        let other = Length(|expr: &str| expr.contains("ABS(").then(|| panic!("no ABS")));
        let found = run(
            &reference,
            &[("same", &reference), ("other", &other)],
            &mut literals(),
            &plan(None),
        );
        assert_eq!(found.findings.len(), 2);
        for finding in &found.findings {
            assert_eq!(
                (finding.subject.as_str(), finding.differences[0].aspect),
                ("other", Aspect::Panic)
            );
            assert!(found.to_string().contains(&finding.shrunk));
            assert!(
                finding.shrunk.starts_with("ABS(") && finding.shrunk.len() <= 6,
                "{}",
                finding.shrunk
            );
        }
    }

    #[test]
    fn what_is_not_supported_is_counted() {
        let reference = Length(|expr: &str| {
            expr.contains("JSON")
                .then(|| Outcome::Unsupported("no JSON".into()))
        });
        let other = Length(|expr: &str| {
            expr.contains("CAST")
                .then(|| Outcome::Unsupported("no CAST".into()))
        });
        let found = run(
            &reference,
            &[("other", &other)],
            &mut literals(),
            &plan(None),
        );
        assert!(
            found.unsupported > 10 && found.skipped > 10 && found.agreed > 10,
            "{found:?}"
        );
        assert_eq!(
            found.unsupported + found.skipped + found.agreed,
            found.tried
        );
        assert!(found.findings.is_empty());
    }
}
