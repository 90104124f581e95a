//! What can be wrong with a corpus file, and where.

use std::fmt;
use std::path::{Path, PathBuf};

/// A corpus file that cannot be read, with the line where reading stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorpusError {
    /// The file (or folder) concerned.
    pub path: PathBuf,
    /// Line number from 1; of a packed file, the number of the case.
    pub line: Option<usize>,
    /// What is wrong, as a sentence without full stop.
    pub message: String,
}

impl CorpusError {
    /// An error about the file as a whole.
    pub fn file(path: &Path, message: impl fmt::Display) -> Self {
        Self {
            path: path.to_owned(),
            line: None,
            message: message.to_string(),
        }
    }

    /// An error at a line (from 1).
    pub fn line(path: &Path, line: usize, message: impl fmt::Display) -> Self {
        Self {
            path: path.to_owned(),
            line: Some(line),
            message: message.to_string(),
        }
    }
}

impl fmt::Display for CorpusError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.path.display(), self.message),
            None => write!(f, "{}: {}", self.path.display(), self.message),
        }
    }
}

impl std::error::Error for CorpusError {}
