//! `data/charset-8bit.bin`: what the bytes of the one-byte sets mean, and exceptions of the way back.

use crate::input;
use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::Path;

/// Stands for: no character.
const NONE: u16 = 0xFFFF;

pub(crate) fn write(data: &Path, home: &Path) -> Result<(), Box<dyn Error>> {
    let mut decode: BTreeMap<String, Vec<u16>> = BTreeMap::new();
    for row in input::rows(data, "charset-8bit")? {
        let table = decode
            .entry(row[0].clone())
            .or_insert_with(|| vec![NONE; 256]);
        if row[3] != "-" {
            table[input::hex(&row[1])? as usize] = input::hex(&row[3])? as u16;
        }
    }
    let mut encode: BTreeMap<String, Vec<u16>> = BTreeMap::new();
    for row in input::rows(data, "charset-8bit-encode")? {
        let point = input::hex(&row[1])?;
        if point > 0xFFFF {
            // tis620 drops the upper bits of supplementary characters; the library does that by rule.
            if row[0] != "tis620" {
                return Err(format!("{}: {point:X} has a byte", row[0]).into());
            }
            continue;
        }
        let byte = if row[2] == "-" {
            NONE
        } else {
            input::hex(&row[2])? as u16
        };
        encode
            .entry(row[0].clone())
            .or_default()
            .extend([point as u16, byte]);
    }
    // Two sections for each set that has any, in the order of the names; the names are in the registry.
    let mut sections: Vec<Vec<u16>> = Vec::new();
    for row in input::rows(data, "charsets")? {
        if let Some(table) = decode.remove(&row[0]) {
            sections.push(table);
            sections.push(encode.remove(&row[0]).unwrap_or_default());
        } else {
            sections.extend([vec![], vec![]]);
        }
    }
    if !decode.is_empty() || !encode.is_empty() {
        return Err("one-byte sets that are not in charsets".into());
    }
    let parts: Vec<&[u16]> = sections.iter().map(|section| &section[..]).collect();
    fs::write(home.join("data/charset-8bit.bin"), input::sections(&parts))?;
    Ok(())
}
