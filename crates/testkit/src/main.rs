//! `sqlift-testkit`: runs the engine over the corpus and over generated expressions, and converts the corpus between
//! its two forms.
#![forbid(unsafe_code)]

mod fuzzing;

use std::error::Error;
use std::fs;
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread;

use clap::{Args, Parser, Subcommand};
use sqlift_testkit::corpus::{Corpus, pack::pack, to_json_line};
use sqlift_testkit::engine;
use sqlift_testkit::generate::{Generator, Limits, MySql, Random, boundary};
use sqlift_testkit::runner::{
    Known, Options, Report, Selection, by_cause, by_difference, causes, clusters, differences,
    hits, json_lines, run, table, unsupported_by_reason,
};
use sqlift_testkit::subject::{Configuration, Folding, Shape, Tier};

#[derive(Parser)]
#[command(
    name = "sqlift-testkit",
    about = "Proves sqlift against recorded answers of MySQL"
)]
struct Command {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Run the engine over a corpus; exit code 1 if anything differs that is not known
    Corpus(CorpusArguments),
    /// Run a fuzz target from a seed: the tiers against each other, or a part against a reference of its own; exit code 1 if
    /// something is wrong
    Fuzz(fuzzing::FuzzArguments),
    /// Print the cases of a corpus as JSON lines, to look something up
    Cases(SelectionArguments),
    /// Print random expressions, one a line
    Generate(GenerateArguments),
    /// Print COMPATIBILITY.md: what is there, and how far the corpus agrees
    Compatibility {
        /// The corpus folder, in either form
        corpus: PathBuf,
    },
    /// Pack a corpus folder (any form) into another folder
    Pack(Folders),
    /// Unpack a corpus folder (any form) into JSON lines in another folder
    Unpack(Folders),
}

#[derive(Args)]
struct Folders {
    /// The corpus to read
    corpus: PathBuf,
    /// The folder to write; made if it is not there
    out: PathBuf,
}

#[derive(Args)]
struct SelectionArguments {
    /// The corpus folder, in either form
    corpus: PathBuf,
    /// Only these areas
    #[arg(long, value_delimiter = ',')]
    areas: Vec<String>,
    /// Only cases whose expression contains this text
    #[arg(long)]
    grep: Option<String>,
    /// Only these cases
    #[arg(long = "id", value_delimiter = ',', value_name = "ID")]
    only_ids: Vec<String>,
}

impl SelectionArguments {
    fn selection(&self) -> Selection {
        Selection {
            areas: self.areas.clone(),
            grep: self.grep.clone(),
            ids: self.only_ids.clone(),
        }
    }
}

#[derive(Args)]
struct CorpusArguments {
    #[command(flatten)]
    cases: SelectionArguments,
    /// The tier that has to give the answers
    #[arg(long, value_enum, default_value_t)]
    tier: Tier,
    /// How rows are handed over: `row`, `batch:N` or `arrow:N`
    #[arg(long, default_value_t)]
    shape: Shape,
    /// Whether constant calls are computed when compiling
    #[arg(long, value_enum, default_value_t)]
    folding: Folding,
    /// How many differing cases to show
    #[arg(long, default_value_t = 10)]
    show: usize,
    /// Print the counts as JSON, one area a line, and nothing else
    #[arg(long)]
    json: bool,
    /// Print the ids of differing cases, one a line, and nothing else
    #[arg(long, conflicts_with = "json")]
    ids: bool,
    /// List of known differences: lines `"area/id" = "reason"`
    #[arg(long)]
    known: Option<PathBuf>,
    /// Count the reasons why cases are not supported
    #[arg(long)]
    unsupported_by_reason: bool,
    /// Cluster the differences by aspect, kind and probable cause; so many clusters
    #[arg(long, num_args = 0..=1, default_missing_value = "40", value_name = "N")]
    by_diff: Option<usize>,
    /// Count functions, operators, types and tiers met in supported cases
    #[arg(long)]
    hits: bool,
    /// Number of threads; as many as the machine has if not given
    #[arg(long)]
    threads: Option<usize>,
    /// Name every case on standard error before it is asked, to find the one that takes the process down; use it with
    /// `--threads 1`
    #[arg(long)]
    trace: bool,
}

#[derive(Args)]
struct GenerateArguments {
    /// Where it starts
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many
    #[arg(long)]
    count: Option<u64>,
    /// Number of the first
    #[arg(long, default_value_t = 0)]
    from: u64,
    /// Levels of nesting
    #[arg(long, default_value_t = 6)]
    depth: usize,
    /// Without columns
    #[arg(long)]
    literal: bool,
    /// Print a table of so many rows that the columns belong to, as the corpus' `rows.json`, and no expressions
    #[arg(long, value_name = "ROWS")]
    table: Option<usize>,
    /// Count what was made, on standard error
    #[arg(long)]
    hits: bool,
}

impl GenerateArguments {
    fn generator(&self) -> Generator {
        let columns = if self.literal { &[] } else { boundary::COLUMNS };
        let limits = Limits {
            depth: self.depth,
            ..Limits::default()
        };
        Generator::new(&MySql, columns, limits)
    }
}

fn main() -> ExitCode {
    match act(Command::parse().action) {
        Ok(code) => code,
        // A reader that closes the pipe early has seen what it wanted.
        Err(error) if is_broken_pipe(error.as_ref()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn is_broken_pipe(error: &(dyn Error + 'static)) -> bool {
    error
        .downcast_ref::<io::Error>()
        .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

fn act(action: Action) -> Result<ExitCode, Box<dyn Error>> {
    match action {
        Action::Corpus(arguments) => prove(&arguments),
        Action::Compatibility { corpus } => compatibility(&corpus),
        Action::Fuzz(arguments) => fuzzing::fuzz(&arguments),
        Action::Cases(arguments) => print_cases(&arguments),
        Action::Generate(arguments) => generate(&arguments),
        Action::Pack(folders) => convert(&folders, Form::Packed),
        Action::Unpack(folders) => convert(&folders, Form::Lines),
    }
}

fn compatibility(corpus: &Path) -> Result<ExitCode, Box<dyn Error>> {
    let corpus = Corpus::open(corpus)?;
    let subject = engine::subject(Configuration {
        tier: Tier::Vm,
        ..Configuration::default()
    })?;
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let options = Options {
        threads,
        trace: false,
    };
    let report = run(
        &corpus,
        subject.as_ref(),
        &Selection::default(),
        &Known::default(),
        options,
    )?;
    print!("{}", sqlift_testkit::compatibility::page(&corpus, &report)?);
    Ok(ExitCode::SUCCESS)
}

fn prove(arguments: &CorpusArguments) -> Result<ExitCode, Box<dyn Error>> {
    let corpus = Corpus::open(&arguments.cases.corpus)?;
    let known = match &arguments.known {
        Some(path) => Known::read(path)?,
        None => Known::default(),
    };
    let subject = engine::subject(Configuration {
        tier: arguments.tier,
        shape: arguments.shape,
        folding: arguments.folding,
    })?;
    let machine = || thread::available_parallelism().map_or(1, usize::from);
    let options = Options {
        threads: arguments.threads.unwrap_or_else(machine),
        trace: arguments.trace,
    };
    let selection = arguments.cases.selection();
    let report = run(&corpus, subject.as_ref(), &selection, &known, options)?;
    if arguments.json || arguments.ids {
        for entry in &report.stale {
            eprintln!("not needed in the list of known differences: {entry}");
        }
    }
    io::stdout()
        .lock()
        .write_all(text(arguments, &report).as_bytes())?;
    Ok(if report.is_success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    })
}

fn text(arguments: &CorpusArguments, report: &Report) -> String {
    if arguments.json {
        return json_lines(report);
    }
    if arguments.ids {
        return report
            .unknown()
            .map(|finding| format!("{}\n", finding.case.id))
            .collect();
    }
    let mut text = table(report);
    text += &differences(report, arguments.show);
    if let Some(limit) = arguments.by_diff {
        text += "\nprobable causes of all differences\n";
        text += &by_cause(&causes(report), limit);
        text += &by_difference(&clusters(report), limit);
    }
    if arguments.unsupported_by_reason {
        text += "\nnot supported\n";
        text += &unsupported_by_reason(report);
    }
    if arguments.hits {
        text += &hits(report);
    }
    text
}

fn print_cases(arguments: &SelectionArguments) -> Result<ExitCode, Box<dyn Error>> {
    let corpus = Corpus::open(&arguments.corpus)?;
    let selection = arguments.selection();
    let mut out = BufWriter::new(io::stdout().lock());
    for area in corpus
        .areas()
        .iter()
        .filter(|area| selection.has_area(&area.name))
    {
        for case in area.cases()? {
            let case = case?;
            if selection.has_case(&case) {
                writeln!(out, "{}", to_json_line(&case))?;
            }
        }
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

fn generate(arguments: &GenerateArguments) -> Result<ExitCode, Box<dyn Error>> {
    let random = Random::new(arguments.seed);
    let mut out = BufWriter::new(io::stdout().lock());
    if let Some(rows) = arguments.table {
        let table = boundary::table(&mut random.clone(), rows);
        writeln!(out, "{}", serde_json::to_string_pretty(&table)?)?;
    } else {
        let mut generator = arguments.generator();
        for number in arguments.from..arguments.from.saturating_add(arguments.count.unwrap_or(20)) {
            writeln!(out, "{}", generator.any(&mut random.fork(number)))?;
        }
        if arguments.hits {
            eprint!("{}", generator.hits());
        }
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

#[derive(Clone, Copy)]
enum Form {
    Lines,
    Packed,
}

/// Files of a corpus that have one form only.
const PLAIN_FILES: [&str; 2] = ["rows.json", "functions.tsv"];

fn convert(folders: &Folders, form: Form) -> Result<ExitCode, Box<dyn Error>> {
    let Folders { corpus: from, out } = folders;
    let corpus = Corpus::open(from)?;
    fs::create_dir_all(out)?;
    for area in corpus.areas() {
        let file = |ending| out.join(format!("{}.{ending}", area.name));
        match form {
            Form::Packed => {
                let cases = area.cases()?.collect::<Result<Vec<_>, _>>()?;
                fs::write(file("cases"), pack(&area.name, &cases)?)?;
            }
            Form::Lines => {
                let mut lines = BufWriter::new(fs::File::create(file("jsonl"))?);
                for case in area.cases()? {
                    writeln!(lines, "{}", to_json_line(&case?))?;
                }
                lines.flush()?;
            }
        }
    }
    for name in PLAIN_FILES {
        copy(&from.join(name), &out.join(name))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Copies the content, not the permissions: what is written here may be written again.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::write(to, fs::read(from)?)
}
