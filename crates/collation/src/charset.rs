//! The character sets of MySQL: names, widths, characters in bytes.

use crate::collation::{Collation, CollationId};
use crate::encoding::{self, Encoding};
use crate::registry_table::CHARSETS;

/// A character set of MySQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
#[allow(missing_docs)] // The names are MySQL's.
pub enum Charset {
    Armscii8,
    Ascii,
    Big5,
    Binary,
    Cp1250,
    Cp1251,
    Cp1256,
    Cp1257,
    Cp850,
    Cp852,
    Cp866,
    Cp932,
    Dec8,
    Eucjpms,
    Euckr,
    Gb18030,
    Gb2312,
    Gbk,
    Geostd8,
    Greek,
    Hebrew,
    Hp8,
    Keybcs2,
    Koi8r,
    Koi8u,
    Latin1,
    Latin2,
    Latin5,
    Latin7,
    Macce,
    Macroman,
    Sjis,
    Swe7,
    Tis620,
    Ucs2,
    Ujis,
    Utf16,
    Utf16le,
    Utf32,
    Utf8mb3,
    Utf8mb4,
}

/// What is known of a character set; a row of the generated table.
#[derive(Debug)]
pub(crate) struct CharsetRow {
    charset: Charset,
    name: &'static str,
    max_len: u8,
    default_collation: u16,
    binary_collation: u16,
    description: &'static str,
}

impl CharsetRow {
    pub(crate) const fn new(
        charset: Charset,
        name: &'static str,
        max_len: u8,
        default_collation: u16,
        binary_collation: u16,
        description: &'static str,
    ) -> CharsetRow {
        CharsetRow {
            charset,
            name,
            max_len,
            default_collation,
            binary_collation,
            description,
        }
    }
}

/// Calls a generic function with the encoding type of a character set.
macro_rules! with_encoding {
    ($charset:expr, $encoding:ident => $body:expr) => {
        match $charset {
            Charset::Utf8mb4 => {
                type $encoding = crate::encoding::Utf8mb4;
                $body
            }
            Charset::Utf8mb3 => {
                type $encoding = crate::encoding::Utf8mb3;
                $body
            }
            Charset::Utf16 => {
                type $encoding = crate::encoding::Utf16;
                $body
            }
            Charset::Utf16le => {
                type $encoding = crate::encoding::Utf16le;
                $body
            }
            Charset::Ucs2 => {
                type $encoding = crate::encoding::Ucs2;
                $body
            }
            Charset::Utf32 => {
                type $encoding = crate::encoding::Utf32;
                $body
            }
            Charset::Big5 => {
                type $encoding = crate::encoding::Big5;
                $body
            }
            Charset::Gbk => {
                type $encoding = crate::encoding::Gbk;
                $body
            }
            Charset::Gb2312 => {
                type $encoding = crate::encoding::Gb2312;
                $body
            }
            Charset::Gb18030 => {
                type $encoding = crate::encoding::Gb18030;
                $body
            }
            Charset::Sjis | Charset::Cp932 => {
                type $encoding = crate::encoding::Sjis;
                $body
            }
            Charset::Ujis | Charset::Eucjpms => {
                type $encoding = crate::encoding::Ujis;
                $body
            }
            Charset::Euckr => {
                type $encoding = crate::encoding::Euckr;
                $body
            }
            _ => {
                type $encoding = crate::encoding::OneByte;
                $body
            }
        }
    };
}
pub(crate) use with_encoding;

/// Calls a generic function with the encoding type of a Unicode set.
macro_rules! with_unicode {
    ($charset:expr, $encoding:ident => $body:expr) => {
        match $charset {
            Charset::Utf8mb3 => {
                type $encoding = crate::encoding::Utf8mb3;
                $body
            }
            Charset::Utf16 => {
                type $encoding = crate::encoding::Utf16;
                $body
            }
            Charset::Utf16le => {
                type $encoding = crate::encoding::Utf16le;
                $body
            }
            Charset::Ucs2 => {
                type $encoding = crate::encoding::Ucs2;
                $body
            }
            Charset::Utf32 => {
                type $encoding = crate::encoding::Utf32;
                $body
            }
            _ => {
                type $encoding = crate::encoding::Utf8mb4;
                $body
            }
        }
    };
}
pub(crate) use with_unicode;

/// Calls a generic function with the encoding type of an East Asian set.
macro_rules! with_multibyte {
    ($charset:expr, $encoding:ident => $body:expr) => {
        match $charset {
            Charset::Big5 => {
                type $encoding = crate::encoding::Big5;
                $body
            }
            Charset::Gb2312 => {
                type $encoding = crate::encoding::Gb2312;
                $body
            }
            Charset::Gb18030 => {
                type $encoding = crate::encoding::Gb18030;
                $body
            }
            Charset::Sjis | Charset::Cp932 => {
                type $encoding = crate::encoding::Sjis;
                $body
            }
            Charset::Ujis | Charset::Eucjpms => {
                type $encoding = crate::encoding::Ujis;
                $body
            }
            Charset::Euckr => {
                type $encoding = crate::encoding::Euckr;
                $body
            }
            _ => {
                type $encoding = crate::encoding::Gbk;
                $body
            }
        }
    };
}
pub(crate) use with_multibyte;

impl Charset {
    /// All character sets, by name.
    pub fn all() -> impl Iterator<Item = Charset> {
        CHARSETS.iter().map(|row| row.charset)
    }

    /// The character set of a name, in any case. `utf8` is an alias of `utf8mb3`.
    pub fn by_name(name: &str) -> Option<Charset> {
        if name.eq_ignore_ascii_case("utf8") {
            return Some(Charset::Utf8mb3);
        }
        CHARSETS
            .iter()
            .find(|row| row.name.eq_ignore_ascii_case(name))
            .map(|row| row.charset)
    }

    fn row(self) -> &'static CharsetRow {
        &CHARSETS[self as usize]
    }

    /// The name as MySQL writes it.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// What MySQL says of it in `SHOW CHARACTER SET`.
    pub fn description(self) -> &'static str {
        self.row().description
    }

    /// The most bytes that one character takes.
    pub fn max_len(self) -> usize {
        usize::from(self.row().max_len)
    }

    /// The fewest bytes that one character takes.
    pub fn min_len(self) -> usize {
        with_encoding!(self, E => E::MIN_LEN)
    }

    /// The collation that is meant when only the character set is named.
    pub fn default_collation(self) -> CollationId {
        CollationId(self.row().default_collation)
    }

    /// The `_bin` collation (of `utf8mb4` the padding `utf8mb4_bin`; of `binary` itself).
    pub fn binary_collation(self) -> CollationId {
        CollationId(self.row().binary_collation)
    }

    /// Whether every code point of the basic plane has an encoding (`utf8mb4`, `utf16`, `ucs2`, ...).
    pub fn is_unicode(self) -> bool {
        matches!(
            self,
            Charset::Utf8mb4
                | Charset::Utf8mb3
                | Charset::Utf16
                | Charset::Utf16le
                | Charset::Utf32
                | Charset::Ucs2
        )
    }

    /// Whether bytes below 0x80 that stand at the start of a character are ASCII characters.
    pub fn is_ascii_compatible(self) -> bool {
        !matches!(
            self,
            Charset::Utf16 | Charset::Utf16le | Charset::Utf32 | Charset::Ucs2 | Charset::Swe7
        )
    }

    /// Bytes of the first character; 0 of an empty string. A malformed character has [`Charset::min_len`] bytes, or
    /// what is left.
    pub fn char_len(self, bytes: &[u8]) -> usize {
        with_encoding!(self, E => E::next(bytes).map_or(0, |(_, len)| len))
    }

    /// The characters, each as a slice.
    pub fn chars(self, bytes: &[u8]) -> Chars<'_> {
        Chars {
            charset: self,
            rest: bytes,
        }
    }

    /// How many characters there are; each malformed byte (or unit of [`Charset::min_len`] bytes) counts as one.
    pub fn char_count(self, bytes: &[u8]) -> usize {
        if self.max_len() == 1 {
            return bytes.len();
        }
        with_encoding!(self, E => encoding::count::<E>(bytes))
    }

    /// Where the n-th character (from 0) begins: its byte index, or the length of the string if there are fewer.
    ///
    /// ```
    /// use sqlift_collation::Charset;
    /// assert_eq!(Charset::Utf8mb4.byte_index("aéb".as_bytes(), 2), 3);
    /// assert_eq!(Charset::Utf8mb4.byte_index("aéb".as_bytes(), 9), 4);
    /// ```
    pub fn byte_index(self, bytes: &[u8], n: usize) -> usize {
        if self.max_len() == 1 {
            return n.min(bytes.len());
        }
        with_encoding!(self, E => encoding::byte_index::<E>(bytes, n))
    }

    /// The length of the longest well-formed beginning: that of the string if all is well.
    pub fn well_formed_len(self, bytes: &[u8]) -> usize {
        match self {
            Charset::Utf8mb4 => match std::str::from_utf8(bytes) {
                Ok(_) => bytes.len(),
                Err(error) => error.valid_up_to(),
            },
            Charset::Ascii => bytes
                .iter()
                .position(|byte| *byte >= 0x80)
                .unwrap_or(bytes.len()),
            _ if self.max_len() == 1 => bytes.len(),
            _ => with_encoding!(self, E => encoding::well_formed_len::<E>(bytes)),
        }
    }

    /// Whether all characters are well-formed. Bytes without a character are well-formed in the one-byte sets.
    pub fn is_well_formed(self, bytes: &[u8]) -> bool {
        self.well_formed_len(bytes) == bytes.len()
    }

    /// The default collation's properties.
    pub fn collation(self) -> Option<&'static Collation> {
        self.default_collation().get()
    }
}

/// Iterator over the characters of a string, made by [`Charset::chars`].
#[derive(Clone, Debug)]
pub struct Chars<'a> {
    charset: Charset,
    rest: &'a [u8],
}

impl<'a> Iterator for Chars<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let len = self.charset.char_len(self.rest);
        if len == 0 {
            return None;
        }
        let (first, rest) = self.rest.split_at(len);
        self.rest = rest;
        Some(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_stands_at_its_charset() {
        for (at, row) in CHARSETS.iter().enumerate() {
            assert_eq!(row.charset as usize, at, "{}", row.name);
            let collation = row.charset.collation().expect(row.name);
            assert_eq!(collation.charset(), row.charset);
            assert!(collation.is_default());
            let bin = row.charset.binary_collation().get().expect(row.name);
            assert_eq!(bin.charset(), row.charset);
        }
        assert_eq!(Charset::all().count(), 41);
        assert_eq!(Charset::by_name("UTF8"), Some(Charset::Utf8mb3));
        assert_eq!(Charset::by_name("nosuch"), None);
    }

    #[test]
    fn characters_are_counted_and_found() {
        let text = "aß日😀z".as_bytes();
        assert_eq!(Charset::Utf8mb4.char_count(text), 5);
        assert_eq!(Charset::Utf8mb4.byte_index(text, 3), 6);
        assert_eq!(Charset::Utf8mb4.byte_index(text, 4), 10);
        assert_eq!(Charset::Utf8mb4.byte_index(text, 50), text.len());
        assert_eq!(Charset::Latin1.char_count(text), text.len());
        assert_eq!(Charset::Utf8mb4.chars(text).count(), 5);
        assert_eq!(
            Charset::Utf16.char_count(&[0, 0x61, 0xD8, 0x3D, 0xDE, 0x00]),
            2
        );
        assert_eq!(
            Charset::Ucs2.char_count(&[0, 0x61, 0xD8, 0x3D, 0xDE, 0x00]),
            3
        );
        assert_eq!(Charset::Utf8mb4.char_count(&[0x80, 0xE2, 0x82, 0x41]), 4);
        assert_eq!(Charset::Utf8mb4.char_count(b""), 0);
    }

    #[test]
    fn well_formedness_is_that_of_the_server() {
        let utf8mb3: [(&[u8], bool); 8] = [
            (&[0xE0, 0x80, 0x80], false),
            (&[0xE0, 0xA0, 0x80], true),
            (&[0xED, 0x9F, 0xBF], true),
            (&[0xED, 0xA0, 0x80], false),
            (&[0xEE, 0x80, 0x80], true),
            (&[0xF0, 0x90, 0x80, 0x80], false),
            (&[0xC2, 0x80], true),
            (&[0xC1, 0x80], false),
        ];
        for (bytes, good) in utf8mb3 {
            assert_eq!(Charset::Utf8mb3.is_well_formed(bytes), good, "{bytes:X?}");
        }
        assert!(Charset::Utf8mb4.is_well_formed(&[0xF4, 0x8F, 0xBF, 0xBF]));
        assert!(!Charset::Utf8mb4.is_well_formed(&[0xF4, 0x90, 0x80, 0x80]));
        assert!(!Charset::Utf16.is_well_formed(&[0xD8, 0x00]));
        assert!(Charset::Ucs2.is_well_formed(&[0xD8, 0x00]));
        assert!(!Charset::Ucs2.is_well_formed(&[0xD8]));
        assert!(!Charset::Utf32.is_well_formed(&[0, 0x11, 0, 0]));
        assert!(!Charset::Ascii.is_well_formed(&[0x80]));
        assert!(Charset::Cp1251.is_well_formed(&[0x98]));
        assert!(!Charset::Sjis.is_well_formed(&[0x81]));
        assert!(Charset::Gb18030.is_well_formed(&[0x81, 0x30, 0x81, 0x30]));
        assert!(!Charset::Gb18030.is_well_formed(&[0x81, 0x30, 0x81]));
        assert_eq!(Charset::Utf8mb4.well_formed_len(b"ab\x80c"), 2);
    }
}
