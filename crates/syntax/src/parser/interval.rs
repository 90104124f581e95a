//! `INTERVAL` and its units.

use super::frame::{Args, Frame, IntervalOf, Part};
use super::{Flow, Parser, Result, Value};
use crate::Span;
use crate::ast::{BinaryOp, CallForm, DateForm, Expr, ExprKind, Ident, IntervalUnit};
use crate::keyword::Keyword;
use crate::lexer::Token;
use crate::precedence::Level;

/// The unit that a keyword names.
pub(super) fn unit(keyword: Keyword) -> Option<IntervalUnit> {
    use IntervalUnit as U;
    use Keyword as K;
    Some(match keyword {
        K::Microsecond => U::Microsecond,
        K::Second | K::SqlTsiSecond => U::Second,
        K::Minute | K::SqlTsiMinute => U::Minute,
        K::Hour | K::SqlTsiHour => U::Hour,
        K::Day | K::SqlTsiDay => U::Day,
        K::Week | K::SqlTsiWeek => U::Week,
        K::Month | K::SqlTsiMonth => U::Month,
        K::Quarter | K::SqlTsiQuarter => U::Quarter,
        K::Year | K::SqlTsiYear => U::Year,
        K::SecondMicrosecond => U::SecondMicrosecond,
        K::MinuteMicrosecond => U::MinuteMicrosecond,
        K::MinuteSecond => U::MinuteSecond,
        K::HourMicrosecond => U::HourMicrosecond,
        K::HourSecond => U::HourSecond,
        K::HourMinute => U::HourMinute,
        K::DayMicrosecond => U::DayMicrosecond,
        K::DaySecond => U::DaySecond,
        K::DayMinute => U::DayMinute,
        K::DayHour => U::DayHour,
        K::YearMonth => U::YearMonth,
        _ => return None,
    })
}

impl Parser<'_> {
    pub(super) fn interval_unit(&mut self) -> Result<IntervalUnit> {
        let unit = match self.at.token {
            Token::Word(word, _) => unit(word),
            _ => None,
        };
        let unit = unit.ok_or_else(|| self.unexpected())?;
        self.advance();
        Ok(unit)
    }

    /// At the word INTERVAL. A parenthesis behind it may belong to the function of that name.
    pub(super) fn interval(&mut self, of: IntervalOf) -> Result<Flow> {
        let keyword = Ident::new(self.at_text(), self.at.span);
        self.advance();
        let paren = self.at.span.start;
        if self.eat(Token::OpenParen) {
            self.no_subquery()?;
            self.push(Frame::IntervalParen { of, keyword, paren })?;
        } else {
            self.push(Frame::Interval { of })?;
        }
        Ok(Flow::Operand)
    }

    pub(super) fn close_interval_paren(
        &mut self,
        of: IntervalOf,
        keyword: Ident,
        paren: u32,
        mut expr: Expr,
    ) -> Result<Flow> {
        if self.eat(Token::CloseParen) {
            expr.span = Span::new(paren, self.last_end);
            self.push(Frame::Interval { of })?;
            return Ok(Flow::Value(Value {
                expr,
                level: Level::Primary,
            }));
        }
        self.expect(Token::Comma)?;
        // It is the function, and what stood before it an ordinary operand.
        match of {
            IntervalOf::Operator { left, subtract } => {
                self.push(Frame::Binary {
                    op: if subtract {
                        BinaryOp::Minus
                    } else {
                        BinaryOp::Plus
                    },
                    left,
                })?;
            }
            IntervalOf::AddDate { name, date, .. } => {
                let start = name.span.start;
                self.push(Frame::Special {
                    start,
                    part: Part::AddDateDays { name },
                    held: vec![date],
                })?;
            }
            IntervalOf::Leading { .. } | IntervalOf::DateAdd { .. } => {}
        }
        let args = Args {
            args: vec![expr],
            ..Args::new(keyword, CallForm::Keyword, (2, usize::MAX))
        };
        self.push(Frame::Args(args))?;
        Ok(Flow::Operand)
    }

    /// The quantity is complete; a unit must follow.
    pub(super) fn close_interval(&mut self, of: IntervalOf, interval: Expr) -> Result<Flow> {
        let unit = self.interval_unit()?;
        let (start, date, subtract) = match of {
            IntervalOf::Operator { left, subtract } => {
                let span = Span::new(left.span.start, self.last_end);
                let kind = date_arithmetic(left, interval, unit, subtract);
                // Behind the unit nothing can belong to the quantity any more, so even a tighter
                // operator takes all of it: `d + INTERVAL 1 DAY * 2` is `(d + INTERVAL 1 DAY) * 2`.
                return self.value(kind, span, Level::BitXor);
            }
            IntervalOf::Leading { start } => {
                self.expect(Token::Plus)?;
                self.push(Frame::LeadingInterval {
                    interval,
                    unit,
                    start,
                })?;
                return Ok(Flow::Operand);
            }
            IntervalOf::AddDate {
                name,
                date,
                keyword,
                ..
            } if self.at.token == Token::Plus => {
                self.advance();
                let start = name.span.start;
                self.push(Frame::Special {
                    start,
                    part: Part::AddDateDays { name },
                    held: vec![date],
                })?;
                self.push(Frame::LeadingInterval {
                    interval,
                    unit,
                    start: keyword,
                })?;
                return Ok(Flow::Operand);
            }
            IntervalOf::AddDate {
                name,
                date,
                subtract,
                ..
            } => (name.span.start, date, subtract),
            IntervalOf::DateAdd {
                start,
                date,
                subtract,
            } => (start, date, subtract),
        };
        self.expect(Token::CloseParen)?;
        self.primary(date_arithmetic(date, interval, unit, subtract), start)
    }
}

fn date_arithmetic(date: Expr, interval: Expr, unit: IntervalUnit, subtract: bool) -> ExprKind {
    let (date, interval) = (Box::new(date), Box::new(interval));
    ExprKind::DateArithmetic {
        date,
        interval,
        unit,
        subtract,
        form: DateForm::Infix,
    }
}
