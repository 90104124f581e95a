//! Boundary values of every type, as SQL literals and as column values.
//!
//! Each table has the extremes, their neighbours, zero in all its forms, and the values at which MySQL changes its
//! mind: the year 70 of two-digit years, 838:59:59, the last second of TIMESTAMP, a text with a trailing space.

use super::{Class, Random};
use crate::corpus::{Cell, Column, Table};

/// SQL texts of boundary values of a class, NULL apart.
#[rustfmt::skip]
pub fn literals(class: Class) -> &'static [&'static str] {
    match class {
        Class::Condition => &[
            "TRUE", "FALSE", "(1 = 1)", "(1 = 2)", "(NULL = 1)", "0", "2", "-1", "0.4", "'a'",
        ],
        Class::Int => &[
            "0", "1", "-1", "2", "7", "10", "63", "64", "65", "127", "-128", "128", "255", "256",
            "32767", "-32768", "65535", "8388607", "-8388608", "16777215", "2147483647",
            "-2147483648", "2147483648", "4294967295", "4294967296", "9007199254740993",
            "9223372036854775806", "9223372036854775807", "-9223372036854775807",
            "-9223372036854775808",
        ],
        Class::UInt => &[
            "CAST(0 AS UNSIGNED)", "CAST(1 AS UNSIGNED)", "9223372036854775808",
            "18446744073709551614", "18446744073709551615", "CAST(9223372036854775807 AS UNSIGNED)",
            "CAST(-1 AS UNSIGNED)",
        ],
        Class::Decimal => &[
            "0.0", "-0.0", "0.5", "-0.5", "1.5", "2.5", "-2.5", "0.05", "0.005", "9.99", "99.995",
            "1.000", "-1.10", "18446744073709551616", "-9223372036854775809",
            "9999999999999999999999999999.99", "0.000000000000000000000000000001",
            "-0.000000000000000000000000000001",
            "99999999999999999999999999999999999999999999999999999999999999999",
            "-99999999999999999999999999999999999999999999999999999999999999999",
            "99999999999999999999999999999999999.999999999999999999999999999999",
            "0.1234567890123456789012345678901234",
        ],
        Class::Double => &[
            "0e0", "-0e0", "1e0", "-1e0", "0.5e0", "1.5e0", "2.5e0", "-2.5e0", "0.1e0", "1e15",
            "1e16", "1e17", "1e-5", "1e-4", "123456789.987654321e0", "9007199254740993e0",
            "9223372036854775807e0", "9223372036854775808e0", "-9223372036854775808e0",
            "-9223372036854777856e0", "18446744073709551615e0", "18446744073709553664e0",
            "1.7976931348623157e308", "-1.7976931348623157e308", "2.2250738585072014e-308",
            "5e-324", "-5e-324",
        ],
        Class::Text => &[
            "''", "' '", "'a'", "'A'", "'a '", "' a'", "'ab'", "'abc'", "'ABC'", "'aBc%_'",
            "'a\\\\b'", "'it''s'", "'0'", "'1'", "'-1'", "'007'", "'1.5'", "'1e2'", "'1e400'",
            "'12abc'", "' 12'", "'12 '", "'abc12'", "'.5'", "'-'", "'+1'", "'0x10'",
            "'9223372036854775808'", "'-9223372036854775809'", "'18446744073709551616'", "'é'",
            "'e\u{301}'", "'ß'", "'ss'", "'İ'", "'ı'", "'日本語'", "'😀'", "'naïve café'", "'\\n\\t'",
            "'2024-02-29'", "'2024-02-30'", "'0000-00-00'", "'12:34:56'", "'838:59:59'", "'[1, 2]'",
            "'{\"a\": 1}'", "'a,b,,c'", "_latin1'e'", "_utf8mb4'x' COLLATE utf8mb4_bin",
            "_utf8mb4'x' COLLATE utf8mb4_general_ci", "REPEAT('a', 300)",
            "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'",
        ],
        Class::Binary => &[
            "x''", "x'00'", "x'61'", "x'FF'", "x'FFFF'", "x'C3A9'", "x'C3'", "0x7FFFFFFFFFFFFFFF",
            "x'FFFFFFFFFFFFFFFF'", "x'010000000000000000'", "b'0'", "b'101'", "_binary'a'",
            "_binary'a '", "CAST('é' AS BINARY)",
        ],
        Class::Date => &[
            "DATE'2024-02-29'", "DATE'2023-02-28'", "DATE'1970-01-01'", "DATE'1969-12-31'",
            "DATE'2069-12-31'", "DATE'2000-12-31'", "DATE'1900-02-28'", "DATE'9999-12-31'",
            "DATE'1000-01-01'", "DATE'0001-01-01'", "DATE'0000-01-01'", "DATE'1582-10-15'",
            "DATE'2023-01-01'", "DATE'2023-12-31'", "DATE'2024-12-30'",
        ],
        Class::Time => &[
            "TIME'00:00:00'", "TIME'-00:00:01'", "TIME'12:34:56'", "TIME'23:59:59.999999'",
            "TIME'24:00:00'", "TIME'838:59:59'", "TIME'-838:59:59'", "TIME'838:59:58.999999'",
            "TIME'00:00:00.000001'", "TIME'10:11:12.5'", "TIME'-10:11:12.345'",
        ],
        Class::DateTime => &[
            "TIMESTAMP'2024-02-29 23:59:59'", "TIMESTAMP'1970-01-01 00:00:00'",
            "TIMESTAMP'1970-01-01 00:00:01'", "TIMESTAMP'2038-01-19 03:14:07'",
            "TIMESTAMP'2038-01-19 03:14:08'", "TIMESTAMP'9999-12-31 23:59:59.999999'",
            "TIMESTAMP'0001-01-01 00:00:00'", "TIMESTAMP'2023-06-15 12:34:56.5'",
            "TIMESTAMP'2023-12-31 23:59:59.9999'", "TIMESTAMP'3001-01-18 23:59:59'",
        ],
        Class::Year => &[
            "CAST(0 AS YEAR)", "CAST(1901 AS YEAR)", "CAST(2155 AS YEAR)", "CAST(69 AS YEAR)",
            "CAST(70 AS YEAR)", "CAST('0' AS YEAR)", "CAST(2024 AS YEAR)",
        ],
        Class::Json => &[
            "CAST('null' AS JSON)", "CAST('true' AS JSON)", "CAST('0' AS JSON)",
            "CAST('-0' AS JSON)", "CAST('1.5' AS JSON)", "CAST('18446744073709551615' AS JSON)",
            "CAST('1e300' AS JSON)", "CAST('\"\"' AS JSON)", "CAST('\"a\"' AS JSON)",
            "CAST('\"1\"' AS JSON)", "CAST('[]' AS JSON)", "CAST('{}' AS JSON)",
            "CAST('[1, 2, 2, null]' AS JSON)", "CAST('[[1], {\"a\": [2]}]' AS JSON)",
            "CAST('{\"a\": 1, \"b\": {\"c\": [1, 2]}}' AS JSON)",
            "CAST('{\"bb\": 1, \"a\": 2}' AS JSON)",
            "JSON_ARRAY(1.50, DATE'2024-02-29', TIME'01:02:03', x'41')",
            "JSON_OBJECT('a', 18446744073709551615)",
        ],
    }
}

/// A column type with its boundary values; NULL is added where the column is nullable.
#[derive(Debug, Clone, Copy)]
pub struct BoundaryColumn {
    /// Name of the column.
    pub name: &'static str,
    /// SQL type.
    pub type_name: &'static str,
    /// Collation of a text column; its prefix is the character set.
    pub collation: Option<&'static str>,
    /// Whether NULL may occur.
    pub nullable: bool,
    /// What expressions over it are like.
    pub class: Class,
    /// Its values as text; of binary columns as hexadecimal digits.
    pub values: &'static [&'static str],
}

const TINY: &[&str] = &["0", "1", "-1", "127", "-128", "10", "100"];
const SMALL: &[&str] = &["0", "1", "-1", "32767", "-32768", "100"];
const MEDIUM: &[&str] = &["0", "1", "-1", "8388607", "-8388608"];
#[rustfmt::skip]
const INT: &[&str] = &[
    "0", "1", "-1", "2", "2147483647", "-2147483648", "46341", "65536", "1000000000",
];
#[rustfmt::skip]
const BIGINT: &[&str] = &[
    "0", "1", "-1", "2", "9223372036854775807", "-9223372036854775808", "9223372036854775806",
    "-9223372036854775807", "3037000500", "4294967296", "9007199254740993", "1700000000",
];
const UNSIGNED_SMALL: &[&str] = &["0", "1", "32767", "32768", "65535"];
const UNSIGNED_MEDIUM: &[&str] = &["0", "1", "8388607", "8388608", "16777215"];
const UNSIGNED_TINY: &[&str] = &["0", "1", "127", "128", "255"];
const UNSIGNED_INT: &[&str] = &["0", "1", "2147483647", "2147483648", "4294967295"];
#[rustfmt::skip]
const UNSIGNED: &[&str] = &[
    "0", "1", "2", "9223372036854775807", "9223372036854775808", "18446744073709551615",
    "18446744073709551614",
];
#[rustfmt::skip]
const FLOATS: &[&str] = &[
    "0", "-0", "1", "-1", "0.1", "1.5", "16777216", "16777217", "3.4028235e38", "1e-45", "-2.5",
];
#[rustfmt::skip]
const DOUBLES: &[&str] = &[
    "0", "-0", "1", "-1", "0.1", "0.5", "1.5", "2.5", "-2.5", "1e16", "1e-5", "9007199254740993",
    "9223372036854775807", "-9223372036854775808", "18446744073709551615", "1.7976931348623157e308",
    "-1.7976931348623157e308", "2.2250738585072014e-308", "5e-324",
];
const DECIMALS_5_2: &[&str] = &[
    "0.00", "0.01", "-0.01", "0.05", "1.50", "2.50", "-2.50", "999.99", "-999.99",
];
#[rustfmt::skip]
const DECIMALS_18_6: &[&str] = &[
    "0.000000", "0.000001", "-0.5", "999999999999.999999", "-999999999999.999999", "1.1",
];
#[rustfmt::skip]
const DECIMALS_38_10: &[&str] = &[
    "0.0000000000", "0.0000000001", "-0.5", "9999999999999999999999999999.9999999999",
    "-9999999999999999999999999999.9999999999", "123456789012345678.5",
];
#[rustfmt::skip]
const DECIMALS_65_30: &[&str] = &[
    "0", "0.000000000000000000000000000001", "-0.000000000000000000000000000001", "1.5",
    "99999999999999999999999999999999999.999999999999999999999999999999",
    "-99999999999999999999999999999999999.999999999999999999999999999999",
];
#[rustfmt::skip]
const DECIMALS_65_0: &[&str] = &[
    "0", "1", "-1", "18446744073709551616",
    "99999999999999999999999999999999999999999999999999999999999999999",
    "-99999999999999999999999999999999999999999999999999999999999999999",
];
#[rustfmt::skip]
const DATES: &[&str] = &[
    "2024-02-29", "2023-02-28", "1970-01-01", "1969-12-31", "9999-12-31", "1000-01-01",
    "0001-01-01", "0000-00-00", "2024-00-00", "2024-02-00", "2023-02-30", "2000-12-31",
    "2023-01-01",
];
#[rustfmt::skip]
const TIMES: &[&str] = &[
    "00:00:00", "-00:00:01", "12:34:56", "23:59:59.999999", "24:00:00", "838:59:59", "-838:59:59",
    "00:00:00.000001",
];
#[rustfmt::skip]
const DATETIMES: &[&str] = &[
    "2024-02-29 23:59:59.999999", "1970-01-01 00:00:00", "2038-01-19 03:14:07",
    "2038-01-19 03:14:08", "9999-12-31 23:59:59.999999", "0001-01-01 00:00:00",
    "0000-00-00 00:00:00", "2024-00-00 10:11:12", "2023-06-15 12:34:56.500000",
];
#[rustfmt::skip]
const WHOLE_TIMES: &[&str] = &["00:00:00", "-00:00:01", "12:34:56", "838:59:59", "-838:59:59", "10:11:12"];
#[rustfmt::skip]
const WHOLE_DATETIMES: &[&str] = &[
    "2024-02-29 23:59:59", "1969-12-31 23:59:59", "9999-12-31 23:59:59", "0001-01-01 00:00:00",
    "0000-00-00 00:00:00", "2023-00-00 00:00:00", "2000-12-31 00:00:01",
];
const TIMESTAMPS: &[&str] = &[
    "1970-01-01 00:00:01",
    "2038-01-19 03:14:07.499",
    "2024-02-29 13:45:56.789",
    "0000-00-00 00:00:00",
];
#[rustfmt::skip]
const TEXTS: &[&str] = &[
    "", " ", "a", "A", "a ", " a", "ab", "abc", "aBc%_", "a\\b", "it's", "0", "1", "-1", "007",
    "1.5", "1e2", "1e400", "12abc", " 12", "abc12", "9223372036854775808", "é", "e\u{301}", "ß",
    "ss", "日本語", "😀", "naïve café", "\n\t", "2024-02-29", "2024-02-30", "0000-00-00", "12:34:56",
    "838:59:59", "[1, 2]", "{\"a\": 1}", "a,b,,c",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
];
#[rustfmt::skip]
const LATIN1_TEXTS: &[&str] = &[
    "", " ", "a", "A", "a ", "é", "ß", "Ünïcödé", "0", "12abc", "€",
];
#[rustfmt::skip]
const BYTES: &[&str] = &[
    "", "00", "61", "6120", "FF", "C3A9", "C3", "FFFFFFFFFFFFFFFF", "010000000000000000", "31",
];
const FOUR_BYTES: &[&str] = &["00000000", "61000000", "FFFFFFFF", "61202020", "C3A90000"];
const BITS_8: &[&str] = &["00", "01", "7F", "80", "FF", "31"];
const VECTORS: &[&str] = &["0000803F00000040", "0000000000000080", "FFFF7F7F000080BF"];
#[rustfmt::skip]
const CHARS: &[&str] = &["", "a", "A", "ab", "0", "-1", "é", "日本", "12abc", "2024-02-2", "a b"];
#[rustfmt::skip]
const JSONS: &[&str] = &[
    "null", "true", "0", "-1", "1.5", "18446744073709551615", "1e300", "\"\"", "\"a\"", "\"1\"",
    "[]", "{}", "[1, 2, 2, null]", "[[1], {\"a\": [2]}]", "{\"a\": 1, \"b\": {\"c\": [1, 2]}}",
    "{\"bb\": 1, \"a\": 2}",
];

const AI_CI: Option<&str> = Some("utf8mb4_0900_ai_ci");

/// The columns of [`table`].
pub const COLUMNS: &[BoundaryColumn] = &[
    column("ti", "TINYINT", Class::Int, TINY),
    column("tiu", "TINYINT UNSIGNED", Class::UInt, UNSIGNED_TINY),
    column("si", "SMALLINT", Class::Int, SMALL),
    column("siu", "SMALLINT UNSIGNED", Class::UInt, UNSIGNED_SMALL),
    column("mi", "MEDIUMINT", Class::Int, MEDIUM),
    column("miu", "MEDIUMINT UNSIGNED", Class::UInt, UNSIGNED_MEDIUM),
    column("i", "INT", Class::Int, INT).not_null(),
    column("iu", "INT UNSIGNED", Class::UInt, UNSIGNED_INT),
    column("bi", "BIGINT", Class::Int, BIGINT),
    column("bin", "BIGINT", Class::Int, BIGINT).not_null(),
    column("bu", "BIGINT UNSIGNED", Class::UInt, UNSIGNED),
    column("bun", "BIGINT UNSIGNED", Class::UInt, UNSIGNED).not_null(),
    column("f", "FLOAT", Class::Double, FLOATS),
    column("d", "DOUBLE", Class::Double, DOUBLES),
    column("dn", "DOUBLE", Class::Double, DOUBLES).not_null(),
    column("d52", "DECIMAL(5,2)", Class::Decimal, DECIMALS_5_2),
    column("d186", "DECIMAL(18,6)", Class::Decimal, DECIMALS_18_6).not_null(),
    column("d3810", "DECIMAL(38,10)", Class::Decimal, DECIMALS_38_10),
    column("d6530", "DECIMAL(65,30)", Class::Decimal, DECIMALS_65_30),
    column("d650", "DECIMAL(65,0)", Class::Decimal, DECIMALS_65_0),
    column(
        "y",
        "YEAR",
        Class::Year,
        &["0000", "1901", "1970", "2024", "2155"],
    ),
    column("dt", "DATE", Class::Date, DATES),
    column("dtn", "DATE", Class::Date, DATES).not_null(),
    column("t0", "TIME", Class::Time, WHOLE_TIMES),
    column("t6", "TIME(6)", Class::Time, TIMES),
    column("dt0", "DATETIME", Class::DateTime, WHOLE_DATETIMES),
    column("dt6", "DATETIME(6)", Class::DateTime, DATETIMES),
    column("ts3", "TIMESTAMP(3)", Class::DateTime, TIMESTAMPS),
    column("v", "VARCHAR(64)", Class::Text, TEXTS).collated(AI_CI),
    column("vn", "VARCHAR(64)", Class::Text, TEXTS)
        .collated(AI_CI)
        .not_null(),
    column("vg", "VARCHAR(64)", Class::Text, TEXTS).collated(Some("utf8mb4_general_ci")),
    column("vb", "VARCHAR(64)", Class::Text, TEXTS).collated(Some("utf8mb4_bin")),
    column("vl", "VARCHAR(64)", Class::Text, LATIN1_TEXTS).collated(Some("latin1_swedish_ci")),
    column("c10", "CHAR(10)", Class::Text, CHARS).collated(AI_CI),
    column("tt", "TINYTEXT", Class::Text, CHARS).collated(Some("utf8mb4_0900_as_cs")),
    column("tx", "TEXT", Class::Text, TEXTS).collated(AI_CI),
    column("vbin", "VARBINARY(32)", Class::Binary, BYTES),
    column("bl", "BLOB", Class::Binary, BYTES),
    column("bf4", "BINARY(4)", Class::Binary, FOUR_BYTES),
    column("vec", "VECTOR(2)", Class::Binary, VECTORS),
    column("b8", "BIT(8)", Class::Binary, BITS_8),
    column(
        "b64",
        "BIT(64)",
        Class::Binary,
        &["0000000000000000", "0000000000000001", "FFFFFFFFFFFFFFFF"],
    ),
    column(
        "en",
        "ENUM('small','medium','LARGE','','1')",
        Class::Text,
        &["small", "medium", "LARGE", "", "1"],
    )
    .collated(AI_CI),
    column(
        "st",
        "SET('a','b','c','d e')",
        Class::Text,
        &["", "a", "a,b", "a,b,c,d e", "d e"],
    )
    .collated(AI_CI),
    column("j", "JSON", Class::Json, JSONS),
    column("jn", "JSON", Class::Json, JSONS).not_null(),
];

const fn column(
    name: &'static str,
    type_name: &'static str,
    class: Class,
    values: &'static [&'static str],
) -> BoundaryColumn {
    BoundaryColumn {
        name,
        type_name,
        collation: None,
        nullable: true,
        class,
        values,
    }
}

impl BoundaryColumn {
    const fn not_null(self) -> Self {
        Self {
            nullable: false,
            ..self
        }
    }

    const fn collated(self, collation: Option<&'static str>) -> Self {
        Self { collation, ..self }
    }

    fn is_binary(&self) -> bool {
        self.class == Class::Binary
    }

    /// The boundary values as cells, NULL first if the column is nullable.
    pub fn cells(&self) -> Vec<Cell> {
        let values = self.values.iter().map(|value| match self.is_binary() {
            true => Cell::from_hex(value).expect("the tables hold whole bytes"),
            false => Cell::Text((*value).to_owned()),
        });
        self.nullable
            .then_some(Cell::Null)
            .into_iter()
            .chain(values)
            .collect()
    }

    fn describe(&self) -> Column {
        let charset = self.collation.and_then(|name| name.split('_').next());
        Column {
            name: self.name.to_owned(),
            type_name: self.type_name.to_owned(),
            charset: charset.map(str::to_owned),
            collation: self.collation.map(str::to_owned),
            nullable: self.nullable,
        }
    }
}

/// A table of all [`COLUMNS`] with so many rows. Each column goes through its boundary values in an order of its own,
/// so that every value occurs (given rows enough) and rows combine values that have nothing to do with each other.
pub fn table(random: &mut Random, rows: usize) -> Table {
    let mut columns: Vec<Vec<Cell>> = Vec::new();
    for column in COLUMNS {
        let mut cells = Vec::with_capacity(rows);
        while cells.len() < rows {
            let mut round = column.cells();
            while !round.is_empty() && cells.len() < rows {
                cells.push(round.swap_remove(random.below(round.len())));
            }
        }
        columns.push(cells);
    }
    let rows = (0..rows)
        .map(|row| columns.iter().map(|cells| cells[row].clone()).collect())
        .collect();
    let definitions: Vec<String> = COLUMNS
        .iter()
        .map(|column| {
            let collation = column
                .collation
                .map(|name| format!(" COLLATE {name}"))
                .unwrap_or_default();
            let null = if column.nullable {
                "NULL DEFAULT NULL"
            } else {
                "NOT NULL"
            };
            format!("{} {}{collation} {null}", column.name, column.type_name)
        })
        .collect();
    Table {
        server: "generated".into(),
        create: format!("CREATE TABLE t ({})", definitions.join(", ")),
        columns: COLUMNS.iter().map(BoundaryColumn::describe).collect(),
        rows,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_has_literals_and_almost_every_class_a_column() {
        for class in Class::ALL {
            assert!(literals(class).len() >= 7, "{class:?}");
            let covered = COLUMNS.iter().any(|column| column.class == class);
            assert!(covered || class == Class::Condition, "{class:?}");
        }
    }

    #[test]
    fn the_values_that_are_easily_forgotten_are_there() {
        let has = |class, text: &str| literals(class).contains(&text);
        assert!(has(Class::Double, "-0e0") && has(Class::Int, "-9223372036854775808"));
        assert!(
            has(Class::UInt, "18446744073709551615")
                && has(Class::Text, "''")
                && has(Class::Text, "'a '")
        );
        assert!(has(Class::Date, "DATE'0000-01-01'") && has(Class::Time, "TIME'838:59:59'"));
        assert!(literals(Class::Decimal).iter().any(|text| text.len() == 65));
        assert!(TEXTS.contains(&"") && DOUBLES.contains(&"-0") && DATES.contains(&"0000-00-00"));
    }

    #[test]
    fn tables_are_complete_and_follow_from_their_seed() {
        let made = table(&mut Random::new(5), 64);
        assert_eq!(made, table(&mut Random::new(5), 64));
        assert_ne!(made, table(&mut Random::new(6), 64));
        assert_eq!((made.rows.len(), made.columns.len()), (64, COLUMNS.len()));
        for (position, column) in COLUMNS.iter().enumerate() {
            let cells: Vec<&Cell> = made.cells(position).collect();
            assert!(
                column.cells().iter().all(|cell| cells.contains(&cell)),
                "{}",
                column.name
            );
            assert_eq!(
                cells.contains(&&Cell::Null),
                column.nullable,
                "{}",
                column.name
            );
        }
    }

    #[test]
    fn names_are_distinct() {
        let names: std::collections::BTreeSet<_> =
            COLUMNS.iter().map(|column| column.name).collect();
        assert_eq!(names.len(), COLUMNS.len());
    }
}
