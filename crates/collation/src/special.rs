//! Collations that look at a string several times: Thai and the two old Czech ones, and `gb18030_unicode_520_ci`.

use crate::bytes_rules;
use crate::charset::Charset;
use crate::collation::{Collation, CollationId};
use crate::convert::convert;
use crate::key::PaddedKey;
use crate::rules::Special;
use std::cmp::Ordering;

/// The byte that fills up Thai strings.
const SPACE: u8 = b' ';

/// The collation whose weights those of `gb18030_unicode_520_ci` are, and the string in its character set.
fn as_unicode(bytes: &[u8]) -> (&'static Collation, Vec<u8>) {
    let mut text = Vec::new();
    convert(Charset::Gb18030, Charset::Utf8mb4, bytes, &mut text);
    let collation = CollationId::UTF8MB4_UNICODE_520_CI
        .get()
        .expect("a known collation");
    (collation, text)
}

/// Order of two strings.
pub(crate) fn compare(special: Special, a: &[u8], b: &[u8]) -> Ordering {
    match special {
        Special::Gb18030Unicode => {
            let ((collation, a), (_, b)) = (as_unicode(a), as_unicode(b));
            collation.compare(&a, &b)
        }
        Special::Thai => bytes_rules::compare(&thai(a), &thai(b), Some(SPACE)),
        Special::Cp1250Czech | Special::Latin2Czech => {
            let (mut x, mut y) = (Vec::new(), Vec::new());
            sort_key(special, a, &mut x);
            sort_key(special, b, &mut y);
            x.cmp(&y)
        }
    }
}

/// Appends a key.
pub(crate) fn sort_key(special: Special, bytes: &[u8], out: &mut Vec<u8>) {
    match special {
        Special::Gb18030Unicode => {
            let (collation, text) = as_unicode(bytes);
            collation.sort_key(&text, out);
        }
        Special::Thai => {
            let mut key = PaddedKey::new(out, 1, u32::from(SPACE));
            thai(bytes)
                .iter()
                .for_each(|byte| key.push(u32::from(*byte)));
            key.finish();
        }
        Special::Cp1250Czech => cp1250_czech(bytes_rules::trimmed(bytes, Some(SPACE)), out),
        Special::Latin2Czech => latin2_czech(bytes, out),
    }
}

/// Appends `WEIGHT_STRING(s)`.
pub(crate) fn weight_string(special: Special, bytes: &[u8], out: &mut Vec<u8>) {
    match special {
        Special::Gb18030Unicode => {
            let (collation, text) = as_unicode(bytes);
            collation.weight_string(&text, out);
        }
        Special::Thai => out.extend(thai(bytes)),
        Special::Cp1250Czech => cp1250_czech(bytes, out),
        Special::Latin2Czech => latin2_czech(bytes, out),
    }
}

/// Whether two bytes are alike for `LIKE` and `LOCATE`.
pub(crate) fn same_byte(special: Special, a: u8, b: u8) -> bool {
    match special {
        Special::Thai => a.eq_ignore_ascii_case(&b),
        Special::Cp1250Czech => cp1250(a) == cp1250(b),
        Special::Latin2Czech => latin2(a) == latin2(b),
        Special::Gb18030Unicode => a == b,
    }
}

static WEIGHTS: &[u8] = include_bytes!("../data/weights-special.bin");

/// The two weights of a byte.
fn cp1250(byte: u8) -> [u8; 2] {
    let at = 2 * usize::from(byte);
    [WEIGHTS[at], WEIGHTS[at + 1]]
}

/// The four weights of a byte; 0 is none.
fn latin2(byte: u8) -> [u8; 4] {
    let at = 512 + 4 * usize::from(byte);
    [
        WEIGHTS[at],
        WEIGHTS[at + 1],
        WEIGHTS[at + 2],
        WEIGHTS[at + 3],
    ]
}

fn is_consonant(byte: u8) -> bool {
    matches!(byte, 0xA1..=0xCE)
}

/// The weights of a Thai string: leading vowels change places with their consonants, tone marks go to the end.
fn thai(bytes: &[u8]) -> Vec<u8> {
    let end = bytes
        .iter()
        .position(|byte| *byte == 0)
        .unwrap_or(bytes.len());
    let mut text = bytes[..end].to_vec();
    let mut bias = 248u8;
    let mut at = 0;
    let mut rest = text.len();
    while rest > 0 {
        match text[at] {
            byte @ 0..0x80 => {
                bias = bias.wrapping_sub(8);
                text[at] = byte.to_ascii_lowercase();
            }
            byte if is_consonant(byte) => bias = bias.wrapping_sub(8),
            0xE0..=0xE4 if rest > 1 && is_consonant(text[at + 1]) => {
                text.swap(at, at + 1);
                at += 2;
                rest -= 2;
                continue;
            }
            mark @ 0xE7..=0xEC => {
                // MySQL: the mark is taken out and written over the last byte, also if that is a mark already.
                text.copy_within(at + 1..at + rest, at);
                let order = if mark == 0xEC { 1 } else { mark - 0xE5 };
                if let Some(last) = text.last_mut() {
                    *last = bias.wrapping_add(order);
                }
                rest -= 1;
                continue;
            }
            _ => {}
        }
        at += 1;
        rest -= 1;
    }
    text.resize(bytes.len(), SPACE);
    text
}

/// First all first weights, then all second ones; `ch` is a letter.
fn cp1250_czech(bytes: &[u8], out: &mut Vec<u8>) {
    let mut second = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let [byte, ref tail @ ..] = *rest {
        let (weights, len) = match (byte, tail.first()) {
            (b'c', Some(b'h')) => ([0xAD, 3], 2),
            (b'C', Some(b'H')) => ([0xAD, 1], 2),
            (b'C', Some(b'h')) => ([0xAD, 2], 2),
            _ => (cp1250(byte), 1),
        };
        out.push(weights[0]);
        second.push(weights[1]);
        rest = &rest[len..];
    }
    out.extend(second);
}

/// Ends a level of the last word.
const LAST: u8 = 1;
/// Ends a level of another word.
const MORE: u8 = 2;

/// Four levels: letters and accents of word after word, then case of all words, then everything with the gaps.
fn latin2_czech(bytes: &[u8], out: &mut Vec<u8>) {
    let is_gap = |byte: &u8| matches!(byte, b' ' | b'\t');
    let end = bytes
        .iter()
        .rposition(|byte| !is_gap(byte))
        .map_or(0, |last| last + 1);
    let mut rest = &bytes[..end];
    let (mut third, mut fourth) = (Vec::new(), Vec::new());
    loop {
        let word_end = rest.iter().position(is_gap).unwrap_or(rest.len());
        let (mut word, tail) = rest.split_at(word_end);
        let gap = tail
            .iter()
            .position(|byte| !is_gap(byte))
            .unwrap_or(tail.len());
        let is_last = gap == 0;
        let mut levels: [Vec<u8>; 4] = Default::default();
        while let [byte, ref after @ ..] = *word {
            let (weights, len) = match (byte, after.first()) {
                (b'c', Some(b'h')) => ([0x0C, 0x19, 0x2F, 0x2F], 2),
                (b'C', Some(b'h')) => ([0x0C, 0x19, 0x30, 0x30], 2),
                (b'C', Some(b'H')) => ([0x0C, 0x19, 0x31, 0x31], 2),
                _ => (latin2(byte), 1),
            };
            for (level, weight) in levels.iter_mut().zip(weights) {
                level.extend((weight != 0).then_some(weight));
            }
            word = &word[len..];
        }
        let end = if is_last { LAST } else { MORE };
        for level in &levels[..2] {
            out.extend_from_slice(level);
            out.push(end);
        }
        third.extend_from_slice(&levels[2]);
        third.push(end);
        fourth.extend_from_slice(&levels[3]);
        fourth.extend(std::iter::repeat_n(MORE, gap));
        rest = &tail[gap..];
        if is_last {
            break;
        }
    }
    out.extend(third);
    out.extend(fourth);
    out.push(0);
}
