//! What an expression counts about itself.

use crate::{Tier, tuning};
use sqlift_functions::{CallId, Reason};
use sqlift_ir::Bet;
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
    /// How each bet goes.
    bets: Mutex<[Losses; Bet::ALL.len()]>,
    moves: Mutex<Vec<Move>>,
}

/// How a bet went lately.
#[derive(Clone, Copy, Debug, Default)]
struct Losses {
    /// Rows that lost it.
    lost: u64,
    /// Rows of the expression when the count began.
    since: u64,
    /// It was lost too often, and said so: nobody is told twice.
    told: bool,
}

impl Losses {
    /// Counts a loss when there have been so many rows; tells, once, that there are too many.
    fn add(&mut self, rows: u64) -> bool {
        self.lost += 1;
        if self.told || self.lost < tuning::EXITS_BEFORE_DROP {
            return false;
        }
        self.told = rows.saturating_sub(self.since) <= self.lost * tuning::ROWS_PER_LOST_BET;
        (self.lost, self.since) = (0, rows);
        self.told
    }
}

impl Counters {
    pub(crate) fn new() -> Counters {
        Counters {
            made: Instant::now(),
            rows: Default::default(),
            exits: Mutex::default(),
            bets: Mutex::default(),
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

    /// Counts an exit.
    pub(crate) fn add_exit(&self, call: CallId, reason: Reason) {
        *lock(&self.exits).entry((call, reason)).or_default() += 1;
    }

    /// Counts a lost bet; whether it is lost so often, of late, that it should be dropped. It says so once.
    pub(crate) fn loses(&self, bet: Bet) -> bool {
        let rows = self.total_rows();
        lock(&self.bets)[bet as usize].add(rows)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bet_is_dropped_for_its_share_of_lost_rows_not_for_their_number() {
        let every = |rows: u64| {
            let mut losses = Losses::default();
            (1..=10_000).find(|n| losses.add(n * rows))
        };
        assert_eq!(every(1), Some(tuning::EXITS_BEFORE_DROP));
        assert_eq!(
            every(tuning::ROWS_PER_LOST_BET),
            Some(tuning::EXITS_BEFORE_DROP)
        );
        assert_eq!(every(tuning::ROWS_PER_LOST_BET + 1), None);
        // Rows that were long ago do not count, and what was told is not told again.
        let mut losses = Losses::default();
        let told = (0..1_000).filter(|n| losses.add(1_000_000 + n)).count();
        assert_eq!(told, 1);
    }
}
