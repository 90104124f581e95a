//! Lists beside the expression: column definitions, and what a query puts out.

use super::{Parser, Result};
use crate::ast::{Expr, Ident};
use crate::keyword::{Class, Keyword};
use crate::lexer::Token;
use crate::types::ColumnDefinition;

/// `expression [[AS] name]`
#[derive(Clone, Debug, PartialEq)]
pub struct Output {
    /// The value.
    pub expr: Expr,
    /// Its name, if it was given one.
    pub alias: Option<Ident>,
}

impl Parser<'_> {
    /// `name TYPE, …`; an empty text is an empty list.
    pub(crate) fn column_definitions(&mut self) -> Result<Vec<ColumnDefinition>> {
        let mut columns = Vec::new();
        if self.at.token == Token::End {
            return Ok(columns);
        }
        loop {
            let name = self.name()?;
            columns.push(ColumnDefinition {
                name,
                ty: self.column_type()?,
            });
            if !self.eat(Token::Comma) {
                return Ok(columns);
            }
        }
    }

    /// `expression [AS name], …`
    pub(crate) fn outputs(&mut self) -> Result<Vec<Output>> {
        let mut outputs = Vec::new();
        loop {
            let expr = self.expression()?;
            let alias = self.alias()?;
            outputs.push(Output { expr, alias });
            if !self.eat(Token::Comma) {
                return Ok(outputs);
            }
        }
    }

    fn alias(&mut self) -> Result<Option<Ident>> {
        let named = self.eat_word(Keyword::As);
        match self.at.token {
            Token::Name
            | Token::QuotedName
            | Token::String
            | Token::Word(_, Class::NonReserved) => self.name_or_string().map(Some),
            _ if named => Err(self.unexpected()),
            _ => Ok(None),
        }
    }
}
