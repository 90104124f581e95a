//! Text of MySQL 9.7 expressions to a tree, and back.
//!
//! ```
//! use sqlift_syntax::{BinaryOp, ExprKind, Limits, Modes, parse, print};
//!
//! let expr = parse("price * qty > 1000 AND name LIKE 'a%'", Modes::default(), Limits::default())?;
//! assert!(matches!(expr.kind, ExprKind::Binary { op: BinaryOp::And, .. }));
//! assert_eq!(print(&expr), "price * qty > 1000 AND name LIKE 'a%'");
//!
//! let error = parse("1 + * 2", Modes::default(), Limits::default()).unwrap_err();
//! assert_eq!(error.code, 1064);
//! assert!(error.message.ends_with("near '* 2' at line 1"));
//! # Ok::<(), sqlift_syntax::Error>(())
//! ```
//!
//! The grammar is the whole of MySQL's expression grammar but for subqueries, window functions,
//! aggregate functions with `DISTINCT` or `*`, and full-text search, which are error 1235. Beyond MySQL's
//! grammar there are named parameters, `:name`. Names of character sets, collations and functions
//! are not looked up here (but for those of introducers), nor are lengths and precisions checked. `sql_mode` bits that change the grammar
//! come in as [`Modes`]; [`Limits`] bound depth and size. No input makes anything here panic or
//! use stack in proportion to it.
//!
//! The order of reading: `lexer` (bytes to tokens), `parser` (tokens to tree, with its own stack),
//! [`ast`] (the tree), `tree` (going through it), `print` and `mysql_text` (tree to text).
#![forbid(unsafe_code)]

pub mod ast;
pub mod types;

mod error;
mod keyword;
mod lexer;
mod modes;
mod mysql_text;
mod parser;
mod precedence;
mod print;
mod span;
mod text;
mod tree;

pub use ast::{BinaryOp, Expr, ExprKind, Ident, IntervalUnit, Literal, UnaryOp};
pub use error::Error;
pub use modes::{Limits, Modes};
pub use mysql_text::{ComparisonCasts, FractionDigits, TextContext, mysql_text};
pub use parser::list::Output;
pub use print::{print, print_with};
pub use span::Span;
pub use tree::Walk;
pub use types::{CastType, ColumnDefinition, ColumnType, DataType};

use parser::Parser;

/// Reads one expression that fills `text`.
///
/// # Errors
/// 1064 with MySQL's words for what is no expression, 1367 for a floating-point constant beyond
/// DOUBLE, 1583 for a named argument of a function, 1153 for a text beyond `limits`, and 1235 for
/// the parts of the grammar that are not expressions over one row.
pub fn parse(text: &str, modes: Modes, limits: Limits) -> Result<Expr, Error> {
    let mut parser = Parser::new(text, modes, limits)?;
    let expr = parser.expression()?;
    parser.finish()?;
    Ok(expr)
}

/// Reads a column's type with its attributes: `DECIMAL(12,2) UNSIGNED NOT NULL`.
///
/// ```
/// # use sqlift_syntax::{DataType, Limits, Modes, parse_column_type};
/// let ty = parse_column_type("BIGINT UNSIGNED", Modes::default(), Limits::default())?;
/// assert_eq!((ty.data, ty.unsigned), (DataType::BigInt(None), true));
/// # Ok::<(), sqlift_syntax::Error>(())
/// ```
///
/// # Errors
/// 1064 for what is no type, 1153 for a text beyond `limits`.
pub fn parse_column_type(text: &str, modes: Modes, limits: Limits) -> Result<ColumnType, Error> {
    let mut parser = Parser::new(text, modes, limits)?;
    let ty = parser.column_type()?;
    parser.finish()?;
    Ok(ty)
}

/// Reads column definitions: `id BIGINT NOT NULL, name VARCHAR(64)`. An empty text is an empty list.
///
/// # Errors
/// 1064 for what is no such list, 1153 for a text beyond `limits`.
pub fn parse_columns(
    text: &str,
    modes: Modes,
    limits: Limits,
) -> Result<Vec<ColumnDefinition>, Error> {
    let mut parser = Parser::new(text, modes, limits)?;
    let columns = parser.column_definitions()?;
    parser.finish()?;
    Ok(columns)
}

/// Reads an output list: `a + 1 AS next, UPPER(name)`.
///
/// # Errors
/// As [`parse`].
pub fn parse_outputs(text: &str, modes: Modes, limits: Limits) -> Result<Vec<Output>, Error> {
    let mut parser = Parser::new(text, modes, limits)?;
    let outputs = parser.outputs()?;
    parser.finish()?;
    Ok(outputs)
}
