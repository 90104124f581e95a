//! Nanoseconds a row against the size of batches.

use crate::page::Page;
use crate::plot::{Labels, Series, lines};
use crate::tiers::{each_batch, settle};
use crate::{Run, compile_as, short_name};
use sqlift::TierPolicy;
use sqlift_benches::measure::{Contestant, Figure, compete, digits};
use sqlift_benches::{data, subjects};

const SIZES: [usize; 9] = [1, 4, 16, 64, 128, 512, 1_024, 2_048, 8_192];

pub(crate) fn write(run: &Run, page: &mut Page) {
    let whole = data::batch(&data::rows(8_192));
    let schema = subjects::schema();
    let mut figures: Vec<Vec<Figure>> = Vec::new();
    for subject in subjects::ROWS {
        let mut contestants = Vec::new();
        for size in SIZES {
            let expression = compile_as(subject.text, &schema, TierPolicy::Auto);
            let mut context = expression.context();
            // As many slices as make some thousand rows, so that small batches are not the same rows again and again.
            let slices: Vec<_> = (0..(8_192 / size).min(64))
                .map(|i| whole.slice(i * size, size))
                .collect();
            settle(run.of(40, 1), || {
                each_batch(&expression, &whole, &mut context)
            });
            contestants.push(Contestant::new(size * slices.len(), move || {
                for slice in &slices {
                    each_batch(&expression, slice, &mut context);
                }
            }));
        }
        figures.push(compete(run.effort, &mut contestants));
    }
    page.heading("The size of batches");
    page.paragraph(
        "Nanoseconds a row of `auto`, over slices of one batch in cache. A call has a price of its own, which few rows have to share.",
    );
    let mut head = vec!["expression".to_owned()];
    head.extend(SIZES.iter().map(|size| format!("{size} rows")));
    head.push("128 to 8192".to_owned());
    let at = |size: usize| SIZES.iter().position(|s| *s == size).unwrap_or(0);
    let table: Vec<Vec<String>> = figures
        .iter()
        .enumerate()
        .map(|(i, figures)| {
            let mut row = vec![short_name(i)];
            row.extend(figures.iter().map(|f| digits(f.median)));
            let ratio = figures[at(128)].median / figures[at(8_192)].median;
            row.push(digits(ratio));
            page.at_most(
                format!("{}: a row of a batch of 128 to one of 8192", short_name(i)),
                1.5,
                ratio,
                "",
            );
            row
        })
        .collect();
    page.table(&head, &table);
    let series: Vec<Series> = figures
        .iter()
        .enumerate()
        .map(|(i, figures)| Series {
            name: short_name(i),
            points: SIZES
                .iter()
                .zip(figures)
                .map(|(size, figure)| (*size as f64, figure.median))
                .collect(),
        })
        .collect();
    let labels = Labels {
        title: "What a row costs in batches of different size",
        x: "rows of a batch",
        y: "ns a row",
    };
    page.plot(
        "batch-sizes",
        "ns a row by batch size",
        lines(&labels, &series),
    );
}
