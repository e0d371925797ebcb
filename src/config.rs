//! Every setting: its flag, its environment variable, its default and its meaning. The only reader of the environment.

mod addresses;
mod command_line;
mod drive;
mod faults;
mod log;
mod mail;
mod places;
mod proxies;
mod reading;
mod release;
mod secret;
mod signing;

use std::net::SocketAddr;
use std::path::PathBuf;

use chrono::NaiveTime;
use clap::builder::RangedU64ValueParser;
use clap::{Args, Parser, Subcommand, ValueEnum};
use ipnet::IpNet;

pub use self::command_line::command_line;
pub use self::drive::{DriveSetting, DriveSettings};
use self::faults::Collector;
pub use self::faults::Faults;
pub use self::mail::{MailSetting, MailSettings, SmtpSetting, SmtpTls};
use self::places::{default_data_dir, environment};
pub use self::secret::Secret;
use self::secret::secret;
pub use self::signing::{SigningKind, SigningSetting, SigningSettings};
use crate::secrecy::MasterKey;

/// The service desk of a certification office.
#[derive(Debug, Parser)]
#[command(
    version,
    about,
    long_about = "The service desk of a certification office: a JSON REST API.\n\n\
    Without DATABASE_URL it starts a private PostgreSQL, a demo office and Swagger UI. With DATABASE_URL that server is used and nothing else is started.\n\
    Every secret NAME may also be given as NAME_FILE: the path of a file that holds it."
)]
pub struct Cli {
    /// What to do; `serve` when nothing is said.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Its settings.
    #[command(flatten)]
    pub settings: Settings,
}

/// What the program can do.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Serve the API (the default).
    Serve,
    /// Bring the database to this version (as the owner) and stop.
    Migrate,
    /// Create an administrator; the password is read from standard input.
    CreateAdmin {
        /// The e-mail to sign in with.
        #[arg(long)]
        email: String,
        /// The name to show.
        #[arg(long)]
        name: String,
    },
    /// Read the settings, say which mode they choose and every fault of them, each in one line, ask the database for its roles, and stop.
    CheckConfig,
    /// Print the OpenAPI document.
    Openapi,
    /// Make the next signing key active, retire the one before (it is believed for another hour), and stop.
    RotateKeys,
    /// Make a custodian's key: its wrapped private half goes into a file, its public half is printed for `CUSTODIAN_KEY`. Reads the passphrase from
    /// standard input.
    NewCustodianKey {
        /// The file for the private half: for the custodian's stick, never for this machine.
        #[arg(long)]
        out: PathBuf,
    },
    /// Pin the custodian's key of the settings beside those pinned before: after it was replaced.
    AcceptCustodianKey,
    /// Check the audit trail of whistle-blowing and its anchors, say what was found, and fail when somebody tampered with it.
    VerifyAuditTrail,
    /// Write one of each letter and paper as a PDF with made-up content, to look at, and stop.
    SamplePapers {
        /// The folder for the PDFs.
        #[arg(long)]
        out: PathBuf,
        /// A folder with changed forms (`surat.typ` and the others): those found there are used instead of the ones built in.
        #[arg(long)]
        forms: Option<PathBuf>,
    },
}

/// The region of a bucket when none is given.
const REGION: &str = "auto";

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Human,
    /// One JSON object a line.
    Json,
}

/// Where documents are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum StoreKind {
    /// In the data folder.
    Fs,
    /// In a bucket that speaks S3.
    S3,
}

/// The settings as given. `Config::read` makes of them what the service runs on.
#[derive(Debug, Clone, Args)]
pub struct Settings {
    /// Address and port to listen on.
    #[arg(long, env = "LISTEN", default_value = "127.0.0.1:8080", global = true)]
    pub listen: SocketAddr,
    /// The URL callers reach the service under; used in tokens (`iss`) and links.
    #[arg(long, env = "PUBLIC_URL", global = true)]
    pub public_url: Option<String>,
    /// The database as the application's role (owns no tables). Secret.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, global = true)]
    pub database_url: Option<String>,
    /// File with `DATABASE_URL`.
    #[arg(long, env = "DATABASE_URL_FILE", global = true)]
    pub database_url_file: Option<PathBuf>,
    /// The database as the owner of its tables, for `migrate` only. Secret.
    #[arg(
        long,
        env = "DATABASE_OWNER_URL",
        hide_env_values = true,
        global = true
    )]
    pub database_owner_url: Option<String>,
    /// File with `DATABASE_OWNER_URL`.
    #[arg(long, env = "DATABASE_OWNER_URL_FILE", global = true)]
    pub database_owner_url_file: Option<PathBuf>,
    /// The database as the role of the identity vault. Secret.
    #[arg(
        long,
        env = "DATABASE_VAULT_URL",
        hide_env_values = true,
        global = true
    )]
    pub database_vault_url: Option<String>,
    /// File with `DATABASE_VAULT_URL`.
    #[arg(long, env = "DATABASE_VAULT_URL_FILE", global = true)]
    pub database_vault_url_file: Option<PathBuf>,
    /// 32 bytes in hex that wrap the signing keys at rest (`openssl rand -hex 32`). Secret.
    #[arg(long, env = "MASTER_KEY", hide_env_values = true, global = true)]
    pub master_key: Option<String>,
    /// File with `MASTER_KEY`.
    #[arg(long, env = "MASTER_KEY_FILE", global = true)]
    pub master_key_file: Option<PathBuf>,
    /// The custodian's public key, to which the identities of whistle-blowers are sealed (`service-desk new-custodian-key`).
    #[arg(long, env = "CUSTODIAN_KEY", global = true)]
    pub custodian_key: Option<String>,
    /// File with `CUSTODIAN_KEY`.
    #[arg(long, env = "CUSTODIAN_KEY_FILE", global = true)]
    pub custodian_key_file: Option<PathBuf>,
    /// Times of working days (WIB), comma separated, at which complaints become known to the office: many at once, so that none tells when it was written.
    #[arg(long, env = "SURFACING_TIMES", default_value = release::USUAL, global = true)]
    pub surfacing_times: String,
    /// Private mode only: complaints become known at once instead of at the surfacing times, for trying the service out; `false` to wait for them.
    #[arg(long, env = "SURFACE_AT_ONCE", global = true)]
    pub surface_at_once: Option<bool>,
    /// Days that a reporter's identity is kept after the complaint is closed.
    #[arg(long, env = "IDENTITY_RETENTION_DAYS", default_value_t = 180, value_parser = clap::value_parser!(u32).range(1..=36_500), global = true)]
    pub identity_retention_days: u32,
    /// Days that the content of a complaint is kept after it is closed; not fewer than those of the identity.
    #[arg(long, env = "CONTENT_RETENTION_DAYS", default_value_t = 1095, value_parser = clap::value_parser!(u32).range(1..=36_500), global = true)]
    pub content_retention_days: u32,
    /// Folder for the private database, its keys and the documents; the default depends on who runs it.
    #[arg(long, env = "DATA_DIR", global = true)]
    pub data_dir: Option<PathBuf>,
    /// Folder with `initdb`, `pg_ctl` and `postgres` for the private database.
    #[arg(long, env = "PG_BIN_DIR", global = true)]
    pub pg_bin_dir: Option<PathBuf>,
    /// Worker threads; one for each core when 0.
    #[arg(long, env = "WORKERS", default_value_t = 0, value_parser = RangedU64ValueParser::<usize>::new().range(0..=512), global = true)]
    pub workers: usize,
    /// Database connections for each worker.
    #[arg(long, env = "DATABASE_CONNECTIONS", default_value_t = 6, value_parser = clap::value_parser!(u16).range(1..=64), global = true)]
    pub database_connections: u16,
    /// Origins that browsers may call from, comma separated; none by default. `*` is refused.
    #[arg(long, env = "CORS_ORIGINS", value_delimiter = ',', global = true)]
    pub cors_origins: Vec<String>,
    /// Where documents are kept.
    #[arg(long, env = "DOCUMENT_STORE", value_enum, default_value_t = StoreKind::Fs, global = true)]
    pub document_store: StoreKind,
    /// S3: the bucket.
    #[arg(long, env = "S3_BUCKET", global = true)]
    pub s3_bucket: Option<String>,
    /// S3: the endpoint, when it is not AWS.
    #[arg(long, env = "S3_ENDPOINT", global = true)]
    pub s3_endpoint: Option<String>,
    /// S3: the region.
    #[arg(long, env = "S3_REGION", default_value = REGION, global = true)]
    pub s3_region: String,
    /// S3: the access key. Secret.
    #[arg(long, env = "S3_ACCESS_KEY", hide_env_values = true, global = true)]
    pub s3_access_key: Option<String>,
    /// File with `S3_ACCESS_KEY`.
    #[arg(long, env = "S3_ACCESS_KEY_FILE", global = true)]
    pub s3_access_key_file: Option<PathBuf>,
    /// S3: the secret key. Secret.
    #[arg(long, env = "S3_SECRET_KEY", hide_env_values = true, global = true)]
    pub s3_secret_key: Option<String>,
    /// File with `S3_SECRET_KEY`.
    #[arg(long, env = "S3_SECRET_KEY_FILE", global = true)]
    pub s3_secret_key_file: Option<PathBuf>,
    /// Who signs letters.
    #[command(flatten)]
    pub signing: SigningSettings,
    /// Largest upload in mebibytes.
    #[arg(long, env = "MAX_UPLOAD_MIB", default_value_t = 50, value_parser = clap::value_parser!(u64).range(1..=4096), global = true)]
    pub max_upload_mib: u64,
    /// Token that opens `/metrics`; without one, only callers on the same machine may read it. Secret.
    #[arg(long, env = "METRICS_TOKEN", hide_env_values = true, global = true)]
    pub metrics_token: Option<String>,
    /// File with `METRICS_TOKEN`.
    #[arg(long, env = "METRICS_TOKEN_FILE", global = true)]
    pub metrics_token_file: Option<PathBuf>,
    /// The proxies in front, as addresses and CIDR networks, comma separated: `X-Forwarded-For` and `Forwarded` are believed of them alone, and only for
    /// limits by address. `false` for none.
    #[arg(long, env = "TRUST_PROXY", default_value = "false", global = true)]
    pub trust_proxy: String,
    /// Requests a minute from one address; apart from those, by reporters of one network.
    #[arg(long, env = "REQUESTS_PER_MINUTE", default_value_t = 1200, value_parser = clap::value_parser!(u32).range(1..), global = true)]
    pub requests_per_minute: u32,
    /// Requests a minute with one key for integrators.
    #[arg(long, env = "INTEGRATION_REQUESTS_PER_MINUTE", default_value_t = 300, value_parser = clap::value_parser!(u32).range(1..), global = true)]
    pub integration_requests_per_minute: u32,
    /// Mail.
    #[command(flatten)]
    pub mail: MailSettings,
    /// The mirror at Google Drive.
    #[command(flatten)]
    pub drive: DriveSettings,
    /// Seconds that a stop waits with `/health/ready` saying no before it closes the door.
    #[arg(long, env = "DRAIN_SECONDS", default_value_t = 0, value_parser = clap::value_parser!(u64).range(0..=3600), global = true)]
    pub drain_seconds: u64,
    /// How log lines look.
    #[arg(long, env = "LOG_FORMAT", value_enum, default_value_t = LogFormat::Human, global = true)]
    pub log_format: LogFormat,
    /// What is logged, in the syntax of `tracing-subscriber`.
    #[arg(long, env = "LOG", default_value = log::USUAL, global = true)]
    pub log: String,
}

/// Which database.
#[derive(Debug, Clone)]
pub enum DatabaseSetting {
    /// A private server in the data folder, with a demo office.
    Private,
    /// A server somebody else runs.
    Given {
        /// As the application.
        app: Secret,
        /// As the owner, when given.
        owner: Option<Secret>,
        /// As the vault, when given.
        vault: Option<Secret>,
    },
}

/// Where documents go.
#[derive(Debug, Clone)]
pub enum StoreSetting {
    /// A folder under the data folder.
    Folder,
    /// A bucket.
    S3 {
        /// Its name.
        bucket: String,
        /// Its endpoint, when not AWS.
        endpoint: Option<String>,
        /// Its region.
        region: String,
        /// The access key.
        access_key: Secret,
        /// The secret key.
        secret_key: Secret,
    },
}

/// The checked settings.
#[derive(Debug, Clone)]
pub struct Config {
    /// Which database.
    pub database: DatabaseSetting,
    /// The folder for everything kept on disk.
    pub data_dir: PathBuf,
    /// The key that wraps keys; none in private mode until the folder is made.
    pub master_key: Option<MasterKey>,
    /// The custodian's public key as it was given; none only in private mode.
    pub custodian_key: Option<String>,
    /// Times of working days (WIB) at which complaints become known to the office: at least one, in order, each once.
    pub surfacing_times: Vec<NaiveTime>,
    /// Where documents go.
    pub store: StoreSetting,
    /// How mails leave the house.
    pub mail: MailSetting,
    /// The mirror at Google Drive, when it is wanted.
    pub drive: Option<DriveSetting>,
    /// The front end where people sign in, without a slash at the end.
    pub portal_url: Option<String>,
    /// Who signs letters.
    pub signing: SigningSetting,
    /// The URL callers reach us under, without a slash at the end.
    pub public_url: String,
    /// Token for `/metrics`.
    pub metrics_token: Option<Secret>,
    /// Whether complaints become known at once: only ever in private mode.
    pub surface_at_once: bool,
    /// The mode in words: private or given database, and where.
    pub mode: String,
    /// The proxies that are believed about where a request came from.
    pub proxies: Vec<IpNet>,
    /// What needed no checking.
    pub settings: Settings,
    /// `PATH`, for finding PostgreSQL.
    pub path: Option<std::ffi::OsString>,
}

/// What the settings are read for, and what other parts of the service judge: those parts stand above this one.
#[derive(Debug, Clone, Copy)]
pub struct Demands {
    /// Whether the service is to be served with them: a command beside may do with less.
    pub serving: bool,
    /// What is wrong with a custodian's key.
    pub custodian_key: fn(&str) -> Result<(), String>,
    /// What is wrong with the key of a service account.
    pub drive_key: fn(&str) -> Result<(), String>,
}

impl Config {
    /// Checks the settings.
    ///
    /// # Errors
    /// Every fault at once, each one line that names the setting and what to do.
    pub fn read(mut settings: Settings, demands: &Demands) -> Result<Self, Faults> {
        let mut faults = Collector::default();
        faults.demand(
            settings.database_url.as_deref() != Some(""),
            "DATABASE_URL is empty: give it a value, or leave it out for the private server with its demo office",
        );
        let empty = settings
            .database_url
            .take_if(|url| url.is_empty())
            .is_some();
        let mut settings = reading::without_empty(settings);
        let private =
            !empty && settings.database_url.is_none() && settings.database_url_file.is_none();
        let database = reading::database(&settings, private, demands.serving, &mut faults);
        let data_dir = settings.data_dir.clone().unwrap_or_else(default_data_dir);
        let mode = reading::mode(database.as_ref(), private, &data_dir);
        let master_key = reading::master_key(&settings, private, &mut faults);
        let custodian_key = reading::custodian_key(&settings, private, demands, &mut faults);
        let surfacing_times = faults.take(release::times(&settings.surfacing_times));
        settings.cors_origins = settings
            .cors_origins
            .iter()
            .filter_map(|text| faults.take(addresses::origin(text)))
            .collect();
        let public_url = reading::public_url(&settings, private, &mut faults);
        let store = reading::store(&settings, &mut faults);
        let metrics_token = faults.given(secret(
            "METRICS_TOKEN",
            settings.metrics_token.as_ref(),
            settings.metrics_token_file.as_deref(),
        ));
        let is_token = metrics_token
            .as_ref()
            .is_none_or(|token| token.expose().bytes().all(|byte| byte.is_ascii_graphic()));
        faults.demand(is_token, "METRICS_TOKEN must be of letters, digits and signs, without blanks: it is sent in a header");
        reading::rest(&settings, private, &data_dir, &mut faults);
        let signing = settings.signing.read(&mut faults);
        let mail = settings
            .mail
            .read(private.then(|| data_dir.join("mails")), &mut faults);
        let drive = settings.drive.read(demands.drive_key, &mut faults);
        let portal_url = faults.given(settings.mail.portal());
        let proxies = faults
            .take(proxies::networks(&settings.trust_proxy))
            .unwrap_or_default();
        let lines = faults.into_lines();
        let (Some(database), Some(store), Some(signing), true) =
            (database, store, signing, lines.is_empty())
        else {
            return Err(Faults { mode, lines });
        };
        Ok(Self {
            database,
            data_dir,
            master_key,
            custodian_key,
            surfacing_times: surfacing_times.unwrap_or_default(),
            store,
            mail,
            drive,
            portal_url,
            signing,
            public_url,
            metrics_token,
            surface_at_once: private && settings.surface_at_once.unwrap_or(true),
            path: environment("PATH"),
            mode,
            proxies,
            settings,
        })
    }
}

#[cfg(test)]
mod tests;
