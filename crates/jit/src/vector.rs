//! Lowerings as instructions on two 64-bit lanes: truth values are lanes of all ones or all zeros.

use crate::finite::Finite;
use crate::scalar::{and_not, floating, native, signed, value};
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::types::{F64, F64X2, I64, I64X2};
use cranelift_codegen::ir::{InstBuilder, MemFlagsData, Value};
use cranelift_frontend::{FunctionBuilder, Variable};
use sqlift_functions::Exit;
use sqlift_functions::emit::{Emit, Lowered, NativeValue, Relation};

/// [`Emit`] over two values at a time. What it has no rule for, the dry run has refused.
pub(crate) struct Vector<'a, 'f> {
    pub(crate) b: &'a mut FunctionBuilder<'f>,
    /// Lanes where guards do not count.
    pub(crate) masked: Option<Value>,
    /// Lanes whose row is on another path: where overflow does not count.
    pub(crate) elsewhere: Option<Value>,
    /// The flags of the block so far.
    pub(crate) flags: Variable,
    /// The flags that tell of overflow.
    pub(crate) overflows: Vec<NativeValue>,
    /// The guards against infinity.
    pub(crate) finite: &'a mut Finite,
}

impl Vector<'_, '_> {
    fn splat(&mut self, v: i64) -> Value {
        let v = self.b.ins().iconst(I64, v);
        self.b.ins().splat(I64X2, v)
    }

    /// Lanes whose sign bit is set.
    fn negative(&mut self, v: Value) -> NativeValue {
        let zero = self.splat(0);
        let flag = native(self.b.ins().icmp(IntCC::SignedLessThan, v, zero));
        self.overflows.push(flag);
        flag
    }

    /// With the sign bit turned, so that unsigned order becomes signed order.
    fn turned(&mut self, v: NativeValue) -> Value {
        let sign = self.splat(i64::MIN);
        self.b.ins().bxor(value(v), sign)
    }
}

macro_rules! binary {
    ($($name:ident $op:ident;)*) => {$(
        fn $name(&mut self, a: NativeValue, b: NativeValue) -> NativeValue {
            native(self.b.ins().$op(value(a), value(b)))
        }
    )*};
}

macro_rules! infectious {
    ($($name:ident $op:ident;)*) => {$(
        fn $name(&mut self, a: NativeValue, b: NativeValue) -> NativeValue {
            let result = self.b.ins().$op(value(a), value(b));
            self.finite.passes_on(&[value(a), value(b)], result);
            native(result)
        }
    )*};
}

macro_rules! unary {
    ($($name:ident $op:ident;)*) => {$(
        fn $name(&mut self, a: NativeValue) -> NativeValue { native(self.b.ins().$op(value(a))) }
    )*};
}

macro_rules! refused {
    ($($name:ident($($arg:ident: $ty:ty),*) -> $ret:ty;)*) => {$(
        fn $name(&mut self, $($arg: $ty),*) -> $ret {
            unreachable!("refused by the dry run: {} {:?}", stringify!($name), ($($arg,)*))
        }
    )*};
}
pub(crate) use refused;

impl Emit for Vector<'_, '_> {
    fn refuse(&mut self) {}

    fn int(&mut self, value: i64) -> NativeValue {
        native(self.splat(value))
    }
    fn double(&mut self, value: f64) -> NativeValue {
        let value = self.b.ins().f64const(value);
        native(self.b.ins().splat(F64X2, value))
    }
    fn bool(&mut self, value: bool) -> NativeValue {
        native(self.splat(-i64::from(value)))
    }

    binary! {
        add iadd;
        sub isub;
        mul imul;
        and band;
        or bor;
        xor bxor;
        double_div fdiv;
    }
    infectious! {
        double_add fadd;
        double_sub fsub;
        double_mul fmul;
    }
    unary! {
        complement bnot;
        double_neg fneg;
        double_abs fabs;
        double_floor floor;
        double_ceil ceil;
        double_nearest nearest;
    }

    /// Overflowed where both operands have the other sign than the sum.
    fn add_overflow(&mut self, a: NativeValue, b: NativeValue) -> (NativeValue, NativeValue) {
        let sum = self.b.ins().iadd(value(a), value(b));
        let x = self.b.ins().bxor(value(a), sum);
        let y = self.b.ins().bxor(value(b), sum);
        let both = self.b.ins().band(x, y);
        (native(sum), self.negative(both))
    }
    /// Overflowed where the operands' signs differ and the difference has not the first's.
    fn sub_overflow(&mut self, a: NativeValue, b: NativeValue) -> (NativeValue, NativeValue) {
        let difference = self.b.ins().isub(value(a), value(b));
        let x = self.b.ins().bxor(value(a), value(b));
        let y = self.b.ins().bxor(value(a), difference);
        let both = self.b.ins().band(x, y);
        (native(difference), self.negative(both))
    }
    fn unsigned_add_overflow(
        &mut self,
        a: NativeValue,
        b: NativeValue,
    ) -> (NativeValue, NativeValue) {
        let sum = native(self.b.ins().iadd(value(a), value(b)));
        let flag = self.unsigned_compare(Relation::Less, sum, a);
        self.overflows.push(flag);
        (sum, flag)
    }

    fn compare(&mut self, relation: Relation, a: NativeValue, b: NativeValue) -> NativeValue {
        native(self.b.ins().icmp(signed(relation), value(a), value(b)))
    }
    fn unsigned_compare(
        &mut self,
        relation: Relation,
        a: NativeValue,
        b: NativeValue,
    ) -> NativeValue {
        let (a, b) = (self.turned(a), self.turned(b));
        native(self.b.ins().icmp(signed(relation), a, b))
    }
    fn double_compare(
        &mut self,
        relation: Relation,
        a: NativeValue,
        b: NativeValue,
    ) -> NativeValue {
        if relation == Relation::NotEqual {
            // Not all machines compare for inequality.
            let equal = self.b.ins().fcmp(FloatCC::Equal, value(a), value(b));
            return native(self.b.ins().bnot(equal));
        }
        native(self.b.ins().fcmp(floating(relation), value(a), value(b)))
    }
    fn select(&mut self, condition: NativeValue, a: NativeValue, b: NativeValue) -> NativeValue {
        native(select(self.b, value(condition), value(a), value(b)))
    }
    fn is_finite(&mut self, a: NativeValue) -> NativeValue {
        let magnitude = self.b.ins().fabs(value(a));
        let infinity = self.b.ins().f64const(f64::INFINITY);
        let infinity = self.b.ins().splat(F64X2, infinity);
        let flag = native(self.b.ins().fcmp(FloatCC::LessThan, magnitude, infinity));
        self.finite.is_finite(flag, value(a));
        flag
    }
    fn not(&mut self, a: NativeValue) -> NativeValue {
        let opposite = native(self.b.ins().bnot(value(a)));
        self.finite.negated(a, opposite);
        opposite
    }
    fn int_to_double(&mut self, a: NativeValue) -> NativeValue {
        native(self.b.ins().fcvt_from_sint(F64X2, value(a)))
    }
    fn bool_to_int(&mut self, a: NativeValue) -> NativeValue {
        let one = self.splat(1);
        native(self.b.ins().band(value(a), one))
    }

    fn exit_if(&mut self, flag: NativeValue, _: Exit) {
        if self.finite.guard(flag, self.masked) {
            return;
        }
        let masked = if self.overflows.contains(&flag) {
            self.elsewhere
        } else {
            self.masked
        };
        let flag = and_not(self.b, value(flag), masked);
        let so_far = self.b.use_var(self.flags);
        let all = self.b.ins().bor(so_far, flag);
        self.b.def_var(self.flags, all);
    }

    refused! {
        wide(value: i128) -> NativeValue;
        mul_overflow(a: NativeValue, b: NativeValue) -> (NativeValue, NativeValue);
        unsigned_mul_overflow(a: NativeValue, b: NativeValue) -> (NativeValue, NativeValue);
        div(a: NativeValue, b: NativeValue) -> NativeValue;
        rem(a: NativeValue, b: NativeValue) -> NativeValue;
        unsigned_div(a: NativeValue, b: NativeValue) -> NativeValue;
        unsigned_rem(a: NativeValue, b: NativeValue) -> NativeValue;
        shift_left(a: NativeValue, b: NativeValue) -> NativeValue;
        shift_right(a: NativeValue, b: NativeValue) -> NativeValue;
        uint_to_double(a: NativeValue) -> NativeValue;
        double_to_int(a: NativeValue) -> NativeValue;
        widen(a: NativeValue) -> NativeValue;
        narrow(a: NativeValue) -> NativeValue;
        starts_with(text: Lowered, prefix: &[u8]) -> NativeValue;
        is_ascii(text: Lowered) -> NativeValue;
        part(text: Lowered, offset: NativeValue, length: NativeValue) -> Lowered;
    }
}

/// Lane by lane, `a` where the condition holds, else `b`.
pub(crate) fn select(b: &mut FunctionBuilder<'_>, condition: Value, x: Value, y: Value) -> Value {
    let ty = b.func.dfg.value_type(x);
    let condition = if ty == F64X2 {
        b.ins().bitcast(F64X2, MemFlagsData::new(), condition)
    } else {
        condition
    };
    b.ins().bitselect(condition, x, y)
}

/// A scalar in both lanes.
pub(crate) fn splat(b: &mut FunctionBuilder<'_>, v: Value) -> Value {
    let ty = if b.func.dfg.value_type(v) == F64 {
        F64X2
    } else {
        I64X2
    };
    b.ins().splat(ty, v)
}
