use std::path::PathBuf;
use std::{env, fs, process};

use super::*;
use crate::corpus::{SqlError, to_json_line};
use crate::subject::{Outcome, recorded};

/// A folder that is removed when the test ends.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str, areas: &[(&str, &[&str])]) -> Self {
        let folder = Self(env::temp_dir().join(format!("sqlift-testkit-{test}-{}", process::id())));
        fs::create_dir_all(&folder.0).unwrap();
        let table = r#"{"server":"s","create":"c","columns":[{"name":"a","type":"INT","nullable":true}],
            "rows":[["1"],[null]]}"#;
        fs::write(folder.0.join("rows.json"), table).unwrap();
        for (area, lines) in areas {
            fs::write(folder.0.join(format!("{area}.jsonl")), lines.join("\n")).unwrap();
        }
        folder
    }

    fn corpus(&self) -> Corpus {
        Corpus::open(&self.0).unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

const ONE: &str = r#"{"id":"a-1","area":"a","expr":"ABS(1)","type":"BIGINT","meta":[8,1,0,129,63],"nullable":false,"value":"1","warnings":[]}"#;
const TWO: &str = r#"{"id":"a-2","area":"a","expr":"ABS(-2)","type":"BIGINT","meta":[8,1,0,129,63],"nullable":false,"value":"2","warnings":[]}"#;
const ROWS: &str = r#"{"id":"b-1","area":"b","expr":"a + 1","columns":true,"type":"BIGINT","meta":[8,1,0,128,63],"nullable":true,"rows":["2",null],"warnings":[]}"#;

/// Answers as recorded, but for what the test spoils.
struct Spoiled<F> {
    cases: Vec<Case>,
    spoil: F,
}

impl<F: Fn(&Question<'_>, Outcome) -> Outcome + Send + Sync> Subject for Spoiled<F> {
    fn answer(&self, question: &Question<'_>) -> Outcome {
        let case = self
            .cases
            .iter()
            .find(|case| case.expr == question.expr)
            .unwrap();
        (self.spoil)(question, recorded(case))
    }

    fn tier_hits(&self) -> Vec<(String, u64)> {
        vec![("memory".into(), 7)]
    }
}

fn report<F>(corpus: &Corpus, selection: &Selection, known: &Known, spoil: F) -> Report
where
    F: Fn(&Question<'_>, Outcome) -> Outcome + Send + Sync,
{
    let cases = corpus
        .areas()
        .iter()
        .flat_map(|area| area.cases().unwrap())
        .map(Result::unwrap)
        .collect();
    run(
        corpus,
        &Spoiled { cases, spoil },
        selection,
        known,
        Options {
            threads: 2,
            ..ONE_THREAD
        },
    )
    .unwrap()
}

const ONE_THREAD: Options = Options {
    threads: 1,
    trace: false,
};

fn syntax_error() -> Outcome {
    Outcome::Error(SqlError {
        code: 1064,
        sqlstate: "42000".into(),
        message: "syntax".into(),
    })
}

#[test]
fn a_subject_that_answers_as_recorded_agrees_in_everything() {
    let folder = Folder::new("agrees", &[("a", &[ONE, TWO]), ("b", &[ROWS])]);
    let report = report(
        &folder.corpus(),
        &Selection::default(),
        &Known::default(),
        |question, outcome| {
            assert_eq!(question.table.is_some(), question.expr == "a + 1");
            outcome
        },
    );
    assert!(report.is_success());
    assert_eq!(
        json_lines(&report),
        "{\"area\":\"a\",\"cases\":2,\"unsupported\":0,\"value\":2,\"type\":2,\"collation\":2,\"warnings\":2,\
         \"error_code\":2,\"message\":2,\"all\":2}\n\
         {\"area\":\"b\",\"cases\":1,\"unsupported\":0,\"value\":1,\"type\":1,\"collation\":1,\"warnings\":1,\
         \"error_code\":1,\"message\":1,\"all\":1}\n"
    );
    let text = hits(&report);
    assert!(
        text.contains("ABS()") && text.contains("memory") && text.contains("BIGINT"),
        "{text}"
    );
}

#[test]
fn unsupported_cases_count_in_nothing_else() {
    let folder = Folder::new("unsupported", &[("a", &[ONE, TWO])]);
    let report = report(
        &folder.corpus(),
        &Selection::default(),
        &Known::default(),
        |question, outcome| {
            if question.expr == "ABS(-2)" {
                Outcome::Unsupported("no minus".into())
            } else {
                outcome
            }
        },
    );
    assert!(report.is_success());
    let total = report.total();
    assert_eq!(
        (
            total.cases,
            total.unsupported,
            total.agree(Column::Value),
            total.agree(Column::All)
        ),
        (2, 1, 1, 1)
    );
    assert_eq!(
        unsupported_by_reason(&report),
        "     1  no minus   e.g. ABS(-2)\n"
    );
}

#[test]
fn a_panic_is_a_difference_of_its_case_alone() {
    let folder = Folder::new("panic", &[("a", &[ONE, TWO])]);
    let report = report(
        &folder.corpus(),
        &Selection::default(),
        &Known::default(),
        |question, outcome| {
            assert_ne!(question.expr, "ABS(-2)", "minus is hard");
            outcome
        },
    );
    assert!(!report.is_success());
    assert_eq!(
        (report.total().panics, report.total().agree(Column::All)),
        (1, 1)
    );
    let text = differences(&report, 10);
    assert!(
        text.contains("minus is hard") && text.contains("runner/tests.rs:"),
        "{text}"
    );
}

#[test]
fn clusters_name_the_suspect() {
    let plain = ONE.replace("a-1", "a-3").replace("ABS(1)", "1");
    let folder = Folder::new("clusters", &[("a", &[ONE, TWO, &plain])]);
    let report = report(
        &folder.corpus(),
        &Selection::default(),
        &Known::default(),
        |question, outcome| {
            if question.expr.starts_with("ABS") {
                syntax_error()
            } else {
                outcome
            }
        },
    );
    let clusters = clusters(&report);
    let [cluster] = &clusters[..] else {
        panic!("one cluster, not {}", clusters.len())
    };
    assert_eq!(
        (cluster.aspect, cluster.kind),
        (crate::compare::Aspect::ErrorCode, "a value -> error 1064")
    );
    assert_eq!(
        (cluster.suspect, cluster.cases, cluster.of),
        ("ABS()", 2, 2)
    );
    assert_eq!(cluster.example.case.expr, "ABS(1)");
    let causes = causes(&report);
    let [cause] = &causes[..] else {
        panic!("one cause, not {}", causes.len())
    };
    assert_eq!(
        (cause.suspect, cause.cases, cause.wrong, cause.of),
        ("ABS()", 2, 2, 2)
    );
    assert!(by_cause(&causes, 10).contains("ABS(1)"));
    let text = by_difference(&clusters, 10);
    assert!(
        text.contains("2 of 2      error code: a value -> error 1064  [ABS()]"),
        "{text}"
    );
}

#[test]
fn selections_narrow_a_run() {
    let folder = Folder::new("select", &[("a", &[ONE, TWO]), ("b", &[ROWS])]);
    let corpus = folder.corpus();
    let count = |selection: Selection| {
        report(&corpus, &selection, &Known::default(), |_, outcome| outcome)
            .total()
            .cases
    };
    assert_eq!(
        count(Selection {
            areas: vec!["a".into()],
            ..Selection::default()
        }),
        2
    );
    assert_eq!(
        count(Selection {
            grep: Some("-2".into()),
            ..Selection::default()
        }),
        1
    );
    assert_eq!(
        count(Selection {
            ids: vec!["b-1".into(), "a-1".into()],
            ..Selection::default()
        }),
        2
    );
    let subject = Spoiled {
        cases: vec![],
        spoil: |_: &Question<'_>, outcome| outcome,
    };
    let selection = Selection {
        areas: vec!["c".into()],
        ..Selection::default()
    };
    let error = run(&corpus, &subject, &selection, &Known::default(), ONE_THREAD).unwrap_err();
    assert_eq!(error, RunError::NoSuchArea("c".into()));
}

#[test]
fn known_differences_are_excused_while_they_are_needed() {
    let folder = Folder::new("known", &[("a", &[ONE, TWO])]);
    let list = folder.0.join("known.toml");
    fs::write(
        &list,
        "\"a/a-1\" = \"minus one\"\n\"a/a-2\" = \"minus two\"\n\"b/b-1\" = \"not run\"\n",
    )
    .unwrap();
    let known = Known::read(&list).unwrap();
    let all = Selection {
        areas: vec!["a".into()],
        ..Selection::default()
    };
    let both = report(&folder.corpus(), &all, &known, |_, _| syntax_error());
    assert!(both.is_success());
    assert_eq!(both.findings.len(), 2);
    let one = report(&folder.corpus(), &all, &known, |question, outcome| {
        if question.expr == "ABS(1)" {
            syntax_error()
        } else {
            outcome
        }
    });
    assert_eq!(one.stale, ["a/a-2"]);
    assert!(!one.is_success());
    let part = Selection {
        grep: Some("ABS(1)".into()),
        ..all
    };
    assert!(report(&folder.corpus(), &part, &known, |_, _| syntax_error()).is_success());
}

#[test]
fn wrong_lines_are_named() {
    let folder = Folder::new("wrong", &[("a", &[ONE, "{}"])]);
    let subject = Spoiled {
        cases: vec![],
        spoil: |_: &Question<'_>, outcome| outcome,
    };
    let error = run(
        &folder.corpus(),
        &subject,
        &Selection::default(),
        &Known::default(),
        ONE_THREAD,
    )
    .unwrap_err();
    assert!(
        error.to_string().contains("a.jsonl:2: missing field"),
        "{error}"
    );
}

#[test]
fn both_forms_read_alike() {
    let folder = Folder::new("forms", &[("a", &[ONE, TWO]), ("b", &[ROWS])]);
    let lines = |corpus: &Corpus| -> Vec<String> {
        let cases = corpus.areas().iter().flat_map(|area| area.cases().unwrap());
        cases.map(|case| to_json_line(&case.unwrap())).collect()
    };
    let before = lines(&folder.corpus());
    assert_eq!(before, [ONE, TWO, ROWS]);
    let area = folder.corpus().areas()[0].clone();
    let cases: Vec<Case> = area.cases().unwrap().map(Result::unwrap).collect();
    fs::write(
        folder.0.join("a.cases"),
        crate::corpus::pack::pack("a", &cases).unwrap(),
    )
    .unwrap();
    assert!(
        Corpus::open(&folder.0)
            .unwrap_err()
            .to_string()
            .contains("both forms")
    );
    fs::remove_file(area.path).unwrap();
    assert_eq!(lines(&folder.corpus()), before);
    fs::rename(folder.0.join("a.cases"), folder.0.join("c.cases")).unwrap();
    let renamed = folder.corpus().areas().last().unwrap().cases().unwrap_err();
    assert!(
        renamed.to_string().contains("it holds area `a`"),
        "{renamed}"
    );
}
