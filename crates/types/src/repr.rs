//! How compiled tiers hold a value.

/// The physical representation of a value in the compiled tiers.
///
/// A [`crate::SqlType`] says what a value means; a `Repr` says what the machine holds. Speculation changes
/// representations (a `DECIMAL(22,6)` held in 64 bits), never types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Repr {
    /// A truth value; MySQL shows it as BIGINT 0 or 1.
    Bool,
    /// Signed 64-bit integer.
    Int,
    /// Unsigned 64-bit integer; also YEAR, BIT, and the index of ENUM and SET.
    UInt,
    /// Binary64. FLOAT values are held widened, always exactly representable in binary32.
    Double,
    /// Unscaled 64-bit DECIMAL coefficient; the scale is in the type.
    Dec64,
    /// Unscaled 128-bit DECIMAL coefficient.
    Dec128,
    /// Unscaled 256-bit DECIMAL coefficient.
    Dec256,
    /// Packed date, see [`crate::temporal`].
    Date,
    /// Signed microseconds.
    Time,
    /// Packed date and time, see [`crate::temporal`].
    DateTime,
    /// Text in the bytes of its character set, or binary.
    Bytes,
    /// A JSON document: its held form or its text, see [`crate::json`].
    Json,
}

impl Repr {
    /// All representations, in declaration order.
    pub const ALL: [Repr; 12] = [
        Repr::Bool,
        Repr::Int,
        Repr::UInt,
        Repr::Double,
        Repr::Dec64,
        Repr::Dec128,
        Repr::Dec256,
        Repr::Date,
        Repr::Time,
        Repr::DateTime,
        Repr::Bytes,
        Repr::Json,
    ];

    /// The decimal representation that holds every DECIMAL of `precision` digits.
    pub fn for_precision(precision: u32) -> Repr {
        match precision {
            0..=18 => Repr::Dec64,
            19..=38 => Repr::Dec128,
            _ => Repr::Dec256,
        }
    }

    /// Whether this is one of the three DECIMAL widths.
    pub fn is_decimal(self) -> bool {
        matches!(self, Repr::Dec64 | Repr::Dec128 | Repr::Dec256)
    }

    /// A short lower-case name for listings.
    pub fn name(self) -> &'static str {
        match self {
            Repr::Bool => "bool",
            Repr::Int => "int",
            Repr::UInt => "uint",
            Repr::Double => "double",
            Repr::Dec64 => "dec64",
            Repr::Dec128 => "dec128",
            Repr::Dec256 => "dec256",
            Repr::Date => "date",
            Repr::Time => "time",
            Repr::DateTime => "datetime",
            Repr::Bytes => "bytes",
            Repr::Json => "json",
        }
    }
}

impl std::fmt::Display for Repr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
