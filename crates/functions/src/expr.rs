//! The typed expression: what binding makes, tier 0 walks, and programs are linearized from.

use crate::{Form, FunctionId};
use sqlift_collation::{Coercibility, Collated, Repertoire};
use sqlift_types::{Datum, Span, SqlType, TypeKind};

/// A typed node. Every implicit conversion is a call of a cast.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Its static type.
    pub ty: SqlType,
    /// Whether it may be NULL.
    pub nullable: bool,
    /// Collation, coercibility and repertoire, as MySQL's COLLATION() and COERCIBILITY() tell them.
    pub collated: Collated,
    /// Whether it is a constant that was computed, not written: MySQL's warnings tell one from the other.
    pub computed: bool,
    /// The text it came from.
    pub span: Span,
}

/// The kinds of typed node.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// A constant.
    Literal(Datum),
    /// A column of the row.
    Column(u32),
    /// A parameter, by number.
    Parameter(u32),
    /// A call of an operator, function or cast.
    Call {
        /// The function.
        function: FunctionId,
        /// Its arguments, converted to what it takes.
        args: Vec<Expr>,
    },
    /// A row constructor; only operands of comparisons and IN are rows.
    Row(Vec<Expr>),
}

impl Expr {
    /// A constant that belongs to no place of the text.
    pub fn literal(value: Datum, ty: SqlType) -> Expr {
        let nullable = value.is_null();
        let coercibility = match () {
            () if ty.kind == sqlift_types::TypeKind::Null => Coercibility::Ignorable,
            () if ty.kind.is_string() => Coercibility::Coercible,
            () => Coercibility::Numeric,
        };
        let ascii = !matches!(&value, Datum::Bytes(b) if !b.is_ascii());
        let repertoire = if ascii {
            Repertoire::Ascii
        } else {
            Repertoire::Unicode
        };
        let collated = Collated::new(ty.collation, coercibility, repertoire);
        Expr {
            kind: ExprKind::Literal(value),
            ty,
            nullable,
            collated,
            computed: false,
            span: Span::default(),
        }
    }

    /// The constant, if this node is one.
    pub fn as_literal(&self) -> Option<&Datum> {
        if let ExprKind::Literal(value) = &self.kind {
            Some(value)
        } else {
            None
        }
    }

    /// Whether this is the constant NULL.
    pub fn is_null_literal(&self) -> bool {
        matches!(self.kind, ExprKind::Literal(Datum::Null))
    }

    /// Whether this is a column, as it is or as the session shows it.
    pub fn is_column(&self) -> bool {
        match &self.kind {
            ExprKind::Column(_) => true,
            ExprKind::Call { function, args } => {
                crate::catalogue().function(*function).is_column_reader()
                    && args.first().is_some_and(Expr::is_column)
            }
            _ => false,
        }
    }

    /// The arguments of a call, the members of a row, nothing for leaves.
    pub fn children(&self) -> &[Expr] {
        match &self.kind {
            ExprKind::Call { args, .. } | ExprKind::Row(args) => args,
            _ => &[],
        }
    }

    /// Whether its text is taken for a number without a warning, whatever it is.
    ///
    /// MySQL: so it is of COALESCE, IFNULL, GREATEST and LEAST.
    pub fn is_quiet(&self) -> bool {
        match &self.kind {
            ExprKind::Call { function, .. } => crate::catalogue().function(*function).is_quiet(),
            _ => false,
        }
    }

    /// Whether the value is the same for every row: no column, no parameter, no volatile function.
    pub fn is_constant(&self) -> bool {
        match &self.kind {
            ExprKind::Literal(_) => true,
            ExprKind::Column(_) | ExprKind::Parameter(_) => false,
            ExprKind::Row(args) => args.iter().all(Expr::is_constant),
            ExprKind::Call { function, args } => {
                let function = crate::catalogue().function(*function);
                !function.is_volatile()
                    && function.evaluation() != Form::Held
                    && args.iter().all(Expr::is_constant)
            }
        }
    }

    /// The values of a CASE, IF or NULLIF, one of which is the result.
    pub fn branches(&self) -> Option<impl Iterator<Item = &Expr>> {
        let ExprKind::Call { function, args } = &self.kind else {
            return None;
        };
        let is_case = crate::catalogue().function(*function).evaluation() == Form::Case;
        let last = args.len().checked_sub(1)?;
        is_case.then(|| {
            let values = args.iter().enumerate();
            values
                .filter(move |(i, _)| i % 2 == 1 || *i == last)
                .map(|(_, value)| value)
        })
    }

    /// Whether this is a DECIMAL one of whose branches shows fewer fraction digits than the type has.
    ///
    /// MySQL: CASE, IF and NULLIF show a branch as it is, though they compute with the type of all branches: `IF(1, 1, 2.50)` is shown
    /// as `1`, and `IF(1, 1, 2.50) + 0` as `1.00`.
    pub fn shows_branches(&self) -> bool {
        self.ty.kind == TypeKind::Decimal
            && self.branches().is_some_and(|mut branches| {
                branches.any(|b| {
                    !b.is_null_literal()
                        && (b.ty.decimals != self.ty.decimals || b.shows_branches())
                })
            })
    }

    /// The same node at a place of the text.
    pub fn at(mut self, span: Span) -> Expr {
        self.span = span;
        self
    }
}
