//! Bytes to tokens, as MySQL's lexer cuts them.
//!
//! The lexer knows three things about context: a word right behind a dot is a name whatever it
//! spells, `@` and `@@` begin variables, and executable comments (`/*! … */`) are read as text.
//! Tokens own nothing; [`crate::text`] decodes their contents from the span.

use crate::keyword::{self, Class, Keyword};
use crate::{Modes, Span};

/// What `/*!NNNNN` compares its number with: MySQL 9.7.4.
const SERVER_VERSION: u32 = 90_704;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    End,
    /// Text that is no token: an unterminated string, an odd number of hex digits, a stray byte.
    Bad,
    /// An unquoted name.
    Name,
    /// A name in backticks (or double quotes with ANSI_QUOTES).
    QuotedName,
    Word(Keyword, Class),
    Integer,
    Decimal,
    Float,
    String,
    /// `N'…'`
    NationalString,
    /// `x'…'` or `0x…`
    Hex,
    /// `b'…'` or `0b…`
    Bit,
    /// `_utf8mb4` and the like.
    Introducer,
    /// The name behind `@`, when unquoted; may be empty.
    UserVariable,
    /// `:name`
    NamedParameter,
    Question,
    At,
    AtAt,
    Assign,
    Arrow,
    LongArrow,
    Dot,
    Comma,
    OpenParen,
    CloseParen,
    OpenBrace,
    CloseBrace,
    Plus,
    Minus,
    Star,
    Slash,
    Percent,
    Caret,
    Tilde,
    Bang,
    Bar,
    BarBar,
    Ampersand,
    AmpersandAmpersand,
    ShiftLeft,
    ShiftRight,
    Equal,
    NullSafeEqual,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
}

/// A token with its place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lexeme {
    pub(crate) token: Token,
    pub(crate) span: Span,
}

/// What the previous token obliges the next one to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expect {
    Anything,
    /// A dot that joins two names.
    Separator,
    /// The name behind such a dot.
    QualifiedName,
    /// Behind `@`.
    UserVariable,
    /// Behind `@@`.
    SystemVariable,
}

#[derive(Clone, Copy)]
pub(crate) struct Lexer<'a> {
    text: &'a str,
    modes: Modes,
    pos: usize,
    expect: Expect,
    /// Inside `/*! … */`, whose end is skipped.
    in_version_comment: bool,
}

/// Bytes of names: letters, digits, `_`, `$` and everything beyond ASCII.
pub(crate) fn is_name_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'_' || b == b'$' || b >= 0x80
}

/// The token that a character is by itself, if it is one in every context.
fn single(b: u8) -> Token {
    match b {
        b',' => Token::Comma,
        b'(' => Token::OpenParen,
        b')' => Token::CloseParen,
        b'{' => Token::OpenBrace,
        b'}' => Token::CloseBrace,
        b'+' => Token::Plus,
        b'-' => Token::Minus,
        b'*' => Token::Star,
        b'/' => Token::Slash,
        b'%' => Token::Percent,
        b'^' => Token::Caret,
        b'~' => Token::Tilde,
        b'!' => Token::Bang,
        b'|' => Token::Bar,
        b'&' => Token::Ampersand,
        _ => Token::Bad,
    }
}

fn is_space(b: u8) -> bool {
    matches!(b, b' ' | b'\t' | b'\n' | b'\r' | 0x0B | 0x0C)
}

impl<'a> Lexer<'a> {
    pub(crate) fn new(text: &'a str, modes: Modes) -> Self {
        Self {
            text,
            modes,
            pos: 0,
            expect: Expect::Anything,
            in_version_comment: false,
        }
    }

    /// The byte `ahead` of the position; 0 behind the end.
    fn byte(&self, ahead: usize) -> u8 {
        self.text
            .as_bytes()
            .get(self.pos + ahead)
            .copied()
            .unwrap_or(0)
    }

    fn at_end(&self) -> bool {
        self.pos >= self.text.len()
    }

    fn skip_while(&mut self, accept: impl Fn(u8) -> bool) {
        while !self.at_end() && accept(self.byte(0)) {
            self.pos += 1;
        }
    }

    pub(crate) fn next(&mut self) -> Lexeme {
        let expect = std::mem::replace(&mut self.expect, Expect::Anything);
        let (token, start) = match expect {
            Expect::Separator => {
                self.pos += 1;
                if is_name_byte(self.byte(0)) {
                    self.expect = Expect::QualifiedName;
                }
                (Token::Dot, self.pos - 1)
            }
            Expect::QualifiedName => self.qualified_name(),
            Expect::UserVariable => self.user_variable(),
            Expect::SystemVariable => self.system_variable(),
            Expect::Anything => match self.blank() {
                Ok(()) => {
                    let start = self.pos;
                    (self.token(), start)
                }
                Err(start) => {
                    self.pos = self.text.len();
                    (Token::Bad, start)
                }
            },
        };
        Lexeme {
            token,
            span: Span::new(start as u32, self.pos as u32),
        }
    }

    /// Skips blanks and comments; the error is the start of a comment that does not end.
    fn blank(&mut self) -> Result<(), usize> {
        loop {
            let start = self.pos;
            match self.byte(0) {
                b if is_space(b) => self.pos += 1,
                b'#' => self.skip_while(|b| b != b'\n'),
                // A double dash begins a comment only before a blank, a control character or the end.
                b'-' if self.byte(1) == b'-'
                    && (is_space(self.byte(2)) || self.byte(2).is_ascii_control()) =>
                {
                    self.skip_while(|b| b != b'\n');
                }
                b'/' if self.byte(1) == b'*' => self.block_comment(start)?,
                b'*' if self.in_version_comment && self.byte(1) == b'/' => {
                    self.in_version_comment = false;
                    self.pos += 2;
                }
                0 if self.at_end() && self.in_version_comment => {
                    self.in_version_comment = false;
                    return Err(self.pos);
                }
                _ => return Ok(()),
            }
        }
    }

    fn block_comment(&mut self, start: usize) -> Result<(), usize> {
        self.pos += 2;
        if self.byte(0) == b'!' {
            self.pos += 1;
            let digits = (0..6)
                .take_while(|&i| self.byte(i).is_ascii_digit())
                .count();
            if digits < 5 {
                self.in_version_comment = true;
                return Ok(());
            }
            let version = self.text[self.pos..self.pos + digits].bytes();
            let version = version.fold(0, |v, d| v * 10 + u32::from(d - b'0'));
            if version <= SERVER_VERSION {
                self.pos += digits;
                self.in_version_comment = true;
                return Ok(());
            }
        }
        while !self.at_end() {
            if self.byte(0) == b'*' && self.byte(1) == b'/' {
                self.pos += 2;
                return Ok(());
            }
            self.pos += 1;
        }
        Err(start)
    }

    fn token(&mut self) -> Token {
        if self.at_end() {
            return Token::End;
        }
        let b = self.byte(0);
        match b {
            b'0'..=b'9' => self.number_or_name(),
            b'.' => self.dot(),
            b'\'' => self.string(b'\'', Token::String),
            b'"' if self.modes.ansi_quotes => self.quoted_name(b'"'),
            b'"' => self.string(b'"', Token::String),
            b'`' => self.quoted_name(b'`'),
            b'x' | b'X' if self.byte(1) == b'\'' => self.digits_in_quotes(Token::Hex),
            b'b' | b'B' if self.byte(1) == b'\'' => self.digits_in_quotes(Token::Bit),
            b'n' | b'N' if self.byte(1) == b'\'' => {
                self.pos += 1;
                self.string(b'\'', Token::NationalString)
            }
            b if is_name_byte(b) => self.name(self.pos),
            _ => self.punctuation(),
        }
    }

    fn punctuation(&mut self) -> Token {
        let (token, length) = match (self.byte(0), self.byte(1), self.byte(2)) {
            (b'<' | b'>' | b'=' | b'!', ..) => self.comparison(),
            (b'-', b'>', b'>') => (Token::LongArrow, 3),
            (b'-', b'>', _) => (Token::Arrow, 2),
            (b'&', b'&', _) => (Token::AmpersandAmpersand, 2),
            (b'|', b'|', _) => (Token::BarBar, 2),
            (b':', b'=', _) => (Token::Assign, 2),
            (b'@', b'@', _) => {
                self.expect = Expect::SystemVariable;
                (Token::AtAt, 2)
            }
            (b'@', ..) => {
                self.expect = Expect::UserVariable;
                (Token::At, 1)
            }
            (b':', next, _) if is_name_byte(next) => {
                self.pos += 1;
                self.skip_while(is_name_byte);
                return Token::NamedParameter;
            }
            (b'?', next, _) if !is_name_byte(next) => (Token::Question, 1),
            (other, ..) => (single(other), 1),
        };
        self.pos += length;
        token
    }

    /// An operator made of `<`, `>`, `=`, `!`.
    ///
    /// MySQL takes as many of these characters as could be an operator, and only then looks whether
    /// they are one. So `a=!b` and `a<!b` are errors, while `!!a` is a single `!`.
    fn comparison(&self) -> (Token, usize) {
        let belongs = |b: u8| matches!(b, b'<' | b'>' | b'=' | b'!');
        let first = self.byte(0);
        let mut length = 1;
        if belongs(self.byte(1)) {
            length = 2;
            if first == b'<' && belongs(self.byte(2)) && self.byte(2) != b'<' {
                length = 3;
            }
        }
        let token = match &self.text.as_bytes()[self.pos..self.pos + length] {
            b"<=>" => Token::NullSafeEqual,
            b"<=" => Token::LessEqual,
            b"<>" | b"!=" => Token::NotEqual,
            b"<<" => Token::ShiftLeft,
            b">=" => Token::GreaterEqual,
            b">>" => Token::ShiftRight,
            b"=" => Token::Equal,
            b"<" => Token::Less,
            b">" => Token::Greater,
            [b'!', ..] => Token::Bang,
            _ => Token::Bad,
        };
        (token, length)
    }

    /// A dot begins a number before a digit, and otherwise joins names.
    fn dot(&mut self) -> Token {
        if self.byte(1).is_ascii_digit() {
            return self.fraction();
        }
        self.pos += 1;
        if is_name_byte(self.byte(0)) {
            self.expect = Expect::QualifiedName;
        }
        Token::Dot
    }

    /// A number, unless the characters behind it make it a name (`1st`, `0x`, `2e`).
    fn number_or_name(&mut self) -> Token {
        let start = self.pos;
        if self.byte(0) == b'0' && matches!(self.byte(1), b'x' | b'b') {
            let hex = self.byte(1) == b'x';
            self.pos += 2;
            self.skip_while(|b| {
                if hex {
                    b.is_ascii_hexdigit()
                } else {
                    matches!(b, b'0' | b'1')
                }
            });
            if self.pos > start + 2 && !is_name_byte(self.byte(0)) {
                return if hex { Token::Hex } else { Token::Bit };
            }
            return self.name(start);
        }
        self.skip_while(|b| b.is_ascii_digit());
        match self.byte(0) {
            b'.' => self.fraction(),
            b'e' | b'E' if self.exponent() => Token::Float,
            b if is_name_byte(b) => self.name(start),
            _ => Token::Integer,
        }
    }

    /// Goes over an exponent with at least one digit; stays where it is if there is none.
    fn exponent(&mut self) -> bool {
        let sign = usize::from(matches!(self.byte(1), b'+' | b'-'));
        let found = self.byte(1 + sign).is_ascii_digit();
        if found {
            self.pos += 1 + sign;
            self.skip_while(|b| b.is_ascii_digit());
        }
        found
    }

    /// From the dot of a number on.
    fn fraction(&mut self) -> Token {
        self.pos += 1;
        self.skip_while(|b| b.is_ascii_digit());
        if !matches!(self.byte(0), b'e' | b'E') {
            return Token::Decimal;
        }
        if self.exponent() {
            return Token::Float;
        }
        // MySQL: digits with a point and a broken exponent vanish, and the character behind them is
        // the token: `5 .5e* 2` is `5 * 2`.
        self.pos += 1;
        if matches!(self.byte(0), b'+' | b'-') {
            self.pos += 1;
        }
        let token = single(self.byte(0));
        self.pos += usize::from(token != Token::Bad);
        token
    }

    /// A name, keyword or introducer that began at `start`.
    fn name(&mut self, start: usize) -> Token {
        self.skip_while(is_name_byte);
        let word = &self.text[start..self.pos];
        if self.byte(0) == b'.' && is_name_byte(self.byte(1)) {
            self.expect = Expect::Separator;
            return Token::Name;
        }
        if let Some(set) = word.strip_prefix('_')
            && keyword::is_character_set(set)
        {
            return Token::Introducer;
        }
        match keyword::lookup(word) {
            Some((_, Class::Function)) if !self.before_parenthesis() => Token::Name,
            Some((keyword, class)) => Token::Word(keyword, class),
            None if word.starts_with("$$") => Token::Bad,
            None => Token::Name,
        }
    }

    fn before_parenthesis(&self) -> bool {
        let mut ahead = 0;
        if self.modes.ignore_space {
            while is_space(self.byte(ahead)) {
                ahead += 1;
            }
        }
        self.byte(ahead) == b'('
    }

    fn qualified_name(&mut self) -> (Token, usize) {
        let start = self.pos;
        self.skip_while(is_name_byte);
        if self.byte(0) == b'.' && is_name_byte(self.byte(1)) {
            self.expect = Expect::Separator;
        }
        (Token::Name, start)
    }

    fn user_variable(&mut self) -> (Token, usize) {
        let start = self.pos;
        match self.byte(0) {
            b'\'' | b'"' | b'`' => (self.token(), start),
            _ => {
                self.skip_while(|b| is_name_byte(b) || b == b'.');
                (Token::UserVariable, start)
            }
        }
    }

    fn system_variable(&mut self) -> (Token, usize) {
        let start = self.pos;
        if self.byte(0) == b'`' {
            return (self.quoted_name(b'`'), start);
        }
        self.skip_while(is_name_byte);
        if self.byte(0) == b'.' {
            self.expect = Expect::Separator;
        }
        let word = &self.text[start..self.pos];
        let token = match keyword::lookup(word) {
            _ if word.is_empty() => Token::Bad,
            Some((keyword, class)) if class != Class::Function => Token::Word(keyword, class),
            _ => Token::Name,
        };
        (token, start)
    }

    fn string(&mut self, quote: u8, token: Token) -> Token {
        let start = self.pos;
        self.pos += 1;
        while !self.at_end() {
            match self.byte(0) {
                b'\\' if !self.modes.no_backslash_escapes => self.pos += 2,
                b if b == quote && self.byte(1) == quote => self.pos += 2,
                b if b == quote => {
                    self.pos += 1;
                    return token;
                }
                _ => self.pos += 1,
            }
        }
        self.pos = start + 1;
        Token::Bad
    }

    fn quoted_name(&mut self, quote: u8) -> Token {
        let start = self.pos;
        self.pos += 1;
        while !self.at_end() {
            if self.byte(0) != quote {
                self.pos += 1;
            } else if self.byte(1) == quote {
                self.pos += 2;
            } else {
                self.pos += 1;
                return Token::QuotedName;
            }
        }
        self.pos = start + 1;
        Token::Bad
    }

    /// `x'…'` wants an even number of hex digits, `b'…'` any number of binary digits.
    fn digits_in_quotes(&mut self, token: Token) -> Token {
        self.pos += 2;
        let start = self.pos;
        let hex = token == Token::Hex;
        self.skip_while(|b| {
            if hex {
                b.is_ascii_hexdigit()
            } else {
                matches!(b, b'0' | b'1')
            }
        });
        let digits = self.pos - start;
        if self.byte(0) != b'\'' || (hex && !digits.is_multiple_of(2)) {
            return Token::Bad;
        }
        self.pos += 1;
        token
    }
}
