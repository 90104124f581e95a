//! In which domain two operands are compared.

use crate::{BindContext, Expr};
use sqlift_collation::coercibility::{self, Collated};
use sqlift_types::decimal::Decimal;
use sqlift_types::decimal::rules::DecimalType;
use sqlift_types::{Datum, Error, Repr, SqlType, TypeKind};

/// What MySQL calls the result type of an operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Integer,
    Decimal,
    Double,
    Text,
}

fn class(ty: &SqlType) -> Class {
    match ty.kind {
        kind if kind.is_integer() => Class::Integer,
        TypeKind::Year | TypeKind::Bit => Class::Integer,
        TypeKind::Decimal => Class::Decimal,
        TypeKind::Float | TypeKind::Double => Class::Double,
        _ => Class::Text,
    }
}

/// DATE, DATETIME and TIMESTAMP.
fn has_date(ty: &SqlType) -> bool {
    ty.kind.is_temporal() && ty.kind != TypeKind::Time
}

/// Both operands converted to the domain that MySQL compares them in.
pub(super) fn operands(
    cx: &mut BindContext<'_>,
    name: &str,
    a: Expr,
    b: Expr,
) -> Result<(Expr, Expr), Error> {
    for operand in [&a, &b] {
        if matches!(
            operand.ty.kind,
            TypeKind::Json | TypeKind::Vector | TypeKind::Dynamic
        ) {
            let what = format_args!("comparison of {}", operand.ty).to_string();
            return Err(Error::unsupported(what));
        }
    }
    match (a.ty.kind, b.ty.kind) {
        (TypeKind::Null, TypeKind::Null) => return Ok((a, b)),
        (TypeKind::Null, _) => {
            let ty = comparable(&b.ty);
            let b = cx.coerce(b, ty.clone());
            return Ok((null_as(cx, a, ty), b));
        }
        (_, TypeKind::Null) => {
            let ty = comparable(&a.ty);
            let a = cx.coerce(a, ty.clone());
            return Ok((a, null_as(cx, b, ty)));
        }
        _ => {}
    }
    if has_date(&a.ty) && has_date(&b.ty) {
        return Ok(moments(cx, a, b));
    }
    if a.ty.kind == TypeKind::Time && b.ty.kind == TypeKind::Time {
        return Ok((a, b));
    }
    if (has_date(&a.ty) && b.ty.kind == TypeKind::Time)
        || (has_date(&b.ty) && a.ty.kind == TypeKind::Time)
    {
        return Ok(moments(cx, a, b));
    }
    match (class(&a.ty), class(&b.ty)) {
        (Class::Text, Class::Text) => {
            if has_date(&a.ty) || has_date(&b.ty) {
                return Err(Error::unsupported("comparison of a date with text"));
            }
            texts(cx, name, a, b)
        }
        (Class::Integer, Class::Integer) => Ok(integers(cx, a, b)),
        (Class::Integer | Class::Decimal, Class::Integer | Class::Decimal) => {
            Ok(decimals(cx, a, b))
        }
        _ => Ok((double(cx, a), double(cx, b))),
    }
}

/// The type in which an operand of this type is compared with its own kind.
fn comparable(ty: &SqlType) -> SqlType {
    match ty.kind {
        TypeKind::Enum | TypeKind::Set => SqlType::text(TypeKind::VarChar, ty.length, ty.collation),
        TypeKind::Hex => SqlType::varbinary(ty.length),
        TypeKind::Float => SqlType::double(),
        _ => ty.clone(),
    }
}

fn null_as(cx: &BindContext<'_>, null: Expr, ty: SqlType) -> Expr {
    if null.is_null_literal() {
        Expr { ty, ..null }
    } else {
        cx.coerce(null, ty)
    }
}

fn moments(cx: &mut BindContext<'_>, a: Expr, b: Expr) -> (Expr, Expr) {
    if a.ty.kind == TypeKind::Date && b.ty.kind == TypeKind::Date {
        return (a, b);
    }
    let as_datetime = |cx: &BindContext<'_>, e: Expr| match e.ty.kind {
        TypeKind::DateTime | TypeKind::Timestamp => e,
        TypeKind::Date => cx.coerce(e, SqlType::datetime(0)),
        _ => {
            let fsp = e.ty.decimals;
            cx.coerce(e, SqlType::datetime(fsp))
        }
    };
    (as_datetime(cx, a), as_datetime(cx, b))
}

fn texts(cx: &mut BindContext<'_>, name: &str, a: Expr, b: Expr) -> Result<(Expr, Expr), Error> {
    let merged = coercibility::for_comparison(&[a.collated, b.collated])
        .map_err(|mix| Error::new(mix.code(), "HY000", mix.message(name)))?;
    Ok((in_collation(cx, a, merged), in_collation(cx, b, merged)))
}

/// The operand as text in the collation of the comparison.
fn in_collation(cx: &mut BindContext<'_>, expr: Expr, merged: Collated) -> Expr {
    let kind = if expr.ty.kind.is_string() && expr.ty.kind != TypeKind::Hex {
        expr.ty.kind
    } else {
        TypeKind::VarChar
    };
    let ty = SqlType::text(kind, expr.ty.display_length(), merged.collation);
    cx.coerce(expr, ty)
}

fn integers(cx: &mut BindContext<'_>, a: Expr, b: Expr) -> (Expr, Expr) {
    if a.ty.kind == TypeKind::Bool && b.ty.kind == TypeKind::Bool {
        return (a, b);
    }
    (integer(cx, a), integer(cx, b))
}

fn integer(cx: &mut BindContext<'_>, expr: Expr) -> Expr {
    if expr.ty.kind != TypeKind::Bool {
        return expr;
    }
    let ty = SqlType::bigint_of(1);
    if expr.as_literal().is_some() {
        return Expr { ty, ..expr };
    }
    cx.coerce(expr, ty)
}

fn double(cx: &mut BindContext<'_>, expr: Expr) -> Expr {
    if expr.ty.repr() == Repr::Double {
        return expr;
    }
    let value = match expr.as_literal() {
        Some(Datum::Int(v)) => Some(*v as f64),
        Some(Datum::UInt(v)) => Some(*v as f64),
        _ => None,
    };
    match value {
        Some(value) => Expr::literal(Datum::Double(value), SqlType::double()).at(expr.span),
        None => cx.coerce(expr, SqlType::double()),
    }
}

fn decimals(cx: &mut BindContext<'_>, a: Expr, b: Expr) -> (Expr, Expr) {
    let scale = |e: &Expr| match e.ty.kind {
        TypeKind::Decimal => e.ty.decimals,
        _ => 0,
    };
    let (a_scale, b_scale) = (scale(&a), scale(&b));
    (decimal(cx, a, b_scale), decimal(cx, b, a_scale))
}

/// The operand as DECIMAL; a constant at the scale of what it is compared with, so that nothing is left to align.
fn decimal(cx: &mut BindContext<'_>, expr: Expr, other_scale: u8) -> Expr {
    let value = match expr.as_literal() {
        Some(Datum::Int(v)) => Some(Decimal::from(*v)),
        Some(Datum::UInt(v)) => Some(Decimal::from(*v)),
        Some(Datum::Decimal(v)) => Some(*v),
        _ => None,
    };
    if let Some(value) = value {
        let scale = value.scale().max(other_scale);
        let raised = value
            .to_coefficient(scale)
            .and_then(|c| Decimal::new(c, scale))
            .filter(|d| d.digits() <= 65);
        let value = raised.unwrap_or(value);
        let precision = value.digits().max(u32::from(value.scale()) + 1);
        let ty = SqlType::decimal(precision, value.scale());
        return Expr::literal(Datum::Decimal(value), ty).at(expr.span);
    }
    let to = match expr.ty.kind {
        TypeKind::Decimal => return expr,
        TypeKind::Bit => DecimalType::of_bits(expr.ty.length.min(64) as u8),
        TypeKind::Year => DecimalType::new(4, 0),
        TypeKind::Bool => DecimalType::new(1, 0),
        TypeKind::TinyInt => DecimalType::new(3, 0),
        TypeKind::SmallInt => DecimalType::new(5, 0),
        TypeKind::MediumInt => DecimalType::new(8, 0),
        TypeKind::Int => DecimalType::new(10, 0),
        _ => DecimalType::new(20, 0),
    };
    let ty = SqlType::decimal(to.precision.into(), 0);
    cx.coerce(expr, ty)
}
