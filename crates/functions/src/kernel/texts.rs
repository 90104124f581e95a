//! Texts as columns hold them, in one buffer: tests look at them in place, and only what needs a slice a row makes it.

use super::batch::{BatchContext, Selection};
use super::vector::Lanes;
use crate::native::Bytes;
use bumpalo::Bump;
use sqlift_collation::{FindTest, HeadTest, TailTest};
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
    /// The values that stand at these places.
    fn at(self, places: &'r [u32], arena: &'r Bump) -> Self;
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
    fn at(self, _: &'r [u32], _: &'r Bump) -> Self {
        match self {}
    }
}

/// Texts that stand in one buffer: row `i` has the bytes from `starts[i]` to `ends[i]`.
///
/// A part of each text is such texts again, without a byte copied.
pub struct Texts<'r> {
    /// `starts` and `ends`: none before its start, or behind the end of `bytes`. Those of a dictionary's rows once somebody has asked.
    bounds: OnceCell<[&'r [u32]; 2]>,
    bytes: &'r [u8],
    entries: Option<Entries<'r>>,
    /// From the first byte of any text to the last, once somebody has asked.
    span: OnceCell<&'r [u8]>,
    /// Whether all texts are ASCII, once somebody has asked.
    is_ascii: OnceCell<bool>,
    /// The same of printable ASCII.
    is_printable: OnceCell<bool>,
    /// A slice a row, once somebody has asked for it.
    slices: OnceCell<&'r [&'r [u8]]>,
}

/// The entries of a dictionary, and which each row has.
#[derive(Clone, Copy)]
pub(super) struct Entries<'r> {
    /// A place among the entries for each row.
    pub(super) places: &'r [u32],
    pub(super) texts: &'r Texts<'r>,
    arena: &'r Bump,
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
        (ordered && last as usize <= bytes.len())
            .then(|| Texts::held(OnceCell::from([starts, ends]), bytes, None))
    }

    /// Texts one behind the other: row `i` has the bytes from `offsets[i]` to `offsets[i + 1]`. `None` if they are not.
    pub fn between(offsets: &'r [u32], bytes: &'r [u8], arch: pulp::Arch) -> Option<Texts<'r>> {
        let (first, last) = (*offsets.first()?, *offsets.last()?);
        let (starts, ends) = (&offsets[..offsets.len() - 1], &offsets[1..]);
        let ordered = arch.dispatch(
            #[inline(always)]
            || {
                let pairs = starts.iter().zip(ends);
                pairs.fold(true, |ordered, (start, end)| ordered & (start <= end))
            },
        );
        let span = bytes.get(first as usize..last as usize)?;
        ordered.then(|| Texts {
            span: OnceCell::from(span),
            ..Texts::held(OnceCell::from([starts, ends]), bytes, None)
        })
    }

    /// Texts of a dictionary: row `i` has the text `places[i]` of `entries`, which must have one there.
    pub fn of_entries(places: &'r [u32], entries: &'r Texts<'r>, arena: &'r Bump) -> Texts<'r> {
        let given = Entries {
            places,
            texts: entries,
            arena,
        };
        Texts::held(OnceCell::new(), entries.bytes, Some(given))
    }

    fn held(
        bounds: OnceCell<[&'r [u32]; 2]>,
        bytes: &'r [u8],
        entries: Option<Entries<'r>>,
    ) -> Texts<'r> {
        Texts {
            bounds,
            bytes,
            entries,
            span: OnceCell::new(),
            is_ascii: OnceCell::new(),
            is_printable: OnceCell::new(),
            slices: OnceCell::new(),
        }
    }

    /// How many texts.
    pub fn rows(&self) -> usize {
        match &self.entries {
            Some(entries) => entries.places.len(),
            None => self.bounds()[0].len(),
        }
    }

    /// Where each begins and ends in [`Texts::bytes`].
    pub fn bounds(&self) -> [&'r [u32]; 2] {
        *self.bounds.get_or_init(|| match self.entries {
            Some(entries) => entries.texts.bounds().map(|of_entry| {
                let at = |row: usize| of_entry[entries.places[row] as usize];
                let rows = entries.places.len();
                &*entries.arena.alloc_slice_fill_with(rows, at)
            }),
            // Given when they were made.
            None => [&[], &[]],
        })
    }

    /// The bytes of all rows, and perhaps others before, between and behind.
    pub fn bytes(&self) -> &'r [u8] {
        self.bytes
    }

    /// The entries, of texts of a dictionary.
    pub(super) fn entries(&self) -> Option<Entries<'r>> {
        self.entries
    }

    /// The text of a row.
    #[inline]
    pub fn text(&self, row: usize) -> &'r [u8] {
        let [starts, ends] = self.bounds();
        &self.bytes[starts[row] as usize..ends[row] as usize]
    }

    /// From the first byte of any text to the last.
    fn span(&self) -> &'r [u8] {
        self.span.get_or_init(|| {
            if let Some(entries) = &self.entries {
                return entries.texts.span();
            }
            let [starts, ends] = self.bounds();
            let first = starts.iter().copied().min().unwrap_or(0);
            let last = ends.iter().copied().max().unwrap_or(0);
            let span = self.bytes.get(first as usize..last as usize);
            span.unwrap_or_default()
        })
    }

    /// Whether all texts, and what is between them, are ASCII.
    pub fn is_ascii(&self) -> bool {
        *self.is_ascii.get_or_init(|| self.span().is_ascii())
    }

    /// Whether all texts, and what is between them, are known to be printable ASCII: long ones are not looked at.
    fn is_printable(&self, arch: pulp::Arch) -> bool {
        *self.is_printable.get_or_init(|| {
            let span = self.span();
            // Without a branch: the loop vectorises.
            let all = |all, byte: &u8| all & (byte.wrapping_sub(b' ') <= b'~' - b' ');
            span.len() <= LONG * self.rows()
                && arch.dispatch(
                    #[inline(always)]
                    || span.iter().fold(true, all),
                )
        })
    }
}

impl<'r> Texts<'r> {
    /// A part of each text: `part` is given the bytes of one, and gives where the part begins in it and how many bytes it has, none of
    /// them behind its end.
    pub fn parts(
        &self,
        batch: &BatchContext<'r>,
        part: impl Fn(u32) -> (u32, u32),
    ) -> Option<&'r Texts<'r>> {
        let arena = batch.cx.arena;
        let [starts, ends] = self.bounds();
        let (starts, ends) = (&starts[..batch.rows], &ends[..batch.rows]);
        let begins = |row: usize| starts[row] + part(ends[row] - starts[row]).0;
        let begins = batch.arch.dispatch(
            #[inline(always)]
            || &*arena.alloc_slice_fill_with(batch.rows, begins),
        );
        let stops = |row: usize| begins[row] + part(ends[row] - starts[row]).1;
        let stops = batch.arch.dispatch(
            #[inline(always)]
            || &*arena.alloc_slice_fill_with(batch.rows, stops),
        );
        Some(arena.alloc(Texts::new(begins, stops, self.bytes)?))
    }

    /// The texts after a change of bytes that leaves each where it is. `None` if there is much between the texts, or they are long.
    pub fn changed(
        &self,
        batch: &BatchContext<'r>,
        change: impl Fn(&mut [u8]),
    ) -> Option<&'r Texts<'r>> {
        let arena = batch.cx.arena;
        let (span, bounds) = (self.span(), self.bounds());
        if span.len() > LONG * self.rows() {
            return None;
        }
        let bytes = arena.alloc_slice_copy(span);
        change(bytes);
        let first = bounds[0].iter().copied().min().unwrap_or(0);
        let [starts, ends] = match first {
            0 => bounds,
            _ => bounds.map(|of_row| {
                &*arena.alloc_slice_fill_with(of_row.len(), |row| of_row[row] - first)
            }),
        };
        Some(arena.alloc(Texts::new(starts, ends, bytes)?))
    }
}

impl fmt::Debug for Texts<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} texts", self.rows())
    }
}

impl<'r> Packing<'r, &'r [u8]> for &'r Texts<'r> {
    #[inline]
    fn value(self, row: usize) -> &'r [u8] {
        self.text(row)
    }
    fn values(self, arena: &'r Bump) -> &'r [&'r [u8]] {
        self.slices
            .get_or_init(|| arena.alloc_slice_fill_with(self.rows(), |row| self.text(row)))
    }
    fn at(self, places: &'r [u32], arena: &'r Bump) -> Self {
        arena.alloc(Texts::of_entries(places, self, arena))
    }
}

/// Copies the first bytes of `text` to where they belong. What stands behind them there must be still to be written: sixteen bytes take less
/// time than a copy of just so many.
#[inline(always)]
pub fn put_text(out: &mut [u8], at: usize, text: &[u8], length: usize) {
    const SHORT: usize = 16;
    let place = out[at..].first_chunk_mut::<SHORT>();
    match (place, text.first_chunk::<SHORT>()) {
        (Some(place), Some(text)) if length <= SHORT => *place = *text,
        _ => out[at..at + length].copy_from_slice(&text[..length]),
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
    let test = match test.has_doubts() && texts.is_printable(batch.arch) {
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
    if test.only_ascii() {
        ask_others(texts, hits, selection, asked);
    }
    Some(hits)
}

/// Tests the ends of a chunk's texts; what the test cannot tell is `asked`, of the rows that are selected. `None` if the texts do not
/// stand in one buffer.
pub fn test_tails<'r>(
    test: &TailTest,
    batch: &BatchContext<'r>,
    texts: &Lanes<'r, Bytes>,
    selection: Selection<'r>,
    asked: impl Fn(&[u8]) -> bool,
) -> Option<&'r mut [bool]> {
    let Lanes::Packed { packed: texts, .. } = *texts else {
        return None;
    };
    let hits = batch.cx.arena.alloc_slice_fill_copy(batch.rows, false);
    test.test_all(texts.bounds(), texts.bytes(), hits);
    if test.only_ascii() {
        ask_others(texts, hits, selection, asked);
    }
    Some(hits)
}

/// Asks for the texts that are not ASCII.
fn ask_others(
    texts: &Texts<'_>,
    hits: &mut [bool],
    selection: Selection<'_>,
    asked: impl Fn(&[u8]) -> bool,
) {
    if texts.is_ascii() {
        return;
    }
    selection.for_each(|row| {
        let text = texts.text(row);
        if !text.is_ascii() {
            hits[row] = asked(text);
        }
    });
}
