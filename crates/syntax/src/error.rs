//! Errors in MySQL's words.

use crate::Span;
use std::fmt;

/// Why a text is not an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// MySQL's error number, mostly 1064.
    pub code: u16,
    /// The five characters of SQLSTATE.
    pub sqlstate: &'static str,
    /// The sentence as MySQL words it.
    pub message: String,
    /// The offending token.
    pub span: Span,
}

/// Bytes of the remaining text that MySQL quotes in a syntax error.
const NEAR_BYTES: usize = 80;

impl Error {
    /// 1064: `text` cannot go on with the token at `span`.
    pub(crate) fn syntax(text: &str, span: Span) -> Self {
        Self::near(
            "You have an error in your SQL syntax; check the manual that corresponds to your \
             MySQL server version for the right syntax to use",
            text,
            span,
        )
    }

    /// 1064, as the server words it when its parser's stack is full.
    pub(crate) fn too_deep(text: &str, span: Span) -> Self {
        Self::near("memory exhausted", text, span)
    }

    fn near(what: &str, text: &str, span: Span) -> Self {
        let (before, rest) = text.split_at(span.start as usize);
        let line = 1 + before.bytes().filter(|&b| b == b'\n').count();
        let near = near_text(rest);
        Self {
            code: 1064,
            sqlstate: "42000",
            message: format!("{what} near '{near}' at line {line}"),
            span,
        }
    }

    /// 1153: the text is longer than `limit` allows.
    pub(crate) fn too_long(limit: u32) -> Self {
        Self {
            code: 1153,
            sqlstate: "08S01",
            message: "Got a packet bigger than 'max_allowed_packet' bytes".to_owned(),
            span: Span::new(limit, limit),
        }
    }

    /// 1235: MySQL has it, this library does not evaluate it.
    pub(crate) fn unsupported(what: &str, span: Span) -> Self {
        Self {
            code: 1235,
            sqlstate: "42000",
            message: format!("This version of MySQL doesn't yet support '{what}'"),
            span,
        }
    }

    /// 1367: a floating-point literal beyond DOUBLE.
    pub(crate) fn illegal_double(digits: &str, span: Span) -> Self {
        Self {
            code: 1367,
            sqlstate: "22007",
            message: format!("Illegal double '{digits}' value found during parsing"),
            span,
        }
    }

    /// 1583: an argument of a built-in function has an alias.
    pub(crate) fn aliased_argument(function: &str, span: Span) -> Self {
        Self {
            code: 1583,
            sqlstate: "42000",
            message: format!(
                "Incorrect parameters in the call to native function '{}'",
                function.to_ascii_lowercase()
            ),
            span,
        }
    }
}

/// The beginning of `rest` as the server quotes it: in its own character set, which has no
/// characters beyond the basic plane, then cut at 80 bytes or at a NUL. A cut inside a character
/// leaves bytes that are shown as a character each.
fn near_text(rest: &str) -> String {
    let mut bytes = Vec::with_capacity(NEAR_BYTES + 4);
    for c in rest.chars().take_while(|&c| c != '\0') {
        if bytes.len() >= NEAR_BYTES {
            break;
        }
        let c = if c > '\u{FFFF}' { '?' } else { c };
        bytes.extend(c.encode_utf8(&mut [0; 4]).bytes());
    }
    bytes.truncate(NEAR_BYTES);
    match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(e) => {
            let (whole, cut) = e.as_bytes().split_at(e.utf8_error().valid_up_to());
            let mut text = String::from_utf8_lossy(whole).into_owned();
            text.extend(cut.iter().map(|&b| char::from(b)));
            text
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "ERROR {} ({}): {}",
            self.code, self.sqlstate, self.message
        )
    }
}

impl std::error::Error for Error {}
