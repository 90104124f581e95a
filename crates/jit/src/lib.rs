//! Tier 2 of sqlift: native code.
