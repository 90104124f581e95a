//! Every threshold, each with its reason. None may change a result.

/// Rows after which an expression that is evaluated row by row is compiled to native code.
///
/// A row function takes about 60-120 µs to compile and saves 10-30 ns a row against the fused closures (a few where most is calls of
/// text functions), so it pays after 2,000 to 30,000 rows; compiling happens on another thread, so being early costs the caller nothing.
pub(crate) const NATIVE_ROWS: u64 = 5_000;

/// Rows after which a context tells the expression how many it has evaluated: seldom enough that the shared counter costs nothing.
pub(crate) const COUNT_EVERY: u32 = 256;

/// Lost bets after which it is asked whether a bet is worth it: a handful of odd rows says nothing.
pub(crate) const EXITS_BEFORE_DROP: u64 = 64;

/// When so many rows (or fewer) go by for each that loses a bet, the bet is dropped and the code made again without it. A bet saves
/// 3-10 ns a row; a row that loses it is evaluated in tier 0, which takes 400-900 ns.
pub(crate) const ROWS_PER_LOST_BET: u64 = 100;

/// Rows after which an expression that is evaluated over batches is compiled to native blocks.
///
/// Native blocks take about 140-480 µs to compile and save 0.5-2 ns a row against the batch loops of the VM where they win, so they
/// pay after 60,000 to 400,000 rows.
#[cfg(all(feature = "jit", feature = "arrow"))]
pub(crate) const NATIVE_BATCH_ROWS: u64 = 100_000;

/// Batches that are timed in native blocks before they are compared with the VM's loops: the fastest of a few tells more than one.
#[cfg(all(feature = "jit", feature = "arrow"))]
pub(crate) const TIMED_BATCHES: u32 = 4;

/// Rows that a batch must have to be timed: on fewer the clock measures itself.
#[cfg(all(feature = "jit", feature = "arrow"))]
pub(crate) const TIMED_ROWS: usize = 1_024;

/// Share of flagged blocks (one in so many) above which a batch is left to the VM: a flagged block costs its native run and the VM's.
#[cfg(all(feature = "jit", feature = "arrow"))]
pub(crate) const FLAGGED_BLOCKS: usize = 3;

/// Batches with too many flagged blocks after which native blocks are given up: a few may hold odd data, more are what the data is like.
#[cfg(all(feature = "jit", feature = "arrow"))]
pub(crate) const LOST_BATCHES: u32 = 8;
