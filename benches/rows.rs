//! What a row costs in each tier, against tier 0 and against Rust written by hand: the least of many passes, so that a busy machine
//! disturbs little.
//!
//! `cargo run --release -p sqlift-benches --example rows`, with `-- E1` only that expression. Behind them come Vitess' five.

use sqlift::{Engine, Schema, Session, Tier, TierPolicy, TypeKind, Value};
use sqlift_benches::{data, hand, subjects};
use std::hint::black_box;
use std::time::{Duration, Instant};

const ROWS: usize = 4_096;

/// Nanoseconds a row, the least of so many passes.
fn best(passes: usize, mut pass: impl FnMut() -> usize) -> f64 {
    let time = |_| {
        let start = Instant::now();
        black_box(pass());
        start.elapsed().as_nanos() as f64 / ROWS as f64
    };
    (0..passes).map(time).fold(f64::INFINITY, f64::min)
}

/// Nanoseconds a row in each tier, and as the engine chooses among them.
fn tiers(text: &str, schema: &Schema, rows: &[Vec<Value<'_>>]) -> Result<[f64; 4], sqlift::Error> {
    let [interp, vm, native] = Tier::ALL.map(TierPolicy::Only);
    let time = |policy| -> Result<f64, sqlift::Error> {
        let engine = Engine::new().with_policy(policy);
        let expression = engine.compile(text, schema, &Session::default())?;
        let mut context = expression.context();
        let mut values = || {
            let is_value = |row: &&Vec<Value<'_>>| {
                let value = expression.eval_row(row, &mut context);
                value.is_ok_and(|value| !value.is_null())
            };
            rows.iter().filter(is_value).count()
        };
        if policy == TierPolicy::Auto {
            // Until there is native code, and the tiers were compared.
            for _ in 0..20 {
                values();
                std::thread::sleep(Duration::from_millis(2));
            }
        }
        let passes = if policy == interp { 10 } else { 500 };
        Ok(best(passes, &mut values))
    };
    Ok([
        time(interp)?,
        time(vm)?,
        time(native)?,
        time(TierPolicy::Auto)?,
    ])
}

fn show(name: &str, [interp, vm, native, auto]: [f64; 4]) {
    print!("{name:35} {interp:6.0} {vm:6.1} {native:6.1} {auto:6.1}");
}

fn main() -> Result<(), sqlift::Error> {
    let chosen: Vec<String> = std::env::args().skip(1).collect();
    let is_chosen = |name: &str| chosen.is_empty() || chosen.iter().any(|c| c == name);
    let data = data::rows(ROWS);
    let rows: Vec<Vec<Value<'_>>> = data.iter().map(data::cells).collect();
    let schema = subjects::schema();
    let (mut vm_by_hand, mut native_by_hand, mut count) = (1.0, 1.0, 0);
    println!("ns a row: tier 0, vm, native, auto (by hand)");
    for (number, subject) in subjects::ROWS.into_iter().enumerate() {
        let name = format!("E{}", number + 1);
        if !is_chosen(&name) {
            continue;
        }
        let times = tiers(subject.text, &schema, &rows)?;
        show(&format!("{name} {}", subject.name), times);
        if let Some(function) = hand::BY_HAND.get(number) {
            let function = black_box(*function);
            let is_value =
                |row: &&Vec<Value<'_>>| function(row).is_ok_and(|value| !value.is_null());
            let by_hand = best(500, || rows.iter().filter(is_value).count());
            vm_by_hand *= times[1] / by_hand;
            native_by_hand *= times[2] / by_hand;
            count += 1;
            print!(" ({by_hand:.1})");
        }
        println!();
    }
    if count > 0 {
        let mean = |product: f64| product.powf(1.0 / f64::from(count));
        println!(
            "times the row by hand (geometric mean): vm {:.2}, native {:.2}",
            mean(vm_by_hand),
            mean(native_by_hand)
        );
    }
    for (number, (subject, types)) in subjects::VITESS.into_iter().enumerate() {
        if !is_chosen(subject.name) {
            continue;
        }
        let [x, y] = types();
        let first = match x.kind {
            TypeKind::Double => Value::Double(420.0),
            TypeKind::Decimal => Value::Dec64 {
                scale: 0,
                coefficient: 420,
            },
            _ if x.unsigned => Value::UInt(666),
            _ => Value::Int(666),
        };
        let second = if y.unsigned {
            Value::UInt(420)
        } else {
            Value::Int(420)
        };
        let rows = vec![vec![first, second]; ROWS];
        let schema = subjects::vitess_schema(number);
        show(subject.name, tiers(subject.text, &schema, &rows)?);
        println!();
    }
    Ok(())
}
