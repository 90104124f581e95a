//! What an expression reads of its session: variables, random sequences, the character set of the connection. The expected answers are
//! those of a MySQL 9.7.4 server.

use sqlift::{
    Datum, Engine, ForcedExits, Schema, Session, SqlType, Tier, TierPolicy, Value, write_text,
};

/// Type, value and warning codes of an expression without columns; the same in every tier.
fn ask(session: &Session, text: &str) -> (String, String, Vec<u16>) {
    let mut said = Vec::new();
    for tier in Tier::ALL {
        let engine = Engine::new().with_policy(TierPolicy::Only(tier));
        let expression = engine
            .compile(text, &Schema::default(), session)
            .unwrap_or_else(|error| panic!("{text}: {error}"));
        let mut context = expression.context();
        let value = expression.eval_row(&[], &mut context).unwrap().to_datum();
        let mut shown = Vec::new();
        write_text(&value, expression.sql_type(), &mut shown);
        let shown = match value {
            Datum::Null => "NULL".to_owned(),
            _ => String::from_utf8_lossy(&shown).into_owned(),
        };
        let early = expression.warnings().iter().map(|w| w.code);
        let late = context.diagnostics().warnings().iter().map(|w| w.code);
        let codes = early.chain(late).collect();
        let batch = expression.eval_rows(&[&[]], &mut context);
        assert_eq!(batch, [Ok(value)], "{text}, {tier}");
        said.push((expression.sql_type().to_string(), shown, codes));
    }
    assert!(said.iter().all(|s| *s == said[0]), "{text}: {said:?}");
    said.swap_remove(0)
}

fn says(session: &Session, text: &str, ty: &str, value: &str) {
    let (found_type, found, _) = ask(session, text);
    assert_eq!((&*found_type, &*found), (ty, value), "{text}");
}

#[test]
fn user_variables_have_the_types_that_mysql_gives_them() {
    let mut session = Session::default();
    session.set_user_variable("i", Datum::Int(5));
    session.set_user_variable("u", Datum::UInt(u64::MAX));
    session.set_user_variable("f", Datum::Double(1.5));
    session.set_user_variable("s", Datum::Bytes(b"abc".to_vec()));
    session.set_user_variable("nul", Datum::Null);
    let decimal = sqlift::read_text(b"1.50", &SqlType::decimal(3, 2)).unwrap();
    session.set_user_variable("d", decimal);
    let date = sqlift::read_text(b"2024-02-29", &SqlType::date()).unwrap();
    session.set_user_variable("da", date);
    says(&session, "@i", "BIGINT", "5");
    says(&session, "@I + 1", "BIGINT", "6");
    says(&session, "@u", "BIGINT UNSIGNED", "18446744073709551615");
    says(&session, "@f", "DOUBLE", "1.5");
    says(&session, "@i / 3", "DECIMAL(24,4)", "1.6667");
    says(&session, "@s", "LONGTEXT", "abc");
    says(&session, "@s = 'ABC'", "BIGINT", "1");
    says(&session, "LEFT(@s, 2)", "VARCHAR(2)", "ab");
    says(&session, "CONCAT(@i, 'x')", "VARCHAR(22)", "5x");
    says(&session, "@nul", "MEDIUMBLOB", "NULL");
    says(&session, "@never", "VARBINARY(65532)", "NULL");
    says(&session, "COALESCE(@nul, 2)", "MEDIUMBLOB", "2");
    says(&session, "@da", "MEDIUMTEXT", "2024-02-29");
    says(
        &session,
        "COLLATION(@da)",
        "VARCHAR(64)",
        "latin1_swedish_ci",
    );
    says(&session, "COERCIBILITY(@s)", "BIGINT", "2");
    says(&session, "YEAR(@da)", "YEAR", "2024");
    // A DECIMAL has 30 decimals for what reckons with it, and its own where it is text.
    says(&session, "CONCAT(@d, 'x')", "VARCHAR(68)", "1.50x");
    says(
        &session,
        "@d * 2",
        "DECIMAL(65,30)",
        "3.000000000000000000000000000000",
    );
    says(&session, "@d = 1.5", "BIGINT", "1");
    assert_eq!(ask(&session, "@d").1, "1.50");
}

#[test]
fn system_variables_are_those_of_the_session() {
    let mut session = Session::default();
    session.set("timestamp", "1700000000.123456").unwrap();
    let text = "VARCHAR(21845)";
    let modes = "ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,\
        ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION";
    says(&session, "@@sql_mode", text, modes);
    says(&session, "@@session.time_zone", text, "+00:00");
    says(
        &session,
        "@@collation_connection",
        text,
        "utf8mb4_0900_ai_ci",
    );
    says(&session, "@@character_set_connection", text, "utf8mb4");
    says(&session, "@@lc_time_names", text, "en_US");
    says(&session, "@@block_encryption_mode", text, "aes-128-ecb");
    says(
        &session,
        "@@div_precision_increment",
        "BIGINT UNSIGNED",
        "4",
    );
    says(
        &session,
        "@@max_allowed_packet + 1",
        "BIGINT UNSIGNED",
        "67108865",
    );
    says(
        &session,
        "@@default_week_format / 3",
        "DECIMAL(25,4)",
        "0.0000",
    );
    says(&session, "@@timestamp", "DOUBLE", "1700000000.123456");
    says(&session, "@@rand_seed1", "BIGINT UNSIGNED", "0");
    says(&session, "COERCIBILITY(@@sql_mode)", "BIGINT", "3");
    says(
        &session,
        "COLLATION(@@sql_mode)",
        "VARCHAR(64)",
        "utf8mb3_general_ci",
    );
    session.set("sql_mode", "ANSI").unwrap();
    let ansi = "REAL_AS_FLOAT,PIPES_AS_CONCAT,ANSI_QUOTES,IGNORE_SPACE,ONLY_FULL_GROUP_BY,ANSI";
    says(&session, "@@sql_mode", text, ansi);
}

#[test]
fn variables_that_are_not_there_are_mysqls_errors() {
    let session = Session::default();
    let refused = |text: &str| {
        let engine = Engine::new();
        let error = engine
            .compile(text, &Schema::default(), &session)
            .unwrap_err();
        (error.code, error.message, error.unsupported)
    };
    let unknown = "Unknown system variable 'nosuch'".to_owned();
    assert_eq!(refused("@@nosuch"), (1193, unknown, false));
    let session_only = "Variable 'timestamp' is a SESSION variable".to_owned();
    assert_eq!(refused("@@global.timestamp"), (1238, session_only, false));
    assert!(refused("@@innodb_buffer_pool_size").2);
    assert!(refused("@@global.sql_mode").2);
}

#[test]
fn settings_that_cannot_be_are_mysqls_errors() {
    let mut session = Session::default();
    let refused = [
        ("sql_mode", "nosuch", 1231),
        ("time_zone", "foo", 1298),
        ("time_zone", "+15:00", 1298),
        ("lc_time_names", "xx", 1649),
        ("collation_connection", "nosuch", 1273),
        ("character_set_connection", "nosuch", 1115),
        ("nosuch", "1", 1193),
    ];
    for (name, value, code) in refused {
        let error = session.set(name, value).unwrap_err();
        assert_eq!(error.code, code, "{name} = {value}");
    }
    session.set("lc_time_names", "7").unwrap();
    assert_eq!(session.lc_time_names, "ar_BH");
    session.set("character_set_connection", "latin1").unwrap();
    says(
        &session,
        "@@collation_connection",
        "VARCHAR(21845)",
        "latin1_swedish_ci",
    );
}

#[test]
fn texts_are_in_the_character_set_of_the_connection() {
    let mut session = Session::default();
    session
        .set("collation_connection", "latin1_swedish_ci")
        .unwrap();
    says(&session, "HEX('é')", "VARCHAR(2)", "E9");
    says(&session, "CHARSET(CONCAT(1, 2))", "VARCHAR(64)", "latin1");
    says(&session, "CHAR_LENGTH('é')", "BIGINT", "1");
    says(&session, "'é' = 'É'", "BIGINT", "1");
    let (_, value, codes) = ask(&session, "HEX('日')");
    assert_eq!((&*value, &*codes), ("3F", &[1300][..]));
    session
        .set("collation_connection", "ucs2_general_ci")
        .unwrap();
    says(&session, "LENGTH('a')", "BIGINT", "2");
    says(&session, "'2' + 1", "DOUBLE", "3");
    session.set("collation_connection", "binary").unwrap();
    says(&session, "HEX('é')", "VARBINARY(4)", "C3A9");
    session.set("collation_connection", "utf8mb4_bin").unwrap();
    says(&session, "'a' = 'A'", "BIGINT", "0");
    says(
        &session,
        "COLLATION(CAST(1 AS CHAR))",
        "VARCHAR(64)",
        "utf8mb4_bin",
    );
}

/// What the rows 1, 2, 3, ... draw, in a shape.
fn drawn(engine: &Engine, session: &Session, text: &str, batch: Option<usize>) -> Vec<f64> {
    let schema = Schema::new([("id", SqlType::bigint())]);
    let expression = engine.compile(text, &schema, session).unwrap();
    let rows: Vec<[Value<'_>; 1]> = (1..=9).map(|id| [Value::Int(id)]).collect();
    let mut context = expression.context();
    let number = |value: Datum| match value {
        Datum::Double(v) => v,
        other => panic!("{text}: {other:?}"),
    };
    match batch {
        None => {
            let each = rows.iter();
            each.map(|row| number(expression.eval_row(row, &mut context).unwrap().to_datum()))
                .collect()
        }
        Some(size) => {
            let mut values = Vec::new();
            for rows in rows.chunks(size) {
                let rows: Vec<&[Value<'_>]> = rows.iter().map(|r| &r[..]).collect();
                let batch = expression.eval_rows(&rows, &mut context);
                values.extend(batch.into_iter().map(|v| number(v.unwrap())));
            }
            values
        }
    }
}

/// Holds that the first rows draw these numbers, whatever the tier and shape, and whether or not rows are begun anew.
fn draws(session: &Session, text: &str, expected: &[f64]) {
    for tier in Tier::ALL {
        for forced in [
            ForcedExits::None,
            ForcedExits::AtEveryCall(1),
            ForcedExits::AtEveryCall(2),
        ] {
            let engine = Engine::new().with_policy(TierPolicy::Only(tier));
            let engine = engine.with_forced_exits(forced);
            for batch in [None, Some(1), Some(2), Some(7), Some(1024)] {
                let values = drawn(&engine, session, text, batch);
                let first = &values[..expected.len()];
                assert_eq!(first, expected, "{text}, {tier}, {forced:?}, {batch:?}");
            }
        }
    }
}

#[test]
fn rand_draws_what_mysql_draws() {
    let session = Session::default();
    let three = [0.9057697559760601, 0.37307905813034536, 0.14808605345719125];
    draws(&session, "RAND(3)", &three);
    draws(&session, "RAND(1 + 2)", &three);
    draws(&session, "RAND('3')", &three);
    // Each call has a sequence of its own.
    draws(&session, "RAND(3) - RAND(3)", &[0.0; 9]);
    // What is no constant begins a sequence for each row.
    let by_row = [0.40540353712197724, 0.6555866465490187, 0.9057697559760601];
    draws(&session, "RAND(id)", &by_row);
    // A row that does not ask does not draw.
    let every_other = [three[0], -1.0, three[1], -1.0, three[2]];
    draws(&session, "IF(id MOD 2 = 1, RAND(3), -1e0)", &every_other);
    // NULLIF looks twice.
    let second = [0.37307905813034536, 0.6211931236285653, 0.44495810237243594];
    draws(&session, "NULLIF(RAND(3), 0.5)", &second);
}

#[test]
fn rand_without_a_seed_draws_from_the_sessions_sequence() {
    let mut session = Session::default();
    session.set("rand_seed1", "1").unwrap();
    session.set("rand_seed2", "2").unwrap();
    let numbers = [
        0.000000004656612877414201,
        0.000000051222741651556214,
        0.0000002728775146164722,
        0.000001241452993118626,
    ];
    draws(&session, "RAND()", &numbers);
    draws(
        &session,
        "IF(RAND() > 2, 0e0, RAND())",
        &[numbers[1], numbers[3]],
    );
    let unseeded = Session::default();
    let engine = Engine::new();
    let values = drawn(&engine, &unseeded, "RAND()", None);
    assert!(values.iter().all(|v| (0.0..1.0).contains(v)));
    assert!(values.windows(2).any(|pair| pair[0] != pair[1]));
}
