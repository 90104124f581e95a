//! Eight ASCII bytes at a time.

const HIGH: u64 = 0x8080_8080_8080_8080;
const ONES: u64 = 0x0101_0101_0101_0101;

/// Whether all bytes are below 0x80.
#[inline]
pub(crate) fn is_ascii8(word: u64) -> bool {
    word & HIGH == 0
}

/// Makes the letters A-Z of eight ASCII bytes small. The bytes must be below 0x80.
#[inline]
pub(crate) fn lower8(word: u64) -> u64 {
    let from_a = word + ONES * u64::from(0x80 - b'A');
    let past_z = word + ONES * u64::from(0x80 - b'Z' - 1);
    word | ((from_a & !past_z & HIGH) >> 2)
}

/// What the beginnings of two strings have in common.
pub(crate) enum Common {
    /// The first so many bytes weigh the same; what follows has to be looked at.
    Bytes(usize),
    /// So many bytes weigh the same, then come two ASCII bytes that differ, even without regard to case if that was
    /// asked for.
    ThenAscii(usize),
}

fn word(bytes: &[u8], at: usize) -> Option<u64> {
    let chunk = bytes.get(at..)?.first_chunk::<8>()?;
    Some(u64::from_le_bytes(*chunk))
}

/// The common beginning of two strings, byte for byte, or, with `fold`, but for the case of ASCII letters.
///
/// The end of the common part may lie within a character only if that character is not ASCII.
#[inline]
pub(crate) fn common(a: &[u8], b: &[u8], fold: bool) -> Common {
    let mut at = 0;
    while let (Some(x), Some(y)) = (word(a, at), word(b, at)) {
        if x != y {
            if !is_ascii8(x | y) {
                return Common::Bytes(at + equal_bytes(x, y));
            }
            let (x, y) = if fold { (lower8(x), lower8(y)) } else { (x, y) };
            if x != y {
                return Common::ThenAscii(at + equal_bytes(x, y));
            }
        }
        at += 8;
    }
    for (x, y) in a[at.min(a.len())..].iter().zip(&b[at.min(b.len())..]) {
        if x != y && !(fold && x.eq_ignore_ascii_case(y)) {
            return if x | y < 0x80 {
                Common::ThenAscii(at)
            } else {
                Common::Bytes(at)
            };
        }
        at += 1;
    }
    Common::Bytes(at)
}

/// How many of the first bytes (in memory order) of two different words are equal.
fn equal_bytes(x: u64, y: u64) -> usize {
    ((x ^ y).trailing_zeros() / 8) as usize
}

/// The greatest start of a UTF-8 character in both strings that is not after `at`, when both begin with the same `at`
/// bytes. They may be malformed.
pub(crate) fn char_start(a: &[u8], b: &[u8], at: usize) -> usize {
    let is_trail = |bytes: &[u8], at: usize| bytes.get(at).is_some_and(|byte| byte & 0xC0 == 0x80);
    // Where one string ends, the other may go on within a character; so step back at least once there.
    let ended = at >= a.len() || at >= b.len();
    (usize::from(ended)..=3)
        .filter_map(|back| at.checked_sub(back))
        .find(|start| !is_trail(a, *start) && !is_trail(b, *start))
        .unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_touches_letters_only() {
        for byte in 0..0x80u8 {
            let word = u64::from_le_bytes([byte; 8]);
            assert_eq!(
                lower8(word),
                u64::from_le_bytes([byte.to_ascii_lowercase(); 8]),
                "{byte}"
            );
        }
    }

    #[test]
    fn common_beginnings() {
        let at = |a: &str, b: &str, fold| match common(a.as_bytes(), b.as_bytes(), fold) {
            Common::Bytes(at) => (at, false),
            Common::ThenAscii(at) => (at, true),
        };
        assert_eq!(at("abcdefghij", "abcdefghiJ", true), (10, false));
        assert_eq!(at("abcdefghij", "abcdefghiJ", false), (9, true));
        assert_eq!(at("abcdefghij", "abcdeFghiJ", true), (10, false));
        assert_eq!(at("abcdefg@", "abcdefg`", true), (7, true));
        assert_eq!(at("abcdefgé", "abcdefgè", true), (8, false));
        assert_eq!(at("", "a", true), (0, false));
    }

    #[test]
    fn characters_start_at_or_before() {
        let text = "aé😀z".as_bytes();
        assert_eq!(char_start(text, text, 2), 1);
        assert_eq!(char_start(text, text, 6), 3);
        assert_eq!(char_start(text, text, 7), 7);
        assert_eq!(
            char_start(
                &[0xF0, 0x80, 0x80, 0x80, 0x80],
                &[0xF0, 0x80, 0x80, 0x80],
                4
            ),
            4
        );
    }
}
