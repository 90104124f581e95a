//! Where Vitess' evalengine is wrong and MySQL is the judge: one test a point, in every tier, row by row and in batches. The expected
//! answers are those of a MySQL 9.7.4 server with the table below.

use sqlift::{
    Column, Datum, Engine, Expression, Schema, Session, SqlType, Tier, TierPolicy, TypeKind, Value,
    read_text, write_text,
};
use sqlift_testkit::corpus::Settings;
use sqlift_testkit::engine;
use sqlift_testkit::generate::{Generator, Limits, MySql, Random, boundary};
use sqlift_testkit::subject::{Configuration, Folding, Question, Shape};

fn schema() -> Schema {
    let general = sqlift::Collation::by_name("utf8mb4_general_ci")
        .unwrap()
        .id();
    let columns = [
        ("i", SqlType::bigint()),
        ("u", SqlType::ubigint()),
        ("f", SqlType::double()),
        ("g", SqlType::float()),
        ("s", SqlType::varchar(20)),
        ("p", SqlType::varchar(20).with_collation(general)),
        ("d", SqlType::decimal(20, 3)),
    ];
    let columns = columns.map(|(name, ty)| Column {
        name: name.into(),
        ty,
        nullable: true,
    });
    Schema::from_columns(columns).with_table("corpus", "h")
}

#[rustfmt::skip]
const ROWS: [[Option<&str>; 7]; 4] = [
    [Some("3"), Some("5"), Some("2.5"), Some("0.1"), Some("apple"), Some("a "), Some("1.235")],
    [Some("-9223372036854775808"), Some("18446744073709551615"), Some("1e308"), Some("16777217"), Some("a%b"), Some("a"), Some("-2.345")],
    [None; 7],
    [Some("9223372036854775807"), Some("0"), Some("-0.5"), Some("1.5"), Some("xxbar"), Some("B"), Some("99999999999999999.995")],
];

/// The rows again and again, so that batches of every size have all of them.
const REPEATED: usize = 20;

fn rows() -> Vec<Vec<Datum>> {
    let schema = schema();
    let row = |cells: &[Option<&str>; 7]| -> Vec<Datum> {
        let cells = cells.iter().zip(schema.columns());
        let read = |(text, column): (&Option<&str>, &Column)| match text {
            None => Datum::Null,
            Some(text) => read_text(text.as_bytes(), &column.ty).unwrap(),
        };
        cells.map(read).collect()
    };
    let rows = ROWS.iter().map(row).cycle();
    rows.take(ROWS.len() * REPEATED).collect()
}

/// The answer for a row: its text, `NULL`, or the error.
fn answer(expression: &Expression, outcome: Result<Datum, sqlift::Error>) -> String {
    match outcome {
        Err(error) => format!("{} {}", error.code, error.message),
        Ok(Datum::Null) => "NULL".to_owned(),
        Ok(value) => {
            let mut text = Vec::new();
            write_text(&value, expression.sql_type(), &mut text);
            String::from_utf8(text).unwrap()
        }
    }
}

/// The answers for all rows, and the warnings with their row numbers.
fn answers(expression: &Expression, batch: Option<usize>) -> (Vec<String>, Vec<(u64, u16)>) {
    let (schema, data) = (schema(), rows());
    let mut wide = vec![sqlift::I256::ZERO; data.len() * schema.columns().len()];
    let mut wide = wide.iter_mut();
    let cells: Vec<Vec<Value<'_>>> = data
        .iter()
        .map(|row| {
            let cells = row.iter().zip(schema.columns());
            let cells = cells.map(|(v, c)| v.as_cell(&c.ty, wide.next().unwrap()).unwrap());
            cells.collect()
        })
        .collect();
    let mut context = expression.context();
    let (mut out, mut warnings) = (Vec::new(), Vec::new());
    match batch {
        None => {
            for (number, row) in cells.iter().enumerate() {
                let value = expression.eval_row(row, &mut context).map(|v| v.to_datum());
                out.push(answer(expression, value));
                let raised = context.diagnostics().warnings().iter();
                warnings.extend(raised.map(|w| (number as u64, w.code)));
                context.clear_warnings();
            }
        }
        Some(size) => {
            for (number, rows) in cells.chunks(size).enumerate() {
                let rows: Vec<&[Value<'_>]> = rows.iter().map(Vec::as_slice).collect();
                let values = expression.eval_rows(&rows, &mut context);
                out.extend(values.into_iter().map(|v| answer(expression, v)));
                let first = (number * size) as u64;
                let raised = context.diagnostics().warnings().iter();
                warnings.extend(raised.map(|w| (first + w.row.unwrap(), w.code)));
                context.clear_warnings();
            }
        }
    }
    (out, warnings)
}

/// Holds that every tier gives these answers for the four rows, in every shape, and these numbers of warnings.
fn expect_in(session: &Session, text: &str, expected: [&str; 4], codes: [&[u16]; 4]) {
    for tier in Tier::ALL {
        let engine = Engine::new().with_policy(TierPolicy::Only(tier));
        let expression = engine.compile(text, &schema(), session).unwrap();
        for batch in [None, Some(1), Some(7), Some(1024)] {
            let (out, warnings) = answers(&expression, batch);
            for (row, out) in out.iter().enumerate() {
                let place = format!("{text}, {tier}, {batch:?}, row {row}");
                assert_eq!(out, expected[row % 4], "{place}");
                let raised = warnings.iter().filter(|(r, _)| *r == row as u64);
                let raised: Vec<u16> = raised.map(|(_, code)| *code).collect();
                assert_eq!(raised, codes[row % 4], "{place}");
            }
        }
    }
}

fn expect(text: &str, expected: [&str; 4]) {
    expect_in(&Session::default(), text, expected, [&[]; 4]);
}

/// Holds what every tier says of an expression without columns.
fn expect_one(text: &str, expected: &str) {
    expect(text, [expected; 4]);
}

fn mode(mode: &str) -> Session {
    let mut session = Session::default();
    session.set("sql_mode", mode).unwrap();
    session
}

#[test]
fn unsigned_products_do_not_wrap() {
    let error = "1690 BIGINT UNSIGNED value is out of range in '(`corpus`.`h`.`u` * 3)'";
    expect("u * 3", ["15", error, "NULL", "0"]);
}

#[test]
fn the_least_integer_has_no_opposite() {
    let product = "1690 BIGINT value is out of range in '(-(1) * `corpus`.`h`.`i`)'";
    expect("-1 * i", ["-3", product, "NULL", "-9223372036854775807"]);
    let quotient = "1690 BIGINT value is out of range in '(`corpus`.`h`.`i` DIV -(1))'";
    expect("i DIV -1", ["-3", quotient, "NULL", "-9223372036854775807"]);
}

#[test]
fn a_double_that_overflows_is_an_error() {
    let error = "1690 DOUBLE value is out of range in '(`corpus`.`h`.`f` * `corpus`.`h`.`f`)'";
    expect("f * f", ["6.25", error, "NULL", "0.25"]);
}

#[test]
fn powers_that_overflow_are_errors() {
    let exp = "1690 DOUBLE value is out of range in 'exp(`corpus`.`h`.`f`)'";
    let values = ["12.182493960703473", exp, "NULL", "0.6065306597126334"];
    expect("EXP(f)", values);
    let pow = "1690 DOUBLE value is out of range in 'pow(`corpus`.`h`.`f`,2)'";
    expect("POW(f, 2)", ["6.25", pow, "NULL", "0.25"]);
}

#[test]
fn casts_to_decimal_round_and_clamp() {
    let (text, session) = ("CAST(d AS DECIMAL(19,2))", Session::default());
    let values = ["1.24", "-2.35", "NULL", "99999999999999999.99"];
    expect_in(&session, text, values, [&[], &[], &[], &[1264]]);
}

#[test]
fn not_like_a_constant_is_the_opposite_of_like() {
    expect("s NOT LIKE 'a%'", ["0", "0", "NULL", "1"]);
    expect("s LIKE 'a%'", ["1", "1", "NULL", "0"]);
}

#[test]
fn like_has_an_escape_character() {
    expect("s LIKE 'a|%%' ESCAPE '|'", ["0", "1", "NULL", "0"]);
    expect("s LIKE 'a\\%b'", ["0", "1", "NULL", "0"]);
}

#[test]
fn trim_strips_every_copy() {
    expect("TRIM(LEADING 'x' FROM s)", ["apple", "a%b", "NULL", "bar"]);
    let both = "TRIM(BOTH 'x' FROM CONCAT(s, 'xx'))";
    expect(both, ["apple", "a%b", "NULL", "bar"]);
}

#[test]
fn old_collations_pad_and_new_ones_do_not() {
    expect("p = 'a'", ["1", "1", "NULL", "0"]);
    expect("s = 'a%b '", ["0", "0", "NULL", "0"]);
}

#[test]
fn floats_are_compared_as_the_binary32_that_they_are() {
    expect("g = 0.1", ["0", "0", "NULL", "0"]);
    expect("g = CAST(0.1 AS FLOAT)", ["1", "0", "NULL", "0"]);
    expect("g = 16777216", ["0", "1", "NULL", "0"]);
    expect("g IN (0.1, 1.5)", ["0", "0", "NULL", "1"]);
}

#[test]
fn branches_that_are_not_taken_are_not_evaluated() {
    expect("IF(u > 5, 0, u * 3)", ["15", "0", "NULL", "0"]);
    let case = "CASE WHEN i IS NULL THEN 0 WHEN i < 0 THEN 1 WHEN i > 3 THEN 2 ELSE i + 1 END";
    expect(case, ["4", "1", "0", "2"]);
    expect("COALESCE(s, i + 1)", ["apple", "a%b", "NULL", "xxbar"]);
    expect("IFNULL(s, i * i)", ["apple", "a%b", "NULL", "xxbar"]);
}

#[test]
fn json_in_a_list_is_equality() {
    expect_one("CAST(1 AS JSON) IN (1.0)", "1");
    expect_one("CAST('[1,2]' AS JSON) IN (CAST('[2,1]' AS JSON))", "0");
    let objects = r#"CAST('{"a":1,"b":2}' AS JSON) IN (CAST('{"b":2,"a":1}' AS JSON))"#;
    expect_one(objects, "1");
    expect_one(r#"CAST('"a"' AS JSON) IN ('a','b')"#, "1");
    expect_one("CAST('1' AS JSON) IN ('1')", "0");
}

#[test]
fn results_stay_when_the_next_row_comes() {
    expect("UPPER(s)", ["APPLE", "A%B", "NULL", "XXBAR"]);
    expect(
        "CONCAT(s, s)",
        ["appleapple", "a%ba%b", "NULL", "xxbarxxbar"],
    );
    // What is read from one context is not written to by another.
    let engine = Engine::new();
    let expression = engine
        .compile("UPPER(s)", &schema(), &Session::default())
        .unwrap();
    let row = |text: &'static str| {
        let mut row = [Value::Null; 7];
        row[4] = Value::Bytes(text.as_bytes());
        row
    };
    let (a, b) = (row("first"), row("second"));
    let (mut one, mut other) = (expression.context(), expression.context());
    let first = expression.eval_row(&a, &mut one).unwrap();
    let second = expression.eval_row(&b, &mut other).unwrap();
    assert_eq!(first, Value::Bytes(b"FIRST"));
    assert_eq!(second, Value::Bytes(b"SECOND"));
}

#[test]
fn true_stays_true() {
    expect_one("TRUE", "1");
    expect_one("-TRUE", "-1");
    expect_one("TRUE + TRUE", "2");
    expect_one("NOT TRUE", "0");
    expect_one("TRUE", "1");
}

#[test]
fn parameters_do_not_keep_an_expression_from_being_compiled() {
    for tier in [Tier::Vm, Tier::Native] {
        let engine = Engine::new().with_policy(TierPolicy::Only(tier));
        let types = [SqlType::bigint()];
        let expression = engine
            .compile_with_parameters("i + ?", &schema(), &Session::default(), &types)
            .unwrap();
        let mut context = expression.context();
        let mut row = [Value::Null; 7];
        row[0] = Value::Int(40);
        let parameters = [Value::Int(2)];
        let value = expression.eval_row_with(&row, &parameters, &mut context);
        assert_eq!(value, Ok(Value::Int(42)), "{tier}");
        drop(context);
        assert_eq!(expression.statistics().exits.len(), 0, "{tier}");
    }
}

#[test]
fn what_no_tier_compiles_is_evaluated_all_the_same() {
    // JSON and text: nothing here is worth native code, and nobody is told.
    let text = r#"JSON_UNQUOTE(JSON_EXTRACT(JSON_OBJECT('a', s), '$.a'))"#;
    expect(text, ["apple", "a%b", "null", "xxbar"]);
    let engine = Engine::new();
    let expression = engine
        .compile(text, &schema(), &Session::default())
        .unwrap();
    for _ in 0..300 {
        let (out, _) = answers(&expression, None);
        assert_eq!(out[0], "apple");
    }
}

#[test]
fn functions_that_evalengine_lacks_are_there() {
    // A few of each family that it has none of.
    let names = [
        "ADDTIME",
        "BIN",
        "EXPORT_SET",
        "FORMAT",
        "GET_FORMAT",
        "JSON_MERGE_PATCH",
        "JSON_SEARCH",
        "JSON_VALUE",
        "MAKE_SET",
        "PERIOD_ADD",
        "QUOTE",
        "RAND",
        "SOUNDEX",
        "SUBTIME",
        "TIMEDIFF",
        "TIME_FORMAT",
        "WEIGHT_STRING",
    ];
    let catalogue = sqlift_functions::catalogue();
    for name in names {
        assert!(catalogue.lookup(name).is_some(), "{name}");
    }
}

#[test]
fn warnings_are_raised_for_the_rows_they_belong_to() {
    let session = Session::default();
    let codes: [&[u16]; 4] = [&[1292], &[1292], &[], &[1292]];
    expect_in(&session, "s + 1", ["1", "1", "NULL", "1"], codes);
    let zero: [&[u16]; 4] = [&[1365], &[1365], &[], &[1365]];
    expect_in(&session, "IF(i IS NULL, NULL, i / 0)", ["NULL"; 4], zero);
}

#[test]
fn sql_mode_has_a_meaning() {
    expect_in(&mode(""), "i / 0", ["NULL"; 4], [&[]; 4]);
    let joined = ["apple!", "a%b!", "NULL", "xxbar!"];
    expect_in(&mode("PIPES_AS_CONCAT"), "s || '!'", joined, [&[]; 4]);
    let unsigned = "1690 BIGINT UNSIGNED value is out of range in '(`corpus`.`h`.`u` - 6)'";
    let small = "IF(u > 5, 0, u - 6)";
    expect(small, [unsigned, "0", "NULL", unsigned]);
    expect_in(
        &mode("NO_UNSIGNED_SUBTRACTION"),
        small,
        ["-1", "0", "NULL", "-6"],
        [&[]; 4],
    );
}

#[test]
fn tiers_do_not_disagree_on_random_expressions() {
    let limits = Limits {
        depth: 4,
        ..Limits::default()
    };
    let mut generator = Generator::new(&MySql, boundary::COLUMNS, limits);
    let table = boundary::table(&mut Random::new(11), 8);
    let settings = Settings::new();
    let subject = |tier, shape| {
        let folding = Folding::On;
        let configuration = Configuration {
            tier,
            shape,
            folding,
        };
        engine::subject(configuration).unwrap()
    };
    use sqlift_testkit::subject::Tier as Asked;
    let reference = subject(Asked::Interp, Shape::Row);
    let others = [
        subject(Asked::Vm, Shape::Row),
        subject(Asked::Vm, Shape::Batch(7)),
        subject(Asked::Native, Shape::Row),
    ];
    for number in 0..300 {
        let expr = generator.any(&mut Random::new(77).fork(number));
        let question = Question {
            expr: &expr,
            settings: &settings,
            table: Some(&table),
        };
        let expected = reference.answer(&question);
        for other in &others {
            assert_eq!(other.answer(&question), expected, "{expr}");
        }
    }
}

#[test]
fn year_zero_of_a_column_has_four_digits_and_a_computed_one_has_not() {
    assert_eq!(SqlType::year().kind, TypeKind::Year);
    expect_one("YEAR('0000-01-01')", "0");
    expect_one("CONCAT(YEAR('0900-01-01'))", "900");
}
