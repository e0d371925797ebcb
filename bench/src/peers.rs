//! The services of `bench/peers`: the same operations in other frameworks, with the same rows and
//! rights, each with as many processes and database connections as the service has workers.

use std::path::PathBuf;

use crate::office::Office;
use crate::process::Server;
use crate::report::{FASTAPI, NESTJS};
use crate::{DATABASE_CONNECTIONS, Outcome, WORKERS};

/// Starts both. They verify the access tokens of `ours`.
pub async fn start(office: &Office, ours: &Server) -> Outcome<Vec<Server>> {
    let setting = |name: &str| {
        std::env::var(name).map_err(|_| format!("{name} is missing: start with bench/run --peers"))
    };
    let folder = PathBuf::from(setting("PEERS")?);
    let variables = [
        ("DATABASE_URL", office.url()),
        ("WORKERS", WORKERS.to_string()),
        (
            "DATABASE_CONNECTIONS",
            (DATABASE_CONNECTIONS / WORKERS).to_string(),
        ),
        ("SQL", folder.join("sql").display().to_string()),
        ("KEYS", format!("http://{}", ours.address)),
        ("NODE_ENV", "production".to_owned()),
        ("NODE", setting("NODE")?),
        ("NESTJS", setting("NESTJS")?),
        ("UVICORN", setting("UVICORN")?),
    ];
    let mut started = Vec::new();
    for name in [NESTJS, FASTAPI] {
        let program = folder.join(name.to_lowercase()).join("serve");
        started.push(Server::start(name, &program, &variables, "/ready").await?);
    }
    Ok(started)
}
