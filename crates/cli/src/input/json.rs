//! Records of JSON lines: an object a line. A key that an object does not have is NULL.
//!
//! Numbers keep their digits, so that `12.50` can be a DECIMAL; arrays and objects inside are columns of JSON text.

use super::record::{Record, Written};
use super::text_file::{Lines, Rows};
use crate::failure::Failure;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

/// A file of JSON lines. Its columns are the keys met so far, in the order of first appearance.
pub(super) struct Json {
    lines: Lines,
    line: Vec<u8>,
    names: Vec<String>,
    places: HashMap<String, usize>,
}

impl Json {
    pub(super) fn open(mut lines: Lines) -> Result<Json, Failure> {
        lines.skip_byte_order_mark()?;
        Ok(Json {
            lines,
            line: Vec::new(),
            names: Vec::new(),
            places: HashMap::new(),
        })
    }

    fn place(&mut self, key: &str) -> usize {
        if let Some(place) = self.places.get(key) {
            return *place;
        }
        self.names.push(key.to_owned());
        self.places.insert(key.to_owned(), self.names.len() - 1);
        self.names.len() - 1
    }
}

impl Rows for Json {
    fn next(&mut self, record: &mut Record) -> Result<bool, Failure> {
        record.clear();
        let mut line = std::mem::take(&mut self.line);
        loop {
            if !self.lines.next(&mut line)? {
                return Ok(false);
            }
            if !line.trim_ascii().is_empty() {
                break;
            }
        }
        record.line = self.lines.number();
        let object: Object<'_> =
            serde_json::from_slice(&line).map_err(|e| self.lines.wrong_line(without_line(&e)))?;
        record.cells.resize(self.names.len(), (0..0, Written::Null));
        for (key, value) in object.0 {
            let place = self.place(&key);
            if place >= record.cells.len() {
                record.cells.resize(place + 1, (0..0, Written::Null));
            }
            let start = record.bytes.len();
            let written = match value.get() {
                "null" => Written::Null,
                text if text.starts_with('"') => {
                    let text: String = serde_json::from_str(text)
                        .map_err(|e| self.lines.wrong_line(without_line(&e)))?;
                    record.bytes.extend_from_slice(text.as_bytes());
                    Written::String
                }
                text => {
                    record.bytes.extend_from_slice(text.as_bytes());
                    Written::Bare
                }
            };
            // Of a key that is there twice the last counts, as in MySQL.
            record.cells[place] = (start..record.bytes.len(), written);
        }
        self.line = line;
        Ok(true)
    }

    fn names(&self) -> &[String] {
        &self.names
    }

    fn has_header(&self) -> bool {
        false
    }

    fn lines(&self) -> &Lines {
        &self.lines
    }
}

/// The message without its `at line 1 column n`: each line is a text of its own.
fn without_line(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let message = text.split(" at line ").next().unwrap_or(&text);
    format!("column {}: {message}", error.column())
}

/// Keys and values in their order.
struct Object<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = Object<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut pairs = Vec::new();
                while let Some(key) = map.next_key::<Key<'de>>()? {
                    if key.0.is_empty() {
                        return Err(A::Error::custom("an empty key"));
                    }
                    pairs.push((key.0, map.next_value()?));
                }
                Ok(Object(pairs))
            }
        }
        deserializer.deserialize_map(Pairs)
    }
}

/// A key, borrowed where it has no escapes.
#[derive(serde::Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);
