//! Sort keys of `PAD SPACE` collations.
//!
//! A `PAD SPACE` string compares as if it ended in endless spaces, and characters below the space exist: `'a\t' < 'a'`.
//! To let `memcmp` order the keys, trailing spaces are dropped and every run of spaces is written as one space weight
//! with a note that says how the next weight compares with a space, and the length of the run:
//!
//! * `space 01 length`: a lighter weight follows; the shorter run is the smaller string;
//! * `space 02`: the string ends here;
//! * `space 03 !length`: a heavier weight follows; the shorter run is the greater string.

/// Writes weights of a fixed width as a key.
pub(crate) struct PaddedKey<'o> {
    out: &'o mut Vec<u8>,
    width: usize,
    space: u32,
    run: u32,
}

/// Runs up to this length take one byte.
const SHORT_RUN: u32 = 0xFE;

impl<'o> PaddedKey<'o> {
    /// `width` bytes a weight, and the weight of a space.
    pub(crate) fn new(out: &'o mut Vec<u8>, width: usize, space: u32) -> PaddedKey<'o> {
        PaddedKey {
            out,
            width,
            space,
            run: 0,
        }
    }

    /// Adds a weight.
    #[inline]
    pub(crate) fn push(&mut self, weight: u32) {
        if weight == self.space {
            self.run += 1;
            return;
        }
        if self.run > 0 {
            self.flush(weight);
        }
        put(self.out, weight, self.width);
    }

    fn flush(&mut self, next: u32) {
        put(self.out, self.space, self.width);
        let mut length = [0; 5];
        let length = if self.run <= SHORT_RUN {
            length[0] = self.run as u8;
            &mut length[..1]
        } else {
            length[0] = 0xFF;
            length[1..].copy_from_slice(&self.run.to_be_bytes());
            &mut length[..]
        };
        if next < self.space {
            self.out.push(1);
        } else {
            self.out.push(3);
            length.iter_mut().for_each(|byte| *byte = !*byte);
        }
        self.out.extend_from_slice(length);
        self.run = 0;
    }

    /// Ends the key.
    pub(crate) fn finish(self) {
        put(self.out, self.space, self.width);
        self.out.push(2);
    }
}

/// Appends a weight, big-endian.
#[inline]
pub(crate) fn put(out: &mut Vec<u8>, weight: u32, width: usize) {
    let bytes = weight.to_be_bytes();
    match width {
        1 => out.push(bytes[3]),
        2 => out.extend_from_slice(&bytes[2..]),
        _ => out.extend_from_slice(&bytes[4 - width..]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cmp::Ordering;

    fn key(weights: &[u32]) -> Vec<u8> {
        let mut out = Vec::new();
        let mut key = PaddedKey::new(&mut out, 1, 5);
        weights.iter().for_each(|weight| key.push(*weight));
        key.finish();
        out
    }

    fn padded(a: &[u32], b: &[u32]) -> Ordering {
        let at = |list: &[u32], i: usize| list.get(i).copied().unwrap_or(5);
        (0..a.len().max(b.len()))
            .map(|i| at(a, i).cmp(&at(b, i)))
            .find(|o| o.is_ne())
            .unwrap_or(Ordering::Equal)
    }

    #[test]
    fn keys_order_like_padded_strings() {
        let mut strings: Vec<Vec<u32>> = vec![vec![]];
        for length in 0..5 {
            let longer: Vec<Vec<u32>> = strings
                .iter()
                .filter(|string| string.len() == length)
                .flat_map(|string| [1, 5, 9].map(|weight| [&string[..], &[weight]].concat()))
                .collect();
            strings.extend(longer);
        }
        for long in [253, 254, 255, 256, 300, 70_000] {
            strings.push([&vec![5; long][..], &[1]].concat());
            strings.push([&vec![5; long][..], &[9]].concat());
        }
        for a in &strings {
            for b in &strings {
                assert_eq!(key(a).cmp(&key(b)), padded(a, b), "{a:?} {b:?}");
            }
        }
    }
}
