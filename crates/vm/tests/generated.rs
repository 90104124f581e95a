//! Generated programs: lazy parts inside lazy parts, shared values, warnings and failures in any of them.

mod programs;

use programs::{Build, columns_of, in_chunks, row_by_row};
use sqlift_functions::SlotId;
use sqlift_types::{Repr, Value};

/// A small generator of numbers (xorshift); the seed is the program's number.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % sides
    }
}

struct Generator {
    build: Build,
    dice: Dice,
}

impl Generator {
    fn integer(&mut self, depth: u32) -> SlotId {
        let kind = if depth == 0 {
            self.dice.roll(3)
        } else {
            self.dice.roll(9)
        };
        match kind {
            0 => self.build.column(0, Repr::Int),
            1 => self.build.column(1, Repr::Int),
            2 => {
                let value = [0, 1, -9, 40, i64::MAX][self.dice.roll(5) as usize];
                self.build.int(value)
            }
            3 | 4 => {
                let (a, b) = (self.integer(depth - 1), self.integer(depth - 1));
                self.build.add(a, b)
            }
            5 => {
                let (a, b) = (self.integer(depth - 1), self.integer(depth - 1));
                self.build.touchy(a, b)
            }
            6 => {
                let shared = self.integer(depth - 1);
                self.build.add(shared, shared)
            }
            7 => self.case(depth - 1),
            _ => self.coalesce(depth - 1),
        }
    }

    fn case(&mut self, depth: u32) -> SlotId {
        let result = self.build.slot(Repr::Int);
        let mut ends = Vec::new();
        for _ in 0..=self.dice.roll(2) {
            let condition = self.truth(depth);
            let next = self.build.jump_unless_true(condition);
            let value = self.integer(depth);
            self.build.copy(result, value);
            ends.push(self.build.jump());
            self.build.land(next);
        }
        let value = self.integer(depth);
        self.build.copy(result, value);
        ends.into_iter().for_each(|end| self.build.land(end));
        result
    }

    fn coalesce(&mut self, depth: u32) -> SlotId {
        let result = self.build.slot(Repr::Int);
        let mut ends = Vec::new();
        for _ in 0..=self.dice.roll(2) {
            let value = self.integer(depth);
            self.build.copy(result, value);
            ends.push(self.build.jump_if_not_null(result));
        }
        let value = self.integer(depth);
        self.build.copy(result, value);
        ends.into_iter().for_each(|end| self.build.land(end));
        result
    }

    fn truth(&mut self, depth: u32) -> SlotId {
        let kind = if depth == 0 { 0 } else { self.dice.roll(5) };
        match kind {
            0 => self.build.column(2, Repr::Bool),
            1 => self.build.column(3, Repr::Bool),
            2 => {
                let (a, b) = (self.truth(depth - 1), self.truth(depth - 1));
                let name = ["AND", "OR"][self.dice.roll(2) as usize];
                self.build.junction(name, a, b)
            }
            3 => self.lazy_junction(depth - 1),
            _ => self.known(depth - 1),
        }
    }

    fn lazy_junction(&mut self, depth: u32) -> SlotId {
        let result = self.build.slot(Repr::Bool);
        let a = self.truth(depth);
        let and = self.dice.roll(2) == 0;
        let decided = match and {
            true => self.build.jump_if_false(a),
            false => self.build.jump_if_true(a),
        };
        let b = self.truth(depth);
        let both = self.build.junction(if and { "AND" } else { "OR" }, a, b);
        self.build.copy(result, both);
        let end = self.build.jump();
        self.build.land(decided);
        self.build.copy(result, a);
        self.build.land(end);
        result
    }

    /// A truth value that hangs on whether an integer is NULL.
    fn known(&mut self, depth: u32) -> SlotId {
        let result = self.build.slot(Repr::Bool);
        let value = self.integer(depth);
        let null = self.build.jump_if_null(value);
        let c = self.truth(depth);
        self.build.copy(result, c);
        let end = self.build.jump();
        self.build.land(null);
        let d = self.build.column(3, Repr::Bool);
        self.build.copy(result, d);
        self.build.land(end);
        result
    }
}

#[test]
fn row_and_batch_agree_on_generated_programs() {
    let integers = [0, 1, 7, -9, i64::MAX, i64::MIN];
    let mut dice = Dice(0x5EED);
    let mut cell = |kinds: &[i64]| match dice.roll(kinds.len() as u64 + 1) as usize {
        0 => Value::Null,
        n => Value::Int(kinds[n - 1]),
    };
    let rows: Vec<Vec<Value<'_>>> = (0..130)
        .map(|_| {
            vec![
                cell(&integers),
                cell(&integers),
                cell(&[0, 1]),
                cell(&[0, 1]),
            ]
        })
        .collect();
    let (mut failed, mut warned, mut answered) = (0, 0, 0);
    for seed in 1..=250 {
        let mut generator = Generator {
            build: Build::new(),
            dice: Dice(seed * 0x9E37_79B9),
        };
        for _ in 0..2 {
            let output = generator.integer(4);
            generator.build.output(output);
        }
        let build = generator.build;
        let by_row = row_by_row(&build, &rows);
        let columns = columns_of(&build, &rows);
        for size in [1, 7, 64, 512] {
            let by_chunk = in_chunks(&build, &columns, rows.len(), size);
            for (row, (chunk, single)) in by_chunk.iter().zip(&by_row).enumerate() {
                let listing = || format!("{}\n{}", build.program(), build.listing());
                assert_eq!(
                    chunk,
                    single,
                    "seed {seed}, row {row}, {size}\n{}",
                    listing()
                );
            }
        }
        failed += by_row.iter().filter(|o| o.exit.is_some()).count();
        warned += by_row.iter().filter(|o| !o.warnings.is_empty()).count();
        answered += by_row.iter().filter(|o| o.exit.is_none()).count();
    }
    // A generator that never gets to the interesting rows proves nothing.
    assert!(
        failed > 1000 && warned > 1000 && answered > 10_000,
        "{failed} failed, {warned} warned, {answered} answered"
    );
}
