//! Code for blocks that counts on what columns hold: right where it does, flagged where it does not.

use crate::batch::{Answer, Buffer, Random, run, walked};
use crate::shapes::program;
use sqlift_ir::Program;
use sqlift_jit::{BatchFunction, Bets, ColumnBet, ColumnKind, Compiler, Form, Target, asm};
use sqlift_types::temporal::Date;
use sqlift_types::temporal::calendar::{date_of, day_number, day_number_of};
use sqlift_types::{Repr, Value};

const BLOCKS: usize = 4;

/// Gains by knowing how many bits the columns have.
const BOUNDED: [&str; 13] = [
    "(a + b) * 3 - a % 7",
    "a % 7 + b % 1",
    "b DIV 13 * 5",
    "-b * 1000 DIV 2147483647",
    "a * b - b * a * 3",
    "a + f",
    "((a + b) * 2 - (a - b) * 3 + a * 5) * 0.5e0 + f * g - (f - g) * (f + 1.5e0) + f",
    "p * p * p",
    "p * (1 - p) * (1 + p)",
    "CASE WHEN p < 0 THEN p * p ELSE p * 3 END",
    "((23 + a) * 4.0e0) = ((f / 3.33e0) * 100)",
    "(a * 3) % 10 IN (1, 2, 5) OR p * 2 > 7.5",
    "IFNULL(p * 2, 5.5) > a % 5",
];

/// Takes two rows without knowing that.
const UNBOUNDED: [&str; 10] = [
    "p",
    "p + p",
    "p BETWEEN 0.05 AND 0.07 AND a < 24",
    "d >= DATE'1994-01-01' AND d < DATE'1995-01-01'",
    "d BETWEEN DATE'1994-01-01' AND DATE'1995-01-01' OR d IS NULL",
    "d IN (DATE'1994-01-01', DATE'2000-02-29', DATE'9999-12-31')",
    "d <=> DATE'2000-02-29'",
    "d = d AND DATE'2000-02-29' <> d",
    "a > 100 AND b < 5000 AND f BETWEEN 0.05e0 AND 0.95e0 AND a IN (1, 5, 9)",
    "f * (1 - g) * (1 + f) / 2.5e0",
];

fn decimal(coefficient: i64) -> Value<'static> {
    Value::Dec64 {
        scale: 2,
        coefficient,
    }
}

fn date(days: i64) -> Value<'static> {
    let date = date_of(days + day_number_of(1970, 1, 1)).unwrap();
    Value::Date(date.to_packed())
}

/// The columns a, b, f, g, p, d.
fn row(random: &mut Random) -> Vec<Value<'static>> {
    let mut small = |bits: u32| (random.next() as i64) >> (64 - bits);
    let values = [
        Value::Int(small(14)),
        Value::Int(small(14)),
        Value::Double(small(20) as f64 / 512.0),
        Value::Double(small(20) as f64 / 512.0),
        decimal(small(12)),
        [date(8_800 + small(10)), date(11_016)][usize::from(small(3) == 0)],
    ];
    let cells = values.map(|value| match random.next() % 7 {
        0 => Value::Null,
        _ => value,
    });
    cells.into()
}

fn kinds(program: &Program) -> Vec<ColumnKind> {
    let kind = |repr| match repr {
        Repr::Double => ColumnKind::F64,
        Repr::Dec64 => ColumnKind::Decimal128,
        Repr::Date => ColumnKind::Date32,
        _ => ColumnKind::I64,
    };
    program.columns.iter().map(|c| kind(c.slot.repr)).collect()
}

fn buffers(program: &Program, rows: &[Vec<Value<'_>>], blank: i64) -> Vec<Buffer> {
    let cell = |row: &Vec<Value<'_>>, index: u32| match row[index as usize] {
        Value::Date(packed) => {
            let date = Date::from_packed_trusted(packed);
            Value::Int(day_number(date) - day_number_of(1970, 1, 1))
        }
        Value::Int(v) => Value::Int(v),
        Value::Double(v) => Value::Double(v),
        Value::Dec64 { scale, coefficient } => Value::Dec64 { scale, coefficient },
        _ => Value::Null,
    };
    let columns = program.columns.iter().zip(kinds(program));
    let buffer = |(column, kind): (&sqlift_ir::ColumnUse, ColumnKind)| {
        let cells: Vec<Value<'_>> = rows.iter().map(|r| cell(r, column.index)).collect();
        Buffer::new(kind, &cells, blank)
    };
    columns.map(buffer).collect()
}

fn compile(program: &Program, bets: &Bets) -> BatchFunction {
    let kinds = kinds(program);
    for target in [Target::X86_64, Target::Aarch64] {
        let made = asm(program, Form::BatchOn(&kinds, bets), target);
        made.unwrap_or_else(|error| panic!("{error}\n{program}"));
    }
    let compiled = Compiler::native()
        .unwrap()
        .compile_batch_on(program, &kinds, bets);
    compiled.unwrap_or_else(|error| panic!("{error}\n{program}"))
}

/// What is right of small numbers.
fn bets(program: &Program, tame_nulls: bool) -> Bets {
    let bet = ColumnBet {
        bits: Some(14),
        no_nulls: false,
    };
    Bets {
        columns: vec![bet; program.columns.len()],
        tame_nulls,
    }
}

/// Rows of blocks that are not flagged are right, and a row that is given up flags its block.
fn is_sound(program: &Program, answer: &Answer, rows: &[Vec<Value<'_>>]) {
    for (at, row) in rows.iter().enumerate() {
        if !answer.flagged.contains(&(at as u32 / 64)) {
            let expected = walked(program, row, &[]);
            let got = Some(&answer.outputs[at]);
            assert_eq!(got, expected.as_ref(), "row {at} {row:?}\n{program}");
        }
    }
}

#[test]
fn small_numbers_take_two_rows() {
    let mut random = Random(5);
    for text in BOUNDED.iter().chain(&UNBOUNDED) {
        let program = program(text);
        let rows: Vec<_> = (0..BLOCKS * 64).map(|_| row(&mut random)).collect();
        for tame_nulls in [false, true] {
            let function = compile(&program, &bets(&program, tame_nulls));
            assert!(function.is_vectorised(), "{text}\n{program}");
            let buffers = buffers(&program, &rows, 0);
            let answer = run(&function, &program, &buffers, BLOCKS, &[]);
            assert_eq!(answer.flagged, [], "{text}\n{program}");
            is_sound(&program, &answer, &rows);
        }
    }
}

#[test]
fn without_bets_the_answers_are_the_same() {
    let mut random = Random(6);
    for text in BOUNDED.iter().chain(&UNBOUNDED) {
        let program = program(text);
        let rows: Vec<_> = (0..BLOCKS * 64).map(|_| row(&mut random)).collect();
        let function = compile(&program, &Bets::none());
        if UNBOUNDED.contains(text) {
            assert!(function.is_vectorised(), "{text}\n{program}");
        }
        let buffers = buffers(&program, &rows, 0);
        let answer = run(&function, &program, &buffers, BLOCKS, &[]);
        assert_eq!(answer.flagged, [], "{text}\n{program}");
        is_sound(&program, &answer, &rows);
    }
}

/// One odd row in the middle of a block: at every power of two, so that some are just within the bet and some just beyond.
#[test]
fn a_lost_bet_flags_its_block() {
    let mut random = Random(7);
    for text in BOUNDED {
        let program = program(text);
        let function = compile(&program, &bets(&program, false));
        let mut flagged = 0;
        for power in 13..63 {
            for value in [1_i64 << power, (1 << power) - 1, -1 << power, !(1 << power)] {
                let mut rows: Vec<_> = (0..BLOCKS * 64).map(|_| row(&mut random)).collect();
                for (place, cell) in [
                    (0, Value::Int(value)),
                    (1, Value::Int(value)),
                    (4, decimal(value)),
                ] {
                    let at = 64 + (random.next() % 64) as usize;
                    rows[at] = row(&mut random);
                    rows[at][place] = cell;
                }
                let buffers = buffers(&program, &rows, 0);
                let answer = run(&function, &program, &buffers, BLOCKS, &[]);
                assert!(answer.flagged.iter().all(|b| *b == 1), "{text}\n{program}");
                flagged += answer.flagged.len();
                is_sound(&program, &answer, &rows);
            }
        }
        assert!(flagged > 0, "{text}: no bet was lost\n{program}");
    }
}

/// What stands in NULLs may flag a block, and never shows.
#[test]
fn garbage_in_nulls_is_harmless() {
    let mut random = Random(8);
    for text in BOUNDED.iter().chain(&UNBOUNDED) {
        let program = program(text);
        let rows: Vec<_> = (0..BLOCKS * 64).map(|_| row(&mut random)).collect();
        for blank in [i64::MAX, i64::MIN, -1, f64::INFINITY.to_bits() as i64] {
            for bets in [bets(&program, false), bets(&program, true), Bets::none()] {
                let function = compile(&program, &bets);
                let buffers = buffers(&program, &rows, blank);
                let answer = run(&function, &program, &buffers, BLOCKS, &[]);
                is_sound(&program, &answer, &rows);
            }
        }
    }
}

#[test]
fn days_outside_of_the_years_flag_their_block() {
    let program = program("d >= DATE'1994-01-01'");
    let function = compile(&program, &Bets::none());
    let first = day_number_of(1, 1, 1) - day_number_of(1970, 1, 1);
    let last = day_number_of(9999, 12, 31) - day_number_of(1970, 1, 1);
    for (days, flagged) in [
        (first, vec![]),
        (last, vec![]),
        (first - 1, vec![1]),
        (last + 1, vec![1]),
        (i32::MAX.into(), vec![1]),
        (i32::MIN.into(), vec![1]),
    ] {
        let mut cells = vec![Value::Int(0); 192];
        cells[100] = Value::Int(days);
        let buffer = Buffer::new(ColumnKind::Date32, &cells, 0);
        let answer = run(&function, &program, &[buffer], 3, &[]);
        assert_eq!(answer.flagged, flagged, "day {days}");
    }
}

#[test]
fn decimals_wider_than_64_bits_flag_their_block() {
    for text in ["p", "p * p", "p BETWEEN 0.05 AND 0.07"] {
        let program = program(text);
        for bets in [Bets::none(), bets(&program, false)] {
            let function = compile(&program, &bets);
            for wide in [1 << 64, i128::MIN, (1 << 63), -(1 << 63) - 1] {
                let mut cells = vec![decimal(5); 192];
                cells[101] = Value::Dec128 {
                    scale: 2,
                    coefficient: wide.into(),
                };
                let buffer = Buffer::new(ColumnKind::Decimal128, &cells, 0);
                let answer = run(&function, &program, &[buffer], 3, &[]);
                assert_eq!(answer.flagged, [1], "{text} of {wide}");
            }
        }
    }
}

#[test]
fn a_null_where_none_was_expected_flags_its_block() {
    let program = program("a + b");
    let mut bets = bets(&program, true);
    bets.columns[1].no_nulls = true;
    let function = compile(&program, &bets);
    let mut rows = vec![vec![Value::Int(1); 6]; BLOCKS * 64];
    rows[3][0] = Value::Null;
    rows[130][1] = Value::Null;
    let buffers = buffers(&program, &rows, 0);
    let answer = run(&function, &program, &buffers, BLOCKS, &[]);
    assert_eq!(answer.flagged, [2]);
    is_sound(&program, &answer, &rows);
}
