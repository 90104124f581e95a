//! Where a constant stands within texts that lie in one buffer: all their bytes are searched at once.
//!
//! Each place where the first bytes of the constant stand is a bit; a text matches if one of its own bits is set. So the search knows
//! nothing of where texts begin, has no branch for each of them, and vectorises.

/// How many bytes of the constant are looked for at once.
const SEEN: usize = 4;

/// Texts of more bytes on average are searched one by one: a search can stop at the first place that is found.
const LONG: usize = 64;

const BLOCK: usize = 64;

/// A prepared search for a constant in texts: byte for byte, or but for the case of ASCII letters.
///
/// ```
/// use sqlift_collation::{CollationId, LikePattern};
/// let bin = CollationId::UTF8MB4_BIN.get().unwrap();
/// let pattern = LikePattern::new(bin, b"%na%", None);
/// let test = pattern.find_test().unwrap();
/// let mut hits = [false; 3];
/// // `anna`, `an`, and `a`: what goes over the end of a text is no place.
/// assert!(test.test_all([&[0, 4, 6], &[4, 6, 7]], b"annaana", &mut hits, &mut Vec::new()));
/// assert_eq!(hits, [true, false, false]);
/// ```
#[derive(Clone, Debug)]
pub struct FindTest {
    /// What is looked for; letters are small where case does not count.
    constant: Vec<u8>,
    /// The bit of case of each byte, where it does not count.
    fold: Vec<u8>,
    only_ascii: bool,
}

impl FindTest {
    /// `None` for no bytes.
    pub(crate) fn new(constant: &[u8], fold: bool, only_ascii: bool) -> Option<FindTest> {
        let folded = |byte: &u8| fold && byte.is_ascii_alphabetic();
        let (small, folds) = constant
            .iter()
            .map(|byte| match folded(byte) {
                true => (byte | 0x20, 0x20),
                false => (*byte, 0),
            })
            .unzip();
        (!constant.is_empty()).then_some(FindTest {
            constant: small,
            fold: folds,
            only_ascii,
        })
    }

    /// Whether it tells something of ASCII texts only: for others the rules of the collation have to be asked.
    pub fn only_ascii(&self) -> bool {
        self.only_ascii
    }

    /// Whether it stands in a text.
    pub fn test(&self, text: &[u8]) -> bool {
        match self.constant.len() {
            1 => self.one::<1>(text),
            2 => self.one::<2>(text),
            3 => self.one::<3>(text),
            _ => self.one::<SEEN>(text),
        }
    }

    /// Tests texts that stand in one buffer: row `i` has the bytes from `starts[i]` to `ends[i]`. Gives false, and nothing else, if the
    /// texts had better be tested one by one. `scratch` is for the search alone.
    ///
    /// # Panics
    ///
    /// When there are fewer starts or ends than places in `hits`, or a text has its end before its start or behind the buffer.
    #[inline(always)]
    pub fn test_all(
        &self,
        [starts, ends]: [&[u32]; 2],
        bytes: &[u8],
        hits: &mut [bool],
        scratch: &mut Vec<u64>,
    ) -> bool {
        let rows = hits.len();
        let (starts, ends) = (&starts[..rows], &ends[..rows]);
        let first = starts.iter().copied().min().unwrap_or(0);
        let last = ends.iter().copied().max().unwrap_or(0);
        let Some(searched) = bytes.get(first as usize..last as usize) else {
            return rows == 0;
        };
        if searched.len() > rows * LONG {
            return false;
        }
        match self.constant.len() {
            1 => self.places::<1, 64>(searched, scratch),
            2 => self.places::<2, 65>(searched, scratch),
            3 => self.places::<3, 66>(searched, scratch),
            _ => self.places::<SEEN, 67>(searched, scratch),
        }
        let found: usize = scratch.iter().map(|word| word.count_ones() as usize).sum();
        let gaps = ends.iter().zip(starts.iter().skip(1));
        let apart = gaps.fold(true, |apart, (end, next)| apart & (end <= next));
        // To look for the text of a place takes as long as to look at the places of some texts.
        if apart && found * 8 <= rows {
            self.each_place([starts, ends], first, bytes, hits, scratch);
        } else {
            self.each_row([starts, ends], first, bytes, hits, scratch);
        }
        true
    }

    /// A bit for each place where the first bytes stand. A window is a block and what goes over its end.
    #[inline(always)]
    fn places<const N: usize, const WINDOW: usize>(&self, searched: &[u8], places: &mut Vec<u64>) {
        places.clear();
        let wanted: [u8; N] = std::array::from_fn(|i| self.constant[i]);
        let fold: [u8; N] = std::array::from_fn(|i| self.fold[i]);
        let mut at = 0;
        while at < searched.len() {
            let rest = &searched[at..];
            let word = match rest.first_chunk::<WINDOW>() {
                Some(window) => in_window(window, wanted, fold),
                None => {
                    let mut window = [0; WINDOW];
                    window[..rest.len()].copy_from_slice(rest);
                    in_window(&window, wanted, fold)
                }
            };
            places.push(word);
            at += BLOCK;
        }
        // A row's bits are read two words at a time.
        places.extend([0, 0]);
    }

    /// Which texts the places are in, of texts one behind the other.
    fn each_place(
        &self,
        [starts, ends]: [&[u32]; 2],
        first: u32,
        bytes: &[u8],
        hits: &mut [bool],
        places: &[u64],
    ) {
        hits.fill(false);
        for (block, word) in places.iter().enumerate() {
            let mut word = *word;
            while word != 0 {
                let place = first as usize + block * BLOCK + word.trailing_zeros() as usize;
                word &= word - 1;
                let row = ends.partition_point(|end| *end as usize <= place);
                let (Some(start), Some(end)) = (starts.get(row), ends.get(row)) else {
                    continue;
                };
                let here = bytes[..*end as usize].get(place..place + self.constant.len());
                hits[row] |= *start as usize <= place && here.is_some_and(|here| self.is(here));
            }
        }
    }

    /// Whether it is these bytes, which are as many.
    fn is(&self, bytes: &[u8]) -> bool {
        let mut all = bytes.iter().zip(&self.constant).zip(&self.fold);
        all.all(|((byte, wanted), fold)| byte | fold == *wanted)
    }

    /// Which texts have a place of their own.
    #[inline(always)]
    fn each_row(
        &self,
        [starts, ends]: [&[u32]; 2],
        first: u32,
        bytes: &[u8],
        hits: &mut [bool],
        places: &[u64],
    ) {
        let rows = hits.len();
        let len = self.constant.len() as u32;
        let (starts, ends) = (&starts[..rows], &ends[..rows]);
        let mut long = false;
        for row in 0..rows {
            let (start, end) = (starts[row] - first, ends[row] - first);
            let count = (end - start + 1).saturating_sub(len);
            let word = bits_at(places, start);
            let own = if count >= 64 {
                u64::MAX
            } else {
                (1 << count) - 1
            };
            hits[row] = word & own != 0;
            long |= count > 64;
        }
        if long || self.constant.len() > SEEN {
            for row in 0..rows {
                let (start, end) = (starts[row] - first, ends[row] - first);
                let text = &bytes[starts[row] as usize..ends[row] as usize];
                let unseen = (end - start + 1).saturating_sub(len) > 64 && !hits[row];
                if unseen || hits[row] && self.constant.len() > SEEN {
                    hits[row] = self.test(text);
                }
            }
        }
    }

    fn one<const N: usize>(&self, text: &[u8]) -> bool {
        let wanted: [u8; N] = std::array::from_fn(|i| self.constant[i]);
        let fold: [u8; N] = std::array::from_fn(|i| self.fold[i]);
        let Some(last) = text.len().checked_sub(self.constant.len()) else {
            return false;
        };
        // Eight places at a time; the last eight of a text overlap those before.
        let same = |at: usize| {
            let zipped = text[at..].iter().zip(&self.constant).zip(&self.fold);
            zipped
                .into_iter()
                .all(|((byte, wanted), fold)| byte | fold == *wanted)
        };
        let spread = |byte: u8| u64::from_le_bytes([byte; 8]);
        let mut at = 0;
        while let Some(window) = text.get(at..at + 8 + N - 1) {
            let mut differ = 0;
            for i in 0..N {
                let word = window[i..]
                    .first_chunk()
                    .map_or(0, |b| u64::from_le_bytes(*b));
                differ |= (word | spread(fold[i])) ^ spread(wanted[i]);
            }
            if has_zero(differ)
                && (N == self.constant.len() || (at..at + 8).any(|at| at <= last && same(at)))
            {
                return true;
            }
            at += 8;
        }
        (at..=last).any(same)
    }
}

/// Whether one of eight bytes is zero.
#[inline(always)]
fn has_zero(word: u64) -> bool {
    const ONES: u64 = 0x0101_0101_0101_0101;
    word.wrapping_sub(ONES) & !word & (ONES << 7) != 0
}

/// A bit for each of the first 64 places.
#[inline(always)]
fn in_window<const N: usize, const WINDOW: usize>(
    window: &[u8; WINDOW],
    wanted: [u8; N],
    fold: [u8; N],
) -> u64 {
    let mut here = [true; BLOCK];
    for i in 0..N {
        for (at, here) in here.iter_mut().enumerate() {
            *here &= window[at + i] | fold[i] == wanted[i];
        }
    }
    let any = here.iter().fold(false, |any, here| any | here);
    if any { packed(&here) } else { 0 }
}

/// The product brings bit 0 of byte i to bit 56 + i; no two bits meet.
#[inline(always)]
fn packed(here: &[bool; BLOCK]) -> u64 {
    const GATHER: u64 = 0x0102_0408_1020_4080;
    let (eights, _) = here.as_chunks::<8>();
    let mut word = 0;
    for (i, eight) in eights.iter().enumerate() {
        let bytes = u64::from_le_bytes(eight.map(u8::from));
        word |= (bytes.wrapping_mul(GATHER) >> 56) << (8 * i);
    }
    word
}

/// The 64 bits from a bit on; there must be a word behind the one it is in.
#[inline(always)]
fn bits_at(places: &[u64], bit: u32) -> u64 {
    let at = bit as usize / 64;
    match places.get(at..at + 2) {
        Some([low, high]) => low >> (bit % 64) | (high << 1) << (63 - bit % 64),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every needle in every way to cut a text into rows.
    #[test]
    fn rows_have_their_own_places_only() {
        let bytes: Vec<u8> = b"xyzxyXYZzyxxyzzxyzyzxyzabcxyzABCDEFGxyzxyzx".repeat(9);
        let needles: [&[u8]; 6] = [b"x", b"xy", b"xyz", b"xyza", b"abcxyz", b"zx"];
        for needle in needles {
            for fold in [false, true] {
                let test = FindTest::new(needle, fold, false).expect("bytes");
                for step in [1, 2, 3, 7, 63] {
                    let mut offsets: Vec<u32> = (5..bytes.len() as u32).step_by(step).collect();
                    offsets.push(bytes.len() as u32);
                    offsets.push(bytes.len() as u32);
                    let mut hits = vec![false; offsets.len() - 1];
                    let rows = [&offsets[..offsets.len() - 1], &offsets[1..]];
                    assert!(test.test_all(rows, &bytes, &mut hits, &mut Vec::new()));
                    for (row, hit) in hits.iter().enumerate() {
                        let text = &bytes[offsets[row] as usize..offsets[row + 1] as usize];
                        let naive = text.windows(needle.len()).any(|window| match fold {
                            true => window.eq_ignore_ascii_case(needle),
                            false => window == needle,
                        });
                        assert_eq!(*hit, naive, "{needle:?} {fold} {step} {row}");
                        assert_eq!(test.test(text), naive, "{needle:?} {fold} {step} {row}");
                    }
                }
            }
        }
    }

    /// Few places are looked up, of rows with and without something between them.
    #[test]
    fn rare_places_are_of_one_row() {
        let bytes = [
            &b"-".repeat(70)[..],
            b"needle-needlE-need",
            &b".".repeat(50),
            b"needle",
        ]
        .concat();
        for (len, gap) in [
            (1, 0),
            (4, 0),
            (5, 2),
            (6, 0),
            (7, 0),
            (9, 1),
            (20, 3),
            (75, 0),
        ] {
            let starts: Vec<u32> = (0..bytes.len() as u32).step_by(len + gap).collect();
            // Rows without a text are many, so that places are few.
            let empty = std::iter::repeat_n(bytes.len() as u32, 200);
            let end = |start: &u32| (start + len as u32).min(bytes.len() as u32);
            let ends: Vec<u32> = starts.iter().map(end).chain(empty.clone()).collect();
            let starts: Vec<u32> = starts.into_iter().chain(empty).collect();
            for needle in [&b"needle"[..], b"need", b"ed", b"-"] {
                for fold in [false, true] {
                    let test = FindTest::new(needle, fold, false).expect("bytes");
                    let mut hits = vec![true; starts.len()];
                    let rows = [&starts[..], &ends[..]];
                    assert!(test.test_all(rows, &bytes, &mut hits, &mut Vec::new()));
                    for (row, hit) in hits.iter().enumerate() {
                        let text = &bytes[starts[row] as usize..ends[row] as usize];
                        assert_eq!(*hit, test.test(text), "{needle:?} {fold} {len} {row}");
                    }
                }
            }
        }
    }

    #[test]
    fn long_rows_among_short_ones() {
        let long = [b"a".repeat(100), b"xyz".to_vec(), b"a".repeat(100)].concat();
        let bytes = [&long[..], &b"b".repeat(300), b"xyz"].concat();
        let mut offsets = vec![0, long.len() as u32];
        offsets.extend((0..9).map(|i| long.len() as u32 + 300 + i / 3));
        offsets.push(bytes.len() as u32);
        let mut hits = vec![false; offsets.len() - 1];
        let test = FindTest::new(b"xyz", false, false).expect("bytes");
        let rows = [&offsets[..offsets.len() - 1], &offsets[1..]];
        assert!(test.test_all(rows, &bytes, &mut hits, &mut Vec::new()));
        let naive: Vec<bool> = offsets
            .windows(2)
            .map(|o| {
                bytes[o[0] as usize..o[1] as usize]
                    .windows(3)
                    .any(|w| w == b"xyz")
            })
            .collect();
        assert_eq!(hits, naive);
    }
}
