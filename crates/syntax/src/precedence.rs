//! How tightly things bind: the layers of MySQL's expression grammar, loosest first.
//!
//! The order of the variants is the order of binding. A value of some level may stand wherever that
//! level or a looser one is wanted; the parser checks it and the printer adds parentheses by it.

use crate::ast::{BinaryOp, DateForm, Expr, ExprKind, IsTest, UnaryOp};

/// A layer of the grammar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    /// Anything; `@a := b` extends as far as it can.
    Expr,
    Or,
    Xor,
    And,
    /// `NOT a`, and what `IS TRUE` gives: neither can be an operand of a comparison.
    Not,
    /// `a = b`, `a IS NULL`: chains to the left.
    Comparison,
    /// `IN`, `BETWEEN`, `LIKE`, `REGEXP`, `SOUNDS LIKE`, `MEMBER OF`: no chains.
    Predicate,
    BitOr,
    BitAnd,
    Shift,
    Sum,
    Product,
    BitXor,
    /// `||` with PIPES_AS_CONCAT.
    Concat,
    /// `-a`, `!a`, `BINARY a`
    Unary,
    Collate,
    /// Literals, names, calls, parentheses.
    Primary,
}

impl Level {
    /// The level of a right operand: one tighter, for every infix operator groups to the left.
    pub(crate) fn above(self) -> Self {
        match self {
            Self::Expr => Self::Or,
            Self::Or => Self::Xor,
            Self::Xor => Self::And,
            Self::And => Self::Not,
            Self::Not => Self::Comparison,
            Self::Comparison => Self::Predicate,
            Self::Predicate => Self::BitOr,
            Self::BitOr => Self::BitAnd,
            Self::BitAnd => Self::Shift,
            Self::Shift => Self::Sum,
            Self::Sum => Self::Product,
            Self::Product => Self::BitXor,
            Self::BitXor => Self::Concat,
            Self::Concat => Self::Unary,
            Self::Unary => Self::Collate,
            Self::Collate | Self::Primary => Self::Primary,
        }
    }
}

impl BinaryOp {
    pub(crate) fn level(self) -> Level {
        match self {
            Self::Or | Self::BarOr => Level::Or,
            Self::Xor => Level::Xor,
            Self::And | Self::AmpersandAnd => Level::And,
            Self::Equal
            | Self::NullSafeEqual
            | Self::NotEqual
            | Self::Less
            | Self::LessEqual
            | Self::Greater
            | Self::GreaterEqual => Level::Comparison,
            Self::SoundsLike | Self::MemberOf => Level::Predicate,
            Self::BitOr => Level::BitOr,
            Self::BitAnd => Level::BitAnd,
            Self::ShiftLeft | Self::ShiftRight => Level::Shift,
            Self::Plus | Self::Minus => Level::Sum,
            Self::Multiply | Self::Divide | Self::IntegerDivide | Self::Modulo => Level::Product,
            Self::BitXor => Level::BitXor,
        }
    }

    /// What its left operand must be at least.
    pub(crate) fn left_level(self) -> Level {
        match self.level() {
            Level::Predicate => Level::BitOr,
            level => level,
        }
    }
}

impl UnaryOp {
    /// The level of the result, which is also the level of the operand.
    pub(crate) fn level(self, high_not_precedence: bool) -> Level {
        if self == Self::Not && !high_not_precedence {
            Level::Not
        } else {
            Level::Unary
        }
    }
}

impl Expr {
    /// The level of the text that the printer makes of this node.
    pub(crate) fn level(&self, high_not_precedence: bool) -> Level {
        match &self.kind {
            ExprKind::Assign { .. } => Level::Expr,
            ExprKind::Unary { op, .. } => op.level(high_not_precedence),
            ExprKind::Binary { op, .. } => op.level(),
            ExprKind::Is {
                test: IsTest::Null, ..
            } => Level::Comparison,
            ExprKind::Is { .. } => Level::Not,
            ExprKind::Like { .. }
            | ExprKind::Regexp { .. }
            | ExprKind::Between { .. }
            | ExprKind::In { .. } => Level::Predicate,
            ExprKind::DateArithmetic {
                form: DateForm::Infix,
                ..
            } => Level::Sum,
            ExprKind::DateArithmetic {
                form: DateForm::Leading,
                ..
            } => Level::Expr,
            ExprKind::Collate { .. } => Level::Collate,
            _ => Level::Primary,
        }
    }
}
