//! Which collation an operation on several strings uses.
//!
//! Every string expression has a collation and a *coercibility*: how firmly it holds to it. The rules are those of the
//! MySQL manual, "Collation Coercibility in Expressions": the firmest wins; among equally firm ones a Unicode set wins
//! over others, `utf8mb4` over `utf8mb3`, and a `_bin` collation over another of the same character set; strings that
//! are ASCII fit any set; else the mix is illegal.
//!
//! ```
//! use sqlift_collation::*;
//! let column = Collated::new(CollationId::LATIN1_SWEDISH_CI, Coercibility::Implicit, Repertoire::Unicode);
//! let literal = Collated::new(CollationId::UTF8MB4_0900_AI_CI, Coercibility::Coercible, Repertoire::Ascii);
//! let merged = coercibility::for_comparison(&[column, literal]).unwrap();
//! assert_eq!(merged.collation, CollationId::LATIN1_SWEDISH_CI);
//! // The literal is converted to latin1.
//! assert_eq!(coercibility::conversion(literal, merged.collation), Some(Charset::Latin1));
//! ```

use crate::charset::Charset;
use crate::collation::{Collation, CollationId};
use std::fmt;

/// How firmly an expression holds to its collation; the number is what `COERCIBILITY()` shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Coercibility {
    /// `COLLATE` clause.
    Explicit = 0,
    /// Column, parameter of a stored program, user-defined conversion.
    Implicit = 2,
    /// `USER()`, `VERSION()`.
    SysConst = 3,
    /// Literal.
    Coercible = 4,
    /// Number or temporal value.
    Numeric = 5,
    /// NULL, and what is derived from it.
    Ignorable = 6,
    /// What is made of columns with different collations. (The manual says 1; the server says 7.)
    None = 7,
}

impl Coercibility {
    /// Smaller is firmer.
    fn rank(self) -> u8 {
        match self {
            Coercibility::Explicit => 0,
            Coercibility::Implicit => 1,
            Coercibility::None => 2,
            Coercibility::SysConst => 3,
            Coercibility::Coercible => 4,
            Coercibility::Numeric => 5,
            Coercibility::Ignorable => 6,
        }
    }
}

impl fmt::Display for Coercibility {
    /// The word of MySQL's error messages.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Coercibility::Explicit => "EXPLICIT",
            Coercibility::None => "NONE",
            Coercibility::Implicit => "IMPLICIT",
            Coercibility::SysConst => "SYSCONST",
            Coercibility::Coercible => "COERCIBLE",
            Coercibility::Numeric => "NUMERIC",
            Coercibility::Ignorable => "IGNORABLE",
        })
    }
}

/// Which characters an expression can give, as far as that is known when it is bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Repertoire {
    /// U+0000 to U+007F only.
    Ascii,
    /// Any.
    Unicode,
}

/// The collation of an expression with all that decides how it mixes with others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Collated {
    /// The collation; `binary` of byte strings.
    pub collation: CollationId,
    /// How firmly it holds.
    pub coercibility: Coercibility,
    /// Which characters there can be.
    pub repertoire: Repertoire,
}

impl Collated {
    /// Puts the three together.
    pub const fn new(
        collation: CollationId,
        coercibility: Coercibility,
        repertoire: Repertoire,
    ) -> Collated {
        Collated {
            collation,
            coercibility,
            repertoire,
        }
    }

    fn charset(self) -> Charset {
        self.collation
            .get()
            .map_or(Charset::Binary, Collation::charset)
    }
}

impl fmt::Display for Collated {
    /// As in MySQL's error messages: `(latin1_swedish_ci,IMPLICIT)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({},{})", self.collation, self.coercibility)
    }
}

/// Strings that cannot be mixed: MySQL's errors 1267, 1270, 1271 by the number of arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mix {
    arguments: Vec<Collated>,
}

impl Mix {
    /// The strings that were to be mixed.
    pub fn arguments(&self) -> &[Collated] {
        &self.arguments
    }

    /// MySQL's error number.
    pub fn code(&self) -> u16 {
        match self.arguments.len() {
            2 => 1267,
            3 => 1270,
            _ => 1271,
        }
    }

    /// The message as MySQL words it; `operation` is the name of the function or operator.
    pub fn message(&self, operation: &str) -> String {
        let list = match &self.arguments[..] {
            [a, b] => format!(" {a} and {b}"),
            [a, b, c] => format!(" {a}, {b}, {c}"),
            _ => String::new(),
        };
        format!("Illegal mix of collations{list} for operation '{operation}'")
    }
}

impl fmt::Display for Mix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("illegal mix of collations")?;
        self.arguments
            .iter()
            .try_for_each(|argument| write!(f, " {argument}"))
    }
}

impl std::error::Error for Mix {}

/// The collation of a string that is made of several (`CONCAT`, `IF`, `COALESCE`, ...).
///
/// Different collations of one character set give its `_bin` collation and [`Coercibility::None`]. What is made of
/// numbers is as firm as a literal.
pub fn aggregate(arguments: &[Collated]) -> Result<Collated, Mix> {
    let illegal = || Mix {
        arguments: arguments.to_vec(),
    };
    let (first, rest) = arguments.split_first().ok_or_else(illegal)?;
    let merged = rest
        .iter()
        .try_fold(*first, |left, right| merge(left, *right))
        .ok_or_else(illegal)?;
    Ok(match merged.coercibility {
        Coercibility::Numeric => Collated {
            coercibility: Coercibility::Coercible,
            ..merged
        },
        _ => merged,
    })
}

/// The collation in which strings are compared (`=`, `IN`, `LIKE`, `LOCATE`, ...): as [`aggregate`], but different
/// collations of one character set are an illegal mix, unless a `COLLATE` clause decides.
pub fn for_comparison(arguments: &[Collated]) -> Result<Collated, Mix> {
    let merged = aggregate(arguments)?;
    if merged.coercibility == Coercibility::Explicit {
        return Ok(merged);
    }
    // MySQL: `a IN (b, b)` is illegal where `COALESCE(a, b, b)` is not.
    let mut so_far = arguments[0];
    for argument in arguments {
        match merge(so_far, *argument) {
            // What is mixed already may be compared: it is mixing here that is illegal.
            Some(merged)
                if merged.coercibility != Coercibility::None
                    || so_far.coercibility == Coercibility::None
                    || argument.coercibility == Coercibility::None =>
            {
                so_far = merged;
            }
            _ => {
                return Err(Mix {
                    arguments: arguments.to_vec(),
                });
            }
        }
    }
    Ok(merged)
}

/// The character set an argument has to be converted to, before it takes part in an operation in `target`; `None` if
/// its bytes will do.
pub fn conversion(argument: Collated, target: CollationId) -> Option<Charset> {
    let from = argument.charset();
    let to = target.get().map_or(Charset::Binary, Collation::charset);
    let as_it_is =
        from == to || to == Charset::Binary || (from == Charset::Utf8mb3 && to == Charset::Utf8mb4);
    (!as_it_is).then_some(to)
}

/// The two together, if that is legal.
fn merge(left: Collated, right: Collated) -> Option<Collated> {
    let repertoire = left.repertoire.max(right.repertoire);
    let with = |side: Collated| Some(Collated { repertoire, ..side });
    if left.collation == right.collation {
        // MySQL: a column with the `_bin` collation that a mix has already does not make the mix firmer.
        let keep = left.coercibility.rank() <= right.coercibility.rank()
            || left.coercibility == Coercibility::None;
        return with(if keep { left } else { right });
    }
    if left.coercibility == Coercibility::Explicit && right.coercibility == Coercibility::Explicit {
        // Two clauses that contradict each other, whatever the character sets.
        return None;
    }
    if left.charset() != right.charset() {
        return with(merge_charsets(left, right)?);
    }
    match left.coercibility.rank().cmp(&right.coercibility.rank()) {
        std::cmp::Ordering::Less => with(left),
        std::cmp::Ordering::Greater => with(right),
        std::cmp::Ordering::Equal => match (is_bin(left), is_bin(right)) {
            (true, _) => with(left),
            (_, true) => with(right),
            _ => with(Collated {
                collation: left.charset().binary_collation(),
                coercibility: Coercibility::None,
                repertoire,
            }),
        },
    }
}

fn is_bin(side: Collated) -> bool {
    side.collation.get().is_some_and(Collation::is_bin)
}

/// The side whose character set the other one is converted to.
fn merge_charsets(left: Collated, right: Collated) -> Option<Collated> {
    let (left_rank, right_rank) = (left.coercibility.rank(), right.coercibility.rank());
    // Bytes stay bytes, unless the other side is firmer.
    if left.charset() == Charset::Binary {
        return Some(if left_rank <= right_rank { left } else { right });
    }
    if right.charset() == Charset::Binary {
        return Some(if right_rank <= left_rank { right } else { left });
    }
    let (firm, soft) = match left_rank.cmp(&right_rank) {
        std::cmp::Ordering::Equal if is_wider(left.charset(), right.charset()) => {
            return Some(left);
        }
        std::cmp::Ordering::Equal if is_wider(right.charset(), left.charset()) => {
            return Some(right);
        }
        std::cmp::Ordering::Equal => return None,
        std::cmp::Ordering::Less => (left, right),
        std::cmp::Ordering::Greater => (right, left),
    };
    // A Unicode set takes everything, every set takes ASCII; a literal is converted if its characters allow that,
    // which shows when it is done.
    let legal = firm.charset().is_unicode()
        || soft.repertoire == Repertoire::Ascii
        || soft.charset() == Charset::Ascii
        || soft.coercibility.rank() >= Coercibility::SysConst.rank();
    legal.then_some(firm)
}

/// Whether strings of one set are converted to another where both are equally firm.
fn is_wider(this: Charset, other: Charset) -> bool {
    match (this, other) {
        // As recorded: utf16 and utf8mb3 do not mix.
        (
            Charset::Utf8mb4,
            Charset::Utf8mb3 | Charset::Ucs2 | Charset::Utf16 | Charset::Utf16le,
        ) => true,
        (Charset::Utf32, Charset::Utf8mb4) => true,
        (_, Charset::Ascii) => this != Charset::Ascii,
        _ => this.is_unicode() && !other.is_unicode(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Coercibility::*;

    fn collated(name: &str, coercibility: Coercibility, repertoire: Repertoire) -> Collated {
        Collated::new(
            Collation::by_name(name).expect(name).id(),
            coercibility,
            repertoire,
        )
    }

    fn unicode(name: &str, coercibility: Coercibility) -> Collated {
        collated(name, coercibility, Repertoire::Unicode)
    }

    #[test]
    fn the_firmest_wins() {
        let merged = aggregate(&[
            unicode("utf8mb4_0900_ai_ci", Coercible),
            unicode("utf8mb4_general_ci", Implicit),
            unicode("utf8mb4_unicode_ci", Explicit),
        ]);
        assert_eq!(
            merged.expect("legal").collation,
            CollationId::UTF8MB4_UNICODE_CI
        );
    }

    #[test]
    fn equal_firmness() {
        let mixed = aggregate(&[
            unicode("utf8mb4_general_ci", Implicit),
            unicode("utf8mb4_0900_ai_ci", Implicit),
        ]);
        assert_eq!(mixed.expect("legal"), unicode("utf8mb4_bin", None));
        let with_bin = aggregate(&[
            unicode("utf8mb4_general_ci", Implicit),
            unicode("utf8mb4_bin", Implicit),
        ]);
        assert_eq!(with_bin.expect("legal"), unicode("utf8mb4_bin", Implicit));
        let wider = aggregate(&[
            unicode("utf8mb3_general_ci", Implicit),
            unicode("utf8mb4_general_ci", Implicit),
        ]);
        assert_eq!(
            wider.expect("legal").collation,
            CollationId::UTF8MB4_GENERAL_CI
        );
        let to_unicode = aggregate(&[
            unicode("latin1_swedish_ci", Implicit),
            unicode("utf8mb4_general_ci", Implicit),
        ]);
        assert_eq!(
            to_unicode.expect("legal").collation,
            CollationId::UTF8MB4_GENERAL_CI
        );
        let bytes = aggregate(&[
            unicode("latin1_swedish_ci", Implicit),
            unicode("binary", Implicit),
        ]);
        assert_eq!(bytes.expect("legal").collation, CollationId::BINARY);
    }

    #[test]
    fn what_is_mixed_stays_softer_than_columns() {
        let general = unicode("utf8mb4_general_ci", Implicit);
        let default = unicode("utf8mb4_0900_ai_ci", Implicit);
        let bin = unicode("utf8mb4_bin", Implicit);
        let literal = unicode("utf8mb4_0900_ai_ci", Coercible);
        // COALESCE(vg, en, vn), GREATEST(vn, vg, 'b'), LEAST(c10, vg, vb), GREATEST(vg, vb, c10).
        assert_eq!(aggregate(&[general, default, default]), Ok(default));
        assert_eq!(
            aggregate(&[default, general, literal]),
            Ok(unicode("utf8mb4_bin", None))
        );
        assert_eq!(
            aggregate(&[default, general, bin]),
            Ok(unicode("utf8mb4_bin", None))
        );
        assert_eq!(aggregate(&[general, bin, default]), Ok(bin));
        assert_eq!(None as u8, 7);
        assert!(for_comparison(&[general, default, default]).is_err());
    }

    #[test]
    fn literals_of_different_sets() {
        let literal = |name, repertoire| collated(name, Coercible, repertoire);
        let (ascii, wide) = (Repertoire::Ascii, Repertoire::Unicode);
        let winner = |a, b| {
            aggregate(&[a, b])
                .map(|merged| merged.collation.to_string())
                .ok()
        };
        let of = |name: &str| Some(name.to_owned());
        let utf8mb4 = literal("utf8mb4_0900_ai_ci", ascii);
        assert_eq!(
            winner(literal("latin1_swedish_ci", wide), utf8mb4),
            of("utf8mb4_0900_ai_ci")
        );
        assert_eq!(
            winner(literal("utf16_general_ci", wide), utf8mb4),
            of("utf8mb4_0900_ai_ci")
        );
        assert_eq!(
            winner(literal("utf32_general_ci", wide), utf8mb4),
            of("utf32_general_ci")
        );
        assert_eq!(
            winner(
                literal("utf16_general_ci", ascii),
                literal("utf8mb3_general_ci", ascii)
            ),
            Option::None
        );
        assert_eq!(
            winner(
                literal("latin1_swedish_ci", ascii),
                literal("sjis_japanese_ci", wide)
            ),
            Option::None
        );
        assert_eq!(
            winner(
                unicode("latin1_swedish_ci", Implicit),
                unicode("ascii_general_ci", Implicit)
            ),
            of("latin1_swedish_ci")
        );
    }

    #[test]
    fn numbers_become_literals() {
        let number = collated("utf8mb4_0900_ai_ci", Numeric, Repertoire::Ascii);
        let null = collated("binary", Ignorable, Repertoire::Ascii);
        assert_eq!(
            aggregate(&[number, null]).map(|merged| merged.coercibility),
            Ok(Coercible)
        );
        assert_eq!(
            aggregate(&[null, null]).map(|merged| merged.coercibility),
            Ok(Ignorable)
        );
    }

    #[test]
    fn illegal_mixes_are_worded_as_the_server_does() {
        let general = unicode("utf8mb4_general_ci", Implicit);
        let default = unicode("utf8mb4_0900_ai_ci", Implicit);
        let mix = for_comparison(&[general, default]).expect_err("illegal");
        assert_eq!(mix.code(), 1267);
        assert_eq!(
            mix.message("="),
            "Illegal mix of collations (utf8mb4_general_ci,IMPLICIT) and (utf8mb4_0900_ai_ci,IMPLICIT) for operation '='"
        );
        let mix = for_comparison(&[general, default, default]).expect_err("illegal");
        assert_eq!(mix.code(), 1270);
        assert_eq!(
            mix.message(" IN "),
            "Illegal mix of collations (utf8mb4_general_ci,IMPLICIT), (utf8mb4_0900_ai_ci,IMPLICIT), (utf8mb4_0900_ai_ci,IMPLICIT) for operation ' IN '"
        );
        let mix = for_comparison(&[general, default, default, default]).expect_err("illegal");
        assert_eq!(
            (mix.code(), mix.message(" IN ").as_str()),
            (1271, "Illegal mix of collations for operation ' IN '")
        );
        let mix = aggregate(&[
            unicode("utf8mb4_bin", Explicit),
            unicode("latin1_bin", Explicit),
        ]);
        assert!(mix.is_err());
        assert!(aggregate(&[]).is_err());
    }

    #[test]
    fn conversions() {
        let latin1 = unicode("latin1_swedish_ci", Implicit);
        assert_eq!(
            conversion(latin1, CollationId::UTF8MB4_BIN),
            Some(Charset::Utf8mb4)
        );
        assert_eq!(conversion(latin1, CollationId::BINARY), Option::None);
        assert_eq!(conversion(latin1, CollationId::LATIN1_BIN), Option::None);
    }
}
