//! Lowerings as scalar instructions.

use crate::finite::Finite;
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::types::{F64, I8, I16, I32, I64, I128};
use cranelift_codegen::ir::{InstBuilder, MemFlagsData, Type, Value};
use cranelift_frontend::{FunctionBuilder, Variable};
use sqlift_functions::emit::{Emit, Lowered, NativeValue, Relation};
use sqlift_functions::{CallId, Exit};

/// What becomes of a raised flag.
pub(crate) enum Guards<'a> {
    /// The function returns at once, naming the exit.
    Return {
        /// The call at hand.
        call: CallId,
        /// The function's exits.
        exits: &'a mut Exits,
    },
    /// The flag (I8) is remembered until the block of rows is done.
    Collect {
        /// The block's flags so far.
        flags: Variable,
        /// Where the row is on another path: overflow counts everywhere else. What stands in NULLs rarely overflows, and a
        /// block that is flagged for it is only done again.
        elsewhere: Option<Value>,
        /// The flags that tell of overflow.
        overflows: Vec<NativeValue>,
        /// The guards against infinity.
        finite: &'a mut Finite,
    },
}

/// The exits of a function; a return value of `1 + i` names the `i`th.
#[derive(Default)]
pub(crate) struct Exits {
    pub(crate) list: Vec<(CallId, Exit)>,
    /// The cold block of each exit that has one already.
    blocks: Vec<cranelift_codegen::ir::Block>,
}

impl Exits {
    /// Leaves the function by this exit if the flag is set.
    pub(crate) fn guard(
        &mut self,
        b: &mut FunctionBuilder<'_>,
        flag: Value,
        call: CallId,
        exit: Exit,
    ) {
        let known = self.list.iter().position(|e| *e == (call, exit));
        let number = known.unwrap_or_else(|| {
            self.list.push((call, exit));
            let block = b.create_block();
            b.set_cold_block(block);
            self.blocks.push(block);
            self.list.len() - 1
        });
        let next = b.create_block();
        b.ins().brif(flag, self.blocks[number], &[], next, &[]);
        b.seal_block(next);
        b.switch_to_block(next);
    }

    /// Fills the cold blocks, each with its status; the last thing that is done to a function.
    pub(crate) fn finish(&self, b: &mut FunctionBuilder<'_>, status: impl Fn(usize) -> i64) {
        for (number, block) in self.blocks.iter().enumerate() {
            b.seal_block(*block);
            b.switch_to_block(*block);
            let status = b.ins().iconst(I64, status(number));
            b.ins().return_(&[status]);
        }
    }
}

/// [`Emit`] over one value at a time: truth values are I8 0 or 1.
pub(crate) struct Scalar<'a, 'f> {
    pub(crate) b: &'a mut FunctionBuilder<'f>,
    /// Where guards do not count: an argument of a strict call is NULL, or the row is on another path.
    pub(crate) masked: Option<Value>,
    pub(crate) guards: Guards<'a>,
}

pub(crate) fn native(value: Value) -> NativeValue {
    NativeValue(value.as_u32())
}

pub(crate) fn value(native: NativeValue) -> Value {
    Value::from_u32(native.0)
}

/// Either truth value (I8), if any.
pub(crate) fn either(
    b: &mut FunctionBuilder<'_>,
    x: Option<Value>,
    y: Option<Value>,
) -> Option<Value> {
    match (x, y) {
        (Some(x), Some(y)) if x != y => Some(b.ins().bor(x, y)),
        (x, y) => x.or(y),
    }
}

/// Negation of a truth value: I8 0 or 1 (`bnot` would set the other bits), or lanes of all ones or zeros.
pub(crate) fn not(b: &mut FunctionBuilder<'_>, x: Value) -> Value {
    if b.func.dfg.value_type(x) == I8 {
        b.ins().bxor_imm_u(x, 1)
    } else {
        b.ins().bnot(x)
    }
}

/// `x` and not `y`.
pub(crate) fn and_not(b: &mut FunctionBuilder<'_>, x: Value, y: Option<Value>) -> Value {
    match y {
        Some(y) => b.ins().band_not(x, y),
        None => x,
    }
}

pub(crate) fn signed(relation: Relation) -> IntCC {
    match relation {
        Relation::Equal => IntCC::Equal,
        Relation::NotEqual => IntCC::NotEqual,
        Relation::Less => IntCC::SignedLessThan,
        Relation::LessOrEqual => IntCC::SignedLessThanOrEqual,
        Relation::Greater => IntCC::SignedGreaterThan,
        Relation::GreaterOrEqual => IntCC::SignedGreaterThanOrEqual,
    }
}

pub(crate) fn floating(relation: Relation) -> FloatCC {
    match relation {
        Relation::Equal => FloatCC::Equal,
        Relation::NotEqual => FloatCC::NotEqual,
        Relation::Less => FloatCC::LessThan,
        Relation::LessOrEqual => FloatCC::LessThanOrEqual,
        Relation::Greater => FloatCC::GreaterThan,
        Relation::GreaterOrEqual => FloatCC::GreaterThanOrEqual,
    }
}

impl Scalar<'_, '_> {
    /// The value of a constant operand.
    fn constant(&self, v: NativeValue) -> Option<i64> {
        let dfg = &self.b.func.dfg;
        let inst = dfg.value_def(value(v)).inst()?;
        match dfg.insts[inst] {
            cranelift_codegen::ir::InstructionData::UnaryImm { imm, .. } => Some(imm.bits()),
            _ => None,
        }
    }

    /// A signed divisor that does not trap, and whether it stands for -1.
    fn safe_divisor(&mut self, b: NativeValue) -> (Value, Option<Value>) {
        if self.constant(b).is_some_and(|c| c != 0 && c != -1) {
            return (value(b), None);
        }
        // Only 0 and -1 (as unsigned: 0 and 1 after adding 1) become 1.
        let next = self.b.ins().iadd_imm_s(value(b), 1);
        let special = self
            .b
            .ins()
            .icmp_imm_u(IntCC::UnsignedLessThanOrEqual, next, 1);
        let one = self.b.ins().iconst(I64, 1);
        let safe = self.b.ins().select(special, one, value(b));
        let minus_one = self.b.ins().icmp_imm_s(IntCC::Equal, value(b), -1);
        (safe, Some(minus_one))
    }

    fn safe_unsigned_divisor(&mut self, b: NativeValue) -> Value {
        if self.constant(b).is_some_and(|c| c != 0) {
            return value(b);
        }
        let zero = self.b.ins().icmp_imm_u(IntCC::Equal, value(b), 0);
        let one = self.b.ins().iconst(I64, 1);
        self.b.ins().select(zero, one, value(b))
    }

    /// 0 instead of a shifted value when the amount is 64 or more: the machine takes it modulo 64.
    fn within_64(&mut self, shifted: Value, amount: NativeValue) -> NativeValue {
        let within = self
            .b
            .ins()
            .icmp_imm_u(IntCC::UnsignedLessThan, value(amount), 64);
        let zero = self.b.ins().iconst(I64, 0);
        native(self.b.ins().select(within, shifted, zero))
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
            if let Guards::Collect { finite, .. } = &mut self.guards {
                finite.passes_on(&[value(a), value(b)], result);
            }
            native(result)
        }
    )*};
}

macro_rules! unary {
    ($($name:ident $op:ident;)*) => {$(
        fn $name(&mut self, a: NativeValue) -> NativeValue { native(self.b.ins().$op(value(a))) }
    )*};
}

macro_rules! overflowing {
    ($($name:ident $op:ident;)*) => {$(
        fn $name(&mut self, a: NativeValue, b: NativeValue) -> (NativeValue, NativeValue) {
            let (result, flag) = self.b.ins().$op(value(a), value(b));
            if let Guards::Collect { overflows, .. } = &mut self.guards {
                overflows.push(native(flag));
            }
            (native(result), native(flag))
        }
    )*};
}

macro_rules! converting {
    ($($name:ident $op:ident $ty:ident;)*) => {$(
        fn $name(&mut self, a: NativeValue) -> NativeValue { native(self.b.ins().$op($ty, value(a))) }
    )*};
}

impl Emit for Scalar<'_, '_> {
    /// The dry run has found out before.
    fn refuse(&mut self) {}

    fn int(&mut self, value: i64) -> NativeValue {
        native(self.b.ins().iconst(I64, value))
    }
    fn wide(&mut self, value: i128) -> NativeValue {
        let low = self.b.ins().iconst(I64, value as i64);
        let high = self.b.ins().iconst(I64, (value >> 64) as i64);
        native(self.b.ins().iconcat(low, high))
    }
    fn double(&mut self, value: f64) -> NativeValue {
        native(self.b.ins().f64const(value))
    }
    fn bool(&mut self, value: bool) -> NativeValue {
        native(self.b.ins().iconst(I8, i64::from(value)))
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
    overflowing! {
        add_overflow sadd_overflow;
        sub_overflow ssub_overflow;
        mul_overflow smul_overflow;
        unsigned_add_overflow uadd_overflow;
        unsigned_mul_overflow umul_overflow;
    }
    unary! {
        complement bnot;
        double_neg fneg;
        double_abs fabs;
        double_floor floor;
        double_ceil ceil;
        double_nearest nearest;
    }
    converting! {
        int_to_double fcvt_from_sint F64;
        uint_to_double fcvt_from_uint F64;
        double_to_int fcvt_to_sint_sat I64;
        widen sextend I128;
        narrow ireduce I64;
        bool_to_int uextend I64;
    }

    fn div(&mut self, a: NativeValue, b: NativeValue) -> NativeValue {
        let (divisor, minus_one) = self.safe_divisor(b);
        let quotient = self.b.ins().sdiv(value(a), divisor);
        let Some(minus_one) = minus_one else {
            return native(quotient);
        };
        let negated = self.b.ins().ineg(value(a));
        native(self.b.ins().select(minus_one, negated, quotient))
    }
    fn rem(&mut self, a: NativeValue, b: NativeValue) -> NativeValue {
        // By -1 as by 1: nothing remains.
        let (divisor, _) = self.safe_divisor(b);
        native(self.b.ins().srem(value(a), divisor))
    }
    fn unsigned_div(&mut self, a: NativeValue, b: NativeValue) -> NativeValue {
        let divisor = self.safe_unsigned_divisor(b);
        native(self.b.ins().udiv(value(a), divisor))
    }
    fn unsigned_rem(&mut self, a: NativeValue, b: NativeValue) -> NativeValue {
        let divisor = self.safe_unsigned_divisor(b);
        native(self.b.ins().urem(value(a), divisor))
    }
    fn not(&mut self, a: NativeValue) -> NativeValue {
        let opposite = native(not(self.b, value(a)));
        if let Guards::Collect { finite, .. } = &mut self.guards {
            finite.negated(a, opposite);
        }
        opposite
    }
    fn shift_left(&mut self, a: NativeValue, b: NativeValue) -> NativeValue {
        let shifted = self.b.ins().ishl(value(a), value(b));
        self.within_64(shifted, b)
    }
    fn shift_right(&mut self, a: NativeValue, b: NativeValue) -> NativeValue {
        let shifted = self.b.ins().ushr(value(a), value(b));
        self.within_64(shifted, b)
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
        native(
            self.b
                .ins()
                .icmp(signed(relation).unsigned(), value(a), value(b)),
        )
    }
    fn double_compare(
        &mut self,
        relation: Relation,
        a: NativeValue,
        b: NativeValue,
    ) -> NativeValue {
        native(self.b.ins().fcmp(floating(relation), value(a), value(b)))
    }
    fn select(&mut self, condition: NativeValue, a: NativeValue, b: NativeValue) -> NativeValue {
        native(self.b.ins().select(value(condition), value(a), value(b)))
    }
    fn is_finite(&mut self, a: NativeValue) -> NativeValue {
        let magnitude = self.b.ins().fabs(value(a));
        let infinity = self.b.ins().f64const(f64::INFINITY);
        let flag = native(self.b.ins().fcmp(FloatCC::LessThan, magnitude, infinity));
        if let Guards::Collect { finite, .. } = &mut self.guards {
            finite.is_finite(flag, value(a));
        }
        flag
    }

    fn exit_if(&mut self, flag: NativeValue, exit: Exit) {
        match &mut self.guards {
            Guards::Return { call, exits } => {
                let flag = and_not(self.b, value(flag), self.masked);
                exits.guard(self.b, flag, *call, exit);
            }
            Guards::Collect {
                flags,
                elsewhere,
                overflows,
                finite,
            } => {
                if finite.guard(flag, self.masked) {
                    return;
                }
                let masked = if overflows.contains(&flag) {
                    *elsewhere
                } else {
                    self.masked
                };
                let flag = and_not(self.b, value(flag), masked);
                let so_far = self.b.use_var(*flags);
                let all = self.b.ins().bor(so_far, flag);
                self.b.def_var(*flags, all);
            }
        }
    }

    fn is_ascii(&mut self, text: Lowered) -> NativeValue {
        let Some(length) = text.length else {
            return self.bool(false);
        };
        // What stands in a NULL is no text that could be read.
        let length = match text.null {
            Some(null) => {
                let zero = self.b.ins().iconst(I64, 0);
                self.b.ins().select(value(null), zero, value(length))
            }
            None => value(length),
        };
        let bits = self.all_bits(value(text.value), length);
        let high = self.b.ins().band_imm_s(bits, HIGH);
        native(self.b.ins().icmp_imm_u(IntCC::Equal, high, 0))
    }

    fn part(&mut self, text: Lowered, offset: NativeValue, length: NativeValue) -> Lowered {
        let start = self.b.ins().iadd(value(text.value), value(offset));
        Lowered {
            value: native(start),
            length: Some(length),
            null: None,
        }
    }

    fn starts_with(&mut self, text: Lowered, prefix: &[u8]) -> NativeValue {
        let Some(length) = text.length else {
            return self.bool(false);
        };
        let b = &mut *self.b;
        let long_enough = b.ins().icmp_imm_u(
            IntCC::UnsignedGreaterThanOrEqual,
            value(length),
            prefix.len() as i64,
        );
        let readable = and_not(b, long_enough, text.null.map(value));
        if prefix.is_empty() {
            return native(readable);
        }
        let (read, done) = (b.create_block(), b.create_block());
        let result = b.append_block_param(done, I8);
        b.ins().brif(readable, read, &[], done, &[readable.into()]);
        b.seal_block(read);
        b.switch_to_block(read);
        let mut differ: Option<Value> = None;
        for (offset, ty, bits) in pieces(prefix) {
            let flags = MemFlagsData::new().with_notrap();
            let have = b.ins().load(ty, flags, value(text.value), offset);
            let have = if ty == I64 {
                have
            } else {
                b.ins().uextend(I64, have)
            };
            let want = b.ins().iconst(I64, bits as i64);
            let bits = b.ins().bxor(have, want);
            differ = Some(match differ {
                Some(others) => b.ins().bor(others, bits),
                None => bits,
            });
        }
        let equal = match differ {
            Some(bits) => b.ins().icmp_imm_u(IntCC::Equal, bits, 0),
            None => readable,
        };
        b.ins().jump(done, &[equal.into()]);
        b.seal_block(done);
        b.switch_to_block(done);
        native(result)
    }
}

/// A bit for each byte that is not ASCII.
const HIGH: i64 = 0x8080_8080_8080_8080_u64 as i64;

impl Scalar<'_, '_> {
    /// Bytes of the text, as one of the integer types, in the low bits of a word.
    fn load_bytes(&mut self, ty: Type, address: Value) -> Value {
        let flags = MemFlagsData::new().with_notrap();
        let bytes = self.b.ins().load(ty, flags, address, 0);
        if ty == I64 {
            bytes
        } else {
            self.b.ins().uextend(I64, bytes)
        }
    }

    /// The bits that are set anywhere in a text of `length` bytes: whole words first, then the rest by words that overlap what was
    /// read before.
    fn all_bits(&mut self, address: Value, length: Value) -> Value {
        let (head, body, tail) = (
            self.b.create_block(),
            self.b.create_block(),
            self.b.create_block(),
        );
        let (four, short, few) = (
            self.b.create_block(),
            self.b.create_block(),
            self.b.create_block(),
        );
        let done = self.b.create_block();
        let at = self.b.append_block_param(head, I64);
        let bits = self.b.append_block_param(head, I64);
        let result = self.b.append_block_param(done, I64);
        let zero = self.b.ins().iconst(I64, 0);
        let whole = self
            .b
            .ins()
            .icmp_imm_u(IntCC::UnsignedGreaterThanOrEqual, length, 8);
        self.b
            .ins()
            .brif(whole, head, &[zero.into(), zero.into()], short, &[]);

        // Eight bytes at a time while as many are left.
        self.b.switch_to_block(head);
        let next = self.b.ins().iadd_imm_s(at, 8);
        let left = self
            .b
            .ins()
            .icmp(IntCC::UnsignedLessThanOrEqual, next, length);
        self.b.ins().brif(left, body, &[], tail, &[]);
        self.b.seal_block(body);
        self.b.seal_block(tail);
        self.b.switch_to_block(body);
        let from = self.b.ins().iadd(address, at);
        let word = self.load_bytes(I64, from);
        let more = self.b.ins().bor(bits, word);
        self.b.ins().jump(head, &[next.into(), more.into()]);
        self.b.seal_block(head);
        // The last eight bytes, read before or not.
        self.b.switch_to_block(tail);
        let end = self.b.ins().iadd(address, length);
        let from = self.b.ins().iadd_imm_s(end, -8);
        let word = self.load_bytes(I64, from);
        let all = self.b.ins().bor(bits, word);
        self.b.ins().jump(done, &[all.into()]);

        // Fewer than eight bytes.
        self.b.seal_block(short);
        self.b.switch_to_block(short);
        let at_least_four = self
            .b
            .ins()
            .icmp_imm_u(IntCC::UnsignedGreaterThanOrEqual, length, 4);
        self.b.ins().brif(at_least_four, four, &[], few, &[]);
        self.b.seal_block(four);
        self.b.switch_to_block(four);
        let first = self.load_bytes(I32, address);
        let end = self.b.ins().iadd(address, length);
        let from = self.b.ins().iadd_imm_s(end, -4);
        let last = self.load_bytes(I32, from);
        let all = self.b.ins().bor(first, last);
        self.b.ins().jump(done, &[all.into()]);
        // One to three: the first, the one in the middle, the last.
        self.b.seal_block(few);
        self.b.switch_to_block(few);
        let some = self.b.create_block();
        self.b.ins().brif(length, some, &[], done, &[zero.into()]);
        self.b.seal_block(some);
        self.b.switch_to_block(some);
        let first = self.load_bytes(I8, address);
        let half = self.b.ins().ushr_imm_u(length, 1);
        let from = self.b.ins().iadd(address, half);
        let middle = self.load_bytes(I8, from);
        let end = self.b.ins().iadd(address, length);
        let from = self.b.ins().iadd_imm_s(end, -1);
        let last = self.load_bytes(I8, from);
        let all = self.b.ins().bor(first, middle);
        let all = self.b.ins().bor(all, last);
        self.b.ins().jump(done, &[all.into()]);
        self.b.seal_block(done);
        self.b.switch_to_block(done);
        result
    }
}

/// Bytes as little-endian words of 8, 4, 2 and 1: offset, type, bits.
fn pieces(bytes: &[u8]) -> impl Iterator<Item = (i32, Type, u64)> {
    let mut offset = 0;
    std::iter::from_fn(move || {
        let rest = &bytes[offset..];
        let (ty, size) = match rest.len() {
            0 => return None,
            1 => (I8, 1),
            2..4 => (I16, 2),
            4..8 => (I32, 4),
            _ => (I64, 8),
        };
        let bits = rest[..size]
            .iter()
            .rev()
            .fold(0, |w, b| w << 8 | u64::from(*b));
        let at = offset as i32;
        offset += size;
        Some((at, ty, bits))
    })
}
