//! Constructs of the grammar as calls of the catalogue.
//!
//! Nothing here recurses: operands are only named, and bound by the binder, so that its frames stay small however deep a text nests.

use super::{cast_type, names};
use sqlift_functions::Expr;
use sqlift_syntax::ast::{self, BinaryOp, IsTest, UnaryOp};
use sqlift_syntax::types::{CastType, CharsetName};
use sqlift_types::{CollationId, Datum, Error, Session, SqlType};

/// A call of the catalogue that stands for a construct.
pub(super) struct Construct<'n> {
    /// The catalogue's name.
    pub(super) name: &'static str,
    /// The arguments, in order.
    pub(super) parts: Vec<Part<'n>>,
    /// The target of a CAST.
    pub(super) target: Option<SqlType>,
    /// Whether a NOT is put around it.
    pub(super) negated: bool,
}

/// An argument of a construct.
pub(super) enum Part<'n> {
    /// An expression of the text.
    Operand(&'n ast::Expr),
    /// A column that the grammar has no expression for.
    Column(&'n ast::ColumnRef),
    /// A word: a unit, a charset, a path.
    Word(Box<Expr>),
}

use Part::{Column, Operand};

fn word<'n>(expr: Expr) -> Part<'n> {
    Part::Word(Box::new(expr))
}

/// The document, the path, and for ON EMPTY and ON ERROR a number (0 NULL, 1 ERROR, 2 DEFAULT) and the default.
fn json_value<'n>(value: &'n ast::JsonValue, session: &Session) -> Result<Construct<'n>, Error> {
    let path = String::from_utf8_lossy(&value.path.value);
    let mut parts = vec![Operand(&value.document), word(names::text(&path))];
    for on in [&value.on_empty, &value.on_error] {
        let (mode, default) = match on {
            None | Some(ast::JsonOn::Null) => (0, None),
            Some(ast::JsonOn::Error) => (1, None),
            Some(ast::JsonOn::Default(default)) => (2, Some(default)),
        };
        parts.push(word(Expr::literal(Datum::Int(mode), SqlType::bigint())));
        parts.push(default.map_or_else(|| word(names::null()), Operand));
    }
    let target = match &value.returning {
        None => None,
        Some(ty) => {
            let target = cast_type::cast_target(ty, session, "expression")?;
            let names_charset = matches!(ty, CastType::Char { charset, .. } if charset.name != CharsetName::Default);
            Some(if target.kind.is_text() && !names_charset {
                target.with_collation(CollationId::UTF8MB4_0900_BIN)
            } else {
                target
            })
        }
    };
    Ok(Construct {
        target,
        ..Construct::new("JSON_VALUE", parts)
    })
}

impl<'n> Construct<'n> {
    fn new(name: &'static str, parts: Vec<Part<'n>>) -> Construct<'n> {
        Construct {
            name,
            parts,
            target: None,
            negated: false,
        }
    }

    fn negated_if(self, negated: bool) -> Construct<'n> {
        Construct { negated, ..self }
    }

    fn cast(operand: &'n ast::Expr, target: SqlType) -> Construct<'n> {
        Construct {
            target: Some(target),
            ..Construct::new("CAST", vec![Operand(operand)])
        }
    }

    /// The call that a node stands for.
    ///
    /// Errors: what MySQL has and sqlift does not; a CAST to a type that there is none of.
    pub(super) fn of(
        node: &'n ast::Expr,
        session: &Session,
        text: &str,
    ) -> Result<Construct<'n>, Error> {
        use ast::ExprKind as A;
        Ok(match &node.kind {
            A::Unary { op, operand } => unary(*op, operand),
            A::Binary { op, left, right } => {
                let name = match op {
                    BinaryOp::BarOr => "OR",
                    BinaryOp::AmpersandAnd => "AND",
                    other => other.symbol(),
                };
                Construct::new(name, vec![Operand(left), Operand(right)])
            }
            A::Is {
                operand,
                test,
                negated,
            } => Construct::new(is(*test, *negated), vec![Operand(operand)]),
            A::Like {
                operand,
                pattern,
                escape,
                negated,
            } => {
                let mut parts = vec![Operand(operand), Operand(pattern)];
                parts.extend(escape.as_deref().map(Operand));
                Construct::new("LIKE", parts).negated_if(*negated)
            }
            A::Regexp {
                operand,
                pattern,
                negated,
            } => {
                let parts = vec![Operand(operand), Operand(pattern)];
                Construct::new("REGEXP", parts).negated_if(*negated)
            }
            A::Between {
                operand,
                low,
                high,
                negated,
            } => {
                let parts = vec![Operand(operand), Operand(low), Operand(high)];
                Construct::new("BETWEEN", parts).negated_if(*negated)
            }
            A::In {
                operand,
                list,
                negated,
            } => {
                let mut parts = vec![Operand(operand)];
                parts.extend(list.iter().map(Operand));
                Construct::new("IN", parts).negated_if(*negated)
            }
            A::Case {
                operand,
                branches,
                otherwise,
            } => {
                let mut parts: Vec<_> = operand.iter().map(|o| Operand(o)).collect();
                for branch in branches {
                    parts.push(Operand(&branch.condition));
                    parts.push(Operand(&branch.value));
                }
                parts.push(match otherwise {
                    Some(value) => Operand(value),
                    None => word(names::null().at(super::span(node.span))),
                });
                let name = if operand.is_some() { "CASE OF" } else { "CASE" };
                Construct::new(name, parts)
            }
            A::Cast { array: true, .. } => {
                return Err(Error::new(
                    1235,
                    "42000",
                    "This version of MySQL doesn't yet support 'Use of CAST( .. AS .. ARRAY) outside of functional index in CREATE(non-SELECT)/ALTER TABLE or in general expressions'",
                ));
            }
            A::Cast {
                operand, target, ..
            } => {
                let place = operand.span.start as usize..operand.span.end as usize;
                let name = text.get(place).unwrap_or_default();
                Construct::cast(operand, cast_type::cast_target(target, session, name)?)
            }
            A::ConvertUsing { operand, charset } => Construct::new(
                "CONVERT USING",
                vec![Operand(operand), word(names::text(&charset.text))],
            ),
            A::Collate { operand, collation } => Construct::new(
                "COLLATE",
                vec![Operand(operand), word(names::text(&collation.text))],
            ),
            A::DateArithmetic {
                date,
                interval,
                unit,
                subtract,
                form,
            } => {
                let name = match (form, subtract) {
                    (ast::DateForm::Timestampadd, _) => "TIMESTAMPADD",
                    (_, false) => "DATE_ADD",
                    (_, true) => "DATE_SUB",
                };
                let unit = word(names::unit(*unit));
                Construct::new(name, vec![Operand(date), Operand(interval), unit])
            }
            A::TimestampDiff { unit, from, to } => {
                let unit = word(names::unit(*unit));
                Construct::new("TIMESTAMPDIFF", vec![unit, Operand(from), Operand(to)])
            }
            A::Extract { unit, operand } => {
                let unit = word(names::unit(*unit));
                Construct::new("EXTRACT", vec![unit, Operand(operand)])
            }
            A::CharUsing { codes, charset } => {
                let mut parts = vec![word(names::text(&charset.text))];
                parts.extend(codes.iter().map(Operand));
                Construct::new("CHAR USING", parts)
            }
            A::JsonPath {
                column,
                path,
                unquote,
            } => {
                let name = if *unquote { "->>" } else { "->" };
                Construct::new(name, vec![Column(column), word(names::text(path))])
            }
            A::CastAtTimeZone {
                operand,
                zone,
                precision,
                ..
            } => {
                let digits = precision.unwrap_or(0);
                if digits > 6 {
                    let message =
                        format!("Too-big precision {digits} specified for 'CAST'. Maximum is 6.");
                    return Err(Error::new(1426, "42000", message));
                }
                let parts = vec![Operand(operand), word(names::text(zone))];
                Construct {
                    target: Some(SqlType::datetime(digits as u8)),
                    ..Construct::new("CAST AT TIME ZONE", parts)
                }
            }
            A::GetFormat { kind, standard } => {
                let kind = match kind {
                    ast::FormatKind::Date => "DATE",
                    ast::FormatKind::Time => "TIME",
                    ast::FormatKind::DateTime => "DATETIME",
                };
                Construct::new(
                    "GET_FORMAT",
                    vec![word(names::text(kind)), Operand(standard)],
                )
            }
            A::WeightString {
                operand,
                binary: true,
                length,
            } => Construct {
                target: Some(SqlType::varbinary(
                    u32::try_from(*length).unwrap_or(u32::MAX - 1),
                )),
                ..Construct::new("WEIGHT_STRING AS BINARY", vec![Operand(operand)])
            },
            A::WeightString {
                operand, length, ..
            } => Construct {
                target: Some(SqlType::varchar(u32::try_from(*length).unwrap_or(u32::MAX))),
                ..Construct::new("WEIGHT_STRING AS CHAR", vec![Operand(operand)])
            },
            A::JsonValue(value) => json_value(value, session)?,
            A::Default(_) => return Err(Error::unsupported("DEFAULT")),
            A::Values(_) => return Err(Error::unsupported("VALUES")),
            // The binder has its own functions for these.
            A::Literal(_)
            | A::Column(_)
            | A::Parameter(_)
            | A::UserVariable(_)
            | A::SystemVariable(_)
            | A::Assign { .. }
            | A::Row(_)
            | A::Call(_)
            | A::Odbc { .. }
            | A::Trim { .. } => return Err(Error::unsupported("a leaf as a construct")),
        })
    }
}

fn unary(op: UnaryOp, operand: &ast::Expr) -> Construct<'_> {
    let name = match op {
        UnaryOp::Binary => return Construct::cast(operand, SqlType::varbinary(u32::MAX)),
        UnaryOp::Minus => "NEG",
        UnaryOp::Not | UnaryOp::Bang => "NOT",
        UnaryOp::BitNot | UnaryOp::Plus => op.symbol(),
    };
    Construct::new(name, vec![Operand(operand)])
}

fn is(test: IsTest, negated: bool) -> &'static str {
    match (test, negated) {
        (IsTest::Null | IsTest::Unknown, false) => "IS NULL",
        (IsTest::Null | IsTest::Unknown, true) => "IS NOT NULL",
        (IsTest::True, false) => "IS TRUE",
        (IsTest::True, true) => "IS NOT TRUE",
        (IsTest::False, false) => "IS FALSE",
        (IsTest::False, true) => "IS NOT FALSE",
    }
}
