//! Machines that code is made for, and Cranelift's settings.

use crate::CompileError;
use cranelift_codegen::isa::{self, OwnedTargetIsa};
use cranelift_codegen::settings::{self, Configurable};
use std::str::FromStr;
use target_lexicon::Triple;

/// A machine that code is made for. Code for another machine than this one can be looked at, not run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    /// This machine, with what its processor has.
    Native,
    /// x86-64 with AVX2 (level v3).
    X86_64,
    /// 64-bit ARM.
    Aarch64,
}

/// What x86-64-v3 has beyond the first x86-64.
const X86_64_V3: [&str; 10] = [
    "has_cmpxchg16b",
    "has_sse3",
    "has_ssse3",
    "has_sse41",
    "has_sse42",
    "has_avx",
    "has_avx2",
    "has_popcnt",
    "has_bmi1",
    "has_bmi2",
];

impl Target {
    pub(crate) fn isa(self) -> Result<OwnedTargetIsa, CompileError> {
        let flags = settings::Flags::new(flags().map_err(unsupported)?);
        let mut builder = match self {
            Target::Native => {
                cranelift_native::builder().map_err(|e| CompileError::Unsupported(e.to_owned()))?
            }
            Target::X86_64 => lookup("x86_64-unknown-linux-gnu")?,
            Target::Aarch64 => lookup("aarch64-unknown-linux-gnu")?,
        };
        if self == Target::X86_64 {
            for feature in X86_64_V3 {
                builder.enable(feature).map_err(unsupported)?;
            }
        }
        let isa = builder.finish(flags).map_err(unsupported)?;
        if isa.pointer_bytes() != 8 || isa.endianness() != cranelift_codegen::ir::Endianness::Little
        {
            return Err(CompileError::Unsupported(
                "a machine that is not 64-bit little-endian".to_owned(),
            ));
        }
        Ok(isa)
    }
}

fn lookup(triple: &str) -> Result<isa::Builder, CompileError> {
    let triple = Triple::from_str(triple).map_err(unsupported)?;
    isa::lookup(triple).map_err(unsupported)
}

fn flags() -> Result<settings::Builder, settings::SetError> {
    let mut flags = settings::builder();
    // Ill-typed CLIF compiles silently into wrong code when nothing checks it; checking costs half of the compile time.
    let verifier = if cfg!(debug_assertions) {
        "true"
    } else {
        "false"
    };
    for (name, value) in [
        ("opt_level", "speed"),
        ("regalloc_algorithm", "backtracking"),
        ("enable_verifier", verifier),
        ("is_pic", "false"),
        ("use_colocated_libcalls", "false"),
        ("unwind_info", "false"),
        // A frame of more than a page touches each of its pages in turn, so that it cannot step over the stack's guard.
        ("enable_probestack", "true"),
        ("probestack_strategy", "inline"),
    ] {
        flags.set(name, value)?;
    }
    Ok(flags)
}

fn unsupported(error: impl std::fmt::Display) -> CompileError {
    CompileError::Unsupported(error.to_string())
}
