//! Compares the service with the capacity of the machine. `bench/run` prints one Markdown table,
//! `bench/run --wbs` the table of whistle-blowing, `bench/run --letters` the table of letters,
//! `bench/run --files` the table of attachments, `bench/run --growth` the same reads at growing
//! numbers of files.
//! Every comparison is made within one run, in rounds that alternate, because the speed of the same
//! program varies by a quarter from minute to minute on a shared machine.

mod client;
mod endurance;
mod extras;
mod files;
mod growth;
mod letters;
mod office;
mod operations;
mod peers;
mod pgbench;
mod process;
mod report;
mod statements;
mod wbs;

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Parser as _;
use service_desk::clock::Clock;
use service_desk::complaint::custody::key_file::new_custodian_key;
use service_desk::complaint::custody::wrapped_key::WrappedKey;

use client::{Connection, load, request};
use office::{Office, PASSWORD};
use operations::{Operation, Recorded, Requests, Scripts, Tokens};
use process::Server;
use report::{BARE, BEFORE, Cell, DATABASE, OURS};

/// The master key of a database that is deleted after the run.
const MASTER_KEY: &str = "7249994896173aa14d20ae54199d60edcb2a36d41863d839972f2eb661761e76";

/// An error is one line for the user of the command.
pub type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Database connections of each competitor.
const DATABASE_CONNECTIONS: u32 = 12;
const WORKERS: u32 = 2;
/// The path of the service's readiness check.
const READY_PATH: &str = "/health/ready";
const CALLERS: usize = 32;
/// The applications of the database.
const APPLICATIONS: u64 = 100_000;
/// The number of submitted applications for one cell of an HTTP server.
const BATCH: u32 = 24_000;

/// Measures the service.
#[expect(
    clippy::struct_excessive_bools,
    reason = "the switches of a command line"
)]
#[derive(Debug, clap::Parser)]
struct Options {
    /// Seconds of each cell.
    #[arg(long, default_value_t = 4)]
    seconds: u64,
    /// The number of rounds.
    #[arg(long, default_value_t = 3)]
    rounds: u32,
    /// Another build of the service, measured in the same rounds.
    #[arg(long)]
    before: Option<PathBuf>,
    /// Measures a `NestJS` and a `FastAPI` service in the same rounds, as `bench/run --peers` installs them.
    #[arg(long)]
    peers: bool,
    /// Measures the four operations only; with `--wbs`, without the timing test and the flood; with
    /// `--letters`, a few letters.
    #[arg(long)]
    brief: bool,
    /// Measures whistle-blowing instead.
    #[arg(long)]
    wbs: bool,
    /// Measures the typesetting of letters instead.
    #[arg(long)]
    letters: bool,
    /// Measures honest attachments beside hostile ones instead.
    #[arg(long)]
    files: bool,
    /// Measures reads at 10,000, 100,000 and a million applications instead; with `--brief`, at a
    /// thousand and two thousand.
    #[arg(long)]
    growth: bool,
    /// Runs a trial of endurance instead; with `--long`, as long as the committed table says.
    #[arg(long)]
    endurance: Option<endurance::Trial>,
    /// With `--wbs`: 20,000 samples of each kind of receipt code instead of 5,000, and a flood of a
    /// million requests instead of a hundred thousand.
    #[arg(long)]
    long: bool,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome<()> {
    let wish = Options::parse();
    if wish.letters {
        return letters::measure(wish.brief).await;
    }
    let folder = std::env::temp_dir().join(format!("service-desk-bench-{}", std::process::id()));
    std::fs::create_dir(&folder)?;
    let outcome = if let Some(trial) = wish.endurance {
        let trial = Box::pin(endurance::run(trial, wish.long, &folder));
        tokio::task::LocalSet::new().run_until(trial).await
    } else if wish.growth {
        growth::measure(&wish, &folder).await
    } else if wish.files {
        files::measure(&wish, &folder).await
    } else if wish.wbs {
        wbs::measure(&wish, &folder).await
    } else {
        measure(&wish, &folder).await
    };
    let removed = std::fs::remove_dir_all(&folder);
    outcome?;
    Ok(removed?)
}

async fn measure(wish: &Options, folder: &Path) -> Outcome<()> {
    let mut office = Office::open(folder).await?;
    office.fill(APPLICATIONS).await?;
    let (custodian, _) = custodian()?;
    let (programs, version) = office.programs().await?;
    let release = std::env::current_exe()?.with_file_name("service-desk");
    let (scripts, of_a_team) = record(&mut office, folder, &release, &custodian).await?;

    let ours = service(OURS, &release, folder, &office, &custodian).await?;
    let before = match &wish.before {
        Some(program) => Some(service(BEFORE, program, folder, &office, &custodian).await?),
        None => None,
    };
    let variables = [
        ("DATABASE_URL", office.url()),
        ("WORKERS", WORKERS.to_string()),
        ("DATABASE_CONNECTIONS", "6".to_owned()),
    ];
    let bare = Server::start(BARE, &release.with_file_name("bare"), &variables, "/ready").await?;
    let peers = if wish.peers {
        peers::start(&office, &ours).await?
    } else {
        Vec::new()
    };
    let idle = ours.memory()?;
    let tokens = sign_in(&mut office, &ours).await?;

    let mut cells = Vec::new();
    let seconds = Duration::from_secs(wish.seconds);
    for round in 1..=wish.rounds {
        for operation in Operation::ALL {
            for server in [Some(&ours), before.as_ref(), Some(&bare)]
                .into_iter()
                .flatten()
                .chain(&peers)
            {
                let tokens = (server.name != BARE).then_some(&tokens);
                cells.push(cell(&mut office, server, operation, tokens, seconds).await?);
            }
            let batch = match operation {
                Operation::Step => {
                    office
                        .submitted(DATABASE_CONNECTIONS * pgbench::BLOCK)
                        .await?
                }
                Operation::One | Operation::List | Operation::Create => {
                    pgbench::created_prefix(round)
                }
            };
            let script = pgbench::script_for(operation, &scripts[&operation], &batch);
            let rate = pgbench::run(
                &programs,
                &office.arguments(),
                folder,
                &script,
                DATABASE_CONNECTIONS,
                wish.seconds,
            )
            .await?;
            cells.push(Cell {
                operation,
                competitor: DATABASE,
                rate,
                p50: 0.0,
                p99: 0.0,
                processor: 0.0,
                memory: 0.0,
            });
        }
    }
    print(&format!(
        "{} cores, PostgreSQL {version}, {} rounds of {} s, {CALLERS} connections\n",
        cores(),
        wish.rounds,
        wish.seconds
    ));
    print(&report::table(&cells));
    let started_in = ours.started_in.as_millis();
    print(&format!(
        "- start with an existing database: {started_in} ms\n- memory idle {idle:.0} MB, after every load {:.0} MB",
        ours.memory()?
    ));
    if !wish.brief {
        print(&extras::logins(&ours, &tokens).await?);
        print(&extras::uploads(&ours, &tokens).await?);
    }
    office.run(include_str!("../teams.sql")).await?;
    // Without new statistics, so that the plan is the one for tables of an unknown size.
    let script = statements::script(&of_a_team, "", &[]);
    let arguments = office.arguments();
    let bare_rate = pgbench::run(&programs, &arguments, folder, &script, 1, wish.seconds).await?;
    print(&extras::team_suggestions(&ours, &tokens, bare_rate).await?);
    for server in [Some(ours), before, Some(bare)]
        .into_iter()
        .flatten()
        .chain(peers)
    {
        server.stop().await?;
    }
    office.close().await
}

/// The service with its production settings, except for its rate limits.
async fn service(
    name: &'static str,
    program: &Path,
    folder: &Path,
    office: &Office,
    custodian: &str,
) -> Outcome<Server> {
    let variables = variables(folder, office, custodian);
    Server::start(name, program, &variables, READY_PATH).await
}

/// The environment of the service.
fn variables(folder: &Path, office: &Office, custodian: &str) -> Vec<(&'static str, String)> {
    vec![
        ("DATABASE_URL", office.url()),
        ("DATABASE_VAULT_URL", office.vault_url()),
        ("MASTER_KEY", MASTER_KEY.to_owned()),
        ("CUSTODIAN_KEY", custodian.to_owned()),
        // No complaint surfaces during the measurement.
        (
            "SURFACING_TIMES",
            (Clock::system().now() + chrono::TimeDelta::hours(7 + 12))
                .format("%H:%M")
                .to_string(),
        ),
        ("PUBLIC_URL", "https://desk.example".to_owned()),
        ("DATA_DIR", folder.display().to_string()),
        ("WORKERS", WORKERS.to_string()),
        (
            "DATABASE_CONNECTIONS",
            (DATABASE_CONNECTIONS / WORKERS).to_string(),
        ),
        ("REQUESTS_PER_MINUTE", "1000000000".to_owned()),
        // Each login sends an address of its own in `X-Forwarded-For`.
        ("TRUST_PROXY", "127.0.0.1".to_owned()),
        ("LOG", "error".to_owned()),
    ]
}

/// The public half of a custodian's key, and the key file that the common password opens.
fn custodian() -> Outcome<(String, WrappedKey)> {
    let (public, file) = new_custodian_key(&PASSWORD.to_owned().into())?;
    Ok((public.to_base64(), file))
}

/// Signs sixteen members of staff and sixteen customers in.
async fn sign_in(office: &mut Office, server: &Server) -> Outcome<Tokens> {
    Ok(Tokens {
        staff: tokens(office, server, "staff", 16).await?,
        customers: tokens(office, server, "customer", 16).await?,
    })
}

/// Signs the first `count` accounts of a kind in by password. Staff then get a second factor and
/// sessions that have just proved it, as the service asks of them where a database is given.
async fn tokens(
    office: &mut Office,
    server: &Server,
    kind: &str,
    count: u32,
) -> Outcome<Vec<String>> {
    office.run("delete from second_factor").await?;
    let mut connection = Connection::open(server.address).await?;
    let mut tokens = Vec::new();
    for n in 1..=count {
        let reply = connection.exchange(&login(kind, n)).await?;
        let said: serde_json::Value = serde_json::from_slice(connection.body(&reply))?;
        tokens.push(
            said["access_token"]
                .as_str()
                .ok_or_else(|| format!("no token: {said}"))?
                .to_owned(),
        );
    }
    office.run(include_str!("../factors.sql")).await?;
    Ok(tokens)
}

/// The login of one account, from an address of its own.
fn login(kind: &str, n: u32) -> Vec<u8> {
    let body = format!(r#"{{"email":"{kind}{n:03}@bench.example","password":"{PASSWORD}"}}"#);
    request(
        "POST",
        "/api/v1/auth/login",
        &format!("x-forwarded-for: 10.0.{}.{}\r\n", n / 250, n % 250),
        Some(&body),
    )
}

/// Runs each operation twice against the service, the first time to warm its caches, and records
/// the statements of the second run; and so those of a suggested audit team.
async fn record(
    office: &mut Office,
    folder: &Path,
    release: &Path,
    custodian: &str,
) -> Outcome<(Scripts, Vec<String>)> {
    let server = service(OURS, release, folder, office, custodian).await?;
    office.set_statement_logging(true).await?;
    server.recover(READY_PATH).await?;
    let tokens = sign_in(office, &server).await?;
    let mut connection = Connection::open(server.address).await?;
    let mut scripts = Scripts::default();
    for operation in Operation::ALL {
        let batch = if operation == Operation::Step {
            office.submitted(2).await?
        } else {
            String::new()
        };
        let mut requests = Requests {
            operation,
            tokens: Some(&tokens),
            office: office.id,
            batch: batch.clone(),
            batch_size: 2,
            made: 0,
        };
        let mut recorded = None;
        while let Some(request) = requests.next().filter(|_| requests.made <= 2) {
            let log = statements::Log::from_now(&office.log())?;
            let begun = u64::try_from(Clock::system().now().timestamp_millis())?;
            let reply = connection.exchange(&request).await?;
            if reply.status >= 300 {
                return Err(format!(
                    "{}: {}",
                    operation.name(),
                    String::from_utf8_lossy(connection.body(&reply))
                )
                .into());
            }
            let said: serde_json::Value = serde_json::from_slice(connection.body(&reply))?;
            let statements = log.statements()?;
            let made = statements::made_since(&statements, begun);
            recorded = Some(Recorded {
                statements,
                application: said["id"].as_str().unwrap_or("none").to_owned(),
                made,
            });
        }
        scripts.insert(operation, recorded.ok_or("nothing was recorded")?);
    }
    let mut of_a_team = Vec::new();
    for _ in 0..2 {
        let log = statements::Log::from_now(&office.log())?;
        let reply = connection
            .exchange(&extras::team_suggestion(&tokens))
            .await?;
        if reply.status >= 300 {
            let said = String::from_utf8_lossy(connection.body(&reply));
            return Err(format!("a suggested team: {said}").into());
        }
        of_a_team = log.statements()?;
    }
    server.stop().await?;
    office.set_statement_logging(false).await?;
    Ok((scripts, of_a_team))
}

async fn cell(
    office: &mut Office,
    server: &Server,
    operation: Operation,
    tokens: Option<&Tokens>,
    seconds: Duration,
) -> Outcome<Cell> {
    let batch = if operation == Operation::Step {
        office.submitted(BATCH).await?
    } else {
        String::new()
    };
    let mut requests = Requests {
        operation,
        tokens,
        office: office.id,
        batch,
        batch_size: BATCH.into(),
        made: 0,
    };
    // Warms connections and plans.
    load(
        server.address,
        CALLERS,
        Duration::from_millis(200),
        Duration::ZERO,
        || requests.next(),
    )
    .await?;
    let used = server.processor_seconds()?;
    let found = load(server.address, CALLERS, seconds, Duration::ZERO, || {
        requests.next()
    })
    .await?;
    let used = server.processor_seconds()? - used;
    if found.refused > 0 {
        return Err(format!(
            "{} refused {} of {}",
            server.name,
            found.refused,
            operation.name()
        )
        .into());
    }
    Ok(Cell::of(
        operation,
        server.name,
        &found,
        used,
        server.memory()?,
    ))
}

/// Spreads `n` over the whole range; the same numbers in every run.
fn scattered(n: u64) -> u64 {
    n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn print(text: &str) {
    println!("{text}");
}
