//! Conversion between character sets, through code points.

use crate::charset::{Charset, with_encoding};
use crate::encoding::{Encoding, MALFORMED};
use crate::{multibyte, sections};
use std::sync::OnceLock;

/// Code points that have no byte, and bytes that have no code point.
const NONE: u16 = 0xFFFF;

/// What became of a conversion.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Conversion {
    /// How many characters became `?`, because they have no counterpart or are malformed.
    pub replaced: usize,
    /// The byte index of the first of them in the source.
    pub first_replaced: Option<usize>,
}

impl Conversion {
    /// Whether nothing was lost.
    pub fn is_exact(&self) -> bool {
        self.replaced == 0
    }
}

/// Converts a string and appends the result. What has no counterpart becomes `?`. To and from `binary` the bytes are
/// copied. Only sets of which [`Charset::has_mapping`] is true have counterparts.
///
/// ```
/// use sqlift_collation::{Charset, convert};
/// let mut out = Vec::new();
/// let report = convert(Charset::Utf8mb4, Charset::Latin1, "é日".as_bytes(), &mut out);
/// assert_eq!(out, b"\xE9?");
/// assert_eq!((report.replaced, report.first_replaced), (1, Some(2)));
/// ```
pub fn convert(from: Charset, to: Charset, bytes: &[u8], out: &mut Vec<u8>) -> Conversion {
    let mut report = Conversion::default();
    let same = from == to || from == Charset::Binary || to == Charset::Binary;
    if same || (from == Charset::Utf8mb3 && to == Charset::Utf8mb4) {
        out.extend_from_slice(bytes);
        return report;
    }
    let mut at = 0;
    if from.is_ascii_compatible()
        && to.is_ascii_compatible()
        && from.min_len() == 1
        && to.min_len() == 1
    {
        at = ascii_prefix(from, to, bytes);
        out.extend_from_slice(&bytes[..at]);
    }
    while let Some((point, len)) = decode(from, &bytes[at..]) {
        let written = point.is_some_and(|point| encode(to, point, out));
        if !written {
            encode(to, u32::from(b'?'), out);
            report.replaced += 1;
            report.first_replaced.get_or_insert(at);
        }
        at += len;
    }
    report
}

/// How many bytes at the start mean the same in both sets.
fn ascii_prefix(from: Charset, to: Charset, bytes: &[u8]) -> usize {
    let plain = |charset: Charset| {
        charset.is_unicode()
            || matches!(charset, Charset::Ascii | Charset::Latin1 | Charset::Latin2)
    };
    if !plain(from) || !plain(to) {
        return 0;
    }
    bytes
        .iter()
        .position(|byte| *byte >= 0x80)
        .unwrap_or(bytes.len())
}

/// The code point of the first character, if it has one, and its length in bytes.
pub(crate) fn decode(charset: Charset, bytes: &[u8]) -> Option<(Option<u32>, usize)> {
    let (number, len) = with_encoding!(charset, E => E::next(bytes))?;
    Some((code_point(charset, number), len))
}

/// The code point of a character, if it has one.
pub(crate) fn code_point(charset: Charset, number: u32) -> Option<u32> {
    match number {
        MALFORMED => None,
        _ if charset.is_unicode() => Some(number),
        _ if charset.max_len() > 1 => multibyte::decode(charset, number),
        _ => one_byte(charset).and_then(|table| table.decode(number as u8)),
    }
}

/// Appends a code point; false if the set does not have it.
pub(crate) fn encode(charset: Charset, point: u32, out: &mut Vec<u8>) -> bool {
    if charset.is_unicode() {
        return encode_unicode(charset, point, out);
    }
    if charset.max_len() > 1 {
        return multibyte::encode(charset, point, out);
    }
    // MySQL: tis620 drops the upper bits of supplementary characters (but not where that leaves none: U+10000).
    let point = match charset {
        Charset::Tis620 if point & 0xFFFF != 0 => point & 0xFFFF,
        _ => point,
    };
    match one_byte(charset).and_then(|table| table.encode(point)) {
        Some(byte) => {
            out.push(byte);
            true
        }
        None => false,
    }
}

/// The number that a character has in a set that is not Unicode: its bytes, big-endian.
pub(crate) fn encoded_number(charset: Charset, point: u32) -> Option<u32> {
    let mut bytes = Vec::new();
    encode(charset, point, &mut bytes).then(|| {
        bytes
            .iter()
            .fold(0, |number, byte| number << 8 | u32::from(*byte))
    })
}

/// Appends a code point in a Unicode encoding; false if there is no room for it.
pub(crate) fn encode_unicode(charset: Charset, point: u32, out: &mut Vec<u8>) -> bool {
    let Some(character) = char::from_u32(point) else {
        // A surrogate: a character of `ucs2` only.
        let pair = u16::try_from(point)
            .ok()
            .filter(|_| charset == Charset::Ucs2);
        return pair.map(|pair| out.extend(pair.to_be_bytes())).is_some();
    };
    let basic = point < 0x1_0000;
    match charset {
        Charset::Utf8mb4 => out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
        Charset::Utf8mb3 if basic => {
            out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        }
        Charset::Ucs2 if basic => out.extend((point as u16).to_be_bytes()),
        Charset::Utf16 => {
            character
                .encode_utf16(&mut [0; 2])
                .iter()
                .for_each(|unit| out.extend(unit.to_be_bytes()));
        }
        Charset::Utf16le => {
            character
                .encode_utf16(&mut [0; 2])
                .iter()
                .for_each(|unit| out.extend(unit.to_le_bytes()));
        }
        Charset::Utf32 => out.extend(point.to_be_bytes()),
        _ => return false,
    }
    true
}

impl Charset {
    /// Whether [`convert`] knows what the characters of this set mean.
    pub fn has_mapping(self) -> bool {
        self == Charset::Binary
            || self.is_unicode()
            || one_byte(self).is_some()
            || multibyte::has_mapping(self)
    }
}

/// A one-byte set.
struct OneByteSet {
    points: Vec<u16>,
    /// Code point and byte, by code point.
    bytes: Vec<(u16, u8)>,
}

fn one_byte(charset: Charset) -> Option<&'static OneByteSet> {
    static SETS: OnceLock<Vec<OneByteSet>> = OnceLock::new();
    let sets = SETS.get_or_init(|| {
        let mut data: &[u8] = include_bytes!("../data/charset-8bit.bin");
        let mut sets = Vec::new();
        while !data.is_empty() {
            let points = sections::take(&mut data);
            sets.push(OneByteSet::new(points, &sections::take(&mut data)));
        }
        sets
    });
    sets.get(charset as usize)
        .filter(|set| !set.points.is_empty())
}

impl OneByteSet {
    fn new(points: Vec<u16>, exceptions: &[u16]) -> OneByteSet {
        let exceptions = || exceptions.chunks_exact(2).map(|pair| (pair[0], pair[1]));
        let mut bytes: Vec<(u16, u8)> = (0..=255)
            .zip(&points)
            .map(|(byte, point)| (*point, byte))
            .filter(|(point, _)| *point != NONE && exceptions().all(|(other, _)| other != *point))
            .collect();
        bytes.extend(
            exceptions().filter_map(|(point, byte)| Some((point, u8::try_from(byte).ok()?))),
        );
        bytes.sort_unstable();
        OneByteSet { points, bytes }
    }

    fn decode(&self, byte: u8) -> Option<u32> {
        Some(self.points[usize::from(byte)])
            .filter(|point| *point != NONE)
            .map(u32::from)
    }

    fn encode(&self, point: u32) -> Option<u8> {
        let point = u16::try_from(point).ok()?;
        let at = self
            .bytes
            .binary_search_by_key(&point, |(point, _)| *point)
            .ok()?;
        Some(self.bytes[at].1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn converted(from: Charset, to: Charset, bytes: &[u8]) -> (Vec<u8>, usize) {
        let mut out = Vec::new();
        let report = convert(from, to, bytes, &mut out);
        (out, report.replaced)
    }

    #[test]
    fn answers_of_the_server() {
        use Charset::*;
        let utf8 = |to, text: &str| converted(Utf8mb4, to, text.as_bytes());
        assert_eq!(utf8(Latin1, "日"), (b"?".to_vec(), 1));
        assert_eq!(utf8(Utf8mb3, "日😀"), ("日?".as_bytes().to_vec(), 1));
        assert_eq!(utf8(Utf16, "😀"), (vec![0xD8, 0x3D, 0xDE, 0], 0));
        assert_eq!(utf8(Ucs2, "😀"), (vec![0, 0x3F], 1));
        assert_eq!(utf8(Latin1, "€"), (vec![0x80], 0));
        assert_eq!(utf8(Cp1250, "€"), (vec![0x80], 0));
        assert_eq!(converted(Latin1, Utf8mb4, &[0x81]), (vec![0xC2, 0x81], 0));
        assert_eq!(converted(Ascii, Utf8mb4, &[0x80]), (vec![0x3F], 1));
        assert_eq!(converted(Cp1251, Utf8mb4, &[0x98]), (vec![0x3F], 1));
        assert_eq!(
            converted(Utf16le, Utf32, &[0x41, 0]),
            (vec![0, 0, 0, 0x41], 0)
        );
        assert_eq!(
            converted(Cp850, Latin1, &utf8(Cp850, "é").0),
            (vec![0xE9], 0)
        );
    }

    #[test]
    fn one_byte_sets_go_there_and_back() {
        let mut sets = 0;
        for charset in
            Charset::all().filter(|charset| charset.max_len() == 1 && *charset != Charset::Binary)
        {
            sets += 1;
            for byte in 0..=255u8 {
                let (there, replaced) = converted(charset, Charset::Utf8mb4, &[byte]);
                let back = converted(Charset::Utf8mb4, charset, &there).0;
                // Several bytes for one code point: the way back knows one of them.
                let again = converted(charset, Charset::Utf8mb4, &back).0;
                assert!(replaced > 0 || again == there, "{charset:?} {byte:X}");
            }
        }
        assert_eq!(sets, 25);
    }
}
