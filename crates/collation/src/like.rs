//! `LIKE`: `%`, `_` and an escape character, compared character by character.
//!
//! MySQL: neither contractions nor expansions apply (`'ß' LIKE 'ss'` is false in every collation), ignored characters
//! count, spaces at the end count. Matching goes forward only and remembers the last `%`, so it takes at most the
//! product of both lengths.

use crate::charset::{Charset, with_encoding, with_multibyte, with_unicode};
use crate::collation::Collation;
use crate::encoding::Encoding;
use crate::find::FindTest;
use crate::head::{Doubt, End, HeadTest};
use crate::rules::{Levels, Rules, Simple, Special, TableId};
use crate::tail::TailTest;
use crate::weigh::{Weigh, with_weigh};
use crate::{convert, encoding, special, uca, weigh};

/// A step of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    /// This character.
    Char(u32),
    /// `_`: any character.
    One,
    /// `%`: any characters.
    Many,
}

/// The first token of a pattern and its length.
#[inline]
fn token<E: Encoding>(pattern: &[u8], escape: Option<u32>) -> Option<(Token, usize)> {
    let (character, len) = E::next(pattern)?;
    if character == u32::from(b'%') {
        return Some((Token::Many, len));
    }
    if Some(character) == escape
        && let Some((escaped, more)) = E::next(&pattern[len..])
    {
        return Some((Token::Char(escaped), len + more));
    }
    if character == u32::from(b'_') {
        return Some((Token::One, len));
    }
    Some((Token::Char(character), len))
}

/// Where the tokens of a pattern come from: its bytes, or a prepared list.
trait Pattern {
    fn token(&self, at: usize) -> Option<(Token, usize)>;
}

struct Raw<'p, E> {
    pattern: &'p [u8],
    escape: Option<u32>,
    encoding: std::marker::PhantomData<E>,
}

impl<E: Encoding> Pattern for Raw<'_, E> {
    #[inline]
    fn token(&self, at: usize) -> Option<(Token, usize)> {
        token::<E>(&self.pattern[at..], self.escape)
    }
}

impl Pattern for [Token] {
    #[inline]
    fn token(&self, at: usize) -> Option<(Token, usize)> {
        self.get(at).map(|token| (*token, 1))
    }
}

/// Whether a text matches.
fn matches<E: Encoding>(
    text: &[u8],
    pattern: &(impl Pattern + ?Sized),
    same: impl Fn(u32, u32) -> bool,
) -> bool {
    let (mut at, mut step) = (0, 0);
    // After the last `%`: where the pattern goes on, and where in the text it is tried next.
    let mut retry: Option<(usize, usize)> = None;
    loop {
        let next = pattern.token(step);
        if let Some((Token::Many, len)) = next {
            step += len;
            if pattern.token(step).is_none() {
                return true;
            }
            retry = Some((step, at));
            continue;
        }
        let character = E::next(&text[at..]);
        let matched = match (next, character) {
            (None, None) => return true,
            (Some((Token::Char(wanted), _)), Some((found, _))) => {
                wanted == found || same(wanted, found)
            }
            (Some((Token::One, _)), Some(_)) => true,
            (_, None) => return false,
            (None, Some(_)) => false,
            (Some((Token::Many, _)), Some(_)) => unreachable!("taken up above"),
        };
        if let (true, Some((_, pattern_len)), Some((_, text_len))) = (matched, next, character) {
            step += pattern_len;
            at += text_len;
            continue;
        }
        let Some((after, tried)) = retry else {
            return false;
        };
        let Some((_, len)) = E::next(&text[tried..]) else {
            return false;
        };
        retry = Some((after, tried + len));
        (step, at) = (after, tried + len);
    }
}

/// What the shape of a pattern allows to ask instead.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Shape {
    /// No wildcard.
    Exact,
    /// `text%`
    Prefix,
    /// `%text`
    Suffix,
    /// `%text%`
    Contains,
    /// Anything else.
    General,
}

/// How the bytes of a pattern's text compare with those of a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ByBytes {
    /// Equal exactly when the bytes are.
    Always,
    /// As long as the subject is ASCII; the case of letters counts or not.
    Ascii { fold: bool },
    /// Not at all.
    Never,
}

/// A pattern that is used many times.
///
/// ```
/// use sqlift_collation::{CollationId, LikePattern};
/// let collation = CollationId::UTF8MB4_0900_AI_CI.get().unwrap();
/// let pattern = LikePattern::new(collation, b"%caf_%", Some('\\'));
/// assert!(pattern.matches("grand CAFÉ".as_bytes()));
/// assert!(!pattern.matches(b"caf"));
/// ```
#[derive(Clone, Debug)]
pub struct LikePattern {
    collation: &'static Collation,
    tokens: Vec<Token>,
    shape: Shape,
    text: Vec<u8>,
    by_bytes: ByBytes,
    head: Option<HeadTest>,
    find: Option<FindTest>,
    tail: Option<TailTest>,
}

impl LikePattern {
    /// Prepares a pattern, in the character set of the collation. `escape` of `None`: no escape character.
    pub fn new(collation: &'static Collation, pattern: &[u8], escape: Option<char>) -> LikePattern {
        let charset = collation.charset();
        let escape = escape_number(charset, escape);
        let mut tokens = Vec::new();
        let mut text = Vec::new();
        let mut at = 0;
        while let Some((next, len)) =
            with_encoding!(charset, E => token::<E>(&pattern[at..], escape))
        {
            match next {
                Token::Many if tokens.last() == Some(&Token::Many) => {}
                _ => tokens.push(next),
            }
            if let Token::Char(_) = next {
                // Without the escape character in front.
                let unescaped = with_encoding!(charset, E => match E::next(&pattern[at..at + len]) {
                    Some((_, first)) if first < len => first,
                    _ => 0,
                });
                text.extend_from_slice(&pattern[at + unescaped..at + len]);
            }
            at += len;
        }
        let is_text = |tokens: &[Token]| tokens.iter().all(|token| matches!(token, Token::Char(_)));
        let shape = match &tokens[..] {
            tokens if is_text(tokens) => Shape::Exact,
            [Token::Many, inner @ .., Token::Many] if is_text(inner) => Shape::Contains,
            [inner @ .., Token::Many] if is_text(inner) => Shape::Prefix,
            [Token::Many, inner @ ..] if is_text(inner) => Shape::Suffix,
            _ => Shape::General,
        };
        let by_bytes = collation.like_by_bytes(&text);
        let head = |end, (fold, doubt)| HeadTest::new(&text, fold, None, end, doubt);
        let rule = match by_bytes {
            ByBytes::Always => Some((false, Doubt::Never)),
            ByBytes::Ascii { fold } => Some((fold, Doubt::NotAscii)),
            ByBytes::Never => None,
        };
        let only_ascii = |doubt| doubt != Doubt::Never;
        let (mut head_test, mut find, mut tail) = (None, None, None);
        match (&shape, rule) {
            (Shape::Exact, Some(rule)) => head_test = Some(head(End::Here, rule)),
            (Shape::Prefix, Some(rule)) => head_test = Some(head(End::Anywhere, rule)),
            (Shape::Contains, Some((fold, doubt))) => {
                find = FindTest::new(&text, fold, only_ascii(doubt));
            }
            (Shape::Suffix, Some((fold, doubt))) => {
                tail = TailTest::new(&text, fold, only_ascii(doubt));
            }
            _ => {}
        }
        LikePattern {
            collation,
            tokens,
            shape,
            text,
            by_bytes,
            head: head_test,
            find,
            tail,
        }
    }

    /// The test of the beginning of subjects that decides, if there is one: of patterns without a wildcard, or with one `%` at the end.
    pub fn head_test(&self) -> Option<&HeadTest> {
        self.head.as_ref()
    }

    /// The search that decides, if there is one: of `%text%`.
    pub fn find_test(&self) -> Option<&FindTest> {
        self.find.as_ref()
    }

    /// The test of the ends of subjects that decides, if there is one: of `%text`.
    pub fn tail_test(&self) -> Option<&TailTest> {
        self.tail.as_ref()
    }

    /// Whether a subject matches.
    pub fn matches(&self, subject: &[u8]) -> bool {
        if let Some(hit) = self.head.as_ref().and_then(|head| head.test(subject)) {
            return hit;
        }
        if let Some(find) = &self.find
            && (!find.only_ascii() || subject.is_ascii())
        {
            return find.test(subject);
        }
        let text = &self.text[..];
        let by_bytes = match self.by_bytes {
            _ if self.shape == Shape::General => ByBytes::Never,
            ByBytes::Ascii { .. } if !self.relevant(subject).is_ascii() => ByBytes::Never,
            by_bytes => by_bytes,
        };
        let (fold, exact) = match by_bytes {
            ByBytes::Always => (false, true),
            ByBytes::Ascii { fold } => (fold, true),
            ByBytes::Never => (false, false),
        };
        if !exact {
            return self.collation.with_like(subject, &self.tokens[..]);
        }
        let same = |part: &[u8]| {
            if fold {
                part.eq_ignore_ascii_case(text)
            } else {
                part == text
            }
        };
        let Some(spare) = subject.len().checked_sub(text.len()) else {
            return false;
        };
        match self.shape {
            Shape::Exact => spare == 0 && same(subject),
            Shape::Prefix => same(&subject[..text.len()]),
            Shape::Suffix => same(&subject[spare..]),
            Shape::Contains => contains(subject, text, fold),
            Shape::General => unreachable!("asked above"),
        }
    }

    /// The part of a subject that decides whether it can be compared by bytes.
    fn relevant<'s>(&self, subject: &'s [u8]) -> &'s [u8] {
        match self.shape {
            Shape::Prefix => &subject[..self.text.len().min(subject.len())],
            _ => subject,
        }
    }
}

/// Whether a text occurs, byte for byte or but for the case of ASCII letters.
fn contains(subject: &[u8], text: &[u8], fold: bool) -> bool {
    let Some(&first) = text.first() else {
        return true;
    };
    let mut rest = subject;
    loop {
        let found = match fold {
            true => rest
                .iter()
                .position(|byte| byte.eq_ignore_ascii_case(&first)),
            false => rest.iter().position(|byte| *byte == first),
        };
        let Some(at) = found else { return false };
        let Some(part) = rest.get(at..at + text.len()) else {
            return false;
        };
        if if fold {
            part.eq_ignore_ascii_case(text)
        } else {
            part == text
        } {
            return true;
        }
        rest = &rest[at + 1..];
    }
}

/// The number of the escape character in a character set; `None` if it has no such character.
fn escape_number(charset: Charset, escape: Option<char>) -> Option<u32> {
    let escape = u32::from(escape?);
    if escape < 0x80 || charset.is_unicode() {
        return Some(escape);
    }
    convert::encoded_number(charset, escape)
}

impl Collation {
    /// Whether a text matches a pattern. Both are in the character set of the collation; `escape` of `None` means
    /// that no character escapes. An escape character at the end of the pattern stands for itself.
    ///
    /// ```
    /// use sqlift_collation::CollationId;
    /// let collation = CollationId::UTF8MB4_0900_AI_CI.get().unwrap();
    /// assert!(collation.like("Ünited".as_bytes(), b"u%D", Some('\\')));
    /// assert!(collation.like(b"100%", b"100|%", Some('|')));
    /// assert!(!collation.like(b"1000", b"100|%", Some('|')));
    /// ```
    pub fn like(&self, text: &[u8], pattern: &[u8], escape: Option<char>) -> bool {
        let escape = escape_number(self.charset(), escape);
        with_encoding!(self.charset(), E => {
            let pattern = Raw::<E> { pattern, escape, encoding: std::marker::PhantomData };
            self.with_like(text, &pattern)
        })
    }

    /// Matches by the rules that say which characters are the same.
    fn with_like(&self, text: &[u8], pattern: &(impl Pattern + ?Sized)) -> bool {
        match self.rules {
            Rules::Bytes => {
                with_encoding!(self.charset(), E => matches::<E>(text, pattern, |_, _| false))
            }
            Rules::Simple(simple) => with_weigh!(simple, self.charset(), E, w => {
                matches::<E>(text, pattern, |a, b| w.same(a, b))
            }),
            Rules::Special(Special::Gb18030Unicode) => {
                let table = uca::table(TableId::V520);
                let point =
                    |code| convert::code_point(Charset::Gb18030, code).unwrap_or(u32::from(b'?'));
                matches::<encoding::Gb18030>(text, pattern, |a, b| {
                    table.same_char::<encoding::Utf8mb4>(Levels::One, point(a), point(b))
                })
            }
            Rules::Special(special) => matches::<encoding::OneByte>(text, pattern, |a, b| {
                special::same_byte(special, a as u8, b as u8)
            }),
            Rules::Uca(id, levels) => {
                let table = uca::table(id);
                with_unicode!(self.charset(), E => {
                    matches::<E>(text, pattern, |a, b| table.same_char::<E>(levels, a, b))
                })
            }
        }
    }

    /// Whether a pattern's text can be compared with subjects by their bytes.
    fn like_by_bytes(&self, text: &[u8]) -> ByBytes {
        match (self.rules, self.charset()) {
            // In the East Asian sets the second byte of a character can look like a character, in UTF-16 and UTF-32 one can stand across
            // two others. Malformed characters are alike.
            (Rules::Bytes, charset) if charset.max_len() == 1 => ByBytes::Always,
            (Rules::Bytes, charset @ (Charset::Utf8mb4 | Charset::Utf8mb3))
                if charset.is_well_formed(text) =>
            {
                ByBytes::Always
            }
            (Rules::Simple(Simple::General(_)), Charset::Utf8mb4 | Charset::Utf8mb3)
                if text.is_ascii() =>
            {
                ByBytes::Ascii { fold: true }
            }
            (Rules::Uca(id, levels), Charset::Utf8mb4 | Charset::Utf8mb3) => {
                let table = uca::table(id);
                if table.folds_ascii
                    && text.is_ascii()
                    && text.iter().all(|byte| table.ascii(1, *byte) != 0)
                {
                    ByBytes::Ascii {
                        fold: (levels as u8) < 3,
                    }
                } else {
                    ByBytes::Never
                }
            }
            _ => ByBytes::Never,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Both ways to match must agree.
    fn like(name: &str, text: &str, pattern: &str) -> bool {
        let collation = Collation::by_name(name).expect(name);
        let once = collation.like(text.as_bytes(), pattern.as_bytes(), Some('\\'));
        let prepared = LikePattern::new(collation, pattern.as_bytes(), Some('\\'));
        assert_eq!(
            once,
            prepared.matches(text.as_bytes()),
            "{name} {text:?} {pattern:?}"
        );
        once
    }

    /// The rule itself, by recursion.
    fn slow(text: &[char], pattern: &[char]) -> bool {
        match (text, pattern) {
            ([], []) => true,
            (_, ['%', rest @ ..]) => (0..=text.len()).any(|skip| slow(&text[skip..], rest)),
            ([_, text @ ..], ['_', pattern @ ..]) => slow(text, pattern),
            ([a, text @ ..], ['\\', b, pattern @ ..]) => a == b && slow(text, pattern),
            ([a, text @ ..], [b, pattern @ ..]) => a == b && slow(text, pattern),
            _ => false,
        }
    }

    #[test]
    fn all_short_patterns_agree_with_recursion() {
        let words = |alphabet: &str, up_to: usize| {
            let mut all = vec![String::new()];
            let mut last = all.clone();
            for _ in 0..up_to {
                last = last
                    .iter()
                    .flat_map(|word| alphabet.chars().map(move |c| format!("{word}{c}")))
                    .collect();
                all.extend(last.clone());
            }
            all
        };
        for pattern in words("aé%_\\", 4) {
            for text in words("aé", 4) {
                let (t, p): (Vec<char>, Vec<char>) =
                    (text.chars().collect(), pattern.chars().collect());
                assert_eq!(
                    like("utf8mb4_bin", &text, &pattern),
                    slow(&t, &p),
                    "{text} {pattern}"
                );
                assert_eq!(
                    like("utf8mb4_0900_as_cs", &text, &pattern),
                    slow(&t, &p),
                    "{text} {pattern}"
                );
            }
        }
    }

    #[test]
    fn answers_of_the_server() {
        let ai_ci = "utf8mb4_0900_ai_ci";
        assert!(!like(ai_ci, "ß", "ss") && !like(ai_ci, "ss", "ß"));
        assert!(like(ai_ci, "ß", "_") && !like(ai_ci, "ß", "__") && !like(ai_ci, "ß", "s%"));
        assert!(!like(ai_ci, "ﬃ", "ffi"));
        assert!(!like(ai_ci, "ab", "a\u{1}b") && !like(ai_ci, "a\u{1}b", "ab"));
        assert!(like(ai_ci, "a\u{1}b", "a_b"));
        assert!(!like(ai_ci, "", "\u{1}"));
        assert!(!like(ai_ci, "a", "a\u{301}") && !like(ai_ci, "a\u{301}", "a"));
        assert!(like(ai_ci, "Á", "a") && !like("utf8mb4_0900_as_ci", "Á", "a"));
        assert!(like("utf8mb4_0900_as_ci", "Á", "á") && !like("utf8mb4_0900_as_cs", "Á", "á"));
        assert!(!like("utf8mb4_unicode_ci", "a", "a ") && !like("utf8mb4_unicode_ci", "a ", "a"));
        assert!(like(ai_ci, "a ", "a%") && like(ai_ci, "a ", "a_"));
    }

    #[test]
    fn many_wildcards_take_no_exponential_time() {
        let text = "a".repeat(3000);
        let pattern = "%a".repeat(60) + "b";
        assert!(!like("utf8mb4_0900_ai_ci", &text, &pattern));
    }
}
