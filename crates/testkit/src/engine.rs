//! Where the engine is bound to the runner: the one place of this crate that knows it.

use crate::subject::{Configuration, Subject};

/// The engine in a configuration.
///
/// # Errors
/// If this build cannot give that configuration.
pub fn subject(configuration: Configuration) -> Result<Box<dyn Subject>, String> {
    Err(format!(
        "the engine cannot run the corpus yet ({configuration})"
    ))
}
