//! MySQL's DECIMAL: exact numbers of up to 65 digits, up to 30 of them behind the point.
//!
//! | file | subject |
//! |---|---|
//! | [`coefficient`](Coefficient) | unscaled integers of 64, 128 and 256 bits, for kernels whose scale is in the type |
//! | `value` | [`Decimal`]: coefficient and scale together, with MySQL's arithmetic |
//! | `rounding` | ROUND, TRUNCATE, CEIL, FLOOR, fitting into a column, integers |
//! | `division` | the quotient's last digit |
//! | `text`, `double` | conversions from and to text and double |
//! | [`rules`] | precision and scale of results |

mod coefficient;
mod division;
mod double;
mod rounding;
pub mod rules;
mod text;
mod value;

pub use coefficient::Coefficient;
pub use double::{DecimalOfDouble, to_f64};
pub use ethnum::I256;
pub use rounding::Fit;
pub use rules::{DecimalType, IntegerKind};
pub use text::{
    DecimalText, Excess, NotADecimal, overflowing_digits, parse_decimal_prefix, write_decimal,
};
pub use value::Decimal;

/// The most digits a DECIMAL type declares.
pub const MAX_PRECISION: u8 = 65;
/// The most digits behind the point of a type.
pub const MAX_SCALE: u8 = 30;
/// The most digits behind the point of a number: a literal may have more than a type.
pub const MAX_LITERAL_SCALE: u8 = 72;
