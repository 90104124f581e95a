//! Text to document.
//!
//! The positions and words of the errors are those of the server's parser: the byte where it gave up. It takes a NUL byte
//! for the end of the text.

use super::{Json, MAX_DEPTH, Object};

/// Why a text is no document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotJson {
    /// The text is wrong.
    Syntax {
        /// MySQL's words.
        what: &'static str,
        /// Bytes before the place where it went wrong.
        position: usize,
    },
    /// More than [`MAX_DEPTH`] arrays and objects inside each other (error 3157).
    TooDeep,
}

const EMPTY: &str = "The document is empty.";
const NOT_SINGULAR: &str = "The document root must not be followed by other values.";
const VALUE: &str = "Invalid value.";
const MEMBER_NAME: &str = "Missing a name for object member.";
const COLON: &str = "Missing a colon after a name of object member.";
const COMMA_OR_BRACE: &str = "Missing a comma or '}' after an object member.";
const COMMA_OR_BRACKET: &str = "Missing a comma or ']' after an array element.";
const HEX: &str = "Incorrect hex digit after \\u escape in string.";
const SURROGATE: &str = "The surrogate pair in string is invalid.";
const ESCAPE: &str = "Invalid escape character in string.";
const QUOTE: &str = "Missing a closing quotation mark in string.";
const ENCODING: &str = "Invalid encoding in string.";
const TOO_BIG: &str = "Number too big to be stored in double.";
const FRACTION: &str = "Miss fraction part in number.";
const EXPONENT: &str = "Miss exponent in number.";

/// The largest power of ten that a double reaches.
const LARGEST_EXPONENT: i64 = 308;

impl Json {
    /// The document of a text in utf8mb4.
    pub fn parse(text: &[u8]) -> Result<Json, NotJson> {
        let mut parser = Parser { text, at: 0 };
        parser.space();
        if parser.peek() == 0 {
            return Err(parser.wrong(EMPTY));
        }
        let json = parser.value(0)?;
        parser.space();
        match parser.peek() {
            0 => Ok(json),
            _ => Err(parser.wrong(NOT_SINGULAR)),
        }
    }
}

struct Parser<'a> {
    text: &'a [u8],
    at: usize,
}

impl Parser<'_> {
    /// The next byte; 0 at the end.
    fn peek(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or(0)
    }

    fn takes(&mut self, byte: u8) -> bool {
        let is = self.peek() == byte;
        self.at += usize::from(is);
        is
    }

    fn space(&mut self) {
        while matches!(self.peek(), b' ' | b'\n' | b'\r' | b'\t') {
            self.at += 1;
        }
    }

    fn wrong(&self, what: &'static str) -> NotJson {
        NotJson::Syntax {
            what,
            position: self.at,
        }
    }

    fn wrong_at(position: usize, what: &'static str) -> NotJson {
        NotJson::Syntax { what, position }
    }

    fn value(&mut self, depth: usize) -> Result<Json, NotJson> {
        match self.peek() {
            b'n' => self.word(b"null", Json::Null),
            b't' => self.word(b"true", Json::Bool(true)),
            b'f' => self.word(b"false", Json::Bool(false)),
            b'"' => Ok(Json::String(self.string()?)),
            b'{' if depth < MAX_DEPTH => self.object(depth + 1),
            b'[' if depth < MAX_DEPTH => self.array(depth + 1),
            b'{' | b'[' => Err(NotJson::TooDeep),
            _ => self.number(),
        }
    }

    fn word(&mut self, word: &[u8], json: Json) -> Result<Json, NotJson> {
        for byte in word {
            if !self.takes(*byte) {
                return Err(self.wrong(VALUE));
            }
        }
        Ok(json)
    }

    fn object(&mut self, depth: usize) -> Result<Json, NotJson> {
        self.at += 1;
        self.space();
        let mut members = Vec::new();
        if self.takes(b'}') {
            return Ok(Json::Object(Object::default()));
        }
        loop {
            if self.peek() != b'"' {
                return Err(self.wrong(MEMBER_NAME));
            }
            let key = self.string()?;
            self.space();
            if !self.takes(b':') {
                return Err(self.wrong(COLON));
            }
            self.space();
            members.push((key, self.value(depth)?));
            self.space();
            if self.takes(b'}') {
                return Ok(Json::Object(Object::new(members)));
            }
            if !self.takes(b',') {
                return Err(self.wrong(COMMA_OR_BRACE));
            }
            self.space();
        }
    }

    fn array(&mut self, depth: usize) -> Result<Json, NotJson> {
        self.at += 1;
        self.space();
        let mut elements = Vec::new();
        if self.takes(b']') {
            return Ok(Json::Array(elements));
        }
        loop {
            elements.push(self.value(depth)?);
            self.space();
            if self.takes(b']') {
                return Ok(Json::Array(elements));
            }
            if !self.takes(b',') {
                return Err(self.wrong(COMMA_OR_BRACKET));
            }
            self.space();
        }
    }

    fn string(&mut self) -> Result<Vec<u8>, NotJson> {
        self.at += 1;
        let mut out = Vec::new();
        loop {
            match self.peek() {
                b'"' => {
                    self.at += 1;
                    return Ok(out);
                }
                b'\\' => self.escape(&mut out)?,
                0 => return Err(self.wrong(QUOTE)),
                1..=0x1f => return Err(self.wrong(ENCODING)),
                byte => {
                    out.push(byte);
                    self.at += 1;
                }
            }
        }
    }

    fn escape(&mut self, out: &mut Vec<u8>) -> Result<(), NotJson> {
        let start = self.at;
        self.at += 1;
        let byte = match self.peek() {
            byte @ (b'"' | b'\\' | b'/') => byte,
            b'b' => 8,
            b'f' => 12,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'u' => {
                self.at += 1;
                let scalar = self.code_point(start)?;
                out.extend_from_slice(scalar.encode_utf8(&mut [0; 4]).as_bytes());
                return Ok(());
            }
            _ => return Err(Self::wrong_at(start, ESCAPE)),
        };
        self.at += 1;
        out.push(byte);
        Ok(())
    }

    fn code_point(&mut self, start: usize) -> Result<char, NotJson> {
        let wrong = Self::wrong_at(start, SURROGATE);
        let high = self.hex(start)?;
        if !(0xd800..=0xdfff).contains(&high) {
            return char::from_u32(high).ok_or(wrong);
        }
        if high >= 0xdc00 || !self.takes(b'\\') || !self.takes(b'u') {
            return Err(wrong);
        }
        let low = self.hex(start)?;
        if !(0xdc00..=0xdfff).contains(&low) {
            return Err(wrong);
        }
        char::from_u32(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00)).ok_or(wrong)
    }

    fn hex(&mut self, start: usize) -> Result<u32, NotJson> {
        let mut value = 0;
        for _ in 0..4 {
            let digit = char::from(self.peek())
                .to_digit(16)
                .ok_or(Self::wrong_at(start, HEX))?;
            value = value << 4 | digit;
            self.at += 1;
        }
        Ok(value)
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while self.peek().is_ascii_digit() {
            self.at += 1;
        }
        self.at - start
    }

    fn number(&mut self) -> Result<Json, NotJson> {
        let start = self.at;
        self.takes(b'-');
        // A leading zero stands alone.
        if !self.takes(b'0') && self.digits() == 0 {
            return Err(self.wrong(VALUE));
        }
        let mut fraction = 0;
        let mut is_integer = true;
        if self.takes(b'.') {
            is_integer = false;
            fraction = self.digits();
            if fraction == 0 {
                return Err(self.wrong(FRACTION));
            }
        }
        if self.takes(b'e') || self.takes(b'E') {
            is_integer = false;
            let is_small = self.takes(b'-');
            if !is_small {
                self.takes(b'+');
            }
            let first = self.at;
            if self.digits() == 0 {
                return Err(self.wrong(EXPONENT));
            }
            // MySQL: the exponent is looked at alone, so 0e400 is too big.
            let exponent = self.text[first..self.at]
                .iter()
                .fold(0_i64, |e, d| (e * 10 + i64::from(d - b'0')).min(1 << 40));
            let room = LARGEST_EXPONENT + i64::try_from(fraction).unwrap_or(i64::MAX >> 1);
            if !is_small && exponent > room {
                return Err(Self::wrong_at(start, TOO_BIG));
            }
        }
        let text = std::str::from_utf8(&self.text[start..self.at]).unwrap_or_default();
        if is_integer {
            if let Ok(value) = text.parse::<i64>() {
                // MySQL: what needs more than 32 bits and has no sign is unsigned.
                return Ok(match u64::try_from(value) {
                    Ok(large) if large > u64::from(u32::MAX) => Json::UInt(large),
                    _ => Json::Int(value),
                });
            }
            if let Ok(value) = text.parse() {
                return Ok(Json::UInt(value));
            }
        }
        match text.parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(Json::Double(value)),
            _ => Err(Self::wrong_at(start, TOO_BIG)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Recorded from the server.
    #[test]
    fn errors_say_what_and_where() {
        for (text, what, position) in [
            (r#"{"a":1"#, COMMA_OR_BRACE, 6),
            ("   ", EMPTY, 3),
            ("nul", VALUE, 3),
            ("1 2", NOT_SINGULAR, 2),
            (r#""abc"#, QUOTE, 4),
            (r#""a\qb""#, ESCAPE, 2),
            (r#""a\u12""#, HEX, 2),
            (r#""\ud800\u0041""#, SURROGATE, 1),
            (r#""\udc00""#, SURROGATE, 1),
            ("\"a\tb\"", ENCODING, 2),
            ("{a:1}", MEMBER_NAME, 1),
            (r#"{"a" 1}"#, COLON, 5),
            ("[1,]", VALUE, 3),
            ("[1 2]", COMMA_OR_BRACKET, 3),
            ("1.", FRACTION, 2),
            ("1e+", EXPONENT, 3),
            ("[1e309]", TOO_BIG, 1),
            ("0e400", TOO_BIG, 0),
            ("1.8e308", TOO_BIG, 0),
            ("01", NOT_SINGULAR, 1),
            ("-", VALUE, 1),
            ("[1\0]", COMMA_OR_BRACKET, 2),
        ] {
            let expected = NotJson::Syntax { what, position };
            assert_eq!(Json::parse(text.as_bytes()), Err(expected), "{text}");
        }
    }

    #[test]
    fn numbers_take_the_first_kind_that_holds_them() {
        let parse = |text: &str| Json::parse(text.as_bytes()).unwrap();
        assert_eq!(parse("-0"), Json::Int(0));
        assert_eq!(parse("-9223372036854775808"), Json::Int(i64::MIN));
        assert_eq!(parse("4294967295"), Json::Int(4_294_967_295));
        assert_eq!(parse("4294967296"), Json::UInt(4_294_967_296));
        assert_eq!(parse("18446744073709551615"), Json::UInt(u64::MAX));
        assert_eq!(parse("18446744073709551616"), Json::Double(2f64.powi(64)));
        assert_eq!(parse("1.50"), Json::Double(1.5));
        assert_eq!(parse("1e-400"), Json::Double(0.0));
        assert_eq!(parse("1\0"), Json::Int(1));
    }

    #[test]
    fn depth_is_bounded() {
        let nest = |n: usize| format!("{}1{}", "[".repeat(n), "]".repeat(n));
        assert!(Json::parse(nest(MAX_DEPTH).as_bytes()).is_ok());
        let deep = nest(MAX_DEPTH + 1);
        assert_eq!(Json::parse(deep.as_bytes()), Err(NotJson::TooDeep));
        let endless = "[".repeat(1_000_000);
        assert_eq!(Json::parse(endless.as_bytes()), Err(NotJson::TooDeep));
    }
}
