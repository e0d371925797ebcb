//! Settings: flag, environment variable, default and meaning of each. The only module that reads
//! the environment.

mod addresses;
mod checks;
mod command_line;
mod defaults;
mod drive;
mod e_billing;
mod errors;
mod log;
mod mail;
mod proxies;
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
use self::defaults::{default_data_dir, environment};
pub(crate) use self::drive::{DriveConfig, DriveSettings};
pub(crate) use self::e_billing::{EBillingConfig, EBillingSettings};
pub(crate) use self::errors::ConfigErrors;
use self::errors::ErrorCollector;
pub use self::mail::{MailConfig, MailSettings, SmtpConfig, SmtpTls};
use self::secret::secret;
pub(crate) use self::secret::{Secret, SecretBytes};
pub(crate) use self::signing::{SigningConfig, SigningSettings};
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
    /// The command; `serve` by default.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The settings.
    #[command(flatten)]
    pub settings: Settings,
}

/// The commands of the program.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Serve the API (the default).
    Serve,
    /// Migrate the database to this version (as the owner) and stop.
    Migrate,
    /// Create an administrator; the password is read from standard input.
    CreateAdmin {
        /// The e-mail address for signing in.
        #[arg(long)]
        email: String,
        /// The display name.
        #[arg(long)]
        name: String,
    },
    /// Remove the second factors and recovery codes of an account whose owner has lost them, end its
    /// sessions, inform the owner by mail, and stop. The next sign-in enrols a new one.
    ResetSecondFactor {
        /// The e-mail address of the account.
        #[arg(long)]
        email: String,
    },
    /// Check the settings: print the mode they select and every fault, one line each, check the
    /// roles of the database, and stop.
    CheckConfig,
    /// Print the OpenAPI document.
    Openapi,
    /// Activate the next signing key, retire the current one (tokens signed by it stay valid for
    /// another hour), and stop.
    RotateKeys,
    /// Exchange `MASTER_KEY` while the service runs. First with the new key as `NEW_MASTER_KEY`: from
    /// then on both keys open the database. Then restart every instance with the new key as
    /// `MASTER_KEY`, and run it with `--finish`: the old key opens nothing any more.
    RotateMasterKey {
        /// Give up all keys but `MASTER_KEY`.
        #[arg(long)]
        finish: bool,
    },
    /// Make a custodian's key pair: write the wrapped private key to a file and print the public
    /// key for `CUSTODIAN_KEY`. The passphrase is read from standard input.
    NewCustodianKey {
        /// The file for the private key: for the custodian's own storage, never for this machine.
        #[arg(long)]
        out: PathBuf,
    },
    /// Pin the custodian's key of the settings in addition to those pinned before: after the key
    /// was replaced.
    AcceptCustodianKey,
    /// Check the audit trail of whistle-blowing and its anchors, print the result, and fail if the
    /// trail was tampered with.
    VerifyAuditTrail,
    /// Write a backup of the database (as the owner, by `pg_dump`) and of the document store into a
    /// folder, while the service runs or not, and stop. A run that was interrupted is continued by
    /// the next one.
    Backup {
        /// The folder: new, or that of an interrupted backup.
        #[arg(long)]
        to: PathBuf,
    },
    /// Restore a backup into an empty database, whose roles exist, and an empty document store; check
    /// each object by its hash and the audit trail, and stop. A run that was interrupted is continued
    /// by the next one.
    Restore {
        /// The folder of a complete backup.
        #[arg(long)]
        from: PathBuf,
        /// Restore nothing: only check that this office has all of the backup, unchanged.
        #[arg(long)]
        check_only: bool,
    },
    /// Write one sample of each letter and document as a PDF with made-up content, and stop.
    SamplePapers {
        /// The folder for the PDFs.
        #[arg(long)]
        out: PathBuf,
        /// A folder with changed forms (`surat.typ` and others) that replace the built-in ones.
        #[arg(long)]
        forms: Option<PathBuf>,
    },
}

/// The default region of a bucket.
const REGION: &str = "auto";

/// The format of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For readers.
    Human,
    /// One JSON object a line.
    Json,
}

/// Whether staff need a second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SecondFactor {
    /// Staff sign in with a second factor, enrolled at the first sign-in.
    Required,
    /// Only accounts that have enrolled one are asked for it.
    Optional,
}

/// The files of the demo office.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Demo {
    /// An application and a complaint at each stage.
    Full,
    /// None; only the accounts.
    Empty,
}

/// The storage of documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum StoreKind {
    /// A folder in the data folder.
    Fs,
    /// A bucket with the S3 protocol.
    S3,
}

/// The settings as given. `Config::read` checks and converts them.
#[derive(Debug, Clone, Args)]
pub struct Settings {
    /// Address and port to listen on.
    #[arg(long, env = "LISTEN", default_value = "127.0.0.1:8080", global = true)]
    pub listen: SocketAddr,
    /// The URL under which callers reach the service; used in tokens (`iss`) and links.
    #[arg(long, env = "PUBLIC_URL", global = true)]
    pub public_url: Option<String>,
    /// URL of the database for the application's role (owns no tables). Secret.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, global = true)]
    pub database_url: Option<String>,
    /// File with `DATABASE_URL`.
    #[arg(long, env = "DATABASE_URL_FILE", global = true)]
    pub database_url_file: Option<PathBuf>,
    /// URL of the database for the owner of its tables, for `migrate` only. Secret.
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
    /// URL of the database for the role of the identity vault. Secret.
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
    /// 32 bytes in hexadecimal that wrap the signing keys at rest (`openssl rand -hex 32`). Secret.
    #[arg(long, env = "MASTER_KEY", hide_env_values = true, global = true)]
    pub master_key: Option<String>,
    /// File with `MASTER_KEY`.
    #[arg(long, env = "MASTER_KEY_FILE", global = true)]
    pub master_key_file: Option<PathBuf>,
    /// The next `MASTER_KEY`, for `rotate-master-key` only. Secret.
    #[arg(long, env = "NEW_MASTER_KEY", hide_env_values = true, global = true)]
    pub new_master_key: Option<String>,
    /// File with `NEW_MASTER_KEY`.
    #[arg(long, env = "NEW_MASTER_KEY_FILE", global = true)]
    pub new_master_key_file: Option<PathBuf>,
    /// The custodian's public key, to which the identities of reporters are sealed (`service-desk
    /// new-custodian-key`).
    #[arg(long, env = "CUSTODIAN_KEY", global = true)]
    pub custodian_key: Option<String>,
    /// File with `CUSTODIAN_KEY`.
    #[arg(long, env = "CUSTODIAN_KEY_FILE", global = true)]
    pub custodian_key_file: Option<PathBuf>,
    /// Times of working days (WIB), comma separated, at which complaints become visible to the
    /// office: in batches, so that none reveals when it was written.
    #[arg(long, env = "SURFACING_TIMES", default_value = release::DEFAULT, global = true)]
    pub surfacing_times: String,
    /// Private mode only: complaints become visible at once instead of at the surfacing times, for
    /// trials; `false` to wait for them.
    #[arg(long, env = "SURFACE_AT_ONCE", global = true)]
    pub surface_at_once: Option<bool>,
    /// Whether staff need a second factor: required with `DATABASE_URL`; in private mode optional by
    /// default.
    #[arg(long, env = "SECOND_FACTOR", value_enum, global = true)]
    pub second_factor: Option<SecondFactor>,
    /// Private mode only: the files of the demo office, made beside the running service at the
    /// first start; `full` by default.
    #[arg(long, env = "DEMO", value_enum, global = true)]
    pub demo: Option<Demo>,
    /// Days for which a reporter's identity is kept after the complaint is closed.
    #[arg(long, env = "IDENTITY_RETENTION_DAYS", default_value_t = 180, value_parser = clap::value_parser!(u32).range(1..=36_500), global = true)]
    pub identity_retention_days: u32,
    /// Days for which the content of a complaint is kept after the complaint is closed; not fewer
    /// than for the identity.
    #[arg(long, env = "CONTENT_RETENTION_DAYS", default_value_t = 1095, value_parser = clap::value_parser!(u32).range(1..=36_500), global = true)]
    pub content_retention_days: u32,
    /// Folder for the private database, its keys and the documents; the default depends on the
    /// user.
    #[arg(long, env = "DATA_DIR", global = true)]
    pub data_dir: Option<PathBuf>,
    /// Folder with `initdb`, `pg_ctl` and `postgres` for the private database.
    #[arg(long, env = "PG_BIN_DIR", global = true)]
    pub pg_bin_dir: Option<PathBuf>,
    /// Worker threads; one for each core when 0.
    #[arg(long, env = "WORKERS", default_value_t = 0, value_parser = RangedU64ValueParser::<usize>::new().range(0..=512), global = true)]
    pub workers: usize,
    /// Database connections per worker.
    #[arg(long, env = "DATABASE_CONNECTIONS", default_value_t = 6, value_parser = clap::value_parser!(u16).range(1..=64), global = true)]
    pub database_connections: u16,
    /// Origins from which browsers may call, comma separated; none by default. `*` is refused.
    #[arg(long, env = "CORS_ORIGINS", value_delimiter = ',', global = true)]
    pub cors_origins: Vec<String>,
    /// The storage of documents.
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
    /// The signing service for letters.
    #[command(flatten)]
    pub signing: SigningSettings,
    /// Largest upload in mebibytes.
    #[arg(long, env = "MAX_UPLOAD_MIB", default_value_t = 50, value_parser = clap::value_parser!(u64).range(1..=4096), global = true)]
    pub max_upload_mib: u64,
    /// Token for `/metrics`; without one, only callers on the same machine may read the metrics.
    /// Secret.
    #[arg(long, env = "METRICS_TOKEN", hide_env_values = true, global = true)]
    pub metrics_token: Option<String>,
    /// File with `METRICS_TOKEN`.
    #[arg(long, env = "METRICS_TOKEN_FILE", global = true)]
    pub metrics_token_file: Option<PathBuf>,
    /// The proxies in front of the service, as addresses and CIDR networks, comma separated:
    /// `X-Forwarded-For` and `Forwarded` are read only from them, and only for limits by address.
    /// `false` for none.
    #[arg(long, env = "TRUST_PROXY", default_value = "false", global = true)]
    pub trust_proxy: String,
    /// Requests a minute from one address; counted separately, requests a minute by reporters of
    /// one network.
    #[arg(long, env = "REQUESTS_PER_MINUTE", default_value_t = 1200, value_parser = clap::value_parser!(u32).range(1..), global = true)]
    pub requests_per_minute: u32,
    /// Requests a minute with one integration key.
    #[arg(long, env = "INTEGRATION_REQUESTS_PER_MINUTE", default_value_t = 300, value_parser = clap::value_parser!(u32).range(1..), global = true)]
    pub integration_requests_per_minute: u32,
    /// Mail.
    #[command(flatten)]
    pub mail: MailSettings,
    /// The mirror at Google Drive.
    #[command(flatten)]
    pub drive: DriveSettings,
    /// The payment office.
    #[command(flatten)]
    pub e_billing: EBillingSettings,
    /// Seconds between the first `/health/ready` reply of 503 and the end of accepting requests
    /// when the service stops.
    #[arg(long, env = "DRAIN_SECONDS", default_value_t = 0, value_parser = clap::value_parser!(u64).range(0..=3600), global = true)]
    pub drain_seconds: u64,
    /// The format of log lines.
    #[arg(long, env = "LOG_FORMAT", value_enum, default_value_t = LogFormat::Human, global = true)]
    pub log_format: LogFormat,
    /// The log filter, in the syntax of `tracing-subscriber`.
    #[arg(long, env = "LOG", default_value = log::DEFAULT, global = true)]
    pub log: String,
}

/// The database.
#[derive(Debug, Clone)]
pub enum DatabaseConfig {
    /// A private server in the data folder, with a demo office.
    Private,
    /// An existing server.
    Given {
        /// URL for the application's role.
        app: Secret,
        /// URL for the owner, if given.
        owner: Option<Secret>,
        /// URL for the vault's role, if given.
        vault: Option<Secret>,
    },
}

/// The storage of documents.
#[derive(Debug, Clone)]
pub enum StoreConfig {
    /// A folder under the data folder.
    Folder,
    /// A bucket.
    S3 {
        /// The bucket's name.
        bucket: String,
        /// The endpoint, if not AWS.
        endpoint: Option<String>,
        /// The region.
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
    /// The database.
    pub database: DatabaseConfig,
    /// The folder for all files of the service.
    pub data_dir: PathBuf,
    /// The key that wraps other keys; `None` in private mode until the folder exists.
    pub master_key: Option<MasterKey>,
    /// The next master key, for its exchange.
    pub new_master_key: Option<MasterKey>,
    /// The custodian's public key as given; `None` only in private mode.
    pub custodian_key: Option<String>,
    /// Times of working days (WIB) at which complaints become visible to the office: at least one,
    /// sorted, without duplicates.
    pub surfacing_times: Vec<NaiveTime>,
    /// The storage of documents.
    pub store: StoreConfig,
    /// The delivery of mails.
    pub mail: MailConfig,
    /// The mirror at Google Drive, if configured.
    pub drive: Option<DriveConfig>,
    /// The payment office, if configured.
    pub e_billing: Option<EBillingConfig>,
    /// The secret of its reports of payments, if given.
    pub e_billing_secret: Option<SecretBytes>,
    /// The front end for signing in, without a trailing slash.
    pub portal_url: Option<String>,
    /// The signing service for letters.
    pub signing: SigningConfig,
    /// The URL under which callers reach the service, without a trailing slash.
    pub public_url: String,
    /// Token for `/metrics`.
    pub metrics_token: Option<Secret>,
    /// True if complaints become visible at once; only in private mode.
    pub surface_at_once: bool,
    /// True if staff need a second factor.
    pub second_factor_required: bool,
    /// True if the demo office gets files; only in private mode.
    pub demo_files: bool,
    /// A description of the mode: private or given database, and its location.
    pub mode: String,
    /// The trusted proxies.
    pub proxies: Vec<IpNet>,
    /// The settings without further checks.
    pub settings: Settings,
    /// `PATH`, to find PostgreSQL.
    pub path: Option<std::ffi::OsString>,
}

/// Checks of settings that are implemented by modules above this one.
#[derive(Debug, Clone, Copy)]
pub struct KeyChecks {
    /// True if the service is to be served; other commands need fewer settings.
    pub serving: bool,
    /// Validates a custodian's key.
    pub custodian_key: fn(&str) -> Result<(), String>,
    /// Validates the key of a service account.
    pub drive_key: fn(&str) -> Result<(), String>,
}

impl Config {
    /// Checks and converts the settings.
    ///
    /// # Errors
    /// Every fault at once, one line each, with the setting's name and the remedy.
    pub fn read(mut settings: Settings, key_checks: &KeyChecks) -> Result<Self, ConfigErrors> {
        let mut errors = ErrorCollector::default();
        errors.require(
            settings.database_url.as_deref() != Some(""),
            "DATABASE_URL is empty: give it a value, or leave it out for the private server with its demo office",
        );
        let empty = settings
            .database_url
            .take_if(|url| url.is_empty())
            .is_some();
        let mut settings = checks::without_empty(settings);
        let private =
            !empty && settings.database_url.is_none() && settings.database_url_file.is_none();
        let database = checks::database(&settings, private, key_checks.serving, &mut errors);
        let data_dir = settings.data_dir.clone().unwrap_or_else(default_data_dir);
        let mode = checks::mode(database.as_ref(), private, &data_dir);
        let master_key = checks::master_key(&settings, private, &mut errors);
        let new_master_key = checks::new_master_key(&settings, &mut errors);
        let custodian_key = checks::custodian_key(&settings, private, key_checks, &mut errors);
        let surfacing_times = errors.take(release::times(&settings.surfacing_times));
        settings.cors_origins = settings
            .cors_origins
            .iter()
            .filter_map(|text| errors.take(addresses::origin(text)))
            .collect();
        let public_url = checks::public_url(&settings, private, &mut errors);
        let store = checks::store(&settings, &mut errors);
        let metrics_token = errors.given(secret(
            "METRICS_TOKEN",
            settings.metrics_token.as_ref(),
            settings.metrics_token_file.as_deref(),
        ));
        let is_token = metrics_token
            .as_ref()
            .is_none_or(|token| token.expose().bytes().all(|byte| byte.is_ascii_graphic()));
        errors.require(is_token, "METRICS_TOKEN must be of letters, digits and signs, without blanks: it is sent in a header");
        checks::other_settings(&settings, private, &data_dir, &mut errors);
        let signing = settings.signing.read(&mut errors);
        let mail = settings
            .mail
            .read(private.then(|| data_dir.join("mails")), &mut errors);
        let drive = settings.drive.read(key_checks.drive_key, &mut errors);
        let e_billing = settings.e_billing.read(&mut errors);
        let e_billing_secret = settings.e_billing.callback_secret(&mut errors);
        let portal_url = errors.given(settings.mail.portal());
        let proxies = errors
            .take(proxies::networks(&settings.trust_proxy))
            .unwrap_or_default();
        let lines = errors.into_lines();
        let (Some(database), Some(store), Some(signing), true) =
            (database, store, signing, lines.is_empty())
        else {
            return Err(ConfigErrors { mode, lines });
        };
        Ok(Self {
            database,
            data_dir,
            master_key,
            new_master_key,
            custodian_key,
            surfacing_times: surfacing_times.unwrap_or_default(),
            store,
            mail,
            drive,
            e_billing,
            e_billing_secret,
            portal_url,
            signing,
            public_url,
            metrics_token,
            surface_at_once: private && settings.surface_at_once.unwrap_or(true),
            second_factor_required: !private
                || settings.second_factor == Some(SecondFactor::Required),
            demo_files: private && settings.demo != Some(Demo::Empty),
            path: environment("PATH"),
            mode,
            proxies,
            settings,
        })
    }
}

#[cfg(test)]
mod tests;
