//! `LOCATE`: where a string occurs in another, by weights.

use crate::charset::{Charset, with_encoding, with_multibyte, with_unicode};
use crate::collation::{Collation, CollationId};
use crate::convert::convert;
use crate::encoding::Encoding;
use crate::rules::{Levels, Rules, Simple, Special};
use crate::special;
use crate::uca::{Table, Weights, table};
use crate::weigh::{self, with_weigh};

impl Collation {
    /// The byte index of the first character from byte `start` on where the needle's weights begin those of the
    /// haystack; `None` if there is none or `start` lies behind the end. The empty needle is found at `start`.
    ///
    /// MySQL: a match may end within an expansion (`INSTR('aßb', 's')` is 2), and a needle of ignored characters is
    /// found before any character.
    ///
    /// ```
    /// use sqlift_collation::CollationId;
    /// let collation = CollationId::UTF8MB4_0900_AI_CI.get().unwrap();
    /// assert_eq!(collation.find("aßb".as_bytes(), b"SS", 0), Some(1));
    /// assert_eq!(collation.find(b"abc", b"d", 0), None);
    /// ```
    pub fn find(&self, haystack: &[u8], needle: &[u8], start: usize) -> Option<usize> {
        let rest = haystack.get(start..)?;
        if needle.is_empty() {
            return Some(start);
        }
        let found = match self.rules {
            Rules::Bytes => with_encoding!(self.charset(), E => {
                positions::<E>(rest).find(|at| rest[*at..].starts_with(needle))
            }),
            Rules::Simple(simple) => with_weigh!(simple, self.charset(), E, w => {
                positions::<E>(rest).find(|at| weigh::begins(w, &rest[*at..], needle))
            }),
            Rules::Special(Special::Gb18030Unicode) => {
                return self.find_as_unicode(haystack, needle, start);
            }
            Rules::Special(special) => (0..rest.len()).find(|at| {
                let part = rest[*at..].get(..needle.len());
                part.is_some_and(|part| {
                    part.iter()
                        .zip(needle)
                        .all(|(a, b)| special::same_byte(special, *a, *b))
                })
            }),
            Rules::Uca(id, levels) => {
                let table = table(id);
                if matches!(self.charset(), Charset::Utf8mb4 | Charset::Utf8mb3) && rest == needle {
                    return Some(start);
                }
                with_unicode!(self.charset(), E => {
                    positions::<E>(rest).find(|at| begins::<E>(table, levels, &rest[*at..], needle))
                })
            }
        };
        Some(start + found?)
    }

    /// Searches in UTF-8; every character becomes one.
    fn find_as_unicode(&self, haystack: &[u8], needle: &[u8], start: usize) -> Option<usize> {
        let to_utf8 = |bytes: &[u8]| {
            let mut out = Vec::new();
            convert(self.charset(), Charset::Utf8mb4, bytes, &mut out);
            out
        };
        let rest = haystack.get(start..)?;
        let text = to_utf8(rest);
        let found = CollationId::UTF8MB4_UNICODE_520_CI
            .get()?
            .find(&text, &to_utf8(needle), 0)?;
        let characters = Charset::Utf8mb4.char_count(&text[..found]);
        Some(start + self.charset().byte_index(rest, characters))
    }
}

/// The starts of the characters.
fn positions<E: Encoding>(bytes: &[u8]) -> impl Iterator<Item = usize> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let (_, len) = E::next(&bytes[at..])?;
        at += len;
        Some(at - len)
    })
}

/// Whether on every level the weights of the needle begin those of the text.
fn begins<E: Encoding>(table: &Table, levels: Levels, text: &[u8], needle: &[u8]) -> bool {
    begin(
        Weights::<E, 1>::new(table, text),
        Weights::<E, 1>::new(table, needle),
    ) && (levels == Levels::One
        || begin(
            Weights::<E, 2>::new(table, text),
            Weights::<E, 2>::new(table, needle),
        ))
        && ((levels as u8) < 3
            || begin(
                Weights::<E, 3>::new(table, text),
                Weights::<E, 3>::new(table, needle),
            ))
        && ((levels as u8) < 4
            || begin(
                Weights::<E, 4>::new(table, text),
                Weights::<E, 4>::new(table, needle),
            ))
}

/// Whether the weights of the needle begin those of the text.
fn begin(mut text: impl Iterator<Item = u32>, mut needle: impl Iterator<Item = u32>) -> bool {
    needle.all(|weight| text.next() == Some(weight))
}

#[cfg(test)]
mod tests {
    use crate::Collation;

    fn find(name: &str, haystack: &str, needle: &str) -> Option<usize> {
        Collation::by_name(name)
            .expect(name)
            .find(haystack.as_bytes(), needle.as_bytes(), 0)
    }

    #[test]
    fn answers_of_the_server() {
        let ai_ci = "utf8mb4_0900_ai_ci";
        assert_eq!(find(ai_ci, "aßb", "ss"), Some(1));
        assert_eq!(find(ai_ci, "assb", "ß"), Some(1));
        assert_eq!(find(ai_ci, "aßb", "s"), Some(1));
        assert_eq!(find(ai_ci, "xÉy", "e"), Some(1));
        assert_eq!(find("utf8mb4_bin", "xÉy", "e"), None);
        assert_eq!(find("utf8mb4_bin", "日本語", "語"), Some(6));
        assert_eq!(find("utf8mb4_0900_as_cs", "aAbB", "AB"), None);
        assert_eq!(find("utf8mb4_0900_as_cs", "aAbB", "Ab"), Some(1));
        assert_eq!(find("utf8mb4_0900_as_ci", "aAbB", "AB"), Some(1));
    }

    #[test]
    fn edges() {
        let collation = Collation::by_name("utf8mb4_0900_ai_ci").expect("known");
        assert_eq!(collation.find(b"abc", b"", 3), Some(3));
        assert_eq!(collation.find(b"abc", b"", 4), None);
        assert_eq!(collation.find(b"abcabc", b"BC", 2), Some(4));
        assert_eq!(collation.find(b"", b"a", 0), None);
    }
}
