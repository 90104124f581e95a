//! `functions.tsv`: the scalar functions of the server, what `COMPATIBILITY.md` is measured against.

use std::path::Path;

use super::CorpusError;

/// A scalar function of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionEntry {
    /// Name in capitals.
    pub name: String,
    /// The group it is listed in, such as `numeric`.
    pub group: String,
    /// Fewest arguments.
    pub min_args: usize,
    /// Most arguments; `None` without a limit.
    pub max_args: Option<usize>,
    /// Whether the corpus has cases of it.
    pub in_corpus: bool,
    /// How it is called, such as `LOG([base, ]x)`.
    pub signature: String,
}

const HEADER: &str = "name\tgroup\tmin_args\tmax_args\tin_corpus\tsignature";

impl FunctionEntry {
    /// Reads a `functions.tsv`.
    ///
    /// # Errors
    /// If the file cannot be read or a line does not have the six columns of the header.
    pub fn read(path: &Path) -> Result<Vec<Self>, CorpusError> {
        let text = std::fs::read_to_string(path).map_err(|error| CorpusError::file(path, error))?;
        let mut lines = text.lines().enumerate();
        if lines.next().map(|(_, header)| header) != Some(HEADER) {
            return Err(CorpusError::line(
                path,
                1,
                "the header is not the expected one",
            ));
        }
        lines
            .map(|(index, line)| {
                Self::from_line(line).map_err(|why| CorpusError::line(path, index + 1, why))
            })
            .collect()
    }

    fn from_line(line: &str) -> Result<Self, String> {
        let fields: Vec<&str> = line.split('\t').collect();
        let [name, group, min_args, max_args, in_corpus, signature] = fields[..] else {
            return Err(format!("{} columns instead of 6", fields.len()));
        };
        let count = |text: &str| {
            text.parse::<usize>()
                .map_err(|_| format!("`{text}` is not a number of arguments"))
        };
        Ok(Self {
            name: name.to_owned(),
            group: group.to_owned(),
            min_args: count(min_args)?,
            max_args: if max_args == "*" {
                None
            } else {
                Some(count(max_args)?)
            },
            in_corpus: match in_corpus {
                "yes" => true,
                "no" => false,
                other => return Err(format!("`{other}` is neither yes nor no")),
            },
            signature: signature.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_six_columns() {
        let coalesce =
            FunctionEntry::from_line("COALESCE\tcontrol\t1\t*\tyes\tCOALESCE(v, ...)").unwrap();
        assert_eq!(
            (coalesce.min_args, coalesce.max_args, coalesce.in_corpus),
            (1, None, true)
        );
        assert!(
            FunctionEntry::from_line("A\tb\t1\t2\tyes")
                .unwrap_err()
                .contains("5 columns")
        );
        assert!(
            FunctionEntry::from_line("A\tb\tx\t2\tyes\ts")
                .unwrap_err()
                .contains("`x`")
        );
        assert!(
            FunctionEntry::from_line("A\tb\t1\t2\tmaybe\ts")
                .unwrap_err()
                .contains("neither")
        );
    }
}
