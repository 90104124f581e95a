//! Every threshold, each with its reason. None may change a result.

/// Rows after which an expression that is evaluated row by row is compiled to native code.
///
/// A row function takes about 60-120 µs to compile and saves 3-10 ns a row against the fused closures, so it pays after 5,000 to
/// 30,000 rows; compiling happens on another thread, so being early costs the caller nothing.
pub(crate) const NATIVE_ROWS: u64 = 5_000;

/// Rows after which a context tells the expression how many it has evaluated: seldom enough that the shared counter costs nothing.
pub(crate) const COUNT_EVERY: u32 = 256;

/// Lost bets after which a bet is dropped and the code made again without it. One row in tier 0 costs about as much as a hundred
/// in the VM, so a bet that is lost this often is not worth its gain; a handful of odd rows is.
pub(crate) const EXITS_BEFORE_DROP: u64 = 64;
