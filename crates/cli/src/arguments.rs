//! The command line.

use crate::failure::Failure;
use clap::{Args, Parser, Subcommand, ValueEnum};
use sqlift::TierPolicy;
use std::io::Read;

#[derive(Parser)]
#[command(
    name = "sqlift",
    version,
    about = "MySQL expressions over files, exactly as MySQL evaluates them"
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Filter and project a file
    Run(Run),
    /// Evaluate an expression
    Eval(Eval),
    /// Show what an expression is compiled to
    Explain(Explain),
}

#[derive(Args)]
pub(crate) struct Run {
    /// A .csv, .parquet, .json or .jsonl file, or `tpch:TABLE?sf=N`
    #[arg(long, value_name = "FILE")]
    pub(crate) from: String,
    /// Keep only the rows for which this is true
    ///
    /// `-` reads it from standard input.
    #[arg(long = "where", value_name = "EXPR", allow_hyphen_values = true)]
    pub(crate) filter: Option<String>,
    /// What to give: `EXPR [AS name], ...`; `*`, which may come first, is all columns
    #[arg(
        long,
        value_name = "LIST",
        default_value = "*",
        allow_hyphen_values = true
    )]
    pub(crate) select: String,
    /// Where to; `-` is standard output
    #[arg(long, value_name = "FILE", default_value = "-")]
    pub(crate) to: String,
    /// How to write; by the ending of --to, else a table
    #[arg(long, value_enum)]
    pub(crate) format: Option<Format>,
    /// Types of columns of CSV and JSON lines: `a BIGINT, price DECIMAL(12,2), ...`; others are inferred
    #[arg(long, value_name = "COLUMNS")]
    pub(crate) schema: Option<String>,
    /// auto, interp, vm or native
    #[arg(long, default_value = "auto", value_parser = tier)]
    pub(crate) tier: TierPolicy,
    /// Session settings, such as sql_mode=ANSI
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = setting)]
    pub(crate) settings: Vec<(String, String)>,
    /// Rows of a batch
    #[arg(long, default_value_t = 8192, value_parser = clap::value_parser!(u32).range(1..=1 << 20))]
    pub(crate) batch: u32,
    /// Print rows, bytes, rates, tiers and exits on standard error
    #[arg(long)]
    pub(crate) stats: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Table,
    Csv,
    Json,
    Parquet,
}

#[derive(Args)]
pub(crate) struct Eval {
    /// The expression; `-` reads it from standard input
    #[arg(
        required_unless_present = "stdin",
        conflicts_with = "stdin",
        allow_hyphen_values = true
    )]
    pub(crate) expression: Option<String>,
    /// A column with its value: `price DECIMAL(12,2)=9.99`, `name VARCHAR(20)=NULL`
    #[arg(long = "col", value_name = "NAME TYPE=VALUE")]
    pub(crate) columns: Vec<String>,
    /// Session settings, such as sql_mode=ANSI
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = setting)]
    pub(crate) settings: Vec<(String, String)>,
    /// auto, interp, vm or native
    #[arg(long, default_value = "auto", value_parser = tier)]
    pub(crate) tier: TierPolicy,
    /// Answer as a JSON object: type, collation, nullable, value or error, warnings
    #[arg(long)]
    pub(crate) json: bool,
    /// One JSON case a line on standard input, `{"expr":..., "settings":{...}}`; answered by one JSON line each
    #[arg(long)]
    pub(crate) stdin: bool,
}

#[derive(Args)]
pub(crate) struct Explain {
    /// The expression; `-` reads it from standard input
    #[arg(allow_hyphen_values = true)]
    pub(crate) expression: String,
    /// Types of the columns: `a BIGINT, price DECIMAL(12,2), ...`
    #[arg(long, value_name = "COLUMNS", default_value = "")]
    pub(crate) schema: String,
    /// What to show
    #[arg(long, value_enum, default_value_t = Level::All)]
    pub(crate) level: Level,
    /// For which machine; this one if absent
    #[arg(long, value_enum)]
    pub(crate) target: Option<Machine>,
    /// Session settings, such as sql_mode=ANSI
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = setting)]
    pub(crate) settings: Vec<(String, String)>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Level {
    Ast,
    Typed,
    Program,
    Vm,
    Clif,
    Asm,
    All,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum Machine {
    #[value(name = "x86_64")]
    X86_64,
    #[value(name = "aarch64")]
    Aarch64,
}

/// A text given on the command line, or all of standard input for `-`, which is no expression.
pub(crate) fn text(given: &str) -> Result<String, Failure> {
    if given != "-" {
        return Ok(given.to_owned());
    }
    let mut bytes = Vec::new();
    std::io::stdin().read_to_end(&mut bytes)?;
    let text = String::from_utf8(bytes);
    text.map_err(|_| Failure::file("standard input", "not valid UTF-8"))
}

fn tier(text: &str) -> Result<TierPolicy, String> {
    text.parse()
}

fn setting(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE")?;
    Ok((name.trim().to_owned(), value.to_owned()))
}
