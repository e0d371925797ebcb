//! Measurements outside the rounds: logins, which cost processor time by design, beside the reads
//! of other callers; and uploads.

use std::time::{Duration, Instant};

use service_desk::identity::password::Passwords;
use service_desk::identity::password_rules::Password;
use tokio::time::interval;

use crate::Outcome;
use crate::client::{Connection, LoadResult, load, request};
use crate::office::PASSWORD;
use crate::operations::{FORM, Operation, Requests, Tokens};
use crate::process::Server;

const HOW_LONG: Duration = Duration::from_secs(5);
/// The pause of each of the eight readers: together they send some 800 reads a second.
const PAUSE: Duration = Duration::from_millis(10);
/// The bytes of one upload: the checklists allow 25 MB for a document.
const UPLOAD: usize = 24_000_000;

/// Eight users sign in as fast as they can while eight others read.
pub async fn logins(server: &Server, tokens: &Tokens) -> Outcome<String> {
    let hash = one_hash().await?;
    let calm = readers(server, tokens).await?;
    let used = server.processor_seconds()?;
    let mut n = 0;
    let next = || {
        n = n % 200 + 1;
        Some(crate::login("customer", n))
    };
    let (logins, others) = tokio::join!(
        load(server.address, 8, HOW_LONG, Duration::ZERO, next),
        readers(server, tokens)
    );
    let (logins, others) = (logins?, others?);
    let used = (server.processor_seconds()? - used) / HOW_LONG.as_secs_f64();
    Ok(format!(
        "- login: {:.0}/s (p50 {:.0} ms, p99 {:.0} ms, {} refused); one hash {:.1} ms, so {:.2} of one core ÷ one hash; {used:.2} cores used\n\
         - others' reads at 800/s: p99 {:.1} ms calm, {:.1} ms during logins ({:.1} ×)",
        logins.rate(),
        logins.percentile(50),
        logins.percentile(99),
        logins.refused,
        hash * 1e3,
        logins.rate() * hash,
        calm.percentile(99),
        others.percentile(99),
        others.percentile(99) / calm.percentile(99),
    ))
}

async fn readers(server: &Server, tokens: &Tokens) -> Outcome<LoadResult> {
    let office = uuid::Uuid::nil();
    let mut requests = Requests {
        operation: Operation::One,
        tokens: Some(tokens),
        office,
        batch: String::new(),
        batch_size: 0,
        made: 0,
    };
    Ok(load(server.address, 8, HOW_LONG, PAUSE, || requests.next()).await?)
}

/// The seconds that one password hash takes on one core.
async fn one_hash() -> Outcome<f64> {
    let passwords = Passwords::for_this_machine();
    let mut times = Vec::new();
    for _ in 0..15 {
        let begun = Instant::now();
        passwords.hash(Password::new(PASSWORD.to_owned())).await?;
        times.push(begun.elapsed().as_secs_f64());
    }
    Ok(crate::report::median(times))
}

/// Eight uploads one after another: the throughput of one caller, and the memory that the uploads
/// cost.
pub async fn uploads(server: &Server, tokens: &Tokens) -> Outcome<String> {
    let mut connection = Connection::open(server.address).await?;
    let headers = format!("authorization: Bearer {}\r\n", tokens.customers[0]);
    let form = FORM.replace("quality_iso9001", "environment_iso14001");
    let reply = connection
        .exchange(&request(
            "POST",
            "/api/v1/applications",
            &headers,
            Some(&form),
        ))
        .await?;
    let said: serde_json::Value = serde_json::from_slice(connection.body(&reply))?;
    let case = said["id"]
        .as_str()
        .ok_or_else(|| format!("no draft: {said}"))?;
    let mut paper =
        format!("PUT /api/v1/applications/{case}/documents/E16 HTTP/1.1\r\nhost: bench\r\n{headers}content-length: {UPLOAD}\r\n\r\n").into_bytes();
    let head = paper.len();
    paper.extend_from_slice(b"%PDF-1.7\n");
    paper.resize(head + UPLOAD - 6, b'x');
    paper.extend_from_slice(b"%%EOF\n");

    let (before, mut most) = (server.memory()?, 0.0_f64);
    let sending = async {
        let begun = Instant::now();
        for _ in 0..8 {
            let reply = connection.exchange(&paper).await?;
            if reply.status != 201 {
                return Err(format!(
                    "an upload was refused: {}",
                    String::from_utf8_lossy(connection.body(&reply))
                )
                .into());
            }
        }
        Outcome::Ok(begun.elapsed().as_secs_f64())
    };
    let watching = async {
        let mut each = interval(Duration::from_millis(50));
        loop {
            each.tick().await;
            most = most.max(server.memory().unwrap_or_default());
        }
    };
    let seconds = tokio::select! {
        seconds = sending => seconds?,
        () = watching => 0.0,
    };
    #[expect(clippy::cast_precision_loss, reason = "megabytes")]
    let megabytes = (8 * UPLOAD) as f64 / 1e6;
    Ok(format!(
        "- upload, 8 papers of {} MB: {:.0} MB/s, memory + {:.1} MB",
        UPLOAD / 1_000_000,
        megabytes / seconds,
        most - before
    ))
}

/// The request of a suggested audit team.
pub fn team_suggestion(tokens: &Tokens) -> Vec<u8> {
    request(
        "POST",
        &format!(
            "/api/v1/applications/{}/team-suggestions",
            crate::operations::id("00000000", 98_000)
        ),
        &format!("authorization: Bearer {}\r\n", tokens.staff[0]),
        Some(r#"{"first_day":"2030-07-01","audit_days":3,"auditors":3}"#),
    )
}

/// Suggestions of a team among 200 auditors with a year of bookings, one after the other, beside
/// `bare`: the suggestions a second of which the database alone is capable.
pub async fn team_suggestions(server: &Server, tokens: &Tokens, bare: f64) -> Outcome<String> {
    let next = || Some(team_suggestion(tokens));
    let done = load(server.address, 1, HOW_LONG, Duration::ZERO, next).await?;
    Ok(format!(
        "- a team suggested among 200 auditors with 12,000 bookings: p50 {:.1} ms, p99 {:.1} ms (target 50 ms), {} refused; the same statements by pgbench {:.1} ms, service ÷ this **{:.2}**",
        done.percentile(50),
        done.percentile(99),
        done.refused,
        1000.0 / bare,
        done.rate() / bare,
    ))
}
