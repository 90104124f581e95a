//! Several expressions as one unit give what they give one after the other: values, warnings in the same order, the same error.

use crate::corpus;
use sqlift::{
    Datum, Engine, Error, Expression, Projection, ProjectionContext, ProjectionError, Schema,
    Session, SqlType, Tier, TierPolicy, Value, Warning,
};
use sqlift_testkit::corpus::{Case, Input};
use sqlift_testkit::engine;
use std::collections::BTreeMap;

/// Expressions of a unit: more than fit one program.
const TOGETHER: usize = 40;

/// What a row gave: values, or the number of the expression that failed and its error; and what was raised.
type Outcome = (Result<Vec<Datum>, (usize, Error)>, Vec<(u16, String)>);

fn raised(warnings: &[Warning]) -> Vec<(u16, String)> {
    let text = |w: &Warning| (w.code, w.message.clone());
    warnings.iter().map(text).collect()
}

/// The expressions one after the other, up to the first that fails.
fn one_by_one(singles: &[Expression], row: &[Value<'_>]) -> Outcome {
    let mut warnings = Vec::new();
    let mut values = Vec::new();
    for (number, single) in singles.iter().enumerate() {
        let mut context = single.context();
        let value = single.eval_row(row, &mut context).map(|v| v.to_datum());
        warnings.extend(raised(context.diagnostics().warnings()));
        match value {
            Ok(value) => values.push(value),
            Err(error) => return (Err((number, error)), warnings),
        }
    }
    (Ok(values), warnings)
}

fn together(
    projection: &Projection,
    row: &[Value<'_>],
    context: &mut ProjectionContext,
) -> Outcome {
    context.clear_warnings();
    let values = projection.eval_row(row, context);
    let values = values.map(|values| values.iter().map(Value::to_datum).collect());
    (
        values.map_err(parts),
        raised(context.diagnostics().warnings()),
    )
}

fn parts(error: ProjectionError) -> (usize, Error) {
    (error.expression, error.error)
}

/// Equal to the bit: `==` tells neither 0 from -0 nor 1 from 1.0.
fn shown(outcome: &Outcome) -> String {
    format!("{outcome:?}")
}

/// Cases over the table's columns, in groups that have their settings in common.
fn groups(every: usize) -> Vec<Vec<Case>> {
    let corpus = corpus::open();
    let cases = corpus.areas().iter();
    let cases = cases.flat_map(|area| area.cases().unwrap().map(Result::unwrap));
    let mut by_settings: BTreeMap<_, Vec<Case>> = BTreeMap::new();
    for case in cases.filter(|case| case.input == Input::Columns) {
        by_settings
            .entry(case.settings.clone())
            .or_default()
            .push(case);
    }
    let groups = by_settings.into_values();
    let groups = groups.flat_map(|cases| {
        cases
            .chunks(TOGETHER)
            .map(<[Case]>::to_vec)
            .collect::<Vec<_>>()
    });
    groups.step_by(every).collect()
}

fn agree(policy: TierPolicy, every: usize, at_least: usize) {
    let thread = std::thread::Builder::new().stack_size(corpus::STACK);
    let ask = move || ask(policy, every, at_least);
    thread.spawn(ask).unwrap().join().unwrap();
}

fn ask(policy: TierPolicy, every: usize, at_least: usize) {
    let corpus = corpus::open();
    let (schema, stored) = engine::table(corpus.table()).unwrap();
    let mut wide = vec![vec![Default::default(); schema.columns().len()]; stored.len()];
    let rows = stored.iter().zip(&mut wide);
    let rows: Vec<Vec<Value<'_>>> = rows
        .map(|(row, wide)| engine::as_cells(row, &schema, wide))
        .collect();
    let slices: Vec<&[Value<'_>]> = rows.iter().map(Vec::as_slice).collect();
    let engine = Engine::new().with_policy(policy);
    let mut asked = 0;
    for group in groups(every) {
        let session = engine::session(&group[0].settings).unwrap();
        let singles = group
            .iter()
            .map(|case| engine.compile(&case.expr, &schema, &session));
        // One that fails for most rows would keep those behind it from being looked at.
        let fails = |single: &Expression, row: &&Vec<Value<'_>>| {
            single.eval_row(row, &mut single.context()).is_err()
        };
        let mostly_has_values = |single: &Expression| {
            rows.iter().filter(|row| fails(single, row)).count() * 8 < rows.len()
        };
        let singles = singles.filter_map(Result::ok).filter(mostly_has_values);
        let singles: Vec<Expression> = singles.collect();
        let texts: Vec<&str> = singles.iter().map(Expression::text).collect();
        let projection = engine.compile_all(&texts, &schema, &session).unwrap();
        for (number, single) in singles.iter().enumerate() {
            assert_eq!(projection.sql_type(number), single.sql_type());
            assert_eq!(projection.is_nullable(number), single.is_nullable());
        }
        let mut context = projection.context();
        let expected: Vec<Outcome> = rows.iter().map(|row| one_by_one(&singles, row)).collect();
        for (number, (row, expected)) in rows.iter().zip(&expected).enumerate() {
            let got = together(&projection, row, &mut context);
            assert_eq!(
                shown(&got),
                shown(expected),
                "{policy:?}, row {number} of {texts:#?}"
            );
        }
        context.clear_warnings();
        let got = projection.eval_rows(&slices, &mut context);
        for (number, (got, (expected, _))) in got.into_iter().zip(&expected).enumerate() {
            let got = got.map_err(parts);
            assert_eq!(
                format!("{got:?}"),
                format!("{expected:?}"),
                "{policy:?}, row {number} of a batch of {texts:#?}"
            );
        }
        let raised = context.diagnostics().total() as usize;
        let all: usize = expected.iter().map(|(_, warnings)| warnings.len()).sum();
        assert_eq!(raised, all, "{policy:?}, warnings of a batch of {texts:#?}");
        asked += singles.len();
    }
    assert!(asked >= at_least, "{asked} expressions");
}

#[test]
fn a_unit_gives_what_its_expressions_give_in_tier_0() {
    agree(TierPolicy::Only(Tier::Interp), 16, 1_000);
}

#[test]
fn a_unit_gives_what_its_expressions_give_in_the_vm() {
    agree(TierPolicy::Only(Tier::Vm), 4, 4_000);
}

#[test]
fn a_unit_gives_what_its_expressions_give_in_native_code() {
    agree(TierPolicy::Only(Tier::Native), 16, 1_000);
}

fn schema() -> Schema {
    Schema::new([
        ("a", SqlType::bigint()),
        ("b", SqlType::bigint()),
        ("s", SqlType::varchar(20)),
    ])
}

fn policies() -> [TierPolicy; 4] {
    [
        TierPolicy::Only(Tier::Interp),
        TierPolicy::Only(Tier::Vm),
        TierPolicy::Only(Tier::Native),
        TierPolicy::Auto,
    ]
}

/// Several expressions warn of the same; one fails, and what is behind it is not evaluated.
#[test]
fn what_is_common_warns_as_often_as_it_is_written() {
    let list = [
        "s + 1",
        "a + b",
        "s + 1 > 2",
        "(a + b) * 2",
        "a DIV 0",
        "s * 1",
    ];
    for policy in policies() {
        let engine = Engine::new().with_policy(policy);
        let unit = engine
            .compile_all(&list, &schema(), &Session::default())
            .unwrap();
        let mut context = unit.context();
        let row = [Value::Int(1), Value::Int(2), Value::Bytes(b"3x")];
        let values = unit.eval_row(&row, &mut context).unwrap().len();
        assert_eq!(values, list.len());
        let codes: Vec<u16> = context
            .diagnostics()
            .warnings()
            .iter()
            .map(|w| w.code)
            .collect();
        assert_eq!(codes, [1292, 1292, 1365, 1292], "{policy:?}");

        context.clear_warnings();
        let row = [Value::Int(i64::MAX), Value::Int(2), Value::Bytes(b"3x")];
        let error = unit.eval_row(&row, &mut context).unwrap_err();
        assert_eq!(
            (error.expression, error.error.code),
            (1, 1690),
            "{policy:?}"
        );
        assert_eq!(context.diagnostics().total(), 1, "{policy:?}");
    }
}

#[test]
fn a_unit_with_random_numbers_draws_as_each_expression_does() {
    let list = ["RAND(3)", "a + 1", "RAND(3) < 2", "s + 0"];
    for policy in policies() {
        let engine = Engine::new().with_policy(policy);
        let (schema, session) = (schema(), Session::default());
        let unit = engine.compile_all(&list, &schema, &session).unwrap();
        let single = engine.compile("RAND(3)", &schema, &session).unwrap();
        let (mut context, mut of_single) = (unit.context(), single.context());
        for row in 0..5 {
            let row = [Value::Int(row), Value::Null, Value::Bytes(b"1x")];
            let expected = single.eval_row(&row, &mut of_single).unwrap().to_datum();
            let values = unit.eval_row(&row, &mut context).unwrap();
            assert_eq!(values[0].to_datum(), expected, "{policy:?}");
            assert_eq!(values[2], Value::Int(1), "{policy:?}");
        }
        assert_eq!(context.diagnostics().total(), 5, "{policy:?}");
        let cells = [Value::Int(1), Value::Null, Value::Bytes(b"1x")];
        let rows = unit.eval_rows(&[&cells, &cells], &mut unit.context());
        let rows: Vec<Vec<Datum>> = rows.into_iter().map(Result::unwrap).collect();
        assert_ne!(rows[0][0], rows[1][0], "{policy:?}");
        assert_eq!(rows[0][1], Datum::Int(2));
    }
}

/// Deep expressions that have most in common, on the stack of a thread that nobody configured.
#[test]
fn deep_expressions_are_compiled_together() {
    let nested = |last: &str| {
        let open = "CASE WHEN a THEN ".repeat(480);
        format!("{open}{last}{}", " ELSE 1 END".repeat(480))
    };
    let work = move || {
        for policy in policies() {
            let engine = Engine::new().with_policy(policy);
            let list = [nested("a"), nested("b"), nested("a")];
            let unit = engine
                .compile_all(&list, &schema(), &Session::default())
                .unwrap();
            let row = [Value::Int(7), Value::Int(8), Value::Null];
            let mut context = unit.context();
            let values = unit.eval_row(&row, &mut context).unwrap();
            assert_eq!(
                values,
                [Value::Int(7), Value::Int(8), Value::Int(7)],
                "{policy:?}"
            );
        }
    };
    let thread = std::thread::Builder::new().stack_size(2 << 20);
    thread.spawn(work).unwrap().join().unwrap();
}

#[test]
fn an_error_of_compiling_tells_whose_it_is() {
    let engine = Engine::new();
    let compile = |list: &[&str]| engine.compile_all(list, &schema(), &Session::default());
    let error = compile(&["a", "a +", "c"]).unwrap_err();
    assert_eq!((error.expression, error.error.code), (1, 1064));
    let error = compile(&["a", "b + 1", "c"]).unwrap_err();
    assert_eq!((error.expression, error.error.code), (2, 1054));
    let nothing = compile(&[]).unwrap();
    assert!(nothing.is_empty());
    assert_eq!(nothing.eval_row(&[], &mut nothing.context()), Ok(&[][..]));
}

/// A hot projection moves to native code, and one whose bets are lost goes on without them.
#[test]
fn a_unit_moves_up_and_drops_bets() {
    let schema = Schema::new([
        ("p", SqlType::decimal(18, 2)),
        ("q", SqlType::decimal(18, 2)),
    ]);
    let list = ["p * q", "p * q + 1", "p + q"];
    let unit = Engine::new()
        .compile_all(&list, &schema, &Session::default())
        .unwrap();
    let mut context = unit.context();
    let large = |coefficient| Value::Dec64 {
        scale: 2,
        coefficient,
    };
    for n in 0..20_000 {
        let row = [
            large(900_000_000_000_000_000 - n),
            large(800_000_000_000_000_000),
        ];
        let values = unit.eval_row(&row, &mut context).unwrap();
        assert_eq!(values.len(), 3);
    }
    drop(context);
    let statistics = unit.statistics();
    assert!(statistics.exits["decimal width"] < 1_000, "{statistics:?}");
    assert!(
        statistics.moves.iter().any(|m| m.what.contains("dropped")),
        "{statistics:?}"
    );
    assert_eq!(statistics.rows.values().sum::<u64>(), 20_000);
}
