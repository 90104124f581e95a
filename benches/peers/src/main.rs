//! sqlift beside what else a Rust program could use: DataFusion's `PhysicalExpr` and loops written by hand over batches; `cel`, `rhai` and
//! `fasteval` row by row. Results are compared before anything is timed.
//!
//! `cargo run --release --manifest-path benches/peers/Cargo.toml -- --out benches/peers/results.json`
#![forbid(unsafe_code)]

mod agree;
mod datafusion;
mod hand;
mod rows;

use arrow_array::{ArrayRef, RecordBatch};
use clap::Parser;
use serde_json::{Map, Value as Json, json};
use sqlift::{CollationId, Context, Engine, Expression, Schema, Session};
use sqlift_benches::measure::{Contestant, Effort, Figure, compete};
use sqlift_benches::{data, machine, subjects};
use std::error::Error;
use std::hint::black_box;
use std::path::PathBuf;
use std::time::Duration;

/// What DataFusion's own programs use; all of this program does, so that nobody is ahead.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// As many as DataFusion works on at once.
const BATCH: usize = 8_192;

/// Compares.
#[derive(Parser)]
struct Options {
    /// Rows of the table.
    #[arg(long, default_value_t = 4_000_000)]
    rows: usize,
    /// Where figures are written to as JSON.
    #[arg(long)]
    out: Option<PathBuf>,
    /// Only this expression: `E5`.
    #[arg(long)]
    only: Option<String>,
    /// Samples of each figure.
    #[arg(long, default_value_t = 9)]
    samples: usize,
}

/// The table's columns, text compared byte by byte: the peers know nothing else.
fn schema() -> Schema {
    subjects::schema_in(CollationId::UTF8MB4_BIN)
}

/// sqlift, choosing the tier itself.
struct Ours {
    expression: Expression,
    context: Context,
}

impl Ours {
    fn new(text: &str) -> Result<Ours, sqlift::Error> {
        let expression = Engine::new().compile(text, &schema(), &Session::default())?;
        Ok(Ours {
            context: expression.context(),
            expression,
        })
    }

    fn evaluate(&mut self, batch: &RecordBatch) -> Result<ArrayRef, sqlift::Error> {
        self.expression.eval_batch(batch, &mut self.context)
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    let effort = Effort {
        samples: options.samples.max(1),
        sample: Duration::ZERO,
    };
    eprintln!("making {} rows", options.rows);
    let mut rows = data::Rows::new().take(options.rows);
    let mut batches = Vec::new();
    loop {
        let some: Vec<data::Row> = rows.by_ref().take(BATCH).collect();
        if some.is_empty() {
            break;
        }
        batches.push(data::batch(&some));
    }
    if batches.is_empty() {
        return Err("no rows".into());
    }
    println!(
        "{} rows, {}; ns a row, median / least",
        options.rows,
        machine::describe()
    );
    let is_chosen = |name: &str| options.only.as_ref().is_none_or(|only| only == name);
    let mut by_batch = Vec::new();
    println!(
        "{:4} {:>15} {:>15} {:>15} {:>12} {:>8}",
        "", "sqlift", "DataFusion", "by hand", "DataFusion x", "hand x"
    );
    for (i, subject) in subjects::ROWS.iter().enumerate() {
        let name = format!("E{}", i + 1);
        if !is_chosen(&name) {
            continue;
        }
        let [ours, theirs, hand] = compare(i, subject.text, &batches, effort)?;
        println!(
            "{name:4} {:>15} {:>15} {:>15} {:>12.2} {:>8.2}",
            ours.to_string(),
            theirs.to_string(),
            hand.to_string(),
            theirs.median / ours.median,
            ours.median / hand.median
        );
        by_batch.push(json!({
            "expression": name,
            "text": subject.text,
            "sqlift": figure(ours),
            "datafusion": figure(theirs),
            "hand": figure(hand),
        }));
    }
    let mut by_row = Vec::new();
    let few = data::rows(options.rows.min(50_000));
    for (i, subject) in subjects::ROWS[..4].iter().enumerate() {
        let name = format!("E{}", i + 1);
        if !is_chosen(&name) {
            continue;
        }
        let figures = rows::compare(i, subject.text, &few, effort)?;
        let mut line = Map::new();
        line.insert("expression".to_owned(), Json::from(name.clone()));
        for (engine, of_engine) in rows::ENGINES.iter().zip(figures) {
            println!("{name:4} {engine:24} {of_engine}");
            line.insert((*engine).to_owned(), figure(of_engine));
        }
        by_row.push(Json::from(line));
    }
    if let Some(path) = options.out {
        let results = json!({
            "rows": options.rows,
            "machine": machine::describe(),
            "batch": by_batch,
            "row": by_row,
            "row_engines": rows::ENGINES,
        });
        std::fs::write(path, format!("{results:#}\n"))?;
    }
    Ok(())
}

fn figure(figure: Figure) -> Json {
    json!({ "median": figure.median, "least": figure.least })
}

/// sqlift, DataFusion, the loop: all rows, in turns, after their results were found to agree.
fn compare(
    subject: usize,
    text: &str,
    batches: &[RecordBatch],
    effort: Effort,
) -> Result<[Figure; 3], Box<dyn Error>> {
    let mut ours = Ours::new(text)?;
    let theirs = datafusion::Planned::new(subject, &batches[0].schema())?;
    eprintln!("{text}\n    as DataFusion plans it: {}", theirs.plan());
    let mut hand = hand::Loop::new(subject);
    for batch in batches {
        let ours = ours.evaluate(batch)?;
        agree::check(text, "DataFusion", &ours, &theirs.evaluate(batch)?)?;
        agree::check(text, "the loop", &ours, &hand.array(batch)?)?;
    }
    // Until the compile thread has made what it makes, and both tiers were timed.
    for batch in batches.iter().cycle().take(60) {
        ours.evaluate(batch)?;
        std::thread::sleep(Duration::from_millis(2));
    }
    let rows = batches.iter().map(RecordBatch::num_rows).sum();
    let figures = compete(
        effort,
        &mut [
            Contestant::new(rows, || {
                for batch in batches {
                    black_box(ours.evaluate(batch).expect("as it did"));
                }
            }),
            Contestant::new(rows, || {
                for batch in batches {
                    black_box(theirs.evaluate(batch).expect("as it did"));
                }
            }),
            Contestant::new(rows, || {
                for batch in batches {
                    hand.run(batch).expect("as it did");
                    black_box(&mut hand);
                }
            }),
        ],
    );
    Ok([figures[0], figures[1], figures[2]])
}
