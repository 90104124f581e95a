//! Runs the whole comparison and writes a report with plots.
//!
//! `cargo run --release -p sqlift-benches --bin report -- --out benches/REPORT.md` takes about ten minutes; `--quick` takes one, and tells
//! whether everything works rather than how fast it is. The figures of other libraries are read from a file that `benches/peers` writes.
#![forbid(unsafe_code)]

mod allocations;
mod compile;
mod dispatch;
mod first;
mod growth;
mod page;
mod peers;
mod plot;
mod sizes;
mod texts;
mod tiers;
mod vitess;

use clap::Parser;
use page::Page;
use sqlift::{Engine, Expression, Schema, Session, TierPolicy};
use sqlift_benches::machine;
use sqlift_benches::measure::Effort;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// Writes the report.
#[derive(Parser)]
struct Options {
    /// Where to; plots go to `plots` beside it.
    #[arg(long, default_value = "benches/REPORT.md")]
    out: PathBuf,
    /// What `benches/peers` wrote; the report does without it.
    #[arg(long, default_value = "benches/peers/results.json")]
    peers: PathBuf,
    /// What is known of the figures that are missed, by hand; the report does without it.
    #[arg(long, default_value = "benches/report/bounds.md")]
    bounds: PathBuf,
    /// Few rows, short samples: whether it works.
    #[arg(long)]
    quick: bool,
}

/// How much is measured.
struct Run {
    effort: Effort,
    quick: bool,
}

impl Run {
    /// The number, or a smaller one for a quick run.
    fn of(&self, whole: usize, quick: usize) -> usize {
        if self.quick { quick } else { whole }
    }
}

/// E1 to E9 are called so wherever a name has to be short.
fn short_name(subject: usize) -> String {
    format!("E{}", subject + 1)
}

fn compile_as(text: &str, schema: &Schema, policy: TierPolicy) -> Expression {
    Engine::new()
        .with_policy(policy)
        .compile(text, schema, &Session::default())
        .unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn main() -> ExitCode {
    let options = Options::parse();
    let effort = if options.quick {
        Effort {
            samples: 3,
            sample: Duration::from_micros(200),
        }
    } else {
        Effort {
            samples: 11,
            sample: Duration::from_millis(16),
        }
    };
    let run = Run {
        effort,
        quick: options.quick,
    };
    let started = Instant::now();
    let mut page = Page::default();
    // First of all, for it is the first of the process that it measures.
    let cold = compile::cold();
    let mut section = |name: &str, write: &dyn Fn(&Run, &mut Page)| {
        eprintln!("{:6.1} s  {name}", started.elapsed().as_secs_f64());
        write(&run, &mut page);
    };
    section("tiers", &tiers::write);
    section("Vitess' five", &vitess::write);
    section("texts", &texts::write);
    section("batch sizes", &sizes::write);
    section("first result", &first::write);
    section("compile", &|run, page| compile::write(run, &cold, page));
    section("allocations", &allocations::write);
    section("growth", &growth::write);
    section("dispatch", &dispatch::write);
    peers::write(&options.peers, &mut page);
    eprintln!("{:6.1} s  done", started.elapsed().as_secs_f64());
    let head = format!(
        "# How fast sqlift is\n\n\
         Written by `cargo run --release -p sqlift-benches --bin report{}`. Times are CPU time of one thread, median / least of {} samples \
         (unless something else is said); what is compared took turns in one run. Only ratios within this page mean something.\n\n{}.\n",
        if options.quick { " -- --quick" } else { "" },
        effort.samples,
        machine::describe()
    );
    let bounds = std::fs::read_to_string(&options.bounds).unwrap_or_default();
    match page.write(&options.out, &head, &bounds) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}: {error}", options.out.display());
            ExitCode::FAILURE
        }
    }
}
