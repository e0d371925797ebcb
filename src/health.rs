//! Liveness, readiness and metrics for load balancers and monitors. These routes are outside the
//! API's authentication and rate limits.

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
use crate::supervisor::{RunState, Supervisor, TaskReport};
use crate::web::client_address::is_local;
use crate::web::{Provided, Reply};

/// How long the database and the document store may take to answer.
const TIMEOUT: Duration = Duration::from_secs(1);

/// True once the process was told to stop. Shared by all workers.
#[derive(Debug, Clone, Default)]
pub struct Draining(Arc<AtomicBool>);

impl Draining {
    /// Makes `/health/ready` answer 503 from now on.
    pub fn begin(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// The source of the metrics, if requests are counted and logged.
#[derive(Clone)]
pub struct Metrics(pub Option<PrometheusHandle>);

/// The liveness of the service.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Health {
    /// Always `ok`; a failure is reported as a problem.
    #[schema(example = "ok")]
    pub status: &'static str,
}

/// Whether all background tasks work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReadyStatus {
    /// All background tasks work.
    Ok,
    /// Requests are served, but a background task does not work at present.
    Degraded,
}

/// The readiness of the service and the state of its background tasks.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Readiness {
    /// `ok`, or `degraded` when a task is not `running`.
    pub status: ReadyStatus,
    /// The long-running tasks of this instance.
    pub tasks: Vec<TaskHealth>,
}

/// The state of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TaskState {
    /// The task runs, and its last success is recent.
    Running,
    /// The task ended, is being restarted, and has had no success since.
    Restarting,
    /// The task has had no success for too long: an administrator must look.
    Stale,
}

/// A long-running task.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct TaskHealth {
    /// The name of the task.
    #[schema(example = "jobs")]
    pub name: &'static str,
    /// The state of the task.
    pub state: TaskState,
    /// Whole seconds since the last success; null before the first one.
    pub seconds_since_success: Option<u64>,
    /// The number of restarts since the instance started.
    pub restarts: u64,
}

impl TaskHealth {
    fn of(report: TaskReport) -> Self {
        let state = match report.state {
            RunState::Running => TaskState::Running,
            RunState::Restarting => TaskState::Restarting,
            RunState::Stale => TaskState::Stale,
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
/// Checks no other component.
#[utoipa::path(tag = "health", responses((status = 200, body = Health)), security(()))]
#[get("/health/live")]
pub async fn live() -> Reply<Health> {
    Reply::ok(Health { status: "ok" })
}

/// Say whether requests should be sent here (siap).
///
/// Not ready (503) while the service stops, when the database cannot be reached or is read-only (as
/// during a failover), and when the document store cannot be reached. A background task that does
/// not work makes the status `degraded`, but the reply stays 200: requests are still answered, and
/// taking an instance out of service because of a late mail would make the situation worse.
#[utoipa::path(tag = "health", responses((status = 200, body = Readiness)), security(()))]
#[get("/health/ready")]
pub async fn ready(
    database: Provided<Database>,
    store: Provided<DocumentStore>,
    draining: Provided<Draining>,
    supervisor: Provided<Supervisor>,
) -> Result<Reply<Readiness>> {
    if draining.0.0.load(Ordering::Relaxed) {
        return Err(unavailable(
            "Layanan sedang berhenti.",
            "The service is stopping.",
        ));
    }
    match tokio::time::timeout(TIMEOUT, database.0.is_writable()).await {
        Ok(Ok(true)) => {}
        Ok(Ok(false)) => {
            return Err(unavailable(
                "Basis data saat ini hanya dapat dibaca.",
                "The database can only be read at the moment.",
            ));
        }
        Ok(Err(_)) | Err(_) => {
            return Err(unavailable(
                "Basis data tidak terjangkau.",
                "The database cannot be reached.",
            ));
        }
    }
    if !matches!(
        tokio::time::timeout(TIMEOUT, store.0.health()).await,
        Ok(Ok(()))
    ) {
        return Err(unavailable(
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

fn unavailable(id: &'static str, en: &'static str) -> Error {
    Error::new(Code::Busy)
        .detail(id, en)
        .header("retry-after", "1")
}

/// Read the metrics (angka pantauan).
///
/// Prometheus text format. Without a token from the same machine, with the metrics token from
/// elsewhere.
#[utoipa::path(tag = "health", responses((status = 200, description = "Prometheus text", content_type = "text/plain", body = String)), security(()), extensions(("x-problem-codes" = json!(["not_found"]))))]
#[get("/metrics")]
pub async fn read_metrics(
    request: HttpRequest,
    config: Provided<Arc<Config>>,
    metrics: Provided<Metrics>,
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
    match metrics.0.0 {
        Some(handle) if allowed => {
            supervisor.0.publish();
            Ok(HttpResponse::Ok()
                .content_type("text/plain; version=0.0.4")
                .body(handle.render()))
        }
        Some(_) | None => Err(Error::new(Code::NotFound)),
    }
}
