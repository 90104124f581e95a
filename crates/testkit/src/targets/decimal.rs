//! DECIMAL columns and literals through the engine, against [`Exact`].
//!
//! The reference knows every result whose digits MySQL's nine groups of nine hold; what they do not hold is cut in ways of its own (the
//! corpus has them), so of those only the error or its absence is looked at.

use std::cmp::Ordering;

use num_bigint::BigInt;
use sqlift::{Datum, Schema, Session, SqlType, read_text};

use super::TargetHits;
use super::probe::{Answer, Probe, any_tier};
use crate::generate::Random;
use crate::naive::Exact;
use crate::naive::exact::groups;

/// Fraction digits that a division adds.
const INCREMENT: u32 = 4;
/// The most fraction digits.
const MOST_SCALE: u32 = 30;
/// The most digits that a type declares.
const MOST_DIGITS: u32 = 65;
/// The most digits that the engine's 256 bits hold; of longer results, which MySQL has up to 81, it says that they are out of range.
const MOST_HELD: u32 = 76;

/// What the reference says.
enum Expected {
    Is(Answer),
    /// A number of 64 bits, to the last bit.
    Double(f64),
    /// More digits than the reference follows.
    Unknown,
}

fn is(number: &Exact) -> Expected {
    if number.whole_digits() + number.scale() > MOST_HELD {
        return Expected::Unknown;
    }
    Expected::Is(Answer::Text(number.text()))
}

fn truth(condition: bool) -> Expected {
    Expected::Is(Answer::Text(u8::from(condition).to_string()))
}

/// Whether nine groups hold so many digits before and behind the point.
fn is_held(whole: u32, scale: u32) -> bool {
    groups(whole) + groups(scale) <= 9
}

fn held(number: &Exact, whole: u32) -> Expected {
    if is_held(whole, number.scale()) {
        is(number)
    } else {
        Expected::Unknown
    }
}

/// An operand: its type and how it is written.
#[derive(Clone, Copy)]
struct Type {
    digits: u32,
    scale: u32,
}

impl Type {
    fn any(random: &mut Random) -> Self {
        let digits = match random.below(4) {
            0 => 1 + random.below(18),
            1 => 19 + random.below(20),
            2 => 39 + random.below(27),
            _ => [1, 9, 18, 19, 38, 39, 65, 10][random.below(8)],
        } as u32;
        let most = digits.min(MOST_SCALE);
        let scale = match random.below(4) {
            0 => 0,
            1 => most,
            _ => random.below(most as usize + 1) as u32,
        };
        Self { digits, scale }
    }

    fn sql(self) -> SqlType {
        SqlType::decimal(self.digits, self.scale as u8)
    }

    /// A number of the type: the longest, the shortest, halves, anything.
    fn number(self, random: &mut Random) -> Exact {
        let digits = 1 + random.below(self.digits as usize) as u32;
        let limit = BigInt::from(10).pow(digits);
        let magnitude = match random.below(8) {
            0 => BigInt::from(10).pow(self.digits) - 1,
            1 => BigInt::from(random.below(3)),
            2 => &limit / 10,
            3 => &limit / 2,
            4 => &limit / 2 - 1,
            _ => {
                let bits = (0..4).fold(BigInt::from(0), |bits, _| (bits << 64) + random.bits());
                bits % limit
            }
        };
        let number = Exact::new(magnitude, self.scale);
        if random.chance(1, 3) {
            number.negated()
        } else {
            number
        }
    }

    fn holds(self, number: &Exact) -> bool {
        number.whole_digits() + self.scale <= self.digits.max(self.scale)
    }
}

type Reference = fn(&Exact, &Exact) -> Expected;

/// Subject, template with `{a}` and `{b}`, what it gives, the scale of its type.
struct Binary(
    &'static str,
    &'static str,
    Reference,
    Option<fn(u32, u32) -> u32>,
);

const BINARY: &[Binary] = &[
    Binary("sum", "{a} + {b}", sum, Some(|s, t| s.max(t))),
    Binary(
        "difference",
        "{a} - {b}",
        |a, b| sum(a, &b.negated()),
        Some(|s, t| s.max(t)),
    ),
    Binary(
        "product",
        "{a} * {b}",
        product,
        Some(|s, t| (s + t).min(MOST_SCALE)),
    ),
    Binary(
        "quotient",
        "{a} / {b}",
        quotient,
        Some(|s, _| (s + INCREMENT).min(MOST_SCALE)),
    ),
    Binary("remainder", "{a} % {b}", remainder, Some(|s, t| s.max(t))),
    Binary("MOD", "MOD({a}, {b})", remainder, Some(|s, t| s.max(t))),
    Binary("DIV", "{a} DIV {b}", integer_quotient, None),
    Binary(
        "=",
        "{a} = {b}",
        |a, b| truth(a.compare(b) == Ordering::Equal),
        None,
    ),
    Binary(
        "<>",
        "{a} <> {b}",
        |a, b| truth(a.compare(b) != Ordering::Equal),
        None,
    ),
    Binary(
        "<",
        "{a} < {b}",
        |a, b| truth(a.compare(b) == Ordering::Less),
        None,
    ),
    Binary(
        "<=",
        "{a} <= {b}",
        |a, b| truth(a.compare(b) != Ordering::Greater),
        None,
    ),
    Binary(
        ">",
        "{a} > {b}",
        |a, b| truth(a.compare(b) == Ordering::Greater),
        None,
    ),
    Binary(
        "BETWEEN",
        "{a} BETWEEN {b} AND {b}",
        |a, b| truth(a.compare(b).is_eq()),
        None,
    ),
    Binary(
        "IN",
        "{a} IN ({b}, {b})",
        |a, b| truth(a.compare(b).is_eq()),
        None,
    ),
    Binary(
        "GREATEST",
        "GREATEST({a}, {b})",
        |a, b| union(if a.compare(b).is_ge() { a } else { b }, a, b),
        Some(|s, t| s.max(t)),
    ),
    Binary(
        "LEAST",
        "LEAST({a}, {b})",
        |a, b| union(if a.compare(b).is_le() { a } else { b }, a, b),
        Some(|s, t| s.max(t)),
    ),
    Binary(
        "COALESCE",
        "COALESCE({a}, {b})",
        |a, b| union(a, a, b),
        Some(|s, t| s.max(t)),
    ),
    Binary(
        "IF",
        "IF({a} < {b}, {b}, {a})",
        |a, b| branch(if a.compare(b).is_lt() { b } else { a }, a, b),
        Some(|s, t| s.max(t)),
    ),
];

fn sum(a: &Exact, b: &Exact) -> Expected {
    held(&a.plus(b), a.whole_digits().max(b.whole_digits()) + 1)
}

fn product(a: &Exact, b: &Exact) -> Expected {
    let whole = a.whole_digits() + b.whole_digits();
    if groups(whole) + groups(a.scale()) + groups(b.scale()) > 9 {
        return Expected::Unknown;
    }
    let product = a.times(b);
    is(&product.rounded(product.scale().min(MOST_SCALE).into()))
}

/// MySQL computes whole groups of nine fraction digits, and rounds to the scale by the digits behind it, if there are any.
fn quotient(a: &Exact, b: &Exact) -> Expected {
    if b.is_zero() {
        return Expected::Is(Answer::Null);
    }
    let scale = (a.scale() + INCREMENT).min(MOST_SCALE);
    let operands = 9 * (groups(a.scale()) + groups(b.scale()));
    let spare = operands - a.scale() - b.scale();
    let computed = operands + (scale - a.scale()).saturating_sub(spare);
    let whole = (a.magnitude() - b.magnitude() + 1).max(0) as u32;
    if !a.is_zero() && !is_held(whole, computed) {
        return Expected::Unknown;
    }
    let quotient = if 9 * groups(computed) > scale {
        a.quotient_rounded(b, scale)
    } else {
        a.quotient_cut(b, scale)
    };
    quotient.map_or(Expected::Unknown, |quotient| is(&quotient))
}

fn remainder(a: &Exact, b: &Exact) -> Expected {
    match a.remainder(b) {
        None => Expected::Is(Answer::Null),
        Some(rest) => held(&rest, a.whole_digits().max(b.whole_digits())),
    }
}

fn integer_quotient(a: &Exact, b: &Exact) -> Expected {
    match a.quotient_cut(b, 0) {
        None => Expected::Is(Answer::Null),
        Some(quotient) if quotient.whole_digits() > 30 => Expected::Is(Answer::Error(1690)),
        Some(quotient) => match quotient.to_i64() {
            Some(value) => Expected::Is(Answer::Text(value.to_string())),
            None => Expected::Is(Answer::Error(1690)),
        },
    }
}

/// One of two operands in the type that holds both.
fn union(chosen: &Exact, a: &Exact, b: &Exact) -> Expected {
    let scale = a.scale().max(b.scale());
    if a.whole_digits().max(b.whole_digits()) + scale > MOST_DIGITS {
        return Expected::Unknown;
    }
    is(&chosen.rounded(scale.into()))
}

/// The chosen one of two branches, which is shown with its own scale.
fn branch(chosen: &Exact, a: &Exact, b: &Exact) -> Expected {
    match union(chosen, a, b) {
        Expected::Is(_) => is(chosen),
        other => other,
    }
}

/// Subject and template of what has one operand; `{n}` is a small number.
const UNARY: &[(&str, &str)] = &[
    ("negation", "-{a}"),
    ("ABS", "ABS({a})"),
    ("SIGN", "SIGN({a})"),
    ("CEILING", "CEILING({a})"),
    ("FLOOR", "FLOOR({a})"),
    ("ROUND", "ROUND({a}, {n})"),
    ("TRUNCATE", "TRUNCATE({a}, {n})"),
    ("to text", "CAST({a} AS CHAR)"),
    ("to integer", "CAST({a} AS SIGNED)"),
    ("to double", "CAST({a} AS DOUBLE)"),
    ("to decimal", "CAST({a} AS DECIMAL({t}))"),
    ("truth", "{a} IS TRUE"),
];

fn unary(subject: &str, a: &Exact, n: i64, to: Type) -> Expected {
    match subject {
        "negation" => is(&a.negated()),
        "ABS" => is(&a.magnitude_of()),
        "SIGN" => {
            let sign = i32::from(!a.is_zero()) * if a.is_negative() { -1 } else { 1 };
            Expected::Is(Answer::Text(sign.to_string()))
        }
        "CEILING" => is(&a.ceiling()),
        "FLOOR" => is(&a.floor()),
        "ROUND" if n >= a.scale().into() => is(a),
        "ROUND" => {
            let rounded = a.rounded(n);
            held(&rounded, rounded.whole_digits())
        }
        "TRUNCATE" if n >= a.scale().into() => is(a),
        "TRUNCATE" => is(&a.cut(n)),
        "to text" => is(a),
        "to integer" => {
            let rounded = a.rounded(0);
            let clamped = if a.is_negative() { i64::MIN } else { i64::MAX };
            let value = rounded.to_i64().unwrap_or(clamped);
            Expected::Is(Answer::Text(value.to_string()))
        }
        "to double" => a.text().parse().map_or(Expected::Unknown, Expected::Double),
        "to decimal" => fitted(a, to),
        _ => truth(!a.is_zero()),
    }
}

/// Rounded to a type; the nearest of the type if that has too many digits.
fn fitted(number: &Exact, to: Type) -> Expected {
    let rounded = number.rounded(to.scale.into());
    if to.holds(&rounded) {
        return is(&rounded);
    }
    let nines = Exact::new(BigInt::from(10).pow(to.digits) - 1, to.scale);
    is(&if number.is_negative() {
        nines.negated()
    } else {
        nines
    })
}

/// Everything that a run has to reach.
pub(super) fn subjects() -> Vec<&'static str> {
    let binary = BINARY.iter().map(|Binary(subject, ..)| *subject);
    let unary = UNARY.iter().map(|(subject, _)| *subject);
    let others = ["from text", "NULL", "exact", "beyond nine groups"];
    binary.chain(unary).chain(others).collect()
}

/// Rows that one compiled expression is asked.
const ROWS: usize = 4;

pub(super) fn check(random: &mut Random, hits: &mut TargetHits) -> Result<(), String> {
    match random.below(8) {
        0 => from_text(random, hits),
        1 | 2 => one_operand(random, hits),
        _ => two_operands(random, hits),
    }
}

fn two_operands(random: &mut Random, hits: &mut TargetHits) -> Result<(), String> {
    let Binary(subject, template, reference, scale) = &BINARY[random.below(BINARY.len())];
    let (a, b) = (Type::any(random), Type::any(random));
    let schema = Schema::new([("a", a.sql()), ("b", b.sql())]);
    // One operand in four is written out; a literal has as many fraction digits as its text.
    let literal = random.chance(1, 4).then(|| b.number(random));
    let spelled = literal
        .as_ref()
        .map_or("b".to_owned(), |number| match number.text() {
            // An integer is no DECIMAL.
            text if !text.contains('.') => format!("CAST({text} AS DECIMAL(65,0))"),
            text => format!("({text})"),
        });
    let text = template.replace("{a}", "a").replace("{b}", &spelled);
    let probe = Probe::new(&text, &schema, &Session::default(), any_tier(random))?;
    let declared = u32::from(probe.sql_type().decimals);
    if let Some(expected) = scale.map(|scale| scale(a.scale, b.scale))
        && declared != expected
    {
        return Err(format!(
            "{text}: scale {declared} in its type, not {expected}"
        ));
    }
    for _ in 0..ROWS {
        let x = operand(random, a);
        let y = literal.clone().map_or_else(|| operand(random, b), Some);
        hits.count(subject);
        let row = [datum(&x, a), datum(&y, b)];
        let expected = match (&x, &y) {
            (Some(x), Some(y)) => reference(x, y),
            (None, Some(y)) if *subject == "COALESCE" => {
                union(y, y, &Exact::new(0.into(), a.scale))
            }
            (None, Some(x)) | (Some(x), None) if *subject == "IF" && y.is_some() => {
                // A comparison with NULL is not true: the last operand.
                let _ = x;
                Expected::Is(Answer::Null)
            }
            (Some(x), None) if *subject == "COALESCE" => {
                union(x, x, &Exact::new(0.into(), b.scale))
            }
            (Some(x), None) if *subject == "IF" => branch(x, x, &Exact::new(0.into(), b.scale)),
            _ => {
                hits.count("NULL");
                Expected::Is(Answer::Null)
            }
        };
        compare(&probe, &row, expected, hits)?;
    }
    Ok(())
}

fn one_operand(random: &mut Random, hits: &mut TargetHits) -> Result<(), String> {
    let (subject, template) = UNARY[random.below(UNARY.len())];
    let (a, to) = (Type::any(random), Type::any(random));
    let n = random.below(100) as i64 - 65;
    let text = template.replace("{a}", "a").replace("{n}", &n.to_string());
    let text = text.replace("{t}", &format!("{},{}", to.digits, to.scale));
    let schema = Schema::new([("a", a.sql())]);
    let probe = Probe::new(&text, &schema, &Session::default(), any_tier(random))?;
    for _ in 0..ROWS {
        let x = operand(random, a);
        hits.count(subject);
        let expected = match &x {
            Some(x) => unary(subject, x, n, to),
            None if subject == "truth" => truth(false),
            None => Expected::Is(Answer::Null),
        };
        compare(&probe, &[datum(&x, a)], expected, hits)?;
    }
    Ok(())
}

/// Texts of numbers: spaces, signs, digits, exponents, and what does not belong there behind them.
fn from_text(random: &mut Random, hits: &mut TargetHits) -> Result<(), String> {
    let to = Type::any(random);
    let text = format!("CAST(s AS DECIMAL({},{}))", to.digits, to.scale);
    let schema = Schema::new([("s", SqlType::varchar(200))]);
    let probe = Probe::new(&text, &schema, &Session::default(), any_tier(random))?;
    for _ in 0..ROWS {
        let from = Type {
            digits: 1 + random.below(40) as u32,
            scale: random.below(20) as u32,
        };
        let number = from.number(random);
        let exponent = if random.chance(1, 3) {
            random.below(21) as i64 - 10
        } else {
            0
        };
        let space = ["", " ", "  \t"][random.below(3)];
        let behind = ["", "", " ", "x", " 1", "e", ".."][random.below(7)];
        let mut written = format!("{space}{}", number.text());
        if exponent != 0 {
            written += &format!("e{exponent}");
        }
        // A second exponent, or a point behind a fraction, is left alone.
        written += behind;
        let digits = number.digits() * BigInt::from(10).pow(exponent.max(0) as u32);
        let number = Exact::new(digits, number.scale() + (-exponent).max(0) as u32);
        hits.count("from text");
        compare(
            &probe,
            &[Datum::Bytes(written.into_bytes())],
            fitted(&number, to),
            hits,
        )?;
    }
    Ok(())
}

fn operand(random: &mut Random, ty: Type) -> Option<Exact> {
    (!random.chance(1, 12)).then(|| ty.number(random))
}

fn datum(number: &Option<Exact>, ty: Type) -> Datum {
    let read = |number: &Exact| read_text(number.text().as_bytes(), &ty.sql());
    number.as_ref().and_then(read).unwrap_or(Datum::Null)
}

fn compare(
    probe: &Probe,
    row: &[Datum],
    expected: Expected,
    hits: &mut TargetHits,
) -> Result<(), String> {
    let (got, _) = probe.ask(row);
    match expected {
        Expected::Unknown => {
            hits.count("beyond nine groups");
            let is_plausible = match &got {
                Answer::Text(text) => Exact::parse(text).is_some(),
                Answer::Error(code) => *code == 1690,
                Answer::Null => false,
            };
            if !is_plausible {
                return Err(probe.differs(row, "a number or error 1690", &got));
            }
        }
        Expected::Is(expected) => {
            hits.count("exact");
            if got != expected {
                return Err(probe.differs(row, &expected.to_string(), &got));
            }
        }
        Expected::Double(expected) => {
            let Answer::Text(text) = &got else {
                return Err(probe.differs(row, &expected.to_string(), &got));
            };
            if text.parse() != Ok(expected) {
                return Err(probe.differs(row, &expected.to_string(), &got));
            }
        }
    }
    Ok(())
}
