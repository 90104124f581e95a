//! Two-stage tables of the three versions of DUCET.

use crate::ducet::{Ducet, Element};
use crate::input;
use std::collections::HashMap;
use std::error::Error;
use std::fs;
use std::path::Path;

/// Characters of a page.
const PAGE: u32 = 128;
/// First of the primary weights that have to be written as an expansion.
const FIRST_MARK: u16 = 0x8000;
/// Mark of a character whose weight is computed.
const COMPUTED: u16 = 0xFFFF;
/// Mark of the last element of an expansion, in its lower half.
const LAST: u16 = 0x8000;

pub(crate) fn write(data: &Path, home: &Path) -> Result<(), Box<dyn Error>> {
    for version in [400, 520, 900] {
        let bytes = build(&Ducet::read(data, version)?)?;
        let path = home.join(format!("data/uca-{version}.bin"));
        println!("{}: {} bytes", path.display(), bytes.len());
        fs::write(path, bytes)?;
    }
    Ok(())
}

fn build(ducet: &Ducet) -> Result<Vec<u8>, Box<dyn Error>> {
    let all_levels = ducet.version == 900;
    let mut pairs: Vec<[u16; 2]> = vec![[0, 0]];
    let mut pair_ids: HashMap<[u16; 2], u16> = HashMap::from([([0, 0], 0)]);
    let mut lower_of = |element: &Element| -> u16 {
        if !all_levels {
            return 0;
        }
        let pair = [element[1], element[2]];
        *pair_ids.entry(pair).or_insert_with(|| {
            pairs.push(pair);
            (pairs.len() - 1) as u16
        })
    };
    let mut expansions: Vec<u16> = Vec::new();
    let mut expansion_ids: HashMap<Vec<u16>, u16> = HashMap::new();

    // Page 0 is the page of characters that are not in the table.
    let mut primary = vec![COMPUTED; PAGE as usize];
    let mut lower = vec![0u16; PAGE as usize];
    let mut index = Vec::new();
    for first in (0..0x11_0000).step_by(PAGE as usize) {
        if !(first..first + PAGE).any(|point| ducet.elements.contains_key(&point)) {
            index.push(0);
            continue;
        }
        let mut page = (vec![], vec![]);
        for point in first..first + PAGE {
            let (mut p, mut l) = (COMPUTED, 0);
            if let Some(list) = ducet.elements.get(&point) {
                let list: Vec<&Element> = list
                    .iter()
                    .filter(|element| {
                        if all_levels {
                            **element != [0; 3]
                        } else {
                            element[0] != 0
                        }
                    })
                    .collect();
                match list[..] {
                    [] => (p, l) = (0, 0),
                    [one] if one[0] < FIRST_MARK => (p, l) = (one[0], lower_of(one)),
                    _ => {
                        let mut units = Vec::new();
                        for element in &list {
                            units.extend([element[0], lower_of(element)]);
                        }
                        *units.last_mut().expect("not empty") |= LAST;
                        let id = *expansion_ids.entry(units.clone()).or_insert_with(|| {
                            let id = expansions.len() / 2;
                            expansions.extend(&units);
                            id as u16
                        });
                        if id >= COMPUTED - FIRST_MARK {
                            return Err("too many expansions for 15 bits".into());
                        }
                        p = FIRST_MARK + id;
                    }
                }
            }
            page.0.push(p);
            page.1.push(l);
        }
        let known = (0..primary.len() / PAGE as usize).find(|page_number| {
            let range = page_number * PAGE as usize..(page_number + 1) * PAGE as usize;
            primary[range.clone()] == page.0[..] && lower[range] == page.1[..]
        });
        index.push(known.unwrap_or(primary.len() / PAGE as usize) as u16);
        if known.is_none() {
            primary.extend(page.0);
            lower.extend(page.1);
        }
    }
    if !all_levels {
        lower.clear();
    }
    let pairs: Vec<u16> = pairs.concat();
    Ok(input::sections(&[
        &index,
        &primary,
        &lower,
        &expansions,
        &pairs,
    ]))
}
