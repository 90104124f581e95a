//! What a row's run has at hand: the row, registers, the result.

use super::code::SLOTS;
use super::{Opcode, Word};
use sqlift::Value;

/// A row on its way.
pub(super) struct Machine<'r> {
    pub(super) row: &'r [Value<'r>],
    pub(super) slots: [Word; SLOTS],
    pub(super) result: Word,
}

impl<'r> Machine<'r> {
    pub(super) fn new() -> Machine<'r> {
        Machine {
            row: &[],
            slots: [Word::NULL; SLOTS],
            result: Word::NULL,
        }
    }

    #[inline(always)]
    pub(super) fn slot(&self, slot: u16) -> Word {
        self.slots[slot as usize % SLOTS]
    }

    #[inline(always)]
    pub(super) fn set(&mut self, slot: u8, word: Word) {
        self.slots[slot as usize % SLOTS] = word;
    }
}

/// How a column's cells are held.
pub(super) trait Held: Copy + Send + Sync + 'static {
    /// The cell, if it is held so.
    fn word(cell: Value<'_>) -> Option<Word>;

    /// A cell of the row; one of another type gives the row up, as in the real tiers.
    #[inline(always)]
    fn read(row: &[Value<'_>], column: u16) -> Word {
        match row.get(column as usize) {
            Some(Value::Null) => Word::NULL,
            Some(cell) => Self::word(*cell).unwrap_or(Word::EXIT),
            None => Word::EXIT,
        }
    }
}

macro_rules! held {
    ($($(#[$doc:meta])* $name:ident = $pattern:pat => $word:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy)]
        pub(super) struct $name;
        impl Held for $name {
            #[inline(always)]
            fn word(cell: Value<'_>) -> Option<Word> {
                match cell {
                    $pattern => Some($word),
                    _ => None,
                }
            }
        }
    )*};
}

held! {
    /// BIGINT.
    HeldInt = Value::Int(v) => Word::int(v);
    /// BIGINT UNSIGNED.
    HeldUInt = Value::UInt(v) => Word::bits(v);
    /// DOUBLE.
    HeldDouble = Value::Double(v) => Word::double(v);
    /// DECIMAL of 64 bits.
    HeldDec64 = Value::Dec64 { coefficient, .. } => Word::int(coefficient);
}

/// The cell that a column instruction reads; nothing for any other.
#[inline(always)]
pub(super) fn column(opcode: Opcode, row: &[Value<'_>], column: u16) -> Word {
    match opcode {
        Opcode::ColumnInt => HeldInt::read(row, column),
        Opcode::ColumnUInt => HeldUInt::read(row, column),
        Opcode::ColumnDouble => HeldDouble::read(row, column),
        Opcode::ColumnDec64 => HeldDec64::read(row, column),
        _ => Word::EXIT,
    }
}
