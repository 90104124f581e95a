//! `sqlift explain`: what becomes of an expression.

use crate::arguments::{self, Explain, Level, Machine};
use crate::failure::Failure;
use crate::input::definitions;
use crate::run::session;
use sqlift::{Engine, explain};
use std::io::Write;

pub(crate) fn explain(arguments: &Explain) -> Result<(), Failure> {
    let session = session(&arguments.settings)?;
    let schema = definitions("--schema", &arguments.schema)?;
    let text = arguments::text(&arguments.expression)?;
    let wrong = |e| Failure::expression("expression", &text, e);
    let expression = Engine::new()
        .compile(&text, &schema, &session)
        .map_err(wrong)?;
    let target = arguments.target.map(|target| match target {
        Machine::X86_64 => explain::Target::X86_64,
        Machine::Aarch64 => explain::Target::Aarch64,
    });
    const LEVELS: [(&str, Level, explain::Level); 6] = [
        ("ast", Level::Ast, explain::Level::Ast),
        ("typed", Level::Typed, explain::Level::Typed),
        ("program", Level::Program, explain::Level::Program),
        ("vm", Level::Vm, explain::Level::Vm),
        ("clif", Level::Clif, explain::Level::Clif),
        ("asm", Level::Asm, explain::Level::Asm),
    ];
    let mut out = std::io::stdout().lock();
    let all = arguments.level == Level::All;
    for (name, asked, level) in LEVELS {
        if !all && asked != arguments.level {
            continue;
        }
        let shown = expression.explain(level, target).map_err(wrong)?;
        if all {
            writeln!(out, "== {name}")?;
        }
        writeln!(out, "{}", shown.trim_end())?;
    }
    Ok(())
}
