//! Texts and binary strings on their way into an Arrow array: one buffer, and where each row ends.

use arrow_array::{ArrayRef, BinaryArray, StringArray};
use arrow_buffer::{Buffer, NullBuffer, OffsetBuffer};
use sqlift_functions::kernel::{Lanes, Texts, put_text};
use sqlift_functions::native::Bytes;
use std::sync::Arc;

/// The values collected so far.
#[derive(Debug)]
pub(super) struct Collected {
    /// Where each row ends, behind a zero.
    ends: Vec<i32>,
    bytes: Vec<u8>,
}

impl Collected {
    pub(super) fn new() -> Collected {
        let (ends, bytes) = (vec![0], Vec::new());
        Collected { ends, bytes }
    }

    /// Forgets the values and makes room for so many.
    pub(super) fn begin(&mut self, rows: usize) {
        self.ends.clear();
        self.ends.reserve_exact(rows + 1);
        self.ends.push(0);
        self.bytes.clear();
        self.bytes.reserve(rows * 8);
    }

    /// Where each row ends, behind a zero, and all bytes.
    pub(super) fn slices(&self) -> (&[i32], &[u8]) {
        (&self.ends, &self.bytes)
    }

    /// Appends a row; nothing for NULL.
    ///
    /// # Panics
    ///
    /// When there are more than 2 GiB, which Arrow's arrays do not hold.
    pub(super) fn push(&mut self, value: &[u8]) {
        self.bytes.extend_from_slice(value);
        self.ends.push(end(self.bytes.len()));
    }

    /// Appends rows as they are.
    pub(super) fn push_bytes(&mut self, lanes: &Lanes<'_, Bytes>, rows: usize) {
        match lanes {
            _ if self.push_block(lanes, rows) => {}
            Lanes::Packed { packed, valid } => self.push_packed(packed, *valid, rows),
            _ => (0..rows).for_each(|row| self.push(lanes.get(row).unwrap_or_default())),
        }
    }

    /// Appends rows that stand anywhere in one buffer.
    fn push_packed(&mut self, texts: &Texts<'_>, valid: Option<&[bool]>, rows: usize) {
        let [starts, ends] = texts.bounds().map(|of_row| &of_row[..rows]);
        let length = |row: usize| match valid {
            Some(valid) if !valid[row] => 0,
            _ => (ends[row] - starts[row]) as usize,
        };
        let mut at = self.bytes.len();
        let all: usize = (0..rows).map(length).sum();
        let _ = end(at + all);
        self.bytes.resize(at + all, 0);
        for (row, start) in starts.iter().enumerate() {
            let length = length(row);
            put_text(
                &mut self.bytes,
                at,
                &texts.bytes()[*start as usize..],
                length,
            );
            at += length;
            self.ends.push(at as i32);
        }
    }

    /// Appends rows as text: what is no UTF-8 is replaced.
    pub(super) fn push_texts(&mut self, lanes: &Lanes<'_, Bytes>, rows: usize) {
        let is_ascii = matches!(lanes, Lanes::Packed { packed, .. } if packed.is_ascii());
        if is_ascii {
            self.push_bytes(lanes, rows);
            return;
        }
        for row in 0..rows {
            let text = String::from_utf8_lossy(lanes.get(row).unwrap_or_default());
            self.push(text.as_bytes());
        }
    }

    /// Appends rows, none of them NULL, that stand one behind the other in one buffer. `false`: they do not.
    fn push_block(&mut self, lanes: &Lanes<'_, Bytes>, rows: usize) -> bool {
        let Lanes::Packed {
            packed,
            valid: None,
        } = lanes
        else {
            return false;
        };
        let Some((block, starts, ends)) = block(packed, rows) else {
            return false;
        };
        let before = self.bytes.len();
        self.bytes.extend_from_slice(block);
        // All are at most the last, which fits.
        let _ = end(self.bytes.len());
        let moved = (before as u32).wrapping_sub(starts[0]);
        let ends = ends.iter().map(|end| end.wrapping_add(moved) as i32);
        self.ends.extend(ends);
        true
    }

    /// The array of UTF-8 texts.
    pub(super) fn into_texts(self, valid: Option<NullBuffer>) -> ArrayRef {
        let offsets = OffsetBuffer::new(self.ends.into());
        Arc::new(StringArray::new(
            offsets,
            Buffer::from_vec(self.bytes),
            valid,
        ))
    }

    /// The array of binary strings.
    pub(super) fn into_binary(self, valid: Option<NullBuffer>) -> ArrayRef {
        let offsets = OffsetBuffer::new(self.ends.into());
        Arc::new(BinaryArray::new(
            offsets,
            Buffer::from_vec(self.bytes),
            valid,
        ))
    }
}

fn end(bytes: usize) -> i32 {
    i32::try_from(bytes).expect("an array of texts has less than 2 GiB")
}

/// The bytes of texts that stand one behind the other, with their starts and ends.
fn block<'r>(texts: &Texts<'r>, rows: usize) -> Option<(&'r [u8], &'r [u32], &'r [u32])> {
    let [starts, ends] = texts.bounds().map(|of_row| &of_row[..rows]);
    let (first, last) = (*starts.first()?, *ends.last()?);
    let together = starts[1..].iter().zip(&ends[..rows - 1]);
    let gaps = together.fold(false, |gaps, (start, end)| gaps | (start != end));
    let bytes = texts.bytes().get(first as usize..last as usize)?;
    (!gaps).then_some((bytes, starts, ends))
}
