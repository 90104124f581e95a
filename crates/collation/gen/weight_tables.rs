//! `data/weights-general.bin` and `data/weights-8bit.bin`: collations with a weight for every character.

use crate::input;
use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::Path;

/// The one-byte collations with a table, in its order: not those that have rules of their own.
pub(crate) fn one_byte(data: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    let own_rules = ["latin2_czech_cs", "cp1250_czech_cs", "tis620_thai_ci"];
    let mut names: Vec<String> = Vec::new();
    for row in input::rows(data, "weights-8bit")? {
        let bin = row[0].ends_with("_bin") || row[0] == "binary";
        if !bin && !own_rules.contains(&&*row[0]) && names.last() != Some(&row[0]) {
            names.push(row[0].clone());
        }
    }
    Ok(names)
}

pub(crate) fn write(data: &Path, home: &Path) -> Result<(), Box<dyn Error>> {
    let mut groups: BTreeMap<String, Vec<u16>> = BTreeMap::new();
    for row in input::rows(data, "weights-general")? {
        groups
            .entry(row[0].clone())
            .or_default()
            .extend([input::hex(&row[1])? as u16, input::hex(&row[2])? as u16]);
    }
    // The order of `rules::GeneralGroup`.
    let sections: Vec<&[u16]> = [
        "utf8mb4_general_ci",
        "utf8mb3_general_mysql500_ci",
        "utf8mb3_tolower_ci",
    ]
    .iter()
    .map(|name| &groups[*name][..])
    .collect();
    fs::write(
        home.join("data/weights-general.bin"),
        input::sections(&sections),
    )?;

    let names = one_byte(data)?;
    let mut bytes = vec![0; 256 * names.len()];
    for row in input::rows(data, "weights-8bit")? {
        if let Some(number) = names.iter().position(|name| *name == row[0]) {
            // Of the two letters of German umlauts the first; the library knows the second.
            bytes[256 * number + input::hex(&row[1])? as usize] = input::hex(&row[2][..2])? as u8;
        }
    }
    fs::write(home.join("data/weights-8bit.bin"), bytes)?;
    Ok(())
}
