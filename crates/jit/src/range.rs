//! Which integers a value can be: what makes a guard needless, and two lanes enough for a product.
//!
//! An interval holds for the rows that count: columns begin with what their buffers can hold or what a guard has asked of the
//! block, and lowerings are followed operation by operation, by the dry run and by the code generator alike. Of what is not known
//! everything is assumed.

use sqlift_functions::emit::NativeValue;
use std::collections::HashMap;

/// The integers from `low` to `high`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Interval {
    low: i64,
    high: i64,
}

impl Interval {
    pub(crate) const ALL: Interval = Interval {
        low: i64::MIN,
        high: i64::MAX,
    };

    pub(crate) fn of(value: i64) -> Interval {
        Interval {
            low: value,
            high: value,
        }
    }

    /// What has so many bits and a sign.
    pub(crate) fn signed(bits: u32) -> Interval {
        match bits {
            0..63 => Interval {
                low: -(1 << bits),
                high: (1 << bits) - 1,
            },
            _ => Interval::ALL,
        }
    }

    /// What has so many bits and no sign.
    pub(crate) fn unsigned(bits: u32) -> Interval {
        match bits {
            0..64 => Interval {
                low: 0,
                high: ((1_u64 << bits) - 1) as i64,
            },
            _ => Interval::ALL,
        }
    }

    /// `None` if it takes more than 64 bits.
    fn exact(low: i128, high: i128) -> Option<Interval> {
        Some(Interval {
            low: low.try_into().ok()?,
            high: high.try_into().ok()?,
        })
    }

    pub(crate) fn sum(self, other: Interval) -> Option<Interval> {
        let (a, b) = (self.wide(), other.wide());
        Interval::exact(a.0 + b.0, a.1 + b.1)
    }

    pub(crate) fn difference(self, other: Interval) -> Option<Interval> {
        let (a, b) = (self.wide(), other.wide());
        Interval::exact(a.0 - b.1, a.1 - b.0)
    }

    pub(crate) fn product(self, other: Interval) -> Option<Interval> {
        let (a, b) = (self.wide(), other.wide());
        let corners = [a.0 * b.0, a.0 * b.1, a.1 * b.0, a.1 * b.1];
        let low = corners.into_iter().min()?;
        Interval::exact(low, corners.into_iter().max()?)
    }

    /// Of two integers without sign; `None` also if the sum would take the sign bit.
    pub(crate) fn unsigned_sum(self, other: Interval) -> Option<Interval> {
        (!self.is_negative() && !other.is_negative()).then(|| self.sum(other))?
    }

    pub(crate) fn unsigned_product(self, other: Interval) -> Option<Interval> {
        (!self.is_negative() && !other.is_negative()).then(|| self.product(other))?
    }

    /// Of one of both.
    pub(crate) fn either(self, other: Interval) -> Interval {
        Interval {
            low: self.low.min(other.low),
            high: self.high.max(other.high),
        }
    }

    /// What remains of it, divided by a constant greater than 0.
    pub(crate) fn remainder(self, divisor: i64) -> Interval {
        Interval {
            low: self.low.clamp(1 - divisor, 0),
            high: self.high.clamp(0, divisor - 1),
        }
    }

    /// Its quotient, cut towards zero, by a constant greater than 0.
    pub(crate) fn quotient(self, divisor: i64) -> Interval {
        Interval {
            low: self.low / divisor,
            high: self.high / divisor,
        }
    }

    /// Whether nothing in it is farther from zero than this power of two.
    pub(crate) fn within(self, power: u32) -> bool {
        let (low, high) = self.wide();
        low >= -(1 << power) && high <= 1 << power
    }

    pub(crate) fn is_negative(self) -> bool {
        self.low < 0
    }

    /// The one integer in it.
    pub(crate) fn constant(self) -> Option<i64> {
        (self.low == self.high).then_some(self.low)
    }

    /// The divisor in it, if dividing what `self` bounds by it can be done on doubles (see [`EXACT_QUOTIENT`]).
    pub(crate) fn short_divisor(self, divisor: Interval) -> Option<i64> {
        let divisor = divisor.constant()?;
        let short = (1..=1 << 31).contains(&divisor) && self.within(EXACT_QUOTIENT);
        short.then_some(divisor)
    }

    fn wide(self) -> (i128, i128) {
        (self.low.into(), self.high.into())
    }
}

/// Integers up to this power of two are doubles, and one addition away from being one.
pub(crate) const EXACT_DOUBLE: u32 = 51;

/// For `|a|` up to this power of two and `c` from 1 to 2^31 the integral part of `(|a| + 0.5) * (1 / c)`, computed in doubles, is that
/// of `|a| / c`. Exactly, the first is at least `0.5 / c` away from every integer; two roundings put it wrong by less than
/// `(2^50 + 1) / c * 2^-52`, which is less than `0.3 / c`.
pub(crate) const EXACT_QUOTIENT: u32 = 50;

/// What is known of native values; everything of the others.
#[derive(Debug, Default)]
pub(crate) struct Ranges {
    known: HashMap<NativeValue, Interval>,
}

impl Ranges {
    pub(crate) fn of(&self, value: NativeValue) -> Interval {
        self.known.get(&value).copied().unwrap_or(Interval::ALL)
    }

    pub(crate) fn set(&mut self, value: NativeValue, interval: Interval) {
        self.known.insert(value, interval);
    }

    /// Takes note of a result, if it is bounded.
    pub(crate) fn note(&mut self, value: NativeValue, interval: Option<Interval>) {
        if let Some(interval) = interval {
            self.set(value, interval);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that look random, of all magnitudes.
    fn number(state: &mut u64) -> i64 {
        *state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let v = (*state >> 29) as i64 ^ (*state << 33) as i64;
        v >> (*state >> 58)
    }

    fn holds(interval: Option<Interval>, value: i128) -> bool {
        interval.is_none_or(|i| i.wide().0 <= value && value <= i.wide().1)
    }

    #[test]
    fn results_stay_within_their_intervals() {
        let mut state = 7;
        for _ in 0..100_000 {
            let mut pick = || {
                let mut three = [(); 3].map(|()| number(&mut state));
                three.sort_unstable();
                let [low, middle, high] = three;
                (Interval { low, high }, middle)
            };
            let ((a, x), (b, y)) = (pick(), pick());
            let (wide_x, wide_y) = (i128::from(x), i128::from(y));
            assert!(holds(a.sum(b), wide_x + wide_y));
            assert!(holds(a.difference(b), wide_x - wide_y));
            assert!(holds(a.product(b), wide_x * wide_y));
            assert!(holds(Some(a.either(b)), wide_x) && holds(Some(a.either(b)), wide_y));
            let divisor = (y | 1).unsigned_abs().min(1 << 40) as i64;
            assert!(holds(Some(a.remainder(divisor)), (x % divisor).into()));
            assert!(holds(Some(a.quotient(divisor)), (x / divisor).into()));
        }
    }

    #[test]
    fn quotients_of_doubles_are_those_of_integers() {
        let by_double = |a: i64, c: i64| {
            let quotient = ((a.unsigned_abs() as f64) + 0.5) * (1.0 / c as f64);
            quotient.floor() as i64 * a.signum()
        };
        let limit = 1_i64 << EXACT_QUOTIENT;
        let mut state = 11;
        for _ in 0..200_000 {
            let c = 1 + (number(&mut state) & ((1 << 31) - 1));
            let near = number(&mut state) % limit / c * c;
            for a in [near - 1, near, near + 1, number(&mut state) % limit] {
                let a = a.clamp(-limit, limit);
                assert_eq!(by_double(a, c), a / c, "{a} / {c}");
            }
            for a in [limit, -limit, limit - limit % c, limit - limit % c - 1] {
                assert_eq!(by_double(a, c), a / c, "{a} / {c}");
            }
        }
    }

    #[test]
    fn bits_bound_what_has_them() {
        assert_eq!(
            Interval::signed(7),
            Interval {
                low: -128,
                high: 127
            }
        );
        assert_eq!(Interval::signed(63), Interval::ALL);
        assert_eq!(Interval::unsigned(8), Interval { low: 0, high: 255 });
        assert_eq!(Interval::unsigned(63).constant(), None);
        assert!(Interval::signed(50).within(50) && !Interval::signed(51).within(50));
    }
}
