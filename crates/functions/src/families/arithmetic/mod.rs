//! `+ - * / DIV %` and the minus sign.
//!
//! MySQL computes in integers if both operands are integers, in DOUBLE if one is a double or a string, else in DECIMAL; `/` never in
//! integers. Results of integers are BIGINT, UNSIGNED if one operand is (for `%`: if the dividend is), and out of range they are error 1690. A zero divisor gives
//! NULL and, with ERROR_FOR_DIVISION_BY_ZERO, warning 1365.

mod decimals;
mod division;
mod doubles;
mod integers;
mod negation;
mod reference;
mod types;
mod unbounded;

use crate::kernel::{
    Quick, fallible_quick, fallible_with, flagged, flagged_with, hot_fallible_quick, hot_flagged,
    hot_flagged_quick, total,
};
use crate::native::{Dec64, Dec128, Dec256, Double, Int, UInt};
use crate::{Exit, Form, Function, RangeType, Reason};
use division::ShortDivisor;

const WIDTH: Exit = Exit::Deopt(Reason::DecimalWidth);

pub(super) fn functions() -> Vec<Function> {
    let mut all = vec![
        add(),
        subtract(),
        not_negative(),
        multiply(),
        divide(),
        div(),
        negate(),
    ];
    all.extend(remainders());
    all
}

fn add() -> Function {
    Function::operator("+", types::bind_add, reference::add)
        .form(Form::NullFirstDecimal)
        .doc("Sum. NULL if either operand is NULL.")
        .example("1 + 2.5", "3.5")
        .overload(hot_flagged_quick::<(Int, Int), Int, _, _>(
            i64::overflowing_add,
            integers::add_quick,
        ))
        .inline(integers::lower_add)
        .overload(hot_flagged::<(UInt, UInt), UInt, _>(u64::overflowing_add))
        .out_of_range(RangeType::BigIntUnsigned)
        .inline(integers::lower_add_unsigned)
        .overload(flagged::<(Int, UInt), UInt, _>(integers::add_int_uint))
        .out_of_range(RangeType::BigIntUnsigned)
        .overload(flagged::<(UInt, Int), UInt, _>(integers::add_uint_int))
        .out_of_range(RangeType::BigIntUnsigned)
        .overload(hot_flagged::<(Double, Double), Double, _>(doubles::add))
        .out_of_range(RangeType::Double)
        .inline(doubles::lower_add)
        .overload(hot_flagged_quick::<(Dec64, Dec64), Dec64, _, _>(
            i64::overflowing_add,
            integers::add_quick,
        ))
        .exits_with(WIDTH)
        .inline(decimals::lower_add_64)
        .overload(hot_flagged::<(Dec128, Dec128), Dec128, _>(
            i128::overflowing_add,
        ))
        .exits_with(WIDTH)
        .inline(decimals::lower_add_128)
        .overload(flagged_with::<(Dec256, Dec256), Dec256, _, _>(
            decimals::scales,
            decimals::add_wide,
        ))
        .out_of_range(RangeType::Decimal)
        .shares_reference()
}

fn subtract() -> Function {
    Function::operator("-", types::bind_subtract, reference::subtract)
        .form(Form::NullFirstDecimal)
        .doc("Difference. Of an unsigned operand it is unsigned, unless NO_UNSIGNED_SUBTRACTION is set.")
        .example("1 - 2.5", "-1.5")
        .overload(hot_flagged_quick::<(Int, Int), Int, _, _>(
            i64::overflowing_sub,
            integers::sub_quick,
        ))
        .inline(integers::lower_sub)
        .overload(hot_flagged::<(UInt, UInt), UInt, _>(u64::overflowing_sub))
        .out_of_range(RangeType::BigIntUnsigned)
        .inline(integers::lower_sub_unsigned)
        .overload(flagged::<(Int, UInt), UInt, _>(integers::sub_int_uint))
        .out_of_range(RangeType::BigIntUnsigned)
        .overload(flagged::<(UInt, Int), UInt, _>(integers::sub_uint_int))
        .out_of_range(RangeType::BigIntUnsigned)
        .overload(flagged::<(UInt, UInt), Int, _>(integers::sub_uint_uint_signed))
        .overload(flagged::<(Int, UInt), Int, _>(integers::sub_int_uint_signed))
        .overload(flagged::<(UInt, Int), Int, _>(integers::sub_uint_int_signed))
        .overload(hot_flagged::<(Double, Double), Double, _>(doubles::sub))
        .out_of_range(RangeType::Double)
        .inline(doubles::lower_sub)
        .overload(hot_flagged_quick::<(Dec64, Dec64), Dec64, _, _>(
            i64::overflowing_sub,
            integers::sub_quick,
        ))
        .exits_with(WIDTH)
        .inline(decimals::lower_sub_64)
        .overload(hot_flagged::<(Dec128, Dec128), Dec128, _>(i128::overflowing_sub))
        .exits_with(WIDTH)
        .inline(decimals::lower_sub_128)
        .overload(flagged_with::<(Dec256, Dec256), Dec256, _, _>(
            decimals::scales,
            decimals::sub_wide,
        ))
        .out_of_range(RangeType::Decimal)
        .shares_reference()
}

/// What a difference of unsigned decimals must be.
fn not_negative() -> Function {
    Function::operator(
        "not negative",
        types::bind_not_negative,
        reference::not_negative,
    )
    .doc("An unsigned DECIMAL; error 1690 below zero.")
    .overload(flagged::<(Dec64,), Dec64, _>(|a: i64| (a, a < 0)))
    .out_of_range(RangeType::DecimalUnsigned)
    .overload(flagged::<(Dec128,), Dec128, _>(|a: i128| (a, a < 0)))
    .out_of_range(RangeType::DecimalUnsigned)
    .overload(flagged::<(Dec256,), Dec256, _>(|a: sqlift_types::I256| {
        (a, a.is_negative())
    }))
    .out_of_range(RangeType::DecimalUnsigned)
}

fn multiply() -> Function {
    Function::operator("*", types::bind_multiply, reference::multiply)
        .form(Form::NullFirstDecimal)
        .doc("Product.")
        .example("2 * 1.25", "2.50")
        .overload(hot_flagged::<(Int, Int), Int, _>(i64::overflowing_mul))
        .inline(integers::lower_mul)
        .overload(hot_flagged::<(UInt, UInt), UInt, _>(u64::overflowing_mul))
        .out_of_range(RangeType::BigIntUnsigned)
        .inline(integers::lower_mul_unsigned)
        .overload(flagged::<(Int, UInt), UInt, _>(integers::mul_int_uint))
        .out_of_range(RangeType::BigIntUnsigned)
        .overload(flagged::<(UInt, Int), UInt, _>(integers::mul_uint_int))
        .out_of_range(RangeType::BigIntUnsigned)
        .overload(hot_flagged::<(Double, Double), Double, _>(doubles::mul))
        .out_of_range(RangeType::Double)
        .inline(doubles::lower_mul)
        .overload(hot_flagged::<(Dec64, Dec64), Dec64, _>(
            i64::overflowing_mul,
        ))
        .exits_with(WIDTH)
        .inline(decimals::lower_mul_64)
        .overload(flagged_with::<(Dec128, Dec128), Dec128, _, _>(
            decimals::scales,
            decimals::mul_128,
        ))
        .exits_with(WIDTH)
        .any_scale()
        .inline(decimals::lower_mul_128)
        .overload(flagged_with::<(Dec256, Dec256), Dec256, _, _>(
            decimals::scales,
            decimals::mul_wide,
        ))
        .out_of_range(RangeType::Decimal)
        .shares_reference()
}

fn divide() -> Function {
    Function::operator("/", types::bind_divide, reference::divide)
        .form(Form::NullFirstDecimal)
        .doc("Quotient, exact numbers with div_precision_increment more decimals than the dividend. NULL for a zero divisor.")
        .example("7 / 2", "3.5000")
        .overload(hot_fallible_quick::<(Double, Double), Double, _, _, _>(
            division::zero_warns,
            division::divide_double,
            Quick { when: |_| true, attempt: division::divide_double_quick },
        ))
        .warns()
        .inline(division::lower_divide)
        .overload(fallible_with::<(Dec64, Dec64), Dec64, _, _>(
            division::quotient,
            division::divide_narrow::<i64>,
        ))
        .warns()
        .overload(fallible_with::<(Dec128, Dec128), Dec128, _, _>(
            division::quotient,
            division::divide_narrow::<i128>,
        ))
        .warns()
        .overload(fallible_with::<(Dec256, Dec256), Dec256, _, _>(
            division::quotient,
            division::divide_wide,
        ))
        .warns()
        .shares_reference()
}

fn div() -> Function {
    let exact = Function::operator("DIV", types::bind_div, reference::div)
        .form(Form::NullFirstDecimal)
        .doc("Integer quotient, towards zero. NULL for a zero divisor.")
        .example("-7 DIV 2", "-3")
        .overload(fallible_quick::<(Int, Int), Int, _, _, _>(
            division::short_divisor,
            |by: &ShortDivisor, cx, a, b| division::div_int_int(&by.zero, cx, a, b),
            Quick {
                when: ShortDivisor::is_short,
                attempt: division::div_quick,
            },
        ))
        .warns()
        .inline(division::lower_div)
        .overload(fallible_with::<(UInt, UInt), UInt, _, _>(
            division::zero_warns,
            division::div_uint_uint,
        ))
        .warns()
        .inline(division::lower_div_unsigned)
        .overload(fallible_with::<(Int, UInt), UInt, _, _>(
            division::zero_warns,
            division::div_int_uint,
        ))
        .warns()
        .overload(fallible_with::<(UInt, Int), UInt, _, _>(
            division::zero_warns,
            division::div_uint_int,
        ))
        .warns()
        .overload(fallible_with::<(Dec64, Dec64), Int, _, _>(
            division::quotient,
            division::div_decimal::<i64>,
        ))
        .warns()
        .overload(fallible_with::<(Dec128, Dec128), Int, _, _>(
            division::quotient,
            division::div_decimal::<i128>,
        ))
        .warns()
        .overload(fallible_with::<(Dec256, Dec256), Int, _, _>(
            division::quotient,
            division::div_decimal::<sqlift_types::I256>,
        ))
        .warns()
        .overload(fallible_with::<(Dec64, Dec64), UInt, _, _>(
            division::quotient,
            division::div_decimal_unsigned::<i64>,
        ))
        .warns()
        .overload(fallible_with::<(Dec128, Dec128), UInt, _, _>(
            division::quotient,
            division::div_decimal_unsigned::<i128>,
        ))
        .warns()
        .overload(fallible_with::<(Dec256, Dec256), UInt, _, _>(
            division::quotient,
            division::div_decimal_unsigned::<sqlift_types::I256>,
        ))
        .warns();
    macro_rules! of_doubles {
        ($function:expr; $($left:ident $right:ident)*) => {
            $function$(
                .overload(fallible_with::<($left, $right), Int, _, _>(
                    division::quotient,
                    unbounded::div::<$left, $right>,
                ))
                .warns()
                .overload(fallible_with::<($left, $right), UInt, _, _>(
                    division::quotient,
                    unbounded::div_unsigned::<$left, $right>,
                ))
                .warns()
            )*
        };
    }
    of_doubles!(exact; Double Double Double Dec64 Double Dec128 Double Dec256 Dec64 Double Dec128 Double Dec256 Double)
}

/// `%` and MOD() are the same.
fn remainders() -> [Function; 2] {
    let overloads = |f: Function| {
        f.doc("Remainder, with the sign of the dividend. NULL for a zero divisor.")
            .overload(hot_fallible_quick::<(Int, Int), Int, _, _, _>(
                division::short_divisor,
                |by: &ShortDivisor, cx, a, b| division::rem_int_int(&by.zero, cx, a, b),
                Quick {
                    when: ShortDivisor::is_short,
                    attempt: division::rem_quick,
                },
            ))
            .warns()
            .inline(division::lower_rem)
            .overload(fallible_with::<(UInt, UInt), UInt, _, _>(
                division::zero_warns,
                division::rem_uint_uint,
            ))
            .warns()
            .inline(division::lower_rem_unsigned)
            .overload(fallible_with::<(Int, UInt), Int, _, _>(
                division::zero_warns,
                division::rem_int_uint,
            ))
            .warns()
            .overload(fallible_with::<(UInt, Int), UInt, _, _>(
                division::zero_warns,
                division::rem_uint_int,
            ))
            .warns()
            .overload(fallible_with::<(Double, Double), Double, _, _>(
                division::zero_warns,
                division::rem_double,
            ))
            .warns()
            .overload(fallible_with::<(Dec64, Dec64), Dec64, _, _>(
                division::quotient,
                division::rem_decimal::<i64>,
            ))
            .warns()
            .overload(fallible_with::<(Dec128, Dec128), Dec128, _, _>(
                division::quotient,
                division::rem_decimal::<i128>,
            ))
            .warns()
            .overload(fallible_with::<(Dec256, Dec256), Dec256, _, _>(
                division::quotient,
                division::rem_decimal::<sqlift_types::I256>,
            ))
            .warns()
    };
    [
        overloads(
            Function::operator("%", types::bind_remainder, reference::remainder)
                .form(Form::NullFirstDecimal)
                .example("7.5 % 2", "1.5"),
        ),
        overloads(
            Function::new("MOD", (2, 2), types::bind_remainder, reference::remainder)
                .form(Form::NullFirstDecimal)
                .example("MOD(-7, 3)", "-1"),
        ),
    ]
}

fn negate() -> Function {
    Function::operator("NEG", negation::bind, reference::negate)
        .doc("The number with the other sign: -x.")
        .example("-(2.50)", "-2.50")
        .overload(hot_flagged::<(Int,), Int, _>(|a: i64| {
            (a.wrapping_neg(), a == i64::MIN)
        }))
        .inline(negation::lower_int)
        .overload(flagged::<(UInt,), Int, _>(negation::of_uint))
        .overload(total::<(Double,), Double, _>(|a: f64| -a))
        .inline(negation::lower_double)
        .overload(hot_flagged::<(Dec64,), Dec64, _>(|a: i64| {
            (a.wrapping_neg(), a == i64::MIN)
        }))
        .exits_with(WIDTH)
        .inline(negation::lower_decimal)
        .overload(flagged::<(Dec128,), Dec128, _>(|a: i128| {
            (a.wrapping_neg(), a == i128::MIN)
        }))
        .exits_with(WIDTH)
        .inline(negation::lower_decimal)
        .overload(flagged::<(Dec256,), Dec256, _>(|a: sqlift_types::I256| {
            (a.wrapping_neg(), a == sqlift_types::I256::MIN)
        }))
        .out_of_range(RangeType::Decimal)
}
