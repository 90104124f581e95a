//! Constructs that wait for an operand.

use crate::Span;
use crate::ast::CallForm;
use crate::ast::{BinaryOp, Branch, Expr, FormatKind, Ident, IntervalUnit, TrimSide, UnaryOp};
use crate::precedence::Level;

/// A pending construct. The first group ends when a looser operator or no operator follows; the
/// second group ends only with a token of its own.
pub(super) enum Frame {
    /// `left op …`
    Binary { op: BinaryOp, left: Expr },
    /// `left || …` with PIPES_AS_CONCAT
    Concat { left: Expr, operator: Span },
    /// `op …`
    Prefix {
        op: UnaryOp,
        start: u32,
        wants: Level,
    },
    /// `@variable := …`
    Assign { variable: Ident, start: u32 },
    /// `operand LIKE …`
    Like { operand: Expr, negated: bool },
    /// `operand LIKE pattern ESCAPE …`
    LikeEscape {
        operand: Expr,
        pattern: Expr,
        negated: bool,
    },
    /// `operand REGEXP …`
    Regexp { operand: Expr, negated: bool },
    /// `operand BETWEEN low AND …`
    BetweenHigh {
        operand: Expr,
        low: Expr,
        negated: bool,
    },
    /// `INTERVAL interval unit + …`
    LeadingInterval {
        interval: Expr,
        unit: IntervalUnit,
        start: u32,
    },

    /// `operand BETWEEN …`, up to `AND`
    BetweenLow { operand: Expr, negated: bool },
    /// `operand IN ( …`
    In {
        operand: Expr,
        list: Vec<Expr>,
        negated: bool,
    },
    /// `operand MEMBER OF ( …`
    MemberOf { operand: Expr },
    /// `( …` or `ROW( …`
    Paren {
        start: u32,
        row: bool,
        items: Vec<Expr>,
    },
    /// `{name …`
    Odbc { name: Ident, start: u32 },
    /// `INTERVAL …`, up to a unit
    Interval { of: IntervalOf },
    /// `INTERVAL( …`: the function, or a quantity in parentheses
    IntervalParen {
        of: IntervalOf,
        keyword: Ident,
        paren: u32,
    },
    /// `CASE …`, up to `WHEN`
    CaseOperand { start: u32 },
    /// `CASE … WHEN …`, up to `THEN`
    CaseWhen { case: Case },
    /// `CASE … THEN …`, up to `WHEN`, `ELSE` or `END`
    CaseThen { case: Case, condition: Expr },
    /// `CASE … ELSE …`, up to `END`
    CaseElse { case: Case },
    /// `name( …`
    Args(Args),
    /// A function with words among its arguments.
    Special {
        start: u32,
        part: Part,
        held: Vec<Expr>,
    },
}

/// What has been read of a `CASE`.
pub(super) struct Case {
    pub(super) start: u32,
    pub(super) operand: Option<Box<Expr>>,
    pub(super) branches: Vec<Branch>,
}

/// A call with a plain list of arguments.
pub(super) struct Args {
    pub(super) schema: Option<Ident>,
    pub(super) name: Ident,
    pub(super) form: CallForm,
    /// How many arguments the grammar takes; a wrong count of others is found when binding.
    pub(super) arity: (usize, usize),
    pub(super) args: Vec<Expr>,
    /// The first argument with an alias, which only user-defined functions accept.
    pub(super) aliased: Option<Span>,
    /// `CHAR`: may end in `USING charset`.
    pub(super) using: bool,
}

/// Where an `INTERVAL` quantity stands.
pub(super) enum IntervalOf {
    /// `left + INTERVAL …`
    Operator { left: Expr, subtract: bool },
    /// `INTERVAL … unit + date`
    Leading { start: u32 },
    /// `DATE_ADD(date, INTERVAL …`
    DateAdd {
        start: u32,
        date: Expr,
        subtract: bool,
    },
    /// `ADDDATE(date, INTERVAL …`, where an expression that begins with INTERVAL is possible too
    AddDate {
        name: Ident,
        date: Expr,
        subtract: bool,
        keyword: u32,
    },
}

/// Which operand of which function is awaited.
pub(super) enum Part {
    /// `CAST( … AS`
    Cast,
    /// `CONVERT( … ,` or `USING`
    Convert,
    /// `EXTRACT(unit FROM … )`
    Extract(IntervalUnit),
    /// `TRIM([side] … `
    TrimFirst { side: Option<TrimSide> },
    /// `TRIM([side] [pattern] FROM … )`
    TrimSecond { side: Option<TrimSide> },
    /// `SUBSTRING( …`
    SubstringFirst { name: Ident },
    /// `SUBSTRING(a FROM …`
    SubstringFrom { name: Ident },
    /// `SUBSTRING(a FROM b FOR … )`
    SubstringFor { name: Ident },
    /// `POSITION( … IN`
    PositionNeedle { name: Ident },
    /// `POSITION(a IN … )`
    PositionIn { name: Ident },
    /// `GET_FORMAT(kind, … )`
    GetFormat(FormatKind),
    /// `TIMESTAMPADD(unit, … ,`
    TimestampAddInterval(IntervalUnit),
    /// `TIMESTAMPADD(unit, a, … )`
    TimestampAddDate(IntervalUnit),
    /// `TIMESTAMPDIFF(unit, … ,`
    TimestampDiffFrom(IntervalUnit),
    /// `TIMESTAMPDIFF(unit, a, … )`
    TimestampDiffTo(IntervalUnit),
    /// `DATE_ADD( … ,`
    DateAdd { subtract: bool },
    /// `ADDDATE( … ,`
    AddDate { name: Ident, subtract: bool },
    /// `ADDDATE(date, … )`
    AddDateDays { name: Ident },
    /// `WEIGHT_STRING( …`
    WeightString { name: Ident },
    /// `JSON_VALUE( … ,`
    JsonValue,
}

impl Frame {
    /// The loosest layer that the awaited operand may belong to.
    pub(super) fn wants(&self) -> Level {
        match self {
            Self::Binary { op, .. } => op.level().above(),
            Self::Concat { .. } => Level::Unary,
            Self::Prefix { wants, .. } => *wants,
            Self::Like { .. } | Self::LikeEscape { .. } | Self::MemberOf { .. } => Level::Concat,
            Self::Special {
                part: Part::JsonValue,
                ..
            } => Level::Concat,
            Self::Regexp { .. } | Self::BetweenLow { .. } => Level::BitOr,
            Self::Special {
                part: Part::PositionNeedle { .. },
                ..
            } => Level::BitOr,
            Self::BetweenHigh { .. } => Level::Predicate,
            Self::LeadingInterval { .. } => Level::Not,
            _ => Level::Expr,
        }
    }

    /// Whether it ends without a token of its own.
    pub(super) fn is_open(&self) -> bool {
        matches!(
            self,
            Self::Binary { .. }
                | Self::Concat { .. }
                | Self::Prefix { .. }
                | Self::Assign { .. }
                | Self::Like { .. }
                | Self::LikeEscape { .. }
                | Self::Regexp { .. }
                | Self::BetweenHigh { .. }
                | Self::LeadingInterval { .. }
        )
    }

    /// Whether it counts as a level of nesting. Infix operators do not: between two frames that count
    /// there are at most as many of them as there are layers in the grammar.
    pub(super) fn nests(&self) -> bool {
        !matches!(
            self,
            Self::Binary { .. } | Self::Concat { .. } | Self::Like { .. } | Self::Regexp { .. }
        )
    }
}
