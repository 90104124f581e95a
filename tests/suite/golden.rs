//! Golden files: the way of an expression from text to its results, stage by stage.
//!
//! A file of `tests/golden` has comments (`#`), and for each expression a line `== expression` with what it becomes below.
//! `UPDATE_GOLDEN=1` writes anew what is below; add an expression by adding its line.

use crate::corpus::file;
use sqlift::explain::Level;
use sqlift::{Datum, Engine, Error, Expression, Schema, Session, SqlType, Tier, TierPolicy, Value};
use std::fmt::Write as _;

fn schema() -> Schema {
    Schema::new([
        ("a", SqlType::bigint()),
        ("b", SqlType::bigint()),
        ("u", SqlType::ubigint()),
        ("f", SqlType::double()),
        ("g", SqlType::double()),
        ("price", SqlType::decimal(12, 2)),
        ("disc", SqlType::decimal(12, 2)),
        ("tax", SqlType::decimal(12, 2)),
        ("qty", SqlType::bigint()),
        ("ship", SqlType::date()),
        ("moment", SqlType::datetime(6)),
        ("t", SqlType::time(0)),
        ("c", SqlType::varchar(10)),
        ("s", SqlType::varchar(24)),
    ])
    .with_table("golden", "t")
}

/// Three rows: an ordinary one, one of NULLs, one of extremes.
const ROWS: [[Option<&str>; 14]; 3] = [
    [
        Some("17"),
        Some("4"),
        Some("5"),
        Some("0.25"),
        Some("0.5"),
        Some("1200.50"),
        Some("0.06"),
        Some("0.02"),
        Some("13"),
        Some("1994-03-05"),
        Some("2024-02-29 12:34:56.789000"),
        Some("10:20:30"),
        Some("alpha"),
        Some("PROMO xyz 1"),
    ],
    [None; 14],
    [
        Some("9223372036854775807"),
        Some("-1"),
        Some("18446744073709551615"),
        Some("1.7976931348623157e308"),
        Some("-0"),
        Some("9999999999.99"),
        Some("0.05"),
        Some("-9999999999.99"),
        Some("0"),
        Some("9999-12-31"),
        Some("1000-01-01 00:00:00.000000"),
        Some("-838:59:59"),
        Some(""),
        Some("7 dwarfs"),
    ],
];

#[test]
fn the_stages_of_an_expression_are_as_recorded() {
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let mut files: Vec<_> = std::fs::read_dir(file("golden"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let mut expressions = 0;
    let mut wrong = String::new();
    for path in files {
        let recorded = std::fs::read_to_string(&path).unwrap();
        let mut now = String::new();
        for line in recorded.lines() {
            if let Some(expression) = line.strip_prefix("== ") {
                expressions += 1;
                let _ = writeln!(now, "\n{line}\n{}", stages(expression));
            } else if line.starts_with('#') {
                let _ = writeln!(now, "{line}");
            }
        }
        let now = format!("{}\n", now.trim_end());
        if update {
            std::fs::write(&path, &now).unwrap();
        } else if now != recorded {
            let same = now
                .lines()
                .zip(recorded.lines())
                .take_while(|(a, b)| a == b);
            let at = same.count();
            let here = |text: &str| text.lines().nth(at).unwrap_or("(the end)").to_owned();
            let _ = writeln!(
                wrong,
                "{}:{}\n  recorded  {}\n  now       {}",
                path.display(),
                at + 1,
                here(&recorded),
                here(&now)
            );
        }
    }
    assert!(
        wrong.is_empty(),
        "golden files differ (UPDATE_GOLDEN=1 writes them anew):\n{wrong}"
    );
    assert!(expressions >= 60, "{expressions} expressions");
}

/// All stages of one expression.
fn stages(text: &str) -> String {
    let mut session = Session::default();
    session.set("timestamp", "1700000000.123456").unwrap();
    let engine = Engine::new().with_policy(TierPolicy::Only(Tier::Vm));
    let expression = match engine.compile(text, &schema(), &session) {
        Ok(expression) => expression,
        Err(error) => return format!("{}\n", failure(&error)),
    };
    let mut out = String::new();
    for (name, level) in [
        ("syntax", Level::Ast),
        ("typed", Level::Typed),
        ("program", Level::Program),
        ("vm", Level::Vm),
    ] {
        let stage = expression.explain(level, None).unwrap();
        let _ = writeln!(out, "-- {name}\n{}", stage.trim_end());
    }
    let _ = writeln!(out, "-- results");
    for warning in expression.warnings() {
        let _ = writeln!(out, "  warning {} {}", warning.code, warning.message);
    }
    for row in ROWS {
        let row = result(&expression, &row);
        let _ = writeln!(out, "{row}");
    }
    out
}

fn result(expression: &Expression, row: &[Option<&str>]) -> String {
    let columns = expression.schema().columns();
    let read = |text: &Option<&str>, ty: &SqlType| match text {
        None => Datum::Null,
        Some(text) => sqlift::read_text(text.as_bytes(), ty).unwrap(),
    };
    let data: Vec<Datum> = row
        .iter()
        .zip(columns)
        .map(|(text, c)| read(text, &c.ty))
        .collect();
    let mut wide = vec![sqlift::I256::ZERO; data.len()];
    let cells: Vec<Value<'_>> = data
        .iter()
        .zip(columns)
        .zip(&mut wide)
        .map(|((datum, column), wide)| datum.as_cell(&column.ty, wide).unwrap())
        .collect();
    let mut context = expression.context();
    let mut out = match expression
        .eval_row(&cells, &mut context)
        .map(|v| v.to_datum())
    {
        Err(error) => failure(&error),
        Ok(Datum::Null) => "NULL".to_owned(),
        Ok(value) => {
            let mut text = Vec::new();
            sqlift::write_text(&value, expression.sql_type(), &mut text);
            match expression.sql_type().kind.is_binary() {
                true => format!("{text:02x?}"),
                false => String::from_utf8_lossy(&text).into_owned(),
            }
        }
    };
    for warning in context.diagnostics().warnings() {
        let _ = write!(out, "\n  warning {} {}", warning.code, warning.message);
    }
    out
}

fn failure(error: &Error) -> String {
    format!(
        "error {} ({}) {}",
        error.code, error.sqlstate, error.message
    )
}
