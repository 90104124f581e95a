//! STRCMP.

use super::domain;
use super::ordering::{self, TextOrder};
use crate::kernel::total_with;
use crate::native::{Bytes, Int};
use crate::{BindContext, CallSite, Expr, Fault, Form, Function, RowContext};
use sqlift_types::{Datum, Error, SqlType};

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new("STRCMP", (2, 2), bind_strcmp, strcmp_reference)
            .doc("-1, 0 or 1 as the first text is less than, equal to or greater than the second.")
            .example("STRCMP('a', 'B')", "-1")
            .form(Form::Guarded)
            .overload(total_with::<(Bytes, Bytes), Int, _, _>(
                ordering::text_order,
                |order: &TextOrder, _, a: &[u8], b: &[u8]| order.compare(a, b) as i64,
            ))
            .shares_reference(),
    ]
}

fn bind_strcmp(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    domain::check(&args)?;
    let nullable = args.iter().any(|a| a.nullable);
    let args = domain::all_texts(cx, "strcmp", args)?;
    Ok(cx.call(args, SqlType::bigint_of(2), nullable))
}

fn strcmp_reference(
    _: &RowContext<'_>,
    site: &CallSite<'_>,
    args: &[Datum],
) -> Result<Datum, Fault> {
    let order = ordering::order(site, &args[0], &args[1]);
    Ok(order.map_or(Datum::Null, |o| Datum::Int(o as i64)))
}
