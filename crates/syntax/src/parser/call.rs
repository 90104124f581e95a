//! Calls: by name, by keyword, and the functions with words among their arguments.

use super::frame::{Args, Frame, IntervalOf, Part};
use super::interval::unit;
use super::{Flow, Parser, Result};
use crate::ast::{Call, CallForm, DateForm, Expr, ExprKind, FormatKind, Ident, Literal, TrimSide};
use crate::error::Error;
use crate::keyword::Keyword;
use crate::lexer::Token;

/// How the grammar takes the arguments of a function that it knows by a keyword.
enum Syntax {
    /// Expressions, at least and at most so many.
    List(usize, usize),
    /// `CHAR(…)`, with `USING`.
    Char,
    /// Nothing, or `()`.
    OptionalParens,
    /// `()` only.
    EmptyParens,
    /// Nothing, `()`, or `(digits)`.
    OptionalPrecision,
    /// `()` or `(digits)`.
    Precision,
    /// Has words of its own.
    Special,
    /// Computed over rows; at most so many arguments.
    Aggregate(usize),
}

const ANY: usize = usize::MAX;

/// `None` for keywords that are no functions.
fn syntax(keyword: Keyword) -> Option<Syntax> {
    use Keyword as K;
    use Syntax as S;
    Some(match keyword {
        K::Ascii
        | K::Charset
        | K::Collation
        | K::Date
        | K::Day
        | K::Hour
        | K::Microsecond
        | K::Minute
        | K::Month
        | K::Quarter
        | K::Reverse
        | K::Second
        | K::Time
        | K::Year => S::List(1, 1),
        K::Log | K::Timestamp | K::Week => S::List(1, 2),
        K::Left | K::Mod | K::Point | K::Repeat | K::Right | K::Truncate => S::List(2, 2),
        K::Format => S::List(2, 3),
        K::If | K::Replace => S::List(3, 3),
        K::Insert => S::List(4, 4),
        K::Coalesce
        | K::Linestring
        | K::Multilinestring
        | K::Multipoint
        | K::Multipolygon
        | K::Polygon => S::List(1, ANY),
        K::Geometrycollection | K::Geomcollection => S::List(0, ANY),
        K::Char => S::Char,
        K::CurrentUser | K::CurrentDate | K::UtcDate => S::OptionalParens,
        K::Curdate
        | K::Database
        | K::Schema
        | K::RowCount
        | K::SessionUser
        | K::SystemUser
        | K::User => S::EmptyParens,
        K::CurrentTime
        | K::CurrentTimestamp
        | K::Localtime
        | K::Localtimestamp
        | K::UtcTime
        | K::UtcTimestamp => S::OptionalPrecision,
        K::Curtime | K::Now | K::Sysdate => S::Precision,
        K::Adddate
        | K::Cast
        | K::Convert
        | K::DateAdd
        | K::DateSub
        | K::Extract
        | K::GetFormat
        | K::JsonValue
        | K::Mid
        | K::Position
        | K::Subdate
        | K::Substr
        | K::Substring
        | K::Timestampadd
        | K::Timestampdiff
        | K::Trim
        | K::WeightString => S::Special,
        K::Avg
        | K::BitAnd
        | K::BitOr
        | K::BitXor
        | K::Count
        | K::JsonArrayagg
        | K::Max
        | K::Min
        | K::Std
        | K::Stddev
        | K::StddevPop
        | K::StddevSamp
        | K::StCollect
        | K::Sum
        | K::Variance
        | K::VarPop
        | K::VarSamp => S::Aggregate(1),
        K::JsonObjectagg => S::Aggregate(2),
        K::GroupConcat | K::Grouping => S::Aggregate(ANY),
        _ => return None,
    })
}

impl Parser<'_> {
    /// A call of the function that `keyword` names; nothing if the keyword is a column here.
    pub(super) fn keyword_call(&mut self, keyword: Keyword) -> Result<Option<Flow>> {
        let Some(syntax) = syntax(keyword) else {
            return Ok(None);
        };
        let parens = self.peek() == Token::OpenParen;
        let bare = matches!(syntax, Syntax::OptionalParens | Syntax::OptionalPrecision);
        if !parens && !bare && self.at_name().is_some() {
            return Ok(None);
        }
        let name = Ident::new(self.at_text(), self.at.span);
        self.advance();
        if bare && !parens {
            return self
                .finish_call(Args::new(name, CallForm::Keyword, (0, 0)))
                .map(Some);
        }
        if self.at.token != Token::OpenParen {
            return Err(self.unexpected());
        }
        match syntax {
            Syntax::List(min, max) => {
                self.arguments(Args::new(name, CallForm::Keyword, (min, max)))
            }
            Syntax::Char => self.arguments(Args {
                using: true,
                ..Args::new(name, CallForm::Keyword, (1, ANY))
            }),
            Syntax::OptionalParens | Syntax::EmptyParens => {
                self.arguments(Args::new(name, CallForm::Keyword, (0, 0)))
            }
            Syntax::OptionalPrecision | Syntax::Precision => self.precision_argument(name),
            Syntax::Special => {
                self.advance();
                self.special(keyword, name)
            }
            Syntax::Aggregate(max) => {
                let unsupported =
                    Error::unsupported(&format!("aggregate function {}", name.text), name.span);
                match self.peek() {
                    Token::Word(Keyword::Distinct, _) => return Err(unsupported),
                    Token::Star if keyword == Keyword::Count => {
                        self.advance();
                        self.advance();
                        self.expect(Token::CloseParen)?;
                        return Err(unsupported);
                    }
                    _ => {}
                }
                self.arguments(Args::new(name, CallForm::Keyword, (1, max)))
            }
        }
        .map(Some)
    }

    /// A call by name; the current token is its parenthesis.
    pub(super) fn call(&mut self, schema: Option<Ident>, name: Ident) -> Result<Flow> {
        self.arguments(Args {
            schema,
            ..Args::new(name, CallForm::Name, (0, ANY))
        })
    }

    fn arguments(&mut self, args: Args) -> Result<Flow> {
        self.expect(Token::OpenParen)?;
        if args.arity.0 == 0 && self.eat(Token::CloseParen) {
            return self.finish_call(args);
        }
        if args.arity.1 == 0 {
            return Err(self.unexpected());
        }
        self.no_subquery()?;
        self.push(Frame::Args(args))?;
        Ok(Flow::Operand)
    }

    /// `NOW()`, `NOW(3)`: digits, no expression.
    fn precision_argument(&mut self, name: Ident) -> Result<Flow> {
        self.expect(Token::OpenParen)?;
        let mut args = Args::new(name, CallForm::Keyword, (0, 1));
        if self.at.token == Token::Integer {
            let literal = ExprKind::Literal(Literal::Integer(self.at_text().into()));
            let span = self.at.span;
            self.small_number()?;
            args.args.push(self.node(literal, span)?);
        }
        self.expect(Token::CloseParen)?;
        self.finish_call(args)
    }

    fn wait(&mut self, start: u32, part: Part, held: Vec<Expr>) -> Result<Flow> {
        self.push(Frame::Special { start, part, held })?;
        Ok(Flow::Operand)
    }

    /// The first operand of a function with a syntax of its own, behind its parenthesis.
    fn special(&mut self, keyword: Keyword, name: Ident) -> Result<Flow> {
        let start = name.span.start;
        let part = match keyword {
            Keyword::Cast => Part::Cast,
            Keyword::Convert => Part::Convert,
            Keyword::Extract => {
                let unit = self.interval_unit()?;
                self.expect_word(Keyword::From)?;
                Part::Extract(unit)
            }
            Keyword::GetFormat => {
                let kind = match self.at.token {
                    Token::Word(Keyword::Date, _) => FormatKind::Date,
                    Token::Word(Keyword::Time, _) => FormatKind::Time,
                    Token::Word(Keyword::Datetime | Keyword::Timestamp, _) => FormatKind::DateTime,
                    _ => return Err(self.unexpected()),
                };
                self.advance();
                self.expect(Token::Comma)?;
                Part::GetFormat(kind)
            }
            Keyword::Timestampadd | Keyword::Timestampdiff => {
                let unit = match self.at.token {
                    Token::Word(word, _) => unit(word).filter(|unit| unit.is_simple()),
                    _ => None,
                };
                let unit = unit.ok_or_else(|| self.unexpected())?;
                self.advance();
                self.expect(Token::Comma)?;
                if keyword == Keyword::Timestampadd {
                    Part::TimestampAddInterval(unit)
                } else {
                    Part::TimestampDiffFrom(unit)
                }
            }
            Keyword::Trim => {
                let side = match self.at.token {
                    Token::Word(Keyword::Leading, _) => Some(TrimSide::Leading),
                    Token::Word(Keyword::Trailing, _) => Some(TrimSide::Trailing),
                    Token::Word(Keyword::Both, _) => Some(TrimSide::Both),
                    _ => None,
                };
                if side.is_some() {
                    self.advance();
                }
                if side.is_some() && self.eat_word(Keyword::From) {
                    Part::TrimSecond { side }
                } else {
                    Part::TrimFirst { side }
                }
            }
            Keyword::Substr | Keyword::Substring | Keyword::Mid => Part::SubstringFirst { name },
            Keyword::Position => Part::PositionNeedle { name },
            Keyword::DateAdd => Part::DateAdd { subtract: false },
            Keyword::DateSub => Part::DateAdd { subtract: true },
            Keyword::Adddate => Part::AddDate {
                name,
                subtract: false,
            },
            Keyword::Subdate => Part::AddDate {
                name,
                subtract: true,
            },
            Keyword::WeightString => Part::WeightString { name },
            Keyword::JsonValue => Part::JsonValue,
            _ => return Err(self.unexpected()),
        };
        self.wait(start, part, Vec::new())
    }

    /// An operand of such a function is complete.
    pub(super) fn close_special(
        &mut self,
        start: u32,
        part: Part,
        mut held: Vec<Expr>,
        expr: Expr,
    ) -> Result<Flow> {
        match part {
            Part::Cast => return self.cast_target(start, expr),
            Part::Convert if self.eat_word(Keyword::Using) => {
                let charset = self.charset_name()?;
                self.expect(Token::CloseParen)?;
                return self.primary(
                    ExprKind::ConvertUsing {
                        operand: Box::new(expr),
                        charset,
                    },
                    start,
                );
            }
            Part::Convert => {
                self.expect(Token::Comma)?;
                let target = Box::new(self.cast_type()?);
                self.expect(Token::CloseParen)?;
                return self.primary(
                    ExprKind::Cast {
                        operand: Box::new(expr),
                        target,
                        array: false,
                    },
                    start,
                );
            }
            Part::TrimFirst { side } if self.eat_word(Keyword::From) => {
                return self.wait(start, Part::TrimSecond { side }, vec![expr]);
            }
            Part::TrimFirst { side: Some(_) } => return Err(self.unexpected()),
            Part::SubstringFirst { name } => return self.substring(start, name, expr),
            Part::SubstringFrom { name } if self.eat_word(Keyword::For) => {
                held.push(expr);
                return self.wait(start, Part::SubstringFor { name }, held);
            }
            Part::PositionNeedle { name } => {
                self.expect_word(Keyword::In)?;
                return self.wait(start, Part::PositionIn { name }, vec![expr]);
            }
            Part::TimestampAddInterval(unit) => {
                self.expect(Token::Comma)?;
                return self.wait(start, Part::TimestampAddDate(unit), vec![expr]);
            }
            Part::TimestampDiffFrom(unit) => {
                self.expect(Token::Comma)?;
                return self.wait(start, Part::TimestampDiffTo(unit), vec![expr]);
            }
            Part::DateAdd { subtract } => {
                self.expect(Token::Comma)?;
                self.expect_word(Keyword::Interval)?;
                self.push(Frame::Interval {
                    of: IntervalOf::DateAdd {
                        start,
                        date: expr,
                        subtract,
                    },
                })?;
                return Ok(Flow::Operand);
            }
            Part::AddDate { name, subtract } => {
                self.expect(Token::Comma)?;
                if self.at_word(Keyword::Interval) {
                    let keyword = self.at.span.start;
                    return self.interval(IntervalOf::AddDate {
                        name,
                        date: expr,
                        subtract,
                        keyword,
                    });
                }
                return self.wait(start, Part::AddDateDays { name }, vec![expr]);
            }
            Part::WeightString { name } => return self.weight_string(start, name, expr),
            Part::JsonValue => return self.json_value(start, expr),
            _ => {}
        }
        // What is left ends here.
        self.expect(Token::CloseParen)?;
        let operand = Box::new(expr);
        let first = held.pop();
        let kind = match (part, first) {
            (Part::Extract(unit), _) => ExprKind::Extract { unit, operand },
            (Part::GetFormat(kind), _) => ExprKind::GetFormat {
                kind,
                standard: operand,
            },
            (Part::TrimFirst { side } | Part::TrimSecond { side }, pattern) => ExprKind::Trim {
                side,
                pattern: pattern.map(Box::new),
                operand,
            },
            (Part::TimestampAddDate(unit), Some(interval)) => ExprKind::DateArithmetic {
                date: operand,
                interval: Box::new(interval),
                unit,
                subtract: false,
                form: DateForm::Timestampadd,
            },
            (Part::TimestampDiffTo(unit), Some(from)) => ExprKind::TimestampDiff {
                unit,
                from: Box::new(from),
                to: operand,
            },
            (
                Part::SubstringFrom { name }
                | Part::SubstringFor { name }
                | Part::PositionIn { name }
                | Part::AddDateDays { name },
                Some(last),
            ) => {
                held.extend([last, *operand]);
                ExprKind::Call(Box::new(Call {
                    schema: None,
                    name,
                    args: held,
                    form: CallForm::Keyword,
                }))
            }
            _ => return Err(self.unexpected()),
        };
        self.primary(kind, start)
    }

    /// `SUBSTRING(a` goes on with a comma or with `FROM`.
    fn substring(&mut self, start: u32, name: Ident, expr: Expr) -> Result<Flow> {
        if self.eat_word(Keyword::From) {
            return self.wait(start, Part::SubstringFrom { name }, vec![expr]);
        }
        self.expect(Token::Comma)?;
        self.push(Frame::Args(Args {
            args: vec![expr],
            ..Args::new(name, CallForm::Keyword, (2, 3))
        }))?;
        Ok(Flow::Operand)
    }

    /// `WEIGHT_STRING(a` goes on with `)`, `AS CHAR(n))`, or three more numbers.
    fn weight_string(&mut self, start: u32, name: Ident, expr: Expr) -> Result<Flow> {
        if self.eat_word(Keyword::As) {
            let binary = self.at_word(Keyword::Binary);
            if !binary && !self.at_word(Keyword::Char) {
                return Err(self.unexpected());
            }
            self.advance();
            self.expect(Token::OpenParen)?;
            let length = match self.at.token {
                Token::Integer => self.at_text().parse().unwrap_or(u64::MAX),
                _ => 0,
            };
            // MySQL: the length 0 is a syntax error.
            if length == 0 {
                return Err(self.unexpected());
            }
            self.advance();
            self.expect(Token::CloseParen)?;
            self.expect(Token::CloseParen)?;
            let kind = ExprKind::WeightString {
                operand: Box::new(expr),
                binary,
                length,
            };
            return self.primary(kind, start);
        }
        let mut args = Args {
            args: vec![expr],
            ..Args::new(name, CallForm::Keyword, (1, 4))
        };
        if self.at.token == Token::Comma {
            for _ in 0..3 {
                self.expect(Token::Comma)?;
                if self.at.token != Token::Integer {
                    return Err(self.unexpected());
                }
                let number = ExprKind::Literal(Literal::Integer(self.at_text().into()));
                args.args.push(self.node(number, self.at.span)?);
                self.advance();
            }
        }
        self.expect(Token::CloseParen)?;
        self.finish_call(args)
    }
}

impl Args {
    pub(super) fn new(name: Ident, form: CallForm, arity: (usize, usize)) -> Self {
        Self {
            schema: None,
            name,
            form,
            arity,
            args: Vec::new(),
            aliased: None,
            using: false,
        }
    }
}
