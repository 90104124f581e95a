//! Decimals against unbounded integers: every width, boundary values and seeded random ones.

use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive, Zero};
use sqlift_types::decimal::{
    Coefficient, Decimal, Excess, Fit, I256, MAX_LITERAL_SCALE, parse_decimal_prefix, to_f64,
};
use sqlift_types::number::Range;
use std::cmp::Ordering;
use std::hash::{BuildHasher, RandomState};

/// A small generator (xorshift64*), so that every run tests the same numbers.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    /// Numbers of every length up to 64 bits, boundaries among them.
    fn i64(&mut self) -> i64 {
        const BOUNDARIES: [i64; 12] = [
            0,
            1,
            -1,
            5,
            9,
            10,
            -10,
            i64::MAX,
            i64::MIN,
            i64::MIN + 1,
            999_999_999_999_999_999,
            1_000_000_000_000_000_000,
        ];
        match self.below(4) {
            0 => BOUNDARIES[self.below(12) as usize],
            1 => 10_i64
                .pow(self.below(19) as u32)
                .wrapping_add(self.below(3) as i64 - 1),
            _ => (self.next() as i64) >> self.below(64),
        }
    }

    /// Up to so many digits.
    fn i256(&mut self, digits: u32) -> I256 {
        let digits = 1 + self.below(digits.into()) as u32;
        let limit = I256::new(10).pow(digits);
        let magnitude = match self.below(6) {
            0 => limit - I256::ONE,
            1 => limit / I256::new(10),
            2 => limit / I256::new(2),
            _ => {
                I256::from_words(
                    (self.next() >> 1).into(),
                    (u128::from(self.next()) << 64 | u128::from(self.next())) as i128,
                ) % limit
            }
        };
        if self.below(2) == 0 {
            magnitude
        } else {
            -magnitude
        }
    }

    fn decimal(&mut self, digits: u32) -> Decimal {
        let coefficient = self.i256(digits);
        Decimal::new(coefficient, self.below(31) as u8).unwrap()
    }
}

fn big(value: I256) -> BigInt {
    value.to_string().parse().unwrap()
}

fn ten(exponent: u32) -> BigInt {
    BigInt::from(10).pow(exponent)
}

/// `numerator / denominator`, half away from zero.
fn half_away(numerator: &BigInt, denominator: &BigInt) -> BigInt {
    let magnitude: BigInt = (numerator.abs() * 2 + denominator.abs()) / (denominator.abs() * 2);
    if numerator.is_negative() == denominator.is_negative() {
        magnitude
    } else {
        -magnitude
    }
}

/// The quotient at `scale`, by the rule of the groups of nine.
fn quotient(a: &BigInt, sa: u32, b: &BigInt, sb: u32, scale: u32) -> BigInt {
    let padded = |digits: u32| digits.div_ceil(9) * 9;
    let wanted = scale.saturating_sub(sa);
    let spare = padded(sa) - sa + padded(sb) - sb;
    let computed = padded(padded(sa) + padded(sb) + wanted.saturating_sub(spare));
    let (numerator, denominator) = (a * ten(sb + scale), b * ten(sa));
    if computed == scale {
        numerator / denominator
    } else {
        half_away(&numerator, &denominator)
    }
}

fn fits<C: Coefficient>(value: &BigInt, found: Option<C>) {
    let held = value
        .to_string()
        .parse::<I256>()
        .ok()
        .and_then(C::from_i256);
    assert_eq!(found, held, "expected {value}");
}

/// All operations of one width on one pair.
fn check_width<C: Coefficient>(a: C, b: C, sa: u8, sb: u8, scale: u8) {
    let (x, y) = (big(a.to_i256()), big(b.to_i256()));
    fits(&(&x + &y), a.checked_add(b));
    fits(&(&x - &y), a.checked_sub(b));
    fits(&(&x * &y), a.checked_mul(b));
    fits(&-&x, a.checked_neg());
    for (checked, (value, wrapped)) in [
        (a.checked_add(b), a.overflowing_add(b)),
        (a.checked_sub(b), a.overflowing_sub(b)),
        (a.checked_mul(b), a.overflowing_mul(b)),
    ] {
        assert_eq!(checked, (!wrapped).then_some(value));
    }
    assert_eq!(a.cmp(&b), x.cmp(&y));
    assert_eq!(a.digits() as usize, x.magnitude().to_string().len());
    for precision in [0, 1, 9, 18, 19, 38, 39, 65, 76, 77] {
        assert_eq!(
            a.fits_precision(precision),
            x.abs() < ten(precision),
            "{x} in {precision}"
        );
    }
    let (from, to) = (u32::from(sa), u32::from(sb));
    let exact = half_away(&(&x * ten(to)), &ten(from));
    fits(&exact, a.rescale(sa, sb));
    fits(&(&x * ten(to) / ten(from)), a.rescale_truncating(sa, sb));
    if y.is_zero() {
        assert_eq!(a.checked_div_to_scale(sa, b, sb, scale), None);
        assert_eq!(a.checked_rem_scaled(sa, b, sb), None);
    } else {
        fits(
            &quotient(&x, from, &y, to, scale.into()),
            a.checked_div_to_scale(sa, b, sb, scale),
        );
        let common = from.max(to);
        fits(
            &((&x * ten(common - from)) % (&y * ten(common - to))),
            a.checked_rem_scaled(sa, b, sb),
        );
    }
}

#[test]
fn every_width_agrees_with_unbounded_integers() {
    let mut random = Random(1);
    for _ in 0..6000 {
        let (a, b) = (random.i64(), random.i64());
        let (sa, sb, scale) = (
            random.below(31) as u8,
            random.below(31) as u8,
            random.below(31) as u8,
        );
        check_width(a, b, sa, sb, scale);
        check_width(i128::from(a), i128::from(b), sa, sb, scale);
        check_width(I256::from(a), I256::from(b), sa, sb, scale);
    }
    for _ in 0..6000 {
        let (a, b) = (random.i256(76), random.i256(76));
        let (sa, sb, scale) = (
            random.below(31) as u8,
            random.below(31) as u8,
            random.below(31) as u8,
        );
        check_width(a, b, sa, sb, scale);
        if let (Some(a), Some(b)) = (a.to_i128(), b.to_i128()) {
            check_width(a, b, sa, sb, scale);
        }
    }
}

#[test]
fn widths_end_where_they_say() {
    fn check<C: Coefficient>(smallest: C, largest: C) {
        let full = C::pow10(C::DIGITS).unwrap().checked_sub(C::ONE).unwrap();
        assert_eq!(
            (full.digits(), full.fits_precision(C::DIGITS)),
            (C::DIGITS, true)
        );
        assert!(!largest.fits_precision(C::DIGITS));
        for value in [smallest, largest] {
            for (from, to) in [
                (0, 0),
                (0, 1),
                (1, 0),
                (19, 0),
                (20, 0),
                (38, 0),
                (39, 0),
                (76, 0),
                (77, 0),
                (78, 0),
                (255, 0),
            ] {
                let exact = half_away(&(big(value.to_i256()) * ten(to)), &ten(from));
                fits(&exact, value.rescale(from as u8, to as u8));
            }
            assert_eq!(
                value.checked_rem_scaled(0, C::from_i64(-1), 0),
                Some(C::ZERO)
            );
            assert_eq!(value.checked_div_to_scale(0, C::ONE, 0, 0), Some(value));
        }
        assert_eq!(
            smallest.checked_div_to_scale(0, C::from_i64(-1), 0, 0),
            None
        );
        assert_eq!(smallest.checked_neg(), None);
    }
    check(i64::MIN, i64::MAX);
    check(i128::MIN, i128::MAX);
    check(I256::MIN, I256::MAX);
    for exponent in 0..=76 {
        assert_eq!(big(I256::pow10(exponent).unwrap()), ten(exponent));
    }
    assert_eq!(I256::pow10(77), None);
}

#[test]
fn conversions_between_widths_keep_the_number() {
    let mut random = Random(2);
    for _ in 0..4000 {
        let value = random.i256(76);
        let exact = big(value);
        assert_eq!(
            value.convert::<i64>().map(BigInt::from),
            exact.to_i64().map(BigInt::from)
        );
        assert_eq!(
            value.convert::<i128>().map(BigInt::from),
            exact.to_i128().map(BigInt::from)
        );
        assert_eq!(
            value.to_u64().map(BigInt::from),
            exact.to_u64().map(BigInt::from)
        );
        assert_eq!(I256::from_i256(value), Some(value));
    }
    assert_eq!(<i64 as Coefficient>::from_u64(u64::MAX), None);
    assert_eq!(
        <i128 as Coefficient>::from_u64(u64::MAX),
        Some(u64::MAX.into())
    );
}

/// Both at scale 30.
fn aligned(value: Decimal) -> BigInt {
    big(value.coefficient()) * ten(30 - u32::from(value.scale()))
}

#[test]
fn order_equality_and_hash_go_by_the_number() {
    let mut random = Random(3);
    let state = RandomState::new();
    for _ in 0..6000 {
        let a = random.decimal(76);
        let b = if random.below(3) == 0 {
            // The same number in another form, if it has one.
            a.rescale(random.below(31) as u8).unwrap_or(a)
        } else {
            random.decimal(76)
        };
        let order = aligned(a).cmp(&aligned(b));
        assert_eq!(a.cmp(&b), order, "{a} {b}");
        assert_eq!(b.cmp(&a), order.reverse());
        if order == Ordering::Equal {
            assert_eq!(state.hash_one(a), state.hash_one(b), "{a} {b}");
        }
    }
}

#[test]
fn sums_products_and_quotients_are_exact_while_they_fit() {
    let mut random = Random(4);
    for _ in 0..6000 {
        let (a, b) = (random.decimal(38), random.decimal(30));
        let (sa, sb) = (u32::from(a.scale()), u32::from(b.scale()));
        // 38 and 30 digits leave room for 30 behind the point, so nothing is cut.
        let sum = a.checked_add(b).unwrap();
        assert_eq!(aligned(sum), aligned(a) + aligned(b));
        assert_eq!(sum, b.checked_add(a).unwrap());
        assert_eq!(sum.checked_sub(b).unwrap(), a);
        let groups =
            (a.integer_digits() + b.integer_digits()).div_ceil(9) + sa.div_ceil(9) + sb.div_ceil(9);
        if groups <= 9
            && big(a.coefficient()).magnitude().bits() + big(b.coefficient()).magnitude().bits()
                < 250
        {
            let product = a.checked_mul(b).unwrap();
            let exact = big(a.coefficient()) * big(b.coefficient());
            assert_eq!(
                big(product.coefficient()),
                half_away(&exact, &ten((sa + sb).saturating_sub(30)))
            );
            assert_eq!(u32::from(product.scale()), (sa + sb).min(30));
            assert_eq!(product, b.checked_mul(a).unwrap());
        }
        if !b.is_zero() {
            let whole = a.checked_div_integer(b).unwrap();
            let rest = a.checked_rem(b).unwrap();
            assert_eq!(
                big(whole) * aligned(b) + aligned(rest),
                aligned(a),
                "{a} {b}"
            );
            assert!(rest.is_zero() || rest.is_negative() == a.is_negative());
        }
    }
}

#[test]
fn rounding_laws() {
    let mut random = Random(5);
    for _ in 0..6000 {
        let a = random.decimal(60);
        let (floor, ceil) = (a.floor().unwrap(), a.ceil().unwrap());
        assert!(floor <= a && a <= ceil && ceil.checked_sub(floor).unwrap() <= Decimal::ONE);
        assert_eq!((floor.scale(), ceil.scale()), (0, 0));
        let digits = random.below(70) as i32 - 35;
        let (round, cut) = (a.round(digits).unwrap(), a.truncate(digits));
        assert_eq!(round.round(digits).unwrap(), round);
        assert_eq!(cut.truncate(digits), cut);
        assert!(cut.checked_abs().unwrap() <= a.checked_abs().unwrap());
        let (scale, shift) = (u32::from(a.scale()), digits - i32::from(a.scale()));
        if shift < 0 {
            let unit = ten(shift.unsigned_abs());
            let back = ten(30 - scale) * &unit;
            assert_eq!(
                aligned(round),
                half_away(&big(a.coefficient()), &unit) * &back,
                "{a} to {digits}"
            );
            assert_eq!(
                aligned(cut),
                big(a.coefficient()) / &unit * &back,
                "{a} to {digits}"
            );
        }
        assert_eq!(
            a.checked_neg().unwrap().round(digits).unwrap(),
            round.checked_neg().unwrap()
        );
        assert_eq!(a.signum(), a.cmp(&Decimal::ZERO) as i32);
    }
    assert_eq!(Decimal::from(149).round(i32::MIN), Some(Decimal::ZERO));
    assert_eq!(Decimal::from(149).round(i32::MAX), Some(Decimal::from(149)));
    assert_eq!(Decimal::from(50).round(-2), Some(Decimal::from(100)));
    assert_eq!(Decimal::from(50).round(-3), Some(Decimal::ZERO));
}

#[test]
fn fitting_into_columns_and_integers() {
    let mut random = Random(6);
    for _ in 0..4000 {
        let a = random.decimal(76);
        let scale = random.below(31) as u8;
        let precision = scale.max(1) + random.below(u64::from(66 - scale.max(1))) as u8;
        let (value, fit) = a.fit(precision, scale);
        assert_eq!(value.scale(), scale);
        assert!(value.coefficient().fits_precision(precision.into()));
        let exact = half_away(
            &(big(a.coefficient()) * ten(scale.into())),
            &ten(a.scale().into()),
        );
        let inside = exact.abs() < ten(precision.into());
        assert_eq!(fit == Fit::Clamped, !inside);
        assert_eq!(fit == Fit::Exact, inside && value == a);
        if inside {
            assert_eq!(big(value.coefficient()), exact);
        } else {
            assert_eq!(
                value.checked_abs().unwrap(),
                Decimal::max_value(precision, scale)
            );
            assert_eq!(value.is_negative(), a.is_negative());
        }
        let whole = half_away(&big(a.coefficient()), &ten(a.scale().into()));
        let signed = a.to_i64();
        assert_eq!(
            whole.to_i64(),
            (signed.range == Range::Within).then_some(signed.value)
        );
        let unsigned = a.to_u64();
        assert_eq!(
            whole.to_u64(),
            (unsigned.range == Range::Within).then_some(unsigned.value)
        );
    }
    let bits = |text: &str| text.parse::<Decimal>().unwrap().to_unsigned_bits();
    assert_eq!(bits("-1.5").value, -2_i64 as u64);
    assert_eq!(
        (
            bits("-99999999999999999999.5").value,
            bits("-99999999999999999999.5").range
        ),
        (1 << 63, Range::Below)
    );
    assert_eq!(
        (
            bits("18446744073709551615.5").value,
            bits("18446744073709551615.5").range
        ),
        (u64::MAX, Range::Above)
    );
}

#[test]
fn texts_and_doubles_round_trip() {
    let mut random = Random(7);
    for _ in 0..6000 {
        let a = random.decimal(65);
        let text = a.to_string();
        let back: Decimal = text.parse().unwrap();
        assert_eq!(
            (back.coefficient(), back.scale()),
            (a.coefficient(), a.scale()),
            "{text}"
        );
        assert_eq!(a.to_f64(), text.parse::<f64>().unwrap());
        if let Some(narrow) = a.to_coefficient::<i64>(a.scale()) {
            assert_eq!(to_f64(narrow, a.scale()), a.to_f64());
        }
        let value = f64::from_bits(random.next());
        if value.is_finite() && value.abs() < 1e60 {
            let read = Decimal::from_f64(value, 30).unwrap();
            let shortest = parse_decimal_prefix(format!("{value}").as_bytes(), 30);
            assert_eq!(read.value, shortest.value, "{value:e}");
            assert_eq!(read.excess, Excess::None);
        }
    }
    assert_eq!(Decimal::from_f64(f64::NAN, 30), None);
    for (double, excess) in [
        (-1.5e70, Excess::Digits),
        (-1.5e80, Excess::Digits),
        (-1e81, Excess::Buffer),
        (-1e300, Excess::Buffer),
    ] {
        let largest = Decimal::from_f64(double, 30).unwrap();
        assert_eq!(
            (largest.value, largest.excess),
            (Decimal::max_value(65, 0).checked_neg().unwrap(), excess)
        );
    }
    assert_eq!(
        Decimal::from_f64(0.045, 2).unwrap().value.to_string(),
        "0.05"
    );
    assert_eq!(Decimal::from_f64(-0.0, 30).unwrap().value.to_string(), "0");
    assert_eq!("-0.00".parse::<Decimal>().unwrap().to_string(), "0.00");
    assert_eq!(Decimal::new(I256::ONE, MAX_LITERAL_SCALE + 1), None);
    for literal in [
        "1.50",
        "0.000000000000000000000000000001",
        &format!("0.{}1", "0".repeat(70)),
        &"9".repeat(76),
        &format!("{}.5", "9".repeat(75)),
    ] {
        assert_eq!(Decimal::from_literal(literal).unwrap().to_string(), literal);
    }
    assert_eq!(Decimal::from_literal("10.").unwrap(), Decimal::from(10));
    for literal in [
        "",
        ".",
        "1e5",
        "-1",
        "1.5x",
        &"9".repeat(77),
        &format!("0.{}", "0".repeat(73)),
    ] {
        assert_eq!(Decimal::from_literal(literal), None, "{literal}");
    }
}
