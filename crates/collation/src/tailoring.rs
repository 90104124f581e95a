//! Languages: what their collations change in the weights of their base.

use crate::encoding::{Encoding, Utf8mb4};
use crate::rules::TableId;
use crate::sections;
use crate::uca::{self, EXPANSION, Element, PAGE_BITS, Table, ZERO_UNIT};
use std::collections::{HashMap, HashSet};

/// A range of weights that moves.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reorder {
    level: u16,
    first: u16,
    last: u16,
    shift: u16,
    /// A unit that is put in front; 0 if there is none.
    front: u16,
}

impl Reorder {
    /// Where a weight moves, if it is in the range.
    pub(crate) fn moves(&self, level: u16, weight: u16) -> Option<u16> {
        (self.level == level && (self.first..=self.last).contains(&weight))
            .then(|| weight.wrapping_add(self.shift))
    }
}

/// Most characters of a contraction.
const LONGEST: usize = 4;

/// Sequences of characters that weigh something else than their characters.
#[derive(Clone, Default)]
pub(crate) struct Contractions {
    /// Sorted; shorter ones are filled up with zeros.
    list: Vec<([u32; LONGEST], usize)>,
    /// Which characters begin one, by their last eight bits.
    heads: [u64; 4],
    /// Which characters continue one.
    tails: [u64; 4],
}

fn bit(set: &[u64; 4], character: u32) -> bool {
    set[(character >> 6 & 3) as usize] >> (character & 63) & 1 == 1
}

impl Contractions {
    pub(crate) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    fn add(&mut self, points: &[u32], expansion: usize) {
        let mut key = [0; LONGEST];
        key[..points.len()].copy_from_slice(points);
        self.list.push((key, expansion));
        let set =
            |bits: &mut [u64; 4], point: u32| bits[(point >> 6 & 3) as usize] |= 1 << (point & 63);
        set(&mut self.heads, points[0]);
        points[1..]
            .iter()
            .for_each(|point| set(&mut self.tails, *point));
    }

    /// Whether a contraction may begin with this character; a quick test that errs on one side only.
    #[inline]
    pub(crate) fn may_begin(&self, character: u32) -> bool {
        bit(&self.heads, character)
    }

    /// The longest contraction that begins with a character and goes on with the rest: its expansion, and how many
    /// bytes of the rest it takes.
    pub(crate) fn find<E: Encoding>(&self, first: u32, rest: &[u8]) -> Option<(usize, usize)> {
        let mut key = [first, 0, 0, 0];
        let mut ends = [0; LONGEST];
        let mut count = 1;
        while count < LONGEST {
            let Some((next, len)) = E::next(&rest[ends[count - 1]..]) else {
                break;
            };
            if !bit(&self.tails, next) || next == 0 {
                break;
            }
            key[count] = next;
            ends[count] = ends[count - 1] + len;
            count += 1;
        }
        while count > 1 {
            if let Ok(at) = self.list.binary_search_by_key(&key, |(key, _)| *key) {
                return Some((self.list[at].1, ends[count - 1]));
            }
            count -= 1;
            key[count] = 0;
        }
        None
    }

    /// The greatest place not after `at` where a character stands that continues no contraction. `at` is where a
    /// character of UTF-8 begins.
    pub(crate) fn boundary(&self, bytes: &[u8], mut at: usize) -> usize {
        loop {
            match Utf8mb4::next(&bytes[at..]) {
                Some((character, _)) if !bit(&self.tails, character) => return at,
                _ if at == 0 => return 0,
                _ => at -= 1,
            }
            while at > 0 && bytes[at] & 0xC0 == 0x80 {
                at -= 1;
            }
        }
    }
}

/// Builds the table of a language.
pub(crate) fn build(language: u8) -> Table {
    let mut data: &[u8] = include_bytes!("../data/tailoring.bin");
    for _ in 0..4 * usize::from(language) {
        sections::take(&mut data);
    }
    let base = match sections::take(&mut data)[..] {
        [400] => TableId::V400,
        _ => TableId::V900,
    };
    let mut builder = Builder::new(uca::table(base).clone());
    builder.reorder(&sections::take(&mut data));
    let runs = sections::take(&mut data);
    let mut rest = &runs[..];
    while let [low, high, count, ref tail @ ..] = *rest {
        let (weights, tail) = tail.split_at(usize::from(count));
        let first = u32::from(high) << 16 | u32::from(low);
        for (point, weight) in (first..).zip(weights) {
            builder.set_plain(point, *weight);
        }
        rest = tail;
    }
    builder.entries(&sections::take(&mut data));
    builder.finish()
}

/// A table in the making.
struct Builder {
    table: Table,
    /// Pages that are no longer shared.
    own_pages: HashSet<usize>,
    pair_numbers: HashMap<[u16; 3], u16>,
    plain: u16,
}

impl Builder {
    fn new(table: Table) -> Builder {
        let mut builder = Builder {
            table,
            own_pages: HashSet::new(),
            pair_numbers: HashMap::new(),
            plain: 0,
        };
        builder.note_pairs();
        builder
    }

    fn note_pairs(&mut self) {
        self.pair_numbers = self
            .table
            .pairs
            .iter()
            .enumerate()
            .map(|(number, pair)| (*pair, number as u16))
            .collect();
    }

    fn pair(&mut self, pair: [u16; 3]) -> u16 {
        *self.pair_numbers.entry(pair).or_insert_with(|| {
            self.table.pairs.push(pair);
            (self.table.pairs.len() - 1) as u16
        })
    }

    /// Moves whole ranges of weights.
    fn reorder(&mut self, rules: &[u16]) {
        let rules: Vec<Reorder> = rules
            .chunks_exact(5)
            .map(|rule| Reorder {
                level: rule[0],
                first: rule[1],
                last: rule[2],
                shift: rule[3],
                front: rule[4],
            })
            .collect();
        for pair in &mut self.table.pairs {
            if let Some(moved) = rules.iter().find_map(|rule| rule.moves(3, pair[1])) {
                pair[1] = moved;
            }
        }
        self.note_pairs();
        let moved = |weight: u32| {
            let weight = u16::try_from(weight).ok()?;
            rules
                .iter()
                .find_map(|rule| Some((rule.front, rule.moves(1, weight)?)))
        };
        let nothing = self.pair([0; 3]);
        // Characters with one weight.
        for slot in 0..self.table.primary.len() {
            match moved(self.table.primary[slot]) {
                None => {}
                Some((0, weight)) => self.table.primary[slot] = u32::from(weight),
                Some((front, weight)) => {
                    let lower = self.table.lower.get(slot).copied().unwrap_or(nothing);
                    self.table.primary[slot] = EXPANSION + self.table.expansions.len() as u32;
                    self.table.expansions.extend([
                        Element {
                            primary: u32::from(front),
                            lower,
                            last: false,
                        },
                        Element {
                            primary: u32::from(weight),
                            lower: nothing,
                            last: true,
                        },
                    ]);
                }
            }
        }
        self.reorder_expansions(moved, nothing);
        self.table.reorder = rules;
    }

    /// Moves the weights of the expansions that the base has.
    fn reorder_expansions(&mut self, moved: impl Fn(u32) -> Option<(u16, u16)>, nothing: u16) {
        // What `reorder` has appended has been moved already.
        let slots = 0..self.table.primary.len();
        let mut done: HashMap<u32, u32> = HashMap::new();
        let base = uca::table(TableId::V900)
            .expansions
            .len()
            .min(self.table.expansions.len());
        for slot in slots {
            let entry = self.table.primary[slot];
            if entry < EXPANSION || entry == uca::IMPLICIT || (entry - EXPANSION) as usize >= base {
                continue;
            }
            if let Some(new) = done.get(&entry) {
                self.table.primary[slot] = *new;
                continue;
            }
            let first = (entry - EXPANSION) as usize;
            let new = EXPANSION + self.table.expansions.len() as u32;
            let mut at = first;
            loop {
                let element = self.table.expansions[at];
                // The second unit of an implicit pair stays.
                let second_unit = self.table.pairs[usize::from(element.lower)] == [0; 3];
                match moved(element.primary).filter(|_| !second_unit) {
                    None => self.table.expansions.push(element),
                    Some((0, weight)) => {
                        self.table.expansions.push(Element {
                            primary: u32::from(weight),
                            ..element
                        });
                    }
                    Some((front, weight)) => {
                        let front = Element {
                            primary: u32::from(front),
                            last: false,
                            ..element
                        };
                        let back = Element {
                            primary: u32::from(weight),
                            lower: nothing,
                            last: element.last,
                        };
                        self.table.expansions.extend([front, back]);
                    }
                }
                if element.last {
                    break;
                }
                at += 1;
            }
            done.insert(entry, new);
            self.table.primary[slot] = new;
        }
    }

    /// The slot of a character in a page that is this table's own.
    fn own_slot(&mut self, point: u32) -> usize {
        let page = (point >> PAGE_BITS) as usize;
        if self.own_pages.insert(page) {
            let size = 1 << PAGE_BITS;
            let old = usize::from(self.table.index[page]) * size;
            self.table.index[page] = (self.table.primary.len() / size) as u16;
            self.table.primary.extend_from_within(old..old + size);
            if !self.table.lower.is_empty() {
                self.table.lower.extend_from_within(old..old + size);
            }
        }
        self.table.slot(point).unwrap_or(0)
    }

    /// Gives a character one ordinary weight.
    fn set_plain(&mut self, point: u32, weight: u16) {
        if self.plain == 0 {
            self.plain = self.pair([0x20, 2, 0]);
        }
        let slot = self.own_slot(point);
        self.table.primary[slot] = u32::from(weight);
        if let Some(lower) = self.table.lower.get_mut(slot) {
            *lower = self.plain;
        }
    }

    /// Takes up characters and contractions with weights of any length.
    fn entries(&mut self, section: &[u16]) {
        let mut rest = section;
        while let [count, ref tail @ ..] = *rest {
            let (points, mut tail) = tail.split_at(2 * usize::from(count));
            let points: Vec<u32> = points
                .chunks_exact(2)
                .map(|point| u32::from(point[1]) << 16 | u32::from(point[0]))
                .collect();
            let mut levels: [&[u16]; 4] = [&[]; 4];
            for level in &mut levels {
                let (length, after) = tail.split_at(1);
                (*level, tail) = after.split_at(usize::from(length[0]));
            }
            rest = tail;
            let expansion = self.expansion(levels);
            match points[..] {
                [point] => {
                    let slot = self.own_slot(point);
                    self.table.primary[slot] = EXPANSION + expansion as u32;
                }
                _ => self.table.contractions.add(&points, expansion),
            }
        }
    }

    /// Adds an expansion. Levels are independent of each other, so the n-th weights of all make up an element.
    fn expansion(&mut self, levels: [&[u16]; 4]) -> usize {
        let first = self.table.expansions.len();
        let count = levels
            .iter()
            .map(|level| level.len())
            .max()
            .unwrap_or(0)
            .max(1);
        for at in 0..count {
            let unit = |level: usize| levels[level].get(at).copied().unwrap_or(0);
            let primary = match levels[0].get(at) {
                Some(0) => ZERO_UNIT,
                _ => u32::from(unit(0)),
            };
            let lower = self.pair([unit(1), unit(2), unit(3)]);
            self.table.expansions.push(Element {
                primary,
                lower,
                last: at + 1 == count,
            });
        }
        first
    }

    fn finish(mut self) -> Table {
        self.table.contractions.list.sort_unstable();
        self.table.note_ascii();
        self.table
    }
}
