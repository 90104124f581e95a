//! Row by row: what other crates that evaluate expressions take. NULL is given to them as 0, for they have none.

use crate::schema;
use sqlift::{Engine, Session, Value};
use sqlift_benches::data::{self, Row};
use sqlift_benches::measure::{Contestant, Effort, Figure, compete};
use std::error::Error;
use std::hint::black_box;

/// In the order of the figures.
pub(crate) const ENGINES: [&str; 4] = ["sqlift, `auto` rows", "cel", "rhai", "fasteval"];

/// The columns that E1 to E4 read.
#[derive(Clone, Copy)]
struct Cells {
    a: i64,
    b: i64,
    f: f64,
    g: f64,
    qty: i64,
    has_null: bool,
}

fn plain(row: &Row) -> Cells {
    Cells {
        a: row.a,
        b: row.b.unwrap_or(0),
        f: row.f,
        g: row.g.unwrap_or(0.0),
        qty: row.qty.into(),
        has_null: row.b.is_none() || row.g.is_none(),
    }
}

/// One row's result as a number; truth is 1 or 0.
type Evaluate<'a> = Box<dyn FnMut(&Cells) -> Result<f64, Box<dyn Error>> + 'a>;

/// sqlift and the others over the same rows. Errors: a row without NULL in which they do not agree.
pub(crate) fn compare(
    subject: usize,
    text: &str,
    rows: &[Row],
    effort: Effort,
) -> Result<Vec<Figure>, Box<dyn Error>> {
    let expression = Engine::new().compile(text, &schema(), &Session::default())?;
    let mut context = expression.context();
    let cells: Vec<Vec<Value<'_>>> = rows.iter().map(data::cells).collect();
    let plain: Vec<Cells> = rows.iter().map(plain).collect();
    let mut others = [cel(subject)?, rhai(subject)?, fasteval(subject)?];
    for (cells, plain) in cells.iter().zip(&plain) {
        let ours = match expression.eval_row(cells, &mut context)? {
            Value::Int(v) => v as f64,
            Value::Double(v) => v,
            _ => continue,
        };
        for (other, name) in others.iter_mut().zip(&ENGINES[1..]) {
            let theirs = other(plain)?;
            if !plain.has_null && (ours - theirs).abs() > 1e-9 * ours.abs().max(1.0) {
                return Err(format!("{text}: {name} says {theirs}, sqlift {ours}").into());
            }
        }
    }
    let mut contestants = vec![Contestant::new(cells.len(), || {
        let mut nulls = 0;
        for row in &cells {
            let value = expression.eval_row(row, &mut context).expect("as it did");
            nulls += usize::from(value.is_null());
        }
        black_box(nulls);
    })];
    for mut other in others {
        let plain = &plain;
        contestants.push(Contestant::new(plain.len(), move || {
            let sum: f64 = plain.iter().map(|row| other(row).expect("as it did")).sum();
            black_box(sum);
        }));
    }
    Ok(compete(effort, &mut contestants))
}

fn cel(subject: usize) -> Result<Evaluate<'static>, Box<dyn Error>> {
    use cel::{Context, Program, Value};
    let text = [
        "(a + b) * 3 - a % 7",
        "f * (1.0 - g) * (1.0 + f) / 2.5",
        "(double(23 + a) * 4.0) == ((f / 3.33) * 100.0)",
        "a > 100 && b < 5000 && f >= 0.05 && f <= 0.95 && q in [1, 5, 9, 13, 17]",
    ][subject];
    let program = Program::compile(text)?;
    let mut context = Context::default();
    Ok(Box::new(move |row| {
        // Only what the expression reads.
        if subject != 1 {
            context.add_variable_from_value("a", row.a);
        }
        if subject == 0 || subject == 3 {
            context.add_variable_from_value("b", row.b);
        }
        if subject != 0 {
            context.add_variable_from_value("f", row.f);
        }
        if subject == 1 {
            context.add_variable_from_value("g", row.g);
        }
        if subject == 3 {
            context.add_variable_from_value("q", row.qty);
        }
        Ok(match program.execute(&context)? {
            Value::Int(v) => v as f64,
            Value::Float(v) => v,
            Value::Bool(v) => f64::from(v),
            other => return Err(format!("{other:?}").into()),
        })
    }))
}

const C_LIKE: [&str; 4] = [
    "(a + b) * 3 - a % 7",
    "f * (1.0 - g) * (1.0 + f) / 2.5",
    "((23 + a) * 4.0) == ((f / 3.33) * 100.0)",
    "a > 100 && b < 5000 && f >= 0.05 && f <= 0.95 && (q == 1 || q == 5 || q == 9 || q == 13 || q == 17)",
];

fn rhai(subject: usize) -> Result<Evaluate<'static>, Box<dyn Error>> {
    use rhai::packages::{CorePackage, Package};
    use rhai::{Dynamic, Engine, Scope};
    let mut engine = Engine::new_raw();
    engine.register_global_module(CorePackage::new().as_shared_module());
    engine.set_fast_operators(true);
    let mut scope = Scope::new();
    scope.push("a", 0_i64).push("b", 0_i64).push("f", 0.0_f64);
    scope.push("g", 0.0_f64).push("q", 0_i64);
    let tree = engine.compile_expression_with_scope(&scope, C_LIKE[subject])?;
    Ok(Box::new(move |row| {
        scope.clear();
        scope.push("a", row.a).push("b", row.b).push("f", row.f);
        scope.push("g", row.g).push("q", row.qty);
        let value = engine.eval_ast_with_scope::<Dynamic>(&mut scope, &tree)?;
        let number = value.as_int().map(|v| v as f64);
        let number = number.or_else(|_| value.as_float());
        let number = number.or_else(|_| value.as_bool().map(f64::from));
        number.map_err(|ty| ty.to_string().into())
    }))
}

fn fasteval(subject: usize) -> Result<Evaluate<'static>, Box<dyn Error>> {
    use fasteval::{Compiler, Evaler, Instruction, Parser, Slab};
    let mut slab = Slab::new();
    let parsed = Parser::new().parse(C_LIKE[subject], &mut slab.ps)?;
    let compiled: Instruction = parsed.from(&slab.ps).compile(&slab.ps, &mut slab.cs);
    Ok(Box::new(move |row| {
        let mut names = |name: &str, _: Vec<f64>| {
            Some(match name {
                "a" => row.a as f64,
                "b" => row.b as f64,
                "f" => row.f,
                "g" => row.g,
                _ => row.qty as f64,
            })
        };
        Ok(compiled.eval(&slab, &mut names)?)
    }))
}
