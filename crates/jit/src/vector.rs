//! Lowerings as instructions on two 64-bit lanes: truth values are lanes of all ones or all zeros. Integers of 128 bits are held in
//! lanes of 64 where they are known to fit.

use crate::finite::Finite;
use crate::range::{EXACT_DOUBLE, Interval, Ranges};
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
    /// The flags that are never set.
    pub(crate) idle: Vec<NativeValue>,
    /// What integers can be.
    pub(crate) ranges: &'a mut Ranges,
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

    fn splat_double(&mut self, v: f64) -> Value {
        let v = self.b.ins().f64const(v);
        self.b.ins().splat(F64X2, v)
    }

    fn as_double(&mut self, bits: Value) -> Value {
        self.b.ins().bitcast(F64X2, MemFlagsData::new(), bits)
    }

    fn as_bits(&mut self, double: Value) -> Value {
        self.b.ins().bitcast(I64X2, MemFlagsData::new(), double)
    }

    /// A result that cannot overflow, with the flag that says so.
    fn within(&mut self, result: Value, interval: Interval) -> (NativeValue, NativeValue) {
        let flag = native(self.splat(0));
        self.idle.push(flag);
        self.ranges.set(native(result), interval);
        (native(result), flag)
    }

    /// A result, and what it can be if that is known.
    fn noted(&mut self, result: Value, interval: Option<Interval>) -> NativeValue {
        self.ranges.note(native(result), interval);
        native(result)
    }

    fn two(&self, a: NativeValue, b: NativeValue) -> (Interval, Interval) {
        (self.ranges.of(a), self.ranges.of(b))
    }

    /// Integers up to 2^51 as doubles: added to 1.5 * 2^52 they are its last bits.
    fn short_to_double(&mut self, a: Value) -> Value {
        let magic = self.splat(MAGIC.to_bits() as i64);
        let sum = self.b.ins().iadd(a, magic);
        let sum = self.as_double(sum);
        let magic = self.splat_double(MAGIC);
        self.b.ins().fsub(sum, magic)
    }

    /// And back.
    fn double_to_short(&mut self, a: Value) -> Value {
        let magic = self.splat_double(MAGIC);
        let sum = self.b.ins().fadd(a, magic);
        let sum = self.as_bits(sum);
        let magic = self.splat(MAGIC.to_bits() as i64);
        self.b.ins().isub(sum, magic)
    }

    /// What a number is divided into by a short divisor: the integral part of the quotient's magnitude; the number's
    /// magnitude; its sign bit. All as doubles.
    fn divided(&mut self, a: NativeValue, divisor: i64) -> (Value, Value, Value) {
        let double = self.short_to_double(value(a));
        let magnitude = self.b.ins().fabs(double);
        let sign = self.b.ins().bxor(double, magnitude);
        let half = self.splat_double(0.5);
        let above = self.b.ins().fadd(magnitude, half);
        let inverse = self.splat_double(1.0 / divisor as f64);
        let quotient = self.b.ins().fmul(above, inverse);
        (self.b.ins().floor(quotient), magnitude, sign)
    }

    fn signed_short(&mut self, magnitude: Value, sign: Value) -> Value {
        let double = self.b.ins().bxor(magnitude, sign);
        self.double_to_short(double)
    }

    fn short_divisor(&self, a: NativeValue, b: NativeValue) -> (Interval, i64) {
        let (a, b) = self.two(a, b);
        let divisor = a.short_divisor(b);
        (
            a,
            divisor.unwrap_or_else(|| unreachable!("refused by the dry run")),
        )
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
        let constant = self.splat(value);
        self.noted(constant, Some(Interval::of(value)))
    }
    fn wide(&mut self, value: i128) -> NativeValue {
        self.int(value as i64)
    }
    fn double(&mut self, value: f64) -> NativeValue {
        let value = self.b.ins().f64const(value);
        native(self.b.ins().splat(F64X2, value))
    }
    fn bool(&mut self, value: bool) -> NativeValue {
        native(self.splat(-i64::from(value)))
    }

    binary! {
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

    fn add(&mut self, a: NativeValue, b: NativeValue) -> NativeValue {
        let (x, y) = self.two(a, b);
        let result = self.b.ins().iadd(value(a), value(b));
        self.noted(result, x.sum(y))
    }
    fn sub(&mut self, a: NativeValue, b: NativeValue) -> NativeValue {
        let (x, y) = self.two(a, b);
        let result = self.b.ins().isub(value(a), value(b));
        self.noted(result, x.difference(y))
    }
    fn mul(&mut self, a: NativeValue, b: NativeValue) -> NativeValue {
        let (x, y) = self.two(a, b);
        let result = self.b.ins().imul(value(a), value(b));
        self.noted(result, x.product(y))
    }

    /// Overflowed where both operands have the other sign than the sum.
    fn add_overflow(&mut self, a: NativeValue, b: NativeValue) -> (NativeValue, NativeValue) {
        let (of_a, of_b) = self.two(a, b);
        let sum = self.b.ins().iadd(value(a), value(b));
        if let Some(interval) = of_a.sum(of_b) {
            return self.within(sum, interval);
        }
        let x = self.b.ins().bxor(value(a), sum);
        let y = self.b.ins().bxor(value(b), sum);
        let both = self.b.ins().band(x, y);
        (native(sum), self.negative(both))
    }
    /// Overflowed where the operands' signs differ and the difference has not the first's.
    fn sub_overflow(&mut self, a: NativeValue, b: NativeValue) -> (NativeValue, NativeValue) {
        let (of_a, of_b) = self.two(a, b);
        let difference = self.b.ins().isub(value(a), value(b));
        if let Some(interval) = of_a.difference(of_b) {
            return self.within(difference, interval);
        }
        let x = self.b.ins().bxor(value(a), value(b));
        let y = self.b.ins().bxor(value(a), difference);
        let both = self.b.ins().band(x, y);
        (native(difference), self.negative(both))
    }
    /// Only of what cannot overflow.
    fn mul_overflow(&mut self, a: NativeValue, b: NativeValue) -> (NativeValue, NativeValue) {
        let (of_a, of_b) = self.two(a, b);
        let product = self.b.ins().imul(value(a), value(b));
        self.within(product, of_a.product(of_b).unwrap_or(Interval::ALL))
    }
    fn unsigned_add_overflow(
        &mut self,
        a: NativeValue,
        b: NativeValue,
    ) -> (NativeValue, NativeValue) {
        let (of_a, of_b) = self.two(a, b);
        let sum = self.b.ins().iadd(value(a), value(b));
        if let Some(interval) = of_a.unsigned_sum(of_b) {
            return self.within(sum, interval);
        }
        let flag = self.unsigned_compare(Relation::Less, native(sum), a);
        self.overflows.push(flag);
        (native(sum), flag)
    }
    /// Only of what cannot overflow.
    fn unsigned_mul_overflow(
        &mut self,
        a: NativeValue,
        b: NativeValue,
    ) -> (NativeValue, NativeValue) {
        self.mul_overflow(a, b)
    }
    fn div(&mut self, a: NativeValue, b: NativeValue) -> NativeValue {
        let (of_a, divisor) = self.short_divisor(a, b);
        let (quotient, _, sign) = self.divided(a, divisor);
        let quotient = self.signed_short(quotient, sign);
        self.noted(quotient, Some(of_a.quotient(divisor)))
    }
    fn rem(&mut self, a: NativeValue, b: NativeValue) -> NativeValue {
        let (of_a, divisor) = self.short_divisor(a, b);
        let (quotient, magnitude, sign) = self.divided(a, divisor);
        let by = self.splat_double(divisor as f64);
        let whole = self.b.ins().fmul(quotient, by);
        let rest = self.b.ins().fsub(magnitude, whole);
        let rest = self.signed_short(rest, sign);
        self.noted(rest, Some(of_a.remainder(divisor)))
    }
    fn unsigned_div(&mut self, a: NativeValue, b: NativeValue) -> NativeValue {
        self.div(a, b)
    }
    fn unsigned_rem(&mut self, a: NativeValue, b: NativeValue) -> NativeValue {
        self.rem(a, b)
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
        let (of_a, of_b) = self.two(a, b);
        if !of_a.is_negative() && !of_b.is_negative() {
            return self.compare(relation, a, b);
        }
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
        let (of_a, of_b) = self.two(a, b);
        let selected = select(self.b, value(condition), value(a), value(b));
        self.noted(selected, Some(of_a.either(of_b)))
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
        if self.ranges.of(a).within(EXACT_DOUBLE) {
            return native(self.short_to_double(value(a)));
        }
        native(self.b.ins().fcvt_from_sint(F64X2, value(a)))
    }
    /// Only of what has no more bits than a double holds.
    fn uint_to_double(&mut self, a: NativeValue) -> NativeValue {
        native(self.short_to_double(value(a)))
    }
    fn widen(&mut self, a: NativeValue) -> NativeValue {
        a
    }
    fn narrow(&mut self, a: NativeValue) -> NativeValue {
        a
    }
    fn bool_to_int(&mut self, a: NativeValue) -> NativeValue {
        let one = self.splat(1);
        native(self.b.ins().band(value(a), one))
    }

    fn exit_if(&mut self, flag: NativeValue, _: Exit) {
        if self.idle.contains(&flag) || self.finite.guard(flag, self.masked) {
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
        shift_left(a: NativeValue, b: NativeValue) -> NativeValue;
        shift_right(a: NativeValue, b: NativeValue) -> NativeValue;
        double_to_int(a: NativeValue) -> NativeValue;
        starts_with(text: Lowered, prefix: &[u8]) -> NativeValue;
        is_ascii(text: Lowered) -> NativeValue;
        part(text: Lowered, offset: NativeValue, length: NativeValue) -> Lowered;
    }
}

/// 1.5 * 2^52: between 2^52 and 2^53 doubles are the integers.
const MAGIC: f64 = 6_755_399_441_055_744.0;

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
