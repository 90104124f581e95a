//! A dry run of lowerings: whether one can be done, before an instruction of it is emitted.
//!
//! It also checks types. Cranelift without its verifier makes wrong code of ill-typed operations; here they are a refusal.

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
    args: &[(Slot, bool)],
    width: Width,
) -> Option<(Lower, Fits)> {
    let lower = call.lowering()?;
    let mut checker = Checker {
        width,
        kinds: Vec::new(),
        refused: false,
        logic: true,
    };
    let mut lowered = Vec::with_capacity(args.len());
    for (slot, nullable) in args {
        let is_text = matches!(slot.repr, Repr::Bytes | Repr::Json);
        let kind = match machine_of(slot.repr) {
            Some(machine) => Kind::Value(machine),
            // Whether it is NULL can be asked of anything.
            None if width == Width::Scalar => Kind::Address,
            None => return None,
        };
        lowered.push(Lowered {
            value: checker.give(kind),
            length: is_text.then(|| checker.give(Kind::Value(Machine::I64))),
            null: nullable.then(|| checker.give(Kind::Value(Machine::Bool))),
        });
    }
    checker.logic = args.iter().all(|(slot, _)| slot.repr == Repr::Bool);
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
    refused: bool,
    /// Only logic so far.
    logic: bool,
}

impl Checker {
    fn give(&mut self, kind: Kind) -> NativeValue {
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
        self.refused |= machine == Machine::I128 && self.width == Width::Vector;
        self.give(Kind::Value(machine))
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

    fn flagged(&mut self, a: NativeValue, b: NativeValue) -> (NativeValue, NativeValue) {
        self.pair(a, b, &[Machine::I64]);
        (self.out(Machine::I64), self.out(Machine::Bool))
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
    fn int(&mut self, _: i64) -> NativeValue {
        self.out(I64)
    }
    fn wide(&mut self, _: i128) -> NativeValue {
        self.out(I128)
    }
    fn double(&mut self, _: f64) -> NativeValue {
        self.out(F64)
    }
    fn bool(&mut self, _: bool) -> NativeValue {
        self.out(Bool)
    }

    pairs! {
        add [I64, I128];
        sub [I64, I128];
        mul [I64, I128];
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
        int_to_double I64 F64;
        widen I64 I128;
        narrow I128 I64;
        bool_to_int Bool I64;
    }
    fn not(&mut self, a: NativeValue) -> NativeValue {
        self.expect(a, Bool);
        self.out(Bool)
    }
    fn uint_to_double(&mut self, a: NativeValue) -> NativeValue {
        self.scalar_only();
        self.convert(a, I64, F64)
    }
    fn double_to_int(&mut self, a: NativeValue) -> NativeValue {
        self.scalar_only();
        self.convert(a, F64, I64)
    }

    fn add_overflow(&mut self, a: NativeValue, b: NativeValue) -> (NativeValue, NativeValue) {
        self.flagged(a, b)
    }
    fn sub_overflow(&mut self, a: NativeValue, b: NativeValue) -> (NativeValue, NativeValue) {
        self.flagged(a, b)
    }
    fn mul_overflow(&mut self, a: NativeValue, b: NativeValue) -> (NativeValue, NativeValue) {
        self.scalar_only();
        self.flagged(a, b)
    }
    fn unsigned_add_overflow(
        &mut self,
        a: NativeValue,
        b: NativeValue,
    ) -> (NativeValue, NativeValue) {
        self.flagged(a, b)
    }
    fn unsigned_mul_overflow(
        &mut self,
        a: NativeValue,
        b: NativeValue,
    ) -> (NativeValue, NativeValue) {
        self.scalar_only();
        self.flagged(a, b)
    }
    fn div(&mut self, a: NativeValue, b: NativeValue) -> NativeValue {
        self.scalar_only();
        self.same(a, b, &[I64])
    }
    fn rem(&mut self, a: NativeValue, b: NativeValue) -> NativeValue {
        self.scalar_only();
        self.same(a, b, &[I64])
    }
    fn unsigned_div(&mut self, a: NativeValue, b: NativeValue) -> NativeValue {
        self.scalar_only();
        self.same(a, b, &[I64])
    }
    fn unsigned_rem(&mut self, a: NativeValue, b: NativeValue) -> NativeValue {
        self.scalar_only();
        self.same(a, b, &[I64])
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
        self.same(a, b, &[Bool, I64, I128, F64])
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
