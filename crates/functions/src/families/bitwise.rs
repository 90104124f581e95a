//! The bitwise family.

use crate::Function;

pub(super) fn functions() -> Vec<Function> {
    Vec::new()
}
