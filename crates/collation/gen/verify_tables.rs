//! Checks everything but the UCA: weights, conversions and case, row by row.

use crate::input;
use sqlift_collation::{Charset, Collation, convert};
use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;

/// Counts of what was asked and what was wrong, by table.
#[derive(Default)]
struct Tally(BTreeMap<String, (usize, usize)>);

impl Tally {
    fn add(&mut self, table: &str, subject: &str, got: &[u8], wanted: &[u8]) {
        let (asked, wrong) = self.0.entry(table.to_owned()).or_default();
        *asked += 1;
        if got != wanted {
            *wrong += 1;
            if *wrong <= 5 {
                println!("{table}: {subject}: {got:02X?}, expected {wanted:02X?}");
            }
        }
    }
}

fn bytes(hex: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    (0..hex.len() / 2)
        .map(|at| Ok(input::hex(&hex[2 * at..2 * at + 2])? as u8))
        .collect()
}

fn collation(name: &str) -> Result<&'static Collation, Box<dyn Error>> {
    Ok(Collation::by_name(name).ok_or("unknown collation")?)
}

fn weight(name: &str, bytes: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut out = Vec::new();
    collation(name)?.weight_string(bytes, &mut out);
    Ok(out)
}

fn utf8(point: u32) -> Option<String> {
    char::from_u32(point).map(String::from)
}

/// How many answers are wrong.
pub(crate) fn run(data: &Path) -> Result<usize, Box<dyn Error>> {
    let mut tally = Tally::default();
    for table in ["weights-8bit", "weights-8bit-pairs", "weights-8bit-samples"] {
        for row in input::rows(data, table)? {
            let subject = format!("{} {}", row[0], row[1]);
            tally.add(
                table,
                &subject,
                &weight(&row[0], &bytes(&row[1])?)?,
                &bytes(&row[2])?,
            );
        }
    }
    weights_mb(data, &mut tally)?;
    general(data, &mut tally)?;
    conversions(data, &mut tally)?;
    case(data, &mut tally)?;
    let mut all_wrong = 0;
    for (table, (asked, wrong)) in tally.0 {
        println!("{table}: {asked} asked, {wrong} wrong");
        all_wrong += wrong;
    }
    Ok(all_wrong)
}

fn weights_mb(data: &Path, tally: &mut Tally) -> Result<(), Box<dyn Error>> {
    for row in input::rows(data, "weights-mb")? {
        let (first, last) = row[1].split_once('-').unwrap_or((&row[1], &row[1]));
        let mut code = bytes(first)?;
        let mut expected = bytes(&row[2])?;
        loop {
            let subject = format!("{} {code:02X?}", row[0]);
            tally.add("weights-mb", &subject, &weight(&row[0], &code)?, &expected);
            if code == bytes(last)? {
                break;
            }
            for (at, (low, high)) in [(0x81, 0xFE), (0x30, 0x39), (0x81, 0xFE), (0x30, 0x39)]
                .iter()
                .enumerate()
                .rev()
            {
                if code[at] < *high {
                    code[at] += 1;
                    break;
                }
                code[at] = *low;
            }
            for byte in expected.iter_mut().rev() {
                *byte = byte.wrapping_add(1);
                if *byte != 0 {
                    break;
                }
            }
        }
    }
    Ok(())
}

fn general(data: &Path, tally: &mut Tally) -> Result<(), Box<dyn Error>> {
    let mut groups: BTreeMap<String, BTreeMap<u32, Vec<u8>>> = BTreeMap::new();
    for row in input::rows(data, "weights-general")? {
        groups
            .entry(row[0].clone())
            .or_default()
            .insert(input::hex(&row[1])?, bytes(&row[2])?);
    }
    for (name, special) in groups {
        for point in (1..0x1_0000).chain([0x1_0000, 0x1_F600, 0x10_FFFF]) {
            let Some(text) =
                utf8(point).filter(|_| point < 0x1_0000 || name.starts_with("utf8mb4"))
            else {
                continue;
            };
            let own = (point.min(0xFFFF) as u16).to_be_bytes().to_vec();
            let own = if point > 0xFFFF {
                vec![0xFF, 0xFD]
            } else {
                own
            };
            let expected = special.get(&point).unwrap_or(&own);
            tally.add(
                "weights-general",
                &format!("{name} {point:X}"),
                &weight(&name, text.as_bytes())?,
                expected,
            );
        }
    }
    Ok(())
}

fn conversions(data: &Path, tally: &mut Tally) -> Result<(), Box<dyn Error>> {
    let converted = |from, to, text: &[u8]| {
        let mut out = Vec::new();
        convert(from, to, text, &mut out);
        out
    };
    let charset = |name: &str| Charset::by_name(name).ok_or("unknown character set");
    let meaning = |word: &str| -> Result<String, Box<dyn Error>> {
        Ok(if word == "-" {
            "?".to_owned()
        } else {
            utf8(input::hex(word)?).ok_or("surrogate")?
        })
    };
    for row in input::rows(data, "charset-8bit")? {
        let got = converted(charset(&row[0])?, Charset::Utf8mb4, &bytes(&row[1])?);
        tally.add(
            "charset-8bit",
            &format!("{} {}", row[0], row[1]),
            &got,
            meaning(&row[3])?.as_bytes(),
        );
    }
    for row in input::rows(data, "charset-8bit-encode")? {
        let wanted = if row[2] == "-" {
            b"?".to_vec()
        } else {
            bytes(&row[2])?
        };
        let got = converted(
            Charset::Utf8mb4,
            charset(&row[0])?,
            meaning(&row[1])?.as_bytes(),
        );
        tally.add(
            "charset-8bit-encode",
            &format!("{} {}", row[0], row[1]),
            &got,
            &wanted,
        );
    }
    for name in crate::multibyte::CHARSETS {
        let set = charset(name)?;
        let table = format!("charset-{name}");
        for row in input::rows(data, &table)? {
            let subject = format!("{} {}", row[0], row[1]);
            if row[0] == "E" {
                let wanted = if row[1] == "-" {
                    b"?".to_vec()
                } else {
                    bytes(&row[1])?
                };
                let got = converted(Charset::Utf8mb4, set, meaning(&row[2])?.as_bytes());
                tally.add(&table, &subject, &got, &wanted);
                continue;
            }
            let code = bytes(row[1].split('-').next().unwrap_or(""))?;
            let text = meaning(&row[2])?;
            tally.add(
                &table,
                &subject,
                &converted(set, Charset::Utf8mb4, &code),
                text.as_bytes(),
            );
            if row[0] == "R" {
                tally.add(
                    &table,
                    &subject,
                    &converted(Charset::Utf8mb4, set, text.as_bytes()),
                    &code,
                );
            }
        }
    }
    Ok(())
}

fn case(data: &Path, tally: &mut Tally) -> Result<(), Box<dyn Error>> {
    for row in input::rows(data, "case-maps")? {
        let rules = collation(&row[0])?;
        let unicode = rules.charset().is_unicode();
        let encoded = |word: &str| -> Result<Vec<u8>, Box<dyn Error>> {
            if !unicode {
                return bytes(word);
            }
            let text = utf8(input::hex(word)?).ok_or("surrogate")?;
            let mut out = Vec::new();
            convert(Charset::Utf8mb4, rules.charset(), text.as_bytes(), &mut out);
            Ok(out)
        };
        let code = encoded(&row[1])?;
        for (column, upper) in [(2, true), (3, false)] {
            let wanted = if row[column] == "-" {
                code.clone()
            } else {
                encoded(&row[column])?
            };
            if rules.charset() == Charset::Utf8mb4 && wanted.len() > code.len() {
                // Converted in place: there is no room.
                continue;
            }
            let mut got = Vec::new();
            if upper {
                rules.upper(&code, &mut got);
            } else {
                rules.lower(&code, &mut got);
            }
            tally.add(
                "case-maps",
                &format!("{} {}", row[0], row[1]),
                &got,
                &wanted,
            );
        }
    }
    Ok(())
}
