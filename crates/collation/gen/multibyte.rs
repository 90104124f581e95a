//! `data/charset-mb.bin`, `data/weights-mb.bin` and `data/case-mb.bin`: the East Asian character sets.

use crate::{case_tables, input};
use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::Path;

/// The sets, in the order of the files.
pub(crate) const CHARSETS: [&str; 9] = [
    "big5", "gbk", "gb2312", "gb18030", "sjis", "cp932", "ujis", "eucjpms", "euckr",
];

/// The collations with weights of their own, in the order of the file. gb18030 is not among them: its weights are many.
pub(crate) const COLLATIONS: [&str; 8] = [
    "big5_chinese_ci",
    "gbk_chinese_ci",
    "gb2312_chinese_ci",
    "sjis_japanese_ci",
    "cp932_japanese_ci",
    "ujis_japanese_ci",
    "eucjpms_japanese_ci",
    "euckr_korean_ci",
];

/// Stands for: no character.
const NONE: u16 = 0xFFFF;

/// Numbers of consecutive codes: code (low, high), count, numbers.
fn runs(map: &BTreeMap<u32, u16>) -> Vec<u16> {
    let mut all: Vec<(u32, Vec<u16>)> = Vec::new();
    for (code, number) in map {
        match all.last_mut() {
            Some((first, run)) if *first + run.len() as u32 == *code && run.len() < 0xFFFF => {
                run.push(*number)
            }
            _ => all.push((*code, vec![*number])),
        }
    }
    let mut flat = Vec::new();
    for (first, run) in all {
        flat.extend([first as u16, (first >> 16) as u16, run.len() as u16]);
        flat.extend(run);
    }
    flat
}

/// The number of a four-byte code of gb18030, counted from 81308130.
fn linear(code: u32) -> u32 {
    let [a, b, c, d] = code.to_be_bytes().map(u32::from);
    (((a - 0x81) * 10 + (b - 0x30)) * 126 + (c - 0x81)) * 10 + (d - 0x30)
}

/// The case group of each set.
pub(crate) fn case_groups(data: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    let groups = case_tables::groups(data)?;
    Ok(groups
        .into_iter()
        .filter(|group| CHARSETS.contains(&&*group.code_is))
        .map(|group| group.name)
        .collect())
}

pub(crate) fn write(data: &Path, home: &Path) -> Result<(), Box<dyn Error>> {
    let mut sections: Vec<Vec<u16>> = Vec::new();
    for charset in CHARSETS {
        let (mut decode, mut encode, mut ranges) = (BTreeMap::new(), Vec::new(), Vec::new());
        for row in input::rows(data, &format!("charset-{charset}"))? {
            match &*row[0] {
                "D" => {
                    let point = if row[2] == "-" {
                        NONE
                    } else {
                        u16::try_from(input::hex(&row[2])?)?
                    };
                    decode.insert(input::hex(&row[1])?, point);
                }
                "R" => {
                    let (first, last) = row[1].split_once('-').unwrap_or((&row[1], &row[1]));
                    let (first, last) = (linear(input::hex(first)?), linear(input::hex(last)?));
                    let point = input::hex(&row[2])?;
                    for number in [first, last - first + 1, point] {
                        ranges.extend([number as u16, (number >> 16) as u16]);
                    }
                }
                "E" => {
                    let (code, point) = match (row[1].as_str(), input::hex(&row[2])?) {
                        ("-", point) => (0, point),
                        (code, point) => (input::hex(code)?, point),
                    };
                    encode.extend([u16::try_from(point)?, code as u16, (code >> 16) as u16]);
                }
                kind => return Err(format!("{charset}: row of kind {kind}").into()),
            }
        }
        sections.extend([runs(&decode), encode, ranges]);
    }
    write_sections(home, "charset-mb", &sections)?;

    let mut weights: BTreeMap<String, BTreeMap<u32, u16>> = BTreeMap::new();
    for row in input::rows(data, "weights-mb")? {
        if COLLATIONS.contains(&&*row[0]) {
            let weight = u16::try_from(input::hex(&row[2])?)?;
            weights
                .entry(row[0].clone())
                .or_default()
                .insert(input::hex(&row[1])?, weight);
        }
    }
    let sections: Vec<Vec<u16>> = COLLATIONS
        .iter()
        .map(|name| runs(&weights[*name]))
        .collect();
    write_sections(home, "weights-mb", &sections)?;

    let mut maps: BTreeMap<String, Vec<u16>> = BTreeMap::new();
    for row in input::rows(data, "case-maps")? {
        let code = input::hex(&row[1])?;
        let or_code = |word: &str| {
            if word == "-" {
                Ok(code)
            } else {
                input::hex(word)
            }
        };
        for number in [code, or_code(&row[2])?, or_code(&row[3])?] {
            maps.entry(row[0].clone())
                .or_default()
                .extend([number as u16, (number >> 16) as u16]);
        }
    }
    let sections: Vec<Vec<u16>> = case_groups(data)?
        .iter()
        .map(|name| maps[name].clone())
        .collect();
    write_sections(home, "case-mb", &sections)
}

fn write_sections(home: &Path, name: &str, sections: &[Vec<u16>]) -> Result<(), Box<dyn Error>> {
    let parts: Vec<&[u16]> = sections.iter().map(|section| &section[..]).collect();
    let bytes = input::sections(&parts);
    println!("{name}: {} bytes", bytes.len());
    fs::write(home.join(format!("data/{name}.bin")), bytes)?;
    Ok(())
}
