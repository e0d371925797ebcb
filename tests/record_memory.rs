//! A report of any length needs the memory of one page; in a process of its own, so that only this
//! test's memory is counted. `RECORD_ROWS=100000 cargo test --test record_memory -- --nocapture`
//! measures more rows.
#![expect(clippy::unwrap_used, reason = "the helpers of a test fail with it")]

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::time::Instant;

use futures_util::TryStreamExt as _;
use private_postgres::{Durability, PrivatePostgres, Settings};
use service_desk::casework::calendars::Calendars;
use service_desk::clock::Clock;
use service_desk::database::Database;
use service_desk::database::roles::{APPLICATION, OWNER, create_database};
use service_desk::ids::OfficeId;
use service_desk::reporting::realization::document;
use service_desk::reporting::realization::filter::Filter;
use service_desk::reporting::realization::formats::{Chart, Format};
use service_desk::reporting::realization::pages::ReportSource;
use service_desk::reporting::realization::report_request::ReportRequest;
use service_desk::start;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};

const MIB: u64 = 1 << 20;
/// The default number of rows.
const ROWS: u64 = 12_000;

/// Memory in use, in bytes (`statm` counts pages of 4 KiB).
fn resident() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    statm.split(' ').nth(1).unwrap().parse::<u64>().unwrap() * 4096
}

#[expect(
    clippy::disallowed_methods,
    reason = "a test run finds its PostgreSQL as the service does, and is told how much to try"
)]
fn environment(name: &str) -> Option<std::ffi::OsString> {
    std::env::var_os(name)
}

/// The benchmark's `office.sql` with this many applications.
fn office(rows: u64) -> String {
    include_str!("../bench/office.sql").replace("$count$", &rows.to_string())
}

#[actix_web::test]
async fn ten_times_the_rows_cost_no_more_memory() {
    service_desk::gateways::install_tls_provider();
    let rows = environment("RECORD_ROWS")
        .and_then(|rows| rows.into_string().ok())
        .and_then(|rows| rows.parse().ok())
        .unwrap_or(ROWS);
    let folder =
        PathBuf::from("/var/tmp").join(format!("service-desk-record-{}", std::process::id()));
    let settings = Settings {
        folder: folder.clone(),
        durability: Durability::Off,
        binaries: environment("PG_BIN_DIR").map(PathBuf::from),
        path: environment("PATH"),
        downloads: PathBuf::from("/var/tmp/service-desk-postgres"),
    };
    let server = PrivatePostgres::start(&settings).await.unwrap();
    create_database(&server, "record").await.unwrap();
    let owner = server.connect_options(OWNER, "record");
    let office_id = start::prepare(owner.clone(), &Clock::system())
        .await
        .unwrap();
    let mut connection = owner.connect().await.unwrap();
    for sql in [
        include_str!("../bench/people.sql").replace("$staff_hash$", "none"),
        office(rows),
        "analyze".to_owned(),
    ] {
        sqlx::raw_sql(AssertSqlSafe(sql))
            .execute(&mut connection)
            .await
            .unwrap();
    }
    connection.close().await.unwrap();
    let database = Database::new(server.connect_options(APPLICATION, "record"), 2);
    // The newest tenth was begun in the last days.
    let newest = (Clock::system().now() - chrono::TimeDelta::minutes(i64::try_from(rows).unwrap()))
        .date_naive();
    for format in [Format::Csv, Format::Xlsx] {
        let few = written(&database, office_id, (format, Some(newest))).await;
        let all = written(&database, office_id, (format, None)).await;
        let grown = all.peak.saturating_sub(few.peak.max(few.after));
        let told = format!(
            "{format:?}: {} rows, {} bytes in {:.1} s; memory grew by {} KiB\n",
            all.rows,
            all.bytes,
            all.seconds,
            grown >> 10
        );
        std::io::stderr().write_all(told.as_bytes()).unwrap();
        assert!(
            few.rows * 5 < all.rows && all.rows >= rows * 98 / 100,
            "{} and {} rows",
            few.rows,
            all.rows
        );
        assert!(grown < 12 * MIB, "{told}");
    }
    database.close();
    drop(server);
    drop(std::fs::remove_dir_all(&folder));
}

struct Written {
    rows: u64,
    bytes: usize,
    peak: u64,
    after: u64,
    seconds: f64,
}

/// Computes the sums, then generates the document and consumes it chunk by chunk, as a connection
/// does, and samples the memory meanwhile.
async fn written(
    database: &Database,
    office: OfficeId,
    (format, from): (Format, Option<chrono::NaiveDate>),
) -> Written {
    let asked = ReportRequest {
        filter: Filter {
            from,
            ..Filter::default()
        },
        format,
        chart: Chart::OnTime,
        english: false,
    };
    let source = ReportSource {
        database: database.clone(),
        calendars: Calendars::default(),
        office,
        filter: asked.filter.clone(),
        now: Clock::system().now(),
    };
    let began = Instant::now();
    let making = async {
        let rows = document::summary(source.clone()).await.unwrap().count;
        let (mut bytes, mut peak) = (0, resident());
        let mut pieces = match format {
            Format::Xlsx => document::xlsx(source, &asked).await.unwrap(),
            _ => document::csv(source, &asked).await.unwrap(),
        };
        while let Some(piece) = pieces.try_next().await.unwrap() {
            bytes += piece.len();
            peak = peak.max(resident());
        }
        (rows, bytes, peak)
    };
    let watching = async {
        let mut ticks = tokio::time::interval(std::time::Duration::from_millis(20));
        loop {
            ticks.tick().await;
            PEAK.fetch_max(resident(), Ordering::Relaxed);
        }
    };
    PEAK.store(0, Ordering::Relaxed);
    let (rows, bytes, peak) = tokio::select! {
        made = making => made,
        () = watching => (0, 0, 0),
    };
    Written {
        rows,
        bytes,
        peak: peak.max(PEAK.load(Ordering::Relaxed)),
        after: resident(),
        seconds: began.elapsed().as_secs_f64(),
    }
}

static PEAK: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
