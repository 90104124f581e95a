//! One expression on many threads, while it moves up to native code.

use sqlift::{Context, Engine, Expression, Schema, Session, SqlType, Tier, TierPolicy, Value};
use std::time::{Duration, Instant};

#[test]
fn expressions_and_engines_are_shared_contexts_are_sent() {
    fn shared<T: Send + Sync + Clone>() {}
    fn sent<T: Send>() {}
    shared::<Engine>();
    shared::<Expression>();
    sent::<Context>();
    assert_eq!(
        std::mem::size_of::<Expression>(),
        std::mem::size_of::<usize>()
    );
}

#[test]
fn eight_threads_get_the_same_answers_while_the_code_is_swapped() {
    let schema = Schema::new([
        ("a", SqlType::bigint()),
        ("p", SqlType::decimal(12, 2)),
        ("s", SqlType::varchar(10)),
    ]);
    let text = "IF(a % 7 = 0, p * a, CONCAT(s, a))";
    let session = Session::default();
    let rows: Vec<[Value<'_>; 3]> = (0..500)
        .map(|i| {
            let p = Value::Dec64 {
                scale: 2,
                coefficient: i * 12_345_678_901,
            };
            let s = if i % 5 == 0 {
                Value::Null
            } else {
                Value::Bytes(b"ab")
            };
            [Value::Int(i), p, s]
        })
        .collect();
    let interp = Engine::new().with_policy(TierPolicy::Only(Tier::Interp));
    let interp = interp.compile(text, &schema, &session).unwrap();
    let mut context = interp.context();
    let expected: Vec<_> = rows
        .iter()
        .map(|row| interp.eval_row(row, &mut context).map(|v| v.to_datum()))
        .collect();

    let auto = Engine::new().compile(text, &schema, &session).unwrap();
    let start = Instant::now();
    let arrived = || auto.statistics().rows.contains_key(&Tier::Native);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let mut context = auto.context();
                let mut after = 0;
                // Some more rounds once native code is in use.
                while after < 3 && start.elapsed() < Duration::from_secs(30) {
                    for (row, expected) in rows.iter().zip(&expected) {
                        let value = auto.eval_row(row, &mut context).map(|v| v.to_datum());
                        assert_eq!(&value, expected, "{row:?}");
                    }
                    after += u32::from(arrived());
                }
            });
        }
    });
    let statistics = auto.statistics();
    assert!(arrived(), "{statistics:?}");
    assert!(statistics.rows.contains_key(&Tier::Vm), "{statistics:?}");
    assert!(!statistics.moves.is_empty(), "{statistics:?}");
}

#[test]
fn contexts_of_a_few_rows_get_native_code_too() {
    let schema = Schema::new([("a", SqlType::bigint())]);
    let expression = Engine::new()
        .compile("a * 2 + 1", &schema, &Session::default())
        .unwrap();
    let start = Instant::now();
    let has_moved = || !expression.statistics().moves.is_empty();
    while !has_moved() && start.elapsed() < Duration::from_secs(30) {
        for _ in 0..1_000 {
            let mut context = expression.context();
            for a in 0..10 {
                let row = [Value::Int(a)];
                let value = expression.eval_row(&row, &mut context);
                assert_eq!(value, Ok(Value::Int(a * 2 + 1)));
            }
        }
    }
    assert!(has_moved());
}

#[test]
fn a_context_serves_several_expressions_in_turn() {
    let schema = Schema::new([("a", SqlType::bigint())]);
    let engine = Engine::new();
    let compile = |text: &str| engine.compile(text, &schema, &Session::default()).unwrap();
    let (twice, text) = (compile("a * 2"), compile("CONCAT(a, '!')"));
    let mut context = twice.context();
    for a in 0..2_000 {
        let row = [Value::Int(a)];
        assert_eq!(twice.eval_row(&row, &mut context), Ok(Value::Int(a * 2)));
        let expected = format!("{a}!");
        let value = text.eval_row(&row, &mut context);
        assert_eq!(value, Ok(Value::Bytes(expected.as_bytes())));
    }
    drop(context);
    let counted = |e: &Expression| e.statistics().rows.values().sum::<u64>();
    assert_eq!((counted(&twice), counted(&text)), (2_000, 2_000));
}
