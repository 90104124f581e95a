//! Checks the built library against the inputs: every weight is computed a second time, slowly.

use crate::ducet::Ducet;
use sqlift_collation::Collation;
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
