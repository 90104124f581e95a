//! The corpus of the repository can be read, is complete, and is packed as this version packs.

use std::fs;
use std::path::PathBuf;

use sqlift_testkit::compare::{Verdict, compare};
use sqlift_testkit::corpus::pack::pack;
use sqlift_testkit::corpus::{Answer, Case, Corpus, Input, to_json_line};
use sqlift_testkit::subject::recorded;

fn corpus() -> Corpus {
    Corpus::open(&PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/corpus")).unwrap()
}

#[test]
fn every_case_agrees_with_itself_and_packs_to_the_same_bytes() {
    let corpus = corpus();
    let mut count = 0;
    for area in corpus.areas() {
        let cases: Vec<Case> = area.cases().unwrap().map(Result::unwrap).collect();
        count += cases.len();
        for case in &cases {
            let verdict = compare(case, &recorded(case));
            let Verdict::Compared(comparison) = verdict else {
                panic!("{} is not compared", case.id)
            };
            assert!(
                comparison.all_agree(),
                "{}: {:?}",
                case.id,
                comparison.differences
            );
            assert!(!to_json_line(case).contains('\n'), "{}", case.id);
            if let Answer::Rows { rows, .. } = &case.answer {
                assert_eq!(rows.len(), corpus.table().rows.len(), "{}", case.id);
                assert_eq!(case.input, Input::Columns, "{}", case.id);
            }
        }
        assert!(
            pack(&area.name, &cases).unwrap() == fs::read(&area.path).unwrap(),
            "{} packs differently",
            area.name
        );
    }
    assert_eq!(count, 103_216);
}

#[test]
fn the_shared_table_and_the_function_list_are_there() {
    let corpus = corpus();
    let table = corpus.table();
    assert_eq!((table.columns.len(), table.rows.len()), (46, 40));
    let latin1 = &table.columns[table.position("vl").unwrap()];
    assert_eq!(
        (latin1.type_name.as_str(), latin1.charset.as_deref()),
        ("VARCHAR(64)", Some("latin1"))
    );
    let functions = corpus.functions().unwrap();
    let log = functions
        .iter()
        .find(|function| function.name == "LOG")
        .unwrap();
    assert_eq!(
        (log.min_args, log.max_args, log.in_corpus),
        (1, Some(2), true)
    );
}
