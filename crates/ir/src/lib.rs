//! From text to programs: binding (names, types, overloads, collations, casts), folding, and [`Program`], the flat list of steps
//! that both compiled tiers are made from.
#![forbid(unsafe_code)]

mod bind;
mod linearize;
mod program;
mod speculation;
mod verify;

pub use bind::{Binding, Bound, ParameterUse, bind, column_type, quoted};
pub use linearize::{Part, PartOutput, linearize, linearize_shown, linearize_unit};
pub use program::{Call, ColumnUse, Constant, Program, Slot, Step, StepIndex};
pub use speculation::{Bet, Speculation};
pub use verify::VerifyError;
