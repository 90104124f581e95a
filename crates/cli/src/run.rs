//! `sqlift run`: the main job.

use crate::arguments::{Format, Run};
use crate::failure::Failure;
use crate::input::{self, Input};
use crate::output::Writer;
use crate::stream::Stream;
use indicatif::{ProgressBar, ProgressStyle};
use sqlift::{Engine, Session};
use std::io::IsTerminal;
use std::time::{Duration, Instant};

pub(crate) fn run(arguments: &Run) -> Result<(), Failure> {
    let started = Instant::now();
    let session = session(&arguments.settings)?;
    let engine = Engine::new().with_policy(arguments.tier);
    let mut input = input::open(
        &arguments.from,
        arguments.schema.as_deref(),
        arguments.batch as usize,
    )?;
    let mut stream = Stream::new(
        &engine,
        &input.arrow,
        &input.columns,
        &session,
        arguments.filter.as_deref(),
        arguments.select.as_deref(),
    )?;
    let format = format(arguments)?;
    let mut writer = Writer::open(&arguments.to, format, stream.schema())?;
    let progress = progress(&input);
    for batch in input.batches.by_ref() {
        let result = stream.batch(&batch?)?;
        writer.write(&result)?;
        progress.set_position(stream.rows_in);
    }
    progress.finish_and_clear();
    writer.finish()?;
    let (warnings, total) = stream.warnings();
    for warning in warnings.iter().take(10) {
        eprintln!("Warning {}: {}", warning.code, warning.message);
    }
    if total > 10 {
        eprintln!("... {total} warnings in all");
    }
    if arguments.stats {
        statistics(&stream, &input, started.elapsed());
    }
    Ok(())
}

pub(crate) fn session(settings: &[(String, String)]) -> Result<Session, Failure> {
    let mut session = Session::default();
    for (name, value) in settings {
        session.set(name, value).map_err(Failure::Setting)?;
    }
    Ok(session)
}

fn format(arguments: &Run) -> Result<Format, Failure> {
    if let Some(format) = arguments.format {
        return Ok(format);
    }
    let ending = arguments
        .to
        .rsplit_once('.')
        .map(|(_, e)| e.to_ascii_lowercase());
    match ending.as_deref() {
        _ if arguments.to == "-" => Ok(Format::Table),
        Some("csv") => Ok(Format::Csv),
        Some("json" | "jsonl") => Ok(Format::Json),
        Some("parquet") => Ok(Format::Parquet),
        Some("txt") => Ok(Format::Table),
        _ => Err(Failure::Usage(format!(
            "no --format, and `{}` does not tell one by its ending",
            arguments.to
        ))),
    }
}

/// A bar on a terminal, nothing elsewhere.
fn progress(input: &Input) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let template = "{spinner} {human_pos} rows, {per_sec}, {elapsed}";
    let (bar, template) = match input.rows {
        Some(rows) => (
            ProgressBar::new(rows),
            "{bar:40} {human_pos}/{human_len} rows, {per_sec}, {eta} left",
        ),
        None => (ProgressBar::new_spinner(), template),
    };
    bar.with_style(
        ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()),
    )
}

fn statistics(stream: &Stream, input: &Input, elapsed: Duration) {
    let seconds = elapsed.as_secs_f64().max(1e-9);
    let (rows, busy) = (stream.rows_in, stream.busy.as_secs_f64().max(1e-9));
    eprintln!("rows read       {rows}");
    eprintln!("rows given      {}", stream.rows_out);
    if let Some(bytes) = input.bytes {
        eprintln!("bytes read      {bytes}");
    }
    eprintln!(
        "time            {seconds:.3} s ({:.0} rows/s)",
        rows as f64 / seconds
    );
    eprintln!(
        "evaluating      {busy:.3} s ({:.0} rows/s)",
        rows as f64 / busy
    );
    for (what, text, busy, counted) in stream.statistics() {
        eprintln!("{what}: {text}");
        let all: u64 = counted.rows.values().sum();
        for (tier, rows) in &counted.rows {
            // Time is measured by expression; the share of a tier is that of its rows.
            let share = busy.as_secs_f64() * *rows as f64 / all.max(1) as f64;
            eprintln!("  {tier:<8} {rows} rows, about {share:.4} s");
        }
        for step in &counted.moves {
            let micros = step.after.as_micros();
            eprintln!(
                "  after {} rows, {micros} us: {}",
                step.after_rows, step.what
            );
        }
        for (reason, rows) in &counted.exits {
            eprintln!("  exits: {reason} {rows}");
        }
    }
}
