//! What lowerings are written against: about thirty native operations, independent of Cranelift.
//!
//! `jit` implements [`Emit`] for scalar code and for 128-bit vectors; a test implements it with concrete values, so that every
//! lowering is checked against its kernel without generating code.

use crate::{Exit, Reason};

/// A native value made by an [`Emit`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NativeValue(pub u32);

/// An operand or result of a lowering: the value, and whether it is NULL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lowered {
    /// The value; arbitrary when NULL. For byte strings the address.
    pub value: NativeValue,
    /// Byte strings: the length in bytes.
    pub length: Option<NativeValue>,
    /// A truth value that is true when the operand is NULL; `None` when it cannot be.
    pub null: Option<NativeValue>,
}

impl Lowered {
    /// A value that is not NULL (strict lowerings give this: the tier adds the NULLs of the arguments).
    pub fn value(value: NativeValue) -> Lowered {
        Lowered {
            value,
            length: None,
            null: None,
        }
    }
}

/// The machine types of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Machine {
    /// Truth value, 0 or 1.
    Bool,
    /// 64-bit integer, either sign.
    I64,
    /// 128-bit integer (DECIMAL).
    I128,
    /// Binary64.
    F64,
}

/// Integer and floating-point comparisons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the variants are the relations")]
pub enum Relation {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// Native operations.
///
/// Integers wrap unless said otherwise. An implementation may refuse an operation for a machine type by [`Emit::refuse`]: then the
/// tier calls the kernel instead. What a lowering makes runs for every row: nothing traps, and where an operation has a condition
/// ("divisor not 0") the value is arbitrary when it does not hold.
///
/// NULL: of a strict overload the tier takes care. Values are arbitrary where an argument is NULL, [`Emit::exit_if`] counts only
/// where none is, and the result is NULL where an argument is or where the lowering says so. A lowering of an overload that takes
/// NULL (any parameter is [`crate::native::Opt`]) sees to all of that itself, by the [`Lowered::null`] of its arguments.
/// DECIMALs of 256 bits are arguments only, of which nothing but [`Lowered::null`] can be used. A byte string that a lowering gives
/// is an argument of it, or [`Emit::part`] of one.
pub trait Emit {
    /// Says that this lowering cannot be done here.
    fn refuse(&mut self);

    /// 64-bit integer constant.
    fn int(&mut self, value: i64) -> NativeValue;
    /// 128-bit integer constant.
    fn wide(&mut self, value: i128) -> NativeValue;
    /// Binary64 constant.
    fn double(&mut self, value: f64) -> NativeValue;
    /// Truth value constant.
    fn bool(&mut self, value: bool) -> NativeValue;

    /// Wrapping sum of two I64 or two I128.
    fn add(&mut self, a: NativeValue, b: NativeValue) -> NativeValue;
    /// Wrapping difference.
    fn sub(&mut self, a: NativeValue, b: NativeValue) -> NativeValue;
    /// Wrapping product.
    fn mul(&mut self, a: NativeValue, b: NativeValue) -> NativeValue;
    /// Signed I64 sum and whether it overflowed.
    fn add_overflow(&mut self, a: NativeValue, b: NativeValue) -> (NativeValue, NativeValue);
    /// Signed I64 difference and whether it overflowed.
    fn sub_overflow(&mut self, a: NativeValue, b: NativeValue) -> (NativeValue, NativeValue);
    /// Signed I64 product and whether it overflowed.
    fn mul_overflow(&mut self, a: NativeValue, b: NativeValue) -> (NativeValue, NativeValue);
    /// Unsigned I64 sum and whether it overflowed.
    fn unsigned_add_overflow(
        &mut self,
        a: NativeValue,
        b: NativeValue,
    ) -> (NativeValue, NativeValue);
    /// Unsigned I64 product and whether it overflowed.
    fn unsigned_mul_overflow(
        &mut self,
        a: NativeValue,
        b: NativeValue,
    ) -> (NativeValue, NativeValue);
    /// Truncating signed quotient; the divisor is neither 0 nor (with the least dividend) -1 where the row counts, and the
    /// implementation makes it safe elsewhere.
    fn div(&mut self, a: NativeValue, b: NativeValue) -> NativeValue;
    /// Signed remainder, under the same condition.
    fn rem(&mut self, a: NativeValue, b: NativeValue) -> NativeValue;
    /// Unsigned quotient, divisor not 0 where the row counts.
    fn unsigned_div(&mut self, a: NativeValue, b: NativeValue) -> NativeValue;
    /// Unsigned remainder, divisor not 0 where the row counts.
    fn unsigned_rem(&mut self, a: NativeValue, b: NativeValue) -> NativeValue;

    /// Bitwise AND of integers, logical AND of truth values.
    fn and(&mut self, a: NativeValue, b: NativeValue) -> NativeValue;
    /// Bitwise or logical OR.
    fn or(&mut self, a: NativeValue, b: NativeValue) -> NativeValue;
    /// Bitwise or logical XOR.
    fn xor(&mut self, a: NativeValue, b: NativeValue) -> NativeValue;
    /// Logical NOT of a truth value.
    fn not(&mut self, a: NativeValue) -> NativeValue;
    /// Bitwise complement of an I64.
    fn complement(&mut self, a: NativeValue) -> NativeValue;
    /// `a << b`; 0 when `b` (unsigned) is 64 or more.
    fn shift_left(&mut self, a: NativeValue, b: NativeValue) -> NativeValue;
    /// Logical `a >> b`; 0 when `b` (unsigned) is 64 or more.
    fn shift_right(&mut self, a: NativeValue, b: NativeValue) -> NativeValue;

    /// Signed comparison of I64 or I128.
    fn compare(&mut self, relation: Relation, a: NativeValue, b: NativeValue) -> NativeValue;
    /// Unsigned comparison of I64.
    fn unsigned_compare(
        &mut self,
        relation: Relation,
        a: NativeValue,
        b: NativeValue,
    ) -> NativeValue;
    /// Comparison of F64, neither of which is NaN (MySQL has none).
    fn double_compare(&mut self, relation: Relation, a: NativeValue, b: NativeValue)
    -> NativeValue;
    /// `condition ? a : b`, for any machine type.
    fn select(&mut self, condition: NativeValue, a: NativeValue, b: NativeValue) -> NativeValue;

    /// Sum of F64.
    fn double_add(&mut self, a: NativeValue, b: NativeValue) -> NativeValue;
    /// Difference of F64.
    fn double_sub(&mut self, a: NativeValue, b: NativeValue) -> NativeValue;
    /// Product of F64.
    fn double_mul(&mut self, a: NativeValue, b: NativeValue) -> NativeValue;
    /// Quotient of F64.
    fn double_div(&mut self, a: NativeValue, b: NativeValue) -> NativeValue;
    /// Negation of F64.
    fn double_neg(&mut self, a: NativeValue) -> NativeValue;
    /// Absolute value of F64.
    fn double_abs(&mut self, a: NativeValue) -> NativeValue;
    /// Largest integral value not above.
    fn double_floor(&mut self, a: NativeValue) -> NativeValue;
    /// Smallest integral value not below.
    fn double_ceil(&mut self, a: NativeValue) -> NativeValue;
    /// Nearest integral value, halves to even.
    fn double_nearest(&mut self, a: NativeValue) -> NativeValue;
    /// Whether an F64 is neither infinite nor NaN.
    fn is_finite(&mut self, a: NativeValue) -> NativeValue;

    /// Signed I64 to F64.
    fn int_to_double(&mut self, a: NativeValue) -> NativeValue;
    /// Unsigned I64 to F64.
    fn uint_to_double(&mut self, a: NativeValue) -> NativeValue;
    /// F64 to signed I64, towards zero; out of range the nearest I64, NaN 0.
    fn double_to_int(&mut self, a: NativeValue) -> NativeValue;
    /// I64 to I128, keeping the sign.
    fn widen(&mut self, a: NativeValue) -> NativeValue;
    /// Low half of an I128.
    fn narrow(&mut self, a: NativeValue) -> NativeValue;
    /// A truth value as I64 0 or 1.
    fn bool_to_int(&mut self, a: NativeValue) -> NativeValue;

    /// Gives the row up if the flag is set; of a strict overload only where no argument is NULL.
    fn exit_if(&mut self, flag: NativeValue, exit: Exit);

    /// Whether a byte string begins with these (at most 32) bytes. Safe for strings that are shorter or NULL: false there.
    fn starts_with(&mut self, text: Lowered, prefix: &[u8]) -> NativeValue;

    /// Whether a byte string has no byte above 0x7F. Safe for NULL: true there.
    fn is_ascii(&mut self, text: Lowered) -> NativeValue;
    /// So many bytes of a byte string from an offset on. They are inside it where the row counts.
    fn part(&mut self, text: Lowered, offset: NativeValue, length: NativeValue) -> Lowered;

    /// Gives the row up when a bet on a representation is lost.
    fn bet(&mut self, lost: NativeValue, reason: Reason) {
        self.exit_if(lost, Exit::Deopt(reason));
    }
}
