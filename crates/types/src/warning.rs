//! Warnings: MySQL's code and text, and the row that raised them.

use crate::temporal::{Deprecation, DeprecationKind};

/// A warning as `SHOW WARNINGS` lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// MySQL's number, such as 1292.
    pub code: u16,
    /// The message as MySQL words it.
    pub message: String,
    /// The row of a batch (from 0); `None` when it was raised while compiling.
    pub row: Option<u64>,
}

impl Warning {
    /// A warning from its parts; the row is added when the row commits.
    pub fn new(code: u16, message: impl Into<String>) -> Warning {
        Warning {
            code,
            message: message.into(),
            row: None,
        }
    }

    /// The warning of another row: `... at row 1` that was said of row `said` (from 0) names row `row`.
    pub fn moved(mut self, said: u64, row: u64) -> Warning {
        self.row = Some(row);
        let place = format!(" at row {}", said + 1);
        // MySQL: 1264 is counted for statements that write; of a CAST it says row 1 whatever the row.
        const OUT_OF_RANGE: u16 = 1264;
        if said != row
            && self.code != OUT_OF_RANGE
            && let Some(at) = self.message.rfind(&place)
        {
            let end = at + place.len();
            if !self.message[end..].starts_with(|c: char| c.is_ascii_digit()) {
                self.message
                    .replace_range(at..end, &format!(" at row {}", row + 1));
            }
        }
        self
    }

    /// 1292: `Truncated incorrect DOUBLE value: '12abc'`.
    pub fn truncated(type_name: &str, value: &[u8]) -> Warning {
        Warning::new(
            1292,
            format!(
                "Truncated incorrect {type_name} value: '{}'",
                printable(value)
            ),
        )
    }
    /// 1292: `Incorrect datetime value: '...'`.
    pub fn incorrect(type_name: &str, value: &[u8]) -> Warning {
        Warning::new(
            1292,
            format!("Incorrect {type_name} value: '{}'", printable(value)),
        )
    }
    /// 4095 and 4096: a delimiter in a date or time that MySQL would rather not take.
    pub fn deprecated_delimiter(note: Deprecation, text: &[u8]) -> Warning {
        Warning::deprecated_delimiter_in(note, &printable(text), 0)
    }
    /// As [`Warning::deprecated_delimiter`], for a row (from 0) and the text as it is shown.
    pub fn deprecated_delimiter_in(note: Deprecation, text: &str, row: u64) -> Warning {
        let Deprecation {
            kind,
            delimiter,
            position,
        } = note;
        let delimiter = match delimiter {
            b'\t' => "\\t".to_owned(),
            b'\n' => "\\n".to_owned(),
            0x0B => "\\v".to_owned(),
            0x0C => "\\f".to_owned(),
            b'\r' => "\\r".to_owned(),
            other => char::from(other).to_string(),
        };
        let row = row + 1;
        let found = format!(
            "Delimiter '{delimiter}' in position {position} in datetime value '{text}' at row {row} is"
        );
        match kind {
            DeprecationKind::Prefer(better) => {
                let better = char::from(better);
                let message = format!("{found} deprecated. Prefer the standard '{better}'.");
                Warning::new(4095, message)
            }
            DeprecationKind::Superfluous => Warning::new(
                4096,
                format!("{found} superfluous and is deprecated. Please remove."),
            ),
        }
    }
    /// 1365: division by zero.
    pub fn division_by_zero() -> Warning {
        Warning::new(1365, "Division by 0")
    }
}

/// Bytes as MySQL shows them in a message: text as it is, but `?` for characters of four bytes; what is not text (or holds zero
/// bytes) byte by byte, as `\xNN` where it is not ASCII; at most 128 bytes.
pub fn printable(value: &[u8]) -> String {
    const SHOWN: usize = 128;
    let mut out = String::new();
    match std::str::from_utf8(value) {
        Ok(text) if !value.contains(&0) => {
            for c in text.chars() {
                let c = if c.len_utf8() > 3 { '?' } else { c };
                if out.len() + c.len_utf8() > SHOWN {
                    break;
                }
                out.push(c);
            }
        }
        _ => {
            for byte in value.iter().take(SHOWN) {
                match byte {
                    0x20..=0x7E => out.push(char::from(*byte)),
                    _ => out.push_str(&format!("\\x{byte:02X}")),
                }
            }
        }
    }
    out
}

/// The warnings of a statement: the first `capacity` of them, and how many there were.
#[derive(Clone, Debug)]
pub struct Diagnostics {
    warnings: Vec<Warning>,
    capacity: usize,
    total: u64,
}

impl Default for Diagnostics {
    fn default() -> Self {
        Diagnostics::new(1024)
    }
}

impl Diagnostics {
    /// Keeps at most `capacity` warnings (MySQL's `max_error_count`, whose default is 1,024) and counts all.
    pub fn new(capacity: usize) -> Diagnostics {
        Diagnostics {
            warnings: Vec::new(),
            capacity,
            total: 0,
        }
    }
    /// Adds one.
    pub fn push(&mut self, warning: Warning) {
        self.total += 1;
        if self.warnings.len() < self.capacity {
            self.warnings.push(warning);
        }
    }
    /// Those that were kept, in order.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }
    /// How many were raised.
    pub fn total(&self) -> u64 {
        self.total
    }
    /// Forgets all.
    pub fn clear(&mut self) {
        self.warnings.clear();
        self.total = 0;
    }
}
