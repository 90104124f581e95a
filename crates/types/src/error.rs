//! Errors: MySQL's code, SQLSTATE and words, with the place in the text.

use std::fmt;

/// A range of bytes of an expression's text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

/// An error as MySQL raises it.
///
/// The message is MySQL's; `span` says which part of the expression it is about; `help` is ours (a suggestion).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// MySQL's error number, such as 1690.
    pub code: u16,
    /// Five characters, such as `22003`.
    pub sqlstate: &'static str,
    /// The message as MySQL words it.
    pub message: String,
    /// The part of the text that it is about.
    pub span: Option<Span>,
    /// What may help, such as the name that was probably meant.
    pub help: Option<String>,
    /// The row of a batch (from 0) that raised it.
    pub row: Option<u64>,
    /// True when MySQL has the feature and sqlift does not yet: never to be mistaken for an answer of MySQL.
    pub unsupported: bool,
}

impl Error {
    /// An error from its parts.
    pub fn new(code: u16, sqlstate: &'static str, message: impl Into<String>) -> Error {
        Error {
            code,
            sqlstate,
            message: message.into(),
            span: None,
            help: None,
            row: None,
            unsupported: false,
        }
    }
    /// The same error with a place.
    pub fn at(mut self, span: Span) -> Error {
        self.span.get_or_insert(span);
        self
    }
    /// The same error with a suggestion.
    pub fn with_help(mut self, help: impl Into<String>) -> Error {
        self.help = Some(help.into());
        self
    }

    /// 1690: `BIGINT value is out of range in '(...)'`.
    pub fn out_of_range(type_name: &str, expression: &str) -> Error {
        Error::new(
            1690,
            "22003",
            format!("{type_name} value is out of range in '{expression}'"),
        )
    }
    /// 1054: unknown column.
    pub fn unknown_column(name: &str) -> Error {
        Error::new(
            1054,
            "42S22",
            format!("Unknown column '{name}' in 'field list'"),
        )
    }
    /// 1305: unknown function.
    pub fn unknown_function(name: &str) -> Error {
        Error::new(1305, "42000", format!("FUNCTION {name} does not exist"))
    }
    /// 1630: a function that the grammar knows, but not when spelled so (`NOW ()`).
    pub fn unknown_function_by_spelling(name: &str) -> Error {
        let message = format!(
            "FUNCTION {name} does not exist. Check the 'Function Name Parsing and Resolution' section in the Reference Manual"
        );
        Error::new(1630, "42000", message)
    }
    /// 1582: wrong number of arguments to a native function.
    pub fn wrong_arity(name: &str) -> Error {
        Error::new(
            1582,
            "42000",
            format!("Incorrect parameter count in the call to native function '{name}'"),
        )
    }
    /// 1241: an operand has the wrong number of columns (row constructors).
    pub fn operand_columns(columns: usize) -> Error {
        Error::new(
            1241,
            "21000",
            format!("Operand should contain {columns} column(s)"),
        )
    }
    /// 1210: wrong arguments.
    pub fn wrong_arguments(function: &str) -> Error {
        Error::new(1210, "HY000", format!("Incorrect arguments to {function}"))
    }
    /// 1525: a constant is no value of the type that it is compared with.
    pub fn wrong_value(type_name: &str, value: &str) -> Error {
        Error::new(
            1525,
            "HY000",
            format!("Incorrect {type_name} value: '{value}'"),
        )
    }
    /// 1436-like: the expression nests or costs more than the engine's limits allow.
    pub fn limit(what: &str) -> Error {
        Error::new(
            1436,
            "HY000",
            format!("Expression exceeds the limit: {what}"),
        )
    }
    /// 1235: MySQL has it, sqlift does not yet.
    pub fn unsupported(what: impl fmt::Display) -> Error {
        Error {
            unsupported: true,
            ..Error::new(
                1235,
                "42000",
                format!("This version of sqlift doesn't yet support '{what}'"),
            )
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "ERROR {} ({}): {}",
            self.code, self.sqlstate, self.message
        )
    }
}

impl std::error::Error for Error {}
