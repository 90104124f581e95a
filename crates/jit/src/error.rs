//! Why there is no native code. Never an error of the user's: the caller stays in the other tiers.

use sqlift_ir::VerifyError;
use std::fmt;

/// Why a program was not compiled.
#[derive(Debug)]
pub enum CompileError {
    /// No code generator for this machine, or one that lacks something.
    Unsupported(String),
    /// The program is larger than the compiler's limit of steps.
    TooLarge {
        /// Its steps.
        steps: usize,
        /// The limit.
        limit: usize,
    },
    /// The program breaks an invariant that native code relies on.
    Invalid(VerifyError),
    /// The program has no batch form: why.
    NotBatchable(&'static str),
    /// The operating system gives no executable memory.
    Memory(std::io::Error),
}

impl fmt::Display for CompileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CompileError::Unsupported(what) => write!(f, "no native code: {what}"),
            CompileError::TooLarge { steps, limit } => {
                write!(f, "a program of {steps} steps is over the limit of {limit}")
            }
            CompileError::Invalid(error) => write!(f, "invalid program: {error}"),
            CompileError::NotBatchable(why) => write!(f, "no batch form: {why}"),
            CompileError::Memory(error) => write!(f, "no executable memory: {error}"),
        }
    }
}

impl std::error::Error for CompileError {}
