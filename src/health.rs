//! For balancers and monitors: alive, ready, and the numbers. Outside the API's rights and limits.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, get};
use metrics_exporter_prometheus::PrometheusHandle;
use serde::Serialize;
use subtle::ConstantTimeEq as _;

use crate::config::Config;
use crate::database::Database;
use crate::error::{Code, Error, Result};
use crate::gateways::document_store::DocumentStore;
use crate::supervisor::{Report, State, Supervisor};
use crate::web::client_address::is_local;
use crate::web::{Provided, Reply};

/// How long the database may take to say that it is there.
const PATIENCE: Duration = Duration::from_secs(1);

/// Whether the process has been told to stop. Shared by all workers.
#[derive(Debug, Clone, Default)]
pub struct Draining(Arc<AtomicBool>);

impl Draining {
    /// From now on `/health/ready` says no.
    pub fn begin(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// The numbers' source, when they are collected.
#[derive(Clone)]
pub struct Metrics(pub Option<PrometheusHandle>);

/// How the service is.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Health {
    /// Always `ok`; what is not is told in a problem.
    #[schema(example = "ok")]
    pub status: &'static str,
}

/// Whether the service does all of its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReadyStatus {
    /// It does.
    Ok,
    /// Requests are served, but a task in the background does not do its work at present.
    Degraded,
}

/// The service takes requests; how its tasks in the background are.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Readiness {
    /// `ok`, or `degraded` when one of the tasks is not `running`.
    pub status: ReadyStatus,
    /// The long-running tasks of this instance.
    pub tasks: Vec<TaskHealth>,
}

/// The state of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TaskState {
    /// It runs, and its last success is recent.
    Running,
    /// It ended, is restarted again and again, and has had no success since.
    Restarting,
    /// It has had no success for too long: somebody must look.
    Stale,
}

/// A long-running task.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct TaskHealth {
    /// Its name.
    #[schema(example = "jobs")]
    pub name: &'static str,
    /// Its state.
    pub state: TaskState,
    /// Whole seconds since its last success; null before the first one.
    pub seconds_since_success: Option<u64>,
    /// How often it was restarted since the instance started.
    pub restarts: u64,
}

impl TaskHealth {
    fn of(report: Report) -> Self {
        let state = match report.state {
            State::Running => TaskState::Running,
            State::Restarting => TaskState::Restarting,
            State::Stale => TaskState::Stale,
        };
        Self {
            name: report.name,
            state,
            seconds_since_success: report.since_success.map(|age| age.as_secs()),
            restarts: report.restarts,
        }
    }
}

/// Say that the process is alive (hidup).
///
/// Asks nothing of anybody else.
#[utoipa::path(tag = "health", responses((status = 200, body = Health)), security(()))]
#[get("/health/live")]
pub async fn live() -> Reply<Health> {
    Reply::ok(Health { status: "ok" })
}

/// Say whether requests should be sent here (siap).
///
/// Not ready, with 503: while stopping; when the database cannot be reached or only reads, as a server during a failover does; when the document store
/// cannot be reached. A task in the background that does not do its work is shown and makes the status `degraded`, but the reply stays 200: requests are
/// answered all the same, and an instance taken out of service for a late mail would make it worse.
#[utoipa::path(tag = "health", responses((status = 200, body = Readiness)), security(()))]
#[get("/health/ready")]
pub async fn ready(
    database: Provided<Database>,
    store: Provided<DocumentStore>,
    draining: Provided<Draining>,
    supervisor: Provided<Supervisor>,
) -> Result<Reply<Readiness>> {
    if draining.0.0.load(Ordering::Relaxed) {
        return Err(not_now(
            "Layanan sedang berhenti.",
            "The service is stopping.",
        ));
    }
    match tokio::time::timeout(PATIENCE, database.0.takes_writes()).await {
        Ok(Ok(true)) => {}
        Ok(Ok(false)) => {
            return Err(not_now(
                "Basis data saat ini hanya dapat dibaca.",
                "The database can only be read at the moment.",
            ));
        }
        Ok(Err(_)) | Err(_) => {
            return Err(not_now(
                "Basis data tidak terjangkau.",
                "The database cannot be reached.",
            ));
        }
    }
    if !matches!(
        tokio::time::timeout(PATIENCE, store.0.health()).await,
        Ok(Ok(()))
    ) {
        return Err(not_now(
            "Penyimpanan dokumen tidak terjangkau.",
            "The document store cannot be reached.",
        ));
    }
    let tasks: Vec<_> = supervisor
        .0
        .reports()
        .into_iter()
        .map(TaskHealth::of)
        .collect();
    let status = if tasks.iter().all(|task| task.state == TaskState::Running) {
        ReadyStatus::Ok
    } else {
        ReadyStatus::Degraded
    };
    Ok(Reply::ok(Readiness { status, tasks }))
}

fn not_now(id: &'static str, en: &'static str) -> Error {
    Error::new(Code::Busy)
        .detail(id, en)
        .header("retry-after", "1")
}

/// Read the numbers (angka pantauan).
///
/// Prometheus text. From the same machine without a token, from elsewhere with the metrics token.
#[utoipa::path(tag = "health", responses((status = 200, description = "Prometheus text", content_type = "text/plain", body = String)), security(()), extensions(("x-problem-codes" = json!(["not_found"]))))]
#[get("/metrics")]
pub async fn read_metrics(
    request: HttpRequest,
    config: Provided<Arc<Config>>,
    numbers: Provided<Metrics>,
    supervisor: Provided<Supervisor>,
) -> Result<HttpResponse> {
    let given = request
        .headers()
        .get("authorization")
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    let allowed = match &config.0.metrics_token {
        Some(token) => {
            given.is_some_and(|given| bool::from(given.as_bytes().ct_eq(token.expose().as_bytes())))
        }
        None => config.0.proxies.is_empty() && is_local(&request),
    };
    match numbers.0.0 {
        Some(handle) if allowed => {
            supervisor.0.publish();
            Ok(HttpResponse::Ok()
                .content_type("text/plain; version=0.0.4")
                .body(handle.render()))
        }
        Some(_) | None => Err(Error::new(Code::NotFound)),
    }
}
