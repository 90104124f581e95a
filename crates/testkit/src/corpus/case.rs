//! A case and its recorded answer, typed so that half an answer cannot be written down.

use std::collections::BTreeMap;
use std::fmt;

/// Session settings that differ from the corpus defaults, by name.
pub type Settings = BTreeMap<String, String>;

/// One expression and what the server answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Unique in the corpus; begins with the area's name and a hyphen.
    pub id: String,
    /// The area (file) it belongs to.
    pub area: String,
    /// The SQL text, exactly as sent after `SELECT `.
    pub expr: String,
    /// Settings that differ from the defaults.
    pub settings: Settings,
    /// Whether the expression stands alone or reads the columns of the shared table.
    pub input: Input,
    /// What the server answered.
    pub answer: Answer,
}

/// What a case reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Input {
    /// `SELECT <expr>`: no columns.
    Literal,
    /// `SELECT <expr> FROM t`: evaluated for every row of the shared table.
    Columns,
}

/// A recorded answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The statement failed before it gave any row (of a column case: or at every row).
    Error(SqlError),
    /// The one value of a literal case.
    Value {
        /// Static description of the result.
        column: ResultColumn,
        /// The description as the protocol sent it.
        meta: Meta,
        /// The value.
        value: Cell,
        /// Warnings in order of first appearance.
        warnings: Vec<Warning>,
    },
    /// One outcome for every row of the shared table, in order.
    Rows {
        /// Static description of the result.
        column: ResultColumn,
        /// The description as the protocol sent it.
        meta: Meta,
        /// Value or error of each row.
        rows: Vec<Result<Cell, SqlError>>,
        /// The error of the statement over all rows; present exactly when some row fails. The rows were then asked
        /// one at a time.
        statement_error: Option<SqlError>,
        /// Warnings of the whole statement in order of first appearance; when some rows fail, those of the
        /// single statements that did not fail.
        warnings: Vec<Warning>,
    },
}

/// The static description of a result, in words.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ResultColumn {
    /// `BIGINT UNSIGNED`, `DECIMAL(20,4)`, `VARCHAR(12)`, `DATETIME(6)`, `NULL`, and so on.
    pub type_name: String,
    /// Whether the server says that the value may be NULL.
    pub nullable: bool,
    /// Collation and coercibility; recorded for string results only.
    pub collation: Option<Collation>,
}

/// What `COLLATION(expr)` and `COERCIBILITY(expr)` say.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Collation {
    /// Collation name, `binary` for binary strings.
    pub name: String,
    /// 0 (explicit) to 6 (ignorable).
    pub coercibility: u8,
}

/// The raw column description: protocol type code, length in bytes, decimals (31: not fixed), flags, character
/// set number (63: binary).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Meta(pub [u64; 5]);

/// A value as the text protocol gives it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cell {
    /// SQL NULL.
    Null,
    /// Anything the server prints as text, converted to UTF-8.
    Text(String),
    /// Binary strings, BIT, VECTOR.
    Bytes(Vec<u8>),
}

impl Cell {
    /// The text of a text cell.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Null | Self::Bytes(_) => None,
        }
    }

    /// The bytes of a text or binary cell; `None` for NULL.
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Null => None,
            Self::Text(text) => Some(text.as_bytes()),
            Self::Bytes(bytes) => Some(bytes),
        }
    }

    /// A binary cell from hexadecimal digits in either case; `None` if they are not whole bytes.
    pub fn from_hex(digits: &str) -> Option<Self> {
        if !digits.len().is_multiple_of(2) {
            return None;
        }
        let nibble = |digit: u8| {
            char::from(digit)
                .to_digit(16)
                .and_then(|value| u8::try_from(value).ok())
        };
        digits
            .as_bytes()
            .chunks_exact(2)
            .map(|pair| Some(nibble(pair[0])? << 4 | nibble(pair[1])?))
            .collect::<Option<Vec<u8>>>()
            .map(Self::Bytes)
    }
}

/// Upper-case hexadecimal digits of some bytes.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use fmt::Write as _;
    let mut digits = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        let _ = write!(digits, "{byte:02X}");
    }
    digits
}

/// For reports: `NULL`, a quoted text with control characters escaped, or `x'…'`.
impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("NULL"),
            Self::Text(text) => write!(f, "{text:?}"),
            Self::Bytes(bytes) => write!(f, "x'{}'", hex(bytes)),
        }
    }
}

/// An error as the server words it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SqlError {
    /// The error number, such as 1690.
    pub code: u16,
    /// The SQLSTATE, such as `22003`.
    pub sqlstate: String,
    /// The message text.
    pub message: String,
}

impl fmt::Display for SqlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "error {} ({}): {}",
            self.code, self.sqlstate, self.message
        )
    }
}

/// A recorded warning or note.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Warning {
    /// The number, such as 1292.
    pub code: u16,
    /// The text.
    pub message: String,
    /// How often the same code and text was raised, at least once.
    pub times: u64,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code, self.message)?;
        if self.times > 1 {
            write!(f, " (x{})", self.times)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_reads_both_cases_and_whole_bytes_only() {
        assert_eq!(Cell::from_hex("00fF"), Some(Cell::Bytes(vec![0, 255])));
        assert_eq!(Cell::from_hex(""), Some(Cell::Bytes(Vec::new())));
        assert_eq!(Cell::from_hex("0"), None);
        assert_eq!(Cell::from_hex("é"), None);
        assert_eq!(Cell::from_hex("0x"), None);
    }

    #[test]
    fn cells_print_what_a_report_needs() {
        assert_eq!(Cell::Null.to_string(), "NULL");
        assert_eq!(Cell::Text("a\n".into()).to_string(), r#""a\n""#);
        assert_eq!(Cell::Bytes(vec![1, 0xAB]).to_string(), "x'01AB'");
    }
}
