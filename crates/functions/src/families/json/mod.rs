//! JSON: documents made of SQL values, SQL values made of documents, and the functions on documents.
//!
//! | file | subject |
//! |---|---|
//! | `to_json` | the JSON value that an SQL value is; `CAST(x AS JSON)`, which reads text as a document |
//! | `from_json` | numbers, moments and text from documents, with MySQL's warnings 3155 and 3156 |
//! | `order` | comparison of documents |
//! | `call` | how the functions are called |
//! | `make` | JSON_ARRAY, JSON_OBJECT, JSON_QUOTE, JSON_UNQUOTE, JSON_PRETTY |
//! | `look` | JSON_EXTRACT, JSON_KEYS, JSON_LENGTH, JSON_TYPE and what else tells of a document |
//! | `change` | JSON_SET and its like, JSON_MERGE_PATCH, JSON_MERGE_PRESERVE |
//! | `extracted` | JSON_VALUE |
//! | `search` | JSON_CONTAINS, JSON_OVERLAPS, MEMBER OF, JSON_SEARCH |
//!
//! An operand of another type takes part in a comparison with JSON as the JSON value that it is: text is a string, TRUE is `true`, a date
//! stays a date. So `CAST('1' AS JSON) = '1'` is false.

mod call;
mod change;
mod extracted;
mod from_json;
mod look;
mod make;
mod order;
mod search;
mod to_json;

use crate::{BindContext, Expr, Function};
use sqlift_types::json::Json;
use sqlift_types::{Error, SqlType, TypeKind, Warning};

pub(super) use from_json::{NAME as CONVERSION, coerced};
pub(super) use order::reference as order;
pub(super) use order::relations;
pub(super) use to_json::{bind_cast, value};

pub(super) fn functions() -> Vec<Function> {
    [
        vec![
            to_json::function(),
            to_json::computed(),
            to_json::cast(),
            from_json::function(),
        ],
        make::functions(),
        look::functions(),
        change::functions(),
        search::functions(),
        extracted::functions(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Whether this is JSON.
pub(super) fn is_json(expr: &Expr) -> bool {
    expr.ty.kind == TypeKind::Json
}

/// The implicit conversion from or to JSON; `None` if neither type is, and for moments, which are read by the rules of moments.
pub(crate) fn implicit(cx: &BindContext<'_>, expr: &Expr, to: &SqlType) -> Option<Expr> {
    match (expr.ty.kind, to.kind) {
        (TypeKind::Json, TypeKind::Json) => None,
        (TypeKind::Json, kind) if kind.is_temporal() => None,
        (TypeKind::Json, _) => coerced(cx, expr.clone(), to.clone()),
        (_, TypeKind::Json) => Some(value(cx, expr.clone())),
        _ => None,
    }
}

/// Warning 3986, of JSON taken for a condition.
pub(super) fn as_condition() -> Warning {
    Warning::new(
        3986,
        "Evaluating a JSON value in SQL boolean context does an implicit comparison against JSON integer 0; if this is not \
         what you want, consider converting JSON to a SQL numeric type with JSON_VALUE RETURNING",
    )
}

/// Warning 1235, of JSON where its own order is not used.
pub(super) fn compared_otherwise(what: &str) -> Warning {
    Warning::new(
        1235,
        format!("This version of MySQL doesn't yet support 'comparison of JSON in the {what}'"),
    )
}

/// The document of a cell.
fn held(bytes: &[u8]) -> Result<Json, Error> {
    Json::from_held(bytes).map_err(|_| {
        // Only a cell from outside can be so: MySQL has no such thing.
        Error::new(
            3140,
            "22032",
            "Invalid JSON text: the value is no document.",
        )
    })
}

/// The bytes of a document in a cell. Error 3157 if it is too deep.
fn to_held(json: &Json) -> Result<Vec<u8>, Error> {
    if json.is_too_deep() {
        return Err(too_deep());
    }
    Ok(json.to_held())
}

fn too_deep() -> Error {
    Error::new(
        3157,
        "22032",
        "The JSON document exceeds the maximum depth.",
    )
}

/// Error 3144.
fn binary_charset() -> Error {
    Error::new(
        3144,
        "22032",
        "Cannot create a JSON value from a string with CHARACTER SET 'binary'.",
    )
}
