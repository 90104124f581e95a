//! What the characters of a token mean: strings, names, hexadecimal and binary digits.

use crate::Modes;
use std::borrow::Cow;

/// The value of a quoted string token, quotes included; escapes and doubled quotes are resolved.
/// `\%` and `\_` keep their backslash, for `LIKE` (manual, "String Literals").
pub(crate) fn unquote_string(token: &str, modes: Modes) -> Vec<u8> {
    let bytes = token.as_bytes();
    let (quote, body) = (bytes[0], &bytes[1..bytes.len() - 1]);
    let mut value = Vec::with_capacity(body.len());
    let mut rest = body.iter().copied();
    while let Some(b) = rest.next() {
        match b {
            b'\\' if !modes.no_backslash_escapes => match rest.next() {
                Some(b'n') => value.push(b'\n'),
                Some(b't') => value.push(b'\t'),
                Some(b'r') => value.push(b'\r'),
                Some(b'b') => value.push(0x08),
                Some(b'0') => value.push(0),
                Some(b'Z') => value.push(0x1A),
                Some(b @ (b'%' | b'_')) => value.extend([b'\\', b]),
                Some(b) => value.push(b),
                None => value.push(b'\\'),
            },
            b => {
                if b == quote {
                    rest.next();
                }
                value.push(b);
            }
        }
    }
    value
}

/// The name inside its quotes.
pub(crate) fn unquote_name(token: &str) -> String {
    let quote = &token[..1];
    token[1..token.len() - 1].replace(&quote.repeat(2), quote)
}

/// The bytes of `x'…'` or `0x…`. An odd number of digits (only possible behind `0x`) gets a zero in front.
pub(crate) fn hex_bytes(token: &str) -> Vec<u8> {
    let digits = digits_of(token);
    let odd = digits.len() % 2;
    let nibble = |b: u8| char::from(b).to_digit(16).unwrap_or(0) as u8;
    let mut value = Vec::with_capacity(digits.len() / 2 + odd);
    let (head, tail) = digits.as_bytes().split_at(odd);
    value.extend(head.iter().map(|&b| nibble(b)));
    value.extend(
        tail.chunks_exact(2)
            .map(|pair| nibble(pair[0]) << 4 | nibble(pair[1])),
    );
    value
}

/// The bytes of `b'…'` or `0b…`, most significant bit first, filled up with zeros in front.
pub(crate) fn bit_bytes(token: &str) -> Vec<u8> {
    let digits = digits_of(token).as_bytes();
    digits
        .rchunks(8)
        .rev()
        .map(|byte| byte.iter().fold(0, |v, b| v << 1 | (b - b'0')))
        .collect()
}

fn digits_of(token: &str) -> &str {
    token[2..].trim_end_matches('\'')
}

/// Puts `name` in backticks.
pub(crate) fn quote_name(name: &str, out: &mut String) {
    out.push('`');
    out.push_str(&name.replace('`', "``"));
    out.push('`');
}

/// Writes `value` as a string literal that reads back as `value` under `modes`.
pub(crate) fn quote_string(value: &str, modes: Modes, out: &mut String) {
    out.push('\'');
    if modes.no_backslash_escapes {
        out.push_str(&value.replace('\'', "''"));
    } else {
        let mut rest = value.chars().peekable();
        while let Some(c) = rest.next() {
            match c {
                // A backslash before % or _ is kept when it is read, so it is not doubled here.
                '\\' if matches!(rest.peek(), Some('%' | '_')) => out.push('\\'),
                '\\' => out.push_str("\\\\"),
                '\'' => out.push_str("''"),
                '\0' => out.push_str("\\0"),
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                '\u{1A}' => out.push_str("\\Z"),
                c => out.push(c),
            }
        }
    }
    out.push('\'');
}

/// `bytes` as text, or their hexadecimal digits when they are no UTF-8.
pub(crate) fn utf8_or_hex(bytes: &[u8]) -> Result<Cow<'_, str>, String> {
    std::str::from_utf8(bytes)
        .map(Cow::Borrowed)
        .map_err(|_| hex_digits(bytes))
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex_digits(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut s, b| {
            let _ = write!(s, "{b:02x}");
            s
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn string(token: &str) -> String {
        String::from_utf8(unquote_string(token, Modes::default())).unwrap()
    }

    #[test]
    fn escapes() {
        assert_eq!(string(r"'a\n\t\0\Z\'\q'"), "a\n\t\0\u{1A}'q");
        assert_eq!(string(r"'\%\_'"), r"\%\_");
        assert_eq!(string("'it''s'"), "it's");
        assert_eq!(string("\"a\"\"b'c''\""), "a\"b'c''");
        let raw = Modes {
            no_backslash_escapes: true,
            ..Modes::default()
        };
        assert_eq!(unquote_string(r"'a\n'", raw), br"a\n");
    }

    #[test]
    fn digits() {
        assert_eq!(hex_bytes("x'4142'"), b"AB");
        assert_eq!(hex_bytes("0x141"), [1, 0x41]);
        assert_eq!(hex_bytes("x''"), b"");
        assert_eq!(bit_bytes("b'100000001'"), [1, 1]);
        assert_eq!(bit_bytes("0b1"), [1]);
        assert_eq!(bit_bytes("b''"), b"");
    }

    #[test]
    fn quoting_reads_back() {
        for modes in [
            Modes::default(),
            Modes {
                no_backslash_escapes: true,
                ..Modes::default()
            },
        ] {
            for value in [
                "",
                "'",
                "\\",
                "\\\\%",
                "\\%",
                "a\\",
                "\0\n\r\u{1A}\t",
                "é日😀",
                "\\'",
                "\\\\_",
            ] {
                let mut text = String::new();
                quote_string(value, modes, &mut text);
                assert_eq!(unquote_string(&text, modes), value.as_bytes(), "{text}");
            }
        }
    }
}
