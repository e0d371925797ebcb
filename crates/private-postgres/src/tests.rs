//! Tests of the private `PostgreSQL` with real servers and real kills.

mod restart;

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use sqlx::{ConnectOptions, Connection, PgConnection};

use super::cluster_folder::ClusterFolder;
use super::sources::Sources;
use super::stale_server::command_line;
use super::{Durability, Error, PrivatePostgres, Settings};

/// The folder of a test, removed at its end. It is below `/tmp`, where the server's user can reach
/// it when the tests run as root.
struct TestFolder(PathBuf);

impl TestFolder {
    fn new() -> Self {
        Self(Path::new("/tmp").join(format!(
            "private-postgres-{}",
            uuid::Uuid::new_v4().simple()
        )))
    }

    fn settings(&self) -> Settings {
        Settings {
            folder: self.0.clone(),
            durability: Durability::Off,
            binaries: None,
            path: None,
            downloads: self.0.with_extension("downloads"),
        }
    }

    async fn start(&self) -> PrivatePostgres {
        PrivatePostgres::start(&self.settings()).await.unwrap()
    }

    /// The process id of the server that runs here.
    fn server(&self) -> u32 {
        let file = fs::read_to_string(self.0.join("pg/postmaster.pid")).unwrap();
        file.lines().next().unwrap().parse().unwrap()
    }
}

impl Drop for TestFolder {
    fn drop(&mut self) {
        // Waits for a watchdog that is still running here.
        drop(ClusterFolder::claim(&self.0));
        fs::remove_dir_all(&self.0).ok();
    }
}

/// The same test, run in a separate process that can be killed.
struct Program {
    process: Child,
    server: u32,
    watchdog: u32,
}

impl Program {
    /// Starts the process and waits until its server runs and has written a note. The folder is
    /// passed as an additional filter of the test harness, which matches no test.
    fn start(test: &str, place: &TestFolder) -> Self {
        let (_, module) = module_path!().split_once("::").unwrap();
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "--nocapture", &format!("{module}::{test}")])
            .arg(format!("folder={}", place.0.display()))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let told = BufReader::new(process.stdout.take().unwrap())
            .lines()
            .find_map(|line| Some(line.unwrap().split_once("watchdog=")?.1.to_owned()))
            .expect("the program tells its watchdog");
        Self {
            process,
            server: place.server(),
            watchdog: told.parse().unwrap(),
        }
    }

    /// The body of a test that runs as a [`Program`].
    async fn be_one() {
        let folder = std::env::args()
            .find_map(|argument| Some(argument.strip_prefix("folder=")?.to_owned()));
        let Some(folder) = folder else { return };
        let place = TestFolder(folder.into());
        let postgres = place.start().await;
        note(&postgres, "written before the kill").await;
        let watchdog = watchdog_of(&postgres);
        writeln!(std::io::stdout(), "watchdog={watchdog}").unwrap();
        std::future::pending::<()>().await;
    }

    fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

async fn connect(postgres: &PrivatePostgres) -> PgConnection {
    postgres
        .connect_options("postgres", "postgres")
        .connect()
        .await
        .unwrap()
}

/// The process of the watchdog.
fn watchdog_of(postgres: &PrivatePostgres) -> u32 {
    super::lock(&postgres.cluster).watchdog().process().unwrap()
}

/// Writes a note into the database.
async fn note(postgres: &PrivatePostgres, text: &str) {
    let mut connection = connect(postgres).await;
    sqlx::raw_sql("create table if not exists note (text text not null)")
        .execute(&mut connection)
        .await
        .unwrap();
    sqlx::query("insert into note (text) values ($1)")
        .bind(text)
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
}

/// All notes in the database.
async fn notes(postgres: &PrivatePostgres) -> Vec<String> {
    let mut connection = connect(postgres).await;
    let notes = sqlx::query_scalar("select text from note")
        .fetch_all(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    notes
}

async fn setting(postgres: &PrivatePostgres, name: &str) -> String {
    let mut connection = connect(postgres).await;
    let value = sqlx::query_scalar("select current_setting($1)")
        .bind(name)
        .fetch_one(&mut connection)
        .await;
    connection.close().await.unwrap();
    value.unwrap()
}

fn kill_outright(process: u32) {
    let process = process.to_string();
    assert!(
        Command::new("/bin/sh")
            .args(["-c", "kill -9 \"$0\"", &process])
            .status()
            .unwrap()
            .success()
    );
}

fn runs(process: u32) -> bool {
    command_line(process).is_some()
}

/// Waits for the end of a process; false if it does not come.
fn ends(process: u32) -> bool {
    let since = Instant::now();
    while runs(process) && since.elapsed() < Duration::from_secs(10) {
        sleep(Duration::from_millis(10));
    }
    !runs(process)
}

#[tokio::test]
async fn a_second_start_finds_the_data_of_the_first() {
    let place = TestFolder::new();
    let kept = Settings {
        durability: Durability::Full,
        ..place.settings()
    };

    let first = PrivatePostgres::start(&kept).await.unwrap();
    note(&first, "kept").await;
    assert_eq!(setting(&first, "fsync").await, "on");
    assert_eq!(setting(&first, "synchronous_commit").await, "on");
    assert_eq!(setting(&first, "data_checksums").await, "on");
    assert_eq!(setting(&first, "server_encoding").await, "UTF8");
    let (server, watchdog) = (place.server(), watchdog_of(&first));
    first.stop().await.unwrap();
    assert!(!runs(server) && !runs(watchdog));

    let second = place.start().await;
    assert_eq!(notes(&second).await, ["kept"]);
    assert_eq!(setting(&second, "fsync").await, "off");
    assert_eq!(setting(&second, "max_connections").await, "200");
    second.stop().await.unwrap();
}

#[tokio::test]
async fn the_server_cannot_be_reached_from_outside_and_logs_no_statements() {
    let place = TestFolder::new();
    let postgres = place.start().await;
    for (name, value) in [
        ("listen_addresses", ""),
        ("timezone", "UTC"),
        ("log_statement", "none"),
        ("log_min_duration_statement", "-1"),
        ("log_parameter_max_length", "0"),
        ("log_parameter_max_length_on_error", "0"),
        ("track_commit_timestamp", "off"),
        ("jit", "off"),
    ] {
        assert_eq!(setting(&postgres, name).await, value, "{name}");
    }
    let mut connection = connect(&postgres).await;
    let twice =
        "create table person (name text unique); insert into person values ('Siti'), ('Siti')";
    assert!(sqlx::raw_sql(twice).execute(&mut connection).await.is_err());
    postgres.stop().await.unwrap();

    let log = fs::read_to_string(place.0.join("server.log")).unwrap();
    assert!(log.contains("duplicate key"), "{log}");
    assert!(!log.contains("Siti"), "{log}");
}

#[tokio::test]
async fn a_program_killed_outright_leaves_no_process_and_all_its_data() {
    Program::be_one().await;
    let place = TestFolder::new();
    let mut program = Program::start(
        "a_program_killed_outright_leaves_no_process_and_all_its_data",
        &place,
    );
    program.kill();
    assert!(ends(program.server));
    assert!(ends(program.watchdog));

    let next = place.start().await;
    assert_eq!(notes(&next).await, ["written before the kill"]);
    next.stop().await.unwrap();
}

#[tokio::test]
async fn a_start_right_after_a_kill_waits_for_the_old_server_to_go() {
    Program::be_one().await;
    let place = TestFolder::new();
    let mut program = Program::start(
        "a_start_right_after_a_kill_waits_for_the_old_server_to_go",
        &place,
    );
    program.kill();
    let next = place.start().await;
    assert!(!runs(program.server));
    assert!(ends(program.watchdog));
    assert_eq!(notes(&next).await, ["written before the kill"]);
    next.stop().await.unwrap();
}

#[tokio::test]
async fn a_server_that_outlived_program_and_watchdog_is_replaced() {
    Program::be_one().await;
    let place = TestFolder::new();
    let mut program = Program::start(
        "a_server_that_outlived_program_and_watchdog_is_replaced",
        &place,
    );
    kill_outright(program.watchdog);
    assert!(ends(program.watchdog));
    program.kill();
    assert!(runs(program.server));

    let next = place.start().await;
    assert!(!runs(program.server));
    assert_eq!(notes(&next).await, ["written before the kill"]);
    next.stop().await.unwrap();
}

#[tokio::test]
async fn a_server_killed_outright_recovers_even_while_a_child_of_it_is_busy() {
    let place = TestFolder::new();
    let kept = Settings {
        durability: Durability::Full,
        ..place.settings()
    };
    let first = PrivatePostgres::start(&kept).await.unwrap();
    note(&first, "committed").await;
    // A busy child does not notice that its server is gone, and another server cannot start beside
    // it.
    let busy =
        "do $$ begin while clock_timestamp() < now() + interval '2 seconds' loop end loop; end $$";
    let mut child = connect(&first).await;
    let busy = tokio::spawn(async move { sqlx::raw_sql(busy).execute(&mut child).await });
    let active =
        "select count(*) from pg_stat_activity where state = 'active' and query like 'do %'";
    let mut watching = connect(&first).await;
    while sqlx::query_scalar::<_, i64>(active)
        .fetch_one(&mut watching)
        .await
        .unwrap()
        == 0
    {
        tokio::task::yield_now().await;
    }
    let server = place.server();
    kill_outright(server);
    assert!(ends(server));
    drop(first);

    let second = place.start().await;
    assert_eq!(notes(&second).await, ["committed"]);
    second.stop().await.unwrap();
    drop(busy);
}

#[tokio::test]
async fn stopping_a_server_that_was_killed_is_no_error() {
    let place = TestFolder::new();
    let postgres = place.start().await;
    kill_outright(place.server());
    postgres.stop().await.unwrap();
}

#[tokio::test]
async fn stopping_works_without_the_watchdog() {
    let place = TestFolder::new();
    let postgres = place.start().await;
    kill_outright(watchdog_of(&postgres));
    let server = place.server();
    postgres.stop().await.unwrap();
    assert!(!runs(server));
}

#[tokio::test]
async fn a_stale_pid_that_belongs_to_another_process_by_now_does_not_block() {
    let place = TestFolder::new();
    let first = place.start().await;
    let file = place.0.join("pg/postmaster.pid");
    let of_server = fs::read_to_string(&file).unwrap();
    let server = place.server();
    first.stop().await.unwrap();

    let cluster_folder = ClusterFolder::claim(&place.0).unwrap();
    let mut stranger = cluster_folder
        .account()
        .command(Path::new("/bin/sleep"), &place.0)
        .arg("60")
        .spawn()
        .unwrap();
    drop(cluster_folder);
    let stale = of_server.replacen(&server.to_string(), &stranger.id().to_string(), 1);
    fs::write(&file, &stale).unwrap();
    fs::write(place.0.join("s/.s.PGSQL.5432.lock"), &stale).unwrap();

    let second = place.start().await;
    second.stop().await.unwrap();
    assert!(runs(stranger.id()));
    stranger.kill().unwrap();
    stranger.wait().unwrap();
}

#[tokio::test]
async fn a_server_that_does_not_start_shows_the_end_of_its_log() {
    let place = TestFolder::new();
    place.start().await.stop().await.unwrap();
    let mut file = fs::OpenOptions::new()
        .append(true)
        .open(place.0.join("pg/postgresql.conf"))
        .unwrap();
    writeln!(file, "no_such_setting = 1").unwrap();

    let failed = PrivatePostgres::start(&place.settings()).await.unwrap_err();
    assert!(matches!(failed, Error::StartFailed { .. }), "{failed}");
    assert!(failed.to_string().contains("no_such_setting"), "{failed}");
}

#[tokio::test]
async fn a_folder_in_use_is_refused_and_left_running() {
    let place = TestFolder::new();
    let postgres = place.start().await;
    let refused = PrivatePostgres::start(&place.settings()).await.unwrap_err();
    assert!(matches!(refused, Error::InUse { .. }), "{refused}");
    assert!(
        refused
            .to_string()
            .contains(&format!("process {}", std::process::id())),
        "{refused}"
    );
    note(&postgres, "still here").await;
    postgres.stop().await.unwrap();
}

#[tokio::test]
async fn dropping_it_leaves_no_process_even_with_connections_open() {
    let place = TestFolder::new();
    let postgres = place.start().await;
    let _open = connect(&postgres).await;
    let (server, watchdog) = (place.server(), watchdog_of(&postgres));
    drop(postgres);
    assert!(ends(server));
    assert!(ends(watchdog));
}

#[tokio::test]
async fn a_half_made_cluster_is_made_anew_even_at_the_end_of_a_long_path() {
    let place = TestFolder::new();
    let mut settings = place.settings();
    settings.folder = place.0.join("a folder with a very long name ".repeat(4));
    fs::create_dir_all(&settings.folder).unwrap();
    drop(ClusterFolder::claim(&settings.folder).unwrap());
    fs::create_dir(settings.folder.join("pg.new")).unwrap();
    fs::write(settings.folder.join("pg.new/PG_VERSION"), "15\n").unwrap();

    let postgres = PrivatePostgres::start(&settings).await.unwrap();
    note(&postgres, "connected").await;
    let socket_folder = postgres.socket.clone();
    assert!(
        socket_folder.starts_with("/tmp"),
        "{}",
        socket_folder.display()
    );
    postgres.stop().await.unwrap();
    assert!(!socket_folder.exists());
    assert!(!settings.folder.join("pg.new").exists());
}

#[tokio::test]
async fn a_folder_with_other_things_in_it_is_left_alone() {
    let place = TestFolder::new();
    fs::create_dir(&place.0).unwrap();
    fs::write(place.0.join("thesis.txt"), "irreplaceable").unwrap();
    let refused = PrivatePostgres::start(&place.settings()).await.unwrap_err();
    assert!(matches!(refused, Error::UnfitFolder { .. }), "{refused}");
    assert_eq!(fs::read_dir(&place.0).unwrap().count(), 1);
}

#[tokio::test]
async fn without_any_postgres_the_reader_is_shown_three_ways_out() {
    let place = TestFolder::new();
    let nowhere = Sources {
        patterns: Vec::new(),
        archive: "https://archive.invalid".to_owned(),
    };
    let lost = PrivatePostgres::start_from(&place.settings(), &nowhere)
        .await
        .unwrap_err();
    assert!(matches!(lost, Error::NoBinaries { .. }), "{lost}");
    let message = lost.to_string();
    for way in [
        "PostgreSQL 15 or newer was not found",
        "install PostgreSQL",
        "DATABASE_URL",
        "docker compose up",
        "https://archive.invalid",
    ] {
        assert!(message.contains(way), "{message}");
    }
}
