//! Characters in bytes: one type for each way to encode them.

/// What the decoders give for bytes that are not well-formed: above all code points.
pub(crate) const MALFORMED: u32 = u32::MAX;

/// A way to write characters as bytes. The number of a character is its code point in the Unicode encodings, and its
/// bytes read as a big-endian number in the others.
pub(crate) trait Encoding: Copy {
    /// The fewest bytes of a character.
    const MIN_LEN: usize;

    /// The first character and its length; `None` at the end. What is malformed has `MIN_LEN` bytes, or what is left.
    fn next(bytes: &[u8]) -> Option<(u32, usize)>;
}

/// How many characters there are.
pub(crate) fn count<E: Encoding>(bytes: &[u8]) -> usize {
    let mut at = 0;
    let mut count = 0;
    while let Some((_, len)) = E::next(&bytes[at..]) {
        at += len;
        count += 1;
    }
    count
}

/// Where the n-th character begins.
pub(crate) fn byte_index<E: Encoding>(bytes: &[u8], n: usize) -> usize {
    let mut at = 0;
    for _ in 0..n {
        match E::next(&bytes[at..]) {
            Some((_, len)) => at += len,
            None => break,
        }
    }
    at
}

/// The length of the well-formed beginning.
pub(crate) fn well_formed_len<E: Encoding>(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some((character, len)) = E::next(&bytes[at..]) {
        if character == MALFORMED {
            break;
        }
        at += len;
    }
    at
}

/// `utf8mb4`: UTF-8.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Utf8mb4;
/// `utf8mb3`: UTF-8 up to U+FFFF.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Utf8mb3;
/// `utf16`, big-endian.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Utf16;
/// `utf16le`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Utf16le;
/// `ucs2`: two bytes, surrogates are characters.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ucs2;
/// `utf32`, big-endian.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Utf32;
/// The one-byte sets; the number of a character is its byte.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OneByte;
/// `big5`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Big5;
/// `gbk`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Gbk;
/// `gb2312`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Gb2312;
/// `gb18030`: one, two or four bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Gb18030;
/// `sjis` and `cp932`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sjis;
/// `ujis` and `eucjpms`: one, two or three bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ujis;
/// `euckr`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Euckr;

/// Whether a byte continues a UTF-8 sequence.
fn is_trail(byte: u8) -> bool {
    byte & 0xC0 == 0x80
}

#[inline]
fn next_utf8(bytes: &[u8], up_to: usize) -> Option<(u32, usize)> {
    let first = *bytes.first()?;
    if first < 0x80 {
        return Some((u32::from(first), 1));
    }
    let low = |byte: u8| u32::from(byte & 0x3F);
    let character = match *bytes {
        [a @ 0xC2..=0xDF, b, ..] if is_trail(b) => (u32::from(a & 0x1F) << 6 | low(b), 2),
        [a @ 0xE0..=0xEF, b, c, ..] if is_trail(b) && is_trail(c) => {
            let point = u32::from(a & 0x0F) << 12 | low(b) << 6 | low(c);
            if point < 0x800 || (0xD800..=0xDFFF).contains(&point) {
                return Some((MALFORMED, 1));
            }
            (point, 3)
        }
        [a @ 0xF0..=0xF4, b, c, d, ..]
            if up_to == 4 && is_trail(b) && is_trail(c) && is_trail(d) =>
        {
            let point = u32::from(a & 7) << 18 | low(b) << 12 | low(c) << 6 | low(d);
            if !(0x1_0000..=0x10_FFFF).contains(&point) {
                return Some((MALFORMED, 1));
            }
            (point, 4)
        }
        _ => (MALFORMED, 1),
    };
    Some(character)
}

impl Encoding for Utf8mb4 {
    const MIN_LEN: usize = 1;

    #[inline]
    fn next(bytes: &[u8]) -> Option<(u32, usize)> {
        next_utf8(bytes, 4)
    }
}

impl Encoding for Utf8mb3 {
    const MIN_LEN: usize = 1;

    #[inline]
    fn next(bytes: &[u8]) -> Option<(u32, usize)> {
        next_utf8(bytes, 3)
    }
}

fn next_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<(u32, usize)> {
    match *bytes {
        [] => None,
        [_] => Some((MALFORMED, 1)),
        [a, b, ref rest @ ..] => {
            let first = u32::from(unit([a, b]));
            match first {
                0xD800..=0xDBFF => {
                    if let [c, d, ..] = *rest
                        && let second @ 0xDC00..=0xDFFF = u32::from(unit([c, d]))
                    {
                        return Some((0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00), 4));
                    }
                    Some((MALFORMED, 2))
                }
                0xDC00..=0xDFFF => Some((MALFORMED, 2)),
                _ => Some((first, 2)),
            }
        }
    }
}

impl Encoding for Utf16 {
    const MIN_LEN: usize = 2;

    fn next(bytes: &[u8]) -> Option<(u32, usize)> {
        next_utf16(bytes, u16::from_be_bytes)
    }
}

impl Encoding for Utf16le {
    const MIN_LEN: usize = 2;

    fn next(bytes: &[u8]) -> Option<(u32, usize)> {
        next_utf16(bytes, u16::from_le_bytes)
    }
}

impl Encoding for Ucs2 {
    const MIN_LEN: usize = 2;

    fn next(bytes: &[u8]) -> Option<(u32, usize)> {
        match *bytes {
            [] => None,
            [_] => Some((MALFORMED, 1)),
            [a, b, ..] => Some((u32::from(u16::from_be_bytes([a, b])), 2)),
        }
    }
}

impl Encoding for Utf32 {
    const MIN_LEN: usize = 4;

    fn next(bytes: &[u8]) -> Option<(u32, usize)> {
        match *bytes {
            [] => None,
            [a, b, c, d, ..] => match u32::from_be_bytes([a, b, c, d]) {
                0xD800..=0xDFFF | 0x11_0000.. => Some((MALFORMED, 4)),
                point => Some((point, 4)),
            },
            _ => Some((MALFORMED, bytes.len())),
        }
    }
}

impl Encoding for OneByte {
    const MIN_LEN: usize = 1;

    fn next(bytes: &[u8]) -> Option<(u32, usize)> {
        bytes.first().map(|byte| (u32::from(*byte), 1))
    }
}

/// One- or two-byte characters: which bytes are characters alone, and which pairs are.
fn next_pair(
    bytes: &[u8],
    single: fn(u8) -> bool,
    pair: fn(u8, u8) -> bool,
) -> Option<(u32, usize)> {
    match *bytes {
        [] => None,
        [a, ..] if single(a) => Some((u32::from(a), 1)),
        [a, b, ..] if pair(a, b) => Some((u32::from(u16::from_be_bytes([a, b])), 2)),
        _ => Some((MALFORMED, 1)),
    }
}

impl Encoding for Big5 {
    const MIN_LEN: usize = 1;

    fn next(bytes: &[u8]) -> Option<(u32, usize)> {
        next_pair(
            bytes,
            |a| a < 0x80,
            |a, b| matches!(a, 0xA1..=0xF9) && matches!(b, 0x40..=0x7E | 0xA1..=0xFE),
        )
    }
}

impl Encoding for Gbk {
    const MIN_LEN: usize = 1;

    fn next(bytes: &[u8]) -> Option<(u32, usize)> {
        next_pair(
            bytes,
            |a| a < 0x80,
            |a, b| matches!(a, 0x81..=0xFE) && matches!(b, 0x40..=0x7E | 0x80..=0xFE),
        )
    }
}

impl Encoding for Gb2312 {
    const MIN_LEN: usize = 1;

    fn next(bytes: &[u8]) -> Option<(u32, usize)> {
        next_pair(
            bytes,
            |a| a < 0x80,
            |a, b| matches!(a, 0xA1..=0xF7) && matches!(b, 0xA1..=0xFE),
        )
    }
}

impl Encoding for Gb18030 {
    const MIN_LEN: usize = 1;

    fn next(bytes: &[u8]) -> Option<(u32, usize)> {
        if let [
            a @ 0x81..=0xFE,
            b @ 0x30..=0x39,
            c @ 0x81..=0xFE,
            d @ 0x30..=0x39,
            ..,
        ] = *bytes
        {
            return Some((u32::from_be_bytes([a, b, c, d]), 4));
        }
        Gbk::next(bytes)
    }
}

impl Encoding for Sjis {
    const MIN_LEN: usize = 1;

    fn next(bytes: &[u8]) -> Option<(u32, usize)> {
        next_pair(
            bytes,
            |a| matches!(a, 0..=0x7F | 0xA1..=0xDF),
            |a, b| matches!(a, 0x81..=0x9F | 0xE0..=0xFC) && matches!(b, 0x40..=0x7E | 0x80..=0xFC),
        )
    }
}

impl Encoding for Ujis {
    const MIN_LEN: usize = 1;

    fn next(bytes: &[u8]) -> Option<(u32, usize)> {
        if let [0x8F, b @ 0xA1..=0xFE, c @ 0xA1..=0xFE, ..] = *bytes {
            return Some((u32::from_be_bytes([0, 0x8F, b, c]), 3));
        }
        next_pair(
            bytes,
            |a| a < 0x80,
            |a, b| {
                a == 0x8E && matches!(b, 0xA1..=0xDF)
                    || matches!(a, 0xA1..=0xFE) && matches!(b, 0xA1..=0xFE)
            },
        )
    }
}

impl Encoding for Euckr {
    const MIN_LEN: usize = 1;

    fn next(bytes: &[u8]) -> Option<(u32, usize)> {
        next_pair(
            bytes,
            |a| a < 0x80,
            |a, b| matches!(a, 0x81..=0xFE) && matches!(b, 0x41..=0x5A | 0x61..=0x7A | 0x81..=0xFE),
        )
    }
}
