//! Running a subject over a corpus.
//!
//! Cases of an area are asked from several threads. A panic of the subject is caught and counted as a difference of
//! that case; a case that takes long is named on standard error while it runs, so that a hang can be found.

mod cluster;
mod known;
mod report;
mod tally;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::compare::{Comparison, Verdict, compare};
use crate::corpus::{Case, Corpus, CorpusError};
use crate::features::features;
use crate::panics;
use crate::subject::{Question, Subject};

pub use cluster::{Cause, Cluster, causes, clusters};
pub use known::{Known, KnownError};
pub use report::{
    by_cause, by_difference, differences, hits, json_lines, table, unsupported_by_reason,
};
pub use tally::{Column, Tally};

/// Which cases to run; the default is all of them.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Only these areas; empty: all.
    pub areas: Vec<String>,
    /// Only cases whose expression contains this text.
    pub grep: Option<String>,
    /// Only the cases with these ids; empty: all.
    pub ids: Vec<String>,
}

impl Selection {
    /// Whether an area is selected.
    pub fn has_area(&self, area: &str) -> bool {
        self.areas.is_empty() || self.areas.iter().any(|name| name == area)
    }

    /// Whether a case of a selected area is selected.
    pub fn has_case(&self, case: &Case) -> bool {
        self.grep
            .as_ref()
            .is_none_or(|text| case.expr.contains(text))
            && (self.ids.is_empty() || self.ids.contains(&case.id))
    }

    /// Whether whole areas are run, so that a known difference that does not show is no longer needed.
    fn is_whole(&self) -> bool {
        self.grep.is_none() && self.ids.is_empty()
    }
}

/// How a run is made.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Number of threads that ask; at least one.
    pub threads: usize,
    /// Name every case on standard error before it is asked: with one thread, the last one named is the one that
    /// took the process down. (Running out of stack cannot be caught.)
    pub trace: bool,
}

/// A case that does not agree.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The case.
    pub case: Case,
    /// Its differences.
    pub comparison: Comparison,
    /// The reason if it is a known difference.
    pub known: Option<String>,
}

/// How often a reason for not supporting a case was given, with the shortest expression it was given for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lack {
    /// Number of cases.
    pub cases: usize,
    /// The shortest expression.
    pub example: String,
}

/// What a run found.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Counts of each area, in the corpus' order.
    pub areas: Vec<(String, Tally)>,
    /// Cases that differ, in the corpus' order, known ones included.
    pub findings: Vec<Finding>,
    /// Reasons for not supporting cases.
    pub unsupported: BTreeMap<String, Lack>,
    /// In how many supported cases each feature of [`features`] occurs.
    pub features: BTreeMap<String, usize>,
    /// How many supported cases have each result type (without parameters).
    pub types: BTreeMap<String, usize>,
    /// Entries of the list of known differences that were not needed.
    pub stale: Vec<String>,
    /// What the subject says about its tiers.
    pub tier_hits: Vec<(String, u64)>,
}

impl Report {
    /// The counts over all areas.
    pub fn total(&self) -> Tally {
        let mut total = Tally::default();
        for (_, tally) in &self.areas {
            total.add(tally);
        }
        total
    }

    /// Differences that are not known.
    pub fn unknown(&self) -> impl Iterator<Item = &Finding> {
        self.findings
            .iter()
            .filter(|finding| finding.known.is_none())
    }

    /// Whether everything agrees but what is known, and everything known is needed.
    pub fn is_success(&self) -> bool {
        self.stale.is_empty() && self.unknown().next().is_none()
    }
}

/// A case that runs longer than this is named on standard error.
const SLOW: Duration = Duration::from_secs(10);

/// Room for the recursion of deeply nested expressions in builds without optimisation.
const STACK: usize = 64 << 20;

/// Asks a subject every selected case and compares.
///
/// # Errors
/// If a file of the corpus is wrong, or a selected area does not exist.
pub fn run(
    corpus: &Corpus,
    subject: &dyn Subject,
    selection: &Selection,
    known: &Known,
    options: Options,
) -> Result<Report, RunError> {
    if let Some(missing) = selection
        .areas
        .iter()
        .find(|name| corpus.areas().iter().all(|area| area.name != **name))
    {
        return Err(RunError::NoSuchArea(missing.clone()));
    }
    let mut report = Report::default();
    let mut needed = known.tracker();
    for area in corpus
        .areas()
        .iter()
        .filter(|area| selection.has_area(&area.name))
    {
        let mut cases = Vec::new();
        for case in area.cases()? {
            let case = case?;
            if selection.has_case(&case) {
                cases.push(case);
            }
        }
        if cases.is_empty() && !selection.is_whole() {
            continue;
        }
        let verdicts = ask_all(corpus, subject, &cases, options);
        let mut tally = Tally::default();
        for (case, verdict) in cases.into_iter().zip(verdicts) {
            tally.count(&verdict);
            report.note(case, verdict, known, &mut needed);
        }
        report.areas.push((area.name.clone(), tally));
    }
    if selection.is_whole() {
        report.stale = needed.unneeded(|area| selection.has_area(area));
    }
    report.tier_hits = subject.tier_hits();
    Ok(report)
}

/// Why a run could not be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunError {
    /// A file of the corpus is wrong.
    Corpus(CorpusError),
    /// The corpus has no such area.
    NoSuchArea(String),
}

impl std::fmt::Display for RunError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Corpus(error) => error.fmt(f),
            Self::NoSuchArea(area) => write!(f, "the corpus has no area `{area}`"),
        }
    }
}

impl std::error::Error for RunError {}

impl From<CorpusError> for RunError {
    fn from(error: CorpusError) -> Self {
        Self::Corpus(error)
    }
}

impl Report {
    fn note(
        &mut self,
        case: Case,
        verdict: Verdict,
        known: &Known,
        needed: &mut known::Tracker<'_>,
    ) {
        let comparison = match verdict {
            Verdict::Unsupported(reason) => {
                let lack = self.unsupported.entry(reason).or_insert_with(|| Lack {
                    cases: 0,
                    example: case.expr.clone(),
                });
                lack.cases += 1;
                if case.expr.len() < lack.example.len() {
                    lack.example = case.expr;
                }
                return;
            }
            Verdict::Compared(comparison) => comparison,
        };
        for feature in case_features(&case) {
            *self.features.entry(feature).or_default() += 1;
        }
        if let Some(name) = type_of(&case) {
            *self.types.entry(name.to_owned()).or_default() += 1;
        }
        if !comparison.all_agree() {
            let known = known.reason(&case.area, &case.id).map(str::to_owned);
            if known.is_some() {
                needed.need(&case.area, &case.id);
            }
            self.findings.push(Finding {
                case,
                comparison,
                known,
            });
        }
    }
}

/// The features of the expression and the settings that the case changes.
fn case_features(case: &Case) -> impl Iterator<Item = String> {
    let names = case.settings.keys().map(|name| format!("SET {name}"));
    let values = case
        .settings
        .iter()
        .map(|(name, value)| format!("SET {name}={value}"));
    let settings: Vec<String> = names.chain(values).collect();
    settings.into_iter().chain(features(&case.expr))
}

/// The recorded type without its parameters.
fn type_of(case: &Case) -> Option<&str> {
    use crate::corpus::Answer;
    match &case.answer {
        Answer::Error(_) => None,
        Answer::Value { column, .. } | Answer::Rows { column, .. } => {
            column.type_name.split('(').next()
        }
    }
}

fn ask_all(
    corpus: &Corpus,
    subject: &dyn Subject,
    cases: &[Case],
    options: Options,
) -> Vec<Verdict> {
    panics::silence();
    let next = AtomicUsize::new(0);
    let verdicts: Mutex<Vec<Option<Verdict>>> = Mutex::new(vec![None; cases.len()]);
    let running: Vec<Mutex<Option<(Instant, usize)>>> = (0..options.threads.max(1))
        .map(|_| Mutex::new(None))
        .collect();
    let watcher = thread::current();
    thread::scope(|scope| {
        let workers: Vec<_> = running
            .iter()
            .map(|running| {
                let (next, verdicts, watcher) = (&next, &verdicts, &watcher);
                let work = move || {
                    loop {
                        let index = next.fetch_add(1, Ordering::Relaxed);
                        let Some(case) = cases.get(index) else { break };
                        *running.lock().expect("nobody panics with this lock") =
                            Some((Instant::now(), index));
                        if options.trace {
                            eprintln!("{} {}", case.id, case.expr);
                        }
                        let verdict = ask(corpus, subject, case);
                        verdicts.lock().expect("nobody panics with this lock")[index] =
                            Some(verdict);
                    }
                    *running.lock().expect("nobody panics with this lock") = None;
                    watcher.unpark();
                };
                thread::Builder::new()
                    .stack_size(STACK)
                    .spawn_scoped(scope, work)
                    .expect("threads can be started")
            })
            .collect();
        let mut named = Vec::new();
        while workers.iter().any(|worker| !worker.is_finished()) {
            thread::park_timeout(Duration::from_millis(20));
            for running in &running {
                let running = *running.lock().expect("nobody panics with this lock");
                if let Some((since, index)) = running
                    && since.elapsed() > SLOW
                    && !named.contains(&index)
                {
                    named.push(index);
                    eprintln!("slow: {} {}", cases[index].id, cases[index].expr);
                }
            }
        }
    });
    let verdicts = verdicts.into_inner().expect("nobody panics with this lock");
    verdicts
        .into_iter()
        .map(|verdict| verdict.expect("every case was asked"))
        .collect()
}

fn ask(corpus: &Corpus, subject: &dyn Subject, case: &Case) -> Verdict {
    let question = Question::of_case(case, corpus.table());
    match panics::catch(|| subject.answer(&question)) {
        Ok(outcome) => compare(case, &outcome),
        Err(message) => Verdict::Compared(Comparison::panicked(&message)),
    }
}

#[cfg(test)]
mod tests;
