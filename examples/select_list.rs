//! A select list: several expressions over one row as one unit. What they have in common is computed once a row.

use sqlift::{Engine, ProjectionError, Schema, Session, SqlType, Value};

const LIST: [&str; 4] = [
    "price * qty",
    "price * qty * (1 - discount)",
    "IF(price * qty > 1000, 'large', 'small')",
    "CONCAT(name, ': ', price * qty)",
];

fn main() -> Result<(), ProjectionError> {
    let schema = Schema::new([
        ("name", SqlType::varchar(20)),
        ("price", SqlType::decimal(10, 2)),
        ("qty", SqlType::int()),
        ("discount", SqlType::decimal(4, 2)),
    ]);
    let list = Engine::new().compile_all(&LIST, &schema, &Session::default())?;
    let cents = |coefficient| Value::Dec64 {
        scale: 2,
        coefficient,
    };
    let rows = [
        [Value::from("lamp"), cents(1_990), Value::Int(3), cents(10)],
        [Value::from("desk"), cents(34_900), Value::Int(4), cents(25)],
        [Value::from("rug"), cents(8_000), Value::Null, cents(0)],
    ];

    let mut context = list.context();
    let mut lines = Vec::new();
    for row in &rows {
        let values = list.eval_row(row, &mut context)?;
        let shown = values.iter().enumerate().map(|(number, value)| {
            if value.is_null() {
                return "NULL".to_owned();
            }
            let mut text = Vec::new();
            sqlift::write_text(&value.to_datum(), list.sql_type(number), &mut text);
            String::from_utf8_lossy(&text).into_owned()
        });
        lines.push(shown.collect::<Vec<_>>().join(" | "));
    }
    println!("{}", LIST.join(" | "));
    lines.iter().for_each(|line| println!("{line}"));
    assert_eq!(lines[0], "59.70 | 53.7300 | small | lamp: 59.70");
    assert_eq!(lines[1], "1396.00 | 1047.0000 | large | desk: 1396.00");
    assert_eq!(lines[2], "NULL | NULL | small | NULL");

    // A row for which MySQL raises an error has no values; the error tells whose it is.
    let engine = Engine::new();
    let counts = Schema::new([("n", SqlType::bigint())]);
    let list = engine.compile_all(&["n", "n + 1"], &counts, &Session::default())?;
    let row = [Value::Int(i64::MAX)];
    let error = list
        .eval_row(&row, &mut list.context())
        .map(<[_]>::len)
        .unwrap_err();
    println!("{error}");
    assert_eq!((error.expression, error.error.code), (1, 1690));
    Ok(())
}
