//! Integers and doubles as MySQL writes, reads and converts them.
//!
//! | file | subject |
//! |---|---|
//! | `format` | doubles and floats to text |
//! | `parse` | the number at the beginning of a text |
//! | `clamp`, `convert` | doubles and bit strings into integers |

mod clamp;
mod convert;
mod format;
mod parse;

pub use clamp::{Clamped, Range};
pub use convert::{bytes_to_u64, double_to_i64, double_to_u64};
pub use format::{write_double, write_double_fixed, write_float};
pub(crate) use parse::is_space;
pub use parse::{DoubleText, IntegerText, parse_double_prefix, parse_int_prefix};
