//! Where rows come from: files and generators, as Arrow batches.

mod files;
mod schema;
mod tpch;

pub(crate) use schema::definitions;

use crate::failure::Failure;
use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use sqlift::Schema;

/// An input that was opened.
pub(crate) struct Input {
    /// Its columns as Arrow has them.
    pub(crate) arrow: SchemaRef,
    /// Its columns as expressions see them.
    pub(crate) columns: Schema,
    /// Its batches.
    pub(crate) batches: Box<dyn Iterator<Item = Result<RecordBatch, Failure>>>,
    /// How many rows there are, if that is known.
    pub(crate) rows: Option<u64>,
    /// How many bytes it has, if it is a file.
    pub(crate) bytes: Option<u64>,
}

/// Opens a file by its ending, or a generator.
pub(crate) fn open(from: &str, schema: Option<&str>, batch: usize) -> Result<Input, Failure> {
    let given = schema.map(definitions).transpose()?;
    if let Some(table) = from.strip_prefix("tpch:") {
        if given.is_some() {
            return Err(Failure::Usage(
                "--schema has no meaning for a generator".to_owned(),
            ));
        }
        return tpch::open(table, batch);
    }
    let ending = from.rsplit_once('.').map(|(_, e)| e.to_ascii_lowercase());
    match ending.as_deref() {
        Some("csv") => files::csv(from, given, batch),
        Some("json" | "jsonl" | "ndjson") => files::json(from, given, batch),
        Some("parquet") => files::parquet(from, given, batch),
        _ => Err(Failure::Usage(format!(
            "`{from}` is no .csv, .json, .jsonl or .parquet file, nor tpch:TABLE"
        ))),
    }
}
