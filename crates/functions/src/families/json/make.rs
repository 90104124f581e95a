//! Documents made of values, and text made of documents: JSON_ARRAY, JSON_OBJECT, JSON_QUOTE, JSON_UNQUOTE, JSON_PRETTY.

use super::call::{Answer, Call, Gives, JsonFunction, Role, arguments, bind, entry};
use super::is_json;
use crate::families::textual;
use crate::{BindContext, Expr, Function};
use sqlift_collation::{Charset, CollationId};
use sqlift_types::json::{Json, Object};
use sqlift_types::{Datum, Error, SqlType, TypeKind};

pub(super) fn functions() -> Vec<Function> {
    vec![
        entry::<Array>("JSON_ARRAY", (0, usize::MAX), bind_array)
            .doc("An array of the arguments.")
            .example("JSON_ARRAY(1, 'a', NULL, 1.50)", "[1, \"a\", null, 1.50]"),
        entry::<MakeObject>("JSON_OBJECT", (0, usize::MAX), bind_object)
            .doc("An object of keys and values in turn; the last value of a key counts.")
            .example(
                "JSON_OBJECT('bb', 1, 'a', TRUE)",
                "{\"a\": true, \"bb\": 1}",
            ),
        entry::<Quote>("JSON_QUOTE", (1, 1), bind_quote)
            .doc("A text as a JSON string: in quotation marks, with escapes.")
            .example("JSON_QUOTE('a\"b')", "\"a\\\"b\""),
        entry::<Unquote>("JSON_UNQUOTE", (1, 1), bind_unquote)
            .doc("A JSON string without quotation marks and escapes; other text as it is.")
            .example("JSON_UNQUOTE('\"abc\"')", "abc"),
        entry::<Pretty>("JSON_PRETTY", (1, 1), bind_pretty)
            .doc("The text of a document over several lines.")
            .example("JSON_PRETTY('[1]')", "[\n  1\n]"),
    ]
}

struct Array;

impl JsonFunction for Array {
    const NAME: &'static str = "json_array";
    const GIVES: Gives = Gives::Json;
    fn role(_: usize) -> Role {
        Role::Value
    }
    fn answer(call: &Call<'_>) -> Result<Answer, Error> {
        let elements: Result<Vec<Json>, Error> = (0..call.count()).map(|n| call.value(n)).collect();
        Ok(Answer::Json(Json::Array(elements?)))
    }
}

fn bind_array(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    if args.is_empty() {
        return Ok(constant(cx, &Json::Array(Vec::new())));
    }
    bind::<Array>(cx, args)
}

/// A document without arguments.
fn constant(cx: &BindContext<'_>, json: &Json) -> Expr {
    let literal = Expr::literal(Datum::Json(json.to_held()), SqlType::json());
    Expr {
        nullable: true,
        ..literal
    }
    .at(cx.span)
}

struct MakeObject;

impl JsonFunction for MakeObject {
    const NAME: &'static str = "json_object";
    const GIVES: Gives = Gives::Json;
    fn role(argument: usize) -> Role {
        match argument % 2 {
            0 => Role::Text,
            _ => Role::Value,
        }
    }
    fn answer(call: &Call<'_>) -> Result<Answer, Error> {
        let mut members = Vec::with_capacity(call.count() / 2);
        for n in (0..call.count()).step_by(2) {
            let Some(key) = call.text(n)? else {
                return Err(Error::new(
                    3158,
                    "22032",
                    "JSON documents may not contain NULL member names.",
                ));
            };
            members.push((key.into_owned(), call.value(n + 1)?));
        }
        Ok(Answer::Json(Json::Object(Object::new(members))))
    }
}

fn bind_object(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    if args.is_empty() {
        return Ok(constant(cx, &Json::Object(Object::default())));
    }
    if args.len() % 2 == 1 {
        return Err(Error::wrong_arity("JSON_OBJECT"));
    }
    bind::<MakeObject>(cx, args)
}

/// Error 3064.
fn wrong_type(call_name: &str) -> Error {
    Error::new(
        3064,
        "HY000",
        format!("Incorrect type for argument 1 in function {call_name}."),
    )
}

struct Quote;

impl JsonFunction for Quote {
    const NAME: &'static str = "json_quote";
    const GIVES: Gives = Gives::Text;
    fn role(_: usize) -> Role {
        Role::Value
    }
    fn answer(call: &Call<'_>) -> Result<Answer, Error> {
        if call.is_null(0) {
            return Ok(Answer::Null);
        }
        let value = call.given(0)?;
        match value.as_deref() {
            Some(Json::String(_) | Json::Opaque(_)) if !call.is_document(0) => {}
            _ => return Err(wrong_type(Self::NAME)),
        }
        let mut out = Vec::new();
        if let Some(text) = call.text(0)? {
            Json::quote(&text, &mut out);
        }
        Ok(Answer::Text(out))
    }
}

fn bind_quote(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let length = args
        .first()
        .map_or(0, |a| characters(a).saturating_mul(6) + 2);
    let args = arguments::<Quote>(cx, args)?;
    let ty = textual::text_type(length, CollationId::UTF8MB4_BIN);
    Ok(cx.call(args, ty, true))
}

fn characters(expr: &Expr) -> u64 {
    textual::length_in(&expr.ty, Charset::Utf8mb4)
}

pub(super) struct Unquote;

impl JsonFunction for Unquote {
    const NAME: &'static str = "json_unquote";
    const GIVES: Gives = Gives::Text;
    fn role(_: usize) -> Role {
        Role::Value
    }
    fn answer(call: &Call<'_>) -> Result<Answer, Error> {
        let Some(value) = call.given(0)? else {
            return Ok(Answer::Null);
        };
        let mut out = Vec::new();
        if call.is_document(0) {
            value.write_unquoted(&mut out);
            return Ok(Answer::Text(out));
        }
        if !matches!(*value, Json::String(_) | Json::Opaque(_)) {
            return Err(wrong_type(Self::NAME));
        }
        let text = call.text(0)?.unwrap_or_default();
        if text.len() < 2 || !text.starts_with(b"\"") || !text.ends_with(b"\"") {
            return Ok(Answer::Text(text.into_owned()));
        }
        if let Some(document) = call.document(0)? {
            document.write_unquoted(&mut out);
        }
        Ok(Answer::Text(out))
    }
}

pub(super) fn bind_unquote(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let length = args.first().map_or(0, |a| match is_json(a) {
        true => u64::from(u32::MAX),
        false => characters(a),
    });
    let args = arguments::<Unquote>(cx, args)?;
    let ty = textual::text_type(length, CollationId::UTF8MB4_BIN);
    Ok(cx.call(args, ty, true))
}

struct Pretty;

impl JsonFunction for Pretty {
    const NAME: &'static str = "json_pretty";
    const GIVES: Gives = Gives::Text;
    fn role(_: usize) -> Role {
        Role::Document
    }
    fn answer(call: &Call<'_>) -> Result<Answer, Error> {
        let Some(document) = call.document(0)? else {
            return Ok(Answer::Null);
        };
        let mut out = Vec::new();
        document.write_pretty(&mut out);
        Ok(Answer::Text(out))
    }
}

fn bind_pretty(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    let args = arguments::<Pretty>(cx, args)?;
    let packet = cx.session.max_allowed_packet;
    let ty = SqlType::text(TypeKind::LongText, packet, CollationId::UTF8MB4_BIN);
    let nullable = cx.text_nullable(&args);
    Ok(cx.call(args, ty, nullable))
}
