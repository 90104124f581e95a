//! A change-data filter: rules of users, as MySQL expressions over the old and the new image of a row, choose what is sent on.
//!
//! An image that is not there (of an insert or a delete) is NULL in all columns.

use sqlift::{Engine, Error, Expression, Schema, Session, SqlType, Value};

/// The rules, each with how many of the changes it takes.
const RULES: [(&str, &str); 4] = [
    (
        "shipped",
        "new_state = 'SHIPPED' AND NOT old_state <=> 'shipped'",
    ),
    ("much dearer", "new_total - old_total > 1000"),
    ("gone", "new_state IS NULL"),
    ("new and big", "old_state IS NULL AND new_total >= 1500.00"),
];

fn schema() -> Schema {
    Schema::new([
        ("id", SqlType::bigint()),
        ("old_state", SqlType::varchar(10)),
        ("old_total", SqlType::decimal(10, 2)),
        ("new_state", SqlType::varchar(10)),
        ("new_total", SqlType::decimal(10, 2)),
    ])
}

/// A field as a cell, borrowed from the line.
fn cell<'a>(field: &'a str, ty: &SqlType) -> Value<'a> {
    if field.is_empty() {
        return Value::Null;
    }
    match sqlift::read_text(field.as_bytes(), ty) {
        Some(sqlift::Datum::Int(v)) => Value::Int(v),
        Some(sqlift::Datum::Decimal(d)) => Value::Dec64 {
            scale: d.scale(),
            coefficient: i64::try_from(d.coefficient()).expect("ten digits"),
        },
        _ => Value::Bytes(field.as_bytes()),
    }
}

fn main() -> Result<(), Error> {
    let schema = schema();
    let engine = Engine::new();
    let compile = |(name, text): (&'static str, &str)| -> Result<(&str, Expression), Error> {
        Ok((name, engine.compile(text, &schema, &Session::default())?))
    };
    let rules = RULES
        .into_iter()
        .map(compile)
        .collect::<Result<Vec<_>, _>>()?;

    let changes = include_str!("data/changes.csv");
    let mut taken = vec![0; rules.len()];
    let mut sent = 0;
    let mut context = rules[0].1.context();
    for line in changes.lines().skip(1) {
        let fields = line.split(',').zip(schema.columns());
        let row: Vec<Value<'_>> = fields
            .map(|(field, column)| cell(field, &column.ty))
            .collect();
        let mut wanted = false;
        for ((_, rule), taken) in rules.iter().zip(&mut taken) {
            if rule.eval_row(&row, &mut context)? == Value::Int(1) {
                *taken += 1;
                wanted = true;
            }
        }
        sent += u32::from(wanted);
    }
    for ((name, _), taken) in rules.iter().zip(&taken) {
        println!("{name:12} {taken:4}");
    }
    println!(
        "{sent} of {} changes are sent on",
        changes.lines().count() - 1
    );

    // The same counts, written out by hand.
    let by_hand = |rule: fn(&[&str]) -> bool| {
        let lines = changes.lines().skip(1);
        lines
            .filter(|l| rule(&l.split(',').collect::<Vec<_>>()))
            .count()
    };
    assert_eq!(
        taken[0],
        by_hand(|f| f[3] == "shipped" && f[1] != "shipped")
    );
    assert_eq!(
        taken[1],
        by_hand(|f| {
            let cents = |t: &str| t.replace('.', "").parse::<i64>().ok();
            cents(f[4])
                .zip(cents(f[2]))
                .is_some_and(|(new, old)| new - old > 100_000)
        })
    );
    assert_eq!(taken[2], by_hand(|f| f[3].is_empty()));
    assert!(taken[3] > 0 && taken[3] <= by_hand(|f| f[1].is_empty()));
    Ok(())
}
