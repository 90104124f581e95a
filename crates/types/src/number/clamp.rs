//! Numbers brought into the bounds of a type.

/// Where a number lies against the bounds of the type it is put into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Range {
    /// Within.
    Within,
    /// Below the smallest value, which is the answer.
    Below,
    /// Above the largest value, which is the answer.
    Above,
}

/// A number brought into the bounds of its type, and whether that changed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clamped<T> {
    /// The number or the bound.
    pub value: T,
    /// Where the number was.
    pub range: Range,
}

impl<T> Clamped<T> {
    /// A number that needed no clamping.
    pub const fn within(value: T) -> Self {
        Self {
            value,
            range: Range::Within,
        }
    }
}
