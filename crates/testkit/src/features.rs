//! What an expression is made of, seen from its text alone: functions, operators, cast targets, columns.
//!
//! This is a rough reading for statistics and clusters, made to work on any text, also on what does not parse.

use std::collections::BTreeSet;

/// Words that are operators or constructs, not columns.
#[rustfmt::skip]
const KEYWORDS: [&str; 24] = [
    "AND", "BETWEEN", "BINARY", "CASE", "COLLATE", "DATE", "DISTINCT", "DIV", "ESCAPE", "IN",
    "INTERVAL", "IS", "LIKE", "MEMBER", "MOD", "NOT", "OR", "REGEXP", "RLIKE", "ROW", "SOUNDS",
    "TIME", "TIMESTAMP", "XOR",
];

/// Words that say nothing about what an expression does.
#[rustfmt::skip]
const SILENT: [&str; 22] = [
    "AS", "BOTH", "CHARACTER", "DEFAULT", "ELSE", "EMPTY", "END", "ERROR", "FALSE", "FOR", "FROM",
    "LEADING", "NULL", "OF", "ON", "RETURNING", "SET", "THEN", "TRAILING", "TRUE", "USING", "WHEN",
];

const SYMBOLS: [&str; 26] = [
    "<=>", "->>", "->", "<=", ">=", "<>", "!=", ":=", "<<", ">>", "||", "&&", "+", "-", "*", "/",
    "%", "=", "<", ">", "!", "&", "|", "^", "~", "@",
];

/// The names of the functions that an expression calls, in capitals.
pub fn function_names(expr: &str) -> BTreeSet<String> {
    features(expr)
        .into_iter()
        .filter_map(|feature| feature.strip_suffix("()").map(str::to_owned))
        .collect()
}

/// Everything that may be the cause when an expression goes wrong: `ABS()`, `DIV`, `<=>`, `AS DECIMAL`, `_latin1`,
/// `COLLATE utf8mb4_bin`, `column vl`, `DATE'…'`, `x'…'`.
pub fn features(expr: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut rest = expr;
    let mut before = String::new();
    while let Some(first) = rest.chars().next() {
        let length;
        if first == '\'' || first == '"' {
            length = quoted(rest, first);
            if matches!(
                before.as_str(),
                "DATE" | "TIME" | "TIMESTAMP" | "X" | "B" | "N"
            ) {
                found.remove(&before);
                found.remove(&format!("column {}", before.to_ascii_lowercase()));
                found.insert(format!("{before}'…'"));
            }
            before.clear();
        } else if first == '`' {
            length = quoted(rest, first);
            found.insert(format!(
                "column {}",
                rest[..length].trim_matches('`').to_ascii_lowercase()
            ));
            before.clear();
        } else if first.is_ascii_digit() {
            length = number(rest);
            before.clear();
        } else if first.is_alphabetic() || first == '_' {
            length = rest
                .find(|c: char| !c.is_alphanumeric() && c != '_' && c != '$')
                .unwrap_or(rest.len());
            before = word(&rest[..length], &rest[length..], &before, &mut found);
        } else if let Some(symbol) = SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol)) {
            length = symbol.len();
            found.insert((*symbol).to_owned());
            before.clear();
        } else {
            length = first.len_utf8();
            if !first.is_whitespace() {
                before.clear();
            }
        }
        rest = &rest[length..];
    }
    found
}

/// Takes one word in; answers what the next token should know of it.
fn word(text: &str, after: &str, before: &str, found: &mut BTreeSet<String>) -> String {
    let capitals = text.to_ascii_uppercase();
    let called = after.trim_start().starts_with('(');
    match before {
        "AS" => drop(found.insert(format!("AS {capitals}"))),
        "COLLATE" => drop(found.insert(format!("COLLATE {}", text.to_ascii_lowercase()))),
        "USING" => drop(found.insert(format!("USING {}", text.to_ascii_lowercase()))),
        _ if text.starts_with('_') && !called => drop(found.insert(text.to_ascii_lowercase())),
        _ if KEYWORDS.contains(&capitals.as_str())
            && !(called && matches!(capitals.as_str(), "DATE" | "TIME" | "TIMESTAMP" | "MOD")) =>
        {
            if capitals != "COLLATE" {
                found.insert(capitals.clone());
            }
        }
        _ if SILENT.contains(&capitals.as_str()) => {}
        _ if called => drop(found.insert(format!("{capitals}()"))),
        "INTERVAL" => drop(found.insert(capitals.clone())),
        // Units of intervals and extraction are capitals by custom, columns are not.
        _ if text == capitals => drop(found.insert(capitals.clone())),
        _ => drop(found.insert(format!("column {}", text.to_ascii_lowercase()))),
    }
    capitals
}

/// Length of a quoted text with its quotes: a doubled quote or (but in backticks) a backslash hides the next.
fn quoted(text: &str, quote: char) -> usize {
    let mut characters = text.char_indices().skip(1).peekable();
    while let Some((at, character)) = characters.next() {
        if character == '\\' && quote != '`' {
            characters.next();
        } else if character == quote {
            match characters.peek() {
                Some((_, next)) if *next == quote => drop(characters.next()),
                _ => return at + character.len_utf8(),
            }
        }
    }
    text.len()
}

fn number(text: &str) -> usize {
    let mut length = text
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '.')
        .unwrap_or(text.len());
    // `1e-5`: the sign belongs to the number.
    if text[..length].ends_with(['e', 'E'])
        && !text.starts_with("0x")
        && text[length..].starts_with(['-', '+'])
    {
        length += 1;
        length += text[length..]
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(text.len() - length);
    }
    length
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(expr: &str) -> Vec<String> {
        features(expr).into_iter().collect()
    }

    #[test]
    fn functions_operators_and_columns_are_told_apart() {
        assert_eq!(
            list("ABS(ti) + 1e-5 DIV `t``i`"),
            ["+", "ABS()", "DIV", "column t``i", "column ti"]
        );
        assert_eq!(list("a<=>b"), ["<=>", "column a", "column b"]);
        assert_eq!(
            list("CAST(NULL AS DECIMAL(10,2))"),
            ["AS DECIMAL", "CAST()"]
        );
        assert_eq!(
            list("'SIN(x)' COLLATE utf8mb4_bin"),
            ["COLLATE utf8mb4_bin"]
        );
        assert_eq!(list("_latin1'x' LIKE \"a\\\"(\""), ["LIKE", "_latin1"]);
        assert_eq!(
            list("DATE'2024-01-01' + INTERVAL 1 DAY"),
            ["+", "DATE'…'", "DAY", "INTERVAL"]
        );
        assert_eq!(list("DATE(x'00')"), ["DATE()", "X'…'"]);
    }

    #[test]
    fn any_text_is_read() {
        for odd in [
            "", "'", "`", "\"\\", "é(", "1e", "0x", "((((", "\u{0}", "'\\", "@@x",
        ] {
            assert!(features(odd).len() < 5, "{odd}");
        }
    }

    #[test]
    fn function_names_come_in_capitals() {
        assert_eq!(
            function_names("if(lower (v) = 'x', 1, Mod(2, 3))")
                .into_iter()
                .collect::<Vec<_>>(),
            ["IF", "LOWER", "MOD"]
        );
    }
}
