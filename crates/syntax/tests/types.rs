//! Types of columns, lists of columns, lists of outputs.

use sqlift_syntax::types::{Charset, CharsetName, GeometryType, Precision};
use sqlift_syntax::{
    ColumnType, DataType, Error, Limits, Modes, parse_column_type, parse_columns, parse_outputs,
    print,
};

fn column(text: &str) -> Result<ColumnType, Error> {
    parse_column_type(text, Modes::default(), Limits::default())
}

fn data(text: &str) -> DataType {
    column(text).unwrap_or_else(|e| panic!("{text}: {e}")).data
}

#[test]
fn names_and_synonyms() {
    let precision = |digits, scale| Some(Precision { digits, scale });
    let expected = [
        ("TINYINT", DataType::TinyInt(None)),
        ("int1", DataType::TinyInt(None)),
        ("BOOL", DataType::TinyInt(Some(1))),
        ("BOOLEAN", DataType::TinyInt(Some(1))),
        ("SMALLINT(5)", DataType::SmallInt(Some(5))),
        ("MEDIUMINT", DataType::MediumInt(None)),
        ("MIDDLEINT", DataType::MediumInt(None)),
        ("INTEGER", DataType::Int(None)),
        ("INT(11)", DataType::Int(Some(11))),
        ("BIGINT", DataType::BigInt(None)),
        ("INT8", DataType::BigInt(None)),
        ("DECIMAL", DataType::Decimal(None)),
        ("DEC(5)", DataType::Decimal(precision(5, None))),
        ("NUMERIC(12, 2)", DataType::Decimal(precision(12, Some(2)))),
        ("FIXED(12,2)", DataType::Decimal(precision(12, Some(2)))),
        ("FLOAT", DataType::Float(None)),
        ("FLOAT(24)", DataType::Float(precision(24, None))),
        ("FLOAT(7,3)", DataType::Float(precision(7, Some(3)))),
        ("DOUBLE PRECISION", DataType::Double(None)),
        ("DOUBLE(7,3)", DataType::Double(precision(7, Some(3)))),
        ("REAL", DataType::Double(None)),
        ("BIT(8)", DataType::Bit(Some(8))),
        ("DATE", DataType::Date),
        ("TIME(6)", DataType::Time(Some(6))),
        ("DATETIME", DataType::DateTime(None)),
        ("TIMESTAMP(3)", DataType::Timestamp(Some(3))),
        ("YEAR(4)", DataType::Year(Some(4))),
        ("CHAR", DataType::Char(None)),
        ("CHARACTER(10)", DataType::Char(Some(10))),
        ("CHAR VARYING(10)", DataType::VarChar(10)),
        ("VARCHAR(64)", DataType::VarChar(64)),
        ("NCHAR(3)", DataType::NationalChar(Some(3))),
        ("NATIONAL CHARACTER(3)", DataType::NationalChar(Some(3))),
        ("NVARCHAR(3)", DataType::NationalVarChar(3)),
        ("NATIONAL VARCHAR(3)", DataType::NationalVarChar(3)),
        ("BINARY(16)", DataType::Binary(Some(16))),
        ("VARBINARY(16)", DataType::VarBinary(16)),
        ("TINYTEXT", DataType::TinyText),
        ("TEXT(100)", DataType::Text(Some(100))),
        ("MEDIUMTEXT", DataType::MediumText),
        ("LONG", DataType::MediumText),
        ("LONG CHAR VARYING", DataType::MediumText),
        ("LONG VARBINARY", DataType::MediumBlob),
        (
            "SET(x'41', b'1000010')",
            DataType::Set(vec!["A".into(), "B".into()]),
        ),
        ("LONGTEXT", DataType::LongText),
        ("BLOB", DataType::Blob(None)),
        ("LONGBLOB", DataType::LongBlob),
        (
            "ENUM('a', 'it''s')",
            DataType::Enum(vec!["a".into(), "it's".into()]),
        ),
        ("SET('x')", DataType::Set(vec!["x".into()])),
        ("JSON", DataType::Json),
        ("VECTOR(3)", DataType::Vector(Some(3))),
        (
            "GEOMCOLLECTION",
            DataType::Geometry(GeometryType::GeometryCollection),
        ),
        ("POINT", DataType::Geometry(GeometryType::Point)),
    ];
    for (text, wanted) in expected {
        assert_eq!(data(text), wanted, "{text}");
    }
    let float = Modes {
        real_as_float: true,
        ..Modes::default()
    };
    let real = parse_column_type("REAL", float, Limits::default()).expect("a type");
    assert_eq!(real.data, DataType::Float(None));
}

#[test]
fn attributes() {
    let ty = column("BIGINT UNSIGNED NOT NULL").expect("a type");
    assert_eq!(
        (ty.unsigned, ty.zerofill, ty.nullable),
        (true, false, Some(false))
    );
    let ty = column("INT(5) ZEROFILL NULL").expect("a type");
    assert_eq!(
        (ty.unsigned, ty.zerofill, ty.nullable),
        (true, true, Some(true))
    );
    let ty = column("VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin").expect("a type");
    assert!(matches!(&ty.charset.name, CharsetName::Named(name) if name.is("UTF8MB4")));
    assert_eq!(
        ty.collation.map(|name| name.text),
        Some("utf8mb4_bin".into())
    );
    assert_eq!(ty.nullable, None);
    let ty = column("VARCHAR(9) NOT NULL COLLATE binary").expect("a type");
    assert_eq!(
        (ty.nullable, ty.collation.map(|name| name.text)),
        (Some(false), Some("binary".into()))
    );
    let ty = column("TEXT BINARY").expect("a type");
    assert_eq!(
        ty.charset,
        Charset {
            name: CharsetName::Default,
            binary: true
        }
    );
    let ty = column("INT NULL NOT NULL").expect("a type");
    assert_eq!(ty.nullable, Some(false));
    let ty = column("NVARCHAR(3) BINARY").expect("a type");
    assert!(ty.charset.binary);
    let ty = column("CHAR(3) ASCII").expect("a type");
    assert_eq!(ty.charset.name, CharsetName::Ascii);
    assert_eq!(
        column(" DECIMAL(12,2) UNSIGNED ")
            .expect("a type")
            .span
            .start,
        1
    );
}

#[test]
fn what_is_no_type() {
    for (text, near) in [
        ("", ""),
        ("VARCHAR", ""),
        ("VARCHAR()", ")"),
        ("NOSUCH", "NOSUCH"),
        ("INT UNSIGNED x", "x"),
        ("DATE UNSIGNED", "UNSIGNED"),
        ("DATE(3)", "(3)"),
        ("ENUM()", ")"),
        ("ENUM(1)", "1)"),
        ("DECIMAL(1,2,3)", ",3)"),
        ("INT NOT", ""),
        ("INT CHARACTER SET utf8mb4", "CHARACTER SET utf8mb4"),
        ("TIME(-1)", "-1)"),
        ("BOOL(1)", "(1)"),
        ("INT, INT", ", INT"),
        ("DOUBLE(5)", ")"),
        ("REAL(5)", ")"),
        ("TINYTEXT(5)", "(5)"),
        ("BOOL UNSIGNED", "UNSIGNED"),
        ("BIT UNSIGNED", "UNSIGNED"),
        ("VECTOR UNSIGNED", "UNSIGNED"),
        ("NCHAR(3) CHARACTER SET latin1", "CHARACTER SET latin1"),
        (
            "TEXT COLLATE latin1_bin CHARACTER SET latin1",
            "CHARACTER SET latin1",
        ),
        ("ENUM(N'a')", "N'a')"),
    ] {
        let error = column(text).expect_err(text);
        assert_eq!(error.code, 1064);
        assert!(
            error
                .message
                .ends_with(&format!("use near '{near}' at line 1")),
            "{text}: {error}"
        );
    }
}

#[test]
fn columns() {
    let list = |text| parse_columns(text, Modes::default(), Limits::default());
    let columns =
        list("id BIGINT NOT NULL, `select` ENUM('a,b', 'c'), price DECIMAL(12,2)").expect("a list");
    let names: Vec<&str> = columns.iter().map(|column| &*column.name.text).collect();
    assert_eq!(names, ["id", "select", "price"]);
    assert_eq!(
        columns[2].ty.data,
        DataType::Decimal(Some(Precision {
            digits: 12,
            scale: Some(2)
        }))
    );
    assert!(list("").expect("an empty list").is_empty());
    for text in ["id", "id INT,", "select INT", "id INT id INT", ", id INT"] {
        assert_eq!(list(text).expect_err(text).code, 1064);
    }
}

#[test]
fn outputs() {
    let list = |text| parse_outputs(text, Modes::default(), Limits::default());
    let outputs = list("a + 1 AS next, UPPER(b) up, c 'text', d, e `q`").expect("a list");
    let printed: Vec<(String, Option<&str>)> = outputs
        .iter()
        .map(|o| (print(&o.expr), o.alias.as_ref().map(|name| &*name.text)))
        .collect();
    let wanted = [
        ("a + 1", Some("next")),
        ("UPPER(b)", Some("up")),
        ("c", Some("text")),
        ("d", None),
        ("e", Some("q")),
    ];
    assert_eq!(
        printed,
        wanted.map(|(text, alias)| (text.to_owned(), alias))
    );
    for text in ["", "a AS", "a AS select", "a,", "a b c", "a AS 1"] {
        assert_eq!(list(text).expect_err(text).code, 1064, "{text}");
    }
}
