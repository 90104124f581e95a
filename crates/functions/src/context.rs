//! What a kernel or reference may touch while a row is evaluated: an arena for bytes, and a scratch for effects.

use crate::CallId;
use crate::draws::{Drawer, Draws, Place, Urn};
use bumpalo::Bump;
use sqlift_types::{Error, Session, Value, Warning};
use std::cell::{Cell, RefCell};

/// The type named in error 1690.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RangeType {
    /// `BIGINT value is out of range in '...'`
    BigInt,
    /// `BIGINT UNSIGNED value is out of range in '...'`
    BigIntUnsigned,
    /// `DECIMAL value is out of range in '...'`
    Decimal,
    /// `DECIMAL UNSIGNED value is out of range in '...'`
    DecimalUnsigned,
    /// `DOUBLE value is out of range in '...'`
    Double,
}

impl RangeType {
    /// MySQL's name of the type.
    pub fn name(self) -> &'static str {
        match self {
            RangeType::BigInt => "BIGINT",
            RangeType::BigIntUnsigned => "BIGINT UNSIGNED",
            RangeType::Decimal => "DECIMAL",
            RangeType::DecimalUnsigned => "DECIMAL UNSIGNED",
            RangeType::Double => "DOUBLE",
        }
    }
}

/// A final failure of one call. The sentence is made above, where the expression's text is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// Error 1690, quoting the call.
    OutOfRange(RangeType),
    /// The error that was given to [`RowContext::raise`].
    Raised,
}

/// Which bet on a representation was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reason {
    /// A cell does not have the declared type.
    CellType,
    /// A DECIMAL result does not fit the narrower width.
    DecimalWidth,
    /// A text has other characters than those of ASCII.
    NotAscii,
    /// A test forced the exit.
    Forced,
}

impl Reason {
    /// A short name for statistics.
    pub fn name(self) -> &'static str {
        match self {
            Reason::CellType => "cell type",
            Reason::DecimalWidth => "decimal width",
            Reason::NotAscii => "not ASCII",
            Reason::Forced => "forced",
        }
    }
}

/// A compiled tier gives a row up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Exit {
    /// Final: the row's answer is an error.
    Error(Fault),
    /// The row goes to tier 0.
    Deopt(Reason),
}

/// The outcome of a row closure: two registers for numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Out<T> {
    /// A value.
    Val(T),
    /// SQL NULL.
    Null,
    /// The row is given up; the scratch says why.
    Exit,
}

/// Effects of the row (or chunk) at hand, committed by the engine when the row returns.
#[derive(Debug, Default)]
pub struct Scratch {
    /// The statement's time in microseconds since 1970, once it was asked for; 0 before.
    clock: Cell<i64>,
    /// Whether anything below was written since the last [`Scratch::clear`]: nearly all rows leave nothing.
    touched: Cell<bool>,
    row: Cell<u32>,
    warnings: RefCell<Vec<(u32, Warning)>>,
    exit: Cell<Option<(CallId, Exit)>>,
    raised: RefCell<Option<Error>>,
    batch_exits: RefCell<Vec<(u32, CallId, Exit)>>,
    draws: RefCell<Draws>,
}

impl Scratch {
    /// Forgets everything.
    #[inline]
    pub fn clear(&self) {
        self.row.set(0);
        if self.touched.replace(false) {
            self.exit.set(None);
            self.warnings.borrow_mut().clear();
            self.raised.take();
            self.batch_exits.borrow_mut().clear();
            self.draws.borrow_mut().begin_row();
        }
    }

    /// Another statement begins: the clock will be read anew.
    #[inline]
    pub fn begin_statement(&self) {
        self.clock.set(0);
    }

    /// The expression whose rows come next: its random sequences are its own.
    pub fn set_drawer(&self, drawer: &Drawer) {
        self.draws.borrow_mut().set_drawer(drawer);
    }

    /// Whether there may be an effect to commit.
    #[inline]
    pub fn is_touched(&self) -> bool {
        self.touched.get()
    }

    /// The row (of a chunk) that the next warnings belong to.
    #[inline]
    pub fn set_row(&self, row: u32) {
        self.row.set(row);
    }

    /// The row that warnings belong to now.
    pub fn row(&self) -> u32 {
        self.row.get()
    }

    /// Records why the row was given up; the first reason stays.
    #[cold]
    pub fn record_exit(&self, call: CallId, exit: Exit) {
        self.touched.set(true);
        if self.exit.get().is_none() {
            self.exit.set(Some((call, exit)));
        }
    }

    /// Takes the recorded exit.
    pub fn take_exit(&self) -> Option<(CallId, Exit)> {
        self.exit.take()
    }

    /// Takes the error behind [`Fault::Raised`].
    pub fn take_raised(&self) -> Option<Error> {
        self.raised.take()
    }

    /// Records that a row of the chunk failed.
    #[cold]
    pub fn record_batch_exit(&self, row: u32, call: CallId, exit: Exit) {
        self.touched.set(true);
        self.batch_exits.borrow_mut().push((row, call, exit));
    }

    /// Takes the rows of the chunk that failed.
    pub fn take_batch_exits(&self) -> Vec<(u32, CallId, Exit)> {
        if self.batch_exits.borrow().is_empty() {
            Vec::new()
        } else {
            self.batch_exits.take()
        }
    }

    /// Puts what a chunk left in the order of its rows: warnings as each row raised them, and of each failed row the first exit.
    pub fn sort_by_row(&self) {
        let mut warnings = self.warnings.borrow_mut();
        if !warnings.is_sorted_by_key(|(row, _)| *row) {
            warnings.sort_by_key(|(row, _)| *row);
        }
        let mut exits = self.batch_exits.borrow_mut();
        exits.sort_by_key(|(row, ..)| *row);
        exits.dedup_by_key(|(row, ..)| *row);
    }

    /// Takes the warnings, each with its row, in the order they were raised.
    pub fn take_warnings(&self) -> Vec<(u32, Warning)> {
        if self.warnings.borrow().is_empty() {
            Vec::new()
        } else {
            self.warnings.take()
        }
    }

    /// Drops what the row at hand has raised, before it is evaluated anew.
    pub fn forget_row(&self) {
        let row = self.row.get();
        self.warnings.borrow_mut().retain(|(r, _)| *r != row);
        self.raised.take();
    }

    /// Drops the warnings of rows that will be evaluated again.
    pub fn drop_warnings_of(&self, rows: &[u32]) {
        self.warnings
            .borrow_mut()
            .retain(|(row, _)| !rows.contains(row));
    }
}

/// What kernels and references see of the world.
#[derive(Clone, Copy, Debug)]
pub struct RowContext<'r> {
    /// Where byte results are written; freed when the row (or chunk) is done.
    pub arena: &'r Bump,
    /// Effects, see [`Scratch`].
    pub scratch: &'r Scratch,
    /// The session that the expression was compiled for.
    pub session: &'r Session,
}

impl<'r> RowContext<'r> {
    /// The statement's time in microseconds since 1970-01-01 00:00:00 UTC: what the session fixes, else what the clock showed when
    /// the statement (a row, or a batch) first asked.
    pub fn now(&self) -> i64 {
        self.session.now.unwrap_or_else(|| {
            if self.scratch.clock.get() == 0 {
                let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
                let now = since.map_or(0, |d| i64::try_from(d.as_micros()).unwrap_or(i64::MAX));
                self.scratch.clock.set(now);
            }
            self.scratch.clock.get()
        })
    }

    /// The random number of a place of the text for the row at hand.
    pub fn draw(&self, place: Place, urn: Urn) -> f64 {
        self.scratch.touched.set(true);
        let seeds = [self.session.rand_seed1, self.session.rand_seed2];
        self.scratch.draws.borrow_mut().draw(place, urn, seeds)
    }

    /// Raises a warning for the row at hand.
    #[cold]
    pub fn warn(&self, warning: Warning) {
        self.scratch.touched.set(true);
        self.scratch
            .warnings
            .borrow_mut()
            .push((self.scratch.row.get(), warning));
    }

    /// Raises an error that carries more than a [`RangeType`]; returns what the kernel returns.
    #[cold]
    pub fn raise(&self, error: Error) -> Exit {
        self.scratch.touched.set(true);
        *self.scratch.raised.borrow_mut() = Some(error);
        Exit::Error(Fault::Raised)
    }

    /// Copies bytes into the arena.
    pub fn bytes(&self, bytes: &[u8]) -> &'r [u8] {
        self.arena.alloc_slice_copy(bytes)
    }
}

/// One row on its way through a compiled program.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'r> {
    /// Arena, scratch, session.
    pub cx: RowContext<'r>,
    /// The row's cells, by column.
    pub row: &'r [Value<'r>],
    /// Parameter values, by number.
    pub parameters: &'r [Value<'r>],
    /// The program's slots.
    pub slots: &'r [Cell<Value<'r>>],
}
