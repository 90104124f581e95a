//! GREATEST and LEAST of dates and other values: text that is a date or a moment.
//!
//! MySQL, where DATE (and TIME, which is then today) is the only temporal type: all are read as dates; what is none counts as
//! `16383-15-31`, which GREATEST shows.
//!
//! MySQL, where there is a DATETIME or TIMESTAMP: all are read as moments; what is none counts as zero. If zero wins, the arguments are
//! compared as text instead, and the text of the winner is the result.

use super::has_date;
use crate::families::cast::to_temporal::{Manner, read, reading};
use crate::families::comparison;
use crate::families::{aggregate, json, textual};
use crate::{BindContext, Expr};
use sqlift_types::{Datum, Error, SqlType, TypeKind};

/// The date that MySQL shows for what is none: year 16383, month 15, day 31.
const NO_DATE: i64 = (16_383 << 9) | (15 << 5) | 31;

pub(super) fn bind(
    cx: &mut BindContext<'_>,
    mut args: Vec<Expr>,
    mut common: aggregate::Aggregate,
    nullable: bool,
) -> Result<Expr, Error> {
    let moments = args
        .iter()
        .position(|a| has_date(&a.ty) && a.ty.kind != TypeKind::Date);
    let digits = |a: &Expr| match a.ty.kind {
        TypeKind::Hex => 0,
        TypeKind::Json => 6,
        _ => reading::digits(a, false),
    };
    let decimals = args.iter().map(digits).max().unwrap_or(0);
    let ty = match moments {
        Some(_) => SqlType::datetime(decimals),
        None => SqlType::date(),
    };
    use TypeKind::{Binary, Char, VarBinary, VarChar};
    let is_short = matches!(common.ty.kind, VarChar | VarBinary | Char | Binary);
    if is_short && common.ty.length < ty.length {
        common.ty = textual::text_type(ty.length.into(), common.collated.collation);
    }
    let other = moments.map(|i| args[i].clone());
    // What stands behind a NULL is not evaluated.
    if let Some(null) = args.iter().position(Expr::is_null_literal) {
        args.truncate(null + 1);
    }
    let mut read = Vec::with_capacity(args.len());
    for arg in &args {
        read.push(match &other {
            Some(other) => moment(cx, arg.clone(), other)?,
            None => date(cx, arg.clone())?,
        });
    }
    let best = cx.call(read, ty.clone(), nullable);
    let Some(_) = other else {
        return Ok(shown(cx, best, &common));
    };
    let best = cx.call_named("unless zero", vec![best], ty, true);
    let best = shown(cx, best, &common);
    let mut texts = Vec::with_capacity(args.len());
    for arg in args {
        texts.push(match arg.is_null_literal() {
            true => Expr {
                ty: common.ty.clone(),
                ..arg
            },
            false => aggregate::converted(cx, arg, &common)?,
        });
    }
    let texts = aggregate::call(cx, texts, &common, nullable);
    let either = cx.call_named("COALESCE", vec![best, texts], common.ty.clone(), nullable);
    Ok(cx.with_collation(either, common.collated))
}

/// A date or moment as text.
fn shown(cx: &BindContext<'_>, best: Expr, common: &aggregate::Aggregate) -> Expr {
    let text = cx.coerce(best, common.ty.clone());
    cx.with_collation(text, common.collated)
}

/// An argument as a date; [`NO_DATE`] if it is none.
fn date(cx: &mut BindContext<'_>, arg: Expr) -> Result<Expr, Error> {
    let ty = SqlType::date();
    if arg.is_null_literal() {
        return Ok(Expr { ty, ..arg });
    }
    let date = read(cx, arg.clone(), ty.clone(), Manner::Fields)?;
    if arg.ty.kind.is_temporal() {
        let nullable = arg.nullable;
        return Ok(Expr { nullable, ..date });
    }
    let mut otherwise = Expr::literal(Datum::Date(NO_DATE), ty.clone());
    if arg.ty.kind == TypeKind::Decimal {
        // MySQL: what is too large for an integer is the zero date.
        let bound = |value| Expr::literal(Datum::Int(value), SqlType::bigint());
        let range = vec![arg.clone(), bound(i64::MIN), bound(i64::MAX)];
        let fits = cx.bind_named("BETWEEN", range)?;
        let zero = Expr::literal(Datum::Date(0), ty.clone());
        otherwise = cx.call_named("CASE", vec![fits, otherwise, zero], ty, false);
    }
    or_else(cx, date, arg, otherwise)
}

/// An argument as a moment; zero if it is none. Warnings about text name the first moment.
fn moment(cx: &mut BindContext<'_>, arg: Expr, other: &Expr) -> Result<Expr, Error> {
    let ty = SqlType::datetime(6);
    if arg.is_null_literal() {
        return Ok(Expr { ty, ..arg });
    }
    if arg.ty.kind.is_temporal() {
        let nullable = arg.nullable;
        let moment = read(cx, arg, ty, Manner::Fields)?;
        return Ok(Expr { nullable, ..moment });
    }
    let is_number = arg.ty.kind.is_numeric() && arg.ty.kind != TypeKind::Bit;
    if !is_number {
        let arg = match json::is_json(&arg) || arg.ty.kind == TypeKind::Bit {
            true => textual::own_text(cx, arg)?.0,
            false => arg,
        };
        return Ok(comparison::text_beside(cx, arg, other));
    }
    let moment = read(cx, arg.clone(), ty.clone(), Manner::Fields)?;
    or_else(cx, moment, arg, Expr::literal(Datum::DateTime(0), ty))
}

/// `read`, or `otherwise` where it is NULL and the value that it was read from is not.
fn or_else(
    cx: &mut BindContext<'_>,
    read: Expr,
    from: Expr,
    otherwise: Expr,
) -> Result<Expr, Error> {
    if read.as_literal().is_some() && !read.is_null_literal() {
        return Ok(Expr {
            nullable: false,
            ..read
        });
    }
    let (nullable, ty) = (from.nullable, read.ty.clone());
    let missing = cx.bind_named("IS NULL", vec![from])?;
    Ok(cx.call_named("or else", vec![read, missing, otherwise], ty, nullable))
}
