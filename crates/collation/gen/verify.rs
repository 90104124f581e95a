//! Checks the built library against the inputs: every weight is computed a second time, slowly.

use crate::ducet::Ducet;
use crate::tailoring::{self, Tailoring};
use crate::verify_tables;
use sqlift_collation::Collation;
use std::collections::HashMap;
use std::error::Error;
use std::path::Path;

pub(crate) fn run(data: &Path) -> Result<(), Box<dyn Error>> {
    let mut wrong = 0;
    for (name, version, levels) in [
        ("utf8mb4_0900_ai_ci", 900, 1),
        ("utf8mb4_0900_as_ci", 900, 2),
        ("utf8mb4_0900_as_cs", 900, 3),
        ("utf8mb4_unicode_520_ci", 520, 1),
        ("utf8mb4_unicode_ci", 400, 1),
    ] {
        let ducet = Ducet::read(data, version)?;
        let mut count = 0;
        for character in '\0'..=char::MAX {
            let mut units = Vec::new();
            for level in 0..levels {
                if level > 0 {
                    units.push(0);
                }
                units.extend(
                    ducet
                        .of(character as u32)
                        .iter()
                        .map(|element| element[level])
                        .filter(|unit| *unit != 0),
                );
            }
            let expected: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
            count += 1;
            wrong += check(name, &character.to_string(), &expected)?;
        }
        println!("{name}: {count} code points asked");
    }
    wrong += verify_tables::run(data)?;
    wrong += languages(data)?;
    if wrong > 0 {
        return Err(format!("{wrong} weights differ").into());
    }
    println!("all weights agree");
    Ok(())
}

/// 1 if a weight is not as expected.
fn check(name: &str, text: &str, expected: &[u8]) -> Result<usize, Box<dyn Error>> {
    let collation = Collation::by_name(name).ok_or("unknown collation")?;
    let mut weight = Vec::new();
    collation.weight_string(text.as_bytes(), &mut weight);
    if weight == expected {
        return Ok(0);
    }
    println!("{name}: {text:?} weighs {weight:02X?}, expected {expected:02X?}");
    Ok(1)
}

/// Every language on its levels: its own characters and contractions, many others, and random strings of them.
fn languages(data: &Path) -> Result<usize, Box<dyn Error>> {
    let mut wrong = 0;
    for (language, tailoring) in tailoring::read(data)? {
        let new = tailoring::is_0900(&language);
        let naive = Naive::new(Ducet::read(data, if new { 900 } else { 400 })?, &tailoring);
        let own: Vec<&Vec<u32>> = tailoring
            .entries
            .iter()
            .map(|entry| &entry.points)
            .collect();
        let mut asked: Vec<Vec<u32>> = own.iter().map(|points| points.to_vec()).collect();
        asked.extend(
            (1..0x3200)
                .chain((0x3200..0x11_0000).step_by(41))
                .map(|point| vec![point]),
        );
        let mut random = Random(language.len() as u64 + 7);
        for _ in 0..20_000 {
            let mut text = Vec::new();
            while text.len() < random.below(9) {
                match random.below(3) {
                    0 if !own.is_empty() => text.extend(own[random.below(own.len())]),
                    1 => text.push(random.below(0x60) as u32 + 0x20),
                    _ => text.push(random.below(0x3200) as u32),
                }
            }
            asked.push(text);
        }
        let mut names: Vec<(String, usize)> = vec![(format!("utf8mb4_{language}_ci"), 1)];
        if new {
            names = vec![
                (format!("utf8mb4_{language}_ai_ci"), 1),
                (format!("utf8mb4_{language}_as_cs"), 3),
            ];
            names.push((format!("utf8mb4_{language}_as_cs_ks"), 4));
        }
        names.retain(|(name, _)| Collation::by_name(name).is_some());
        if names.is_empty() {
            return Err(format!("{language} has no collation").into());
        }
        let mut count = 0;
        for text in asked {
            let Some(string) = text
                .iter()
                .map(|point| char::from_u32(*point))
                .collect::<Option<String>>()
            else {
                continue;
            };
            for (name, levels) in &names {
                count += 1;
                wrong += check(name, &string, &naive.weight(&text, *levels))?;
            }
        }
        println!("{language}: {count} strings asked");
    }
    Ok(wrong)
}

/// The rules of the language collations, as they are described.
struct Naive<'t> {
    ducet: Ducet,
    tailoring: &'t Tailoring,
    entries: HashMap<&'t [u32], &'t [Vec<u16>; 4]>,
}

impl<'t> Naive<'t> {
    fn new(ducet: Ducet, tailoring: &'t Tailoring) -> Naive<'t> {
        let entries = tailoring
            .entries
            .iter()
            .map(|entry| (&entry.points[..], &entry.levels))
            .collect();
        Naive {
            ducet,
            tailoring,
            entries,
        }
    }

    fn weight(&self, text: &[u32], count: usize) -> Vec<u8> {
        let mut levels: [Vec<u16>; 4] = Default::default();
        let mut at = 0;
        while at < text.len() {
            let longest = (1..=4.min(text.len() - at)).rev().find_map(|length| {
                self.entries
                    .get(&text[at..at + length])
                    .map(|levels| (length, levels))
            });
            if let Some((length, own)) = longest {
                levels
                    .iter_mut()
                    .zip(own.iter())
                    .for_each(|(all, own)| all.extend(own));
                at += length;
                continue;
            }
            let mut second_unit = false;
            for element in self.ducet.of(text[at]) {
                for level in 0..3 {
                    let unit = element[level];
                    if unit == 0 {
                        continue;
                    }
                    let rule = self.tailoring.reorder.iter().find(|rule| {
                        rule[0] as usize == level + 1
                            && (rule[1]..=rule[2]).contains(&unit)
                            && !(second_unit && level == 0)
                    });
                    if let Some([_, _, _, shift, front]) = rule {
                        if *front != 0 {
                            levels[level].push(*front);
                        }
                        levels[level].push(unit.wrapping_add(*shift));
                    } else {
                        levels[level].push(unit);
                    }
                }
                second_unit = element[0] >= 0xFB00 && element[0] != 0xFFFD;
            }
            at += 1;
        }
        let mut units = levels[0].clone();
        for (at, level) in levels.iter().enumerate().take(count).skip(1) {
            if at < 3 || !level.is_empty() {
                units.push(0);
                units.extend(level);
            }
        }
        units.iter().flat_map(|unit| unit.to_be_bytes()).collect()
    }
}

/// A small generator of random numbers.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        ((self.0 >> 33) as usize) % end
    }
}
