//! Whether a text begins with, or is, a constant: a compare of two words for nearly all texts.
//!
//! The test looks at the first sixteen bytes only, and says so when they do not decide: then the rules of the collation are asked. What
//! makes it right is said by whoever prepares it: [`Collation::equal_test`], [`LikePattern::head_test`](crate::LikePattern::head_test).

use crate::case::Change;
use crate::collation::{AsciiEquality, Collation, Pad};
use crate::rules::Rules;
use std::cmp::Ordering;

/// How many bytes are looked at.
const SEEN: usize = 16;

const HIGH: u64 = 0x8080_8080_8080_8080;
const ONES: u64 = 0x0101_0101_0101_0101;

/// Ones in the first so many bytes of two words.
const MASKS: [[u64; 2]; SEEN + 1] = {
    let mut masks = [[0; 2]; SEEN + 1];
    let mut len = 1;
    while len <= SEEN {
        masks[len] = if len <= 8 {
            [u64::MAX >> (64 - 8 * len), 0]
        } else {
            [u64::MAX, u64::MAX >> (128 - 8 * len)]
        };
        len += 1;
    }
    masks
};

/// Which texts match whose first bytes are those of the constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// All of them.
    Anywhere,
    /// Those that end there.
    Here,
    /// Those that end there; and perhaps longer ones, if what follows weighs nothing: no printable ASCII does.
    HereOrUnseen,
    /// Those that end there; and perhaps longer ones, if what follows weighs nothing or is spaces.
    HereOrSpaces,
}

/// Which bytes say nothing of the text, so that the rules have to be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Doubt {
    /// None: bytes decide.
    Never,
    /// Those that are not ASCII.
    NotAscii,
    /// Those that are not printable ASCII: a control character may weigh nothing.
    NotPrintable,
}

/// A prepared test of the beginning of texts.
///
/// ```
/// use sqlift_collation::CollationId;
/// let ai_ci = CollationId::UTF8MB4_0900_AI_CI.get().unwrap();
/// let test = ai_ci.equal_test(b"Alpha").unwrap();
/// assert_eq!(test.test(b"aLPHA"), Some(true));
/// assert_eq!(test.test(b"alpine"), Some(false));
/// // Nothing that is seen at once: an accent, or a character behind that may weigh nothing.
/// assert_eq!(test.test("álpha".as_bytes()), None);
/// assert_eq!(test.test(b"alpha\0"), None);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct HeadTest {
    /// The first bytes of the constant; letters are small where case does not count.
    words: [u64; 2],
    /// The bit of case, where it does not count.
    fold: [u64; 2],
    /// Ones where the constant is.
    mask: [u64; 2],
    /// Bytes of the constant.
    len: usize,
    /// Only the first so many bytes of a text count.
    take: usize,
    end: End,
    doubt: Doubt,
}

impl HeadTest {
    pub(crate) fn new(
        constant: &[u8],
        fold: bool,
        take: Option<usize>,
        end: End,
        doubt: Doubt,
    ) -> HeadTest {
        let mut words = [0; SEEN];
        let mut folds = [0; SEEN];
        for (i, byte) in constant.iter().take(SEEN).enumerate() {
            let folded = fold && byte.is_ascii_alphabetic();
            words[i] = if folded { byte | 0x20 } else { *byte };
            folds[i] = if folded { 0x20 } else { 0 };
        }
        HeadTest {
            words: two_words(&words),
            fold: two_words(&folds),
            mask: MASKS[constant.len().min(SEEN)],
            len: constant.len(),
            take: take.unwrap_or(usize::MAX),
            end,
            doubt,
        }
    }

    /// The same test for texts of which is known that they are printable ASCII alone.
    pub fn of_printable(self) -> HeadTest {
        let end = match self.end {
            End::HereOrUnseen => End::Here,
            end => end,
        };
        HeadTest {
            doubt: Doubt::Never,
            end,
            ..self
        }
    }

    /// Whether there are characters that say nothing of a text.
    pub fn has_doubts(&self) -> bool {
        self.doubt != Doubt::Never
    }

    /// Whether a text matches; `None`: its first bytes do not tell.
    #[inline]
    pub fn test(&self, text: &[u8]) -> Option<bool> {
        let words = padded_words(text);
        let (hit, unsure) = match self.doubt {
            Doubt::Never => self.verdict::<true, 0>(words, text.len()),
            Doubt::NotAscii => self.verdict::<true, 1>(words, text.len()),
            Doubt::NotPrintable => self.verdict::<true, 2>(words, text.len()),
        };
        (!unsure).then_some(hit)
    }

    /// Whether a text whose bytes say everything may yet be unsure.
    fn has_unseen(&self) -> bool {
        self.len > SEEN || matches!(self.end, End::HereOrUnseen | End::HereOrSpaces)
    }

    /// Tests texts that stand in one buffer: row `i` has the bytes from `starts[i]` to `ends[i]`. Gives whether there is any text that it
    /// cannot tell; which those are is in `unsure`.
    ///
    /// # Panics
    ///
    /// When there are fewer starts, ends, or places in `unsure`, than places in `hits`.
    pub fn test_all(
        &self,
        [starts, ends]: [&[u32]; 2],
        bytes: &[u8],
        hits: &mut [bool],
        unsure: &mut [bool],
    ) -> bool {
        let bounds = [starts, ends];
        match (self.len > 8, self.doubt) {
            (false, Doubt::Never) if self.has_unseen() => {
                self.plainly::<8, true>(bounds, bytes, hits, unsure)
            }
            (false, Doubt::Never) => self.plainly::<8, false>(bounds, bytes, hits, unsure),
            (true, Doubt::Never) if !self.has_unseen() => {
                self.plainly::<SEEN, false>(bounds, bytes, hits, unsure)
            }
            (false, Doubt::NotAscii) => self.each::<false, 1>(bounds, bytes, hits, unsure),
            (false, Doubt::NotPrintable) => self.each::<false, 2>(bounds, bytes, hits, unsure),
            (true, Doubt::Never) => self.each::<true, 0>(bounds, bytes, hits, unsure),
            (true, Doubt::NotAscii) => self.each::<true, 1>(bounds, bytes, hits, unsure),
            (true, Doubt::NotPrintable) => self.each::<true, 2>(bounds, bytes, hits, unsure),
        }
    }

    /// As [`HeadTest::each`], where no byte raises a doubt and the constant is looked at whole: with as little as possible a row. `UNSEEN`:
    /// whether longer texts may be unsure.
    fn plainly<const N: usize, const UNSEEN: bool>(
        &self,
        [starts, ends]: [&[u32]; 2],
        bytes: &[u8],
        hits: &mut [bool],
        unsure: &mut [bool],
    ) -> bool {
        let rows = hits.len();
        let unsure = &mut unsure[..rows];
        let (starts, ends) = (&starts[..rows], &ends[..rows]);
        // Bits that do not count are set on both sides.
        let either: [u64; 2] = std::array::from_fn(|i| self.fold[i] | !self.mask[i]);
        let wanted: [u64; 2] = std::array::from_fn(|i| self.words[i] | !self.mask[i]);
        // A text that is cut matches when it has all that is looked at.
        let more = match (self.end, self.take.cmp(&self.len)) {
            (_, Ordering::Less) => {
                hits.fill(false);
                unsure.fill(false);
                return false;
            }
            (End::Anywhere, _) | (_, Ordering::Equal) => usize::MAX / 2,
            _ => 0,
        };
        let mut any = false;
        let rows = hits.iter_mut().zip(unsure).zip(starts).zip(ends);
        for (((hit, unsure), start), end) in rows {
            let (start, end) = (*start as usize, *end as usize);
            let words = match bytes.get(start..start + N) {
                Some(head) => std::array::from_fn(|i| {
                    let word = head.get(8 * i..8 * i + 8).and_then(|w| w.first_chunk());
                    word.map_or(u64::MAX, |word| u64::from_le_bytes(*word))
                }),
                None => last_words(bytes, start),
            };
            let mut same = words[0] | either[0] == wanted[0];
            if N > 8 {
                same &= words[1] | either[1] == wanted[1];
            }
            let behind = end.wrapping_sub(start).wrapping_sub(self.len);
            *hit = same & (behind <= more);
            if UNSEEN {
                // Shorter ones are as if they were much longer.
                *unsure = same & (more == 0) & (behind.wrapping_sub(1) < usize::MAX / 2);
                any |= *unsure;
            }
        }
        any
    }

    fn each<const WIDE: bool, const DOUBT: u8>(
        &self,
        [starts, ends]: [&[u32]; 2],
        bytes: &[u8],
        hits: &mut [bool],
        unsure: &mut [bool],
    ) -> bool {
        // A copy, so that the loop need not read it again after each write.
        let test = *self;
        let rows = hits.len();
        let (starts, ends) = (&starts[..rows], &ends[..rows]);
        let unsure = &mut unsure[..rows];
        let mut any = false;
        for row in 0..rows {
            let (start, end) = (starts[row] as usize, ends[row] as usize);
            // Bytes of other texts behind do not matter: they are masked.
            let words = match (WIDE, bytes.get(start..)) {
                (true, Some(rest)) if rest.len() >= SEEN => {
                    rest.first_chunk().map(two_words).unwrap_or_default()
                }
                (false, Some(rest)) if rest.len() >= 8 => {
                    [rest.first_chunk().map_or(0, |b| u64::from_le_bytes(*b)), 0]
                }
                (_, rest) => padded_words(rest.unwrap_or_default()),
            };
            let len = end.saturating_sub(start);
            let (hit, doubtful) = test.verdict::<WIDE, DOUBT>(words, len);
            hits[row] = hit;
            unsure[row] = doubtful;
            any |= doubtful;
        }
        any
    }

    /// Whether it matches, and whether that is unsure. Without a branch.
    #[inline(always)]
    fn verdict<const WIDE: bool, const DOUBT: u8>(
        &self,
        [low, high]: [u64; 2],
        len: usize,
    ) -> (bool, bool) {
        let len = len.min(self.take);
        // Of a text that is shorter than the constant only what it has can be doubtful; it does not match anyway.
        let [low_mask, high_mask] = match DOUBT {
            0 => self.mask,
            _ => MASKS[len.min(self.len).min(if WIDE { SEEN } else { 8 })],
        };
        let mut differ = ((low | self.fold[0]) ^ self.words[0]) & low_mask;
        let mut dirty = doubtful::<DOUBT>(low) & low_mask;
        if WIDE {
            differ |= ((high | self.fold[1]) ^ self.words[1]) & high_mask;
            dirty |= doubtful::<DOUBT>(high) & high_mask;
        }
        let same = differ == 0;
        let (ends, longer) = (len == self.len, len > self.len);
        let fits = ends | (longer & (self.end == End::Anywhere));
        let may_go_on = matches!(self.end, End::HereOrUnseen | End::HereOrSpaces);
        let unseen = (longer & may_go_on) | (WIDE & fits & (self.len > SEEN));
        (same & fits, (dirty != 0) | (same & unseen))
    }
}

/// The high bit of each byte that says nothing.
#[inline(always)]
fn doubtful<const DOUBT: u8>(word: u64) -> u64 {
    match DOUBT {
        0 => 0,
        1 => word & HIGH,
        _ => {
            let below_space = !((word | HIGH) - ONES * 0x20);
            let delete = (word & !HIGH) + ONES;
            (word | below_space | delete) & HIGH
        }
    }
}

fn two_words(bytes: &[u8; SEEN]) -> [u64; 2] {
    let both = u128::from_le_bytes(*bytes);
    [both as u64, (both >> 64) as u64]
}

/// The first sixteen bytes, zeros behind the end.
#[inline]
fn padded_words(text: &[u8]) -> [u64; 2] {
    let word = |chunk: &[u8; 8]| u64::from_le_bytes(*chunk);
    if let Some(chunk) = text.first_chunk::<SEEN>() {
        return two_words(chunk);
    }
    if let (Some(first), Some(last)) = (text.first_chunk::<8>(), text.last_chunk::<8>()) {
        // Of the last eight bytes those that are among the first are shifted out.
        let behind = text.len() - 8;
        let high = match behind {
            0 => 0,
            _ => word(last) >> (64 - 8 * behind),
        };
        return [word(first), high];
    }
    if let (Some(first), Some(last)) = (text.first_chunk::<4>(), text.last_chunk::<4>()) {
        let high = u64::from(u32::from_le_bytes(*last)) << (8 * (text.len() - 4));
        return [u64::from(u32::from_le_bytes(*first)) | high, 0];
    }
    let low = text
        .iter()
        .rev()
        .fold(0, |word, byte| word << 8 | u64::from(*byte));
    [low, 0]
}

/// The first sixteen bytes from here on, near the end of a buffer.
#[cold]
fn last_words(bytes: &[u8], start: usize) -> [u64; 2] {
    padded_words(bytes.get(start..).unwrap_or_default())
}

fn is_printable(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| matches!(byte, b' '..=b'~'))
}

impl Collation {
    /// A test for texts that equal a constant. `None` if there is none: the constant has other characters than printable ASCII, and
    /// the collation does not go by bytes.
    pub fn equal_test(&self, constant: &[u8]) -> Option<HeadTest> {
        if self.rules != Rules::Bytes {
            return self.changed_test(constant, None, None);
        }
        let (constant, end) = match self.pad() {
            Pad::NoPad => (constant, End::Here),
            Pad::PadSpace => (without_spaces(constant), End::HereOrSpaces),
        };
        Some(HeadTest::new(constant, false, None, end, Doubt::Never))
    }

    /// A test for texts of which the first `take` characters (`None`: all), after a change of case, equal a constant. `None` if there
    /// is none: then the parts have to be done one after the other.
    ///
    /// ```
    /// use sqlift_collation::{Change, CollationId};
    /// let bin = CollationId::UTF8MB4_BIN.get().unwrap();
    /// let test = bin.changed_test(b"PROMO", Some(5), Some(Change::Upper)).unwrap();
    /// assert_eq!(test.test(b"promotion"), Some(true));
    /// assert_eq!(test.test(b"prose"), Some(false));
    /// assert_eq!(test.test("pröm".as_bytes()), None);
    /// ```
    pub fn changed_test(
        &self,
        constant: &[u8],
        take: Option<usize>,
        change: Option<Change>,
    ) -> Option<HeadTest> {
        let equality = self.ascii_equality()?;
        let (constant, end) = match self.pad() {
            Pad::NoPad => (constant, End::HereOrUnseen),
            Pad::PadSpace => (without_spaces(constant), End::HereOrSpaces),
        };
        let plain = |change| match change {
            Change::Upper => self.ascii_rules().plain_upper,
            Change::Lower => self.ascii_rules().plain_lower,
        };
        if !is_printable(constant) || !change.is_none_or(plain) {
            return None;
        }
        let fold = match (equality, change) {
            (AsciiEquality::IgnoreCase, _) => true,
            (AsciiEquality::Bytes, None) => false,
            // No ASCII text of one case equals a constant that has letters of the other.
            (AsciiEquality::Bytes, Some(change)) => {
                let other = |byte: &u8| match change {
                    Change::Upper => byte.is_ascii_lowercase(),
                    Change::Lower => byte.is_ascii_uppercase(),
                };
                if constant.iter().any(other) {
                    return None;
                }
                true
            }
        };
        Some(HeadTest::new(
            constant,
            fold,
            take,
            end,
            Doubt::NotPrintable,
        ))
    }
}

fn without_spaces(text: &[u8]) -> &[u8] {
    crate::bytes_rules::trimmed(text, Some(b' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padded_words_hold_the_first_bytes() {
        let text: Vec<u8> = (1..=20).collect();
        for len in 0..=text.len() {
            let mut expected = [0; SEEN];
            let seen = len.min(SEEN);
            expected[..seen].copy_from_slice(&text[..seen]);
            assert_eq!(padded_words(&text[..len]), two_words(&expected), "{len}");
        }
    }

    #[test]
    fn doubt_by_byte() {
        for byte in 0..=u8::MAX {
            let word = u64::from_le_bytes([byte; 8]);
            assert_eq!(doubtful::<0>(word), 0);
            assert_eq!(doubtful::<1>(word) == HIGH, byte >= 0x80, "{byte}");
            let printable = matches!(byte, b' '..=b'~');
            assert_eq!(
                doubtful::<2>(word),
                if printable { 0 } else { HIGH },
                "{byte}"
            );
        }
    }
}
