//! Operands in numeric context: what arithmetic, bit operations and numeric functions see of a value that may be of any type.
//!
//! MySQL sorts operands into integers, decimals and doubles. Strings, ENUM and SET (by index) are doubles; DATE, TIME and DATETIME are
//! the number that their digits spell, an integer or, with fractions of seconds, a DECIMAL; hexadecimal literals are unsigned integers, bit literals
//! signed ones; YEAR and BIT are unsigned integers; truth values are integers of one digit. Precision and scale of results come from the digits
//! that [`digits`] tells, which follow the display length, not the values.

use crate::{BindContext, Expr};
use sqlift_types::decimal::{DecimalType, IntegerKind};
use sqlift_types::{Error, NOT_FIXED, SqlType, TypeKind};

/// What arithmetic does with an operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    /// Integer of either sign.
    Integer,
    /// Exact number with a fraction.
    Decimal,
    /// Binary64.
    Double,
}

/// The class that an operand of this type has in arithmetic. Errors: types that have no number yet.
pub(super) fn class(ty: &SqlType) -> Result<Class, Error> {
    use TypeKind::*;
    Ok(match ty.kind {
        Bool | TinyInt | SmallInt | MediumInt | Int | BigInt | Bit | Year | Hex => Class::Integer,
        Decimal => Class::Decimal,
        Date => Class::Integer,
        Time | DateTime | Timestamp if ty.decimals == 0 => Class::Integer,
        Time | DateTime | Timestamp => Class::Decimal,
        Vector => return Err(Error::unsupported(format_args!("{ty} as a number"))),
        _ => Class::Double,
    })
}

/// Digits before and behind the point that MySQL reckons with for an operand, and whether it is unsigned.
pub(super) fn digits(ty: &SqlType) -> DecimalType {
    use TypeKind::*;
    match ty.kind {
        Bool if ty.length <= 1 => DecimalType::of_integer(IntegerKind::Boolean, false),
        Bool | TinyInt | SmallInt | MediumInt | Int | BigInt => {
            DecimalType::of_integer_length(ty.length, ty.unsigned)
        }
        Year => DecimalType::of_integer(IntegerKind::Year, true),
        Bit => DecimalType::of_bits(ty.length.min(64) as u8),
        Decimal => {
            DecimalType::new(ty.length.min(65) as u8, ty.decimals).with_unsigned(ty.unsigned)
        }
        Hex if ty.unsigned => DecimalType::of_hex_literal(ty.length as usize),
        Hex => DecimalType::of_bit_literal(ty.length as usize),
        Date => DecimalType::of_date(),
        Time => DecimalType::of_time(ty.decimals),
        DateTime | Timestamp => DecimalType::of_datetime(ty.decimals),
        _ => DecimalType::new(ty.length.min(65) as u8, 0),
    }
}

/// BIGINT of so many digits.
pub(super) fn integer(digits: DecimalType) -> SqlType {
    let length = u32::from(digits.precision) + u32::from(!digits.unsigned);
    SqlType::bigint_of(length).with_unsigned(digits.unsigned)
}

/// DECIMAL of these digits.
pub(super) fn decimal(digits: DecimalType) -> SqlType {
    SqlType::decimal(digits.precision.into(), digits.scale).with_unsigned(digits.unsigned)
}

/// DOUBLE that shows a fixed number of decimals, or any ([`NOT_FIXED`]).
pub(super) fn double(decimals: u8) -> SqlType {
    if decimals >= NOT_FIXED {
        return SqlType::double();
    }
    SqlType {
        decimals,
        ..SqlType::double().with_length(17 + u32::from(decimals))
    }
}

/// The operand as a BIGINT (either sign), DECIMAL or DOUBLE, whichever its type is in arithmetic. NULL is a DOUBLE without digits.
///
/// Errors: types that have no number yet (JSON).
pub(super) fn operand(cx: &mut BindContext<'_>, expr: Expr) -> Result<Expr, Error> {
    use TypeKind::*;
    let class = class(&expr.ty)?;
    Ok(match expr.ty.kind {
        TinyInt | SmallInt | MediumInt | Int | BigInt | Year | Bit | Decimal | Float | Double => {
            expr
        }
        Null => {
            let ty = SqlType {
                decimals: 0,
                ..SqlType::double().with_length(0)
            };
            // Only a constant is held as its type says; what is computed has to be converted.
            cx.coerce(expr, ty)
        }
        _ => {
            let target = match class {
                Class::Integer => integer(digits(&expr.ty)),
                Class::Decimal => decimal(digits(&expr.ty)),
                Class::Double => SqlType::double(),
            };
            cx.coerce(expr, target)
        }
    })
}

/// The operand as a DOUBLE.
pub(super) fn double_operand(cx: &mut BindContext<'_>, expr: Expr) -> Result<Expr, Error> {
    class(&expr.ty)?;
    Ok(cx.coerce(expr, SqlType::double()))
}

/// The operand as a DECIMAL of its own digits.
pub(super) fn decimal_operand(cx: &mut BindContext<'_>, expr: Expr) -> Result<Expr, Error> {
    class(&expr.ty)?;
    let target = decimal(digits(&expr.ty));
    Ok(cx.coerce(expr, target))
}

/// The operand of a function that keeps the kind of its operand (ABS, ROUND, the minus sign): integers and decimals as they are, everything else,
/// temporals and hexadecimal literals included, as a DOUBLE by way of the number it is.
pub(super) fn hybrid(cx: &mut BindContext<'_>, expr: Expr) -> Result<(Class, Expr), Error> {
    let kind = expr.ty.kind;
    let class = class(&expr.ty)?;
    if class == Class::Double || kind.is_temporal() || kind == TypeKind::Hex {
        let number = operand(cx, expr)?;
        return Ok((Class::Double, double_operand(cx, number)?));
    }
    Ok((class, operand(cx, expr)?))
}

/// Decimals that a DOUBLE result shows of an operand of [`hybrid`]: those of a temporal, none of a hexadecimal literal, else any.
pub(super) fn shown_decimals(ty: &SqlType) -> u8 {
    match ty.kind {
        TypeKind::Hex | TypeKind::Null => 0,
        kind if kind.is_temporal() || kind.is_floating() => ty.decimals,
        _ => NOT_FIXED,
    }
}

/// The operand as an integer, with the sign of its type: what functions take for a count, a length, a number of digits.
pub(super) fn integral(cx: &mut BindContext<'_>, expr: Expr) -> Result<Expr, Error> {
    let class = class(&expr.ty)?;
    let unsigned = class == Class::Integer && digits(&expr.ty).unsigned;
    let target = if unsigned {
        SqlType::ubigint()
    } else {
        SqlType::bigint()
    };
    Ok(cx.coerce(expr, target))
}
