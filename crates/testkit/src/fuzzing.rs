//! `sqlift-testkit fuzz`: one target, from a seed.

use std::error::Error;
use std::io::{self, BufWriter, Write as _};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Args;
use sqlift_testkit::corpus::Settings;
use sqlift_testkit::differential::{self, Plan};
use sqlift_testkit::engine;
use sqlift_testkit::generate::{Random, boundary};
use sqlift_testkit::subject::{Configuration, Folding, Shape, Subject, Tier};
use sqlift_testkit::targets::Target;

use crate::GenerateArguments;

#[derive(Args)]
pub(crate) struct FuzzArguments {
    #[command(flatten)]
    generate: GenerateArguments,
    /// What is run: generated expressions through the tiers, or one of the targets that have a reference of their own
    #[arg(long, value_enum, default_value_t = Target::Tiers)]
    target: Target,
    /// Stop after so many seconds, however many `--count` asks for (without `--count`: only then)
    #[arg(long)]
    seconds: Option<u64>,
    /// Fail if something was never reached: a function, a column type, a position of NULL, a result type, a tier, a subject
    #[arg(long)]
    require_hits: bool,
    /// `tiers`: the tier that says what is right
    #[arg(long, value_enum, default_value_t = Tier::Interp)]
    reference: Tier,
    /// `tiers`: the tiers that have to agree
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = [Tier::Vm, Tier::Native])]
    against: Vec<Tier>,
    /// `tiers`: how they get their rows
    #[arg(long, value_delimiter = ',', default_values_t = [Shape::Row, Shape::Batch(7)])]
    shapes: Vec<Shape>,
    /// `tiers`: stop after so many differences
    #[arg(long, default_value_t = 10)]
    most: usize,
    /// `tiers`: how often a difference is tried in smaller forms
    #[arg(long, default_value_t = 2_000)]
    shrink: usize,
}

impl FuzzArguments {
    fn time(&self) -> Option<Duration> {
        self.seconds.map(Duration::from_secs)
    }

    /// How many cases at most.
    fn count(&self) -> u64 {
        match (self.generate.count, self.seconds) {
            (Some(count), _) => count,
            (None, Some(_)) => u64::MAX,
            (None, None) => 10_000,
        }
    }
}

pub(crate) fn fuzz(arguments: &FuzzArguments) -> Result<ExitCode, Box<dyn Error>> {
    match arguments.target {
        Target::Tiers => tiers(arguments),
        target => hunt(target, arguments),
    }
}

/// Types that answers must have had in a long run.
const RESULT_TYPES: &[&str] = &[
    "BIGINT",
    "BIGINT UNSIGNED",
    "DECIMAL",
    "DOUBLE",
    "FLOAT",
    "VARCHAR",
    "VARBINARY",
    "DATE",
    "TIME",
    "DATETIME",
    "YEAR",
    "JSON",
];

fn tiers(arguments: &FuzzArguments) -> Result<ExitCode, Box<dyn Error>> {
    let mut subjects: Vec<(Configuration, String, Box<dyn Subject>)> = Vec::new();
    for tier in &arguments.against {
        for shape in &arguments.shapes {
            let configuration = Configuration {
                tier: *tier,
                shape: *shape,
                folding: Folding::On,
            };
            let subject = engine::subject(configuration)?;
            subjects.push((configuration, configuration.to_string(), subject));
        }
    }
    let others: Vec<(&str, &dyn Subject)> = subjects
        .iter()
        .map(|(_, name, subject)| (name.as_str(), subject.as_ref()))
        .collect();
    let reference = Configuration {
        tier: arguments.reference,
        shape: Shape::Row,
        folding: Folding::On,
    };
    let reference = engine::subject(reference)?;
    let of = &arguments.generate;
    let rows = boundary::table(&mut Random::new(of.seed), of.table.unwrap_or(40));
    let mut generator = of.generator();
    let start = Instant::now();
    let outcomes = differential::run(
        reference.as_ref(),
        &others,
        &mut generator,
        &Plan {
            seed: of.seed,
            numbers: of.from..of.from.saturating_add(arguments.count()),
            table: (!of.literal).then_some(&rows),
            settings: Settings::new(),
            sweep: arguments.require_hits,
            time: arguments.time(),
            most_findings: arguments.most,
            shrink_tries: arguments.shrink,
        },
    );
    let mut out = BufWriter::new(io::stdout().lock());
    write!(out, "{outcomes}")?;
    let each_second = outcomes.tried as f64 / start.elapsed().as_secs_f64();
    writeln!(out, "{each_second:.0} expressions a second")?;
    let mut holes = generator.hits().holes();
    if of.hits {
        write!(out, "\n{}", generator.hits())?;
        let types = outcomes
            .types
            .iter()
            .map(|(name, count)| format!("{name} {count}"));
        writeln!(out, "results: {}", types.collect::<Vec<_>>().join(", "))?;
    }
    for (configuration, name, subject) in &subjects {
        let hits = subject.tier_hits();
        if of.hits {
            let hits: Vec<String> = hits
                .iter()
                .map(|(tier, rows)| format!("{tier} {rows}"))
                .collect();
            writeln!(out, "rows of {name}: {}", hits.join(", "))?;
        }
        let own = configuration.tier as usize;
        if hits.get(own).is_some_and(|(_, rows)| *rows == 0) {
            holes.push(format!("tier: {name}"));
        }
    }
    let unseen = RESULT_TYPES
        .iter()
        .filter(|name| !outcomes.types.contains_key(**name));
    holes.extend(unseen.map(|name| format!("result: {name}")));
    let is_whole = report_holes(&mut out, arguments, &holes)?;
    out.flush()?;
    Ok(code(outcomes.findings.is_empty() && is_whole))
}

fn hunt(target: Target, arguments: &FuzzArguments) -> Result<ExitCode, Box<dyn Error>> {
    let time = arguments.time().unwrap_or(Duration::MAX);
    let hunt = target.hunt(arguments.generate.seed, time, arguments.count());
    let mut out = BufWriter::new(io::stdout().lock());
    let seconds = hunt.took.as_secs_f64();
    let each_second = hunt.tried as f64 / seconds;
    writeln!(
        out,
        "{} inputs in {seconds:.1} s, {each_second:.0} a second",
        hunt.tried
    )?;
    if arguments.generate.hits {
        write!(out, "{}", hunt.hits)?;
    }
    if let Some(finding) = &hunt.finding {
        writeln!(out, "\n{}", finding.wrong)?;
        let bytes: Vec<String> = finding
            .bytes
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        writeln!(out, "input {}", bytes.concat())?;
    }
    let holes: Vec<String> = hunt
        .hits
        .missed(target)
        .into_iter()
        .map(str::to_owned)
        .collect();
    let is_whole = report_holes(&mut out, arguments, &holes)?;
    out.flush()?;
    Ok(code(hunt.finding.is_none() && is_whole))
}

/// Names what was never reached where it has to be; true if there is nothing of that kind.
fn report_holes(
    out: &mut impl io::Write,
    arguments: &FuzzArguments,
    holes: &[String],
) -> io::Result<bool> {
    if !arguments.require_hits || holes.is_empty() {
        return Ok(true);
    }
    writeln!(out, "\nnever reached:")?;
    for hole in holes {
        writeln!(out, "  {hole}")?;
    }
    Ok(false)
}

fn code(is_success: bool) -> ExitCode {
    if is_success {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    }
}
