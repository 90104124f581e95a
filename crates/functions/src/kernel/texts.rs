//! Texts as columns hold them, in one buffer: tests look at them in place, and only what needs a slice a row makes it.

use super::batch::{BatchContext, Selection};
use super::vector::Lanes;
use crate::native::Bytes;
use bumpalo::Bump;
use sqlift_collation::{FindTest, HeadTest};
use std::cell::{Cell, OnceCell};
use std::fmt;

/// Texts of more bytes on average are not looked through for the sake of a test of their first bytes.
const LONG: usize = 64;

/// How lanes may be held other than as a slice of values.
pub trait Packing<'r, T>: Copy + fmt::Debug {
    /// The value in a row.
    fn value(self, row: usize) -> T;
    /// A value a row.
    fn values(self, arena: &'r Bump) -> &'r [T];
}

/// Numbers are held as values alone.
#[derive(Clone, Copy, Debug)]
pub enum Unpacked {}

impl<'r, T> Packing<'r, T> for Unpacked {
    fn value(self, _: usize) -> T {
        match self {}
    }
    fn values(self, _: &'r Bump) -> &'r [T] {
        match self {}
    }
}

/// Texts that stand in one buffer: row `i` has the bytes from `starts[i]` to `ends[i]`.
///
/// A part of each text is such texts again, without a byte copied.
pub struct Texts<'r> {
    starts: &'r [u32],
    /// None before its start, or behind the end of `bytes`.
    ends: &'r [u32],
    bytes: &'r [u8],
    /// Whether all texts are ASCII, once somebody has asked.
    is_ascii: OnceCell<bool>,
    /// The same of printable ASCII.
    is_printable: OnceCell<bool>,
    /// A slice a row, once somebody has asked for it.
    slices: OnceCell<&'r [&'r [u8]]>,
}

impl<'r> Texts<'r> {
    /// `None` if there are not as many starts as ends, or a text ends before its start or goes over the end.
    pub fn new(starts: &'r [u32], ends: &'r [u32], bytes: &'r [u8]) -> Option<Texts<'r>> {
        let mut ordered = starts.len() == ends.len();
        let mut last = 0;
        for (start, end) in starts.iter().zip(ends) {
            ordered &= start <= end;
            last = last.max(*end);
        }
        (ordered && last as usize <= bytes.len()).then_some(Texts {
            starts,
            ends,
            bytes,
            is_ascii: OnceCell::new(),
            is_printable: OnceCell::new(),
            slices: OnceCell::new(),
        })
    }

    /// Where each begins and ends in [`Texts::bytes`].
    pub fn bounds(&self) -> [&'r [u32]; 2] {
        [self.starts, self.ends]
    }

    /// The bytes of all rows, and perhaps others before, between and behind.
    pub fn bytes(&self) -> &'r [u8] {
        self.bytes
    }

    /// The text of a row.
    #[inline]
    pub fn text(&self, row: usize) -> &'r [u8] {
        &self.bytes[self.starts[row] as usize..self.ends[row] as usize]
    }

    /// From the first byte of any text to the last.
    fn span(&self) -> &'r [u8] {
        let first = self.starts.iter().copied().min().unwrap_or(0);
        let last = self.ends.iter().copied().max().unwrap_or(0);
        self.bytes
            .get(first as usize..last as usize)
            .unwrap_or_default()
    }

    /// Whether all texts, and what is between them, are ASCII.
    pub fn is_ascii(&self) -> bool {
        *self.is_ascii.get_or_init(|| self.span().is_ascii())
    }

    /// Whether all texts, and what is between them, are known to be printable ASCII: long ones are not looked at.
    fn is_printable(&self) -> bool {
        *self.is_printable.get_or_init(|| {
            let span = self.span();
            // Without a branch: the loop vectorises.
            let all = |all, byte: &u8| all & (byte.wrapping_sub(b' ') <= b'~' - b' ');
            span.len() <= LONG * self.starts.len() && span.iter().fold(true, all)
        })
    }
}

impl fmt::Debug for Texts<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} texts", self.starts.len())
    }
}

impl<'r> Packing<'r, &'r [u8]> for &'r Texts<'r> {
    #[inline]
    fn value(self, row: usize) -> &'r [u8] {
        self.text(row)
    }
    fn values(self, arena: &'r Bump) -> &'r [&'r [u8]] {
        self.slices
            .get_or_init(|| arena.alloc_slice_fill_with(self.starts.len(), |row| self.text(row)))
    }
}

/// Tests the beginnings of a chunk's texts; what the test cannot tell is `asked`, of the rows that are selected. `None` if there is one text
/// for all rows.
pub fn test_heads<'r>(
    test: &HeadTest,
    batch: &BatchContext<'r>,
    texts: &Lanes<'r, Bytes>,
    selection: Selection<'r>,
    asked: impl Fn(&[u8]) -> bool,
) -> Option<&'r mut [bool]> {
    let arena = batch.cx.arena;
    let texts = match *texts {
        Lanes::Packed { packed, .. } => packed,
        Lanes::Flat { values, .. } => {
            let hits = arena.alloc_slice_fill_copy(batch.rows, false);
            selection.for_each(|row| {
                hits[row] = test.test(values[row]).unwrap_or_else(|| asked(values[row]));
            });
            return Some(hits);
        }
        Lanes::Constant(_) => return None,
    };
    let hits = arena.alloc_slice_fill_copy(batch.rows, false);
    let unsure = arena.alloc_slice_fill_copy(batch.rows, false);
    let test = match test.has_doubts() && texts.is_printable() {
        true => test.of_printable(),
        false => *test,
    };
    if test.test_all(texts.bounds(), texts.bytes(), hits, unsure) {
        selection.for_each(|row| {
            if unsure[row] {
                hits[row] = asked(texts.text(row));
            }
        });
    }
    Some(hits)
}

/// Searches a chunk's texts; what the search cannot tell is `asked`, of the rows that are selected. `None` if the texts do not stand in
/// one buffer, or are so long that each had better be searched alone.
pub fn test_finds<'r>(
    test: &FindTest,
    batch: &BatchContext<'r>,
    texts: &Lanes<'r, Bytes>,
    selection: Selection<'r>,
    asked: impl Fn(&[u8]) -> bool,
) -> Option<&'r mut [bool]> {
    thread_local! {
        static PLACES: Cell<Vec<u64>> = const { Cell::new(Vec::new()) };
    }
    let Lanes::Packed { packed: texts, .. } = *texts else {
        return None;
    };
    let (bounds, bytes) = (texts.bounds(), texts.bytes());
    let hits = batch.cx.arena.alloc_slice_fill_copy(batch.rows, false);
    let mut places = PLACES.take();
    let done = batch
        .arch
        .dispatch(|| test.test_all(bounds, bytes, hits, &mut places));
    PLACES.set(places);
    if !done {
        return None;
    }
    if test.only_ascii() && !texts.is_ascii() {
        selection.for_each(|row| {
            let text = texts.text(row);
            if !text.is_ascii() {
                hits[row] = asked(text);
            }
        });
    }
    Some(hits)
}
