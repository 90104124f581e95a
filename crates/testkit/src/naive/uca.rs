//! The Unicode Collation Algorithm (UTS #10) over the text of its default table, version 9.0.0.
//!
//! MySQL takes single characters from the table, no sequences; spaces and punctuation have weights like letters; at most eight
//! elements of a character count. The table lies beside this crate under the licence of Unicode (`data/LICENSE-UNICODE`).

use std::collections::HashMap;
use std::io::Read as _;
use std::sync::LazyLock;

/// Weights of the three levels.
pub type Element = [u16; 3];

/// Elements of a character that count.
const MOST_ELEMENTS: usize = 8;

static TABLE: LazyLock<HashMap<char, Vec<Element>>> = LazyLock::new(|| {
    let packed: &[u8] = include_bytes!("../../data/allkeys-9.0.0.txt.gz");
    let mut text = String::new();
    let read = flate2::read::GzDecoder::new(packed).read_to_string(&mut text);
    read.expect("the table was packed whole");
    text.lines().filter_map(line).collect()
});

/// `0041 ; [.1C47.0020.0008] # LATIN CAPITAL LETTER A`
fn line(line: &str) -> Option<(char, Vec<Element>)> {
    let (point, rest) = line.split_once(';')?;
    let point = char::from_u32(u32::from_str_radix(point.trim(), 16).ok()?)?;
    let weights = rest.split('#').next()?;
    let element = |text: &str| -> Option<Element> {
        let text = text.split_once(']')?.0.trim_start_matches(['.', '*']);
        let mut levels = text
            .split('.')
            .map(|word| u16::from_str_radix(word, 16).ok());
        Some([levels.next()??, levels.next()??, levels.next()??])
    };
    let elements = weights.split('[').skip(1).filter_map(element);
    Some((point, elements.take(MOST_ELEMENTS).collect()))
}

/// Every character of the table.
pub fn characters() -> &'static [char] {
    static CHARACTERS: LazyLock<Vec<char>> = LazyLock::new(|| {
        let mut characters: Vec<char> = TABLE.keys().copied().collect();
        characters.sort_unstable();
        characters
    });
    &CHARACTERS
}

/// The elements of a character.
pub fn elements(c: char) -> Vec<Element> {
    if let Some(elements) = TABLE.get(&c) {
        return elements.clone();
    }
    let point = u32::from(c);
    // A Hangul syllable is its letters (Unicode 3.12).
    if ('\u{AC00}'..='\u{D7A3}').contains(&c) {
        let syllable = point - 0xAC00;
        let letters = [
            0x1100 + syllable / 588,
            0x1161 + syllable % 588 / 28,
            0x11A7 + syllable % 28,
        ];
        let count = if syllable % 28 == 0 { 2 } else { 3 };
        let letters = letters[..count]
            .iter()
            .filter_map(|letter| char::from_u32(*letter));
        return letters.flat_map(elements).collect();
    }
    // Implicit weights (UTS #10, 10.1.3).
    let unified = [
        0x4E00..=0x9FD5_u32,
        0xFA0E..=0xFA0F,
        0xFA11..=0xFA11,
        0xFA13..=0xFA14,
        0xFA1F..=0xFA1F,
        0xFA21..=0xFA21,
        0xFA23..=0xFA24,
        0xFA27..=0xFA29,
    ];
    let extensions = [
        0x3400..=0x4DB5_u32,
        0x20000..=0x2A6D6,
        0x2A700..=0x2B734,
        0x2B740..=0x2B81D,
        0x2B820..=0x2CEA1,
    ];
    let is_in = |ranges: &[std::ops::RangeInclusive<u32>]| {
        ranges.iter().any(|range| range.contains(&point))
    };
    if (0x17000..=0x18AFF).contains(&point) {
        return vec![[0xFB00, 0x20, 2], [(point - 0x17000) as u16 | 0x8000, 0, 0]];
    }
    let base = match () {
        () if is_in(&unified) => 0xFB40,
        () if is_in(&extensions) => 0xFB80,
        () => 0xFBC0,
    };
    vec![
        [base + (point >> 15) as u16, 0x20, 2],
        [(point & 0x7FFF) as u16 | 0x8000, 0, 0],
    ]
}

/// The key of a text: the weights of so many levels that are not zero, one level after the other with a zero between.
pub fn key(text: &str, levels: usize) -> Vec<u16> {
    let elements: Vec<Element> = text.chars().flat_map(elements).collect();
    let mut key = Vec::new();
    for level in 0..levels {
        if level > 0 {
            key.push(0);
        }
        key.extend(
            elements
                .iter()
                .map(|element| element[level])
                .filter(|weight| *weight != 0),
        );
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_table_says() {
        assert_eq!(elements('A'), [[0x1C47, 0x20, 8]]);
        assert_eq!(key("é", 2), [0x1CAA, 0, 0x20, 0x24]);
        assert_eq!(elements('가').len(), 2);
        assert_eq!(elements('一'), [[0xFB40, 0x20, 2], [0xCE00, 0, 0]]);
        assert!(characters().len() > 29_000);
    }
}
