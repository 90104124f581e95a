//! String functions.
//!
//! Arguments become text in one collation ([`super::textual`]); positions and lengths count characters of its character set.
//! Results are nullable even when no argument is: a result longer than `max_allowed_packet` is NULL with warning 1301.

mod join;

use crate::Function;

pub(super) fn functions() -> Vec<Function> {
    [join::functions()].into_iter().flatten().collect()
}
