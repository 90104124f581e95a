//! What a row costs in each tier, against tier 0 and against Rust written by hand: the least of many passes, so that a busy machine
//! disturbs little.
//!
//! `cargo run --release -p sqlift-benches --example rows`

use sqlift::{Engine, Session, Tier, TierPolicy, Value};
use sqlift_benches::{data, hand, subjects};
use std::hint::black_box;
use std::time::Instant;

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

fn main() -> Result<(), sqlift::Error> {
    let data = data::rows(ROWS);
    let rows: Vec<Vec<Value<'_>>> = data.iter().map(data::cells).collect();
    let schema = subjects::schema();
    let (mut vm_by_hand, mut native_by_hand) = (1.0, 1.0);
    println!("ns a row: tier 0, vm, native (by hand), native against vm");
    for (number, subject) in subjects::ROWS.into_iter().enumerate() {
        let [interp, vm, native] = Tier::ALL.map(|tier| -> Result<f64, sqlift::Error> {
            let engine = Engine::new().with_policy(TierPolicy::Only(tier));
            let expression = engine.compile(subject.text, &schema, &Session::default())?;
            let mut context = expression.context();
            let mut values = || {
                let is_value = |row: &&Vec<Value<'_>>| {
                    let value = expression.eval_row(row, &mut context);
                    value.is_ok_and(|value| !value.is_null())
                };
                rows.iter().filter(is_value).count()
            };
            let passes = if tier == Tier::Interp { 10 } else { 500 };
            Ok(best(passes, &mut values))
        });
        let (interp, vm, native) = (interp?, vm?, native?);
        print!(
            "E{} {:32} {interp:6.0} {vm:6.1} {native:6.1}",
            number + 1,
            subject.name
        );
        if let Some(function) = hand::BY_HAND.get(number) {
            let function = black_box(*function);
            let is_value =
                |row: &&Vec<Value<'_>>| function(row).is_ok_and(|value| !value.is_null());
            let by_hand = best(500, || rows.iter().filter(is_value).count());
            vm_by_hand *= vm / by_hand;
            native_by_hand *= native / by_hand;
            print!(" ({by_hand:.1})");
        }
        println!("  {:.2}", vm / native);
    }
    let mean = |product: f64| product.powf(1.0 / hand::BY_HAND.len() as f64);
    println!(
        "times the row by hand (geometric mean): vm {:.2}, native {:.2}",
        mean(vm_by_hand),
        mean(native_by_hand)
    );
    Ok(())
}
