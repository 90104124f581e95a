//! A value is complete: what does the next token do with it?

use super::frame::{Args, Case, Frame, IntervalOf};
use super::{Flow, Parser, Result, Value};
use crate::Span;
use crate::ast::{BinaryOp, Branch, Call, CallForm, DateForm, Expr, ExprKind, Ident, IsTest};
use crate::error::Error;
use crate::keyword::{Class, Keyword};
use crate::lexer::Token;
use crate::precedence::Level;

/// Something that goes on behind a value.
#[derive(Clone, Copy)]
enum Infix {
    Binary(BinaryOp),
    Concat,
    Collate,
    Is,
    /// `NOT` before a predicate.
    Not,
    In,
    Between,
    Like,
    Regexp,
    Sounds,
    Member,
}

impl Infix {
    /// The layer that it makes.
    fn level(self) -> Level {
        match self {
            Self::Binary(op) => op.level(),
            Self::Concat => Level::Concat,
            Self::Collate => Level::Collate,
            Self::Is => Level::Comparison,
            _ => Level::Predicate,
        }
    }

    /// What the value before it must be at least.
    fn left_level(self) -> Level {
        match self {
            Self::Binary(op) => op.left_level(),
            Self::Concat | Self::Collate => Level::Concat,
            Self::Is => Level::Comparison,
            _ => Level::BitOr,
        }
    }
}

impl Parser<'_> {
    pub(super) fn operator(&mut self, mut value: Value) -> Result<Flow> {
        let infix = self.infix();
        while let Some(frame) = self.stack.last() {
            // A value that is too loose for the operator may still end a frame whose result is not:
            // `@a := b IN (c) + d` is `(@a := b IN (c)) + d`.
            if infix.is_some_and(|infix| {
                infix.level() >= frame.wants() && value.level >= infix.left_level()
            }) {
                break;
            }
            if !frame.is_open() {
                return self.close(value);
            }
            if matches!(frame, Frame::Like { .. }) && self.at_word(Keyword::Escape) {
                return self.escape(value.expr);
            }
            value = self.reduce(value.expr)?;
        }
        match infix {
            None => Ok(Flow::Done(value.expr)),
            Some(infix) if value.level < infix.left_level() => Err(self.unexpected()),
            Some(infix) => self.apply(infix, value.expr),
        }
    }

    fn infix(&self) -> Option<Infix> {
        use BinaryOp as B;
        Some(Infix::Binary(match self.at.token {
            Token::Plus => B::Plus,
            Token::Minus => B::Minus,
            Token::Star => B::Multiply,
            Token::Slash => B::Divide,
            Token::Percent => B::Modulo,
            Token::Caret => B::BitXor,
            Token::Bar => B::BitOr,
            Token::Ampersand => B::BitAnd,
            Token::ShiftLeft => B::ShiftLeft,
            Token::ShiftRight => B::ShiftRight,
            Token::Equal => B::Equal,
            Token::NullSafeEqual => B::NullSafeEqual,
            Token::NotEqual => B::NotEqual,
            Token::Less => B::Less,
            Token::LessEqual => B::LessEqual,
            Token::Greater => B::Greater,
            Token::GreaterEqual => B::GreaterEqual,
            Token::AmpersandAmpersand => B::AmpersandAnd,
            Token::BarBar if self.modes.pipes_as_concat => return Some(Infix::Concat),
            Token::BarBar => B::BarOr,
            Token::Word(keyword, _) => match keyword {
                Keyword::And => B::And,
                Keyword::Or => B::Or,
                Keyword::Xor => B::Xor,
                Keyword::Div => B::IntegerDivide,
                Keyword::Mod => B::Modulo,
                Keyword::Is => return Some(Infix::Is),
                Keyword::Not => return Some(Infix::Not),
                Keyword::In => return Some(Infix::In),
                Keyword::Between => return Some(Infix::Between),
                Keyword::Like => return Some(Infix::Like),
                Keyword::Regexp | Keyword::Rlike => return Some(Infix::Regexp),
                Keyword::Sounds => return Some(Infix::Sounds),
                Keyword::Member => return Some(Infix::Member),
                Keyword::Collate => return Some(Infix::Collate),
                _ => return None,
            },
            _ => return None,
        }))
    }

    fn apply(&mut self, infix: Infix, left: Expr) -> Result<Flow> {
        let operator = self.at.span;
        self.advance();
        match infix {
            Infix::Binary(op @ (BinaryOp::Plus | BinaryOp::Minus))
                if self.at_word(Keyword::Interval) =>
            {
                return self.interval(IntervalOf::Operator {
                    left,
                    subtract: op == BinaryOp::Minus,
                });
            }
            Infix::Binary(op) => {
                if op.level() == Level::Comparison {
                    self.no_quantifier()?;
                }
                self.push(Frame::Binary { op, left })?;
            }
            Infix::Concat => self.push(Frame::Concat { left, operator })?,
            Infix::Collate => {
                let collation = self.name_or_string()?;
                let span = Span::new(left.span.start, self.last_end);
                return self.value(
                    ExprKind::Collate {
                        operand: Box::new(left),
                        collation,
                    },
                    span,
                    Level::Collate,
                );
            }
            Infix::Is => return self.is(left),
            Infix::Not => {
                let keyword = match self.at.token {
                    Token::Word(keyword, _) => keyword,
                    _ => return Err(self.unexpected()),
                };
                match keyword {
                    Keyword::In
                    | Keyword::Between
                    | Keyword::Like
                    | Keyword::Regexp
                    | Keyword::Rlike => {}
                    _ => return Err(self.unexpected()),
                }
                self.advance();
                self.predicate(keyword, left, true)?;
            }
            Infix::In => self.predicate(Keyword::In, left, false)?,
            Infix::Between => self.predicate(Keyword::Between, left, false)?,
            Infix::Like => self.predicate(Keyword::Like, left, false)?,
            Infix::Regexp => self.predicate(Keyword::Regexp, left, false)?,
            Infix::Sounds => {
                self.expect_word(Keyword::Like)?;
                self.push(Frame::Binary {
                    op: BinaryOp::SoundsLike,
                    left,
                })?;
            }
            Infix::Member => {
                self.eat_word(Keyword::Of);
                self.expect(Token::OpenParen)?;
                self.push(Frame::MemberOf { operand: left })?;
            }
        }
        Ok(Flow::Operand)
    }

    fn predicate(&mut self, keyword: Keyword, operand: Expr, negated: bool) -> Result<()> {
        match keyword {
            Keyword::In => {
                self.expect(Token::OpenParen)?;
                self.no_subquery()?;
                self.push(Frame::In {
                    operand,
                    list: Vec::new(),
                    negated,
                })
            }
            Keyword::Between => self.push(Frame::BetweenLow { operand, negated }),
            Keyword::Like => self.push(Frame::Like { operand, negated }),
            _ => self.push(Frame::Regexp { operand, negated }),
        }
    }

    fn is(&mut self, operand: Expr) -> Result<Flow> {
        let negated = self.eat_word(Keyword::Not);
        let (test, level) = match self.at.token {
            Token::Word(Keyword::Null, _) => (IsTest::Null, Level::Comparison),
            Token::Word(Keyword::True, _) => (IsTest::True, Level::Not),
            Token::Word(Keyword::False, _) => (IsTest::False, Level::Not),
            Token::Word(Keyword::Unknown, _) => (IsTest::Unknown, Level::Not),
            _ => return Err(self.unexpected()),
        };
        self.advance();
        let span = Span::new(operand.span.start, self.last_end);
        self.value(
            ExprKind::Is {
                operand: Box::new(operand),
                test,
                negated,
            },
            span,
            level,
        )
    }

    /// `operand LIKE pattern` goes on with `ESCAPE`.
    fn escape(&mut self, pattern: Expr) -> Result<Flow> {
        if let Some(Frame::Like { operand, negated }) = self.pop() {
            self.advance();
            self.push(Frame::LikeEscape {
                operand,
                pattern,
                negated,
            })?;
        }
        Ok(Flow::Operand)
    }

    /// Completes the open frame on top with its last operand.
    fn reduce(&mut self, last: Expr) -> Result<Value> {
        let end = last.span.end;
        let (kind, start, level) = match self.pop() {
            Some(Frame::Binary { op, left }) => {
                let start = left.span.start;
                let kind = ExprKind::Binary {
                    op,
                    left: Box::new(left),
                    right: Box::new(last),
                };
                (kind, start, op.level())
            }
            Some(Frame::Concat { left, operator }) => {
                let start = left.span.start;
                let name = Ident::new("CONCAT", operator);
                let call = Call {
                    schema: None,
                    name,
                    args: vec![left, last],
                    form: CallForm::Name,
                };
                (ExprKind::Call(Box::new(call)), start, Level::Concat)
            }
            Some(Frame::Prefix { op, start, wants }) => (
                ExprKind::Unary {
                    op,
                    operand: Box::new(last),
                },
                start,
                wants,
            ),
            Some(Frame::Assign { variable, start }) => (
                ExprKind::Assign {
                    variable,
                    value: Box::new(last),
                },
                start,
                Level::Primary,
            ),
            Some(Frame::Like { operand, negated }) => {
                let start = operand.span.start;
                let (operand, pattern) = (Box::new(operand), Box::new(last));
                (
                    ExprKind::Like {
                        operand,
                        pattern,
                        escape: None,
                        negated,
                    },
                    start,
                    Level::Predicate,
                )
            }
            Some(Frame::LikeEscape {
                operand,
                pattern,
                negated,
            }) => {
                let start = operand.span.start;
                let (operand, pattern, escape) =
                    (Box::new(operand), Box::new(pattern), Some(Box::new(last)));
                (
                    ExprKind::Like {
                        operand,
                        pattern,
                        escape,
                        negated,
                    },
                    start,
                    Level::Predicate,
                )
            }
            Some(Frame::Regexp { operand, negated }) => {
                let start = operand.span.start;
                let (operand, pattern) = (Box::new(operand), Box::new(last));
                (
                    ExprKind::Regexp {
                        operand,
                        pattern,
                        negated,
                    },
                    start,
                    Level::Predicate,
                )
            }
            Some(Frame::BetweenHigh {
                operand,
                low,
                negated,
            }) => {
                let start = operand.span.start;
                let (operand, low, high) = (Box::new(operand), Box::new(low), Box::new(last));
                (
                    ExprKind::Between {
                        operand,
                        low,
                        high,
                        negated,
                    },
                    start,
                    Level::Predicate,
                )
            }
            Some(Frame::LeadingInterval {
                interval,
                unit,
                start,
            }) => {
                let kind = ExprKind::DateArithmetic {
                    date: Box::new(last),
                    interval: Box::new(interval),
                    unit,
                    subtract: false,
                    form: DateForm::Leading,
                };
                (kind, start, Level::Primary)
            }
            // `operator` asks only when the frame on top is open.
            _ => return Err(self.unexpected()),
        };
        Ok(Value {
            expr: self.node(kind, Span::new(start, end))?,
            level,
        })
    }

    /// The bracket on top gets its operand; the current token says how it goes on.
    fn close(&mut self, value: Value) -> Result<Flow> {
        let Some(frame) = self.pop() else {
            return Ok(Flow::Done(value.expr));
        };
        let expr = value.expr;
        match frame {
            Frame::BetweenLow { operand, negated } => {
                self.expect_word(Keyword::And)?;
                self.push(Frame::BetweenHigh {
                    operand,
                    low: expr,
                    negated,
                })?;
            }
            Frame::In {
                operand,
                mut list,
                negated,
            } => {
                list.push(expr);
                if self.eat(Token::Comma) {
                    self.push(Frame::In {
                        operand,
                        list,
                        negated,
                    })?;
                } else {
                    self.expect(Token::CloseParen)?;
                    let span = Span::new(operand.span.start, self.last_end);
                    let kind = ExprKind::In {
                        operand: Box::new(operand),
                        list,
                        negated,
                    };
                    return self.value(kind, span, Level::Predicate);
                }
            }
            Frame::MemberOf { operand } => {
                self.expect(Token::CloseParen)?;
                let span = Span::new(operand.span.start, self.last_end);
                let (left, right) = (Box::new(operand), Box::new(expr));
                let kind = ExprKind::Binary {
                    op: BinaryOp::MemberOf,
                    left,
                    right,
                };
                return self.value(kind, span, Level::Predicate);
            }
            Frame::Paren { start, row, items } => return self.close_paren(start, row, items, expr),
            Frame::Odbc { name, start } => {
                self.expect(Token::CloseBrace)?;
                return self.primary(
                    ExprKind::Odbc {
                        name,
                        operand: Box::new(expr),
                    },
                    start,
                );
            }
            Frame::Interval { of } => return self.close_interval(of, expr),
            Frame::IntervalParen { of, keyword, paren } => {
                return self.close_interval_paren(of, keyword, paren, expr);
            }
            Frame::CaseOperand { start } => {
                self.expect_word(Keyword::When)?;
                let operand = Some(Box::new(expr));
                self.push(Frame::CaseWhen {
                    case: Case {
                        start,
                        operand,
                        branches: Vec::new(),
                    },
                })?;
            }
            Frame::CaseWhen { case } => {
                self.expect_word(Keyword::Then)?;
                self.push(Frame::CaseThen {
                    case,
                    condition: expr,
                })?;
            }
            Frame::CaseThen {
                mut case,
                condition,
            } => {
                case.branches.push(Branch {
                    condition,
                    value: expr,
                });
                if self.eat_word(Keyword::When) {
                    self.push(Frame::CaseWhen { case })?;
                } else if self.eat_word(Keyword::Else) {
                    self.push(Frame::CaseElse { case })?;
                } else {
                    return self.close_case(case, None);
                }
            }
            Frame::CaseElse { case } => return self.close_case(case, Some(Box::new(expr))),
            Frame::Args(args) => return self.close_args(args, expr),
            Frame::Special { start, part, held } => {
                return self.close_special(start, part, held, expr);
            }
            // `operator` asks only when the frame on top is no open one.
            _ => return Err(self.unexpected()),
        }
        Ok(Flow::Operand)
    }

    fn close_paren(
        &mut self,
        start: u32,
        row: bool,
        mut items: Vec<Expr>,
        mut last: Expr,
    ) -> Result<Flow> {
        if self.eat(Token::Comma) {
            items.push(last);
            self.push(Frame::Paren { start, row, items })?;
            return Ok(Flow::Operand);
        }
        if row && items.is_empty() {
            return Err(self.unexpected());
        }
        self.expect(Token::CloseParen)?;
        if items.is_empty() {
            last.span = Span::new(start, self.last_end);
            return Ok(Flow::Value(Value {
                expr: last,
                level: Level::Primary,
            }));
        }
        items.push(last);
        self.primary(ExprKind::Row(items), start)
    }

    fn close_case(&mut self, case: Case, otherwise: Option<Box<Expr>>) -> Result<Flow> {
        self.expect_word(Keyword::End)?;
        let Case {
            start,
            operand,
            branches,
        } = case;
        self.primary(
            ExprKind::Case {
                operand,
                branches,
                otherwise,
            },
            start,
        )
    }

    fn close_args(&mut self, mut args: Args, expr: Expr) -> Result<Flow> {
        args.args.push(expr);
        if args.form == CallForm::Name && args.schema.is_none() {
            self.argument_alias(&mut args)?;
        }
        match self.at.token {
            Token::Comma if args.args.len() < args.arity.1 => {
                self.advance();
                self.push(Frame::Args(args))?;
                Ok(Flow::Operand)
            }
            Token::CloseParen if args.args.len() >= args.arity.0 => {
                self.advance();
                if let Some(span) = args.aliased {
                    let error = Error::aliased_argument(&args.name.text, span);
                    self.late.get_or_insert(error);
                }
                self.finish_call(args)
            }
            Token::Word(Keyword::Using, _) if args.using => {
                self.advance();
                let charset = self.charset_name()?;
                self.expect(Token::CloseParen)?;
                self.primary(
                    ExprKind::CharUsing {
                        codes: args.args,
                        charset,
                    },
                    args.name.span.start,
                )
            }
            _ => Err(self.unexpected()),
        }
    }

    /// `f(a AS x)`: the grammar lets arguments have names, for user-defined functions.
    fn argument_alias(&mut self, args: &mut Args) -> Result<()> {
        let named = self.eat_word(Keyword::As);
        match self.at.token {
            Token::Name
            | Token::QuotedName
            | Token::String
            | Token::Word(_, Class::NonReserved) => {
                args.aliased.get_or_insert(self.at.span);
                self.advance();
                Ok(())
            }
            _ if named => Err(self.unexpected()),
            _ => Ok(()),
        }
    }

    pub(super) fn finish_call(&mut self, args: Args) -> Result<Flow> {
        let start = args
            .schema
            .as_ref()
            .map_or(args.name.span.start, |schema| schema.span.start);
        let call = Call {
            schema: args.schema,
            name: args.name,
            args: args.args,
            form: args.form,
        };
        self.primary(ExprKind::Call(Box::new(call)), start)
    }
}
