//! A dry run of lowerings: whether one can be done, before an instruction of it is emitted.
//!
//! It also checks types. Cranelift without its verifier makes wrong code of ill-typed operations; here they are a refusal.

use crate::range::{EXACT_DOUBLE, Interval, Ranges};
use sqlift_functions::emit::{Emit, Lowered, Machine, NativeValue, Relation};
use sqlift_functions::{Exit, Lower};
use sqlift_ir::{Call, Slot};
use sqlift_types::{Repr, Session};

/// How values are held: one at a time, or two in a 128-bit register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Width {
    Scalar,
    Vector,
}

/// The machine type that holds a representation. `None`: only through cells.
pub(crate) fn machine_of(repr: Repr) -> Option<Machine> {
    match repr {
        Repr::Bool => Some(Machine::Bool),
        Repr::Int | Repr::UInt | Repr::Dec64 | Repr::Date | Repr::Time | Repr::DateTime => {
            Some(Machine::I64)
        }
        Repr::Double => Some(Machine::F64),
        Repr::Dec128 => Some(Machine::I128),
        Repr::Dec256 | Repr::Bytes | Repr::Json => None,
    }
}

/// What is learnt about a lowering.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fits {
    /// Only logic on truth values: what holds for one bit holds for a word of them.
    pub(crate) logic: bool,
    /// Where the lowering says that the result is NULL.
    pub(crate) null: SaysNull,
    /// What the result can be, if it is an integer.
    pub(crate) range: Interval,
    /// It works, but some lane by lane.
    pub(crate) slow: bool,
    /// How many values it computes; those of 128 bits take several instructions each.
    pub(crate) operations: usize,
}

/// What is known of an argument.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known {
    pub(crate) slot: Slot,
    pub(crate) nullable: bool,
    /// What it can be, if it is an integer.
    pub(crate) range: Interval,
}

/// Where a lowering says that its result is NULL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SaysNull {
    Nowhere,
    /// Where this argument is.
    WithArgument(usize),
    Somewhere,
}

/// Whether (and how) the call's lowering works for arguments held like this.
pub(crate) fn lowering_of(
    call: &Call,
    session: &Session,
    args: &[Known],
    width: Width,
) -> Option<(Lower, Fits)> {
    let lower = call.lowering()?;
    let mut checker = Checker {
        width,
        kinds: Vec::new(),
        ranges: Ranges::default(),
        refused: false,
        slow: false,
        logic: true,
        operations: 0,
    };
    let mut lowered = Vec::with_capacity(args.len());
    for Known {
        slot,
        nullable,
        range,
    } in args
    {
        let is_text = matches!(slot.repr, Repr::Bytes | Repr::Json);
        let kind = match machine_of(slot.repr) {
            Some(machine) => Kind::Value(machine),
            // Whether it is NULL can be asked of anything.
            None if width == Width::Scalar => Kind::Address,
            None => return None,
        };
        let value = checker.give(kind);
        checker.ranges.set(value, *range);
        lowered.push(Lowered {
            value,
            length: is_text.then(|| checker.give(Kind::Value(Machine::I64))),
            null: nullable.then(|| checker.give(Kind::Value(Machine::Bool))),
        });
    }
    checker.logic = args.iter().all(|arg| arg.slot.repr == Repr::Bool);
    checker.operations = 0;
    let result = lower(&mut checker, &call.site(session), &lowered)?;
    let machine = machine_of(call.slot.repr);
    match machine {
        Some(machine) => checker.expect(result.value, machine),
        None if call.slot.repr == Repr::Bytes => checker.text(result),
        None => return None,
    }
    if let Some(null) = result.null {
        checker.expect(null, Machine::Bool);
    }
    let fits = Fits {
        logic: checker.logic && machine == Some(Machine::Bool),
        null: match result.null {
            None => SaysNull::Nowhere,
            Some(null) => match lowered.iter().position(|arg| arg.null == Some(null)) {
                Some(arg) => SaysNull::WithArgument(arg),
                None => SaysNull::Somewhere,
            },
        },
        range: checker.ranges.of(result.value),
        slow: checker.slow,
        operations: checker.operations,
    };
    (!checker.refused).then_some((lower, fits))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Value(Machine),
    /// Of a byte string or a 256-bit DECIMAL.
    Address,
}

struct Checker {
    width: Width,
    kinds: Vec<Kind>,
    ranges: Ranges,
    refused: bool,
    slow: bool,
    /// Only logic so far.
    logic: bool,
    operations: usize,
}

/// What an operation on two integers of 128 bits takes besides one on 64.
const WIDE_OPERATIONS: usize = 8;

impl Checker {
    fn give(&mut self, kind: Kind) -> NativeValue {
        self.operations += 1;
        self.kinds.push(kind);
        NativeValue(self.kinds.len() as u32 - 1)
    }

    fn kind(&self, value: NativeValue) -> Option<Kind> {
        self.kinds.get(value.0 as usize).copied()
    }

    fn expect(&mut self, value: NativeValue, machine: Machine) {
        self.refused |= self.kind(value) != Some(Kind::Value(machine));
    }

    fn out(&mut self, machine: Machine) -> NativeValue {
        self.logic &= machine == Machine::Bool;
        self.give(Kind::Value(machine))
    }

    /// An integer result within this interval.
    fn within(&mut self, machine: Machine, interval: Option<Interval>) -> NativeValue {
        let result = self.out(machine);
        // Lanes have 64 bits: a wider integer is held in them if it fits.
        self.refused |=
            machine == Machine::I128 && self.width == Width::Vector && interval.is_none();
        self.ranges.note(result, interval);
        result
    }

    /// An operation on integers that has a vector rule only within the interval.
    fn bounded(&mut self, interval: Option<Interval>) -> NativeValue {
        if interval.is_none() {
            self.scalar_only();
        }
        self.within(Machine::I64, interval)
    }

    /// An operation without a vector rule on some target.
    fn scalar_only(&mut self) {
        self.refused |= self.width == Width::Vector;
    }

    /// An operation on a byte string.
    fn text(&mut self, text: Lowered) {
        self.scalar_only();
        self.logic = false;
        let length = text.length.map(|l| self.kind(l));
        self.refused |=
            self.kind(text.value) != Some(Kind::Address) || length != Some(Some(Kind::Value(I64)));
    }

    /// An operation on two operands of one of these types; gives the type.
    fn pair(&mut self, a: NativeValue, b: NativeValue, among: &[Machine]) -> Machine {
        let machine = match self.kind(a) {
            Some(Kind::Value(machine)) if among.contains(&machine) => machine,
            _ => {
                self.refused = true;
                among[0]
            }
        };
        self.expect(b, machine);
        if machine == Machine::I128 {
            self.operations += WIDE_OPERATIONS;
        }
        machine
    }

    fn same(&mut self, a: NativeValue, b: NativeValue, among: &[Machine]) -> NativeValue {
        let machine = self.pair(a, b, among);
        self.out(machine)
    }

    fn convert(&mut self, a: NativeValue, from: Machine, to: Machine) -> NativeValue {
        self.logic = false;
        self.expect(a, from);
        self.out(to)
    }

    fn flagged(
        &mut self,
        a: NativeValue,
        b: NativeValue,
        interval: Option<Interval>,
    ) -> (NativeValue, NativeValue) {
        self.pair(a, b, &[Machine::I64]);
        (self.within(Machine::I64, interval), self.out(Machine::Bool))
    }

    fn two(&self, a: NativeValue, b: NativeValue) -> (Interval, Interval) {
        (self.ranges.of(a), self.ranges.of(b))
    }

    /// Division of integers: in vectors only what can be done on doubles.
    fn division(
        &mut self,
        a: NativeValue,
        b: NativeValue,
        result: fn(Interval, i64) -> Interval,
    ) -> NativeValue {
        self.pair(a, b, &[Machine::I64]);
        let (a, b) = self.two(a, b);
        self.bounded(a.short_divisor(b).map(|divisor| result(a, divisor)))
    }

    fn unsigned_division(
        &mut self,
        a: NativeValue,
        b: NativeValue,
        result: fn(Interval, i64) -> Interval,
    ) -> NativeValue {
        if self.ranges.of(a).is_negative() {
            self.scalar_only();
            return self.same(a, b, &[Machine::I64]);
        }
        self.division(a, b, result)
    }
}

use Machine::{Bool, F64, I64, I128};

macro_rules! pairs {
    ($($name:ident $among:expr;)*) => {$(
        fn $name(&mut self, a: NativeValue, b: NativeValue) -> NativeValue { self.same(a, b, &$among) }
    )*};
}

macro_rules! conversions {
    ($($name:ident $from:ident $to:ident;)*) => {$(
        fn $name(&mut self, a: NativeValue) -> NativeValue { self.convert(a, $from, $to) }
    )*};
}

impl Emit for Checker {
    fn refuse(&mut self) {
        self.refused = true;
    }
    fn int(&mut self, value: i64) -> NativeValue {
        self.within(I64, Some(Interval::of(value)))
    }
    fn wide(&mut self, value: i128) -> NativeValue {
        self.within(I128, value.try_into().ok().map(Interval::of))
    }
    fn double(&mut self, _: f64) -> NativeValue {
        self.out(F64)
    }
    fn bool(&mut self, _: bool) -> NativeValue {
        self.out(Bool)
    }

    pairs! {
        and [Bool, I64];
        or [Bool, I64];
        xor [Bool, I64];
        double_add [F64];
        double_sub [F64];
        double_mul [F64];
        double_div [F64];
    }
    conversions! {
        complement I64 I64;
        double_neg F64 F64;
        double_abs F64 F64;
        double_floor F64 F64;
        double_ceil F64 F64;
        double_nearest F64 F64;
        is_finite F64 Bool;
        bool_to_int Bool I64;
    }
    fn not(&mut self, a: NativeValue) -> NativeValue {
        self.expect(a, Bool);
        self.out(Bool)
    }
    fn add(&mut self, a: NativeValue, b: NativeValue) -> NativeValue {
        let machine = self.pair(a, b, &[I64, I128]);
        let (a, b) = self.two(a, b);
        self.within(machine, a.sum(b))
    }
    fn sub(&mut self, a: NativeValue, b: NativeValue) -> NativeValue {
        let machine = self.pair(a, b, &[I64, I128]);
        let (a, b) = self.two(a, b);
        self.within(machine, a.difference(b))
    }
    fn mul(&mut self, a: NativeValue, b: NativeValue) -> NativeValue {
        let machine = self.pair(a, b, &[I64, I128]);
        let (a, b) = self.two(a, b);
        self.within(machine, a.product(b))
    }
    fn int_to_double(&mut self, a: NativeValue) -> NativeValue {
        self.slow |= !self.ranges.of(a).within(EXACT_DOUBLE);
        self.convert(a, I64, F64)
    }
    fn uint_to_double(&mut self, a: NativeValue) -> NativeValue {
        let range = self.ranges.of(a);
        if range.is_negative() || !range.within(EXACT_DOUBLE) {
            self.scalar_only();
        }
        self.convert(a, I64, F64)
    }
    fn widen(&mut self, a: NativeValue) -> NativeValue {
        let range = self.ranges.of(a);
        self.expect(a, I64);
        self.within(I128, Some(range))
    }
    /// The half of what is no longer than it is the same number.
    fn narrow(&mut self, a: NativeValue) -> NativeValue {
        let range = self.ranges.of(a);
        self.expect(a, I128);
        let range = (self.width == Width::Vector).then_some(range);
        self.within(I64, range)
    }
    fn double_to_int(&mut self, a: NativeValue) -> NativeValue {
        self.scalar_only();
        self.convert(a, F64, I64)
    }

    fn add_overflow(&mut self, a: NativeValue, b: NativeValue) -> (NativeValue, NativeValue) {
        let (x, y) = self.two(a, b);
        self.flagged(a, b, x.sum(y))
    }
    fn sub_overflow(&mut self, a: NativeValue, b: NativeValue) -> (NativeValue, NativeValue) {
        let (x, y) = self.two(a, b);
        self.flagged(a, b, x.difference(y))
    }
    fn mul_overflow(&mut self, a: NativeValue, b: NativeValue) -> (NativeValue, NativeValue) {
        let (x, y) = self.two(a, b);
        let product = x.product(y);
        if product.is_none() {
            self.scalar_only();
        }
        self.flagged(a, b, product)
    }
    fn unsigned_add_overflow(
        &mut self,
        a: NativeValue,
        b: NativeValue,
    ) -> (NativeValue, NativeValue) {
        let (x, y) = self.two(a, b);
        self.flagged(a, b, x.unsigned_sum(y))
    }
    fn unsigned_mul_overflow(
        &mut self,
        a: NativeValue,
        b: NativeValue,
    ) -> (NativeValue, NativeValue) {
        let (x, y) = self.two(a, b);
        let product = x.unsigned_product(y);
        if product.is_none() {
            self.scalar_only();
        }
        self.flagged(a, b, product)
    }
    fn div(&mut self, a: NativeValue, b: NativeValue) -> NativeValue {
        self.division(a, b, Interval::quotient)
    }
    fn rem(&mut self, a: NativeValue, b: NativeValue) -> NativeValue {
        self.division(a, b, Interval::remainder)
    }
    fn unsigned_div(&mut self, a: NativeValue, b: NativeValue) -> NativeValue {
        self.unsigned_division(a, b, Interval::quotient)
    }
    fn unsigned_rem(&mut self, a: NativeValue, b: NativeValue) -> NativeValue {
        self.unsigned_division(a, b, Interval::remainder)
    }
    fn shift_left(&mut self, a: NativeValue, b: NativeValue) -> NativeValue {
        self.scalar_only();
        self.same(a, b, &[I64])
    }
    fn shift_right(&mut self, a: NativeValue, b: NativeValue) -> NativeValue {
        self.scalar_only();
        self.same(a, b, &[I64])
    }

    fn compare(&mut self, _: Relation, a: NativeValue, b: NativeValue) -> NativeValue {
        self.logic = false;
        self.pair(a, b, &[I64, I128]);
        self.out(Bool)
    }
    fn unsigned_compare(&mut self, _: Relation, a: NativeValue, b: NativeValue) -> NativeValue {
        self.logic = false;
        self.pair(a, b, &[I64]);
        self.out(Bool)
    }
    fn double_compare(&mut self, _: Relation, a: NativeValue, b: NativeValue) -> NativeValue {
        self.logic = false;
        self.pair(a, b, &[F64]);
        self.out(Bool)
    }
    fn select(&mut self, condition: NativeValue, a: NativeValue, b: NativeValue) -> NativeValue {
        self.expect(condition, Bool);
        let (x, y) = self.two(a, b);
        let result = self.same(a, b, &[Bool, I64, I128, F64]);
        self.ranges.set(result, x.either(y));
        result
    }

    fn exit_if(&mut self, flag: NativeValue, _: Exit) {
        self.logic = false;
        self.expect(flag, Bool);
    }

    fn starts_with(&mut self, text: Lowered, prefix: &[u8]) -> NativeValue {
        self.text(text);
        self.refused |= prefix.len() > 32;
        self.out(Bool)
    }
    fn is_ascii(&mut self, text: Lowered) -> NativeValue {
        self.text(text);
        self.out(Bool)
    }
    fn part(&mut self, text: Lowered, offset: NativeValue, length: NativeValue) -> Lowered {
        self.text(text);
        self.expect(offset, I64);
        self.expect(length, I64);
        Lowered {
            value: self.give(Kind::Address),
            length: Some(length),
            null: None,
        }
    }
}
