//! One cell of a row.

use crate::{Datum, I256, Repr};

/// A 128-bit DECIMAL coefficient as two 64-bit halves (low first), so that a [`Value`] needs only 8-byte alignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(C)]
pub struct Coefficient128 {
    low: u64,
    high: i64,
}

impl From<i128> for Coefficient128 {
    #[inline(always)]
    fn from(v: i128) -> Self {
        Coefficient128 {
            low: v as u64,
            high: (v >> 64) as i64,
        }
    }
}

impl From<Coefficient128> for i128 {
    #[inline(always)]
    fn from(c: Coefficient128) -> i128 {
        (i128::from(c.high) << 64) | i128::from(c.low)
    }
}

/// One borrowed, tagged cell: what rows are made of, what native code reads in place, what a program returns.
///
/// `Copy`, 24 bytes: the tag is the first byte, a DECIMAL's scale the second, the payload starts at byte 8. Native code relies on
/// that layout (`#[repr(u8)]` fixes it) and checks it when it starts.
///
/// Truth values are `Int(0)` and `Int(1)`; YEAR, BIT and the index of ENUM and SET are `UInt`.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(u8)]
pub enum Value<'a> {
    /// SQL NULL.
    Null = 0,
    /// Signed integer, or a truth value.
    Int(i64) = 1,
    /// Unsigned integer.
    UInt(u64) = 2,
    /// Binary64 (FLOAT is held widened).
    Double(f64) = 3,
    /// DECIMAL of at most 18 digits.
    Dec64 {
        /// Number of fraction digits.
        scale: u8,
        /// The unscaled value.
        coefficient: i64,
    } = 4,
    /// DECIMAL of at most 38 digits.
    Dec128 {
        /// Number of fraction digits.
        scale: u8,
        /// The unscaled value.
        coefficient: Coefficient128,
    } = 5,
    /// DECIMAL of at most 65 digits.
    Dec256 {
        /// Number of fraction digits.
        scale: u8,
        /// The unscaled value.
        coefficient: &'a I256,
    } = 6,
    /// Packed date, see [`crate::temporal`].
    Date(i64) = 7,
    /// Signed microseconds.
    Time(i64) = 8,
    /// Packed date and time, see [`crate::temporal`].
    DateTime(i64) = 9,
    /// Text in the bytes of its character set, or a binary string.
    Bytes(&'a [u8]) = 10,
    /// A JSON document: its held form or its text, see [`crate::json`].
    Json(&'a [u8]) = 11,
}

const _: () = assert!(size_of::<Value<'_>>() == 24 && align_of::<Value<'_>>() == 8);

impl<'a> Value<'a> {
    /// The byte at offset 0 of a cell that holds `repr`.
    pub const fn tag_of(repr: Repr) -> u8 {
        match repr {
            Repr::Bool | Repr::Int => 1,
            Repr::UInt => 2,
            Repr::Double => 3,
            Repr::Dec64 => 4,
            Repr::Dec128 => 5,
            Repr::Dec256 => 6,
            Repr::Date => 7,
            Repr::Time => 8,
            Repr::DateTime => 9,
            Repr::Bytes => 10,
            Repr::Json => 11,
        }
    }

    /// Whether the cell is SQL NULL.
    #[inline]
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    /// The owned value.
    pub fn to_datum(&self) -> Datum {
        Datum::from(*self)
    }
}

impl From<i64> for Value<'_> {
    fn from(v: i64) -> Self {
        Value::Int(v)
    }
}
impl From<f64> for Value<'_> {
    fn from(v: f64) -> Self {
        Value::Double(v)
    }
}
impl<'a> From<&'a str> for Value<'a> {
    fn from(v: &'a str) -> Self {
        Value::Bytes(v.as_bytes())
    }
}
