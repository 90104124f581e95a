//! The packed form of an area: about a fifteenth of the JSON, for the repository.
//!
//! One kind of fact compresses well beside its own kind, so the cases are turned on their side: all expressions,
//! then all types, and so on, each a *stream* of lines with one line a case. What repeats is pooled:
//!
//! * a result description or a warning is a line of its pool (`columns`, `notes`), cases name it by number;
//! * the forty cells of a column case are mostly few distinct ones: `cells` holds those once, in order of first
//!   appearance, and `picks` one character a row that chooses among them.
//!
//! The file is a line of JSON that names the streams and their sizes, then the streams, each deflated on its own.
//! Packing is deterministic: the same cases give the same bytes.

use std::collections::HashMap;
use std::io::{Read as _, Write as _};
use std::path::Path;

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::json::RawCase;
use super::{Case, Cell, CorpusError, Warning};

/// The number of this layout; a reader refuses others.
const FORMAT: u32 = 1;

/// The streams in file order.
#[rustfmt::skip]
const STREAMS: [&str; 13] = [
    "id", "expr", "settings", "columns", "column", "value", "cells", "picks", "error", "row_errors",
    "notes", "warnings", "input",
];

/// No stream of a sane corpus unpacks to more; a damaged file shall not fill the memory.
const MAX_STREAM: u64 = 1 << 30;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    format: u32,
    area: String,
    cases: usize,
    streams: Vec<(String, usize)>,
}

/// What the type, meta, nullable, collation and coercibility keys hold.
type Description = (String, [u64; 5], bool, Option<String>, Option<u8>);

/// Packs the cases of one area.
///
/// # Errors
/// The sentence says which case does not belong to the area.
pub fn pack<'a>(area: &str, cases: impl IntoIterator<Item = &'a Case>) -> Result<Vec<u8>, String> {
    let mut streams: HashMap<&str, String> =
        STREAMS.iter().map(|name| (*name, String::new())).collect();
    let mut columns = Pool::default();
    let mut notes = Pool::default();
    let mut count = 0;
    for case in cases {
        count += 1;
        let raw = RawCase::from_case(case);
        let id = raw
            .id
            .strip_prefix(area)
            .and_then(|rest| rest.strip_prefix('-'));
        let Some(id) = id.filter(|id| raw.area == area && !id.contains('\n')) else {
            return Err(format!(
                "case `{}` of area `{}` does not belong to area `{area}`",
                raw.id, raw.area
            ));
        };
        let mut line = |stream: &str, text: &str| {
            let stream = streams
                .get_mut(stream)
                .expect("streams are named in one list");
            stream.push_str(text);
            stream.push('\n');
        };
        line("id", id);
        line("expr", &json(&raw.expr));
        line("settings", &optional(raw.settings.as_ref()));
        line("input", if raw.columns.is_some() { "t" } else { "" });
        line(
            "column",
            &described(
                raw.type_name,
                raw.meta,
                raw.nullable,
                raw.collation,
                raw.coercibility,
            )
            .map(|description| columns.number(json(&description)).to_string())
            .unwrap_or_default(),
        );
        line("value", &optional(raw.value.as_ref()));
        let (cells, picks) = raw.rows.map(|rows| distinct(&rows)).unwrap_or_default();
        line("cells", &cells);
        line("picks", &picks);
        line("error", &optional(raw.error.as_ref()));
        line("row_errors", &optional(raw.row_errors.as_ref()));
        line(
            "warnings",
            &raw.warnings
                .unwrap_or_default()
                .iter()
                .map(|warning| notes.number(json(warning)).to_string())
                .collect::<Vec<_>>()
                .join(" "),
        );
    }
    streams.insert("columns", columns.lines);
    streams.insert("notes", notes.lines);

    let packed: Vec<(String, Vec<u8>)> = STREAMS
        .iter()
        .map(|name| ((*name).to_owned(), deflate(&streams[name])))
        .collect();
    let header = Header {
        format: FORMAT,
        area: area.to_owned(),
        cases: count,
        streams: packed
            .iter()
            .map(|(name, bytes)| (name.clone(), bytes.len()))
            .collect(),
    };
    let mut file = json(&header).into_bytes();
    file.push(b'\n');
    file.extend(packed.into_iter().flat_map(|(_, bytes)| bytes));
    Ok(file)
}

fn described(
    type_name: Option<String>,
    meta: Option<[u64; 5]>,
    nullable: Option<bool>,
    collation: Option<String>,
    coercibility: Option<u8>,
) -> Option<Description> {
    Some((type_name?, meta?, nullable?, collation, coercibility))
}

/// Lines that are named by number.
#[derive(Default)]
struct Pool {
    numbers: HashMap<String, usize>,
    lines: String,
}

impl Pool {
    fn number(&mut self, line: String) -> usize {
        let next = self.numbers.len();
        *self.numbers.entry(line).or_insert_with_key(|line| {
            self.lines.push_str(line);
            self.lines.push('\n');
            next
        })
    }
}

/// The character that picks the first cell; the others follow in order.
const FIRST_PICK: u32 = '0' as u32;

fn distinct(rows: &[Cell]) -> (String, String) {
    let mut cells: Vec<&Cell> = Vec::new();
    let picks = rows
        .iter()
        .map(|cell| {
            let number = cells
                .iter()
                .position(|known| *known == cell)
                .unwrap_or_else(|| {
                    cells.push(cell);
                    cells.len() - 1
                });
            // The shared table has tens of rows, so this stays far below the surrogates.
            u32::try_from(number)
                .ok()
                .and_then(|number| char::from_u32(FIRST_PICK + number))
                .expect("few cells")
        })
        .collect();
    (json(&cells), picks)
}

fn json<T: Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).expect("strings, numbers and lists always have a JSON form")
}

fn optional<T: Serialize>(value: Option<&T>) -> String {
    value.map(json).unwrap_or_default()
}

fn deflate(text: &str) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder
        .write_all(text.as_bytes())
        .and_then(|()| encoder.finish())
        .expect("writing to memory does not fail")
}

/// The cases of a packed area, taken apart one by one.
#[derive(Debug)]
pub struct Packed {
    area: String,
    cases: usize,
    next: usize,
    columns: Vec<Description>,
    notes: Vec<Warning>,
    streams: HashMap<String, Lines>,
}

/// A text and how far it was read.
#[derive(Debug)]
struct Lines {
    text: String,
    position: usize,
}

impl Lines {
    fn next(&mut self) -> Option<&str> {
        let rest = &self.text[self.position..];
        let end = rest.find('\n')?;
        self.position += end + 1;
        Some(&rest[..end])
    }
}

impl Packed {
    /// Opens a packed area.
    ///
    /// # Errors
    /// If the bytes are not a packed area of this format.
    pub fn open(path: &Path, bytes: &[u8]) -> Result<Self, CorpusError> {
        Self::from_bytes(bytes).map_err(|message| CorpusError::file(path, message))
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, String> {
        let end = bytes
            .iter()
            .position(|byte| *byte == b'\n')
            .ok_or("there is no header line")?;
        let header: Header = serde_json::from_slice(&bytes[..end])
            .map_err(|error| format!("the header is damaged: {error}"))?;
        if header.format != FORMAT {
            return Err(format!(
                "format {} is not the known one, {FORMAT}",
                header.format
            ));
        }
        if !header
            .streams
            .iter()
            .map(|(name, _)| name.as_str())
            .eq(STREAMS)
        {
            return Err("the streams are not the known ones".into());
        }
        let mut rest = &bytes[end + 1..];
        let mut streams = HashMap::new();
        for (name, size) in header.streams {
            let (packed, after) = rest
                .split_at_checked(size)
                .ok_or_else(|| format!("stream `{name}` is cut off"))?;
            rest = after;
            let text = inflate(packed).map_err(|error| format!("stream `{name}`: {error}"))?;
            streams.insert(name, Lines { text, position: 0 });
        }
        if !rest.is_empty() {
            return Err("there are bytes after the last stream".into());
        }
        let columns = pool(&streams["columns"].text)?;
        let notes = pool(&streams["notes"].text)?;
        Ok(Self {
            area: header.area,
            cases: header.cases,
            next: 0,
            columns,
            notes,
            streams,
        })
    }

    /// The area's name.
    pub fn area(&self) -> &str {
        &self.area
    }

    /// How many cases the area has.
    pub fn len(&self) -> usize {
        self.cases
    }

    /// Whether the area has no case.
    pub fn is_empty(&self) -> bool {
        self.cases == 0
    }

    /// Number of the case read last, from 1.
    pub(super) fn position(&self) -> usize {
        self.next
    }

    /// The next case, or what is wrong with it.
    pub(super) fn next_case(&mut self) -> Option<Result<Case, String>> {
        if self.next == self.cases {
            return None;
        }
        self.next += 1;
        Some(self.take().and_then(RawCase::into_case))
    }

    fn take(&mut self) -> Result<RawCase, String> {
        let area = self.area.clone();
        let id = format!("{area}-{}", self.line("id")?);
        let expr = self.parsed("expr")?.ok_or("there is no expression")?;
        let settings = self.parsed("settings")?;
        let columns = match self.line("input")? {
            "" => None,
            _ => Some(true),
        };
        let column = match self.parsed::<usize>("column")? {
            None => None,
            Some(number) => Some(
                self.columns
                    .get(number)
                    .ok_or("no such description")?
                    .clone(),
            ),
        };
        let value = self.parsed("value")?;
        let cells: Option<Vec<Cell>> = self.parsed("cells")?;
        let picks = self.line("picks")?;
        let rows = match cells {
            None => None,
            Some(cells) => Some(chosen(&cells, picks)?),
        };
        let error = self.parsed("error")?;
        let row_errors = self.parsed("row_errors")?;
        let numbers = self.line("warnings")?.to_owned();
        let warnings = numbers
            .split_ascii_whitespace()
            .map(|number| {
                number
                    .parse::<usize>()
                    .ok()
                    .and_then(|number| self.notes.get(number))
                    .cloned()
            })
            .collect::<Option<Vec<Warning>>>()
            .ok_or("no such warning")?;
        let warnings = column.is_some().then_some(warnings);
        let (type_name, meta, nullable, collation, coercibility) = match column {
            Some((type_name, meta, nullable, collation, coercibility)) => (
                Some(type_name),
                Some(meta),
                Some(nullable),
                collation,
                coercibility,
            ),
            None => (None, None, None, None, None),
        };
        Ok(RawCase {
            id,
            area,
            expr,
            settings,
            columns,
            error,
            type_name,
            meta,
            nullable,
            collation,
            coercibility,
            value,
            rows,
            row_errors,
            warnings,
        })
    }

    fn line(&mut self, stream: &str) -> Result<&str, String> {
        let lines = self
            .streams
            .get_mut(stream)
            .ok_or("streams are checked when opened")?;
        lines
            .next()
            .ok_or_else(|| format!("stream `{stream}` has too few lines"))
    }

    fn parsed<T: DeserializeOwned>(&mut self, stream: &str) -> Result<Option<T>, String> {
        match self.line(stream)? {
            "" => Ok(None),
            line => serde_json::from_str(line)
                .map(Some)
                .map_err(|error| format!("stream `{stream}`: {error}")),
        }
    }
}

fn chosen(cells: &[Cell], picks: &str) -> Result<Vec<Cell>, String> {
    picks
        .chars()
        .map(|pick| {
            let number = u32::from(pick)
                .checked_sub(FIRST_PICK)
                .and_then(|number| usize::try_from(number).ok());
            number
                .and_then(|number| cells.get(number))
                .cloned()
                .ok_or_else(|| format!("no cell for `{pick}`"))
        })
        .collect()
}

fn pool<T: DeserializeOwned>(text: &str) -> Result<Vec<T>, String> {
    text.lines()
        .map(|line| serde_json::from_str(line).map_err(|error| format!("a pool: {error}")))
        .collect()
}

fn inflate(packed: &[u8]) -> std::io::Result<String> {
    let mut text = String::new();
    DeflateDecoder::new(packed)
        .take(MAX_STREAM)
        .read_to_string(&mut text)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::json::from_json_line;
    use crate::corpus::to_json_line;

    fn cases() -> Vec<Case> {
        [
            r#"{"id":"a-1","area":"a","expr":"'\n'","type":"CHAR(1)","meta":[254,4,0,1,255],"nullable":false,"collation":"utf8mb4_0900_ai_ci","coercibility":4,"value":"\n","warnings":[]}"#,
            r#"{"id":"a-2","area":"a","expr":"NULL","settings":{"sql_mode":""},"type":"NULL","meta":[6,0,0,128,63],"nullable":true,"value":null,"warnings":[[1292,"é \u0001"],[1365,"Division by 0",3]]}"#,
            r#"{"id":"a-3","area":"a","expr":"x","columns":true,"error":[1054,"42S22","Unknown column 'x'"]}"#,
            r#"{"id":"a-4","area":"a","expr":"ti","columns":true,"type":"VARBINARY(1)","meta":[253,1,31,128,63],"nullable":true,"collation":"binary","coercibility":2,"rows":[null,{"hex":"0A"},null,"",{"hex":"0A"}],"warnings":[[1365,"Division by 0",3]]}"#,
            r#"{"id":"a-5","area":"a","expr":"ti","columns":true,"error":[1690,"22003","out"],"type":"BIGINT","meta":[8,1,0,128,63],"nullable":true,"rows":["1",null],"row_errors":{"1":[1690,"22003","out"]},"warnings":[]}"#,
            r#"{"id":"a-6","area":"a","expr":"ti","columns":true,"type":"BIGINT","meta":[8,1,0,128,63],"nullable":true,"rows":[],"warnings":[]}"#,
        ]
        .into_iter()
        .map(|line| from_json_line(line).unwrap())
        .collect()
    }

    fn unpack(bytes: &[u8]) -> Result<Vec<Case>, String> {
        let mut packed = Packed::from_bytes(bytes)?;
        std::iter::from_fn(|| packed.next_case()).collect()
    }

    #[test]
    fn packing_loses_nothing_and_is_deterministic() {
        let cases = cases();
        let bytes = pack("a", &cases).unwrap();
        assert_eq!(bytes, pack("a", &cases).unwrap());
        let back = unpack(&bytes).unwrap();
        assert_eq!(back, cases);
        for (case, again) in cases.iter().zip(&back) {
            assert_eq!(to_json_line(case), to_json_line(again));
        }
    }

    #[test]
    fn an_area_without_cases_packs() {
        assert_eq!(unpack(&pack("a", []).unwrap()), Ok(Vec::new()));
    }

    #[test]
    fn a_case_of_another_area_is_refused() {
        assert!(
            pack("b", &cases())
                .unwrap_err()
                .contains("does not belong to area `b`")
        );
    }

    #[test]
    fn damage_is_noticed() {
        let bytes = pack("a", &cases()).unwrap();
        assert!(unpack(&[]).unwrap_err().contains("no header"));
        assert!(
            unpack(&bytes[..bytes.len() - 1])
                .unwrap_err()
                .contains("cut off")
        );
        assert!(
            unpack(&[&bytes[..], b"x"].concat())
                .unwrap_err()
                .contains("after the last")
        );
        let text = String::from_utf8_lossy(&bytes[..12]).replace("1", "2");
        assert!(
            unpack(&[text.as_bytes(), &bytes[12..]].concat())
                .unwrap_err()
                .contains("format 2")
        );
        for position in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[position] ^= 0x41;
            // Either refused or read as something: never a panic.
            let read = unpack(&damaged);
            assert!(read.is_err() || read.is_ok_and(|read| read.len() <= 10_000));
        }
    }
}
