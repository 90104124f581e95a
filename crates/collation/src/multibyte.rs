//! The East Asian character sets: what their codes mean, what they weigh, their case.

use crate::charset::Charset;
use crate::encoding::{Encoding, MALFORMED};
use crate::rules::MultiByte;
use crate::sections;
use crate::weigh::Weigh;
use std::collections::HashMap;
use std::marker::PhantomData;
use std::sync::OnceLock;

/// In the files: a code without a character.
const NONE: u16 = 0xFFFF;

/// The meaning of the codes of one set.
struct Mapping {
    /// Code points of the codes of one and two bytes.
    short: Vec<u16>,
    /// Code points of the codes of three bytes, by the last two.
    long: Vec<u16>,
    /// gb18030: number of the first four-byte code, how many, first code point.
    ranges: Vec<[u32; 3]>,
    /// Codes of the code points below U+10000; 0 if there is none (but for U+0000).
    codes: Vec<u32>,
}

fn mapping(charset: Charset) -> Option<&'static Mapping> {
    static MAPPINGS: [OnceLock<Mapping>; 9] = [const { OnceLock::new() }; 9];
    let number = match charset {
        Charset::Big5 => 0,
        Charset::Gbk => 1,
        Charset::Gb2312 => 2,
        Charset::Gb18030 => 3,
        Charset::Sjis => 4,
        Charset::Cp932 => 5,
        Charset::Ujis => 6,
        Charset::Eucjpms => 7,
        Charset::Euckr => 8,
        _ => return None,
    };
    Some(MAPPINGS[number].get_or_init(|| {
        let mut data: &[u8] = include_bytes!("../data/charset-mb.bin");
        for _ in 0..3 * number {
            sections::take(&mut data);
        }
        Mapping::read(&mut data)
    }))
}

/// Calls a function with every code and number of the runs of a file.
fn each_of_runs(runs: &[u16], mut f: impl FnMut(u32, u16)) {
    let mut rest = runs;
    while let [low, high, count, ref tail @ ..] = *rest {
        let (numbers, tail) = tail.split_at(usize::from(count));
        let first = u32::from(high) << 16 | u32::from(low);
        for (code, number) in (first..).zip(numbers) {
            f(code, *number);
        }
        rest = tail;
    }
}

pub(crate) fn joined(pair: &[u16]) -> u32 {
    u32::from(pair[1]) << 16 | u32::from(pair[0])
}

impl Mapping {
    fn read(data: &mut &[u8]) -> Mapping {
        let decode = sections::take(data);
        let encode = sections::take(data);
        let ranges: Vec<[u32; 3]> = sections::take(data)
            .chunks_exact(6)
            .map(|row| [joined(row), joined(&row[2..]), joined(&row[4..])])
            .collect();
        let mut mapping = Mapping {
            short: vec![NONE; 0x1_0000],
            long: Vec::new(),
            ranges,
            codes: vec![0; 0x1_0000],
        };
        each_of_runs(&decode, |code, point| {
            let table = if code < 0x1_0000 {
                &mut mapping.short
            } else {
                &mut mapping.long
            };
            table.resize(0x1_0000, NONE);
            table[(code & 0xFFFF) as usize] = point;
            if point != NONE && mapping.codes[usize::from(point)] == 0 {
                mapping.codes[usize::from(point)] = code;
            }
        });
        for row in encode.chunks_exact(3) {
            mapping.codes[usize::from(row[0])] = joined(&row[1..]);
        }
        mapping
    }

    fn decode(&self, code: u32) -> Option<u32> {
        if code > 0xFF_FFFF {
            let number = linear(code);
            return self
                .ranges
                .iter()
                .find(|[first, count, _]| (*first..first + count).contains(&number))
                .map(|[first, _, point]| point + (number - first));
        }
        let table = if code < 0x1_0000 {
            &self.short
        } else {
            &self.long
        };
        table
            .get((code & 0xFFFF) as usize)
            .filter(|point| **point != NONE)
            .map(|point| u32::from(*point))
    }

    fn encode(&self, point: u32) -> Option<u32> {
        match self.codes.get(point as usize) {
            Some(code) if *code != 0 || point == 0 => return Some(*code),
            _ => {}
        }
        let [first, _, start] = self
            .ranges
            .iter()
            .find(|[_, count, start]| (*start..start + count).contains(&point))?;
        Some(four_bytes(first + (point - start)))
    }
}

/// The number of a four-byte code of gb18030, counted from 81308130.
pub(crate) fn linear(code: u32) -> u32 {
    let [a, b, c, d] = code.to_be_bytes().map(u32::from);
    (((a - 0x81) * 10 + (b - 0x30)) * 126 + (c - 0x81)) * 10 + (d - 0x30)
}

/// The reverse of [`linear`].
fn four_bytes(number: u32) -> u32 {
    let (rest, d) = (number / 10, number % 10);
    let (rest, c) = (rest / 126, rest % 126);
    let (a, b) = (rest / 10, rest % 10);
    (a + 0x81) << 24 | (b + 0x30) << 16 | (c + 0x81) << 8 | (d + 0x30)
}

/// Whether the meaning of the codes is known.
pub(crate) fn has_mapping(charset: Charset) -> bool {
    mapping(charset).is_some()
}

/// The code point of a well-formed code.
pub(crate) fn decode(charset: Charset, code: u32) -> Option<u32> {
    mapping(charset)?.decode(code)
}

/// Appends a code point; false if the set does not have it.
pub(crate) fn encode(charset: Charset, point: u32, out: &mut Vec<u8>) -> bool {
    let code = mapping(charset).and_then(|mapping| mapping.encode(point));
    code.map(|code| put_code(code, out)).is_some()
}

/// Appends the bytes of a code.
pub(crate) fn put_code(code: u32, out: &mut Vec<u8>) {
    let bytes = code.to_be_bytes();
    let leading = (code.leading_zeros() / 8).min(3) as usize;
    out.extend_from_slice(&bytes[leading..]);
}

/// What codes weigh.
pub(crate) struct Table {
    /// Of one byte.
    single: [u8; 256],
    /// Of two bytes; empty if they weigh their codes.
    double: Vec<u16>,
}

fn table(rules: MultiByte) -> &'static Table {
    static TABLES: [OnceLock<Table>; 8] = [const { OnceLock::new() }; 8];
    let number = rules.number();
    TABLES[number].get_or_init(|| {
        let mut data: &[u8] = include_bytes!("../data/weights-mb.bin");
        for _ in 0..number {
            sections::take(&mut data);
        }
        let mut table = Table {
            single: std::array::from_fn(|byte| byte as u8),
            double: Vec::new(),
        };
        each_of_runs(&sections::take(&mut data), |code, weight| {
            if let Some(single) = table.single.get_mut(code as usize) {
                *single = weight as u8;
                return;
            }
            if table.double.is_empty() {
                table.double = (0..=u16::MAX).collect();
            }
            table.double[(code & 0xFFFF) as usize] = weight;
        });
        table
    })
}

impl Table {
    fn weight(&self, code: u32) -> u32 {
        match self.single.get(code as usize) {
            Some(single) => u32::from(*single),
            None => self
                .double
                .get(code as usize)
                .map_or(code, |weight| u32::from(*weight)),
        }
    }
}

/// Weights of a multi-byte collation: the bytes of the weights from the left, so that numbers order as bytes would.
#[derive(Clone, Copy)]
pub(crate) struct Multi<E> {
    table: &'static Table,
    rules: MultiByte,
    encoding: PhantomData<E>,
}

impl<E: Encoding> Multi<E> {
    pub(crate) fn new(rules: MultiByte) -> Multi<E> {
        Multi {
            table: table(rules),
            rules,
            encoding: PhantomData,
        }
    }

    fn unit(self, code: u32) -> u32 {
        let weight = match (self.rules, code) {
            (_, MALFORMED) => return u32::MAX,
            // MySQL: two-byte characters compare by their codes, though they sort by coarser weights.
            (MultiByte::Big5, 0x100..) => code,
            _ => self.table.weight(code),
        };
        weight << (8 * (weight.leading_zeros() / 8).min(3))
    }

    /// Appends `WEIGHT_STRING(s)`.
    pub(crate) fn weight_string(self, bytes: &[u8], out: &mut Vec<u8>) {
        let mut rest = bytes;
        while let Some((code, len)) = E::next(rest) {
            match code {
                MALFORMED => out.extend_from_slice(&rest[..len]),
                _ => put_code(self.table.weight(code), out),
            }
            rest = &rest[len..];
        }
    }
}

impl<E: Encoding> Weigh for Multi<E> {
    const WIDTH: usize = 4;

    fn units(self, bytes: &[u8]) -> impl Iterator<Item = u32> {
        let mut rest = bytes;
        std::iter::from_fn(move || {
            if self.rules == MultiByte::Euckr {
                // MySQL: every byte by itself, so 8164 equals 8144.
                let (first, tail) = rest.split_first()?;
                rest = tail;
                return Some(u32::from(self.table.single[usize::from(*first)]) << 24);
            }
            let (code, len) = E::next(rest)?;
            rest = &rest[len..];
            Some(self.unit(code))
        })
    }

    fn space(self) -> u32 {
        self.unit(u32::from(b' '))
    }

    fn folds_ascii(self) -> bool {
        false
    }

    fn same(self, a: u32, b: u32) -> bool {
        // Only one-byte characters have a case that LIKE overlooks.
        a == b || (a < 0x100 && b < 0x100 && self.table.weight(a) == self.table.weight(b))
    }
}

/// Upper and lower case of the codes of one collation.
fn case_map(group: u8) -> &'static HashMap<u32, [u32; 2]> {
    static MAPS: OnceLock<Vec<HashMap<u32, [u32; 2]>>> = OnceLock::new();
    let maps = MAPS.get_or_init(|| {
        let mut data: &[u8] = include_bytes!("../data/case-mb.bin");
        let mut maps = Vec::new();
        while !data.is_empty() {
            let section = sections::take(&mut data);
            let rows = section.chunks_exact(6);
            maps.push(
                rows.map(|row| (joined(row), [joined(&row[2..]), joined(&row[4..])]))
                    .collect(),
            );
        }
        maps
    });
    &maps[usize::from(group)]
}

/// Appends a string in upper (0) or lower (1) case. Malformed bytes are copied.
pub(crate) fn change_case<E: Encoding>(group: u8, to: usize, bytes: &[u8], out: &mut Vec<u8>) {
    let map = case_map(group);
    let mut rest = bytes;
    while let Some((code, len)) = E::next(rest) {
        match map.get(&code) {
            Some(codes) if code != MALFORMED => put_code(codes[to], out),
            _ => out.extend_from_slice(&rest[..len]),
        }
        rest = &rest[len..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Collation, convert};
    use std::cmp::Ordering;

    #[test]
    fn four_byte_codes_are_counted() {
        for number in [0, 1, 9, 10, 1259, 1260, 12_599, 12_600, 1_587_599] {
            assert_eq!(linear(four_bytes(number)), number);
        }
        assert_eq!(four_bytes(0), 0x8130_8130);
    }

    #[test]
    fn conversions_of_the_server() {
        let convert = |from, to, bytes: &[u8]| {
            let mut out = Vec::new();
            convert(from, to, bytes, &mut out);
            out
        };
        assert_eq!(
            convert(Charset::Utf8mb4, Charset::Sjis, b"~\\"),
            b"~\x81\x5F"
        );
        assert_eq!(
            convert(Charset::Sjis, Charset::Utf8mb4, b"\x5C\x7E\x82\xA0"),
            "\\~あ".as_bytes()
        );
        assert_eq!(
            convert(Charset::Utf8mb4, Charset::Gb18030, "€😀".as_bytes()).len(),
            6
        );
        for (charset, text) in [
            (Charset::Big5, "中文"),
            (Charset::Gbk, "中文"),
            (Charset::Gb2312, "中文"),
            (Charset::Gb18030, "中文😀é"),
            (Charset::Sjis, "日本語ｱ"),
            (Charset::Cp932, "日本語ｱ"),
            (Charset::Ujis, "日本語ｱ"),
            (Charset::Eucjpms, "日本語ｱ"),
            (Charset::Euckr, "한국어"),
        ] {
            let there = convert(Charset::Utf8mb4, charset, text.as_bytes());
            assert_eq!(
                convert(charset, Charset::Utf8mb4, &there),
                text.as_bytes(),
                "{charset:?}"
            );
        }
    }

    #[test]
    fn big5_and_euckr_compare_otherwise_than_they_sort() {
        let collation = |name| Collation::by_name(name).expect("known");
        let weight = |name, bytes: &[u8]| {
            let mut out = Vec::new();
            collation(name).weight_string(bytes, &mut out);
            out
        };
        let (big5, euckr) = (collation("big5_chinese_ci"), collation("euckr_korean_ci"));
        assert_eq!(big5.compare(b"\xA1\x41", b"\xA1\x42"), Ordering::Less);
        assert_eq!(weight("big5_chinese_ci", b"\xA1\x41"), b"\xA1\x40");
        assert_eq!(weight("big5_chinese_ci", b"\xA1\x42"), b"\xA1\x40");
        assert!(euckr.equal(b"\x81\x64", b"\x81\x44"));
        assert_eq!(euckr.compare(b"\x81\x64", b"\x81\x45"), Ordering::Less);
        assert_eq!(weight("euckr_korean_ci", b"\x81\x64"), b"\x81\x64");
        assert!(big5.equal(b"a", b"A  "));
    }
}
