//! What becomes of an expression, stage by stage: syntax, types, program, VM, and machine code for two machines.

use sqlift::explain::{Level, Target};
use sqlift::{Engine, Error, Schema, Session, SqlType};

fn main() -> Result<(), Error> {
    let schema = Schema::new([
        ("price", SqlType::decimal(12, 2)),
        ("quantity", SqlType::int()),
        ("name", SqlType::varchar(64)),
    ]);
    let text = "price * quantity > 1000 AND name LIKE 'a%'";
    let expression = Engine::new().compile(text, &schema, &Session::default())?;
    println!(
        "{text}\nis {} {}",
        expression.sql_type(),
        if expression.is_nullable() {
            "NULL"
        } else {
            "NOT NULL"
        }
    );
    for (name, level) in [
        ("syntax", Level::Ast),
        ("typed", Level::Typed),
        ("program", Level::Program),
        ("vm", Level::Vm),
        ("cranelift", Level::Clif),
    ] {
        let stage = expression.explain(level, None)?;
        println!("\n== {name}\n{}", stage.trim_end());
        assert!(!stage.is_empty());
    }
    for target in [Target::X86_64, Target::Aarch64] {
        let code = expression.explain(Level::Asm, Some(target))?;
        println!("\n== {target:?}: {} lines", code.lines().count());
        assert!(code.lines().count() > 20);
    }
    // The multiplication is done in the decimals' own scale; LIKE with a constant prefix needs no pattern matcher.
    assert!(expression.explain(Level::Typed, None)?.contains("LIKE"));
    assert!(expression.program().calls.len() >= 4);

    // What does not compile says where and what was meant.
    let error = Engine::new().compile("price * quantty", &schema, &Session::default());
    let error = error.expect_err("there is no such column");
    let span = error.span.expect("a place");
    println!(
        "\nprice * quantty\n{}{}",
        " ".repeat(span.start as usize),
        "^".repeat((span.end - span.start) as usize)
    );
    println!("{error} ({})", error.help.as_deref().unwrap_or("no idea"));
    assert_eq!((error.code, span.start), (1054, 8));
    assert_eq!(error.help.as_deref(), Some("did you mean `quantity`?"));
    Ok(())
}
