//! The deopt contract: exits forced at each call, and at all of them, change neither values, types, warnings nor errors.

use crate::corpus;
use sqlift::{Engine, ForcedExits, Schema, Session, SqlType, Tier, TierPolicy, Value};
use sqlift_testkit::corpus::Settings;
use sqlift_testkit::engine::subject_of;
use sqlift_testkit::generate::{Generator, Limits, MySql, Random, boundary};
use sqlift_testkit::subject::{Outcome, Question, Shape};

/// One case of the corpus in so many is run with exits forced.
const SAMPLE: usize = 20;

/// Most calls of a generated expression that exits are forced at one by one.
const CALLS: u32 = 12;

fn engine(tier: Tier, forced: ForcedExits) -> Engine {
    Engine::new()
        .with_policy(TierPolicy::Only(tier))
        .with_forced_exits(forced)
}

const SHAPES: [(Tier, Shape); 4] = [
    (Tier::Vm, Shape::Row),
    (Tier::Vm, Shape::Batch(7)),
    (Tier::Native, Shape::Row),
    (Tier::Native, Shape::Batch(7)),
];

#[test]
fn exits_everywhere_change_no_answer_of_the_corpus() {
    let corpus = corpus::open();
    let reference = subject_of(engine(Tier::Interp, ForcedExits::None), Shape::Row);
    let mut others = Vec::new();
    for (tier, shape) in SHAPES {
        for every in [1, 2, 5] {
            let forced = ForcedExits::AtEveryCall(every);
            let name = format!("{tier}, {shape}, every {every}");
            others.push((name, subject_of(engine(tier, forced), shape)));
        }
    }
    let asked = corpus::differences(&corpus, SAMPLE, |case, number| {
        let question = Question::of_case(case, corpus.table());
        let expected = reference.answer(&question);
        // Each case is asked of a third of the configurations.
        let mine = others
            .iter()
            .enumerate()
            .filter(|(i, _)| (number + i).is_multiple_of(3));
        let differ = mine.filter_map(|(_, (name, subject))| {
            let got = subject.answer(&question);
            (got != expected).then(|| corpus::difference(case, name, &expected, &got))
        });
        differ.collect()
    });
    assert!(asked > 3_000);
}

#[test]
fn an_exit_at_any_one_call_changes_no_answer() {
    let table = boundary::table(&mut Random::new(11), 12);
    let limits = Limits {
        depth: 4,
        ..Limits::default()
    };
    let mut generator = Generator::new(&MySql, boundary::COLUMNS, limits);
    let settings = Settings::new();
    let reference = subject_of(engine(Tier::Interp, ForcedExits::None), Shape::Row);
    let start = Random::new(12);
    let mut answered = 0;
    for number in 0..400 {
        let expr = generator.any(&mut start.fork(number));
        let question = Question {
            expr: &expr,
            settings: &settings,
            table: Some(&table),
        };
        let expected = reference.answer(&question);
        let (Outcome::Rows { .. } | Outcome::Value { .. }) = &expected else {
            continue;
        };
        answered += 1;
        for call in 0..CALLS {
            let (tier, shape) = SHAPES[(number as usize + call as usize) % SHAPES.len()];
            let forced = ForcedExits::AtCall(call, 1 + call % 3);
            let got = subject_of(engine(tier, forced), shape).answer(&question);
            assert_eq!(
                got, expected,
                "number {number}, {tier}, {shape}, {forced:?}: {expr}"
            );
        }
    }
    assert!(answered > 100, "only {answered} expressions have an answer");
}

#[test]
fn exits_are_counted_and_happen_where_they_are_forced() {
    let schema = Schema::new([("a", SqlType::bigint()), ("b", SqlType::bigint())]);
    for (tier, shape) in SHAPES {
        let engine = engine(tier, ForcedExits::AtCall(1, 3));
        let expression = engine
            .compile("(a + b) * 2", &schema, &Session::default())
            .unwrap();
        let mut context = expression.context();
        let rows: Vec<[Value<'_>; 2]> = (0..30).map(|i| [Value::Int(i), Value::Int(1)]).collect();
        if shape == Shape::Row {
            for (i, row) in rows.iter().enumerate() {
                let expected = Value::Int((i as i64 + 1) * 2);
                assert_eq!(expression.eval_row(row, &mut context), Ok(expected));
            }
        } else {
            let rows: Vec<&[Value<'_>]> = rows.iter().map(|r| r.as_slice()).collect();
            assert_eq!(expression.eval_rows(&rows, &mut context).len(), 30);
        }
        drop(context);
        let statistics = expression.statistics();
        assert_eq!(
            statistics.exits.get("forced"),
            Some(&10),
            "{tier}, {shape}: {statistics:?}"
        );
    }
}

/// A row whose warning was raised before an exit raises it once.
#[test]
fn warnings_before_an_exit_are_raised_once() {
    let schema = Schema::new([("s", SqlType::varchar(10))]);
    for (tier, _) in SHAPES {
        let engine = engine(tier, ForcedExits::AtEveryCall(1));
        let expression = engine
            .compile("(s + 1) * 2", &schema, &Session::default())
            .unwrap();
        let mut context = expression.context();
        let row = [Value::Bytes(b"1x")];
        assert_eq!(
            expression.eval_row(&row, &mut context),
            Ok(Value::Double(4.0))
        );
        let warnings = context.diagnostics().warnings();
        assert_eq!(warnings.len(), 1, "{warnings:?}");
        assert_eq!(
            warnings[0].message,
            "Truncated incorrect DOUBLE value: '1x'"
        );
    }
}
