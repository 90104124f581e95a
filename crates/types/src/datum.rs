//! The owned value that the interpreter computes with.

use crate::decimal::Decimal;
use crate::{I256, Repr, SqlType, Value};

/// An owned, dynamic value: constants, results, and what references compute with.
#[derive(Clone, Debug, PartialEq)]
pub enum Datum {
    /// SQL NULL.
    Null,
    /// Signed integer, or a truth value.
    Int(i64),
    /// Unsigned integer.
    UInt(u64),
    /// Binary64.
    Double(f64),
    /// Exact decimal.
    Decimal(Decimal),
    /// Packed date.
    Date(i64),
    /// Signed microseconds.
    Time(i64),
    /// Packed date and time.
    DateTime(i64),
    /// Text or binary string.
    Bytes(Vec<u8>),
    /// A JSON document: its held form or its text, see [`crate::json`].
    Json(Vec<u8>),
}

impl Datum {
    /// Whether this is SQL NULL.
    pub fn is_null(&self) -> bool {
        matches!(self, Datum::Null)
    }

    /// The value borrowed as a cell of type `ty`; `wide` holds a 256-bit coefficient if one is needed.
    ///
    /// Gives `None` if the value is not one that a cell of that type holds (a DECIMAL with more digits, another kind).
    pub fn as_cell<'a>(&'a self, ty: &SqlType, wide: &'a mut I256) -> Option<Value<'a>> {
        self.as_cell_of(ty.repr(), ty.decimals, wide)
    }

    /// As [`Datum::as_cell`], for a representation and scale.
    pub fn as_cell_of<'a>(
        &'a self,
        repr: Repr,
        scale: u8,
        wide: &'a mut I256,
    ) -> Option<Value<'a>> {
        Some(match (self, repr) {
            (Datum::Null, _) => Value::Null,
            (Datum::Int(v), Repr::Int | Repr::Bool) => Value::Int(*v),
            (Datum::UInt(v), Repr::UInt) => Value::UInt(*v),
            (Datum::Double(v), Repr::Double) => Value::Double(*v),
            (Datum::Decimal(d), Repr::Dec64 | Repr::Dec128 | Repr::Dec256)
                if d.scale() == scale =>
            {
                match repr {
                    Repr::Dec64 => Value::Dec64 {
                        scale,
                        coefficient: i64::try_from(d.coefficient()).ok()?,
                    },
                    Repr::Dec128 => Value::Dec128 {
                        scale,
                        coefficient: i128::try_from(d.coefficient()).ok()?.into(),
                    },
                    _ => {
                        *wide = d.coefficient();
                        Value::Dec256 {
                            scale,
                            coefficient: wide,
                        }
                    }
                }
            }
            (Datum::Date(v), Repr::Date) => Value::Date(*v),
            (Datum::Time(v), Repr::Time) => Value::Time(*v),
            (Datum::DateTime(v), Repr::DateTime) => Value::DateTime(*v),
            (Datum::Bytes(v), Repr::Bytes) => Value::Bytes(v),
            (Datum::Json(v), Repr::Json) => Value::Json(v),
            _ => return None,
        })
    }
}

impl From<Value<'_>> for Datum {
    fn from(v: Value<'_>) -> Datum {
        // A cell's scale comes from a type, so it is never over 30; zero stands for what cannot be.
        let decimal = |coefficient, scale| {
            Datum::Decimal(Decimal::new(coefficient, scale).unwrap_or_default())
        };
        match v {
            Value::Null => Datum::Null,
            Value::Int(v) => Datum::Int(v),
            Value::UInt(v) => Datum::UInt(v),
            Value::Double(v) => Datum::Double(v),
            Value::Dec64 { scale, coefficient } => decimal(I256::from(coefficient), scale),
            Value::Dec128 { scale, coefficient } => {
                decimal(I256::from(i128::from(coefficient)), scale)
            }
            Value::Dec256 { scale, coefficient } => decimal(*coefficient, scale),
            Value::Date(v) => Datum::Date(v),
            Value::Time(v) => Datum::Time(v),
            Value::DateTime(v) => Datum::DateTime(v),
            Value::Bytes(v) => Datum::Bytes(v.to_vec()),
            Value::Json(v) => Datum::Json(v.to_vec()),
        }
    }
}
