//! Dates and times as MySQL sees them.
//!
//! Every temporal value is one packed 64-bit integer (see [`packed`]) that orders as the value does, zero dates and
//! partial dates (`2024-00-00`) included. Reading text and numbers ([`text`], [`clock_text`], [`number`]) follows MySQL's lenient
//! grammar and reports what was wrong as [`Notes`]; the caller words the warnings. Nothing here knows sessions, sql_mode or
//! strictness beyond the bits of [`DateFlags`].
//!
//! The calendar is the proleptic Gregorian one with MySQL's year 0, which is no leap year.

pub mod arithmetic;
pub mod calendar;
pub mod clock_text;
pub mod date_format;
pub mod difference;
pub mod extract;
pub mod fraction;
mod grammar;
pub mod interval;
pub mod locale;
pub mod notes;
pub mod number;
pub mod packed;
pub mod period;
pub mod str_to_date;
pub mod text;
pub mod write;
pub mod zone;

pub use arithmetic::{date_add, time_add};
pub use calendar::WeekMode;
pub use clock_text::{ClockText, ClockValue, parse_time};
pub use interval::{Interval, Unit};
pub use locale::Locale;
pub use notes::{DateFlags, Deprecation, DeprecationKind, Notes};
pub use packed::{Date, DateTime, Parts, Time, Year};
pub use text::{DateText, TextKind, parse_datetime};
pub use zone::Zone;

#[cfg(test)]
mod tests;
