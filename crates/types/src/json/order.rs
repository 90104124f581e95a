//! Comparison of documents.
//!
//! Kinds have an order among themselves (the manual's "JSON value precedence"); only numbers of different kinds are compared as what
//! they are worth.

use super::{Json, Object};
use crate::decimal::{Decimal, Excess, MAX_SCALE};
use std::cmp::Ordering;

/// The rank of a value's kind.
fn rank(json: &Json) -> u8 {
    match json {
        Json::Null => 0,
        Json::Int(_) | Json::UInt(_) | Json::Double(_) | Json::Decimal(_) => 1,
        Json::String(_) => 2,
        Json::Object(_) => 3,
        Json::Array(_) => 4,
        Json::Bool(_) => 5,
        Json::Date(_) => 6,
        Json::Time(_) => 7,
        Json::DateTime(_) => 8,
        Json::Opaque(_) => 9,
    }
}

impl Json {
    /// MySQL's comparison: a total order in which `1`, `1.0` and a DECIMAL `1.00` are equal.
    pub fn compare(&self, other: &Json) -> Ordering {
        match (self, other) {
            (Json::String(a), Json::String(b)) => a.cmp(b),
            (Json::Object(a), Json::Object(b)) => compare_objects(a, b),
            (Json::Array(a), Json::Array(b)) => a
                .iter()
                .zip(b)
                .map(|(a, b)| a.compare(b))
                .find(|order| order.is_ne())
                .unwrap_or_else(|| a.len().cmp(&b.len())),
            (Json::Bool(a), Json::Bool(b)) => a.cmp(b),
            (Json::Date(a), Json::Date(b))
            | (Json::Time(a), Json::Time(b))
            | (Json::DateTime(a), Json::DateTime(b)) => a.cmp(b),
            (Json::Opaque(a), Json::Opaque(b)) => a
                .field_type
                .cmp(&b.field_type)
                .then_with(|| a.bytes.cmp(&b.bytes)),
            (a, b) => rank(a)
                .cmp(&rank(b))
                .then_with(|| compare_numbers(a, b).unwrap_or(Ordering::Equal)),
        }
    }
}

/// Fewer members are less; then the first key or value that differs decides.
fn compare_objects(a: &Object, b: &Object) -> Ordering {
    let members = || a.members().iter().zip(b.members());
    a.len().cmp(&b.len()).then_with(|| {
        members()
            .map(|((ka, va), (kb, vb))| ka.cmp(kb).then_with(|| va.compare(vb)))
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    })
}

/// `None` if one is no number.
fn compare_numbers(a: &Json, b: &Json) -> Option<Ordering> {
    Some(match (a, b) {
        (Json::Double(a), Json::Double(b)) => a.partial_cmp(b)?,
        (Json::Double(a), Json::Decimal(b)) => compare_double_decimal(*a, *b)?,
        (Json::Decimal(a), Json::Double(b)) => compare_double_decimal(*b, *a)?.reverse(),
        (Json::Double(a), b) => compare_double_integer(*a, integer(b)?)?,
        (a, Json::Double(b)) => compare_double_integer(*b, integer(a)?)?.reverse(),
        (Json::Decimal(a), Json::Decimal(b)) => a.cmp(b),
        (Json::Decimal(a), b) => a.cmp(&decimal(b)?),
        (a, Json::Decimal(b)) => decimal(a)?.cmp(b),
        (a, b) => integer(a)?.cmp(&integer(b)?),
    })
}

fn integer(json: &Json) -> Option<i128> {
    match json {
        Json::Int(v) => Some((*v).into()),
        Json::UInt(v) => Some((*v).into()),
        _ => None,
    }
}

fn decimal(json: &Json) -> Option<Decimal> {
    match json {
        Json::Int(v) => Some(Decimal::from(*v)),
        Json::UInt(v) => Some(Decimal::from(*v)),
        _ => None,
    }
}

/// Exact: 9007199254740993 is more than 9007199254740992.0.
fn compare_double_integer(double: f64, integer: i128) -> Option<Ordering> {
    double.partial_cmp(&(integer as f64)).map(|order| {
        // Equal as doubles: so both are far inside of 128 bits.
        order.then_with(|| (double as i128).cmp(&integer))
    })
}

/// A double is the decimal that its shortest text names: 0.1 is 0.1.
fn compare_double_decimal(double: f64, decimal: Decimal) -> Option<Ordering> {
    match Decimal::from_f64(double, MAX_SCALE) {
        Some(exact) if exact.excess == Excess::None => Some(exact.value.cmp(&decimal)),
        _ => double.partial_cmp(&decimal.to_f64()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(a: &str, b: &str) -> Ordering {
        let parse = |text: &str| Json::parse(text.as_bytes()).unwrap();
        assert_eq!(
            parse(b).compare(&parse(a)),
            parse(a).compare(&parse(b)).reverse()
        );
        parse(a).compare(&parse(b))
    }

    #[test]
    fn kinds_have_an_order() {
        let sorted = ["null", "-1", "1.5", r#""""#, "{}", "[]", "false", "true"];
        for pair in sorted.windows(2) {
            assert_eq!(order(pair[0], pair[1]), Ordering::Less, "{pair:?}");
        }
    }

    /// Recorded from the server.
    #[test]
    fn inside_a_kind() {
        use Ordering::*;
        for (a, b, expected) in [
            (r#"{"b":1,"aa":2}"#, r#"{"c":1,"ab":2}"#, Less),
            (r#"{"b":1,"cc":2}"#, r#"{"b":1,"aaa":2}"#, Greater),
            (r#"{"a":1}"#, r#"{"a":0,"b":0}"#, Less),
            ("[1,2]", "[1,2,0]", Less),
            ("[2]", "[1,2]", Greater),
            (r#""a""#, r#""A""#, Greater),
            ("9007199254740993", "9007199254740992.0", Greater),
            ("18446744073709551615", "1.8446744073709552e19", Less),
            ("-1", "18446744073709551615", Less),
            ("1", "1.0", Equal),
        ] {
            assert_eq!(order(a, b), expected, "{a} {b}");
        }
        let tenth = Json::Decimal("0.1".parse().unwrap());
        assert_eq!(tenth.compare(&Json::Double(0.1)), Equal);
    }
}
