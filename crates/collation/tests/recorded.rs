//! Answers of a MySQL 9.7 server, sampled from the full tables that the generator verifies.

use sqlift_collation::coercibility::for_comparison;
use sqlift_collation::{Coercibility, Collated, Collation, LikePattern, Repertoire, aggregate};
use std::cmp::Ordering;

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len() / 2)
        .map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).expect("hexadecimal"))
        .collect()
}

fn collation(name: &str) -> &'static Collation {
    Collation::by_name(name).unwrap_or_else(|| panic!("{name} is unknown"))
}

fn rows(text: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    text.lines().map(|line| line.split('\t').collect())
}

#[test]
fn weights() {
    let mut count = 0;
    for row in rows(include_str!("recorded/weights.tsv")) {
        let mut weight = Vec::new();
        collation(row[0]).weight_string(&bytes(row[1]), &mut weight);
        assert_eq!(weight, bytes(row[2]), "{row:?}");
        count += 1;
    }
    assert!(count > 600);
}

#[test]
fn operations() {
    let mut count = 0;
    for row in rows(include_str!("recorded/operations.tsv")) {
        let [operator, name, a, b, escape, answer] = row[..] else {
            panic!("{row:?}")
        };
        let (collation, a, b) = (collation(name), bytes(a), bytes(b));
        let order = collation.compare(&a, &b);
        let escape = match escape {
            "" => Some('\\'),
            "NONE" => None,
            other => other.chars().next(),
        };
        let truth = |truth: bool| i64::from(truth);
        let position = |haystack: &[u8], needle: &[u8]| {
            let found = collation.find(haystack, needle, 0);
            found.map_or(0, |at| {
                collation.charset().char_count(&haystack[..at]) as i64 + 1
            })
        };
        let got = match operator {
            "=" | "<=>" => truth(collation.equal(&a, &b)),
            "<" => truth(order == Ordering::Less),
            ">" => truth(order == Ordering::Greater),
            "STRCMP" => order as i64,
            "LIKE" | "NOT LIKE" => {
                let once = collation.like(&a, &b, escape);
                assert_eq!(
                    LikePattern::new(collation, &b, escape).matches(&a),
                    once,
                    "{row:?}"
                );
                truth(once == (operator == "LIKE"))
            }
            "LOCATE" => position(&b, &a),
            "INSTR" => position(&a, &b),
            _ => panic!("{row:?}"),
        };
        assert_eq!(got.to_string(), answer, "{row:?}");
        count += 1;
    }
    assert!(count > 1000);
}

fn collated(text: &str) -> Collated {
    let parts: Vec<&str> = text.split(',').collect();
    let coercibility = match parts[1] {
        "0" => Coercibility::Explicit,
        "2" => Coercibility::Implicit,
        "4" => Coercibility::Coercible,
        "5" => Coercibility::Numeric,
        "6" => Coercibility::Ignorable,
        _ => panic!("{text}"),
    };
    let repertoire = if parts[2] == "A" {
        Repertoire::Ascii
    } else {
        Repertoire::Unicode
    };
    Collated::new(collation(parts[0]).id(), coercibility, repertoire)
}

#[test]
fn coercibility() {
    let mut count = 0;
    for row in rows(include_str!("recorded/coercibility.tsv")) {
        let arguments: Vec<Collated> = row[1].split('|').map(collated).collect();
        let merged = match row[0] {
            "CMP" => for_comparison(&arguments),
            _ => aggregate(&arguments),
        };
        let got = match (merged, row[0]) {
            (Err(mix), _) => format!("ERR {}", mix.message(row[2])),
            (Ok(merged), "COLLATION") => merged.collation.to_string(),
            (Ok(merged), "COERCIBILITY") => (merged.coercibility as u8).to_string(),
            (Ok(merged), "RES") => format!("{} {}", merged.collation, merged.coercibility as u8),
            (Ok(_), _) => "OK".to_owned(),
        };
        assert_eq!(got, row[3], "{row:?}");
        count += 1;
    }
    assert!(count > 250);
}
