//! `| & ^ << >> ~` and BIT_COUNT.
//!
//! MySQL works on 64 bits, unsigned, after converting both operands to integers (a negative one keeps its bits, a fraction is rounded),
//! unless both operands are binary strings: then on their bytes, which must be as many on both sides. A hexadecimal or bit literal is a binary string
//! only beside one that is not a literal; shifts and `~` ask their first operand alone. Shift counts of 64 and above, which every negative count is, give 0.

use super::numeric;
use crate::emit::{Emit, Lowered};
use crate::kernel::{fallible_with, hot_total, total, total_with};
use crate::native::{Bytes, Int, UInt};
use crate::{BindContext, CallSite, Exit, Expr, ExprKind, Fault, Form, Function, RowContext};
use sqlift_types::{Datum, Error, SqlType, TypeKind};

pub(super) fn functions() -> Vec<Function> {
    let junction = |name, bind, reference, word: fn(u64, u64) -> u64, kernel, lower| {
        Function::operator(name, bind, reference)
            .form(Form::NullFirst)
            .overload(hot_total::<(UInt, UInt), UInt, _>(word))
            .inline(lower)
            .overload(fallible_with::<(Bytes, Bytes), Bytes, _, _>(
                |_| Ok(()),
                kernel,
            ))
    };
    let or = junction(
        "|",
        bind_junction,
        or_reference,
        |a, b| a | b,
        or_bytes as BytesKernel,
        lower_or,
    );
    let and = junction(
        "&",
        bind_junction,
        and_reference,
        |a, b| a & b,
        and_bytes as BytesKernel,
        lower_and,
    );
    let xor = junction(
        "^",
        bind_junction,
        xor_reference,
        |a, b| a ^ b,
        xor_bytes as BytesKernel,
        lower_xor,
    );
    vec![
        or.doc("Bits that are set in either operand.")
            .example("5 | 3", "7"),
        and.doc("Bits that are set in both operands.")
            .example("5 & 3", "1"),
        xor.doc("Bits that differ.").example("5 ^ 3", "6"),
        Function::operator("<<", bind_shift, left_reference)
            .form(Form::NullFirst)
            .doc("Bits shifted to the left; what leaves 64 bits (or the string) is lost.")
            .example("1 << 4", "16")
            .overload(hot_total::<(UInt, UInt), UInt, _>(shift_left))
            .inline(lower_left)
            .overload(total_with::<(Bytes, UInt), Bytes, _, _>(
                |_| Ok(()),
                shift_bytes_left,
            )),
        Function::operator(">>", bind_shift, right_reference)
            .form(Form::NullFirst)
            .doc("Bits shifted to the right, zeros following.")
            .example("16 >> 4", "1")
            .overload(hot_total::<(UInt, UInt), UInt, _>(shift_right))
            .inline(lower_right)
            .overload(total_with::<(Bytes, UInt), Bytes, _, _>(
                |_| Ok(()),
                shift_bytes_right,
            )),
        Function::operator("~", bind_complement, complement_reference)
            .doc("Every bit inverted.")
            .example("~0", "18446744073709551615")
            .overload(hot_total::<(UInt,), UInt, _>(|a: u64| !a))
            .inline(lower_complement)
            .overload(total_with::<(Bytes,), Bytes, _, _>(
                |_| Ok(()),
                complement_bytes,
            )),
        Function::new("BIT_COUNT", (1, 1), bind_count, count_reference)
            .doc("How many bits are set.")
            .example("BIT_COUNT(7)", "3")
            .overload(total::<(UInt,), Int, _>(|a: u64| i64::from(a.count_ones())))
            .overload(total::<(Bytes,), Int, _>(count_bytes)),
    ]
}

type BytesKernel =
    for<'r> fn(&'r (), &RowContext<'r>, &'r [u8], &'r [u8]) -> Result<Option<&'r [u8]>, Exit>;

/// What an operand is to bit operations.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Operand {
    /// An integer, or what becomes one.
    Number,
    /// A hexadecimal or bit literal, or NULL: what the other side is.
    Either,
    /// A binary string.
    Binary,
}

fn kind(expr: &Expr) -> Operand {
    match expr.ty.kind {
        TypeKind::Hex | TypeKind::Null => Operand::Either,
        kind if kind.is_binary() => Operand::Binary,
        _ => Operand::Number,
    }
}

/// The 64 bits of an operand.
fn bits(cx: &mut BindContext<'_>, expr: Expr) -> Result<Expr, Error> {
    if let ExprKind::Row(_) = expr.kind {
        return Err(Error::operand_columns(1).at(expr.span));
    }
    numeric::class(&expr.ty)?;
    Ok(cx.coerce(expr, SqlType::ubigint()))
}

fn word() -> SqlType {
    SqlType::ubigint().with_length(21)
}

/// A binary string of so many bytes at most.
fn binary(length: u32) -> SqlType {
    SqlType::varbinary(length)
}

fn pair(args: Vec<Expr>) -> Result<[Expr; 2], Error> {
    <[Expr; 2]>::try_from(args)
        .map_err(|_| Error::unsupported("a bit operation on other than two operands"))
}

fn bind_junction(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let [a, b] = pair(args)?;
    let nullable = a.nullable || b.nullable;
    let kinds = (kind(&a), kind(&b));
    let on_bytes = kinds.0 != Operand::Number
        && kinds.1 != Operand::Number
        && (kinds.0 == Operand::Binary || kinds.1 == Operand::Binary);
    if on_bytes {
        let ty = binary(a.ty.length.max(b.ty.length));
        let args = vec![as_bytes(cx, a), as_bytes(cx, b)];
        return Ok(cx.call(args, ty, nullable));
    }
    let args = vec![bits(cx, a)?, bits(cx, b)?];
    Ok(cx.call(args, word(), nullable))
}

fn as_bytes(cx: &BindContext<'_>, expr: Expr) -> Expr {
    if expr.ty.kind == TypeKind::Null {
        return cx.null(binary(0));
    }
    expr
}

fn bind_shift(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let [a, b] = pair(args)?;
    let nullable = a.nullable || b.nullable;
    let count = bits(cx, b)?;
    if kind(&a) == Operand::Binary {
        let ty = binary(a.ty.length);
        return Ok(cx.call(vec![a, count], ty, nullable));
    }
    let args = vec![bits(cx, a)?, count];
    Ok(cx.call(args, word(), nullable))
}

fn bind_complement(cx: &mut BindContext<'_>, mut args: Vec<Expr>) -> Result<Expr, Error> {
    let operand = args.remove(0);
    let nullable = operand.nullable;
    if kind(&operand) == Operand::Binary {
        let ty = binary(operand.ty.length);
        return Ok(cx.call(vec![operand], ty, nullable));
    }
    let operand = bits(cx, operand)?;
    Ok(cx.call(vec![operand], word(), nullable))
}

fn bind_count(cx: &mut BindContext<'_>, mut args: Vec<Expr>) -> Result<Expr, Error> {
    let operand = args.remove(0);
    let nullable = operand.nullable;
    let ty = SqlType::bigint_of(21);
    let operand = match kind(&operand) {
        Operand::Binary => operand,
        _ => bits(cx, operand)?,
    };
    Ok(cx.call(vec![operand], ty, nullable))
}

fn unequal_lengths() -> Error {
    Error::new(
        3513,
        "HY000",
        "Binary operands of bitwise operators must be of equal length",
    )
}

/// Naive: bit by bit.
fn junction_reference(
    cx: &RowContext<'_>,
    args: &[Datum],
    bit: fn(bool, bool) -> bool,
) -> Result<Datum, Fault> {
    let at = |bytes: &[u8], index: usize| bytes[index / 8] >> (index % 8) & 1 == 1;
    let join = |a: &[u8], b: &[u8]| {
        let mut out = vec![0_u8; a.len()];
        for index in 0..a.len() * 8 {
            if bit(at(a, index), at(b, index)) {
                out[index / 8] |= 1 << (index % 8);
            }
        }
        out
    };
    Ok(match (&args[0], &args[1]) {
        (Datum::UInt(a), Datum::UInt(b)) => {
            let joined = join(&a.to_le_bytes(), &b.to_le_bytes());
            Datum::UInt(
                joined
                    .iter()
                    .rev()
                    .fold(0, |word, byte| word << 8 | u64::from(*byte)),
            )
        }
        (Datum::Bytes(a), Datum::Bytes(b)) if a.len() != b.len() => {
            cx.raise(unequal_lengths());
            return Err(Fault::Raised);
        }
        (Datum::Bytes(a), Datum::Bytes(b)) => Datum::Bytes(join(a, b)),
        _ => Datum::Null,
    })
}

fn or_reference(cx: &RowContext<'_>, _: &CallSite<'_>, args: &[Datum]) -> Result<Datum, Fault> {
    junction_reference(cx, args, |a, b| a || b)
}
fn and_reference(cx: &RowContext<'_>, _: &CallSite<'_>, args: &[Datum]) -> Result<Datum, Fault> {
    junction_reference(cx, args, |a, b| a && b)
}
fn xor_reference(cx: &RowContext<'_>, _: &CallSite<'_>, args: &[Datum]) -> Result<Datum, Fault> {
    junction_reference(cx, args, |a, b| a != b)
}

/// Naive: as text of binary digits.
fn shift_reference(args: &[Datum], shift: fn(&str, usize) -> String) -> Datum {
    let Datum::UInt(count) = args[1] else {
        return Datum::Null;
    };
    let digits = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:08b}")).collect::<String>();
    let shifted = |bytes: &[u8]| -> Vec<u8> {
        let digits = digits(bytes);
        let count = usize::try_from(count)
            .unwrap_or(usize::MAX)
            .min(digits.len());
        shift(&digits, count)
            .as_bytes()
            .chunks(8)
            .map(|byte| {
                byte.iter()
                    .fold(0, |value, digit| value << 1 | (digit - b'0'))
            })
            .collect()
    };
    match &args[0] {
        Datum::UInt(word) => {
            let bytes = shifted(&word.to_be_bytes());
            Datum::UInt(
                bytes
                    .iter()
                    .fold(0, |word, byte| word << 8 | u64::from(*byte)),
            )
        }
        Datum::Bytes(bytes) => Datum::Bytes(shifted(bytes)),
        _ => Datum::Null,
    }
}

fn left_reference(_: &RowContext<'_>, _: &CallSite<'_>, args: &[Datum]) -> Result<Datum, Fault> {
    Ok(shift_reference(args, |digits, count| {
        digits[count..].to_owned() + &"0".repeat(count)
    }))
}
fn right_reference(_: &RowContext<'_>, _: &CallSite<'_>, args: &[Datum]) -> Result<Datum, Fault> {
    Ok(shift_reference(args, |digits, count| {
        "0".repeat(count) + &digits[..digits.len() - count]
    }))
}

fn complement_reference(
    _: &RowContext<'_>,
    _: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    Ok(match &args[0] {
        Datum::UInt(word) => Datum::UInt(u64::MAX - word),
        Datum::Bytes(bytes) => Datum::Bytes(bytes.iter().map(|b| 255 - b).collect()),
        _ => Datum::Null,
    })
}

fn count_reference(_: &RowContext<'_>, _: &CallSite<'_>, args: &[Datum]) -> Result<Datum, Fault> {
    let count = |bytes: &[u8]| {
        let digits: String = bytes.iter().map(|b| format!("{b:b}")).collect();
        digits.matches('1').count() as i64
    };
    Ok(match &args[0] {
        Datum::UInt(word) => Datum::Int(count(&word.to_be_bytes())),
        Datum::Bytes(bytes) => Datum::Int(count(bytes)),
        _ => Datum::Null,
    })
}

fn join_bytes<'r>(
    cx: &RowContext<'r>,
    a: &[u8],
    b: &[u8],
    operation: fn(u8, u8) -> u8,
) -> Result<Option<&'r [u8]>, Exit> {
    if a.len() != b.len() {
        return Err(cx.raise(unequal_lengths()));
    }
    let joined = a.iter().zip(b).map(|(a, b)| operation(*a, *b));
    Ok(Some(cx.arena.alloc_slice_fill_iter(joined)))
}

fn or_bytes<'r>(
    (): &'r (),
    cx: &RowContext<'r>,
    a: &'r [u8],
    b: &'r [u8],
) -> Result<Option<&'r [u8]>, Exit> {
    join_bytes(cx, a, b, |a, b| a | b)
}
fn and_bytes<'r>(
    (): &'r (),
    cx: &RowContext<'r>,
    a: &'r [u8],
    b: &'r [u8],
) -> Result<Option<&'r [u8]>, Exit> {
    join_bytes(cx, a, b, |a, b| a & b)
}
fn xor_bytes<'r>(
    (): &'r (),
    cx: &RowContext<'r>,
    a: &'r [u8],
    b: &'r [u8],
) -> Result<Option<&'r [u8]>, Exit> {
    join_bytes(cx, a, b, |a, b| a ^ b)
}

fn shift_left(a: u64, count: u64) -> u64 {
    if count < 64 { a << count } else { 0 }
}
fn shift_right(a: u64, count: u64) -> u64 {
    if count < 64 { a >> count } else { 0 }
}

/// Whole bytes and bits of a shift; everything if it is beyond the string.
fn places(length: usize, count: u64) -> (usize, u32) {
    let bytes = usize::try_from(count / 8).unwrap_or(usize::MAX);
    (bytes.min(length), (count % 8) as u32)
}

fn shift_bytes_left<'r>((): &'r (), cx: &RowContext<'r>, a: &'r [u8], count: u64) -> &'r [u8] {
    let (bytes, bits) = places(a.len(), count);
    let at = |index: usize| u16::from(a.get(index).copied().unwrap_or(0));
    cx.arena.alloc_slice_fill_with(a.len(), |index| {
        let pair = at(index + bytes) << 8 | at(index + bytes + 1);
        (pair << bits >> 8) as u8
    })
}

fn shift_bytes_right<'r>((): &'r (), cx: &RowContext<'r>, a: &'r [u8], count: u64) -> &'r [u8] {
    let (bytes, bits) = places(a.len(), count);
    let at = |index: usize, back: usize| {
        let index = index.checked_sub(back);
        u16::from(index.map_or(0, |index| a[index]))
    };
    cx.arena.alloc_slice_fill_with(a.len(), |index| {
        let pair = at(index, bytes + 1) << 8 | at(index, bytes);
        (pair >> bits) as u8
    })
}

fn complement_bytes<'r>((): &'r (), cx: &RowContext<'r>, a: &'r [u8]) -> &'r [u8] {
    cx.arena.alloc_slice_fill_iter(a.iter().map(|byte| !byte))
}

fn count_bytes(a: &[u8]) -> i64 {
    a.iter().map(|byte| i64::from(byte.count_ones())).sum()
}

fn lower_or(e: &mut dyn Emit, _: &CallSite<'_>, args: &[Lowered]) -> Option<Lowered> {
    Some(Lowered::value(e.or(args[0].value, args[1].value)))
}
fn lower_and(e: &mut dyn Emit, _: &CallSite<'_>, args: &[Lowered]) -> Option<Lowered> {
    Some(Lowered::value(e.and(args[0].value, args[1].value)))
}
fn lower_xor(e: &mut dyn Emit, _: &CallSite<'_>, args: &[Lowered]) -> Option<Lowered> {
    Some(Lowered::value(e.xor(args[0].value, args[1].value)))
}
fn lower_left(e: &mut dyn Emit, _: &CallSite<'_>, args: &[Lowered]) -> Option<Lowered> {
    Some(Lowered::value(e.shift_left(args[0].value, args[1].value)))
}
fn lower_right(e: &mut dyn Emit, _: &CallSite<'_>, args: &[Lowered]) -> Option<Lowered> {
    Some(Lowered::value(e.shift_right(args[0].value, args[1].value)))
}
fn lower_complement(e: &mut dyn Emit, _: &CallSite<'_>, args: &[Lowered]) -> Option<Lowered> {
    Some(Lowered::value(e.complement(args[0].value)))
}
