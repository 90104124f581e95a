//! Where rows go: a table, CSV, JSON lines, Parquet.

use crate::arguments::Format;
use crate::failure::Failure;
use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use std::fs::File;
use std::io::{BufWriter, Write};

/// Rows that a table shows; more are counted only, for a table is kept in memory whole.
const TABLE_ROWS: usize = 100;

/// An output that was opened.
pub(crate) enum Writer {
    /// A table, printed at the end.
    Table {
        /// The first rows.
        shown: Vec<RecordBatch>,
        /// How many rows there were.
        rows: usize,
        /// The columns.
        schema: SchemaRef,
        /// Where to.
        to: Sink,
    },
    /// Comma-separated values with a header.
    Csv(Box<arrow_csv::Writer<Sink>>),
    /// One JSON object a line.
    Json(Box<arrow_json::LineDelimitedWriter<Sink>>),
    /// Parquet.
    Parquet(Box<parquet::arrow::ArrowWriter<Sink>>),
}

type Sink = Box<dyn Write + Send>;

impl Writer {
    pub(crate) fn open(to: &str, format: Format, schema: &SchemaRef) -> Result<Writer, Failure> {
        let sink: Sink = match to {
            "-" if format == Format::Parquet
                && std::io::IsTerminal::is_terminal(&std::io::stdout()) =>
            {
                return Err(Failure::Usage(
                    "Parquet is not written to a terminal; give --to FILE".to_owned(),
                ));
            }
            "-" => Box::new(BufWriter::new(std::io::stdout())),
            path => Box::new(BufWriter::new(
                File::create(path).map_err(|e| Failure::file(path, e))?,
            )),
        };
        Ok(match format {
            Format::Table => Writer::Table {
                shown: Vec::new(),
                rows: 0,
                schema: schema.clone(),
                to: sink,
            },
            Format::Csv => Writer::Csv(Box::new(
                arrow_csv::WriterBuilder::new()
                    .with_header(true)
                    .build(sink),
            )),
            Format::Json => {
                let builder = arrow_json::WriterBuilder::new().with_explicit_nulls(true);
                Writer::Json(Box::new(
                    builder.build::<_, arrow_json::writer::LineDelimited>(sink),
                ))
            }
            Format::Parquet => {
                let writer = parquet::arrow::ArrowWriter::try_new(sink, schema.clone(), None);
                Writer::Parquet(Box::new(writer.map_err(|e| Failure::file(to, e))?))
            }
        })
    }

    pub(crate) fn write(&mut self, batch: &RecordBatch) -> Result<(), Failure> {
        match self {
            Writer::Table { shown, rows, .. } => {
                let room = TABLE_ROWS.saturating_sub(*rows).min(batch.num_rows());
                if room > 0 {
                    shown.push(batch.slice(0, room));
                }
                *rows += batch.num_rows();
                Ok(())
            }
            Writer::Csv(writer) => writer.write(batch).map_err(|e| Failure::file("output", e)),
            Writer::Json(writer) => writer.write(batch).map_err(|e| Failure::file("output", e)),
            Writer::Parquet(writer) => writer.write(batch).map_err(|e| Failure::file("output", e)),
        }
    }

    pub(crate) fn finish(self) -> Result<(), Failure> {
        match self {
            Writer::Table {
                mut shown,
                rows,
                schema,
                mut to,
            } => {
                if shown.is_empty() {
                    shown.push(RecordBatch::new_empty(schema));
                }
                let table = arrow_cast::pretty::pretty_format_batches(&shown);
                let table = table.map_err(|e| Failure::file("output", e))?;
                writeln!(to, "{table}")?;
                if rows > TABLE_ROWS {
                    writeln!(to, "{rows} rows, the first {TABLE_ROWS} shown")?;
                }
                to.flush()?;
            }
            Writer::Csv(writer) => writer.into_inner().flush()?,
            Writer::Json(mut writer) => {
                writer.finish().map_err(|e| Failure::file("output", e))?;
                writer.into_inner().flush()?;
            }
            Writer::Parquet(writer) => {
                let mut sink = writer
                    .into_inner()
                    .map_err(|e| Failure::file("output", e))?;
                sink.flush()?;
            }
        }
        Ok(())
    }
}
