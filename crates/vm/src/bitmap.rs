//! Bitmaps, as columns hold validity and truth values, to lanes of a byte a row, and back.

use bumpalo::Bump;

/// A bit a row, the lowest bit of a byte first, beginning at any bit.
#[derive(Clone, Copy, Debug)]
pub struct Bitmap<'c> {
    bytes: &'c [u8],
    offset: usize,
}

/// The bits of each byte, as lanes.
static LANES: [[bool; 8]; 256] = {
    let mut table = [[false; 8]; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut bit = 0;
        while bit < 8 {
            table[byte][bit] = byte >> bit & 1 == 1;
            bit += 1;
        }
        byte += 1;
    }
    table
};

impl<'c> Bitmap<'c> {
    /// The bits of `bytes` from bit `offset` on: row `i` has bit `offset + i`.
    pub fn new(bytes: &'c [u8], offset: usize) -> Bitmap<'c> {
        Bitmap { bytes, offset }
    }

    /// How many bits there are.
    pub fn rows(&self) -> usize {
        (self.bytes.len() * 8).saturating_sub(self.offset)
    }

    /// The bit of a row; false behind the end.
    pub fn get(&self, row: usize) -> bool {
        let bit = self.offset + row;
        let byte = self.bytes.get(bit / 8).copied().unwrap_or(0);
        byte >> (bit % 8) & 1 == 1
    }

    /// Eight bits a time, from row `start` on; missing ones are 0.
    fn windows(&self, start: usize) -> impl Iterator<Item = u8> + use<'c> {
        let first = self.offset + start;
        let bytes = self.bytes.get(first / 8..).unwrap_or(&[]);
        let shift = first % 8;
        let next = bytes.iter().skip(1).copied().chain([0]);
        let pairs = bytes.iter().zip(next);
        pairs.map(move |(low, high)| (u16::from_le_bytes([*low, high]) >> shift) as u8)
    }

    /// Whether the bits of all these rows are set.
    pub fn all(&self, start: usize, rows: usize) -> bool {
        let mut windows = self.windows(start);
        let whole = windows.by_ref().take(rows / 8);
        let (count, bits) = whole.fold((0, 0xFF), |(n, all), window| (n + 1, all & window));
        let last = match rows % 8 {
            0 => 0xFF,
            some => windows.next().unwrap_or(0) | 0xFF << some,
        };
        count == rows / 8 && bits & last == 0xFF
    }

    /// The bits of these rows as lanes.
    pub fn lanes<'r>(&self, start: usize, rows: usize, arena: &'r Bump) -> &'r [bool] {
        let lanes = arena.alloc_slice_fill_copy(rows, false);
        let mut windows = self.windows(start);
        let mut eights = lanes.chunks_exact_mut(8);
        for (eight, window) in eights.by_ref().zip(windows.by_ref()) {
            eight.copy_from_slice(&LANES[usize::from(window)]);
        }
        let rest = eights.into_remainder();
        if let Some(window) = windows.next() {
            rest.copy_from_slice(&LANES[usize::from(window)][..rest.len()]);
        }
        lanes
    }

    /// The validity of these rows as lanes; `None`: all are valid.
    pub fn validity<'r>(&self, start: usize, rows: usize, arena: &'r Bump) -> Option<&'r [bool]> {
        (!self.all(start, rows)).then(|| self.lanes(start, rows, arena))
    }
}

/// Lanes as the words of a bitmap, the lowest bit first; what is missing of the last word is 0.
///
/// ```
/// let words: Vec<u64> = sqlift_vm::columns::pack(&[true, false, true]).collect();
/// assert_eq!(words, [0b101]);
/// ```
pub fn pack(lanes: &[bool]) -> impl ExactSizeIterator<Item = u64> + '_ {
    // The product brings bit 0 of byte i to bit 56 + i; no two bits meet.
    const GATHER: u64 = 0x0102_0408_1020_4080;
    lanes.chunks(64).map(|lanes| {
        let (eights, rest) = lanes.as_chunks::<8>();
        let mut word = 0;
        for (i, eight) in eights.iter().enumerate() {
            let bytes = u64::from_le_bytes(eight.map(u8::from));
            word |= (bytes.wrapping_mul(GATHER) >> 56) << (8 * i);
        }
        for (i, lane) in rest.iter().enumerate() {
            word |= u64::from(*lane) << (8 * eights.len() + i);
        }
        word
    })
}
