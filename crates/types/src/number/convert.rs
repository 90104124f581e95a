//! Doubles and bit strings as integers.

use super::clamp::{Clamped, Range};

/// The first double above every signed 64-bit integer, 2^63.
const TWO_TO_63: f64 = 9_223_372_036_854_775_808.0;
/// The first double above every unsigned 64-bit integer, 2^64.
const TWO_TO_64: f64 = 18_446_744_073_709_551_616.0;

/// A double rounded half to even to a signed 64-bit integer. NaN, which MySQL never has, gives 0.
///
/// MySQL clamps silently for literals, with 1292 or 1264 for columns, and raises 1690 for the result of a function: the caller knows which.
pub fn double_to_i64(value: f64) -> Clamped<i64> {
    let rounded = value.round_ties_even();
    if rounded >= TWO_TO_63 {
        Clamped {
            value: i64::MAX,
            range: Range::Above,
        }
    } else if rounded < -TWO_TO_63 {
        Clamped {
            value: i64::MIN,
            range: Range::Below,
        }
    } else {
        Clamped::within(rounded as i64)
    }
}

/// A double rounded half to even to an unsigned 64-bit integer. What rounds below zero gives 0; NaN, which MySQL never has, too.
pub fn double_to_u64(value: f64) -> Clamped<u64> {
    let rounded = value.round_ties_even();
    if rounded >= TWO_TO_64 {
        Clamped {
            value: u64::MAX,
            range: Range::Above,
        }
    } else if rounded < 0.0 {
        Clamped {
            value: 0,
            range: Range::Below,
        }
    } else {
        Clamped::within(rounded as u64)
    }
}

/// The number that a hexadecimal or bit literal is in a numeric context: big-endian bytes.
///
/// `None` if more than eight bytes are left without leading zeros: MySQL takes 0 and warns "1292 Truncated incorrect BINARY value".
pub fn bytes_to_u64(bytes: &[u8]) -> Option<u64> {
    let (leading, last) = bytes.split_at(bytes.len().saturating_sub(8));
    if leading.iter().any(|&byte| byte != 0) {
        return None;
    }
    Some(
        last.iter()
            .fold(0, |number, byte| number << 8 | u64::from(*byte)),
    )
}
