//! JSON through the engine, against a plain tree; its syntax against serde_json.

use std::sync::LazyLock;

use sqlift::{Datum, Schema, Session, SqlType};
use sqlift_types::json::Json;

use super::TargetHits;
use super::probe::{Answer, Once, Probe, any_tier};
use crate::generate::Random;
use crate::naive::tree::{Leg, Place, Tree};

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    Schema::new([
        ("a", SqlType::json()),
        ("b", SqlType::json()),
        ("s", SqlType::varchar(16_000)),
        ("p", SqlType::varchar(1_000)),
    ])
});

/// What the reference sees of a row: two documents and a path.
struct Row {
    a: Tree,
    b: Tree,
    path: Vec<Leg>,
}

/// Subject, expression, whether its path may lead to several places, reference. `None`: the reference knows of no answer.
struct Case(
    &'static str,
    &'static str,
    Paths,
    fn(&Row) -> Option<Answer>,
);

#[derive(Clone, Copy, PartialEq)]
enum Paths {
    One,
    Any,
}

fn text(value: impl ToString) -> Option<Answer> {
    Some(Answer::Text(value.to_string()))
}

fn truth(condition: bool) -> Option<Answer> {
    text(u8::from(condition))
}

fn or_null(value: Option<Tree>) -> Option<Answer> {
    Some(Answer::from(value.map(|value| value.to_string())))
}

const CASES: &[Case] = &[
    Case("print", "a", Paths::Any, |row| text(&row.a)),
    Case("print", "CAST(a AS CHAR)", Paths::Any, |row| text(&row.a)),
    Case("parse", "CAST(s AS JSON)", Paths::Any, |row| text(&row.a)),
    Case(
        "parse",
        "CAST(CAST(a AS CHAR) AS JSON) = a",
        Paths::Any,
        |_| truth(true),
    ),
    Case("extract", "JSON_EXTRACT(a, p)", Paths::Any, |row| {
        or_null(row.a.extract(&row.path))
    }),
    Case(
        "extract",
        "JSON_CONTAINS_PATH(a, 'one', p)",
        Paths::Any,
        |row| truth(!row.a.find(&row.path).is_empty()),
    ),
    Case("comparison", "a = b", Paths::Any, |row| {
        truth(row.a.compare(&row.b).is_eq())
    }),
    Case("comparison", "a <=> b", Paths::Any, |row| {
        truth(row.a.compare(&row.b).is_eq())
    }),
    Case("comparison", "a < b", Paths::Any, |row| {
        truth(row.a.compare(&row.b).is_lt())
    }),
    Case("comparison", "a >= b", Paths::Any, |row| {
        truth(row.a.compare(&row.b).is_ge())
    }),
    Case("comparison", "a = a", Paths::Any, |_| truth(true)),
    Case("JSON_TYPE", "JSON_TYPE(a)", Paths::Any, |row| {
        text(row.a.kind())
    }),
    Case("JSON_LENGTH", "JSON_LENGTH(a)", Paths::Any, |row| {
        text(row.a.length())
    }),
    Case("JSON_DEPTH", "JSON_DEPTH(a)", Paths::Any, |row| {
        text(row.a.depth())
    }),
    Case("JSON_KEYS", "JSON_KEYS(a)", Paths::Any, |row| {
        match &row.a {
            Tree::Map(members) => text(Tree::List(
                members
                    .iter()
                    .map(|(key, _)| Tree::Text(key.clone()))
                    .collect(),
            )),
            _ => Some(Answer::Null),
        }
    }),
    Case("JSON_CONTAINS", "JSON_CONTAINS(a, b)", Paths::Any, |row| {
        truth(row.a.contains(&row.b))
    }),
    Case("JSON_OVERLAPS", "JSON_OVERLAPS(a, b)", Paths::Any, |row| {
        truth(row.a.overlaps(&row.b))
    }),
    Case("MEMBER OF", "b MEMBER OF (a)", Paths::Any, |row| {
        truth(row.b.is_member_of(&row.a))
    }),
    Case(
        "JSON_MERGE_PATCH",
        "JSON_MERGE_PATCH(a, b)",
        Paths::Any,
        |row| text(row.a.merge_patch(&row.b)),
    ),
    Case(
        "JSON_MERGE_PRESERVE",
        "JSON_MERGE_PRESERVE(a, b)",
        Paths::Any,
        |row| text(row.a.merge_preserve(&row.b)),
    ),
    Case("JSON_SET", "JSON_SET(a, p, b)", Paths::One, |row| {
        or_unknown(row.a.set(&row.path, &row.b))
    }),
    Case("JSON_INSERT", "JSON_INSERT(a, p, b)", Paths::One, |row| {
        or_unknown(row.a.insert(&row.path, &row.b))
    }),
    Case("JSON_REPLACE", "JSON_REPLACE(a, p, b)", Paths::One, |row| {
        text(row.a.replace(&row.path, &row.b))
    }),
    Case(
        "JSON_ARRAY_APPEND",
        "JSON_ARRAY_APPEND(a, p, b)",
        Paths::One,
        |row| text(row.a.append(&row.path, &row.b)),
    ),
    Case("JSON_REMOVE", "JSON_REMOVE(a, p)", Paths::One, |row| {
        or_unknown(row.a.remove(&row.path))
    }),
    Case("JSON_ARRAY", "JSON_ARRAY(a, b, NULL)", Paths::Any, |row| {
        text(Tree::List(vec![row.a.clone(), row.b.clone(), Tree::Null]))
    }),
    Case("JSON_QUOTE", "JSON_QUOTE(s)", Paths::Any, |_| None),
];

fn or_unknown(tree: Option<Tree>) -> Option<Answer> {
    tree.map(|tree| Answer::Text(tree.to_string()))
}

static PROBES: LazyLock<Vec<[Once; 3]>> =
    LazyLock::new(|| CASES.iter().map(|_| Default::default()).collect());
static VALID: Once = Once::new();

/// Everything that a run has to reach.
pub(super) fn subjects() -> Vec<&'static str> {
    let mut subjects: Vec<&'static str> = CASES.iter().map(|Case(subject, ..)| *subject).collect();
    subjects.dedup();
    subjects.extend(["syntax: right", "syntax: wrong", "constant path", "NULL"]);
    subjects
}

pub(super) fn check(random: &mut Random, hits: &mut TargetHits) -> Result<(), String> {
    if random.chance(1, 6) {
        return syntax(random, hits);
    }
    let place = random.below(CASES.len());
    let Case(subject, expression, paths, reference) = &CASES[place];
    hits.count(subject);
    let tier = any_tier(random);
    let a = any_tree(random, 4);
    let b = match random.below(3) {
        0 => part_of(random, &a),
        _ => any_tree(random, 3),
    };
    let path = any_path(random, &a, *paths);
    let spelled = spell(random, &a);
    let row = Row {
        a: a.normalized(),
        b: b.normalized(),
        path,
    };
    let path: String = row.path.iter().map(Leg::to_string).collect();
    let path = format!("${path}");
    let cell = |random: &mut Random, tree: &Tree| {
        let text = spell(random, tree).into_bytes();
        // A cell holds the bytes that the engine makes, or a text.
        match Json::parse(&text) {
            Ok(json) if random.chance(1, 2) => Datum::Json(json.to_held()),
            _ => Datum::Json(text),
        }
    };
    let mut cells = vec![
        cell(random, &a),
        cell(random, &b),
        Datum::Bytes(spelled.clone().into_bytes()),
        Datum::Bytes(path.clone().into_bytes()),
    ];
    let constant;
    let probe = if expression.contains("p)") && random.chance(1, 4) {
        hits.count("constant path");
        let path = path.replace('\\', "\\\\").replace('\'', "''");
        let expression = expression.replace(" p)", &format!(" '{path}')"));
        constant = Probe::new(&expression, &SCHEMA, &Session::default(), tier)?;
        &constant
    } else {
        let probe = PROBES[place][tier as usize]
            .get_or_init(|| Probe::new(expression, &SCHEMA, &Session::default(), tier));
        probe.as_ref().map_err(Clone::clone)?
    };
    if *subject == "JSON_QUOTE" {
        let expected = Answer::Text(Tree::Text(spelled).to_string());
        let (got, _) = probe.ask(&cells);
        return match got == expected {
            true => Ok(()),
            false => Err(probe.differs(&cells, &expected.to_string(), &got)),
        };
    }
    let expected = if random.chance(1, 16)
        && expression.contains('a')
        && *expression != "a <=> b"
        && !expression.contains('s')
        && *subject != "JSON_ARRAY"
    {
        hits.count("NULL");
        cells[0] = Datum::Null;
        // A patch that is no object replaces whatever was there.
        match (&row.b, *subject) {
            (Tree::Map(_), "JSON_MERGE_PATCH") => Some(Answer::Null),
            (other, "JSON_MERGE_PATCH") => text(other),
            _ => Some(Answer::Null),
        }
    } else {
        reference(&row)
    };
    let Some(expected) = expected else {
        return Ok(());
    };
    let (got, _) = probe.ask(&cells);
    if got != expected {
        return Err(probe.differs(&cells, &expected.to_string(), &got));
    }
    Ok(())
}

/// A text that is JSON, or was until a byte of it was changed.
fn syntax(random: &mut Random, hits: &mut TargetHits) -> Result<(), String> {
    let tree = any_tree(random, 4);
    let mut characters: Vec<char> = spell(random, &tree).chars().collect();
    const ODD: &[char] = &[
        '"', '\\', '{', '}', '[', ']', ',', ':', '0', '9', '.', '-', '+', 'e', 't', 'n', ' ', '\n',
        '\u{1}', 'é', '/', 'u',
    ];
    for _ in 0..random.below(4) {
        let at = random.below(characters.len() + 1);
        let odd = ODD[random.below(ODD.len())];
        match random.below(3) {
            0 => characters.insert(at, odd),
            1 if at < characters.len() => drop(characters.remove(at)),
            _ if at < characters.len() => characters[at] = odd,
            _ => characters.push(odd),
        }
    }
    let text: String = characters.into_iter().collect();
    // MySQL looks at exponents alone, so 0e400 is too big; and a text without anything in it is no JSON but NULL in some places.
    let has_long_exponent = text.split(['e', 'E']).skip(1).any(|rest| {
        rest.trim_start_matches(['-', '+'])
            .bytes()
            .take_while(u8::is_ascii_digit)
            .count()
            > 2
    });
    if has_long_exponent {
        return Ok(());
    }
    let is_json = serde_json::from_str::<serde_json::Value>(&text).is_ok();
    hits.count(if is_json {
        "syntax: right"
    } else {
        "syntax: wrong"
    });
    let probe = VALID.get_or_init(|| {
        Probe::new(
            "JSON_VALID(s)",
            &SCHEMA,
            &Session::default(),
            sqlift::Tier::Vm,
        )
    });
    let probe = probe.as_ref().map_err(Clone::clone)?;
    let cells = [
        Datum::Null,
        Datum::Null,
        Datum::Bytes(text.into_bytes()),
        Datum::Null,
    ];
    let (got, _) = probe.ask(&cells);
    let expected = Answer::Text(u8::from(is_json).to_string());
    if got != expected {
        return Err(probe.differs(&cells, &expected.to_string(), &got));
    }
    Ok(())
}

const KEYS: &[&str] = &[
    "a", "b", "aa", "ab", "B", "", "a b", "é", "日", "c.d", "\"", "last", "0", "😀", "$",
];
const TEXTS: &[&str] = &[
    "",
    "a",
    "A",
    "1",
    "é",
    "日本",
    "😀",
    "a\"b",
    "back\\slash",
    "\n\t\r\u{8}\u{c}",
    "\u{1}\u{1f}\u{7f}",
    "/",
    "null",
    "a ",
    "\u{2028}",
];
const INTEGERS: &[i128] = &[
    0,
    1,
    -1,
    2,
    10,
    127,
    4_294_967_295,
    4_294_967_296,
    9_223_372_036_854_775_807,
    -9_223_372_036_854_775_808,
    18_446_744_073_709_551_615,
    9_007_199_254_740_993,
];

fn any_tree(random: &mut Random, depth: usize) -> Tree {
    let pick = |random: &mut Random, texts: &[&str]| texts[random.below(texts.len())].to_owned();
    match random.below(if depth == 0 { 6 } else { 10 }) {
        0 => Tree::Null,
        1 => Tree::Bool(random.chance(1, 2)),
        2 => Tree::Int(INTEGERS[random.below(INTEGERS.len())]),
        3 => Tree::Int(random.below(10) as i128),
        4 => Tree::Eighths(random.below(4_000) as i64 - 800),
        5 => Tree::Text(pick(random, TEXTS)),
        6 | 7 => Tree::List(
            (0..random.below(4))
                .map(|_| any_tree(random, depth - 1))
                .collect(),
        ),
        _ => {
            let member = |random: &mut Random| (pick(random, KEYS), any_tree(random, depth - 1));
            Tree::Map((0..random.below(4)).map(|_| member(random)).collect())
        }
    }
}

/// A document, something inside of it, or one of its like.
fn part_of(random: &mut Random, tree: &Tree) -> Tree {
    let tree = tree.normalized();
    let addresses = tree.find(&[Leg::Deep]);
    let address = &addresses[random.below(addresses.len())];
    let mut legs = Vec::new();
    let mut at = &tree;
    for place in address {
        match at {
            Tree::List(elements) => {
                legs.push(Leg::Cell(Place::First(*place)));
                at = &elements[*place];
            }
            Tree::Map(members) => {
                legs.push(Leg::Key(members[*place].0.clone()));
                at = &members[*place].1;
            }
            _ => {}
        }
    }
    match at {
        Tree::Int(value) if random.chance(1, 3) && value.abs() < 1_000 => {
            Tree::Eighths(*value as i64 * 8)
        }
        other => other.clone(),
    }
}

/// A path that leads somewhere more often than not.
fn any_path(random: &mut Random, tree: &Tree, paths: Paths) -> Vec<Leg> {
    let mut path = Vec::new();
    let tree = tree.normalized();
    let mut at = Some(&tree);
    for _ in 0..random.below(4) {
        let place = |random: &mut Random| match random.chance(1, 3) {
            true => Place::Last(random.below(3)),
            false => Place::First(random.below(4)),
        };
        let leg = match (random.below(8), at) {
            (0, _) if paths == Paths::Any => {
                path.push(Leg::Deep);
                Leg::Key(KEYS[random.below(KEYS.len())].into())
            }
            (1, _) if paths == Paths::Any => [Leg::AnyKey, Leg::AnyCell][random.below(2)].clone(),
            (2, _) if paths == Paths::Any => match (place(random), place(random)) {
                // A range that runs backwards by its text is no path.
                (Place::First(a), Place::First(b)) => {
                    Leg::Range(Place::First(a.min(b)), Place::First(a.max(b)))
                }
                (Place::Last(a), Place::Last(b)) => {
                    Leg::Range(Place::Last(a.max(b)), Place::Last(a.min(b)))
                }
                (a, b) => Leg::Range(a, b),
            },
            (3, _) => Leg::Cell(place(random)),
            (4, _) => Leg::Key(KEYS[random.below(KEYS.len())].into()),
            (_, Some(Tree::Map(members))) if !members.is_empty() => {
                let (key, value) = &members[random.below(members.len())];
                at = Some(value);
                path.push(Leg::Key(key.clone()));
                continue;
            }
            (_, Some(Tree::List(elements))) if !elements.is_empty() => {
                let place = random.below(elements.len());
                at = Some(&elements[place]);
                path.push(Leg::Cell(Place::First(place)));
                continue;
            }
            _ => Leg::Cell(Place::First(0)),
        };
        path.push(leg);
        at = None;
    }
    path
}

/// A text of the tree: any space between its parts, any spelling of its strings and numbers.
fn spell(random: &mut Random, tree: &Tree) -> String {
    let space = |random: &mut Random| match random.below(6) {
        0 => " ",
        1 => "\n\t",
        _ => "",
    };
    let list = |random: &mut Random, open: char, parts: Vec<String>, close: char| {
        let mut text = String::from(open);
        for (n, part) in parts.into_iter().enumerate() {
            text += if n > 0 { "," } else { "" };
            text += space(random);
            text += &part;
            text += space(random);
        }
        text.push(close);
        text
    };
    match tree {
        Tree::Eighths(eighths) if random.chance(1, 4) => {
            // The same in thousandths.
            format!("{}e-3", eighths * 125)
        }
        Tree::Text(text) => spell_text(random, text),
        Tree::List(elements) => {
            let parts = elements
                .iter()
                .map(|element| spell(random, element))
                .collect();
            list(random, '[', parts, ']')
        }
        Tree::Map(members) => {
            let mut parts = Vec::new();
            for (key, value) in members {
                let key = spell_text(random, key);
                parts.push(format!(
                    "{key}{}:{}{}",
                    space(random),
                    space(random),
                    spell(random, value)
                ));
            }
            list(random, '{', parts, '}')
        }
        other => other.to_string(),
    }
}

fn spell_text(random: &mut Random, text: &str) -> String {
    if !random.chance(1, 3) {
        return Tree::Text(text.to_owned()).to_string();
    }
    let mut spelled = String::from("\"");
    for unit in text.encode_utf16() {
        spelled += &format!("\\u{unit:04x}");
    }
    spelled + "\""
}
