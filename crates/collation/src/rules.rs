//! Which algorithm a collation works by.

/// A version of the Default Unicode Collation Element Table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    V400,
    V520,
    V900,
}

/// How many levels of weights are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Levels {
    /// Letters only: accents and case do not count.
    One = 1,
    /// Letters and accents.
    Two = 2,
    /// Letters, accents and case.
    Three = 3,
}

/// The rules of a collation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rules {
    /// Order of the bytes.
    Bytes,
    /// Unicode collation algorithm.
    Uca(Version, Levels),
    /// Not implemented.
    Missing,
}
