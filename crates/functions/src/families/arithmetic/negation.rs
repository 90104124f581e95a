//! The minus sign.

use super::super::numeric::{self, Class};
use crate::emit::{Emit, Lowered, Relation};
use crate::{BindContext, CallSite, Exit, Expr, Fault, RangeType, Reason};
use sqlift_types::{Datum, Error, Repr, SqlType, TypeKind};

/// Integers stay BIGINT, never unsigned; strings, temporals and hexadecimal literals become DOUBLE.
pub(super) fn bind(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let [operand] = <[Expr; 1]>::try_from(args)
        .map_err(|_| Error::unsupported("- of other than one operand"))?;
    if matches!(operand.kind, crate::ExprKind::Row(_)) {
        return Err(Error::operand_columns(1).at(operand.span));
    }
    let class = numeric::class(&operand.ty)?;
    let digits = numeric::digits(&operand.ty).negation();
    let nullable = operand.nullable;
    let kind = operand.ty.kind;
    if kind == TypeKind::Null {
        let operand = numeric::operand(cx, operand)?;
        return Ok(cx.call(vec![operand], numeric::double(0), true));
    }
    if kind.is_temporal() || kind == TypeKind::Hex {
        // By way of the number, for a hexadecimal literal warns as an integer does.
        let decimals = if kind == TypeKind::Hex {
            0
        } else {
            operand.ty.decimals
        };
        let number = numeric::operand(cx, operand)?;
        let operand = numeric::double_operand(cx, number)?;
        return Ok(cx.call(vec![operand], numeric::double(decimals), nullable));
    }
    match class {
        Class::Double => {
            let decimals = if kind.is_floating() {
                operand.ty.decimals
            } else {
                sqlift_types::NOT_FIXED
            };
            let operand = numeric::double_operand(cx, operand)?;
            Ok(cx.call(vec![operand], numeric::double(decimals), nullable))
        }
        Class::Decimal => Ok(cx.call(vec![operand], numeric::decimal(digits), nullable)),
        Class::Integer => {
            warn_of_constant(cx, &operand);
            if becomes_decimal(cx, &operand) {
                let operand = numeric::decimal_operand(cx, operand)?;
                return Ok(cx.call(vec![operand], numeric::decimal(digits), nullable));
            }
            let operand = numeric::operand(cx, operand)?;
            let ty = if kind == TypeKind::Bool {
                SqlType::bigint_of(2)
            } else {
                numeric::integer(digits)
            };
            Ok(cx.call(vec![operand], ty, nullable))
        }
    }
}

/// MySQL: an integer constant is looked at once before it is evaluated; its warnings are raised here once more.
fn warn_of_constant(cx: &mut BindContext<'_>, operand: &Expr) {
    if operand.is_constant()
        && operand.as_literal().is_none()
        && let Ok((_, warnings)) = (cx.evaluate)(operand)
    {
        cx.warnings.extend(warnings);
    }
}

/// MySQL: a constant that is negative, or above 2^63 - 1 but for the literal 2^63, becomes DECIMAL.
fn becomes_decimal(cx: &BindContext<'_>, operand: &Expr) -> bool {
    const TWO_TO_63: u64 = 1 << 63;
    const DIGITS_OF_LITERAL: u32 = 19;
    match cx.constant(operand) {
        Some(Datum::Int(value)) => value < 0,
        Some(Datum::UInt(TWO_TO_63)) => {
            // Any other constant of that value has a longer display length.
            !(operand.as_literal().is_some() && operand.ty.length == DIGITS_OF_LITERAL)
        }
        Some(Datum::UInt(value)) => value > TWO_TO_63,
        _ => false,
    }
}

pub(super) fn of_uint(a: u64) -> (i64, bool) {
    const LOWEST: u64 = 1 << 63;
    (a.wrapping_neg() as i64, a > LOWEST)
}

pub(super) fn lower_int(e: &mut dyn Emit, _: &CallSite<'_>, args: &[Lowered]) -> Option<Lowered> {
    let zero = e.int(0);
    let (value, overflow) = e.sub_overflow(zero, args[0].value);
    e.exit_if(overflow, Exit::Error(Fault::OutOfRange(RangeType::BigInt)));
    Some(Lowered::value(value))
}

pub(super) fn lower_double(
    e: &mut dyn Emit,
    _: &CallSite<'_>,
    args: &[Lowered],
) -> Option<Lowered> {
    Some(Lowered::value(e.double_neg(args[0].value)))
}

pub(super) fn lower_decimal(
    e: &mut dyn Emit,
    site: &CallSite<'_>,
    args: &[Lowered],
) -> Option<Lowered> {
    let value = args[0].value;
    let (zero, lowest) = if site.ret_repr == Repr::Dec64 {
        (e.int(0), e.int(i64::MIN))
    } else {
        (e.wide(0), e.wide(i128::MIN))
    };
    let lost = e.compare(Relation::Equal, value, lowest);
    e.bet(lost, Reason::DecimalWidth);
    Some(Lowered::value(e.sub(zero, value)))
}
