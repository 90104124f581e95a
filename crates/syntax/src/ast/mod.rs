//! The tree of an expression.
//!
//! One node for each construct that means something of its own; spellings that mean the same
//! (`%` and `MOD`, `SUBSTR` with commas or with `FROM`/`FOR`, superfluous parentheses) give the
//! same node. Deprecated spellings that MySQL warns about stay apart: [`BinaryOp::AmpersandAnd`],
//! [`BinaryOp::BarOr`], [`UnaryOp::Bang`], [`UnaryOp::Binary`].

mod operator;

pub use operator::*;

use crate::Span;
use crate::types::CastType;

/// An expression and its place in the text.
///
/// Equality ignores spans. Dropping, cloning and comparing use no recursion, so a chain of a
/// million operators is as safe as one; see also [`Expr::children`] and [`Expr::walk`].
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands, with its parentheses if it has any.
    pub span: Span,
}

/// A name as written, without quotes. Equality is exact and ignores the span; compare without
/// regard to case with [`Ident::is`].
#[derive(Clone, Debug)]
pub struct Ident {
    /// The characters, quotes removed.
    pub text: Box<str>,
    /// Where it stands.
    pub span: Span,
}

/// The kinds of expression.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// A constant.
    Literal(Literal),
    /// `col`, `t.col`, `db.t.col`
    Column(Box<ColumnRef>),
    /// `?` or `:name`
    Parameter(Parameter),
    /// `@name`
    UserVariable(Ident),
    /// `@@name`, `@@global.name`
    SystemVariable(Box<SystemVariable>),
    /// `@name := value`
    Assign {
        /// The variable.
        variable: Ident,
        /// Its new value.
        value: Box<Expr>,
    },
    /// `-a`, `NOT a`, `BINARY a`
    Unary {
        /// The operator.
        op: UnaryOp,
        /// Its operand.
        operand: Box<Expr>,
    },
    /// `a + b`, `a AND b`, `a = b`
    Binary {
        /// The operator.
        op: BinaryOp,
        /// Left operand.
        left: Box<Expr>,
        /// Right operand.
        right: Box<Expr>,
    },
    /// `a IS [NOT] NULL`, `a IS [NOT] TRUE`
    Is {
        /// What is tested.
        operand: Box<Expr>,
        /// For what.
        test: IsTest,
        /// `NOT` is present.
        negated: bool,
    },
    /// `a [NOT] LIKE b [ESCAPE c]`
    Like {
        /// What is matched.
        operand: Box<Expr>,
        /// The pattern.
        pattern: Box<Expr>,
        /// The escape character, if given.
        escape: Option<Box<Expr>>,
        /// `NOT` is present.
        negated: bool,
    },
    /// `a [NOT] REGEXP b`, also spelled `RLIKE`
    Regexp {
        /// What is matched.
        operand: Box<Expr>,
        /// The pattern.
        pattern: Box<Expr>,
        /// `NOT` is present.
        negated: bool,
    },
    /// `a [NOT] BETWEEN b AND c`
    Between {
        /// What is compared.
        operand: Box<Expr>,
        /// Lower bound.
        low: Box<Expr>,
        /// Upper bound.
        high: Box<Expr>,
        /// `NOT` is present.
        negated: bool,
    },
    /// `a [NOT] IN (b, c)`
    In {
        /// What is looked for.
        operand: Box<Expr>,
        /// Where; at least one.
        list: Vec<Expr>,
        /// `NOT` is present.
        negated: bool,
    },
    /// `(a, b)` or `ROW(a, b)`; at least two.
    Row(Vec<Expr>),
    /// `CASE [a] WHEN b THEN c … [ELSE d] END`
    Case {
        /// The value compared with each `WHEN`, if given.
        operand: Option<Box<Expr>>,
        /// At least one.
        branches: Vec<Branch>,
        /// The value if no branch is taken, if given.
        otherwise: Option<Box<Expr>>,
    },
    /// `CAST(a AS type)` or `CONVERT(a, type)`
    Cast {
        /// What is cast.
        operand: Box<Expr>,
        /// To what.
        target: Box<CastType>,
        /// `AS type ARRAY`
        array: bool,
    },
    /// `CAST(a AT TIME ZONE 'zone' AS DATETIME[(n)])`
    CastAtTimeZone {
        /// What is cast.
        operand: Box<Expr>,
        /// The zone: an offset, as written.
        zone: Box<str>,
        /// `INTERVAL` stands before the zone.
        interval: bool,
        /// Digits of fractional seconds, if given.
        precision: Option<u32>,
    },
    /// `CONVERT(a USING charset)`
    ConvertUsing {
        /// What is converted.
        operand: Box<Expr>,
        /// Name of the character set.
        charset: Ident,
    },
    /// `a COLLATE collation`
    Collate {
        /// What gets the collation.
        operand: Box<Expr>,
        /// Name of the collation.
        collation: Ident,
    },
    /// `name(a, b)`: see [`Call`]
    Call(Box<Call>),
    /// `a + INTERVAL b unit` and all its other forms
    DateArithmetic {
        /// The date.
        date: Box<Expr>,
        /// How much is added or subtracted.
        interval: Box<Expr>,
        /// In which unit.
        unit: IntervalUnit,
        /// `-` or `DATE_SUB`.
        subtract: bool,
        /// How it is written.
        form: DateForm,
    },
    /// `TIMESTAMPDIFF(unit, a, b)`
    TimestampDiff {
        /// Unit of the result.
        unit: IntervalUnit,
        /// From.
        from: Box<Expr>,
        /// To.
        to: Box<Expr>,
    },
    /// `EXTRACT(unit FROM a)`
    Extract {
        /// What is extracted.
        unit: IntervalUnit,
        /// From what.
        operand: Box<Expr>,
    },
    /// `GET_FORMAT(DATE, a)`
    GetFormat {
        /// Of which kind of value.
        kind: FormatKind,
        /// Name of the country's standard.
        standard: Box<Expr>,
    },
    /// `TRIM([[LEADING|TRAILING|BOTH] [b] FROM] a)`
    Trim {
        /// Which ends, if said; both otherwise.
        side: Option<TrimSide>,
        /// What is removed; a space if absent.
        pattern: Option<Box<Expr>>,
        /// From what.
        operand: Box<Expr>,
    },
    /// `CHAR(a, b USING charset)`; without `USING` it is a [`Call`]
    CharUsing {
        /// The codes.
        codes: Vec<Expr>,
        /// Name of the character set.
        charset: Ident,
    },
    /// `WEIGHT_STRING(a AS CHAR(n))`; without `AS` it is a [`Call`]
    WeightString {
        /// Whose weights.
        operand: Box<Expr>,
        /// `AS BINARY`, otherwise `AS CHAR`.
        binary: bool,
        /// Characters or bytes.
        length: u64,
    },
    /// `JSON_VALUE(a, 'path' …)`
    JsonValue(Box<JsonValue>),
    /// `col -> 'path'` or `col ->> 'path'`
    JsonPath {
        /// The column.
        column: Box<ColumnRef>,
        /// The path, escapes resolved.
        path: Box<str>,
        /// `->>`
        unquote: bool,
    },
    /// `{d 'a'}`, `{ts 'a'}`; with any other name the braces mean nothing
    Odbc {
        /// The name behind the brace.
        name: Ident,
        /// The expression inside.
        operand: Box<Expr>,
    },
    /// `DEFAULT(col)`
    Default(Box<ColumnRef>),
    /// `VALUES(col)`
    Values(Box<ColumnRef>),
}

/// A constant as written; nothing is converted yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Literal {
    /// `NULL`
    Null,
    /// `TRUE`, `FALSE`
    Bool(bool),
    /// Digits, any number of them.
    Integer(Box<str>),
    /// Digits with a point.
    Decimal(Box<str>),
    /// Digits with an exponent.
    Float(Box<str>),
    /// `'…'`
    String(StringLiteral),
    /// `x'…'` or `0x…`, with the introducer's character set if there is one
    Hex {
        /// `latin1` of `_latin1 x'41'`
        introducer: Option<Box<str>>,
        /// The value.
        bytes: Vec<u8>,
    },
    /// `b'…'` or `0b…`, with the introducer's character set if there is one
    Bit {
        /// `latin1` of `_latin1 b'1000001'`
        introducer: Option<Box<str>>,
        /// The value, most significant byte first.
        bytes: Vec<u8>,
    },
    /// `DATE'…'`, `TIME'…'`, `TIMESTAMP'…'`
    Temporal {
        /// Which of the three.
        kind: TemporalKind,
        /// The characters inside the quotes.
        text: Vec<u8>,
    },
}

/// A string constant; adjacent strings are already joined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StringLiteral {
    /// What stands before it.
    pub prefix: StringPrefix,
    /// The characters, escapes resolved, in the encoding of the text (UTF-8).
    pub value: Vec<u8>,
}

/// What stands before a string constant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StringPrefix {
    /// Nothing.
    None,
    /// `N'…'`
    National,
    /// `_latin1'…'`: the name without underscore, as written.
    Introducer(Box<str>),
}

/// A column, with as many qualifiers as were written.
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnRef {
    /// `db` of `db.t.col`
    pub schema: Option<Ident>,
    /// `t` of `t.col`
    pub table: Option<Ident>,
    /// The column's name.
    pub column: Ident,
}

/// A value that is given later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Parameter {
    /// `?`, counted from 0 in the order of the text
    Positional(u32),
    /// `:name`
    Named(Box<str>),
}

/// `@@[scope.][base.]name`
#[derive(Clone, Debug, PartialEq)]
pub struct SystemVariable {
    /// Which value, if said.
    pub scope: Option<VariableScope>,
    /// `hot` of `@@hot.key_buffer_size`
    pub base: Option<Ident>,
    /// The variable.
    pub name: Ident,
}

/// Which value of a system variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum VariableScope {
    /// `@@global.x`
    Global,
    /// `@@session.x`, `@@local.x`
    Session,
}

/// `WHEN condition THEN value`
#[derive(Clone, Debug, PartialEq)]
pub struct Branch {
    /// Condition, or value compared with the operand.
    pub condition: Expr,
    /// The value if it holds.
    pub value: Expr,
}

/// A function call with an argument list.
///
/// `POSITION(a IN b)` and `SUBSTRING(a FROM b FOR c)` are calls as well, with their operands in
/// that order; with `PIPES_AS_CONCAT`, `a || b` is a call of `CONCAT`.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// `db` of `db.f(x)`
    pub schema: Option<Ident>,
    /// The function as spelled.
    pub name: Ident,
    /// The arguments.
    pub args: Vec<Expr>,
    /// How the grammar got there.
    pub form: CallForm,
}

/// How a call was recognised. MySQL's grammar knows some functions by their keyword; `NOW ()` with
/// a blank (unless `IGNORE_SPACE`) and `` `NOW`() `` are calls of a stored function of that name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CallForm {
    /// By a keyword: `IF(…)`, `NOW(…)`, `CURRENT_DATE`.
    Keyword,
    /// By a name: `ABS(…)`.
    Name,
}

/// `JSON_VALUE(document, path [RETURNING type] [… ON EMPTY] [… ON ERROR])`
#[derive(Clone, Debug, PartialEq)]
pub struct JsonValue {
    /// The document.
    pub document: Expr,
    /// The path.
    pub path: StringLiteral,
    /// The type after `RETURNING`.
    pub returning: Option<CastType>,
    /// What to do when nothing is found.
    pub on_empty: Option<JsonOn>,
    /// What to do when it cannot be converted.
    pub on_error: Option<JsonOn>,
}

/// `NULL ON …`, `ERROR ON …`, `DEFAULT literal ON …`
#[derive(Clone, Debug, PartialEq)]
pub enum JsonOn {
    /// `NULL`
    Null,
    /// `ERROR`
    Error,
    /// `DEFAULT` and a literal, possibly signed (a [`ExprKind::Unary`] of it).
    Default(Expr),
}

impl Expr {
    /// A node at `span`.
    #[must_use]
    pub fn new(kind: ExprKind, span: Span) -> Self {
        Self { kind, span }
    }

    /// Takes the kind out; for code that consumes a tree.
    #[must_use]
    pub fn into_kind(mut self) -> ExprKind {
        std::mem::replace(&mut self.kind, ExprKind::Literal(Literal::Null))
    }
}

impl Ident {
    /// A name at `span`.
    #[must_use]
    pub fn new(text: impl Into<Box<str>>, span: Span) -> Self {
        Self {
            text: text.into(),
            span,
        }
    }

    /// Whether it spells `name`, without regard to ASCII case.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        self.text.eq_ignore_ascii_case(name)
    }
}

impl PartialEq for Ident {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}
