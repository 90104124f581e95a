//! The code of an expression: one program and what was made from it.

use crate::Tier;
use crate::race::Race;
#[cfg(feature = "jit")]
use crate::statistics::lock;
use bumpalo::Bump;
use sqlift_functions::Frame;
use sqlift_ir::{Program, Speculation};
use sqlift_types::decimal::Coefficient;
use sqlift_types::{Error, Value};
use sqlift_vm::{BatchCode, RowCode};
use std::cell::Cell;
use std::sync::{Arc, Mutex};

/// A program with the code of each tier.
#[derive(Debug)]
pub(crate) struct Compiled {
    pub(crate) program: Arc<Program>,
    pub(crate) speculation: Speculation,
    pub(crate) row: Arc<RowCode>,
    pub(crate) batch: Arc<BatchCode>,
    /// Whether output 1 of the program is the scale that output 0 is shown with.
    pub(crate) shows_scale: bool,
    /// How long rows take in each tier.
    pub(crate) race: Mutex<Race>,
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
            race: Mutex::default(),
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
            race: Mutex::new(lock(&self.race).with_other_native()),
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

    /// The native code, if it needs nothing but cells to give the value that is shown.
    #[cfg(feature = "jit")]
    pub(crate) fn on_cells(&self) -> Option<sqlift_jit::CellFunction> {
        self.native.clone()?.on_cells()
    }

    /// Room for what a tier keeps of a row outside of registers.
    #[inline(always)]
    pub(crate) fn slots<'r>(&self, tier: Tier, arena: &'r Bump) -> &'r [Cell<Value<'r>>] {
        match self.row.slots() {
            0 => &[],
            _ if tier != Tier::Vm && (tier == Tier::Interp || self.has_native()) => &[],
            n => arena.alloc_slice_fill_with(n, |_| Cell::new(Value::Null)),
        }
    }

    /// One row in a compiled tier; in the VM as long as there is no native code. `false`: it was given up, or the tier is no compiled
    /// one.
    #[inline(always)]
    pub(crate) fn run<'r>(
        &'r self,
        tier: Tier,
        frame: &Frame<'r>,
        outputs: &mut [Value<'r>],
    ) -> bool {
        match tier {
            #[cfg(feature = "jit")]
            Tier::Native if let Some(native) = &self.native => {
                let Frame {
                    cx,
                    row,
                    parameters,
                    ..
                } = frame;
                native.run(cx, row, parameters, outputs).is_ok()
            }
            Tier::Interp => false,
            Tier::Vm | Tier::Native => self.row.run(frame, outputs).is_ok(),
        }
    }

    /// As [`Compiled::run`], for code whose output 1 is the scale that the value is shown with.
    #[inline(never)]
    pub(crate) fn run_shown<'r>(
        &'r self,
        tier: Tier,
        frame: &Frame<'r>,
        value: &mut Value<'r>,
    ) -> bool {
        let mut outputs = [Value::Null; 2];
        let done = self.run(tier, frame, &mut outputs);
        *value = match outputs {
            [value, Value::Int(scale)] => with_scale(value, scale as u8, frame.cx.arena),
            [value, _] => value,
        };
        done
    }
}
