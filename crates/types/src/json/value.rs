//! What a document is made of.

use super::MAX_DEPTH;
use crate::decimal::Decimal;
use std::cmp::Ordering;

/// A JSON value as MySQL knows it: besides JSON's own kinds there are exact numbers, temporal values and bytes of other types.
///
/// `==` compares form, not meaning (`1` and `1.0` differ): MySQL's comparison is [`Json::compare`].
///
/// ```
/// use sqlift_types::json::Json;
/// let json = Json::parse(br#"{"bb": 1e2, "a": [1.0, 2], "a": null}"#).unwrap();
/// assert_eq!(json.to_string(), r#"{"a": null, "bb": 100.0}"#);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    /// `null`, which is not SQL's NULL.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// INTEGER.
    Int(i64),
    /// UNSIGNED INTEGER.
    UInt(u64),
    /// DOUBLE: what text with a point or an exponent gives.
    Double(f64),
    /// DECIMAL: only from SQL.
    Decimal(Decimal),
    /// STRING, in utf8mb4.
    String(Vec<u8>),
    /// DATE, packed.
    Date(i64),
    /// TIME in microseconds.
    Time(i64),
    /// DATETIME, packed.
    DateTime(i64),
    /// Bytes of a type that JSON does not know.
    Opaque(Opaque),
    /// ARRAY.
    Array(Vec<Json>),
    /// OBJECT.
    Object(Object),
}

/// Bytes of an SQL type that JSON does not know: binary strings, BIT.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opaque {
    /// The number of the type in MySQL's protocol.
    pub field_type: u8,
    /// Its value.
    pub bytes: Vec<u8>,
}

impl Opaque {
    /// The type of VARBINARY, and of what binary literals and functions give.
    pub const VARBINARY: u8 = 15;
    /// The type of BIT columns.
    pub const BIT: u8 = 16;
    /// The first and last of the four BLOB types.
    pub const BLOBS: std::ops::RangeInclusive<u8> = 249..=252;
    /// The type of BINARY columns.
    pub const BINARY: u8 = 254;
    /// The type in which binary strings go through the protocol.
    pub const VAR_STRING: u8 = 253;
}

/// The members of an object: each key once, shorter keys first, keys of one length by their bytes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Object {
    members: Vec<(Vec<u8>, Json)>,
}

fn key_order(a: &[u8], b: &[u8]) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

impl Object {
    /// The object of these members; the last of one key stays.
    pub fn new(mut members: Vec<(Vec<u8>, Json)>) -> Object {
        // Last ones first, so that they are those that stay.
        members.reverse();
        members.sort_by(|a, b| key_order(&a.0, &b.0));
        members.dedup_by(|later, kept| later.0 == kept.0);
        Object { members }
    }

    /// Members in order.
    pub fn members(&self) -> &[(Vec<u8>, Json)] {
        &self.members
    }

    /// Members in order, their values to change.
    pub fn values_mut(&mut self) -> impl Iterator<Item = (&[u8], &mut Json)> {
        self.members.iter_mut().map(|(k, v)| (k.as_slice(), v))
    }

    /// How many members.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// No member.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    fn place(&self, key: &[u8]) -> Result<usize, usize> {
        self.members.binary_search_by(|(k, _)| key_order(k, key))
    }

    /// The value of a key.
    pub fn get(&self, key: &[u8]) -> Option<&Json> {
        self.place(key).ok().map(|place| &self.members[place].1)
    }

    /// The value of a key, to change.
    pub fn get_mut(&mut self, key: &[u8]) -> Option<&mut Json> {
        let place = self.place(key).ok()?;
        Some(&mut self.members[place].1)
    }

    /// Puts a member in, in the place of one with the same key.
    pub fn insert(&mut self, key: Vec<u8>, value: Json) {
        match self.place(&key) {
            Ok(place) => self.members[place].1 = value,
            Err(place) => self.members.insert(place, (key, value)),
        }
    }

    /// Takes a member out.
    pub fn remove(&mut self, key: &[u8]) -> Option<Json> {
        let place = self.place(key).ok()?;
        Some(self.members.remove(place).1)
    }

    /// The members, taken apart.
    pub fn into_members(self) -> Vec<(Vec<u8>, Json)> {
        self.members
    }
}

impl Json {
    /// What JSON_TYPE says.
    pub fn type_name(&self) -> &'static str {
        match self {
            Json::Null => "NULL",
            Json::Bool(_) => "BOOLEAN",
            Json::Int(_) => "INTEGER",
            Json::UInt(_) => "UNSIGNED INTEGER",
            Json::Double(_) => "DOUBLE",
            Json::Decimal(_) => "DECIMAL",
            Json::String(_) => "STRING",
            Json::Date(_) => "DATE",
            Json::Time(_) => "TIME",
            Json::DateTime(_) => "DATETIME",
            Json::Opaque(opaque) => match opaque.field_type {
                Opaque::VARBINARY | Opaque::VAR_STRING | Opaque::BINARY => "BLOB",
                t if Opaque::BLOBS.contains(&t) => "BLOB",
                Opaque::BIT => "BIT",
                _ => "OPAQUE",
            },
            Json::Array(_) => "ARRAY",
            Json::Object(_) => "OBJECT",
        }
    }

    /// Neither array nor object.
    pub fn is_scalar(&self) -> bool {
        !matches!(self, Json::Array(_) | Json::Object(_))
    }

    /// What JSON_LENGTH says: elements, members, 1 for a scalar.
    pub fn length(&self) -> usize {
        match self {
            Json::Array(elements) => elements.len(),
            Json::Object(object) => object.len(),
            _ => 1,
        }
    }

    /// What is directly inside.
    pub fn children(&self) -> impl Iterator<Item = &Json> {
        let (elements, members): (&[Json], _) = match self {
            Json::Array(elements) => (elements, &[][..]),
            Json::Object(object) => (&[], object.members()),
            _ => (&[], &[][..]),
        };
        elements.iter().chain(members.iter().map(|(_, v)| v))
    }

    /// What JSON_DEPTH says: 1 for scalars and what is empty.
    pub fn depth(&self) -> usize {
        self.levels(false)
    }

    /// Levels of arrays and objects, looking no deeper than MAX_DEPTH + 1 of them.
    fn levels(&self, only_containers: bool) -> usize {
        let mut level: Vec<&Json> = vec![self];
        let mut depth = 0;
        while !level.is_empty() && depth <= MAX_DEPTH + 1 {
            depth += usize::from(!only_containers || level.iter().any(|v| !v.is_scalar()));
            level = level.into_iter().flat_map(Json::children).collect();
        }
        depth
    }

    /// More than [`MAX_DEPTH`] arrays and objects inside each other.
    pub fn is_too_deep(&self) -> bool {
        self.levels(true) > MAX_DEPTH
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shorter_keys_come_first_and_the_last_value_stays() {
        let one = |key: &str, n: i64| (key.as_bytes().to_vec(), Json::Int(n));
        let object = Object::new(vec![one("b", 1), one("aa", 2), one("a", 3), one("b", 4)]);
        assert_eq!(object.members(), [one("a", 3), one("b", 4), one("aa", 2)]);
        assert_eq!(object.get(b"aa"), Some(&Json::Int(2)));
        assert_eq!(object.get(b"c"), None);
    }

    #[test]
    fn depth_counts_scalars_and_too_deep_does_not() {
        assert_eq!(Json::Int(1).depth(), 1);
        assert_eq!(Json::Array(vec![]).depth(), 1);
        let mut json = Json::Int(1);
        for _ in 0..MAX_DEPTH {
            json = Json::Array(vec![json]);
        }
        assert_eq!(json.depth(), 101);
        assert!(!json.is_too_deep());
        assert!(Json::Array(vec![json]).is_too_deep());
    }
}
