//! Nanoseconds a row of Arrow batches, as one table: the VM's loops, native blocks, the engine's own choice, and small batches.
//!
//! Small batches are evaluated into arrays of their own, and `into` room that is used again.
//!
//! A second table has what is asked of texts, in the VM: in `utf8mb4_bin` of arrays of texts one behind the other, of views, of a dictionary
//! (of `c`), and of the first in `utf8mb4_0900_ai_ci`.
//!
//! `cargo bench -p sqlift-benches --bench batches` (with `-- E5 equal` only those expressions). Each figure is the least of many turns, and the
//! tiers take turns, so that a busy machine spoils a line less than it would a mean. `-- --test` does one turn of each.

use arrow_array::cast::AsArray;
use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, DictionaryArray, RecordBatch, StringViewArray};
use sqlift::arrow::BatchValues;
use sqlift::{CollationId, Context, Engine, Expression, Session, Tier, TierPolicy};
use sqlift_benches::{data, subjects};
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

const ROWS: usize = 8_192;
const SMALL: usize = 128;

struct Runner {
    expression: Expression,
    context: Context,
    /// Where the values go, if no array is made of them.
    room: Option<BatchValues>,
    best: f64,
}

impl Runner {
    fn new(text: &str, (policy, room): (TierPolicy, bool)) -> Runner {
        Runner {
            room: room.then(BatchValues::new),
            ..Runner::in_collation(text, policy, CollationId::UTF8MB4_0900_AI_CI)
        }
    }

    fn in_collation(text: &str, policy: TierPolicy, collation: CollationId) -> Runner {
        let engine = Engine::new().with_policy(policy);
        let schema = subjects::schema_in(collation);
        let expression = engine.compile(text, &schema, &Session::default());
        let expression = expression.expect("compiles");
        Runner {
            context: expression.context(),
            expression,
            room: None,
            best: f64::INFINITY,
        }
    }

    fn batch(&mut self, batch: &RecordBatch) {
        let Runner {
            expression,
            context,
            room,
            ..
        } = self;
        match room {
            None => drop(black_box(expression.eval_batch(batch, context)).expect("no error")),
            Some(room) => {
                let done = expression.eval_batch_into(batch, room, context);
                done.expect("no error");
                black_box(room.slice());
            }
        }
    }

    /// Times so many batches as one.
    fn turn(&mut self, batch: &RecordBatch, times: usize) {
        let started = Instant::now();
        for _ in 0..times {
            self.batch(batch);
        }
        let nanos = started.elapsed().as_nanos() as f64;
        self.best = self.best.min(nanos / (times * batch.num_rows()) as f64);
    }
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let once = words.iter().any(|w| w == "--test");
    let chosen: Vec<&String> = words.iter().filter(|w| !w.starts_with('-')).collect();
    let turns = if once { 1 } else { 200 };
    let rows = data::rows(ROWS);
    let batch = data::batch(&rows);
    let small = batch.slice(0, SMALL);
    println!("ns a row, batches of {ROWS} and of {SMALL} rows");
    println!(
        "{:<5}{:>8}{:>8}{:>8}{:>9}{:>10}{:>14}{:>16}",
        "", "VM", "native", "auto", "VM, 128", "auto, 128", "VM, 128 into", "auto, 128 into"
    );
    for (number, subject) in subjects::ROWS.iter().enumerate() {
        let name = format!("E{}", number + 1);
        if !chosen.is_empty() && !chosen.contains(&&name) {
            continue;
        }
        let policies = [
            (TierPolicy::Only(Tier::Vm), false),
            (TierPolicy::Only(Tier::Native), false),
            (TierPolicy::Auto, false),
            (TierPolicy::Only(Tier::Vm), false),
            (TierPolicy::Auto, false),
            (TierPolicy::Only(Tier::Vm), true),
            (TierPolicy::Auto, true),
        ];
        let mut runners = policies.map(|policy| Runner::new(subject.text, policy));
        if !once {
            // Until the compile thread has made what it makes, and both tiers were timed.
            for _ in 0..60 {
                for runner in &mut runners {
                    runner.batch(&batch);
                    runner.batch(&small);
                    runner.batch(&small);
                }
                std::thread::sleep(Duration::from_millis(1));
            }
        }
        for _ in 0..turns {
            for (i, runner) in runners.iter_mut().enumerate() {
                match i {
                    0..3 => runner.turn(&batch, 4),
                    _ => runner.turn(&small, 64),
                }
            }
        }
        let [vm, native, auto, vm_small, auto_small, vm_into, auto_into] =
            runners.each_ref().map(|r| r.best);
        print!("{name:<5}{vm:>8.2}{native:>8.2}{auto:>8.2}{vm_small:>9.2}{auto_small:>10.2}");
        println!("{vm_into:>14.2}{auto_into:>16.2}");
    }
    texts(&batch, &chosen, turns);
}

/// The same batch, its texts held otherwise.
fn with_texts(batch: &RecordBatch, columns: [(usize, ArrayRef); 2]) -> RecordBatch {
    let names = batch.schema();
    let mut arrays = batch.columns().to_vec();
    for (index, array) in columns {
        arrays[index] = array;
    }
    let fields = names.fields().iter().map(|field| field.name().clone());
    let named = fields.zip(arrays).map(|(name, array)| (name, array, true));
    RecordBatch::try_from_iter_with_nullable(named).expect("columns of one length")
}

fn texts(batch: &RecordBatch, chosen: &[&String], turns: usize) {
    let [c, s] = [9, 10].map(|index| batch.column(index).as_string::<i32>().iter().flatten());
    let view =
        |values: &[&str]| -> ArrayRef { Arc::new(StringViewArray::from_iter_values(values)) };
    let (c, s): (Vec<&str>, Vec<&str>) = (c.collect(), s.collect());
    let views = with_texts(batch, [(9, view(&c)), (10, view(&s))]);
    let coded: DictionaryArray<Int32Type> = c.iter().copied().collect();
    let plain = batch.column(10).clone();
    let dictionary = with_texts(batch, [(9, Arc::new(coded) as ArrayRef), (10, plain)]);
    println!(
        "\n{:<14}{:>8}{:>8}{:>12}{:>8}",
        "", "bin", "views", "dictionary", "ai_ci"
    );
    for subject in &subjects::TEXTS {
        if !chosen.is_empty() && !chosen.iter().any(|name| *name == subject.name) {
            continue;
        }
        let [bin, ai_ci] = subjects::COLLATIONS;
        let batches = [batch, &views, &dictionary, batch];
        let mut runners = [bin, bin, bin, ai_ci].map(|collation| {
            Runner::in_collation(subject.text, TierPolicy::Only(Tier::Vm), collation)
        });
        for _ in 0..turns {
            for (runner, batch) in runners.iter_mut().zip(batches) {
                runner.turn(batch, 2);
            }
        }
        let [flat, views, dictionary, ai_ci] = runners.each_ref().map(|r| r.best);
        let name = subject.name;
        println!("{name:<14}{flat:>8.2}{views:>8.2}{dictionary:>12.2}{ai_ci:>8.2}");
    }
}
