//! The catalogue: every function says what it does and its examples are true; every function over boundary values of every type,
//! NULL in each position, gives the same in tier 0, the row closures, the batch loops and native code.

use sqlift::{Engine, Schema, Session, SqlType, Tier, TierPolicy};
use sqlift_functions::{Function, catalogue};
use sqlift_testkit::corpus::{Cell, Column, Table};
use sqlift_testkit::generate::{Generator, Limits, MySql, Random, boundary};
use sqlift_testkit::oracle::Tiers;
use sqlift_testkit::subject::Outcome;
use std::collections::BTreeSet;

/// Entries that no text calls by name.
fn is_internal(function: &Function) -> bool {
    function.is_operator() && function.name().chars().any(|c| c.is_ascii_lowercase())
}

#[test]
fn every_function_has_a_description_and_an_example() {
    let mut silent = Vec::new();
    for (_, function) in catalogue().iter().filter(|(_, f)| !is_internal(f)) {
        if function.description().is_empty() || function.examples().is_empty() {
            silent.push(function.name());
        }
    }
    assert!(
        silent.is_empty(),
        "without a description or an example: {silent:?}"
    );
}

#[test]
fn examples_are_true_in_every_tier() {
    // Some operators want a column: `j` is {"a": "x"}.
    let schema = Schema::new([("j", SqlType::json())]);
    let mut wrong = Vec::new();
    for tier in Tier::ALL {
        let engine = Engine::new().with_policy(TierPolicy::Only(tier));
        for (_, function) in catalogue().iter() {
            for (text, expected) in function.examples() {
                let got = value_of(&engine, text, &schema);
                if got != *expected {
                    wrong.push(format!("{tier}: {text} is {got}, not {expected}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn value_of(engine: &Engine, text: &str, schema: &Schema) -> String {
    let mut session = Session::default();
    session.set("timestamp", "1700000000.123456").unwrap();
    let expression = match engine.compile(text, schema, &session) {
        Ok(expression) => expression,
        Err(error) => return format!("error {}: {}", error.code, error.message),
    };
    let mut context = expression.context();
    let row = [sqlift::Value::Json(br#"{"a": "x"}"#)];
    match expression
        .eval_row(&row, &mut context)
        .map(|v| v.to_datum())
    {
        Err(error) => format!("error {}: {}", error.code, error.message),
        Ok(value) if value.is_null() => "NULL".to_owned(),
        Ok(value) => {
            let mut out = Vec::new();
            sqlift::write_text(&value, expression.sql_type(), &mut out);
            String::from_utf8_lossy(&out).into_owned()
        }
    }
}

/// One column of each kind of value that the catalogue tells apart.
const KINDS: [&str; 10] = [
    "bi", "bu", "d", "d186", "d6530", "v", "vbin", "dt", "t6", "dt6",
];

#[test]
fn every_function_of_one_and_two_arguments_agrees_on_every_type() {
    let tiers = Tiers::new(10).unwrap();
    let names = column_names();
    let columns: Vec<&str> = KINDS.into_iter().filter(|k| names.contains(*k)).collect();
    assert!(columns.len() >= 8, "{columns:?}");
    let mut differing = Vec::new();
    let mut answered = 0;
    for (_, function) in catalogue().iter().filter(|(_, f)| !f.is_operator()) {
        let (low, high) = function.arity();
        let mut texts = Vec::new();
        if (low..=high).contains(&1) {
            texts.extend(columns.iter().map(|a| format!("{}({a})", function.name())));
        }
        if (low..=high).contains(&2) {
            for (i, a) in columns.iter().enumerate() {
                // Every pair of types in one of its orders, and each with itself.
                let others = columns.iter().skip(i % 3).step_by(3);
                texts.extend(others.map(|b| format!("{}({a}, {b})", function.name())));
            }
        }
        for text in texts {
            answered += u32::from(!matches!(tiers.answer(&text), Outcome::Unsupported(_)));
            differing.extend(tiers.difference(&text));
        }
    }
    assert!(
        differing.is_empty(),
        "{} differ:\n{}",
        differing.len(),
        differing.join("\n")
    );
    assert!(answered > 300, "{answered}");
}

fn column_names() -> BTreeSet<String> {
    let Table { columns, .. } = boundary::table(&mut Random::new(1), 1);
    columns
        .into_iter()
        .map(|Column { name, .. }| name)
        .collect()
}

/// Operators and constructs, and functions of more arguments, with arguments drawn from boundary literals and columns.
#[test]
fn every_entry_of_the_grammar_agrees_on_drawn_arguments() {
    let tiers = Tiers::new(8).unwrap();
    let limits = Limits {
        one_foreign_in: 4,
        one_null_in: 6,
        ..Limits::default()
    };
    let mut generator = Generator::new(&MySql, boundary::COLUMNS, limits);
    let mut differing = Vec::new();
    let mut values = 0;
    for entry in 0..generator.entries().len() {
        for draw in 0..12 {
            let mut random = Random::new(5).fork((entry * 100 + draw) as u64);
            let Some(text) = generator.of_entry(&mut random, entry) else {
                continue;
            };
            if let Outcome::Rows { rows, .. } = tiers.answer(&text) {
                values += rows
                    .iter()
                    .filter(|r| !matches!(r, Ok(Cell::Null) | Err(_)))
                    .count();
            }
            differing.extend(tiers.difference(&text));
        }
    }
    assert!(
        differing.is_empty(),
        "{} differ:\n{}",
        differing.len(),
        differing.join("\n")
    );
    assert!(values > 2_000, "{values}");
}
