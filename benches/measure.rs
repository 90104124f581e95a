//! Times of work, in CPU time of this thread, so that what else the machine does is in no figure.

use rustix::time::{ClockId, clock_gettime};
use std::time::Duration;

/// How long to measure.
#[derive(Clone, Copy)]
pub struct Effort {
    /// Samples of each figure.
    pub samples: usize,
    /// How long a sample takes, if the work takes no longer by itself.
    pub sample: Duration,
}

/// Nanoseconds a unit.
#[derive(Clone, Copy, Debug)]
pub struct Figure {
    /// The middle one of the samples.
    pub median: f64,
    /// The least.
    pub least: f64,
}

impl Figure {
    /// Of samples in nanoseconds a unit. One that there is not is infinite.
    pub fn of(mut samples: Vec<f64>) -> Figure {
        samples.sort_by(f64::total_cmp);
        let at = |i: usize| samples.get(i).copied().unwrap_or(f64::INFINITY);
        Figure {
            median: at(samples.len() / 2),
            least: at(0),
        }
    }
}

/// Median and least, as tables show them.
impl std::fmt::Display for Figure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} / {}", digits(self.median), digits(self.least))
    }
}

/// Three digits that mean something.
pub fn digits(value: f64) -> String {
    match value {
        v if !v.is_finite() => "-".to_owned(),
        0.0 => "0".to_owned(),
        v if v >= 1e6 => format!("{v:.2e}"),
        v if v >= 100.0 => format!("{v:.0}"),
        v if v >= 10.0 => format!("{v:.1}"),
        v => format!("{v:.2}"),
    }
}

/// CPU time of this thread.
pub fn now() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    Duration::from_secs(seconds) + Duration::from_nanos(time.tv_nsec.unsigned_abs())
}

/// Work that is measured, and how many units it does each time.
pub struct Contestant<'a> {
    units: usize,
    work: Box<dyn FnMut() + 'a>,
}

impl<'a> Contestant<'a> {
    /// Each time it runs it does so many units.
    pub fn new(units: usize, work: impl FnMut() + 'a) -> Contestant<'a> {
        Contestant {
            units,
            work: Box::new(work),
        }
    }

    /// Nanoseconds of so many times.
    fn time(&mut self, times: usize) -> f64 {
        let started = now();
        for _ in 0..times {
            (self.work)();
        }
        (now() - started).as_nanos() as f64
    }
}

/// Measures some works that take turns, so that each meets the same weather.
pub fn compete(effort: Effort, contestants: &mut [Contestant<'_>]) -> Vec<Figure> {
    let wanted = effort.sample.as_nanos() as f64;
    let times: Vec<usize> = contestants
        .iter_mut()
        .map(|contestant| {
            // The first time is for caches, the second for the clock.
            contestant.time(1);
            let once = contestant.time(1).max(1.0);
            let few = (wanted / once).clamp(1.0, 1e7) as usize;
            // What one clock reading tells of short work is too much.
            let several = contestant.time(few.clamp(1, 100)) / few.clamp(1, 100) as f64;
            (wanted / several.max(1.0)).clamp(1.0, 1e8) as usize
        })
        .collect();
    let mut samples = vec![Vec::new(); contestants.len()];
    for _ in 0..effort.samples {
        for ((contestant, times), samples) in contestants.iter_mut().zip(&times).zip(&mut samples) {
            samples.push(contestant.time(*times) / (*times * contestant.units) as f64);
        }
    }
    samples.into_iter().map(Figure::of).collect()
}

/// Measures one work.
pub fn measure(effort: Effort, units: usize, work: impl FnMut()) -> Figure {
    compete(effort, &mut [Contestant::new(units, work)])[0]
}
