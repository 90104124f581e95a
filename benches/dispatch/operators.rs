//! What the instructions do: one type an operator, so that a design can be generic over it.
//!
//! NULL operands make NULL (AND, OR and BETWEEN know better); what MySQL raises an error or warning for gives the row up.

use super::machine::{Held, HeldDec64, HeldDouble, HeldInt, HeldUInt};
use super::{Is, Word};

/// An operator of up to three operands; those that it has not are ignored.
pub(super) trait Operator: Copy + Send + Sync + 'static {
    /// How many operands it has.
    const OPERANDS: usize;
    /// How a column is held that is its first operand.
    type First: Held;
    /// How one is held that is another.
    type Second: Held;
    /// Its value.
    fn apply(a: Word, b: Word, c: Word) -> Word;
}

#[inline(always)]
fn strict2(a: Word, b: Word, value: impl FnOnce(Word, Word) -> Word) -> Word {
    if a.is == Is::Value && b.is == Is::Value {
        value(a, b)
    } else {
        Word::NULL
    }
}

#[inline(always)]
fn int(value: Option<i64>) -> Word {
    value.map_or(Word::EXIT, Word::int)
}

#[inline(always)]
fn finite(value: f64) -> Word {
    if value.is_finite() {
        Word::double(value)
    } else {
        Word::EXIT
    }
}

#[inline(always)]
fn truth(word: Word) -> Option<bool> {
    (word.is == Is::Value).then_some(word.bits != 0)
}

macro_rules! unary {
    ($($(#[$doc:meta])* $name:ident($first:ident) = |$a:ident| $value:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy)]
        pub(super) struct $name;
        impl Operator for $name {
            const OPERANDS: usize = 1;
            type First = $first;
            type Second = $first;
            #[inline(always)]
            fn apply($a: Word, _: Word, _: Word) -> Word {
                if $a.is == Is::Value { $value } else { Word::NULL }
            }
        }
    )*};
}

macro_rules! binary {
    ($($(#[$doc:meta])* $name:ident($first:ident, $second:ident) = |$a:ident, $b:ident| $value:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy)]
        pub(super) struct $name;
        impl Operator for $name {
            const OPERANDS: usize = 2;
            type First = $first;
            type Second = $second;
            #[inline(always)]
            fn apply($a: Word, $b: Word, _: Word) -> Word {
                strict2($a, $b, |$a, $b| $value)
            }
        }
    )*};
}

unary! {
    /// BIGINT as DOUBLE.
    IntToDouble(HeldInt) = |a| Word::double(a.as_int() as f64);
    /// BIGINT UNSIGNED as DOUBLE.
    UIntToDouble(HeldUInt) = |a| Word::double(a.bits as f64);
}

binary! {
    /// BIGINT `+`.
    AddInt(HeldInt, HeldInt) = |a, b| int(a.as_int().checked_add(b.as_int()));
    /// BIGINT `-`.
    SubInt(HeldInt, HeldInt) = |a, b| int(a.as_int().checked_sub(b.as_int()));
    /// BIGINT `*`.
    MulInt(HeldInt, HeldInt) = |a, b| int(a.as_int().checked_mul(b.as_int()));
    /// BIGINT `%`.
    RemInt(HeldInt, HeldInt) = |a, b| if b.bits == 0 { Word::EXIT } else { Word::int(a.as_int().wrapping_rem(b.as_int())) };
    /// DOUBLE `+`.
    AddDouble(HeldDouble, HeldDouble) = |a, b| finite(a.as_double() + b.as_double());
    /// DOUBLE `-`.
    SubDouble(HeldDouble, HeldDouble) = |a, b| finite(a.as_double() - b.as_double());
    /// DOUBLE `*`.
    MulDouble(HeldDouble, HeldDouble) = |a, b| finite(a.as_double() * b.as_double());
    /// DOUBLE `/`; a division by 0 is not finite.
    DivDouble(HeldDouble, HeldDouble) = |a, b| finite(a.as_double() / b.as_double());
    /// DECIMAL `=`, of one scale.
    EqDec64(HeldDec64, HeldDec64) = |a, b| Word::truth(a.bits == b.bits);
    /// BIGINT `=`.
    EqInt(HeldInt, HeldInt) = |a, b| Word::truth(a.bits == b.bits);
    /// BIGINT UNSIGNED `=` BIGINT.
    EqUIntInt(HeldUInt, HeldInt) = |a, b| Word::truth(a.bits == b.bits && b.as_int() >= 0);
    /// BIGINT `<`.
    LtInt(HeldInt, HeldInt) = |a, b| Word::truth(a.as_int() < b.as_int());
    /// BIGINT `>`.
    GtInt(HeldInt, HeldInt) = |a, b| Word::truth(a.as_int() > b.as_int());
    /// DOUBLE `=`.
    EqDouble(HeldDouble, HeldDouble) = |a, b| Word::truth(a.as_double() == b.as_double());
}

/// `AND` of three truth values.
#[derive(Clone, Copy)]
pub(super) struct And;

impl Operator for And {
    const OPERANDS: usize = 2;
    // No column is a truth value.
    type First = HeldInt;
    type Second = HeldInt;
    #[inline(always)]
    fn apply(a: Word, b: Word, _: Word) -> Word {
        match (truth(a), truth(b)) {
            (Some(false), _) | (_, Some(false)) => Word::truth(false),
            (Some(true), Some(true)) => Word::truth(true),
            _ => Word::NULL,
        }
    }
}

/// `OR` of three truth values.
#[derive(Clone, Copy)]
pub(super) struct Or;

impl Operator for Or {
    const OPERANDS: usize = 2;
    // No column is a truth value.
    type First = HeldInt;
    type Second = HeldInt;
    #[inline(always)]
    fn apply(a: Word, b: Word, _: Word) -> Word {
        match (truth(a), truth(b)) {
            (Some(true), _) | (_, Some(true)) => Word::truth(true),
            (Some(false), Some(false)) => Word::truth(false),
            _ => Word::NULL,
        }
    }
}

/// DOUBLE `BETWEEN`.
#[derive(Clone, Copy)]
pub(super) struct BetweenDouble;

impl Operator for BetweenDouble {
    const OPERANDS: usize = 3;
    type First = HeldDouble;
    type Second = HeldDouble;
    #[inline(always)]
    fn apply(a: Word, low: Word, high: Word) -> Word {
        let above = strict2(a, low, |a, low| {
            Word::truth(a.as_double() >= low.as_double())
        });
        let below = strict2(a, high, |a, high| {
            Word::truth(a.as_double() <= high.as_double())
        });
        And::apply(above, below, Word::NULL)
    }
}

/// BIGINT `IN` a list of constants without NULL.
#[inline(always)]
pub(super) fn in_list(a: Word, list: &[i64]) -> Word {
    if a.is == Is::Value {
        Word::truth(list.contains(&a.as_int()))
    } else {
        Word::NULL
    }
}

/// Names the type of an opcode's operator: `with_operator!(opcode, O => ..., else ...)`, where `else` is for what is no operator.
macro_rules! with_operator {
    ($opcode:expr, $name:ident => $body:expr, else $other:expr) => {
        with_operator!(@ $opcode, $name, $body, $other,
            IntToDouble UIntToDouble AddInt SubInt MulInt RemInt AddDouble SubDouble MulDouble DivDouble EqInt EqDec64 EqUIntInt LtInt GtInt
            EqDouble And Or BetweenDouble)
    };
    (@ $opcode:expr, $name:ident, $body:expr, $other:expr, $($operator:ident)*) => {
        match $opcode {
            $($crate::dispatch::Opcode::$operator => {
                type $name = $crate::dispatch::operators::$operator;
                $body
            })*
            _ => $other,
        }
    };
}
pub(super) use with_operator;
