//! What the resolver makes of conditions before a message can print them.
//!
//! A value in a condition is compared with zero; `NOT` is pushed inwards; nested `AND` and `OR`
//! become one; comparisons of rows come apart; `IN` with one member is `=`.

use crate::ast::{BinaryOp, Expr, ExprKind, IsTest, Literal, UnaryOp};

/// Something to print: an expression, or what the resolver put in its place.
pub(super) enum Item<'a> {
    /// The expression as a value.
    Value(&'a Expr),
    /// The expression as a condition.
    Condition { expr: &'a Expr, negated: bool },
    /// `(0 <> expr)`
    NotZero(&'a Expr),
    /// `(0 = expr)`
    Zero(&'a Expr),
    /// `(not(expr))`
    Not(&'a Expr),
    /// The `LIKE` or `REGEXP` that `expr` is, without its `NOT`.
    Match { expr: &'a Expr, negated: bool },
    /// `(soundex(left) = soundex(right))`
    Soundex {
        left: &'a Expr,
        right: &'a Expr,
        negated: bool,
    },
    /// `(a and b and c)`
    All(Vec<Item<'a>>),
    /// `(a or b or c)`
    Any(Vec<Item<'a>>),
    /// `(left xor right)`
    Xor {
        left: &'a Expr,
        right: &'a Expr,
        negated: bool,
    },
    /// `(left op right)`
    Compare {
        op: BinaryOp,
        left: &'a Expr,
        right: &'a Expr,
    },
    /// `(expr is null)`
    Null { expr: &'a Expr, negated: bool },
    /// `(condition is true)`
    Truth {
        condition: &'a Expr,
        is: bool,
        negated: bool,
    },
    /// `(operand in (…))`
    In {
        operand: &'a Expr,
        list: &'a [Expr],
        negated: bool,
    },
    /// `(operand between low and high)`
    Between {
        operand: &'a Expr,
        low: &'a Expr,
        high: &'a Expr,
        negated: bool,
    },
}

/// What stands in place of `expr` as a value; nothing if it prints as it is.
pub(super) fn value(expr: &Expr) -> Option<Item<'_>> {
    let conditional = match &expr.kind {
        ExprKind::Unary { op, .. } => matches!(op, UnaryOp::Not | UnaryOp::Bang),
        ExprKind::Binary { op, .. } => {
            is_logic(*op) || is_comparison(*op) || *op == BinaryOp::SoundsLike
        }
        ExprKind::Is { .. }
        | ExprKind::Like { .. }
        | ExprKind::Regexp { .. }
        | ExprKind::Between { .. }
        | ExprKind::In { .. } => true,
        ExprKind::Call(call) => call.name.is("ISNULL") && call.args.len() == 1,
        _ => false,
    };
    conditional.then(|| condition(expr, false))
}

/// The operand of a prefix that a condition sees through, and whether the prefix negates it.
fn prefix(expr: &Expr) -> Option<(&Expr, bool)> {
    match &expr.kind {
        ExprKind::Unary {
            op: UnaryOp::Not | UnaryOp::Bang,
            operand,
        } => Some((operand, true)),
        ExprKind::Unary {
            op: UnaryOp::Plus,
            operand,
        } => Some((operand, false)),
        ExprKind::Odbc { name, operand } if super::literal::odbc(name).is_none() => {
            Some((operand, false))
        }
        _ => None,
    }
}

/// `expr` as a condition, one step resolved.
pub(super) fn condition(mut expr: &Expr, mut negated: bool) -> Item<'_> {
    while let Some((operand, not)) = prefix(expr) {
        expr = operand;
        negated ^= not;
    }
    match &expr.kind {
        ExprKind::Binary { op, left, right } => match op {
            BinaryOp::And | BinaryOp::AmpersandAnd | BinaryOp::Or | BinaryOp::BarOr => {
                join(expr, negated)
            }
            BinaryOp::Xor => Item::Xor {
                left,
                right,
                negated,
            },
            BinaryOp::SoundsLike => Item::Soundex {
                left,
                right,
                negated,
            },
            BinaryOp::NullSafeEqual if negated => Item::Not(expr),
            op if is_comparison(*op) => match rows(*op, left, right, negated) {
                Some(_) => join(expr, negated),
                None => Item::Compare {
                    op: if negated { opposite(*op) } else { *op },
                    left,
                    right,
                },
            },
            BinaryOp::MemberOf if negated => Item::Not(expr),
            BinaryOp::MemberOf => Item::Value(expr),
            _ => number(expr, negated),
        },
        ExprKind::Is {
            operand,
            test: IsTest::Null | IsTest::Unknown,
            negated: not,
        } => Item::Null {
            expr: operand,
            negated: *not != negated,
        },
        ExprKind::Is { .. } => truth_test(expr, negated),
        ExprKind::Like { negated: not, .. } | ExprKind::Regexp { negated: not, .. } => {
            Item::Match {
                expr,
                negated: *not != negated,
            }
        }
        ExprKind::Between {
            operand,
            low,
            high,
            negated: not,
        } => Item::Between {
            operand,
            low,
            high,
            negated: *not != negated,
        },
        ExprKind::In {
            operand,
            list,
            negated: not,
        } => match list.as_slice() {
            [only] => {
                let op = if *not == negated {
                    BinaryOp::Equal
                } else {
                    BinaryOp::NotEqual
                };
                Item::Compare {
                    op,
                    left: operand,
                    right: only,
                }
            }
            list => Item::In {
                operand,
                list,
                negated: *not != negated,
            },
        },
        ExprKind::Call(call) if call.name.is("ISNULL") && call.args.len() == 1 => Item::Null {
            expr: &call.args[0],
            negated,
        },
        ExprKind::Literal(Literal::Bool(_)) => predicate(expr, negated),
        ExprKind::Call(call) if is_predicate(&call.name.text) => predicate(expr, negated),
        _ => number(expr, negated),
    }
}

fn number(expr: &Expr, negated: bool) -> Item<'_> {
    if negated {
        Item::Zero(expr)
    } else {
        Item::NotZero(expr)
    }
}

fn predicate(expr: &Expr, negated: bool) -> Item<'_> {
    if negated {
        Item::Not(expr)
    } else {
        Item::Value(expr)
    }
}

/// Functions whose value is a truth value already.
fn is_predicate(name: &str) -> bool {
    const NAMES: &[&str] = &[
        "GTID_SUBSET",
        "IS_IPV4",
        "IS_IPV4_COMPAT",
        "IS_IPV4_MAPPED",
        "IS_IPV6",
        "IS_UUID",
        "JSON_CONTAINS",
        "JSON_CONTAINS_PATH",
        "JSON_OVERLAPS",
        "JSON_SCHEMA_VALID",
        "JSON_VALID",
        "REGEXP_LIKE",
        "STRCMP",
    ];
    NAMES.iter().any(|known| known.eq_ignore_ascii_case(name))
}

fn is_logic(op: BinaryOp) -> bool {
    use BinaryOp as B;
    matches!(op, B::And | B::AmpersandAnd | B::Or | B::BarOr | B::Xor)
}

fn is_comparison(op: BinaryOp) -> bool {
    op.level() == crate::precedence::Level::Comparison
}

fn opposite(op: BinaryOp) -> BinaryOp {
    match op {
        BinaryOp::Equal => BinaryOp::NotEqual,
        BinaryOp::NotEqual => BinaryOp::Equal,
        BinaryOp::Less => BinaryOp::GreaterEqual,
        BinaryOp::GreaterEqual => BinaryOp::Less,
        BinaryOp::Greater => BinaryOp::LessEqual,
        BinaryOp::LessEqual => BinaryOp::Greater,
        other => other,
    }
}

/// The comparisons that a comparison of two rows comes apart into, and whether all must hold.
fn rows<'a>(
    op: BinaryOp,
    left: &'a Expr,
    right: &'a Expr,
    negated: bool,
) -> Option<(
    bool,
    BinaryOp,
    impl DoubleEndedIterator<Item = (&'a Expr, &'a Expr)>,
)> {
    let (ExprKind::Row(left), ExprKind::Row(right)) = (&left.kind, &right.kind) else {
        return None;
    };
    let op = if negated { opposite(op) } else { op };
    let all = match op {
        BinaryOp::Equal | BinaryOp::NullSafeEqual => true,
        BinaryOp::NotEqual => false,
        _ => return None,
    };
    (left.len() == right.len()).then(|| (all, op, left.iter().zip(right)))
}

/// `expr` is an AND, an OR, or a comparison of rows: with all of the same kind right below it.
fn join(expr: &Expr, negated: bool) -> Item<'_> {
    /// All must hold; the two operands.
    fn operands(expr: &Expr, negated: bool) -> Option<(bool, &Expr, &Expr)> {
        let ExprKind::Binary { op, left, right } = &expr.kind else {
            return None;
        };
        match op {
            BinaryOp::And | BinaryOp::AmpersandAnd => Some((!negated, left, right)),
            BinaryOp::Or | BinaryOp::BarOr => Some((negated, left, right)),
            _ => None,
        }
    }
    let all = match &expr.kind {
        ExprKind::Binary { op, left, right } if is_comparison(*op) => {
            rows(*op, left, right, negated).is_some_and(|(all, ..)| all)
        }
        _ => operands(expr, negated).is_some_and(|(all, ..)| all),
    };
    let mut items = Vec::new();
    let mut stack = vec![(expr, negated)];
    while let Some((mut expr, mut negated)) = stack.pop() {
        while let Some((operand, not)) = prefix(expr) {
            expr = operand;
            negated ^= not;
        }
        if let Some((same, left, right)) = operands(expr, negated)
            && same == all
        {
            stack.extend([(right, negated), (left, negated)]);
            continue;
        }
        if let ExprKind::Binary { op, left, right } = &expr.kind
            && is_comparison(*op)
            && let Some((same, op, pairs)) = rows(*op, left, right, negated)
            && same == all
        {
            items.extend(pairs.map(|(left, right)| Item::Compare { op, left, right }));
            continue;
        }
        items.push(Item::Condition { expr, negated });
    }
    if all {
        Item::All(items)
    } else {
        Item::Any(items)
    }
}

/// `IS TRUE` and `IS FALSE`: a test of a test is one test, for the inner one is never NULL.
fn truth_test(expr: &Expr, mut negated: bool) -> Item<'_> {
    let mut innermost = (expr, true);
    let mut current = expr;
    while let ExprKind::Is {
        operand,
        test: test @ (IsTest::True | IsTest::False),
        negated: not,
    } = &current.kind
    {
        let inner_is_test = matches!(
            operand.kind,
            ExprKind::Is {
                test: IsTest::True | IsTest::False,
                ..
            }
        );
        if !inner_is_test {
            negated ^= *not;
            innermost = (operand, *test == IsTest::True);
            break;
        }
        // The outer test asks whether the inner one holds, or whether it does not.
        negated ^= *not ^ (*test == IsTest::False);
        current = operand;
    }
    let (condition, is) = innermost;
    Item::Truth {
        condition,
        is,
        negated,
    }
}
