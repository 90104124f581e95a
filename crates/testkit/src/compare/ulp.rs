//! The one tolerance there is: the last digit of a transcendental function.

use crate::corpus::Cell;
use crate::features::function_names;

/// Functions whose last digit is the C library's choice. SQRT is not among them: IEEE 754 fixes it.
const TRANSCENDENTAL: [&str; 15] = [
    "ACOS", "ASIN", "ATAN", "ATAN2", "COS", "COT", "EXP", "LN", "LOG", "LOG10", "LOG2", "POW",
    "POWER", "SIN", "TAN",
];

/// Whether two values of a DOUBLE or FLOAT expression are neighbours and the expression calls a transcendental
/// function.
pub fn within_one_ulp(expr: &str, type_name: &str, expected: &Cell, got: &Cell) -> bool {
    let (Some(expected), Some(got)) = (expected.as_text(), got.as_text()) else {
        return false;
    };
    let neighbours = match type_name.split([' ', '(']).next() {
        Some("DOUBLE") => {
            matches!((expected.parse::<f64>(), got.parse::<f64>()), (Ok(a), Ok(b)) if ordinal(a).abs_diff(ordinal(b)) <= 1)
        }
        Some("FLOAT") => {
            matches!((expected.parse::<f32>(), got.parse::<f32>()), (Ok(a), Ok(b)) if ordinal32(a).abs_diff(ordinal32(b)) <= 1)
        }
        _ => false,
    };
    neighbours
        && function_names(expr)
            .iter()
            .any(|name| TRANSCENDENTAL.contains(&name.as_str()))
}

/// Numbers the finite doubles in their order, -0.0 beside 0.0.
fn ordinal(value: f64) -> i64 {
    let bits = value.to_bits().cast_signed();
    if bits < 0 {
        i64::MIN.wrapping_sub(bits)
    } else {
        bits
    }
}

fn ordinal32(value: f32) -> i32 {
    let bits = value.to_bits().cast_signed();
    if bits < 0 {
        i32::MIN.wrapping_sub(bits)
    } else {
        bits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: f64) -> Cell {
        Cell::Text(value.to_string())
    }

    #[test]
    fn neighbours_pass_for_transcendental_functions_only() {
        let (one, next) = (text(1.0), text(1.0f64.next_up()));
        assert!(within_one_ulp("SIN(x)", "DOUBLE", &one, &next));
        assert!(within_one_ulp("1 + pow (x, 2)", "DOUBLE", &next, &one));
        assert!(!within_one_ulp("x + 1", "DOUBLE", &one, &next));
        assert!(!within_one_ulp("CONCAT('SIN(', x)", "DOUBLE", &one, &next));
        assert!(!within_one_ulp("SIN(x)", "VARCHAR(23)", &one, &next));
        assert!(!within_one_ulp(
            "SIN(x)",
            "DOUBLE",
            &one,
            &text(1.0f64.next_up().next_up())
        ));
        assert!(!within_one_ulp("SIN(x)", "DOUBLE", &one, &Cell::Null));
    }

    #[test]
    fn neighbours_reach_across_zero_and_binary32() {
        assert!(within_one_ulp("SIN(x)", "DOUBLE", &text(-0.0), &text(0.0)));
        assert!(within_one_ulp(
            "SIN(x)",
            "DOUBLE",
            &text(5e-324),
            &text(0.0)
        ));
        assert!(!within_one_ulp(
            "SIN(x)",
            "DOUBLE",
            &text(5e-324),
            &text(-5e-324)
        ));
        let (one, next) = (
            Cell::Text("1".into()),
            Cell::Text(1.0f32.next_up().to_string()),
        );
        assert!(within_one_ulp(
            "CAST(EXP(x) AS FLOAT)",
            "FLOAT",
            &one,
            &next
        ));
        assert!(!within_one_ulp(
            "CAST(EXP(x) AS FLOAT)",
            "DOUBLE",
            &one,
            &next
        ));
    }
}
