//! The code of a unit: a few programs, and what was made from each.

use super::Item;
use crate::compiled::with_scale;
use crate::engine::Settings;
use bumpalo::Bump;
use sqlift_functions::{CallId, Frame, RowContext};
use sqlift_ir::{ColumnUse, PartOutput, Program, Speculation, linearize_unit};
use sqlift_types::{Error, Session, Value};
use sqlift_vm::{BatchCode, RowCode};
use std::cell::Cell;
use std::sync::Arc;

/// The programs of all expressions.
#[derive(Clone, Debug)]
pub(super) struct Code {
    pub(super) speculation: Speculation,
    pub(super) parts: Box<[Part]>,
    /// The columns that any of them reads.
    pub(super) columns: Box<[ColumnUse]>,
}

/// One program, and the code of each tier.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub(super) program: Arc<Program>,
    pub(super) outputs: Box<[PartOutput]>,
    /// Which of the unit's columns each of the program's is.
    pub(super) columns: Box<[usize]>,
    row: Arc<RowCode>,
    pub(super) batch: Arc<BatchCode>,
    #[cfg(feature = "jit")]
    native: Option<Arc<sqlift_jit::RowFunction>>,
}

impl Code {
    pub(super) fn new(
        items: &[Item],
        session: &Arc<Session>,
        settings: &Settings,
        speculation: Speculation,
    ) -> Result<Code, Error> {
        let typed: Vec<_> = items.iter().map(Item::typed).collect();
        let made = linearize_unit(&typed, session, speculation)?;
        let mut columns: Vec<ColumnUse> = Vec::new();
        let mut parts = Vec::with_capacity(made.len());
        for part in made {
            let of_unit = |column: &ColumnUse| {
                let known = columns.iter().position(|c| c == column);
                known.unwrap_or_else(|| {
                    columns.push(*column);
                    columns.len() - 1
                })
            };
            let of_part = part.program.columns.iter().map(of_unit).collect();
            let program = settings.forced.put_into(part.program);
            let row = Arc::new(RowCode::prepare(&program)?);
            let program = Arc::new(program);
            parts.push(Part {
                outputs: part.outputs.into(),
                columns: of_part,
                row,
                batch: Arc::new(BatchCode::prepare(program.clone())),
                program,
                #[cfg(feature = "jit")]
                native: None,
            });
        }
        Ok(Code {
            speculation,
            parts: parts.into(),
            columns: columns.into(),
        })
    }

    /// The same programs with native code, and how many bytes that takes.
    #[cfg(feature = "jit")]
    pub(super) fn with_native(
        &self,
        compiler: &mut sqlift_jit::Compiler,
    ) -> Result<(Code, usize), sqlift_jit::CompileError> {
        let mut code = self.clone();
        let mut bytes = 0;
        for part in &mut code.parts {
            let native = compiler.compile_row(&part.program)?;
            bytes += native.code_bytes();
            part.native = Some(Arc::new(native));
        }
        Ok((code, bytes))
    }

    /// Whether rows have native code.
    pub(super) fn has_native(&self) -> bool {
        #[cfg(feature = "jit")]
        return self.parts.iter().all(|part| part.native.is_some());
        #[cfg(not(feature = "jit"))]
        return false;
    }
}

impl Part {
    /// One row in the VM, or in native code if there is some and it is wanted. `false`: it was given up.
    pub(super) fn run<'r>(
        &'r self,
        native: bool,
        cx: RowContext<'r>,
        row: &'r [Value<'r>],
        outputs: &mut [Value<'r>],
    ) -> bool {
        #[cfg(feature = "jit")]
        if let (true, Some(code)) = (native, &self.native) {
            return code.run(&cx, row, &[], outputs).is_ok();
        }
        let _ = native;
        let slots = cx
            .arena
            .alloc_slice_fill_with(self.row.slots(), |_| Cell::new(Value::Null));
        let frame = Frame {
            cx,
            row,
            parameters: &[],
            slots,
        };
        self.row.run(&frame, outputs).is_ok()
    }

    /// Hands the outputs on to their expressions' places: a DECIMAL with the scale of the branch that it comes from.
    pub(super) fn give<'r>(
        &self,
        outputs: &[Value<'r>],
        values: &mut [Value<'r>],
        arena: &'r Bump,
    ) {
        for to in &self.outputs {
            let value = outputs[to.value as usize];
            let scale = to.scale.map(|scale| outputs[scale as usize]);
            values[to.expression] = match scale {
                Some(Value::Int(scale)) => with_scale(value, scale as u8, arena),
                _ => value,
            };
        }
    }

    /// The bet that an exit of a call has lost.
    pub(super) fn bet(
        &self,
        call: CallId,
        reason: sqlift_functions::Reason,
    ) -> Option<sqlift_ir::Bet> {
        sqlift_ir::Bet::lost_by(&self.program, call, reason)
    }
}
