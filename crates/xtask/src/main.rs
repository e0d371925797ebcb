//! `cargo xtask` prints the commands of a developer; `cargo xtask NAME [ARGUMENTS]` runs one of them.

use std::path::Path;
use std::process::{Command, ExitCode};

/// Name, purpose and shell command, run in the root folder of the repository. Arguments after the name are passed on to the shell command.
#[rustfmt::skip]
const COMMANDS: &[(&str, &str, &str)] = &[
    ("bless",         "write openapi/ anew from the code; read the diff",                    "BLESS=1 cargo test --locked --test golden"),
    ("query-cache",   "write .sqlx anew; needs DEV_DATABASE_SERVER, see the script",         "scripts/refresh-sqlx"),
    ("gallery",       "draw docs/letters anew; needs pdftoppm",                              "scripts/gallery"),
    ("stories",       "carry both SOPs through a fresh service, by curl",                    ".ci/with-service sh -c 'scripts/certification-story.sh && scripts/whistle-blowing-story.sh'"),
    ("guide",         "run every command of docs/guide against a fresh service",             ".ci/with-service scripts/guide.sh"),
    ("screening",     "print hits and false alarms of the screening of names",                "cargo test --locked -p names --test samples -- --nocapture"),
    ("lint-contract", "lint openapi/openapi.json with Spectral and Redocly",                 ".ci/lint-contract"),
    ("fuzz-contract", "fuzz a fresh service with schemathesis; --long for hours",            ".ci/fuzz-contract"),
    ("clients",       "generate the typed clients and carry both SOPs through with each",    ".ci/try-clients"),
    ("swagger-ui",    "try Swagger UI in Chromium; a file name takes a screenshot",          ".ci/try-swagger-ui"),
    ("bench",         "measure a release build; --wbs and --letters for the other parts",    "bench/run"),
    ("endurance",     "kill, restart and crowd a release build under load; --long for all",   "bench/endurance"),
    ("dependencies",  "check for unused dependencies, licences, sources and duplicates",     ".ci/check-dependencies"),
    ("advisories",    "fetch the RustSec advisories from GitHub and check against them",     ".ci/check-dependencies --advisories"),
    ("spelling",      "check the English spelling; --write-changes mends it",                ".ci/check-spelling"),
    ("sbom",          "write the software bill of materials, service-desk.cdx.json",         ".ci/make-sbom"),
    ("gate",          "run everything that a change must pass",                              ".ci/run"),
];

#[expect(
    clippy::disallowed_macros,
    reason = "it speaks to the developer's terminal"
)]
fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Some(name) = arguments.next() else {
        println!("{}", list());
        return ExitCode::SUCCESS;
    };
    let Some((_, _, command)) = COMMANDS.iter().find(|(known, ..)| *known == name) else {
        eprintln!("there is no command `{name}`\n\n{}", list());
        return ExitCode::from(2);
    };
    run(&name, command, arguments)
}

fn list() -> String {
    COMMANDS
        .iter()
        .map(|(name, purpose, _)| format!("cargo xtask {name:<14} {purpose}"))
        .collect::<Vec<_>>()
        .join("\n")
}

fn run(name: &str, command: &str, arguments: impl Iterator<Item = String>) -> ExitCode {
    // In `sh -c`, the first argument after the command is its name in messages, the rest are "$@".
    let status = Command::new("sh")
        .args(["-c", &format!("{command} \"$@\""), name])
        .args(arguments)
        .current_dir(root())
        .status();
    match status {
        // Without a code when a signal ended it.
        Ok(status) => ExitCode::from(u8::try_from(status.code().unwrap_or(1)).unwrap_or(1)),
        Err(error) => {
            eprintln!("sh: {error}");
            ExitCode::FAILURE
        }
    }
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_program_of_the_list_exists() {
        let programs = COMMANDS
            .iter()
            .flat_map(|(_, _, command)| command.split([' ', '\'']))
            .filter(|word| word.contains('/'));
        for program in programs {
            assert!(root().join(program).is_file(), "{program} is missing");
        }
    }
}
