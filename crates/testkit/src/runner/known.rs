//! The list of known differences: cases that may differ, each with its reason.
//!
//! The file is a small part of TOML: comments, and lines `"area/id" = "reason"`. An entry whose case agrees (or is not
//! supported, or does not exist) is an error, so the list shrinks as the engine grows.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};

/// The list of known differences.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// `area/id` to reason.
    entries: BTreeMap<String, String>,
}

/// A list of known differences that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownError {
    path: PathBuf,
    line: Option<usize>,
    message: String,
}

impl fmt::Display for KnownError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.path.display(), self.message),
            None => write!(f, "{}: {}", self.path.display(), self.message),
        }
    }
}

impl std::error::Error for KnownError {}

impl Known {
    /// Reads a list.
    ///
    /// # Errors
    /// If the file cannot be read, or a line is no entry, has no reason, or repeats a case.
    pub fn read(path: &Path) -> Result<Self, KnownError> {
        let error = |line, message| KnownError {
            path: path.to_owned(),
            line,
            message,
        };
        let text = std::fs::read_to_string(path).map_err(|why| error(None, why.to_string()))?;
        Self::from_text(&text).map_err(|(line, message)| error(Some(line), message))
    }

    fn from_text(text: &str) -> Result<Self, (usize, String)> {
        let mut entries = BTreeMap::new();
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (case, reason) = entry(line).map_err(|message| (index + 1, message.to_owned()))?;
            if entries.insert(case.clone(), reason).is_some() {
                return Err((index + 1, format!("`{case}` is there twice")));
            }
        }
        Ok(Self { entries })
    }

    /// The reason why a case may differ.
    pub fn reason(&self, area: &str, id: &str) -> Option<&str> {
        self.entries
            .get(&format!("{area}/{id}"))
            .map(String::as_str)
    }

    pub(super) fn tracker(&self) -> Tracker<'_> {
        Tracker {
            known: self,
            needed: BTreeSet::new(),
        }
    }
}

fn entry(line: &str) -> Result<(String, String), &'static str> {
    const FORM: &str = "expected \"area/id\" = \"reason\"";
    let (case, reason) = line.split_once('=').ok_or(FORM)?;
    let unquote = |text: &str| -> Option<String> { serde_json::from_str(text.trim()).ok() };
    let (case, reason) = (unquote(case).ok_or(FORM)?, unquote(reason).ok_or(FORM)?);
    if !case.contains('/') {
        return Err(FORM);
    }
    if reason.trim().is_empty() {
        return Err("a known difference needs a reason");
    }
    Ok((case, reason))
}

/// Remembers which entries were needed.
pub(super) struct Tracker<'a> {
    known: &'a Known,
    needed: BTreeSet<String>,
}

impl Tracker<'_> {
    pub(super) fn need(&mut self, area: &str, id: &str) {
        self.needed.insert(format!("{area}/{id}"));
    }

    /// Entries of the areas that were run which no case needed.
    pub(super) fn unneeded(&self, was_run: impl Fn(&str) -> bool) -> Vec<String> {
        let entries = self.known.entries.keys();
        let of_run =
            entries.filter(|entry| entry.split_once('/').is_some_and(|(area, _)| was_run(area)));
        of_run
            .filter(|entry| !self.needed.contains(*entry))
            .cloned()
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_have_a_case_and_a_reason() {
        let known = Known::from_text("# why not\n\n\"a/a-1\" = \"their bug\"\n").unwrap();
        assert_eq!(known.reason("a", "a-1"), Some("their bug"));
        assert_eq!(known.reason("a", "a-2"), None);
        for (bad, why) in [
            ("a/a-1 = \"x\"", "expected"),
            ("\"a-1\" = \"x\"", "expected"),
            ("\"a/a-1\"", "expected"),
            ("\"a/a-1\" = \" \"", "needs a reason"),
            ("\"a/a-1\" = \"x\"\n\"a/a-1\" = \"y\"", "twice"),
        ] {
            let (_, message) = Known::from_text(bad).unwrap_err();
            assert!(message.contains(why), "{bad}: {message}");
        }
    }
}
