//! What is measured: expressions with names, over seeded data.

use sqlift::{CollationId, Schema, SqlType, TypeKind};

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

/// What [`ROWS`] leaves out: dates, JSON, chains of CASE, lists, decimals of each width. Over the columns of [`wide_schema`].
pub const WIDE: [Subject; 12] = [
    subject("date/part/date", "YEAR(day) * 100 + MONTH(day)"),
    subject("date/add/date", "DATE_ADD(day, INTERVAL n DAY)"),
    subject("date/difference/date-datetime", "DATEDIFF(at, day)"),
    subject(
        "date/compare/datetime",
        "at >= TIMESTAMP '2000-01-01 00:00:00' AND at < TIMESTAMP '2010-01-01 00:00:00'",
    ),
    subject("date/format/datetime", "DATE_FORMAT(at, '%Y-%m-%d %H:%i')"),
    subject("json/extract/json", "JSON_EXTRACT(j, '$.price')"),
    subject("json/unquote/json", "j ->> '$.name'"),
    subject(
        "control/case-chain/int",
        "CASE WHEN n < 100 THEN 1 WHEN n < 200 THEN 2 WHEN n < 400 THEN 3 WHEN n < 800 THEN 4 ELSE 5 END",
    ),
    subject(
        "comparison/in/int",
        "n IN (3, 7, 31, 127, 211, 307, 401, 503, 601, 701, 809, 907, 911, 919, 929, 937)",
    ),
    subject("arithmetic/mixed/decimal64", "p64 * 3 - p64 + 1.25"),
    subject("arithmetic/mixed/decimal128", "p128 * 3 - p128 + 1.25"),
    subject("arithmetic/mixed/decimal256", "p256 * 3 - p256 + 1.25"),
];

/// What is asked of texts, in each collation of [`COLLATIONS`]; the columns are those of [`schema_in`].
pub const TEXTS: [Subject; 12] = [
    subject(
        "case",
        "CASE WHEN c = 'alpha' THEN price * 2 WHEN s LIKE 'PROMO%' THEN price ELSE 0 END",
    ),
    subject(
        "search",
        "UPPER(SUBSTR(s, 1, 5)) = 'PROMO' OR s LIKE '%xyz%'",
    ),
    subject("equal", "c = 'alpha'"),
    subject("equal-columns", "c = s"),
    subject("in", "c IN ('alpha', 'zeta', 'omega', 'eta')"),
    subject("like-prefix", "s LIKE 'PROMO%'"),
    subject("like-suffix", "s LIKE '%xyz'"),
    subject("like-infix", "s LIKE '%xyz%'"),
    subject("like-general", "s LIKE 'P%O_%yz'"),
    subject("upper", "UPPER(s)"),
    subject("substr", "SUBSTR(s, 2, 5)"),
    subject("concat", "CONCAT(c, '-', s)"),
];

/// The collations that [`TEXTS`] are measured in: bytes, and MySQL's default.
pub const COLLATIONS: [CollationId; 2] =
    [CollationId::UTF8MB4_BIN, CollationId::UTF8MB4_0900_AI_CI];

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

/// The columns `x` and `y` of one of [`VITESS`].
pub fn vitess_schema(subject: usize) -> Schema {
    let [x, y] = VITESS[subject].1();
    Schema::new([("x", x), ("y", y)])
}

/// The texts of `x` and `y` of one of [`VITESS`], one row, as Vitess' benchmarks have them.
pub fn vitess_texts(subject: usize) -> [&'static str; 2] {
    let name = VITESS[subject].0.name;
    let of_fraction = name.ends_with("decimal") || name.ends_with("double");
    [if of_fraction { "420" } else { "666" }, "420"]
}

/// The columns of [`WIDE`].
pub fn wide_schema() -> Schema {
    Schema::new([
        ("n", SqlType::bigint()),
        ("day", SqlType::date()),
        ("at", SqlType::datetime(6)),
        ("p64", SqlType::decimal(10, 2)),
        ("p128", SqlType::decimal(30, 4)),
        ("p256", SqlType::decimal(60, 10)),
        ("j", SqlType::json()),
    ])
}

/// The columns of [`ROWS`].
pub fn schema() -> Schema {
    schema_in(CollationId::UTF8MB4_0900_AI_CI)
}

/// The columns of [`ROWS`], the texts in a collation.
pub fn schema_in(collation: CollationId) -> Schema {
    let text = |length| SqlType::text(TypeKind::VarChar, length, collation);
    Schema::new([
        ("a", SqlType::bigint()),
        ("b", SqlType::bigint()),
        ("f", SqlType::double()),
        ("g", SqlType::double()),
        ("price", SqlType::decimal(12, 2)),
        ("disc", SqlType::decimal(4, 2)),
        ("tax", SqlType::decimal(4, 2)),
        ("qty", SqlType::int()),
        ("ship", SqlType::date()),
        ("c", text(10)),
        ("s", text(24)),
    ])
}
