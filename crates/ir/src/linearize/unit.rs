//! Units: many expressions over one row, as a few programs of bounded size.
//!
//! One program of everything would share the most, but code generators take longer over a large function than over several small
//! ones, and hold on to more values than there are registers. So expressions that have much in common go together, up to a bound.

use super::cost::is_quiet;
use super::shared::{Map, Shared, digest_of};
use super::{Linearizer, Speculation};
use crate::program::{Program, Step};
use sqlift_functions::Expr;
use sqlift_types::{Error, Repr, Session, SqlType};
use std::sync::Arc;

/// A program is full with so many expressions. Each has a buffer to be written to, whose address lives as long as the loop over rows.
const PART_EXPRESSIONS: usize = 32;

/// Or with so many nodes.
const PART_NODES: usize = 256;

/// Some of a unit's expressions as one program.
#[derive(Clone, Debug)]
pub struct Part {
    /// The program.
    pub program: Program,
    /// What its outputs are.
    pub outputs: Vec<PartOutput>,
}

/// An expression of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartOutput {
    /// Which one of the unit.
    pub expression: usize,
    /// The program's output that is its value.
    pub value: u32,
    /// The output that is the scale which the value is shown with, if its branches have scales of their own
    /// ([`Expr::shows_branches`]).
    pub scale: Option<u32>,
}

/// Makes the programs of expressions that are evaluated together over each row. Every expression is in one of them; what expressions
/// of one program have in common is computed once.
///
/// Programs are to be run in this order. Then warnings come in the order of the expressions, since those that may warn keep it; errors
/// do not: the first one of a row is found by evaluating the expressions in order.
///
/// Errors: as [`super::linearize`].
pub fn linearize_unit(
    expressions: &[&Expr],
    session: &Arc<Session>,
    speculation: Speculation,
) -> Result<Vec<Part>, Error> {
    let part = |members: Vec<usize>| {
        let mut l = Linearizer::new(Vec::new(), session, speculation);
        if members.len() > 1 {
            l.shared = Some(Shared::default());
        }
        let mut outputs = Vec::with_capacity(members.len());
        for member in members {
            outputs.push(l.member(member, expressions[member])?);
        }
        let program = l.finish();
        Ok(Part { program, outputs })
    };
    partition(expressions).into_iter().map(part).collect()
}

impl Linearizer {
    fn member(&mut self, expression: usize, expr: &Expr) -> Result<PartOutput, Error> {
        let value = self.program.outputs.len() as u32;
        self.program.outputs.push(expr.ty.clone());
        let mut scale = None;
        if expr.shows_branches() {
            scale = Some(value + 1);
            self.program.outputs.push(SqlType::bigint());
            self.shown(expr, &expr.ty, value)?;
        } else {
            let slot = self.expression(expr)?;
            let from = self.resize(slot, &expr.ty, expr.span)?;
            self.program.steps.push(Step::Output { index: value, from });
        }
        Ok(PartOutput {
            expression,
            value,
            scale,
        })
    }
}

/// What decides which part an expression goes to.
#[derive(Default)]
struct Shape {
    nodes: usize,
    /// The digests of its calls, with their sizes.
    calls: Map<u64, usize>,
}

impl Shape {
    /// Takes in an expression; gives its digest and size.
    fn add(&mut self, expr: &Expr) -> (u64, usize) {
        let mut nodes = 1;
        let mut digests = Vec::with_capacity(expr.children().len());
        for child in expr.children() {
            let (digest, size) = self.add(child);
            digests.push(digest);
            nodes += size;
        }
        let digest = digest_of(expr, &digests);
        if !digests.is_empty() {
            self.calls.insert(digest, nodes);
        }
        (digest, nodes)
    }
}

/// Which expressions go together.
fn partition(expressions: &[&Expr]) -> Vec<Vec<usize>> {
    let mut shapes = Vec::with_capacity(expressions.len());
    // In how many expressions each call is.
    let mut known: Map<u64, usize> = Map::default();
    for expr in expressions {
        let mut shape = Shape::default();
        (_, shape.nodes) = shape.add(expr);
        for digest in shape.calls.keys() {
            *known.entry(*digest).or_default() += 1;
        }
        shapes.push(shape);
    }
    // Those that may warn come first, in order. The others follow in groups that have their largest common call, and whether they are
    // truth values: bits are collected several rows at a time, which is of no use to other values.
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut group_of = Map::default();
    for (i, (expr, shape)) in expressions.iter().zip(&shapes).enumerate() {
        let key = is_quiet(expr).then(|| {
            let common = shape.calls.iter().filter(|(digest, _)| known[*digest] > 1);
            let largest = common.map(|(digest, nodes)| (*nodes, *digest)).max();
            (expr.ty.repr() == Repr::Bool, largest)
        });
        let group = *group_of.entry(key).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[group].push(i);
    }
    let mut keys: Vec<_> = group_of.into_iter().collect();
    // No key sorts before all keys; groups of a kind stay in the order in which they were met.
    keys.sort_unstable_by_key(|(key, group)| (key.map(|(truth, _)| truth), *group));
    let mut parts: Vec<Vec<usize>> = Vec::new();
    let mut open = None;
    let mut nodes = 0;
    let mut seen = Map::default();
    for (key, group) in keys {
        let kind = key.map(|(truth, _)| truth);
        for member in &groups[group] {
            let new: usize = own_nodes(&shapes[*member], &seen);
            let full =
                |part: &Vec<usize>| part.len() >= PART_EXPRESSIONS || nodes + new > PART_NODES;
            if open != Some(kind) || parts.last().is_none_or(full) {
                parts.push(Vec::new());
                (open, nodes) = (Some(kind), 0);
                seen.clear();
            }
            nodes += own_nodes(&shapes[*member], &seen);
            seen.extend(shapes[*member].calls.keys().map(|digest| (*digest, ())));
            if let Some(part) = parts.last_mut() {
                part.push(*member);
            }
        }
    }
    parts
}

/// How many calls of an expression a part has not made yet.
fn own_nodes(shape: &Shape, seen: &Map<u64, ()>) -> usize {
    shape
        .calls
        .keys()
        .filter(|d| !seen.contains_key(*d))
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Binding, bind};
    use sqlift_syntax::{Limits, Modes, parse};
    use sqlift_types::Schema;

    fn typed(texts: &[String]) -> Vec<Expr> {
        let schema = Schema::new([
            ("a", SqlType::bigint()),
            ("b", SqlType::bigint()),
            ("s", SqlType::varchar(10)),
        ]);
        let session = Session::default();
        let typed = |text: &String| {
            let binding = Binding {
                text,
                schema: &schema,
                session: &session,
                parameter_types: &[],
                fold: true,
                max_depth: 100,
            };
            let tree = parse(text, Modes::default(), Limits::default()).unwrap();
            bind(&tree, &binding).unwrap().expr
        };
        texts.iter().map(typed).collect()
    }

    fn unit(texts: &[String]) -> Vec<Part> {
        let typed = typed(texts);
        let expressions: Vec<&Expr> = typed.iter().collect();
        linearize_unit(&expressions, &Arc::default(), Speculation::ALL).unwrap()
    }

    fn count(program: &Program, is: impl Fn(&Step) -> bool) -> usize {
        program.steps.iter().filter(|step| is(step)).count()
    }

    fn calls(texts: &[&str]) -> usize {
        let texts: Vec<String> = texts.iter().map(|t| (*t).to_owned()).collect();
        let parts = unit(&texts);
        let calls = |part: &Part| count(&part.program, |s| matches!(s, Step::Call { .. }));
        parts.iter().map(calls).sum()
    }

    #[test]
    fn what_is_common_is_computed_once() {
        assert_eq!(calls(&["(a + b) * 2", "(a + b) * 3", "a + b"]), 3);
        assert_eq!(calls(&["a + b", "b + a"]), 2);
        let case = "CASE WHEN a > b THEN a + 1 ELSE b END";
        assert_eq!(calls(&[case, &format!("{case} * 2")]), 3);
    }

    #[test]
    fn a_call_that_warns_is_made_each_time() {
        let once = calls(&["s + 1"]);
        assert_eq!(calls(&["s + 1", "s + 1"]), 2 * once);
    }

    /// What only some rows compute is not there for the others.
    #[test]
    fn what_a_branch_computes_stays_in_it() {
        let list = ["IF(a > 5, a DIV b, 0)", "a DIV b", "IF(b > 5, a DIV b, 1)"];
        // Three divisions: the one between is computed for every row, and the last finds it there. Each comparison is its own.
        let warning = calls(&["a DIV b"]);
        assert_eq!(calls(&list), 3 * warning + 2);
        let quiet = ["IF(a > 5, a * b, 0)", "a * b", "IF(b > 5, a * b, 1)"];
        assert_eq!(calls(&quiet), 2 + 2);
    }

    #[test]
    fn many_expressions_are_parts_of_bounded_size() {
        let texts: Vec<String> = (0..1_000)
            .map(|i| match i % 4 {
                0 => format!("(a + b) * {i}"),
                1 => format!("a - b > {i}"),
                2 => format!("s + {i}"),
                _ => format!("CONCAT(s, {i})"),
            })
            .collect();
        let parts = unit(&texts);
        let mut all: Vec<usize> = Vec::new();
        let mut warners = Vec::new();
        for part in &parts {
            assert_eq!(part.program.verify(), Ok(()));
            assert!(part.outputs.len() <= PART_EXPRESSIONS);
            let members = part.outputs.iter().map(|o| o.expression);
            warners.extend(members.clone().filter(|i| i % 4 == 2));
            all.extend(members);
        }
        assert!(warners.is_sorted());
        all.sort_unstable();
        assert!(all.into_iter().eq(0..1_000));
    }
}
