//! Requests, readiness and jobs while the database is unreachable, read-only or full, or the
//! network is lost; with a real server and a complete replica. A delivered mail shows that the jobs
//! continue: the mail is queued, taken by the job engine, and arrives at a real mail server.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use service_desk::app::Service;
use service_desk::error::{Code, Error};
use tokio::io::copy_bidirectional;
use tokio::net::{UnixListener, UnixStream};
use tokio::time::sleep;

use crate::mail::sending_to;
use crate::mail::server::MailServer;
use crate::news::running::Replica;
use crate::support::own_server::OwnServer;
use crate::support::{Answer, TestApp};

/// A service on a server of its own, a complete replica of it, and a mail server.
struct OutageSetup {
    mails: MailServer,
    app: TestApp,
    running: Replica,
    sent: AtomicUsize,
}

impl OutageSetup {
    async fn on(own: &OwnServer, lines: impl FnOnce(&Service) -> Service) -> Self {
        let mails = MailServer::open().await;
        let flags = sending_to(&mails);
        let app = own
            .app(&flags.iter().map(String::as_str).collect::<Vec<_>>())
            .await;
        let running = Replica::start(&lines(&app.service));
        let house = Self {
            mails,
            app,
            running,
            sent: AtomicUsize::new(0),
        };
        house.assert_mail_arrives().await;
        house
    }

    /// Registers a customer at the replica, which queues a mail.
    async fn register(&self) -> (String, Answer) {
        let email = format!(
            "siti{}@karetmusi.example",
            self.sent.fetch_add(1, Ordering::Relaxed)
        );
        let address = json!({"street": "Jl. Musi 1", "city": "Palembang", "province": "Sumatera Selatan", "postal_code": "30152"});
        let organisation = json!({"name": format!("PT Karet Musi {email}"), "address": address});
        let form = json!({"email": email, "password": "kuda benar baterai", "display_name": "Siti Rahayu", "organisation": organisation});
        let nobody = self.app.nobody().at(&self.running.address);
        (email, nobody.post("/api/v1/auth/register", form).await)
    }

    /// Asserts that a registration is refused with 503 and `Retry-After`.
    async fn assert_busy(&self) {
        let (_, answer) = self.register().await;
        assert!(answer.header("retry-after").is_some());
        answer.refused(503, "busy");
    }

    /// Registers, with retries while the service answers 503, and waits for the mail.
    async fn assert_mail_arrives(&self) {
        let since = Instant::now();
        let email = loop {
            match self.register().await {
                (email, answer) if answer.status == 202 => break email,
                (_, answer) => drop(answer.refused(503, "busy")),
            }
            assert!(
                since.elapsed() < Duration::from_mins(1),
                "requests are refused for ever"
            );
            sleep(Duration::from_millis(200)).await;
        };
        while !self
            .mails
            .arrived()
            .iter()
            .any(|mail| mail.to.contains(&email))
        {
            assert!(
                since.elapsed() < Duration::from_secs(90),
                "the mail does not arrive: {}",
                self.ready().await.text()
            );
            sleep(Duration::from_millis(50)).await;
        }
    }

    async fn ready(&self) -> Answer {
        self.app
            .nobody()
            .at(&self.running.address)
            .get("/health/ready")
            .await
    }

    /// Asserts that readiness fails for this reason.
    async fn assert_not_ready(&self, reason: &str) {
        let since = Instant::now();
        loop {
            let answer = self.ready().await;
            assert!(answer.header("retry-after").is_some());
            let detail = answer.refused(503, "busy")["detail"].clone();
            if detail.as_str().unwrap().contains(reason) {
                break;
            }
            // A pooled connection to the stopped server may fail first.
            assert!(since.elapsed() < Duration::from_secs(10), "{detail}");
            sleep(Duration::from_millis(100)).await;
        }
        self.app
            .nobody()
            .at(&self.running.address)
            .get("/health/live")
            .await
            .expect(200);
    }

    /// Waits until every task is healthy. Returns the tasks.
    async fn wait_until_healthy(&self) -> Vec<Value> {
        let since = Instant::now();
        loop {
            let answer = self.ready().await;
            if answer.status == 200 {
                let body = answer.expect(200);
                if body["status"] == "ok"
                    && body["tasks"]
                        .as_array()
                        .unwrap()
                        .iter()
                        .all(|task| task["state"] == "running")
                {
                    return body["tasks"].as_array().unwrap().clone();
                }
                assert!(since.elapsed() < Duration::from_mins(1), "{body}");
            }
            assert!(
                since.elapsed() < Duration::from_mins(1),
                "it does not become ready: {}",
                self.ready().await.text()
            );
            sleep(Duration::from_millis(200)).await;
        }
    }
}

fn restarts(tasks: &[Value], name: &str) -> u64 {
    tasks
        .iter()
        .find(|task| task["name"] == name)
        .unwrap_or_else(|| panic!("no task {name}"))["restarts"]
        .as_u64()
        .unwrap()
}

/// The job engine continues after a restart. A standby is not ready and refuses writes with 503;
/// after its promotion the service works again.
#[actix_web::test]
async fn jobs_go_on_after_a_restart_and_a_failover() {
    let own = OwnServer::start().await;
    let house = OutageSetup::on(&own, Service::clone).await;
    let before = house.wait_until_healthy().await;
    assert_eq!(
        before
            .iter()
            .map(|task| task["name"].as_str().unwrap())
            .collect::<Vec<_>>(),
        [
            "timetable",
            "jobs",
            "release",
            "copies",
            "hard_copies",
            "listener",
            "sign_ins"
        ]
    );
    assert!(
        before
            .iter()
            .filter(|task| task["name"] != "timetable")
            .all(|task| task["seconds_since_success"].as_u64().unwrap() < 60),
        "{before:?}"
    );

    own.pg_ctl(&["restart", "-m", "fast"]).await;
    house.assert_mail_arrives().await;
    let after = house.wait_until_healthy().await;
    assert!(
        restarts(&after, "jobs") > 0 && restarts(&after, "listener") > 0,
        "{after:?}"
    );

    own.become_standby();
    own.pg_ctl(&["restart", "-m", "fast"]).await;
    house.assert_not_ready("hanya dapat dibaca").await;
    house.assert_busy().await;
    sleep(Duration::from_secs(2)).await;
    house.assert_not_ready("hanya dapat dibaca").await;

    own.pg_ctl(&["promote"]).await;
    house.assert_mail_arrives().await;
    house.wait_until_healthy().await;
    let numbers = house
        .app
        .nobody()
        .at(&house.running.address)
        .get("/metrics")
        .await
        .text();
    for line in [
        "task_state{task=\"jobs\",state=\"running\"} 1",
        "task_seconds_since_success{task=\"listener\"}",
        "task_restarts_total{task=\"jobs\"}",
    ] {
        assert!(numbers.contains(line), "{line} is not in {numbers}");
    }
    house.running.stop().await;
}

/// A while of read-only mode (SQLSTATE 25006), then of too many connections (53300).
#[actix_web::test]
async fn jobs_go_on_after_a_while_of_only_reading_and_of_a_shut_door() {
    let own = OwnServer::start().await;
    let house = OutageSetup::on(&own, Service::clone).await;

    own.execute(&[
        "alter system set default_transaction_read_only = on",
        "select pg_reload_conf()",
    ])
    .await;
    sleep(Duration::from_secs(3)).await;
    house.assert_not_ready("hanya dapat dibaca").await;
    house.assert_busy().await;
    own.execute(&[
        "alter system reset default_transaction_read_only",
        "select pg_reload_conf()",
    ])
    .await;
    house.assert_mail_arrives().await;
    assert!(restarts(&house.wait_until_healthy().await, "jobs") > 0);

    let hang_up =
        "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'desk_app'";
    own.execute(&["alter role desk_app connection limit 0", hang_up])
        .await;
    sleep(Duration::from_secs(3)).await;
    house.assert_not_ready("tidak terjangkau").await;
    house.assert_busy().await;
    own.execute(&["alter role desk_app connection limit -1"])
        .await;
    house.assert_mail_arrives().await;
    house.wait_until_healthy().await;
    house.running.stop().await;
}

/// The disk is full for the queue (53100): the engine fails with every poll, and continues when
/// there is space again. A job that is still locked by a dead worker of another process is done
/// too.
#[actix_web::test]
async fn jobs_go_on_after_a_full_disk_and_those_of_a_killed_process_are_taken_over() {
    let own = OwnServer::start().await;
    let house = OutageSetup::on(&own, Service::clone).await;
    house.wait_until_healthy().await;

    // Only taking a job fails: queueing one is an upsert and would fire the trigger, too.
    let full = "create function full_disk() returns trigger language plpgsql as $$ begin
            if current_query() like '%is_available%' then raise exception 'could not extend file' using errcode = '53100'; end if;
            return null; end $$;
        create trigger full_disk before update on graphile_worker._private_jobs for each statement execute function full_disk()";
    let mut superuser = house.app.sql().await;
    sqlx::raw_sql(full).execute(&mut superuser).await.unwrap();
    let (email, answer) = house.register().await;
    answer.expect(202);
    sleep(Duration::from_secs(3)).await;
    let body = house.ready().await.expect(200);
    assert_eq!(body["status"], "degraded", "{body}");
    assert!(
        house
            .mails
            .arrived()
            .iter()
            .all(|mail| !mail.to.contains(&email))
    );
    // Locked by a process that was killed two minutes ago.
    let held = "drop trigger full_disk on graphile_worker._private_jobs;
        update graphile_worker._private_jobs set locked_by = 'killed', locked_at = now() - interval '2 minutes', attempts = 1;
        update graphile_worker._private_job_queues set locked_by = 'killed', locked_at = now() - interval '2 minutes'";
    sqlx::raw_sql(held).execute(&mut superuser).await.unwrap();
    let since = Instant::now();
    while !house
        .mails
        .arrived()
        .iter()
        .any(|mail| mail.to.contains(&email))
    {
        assert!(
            since.elapsed() < Duration::from_mins(1),
            "the job of the killed process is not done"
        );
        sleep(Duration::from_millis(100)).await;
    }
    assert!(restarts(&house.wait_until_healthy().await, "jobs") > 0);
    house.running.stop().await;
}

/// The network drops packets silently: open connections carry no data, as when a firewall forgets
/// them. New connections work after a while.
#[actix_web::test]
async fn jobs_go_on_after_a_lost_network() {
    let own = OwnServer::start().await;
    let line = CuttableProxy::to(&own.socket_folder());
    let folder = line.folder.clone();
    let house = OutageSetup::on(&own, |service| Service {
        database: service.database.clone().socket(&folder),
        ..service.clone()
    })
    .await;
    house.wait_until_healthy().await;

    line.cut();
    sleep(Duration::from_secs(4)).await;
    house.assert_not_ready("tidak terjangkau").await;
    line.mend();
    house.assert_mail_arrives().await;
    house.wait_until_healthy().await;
    house.running.stop().await;
}

/// A proxy to the server that can be cut: connections then stay open and silent for ever.
struct CuttableProxy {
    folder: PathBuf,
    /// Odd while the proxy is cut; a connection from an earlier state is silent.
    state: Arc<AtomicUsize>,
}

impl CuttableProxy {
    fn to(server: &Path) -> Self {
        let folder = std::env::temp_dir().join(format!("line-{}", uuid::Uuid::new_v4().simple()));
        std::fs::create_dir(&folder).unwrap();
        let listener = UnixListener::bind(folder.join(".s.PGSQL.5432")).unwrap();
        let (server, state) = (server.join(".s.PGSQL.5432"), Arc::new(AtomicUsize::new(0)));
        let told = Arc::clone(&state);
        actix_web::rt::spawn(async move {
            loop {
                let (mut near, _) = listener.accept().await.unwrap();
                let (server, told) = (server.clone(), Arc::clone(&told));
                let begun = told.load(Ordering::Relaxed);
                actix_web::rt::spawn(async move {
                    if begun % 2 == 0 {
                        let mut far = UnixStream::connect(&server).await.unwrap();
                        let cut = async {
                            while told.load(Ordering::Relaxed) == begun {
                                sleep(Duration::from_millis(5)).await;
                            }
                        };
                        tokio::select! {
                            _ = copy_bidirectional(&mut near, &mut far) => return,
                            () = cut => {}
                        }
                    }
                    std::future::pending::<()>().await;
                    drop(near);
                });
            }
        });
        Self { folder, state }
    }

    fn cut(&self) {
        self.state.fetch_add(1, Ordering::Relaxed);
    }

    fn mend(&self) {
        self.state.fetch_add(1, Ordering::Relaxed);
    }
}

impl Drop for CuttableProxy {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

/// Temporary states of the server are answered with 503 and `Retry-After`; faults of the statement
/// or of the data stay 500.
#[actix_web::test]
async fn what_passes_with_the_servers_state_is_503_and_what_does_not_is_500() {
    let app = TestApp::start().await;
    let mut connection = app.sql().await;
    let passing = [
        "08000", "08006", "08P01", "25006", "25P03", "25P04", "40001", "40P01", "53000", "53100",
        "53200", "53300", "53400", "55006", "55P03", "57014", "57P01", "57P02", "57P03", "57P05",
        "58000", "58030",
    ];
    let lasting = [
        "22P02", "23505", "23514", "25P02", "42501", "42P01", "58P01", "XX000", "XX001", "XX002",
    ];
    for (codes, wanted) in [(&passing[..], Code::Busy), (&lasting[..], Code::Internal)] {
        for code in codes {
            let raise =
                format!("do $$ begin raise exception 'made up' using errcode = '{code}'; end $$");
            let error: Error = sqlx::raw_sql(sqlx::AssertSqlSafe(raise))
                .execute(&mut connection)
                .await
                .unwrap_err()
                .into();
            assert_eq!(error.code(), Some(wanted), "{code}");
            let Error::Refused(refused) = error else {
                panic!("{code}")
            };
            assert_eq!(
                refused
                    .headers
                    .iter()
                    .any(|(name, _)| *name == "retry-after"),
                wanted == Code::Busy,
                "{code}"
            );
        }
    }
    let lost = [
        sqlx::Error::Protocol("cut".into()),
        sqlx::Error::Tls("cut".into()),
        sqlx::Error::WorkerCrashed,
        sqlx::Error::PoolClosed,
        sqlx::Error::PoolTimedOut,
    ];
    for error in lost {
        assert_eq!(Error::from(error).code(), Some(Code::Busy));
    }
    assert_eq!(
        Error::from(sqlx::Error::Configuration("no host".into())).code(),
        Some(Code::Internal)
    );
}

/// Every kind of request, signed in or not, reading or writing, is answered with success or 503 on
/// a read-only database, and never with 500.
#[actix_web::test]
async fn on_a_database_that_only_reads_no_request_is_a_fault_of_ours() {
    let app = TestApp::start().await;
    let staff = app.staff(service_desk::sop::role::Role::Admin).await;
    let customer = app.customer().await;
    let database: String = sqlx::query_scalar("select current_database()")
        .fetch_one(&mut app.sql().await)
        .await
        .unwrap();
    let only_read = format!("alter database {database} set default_transaction_read_only = on");
    sqlx::raw_sql(sqlx::AssertSqlSafe(only_read))
        .execute(&mut app.sql().await)
        .await
        .unwrap();
    let hang_up = format!(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = '{database}' and pid <> pg_backend_pid()"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(hang_up))
        .execute(&mut app.sql().await)
        .await
        .unwrap();
    sleep(Duration::from_millis(2100)).await;

    let detail = app.nobody().get("/health/ready").await.refused(503, "busy")["detail"].clone();
    assert!(
        detail.as_str().unwrap().contains("hanya dapat dibaca"),
        "{detail}"
    );
    let login = json!({"email": staff.email, "password": "kuda benar baterai"});
    let complaint = json!({"category": "corruption", "subject": "Suap", "narrative": "Ada yang meminta uang di loket.", "anonymous": true});
    for answer in [
        app.nobody().post("/api/v1/auth/login", login).await,
        app.nobody()
            .post("/api/v1/auth/password-reset", json!({"email": staff.email}))
            .await,
        app.nobody().post("/api/v1/complaints", complaint).await,
        customer
            .post(
                "/api/v1/applications",
                crate::certification::office::application(),
            )
            .await,
        customer.get("/api/v1/applications").await,
        staff.get("/api/v1/me").await,
        staff.get("/api/v1/users").await,
        staff.get("/api/v1/desk").await,
    ] {
        assert_ne!(answer.status, 500, "{}", answer.text());
        assert!(answer.status != 503 || answer.header("retry-after").is_some());
    }
}
