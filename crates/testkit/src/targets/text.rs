//! Any text: it compiles or is refused, and never panics; a text that parses means the same when it is printed and parsed again.

use sqlift::{Engine, Schema, Session, SqlType};

use super::TargetHits;

/// What texts made from bytes that are no text are put together of.
const PIECES: &[&str] = &[
    "a",
    "s",
    "1",
    "0",
    "-",
    "(",
    ")",
    ",",
    " ",
    "+",
    "*",
    "/",
    "DIV ",
    "'x'",
    "\"",
    "'",
    "\\",
    "NULL",
    " AND ",
    " OR ",
    "NOT ",
    "CASE ",
    "WHEN ",
    "THEN ",
    "ELSE ",
    " END",
    "IF(",
    "CAST(",
    " AS ",
    "CHAR",
    "DECIMAL(5,2)",
    "SIGNED",
    " IN (",
    " BETWEEN ",
    " LIKE ",
    " IS ",
    "INTERVAL ",
    " DAY",
    "DATE'2024-02-29'",
    "x'41'",
    "b'1'",
    "1e5",
    ".5",
    "1.",
    "@v",
    "?",
    "_utf8mb4",
    " COLLATE utf8mb4_bin",
    "JSON_ARRAY(",
    "->",
    "->>",
    "$.a",
    "||",
    "&&",
    "<=>",
    "<<",
    "~",
    "!",
    "--",
    "/*",
    "*/",
    "#",
    "`",
    "DATE_ADD(",
    "CONCAT(",
    "SUBSTR(",
    " FROM ",
    " FOR ",
    "EXTRACT(",
    "TRIM(",
    "BOTH ",
    " XOR ",
    "\u{0}",
    "é",
    "😀",
    "9223372036854775808",
    " REGEXP ",
    " MOD ",
    " SOUNDS LIKE ",
    "ROW(",
    " USING ",
    "CONVERT(",
    "N'x'",
    "{d'",
];

pub(super) fn check(bytes: &[u8], hits: &mut TargetHits) -> Result<(), String> {
    // A fuzzer finds its way in plain text; a seed gives bytes that are none, which stand for pieces.
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => {
            let pieces = bytes.iter().take(40);
            pieces
                .map(|byte| PIECES[usize::from(*byte) % PIECES.len()])
                .collect()
        }
    };
    if let Ok(tree) = sqlift_syntax::parse(&text, Default::default(), Default::default()) {
        let printed = tree.to_string();
        match sqlift_syntax::parse(&printed, Default::default(), Default::default()) {
            Ok(again) if again == tree => {}
            Ok(again) => return Err(format!("{text:?} prints as {printed}, that as {again}")),
            Err(error) => return Err(format!("{text:?} prints as {printed}: {error}")),
        }
    }
    let schema = Schema::new([("a", SqlType::bigint()), ("s", SqlType::varchar(20))]);
    match Engine::new().compile(&text, &schema, &Session::default()) {
        Ok(_) => hits.count("accepted"),
        Err(error) if error.sqlstate.len() == 5 => hits.count("refused"),
        Err(error) => return Err(format!("{text:?}: an error without SQLSTATE: {error:?}")),
    }
    Ok(())
}
