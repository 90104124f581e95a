//! Type rules: in what the operators compute, and the type of what comes out.

use super::super::numeric::{self, Class};
use crate::{BindContext, Expr};
use sqlift_types::decimal::DecimalType;
use sqlift_types::{Error, NOT_FIXED, Repr, SqlMode, SqlType, TypeKind};

/// Two operands and what is known of them before they are converted.
struct Pair {
    left: Expr,
    right: Expr,
    class: Class,
    /// Digits of both.
    digits: (DecimalType, DecimalType),
    /// Their types as written.
    types: (SqlType, SqlType),
    nullable: bool,
}

impl Pair {
    fn new(args: Vec<Expr>) -> Result<Pair, Error> {
        let [left, right] = <[Expr; 2]>::try_from(args)
            .map_err(|_| Error::unsupported("an operator with other than two operands"))?;
        for side in [&left, &right] {
            if matches!(side.kind, crate::ExprKind::Row(_)) {
                return Err(Error::operand_columns(1).at(side.span));
            }
        }
        let class = numeric::class(&left.ty)?.max(numeric::class(&right.ty)?);
        Ok(Pair {
            class,
            digits: (numeric::digits(&left.ty), numeric::digits(&right.ty)),
            types: (left.ty.clone(), right.ty.clone()),
            nullable: left.nullable || right.nullable,
            left,
            right,
        })
    }

    fn any_unsigned(&self) -> bool {
        self.digits.0.unsigned || self.digits.1.unsigned
    }

    /// Both as doubles.
    fn doubles(self, cx: &mut BindContext<'_>) -> Result<Vec<Expr>, Error> {
        Ok(vec![
            numeric::double_operand(cx, self.left)?,
            numeric::double_operand(cx, self.right)?,
        ])
    }

    /// Both as integers, each with its own sign.
    fn integers(self, cx: &mut BindContext<'_>) -> Result<Vec<Expr>, Error> {
        Ok(vec![
            numeric::operand(cx, self.left)?,
            numeric::operand(cx, self.right)?,
        ])
    }

    /// Both as decimals of their own digits.
    fn decimals(self, cx: &mut BindContext<'_>) -> Result<Vec<Expr>, Error> {
        Ok(vec![
            numeric::decimal_operand(cx, self.left)?,
            numeric::decimal_operand(cx, self.right)?,
        ])
    }
}

/// DOUBLE of a sum, product or remainder. With a NULL (and digits otherwise) MySQL keeps count of decimals.
fn double_of(types: &(SqlType, SqlType)) -> SqlType {
    let (a, b) = (shape(&types.0), shape(&types.1));
    if a.1 >= NOT_FIXED || b.1 >= NOT_FIXED {
        return SqlType::double();
    }
    let decimals = a.1.max(b.1);
    let whole = (a.0 - u32::from(a.1)).max(b.0 - u32::from(b.1));
    SqlType {
        decimals,
        ..SqlType::double().with_length(whole + u32::from(decimals))
    }
}

/// Characters and decimals of an operand.
fn shape(ty: &SqlType) -> (u32, u8) {
    match ty.kind {
        TypeKind::Enum | TypeKind::Set => (ty.length, NOT_FIXED),
        TypeKind::Hex => (ty.length, 0),
        _ if ty.kind.is_integer() => (ty.length, 0),
        _ => {
            let length = ty.display_length();
            (length.max(ty.decimals.into()), ty.decimals)
        }
    }
}

pub(super) fn bind_add(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    sum(cx, Pair::new(args)?, Sign::Own)
}

pub(super) fn bind_subtract(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let mode = cx.session.sql_mode;
    let sign = if mode.contains(SqlMode::NO_UNSIGNED_SUBTRACTION) {
        Sign::Signed
    } else {
        Sign::Checked
    };
    sum(cx, Pair::new(args)?, sign)
}

/// What becomes of unsigned operands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sign {
    /// They make the result unsigned.
    Own,
    /// They make it unsigned, so that it must not be negative.
    Checked,
    /// They make it signed.
    Signed,
}

fn sum(cx: &mut BindContext<'_>, pair: Pair, sign: Sign) -> Result<Expr, Error> {
    let nullable = pair.nullable;
    let digits = pair.digits.0.sum(pair.digits.1);
    match pair.class {
        Class::Integer => {
            // MySQL: the length is reckoned before NO_UNSIGNED_SUBTRACTION makes room for a sign necessary.
            let unsigned = pair.any_unsigned();
            let ty = numeric::integer(digits.with_unsigned(unsigned));
            let ty = ty.with_unsigned(unsigned && sign != Sign::Signed);
            let args = pair.integers(cx)?;
            Ok(cx.call(args, ty, nullable))
        }
        Class::Double => {
            let ty = double_of(&pair.types);
            let args = pair.doubles(cx)?;
            Ok(cx.call(args, ty, nullable))
        }
        Class::Decimal => {
            let unsigned = digits.unsigned && sign != Sign::Signed;
            let mut ty = numeric::decimal(digits.with_unsigned(unsigned));
            if digits.unsigned && !unsigned {
                ty.length -= u32::from(ty.length > u32::from(ty.decimals));
            }
            let args = pair.decimals(cx)?;
            // Narrow widths add coefficients of one scale; the wide one sees to scales itself, for 256 bits may not hold the padded operands.
            let args = if ty.repr() == Repr::Dec256 {
                args
            } else {
                let aligned = |arg: Expr| {
                    let more = digits.scale - arg.ty.decimals;
                    let target = SqlType::decimal(arg.ty.length + u32::from(more), digits.scale)
                        .with_unsigned(arg.ty.unsigned);
                    cx.coerce(arg, target)
                };
                args.into_iter().map(aligned).collect()
            };
            if unsigned && sign == Sign::Checked {
                let difference = cx.call(args, ty.clone().with_unsigned(false), nullable);
                return Ok(cx.call_named("not negative", vec![difference], ty, nullable));
            }
            Ok(cx.call(args, ty, nullable))
        }
    }
}

pub(super) fn bind_multiply(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let pair = Pair::new(args)?;
    let nullable = pair.nullable;
    let digits = pair.digits.0.product(pair.digits.1);
    let (args, ty) = match pair.class {
        Class::Integer => {
            let unsigned = pair.any_unsigned();
            let ty = numeric::integer(digits.with_unsigned(unsigned));
            (pair.integers(cx)?, ty)
        }
        Class::Double => {
            let ty = double_of(&pair.types);
            (pair.doubles(cx)?, ty)
        }
        Class::Decimal => (pair.decimals(cx)?, numeric::decimal(digits)),
    };
    Ok(cx.call(args, ty, nullable))
}

pub(super) fn bind_divide(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let pair = Pair::new(args)?;
    let increment = cx.session.div_precision_increment;
    let (args, ty) = match pair.class {
        Class::Double => {
            let ty = double_quotient(&pair.types, increment);
            (pair.doubles(cx)?, ty)
        }
        _ => {
            let ty = numeric::decimal(pair.digits.0.quotient(pair.digits.1, increment));
            (pair.decimals(cx)?, ty)
        }
    };
    Ok(cx.call(args, ty, true))
}

/// DOUBLE of a quotient: the decimals of both operands and the increment.
fn double_quotient(types: &(SqlType, SqlType), increment: u8) -> SqlType {
    let (a, b) = (shape(&types.0), shape(&types.1));
    let decimals = a.1.max(b.1).saturating_add(increment);
    if decimals >= NOT_FIXED {
        return SqlType::double();
    }
    let length = a.0 - u32::from(a.1) + u32::from(decimals);
    let ty = numeric::double(decimals);
    let most = ty.length;
    ty.with_length(length.min(most))
}

pub(super) fn bind_remainder(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let pair = Pair::new(args)?;
    let digits = pair.digits.0.remainder(pair.digits.1);
    let (args, ty) = match pair.class {
        Class::Integer => (pair.integers(cx)?, numeric::integer(digits)),
        Class::Double => {
            // MySQL: even a DOUBLE is UNSIGNED here if the dividend is.
            let ty = double_of(&pair.types).with_unsigned(pair.digits.0.unsigned);
            (pair.doubles(cx)?, ty)
        }
        Class::Decimal => (pair.decimals(cx)?, numeric::decimal(digits)),
    };
    Ok(cx.call(args, ty, true))
}

/// DIV: integers, or else decimals, be they doubles or strings.
pub(super) fn bind_div(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let pair = Pair::new(args)?;
    let unsigned = pair.any_unsigned();
    let count = quotient_digits(&pair.types.0, &pair.types.1);
    let ty = SqlType::bigint_of(count + u32::from(!unsigned)).with_unsigned(unsigned);
    let args = match pair.class {
        Class::Integer => pair.integers(cx)?,
        Class::Decimal => pair.decimals(cx)?,
        Class::Double => {
            let [left, right] = [pair.left, pair.right].map(|side| dividend(cx, side));
            vec![left, right]
        }
    };
    Ok(cx.call(args, ty, true))
}

/// Only [`bind_subtract`] makes it.
pub(super) fn bind_not_negative(_: &mut BindContext<'_>, _: Vec<Expr>) -> Result<Expr, Error> {
    Err(Error::unsupported("a check without a difference"))
}

/// A string as a DECIMAL with as many decimals as there can be; a double as it is.
fn dividend(cx: &mut BindContext<'_>, side: Expr) -> Expr {
    let target = match numeric::class(&side.ty) {
        Ok(Class::Integer | Class::Decimal) => numeric::decimal(numeric::digits(&side.ty)),
        _ if side.ty.kind.is_floating() => return side,
        _ => SqlType::decimal(65, 30),
    };
    cx.coerce(side, target)
}

/// Digits that MySQL expects of `a DIV b`, at most 21. A string counts as its characters, behind the point as well.
fn quotient_digits(a: &SqlType, b: &SqlType) -> u32 {
    let whole = match numeric::class(a) {
        Ok(Class::Double) if a.kind.is_floating() => 21,
        Ok(Class::Double) => a.length,
        _ => numeric::digits(a).integer_digits().into(),
    };
    let behind = match numeric::class(b) {
        Ok(Class::Double) if b.kind.is_floating() => 21,
        Ok(Class::Double) => b.length,
        _ => numeric::digits(b).scale.into(),
    };
    whole.saturating_add(behind).min(21)
}
