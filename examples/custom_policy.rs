//! Choosing tiers, and what an expression counts about itself: rows a tier, moves to native code, rows given up.

use sqlift::{Engine, Error, Schema, Session, SqlType, Tier, TierPolicy, Value};
use std::time::{Duration, Instant};

const TEXT: &str = "(a + b) * 3 - a % 7";

fn main() -> Result<(), Error> {
    let schema = Schema::new([("a", SqlType::bigint()), ("b", SqlType::bigint())]);
    let session = Session::default();
    let rows: Vec<[Value<'_>; 2]> = (0..10_000)
        .map(|i| [Value::Int(i), Value::Int(i * 7 % 1_000)])
        .collect();
    let by_hand: i64 = (0..10_000_i64)
        .map(|a| (a + a * 7 % 1_000) * 3 - a % 7)
        .sum();

    // One tier, always: for tests, for short-lived processes, or where no code may be generated.
    for tier in Tier::ALL {
        let engine = Engine::new().with_policy(TierPolicy::Only(tier));
        let expression = engine.compile(TEXT, &schema, &session)?;
        let mut context = expression.context();
        let start = Instant::now();
        let mut sum = 0;
        for row in &rows {
            if let Value::Int(value) = expression.eval_row(row, &mut context)? {
                sum += value;
            }
        }
        let each = start.elapsed().as_nanos() / rows.len() as u128;
        println!("{tier:7} {each:5} ns a row");
        assert_eq!(sum, by_hand);
        drop(context);
        assert_eq!(expression.statistics().rows.get(&tier), Some(&10_000));
    }

    // Left to itself it starts in the VM, and moves up while it runs, without a pause.
    let auto = Engine::new().compile(TEXT, &schema, &session)?;
    let mut context = auto.context();
    let start = Instant::now();
    while !auto.statistics().rows.contains_key(&Tier::Native) {
        assert!(
            start.elapsed() < Duration::from_secs(20),
            "it never got hot"
        );
        for row in &rows {
            auto.eval_row(row, &mut context)?;
        }
    }
    // A cell that is not of the declared type is a lost bet: the row is answered by the interpreter, and counted.
    let odd = [Value::Bytes(b"40"), Value::Int(2)];
    assert_eq!(auto.eval_row(&odd, &mut context)?, Value::Int(121));
    drop(context);

    let statistics = auto.statistics();
    for (tier, rows) in &statistics.rows {
        println!("auto: {rows:7} rows in {tier}");
    }
    for step in &statistics.moves {
        println!("auto: {} after {} rows", step.what, step.after_rows);
    }
    for (reason, rows) in &statistics.exits {
        println!("auto: {rows} rows given up: {reason}");
    }
    assert_eq!(statistics.exits.get("cell type"), Some(&1));
    assert!(!statistics.moves.is_empty());
    Ok(())
}
