//! What fuzz targets run: inputs of bytes, each checked against a reference that shares nothing with the engine.
//!
//! A target is a function from bytes to "nothing wrong". The bytes are decisions, one a draw ([`Random::from_bytes`]), so a fuzzer that
//! changes a byte changes one decision, and a seed makes inputs without a fuzzer. What was tried is counted by subject, for a target that
//! never reaches a subject proves nothing about it.

mod collation;
mod decimal;
mod json;
mod probe;
mod temporal;
mod text;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use crate::generate::Random;
use crate::oracle::{Tiers, expression};
use crate::panics;

/// A fuzz target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum Target {
    /// Generated expressions over boundary values: all tiers and forms agree.
    Tiers,
    /// Any text: it compiles or is refused, and what is accepted means the same when printed.
    Text,
    /// DECIMAL against unbounded integers.
    Decimal,
    /// Dates and times against a calendar that counts.
    Temporal,
    /// JSON against a plain tree, its syntax against serde_json.
    Json,
    /// Collations against their laws, and the UCA ones against the Unicode table.
    Collation,
}

static TIERS: LazyLock<Tiers> = LazyLock::new(|| Tiers::new(12).expect("this build has all tiers"));

impl Target {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Tiers,
        Self::Text,
        Self::Decimal,
        Self::Temporal,
        Self::Json,
        Self::Collation,
    ];

    /// What a long run has to reach.
    pub fn subjects(self) -> Vec<&'static str> {
        match self {
            Self::Tiers => vec!["expression"],
            Self::Text => vec!["accepted", "refused"],
            Self::Decimal => decimal::subjects(),
            Self::Temporal => temporal::subjects(),
            Self::Json => json::subjects(),
            Self::Collation => collation::subjects(),
        }
    }

    /// Tries one input.
    ///
    /// # Errors
    /// What is wrong.
    pub fn check(self, bytes: &[u8], hits: &mut TargetHits) -> Result<(), String> {
        match self {
            Self::Tiers => {
                hits.count("expression");
                TIERS.difference(&expression(bytes)).map_or(Ok(()), Err)
            }
            Self::Text => text::check(bytes, hits),
            Self::Decimal => decimal::check(&mut Random::from_bytes(bytes), hits),
            Self::Temporal => temporal::check(&mut Random::from_bytes(bytes), hits),
            Self::Json => json::check(&mut Random::from_bytes(bytes), hits),
            Self::Collation => collation::check(&mut Random::from_bytes(bytes), hits),
        }
    }

    /// Tries one input of a fuzzer.
    ///
    /// # Panics
    /// If something is wrong; that is how libFuzzer is told.
    pub fn assert(self, bytes: &[u8]) {
        if let Err(wrong) = self.check(bytes, &mut TargetHits::default()) {
            panic!("{wrong}");
        }
    }

    /// Tries inputs made from a seed until the time is up, `most` were tried, or one is wrong.
    pub fn hunt(self, seed: u64, time: Duration, most: u64) -> Hunt {
        panics::silence();
        let start = Instant::now();
        let mut hunt = Hunt::default();
        let random = Random::new(seed);
        while hunt.tried < most && start.elapsed() < time {
            let mut draws = random.fork(hunt.tried);
            let bytes: Vec<u8> = (0..LENGTH).map(|_| draws.bits().to_le_bytes()[0]).collect();
            hunt.tried += 1;
            let checked = panics::catch(|| self.check(&bytes, &mut hunt.hits));
            if let Err(wrong) = checked.unwrap_or_else(|panic| Err(format!("panic: {panic}"))) {
                hunt.finding = Some(Wrong { bytes, wrong });
                break;
            }
        }
        hunt.took = start.elapsed();
        hunt
    }
}

/// Bytes of an input that is made from a seed: more decisions than most inputs take.
const LENGTH: usize = 96;

/// How often each subject was tried.
#[derive(Debug, Clone, Default)]
pub struct TargetHits {
    subjects: BTreeMap<&'static str, u64>,
}

impl TargetHits {
    /// One more of a subject.
    pub fn count(&mut self, subject: &'static str) {
        *self.subjects.entry(subject).or_default() += 1;
    }

    /// Subjects of a target that were never tried.
    pub fn missed(&self, target: Target) -> Vec<&'static str> {
        let mut missed = target.subjects();
        missed.retain(|subject| !self.subjects.contains_key(subject));
        missed
    }
}

impl fmt::Display for TargetHits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (subject, count) in &self.subjects {
            writeln!(f, "{count:>10}  {subject}")?;
        }
        Ok(())
    }
}

/// What a hunt came back with.
#[derive(Debug, Default)]
pub struct Hunt {
    /// Inputs tried.
    pub tried: u64,
    /// How long it took.
    pub took: Duration,
    /// Subjects tried.
    pub hits: TargetHits,
    /// The first input that is wrong.
    pub finding: Option<Wrong>,
}

/// An input that is wrong.
#[derive(Debug)]
pub struct Wrong {
    /// The input; libFuzzer takes it as a file.
    pub bytes: Vec<u8>,
    /// What is wrong.
    pub wrong: String,
}
