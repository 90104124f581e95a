//! A value must begin here.

use super::frame::{Frame, IntervalOf};
use super::{Flow, Parser, Result};
use crate::Span;
use crate::ast::{
    ColumnRef, ExprKind, Ident, Literal, Parameter, StringLiteral, StringPrefix, SystemVariable,
    TemporalKind, UnaryOp, VariableScope,
};
use crate::error::Error;
use crate::keyword::Keyword;
use crate::lexer::Token;
use crate::precedence::Level;
use crate::text;

impl Parser<'_> {
    pub(super) fn operand(&mut self) -> Result<Flow> {
        let start = self.at.span.start;
        match self.at.token {
            Token::Integer => self.number(Literal::Integer),
            Token::Decimal => self.number(Literal::Decimal),
            Token::Float => {
                if self.at_text().parse::<f64>().is_ok_and(f64::is_infinite) {
                    return Err(Error::illegal_double(self.at_text(), self.at.span));
                }
                self.number(Literal::Float)
            }
            Token::String | Token::NationalString | Token::Hex | Token::Bit | Token::Introducer => {
                let literal = self.quoted_literal()?;
                self.primary(ExprKind::Literal(literal), start)
            }
            Token::Question => {
                self.advance();
                let index = self.parameters;
                self.parameters = self.parameters.saturating_add(1);
                self.primary(ExprKind::Parameter(Parameter::Positional(index)), start)
            }
            Token::NamedParameter => {
                let name = &self.at_text()[1..];
                self.advance();
                self.primary(ExprKind::Parameter(Parameter::Named(name.into())), start)
            }
            Token::At => self.user_variable(),
            Token::AtAt => self.system_variable(),
            Token::Minus => self.prefix(UnaryOp::Minus),
            Token::Plus => self.prefix(UnaryOp::Plus),
            Token::Tilde => self.prefix(UnaryOp::BitNot),
            Token::Bang => self.prefix(UnaryOp::Bang),
            Token::OpenParen => {
                self.advance();
                self.no_subquery()?;
                self.push(Frame::Paren {
                    start,
                    row: false,
                    items: Vec::new(),
                })?;
                Ok(Flow::Operand)
            }
            Token::OpenBrace => {
                self.advance();
                let name = self.name()?;
                self.push(Frame::Odbc { name, start })?;
                Ok(Flow::Operand)
            }
            Token::Name | Token::QuotedName => self.column_or_call(),
            Token::Word(keyword, _) => self.word(keyword),
            _ => Err(self.unexpected()),
        }
    }

    fn word(&mut self, keyword: Keyword) -> Result<Flow> {
        let start = self.at.span.start;
        match keyword {
            Keyword::Null => self.constant(Literal::Null),
            Keyword::True => self.constant(Literal::Bool(true)),
            Keyword::False => self.constant(Literal::Bool(false)),
            Keyword::Not => {
                if !self.modes.high_not_precedence && self.wanted() > Level::Not {
                    return Err(self.unexpected());
                }
                self.prefix(UnaryOp::Not)
            }
            Keyword::Binary => self.prefix(UnaryOp::Binary),
            Keyword::Case => {
                self.advance();
                if self.eat_word(Keyword::When) {
                    let case = super::frame::Case {
                        start,
                        operand: None,
                        branches: Vec::new(),
                    };
                    self.push(Frame::CaseWhen { case })?;
                } else {
                    self.push(Frame::CaseOperand { start })?;
                }
                Ok(Flow::Operand)
            }
            Keyword::Interval => self.interval(IntervalOf::Leading { start }),
            Keyword::Row => {
                self.advance();
                self.expect(Token::OpenParen)?;
                self.push(Frame::Paren {
                    start,
                    row: true,
                    items: Vec::new(),
                })?;
                Ok(Flow::Operand)
            }
            Keyword::Default => {
                self.advance();
                let column = self.column_in_parentheses()?;
                self.primary(ExprKind::Default(Box::new(column)), start)
            }
            Keyword::Values => {
                self.advance();
                let column = self.column_in_parentheses()?;
                self.primary(ExprKind::Values(Box::new(column)), start)
            }
            Keyword::Exists => {
                self.advance();
                self.expect(Token::OpenParen)?;
                self.no_subquery()?;
                Err(self.unexpected())
            }
            Keyword::Match => self.full_text_search(),
            Keyword::Date | Keyword::Time | Keyword::Timestamp if self.peek() == Token::String => {
                let kind = match keyword {
                    Keyword::Date => TemporalKind::Date,
                    Keyword::Time => TemporalKind::Time,
                    _ => TemporalKind::Timestamp,
                };
                self.advance();
                let text = self.string_value();
                self.advance();
                self.primary(ExprKind::Literal(Literal::Temporal { kind, text }), start)
            }
            keyword => match self.keyword_call(keyword)? {
                Some(flow) => Ok(flow),
                None => self.column_or_call(),
            },
        }
    }

    fn prefix(&mut self, op: UnaryOp) -> Result<Flow> {
        let start = self.at.span.start;
        self.advance();
        let wants = op.level(self.modes.high_not_precedence);
        self.push(Frame::Prefix { op, start, wants })?;
        Ok(Flow::Operand)
    }

    // Literals

    fn number(&mut self, make: fn(Box<str>) -> Literal) -> Result<Flow> {
        let literal = make(self.at_text().into());
        self.constant(literal)
    }

    fn constant(&mut self, literal: Literal) -> Result<Flow> {
        let start = self.at.span.start;
        self.advance();
        self.primary(ExprKind::Literal(literal), start)
    }

    /// A string, hexadecimal or bit constant, with its introducer.
    pub(super) fn quoted_literal(&mut self) -> Result<Literal> {
        let introducer: Option<Box<str>> = match self.at.token {
            Token::Introducer => {
                let name = self.at_text()[1..].into();
                self.advance();
                Some(name)
            }
            _ => None,
        };
        match self.at.token {
            Token::Hex => {
                let bytes = text::hex_bytes(self.at_text());
                self.advance();
                Ok(Literal::Hex { introducer, bytes })
            }
            Token::Bit => {
                let bytes = text::bit_bytes(self.at_text());
                self.advance();
                Ok(Literal::Bit { introducer, bytes })
            }
            Token::String => {
                let prefix = introducer.map_or(StringPrefix::None, StringPrefix::Introducer);
                Ok(Literal::String(self.strings(prefix)))
            }
            Token::NationalString if introducer.is_none() => {
                Ok(Literal::String(self.strings(StringPrefix::National)))
            }
            _ => Err(self.unexpected()),
        }
    }

    /// One string token and all that stand right behind it.
    pub(super) fn strings(&mut self, prefix: StringPrefix) -> StringLiteral {
        let token = self.at_text();
        let quoted = if prefix == StringPrefix::National {
            &token[1..]
        } else {
            token
        };
        let mut value = text::unquote_string(quoted, self.modes);
        self.advance();
        while self.at.token == Token::String {
            value.extend(self.string_value());
            self.advance();
        }
        StringLiteral { prefix, value }
    }

    // Variables

    fn user_variable(&mut self) -> Result<Flow> {
        let start = self.at.span.start;
        self.advance();
        let span = self.at.span;
        let variable = match self.at.token {
            Token::UserVariable => Ident::new(self.at_text(), span),
            Token::QuotedName => Ident::new(text::unquote_name(self.at_text()), span),
            Token::String => Ident::new(
                String::from_utf8_lossy(&self.string_value()).into_owned(),
                span,
            ),
            _ => return Err(self.unexpected()),
        };
        self.advance();
        if self.eat(Token::Assign) {
            self.push(Frame::Assign { variable, start })?;
            return Ok(Flow::Operand);
        }
        self.primary(ExprKind::UserVariable(variable), start)
    }

    fn system_variable(&mut self) -> Result<Flow> {
        let start = self.at.span.start;
        self.advance();
        let scope = match self.at.token {
            Token::Word(Keyword::Global, _) => Some(VariableScope::Global),
            Token::Word(Keyword::Session | Keyword::Local, _) => Some(VariableScope::Session),
            _ => None,
        };
        if scope.is_some() {
            self.advance();
            self.expect(Token::Dot)?;
        }
        let mut name = self.name()?;
        let mut base = None;
        if self.eat(Token::Dot) {
            base = Some(std::mem::replace(&mut name, self.name()?));
        }
        self.primary(
            ExprKind::SystemVariable(Box::new(SystemVariable { scope, base, name })),
            start,
        )
    }

    // Columns

    /// A column, `column -> path`, or a call of a function without a keyword.
    fn column_or_call(&mut self) -> Result<Flow> {
        let callable = matches!(self.at.token, Token::Name | Token::QuotedName);
        let first = self.name()?;
        if callable && self.at.token == Token::OpenParen {
            return self.call(None, first);
        }
        let start = first.span.start;
        let mut column = ColumnRef {
            schema: None,
            table: None,
            column: first,
        };
        if self.eat(Token::Dot) {
            let second = self.name()?;
            if self.at.token == Token::OpenParen {
                return self.call(Some(column.column), second);
            }
            column.table = Some(std::mem::replace(&mut column.column, second));
            if self.eat(Token::Dot) {
                let third = self.name()?;
                column.schema = column
                    .table
                    .replace(std::mem::replace(&mut column.column, third));
            }
        }
        let unquote = match self.at.token {
            Token::Arrow => false,
            Token::LongArrow => true,
            _ => return self.primary(ExprKind::Column(Box::new(column)), start),
        };
        self.advance();
        if self.at.token != Token::String {
            return Err(self.unexpected());
        }
        let path = String::from_utf8_lossy(&self.string_value()).into();
        self.advance();
        self.primary(
            ExprKind::JsonPath {
                column: Box::new(column),
                path,
                unquote,
            },
            start,
        )
    }

    /// A column without operators, as `DEFAULT` and `VALUES` take it.
    fn column_in_parentheses(&mut self) -> Result<ColumnRef> {
        self.expect(Token::OpenParen)?;
        let mut column = ColumnRef {
            schema: None,
            table: None,
            column: self.name()?,
        };
        while column.schema.is_none() && self.eat(Token::Dot) {
            let next = self.name()?;
            column.schema = column
                .table
                .replace(std::mem::replace(&mut column.column, next));
        }
        self.expect(Token::CloseParen)?;
        Ok(column)
    }

    // What is not evaluated here

    /// `= ALL (SELECT …)`, also with ANY and SOME, which are columns unless a parenthesis follows.
    pub(super) fn no_quantifier(&mut self) -> Result<()> {
        let quantified = match self.at.token {
            Token::Word(Keyword::All, _) => true,
            Token::Word(Keyword::Any | Keyword::Some, _) => self.peek() == Token::OpenParen,
            _ => false,
        };
        if !quantified {
            return Ok(());
        }
        self.advance();
        self.expect(Token::OpenParen)?;
        self.no_subquery()?;
        Err(self.unexpected())
    }

    pub(super) fn no_subquery(&self) -> Result<()> {
        if self.at_word(Keyword::Select) {
            Err(Error::unsupported("subquery", self.at.span))
        } else {
            Ok(())
        }
    }

    /// `MATCH (col, …) AGAINST …`: its columns are checked, for a wrong one is a syntax error.
    fn full_text_search(&mut self) -> Result<Flow> {
        let start = self.at.span.start;
        self.advance();
        let paren = self.eat(Token::OpenParen);
        loop {
            self.name()?;
            while self.eat(Token::Dot) {
                self.name()?;
            }
            if !self.eat(Token::Comma) {
                break;
            }
        }
        if paren {
            self.expect(Token::CloseParen)?;
        }
        self.expect_word(Keyword::Against)?;
        self.expect(Token::OpenParen)?;
        Err(Error::unsupported(
            "full-text search",
            Span::new(start, self.last_end),
        ))
    }
}
