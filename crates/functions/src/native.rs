//! The vocabulary of kernel signatures: marker types, each with the native value it stands for.

use crate::kernel::{Lanes, Node, Operand, Packing, Texts, Unpacked, Vector};
use bumpalo::Bump;
use sqlift_types::{I256, Repr, Value};

/// A marker type of the signature vocabulary.
///
/// `Val` is what kernels take and give; it borrows for `'r`, the time that a row or chunk is being evaluated.
pub trait Native: Copy + Send + Sync + 'static {
    /// The representation it stands for.
    const REPR: Repr;
    /// The native value.
    type Val<'r>: Copy + Send + Sync;
    /// An owned constant.
    type Owned: Clone + Send + Sync + 'static;
    /// How lanes may be held other than as values.
    type Packed<'r>: Packing<'r, Self::Val<'r>>;

    /// The value in a cell; `None` when the cell holds something else (or another scale).
    fn load<'r>(cell: Value<'r>, scale: u8) -> Option<Self::Val<'r>>;
    /// The value as a cell.
    fn store<'r>(value: Self::Val<'r>, scale: u8, arena: &'r Bump) -> Value<'r>;
    /// What stands in a lane that is NULL.
    fn blank<'r>() -> Self::Val<'r>;
    /// An owned copy.
    fn own(value: Self::Val<'_>) -> Self::Owned;
    /// The value of an owned copy.
    fn borrow(owned: &Self::Owned) -> Self::Val<'_>;
    /// Wraps an operand of this representation.
    fn node(operand: Operand<Self>) -> Node;
    /// The operand, if it has this representation.
    fn operand(node: Node) -> Option<Operand<Self>>;
    /// Wraps lanes of this representation.
    fn vector<'r>(lanes: Lanes<'r, Self>) -> Vector<'r>;
    /// The lanes, if they have this representation.
    fn lanes<'r, 'v>(vector: &'v Vector<'r>) -> Option<&'v Lanes<'r, Self>>;
}

macro_rules! native {
    ($($(#[$doc:meta])* $marker:ident: $val:ty, $owned:ty, packed $packed:ty, blank $blank:expr,
       load |$cell:ident, $scale:ident| $load:expr, store |$value:ident, $sscale:ident, $arena:ident| $store:expr,
       own |$o:ident| $own:expr, borrow |$b:ident| $borrow:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $marker;
        impl Native for $marker {
            const REPR: Repr = Repr::$marker;
            type Val<'r> = $val;
            type Owned = $owned;
            type Packed<'r> = $packed;
            #[inline(always)]
            fn load<'r>($cell: Value<'r>, $scale: u8) -> Option<Self::Val<'r>> { $load }
            #[inline(always)]
            fn store<'r>($value: Self::Val<'r>, $sscale: u8, $arena: &'r Bump) -> Value<'r> { $store }
            #[inline(always)]
            fn blank<'r>() -> Self::Val<'r> { $blank }
            fn own($o: Self::Val<'_>) -> Self::Owned { $own }
            #[inline(always)]
            fn borrow($b: &Self::Owned) -> Self::Val<'_> { $borrow }
            fn node(operand: Operand<Self>) -> Node { Node::$marker(operand) }
            fn operand(node: Node) -> Option<Operand<Self>> {
                if let Node::$marker(operand) = node { Some(operand) } else { None }
            }
            fn vector<'r>(lanes: Lanes<'r, Self>) -> Vector<'r> { Vector::$marker(lanes) }
            fn lanes<'r, 'v>(vector: &'v Vector<'r>) -> Option<&'v Lanes<'r, Self>> {
                if let Vector::$marker(lanes) = vector { Some(lanes) } else { None }
            }
        }
    )*};
}

native! {
    /// Truth value.
    Bool: bool, bool, packed Unpacked, blank false,
        load |cell, _s| if let Value::Int(v) = cell { Some(v != 0) } else { None },
        store |value, _s, _a| Value::Int(value as i64), own |o| o, borrow |b| *b;
    /// `i64`.
    Int: i64, i64, packed Unpacked, blank 0,
        load |cell, _s| if let Value::Int(v) = cell { Some(v) } else { None },
        store |value, _s, _a| Value::Int(value), own |o| o, borrow |b| *b;
    /// `u64`.
    UInt: u64, u64, packed Unpacked, blank 0,
        load |cell, _s| if let Value::UInt(v) = cell { Some(v) } else { None },
        store |value, _s, _a| Value::UInt(value), own |o| o, borrow |b| *b;
    /// `f64`.
    Double: f64, f64, packed Unpacked, blank 0.0,
        load |cell, _s| if let Value::Double(v) = cell { Some(v) } else { None },
        store |value, _s, _a| Value::Double(value), own |o| o, borrow |b| *b;
    /// A DECIMAL coefficient in an `i64`.
    Dec64: i64, i64, packed Unpacked, blank 0,
        load |cell, s| match cell { Value::Dec64 { scale, coefficient } if scale == s => Some(coefficient), _ => None },
        store |value, s, _a| Value::Dec64 { scale: s, coefficient: value }, own |o| o, borrow |b| *b;
    /// A DECIMAL coefficient in an `i128`.
    Dec128: i128, i128, packed Unpacked, blank 0,
        load |cell, s| match cell { Value::Dec128 { scale, coefficient } if scale == s => Some(coefficient.into()), _ => None },
        store |value, s, _a| Value::Dec128 { scale: s, coefficient: value.into() }, own |o| o, borrow |b| *b;
    /// A DECIMAL coefficient in 256 bits.
    Dec256: I256, I256, packed Unpacked, blank I256::ZERO,
        load |cell, s| match cell { Value::Dec256 { scale, coefficient } if scale == s => Some(*coefficient), _ => None },
        store |value, s, a| Value::Dec256 { scale: s, coefficient: a.alloc(value) }, own |o| o, borrow |b| *b;
    /// Packed date.
    Date: i64, i64, packed Unpacked, blank 0,
        load |cell, _s| if let Value::Date(v) = cell { Some(v) } else { None },
        store |value, _s, _a| Value::Date(value), own |o| o, borrow |b| *b;
    /// Signed microseconds.
    Time: i64, i64, packed Unpacked, blank 0,
        load |cell, _s| if let Value::Time(v) = cell { Some(v) } else { None },
        store |value, _s, _a| Value::Time(value), own |o| o, borrow |b| *b;
    /// Packed date and time.
    DateTime: i64, i64, packed Unpacked, blank 0,
        load |cell, _s| if let Value::DateTime(v) = cell { Some(v) } else { None },
        store |value, _s, _a| Value::DateTime(value), own |o| o, borrow |b| *b;
    /// Bytes of text or of a binary string.
    Bytes: &'r [u8], Vec<u8>, packed &'r Texts<'r>, blank &[],
        load |cell, _s| if let Value::Bytes(v) = cell { Some(v) } else { None },
        store |value, _s, _a| Value::Bytes(value), own |o| o.to_vec(), borrow |b| b;
    /// A JSON document: its held form or its text.
    Json: &'r [u8], Vec<u8>, packed Unpacked, blank b"null",
        load |cell, _s| if let Value::Json(v) = cell { Some(v) } else { None },
        store |value, _s, _a| Value::Json(value), own |o| o.to_vec(), borrow |b| b;
}

/// A marker whose values borrow nothing: what kernels without state may return.
pub trait Number: for<'r> Native<Val<'r> = Self::Plain> {
    /// The value.
    type Plain: Copy + Send + Sync + 'static;
}

macro_rules! numbers {
    ($($marker:ident $plain:ty;)*) => {$(
        impl Number for $marker {
            type Plain = $plain;
        }
    )*};
}

numbers! {
    Bool bool; Int i64; UInt u64; Double f64; Dec64 i64; Dec128 i128; Dec256 I256; Date i64; Time i64; DateTime i64;
}

/// A parameter of a kernel: a marker (strict: NULL makes the result NULL), or [`Opt`] of one (the kernel is given the NULL).
pub trait Param: 'static {
    /// The marker.
    type Native: Native;
    /// What the kernel is given.
    type Arg<'r>: Copy;
    /// Whether NULL makes the result NULL.
    const STRICT: bool;
    /// The lanes of a chunk as slices, for a loop without branches.
    type Dense<'r>: Copy;
    /// The argument from a value or NULL; `None` when a strict parameter is NULL.
    fn arg<'r>(value: Option<<Self::Native as Native>::Val<'r>>) -> Option<Self::Arg<'r>>;
    /// The first `rows` lanes as slices; constants are spread out.
    fn dense<'r>(lanes: &Lanes<'r, Self::Native>, rows: usize, arena: &'r Bump) -> Self::Dense<'r>;
    /// The argument in a lane. A strict parameter is given what stands in the lane, NULL or not.
    fn lane<'r>(dense: Self::Dense<'r>, row: usize) -> Self::Arg<'r>;
}

impl<N: Native> Param for N {
    type Native = N;
    type Arg<'r> = N::Val<'r>;
    type Dense<'r> = &'r [N::Val<'r>];
    const STRICT: bool = true;
    #[inline(always)]
    fn arg<'r>(value: Option<N::Val<'r>>) -> Option<N::Val<'r>> {
        value
    }
    #[inline(always)]
    fn dense<'r>(lanes: &Lanes<'r, N>, rows: usize, arena: &'r Bump) -> &'r [N::Val<'r>] {
        lanes.spread(rows, arena)
    }
    #[inline(always)]
    fn lane<'r>(dense: Self::Dense<'r>, row: usize) -> Self::Arg<'r> {
        dense[row]
    }
}

/// A parameter that takes NULL: the kernel gets an `Option`.
#[derive(Clone, Copy, Debug)]
pub struct Opt<N>(std::marker::PhantomData<N>);

impl<N: Native> Param for Opt<N> {
    type Native = N;
    type Arg<'r> = Option<N::Val<'r>>;
    type Dense<'r> = &'r [Option<N::Val<'r>>];
    const STRICT: bool = false;
    #[inline(always)]
    fn arg<'r>(value: Option<N::Val<'r>>) -> Option<Option<N::Val<'r>>> {
        Some(value)
    }
    #[inline(always)]
    fn dense<'r>(lanes: &Lanes<'r, N>, rows: usize, arena: &'r Bump) -> Self::Dense<'r> {
        // Values and validity are paired in a pass of their own: the loop over two such parameters has few enough pointers that
        // compilers still check them for overlap and vectorise.
        let values = lanes.spread(rows, arena);
        match lanes.validity() {
            Ok(Some(valid)) => {
                let valid = &valid[..rows];
                arena.alloc_slice_fill_with(rows, |row| {
                    let (value, is_valid) = (values[row], valid[row]);
                    if is_valid { Some(value) } else { None }
                })
            }
            Ok(None) => arena.alloc_slice_fill_with(rows, |row| Some(values[row])),
            Err(_) => arena.alloc_slice_fill_copy(rows, None),
        }
    }
    #[inline(always)]
    fn lane<'r>(dense: Self::Dense<'r>, row: usize) -> Self::Arg<'r> {
        dense[row]
    }
}
