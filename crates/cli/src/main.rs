//! The `sqlift` program: filters and projects files with MySQL expressions, evaluates and explains them.
#![forbid(unsafe_code)]

mod arguments;
mod eval;
mod explain;
mod failure;
mod input;
mod output;
mod report;
mod run;
mod stream;
mod values;

use arguments::{Arguments, Command};
use clap::Parser;
use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let result = match arguments.command {
        Command::Run(run) => run::run(&run),
        Command::Eval(eval) => eval::eval(&eval),
        Command::Explain(explain) => explain::explain(&explain),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) if failure.is_broken_pipe() => ExitCode::SUCCESS,
        Err(failure) => {
            // Nobody may be there to read it.
            let _ = write!(std::io::stderr(), "{failure}");
            failure.exit_code()
        }
    }
}
