//! Any text: it compiles or is refused, and never panics.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sqlift::{Engine, Schema, Session, SqlType};

fuzz_target!(|text: &str| {
    let schema = Schema::new([("a", SqlType::bigint()), ("s", SqlType::varchar(20))]);
    let _ = Engine::new().compile(text, &schema, &Session::default());
});
