//! The demo office of a private service: its accounts before the service listens, its files beside
//! the running service.

use std::net::TcpListener;

use actix_web::dev::ServerHandle;
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions as _, Connection as _};

use super::{Connections, Failure, assemble};
use crate::app::{self, Service};
use crate::clock::Clock;
use crate::complaint::custody::custodian::CustodianPublicKey;
use crate::config::Config;
use crate::database::Database;
use crate::demo::files::{DemoService, Progress, make};
use crate::demo::{self, DemoAccount};
use crate::ids::OfficeId;
use crate::secrecy::MasterKey;

/// Requests a minute under the demo's clock: its two callers send as many as a whole office.
const REQUESTS_PER_MINUTE: u32 = 1_000_000;

/// The demo accounts of a private service.
pub async fn accounts(
    service: &Service,
    owner: PgConnectOptions,
    office: OfficeId,
) -> Result<Vec<DemoAccount>, Failure> {
    let mut connection: PgConnection = owner.connect().await?;
    let accounts = demo::accounts(
        &mut connection,
        service.identity.passwords(),
        office,
        &service.config.data_dir,
        service.clock.now(),
    )
    .await?;
    connection.close().await?;
    Ok(accounts)
}

/// The means to make the demo files.
pub struct FilesToMake {
    /// The settings of the service.
    pub config: Config,
    /// Its master key.
    pub master: MasterKey,
    /// Its connections.
    pub to: Connections,
    /// The custodian's key.
    pub custodian: CustodianPublicKey,
    /// The demo accounts.
    pub accounts: Vec<DemoAccount>,
}

impl FilesToMake {
    /// Makes the demo files that are not there yet, through a second instance of the service in
    /// this process: it listens on two free ports of this machine, its clock runs from some days
    /// before `now` to `now`, and its requests are neither logged nor counted. Returns the numbers of
    /// applications and complaints.
    ///
    /// # Errors
    /// When an act fails. The files made so far stay, and the next start continues.
    pub async fn make(self, now: DateTime<Utc>) -> Result<(usize, usize), Failure> {
        let folder = self.config.data_dir.clone();
        let mut config = self.config;
        config.settings.requests_per_minute = REQUESTS_PER_MINUTE;
        config.surface_at_once = true;
        // Limits by time count from the start of the clock, which is before the first act.
        let clock = Clock::set_to(now - TimeDelta::days(60));
        let database = Database::new(self.to.app.clone(), 1);
        let (master, to, custodian) = (&self.master, self.to, self.custodian);
        let service =
            Box::pin(assemble(config, master, to, custodian, clock.clone(), None)).await?;
        let mut waiting = service.clone();
        waiting.complaint_services.policy.release_immediately = false;
        let (at_once, waiting) = (Listening::start(&service)?, Listening::start(&waiting)?);
        let demo = DemoService {
            base: at_once.base.clone(),
            waiting_base: waiting.base.clone(),
            clock,
            database,
            complaints: service.complaint_services.clone(),
            calendars: service.calendars.clone(),
        };
        let made = Box::pin(make(&demo, self.accounts, &folder, now)).await;
        at_once.handle.stop(true).await;
        waiting.handle.stop(true).await;
        Ok(made?)
    }
}

/// Whether every demo file is there.
///
/// # Errors
/// When the progress cannot be read.
pub fn is_complete(config: &Config) -> Result<bool, Failure> {
    Ok(Progress::read(&config.data_dir)?.is_some_and(|progress| progress.complete))
}

/// An instance on a free port of this machine.
struct Listening {
    base: String,
    handle: ServerHandle,
}

impl Listening {
    fn start(service: &Service) -> Result<Self, Failure> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        let base = format!("http://{}", listener.local_addr()?);
        let server = app::serve(service, listener, 1)?;
        let handle = server.handle();
        actix_web::rt::spawn(server);
        Ok(Self { base, handle })
    }
}
