//! What is in a document: JSON_EXTRACT, `->`, `->>`, JSON_KEYS, JSON_LENGTH, JSON_DEPTH, JSON_TYPE, JSON_VALID, JSON_STORAGE_SIZE.

use super::call::{
    Answer, Call, Gives, JsonFunction, Role, arguments, bind, entry, guarded, operator,
};
use crate::{BindContext, Expr, Function};
use sqlift_collation::CollationId;
use sqlift_types::json::{Json, NotJson};
use sqlift_types::{Error, SqlType};
use std::borrow::Cow;

pub(super) fn functions() -> Vec<Function> {
    vec![
        guarded::<Extract>("JSON_EXTRACT", (2, usize::MAX), bind::<Extract>)
            .doc("What paths lead to in a document; an array if that may be more than one value.")
            .example("JSON_EXTRACT('{\"a\": [1, 2]}', '$.a[last]')", "2"),
        operator::<Extract>("->", bind::<Extract>)
            .doc("What a path leads to in the document of a column.")
            .example("j->'$.a'", "\"x\""),
        operator::<Extract>("->>", bind_arrow_unquote)
            .doc("The same, without quotation marks if it is a string.")
            .example("j->>'$.a'", "x"),
        guarded::<Keys>("JSON_KEYS", (1, 2), bind::<Keys>)
            .doc("The keys of an object; NULL of anything else.")
            .example("JSON_KEYS('{\"bb\": 1, \"a\": 2}')", "[\"a\", \"bb\"]"),
        guarded::<Length>("JSON_LENGTH", (1, 2), bind::<Length>)
            .doc("How many elements or members; 1 for a scalar.")
            .example("JSON_LENGTH('[1, 2, 3]')", "3"),
        entry::<Depth>("JSON_DEPTH", (1, 1), bind::<Depth>)
            .doc("How deep a document is; 1 for scalars and what is empty.")
            .example("JSON_DEPTH('[[1]]')", "3"),
        entry::<Type>("JSON_TYPE", (1, 1), bind_type)
            .doc("The kind of a JSON value.")
            .example("JSON_TYPE('1.0')", "DOUBLE"),
        entry::<Valid>("JSON_VALID", (1, 1), bind::<Valid>)
            .doc("Whether a value is a document, or a text that spells one.")
            .example("JSON_VALID('{a: 1}')", "0"),
        entry::<StorageSize>("JSON_STORAGE_SIZE", (1, 1), bind::<StorageSize>)
            .doc("The bytes that a document takes in MySQL's binary form.")
            .example("JSON_STORAGE_SIZE('{\"a\": 1}')", "13"),
        entry::<StorageFree>("JSON_STORAGE_FREE", (1, 1), bind_storage_free)
            .doc("The bytes that partial updates left unused in a column: 0 of anything else.")
            .example("JSON_STORAGE_FREE('[1]')", "0"),
    ]
}

/// A document, then paths.
fn document_and_paths(argument: usize) -> Role {
    match argument {
        0 => Role::Document,
        _ => Role::Text,
    }
}

struct Extract;

impl JsonFunction for Extract {
    const NAME: &'static str = "json_extract";
    const GIVES: Gives = Gives::Json;
    fn role(argument: usize) -> Role {
        document_and_paths(argument)
    }
    fn answer(call: &Call<'_>) -> Result<Answer, Error> {
        extract(call).map(Answer::json)
    }
}

/// What the paths behind a document lead to.
fn extract(call: &Call<'_>) -> Result<Option<Json>, Error> {
    let Some(document) = call.document(0)? else {
        return Ok(None);
    };
    let mut found = Vec::new();
    let mut many = call.count() > 2;
    for n in 1..call.count() {
        let Some(path) = call.path(n)? else {
            return Ok(None);
        };
        many |= path.is_many();
        if path.legs.is_empty() && call.count() == 2 {
            return Ok(Some(document.into_owned()));
        }
        found.extend(document.find(&path).into_iter().cloned());
    }
    Ok(match found.len() {
        0 => None,
        1 if !many => found.pop(),
        _ => Some(Json::Array(found)),
    })
}

fn bind_arrow_unquote(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let extracted = cx.bind_named("->", args)?;
    cx.bind_named("JSON_UNQUOTE", vec![extracted])
}

struct Keys;

impl JsonFunction for Keys {
    const NAME: &'static str = "json_keys";
    const GIVES: Gives = Gives::Json;
    fn role(argument: usize) -> Role {
        document_and_paths(argument)
    }
    fn answer(call: &Call<'_>) -> Result<Answer, Error> {
        let Some(document) = call.document(0)? else {
            return Ok(Answer::Null);
        };
        let found = if call.count() > 1 {
            let Some(path) = call.place(1)? else {
                return Ok(Answer::Null);
            };
            document.find_unwrapped(&path)
        } else {
            Some(&*document)
        };
        let Some(Json::Object(object)) = found else {
            return Ok(Answer::Null);
        };
        let keys = object.members().iter();
        let keys = keys.map(|(key, _)| Json::String(key.clone())).collect();
        Ok(Answer::Json(Json::Array(keys)))
    }
}

struct Length;

impl JsonFunction for Length {
    const NAME: &'static str = "json_length";
    const GIVES: Gives = Gives::Int;
    fn role(argument: usize) -> Role {
        document_and_paths(argument)
    }
    fn answer(call: &Call<'_>) -> Result<Answer, Error> {
        // With a path it is the length of JSON_EXTRACT, by its name too.
        let document = match call.count() {
            1 => call.document(0)?,
            _ => extract(&call.named(Extract::NAME))?.map(Cow::Owned),
        };
        Ok(document.map_or(Answer::Null, |json| Answer::Int(json.length() as i64)))
    }
}

struct Depth;

impl JsonFunction for Depth {
    const NAME: &'static str = "json_depth";
    const GIVES: Gives = Gives::Int;
    fn role(_: usize) -> Role {
        Role::Document
    }
    fn answer(call: &Call<'_>) -> Result<Answer, Error> {
        let document = call.document(0)?;
        Ok(document.map_or(Answer::Null, |json| Answer::Int(json.depth() as i64)))
    }
}

struct Type;

impl JsonFunction for Type {
    const NAME: &'static str = "json_type";
    const GIVES: Gives = Gives::Text;
    fn role(_: usize) -> Role {
        Role::Document
    }
    fn answer(call: &Call<'_>) -> Result<Answer, Error> {
        let document = call.document(0)?;
        Ok(document.map_or(Answer::Null, |json| {
            Answer::Text(json.type_name().as_bytes().to_vec())
        }))
    }
}

/// Long enough for `UNSIGNED INTEGER`.
fn bind_type(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let args = arguments::<Type>(cx, args)?;
    let ty = SqlType::varchar(17).with_collation(CollationId::UTF8MB4_BIN);
    Ok(cx.call(args, ty, true))
}

struct Valid;

impl JsonFunction for Valid {
    const NAME: &'static str = "json_valid";
    const GIVES: Gives = Gives::Flag;
    fn role(_: usize) -> Role {
        Role::Document
    }
    fn answer(call: &Call<'_>) -> Result<Answer, Error> {
        let Some(value) = call.given(0)? else {
            return Ok(Answer::Null);
        };
        if call.is_document(0) {
            return Ok(Answer::bool(true));
        }
        let Json::String(text) = &*value else {
            return Ok(Answer::bool(false));
        };
        match Json::parse(text) {
            Ok(_) => Ok(Answer::bool(true)),
            Err(NotJson::Syntax { .. }) => Ok(Answer::bool(false)),
            Err(NotJson::TooDeep) => Err(super::too_deep()),
        }
    }
}

struct StorageSize;

impl JsonFunction for StorageSize {
    const NAME: &'static str = "json_storage_size";
    const GIVES: Gives = Gives::Int;
    fn role(_: usize) -> Role {
        Role::Document
    }
    fn answer(call: &Call<'_>) -> Result<Answer, Error> {
        let document = call.document(0)?;
        Ok(document.map_or(Answer::Null, |json| Answer::Int(json.storage_size() as i64)))
    }
}

struct StorageFree;

impl JsonFunction for StorageFree {
    const NAME: &'static str = "json_storage_free";
    const GIVES: Gives = Gives::Int;
    fn role(_: usize) -> Role {
        Role::Document
    }
    fn answer(call: &Call<'_>) -> Result<Answer, Error> {
        Ok(match call.document(0)? {
            Some(_) => Answer::Int(0),
            None => Answer::Null,
        })
    }
}

fn bind_storage_free(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let args = arguments::<StorageFree>(cx, args)?;
    let nullable = args.iter().any(|a| a.nullable);
    Ok(cx.call(args, SqlType::bigint_of(21), nullable))
}
