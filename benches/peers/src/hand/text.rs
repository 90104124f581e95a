//! The two expressions over text.

use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use memchr::memmem::Finder;

/// `CASE WHEN c = 'alpha' THEN price * 2 WHEN s LIKE 'PROMO%' THEN price ELSE 0 END`. Prices have twelve digits: twice one has a place.
pub(super) fn case(batch: &RecordBatch, prices: &[i128], out: &mut [i128]) {
    let (c, s) = (
        batch.column(9).as_string::<i32>(),
        batch.column(10).as_string::<i32>(),
    );
    let (c_at, c_bytes) = (c.value_offsets(), c.value_data());
    let (s_at, s_bytes) = (s.value_offsets(), s.value_data());
    let rows = c_at.windows(2).zip(s_at.windows(2)).zip(prices);
    for (out, ((c, s), price)) in out.iter_mut().zip(rows) {
        let is_alpha = (c[1] - c[0] == 5) & (head(c_bytes, c[0]) == word(b"alpha"));
        let is_promo = (s[1] - s[0] >= 5) & (head(s_bytes, s[0]) == word(b"PROMO"));
        // All ones where it is so.
        let (alpha, promo) = (-i128::from(is_alpha), -i128::from(is_promo));
        *out = (price << 1 & alpha) | (price & promo & !alpha);
    }
}

/// Five letters as a number.
const fn word(letters: &[u8; 5]) -> u64 {
    let [a, b, c, d, e] = *letters;
    u64::from_le_bytes([a, b, c, d, e, 0, 0, 0])
}

/// The five bytes from here on, as a number; those behind the end are 0.
#[inline(always)]
fn head(bytes: &[u8], at: i32) -> u64 {
    let at = at as usize;
    let eight = match bytes.get(at..at + 8) {
        Some(eight) => eight.try_into().map_or(0, u64::from_le_bytes),
        None => {
            let mut eight = [0; 8];
            let rest = &bytes[at..];
            eight[..rest.len()].copy_from_slice(rest);
            u64::from_le_bytes(eight)
        }
    };
    eight & 0xFF_FFFF_FFFF
}

/// `UPPER(SUBSTR(s, 1, 5)) = 'PROMO' OR s LIKE '%xyz%'`.
pub(super) struct Search(Finder<'static>);

impl Default for Search {
    fn default() -> Search {
        Search(Finder::new(b"xyz"))
    }
}

impl Search {
    /// A byte a row. The word is looked for in all texts at once; a find across the border of two is none.
    pub(super) fn matches(&self, batch: &RecordBatch, out: &mut [u8]) {
        let s = batch.column(10).as_string::<i32>();
        let (at, bytes) = (s.value_offsets(), s.value_data());
        for (out, s) in out.iter_mut().zip(at.windows(2)) {
            // Without the bit in which a small letter differs from a great one.
            let upper = head(bytes, s[0]) & 0xDF_DFDF_DFDF;
            *out = u8::from((s[1] - s[0] >= 5) & (upper == word(b"PROMO")));
        }
        let mut row = 0;
        for found in self.0.find_iter(bytes) {
            while at[row + 1] as usize <= found {
                row += 1;
            }
            out[row] |= u8::from(found + 3 <= at[row + 1] as usize);
        }
    }
}
