//! The conversion of the settings, one by one, with the faults of each, alone or together with
//! those it depends on.

use std::path::{Path, PathBuf};

use sqlx::postgres::PgConnectOptions;

use super::errors::ErrorCollector;
use super::secret::{Secret, secret};
use super::{
    DatabaseConfig, KeyChecks, REGION, Settings, StoreConfig, StoreKind, addresses, log, release,
};
use crate::secrecy::MasterKey;

/// A URL, its role and its database.
type Login = (Secret, String, String);

/// The database setting. The three URLs must name three different roles; whether each is the right
/// role is checked with the server at the start.
pub(super) fn database(
    settings: &Settings,
    private: bool,
    serving: bool,
    errors: &mut ErrorCollector,
) -> Option<DatabaseConfig> {
    let mut url = |name: &str, value: &Option<String>, file: &Option<PathBuf>| {
        let url = errors.given(secret(name, value.as_ref(), file.as_deref()))?;
        let is_postgres = ["postgres://", "postgresql://"]
            .iter()
            .any(|scheme| url.expose().starts_with(scheme));
        let options = url
            .expose()
            .parse::<PgConnectOptions>()
            .ok()
            .filter(|_| is_postgres);
        errors.require(
            options.is_some(),
            format!("{name} is not a URL like postgres://role:password@host/database"),
        );
        let options = options?;
        let (role, database) = (
            options.get_username().to_owned(),
            options.get_database().unwrap_or_default().to_owned(),
        );
        Some((url, role, database))
    };
    let app = url(
        "DATABASE_URL",
        &settings.database_url,
        &settings.database_url_file,
    );
    let owner = url(
        "DATABASE_OWNER_URL",
        &settings.database_owner_url,
        &settings.database_owner_url_file,
    );
    let vault = url(
        "DATABASE_VAULT_URL",
        &settings.database_vault_url,
        &settings.database_vault_url_file,
    );
    let vault_given =
        settings.database_vault_url.is_some() || settings.database_vault_url_file.is_some();
    let owner_given =
        settings.database_owner_url.is_some() || settings.database_owner_url_file.is_some();
    if private {
        errors.require(
            !vault_given && !owner_given,
            "DATABASE_URL is missing while DATABASE_OWNER_URL or DATABASE_VAULT_URL is set",
        );
        return Some(DatabaseConfig::Private);
    }
    errors.require(
        vault_given || !serving,
        "DATABASE_VAULT_URL (or DATABASE_VAULT_URL_FILE) is missing: only the vault's role opens and shreds identities",
    );
    let same = |one: &Option<Login>, other: &Option<Login>| {
        one.as_ref()
            .zip(other.as_ref())
            .is_some_and(|(one, other)| one.1 == other.1)
    };
    let apart = app
        .as_ref()
        .zip(vault.as_ref())
        .is_some_and(|(app, vault)| app.2 != vault.2);
    errors.require(!apart, "DATABASE_VAULT_URL names another database than DATABASE_URL: the vault's tables are in the same one");
    errors.require(
        !same(&app, &vault),
        "DATABASE_VAULT_URL names the role of DATABASE_URL: the application must not be the vault",
    );
    errors.require(!same(&app, &owner) || !serving, "DATABASE_OWNER_URL names the role of DATABASE_URL: the application must not own the tables");
    errors.require(!same(&vault, &owner), "DATABASE_OWNER_URL names the role of DATABASE_VAULT_URL: the vault must not own the tables");
    Some(DatabaseConfig::Given {
        app: app?.0,
        owner: owner.map(|owner| owner.0),
        vault: vault.map(|vault| vault.0),
    })
}

/// A description of the mode, without a password.
pub(super) fn mode(database: Option<&DatabaseConfig>, private: bool, data_dir: &Path) -> String {
    if private {
        return format!(
            "private (DATABASE_URL is not set): a PostgreSQL of its own and a demo office in {}",
            data_dir.display()
        );
    }
    let options = match database {
        Some(DatabaseConfig::Given { app, .. }) => app.expose().parse::<PgConnectOptions>().ok(),
        Some(DatabaseConfig::Private) | None => None,
    };
    let place = options.map_or_else(String::new, |options| {
        format!(
            ": {} as {} at {}",
            options.get_database().unwrap_or("database not named"),
            options.get_username(),
            options.get_host()
        )
    });
    format!("given database (DATABASE_URL is set){place}")
}

pub(super) fn master_key(
    settings: &Settings,
    private: bool,
    errors: &mut ErrorCollector,
) -> Option<MasterKey> {
    let given = settings.master_key.is_some() || settings.master_key_file.is_some();
    errors.require(
        given || private,
        "MASTER_KEY (or MASTER_KEY_FILE) is missing: the signing keys are kept under it; make one with `openssl rand -hex 32`",
    );
    let hex = errors.given(secret(
        "MASTER_KEY",
        settings.master_key.as_ref(),
        settings.master_key_file.as_deref(),
    ))?;
    let key = MasterKey::from_hex(hex.expose());
    errors.take(
        key.map_err(|problem| {
            format!("MASTER_KEY: {problem}; make one with `openssl rand -hex 32`")
        }),
    )
}

pub(super) fn custodian_key(
    settings: &Settings,
    private: bool,
    key_checks: &KeyChecks,
    errors: &mut ErrorCollector,
) -> Option<String> {
    let given = settings.custodian_key.is_some() || settings.custodian_key_file.is_some();
    errors.require(
        given || private,
        "CUSTODIAN_KEY (or CUSTODIAN_KEY_FILE) is missing: the identities of whistle-blowers are sealed to it; make one with `service-desk new-custodian-key`",
    );
    let key = errors.given(secret(
        "CUSTODIAN_KEY",
        settings.custodian_key.as_ref(),
        settings.custodian_key_file.as_deref(),
    ))?;
    let judged = (key_checks.custodian_key)(key.expose());
    errors.take(judged.map_err(|problem| {
        format!("CUSTODIAN_KEY: {problem}; make one with `service-desk new-custodian-key`")
    }))?;
    Some(key.expose().to_owned())
}

/// The URL under which callers reach the service, without a trailing slash.
pub(super) fn public_url(
    settings: &Settings,
    private: bool,
    errors: &mut ErrorCollector,
) -> String {
    errors.require(
        settings.public_url.is_some() || private,
        "PUBLIC_URL is missing: tokens and links carry it, so it cannot be guessed in production",
    );
    let url = settings.public_url.as_deref().map_or_else(
        || format!("http://{}", settings.listen),
        |url| url.trim().to_owned(),
    );
    errors.require(
        addresses::is_http_url(&url),
        format!("PUBLIC_URL: `{url}` is not a URL like https://desk.example.go.id"),
    );
    url.trim_end_matches('/').to_owned()
}

pub(super) fn store(settings: &Settings, errors: &mut ErrorCollector) -> Option<StoreConfig> {
    if settings.document_store == StoreKind::Fs {
        for (name, given) in [
            ("S3_BUCKET", settings.s3_bucket.is_some()),
            ("S3_ENDPOINT", settings.s3_endpoint.is_some()),
            (
                "S3_ACCESS_KEY",
                settings.s3_access_key.is_some() || settings.s3_access_key_file.is_some(),
            ),
            (
                "S3_SECRET_KEY",
                settings.s3_secret_key.is_some() || settings.s3_secret_key_file.is_some(),
            ),
        ] {
            errors.require(!given, format!("{name} is set while DOCUMENT_STORE is fs: set DOCUMENT_STORE=s3, or leave {name} out"));
        }
        return Some(StoreConfig::Folder);
    }
    let missing = |name: &str| format!("{name} is missing while DOCUMENT_STORE is s3");
    let is_name = |text: &str| {
        !text.is_empty()
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte))
    };
    let bucket = errors.take(
        settings
            .s3_bucket
            .clone()
            .ok_or_else(|| missing("S3_BUCKET")),
    );
    errors.require(
        bucket.as_deref().is_none_or(is_name),
        "S3_BUCKET is not a bucket's name: letters, digits, `.` and `-` only",
    );
    let endpoint = settings.s3_endpoint.clone();
    errors.require(
        endpoint.as_deref().is_none_or(addresses::is_http_url),
        "S3_ENDPOINT is not a URL like https://s3.example.go.id",
    );
    errors.require(
        is_name(&settings.s3_region),
        "S3_REGION is not a region's name, like ap-southeast-3 or auto",
    );
    let mut key = |name: &str, value: &Option<String>, file: &Option<PathBuf>| {
        let key = errors.take(secret(name, value.as_ref(), file.as_deref()))?;
        errors.take(key.ok_or_else(|| missing(&format!("{name} (or {name}_FILE)"))))
    };
    let access_key = key(
        "S3_ACCESS_KEY",
        &settings.s3_access_key,
        &settings.s3_access_key_file,
    );
    let secret_key = key(
        "S3_SECRET_KEY",
        &settings.s3_secret_key,
        &settings.s3_secret_key_file,
    );
    Some(StoreConfig::S3 {
        bucket: bucket?,
        endpoint,
        region: settings.s3_region.clone(),
        access_key: access_key?,
        secret_key: secret_key?,
    })
}

/// Checks of settings that are not converted.
pub(super) fn other_settings(
    settings: &Settings,
    private: bool,
    data_dir: &Path,
    errors: &mut ErrorCollector,
) {
    errors.take(log::checked(&settings.log));
    errors.require(
        settings.surface_at_once != Some(true) || private,
        "SURFACE_AT_ONCE is for the private mode only: with DATABASE_URL it would tell the minute of every complaint",
    );
    errors.require(
        settings.content_retention_days >= settings.identity_retention_days,
        "CONTENT_RETENTION_DAYS is less than IDENTITY_RETENTION_DAYS: an identity is not kept longer than its complaint",
    );
    let is_folder = |path: &Path| path.is_dir() || !path.exists();
    errors.require(
        is_folder(data_dir),
        format!("DATA_DIR: {} is not a folder", data_dir.display()),
    );
    let programs = settings.pg_bin_dir.as_deref().map(|folder| {
        (
            folder,
            ["initdb", "pg_ctl", "postgres"]
                .iter()
                .all(|one| folder.join(one).is_file()),
        )
    });
    if let Some((folder, false)) = programs {
        errors.require(
            false,
            format!(
                "PG_BIN_DIR: {} does not hold initdb, pg_ctl and postgres",
                folder.display()
            ),
        );
    }
}

/// Empty settings become absent, because a compose file cannot omit a setting. An empty token would
/// otherwise grant access.
pub(super) fn without_empty(mut settings: Settings) -> Settings {
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
    for setting in optional
        .into_iter()
        .chain(settings.mail.optional())
        .chain(settings.drive.optional())
        .chain(settings.e_billing.optional())
        .chain(settings.signing.optional())
    {
        setting.take_if(|value| value.trim().is_empty());
    }
    settings
        .cors_origins
        .retain(|origin| !origin.trim().is_empty());
    for (setting, usual) in [
        (&mut settings.surfacing_times, release::DEFAULT),
        (&mut settings.log, log::DEFAULT),
        (&mut settings.s3_region, REGION),
    ] {
        if setting.is_empty() {
            usual.clone_into(setting);
        }
    }
    settings
}
