//! Comparison of documents: what the relations do with JSON.

use super::held;
use crate::kernel::fallible_with;
use crate::native::{Bool, Json as HeldJson, Opt};
use crate::{Exit, Function, RowContext};
use sqlift_types::Error;
use std::cmp::Ordering;

/// How two documents are ordered. Error if a cell holds none.
pub(in crate::families) fn reference(a: &[u8], b: &[u8]) -> Result<Ordering, Error> {
    if a == b {
        held(a)?;
        return Ok(Ordering::Equal);
    }
    Ok(held(a)?.compare(&held(b)?))
}

fn order(cx: &RowContext<'_>, a: &[u8], b: &[u8]) -> Result<Ordering, Exit> {
    reference(a, b).map_err(|error| cx.raise(error))
}

/// Adds the JSON overload of a relation.
pub(in crate::families) fn relations(function: Function) -> Function {
    macro_rules! relation {
        ($test:ident) => {
            function
                .overload(fallible_with::<(HeldJson, HeldJson), Bool, _, _>(
                    |_| Ok(()),
                    |_: &(), cx, a, b| Ok(Some(order(cx, a, b)?.$test())),
                ))
                .shares_reference()
        };
    }
    match function.name() {
        "=" => relation!(is_eq),
        "<>" => relation!(is_ne),
        "<" => relation!(is_lt),
        "<=" => relation!(is_le),
        ">" => relation!(is_gt),
        ">=" => relation!(is_ge),
        _ => function
            .overload(fallible_with::<(Opt<HeldJson>, Opt<HeldJson>), Bool, _, _>(
                |_| Ok(()),
                |_: &(), cx, a: Option<&[u8]>, b: Option<&[u8]>| {
                    Ok(Some(match (a, b) {
                        (Some(a), Some(b)) => order(cx, a, b)?.is_eq(),
                        (a, b) => a.is_none() && b.is_none(),
                    }))
                },
            ))
            .shares_reference(),
    }
}
