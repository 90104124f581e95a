//! STRCMP.

use super::super::textual;
use super::domain::{self, Class};
use super::ordering::{self, TextOrder};
use super::{constant, moment};
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
    let text = |e: &Expr| domain::class(&e.ty) == Class::Text;
    if let [a, b] = &args[..] {
        // MySQL: as in a comparison, a constant must be a date if it is compared with one.
        for (date, other) in [(a, b), (b, a)] {
            let is_text = text(other) && !other.ty.kind.is_temporal();
            if domain::has_date(&date.ty) && is_text && other.is_constant() {
                moment::constant(cx, other.clone(), date)?;
            }
        }
    }
    let args = match <[Expr; 2]>::try_from(args) {
        Ok([a, b]) => {
            // A constant takes the type of the column that it is beside.
            let in_a = constant::in_column(cx, &a, &b);
            let in_b = constant::in_column(cx, &b, &a);
            vec![in_b.unwrap_or(a), in_a.unwrap_or(b)]
        }
        Err(args) => args,
    };
    let args = if args.iter().all(text) {
        domain::all_texts(cx, "strcmp", args)?
    } else {
        // MySQL: beside a number the bytes are compared.
        let mut texts = Vec::with_capacity(2);
        for arg in args {
            let collated = textual::collated(cx, &arg);
            let text = textual::text(cx, arg, collated)?;
            let ty = SqlType::varbinary(text.ty.length.saturating_mul(4));
            texts.push(cx.coerce(text, ty));
        }
        texts
    };
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
