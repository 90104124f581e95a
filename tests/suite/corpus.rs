//! Recorded answers of MySQL: how many of them we give, and that every configuration gives the same.

use sqlift_testkit::corpus::{Case, Corpus};
use sqlift_testkit::engine;
use sqlift_testkit::runner::{Column, Known, Options, Selection, run};
use sqlift_testkit::subject::{Configuration, Folding, Outcome, Question, Shape, Tier};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Room for deeply nested expressions in builds without optimisation.
pub(crate) const STACK: usize = 64 << 20;

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
    assert_eq!(asked, 90_694);
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

/// How the corpus has to come out, area by area: `tests/corpus_floors.toml`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Floor {
    /// Cases that agree in everything, at least.
    agree: usize,
    /// Cases that are answered otherwise than by MySQL and are no known difference, at most.
    wrong: usize,
}

#[test]
fn agreement_with_mysql_does_not_fall() {
    let corpus = open();
    let known = Known::read(&file("known_differences.toml")).unwrap();
    let subject = engine::subject(REFERENCE).unwrap();
    let options = Options {
        threads: threads(),
        trace: false,
    };
    let report = run(
        &corpus,
        subject.as_ref(),
        &Selection::default(),
        &known,
        options,
    )
    .unwrap();
    assert!(
        report.stale.is_empty(),
        "known differences that are none: {:?}",
        report.stale
    );
    let mut wrong: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in report.unknown() {
        *wrong.entry(&finding.case.area).or_default() += 1;
    }
    let found: BTreeMap<String, Floor> = report
        .areas
        .iter()
        .map(|(area, tally)| {
            let wrong = wrong.get(area.as_str()).copied().unwrap_or(0);
            (
                area.clone(),
                Floor {
                    agree: tally.agree(Column::All),
                    wrong,
                },
            )
        })
        .collect();
    let path = file("corpus_floors.toml");
    if std::env::var_os("UPDATE_FLOORS").is_some() {
        std::fs::write(&path, print_floors(&found)).unwrap();
    }
    let floors = read_floors(&std::fs::read_to_string(&path).unwrap());
    assert!(
        floors.keys().eq(found.keys()),
        "an area without a floor, or a floor without an area"
    );
    let mut fallen = String::new();
    for (area, floor) in &floors {
        let now = found[area];
        if now.agree < floor.agree || now.wrong > floor.wrong {
            let _ = writeln!(fallen, "{area}: {now:?}, the floor is {floor:?}");
        }
    }
    assert!(fallen.is_empty(), "agreement fell:\n{fallen}");
    let panics: usize = report.areas.iter().map(|(_, tally)| tally.panics).sum();
    assert_eq!(panics, 0, "cases that panic");
}

const FLOORS_HEAD: &str = "\
# How many recorded answers of each area must be given in every aspect (value, type, nullability, collation, warnings,
# error), and how many at most may be given wrongly; the rest are said to be unsupported. Renew with UPDATE_FLOORS=1.
";

fn print_floors(floors: &BTreeMap<String, Floor>) -> String {
    let mut text = FLOORS_HEAD.to_owned();
    for (area, Floor { agree, wrong }) in floors {
        let _ = writeln!(text, "{area} = {{ agree = {agree}, wrong = {wrong} }}");
    }
    text
}

fn read_floors(text: &str) -> BTreeMap<String, Floor> {
    let lines = text
        .lines()
        .filter(|l| !l.trim().is_empty() && !l.starts_with('#'));
    let read = |line: &str| {
        let (area, rest) = line.split_once(" = {")?;
        let (agree, wrong) = rest.trim().strip_suffix('}')?.split_once(',')?;
        let number = |part: &str, name: &str| {
            part.trim()
                .strip_prefix(name)?
                .trim()
                .strip_prefix('=')?
                .trim()
                .parse()
                .ok()
        };
        let floor = Floor {
            agree: number(agree, "agree")?,
            wrong: number(wrong, "wrong")?,
        };
        Some((area.to_owned(), floor))
    };
    lines
        .map(|line| read(line).unwrap_or_else(|| panic!("no floor: {line}")))
        .collect()
}
