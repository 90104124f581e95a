//! The closed sets of words in a tree: operators, tests, units.

/// Prefix operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UnaryOp {
    /// `-a`
    Minus,
    /// `+a`
    Plus,
    /// `~a`
    BitNot,
    /// `NOT a`
    Not,
    /// `!a`, deprecated
    Bang,
    /// `BINARY a`, deprecated
    Binary,
}

/// Infix operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BinaryOp {
    /// `OR`
    Or,
    /// `||` as a logical operator, deprecated
    BarOr,
    /// `XOR`
    Xor,
    /// `AND`
    And,
    /// `&&`, deprecated
    AmpersandAnd,
    /// `=`
    Equal,
    /// `<=>`
    NullSafeEqual,
    /// `<>`, `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
    /// `SOUNDS LIKE`
    SoundsLike,
    /// `MEMBER OF (…)`
    MemberOf,
    /// `|`
    BitOr,
    /// `&`
    BitAnd,
    /// `<<`
    ShiftLeft,
    /// `>>`
    ShiftRight,
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `DIV`
    IntegerDivide,
    /// `%`, `MOD`
    Modulo,
    /// `^`
    BitXor,
}

/// What `IS` tests for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IsTest {
    /// `IS NULL`
    Null,
    /// `IS TRUE`
    True,
    /// `IS FALSE`
    False,
    /// `IS UNKNOWN`
    Unknown,
}

/// How date arithmetic is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DateForm {
    /// `date + INTERVAL a unit`, `date - INTERVAL a unit`, `DATE_ADD`, `DATE_SUB`
    Infix,
    /// `INTERVAL a unit + date`
    Leading,
    /// `TIMESTAMPADD(unit, a, date)`, whose type differs from the others
    Timestampadd,
}

/// Which ends `TRIM` works on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TrimSide {
    /// `BOTH`
    Both,
    /// `LEADING`
    Leading,
    /// `TRAILING`
    Trailing,
}

/// Kinds of format that `GET_FORMAT` knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FormatKind {
    /// `DATE`
    Date,
    /// `TIME`
    Time,
    /// `DATETIME`, also spelled `TIMESTAMP`
    DateTime,
}

/// Units of intervals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names are MySQL's own")]
pub enum IntervalUnit {
    Microsecond,
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Quarter,
    Year,
    SecondMicrosecond,
    MinuteMicrosecond,
    MinuteSecond,
    HourMicrosecond,
    HourSecond,
    HourMinute,
    DayMicrosecond,
    DaySecond,
    DayMinute,
    DayHour,
    YearMonth,
}

/// Kinds of temporal constants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TemporalKind {
    /// `DATE'…'`
    Date,
    /// `TIME'…'`
    Time,
    /// `TIMESTAMP'…'`
    Timestamp,
}

impl UnaryOp {
    /// As it is written.
    #[must_use]
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Minus => "-",
            Self::Plus => "+",
            Self::BitNot => "~",
            Self::Not => "NOT",
            Self::Bang => "!",
            Self::Binary => "BINARY",
        }
    }
}

impl BinaryOp {
    /// As it is written; of several spellings the usual one.
    #[must_use]
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Or => "OR",
            Self::BarOr => "||",
            Self::Xor => "XOR",
            Self::And => "AND",
            Self::AmpersandAnd => "&&",
            Self::Equal => "=",
            Self::NullSafeEqual => "<=>",
            Self::NotEqual => "<>",
            Self::Less => "<",
            Self::LessEqual => "<=",
            Self::Greater => ">",
            Self::GreaterEqual => ">=",
            Self::SoundsLike => "SOUNDS LIKE",
            Self::MemberOf => "MEMBER OF",
            Self::BitOr => "|",
            Self::BitAnd => "&",
            Self::ShiftLeft => "<<",
            Self::ShiftRight => ">>",
            Self::Plus => "+",
            Self::Minus => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::IntegerDivide => "DIV",
            Self::Modulo => "%",
            Self::BitXor => "^",
        }
    }
}

impl IntervalUnit {
    /// All twenty.
    pub const ALL: [Self; 20] = [
        Self::Microsecond,
        Self::Second,
        Self::Minute,
        Self::Hour,
        Self::Day,
        Self::Week,
        Self::Month,
        Self::Quarter,
        Self::Year,
        Self::SecondMicrosecond,
        Self::MinuteMicrosecond,
        Self::MinuteSecond,
        Self::HourMicrosecond,
        Self::HourSecond,
        Self::HourMinute,
        Self::DayMicrosecond,
        Self::DaySecond,
        Self::DayMinute,
        Self::DayHour,
        Self::YearMonth,
    ];

    /// MySQL's word, in upper case.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Microsecond => "MICROSECOND",
            Self::Second => "SECOND",
            Self::Minute => "MINUTE",
            Self::Hour => "HOUR",
            Self::Day => "DAY",
            Self::Week => "WEEK",
            Self::Month => "MONTH",
            Self::Quarter => "QUARTER",
            Self::Year => "YEAR",
            Self::SecondMicrosecond => "SECOND_MICROSECOND",
            Self::MinuteMicrosecond => "MINUTE_MICROSECOND",
            Self::MinuteSecond => "MINUTE_SECOND",
            Self::HourMicrosecond => "HOUR_MICROSECOND",
            Self::HourSecond => "HOUR_SECOND",
            Self::HourMinute => "HOUR_MINUTE",
            Self::DayMicrosecond => "DAY_MICROSECOND",
            Self::DaySecond => "DAY_SECOND",
            Self::DayMinute => "DAY_MINUTE",
            Self::DayHour => "DAY_HOUR",
            Self::YearMonth => "YEAR_MONTH",
        }
    }

    /// Whether it is made of one unit only (what `TIMESTAMPADD` takes).
    #[must_use]
    pub const fn is_simple(self) -> bool {
        matches!(
            self,
            Self::Microsecond
                | Self::Second
                | Self::Minute
                | Self::Hour
                | Self::Day
                | Self::Week
                | Self::Month
                | Self::Quarter
                | Self::Year
        )
    }
}

impl TemporalKind {
    /// The word before the string.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Date => "DATE",
            Self::Time => "TIME",
            Self::Timestamp => "TIMESTAMP",
        }
    }
}
