//! What travels between operators: 64 bits and whether they mean something, returned in two registers.

use sqlift::Value;

/// What a word is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Is {
    /// A value.
    Value,
    /// SQL NULL.
    Null,
    /// Nothing: the row is given up (an overflow, a cell of another type).
    Exit,
}

/// A value of 64 bits, NULL, or nothing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Word {
    /// The value; 0 where there is none.
    pub bits: u64,
    /// Whether there is one.
    pub is: Is,
}

impl Word {
    /// SQL NULL.
    pub const NULL: Word = Word {
        bits: 0,
        is: Is::Null,
    };
    /// The row is given up.
    pub const EXIT: Word = Word {
        bits: 0,
        is: Is::Exit,
    };

    /// A value.
    #[inline(always)]
    pub fn bits(bits: u64) -> Word {
        Word {
            bits,
            is: Is::Value,
        }
    }

    /// An integer.
    #[inline(always)]
    pub fn int(value: i64) -> Word {
        Word::bits(value as u64)
    }

    /// A double.
    #[inline(always)]
    pub fn double(value: f64) -> Word {
        Word::bits(value.to_bits())
    }

    /// A truth value.
    #[inline(always)]
    pub fn truth(value: bool) -> Word {
        Word::bits(value.into())
    }

    /// A cell, whatever it holds; one of more than 64 bits is no word.
    #[inline(always)]
    pub fn of(cell: Value<'_>) -> Word {
        match cell {
            Value::Null => Word::NULL,
            Value::Int(v) | Value::Dec64 { coefficient: v, .. } => Word::int(v),
            Value::UInt(v) => Word::bits(v),
            Value::Double(v) => Word::double(v),
            _ => Word::EXIT,
        }
    }

    #[inline(always)]
    pub(super) fn as_int(self) -> i64 {
        self.bits as i64
    }

    #[inline(always)]
    pub(super) fn as_double(self) -> f64 {
        f64::from_bits(self.bits)
    }
}
