//! The contract: the base document, and the stamp that adds to every operation what follows from what it is: security, problems, examples, and for steps
//! of an SOP their row (`x-sop`). What a handler must say itself is only what nothing else knows.

mod access;
mod example;
mod files;
mod headers;
mod links;
mod pages;
mod parameters;
mod problems;
mod retries;
pub mod rights;
mod written;

use actix_web::http::Method;
use serde_json::{Value, json};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{OpenApi, RefOr, extensions::Extensions, path::Operation};

use crate::identity::OpenOperations;
use crate::sop::table::{Row, Task, Within};
use crate::web::Problem;
use crate::web::confidential::{ConfidentialOperations, is_below_complaints};
use crate::{certification, complaint};

use self::access::{Access, BEARER, REPORTER};
pub use self::written::written;

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Service desk of BSPJI Palembang",
        version = "1.0.0",
        description = "Certification (pelayanan sertifikasi) and whistle-blowing (penanganan whistle blowing) over HTTP: each step of the two printed SOPs by the person it names, in its order, against its standard time.\n\nWhoever reports needs no account: `POST /api/v1/complaints`. Everybody else signs in with `POST /api/v1/auth/login`, presses Authorize and pastes the `access_token` of the reply; it is good for a quarter of an hour.\n\nThe examples can be sent as they stand, and fit each other: register, sign in, begin an application (`POST /api/v1/applications`), attach the letter `P01`, submit. `next` in each reply lists what can be done now, by whom and until when: its `task` is the id of the operation (at the end of its line on this page), its `actor` the role that has to sign in for it. Every refusal says what to do; `GET /api/v1/problems` lists them all.",
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
        (name = "reporter", description = "SOP `wbs`, for whoever reports (pelapor): no account; the receipt code opens one complaint and nothing else."),
        (name = "complaints", description = "SOP `wbs`, for those who handle a complaint (penanganan pengaduan). The reporter's identity is nowhere in it."),
        (name = "disclosures", description = "Requests to open part of an identity, decided by the custodian (pembukaan identitas)."),
        (name = "warnings", description = "Warnings to the reader (teguran)."),
        (name = "desk", description = "What waits for you, soonest due first (meja kerja)."),
        (name = "schemes", description = "The six services and their checklists (skema), open to all."),
        (name = "sops", description = "The SOPs themselves, from the table the service runs on."),
        (name = "calendars", description = "Working hours and days off (kalender kerja)."),
        (name = "audit trail", description = "What was done in whistle-blowing, hash-chained (jejak audit)."),
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
    let scheme = |format: &str, words: &str| {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format(format).description(Some(words));
        SecurityScheme::Http(scheme.build())
    };
    if let Some(components) = &mut document.components {
        components.add_security_scheme(BEARER, scheme("JWT", "The access token of `POST /api/v1/auth/login`."));
        components
            .add_security_scheme(REPORTER, scheme("opaque", "For reporters, who have no account: the token of `POST /api/v1/complaints/sessions`."));
    }
    document
}

/// Adds to every operation what follows from what it is.
#[must_use]
pub fn stamped(mut document: OpenApi) -> OpenApi {
    if let Some(components) = &mut document.components {
        pages::name_items(components);
    }
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
    links::add(&mut document);
    document
}

fn stamp(operation: &mut Operation, method: &str, path: &str, schemas: &Value) {
    let access = Access::of(operation);
    operation.security = Some(access.security());
    let step = step_of(operation);
    let is_step = step.is_some();
    if let Some(step) = step {
        extend(operation, "x-sop", step);
    }
    describe(operation);
    problems::stamp(operation, &problems::Kind { method, path, access, is_step });
    files::stamp(operation);
    example::stamp(operation, schemas);
    headers::stamp(operation, method, path, is_step, access.is_confidential(path));
    pages::bound(operation);
    parameters::stamp(operation);
}

/// The step of an SOP that an operation carries out: that of the row named like it, or of those it names itself.
fn step_of(operation: &Operation) -> Option<Value> {
    let named = |name: &str| operation.extensions.as_ref().and_then(|extensions| extensions.get(name).cloned());
    let codes: Vec<String> = match (named("x-task"), named("x-tasks")) {
        (Some(one), _) => one.as_str().map(str::to_owned).into_iter().collect(),
        (None, Some(many)) => serde_json::from_value(many).unwrap_or_default(),
        (None, None) => operation.operation_id.clone().into_iter().collect(),
    };
    x_sop::<certification::sop::Task>(&codes).or_else(|| x_sop::<complaint::sop::Task>(&codes))
}

/// What a client may want to know of the step. Two rows behind one operation (the two initials) are parts of one step.
fn x_sop<T: Task>(codes: &[String]) -> Option<Value> {
    let sop = T::sop();
    let rows: Vec<&'static Row<T>> = codes.iter().filter_map(|code| T::from_code(code)).map(|task| sop.row(task)).collect();
    let first = rows.first()?;
    let step = first.no.or(first.part_of);
    let within = step.and_then(|no| sop.step(no)).and_then(|row| row.within).map(|Within(minutes)| minutes);
    let joined = |say: fn(&Row<T>) -> String| rows.iter().map(|row| say(row)).collect::<Vec<_>>().join(", ");
    Some(
        json!({"sop": sop.code, "step": step, "task": joined(|row| row.task.code().to_owned()), "actor": joined(|row| row.actor.code()), "within_minutes": within}),
    )
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

/// The operations that need nobody signed in, as the document says: what is open to all, and what asks for a reporter's token itself.
#[must_use]
pub fn open_operations(document: &OpenApi) -> OpenOperations {
    let (open, closed): (Vec<_>, Vec<_>) = operations(document).partition(|(_, _, operation)| Access::of(operation) != Access::SignedIn);
    let whole = open.iter().filter(|(_, path, _)| closed.iter().all(|(_, other, _)| path != other)).map(|(_, path, _)| (*path).to_owned());
    OpenOperations::new(open.iter().map(|(method, path, _)| (method.clone(), (*path).to_owned()))).with_open_paths(whole.collect::<Vec<_>>())
}

/// The operations whose exchanges are confidential, as the document says, beside those of the staff below the complaints.
#[must_use]
pub fn confidential_operations(document: &OpenApi) -> ConfidentialOperations {
    let (reporters, others): (Vec<_>, Vec<_>) = operations(document).partition(|(_, path, operation)| Access::of(operation).is_confidential(path));
    let listed = |(method, path, _): (Method, &str, &Operation)| (method, path.to_owned());
    let staff = others.into_iter().filter(|(_, path, _)| is_below_complaints(path));
    ConfidentialOperations::new(reporters.into_iter().map(listed), staff.map(listed))
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
