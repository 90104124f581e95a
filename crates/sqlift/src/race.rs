//! The VM or native code: whichever takes less time for what is evaluated.
//!
//! Native code is not always faster: a program that mostly calls kernels is as fast in the VM, and shallow comparisons are faster in its
//! vectorised loops. So some evaluations of each are timed, and the median decides.

use crate::{Tier, tuning};

/// What some evaluations took, in any unit.
#[derive(Clone, Debug, Default)]
struct Laps(Vec<u64>);

impl Laps {
    fn are_enough(&self) -> bool {
        self.0.len() >= tuning::LAPS
    }

    /// `None` as long as there are too few.
    fn median(&self) -> Option<u64> {
        let mut laps = self.0.clone();
        laps.sort_unstable();
        self.are_enough().then(|| laps[laps.len() / 2])
    }
}

/// A comparison of the two compiled tiers. It knows no clock: whoever evaluates tells it what that took.
#[derive(Clone, Debug, Default)]
pub(crate) struct Race {
    vm: Laps,
    native: Laps,
    outcome: Option<Outcome>,
}

/// How a comparison ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// The faster one.
    pub(crate) winner: Tier,
    /// The median in the VM.
    pub(crate) vm: u64,
    /// The median in native code.
    pub(crate) native: u64,
}

impl Race {
    /// Whether it is worth to time an evaluation in this tier.
    pub(crate) fn wants(&self, tier: Tier) -> bool {
        match tier {
            Tier::Interp => false,
            Tier::Vm => !self.vm.are_enough(),
            Tier::Native => !self.native.are_enough(),
        }
    }

    /// The tier to take next where there is native code: the one of which less is known, in the end the faster one.
    pub(crate) fn next(&self) -> Tier {
        match self.outcome {
            Some(outcome) => outcome.winner,
            None if self.vm.0.len() < self.native.0.len() => Tier::Vm,
            None => Tier::Native,
        }
    }

    /// Takes note of what an evaluation took; gives the outcome if it was the last that was wanted.
    pub(crate) fn record(&mut self, tier: Tier, cost: u64) -> Option<Outcome> {
        if !self.wants(tier) {
            return None;
        }
        match tier {
            Tier::Native => self.native.0.push(cost),
            _ => self.vm.0.push(cost),
        }
        let (vm, native) = (self.vm.median()?, self.native.median()?);
        let winner = if vm < native { Tier::Vm } else { Tier::Native };
        self.outcome = Some(Outcome { winner, vm, native });
        self.outcome
    }

    /// Who is faster, when both were timed often enough. Native code if there is no difference.
    #[cfg(all(feature = "jit", feature = "arrow"))]
    pub(crate) fn outcome(&self) -> Option<Outcome> {
        self.outcome
    }

    /// The same comparison for other native code.
    #[cfg(any(feature = "jit", test))]
    pub(crate) fn with_other_native(&self) -> Race {
        Race {
            vm: self.vm.clone(),
            ..Race::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs a race in which an evaluation takes so long in each tier; gives the tiers that were taken, and the outcome.
    fn run(
        mut race: Race,
        vm: impl Fn(usize) -> u64,
        native: impl Fn(usize) -> u64,
    ) -> (Vec<Tier>, Outcome) {
        let mut taken = Vec::new();
        loop {
            let tier = race.next();
            let lap = taken.iter().filter(|t| **t == tier).count();
            taken.push(tier);
            let cost = if tier == Tier::Native {
                native(lap)
            } else {
                vm(lap)
            };
            if let Some(outcome) = race.record(tier, cost) {
                assert_eq!(race.next(), outcome.winner);
                assert!(!race.wants(Tier::Vm) && !race.wants(Tier::Native));
                return (taken, outcome);
            }
        }
    }

    #[test]
    fn the_faster_one_is_kept() {
        let outcome = |vm, native| run(Race::default(), move |_| vm, move |_| native).1.winner;
        assert_eq!(outcome(20, 10), Tier::Native);
        assert_eq!(outcome(10, 20), Tier::Vm);
        assert_eq!(outcome(99, 100), Tier::Vm);
        assert_eq!(outcome(10, 10), Tier::Native, "no difference");
    }

    #[test]
    fn both_are_timed_in_turn_and_equally_often() {
        let (taken, outcome) = run(Race::default(), |_| 5, |_| 7);
        assert_eq!(taken.len(), 2 * tuning::LAPS);
        assert!(taken.chunks(2).all(|pair| pair == [Tier::Native, Tier::Vm]));
        assert_eq!((outcome.vm, outcome.native), (5, 7));
    }

    #[test]
    fn some_slow_laps_decide_nothing() {
        // The thread was interrupted now and then: in native code only.
        let interrupted = |lap: usize| if lap.is_multiple_of(3) { 1_000_000 } else { 10 };
        let (_, outcome) = run(Race::default(), |_| 12, interrupted);
        assert_eq!((outcome.winner, outcome.native), (Tier::Native, 10));
    }

    #[test]
    fn what_was_timed_before_there_was_native_code_counts() {
        let mut race = Race::default();
        for _ in 0..tuning::LAPS {
            assert!(race.wants(Tier::Vm));
            assert_eq!(race.record(Tier::Vm, 8), None);
        }
        assert!(!race.wants(Tier::Vm));
        let (taken, outcome) = run(race, |_| unreachable!(), |_| 9);
        assert_eq!(taken, [Tier::Native; tuning::LAPS]);
        assert_eq!(outcome.winner, Tier::Vm);
    }

    #[test]
    fn other_native_code_has_another_chance() {
        let mut race = Race::default();
        for _ in 0..tuning::LAPS {
            race.record(Tier::Vm, 8);
            race.record(Tier::Native, 9);
        }
        assert_eq!(race.next(), Tier::Vm);
        let (taken, outcome) = run(race.with_other_native(), |_| unreachable!(), |_| 7);
        assert_eq!(taken.len(), tuning::LAPS);
        assert_eq!(outcome.winner, Tier::Native);
    }
}
