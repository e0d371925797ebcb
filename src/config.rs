//! Every setting: its flag, its environment variable, its default and its meaning. The only reader of the environment.

mod secret;
mod signing;
mod surfacing;

use std::net::SocketAddr;
use std::path::PathBuf;

use chrono::NaiveTime;
use clap::{Args, Parser, Subcommand, ValueEnum};

pub use self::secret::Secret;
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
    /// Read the settings, say what is wrong with them in one line, and stop.
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
    #[arg(long, env = "DATABASE_OWNER_URL", hide_env_values = true, global = true)]
    pub database_owner_url: Option<String>,
    /// File with `DATABASE_OWNER_URL`.
    #[arg(long, env = "DATABASE_OWNER_URL_FILE", global = true)]
    pub database_owner_url_file: Option<PathBuf>,
    /// The database as the role of the identity vault. Secret.
    #[arg(long, env = "DATABASE_VAULT_URL", hide_env_values = true, global = true)]
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
    #[arg(long, env = "SURFACING_TIMES", default_value = surfacing::USUAL, global = true)]
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
    #[arg(long, env = "WORKERS", default_value_t = 0, global = true)]
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
    #[arg(long, env = "S3_REGION", default_value = "auto", global = true)]
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
    #[arg(long, env = "MAX_UPLOAD_MIB", default_value_t = 50, global = true)]
    pub max_upload_mib: u64,
    /// Token that opens `/metrics`; without one, only callers on the same machine may read it. Secret.
    #[arg(long, env = "METRICS_TOKEN", hide_env_values = true, global = true)]
    pub metrics_token: Option<String>,
    /// File with `METRICS_TOKEN`.
    #[arg(long, env = "METRICS_TOKEN_FILE", global = true)]
    pub metrics_token_file: Option<PathBuf>,
    /// Whether a proxy in front sets `X-Forwarded-For`; only then is it believed, and only for rate limits.
    #[arg(long, env = "TRUST_PROXY", default_value_t = false, global = true)]
    pub trust_proxy: bool,
    /// Requests a minute from one address; apart from those, by reporters of one network.
    #[arg(long, env = "REQUESTS_PER_MINUTE", default_value_t = 1200, global = true)]
    pub requests_per_minute: u32,
    /// Seconds that a stop waits with `/health/ready` saying no before it closes the door.
    #[arg(long, env = "DRAIN_SECONDS", default_value_t = 0, global = true)]
    pub drain_seconds: u64,
    /// How log lines look.
    #[arg(long, env = "LOG_FORMAT", value_enum, default_value_t = LogFormat::Human, global = true)]
    pub log_format: LogFormat,
    /// What is logged, in the syntax of `tracing-subscriber`.
    #[arg(long, env = "LOG", default_value = "info,graphile_worker=warn,sqlx=warn,opendal=warn", global = true)]
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
    /// Who signs letters.
    pub signing: SigningSetting,
    /// The URL callers reach us under, without a slash at the end.
    pub public_url: String,
    /// Token for `/metrics`.
    pub metrics_token: Option<Secret>,
    /// Whether complaints become known at once: only ever in private mode.
    pub surface_at_once: bool,
    /// What needed no checking.
    pub settings: Settings,
    /// `PATH`, for finding PostgreSQL.
    pub path: Option<std::ffi::OsString>,
}

impl Config {
    /// Checks the settings.
    ///
    /// # Errors
    /// One clear line that names the setting and what to do.
    pub fn read(settings: Settings) -> Result<Self, String> {
        if settings.database_url.as_deref() == Some("") {
            return Err("DATABASE_URL is empty: give it a value, or leave it out for the private server with its demo office".to_owned());
        }
        let settings = without_empty(settings);
        let secret = |name: &str, value: &Option<String>, file: &Option<PathBuf>| match (value, file) {
            (Some(_), Some(_)) => Err(format!("{name} and {name}_FILE are both set: give one of them")),
            (Some(value), None) => Ok(Some(Secret::from(value.clone()))),
            (None, Some(path)) => match std::fs::read_to_string(path) {
                Ok(text) if text.trim_end().is_empty() => Err(format!("{name}_FILE: {} is empty", path.display())),
                Ok(text) => Ok(Some(Secret::from(text.trim_end().to_owned()))),
                Err(error) => Err(format!("{name}_FILE: {} cannot be read: {error}", path.display())),
            },
            (None, None) => Ok(None),
        };
        let app = secret("DATABASE_URL", &settings.database_url, &settings.database_url_file)?;
        let owner = secret("DATABASE_OWNER_URL", &settings.database_owner_url, &settings.database_owner_url_file)?;
        let vault = secret("DATABASE_VAULT_URL", &settings.database_vault_url, &settings.database_vault_url_file)?;
        for (name, url) in [("DATABASE_URL", &app), ("DATABASE_OWNER_URL", &owner), ("DATABASE_VAULT_URL", &vault)] {
            if url.as_ref().is_some_and(|url| !["postgres://", "postgresql://"].iter().any(|scheme| url.expose().starts_with(scheme))) {
                return Err(format!("{name} is not a URL like postgres://role:password@host/database"));
            }
        }
        let database = match app {
            Some(app) => DatabaseSetting::Given { app, owner, vault },
            None if owner.is_some() || vault.is_some() => {
                return Err("DATABASE_URL is missing while DATABASE_OWNER_URL or DATABASE_VAULT_URL is set".to_owned());
            }
            None => DatabaseSetting::Private,
        };
        let master_key = match secret("MASTER_KEY", &settings.master_key, &settings.master_key_file)? {
            Some(hex) => {
                Some(MasterKey::from_hex(hex.expose()).map_err(|problem| format!("MASTER_KEY: {problem}; make one with `openssl rand -hex 32`"))?)
            }
            None if matches!(database, DatabaseSetting::Given { .. }) => {
                return Err(
                    "MASTER_KEY (or MASTER_KEY_FILE) is missing: the signing keys are kept under it; make one with `openssl rand -hex 32`".to_owned()
                );
            }
            None => None,
        };
        let custodian_key = match secret("CUSTODIAN_KEY", &settings.custodian_key, &settings.custodian_key_file)? {
            Some(key) => Some(key.expose().to_owned()),
            None if matches!(database, DatabaseSetting::Given { .. }) => {
                return Err("CUSTODIAN_KEY (or CUSTODIAN_KEY_FILE) is missing: the identities of whistle-blowers are sealed to it; \
                    make one with `service-desk new-custodian-key`"
                    .to_owned());
            }
            None => None,
        };
        let private = matches!(database, DatabaseSetting::Private);
        if settings.surface_at_once == Some(true) && !private {
            return Err("SURFACE_AT_ONCE is for the private mode only: with DATABASE_URL it would tell the minute of every complaint".to_owned());
        }
        let surface_at_once = private && settings.surface_at_once.unwrap_or(true);
        let surfacing_times = surfacing::times(&settings.surfacing_times)?;
        if settings.content_retention_days < settings.identity_retention_days {
            return Err("CONTENT_RETENTION_DAYS is less than IDENTITY_RETENTION_DAYS: an identity is not kept longer than its complaint".to_owned());
        }
        if settings.cors_origins.iter().any(|origin| origin.contains('*')) {
            return Err("CORS_ORIGINS must name each origin: a wildcard would let any site call with a user's token".to_owned());
        }
        if let Some(wrong) = settings.cors_origins.iter().find(|origin| !is_origin(origin)) {
            return Err(format!("CORS_ORIGINS: `{wrong}` is not an origin like https://desk.example.go.id"));
        }
        let store = match settings.document_store {
            StoreKind::Fs => StoreSetting::Folder,
            StoreKind::S3 => StoreSetting::S3 {
                bucket: settings.s3_bucket.clone().ok_or("S3_BUCKET is missing while DOCUMENT_STORE is s3")?,
                endpoint: settings.s3_endpoint.clone(),
                region: settings.s3_region.clone(),
                access_key: secret("S3_ACCESS_KEY", &settings.s3_access_key, &settings.s3_access_key_file)?
                    .ok_or("S3_ACCESS_KEY is missing while DOCUMENT_STORE is s3")?,
                secret_key: secret("S3_SECRET_KEY", &settings.s3_secret_key, &settings.s3_secret_key_file)?
                    .ok_or("S3_SECRET_KEY is missing while DOCUMENT_STORE is s3")?,
            },
        };
        let signing = settings.signing.read(secret)?;
        let metrics_token = secret("METRICS_TOKEN", &settings.metrics_token, &settings.metrics_token_file)?;
        let public_url = settings.public_url.clone().unwrap_or_else(|| format!("http://{}", settings.listen)).trim_end_matches('/').to_owned();
        if matches!(database, DatabaseSetting::Given { .. }) && settings.public_url.is_none() {
            return Err("PUBLIC_URL is missing: tokens and links carry it, so it cannot be guessed in production".to_owned());
        }
        let data_dir = settings.data_dir.clone().unwrap_or_else(default_data_dir);
        let path = environment("PATH");
        Ok(Self {
            database,
            data_dir,
            master_key,
            custodian_key,
            surfacing_times,
            store,
            signing,
            public_url,
            metrics_token,
            surface_at_once,
            settings,
            path,
        })
    }
}

/// A compose file cannot leave a setting out, only leave it empty: that counts as not given. A token of no characters would open a door.
fn without_empty(mut settings: Settings) -> Settings {
    let optional = [
        &mut settings.public_url,
        &mut settings.database_owner_url,
        &mut settings.database_vault_url,
        &mut settings.master_key,
        &mut settings.custodian_key,
        &mut settings.s3_bucket,
        &mut settings.s3_endpoint,
        &mut settings.s3_access_key,
        &mut settings.s3_secret_key,
        &mut settings.metrics_token,
    ];
    for setting in optional.into_iter().chain(settings.signing.optional()) {
        setting.take_if(|value| value.is_empty());
    }
    settings.cors_origins.retain(|origin| !origin.is_empty());
    if settings.surfacing_times.is_empty() {
        surfacing::USUAL.clone_into(&mut settings.surfacing_times);
    }
    settings
}

fn is_origin(origin: &str) -> bool {
    let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    host.is_some_and(|host| !host.is_empty() && !host.contains(['/', ' ', '*']))
}

/// `.data` beside the checkout; for root a folder that the database's own user can reach, which `/root` is not.
fn default_data_dir() -> PathBuf {
    let here = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("."));
    if runs_as_root() {
        use std::hash::{Hash as _, Hasher as _};
        let mut hasher = std::hash::DefaultHasher::new();
        here.hash(&mut hasher);
        return PathBuf::from(format!("/var/lib/service-desk-{:08x}", hasher.finish() & 0xffff_ffff));
    }
    here.join(".data")
}

/// Linux says so in `/proc`; elsewhere root is known by its home.
fn runs_as_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    match std::fs::metadata("/proc/self") {
        Ok(process) => process.uid() == 0,
        Err(_) => environment("HOME").is_some_and(|home| home == "/var/root"),
    }
}

#[expect(clippy::disallowed_methods, reason = "the one reader of the environment")]
fn environment(name: &str) -> Option<std::ffi::OsString> {
    std::env::var_os(name)
}

#[cfg(test)]
mod tests;
