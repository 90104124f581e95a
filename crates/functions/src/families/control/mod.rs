//! Control flow: one of several values.
//!
//! Only what is needed is evaluated (`Form::Case`, `Form::Coalesce`); every value is converted to the type that all of them have together
//! ([`super::aggregate`]), the ones that are never taken included.
//!
//! MySQL: `NULLIF(a, b)` evaluates `a` twice, once to compare it and once for the result. A simple CASE compares its operand with
//! each value as `=` would.

mod branches;
mod extremes;
mod given;
mod interval;

pub(crate) use branches::{as_shown, number_of_branches, of_branches};
pub(in crate::families) use extremes::may_warn;

use crate::{Expr, Function};
use sqlift_types::Error;

pub(super) fn functions() -> Vec<Function> {
    [
        branches::functions(),
        extremes::functions(),
        given::functions(),
        interval::functions(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Error 1241 if an argument is a row.
fn no_rows(args: &[Expr]) -> Result<(), Error> {
    match args
        .iter()
        .find(|a| matches!(a.kind, crate::ExprKind::Row(_)))
    {
        Some(row) => Err(Error::operand_columns(1).at(row.span)),
        None => Ok(()),
    }
}
