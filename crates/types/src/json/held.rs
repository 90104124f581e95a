//! The bytes in which cells hold documents.
//!
//! One tag byte, then what the kind needs, in little-endian order: numbers in 8 bytes, a DECIMAL as scale and 32 bytes of
//! coefficient, bytes and text with their length in 4 bytes, arrays and objects with the number of their parts and then these, each
//! member as key and value. Tags are 0x80 and up, which no JSON text begins with: so a cell may hold text as well, and
//! whoever brings rows from outside need not convert them.

use super::{Json, MAX_DEPTH, Object, Opaque};
use crate::I256;
use crate::decimal::{Coefficient, Decimal};
use crate::temporal::{Date, DateTime, Time};

/// The bytes of a cell are neither the form described here nor JSON text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed;

const NULL: u8 = 0x80;
const FALSE: u8 = 0x81;
const TRUE: u8 = 0x82;
const INT: u8 = 0x83;
const UINT: u8 = 0x84;
const DOUBLE: u8 = 0x85;
const DECIMAL: u8 = 0x86;
const STRING: u8 = 0x87;
const DATE: u8 = 0x88;
const TIME: u8 = 0x89;
const DATETIME: u8 = 0x8a;
const OPAQUE: u8 = 0x8b;
const ARRAY: u8 = 0x8c;
const OBJECT: u8 = 0x8d;

impl Json {
    /// The bytes that a cell holds.
    pub fn to_held(&self) -> Vec<u8> {
        let mut out = Vec::new();
        write(self, &mut out);
        out
    }

    /// The document that a cell holds, or whose text it holds.
    ///
    /// Errors: bytes that are neither, and documents that are too deep.
    pub fn from_held(bytes: &[u8]) -> Result<Json, Malformed> {
        if bytes.first().is_some_and(|tag| *tag < NULL) {
            return Json::parse(bytes).map_err(|_| Malformed);
        }
        let mut reader = Reader { rest: bytes };
        let json = reader.value(0)?;
        if reader.rest.is_empty() {
            Ok(json)
        } else {
            Err(Malformed)
        }
    }
}

/// Appends the text of the document that a cell holds; nothing if it holds none.
pub fn write_held_text(bytes: &[u8], out: &mut Vec<u8>) {
    if let Ok(json) = Json::from_held(bytes) {
        json.write_text(out);
    }
}

fn write_bytes(bytes: &[u8], out: &mut Vec<u8>) {
    write_count(bytes.len(), out);
    out.extend_from_slice(bytes);
}

/// Values are bounded by `max_allowed_packet`, far below 4 GiB; what is longer would not be read again.
fn write_count(count: usize, out: &mut Vec<u8>) {
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    out.extend_from_slice(&count.to_le_bytes());
}

fn write(json: &Json, out: &mut Vec<u8>) {
    let mut word = |tag: u8, word: u64| {
        out.push(tag);
        out.extend_from_slice(&word.to_le_bytes());
    };
    match json {
        Json::Null => out.push(NULL),
        Json::Bool(false) => out.push(FALSE),
        Json::Bool(true) => out.push(TRUE),
        Json::Int(v) => word(INT, *v as u64),
        Json::UInt(v) => word(UINT, *v),
        Json::Double(v) => word(DOUBLE, v.to_bits()),
        Json::Date(v) => word(DATE, *v as u64),
        Json::Time(v) => word(TIME, *v as u64),
        Json::DateTime(v) => word(DATETIME, *v as u64),
        Json::Decimal(v) => {
            out.extend_from_slice(&[DECIMAL, v.scale()]);
            out.extend_from_slice(&v.coefficient().to_le_bytes());
        }
        Json::String(v) => {
            out.push(STRING);
            write_bytes(v, out);
        }
        Json::Opaque(v) => {
            out.extend_from_slice(&[OPAQUE, v.field_type]);
            write_bytes(&v.bytes, out);
        }
        Json::Array(elements) => {
            out.push(ARRAY);
            write_count(elements.len(), out);
            elements.iter().for_each(|element| write(element, out));
        }
        Json::Object(object) => {
            out.push(OBJECT);
            write_count(object.len(), out);
            for (key, value) in object.members() {
                write_bytes(key, out);
                write(value, out);
            }
        }
    }
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], Malformed> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or(Malformed)?;
        self.rest = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8, Malformed> {
        Ok(self.take(1)?[0])
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        self.take(N)?.try_into().map_err(|_| Malformed)
    }

    fn word(&mut self) -> Result<u64, Malformed> {
        Ok(u64::from_le_bytes(self.array()?))
    }

    fn count(&mut self) -> Result<usize, Malformed> {
        Ok(u32::from_le_bytes(self.array()?) as usize)
    }

    fn bytes(&mut self) -> Result<Vec<u8>, Malformed> {
        let count = self.count()?;
        Ok(self.take(count)?.to_vec())
    }

    fn value(&mut self, depth: usize) -> Result<Json, Malformed> {
        Ok(match self.byte()? {
            NULL => Json::Null,
            FALSE => Json::Bool(false),
            TRUE => Json::Bool(true),
            INT => Json::Int(self.word()? as i64),
            UINT => Json::UInt(self.word()?),
            DOUBLE => {
                let value = f64::from_bits(self.word()?);
                Json::Double(value.is_finite().then_some(value).ok_or(Malformed)?)
            }
            DATE => {
                let date = Date::from_packed(self.word()? as i64).ok_or(Malformed)?;
                Json::Date(date.to_packed())
            }
            TIME => {
                let time = Time::from_micros(self.word()? as i64).ok_or(Malformed)?;
                Json::Time(time.micros())
            }
            DATETIME => {
                let moment = DateTime::from_packed(self.word()? as i64).ok_or(Malformed)?;
                Json::DateTime(moment.to_packed())
            }
            DECIMAL => {
                let scale = self.byte()?;
                let coefficient = I256::from_le_bytes(self.array()?);
                // An exact result may have more than 65 digits, as many as a coefficient surely has.
                let is_decimal = Coefficient::digits(coefficient) <= I256::DIGITS;
                let value = Decimal::new(coefficient, scale).filter(|_| is_decimal);
                Json::Decimal(value.ok_or(Malformed)?)
            }
            STRING => Json::String(self.bytes()?),
            OPAQUE => Json::Opaque(Opaque {
                field_type: self.byte()?,
                bytes: self.bytes()?,
            }),
            ARRAY if depth < MAX_DEPTH => {
                let count = self.count()?;
                // A count beyond what is there fails soon, without room taken for it.
                let mut elements = Vec::with_capacity(count.min(self.rest.len()));
                for _ in 0..count {
                    elements.push(self.value(depth + 1)?);
                }
                Json::Array(elements)
            }
            OBJECT if depth < MAX_DEPTH => {
                let count = self.count()?;
                let mut members = Vec::with_capacity(count.min(self.rest.len() / 5));
                for _ in 0..count {
                    members.push((self.bytes()?, self.value(depth + 1)?));
                }
                Json::Object(Object::new(members))
            }
            _ => return Err(Malformed),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all_kinds() -> Json {
        let kinds = vec![
            Json::Null,
            Json::Bool(true),
            Json::Bool(false),
            Json::Int(-5),
            Json::UInt(u64::MAX),
            Json::Double(-0.5),
            Json::Decimal("-1.50".parse().unwrap()),
            Json::String("日".into()),
            Json::Date(crate::temporal::Date::new(2024, 2, 29).to_packed()),
            Json::Time(-1_000_000),
            Json::DateTime(0),
            Json::Opaque(Opaque {
                field_type: 15,
                bytes: vec![0, 255],
            }),
            Json::Array(vec![]),
            Json::Object(Object::default()),
        ];
        let object = Object::new(vec![(b"a".to_vec(), Json::Array(kinds))]);
        Json::Array(vec![Json::Object(object)])
    }

    #[test]
    fn what_is_held_is_read_again() {
        let json = all_kinds();
        assert_eq!(Json::from_held(&json.to_held()), Ok(json.clone()));
        assert_eq!(
            Json::from_held(b" [1]"),
            Ok(Json::Array(vec![Json::Int(1)]))
        );
    }

    #[test]
    fn broken_bytes_are_refused() {
        let whole = all_kinds().to_held();
        for end in 0..whole.len() {
            assert_eq!(Json::from_held(&whole[..end]), Err(Malformed));
        }
        for at in 0..whole.len() {
            for flip in [1, 0x80, 0xff] {
                let mut broken = whole.clone();
                broken[at] ^= flip;
                // Whatever it is now, it is read or refused, and prints.
                if let Ok(json) = Json::from_held(&broken) {
                    assert!(!json.to_string().is_empty());
                }
            }
        }
        let mut deep = Vec::new();
        for _ in 0..100_000 {
            deep.extend_from_slice(&[ARRAY, 1, 0, 0, 0]);
        }
        assert_eq!(Json::from_held(&deep), Err(Malformed));
        assert_eq!(Json::from_held(b""), Err(Malformed));
        assert_eq!(Json::from_held(b"[1"), Err(Malformed));
    }
}
