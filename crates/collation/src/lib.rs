//! MySQL character sets and collations, without MySQL.
//!
//! * [`Charset`]: the 41 character sets: counting, slicing and checking characters in bytes, conversion.
//! * [`Collation`]: the 286 collations by id and name: comparison (`PAD SPACE` and `NO PAD`), equality, hashing,
//!   sort keys, `WEIGHT_STRING`, `LIKE`, `LOCATE`, upper and lower case.
//! * [`coercibility`]: which collation an operation on several strings uses, and which arguments are converted.
//!
//! The meaning is that of MySQL 9.7; the weights were recorded from a server or derived from the Default Unicode
//! Collation Element Table (`data/LICENSE-UNICODE`) by MySQL's rules. All functions take bytes in the character set
//! of the collation; malformed bytes never panic, they count as characters that sort last.
//!
//! ```
//! use sqlift_collation::{Collation, CollationId};
//! use std::cmp::Ordering;
//!
//! let ai_ci = CollationId::UTF8MB4_0900_AI_CI.get().unwrap();
//! assert_eq!(ai_ci.compare("Résumé".as_bytes(), b"RESUME"), Ordering::Equal);
//! assert!(ai_ci.like("Straße".as_bytes(), b"STRA_E", Some('\\')));
//!
//! // `PAD SPACE`: trailing spaces do not count.
//! let general_ci = Collation::by_name("utf8mb4_general_ci").unwrap();
//! assert!(general_ci.equal(b"a", b"A  "));
//! ```
#![forbid(unsafe_code)]

mod ascii;
mod bytes_rules;
mod case;
mod charset;
pub mod coercibility;
mod collation;
mod convert;
mod encoding;
mod find;
mod gb18030;
mod head;
mod key;
mod like;
mod multibyte;
mod registry_table;
mod rules;
mod search;
mod sections;
mod special;
mod tail;
mod tailoring;
mod uca;
mod uca_compare;
mod weigh;

pub use case::Change;
pub use charset::Charset;
pub use coercibility::{Coercibility, Collated, Repertoire, aggregate};
pub use collation::{AsciiEquality, Collation, CollationId, Pad};
pub use convert::{Conversion, convert};
pub use find::FindTest;
pub use head::HeadTest;
pub use like::LikePattern;
pub use tail::TailTest;
