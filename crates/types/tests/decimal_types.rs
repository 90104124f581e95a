//! Result types of DECIMAL expressions over columns, against recorded answers of MySQL 9.7.
//!
//! `data/decimal_types.tsv`: operator, operands (columns or literals), div_precision_increment, precision, scale, unsigned.

use sqlift_types::decimal::{DecimalType, IntegerKind};

/// The type of a column, named by what it is (`bu`: BIGINT UNSIGNED, `d52`: DECIMAL(5,2)), or of a literal.
fn operand(name: &str) -> DecimalType {
    let integer = DecimalType::of_integer;
    match name {
        "ti" => integer(IntegerKind::Tiny, false),
        "tiu" => integer(IntegerKind::Tiny, true),
        "si" => integer(IntegerKind::Small, false),
        "siu" => integer(IntegerKind::Small, true),
        "mi" => integer(IntegerKind::Medium, false),
        "miu" => integer(IntegerKind::Medium, true),
        "i" => integer(IntegerKind::Int, false),
        "iu" => integer(IntegerKind::Int, true),
        "bi" | "bin" => integer(IntegerKind::Big, false),
        "bu" => integer(IntegerKind::Big, true),
        "y" => integer(IntegerKind::Year, true),
        "b8" => DecimalType::of_bits(8),
        "b64" => DecimalType::of_bits(64),
        "d52" => DecimalType::new(5, 2),
        "d122" => DecimalType::new(12, 2),
        "d186" => DecimalType::new(18, 6),
        "d3810" => DecimalType::new(38, 10),
        "d6530" => DecimalType::new(65, 30),
        "dt" | "dtn" => DecimalType::of_date(),
        "t0" => DecimalType::of_time(0),
        "t6" => DecimalType::of_time(6),
        "dt0" => DecimalType::of_datetime(0),
        "dt6" => DecimalType::of_datetime(6),
        "ts3" => DecimalType::of_datetime(3),
        literal if literal.contains('.') => DecimalType::of_decimal_literal(literal),
        literal => DecimalType::of_integer_literal(literal),
    }
}

#[test]
fn types_over_columns_are_those_recorded() {
    let mut wrong = Vec::new();
    let recorded = include_str!("data/decimal_types.tsv");
    for row in recorded.lines() {
        let [op, a, b, increment, precision, scale, unsigned] =
            row.split('\t').collect::<Vec<_>>()[..]
        else {
            panic!("malformed row {row}");
        };
        let left = operand(a);
        let found = match op {
            "+" | "-" => left.sum(operand(b)),
            "*" => left.product(operand(b)),
            "/" => left.quotient(operand(b), increment.parse().unwrap()),
            "%" => left.remainder(operand(b)),
            "round" => left.rounded(b.parse().unwrap()),
            "truncate" => left.truncated(b.parse().unwrap()),
            "integral" => left.integral().unwrap(),
            "union" => left.union(operand(b)),
            other => panic!("no such operator: {other}"),
        };
        let expected = DecimalType::new(precision.parse().unwrap(), scale.parse().unwrap())
            .with_unsigned(unsigned == "1");
        if found != expected {
            wrong.push(format!("{row}: {found:?}"));
        }
    }
    assert!(recorded.lines().count() > 250);
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn ceilings_are_integers_up_to_eighteen_digits() {
    for (precision, scale, digits) in [
        (18, 0, None),
        (19, 0, Some(19)),
        (18, 1, None),
        (19, 1, Some(19)),
        (37, 20, None),
        (38, 20, Some(19)),
        (65, 1, Some(65)),
    ] {
        let found = DecimalType::new(precision, scale).integral();
        assert_eq!(
            found,
            digits.map(|digits| DecimalType::new(digits, 0)),
            "DECIMAL({precision},{scale})"
        );
    }
}

#[test]
fn literals_have_the_digits_that_they_show() {
    for (text, precision, scale) in [
        ("1.50", 3, 2),
        ("0.5", 2, 1),
        (".5", 1, 1),
        ("00.5", 2, 1),
        ("007.5", 3, 1),
        ("10.", 2, 0),
        ("0.000000000000000000000000000001", 31, 30),
        ("18446744073709551616", 20, 0),
        ("0018446744073709551616", 21, 0),
    ] {
        let found = if text.contains('.') {
            DecimalType::of_decimal_literal(text)
        } else {
            DecimalType::of_integer_literal(text)
        };
        assert_eq!(found, DecimalType::new(precision, scale), "{text}");
    }
    let unsigned = DecimalType::of_integer_literal("9223372036854775808");
    assert_eq!((unsigned.precision, unsigned.unsigned), (19, true));
    assert_eq!(DecimalType::of_integer_literal("007").precision, 3);
    assert_eq!(
        DecimalType::of_hex_literal(2),
        DecimalType::new(5, 0).with_unsigned(true)
    );
    assert_eq!(DecimalType::of_bit_literal(1), DecimalType::new(3, 0));
    assert_eq!(
        DecimalType::of_integer_length(21, false),
        DecimalType::new(20, 0)
    );
    assert_eq!(DecimalType::new(5, 2).display_length(), 7);
}
