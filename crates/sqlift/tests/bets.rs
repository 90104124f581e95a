//! Bets change no answer; one that is lost too often is dropped, and what was native stays native.
#![cfg(feature = "jit")]

use sqlift::{Datum, Engine, Schema, Session, SqlType, Statistics, Tier, TierPolicy, Value};

#[test]
fn code_without_the_bet_is_native_again_where_nothing_else_is_wanted() {
    let schema = Schema::new([("d", SqlType::decimal(18, 0))]);
    let expression = Engine::new()
        .with_policy(TierPolicy::Only(Tier::Native))
        .compile("d * d", &schema, &Session::default())
        .unwrap();
    let mut context = expression.context();
    // The product is a DECIMAL(36,0) of 34 digits: 64 bits do not hold it.
    let row = [Value::Dec64 {
        scale: 0,
        coefficient: 100_000_000_000_000_000,
    }];
    let expected = Value::Dec128 {
        scale: 0,
        coefficient: 10_i128.pow(34).into(),
    };
    for _ in 0..100 {
        let value = expression.eval_row(&row, &mut context).unwrap();
        assert_eq!(value, expected);
    }
    let statistics = expression.statistics();
    let moves: Vec<&str> = statistics.moves.iter().map(|m| &*m.what).collect();
    let [first, dropped, last] = moves[..] else {
        panic!("{moves:?}");
    };
    assert!(first.starts_with("native code"), "{first}");
    assert_eq!(dropped, "bets on narrow decimals dropped");
    assert!(last.starts_with("native code"), "{last}");
    assert!(statistics.exits["decimal width"] < 100, "{statistics:?}");
}

/// What every tier says of some rows, one by one and as a batch; the statistics of the last expression.
fn everywhere(text: &str, column: SqlType, rows: &[Value<'_>]) -> Vec<Statistics> {
    let schema = Schema::new([("s", column)]);
    let compile = |tier| {
        Engine::new()
            .with_policy(TierPolicy::Only(tier))
            .compile(text, &schema, &Session::default())
            .unwrap()
    };
    let reference = compile(Tier::Interp);
    let mut context = reference.context();
    let mut right = |row: &[Value<'_>]| reference.eval_row(row, &mut context).unwrap().to_datum();
    let expected: Vec<Datum> = rows.iter().map(|cell| right(&[*cell])).collect();
    let mut statistics = Vec::new();
    for tier in [Tier::Vm, Tier::Native] {
        let expression = compile(tier);
        let mut context = expression.context();
        for (cell, expected) in rows.iter().zip(&expected) {
            let row = [*cell];
            let value = expression.eval_row(&row, &mut context).unwrap();
            assert_eq!(value.to_datum(), *expected, "{text}, {tier}, {cell:?}");
        }
        assert_eq!(context.diagnostics().warnings(), []);
        drop(context);
        statistics.push(expression.statistics());
        let expression = compile(tier);
        let cells: Vec<[Value<'_>; 1]> = rows.iter().map(|cell| [*cell]).collect();
        let cells: Vec<&[Value<'_>]> = cells.iter().map(|row| row.as_slice()).collect();
        let outcomes = expression.eval_rows(&cells, &mut expression.context());
        let outcomes: Result<Vec<Datum>, _> = outcomes.into_iter().collect();
        assert_eq!(outcomes.unwrap(), expected, "{text}, {tier}, in batches");
        statistics.push(expression.statistics());
    }
    statistics
}

fn dropped(statistics: &Statistics, name: &str) -> bool {
    let what = format!("bets on {name} dropped");
    statistics.moves.iter().any(|m| m.what == what)
}

const OF_CHARACTERS: [&str; 6] = [
    "UPPER(SUBSTR(s, 2, 3))",
    "CONCAT(LOWER(LEFT(s, 3)), CHAR_LENGTH(s))",
    "RIGHT(s, 2) = 'ße' OR CHAR_LENGTH(RIGHT(s, 2)) > 1",
    "SUBSTRING(s, -2)",
    "CASE WHEN CHAR_LENGTH(s) > 3 THEN UPPER(s) ELSE SUBSTR(s, 0, 1) END",
    "LEFT(s, CHAR_LENGTH(s) - 2)",
];

#[test]
fn the_bet_on_ascii_is_made_where_functions_of_characters_ask() {
    let schema = Schema::new([("s", SqlType::varchar(20))]);
    let program = |text: &str| {
        let expression = Engine::new()
            .compile(text, &schema, &Session::default())
            .unwrap();
        expression.program().to_string()
    };
    let upper = program("UPPER(SUBSTR(s, 2, 3))");
    assert!(upper.contains("as ascii(s"), "{upper}");
    assert!(upper.contains("UPPER of ASCII(s"), "{upper}");
    // Asked once, though the column is read twice.
    let twice = program("CONCAT(UPPER(s), LOWER(s))");
    assert_eq!(twice.matches("as ascii(").count(), 1, "{twice}");
    assert!(twice.contains("LOWER of ASCII(s"), "{twice}");
    // Not on one path alone.
    let branches = program("CONCAT(IF(s = 'a', UPPER(s), 'b'), LOWER(s))");
    assert_eq!(branches.matches("as ascii(").count(), 2, "{branches}");
    for none in [
        "s = 'a'",
        "LENGTH(s)",
        "UPPER(s COLLATE utf8mb4_turkish_ci)",
        "UPPER(CONCAT(s, s))",
    ] {
        let program = program(none);
        assert!(!program.contains("ascii"), "{program}");
    }
}

#[test]
fn texts_that_are_not_ascii_are_right_and_the_bet_on_them_is_dropped() {
    let words = ["größe", "GRÖßE", "日本語", "", "é", "İıSs", "a😀b"];
    let rows: Vec<Value<'_>> = words
        .iter()
        .cycle()
        .take(210)
        .map(|w| Value::from(*w))
        .collect();
    for text in OF_CHARACTERS {
        for statistics in everywhere(text, SqlType::varchar(20), &rows) {
            assert!(
                dropped(&statistics, "ASCII texts"),
                "{text}: {statistics:?}"
            );
            assert!(statistics.exits["not ASCII"] >= 64, "{statistics:?}");
        }
    }
}

#[test]
fn a_few_texts_that_are_not_ascii_do_not_drop_the_bet() {
    let word = |i: usize| {
        if i % 200 == 77 {
            "Größe"
        } else {
            ["plain", "", "ab", "UPPER 12"][i % 4]
        }
    };
    let mut rows: Vec<Value<'_>> = (0..16_000).map(|i| Value::from(word(i))).collect();
    rows[5] = Value::Null;
    for text in OF_CHARACTERS {
        for statistics in everywhere(text, SqlType::varchar(20), &rows) {
            assert!(
                !dropped(&statistics, "ASCII texts"),
                "{text}: {statistics:?}"
            );
            assert_eq!(
                statistics.exits.get("not ASCII"),
                Some(&80),
                "{text}: {statistics:?}"
            );
        }
    }
}

#[test]
fn sums_of_wide_decimals_bet_on_128_bits() {
    let small = Value::Dec128 {
        scale: 2,
        coefficient: 12_345_i128.into(),
    };
    let large = Value::Dec128 {
        scale: 2,
        coefficient: (10_i128.pow(38) - 1).into(),
    };
    for text in ["s + s", "s * 3 - s", "s + 0.01", "s - 2", "s * 0.5"] {
        for statistics in everywhere(text, SqlType::decimal(38, 2), &[small, Value::Null]) {
            assert_eq!(statistics.exits.len(), 0, "{text}: {statistics:?}");
        }
    }
    for text in ["s + s", "s * 3"] {
        for statistics in everywhere(text, SqlType::decimal(38, 2), &[large; 100]) {
            assert!(
                dropped(&statistics, "decimals of 128 bits"),
                "{text}: {statistics:?}"
            );
        }
    }
}
