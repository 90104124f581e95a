//! Comparison, keys and hashes by the weights of the Unicode Collation Algorithm.

use crate::collation::{Pad, skip_common_utf8};
use crate::encoding::{Encoding, Utf8mb4};
use crate::key::{PaddedKey, put};
use crate::rules::{Levels, TableId};
use crate::uca::{Table, Weights, table};
use std::cmp::Ordering;
use std::hash::Hasher;

/// The weight of a space in the padding collations.
const SPACE: u32 = 0x0209;

/// The weight with which the shorter string is filled up.
fn padding(pad: Pad) -> Option<u32> {
    (pad == Pad::PadSpace).then_some(SPACE)
}

/// Order of two strings in UTF-8.
#[inline]
pub(crate) fn compare_utf8(id: TableId, levels: Levels, pad: Pad, a: &[u8], b: &[u8]) -> Ordering {
    let table = table(id);
    let contracts = !table.contractions.is_empty();
    let fold = table.folds_ascii && (levels as u8) < 3 && !contracts;
    let (mut start, then_ascii) = skip_common_utf8(a, b, fold);
    if contracts {
        // The last characters may belong to a contraction that goes on differently.
        start = table.contractions.boundary(a, start);
    } else if then_ascii {
        let (x, y) = (table.ascii(a[start]), table.ascii(b[start]));
        if x != 0 && y != 0 && x != y {
            return x.cmp(&y);
        }
    }
    if start == a.len() && start == b.len() {
        return Ordering::Equal;
    }
    compare_in::<Utf8mb4>(table, levels, pad, &a[start..], &b[start..])
}

/// Order of two strings.
pub(crate) fn compare<E: Encoding>(
    id: TableId,
    levels: Levels,
    pad: Pad,
    a: &[u8],
    b: &[u8],
) -> Ordering {
    compare_in::<E>(table(id), levels, pad, a, b)
}

fn compare_in<E: Encoding>(
    table: &Table,
    levels: Levels,
    pad: Pad,
    a: &[u8],
    b: &[u8],
) -> Ordering {
    let pad = padding(pad);
    let mut order = compare_level(
        Weights::<E, 1>::new(table, a),
        Weights::<E, 1>::new(table, b),
        pad,
    );
    if order.is_eq() && levels != Levels::One {
        order = compare_level(
            Weights::<E, 2>::new(table, a),
            Weights::<E, 2>::new(table, b),
            pad,
        );
    }
    if order.is_eq() && levels == Levels::Three {
        order = compare_level(
            Weights::<E, 3>::new(table, a),
            Weights::<E, 3>::new(table, b),
            pad,
        );
    }
    order
}

/// Order of two lists of weights, the shorter one filled up with `pad`.
#[inline]
pub(crate) fn compare_level(
    mut a: impl Iterator<Item = u32>,
    mut b: impl Iterator<Item = u32>,
    pad: Option<u32>,
) -> Ordering {
    loop {
        return match (a.next(), b.next()) {
            (Some(x), Some(y)) if x == y => continue,
            (Some(x), Some(y)) => x.cmp(&y),
            (None, None) => Ordering::Equal,
            (Some(x), None) => against_padding(x, a, pad),
            (None, Some(y)) => against_padding(y, b, pad).reverse(),
        };
    }
}

/// Order of the weights that one list has more than the other.
fn against_padding(first: u32, rest: impl Iterator<Item = u32>, pad: Option<u32>) -> Ordering {
    let Some(pad) = pad else {
        return Ordering::Greater;
    };
    std::iter::once(first)
        .chain(rest)
        .find(|weight| *weight != pad)
        .map_or(Ordering::Equal, |weight| weight.cmp(&pad))
}

/// Appends a key.
pub(crate) fn sort_key<E: Encoding>(
    id: TableId,
    levels: Levels,
    pad: Pad,
    bytes: &[u8],
    out: &mut Vec<u8>,
) {
    match padding(pad) {
        None => weight_string::<E>(id, levels, bytes, out),
        Some(space) => {
            let mut key = PaddedKey::new(out, 2, space);
            Weights::<E, 1>::new(table(id), bytes).for_each(|weight| key.push(weight));
            key.finish();
        }
    }
}

/// Appends `WEIGHT_STRING(s)`: the levels one after the other, with 0000 between.
pub(crate) fn weight_string<E: Encoding>(
    id: TableId,
    levels: Levels,
    bytes: &[u8],
    out: &mut Vec<u8>,
) {
    let table = table(id);
    out.reserve(2 * bytes.len());
    Weights::<E, 1>::new(table, bytes).for_each(|weight| put(out, weight, 2));
    if levels != Levels::One {
        put(out, 0, 2);
        Weights::<E, 2>::new(table, bytes).for_each(|weight| put(out, weight, 2));
    }
    if levels as u8 >= 3 {
        put(out, 0, 2);
        Weights::<E, 3>::new(table, bytes).for_each(|weight| put(out, weight, 2));
    }
    if levels == Levels::Four {
        // MySQL: the separator is only there if something follows it.
        let mut weights = Weights::<E, 4>::new(table, bytes).peekable();
        if weights.peek().is_some() {
            put(out, 0, 2);
            weights.for_each(|weight| put(out, weight, 2));
        }
    }
}

/// Hashes the first level.
pub(crate) fn hash<E: Encoding>(id: TableId, pad: Pad, bytes: &[u8], hasher: &mut impl Hasher) {
    hash_weights(Weights::<E, 1>::new(table(id), bytes), padding(pad), hasher);
}

/// Hashes weights, without trailing ones that are padding. A hasher sees pieces of fixed length, whatever the string.
pub(crate) fn hash_weights(
    weights: impl Iterator<Item = u32>,
    pad: Option<u32>,
    hasher: &mut impl Hasher,
) {
    let mut pieces = Pieces {
        piece: [0; 32],
        filled: 0,
        hasher,
    };
    let mut spaces = 0u32;
    for weight in weights {
        if Some(weight) == pad {
            spaces += 1;
            continue;
        }
        for _ in 0..std::mem::take(&mut spaces) {
            pieces.add(pad.unwrap_or(SPACE));
        }
        pieces.add(weight);
    }
    let Pieces {
        piece,
        filled,
        hasher,
    } = pieces;
    hasher.write(&piece[..filled]);
    hasher.write_u8(0xFF);
}

/// Weights on their way to a hasher.
struct Pieces<'h, H> {
    piece: [u8; 32],
    filled: usize,
    hasher: &'h mut H,
}

impl<H: Hasher> Pieces<'_, H> {
    #[inline]
    fn add(&mut self, weight: u32) {
        self.piece[self.filled..self.filled + 2].copy_from_slice(&(weight as u16).to_ne_bytes());
        self.filled += 2;
        if self.filled == self.piece.len() {
            self.hasher.write(&self.piece);
            self.filled = 0;
        }
    }
}
