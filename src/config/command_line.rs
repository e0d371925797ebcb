//! The command line and the environment. All invalid variables are collected as faults, where clap
//! would stop at the first one. An empty variable counts as not given, because a compose file
//! cannot omit a variable.

use clap::builder::Resettable;
use clap::error::ContextKind;
use clap::{Command, CommandFactory as _, FromArgMatches as _};

use super::Cli;
use super::defaults::environment;

/// Parses the command line; returns one line for each invalid variable. Ends the process for
/// `--help` and for errors on the command line itself.
pub fn command_line() -> (Cli, Vec<String>) {
    let (mut command, mut errors) = (Cli::command(), Vec::new());
    loop {
        let read = command
            .clone()
            .try_get_matches()
            .and_then(|matches| Cli::from_arg_matches(&matches));
        let error = match read {
            Ok(cli) => return (cli, errors),
            Err(error) => error,
        };
        let Some((id, name)) = variable(command.clone(), &error) else {
            error.exit()
        };
        if environment(&name).is_some_and(|value| !value.is_empty()) {
            errors.push(format!("{name}: {}", reason(&error)));
        }
        command = command.mut_arg(id, |arg| arg.env(Resettable::Reset));
    }
}

/// The setting that `error` is about, and its variable, if the variable is set.
fn variable(mut command: Command, error: &clap::Error) -> Option<(String, String)> {
    // The display name of an argument is complete only after `build`.
    command.build();
    let invalid_argument = error.get(ContextKind::InvalidArg)?.to_string();
    let argument = command
        .get_arguments()
        .find(|argument| argument.to_string() == invalid_argument)?;
    let name = argument.get_env()?.to_str()?.to_owned();
    environment(&name)?;
    Some((argument.get_id().to_string(), name))
}

/// The fault of the value and the accepted values.
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
