//! What code for blocks may count on, besides types. A block in which it does not hold is flagged.

/// What is bet on the columns of batches.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Bets {
    /// In the order of the program's columns; of those that are missing nothing is bet.
    pub columns: Vec<ColumnBet>,
    /// What stands in NULLs raises no flags, so that flags need no mask: true of what most writers put there (zeros, mostly).
    pub tame_nulls: bool,
}

/// What is bet on a column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ColumnBet {
    /// Its integers or DECIMAL coefficients, as far as they were seen, have so many bits besides the sign. Code that gains by it is
    /// made for some bits more.
    pub bits: Option<u32>,
    /// It has no NULL, whatever its declaration says.
    pub no_nulls: bool,
}

impl Bets {
    /// No bet.
    pub fn none() -> Bets {
        Bets::default()
    }

    pub(crate) fn column(&self, column: usize) -> ColumnBet {
        self.columns.get(column).copied().unwrap_or_default()
    }
}
