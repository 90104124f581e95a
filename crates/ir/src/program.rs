//! The program: plain data, printable, verified.

use sqlift_collation::CollationId;
use sqlift_functions::kernel::{ForcedExit, Kernel};
use sqlift_functions::{
    Argument, CallId, CallSite, Exit, FunctionId, Lower, Overload, SlotId, catalogue,
};
use sqlift_types::json::Json;
use sqlift_types::{Datum, Repr, Session, Span, SqlType};
use std::fmt;
use std::sync::Arc;

/// The number of a step; jumps only go to greater ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StepIndex(pub u32);

impl StepIndex {
    /// As an index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// One step. A new function never adds one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Reads a column; a cell of another type gives the row up.
    Column {
        /// Where to.
        to: SlotId,
        /// Index into [`Program::columns`].
        column: u32,
    },
    /// Reads a constant.
    Constant {
        /// Where to.
        to: SlotId,
        /// Index into [`Program::constants`].
        constant: u32,
    },
    /// Reads a parameter; a value of another type gives the row up.
    Parameter {
        /// Where to.
        to: SlotId,
        /// The parameter's number.
        parameter: u32,
    },
    /// Calls a kernel.
    Call {
        /// Where to.
        to: SlotId,
        /// Index into [`Program::calls`].
        call: CallId,
        /// The arguments.
        args: Box<[SlotId]>,
    },
    /// Copies a value; the only step that may write a slot which another path writes too.
    Copy {
        /// Where to.
        to: SlotId,
        /// Where from.
        from: SlotId,
    },
    /// Goes on elsewhere.
    Jump {
        /// Where.
        target: StepIndex,
    },
    /// Goes on elsewhere if the slot is NULL.
    JumpIfNull {
        /// What is asked.
        slot: SlotId,
        /// Where.
        target: StepIndex,
    },
    /// Goes on elsewhere if the slot is not NULL.
    JumpIfNotNull {
        /// What is asked.
        slot: SlotId,
        /// Where.
        target: StepIndex,
    },
    /// Goes on elsewhere if the truth value is false (NULL is not).
    JumpIfFalse {
        /// What is asked.
        slot: SlotId,
        /// Where.
        target: StepIndex,
    },
    /// Goes on elsewhere if the truth value is true.
    JumpIfTrue {
        /// What is asked.
        slot: SlotId,
        /// Where.
        target: StepIndex,
    },
    /// Goes on elsewhere unless the truth value is true (false or NULL).
    JumpUnlessTrue {
        /// What is asked.
        slot: SlotId,
        /// Where.
        target: StepIndex,
    },
    /// Gives one of the program's results.
    Output {
        /// Which.
        index: u32,
        /// The value.
        from: SlotId,
    },
    /// The row is done; always the last step.
    Return,
}

impl Step {
    /// The slot that it writes.
    pub fn writes(&self) -> Option<SlotId> {
        match self {
            Step::Column { to, .. }
            | Step::Constant { to, .. }
            | Step::Parameter { to, .. }
            | Step::Call { to, .. }
            | Step::Copy { to, .. } => Some(*to),
            _ => None,
        }
    }

    /// The slots that it reads.
    pub fn reads(&self) -> &[SlotId] {
        match self {
            Step::Call { args, .. } => args,
            Step::Copy { from, .. } | Step::Output { from, .. } => std::slice::from_ref(from),
            Step::JumpIfNull { slot, .. }
            | Step::JumpIfNotNull { slot, .. }
            | Step::JumpIfFalse { slot, .. }
            | Step::JumpIfTrue { slot, .. }
            | Step::JumpUnlessTrue { slot, .. } => std::slice::from_ref(slot),
            _ => &[],
        }
    }

    /// Where it may go on other than at the next step.
    pub fn target(&self) -> Option<StepIndex> {
        match self {
            Step::Jump { target }
            | Step::JumpIfNull { target, .. }
            | Step::JumpIfNotNull { target, .. }
            | Step::JumpIfFalse { target, .. }
            | Step::JumpIfTrue { target, .. }
            | Step::JumpUnlessTrue { target, .. } => Some(*target),
            _ => None,
        }
    }

    /// As [`Step::target`], to be changed.
    pub fn target_mut(&mut self) -> Option<&mut StepIndex> {
        match self {
            Step::Jump { target }
            | Step::JumpIfNull { target, .. }
            | Step::JumpIfNotNull { target, .. }
            | Step::JumpIfFalse { target, .. }
            | Step::JumpIfTrue { target, .. }
            | Step::JumpUnlessTrue { target, .. } => Some(target),
            _ => None,
        }
    }
}

/// A slot: how its value is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Slot {
    /// The representation.
    pub repr: Repr,
    /// The scale of a DECIMAL.
    pub scale: u8,
    /// Whether it may be NULL.
    pub nullable: bool,
}

/// A column that the program reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ColumnUse {
    /// Its position in the row.
    pub index: u32,
    /// How its cells are held.
    pub slot: Slot,
}

/// A constant and how it is held.
#[derive(Clone, Debug, PartialEq)]
pub struct Constant {
    /// The value.
    pub value: Datum,
    /// How it is held.
    pub slot: Slot,
}

/// A call: which overload of which function, for which types, prepared.
#[derive(Clone)]
pub struct Call {
    /// The function.
    pub function: FunctionId,
    /// Which of its overloads.
    pub overload: usize,
    /// The arguments' static facts.
    pub args: Vec<Argument>,
    /// The result's type.
    pub ty: SqlType,
    /// How the result is held.
    pub slot: Slot,
    /// The collation that the call works in.
    pub collation: CollationId,
    /// The text that it came from.
    pub span: Span,
    /// The kernel, prepared for this call.
    pub kernel: Arc<dyn Kernel>,
}

impl Call {
    /// The overload.
    pub fn overload(&self) -> &'static Overload {
        &catalogue().function(self.function).overloads()[self.overload]
    }

    /// The call site, for lowerings.
    pub fn site<'a>(&'a self, session: &'a Session) -> CallSite<'a> {
        CallSite {
            args: &self.args,
            ret: &self.ty,
            ret_repr: self.slot.repr,
            collation: self.collation,
            session,
        }
    }

    /// The overload's lowering, unless the kernel is to be called whatever it costs.
    pub fn lowering(&self) -> Option<Lower> {
        let lower = self.overload().lowering()?;
        self.kernel.stands_for_lowering().then_some(lower)
    }

    /// What a raised flag means here: a DECIMAL that is held narrower than its type asks for is a lost bet, not an error.
    pub fn flag_exit(&self) -> Exit {
        self.overload().flag_exit()
    }
}

/// The flat list of steps that both compiled tiers are made from.
///
/// Invariants, checked by [`Program::verify`]: jumps go forward; every slot is written before it is read on every path; only
/// `Copy` writes a slot twice; representations agree; the last step is `Return` and every output is given on every path.
#[derive(Clone)]
pub struct Program {
    /// The steps.
    pub steps: Vec<Step>,
    /// The slots.
    pub slots: Vec<Slot>,
    /// Columns that are read.
    pub columns: Vec<ColumnUse>,
    /// Constants that are read.
    pub constants: Vec<Constant>,
    /// Calls.
    pub calls: Vec<Call>,
    /// The type of each output.
    pub outputs: Vec<SqlType>,
    /// The session that it was made for.
    pub session: Arc<Session>,
}

impl Program {
    /// Whether it has no jump: every step runs for every row.
    pub fn is_straight(&self) -> bool {
        self.steps.iter().all(|s| s.target().is_none())
    }

    /// The same program, but the call gives up one row in `every` for no reason: tests of the deopt contract.
    pub fn with_forced_exit(mut self, call: CallId, every: u32) -> Program {
        if let Some(call) = self.calls.get_mut(call.index()) {
            call.kernel = Arc::new(ForcedExit::new(call.kernel.clone(), every));
        }
        self
    }

    /// How many steps read each slot.
    pub fn read_counts(&self) -> Vec<u32> {
        let mut counts = vec![0; self.slots.len()];
        for slot in self.steps.iter().flat_map(Step::reads) {
            counts[slot.index()] += 1;
        }
        counts
    }

    /// How many steps write each slot.
    pub fn write_counts(&self) -> Vec<u32> {
        let mut counts = vec![0; self.slots.len()];
        // A slot that there is not is for `verify` to report.
        for slot in self.steps.iter().filter_map(Step::writes) {
            if let Some(count) = counts.get_mut(slot.index()) {
                *count += 1;
            }
        }
        counts
    }
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.repr)?;
        if self.repr.is_decimal() {
            write!(f, ".{}", self.scale)?;
        }
        if self.nullable {
            f.write_str("?")
        } else {
            Ok(())
        }
    }
}

impl fmt::Debug for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Program\n{self}")
    }
}

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let targets: Vec<u32> = self
            .steps
            .iter()
            .filter_map(Step::target)
            .map(|t| t.0)
            .collect();
        for (i, step) in self.steps.iter().enumerate() {
            let mark = if targets.contains(&(i as u32)) {
                ">"
            } else {
                " "
            };
            write!(f, "{mark}{i:4}  ")?;
            if let Some(to) = step.writes() {
                write!(f, "s{} {} = ", to.0, self.slots[to.index()])?;
            }
            match step {
                Step::Column { column, .. } => {
                    writeln!(f, "column {}", self.columns[*column as usize].index)?;
                }
                Step::Constant { constant, .. } => {
                    writeln!(f, "constant {}", self.constants[*constant as usize])?;
                }
                Step::Parameter { parameter, .. } => writeln!(f, "parameter {parameter}")?,
                Step::Call { call, args, .. } => {
                    let call = &self.calls[call.index()];
                    let name = catalogue().function(call.function).name();
                    let args: Vec<String> = args.iter().map(|a| format!("s{}", a.0)).collect();
                    let of = if call.overload().is_of_ascii() {
                        " of ASCII"
                    } else {
                        ""
                    };
                    let exits = if call.overload().is_fallible() {
                        " or exit"
                    } else {
                        ""
                    };
                    writeln!(f, "{name}{of}({}) -> {}{exits}", args.join(", "), call.ty)?;
                }
                Step::Copy { from, .. } => writeln!(f, "s{}", from.0)?,
                Step::Jump { target } => writeln!(f, "jump {}", target.0)?,
                Step::JumpIfNull { slot, target } => {
                    writeln!(f, "jump {} if s{} is null", target.0, slot.0)?
                }
                Step::JumpIfNotNull { slot, target } => {
                    writeln!(f, "jump {} if s{} is not null", target.0, slot.0)?;
                }
                Step::JumpIfFalse { slot, target } => {
                    writeln!(f, "jump {} if s{} is false", target.0, slot.0)?
                }
                Step::JumpIfTrue { slot, target } => {
                    writeln!(f, "jump {} if s{} is true", target.0, slot.0)?
                }
                Step::JumpUnlessTrue { slot, target } => {
                    writeln!(f, "jump {} unless s{} is true", target.0, slot.0)?;
                }
                Step::Output { index, from } => writeln!(f, "output {index} = s{}", from.0)?,
                Step::Return => writeln!(f, "return")?,
            }
        }
        Ok(())
    }
}

/// As listings show it.
impl fmt::Display for Constant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.value {
            Datum::Null => f.write_str("NULL"),
            Datum::Int(v) => write!(f, "{v}"),
            Datum::UInt(v) => write!(f, "{v}u"),
            Datum::Double(v) => write!(f, "{v:?}"),
            Datum::Decimal(v) => write!(f, "{v}"),
            Datum::Date(v) => write!(f, "date {v:#x}"),
            Datum::Time(v) => write!(f, "time {v}"),
            Datum::DateTime(v) => write!(f, "datetime {v:#x}"),
            Datum::Bytes(v) => write!(f, "{:?}", String::from_utf8_lossy(v)),
            Datum::Json(v) => match Json::from_held(v) {
                Ok(json) => write!(f, "json {json}"),
                Err(_) => f.write_str("no json"),
            },
        }
    }
}
