//! The static type of an expression, as MySQL describes a result column.

use crate::decimal::MAX_SCALE;
use crate::{CollationId, Repr};
use std::fmt;
use std::sync::Arc;

/// `decimals` of a floating-point (or text) type whose number of fraction digits is not fixed.
pub const NOT_FIXED: u8 = 31;

/// What kind of type it is; lengths, scale and collation are beside it in [`SqlType`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the variants are MySQL's type names")]
pub enum TypeKind {
    /// The type of an untyped NULL.
    Null,
    /// The result of comparisons and logic. MySQL describes it as BIGINT of length 1.
    Bool,
    TinyInt,
    SmallInt,
    MediumInt,
    Int,
    BigInt,
    Float,
    Double,
    Decimal,
    Bit,
    Year,
    Date,
    Time,
    DateTime,
    Timestamp,
    Char,
    VarChar,
    TinyText,
    Text,
    MediumText,
    LongText,
    Binary,
    VarBinary,
    /// A hexadecimal or bit literal: VARBINARY, but a number where a number is wanted.
    Hex,
    TinyBlob,
    Blob,
    MediumBlob,
    LongBlob,
    Enum,
    Set,
    Json,
    Vector,
    /// Not known before a row is seen (untyped parameters, schema drift).
    Dynamic,
}

impl TypeKind {
    /// Integer column types, BOOLEAN results included; YEAR and BIT are not.
    pub fn is_integer(self) -> bool {
        use TypeKind::*;
        matches!(self, Bool | TinyInt | SmallInt | MediumInt | Int | BigInt)
    }

    /// Character strings (not binary ones, not ENUM or SET).
    pub fn is_text(self) -> bool {
        use TypeKind::*;
        matches!(
            self,
            Char | VarChar | TinyText | Text | MediumText | LongText
        )
    }

    /// Binary strings.
    pub fn is_binary(self) -> bool {
        use TypeKind::*;
        matches!(
            self,
            Binary | VarBinary | Hex | TinyBlob | Blob | MediumBlob | LongBlob
        )
    }

    /// Character or binary strings.
    pub fn is_string(self) -> bool {
        self.is_text() || self.is_binary()
    }

    /// DATE, TIME, DATETIME, TIMESTAMP (YEAR is a number).
    pub fn is_temporal(self) -> bool {
        use TypeKind::*;
        matches!(self, Date | Time | DateTime | Timestamp)
    }

    /// FLOAT or DOUBLE.
    pub fn is_floating(self) -> bool {
        matches!(self, TypeKind::Float | TypeKind::Double)
    }

    /// Everything that MySQL counts among the numbers.
    pub fn is_numeric(self) -> bool {
        self.is_integer()
            || self.is_floating()
            || matches!(self, TypeKind::Decimal | TypeKind::Bit | TypeKind::Year)
    }
}

/// A MySQL type: kind, sign, length, decimals, collation.
///
/// `length` is the number of characters (text), bytes (binary), digits (DECIMAL: the precision), bits (BIT), or the display
/// width including a sign (integers, floating-point): what MySQL derives the length of a text conversion from.
/// `decimals` is the scale (DECIMAL), the number of fraction digits of seconds (temporal), or [`NOT_FIXED`] (of a YEAR, too, that is
/// no column).
///
/// ```
/// use sqlift_types::SqlType;
/// assert_eq!(SqlType::decimal(12, 2).to_string(), "DECIMAL(12,2)");
/// assert_eq!(SqlType::bigint().with_unsigned(true).to_string(), "BIGINT UNSIGNED");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SqlType {
    /// The kind of type.
    pub kind: TypeKind,
    /// UNSIGNED attribute of numeric kinds.
    pub unsigned: bool,
    /// See the type's description.
    pub length: u32,
    /// See the type's description.
    pub decimals: u8,
    /// Collation of text; `binary` for everything else.
    pub collation: CollationId,
    /// Members of ENUM and SET, in the bytes of the type's character set.
    pub members: Option<Arc<[Box<[u8]>]>>,
    /// Whether a value is shown in the width of the type: a column of YEAR has four digits and one of BIT all its bytes, computed ones are
    /// shown as numbers.
    pub zerofill: bool,
}

impl SqlType {
    const fn plain(kind: TypeKind, length: u32, decimals: u8) -> SqlType {
        SqlType {
            kind,
            unsigned: false,
            length,
            decimals,
            collation: CollationId::BINARY,
            members: None,
            zerofill: false,
        }
    }
    const fn plain_unsigned(kind: TypeKind, length: u32) -> SqlType {
        SqlType {
            kind,
            unsigned: true,
            length,
            decimals: 0,
            collation: CollationId::BINARY,
            members: None,
            zerofill: false,
        }
    }

    /// The type of an untyped NULL.
    pub const fn null() -> SqlType {
        Self::plain(TypeKind::Null, 0, 0)
    }
    /// The type of a comparison: 0, 1 or NULL.
    pub const fn bool() -> SqlType {
        Self::plain(TypeKind::Bool, 1, 0)
    }
    /// TINYINT.
    pub const fn tinyint() -> SqlType {
        Self::plain(TypeKind::TinyInt, 4, 0)
    }
    /// SMALLINT.
    pub const fn smallint() -> SqlType {
        Self::plain(TypeKind::SmallInt, 6, 0)
    }
    /// MEDIUMINT.
    pub const fn mediumint() -> SqlType {
        Self::plain(TypeKind::MediumInt, 9, 0)
    }
    /// INT.
    pub const fn int() -> SqlType {
        Self::plain(TypeKind::Int, 11, 0)
    }
    /// BIGINT.
    pub const fn bigint() -> SqlType {
        Self::plain(TypeKind::BigInt, 20, 0)
    }
    /// BIGINT with the display width that an expression has, the place of a sign included (`1` and `-5` have 2, `1 = 1` has 1).
    pub const fn bigint_of(length: u32) -> SqlType {
        Self::plain(TypeKind::BigInt, length, 0)
    }
    /// BIGINT UNSIGNED.
    pub const fn ubigint() -> SqlType {
        Self::plain_unsigned(TypeKind::BigInt, 20)
    }
    /// FLOAT.
    pub const fn float() -> SqlType {
        Self::plain(TypeKind::Float, 12, NOT_FIXED)
    }
    /// DOUBLE.
    pub const fn double() -> SqlType {
        Self::plain(TypeKind::Double, 23, NOT_FIXED)
    }
    /// DECIMAL(precision, scale).
    pub const fn decimal(precision: u32, scale: u8) -> SqlType {
        Self::plain(TypeKind::Decimal, precision, scale)
    }
    /// BIT(bits), as a column has it.
    pub const fn bit(bits: u32) -> SqlType {
        let mut ty = Self::bit_number(bits);
        ty.zerofill = true;
        ty
    }
    /// BIT(bits), as an expression has it: shown as a number.
    pub const fn bit_number(bits: u32) -> SqlType {
        Self::plain_unsigned(TypeKind::Bit, bits)
    }
    /// YEAR, as a column has it.
    pub const fn year() -> SqlType {
        let mut ty = Self::year_number();
        ty.zerofill = true;
        ty
    }
    /// YEAR, as an expression has it: the year 0 is shown as `0`.
    pub const fn year_number() -> SqlType {
        Self::plain_unsigned(TypeKind::Year, 4)
    }
    /// DATE.
    pub const fn date() -> SqlType {
        Self::plain(TypeKind::Date, 10, 0)
    }
    /// TIME(fsp).
    pub const fn time(fsp: u8) -> SqlType {
        Self::plain(
            TypeKind::Time,
            if fsp == 0 { 10 } else { 11 + fsp as u32 },
            fsp,
        )
    }
    /// DATETIME(fsp).
    pub const fn datetime(fsp: u8) -> SqlType {
        Self::plain(
            TypeKind::DateTime,
            if fsp == 0 { 19 } else { 20 + fsp as u32 },
            fsp,
        )
    }
    /// TIMESTAMP(fsp).
    pub const fn timestamp(fsp: u8) -> SqlType {
        Self::plain(
            TypeKind::Timestamp,
            if fsp == 0 { 19 } else { 20 + fsp as u32 },
            fsp,
        )
    }
    /// VARCHAR(characters) in the default collation, utf8mb4_0900_ai_ci.
    pub const fn varchar(characters: u32) -> SqlType {
        Self::text(
            TypeKind::VarChar,
            characters,
            CollationId::UTF8MB4_0900_AI_CI,
        )
    }
    /// CHAR(characters) in the default collation, utf8mb4_0900_ai_ci.
    pub const fn char(characters: u32) -> SqlType {
        Self::text(TypeKind::Char, characters, CollationId::UTF8MB4_0900_AI_CI)
    }
    /// A character type of any kind and collation; `characters` is its length.
    pub const fn text(kind: TypeKind, characters: u32, collation: CollationId) -> SqlType {
        SqlType {
            kind,
            unsigned: false,
            length: characters,
            decimals: NOT_FIXED,
            collation,
            members: None,
            zerofill: false,
        }
    }
    /// VARBINARY(bytes).
    pub const fn varbinary(bytes: u32) -> SqlType {
        Self::plain(TypeKind::VarBinary, bytes, NOT_FIXED)
    }
    /// BINARY(bytes).
    pub const fn binary(bytes: u32) -> SqlType {
        Self::plain(TypeKind::Binary, bytes, NOT_FIXED)
    }
    /// A binary string of any kind.
    pub const fn blob(kind: TypeKind, bytes: u32) -> SqlType {
        Self::plain(kind, bytes, NOT_FIXED)
    }
    /// ENUM or SET with its members in the bytes of `collation`'s character set.
    pub fn members(
        kind: TypeKind,
        members: Arc<[Box<[u8]>]>,
        characters: u32,
        collation: CollationId,
    ) -> SqlType {
        SqlType {
            members: Some(members),
            ..Self::text(kind, characters, collation)
        }
    }
    /// JSON.
    pub const fn json() -> SqlType {
        Self::plain(TypeKind::Json, u32::MAX, NOT_FIXED)
    }
    /// VECTOR(entries); the length is in bytes.
    pub const fn vector(entries: u32) -> SqlType {
        Self::plain(TypeKind::Vector, entries * 4, NOT_FIXED)
    }
    /// A type that only a row tells.
    pub const fn dynamic() -> SqlType {
        Self::plain(TypeKind::Dynamic, 0, NOT_FIXED)
    }

    /// The same type with or without UNSIGNED.
    pub fn with_unsigned(mut self, unsigned: bool) -> SqlType {
        self.unsigned = unsigned;
        self
    }
    /// The same type with another length.
    pub fn with_length(mut self, length: u32) -> SqlType {
        self.length = length;
        self
    }
    /// The same type in another collation.
    pub fn with_collation(mut self, collation: CollationId) -> SqlType {
        self.collation = collation;
        self
    }

    /// How compiled tiers hold values of this type.
    pub fn repr(&self) -> Repr {
        use TypeKind::*;
        match self.kind {
            Bool => Repr::Bool,
            Null => Repr::Int,
            TinyInt | SmallInt | MediumInt | Int | BigInt => {
                if self.unsigned {
                    Repr::UInt
                } else {
                    Repr::Int
                }
            }
            Float | Double => Repr::Double,
            Decimal => Repr::for_precision(self.length),
            Bit | Year | Enum | Set => Repr::UInt,
            Date => Repr::Date,
            Time => Repr::Time,
            DateTime | Timestamp => Repr::DateTime,
            Json => Repr::Json,
            // An untyped cell is a byte string until profiling says better.
            Char | VarChar | TinyText | Text | MediumText | LongText | Binary | VarBinary | Hex
            | TinyBlob | Blob | MediumBlob | LongBlob | Vector | Dynamic => Repr::Bytes,
        }
    }

    /// Number of characters that the text form of a value can take: what CONCAT and CASE derive lengths from.
    pub fn display_length(&self) -> u32 {
        match self.kind {
            TypeKind::Decimal => {
                self.length + u32::from(self.decimals > 0) + u32::from(!self.unsigned)
            }
            _ => self.length,
        }
    }
}

impl fmt::Display for SqlType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use TypeKind::*;
        let fsp = |f: &mut fmt::Formatter<'_>, name: &str, decimals: u8| {
            if decimals == 0 {
                f.write_str(name)
            } else {
                write!(f, "{name}({decimals})")
            }
        };
        match self.kind {
            Null => f.write_str("NULL"),
            Bool => f.write_str("BIGINT"),
            TinyInt => f.write_str("TINYINT"),
            SmallInt => f.write_str("SMALLINT"),
            MediumInt => f.write_str("MEDIUMINT"),
            Int => f.write_str("INT"),
            BigInt => f.write_str("BIGINT"),
            Float => f.write_str("FLOAT"),
            Double => f.write_str("DOUBLE"),
            Decimal => {
                // A literal may have more decimals than a type has a word for.
                let shown = self.decimals.min(MAX_SCALE);
                let length = self.length.saturating_sub(u32::from(self.decimals - shown));
                write!(f, "DECIMAL({length},{shown})")
            }
            Bit => return write!(f, "BIT({})", self.length),
            Year => return f.write_str("YEAR"),
            Date => f.write_str("DATE"),
            Time => fsp(f, "TIME", self.decimals),
            DateTime => fsp(f, "DATETIME", self.decimals),
            Timestamp => fsp(f, "TIMESTAMP", self.decimals),
            Char => write!(f, "CHAR({})", self.length),
            VarChar => write!(f, "VARCHAR({})", self.length),
            TinyText => f.write_str("TINYTEXT"),
            Text => f.write_str("TEXT"),
            MediumText => f.write_str("MEDIUMTEXT"),
            LongText => f.write_str("LONGTEXT"),
            Binary => write!(f, "BINARY({})", self.length),
            VarBinary | Hex => write!(f, "VARBINARY({})", self.length),
            TinyBlob => f.write_str("TINYBLOB"),
            Blob => f.write_str("BLOB"),
            MediumBlob => f.write_str("MEDIUMBLOB"),
            LongBlob => f.write_str("LONGBLOB"),
            Enum | Set => f.write_str(if self.kind == Enum { "ENUM" } else { "SET" }),
            Json => f.write_str("JSON"),
            Vector => write!(f, "VECTOR({})", self.length / 4),
            Dynamic => f.write_str("DYNAMIC"),
        }?;
        if self.unsigned && self.kind.is_numeric() {
            f.write_str(" UNSIGNED")
        } else {
            Ok(())
        }
    }
}
