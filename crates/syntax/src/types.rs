//! The types that text can name: targets of `CAST`, and types of columns.

use crate::Span;
use crate::ast::Ident;

/// Target of `CAST`, `CONVERT` and `RETURNING`. Lengths and precisions are as written; a number too
/// long for its field is the largest that fits (MySQL rejects it later, by its limits).
#[derive(Clone, Debug, PartialEq)]
pub enum CastType {
    /// `BINARY[(n)]`
    Binary(Option<u64>),
    /// `CHAR[(n)]` with its character set
    Char {
        /// Length in characters.
        length: Option<u64>,
        /// The character set.
        charset: Charset,
    },
    /// `NCHAR[(n)]`, `NATIONAL CHAR[(n)]`
    NationalChar(Option<u64>),
    /// `SIGNED [INTEGER]`
    Signed,
    /// `UNSIGNED [INTEGER]`
    Unsigned,
    /// `DATE`
    Date,
    /// `YEAR`
    Year,
    /// `TIME[(n)]`
    Time(Option<u32>),
    /// `DATETIME[(n)]`
    DateTime(Option<u32>),
    /// `DECIMAL[(p[, s])]`, `DEC`
    Decimal(Option<Precision>),
    /// `FLOAT[(p)]`; also `REAL` with `REAL_AS_FLOAT`
    Float(Option<u64>),
    /// `DOUBLE [PRECISION]`, `REAL`
    Double,
    /// `JSON`
    Json,
    /// `POINT` and its kin
    Geometry(GeometryType),
}

/// `(p)` or `(p, s)` behind DECIMAL, FLOAT, DOUBLE.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Precision {
    /// All digits.
    pub digits: u64,
    /// Digits behind the point, if given.
    pub scale: Option<u64>,
}

/// Character set part of a text type.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Charset {
    /// Which set.
    pub name: CharsetName,
    /// `BINARY` beside it: the set's binary collation.
    pub binary: bool,
}

/// How a character set is named.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum CharsetName {
    /// Not at all.
    #[default]
    Default,
    /// `CHARACTER SET x`, `CHARSET x`
    Named(Ident),
    /// `ASCII`: latin1
    Ascii,
    /// `UNICODE`: ucs2
    Unicode,
    /// `BYTE`: binary
    Byte,
}

/// Spatial types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names are MySQL's own")]
pub enum GeometryType {
    Geometry,
    Point,
    LineString,
    Polygon,
    MultiPoint,
    MultiLineString,
    MultiPolygon,
    GeometryCollection,
}

/// A column's type with its attributes, as in `CREATE TABLE`.
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnType {
    /// The type itself.
    pub data: DataType,
    /// `UNSIGNED` or `ZEROFILL` (which implies it).
    pub unsigned: bool,
    /// `ZEROFILL`
    pub zerofill: bool,
    /// Character set of text types.
    pub charset: Charset,
    /// `COLLATE x`
    pub collation: Option<Ident>,
    /// `NULL` is `Some(true)`, `NOT NULL` is `Some(false)`.
    pub nullable: Option<bool>,
    /// Where it stands.
    pub span: Span,
}

/// Types of columns. Synonyms are resolved: `BOOL` is `TINYINT(1)`, `INTEGER` is `INT`, `NUMERIC` is
/// `DECIMAL`, `REAL` is `DOUBLE` (or `FLOAT` with `REAL_AS_FLOAT`).
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(
    missing_docs,
    reason = "the names are MySQL's own; numbers are what stands in parentheses"
)]
pub enum DataType {
    TinyInt(Option<u64>),
    SmallInt(Option<u64>),
    MediumInt(Option<u64>),
    Int(Option<u64>),
    BigInt(Option<u64>),
    Decimal(Option<Precision>),
    Float(Option<Precision>),
    Double(Option<Precision>),
    Bit(Option<u64>),
    Date,
    Time(Option<u32>),
    DateTime(Option<u32>),
    Timestamp(Option<u32>),
    Year(Option<u64>),
    Char(Option<u64>),
    VarChar(u64),
    /// `NCHAR(n)`: utf8mb3.
    NationalChar(Option<u64>),
    /// `NVARCHAR(n)`: utf8mb3.
    NationalVarChar(u64),
    Binary(Option<u64>),
    VarBinary(u64),
    TinyText,
    Text(Option<u64>),
    MediumText,
    LongText,
    TinyBlob,
    Blob(Option<u64>),
    MediumBlob,
    LongBlob,
    /// The members, escapes resolved.
    Enum(Vec<Box<str>>),
    /// The members, escapes resolved.
    Set(Vec<Box<str>>),
    Json,
    Vector(Option<u64>),
    Geometry(GeometryType),
}

/// `name TYPE`
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnDefinition {
    /// The column's name.
    pub name: Ident,
    /// Its type.
    pub ty: ColumnType,
}

impl GeometryType {
    /// MySQL's word, in upper case.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Geometry => "GEOMETRY",
            Self::Point => "POINT",
            Self::LineString => "LINESTRING",
            Self::Polygon => "POLYGON",
            Self::MultiPoint => "MULTIPOINT",
            Self::MultiLineString => "MULTILINESTRING",
            Self::MultiPolygon => "MULTIPOLYGON",
            Self::GeometryCollection => "GEOMETRYCOLLECTION",
        }
    }
}
