//! Comparison, keys and hashes by the weights of the Unicode Collation Algorithm.

use crate::ascii::{self, Common};
use crate::collation::Pad;
use crate::encoding::{Encoding, Utf8mb4};
use crate::key::{PaddedKey, put};
use crate::rules::{Levels, TableId};
use crate::uca::{Table, Weights, table};
use std::cmp::Ordering;
use std::hash::Hasher;

/// The weight with which the shorter string is filled up: that of a space.
fn padding(table: &Table, pad: Pad) -> Option<u32> {
    (pad == Pad::PadSpace).then(|| u32::from(table.ascii(1, b' ')))
}

/// Order of two strings in UTF-8.
#[inline]
pub(crate) fn compare_utf8(id: TableId, levels: Levels, pad: Pad, a: &[u8], b: &[u8]) -> Ordering {
    let table = table(id);
    let mut order = compare_utf8_level::<1>(table, pad, a, b);
    if order.is_eq() && levels != Levels::One {
        order = compare_utf8_level::<2>(table, pad, a, b);
    }
    if order.is_eq() && levels as u8 >= 3 {
        order = compare_utf8_level::<3>(table, pad, a, b);
    }
    if order.is_eq() && levels == Levels::Four {
        order = compare_level(
            Weights::<Utf8mb4, 4>::new(table, a),
            Weights::<Utf8mb4, 4>::new(table, b),
            None,
        );
    }
    order
}

/// Order of two strings on one of the first three levels.
#[inline]
fn compare_utf8_level<const LEVEL: usize>(table: &Table, pad: Pad, a: &[u8], b: &[u8]) -> Ordering {
    let contracts = !table.contractions.is_empty();
    let fold = table.folds_ascii && LEVEL < 3 && !contracts;
    let mut start = match ascii::common(a, b, fold) {
        Common::Bytes(at) if at == a.len() && at == b.len() => return Ordering::Equal,
        Common::Bytes(at) => ascii::char_start(a, b, at),
        Common::ThenAscii(at) => {
            let (x, y) = (table.ascii(LEVEL, a[at]), table.ascii(LEVEL, b[at]));
            if !contracts && x != 0 && y != 0 && x != y {
                return x.cmp(&y);
            }
            at
        }
    };
    if contracts {
        // The last characters may belong to a contraction that goes on differently, in either string.
        start = ascii::char_start(a, b, start);
        let boundary = |bytes| table.contractions.boundary(bytes, start);
        start = boundary(a).min(boundary(b));
    }
    compare_rest::<LEVEL>(table, pad, &a[start..], &b[start..])
}

#[inline(never)]
fn compare_rest<const LEVEL: usize>(table: &Table, pad: Pad, a: &[u8], b: &[u8]) -> Ordering {
    let weights = Weights::<Utf8mb4, LEVEL>::new;
    compare_level(weights(table, a), weights(table, b), padding(table, pad))
}

/// Order of two strings.
pub(crate) fn compare<E: Encoding>(
    id: TableId,
    levels: Levels,
    pad: Pad,
    a: &[u8],
    b: &[u8],
) -> Ordering {
    let table = table(id);
    let pad = padding(table, pad);
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
    if order.is_eq() && levels as u8 >= 3 {
        order = compare_level(
            Weights::<E, 3>::new(table, a),
            Weights::<E, 3>::new(table, b),
            pad,
        );
    }
    if order.is_eq() && levels == Levels::Four {
        order = compare_level(
            Weights::<E, 4>::new(table, a),
            Weights::<E, 4>::new(table, b),
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
    match padding(table(id), pad) {
        None => weight_string::<E>(id, levels, bytes, out),
        Some(space) => {
            let mut key = PaddedKey::new(out, 2, space);
            Weights::<E, 1>::each(table(id), bytes, |weight| key.push(u32::from(weight)));
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
    Weights::<E, 1>::each(table, bytes, |weight| {
        out.extend_from_slice(&weight.to_be_bytes())
    });
    if levels != Levels::One {
        put(out, 0, 2);
        Weights::<E, 2>::each(table, bytes, |weight| {
            out.extend_from_slice(&weight.to_be_bytes())
        });
    }
    if levels as u8 >= 3 {
        put(out, 0, 2);
        Weights::<E, 3>::each(table, bytes, |weight| {
            out.extend_from_slice(&weight.to_be_bytes())
        });
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
    let table = table(id);
    let mut pieces = Pieces::new(padding(table, pad), hasher);
    Weights::<E, 1>::each(table, bytes, |weight| pieces.add(u32::from(weight)));
    pieces.finish();
}

/// Weights on their way to a hasher, without trailing ones that are padding. A hasher sees pieces of fixed length,
/// whatever the string.
pub(crate) struct Pieces<'h, H> {
    piece: [u8; 32],
    filled: usize,
    pad: Option<u32>,
    spaces: u32,
    hasher: &'h mut H,
}

impl<'h, H: Hasher> Pieces<'h, H> {
    pub(crate) fn new(pad: Option<u32>, hasher: &'h mut H) -> Pieces<'h, H> {
        Pieces {
            piece: [0; 32],
            filled: 0,
            pad,
            spaces: 0,
            hasher,
        }
    }

    #[inline]
    pub(crate) fn add(&mut self, weight: u32) {
        if Some(weight) == self.pad {
            self.spaces += 1;
            return;
        }
        while self.spaces > 0 {
            self.spaces -= 1;
            self.put(self.pad.unwrap_or(0));
        }
        self.put(weight);
    }

    #[inline]
    fn put(&mut self, weight: u32) {
        self.piece[self.filled..self.filled + 2].copy_from_slice(&(weight as u16).to_ne_bytes());
        self.filled += 2;
        if self.filled == self.piece.len() {
            self.hasher.write(&self.piece);
            self.filled = 0;
        }
    }

    pub(crate) fn finish(self) {
        self.hasher.write(&self.piece[..self.filled]);
        self.hasher.write_u8(0xFF);
    }
}
