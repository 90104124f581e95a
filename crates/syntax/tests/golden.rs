//! What a MySQL 9.7.4 server answered, kept as data: groupings, texts of messages, syntax errors.
//!
//! In the files a backslash begins an escape: `\t`, `\n`, `\r`, `\0`, `\\`.

use sqlift_syntax::{Error, Expr, Limits, Modes, TextContext, mysql_text, parse, print_with};

fn unescape(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => out.push(match chars.next() {
                Some('t') => '\t',
                Some('n') => '\n',
                Some('r') => '\r',
                Some('0') => '\0',
                Some('\\') => '\\',
                other => panic!("unknown escape {other:?} in {text}"),
            }),
            c => out.push(c),
        }
    }
    out
}

/// The records of a file: its lines without comments, cut at tabs.
fn records(file: &str) -> Vec<Vec<String>> {
    file.lines()
        .filter(|line| !line.starts_with("# "))
        .map(|line| line.split('\t').map(unescape).collect())
        .collect()
}

fn read(text: &str, modes: Modes) -> Result<Expr, Error> {
    parse(text, modes, Limits::default())
}

/// Prints, reads again and compares.
fn assert_round_trip(expr: &Expr, modes: Modes) {
    let printed = print_with(expr, modes);
    match read(&printed, modes) {
        Ok(again) => assert!(again == *expr, "reads back as another tree: {printed}"),
        Err(e) => panic!("{printed}: {e}"),
    }
}

fn assert_spans(expr: &Expr, text: &str) {
    for node in expr.walk() {
        assert!(!node.span.of(text).is_empty(), "empty span in {text}");
        for child in node.children() {
            let inside = node.span.start <= child.span.start && child.span.end <= node.span.end;
            assert!(
                inside,
                "{} is not inside of {} in {text}",
                child.span, node.span
            );
        }
    }
}

#[test]
fn groupings() {
    let records = records(include_str!("data/groupings.tsv"));
    assert!(records.len() > 1_000);
    for record in records {
        let [sql_mode, text, tree] = &record[..] else {
            panic!("{record:?}")
        };
        let modes = Modes::from_sql_mode(sql_mode);
        let expr = read(text, modes).unwrap_or_else(|e| panic!("{text}: {e}"));
        let ours = mysql_text(&expr, &TextContext::default()).replace('`', "");
        assert_eq!(ours, *tree, "{text} with sql_mode '{sql_mode}'");
        assert_round_trip(&expr, modes);
        assert_spans(&expr, text);
    }
}

#[test]
fn texts_in_messages() {
    let records = records(include_str!("data/messages.tsv"));
    assert!(records.len() > 500);
    let context = TextContext {
        table: Some(("db", "t")),
        ..TextContext::default()
    };
    for record in records {
        let [text, quoted] = &record[..] else {
            panic!("{record:?}")
        };
        let expr = read(text, Modes::default()).unwrap_or_else(|e| panic!("{text}: {e}"));
        assert_eq!(mysql_text(&expr, &context), *quoted, "{text}");
        assert_round_trip(&expr, Modes::default());
    }
}

#[test]
fn syntax_errors() {
    let records = records(include_str!("data/errors.tsv"));
    assert!(records.len() > 800);
    for record in records {
        let [sql_mode, text, line, near] = &record[..] else {
            panic!("{record:?}")
        };
        let error = match read(text, Modes::from_sql_mode(sql_mode)) {
            Ok(expr) => panic!("{text} reads as {expr}"),
            Err(error) => error,
        };
        let message = format!(
            "You have an error in your SQL syntax; check the manual that corresponds to your MySQL server \
             version for the right syntax to use near '{near}' at line {line}"
        );
        assert_eq!(
            (error.code, error.sqlstate),
            (1064, "42000"),
            "{text}: {error}"
        );
        assert_eq!(error.message, message, "{text}");
    }
}

#[test]
fn accepted() {
    let records = records(include_str!("data/accepted.txt"));
    assert!(records.len() > 1_000);
    for record in records {
        let [text] = &record[..] else {
            panic!("{record:?}")
        };
        let expr = read(text, Modes::default()).unwrap_or_else(|e| panic!("{text}: {e}"));
        assert_round_trip(&expr, Modes::default());
        assert_spans(&expr, text);
        assert!(expr.clone() == expr);
        assert_eq!(expr.walk().count(), expr.postorder().len());
    }
}
