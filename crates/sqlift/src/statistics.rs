//! What an expression counts about itself.

use crate::Tier;
use sqlift_functions::{CallId, Reason};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Rows by tier, lost bets by reason, and when the expression moved up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Rows that each tier was asked for.
    pub rows: BTreeMap<Tier, u64>,
    /// Rows that a compiled tier gave up, by reason.
    pub exits: BTreeMap<&'static str, u64>,
    /// Moves to another tier or another set of bets, in order.
    pub moves: Vec<Move>,
}

impl Statistics {
    /// Both together.
    #[cfg(feature = "arrow")]
    pub(crate) fn with(mut self, mut other: Statistics) -> Statistics {
        for (tier, rows) in other.rows {
            *self.rows.entry(tier).or_default() += rows;
        }
        for (reason, rows) in other.exits {
            *self.exits.entry(reason).or_default() += rows;
        }
        self.moves.append(&mut other.moves);
        self
    }
}

/// A move to other code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    /// Rows evaluated before it.
    pub after_rows: u64,
    /// Time since the expression was made.
    pub after: Duration,
    /// What happened.
    pub what: String,
}

/// The shared counters behind [`Statistics`].
#[derive(Debug)]
pub(crate) struct Counters {
    made: Instant,
    rows: [AtomicU64; 3],
    exits: Mutex<BTreeMap<(CallId, Reason), u64>>,
    moves: Mutex<Vec<Move>>,
}

impl Counters {
    pub(crate) fn new() -> Counters {
        Counters {
            made: Instant::now(),
            rows: Default::default(),
            exits: Mutex::default(),
            moves: Mutex::default(),
        }
    }

    /// Adds rows of a tier; gives the rows of all tiers.
    pub(crate) fn add_rows(&self, tier: Tier, rows: u64) -> u64 {
        self.rows[tier as usize].fetch_add(rows, Ordering::Relaxed);
        self.total_rows()
    }

    pub(crate) fn total_rows(&self) -> u64 {
        self.rows.iter().map(|r| r.load(Ordering::Relaxed)).sum()
    }

    /// Counts an exit; gives how often that bet was lost at any call.
    pub(crate) fn add_exit(&self, call: CallId, reason: Reason) -> u64 {
        let mut exits = lock(&self.exits);
        *exits.entry((call, reason)).or_default() += 1;
        exits
            .iter()
            .filter(|((_, r), _)| *r == reason)
            .map(|(_, n)| n)
            .sum()
    }

    pub(crate) fn note(&self, what: impl Into<String>) {
        let after_rows = self.total_rows();
        lock(&self.moves).push(Move {
            after_rows,
            after: self.made.elapsed(),
            what: what.into(),
        });
    }

    pub(crate) fn snapshot(&self) -> Statistics {
        let mut exits = BTreeMap::new();
        for ((_, reason), n) in lock(&self.exits).iter() {
            *exits.entry(reason.name()).or_default() += n;
        }
        let rows = Tier::ALL.map(|t| (t, self.rows[t as usize].load(Ordering::Relaxed)));
        Statistics {
            rows: rows.into_iter().filter(|(_, n)| *n > 0).collect(),
            exits,
            moves: lock(&self.moves).clone(),
        }
    }
}

/// A lock whose holder cannot leave half a change behind, so that poison means nothing.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}
