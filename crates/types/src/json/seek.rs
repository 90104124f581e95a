//! What a path leads to.
//!
//! A value that is no array is taken for an array of one, itself, where a cell or a range is asked for (not for `[*]`).

use super::{Index, Json, Leg, Path};
use std::collections::HashSet;

impl Index {
    /// The place in an array of this length; `None` if it is outside.
    pub fn within(self, length: usize) -> Option<usize> {
        let place = match self {
            Index::FromStart(n) => n as usize,
            Index::FromEnd(n) => length.checked_sub(1)?.checked_sub(n as usize)?,
        };
        (place < length).then_some(place)
    }

    /// The first of a range that begins here.
    fn start(self, length: usize) -> usize {
        match self {
            Index::FromStart(n) => (n as usize).min(length),
            Index::FromEnd(n) => length.saturating_sub(n as usize + 1),
        }
    }

    /// One past the last of a range that ends here.
    fn end(self, length: usize) -> usize {
        match self {
            Index::FromStart(n) => (n as usize + 1).min(length),
            Index::FromEnd(n) => length.saturating_sub(n as usize),
        }
    }
}

impl Json {
    /// Everything that a path leads to, in order, each place once.
    pub fn find(&self, path: &Path) -> Vec<&Json> {
        let mut found = vec![self];
        let mut below_ellipsis = false;
        for leg in &path.legs {
            let mut next = Vec::new();
            for json in found {
                json.step(leg, &mut next);
            }
            below_ellipsis |= *leg == Leg::Ellipsis;
            if below_ellipsis {
                let mut seen = HashSet::new();
                next.retain(|json| seen.insert(std::ptr::from_ref(*json)));
            }
            found = next;
            if found.is_empty() {
                break;
            }
        }
        found
    }

    fn step<'a>(&'a self, leg: &Leg, out: &mut Vec<&'a Json>) {
        match (leg, self) {
            (Leg::Member(key), Json::Object(object)) => out.extend(object.get(key)),
            (Leg::AnyMember, Json::Object(_)) | (Leg::AnyCell, Json::Array(_)) => {
                out.extend(self.children());
            }
            (Leg::Cell(index), Json::Array(elements)) => {
                out.extend(index.within(elements.len()).map(|place| &elements[place]));
            }
            (Leg::Cell(index), _) => out.extend(index.within(1).map(|_| self)),
            (Leg::Range(from, to), Json::Array(elements)) => {
                let (start, end) = (from.start(elements.len()), to.end(elements.len()));
                out.extend(elements.get(start..end).unwrap_or_default());
            }
            (Leg::Range(from, to), _) => {
                if from.start(1) < to.end(1) {
                    out.push(self);
                }
            }
            (Leg::Ellipsis, _) => {
                out.push(self);
                self.children().for_each(|child| child.step(leg, out));
            }
            (Leg::Member(_) | Leg::AnyMember | Leg::AnyCell, _) => {}
        }
    }

    /// What a path without `*`, `**` and ranges leads to, where only arrays have cells: JSON_KEYS.
    pub fn find_unwrapped(&self, path: &Path) -> Option<&Json> {
        path.legs
            .iter()
            .try_fold(self, |json, leg| match (leg, json) {
                (Leg::Member(key), Json::Object(object)) => object.get(key),
                (Leg::Cell(index), Json::Array(elements)) => {
                    elements.get(index.within(elements.len())?)
                }
                _ => None,
            })
    }

    /// What legs without `*`, `**` and ranges lead to, to change it; `None` if there is nothing.
    pub fn find_mut(&mut self, legs: &[Leg]) -> Option<&mut Json> {
        let mut json = self;
        for leg in legs {
            json = match (leg, json) {
                (Leg::Member(key), Json::Object(object)) => object.get_mut(key)?,
                (Leg::Cell(index), Json::Array(elements)) => {
                    let place = index.within(elements.len())?;
                    &mut elements[place]
                }
                (Leg::Cell(index), scalar) if index.within(1).is_some() => scalar,
                _ => return None,
            };
        }
        Some(json)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(json: &str, path: &str) -> String {
        let json = Json::parse(json.as_bytes()).unwrap();
        let path = Path::parse(path.as_bytes()).unwrap();
        let found = json.find(&path).into_iter().cloned().collect();
        Json::Array(found).to_string()
    }

    /// Recorded from the server.
    #[test]
    fn paths_lead_where_they_should() {
        let nested = r#"{"a":[1,{"a":2}]}"#;
        for (json, path, expected) in [
            (nested, "$**.a", r#"[[1, {"a": 2}], 2]"#),
            (
                nested,
                "$**[0]",
                r#"[{"a": [1, {"a": 2}]}, 1, {"a": 2}, 2]"#,
            ),
            (nested, "$.a[0][0][last]", "[1]"),
            (nested, "$.a[0][*]", "[]"),
            (nested, "$[0].a[0]", "[1]"),
            ("5", "$[0 to 1]", "[5]"),
            ("5", "$[last-1 to last]", "[5]"),
            ("5", "$[1 to 2]", "[]"),
            ("[1,[2,[3]]]", "$**[last]", "[[2, [3]], 1, [3], 2, 3]"),
            ("[[1,2],[3,4]]", "$**[*]", "[[1, 2], [3, 4], 1, 2, 3, 4]"),
            ("[1,2,3]", "$[last-7 to 1]", "[1, 2]"),
            ("[1,2,3]", "$[last-1 to 0]", "[]"),
            ("[1,2,3]", "$[1 to last-7]", "[]"),
            ("[1,2,3]", "$[0 to last-1]", "[1, 2]"),
            ("[1,2,3]", "$[1 to 5]", "[2, 3]"),
            (r#"{"a":{"b":1}}"#, "$**.*", r#"[{"b": 1}, 1]"#),
        ] {
            assert_eq!(find(json, path), expected, "{json} {path}");
        }
    }

    #[test]
    fn many_legs_neither_recurse_nor_multiply() {
        let path = format!("${}", "[0]".repeat(100_000));
        assert_eq!(find("5", &path), "[5]");
        let path = format!("${}[0]", "**[0]".repeat(200));
        assert_eq!(find("[[[1, 2], 3], 4]", &path), "[1, 2, 3, 4]");
    }

    #[test]
    fn one_place_can_be_changed() {
        let mut json = Json::parse(br#"{"a": [1, 2]}"#).unwrap();
        let path = Path::parse(b"$[0].a[last]").unwrap();
        *json.find_mut(&path.legs).unwrap() = Json::Null;
        assert_eq!(json.to_string(), r#"{"a": [1, null]}"#);
        assert_eq!(json.find_mut(&Path::parse(b"$.b").unwrap().legs), None);
    }
}
