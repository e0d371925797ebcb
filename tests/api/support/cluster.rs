//! One private PostgreSQL for the run, with a migrated template that each test copies. A copy is
//! dropped soon after its test; when the test process ends, the server stops and its folder is
//! deleted.

use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::mpsc::{Receiver, Sender, channel};

use private_postgres::{Durability, PrivatePostgres, Settings};
use service_desk::clock::Clock;
use service_desk::database::roles;
use service_desk::ids::OfficeId;
use service_desk::start;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};

/// Linux's file system in memory.
const IN_MEMORY: &str = "/dev/shm";

/// The bytes that a run needs at most: some 20 MB for the server and 10 MB for each copy that waits
/// to be dropped.
const REQUIRED_BYTES: u64 = 4 << 30;

/// The database that is migrated once and copied for each test.
const TEMPLATE: &str = "template_desk";

struct Cluster {
    server: PrivatePostgres,
    office: OfficeId,
    /// Its pipe closes when this process ends.
    _broom: Child,
}

/// Waits until the test process has ended and the server has stopped, then deletes the folder. A
/// test binary ends without running destructors, so another process must do this.
const CLEANUP_SCRIPT: &str = r#"
trap '' HUP INT QUIT TERM PIPE
while read -r line; do :; done
tries=0
while [ -e "$1/pg/postmaster.pid" ] && [ $tries -lt 600 ]; do sleep 0.1; tries=$((tries + 1)); done
rm -rf "$1"
"#;

/// The server of this run.
pub fn server() -> &'static PrivatePostgres {
    &cluster().server
}

/// The folder of that server: in memory when there is space for the copies. On a disk, each copy
/// makes a thousand files where those of another copy were deleted a moment ago, and ext4 then
/// searches for free inodes for longer than the tests take.
pub fn folder() -> PathBuf {
    static BASE: OnceLock<&str> = OnceLock::new();
    let base = BASE.get_or_init(|| {
        if free_bytes(IN_MEMORY) > REQUIRED_BYTES {
            IN_MEMORY
        } else {
            "/var/tmp"
        }
    });
    Path::new(base).join(format!("service-desk-test-{}", std::process::id()))
}

fn free_bytes(folder: &str) -> u64 {
    rustix::fs::statvfs(folder).map_or(0, |found| found.f_bavail * found.f_frsize)
}

/// A copy of the migrated database: its name, and the office in it.
pub async fn fresh_database() -> (String, OfficeId) {
    let cluster = cluster();
    let name = format!("test_{}", uuid::Uuid::new_v4().simple());
    let mut superuser = superuser().connect().await.unwrap();
    let copy = format!(
        "create database {name} template {TEMPLATE} owner {} strategy file_copy",
        roles::OWNER
    );
    sqlx::query(sqlx::AssertSqlSafe(copy))
        .execute(&mut superuser)
        .await
        .unwrap();
    superuser.close().await.unwrap();
    (name, cluster.office)
}

/// Drops a copy in the background, even while a service is still connected to it. Each copy has 10
/// MB, and a run makes hundreds.
pub fn drop_later(name: String) {
    static USED: OnceLock<Sender<String>> = OnceLock::new();
    let used = USED.get_or_init(|| {
        let (used, queue) = channel();
        std::thread::spawn(move || drop_databases(&queue));
        used
    });
    // Called at the end of a test, perhaps during a panic: an undropped copy is better than a
    // second panic.
    drop(used.send(name));
}

/// Drops the queued databases one after the other: each drop is a checkpoint, and two at once would
/// only wait for each other.
fn drop_databases(queue: &Receiver<String>) {
    let sweeping = async {
        let mut superuser = superuser().connect().await?;
        while let Ok(name) = queue.recv() {
            let gone = format!("drop database if exists {name} with (force)");
            sqlx::query(sqlx::AssertSqlSafe(gone))
                .execute(&mut superuser)
                .await?;
        }
        Ok::<_, sqlx::Error>(())
    };
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(sweeping)
        .unwrap();
}

/// The superuser's connection options for the server's own database.
fn superuser() -> PgConnectOptions {
    server().connect_options("postgres", "postgres")
}

fn cluster() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(|| on_own_runtime(raise()))
}

async fn raise() -> Cluster {
    service_desk::gateways::install_tls_provider();
    let folder = folder();
    let downloads = PathBuf::from("/var/tmp/service-desk-postgres");
    let broom = Command::new("/bin/sh")
        .args(["-c", CLEANUP_SCRIPT, "broom"])
        .arg(&folder)
        .stdin(Stdio::piped())
        .process_group(0)
        .spawn()
        .unwrap();
    let settings = Settings {
        folder,
        durability: Durability::Off,
        binaries: environment("PG_BIN_DIR").map(PathBuf::from),
        path: environment("PATH"),
        downloads,
    };
    let server = PrivatePostgres::start(&settings).await.unwrap();
    roles::create_database(&server, TEMPLATE).await.unwrap();
    let clock = Clock::set_to("2026-07-06T01:00:00Z".parse().unwrap());
    let office = start::prepare(server.connect_options(roles::OWNER, TEMPLATE), &clock)
        .await
        .unwrap();
    Cluster {
        server,
        office,
        _broom: broom,
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a test run finds its PostgreSQL as the service does"
)]
pub fn environment(name: &str) -> Option<std::ffi::OsString> {
    std::env::var_os(name)
}

/// Runs `work` on a thread with a runtime of its own, because its result outlives the test that
/// first requested it.
pub fn on_own_runtime<T: Send>(work: impl Future<Output = T> + Send) -> T {
    std::thread::scope(|scope| {
        let thread = scope.spawn(|| {
            tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap()
                .block_on(work)
        });
        thread.join().unwrap()
    })
}
