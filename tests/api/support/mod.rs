//! The basis of all tests: a private database server for the run, a service for each test, and
//! callers of the API.

mod cluster;
pub mod contract;
pub mod esign;
mod jobs;
mod log;
pub mod own_server;
mod person;
mod recorder;
pub mod statements;

use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::OnceLock;

use clap::Parser as _;
use clean_copy::Starter;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use private_postgres::PrivatePostgres;
use service_desk::app::{self, Service};
use service_desk::certification::tariffs::examples;
use service_desk::clock::Clock;
use service_desk::complaint::custody::custodian::CustodianPublicKey;
use service_desk::complaint::custody::key_file::new_custodian_key;
use service_desk::complaint::custody::wrapped_key::WrappedKey;
use service_desk::config::{Cli, Config, Settings};
use service_desk::database::{Database, roles};
use service_desk::identity::organisation::Organisation;
use service_desk::identity::password_rules::Password;
use service_desk::identity::seed::{self, NewUser};
use service_desk::identity::sign_in_cache;
use service_desk::ids::{CustomerId, OfficeId, UserId};
use service_desk::mail::{MailTokens, Purpose};
use service_desk::secrecy::MasterKey;
use service_desk::sop::role::{Role, Roles};
use service_desk::start::demo::FilesToMake;
use service_desk::start::{self, Connections};
use sqlx::ConnectOptions as _;
use sqlx::postgres::{PgConnectOptions, PgConnection};

pub use self::log::Log;
pub use self::person::{Answer, Person, Request};
pub use self::recorder::{RecordedReply, ReplyRecorder};
use contract::Contract;
use statements::Statements;

/// The password of every account. Hashed once for the whole run: a hash costs 30 ms.
const PASSWORD: &str = "kuda benar baterai";

/// A service with a database, a clock and a folder of its own.
pub struct TestApp {
    /// Set to Monday 2026-07-06 08:00 WIB at the start.
    pub clock: Clock,
    /// Connections with the application's role.
    pub database: Database,
    /// The key that encrypts the signing keys.
    pub master_key: MasterKey,
    /// The service's parts.
    pub service: Service,
    office: OfficeId,
    server: &'static PrivatePostgres,
    name: String,
    base: String,
    folder: PathBuf,
    recorder: ReplyRecorder,
}

impl TestApp {
    /// Starts a service on a fresh copy of the migrated database.
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// The same with these command-line flags in addition to the usual ones.
    pub async fn start_with(flags: &[&str]) -> Self {
        let (name, office) = cluster::fresh_database().await;
        Self::start_on(cluster::server(), name, office, flags).await
    }

    /// The same on the test's own server.
    pub async fn start_on(
        server: &'static PrivatePostgres,
        name: String,
        office: OfficeId,
        flags: &[&str],
    ) -> Self {
        let folder = std::env::temp_dir().join(format!("service-desk-test-{name}"));
        std::fs::create_dir_all(&folder).unwrap();
        let clock = Clock::set_to("2026-07-06T01:00:00Z".parse().unwrap());
        let master_key = MasterKey::random();
        let options = server.connect_options(roles::APPLICATION, &name);
        let to = Connections {
            app: options.clone(),
            vault: server.connect_options(roles::VAULT, &name),
        };
        let assembling = start::assemble(
            config(&folder, flags),
            &master_key,
            to,
            custodian().0.clone(),
            clock.clone(),
            Some(metrics()),
        );
        let mut service = Box::pin(assembling).await.unwrap();
        // The test binary cannot make copies, so copies start the service's binary.
        service.complaint_services.copier = Starter::new(env!("CARGO_BIN_EXE_service-desk").into());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        actix_web::rt::spawn(app::serve(&service, listener, 1).unwrap());
        Self {
            clock,
            database: Database::new(options, 6),
            master_key,
            service,
            office,
            server,
            name,
            base,
            folder,
            recorder: ReplyRecorder::default(),
        }
    }

    /// Its data folder.
    pub fn folder(&self) -> &std::path::Path {
        &self.folder
    }

    /// `person` at another instance of the service on the same database, with a changed part.
    pub fn at_instance(&self, person: &Person, change: impl FnOnce(&mut Service)) -> Person {
        person.at(&self.serve_instance(change))
    }

    /// The address of another instance of the service, whose statements are recorded.
    pub fn recorded_instance(&self) -> (Statements, String) {
        let (statements, options) = Statements::of(&self.service.database);
        let address = self.serve_instance(|service| service.database = options);
        (statements, address)
    }

    /// Lets the instances keep sign-ins in memory.
    pub fn keep_sign_ins(&self, options: &PgConnectOptions) {
        let (options, sign_ins) = (options.clone(), self.service.identity.sign_ins.clone());
        let supervisor = &self.service.supervisor;
        supervisor.run("sign_ins", sign_in_cache::LIMITS, move |heartbeat| {
            sign_ins.clone().listen(options.clone(), heartbeat)
        });
    }

    /// Ends the connections that listen for changes of sign-ins.
    pub async fn break_listeners(&self) {
        sqlx::query(
            "select pg_terminate_backend(pid) from pg_stat_activity
             where datname = current_database() and pid <> pg_backend_pid() and query = 'select'",
        )
        .execute(&mut self.sql().await)
        .await
        .unwrap();
    }

    fn serve_instance(&self, change: impl FnOnce(&mut Service)) -> String {
        let mut service = self.service.clone();
        change(&mut service);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap().to_string();
        actix_web::rt::spawn(app::serve(&service, listener, 1).unwrap());
        address
    }

    /// Imports the example tariffs of the demo office.
    pub async fn import_examples(&self) {
        examples::import(&mut self.sql().await, self.office, self.clock.now())
            .await
            .unwrap();
    }

    /// The folder of the database server: `pg`, the data, and `server.log`.
    pub fn server_folder() -> PathBuf {
        cluster::folder()
    }

    /// The recorder of this service's replies.
    pub fn recorder(&self) -> &ReplyRecorder {
        &self.recorder
    }

    /// A superuser connection, which bypasses every right.
    pub async fn sql(&self) -> PgConnection {
        self.superuser().connect().await.unwrap()
    }

    /// The superuser's connection options.
    pub fn superuser(&self) -> PgConnectOptions {
        self.server.connect_options("postgres", &self.name)
    }

    /// The address of its listener: `host:port`.
    pub fn address(&self) -> &str {
        self.base.trim_start_matches("http://")
    }

    /// Drops the database of the running service.
    pub async fn lose_database(&self) {
        let mut superuser = cluster::server()
            .connect_options("postgres", "postgres")
            .connect()
            .await
            .unwrap();
        let gone = format!("drop database {} with (force)", self.name);
        sqlx::query(sqlx::AssertSqlSafe(gone))
            .execute(&mut superuser)
            .await
            .unwrap();
    }

    /// A caller without an account.
    pub fn nobody(&self) -> Person {
        Person::nobody(&self.base, self.recorder.clone())
    }

    /// A signed-in member of staff with this role.
    pub async fn staff(&self, role: Role) -> Person {
        self.staff_with(Roles::NONE.with(role)).await
    }

    /// A signed-in member of staff with these roles.
    pub async fn staff_with(&self, roles: Roles) -> Person {
        self.person(roles, None).await
    }

    /// The same with this name.
    pub async fn staff_called(&self, role: Role, name: &str) -> Person {
        self.person_called(Roles::NONE.with(role), None, name).await
    }

    /// A signed-in customer with an organisation of their own.
    pub async fn customer(&self) -> Person {
        let mut transaction = self.database.begin().await.unwrap();
        let customer = seed::create_customer(
            &mut transaction,
            self.office,
            &organisation(),
            self.clock.now(),
        )
        .await
        .unwrap();
        transaction.commit().await.unwrap();
        self.person(Roles::NONE.with(Role::Customer), Some(customer))
            .await
    }

    /// The means to make the demo office's files in this service, with its accounts.
    pub async fn demo_office(&self) -> FilesToMake {
        let owner = self.server.connect_options(roles::OWNER, &self.name);
        let accounts = start::demo::accounts(&self.service, owner, self.office);
        FilesToMake {
            config: (*self.service.config).clone(),
            master: self.master_key.clone(),
            to: Connections {
                app: self.service.database.clone(),
                vault: self.server.connect_options(roles::VAULT, &self.name),
            },
            custodian: custodian().0.clone(),
            accounts: accounts.await.unwrap(),
        }
    }

    /// Deactivates or activates the account `user` as `admin`; a second administrator agrees where
    /// that is necessary.
    pub async fn switch(&self, admin: &Person, user: &str, active: bool) -> Answer {
        let (path, change) = (
            format!("/api/v1/users/{user}"),
            serde_json::json!({"active": active}),
        );
        let answer = admin.patch(&path, change.clone(), Some("*")).await;
        if answer.status != 200 || answer.body["active"] == active {
            return answer;
        }
        self.staff(Role::Admin)
            .await
            .patch(&path, change, Some("*"))
            .await
    }

    /// The code of the open invitation that was mailed to the account `user`.
    pub async fn invitation(&self, user: &str) -> String {
        let open = "select mail_id from mail_token where user_id = $1::uuid and purpose = 'invitation' and used_at is null and voided_at is null";
        let mail: uuid::Uuid = sqlx::query_scalar(open)
            .bind(user)
            .fetch_one(&mut self.sql().await)
            .await
            .unwrap();
        MailTokens::new(&self.master_key).token(mail, Purpose::Invitation)
    }

    async fn person(&self, roles: Roles, customer: Option<CustomerId>) -> Person {
        let name = roles.iter().next().map_or("Orang Uji", Role::office_term);
        self.person_called(roles, customer, name).await
    }

    async fn person_called(
        &self,
        roles: Roles,
        customer: Option<CustomerId>,
        name: &str,
    ) -> Person {
        let email = format!("p{}@bspji.example", uuid::Uuid::new_v4().simple());
        let mut transaction = self.database.begin().await.unwrap();
        let new = NewUser {
            office: self.office,
            customer,
            email: &email,
            display_name: name,
            password_hash: password_hash(),
            roles,
        };
        let user = seed::create_user(&mut transaction, &new, self.clock.now())
            .await
            .unwrap();
        transaction.commit().await.unwrap();
        let tokens = self.start_session(user).await;
        self.nobody().signed_in(user, email, PASSWORD, tokens)
    }

    /// Starts a session without a password, whose check for each person took a third of the tests'
    /// time: writes it and a refresh token into the database, and refreshes.
    async fn start_session(&self, UserId(user): UserId) -> (String, String) {
        let (session, now) = (uuid::Uuid::new_v4(), self.clock.now());
        let token = uuid::Uuid::new_v4().to_string();
        let mut sql = self.sql().await;
        sqlx::query(
            "insert into session (id, user_id, started_at, seen_at, expires_at, place)
             values ($1, $2, $3, $3, $3 + interval '30 days', '127.0.0.0/24')",
        )
        .bind(session)
        .bind(user)
        .bind(now)
        .execute(&mut sql)
        .await
        .unwrap();
        sqlx::query(
            "insert into refresh_token (digest, session_id, issued_at, expires_at)
             values (sha256(convert_to($1, 'UTF8')), $2, $3, $3 + interval '14 days')",
        )
        .bind(&token)
        .bind(session)
        .bind(now)
        .execute(&mut sql)
        .await
        .unwrap();
        let body = serde_json::json!({ "refresh_token": token });
        let pair = self.nobody().post("/api/v1/auth/refresh", body).await;
        let pair = pair.expect(200);
        let text = |name: &str| pair[name].as_str().unwrap().to_owned();
        (text("access_token"), text("refresh_token"))
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.folder));
        cluster::drop_later(std::mem::take(&mut self.name));
    }
}

/// The contract, compiled once for the run.
pub fn contract() -> &'static Contract {
    static CONTRACT: OnceLock<Contract> = OnceLock::new();
    CONTRACT.get_or_init(|| {
        Contract::new(&serde_json::to_value(service_desk::app::document()).unwrap())
    })
}

/// The passphrase of the run's custodian.
pub const PASSPHRASE: &str = "empat belas kapal di Musi";

/// The custodian of the run: the public key and the key file. Made once, because it costs 64 MiB
/// and a third of a second.
pub fn custodian() -> &'static (CustodianPublicKey, WrappedKey) {
    static CUSTODIAN: OnceLock<(CustodianPublicKey, WrappedKey)> = OnceLock::new();
    CUSTODIAN.get_or_init(|| new_custodian_key(&PASSPHRASE.to_owned().into()).unwrap())
}

fn password_hash() -> &'static str {
    static HASH: OnceLock<String> = OnceLock::new();
    HASH.get_or_init(|| {
        let hashing = async {
            service_desk::identity::password::Passwords::for_this_machine()
                .hash(Password::new(PASSWORD.to_owned()))
                .await
                .unwrap()
        };
        cluster::on_own_runtime(hashing)
    })
}

/// The metrics of the run: a process has one recorder, so all services of the run share it.
fn metrics() -> PrometheusHandle {
    static NUMBERS: OnceLock<PrometheusHandle> = OnceLock::new();
    NUMBERS
        .get_or_init(|| PrometheusBuilder::new().install_recorder().unwrap())
        .clone()
}

fn organisation() -> Organisation {
    let address = serde_json::json!({"street": "Jl. Perindustrian II No. 12", "city": "Palembang", "province": "Sumatera Selatan", "postal_code": "30152"});
    serde_json::from_value(
        serde_json::json!({"name": "PT Tirta Musi Sejahtera", "address": address}),
    )
    .unwrap()
}

/// The settings of a test service: defaults, without the environment.
fn config(folder: &std::path::Path, more: &[&str]) -> Config {
    let folder = folder.to_str().unwrap();
    let usual = [
        "service-desk",
        "--data-dir",
        folder,
        "--surface-at-once",
        "false",
    ];
    let plenty = ["--requests-per-minute", "1000000"];
    let plenty = if more.contains(&plenty[0]) {
        &[][..]
    } else {
        &plenty[..]
    };
    let public_url = ["--public-url", "https://desk.test"];
    let public_url = if more.contains(&public_url[0]) {
        &[][..]
    } else {
        &public_url[..]
    };
    let flags = usual.iter().chain(public_url).chain(plenty).chain(more);
    let given = Cli::parse_from(flags).settings;
    let private = Settings {
        database_url: None,
        database_owner_url: None,
        database_vault_url: None,
        master_key: None,
        ..given
    };
    Config::read(private, &start::key_checks(true)).unwrap()
}
