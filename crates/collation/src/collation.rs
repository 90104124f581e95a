//! Collations: what they are called and what they do.

use crate::case::{Case, Change};
use crate::charset::{Charset, with_multibyte, with_unicode};
use crate::convert::convert;
use crate::gb18030::Chinese;
use crate::multibyte::Multi;
use crate::registry_table::COLLATIONS;
use crate::rules::{Rules, Simple};
use crate::uca_compare::Pieces;
use crate::weigh::{Weigh, with_weigh};
use crate::{bytes_rules, special, uca, uca_compare, weigh};
use std::cmp::Ordering;
use std::fmt;
use std::hash::Hasher;
use std::sync::OnceLock;

/// The number MySQL gives a collation; also in the column descriptions of its protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CollationId(pub u16);

impl CollationId {
    /// `binary`: bytes without a character set.
    pub const BINARY: CollationId = CollationId(63);
    /// `utf8mb4_0900_ai_ci`, the default of MySQL since 8.0.
    pub const UTF8MB4_0900_AI_CI: CollationId = CollationId(255);
    /// `utf8mb4_0900_as_ci`.
    pub const UTF8MB4_0900_AS_CI: CollationId = CollationId(305);
    /// `utf8mb4_0900_as_cs`.
    pub const UTF8MB4_0900_AS_CS: CollationId = CollationId(278);
    /// `utf8mb4_0900_bin`.
    pub const UTF8MB4_0900_BIN: CollationId = CollationId(309);
    /// `utf8mb4_bin`.
    pub const UTF8MB4_BIN: CollationId = CollationId(46);
    /// `utf8mb4_general_ci`.
    pub const UTF8MB4_GENERAL_CI: CollationId = CollationId(45);
    /// `utf8mb4_unicode_ci`.
    pub const UTF8MB4_UNICODE_CI: CollationId = CollationId(224);
    /// `utf8mb4_unicode_520_ci`.
    pub const UTF8MB4_UNICODE_520_CI: CollationId = CollationId(246);
    /// `utf8mb3_general_ci`.
    pub const UTF8MB3_GENERAL_CI: CollationId = CollationId(33);
    /// `utf8mb3_bin`.
    pub const UTF8MB3_BIN: CollationId = CollationId(83);
    /// `latin1_swedish_ci`.
    pub const LATIN1_SWEDISH_CI: CollationId = CollationId(8);
    /// `latin1_bin`.
    pub const LATIN1_BIN: CollationId = CollationId(47);
    /// `ascii_general_ci`.
    pub const ASCII_GENERAL_CI: CollationId = CollationId(11);
    /// `ascii_bin`.
    pub const ASCII_BIN: CollationId = CollationId(65);

    /// The collation of this number.
    pub fn get(self) -> Option<&'static Collation> {
        let place = *PLACES.get(usize::from(self.0))?;
        COLLATIONS.get(usize::from(place))
    }
}

impl fmt::Display for CollationId {
    /// The name, or the number of what is not a collation.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.get() {
            Some(collation) => f.write_str(collation.name),
            None => write!(f, "#{}", self.0),
        }
    }
}

/// One more than the greatest collation number.
const IDS: usize = COLLATIONS[COLLATIONS.len() - 1].id.0 as usize + 1;

/// Where each number stands in the table.
static PLACES: [u16; IDS] = {
    let mut places = [u16::MAX; IDS];
    let mut at = 0;
    while at < COLLATIONS.len() {
        places[COLLATIONS[at].id.0 as usize] = at as u16;
        at += 1;
    }
    places
};

/// Whether trailing spaces count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pad {
    /// The shorter string compares as if it were filled up with spaces.
    PadSpace,
    /// Every character counts.
    NoPad,
}

/// How ASCII strings compare; see [`Collation::ascii_equality`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AsciiEquality {
    /// Byte for byte.
    Bytes,
    /// Byte for byte, but for the case of letters.
    IgnoreCase,
}

/// What is known of the ASCII characters of a collation.
pub(crate) struct AsciiRules {
    equality: Option<AsciiEquality>,
    /// Whether upper case is what ASCII says.
    pub(crate) plain_upper: bool,
    /// The same of lower case.
    pub(crate) plain_lower: bool,
}

/// A collation: an order of the strings of one character set.
#[derive(Debug)]
pub struct Collation {
    id: CollationId,
    name: &'static str,
    charset: Charset,
    is_default: bool,
    pad: Pad,
    sort_len: u8,
    pub(crate) rules: Rules,
    pub(crate) case: Case,
}

impl PartialEq for Collation {
    fn eq(&self, other: &Collation) -> bool {
        self.id == other.id
    }
}

impl Eq for Collation {}

impl Collation {
    #[allow(clippy::too_many_arguments)] // Rows of a generated table.
    pub(crate) const fn new(
        id: u16,
        name: &'static str,
        charset: Charset,
        is_default: bool,
        pad: Pad,
        sort_len: u8,
        rules: Rules,
        case: Case,
    ) -> Collation {
        Collation {
            id: CollationId(id),
            name,
            charset,
            is_default,
            pad,
            sort_len,
            rules,
            case,
        }
    }

    /// All collations, by number.
    pub fn all() -> impl ExactSizeIterator<Item = &'static Collation> {
        COLLATIONS.iter()
    }

    /// The collation of a number.
    pub fn by_id(id: CollationId) -> Option<&'static Collation> {
        id.get()
    }

    /// The collation of a name, in any case. `utf8_...` means `utf8mb3_...`.
    pub fn by_name(name: &str) -> Option<&'static Collation> {
        let found = COLLATIONS
            .iter()
            .find(|collation| collation.name.eq_ignore_ascii_case(name));
        if found.is_some() {
            return found;
        }
        let rest = name
            .get(..5)
            .filter(|start| start.eq_ignore_ascii_case("utf8_"))
            .map(|_| &name[5..])?;
        COLLATIONS.iter().find(|collation| {
            collation
                .name
                .strip_prefix("utf8mb3_")
                .is_some_and(|own| own.eq_ignore_ascii_case(rest))
        })
    }

    /// The number.
    pub fn id(&self) -> CollationId {
        self.id
    }

    /// The name as MySQL writes it.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Whose strings it orders.
    pub fn charset(&self) -> Charset {
        self.charset
    }

    /// Whether it is the one that is meant when only its character set is named.
    pub fn is_default(&self) -> bool {
        self.is_default
    }

    /// Whether trailing spaces count.
    pub fn pad(&self) -> Pad {
        self.pad
    }

    /// `SORTLEN` of `SHOW COLLATION`.
    pub fn sort_len(&self) -> usize {
        usize::from(self.sort_len)
    }

    /// Whether it is `binary`: bytes, not characters.
    pub fn is_binary(&self) -> bool {
        self.id == CollationId::BINARY
    }

    /// Whether it is a `_bin` collation (or `binary`): strings are equal only if their bytes are, but for padding.
    pub fn is_bin(&self) -> bool {
        self.is_binary() || self.name.ends_with("_bin")
    }

    /// Whether strings compare equal exactly when their bytes are equal, and in their order.
    pub fn is_memcmp(&self) -> bool {
        self.rules == Rules::Bytes && self.pad == Pad::NoPad
    }

    /// Appends what MySQL's `WEIGHT_STRING(s AS CHAR(n))` gives: the weight of the first `n` characters, and in `PAD
    /// SPACE` collations that of a space for every character that is missing. The caller bounds `n`.
    pub fn weight_string_of_chars(&self, bytes: &[u8], n: usize, out: &mut Vec<u8>) {
        let part = &bytes[..self.charset.byte_index(bytes, n)];
        self.weight_string(part, out);
        if self.pad == Pad::NoPad {
            return;
        }
        let mut space = vec![b' '];
        if self.charset.is_unicode() {
            space.clear();
            let mut encoded = Vec::new();
            convert(Charset::Utf8mb4, self.charset, b" ", &mut encoded);
            self.weight_string(&encoded, &mut space);
        }
        for _ in self.charset.char_count(part)..n {
            // MySQL: in sets that are not Unicode the byte 20 stands for what a space weighs (30 in latin7).
            out.extend_from_slice(&space);
        }
    }

    /// How strings of printable ASCII characters (0x20 to 0x7E) can be tested for equality without weights, after
    /// trailing spaces are dropped if [`Collation::pad`] says so; `None` if there is no such way. A compiler may bet on
    /// ASCII with this. It is computed when it is first asked for.
    ///
    /// ```
    /// use sqlift_collation::{AsciiEquality, CollationId};
    /// let ai_ci = CollationId::UTF8MB4_0900_AI_CI.get().unwrap();
    /// assert_eq!(ai_ci.ascii_equality(), Some(AsciiEquality::IgnoreCase));
    /// ```
    pub fn ascii_equality(&self) -> Option<AsciiEquality> {
        self.ascii_rules().equality
    }

    /// What is known of its ASCII characters, computed once.
    pub(crate) fn ascii_rules(&self) -> &'static AsciiRules {
        static KNOWN: [OnceLock<AsciiRules>; 1 << 9] = [const { OnceLock::new() }; 1 << 9];
        KNOWN[usize::from(self.id.0)].get_or_init(|| AsciiRules {
            equality: self.computed_ascii_equality(),
            plain_upper: self.changes_plainly(Change::Upper),
            plain_lower: self.changes_plainly(Change::Lower),
        })
    }

    /// Whether a change of case does to ASCII what it does everywhere: nothing but to A-Z or a-z.
    fn changes_plainly(&self, change: Change) -> bool {
        (0..0x80u8).all(|byte| {
            let mut changed = Vec::new();
            let expected = match change {
                Change::Upper => {
                    self.upper(&[byte], &mut changed);
                    byte.to_ascii_uppercase()
                }
                Change::Lower => {
                    self.lower(&[byte], &mut changed);
                    byte.to_ascii_lowercase()
                }
            };
            changed == [expected]
        })
    }

    fn computed_ascii_equality(&self) -> Option<AsciiEquality> {
        let characterwise = match self.rules {
            Rules::Bytes | Rules::Simple(_) => true,
            Rules::Uca(id, _) => uca::table(id).contractions.is_empty(),
            Rules::Special(_) => false,
        };
        if !characterwise || !self.charset.is_ascii_compatible() {
            return None;
        }
        let weight = |byte: u8| {
            let mut weight = Vec::new();
            self.weight_string(&[byte], &mut weight);
            weight
        };
        let weights: Vec<(u8, Vec<u8>)> = (b' '..=b'~').map(|byte| (byte, weight(byte))).collect();
        let holds = |same: fn(&u8, &u8) -> bool| {
            weights.iter().all(|(a, x)| {
                x.len() == weights[0].1.len() && weights.iter().all(|(b, y)| (x == y) == same(a, b))
            })
        };
        match () {
            () if holds(|a, b| a == b) => Some(AsciiEquality::Bytes),
            () if holds(|a, b| a.eq_ignore_ascii_case(b)) => Some(AsciiEquality::IgnoreCase),
            () => None,
        }
    }

    /// Whether its rules are implemented: they all are.
    pub fn is_supported(&self) -> bool {
        true
    }

    /// Order of two strings.
    ///
    /// ```
    /// use sqlift_collation::Collation;
    /// use std::cmp::Ordering::*;
    /// let bin = Collation::by_name("utf8mb4_bin").unwrap();
    /// assert_eq!(bin.compare(b"a", b"a  "), Equal);
    /// assert_eq!(bin.compare(b"a", b"a\t"), Greater);
    /// ```
    #[inline]
    pub fn compare(&self, a: &[u8], b: &[u8]) -> Ordering {
        match self.rules {
            Rules::Bytes => bytes_rules::compare(a, b, self.byte_pad()),
            Rules::Simple(simple) => {
                with_weigh!(simple, self.charset, E, w => weigh::compare(w, self.charset, a, b))
            }
            Rules::Special(special) => special::compare(special, a, b),
            Rules::Uca(id, levels) => match self.charset {
                Charset::Utf8mb4 => uca_compare::compare_utf8(id, levels, self.pad, a, b),
                _ => {
                    with_unicode!(self.charset, E => uca_compare::compare::<E>(id, levels, self.pad, a, b))
                }
            },
        }
    }

    /// The byte with which the shorter string is filled up, where bytes are compared.
    fn byte_pad(&self) -> Option<u8> {
        (self.pad == Pad::PadSpace).then_some(b' ')
    }

    /// Whether two strings are equal.
    #[inline]
    pub fn equal(&self, a: &[u8], b: &[u8]) -> bool {
        match self.rules {
            Rules::Bytes if self.pad == Pad::NoPad => a == b,
            _ => a == b || self.compare(a, b).is_eq(),
        }
    }

    /// Appends a key: keys compare byte for byte as the strings do in this collation. Keys of different collations
    /// do not mix, and the form may change between versions of this crate.
    pub fn sort_key(&self, bytes: &[u8], out: &mut Vec<u8>) {
        match self.rules {
            Rules::Bytes => bytes_rules::sort_key(bytes, self.byte_pad(), out),
            Rules::Simple(simple) => {
                with_weigh!(simple, self.charset, E, w => weigh::sort_key(w, bytes, out))
            }
            Rules::Special(special) => special::sort_key(special, bytes, out),
            Rules::Uca(id, levels) => {
                with_unicode!(self.charset, E => uca_compare::sort_key::<E>(id, levels, self.pad, bytes, out));
            }
        }
    }

    /// Hashes a string so that equal strings have equal hashes.
    pub fn hash(&self, bytes: &[u8], hasher: &mut impl Hasher) {
        match self.rules {
            Rules::Bytes => {
                hasher.write(bytes_rules::trimmed(bytes, self.byte_pad()));
                hasher.write_u8(0xFF);
            }
            Rules::Simple(simple) => with_weigh!(simple, self.charset, E, w => {
                let mut pieces = Pieces::new(Some(w.space()), hasher);
                w.units(bytes).for_each(|unit| pieces.add(unit));
                pieces.finish();
            }),
            Rules::Special(special) => {
                let mut key = Vec::new();
                special::sort_key(special, bytes, &mut key);
                hasher.write(&key);
            }
            Rules::Uca(id, _) => {
                // Level 1 alone: strings that are equal on all levels are equal on it.
                with_unicode!(self.charset, E => uca_compare::hash::<E>(id, self.pad, bytes, hasher));
            }
        }
    }

    /// Appends what MySQL's `WEIGHT_STRING(s)` gives.
    pub fn weight_string(&self, bytes: &[u8], out: &mut Vec<u8>) {
        match self.rules {
            Rules::Bytes => bytes_rules::weight_string(self.charset, self.id, bytes, out),
            Rules::Simple(Simple::Gb18030) => Chinese::new().weight_string(bytes, out),
            Rules::Simple(Simple::MultiByte(rules)) => {
                with_multibyte!(self.charset, E => Multi::<E>::new(rules).weight_string(bytes, out));
            }
            Rules::Simple(simple) => {
                with_weigh!(simple, self.charset, E, w => weigh::weight_string(w, self.charset, bytes, out))
            }
            Rules::Special(special) => special::weight_string(special, bytes, out),
            Rules::Uca(id, levels) => {
                with_unicode!(self.charset, E => uca_compare::weight_string::<E>(id, levels, bytes, out));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_collations_are_known() {
        assert_eq!(Collation::all().len(), 286);
        for collation in Collation::all() {
            assert_eq!(collation.id().get(), Some(collation));
            assert_eq!(
                Collation::by_name(&collation.name().to_uppercase()),
                Some(collation)
            );
            assert!(collation.name().starts_with(collation.charset().name()));
        }
        assert_eq!(CollationId(0).get(), None);
        assert_eq!(CollationId(17).get(), None);
        assert_eq!(CollationId(u16::MAX).get(), None);
        assert_eq!(
            Collation::by_name("utf8_bin").map(|c| c.id()),
            Some(CollationId::UTF8MB3_BIN)
        );
        assert_eq!(Collation::by_name("utf8_"), None);
        assert_eq!(Collation::by_name("ü"), None);
    }

    #[test]
    fn weight_strings_of_given_length() {
        let of = |name: &str, text: &[u8], n: usize| {
            let mut out = Vec::new();
            Collation::by_name(name)
                .expect(name)
                .weight_string_of_chars(text, n, &mut out);
            out.iter()
                .map(|byte| format!("{byte:02X}"))
                .collect::<String>()
        };
        assert_eq!(of("utf8mb4_0900_ai_ci", b"ab", 4), "1C471C60");
        assert_eq!(
            of("utf8mb4_0900_as_cs", b"abcd", 2),
            "1C471C60000000200020000000020002"
        );
        assert_eq!(of("utf8mb4_0900_bin", b"ab", 4), "6162");
        assert_eq!(of("utf8mb4_unicode_ci", b"ab", 4), "0E330E4A02090209");
        assert_eq!(
            of("utf8mb4_unicode_ci", "ßß".as_bytes(), 3),
            "0FEA0FEA0FEA0FEA0209"
        );
        assert_eq!(of("utf8mb4_general_ci", b"ab", 4), "0041004200200020");
        assert_eq!(of("utf8mb4_bin", b"ab", 4), "000061000062000020000020");
        assert_eq!(
            of("utf16_bin", &[0, 0x61, 0, 0x62], 4),
            "000061000062000020000020"
        );
        assert_eq!(of("latin7_general_cs", b"ab", 4), "87932020");
        assert_eq!(of("big5_chinese_ci", b"ab", 4), "41422020");
        assert_eq!(of("gb18030_chinese_ci", b"ab", 4), "41422020");
        assert_eq!(of("binary", b"ab", 4), "6162");
        assert_eq!(of("latin1_german2_ci", b"\xDFa", 2), "535341");
    }

    #[test]
    fn equality_of_ascii() {
        let of = |name: &str| Collation::by_name(name).expect(name).ascii_equality();
        assert_eq!(of("binary"), Some(AsciiEquality::Bytes));
        assert_eq!(of("utf8mb4_bin"), Some(AsciiEquality::Bytes));
        assert_eq!(of("utf8mb4_0900_as_cs"), Some(AsciiEquality::Bytes));
        assert_eq!(of("utf8mb4_general_ci"), Some(AsciiEquality::IgnoreCase));
        assert_eq!(of("latin1_swedish_ci"), Some(AsciiEquality::IgnoreCase));
        assert_eq!(of("utf8mb4_hu_0900_ai_ci"), None);
        assert_eq!(of("utf8mb4_turkish_ci"), None);
        assert_eq!(of("utf16_general_ci"), None);
    }

    #[test]
    fn constants_have_their_names() {
        let named = [
            (CollationId::BINARY, "binary"),
            (CollationId::UTF8MB4_0900_AI_CI, "utf8mb4_0900_ai_ci"),
            (CollationId::UTF8MB4_0900_AS_CI, "utf8mb4_0900_as_ci"),
            (CollationId::UTF8MB4_0900_AS_CS, "utf8mb4_0900_as_cs"),
            (CollationId::UTF8MB4_0900_BIN, "utf8mb4_0900_bin"),
            (CollationId::UTF8MB4_BIN, "utf8mb4_bin"),
            (CollationId::UTF8MB4_GENERAL_CI, "utf8mb4_general_ci"),
            (CollationId::UTF8MB4_UNICODE_CI, "utf8mb4_unicode_ci"),
            (
                CollationId::UTF8MB4_UNICODE_520_CI,
                "utf8mb4_unicode_520_ci",
            ),
            (CollationId::UTF8MB3_GENERAL_CI, "utf8mb3_general_ci"),
            (CollationId::UTF8MB3_BIN, "utf8mb3_bin"),
            (CollationId::LATIN1_SWEDISH_CI, "latin1_swedish_ci"),
            (CollationId::LATIN1_BIN, "latin1_bin"),
            (CollationId::ASCII_GENERAL_CI, "ascii_general_ci"),
            (CollationId::ASCII_BIN, "ascii_bin"),
        ];
        for (id, name) in named {
            assert_eq!(id.to_string(), name);
        }
    }
}
