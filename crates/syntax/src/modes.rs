//! What the session changes in the grammar, and what the engine bounds.

/// The `sql_mode` bits that change how text is read.
///
/// ```
/// use sqlift_syntax::Modes;
/// let modes = Modes { pipes_as_concat: true, ..Modes::default() };
/// assert!(!modes.ansi_quotes);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Modes {
    /// `ANSI_QUOTES`: `"x"` is a name, not a string.
    pub ansi_quotes: bool,
    /// `PIPES_AS_CONCAT`: `||` is concatenation that binds tighter than `^`.
    pub pipes_as_concat: bool,
    /// `HIGH_NOT_PRECEDENCE`: `NOT` binds as `!` does.
    pub high_not_precedence: bool,
    /// `NO_BACKSLASH_ESCAPES`: a backslash in a string is an ordinary character.
    pub no_backslash_escapes: bool,
    /// `IGNORE_SPACE`: built-in functions may have blanks before their parenthesis.
    pub ignore_space: bool,
    /// `REAL_AS_FLOAT`: `REAL` is `FLOAT`, not `DOUBLE`.
    pub real_as_float: bool,
}

impl Modes {
    /// The bits set by a comma-separated `sql_mode`; names without a part in the grammar are passed over.
    ///
    /// ```
    /// use sqlift_syntax::Modes;
    /// let modes = Modes::from_sql_mode("ANSI,STRICT_TRANS_TABLES");
    /// assert!(modes.ansi_quotes && modes.ignore_space && !modes.no_backslash_escapes);
    /// ```
    #[must_use]
    pub fn from_sql_mode(sql_mode: &str) -> Self {
        let mut modes = Self::default();
        for name in sql_mode.split(',') {
            match name.trim().to_ascii_uppercase().as_str() {
                "ANSI_QUOTES" => modes.ansi_quotes = true,
                "PIPES_AS_CONCAT" => modes.pipes_as_concat = true,
                "HIGH_NOT_PRECEDENCE" => modes.high_not_precedence = true,
                "NO_BACKSLASH_ESCAPES" => modes.no_backslash_escapes = true,
                "IGNORE_SPACE" => modes.ignore_space = true,
                "REAL_AS_FLOAT" => modes.real_as_float = true,
                "ANSI" => {
                    modes.real_as_float = true;
                    modes.pipes_as_concat = true;
                    modes.ansi_quotes = true;
                    modes.ignore_space = true;
                }
                _ => {}
            }
        }
        modes
    }
}

/// Bounds on what the parser accepts; none changes the meaning of a text that is accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Nested parentheses, calls, prefix operators and the like. Chains such as `a + b + c` do not nest.
    pub depth: u32,
    /// Bytes of text.
    pub text_bytes: u32,
    /// Nodes of the tree.
    pub nodes: u32,
}

impl Default for Limits {
    /// Depth 3,000, text of 64 MiB (MySQL's default `max_allowed_packet`), 10 million nodes.
    fn default() -> Self {
        Self {
            depth: 3_000,
            text_bytes: 64 << 20,
            nodes: 10_000_000,
        }
    }
}
