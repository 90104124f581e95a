//! What is measured: expressions with names, over seeded data.

use sqlift::{Schema, SqlType};

/// An expression and what its benchmark is called: family, operation, types.
pub struct Subject {
    /// `family/operation/types`.
    pub name: &'static str,
    /// The text.
    pub text: &'static str,
}

const fn subject(name: &'static str, text: &'static str) -> Subject {
    Subject { name, text }
}

/// Nine expressions of growing weight: integers, doubles, comparisons, conjunctions, decimals, dates, CASE, text, a large tree.
pub const ROWS: [Subject; 9] = [
    subject("arithmetic/mixed/int", "(a + b) * 3 - a % 7"),
    subject("arithmetic/product/double", "f * (1 - g) * (1 + f) / 2.5e0"),
    subject(
        "comparison/equal/double",
        "((23 + a) * 4.0e0) = ((f / 3.33e0) * 100)",
    ),
    subject(
        "logic/and/int-double",
        "a > 100 AND b < 5000 AND f BETWEEN 0.05 AND 0.95 AND qty IN (1,5,9,13,17)",
    ),
    subject(
        "arithmetic/product/decimal",
        "price * (1 - disc) * (1 + tax)",
    ),
    subject(
        "logic/and/date-decimal-int",
        "ship >= DATE '1994-01-01' AND ship < DATE '1995-01-01' AND disc BETWEEN 0.05 AND 0.07 AND qty < 24",
    ),
    subject(
        "control/case/text-decimal",
        "CASE WHEN c = 'alpha' THEN price * 2 WHEN s LIKE 'PROMO%' THEN price ELSE 0 END",
    ),
    subject(
        "text/search/text",
        "UPPER(SUBSTR(s, 1, 5)) = 'PROMO' OR s LIKE '%xyz%'",
    ),
    subject(
        "arithmetic/tree31/int-double",
        "((a + b) * 2 - (a - b) * 3 + a * 5) * 0.5e0 + f * g - (f - g) * (f + 1.5e0) + f",
    ),
];

/// Makes the types of two columns.
pub type PairOfTypes = fn() -> [SqlType; 2];

/// The five that Vitess measures its evaluation engine with, each with its two columns' types.
pub const VITESS: [(Subject, PairOfTypes); 5] = [
    (
        subject(
            "vitess/complex_arith/int-uint",
            "((23 + x) * 4.0e0) = ((y / 3.33e0) * 100)",
        ),
        || [SqlType::bigint(), SqlType::ubigint()],
    ),
    (subject("vitess/comparison/int", "x = 12"), || {
        [SqlType::bigint(), SqlType::bigint()]
    }),
    (subject("vitess/comparison/uint", "x = 12"), || {
        [SqlType::ubigint(), SqlType::bigint()]
    }),
    (subject("vitess/comparison/decimal", "x = 12"), || {
        [SqlType::decimal(3, 0), SqlType::bigint()]
    }),
    (subject("vitess/comparison/double", "x = 12"), || {
        [SqlType::double(), SqlType::bigint()]
    }),
];

/// The columns of [`ROWS`].
pub fn schema() -> Schema {
    Schema::new([
        ("a", SqlType::bigint()),
        ("b", SqlType::bigint()),
        ("f", SqlType::double()),
        ("g", SqlType::double()),
        ("price", SqlType::decimal(12, 2)),
        ("disc", SqlType::decimal(12, 2)),
        ("tax", SqlType::decimal(12, 2)),
        ("qty", SqlType::bigint()),
        ("ship", SqlType::date()),
        ("c", SqlType::varchar(10)),
        ("s", SqlType::varchar(24)),
    ])
}
