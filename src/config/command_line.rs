//! The command line and the environment. Each variable that its setting cannot take is collected as a fault, where clap would stop at the first; an empty
//! variable counts as not given, because a compose file cannot leave one out.

use clap::builder::Resettable;
use clap::error::ContextKind;
use clap::{Command, CommandFactory as _, FromArgMatches as _};

use super::Cli;
use super::places::environment;

/// The command line, and a line for each variable that cannot be read. Ends the process for `--help` and for what is wrong on the command line itself.
#[must_use]
pub fn command_line() -> (Cli, Vec<String>) {
    let (mut command, mut faults) = (Cli::command(), Vec::new());
    loop {
        let read = command
            .clone()
            .try_get_matches()
            .and_then(|matches| Cli::from_arg_matches(&matches));
        let error = match read {
            Ok(cli) => return (cli, faults),
            Err(error) => error,
        };
        let Some((id, name)) = variable(command.clone(), &error) else {
            error.exit()
        };
        if environment(&name).is_some_and(|value| !value.is_empty()) {
            faults.push(format!("{name}: {}", reason(&error)));
        }
        command = command.mut_arg(id, |arg| arg.env(Resettable::Reset));
    }
}

/// The setting that `error` is about, and its variable, if that is set.
fn variable(mut command: Command, error: &clap::Error) -> Option<(String, String)> {
    // An argument can be written as errors write it only once the command is built.
    command.build();
    let told = error.get(ContextKind::InvalidArg)?.to_string();
    let argument = command
        .get_arguments()
        .find(|argument| argument.to_string() == told)?;
    let name = argument.get_env()?.to_str()?.to_owned();
    environment(&name)?;
    Some((argument.get_id().to_string(), name))
}

/// What is wrong with the value, and what would be right.
fn reason(error: &clap::Error) -> String {
    use std::error::Error as _;
    let value = error
        .get(ContextKind::InvalidValue)
        .map_or_else(String::new, ToString::to_string);
    match (error.get(ContextKind::ValidValue), error.source()) {
        (Some(valid), _) => format!("`{value}` is none of: {valid}"),
        (None, Some(source)) => format!("`{value}` cannot be taken: {source}"),
        (None, None) => format!("`{value}` cannot be taken"),
    }
}
