//! Path expressions: `$`, then legs `.key`, `."key"`, `.*`, `[n]`, `[last-n]`, `[a to b]`, `[*]`, `**`.

use super::{Json, NotJson};

/// A parsed path.
///
/// ```
/// use sqlift_types::json::{Json, Path};
/// let json = Json::parse(br#"{"a": [1, 2, 3]}"#).unwrap();
/// let path = Path::parse(b"$.a[last-1]").unwrap();
/// assert_eq!(json.find(&path), [&Json::Int(2)]);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Path {
    /// Its legs, from the root on.
    pub legs: Vec<Leg>,
}

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Leg {
    /// `.key`
    Member(Vec<u8>),
    /// `.*`
    AnyMember,
    /// `[n]`
    Cell(Index),
    /// `[a to b]`
    Range(Index, Index),
    /// `[*]`
    AnyCell,
    /// `**`: this value and all inside of it.
    Ellipsis,
}

/// A place in an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Index {
    /// `n`, counted from 0.
    FromStart(u32),
    /// `last-n`.
    FromEnd(u32),
}

/// A text is no path (error 3143).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadPath {
    /// Bytes before the place where it went wrong.
    pub position: usize,
}

impl Path {
    /// The path of a text in utf8mb4.
    pub fn parse(text: &[u8]) -> Result<Path, BadPath> {
        let mut parser = Parser { text, at: 0 };
        parser.space();
        if !parser.next_is(b'$') {
            return Err(parser.wrong());
        }
        let mut legs = Vec::new();
        loop {
            parser.space();
            if parser.is_at_end() {
                break;
            }
            legs.push(parser.leg()?);
        }
        if legs.last() == Some(&Leg::Ellipsis) {
            return Err(parser.wrong());
        }
        Ok(Path { legs })
    }

    /// Whether it may lead to more than one place: `*`, `**`, ranges.
    pub fn is_many(&self) -> bool {
        self.legs
            .iter()
            .any(|leg| !matches!(leg, Leg::Member(_) | Leg::Cell(_)))
    }

    /// Appends its text, as JSON_SEARCH writes paths.
    pub fn write_text(&self, out: &mut Vec<u8>) {
        out.push(b'$');
        for leg in &self.legs {
            leg.write_text(out);
        }
    }
}

impl Leg {
    fn write_text(&self, out: &mut Vec<u8>) {
        let index = |index: &Index| match index {
            Index::FromStart(n) => n.to_string(),
            Index::FromEnd(0) => "last".to_string(),
            Index::FromEnd(n) => format!("last-{n}"),
        };
        match self {
            Leg::Member(key) => {
                out.push(b'.');
                if is_identifier(key) {
                    out.extend_from_slice(key);
                } else {
                    Json::quote(key, out);
                }
            }
            Leg::AnyMember => out.extend_from_slice(b".*"),
            Leg::Cell(n) => out.extend_from_slice(format!("[{}]", index(n)).as_bytes()),
            Leg::Range(a, b) => {
                out.extend_from_slice(format!("[{} to {}]", index(a), index(b)).as_bytes());
            }
            Leg::AnyCell => out.extend_from_slice(b"[*]"),
            Leg::Ellipsis => out.extend_from_slice(b"**"),
        }
    }
}

/// An ECMAScript identifier needs no quotation marks.
fn is_identifier(key: &[u8]) -> bool {
    let Ok(key) = std::str::from_utf8(key) else {
        return false;
    };
    let starts = |c: char| c.is_alphabetic() || matches!(c, '$' | '_');
    let goes_on = |c: char| {
        starts(c)
            || c.is_numeric()
            || matches!(c, '\u{200c}' | '\u{200d}' | '\u{203f}' | '\u{2040}')
    };
    key.starts_with(starts) && key.chars().all(goes_on)
}

struct Parser<'a> {
    text: &'a [u8],
    at: usize,
}

impl Parser<'_> {
    fn is_at_end(&self) -> bool {
        self.at >= self.text.len()
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn takes(&mut self, byte: u8) -> bool {
        let is = self.peek() == Some(byte);
        self.at += usize::from(is);
        is
    }

    /// Takes whatever comes next and says whether it was this.
    fn next_is(&mut self, byte: u8) -> bool {
        let is = self.peek() == Some(byte);
        self.at += usize::from(!self.is_at_end());
        is
    }

    fn space(&mut self) -> bool {
        let start = self.at;
        while self.peek().is_some_and(is_space) {
            self.at += 1;
        }
        self.at > start
    }

    fn wrong(&self) -> BadPath {
        BadPath { position: self.at }
    }

    fn leg(&mut self) -> Result<Leg, BadPath> {
        if self.takes(b'[') {
            self.cell()
        } else if self.takes(b'.') {
            self.member()
        } else if self.takes(b'*') {
            if !self.takes(b'*') || self.peek() == Some(b'*') {
                return Err(self.wrong());
            }
            Ok(Leg::Ellipsis)
        } else {
            Err(self.wrong())
        }
    }

    fn cell(&mut self) -> Result<Leg, BadPath> {
        self.space();
        let leg = if self.takes(b'*') {
            Leg::AnyCell
        } else {
            let from = self.index()?;
            if self.range_follows() {
                self.space();
                self.at += 2;
                self.space();
                let to = self.index()?;
                let is_backwards = match (from, to) {
                    (Index::FromStart(a), Index::FromStart(b)) => a > b,
                    (Index::FromEnd(a), Index::FromEnd(b)) => a < b,
                    _ => false,
                };
                if is_backwards {
                    return Err(self.wrong());
                }
                Leg::Range(from, to)
            } else {
                Leg::Cell(from)
            }
        };
        self.space();
        if self.next_is(b']') {
            Ok(leg)
        } else {
            Err(self.wrong())
        }
    }

    /// The word `to` with space on both sides.
    fn range_follows(&self) -> bool {
        let rest = &self.text[self.at..];
        let word = rest.trim_ascii_start();
        word.len() < rest.len()
            && word.starts_with(b"to")
            && word.get(2).copied().is_some_and(is_space)
    }

    fn index(&mut self) -> Result<Index, BadPath> {
        if !self.text[self.at..].starts_with(b"last") {
            return Ok(Index::FromStart(self.number()?));
        }
        self.at += 4;
        let after_last = self.at;
        self.space();
        if !self.takes(b'-') {
            self.at = after_last;
            return Ok(Index::FromEnd(0));
        }
        self.space();
        Ok(Index::FromEnd(self.number()?))
    }

    fn number(&mut self) -> Result<u32, BadPath> {
        let wrong = self.wrong();
        let mut value: Option<u32> = None;
        while let Some(digit) = self.peek().filter(u8::is_ascii_digit) {
            value = value
                .unwrap_or(0)
                .checked_mul(10)
                .and_then(|v| v.checked_add(u32::from(digit - b'0')));
            if value.is_none() {
                return Err(wrong);
            }
            self.at += 1;
        }
        value.ok_or(wrong)
    }

    fn member(&mut self) -> Result<Leg, BadPath> {
        self.space();
        if self.takes(b'*') {
            return Ok(Leg::AnyMember);
        }
        let start = self.at;
        if self.takes(b'"') {
            self.skip_past_quote()?;
            return match Json::parse(&self.text[start..self.at]) {
                Ok(Json::String(key)) => Ok(Leg::Member(key)),
                _ => Err(self.wrong()),
            };
        }
        while self
            .peek()
            .is_some_and(|byte| !is_space(byte) && !matches!(byte, b'.' | b'[' | b'*'))
        {
            self.at += 1;
        }
        match unescaped(&self.text[start..self.at]) {
            Ok(key) if is_identifier(&key) => Ok(Leg::Member(key)),
            _ => Err(self.wrong()),
        }
    }

    fn skip_past_quote(&mut self) -> Result<(), BadPath> {
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'"' => return Ok(()),
                b'\\' => self.at += usize::from(!self.is_at_end()),
                _ => {}
            }
        }
        Err(self.wrong())
    }
}

/// A name without quotation marks may still have escapes.
fn unescaped(name: &[u8]) -> Result<Vec<u8>, NotJson> {
    let quoted = [b"\"", name, b"\""].concat();
    match Json::parse(&quoted)? {
        Json::String(key) => Ok(key),
        _ => Ok(Vec::new()),
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Recorded from the server.
    #[test]
    fn errors_say_where() {
        for (text, position) in [
            ("", 0),
            ("a", 1),
            ("$.", 2),
            ("$a", 1),
            ("$[", 2),
            ("$[1", 3),
            ("$[a]", 2),
            ("$[-1]", 2),
            ("$[last+1]", 7),
            ("$[last-]", 7),
            ("$[1 to]", 5),
            ("$[1to2]", 4),
            ("$[2 to 1]", 8),
            ("$[last-1 to last-2]", 18),
            ("$[4294967296]", 2),
            ("$[last-4294967296]", 7),
            ("$**", 3),
            ("$***", 3),
            ("$**a", 3),
            ("$*", 2),
            ("$.a b", 4),
            ("$.1a", 4),
            ("$.a-b", 5),
            ("$.\"a", 4),
            ("$.\"\\x\"", 6),
            ("$.日[", 6),
            ("$.a.", 4),
            ("$[LAST]", 2),
        ] {
            assert_eq!(
                Path::parse(text.as_bytes()),
                Err(BadPath { position }),
                "{text}"
            );
        }
    }

    #[test]
    fn space_is_taken_between_parts() {
        let legs = |text: &str| Path::parse(text.as_bytes()).unwrap().legs;
        assert_eq!(legs(" $ [ last - 1 ] "), [Leg::Cell(Index::FromEnd(1))]);
        assert_eq!(
            legs("$ ** . a"),
            [Leg::Ellipsis, Leg::Member(b"a".to_vec())]
        );
        assert_eq!(
            legs(r#"$."a\u0062"[* ]"#),
            [Leg::Member(b"ab".to_vec()), Leg::AnyCell]
        );
        let range = Leg::Range(Index::FromEnd(0), Index::FromStart(0));
        assert_eq!(legs("$[last to 0]"), [range]);
    }

    #[test]
    fn texts_quote_what_is_no_name() {
        let mut out = Vec::new();
        let path = Path::parse(br#"$.a."a b"[last-1]**[1 to last].*[*]"#).unwrap();
        path.write_text(&mut out);
        let expected = r#"$.a."a b"[last-1]**[1 to last].*[*]"#;
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
