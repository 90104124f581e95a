//! Formats: what is read is what was written, and MySQL's types lie between.

use crate::place::Place;

const CSV: &str = "\
a,b c,price,moment,day,clock,note
1,x,12.50,2024-01-02 03:04:05,2024-01-01,10:00:00,
2,\"q\"\"uo,te
more\",7.00,2024-01-02 03:04:06,2024-02-29,-100:00:00,\"\"
-3,,-1.25,,,,日本 😀
";

#[test]
fn csv_comes_back_as_it_was() {
    let place = Place::with("a.csv", CSV);
    assert_eq!(
        place
            .sqlift(&["run", "--from", "a.csv", "--format", "csv"])
            .quiet(),
        CSV
    );
}

#[test]
fn csv_through_json_lines() {
    let place = Place::with("a.csv", CSV);
    place
        .sqlift(&["run", "--from", "a.csv", "--to", "a.json"])
        .quiet();
    assert_eq!(
        place.text("a.json").lines().nth(1),
        Some(
            r#"{"a":2,"b c":"q\"uo,te\nmore","price":7.00,"moment":"2024-01-02 03:04:06","day":"2024-02-29","clock":"-100:00:00","note":""}"#
        )
    );
    // JSON has no dates: their columns are given.
    let schema = "moment DATETIME, DAY DATE, clock TIME";
    let back = [
        "run", "--from", "a.json", "--format", "csv", "--schema", schema,
    ];
    assert_eq!(place.sqlift(&back).quiet(), CSV.replace("day", "DAY"));
}

#[test]
fn csv_through_parquet() {
    let place = Place::with("a.csv", CSV);
    place
        .sqlift(&["run", "--from", "a.csv", "--to", "a.parquet"])
        .quiet();
    let bytes = place.read("a.parquet");
    assert!(bytes.starts_with(b"PAR1") && bytes.ends_with(b"PAR1"));
    let csv = place
        .sqlift(&["run", "--from", "a.parquet", "--format", "csv"])
        .quiet();
    // A Parquet file keeps microseconds.
    let moments = CSV
        .replace(":05,", ":05.000000,")
        .replace(":06,", ":06.000000,");
    assert_eq!(csv, moments);
}

#[test]
fn a_column_that_is_null_alone_in_its_line() {
    let place = Place::with("a.csv", "a,b\n1,\n2,x\n");
    place
        .sqlift(&["run", "--from", "a.csv", "--select", "b", "--to", "b.csv"])
        .quiet();
    assert_eq!(place.text("b.csv"), "b\n\\N\nx\n");
    let back = place.sqlift(&[
        "run",
        "--from",
        "b.csv",
        "--select",
        "b IS NULL AS n",
        "--format",
        "csv",
    ]);
    assert_eq!(back.quiet(), "n\n1\n0\n");
}

#[test]
fn binary_strings_and_bits_are_hexadecimal() {
    let place = Place::with("a.csv", "b\n0x00FF\nxy\n");
    let run = [
        "run",
        "--from",
        "a.csv",
        "--schema",
        "b VARBINARY(4)",
        "--format",
        "json",
    ];
    assert_eq!(
        place.sqlift(&run).quiet(),
        "{\"b\":\"0x00FF\"}\n{\"b\":\"0x7879\"}\n"
    );
}

#[test]
fn numbers_of_json_keep_their_digits() {
    let file =
        "{\"n\": 12345678901234567890.123456789}\n\n{\"n\": null}\n{}\n{\"n\": 1, \"n\": 2}\n";
    let place = Place::with("a.jsonl", file);
    let csv = place
        .sqlift(&["run", "--from", "a.jsonl", "--format", "csv"])
        .quiet();
    assert_eq!(
        csv,
        "n\n12345678901234567890.123456789\n\\N\n\\N\n2.000000000\n"
    );
}

#[test]
fn objects_inside_json_are_text() {
    let place = Place::with(
        "a.json",
        "{\"o\": {\"k\": [1, 2]}, \"t\": true, \"s\": \"12\"}\n",
    );
    let json = place
        .sqlift(&["run", "--from", "a.json", "--format", "json"])
        .quiet();
    assert_eq!(
        json,
        "{\"o\":\"{\\\"k\\\": [1, 2]}\",\"t\":true,\"s\":\"12\"}\n"
    );
}

#[test]
fn keys_that_come_late() {
    let mut file = "{\"a\": 1}\n".repeat(10_000);
    file.push_str("{\"a\": 1, \"b\": 2}\n");
    let place = Place::with("a.json", file);
    let failed = place.sqlift(&["run", "--from", "a.json"]);
    failed.fails(1, &["line 10001", "the key `b`", "--schema"]);
    let given = [
        "run",
        "--from",
        "a.json",
        "--schema",
        "b INT",
        "--where",
        "b IS NOT NULL",
        "--format",
        "csv",
    ];
    assert_eq!(place.sqlift(&given).quiet(), "a,b\n1,2\n");
}

#[test]
fn marks_blank_lines_and_foreign_line_ends() {
    let place = Place::with("a.csv", "\u{feff}a,b\r\n\r\n1,\"x\r\ny\"\r\n2,z");
    let json = place
        .sqlift(&["run", "--from", "a.csv", "--format", "json"])
        .quiet();
    assert_eq!(
        json,
        "{\"a\":1,\"b\":\"x\\r\\ny\"}\n{\"a\":2,\"b\":\"z\"}\n"
    );
}

#[test]
fn types_given_for_some_columns() {
    let place = Place::with("a.csv", "id,price,name\n1,2.345,ab\n2,3,CD\n");
    let schema = "price DECIMAL(10,2), NAME CHAR(5) COLLATE utf8mb4_bin NOT NULL";
    let run = [
        "run",
        "--from",
        "a.csv",
        "--schema",
        schema,
        "--where",
        "name > 'Z'",
        "--format",
        "csv",
    ];
    // MySQL, too, rounds what is inserted into a DECIMAL.
    assert_eq!(place.sqlift(&run).quiet(), "id,price,NAME\n1,2.35,ab\n");
}

#[test]
fn an_empty_field_of_text_that_is_not_null() {
    let place = Place::with("a.csv", "a,b\n1,\n");
    let run = [
        "run",
        "--from",
        "a.csv",
        "--schema",
        "b VARCHAR(5) NOT NULL",
        "--select",
        "b = '' AS e",
        "--format",
        "csv",
    ];
    assert_eq!(place.sqlift(&run).quiet(), "e\n1\n");
}

#[test]
fn text_of_other_character_sets() {
    let place = Place::with("a.csv", "a\nGröße\n");
    let schema = "a VARCHAR(9) CHARACTER SET latin1";
    let run = [
        "run",
        "--from",
        "a.csv",
        "--schema",
        schema,
        "--select",
        "a, LENGTH(a) AS n",
        "--format",
        "csv",
    ];
    assert_eq!(place.sqlift(&run).quiet(), "a,n\nGröße,5\n");
    let stored = [
        "run",
        "--from",
        "a.csv",
        "--schema",
        schema,
        "--to",
        "a.parquet",
    ];
    place.sqlift(&stored).quiet();
    let back = ["run", "--from", "a.parquet", "--format", "json"];
    assert_eq!(place.sqlift(&back).quiet(), "{\"a\":\"Größe\"}\n");
}

#[test]
fn rows_over_several_batches() {
    let rows: String = (0..1_000).map(|i| format!("{i},t{i}\n")).collect();
    let place = Place::with("a.csv", format!("a,b\n{rows}"));
    for to in ["b.csv", "b.json", "b.parquet"] {
        let run = [
            "run",
            "--from",
            "a.csv",
            "--batch",
            "64",
            "--where",
            "a % 10 = 3",
            "--to",
            to,
        ];
        place.sqlift(&run).quiet();
        let sum = [
            "run", "--from", to, "--batch", "7", "--format", "csv", "--where", "a > 980",
        ];
        assert_eq!(
            place.sqlift(&sum).quiet(),
            "a,b\n983,t983\n993,t993\n",
            "{to}"
        );
    }
}

#[test]
fn generated_tables() {
    let place = Place::new();
    let run = [
        "run",
        "--from",
        "tpch:nation?sf=0.001",
        "--where",
        "n_name LIKE 'ja%'",
        "--select",
        "n_nationkey, n_name",
        "--format",
        "csv",
    ];
    assert_eq!(place.sqlift(&run).quiet(), "n_nationkey,n_name\n12,JAPAN\n");
}

#[test]
fn columns_of_json_documents() {
    let place = Place::with(
        "a.json",
        "{\"o\": {\"kk\": [1, 2.50], \"b\": null}}\n{\"o\": \"x\"}\n{\"o\": null}\n",
    );
    let run = |format: &str| {
        place
            .sqlift(&[
                "run", "--from", "a.json", "--schema", "o JSON", "--format", format,
            ])
            .quiet()
    };
    assert_eq!(
        run("json"),
        "{\"o\":{\"b\": null, \"kk\": [1, 2.5]}}\n{\"o\":\"x\"}\n{\"o\":null}\n"
    );
    assert_eq!(
        run("csv"),
        "o\n\"{\"\"b\"\": null, \"\"kk\"\": [1, 2.5]}\"\n\"\"\"x\"\"\"\n\\N\n"
    );
    place.write("a.csv", "o\n\"[1,2]\"\n\"{\"\n");
    let wrong = place.sqlift(&["run", "--from", "a.csv", "--schema", "o JSON"]);
    wrong.fails(
        1,
        &[
            "ERROR 3140 (22032): Invalid JSON text: '{' in value for column 'o' at row 2",
            "line 3",
        ],
    );
}
