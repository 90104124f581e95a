//! JSON as a plain tree: what text says, in the order in which it says it.
//!
//! Numbers are integers and eighths, which a double holds exactly and which print alike everywhere.

use std::cmp::Ordering;
use std::fmt;

/// A JSON value. The members of an object are as they were written: any order, a key more than once.
#[derive(Debug, Clone, PartialEq)]
pub enum Tree {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// An integer of 64 bits, with or without sign.
    Int(i128),
    /// A double: so many eighths.
    Eighths(i64),
    /// A string.
    Text(String),
    /// An array.
    List(Vec<Tree>),
    /// An object.
    Map(Vec<(String, Tree)>),
}

/// A leg of a path.
#[derive(Debug, Clone, PartialEq)]
pub enum Leg {
    /// `.key`
    Key(String),
    /// `.*`
    AnyKey,
    /// `[n]`
    Cell(Place),
    /// `[a to b]`
    Range(Place, Place),
    /// `[*]`
    AnyCell,
    /// `**`
    Deep,
}

/// A place in an array.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Place {
    /// `n`
    First(usize),
    /// `last-n`
    Last(usize),
}

impl Place {
    /// Counted from the start; below zero before it.
    fn of(self, length: usize) -> i64 {
        match self {
            Self::First(n) => n as i64,
            Self::Last(n) => length as i64 - 1 - n as i64,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::First(n) => write!(f, "{n}"),
            Self::Last(0) => f.write_str("last"),
            Self::Last(n) => write!(f, "last-{n}"),
        }
    }
}

impl fmt::Display for Leg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(key) => write!(f, ".{}", Tree::Text(key.clone())),
            Self::AnyKey => f.write_str(".*"),
            Self::Cell(place) => write!(f, "[{place}]"),
            Self::Range(from, to) => write!(f, "[{from} to {to}]"),
            Self::AnyCell => f.write_str("[*]"),
            Self::Deep => f.write_str("**"),
        }
    }
}

/// As the server prints it.
impl fmt::Display for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Int(value) => write!(f, "{value}"),
            Self::Eighths(eighths) if eighths % 8 == 0 => write!(f, "{}.0", eighths / 8),
            Self::Eighths(eighths) => write!(f, "{}", *eighths as f64 / 8.0),
            Self::Text(text) => {
                f.write_str("\"")?;
                for c in text.chars() {
                    match c {
                        '"' | '\\' => write!(f, "\\{c}")?,
                        '\u{8}' => f.write_str("\\b")?,
                        '\u{c}' => f.write_str("\\f")?,
                        '\n' => f.write_str("\\n")?,
                        '\r' => f.write_str("\\r")?,
                        '\t' => f.write_str("\\t")?,
                        ..' ' => write!(f, "\\u{:04x}", u32::from(c))?,
                        _ => write!(f, "{c}")?,
                    }
                }
                f.write_str("\"")
            }
            Self::List(elements) => {
                let elements: Vec<String> = elements.iter().map(Tree::to_string).collect();
                write!(f, "[{}]", elements.join(", "))
            }
            Self::Map(members) => {
                let member =
                    |(key, value): &(String, Tree)| format!("{}: {value}", Self::Text(key.clone()));
                let members: Vec<String> = members.iter().map(member).collect();
                write!(f, "{{{}}}", members.join(", "))
            }
        }
    }
}

impl Tree {
    /// Each key once, with its last value; shorter keys first, keys of one length by their bytes.
    pub fn normalized(&self) -> Self {
        match self {
            Self::List(elements) => Self::List(elements.iter().map(Self::normalized).collect()),
            Self::Map(members) => {
                let mut kept: Vec<(String, Tree)> = Vec::new();
                for (key, value) in members {
                    kept.retain(|(other, _)| other != key);
                    kept.push((key.clone(), value.normalized()));
                }
                kept.sort_by_key(|(key, _)| (key.len(), key.clone()));
                Self::Map(kept)
            }
            other => other.clone(),
        }
    }

    /// The order of kinds, lowest first.
    fn rank(&self) -> u8 {
        match self {
            Self::Null => 0,
            Self::Int(_) | Self::Eighths(_) => 1,
            Self::Text(_) => 2,
            Self::Map(_) => 3,
            Self::List(_) => 4,
            Self::Bool(_) => 5,
        }
    }

    fn eighths(&self) -> i128 {
        match self {
            Self::Int(value) => value * 8,
            Self::Eighths(value) => (*value).into(),
            _ => 0,
        }
    }

    /// The order of two normalized values: kinds first, then what they are worth. Objects with fewer members are less, then the
    /// first key or value that differs decides.
    pub fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Bool(a), Self::Bool(b)) => a.cmp(b),
            (Self::Text(a), Self::Text(b)) => a.as_bytes().cmp(b.as_bytes()),
            (Self::List(a), Self::List(b)) => {
                for (a, b) in a.iter().zip(b) {
                    if a.compare(b).is_ne() {
                        return a.compare(b);
                    }
                }
                a.len().cmp(&b.len())
            }
            (Self::Map(a), Self::Map(b)) => {
                if a.len() != b.len() {
                    return a.len().cmp(&b.len());
                }
                for ((a_key, a), (b_key, b)) in a.iter().zip(b) {
                    if a_key != b_key {
                        return a_key.as_bytes().cmp(b_key.as_bytes());
                    }
                    if a.compare(b).is_ne() {
                        return a.compare(b);
                    }
                }
                Ordering::Equal
            }
            (a, b) if a.rank() != b.rank() => a.rank().cmp(&b.rank()),
            (a, b) => a.eighths().cmp(&b.eighths()),
        }
    }

    fn equals(&self, other: &Self) -> bool {
        self.compare(other).is_eq()
    }

    /// What JSON_TYPE says.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "NULL",
            Self::Bool(_) => "BOOLEAN",
            // Text without sign of more than 32 bits is read as unsigned.
            Self::Int(value) if *value > i128::from(u32::MAX) => "UNSIGNED INTEGER",
            Self::Int(_) => "INTEGER",
            Self::Eighths(_) => "DOUBLE",
            Self::Text(_) => "STRING",
            Self::List(_) => "ARRAY",
            Self::Map(_) => "OBJECT",
        }
    }

    fn children(&self) -> Vec<&Tree> {
        match self {
            Self::List(elements) => elements.iter().collect(),
            Self::Map(members) => members.iter().map(|(_, value)| value).collect(),
            _ => Vec::new(),
        }
    }

    /// What JSON_LENGTH says.
    pub fn length(&self) -> usize {
        match self {
            Self::List(_) | Self::Map(_) => self.children().len(),
            _ => 1,
        }
    }

    /// What JSON_DEPTH says.
    pub fn depth(&self) -> usize {
        1 + self
            .children()
            .into_iter()
            .map(Self::depth)
            .max()
            .unwrap_or(0)
    }

    /// The value at an address: the place of a child, the place of its child, ...
    fn at(&self, address: &[usize]) -> &Tree {
        address
            .iter()
            .fold(self, |tree, place| tree.children()[*place])
    }

    fn at_mut(&mut self, address: &[usize]) -> &mut Tree {
        address.iter().fold(self, |tree, place| match tree {
            Self::List(elements) => &mut elements[*place],
            Self::Map(members) => &mut members[*place].1,
            _ => unreachable!("an address leads through arrays and objects"),
        })
    }

    /// The addresses of everything that a path leads to, in order, each once. What is no array is an array of itself where a cell is
    /// asked for.
    pub fn find(&self, path: &[Leg]) -> Vec<Vec<usize>> {
        let mut found = vec![Vec::new()];
        for leg in path {
            let mut next: Vec<Vec<usize>> = Vec::new();
            for address in found {
                for address in self.step(address, leg) {
                    if !next.contains(&address) {
                        next.push(address);
                    }
                }
            }
            found = next;
        }
        found
    }

    fn step(&self, address: Vec<usize>, leg: &Leg) -> Vec<Vec<usize>> {
        let below = |place: usize| [&address[..], &[place]].concat();
        match (leg, self.at(&address)) {
            (Leg::Key(key), Self::Map(members)) => {
                let place = members.iter().position(|(other, _)| other == key);
                place.map(below).into_iter().collect()
            }
            (Leg::AnyKey, Self::Map(members)) => (0..members.len()).map(below).collect(),
            (Leg::AnyCell, Self::List(elements)) => (0..elements.len()).map(below).collect(),
            (Leg::Cell(place), Self::List(elements)) => {
                let place = usize::try_from(place.of(elements.len())).ok();
                place
                    .filter(|place| *place < elements.len())
                    .map(below)
                    .into_iter()
                    .collect()
            }
            (Leg::Cell(place), _) => (place.of(1) == 0).then_some(address).into_iter().collect(),
            (Leg::Range(from, to), Self::List(elements)) => {
                let range = from.of(elements.len())..=to.of(elements.len());
                (0..elements.len())
                    .filter(|place| range.contains(&(*place as i64)))
                    .map(below)
                    .collect()
            }
            (Leg::Range(from, to), _) => (from.of(1)..=to.of(1))
                .contains(&0)
                .then_some(address)
                .into_iter()
                .collect(),
            (Leg::Deep, tree) => {
                let mut all = vec![address.clone()];
                for place in 0..tree.children().len() {
                    all.extend(self.step(below(place), leg));
                }
                all
            }
            _ => Vec::new(),
        }
    }

    /// What JSON_EXTRACT gives: the value, or an array of values where the path may lead to several.
    pub fn extract(&self, path: &[Leg]) -> Option<Tree> {
        let found = self.find(path);
        let is_many = path
            .iter()
            .any(|leg| !matches!(leg, Leg::Key(_) | Leg::Cell(_)));
        let mut values = found.iter().map(|address| self.at(address).clone());
        match is_many {
            false => values.next(),
            true if found.is_empty() => None,
            true => Some(Self::List(values.collect())),
        }
    }

    /// JSON_REPLACE.
    pub fn replace(&self, path: &[Leg], value: &Tree) -> Tree {
        let mut tree = self.clone();
        for address in self.find(path) {
            *tree.at_mut(&address) = value.clone();
        }
        tree
    }

    /// JSON_INSERT: a key that an object lacks, a cell behind the end of an array; what is no array becomes one. `None`: before
    /// the start of an array, which the reference leaves alone.
    pub fn insert(&self, path: &[Leg], value: &Tree) -> Option<Tree> {
        if !self.find(path).is_empty() {
            return Some(self.clone());
        }
        let mut tree = self.clone();
        let Some((last, parents)) = path.split_last() else {
            return Some(tree);
        };
        for address in self.find(parents) {
            let parent = tree.at_mut(&address);
            match (last, &mut *parent) {
                (Leg::Key(key), Self::Map(members)) => members.push((key.clone(), value.clone())),
                (Leg::Cell(Place::First(_)), Self::List(elements)) => elements.push(value.clone()),
                (Leg::Cell(Place::First(_)), other) => {
                    *other = Self::List(vec![other.clone(), value.clone()]);
                }
                (Leg::Cell(Place::Last(_)), _) => return None,
                _ => {}
            }
        }
        Some(tree.normalized())
    }

    /// JSON_SET: what is there is replaced, what is not there is put in.
    pub fn set(&self, path: &[Leg], value: &Tree) -> Option<Tree> {
        if self.find(path).is_empty() {
            self.insert(path, value)
        } else {
            Some(self.replace(path, value))
        }
    }

    /// JSON_ARRAY_APPEND.
    pub fn append(&self, path: &[Leg], value: &Tree) -> Tree {
        let mut tree = self.clone();
        for address in self.find(path) {
            let target = tree.at_mut(&address);
            if let Self::List(elements) = target {
                elements.push(value.clone());
            } else {
                *target = Self::List(vec![target.clone(), value.clone()]);
            }
        }
        tree
    }

    /// JSON_REMOVE; `None` where a cell of what is no array is asked for, which the reference leaves alone.
    pub fn remove(&self, path: &[Leg]) -> Option<Tree> {
        let mut tree = self.clone();
        let parents = &path[..path.len().checked_sub(1)?];
        for address in self.find(path) {
            let is_inside = self
                .find(parents)
                .iter()
                .any(|parent| parent.len() < address.len());
            let (place, parent) = address.split_last()?;
            if !is_inside {
                return None;
            }
            match tree.at_mut(parent) {
                Self::List(elements) => drop(elements.remove(*place)),
                Self::Map(members) => drop(members.remove(*place)),
                _ => return None,
            }
        }
        Some(tree)
    }

    /// JSON_MERGE_PATCH, as RFC 7396 has it.
    pub fn merge_patch(&self, patch: &Tree) -> Tree {
        let Self::Map(changes) = patch else {
            return patch.clone();
        };
        let mut members = match self {
            Self::Map(members) => members.clone(),
            _ => Vec::new(),
        };
        for (key, change) in changes {
            let old = members
                .iter()
                .position(|(other, _)| other == key)
                .map(|at| members.remove(at).1);
            if *change != Self::Null {
                members.push((key.clone(), old.unwrap_or(Self::Null).merge_patch(change)));
            }
        }
        Self::Map(members).normalized()
    }

    /// JSON_MERGE_PRESERVE: arrays are joined, objects merged key by key, anything else becomes an array first.
    pub fn merge_preserve(&self, other: &Tree) -> Tree {
        match (self, other) {
            (Self::Map(a), Self::Map(b)) => {
                let mut members = a.clone();
                for (key, value) in b {
                    match members.iter_mut().find(|(other, _)| other == key) {
                        Some((_, old)) => *old = old.merge_preserve(value),
                        None => members.push((key.clone(), value.clone())),
                    }
                }
                Self::Map(members).normalized()
            }
            (a, b) => {
                let list = |tree: &Tree| match tree {
                    Self::List(elements) => elements.clone(),
                    other => vec![other.clone()],
                };
                Self::List([list(a), list(b)].concat())
            }
        }
    }

    /// JSON_CONTAINS.
    pub fn contains(&self, candidate: &Tree) -> bool {
        match (self, candidate) {
            (Self::List(target), Self::List(candidates)) => candidates
                .iter()
                .all(|candidate| target.iter().any(|element| element.contains(candidate))),
            (Self::List(target), candidate) => {
                target.iter().any(|element| element.contains(candidate))
            }
            (Self::Map(target), Self::Map(members)) => members.iter().all(|(key, value)| {
                target
                    .iter()
                    .any(|(other, inside)| other == key && inside.contains(value))
            }),
            (a, b) => a.equals(b),
        }
    }

    /// JSON_OVERLAPS.
    pub fn overlaps(&self, other: &Tree) -> bool {
        match (self, other) {
            (Self::List(a), Self::List(b)) => a.iter().any(|a| b.iter().any(|b| a.equals(b))),
            (Self::List(a), b) | (b, Self::List(a)) => a.iter().any(|a| a.equals(b)),
            (Self::Map(a), Self::Map(b)) => a.iter().any(|(key, value)| {
                b.iter()
                    .any(|(other, inside)| other == key && inside.equals(value))
            }),
            (a, b) => a.equals(b),
        }
    }

    /// MEMBER OF.
    pub fn is_member_of(&self, list: &Tree) -> bool {
        match list {
            Self::List(elements) => elements.iter().any(|element| element.equals(self)),
            other => self.equals(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(numbers: &[i128]) -> Tree {
        Tree::List(numbers.iter().map(|n| Tree::Int(*n)).collect())
    }

    fn map(members: &[(&str, Tree)]) -> Tree {
        Tree::Map(
            members
                .iter()
                .map(|(key, value)| ((*key).to_owned(), value.clone()))
                .collect(),
        )
    }

    #[test]
    fn what_the_manual_says() {
        let tree = map(&[
            ("bb", Tree::Int(1)),
            ("a", Tree::Int(2)),
            ("bb", list(&[3, 4])),
        ]);
        let tree = tree.normalized();
        assert_eq!(tree.to_string(), r#"{"a": 2, "bb": [3, 4]}"#);
        let key = |key: &str| Leg::Key(key.into());
        assert_eq!(
            tree.extract(&[key("bb"), Leg::Cell(Place::Last(0))]),
            Some(Tree::Int(4))
        );
        assert_eq!(
            tree.extract(&[Leg::Deep, Leg::AnyCell]),
            Some(list(&[3, 4]))
        );
        assert_eq!(
            tree.extract(&[key("a"), Leg::Cell(Place::First(0))]),
            Some(Tree::Int(2))
        );
        assert_eq!(
            tree.set(&[key("c")], &Tree::Null).unwrap().to_string(),
            r#"{"a": 2, "c": null, "bb": [3, 4]}"#
        );
        assert_eq!(
            tree.remove(&[key("bb"), Leg::Cell(Place::First(0))])
                .unwrap()
                .to_string(),
            r#"{"a": 2, "bb": [4]}"#
        );
        let patched = map(&[("a", Tree::Int(1)), ("b", Tree::Int(2))])
            .merge_patch(&map(&[("a", Tree::Int(3)), ("b", Tree::Null)]));
        assert_eq!(patched.to_string(), r#"{"a": 3}"#);
        assert_eq!(
            Tree::Int(1).merge_preserve(&Tree::Bool(true)).to_string(),
            "[1, true]"
        );
        assert!(list(&[1, 2, 3]).contains(&list(&[3, 1])) && !list(&[1]).contains(&Tree::Int(2)));
        assert!(
            list(&[1, 3]).overlaps(&list(&[2, 3]))
                && Tree::Int(1).compare(&Tree::Eighths(8)).is_eq()
        );
    }
}
