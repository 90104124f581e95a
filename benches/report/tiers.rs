//! Rows a second of each tier: rows of cells and Arrow batches.

use crate::page::Page;
use crate::plot::{Labels, bars};
use crate::{Run, compile_as, short_name};
use arrow_array::RecordBatch;
use sqlift::{Context, Expression, Tier, TierPolicy, Value};
use sqlift_benches::measure::{Contestant, Figure, compete, digits};
use sqlift_benches::{data, hand, subjects};
use std::hint::black_box;
use std::time::Duration;

/// Every policy by which rows or batches are measured.
const FORMS: [(&str, TierPolicy, bool); 7] = [
    ("tier 0, rows", TierPolicy::Only(Tier::Interp), false),
    ("VM, rows", TierPolicy::Only(Tier::Vm), false),
    ("native, rows", TierPolicy::Only(Tier::Native), false),
    ("auto, rows", TierPolicy::Auto, false),
    ("VM, batches", TierPolicy::Only(Tier::Vm), true),
    ("native, batches", TierPolicy::Only(Tier::Native), true),
    ("auto, batches", TierPolicy::Auto, true),
];

/// Evaluates all rows; every value is looked at.
pub(crate) fn each_row(expression: &Expression, rows: &[Vec<Value<'_>>], context: &mut Context) {
    let mut nulls = 0;
    for row in rows {
        let value = expression.eval_row(row, context).expect("no error");
        nulls += usize::from(value.is_null());
    }
    black_box(nulls);
}

pub(crate) fn each_batch(expression: &Expression, batch: &RecordBatch, context: &mut Context) {
    black_box(expression.eval_batch(batch, context).expect("no error"));
}

/// Lets the engine find out what is best: until the compile thread has made what it makes, and both tiers were timed.
pub(crate) fn settle(turns: usize, mut work: impl FnMut()) {
    for _ in 0..turns {
        work();
        std::thread::sleep(Duration::from_millis(2));
    }
}

pub(crate) fn write(run: &Run, page: &mut Page) {
    let data = data::rows(run.of(8_192, 512));
    let rows: Vec<Vec<Value<'_>>> = data.iter().take(4_096).map(data::cells).collect();
    let batch = data::batch(&data);
    let schema = subjects::schema();
    let mut figures: Vec<Vec<Figure>> = Vec::new();
    for (i, subject) in subjects::ROWS.iter().enumerate() {
        let mut contestants: Vec<Contestant<'_>> = Vec::new();
        for (_, policy, is_batch) in FORMS {
            let expression = compile_as(subject.text, &schema, policy);
            let mut context = expression.context();
            let (rows, batch) = (&rows, &batch);
            let mut work: Box<dyn FnMut()> = if is_batch {
                Box::new(move || each_batch(&expression, batch, &mut context))
            } else {
                Box::new(move || each_row(&expression, rows, &mut context))
            };
            if policy == TierPolicy::Auto {
                settle(run.of(40, 4), &mut work);
            }
            let units = if is_batch {
                batch.num_rows()
            } else {
                rows.len()
            };
            contestants.push(Contestant::new(units, work));
        }
        // Last, and not for all.
        if let Some(function) = hand::BY_HAND.get(i) {
            let rows = &rows;
            contestants.push(Contestant::new(rows.len(), move || {
                let is_null =
                    |row: &&Vec<Value<'_>>| black_box(*function)(row).expect("no error").is_null();
                black_box(rows.iter().filter(is_null).count());
            }));
        }
        figures.push(compete(run.effort, &mut contestants));
    }
    goals(page, &figures);
    page.heading("Rows a second, by tier");
    page.paragraph(format!(
        "Nine expressions over seeded rows: {} rows of cells, and Arrow batches of {} rows, in cache. Nanoseconds a row; a Rust \
         function written by hand for the first four, over the same cells; the last column is tier 0 by row over `auto` by batch.",
        rows.len(),
        batch.num_rows()
    ));
    let mut head = vec!["expression"];
    head.extend(FORMS.iter().map(|(name, ..)| *name));
    head.extend(["by hand, rows", "times faster"]);
    let table: Vec<Vec<String>> = subjects::ROWS
        .iter()
        .zip(&figures)
        .enumerate()
        .map(|(i, (subject, figures))| {
            let mut row = vec![format!("{} `{}`", short_name(i), subject.text)];
            row.extend(figures.iter().take(FORMS.len()).map(Figure::to_string));
            let by_hand = figures.get(FORMS.len()).map(Figure::to_string);
            row.push(by_hand.unwrap_or_else(|| "-".to_owned()));
            row.push(digits(figures[0].median / figures[6].median));
            row
        })
        .collect();
    page.table(&head, &table);
    let names: Vec<String> = (0..figures.len()).map(short_name).collect();
    let series: Vec<(String, Vec<f64>)> = FORMS
        .iter()
        .enumerate()
        .map(|(form, (name, ..))| {
            let rates = figures.iter().map(|f| 1e9 / f[form].median);
            ((*name).to_owned(), rates.collect())
        })
        .collect();
    let labels = Labels {
        title: "Rows a second, one thread",
        x: "expression",
        y: "rows a second",
    };
    page.plot(
        "tiers",
        "Rows a second by tier",
        bars(&labels, &names, &series),
    );
}

/// Rows against functions written by hand, and `auto` against the better tier.
fn goals(page: &mut Page, figures: &[Vec<Figure>]) {
    let hand = FORMS.len();
    for (form, limit) in [(1, 5.0), (2, 2.0)] {
        let ratios = figures
            .iter()
            .filter(|f| f.len() > hand)
            .map(|f| f[form].median / f[hand].median);
        let count = ratios.clone().count() as f64;
        let mean = ratios.product::<f64>().powf(1.0 / count);
        let what = format!(
            "E1 to E4, {}: times a function by hand, geometric mean",
            FORMS[form].0
        );
        page.at_most(what, limit, mean, "");
    }
    for (i, figures) in figures.iter().enumerate() {
        for (auto, tiers) in [(3, [1, 2]), (6, [4, 5])] {
            let best = tiers
                .iter()
                .map(|t| figures[*t].median)
                .fold(f64::INFINITY, f64::min);
            let what = format!(
                "{}, {}: times the better tier",
                short_name(i),
                FORMS[auto].0
            );
            page.at_most(what, 1.1, figures[auto].median / best, "");
        }
    }
}
