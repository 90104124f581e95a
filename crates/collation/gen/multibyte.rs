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
    write_sections(home, "case-mb", &sections)?;
    write_gb18030(data, home)?;
    write_special(data, home)
}

/// `data/weights-gb18030.bin`: Chinese characters, which have weights FFA0xxxx, of two bytes (code, half of the weight)
/// and of four (number in two halves, half of the weight); then others of one or two bytes (code, weight), and runs of
/// others of four (first, count, weight). Four-byte codes that are not there weigh FF000000 and their number.
fn write_gb18030(data: &Path, home: &Path) -> Result<(), Box<dyn Error>> {
    let (mut short_chinese, mut chinese, mut short, mut runs) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for row in input::rows(data, "weights-mb")?
        .iter()
        .filter(|row| row[0] == "gb18030_chinese_ci")
    {
        let weight = input::hex(&row[2])?;
        let is_chinese = weight >> 16 == 0xFFA0;
        let halves = |number: u32| [number as u16, (number >> 16) as u16];
        let Some((first, end)) = row[1].split_once('-') else {
            let code = input::hex(&row[1])? as u16;
            if is_chinese {
                short_chinese.extend([code, weight as u16]);
            } else {
                short.push(code);
                short.extend(halves(weight));
            }
            continue;
        };
        let (first, end) = (linear(input::hex(first)?), linear(input::hex(end)?));
        if is_chinese && first == end {
            chinese.extend(halves(first));
            chinese.push(weight as u16);
        } else if weight != 0xFF00_0000 + first {
            runs.extend(halves(first));
            runs.push(u16::try_from(end - first + 1)?);
            runs.extend(halves(weight));
        }
    }
    write_sections(
        home,
        "weights-gb18030",
        &[short_chinese, chinese, short, runs],
    )
}

/// `data/weights-special.bin`: two weights for each byte of `cp1250_czech_cs`, then four for each of
/// `latin2_czech_cs`; 0 is none.
fn write_special(data: &Path, home: &Path) -> Result<(), Box<dyn Error>> {
    let (mut cp1250, mut latin2) = (vec![0; 512], vec![0; 1024]);
    for row in input::rows(data, "weights-8bit")? {
        let byte = input::hex(&row[1])? as usize;
        let weights = (0..row[2].len() / 2)
            .map(|at| Ok(input::hex(&row[2][2 * at..2 * at + 2])? as u8))
            .collect::<Result<Vec<u8>, Box<dyn Error>>>()?;
        match &*row[0] {
            "cp1250_czech_cs" => cp1250[2 * byte..2 * byte + 2].copy_from_slice(&weights),
            "latin2_czech_cs" => {
                let levels: Vec<&[u8]> = weights[..weights.len() - 1]
                    .split(|weight| *weight == 1)
                    .collect();
                if levels.len() != 4 {
                    return Err(format!("{}: {}", row[1], row[2]).into());
                }
                for (at, level) in levels.iter().enumerate() {
                    latin2[4 * byte + at] = level.first().copied().unwrap_or(0);
                }
            }
            _ => {}
        }
    }
    fs::write(
        home.join("data/weights-special.bin"),
        [cp1250, latin2].concat(),
    )?;
    Ok(())
}

fn write_sections(home: &Path, name: &str, sections: &[Vec<u16>]) -> Result<(), Box<dyn Error>> {
    let parts: Vec<&[u16]> = sections.iter().map(|section| &section[..]).collect();
    let bytes = input::sections(&parts);
    println!("{name}: {} bytes", bytes.len());
    fs::write(home.join(format!("data/{name}.bin")), bytes)?;
    Ok(())
}
