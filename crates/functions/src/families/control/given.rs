//! ANY_VALUE and NAME_CONST: the value of an argument. What a value is held by that is evaluated once ([`BindContext::let_in`]).

use super::no_rows;
use crate::families::aggregate;
use crate::{BindContext, CallSite, Expr, Fault, Form, Function, RowContext};
use sqlift_types::{Datum, Error};

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new("ANY_VALUE", (1, 1), bind_any_value, reference)
            .doc("The argument; in MySQL, also of rows that are grouped by something else.")
            .example("ANY_VALUE(5)", "5")
            .form(Form::Coalesce),
        Function::new("NAME_CONST", (2, 2), bind_name_const, reference)
            .doc("The second argument, a constant that is called as the first says.")
            .example("NAME_CONST('a', 5)", "5")
            .form(Form::Coalesce),
        Function::operator("let", bind_nothing, reference)
            .doc("The second argument, in which `held` is the value of the first.")
            .form(Form::Let),
        Function::operator("held", bind_nothing, reference)
            .doc("The value that the innermost `let` holds.")
            .form(Form::Held),
    ]
}

fn bind_any_value(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    no_rows(&args)?;
    let [value] = <[Expr; 1]>::try_from(args).map_err(|_| Error::wrong_arity("ANY_VALUE"))?;
    let common = aggregate::result(cx, "any_value", &[&value])?;
    let nullable = value.nullable;
    let value = aggregate::converted(cx, value, &common)?;
    Ok(aggregate::call(cx, vec![value], &common, nullable))
}

/// Errors: 1210 if an argument is no constant.
fn bind_name_const(_: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let [name, value] =
        <[Expr; 2]>::try_from(args).map_err(|_| Error::wrong_arity("NAME_CONST"))?;
    if name.as_literal().is_none() || value.as_literal().is_none() {
        return Err(Error::wrong_arguments("NAME_CONST"));
    }
    Ok(Expr {
        nullable: true,
        ..value
    })
}

fn bind_nothing(_: &mut BindContext<'_>, _: Vec<Expr>) -> Result<Expr, Error> {
    Err(Error::unsupported("a value that only other functions hold"))
}

fn reference(_: &RowContext<'_>, _: &CallSite<'_>, args: &[Datum]) -> Result<Datum, Fault> {
    Ok(args.last().cloned().unwrap_or(Datum::Null))
}
