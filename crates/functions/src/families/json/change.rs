//! Documents changed: JSON_SET, JSON_INSERT, JSON_REPLACE, JSON_REMOVE, JSON_ARRAY_APPEND, JSON_ARRAY_INSERT, JSON_MERGE_PRESERVE,
//! JSON_MERGE_PATCH.
//!
//! The changes of one call are made one after the other, each to what the one before left. A path that leads nowhere changes nothing.

use super::call::{Answer, Call, Gives, JsonFunction, Role, bind, entry, guarded};
use crate::{BindContext, Expr, Function};
use sqlift_types::json::{Index, Json, Leg, Object};
use sqlift_types::{Error, Warning};
use std::borrow::Cow;
use std::mem;

pub(super) fn functions() -> Vec<Function> {
    vec![
        guarded::<Set>("JSON_SET", (3, usize::MAX), bind_pairs::<Set>)
            .doc("The document with values put at paths, whether or not there is something.")
            .example("JSON_SET('{\"a\": 1}', '$.a', 2, '$.b', 3)", "{\"a\": 2, \"b\": 3}"),
        guarded::<Insert>("JSON_INSERT", (3, usize::MAX), bind_pairs::<Insert>)
            .doc("The document with values put at paths where there is nothing yet.")
            .example("JSON_INSERT('{\"a\": 1}', '$.a', 2, '$.b', 3)", "{\"a\": 1, \"b\": 3}"),
        guarded::<Replace>("JSON_REPLACE", (3, usize::MAX), bind_pairs::<Replace>)
            .doc("The document with values put at paths where there is something already.")
            .example("JSON_REPLACE('{\"a\": 1}', '$.a', 2, '$.b', 3)", "{\"a\": 2}"),
        guarded::<ArrayAppend>("JSON_ARRAY_APPEND", (3, usize::MAX), bind_pairs::<ArrayAppend>)
            .doc("The document with values put at the end of arrays.")
            .example("JSON_ARRAY_APPEND('[1, [2]]', '$[1]', 3)", "[1, [2, 3]]"),
        guarded::<ArrayInsert>("JSON_ARRAY_INSERT", (3, usize::MAX), bind_pairs::<ArrayInsert>)
            .doc("The document with values put before elements of arrays.")
            .example("JSON_ARRAY_INSERT('[1, 2]', '$[1]', 3)", "[1, 3, 2]"),
        guarded::<Remove>("JSON_REMOVE", (2, usize::MAX), bind::<Remove>)
            .doc("The document without what paths lead to.")
            .example("JSON_REMOVE('[1, 2, 3]', '$[0]', '$[0]')", "[3]"),
        guarded::<MergePreserve>("JSON_MERGE_PRESERVE", (2, usize::MAX), bind::<MergePreserve>)
            .doc("One document of all: arrays are joined, values of a key too.")
            .example("JSON_MERGE_PRESERVE('{\"a\": 1}', '{\"a\": 2}')", "{\"a\": [1, 2]}"),
        guarded::<MergePreserve>("JSON_MERGE", (2, usize::MAX), bind_merge)
            .doc("The old name of JSON_MERGE_PRESERVE.")
            .example("JSON_MERGE('[1]', '2')", "[1, 2]"),
        entry::<MergePatch>("JSON_MERGE_PATCH", (2, usize::MAX), bind::<MergePatch>)
            .doc("The first document with members replaced by those of the others, or removed by `null` (RFC 7396).")
            .example("JSON_MERGE_PATCH('{\"a\": 1, \"b\": 2}', '{\"a\": null}')", "{\"b\": 2}"),
    ]
}

/// A document, then pairs of path and value.
fn bind_pairs<F: JsonFunction>(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    if args.len().is_multiple_of(2) {
        return Err(Error::wrong_arity(&F::NAME.to_uppercase()));
    }
    bind::<F>(cx, args)
}

fn pair_role(argument: usize) -> Role {
    match argument {
        0 => Role::Document,
        n if n % 2 == 1 => Role::Text,
        _ => Role::Value,
    }
}

/// The document after a change for every pair.
fn changed(
    call: &Call<'_>,
    mut change: impl FnMut(&mut Json, &[Leg], Json) -> Result<(), Error>,
) -> Result<Answer, Error> {
    let Some(document) = call.document(0)? else {
        return Ok(Answer::Null);
    };
    let mut document = document.into_owned();
    for n in (1..call.count()).step_by(2) {
        let Some(path) = call.place(n)? else {
            return Ok(Answer::Null);
        };
        change(&mut document, &path.legs, call.value(n + 1)?)?;
    }
    Ok(Answer::Json(document))
}

macro_rules! pairs {
    ($($name:ident $word:literal, $change:expr;)*) => {$(
        struct $name;

        impl JsonFunction for $name {
            const NAME: &'static str = $word;
            const GIVES: Gives = Gives::Json;
            fn role(argument: usize) -> Role {
                pair_role(argument)
            }
            fn answer(call: &Call<'_>) -> Result<Answer, Error> {
                changed(call, $change)
            }
        }
    )*};
}

pairs! {
    Set "json_set", |document, legs, value| {
        match document.find_mut(legs) {
            Some(place) => *place = value,
            None => put_new(document, legs, value),
        }
        Ok(())
    };
    Insert "json_insert", |document, legs, value| {
        if document.find_mut(legs).is_none() {
            put_new(document, legs, value);
        }
        Ok(())
    };
    Replace "json_replace", |document, legs, value| {
        if let Some(place) = document.find_mut(legs) {
            *place = value;
        }
        Ok(())
    };
    ArrayAppend "json_array_append", |document, legs, value| {
        if let Some(place) = document.find_mut(legs) {
            as_array(place).push(value);
        }
        Ok(())
    };
    ArrayInsert "json_array_insert", array_insert;
}

/// The array that a value is, or is made to be the only element of.
fn as_array(place: &mut Json) -> &mut Vec<Json> {
    if !matches!(place, Json::Array(_)) {
        let only = mem::replace(place, Json::Null);
        *place = Json::Array(vec![only]);
    }
    match place {
        Json::Array(elements) => elements,
        _ => unreachable!("it was made an array"),
    }
}

/// Puts a value where nothing is, if there is something to hold it: a new member, or an element at one end.
fn put_new(document: &mut Json, legs: &[Leg], value: Json) {
    let Some((last, parent)) = legs.split_last() else {
        return;
    };
    let Some(parent) = document.find_mut(parent) else {
        return;
    };
    match (last, parent) {
        (Leg::Member(key), Json::Object(object)) => object.insert(key.clone(), value),
        (Leg::Cell(Index::FromStart(_)), parent) => as_array(parent).push(value),
        (Leg::Cell(Index::FromEnd(_)), parent) => as_array(parent).insert(0, value),
        _ => {}
    }
}

fn array_insert(document: &mut Json, legs: &[Leg], value: Json) -> Result<(), Error> {
    let Some((Leg::Cell(index), parent)) = legs.split_last() else {
        return Err(Error::new(
            3165,
            "42000",
            "A path expression is not a path to a cell in an array.",
        ));
    };
    if let Some(Json::Array(elements)) = document.find_mut(parent) {
        let length = elements.len();
        let place = match index {
            Index::FromStart(n) => (*n as usize).min(length),
            Index::FromEnd(n) => length.saturating_sub((*n as usize).saturating_add(1)),
        };
        elements.insert(place, value);
    }
    Ok(())
}

struct Remove;

impl JsonFunction for Remove {
    const NAME: &'static str = "json_remove";
    const GIVES: Gives = Gives::Json;
    fn role(argument: usize) -> Role {
        match argument {
            0 => Role::Document,
            _ => Role::Text,
        }
    }
    fn answer(call: &Call<'_>) -> Result<Answer, Error> {
        let Some(document) = call.document(0)? else {
            return Ok(Answer::Null);
        };
        let mut document = document.into_owned();
        for n in 1..call.count() {
            let Some(path) = call.place(n)? else {
                return Ok(Answer::Null);
            };
            if path.legs.is_empty() {
                return Err(Error::new(
                    3153,
                    "42000",
                    "The path expression '$' is not allowed in this context.",
                ));
            }
            remove(&mut document, &path.legs);
        }
        Ok(Answer::Json(document))
    }
}

/// Takes out what a path leads to. A last cell of what is no array is that value itself; the document as a whole stays.
fn remove(document: &mut Json, mut legs: &[Leg]) {
    while let Some((last, parent)) = legs.split_last() {
        match (last, document.find_mut(parent)) {
            (Leg::Member(key), Some(Json::Object(object))) => {
                object.remove(key);
                return;
            }
            (Leg::Cell(index), Some(Json::Array(elements))) => {
                if let Some(place) = index.within(elements.len()) {
                    elements.remove(place);
                }
                return;
            }
            (Leg::Cell(index), Some(_)) if index.within(1).is_some() => legs = parent,
            _ => return,
        }
    }
}

struct MergePreserve;

impl JsonFunction for MergePreserve {
    const NAME: &'static str = "json_merge_preserve";
    const GIVES: Gives = Gives::Json;
    fn role(_: usize) -> Role {
        Role::Document
    }
    fn answer(call: &Call<'_>) -> Result<Answer, Error> {
        let mut merged: Option<Json> = None;
        for n in 0..call.count() {
            let Some(next) = call.document(n)?.map(Cow::into_owned) else {
                return Ok(Answer::Null);
            };
            merged = Some(match merged {
                None => next,
                Some(before) => preserved(before, next),
            });
        }
        Ok(Answer::json(merged))
    }
}

fn preserved(mut a: Json, b: Json) -> Json {
    match (&mut a, b) {
        (Json::Object(a), Json::Object(b)) => {
            for (key, value) in b.into_members() {
                let both = match a.remove(&key) {
                    Some(before) => preserved(before, value),
                    None => value,
                };
                a.insert(key, both);
            }
        }
        (a, Json::Array(mut elements)) => as_array(a).append(&mut elements),
        (a, b) => as_array(a).push(b),
    }
    a
}

fn bind_merge(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    cx.warnings.push(Warning::new(
        1287,
        "'JSON_MERGE' is deprecated and will be removed in a future release. Please use JSON_MERGE_PRESERVE/JSON_MERGE_PATCH instead",
    ));
    bind::<MergePreserve>(cx, args)
}

struct MergePatch;

impl JsonFunction for MergePatch {
    const NAME: &'static str = "json_merge_patch";
    const GIVES: Gives = Gives::Json;
    fn role(_: usize) -> Role {
        Role::Document
    }
    fn answer(call: &Call<'_>) -> Result<Answer, Error> {
        // A NULL makes the result NULL until a document that is no object replaces all.
        let mut patched = call.document(0)?.map(Cow::into_owned);
        for n in 1..call.count() {
            patched = match (patched, call.document(n)?.map(Cow::into_owned)) {
                (Some(before), Some(patch)) => Some(patched_by(before, patch)),
                (None, Some(Json::Object(_))) | (_, None) => None,
                (None, patch) => patch,
            };
        }
        Ok(Answer::json(patched))
    }
}

fn patched_by(before: Json, patch: Json) -> Json {
    let Json::Object(patch) = patch else {
        return patch;
    };
    let mut object = match before {
        Json::Object(object) => object,
        _ => Object::default(),
    };
    for (key, value) in patch.into_members() {
        let before = object.remove(&key);
        if value != Json::Null {
            object.insert(key, patched_by(before.unwrap_or(Json::Null), value));
        }
    }
    Json::Object(object)
}
