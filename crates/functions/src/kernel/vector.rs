//! The registers of the batch form: one chunk of values with their validity.

use super::batch::BatchContext;
use super::params::both;
use super::texts::Packing;
use crate::RowContext;
use crate::native::*;
use bumpalo::Bump;
use sqlift_types::{Repr, Value};

/// One chunk of values of a marker type.
///
/// Validity is a byte a row here, not a bit: three-valued logic and the masking of failed rows are then plain byte loops that every
/// SIMD level vectorises; bitmaps are unpacked when a column is loaded and packed when a result leaves.
#[derive(Clone, Copy, Debug)]
pub enum Lanes<'r, R: Native> {
    /// One value for all rows; `None` is NULL.
    Constant(Option<R::Val<'r>>),
    /// A value a row; what stands in a NULL lane is arbitrary.
    Flat {
        /// The values.
        values: &'r [R::Val<'r>],
        /// Which are not NULL; `None`: all of them.
        valid: Option<&'r [bool]>,
    },
    /// A value a row, held otherwise.
    Packed {
        /// The values.
        packed: R::Packed<'r>,
        /// Which are not NULL; `None`: all of them.
        valid: Option<&'r [bool]>,
    },
}

impl<'r, R: Native> Lanes<'r, R> {
    /// Values, none of them NULL.
    pub fn of(values: &'r [R::Val<'r>]) -> Lanes<'r, R> {
        Lanes::Flat {
            values,
            valid: None,
        }
    }

    /// What stands in the first `rows` lanes, NULL or not; a constant is spread out.
    #[inline(always)]
    pub fn spread(&self, rows: usize, arena: &'r Bump) -> &'r [R::Val<'r>] {
        match *self {
            Lanes::Constant(value) => {
                arena.alloc_slice_fill_copy(rows, value.unwrap_or(R::blank()))
            }
            Lanes::Flat { values, .. } => &values[..rows],
            Lanes::Packed { packed, .. } => &packed.values(arena)[..rows],
        }
    }

    /// The value in a row, NULL as `None`.
    #[inline(always)]
    pub fn get(&self, row: usize) -> Option<R::Val<'r>> {
        match self {
            Lanes::Constant(value) => *value,
            Lanes::Flat { values, valid } => match valid {
                Some(valid) if !valid[row] => None,
                _ => Some(values[row]),
            },
            Lanes::Packed { packed, valid } => match valid {
                Some(valid) if !valid[row] => None,
                _ => Some(packed.value(row)),
            },
        }
    }

    /// The same values, NULL where `also` is false too.
    pub(super) fn where_valid(
        self,
        also: Option<&'r [bool]>,
        rows: usize,
        arena: &'r Bump,
    ) -> Lanes<'r, R> {
        match self {
            Lanes::Constant(Some(_)) if also.is_some() => Lanes::Flat {
                values: self.spread(rows, arena),
                valid: also,
            },
            Lanes::Constant(value) => Lanes::Constant(value),
            Lanes::Flat { values, valid } => Lanes::Flat {
                values,
                valid: both(valid, also, rows, arena),
            },
            Lanes::Packed { packed, valid } => Lanes::Packed {
                packed,
                valid: both(valid, also, rows, arena),
            },
        }
    }

    /// For each row of a chunk the value that stands at its place.
    pub(super) fn at(&self, places: &'r [u32], batch: &BatchContext<'r>) -> Lanes<'r, R> {
        let valid = match self.validity() {
            Ok(valid) => valid.map(|valid| at(valid, places, batch)),
            Err(AllNull) => return Lanes::Constant(None),
        };
        match *self {
            Lanes::Constant(value) => Lanes::Constant(value),
            Lanes::Flat { values, .. } => Lanes::Flat {
                values: at(values, places, batch),
                valid,
            },
            Lanes::Packed { packed, .. } => Lanes::Packed {
                packed: packed.at(places, batch.cx.arena),
                valid,
            },
        }
    }

    /// Validity of all rows; `None`: all valid. A NULL constant gives `Err`.
    pub fn validity(&self) -> Result<Option<&'r [bool]>, AllNull> {
        match self {
            Lanes::Constant(Some(_)) => Ok(None),
            Lanes::Constant(None) => Err(AllNull),
            Lanes::Flat { valid, .. } | Lanes::Packed { valid, .. } => Ok(*valid),
        }
    }
}

fn at<'r, T: Copy>(values: &[T], places: &[u32], batch: &BatchContext<'r>) -> &'r [T] {
    let value = |row: usize| values[places[row] as usize];
    batch.cx.arena.alloc_slice_fill_with(batch.rows, value)
}

/// Every row is NULL.
#[derive(Clone, Copy, Debug)]
pub struct AllNull;

/// One chunk of values of any representation.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "one variant a representation")]
pub enum Vector<'r> {
    Bool(Lanes<'r, Bool>),
    Int(Lanes<'r, Int>),
    UInt(Lanes<'r, UInt>),
    Double(Lanes<'r, Double>),
    Dec64(Lanes<'r, Dec64>),
    Dec128(Lanes<'r, Dec128>),
    Dec256(Lanes<'r, Dec256>),
    Date(Lanes<'r, Date>),
    Time(Lanes<'r, Time>),
    DateTime(Lanes<'r, DateTime>),
    Bytes(Lanes<'r, Bytes>),
    Json(Lanes<'r, Json>),
}

/// Runs the same code for whichever representation a vector has.
#[macro_export]
macro_rules! each_vector {
    ($vector:expr, $lanes:ident, $marker:ident => $body:expr) => {
        match $vector {
            $crate::kernel::Vector::Bool($lanes) => {
                type $marker = $crate::native::Bool;
                $body
            }
            $crate::kernel::Vector::Int($lanes) => {
                type $marker = $crate::native::Int;
                $body
            }
            $crate::kernel::Vector::UInt($lanes) => {
                type $marker = $crate::native::UInt;
                $body
            }
            $crate::kernel::Vector::Double($lanes) => {
                type $marker = $crate::native::Double;
                $body
            }
            $crate::kernel::Vector::Dec64($lanes) => {
                type $marker = $crate::native::Dec64;
                $body
            }
            $crate::kernel::Vector::Dec128($lanes) => {
                type $marker = $crate::native::Dec128;
                $body
            }
            $crate::kernel::Vector::Dec256($lanes) => {
                type $marker = $crate::native::Dec256;
                $body
            }
            $crate::kernel::Vector::Date($lanes) => {
                type $marker = $crate::native::Date;
                $body
            }
            $crate::kernel::Vector::Time($lanes) => {
                type $marker = $crate::native::Time;
                $body
            }
            $crate::kernel::Vector::DateTime($lanes) => {
                type $marker = $crate::native::DateTime;
                $body
            }
            $crate::kernel::Vector::Bytes($lanes) => {
                type $marker = $crate::native::Bytes;
                $body
            }
            $crate::kernel::Vector::Json($lanes) => {
                type $marker = $crate::native::Json;
                $body
            }
        }
    };
}

/// Runs the same code with the marker type of a representation.
#[macro_export]
macro_rules! with_marker {
    ($repr:expr, $marker:ident => $body:expr) => {
        match $repr {
            $crate::Repr::Bool => {
                type $marker = $crate::native::Bool;
                $body
            }
            $crate::Repr::Int => {
                type $marker = $crate::native::Int;
                $body
            }
            $crate::Repr::UInt => {
                type $marker = $crate::native::UInt;
                $body
            }
            $crate::Repr::Double => {
                type $marker = $crate::native::Double;
                $body
            }
            $crate::Repr::Dec64 => {
                type $marker = $crate::native::Dec64;
                $body
            }
            $crate::Repr::Dec128 => {
                type $marker = $crate::native::Dec128;
                $body
            }
            $crate::Repr::Dec256 => {
                type $marker = $crate::native::Dec256;
                $body
            }
            $crate::Repr::Date => {
                type $marker = $crate::native::Date;
                $body
            }
            $crate::Repr::Time => {
                type $marker = $crate::native::Time;
                $body
            }
            $crate::Repr::DateTime => {
                type $marker = $crate::native::DateTime;
                $body
            }
            $crate::Repr::Bytes => {
                type $marker = $crate::native::Bytes;
                $body
            }
            $crate::Repr::Json => {
                type $marker = $crate::native::Json;
                $body
            }
        }
    };
}

impl<'r> Vector<'r> {
    /// Its representation.
    pub fn repr(&self) -> Repr {
        fn of<R: Native>(_: &Lanes<'_, R>) -> Repr {
            R::REPR
        }
        each_vector!(self, lanes, M => of::<M>(lanes))
    }

    /// Whether it has one value for all rows.
    pub(super) fn is_constant(&self) -> bool {
        fn of<R: Native>(lanes: &Lanes<'_, R>) -> bool {
            matches!(lanes, Lanes::Constant(_))
        }
        each_vector!(self, lanes, M => of::<M>(lanes))
    }

    /// The cell of one row; `scale` is that of the type.
    pub fn cell(&self, row: usize, scale: u8, cx: &RowContext<'r>) -> Value<'r> {
        each_vector!(self, lanes, M => match lanes.get(row) {
            Some(value) => M::store(value, scale, cx.arena),
            None => Value::Null,
        })
    }

    /// NULL in every row.
    pub fn null(repr: Repr) -> Vector<'r> {
        with_marker!(repr, M => M::vector(Lanes::Constant(None)))
    }
}
