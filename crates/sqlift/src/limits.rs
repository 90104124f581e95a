//! What an engine accepts.

/// Bounds on expressions. They hold in every tier; none changes the meaning of what is accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How deep the text may nest (parentheses, calls, prefix operators).
    pub text_depth: u32,
    /// Bytes of text.
    pub text_bytes: u32,
    /// Nodes of an expression.
    pub nodes: u32,
    /// How deep a typed expression may nest.
    pub depth: u32,
    /// How many warnings a context keeps; all are counted.
    pub warnings: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            text_depth: 3_000,
            text_bytes: 64 << 20,
            nodes: 1_000_000,
            depth: 500,
            warnings: 1_024,
        }
    }
}
