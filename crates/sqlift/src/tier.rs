//! Tiers and who chooses among them.

use std::fmt;
use std::str::FromStr;

/// A way to evaluate an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Tier {
    /// Tier 0: walks the typed expression.
    Interp,
    /// Tier 1: the closure-slice VM.
    Vm,
    /// Tier 2: machine code.
    Native,
}

impl Tier {
    /// All tiers, slowest first.
    pub const ALL: [Tier; 3] = [Tier::Interp, Tier::Vm, Tier::Native];
}

impl fmt::Display for Tier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Tier::Interp => "interp",
            Tier::Vm => "vm",
            Tier::Native => "native",
        })
    }
}

/// Which tier evaluates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum TierPolicy {
    /// Starts in the VM, counts rows, and moves to native code what is hot.
    #[default]
    Auto,
    /// Always this tier (but for rows that a compiled tier gives up: they go to tier 0, whatever the policy).
    Only(Tier),
}

impl FromStr for TierPolicy {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "auto" => Ok(TierPolicy::Auto),
            "interp" => Ok(TierPolicy::Only(Tier::Interp)),
            "vm" => Ok(TierPolicy::Only(Tier::Vm)),
            "native" => Ok(TierPolicy::Only(Tier::Native)),
            _ => Err(format!(
                "unknown tier {text:?}: expected auto, interp, vm or native"
            )),
        }
    }
}
