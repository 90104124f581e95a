//! Whether and where something is in a document: JSON_CONTAINS, JSON_CONTAINS_PATH, JSON_OVERLAPS, MEMBER OF, JSON_SEARCH.

use super::call::{Answer, Call, Gives, JsonFunction, Role, bind, guarded, operator};
use crate::families::textual;
use crate::{BindContext, Expr, Form, Function};
use sqlift_collation::{CollationId, LikePattern};
use sqlift_types::json::{Index, Json, Leg, Path};
use sqlift_types::{Datum, Error, SqlMode};
use std::collections::HashSet;

pub(super) fn functions() -> Vec<Function> {
    vec![
        guarded::<Contains>("JSON_CONTAINS", (2, 3), bind::<Contains>)
            .doc("Whether a document, or what a path leads to in it, contains another one.")
            .example("JSON_CONTAINS('[1, 2, 3]', '[3, 1]')", "1"),
        guarded::<ContainsPath>("JSON_CONTAINS_PATH", (3, usize::MAX), bind::<ContainsPath>)
            .doc("Whether one or all of the paths lead to something.")
            .example("JSON_CONTAINS_PATH('{\"a\": 1}', 'one', '$.a', '$.b')", "1"),
        guarded::<Overlaps>("JSON_OVERLAPS", (2, 2), bind::<Overlaps>)
            .doc("Whether two documents have an element or a member in common.")
            .example("JSON_OVERLAPS('[1, 2]', '[2, 3]')", "1"),
        operator::<MemberOf>("MEMBER OF", bind::<MemberOf>)
            .form(Form::Guarded)
            .doc("Whether a value is an element of an array.")
            .example("2 MEMBER OF ('[1, 2]')", "1"),
        guarded::<Search>("JSON_SEARCH", (3, usize::MAX), bind_search)
            .doc("The path to one string, or to all, that is like a pattern.")
            .example("JSON_SEARCH('[\"a\", \"b\"]', 'one', 'b')", "\"$[1]\""),
    ]
}

struct Contains;

impl JsonFunction for Contains {
    const NAME: &'static str = "json_contains";
    const GIVES: Gives = Gives::Flag;
    fn role(argument: usize) -> Role {
        match argument {
            0 | 1 => Role::Document,
            _ => Role::Text,
        }
    }
    fn answer(call: &Call<'_>) -> Result<Answer, Error> {
        let Some(document) = call.document(0)? else {
            return Ok(Answer::Null);
        };
        let Some(wanted) = call.document(1)? else {
            return Ok(Answer::Null);
        };
        if call.count() == 2 {
            return Ok(Answer::bool(contains(&document, &wanted)));
        }
        let Some(path) = call.place(2)? else {
            return Ok(Answer::Null);
        };
        let found = document.find(&path);
        Ok(found
            .first()
            .map_or(Answer::Null, |json| Answer::bool(contains(json, &wanted))))
    }
}

/// An array contains what one of its elements contains, and an array whose elements it contains; an object contains an object whose
/// members' values its own contain; a scalar contains what it equals.
fn contains(json: &Json, wanted: &Json) -> bool {
    match (json, wanted) {
        (Json::Array(elements), Json::Array(all)) => all
            .iter()
            .all(|wanted| elements.iter().any(|element| contains(element, wanted))),
        (Json::Array(elements), wanted) => elements.iter().any(|element| contains(element, wanted)),
        (Json::Object(object), Json::Object(wanted)) => wanted
            .members()
            .iter()
            .all(|(key, wanted)| object.get(key).is_some_and(|value| contains(value, wanted))),
        (json, wanted) => json.is_scalar() && wanted.is_scalar() && json.compare(wanted).is_eq(),
    }
}

struct ContainsPath;

impl JsonFunction for ContainsPath {
    const NAME: &'static str = "json_contains_path";
    const GIVES: Gives = Gives::Flag;
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
        let Some(all) = call.says_all(1)? else {
            return Ok(Answer::Null);
        };
        for n in 2..call.count() {
            let Some(path) = call.path(n)? else {
                return Ok(Answer::Null);
            };
            // The first that decides ends it.
            let leads_somewhere = !document.find(&path).is_empty();
            if leads_somewhere != all {
                return Ok(Answer::bool(leads_somewhere));
            }
        }
        Ok(Answer::bool(all))
    }
}

struct Overlaps;

impl JsonFunction for Overlaps {
    const NAME: &'static str = "json_overlaps";
    const GIVES: Gives = Gives::Bool;
    fn role(_: usize) -> Role {
        Role::Document
    }
    fn answer(call: &Call<'_>) -> Result<Answer, Error> {
        let Some(a) = call.document(0)? else {
            return Ok(Answer::Null);
        };
        let Some(b) = call.document(1)? else {
            return Ok(Answer::Null);
        };
        Ok(Answer::bool(overlap(&a, &b)))
    }
}

fn overlap(a: &Json, b: &Json) -> bool {
    match (a, b) {
        (Json::Array(a), Json::Array(b)) => {
            let mut sorted: Vec<&Json> = a.iter().collect();
            sorted.sort_by(|a, b| a.compare(b));
            b.iter()
                .any(|b| sorted.binary_search_by(|a| a.compare(b)).is_ok())
        }
        (Json::Array(elements), one) | (one, Json::Array(elements)) => {
            elements.iter().any(|element| element.compare(one).is_eq())
        }
        (Json::Object(a), Json::Object(b)) => a
            .members()
            .iter()
            .any(|(key, value)| b.get(key).is_some_and(|other| other.compare(value).is_eq())),
        (a, b) => a.compare(b).is_eq(),
    }
}

struct MemberOf;

impl JsonFunction for MemberOf {
    const NAME: &'static str = "member of";
    const GIVES: Gives = Gives::Bool;
    fn role(argument: usize) -> Role {
        match argument {
            0 => Role::Value,
            _ => Role::Document,
        }
    }
    fn answer(call: &Call<'_>) -> Result<Answer, Error> {
        let Some(value) = call.given(0)? else {
            return Ok(Answer::Null);
        };
        let Some(document) = call.document(1)? else {
            return Ok(Answer::Null);
        };
        Ok(Answer::bool(match &*document {
            Json::Array(elements) => elements
                .iter()
                .any(|element| element.compare(&value).is_eq()),
            one => one.compare(&value).is_eq(),
        }))
    }
}

struct Search;

impl JsonFunction for Search {
    const NAME: &'static str = "json_search";
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
        let Some(all) = call.says_all(1)? else {
            return Ok(Answer::Null);
        };
        let Some(pattern) = call.text(2)? else {
            return Ok(Answer::Null);
        };
        let escape = call.text(3)?.unwrap_or_default();
        let escape = std::str::from_utf8(&escape).ok();
        let escape = escape.and_then(|text| text.chars().next()).unwrap_or('\\');
        let Some(collation) = CollationId::UTF8MB4_BIN.get() else {
            return Ok(Answer::Null);
        };
        let mut hits = Hits {
            pattern: LikePattern::new(collation, &pattern, Some(escape)),
            all,
            paths: Vec::new(),
            seen: HashSet::new(),
        };
        if call.count() <= 4 {
            hits.below(&document, &mut Path::default());
        }
        for n in 4..call.count() {
            let Some(path) = call.path(n)? else {
                return Ok(Answer::Null);
            };
            for (mut place, json) in places(&document, &path) {
                hits.below(json, &mut place);
            }
        }
        let mut paths = hits.paths;
        Ok(match paths.len() {
            0 => Answer::Null,
            1 => Answer::json(paths.pop()),
            _ => Answer::Json(Json::Array(paths)),
        })
    }
}

/// Everything that a path leads to, with the path to just that. What is no array has no cells here.
fn places<'a>(document: &'a Json, path: &Path) -> Vec<(Path, &'a Json)> {
    let mut found = vec![(Path::default(), document)];
    for leg in &path.legs {
        let mut next = Vec::new();
        for (at, json) in found {
            step(&at, json, leg, &mut next);
        }
        if *leg == Leg::Ellipsis {
            let mut seen = HashSet::new();
            next.retain(|(_, json)| seen.insert(std::ptr::from_ref(*json)));
        }
        found = next;
    }
    found
}

fn step<'a>(at: &Path, json: &'a Json, leg: &Leg, out: &mut Vec<(Path, &'a Json)>) {
    let to = |leg: Leg, json: &'a Json| {
        let mut path = at.clone();
        path.legs.push(leg);
        (path, json)
    };
    match (leg, json) {
        (Leg::Member(key), Json::Object(object)) => {
            out.extend(object.get(key).map(|json| to(leg.clone(), json)));
        }
        (Leg::Cell(index), Json::Array(elements)) => {
            let place = index.within(elements.len());
            out.extend(place.map(|place| to(leg.clone(), &elements[place])));
        }
        (Leg::AnyMember, Json::Object(_)) | (Leg::AnyCell, Json::Array(_)) => {
            out.extend(legs_below(json).map(|(leg, json)| to(leg, json)));
        }
        (Leg::Range(..), Json::Array(elements)) => {
            let one = Path {
                legs: vec![leg.clone()],
            };
            let taken: HashSet<*const Json> = json
                .find(&one)
                .into_iter()
                .map(std::ptr::from_ref)
                .collect();
            for (n, element) in elements.iter().enumerate() {
                if taken.contains(&std::ptr::from_ref(element)) {
                    out.push(to(cell(n), element));
                }
            }
        }
        (Leg::Ellipsis, json) => {
            out.push((at.clone(), json));
            for (below, child) in legs_below(json) {
                let (at, json) = to(below, child);
                step(&at, json, leg, out);
            }
        }
        _ => {}
    }
}

fn cell(place: usize) -> Leg {
    Leg::Cell(Index::FromStart(u32::try_from(place).unwrap_or(u32::MAX)))
}

/// What is directly inside, each with the leg that leads there.
fn legs_below(json: &Json) -> impl Iterator<Item = (Leg, &Json)> {
    json.children().enumerate().map(move |(n, child)| {
        let leg = match json {
            Json::Object(object) => Leg::Member(object.members()[n].0.clone()),
            _ => cell(n),
        };
        (leg, child)
    })
}

/// The paths found so far.
struct Hits {
    pattern: LikePattern,
    all: bool,
    paths: Vec<Json>,
    seen: HashSet<Vec<u8>>,
}

impl Hits {
    /// Looks at a value and all inside of it.
    fn below(&mut self, json: &Json, at: &mut Path) {
        if !self.all && !self.paths.is_empty() {
            return;
        }
        if let Json::String(text) = json
            && self.pattern.matches(text)
        {
            let mut path = Vec::new();
            at.write_text(&mut path);
            if self.seen.insert(path.clone()) {
                self.paths.push(Json::String(path));
            }
        }
        for (leg, child) in legs_below(json) {
            at.legs.push(leg);
            self.below(child, at);
            at.legs.pop();
        }
    }
}

/// The escape character is decided here, as in LIKE.
fn bind_search(cx: &mut BindContext<'_>, args: Vec<Expr>) -> Result<Expr, Error> {
    if let Some(escape) = args.get(3) {
        let wrong = || Error::wrong_arguments("ESCAPE");
        if !escape.is_constant() {
            return Err(wrong());
        }
        let (text, _) = textual::own_text(cx, escape.clone())?;
        let (value, mut warnings) = (cx.evaluate)(&text)?;
        cx.warnings.append(&mut warnings);
        let least = usize::from(cx.session.sql_mode.contains(SqlMode::NO_BACKSLASH_ESCAPES));
        if let Datum::Bytes(bytes) = value
            && !(least..=1).contains(&textual::charset_of(text.ty.collation).char_count(&bytes))
        {
            return Err(wrong());
        }
    }
    bind::<Search>(cx, args)
}
