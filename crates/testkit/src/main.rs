//! `sqlift-testkit`: runs the engine over the corpus, and converts the corpus between its two forms.
#![forbid(unsafe_code)]

use std::error::Error;
use std::fs;
use std::io::{BufWriter, Write as _};
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
use sqlift_testkit::subject::{Configuration, Shape, Tier};

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
    /// Print the cases of a corpus as JSON lines, to look something up
    Cases {
        /// The corpus folder, in either form
        corpus: PathBuf,
        /// Only these areas
        #[arg(long, value_delimiter = ',')]
        areas: Vec<String>,
        /// Only cases whose expression contains this text
        #[arg(long)]
        grep: Option<String>,
        /// Only these cases
        #[arg(long = "id", value_delimiter = ',')]
        id: Vec<String>,
    },
    /// Print random expressions, one a line
    Generate {
        /// Where it starts
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// How many
        #[arg(long, default_value_t = 20)]
        count: u64,
        /// Levels of nesting
        #[arg(long, default_value_t = 6)]
        depth: usize,
        /// Without columns
        #[arg(long)]
        literal: bool,
        /// Print the table that the columns belong to, as the corpus' `rows.json`, and no expressions
        #[arg(long, value_name = "ROWS")]
        table: Option<usize>,
        /// Count what was made, on standard error
        #[arg(long)]
        hits: bool,
    },
    /// Pack a corpus folder (any form) into another folder
    Pack {
        /// The corpus to read
        corpus: PathBuf,
        /// The folder to write; made if it is not there
        out: PathBuf,
    },
    /// Unpack a corpus folder (any form) into JSON lines in another folder
    Unpack {
        /// The corpus to read
        corpus: PathBuf,
        /// The folder to write; made if it is not there
        out: PathBuf,
    },
}

#[derive(Args)]
struct CorpusArguments {
    /// The corpus folder, in either form
    corpus: PathBuf,
    /// Only these areas
    #[arg(long, value_delimiter = ',')]
    areas: Vec<String>,
    /// Only cases whose expression contains this text
    #[arg(long)]
    grep: Option<String>,
    /// Only these cases
    #[arg(long = "id", value_delimiter = ',')]
    id: Vec<String>,
    /// The tier that has to give the answers
    #[arg(long, value_enum, default_value_t)]
    tier: Tier,
    /// How rows are handed over: `row` or `batch:N`
    #[arg(long, default_value_t)]
    shape: Shape,
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

fn main() -> ExitCode {
    match act(Command::parse().action) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn act(action: Action) -> Result<ExitCode, Box<dyn Error>> {
    match action {
        Action::Corpus(arguments) => prove(&arguments),
        Action::Cases {
            corpus,
            areas,
            grep,
            id,
        } => print_cases(
            &corpus,
            &Selection {
                areas,
                grep,
                ids: id,
            },
        ),
        Action::Generate {
            seed,
            count,
            depth,
            literal,
            table,
            hits,
        } => {
            let mut random = Random::new(seed);
            if let Some(rows) = table {
                let table = boundary::table(&mut random, rows);
                println!("{}", serde_json::to_string_pretty(&table)?);
                return Ok(ExitCode::SUCCESS);
            }
            let columns = if literal { &[] } else { boundary::COLUMNS };
            let limits = Limits {
                depth,
                ..Limits::default()
            };
            let mut generator = Generator::new(&MySql, columns, limits);
            let mut out = BufWriter::new(std::io::stdout().lock());
            for number in 0..count {
                writeln!(out, "{}", generator.any(&mut random.fork(number)))?;
            }
            if hits {
                eprint!("{}", generator.hits());
            }
            Ok(ExitCode::SUCCESS)
        }
        Action::Pack { corpus, out } => convert(&corpus, &out, Form::Packed),
        Action::Unpack { corpus, out } => convert(&corpus, &out, Form::Lines),
    }
}

fn print_cases(folder: &Path, selection: &Selection) -> Result<ExitCode, Box<dyn Error>> {
    let corpus = Corpus::open(folder)?;
    let mut out = BufWriter::new(std::io::stdout().lock());
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

fn prove(arguments: &CorpusArguments) -> Result<ExitCode, Box<dyn Error>> {
    let corpus = Corpus::open(&arguments.corpus)?;
    let known = match &arguments.known {
        Some(path) => Known::read(path)?,
        None => Known::default(),
    };
    let selection = Selection {
        areas: arguments.areas.clone(),
        grep: arguments.grep.clone(),
        ids: arguments.id.clone(),
    };
    let subject = engine::subject(Configuration {
        tier: arguments.tier,
        shape: arguments.shape,
    })?;
    let threads = arguments
        .threads
        .or_else(|| thread::available_parallelism().ok().map(usize::from))
        .unwrap_or(1);
    let options = Options {
        threads,
        trace: arguments.trace,
    };
    let report = run(&corpus, subject.as_ref(), &selection, &known, options)?;
    if arguments.json || arguments.ids {
        for entry in &report.stale {
            eprintln!("not needed in the list of known differences: {entry}");
        }
    }
    // A reader that closes the pipe early has seen what it wanted.
    let _ = std::io::stdout()
        .lock()
        .write_all(text(arguments, &report).as_bytes());
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

#[derive(Clone, Copy)]
enum Form {
    Lines,
    Packed,
}

/// Files of a corpus that have one form only.
const PLAIN_FILES: [&str; 2] = ["rows.json", "functions.tsv"];

fn convert(from: &Path, out: &Path, form: Form) -> Result<ExitCode, Box<dyn Error>> {
    let corpus = Corpus::open(from)?;
    fs::create_dir_all(out)?;
    for area in corpus.areas() {
        match form {
            Form::Packed => {
                let cases = area.cases()?.collect::<Result<Vec<_>, _>>()?;
                fs::write(
                    out.join(format!("{}.cases", area.name)),
                    pack(&area.name, &cases)?,
                )?;
            }
            Form::Lines => {
                let mut file =
                    BufWriter::new(fs::File::create(out.join(format!("{}.jsonl", area.name)))?);
                for case in area.cases()? {
                    writeln!(file, "{}", to_json_line(&case?))?;
                }
                file.flush()?;
            }
        }
    }
    for name in PLAIN_FILES {
        // Not copied with their permissions: what is written here may be written again.
        fs::write(out.join(name), fs::read(from.join(name))?)?;
    }
    Ok(ExitCode::SUCCESS)
}
