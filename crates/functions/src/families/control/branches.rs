//! CASE, IF, IFNULL, COALESCE, NULLIF.
//!
//! MySQL: the text of CASE, IF and NULLIF is the text of the branch that is taken, in its own type: exact numbers keep their scale
//! (`IF(1, 1, 2.50)` is `1`), a YEAR column its four digits. So conversions to text and to JSON are made of the branches ([`of_branches`]).
//! IFNULL and COALESCE show the type of the whole.

use super::extremes::may_warn;
use super::no_rows;
use crate::families::logic::condition;
use crate::families::{aggregate, comparison, json, numeric, random, textual};
use crate::{
    BindContext, CallSite, Expr, ExprKind, Fault, Form, Function, FunctionId, RowContext, catalogue,
};
use sqlift_collation::Charset;
use sqlift_types::{Datum, Error, SqlType, TypeKind};

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::operator("CASE", bind_case, case_reference)
            .doc("The value after the first condition that is true, else the value after ELSE, else NULL.")
            .example("CASE WHEN 1 > 2 THEN 'a' ELSE 'b' END", "b")
            .form(Form::Case),
        Function::operator("CASE OF", bind_case_of, case_reference)
            .doc("The value after the first WHEN that equals the operand, else the value after ELSE, else NULL.")
            .example("CASE 2 WHEN 1 THEN 'a' WHEN 2 THEN 'b' END", "b")
            .form(Form::Case),
        Function::new("IF", (3, 3), bind_if, case_reference)
            .doc("The second argument if the first is true (neither 0 nor NULL), else the third.")
            .example("IF(1 < 2, 'yes', 'no')", "yes")
            .form(Form::Case),
        Function::new("IFNULL", (2, 2), bind_coalesce, coalesce_reference)
            .doc("The first argument, or the second if the first is NULL.")
            .example("IFNULL(NULL, 5)", "5")
            .quiet()
            .form(Form::Coalesce),
        Function::new("COALESCE", (1, usize::MAX), bind_coalesce, coalesce_reference)
            .doc("The first argument that is not NULL.")
            .example("COALESCE(NULL, NULL, 3)", "3")
            .quiet()
            .form(Form::Coalesce),
        Function::new("NULLIF", (2, 2), bind_nullif, case_reference)
            .doc("NULL if both arguments are equal, else the first.")
            .example("NULLIF(1, 2)", "1")
            .form(Form::Case),
    ]
}

/// `condition, value, condition, value, ..., value`.
fn bind_case(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    no_rows(&args)?;
    let count = args.len();
    let (mut conditions, mut values) = (Vec::new(), Vec::new());
    for (i, arg) in args.into_iter().enumerate() {
        if i % 2 == 0 && i + 1 < count {
            conditions.push(condition(cx, arg)?);
        } else {
            values.push(arg);
        }
    }
    branches(cx, "case", conditions, values)
}

/// `operand, value, result, value, result, ..., otherwise`.
fn bind_case_of(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    no_rows(&args)?;
    let mut args = args.into_iter();
    let operand = args.next().ok_or_else(|| Error::wrong_arity("CASE"))?;
    let rest: Vec<Expr> = args.collect();
    // What shows its branches is a CASE itself.
    let shows = rest.iter().any(|e| e.ty.kind == TypeKind::Decimal);
    let count = rest.len();
    let mut values = rest.iter().take(count - count % 2).step_by(2);
    let is_number = |e: &Expr| e.ty.kind.is_numeric() && e.ty.kind != TypeKind::Hex;
    let operand = match is_text(&operand) && !operand.is_constant() && values.all(is_number) {
        // Beside numbers a text is one, and is read once.
        true => cx.coerce(operand, SqlType::double()),
        false => operand,
    };
    if shows || !may_warn(&operand) {
        return case_of(cx, operand, rest);
    }
    cx.let_in(operand, |cx, operand| case_of(cx, operand, rest))
}

fn case_of(cx: &mut BindContext<'_>, operand: Expr, rest: Vec<Expr>) -> Result<Expr, Error> {
    let count = rest.len();
    let (mut conditions, mut values) = (Vec::new(), Vec::new());
    let mut converts = false;
    for (i, arg) in rest.into_iter().enumerate() {
        if i % 2 == 0 && i + 1 < count {
            converts |= is_text(&operand) != is_text(&arg) && !arg.is_null_literal();
            conditions.push(matched(cx, operand.clone(), arg)?);
        } else {
            values.push(arg);
        }
    }
    if converts && operand.nullable {
        // A NULL operand equals nothing, and nothing is converted to be compared with it.
        let otherwise = values.last().cloned();
        let missing = cx.bind_named("IS NULL", vec![operand])?;
        conditions.insert(0, missing);
        values.splice(0..0, otherwise);
    }
    branches(cx, "case", conditions, values)
}

fn is_text(expr: &Expr) -> bool {
    expr.ty.kind.is_string() || matches!(expr.ty.kind, TypeKind::Enum | TypeKind::Set)
}

/// Whether the operand of a simple CASE equals a value.
///
/// MySQL: as `=`, but a constant is converted for every row, and one that is no date is not an error.
fn matched(cx: &mut BindContext<'_>, operand: Expr, value: Expr) -> Result<Expr, Error> {
    let temporal = operand.ty.kind.is_temporal() || value.ty.kind.is_temporal();
    if (json::is_json(&operand) || json::is_json(&value)) && !temporal {
        return matched_json(cx, operand, value);
    }
    let texts = usize::from(is_text(&operand)) + usize::from(is_text(&value));
    let has_date = operand.ty.kind.is_temporal() && operand.ty.kind != TypeKind::Time;
    if has_date && operand.is_column() && value.is_constant() && !value.ty.kind.is_temporal() {
        // MySQL: what is compared with a column of dates is no constant of it here.
        let nullable = operand.nullable || value.nullable;
        let both = match texts {
            0 => [operand, value].map(|e| cx.coerce(e, SqlType::double())),
            _ => comparison::date_with_text(cx, operand, value),
        };
        return Ok(cx.call_named("=", both.into(), SqlType::bool(), nullable));
    }
    let constant = value.is_constant() || operand.is_constant();
    if texts == 1 && temporal && constant {
        let nothing = cx.null(SqlType::null());
        return cx.bind_named("IN", vec![operand, value, nothing]);
    }
    if texts == 2 {
        // The error is one of CASE.
        textual::agree_to_compare(cx, "case", &[operand.clone(), value.clone()])?;
    }
    if texts == 1 && is_text(&operand) && temporal {
        // MySQL: a text operand makes a text of the date.
        let both = [operand, value];
        let agreed = textual::agree_to_compare(cx, "case", &both)?;
        let both: Result<Vec<Expr>, Error> = both
            .into_iter()
            .map(|e| textual::text(cx, e, agreed))
            .collect();
        let nullable = both.iter().flatten().any(|e| e.nullable);
        return Ok(cx.call_named("=", both?, SqlType::bool(), nullable));
    }
    if texts == 1 && operand.ty.kind == TypeKind::Time {
        let nothing = cx.null(SqlType::null());
        return cx.bind_named("IN", vec![operand, value, nothing]);
    }
    let numeric = operand.ty.kind.is_numeric() || value.ty.kind.is_numeric();
    if texts == 1 && numeric && constant && operand.ty.kind != TypeKind::Hex {
        let nullable = operand.nullable || value.nullable;
        let both = [operand, value].map(|e| cx.coerce(e, SqlType::double()));
        return Ok(cx.call_named("=", both.into(), SqlType::bool(), nullable));
    }
    equal(cx, operand, value)
}

/// MySQL: JSON is no document here, but the number that it is beside a number, else its text.
fn matched_json(cx: &mut BindContext<'_>, operand: Expr, value: Expr) -> Result<Expr, Error> {
    let nullable = operand.nullable || value.nullable;
    if operand.ty.kind.is_numeric() || value.ty.kind.is_numeric() {
        let both = [operand, value].map(|e| cx.coerce(e, SqlType::double()));
        return Ok(cx.call_named("=", both.into(), SqlType::bool(), nullable));
    }
    let mut text = |expr: Expr| match json::is_json(&expr) {
        true => textual::own_text(cx, expr).map(|(text, _)| text),
        false => Ok(expr),
    };
    let (operand, value) = (text(operand)?, text(value)?);
    equal(cx, operand, value)
}

fn bind_if(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    no_rows(&args)?;
    let Ok([test, yes, no]) = <[Expr; 3]>::try_from(args) else {
        return Err(Error::wrong_arity("IF"));
    };
    let test = condition(cx, test)?;
    branches(cx, "if", vec![test], vec![yes, no])
}

/// The call with its values converted to their common type; one more value than conditions.
fn branches(
    cx: &mut BindContext<'_>,
    name: &str,
    conditions: Vec<Expr>,
    values: Vec<Expr>,
) -> Result<Expr, Error> {
    let nullable = values.iter().any(|v| v.nullable);
    let common = aggregate::result(cx, name, &values.iter().collect::<Vec<_>>())?;
    let mut args = Vec::with_capacity(conditions.len() + values.len());
    let mut conditions = conditions.into_iter();
    for value in values {
        args.extend(conditions.next());
        args.push(branch(cx, value, &common)?);
    }
    Ok(aggregate::call(cx, args, &common, nullable))
}

/// A value as the result holds it: an exact number keeps its own scale, for it is shown so.
fn branch(
    cx: &mut BindContext<'_>,
    value: Expr,
    common: &aggregate::Aggregate,
) -> Result<Expr, Error> {
    if common.ty.kind != TypeKind::Decimal {
        return aggregate::converted(cx, value, common);
    }
    if value.is_null_literal() {
        let ty = common.ty.clone();
        return Ok(Expr { ty, ..value });
    }
    if value.ty.kind == TypeKind::Decimal {
        return Ok(value);
    }
    let ty = numeric::decimal(numeric::digits(&value.ty));
    Ok(cx.coerce(value, ty))
}

fn bind_coalesce(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    no_rows(&args)?;
    let name = catalogue().function(cx.function).name().to_lowercase();
    let nullable = args.iter().all(|a| a.nullable);
    let common = aggregate::result(cx, &name, &args.iter().collect::<Vec<_>>())?;
    let args = args
        .into_iter()
        .map(|a| aggregate::converted(cx, a, &common))
        .collect::<Result<_, _>>()?;
    Ok(aggregate::call(cx, args, &common, nullable))
}

fn bind_nullif(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    no_rows(&args)?;
    let Ok([value, other]) = <[Expr; 2]>::try_from(args) else {
        return Err(Error::wrong_arity("NULLIF"));
    };
    let mut common = aggregate::result(cx, "nullif", &[&value])?;
    if common.ty.kind.is_string() && !value.ty.kind.is_binary() {
        let both = [value.clone(), other.clone()];
        let with_json = json::is_json(&other);
        let agreed = match textual::agree_to_compare(cx, "nullif", &both) {
            Err(error) if !with_json => return Err(error),
            agreed => agreed.unwrap_or(common.collated),
        };
        let charset = textual::charset_of(agreed.collation);
        // MySQL: a constant is converted to what both are compared in where that takes a conversion, a written one wherever it is.
        let converts = charset != textual::charset_of(common.collated.collation)
            && charset != Charset::Binary
            && !with_json;
        let written = !cx.quoted_call(value.span) && value.as_literal().is_some();
        if written || (converts && value.is_constant()) {
            common.collated.collation = agreed.collation;
        }
        let collation = common.collated.collation;
        let length = textual::length_in(&value.ty, textual::charset_of(collation));
        let fixed = matches!(
            value.ty.kind,
            TypeKind::Enum | TypeKind::Set | TypeKind::Char
        );
        common.ty = textual::text_type(length, collation);
        common.ty.kind = match common.ty.kind {
            TypeKind::VarChar if fixed => TypeKind::Char,
            TypeKind::VarBinary if fixed => TypeKind::Binary,
            other => other,
        };
    }
    let same = same(cx, value.clone(), other)?;
    let mut value = branch(cx, value, &common)?;
    random::next_turn(&mut value);
    let null = cx.null(common.ty.clone());
    Ok(aggregate::call(cx, vec![same, null, value], &common, true))
}

/// Whether the operands of NULLIF are equal. MySQL: where a date meets a text that is no constant, the warnings name the row.
fn same(cx: &mut BindContext<'_>, value: Expr, other: Expr) -> Result<Expr, Error> {
    let is_date = |e: &Expr| e.ty.kind.is_temporal() && e.ty.kind != TypeKind::Time;
    let is_row_text = |e: &Expr| is_text(e) && !e.is_constant();
    let both = match () {
        () if is_date(&value) && is_row_text(&other) => {
            comparison::date_with_text(cx, value, other)
        }
        () if is_date(&other) && is_row_text(&value) => {
            comparison::date_with_text(cx, other, value)
        }
        () => return equal(cx, value, other),
    };
    let nullable = both.iter().any(|e| e.nullable);
    Ok(cx.call_named("=", both.into(), SqlType::bool(), nullable))
}

/// The conversion of a CASE, IF or NULLIF of numbers as one of its branches; the expression itself if it is none.
pub(crate) fn of_branches(
    expr: Expr,
    to: &SqlType,
    convert: &dyn Fn(Expr) -> Expr,
) -> Result<Expr, Expr> {
    let shown = |branch: &Expr| branch.ty.zerofill || branch.shows_branches();
    let differs = expr.shows_branches()
        || expr.ty.kind.is_numeric()
            && expr
                .branches()
                .is_some_and(|mut branches| branches.any(shown));
    match expr.kind {
        ExprKind::Call { function, args } if differs => {
            let last = args.len() - 1;
            let converted = args.into_iter().enumerate().map(|(i, arg)| {
                let is_value = i % 2 == 1 || i == last;
                if is_value { convert(arg) } else { arg }
            });
            let kind = ExprKind::Call {
                function,
                args: converted.collect(),
            };
            let ty = to.clone();
            Ok(Expr { kind, ty, ..expr })
        }
        kind => Err(Expr { kind, ..expr }),
    }
}

/// MySQL: the text of COALESCE and IFNULL of FLOATs is that of a DOUBLE.
pub(crate) fn as_shown(expr: Expr) -> Expr {
    let is_first = |function| catalogue().function(function).evaluation() == Form::Coalesce;
    match expr.kind {
        ExprKind::Call { function, .. }
            if expr.ty.kind == TypeKind::Float && is_first(function) =>
        {
            let ty = SqlType::double();
            Expr { ty, ..expr }
        }
        _ => expr,
    }
}

/// A number of a CASE, IF or NULLIF whose type is none: the number that the branch is by itself, not that of its text. The expression itself
/// if it is no such.
///
/// MySQL: `IF(1, DATE'2024-02-29', 'a') + 0` is 20240229.
pub(crate) fn number_of_branches(
    expr: Expr,
    to: &SqlType,
    convert: &dyn Fn(Expr) -> Expr,
) -> Result<Expr, Expr> {
    if expr.ty.kind.is_numeric() || expr.branches().is_none() {
        return Err(expr);
    }
    let ExprKind::Call { function, args } = expr.kind else {
        return Err(expr);
    };
    let last = args.len() - 1;
    let converted = args.into_iter().enumerate().map(|(i, arg)| {
        let is_value = i % 2 == 1 || i == last;
        if is_value {
            convert(before_conversion(arg))
        } else {
            arg
        }
    });
    let kind = ExprKind::Call {
        function,
        args: converted.collect(),
    };
    let ty = to.clone();
    Ok(Expr { kind, ty, ..expr })
}

/// What a branch was before it was converted to the type of all.
fn before_conversion(branch: Expr) -> Expr {
    match branch.kind {
        ExprKind::Call { function, mut args } if is_conversion(function, &args) => {
            before_conversion(args.swap_remove(0))
        }
        kind => Expr { kind, ..branch },
    }
}

fn is_conversion(function: FunctionId, args: &[Expr]) -> bool {
    match catalogue().function(function).name() {
        "coerce" | json::CONVERSION => true,
        // What makes a moment of a date or a time; of a text it reads one.
        "midnight" | "moment" | "moment today" => {
            args.first().is_some_and(|a| a.ty.kind.is_temporal())
        }
        _ => false,
    }
}

fn equal(cx: &mut BindContext<'_>, a: Expr, b: Expr) -> Result<Expr, Error> {
    related(cx, "=", a, b)
}

fn related(cx: &mut BindContext<'_>, operator: &str, a: Expr, b: Expr) -> Result<Expr, Error> {
    cx.bind_named(operator, vec![a, b])
}

/// The value after the first true condition.
fn case_reference(_: &RowContext<'_>, _: &CallSite<'_>, args: &[Datum]) -> Result<Datum, Fault> {
    let taken = args
        .chunks(2)
        .find(|branch| branch.len() == 1 || matches!(branch[0], Datum::Int(v) if v != 0));
    Ok(taken
        .and_then(|branch| branch.last())
        .cloned()
        .unwrap_or(Datum::Null))
}

/// The first value that is not NULL.
fn coalesce_reference(
    _: &RowContext<'_>,
    _: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    let first = args.iter().find(|a| !a.is_null());
    Ok(first.cloned().unwrap_or(Datum::Null))
}
