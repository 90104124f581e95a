//! Upper and lower case, one character to one character.

use crate::charset::{Charset, with_encoding, with_multibyte};
use crate::collation::Collation;
use crate::convert::encode_unicode;
use crate::encoding::{Encoding, Utf8mb3, Utf8mb4};
use crate::{multibyte, sections};
use std::collections::HashMap;
use std::sync::OnceLock;

/// How a collation changes case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Case {
    /// Not at all: `binary`.
    None,
    /// By one of the maps of `data/case.bin`.
    Unicode(u8),
    /// By one of the tables of `data/case-8bit.bin`.
    OneByte(u8),
    /// By one of the maps of `data/case-mb.bin`.
    MultiByte(u8),
}

/// A change of case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// To upper case.
    Upper,
    /// To lower case.
    Lower,
}

/// The map of the `turkish_ci` collations.
const TURKISH: u8 = 1;

/// Upper and lower case of the code points, in pages of 256; page 0 is where nothing changes.
struct Map {
    index: Vec<u16>,
    pages: Vec<[[u32; 256]; 2]>,
}

fn map(group: u8) -> &'static Map {
    static MAPS: OnceLock<Vec<Map>> = OnceLock::new();
    let maps = MAPS.get_or_init(|| {
        let mut bytes: &[u8] = include_bytes!("../data/case.bin");
        let mut maps = Vec::new();
        while !bytes.is_empty() {
            maps.push(Map::read(&sections::take(&mut bytes)));
        }
        maps
    });
    &maps[usize::from(group)]
}

impl Map {
    fn read(section: &[u16]) -> Map {
        let mut numbers = HashMap::new();
        let mut map = Map {
            index: vec![0; 0x1100],
            pages: vec![[[0; 256]; 2]],
        };
        for row in section.chunks_exact(4) {
            let plane = u32::from(row[0]) << 16;
            let code = plane | u32::from(row[1]);
            let number = *numbers.entry(code >> 8).or_insert_with(|| {
                let first = code & !0xFF;
                let same = std::array::from_fn(|at| first + at as u32);
                map.pages.push([same, same]);
                map.pages.len() - 1
            });
            map.index[(code >> 8) as usize] = number as u16;
            let at = (code & 0xFF) as usize;
            map.pages[number][0][at] = plane | u32::from(row[2]);
            map.pages[number][1][at] = plane | u32::from(row[3]);
        }
        map
    }

    #[inline]
    fn get(&self, character: u32, to: Change) -> u32 {
        match self.index.get((character >> 8) as usize) {
            None | Some(0) => character,
            Some(page) => self.pages[usize::from(*page)][to as usize][(character & 0xFF) as usize],
        }
    }
}

impl Collation {
    /// Appends the string in upper case.
    ///
    /// MySQL: `utf8mb4` and `utf8mb3` are converted in place. A character that becomes longer overwrites what follows,
    /// and the conversion ends where that leaves no well-formed character; nothing of this happens in the
    /// `turkish_ci` collations. A malformed character ends the result, too.
    ///
    /// ```
    /// use sqlift_collation::CollationId;
    /// let collation = CollationId::UTF8MB4_0900_AI_CI.get().unwrap();
    /// let mut out = Vec::new();
    /// collation.upper("straße, ñandú".as_bytes(), &mut out);
    /// assert_eq!(out, "STRAßE, ÑANDÚ".as_bytes());
    /// ```
    pub fn upper(&self, bytes: &[u8], out: &mut Vec<u8>) {
        self.change_case(bytes, Change::Upper, out);
    }

    /// Appends the string in lower case; see [`Collation::upper`].
    pub fn lower(&self, bytes: &[u8], out: &mut Vec<u8>) {
        self.change_case(bytes, Change::Lower, out);
    }

    fn change_case(&self, bytes: &[u8], to: Change, out: &mut Vec<u8>) {
        match self.case {
            Case::None => out.extend_from_slice(bytes),
            Case::MultiByte(group) => {
                with_multibyte!(self.charset(), E => multibyte::change_case::<E>(group, to as usize, bytes, out));
            }
            Case::OneByte(group) => {
                let tables: &[u8] = include_bytes!("../data/case-8bit.bin");
                let table = &tables[512 * usize::from(group) + 256 * to as usize..][..256];
                out.extend(bytes.iter().map(|byte| table[usize::from(*byte)]));
            }
            Case::Unicode(group) => match self.charset() {
                Charset::Utf8mb4 | Charset::Utf8mb3 if group != TURKISH => {
                    self.change_in_place(bytes, group, to, out);
                }
                charset => {
                    let map = map(group);
                    let mut rest = bytes;
                    while let Some((character, len)) = with_encoding!(charset, E => E::next(rest)) {
                        match encode_unicode(charset, map.get(character, to), out) {
                            true => rest = &rest[len..],
                            false => break,
                        }
                    }
                }
            },
        }
    }

    /// The conversion of `utf8mb4` and `utf8mb3`: source and result share a buffer.
    fn change_in_place(&self, bytes: &[u8], group: u8, to: Change, out: &mut Vec<u8>) {
        let base = out.len();
        out.extend_from_slice(bytes);
        let buffer = &mut out[base..];
        let first_special = buffer
            .iter()
            .position(|byte| *byte >= 0x80)
            .unwrap_or(buffer.len());
        match to {
            Change::Upper => buffer[..first_special].make_ascii_uppercase(),
            Change::Lower => buffer[..first_special].make_ascii_lowercase(),
        }
        let map = map(group);
        let (mut source, mut target) = (first_special, first_special);
        let mut encoded = Vec::with_capacity(4);
        let next = if self.charset() == Charset::Utf8mb4 {
            Utf8mb4::next
        } else {
            Utf8mb3::next
        };
        while let Some((character, len)) = next(&buffer[source..]) {
            encoded.clear();
            if !encode_unicode(self.charset(), map.get(character, to), &mut encoded) {
                break;
            }
            let Some(place) = buffer.get_mut(target..target + encoded.len()) else {
                break;
            };
            place.copy_from_slice(&encoded);
            source += len;
            target += encoded.len();
            if source > buffer.len() {
                break;
            }
        }
        out.truncate(base + target);
    }
}

#[cfg(test)]
mod tests {
    use crate::Collation;

    fn changed(name: &str, text: &str) -> [String; 2] {
        let collation = Collation::by_name(name).expect(name);
        let (mut upper, mut lower) = (Vec::new(), Vec::new());
        collation.upper(text.as_bytes(), &mut upper);
        collation.lower(text.as_bytes(), &mut lower);
        [upper, lower].map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
    }

    #[test]
    fn answers_of_the_server() {
        let ai_ci = "utf8mb4_0900_ai_ci";
        assert_eq!(changed(ai_ci, "ß")[0], "ß");
        assert_eq!(changed(ai_ci, "İ")[1], "i");
        assert_eq!(changed(ai_ci, "ΑΣ")[1], "ας".replace('ς', "σ"));
        assert_eq!(changed(ai_ci, "ẞ")[1], "ß");
        assert_eq!(changed(ai_ci, "ﬀ")[0], "ﬀ");
        assert_eq!(changed(ai_ci, "ŉ")[0], "ŉ");
        assert_eq!(changed(ai_ci, "ǆ")[0], "Ǆ");
        assert_eq!(changed(ai_ci, "ǅ")[1], "ǆ");
        assert_eq!(changed(ai_ci, "ⓐ")[0], "Ⓐ");
        assert_eq!(changed("utf8mb4_turkish_ci", "i")[0], "İ");
        assert_eq!(changed("utf8mb4_turkish_ci", "I")[1], "ı");
        assert_eq!(changed("utf8mb4_tr_0900_ai_ci", "i")[0], "I");
    }

    #[test]
    fn longer_characters_overwrite_what_follows() {
        let lower = |text| changed("utf8mb4_0900_ai_ci", text)[1].clone();
        assert_eq!(lower("Ⱥ"), "");
        assert_eq!(lower("Ⱥbcdef"), "ⱥ");
        assert_eq!(lower("abcȺbcdef"), "abcⱥ");
        assert_eq!(lower("KȺb"), "kⱥ");
        assert_eq!(lower("İȺb"), "iⱥb");
        assert_eq!(lower("İİȺȺb"), "iiⱥⱥb");
        assert_eq!(changed("utf8mb4_0900_ai_ci", "ɐ")[0], "");
        assert_eq!(changed("utf8mb4_0900_ai_ci", "aɐ")[0], "A");
        assert_eq!(changed("utf8mb4_0900_ai_ci", "ıɐb")[0], "IⱯB");
        assert_eq!(changed("utf8mb4_general_ci", "Ⱥb")[1], "Ⱥb");
        assert_eq!(changed("utf8mb4_unicode_520_ci", "Ⱥb")[1], "ⱥ");
    }

    #[test]
    fn one_byte_sets() {
        let collation = Collation::by_name("latin2_general_ci").expect("known");
        let mut out = Vec::new();
        collation.lower(b"\xA1AB", &mut out);
        assert_eq!(out, b"\xB1ab");
    }

    #[test]
    fn utf16_is_not_converted_in_place() {
        let collation = Collation::by_name("utf16_unicode_520_ci").expect("known");
        let mut out = Vec::new();
        collation.lower(&[0x02, 0x3A, 0, 0x62], &mut out);
        assert_eq!(out, [0x2C, 0x65, 0, 0x62]);
    }
}
