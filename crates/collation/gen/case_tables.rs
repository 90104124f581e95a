//! `data/case.bin` (Unicode) and `data/case-8bit.bin`: upper and lower case.

use crate::{input, multibyte};
use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::Path;

/// The groups whose codes are code points, in the order of `case::UnicodeCase`.
pub(crate) const UNICODE: [&str; 5] = [
    "ucs2_general_ci",
    "ucs2_turkish_ci",
    "ucs2_unicode_520_ci",
    "utf16_unicode_520_ci",
    "utf8mb4_0900_ai_ci",
];

/// A group of collations with the same case, and what its codes are.
pub(crate) struct Group {
    pub(crate) name: String,
    pub(crate) code_is: String,
    collations: Vec<String>,
}

/// All groups in the order of the input.
pub(crate) fn groups(data: &Path) -> Result<Vec<Group>, Box<dyn Error>> {
    Ok(input::rows(data, "case-groups")?
        .into_iter()
        .map(|row| Group {
            name: row[0].clone(),
            code_is: row[1].clone(),
            collations: row[3].split(' ').map(str::to_owned).collect(),
        })
        .collect())
}

/// The names of the groups of one-byte sets, in the order of `data/case-8bit.bin`.
fn one_byte(data: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    let charsets = input::rows(data, "charsets")?;
    Ok(groups(data)?
        .into_iter()
        .filter(|group| {
            charsets
                .iter()
                .any(|row| row[0] == group.code_is && row[2] == "1")
        })
        .map(|group| group.name)
        .collect())
}

/// The constructor of the case rules of a collation.
pub(crate) fn rules(data: &Path, collation: &str) -> Result<String, Box<dyn Error>> {
    if collation == "binary" {
        return Ok("Case::None".to_owned());
    }
    let groups = groups(data)?;
    let group = groups
        .iter()
        .find(|group| group.collations.iter().any(|name| name == collation))
        .ok_or_else(|| format!("{collation} has no case group"))?;
    if let Some(at) = UNICODE.iter().position(|name| *name == group.name) {
        return Ok(format!("Case::Unicode({at})"));
    }
    if let Some(at) = one_byte(data)?.iter().position(|name| *name == group.name) {
        return Ok(format!("Case::OneByte({at})"));
    }
    if let Some(at) = multibyte::case_groups(data)?
        .iter()
        .position(|name| *name == group.name)
    {
        return Ok(format!("Case::MultiByte({at})"));
    }
    Err(format!("{collation}: no case map").into())
}

pub(crate) fn write(data: &Path, home: &Path) -> Result<(), Box<dyn Error>> {
    let mut maps: BTreeMap<String, Vec<[u32; 3]>> = BTreeMap::new();
    for row in input::rows(data, "case-maps")? {
        let code = input::hex(&row[1])?;
        let or_code = |word: &str| {
            if word == "-" {
                Ok(code)
            } else {
                input::hex(word)
            }
        };
        maps.entry(row[0].clone())
            .or_default()
            .push([code, or_code(&row[2])?, or_code(&row[3])?]);
    }
    let mut sections = Vec::new();
    for name in UNICODE {
        let mut section: Vec<u16> = Vec::new();
        for [code, upper, lower] in &maps[name] {
            if upper >> 16 != code >> 16 || lower >> 16 != code >> 16 {
                return Err(format!("{name} {code:X}: case in another plane").into());
            }
            section.extend([
                (code >> 16) as u16,
                *code as u16,
                *upper as u16,
                *lower as u16,
            ]);
        }
        sections.push(section);
    }
    let parts: Vec<&[u16]> = sections.iter().map(|section| &section[..]).collect();
    fs::write(home.join("data/case.bin"), input::sections(&parts))?;

    let mut bytes = Vec::new();
    for name in one_byte(data)? {
        let mut tables = [std::array::from_fn::<u8, 256, _>(|at| at as u8); 2];
        for [code, upper, lower] in &maps[&name] {
            tables[0][*code as usize] = *upper as u8;
            tables[1][*code as usize] = *lower as u8;
        }
        bytes.extend(tables.concat());
    }
    fs::write(home.join("data/case-8bit.bin"), bytes)?;
    Ok(())
}
