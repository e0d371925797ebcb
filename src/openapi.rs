//! The contract: the base document, and the stamp that adds to every operation what follows from what it is: security, problems, examples, and for steps
//! of an SOP their row (`x-sop`). What a handler must say itself is only what nothing else knows.

mod example;
mod headers;
mod problems;
pub mod rights;
mod written;

use actix_web::http::Method;
use serde_json::{Value, json};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{OpenApi, RefOr, extensions::Extensions, path::Operation};

use crate::certification::sop::Task;
use crate::identity::OpenOperations;
use crate::sop::table::{Row, Task as _, Within};
use crate::web::Problem;

pub use self::written::written;

/// The name of the security scheme.
const BEARER: &str = "bearer";

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Service desk of BSPJI Palembang",
        version = "1.0.0",
        description = "Certification (pelayanan sertifikasi) over HTTP: each step of the printed SOP by the person it names, in its order, against its standard time.\n\nSign in with `POST /api/v1/auth/login`, press Authorize, paste the access token.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
        contact(name = "BSPJI Palembang", email = "bspji@example.go.id")
    ),
    servers((url = "/", description = "Where this document was read")),
    tags(
        (name = "certification", description = "SOP `cert`, steps 1 to 5 and the side exits (permohonan sampai lengkap)."),
        (name = "documents", description = "Papers of an application (dokumen), streamed and versioned."),
        (name = "audit notice", description = "SOP `cert`, steps 6 to 8: drafted, initialled, signed, sent (surat pemberitahuan audit)."),
        (name = "e-billing", description = "Kode billing and payments (NTPN)."),
        (name = "auditors", description = "Who can be sent (auditor)."),
        (name = "desk", description = "What waits for you, soonest due first (meja kerja)."),
        (name = "schemes", description = "The six services and their checklists (skema), open to all."),
        (name = "sops", description = "The SOPs themselves, from the table the service runs on."),
        (name = "calendars", description = "Working hours and days off (kalender kerja)."),
        (name = "identity", description = "Accounts, sessions, roles, acting appointments (akun dan peran)."),
        (name = "teams", description = "Teams of the office and who is in them (tim kerja)."),
        (name = "problems", description = "Every refusal and what to do about it."),
        (name = "health", description = "For balancers and monitors.")
    ),
    components(schemas(Problem))
)]
struct Base;

/// The document before the operations are in it.
#[must_use]
pub fn base() -> OpenApi {
    let mut document = <Base as utoipa::OpenApi>::openapi();
    let scheme =
        HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").description(Some("The access token of `POST /api/v1/auth/login`."));
    if let Some(components) = &mut document.components {
        components.add_security_scheme(BEARER, SecurityScheme::Http(scheme.build()));
    }
    document
}

/// Adds to every operation what follows from what it is.
#[must_use]
pub fn stamped(mut document: OpenApi) -> OpenApi {
    let schemas = document.components.as_ref().map(|components| serde_json::to_value(&components.schemas).unwrap_or_default()).unwrap_or_default();
    for (path, item) in &mut document.paths.paths {
        let methods =
            [("get", &mut item.get), ("put", &mut item.put), ("post", &mut item.post), ("patch", &mut item.patch), ("delete", &mut item.delete)];
        for (method, operation) in methods {
            if let Some(operation) = operation {
                stamp(operation, method, path, &schemas);
            }
        }
    }
    document
}

fn stamp(operation: &mut Operation, method: &str, path: &str, schemas: &Value) {
    let open = operation.security.is_some();
    if !open {
        operation.security = Some(vec![SecurityRequirement::new(BEARER, Vec::<String>::new())]);
    }
    if open {
        operation.security = Some(Vec::new());
    }
    let rows = rows_of(operation);
    if !rows.is_empty() {
        extend(operation, "x-sop", x_sop(&rows));
    }
    describe(operation);
    problems::stamp(operation, &problems::Kind { method, path, open, is_step: !rows.is_empty() });
    example::stamp(operation, schemas);
    headers::stamp(operation, method, path, !rows.is_empty());
}

/// The rows of the SOP that an operation carries out: the one named like it, or those it names itself.
fn rows_of(operation: &Operation) -> Vec<&'static Row<Task>> {
    let named = |name: &str| operation.extensions.as_ref().and_then(|extensions| extensions.get(name).cloned());
    let codes: Vec<String> = match (named("x-task"), named("x-tasks")) {
        (Some(one), _) => one.as_str().map(str::to_owned).into_iter().collect(),
        (None, Some(many)) => serde_json::from_value(many).unwrap_or_default(),
        (None, None) => operation.operation_id.clone().into_iter().collect(),
    };
    codes.iter().filter_map(|code| Task::from_code(code)).map(|task| Task::sop().row(task)).collect()
}

/// What a client may want to know of the step. Two rows behind one operation (the two initials) are parts of one step.
fn x_sop(rows: &[&'static Row<Task>]) -> Value {
    let sop = Task::sop();
    let step = rows[0].no.or(rows[0].part_of);
    let within = step.and_then(|no| sop.step(no)).and_then(|row| row.within).map(|Within(minutes)| minutes);
    let joined = |say: fn(&Row<Task>) -> String| rows.iter().map(|row| say(row)).collect::<Vec<_>>().join(", ");
    json!({"sop": sop.code, "step": step, "task": joined(|row| row.task.code().to_owned()), "actor": joined(|row| row.actor.code()), "within_minutes": within})
}

/// A success without words of its own is described by the operation's summary.
fn describe(operation: &mut Operation) {
    let summary = operation.summary.clone().unwrap_or_default();
    for response in operation.responses.responses.values_mut().filter_map(itself).filter(|response| response.description.is_empty()) {
        response.description.clone_from(&summary);
    }
}

fn extend(operation: &mut Operation, name: &str, value: Value) {
    operation.extensions.get_or_insert_with(Extensions::default).insert(name.to_owned(), value);
}

/// The operations that need no token, as the document says.
#[must_use]
pub fn open_operations(document: &OpenApi) -> OpenOperations {
    let (open, closed): (Vec<_>, Vec<_>) = operations(document).partition(|(_, _, operation)| operation.security.as_ref().is_some_and(Vec::is_empty));
    let whole = open.iter().filter(|(_, path, _)| closed.iter().all(|(_, other, _)| path != other)).map(|(_, path, _)| (*path).to_owned());
    OpenOperations::new(open.iter().map(|(method, path, _)| (method.clone(), (*path).to_owned()))).with_open_paths(whole.collect::<Vec<_>>())
}

/// Every operation of the document.
pub fn operations(document: &OpenApi) -> impl Iterator<Item = (Method, &str, &Operation)> {
    document.paths.paths.iter().flat_map(|(path, item)| {
        let methods = [
            (Method::GET, &item.get),
            (Method::PUT, &item.put),
            (Method::POST, &item.post),
            (Method::PATCH, &item.patch),
            (Method::DELETE, &item.delete),
        ];
        methods.into_iter().filter_map(move |(method, operation)| operation.as_ref().map(|operation| (method, path.as_str(), operation)))
    })
}

/// A response that may be a reference: the one itself.
fn itself<T>(reference: &mut RefOr<T>) -> Option<&mut T> {
    match reference {
        RefOr::T(it) => Some(it),
        RefOr::Ref(_) => None,
    }
}
