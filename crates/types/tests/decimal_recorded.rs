//! Decimal arithmetic and its result types against recorded answers of MySQL 9.7.
//!
//! `data/decimal_arithmetic.tsv`: operator, operands, div_precision_increment, length, decimals and unsigned flag of the result column, value.

use sqlift_types::decimal::{Decimal, DecimalType, I256};

/// The literal's number and type. MySQL folds the sign into the number and leaves the type.
fn literal(text: &str) -> (Decimal, DecimalType) {
    let digits = text.trim_start_matches('-');
    let declared = if digits.contains('.') {
        DecimalType::of_decimal_literal(digits)
    } else {
        DecimalType::of_integer_literal(digits)
    };
    let declared = if text.starts_with('-') {
        declared.negation()
    } else {
        declared
    };
    (text.parse().expect(text), declared)
}

/// What `DIV` gives in 64 bits.
fn integer_text(quotient: Option<I256>, unsigned: bool) -> String {
    let fits = |value: &I256| {
        if unsigned {
            u64::try_from(*value).is_ok()
        } else {
            i64::try_from(*value).is_ok()
        }
    };
    quotient
        .filter(fits)
        .map_or("ERROR 1690".to_string(), |value| value.to_string())
}

#[test]
fn values_and_types_are_those_recorded() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/data/decimal_arithmetic.tsv"
    );
    let recorded = std::fs::read_to_string(path).unwrap();
    let mut wrong = Vec::new();
    let mut rows = 0;
    for row in recorded.lines() {
        rows += 1;
        let [op, a, b, increment, length, scale, unsigned, value] =
            row.split('\t').collect::<Vec<_>>()[..]
        else {
            panic!("malformed row {row}");
        };
        let ((left, left_type), increment) = (literal(a), increment.parse::<u8>().unwrap());
        let text = |result: Option<Decimal>| {
            result.map_or("ERROR 1690".to_string(), |value| value.to_string())
        };
        let (declared, found) = match op {
            "round" => (
                Some(left_type.rounded(b.parse().unwrap())),
                text(left.round(b.parse().unwrap())),
            ),
            "truncate" => (
                Some(left_type.truncated(b.parse().unwrap())),
                left.truncate(b.parse().unwrap()).to_string(),
            ),
            _ => {
                let (right, right_type) = literal(b);
                let declared = match op {
                    "+" | "-" => Some(left_type.sum(right_type)),
                    "*" => Some(left_type.product(right_type)),
                    "/" => Some(left_type.quotient(right_type, increment)),
                    "%" => Some(left_type.remainder(right_type)),
                    _ => None,
                };
                let found = match op {
                    "+" => text(left.checked_add(right)),
                    "-" => text(left.checked_sub(right)),
                    "*" => text(left.checked_mul(right)),
                    _ if right.is_zero() => "NULL".to_string(),
                    "/" => text(left.checked_div(right, declared.unwrap().scale)),
                    "%" => text(left.checked_rem(right)),
                    _ => {
                        let unsigned = left_type.unsigned || right_type.unsigned;
                        if length != "-" {
                            let digits = u32::from(left_type.div_integer_digits(right_type))
                                + u32::from(!unsigned);
                            if digits.to_string() != length {
                                wrong.push(format!("{row}: length {digits}"));
                            }
                        }
                        integer_text(left.checked_div_integer(right), unsigned)
                    }
                };
                (declared, found)
            }
        };
        // Known difference: MySQL's 77 to 81 digits do not fit 256 bits and are out of range here.
        let digits = value.bytes().filter(u8::is_ascii_digit).count();
        if found != value && !(found == "ERROR 1690" && digits > 76) {
            wrong.push(format!("{row}: {found}"));
        }
        if let (Some(declared), false) = (declared, length == "-") {
            // The server tells the length of a sum as if there were more than 65 digits.
            let length: u32 = length.parse().unwrap();
            let precision = (length - u32::from(scale != "0") - u32::from(unsigned == "0")).min(65);
            if (precision, scale, unsigned)
                != (
                    declared.precision.into(),
                    &*declared.scale.to_string(),
                    if declared.unsigned { "1" } else { "0" },
                )
            {
                wrong.push(format!("{row}: {declared:?}"));
            }
        }
    }
    assert!(rows > 300, "only {rows} rows");
    assert!(
        wrong.is_empty(),
        "{} of {rows}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
