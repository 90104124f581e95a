//! What the generator must know of a function or operator to call it sensibly.

/// Classes of values, coarser than types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// What conditions give: 0, 1, NULL.
    Condition,
    /// Signed integers.
    Int,
    /// Unsigned integers.
    UInt,
    /// DECIMAL.
    Decimal,
    /// DOUBLE and FLOAT.
    Double,
    /// Character strings, ENUM, SET.
    Text,
    /// Binary strings, BIT.
    Binary,
    /// DATE.
    Date,
    /// TIME.
    Time,
    /// DATETIME and TIMESTAMP.
    DateTime,
    /// YEAR.
    Year,
    /// JSON.
    Json,
}

impl Class {
    /// Every class.
    pub const ALL: [Self; 12] = [
        Self::Condition,
        Self::Int,
        Self::UInt,
        Self::Decimal,
        Self::Double,
        Self::Text,
        Self::Binary,
        Self::Date,
        Self::Time,
        Self::DateTime,
        Self::Year,
        Self::Json,
    ];

    /// The classes of numbers.
    pub const NUMBERS: [Self; 4] = [Self::Int, Self::UInt, Self::Decimal, Self::Double];

    /// The classes of dates and times.
    pub const TEMPORAL: [Self; 3] = [Self::Date, Self::DateTime, Self::Time];
}

/// What an argument has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Argument {
    /// An expression of this class.
    Of(Class),
    /// Of any of these classes.
    OneOf(&'static [Class]),
    /// Of any class.
    Any,
    /// Of the class that is asked of the whole: the branches of IF, the operands of COALESCE.
    Same,
    /// One of these texts as it stands: a unit, a format, a path, the name of a collation, a small number.
    Word(&'static [&'static str]),
}

/// Which class a call gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Produces {
    /// Always this one.
    Class(Class),
    /// That of its [`Argument::Same`] arguments, whichever it is.
    Same,
    /// That of its [`Argument::Same`] arguments, which may be of these classes only.
    SameOf(&'static [Class]),
}

/// How a call is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    /// `name(a, b)`
    Call,
    /// A text with `{}` for each argument: `{} + {}`. It is put into parentheses.
    Template(&'static str),
}

/// A function or operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Name, for calls and statistics.
    pub name: String,
    /// Family, for statistics.
    pub family: String,
    /// How it is written.
    pub form: Form,
    /// The arguments in order.
    pub arguments: Vec<Argument>,
    /// How many of them are required. Templates require all.
    pub required: usize,
    /// How many arguments are repeated after the last, any number of times: 1 in COALESCE, 2 in JSON_OBJECT, 0 in
    /// most.
    pub repeated: usize,
    /// What it gives.
    pub produces: Produces,
}

/// Something that can tell what there is to call: the engine's catalogue, or [`super::MySql`].
pub trait Catalogue {
    /// Everything, in an order that stays.
    fn entries(&self) -> Vec<Entry>;
}
