//! The five expressions that Vitess measures its evaluation engine with.

use crate::page::Page;
use crate::tiers::each_row;
use crate::{Run, compile_as};
use sqlift::{Tier, TierPolicy, Value};
use sqlift_benches::measure::{Contestant, compete};
use sqlift_benches::{data, subjects};

/// So many times the one row, so that the clock is in no figure.
const ROWS: usize = 1_024;

pub(crate) fn write(run: &Run, page: &mut Page) {
    page.heading("Vitess' five");
    page.paragraph(
        "One row, as Vitess' benchmarks have it, again and again, from typed cells; ns a row. Vitess' own VM was measured at 208, 55, 54, 130 \
         and 71 ns, on another machine.",
    );
    let mut table = Vec::new();
    for (i, (subject, types)) in subjects::VITESS.into_iter().enumerate() {
        let schema = subjects::vitess_schema(i);
        let figures = data::with_read(subjects::vitess_texts(i), &types(), |row| {
            let rows: Vec<Vec<Value<'_>>> = vec![row.to_vec(); ROWS];
            let mut contestants = Tier::ALL.map(|tier| {
                let expression = compile_as(subject.text, &schema, TierPolicy::Only(tier));
                let (mut context, rows) = (expression.context(), &rows);
                Contestant::new(ROWS, move || each_row(&expression, rows, &mut context))
            });
            compete(run.effort, &mut contestants)
        });
        for (tier, limit) in [(1, 10.0), (2, 5.0)] {
            let what = format!("`{}`, {}, a row", subject.name, Tier::ALL[tier]);
            page.at_most(what, limit, figures[tier].median, " ns");
        }
        let mut line = vec![format!("`{}` `{}`", subject.name, subject.text)];
        line.extend(figures.iter().map(ToString::to_string));
        table.push(line);
    }
    page.table(&["expression", "tier 0", "VM", "native"], &table);
}
