//! Interpreter designs beside each other.

use crate::Run;
use crate::page::Page;
use crate::plot::{Labels, bars};
use bumpalo::Bump;
use sqlift_benches::data;
use sqlift_benches::dispatch::{self, Candidate};
use sqlift_benches::measure::{Contestant, Figure, compete, digits};

pub(crate) fn write(run: &Run, page: &mut Page) {
    let data = data::rows(run.of(4_096, 256));
    let mut figures: Vec<Vec<Figure>> = Vec::new();
    let mut about: Vec<(String, &str)> = Vec::new();
    let subjects = dispatch::subjects();
    for subject in &subjects {
        let arena = Bump::new();
        let table = subject.table(&data);
        let mut candidates = dispatch::candidates(subject, &arena).expect("designs know it");
        for candidate in &mut candidates {
            dispatch::check(candidate, &table).expect("as tier 0");
        }
        about = candidates
            .iter()
            .map(|c| (format!("{}, {}", c.name, c.shape), c.about))
            .collect();
        let table = &table;
        // The designs borrow from the arena, which is gone after this turn.
        let mut contestants: Vec<Contestant<'_>> = Vec::new();
        for Candidate { mut design, .. } in candidates {
            let work = move || design.run(table);
            contestants.push(Contestant::new(table.rows.len(), work));
        }
        figures.push(compete(run.effort, &mut contestants));
    }
    page.heading("Interpreter designs");
    page.paragraph(
        "The same programs, the same rows, the same operators; only the way from one operator to the next differs (`benches/dispatch`). \
         Results are held against tier 0's first. Nanoseconds a row, without the engine around it (but for the batch forms, which are \
         measured through it). Tail calls need a nightly compiler: `--features nightly-tail-calls`.",
    );
    let names: Vec<&str> = subjects.iter().map(|s| s.name).collect();
    let mut head = vec!["design"];
    head.extend(&names);
    let best: Vec<usize> = figures.iter().map(|f| best_row(f, &about)).collect();
    let table: Vec<Vec<String>> = about
        .iter()
        .enumerate()
        .map(|(design, (name, about))| {
            let mut row = vec![format!("**{name}**: {about}")];
            row.extend(figures.iter().zip(&best).map(|(f, best)| {
                let text = digits(f[design].median);
                if design == *best {
                    format!("**{text}**")
                } else {
                    text
                }
            }));
            row
        })
        .collect();
    page.table(&head, &table);
    page.paragraph("Bold: the best that interprets single rows.");
    let series: Vec<(String, Vec<f64>)> = about
        .iter()
        .enumerate()
        .map(|(design, (name, _))| {
            let medians = figures.iter().map(|f| f[design].median);
            (name.clone(), medians.collect())
        })
        .collect();
    let groups: Vec<String> = names
        .iter()
        .enumerate()
        .map(|(i, name)| match name.strip_prefix("vitess/") {
            Some(_) => format!("V{}", i - 3),
            None => format!("E{}", i + 1),
        })
        .collect();
    let labels = Labels {
        title: "Interpreter designs",
        x: "expression (V: Vitess' five)",
        y: "ns a row",
    };
    page.plot(
        "dispatch",
        "ns a row by design",
        bars(&labels, &groups, &series),
    );
    conclusion(page, &figures, &about, &best);
}

/// Native code interprets nothing.
fn interprets_rows(name: &str) -> bool {
    name.ends_with(", row") && !name.starts_with("native")
}

fn best_row(figures: &[Figure], about: &[(String, &str)]) -> usize {
    let rows = (0..about.len()).filter(|i| interprets_rows(&about[*i].0));
    rows.min_by(|a, b| figures[*a].median.total_cmp(&figures[*b].median))
        .unwrap_or(0)
}

fn conclusion(page: &mut Page, figures: &[Vec<Figure>], about: &[(String, &str)], best: &[usize]) {
    let Some(ours) = about.iter().position(|(name, _)| name == "fused, row") else {
        return;
    };
    let wins = best.iter().filter(|b| **b == ours).count();
    // The geometric mean, for ratios.
    let mean = |design: usize| {
        let logs = figures
            .iter()
            .map(|f| (f[design].median / f[ours].median).ln());
        (logs.sum::<f64>() / figures.len() as f64).exp()
    };
    let others: Vec<String> = about
        .iter()
        .enumerate()
        .filter(|(i, (name, _))| *i != ours && interprets_rows(name))
        .map(|(i, (name, _))| {
            let name = name.trim_end_matches(", row");
            format!("{name} {}", digits(mean(i)))
        })
        .collect();
    page.paragraph(format!(
        "Mean time of the others, the VM's fused closures being 1: {}. The VM's form is the fastest interpreter of rows in {wins} of {} \
         programs.",
        others.join(", "),
        best.len()
    ));
    page.paragraph(
        "What the table shows: a value that goes through a stack or a slot between operators costs more than finding the next operator does. \
         The stack of boxed closures is slowest because every operand, columns and constants too, is pushed and popped; capturing those \
         where they are read is worth more than any way of threading (`registers` against `stack`), packing closures into one piece of \
         memory little. A loop with a `match` is as good as most, for its few operators: it has to be one function, so it cannot hold a \
         catalogue.",
    );
    page.paragraph(
        "Why ours is what it is: the VM fuses a whole tree of operands into one closure, so that intermediate values and NULLs stay in \
         registers, which pays the more the deeper a tree is; and it takes any kernel of the catalogue, of any type, with exits and \
         warnings that tell where they come from. The designs beside it know eighteen operators on words of 64 bits and nothing else, so \
         where they are ahead (single comparisons, `BETWEEN` and `IN`, which are calls with lists of arguments to the VM and one \
         instruction to them) the difference is what that generality costs. Doing one step for many rows (`vectorised`) beats every way of \
         interpreting rows, and native code all of them by row; so rows have fused closures and native functions, batches loops and native \
         blocks.",
    );
}
