//! Going through a tree without recursion.
//!
//! The parser makes chains (`a + b + …`) as deep as the text is long; only nesting is bounded.
//! So everything here, and `Drop`, `Clone` and `PartialEq` of [`Expr`], keeps its own stack.

use crate::Span;
use crate::ast::{Branch, Call, Expr, ExprKind, JsonOn, JsonValue, Literal};
use std::fmt;

/// Calls `$f` with each child of `$kind`, in the order of the fields. Written once for shared and
/// for mutable access, which differ only in the borrow that the pattern makes.
macro_rules! each_child {
    ($kind:expr, $f:ident, $iter:ident $(, $mut:tt)?) => {
        match $kind {
            ExprKind::Literal(_)
            | ExprKind::Column(_)
            | ExprKind::Parameter(_)
            | ExprKind::UserVariable(_)
            | ExprKind::SystemVariable(_)
            | ExprKind::JsonPath { .. }
            | ExprKind::Default(_)
            | ExprKind::Values(_) => {}
            ExprKind::Assign { value, .. } => $f(value),
            ExprKind::Unary { operand, .. }
            | ExprKind::Is { operand, .. }
            | ExprKind::Cast { operand, .. }
            | ExprKind::CastAtTimeZone { operand, .. }
            | ExprKind::ConvertUsing { operand, .. }
            | ExprKind::Collate { operand, .. }
            | ExprKind::Extract { operand, .. }
            | ExprKind::GetFormat { standard: operand, .. }
            | ExprKind::WeightString { operand, .. }
            | ExprKind::Odbc { operand, .. } => $f(operand),
            ExprKind::Binary { left, right, .. }
            | ExprKind::Regexp { operand: left, pattern: right, .. }
            | ExprKind::DateArithmetic { date: left, interval: right, .. }
            | ExprKind::TimestampDiff { from: left, to: right, .. } => {
                $f(left);
                $f(right);
            }
            ExprKind::Like { operand, pattern, escape, .. } => {
                $f(operand);
                $f(pattern);
                if let Some(escape) = escape {
                    $f(escape);
                }
            }
            ExprKind::Between { operand, low, high, .. } => {
                $f(operand);
                $f(low);
                $f(high);
            }
            ExprKind::In { operand, list, .. } => {
                $f(operand);
                list.$iter().for_each(&mut $f);
            }
            ExprKind::Row(items) | ExprKind::CharUsing { codes: items, .. } => items.$iter().for_each(&mut $f),
            ExprKind::Call(call) => call.args.$iter().for_each(&mut $f),
            ExprKind::Case { operand, branches, otherwise } => {
                if let Some(operand) = operand {
                    $f(operand);
                }
                for Branch { condition, value } in branches {
                    $f(condition);
                    $f(value);
                }
                if let Some(otherwise) = otherwise {
                    $f(otherwise);
                }
            }
            ExprKind::Trim { pattern, operand, .. } => {
                if let Some(pattern) = pattern {
                    $f(pattern);
                }
                $f(operand);
            }
            ExprKind::JsonValue(json) => {
                $f(&$($mut)? json.document);
                if let Some(JsonOn::Default(value)) = &$($mut)? json.on_empty {
                    $f(value);
                }
                if let Some(JsonOn::Default(value)) = &$($mut)? json.on_error {
                    $f(value);
                }
            }
        }
    };
}

impl ExprKind {
    fn for_each_child<'a>(&'a self, mut f: impl FnMut(&'a Expr)) {
        each_child!(self, f, iter);
    }

    fn for_each_child_mut(&mut self, mut f: impl FnMut(&mut Expr)) {
        each_child!(self, f, iter_mut, mut);
    }
}

/// What stands in for a child that has been taken away.
fn placeholder() -> Expr {
    Expr::new(ExprKind::Literal(Literal::Null), Span::default())
}

impl Expr {
    /// The operands, in the order in which they are written (for `TRIM`: pattern, then operand;
    /// for `TIMESTAMPADD`: date, then interval).
    #[must_use]
    pub fn children(&self) -> Vec<&Expr> {
        let mut children = Vec::new();
        self.kind.for_each_child(|child| children.push(child));
        children
    }

    /// Every node, each before its operands.
    ///
    /// ```
    /// # use sqlift_syntax::{parse, ExprKind, Limits, Modes};
    /// let expr = parse("a + b * 2", Modes::default(), Limits::default())?;
    /// let columns = expr.walk().filter(|e| matches!(e.kind, ExprKind::Column(_))).count();
    /// assert_eq!(columns, 2);
    /// # Ok::<(), sqlift_syntax::Error>(())
    /// ```
    pub fn walk(&self) -> Walk<'_> {
        Walk { stack: vec![self] }
    }

    /// Every node, each after its operands: the order in which a tree is built without recursion.
    #[must_use]
    pub fn postorder(&self) -> Vec<&Expr> {
        // Preorder with the operands from last to first, read backwards.
        let mut order = Vec::new();
        let mut stack = vec![self];
        while let Some(expr) = stack.pop() {
            order.push(expr);
            expr.kind.for_each_child(|child| stack.push(child));
        }
        order.reverse();
        order
    }

    /// Levels of the tree; 1 for a leaf.
    #[must_use]
    pub fn depth(&self) -> usize {
        let mut deepest = 0;
        let mut stack = vec![(self, 1)];
        while let Some((expr, depth)) = stack.pop() {
            deepest = deepest.max(depth);
            expr.kind
                .for_each_child(|child| stack.push((child, depth + 1)));
        }
        deepest
    }

    /// A copy of this node alone, its operands replaced by a placeholder.
    fn shallow_clone(&self) -> ExprKind {
        // The derived `ExprKind::clone` would recurse through `Expr::clone`; so the parts are
        // copied here, one node deep.
        let one = |_: &Expr| placeholder();
        let boxed = |_: &Expr| Box::new(placeholder());
        let many = |list: &[Expr]| list.iter().map(one).collect::<Vec<_>>();
        let on = |on: &Option<JsonOn>| {
            on.as_ref().map(|on| match on {
                JsonOn::Null => JsonOn::Null,
                JsonOn::Error => JsonOn::Error,
                JsonOn::Default(value) => JsonOn::Default(one(value)),
            })
        };
        match &self.kind {
            ExprKind::Literal(literal) => ExprKind::Literal(literal.clone()),
            ExprKind::Column(column) => ExprKind::Column(column.clone()),
            ExprKind::Parameter(parameter) => ExprKind::Parameter(parameter.clone()),
            ExprKind::UserVariable(name) => ExprKind::UserVariable(name.clone()),
            ExprKind::SystemVariable(variable) => ExprKind::SystemVariable(variable.clone()),
            ExprKind::Assign { variable, value } => ExprKind::Assign {
                variable: variable.clone(),
                value: boxed(value),
            },
            ExprKind::Unary { op, operand } => ExprKind::Unary {
                op: *op,
                operand: boxed(operand),
            },
            ExprKind::Binary { op, left, right } => ExprKind::Binary {
                op: *op,
                left: boxed(left),
                right: boxed(right),
            },
            ExprKind::Is {
                operand,
                test,
                negated,
            } => ExprKind::Is {
                operand: boxed(operand),
                test: *test,
                negated: *negated,
            },
            ExprKind::Like {
                operand,
                pattern,
                escape,
                negated,
            } => ExprKind::Like {
                operand: boxed(operand),
                pattern: boxed(pattern),
                escape: escape.as_ref().map(|e| boxed(e)),
                negated: *negated,
            },
            ExprKind::Regexp {
                operand,
                pattern,
                negated,
            } => ExprKind::Regexp {
                operand: boxed(operand),
                pattern: boxed(pattern),
                negated: *negated,
            },
            ExprKind::Between {
                operand,
                low,
                high,
                negated,
            } => ExprKind::Between {
                operand: boxed(operand),
                low: boxed(low),
                high: boxed(high),
                negated: *negated,
            },
            ExprKind::In {
                operand,
                list,
                negated,
            } => ExprKind::In {
                operand: boxed(operand),
                list: many(list),
                negated: *negated,
            },
            ExprKind::Row(items) => ExprKind::Row(many(items)),
            ExprKind::Case {
                operand,
                branches,
                otherwise,
            } => ExprKind::Case {
                operand: operand.as_ref().map(|e| boxed(e)),
                branches: branches
                    .iter()
                    .map(|b| Branch {
                        condition: one(&b.condition),
                        value: one(&b.value),
                    })
                    .collect(),
                otherwise: otherwise.as_ref().map(|e| boxed(e)),
            },
            ExprKind::Cast {
                operand,
                target,
                array,
            } => ExprKind::Cast {
                operand: boxed(operand),
                target: target.clone(),
                array: *array,
            },
            ExprKind::CastAtTimeZone {
                operand,
                zone,
                interval,
                precision,
            } => ExprKind::CastAtTimeZone {
                operand: boxed(operand),
                zone: zone.clone(),
                interval: *interval,
                precision: *precision,
            },
            ExprKind::ConvertUsing { operand, charset } => ExprKind::ConvertUsing {
                operand: boxed(operand),
                charset: charset.clone(),
            },
            ExprKind::Collate { operand, collation } => ExprKind::Collate {
                operand: boxed(operand),
                collation: collation.clone(),
            },
            ExprKind::Call(call) => ExprKind::Call(Box::new(Call {
                schema: call.schema.clone(),
                name: call.name.clone(),
                args: many(&call.args),
                form: call.form,
            })),
            ExprKind::DateArithmetic {
                date,
                interval,
                unit,
                subtract,
                form,
            } => ExprKind::DateArithmetic {
                date: boxed(date),
                interval: boxed(interval),
                unit: *unit,
                subtract: *subtract,
                form: *form,
            },
            ExprKind::TimestampDiff { unit, from, to } => ExprKind::TimestampDiff {
                unit: *unit,
                from: boxed(from),
                to: boxed(to),
            },
            ExprKind::Extract { unit, operand } => ExprKind::Extract {
                unit: *unit,
                operand: boxed(operand),
            },
            ExprKind::GetFormat { kind, standard } => ExprKind::GetFormat {
                kind: *kind,
                standard: boxed(standard),
            },
            ExprKind::Trim {
                side,
                pattern,
                operand,
            } => ExprKind::Trim {
                side: *side,
                pattern: pattern.as_ref().map(|e| boxed(e)),
                operand: boxed(operand),
            },
            ExprKind::CharUsing { codes, charset } => ExprKind::CharUsing {
                codes: many(codes),
                charset: charset.clone(),
            },
            ExprKind::WeightString {
                operand,
                binary,
                length,
            } => ExprKind::WeightString {
                operand: boxed(operand),
                binary: *binary,
                length: *length,
            },
            ExprKind::JsonValue(json) => ExprKind::JsonValue(Box::new(JsonValue {
                document: one(&json.document),
                path: json.path.clone(),
                returning: json.returning.clone(),
                on_empty: on(&json.on_empty),
                on_error: on(&json.on_error),
            })),
            ExprKind::JsonPath {
                column,
                path,
                unquote,
            } => ExprKind::JsonPath {
                column: column.clone(),
                path: path.clone(),
                unquote: *unquote,
            },
            ExprKind::Odbc { name, operand } => ExprKind::Odbc {
                name: name.clone(),
                operand: boxed(operand),
            },
            ExprKind::Default(column) => ExprKind::Default(column.clone()),
            ExprKind::Values(column) => ExprKind::Values(column.clone()),
        }
    }

    fn is_leaf(&self) -> bool {
        let mut leaf = true;
        self.kind.for_each_child(|_| leaf = false);
        leaf
    }
}

/// The nodes of a tree, each before its operands: see [`Expr::walk`].
#[derive(Debug)]
pub struct Walk<'a> {
    stack: Vec<&'a Expr>,
}

impl<'a> Iterator for Walk<'a> {
    type Item = &'a Expr;

    fn next(&mut self) -> Option<&'a Expr> {
        let expr = self.stack.pop()?;
        let first = self.stack.len();
        expr.kind.for_each_child(|child| self.stack.push(child));
        self.stack[first..].reverse();
        Some(expr)
    }
}

/// Moves the operands that have operands themselves to `stack`.
fn take_inner_children(kind: &mut ExprKind, stack: &mut Vec<Expr>) {
    kind.for_each_child_mut(|child| {
        if !child.is_leaf() {
            stack.push(std::mem::replace(child, placeholder()));
        }
    });
}

impl Drop for Expr {
    fn drop(&mut self) {
        // Every child is taken out before its parent goes, so no `drop` below has any depth.
        let mut stack = Vec::new();
        take_inner_children(&mut self.kind, &mut stack);
        while let Some(mut expr) = stack.pop() {
            take_inner_children(&mut expr.kind, &mut stack);
        }
    }
}

impl Clone for Expr {
    fn clone(&self) -> Self {
        let mut done: Vec<Expr> = Vec::new();
        for expr in self.postorder() {
            let mut kind = expr.shallow_clone();
            let mut children = 0;
            expr.kind.for_each_child(|_| children += 1);
            let first = done.len() - children;
            let mut ready = done.drain(first..);
            kind.for_each_child_mut(|child| {
                if let Some(copy) = ready.next() {
                    *child = copy;
                }
            });
            drop(ready);
            done.push(Expr::new(kind, expr.span));
        }
        done.pop().unwrap_or_else(placeholder)
    }
}

impl PartialEq for Expr {
    fn eq(&self, other: &Self) -> bool {
        let mut stack = vec![(self, other)];
        while let Some((a, b)) = stack.pop() {
            if a.is_leaf() || b.is_leaf() {
                if a.is_leaf() != b.is_leaf() || a.kind != b.kind {
                    return false;
                }
                continue;
            }
            // The derived comparison sees placeholders in place of operands: one level, no more.
            if a.shallow_clone() != b.shallow_clone() {
                return false;
            }
            let (left, right) = (a.children(), b.children());
            stack.extend(left.into_iter().zip(right));
        }
        true
    }
}

/// The expression as text, with its span.
impl fmt::Debug for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Expr({} @ {})", crate::print(self), self.span)
    }
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crate::print(self))
    }
}
