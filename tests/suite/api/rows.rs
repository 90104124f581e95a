//! Rows that are not as the schema says, and parameters.

use sqlift::{Engine, Schema, Session, SqlType, Tier, TierPolicy, Value};

fn engines() -> impl Iterator<Item = (Tier, Engine)> {
    Tier::ALL
        .into_iter()
        .map(|t| (t, Engine::new().with_policy(TierPolicy::Only(t))))
}

#[test]
fn a_cell_of_another_type_is_converted_and_counted() {
    let schema = Schema::new([("a", SqlType::bigint()), ("b", SqlType::bigint())]);
    let rows: [([Value<'_>; 2], i64); 6] = [
        ([Value::Int(1), Value::Int(2)], 3),
        ([Value::UInt(1), Value::Int(2)], 3),
        ([Value::Bytes(b"40"), Value::Int(2)], 42),
        ([Value::Double(1.0), Value::Int(2)], 3),
        (
            [
                Value::Dec64 {
                    scale: 1,
                    coefficient: 10,
                },
                Value::UInt(2),
            ],
            3,
        ),
        ([Value::Int(5), Value::Bytes(b"5")], 10),
    ];
    for (tier, engine) in engines() {
        let sum = engine
            .compile("a + b", &schema, &Session::default())
            .unwrap();
        let mut context = sum.context();
        for (row, expected) in &rows {
            let value = sum.eval_row(row, &mut context).map(|v| v.to_datum());
            assert_eq!(value, Ok(sqlift::Datum::Int(*expected)), "{tier}: {row:?}");
        }
        let cells: Vec<&[Value<'_>]> = rows.iter().map(|(r, _)| r.as_slice()).collect();
        let batch = sum.eval_rows(&cells, &mut context);
        for ((_, expected), value) in rows.iter().zip(batch) {
            assert_eq!(value, Ok(sqlift::Datum::Int(*expected)), "{tier}");
        }
        drop(context);
        let lost = sum
            .statistics()
            .exits
            .get("cell type")
            .copied()
            .unwrap_or(0);
        assert_eq!(lost, if tier == Tier::Interp { 0 } else { 10 }, "{tier}");
    }
}

#[test]
fn rows_that_are_too_short_are_an_error_and_too_long_are_not() {
    let schema = Schema::new([("a", SqlType::bigint()), ("b", SqlType::bigint())]);
    for (tier, engine) in engines() {
        let sum = engine
            .compile("a + b", &schema, &Session::default())
            .unwrap();
        let mut context = sum.context();
        for row in [&[][..], &[Value::Int(1)]] {
            assert!(sum.eval_row(row, &mut context).is_err(), "{tier}");
            assert!(sum.eval_rows(&[row], &mut context)[0].is_err(), "{tier}");
        }
        let long = [Value::Int(1), Value::Int(2), Value::Int(3)];
        assert_eq!(
            sum.eval_row(&long, &mut context),
            Ok(Value::Int(3)),
            "{tier}"
        );
    }
}

#[test]
fn null_in_a_column_that_has_none_is_null() {
    let mut column = Schema::new([("a", SqlType::bigint())]).columns()[0].clone();
    column.nullable = false;
    let schema = Schema::from_columns([column]);
    for (tier, engine) in engines() {
        let next = engine
            .compile("a + 1", &schema, &Session::default())
            .unwrap();
        let mut context = next.context();
        assert_eq!(
            next.eval_row(&[Value::Null], &mut context),
            Ok(Value::Null),
            "{tier}"
        );
        assert_eq!(
            next.eval_row(&[Value::Int(1)], &mut context),
            Ok(Value::Int(2)),
            "{tier}"
        );
    }
}

#[test]
fn parameters_have_their_types_and_deoptimise_when_they_have_not() {
    let schema = Schema::new([("a", SqlType::bigint())]);
    for (tier, engine) in engines() {
        let session = Session::default();
        let types = [SqlType::bigint(), SqlType::varchar(10)];
        let expression = engine
            .compile_with_parameters("IF(a > ?, ?, 'no')", &schema, &session, &types)
            .unwrap();
        let mut context = expression.context();
        let mut eval = |a: i64, parameters: &[Value<'_>]| {
            let row = [Value::Int(a)];
            let value = expression.eval_row_with(&row, parameters, &mut context);
            value.map(|v| v.to_datum())
        };
        let text = |t: &str| Ok(sqlift::Datum::Bytes(t.as_bytes().to_vec()));
        assert_eq!(
            eval(5, &[Value::Int(3), Value::Bytes(b"yes")]),
            text("yes"),
            "{tier}"
        );
        assert_eq!(
            eval(2, &[Value::Int(3), Value::Bytes(b"yes")]),
            text("no"),
            "{tier}"
        );
        assert_eq!(
            eval(5, &[Value::UInt(3), Value::Int(77)]),
            text("77"),
            "{tier}"
        );
        assert_eq!(
            eval(5, &[Value::Int(3), Value::Null]),
            Ok(sqlift::Datum::Null),
            "{tier}"
        );
        assert!(eval(5, &[]).is_err(), "{tier}");
        assert!(eval(5, &[Value::Int(3)]).is_err(), "{tier}");
    }
}
