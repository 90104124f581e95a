//! What the first bytes of a text tell is what the rules say, whatever the collation, constant and text, well-formed or not.

use sqlift_collation::{Change, Charset, Collation, LikePattern, convert};

/// Texts around all boundaries: case, padding, characters that weigh nothing, lengths about the sixteen bytes that are looked at,
/// characters whose other case is ASCII, malformed bytes.
const TEXTS: &[&str] = &[
    "",
    " ",
    "   ",
    "a",
    "A",
    "b",
    "i",
    "I",
    "ı",
    "İ",
    "ſ",
    "s",
    "ss",
    "ß",
    "K",
    "k",
    "ab",
    "AB",
    "aB ",
    "ab\0",
    "a\u{1}b",
    "\u{7f}ab",
    "ab\u{301}",
    "a\u{301}b",
    "áb",
    "promo",
    "PROMO",
    "PrOmO",
    "promo ",
    "promo  x",
    "promo\t",
    "promo\u{1}",
    "promotion",
    "prom",
    "pro",
    "pröm",
    "prömo",
    "promö",
    "xpromo",
    "12345678",
    "123456789",
    "12345678 ",
    "abcdefghijklmno",
    "abcdefghijklmnop",
    "abcdefghijklmnopq",
    "ABCDEFGHIJKLMNOPQ",
    "abcdefghijklmnop ",
    "abcdefghijklmnop\0",
    "abcdefghijklmnopqrstuvwxyz",
    "abcdefghijklmnopqrstuvwxyZ",
    "ABCDEFGHIJKLMNOPé",
    "xyz",
    "axyz",
    "xyzxyz",
    "a xYz b",
    "@[`{",
    "@[`{~",
    "ch",
    "lj",
    "aa",
    "AA",
];

/// The common ones, those with rules of their own, and one in seven of the others.
fn collations() -> impl Iterator<Item = &'static Collation> {
    const ALWAYS: [&str; 12] = [
        "binary",
        "utf8mb4_bin",
        "utf8mb4_0900_bin",
        "utf8mb4_0900_ai_ci",
        "utf8mb4_0900_as_cs",
        "utf8mb4_general_ci",
        "utf8mb4_unicode_ci",
        "utf8mb4_turkish_ci",
        "utf8mb4_hu_0900_ai_ci",
        "latin1_swedish_ci",
        "utf16_bin",
        "sjis_bin",
    ];
    let wanted = |(i, c): &(usize, &'static Collation)| i % 7 == 0 || ALWAYS.contains(&c.name());
    Collation::all().enumerate().filter(wanted).map(|(_, c)| c)
}

fn encoded(charset: Charset, text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    convert(Charset::Utf8mb4, charset, text.as_bytes(), &mut out);
    out
}

fn texts(charset: Charset) -> Vec<Vec<u8>> {
    let mut all: Vec<Vec<u8>> = TEXTS.iter().map(|text| encoded(charset, text)).collect();
    all.extend([
        b"ab\xFF".to_vec(),
        b"\xC3ab".to_vec(),
        b"promo\xE2\x82".to_vec(),
        b"\x80".to_vec(),
    ]);
    all
}

#[test]
fn equality_with_a_constant() {
    let mut told = 0;
    for collation in collations() {
        let texts = texts(collation.charset());
        for constant in &texts {
            let Some(test) = collation.equal_test(constant) else {
                continue;
            };
            for text in &texts {
                if let Some(equal) = test.test(text) {
                    told += 1;
                    let name = collation.name();
                    assert_eq!(
                        equal,
                        collation.equal(text, constant),
                        "{name}: {text:?} = {constant:?}"
                    );
                }
            }
        }
    }
    assert!(told > 50_000, "{told}");
}

#[test]
fn equality_of_a_changed_beginning_with_a_constant() {
    let mut told = 0;
    for collation in collations() {
        let charset = collation.charset();
        let texts = texts(charset);
        for constant in &texts {
            for take in [None, Some(0), Some(2), Some(5), Some(16)] {
                for change in [None, Some(Change::Upper), Some(Change::Lower)] {
                    let Some(test) = collation.changed_test(constant, take, change) else {
                        continue;
                    };
                    for text in &texts {
                        let Some(equal) = test.test(text) else {
                            continue;
                        };
                        let end = take.map_or(text.len(), |take| charset.byte_index(text, take));
                        let mut changed = Vec::new();
                        match change {
                            Some(Change::Upper) => collation.upper(&text[..end], &mut changed),
                            Some(Change::Lower) => collation.lower(&text[..end], &mut changed),
                            None => changed.extend_from_slice(&text[..end]),
                        }
                        told += 1;
                        let name = collation.name();
                        assert_eq!(
                            equal,
                            collation.equal(&changed, constant),
                            "{name}: {take:?} {change:?} of {text:?} = {constant:?}"
                        );
                    }
                }
            }
        }
    }
    assert!(told > 50_000, "{told}");
}

#[test]
fn patterns_with_one_wildcard() {
    let mut told = 0;
    for collation in collations() {
        let charset = collation.charset();
        let texts = texts(charset);
        let percent = encoded(charset, "%");
        for constant in &texts {
            for (before, behind) in [("", ""), ("", "%"), ("%", "%"), ("%", "")] {
                let part = |wildcard: &str| {
                    if wildcard.is_empty() {
                        &[]
                    } else {
                        &percent[..]
                    }
                };
                let pattern = [part(before), constant, part(behind)].concat();
                let prepared = LikePattern::new(collation, &pattern, Some('\\'));
                for text in &texts {
                    told += u32::from(
                        prepared
                            .head_test()
                            .is_some_and(|test| test.test(text).is_some()),
                    );
                    let name = collation.name();
                    assert_eq!(
                        prepared.matches(text),
                        collation.like(text, &pattern, Some('\\')),
                        "{name}: {text:?} LIKE {pattern:?}"
                    );
                }
            }
        }
    }
    assert!(told > 50_000, "{told}");
}

/// Texts one behind the other are told what each alone is.
#[test]
fn all_rows_at_once() {
    for name in [
        "utf8mb4_bin",
        "utf8mb4_0900_ai_ci",
        "utf8mb4_0900_bin",
        "latin1_swedish_ci",
    ] {
        let collation = Collation::by_name(name).expect(name);
        let texts = texts(collation.charset());
        let bytes = texts.concat();
        let mut offsets = vec![0];
        for text in &texts {
            offsets.push(offsets[offsets.len() - 1] + text.len() as u32);
        }
        for constant in &texts {
            let Some(test) = collation.equal_test(constant) else {
                continue;
            };
            let (mut hits, mut unsure) = (vec![false; texts.len()], vec![false; texts.len()]);
            let any = test.test_all(
                [&offsets[..texts.len()], &offsets[1..]],
                &bytes,
                &mut hits,
                &mut unsure,
            );
            assert_eq!(any, unsure.contains(&true));
            for (row, text) in texts.iter().enumerate() {
                let told = (!unsure[row]).then_some(hits[row]);
                // All rows are looked at to the length of the constant, a single one always to sixteen bytes.
                if let (Some(told), Some(alone)) = (told, test.test(text)) {
                    assert_eq!(told, alone, "{name}: {text:?} = {constant:?}");
                }
            }
        }
    }
}

/// Where all texts are printable ASCII nothing raises a doubt, and what is told is what the collation says.
#[test]
fn all_printable_rows_at_once() {
    for name in [
        "utf8mb4_bin",
        "utf8mb4_0900_ai_ci",
        "utf8mb4_0900_as_cs",
        "utf8mb4_general_ci",
        "latin1_swedish_ci",
    ] {
        let collation = Collation::by_name(name).expect(name);
        let mut texts = texts(collation.charset());
        texts.retain(|text| text.iter().all(|byte| matches!(byte, b' '..=b'~')));
        let bytes = texts.concat();
        let mut offsets = vec![0];
        for text in &texts {
            offsets.push(offsets[offsets.len() - 1] + text.len() as u32);
        }
        let bounds = [&offsets[..texts.len()], &offsets[1..]];
        let mut told = 0;
        for constant in &texts {
            for take in [None, Some(1), Some(5), Some(9)] {
                let Some(test) = collation.changed_test(constant, take, None) else {
                    continue;
                };
                let (mut hits, mut unsure) = (vec![false; texts.len()], vec![false; texts.len()]);
                let printable = test.of_printable();
                let any = printable.test_all(bounds, &bytes, &mut hits, &mut unsure);
                assert!(any || !unsure.contains(&true));
                for (row, text) in texts.iter().enumerate().filter(|(row, _)| !unsure[*row]) {
                    let head = &text[..text.len().min(take.unwrap_or(usize::MAX))];
                    let equal = collation.equal(head, constant);
                    assert_eq!(
                        hits[row], equal,
                        "{name}: {head:?} = {constant:?}, {take:?}"
                    );
                    told += 1;
                }
            }
        }
        assert!(told > 1_000, "{name}: {told}");
    }
}
