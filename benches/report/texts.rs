//! What MySQL's default collation costs beside comparing bytes.

use crate::page::Page;
use crate::tiers::{each_batch, each_row, settle};
use crate::{Run, compile_as};
use sqlift::{Tier, TierPolicy, Value};
use sqlift_benches::measure::{Contestant, compete, digits};
use sqlift_benches::{data, subjects};

/// Those that have to cost at most 1.5 times as much: E7 and E8.
const HELD: [&str; 2] = ["case", "search"];

pub(crate) fn write(run: &Run, page: &mut Page) {
    let data = data::rows(run.of(8_192, 512));
    let rows: Vec<Vec<Value<'_>>> = data.iter().take(4_096).map(data::cells).collect();
    let batch = data::batch(&data);
    page.heading("Texts, by collation");
    page.paragraph(
        "ASCII texts in columns of `utf8mb4_bin`, which compares bytes, and of `utf8mb4_0900_ai_ci`, MySQL's default; ns a row. (`case` is E7, \
         `search` is E8.)",
    );
    let mut table = Vec::new();
    for subject in subjects::TEXTS {
        let mut contestants: Vec<Contestant<'_>> = Vec::new();
        for collation in subjects::COLLATIONS {
            let schema = subjects::schema_in(collation);
            let vm = compile_as(subject.text, &schema, TierPolicy::Only(Tier::Vm));
            let (mut context, rows) = (vm.context(), &rows);
            contestants.push(Contestant::new(rows.len(), move || {
                each_row(&vm, rows, &mut context);
            }));
            let auto = compile_as(subject.text, &schema, TierPolicy::Auto);
            let (mut context, batch) = (auto.context(), &batch);
            settle(run.of(40, 4), || each_batch(&auto, batch, &mut context));
            contestants.push(Contestant::new(batch.num_rows(), move || {
                each_batch(&auto, batch, &mut context);
            }));
        }
        let figures = compete(run.effort, &mut contestants);
        let [rows, batches] = [0, 1].map(|form| figures[form + 2].median / figures[form].median);
        if HELD.contains(&subject.name) {
            for (form, ratio) in [("VM, rows", rows), ("auto, batches", batches)] {
                let what = format!(
                    "`text/{}`, {form}: times `utf8mb4_bin` in `utf8mb4_0900_ai_ci`",
                    subject.name
                );
                page.at_most(what, 1.5, ratio, "");
            }
        }
        let mut line = vec![format!("{} `{}`", subject.name, subject.text)];
        line.extend([0, 2, 1, 3].map(|i| figures[i].to_string()));
        line.extend([digits(rows), digits(batches)]);
        table.push(line);
    }
    let head = [
        "expression",
        "bin, VM rows",
        "ai_ci, VM rows",
        "bin, auto batches",
        "ai_ci, auto batches",
        "rows, times bin",
        "batches, times bin",
    ];
    page.table(&head, &table);
}
