//! Every threshold, each with its reason. None may change a result.

/// Rows after which an expression that is evaluated row by row is compiled to native code.
///
/// A row function takes about 60-120 µs to compile and saves 10-30 ns a row against the fused closures (a few where most is calls of
/// text functions), so it pays after 2,000 to 30,000 rows; compiling happens on another thread, so being early costs the caller nothing.
pub(crate) const NATIVE_ROWS: u64 = 5_000;

/// Rows after which a context tells the expression how many it has evaluated: seldom enough that the shared counter costs nothing.
pub(crate) const COUNT_EVERY: u32 = 256;

/// Evaluations of each tier that are timed before the tiers are compared: the median of so many tells what is usual, whatever
/// disturbs some of them.
pub(crate) const LAPS: usize = 25;

/// Rows from one that is timed to the next, and in one tier at a time: two looks at the clock take some 40 ns, so that a row takes about
/// one more as long as rows are timed; and enough that the timed one finds caches and branches as its like left them.
pub(crate) const TIME_EVERY: u32 = 64;

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

/// Rows from which on a batch is a large one. In smaller ones what it costs to begin a batch counts, which differs between the tiers, so
/// that they are compared by themselves.
#[cfg(all(feature = "jit", feature = "arrow"))]
pub(crate) const LARGE_BATCH: usize = 1_024;

/// Share of flagged blocks (one in so many) above which a batch is left to the VM: a flagged block costs its native run and the VM's.
#[cfg(all(feature = "jit", feature = "arrow"))]
pub(crate) const FLAGGED_BLOCKS: usize = 3;

/// Batches with too many flagged blocks after which native blocks are given up: a few may hold odd data, more are what the data is like.
#[cfg(all(feature = "jit", feature = "arrow"))]
pub(crate) const LOST_BATCHES: u32 = 8;
