//! `sqlift run`: filters, projections, tiers, statistics, warnings.

use crate::place::Place;
use std::io::Read;
use std::process::{Command, Stdio};

const ORDERS: &str = "\
id,name,price,qty
1,ann,10.00,3
2,Bob,2.50,2
3,,99.90,10
4,ann,1.00,
";

fn orders() -> Place {
    Place::with("o.csv", ORDERS)
}

#[test]
fn filter_and_projection_in_every_tier() {
    let place = orders();
    for tier in ["auto", "interp", "vm", "native"] {
        let csv = place.sqlift(&[
            "run",
            "--from",
            "o.csv",
            "--tier",
            tier,
            "--format",
            "csv",
            "--where",
            "price * qty > 20 OR name = 'BOB'",
            "--select",
            "id, UPPER(name) AS who, price * qty total, qty + 1, `price`",
        ]);
        assert_eq!(
            csv.quiet(),
            "id,who,total,qty + 1,price\n1,ANN,30.00,4,10.00\n2,BOB,5.00,3,2.50\n3,,999.00,11,99.90\n",
            "{tier}"
        );
    }
}

#[test]
fn a_table_of_all_columns() {
    let table = orders()
        .sqlift(&["run", "--from", "o.csv", "--where", "id = 3"])
        .quiet();
    let expected = "\
+----+------+-------+-----+
| id | name | price | qty |
+----+------+-------+-----+
| 3  | NULL | 99.90 | 10  |
+----+------+-------+-----+
";
    assert_eq!(table, expected);
}

#[test]
fn no_row_is_left() {
    let place = orders();
    let none = |format: &str| {
        let run = [
            "run", "--from", "o.csv", "--where", "FALSE", "--select", "id", "--format", format,
        ];
        place.sqlift(&run).quiet()
    };
    assert_eq!(none("csv"), "id\n");
    assert_eq!(none("json"), "");
    assert_eq!(none("table"), "+----+\n| id |\n+----+\n+----+\n");
    place
        .sqlift(&[
            "run",
            "--from",
            "o.csv",
            "--where",
            "NULL",
            "--to",
            "e.parquet",
        ])
        .quiet();
    assert_eq!(
        place
            .sqlift(&["run", "--from", "e.parquet", "--format", "csv"])
            .quiet(),
        "id,name,price,qty\n"
    );
}

#[test]
fn long_tables_are_cut() {
    let rows: String = (0..250).map(|i| format!("{i}\n")).collect();
    let place = Place::with("n.csv", format!("n\n{rows}"));
    let table = place.sqlift(&["run", "--from", "n.csv"]).quiet();
    assert_eq!(table.lines().count(), 4 + 100 + 1);
    assert!(
        table.ends_with("250 rows, the first 100 shown\n"),
        "{table}"
    );
}

#[test]
fn a_star_comes_first() {
    let place = orders();
    let csv = place.sqlift(&[
        "run", "--from", "o.csv", "--where", "id = 1", "--select", " * , -id", "--format", "csv",
    ]);
    assert_eq!(csv.quiet(), "id,name,price,qty,-id\n1,ann,10.00,3,-1\n");
    // MySQL takes it nowhere else.
    place
        .sqlift(&["run", "--from", "o.csv", "--select", "id, *"])
        .fails(1, &["ERROR 1064 (42000)", "column 5"]);
}

#[test]
fn odd_names_of_columns() {
    let place = Place::with("o.csv", "a b,`x`,\"c,\"\"d\",größe\n1,2,3,4\n");
    let run = [
        "run",
        "--from",
        "o.csv",
        "--select",
        "*, `a b` + ```x``` + `c,\"d` + Größe AS `s u m`",
        "--format",
        "csv",
    ];
    assert_eq!(
        place.sqlift(&run).quiet(),
        "a b,`x`,\"c,\"\"d\",größe,s u m\n1,2,3,4,10\n"
    );
}

#[test]
fn two_columns_of_one_name() {
    let place = orders();
    let run = |format: &str| {
        place.sqlift(&[
            "run",
            "--from",
            "o.csv",
            "--where",
            "id=1",
            "--select",
            "id, price AS ID",
            "--format",
            format,
        ])
    };
    assert_eq!(run("csv").quiet(), "id,ID\n1,10.00\n");
    run("json").fails(
        1,
        &["ERROR 1060 (42S21): Duplicate column name 'ID'", "AS name"],
    );
    run("parquet").fails(1, &["ERROR 1060"]);
}

#[test]
fn warnings_name_rows_of_the_input() {
    let done = orders().sqlift(&[
        "run",
        "--from",
        "o.csv",
        "--where",
        "id > 1",
        "--select",
        "id / (id - 3) AS q",
        "--format",
        "csv",
        "--batch",
        "2",
    ]);
    assert_eq!((done.code, &*done.out), (0, "q\n-2.0000\n\\N\n4.0000\n"));
    assert_eq!(
        done.err,
        "Warning 1365: Division by 0 (row 3 of the input)\n"
    );
}

#[test]
fn many_warnings_are_counted() {
    let rows: String = (0..50).map(|i| format!("{i}\n")).collect();
    let place = Place::with("n.csv", format!("n\n{rows}"));
    let done = place.sqlift(&[
        "run",
        "--from",
        "n.csv",
        "--select",
        "n / 0 AS q, 1 / 0 AS r",
        "--format",
        "csv",
    ]);
    let last = done.err.lines().last();
    assert_eq!(last, Some("... and 90 more warnings"), "{}", done.err);
    assert_eq!(done.err.lines().count(), 11);
}

#[test]
fn the_first_row_that_fails_is_named() {
    let place = orders();
    // Row 3 fails in the filter, row 2 in an output: MySQL goes row by row.
    for batch in ["1", "2", "8192"] {
        let done = place.sqlift(&[
            "run",
            "--from",
            "o.csv",
            "--batch",
            batch,
            "--where",
            "id <> 1 AND 9223372036854775805 + id > 0",
            "--select",
            "id, 9223372036854775806 + id",
        ]);
        done.fails(
            1,
            &[
                "ERROR 1690 (22003): BIGINT value is out of range in '(9223372036854775806 + `id`)'",
                "at row 2 of the input",
                "line 1, column 5",
                "    ^^^^^^^^^^^^^^^^^^^^^^^^",
            ],
        );
        assert_eq!(done.out, "");
    }
}

#[test]
fn a_failed_run_leaves_no_file() {
    let place = orders();
    place.write("old.csv", "old\n");
    for to in ["old.csv", "new.csv", "new.parquet"] {
        let run = [
            "run",
            "--from",
            "o.csv",
            "--select",
            "9223372036854775806 + id",
            "--to",
            to,
        ];
        place.sqlift(&run).fails(1, &["ERROR 1690"]);
    }
    assert_eq!(place.names(), ["o.csv", "old.csv"]);
    assert_eq!(place.text("old.csv"), "old\n");
}

#[test]
fn a_file_may_be_replaced_by_what_is_made_of_it() {
    let place = orders();
    place
        .sqlift(&[
            "run", "--from", "o.csv", "--to", "o.csv", "--where", "id < 2",
        ])
        .quiet();
    assert_eq!(place.text("o.csv"), "id,name,price,qty\n1,ann,10.00,3\n");
}

#[test]
fn statistics_are_told_on_standard_error() {
    let run = [
        "run", "--from", "o.csv", "--where", "qty > 2", "--select", "id", "--format", "csv",
        "--stats", "--tier", "vm",
    ];
    let done = orders().sqlift(&run);
    assert_eq!((done.code, &*done.out), (0, "id\n1\n3\n"));
    for line in [
        "rows read     4\n",
        "rows given    2\n",
        "rows/s\n",
        "--where: qty > 2\n",
        "--select, id: id\n",
    ] {
        assert!(done.err.contains(line), "{line:?} in {}", done.err);
    }
    let bytes = format!("bytes read    {} of the file\n", ORDERS.len());
    assert!(done.err.contains(&bytes), "{}", done.err);
    assert!(
        done.err
            .lines()
            .any(|l| l.starts_with("  vm ") && l.contains(" 4 rows ")),
        "{}",
        done.err
    );
}

#[test]
fn hot_expressions_move_to_native_code() {
    let place = Place::new();
    let run = [
        "run",
        "--from",
        "tpch:lineitem?sf=0.05",
        "--stats",
        "--to",
        "out.parquet",
        "--where",
        "l_quantity * l_quantity - 3 * l_quantity * l_tax + l_linenumber < -1",
    ];
    let done = place.sqlift(&run);
    assert_eq!(done.code, 0, "{done:?}");
    assert!(done.err.contains("native blocks of"), "{}", done.err);
    assert!(
        done.err.lines().any(|l| l.starts_with("  vm ")),
        "{}",
        done.err
    );
}

#[test]
fn settings_change_meanings() {
    let place = orders();
    let run = |mode: &str| {
        let select = "id || name AS x";
        place.sqlift(&[
            "run", "--from", "o.csv", "--where", "id = 1", "--select", select, "--format", "csv",
            "--set", mode,
        ])
    };
    assert_eq!(run("sql_mode=PIPES_AS_CONCAT").quiet(), "x\n1ann\n");
    assert!(run("sql_mode=").out.ends_with("x\n1\n"));
    run("sql_mode=NONSENSE").fails(1, &["ERROR 1231 (42000)"]);
    run("nonsense=1").fails(
        1,
        &["ERROR 1193 (HY000): Unknown system variable 'nonsense'"],
    );
    run("nonsense").fails(2, &["NAME=VALUE"]);
}

#[test]
fn the_filter_comes_from_standard_input() {
    let filter = format!("id = 1 OR name = '{}'", "x".repeat(1 << 20));
    let run = [
        "run", "--from", "o.csv", "--where", "-", "--select", "id", "--format", "csv",
    ];
    assert_eq!(
        orders().sqlift_with(&run, filter.as_bytes()).quiet(),
        "id\n1\n"
    );
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let rows: String = (0..20_000u32)
        .map(|i| format!("{i},{:x}\n", i.wrapping_mul(2_654_435_761)))
        .collect();
    let place = Place::with("a.csv", format!("a,b\n{rows}"));
    for format in ["csv", "json", "parquet"] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_sqlift"))
            .args(["run", "--from", "a.csv", "--format", format])
            .current_dir(place.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut first = [0; 4];
        child
            .stdout
            .take()
            .expect("output")
            .read_exact(&mut first)
            .expect("four bytes");
        let output = child.wait_with_output().expect("the end");
        assert_eq!(
            (output.status.code(), &*output.stderr),
            (Some(0), &b""[..]),
            "{format}"
        );
    }
}
