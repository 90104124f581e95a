//! Bets on representations that a program is made with.

use sqlift_collation::{Collation, CollationId};
use sqlift_functions::{CallId, Reason};
use sqlift_types::Repr;

use crate::Program;

/// A bet. Each can be dropped on its own; none changes a type, a value or a warning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Bet {
    /// DECIMAL results fit 64 bits where the operands do (columns of up to 18 digits), whatever the declared result.
    Decimal64,
    /// Sums, differences and products of more than 38 digits fit 128 bits where the operands do.
    Decimal128,
    /// Texts of character sets of several bytes are ASCII alone, where functions of characters ask.
    AsciiText,
}

impl Bet {
    /// All of them.
    pub const ALL: [Bet; 3] = [Bet::Decimal64, Bet::Decimal128, Bet::AsciiText];

    /// What it is on, for statistics.
    pub fn name(self) -> &'static str {
        match self {
            Bet::Decimal64 => "narrow decimals",
            Bet::Decimal128 => "decimals of 128 bits",
            Bet::AsciiText => "ASCII texts",
        }
    }

    /// The bet that an exit of a program's call has lost, if it is one that can be dropped.
    pub fn lost_by(program: &Program, call: CallId, reason: Reason) -> Option<Bet> {
        let held = program.calls.get(call.index())?.slot.repr;
        match (reason, held) {
            (Reason::DecimalWidth, Repr::Dec64) => Some(Bet::Decimal64),
            (Reason::DecimalWidth, Repr::Dec128) => Some(Bet::Decimal128),
            (Reason::NotAscii, _) => Some(Bet::AsciiText),
            _ => None,
        }
    }
}

/// The bets that a program is made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Speculation {
    bets: [bool; Bet::ALL.len()],
}

impl Speculation {
    /// No bet.
    pub const NONE: Speculation = Speculation {
        bets: [false; Bet::ALL.len()],
    };
    /// Every bet.
    pub const ALL: Speculation = Speculation {
        bets: [true; Bet::ALL.len()],
    };

    /// Whether this bet is made.
    pub fn bets_on(self, bet: Bet) -> bool {
        self.bets[bet as usize]
    }

    /// The others, without this one.
    pub fn without(mut self, bet: Bet) -> Speculation {
        self.bets[bet as usize] = false;
        self
    }
}

/// Whether functions of characters gain by knowing that texts of this collation are ASCII, and treat ASCII as everybody does (in
/// Turkish collations `i` has a dot in upper case, and what was ASCII no longer is).
pub(crate) fn gains_by_ascii(collation: CollationId) -> bool {
    fn is_plain(collation: &Collation) -> bool {
        let all: Vec<u8> = (0..0x80).collect();
        let (mut upper, mut lower) = (Vec::new(), Vec::new());
        collation.upper(&all, &mut upper);
        collation.lower(&all, &mut lower);
        upper == all.to_ascii_uppercase() && lower == all.to_ascii_lowercase()
    }
    collation.get().is_some_and(|collation| {
        let charset = collation.charset();
        charset.max_len() > 1 && charset.is_ascii_compatible() && is_plain(collation)
    })
}
