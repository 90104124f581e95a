//! Weights of the Unicode Collation Algorithm, as MySQL uses it.
//!
//! One table a version of DUCET (4.0.0, 5.2.0, 9.0.0), in two stages: a page number for every 128 code points, then an
//! entry for each. MySQL: variable elements are ordinary, contractions of DUCET are not used, at most eight elements
//! of a character count, nothing is normalised.

use crate::encoding::{Encoding, MALFORMED};
use crate::rules::{Levels, TableId, Version};
use crate::sections;
use crate::tailoring::{self, Contractions, Reorder};
use std::sync::OnceLock;

/// Characters of a page, as a shift.
pub(crate) const PAGE_BITS: u32 = 7;
/// In the files, entries from here on are the number of an expansion.
const FIRST_MARK: u16 = 0x8000;
/// In the files, the entry of a character whose weight is computed.
const COMPUTED: u16 = 0xFFFF;
/// Entries from here on are not weights: the number of an expansion is added.
pub(crate) const EXPANSION: u32 = 0x1_0000;
/// The entry of a character whose weight is computed.
pub(crate) const IMPLICIT: u32 = u32::MAX;
/// In the files, the lower half of the last element of an expansion has this bit.
const LAST_IN_FILE: u16 = 0x8000;
/// What a malformed character weighs: more than any other.
const MALFORMED_WEIGHT: u16 = 0xFFFF;
/// Hangul syllables, whose weights are those of their letters (since 9.0.0).
const HANGUL: std::ops::RangeInclusive<u32> = 0xAC00..=0xD7AF;
/// Levels 2, 3 and 4 of an ordinary character.
const COMMON: [u16; 3] = [0x20, 2, 0];

/// A collation element of an expansion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Element {
    /// The primary weight; [`ZERO_UNIT`] if that is a unit of zero, 0 if there is none.
    pub(crate) primary: u32,
    /// Number of the lower weights.
    pub(crate) lower: u16,
    /// Whether it is the last of its expansion.
    pub(crate) last: bool,
}

/// MySQL: a Lithuanian contraction has a unit of zero on its first level.
pub(crate) const ZERO_UNIT: u32 = 0x1_0000;

/// The weights of a version or a language.
#[derive(Clone)]
pub(crate) struct Table {
    pub(crate) version: Version,
    pub(crate) index: Vec<u16>,
    pub(crate) primary: Vec<u32>,
    /// Numbers into `pairs`; empty if the table has one level.
    pub(crate) lower: Vec<u16>,
    pub(crate) expansions: Vec<Element>,
    /// Weights of levels 2, 3 and 4.
    pub(crate) pairs: Vec<[u16; 3]>,
    /// The weights of ASCII characters on three levels; 0 if they are ignored, or have more than one.
    ascii: [[u16; 128]; 3],
    /// Whether a-z weigh what A-Z weigh, on the first two levels.
    pub(crate) folds_ascii: bool,
    pub(crate) contractions: Contractions,
    pub(crate) reorder: Vec<Reorder>,
}

/// A table; built when it is first asked for.
#[inline]
pub(crate) fn table(id: TableId) -> &'static Table {
    static TABLES: [OnceLock<Table>; 64] = [const { OnceLock::new() }; 64];
    TABLES[usize::from(id.0)].get_or_init(|| build(id))
}

#[cold]
fn build(id: TableId) -> Table {
    let read = |version, bytes: &[u8]| Table::read(version, bytes);
    match id {
        TableId::V400 => read(Version::V400, include_bytes!("../data/uca-400.bin")),
        TableId::V520 => read(Version::V520, include_bytes!("../data/uca-520.bin")),
        TableId::V900 => read(Version::V900, include_bytes!("../data/uca-900.bin")),
        TableId(language) => tailoring::build(language - 3),
    }
}

impl Table {
    fn read(version: Version, mut bytes: &[u8]) -> Table {
        let index = sections::take(&mut bytes);
        let primary = sections::take(&mut bytes)
            .into_iter()
            .map(|entry| match entry {
                COMPUTED => IMPLICIT,
                FIRST_MARK.. => EXPANSION + u32::from(entry - FIRST_MARK),
                _ => u32::from(entry),
            })
            .collect();
        let lower = sections::take(&mut bytes);
        let expansions = sections::take(&mut bytes)
            .chunks_exact(2)
            .map(|element| Element {
                primary: u32::from(element[0]),
                lower: element[1] & !LAST_IN_FILE,
                last: element[1] & LAST_IN_FILE != 0,
            })
            .collect();
        let pairs = sections::take(&mut bytes)
            .chunks_exact(2)
            .map(|pair| [pair[0], pair[1], 0])
            .collect();
        let mut table = Table {
            version,
            index,
            primary,
            lower,
            expansions,
            pairs,
            ascii: [[0; 128]; 3],
            folds_ascii: false,
            contractions: Contractions::default(),
            reorder: Vec::new(),
        };
        table.note_ascii();
        table
    }

    /// Notes what is known of ASCII, after all changes.
    pub(crate) fn note_ascii(&mut self) {
        let first = usize::from(self.index[0]) << PAGE_BITS;
        for at in 0..128 {
            let Ok(primary) = u16::try_from(self.primary[first + at]) else {
                (0..3).for_each(|level| self.ascii[level][at] = 0);
                continue;
            };
            let lower = self
                .lower
                .get(first + at)
                .map_or([0; 3], |number| self.pairs[usize::from(*number)]);
            (self.ascii[0][at], self.ascii[1][at], self.ascii[2][at]) =
                (primary, lower[0], lower[1]);
        }
        self.folds_ascii = (b'a'..=b'z').all(|small| {
            let large = small.to_ascii_uppercase();
            self.ascii(1, small) != 0
                && (1..=2).all(|level| self.ascii(level, small) == self.ascii(level, large))
        });
    }

    /// The weight of an ASCII character on one of the first three levels; 0 if it is ignored or has more than one.
    #[inline]
    pub(crate) fn ascii(&self, level: usize, byte: u8) -> u16 {
        self.ascii[level - 1][usize::from(byte & 0x7F)]
    }

    /// Whether two characters have the same weights on all levels that count.
    pub(crate) fn same_char<E: Encoding>(&self, levels: Levels, a: u32, b: u32) -> bool {
        // MySQL: supplementary characters have one weight in the collations of 4.0.0, but are not alike.
        if self.version == Version::V400 && a.max(b) > 0xFFFF {
            return a == b;
        }
        if let (Some(a), Some(b)) = (self.slot(a), self.slot(b)) {
            let (x, y) = (self.primary[a], self.primary[b]);
            if x < EXPANSION && y < EXPANSION && (x != y || levels == Levels::One) {
                return x == y;
            }
        }
        Weights::<E, 1>::of_char(self, a).eq(Weights::<E, 1>::of_char(self, b))
            && (levels == Levels::One
                || Weights::<E, 2>::of_char(self, a).eq(Weights::<E, 2>::of_char(self, b)))
            && ((levels as u8) < 3
                || Weights::<E, 3>::of_char(self, a).eq(Weights::<E, 3>::of_char(self, b)))
            && ((levels as u8) < 4
                || Weights::<E, 4>::of_char(self, a).eq(Weights::<E, 4>::of_char(self, b)))
    }

    /// The place of a character in `primary` and `lower`.
    #[inline]
    pub(crate) fn slot(&self, character: u32) -> Option<usize> {
        let page = *self.index.get((character >> PAGE_BITS) as usize)?;
        Some((usize::from(page) << PAGE_BITS) + (character as usize & ((1 << PAGE_BITS) - 1)))
    }

    /// The third-level weight under which one of the base is known in this table.
    fn tertiary(&self, weight: u16) -> u16 {
        self.reorder
            .iter()
            .find_map(|rule| rule.moves(3, weight))
            .unwrap_or(weight)
    }

    /// The primary weight under which the lead of an implicit pair is known in this table.
    fn lead(&self, lead: u16) -> u16 {
        self.reorder
            .iter()
            .find_map(|rule| rule.moves(1, lead))
            .unwrap_or(lead)
    }
}

/// Weights that wait for their turn: what one character gives beyond a single weight.
#[derive(Clone, Debug)]
enum Waiting {
    Nothing,
    /// An expansion, at this element.
    Expansion(usize),
    /// A few weights; the first so many of the array, the next one first.
    Some([u16; 8], u8),
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
        self.waiting = Waiting::Some([weight, 0, 0, 0, 0, 0, 0, 0], 1);
    }

    #[inline]
    fn level_of(&self, element: Element) -> u32 {
        match LEVEL {
            1 => element.primary,
            _ => u32::from(self.table.pairs[usize::from(element.lower)][LEVEL - 2]),
        }
    }

    /// Calls a function with every weight; faster than the iterator.
    #[inline]
    pub(crate) fn each(table: &Table, bytes: &[u8], mut f: impl FnMut(u16)) {
        let mut rest = bytes;
        while let Some((character, len)) = E::next(rest) {
            rest = &rest[len..];
            let slot = table
                .slot(character)
                .filter(|_| !table.contractions.may_begin(character));
            let weight = match slot {
                Some(slot) if table.primary[slot] < EXPANSION => match LEVEL {
                    1 => table.primary[slot] as u16,
                    _ => table.pairs[usize::from(table.lower[slot])][LEVEL - 2],
                },
                _ => {
                    rest = Self::each_of_char(table, character, rest, &mut f);
                    continue;
                }
            };
            if weight != 0 {
                f(weight);
            }
        }
    }

    /// The weights of a character that has several, or of the contraction that it begins; gives the rest.
    fn each_of_char<'b>(
        table: &Table,
        character: u32,
        rest: &'b [u8],
        f: &mut impl FnMut(u16),
    ) -> &'b [u8] {
        if table.contractions.may_begin(character)
            && let Some((expansion, more)) = table.contractions.find::<E>(character, rest)
        {
            Self::each_of_expansion(table, expansion, f);
            return &rest[more..];
        }
        match table.slot(character).map(|slot| table.primary[slot]) {
            Some(IMPLICIT) if !HANGUL.contains(&character) => {
                match (LEVEL, implicit(table.version, character)) {
                    (1, Implicit::One(weight)) => f(weight),
                    (1, Implicit::Two([lead, second])) => {
                        f(table.lead(lead));
                        f(second);
                    }
                    (2, _) => f(COMMON[0]),
                    (3, _) => f(table.tertiary(COMMON[1])),
                    _ => {}
                }
            }
            Some(entry @ EXPANSION..) if entry != IMPLICIT => {
                Self::each_of_expansion(table, (entry - EXPANSION) as usize, f);
            }
            _ => Weights::<E, LEVEL>::of_char(table, character).for_each(|weight| f(weight as u16)),
        }
        rest
    }

    #[inline]
    fn each_of_expansion(table: &Table, expansion: usize, f: &mut impl FnMut(u16)) {
        for element in &table.expansions[expansion..] {
            let weight = match LEVEL {
                1 => element.primary,
                _ => u32::from(table.pairs[usize::from(element.lower)][LEVEL - 2]),
            };
            if weight != 0 {
                f(weight as u16);
            }
            if element.last {
                break;
            }
        }
    }

    /// The next of the weights that wait.
    #[inline(never)]
    fn next_waiting(&mut self) -> Option<u16> {
        match &mut self.waiting {
            Waiting::Nothing => None,
            Waiting::Expansion(at) => {
                let mut at = *at;
                loop {
                    let element = *self.table.expansions.get(at)?;
                    let weight = self.level_of(element);
                    at += 1;
                    let last = element.last;
                    self.waiting = if last {
                        Waiting::Nothing
                    } else {
                        Waiting::Expansion(at)
                    };
                    if weight != 0 {
                        return Some(weight as u16);
                    }
                    if last {
                        return None;
                    }
                }
            }
            Waiting::Some(list, count) => {
                let weight = list[0];
                list.rotate_left(1);
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
        if primary < EXPANSION {
            return if LEVEL == 1 {
                primary as u16
            } else {
                table.pairs[usize::from(table.lower[slot])][LEVEL - 2]
            };
        }
        if primary != IMPLICIT {
            self.waiting = Waiting::Expansion((primary - EXPANSION) as usize);
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
        if self.table.version == Version::V900 && HANGUL.contains(&character) {
            let syllable = character - 0xAC00;
            let tail = syllable % 28;
            let jamo = [
                0x1100 + syllable / 588,
                0x1161 + syllable % 588 / 28,
                0x11A7 + tail,
            ];
            let jamo = &jamo[..if tail == 0 { 2 } else { 3 }];
            let mut list = [0; 8];
            let mut count = 0;
            for weight in jamo
                .iter()
                .flat_map(|jamo| Weights::<E, LEVEL>::of_char(self.table, *jamo))
            {
                // MySQL: the third level of the last page of syllables is 3.
                list[count] = if LEVEL == 3 && character >= 0xD700 {
                    self.table.tertiary(3)
                } else {
                    weight as u16
                };
                count += 1;
            }
            if count > 0 {
                self.waiting = Waiting::Some(list, count as u8);
            }
            return;
        }
        let mut list = [0; 8];
        let count = match (LEVEL, implicit(self.table.version, character)) {
            (1, Implicit::One(weight)) => {
                list[0] = weight;
                1
            }
            (1, Implicit::Two([lead, second])) => {
                list[..2].copy_from_slice(&[self.table.lead(lead), second]);
                2
            }
            (2, _) => {
                list[0] = COMMON[0];
                1
            }
            (3, _) => {
                list[0] = self.table.tertiary(COMMON[1]);
                1
            }
            _ => return,
        };
        self.waiting = Waiting::Some(list, count);
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
            if self.table.contractions.may_begin(character)
                && let Some((expansion, more)) =
                    self.table.contractions.find::<E>(character, self.rest)
            {
                self.rest = &self.rest[more..];
                self.waiting = Waiting::Expansion(expansion);
                continue;
            }
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
