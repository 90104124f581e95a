//! Laws that hold whatever the operands are: partitions of a predicate, and rewrites that mean the same.

use sqlift_testkit::corpus::Cell;
use sqlift_testkit::corpus::Settings;
use sqlift_testkit::engine;
use sqlift_testkit::generate::{Class, Generator, Limits, MySql, Random, boundary};
use sqlift_testkit::subject::{Configuration, Folding, Outcome, Question, Shape, Subject, Tier};

const ROWS: usize = 20;

/// Asks one subject about expressions over the boundary table.
struct Asker {
    subject: Box<dyn Subject>,
    table: sqlift_testkit::corpus::Table,
}

impl Asker {
    fn new(tier: Tier, shape: Shape) -> Asker {
        let folding = Folding::On;
        Asker {
            subject: engine::subject(Configuration {
                tier,
                shape,
                folding,
            })
            .unwrap(),
            table: boundary::table(&mut Random::new(3), ROWS),
        }
    }

    /// The values of all rows, `None` for those that fail; `None` if the expression is refused.
    fn values(&self, expr: &str) -> Option<Vec<Option<Cell>>> {
        let settings = Settings::new();
        let question = Question {
            expr,
            settings: &settings,
            table: Some(&self.table),
        };
        match self.subject.answer(&question) {
            Outcome::Rows { rows, .. } => Some(rows.into_iter().map(Result::ok).collect()),
            _ => None,
        }
    }
}

fn generator() -> Generator {
    // Operands of the class that is asked for: a law about integers is none about text that is converted.
    let limits = Limits {
        depth: 3,
        one_foreign_in: 0,
        ..Limits::default()
    };
    Generator::new(&MySql, boundary::COLUMNS, limits)
}

const CONFIGURATIONS: [(Tier, Shape); 3] = [
    (Tier::Interp, Shape::Row),
    (Tier::Vm, Shape::Batch(7)),
    (Tier::Native, Shape::Row),
];

/// Ternary logic partitioning (Rigger and Su, 2020): of `p`, `NOT p`, `p IS NULL` exactly one is true for each row.
#[test]
fn a_predicate_partitions_the_rows() {
    let mut generator = generator();
    let mut checked = 0;
    for (tier, shape) in CONFIGURATIONS {
        let asker = Asker::new(tier, shape);
        for number in 0..150 {
            let p = generator.of_class(&mut Random::new(21).fork(number), Class::Condition);
            let parts = [
                format!("({p}) IS TRUE"),
                format!("(NOT ({p})) IS TRUE"),
                format!("({p}) IS NULL"),
            ];
            let Some([yes, no, null]) = all(&asker, &parts) else {
                continue;
            };
            for row in 0..ROWS {
                let [Some(yes), Some(no), Some(null)] = [&yes[row], &no[row], &null[row]] else {
                    // What fails for a row fails in each part.
                    assert!(
                        yes[row].is_none() && no[row].is_none() && null[row].is_none(),
                        "{p}"
                    );
                    continue;
                };
                let one = [yes, no, null]
                    .iter()
                    .filter(|v| ***v == Cell::Text("1".to_owned()))
                    .count();
                assert_eq!(one, 1, "{tier}, row {row}: {p}");
                checked += 1;
            }
        }
    }
    assert!(checked > 2_000, "{checked} rows");
}

fn all<const N: usize>(asker: &Asker, exprs: &[String; N]) -> Option<[Vec<Option<Cell>>; N]> {
    let values: Option<Vec<_>> = exprs.iter().map(|e| asker.values(e)).collect();
    values?.try_into().ok()
}

/// Two texts over `{a}`, `{b}`, `{c}` that have the same value wherever both have one.
struct Law(Class, &'static str, &'static str);

const LAWS: [Law; 26] = [
    Law(Class::Int, "{a} + {b}", "{b} + {a}"),
    Law(Class::Int, "{a} * {b}", "{b} * {a}"),
    Law(Class::Int, "{a} - {b}", "-({b} - {a})"),
    Law(Class::Decimal, "{a} + {b}", "{b} + {a}"),
    // No such law for DECIMAL: a product of more than 81 digits loses some by rules that are not symmetric, as in MySQL.
    Law(Class::Double, "{a} + {b}", "{b} + {a}"),
    Law(Class::Int, "ABS({a})", "ABS(-({a}))"),
    Law(Class::Int, "{a} < {b}", "{b} > {a}"),
    Law(Class::Decimal, "{a} <= {b}", "NOT ({a} > {b})"),
    Law(Class::Double, "{a} <> {b}", "NOT ({a} = {b})"),
    Law(Class::Text, "{a} = {b}", "{b} = {a}"),
    Law(
        Class::Int,
        "{a} BETWEEN {b} AND {c}",
        "{a} >= {b} AND {a} <= {c}",
    ),
    Law(
        Class::Int,
        "{a} NOT BETWEEN {b} AND {c}",
        "{a} < {b} OR {a} > {c}",
    ),
    Law(Class::Int, "{a} IN ({b}, {c})", "{a} = {b} OR {a} = {c}"),
    Law(
        Class::Int,
        "NULLIF({a}, {b})",
        "CASE WHEN {a} = {b} THEN NULL ELSE {a} END",
    ),
    Law(
        Class::Int,
        "{a} <=> {b}",
        "IF({a} IS NULL OR {b} IS NULL, {a} IS NULL AND {b} IS NULL, {a} = {b})",
    ),
    Law(
        Class::Int,
        "COALESCE({a}, {b})",
        "IF({a} IS NULL, {b}, {a})",
    ),
    Law(
        // Alone, IF shows each of its branches with the scale that it has.
        Class::Decimal,
        "COALESCE({a}, {b})",
        "COALESCE(IF({a} IS NULL, {b}, {a}))",
    ),
    Law(Class::Text, "COALESCE({a}, {b})", "IFNULL({a}, {b})"),
    Law(
        Class::Date,
        "COALESCE({a}, {b})",
        "CASE WHEN {a} IS NOT NULL THEN {a} ELSE {b} END",
    ),
    Law(
        Class::Int,
        "CASE {a} WHEN {b} THEN 1 ELSE 0 END",
        "IF({a} = {b}, 1, 0)",
    ),
    Law(Class::Condition, "NOT (NOT ({a}))", "({a}) AND TRUE"),
    Law(Class::Condition, "({a}) AND ({b})", "({b}) AND ({a})"),
    Law(Class::Condition, "({a}) OR ({b})", "({b}) OR ({a})"),
    Law(
        Class::Condition,
        "NOT (({a}) AND ({b}))",
        "NOT ({a}) OR NOT ({b})",
    ),
    Law(
        Class::Condition,
        "({a}) XOR ({b})",
        "(({a}) OR ({b})) AND NOT (({a}) AND ({b}))",
    ),
    Law(
        Class::Text,
        "CONCAT({a}, {b}, {c})",
        "CONCAT(CONCAT({a}, {b}), {c})",
    ),
];

#[test]
fn rewrites_mean_the_same() {
    let mut generator = generator();
    for (number, Law(class, left, right)) in LAWS.iter().enumerate() {
        let (tier, shape) = CONFIGURATIONS[number % CONFIGURATIONS.len()];
        let asker = Asker::new(tier, shape);
        let mut checked = 0;
        for draw in 0..40 {
            let mut random = Random::new(number as u64).fork(draw);
            let operands = [(); 3].map(|()| generator.of_class(&mut random, *class));
            let written = |law: &str| {
                let names = ["{a}", "{b}", "{c}"];
                let pairs = names.iter().zip(&operands);
                pairs.fold(law.to_owned(), |text, (name, operand)| {
                    text.replace(name, operand)
                })
            };
            let (left, right) = (written(left), written(right));
            let (Some(l), Some(r)) = (asker.values(&left), asker.values(&right)) else {
                continue;
            };
            for (row, (l, r)) in l.iter().zip(&r).enumerate() {
                let (Some(l), Some(r)) = (l, r) else { continue };
                assert_eq!(l, r, "{tier}, row {row}:\n  {left}\n  {right}");
                checked += 1;
            }
        }
        assert!(checked > 40, "only {checked} rows of {left}");
    }
}
