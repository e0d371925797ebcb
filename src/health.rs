//! For balancers and monitors: alive, ready, and the numbers. Outside the API's rights and limits.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get};
use metrics_exporter_prometheus::PrometheusHandle;
use serde::Serialize;
use subtle::ConstantTimeEq as _;

use crate::config::Config;
use crate::database::Database;
use crate::error::{Code, Error, Result};
use crate::gateways::document_store::DocumentStore;
use crate::web::Provided;

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
    /// `ok`, or what is not.
    #[schema(example = "ok")]
    pub status: &'static str,
}

/// Say that the process is alive (hidup).
///
/// Asks nothing of anybody else.
#[utoipa::path(tag = "health", responses((status = 200, body = Health)), security(()))]
#[get("/health/live")]
pub async fn live() -> HttpResponse {
    HttpResponse::Ok().json(Health { status: "ok" })
}

/// Say whether requests should be sent here (siap).
///
/// Asks the database and the document store; says no while stopping.
#[utoipa::path(tag = "health", responses((status = 200, body = Health), (status = 503, body = Health)), security(()))]
#[get("/health/ready")]
pub async fn ready(database: Provided<Database>, store: Provided<DocumentStore>, draining: Provided<Draining>) -> HttpResponse {
    let status = if draining.0.0.load(Ordering::Relaxed) {
        "stopping"
    } else if !matches!(tokio::time::timeout(PATIENCE, database.0.answers()).await, Ok(Ok(()))) {
        "database unreachable"
    } else if !matches!(tokio::time::timeout(PATIENCE, store.0.health()).await, Ok(Ok(()))) {
        "document store unreachable"
    } else {
        "ok"
    };
    let code = if status == "ok" { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let mut reply = HttpResponse::build(code);
    if code == StatusCode::SERVICE_UNAVAILABLE {
        reply.insert_header(("retry-after", "1"));
    }
    reply.json(Health { status })
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
