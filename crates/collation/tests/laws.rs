//! What holds for every collation and every string, well-formed or not.

use sqlift_collation::{Charset, Collation, LikePattern, convert};
use std::cmp::Ordering;
use std::collections::hash_map::DefaultHasher;
use std::hash::Hasher;

/// A small generator of random numbers: the same ones in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % end
    }

    /// A short string: characters of many scripts in the set, or bytes of any kind.
    fn string(&mut self, charset: Charset) -> Vec<u8> {
        const TEXT: &str = "aAbBcChHzZ  \t\0%_\\ßäÄéıİǅſΩωшШあアーゞゞ日本한국각ﬁ①😀𝐀\u{301}\u{307}\u{300}\u{200B}\u{1}\u{E000}\u{10FFFF}";
        let length = self.below(9);
        if self.below(3) == 0 {
            return (0..length).map(|_| self.below(256) as u8).collect();
        }
        let characters: Vec<char> = TEXT.chars().collect();
        let text: String = (0..length)
            .map(|_| characters[self.below(characters.len())])
            .collect();
        let mut out = Vec::new();
        convert(Charset::Utf8mb4, charset, text.as_bytes(), &mut out);
        out
    }
}

fn key(collation: &Collation, bytes: &[u8]) -> Vec<u8> {
    let mut key = Vec::new();
    collation.sort_key(bytes, &mut key);
    key
}

fn hash(collation: &Collation, bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    collation.hash(bytes, &mut hasher);
    hasher.finish()
}

/// The one place where the order is not that of the keys: MySQL compares level by level, and a unit of zero on the
/// first level of Lithuanian strings looks like the end of the level in a key.
fn has_zero_units(collation: &Collation, strings: [&[u8]; 2]) -> bool {
    collation.name().contains("_lt_0900_")
        && strings
            .iter()
            .any(|bytes| bytes.windows(2).any(|pair| pair == "\u{307}".as_bytes()))
}

#[test]
fn order_equality_keys_and_hashes_agree() {
    let mut random = Random(7);
    for collation in Collation::all() {
        for _ in 0..300 {
            let (a, b) = (
                random.string(collation.charset()),
                random.string(collation.charset()),
            );
            let order = collation.compare(&a, &b);
            let context = || format!("{} {a:X?} {b:X?}", collation.name());
            assert_eq!(collation.compare(&b, &a), order.reverse(), "{}", context());
            assert_eq!(collation.compare(&a, &a), Ordering::Equal, "{}", context());
            assert_eq!(collation.equal(&a, &b), order.is_eq(), "{}", context());
            if order.is_eq() {
                assert_eq!(hash(collation, &a), hash(collation, &b), "{}", context());
            }
            if !has_zero_units(collation, [&a, &b]) {
                assert_eq!(
                    key(collation, &a).cmp(&key(collation, &b)),
                    order,
                    "{}",
                    context()
                );
            }
        }
    }
}

/// A contraction behind a common beginning may stand in either string.
#[test]
fn contractions_count_on_both_sides() {
    for (name, a, b) in [
        ("utf8mb4_sk_0900_ai_ci", "cH]", "c\u{ECCD}"),
        ("utf8mb4_sk_0900_ai_ci", "xch", "xc각A"),
        ("utf8mb4_danish_ci", "bag", "baa😀"),
    ] {
        let collation = Collation::by_name(name).unwrap();
        let (a, b) = (a.as_bytes(), b.as_bytes());
        let order = collation.compare(a, b);
        assert_eq!(collation.compare(b, a), order.reverse(), "{name}");
        assert_eq!(key(collation, a).cmp(&key(collation, b)), order, "{name}");
    }
}

#[test]
fn hostile_strings_are_survived() {
    let mut random = Random(11);
    for collation in Collation::all() {
        for _ in 0..100 {
            let (a, b) = (
                random.string(collation.charset()),
                random.string(collation.charset()),
            );
            let mut out = Vec::new();
            collation.weight_string(&a, &mut out);
            collation.upper(&a, &mut out);
            collation.lower(&a, &mut out);
            let once = collation.like(&a, &b, Some('\\'));
            let context = || format!("{} {a:X?} LIKE {b:X?}", collation.name());
            assert_eq!(
                LikePattern::new(collation, &b, Some('\\')).matches(&a),
                once,
                "{}",
                context()
            );
            for start in 0..=a.len() + 1 {
                let found = collation.find(&a, &b, start);
                assert!(
                    found.is_none_or(|at| (start..=a.len()).contains(&at)),
                    "{}",
                    context()
                );
            }
        }
    }
    for charset in Charset::all() {
        for _ in 0..200 {
            let a = random.string(charset);
            let characters: Vec<&[u8]> = charset.chars(&a).collect();
            assert_eq!(characters.concat(), a, "{charset:?} {a:X?}");
            assert_eq!(
                characters.len(),
                charset.char_count(&a),
                "{charset:?} {a:X?}"
            );
            let good = charset.well_formed_len(&a);
            assert!(charset.is_well_formed(&a[..good]), "{charset:?} {a:X?}");
            let mut out = Vec::new();
            convert(charset, Charset::Utf8mb4, &a, &mut out);
            assert!(
                charset == Charset::Binary
                    || std::str::from_utf8(&out).is_ok()
                    || charset == Charset::Utf8mb4
                    || charset == Charset::Utf8mb3
                    || charset == Charset::Ucs2,
                "{charset:?} {a:X?}"
            );
        }
    }
}

#[test]
fn order_is_transitive() {
    let mut random = Random(13);
    for collation in Collation::all() {
        let mut strings: Vec<Vec<u8>> = (0..24)
            .map(|_| random.string(collation.charset()))
            .collect();
        strings.sort_by(|a, b| collation.compare(a, b));
        for pair in strings.windows(2) {
            assert!(
                collation.compare(&pair[0], &pair[1]).is_le(),
                "{} {pair:X?}",
                collation.name()
            );
        }
        for (at, a) in strings.iter().enumerate() {
            for b in &strings[at..] {
                assert!(
                    collation.compare(a, b).is_le(),
                    "{} {a:X?} {b:X?}",
                    collation.name()
                );
            }
        }
    }
}

#[test]
fn long_strings() {
    for name in [
        "utf8mb4_0900_as_cs",
        "utf8mb4_hu_0900_ai_ci",
        "utf8mb4_unicode_ci",
        "latin2_czech_cs",
        "tis620_thai_ci",
    ] {
        let collation = Collation::by_name(name).expect(name);
        let (a, b) = (vec![b'a'; 100_000], vec![b'A'; 100_000]);
        assert_eq!(
            collation.compare(&a, &b).is_eq(),
            !name.ends_with("_cs"),
            "{name}"
        );
        assert!(collation.like(&a, b"%a", None), "{name}");
        let spaces = [&a[..], &vec![b' '; 70_000][..]].concat();
        let padded = collation.pad() == sqlift_collation::Pad::PadSpace;
        assert_eq!(
            key(collation, &spaces) == key(collation, &a),
            padded,
            "{name}"
        );
    }
}
