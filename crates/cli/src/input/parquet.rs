//! Parquet files.

use super::{Input, Total};
use crate::failure::Failure;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use std::fs::File;

pub(super) fn open(path: &str, batch: usize) -> Result<Input, Failure> {
    let wrong = |e: &dyn std::fmt::Display| Failure::file(path, e);
    let file = File::open(path).map_err(|e| wrong(&e))?;
    let bytes = file.metadata().map_err(|e| wrong(&e))?.len();
    let metadata =
        ArrowReaderMetadata::load(&file, ArrowReaderOptions::new()).map_err(|e| wrong(&e))?;
    let rows = metadata.metadata().file_metadata().num_rows();
    let columns = sqlift::arrow::schema_of(metadata.schema()).map_err(|e| wrong(&e))?;
    let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata)
        .with_batch_size(batch)
        .build()
        .map_err(|e| wrong(&e))?;
    let path = path.to_owned();
    Ok(Input {
        columns,
        batches: Box::new(reader.map(move |batch| batch.map_err(|e| Failure::file(&path, e)))),
        total: Total::Rows {
            rows: u64::try_from(rows).unwrap_or(0),
            bytes,
        },
    })
}
