//! `gb18030_chinese_ci`: Chinese by pinyin, everything else by code, without regard to case.

use crate::encoding::{Encoding, Gb18030, MALFORMED};
use crate::multibyte::{joined, linear, put_code};
use crate::sections;
use crate::weigh::Weigh;
use std::collections::HashMap;
use std::sync::OnceLock;

/// What four-byte codes weigh at least.
const FOUR_BYTES: u32 = 0xFF00_0000;
/// What Chinese characters weigh at least.
const PINYIN: u32 = 0xFFA0_0000;

struct Weights {
    /// Of codes of one and two bytes that do not weigh themselves.
    short: HashMap<u32, u32>,
    /// Four-byte codes by their number: pinyin, ascending.
    chinese: Vec<(u32, u16)>,
    /// Runs of other four-byte codes: first, count, weight of the first, ascending.
    runs: Vec<[u32; 3]>,
}

fn weights() -> &'static Weights {
    static WEIGHTS: OnceLock<Weights> = OnceLock::new();
    WEIGHTS.get_or_init(|| {
        let mut data: &[u8] = include_bytes!("../data/weights-gb18030.bin");
        let mut short: HashMap<u32, u32> = sections::take(&mut data)
            .chunks_exact(2)
            .map(|row| (u32::from(row[0]), PINYIN + u32::from(row[1])))
            .collect();
        let chinese = sections::take(&mut data)
            .chunks_exact(3)
            .map(|row| (joined(row), row[2]))
            .collect();
        let others = sections::take(&mut data);
        short.extend(
            others
                .chunks_exact(3)
                .map(|row| (u32::from(row[0]), joined(&row[1..]))),
        );
        let runs = sections::take(&mut data)
            .chunks_exact(5)
            .map(|row| [joined(row), u32::from(row[2]), joined(&row[3..])])
            .collect();
        Weights {
            short,
            chinese,
            runs,
        }
    })
}

impl Weights {
    fn of(&self, code: u32) -> u32 {
        if code < 0x1_0000 {
            return self.short.get(&code).copied().unwrap_or(code);
        }
        let number = linear(code);
        if let Ok(at) = self
            .chinese
            .binary_search_by_key(&number, |(number, _)| *number)
        {
            return PINYIN + u32::from(self.chinese[at].1);
        }
        let after = self.runs.partition_point(|[first, ..]| *first <= number);
        match after.checked_sub(1).map(|at| self.runs[at]) {
            Some([first, count, weight]) if number - first < count => weight + (number - first),
            _ => FOUR_BYTES + number,
        }
    }
}

/// The weights of `gb18030_chinese_ci`.
#[derive(Clone, Copy)]
pub(crate) struct Chinese {
    weights: &'static Weights,
}

impl Chinese {
    pub(crate) fn new() -> Chinese {
        Chinese { weights: weights() }
    }

    /// The bytes of the weight from the left, so that numbers order as bytes would.
    fn unit(self, code: u32) -> u32 {
        if code == MALFORMED {
            return u32::MAX;
        }
        let weight = self.weights.of(code);
        if weight < 0x100 && code >= 0x100 {
            // MySQL: ı and ſ weigh what I and S do, but compare above all bytes and below all other characters.
            return 0x8000_0000 + weight;
        }
        weight << (8 * (weight.leading_zeros() / 8).min(3))
    }

    /// Appends `WEIGHT_STRING(s)`.
    pub(crate) fn weight_string(self, bytes: &[u8], out: &mut Vec<u8>) {
        let mut rest = bytes;
        while let Some((code, len)) = Gb18030::next(rest) {
            match code {
                MALFORMED => out.extend_from_slice(&rest[..len]),
                _ => put_code(self.weights.of(code), out),
            }
            rest = &rest[len..];
        }
    }
}

impl Weigh for Chinese {
    const WIDTH: usize = 4;

    fn units(self, bytes: &[u8]) -> impl Iterator<Item = u32> {
        let mut rest = bytes;
        std::iter::from_fn(move || {
            let (code, len) = Gb18030::next(rest)?;
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
        self.unit(a) == self.unit(b)
    }
}

#[cfg(test)]
mod tests {
    use crate::Collation;
    use std::cmp::Ordering::{Greater, Less};

    #[test]
    fn answers_of_the_server() {
        let collation = Collation::by_name("gb18030_chinese_ci").expect("known");
        let long_s = b"\x81\x30\x97\x37";
        assert_eq!(collation.compare(long_s, b"s"), Greater);
        assert_eq!(collation.compare(long_s, b"\x7F"), Greater);
        assert_eq!(collation.compare(long_s, b"\x81\x30\x81\x30"), Less);
        assert_eq!(collation.compare(long_s, b"\xA1\xA1"), Less);
        let mut weight = Vec::new();
        collation.weight_string(long_s, &mut weight);
        assert_eq!(weight, b"\x53");
        weight.clear();
        collation.weight_string(b"\x86\x73\x97\x33\xA3\x39", &mut weight);
        assert_eq!(weight, b"\xFF\xA0\x85\xA6\xFF\xA0\x80\x14");
    }
}
