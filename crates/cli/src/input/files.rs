//! CSV, JSON lines, Parquet.

use super::Input;
use super::schema::fields;
use crate::failure::Failure;
use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, Schema as ArrowSchema, SchemaRef};
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use sqlift::Schema;
use std::fs::File;
use std::io::{BufReader, Seek};
use std::sync::Arc;

/// Rows that types are inferred from.
const INFER_ROWS: usize = 10_000;

fn open(path: &str) -> Result<(File, u64), Failure> {
    let file = File::open(path).map_err(|e| Failure::file(path, e))?;
    let bytes = file.metadata().map_err(|e| Failure::file(path, e))?.len();
    Ok((file, bytes))
}

fn batches(
    path: &str,
    reader: impl Iterator<Item = Result<RecordBatch, ArrowError>> + 'static,
) -> Box<dyn Iterator<Item = Result<RecordBatch, Failure>>> {
    let path = path.to_owned();
    Box::new(reader.map(move |batch| batch.map_err(|e| Failure::file(&path, e))))
}

/// The columns as expressions see them: as given, else by their Arrow types.
fn columns(path: &str, given: Option<Schema>, arrow: &ArrowSchema) -> Result<Schema, Failure> {
    match given {
        Some(schema) => Ok(schema),
        None => sqlift::arrow::schema_of(arrow).map_err(|e| Failure::file(path, e)),
    }
}

pub(super) fn csv(path: &str, given: Option<Schema>, batch: usize) -> Result<Input, Failure> {
    let (mut file, bytes) = open(path)?;
    let format = arrow_csv::reader::Format::default().with_header(true);
    let (inferred, _) = format
        .infer_schema(BufReader::new(&file), Some(INFER_ROWS))
        .map_err(|e| Failure::file(path, e))?;
    file.rewind().map_err(|e| Failure::file(path, e))?;
    let arrow: SchemaRef = match &given {
        Some(schema) if schema.columns().len() != inferred.fields().len() => {
            let (has, wants) = (inferred.fields().len(), schema.columns().len());
            return Err(Failure::file(
                path,
                format!("has {has} columns, --schema {wants}"),
            ));
        }
        Some(schema) => Arc::new(ArrowSchema::new(fields(schema)?)),
        None => Arc::new(inferred),
    };
    let reader = arrow_csv::ReaderBuilder::new(arrow.clone())
        .with_header(true)
        .with_batch_size(batch);
    let reader = reader.build(file).map_err(|e| Failure::file(path, e))?;
    let columns = columns(path, given, &arrow)?;
    Ok(Input {
        columns,
        arrow,
        batches: batches(path, reader),
        rows: None,
        bytes: Some(bytes),
    })
}

pub(super) fn json(path: &str, given: Option<Schema>, batch: usize) -> Result<Input, Failure> {
    let (mut file, bytes) = open(path)?;
    let arrow: SchemaRef = match &given {
        Some(schema) => Arc::new(ArrowSchema::new(fields(schema)?)),
        None => {
            let inferred =
                arrow_json::reader::infer_json_schema(BufReader::new(&file), Some(INFER_ROWS));
            let (inferred, _) = inferred.map_err(|e| Failure::file(path, e))?;
            file.rewind().map_err(|e| Failure::file(path, e))?;
            Arc::new(inferred)
        }
    };
    let reader = arrow_json::ReaderBuilder::new(arrow.clone()).with_batch_size(batch);
    let reader = reader
        .build(BufReader::new(file))
        .map_err(|e| Failure::file(path, e))?;
    let columns = columns(path, given, &arrow)?;
    Ok(Input {
        columns,
        arrow,
        batches: batches(path, reader),
        rows: None,
        bytes: Some(bytes),
    })
}

pub(super) fn parquet(path: &str, given: Option<Schema>, batch: usize) -> Result<Input, Failure> {
    let (file, bytes) = open(path)?;
    let metadata = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new());
    let metadata = metadata.map_err(|e| Failure::file(path, e))?;
    let arrow = metadata.schema().clone();
    if let Some(schema) = &given
        && schema.columns().len() != arrow.fields().len()
    {
        let (has, wants) = (arrow.fields().len(), schema.columns().len());
        return Err(Failure::file(
            path,
            format!("has {has} columns, --schema {wants}"),
        ));
    }
    let rows = metadata.metadata().file_metadata().num_rows();
    let reader =
        ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata).with_batch_size(batch);
    let reader = reader.build().map_err(|e| Failure::file(path, e))?;
    let columns = columns(path, given, &arrow)?;
    let rows = u64::try_from(rows).ok();
    Ok(Input {
        columns,
        arrow,
        batches: batches(path, reader),
        rows,
        bytes: Some(bytes),
    })
}
