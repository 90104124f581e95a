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

/// Expressions may nest some hundred deep, and a level takes tens of kilobytes in a build that is not optimised.
const STACK_BYTES: usize = 256 << 20;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let thread = std::thread::Builder::new().stack_size(STACK_BYTES);
    let result = thread.spawn(|| work(arguments)).map(|thread| thread.join());
    match result {
        Ok(Ok(code)) => code,
        // The panic has told what it is.
        Ok(Err(_)) => ExitCode::from(101),
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "error: no thread to work on: {error}");
            ExitCode::FAILURE
        }
    }
}

fn work(arguments: Arguments) -> ExitCode {
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
