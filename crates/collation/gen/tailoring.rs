//! `data/tailoring.bin`: how the language collations differ from their base.

use crate::input;
use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::Path;

/// A sequence of characters with weights of its own, level by level.
pub(crate) struct Entry {
    pub(crate) points: Vec<u32>,
    pub(crate) levels: [Vec<u16>; 4],
}

/// One language.
#[derive(Default)]
pub(crate) struct Tailoring {
    pub(crate) reorder: Vec<[u16; 5]>,
    pub(crate) entries: Vec<Entry>,
}

/// The language of a collation: `cs_0900` of `utf8mb4_cs_0900_ai_ci`, `czech` of `ucs2_czech_ci`.
pub(crate) fn language(collation: &str) -> Option<String> {
    let (charset, rest) = collation.split_once('_')?;
    if !matches!(charset, "utf8mb4" | "utf8mb3" | "utf16" | "utf32" | "ucs2") {
        return None;
    }
    let name = ["_ai_ci", "_as_ci", "_as_cs", "_as_cs_ks", "_ci"]
        .iter()
        .find_map(|end| rest.strip_suffix(end))?;
    let plain = [
        "0900",
        "unicode",
        "unicode_520",
        "general",
        "general_mysql500",
        "tolower",
    ];
    (!plain.contains(&name)).then(|| name.to_owned())
}

/// The collation whose rows describe a language: the one with all its levels.
fn is_full(collation: &str) -> bool {
    match collation.split_once("_0900_") {
        Some((start, levels)) => {
            levels
                == if start.ends_with("_ja") {
                    "as_cs_ks"
                } else {
                    "as_cs"
                }
        }
        None => true,
    }
}

/// Splits a weight at its separators. MySQL: a Lithuanian contraction has a unit 0000 on its first level, so they are
/// counted from the right.
fn levels(collation: &str, units: &[u16]) -> Result<[Vec<u16>; 4], Box<dyn Error>> {
    let mut levels: [Vec<u16>; 4] = Default::default();
    if !collation.contains("_0900_") {
        levels[0] = units.to_vec();
        return Ok(levels);
    }
    let zeros: Vec<usize> = (0..units.len()).filter(|at| units[*at] == 0).collect();
    let separators = match zeros.len() {
        3 if !collation.ends_with("_ks") => &zeros[1..],
        2 | 3 => &zeros[..],
        _ => return Err(format!("{collation}: {units:X?}").into()),
    };
    let mut start = 0;
    for (level, end) in levels
        .iter_mut()
        .zip(separators.iter().copied().chain([units.len()]))
    {
        *level = units[start..end].to_vec();
        start = end + 1;
    }
    Ok(levels)
}

/// All languages by name, in the order of the file.
pub(crate) fn read(data: &Path) -> Result<BTreeMap<String, Tailoring>, Box<dyn Error>> {
    let mut all: BTreeMap<String, Tailoring> = BTreeMap::new();
    for row in input::rows(data, "collations")? {
        if let Some(language) = language(&row[1]) {
            all.entry(language).or_default();
        }
    }
    for row in input::rows(data, "uca-reorder")?
        .iter()
        .filter(|row| is_full(&row[0]))
    {
        let front = if row[5] == "-" {
            0
        } else {
            input::hex(&row[5])? as u16
        };
        let rule = [
            row[1].parse()?,
            input::hex(&row[2])? as u16,
            input::hex(&row[3])? as u16,
            row[4].parse::<i32>()? as u16,
            front,
        ];
        let language = language(&row[0]).ok_or("reordering of no language")?;
        all.entry(language).or_default().reorder.push(rule);
    }
    for row in input::rows(data, "uca-tailoring")?
        .iter()
        .filter(|row| is_full(&row[0]))
    {
        let points = row[1]
            .split(' ')
            .map(input::hex)
            .collect::<Result<_, _>>()?;
        let weight = if row[2] == "-" { "" } else { &row[2] };
        let units = (0..weight.len() / 4)
            .map(|at| Ok(input::hex(&weight[4 * at..4 * at + 4])? as u16))
            .collect::<Result<Vec<u16>, Box<dyn Error>>>()?;
        let entry = Entry {
            points,
            levels: levels(&row[0], &units)?,
        };
        let language = language(&row[0]).ok_or("tailoring of no language")?;
        all.entry(language).or_default().entries.push(entry);
    }
    Ok(all)
}

/// Whether a name is of a language of the 9.0.0 collations.
pub(crate) fn is_0900(language: &str) -> bool {
    language.ends_with("_0900")
}

pub(crate) fn write(data: &Path, home: &Path) -> Result<(), Box<dyn Error>> {
    let mut sections: Vec<Vec<u16>> = Vec::new();
    for (language, tailoring) in read(data)? {
        let new = is_0900(&language);
        sections.push(vec![if new { 900 } else { 400 }]);
        sections.push(tailoring.reorder.concat());
        // Characters with one ordinary weight, in runs of neighbours.
        let mut runs: Vec<(u32, Vec<u16>)> = Vec::new();
        let mut rest = Vec::new();
        for Entry { points, levels } in &tailoring.entries {
            let lower: [&[u16]; 3] = if new {
                [&[0x20], &[2], &[]]
            } else {
                [&[], &[], &[]]
            };
            match (&points[..], &levels[0][..]) {
                ([point], [weight])
                    if levels[1..]
                        .iter()
                        .zip(lower)
                        .all(|(own, usual)| own == usual) =>
                {
                    match runs.last_mut() {
                        Some((first, run))
                            if *first + run.len() as u32 == *point && run.len() < 0xFFFF =>
                        {
                            run.push(*weight);
                        }
                        _ => runs.push((*point, vec![*weight])),
                    }
                }
                _ => {
                    rest.push(points.len() as u16);
                    points
                        .iter()
                        .for_each(|point| rest.extend([*point as u16, (*point >> 16) as u16]));
                    for level in levels {
                        rest.push(level.len() as u16);
                        rest.extend(level);
                    }
                }
            }
        }
        let mut flat = Vec::new();
        for (first, run) in runs {
            flat.extend([first as u16, (first >> 16) as u16, run.len() as u16]);
            flat.extend(run);
        }
        sections.push(flat);
        sections.push(rest);
    }
    let parts: Vec<&[u16]> = sections.iter().map(|section| &section[..]).collect();
    let bytes = input::sections(&parts);
    println!(
        "tailoring: {} languages, {} bytes",
        sections.len() / 4,
        bytes.len()
    );
    fs::write(home.join("data/tailoring.bin"), bytes)?;
    Ok(())
}
