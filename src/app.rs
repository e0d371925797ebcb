//! The application: its components, its layers, and the routes of every slice. Router and OpenAPI
//! document come from the one registration below.

use std::net::TcpListener;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use actix_cors::Cors;
use actix_web::dev::Server;
use actix_web::http::{Method, header};
use actix_web::middleware::{Compress, DefaultHeaders, from_fn};
use actix_web::{App, HttpResponse, HttpServer, Resource, guard, web};
use sqlx::postgres::PgConnectOptions;
use utoipa::openapi::OpenApi;
use utoipa_actix_web::AppExt as _;
use utoipa_swagger_ui::SwaggerUi;

use crate::audit::AuditKey;
use crate::casework::calendars::Calendars;
use crate::casework::documents::intake::LargestUpload;
use crate::certification::mirror::Mirror;
use crate::certification::tariffs::examples::ExampleTariffs;
use crate::clock::Clock;
use crate::complaint::reporter::auth::authenticate_reporters;
use crate::complaint::services::ComplaintServices;
use crate::config::Config;
use crate::database::Database;
use crate::events::{EventBroadcaster, EventCursorKey};
use crate::gateways::document_store::DocumentStore;
use crate::gateways::payment_office::PaymentOffice;
use crate::health::{self, Draining, Metrics};
use crate::identity::{self, Identity};
use crate::letters::{self, Letters};
use crate::mail::Mailer;
use crate::supervisor::Supervisor;
use crate::typesetting::Typesetter;
use crate::web::client_address::TrustedProxies;
use crate::web::confidential::confidential_requests;
use crate::web::deprecation::deprecation_headers;
use crate::web::head_requests::head_requests;
use crate::web::known_parameters::refuse_unknown_parameters;
use crate::web::method_guard::{method_guard, unknown_route};
use crate::web::observe::observe;
use crate::web::operations::{Operations, find_operation};
use crate::web::problem::problem_responses;
use crate::web::rate_limit::{RateLimits, rate_limit};
use crate::web::{Cursor, Registry};
use crate::webhooks::WebhookClient;
use crate::{
    audit, casework, certification, complaint, desk, events, failures, guide, notifications,
    openapi, problems, reporting, webhooks,
};

/// How long requests in progress may take when the service stops, in seconds.
const SHUTDOWN_SECONDS: u64 = 30;

/// The path of the contract.
const CONTRACT: &str = "/api-docs/openapi.json";

/// The start script of Swagger UI, which this service generates.
const SWAGGER_SCRIPT: &str = "swagger-initializer.js";
/// The path of that script.
const INITIALIZER: &str = "/swagger-ui/swagger-initializer.js";

/// The response headers that a page of another origin may read (CORS).
const EXPOSED_HEADERS: [&str; 16] = [
    "allow",
    "content-disposition",
    "content-language",
    "content-range",
    "deprecation",
    "etag",
    "idempotency-replayed",
    "link",
    "location",
    "ratelimit",
    "ratelimit-policy",
    "retry-after",
    "sunset",
    "traceresponse",
    "www-authenticate",
    "x-request-id",
];

/// The components of the service. All workers share them, except database connections: each worker
/// has its own pool.
#[derive(Clone)]
pub struct Service {
    /// The settings.
    pub config: Arc<Config>,
    /// The clock.
    pub clock: Clock,
    /// The connection options of the application's role.
    pub database: PgConnectOptions,
    /// Accounts, sessions and roles.
    pub identity: Identity,
    /// The document store.
    pub documents: DocumentStore,
    /// The keys and stores of whistle-blowing.
    pub complaint_services: ComplaintServices,
    /// The mailer.
    pub mailer: Mailer,
    /// The mirror of customers' folders.
    pub mirror: Mirror,
    /// The payment office.
    pub payment_office: PaymentOffice,
    /// Whether billings may be issued while an example tariff is in force.
    pub example_tariffs: ExampleTariffs,
    /// Letters and their signing service.
    pub letters: Letters,
    /// The typesetter of letters and documents.
    pub typesetter: Typesetter,
    /// The calendars.
    pub calendars: Calendars,
    /// Signs cursors.
    pub cursor: Cursor,
    /// Signs and seals the audit trail.
    pub audit: AuditKey,
    /// The event broadcaster of live streams.
    pub broadcaster: EventBroadcaster,
    /// The key of `Last-Event-ID`.
    pub event_cursors: EventCursorKey,
    /// The webhook client.
    pub webhook_client: WebhookClient,
    /// True once the service is stopping.
    pub draining: Draining,
    /// The supervisor of the long-running tasks.
    pub supervisor: Supervisor,
    /// The metrics.
    pub metrics: Metrics,
}

/// The routes under `/api/v1`.
fn api(config: &mut impl Registry) {
    identity::routes(config);
    certification::routes(config);
    complaint::routes(config);
    reporting::routes(config);
    letters::routes(config);
    notifications::routes(config);
    webhooks::routes(config);
    config
        .service(casework::number_pattern_http::list_number_patterns)
        .service(casework::number_pattern_http::add_number_pattern)
        .service(desk::look_at_desk)
        .service(events::http::listen_to_events)
        .service(casework::calendar_http::list_calendars)
        .service(casework::calendar_http::add_calendar)
        .service(audit::http::read_audit_trail)
        .service(audit::http::verify_audit_trail)
        .service(failures::list_job_failures)
        .service(problems::list_problems)
        .service(problems::read_problem);
}

/// The routes outside `/api/v1`.
fn other_routes(config: &mut impl Registry) {
    identity::well_known(config);
    config
        .service(guide::read_guide)
        .service(guide::read_guide_page)
        .service(health::live)
        .service(health::ready)
        .service(health::read_metrics);
}

/// The contract: the OpenAPI document of all registrations, annotated.
pub fn document() -> OpenApi {
    let app = App::new().into_utoipa_app().openapi(openapi::base());
    let below = utoipa_actix_web::scope("/api/v1").configure(|config| api(config));
    openapi::annotated(
        app.service(below)
            .configure(|config| other_routes(config))
            .split_for_parts()
            .1,
    )
}

/// The operations of the contract, and its JSON. Made once: they are the same for every server of a
/// process.
fn contract_parts() -> std::io::Result<&'static (Operations, web::Bytes)> {
    static PARTS: OnceLock<(Operations, web::Bytes)> = OnceLock::new();
    if let Some(parts) = PARTS.get() {
        return Ok(parts);
    }
    let document = document();
    let json = document.to_json().map_err(std::io::Error::other)?;
    Ok(PARTS.get_or_init(|| (openapi::operations(&document), json.into())))
}

/// A server on `listener` with `workers` workers. It runs until its handle stops it.
pub fn serve(service: &Service, listener: TcpListener, workers: usize) -> std::io::Result<Server> {
    let (operations, document) = contract_parts()?;
    let swagger_script = swagger_script()?;
    let limiter = RateLimits::new(
        service.config.settings.requests_per_minute,
        TrustedProxies::new(service.config.proxies.clone()),
    );
    let service = service.clone();
    let server = HttpServer::new(move || {
        let size = usize::from(service.config.settings.database_connections);
        let app = App::new()
            .service(web::scope("/api/v1").configure(api))
            .configure(other_routes);
        provide(
            app,
            &service,
            Database::new(service.database.clone(), size),
            operations,
            &limiter,
        )
        // Addresses typed by hand: the bare host, or without the final slash.
        .service(web::redirect("/", "/swagger-ui/"))
        .service(web::redirect("/swagger-ui", "/swagger-ui/"))
        .service(contract(document.clone()))
        .service(swagger_initializer(swagger_script.clone()))
        .service(SwaggerUi::new("/swagger-ui/{_:.*}").config(swagger()))
        .default_service(web::to(unknown_route))
        .wrap(from_fn(head_requests))
        .wrap(from_fn(refuse_unknown_parameters))
        .wrap(from_fn(authenticate_reporters))
        .wrap(from_fn(identity::authenticate))
        .wrap(from_fn(method_guard))
        .wrap(from_fn(rate_limit))
        .wrap(cors(&service.config))
        .wrap(Compress::default())
        .wrap(from_fn(problem_responses))
        .wrap(from_fn(deprecation_headers))
        .wrap(headers())
        .wrap(from_fn(observe))
        .wrap(from_fn(confidential_requests))
        .wrap(from_fn(find_operation))
    });
    let server = server
        .workers(workers)
        .shutdown_timeout(SHUTDOWN_SECONDS)
        .client_request_timeout(Duration::from_secs(10))
        .disable_signals();
    Ok(server.listen(listener)?.run())
}

fn provide<T>(
    app: App<T>,
    service: &Service,
    database: Database,
    operations: &Operations,
    limiter: &RateLimits,
) -> App<T>
where
    T: actix_web::dev::ServiceFactory<
            actix_web::dev::ServiceRequest,
            Config = (),
            Error = actix_web::Error,
            InitError = (),
        >,
{
    app.app_data(database)
        .app_data(service.clock.clone())
        .app_data(Arc::clone(&service.config))
        .app_data(service.identity.clone())
        .app_data(service.documents.clone())
        .app_data(service.complaint_services.clone())
        .app_data(service.mirror.clone())
        .app_data(service.payment_office.clone())
        .app_data(service.example_tariffs)
        .app_data(service.letters.clone())
        .app_data(service.typesetter.clone())
        .app_data(service.calendars.clone())
        .app_data(service.cursor.clone())
        .app_data(service.audit.clone())
        .app_data(service.broadcaster.clone())
        .app_data(service.event_cursors.clone())
        .app_data(service.webhook_client.clone())
        .app_data(service.draining.clone())
        .app_data(service.supervisor.clone())
        .app_data(service.metrics.clone())
        .app_data(LargestUpload(service.config.settings.max_upload_mib << 20))
        .app_data(operations.clone())
        .app_data(limiter.clone())
}

/// The contract as JSON; all workers share one copy.
fn contract(document: web::Bytes) -> Resource {
    let respond = move || {
        std::future::ready(
            HttpResponse::Ok()
                .content_type(header::ContentType::json())
                .body(document.clone()),
        )
    };
    web::resource(CONTRACT).guard(guard::Get()).to(respond)
}

/// Swagger UI without external requests, with "Authorize" kept over a reload, and with operation
/// ids, by which `next` refers to operations.
fn swagger() -> utoipa_swagger_ui::Config<'static> {
    utoipa_swagger_ui::Config::from(CONTRACT)
        .persist_authorization(true)
        .try_it_out_enabled(true)
        .display_operation_id(true)
        .validator_url("none")
        .display_request_duration(true)
}

/// The start script of Swagger UI, with the plugin that selects the first box of "Authorize".
fn swagger_script() -> std::io::Result<web::Bytes> {
    let lacking = |what: &str| std::io::Error::other(format!("Swagger UI has no {what}"));
    let file = utoipa_swagger_ui::serve(SWAGGER_SCRIPT, Arc::new(swagger()))
        .ok()
        .flatten()
        .ok_or_else(|| lacking(SWAGGER_SCRIPT))?;
    let script = String::from_utf8_lossy(&file.bytes).into_owned();
    let plugins = "SwaggerUIBundle.plugins.DownloadUrl";
    if !script.contains(plugins) {
        return Err(lacking("place for a plugin"));
    }
    Ok(web::Bytes::from(format!(
        "{}\n{}",
        include_str!("authorize_first.js"),
        script.replace(plugins, &format!("{plugins}, AuthorizeFirst"))
    )))
}

/// Serves the generated script in place of the one in the package.
fn swagger_initializer(script: web::Bytes) -> Resource {
    let respond = move || {
        std::future::ready(
            HttpResponse::Ok()
                .content_type("text/javascript; charset=utf-8")
                .body(script.clone()),
        )
    };
    web::resource(INITIALIZER).guard(guard::Get()).to(respond)
}

/// Default security headers: no caching, no frames. A reply that sets such a header itself keeps
/// it.
fn headers() -> DefaultHeaders {
    DefaultHeaders::new()
        .add((header::CACHE_CONTROL, "no-store"))
        .add((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .add((header::REFERRER_POLICY, "no-referrer"))
        .add((header::X_FRAME_OPTIONS, "DENY"))
        .add((header::CONTENT_SECURITY_POLICY, "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'"))
}

fn cors(config: &Config) -> Cors {
    let methods = [
        Method::GET,
        Method::HEAD,
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
    ];
    let cors = Cors::default()
        .allowed_methods(methods)
        .allow_any_header()
        .expose_headers(EXPOSED_HEADERS)
        .max_age(3600);
    config
        .settings
        .cors_origins
        .iter()
        .fold(cors, |cors, origin| cors.allowed_origin(origin))
}
