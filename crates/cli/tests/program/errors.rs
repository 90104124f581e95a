//! What is wrong is told: where, what, with which code; status 1 for what is read, 2 for how it was asked.

use crate::place::Place;

#[test]
fn wrong_expressions_are_underlined() {
    let place = Place::with("a.csv", "price,name\n1.5,x\n");
    for (filter, words) in [
        (
            "price >",
            &[
                "ERROR 1064 (42000)",
                "near '' at line 1",
                "column 8",
                "| price >\n",
            ][..],
        ),
        ("price > 'abc", &["ERROR 1064 (42000)"]),
        (
            "prise > 1",
            &[
                "ERROR 1054 (42S22): Unknown column 'prise'",
                "| ^^^^^\n",
                "did you mean `price`?",
            ],
        ),
        (
            "UPER(name) = 'X'",
            &["ERROR 1305 (42000)", "^^^^^^^^^^", "did you mean UPPER?"],
        ),
        (
            "ABS(1, 2)",
            &["ERROR 1582 (42000): Incorrect parameter count", "'ABS'"],
        ),
        (
            "name =\n  prise",
            &["line 2, column 3", "|   prise\n", "|   ^^^^^\n"],
        ),
        ("(1, 2) = 3", &["ERROR 1241 (21000)"]),
    ] {
        let done = place.sqlift(&["run", "--from", "a.csv", "--where", filter]);
        done.fails(1, words);
        assert_eq!(done.out, "");
    }
    let done = place.sqlift(&[
        "run",
        "--from",
        "a.csv",
        "--select",
        "name, UPPER(nam) AS n",
    ]);
    done.fails(
        1,
        &[
            "--select, n, line 1, column 13",
            "| name, UPPER(nam) AS n\n",
            "|             ^^^\n",
            "`name`",
        ],
    );
}

#[test]
fn files_that_are_not_what_they_should_be() {
    for (name, bytes, words) in [
        ("a.csv", &b""[..], &["a.csv", "empty"][..]),
        (
            "a.csv",
            b"a,b\n1,2\n3\n",
            &["a.csv: line 3: 1 fields, where the first line names 2"],
        ),
        ("a.csv", b"a,b\n1,2,3\n", &["line 2: 3 fields"]),
        (
            "a.csv",
            b"a\nx\n\"y\nz\n",
            &["line 3: a quote is not closed"],
        ),
        (
            "a.csv",
            b"a\n\"y\"z\n",
            &["line 2: text behind a closing quote"],
        ),
        ("a.csv", b"a\ny\"z\n", &["line 2: a quote inside a field"]),
        ("a.csv", b"a\n1\n\xff\n", &["line 3: not valid UTF-8"]),
        ("a.csv", b"\xff\n", &["line 1: not valid UTF-8"]),
        (
            "a.csv",
            b"a,A\n1,2\n",
            &["ERROR 1060 (42S21): Duplicate column name 'A'"],
        ),
        ("a.csv", b"a,\n1,2\n", &["column 2 has no name"]),
        ("a.json", b"", &["no columns"]),
        (
            "a.json",
            b"{\"a\":1}\n{\"a\":\n",
            &["a.json: line 2: column 5: EOF"],
        ),
        ("a.json", b"[1]\n", &["line 1", "expected a JSON object"]),
        (
            "a.json",
            b"{\"a\":1} x\n",
            &["line 1", "trailing characters"],
        ),
        ("a.json", b"{\"a\":\"\xff\"}\n", &["line 1"]),
        (
            "a.json",
            b"garbage\n",
            &["line 1: column 1: expected value"],
        ),
        ("a.parquet", b"", &["a.parquet"]),
        (
            "a.parquet",
            b"PAR1 this is no Parquet file PAR1",
            &["a.parquet"],
        ),
    ] {
        let place = Place::with(name, bytes);
        let done = place.sqlift(&["run", "--from", name]);
        done.fails(1, words);
    }
    Place::new()
        .sqlift(&["run", "--from", "none.csv"])
        .fails(1, &["none.csv: No such file"]);
    Place::new()
        .sqlift(&["run", "--from", "none.parquet"])
        .fails(1, &["none.parquet: No such file"]);
}

#[test]
fn parquet_files_cut_or_changed() {
    let place = Place::with("a.csv", format!("a,b\n{}", "1,some text\n".repeat(500)));
    place
        .sqlift(&["run", "--from", "a.csv", "--to", "a.parquet"])
        .quiet();
    let whole = place.read("a.parquet");
    for cut in [3, 50, whole.len() / 2, whole.len() - 1] {
        place.write("b.parquet", &whole[..cut]);
        place
            .sqlift(&["run", "--from", "b.parquet"])
            .fails(1, &["b.parquet"]);
    }
    let mut changed = whole;
    changed[4..40].fill(0xA5);
    place.write("b.parquet", changed);
    place
        .sqlift(&["run", "--from", "b.parquet"])
        .fails(1, &["b.parquet"]);
}

#[test]
fn values_that_do_not_fit_their_column() {
    for (schema, value, words) in [
        (
            "a TINYINT",
            "128",
            "ERROR 1264 (22003): Out of range value for column 'a' at row 2",
        ),
        ("a TINYINT UNSIGNED", "256", "ERROR 1264 (22003)"),
        ("a MEDIUMINT", "-8388609", "ERROR 1264 (22003)"),
        (
            "a INT",
            "12x",
            "ERROR 1366 (HY000): Incorrect integer value: '12x' for column 'a' at row 2",
        ),
        (
            "a BIGINT UNSIGNED",
            "-1",
            "ERROR 1366 (HY000): Incorrect integer value",
        ),
        (
            "a DECIMAL(4,1)",
            "12345",
            "ERROR 1366 (HY000): Incorrect decimal value: '12345'",
        ),
        ("a DECIMAL(4,1) UNSIGNED", "-1", "ERROR 1264 (22003)"),
        (
            "a DOUBLE",
            "1e999",
            "ERROR 1366 (HY000): Incorrect double value",
        ),
        (
            "a DATE",
            "2023-02-29",
            "ERROR 1292 (22007): Incorrect date value: '2023-02-29'",
        ),
        (
            "a DATE",
            "0000-00-00",
            "ERROR 1292 (22007): Incorrect date value",
        ),
        (
            "a DATETIME",
            "yesterday",
            "ERROR 1292 (22007): Incorrect datetime value",
        ),
        (
            "a TIME",
            "900:00:00",
            "ERROR 1292 (22007): Incorrect time value",
        ),
        (
            "a VARCHAR(2)",
            "äöü",
            "ERROR 1406 (22001): Data too long for column 'a' at row 2",
        ),
        ("a VARBINARY(2)", "0x010203", "ERROR 1406 (22001)"),
        (
            "a INT NOT NULL",
            "",
            "ERROR 1048 (23000): Column 'a' cannot be null",
        ),
    ] {
        let place = Place::with(
            "a.csv",
            format!("a,b\n,0\n{value},1\n").replace(
                "\n,0",
                if schema.contains("NOT NULL") {
                    "\n1,0"
                } else {
                    "\n,0"
                },
            ),
        );
        let done = place.sqlift(&["run", "--from", "a.csv", "--schema", schema]);
        done.fails(1, &[words, "a.csv, line 3"]);
    }
}

#[test]
fn values_behind_the_sample_are_not_rounded() {
    let mut file = String::from("a\n");
    file.push_str(&"1.5\n".repeat(10_000));
    file.push_str("1.25\n");
    let place = Place::with("a.csv", file);
    let run = ["run", "--from", "a.csv", "--format", "csv"];
    place.sqlift(&run).fails(
        1,
        &["ERROR 1366", "'1.25'", "a.csv, line 10002", "DECIMAL(18,1)"],
    );
    let given = [
        "run",
        "--from",
        "a.csv",
        "--format",
        "csv",
        "--schema",
        "a DECIMAL(9,2)",
        "--where",
        "a < 1.5",
    ];
    assert_eq!(place.sqlift(&given).quiet(), "a\n1.25\n");
}

#[test]
fn wrong_schemas() {
    let place = Place::with("a.csv", "a,b\n1,2\n");
    let run = |schema: &str| place.sqlift(&["run", "--from", "a.csv", "--schema", schema]);
    run("a FOO").fails(
        1,
        &["ERROR 1064 (42000)", "near 'FOO'", "| a FOO\n", "|   ^^^\n"],
    );
    run("a INT, A INT").fails(
        1,
        &["ERROR 1060 (42S21): Duplicate column name 'A'", "column 8"],
    );
    run("c INT").fails(
        1,
        &["ERROR 1054 (42S22): Unknown column 'c'", "the columns a, b"],
    );
    run("a DECIMAL(70,1)").fails(1, &["ERROR 1426 (42000)", "70"]);
    run("a VARCHAR(3) COLLATE nonsense").fails(1, &["ERROR 1273 (HY000)", "nonsense"]);
    run("a BIT(3)").fails(1, &["ERROR 1235 (42000)", "BIT(3)"]);
}

#[test]
fn bad_usage_has_status_2() {
    let place = Place::with("a.csv", "a\n1\n");
    for (arguments, words) in [
        (&[][..], "Usage"),
        (&["fly"], "unrecognized subcommand"),
        (&["run"], "--from"),
        (&["run", "--from", "a.txt"], "`a.txt` is no .csv"),
        (&["run", "--from", "a.csv", "--to", "b.xyz"], "--format"),
        (&["run", "--from", "a.csv", "--format", "xml"], "xml"),
        (
            &["run", "--from", "a.csv", "--tier", "fast"],
            "expected auto, interp, vm or native",
        ),
        (&["run", "--from", "a.csv", "--batch", "0"], "0"),
        (&["run", "--from", "tpch:moon"], "no table `moon`"),
        (&["run", "--from", "tpch:nation?sf=-1"], "`sf=-1`"),
        (
            &["run", "--from", "tpch:nation", "--schema", "a INT"],
            "--schema",
        ),
        (&["eval"], "<EXPRESSION>"),
        (&["eval", "a", "--col", "a INT"], "expected NAME TYPE=VALUE"),
        (&["eval", "a", "--col", "a INT=x"], "the value is no INT"),
        (&["explain", "1", "--level", "deep"], "deep"),
        (&["explain", "1", "--target", "z80"], "z80"),
    ] {
        place.sqlift(arguments).fails(2, &[words]);
    }
}

#[test]
fn places_that_cannot_be_written() {
    let place = Place::with("a.csv", "a\n1\n");
    place
        .sqlift(&["run", "--from", "a.csv", "--to", "none/b.csv"])
        .fails(1, &["none/b.csv: No such file"]);
    place
        .sqlift(&["run", "--from", "a.csv", "--to", ".", "--format", "csv"])
        .fails(1, &[".: is a directory"]);
    assert_eq!(place.names(), ["a.csv"]);
}
