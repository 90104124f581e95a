//! Shrinking an expression that shows a difference.
//!
//! The syntax tree says where each node stands in the text, so a smaller expression is cut out of the larger one:
//! a node gives way to a small literal or to one of its descendants, a list or CASE loses an item, a literal loses
//! characters. Nothing here knows the kinds of nodes; a cut that leaves no valid expression is dropped. What remains
//! is spelled as it was, which matters when the spelling is what goes wrong.

use std::ops::Range;

use sqlift_syntax::{Expr, Limits, Modes, parse};

/// The smallest expression found that still fails, from one that fails.
///
/// `fails` says whether an expression shows the difference; it is asked at most `tries` times. A text that does not
/// parse is returned as it is.
pub fn shrink(
    expr: &str,
    modes: Modes,
    tries: usize,
    mut fails: impl FnMut(&str) -> bool,
) -> String {
    let mut best = expr.to_owned();
    let mut left = tries;
    'smaller: while let Some(tree) = read(&best, modes) {
        let size = size(&tree, &best);
        for cut in cuts(&tree, &best) {
            let candidate = cut.apply(&best);
            let smaller =
                read(&candidate, modes).is_some_and(|tree| self::size(&tree, &candidate) < size);
            if !smaller {
                continue;
            }
            if left == 0 {
                return best;
            }
            left -= 1;
            if fails(&candidate) {
                best = candidate;
                continue 'smaller;
            }
        }
        break;
    }
    best
}

fn read(text: &str, modes: Modes) -> Option<Expr> {
    parse(text, modes, Limits::default()).ok()
}

/// What shrinking makes smaller: nodes first, then characters.
fn size(tree: &Expr, text: &str) -> (usize, usize) {
    (tree.walk().count(), text.len())
}

/// A part of a text and what takes its place.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Cut {
    range: Range<usize>,
    replacement: String,
}

impl Cut {
    fn apply(&self, text: &str) -> String {
        format!(
            "{}{}{}",
            &text[..self.range.start],
            self.replacement,
            &text[self.range.end..]
        )
    }
}

/// Literals that take a node's place; NULL last, for it silences most expressions.
const SMALL: [&str; 4] = ["0", "1", "''", "NULL"];

/// Every cut, those that may remove most first.
fn cuts(tree: &Expr, text: &str) -> Vec<Cut> {
    let mut cuts = Vec::new();
    for node in tree.walk() {
        let range = range(node);
        let mut replace = |replacement: String| {
            cuts.push(Cut {
                range: range.clone(),
                replacement,
            })
        };
        for literal in SMALL {
            replace(literal.to_owned());
        }
        for child in node.children() {
            for below in child.children().into_iter().chain([child]) {
                let text = &text[self::range(below)];
                replace(text.to_owned());
                replace(format!("({text})"));
            }
        }
        if let Some(inner) = text[range.clone()]
            .strip_prefix('(')
            .and_then(|rest| rest.strip_suffix(')'))
        {
            replace(inner.to_owned());
        }
        let children: Vec<Range<usize>> = node.children().into_iter().map(self::range).collect();
        if children.is_empty() {
            shorter(&text[range.clone()]).into_iter().for_each(replace);
        } else {
            cuts.extend(without_items(&children));
        }
    }
    cuts
}

fn range(node: &Expr) -> Range<usize> {
    node.span.start as usize..node.span.end as usize
}

/// Cuts that take one or two neighbouring items out, with the text before or behind them: an argument with its comma,
/// a branch with its WHEN and THEN.
fn without_items(items: &[Range<usize>]) -> impl Iterator<Item = Cut> {
    let remove = |range: Range<usize>| Cut {
        range,
        replacement: String::new(),
    };
    [2, 1].into_iter().flat_map(move |count| {
        let behind = items
            .windows(count + 1)
            .map(move |group| group[0].end..group[count].end);
        let before = items
            .windows(count + 1)
            .map(move |group| group[0].start..group[count].start);
        behind
            .chain(before)
            .filter(|range| range.start < range.end)
            .map(remove)
    })
}

/// Shorter spellings of a leaf: half of the characters between its first and last, or all but one of them.
fn shorter(leaf: &str) -> Vec<String> {
    let quoted = leaf.ends_with('\'');
    let start = if quoted {
        leaf.find('\'').map_or(0, |quote| quote + 1)
    } else {
        0
    };
    let end = if quoted { leaf.len() - 1 } else { leaf.len() };
    let Some(inner) = leaf.get(start..end) else {
        return Vec::new();
    };
    let places: Vec<usize> = inner
        .char_indices()
        .map(|(at, _)| at)
        .chain([inner.len()])
        .collect();
    let (whole, middle) = (places.len() - 1, places.len() / 2);
    let mut kept = vec![
        places[middle.min(whole)]..inner.len(),
        0..places[middle.min(whole)],
    ];
    if whole > 0 {
        kept.extend([places[1]..inner.len(), 0..places[whole - 1]]);
    }
    // A text may become empty, a number or a name may not.
    kept.retain(|kept| quoted || !kept.is_empty());
    kept.into_iter()
        .map(|kept| format!("{}{}{}", &leaf[..start], &inner[kept], &leaf[end..]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shrunk(expr: &str, fails: impl FnMut(&str) -> bool) -> String {
        shrink(expr, Modes::default(), 10_000, fails)
    }

    #[test]
    fn the_cause_alone_remains() {
        let expr =
            "CONCAT(IF(ti > 3 AND v LIKE 'a%', UPPER(v), 'x'), ABS(1 + ROUND(vl * 2, 3)), NOW())";
        assert_eq!(shrunk(expr, |expr| expr.contains("ROUND(")), "ROUND(0)");
        assert_eq!(
            shrunk(expr, |expr| expr.contains("vl") && expr.contains('*')),
            "vl * 2"
        );
        assert_eq!(shrunk(expr, |_| true), "0");
    }

    #[test]
    fn lists_and_branches_lose_items() {
        let case = "CASE WHEN a THEN 11 WHEN b THEN 22 WHEN c THEN 33 ELSE 44 END";
        assert_eq!(
            shrunk(case, |expr| expr.contains("22") && expr.contains("CASE")),
            "CASE WHEN a THEN 22 END"
        );
        let list = "x IN (10, 20, 30, 40)";
        assert_eq!(
            shrunk(list, |expr| expr.contains("IN") && expr.contains("30")),
            "x IN (30)"
        );
        let object = "JSON_OBJECT('a', 1, 'b', 2, 'c', 3)";
        assert_eq!(
            shrunk(object, |expr| expr.contains("JSON_OBJECT")
                && expr.contains("'b', 2")),
            "JSON_OBJECT('b', 2)"
        );
    }

    #[test]
    fn literals_lose_characters() {
        assert_eq!(
            shrunk("LOWER('aaaaaßbbbbb')", |expr| expr.contains('ß')),
            "'ß'"
        );
        assert_eq!(shrunk("1234567.891 + 2", |expr| expr.contains('.')), "7.");
    }

    #[test]
    fn what_remains_still_fails_and_tries_are_bounded() {
        let mut asked = 0;
        let expr = "((a + b) * (c + d)) + ((e + f) * (g + h))";
        let few = shrink(expr, Modes::default(), 3, |_| {
            asked += 1;
            false
        });
        assert_eq!((few.as_str(), asked), (expr, 3));
        assert_eq!(shrunk("a + (", |_| true), "a + (");
        for needle in ["a + b", "(e + f)", "g", "*"] {
            assert!(
                shrunk(expr, |expr| expr.contains(needle)).contains(needle),
                "{needle}"
            );
        }
    }
}
