//! The program's start: the output of `check-config`, the database roles that it refuses, and the
//! permissions of its files.

use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use service_desk::database::roles::{APPLICATION, OWNER, RoleError, VAULT, assert_role};
use service_desk::identity::root_key;
use service_desk::secrecy::MasterKey;
use service_desk::start::assert_roles;
use sqlx::AssertSqlSafe;
use sqlx::postgres::PgConnectOptions;

use crate::support::{TestApp, custodian};

/// The program with these variables and no others, except the path of PostgreSQL.
fn program(arguments: &[&str], variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_service-desk"));
    command.args(arguments).env_clear().stdin(Stdio::null());
    for name in ["PATH", "PG_BIN_DIR", "HOME"] {
        if let Some(value) = environment(name) {
            command.env(name, value);
        }
    }
    command.envs(variables.iter().copied());
    command
}

#[expect(
    clippy::disallowed_methods,
    reason = "a test run finds its PostgreSQL as the service does"
)]
fn environment(name: &str) -> Option<std::ffi::OsString> {
    std::env::var_os(name)
}

/// The output of `command`; the tasks of this thread run meanwhile, and with them the rollback of a
/// refused transaction.
async fn output(mut command: Command) -> Output {
    let run = tokio::task::spawn_blocking(move || command.output());
    run.await.unwrap().unwrap()
}

fn outcome(output: &Output) -> (bool, String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (
        output.status.success(),
        text(&output.stdout),
        text(&output.stderr),
    )
}

const MASTER_KEY: &str = "3d9a1c4be07f2568b1d40c93ea57f86202ce7b9154a83fd06e1bb7f2954dc80a";

/// Every fault in one run, one line each with its setting, and the detected mode; at the start too.
#[actix_web::test]
async fn check_config_tells_every_fault_at_once_and_the_mode() {
    let faulty = [
        ("PUBLIC_URL", "foo"),
        ("LOG", "a=b=c"),
        ("MAX_UPLOAD_MIB", "0"),
        ("SMTP_HOST", "mail.bspji.example"),
        ("LISTEN", "nowhere"),
        ("DOCUMENT_STORE", "tape"),
        ("CORS_ORIGINS", "https://desk.example/app"),
        ("METRICS_TOKEN_FILE", "/nowhere"),
        ("WORKERS", ""),
    ];
    for command in [&["check-config"][..], &[]] {
        let (success, _, said) = outcome(&program(command, &faulty).output().unwrap());
        assert!(!success, "{said}");
        for name in [
            "PUBLIC_URL: ",
            "LOG: ",
            "MAX_UPLOAD_MIB: ",
            "MAIL_FROM ",
            "LISTEN: ",
            "DOCUMENT_STORE: ",
            "CORS_ORIGINS: ",
            "METRICS_TOKEN_FILE: ",
        ] {
            assert_eq!(
                said.lines()
                    .filter(|line| line.starts_with(&format!("service-desk: {name}")))
                    .count(),
                1,
                "{name}: {said}"
            );
        }
        assert!(
            said.starts_with("service-desk: mode: private (DATABASE_URL is not set)"),
            "{said}"
        );
        assert_eq!(
            said.lines().count(),
            9,
            "a line for each fault, and none for a setting left empty: {said}"
        );
    }
    let given = [
        (
            "DATABASE_URL",
            "postgres://desk_app:geheim@127.0.0.1:1/desk",
        ),
        ("MASTER_KEY", MASTER_KEY),
    ];
    let (success, _, said) = outcome(&program(&["check-config"], &given).output().unwrap());
    assert!(!success && said.starts_with("service-desk: mode: given database (DATABASE_URL is set): desk as desk_app at 127.0.0.1"), "{said}");
    for name in ["DATABASE_VAULT_URL ", "CUSTODIAN_KEY ", "PUBLIC_URL "] {
        assert!(
            said.contains(&format!("service-desk: {name}")),
            "{name}: {said}"
        );
    }
    assert!(!said.contains("geheim"), "{said}");
}

/// Complete settings are reported with their mode; for an unreachable server the output says that
/// it was not checked.
#[actix_web::test]
async fn check_config_names_the_mode_of_settings_that_are_complete() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let (success, said, complaint) = outcome(
        &program(&["check-config"], &[("DATA_DIR", data.to_str().unwrap())])
            .output()
            .unwrap(),
    );
    assert!(
        success
            && said.starts_with("mode: private (DATABASE_URL is not set)")
            && said.ends_with("the settings are complete\n"),
        "{said}{complaint}"
    );
    assert!(!data.exists(), "it creates no file");
    let key = custodian().0.to_base64();
    let given = [
        ("DATABASE_URL", "postgres://desk_app@127.0.0.1:1/desk"),
        (
            "DATABASE_VAULT_URL",
            "postgres://desk_vault@127.0.0.1:1/desk",
        ),
        ("MASTER_KEY", MASTER_KEY),
        ("CUSTODIAN_KEY", &key),
        ("PUBLIC_URL", "https://desk.example"),
    ];
    let (success, said, complaint) = outcome(&program(&["check-config"], &given).output().unwrap());
    assert!(
        success
            && said.starts_with("mode: given database")
            && said.contains("DATABASE_URL: its role was not checked"),
        "{said}{complaint}"
    );
}

/// The options to connect to the database of `app` as `role`.
fn signing_in_as(app: &TestApp, role: &str) -> PgConnectOptions {
    app.superuser().username(role)
}

/// Each of the two URLs must sign in as its own role, and with no further rights.
#[actix_web::test]
async fn a_url_that_signs_in_as_another_role_is_refused() {
    let app = TestApp::start().await;
    let mut sql = app.sql().await;
    // Roles belong to the server, which all tests share: the names are unique to this test, and it
    // drops the roles at its end.
    let mark = uuid::Uuid::new_v4().simple().to_string();
    let made = |kind: &str| format!("row21_{kind}_{mark}");
    let roles = [
        ("member", "inherit in role desk_app"),
        ("keeper", "inherit in role desk_vault"),
        ("both", "inherit in role desk_app, desk_vault"),
        ("owning", "inherit in role desk_app, desk_owner"),
        ("sleeping", "noinherit in role desk_app"),
        ("bypassing", "bypassrls inherit in role desk_app"),
        ("making", "createrole inherit in role desk_app"),
        ("copying", "replication inherit in role desk_app"),
        ("reading", "inherit in role desk_app, pg_read_all_data"),
        ("super", "superuser"),
        ("nobody", "inherit"),
    ];
    for (kind, rights) in roles {
        sqlx::raw_sql(AssertSqlSafe(format!(
            "create role {} login {rights}",
            made(kind)
        )))
        .execute(&mut sql)
        .await
        .unwrap();
    }
    for (wanted, fine) in [
        (APPLICATION, APPLICATION.to_owned()),
        (APPLICATION, made("member")),
        (VAULT, VAULT.to_owned()),
        (VAULT, made("keeper")),
    ] {
        assert_eq!(
            assert_role(&signing_in_as(&app, &fine), "DATABASE_URL", wanted).await,
            Ok(()),
            "{fine}"
        );
    }
    let strangers = [
        "both",
        "owning",
        "sleeping",
        "bypassing",
        "making",
        "copying",
        "reading",
        "super",
        "nobody",
    ]
    .map(made);
    let own = |wanted: &str| {
        if wanted == APPLICATION {
            [VAULT.to_owned(), made("keeper")]
        } else {
            [APPLICATION.to_owned(), made("member")]
        }
    };
    for wanted in [APPLICATION, VAULT] {
        let always = ["postgres".to_owned(), OWNER.to_owned()];
        for role in strangers.iter().chain(&own(wanted)).chain(&always) {
            let refusal = assert_role(&signing_in_as(&app, role), "DATABASE_URL", wanted)
                .await
                .unwrap_err();
            let RoleError::Wrong(line) = &refusal else {
                panic!("{role}: {refusal}")
            };
            assert!(
                line.starts_with("DATABASE_URL must sign in as ")
                    && line.contains(role.as_str())
                    && !line.contains('\n'),
                "{line}"
            );
        }
    }
    // A role set by the URL can be reset in the session.
    let masked = signing_in_as(&app, "postgres").options([("role", APPLICATION)]);
    assert!(matches!(
        assert_role(&masked, "DATABASE_URL", APPLICATION).await,
        Err(RoleError::Wrong(_))
    ));
    let (application, vault) = (signing_in_as(&app, APPLICATION), signing_in_as(&app, VAULT));
    assert_roles(&application, Some(&vault)).await.unwrap();
    let swapped = assert_roles(&vault, Some(&application))
        .await
        .unwrap_err()
        .to_string();
    assert!(
        swapped.starts_with("DATABASE_URL must sign in as desk_app"),
        "{swapped}"
    );
    let refusal = assert_roles(&application, Some(&application))
        .await
        .unwrap_err()
        .to_string();
    assert!(
        refusal.starts_with("DATABASE_VAULT_URL must sign in as desk_vault"),
        "{refusal}"
    );
    let gone = sqlx::query_scalar::<_, String>(
        "select rolname::text from pg_roles where rolname like 'row21%' || $1",
    )
    .bind(&mark)
    .fetch_all(&mut sql);
    for role in gone.await.unwrap() {
        sqlx::raw_sql(AssertSqlSafe(format!("drop role {role}")))
            .execute(&mut sql)
            .await
            .unwrap();
    }
}

/// Both commands report it, in one line.
#[actix_web::test]
async fn the_program_does_not_start_as_the_owner_or_a_superuser() {
    let app = TestApp::start().await;
    let mut sql = app.sql().await;
    let database: String = sqlx::query_scalar("select current_database()")
        .fetch_one(&mut sql)
        .await
        .unwrap();
    let superuser = app.superuser();
    let socket = superuser.get_socket().unwrap();
    let url = |role: &str| {
        format!(
            "postgres:///{database}?host={}&user={role}",
            socket.display()
        )
    };
    let key = custodian().0.to_base64();
    for (application, vault, setting) in [
        ("postgres", VAULT, "DATABASE_URL"),
        (OWNER, VAULT, "DATABASE_URL"),
        (APPLICATION, OWNER, "DATABASE_VAULT_URL"),
        (APPLICATION, "postgres", "DATABASE_VAULT_URL"),
        (VAULT, APPLICATION, "DATABASE_URL"),
    ] {
        let (application, vault) = (url(application), url(vault));
        let settings = [
            ("DATABASE_URL", application.as_str()),
            ("DATABASE_VAULT_URL", &vault),
            ("MASTER_KEY", MASTER_KEY),
            ("CUSTODIAN_KEY", &key),
            ("PUBLIC_URL", "https://desk.example"),
            ("LISTEN", "127.0.0.1:0"),
        ];
        for (command, both) in [(&["check-config"][..], 2), (&[], 1)] {
            let (success, _, said) = outcome(&program(command, &settings).output().unwrap());
            let lines: Vec<_> = said
                .lines()
                .filter(|line| line.starts_with("service-desk: "))
                .collect();
            let wrong = if application == url(VAULT) { both } else { 1 };
            assert!(
                !success
                    && lines.len() == wrong
                    && lines[0].starts_with(&format!("service-desk: {setting} must sign in as ")),
                "{said}"
            );
        }
    }
    // A server that answers and refuses the role counts as reached.
    let elsewhere = |role: &str| url(role).replace(&database, "no_such_database");
    let (application, vault) = (elsewhere(APPLICATION), elsewhere(VAULT));
    let settings = [
        ("DATABASE_URL", application.as_str()),
        ("DATABASE_VAULT_URL", &vault),
        ("MASTER_KEY", MASTER_KEY),
        ("CUSTODIAN_KEY", &key),
        ("PUBLIC_URL", "https://desk.example"),
    ];
    let (success, _, said) = outcome(&program(&["check-config"], &settings).output().unwrap());
    assert!(!success && said.contains("service-desk: DATABASE_URL: the server refuses it: database \"no_such_database\" does not exist"), "{said}");
}

/// The service in private mode, until it is dropped.
struct PrivateService(Child);

impl PrivateService {
    /// Starts it on `data` and waits until it is ready. Returns its address.
    async fn start(data: &Path) -> (Self, String) {
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let listen = format!("127.0.0.1:{port}");
        let mut child = program(
            &[],
            &[("LISTEN", &listen), ("DATA_DIR", data.to_str().unwrap())],
        )
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
        let (base, begun) = (format!("http://{listen}"), Instant::now());
        let client = reqwest::Client::new();
        loop {
            let ready = client
                .get(format!("{base}/health/ready"))
                .send()
                .await
                .is_ok_and(|reply| reply.status() == 200);
            if ready {
                return (Self(child), base);
            }
            if begun.elapsed() > Duration::from_mins(2) || child.try_wait().unwrap().is_some() {
                let said: Vec<_> = BufReader::new(child.stderr.take().unwrap())
                    .lines()
                    .map_while(Result::ok)
                    .collect();
                panic!("it does not become ready: {said:?}");
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}

impl PrivateService {
    /// Stops the service and waits for its end; its database stops with it.
    fn stop(mut self) {
        Command::new("kill")
            .args(["-INT", &self.0.id().to_string()])
            .status()
            .unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for PrivateService {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// The files and folders below `folder` that another user of the machine may read or list, except
/// the database's folder, which has its own rules.
fn open_to_others(folder: &Path) -> Vec<(PathBuf, u32)> {
    let (mut found, mut waiting) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(at) = waiting.pop() {
        let there = std::fs::symlink_metadata(&at).unwrap();
        let mode = there.permissions().mode() & 0o777;
        if mode & 0o066 != 0 {
            found.push((at.clone(), mode));
        }
        if there.is_dir() && !at.ends_with("postgres") && !at.ends_with("downloads") {
            waiting.extend(
                std::fs::read_dir(&at)
                    .unwrap()
                    .map(|entry| entry.unwrap().path()),
            );
        }
    }
    found
}

/// Another user of the machine can read nothing that the service writes; files with open
/// permissions are closed at the start.
#[actix_web::test]
async fn no_other_user_of_the_machine_reads_what_the_service_writes() {
    let above = PathBuf::from("/var/tmp").join(format!(
        "service-desk-row20-{}",
        uuid::Uuid::new_v4().simple()
    ));
    std::fs::create_dir(&above).unwrap();
    std::fs::set_permissions(&above, std::fs::Permissions::from_mode(0o711)).unwrap();
    let data = above.join("data");
    let (running, base) = PrivateService::start(&data).await;
    let client = reqwest::Client::new();
    let complaint = serde_json::to_vec(&crate::complaint::office::form()).unwrap();
    let reply = client
        .post(format!("{base}/api/v1/complaints"))
        .header("content-type", "application/json")
        .body(complaint)
        .send()
        .await
        .unwrap();
    assert_eq!(reply.status(), 201);
    running.stop();
    let written = |name: &str| {
        std::fs::read_dir(data.join(name)).is_ok_and(|mut entries| entries.next().is_some())
    };
    assert!(
        written("documents"),
        "the complaint's salts are in the store"
    );
    assert_eq!(open_to_others(&data), []);
    assert_eq!(open_to_others(&above.join("data-custodian")), []);
    // As an earlier version or a restored backup left it.
    let opened = Command::new("chmod")
        .arg("-R")
        .arg("a+rX")
        .args([
            data.join("documents"),
            data.join("master-key"),
            above.join("data-custodian"),
        ])
        .status();
    assert!(opened.unwrap().success() && !open_to_others(&data).is_empty());
    let (running, _) = PrivateService::start(&data).await;
    assert_eq!(open_to_others(&data), []);
    assert_eq!(open_to_others(&above.join("data-custodian")), []);
    running.stop();
    std::fs::remove_dir_all(&above).unwrap();
}

/// The root key under `master`, made as at the first start, before there are signing keys.
async fn root_key_of_a_new_office(app: &TestApp, master: &MasterKey) -> MasterKey {
    sqlx::query("delete from signing_key")
        .execute(&mut app.sql().await)
        .await
        .unwrap();
    root_key::load(&app.database, master, app.clock.now())
        .await
        .unwrap()
}

#[actix_web::test]
async fn only_the_newest_master_key_finishes_an_exchange_and_an_exchange_can_be_turned_back() {
    let app = TestApp::start().await;
    let (old, new) = (MasterKey::random(), MasterKey::random());
    let root = root_key_of_a_new_office(&app, &old).await;
    let (database, clock) = (&app.database, &app.clock);
    let rotate = async |old: &MasterKey, new: &MasterKey| {
        clock.advance(chrono::TimeDelta::seconds(1));
        root_key::rotate(database, old, new, clock.now()).await
    };
    let finish = async |key: &MasterKey| {
        root_key::retire_others(database, key, clock.now())
            .await
            .ok()
    };
    assert!(rotate(&old, &old).await.is_err(), "no new key");
    rotate(&old, &new).await.unwrap();
    assert_eq!(finish(&old).await, None, "the old key gives up nothing");
    rotate(&new, &old).await.unwrap();
    assert_eq!(finish(&new).await, None);
    assert_eq!(finish(&old).await, Some(1));
    rotate(&old, &new).await.unwrap();
    assert_eq!(finish(&new).await, Some(1));
    assert_eq!(finish(&new).await, Some(0));
    let opened = root_key::load(database, &new, clock.now()).await.unwrap();
    assert_eq!(opened.bytes(), root.bytes());
}

#[actix_web::test]
async fn a_database_that_lost_its_root_key_gets_no_other_one() {
    let app = TestApp::start().await;
    let made = root_key::load(&app.database, &MasterKey::random(), app.clock.now()).await;
    assert!(
        made.is_err(),
        "its signing keys are sealed under the lost one"
    );
    let kept: i64 = sqlx::query_scalar("select count(*) from root_key")
        .fetch_one(&mut app.sql().await)
        .await
        .unwrap();
    assert_eq!(kept, 0);
}

/// The exchange of the master key, killed while it waits for a lock, and repeated.
#[actix_web::test]
async fn a_kill_during_the_exchange_of_the_master_key_leaves_an_office_that_starts() {
    let app = TestApp::start().await;
    let (old, new) = (MasterKey::random(), MasterKey::random());
    let now = app.clock.now();
    let root = root_key_of_a_new_office(&app, &old).await;
    let opens = async |key: &MasterKey| {
        let opened = root_key::load(&app.database, key, now).await;
        opened.is_ok_and(|opened| opened.bytes() == root.bytes())
    };
    let mut sql = app.sql().await;
    let database: String = sqlx::query_scalar("select current_database()")
        .fetch_one(&mut sql)
        .await
        .unwrap();
    let socket = app.superuser().get_socket().unwrap().display().to_string();
    let url = format!("postgres:///{database}?host={socket}&user={APPLICATION}");
    let custodian = custodian().0.to_base64();
    let command = |arguments: &[&str], master: &MasterKey, next: Option<&MasterKey>| {
        let (master, next) = (master.to_hex(), next.map(MasterKey::to_hex));
        let mut variables = vec![
            ("DATABASE_URL", url.as_str()),
            ("MASTER_KEY", &master),
            ("CUSTODIAN_KEY", &custodian),
            ("PUBLIC_URL", "https://desk.example"),
        ];
        variables.extend(next.as_ref().map(|next| ("NEW_MASTER_KEY", next.as_str())));
        let arguments = [&["rotate-master-key"], arguments].concat();
        program(&arguments, &variables)
    };

    sqlx::raw_sql("begin; select pg_advisory_xact_lock(8245931988346430841)")
        .execute(&mut sql)
        .await
        .unwrap();
    let mut killed = command(&[], &old, Some(&new))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut other = app.sql().await;
    let waits = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    let begun = Instant::now();
    while sqlx::query_scalar::<_, i64>(waits)
        .fetch_one(&mut other)
        .await
        .unwrap()
        == 0
    {
        assert!(
            begun.elapsed() < Duration::from_secs(30),
            "it does not wait"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    killed.kill().unwrap();
    killed.wait().unwrap();
    sqlx::raw_sql("rollback").execute(&mut sql).await.unwrap();
    assert!(
        opens(&old).await && !opens(&new).await,
        "nothing has changed"
    );

    for _ in 0..2 {
        let (success, said, complaint) = outcome(&output(command(&[], &old, Some(&new))).await);
        assert!(success, "{said}{complaint}");
        for key in [&old, &new] {
            assert!(!said.contains(key.to_hex().as_str()));
        }
        assert!(opens(&old).await && opens(&new).await, "both open it");
    }
    let (success, said, complaint) = outcome(&output(command(&["--finish"], &new, None)).await);
    assert!(success, "{said}{complaint}");
    assert!(
        opens(&new).await && !opens(&old).await,
        "the new one alone opens it"
    );
    let (success, _, complaint) = outcome(&output(command(&["--finish"], &old, None)).await);
    assert!(!success && complaint.contains("MASTER_KEY"), "{complaint}");
}
