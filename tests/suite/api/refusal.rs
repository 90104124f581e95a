//! Bad input is refused with MySQL's error, a place and, where there is one, a suggestion; never with a panic.

use sqlift::{Engine, Error, Limits, Schema, Session, SqlType};

fn schema() -> Schema {
    let columns = [
        ("price", SqlType::decimal(12, 2)),
        ("name", SqlType::varchar(20)),
        ("qty", SqlType::bigint()),
    ];
    Schema::new(columns).with_table("shop", "orders")
}

fn refused(text: &str) -> Error {
    match Engine::new().compile(text, &schema(), &Session::default()) {
        Ok(_) => panic!("compiles: {}", &text[..text.len().min(80)]),
        Err(error) => error,
    }
}

#[test]
fn an_unknown_name_is_told_with_the_one_that_is_meant() {
    let error = refused("qty + prise");
    assert_eq!((error.code, error.sqlstate), (1054, "42S22"));
    assert_eq!(error.message, "Unknown column 'prise' in 'field list'");
    let span = error.span.unwrap();
    assert_eq!((span.start, span.end), (6, 11));
    assert_eq!(error.help.as_deref(), Some("did you mean `price`?"));

    let error = refused("CONCATT(name, 1)");
    assert_eq!(error.code, 1305);
    assert_eq!(error.message, "FUNCTION shop.CONCATT does not exist");
    assert_eq!(error.help.as_deref(), Some("did you mean CONCAT?"));

    assert_eq!(refused("entirely_different").help, None);
}

#[test]
fn wrong_counts_and_mixes_have_mysqls_words() {
    let mixed = "name COLLATE utf8mb4_bin = name COLLATE utf8mb4_general_ci";
    for (text, code, message) in [
        (
            "CONCAT()",
            1582,
            "Incorrect parameter count in the call to native function 'CONCAT'",
        ),
        (
            "IFNULL(1, 2, 3)",
            1582,
            "Incorrect parameter count in the call to native function 'IFNULL'",
        ),
        (
            mixed,
            1267,
            "Illegal mix of collations (utf8mb4_bin,EXPLICIT) and (utf8mb4_general_ci,EXPLICIT) for operation '='",
        ),
        ("(1, 2) = 1", 1241, "Operand should contain 2 column(s)"),
        ("(1, 2)", 1241, "Operand should contain 1 column(s)"),
        (
            "name COLLATE klingon_ci",
            1273,
            "Unknown collation: 'klingon_ci'",
        ),
        (
            "_klingon 'a'",
            1054,
            "Unknown column '_klingon' in 'field list'",
        ),
    ] {
        let error = refused(text);
        if text.starts_with("_klingon") {
            // The grammar takes it for a column with an alias, which an expression cannot have.
            assert!([1054, 1064].contains(&error.code), "{error:?}");
            continue;
        }
        assert_eq!(
            (error.code, error.message.as_str()),
            (code, message),
            "{text}"
        );
        assert!(!error.unsupported);
    }
}

#[test]
fn broken_text_is_a_syntax_error_at_its_place() {
    for (text, start) in [
        ("qty +", 5),
        ("qty + * 2", 6),
        ("CASE WHEN qty THEN", 18),
        ("'abc", 0),
        ("(qty", 4),
        ("qty)", 3),
        ("", 0),
        ("   ", 0),
        ("qty qty", 4),
        ("\u{0}", 0),
        ("SELECT 1", 0),
        ("1; DROP TABLE t", 1),
    ] {
        let error = refused(text);
        assert_eq!(
            (error.code, error.sqlstate),
            (1064, "42000"),
            "{text:?}: {error:?}"
        );
        let span = error.span.unwrap();
        assert!(
            span.start <= span.end && span.end as usize <= text.len(),
            "{text:?}: {span:?}"
        );
        assert_eq!(span.start, start, "{text:?}: {error:?}");
    }
}

#[test]
fn a_million_parentheses_are_refused() {
    let many = 1_000_000;
    for text in [
        "(".repeat(many),
        format!("{}1{}", "(".repeat(many), ")".repeat(many)),
        "-".repeat(many) + " 1",
        "NOT ".repeat(many) + "1",
        "ABS(".repeat(many),
        "CASE WHEN ".repeat(many),
        "1 IN (".repeat(many),
        "~!-".repeat(many),
    ] {
        let error = refused(&text);
        assert!(error.message.len() < 1_000, "{}", error.message.len());
        assert!(error.code != 0);
    }
}

/// Long is not deep: a sum of many terms is refused as too deep a tree, a list of many members is not.
#[test]
fn long_texts_are_answered_or_refused() {
    let engine = Engine::new();
    let compile = |text: &str| engine.compile(text, &schema(), &Session::default());
    let list: Vec<String> = (0..20_000).map(|i| i.to_string()).collect();
    let list = compile(&format!("qty IN ({})", list.join(","))).unwrap();
    let mut context = list.context();
    let row = [
        sqlift::Value::Null,
        sqlift::Value::Null,
        sqlift::Value::Int(19_999),
    ];
    assert_eq!(list.eval_row(&row, &mut context), Ok(sqlift::Value::Int(1)));
    let sum = "1 + ".repeat(200_000) + "1";
    assert!(!refused(&sum).message.is_empty());
}

#[test]
fn a_literal_of_16_mebibytes_is_a_value() {
    let engine = Engine::new();
    let text = format!("CHAR_LENGTH('{}')", "x".repeat(16 << 20));
    // Longer than max_allowed_packet's default for one value is still fine for a literal; the length is what counts.
    match engine.compile(&text, &schema(), &Session::default()) {
        Ok(expression) => {
            let mut context = expression.context();
            let row = [sqlift::Value::Null; 3];
            let value = expression.eval_row(&row, &mut context);
            assert_eq!(value, Ok(sqlift::Value::Int(16 << 20)));
        }
        Err(error) => panic!("{}", &error.message[..error.message.len().min(200)]),
    }
}

#[test]
fn limits_are_kept() {
    let limits = Limits {
        text_bytes: 100,
        nodes: 20,
        depth: 5,
        ..Limits::default()
    };
    let engine = Engine::new().with_limits(limits);
    let compile = |text: &str| engine.compile(text, &schema(), &Session::default());
    assert!(compile("qty + 1").is_ok());
    assert!(compile(&format!("'{}'", "x".repeat(100))).is_err());
    assert!(compile(&format!("CONCAT({}1)", "1,".repeat(20))).is_err());
    assert!(compile("qty + (qty + (qty + (qty + (qty + (qty + 1)))))").is_err());
}

#[test]
fn literals_of_many_decimals_are_shown_and_not_reckoned_with() {
    let literal = "0.12345678901234567890123456789012345";
    for (text, shown) in [(literal.to_owned(), ""), (format!("-{literal}"), "-")] {
        let expression = Engine::new()
            .compile(&text, &schema(), &Session::default())
            .unwrap();
        assert_eq!(expression.sql_type().to_string(), "DECIMAL(31,30)");
        let mut context = expression.context();
        let value = expression.eval_row(&[], &mut context).unwrap();
        let sqlift::Datum::Decimal(value) = value.to_datum() else {
            panic!("{value:?}");
        };
        assert_eq!(value.to_string(), format!("{shown}{literal}"));
    }
    for text in [
        format!("qty + {literal}"),
        format!("(1, {literal}) = (1, 2)"),
    ] {
        let error = refused(&text);
        assert_eq!((error.code, error.unsupported), (1235, true), "{text}");
        assert!(error.span.is_some(), "{text}");
    }
}
