//! MySQL's JSON documents: [`Json`], their text, order, paths, and the bytes in which cells hold them.
//!
//! | file | subject |
//! |---|---|
//! | `value` | [`Json`], [`Object`]: what a document is made of |
//! | `parse` | text to document, with the server's messages |
//! | `print` | document to text, plain and pretty |
//! | `order` | comparison |
//! | `held` | the bytes of a cell |
//! | `path` | path expressions |
//! | `seek` | what a path leads to |
//! | `storage` | the size of a document in MySQL's binary form |
//!
//! A document is more than its text: `JSON_ARRAY(1.50, DATE'2024-02-29')` prints like what text would give, but holds a DECIMAL and a DATE,
//! and compares as these. So cells hold a tagged binary form ([`Json::to_held`]); a cell may also hold plain JSON text, as a row from
//! outside does ([`Json::from_held`] takes both).

mod held;
mod order;
mod parse;
mod path;
mod print;
mod seek;
mod storage;
mod value;

pub use held::{Malformed, write_held_text};
pub use parse::NotJson;
pub use path::{BadPath, Index, Leg, Path};
pub use value::{Json, Object, Opaque};

/// How deep arrays and objects may be nested; a scalar in the deepest one does not count.
pub const MAX_DEPTH: usize = 100;
