//! The program: reads the settings, then serves, migrates, or runs one of the maintenance commands.

use std::io::Write as _;
use std::net::SocketAddr;
use std::os::unix::process::CommandExt as _;
use std::process::ExitCode;
use std::time::Duration;

use metrics_exporter_prometheus::PrometheusBuilder;
use service_desk::audit;
use service_desk::backup;
use service_desk::clock::Clock;
use service_desk::config::{
    Cli, Command, Config, DatabaseConfig, LogFormat, MailConfig, Settings, command_line,
};
use service_desk::database::Database;
use service_desk::database::log_settings::assert_server_logs_no_values;
use service_desk::database::migrate::assert_migrated;
use service_desk::database::roles::{RoleError, assert_role};
use service_desk::demo::{DemoAccount, files};
use service_desk::error::Error;
use service_desk::identity::keys;
use service_desk::identity::password::Passwords;
use service_desk::identity::password_rules::Password;
use service_desk::identity::root_key;
use service_desk::identity::second_factor;
use service_desk::identity::seed::create_admin;
use service_desk::start::demo::{self, FilesToMake};
use service_desk::start::{self, Connections, DatabaseEndpoints, Failure, custodian};
use service_desk::web::no_logs::install_redacting_panic_hook;
use service_desk::{app, openapi, samples, secrecy};
use sqlx::postgres::PgConnectOptions;
use tokio::net::TcpSocket;
use tokio::signal::unix::{SignalKind, signal};

/// Hashing a password takes 19 MB and a custodian's key 64 MB. The system's allocator keeps such
/// blocks for each thread that ever used one; mimalloc returns them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    if let Some(code) = clean_copy::run_if_asked(service_desk::typesetting::REGULAR_FONT) {
        return code;
    }
    return_memory_soon();
    start::permissions::set_umask();
    // One crypto provider for TLS and token signatures: with two in the dependency tree the first
    // use would panic.
    service_desk::gateways::install_tls_provider();
    let (cli, faults) = command_line();
    let outcome = actix_web::rt::System::new().block_on(carry_out(cli, faults));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let words = failure
                .downcast_ref()
                .map_or_else(|| failure.to_string(), terminal_text);
            words.lines().for_each(print_error);
            ExitCode::FAILURE
        }
    }
}

/// Starts this program anew in this process, with the allocator set to return freed memory to the
/// system after 10 ms. By default an idle process keeps what its start and its last requests used, half
/// as much again as it needs. The allocator reads the environment before `main`.
#[expect(
    clippy::disallowed_methods,
    reason = "a setting of the allocator, not of the service"
)]
fn return_memory_soon() {
    const PURGE_DELAY: &str = "MIMALLOC_PURGE_DELAY";
    if std::env::var_os(PURGE_DELAY).is_none()
        && let Ok(program) = std::env::current_exe()
    {
        let mut anew = std::process::Command::new(program);
        // Returns only when it fails; then the allocator keeps its default.
        drop(
            anew.args(std::env::args_os().skip(1))
                .env(PURGE_DELAY, "10")
                .exec(),
        );
    }
}

/// Runs the command. `faults` are the faults of the environment found while parsing.
async fn carry_out(cli: Cli, faults: Vec<String>) -> Result<(), Failure> {
    let command = cli.command.unwrap_or(Command::Serve);
    if matches!(command, Command::Openapi) {
        print_line(&openapi::to_json(&app::document())?);
        return Ok(());
    }
    if let Command::NewCustodianKey { out } = &command {
        return new_custodian_key(out).await;
    }
    if let Command::SamplePapers { out, forms } = &command {
        print_line(&format!(
            "{} papers in {}",
            samples::write(out, forms.as_deref())?,
            out.display()
        ));
        return Ok(());
    }
    start_log(&cli.settings);
    install_redacting_panic_hook();
    let serving = matches!(command, Command::Serve | Command::CheckConfig);
    let config = settings(cli.settings, serving, faults)?;
    match command {
        Command::Serve => Box::pin(serve(config)).await,
        Command::Migrate => migrate(config).await,
        Command::CreateAdmin { email, name } => add_admin(config, &email, &name).await,
        Command::ResetSecondFactor { email } => reset_second_factor(config, &email).await,
        Command::RotateKeys => rotate_keys(config).await,
        Command::RotateMasterKey { finish } => rotate_master_key(config, finish).await,
        Command::AcceptCustodianKey => Box::pin(accept_custodian_key(config)).await,
        Command::VerifyAuditTrail => verify_audit_trail(config).await,
        Command::CheckConfig => check_config(&config).await,
        Command::Backup { to } => back_up(&config, &to).await,
        Command::Restore { from, check_only } => Box::pin(restore(config, &from, check_only)).await,
        Command::Openapi | Command::NewCustodianKey { .. } | Command::SamplePapers { .. } => Ok(()),
    }
}

/// Checks the settings. Faults of the environment found by clap come before those of
/// `Config::read`.
fn settings(settings: Settings, serving: bool, mut found: Vec<String>) -> Result<Config, Failure> {
    let (mode, others) = match Config::read(settings, &start::key_checks(serving)) {
        Ok(config) if found.is_empty() => return Ok(config),
        Ok(config) => (config.mode, Vec::new()),
        Err(faults) => (faults.mode, faults.lines),
    };
    found.extend(others);
    Err(format!("mode: {mode}\n{}", found.join("\n")).into())
}

/// Prints the mode; if the database can be reached, also checks its roles and its log settings.
async fn check_config(config: &Config) -> Result<(), Failure> {
    print_line(&format!("mode: {}", config.mode));
    if let DatabaseConfig::Given { .. } = config.database {
        let DatabaseEndpoints { app, vault, .. } = start::reach_database(config).await?;
        let mut faults = Vec::new();
        for (setting, options, role) in start::role_requirements(&app, vault.as_ref()) {
            match assert_role(options, setting, role).await {
                Ok(()) => faults.extend(
                    assert_server_logs_no_values(options)
                        .await
                        .err()
                        .map(|fault| fault.to_string()),
                ),
                Err(RoleError::Unreachable(reason)) => {
                    print_line(&format!(
                        "{setting}: its role was not checked, because the server cannot be reached: {reason}"
                    ));
                }
                Err(RoleError::Wrong(fault)) => faults.push(fault),
            }
        }
        if !faults.is_empty() {
            return Err(faults.join("\n").into());
        }
    }
    print_line("the settings are complete");
    Ok(())
}

async fn serve(mut config: Config) -> Result<(), Failure> {
    let listener = listen(config.settings.listen)
        .map_err(|error| format!("LISTEN: {} cannot be used: {error}", config.settings.listen))?;
    let clock = Clock::system();
    let stop = stop_signal()?;
    let DatabaseEndpoints {
        app,
        owner,
        vault,
        private,
    } = start::reach_database(&config).await?;
    let metrics = PrometheusBuilder::new().install_recorder()?;
    let office = if let Some(owner) = owner.filter(|_| private.is_some()) {
        Some((start::prepare(owner.clone(), &clock).await?, owner))
    } else {
        // Before the first query as this role.
        start::assert_roles(&app, vault.as_ref()).await?;
        assert_migrated(&app).await?;
        None
    };
    let master = root_key(&mut config, &app).await?;
    let vault = vault.ok_or(
        "DATABASE_VAULT_URL is missing: only the vault's role opens and shreds identities",
    )?;
    for role in [&app, &vault] {
        assert_server_logs_no_values(role).await?;
    }
    if config.custodian_key.is_none() && private.is_none() {
        return Err(
            "CUSTODIAN_KEY (or CUSTODIAN_KEY_FILE) is missing: identities are sealed to it; make one with `service-desk new-custodian-key`".into()
        );
    }
    if private.is_some() {
        start::simulate_payment_office(&mut config, &clock).await?;
    }
    let custodian = custodian::public_key(&config).await?;
    let to = Connections { app, vault };
    let service = Box::pin(start::assemble(
        config,
        &master,
        to.clone(),
        custodian.clone(),
        clock.clone(),
        Some(metrics),
    ))
    .await?;
    let mut to_make = None;
    if let Some((office, owner)) = office {
        let accounts = demo::accounts(&service, owner, office).await?;
        banner(&service.config, &accounts);
        if service.config.demo_files && !demo::is_complete(&service.config)? {
            to_make = Some(FilesToMake {
                config: (*service.config).clone(),
                master,
                to,
                custodian,
                accounts,
            });
        }
    } else {
        print_line(&format!(
            "serving {} on {}",
            service.config.public_url, service.config.settings.listen
        ));
        print_line(&format!("mail: {}", mail_summary(&service.config.mail)));
    }
    let Some(server) = private else {
        return start::run(service, listener, stop).await;
    };
    let seen = service
        .supervisor
        .register("private_postgres", Duration::from_secs(10));
    tokio::select! {
        outcome = start::run(service, listener, stop) => outcome?,
        () = make_demo_files(to_make, &clock) => {}
        // Without its database the service cannot continue.
        lost = server.keep_running(|| seen.beat()) => return Err(lost.into()),
    }
    Ok(server.stop().await?)
}

/// Makes the demo files beside the running service, then waits for ever. The service serves with or
/// without them, so a failure is only logged.
async fn make_demo_files(to_make: Option<FilesToMake>, clock: &Clock) {
    if let Some(to_make) = to_make {
        match Box::pin(to_make.make(clock.now())).await {
            Ok((applications, complaints)) => tracing::info!(
                applications,
                complaints,
                "the files of the demo office are complete"
            ),
            Err(failure) => tracing::warn!(
                "the files of the demo office are not complete; the next start continues: {}",
                failure
                    .downcast_ref()
                    .map_or_else(|| failure.to_string(), terminal_text)
            ),
        }
    }
    std::future::pending::<()>().await;
}

/// Listens at `address`. The standard library's queue holds 128 connections; of a burst of more, the
/// system drops some whose callers believe that they are open.
fn listen(address: SocketAddr) -> std::io::Result<std::net::TcpListener> {
    const QUEUE: u32 = 4096;
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(QUEUE)?.into_std()
}

async fn migrate(config: Config) -> Result<(), Failure> {
    let DatabaseEndpoints {
        app,
        owner,
        private,
        ..
    } = start::reach_database(&config).await?;
    let hint = if owner.is_none() {
        "; DATABASE_OWNER_URL is not given, so the migration ran as the role of DATABASE_URL"
    } else {
        ""
    };
    start::prepare(owner.unwrap_or(app), &Clock::system())
        .await
        .map_err(|error| format!("{error}{hint}"))?;
    print_line("the database is at this version");
    if let Some(server) = private {
        server.stop().await?;
    }
    Ok(())
}

async fn add_admin(config: Config, email: &str, name: &str) -> Result<(), Failure> {
    let mut password = String::new();
    std::io::stdin().read_line(&mut password)?;
    let password = Password::new(password.trim_end().to_owned());
    let DatabaseEndpoints { app, private, .. } = start::reach_database(&config).await?;
    start::assert_roles(&app, None).await?;
    assert_migrated(&app).await?;
    let mut transaction = Database::new(app, 1).begin().await?;
    create_admin(
        &mut transaction,
        &Passwords::for_this_machine(),
        email,
        name,
        password,
        Clock::system().now(),
    )
    .await?;
    transaction.commit().await?;
    print_line("the administrator can sign in");
    if let Some(server) = private {
        server.stop().await?;
    }
    Ok(())
}

async fn reset_second_factor(config: Config, email: &str) -> Result<(), Failure> {
    let DatabaseEndpoints { app, private, .. } = start::reach_database(&config).await?;
    start::assert_roles(&app, None).await?;
    assert_migrated(&app).await?;
    let mut transaction = Database::new(app, 1).begin().await?;
    second_factor::reset(&mut transaction, email, Clock::system().now()).await?;
    transaction.commit().await?;
    print_line("the account has no second factor and no session any more");
    if let Some(server) = private {
        server.stop().await?;
    }
    Ok(())
}

async fn rotate_keys(mut config: Config) -> Result<(), Failure> {
    let DatabaseEndpoints { app, private, .. } = start::reach_database(&config).await?;
    start::assert_roles(&app, None).await?;
    assert_migrated(&app).await?;
    let master = root_key(&mut config, &app).await?;
    keys::rotate(&Database::new(app, 1), &master, Clock::system().now()).await?;
    print_line("the next signing key is active");
    if let Some(server) = private {
        server.stop().await?;
    }
    Ok(())
}

/// Exchanges the master key of a given database. The private office keeps its key in its folder.
async fn rotate_master_key(config: Config, finish: bool) -> Result<(), Failure> {
    let (DatabaseConfig::Given { .. }, Some(master)) = (&config.database, &config.master_key)
    else {
        return Err(
            "rotate-master-key needs DATABASE_URL and MASTER_KEY: the private office keeps its key in DATA_DIR".into(),
        );
    };
    let DatabaseEndpoints { app, .. } = start::reach_database(&config).await?;
    start::assert_roles(&app, None).await?;
    assert_migrated(&app).await?;
    let (database, now) = (Database::new(app, 1), Clock::system().now());
    if finish {
        let gone = root_key::retire_others(&database, master, now).await?;
        print_line(&format!(
            "MASTER_KEY alone opens this database; other keys given up: {gone}"
        ));
        return Ok(());
    }
    let new = config.new_master_key.as_ref().ok_or(
        "NEW_MASTER_KEY (or NEW_MASTER_KEY_FILE) is missing; make one with `openssl rand -hex 32`",
    )?;
    root_key::rotate(&database, master, new, now).await?;
    print_line(
        "both keys open this database: restart every instance with the new one as MASTER_KEY, then run rotate-master-key --finish with it",
    );
    Ok(())
}

/// The server of a given database, reached as its owner.
async fn server_as_owner(config: &Config) -> Result<backup::Server, Failure> {
    const NEEDED: &str = "backup and restore need DATABASE_URL and DATABASE_OWNER_URL: the private office is copied with its DATA_DIR";
    if matches!(config.database, DatabaseConfig::Private) {
        return Err(NEEDED.into());
    }
    let owner = start::reach_database(config).await?.owner.ok_or(NEEDED)?;
    Ok(backup::Server::new(
        owner,
        config.settings.pg_bin_dir.clone(),
    ))
}

async fn back_up(config: &Config, to: &std::path::Path) -> Result<(), Failure> {
    let server = server_as_owner(config).await?;
    let copied = backup::backup(&server, &start::document_store(config)?, to).await?;
    print_line(&format!(
        "the backup in {} is complete: the database and {} objects, of which {} were there before; keep MASTER_KEY apart from it",
        to.display(),
        copied.objects,
        copied.there_before
    ));
    Ok(())
}

async fn restore(config: Config, from: &std::path::Path, check_only: bool) -> Result<(), Failure> {
    let server = server_as_owner(&config).await?;
    let documents = start::document_store(&config)?;
    if check_only {
        let objects = backup::check(&server, &documents, from).await?;
        print_line(&format!("{objects} objects are as in the backup"));
    } else {
        let copied = backup::restore(&server, &documents, from).await?;
        print_line(&format!(
            "restored: the database and {} objects, of which {} were there before",
            copied.objects, copied.there_before
        ));
    }
    verify_audit_trail(config).await
}

async fn verify_audit_trail(mut config: Config) -> Result<(), Failure> {
    let DatabaseEndpoints { app, private, .. } = start::reach_database(&config).await?;
    start::assert_roles(&app, None).await?;
    assert_migrated(&app).await?;
    let key = start::audit_key(&root_key(&mut config, &app).await?);
    let anchors = audit::read_anchors(&start::document_store(&config)?).await?;
    let verdict = Database::new(app, 1)
        .read(async |c| audit::verify(c, &key, &anchors).await)
        .await?;
    if let Some(server) = private {
        server.stop().await?;
    }
    let last = verdict
        .head
        .map_or_else(|| "none".to_owned(), |(_, hash)| hex::encode(hash));
    let anchored = anchors
        .iter()
        .map(|anchor| anchor.day)
        .max()
        .map_or_else(String::new, |day| format!(", the last of {day}"));
    print_line(&format!(
        "whole events: {}; hash of the last: {last}; anchors: {}{anchored}",
        verdict.events,
        anchors.len()
    ));
    let Some(reason) = verdict.reason else {
        print_line("the audit trail is intact");
        return Ok(());
    };
    let place = verdict
        .first_broken_seq
        .map_or_else(String::new, |seq| format!(" at event {seq}"));
    Err(format!("the audit trail is broken{place}: {}", reason.description()).into())
}

async fn new_custodian_key(out: &std::path::Path) -> Result<(), Failure> {
    let mut passphrase = zeroize::Zeroizing::new(String::new());
    std::io::stdin().read_line(&mut passphrase)?;
    let key = custodian::write_pair(
        out,
        zeroize::Zeroizing::new(passphrase.trim_end_matches('\n').to_owned()),
    )
    .await?;
    print_line(&key.to_base64());
    Ok(())
}

async fn accept_custodian_key(mut config: Config) -> Result<(), Failure> {
    let DatabaseEndpoints {
        app,
        vault,
        private,
        ..
    } = start::reach_database(&config).await?;
    start::assert_roles(&app, vault.as_ref()).await?;
    assert_migrated(&app).await?;
    let master = root_key(&mut config, &app).await?;
    let vault = vault.ok_or("DATABASE_VAULT_URL is missing")?;
    let custodian = custodian::public_key(&config).await?;
    start::accept_custodian(
        &config,
        &master,
        Connections { app, vault },
        custodian,
        &Clock::system(),
    )
    .await?;
    print_line("identities are sealed to this key from the next start on");
    if let Some(server) = private {
        server.stop().await?;
    }
    Ok(())
}

/// The root key of the installation, sealed in the database under the master key of the settings.
async fn root_key(
    config: &mut Config,
    app: &PgConnectOptions,
) -> Result<secrecy::MasterKey, Failure> {
    let master = match config.master_key.take() {
        Some(key) => key,
        None => start::private_master_key(&config.data_dir)?,
    };
    let now = Clock::system().now();
    Ok(root_key::load(&Database::new(app.clone(), 1), &master, now).await?)
}

/// An error of the service as text for the terminal: its faults, else its cause, which callers of
/// the API never see.
fn terminal_text(error: &Error) -> String {
    match error {
        Error::Refused(refused) if !refused.faults.is_empty() => refused
            .faults
            .iter()
            .map(|fault| format!("{}: {}", fault.pointer, fault.detail.en))
            .collect::<Vec<_>>()
            .join("; "),
        Error::Refused(refused) => match (&refused.cause, &refused.detail) {
            (Some(cause), _) => cause.to_string(),
            (None, Some(detail)) => detail.en.to_string(),
            (None, None) => error.to_string(),
        },
        Error::Replayed(_) => error.to_string(),
    }
}

/// Completes when the process receives SIGINT (Ctrl-C) or SIGTERM.
fn stop_signal() -> std::io::Result<impl Future<Output = ()> + Send + 'static> {
    let (mut interrupt, mut terminate) = (
        signal(SignalKind::interrupt())?,
        signal(SignalKind::terminate())?,
    );
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

fn start_log(settings: &Settings) {
    let filter = tracing_subscriber::EnvFilter::try_new(&settings.log)
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(false);
    // No colours in a file or a pipe.
    let log = log.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()));
    // `init` would also record messages of the `log` crate, in which libraries write paths and
    // addresses of callers.
    let set = match settings.log_format {
        LogFormat::Human => tracing::subscriber::set_global_default(log.finish()),
        LogFormat::Json => {
            tracing::subscriber::set_global_default(log.json().flatten_event(true).finish())
        }
    };
    set.expect("the log is started once");
}

fn banner(config: &Config, accounts: &[DemoAccount]) {
    let listen = config.settings.listen;
    let mut lines = vec![
        String::new(),
        format!("  API          http://{listen}/api/v1"),
        format!("  Swagger UI   http://{listen}/swagger-ui/"),
        format!("  Data         {}", config.data_dir.display()),
        format!(
            "  Custodian    {} (the key file and its passphrase, in place of a USB stick)",
            custodian::demo_key_folder(&config.data_dir).display()
        ),
        format!("  Mail         {}", mail_summary(&config.mail)),
        format!("  E-billing    {}", e_billing_summary(config)),
        if config.surface_at_once {
            "  Complaints   become known to the office at once, for trying out; SURFACE_AT_ONCE=false waits for the surfacing times".to_owned()
        } else {
            "  Complaints   become known to the office at the surfacing times".to_owned()
        },
        if config.demo_files {
            format!(
                "  Demo files   an application and a complaint at each stage, listed in {}; the first start makes them in the background, and the log says when they are complete (--demo empty: none)",
                config.data_dir.join(files::FILE).display()
            )
        } else {
            "  Demo files   none".to_owned()
        },
        String::new(),
        "  Demo accounts (this private office only)".to_owned(),
    ];
    lines.extend(accounts.iter().map(|account| {
        format!(
            "    {:<18} {:<34} {}",
            account.role.code(),
            account.email,
            account.password
        )
    }));
    lines.push(String::new());
    print_line(&lines.join("\n"));
}

/// The delivery of mails, for the start message.
fn mail_summary(mail: &MailConfig) -> String {
    match mail {
        MailConfig::Off => "off: SMTP_HOST is not set, so invitations, password resets and notifications are not sent by mail".to_owned(),
        MailConfig::Folder(path) => format!("{} (each mail is a file; nothing is sent)", path.display()),
        MailConfig::Smtp(smtp) => format!("over {}:{}", smtp.host, smtp.port),
    }
}

/// The payment office, for the start message.
fn e_billing_summary(config: &Config) -> String {
    let Some(office) = &config.e_billing else {
        return "by hand".to_owned();
    };
    format!(
        "{0}; with the simulator pay a code by: curl {0}/payments -d '{{\"kode_billing\": \"…\"}}'",
        office.url
    )
}

/// Prints to standard output; a closed pipe (`| head`) is no error.
fn print_line(text: &str) {
    drop(writeln!(std::io::stdout(), "{text}"));
}

/// Prints to standard error.
fn print_error(text: &str) {
    drop(writeln!(std::io::stderr(), "service-desk: {text}"));
}
