//! Document to text, as the server prints it.

use super::{Json, Opaque};
use crate::{number, temporal};
use std::fmt;

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Text in quotation marks, with escapes: what JSON_QUOTE gives.
pub(super) fn write_quoted(text: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    for byte in text {
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            8 => out.extend_from_slice(b"\\b"),
            12 => out.extend_from_slice(b"\\f"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            0..=0x1f => out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
            _ => out.push(*byte),
        }
    }
    out.push(b'"');
}

fn write_double(value: f64, out: &mut Vec<u8>) {
    let start = out.len();
    number::write_double(value, out);
    if !out[start..].iter().any(|b| matches!(b, b'.' | b'e')) {
        out.extend_from_slice(b".0");
    }
}

fn write_opaque(opaque: &Opaque, out: &mut Vec<u8>) {
    out.extend_from_slice(format!("base64:type{}:", opaque.field_type).as_bytes());
    for chunk in opaque.bytes.chunks(3) {
        let bits = (0..3).fold(0_u32, |bits, i| {
            bits << 8 | u32::from(chunk.get(i).copied().unwrap_or(0))
        });
        for i in 0..4 {
            let sextet = (bits >> (18 - 6 * i) & 63) as usize;
            out.push(if i <= chunk.len() {
                BASE64[sextet]
            } else {
                b'='
            });
        }
    }
}

/// How the parts of a document are set apart.
#[derive(Clone, Copy)]
enum Layout {
    /// On one line.
    Plain,
    /// Each part on a line of its own, two spaces deeper than what holds it.
    Pretty(usize),
}

impl Layout {
    fn inner(self) -> Layout {
        match self {
            Layout::Plain => Layout::Plain,
            Layout::Pretty(depth) => Layout::Pretty(depth + 1),
        }
    }

    fn start(self, out: &mut Vec<u8>) {
        if let Layout::Pretty(depth) = self {
            out.push(b'\n');
            out.resize(out.len() + 2 * depth, b' ');
        }
    }

    fn between(self, first: bool, out: &mut Vec<u8>) {
        match (self, first) {
            (Layout::Plain, false) => out.extend_from_slice(b", "),
            (Layout::Pretty(_), false) => out.push(b','),
            (_, true) => {}
        }
        self.start(out);
    }
}

impl Json {
    /// Appends the text: what the server sends.
    pub fn write_text(&self, out: &mut Vec<u8>) {
        self.write(Layout::Plain, out);
    }

    /// Appends the text over several lines: JSON_PRETTY.
    pub fn write_pretty(&self, out: &mut Vec<u8>) {
        self.write(Layout::Pretty(0), out);
    }

    /// Appends the text without quotation marks and escapes if it is a string: JSON_UNQUOTE, `->>`, JSON_VALUE.
    pub fn write_unquoted(&self, out: &mut Vec<u8>) {
        match self {
            Json::String(text) => out.extend_from_slice(text),
            Json::Date(_) | Json::Time(_) | Json::DateTime(_) | Json::Opaque(_) => {
                let start = out.len();
                self.write_text(out);
                out.pop();
                out.remove(start);
            }
            _ => self.write_text(out),
        }
    }

    fn write(&self, layout: Layout, out: &mut Vec<u8>) {
        let text = |text: &[u8], out: &mut Vec<u8>| {
            out.push(b'"');
            out.extend_from_slice(text);
            out.push(b'"');
        };
        match self {
            Json::Null => out.extend_from_slice(b"null"),
            Json::Bool(true) => out.extend_from_slice(b"true"),
            Json::Bool(false) => out.extend_from_slice(b"false"),
            Json::Int(v) => out.extend_from_slice(v.to_string().as_bytes()),
            Json::UInt(v) => out.extend_from_slice(v.to_string().as_bytes()),
            Json::Double(v) => write_double(*v, out),
            Json::Decimal(v) => v.write_to(out),
            Json::String(v) => write_quoted(v, out),
            Json::Date(v) => text(
                temporal::Date::from_packed_trusted(*v).text().as_bytes(),
                out,
            ),
            Json::Time(v) => {
                let time = temporal::Time::clamped(*v).0;
                text(time.text(6).as_bytes(), out);
            }
            Json::DateTime(v) => text(
                temporal::DateTime::from_packed_trusted(*v)
                    .text(6)
                    .as_bytes(),
                out,
            ),
            Json::Opaque(v) => {
                out.push(b'"');
                write_opaque(v, out);
                out.push(b'"');
            }
            Json::Array(elements) => {
                out.push(b'[');
                for (n, element) in elements.iter().enumerate() {
                    layout.inner().between(n == 0, out);
                    element.write(layout.inner(), out);
                }
                if !elements.is_empty() {
                    layout.start(out);
                }
                out.push(b']');
            }
            Json::Object(object) => {
                out.push(b'{');
                for (n, (key, value)) in object.members().iter().enumerate() {
                    layout.inner().between(n == 0, out);
                    write_quoted(key, out);
                    out.extend_from_slice(b": ");
                    value.write(layout.inner(), out);
                }
                if !object.is_empty() {
                    layout.start(out);
                }
                out.push(b'}');
            }
        }
    }

    /// A text in quotation marks, with escapes: JSON_QUOTE.
    pub fn quote(text: &[u8], out: &mut Vec<u8>) {
        write_quoted(text, out);
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = Vec::new();
        self.write_text(&mut text);
        f.write_str(&String::from_utf8_lossy(&text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decimal::Decimal;

    #[test]
    fn text_is_the_servers() {
        let json = Json::Array(vec![
            Json::Double(1.0),
            Json::Double(1e15),
            Json::Double(-0.0),
            Json::Decimal("1.50".parse::<Decimal>().unwrap()),
            Json::String(b"a\x08\"\\/\x1f\x7f".to_vec()),
            Json::Opaque(Opaque {
                field_type: Opaque::VARBINARY,
                bytes: b"ABC".to_vec(),
            }),
            Json::Opaque(Opaque {
                field_type: Opaque::BIT,
                bytes: b"A".to_vec(),
            }),
            Json::Opaque(Opaque {
                field_type: Opaque::BIT,
                bytes: b"AB".to_vec(),
            }),
        ]);
        assert_eq!(
            json.to_string(),
            concat!(
                r#"[1.0, 1e15, -0.0, 1.50, "a\b\"\\/\u001f"#,
                "\x7f",
                r#"", "base64:type15:QUJD", "base64:type16:QQ==", "base64:type16:QUI="]"#
            )
        );
    }

    #[test]
    fn pretty_indents_by_two() {
        let json = Json::parse(br#"{"a": [1, {}], "b": []}"#).unwrap();
        let mut out = Vec::new();
        json.write_pretty(&mut out);
        let expected = "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": []\n}";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
