//! Curves: nodes of an expression, rows of a table, expressions over one schema. What grows faster than its size shows here.

use crate::page::Page;
use crate::plot::{Labels, Series, lines};
use crate::tiers::{each_batch, each_row};
use crate::{Run, compile_as};
use sqlift::{Engine, Expression, Session, Tier, TierPolicy, Value};
use sqlift_benches::measure::{Figure, digits, measure};
use sqlift_benches::{data, subjects, units};
use sqlift_jit::Compiler;
use std::hint::black_box;
use std::time::Instant;

pub(crate) fn write(run: &Run, page: &mut Page) {
    page.heading("Growth");
    nodes(run, page);
    rows(run, page);
    expressions(run, page);
}

/// A balanced tree of sums and differences over `a` and `b`, with so many leaves.
fn tree(leaves: usize, salt: &mut usize) -> String {
    if leaves == 1 {
        *salt += 1;
        return match *salt % 3 {
            0 => "a".to_owned(),
            1 => "b".to_owned(),
            _ => salt.to_string(),
        };
    }
    let left = tree(leaves / 2, salt);
    let right = tree(leaves - leaves / 2, salt);
    let sign = if salt.is_multiple_of(2) { '+' } else { '-' };
    format!("({left} {sign} {right})")
}

/// A series without points for each name.
fn empty(names: &[&str]) -> Vec<Series> {
    let series = |name: &&str| Series {
        name: (*name).to_owned(),
        points: Vec::new(),
    };
    names.iter().map(series).collect()
}

fn nodes(run: &Run, page: &mut Page) {
    let data = data::rows(run.of(1_024, 64));
    let cells: Vec<Vec<Value<'_>>> = data.iter().map(data::cells).collect();
    let batch = data::batch(&data);
    let schema = subjects::schema();
    let names = [
        "text to VM",
        "native row code",
        "native batch code",
        "VM, a row",
        "native, a row",
        "VM, a batch's row",
        "native, a batch's row",
    ];
    let mut series = empty(&names);
    let mut table = Vec::new();
    for nodes in [10_usize, 30, 100, 300, 1_000] {
        // A tree of n leaves has n - 1 operators.
        let text = tree(nodes.div_ceil(2), &mut 0);
        let [vm, native] =
            [Tier::Vm, Tier::Native].map(|tier| compile_as(&text, &schema, TierPolicy::Only(tier)));
        let program = vm.program();
        let kinds = units::column_kinds(&program, &schema).expect("integers");
        let mut compiler = Compiler::native().expect("a compiler for this machine");
        let row = |expression: &Expression| {
            let mut context = expression.context();
            measure(run.effort, cells.len(), || {
                each_row(expression, &cells, &mut context);
            })
        };
        let in_batch = |expression: &Expression| {
            let mut context = expression.context();
            measure(run.effort, data.len(), || {
                each_batch(expression, &batch, &mut context);
            })
        };
        let figures: [Figure; 7] = [
            measure(run.effort, nodes, || {
                black_box(compile_as(&text, &schema, TierPolicy::Only(Tier::Vm)));
            }),
            measure(run.effort, nodes, || {
                black_box(compiler.compile_row(&program).expect("compiles"));
            }),
            measure(run.effort, nodes, || {
                black_box(compiler.compile_batch(&program, &kinds).ok());
            }),
            per(nodes, row(&vm)),
            per(nodes, row(&native)),
            per(nodes, in_batch(&vm)),
            per(nodes, in_batch(&native)),
        ];
        let mut line = vec![nodes.to_string()];
        line.extend(figures.iter().map(Figure::to_string));
        table.push(line);
        for (series, figure) in series.iter_mut().zip(figures) {
            series.points.push((nodes as f64, figure.median));
        }
    }
    page.paragraph(
        "**Nodes.** Sums and differences of integers in balanced trees. Nanoseconds **a node**, to compile it and to evaluate it for a row: \
         a line that rises grows faster than the expression.",
    );
    let mut head = vec!["nodes"];
    head.extend(names);
    page.table(&head, &table);
    let labels = Labels {
        title: "Nodes of an expression",
        x: "nodes",
        y: "ns a node",
    };
    page.plot("growth-nodes", "Growth by nodes", lines(&labels, &series));
}

fn per(nodes: usize, figure: Figure) -> Figure {
    Figure {
        median: figure.median / nodes as f64,
        least: figure.least / nodes as f64,
    }
}

fn rows(run: &Run, page: &mut Page) {
    let batches: Vec<_> = data::rows(run.of(262_144, 8_192))
        .chunks(8_192)
        .map(data::batch)
        .collect();
    let schema = subjects::schema();
    let most = run.of(100_000_000, 10_000);
    let counts: Vec<usize> = (3..)
        .map(|p| 10_usize.pow(p))
        .take_while(|c| *c <= most)
        .collect();
    let mut series = Vec::new();
    let mut table = Vec::new();
    for (subject, name) in [(0, "E1"), (4, "E5"), (7, "E8")] {
        let mut line = vec![name.to_owned()];
        let mut points = Vec::new();
        for count in &counts {
            let times = (0..run.of(3, 1)).map(|_| {
                let started = Instant::now();
                let text = subjects::ROWS[subject].text;
                let expression = compile_as(text, &schema, TierPolicy::Auto);
                let mut context = expression.context();
                let mut left = *count;
                for batch in batches.iter().cycle() {
                    let some = left.min(batch.num_rows());
                    each_batch(&expression, &batch.slice(0, some), &mut context);
                    left -= some;
                    if left == 0 {
                        break;
                    }
                }
                started.elapsed().as_nanos() as f64 / *count as f64
            });
            let figure = Figure::of(times.collect());
            line.push(digits(figure.median));
            points.push((*count as f64, figure.median));
        }
        table.push(line);
        series.push(Series {
            name: name.to_owned(),
            points,
        });
    }
    page.paragraph(
        "**Rows.** From text to the last row of batches of 8,192, `auto`, wall time; nanoseconds a row. (The same quarter of a million \
         rows again and again.)",
    );
    let mut head = vec!["expression".to_owned()];
    head.extend(counts.iter().map(|c| format!("{c} rows")));
    page.table(&head, &table);
    let labels = Labels {
        title: "Rows of a table, compiling included",
        x: "rows",
        y: "ns a row",
    };
    page.plot("growth-rows", "Growth by rows", lines(&labels, &series));
}

fn expressions(run: &Run, page: &mut Page) {
    let row_data = data::rows(1);
    let row = data::cells(&row_data[0]);
    let schema = subjects::schema();
    let session = Session::default();
    let names = [
        "compile, one by one",
        "compile as a unit",
        "native row code of a unit",
        "native batch code of a unit",
        "evaluate a row, one by one",
        "evaluate a row, as a unit",
    ];
    let mut series = empty(&names);
    let mut table = Vec::new();
    for count in [1_usize, 10, 100, 1_000] {
        let texts = units::texts(count);
        let engine = Engine::new().with_policy(TierPolicy::Only(Tier::Vm));
        let compile = |text: &String| engine.compile(text, &schema, &session).expect("compiles");
        let expressions: Vec<Expression> = texts.iter().map(compile).collect();
        let mut contexts: Vec<_> = expressions.iter().map(Expression::context).collect();
        let unit = || {
            engine
                .compile_all(&texts, &schema, &session)
                .expect("compiles")
        };
        let projection = unit();
        let mut context = projection.context();
        let programs = units::unit(
            &units::expressions(count),
            &std::sync::Arc::new(session.clone()),
        );
        let kinds = units::kinds(&programs);
        let mut compiler = Compiler::native().expect("a compiler for this machine");
        let figures = [
            measure(run.effort, count, || {
                texts.iter().for_each(|text| drop(black_box(compile(text))));
            }),
            measure(run.effort, count, || drop(black_box(unit()))),
            measure(run.effort, count, || {
                units::compile_rows(&mut compiler, &programs);
            }),
            measure(run.effort, count, || {
                units::compile_batches(&mut compiler, &programs, &kinds);
            }),
            measure(run.effort, count, || {
                for (expression, context) in expressions.iter().zip(&mut contexts) {
                    let value = expression.eval_row(&row, context).expect("no error");
                    black_box(value.is_null());
                }
            }),
            measure(run.effort, count, || {
                let values = projection.eval_row(&row, &mut context);
                black_box(values.expect("no error").len());
            }),
        ];
        let mut line = vec![count.to_string()];
        line.extend(figures.iter().map(Figure::to_string));
        table.push(line);
        for (series, figure) in series.iter_mut().zip(figures) {
            series.points.push((count as f64, figure.median));
        }
    }
    page.paragraph(
        "**Expressions** over one schema, in the VM. Nanoseconds **an expression**: to compile them one by one and as a unit, from texts; to \
         make native code of the unit's programs; and to evaluate a row.",
    );
    let mut head = vec!["expressions"];
    head.extend(names);
    page.table(&head, &table);
    let labels = Labels {
        title: "Expressions over one schema",
        x: "expressions",
        y: "ns an expression",
    };
    let svg = lines(&labels, &series);
    page.plot("growth-expressions", "Growth by expressions", svg);
}
