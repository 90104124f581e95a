//! One file a family.

use crate::Function;

mod aggregate;
mod arithmetic;
mod bitwise;
mod cast;
mod comparison;
pub(crate) mod control;
mod date;
pub(crate) mod json;
mod like;
mod logic;
mod mathematics;
mod number_format;
pub(crate) mod numeric;
mod radix;
mod random;
mod rounding;
mod text;
mod textual;

pub(crate) use cast::to_temporal::coerced as moment;
pub(crate) use date::whole_seconds;

/// Every function of every family.
pub(crate) fn all() -> Vec<Function> {
    [
        arithmetic::functions(),
        bitwise::functions(),
        cast::functions(),
        comparison::functions(),
        control::functions(),
        date::functions(),
        json::functions(),
        like::functions(),
        logic::functions(),
        mathematics::functions(),
        number_format::functions(),
        radix::functions(),
        random::functions(),
        rounding::functions(),
        text::functions(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
