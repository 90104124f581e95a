//! Deep expressions: answered within the limit on a small stack, refused beyond.

use sqlift::{Engine, Error, Schema, Session, SqlType, Tier, TierPolicy, Value};

/// The stack of a thread that nobody configured.
const STACK: usize = 2 << 20;

fn on_a_small_stack<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let builder = std::thread::Builder::new().stack_size(STACK);
        builder.spawn_scoped(scope, work).unwrap().join().unwrap()
    })
}

/// Compiles and evaluates in every tier, both forms, and prints every stage.
fn answer(text: &str) -> Result<String, Error> {
    let schema = Schema::new([("a", SqlType::bigint()), ("s", SqlType::varchar(10))]);
    let mut answers = Vec::new();
    for tier in Tier::ALL {
        let engine = Engine::new().with_policy(TierPolicy::Only(tier));
        let expression = engine.compile(text, &schema, &Session::default())?;
        let mut context = expression.context();
        let row = [Value::Int(1), Value::Bytes(b"ab")];
        let value = expression
            .eval_row(&row, &mut context)
            .map(|v| v.to_datum());
        assert_eq!(
            expression.eval_rows(&[&row], &mut context),
            std::slice::from_ref(&value)
        );
        use sqlift::explain::Level;
        for level in [Level::Ast, Level::Typed, Level::Program, Level::Vm] {
            assert!(!expression.explain(level, None)?.is_empty());
        }
        answers.push(format!("{value:?}"));
    }
    assert!(answers.iter().all(|a| *a == answers[0]), "{answers:?}");
    Ok(answers.swap_remove(0))
}

/// Nests `outer` (with `@` for what is inside) so many times.
fn nested(outer: &str, inner: &str, times: usize) -> String {
    let (before, after) = outer.split_once('@').unwrap();
    format!("{}{inner}{}", before.repeat(times), after.repeat(times))
}

const SHAPES: [(&str, &str); 14] = [
    ("(@)", "a"),
    ("-(@)", "a"),
    ("NOT @", "a"),
    ("(@ + a)", "a"),
    ("(a + @)", "a"),
    ("@ + 1", "a"),
    ("ABS(@)", "a"),
    ("IF(a, @, 2)", "a"),
    ("CASE WHEN a THEN @ ELSE 1 END", "a"),
    ("COALESCE(NULL, @)", "a"),
    ("(a AND @)", "a"),
    ("(@ OR a)", "0"),
    ("CONCAT(@, s)", "s"),
    ("(a IN (3, @))", "a"),
];

#[test]
fn nearly_500_levels_are_answered_on_a_small_stack() {
    for (outer, inner) in SHAPES {
        let text = nested(outer, inner, 490);
        let answer = on_a_small_stack(|| answer(&text));
        assert!(
            answer.is_ok(),
            "{outer}: {:?}",
            answer.map_err(|e| e.message.chars().take(200).collect::<String>())
        );
    }
}

#[test]
fn deeper_levels_are_refused_on_a_small_stack() {
    for (outer, inner) in SHAPES {
        for times in [600, 2_000, 10_000, 200_000] {
            let text = nested(outer, inner, times);
            let answer = on_a_small_stack(|| answer(&text));
            if let Err(error) = answer {
                assert!(error.message.len() < 2_000, "{outer} {times}");
                continue;
            }
            assert!(
                outer == "(@)" || times == 600,
                "{outer} {times} is answered"
            );
        }
    }
}
