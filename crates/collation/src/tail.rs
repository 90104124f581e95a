//! Whether texts that lie in one buffer end with a constant: a compare of one word or two for each.

/// How many bytes are looked at.
const SEEN: usize = 16;

/// A prepared test of the ends of texts: byte for byte, or but for the case of ASCII letters.
///
/// ```
/// use sqlift_collation::{CollationId, LikePattern};
/// let bin = CollationId::UTF8MB4_BIN.get().unwrap();
/// let pattern = LikePattern::new(bin, b"%na", None);
/// let test = pattern.tail_test().unwrap();
/// let mut hits = [false; 3];
/// // `anna`, `an`, and `a`: what begins before a text is not its end.
/// test.test_all([&[0, 4, 6], &[4, 6, 7]], b"annaana", &mut hits);
/// assert_eq!(hits, [true, false, false]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct TailTest {
    /// The constant, at the end of two words; letters are small where case does not count.
    words: [u64; 2],
    /// The bit of case, where it does not count.
    fold: [u64; 2],
    /// Ones where the constant is.
    mask: [u64; 2],
    /// Bytes of the constant.
    len: usize,
    only_ascii: bool,
}

impl TailTest {
    /// `None` for no bytes, or too many.
    pub(crate) fn new(constant: &[u8], fold: bool, only_ascii: bool) -> Option<TailTest> {
        let (mut words, mut folds, mut mask) = ([0; SEEN], [0; SEEN], [0; SEEN]);
        let first = SEEN.checked_sub(constant.len())?;
        for (i, byte) in constant.iter().enumerate() {
            let folded = fold && byte.is_ascii_alphabetic();
            let case = if folded { 0x20 } else { 0 };
            (words[first + i], folds[first + i]) = (byte | case, case);
            mask[first + i] = 0xFF;
        }
        let test = TailTest {
            words: two_words(&words),
            fold: two_words(&folds),
            mask: two_words(&mask),
            len: constant.len(),
            only_ascii,
        };
        (test.len > 0).then_some(test)
    }

    /// Whether it tells something of ASCII texts only: for others the rules of the collation have to be asked.
    pub fn only_ascii(&self) -> bool {
        self.only_ascii
    }

    /// Tests texts that stand in one buffer: row `i` has the bytes from `starts[i]` to `ends[i]`.
    ///
    /// # Panics
    ///
    /// When there are fewer starts or ends than places in `hits`.
    pub fn test_all(&self, bounds: [&[u32]; 2], bytes: &[u8], hits: &mut [bool]) {
        match self.len > 8 {
            true => self.each::<true>(bounds, bytes, hits),
            false => self.each::<false>(bounds, bytes, hits),
        }
    }

    fn each<const WIDE: bool>(&self, [starts, ends]: [&[u32]; 2], bytes: &[u8], hits: &mut [bool]) {
        // A copy, so that the loop need not read it again after each write.
        let test = *self;
        let rows = hits.len();
        let (starts, ends) = (&starts[..rows], &ends[..rows]);
        for row in 0..rows {
            let (start, end) = (starts[row] as usize, ends[row] as usize);
            // Bytes before the text do not matter: it is asked whether it is long enough.
            let last = if WIDE { SEEN } else { 8 };
            let words = match (WIDE, bytes.get(end.wrapping_sub(last)..end)) {
                (true, Some(seen)) => seen.first_chunk().map(two_words).unwrap_or_default(),
                (false, Some(seen)) => {
                    [0, seen.first_chunk().map_or(0, |b| u64::from_le_bytes(*b))]
                }
                (_, None) => padded_words(bytes.get(..end).unwrap_or_default()),
            };
            let mut differ = ((words[1] | test.fold[1]) ^ test.words[1]) & test.mask[1];
            if WIDE {
                differ |= ((words[0] | test.fold[0]) ^ test.words[0]) & test.mask[0];
            }
            hits[row] = (differ == 0) & (end.saturating_sub(start) >= test.len);
        }
    }
}

fn two_words(bytes: &[u8; SEEN]) -> [u64; 2] {
    let both = u128::from_le_bytes(*bytes);
    [both as u64, (both >> 64) as u64]
}

/// The last sixteen bytes, zeros before the beginning.
#[cold]
fn padded_words(text: &[u8]) -> [u64; 2] {
    let mut padded = [0; SEEN];
    let seen = &text[text.len().saturating_sub(SEEN)..];
    padded[SEEN - seen.len()..].copy_from_slice(seen);
    two_words(&padded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_by_bytes() {
        let bytes = b"alphaALPHAphaomegaphatheend0123456789abcdefghij";
        let mut bounds = Vec::new();
        for start in 0..bytes.len() {
            bounds.extend((start..=bytes.len()).map(|end| (start as u32, end as u32)));
        }
        let (starts, ends): (Vec<u32>, Vec<u32>) = bounds.iter().copied().unzip();
        let mut found = 0;
        for needle in [
            "a",
            "pha",
            "HA",
            "athe",
            "23456789",
            "123456789",
            "0123456789abcdef",
        ] {
            for fold in [false, true] {
                let test = TailTest::new(needle.as_bytes(), fold, false).expect("few bytes");
                let mut hits = vec![false; bounds.len()];
                test.test_all([&starts, &ends], bytes, &mut hits);
                for ((start, end), hit) in bounds.iter().zip(hits) {
                    let text = &bytes[*start as usize..*end as usize];
                    let tail = text.len().checked_sub(needle.len()).map(|at| &text[at..]);
                    let naive = tail.is_some_and(|tail| match fold {
                        true => tail.eq_ignore_ascii_case(needle.as_bytes()),
                        false => tail == needle.as_bytes(),
                    });
                    assert_eq!(hit, naive, "{needle} {fold} {start} {end}");
                    found += usize::from(hit);
                }
            }
        }
        assert!(found > 0);
    }

    #[test]
    fn neither_nothing_nor_too_much() {
        assert!(TailTest::new(b"", false, false).is_none());
        assert!(TailTest::new(&[b'a'; SEEN + 1], false, false).is_none());
    }
}
