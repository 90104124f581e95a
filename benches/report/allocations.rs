//! Heap allocations beside times: what runs on numbers, times and comparisons must not allocate for a row.

use crate::page::Page;
use crate::tiers::{each_batch, each_row, settle};
use crate::{Run, compile_as};
use arrow_array::RecordBatch;
use sqlift::{Expression, Schema, Tier, TierPolicy, Value};
use sqlift_benches::measure::{digits, measure};
use sqlift_benches::{data, subjects};

/// Whether rows are asked to allocate nothing: numbers, times, comparisons.
fn must_be_free(name: &str) -> bool {
    let makes_bytes = ["text/", "json/", "date/format", "decimal256"];
    !makes_bytes.iter().any(|part| name.contains(part))
}

pub(crate) fn write(run: &Run, page: &mut Page) {
    page.heading("Allocations");
    page.paragraph(
        "Heap allocations (and bytes) of 1,000 rows in a context that has run before, and ns a row; then those of one batch of 1,000 rows, \
         whose result is an array of its own. Rows of numbers, times and comparisons are asked to allocate nothing.",
    );
    let count = 1_000;
    let (plain, wide) = (data::rows(count), data::wide_rows(count));
    let plain_rows: Vec<Vec<Value<'_>>> = plain.iter().map(data::cells).collect();
    let wide_rows: Vec<Vec<Value<'_>>> = wide.iter().map(data::wide_cells).collect();
    let mut table = Vec::new();
    let (mut free, mut not_free) = (0, 0);
    let mut add = |subjects: &[subjects::Subject],
                   schema: &Schema,
                   rows: &[Vec<Value<'_>>],
                   batch: &RecordBatch| {
        for subject in subjects {
            let mut row = vec![format!("`{}`", subject.name)];
            for tier in Tier::ALL {
                let expression = compile_as(subject.text, schema, TierPolicy::Only(tier));
                let (allocations, bytes, nanos) = of_rows(run, &expression, rows);
                row.push(format!("{allocations} ({bytes} B), {}", digits(nanos)));
                if tier != Tier::Interp && must_be_free(subject.name) {
                    free += 1;
                    not_free += allocations;
                }
            }
            let expression = compile_as(subject.text, schema, TierPolicy::Auto);
            let mut context = expression.context();
            settle(run.of(10, 1), || {
                each_batch(&expression, batch, &mut context)
            });
            let info = allocation_counter::measure(|| each_batch(&expression, batch, &mut context));
            row.push(format!("{} ({} B)", info.count_total, info.bytes_total));
            table.push(row);
        }
    };
    let schema = subjects::schema();
    add(&subjects::ROWS, &schema, &plain_rows, &data::batch(&plain));
    let schema = subjects::wide_schema();
    add(
        &subjects::WIDE,
        &schema,
        &wide_rows,
        &data::wide_batch(&wide),
    );
    let what = format!(
        "allocations of {count} rows of numbers, times, comparisons: all {free} pairs of expression and tier together"
    );
    page.at_most(what, 0.0, not_free as f64, "");
    let head = ["expression", "tier 0", "VM", "native", "auto, one batch"];
    page.table(&head, &table);
}

fn of_rows(run: &Run, expression: &Expression, rows: &[Vec<Value<'_>>]) -> (u64, u64, f64) {
    let mut context = expression.context();
    // The context's arena grows once.
    each_row(expression, rows, &mut context);
    let info = allocation_counter::measure(|| each_row(expression, rows, &mut context));
    let figure = measure(run.effort, rows.len(), || {
        each_row(expression, rows, &mut context);
    });
    (info.count_total, info.bytes_total, figure.median)
}
