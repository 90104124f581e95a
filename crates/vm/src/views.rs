//! Texts as Arrow's views hold them: each is told by 16 bytes, short ones by those alone.

use bumpalo::Bump;
use sqlift_functions::kernel::put_text;

/// Texts of at most so many bytes stand in the view, behind their length.
const INLINE: usize = 12;

/// Texts of more bytes on average are not brought together.
const LONG: usize = 64;

/// A column of views.
#[derive(Clone, Copy, Debug)]
pub struct Views<'c> {
    /// The lowest 32 bits are a length. Behind it the text, or four bytes of it, the number of a buffer, and where the text begins there.
    pub views: &'c [u128],
    /// What the longer texts stand in.
    pub buffers: &'c [&'c [u8]],
}

impl<'c> Views<'c> {
    /// The text of a row; `None` if there is no such row, or no such text.
    pub fn text(&self, row: usize) -> Option<&'c [u8]> {
        let view = self.views.get(row)?;
        let length = *view as u32 as usize;
        if length <= INLINE {
            return bytemuck::bytes_of(view).get(4..4 + length);
        }
        self.behind(*view)?.get(..length)
    }

    /// The bytes from the beginning of a longer text on.
    #[inline(always)]
    fn behind(&self, view: u128) -> Option<&'c [u8]> {
        let [buffer, start] = [64, 96].map(|bit| (view >> bit) as u32 as usize);
        self.buffers.get(buffer)?.get(start..)
    }

    /// The texts of some rows one behind the other, and where they begin and end. `None` if they are long, or one is nowhere.
    pub(crate) fn together<'r>(
        &self,
        start: usize,
        rows: usize,
        arena: &'r Bump,
    ) -> Option<(&'r [u32], &'r [u8])> {
        let views = self.views.get(start..start + rows)?;
        let offsets = arena.alloc_slice_fill_copy(rows + 1, 0_u32);
        let mut all = 0;
        for (view, offset) in views.iter().zip(&mut offsets[1..]) {
            all += *view as u32 as usize;
            *offset = all as u32;
        }
        if all > LONG * rows {
            return None;
        }
        let bytes = arena.alloc_slice_fill_copy(all, 0_u8);
        for (view, offset) in views.iter().zip(&*offsets) {
            let (length, at) = (*view as u32 as usize, *offset as usize);
            if length <= INLINE {
                put_text(bytes, at, &(view >> 32).to_le_bytes(), length);
            } else {
                let behind = self.behind(*view).filter(|b| b.len() >= length)?;
                put_text(bytes, at, behind, length);
            }
        }
        Some((offsets, bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inline(text: &[u8]) -> u128 {
        let mut bytes = [0; 16];
        bytes[0] = text.len() as u8;
        bytes[4..4 + text.len()].copy_from_slice(text);
        u128::from_le_bytes(bytes)
    }

    fn elsewhere(length: u32, buffer: u32, start: u32) -> u128 {
        u128::from(length) | u128::from(buffer) << 64 | u128::from(start) << 96
    }

    #[test]
    fn each_alone_and_together() {
        let buffers: [&[u8]; 2] = [b"0123456789abcdefghij", b"-thirteen chars-"];
        let views = [
            inline(b"before"),
            inline(b""),
            elsewhere(13, 0, 4),
            inline(b"twelve bytes"),
            elsewhere(20, 0, 0),
            elsewhere(14, 1, 1),
            inline(b"a"),
        ];
        let views = Views {
            views: &views,
            buffers: &buffers,
        };
        let expected: [&[u8]; 6] = [
            b"",
            b"456789abcdefg",
            b"twelve bytes",
            b"0123456789abcdefghij",
            b"thirteen chars",
            b"a",
        ];
        let arena = Bump::new();
        let (offsets, bytes) = views.together(1, 6, &arena).expect("short texts");
        for (row, text) in expected.into_iter().enumerate() {
            assert_eq!(views.text(row + 1), Some(text));
            let [start, end] = [row, row + 1].map(|i| offsets[i] as usize);
            assert_eq!(&bytes[start..end], text);
        }
        assert_eq!(views.text(7), None);
    }

    #[test]
    fn what_is_nowhere_is_no_text() {
        for view in [
            elsewhere(13, 2, 0),
            elsewhere(13, 0, 1),
            elsewhere(u32::MAX, 0, 0),
        ] {
            let views = Views {
                views: &[view],
                buffers: &[b"thirteen char"],
            };
            assert_eq!(views.text(0), None);
            assert!(views.together(0, 1, &Bump::new()).is_none());
        }
    }
}
