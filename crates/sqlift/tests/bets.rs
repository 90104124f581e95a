//! A bet that is lost too often is dropped, and what was native stays native.
#![cfg(feature = "jit")]

use sqlift::{Engine, Schema, Session, SqlType, Tier, TierPolicy, Value};

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
