//! A row of a text file: its cells as text, not yet of any type.

use std::ops::Range;

/// The cells of a row. One is used again for row after row.
#[derive(Clone, Debug, Default)]
pub(super) struct Record {
    /// The text of all cells.
    pub(super) bytes: Vec<u8>,
    /// Where each cell is, and how it was written.
    pub(super) cells: Vec<(Range<usize>, Written)>,
    /// The line of the file that it begins in, from 1.
    pub(super) line: u64,
}

/// How a cell was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Written {
    /// Not at all: NULL.
    Null,
    /// Without quotes.
    Bare,
    /// In the quotes of CSV, which say nothing of its type.
    Quoted,
    /// As a string of JSON, which is text.
    String,
}

/// One cell of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cell<'a> {
    /// Its text.
    pub(super) text: &'a [u8],
    /// How it was written.
    pub(super) written: Written,
}

impl Cell<'_> {
    /// A cell that is not there.
    pub(super) const NULL: Cell<'static> = Cell {
        text: &[],
        written: Written::Null,
    };
}

impl Record {
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.cells.clear();
    }

    /// Adds a cell of the bytes from `start` on.
    pub(super) fn end_cell(&mut self, start: usize, written: Written) {
        self.cells.push((start..self.bytes.len(), written));
    }

    /// The cell of a column; NULL where the row has none.
    pub(super) fn cell(&self, column: usize) -> Cell<'_> {
        match self.cells.get(column) {
            Some((range, written)) => Cell {
                text: &self.bytes[range.clone()],
                written: *written,
            },
            None => Cell::NULL,
        }
    }
}
