//! Questions about texts: the compiled tiers, where they ask them of whole chunks and of several functions at once, answer as tier 0.
#![cfg(feature = "arrow")]

use arrow_array::types::{Int8Type, Int32Type};
use arrow_array::{
    Array, ArrayRef, BinaryArray, DictionaryArray, Int32Array, LargeStringArray, RecordBatch,
    StringArray, StringViewArray,
};
use arrow_schema::{Field, Schema as ArrowSchema};
use sqlift::{CollationId, Engine, Schema, Session, SqlType, Tier, TierPolicy, TypeKind};
use std::sync::Arc;

const TEXTS: [Option<&str>; 40] = [
    Some("PROMO xyz"),
    Some("promo"),
    Some("Promo "),
    None,
    Some(""),
    Some(" "),
    Some("STANDARD nickel xyz"),
    Some("xyz"),
    Some("xy"),
    Some("PROM"),
    Some("PROMÖ"),
    Some("prömo xyz"),
    Some("promo\u{1}"),
    Some("\u{1}promo"),
    Some("promo\0xyz"),
    Some("ſtandard"),
    Some("ı"),
    Some("İ"),
    Some("K"),
    Some("alpha"),
    Some("ALPHA"),
    Some("alpha "),
    Some("alpha  x"),
    Some("álpha"),
    Some("alpha\u{301}"),
    None,
    Some("a%b"),
    Some("a_b"),
    Some("100%"),
    Some("日本語 xyz"),
    Some("日本xYz"),
    Some("😀promo"),
    Some("PROMOTION OF EVERYTHING THAT SELLS"),
    Some("promotion of everything that sells"),
    Some("0123456789abcdef"),
    Some("0123456789ABCDEF "),
    Some("0123456789abcdefg"),
    Some("xyzxyzxyzxyzxyzxyzxyz"),
    Some(
        "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzxyz",
    ),
    Some("ß"),
];

const QUESTIONS: [&str; 69] = [
    "s = 'alpha'",
    "'ALPHA' = s",
    "s <> 'alpha'",
    "s = ''",
    "s = '0123456789abcdef'",
    "s = '0123456789abcdefg'",
    "s = 'álpha'",
    "s = ' '",
    "s LIKE 'PROMO%'",
    "s LIKE 'promo%'",
    "s LIKE 'alpha'",
    "s LIKE '%xyz'",
    "s LIKE '%xyz%'",
    "s LIKE '%z%'",
    "s LIKE '%nickel xyz%'",
    "s LIKE '%'",
    "s LIKE ''",
    "s LIKE 'a\\%b'",
    "s LIKE '%|_b' ESCAPE '|'",
    "s LIKE 'P%O_%z'",
    "s LIKE '%ö%'",
    "s LIKE 'promotion of everything%'",
    "s NOT LIKE '%xyz%'",
    "UPPER(SUBSTR(s, 1, 5)) = 'PROMO'",
    "UPPER(SUBSTR(s, 1, 5)) = 'promo'",
    "LOWER(LEFT(s, 5)) = 'promo'",
    "LEFT(s, 5) = 'PROMO'",
    "LEFT(s, 3) = 'xyz '",
    "UPPER(s) = 'ALPHA'",
    "UPPER(s) = 'I'",
    "UPPER(s) = 'STANDARD'",
    "LOWER(s) = 'k'",
    "LOWER(s) = 'i'",
    "'PROMO' = UPPER(MID(s, 1, 5))",
    "UPPER(SUBSTRING(s FROM 1 FOR 20)) = 'PROMOTION OF EVERYTH'",
    "UPPER(LEFT(s, 2)) = 'SS'",
    "LEFT(s, 0) = ''",
    "UPPER(SUBSTR(s, 1, 5)) = 'PROMO' OR s LIKE '%xyz%'",
    "CASE WHEN s = 'alpha' THEN 1 WHEN s LIKE 'PROMO%' THEN 2 ELSE 3 END",
    "s LIKE '%xyz%' AND s LIKE 'promo%'",
    "NOT (s = 'alpha' OR s LIKE 'x%')",
    "s LIKE CONCAT('pro', '%')",
    "IF(s LIKE 'promo%', UPPER(s), LOWER(s))",
    "CONCAT(UPPER(s), '-', SUBSTR(s, 2, 3))",
    "s LIKE '%XYZ'",
    "s LIKE '%l xyz'",
    "s LIKE '%0123456789abcdef'",
    "s LIKE '%0123456789ABCDEFG'",
    "s LIKE '%everything that sells'",
    "s LIKE '%Ö'",
    "s LIKE '% '",
    "s IN ('alpha', 'xyz', 'promo ')",
    "s IN ('alpha', 'prömo xyz', 'I')",
    "s IN ('', '0123456789abcdef', '0123456789abcdefg')",
    "s IN ('alpha', NULL, 'xy')",
    "s NOT IN ('ALPHA', '100%', 'ß')",
    "s IN ('alpha', CONCAT(s, 'x'))",
    "UPPER(s)",
    "LCASE(SUBSTR(s, -3))",
    "SUBSTR(s, 2, 5)",
    "SUBSTR(s, 0, 5)",
    "MID(s, 300, 5)",
    "LEFT(s, 3)",
    "RIGHT(s, 4)",
    "UPPER(RIGHT(LEFT(s, 6), 3))",
    "CONCAT(s, '-', s, '')",
    "REPLACE(s, 'x', '__')",
    "CASE WHEN s LIKE '%xyz' THEN LEFT(s, 2) WHEN s = 'promo' THEN NULL WHEN s < 'b' THEN s END",
    "IF(s IN ('xyz', 'a_b'), CONCAT('[', s, ']'), RIGHT(s, 1))",
];

/// So many rows that chunks begin and end within the texts.
fn rows() -> Vec<Option<&'static str>> {
    (0..1_300)
        .map(|i| TEXTS[(i * 7 + i / 40) % TEXTS.len()])
        .collect()
}

fn arrays(texts: &[Option<&str>]) -> Vec<ArrayRef> {
    let padded: StringArray = std::iter::repeat_n(Some("before"), 3)
        .chain(texts.iter().copied())
        .collect();
    let dictionary: DictionaryArray<Int8Type> = texts.iter().copied().collect();
    let sliced: DictionaryArray<Int32Type> = [Some("before"), None]
        .into_iter()
        .chain(texts.iter().copied())
        .collect();
    vec![
        Arc::new(StringArray::from(texts.to_vec())),
        Arc::new(padded.slice(3, texts.len())),
        Arc::new(LargeStringArray::from(texts.to_vec())),
        Arc::new(StringViewArray::from(texts.to_vec())),
        Arc::new(dictionary),
        Arc::new(sliced.slice(2, texts.len())),
        with_null_entries(texts),
        with_many_entries(texts),
    ]
}

/// A dictionary that has NULL among its entries, in a part of larger texts.
fn with_null_entries(texts: &[Option<&str>]) -> ArrayRef {
    let mut entries: Vec<Option<&str>> = vec![Some("not this"), None];
    let keys = texts.iter().enumerate().map(|(row, text)| {
        let known = entries.iter().position(|entry| entry == text);
        let key = known.unwrap_or_else(|| {
            entries.push(*text);
            entries.len() - 1
        });
        // NULL both ways.
        (text.is_some() || row % 2 == 0).then_some(key as i32 - 1)
    });
    let keys: Int32Array = keys.collect();
    let behind = entries.len() - 1;
    let values = StringArray::from(entries).slice(1, behind);
    Arc::new(DictionaryArray::new(keys, Arc::new(values)))
}

/// A dictionary of more entries than a chunk has rows.
fn with_many_entries(texts: &[Option<&str>]) -> ArrayRef {
    let keys = (0..texts.len() as i32).rev();
    let keys: Int32Array = keys.map(Some).collect();
    let values: StringArray = texts.iter().rev().copied().collect();
    Arc::new(DictionaryArray::new(keys, Arc::new(values)))
}

fn batch(array: ArrayRef) -> RecordBatch {
    let field = Field::new("s", array.data_type().clone(), true);
    RecordBatch::try_new(Arc::new(ArrowSchema::new(vec![field])), vec![array]).expect("one column")
}

#[test]
fn every_tier_and_array_answers_alike() {
    let collations = [
        "utf8mb4_bin",
        "utf8mb4_0900_ai_ci",
        "utf8mb4_0900_bin",
        "utf8mb4_0900_as_cs",
        "utf8mb4_general_ci",
        "utf8mb4_turkish_ci",
        "utf8mb4_hu_0900_ai_ci",
    ];
    agree(&collations, &rows(), &arrays(&rows()));
}

/// Chunks that are ASCII alone are done otherwise.
#[test]
fn every_tier_and_array_answers_alike_for_ascii() {
    let texts: Vec<Option<&str>> = rows();
    let texts: Vec<Option<&str>> = texts
        .into_iter()
        .filter(|text| text.is_none_or(str::is_ascii))
        .collect();
    let collations = ["utf8mb4_bin", "utf8mb4_0900_ai_ci", "utf8mb4_general_ci"];
    agree(&collations, &texts, &arrays(&texts));
}

/// Bytes that are no UTF-8 come as binary strings.
#[test]
fn every_tier_answers_alike_for_malformed_texts() {
    let bytes: Vec<Option<Vec<u8>>> = rows()
        .into_iter()
        .enumerate()
        .map(|(row, text)| {
            let mut bytes = text?.as_bytes().to_vec();
            match row % 5 {
                0 => bytes.push(0xC3),
                1 => bytes.insert(0, 0xFF),
                2 => bytes.truncate(bytes.len().saturating_sub(1)),
                _ => {}
            }
            Some(bytes)
        })
        .collect();
    let all: BinaryArray = bytes.iter().map(|bytes| bytes.as_deref()).collect();
    let padded: BinaryArray = std::iter::once(Some(&b"\xE2\x82"[..]))
        .chain(bytes.iter().map(|bytes| bytes.as_deref()))
        .collect();
    let arrays: [ArrayRef; 2] = [Arc::new(all), Arc::new(padded.slice(1, bytes.len()))];
    agree(&["utf8mb4_bin", "utf8mb4_0900_ai_ci"], &[], &arrays);
}

/// Every array gives what tier 0 gives for the first, and each of `texts`, which are its rows, alone.
fn agree(collations: &[&str], texts: &[Option<&str>], arrays: &[ArrayRef]) {
    for collation in collations {
        let id = sqlift::Collation::by_name(collation).expect(collation).id();
        let schema = Schema::new([("s", SqlType::text(TypeKind::VarChar, 100, id))]);
        let session = Session {
            collation_connection: id,
            ..Session::default()
        };
        for question in QUESTIONS {
            let compile = |tier| {
                let engine = Engine::new().with_policy(TierPolicy::Only(tier));
                engine
                    .compile(question, &schema, &session)
                    .unwrap_or_else(|e| panic!("{question}: {e}"))
            };
            let reference = compile(Tier::Interp);
            let expected = reference
                .eval_batch(&batch(arrays[0].clone()), &mut reference.context())
                .expect("no error");
            let native = cfg!(feature = "jit").then_some(Tier::Native);
            for tier in [Tier::Vm].into_iter().chain(native) {
                let expression = compile(tier);
                for array in arrays {
                    let given = expression
                        .eval_batch(&batch(array.clone()), &mut expression.context())
                        .expect("no error");
                    assert_eq!(&given, &expected, "{collation}: {question} in {tier}");
                }
                for (row, text) in texts.iter().take(TEXTS.len()).enumerate() {
                    let cell = text.map_or(sqlift::Value::Null, sqlift::Value::from);
                    let one = batch(arrays[0].clone()).slice(row, 1);
                    let of_batch = expression
                        .eval_batch(&one, &mut expression.context())
                        .expect("no error");
                    assert_eq!(
                        &of_batch,
                        &expected.slice(row, 1),
                        "{collation}: {question} in {tier}, {text:?}"
                    );
                    let mut context = expression.context();
                    let mut again = reference.context();
                    assert_eq!(
                        expression
                            .eval_row(&[cell], &mut context)
                            .expect("no error"),
                        reference.eval_row(&[cell], &mut again).expect("no error"),
                        "{collation}: {question} in {tier}, {text:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn what_is_fused_is_one_call() {
    let schema = Schema::new([(
        "s",
        SqlType::text(TypeKind::VarChar, 100, CollationId::UTF8MB4_BIN),
    )]);
    let session = Session {
        collation_connection: CollationId::UTF8MB4_BIN,
        ..Session::default()
    };
    let program = |text: &str| {
        let expression = Engine::new()
            .compile(text, &schema, &session)
            .expect("compiles");
        expression
            .explain(sqlift::explain::Level::Program, None)
            .expect("a program")
    };
    for fused in [
        "UPPER(SUBSTR(s, 1, 5)) = 'PROMO'",
        "'promo' = LOWER(LEFT(s, 5))",
        "LEFT(s, 2) = 'ab'",
        "UPPER(s) = 'A'",
    ] {
        assert!(
            program(fused).contains("changed ="),
            "{fused}: {}",
            program(fused)
        );
    }
    // Not from the beginning, of no characters, other letters than the change leaves, other characters than ASCII, two columns.
    for other in [
        "SUBSTR(s, 2, 5) = 'PROMO'",
        "LEFT(s, 0) = ''",
        "UPPER(s) = 'a'",
        "UPPER(s) = 'Ä'",
        "LEFT(s, 2) = s",
        "s = 'a'",
    ] {
        assert!(
            !program(other).contains("changed ="),
            "{other}: {}",
            program(other)
        );
    }
}
