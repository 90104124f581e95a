//! Recorded answers of MySQL: how many of them we give, and that every configuration gives the same.

use sqlift_testkit::corpus::{Case, Corpus};
use sqlift_testkit::engine;
use sqlift_testkit::runner::{Known, Options, Selection, run};
use sqlift_testkit::subject::{Configuration, Folding, Outcome, Question, Shape, Tier};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Room for deeply nested expressions in builds without optimisation.
pub(crate) const STACK: usize = 64 << 20;

/// How many cases may be said to be unsupported: it must not grow.
const MOST_UNSUPPORTED: usize = 5_871;

/// Configurations that are asked one case in so many, unless `SQLIFT_CORPUS=full`.
const SAMPLE: usize = 16;

pub(crate) fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

pub(crate) fn open() -> Corpus {
    Corpus::open(&file("corpus")).unwrap()
}

fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// What the others are measured against.
const REFERENCE: Configuration = Configuration {
    tier: Tier::Interp,
    shape: Shape::Row,
    folding: Folding::On,
};

/// The other configurations, each with the share of cases that it is asked: one in so many.
fn others() -> Vec<(Configuration, usize)> {
    let full = std::env::var("SQLIFT_CORPUS").is_ok_and(|v| v == "full");
    let some = if full { 1 } else { SAMPLE };
    let mut all = Vec::new();
    for (tier, shape, share) in [
        (Tier::Vm, Shape::Row, 1),
        (Tier::Vm, Shape::Batch(7), 1),
        (Tier::Native, Shape::Row, if full { 1 } else { 4 }),
        (Tier::Interp, Shape::Batch(7), some),
        (Tier::Vm, Shape::Batch(1), some),
        (Tier::Vm, Shape::Batch(1024), some),
        (Tier::Native, Shape::Batch(1), some),
        (Tier::Native, Shape::Batch(7), some),
        (Tier::Native, Shape::Batch(1024), some),
        (Tier::Auto, Shape::Row, some),
        // Blocks of 64 rows, a chunk and more, and the rest of each.
        (Tier::Vm, Shape::Arrow(7), some),
        (
            Tier::Vm,
            Shape::Arrow(600),
            if full { 1 } else { 4 * SAMPLE },
        ),
        (Tier::Native, Shape::Arrow(7), some),
        (Tier::Native, Shape::Arrow(200), some),
    ] {
        let folding = Folding::On;
        all.push((
            Configuration {
                tier,
                shape,
                folding,
            },
            share,
        ));
    }
    for (tier, shape) in [
        (Tier::Interp, Shape::Row),
        (Tier::Vm, Shape::Row),
        (Tier::Vm, Shape::Batch(7)),
        (Tier::Native, Shape::Row),
    ] {
        let folding = Folding::Off;
        all.push((
            Configuration {
                tier,
                shape,
                folding,
            },
            some,
        ));
    }
    all
}

#[test]
fn every_configuration_gives_the_same_answers() {
    let corpus = open();
    let subject = |c| engine::subject(c).unwrap();
    let reference = subject(REFERENCE);
    let others: Vec<_> = others()
        .into_iter()
        .map(|(c, n)| (c, n, subject(c)))
        .collect();
    let asked = differences(&corpus, 1, |case, number| {
        let question = Question::of_case(case, corpus.table());
        let expected = reference.answer(&question);
        let mine = others.iter().enumerate();
        let mine = mine.filter(|(i, (_, share, _))| (number + i).is_multiple_of(*share));
        let differ = mine.filter_map(|(_, (configuration, _, subject))| {
            let got = subject.answer(&question);
            (!agree(&got, &expected, *configuration))
                .then(|| difference(case, &configuration.to_string(), &expected, &got))
        });
        differ.collect()
    });
    assert_eq!(asked, 103_216);
}

/// Asks something about one case in `share` on all processors, and fails if it is told of differences. Gives the number of cases.
pub(crate) fn differences(
    corpus: &Corpus,
    share: usize,
    ask: impl Fn(&Case, usize) -> Vec<String> + Sync,
) -> usize {
    let cases = corpus.areas().iter();
    let cases = cases.flat_map(|area| area.cases().unwrap().map(Result::unwrap));
    let cases: Vec<(usize, Case)> = cases
        .map(|case| (stable_hash(&case.id), case))
        .filter(|(number, _)| number.is_multiple_of(share))
        .map(|(number, case)| (number / share, case))
        .collect();
    let next = AtomicUsize::new(0);
    let differing = Mutex::new(Vec::new());
    let work = || {
        while let Some((number, case)) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
            let differ = ask(case, *number);
            differing.lock().unwrap().extend(differ);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..threads() {
            let builder = std::thread::Builder::new().stack_size(STACK);
            builder.spawn_scoped(scope, work).unwrap();
        }
    });
    let mut differing = differing.into_inner().unwrap();
    differing.sort();
    assert!(
        differing.is_empty(),
        "{} answers differ:\n{}",
        differing.len(),
        differing[..differing.len().min(25)].concat()
    );
    cases.len()
}

/// Whether two configurations say the same. Without folding a constant call is a call: it may be said to be nullable where its
/// value is not NULL, and may be one that only a folded operand made unnecessary.
fn agree(got: &Outcome, expected: &Outcome, configuration: Configuration) -> bool {
    match configuration.folding {
        Folding::On => got == expected,
        Folding::Off => {
            matches!(got, Outcome::Unsupported(_))
                || anyway_nullable(got.clone()) == anyway_nullable(expected.clone())
        }
    }
}

fn anyway_nullable(mut outcome: Outcome) -> Outcome {
    if let Outcome::Value { column, .. } | Outcome::Rows { column, .. } = &mut outcome {
        column.nullable = true;
    }
    outcome
}

/// A number for a case that stays when others come and go.
fn stable_hash(id: &str) -> usize {
    id.bytes()
        .fold(7, |h, b| (h * 31 + usize::from(b)) % 1_000_003)
}

/// The difference between two outcomes as a paragraph.
pub(crate) fn difference(case: &Case, who: &str, expected: &Outcome, got: &Outcome) -> String {
    let mut text = format!("{} ({who}): {}\n", case.id, case.expr);
    let (expected, got) = (format!("{expected:?}"), format!("{got:?}"));
    // The first place where they differ is enough to see what is going on.
    let same = expected
        .bytes()
        .zip(got.bytes())
        .take_while(|(a, b)| a == b)
        .count();
    let from = same.saturating_sub(60);
    for (name, text_of) in [("tier 0", expected), ("other", got)] {
        let part: String = String::from_utf8_lossy(&text_of.as_bytes()[from.min(text_of.len())..])
            .chars()
            .take(240)
            .collect();
        let _ = writeln!(text, "    {name:6}  ..{part}");
    }
    text
}

/// Every case that is supported is answered as by MySQL in every aspect, or is listed with the reason why not; and what is listed differs.
#[test]
fn every_difference_from_mysql_is_listed() {
    let corpus = open();
    let known = Known::read(&file("known_differences.toml")).unwrap();
    let subject = engine::subject(REFERENCE).unwrap();
    let options = Options {
        threads: threads(),
        trace: false,
    };
    let selection = Selection::default();
    let report = run(&corpus, subject.as_ref(), &selection, &known, options).unwrap();
    let unlisted: Vec<String> = report
        .unknown()
        .map(|finding| format!("{}: {}\n", finding.case.id, finding.case.expr))
        .collect();
    assert!(
        unlisted.is_empty(),
        "{} differences that are not listed:\n{}",
        unlisted.len(),
        unlisted.concat()
    );
    assert!(
        report.stale.is_empty(),
        "known differences that are none: {:?}",
        report.stale
    );
    let panics: usize = report.areas.iter().map(|(_, tally)| tally.panics).sum();
    assert_eq!(panics, 0, "cases that panic");
    let unsupported: usize = report.areas.iter().map(|(_, t)| t.unsupported).sum();
    assert!(
        unsupported <= MOST_UNSUPPORTED,
        "{unsupported} cases are said to be unsupported"
    );
}
