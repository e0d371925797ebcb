//! How the parts are brought up and taken down, in order: database, migrations, office, service, jobs; and back.

pub mod custodian;
mod engine;
mod jobs;
mod mirror;
pub mod permissions;
mod post;

pub use self::jobs::job_options;

use std::net::TcpListener;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use metrics_exporter_prometheus::PrometheusHandle;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions};
use sqlx::{ConnectOptions as _, Connection as _};
use tokio::time::MissedTickBehavior;

use crate::app::{self, Service};
use crate::audit::AuditKey;
use crate::casework::calendars::Calendars;
use crate::clock::Clock;
use crate::complaint::custody::custodian::CustodianKey;
use crate::complaint::jobs::release;
use crate::complaint::sealing::keys::Keys;
use crate::complaint::services::{ComplaintServices, Policy};
use crate::complaint::vault::pin;
use crate::config::{Config, DatabaseSetting, Demands, SigningSetting, StoreSetting};
use crate::database::embedded::{Durability, PrivatePostgres, Settings};
use crate::database::roles::{APPLICATION, OWNER, VAULT, assert_role, create_database};
use crate::database::{Database, migrate};
use crate::demo;
use crate::events::{self, EventBroadcaster, EventCursorKey};
use crate::gateways::document_store::DocumentStore;
use crate::gateways::drive::ServiceAccount;
use crate::gateways::signing::{Authority, Bsre, Signing};
use crate::health::{Draining, Metrics};
use crate::identity::Identity;
use crate::ids::OfficeId;
use crate::letters::Letters;
use crate::office;
use crate::secrecy::MasterKey;
use crate::supervisor::{Heartbeat, Limits, Supervisor};
use crate::typesetting::Typesetter;
use crate::web::Cursor;
use crate::webhooks::{Guard, WebhookClient};

pub use crate::supervisor::Failure;

/// A database that can be reached.
pub struct Reached {
    /// As the application.
    pub app: PgConnectOptions,
    /// As the owner, when that was given.
    pub owner: Option<PgConnectOptions>,
    /// As the vault, when that was given.
    pub vault: Option<PgConnectOptions>,
    /// The private server, when it is ours.
    pub private: Option<PrivatePostgres>,
}

/// Reaches the database of the settings; starts the private server when there is no other.
///
/// # Errors
/// When it cannot be reached or started: one message.
pub async fn reach(config: &Config) -> Result<Reached, Failure> {
    match &config.database {
        DatabaseSetting::Given { app, owner, vault } => Ok(Reached {
            app: app
                .expose()
                .parse()
                .map_err(|_| "DATABASE_URL is not a PostgreSQL URL")?,
            owner: owner
                .as_ref()
                .map(|url| {
                    url.expose()
                        .parse()
                        .map_err(|_| "DATABASE_OWNER_URL is not a PostgreSQL URL")
                })
                .transpose()?,
            vault: vault
                .as_ref()
                .map(|url| {
                    url.expose()
                        .parse()
                        .map_err(|_| "DATABASE_VAULT_URL is not a PostgreSQL URL")
                })
                .transpose()?,
            private: None,
        }),
        DatabaseSetting::Private => {
            permissions::make_passable(&config.data_dir)?;
            let settings = Settings {
                folder: config.data_dir.join("postgres"),
                durability: Durability::Kept,
                binaries: config.settings.pg_bin_dir.clone(),
                path: config.path.clone(),
                downloads: config.data_dir.join("downloads"),
            };
            let server = PrivatePostgres::start(&settings).await?;
            create_database(&server, "desk").await?;
            let [app, owner, vault] =
                [APPLICATION, OWNER, VAULT].map(|role| server.connect_options(role, "desk"));
            Ok(Reached {
                app,
                owner: Some(owner),
                vault: Some(vault),
                private: Some(server),
            })
        }
    }
}

/// What the settings are read for, with what the parts above the settings say of their keys.
#[must_use]
pub fn demands(serving: bool) -> Demands {
    Demands {
        serving,
        custodian_key: |key| {
            CustodianKey::from_base64(key)
                .map(drop)
                .map_err(str::to_owned)
        },
        drive_key: |key| {
            ServiceAccount::from_json(key)
                .map(drop)
                .map_err(str::to_owned)
        },
    }
}

/// Each URL that serves, with its setting and the role it must sign in as.
pub fn duties<'a>(
    app: &'a PgConnectOptions,
    vault: Option<&'a PgConnectOptions>,
) -> impl Iterator<Item = (&'static str, &'a PgConnectOptions, &'static str)> {
    let vault = vault.map(|vault| ("DATABASE_VAULT_URL", vault, VAULT));
    std::iter::once(("DATABASE_URL", app, APPLICATION)).chain(vault)
}

/// Makes sure that each URL signs in as its own role, and that none of them can do more.
///
/// # Errors
/// One line that names the setting.
pub async fn assert_roles(
    app: &PgConnectOptions,
    vault: Option<&PgConnectOptions>,
) -> Result<(), Failure> {
    for (setting, options, role) in duties(app, vault) {
        assert_role(options, setting, role).await?;
    }
    Ok(())
}

/// Migrates as the owner and founds the office.
///
/// # Errors
/// When the server refuses.
pub async fn prepare(owner: PgConnectOptions, clock: &Clock) -> Result<OfficeId, Failure> {
    migrate::migrate(owner.clone()).await?;
    let mut connection = owner.connect().await?;
    let office = office::found(&mut connection, clock.now()).await?;
    connection.close().await?;
    Ok(office)
}

/// Puts the service together on a prepared database.
///
/// # Errors
/// When a key or a store cannot be had.
pub async fn assemble(
    config: Config,
    master: &MasterKey,
    Connections { app, vault }: Connections,
    custodian: CustodianKey,
    clock: Clock,
    numbers: Option<PrometheusHandle>,
) -> Result<Service, Failure> {
    permissions::close(&config.data_dir).await?;
    let database = Database::new(app.clone(), 1);
    let identity = Identity::load(&database, master, &config, clock.clone()).await?;
    let documents = document_store(&config)?;
    let services = complaint_services(&config, master, documents.clone(), custodian, vault);
    let post = post::office(&config, master, app.clone(), &clock)?;
    let mirror = mirror::of(&config, master, &clock)?;
    pin::check(&database, &services, clock.now()).await?;
    let letters = Letters::new(
        signing(&config, master, &database, &clock).await?,
        &config.public_url,
    );
    let guard = if matches!(config.database, DatabaseSetting::Private) {
        Guard::TryingOut
    } else {
        Guard::Strict
    };
    let caller = WebhookClient::new(master.derive("webhook-secret"), guard)?;
    Ok(Service {
        config: Arc::new(config),
        clock,
        database: app,
        identity,
        documents,
        typesetter: Typesetter::for_this_machine()?,
        calendars: Calendars::default(),
        cursor: Cursor::new(master.derive("cursor")),
        audit: audit_key(master),
        complaint_services: services,
        post,
        mirror,
        letters,
        hub: EventBroadcaster::default(),
        bookmarks: EventCursorKey::new(master.derive("events")),
        caller,
        draining: Draining::default(),
        supervisor: Supervisor::default(),
        numbers: Metrics(numbers),
    })
}

/// How to reach the database.
#[derive(Debug, Clone)]
pub struct Connections {
    /// As the application.
    pub app: PgConnectOptions,
    /// As the vault.
    pub vault: PgConnectOptions,
}

/// Who signs letters by the settings. The test authority is made at the first start and kept sealed in the database, with or without `DATABASE_URL`: all
/// instances sign under one authority, and a backup of the database with the master key brings it back.
async fn signing(
    config: &Config,
    master: &MasterKey,
    database: &Database,
    clock: &Clock,
) -> Result<Signing, Failure> {
    Ok(match &config.signing {
        SigningSetting::Local => {
            Signing::Local(Authority::load(database, master, clock.now()).await?)
        }
        SigningSetting::Bsre {
            url,
            user,
            password,
        } => Signing::Bsre(Bsre::new(url, user, password.expose())?),
    })
}

/// The document store of the settings.
///
/// # Errors
/// When it cannot be had with these settings.
pub fn document_store(config: &Config) -> Result<DocumentStore, Failure> {
    Ok(match &config.store {
        StoreSetting::Folder => DocumentStore::folder(&config.data_dir.join("documents"))?,
        StoreSetting::S3 {
            bucket,
            endpoint,
            region,
            access_key,
            secret_key,
        } => DocumentStore::s3(
            bucket,
            endpoint.as_deref(),
            region,
            access_key.expose(),
            secret_key.expose(),
        )?,
    })
}

fn complaint_services(
    config: &Config,
    master: &MasterKey,
    documents: DocumentStore,
    custodian: CustodianKey,
    vault: PgConnectOptions,
) -> ComplaintServices {
    ComplaintServices::new(
        master,
        audit_key(master),
        documents,
        custodian,
        Database::new(vault, 2),
        policy(config),
    )
}

/// Pins the custodian's key of the settings beside those pinned before.
///
/// # Errors
/// When the server refuses.
pub async fn accept_custodian(
    config: &Config,
    master: &MasterKey,
    to: Connections,
    custodian: CustodianKey,
    clock: &Clock,
) -> Result<(), Failure> {
    let services = complaint_services(config, master, document_store(config)?, custodian, to.vault);
    pin::accept(&Database::new(to.app, 1), &services, clock.now()).await?;
    Ok(())
}

fn policy(config: &Config) -> Policy {
    Policy {
        surfacing: config.surfacing_times.clone(),
        at_once: config.surface_at_once,
        identity_kept: chrono::TimeDelta::days(config.settings.identity_retention_days.into()),
        content_kept: chrono::TimeDelta::days(config.settings.content_retention_days.into()),
    }
}

/// The key of the audit trail.
#[must_use]
pub fn audit_key(master: &MasterKey) -> AuditKey {
    AuditKey::new(Keys::new(master).audit().clone())
}

/// The demo accounts of a private service.
///
/// # Errors
/// When the data folder or the database refuses.
pub async fn demo(
    service: &Service,
    owner: PgConnectOptions,
    office: OfficeId,
) -> Result<Vec<demo::Account>, Failure> {
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

/// Serves on `listener` with the jobs beside it until `stop` is done; then drains, finishes what is under way, and closes.
///
/// # Errors
/// When the listener cannot be used, or a timetable of the jobs cannot be read.
pub async fn run(
    service: Service,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Failure> {
    let workers = match service.config.settings.workers {
        0 => std::thread::available_parallelism().map_or(2, usize::from),
        given => given,
    };
    let supervisor = service.supervisor.renewed();
    let service = Service {
        supervisor: supervisor.clone(),
        ..service
    };
    // Settings that no restart could mend must stop the start.
    drop(job_options(
        &service,
        PgPoolOptions::new().connect_lazy_with(service.database.clone()),
    )?);
    service.hub.open();
    engine::supervise(&service, &supervisor);
    supervise_release(&service, &supervisor);
    let (database, hub) = (service.database.clone(), service.hub.clone());
    supervisor.run("listener", events::listener::LIMITS, move |heartbeat| {
        events::listener::listen(database.clone(), hub.clone(), heartbeat)
    });
    supervisor.watch();
    let server = app::serve(&service, listener, workers)?;
    let handle = server.handle();
    let drain = Duration::from_secs(service.config.settings.drain_seconds);
    let (draining, hub) = (service.draining.clone(), service.hub.clone());
    let stopper = tokio::spawn(async move {
        stop.await;
        draining.begin();
        // Streams would hold the stop up for as long as it has patience.
        hub.close();
        tokio::time::sleep(drain).await;
        handle.stop(true).await;
    });
    server.await?;
    stopper.abort();
    supervisor.stop().await;
    Ok(())
}

/// Releases complaints when they are due, in every instance. To try the service out one does not want to wait.
fn supervise_release(service: &Service, supervisor: &Supervisor) {
    let (every, stale_after) = if service.config.surface_at_once {
        (1, 60)
    } else {
        (60, 300)
    };
    let limits = Limits {
        stale_after: Duration::from_secs(stale_after),
        grace: Duration::ZERO,
    };
    let service = service.clone();
    supervisor.run("release", limits, move |heartbeat| {
        release(service.clone(), Duration::from_secs(every), heartbeat)
    });
}

/// Looks for complaints that are due, on a connection of its own. What fails with one of them keeps no other back, and the next look tries again.
async fn release(service: Service, every: Duration, heartbeat: Heartbeat) -> Result<(), Failure> {
    let database = Database::new(service.database.clone(), 1);
    let mut times = tokio::time::interval(every);
    times.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        times.tick().await;
        Box::pin(release::look(
            &database,
            &service.complaint_services,
            &service.calendars,
            service.clock.now(),
        ))
        .await?;
        heartbeat.beat();
    }
}

/// The master key of the private mode: kept in the data folder, made on the first run.
///
/// # Errors
/// When the folder refuses, or what is in the file is no key.
pub fn private_master_key(folder: &Path) -> Result<MasterKey, Failure> {
    let path = folder.join("master-key");
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(MasterKey::from_hex(&text)?),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let key = MasterKey::random();
            let mut file = std::fs::OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(&path)?;
            std::io::Write::write_all(&mut file, key.to_hex().as_bytes())?;
            Ok(key)
        }
        Err(error) => Err(error.into()),
    }
}
