//! `JSON_VALUE(document, path …)`

use super::{Flow, Parser, Result, Value};
use crate::Span;
use crate::ast::{Expr, ExprKind, JsonOn, JsonValue, StringLiteral, StringPrefix, UnaryOp};
use crate::keyword::Keyword;
use crate::lexer::Token;

impl Parser<'_> {
    pub(super) fn json_value(&mut self, start: u32, document: Expr) -> Result<Flow> {
        self.expect(Token::Comma)?;
        let path = match self.at.token {
            Token::String | Token::NationalString | Token::Introducer => self.quoted_text()?,
            _ => return Err(self.unexpected()),
        };
        let returning = if self.eat_word(Keyword::Returning) {
            Some(self.cast_type()?)
        } else {
            None
        };
        let (mut on_empty, mut on_error) = (None, None);
        while let Some(on) = self.json_on()? {
            self.expect_word(Keyword::On)?;
            if on_empty.is_none() && self.eat_word(Keyword::Empty) {
                on_empty = Some(on);
            } else {
                self.expect_word(Keyword::Error)?;
                on_error = Some(on);
                // MySQL: ON EMPTY must stand before ON ERROR.
                break;
            }
        }
        self.expect(Token::CloseParen)?;
        let json = JsonValue {
            document,
            path,
            returning,
            on_empty,
            on_error,
        };
        self.primary(ExprKind::JsonValue(Box::new(json)), start)
    }

    /// A string constant with any prefix.
    fn quoted_text(&mut self) -> Result<StringLiteral> {
        let prefix = match self.at.token {
            Token::NationalString => StringPrefix::National,
            Token::Introducer => {
                let name = self.at_text()[1..].into();
                self.advance();
                StringPrefix::Introducer(name)
            }
            _ => StringPrefix::None,
        };
        if prefix != StringPrefix::National && self.at.token != Token::String {
            return Err(self.unexpected());
        }
        Ok(self.strings(prefix))
    }

    fn json_on(&mut self) -> Result<Option<JsonOn>> {
        if self.eat_word(Keyword::Null) {
            return Ok(Some(JsonOn::Null));
        }
        if self.eat_word(Keyword::Error) {
            return Ok(Some(JsonOn::Error));
        }
        if !self.eat_word(Keyword::Default) {
            return Ok(None);
        }
        let start = self.at.span.start;
        let sign = match self.at.token {
            Token::Minus => Some(UnaryOp::Minus),
            Token::Plus => Some(UnaryOp::Plus),
            _ => None,
        };
        if sign.is_some() {
            self.advance();
        }
        let numeric = matches!(
            self.at.token,
            Token::Integer | Token::Decimal | Token::Float
        );
        // The words DATE, TIME and TIMESTAMP begin a constant only before a string.
        let constant = match self.at.token {
            Token::Word(Keyword::True | Keyword::False, _) => true,
            Token::Word(Keyword::Date | Keyword::Time | Keyword::Timestamp, _) => {
                self.peek() == Token::String
            }
            Token::String | Token::NationalString | Token::Hex | Token::Bit | Token::Introducer => {
                true
            }
            _ => false,
        };
        if !numeric && (sign.is_some() || !constant) {
            return Err(self.unexpected());
        }
        // None of these leaves a frame behind.
        let Flow::Value(Value { mut expr, .. }) = self.operand()? else {
            return Err(self.unexpected());
        };
        if let Some(op) = sign {
            let span = Span::new(start, expr.span.end);
            expr = self.node(
                ExprKind::Unary {
                    op,
                    operand: Box::new(expr),
                },
                span,
            )?;
        }
        Ok(Some(JsonOn::Default(expr)))
    }
}
