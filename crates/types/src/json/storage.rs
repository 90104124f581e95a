//! How many bytes a document takes in MySQL's own binary form: JSON_STORAGE_SIZE.
//!
//! A type byte, then the value. Arrays and objects have a count, a size, an entry for each key (offset and length) and for each value (type and
//! offset), then keys and values; small numbers and literals are held in the entry itself. Offsets take 2 bytes, or 4 once the whole is
//! 64 KiB or larger.

use super::Json;

/// Where offsets of 2 bytes end.
const SMALL: usize = 1 << 16;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Offsets {
    Small,
    Large,
}

impl Offsets {
    fn bytes(self) -> usize {
        match self {
            Offsets::Small => 2,
            Offsets::Large => 4,
        }
    }
}

impl Json {
    /// The bytes that the document takes in MySQL's binary form.
    pub fn storage_size(&self) -> usize {
        1 + self.value_size()
    }

    fn value_size(&self) -> usize {
        match self {
            Json::Null | Json::Bool(_) => 1,
            Json::Int(v) if i16::try_from(*v).is_ok() => 2,
            Json::UInt(v) if u16::try_from(*v).is_ok() => 2,
            Json::Int(v) if i32::try_from(*v).is_ok() => 4,
            Json::UInt(v) if u32::try_from(*v).is_ok() => 4,
            Json::Int(_) | Json::UInt(_) | Json::Double(_) => 8,
            // Type, length, packed moment.
            Json::Date(_) | Json::Time(_) | Json::DateTime(_) => 10,
            Json::Decimal(v) => {
                let scale = usize::from(v.scale());
                let whole = (v.digits() as usize).saturating_sub(scale).max(1);
                // Type, length, precision, scale, then groups of nine digits in four bytes.
                4 + digit_bytes(whole) + digit_bytes(scale)
            }
            Json::String(text) => length_bytes(text.len()) + text.len(),
            Json::Opaque(v) => 1 + length_bytes(v.bytes.len()) + v.bytes.len(),
            Json::Array(_) | Json::Object(_) => {
                let small = self.container_size(Offsets::Small);
                if small < SMALL {
                    small
                } else {
                    self.container_size(Offsets::Large)
                }
            }
        }
    }

    fn container_size(&self, offsets: Offsets) -> usize {
        let width = offsets.bytes();
        let keys = match self {
            Json::Object(object) => object
                .members()
                .iter()
                .map(|(key, _)| width + 2 + key.len())
                .sum(),
            _ => 0,
        };
        let values: usize = self
            .children()
            .map(|value| 1 + width + value.size_outside_entry(offsets))
            .sum();
        2 * width + keys + values
    }

    /// What does not fit into the entry.
    fn size_outside_entry(&self, offsets: Offsets) -> usize {
        let is_inside = match self {
            Json::Null | Json::Bool(_) => true,
            Json::Int(_) | Json::UInt(_) => self.value_size() <= offsets.bytes(),
            _ => false,
        };
        if is_inside { 0 } else { self.value_size() }
    }
}

/// Seven bits of a length to a byte.
fn length_bytes(length: usize) -> usize {
    let bits = (usize::BITS - length.leading_zeros()).max(1);
    bits.div_ceil(7) as usize
}

fn digit_bytes(digits: usize) -> usize {
    const REST: [usize; 9] = [0, 1, 1, 2, 2, 3, 3, 4, 4];
    digits / 9 * 4 + REST[digits % 9]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Recorded from the server.
    #[test]
    fn sizes_are_the_servers() {
        for (text, size) in [
            ("null", 2),
            ("1", 3),
            ("70000", 5),
            ("4294967295", 9),
            (r#""abc""#, 5),
            ("{}", 5),
            (r#"{"a":1}"#, 13),
            (r#"[1,70000,"a",null,true,1.5]"#, 37),
        ] {
            let json = Json::parse(text.as_bytes()).unwrap();
            assert_eq!(json.storage_size(), size, "{text}");
        }
    }
}
