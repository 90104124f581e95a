//! Texts read as numbers, and doubles written, against recorded answers of MySQL 9.7.

use sqlift_types::decimal::{Excess, Fit, parse_decimal_prefix};
use sqlift_types::number::{
    parse_double_prefix, parse_int_prefix, write_double, write_double_fixed, write_float,
};

fn recorded(name: &str) -> String {
    std::fs::read_to_string(format!("{}/tests/data/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn written(write: impl FnOnce(&mut Vec<u8>)) -> String {
    let mut text = Vec::new();
    write(&mut text);
    String::from_utf8(text).unwrap()
}

/// CAST('text' AS type): value and the codes of its warnings.
fn cast(target: &str, text: &[u8]) -> (String, String) {
    let mut codes = Vec::new();
    let value = match target {
        "DOUBLE" => {
            let read = parse_double_prefix(text);
            codes.extend(read.truncated.then_some("1292"));
            written(|out| write_double(read.value, out))
        }
        "SIGNED" | "UNSIGNED" => {
            let read = parse_int_prefix(text);
            let signed = target == "SIGNED";
            let truncated = read.truncated.then_some("1292");
            let wraps = if signed {
                read.wraps_signed()
            } else {
                read.wraps_unsigned()
            };
            codes.extend(wraps.then_some("1105"));
            codes.extend(truncated);
            if signed {
                read.as_signed().to_string()
            } else {
                read.as_unsigned().to_string()
            }
        }
        decimal => {
            let (precision, scale) = decimal
                .strip_prefix("DECIMAL(")
                .and_then(|rest| rest.strip_suffix(')')?.split_once(','))
                .map(|(precision, scale)| (precision.parse().unwrap(), scale.parse().unwrap()))
                .unwrap();
            let read = parse_decimal_prefix(text, scale);
            let (value, fit) = read.value.fit(precision, scale);
            let out_of_range = fit == Fit::Clamped || read.excess == Excess::Digits;
            codes.extend(out_of_range.then_some("1264"));
            codes.extend(read.truncated.then_some("1292"));
            value.to_string()
        }
    };
    (
        value,
        if codes.is_empty() {
            "-".to_string()
        } else {
            codes.join(",")
        },
    )
}

#[test]
fn texts_are_cast_as_recorded() {
    let mut wrong = Vec::new();
    let recorded = recorded("number_texts.tsv");
    for row in recorded.lines() {
        let [target, text, value, codes] = row.split('\t').collect::<Vec<_>>()[..] else {
            panic!("malformed row {row}");
        };
        let text = text.replace("\\t", "\t").replace("\\n", "\n");
        let found = cast(target, text.as_bytes());
        if found != (value.to_string(), codes.to_string()) {
            wrong.push(format!("{row} | {found:?}"));
        }
    }
    assert!(recorded.lines().count() > 300);
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn doubles_are_written_as_recorded() {
    let mut wrong = Vec::new();
    let recorded = recorded("doubles.tsv");
    for row in recorded.lines() {
        let (kind, text) = row.split_once('\t').unwrap();
        let found = match kind {
            "DOUBLE" => written(|out| write_double(text.parse().unwrap(), out)),
            "FLOAT" => written(|out| write_float(text.parse().unwrap(), out)),
            decimals => written(|out| {
                write_double_fixed(text.parse().unwrap(), decimals.parse().unwrap(), out)
            }),
        };
        if found != text {
            wrong.push(format!("{row} | {found}"));
        }
    }
    assert!(recorded.lines().count() > 300);
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}
