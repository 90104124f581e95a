//! Where rows go: a table, CSV, JSON lines, Parquet.

mod cells;
mod text;

use crate::arguments::Format;
use crate::failure::Failure;
use crate::input::duplicate;
use arrow_array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow_schema::{DataType, Field, Schema as ArrowSchema, SchemaRef};
use sqlift::SqlType;
use std::fs::File;
use std::io::{BufWriter, IsTerminal, Write};
use std::path::PathBuf;
use std::sync::Arc;

/// Rows that a table shows; more are counted only, for a table is kept in memory whole.
const TABLE_ROWS: usize = 100;

/// A column that comes out.
#[derive(Clone, Debug)]
pub(crate) struct OutputColumn {
    /// Its name.
    pub(crate) name: String,
    /// Its type.
    pub(crate) ty: SqlType,
}

type Sink = Box<dyn Write + Send>;

/// An output that was opened.
pub(crate) struct Writer {
    columns: Vec<OutputColumn>,
    form: Form,
    place: Place,
}

enum Form {
    /// A table, printed at the end: its first rows, and how many there were.
    Table(Vec<RecordBatch>, usize, Sink),
    /// Comma-separated values behind a header.
    Csv(Sink),
    /// One JSON object a line.
    Json(Sink),
    Parquet(Box<parquet::arrow::ArrowWriter<Sink>>),
}

/// Where the output goes. A file is written beside its place and put there when it is whole: a run that fails leaves the old file
/// alone, and a run may read the file that it replaces.
enum Place {
    Direct,
    File { written: PathBuf, wanted: PathBuf },
}

impl Place {
    fn open(to: &str) -> Result<(Place, Sink), Failure> {
        if to == "-" {
            return Ok((Place::Direct, Box::new(BufWriter::new(std::io::stdout()))));
        }
        let wanted = PathBuf::from(to);
        let wrong = |e| Failure::file(to, e);
        // A pipe or a device is not replaced.
        if wanted.metadata().is_ok_and(|m| !m.is_file() && !m.is_dir()) {
            let file = File::options().write(true).open(&wanted).map_err(wrong)?;
            return Ok((Place::Direct, Box::new(BufWriter::new(file))));
        }
        if wanted.is_dir() {
            return Err(Failure::file(to, "is a directory"));
        }
        let mut name = wanted.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.part", std::process::id()));
        let written = wanted.with_file_name(name);
        let file = File::create(&written).map_err(wrong)?;
        Ok((
            Place::File { written, wanted },
            Box::new(BufWriter::new(file)),
        ))
    }

    fn keep(mut self) -> Result<(), Failure> {
        if let Place::File { written, wanted } = &self {
            std::fs::rename(written, wanted)
                .map_err(|e| Failure::file(&wanted.display().to_string(), e))?;
        }
        self = Place::Direct;
        drop(self);
        Ok(())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Place::File { written, .. } = self {
            // It is in the way of nobody if it cannot be removed.
            let _ = std::fs::remove_file(written);
        }
    }
}

impl Writer {
    pub(crate) fn open(
        to: &str,
        format: Format,
        columns: Vec<OutputColumn>,
    ) -> Result<Writer, Failure> {
        if to == "-" && format == Format::Parquet && std::io::stdout().is_terminal() {
            let what = "Parquet is not written to a terminal; give --to FILE";
            return Err(Failure::Usage(what.to_owned()));
        }
        if matches!(format, Format::Json | Format::Parquet) {
            unique(&columns)?;
        }
        let (place, mut sink) = Place::open(to)?;
        let form = match format {
            Format::Table => Form::Table(Vec::new(), 0, sink),
            Format::Csv => {
                text::csv_header(&mut sink, &columns)?;
                Form::Csv(sink)
            }
            Format::Json => Form::Json(sink),
            Format::Parquet => {
                let schema = schema(&columns, cells::stored_type);
                let writer = parquet::arrow::ArrowWriter::try_new(sink, schema, None);
                Form::Parquet(Box::new(writer.map_err(parquet_failure)?))
            }
        };
        Ok(Writer {
            columns,
            form,
            place,
        })
    }

    /// Writes the arrays of so many rows.
    pub(crate) fn write(&mut self, arrays: &[ArrayRef], rows: usize) -> Result<(), Failure> {
        match &mut self.form {
            Form::Table(shown, seen, _) => {
                let room = TABLE_ROWS.saturating_sub(*seen).min(rows);
                *seen += rows;
                if room > 0 || shown.is_empty() {
                    let slices = arrays.iter().zip(&self.columns);
                    let texts = slices.map(|(a, c)| cells::texts(&a.slice(0, room), &c.ty));
                    let schema = schema(&self.columns, |_| DataType::Utf8);
                    shown.push(batch(schema, texts.collect(), room)?);
                }
                Ok(())
            }
            Form::Csv(sink) => text::csv(sink, &self.columns, arrays, rows),
            Form::Json(sink) => text::json(sink, &self.columns, arrays, rows),
            Form::Parquet(writer) => {
                let columns = arrays.iter().zip(&self.columns);
                let stored = columns.map(|(array, c)| cells::stored(array, &c.ty));
                let schema = schema(&self.columns, cells::stored_type);
                let batch = batch(schema, stored.collect(), rows)?;
                writer.write(&batch).map_err(parquet_failure)
            }
        }
    }

    /// Ends the output; without this, a file is not put in its place.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        let mut sink = match self.form {
            Form::Table(mut shown, rows, mut sink) => {
                if shown.is_empty() {
                    let schema = schema(&self.columns, |_| DataType::Utf8);
                    shown.push(RecordBatch::new_empty(schema));
                }
                let options = arrow_cast::display::FormatOptions::new().with_null("NULL");
                let table =
                    arrow_cast::pretty::pretty_format_batches_with_options(&shown, &options);
                writeln!(sink, "{}", table.map_err(|e| Failure::file("table", e))?)?;
                if rows > TABLE_ROWS {
                    writeln!(sink, "{rows} rows, the first {TABLE_ROWS} shown")?;
                }
                sink
            }
            Form::Csv(sink) | Form::Json(sink) => sink,
            Form::Parquet(writer) => writer.into_inner().map_err(parquet_failure)?,
        };
        sink.flush()?;
        drop(sink);
        self.place.keep()
    }
}

fn schema(columns: &[OutputColumn], ty: impl Fn(&SqlType) -> DataType) -> SchemaRef {
    let fields = columns.iter().map(|c| Field::new(&c.name, ty(&c.ty), true));
    Arc::new(ArrowSchema::new(fields.collect::<Vec<_>>()))
}

fn batch(schema: SchemaRef, arrays: Vec<ArrayRef>, rows: usize) -> Result<RecordBatch, Failure> {
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    RecordBatch::try_new_with_options(schema, arrays, &options)
        .map_err(|e| Failure::file("output", e))
}

/// Tables and CSV may have two columns of a name, as results of MySQL may; elsewhere one would hide the other.
fn unique(columns: &[OutputColumn]) -> Result<(), Failure> {
    for (index, column) in columns.iter().enumerate() {
        let name = column.name.to_lowercase();
        if columns[..index]
            .iter()
            .any(|c| c.name.to_lowercase() == name)
        {
            return Err(Failure::setting(
                duplicate(&column.name).with_help("name one of them otherwise: EXPR AS name"),
            ));
        }
    }
    Ok(())
}

/// The error of a stream that a Parquet error may hide, so that a closed pipe is seen.
fn parquet_failure(error: parquet::errors::ParquetError) -> Failure {
    match error {
        parquet::errors::ParquetError::External(inner) => {
            match inner.downcast::<std::io::Error>() {
                Ok(error) => Failure::Stream(*error),
                Err(other) => Failure::file("output", other),
            }
        }
        other => Failure::file("output", other),
    }
}
