//! Precision and scale of results, as pure functions over [`DecimalType`].
//!
//! MySQL derives the type of a DECIMAL expression from the types of its operands before any value is seen. In the formulas `p` is the
//! precision, `s` the scale, `i = p - s` the digits before the point, of the operands `1` and `2`; every precision is cut to 65
//! and every scale to 30 afterwards.
//!
//! | expression | scale | precision |
//! |---|---|---|
//! | `a + b`, `a - b` | max(s1, s2) | max(i1, i2) + 1 + scale |
//! | `a * b` | s1 + s2 | p1 + p2 |
//! | `a / b` | s1 + `div_precision_increment` | p1 + s2 + `div_precision_increment` |
//! | `a % b` | max(s1, s2) | max(p1, p2), one more if `a` is unsigned |
//! | `a DIV b` | an integer | i1 + s2, at most 21 |
//! | `-a` | s1 | p1 |
//! | ROUND(a, d), d < s1 or d <= 0 | max(d, 0) | i1 + 1 + scale |
//! | TRUNCATE(a, d), d < s1 | max(d, 0) | i1 + scale, at least 1 |
//! | ROUND, TRUNCATE otherwise | s1 | p1 |
//! | CEILING(a), FLOOR(a) | 0 | i1, one more if s1 > 0; up to 18 it is BIGINT |
//! | CASE, UNION, COALESCE, GREATEST … | max(s1, s2) | max(i1, i2) + scale |
//!
//! The sum, product and quotient of unsigned operands are unsigned; a remainder is if its dividend is. An integer counts as DECIMAL(n, 0) with the digits that
//! [`of_integer`](DecimalType::of_integer), [`of_integer_literal`](DecimalType::of_integer_literal) and
//! [`of_hex_literal`](DecimalType::of_hex_literal) tell.

use super::{MAX_PRECISION, MAX_SCALE};

/// The type DECIMAL(precision, scale).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DecimalType {
    /// Digits, 1 to 65.
    pub precision: u8,
    /// Digits behind the point, at most 30 and at most the precision.
    pub scale: u8,
    /// Whether it is UNSIGNED.
    pub unsigned: bool,
}

/// Kinds of integers that have a length of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IntegerKind {
    /// TINYINT.
    Tiny,
    /// SMALLINT.
    Small,
    /// MEDIUMINT.
    Medium,
    /// INT.
    Int,
    /// BIGINT column.
    Big,
    /// YEAR.
    Year,
    /// TRUE, FALSE, and results of comparisons and logic.
    Boolean,
    /// CAST AS SIGNED or AS UNSIGNED, which MySQL gives the display length 21.
    Cast,
}

impl IntegerKind {
    /// Decimal digits that MySQL reckons with.
    pub const fn digits(self, unsigned: bool) -> u8 {
        match (self, unsigned) {
            (Self::Boolean, _) => 1,
            (Self::Tiny, _) => 3,
            (Self::Year, _) => 4,
            (Self::Small, _) => 5,
            // MySQL: MEDIUMINT has the display length 9 signed and 8 unsigned: eight digits either way, though seven would do.
            (Self::Medium, _) => 8,
            (Self::Int, _) => 10,
            (Self::Big, false) => 19,
            (Self::Big, true) => 20,
            (Self::Cast, false) => 20,
            (Self::Cast, true) => 21,
        }
    }
}

/// Digits of the largest number of 0 to 8 bytes.
const DIGITS_OF_BYTES: [u8; 9] = [1, 3, 5, 8, 10, 13, 15, 17, 20];

/// The most digits of an integer expression, MySQL's display length of a BIGINT with sign less the sign.
const MAX_INTEGER_DIGITS: u32 = 21;

/// The most digits for which CEILING and FLOOR of a DECIMAL are BIGINT.
const MAX_INTEGRAL_BIGINT_DIGITS: u32 = 18;

impl DecimalType {
    /// DECIMAL(precision, scale); what is out of bounds is cut to 65 and 30.
    pub const fn new(precision: u8, scale: u8) -> Self {
        Self::bounded(precision as u32, scale as u32, false)
    }

    const fn bounded(precision: u32, scale: u32, unsigned: bool) -> Self {
        let precision = if precision > MAX_PRECISION as u32 {
            MAX_PRECISION
        } else {
            precision as u8
        };
        let scale = if scale > MAX_SCALE as u32 {
            MAX_SCALE
        } else {
            scale as u8
        };
        Self {
            precision: if precision == 0 { 1 } else { precision },
            scale,
            unsigned,
        }
    }

    /// The same, UNSIGNED or not.
    pub const fn with_unsigned(self, unsigned: bool) -> Self {
        Self { unsigned, ..self }
    }

    /// Digits before the point.
    pub const fn integer_digits(self) -> u8 {
        self.precision.saturating_sub(self.scale)
    }

    /// Characters of the longest number: digits, the point if there is a scale, a sign unless unsigned. The `length` of a result column.
    pub const fn display_length(self) -> u32 {
        self.precision as u32 + (self.scale > 0) as u32 + !self.unsigned as u32
    }

    /// What an integer counts as.
    pub const fn of_integer(kind: IntegerKind, unsigned: bool) -> Self {
        Self {
            precision: kind.digits(unsigned),
            scale: 0,
            unsigned,
        }
    }

    /// What an integer expression of this display length counts as: the length less the sign.
    pub const fn of_integer_length(length: u32, unsigned: bool) -> Self {
        Self::bounded(
            if unsigned {
                length
            } else {
                length.saturating_sub(1)
            },
            0,
            unsigned,
        )
    }

    /// What an integer literal counts as, without sign: its digits. Above 2^63 - 1 it is unsigned, above 2^64 - 1 it is a DECIMAL literal.
    ///
    /// MySQL: leading zeros count, but for a DECIMAL literal.
    pub fn of_integer_literal(digits: &str) -> Self {
        match digits.parse::<u64>() {
            Ok(value) => Self::bounded(digits.len() as u32, 0, i64::try_from(value).is_err()),
            Err(_) => Self::of_decimal_literal(digits),
        }
    }

    /// The type of a literal with a point, without sign: `1.50` is DECIMAL(3,2).
    ///
    /// MySQL: leading zeros count as one digit (`007.5` is DECIMAL(3,1)), a missing whole part as none (`.5` is DECIMAL(1,1)).
    pub fn of_decimal_literal(text: &str) -> Self {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits = whole.trim_start_matches('0').len();
        let zero = usize::from(digits < whole.len());
        let scale = fraction.len().min(usize::from(MAX_SCALE));
        Self::bounded((digits + zero + scale) as u32, scale as u32, false)
    }

    /// What a hexadecimal literal of so many bytes counts as.
    pub fn of_hex_literal(bytes: usize) -> Self {
        Self {
            precision: DIGITS_OF_BYTES[bytes.min(8)],
            scale: 0,
            unsigned: true,
        }
    }

    /// What a bit literal of so many bytes counts as. MySQL: unlike a hexadecimal one, it is signed.
    pub fn of_bit_literal(bytes: usize) -> Self {
        Self::of_hex_literal(bytes).with_unsigned(false)
    }

    /// What a BIT(n) column counts as. MySQL: n digits, though fewer would do.
    pub const fn of_bits(bits: u8) -> Self {
        Self::bounded(bits as u32, 0, true)
    }

    /// What a DATE counts as: `20240229`.
    pub const fn of_date() -> Self {
        Self::new(8, 0)
    }

    /// What a TIME with so many fraction digits counts as: `8385959.000000`.
    pub const fn of_time(fraction: u8) -> Self {
        Self::bounded(7 + fraction as u32, fraction as u32, false)
    }

    /// What a DATETIME or TIMESTAMP with so many fraction digits counts as: `20240229101112.123456`.
    pub const fn of_datetime(fraction: u8) -> Self {
        Self::bounded(14 + fraction as u32, fraction as u32, false)
    }

    /// Type of `a + b` and `a - b`.
    pub fn sum(self, other: Self) -> Self {
        let scale = self.scale.max(other.scale);
        let digits = u32::from(self.integer_digits().max(other.integer_digits())) + 1;
        Self::bounded(
            digits + u32::from(scale),
            scale.into(),
            self.unsigned && other.unsigned,
        )
    }

    /// Type of `a * b`.
    pub fn product(self, other: Self) -> Self {
        let digits = u32::from(self.precision) + u32::from(other.precision);
        Self::bounded(
            digits,
            u32::from(self.scale) + u32::from(other.scale),
            self.unsigned && other.unsigned,
        )
    }

    /// Type of `a / b` for a `div_precision_increment` (4 unless set).
    pub fn quotient(self, other: Self, increment: u8) -> Self {
        let digits = u32::from(self.precision) + u32::from(other.scale) + u32::from(increment);
        Self::bounded(
            digits,
            u32::from(self.scale) + u32::from(increment),
            self.unsigned && other.unsigned,
        )
    }

    /// Type of `a % b` and `MOD(a, b)`.
    pub fn remainder(self, other: Self) -> Self {
        let scale = self.scale.max(other.scale);
        // MySQL: the length is reckoned with room for a sign, and the sign's place becomes a digit when the result turns out unsigned.
        let digits = self.precision.max(other.precision) + u8::from(self.unsigned);
        Self::bounded(digits.into(), scale.into(), self.unsigned)
    }

    /// Digits of `a DIV b`, an integer that is unsigned if one of the operands is.
    pub fn div_integer_digits(self, other: Self) -> u8 {
        let digits = u32::from(self.integer_digits()) + u32::from(other.scale);
        digits.min(MAX_INTEGER_DIGITS) as u8
    }

    /// Type of `-a`: never unsigned.
    pub fn negation(self) -> Self {
        self.with_unsigned(false)
    }

    /// Type of ROUND(a, digits) with constant digits; 0 if they are missing or NULL.
    ///
    /// MySQL: digits up to 0 add a place for the carry even to a number without a fraction, which ROUND(a, 0) cannot change.
    pub fn rounded(self, digits: i64) -> Self {
        if digits > 0 && digits >= i64::from(self.scale) {
            self
        } else {
            self.shortened(digits, 1)
        }
    }

    /// Type of TRUNCATE(a, digits) with constant digits.
    pub fn truncated(self, digits: i64) -> Self {
        if digits >= i64::from(self.scale) {
            self
        } else {
            self.shortened(digits, 0)
        }
    }

    fn shortened(self, digits: i64, carry: u32) -> Self {
        let scale = digits.max(0) as u32;
        Self::bounded(
            u32::from(self.integer_digits()) + carry + scale,
            scale,
            self.unsigned,
        )
    }

    /// Type of CEILING and FLOOR; `None` where it is BIGINT: up to 18 digits before the point, one of them for the carry if there is a fraction.
    pub fn integral(self) -> Option<Self> {
        let digits = u32::from(self.integer_digits()) + u32::from(self.scale > 0);
        if digits <= MAX_INTEGRAL_BIGINT_DIGITS {
            None
        } else {
            Some(Self::bounded(digits, 0, self.unsigned))
        }
    }

    /// The type that holds both: CASE, IF, COALESCE, UNION, GREATEST, LEAST.
    pub fn union(self, other: Self) -> Self {
        let scale = self.scale.max(other.scale);
        let digits = u32::from(self.integer_digits().max(other.integer_digits()));
        Self::bounded(
            digits + u32::from(scale),
            scale.into(),
            self.unsigned && other.unsigned,
        )
    }
}
