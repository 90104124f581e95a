//! From text to the first result, and when a tier has earned what it cost.

use crate::page::Page;
use crate::plot::{Labels, Series, lines};
use crate::tiers::each_row;
use crate::{Run, compile_as, short_name};
use sqlift::{Tier, TierPolicy, Value};
use sqlift_benches::measure::{Figure, digits};
use sqlift_benches::{data, subjects};
use std::time::Instant;

const POLICIES: [(&str, TierPolicy); 4] = [
    ("tier 0", TierPolicy::Only(Tier::Interp)),
    ("VM", TierPolicy::Only(Tier::Vm)),
    ("native", TierPolicy::Only(Tier::Native)),
    ("auto", TierPolicy::Auto),
];

/// E1, E5, E9: integers, decimals, a large tree.
const SUBJECTS: [usize; 3] = [0, 4, 8];

pub(crate) fn write(run: &Run, page: &mut Page) {
    let data = data::rows(1_000);
    let rows: Vec<Vec<Value<'_>>> = data.iter().map(data::cells).collect();
    let schema = subjects::schema();
    let most = run.of(1_000_000, 1_000);
    let counts: Vec<usize> = (0..)
        .map(|p| 10_usize.pow(p))
        .take_while(|c| *c <= most)
        .collect();
    page.heading("Time to first result, and break-even");
    page.paragraph(format!(
        "From text to the last of so many rows, compiling included; wall time, the least of {} runs. Tier 0 stops at 10,000 rows. Native \
         code is compiled on the caller's thread here; `auto` compiles it on another, while the VM goes on.",
        run.of(7, 2)
    ));
    let mut table = Vec::new();
    for subject in SUBJECTS {
        let text = subjects::ROWS[subject].text;
        let mut series: Vec<Series> = Vec::new();
        for (name, policy) in POLICIES {
            let few = if name == "tier 0" { 10_000 } else { most };
            let points = counts.iter().filter(|count| **count <= few).map(|count| {
                let times = (0..run.of(7, 2)).map(|_| total(text, &schema, policy, &rows, *count));
                (*count as f64, Figure::of(times.collect()).least / 1e3)
            });
            series.push(Series {
                name: name.to_owned(),
                points: points.collect(),
            });
        }
        let name = short_name(subject);
        let first = |i: usize| series[i].points[0].1;
        table.push(vec![
            format!("{name} `{text}`"),
            digits(first(0)),
            digits(first(1)),
            digits(first(2)),
            digits(first(3)),
            break_even(&series[0], &series[1]),
            break_even(&series[1], &series[2]),
        ]);
        let title = format!("{name}: from text to the last of so many rows");
        let labels = Labels {
            title: &title,
            x: "rows",
            y: "µs in all",
        };
        let file = format!("first-{}", name.to_lowercase());
        page.plot(&file, &title, lines(&labels, &series));
    }
    page.paragraph("Time to the first row's value in µs, and the rows after which the next tier has paid for itself:");
    let head = [
        "expression",
        "tier 0",
        "VM",
        "native",
        "auto",
        "VM pays against tier 0",
        "native pays against the VM",
    ];
    page.table(&head, &table);
}

/// Nanoseconds.
fn total(
    text: &str,
    schema: &sqlift::Schema,
    policy: TierPolicy,
    rows: &[Vec<Value<'_>>],
    count: usize,
) -> f64 {
    let started = Instant::now();
    let expression = compile_as(text, schema, policy);
    let mut context = expression.context();
    let mut left = count;
    while left > 0 {
        let some = left.min(rows.len());
        each_row(&expression, &rows[..some], &mut context);
        left -= some;
    }
    started.elapsed().as_nanos() as f64
}

/// Where the two lines cross: from what each costs at once, and what its rows cost.
fn break_even(slow: &Series, fast: &Series) -> String {
    let line = |series: &Series| {
        let (first, last) = (series.points[0], series.points[series.points.len() - 1]);
        let slope = (last.1 - first.1) / (last.0 - first.0);
        (first.1, slope)
    };
    let ((slow_start, slow_row), (fast_start, fast_row)) = (line(slow), line(fast));
    if fast_start <= slow_start {
        return "at once".to_owned();
    }
    if fast_row >= slow_row {
        return "never".to_owned();
    }
    let rows = (fast_start - slow_start) / (slow_row - fast_row);
    format!("{} rows", digits(rows.ceil()))
}
