//! Records of comma-separated values (RFC 4180): fields may be quoted, `""` in quotes is a quote, lines end in LF or CRLF.
//!
//! The first record names the columns. A field that is empty or `\N`, without quotes, is NULL; `""` is an empty string. Empty lines are
//! passed over.

use super::record::{Record, Written};
use super::text_file::{Lines, Rows};
use crate::failure::Failure;

/// A CSV file behind its header.
pub(super) struct Csv {
    lines: Lines,
    line: Vec<u8>,
    names: Vec<String>,
}

impl Csv {
    /// Reads the header.
    pub(super) fn open(mut lines: Lines) -> Result<Csv, Failure> {
        lines.skip_byte_order_mark()?;
        let mut header = Record::default();
        let mut csv = Csv {
            line: Vec::new(),
            names: Vec::new(),
            lines,
        };
        if !csv.record(&mut header)? {
            return Err(csv.lines.wrong("is empty: no line names the columns"));
        }
        for column in 0..header.cells.len() {
            let name = String::from_utf8_lossy(header.cell(column).text);
            if name.is_empty() {
                let why = format!("column {} has no name in the first line", column + 1);
                return Err(csv.lines.wrong(why));
            }
            csv.names.push(name.into_owned());
        }
        Ok(csv)
    }

    /// The next record, whatever its number of fields.
    fn record(&mut self, record: &mut Record) -> Result<bool, Failure> {
        record.clear();
        loop {
            if !self.lines.next(&mut self.line)? {
                return Ok(false);
            }
            record.line = self.lines.number();
            if !self.line.is_empty() {
                break;
            }
        }
        let mut at = 0;
        loop {
            let start = record.bytes.len();
            let quoted = self.line.get(at) == Some(&b'"');
            if quoted {
                at = self.quoted(at + 1, record)?;
            } else {
                let rest = &self.line[at..];
                let end = rest.iter().position(|b| *b == b',').unwrap_or(rest.len());
                if rest[..end].contains(&b'"') {
                    return Err(self
                        .lines
                        .wrong_line("a quote inside a field without quotes"));
                }
                record.bytes.extend_from_slice(&rest[..end]);
                at += end;
            }
            let written = match &record.bytes[start..] {
                _ if quoted => Written::Quoted,
                b"" | b"\\N" => Written::Null,
                _ => Written::Bare,
            };
            record.end_cell(start, written);
            match self.line.get(at) {
                None => break,
                Some(b',') => at += 1,
                Some(_) => return Err(self.lines.wrong_line("text behind a closing quote")),
            }
        }
        if std::str::from_utf8(&record.bytes).is_err() {
            return Err(self.lines.wrong_line("not valid UTF-8"));
        }
        Ok(true)
    }

    /// The rest of a quoted field, over as many lines as it takes; gives the place behind the closing quote.
    fn quoted(&mut self, mut at: usize, record: &mut Record) -> Result<usize, Failure> {
        loop {
            let rest = &self.line[at..];
            match rest.iter().position(|b| *b == b'"') {
                Some(end) => {
                    record.bytes.extend_from_slice(&rest[..end]);
                    at += end + 1;
                    if self.line.get(at) != Some(&b'"') {
                        return Ok(at);
                    }
                    record.bytes.push(b'"');
                    at += 1;
                }
                None => {
                    record.bytes.extend_from_slice(rest);
                    record.bytes.extend_from_slice(self.lines.ending());
                    self.lines.check_size(record.bytes.len())?;
                    if !self.lines.next(&mut self.line)? {
                        let why = format!("line {}: a quote is not closed", record.line);
                        return Err(self.lines.wrong(why));
                    }
                    at = 0;
                }
            }
        }
    }
}

impl Rows for Csv {
    fn next(&mut self, record: &mut Record) -> Result<bool, Failure> {
        if !self.record(record)? {
            return Ok(false);
        }
        let (has, wants) = (record.cells.len(), self.names.len());
        if has != wants {
            let why = format!("{has} fields, where the first line names {wants}");
            return Err(self.lines.wrong_line(why));
        }
        Ok(true)
    }

    fn names(&self) -> &[String] {
        &self.names
    }

    fn has_header(&self) -> bool {
        true
    }

    fn lines(&self) -> &Lines {
        &self.lines
    }
}
