//! The code of an expression: one program and what was made from it.

use bumpalo::Bump;
use sqlift_functions::{Frame, RowContext};
use sqlift_ir::{Program, Speculation};
use sqlift_types::decimal::Coefficient;
use sqlift_types::{Error, Value};
use sqlift_vm::{BatchCode, RowCode};
use std::cell::Cell;
use std::sync::Arc;

/// A program with the code of each tier.
#[derive(Debug)]
pub(crate) struct Compiled {
    pub(crate) program: Arc<Program>,
    pub(crate) speculation: Speculation,
    pub(crate) row: Arc<RowCode>,
    pub(crate) batch: Arc<BatchCode>,
    /// Whether output 1 of the program is the scale that output 0 is shown with.
    pub(crate) shows_scale: bool,
    #[cfg(feature = "jit")]
    pub(crate) native: Option<Arc<sqlift_jit::RowFunction>>,
    #[cfg(all(feature = "jit", feature = "arrow"))]
    pub(crate) blocks: Arc<crate::blocks::Blocks>,
}

/// A DECIMAL with another scale, which its value does not need more than.
pub(crate) fn with_scale<'r>(value: Value<'r>, to: u8, arena: &'r Bump) -> Value<'r> {
    match value {
        Value::Dec64 { scale, coefficient } => match coefficient.rescale(scale, to) {
            Some(coefficient) => Value::Dec64 {
                scale: to,
                coefficient,
            },
            None => value,
        },
        Value::Dec128 { scale, coefficient } => match i128::from(coefficient).rescale(scale, to) {
            Some(coefficient) => Value::Dec128 {
                scale: to,
                coefficient: coefficient.into(),
            },
            None => value,
        },
        Value::Dec256 { scale, coefficient } => match coefficient.rescale(scale, to) {
            Some(coefficient) => Value::Dec256 {
                scale: to,
                coefficient: arena.alloc(coefficient),
            },
            None => value,
        },
        other => other,
    }
}

impl Compiled {
    pub(crate) fn new(program: Program, speculation: Speculation) -> Result<Compiled, Error> {
        let row = Arc::new(RowCode::prepare(&program)?);
        let program = Arc::new(program);
        Ok(Compiled {
            batch: Arc::new(BatchCode::prepare(program.clone())),
            shows_scale: program.outputs.len() > 1,
            program,
            speculation,
            row,
            #[cfg(feature = "jit")]
            native: None,
            #[cfg(all(feature = "jit", feature = "arrow"))]
            blocks: Arc::default(),
        })
    }

    /// The same program with native code.
    #[cfg(feature = "jit")]
    pub(crate) fn with_native(&self, native: sqlift_jit::RowFunction) -> Compiled {
        Compiled {
            program: self.program.clone(),
            speculation: self.speculation,
            row: self.row.clone(),
            batch: self.batch.clone(),
            shows_scale: self.shows_scale,
            native: Some(Arc::new(native)),
            #[cfg(feature = "arrow")]
            blocks: self.blocks.clone(),
        }
    }

    #[cfg(feature = "jit")]
    pub(crate) fn has_native(&self) -> bool {
        self.native.is_some()
    }

    #[cfg(not(feature = "jit"))]
    pub(crate) fn has_native(&self) -> bool {
        false
    }

    /// The value of a row as it is shown: a DECIMAL with the scale of the branch that it comes from.
    pub(crate) fn shown<'r>(&self, outputs: [Value<'r>; 2], arena: &'r Bump) -> Value<'r> {
        match outputs {
            [value, Value::Int(scale)] if self.shows_scale => with_scale(value, scale as u8, arena),
            [value, _] => value,
        }
    }

    /// One row in the VM. `false`: it was given up. Inlined, or the frame would be made of a copy of `cx` that is read whole just
    /// after it was written in words.
    #[inline(always)]
    pub(crate) fn run_vm<'r>(
        &'r self,
        cx: RowContext<'r>,
        row: &'r [Value<'r>],
        parameters: &'r [Value<'r>],
        outputs: &mut [Value<'r>],
    ) -> bool {
        let slots: &[Cell<Value<'_>>] = match self.row.slots() {
            0 => &[],
            n => cx
                .arena
                .alloc_slice_fill_with(n, |_| Cell::new(Value::Null)),
        };
        let frame = Frame {
            cx,
            row,
            parameters,
            slots,
        };
        self.row.run(&frame, outputs).is_ok()
    }

    /// One row in native code that needs nothing but the cells. `false`: there is none, or it was given up, and has left no trace.
    #[inline]
    pub(crate) fn run_on_cells<'r>(&self, row: &'r [Value<'r>], output: &mut Value<'r>) -> bool {
        #[cfg(feature = "jit")]
        if let Some(native) = &self.native
            && !self.shows_scale
        {
            return native.run_on_cells(row, std::slice::from_mut(output));
        }
        let _ = (row, output);
        false
    }

    /// One row in native code, or in the VM while there is none. `false`: it was given up.
    #[inline]
    pub(crate) fn run_native<'r>(
        &'r self,
        cx: RowContext<'r>,
        row: &'r [Value<'r>],
        parameters: &'r [Value<'r>],
        outputs: &mut [Value<'r>],
    ) -> bool {
        #[cfg(feature = "jit")]
        if let Some(native) = &self.native {
            return native.run(cx, row, parameters, outputs).is_ok();
        }
        self.run_vm(cx, row, parameters, outputs)
    }
}
