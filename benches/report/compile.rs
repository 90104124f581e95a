//! Compile latency: cold, warm, its spread, and many expressions as one unit.

use crate::page::Page;
use crate::plot::{Labels, bars};
use crate::{Run, compile_as, short_name};
use sqlift::{Engine, Schema, Session, Tier, TierPolicy};
use sqlift_benches::measure::{Figure, digits, measure};
use sqlift_benches::{subjects, units};
use sqlift_ir::Program;
use sqlift_jit::Compiler;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

/// The first of the process, in µs: text to the VM, a native row function, a native batch function.
pub(crate) struct Cold([f64; 3]);

/// Measures what only the first expression of a process pays.
pub(crate) fn cold() -> Cold {
    let micros = |started: Instant| started.elapsed().as_nanos() as f64 / 1e3;
    let started = Instant::now();
    let schema = subjects::schema();
    let program = program(subjects::ROWS[0].text, &schema);
    let vm = micros(started);
    let started = Instant::now();
    let mut compiler = Compiler::native().expect("a compiler for this machine");
    black_box(compiler.compile_row(&program).expect("compiles"));
    let row = micros(started);
    let kinds = units::column_kinds(&program, &schema).expect("numbers");
    let started = Instant::now();
    black_box(compiler.compile_batch(&program, &kinds).expect("compiles"));
    Cold([vm, row, micros(started)])
}

fn program(text: &str, schema: &Schema) -> Arc<Program> {
    compile_as(text, schema, TierPolicy::Only(Tier::Vm)).program()
}

pub(crate) fn write(run: &Run, cold: &Cold, page: &mut Page) {
    page.heading("Compile latency");
    page.paragraph(
        "µs of one expression, warm: from text to a VM expression (parse, bind, fold, linearize, closures), and from its program to the \
         VM's closures, to a native row function, to a native batch function (blocks; text has none).",
    );
    let mut spread = Spread::default();
    let mut table = Vec::new();
    let schema = subjects::schema();
    for (i, subject) in subjects::ROWS.iter().enumerate() {
        let figures = one(run, subject.text, &schema, &mut spread);
        let cells = figures.iter().map(|f| match f {
            Some(f) => f.to_string(),
            None => "-".to_owned(),
        });
        let mut row = vec![format!("{} `{}`", short_name(i), subject.text)];
        row.extend(cells);
        table.push(row);
        let limits = [
            None,
            Some(("VM", 2.0)),
            Some(("native row", 150.0)),
            Some(("native batch", 500.0)),
        ];
        for (limit, figure) in limits.iter().zip(&figures) {
            if let (Some((name, limit)), Some(figure)) = (limit, figure) {
                let what = format!("{}: compiling for {name}", short_name(i));
                page.at_most(what, *limit, figure.median, " µs");
            }
        }
    }
    let head = [
        "expression",
        "text to VM",
        "VM",
        "native row",
        "native batch",
    ];
    page.table(&head, &table);
    let Cold([vm, row, batch]) = cold;
    page.paragraph(format!(
        "The first of the process, E1: text to VM {} µs, native row {} µs, native batch {} µs (wall time, one sample).",
        digits(*vm),
        digits(*row),
        digits(*batch)
    ));
    for (subject, _) in &subjects::VITESS[..1] {
        let (text, schema) = (subject.text, subjects::vitess_schema(0));
        one(run, text, &schema, &mut spread);
    }
    for subject in subjects::WIDE {
        one(run, subject.text, &subjects::wide_schema(), &mut spread);
    }
    spread.write(page);
    unit(run, page);
}

/// Text to VM, program to VM, native row, native batch: µs. Single latencies go to the spread.
fn one(run: &Run, text: &str, schema: &Schema, spread: &mut Spread) -> [Option<Figure>; 4] {
    let engine = Engine::new().with_policy(TierPolicy::Only(Tier::Vm));
    let session = Session::default();
    let program = program(text, schema);
    let mut compiler = Compiler::native().expect("a compiler for this machine");
    let kinds = units::column_kinds(&program, schema);
    let has_blocks = kinds
        .as_ref()
        .is_some_and(|kinds| compiler.compile_batch(&program, kinds).is_ok());
    let micros = |f: Figure| {
        Some(Figure {
            median: f.median / 1e3,
            least: f.least / 1e3,
        })
    };
    let times = run.of(60, 2);
    spread.add(0, times, || {
        black_box(sqlift_vm::RowCode::prepare(&program).expect("prepares"));
    });
    spread.add(1, times, || {
        black_box(compiler.compile_row(&program).expect("compiles"));
    });
    let mut batch = None;
    if let (true, Some(kinds)) = (has_blocks, &kinds) {
        let mut work = || {
            black_box(compiler.compile_batch(&program, kinds).expect("compiles"));
        };
        spread.add(2, times, &mut work);
        batch = micros(measure(run.effort, 1, work));
    }
    [
        micros(measure(run.effort, 1, || {
            black_box(engine.compile(text, schema, &session).expect("compiles"));
        })),
        micros(measure(run.effort, 1, || {
            black_box(sqlift_vm::RowCode::prepare(&program).expect("prepares"));
        })),
        micros(measure(run.effort, 1, || {
            black_box(compiler.compile_row(&program).expect("compiles"));
        })),
        batch,
    ]
}

/// Single latencies in µs: VM, native row, native batch.
#[derive(Default)]
struct Spread([Vec<f64>; 3]);

impl Spread {
    fn add(&mut self, form: usize, times: usize, mut work: impl FnMut()) {
        for _ in 0..times {
            let started = Instant::now();
            work();
            self.0[form].push(started.elapsed().as_nanos() as f64 / 1e3);
        }
    }

    /// A histogram whose bins are a fifth of a power of ten wide.
    fn write(&self, page: &mut Page) {
        let bin = |micros: f64| (micros.max(0.1).log10() * 5.0).floor() as i32;
        let all = || self.0.iter().flatten().map(|m| bin(*m));
        let (Some(low), Some(high)) = (all().min(), all().max()) else {
            return;
        };
        let groups: Vec<String> = (low..=high)
            .map(|b| digits(10_f64.powf(f64::from(b) / 5.0)))
            .collect();
        let names = ["VM", "native row", "native batch"];
        let series: Vec<(String, Vec<f64>)> = names
            .iter()
            .zip(&self.0)
            .map(|(name, samples)| {
                let count = |b: i32| samples.iter().filter(|m| bin(**m) == b).count() as f64;
                ((*name).to_owned(), (low..=high).map(count).collect())
            })
            .collect();
        let labels = Labels {
            title: "Compile latency of single expressions",
            x: "µs or more",
            y: "expressions compiled",
        };
        page.paragraph("Each compile for itself (wall time), over all expressions of this report:");
        let svg = bars(&labels, &groups, &series);
        page.plot("compile-latency", "Histogram of compile latency", svg);
    }
}

/// A statement's expressions as one unit, against each for itself.
fn unit(run: &Run, page: &mut Page) {
    page.paragraph(
        "A statement of several different expressions over one row: a few programs, in which what is common is computed once, against a \
         program each. µs in all.",
    );
    let mut table = Vec::new();
    for count in [1, 10, 100] {
        let typed = units::expressions(count);
        let session = Arc::new(Session::default());
        let forms = [
            units::unit(&typed, &session),
            units::programs(&typed, &session),
        ];
        let mut compiler = Compiler::native().expect("a compiler for this machine");
        let effort = run.effort;
        let vm = forms
            .each_ref()
            .map(|programs| measure(effort, 1, || units::prepare(programs)));
        let row = forms
            .each_ref()
            .map(|programs| measure(effort, 1, || units::compile_rows(&mut compiler, programs)));
        let batch = forms.each_ref().map(|programs| {
            let kinds = units::kinds(programs);
            measure(effort, 1, || {
                units::compile_batches(&mut compiler, programs, &kinds);
            })
        });
        for (name, [unit, each]) in [("VM", vm), ("native row", row), ("native batch", batch)] {
            let ratio = unit.median / each.median;
            let micros =
                |f: Figure| format!("{} / {}", digits(f.median / 1e3), digits(f.least / 1e3));
            table.push(vec![
                count.to_string(),
                name.to_owned(),
                micros(unit),
                micros(each),
                digits(ratio),
            ]);
            if count == 100 {
                let what = format!("{name}: 100 expressions as one unit, to 100 single compiles");
                page.at_most(what, 0.5, ratio, "");
            }
        }
    }
    let head = ["expressions", "for", "one unit", "each for itself", "ratio"];
    page.table(&head, &table);
}
