//! What goes wrong, and how it is shown.

use sqlift::{Error, Span};
use std::fmt;
use std::process::ExitCode;

/// A failure of the program.
#[derive(Debug)]
pub(crate) enum Failure {
    /// An expression is wrong, or a row raises an error. The text underlines the place.
    Expression {
        /// What the text is: `--where`, `expression`.
        what: String,
        /// The text.
        text: String,
        /// The error.
        error: Box<Error>,
    },
    /// A setting or a schema is wrong.
    Setting(Box<Error>),
    /// A row of a file, or its columns, are wrong.
    Row {
        /// Where.
        place: String,
        /// What.
        error: Box<Error>,
    },
    /// A file cannot be read or written.
    File {
        /// Which.
        path: String,
        /// Why.
        why: String,
    },
    /// Reading or writing standard streams.
    Stream(std::io::Error),
    /// The command line makes no sense.
    Usage(String),
}

impl Failure {
    pub(crate) fn expression(what: &str, text: &str, error: Error) -> Failure {
        Failure::Expression {
            what: what.to_owned(),
            text: text.to_owned(),
            error: Box::new(error),
        }
    }

    /// A text that does not parse.
    pub(crate) fn syntax(what: &str, text: &str, error: sqlift_syntax::Error) -> Failure {
        let place = span(error.span);
        let error = Error::new(error.code, error.sqlstate, error.message);
        Failure::expression(what, text, error.at(place))
    }

    pub(crate) fn setting(error: Error) -> Failure {
        Failure::Setting(Box::new(error))
    }

    pub(crate) fn row(place: impl Into<String>, error: Error) -> Failure {
        Failure::Row {
            place: place.into(),
            error: Box::new(error),
        }
    }

    pub(crate) fn file(path: &str, why: impl fmt::Display) -> Failure {
        Failure::File {
            path: path.to_owned(),
            why: why.to_string(),
        }
    }

    /// 1 for what the input causes, 2 for bad usage.
    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Failure::Usage(_) => ExitCode::from(2),
            _ => ExitCode::from(1),
        }
    }

    /// The reader of our output has gone away: nothing to complain of.
    pub(crate) fn is_broken_pipe(&self) -> bool {
        matches!(self, Failure::Stream(e) if e.kind() == std::io::ErrorKind::BrokenPipe)
    }
}

/// The parser's span as an error's.
pub(crate) fn span(span: sqlift_syntax::Span) -> Span {
    Span {
        start: span.start,
        end: span.end,
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Failure::Stream(error)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Expression { what, text, error } => {
                writeln!(f, "{}", shortened(error))?;
                if let Some(row) = error.row {
                    writeln!(f, "  at row {} of the input", row + 1)?;
                }
                underline(f, what, text, error)
            }
            Failure::Setting(error) => {
                writeln!(f, "{error}")?;
                help(f, error)
            }
            Failure::Row { place, error } => {
                writeln!(f, "{error}\n  --> {place}")?;
                help(f, error)
            }
            Failure::File { path, why } => writeln!(f, "error: {path}: {why}"),
            Failure::Stream(error) => writeln!(f, "error: {error}"),
            Failure::Usage(what) => writeln!(f, "error: {what}"),
        }
    }
}

/// The line of the text that the error is about, with the place underlined.
fn underline(f: &mut fmt::Formatter<'_>, what: &str, text: &str, error: &Error) -> fmt::Result {
    let Some(span) = error.span else {
        return help(f, error);
    };
    let mut start = (span.start as usize).min(text.len());
    let mut end = (span.end as usize).clamp(start, text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    while !text.is_char_boundary(end) {
        end += 1;
    }
    let line_start = text[..start].rfind('\n').map_or(0, |i| i + 1);
    let line_end = text[start..].find('\n').map_or(text.len(), |i| start + i);
    let line = &text[line_start..line_end];
    let number = text[..start].matches('\n').count() + 1;
    // A long line is cut around the place.
    let before = text[line_start..start].chars().count();
    let skipped = before.saturating_sub(60);
    let shown: String = line.chars().skip(skipped).take(160).collect();
    let column = before - skipped;
    let width = text[start..end.min(line_end)]
        .chars()
        .take(160)
        .count()
        .clamp(1, 160usize.saturating_sub(column).max(1));
    writeln!(f, "  --> {what}, line {number}, column {}", before + 1)?;
    writeln!(f, "   |")?;
    writeln!(f, "   | {}", shown.replace(char::is_control, " "))?;
    writeln!(f, "   | {}{}", " ".repeat(column), "^".repeat(width))?;
    help(f, error)
}

/// The error in a message of bounded length: some quote the expression, which may be long.
fn shortened(error: &Error) -> String {
    const MOST: usize = 1_000;
    let text = error.to_string();
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}

fn help(f: &mut fmt::Formatter<'_>, error: &Error) -> fmt::Result {
    match &error.help {
        Some(help) => writeln!(f, "   = help: {help}"),
        None => Ok(()),
    }
}
