//! What several expressions over one row have in common: computed once, where all that follows can read it.
//!
//! Calls are known by their overload and the slots of their operands, so that a call of the same call is the same again; what
//! jumps is known by its expression. Only what shows nothing is shared: a call that warns does so once for each time it is written,
//! and a volatile one has another value each time. An error needs no second time, since the row is given up at the first.

use super::is_same;
use sqlift_functions::{CallId, Expr, ExprKind, FunctionId, SlotId};
use sqlift_types::Datum;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hash, Hasher};

/// What has been computed so far, and holds wherever the next step is.
///
/// What is computed between a jump and its target is not there for those that jumped. So everything is on a trail, in the order in
/// which it was computed; a jump remembers how long the trail is, and where it lands the trail is cut back to that.
#[derive(Default)]
pub(super) struct Shared {
    columns: Map<u32, SlotId>,
    constants: Map<u32, SlotId>,
    /// The constant that a slot holds, wherever it holds it.
    constant_of: Map<SlotId, u32>,
    calls: Map<CallKey, Vec<(CallId, SlotId)>>,
    lazy: Map<u64, Vec<(Expr, SlotId)>>,
    trail: Vec<Entry>,
    /// Jumps that have not landed, and how much of the trail holds at their targets. Later ones have no less.
    jumps: Vec<(usize, usize)>,
    effects: u32,
}

/// Overload and operands.
pub(super) type CallKey = (FunctionId, usize, Box<[SlotId]>);

enum Entry {
    Column(u32),
    Constant(u32),
    Call(CallKey),
    Lazy(u64),
}

impl Shared {
    pub(super) fn column(&self, column: u32) -> Option<SlotId> {
        self.columns.get(&column).copied()
    }

    pub(super) fn add_column(&mut self, column: u32, slot: SlotId) {
        self.columns.insert(column, slot);
        self.trail.push(Entry::Column(column));
    }

    pub(super) fn constant(&self, constant: u32) -> Option<SlotId> {
        self.constants.get(&constant).copied()
    }

    pub(super) fn constant_of(&self, slot: SlotId) -> Option<u32> {
        self.constant_of.get(&slot).copied()
    }

    pub(super) fn add_constant(&mut self, constant: u32, slot: SlotId) {
        self.constants.insert(constant, slot);
        self.constant_of.insert(slot, constant);
        self.trail.push(Entry::Constant(constant));
    }

    /// The result of this call of these operands, if there is one that `is_same` in all else.
    pub(super) fn call(
        &self,
        (function, overload, args): (FunctionId, usize, &[SlotId]),
        is_same: impl Fn(CallId) -> bool,
    ) -> Option<SlotId> {
        let known = self.calls.get(&(function, overload, args.into()))?;
        let found = known.iter().find(|(call, _)| is_same(*call));
        found.map(|(_, slot)| *slot)
    }

    pub(super) fn add_call(
        &mut self,
        (function, overload, args): (FunctionId, usize, &[SlotId]),
        call: CallId,
        slot: SlotId,
    ) {
        let key: CallKey = (function, overload, args.into());
        let known = self.calls.entry(key.clone()).or_default();
        known.push((call, slot));
        self.trail.push(Entry::Call(key));
    }

    /// How many calls were made that somebody can tell of. What changes it may not be left out the second time.
    pub(super) fn effects(&self) -> u32 {
        self.effects
    }

    pub(super) fn add_effect(&mut self) {
        self.effects += 1;
    }

    /// The result of an expression that jumps.
    pub(super) fn lazy(&self, expr: &Expr) -> Option<SlotId> {
        if self.lazy.is_empty() || expr.children().is_empty() {
            return None;
        }
        let known = self.lazy.get(&digest(expr))?;
        let found = known.iter().find(|(e, _)| is_same_expr(e, expr));
        found.map(|(_, slot)| *slot)
    }

    pub(super) fn add_lazy(&mut self, expr: &Expr, slot: SlotId) {
        let key = digest(expr);
        let known = self.lazy.entry(key).or_default();
        known.push((expr.clone(), slot));
        self.trail.push(Entry::Lazy(key));
    }

    /// A jump that has not landed yet, by the number of its step.
    pub(super) fn jump(&mut self, step: usize) {
        self.jumps.push((step, self.trail.len()));
    }

    /// The jump lands here.
    pub(super) fn land(&mut self, step: usize) {
        let Some(position) = self.jumps.iter().rposition(|(s, _)| *s == step) else {
            return;
        };
        let (_, holds) = self.jumps.remove(position);
        for entry in self.trail.drain(holds.min(self.trail.len())..).rev() {
            match entry {
                Entry::Column(column) => drop(self.columns.remove(&column)),
                Entry::Constant(constant) => drop(self.constants.remove(&constant)),
                Entry::Call(key) => {
                    self.calls.get_mut(&key).map(Vec::pop);
                }
                Entry::Lazy(key) => {
                    self.lazy.get_mut(&key).map(Vec::pop);
                }
            }
        }
        // What is computed from now on is not what other jumps have left behind.
        for (_, other) in self.jumps.iter_mut().rev() {
            if *other <= holds {
                break;
            }
            *other = holds;
        }
    }
}

/// A map whose keys are small numbers, or hashes themselves.
pub(super) type Map<K, V> = HashMap<K, V, BuildHasherDefault<Mix>>;

/// A quick hash. Who writes expressions that collide only makes his own compile slower: by no more than the square of a part's calls.
#[derive(Default)]
pub(super) struct Mix(u64);

impl Hasher for Mix {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for bytes in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..bytes.len()].copy_from_slice(bytes);
            self.write_u64(u64::from_le_bytes(word));
        }
    }
    fn write_u8(&mut self, value: u8) {
        self.write_u64(value.into());
    }
    fn write_u16(&mut self, value: u16) {
        self.write_u64(value.into());
    }
    fn write_u32(&mut self, value: u32) {
        self.write_u64(value.into());
    }
    fn write_u64(&mut self, value: u64) {
        // Both halves of a product hang on all bits of the factors.
        let product = u128::from(self.0 ^ value ^ 0x9E37_79B9_7F4A_7C15) * 0xD6E8_FEB8_6659_FD93;
        self.0 = (product as u64 ^ (product >> 64) as u64).rotate_left(23);
    }
    fn write_usize(&mut self, value: usize) {
        self.write_u64(value as u64);
    }
}

/// A number that equal expressions have in common, wherever in the text they are.
pub(super) fn digest(expr: &Expr) -> u64 {
    let of_children = expr.children().iter().map(digest).collect::<Vec<_>>();
    digest_of(expr, &of_children)
}

/// The digest of an expression whose children have these.
pub(super) fn digest_of(expr: &Expr, of_children: &[u64]) -> u64 {
    let mut hasher = Mix::default();
    std::mem::discriminant(&expr.kind).hash(&mut hasher);
    match &expr.kind {
        ExprKind::Literal(Datum::Int(value)) => value.hash(&mut hasher),
        ExprKind::Literal(Datum::UInt(value)) => value.hash(&mut hasher),
        ExprKind::Literal(Datum::Double(value)) => value.to_bits().hash(&mut hasher),
        ExprKind::Literal(Datum::Bytes(value)) => value.hash(&mut hasher),
        ExprKind::Literal(_) | ExprKind::Row(_) => {}
        ExprKind::Column(index) => index.hash(&mut hasher),
        ExprKind::Parameter(number) => number.hash(&mut hasher),
        ExprKind::Call { function, .. } => function.hash(&mut hasher),
    }
    of_children.hash(&mut hasher);
    hasher.finish()
}

/// Whether two expressions are the same but for their place in the text.
fn is_same_expr(a: &Expr, b: &Expr) -> bool {
    let kinds = match (&a.kind, &b.kind) {
        (ExprKind::Literal(a), ExprKind::Literal(b)) => is_same(a, b),
        (ExprKind::Column(a), ExprKind::Column(b)) => a == b,
        (ExprKind::Parameter(a), ExprKind::Parameter(b)) => a == b,
        (ExprKind::Call { function: a, .. }, ExprKind::Call { function: b, .. }) => a == b,
        (ExprKind::Row(_), ExprKind::Row(_)) => true,
        _ => false,
    };
    let (x, y) = (a.children(), b.children());
    kinds
        && a.ty == b.ty
        && a.nullable == b.nullable
        && a.collated == b.collated
        && x.len() == y.len()
        && x.iter().zip(y).all(|(x, y)| is_same_expr(x, y))
}
