//! The report in the making: text, tables, plots, and what was asked for.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// A figure that was asked for.
struct Goal {
    what: String,
    asked: String,
    /// At most (or at least) this.
    limit: f64,
    measured: f64,
    at_least: bool,
}

impl Goal {
    fn is_met(&self) -> bool {
        if self.at_least {
            self.measured >= self.limit
        } else {
            self.measured <= self.limit
        }
    }

    /// How far it is from what was asked for.
    fn miss(&self) -> String {
        if self.is_met() {
            return "met".to_owned();
        }
        let (high, low) = if self.at_least {
            (self.limit, self.measured)
        } else {
            (self.measured, self.limit)
        };
        format!("**missed**, by a factor of {:.2}", high / low)
    }
}

/// Everything that is to be written.
#[derive(Default)]
pub(crate) struct Page {
    text: String,
    goals: Vec<Goal>,
    plots: Vec<(String, String)>,
}

impl Page {
    pub(crate) fn heading(&mut self, text: &str) {
        let _ = writeln!(self.text, "\n## {text}\n");
    }

    pub(crate) fn paragraph(&mut self, text: impl AsRef<str>) {
        let _ = writeln!(self.text, "{}\n", text.as_ref());
    }

    pub(crate) fn table(&mut self, head: &[impl AsRef<str>], rows: &[Vec<String>]) {
        let head: Vec<&str> = head.iter().map(AsRef::as_ref).collect();
        let _ = writeln!(self.text, "| {} |", head.join(" | "));
        let _ = writeln!(self.text, "|---{}", "|---".repeat(head.len() - 1) + "|");
        for row in rows {
            let _ = writeln!(self.text, "| {} |", row.join(" | "));
        }
        self.text.push('\n');
    }

    /// A plot, and its place in the text.
    pub(crate) fn plot(&mut self, name: &str, about: &str, svg: String) {
        let _ = writeln!(self.text, "![{about}](plots/{name}.svg)\n");
        self.plots.push((format!("{name}.svg"), svg));
    }

    /// The figure was asked to be at most this.
    pub(crate) fn at_most(
        &mut self,
        what: impl Into<String>,
        limit: f64,
        measured: f64,
        unit: &str,
    ) {
        self.goal(what.into(), limit, measured, unit, false);
    }

    /// The figure was asked to be at least this.
    pub(crate) fn at_least(
        &mut self,
        what: impl Into<String>,
        limit: f64,
        measured: f64,
        unit: &str,
    ) {
        self.goal(what.into(), limit, measured, unit, true);
    }

    fn goal(&mut self, what: String, limit: f64, measured: f64, unit: &str, at_least: bool) {
        let word = if at_least { "at least" } else { "at most" };
        self.goals.push(Goal {
            what,
            asked: format!("{word} {limit}{unit}"),
            limit,
            measured,
            at_least,
        });
    }

    /// Writes the text to the path, and the plots to `plots` beside it. `bounds` says what the missed goals are bounded by.
    pub(crate) fn write(self, path: &Path, head: &str, bounds: &str) -> std::io::Result<()> {
        let folder = path.parent().unwrap_or(Path::new(".")).join("plots");
        fs::create_dir_all(&folder)?;
        for (name, svg) in &self.plots {
            fs::write(folder.join(name), svg)?;
        }
        let missed = self.goals.iter().filter(|g| !g.is_met()).count();
        let mut text = format!("{head}\n## What was asked for\n\n");
        let _ = writeln!(
            text,
            "{} of {} figures are met.\n\n| figure | asked for | measured | |\n|---|---|---|---|",
            self.goals.len() - missed,
            self.goals.len()
        );
        for goal in &self.goals {
            let measured = sqlift_benches::measure::digits(goal.measured);
            let _ = writeln!(
                text,
                "| {} | {} | {measured} | {} |",
                goal.what,
                goal.asked,
                goal.miss()
            );
        }
        let _ = writeln!(text, "\n{bounds}");
        fs::write(path, text + &self.text)
    }
}
