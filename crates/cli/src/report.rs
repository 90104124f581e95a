//! What `sqlift run` tells on standard error: progress, warnings, statistics.

use crate::input::{Input, Total};
use crate::stream::{Compiled, Stream};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::{IsTerminal, Result, Write};
use std::time::Duration;

/// A bar on a terminal, nothing elsewhere.
pub(crate) struct Progress(ProgressBar);

impl Progress {
    pub(crate) fn new(total: &Total) -> Progress {
        if !std::io::stderr().is_terminal() {
            return Progress(ProgressBar::hidden());
        }
        let (bar, template) = match total {
            Total::Rows { rows, .. } => (
                ProgressBar::new(*rows),
                "{bar:40} {human_pos} of {human_len} rows, {per_sec}, {eta} left",
            ),
            Total::Bytes { all, .. } if *all > 0 => (
                ProgressBar::new(*all),
                "{bar:40} {bytes} of {total_bytes}, {msg} rows, {eta} left",
            ),
            _ => (
                ProgressBar::new_spinner(),
                "{spinner} {msg} rows, {elapsed}",
            ),
        };
        let style = ProgressStyle::with_template(template);
        Progress(bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar())))
    }

    /// So many rows were read.
    pub(crate) fn at(&self, rows: u64, total: &Total) {
        if self.0.is_hidden() {
            return;
        }
        self.0.set_message(rows.to_string());
        self.0.set_position(match total {
            Total::Bytes { read, .. } => read.get(),
            _ => rows,
        });
    }

    /// Takes the bar away.
    pub(crate) fn clear(&self) {
        self.0.finish_and_clear();
    }
}

/// The first warnings, and how many there were.
pub(crate) fn warnings(stream: &Stream) -> Result<()> {
    let mut out = std::io::stderr().lock();
    for warning in &stream.warnings {
        write!(out, "Warning {}: {}", warning.code, warning.message)?;
        match warning.row {
            Some(row) => writeln!(out, " (row {} of the input)", row + 1)?,
            None => writeln!(out)?,
        }
    }
    let more = stream.warned - stream.warnings.len() as u64;
    if more > 0 {
        writeln!(out, "... and {more} more warnings")?;
    }
    Ok(())
}

/// Rows, bytes, rates, and what each expression has counted.
pub(crate) fn statistics(stream: &Stream, input: &Input, elapsed: Duration) -> Result<()> {
    let mut out = std::io::stderr().lock();
    let (rows, seconds) = (stream.rows_in, elapsed.as_secs_f64().max(1e-9));
    let busy = stream.busy.as_secs_f64().max(1e-9);
    let rate = |seconds: f64| grouped((rows as f64 / seconds) as u64);
    writeln!(out, "rows read     {}", grouped(rows))?;
    writeln!(out, "rows given    {}", grouped(stream.rows_out))?;
    let (bytes, of) = match &input.total {
        Total::Bytes { read, .. } => (read.get(), "of the file"),
        Total::Rows { bytes, .. } => (*bytes, "of the file"),
        Total::Unknown => (stream.bytes, "in memory"),
    };
    writeln!(out, "bytes read    {} {of}", grouped(bytes))?;
    writeln!(
        out,
        "time          {seconds:.3} s, {} rows/s",
        rate(seconds)
    )?;
    writeln!(out, "evaluating    {busy:.3} s, {} rows/s", rate(busy))?;
    for compiled in stream.given() {
        expression(&mut out, compiled)?;
    }
    Ok(())
}

fn expression(out: &mut impl Write, compiled: &Compiled) -> Result<()> {
    writeln!(out, "{}: {}", compiled.what, compiled.text())?;
    let counted = compiled.statistics();
    for (tier, rows) in &counted.rows {
        let time = compiled.busy.get(tier).copied().unwrap_or_default();
        let each = time.as_nanos() as f64 / (*rows).max(1) as f64;
        let tier = tier.to_string();
        writeln!(
            out,
            "  {tier:<8}{:>12} rows  {:.4} s  {each:.1} ns a row",
            grouped(*rows),
            time.as_secs_f64()
        )?;
    }
    for step in &counted.moves {
        writeln!(
            out,
            "  after {} rows, {:.1} ms: {}",
            grouped(step.after_rows),
            step.after.as_secs_f64() * 1e3,
            step.what
        )?;
    }
    for (reason, rows) in &counted.exits {
        writeln!(out, "  exits: {} rows for {reason}", grouped(*rows))?;
    }
    Ok(())
}

/// `1234567` as `1,234,567`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
