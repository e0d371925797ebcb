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
pub struct Numbers(pub Option<PrometheusHandle>);

/// How the service is.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Health {
    /// Always `ok`; what is not is told in a problem.
    #[schema(example = "ok")]
    pub status: &'static str,
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
/// Asks the database and the document store; says no while stopping.
#[utoipa::path(tag = "health", responses((status = 200, body = Health)), security(()))]
#[get("/health/ready")]
pub async fn ready(database: Provided<Database>, store: Provided<DocumentStore>, draining: Provided<Draining>) -> Result<Reply<Health>> {
    let answers = |outcome| matches!(outcome, Ok(Ok(())));
    if draining.0.0.load(Ordering::Relaxed) {
        Err(not_now("Layanan sedang berhenti.", "The service is stopping."))
    } else if !answers(tokio::time::timeout(PATIENCE, database.0.answers()).await) {
        Err(not_now("Basis data tidak terjangkau.", "The database cannot be reached."))
    } else if !answers(tokio::time::timeout(PATIENCE, store.0.health()).await) {
        Err(not_now("Penyimpanan dokumen tidak terjangkau.", "The document store cannot be reached."))
    } else {
        Ok(Reply::ok(Health { status: "ok" }))
    }
}

fn not_now(id: &'static str, en: &'static str) -> Error {
    Error::new(Code::Busy).detail(id, en).header("retry-after", "1")
}

/// Read the numbers (angka pantauan).
///
/// Prometheus text. From the same machine without a token, from elsewhere with the metrics token.
#[utoipa::path(tag = "health", responses((status = 200, description = "Prometheus text", content_type = "text/plain", body = String)), security(()), extensions(("x-problem-codes" = json!(["not_found"]))))]
#[get("/metrics")]
pub async fn read_metrics(request: HttpRequest, config: Provided<Arc<Config>>, numbers: Provided<Numbers>) -> Result<HttpResponse> {
    let given = request.headers().get("authorization").and_then(|value| value.to_str().ok()).and_then(|value| value.strip_prefix("Bearer "));
    let allowed = match &config.0.metrics_token {
        Some(token) => given.is_some_and(|given| bool::from(given.as_bytes().ct_eq(token.expose().as_bytes()))),
        None => !config.0.settings.trust_proxy && request.peer_addr().is_some_and(|peer| peer.ip().is_loopback()),
    };
    match numbers.0.0 {
        Some(handle) if allowed => Ok(HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(handle.render())),
        Some(_) | None => Err(Error::new(Code::NotFound)),
    }
}
