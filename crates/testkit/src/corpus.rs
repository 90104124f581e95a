//! The conformance corpus: expressions and what a MySQL 9.7.4 server answered.
//!
//! A corpus is a folder with one file an area, `rows.json` (the table that column cases read) and
//! `functions.tsv` (the server's scalar functions). An area is either `<area>.jsonl`, one case a line, or
//! `<area>.cases`, the same cases packed ([`pack`]). Both forms hold the same information and convert into each
//! other without loss; the repository keeps the packed one.
//!
//! Reading is strict: an unknown key, a row that lacks a cell, an id met outside its area is an error with
//! file and line, because a case that is silently misread proves nothing.

mod case;
mod error;
mod functions;
mod json;
pub mod pack;
mod read;
mod table;

pub use case::{
    Answer, Case, Cell, Collation, Input, Meta, ResultColumn, Settings, SqlError, Warning,
};
pub use error::CorpusError;
pub use functions::FunctionEntry;
pub use json::to_json_line;
pub use read::{Area, Cases, Corpus};
pub use table::{Column, Table};
