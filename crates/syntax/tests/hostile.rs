//! Input that is meant to hurt: deep, long, broken. Everything here runs on a small stack.

use sqlift_syntax::{
    Error, Expr, Limits, Modes, mysql_text, parse, parse_column_type, parse_columns, parse_outputs,
    print,
};
use std::time::{Duration, Instant};

fn read(text: &str) -> Result<Expr, Error> {
    parse(text, Modes::default(), Limits::default())
}

/// Runs on a thread with 2 MiB of stack, the least that is common.
fn on_small_stack(test: impl FnOnce() + Send) {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(2 << 20);
        thread
            .spawn_scoped(scope, test)
            .expect("a thread")
            .join()
            .expect("no panic");
    });
}

/// Reads, prints both ways, copies, compares and drops.
fn exercise(text: &str) {
    let expr = read(text).unwrap_or_else(|e| panic!("{}: {e}", &text[..text.len().min(60)]));
    let printed = print(&expr);
    assert!(read(&printed).is_ok_and(|again| again == expr));
    assert!(!mysql_text(&expr, &Default::default()).is_empty());
    assert!(expr.clone() == expr);
    assert!(expr.depth() >= 1);
    assert!(format!("{expr:?}").starts_with("Expr("));
}

#[test]
fn deep_nesting_is_fine_up_to_the_limit() {
    on_small_stack(|| {
        let n = 2_990;
        for (open, close) in [
            ("(", ")"),
            ("NOT ", ""),
            ("-", ""),
            ("! ", ""),
            ("~", ""),
            ("BINARY ", ""),
            ("ABS(", ")"),
            ("1 + (2 * ", ")"),
            ("IF(a, 1, ", ")"),
            ("CASE WHEN a THEN ", " END"),
            ("CASE ", " WHEN 1 THEN 2 END"),
            ("CAST(", " AS SIGNED)"),
            ("(1, ", ")"),
            ("1 BETWEEN 0 AND ", ""),
            ("1 IN (2, ", ")"),
            ("@a := ", ""),
            ("INTERVAL 1 DAY + ", ""),
            ("d + INTERVAL ", " DAY"),
            ("{fn ", "}"),
            ("TRIM(LEADING 'a' FROM ", ")"),
            ("JSON_VALUE(", ", '$')"),
            ("COALESCE(1, ", ")"),
            ("EXTRACT(DAY FROM ", ")"),
        ] {
            let text = format!("{}a{}", open.repeat(n), close.repeat(n));
            let expr = read(&text).unwrap_or_else(|e| panic!("{open}: {e}"));
            assert!(expr.clone() == expr, "{open}");
            let printed = print(&expr);
            assert!(read(&printed).is_ok_and(|again| again == expr), "{open}");
            assert!(!mysql_text(&expr, &Default::default()).is_empty());
        }
    });
}

#[test]
fn deeper_nesting_is_an_error_and_quick() {
    on_small_stack(|| {
        for open in [
            "(",
            "NOT ",
            "-",
            "ABS(",
            "CASE WHEN ",
            "1 BETWEEN 2 AND ",
            "@a := ",
            "a + (",
            "1 IN (",
        ] {
            let text = open.repeat(1_000_000);
            let start = Instant::now();
            let error = read(&text).expect_err(open);
            // A release build takes well under a millisecond.
            assert!(
                start.elapsed() < Duration::from_millis(500),
                "{open}: {:?}",
                start.elapsed()
            );
            assert_eq!(error.code, 1064, "{open}");
            assert!(
                error.message.starts_with("memory exhausted near"),
                "{open}: {error}"
            );
        }
    });
}

#[test]
fn the_limits_are_configurable() {
    let limits = Limits {
        depth: 3,
        ..Limits::default()
    };
    assert!(parse("((1))", Modes::default(), limits).is_ok());
    assert!(parse("((((1))))", Modes::default(), limits).is_err());
    let limits = Limits {
        text_bytes: 5,
        ..Limits::default()
    };
    assert!(parse("1 + 2", Modes::default(), limits).is_ok());
    assert_eq!(
        parse("1 + 22", Modes::default(), limits).unwrap_err().code,
        1153
    );
    let limits = Limits {
        nodes: 3,
        ..Limits::default()
    };
    assert!(parse("1 + 2", Modes::default(), limits).is_ok());
    assert!(parse("1 + 2 + 3", Modes::default(), limits).is_err());
}

#[test]
fn long_chains_are_fine() {
    on_small_stack(|| {
        exercise(&format!("a{}", " + 1".repeat(100_000)));
        for link in [
            " AND 1",
            " XOR 1",
            " = 1",
            " IS NULL",
            " COLLATE utf8mb4_bin",
            " ^ 1",
            " + INTERVAL 1 DAY",
        ] {
            exercise(&format!("a{}", link.repeat(20_000)));
        }
        exercise(&format!("a IN (1{})", ", 1".repeat(100_000)));
        exercise(&format!("CASE{} END", " WHEN a THEN 1".repeat(50_000)));
        let concat = format!("a{}", " || 'x'".repeat(100_000));
        let modes = Modes {
            pipes_as_concat: true,
            ..Modes::default()
        };
        let expr = parse(&concat, modes, Limits::default()).expect("a chain");
        assert_eq!(expr.depth(), 100_001);
        assert!(expr.clone() == expr);
    });
}

#[test]
fn long_tokens_are_fine() {
    let string = format!("'{}'", "x".repeat(16 << 20));
    let expr = read(&string).expect("a string");
    assert_eq!(print(&expr), string);
    assert!(read(&format!("x'{}'", "4a".repeat(1 << 20))).is_ok());
    assert!(read(&"9".repeat(1 << 20)).is_ok());
    assert!(read(&"a".repeat(1 << 20)).is_ok());
    assert!(read(&format!("1 /*{}*/", " ".repeat(1 << 20))).is_ok());
    assert!(read(&format!("{}1", "/**/".repeat(1 << 18))).is_ok());
    assert!(read(&format!("'a'{}", " 'b'".repeat(1 << 18))).is_ok());
}

#[test]
fn unfinished_texts_are_errors() {
    for text in [
        "'",
        "\"",
        "`",
        "'a",
        "'a\\",
        "'a\\'",
        "x'",
        "x'1",
        "x'12",
        "b'",
        "b'2'",
        "N'",
        "_utf8mb4'",
        "_utf8mb4",
        "/*",
        "/*!",
        "/*!50000",
        "1 /*",
        "(",
        ")",
        "{",
        "{d",
        "{d '1'",
        "@@",
        "@'",
        "@`",
        "@a :=",
        ":",
        "a.",
        "a.b.",
        ".",
        "1 +",
        "NOT",
        "CASE",
        "CASE WHEN",
        "CASE WHEN 1",
        "CASE WHEN 1 THEN",
        "CASE WHEN 1 THEN 2",
        "CAST(",
        "CAST(1",
        "CAST(1 AS",
        "CAST(1 AS CHAR(",
        "CAST(1 AS CHAR CHARACTER",
        "CONVERT(1",
        "CONVERT(1 USING",
        "INTERVAL",
        "INTERVAL 1",
        "INTERVAL 1 DAY",
        "INTERVAL 1 DAY +",
        "INTERVAL(",
        "INTERVAL(1,",
        "a IN",
        "a IN (",
        "a IN (1",
        "a BETWEEN",
        "a BETWEEN 1",
        "a BETWEEN 1 AND",
        "a LIKE",
        "a LIKE 'x' ESCAPE",
        "a IS",
        "a IS NOT",
        "a NOT",
        "a COLLATE",
        "a ->",
        "a -> b",
        "a MEMBER",
        "a MEMBER OF",
        "a SOUNDS",
        "TRIM(",
        "TRIM(LEADING",
        "TRIM(LEADING FROM",
        "EXTRACT(",
        "EXTRACT(DAY",
        "EXTRACT(DAY FROM",
        "POSITION(",
        "POSITION('a'",
        "SUBSTRING(a FROM",
        "GET_FORMAT(",
        "GET_FORMAT(DATE",
        "TIMESTAMPADD(",
        "TIMESTAMPADD(DAY",
        "DATE_ADD(",
        "DATE_ADD(a, INTERVAL",
        "JSON_VALUE(",
        "JSON_VALUE(a,",
        "JSON_VALUE(a, '$' RETURNING",
        "JSON_VALUE(a, '$' NULL ON",
        "WEIGHT_STRING(a AS",
        "NOW(",
        "NOW(1",
        "DEFAULT(",
        "VALUES(a",
        "ROW(1,",
        "f(1,",
        "f(1 AS",
        "db.f(",
        "MATCH",
        "MATCH (a",
        "EXISTS",
        "EXISTS (",
        "CAST(a AT TIME ZONE",
        "a = ALL",
        "a = ANY (",
        "\\",
        "$$",
        "\0",
        "\u{1}",
        "1 \0",
        "#",
        "-- ",
        "é'",
        "😀 😀",
    ] {
        let error = read(text).expect_err(text);
        assert_eq!(
            (error.code, error.sqlstate),
            (1064, "42000"),
            "{text}: {error}"
        );
        assert!(error.span.end as usize <= text.len(), "{text}");
    }
}

/// Cuts accepted texts at every place, and changes single characters: any answer but a panic will do.
#[test]
fn broken_texts_do_not_panic() {
    let accepted = include_str!("data/accepted.txt");
    let mut seed = 7u64;
    let mut answers = [0usize; 2];
    for line in accepted.lines().step_by(25) {
        for (at, _) in line.char_indices() {
            answers[usize::from(read(&line[..at]).is_ok())] += 1;
            answers[usize::from(read(&line[at..]).is_ok())] += 1;
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let insert = [
                "'", "(", ")", "\\", "\0", "`", "é", "😀", ".", "@", "e", "/*", "*/", "\"", "-",
            ];
            let mut text = line.to_owned();
            text.insert_str(at, insert[(seed >> 33) as usize % insert.len()]);
            for modes in [
                Modes::default(),
                Modes::from_sql_mode("ANSI,NO_BACKSLASH_ESCAPES,HIGH_NOT_PRECEDENCE"),
            ] {
                match parse(&text, modes, Limits::default()) {
                    Ok(expr) => assert!(!print(&expr).is_empty()),
                    Err(error) => assert!(!error.message.is_empty()),
                }
            }
            let _ = parse_column_type(&line[at..], Modes::default(), Limits::default());
            let _ = parse_columns(&line[at..], Modes::default(), Limits::default());
            let _ = parse_outputs(&line[at..], Modes::default(), Limits::default());
        }
    }
    assert!(answers[0] > 1_000 && answers[1] > 500, "{answers:?}");
}

#[test]
fn multi_byte_text_keeps_its_spans() {
    let text = "CONCAT('日本', é, `😀`) = 'ß'";
    let expr = read(text).expect("an expression");
    let spans: Vec<&str> = expr.walk().map(|node| node.span.of(text)).collect();
    assert_eq!(
        spans,
        [
            text,
            "CONCAT('日本', é, `😀`)",
            "'日本'",
            "é",
            "`😀`",
            "'ß'"
        ]
    );
    let error = read("1 + ) '😀").unwrap_err();
    assert!(error.message.ends_with("near ') '?' at line 1"), "{error}");
}
