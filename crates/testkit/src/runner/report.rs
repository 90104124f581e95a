//! What a run prints.

use std::fmt::Write as _;

use serde::Serialize;

use super::{Cause, Cluster, Column, Report, Tally};

/// The table of counts: a line an area, and their sum.
pub fn table(report: &Report) -> String {
    let mut text = format!("{:<32} {:>7} {:>7}", "area", "cases", "unsupp");
    for column in Column::ALL {
        let _ = write!(text, " {:>10}", column.name());
    }
    text.push('\n');
    let total = report.total();
    let areas = report
        .areas
        .iter()
        .map(|(name, tally)| (name.as_str(), tally));
    for (name, tally) in areas.chain([("total", &total)]) {
        let _ = write!(
            text,
            "{name:<32} {:>7} {:>7}",
            tally.cases, tally.unsupported
        );
        for column in Column::ALL {
            let _ = write!(
                text,
                " {:>10}",
                percent(tally.agree(column), tally.supported())
            );
        }
        text.push('\n');
    }
    if total.panics > 0 {
        let _ = writeln!(text, "panics: {}", total.panics);
    }
    if total.within_one_ulp > 0 {
        let _ = writeln!(
            text,
            "values that agree within one unit in the last place: {}",
            total.within_one_ulp
        );
    }
    let known = report
        .findings
        .iter()
        .filter(|finding| finding.known.is_some())
        .count();
    if known > 0 {
        let _ = writeln!(text, "known differences: {known}");
    }
    for entry in &report.stale {
        let _ = writeln!(text, "not needed in the list of known differences: {entry}");
    }
    text
}

/// A share that says 100 % only if nothing is missing.
fn percent(part: usize, whole: usize) -> String {
    match (part, whole) {
        (_, 0) => "-".into(),
        (part, whole) if part == whole => "100 %".into(),
        (part, whole) => format!("{:.2} %", (part as f64 / whole as f64 * 100.0).min(99.99)),
    }
}

#[derive(Serialize)]
struct JsonLine<'a> {
    area: &'a str,
    cases: usize,
    unsupported: usize,
    value: usize,
    #[serde(rename = "type")]
    type_name: usize,
    collation: usize,
    warnings: usize,
    error_code: usize,
    message: usize,
    all: usize,
}

/// One JSON object an area, each on its line, with counts of cases that agree.
pub fn json_lines(report: &Report) -> String {
    let line = |(name, tally): &(String, Tally)| {
        let line = JsonLine {
            area: name,
            cases: tally.cases,
            unsupported: tally.unsupported,
            value: tally.agree(Column::Value),
            type_name: tally.agree(Column::Type),
            collation: tally.agree(Column::Collation),
            warnings: tally.agree(Column::Warnings),
            error_code: tally.agree(Column::ErrorCode),
            message: tally.agree(Column::Message),
            all: tally.agree(Column::All),
        };
        let mut text =
            serde_json::to_string(&line).expect("strings and numbers always have a JSON form");
        text.push('\n');
        text
    };
    report.areas.iter().map(line).collect()
}

/// The first differences that are not known, each with its aspects.
pub fn differences(report: &Report, limit: usize) -> String {
    let mut text = String::new();
    let all = report.unknown().count();
    for finding in report.unknown().take(limit) {
        let _ = writeln!(text, "\n{}", finding.case.id);
        for (name, value) in &finding.case.settings {
            let _ = writeln!(text, "  SET {name} = {value:?}");
        }
        let from = if finding.case.input == crate::corpus::Input::Columns {
            " FROM t"
        } else {
            ""
        };
        let _ = writeln!(text, "  SELECT {}{from}", finding.case.expr);
        for difference in &finding.comparison.differences {
            let row = difference
                .row
                .map(|row| format!(" (row {row})"))
                .unwrap_or_default();
            let _ = writeln!(text, "  {}{row}", difference.aspect);
            let _ = writeln!(text, "    expected {}", cut(&difference.expected, 600));
            let _ = writeln!(text, "    got      {}", cut(&difference.got, 600));
        }
    }
    if all > limit && limit > 0 {
        let _ = writeln!(text, "\n{} more cases differ", all - limit);
    }
    text
}

/// Clusters of differences, largest first.
pub fn by_difference(clusters: &[Cluster<'_>], limit: usize) -> String {
    let mut text = String::new();
    for cluster in clusters.iter().take(limit) {
        let _ = writeln!(
            text,
            "\n{:>6} of {:<6} {}: {}  [{}]",
            cluster.cases, cluster.of, cluster.aspect, cluster.kind, cluster.suspect
        );
        let difference = cluster.difference;
        let row = difference
            .row
            .map(|row| format!(" (row {row})"))
            .unwrap_or_default();
        let _ = writeln!(
            text,
            "       {}  {}",
            cluster.example.case.id,
            cut(&cluster.example.case.expr, 160)
        );
        let _ = writeln!(
            text,
            "       expected {}{row}",
            cut(&difference.expected, 160)
        );
        let _ = writeln!(text, "       got      {}", cut(&difference.got, 160));
    }
    let rest = clusters.get(limit..).unwrap_or_default();
    if !rest.is_empty() {
        let cases: usize = rest.iter().map(|cluster| cluster.cases).sum();
        let _ = writeln!(
            text,
            "\n{} more clusters with {cases} differences",
            rest.len()
        );
    }
    text
}

/// Probable causes of wrong cases, largest first.
pub fn by_cause(causes: &[Cause<'_>], limit: usize) -> String {
    let mut text = format!(
        "{:>7} {:>7} {:>7}  {:<28} example\n",
        "explain", "wrong", "of", "suspect"
    );
    for cause in causes.iter().take(limit) {
        let _ = writeln!(
            text,
            "{:>7} {:>7} {:>7}  {:<28} {}",
            cause.cases,
            cause.wrong,
            cause.of,
            cause.suspect,
            cut(&cause.example.case.expr, 80)
        );
    }
    text
}

/// Why cases are not supported, most frequent first.
pub fn unsupported_by_reason(report: &Report) -> String {
    let mut reasons: Vec<_> = report.unsupported.iter().collect();
    reasons.sort_by_key(|(_, lack)| std::cmp::Reverse(lack.cases));
    let mut text = String::new();
    for (reason, lack) in reasons {
        let _ = writeln!(
            text,
            "{:>6}  {reason}   e.g. {}",
            lack.cases,
            cut(&lack.example, 100)
        );
    }
    text
}

/// How often each function, operator, type and tier was met in supported cases.
pub fn hits(report: &Report) -> String {
    let mut text = String::new();
    let mut section = |title: &str, counts: Vec<(&String, u64)>| {
        let _ = writeln!(text, "\n{title}");
        for line in counts.chunks(4) {
            for (name, count) in line {
                let _ = write!(text, "  {:<28} {count:>7}", cut(name, 28));
            }
            text.push('\n');
        }
    };
    let wide = |count: &usize| u64::try_from(*count).unwrap_or(u64::MAX);
    section(
        "functions and operators",
        report
            .features
            .iter()
            .map(|(name, count)| (name, wide(count)))
            .collect(),
    );
    section(
        "types",
        report
            .types
            .iter()
            .map(|(name, count)| (name, wide(count)))
            .collect(),
    );
    if !report.tier_hits.is_empty() {
        section(
            "tiers",
            report
                .tier_hits
                .iter()
                .map(|(name, count)| (name, *count))
                .collect(),
        );
    }
    text
}

/// A text of at most so many characters, with a sign where something is left out.
fn cut(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}
