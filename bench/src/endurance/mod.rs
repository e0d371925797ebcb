//! Whether anything is lost or done twice when things fall: `bench/endurance` runs one trial, and
//! fails when it finds a loss. Writers record each act that was acknowledged, repeat an act without
//! an answer under its `Idempotency-Key`, and the database is compared with the record.

mod backup;
mod disk;
mod events;
mod kills;
mod races;
mod record;
mod restarts;
mod sockets;
mod writers;

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

use crate::office::Office;
use crate::operations::Tokens;
use crate::process::Server;
use crate::{MASTER_KEY, Outcome, print, sign_in};
use record::Record;

/// One trial.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Trial {
    /// The service is killed under writes.
    ServiceKilled,
    /// PostgreSQL, or one of its backends, is killed under writes.
    PostgresKilled,
    /// Many callers do the same act at once.
    Races,
    /// Two instances behind `HAProxy` are restarted in turn under load.
    RollingRestarts,
    /// The office is backed up while it works, and restored onto a bare machine.
    Backup,
    /// The disk is full under writes. The temporary folder must be a small file system.
    FullDisk,
    /// Slow requests and many event streams beside other callers.
    SlowSockets,
}

/// The office of a trial and its service.
pub struct World {
    /// Where the service answers now.
    address: Cell<SocketAddr>,
    tokens: Tokens,
    /// The first part of the ids of the submitted applications that are to be filed.
    batch: String,
    filed_next: Cell<u64>,
    over: Cell<bool>,
    record: RefCell<Record>,
}

/// Runs `trial`, shortly or as long as the committed table says.
pub async fn run(trial: Trial, long: bool, folder: &Path) -> Outcome<()> {
    let mut office = Office::open(folder).await?;
    let applications = match trial {
        Trial::Backup => backup::applications(long),
        _ => 1_000,
    };
    office.fill(applications).await?;
    // The staff also watch over confidentiality.
    office
        .run("insert into user_role (user_id, role, granted_at) select user_id, 'internal_auditor', granted_at from user_role where role = 'pji_staff'")
        .await?;
    let (custodian, _) = crate::custodian()?;
    let program = program()?;
    let service = Service {
        program: &program,
        folder,
        custodian: &custodian,
        drain_seconds: u64::from(trial == Trial::RollingRestarts),
    };
    let server = service.start(&office).await?;
    let world = Rc::new(World {
        address: Cell::new(server.address),
        tokens: sign_in(&mut office, &server).await?,
        batch: office
            .submitted(if long { 200_000 } else { 20_000 })
            .await?,
        filed_next: Cell::new(1),
        over: Cell::new(false),
        record: RefCell::default(),
    });
    office.analyze_and_checkpoint().await?;
    let before = record::Counts::of(&mut office.as_owner().await?).await?;
    let (server, report) = match trial {
        Trial::ServiceKilled => kills::of_service(&world, &service, &office, server, long).await?,
        Trial::PostgresKilled => kills::of_postgres(&world, &office, server, long).await?,
        Trial::Races => races::measure(&world, server, long).await?,
        Trial::RollingRestarts => {
            restarts::measure(&world, &service, &office, server, long).await?
        }
        Trial::Backup => backup::measure(&world, &service, &mut office, server, long).await?,
        Trial::FullDisk => disk::measure(&world, &office, server, folder, long).await?,
        Trial::SlowSockets => sockets::measure(&world, &mut office, server, long).await?,
    };
    let record = world.record.take();
    let judged = record
        .compare(&mut office.as_owner().await?, &before, &world.batch)
        .await;
    server.stop().await?;
    verify_trail(&service, &office).await?;
    office.close().await?;
    print(&report);
    print(&judged?);
    Ok(())
}

/// How the service is started.
pub struct Service<'a> {
    program: &'a Path,
    folder: &'a Path,
    custodian: &'a str,
    drain_seconds: u64,
}

impl Service<'_> {
    async fn start(&self, office: &Office) -> Outcome<Server> {
        self.start_at(office, None).await
    }

    /// Starts an instance, at this address or a free one.
    async fn start_at(&self, office: &Office, address: Option<SocketAddr>) -> Outcome<Server> {
        let mut variables = crate::variables(self.folder, office, self.custodian);
        variables.push(("DRAIN_SECONDS", self.drain_seconds.to_string()));
        // Requests fail by the hundred, as they should.
        variables.push(("LOG", "off".to_owned()));
        Server::start_at(
            crate::OURS,
            self.program,
            &variables,
            crate::READY_PATH,
            address,
        )
        .await
    }
}

fn program() -> Outcome<PathBuf> {
    Ok(std::env::current_exe()?.with_file_name("service-desk"))
}

/// Runs `service-desk verify-audit-trail`.
async fn verify_trail(service: &Service<'_>, office: &Office) -> Outcome<()> {
    let variables = crate::variables(service.folder, office, service.custodian);
    let verified = tokio::process::Command::new(service.program)
        .arg("verify-audit-trail")
        .env_clear()
        .envs(variables.iter().map(|(name, value)| (*name, value)))
        .env("MASTER_KEY", MASTER_KEY)
        .output()
        .await?;
    if verified.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&verified.stderr).into_owned();
    Err(format!("the audit trail is damaged: {said}").into())
}

/// Waits a moment without work.
async fn pause(milliseconds: u64) {
    tokio::time::sleep(Duration::from_millis(milliseconds)).await;
}
