//! The figures of other libraries, as `benches/peers` wrote them.

use crate::page::Page;
use serde_json::Value as Json;
use sqlift_benches::measure::digits;
use std::path::Path;

/// How many times faster than DataFusion batches were asked to be, and how near to the loop written by hand: E1 to E9.
const ASKED: [(f64, f64); 9] = [
    (3.0, 1.8),
    (2.5, 1.3),
    (3.0, 1.6),
    (1.8, 1.2),
    (15.0, 1.5),
    (6.0, 2.0),
    (5.0, 1.5),
    (8.0, 2.0),
    (3.0, 1.5),
];

pub(crate) fn write(path: &Path, page: &mut Page) {
    page.heading("Beside other libraries");
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => {
            return page.paragraph(format!(
                "Not measured here: {} cannot be read ({error}). `benches/peers` writes it: `cargo run --release --manifest-path \
                 benches/peers/Cargo.toml -- --out benches/peers/results.json`.",
                path.display()
            ));
        }
    };
    let results: Json = match serde_json::from_str(&text) {
        Ok(results) => results,
        Err(error) => return page.paragraph(format!("{}: {error}", path.display())),
    };
    page.paragraph(format!(
        "From a run of `benches/peers` of its own, over {} rows, {}. All of them materialise one value a row, and were found to agree before \
         they were timed; ns a row, median / least.",
        results["rows"],
        results["machine"].as_str().unwrap_or("machine not told")
    ));
    let figure = |value: &Json| match (value["median"].as_f64(), value["least"].as_f64()) {
        (Some(median), Some(least)) => format!("{} / {}", digits(median), digits(least)),
        _ => "-".to_owned(),
    };
    let ratio = |a: &Json, b: &Json| Some(a["median"].as_f64()? / b["median"].as_f64()?);
    let shown = |ratio: Option<f64>| ratio.map_or("-".to_owned(), digits);
    let none = Vec::new();
    let mut table = Vec::new();
    for (batch, (faster, nearer)) in results["batch"]
        .as_array()
        .unwrap_or(&none)
        .iter()
        .zip(ASKED)
    {
        let name = batch["expression"].as_str().unwrap_or("?");
        let (ours, theirs, by_hand) = (&batch["sqlift"], &batch["datafusion"], &batch["hand"]);
        let (times, of_limit) = (ratio(theirs, ours), ratio(ours, by_hand));
        table.push(vec![
            format!("{name} `{}`", batch["text"].as_str().unwrap_or("?")),
            figure(ours),
            figure(theirs),
            figure(by_hand),
            shown(times),
            shown(of_limit),
        ]);
        if let Some(times) = times {
            page.at_least(
                format!("{name}: times faster than DataFusion"),
                faster,
                times,
                "",
            );
        }
        if let Some(of_limit) = of_limit {
            page.at_most(
                format!("{name}: times the loop written by hand"),
                nearer,
                of_limit,
                "",
            );
        }
    }
    let head = [
        "expression",
        "sqlift, `auto` batches",
        "DataFusion `PhysicalExpr`",
        "loop by hand",
        "times faster than DataFusion",
        "times the loop",
    ];
    page.table(&head, &table);
    let rows = results["row"].as_array().unwrap_or(&none);
    let engines: Vec<&str> = results["row_engines"]
        .as_array()
        .unwrap_or(&none)
        .iter()
        .filter_map(Json::as_str)
        .collect();
    let table: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            let mut cells = vec![row["expression"].as_str().unwrap_or("?").to_owned()];
            cells.extend(engines.iter().map(|engine| figure(&row[*engine])));
            cells
        })
        .collect();
    page.paragraph("Row by row (`fasteval` knows doubles alone, and none but sqlift knows NULL):");
    let mut head = vec!["expression"];
    head.extend(&engines);
    page.table(&head, &table);
}
