//! Where rows come from: files and generators, as Arrow batches.

mod column;
mod csv;
mod infer;
mod json;
mod parquet;
mod record;
mod schema;
mod text_file;
mod tpch;

pub(crate) use schema::{definitions, duplicate};

use crate::failure::Failure;
use arrow_array::RecordBatch;
use sqlift::Schema;
use std::cell::Cell;
use std::rc::Rc;

/// An input that was opened.
pub(crate) struct Input {
    /// Its columns as expressions see them.
    pub(crate) columns: Schema,
    /// Its batches.
    pub(crate) batches: Box<dyn Iterator<Item = Result<RecordBatch, Failure>>>,
    /// How much there is.
    pub(crate) total: Total,
}

/// How much there is to read.
pub(crate) enum Total {
    /// A text file: all its bytes, and those read so far.
    Bytes {
        /// All; 0 of what is no file on a disk.
        all: u64,
        /// So far.
        read: Rc<Cell<u64>>,
    },
    /// A file of so many rows in so many bytes.
    Rows {
        /// Rows.
        rows: u64,
        /// Bytes.
        bytes: u64,
    },
    /// Nobody knows before the end.
    Unknown,
}

/// Opens a file by its ending, or a generator.
pub(crate) fn open(from: &str, schema: Option<&str>, batch: usize) -> Result<Input, Failure> {
    let given = schema
        .map(|text| definitions("--schema", text))
        .transpose()?;
    let typed = |what: &str| match given {
        Some(_) => Err(Failure::Usage(format!(
            "--schema is for CSV and JSON lines: {what} has types of its own"
        ))),
        None => Ok(()),
    };
    if let Some(table) = from.strip_prefix("tpch:") {
        typed("a generator")?;
        return tpch::open(table, batch);
    }
    let ending = from.rsplit_once('.').map(|(_, e)| e.to_ascii_lowercase());
    match ending.as_deref() {
        Some("csv") => {
            let (lines, bytes) = text_file::Lines::open(from)?;
            text_file::open(csv::Csv::open(lines)?, given, batch, bytes)
        }
        Some("json" | "jsonl" | "ndjson") => {
            let (lines, bytes) = text_file::Lines::open(from)?;
            text_file::open(json::Json::open(lines)?, given, batch, bytes)
        }
        Some("parquet") => {
            typed("a Parquet file")?;
            parquet::open(from, batch)
        }
        _ => Err(Failure::Usage(format!(
            "`{from}` is no .csv, .json, .jsonl, .ndjson or .parquet file, nor tpch:TABLE"
        ))),
    }
}
