//! Text to tree, with the pending constructs on a stack of our own.
//!
//! The parser is a precedence parser turned inside out: what recursive descent would keep on the
//! thread's stack is a [`Frame`]. It alternates between two questions: *operand* (the next token
//! begins a value) and *operator* (a value is complete; does the next token go on with it, complete
//! a frame, or is it an error?). So nesting costs heap, not stack, and the depth limit is a counter.
//!
//! Errors name the first token with which no expression can go on, as MySQL's parser does.

mod call;
mod frame;
mod interval;
mod json;
mod operand;
mod operator;
mod type_name;

pub(crate) mod list;

use crate::ast::{Expr, ExprKind, Ident};
use crate::error::Error;
use crate::keyword::{Class, Keyword};
use crate::lexer::{Lexeme, Lexer, Token};
use crate::precedence::Level;
use crate::text;
use crate::{Limits, Modes, Span};
use frame::Frame;

pub(crate) type Result<T> = std::result::Result<T, Error>;

/// A complete value and the loosest layer of the grammar that it belongs to.
struct Value {
    expr: Expr,
    level: Level,
}

/// What comes next.
enum Flow {
    /// A value must begin here.
    Operand,
    /// A value is complete.
    Value(Value),
    /// The whole expression is complete; the current token is behind it.
    Done(Expr),
}

pub(crate) struct Parser<'a> {
    text: &'a str,
    modes: Modes,
    limits: Limits,
    lexer: Lexer<'a>,
    /// The token that is looked at.
    at: Lexeme,
    /// End of the token before it.
    last_end: u32,
    stack: Vec<Frame>,
    depth: u32,
    nodes: u32,
    /// Question marks so far.
    parameters: u32,
    /// An error that the server finds only when the whole text has been read.
    late: Option<Error>,
}

impl<'a> Parser<'a> {
    pub(crate) fn new(text: &'a str, modes: Modes, limits: Limits) -> Result<Self> {
        if text.len() > limits.text_bytes as usize {
            return Err(Error::too_long(limits.text_bytes));
        }
        // MySQL: blanks and semicolons at the end are no part of a statement.
        let text = text.trim_end_matches([' ', '\t', '\n', '\r', '\x0B', '\x0C', ';']);
        let mut lexer = Lexer::new(text, modes);
        let at = lexer.next();
        Ok(Self {
            text,
            modes,
            limits,
            lexer,
            at,
            last_end: 0,
            stack: Vec::new(),
            depth: 0,
            nodes: 0,
            parameters: 0,
            late: None,
        })
    }

    /// Reads one expression; the token behind it stays.
    pub(crate) fn expression(&mut self) -> Result<Expr> {
        loop {
            let mut flow = self.operand()?;
            loop {
                flow = match flow {
                    Flow::Operand => break,
                    Flow::Value(value) => self.operator(value)?,
                    Flow::Done(expr) => return Ok(expr),
                };
            }
        }
    }

    /// Nothing may follow.
    pub(crate) fn finish(self) -> Result<()> {
        if self.at.token != Token::End {
            return Err(self.unexpected());
        }
        self.late.map_or(Ok(()), Err)
    }

    // Tokens

    fn advance(&mut self) {
        self.last_end = self.at.span.end;
        self.at = self.lexer.next();
    }

    /// The token after the current one.
    fn peek(&self) -> Token {
        let mut ahead = self.lexer;
        ahead.next().token
    }

    fn at_word(&self, keyword: Keyword) -> bool {
        matches!(self.at.token, Token::Word(k, _) if k == keyword)
    }

    fn eat(&mut self, token: Token) -> bool {
        let found = self.at.token == token;
        if found {
            self.advance();
        }
        found
    }

    fn eat_word(&mut self, keyword: Keyword) -> bool {
        let found = self.at_word(keyword);
        if found {
            self.advance();
        }
        found
    }

    fn expect(&mut self, token: Token) -> Result<()> {
        if self.eat(token) {
            Ok(())
        } else {
            Err(self.unexpected())
        }
    }

    fn expect_word(&mut self, keyword: Keyword) -> Result<()> {
        if self.eat_word(keyword) {
            Ok(())
        } else {
            Err(self.unexpected())
        }
    }

    /// The text of the current token.
    fn at_text(&self) -> &'a str {
        self.at.span.of(self.text)
    }

    /// Error 1064 at the current token.
    fn unexpected(&self) -> Error {
        Error::syntax(self.text, self.at.span)
    }

    // Names

    /// A name: quoted, or a word that is not reserved.
    fn name(&mut self) -> Result<Ident> {
        let name = self.at_name().ok_or_else(|| self.unexpected())?;
        self.advance();
        Ok(name)
    }

    fn at_name(&self) -> Option<Ident> {
        match self.at.token {
            Token::Name | Token::Word(_, Class::NonReserved) => {
                Some(Ident::new(self.at_text(), self.at.span))
            }
            Token::QuotedName => Some(Ident::new(text::unquote_name(self.at_text()), self.at.span)),
            _ => None,
        }
    }

    /// A name, or a string in its place (character sets, collations).
    fn name_or_string(&mut self) -> Result<Ident> {
        if self.at.token == Token::String {
            let span = self.at.span;
            let value = self.string_value();
            self.advance();
            Ok(Ident::new(
                String::from_utf8_lossy(&value).into_owned(),
                span,
            ))
        } else {
            self.name()
        }
    }

    /// A character set's name: as [`Self::name_or_string`], and the reserved word `binary`.
    fn charset_name(&mut self) -> Result<Ident> {
        if self.at_word(Keyword::Binary) {
            let name = Ident::new(self.at_text(), self.at.span);
            self.advance();
            Ok(name)
        } else {
            self.name_or_string()
        }
    }

    /// Value of the string token that is looked at.
    fn string_value(&self) -> Vec<u8> {
        text::unquote_string(self.at_text(), self.modes)
    }

    // Frames and nodes

    /// Leaves a construct pending.
    fn push(&mut self, frame: Frame) -> Result<()> {
        if frame.nests() {
            if self.depth >= self.limits.depth {
                return Err(Error::too_deep(self.text, self.at.span));
            }
            self.depth += 1;
        }
        self.stack.push(frame);
        Ok(())
    }

    fn pop(&mut self) -> Option<Frame> {
        let frame = self.stack.pop()?;
        if frame.nests() {
            self.depth -= 1;
        }
        Some(frame)
    }

    /// The loosest value that may stand here.
    fn wanted(&self) -> Level {
        self.stack.last().map_or(Level::Expr, Frame::wants)
    }

    fn node(&mut self, kind: ExprKind, span: Span) -> Result<Expr> {
        self.nodes += 1;
        if self.nodes > self.limits.nodes {
            return Err(Error::too_deep(self.text, self.at.span));
        }
        Ok(Expr::new(kind, span))
    }

    fn value(&mut self, kind: ExprKind, span: Span, level: Level) -> Result<Flow> {
        Ok(Flow::Value(Value {
            expr: self.node(kind, span)?,
            level,
        }))
    }

    /// A complete value from `start` to the token before the current one.
    fn primary(&mut self, kind: ExprKind, start: u32) -> Result<Flow> {
        self.value(kind, Span::new(start, self.last_end), Level::Primary)
    }
}
