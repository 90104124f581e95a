//! Weights of the Unicode Collation Algorithm, as MySQL uses it.
//!
//! One table a version of DUCET (4.0.0, 5.2.0, 9.0.0), in two stages: a page number for every 128 code points, then an
//! entry for each. MySQL: variable elements are ordinary, contractions of DUCET are not used, at most eight elements
//! of a character count, nothing is normalised.

use crate::encoding::{Encoding, MALFORMED};
use crate::rules::{Levels, Version};
use crate::sections;
use std::sync::OnceLock;

/// Characters of a page, as a shift.
const PAGE_BITS: u32 = 7;
/// Entries from here on are not weights: the number of an expansion is added.
const FIRST_MARK: u16 = 0x8000;
/// The entry of a character whose weight is computed.
const COMPUTED: u16 = 0xFFFF;
/// The lower half of the last element of an expansion has this bit.
const LAST: u16 = 0x8000;
/// What a malformed character weighs: more than any other.
const MALFORMED_WEIGHT: u16 = 0xFFFF;
/// Level 2 and 3 of an ordinary character.
const COMMON: [u16; 2] = [0x20, 2];

/// The weights of one version.
pub(crate) struct Table {
    version: Version,
    index: Vec<u16>,
    primary: Vec<u16>,
    /// Numbers into `pairs`; empty if the table has one level.
    lower: Vec<u16>,
    /// Primary weight and lower half of each element.
    expansions: Vec<[u16; 2]>,
    /// Weights of level 2 and 3.
    pairs: Vec<[u16; 2]>,
    /// The primary weights of ASCII characters; 0 if they are ignored.
    ascii: [u16; 128],
}

/// The table of a version.
pub(crate) fn table(version: Version) -> &'static Table {
    static TABLES: [OnceLock<Table>; 3] = [const { OnceLock::new() }; 3];
    let bytes: &[u8] = match version {
        Version::V400 => include_bytes!("../data/uca-400.bin"),
        Version::V520 => include_bytes!("../data/uca-520.bin"),
        Version::V900 => include_bytes!("../data/uca-900.bin"),
    };
    TABLES[version as usize].get_or_init(|| Table::read(version, bytes))
}

impl Table {
    fn read(version: Version, mut bytes: &[u8]) -> Table {
        let index = sections::take(&mut bytes);
        let primary = sections::take(&mut bytes);
        let lower = sections::take(&mut bytes);
        let in_pairs = |list: Vec<u16>| {
            list.chunks_exact(2)
                .map(|pair| [pair[0], pair[1]])
                .collect()
        };
        let expansions = in_pairs(sections::take(&mut bytes));
        let pairs = in_pairs(sections::take(&mut bytes));
        let mut ascii = [0; 128];
        ascii.copy_from_slice(&primary[usize::from(index[0]) << PAGE_BITS..][..128]);
        debug_assert!(ascii.iter().all(|weight| *weight < FIRST_MARK));
        Table {
            version,
            index,
            primary,
            lower,
            expansions,
            pairs,
            ascii,
        }
    }

    /// The primary weight of an ASCII character; 0 if it is ignored.
    #[inline]
    pub(crate) fn ascii(&self, byte: u8) -> u16 {
        self.ascii[usize::from(byte & 0x7F)]
    }

    /// Whether two characters have the same weights on all levels that count.
    pub(crate) fn same_char<E: Encoding>(&self, levels: Levels, a: u32, b: u32) -> bool {
        Weights::<E, 1>::of_char(self, a).eq(Weights::<E, 1>::of_char(self, b))
            && (levels == Levels::One
                || Weights::<E, 2>::of_char(self, a).eq(Weights::<E, 2>::of_char(self, b)))
            && (levels != Levels::Three
                || Weights::<E, 3>::of_char(self, a).eq(Weights::<E, 3>::of_char(self, b)))
    }

    /// The place of a character in `primary` and `lower`.
    #[inline]
    fn slot(&self, character: u32) -> Option<usize> {
        let page = *self.index.get((character >> PAGE_BITS) as usize)?;
        Some((usize::from(page) << PAGE_BITS) + (character as usize & ((1 << PAGE_BITS) - 1)))
    }
}

/// Weights that wait for their turn: what one character gives beyond a single weight.
#[derive(Clone, Debug)]
enum Waiting {
    Nothing,
    /// An expansion, at this element.
    Expansion(usize),
    /// A few weights; the first so many of the array, the next one first.
    Some([u16; 4], u8),
}

/// The weights of one level (1, 2, 3) of a string, without those that are zero.
#[derive(Clone)]
pub(crate) struct Weights<'a, E, const LEVEL: usize> {
    table: &'a Table,
    rest: &'a [u8],
    waiting: Waiting,
    encoding: std::marker::PhantomData<E>,
}

impl<'a, E: Encoding, const LEVEL: usize> Weights<'a, E, LEVEL> {
    pub(crate) fn new(table: &'a Table, bytes: &'a [u8]) -> Self {
        Weights {
            table,
            rest: bytes,
            waiting: Waiting::Nothing,
            encoding: std::marker::PhantomData,
        }
    }

    /// The weights of one character.
    pub(crate) fn of_char(table: &'a Table, character: u32) -> Self {
        let mut weights = Weights::new(table, &[]);
        match weights.begin(character) {
            0 => {}
            weight => weights.put_back(weight),
        }
        weights
    }

    fn put_back(&mut self, weight: u16) {
        self.waiting = match self.waiting {
            Waiting::Some([a, b, c, _], count) => Waiting::Some([weight, a, b, c], count + 1),
            _ => Waiting::Some([weight, 0, 0, 0], 1),
        };
    }

    #[inline]
    fn level_of(&self, element: [u16; 2]) -> u16 {
        match LEVEL {
            1 => element[0],
            _ => self.table.pairs[usize::from(element[1] & !LAST)][LEVEL - 2],
        }
    }

    /// The next of the weights that wait.
    fn next_waiting(&mut self) -> Option<u16> {
        match &mut self.waiting {
            Waiting::Nothing => None,
            Waiting::Expansion(at) => {
                let mut at = *at;
                loop {
                    let element = *self.table.expansions.get(at)?;
                    let weight = self.level_of(element);
                    at += 1;
                    let last = element[1] & LAST != 0;
                    self.waiting = if last {
                        Waiting::Nothing
                    } else {
                        Waiting::Expansion(at)
                    };
                    if weight != 0 {
                        return Some(weight);
                    }
                    if last {
                        return None;
                    }
                }
            }
            Waiting::Some(list, count) => {
                let weight = list[0];
                *list = [list[1], list[2], list[3], 0];
                *count -= 1;
                if *count == 0 {
                    self.waiting = Waiting::Nothing;
                }
                Some(weight)
            }
        }
    }

    /// Takes up a character: its first weight, or 0 if that has to be asked of those that wait.
    #[inline]
    fn begin(&mut self, character: u32) -> u16 {
        let table = self.table;
        let Some(slot) = table.slot(character) else {
            return self.begin_malformed();
        };
        let primary = table.primary[slot];
        if primary < FIRST_MARK {
            return if LEVEL == 1 {
                primary
            } else {
                table.pairs[usize::from(table.lower[slot])][LEVEL - 2]
            };
        }
        if primary != COMPUTED {
            self.waiting = Waiting::Expansion(usize::from(primary - FIRST_MARK));
            return 0;
        }
        self.compute(character);
        0
    }

    /// Malformed characters are above all others on level 1 and have ordinary lower weights.
    #[cold]
    fn begin_malformed(&self) -> u16 {
        if LEVEL == 1 {
            MALFORMED_WEIGHT
        } else {
            COMMON[LEVEL - 2]
        }
    }

    /// Weights of characters that the table does not list.
    #[cold]
    fn compute(&mut self, character: u32) {
        let hangul = 0xAC00..=0xD7AF;
        if self.table.version == Version::V900 && hangul.contains(&character) {
            let syllable = character - 0xAC00;
            let tail = syllable % 28;
            let jamo = [
                0x1100 + syllable / 588,
                0x1161 + syllable % 588 / 28,
                0x11A7 + tail,
            ];
            let jamo = &jamo[..if tail == 0 { 2 } else { 3 }];
            let mut list = [0; 4];
            for (weight, jamo) in list.iter_mut().zip(jamo) {
                // MySQL: the third level of the last page of syllables is 3.
                *weight = if LEVEL == 3 && character >= 0xD700 {
                    3
                } else {
                    self.begin(*jamo)
                };
            }
            self.waiting = Waiting::Some(list, jamo.len() as u8);
            return;
        }
        let pair = match implicit(self.table.version, character) {
            Implicit::One(weight) => [weight, 0],
            Implicit::Two(pair) => pair,
        };
        self.waiting = match (LEVEL, pair) {
            (1, [a, 0]) => Waiting::Some([a, 0, 0, 0], 1),
            (1, [a, b]) => Waiting::Some([a, b, 0, 0], 2),
            _ => Waiting::Some([COMMON[LEVEL - 2], 0, 0, 0], 1),
        };
    }
}

impl<E: Encoding, const LEVEL: usize> Iterator for Weights<'_, E, LEVEL> {
    type Item = u32;

    #[inline]
    fn next(&mut self) -> Option<u32> {
        loop {
            if !matches!(self.waiting, Waiting::Nothing)
                && let Some(weight) = self.next_waiting()
            {
                return Some(u32::from(weight));
            }
            let (character, len) = E::next(self.rest)?;
            self.rest = &self.rest[len..];
            let weight = self.begin(character);
            if weight != 0 {
                return Some(u32::from(weight));
            }
        }
    }
}

/// A primary weight that is computed.
enum Implicit {
    One(u16),
    Two([u16; 2]),
}

/// The primary weight of a character that is neither in the table nor a Hangul syllable.
fn implicit(version: Version, character: u32) -> Implicit {
    debug_assert!(character != MALFORMED);
    let base = match (version, character) {
        // MySQL: in the collations of 4.0.0 all supplementary characters weigh the same.
        (Version::V400, 0x1_0000..) => return Implicit::One(0xFFFD),
        (Version::V900, 0x1_7000..=0x1_8AFF) => {
            return Implicit::Two([0xFB00, (character - 0x1_7000) as u16 | 0x8000]);
        }
        (Version::V900, 0x4E00..=0x9FD5) => 0xFB40,
        (Version::V900, 0xFA0E | 0xFA0F | 0xFA11 | 0xFA13 | 0xFA14 | 0xFA1F) => 0xFB40,
        (Version::V900, 0xFA21 | 0xFA23 | 0xFA24 | 0xFA27 | 0xFA28 | 0xFA29) => 0xFB40,
        (Version::V900, 0x2_0000..=0x2_A6D6 | 0x2_A700..=0x2_B734) => 0xFB80,
        (Version::V900, 0x2_B740..=0x2_B81D | 0x2_B820..=0x2_CEA1) => 0xFB80,
        (Version::V400 | Version::V520, 0x4E00..=0x9FA5) => 0xFB40,
        (_, 0x3400..=0x4DB5) => 0xFB80,
        _ => 0xFBC0,
    };
    Implicit::Two([
        base + (character >> 15) as u16,
        (character & 0x7FFF) as u16 | 0x8000,
    ])
}
