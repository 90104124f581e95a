//! Collations in which every character has one short weight that does not depend on its neighbours.

use crate::ascii::{self, Common};
use crate::charset::Charset;
use crate::encoding::{Encoding, MALFORMED};
use crate::key::{PaddedKey, put};
use crate::rules::GeneralGroup;
use crate::sections;
use crate::uca_compare::compare_level;
use std::cmp::Ordering;
use std::marker::PhantomData;
use std::sync::OnceLock;

/// Gives the weights of strings, in units of a fixed width.
pub(crate) trait Weigh: Copy {
    /// Bytes of a unit in keys and weight strings.
    const WIDTH: usize;

    /// The units of a string.
    fn units(self, bytes: &[u8]) -> impl Iterator<Item = u32>;

    /// The unit of a space.
    fn space(self) -> u32;

    /// Whether the letters A-Z weigh what a-z weigh, so that strings may be compared without regard to their case.
    /// Only asked of sets in which ASCII bytes are ASCII characters.
    fn folds_ascii(self) -> bool;

    /// Whether two characters, given by their numbers, weigh the same.
    fn same(self, a: u32, b: u32) -> bool;
}

/// The weight of a malformed character: above all others.
const MALFORMED_WEIGHT: u32 = 0xFFFF;

/// `*_general_ci` and its relatives: 16-bit weights of the characters below U+10000.
#[derive(Clone, Copy)]
pub(crate) struct General<E> {
    map: &'static [u16],
    encoding: PhantomData<E>,
}

/// What every character above U+FFFF weighs.
const SUPPLEMENTARY: u32 = 0xFFFD;

impl<E: Encoding> General<E> {
    pub(crate) fn new(group: GeneralGroup) -> General<E> {
        static MAPS: OnceLock<Vec<Vec<u16>>> = OnceLock::new();
        let maps = MAPS.get_or_init(|| {
            let mut data: &[u8] = include_bytes!("../data/weights-general.bin");
            let mut maps = Vec::new();
            while !data.is_empty() {
                let mut map: Vec<u16> = (0..=u16::MAX).collect();
                for pair in sections::take(&mut data).chunks_exact(2) {
                    map[usize::from(pair[0])] = pair[1];
                }
                maps.push(map);
            }
            maps
        });
        General {
            map: &maps[group as usize],
            encoding: PhantomData,
        }
    }

    #[inline]
    fn weight(self, character: u32) -> u32 {
        match self.map.get(character as usize) {
            Some(weight) => u32::from(*weight),
            None if character == MALFORMED => MALFORMED_WEIGHT,
            None => SUPPLEMENTARY,
        }
    }
}

impl<E: Encoding> Weigh for General<E> {
    const WIDTH: usize = 2;

    #[inline]
    fn units(self, mut bytes: &[u8]) -> impl Iterator<Item = u32> {
        std::iter::from_fn(move || {
            let (character, len) = E::next(bytes)?;
            bytes = &bytes[len..];
            Some(self.weight(character))
        })
    }

    fn space(self) -> u32 {
        self.weight(u32::from(b' '))
    }

    fn folds_ascii(self) -> bool {
        true
    }

    fn same(self, a: u32, b: u32) -> bool {
        self.weight(a) == self.weight(b)
    }
}

/// `_bin` of the Unicode encodings whose bytes are not in the order of the code points, or whose space is not a byte.
#[derive(Clone, Copy)]
pub(crate) struct CodePoints<E>(PhantomData<E>);

impl<E> CodePoints<E> {
    pub(crate) fn new() -> CodePoints<E> {
        CodePoints(PhantomData)
    }
}

impl<E: Encoding> Weigh for CodePoints<E> {
    const WIDTH: usize = 3;

    fn units(self, mut bytes: &[u8]) -> impl Iterator<Item = u32> {
        std::iter::from_fn(move || {
            let (character, len) = E::next(bytes)?;
            bytes = &bytes[len..];
            // Malformed characters are above all others.
            Some(character.min(0xFF_FFFF))
        })
    }

    fn space(self) -> u32 {
        u32::from(b' ')
    }

    fn folds_ascii(self) -> bool {
        false
    }

    fn same(self, a: u32, b: u32) -> bool {
        a == b
    }
}

/// A weight for each byte.
#[derive(Clone, Copy)]
pub(crate) struct OneByte {
    table: &'static [u8],
}

impl OneByte {
    /// The table of this number in `data/weights-8bit.bin`.
    pub(crate) fn new(number: u8) -> OneByte {
        let tables: &[u8] = include_bytes!("../data/weights-8bit.bin");
        OneByte {
            table: &tables[256 * usize::from(number)..][..256],
        }
    }

    #[inline]
    pub(crate) fn weight(self, byte: u8) -> u32 {
        u32::from(self.table[usize::from(byte)])
    }
}

impl Weigh for OneByte {
    const WIDTH: usize = 1;

    #[inline]
    fn units(self, bytes: &[u8]) -> impl Iterator<Item = u32> {
        bytes.iter().map(move |byte| self.weight(*byte))
    }

    fn space(self) -> u32 {
        self.weight(b' ')
    }

    fn folds_ascii(self) -> bool {
        false
    }

    fn same(self, a: u32, b: u32) -> bool {
        self.weight(a as u8) == self.weight(b as u8)
    }
}

/// `latin1_german2_ci`: as [`OneByte`], but umlauts and ß weigh two letters.
#[derive(Clone, Copy)]
pub(crate) struct German2(pub(crate) OneByte);

impl German2 {
    /// The second weight of a byte.
    fn second(byte: u8) -> Option<u32> {
        match byte {
            0xC4 | 0xD6 | 0xDC | 0xE4 | 0xF6 | 0xFC => Some(u32::from(b'E')),
            0xDF => Some(u32::from(b'S')),
            _ => None,
        }
    }
}

impl Weigh for German2 {
    const WIDTH: usize = 1;

    fn units(self, bytes: &[u8]) -> impl Iterator<Item = u32> {
        bytes.iter().flat_map(move |byte| {
            std::iter::once(self.0.weight(*byte)).chain(German2::second(*byte))
        })
    }

    fn space(self) -> u32 {
        self.0.space()
    }

    fn folds_ascii(self) -> bool {
        false
    }

    fn same(self, a: u32, b: u32) -> bool {
        self.0.same(a, b) && German2::second(a as u8) == German2::second(b as u8)
    }
}

/// Calls a generic function with the weights of a simple collation, and the encoding of its characters.
macro_rules! with_weigh {
    ($simple:expr, $charset:expr, $encoding:ident, $weigh:ident => $body:expr) => {
        match $simple {
            Simple::General(group) => with_unicode!($charset, $encoding => {
                let $weigh = weigh::General::<$encoding>::new(group);
                $body
            }),
            Simple::CodePoints => with_unicode!($charset, $encoding => {
                let $weigh = weigh::CodePoints::<$encoding>::new();
                $body
            }),
            Simple::OneByte(number) => {
                #[allow(dead_code)] // Not every caller needs it.
                type $encoding = crate::encoding::OneByte;
                let $weigh = weigh::OneByte::new(number);
                $body
            }
            Simple::German2(number) => {
                #[allow(dead_code)] // Not every caller needs it.
                type $encoding = crate::encoding::OneByte;
                let $weigh = weigh::German2(weigh::OneByte::new(number));
                $body
            }
            Simple::Gb18030 => {
                #[allow(dead_code)] // Not every caller needs it.
                type $encoding = crate::encoding::Gb18030;
                let $weigh = crate::gb18030::Chinese::new();
                $body
            }
            Simple::MultiByte(rules) => with_multibyte!($charset, $encoding => {
                let $weigh = crate::multibyte::Multi::<$encoding>::new(rules);
                $body
            }),
        }
    };
}
pub(crate) use with_weigh;

/// Order of two strings.
pub(crate) fn compare<W: Weigh>(weigh: W, charset: Charset, a: &[u8], b: &[u8]) -> Ordering {
    let utf8 = matches!(charset, Charset::Utf8mb4 | Charset::Utf8mb3);
    let mut start = 0;
    if utf8 || charset.max_len() == 1 {
        start = match ascii::common(a, b, utf8 && weigh.folds_ascii()) {
            Common::Bytes(at) if at == a.len() && at == b.len() => return Ordering::Equal,
            Common::Bytes(at) if utf8 => ascii::char_start(a, b, at),
            Common::ThenAscii(at) if utf8 => {
                let order = weigh.units(&a[at..=at]).cmp(weigh.units(&b[at..=at]));
                if order.is_ne() {
                    return order;
                }
                at
            }
            Common::Bytes(at) | Common::ThenAscii(at) => at,
        };
    }
    compare_level(
        weigh.units(&a[start..]),
        weigh.units(&b[start..]),
        Some(weigh.space()),
    )
}

/// Appends a key.
pub(crate) fn sort_key<W: Weigh>(weigh: W, bytes: &[u8], out: &mut Vec<u8>) {
    let mut key = PaddedKey::new(out, W::WIDTH, weigh.space());
    weigh.units(bytes).for_each(|unit| key.push(unit));
    key.finish();
}

/// Appends `WEIGHT_STRING(s)`.
pub(crate) fn weight_string<W: Weigh>(weigh: W, charset: Charset, bytes: &[u8], out: &mut Vec<u8>) {
    // MySQL: `ucs2_bin` has two bytes where `utf16_bin` and `utf32_bin` have three.
    let width = if charset == Charset::Ucs2 {
        2
    } else {
        W::WIDTH
    };
    weigh.units(bytes).for_each(|unit| put(out, unit, width));
}

/// Whether the weights of a text begin with those of a needle.
pub(crate) fn begins<W: Weigh>(weigh: W, text: &[u8], needle: &[u8]) -> bool {
    let mut units = weigh.units(text);
    weigh.units(needle).all(|unit| units.next() == Some(unit))
}
