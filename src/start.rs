//! Start and stop of the service, in order: database, migrations, office, components, jobs.

pub mod custodian;
pub mod demo;
mod engine;
mod jobs;
mod mailer;
mod mirror;
mod payment_office;
pub mod permissions;

pub use self::jobs::job_options;
pub use self::payment_office::simulate as simulate_payment_office;

use std::net::TcpListener;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use metrics_exporter_prometheus::PrometheusHandle;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions as _, Connection as _};
use tokio::time::MissedTickBehavior;

use crate::app::{self, Service};
use crate::audit::AuditKey;
use crate::casework::calendars::Calendars;
use crate::certification::tariffs::examples::ExampleTariffs;
use crate::clock::Clock;
use crate::complaint::custody::custodian::CustodianPublicKey;
use crate::complaint::jobs::copies::{self, CopyQueue};
use crate::complaint::jobs::release;
use crate::complaint::sealing::keys::Keys;
use crate::complaint::services::{ComplaintServices, Policy};
use crate::complaint::vault::pin;
use crate::config::{Config, DatabaseConfig, KeyChecks, SigningConfig, StoreConfig};
use crate::database::roles::{APPLICATION, OWNER, VAULT, assert_role, create_database};
use crate::database::{Database, migrate};
use crate::events::{self, EventBroadcaster, EventCursorKey};
use crate::gateways::document_store::DocumentStore;
use crate::gateways::drive::ServiceAccount;
use crate::gateways::signing::{Authority, Bsre, SigningProvider};
use crate::health::{Draining, Metrics};
use crate::identity::{Identity, sign_in_cache};
use crate::ids::OfficeId;
use crate::letters::Letters;
use crate::office;
use crate::secrecy::MasterKey;
use crate::supervisor::{Heartbeat, Limits, Supervisor};
use crate::typesetting::Typesetter;
use crate::web::Cursor;
use crate::webhooks::{Guard, WebhookClient};
use private_postgres::{Durability, PrivatePostgres, Settings};

pub use crate::supervisor::Failure;

/// The URLs of the database, and the private server if there is one.
pub struct DatabaseEndpoints {
    /// As the application.
    pub app: PgConnectOptions,
    /// As the owner, if given.
    pub owner: Option<PgConnectOptions>,
    /// As the vault's role, if given.
    pub vault: Option<PgConnectOptions>,
    /// The private server; `None` for a given database.
    pub private: Option<PrivatePostgres>,
}

/// Parses the URLs of the given database, or starts the private server and creates its database.
pub async fn reach_database(config: &Config) -> Result<DatabaseEndpoints, Failure> {
    match &config.database {
        DatabaseConfig::Given { app, owner, vault } => Ok(DatabaseEndpoints {
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
        DatabaseConfig::Private => {
            permissions::make_traversable(&config.data_dir)?;
            let settings = Settings {
                folder: config.data_dir.join("postgres"),
                durability: Durability::Full,
                binaries: config.settings.pg_bin_dir.clone(),
                path: config.path.clone(),
                downloads: config.data_dir.join("downloads"),
            };
            let server = PrivatePostgres::start(&settings).await?;
            create_database(&server, "desk").await?;
            let [app, owner, vault] =
                [APPLICATION, OWNER, VAULT].map(|role| server.connect_options(role, "desk"));
            Ok(DatabaseEndpoints {
                app,
                owner: Some(owner),
                vault: Some(vault),
                private: Some(server),
            })
        }
    }
}

/// The checks of settings that are implemented by modules above `config`.
pub fn key_checks(serving: bool) -> KeyChecks {
    KeyChecks {
        serving,
        custodian_key: |key| {
            CustodianPublicKey::from_base64(key)
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

/// Each URL used for serving, with its setting and the role it must sign in as.
pub fn role_requirements<'a>(
    app: &'a PgConnectOptions,
    vault: Option<&'a PgConnectOptions>,
) -> impl Iterator<Item = (&'static str, &'a PgConnectOptions, &'static str)> {
    let vault = vault.map(|vault| ("DATABASE_VAULT_URL", vault, VAULT));
    std::iter::once(("DATABASE_URL", app, APPLICATION)).chain(vault)
}

/// Checks that each URL signs in as its own role, without further rights.
///
/// # Errors
/// One line that names the setting.
pub async fn assert_roles(
    app: &PgConnectOptions,
    vault: Option<&PgConnectOptions>,
) -> Result<(), Failure> {
    for (setting, options, role) in role_requirements(app, vault) {
        assert_role(options, setting, role).await?;
    }
    Ok(())
}

/// Migrates the database as the owner and creates the office if it is missing.
pub async fn prepare(owner: PgConnectOptions, clock: &Clock) -> Result<OfficeId, Failure> {
    migrate::migrate(owner.clone()).await?;
    let mut connection = owner.connect().await?;
    let office = office::create_if_missing(&mut connection, clock.now()).await?;
    connection.close().await?;
    Ok(office)
}

/// Builds the service on a migrated database.
pub async fn assemble(
    config: Config,
    master: &MasterKey,
    Connections { app, vault }: Connections,
    custodian: CustodianPublicKey,
    clock: Clock,
    metrics: Option<PrometheusHandle>,
) -> Result<Service, Failure> {
    permissions::restrict(&config.data_dir).await?;
    let database = Database::new(app.clone(), 1);
    let identity = Identity::load(&database, master, &config, clock.clone()).await?;
    let documents = document_store(&config)?;
    let services = complaint_services(&config, master, documents.clone(), custodian, vault);
    let mailer = mailer::build(&config, master, app.clone(), &clock)?;
    let mirror = mirror::build(&config, master, &clock)?;
    let payment_office = payment_office::build(&config)?;
    pin::check(&database, &services, clock.now()).await?;
    let letters = Letters::new(
        signing(&config, master, &database, &clock).await?,
        &config.public_url,
    );
    let (guard, example_tariffs) = match config.database {
        DatabaseConfig::Private => (Guard::TryingOut, ExampleTariffs::Allowed),
        DatabaseConfig::Given { .. } => (Guard::Strict, ExampleTariffs::Refused),
    };
    let webhook_client = WebhookClient::new(master.derive("webhook-secret"), guard)?;
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
        mailer,
        mirror,
        payment_office,
        example_tariffs,
        letters,
        broadcaster: EventBroadcaster::default(),
        event_cursors: EventCursorKey::new(master.derive("events")),
        webhook_client,
        draining: Draining::default(),
        supervisor: Supervisor::default(),
        metrics: Metrics(metrics),
    })
}

/// Connection options of the roles that serve.
#[derive(Debug, Clone)]
pub struct Connections {
    /// As the application.
    pub app: PgConnectOptions,
    /// As the vault's role.
    pub vault: PgConnectOptions,
}

/// The signing service of the settings. The test authority is created at the first start and stored
/// sealed in the database, in both modes: all instances sign under one authority, and a backup of
/// the database together with the master key restores it.
async fn signing(
    config: &Config,
    master: &MasterKey,
    database: &Database,
    clock: &Clock,
) -> Result<SigningProvider, Failure> {
    Ok(match &config.signing {
        SigningConfig::Local => {
            SigningProvider::Local(Authority::load(database, master, clock.now()).await?)
        }
        SigningConfig::Bsre {
            url,
            user,
            password,
        } => SigningProvider::Bsre(Bsre::new(url, user, password.expose())?),
    })
}

/// The document store of the settings.
pub fn document_store(config: &Config) -> Result<DocumentStore, Failure> {
    Ok(match &config.store {
        StoreConfig::Folder => DocumentStore::folder(&config.data_dir.join("documents"))?,
        StoreConfig::S3 {
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
    custodian: CustodianPublicKey,
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

/// Pins the custodian's key of the settings in addition to those pinned before.
pub async fn accept_custodian(
    config: &Config,
    master: &MasterKey,
    to: Connections,
    custodian: CustodianPublicKey,
    clock: &Clock,
) -> Result<(), Failure> {
    let services = complaint_services(config, master, document_store(config)?, custodian, to.vault);
    pin::accept(&Database::new(to.app, 1), &services, clock.now()).await?;
    Ok(())
}

fn policy(config: &Config) -> Policy {
    Policy {
        release_times: config.surfacing_times.clone(),
        release_immediately: config.surface_at_once,
        identity_retention: chrono::TimeDelta::days(config.settings.identity_retention_days.into()),
        content_retention: chrono::TimeDelta::days(config.settings.content_retention_days.into()),
    }
}

/// The key of the audit trail.
pub fn audit_key(master: &MasterKey) -> AuditKey {
    AuditKey::new(Keys::new(master).audit().clone())
}

/// Serves on `listener` and runs the jobs until `stop` completes; then drains, finishes requests in
/// progress, and closes.
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
    // Invalid job options must stop the start, because a restart would not fix them.
    drop(job_options(
        &service,
        PgPoolOptions::new().connect_lazy_with(service.database.clone()),
    )?);
    service.broadcaster.open();
    engine::supervise(&service, &supervisor);
    supervise_release(&service, &supervisor);
    supervise_copies(&service, &supervisor);
    let (database, broadcaster) = (service.database.clone(), service.broadcaster.clone());
    supervisor.run("listener", events::listener::LIMITS, move |heartbeat| {
        events::listener::listen(database.clone(), broadcaster.clone(), heartbeat)
    });
    let (database, sign_ins) = (service.database.clone(), service.identity.sign_ins.clone());
    supervisor.run("sign_ins", sign_in_cache::LIMITS, move |heartbeat| {
        sign_ins.clone().listen(database.clone(), heartbeat)
    });
    supervisor.watch();
    let server = app::serve(&service, listener, workers)?;
    let handle = server.handle();
    let drain = Duration::from_secs(service.config.settings.drain_seconds);
    let (draining, broadcaster) = (service.draining.clone(), service.broadcaster.clone());
    let stopper = tokio::spawn(async move {
        stop.await;
        draining.begin();
        // Open event streams would delay the stop until its timeout.
        broadcaster.close();
        tokio::time::sleep(drain).await;
        handle.stop(true).await;
    });
    server.await?;
    stopper.abort();
    supervisor.stop().await;
    Ok(())
}

/// Releases complaints when they are due; every instance does. In a trial (`surface_at_once`) it
/// checks every second.
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

/// Makes the copies of attachments; every instance does.
fn supervise_copies(service: &Service, supervisor: &Supervisor) {
    let limits = Limits {
        stale_after: Duration::from_mins(5),
        grace: Duration::ZERO,
    };
    for (name, queue) in [
        ("copies", CopyQueue::Untried),
        ("hard_copies", CopyQueue::Hard),
    ] {
        let service = service.clone();
        supervisor.run(name, limits, move |heartbeat| {
            copies(service.clone(), queue, heartbeat)
        });
    }
}

/// Makes the missing copies every second, on a connection of its own.
async fn copies(service: Service, queue: CopyQueue, heartbeat: Heartbeat) -> Result<(), Failure> {
    let database = Database::new(service.database.clone(), 1);
    let mut times = tokio::time::interval(Duration::from_secs(1));
    times.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        times.tick().await;
        let (services, now) = (&service.complaint_services, service.clock.now());
        copies::make(&database, services, queue, now, || heartbeat.beat()).await?;
        heartbeat.beat();
    }
}

/// Releases due complaints periodically, on a connection of its own. A failure with one complaint
/// does not delay the others; the next round tries again.
async fn release(service: Service, every: Duration, heartbeat: Heartbeat) -> Result<(), Failure> {
    let database = Database::new(service.database.clone(), 1);
    let mut times = tokio::time::interval(every);
    times.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        times.tick().await;
        Box::pin(release::run(
            &database,
            &service.complaint_services,
            &service.calendars,
            service.clock.now(),
        ))
        .await?;
        heartbeat.beat();
    }
}

/// The master key of the private mode, created in the data folder on the first start.
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
