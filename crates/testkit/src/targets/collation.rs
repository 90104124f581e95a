//! Collations against laws that hold for all of them, and `utf8mb4_0900_ai_ci`, `_as_ci`, `_as_cs` against the naive algorithm.

use std::cmp::Ordering;
use std::collections::hash_map::DefaultHasher;
use std::hash::Hasher as _;
use std::sync::LazyLock;

use sqlift_collation::{Charset, Collation, LikePattern, Pad, convert};

use super::TargetHits;
use crate::generate::Random;
use crate::naive::uca;

/// Everything that a run has to reach.
pub(super) fn subjects() -> Vec<&'static str> {
    vec![
        "order",
        "equal strings",
        "sort key",
        "hash",
        "padding",
        "LIKE itself",
        "LIKE prefix",
        "LIKE count",
        "find",
        "case",
        "UCA order",
        "UCA weights",
    ]
}

static ALL: LazyLock<Vec<&'static Collation>> = LazyLock::new(|| Collation::all().collect());

/// The three collations of the table itself, with their levels.
static PLAIN: LazyLock<Vec<(&'static Collation, usize)>> = LazyLock::new(|| {
    let names = [
        ("utf8mb4_0900_ai_ci", 1),
        ("utf8mb4_0900_as_ci", 2),
        ("utf8mb4_0900_as_cs", 3),
    ];
    names
        .into_iter()
        .filter_map(|(name, levels)| Some((Collation::by_name(name)?, levels)))
        .collect()
});

pub(super) fn check(random: &mut Random, hits: &mut TargetHits) -> Result<(), String> {
    if random.chance(1, 3) {
        let (collation, levels) = PLAIN[random.below(PLAIN.len())];
        return against_table(random, collation, levels, hits);
    }
    let collation = ALL[random.below(ALL.len())];
    let strings = [
        string(random, collation),
        string(random, collation),
        string(random, collation),
    ];
    let strings = match random.below(3) {
        // Strings that begin alike, or differ at their ends alone.
        0 => {
            let [a, b, c] = strings;
            [[&a[..], &b].concat(), [&a[..], &c].concat(), a]
        }
        _ => strings,
    };
    orders(collation, &strings, hits)?;
    patterns(random, collation, &strings, hits)
}

/// Characters that collations treat in ways of their own.
const CHARACTERS: &str = "aAbBcChHzZsS019  \t_%\\'-ßäÄéÉıİǅſΩωшШあアーゞ日本한국각ﬁ①ǆ😀𝐀\u{301}\u{308}\u{30A}\u{200B}\u{1}\u{E000}\u{FFFD}\u{10FFFF}";

fn characters(random: &mut Random) -> String {
    static LIST: LazyLock<Vec<char>> = LazyLock::new(|| CHARACTERS.chars().collect());
    let any = |random: &mut Random| match random.below(8) {
        0 => char::from_u32(random.below(0x11_0000) as u32).unwrap_or('a'),
        1 => uca::characters()[random.below(uca::characters().len())],
        2 => char::from(random.below(128) as u8),
        _ => LIST[random.below(LIST.len())],
    };
    (0..random.below(7)).map(|_| any(random)).collect()
}

/// A well-formed string of the collation's character set.
fn string(random: &mut Random, collation: &Collation) -> Vec<u8> {
    encoded(collation, &characters(random))
}

fn encoded(collation: &Collation, text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    convert(
        Charset::Utf8mb4,
        collation.charset(),
        text.as_bytes(),
        &mut bytes,
    );
    bytes
}

fn wrong(law: &str, collation: &Collation, strings: &[&[u8]]) -> Result<(), String> {
    let strings: Vec<String> = strings
        .iter()
        .map(|bytes| bytes.escape_ascii().to_string())
        .collect();
    Err(format!("{law}: {} of {strings:?}", collation.name()))
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

/// MySQL compares level by level, and a unit of zero on the first level of Lithuanian strings looks like the end of the level in a key.
fn has_zero_units(collation: &Collation, strings: &[&[u8]]) -> bool {
    let dot = "\u{307}".as_bytes();
    collation.name().contains("_lt_0900_")
        && strings
            .iter()
            .any(|bytes| bytes.windows(2).any(|pair| pair == dot))
}

fn orders(
    collation: &Collation,
    strings: &[Vec<u8>; 3],
    hits: &mut TargetHits,
) -> Result<(), String> {
    let [a, b, c] = strings;
    let order = |a: &[u8], b: &[u8]| collation.compare(a, b);
    hits.count("order");
    if order(a, b) != order(b, a).reverse() || order(a, a).is_ne() {
        return wrong("an order has two sides", collation, &[a, b]);
    }
    let mut sorted: Vec<&Vec<u8>> = strings.iter().collect();
    sorted.sort_by(|a, b| order(a, b));
    if order(sorted[0], sorted[2]) == Ordering::Greater {
        return wrong("an order is transitive", collation, &[a, b, c]);
    }
    for (a, b) in [(a, b), (b, c), (a, c)] {
        let order = order(a, b);
        if collation.equal(a, b) != order.is_eq() {
            return wrong("equal is what no order tells apart", collation, &[a, b]);
        }
        if !has_zero_units(collation, &[a, b]) {
            hits.count("sort key");
            if key(collation, a).cmp(&key(collation, b)) != order {
                return wrong("keys sort as strings do", collation, &[a, b]);
            }
        }
        if order.is_eq() {
            hits.count("hash");
            if a != b {
                hits.count("equal strings");
            }
            if hash(collation, a) != hash(collation, b) {
                return wrong("equal strings have equal hashes", collation, &[a, b]);
            }
        }
    }
    // Spaces at the end count only where the collation does not pad.
    let padded = [&a[..], &encoded(collation, "  ")].concat();
    hits.count("padding");
    if (collation.pad() == Pad::PadSpace) != order(a, &padded).is_eq() {
        return wrong("padding", collation, &[a, &padded]);
    }
    Ok(())
}

/// A character that every character set has.
const ESCAPE: char = '!';

/// A text as a pattern for itself: its wildcards and escapes escaped.
fn escaped(collation: &Collation, bytes: &[u8]) -> Vec<u8> {
    let specials: Vec<Vec<u8>> = ["%", "_", "!"]
        .iter()
        .map(|c| encoded(collation, c))
        .collect();
    let mut pattern = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let length = collation.charset().char_len(rest).clamp(1, rest.len());
        let (character, behind) = rest.split_at(length);
        if specials.iter().any(|special| special == character) {
            pattern.extend(&specials[2]);
        }
        pattern.extend(character);
        rest = behind;
    }
    pattern
}

fn patterns(
    random: &mut Random,
    collation: &'static Collation,
    strings: &[Vec<u8>; 3],
    hits: &mut TargetHits,
) -> Result<(), String> {
    let [a, b, _] = strings;
    let charset = collation.charset();
    let like = |text: &[u8], pattern: &[u8]| -> Result<bool, String> {
        let once = collation.like(text, pattern, Some(ESCAPE));
        if LikePattern::new(collation, pattern, Some(ESCAPE)).matches(text) != once {
            wrong(
                "a prepared pattern is a pattern",
                collation,
                &[text, pattern],
            )?;
        }
        Ok(once)
    };
    hits.count("LIKE itself");
    if !like(a, &escaped(collation, a))? {
        return wrong("a text is LIKE itself", collation, &[a]);
    }
    let joined = [&a[..], b].concat();
    // Joined bytes may join to other characters in some character sets.
    let count = charset.char_count(&joined);
    let is_joint = count == charset.char_count(a) + charset.char_count(b)
        && charset.byte_index(&joined, charset.char_count(a)) == a.len();
    if is_joint {
        let any = encoded(collation, "%");
        hits.count("LIKE prefix");
        if !like(&joined, &[&escaped(collation, a)[..], &any].concat())? {
            return wrong("a text is LIKE its prefix", collation, &[a, b]);
        }
        if !like(&joined, &[&any[..], &escaped(collation, b)].concat())? {
            return wrong("a text is LIKE its suffix", collation, &[a, b]);
        }
        hits.count("find");
        let found = collation.find(&joined, b, 0);
        if found.is_none_or(|at| at > a.len()) {
            return wrong("a suffix is found", collation, &[a, b]);
        }
    }
    let one = encoded(collation, "_");
    let more = random.below(2);
    hits.count("LIKE count");
    if like(a, &one.repeat(charset.char_count(a) + more))? != (more == 0) {
        return wrong("an underscore is a character", collation, &[a]);
    }
    hits.count("case");
    let changed = |upper: bool, bytes: &[u8]| {
        let mut out = Vec::new();
        if upper {
            collation.upper(bytes, &mut out)
        } else {
            collation.lower(bytes, &mut out)
        }
        out
    };
    // MySQL: the upper case of x in keybcs2 is h.
    if charset != Charset::Keybcs2 && charset.is_ascii_compatible() && a.is_ascii() {
        let (upper, lower) = (changed(true, a), changed(false, a));
        if changed(true, &upper) != upper || changed(true, &lower) != upper {
            return wrong("upper case stays", collation, &[a, &upper]);
        }
    }
    Ok(())
}

fn against_table(
    random: &mut Random,
    collation: &Collation,
    levels: usize,
    hits: &mut TargetHits,
) -> Result<(), String> {
    let mut texts = [characters(random), characters(random)];
    if random.chance(1, 2) {
        // The same letters in another case, or with a mark.
        texts[1] = texts[0].chars().rev().collect::<String>();
        texts[1] = texts[1]
            .chars()
            .rev()
            .map(|c| match random.below(4) {
                0 => c.to_uppercase().next().unwrap_or(c),
                1 => c.to_lowercase().next().unwrap_or(c),
                _ => c,
            })
            .collect();
    }
    for text in &mut texts {
        // The last syllables have a tertiary weight that no table tells.
        text.retain(|c| levels < 3 || !('\u{D700}'..='\u{D7A3}').contains(&c));
    }
    let [a, b] = &texts;
    let expected = uca::key(a, levels).cmp(&uca::key(b, levels));
    hits.count("UCA order");
    if collation.compare(a.as_bytes(), b.as_bytes()) != expected {
        return wrong(
            &format!("the table says {expected:?}"),
            collation,
            &[a.as_bytes(), b.as_bytes()],
        );
    }
    let mut weights = Vec::new();
    collation.weight_string(a.as_bytes(), &mut weights);
    let naive: Vec<u8> = uca::key(a, levels)
        .iter()
        .flat_map(|weight| weight.to_be_bytes())
        .collect();
    hits.count("UCA weights");
    if weights != naive {
        let law = format!(
            "weights {}, by the table {}",
            weights.escape_ascii(),
            naive.escape_ascii()
        );
        return wrong(&law, collation, &[a.as_bytes()]);
    }
    Ok(())
}
