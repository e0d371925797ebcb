//! Whistle-blowing: ten thousand complaints with all encryption on, 50 connections, and the timing
//! side channels of replies.

mod deciding;
mod flood;
pub mod operations;
mod passphrases;
pub mod plans;
mod report;
mod seed;
mod texts;
mod timing;
mod welch;

use std::path::Path;
use std::time::{Duration, Instant};

use service_desk::clock::Clock;
use service_desk::complaint::custody::custodian::CustodianPublicKey;
use service_desk::database::Database;
use service_desk::identity::root_key;
use service_desk::secrecy::MasterKey;

use crate::client::load;
use crate::office::Office;
use crate::process::Server;
use crate::report::{BARE, OURS};
use crate::{
    DATABASE_CONNECTIONS, MASTER_KEY, Options, Outcome, WORKERS, cores, custodian, print, service,
    tokens,
};
use operations::{HEADS, Operation, Requests};
use report::{Cell, Pace};
use seed::CASES;

/// Keep-alive connections of the load.
const CALLERS: usize = 50;

/// Runs the measurement and prints Markdown.
pub async fn measure(wish: &Options, folder: &Path) -> Outcome<()> {
    let mut office = Office::open(folder).await?;
    let (_, version) = office.programs().await?;
    let (custodian, key) = custodian()?;
    let release = std::env::current_exe()?.with_file_name("service-desk");
    let root = first_start(&release, folder, &office, &custodian).await?;
    let begun = Instant::now();
    let complaints = seed::seed(
        &mut office,
        folder,
        &root,
        &CustodianPublicKey::from_base64(&custodian)?,
    )
    .await?;
    let seconds = begun.elapsed().as_secs_f64();
    print(&format!(
        "{} cores, PostgreSQL {version}, {} rounds of {} s, {CALLERS} connections",
        cores(),
        wish.rounds,
        wish.seconds
    ));
    print(&format!(
        "\n{CASES} complaints put in within {seconds:.0} s, {} of them with {} messages\n",
        complaints.long.len(),
        seed::MESSAGES
    ));

    let ours = service(OURS, &release, folder, &office, &custodian).await?;
    let variables = [
        ("DATABASE_URL", office.url()),
        ("WORKERS", WORKERS.to_string()),
        (
            "DATABASE_CONNECTIONS",
            (DATABASE_CONNECTIONS / WORKERS).to_string(),
        ),
    ];
    let bare = Server::start(BARE, &release.with_file_name("bare"), &variables, "/ready").await?;
    mark_as_screened(&mut office).await?;
    let heads = tokens(&mut office, &ours, "head", u32::try_from(HEADS)?).await?;
    let lead = tokens(&mut office, &ours, "lead", 1).await?;
    let custodians = tokens(&mut office, &ours, "custodian", deciding::CUSTODIANS).await?;

    print("### How the list is planned\n");
    print(&plans::check(&mut office, &ours, &heads[0], &lead[0]).await?);
    let mut cells = Vec::new();
    let mut made = [0; 2];
    for _ in 0..wish.rounds {
        for operation in Operation::ALL {
            for pace in Pace::ALL {
                for (server, made) in [&ours, &bare].into_iter().zip(&mut made) {
                    let tokens = (server.name == OURS).then_some(heads.as_slice());
                    // The cases of earlier cells are skipped: each read must be the first of its
                    // day.
                    let from = if operation == Operation::FirstLook {
                        *made
                    } else {
                        0
                    };
                    let mut requests = Requests {
                        operation,
                        complaints: &complaints,
                        tokens,
                        made: from,
                    };
                    cells.extend(cell(server, &mut requests, pace, wish.seconds).await?);
                    *made = if operation == Operation::FirstLook {
                        requests.made
                    } else {
                        *made
                    };
                }
            }
        }
    }
    print("### Under load\n");
    print(&report::table(&cells));
    print(&format!(
        "- memory of the service after every load: {:.0} MB\n",
        ours.memory()?
    ));
    if !wish.brief {
        let samples = if wish.long { 20_000 } else { 5_000 };
        print(&timing::codes(&ours, &complaints, samples).await?);
        print(&timing::submissions(&ours, samples).await?);
        print(
            &flood::guesses(
                &ours,
                &complaints,
                if wish.long { 1_000_000 } else { 100_000 },
            )
            .await?,
        );
        print(&passphrases::refusals()?);
        print(&deciding::measure(&ours, &complaints, (&heads, custodians), &key, wish).await?);
    }
    print(&compare_sealed_sizes(&mut office).await?);
    for server in [ours, bare] {
        server.stop().await?;
    }
    office.close().await
}

/// Starts and stops the service, and returns the root key that it made, from which all keys are
/// derived. The start pins the custodian's key too; the service would refuse to pin one when the
/// vault already holds identities.
async fn first_start(
    program: &Path,
    folder: &Path,
    office: &Office,
    custodian: &str,
) -> Outcome<MasterKey> {
    let server = service(OURS, program, folder, office, custodian).await?;
    server.stop().await?;
    let database = Database::new(office.url().parse()?, 1);
    let master = MasterKey::from_hex(MASTER_KEY)?;
    Ok(root_key::load(&database, &master, Clock::system().now()).await?)
}

/// Waits until the service has screened its first complaints, and marks all others as screened. The
/// service screens every complaint again after a change of staff, a hundred a minute, and would do
/// so during the whole measurement.
async fn mark_as_screened(office: &mut Office) -> Outcome<()> {
    let marking = "update wbs.complaint set screened_with = known.mark
                   from (select screened_with as mark from wbs.complaint where screened_with is not null limit 1) known
                   where screened_with is null";
    for _ in 0..120 {
        if sqlx::query(marking)
            .execute(office.owner())
            .await?
            .rows_affected()
            > 0
        {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    Err("the service screens nothing".into())
}

/// One cell of the table; none when earlier cells have used up all first reads.
async fn cell(
    server: &Server,
    requests: &mut Requests<'_>,
    pace: Pace,
    seconds: u64,
) -> Outcome<Option<Cell>> {
    // Warms connections and plans, and prepares the reads that are not the first of the day.
    load(
        server.address,
        CALLERS,
        Duration::from_millis(300),
        Duration::ZERO,
        || requests.next(),
    )
    .await?;
    let used = server.processor_seconds()?;
    let found = load(
        server.address,
        CALLERS,
        Duration::from_secs(seconds),
        pace.pause(),
        || requests.next(),
    )
    .await?;
    let processor = server.processor_seconds()? - used;
    if found.refused == 0 && found.done() == 0 && requests.operation == Operation::FirstLook {
        return Ok(None);
    }
    if found.refused > 0 || found.done() == 0 {
        let (name, operation) = (server.name, requests.operation.name());
        return Err(format!(
            "{name}: {operation}: {} refused, {} done",
            found.refused,
            found.done()
        )
        .into());
    }
    Ok(Some(Cell {
        operation: requests.operation,
        pace,
        competitor: server.name,
        found,
        processor,
    }))
}

/// Counts the distinct sizes of the rows of the vault: all must have one size.
async fn compare_sealed_sizes(office: &mut Office) -> Outcome<String> {
    let found: (i64, i64, i64, i64, i64) = sqlx::query_as(
        "select count(*), count(distinct octet_length(sealed)), count(distinct pg_column_size(sealed)), max(octet_length(sealed))::bigint,
                (select count(*) from wbs.complaint)
         from vault.identity",
    )
    .fetch_one(office.owner())
    .await?;
    let (rows, lengths, stored, length, complaints) = found;
    let deleted = rows - complaints;
    Ok(format!(
        "### The vault\n\n{rows} rows for {complaints} complaints and {deleted} that the batch deleted; {lengths} length ({length} bytes), {stored} size on disk"
    ))
}
