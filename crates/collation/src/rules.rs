//! Which algorithm a collation works by.

/// A version of the Default Unicode Collation Element Table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    V400,
    V520,
    V900,
}

/// A table of weights: the three versions, then the languages in the order of `data/tailoring.bin`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TableId(pub(crate) u8);

impl TableId {
    pub(crate) const V400: TableId = TableId(0);
    pub(crate) const V520: TableId = TableId(1);
    pub(crate) const V900: TableId = TableId(2);

    /// The table of a language.
    pub(crate) const fn tailored(language: u8) -> TableId {
        TableId(3 + language)
    }
}

/// How many levels of weights are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Levels {
    /// Letters only: accents and case do not count.
    One = 1,
    /// Letters and accents.
    Two = 2,
    /// Letters, accents and case.
    Three = 3,
    /// The same, and hiragana apart from katakana.
    Four = 4,
}

/// A table of 16-bit weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GeneralGroup {
    /// `*_general_ci`.
    General,
    /// `*_general_mysql500_ci`: before a correction of ß.
    Mysql500,
    /// `utf8mb3_tolower_ci`: letters, with their accents, without their case.
    ToLower,
}

/// The collations of multi-byte sets that have weights of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MultiByte {
    Big5,
    Gbk,
    Gb2312,
    Sjis,
    Cp932,
    Ujis,
    Eucjpms,
    Euckr,
}

impl MultiByte {
    /// The place in `data/weights-mb.bin`.
    pub(crate) fn number(self) -> usize {
        self as usize
    }
}

/// Rules by which every character has a weight of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Simple {
    /// 16-bit weights of Unicode characters.
    General(GeneralGroup),
    /// Code points of an encoding whose bytes are not in their order.
    CodePoints,
    /// A table in `data/weights-8bit.bin`.
    OneByte(u8),
    /// The same, but some letters weigh two.
    German2(u8),
    /// A multi-byte set.
    MultiByte(MultiByte),
    /// `gb18030_chinese_ci`.
    Gb18030,
}

/// Rules of a single collation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Special {
    /// `tis620_thai_ci`.
    Thai,
    /// `cp1250_czech_cs`.
    Cp1250Czech,
    /// `latin2_czech_cs`.
    Latin2Czech,
    /// `gb18030_unicode_520_ci`: the weights of the code points.
    Gb18030Unicode,
}

/// The rules of a collation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rules {
    /// Order of the bytes.
    Bytes,
    /// Every character has a weight.
    Simple(Simple),
    /// Unicode collation algorithm.
    Uca(TableId, Levels),
    /// Like no other.
    Special(Special),
}
