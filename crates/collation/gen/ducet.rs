//! The Default Unicode Collation Element Table, and MySQL's rules for what it does not list.

use crate::input;
use std::collections::HashMap;
use std::error::Error;
use std::path::Path;

/// Level weights of one collation element.
pub(crate) type Element = [u16; 3];

/// At most so many elements of a character count.
const MAX_ELEMENTS: usize = 8;

/// One version of the table.
pub(crate) struct Ducet {
    pub(crate) version: u16,
    pub(crate) elements: HashMap<u32, Vec<Element>>,
}

impl Ducet {
    pub(crate) fn read(data: &Path, version: u16) -> Result<Ducet, Box<dyn Error>> {
        let number = match version {
            400 => "4.0.0",
            520 => "5.2.0",
            _ => "9.0.0",
        };
        let text = input::text(&data.join("uca").join(format!("allkeys-{number}.txt.gz")))?;
        let mut elements = HashMap::new();
        for line in text.lines() {
            let line = line.split('#').next().unwrap_or("");
            let Some((points, weights)) = line.split_once(';') else {
                continue;
            };
            if line.starts_with('@') {
                continue;
            }
            let points: Vec<&str> = points.split_whitespace().collect();
            // MySQL: no sequence of the table is used, only single characters.
            let [point] = points[..] else { continue };
            let mut list = Vec::new();
            for element in weights.split('[').skip(1) {
                let element = element.trim_start_matches(['.', '*']);
                let element = element.split(']').next().unwrap_or("");
                let mut levels = [0; 3];
                for (level, word) in levels.iter_mut().zip(element.split('.')) {
                    *level = u16::from_str_radix(word, 16)?;
                }
                list.push(levels);
            }
            list.truncate(MAX_ELEMENTS);
            elements.insert(input::hex(point)?, list);
        }
        if version == 400 {
            // MySQL: the one character whose weight is not the table's.
            elements.remove(&0xFDFA);
            elements.retain(|point, _| *point < 0x1_0000);
        }
        Ok(Ducet { version, elements })
    }

    /// The elements of any code point, by the rules. Slow on purpose: the library is checked against it.
    pub(crate) fn of(&self, point: u32) -> Vec<Element> {
        if self.version == 400 && point > 0xFFFF {
            return vec![[0xFFFD, 0x20, 2]];
        }
        if let Some(list) = self.elements.get(&point) {
            return list.clone();
        }
        if self.version == 900 {
            if (0xAC00..=0xD7AF).contains(&point) {
                let syllable = point - 0xAC00;
                let mut jamo = vec![0x1100 + syllable / 588, 0x1161 + syllable % 588 / 28];
                if !syllable.is_multiple_of(28) {
                    jamo.push(0x11A7 + syllable % 28);
                }
                let mut list: Vec<Element> = jamo.iter().flat_map(|j| self.of(*j)).collect();
                if point >= 0xD700 {
                    list.iter_mut().for_each(|element| element[2] = 3);
                }
                return list;
            }
            if (0x17000..=0x18AFF).contains(&point) {
                return vec![[0xFB00, 0x20, 2], [(point - 0x17000) as u16 | 0x8000, 0, 0]];
            }
        }
        let base = if self.version == 900 {
            match point {
                0x4E00..=0x9FD5 => 0xFB40,
                0xFA0E | 0xFA0F | 0xFA11 | 0xFA13 | 0xFA14 | 0xFA1F | 0xFA21 | 0xFA23 | 0xFA24
                | 0xFA27 | 0xFA28 | 0xFA29 => 0xFB40,
                0x3400..=0x4DB5
                | 0x20000..=0x2A6D6
                | 0x2A700..=0x2B734
                | 0x2B740..=0x2B81D
                | 0x2B820..=0x2CEA1 => 0xFB80,
                _ => 0xFBC0,
            }
        } else {
            match point {
                0x4E00..=0x9FA5 => 0xFB40,
                0x3400..=0x4DB5 => 0xFB80,
                _ => 0xFBC0,
            }
        };
        vec![
            [base + (point >> 15) as u16, 0x20, 2],
            [(point & 0x7FFF) as u16 | 0x8000, 0, 0],
        ]
    }
}
