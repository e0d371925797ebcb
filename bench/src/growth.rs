//! The same reads of an office at growing numbers of applications: the rate over many connections,
//! the time of a year's report, and the rows that the statements of one request read.

use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::Value;
use sqlx::AssertSqlSafe;

use crate::client::{Connection, load, request};
use crate::office::Office;
use crate::operations::id;
use crate::process::Server;
use crate::statements::Log;
use crate::wbs::plans::walk;
use crate::{CALLERS, OURS, Options, Outcome, READY_PATH, print, scattered, service, tokens};

/// The numbers of applications, and those of a brief run.
const SIZES: [u64; 3] = [10_000, 100_000, 1_000_000];
const BRIEF_SIZES: [u64; 2] = [1_000, 2_000];
/// The list whose pages are compared.
const LIST: &str = "/api/v1/applications?stage=notice_sent";
/// The most rows that one request may read.
const MOST_ROWS: u64 = 10_000;

/// One read.
struct Read {
    name: &'static str,
    /// The path; a `#` stands for the id of a random application.
    path: String,
    /// One caller, one request after the other: a report.
    alone: bool,
}

/// A read at one size.
struct Found {
    name: &'static str,
    rate: f64,
    p50: f64,
    p99: f64,
    /// The rows that its statements read; none when one of them could not be explained.
    rows: Option<u64>,
}

/// Prints the table of all sizes.
pub async fn measure(wish: &Options, folder: &Path) -> Outcome<()> {
    let sizes: &[u64] = if wish.brief { &BRIEF_SIZES } else { &SIZES };
    let mut page = "| read | applications | per second | p50 ms | p99 ms | rows read | rate ÷ that at the size before |\n|---|--:|--:|--:|--:|--:|--:|\n".to_owned();
    let mut before: Vec<Found> = Vec::new();
    for size in sizes {
        let found = at(*size, wish, &folder.join(size.to_string())).await?;
        for read in &found {
            let ratio = before
                .iter()
                .find(|earlier| earlier.name == read.name)
                .map(|earlier| format!("**{:.2}**", read.rate / earlier.rate))
                .unwrap_or_default();
            let rows = match read.rows {
                Some(rows) if rows > MOST_ROWS => format!("**{rows}**"),
                Some(rows) => rows.to_string(),
                None => "?".to_owned(),
            };
            let Found {
                name,
                rate,
                p50,
                p99,
                ..
            } = read;
            let _ = writeln!(
                page,
                "| {name} | {size} | {rate:.0} | {p50:.1} | {p99:.1} | {rows} | {ratio} |"
            );
        }
        before = found;
    }
    print(&page);
    Ok(())
}

async fn at(size: u64, wish: &Options, folder: &Path) -> Outcome<Vec<Found>> {
    std::fs::create_dir(folder)?;
    let begun = Instant::now();
    let mut office = Office::open(folder).await?;
    office.fill(size).await?;
    // The same account reads lists as staff and reports as their leader.
    office
        .run("insert into user_role (user_id, role, granted_at) select user_id, 'pji_lead', granted_at from user_role where role = 'pji_staff'")
        .await?;
    let (custodian, _) = crate::custodian()?;
    let program = std::env::current_exe()?.with_file_name("service-desk");
    let server = service(OURS, &program, folder, &office, &custodian).await?;
    let people = tokens(&mut office, &server, "staff", 16).await?;
    print(&format!(
        "{size} applications: loaded and ready after {:.0} s",
        begun.elapsed().as_secs_f64()
    ));
    let mut found = Vec::new();
    for read in reads(&server, &people[0], size).await? {
        found.push(measured(&server, &read, &people, size, wish.seconds).await?);
    }
    office.set_statement_logging(true).await?;
    server.recover(READY_PATH).await?;
    for (read, found) in reads(&server, &people[0], size)
        .await?
        .iter()
        .zip(&mut found)
    {
        found.rows = rows_read(&mut office, &server, read, &people[0]).await?;
    }
    server.stop().await?;
    office.close().await?;
    Ok(found)
}

async fn reads(server: &Server, token: &str, size: u64) -> Outcome<Vec<Read>> {
    let middle = page_in_the_middle(server, token, size).await?;
    let year = chrono::Datelike::year(&service_desk::clock::Clock::system().now());
    let report = "/api/v1/reports/realization";
    let read = |name, path: &str, alone| Read {
        name,
        path: path.to_owned(),
        alone,
    };
    Ok(vec![
        read("one application", "/api/v1/applications/#", false),
        read("list, first page", LIST, false),
        read("list, a page in the middle", &middle, false),
        read("list of all stages", "/api/v1/applications", false),
        read("search", "/api/v1/applications?text=P-2026-00000777", false),
        read("the desk", "/api/v1/desk", false),
        read(
            "sums of a month",
            &format!("{report}?month={year}-11&limit=1"),
            true,
        ),
        read(
            "on time, by step, of a month",
            &format!("/api/v1/reports/sla?from={year}-11-01&to={year}-11-30"),
            true,
        ),
        read(
            "report of a year (CSV)",
            &format!("{report}?from={year}-01-01&to={year}-12-31&format=csv"),
            true,
        ),
    ])
}

/// The path of a page in the middle of the list.
async fn page_in_the_middle(server: &Server, token: &str, size: u64) -> Outcome<String> {
    let mut connection = Connection::open(server.address).await?;
    let mut path = LIST.to_owned();
    for _ in 0..size / 100 * 95 / 2 / 200 {
        let reply = connection
            .exchange(&get(&format!("{path}&limit=200"), token))
            .await?;
        let said: Value = serde_json::from_slice(connection.body(&reply))?;
        let cursor = said["next_cursor"]
            .as_str()
            .ok_or_else(|| format!("the list ended: {said}"))?;
        path = format!("{LIST}&cursor={cursor}");
    }
    Ok(path)
}

fn get(path: &str, token: &str) -> Vec<u8> {
    request(
        "GET",
        path,
        &format!("authorization: Bearer {token}\r\n"),
        None,
    )
}

fn path_of(read: &Read, n: u64, size: u64) -> String {
    let application = id("00000000", 1 + scattered(n) % (size / 100 * 99));
    read.path.replace('#', &application)
}

async fn measured(
    server: &Server,
    read: &Read,
    people: &[String],
    size: u64,
    seconds: u64,
) -> Outcome<Found> {
    let callers = if read.alone { 1 } else { CALLERS };
    let mut n = 0;
    let mut next = || {
        n += 1;
        let token = &people[usize::try_from(n).unwrap_or_default() % people.len()];
        Some(get(&path_of(read, n, size), token))
    };
    let mut run = async |time| load(server.address, callers, time, Duration::ZERO, &mut next).await;
    // Warms connections and plans.
    run(Duration::from_millis(200)).await?;
    let found = run(Duration::from_secs(seconds)).await?;
    if found.refused > 0 {
        return Err(format!("{} of {} were refused", found.refused, read.name).into());
    }
    Ok(Found {
        name: read.name,
        rate: found.rate(),
        p50: found.percentile(50),
        p99: found.percentile(99),
        rows: None,
    })
}

/// Explains each statement of the second of two requests, and adds the rows that its scans read.
async fn rows_read(
    office: &mut Office,
    server: &Server,
    read: &Read,
    token: &str,
) -> Outcome<Option<u64>> {
    let mut connection = Connection::open(server.address).await?;
    let asked = get(&path_of(read, 7, 1_000), token);
    connection.exchange(&asked).await?;
    let log = Log::from_now(&office.log())?;
    connection.exchange(&asked).await?;
    let statements = log.statements()?;
    let mut explaining = office.as_application().await?;
    let mut rows = 0.0;
    for statement in statements {
        let is_read = ["select", "with"]
            .iter()
            .any(|word| statement.trim_start().to_lowercase().starts_with(word));
        if !is_read {
            continue;
        }
        let explain = format!("explain (analyze, format json) {statement}");
        let Ok(row) = sqlx::raw_sql(AssertSqlSafe(explain))
            .fetch_one(&mut explaining)
            .await
        else {
            return Ok(None);
        };
        let text: String = sqlx::Row::try_get_unchecked(&row, 0)?;
        let said: Value = serde_json::from_str(&text)?;
        walk(&said[0]["Plan"], &mut |node| {
            let number = |name: &str| node[name].as_f64().unwrap_or_default();
            if node["Relation Name"].is_string() {
                rows += (number("Actual Rows") + number("Rows Removed by Filter"))
                    * number("Actual Loops");
            }
        });
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a count of rows"
    )]
    Ok(Some(rows as u64))
}
