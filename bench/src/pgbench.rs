//! pgbench, from the server's own program folder, runs the service's own statements: the capacity
//! of the database alone.

use std::path::Path;
use std::process::Stdio;

use tokio::process::Command;

use crate::Outcome;
use crate::operations::{Operation, READABLE, Recorded};
use crate::statements::script;

/// Sets `n` to an application at random.
const ANY: &str = "\\set n random(1, READABLE)\n";
/// Sets `n` to the next number of this client.
const NEXT: &str = "\\set k :k + 1\n\\set n :client_id * BLOCK + :k\n";
/// Applications that one client of pgbench may file in one cell.
pub const BLOCK: u32 = 3000;

/// The pgbench script for `operation`, made from the recorded statements of the service: each
/// transaction works on another application and generates new ids for its own rows.
pub fn script_for(operation: Operation, recorded: &Recorded, batch: &str) -> String {
    let numbered = |batch: &str| format!("'{batch}-0000-7000-8000-' || lpad(:n, 12, '0')");
    let (prelude, application) = match operation {
        Operation::One => (
            ANY.replace("READABLE", &READABLE.to_string()),
            Some(numbered("00000000")),
        ),
        Operation::List => (String::new(), None),
        Operation::Create | Operation::Step => (
            NEXT.replace("BLOCK", &BLOCK.to_string()),
            Some(numbered(batch)),
        ),
    };
    let application = application.map(|expression| (recorded.application.clone(), expression));
    let made = recorded
        .made
        .iter()
        .filter(|id| **id != recorded.application)
        .zip(1..);
    let made = made.map(|(id, n): (_, u16)| {
        (
            id.clone(),
            format!("'{batch}-{n:04}-4000-8000-' || lpad(:n, 12, '0')"),
        )
    });
    script(
        &recorded.statements,
        &prelude,
        &application.into_iter().chain(made).collect::<Vec<_>>(),
    )
}

/// The transactions a second of `script` over a number of connections.
pub async fn run(
    programs: &Path,
    arguments: &[String],
    folder: &Path,
    script: &str,
    connections: u32,
    seconds: u64,
) -> Outcome<f64> {
    let file = folder.join("script.sql");
    std::fs::write(&file, script)?;
    let mut command = Command::new(programs.join("pgbench"));
    command.args([
        "-n",
        "-j",
        "2",
        "-M",
        "prepared",
        "-D",
        "k=0",
        "-c",
        &connections.to_string(),
        "-T",
        &seconds.to_string(),
        "-f",
    ]);
    let output = command
        .arg(&file)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .await?;
    let said = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        return Err(format!("pgbench: {said}{}", String::from_utf8_lossy(&output.stderr)).into());
    }
    let rate = said
        .lines()
        .find_map(|line| line.strip_prefix("tps = "))
        .and_then(|rest| rest.split(' ').next()?.parse().ok());
    rate.ok_or_else(|| format!("pgbench said nothing of its rate: {said}").into())
}

/// The first part of the ids of applications that pgbench creates, one prefix for each cell.
pub fn created_prefix(round: u32) -> String {
    format!("c{round:07}")
}
