//! In which domain two operands are compared.

use super::super::cast::to_temporal::{chosen_moment, is_chosen};
use super::super::{json, textual};
use super::{constant, moment};
use crate::{BindContext, Expr, ExprKind};
use sqlift_collation::Collated;
use sqlift_types::decimal::rules::DecimalType;
use sqlift_types::decimal::{Decimal, MAX_SCALE, parse_decimal_prefix};
use sqlift_types::temporal::DateTime;
use sqlift_types::{Datum, Error, Repr, SqlType, TypeKind, Warning};

/// What MySQL calls the result type of an operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Integer,
    Decimal,
    Double,
    Text,
}

pub(super) fn class(ty: &SqlType) -> Class {
    match ty.kind {
        kind if kind.is_integer() => Class::Integer,
        TypeKind::Year | TypeKind::Bit => Class::Integer,
        TypeKind::Decimal => Class::Decimal,
        TypeKind::Float | TypeKind::Double => Class::Double,
        _ => Class::Text,
    }
}

impl Class {
    /// The class in which values of two classes are compared.
    pub(super) fn with(self, other: Class) -> Class {
        match (self, other) {
            (a, b) if a == b => a,
            (Class::Integer, Class::Decimal) | (Class::Decimal, Class::Integer) => Class::Decimal,
            _ => Class::Double,
        }
    }
}

/// Errors for what cannot be compared yet, and for rows.
pub(in crate::families) fn check(operands: &[Expr]) -> Result<(), Error> {
    for operand in operands {
        if let ExprKind::Row(_) = operand.kind {
            return Err(Error::operand_columns(1).at(operand.span));
        }
        if matches!(operand.ty.kind, TypeKind::Vector | TypeKind::Dynamic) {
            return Err(Error::unsupported(format_args!(
                "comparison of {}",
                operand.ty
            )));
        }
    }
    Ok(())
}

/// Numbers of a class in one representation; not for text.
pub(super) fn numbers(cx: &mut BindContext<'_>, class: Class, operands: Vec<Expr>) -> Vec<Expr> {
    let typed = |e: &Expr| e.ty.kind != TypeKind::Null;
    match class {
        Class::Integer => {
            let unsigned = operands
                .iter()
                .filter(|e| typed(e))
                .any(|e| e.ty.repr() == Repr::UInt);
            let fits = |e: &Expr| match (unsigned, e.as_literal()) {
                (_, Some(Datum::Null)) => true,
                (true, Some(Datum::Int(v))) => *v >= 0,
                (true, _) => e.ty.repr() == Repr::UInt,
                (false, _) => true,
            };
            if !operands.iter().all(fits) {
                return numbers(cx, Class::Decimal, operands);
            }
            let to = if unsigned {
                SqlType::ubigint()
            } else {
                SqlType::bigint()
            };
            let as_int = |e: Expr| match e.as_literal() {
                Some(Datum::Null) => Expr {
                    ty: to.clone(),
                    ..e
                },
                Some(Datum::Int(v)) if unsigned => {
                    Expr::literal(Datum::UInt(*v as u64), to.clone()).at(e.span)
                }
                _ => integer(cx, e),
            };
            operands.into_iter().map(as_int).collect()
        }
        Class::Decimal => {
            let scale = |e: &Expr| match e.ty.kind {
                TypeKind::Decimal => e.ty.decimals,
                _ => 0,
            };
            let scale = operands.iter().map(scale).max().unwrap_or(0);
            let as_decimal = |e: Expr| match e.as_literal() {
                Some(Datum::Null) => Expr {
                    ty: SqlType::decimal(u32::from(scale) + 1, scale),
                    ..e
                },
                _ => decimal(cx, e, scale),
            };
            operands.into_iter().map(as_decimal).collect()
        }
        Class::Double | Class::Text => operands
            .into_iter()
            .map(|e| {
                if e.is_null_literal() {
                    null_as(cx, e, SqlType::double())
                } else {
                    double(cx, e)
                }
            })
            .collect(),
    }
}

/// Integers as MySQL compares those of a list: by their 64 bits, whatever the sign.
pub(super) fn bits(cx: &mut BindContext<'_>, operands: Vec<Expr>) -> Vec<Expr> {
    let as_bits = |e: Expr| match e.as_literal() {
        Some(Datum::UInt(v)) => Expr::literal(Datum::Int(*v as i64), SqlType::bigint()).at(e.span),
        Some(Datum::Null) => null_as(cx, e, SqlType::bigint()),
        _ if e.ty.repr() == Repr::UInt => {
            let (nullable, span) = (e.nullable, e.span);
            cx.call_named("CAST", vec![e], SqlType::bigint(), nullable)
                .at(span)
        }
        _ => integer(cx, e),
    };
    operands.into_iter().map(as_bits).collect()
}

/// Texts in the collation they are compared in. Errors: 1267, 1270, 1271.
pub(in crate::families) fn all_texts(
    cx: &mut BindContext<'_>,
    name: &str,
    operands: Vec<Expr>,
) -> Result<Vec<Expr>, Error> {
    let merged = textual::agree_to_compare(cx, name, &operands)?;
    texts_in(cx, operands, merged)
}

/// Texts in a collation that is agreed on.
pub(super) fn texts_in(
    cx: &mut BindContext<'_>,
    operands: Vec<Expr>,
    merged: Collated,
) -> Result<Vec<Expr>, Error> {
    operands
        .into_iter()
        .map(|e| in_collation(cx, e, merged))
        .collect()
}

/// DATE, DATETIME, TIMESTAMP and TIME as moments.
///
/// MySQL: one of several (CASE, COALESCE, GREATEST ...) is NULL where it could not be stored.
pub(super) fn moment(cx: &mut BindContext<'_>, e: Expr) -> Expr {
    if let Some(chosen) = chosen_moment(cx, &e) {
        return chosen;
    }
    match e.ty.kind {
        TypeKind::DateTime | TypeKind::Timestamp => e,
        TypeKind::Date => {
            let (nullable, span) = (e.nullable, e.span);
            let start = cx.call_named("start of day", vec![e], SqlType::datetime(0), nullable);
            match cx.constant(&start) {
                Some(value) => Expr {
                    kind: ExprKind::Literal(value),
                    ..start
                },
                None => start,
            }
            .at(span)
        }
        _ => {
            let fsp = if e.ty.kind == TypeKind::Time {
                e.ty.decimals
            } else {
                6
            };
            cx.coerce(e, SqlType::datetime(fsp))
        }
    }
}

/// As [`moment`], but a DATE without month or day is what it is: in BETWEEN and IN.
pub(super) fn whole_moment(cx: &mut BindContext<'_>, e: Expr) -> Expr {
    if let Some(chosen) = chosen_moment(cx, &e) {
        return chosen;
    }
    let e = midnight(cx, e);
    moment(cx, e)
}

/// DATE, DATETIME and TIMESTAMP.
pub(super) fn has_date(ty: &SqlType) -> bool {
    ty.kind.is_temporal() && ty.kind != TypeKind::Time
}

/// Both operands converted to the domain that MySQL compares them in.
pub(super) fn operands(
    cx: &mut BindContext<'_>,
    name: &str,
    a: Expr,
    b: Expr,
) -> Result<(Expr, Expr), Error> {
    let [a, b] = {
        let both = [a, b];
        check(&both)?;
        both
    };
    if json::is_json(&a) || json::is_json(&b) {
        return Ok((json::value(cx, a), json::value(cx, b)));
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
    let (a, b) = match (
        constant::in_column(cx, &a, &b),
        constant::in_column(cx, &b, &a),
    ) {
        (Some(b), _) => (a, b),
        (None, Some(a)) => (a, b),
        _ => (a, b),
    };
    let (is_time, is_year) = (
        |e: &Expr| e.ty.kind == TypeKind::Time,
        |e: &Expr| e.ty.kind == TypeKind::Year,
    );
    if (has_date(&a.ty) && (has_date(&b.ty) || is_time(&b))) || (is_time(&a) && has_date(&b.ty)) {
        return Ok(moments(cx, a, b));
    }
    if is_time(&a) && is_time(&b) {
        return Ok((a, b));
    }
    match (is_year(&a), is_year(&b)) {
        (true, false) if has_date(&b.ty) => return Ok((year_start(cx, a), midnight(cx, b))),
        (false, true) if has_date(&a.ty) => return Ok((midnight(cx, a), year_start(cx, b))),
        _ => {}
    }
    match class(&a.ty).with(class(&b.ty)) {
        Class::Text if has_date(&a.ty) => {
            let b = text_as_date(cx, b, &a)?;
            Ok(moments(cx, a, b))
        }
        Class::Text if has_date(&b.ty) => {
            let a = text_as_date(cx, a, &b)?;
            Ok(moments(cx, a, b))
        }
        Class::Text => texts(cx, name, a, b),
        Class::Integer => Ok(integers(cx, a, b)),
        Class::Decimal => Ok(decimals(cx, a, b)),
        // A constant text is compared with a DECIMAL that is no constant as a DECIMAL.
        Class::Double if decimal_with_text(&a, &b) => {
            let b = text_as_decimal(cx, b);
            Ok(decimals(cx, a, b))
        }
        Class::Double if decimal_with_text(&b, &a) => {
            let a = text_as_decimal(cx, a);
            Ok(decimals(cx, a, b))
        }
        Class::Double => {
            let constant = a.is_constant() && b.is_constant();
            let convert = |cx: &mut BindContext<'_>, operand: Expr| {
                let is_constant = operand.is_constant();
                let converted = double(cx, operand);
                if is_constant && !constant {
                    once(cx, converted)
                } else {
                    converted
                }
            };
            let a = convert(cx, a);
            let b = convert(cx, b);
            Ok((a, b))
        }
    }
}

/// A constant evaluated here, so that what it warns about is said once, not for every row.
pub(super) fn once(cx: &mut BindContext<'_>, constant: Expr) -> Expr {
    if constant.as_literal().is_some() || !constant.is_constant() {
        return constant;
    }
    match (cx.evaluate)(&constant) {
        Ok((value, mut warnings)) => {
            cx.warnings.append(&mut warnings);
            Expr {
                kind: ExprKind::Literal(value),
                ..constant
            }
        }
        Err(_) => constant,
    }
}

/// A constant text as the DECIMAL at its beginning.
fn text_as_decimal(cx: &mut BindContext<'_>, text: Expr) -> Expr {
    let span = text.span;
    match (cx.evaluate)(&text) {
        Ok((Datum::Bytes(bytes), mut warnings)) if text.ty.kind != TypeKind::Hex => {
            cx.warnings.append(&mut warnings);
            let read = parse_decimal_prefix(&bytes, MAX_SCALE);
            if read.truncated {
                cx.warnings.push(Warning::truncated("DECIMAL", &bytes));
            }
            let precision = read.value.digits().max(u32::from(read.value.scale()) + 1);
            let ty = SqlType::decimal(precision, read.value.scale());
            Expr::literal(Datum::Decimal(read.value), ty).at(span)
        }
        _ => cx.coerce(text, SqlType::decimal(20, 0)),
    }
}

/// An operand in the class of another one: what rows in IN, and integers among constants, are compared as.
///
/// Errors: 3854 for a constant that the character set cannot hold.
pub(super) fn in_class_of(
    cx: &mut BindContext<'_>,
    value: &Expr,
    item: Expr,
) -> Result<Expr, Error> {
    if item.is_null_literal() || value.ty.kind == TypeKind::Null {
        return Ok(item);
    }
    let converted = match class(&value.ty) {
        Class::Integer if class(&item.ty) == Class::Integer => return Ok(item),
        Class::Integer => {
            let (nullable, span) = (item.nullable, item.span);
            cx.call_named("CAST", vec![item], SqlType::bigint(), nullable)
                .at(span)
        }
        Class::Decimal => match class(&item.ty) {
            Class::Integer | Class::Decimal => return Ok(item),
            _ => cx.coerce(item, SqlType::decimal(65, 30)),
        },
        Class::Double => double(cx, item),
        Class::Text if has_date(&value.ty) && !item.ty.kind.is_temporal() => {
            moment::of_text(cx, item, value, moment::Wording::Truncated)
        }
        Class::Text if value.ty.kind == TypeKind::Time && item.ty.kind != TypeKind::Time => {
            moment::time_of(cx, item)
        }
        Class::Text if value.ty.kind.is_temporal() => return Ok(item),
        Class::Text => {
            let merged = textual::collated(cx, value);
            let mut text = in_collation(cx, item, merged)?;
            text.collated = merged;
            text
        }
    };
    Ok(once(cx, converted))
}

fn decimal_with_text(decimal: &Expr, text: &Expr) -> bool {
    class(&decimal.ty) == Class::Decimal
        && !decimal.is_constant()
        && class(&text.ty) == Class::Text
        && text.is_constant()
        && !text.ty.kind.is_temporal()
}

/// Text as the date that it is compared with: a constant once and for all, else row by row as CAST reads it.
fn text_as_date(cx: &mut BindContext<'_>, text: Expr, date: &Expr) -> Result<Expr, Error> {
    if text.is_constant() {
        return moment::constant(cx, text, date);
    }
    if date.is_constant() {
        return Ok(moment::of_text(cx, text, date, moment::Wording::Truncated));
    }
    let to = match date.ty.kind {
        TypeKind::Date => SqlType::date(),
        _ => SqlType::datetime(6),
    };
    let text = moment::as_text(cx, text);
    let (nullable, span) = (text.nullable, text.span);
    let read = cx.let_in(text, |cx, text| {
        let cast = cx.bind_cast(text.clone(), to.clone())?;
        // MySQL: where the conversion gives NULL, the zero behind it is compared.
        Ok(cx.call_named("or zero", vec![cast, text], to, nullable))
    });
    Ok(read?.at(span))
}

/// A DATE or DATETIME as a DATETIME, whatever its parts.
fn midnight(cx: &BindContext<'_>, e: Expr) -> Expr {
    match e.ty.kind {
        TypeKind::Date => cx.coerce(e, SqlType::datetime(0)),
        _ => e,
    }
}

/// A YEAR as the moment before its first day.
fn year_start(cx: &BindContext<'_>, year: Expr) -> Expr {
    let (nullable, span) = (year.nullable, year.span);
    cx.call_named("start of year", vec![year], SqlType::datetime(0), nullable)
        .at(span)
}

/// The type in which an operand of this type is compared with its own kind.
pub(super) fn comparable(ty: &SqlType) -> SqlType {
    match ty.kind {
        TypeKind::Enum | TypeKind::Set => SqlType::text(TypeKind::VarChar, ty.length, ty.collation),
        TypeKind::Hex => SqlType::varbinary(ty.length),
        TypeKind::Float => SqlType::double(),
        _ => ty.clone(),
    }
}

pub(super) fn null_as(cx: &BindContext<'_>, null: Expr, ty: SqlType) -> Expr {
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
    // A constant without a time of day keeps a comparison with dates one of dates.
    let day = |e: &Expr| match e.as_literal() {
        Some(Datum::DateTime(v)) => {
            let value = DateTime::from_packed_trusted(*v);
            (value.packed_clock() == 0).then(|| {
                let date = Datum::Date(value.date().to_packed());
                Expr::literal(date, SqlType::date()).at(e.span)
            })
        }
        _ => None,
    };
    if a.ty.kind == TypeKind::Date
        && !is_chosen(&a)
        && let Some(b) = day(&b)
    {
        return (a, b);
    }
    if b.ty.kind == TypeKind::Date
        && !is_chosen(&b)
        && let Some(a) = day(&a)
    {
        return (a, b);
    }
    (moment(cx, a), moment(cx, b))
}

fn texts(cx: &mut BindContext<'_>, name: &str, a: Expr, b: Expr) -> Result<(Expr, Expr), Error> {
    let mut both = all_texts(cx, name, vec![a, b])?.into_iter();
    match (both.next(), both.next()) {
        (Some(a), Some(b)) => Ok((a, b)),
        _ => Err(Error::wrong_arity(name)),
    }
}

/// The operand as text in the collation of the comparison.
fn in_collation(cx: &mut BindContext<'_>, expr: Expr, merged: Collated) -> Result<Expr, Error> {
    let mut text = textual::text(cx, expr, merged)?;
    if text.ty.collation == merged.collation {
        return Ok(text);
    }
    if text.children().is_empty() {
        text.ty.collation = merged.collation;
        return Ok(text);
    }
    let ty = text.ty.clone().with_collation(merged.collation);
    Ok(cx.coerce(text, ty))
}

fn integers(cx: &mut BindContext<'_>, a: Expr, b: Expr) -> (Expr, Expr) {
    if a.ty.kind == TypeKind::Bool && b.ty.kind == TypeKind::Bool {
        return (a, b);
    }
    (integer(cx, a), integer(cx, b))
}

fn integer(cx: &BindContext<'_>, expr: Expr) -> Expr {
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
