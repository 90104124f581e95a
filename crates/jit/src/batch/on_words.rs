//! What a block does on words, a bit a row, when its rows are done: logic, validity, truth values as results.

use super::{Bits, BlockLoop, bits_column};
use crate::held::Held;
use crate::plan::Nulls;
use crate::scalar::{either, value};
use crate::word::Word;
use cranelift_codegen::ir::types::I64;
use cranelift_codegen::ir::{InstBuilder, MemFlagsData, Value};
use sqlift_functions::emit::{Emit, Lowered};
use sqlift_functions::{CallId, SlotId};
use sqlift_ir::Step;
use sqlift_types::Repr;
use std::collections::HashMap;

impl BlockLoop<'_, '_, '_> {
    /// What is done on words: logic, validity, truth values as results.
    pub(super) fn leave_block(&mut self, k: Value) {
        let program = self.batch.program;
        let plan = self.batch.plan;
        let mut words: HashMap<SlotId, (Value, Option<Value>)> = HashMap::new();
        for (step, live) in program.steps.iter().zip(&plan.live) {
            if let Step::Call { to, call, args } = step
                && plan.on_words[call.index()]
                && *live
            {
                let result = self.call_on_words(*call, args, &words);
                words.insert(*to, result);
            }
        }
        let anywhere = MemFlagsData::new().with_notrap();
        let offset = self.b.ins().ishl_imm_u(k, 3);
        for step in &program.steps {
            if let Step::Output { index, from } = step {
                let null = self.null_word(*from, &words);
                let valid = match null {
                    Some(null) => self.b.ins().bnot(null),
                    None => self.b.ins().iconst(I64, -1),
                };
                let place = self.outputs[*index as usize].1;
                let place = self.b.ins().iadd(place, offset);
                self.b.ins().store(anywhere, valid, place, 0);
                if self.slot_repr(*from) == Repr::Bool {
                    let word = self.value_word(*from, &words);
                    let base = self.output_bases[*index as usize];
                    self.b.ins().store(anywhere, word, base, 0);
                }
            }
        }
    }

    fn call_on_words(
        &mut self,
        id: CallId,
        args: &[SlotId],
        words: &HashMap<SlotId, (Value, Option<Value>)>,
    ) -> (Value, Option<Value>) {
        let program = self.batch.program;
        let call = &program.calls[id.index()];
        let mut null = None;
        let mut lowered = Vec::with_capacity(args.len());
        for arg in args {
            let of_arg = self.null_word(*arg, words);
            let held = Held {
                value: self.value_word(*arg, words),
                length: None,
                null: of_arg,
            };
            lowered.push(held.lowered());
            if call.overload().is_strict() {
                null = either(self.b, null, of_arg);
            }
        }
        let lower = self.batch.plan.lowers[id.index()];
        let result: Option<Lowered> = lower(
            &mut Word { b: self.b } as &mut dyn Emit,
            &call.site(&program.session),
            &lowered,
        );
        let result = result.unwrap_or_else(|| unreachable!("the dry run went well"));
        (
            value(result.value),
            either(self.b, null, result.null.map(value)),
        )
    }

    /// A slot's truth values of the block.
    fn value_word(
        &mut self,
        slot: SlotId,
        words: &HashMap<SlotId, (Value, Option<Value>)>,
    ) -> Value {
        if let Some((word, _)) = words.get(&slot) {
            return *word;
        }
        if let Some(column) = bits_column(self.batch, slot)
            && let Some(word) = self.words[column]
        {
            return word;
        }
        self.stream(Bits::Value(slot))
            .unwrap_or_else(|| unreachable!("the plan collects what is wanted as words"))
    }

    /// Where a slot is NULL in the block. `None`: nowhere.
    fn null_word(
        &mut self,
        slot: SlotId,
        words: &HashMap<SlotId, (Value, Option<Value>)>,
    ) -> Option<Value> {
        if let Some((_, null)) = words.get(&slot) {
            return *null;
        }
        let plan = self.batch.plan;
        match &plan.slots[slot.index()].nulls {
            Nulls::Never => None,
            Nulls::Columns(columns) => {
                let valid = self.valid_word(columns);
                Some(self.b.ins().bnot(valid))
            }
            Nulls::Row => self.stream(Bits::Null(slot)),
        }
    }

    fn stream(&mut self, bits: Bits) -> Option<Value> {
        let (_, variable) = *self.streams.iter().find(|(b, _)| *b == bits)?;
        Some(self.b.use_var(variable))
    }
}
