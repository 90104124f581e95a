//! CSV and JSON lines.

use super::cells::Cells;
use super::{OutputColumn, Sink};
use crate::failure::Failure;
use arrow_array::ArrayRef;
use sqlift::{Datum, TypeKind};
use std::io::Write;

/// The line that names the columns.
pub(super) fn csv_header(sink: &mut Sink, columns: &[OutputColumn]) -> Result<(), Failure> {
    for (index, column) in columns.iter().enumerate() {
        if index > 0 {
            sink.write_all(b",")?;
        }
        field(sink, &column.name)?;
    }
    sink.write_all(b"\n")?;
    Ok(())
}

/// Rows as comma-separated values: NULL is an empty field, an empty string is `""`.
pub(super) fn csv(
    sink: &mut Sink,
    columns: &[OutputColumn],
    arrays: &[ArrayRef],
    rows: usize,
) -> Result<(), Failure> {
    let cells = cells(columns, arrays);
    for row in 0..rows {
        for (index, cell) in cells.iter().enumerate() {
            if index > 0 {
                sink.write_all(b",")?;
            }
            match cell.text(row) {
                Some(text) => field(sink, &text)?,
                // A line without anything would be passed over.
                None if cells.len() == 1 => sink.write_all(b"\\N")?,
                None => {}
            }
        }
        sink.write_all(b"\n")?;
    }
    Ok(())
}

fn field(sink: &mut Sink, text: &str) -> Result<(), Failure> {
    let needs_quotes = text.is_empty()
        || text == "\\N"
        || text.starts_with('\u{feff}')
        || text
            .bytes()
            .any(|b| matches!(b, b',' | b'"' | b'\n' | b'\r'));
    if !needs_quotes {
        return Ok(sink.write_all(text.as_bytes())?);
    }
    Ok(write!(sink, "\"{}\"", text.replace('"', "\"\""))?)
}

/// Rows as JSON objects, one a line: numbers are numbers, truth values `true` and `false`, JSON is itself, all else is text.
pub(super) fn json(
    sink: &mut Sink,
    columns: &[OutputColumn],
    arrays: &[ArrayRef],
    rows: usize,
) -> Result<(), Failure> {
    let cells = cells(columns, arrays);
    let text = |text: &str| serde_json::Value::from(text).to_string();
    let names: Vec<String> = columns.iter().map(|c| text(&c.name)).collect();
    for row in 0..rows {
        for (index, cell) in cells.iter().enumerate() {
            let separator = if index == 0 { "{" } else { "," };
            write!(sink, "{separator}{}:", names[index])?;
            match (columns[index].ty.kind, cell.datum(row)) {
                (_, Datum::Null) => sink.write_all(b"null")?,
                (TypeKind::Bool, value) => write!(sink, "{}", value != Datum::Int(0))?,
                (TypeKind::Year, Datum::UInt(year)) => write!(sink, "{year}")?,
                (kind, _) => {
                    let value = cell.text(row).unwrap_or_default();
                    let as_it_is =
                        kind == TypeKind::Json || kind.is_numeric() && kind != TypeKind::Bit;
                    match as_it_is {
                        true => sink.write_all(value.as_bytes())?,
                        false => sink.write_all(text(&value).as_bytes())?,
                    }
                }
            }
        }
        sink.write_all(b"}\n")?;
    }
    Ok(())
}

fn cells<'a>(columns: &'a [OutputColumn], arrays: &'a [ArrayRef]) -> Vec<Cells<'a>> {
    let pairs = arrays.iter().zip(columns);
    pairs.map(|(array, c)| Cells::new(array, &c.ty)).collect()
}
