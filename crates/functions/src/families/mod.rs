//! One file a family.

use crate::Function;

mod arithmetic;

/// Every function of every family.
pub(crate) fn all() -> Vec<Function> {
    [arithmetic::functions()].into_iter().flatten().collect()
}
