//! Row operands: `(a, b) = (c, d)`.
//!
//! `=` and `<>` look at the members from left to right until they differ; a NULL member makes the answer NULL unless a later pair
//! decides. `<` and its like compare the first pair of members that are not equal.

use super::super::json;
use super::domain;
use crate::{BindContext, Expr, ExprKind};
use sqlift_types::{Datum, Error, SqlType};

/// A comparison of two rows of the same width as a tree of comparisons of their members.
///
/// Errors: 1241 if only one is a row or the widths differ.
pub(super) fn relation(
    cx: &mut BindContext<'_>,
    name: &'static str,
    a: Expr,
    b: Expr,
) -> Result<Expr, Error> {
    let width = |e: &Expr| match &e.kind {
        ExprKind::Row(members) => members.len(),
        _ => 1,
    };
    if width(&a) != width(&b) {
        return Err(Error::operand_columns(width(&a)).at(b.span));
    }
    let (ExprKind::Row(left), ExprKind::Row(right)) = (a.kind, b.kind) else {
        return Err(Error::operand_columns(1).at(cx.span));
    };
    let pairs: Vec<(Expr, Expr)> = left.into_iter().zip(right).collect();
    match name {
        "=" | "<=>" => junction(cx, "AND", name, pairs),
        "<>" => junction(cx, "OR", name, pairs),
        _ => ordered(cx, name, pairs),
    }
}

fn junction(
    cx: &mut BindContext<'_>,
    junction: &str,
    name: &'static str,
    pairs: Vec<(Expr, Expr)>,
) -> Result<Expr, Error> {
    let mut tree: Option<Expr> = None;
    for (a, b) in pairs {
        let pair = super::relation(cx, name, a, b)?;
        tree = Some(match tree {
            None => pair,
            Some(tree) => {
                let nullable = tree.nullable || pair.nullable;
                cx.call_named(junction, vec![tree, pair], SqlType::bool(), nullable)
            }
        });
    }
    tree.ok_or_else(|| Error::operand_columns(1))
}

/// `a1 < b1 OR (a1 = b1 AND (...))`, as a CASE, so that a NULL member ends the comparison.
fn ordered(
    cx: &mut BindContext<'_>,
    name: &'static str,
    pairs: Vec<(Expr, Expr)>,
) -> Result<Expr, Error> {
    let mut converted = Vec::with_capacity(pairs.len());
    for (a, b) in pairs {
        if matches!(a.kind, ExprKind::Row(_)) || matches!(b.kind, ExprKind::Row(_)) {
            return Err(Error::unsupported("order of rows in rows").at(cx.span));
        }
        let nullable = a.nullable || b.nullable;
        let (a, b) = domain::operands(cx, name, a, b)?;
        converted.push((a, b, nullable));
    }
    let nullable = converted.iter().any(|(.., nullable)| *nullable);
    let compare = |cx: &BindContext<'_>, name: &str, a: Expr, b: Expr| {
        let may_be_null = nullable || a.nullable || b.nullable;
        cx.call_named(name, vec![a, b], SqlType::bool(), may_be_null)
    };
    // Constants at the front decide here, and what they warn about is said once.
    while converted.len() > 1 && converted[0].0.is_constant() && converted[0].1.is_constant() {
        let (a, b, _) = converted.remove(0);
        let (a, b) = (domain::once(cx, a), domain::once(cx, b));
        let equal = compare(cx, "=", a.clone(), b.clone());
        if (cx.evaluate)(&equal)?.0 != Datum::Int(1) {
            return Ok(compare(cx, name, a, b));
        }
    }
    let mut tree: Option<Expr> = None;
    for (a, b, _) in converted.into_iter().rev() {
        tree = Some(match tree {
            None => compare(cx, name, a, b),
            Some(tree) => {
                // Both comparisons are of the same converted operands.
                let (a, b) = (domain::once(cx, a), domain::once(cx, b));
                let equal = compare(cx, "=", a.clone(), b.clone());
                let here = compare(cx, name, a, b);
                let args = vec![equal, tree, here];
                cx.call_named("CASE", args, SqlType::bool(), nullable)
            }
        });
    }
    tree.ok_or_else(|| Error::operand_columns(1))
}

/// `(a, b) IN ((c, d), ...)`: an OR of comparisons, in which each member has the class of the left one.
///
/// Errors: 1241 if a member has another width.
pub(super) fn membership(cx: &mut BindContext<'_>, mut args: Vec<Expr>) -> Result<Expr, Error> {
    let value = args.remove(0);
    let mut tree: Option<Expr> = None;
    for item in args {
        let item = in_class_of(cx, &value, item)?;
        let here = super::relation(cx, "=", value.clone(), item)?;
        tree = Some(match tree {
            None => here,
            Some(tree) => {
                let nullable = tree.nullable || here.nullable;
                cx.call_named("OR", vec![tree, here], SqlType::bool(), nullable)
            }
        });
    }
    tree.ok_or_else(|| Error::operand_columns(1))
}

/// A member of the list, its members converted to the classes of the left row's.
fn in_class_of(cx: &mut BindContext<'_>, value: &Expr, item: Expr) -> Result<Expr, Error> {
    match (&value.kind, item.kind) {
        (ExprKind::Row(left), ExprKind::Row(members)) if left.len() == members.len() => {
            let pairs = left.iter().zip(members);
            let members: Result<Vec<Expr>, Error> =
                pairs.map(|(l, m)| in_class_of(cx, l, m)).collect();
            Ok(Expr {
                kind: ExprKind::Row(members?),
                ty: item.ty,
                nullable: item.nullable,
                collated: item.collated,
                computed: false,
                span: item.span,
            })
        }
        (_, kind) => {
            let item = Expr { kind, ..item };
            if matches!(item.kind, ExprKind::Row(_)) {
                return Ok(item);
            }
            domain::check(std::slice::from_ref(&item))?;
            if json::is_json(&item) || json::is_json(value) {
                return Ok(item);
            }
            domain::in_class_of(cx, value, item)
        }
    }
}
