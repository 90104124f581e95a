//! `sqlift explain`: what becomes of an expression.

use crate::arguments::{Explain, Level, Machine};
use crate::failure::Failure;
use crate::input::definitions;
use crate::run::session;
use sqlift::{Engine, explain};

pub(crate) fn explain(arguments: &Explain) -> Result<(), Failure> {
    let session = session(&arguments.settings)?;
    let schema = definitions(&arguments.schema)?;
    let wrong = |e| Failure::expression("expression", &arguments.expression, e);
    let expression = Engine::new()
        .compile(&arguments.expression, &schema, &session)
        .map_err(wrong)?;
    let target = arguments.target.map(|target| match target {
        Machine::X86_64 => explain::Target::X86_64,
        Machine::Aarch64 => explain::Target::Aarch64,
    });
    let levels: &[(&str, explain::Level)] = &[
        ("ast", explain::Level::Ast),
        ("typed", explain::Level::Typed),
        ("program", explain::Level::Program),
        ("clif", explain::Level::Clif),
        ("asm", explain::Level::Asm),
    ];
    let asked = match arguments.level {
        Level::Ast => &levels[0..1],
        Level::Typed => &levels[1..2],
        Level::Program => &levels[2..3],
        Level::Clif => &levels[3..4],
        Level::Asm => &levels[4..5],
        Level::All => levels,
    };
    for (name, level) in asked {
        let text = expression.explain(*level, target).map_err(wrong)?;
        if asked.len() > 1 {
            println!("== {name}");
        }
        println!("{}", text.trim_end());
    }
    Ok(())
}
