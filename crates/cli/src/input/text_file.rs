//! Text files as batches: lines become records, the first records tell the types, records become columns.

use super::column::ColumnBuilder;
use super::infer::Guess;
use super::record::{Cell, Record, Written};
use super::schema::{duplicate, field};
use super::{Input, Total};
use crate::failure::Failure;
use arrow_array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow_schema::{Schema as ArrowSchema, SchemaRef};
use sqlift::{Column, Error, Schema, SqlType};
use std::cell::Cell as Shared;
use std::collections::VecDeque;
use std::fmt;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::rc::Rc;
use std::sync::Arc;

/// Rows that types are inferred from, and at most so many bytes of them.
const SAMPLE_ROWS: usize = 10_000;
const SAMPLE_BYTES: usize = 16 << 20;

/// Bytes of a row, and of the rows of a batch (whose texts have 32-bit offsets).
const MAX_ROW_BYTES: usize = 1 << 30;
const BATCH_BYTES: usize = 64 << 20;

/// A file line by line.
pub(super) struct Lines {
    path: String,
    reader: BufReader<File>,
    number: u64,
    ending: &'static [u8],
    read: Rc<Shared<u64>>,
}

impl Lines {
    /// Opens a file; gives its size as well.
    pub(super) fn open(path: &str) -> Result<(Lines, u64), Failure> {
        let file = File::open(path).map_err(|e| Failure::file(path, e))?;
        let meta = file.metadata().map_err(|e| Failure::file(path, e))?;
        if meta.is_dir() {
            return Err(Failure::file(path, "is a directory"));
        }
        let lines = Lines {
            path: path.to_owned(),
            reader: BufReader::with_capacity(1 << 18, file),
            number: 0,
            ending: b"\n",
            read: Rc::default(),
        };
        Ok((lines, meta.len()))
    }

    /// Passes over the mark that some programs put before UTF-8.
    pub(super) fn skip_byte_order_mark(&mut self) -> Result<(), Failure> {
        let start = self.reader.fill_buf();
        if start
            .map_err(|e| Failure::file(&self.path, e))?
            .starts_with(b"\xEF\xBB\xBF")
        {
            self.reader.consume(3);
        }
        Ok(())
    }

    /// The next line without its ending. `false` at the end of the file.
    pub(super) fn next(&mut self, line: &mut Vec<u8>) -> Result<bool, Failure> {
        line.clear();
        let mut limited = (&mut self.reader).take(MAX_ROW_BYTES as u64 + 1);
        let read = limited
            .read_until(b'\n', line)
            .map_err(|e| Failure::file(&self.path, e))?;
        self.number += 1;
        self.check_size(read)?;
        self.read.set(self.read.get() + read as u64);
        self.ending = b"";
        if line.pop_if(|b| *b == b'\n').is_some() {
            self.ending = b"\n";
            if line.pop_if(|b| *b == b'\r').is_some() {
                self.ending = b"\r\n";
            }
        }
        Ok(read > 0)
    }

    /// The ending of the last line.
    pub(super) fn ending(&self) -> &'static [u8] {
        self.ending
    }

    /// The number of the last line, from 1.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// An error for a row that is too large.
    pub(super) fn check_size(&self, bytes: usize) -> Result<(), Failure> {
        match bytes <= MAX_ROW_BYTES {
            true => Ok(()),
            false => Err(self.wrong_line(format!("a row of more than {MAX_ROW_BYTES} bytes"))),
        }
    }

    /// Something is wrong with the file.
    pub(super) fn wrong(&self, why: impl fmt::Display) -> Failure {
        Failure::file(&self.path, why)
    }

    /// Something is wrong with the last line.
    pub(super) fn wrong_line(&self, why: impl fmt::Display) -> Failure {
        self.wrong(format_args!("line {}: {why}", self.number))
    }
}

/// A file of records.
pub(super) trait Rows {
    /// The next record. `false` at the end.
    fn next(&mut self, record: &mut Record) -> Result<bool, Failure>;
    /// The names of the columns, as far as they are known.
    fn names(&self) -> &[String];
    /// Whether a header names the columns, so that there are no others.
    fn has_header(&self) -> bool;
    /// The file.
    fn lines(&self) -> &Lines;
}

/// Opens records as an input; `given` has the types of columns that are not to be inferred.
pub(super) fn open(
    mut rows: impl Rows + 'static,
    given: Option<Schema>,
    batch: usize,
    bytes: u64,
) -> Result<Input, Failure> {
    let mut sample = VecDeque::new();
    let mut sampled = 0;
    while sample.len() < SAMPLE_ROWS && sampled < SAMPLE_BYTES {
        let mut record = Record::default();
        if !rows.next(&mut record)? {
            break;
        }
        sampled += record.bytes.len();
        sample.push_back(record);
    }
    let (columns, inferred) = columns(&rows, given, &sample)?;
    let fields: Result<Vec<_>, Failure> = columns.iter().map(field).collect();
    let arrow: SchemaRef = Arc::new(ArrowSchema::new(fields?));
    let columns = Schema::from_columns(columns);
    let read = rows.lines().read.clone();
    let batches = Batches {
        rows,
        sample,
        columns: columns.clone(),
        inferred,
        arrow: arrow.clone(),
        batch,
        places: Vec::new(),
        named: 0,
        row: 0,
    };
    Ok(Input {
        columns,
        batches: Box::new(batches),
        total: Total::Bytes { all: bytes, read },
    })
}

/// The columns, each of its given or inferred type; and which are inferred.
fn columns(
    rows: &impl Rows,
    given: Option<Schema>,
    sample: &VecDeque<Record>,
) -> Result<(Vec<Column>, Vec<bool>), Failure> {
    let given = given.unwrap_or_default();
    let mut columns: Vec<Column> = Vec::new();
    let mut inferred = Vec::new();
    for (index, name) in rows.names().iter().enumerate() {
        if columns.iter().any(|c| same_name(&c.name, name)) {
            return Err(Failure::row(&rows.lines().path, duplicate(name)));
        }
        let known = given.columns().iter().find(|c| same_name(&c.name, name));
        inferred.push(known.is_none());
        columns.push(known.cloned().unwrap_or_else(|| Column {
            name: name.clone(),
            ty: inferred_type(sample, index),
            nullable: true,
        }));
    }
    for column in given.columns() {
        if columns.iter().any(|c| same_name(&c.name, &column.name)) {
            continue;
        }
        if !rows.has_header() {
            // An object need not have every key: the column is there, its values are NULL until one comes.
            columns.push(column.clone());
            inferred.push(false);
            continue;
        }
        let names = rows.names().join(", ");
        let error = Error::unknown_column(&column.name)
            .with_help(format!("the file has the columns {names}"));
        return Err(Failure::row(&rows.lines().path, error));
    }
    if columns.is_empty() {
        return Err(rows.lines().wrong("has no columns"));
    }
    Ok((columns, inferred))
}

fn inferred_type(sample: &VecDeque<Record>, column: usize) -> SqlType {
    let mut guess = Guess::default();
    for record in sample {
        let cell = record.cell(column);
        match cell.written {
            Written::Null => {}
            Written::String => guess.text(),
            _ => guess.see(cell.text),
        }
    }
    guess.sql_type()
}

fn same_name(a: &str, b: &str) -> bool {
    a == b || a.to_lowercase() == b.to_lowercase()
}

/// Batches made of records.
struct Batches<R> {
    rows: R,
    /// Records read to infer types, still to be given.
    sample: VecDeque<Record>,
    columns: Schema,
    inferred: Vec<bool>,
    arrow: SchemaRef,
    batch: usize,
    /// Where each column is in a record, for so many names of the file.
    places: Vec<Option<usize>>,
    named: usize,
    /// Rows given so far.
    row: u64,
}

impl<R: Rows> Batches<R> {
    fn fill(&mut self) -> Result<Option<RecordBatch>, Failure> {
        let columns = self.columns.clone();
        let columns = columns.columns().iter().zip(&self.inferred);
        let mut builders: Vec<ColumnBuilder<'_>> = columns
            .map(|(column, inferred)| ColumnBuilder::new(column, *inferred))
            .collect();
        let mut record = Record::default();
        let (mut rows, mut bytes) = (0, 0);
        while rows < self.batch && bytes < BATCH_BYTES {
            match self.sample.pop_front() {
                Some(sampled) => record = sampled,
                None if self.rows.next(&mut record)? => {}
                None => break,
            }
            self.push(&mut builders, &record)?;
            bytes += record.bytes.len();
            rows += 1;
            self.row += 1;
        }
        if rows == 0 {
            return Ok(None);
        }
        let arrays: Vec<ArrayRef> = builders.into_iter().map(ColumnBuilder::finish).collect();
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        RecordBatch::try_new_with_options(self.arrow.clone(), arrays, &options)
            .map(Some)
            .map_err(|e| self.rows.lines().wrong(e))
    }

    fn push(&mut self, builders: &mut [ColumnBuilder<'_>], record: &Record) -> Result<(), Failure> {
        self.find_columns()?;
        for (builder, place) in builders.iter_mut().zip(&self.places) {
            let cell = place.map_or(Cell::NULL, |place| record.cell(place));
            builder.push(cell, self.row + 1).map_err(|error| {
                let path = &self.rows.lines().path;
                Failure::row(format!("{path}, line {}", record.line), error)
            })?;
        }
        Ok(())
    }

    /// Where in a record each column is. Only JSON lines may bring new names, those of keys that were not met before.
    fn find_columns(&mut self) -> Result<(), Failure> {
        let names = self.rows.names();
        if self.named == names.len() {
            return Ok(());
        }
        let is_column = |name: &&String| {
            self.columns
                .columns()
                .iter()
                .any(|c| same_name(&c.name, name))
        };
        if let Some(name) = names.iter().find(|name| !is_column(name)) {
            return Err(self.rows.lines().wrong_line(format_args!(
                "the key `{name}` is in none of the rows that types are inferred from; give its type by --schema"
            )));
        }
        let place = |c: &Column| names.iter().position(|name| same_name(name, &c.name));
        self.places = self.columns.columns().iter().map(place).collect();
        self.named = names.len();
        Ok(())
    }
}

impl<R: Rows> Iterator for Batches<R> {
    type Item = Result<RecordBatch, Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        self.fill().transpose()
    }
}
