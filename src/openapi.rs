//! The contract: the base document, and the stamp that adds to every operation what follows from what it is: security, problems, examples, and for steps
//! of an SOP their row (`x-sop`). What a handler must say itself is only what nothing else knows.

mod access;
mod deprecation;
mod example;
mod files;
mod headers;
mod integrations;
mod links;
mod merge_patch;
mod pages;
mod parameters;
mod problems;
mod retries;
pub mod rights;
mod written;

use actix_web::http::Method;
use serde_json::{Value, json};
use utoipa::openapi::path::{Operation, Parameter, ParameterIn};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{OpenApi, RefOr, extensions::Extensions};

use crate::complaint::reporter::auth::ReporterOperations;
use crate::identity::OpenOperations;
use crate::problems::faults;
use crate::sop::table::{Row, Task, Within};
use crate::web::Problem;
use crate::web::confidential::{ConfidentialOperations, is_below_complaints};
use crate::web::deprecation::DeprecatedOperations;
use crate::web::known_parameters::{KnownParameter, KnownParameters};
use crate::webhooks::contract::{self, WebhookBody};
use crate::{certification, complaint};

use self::access::{Access, BEARER, INTEGRATION, REPORTER};
pub use self::integrations::scoped_operations;
pub use self::written::written;

/// What whoever opens the documentation reads first.
const DESCRIPTION: &str = "\
Certification (pelayanan sertifikasi) and whistle-blowing (penanganan whistle blowing) over HTTP: each step of the two printed SOPs by the person it names, in \
its order, against its standard time.

**[The guide](/guide)** walks through it by curl: for [customers](/guide/customer), [officers](/guide/officer), [reporters](/guide/reporter), \
[the head](/guide/head), and [integrators](/guide/integrator), with pages on [events](/guide/events), [webhooks](/guide/webhooks) and [keys](/guide/keys). \
The procedures themselves: [`cert`](/api/v1/sops/cert?format=markdown), \
[`wbs`](/api/v1/sops/wbs?format=markdown). What a refusal means: [problems](/api/v1/problems).

Whoever reports needs no account: `POST /api/v1/complaints`. Everybody else signs in with `POST /api/v1/auth/login`, presses Authorize and pastes the \
`access_token` of the reply; it is good for a quarter of an hour.

**On this page** the examples can be sent as they stand, and fit each other: `register`, `login`, `start_application`, `attach_document` (the letter, `P01`), `submit_application`. \
`next` in each reply lists what can be done now, by whom and until when: its `task` is the task that the operation names under `x-sop` (nearly always its id, at the end of its line here), its `actor` the role that signs in for it.

**Manners.** Refusals are `application/problem+json`; decide by `code`. `Idempotency-Key` makes a `POST` safe to repeat. `ETag` with `If-None-Match` spares you \
what you have, with `If-Match` it keeps you from overwriting what you have not seen. Lists are walked by `next_cursor`. `Accept-Language` is `id` or `en`. \
`RateLimit` says what is left. The version is semantic: a major one may take something away, and an operation on its way out says `Deprecation` and `Sunset` before.";

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Service desk of BSPJI Palembang",
        version = env!("CARGO_PKG_VERSION"),
        description = DESCRIPTION,
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
        contact(name = "BSPJI Palembang", email = "bspji@example.go.id")
    ),
    servers((url = "/", description = "Where this document was read")),
    tags(
        (name = "guide", description = "How to use the service, by curl: a page for customers, officers, reporters, the head and integrators; events, webhooks and keys (panduan). Begin at [/guide](/guide)."),
        (name = "sops", description = "The two printed procedures, from the tables the service runs on (prosedur): who does which step, from which stage, in how many minutes. Open to all."),
        (name = "schemes", description = "What can be applied for: the six services and their checklists (skema). Open to all."),
        (name = "certification", description = "SOP `cert`, steps 1 to 5 and the side exits (permohonan sampai lengkap): the customer sends the application (1), PJI staff file it (2), operations verify it (3), PJI staff propose the audit (4), the customer completes it (5), and operations look again (3)."),
        (name = "documents", description = "SOP `cert`, the papers of an application (dokumen): streamed, known by their content, kept in numbered versions; a row of the checklist each."),
        (name = "audit notice", description = "SOP `cert`, steps 6 to 8 (surat pemberitahuan audit): drafted by operations, initialled by both leads (6), signed or returned by the head (7), sent with team and e-billing (8)."),
        (name = "letters", description = "Signed letters, of both SOPs: the register, the signed PDFs, and what anybody who holds one may check (surat dan keasliannya)."),
        (name = "e-billing", description = "SOP `cert`, beside step 8: kode billing and payments (NTPN). A payment never moves an application."),
        (name = "auditors", description = "SOP `cert`, for steps 4 and 6: who can be sent, and for which schemes (auditor)."),
        (name = "reporter", description = "SOP `wbs`, steps 1 and 7, for whoever reports (pelapor): no account; the receipt code opens one complaint and nothing else. Replies hold days and no minutes, and leave no line in our log."),
        (name = "complaints", description = "SOP `wbs`, steps 2 to 6 and the ways aside (penanganan pengaduan): the head disposes (2), the PJI lead forwards (3), the team settles and warns (4), its staff draft the answer (5), the head signs it (6). The reporter's identity is nowhere in it."),
        (name = "disclosures", description = "SOP `wbs`, beside the road: requests to open part of an identity, decided by the custodian (pembukaan identitas)."),
        (name = "breaches", description = "SOP `wbs`, beside the road: the register of breaches of confidentiality, kept by custodians and auditors; while one is open nothing is disclosed (pelanggaran kerahasiaan)."),
        (name = "warnings", description = "SOP `wbs`, after step 4: warnings to the reader, who may state their side (teguran)."),
        (name = "desk", description = "What waits for you in both SOPs, soonest due first (meja kerja)."),
        (name = "reports", description = "SOP `cert`, its record: Data Realisasi Layanan Sertifikasi as rows, sums, files and charts, how its steps keep time, and the jobs that make what takes long (laporan)."),
        (name = "calendars", description = "Working hours and days off, by which every step is timed (kalender kerja)."),
        (name = "audit trail", description = "What was done in whistle-blowing, hash-chained (jejak audit)."),
        (name = "identity", description = "Accounts, sessions, roles, and who acts for the head (akun dan peran)."),
        (name = "teams", description = "Teams of the office and who is in them (tim kerja): complaints are forwarded to them."),
        (name = "integrations", description = "Keys for programs that read with their owner's rights (kunci integrasi)."),
        (name = "notifications", description = "What you were told (pemberitahuan)."),
        (name = "events", description = "What happens, as it happens (peristiwa langsung)."),
        (name = "webhooks", description = "Addresses that are called with what happens (webhook)."),
        (name = "webhook-callbacks", description = "What the addresses of webhooks are sent (panggilan webhook): you answer these, you do not call them."),
        (name = "operations", description = "What went wrong behind the scenes, for administrators (kegagalan)."),
        (name = "problems", description = "Every refusal with its cause, its remedy and an example (masalah). The `type` of a problem opens in a browser."),
        (name = "health", description = "For balancers and monitors.")
    ),
    components(schemas(Problem, WebhookBody))
)]
struct Base;

/// The document before the operations are in it.
#[must_use]
pub fn base() -> OpenApi {
    let mut document = <Base as utoipa::OpenApi>::openapi();
    let scheme = |format: &str, words: &str| {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format(format)
            .description(Some(words));
        SecurityScheme::Http(scheme.build())
    };
    document.webhooks = Some(contract::section());
    if let Some(components) = &mut document.components {
        components.add_security_scheme(
            BEARER,
            scheme("JWT", "The access token of `POST /api/v1/auth/login`."),
        );
        let words = "A key for a program, which reads with its owner's rights within its scopes: `POST /api/v1/integrations`.";
        components.add_security_scheme(INTEGRATION, scheme("sdk_…", words));
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
    let faults: Vec<_> = faults::TABLE.iter().map(|kind| kind.code).collect();
    document
        .extensions
        .get_or_insert_default()
        .insert("x-fault-codes".to_owned(), json!(faults));
    let schemas = document
        .components
        .as_ref()
        .map(|components| serde_json::to_value(&components.schemas).unwrap_or_default())
        .unwrap_or_default();
    for (path, item) in &mut document.paths.paths {
        let methods = [
            ("get", &mut item.get),
            ("put", &mut item.put),
            ("post", &mut item.post),
            ("patch", &mut item.patch),
            ("delete", &mut item.delete),
        ];
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
    if let Some(scope) = integrations::scope_of(operation, method, path, access) {
        integrations::stamp(operation, scope);
    }
    let step = step_of(operation);
    let is_step = step.is_some();
    if let Some(step) = step {
        extend(operation, "x-sop", step);
    }
    describe(operation);
    problems::stamp(
        operation,
        &problems::Kind {
            method,
            path,
            access,
            is_step,
        },
    );
    files::stamp(operation);
    example::stamp(operation, schemas);
    merge_patch::stamp(operation, method);
    headers::stamp(
        operation,
        method,
        path,
        is_step,
        access.is_confidential(path),
    );
    pages::bound(operation);
    parameters::stamp(operation);
    deprecation::stamp(operation, deprecation::TABLE);
}

/// The step of an SOP that an operation carries out: that of the row named like it, or of those it names itself.
fn step_of(operation: &Operation) -> Option<Value> {
    let named = |name: &str| {
        operation
            .extensions
            .as_ref()
            .and_then(|extensions| extensions.get(name).cloned())
    };
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
    let rows: Vec<&'static Row<T>> = codes
        .iter()
        .filter_map(|code| T::from_code(code))
        .map(|task| sop.row(task))
        .collect();
    let first = rows.first()?;
    let step = first.no.or(first.part_of);
    let within = step
        .and_then(|no| sop.step(no))
        .and_then(|row| row.within)
        .map(|Within(minutes)| minutes);
    let joined = |say: fn(&Row<T>) -> String| {
        rows.iter()
            .map(|row| say(row))
            .collect::<Vec<_>>()
            .join(", ")
    };
    Some(
        json!({"sop": sop.code, "step": step, "task": joined(|row| row.task.code().to_owned()), "actor": joined(|row| row.actor.code()), "within_minutes": within}),
    )
}

/// A success without words of its own is described by the operation's summary.
fn describe(operation: &mut Operation) {
    let summary = operation.summary.clone().unwrap_or_default();
    for response in operation
        .responses
        .responses
        .values_mut()
        .filter_map(itself)
        .filter(|response| response.description.is_empty())
    {
        response.description.clone_from(&summary);
    }
}

fn extend(operation: &mut Operation, name: &str, value: Value) {
    operation
        .extensions
        .get_or_insert_with(Extensions::default)
        .insert(name.to_owned(), value);
}

/// The operations that need nobody signed in, as the document says: what is open to all, and what asks for a reporter's token itself.
#[must_use]
pub fn open_operations(document: &OpenApi) -> OpenOperations {
    let (open, closed): (Vec<_>, Vec<_>) = operations(document)
        .partition(|(_, _, operation)| Access::of(operation) != Access::SignedIn);
    let whole = open
        .iter()
        .filter(|(_, path, _)| closed.iter().all(|(_, other, _)| path != other))
        .map(|(_, path, _)| (*path).to_owned());
    OpenOperations::new(
        open.iter()
            .map(|(method, path, _)| (method.clone(), (*path).to_owned())),
    )
    .with_open_paths(whole.collect::<Vec<_>>())
}

/// The operations whose exchanges are confidential, as the document says, beside those of the staff below the complaints.
#[must_use]
pub fn confidential_operations(document: &OpenApi) -> ConfidentialOperations {
    let (reporters, others): (Vec<_>, Vec<_>) = operations(document)
        .partition(|(_, path, operation)| Access::of(operation).is_confidential(path));
    let listed = |(method, path, _): (Method, &str, &Operation)| (method, path.to_owned());
    let staff = others
        .into_iter()
        .filter(|(_, path, _)| is_below_complaints(path));
    ConfidentialOperations::new(reporters.into_iter().map(listed), staff.map(listed))
}

/// The operations that ask for the token of a reporter's session.
#[must_use]
pub fn reporter_operations(document: &OpenApi) -> ReporterOperations {
    let theirs =
        operations(document).filter(|(_, _, operation)| Access::of(operation) == Access::Reporter);
    ReporterOperations::new(theirs.map(|(method, path, _)| (method, path.to_owned())))
}

/// The query parameters of each operation of the API.
#[must_use]
pub fn known_parameters(document: &OpenApi) -> KnownParameters {
    let names = |operation: &Operation| {
        let all = operation.parameters.iter().flatten().filter_map(|one| {
            if let RefOr::T(one) = one {
                Some(one)
            } else {
                None
            }
        });
        let known = |one: &Parameter| KnownParameter {
            name: one.name.clone(),
            is_date: holds_date(&json!(one.schema)),
        };
        all.filter(|one| one.parameter_in == ParameterIn::Query)
            .map(known)
            .collect()
    };
    let api = operations(document).filter(|(_, path, _)| path.starts_with("/api/"));
    KnownParameters::new(
        api.map(|(method, path, operation)| (method, path.to_owned(), names(operation))),
    )
}

/// Whether a text under `schema` is a date, also where it may be null.
fn holds_date(schema: &Value) -> bool {
    let choices = ["oneOf", "anyOf"]
        .iter()
        .filter_map(|name| schema.get(name).and_then(Value::as_array))
        .flatten();
    matches!(
        schema.get("format").and_then(Value::as_str),
        Some("date" | "date-time")
    ) || choices.into_iter().any(holds_date)
}

/// The operations on their way out.
#[must_use]
pub fn deprecated_operations(document: &OpenApi) -> DeprecatedOperations {
    let row = |operation| deprecation::row(operation, deprecation::TABLE);
    DeprecatedOperations::new(
        operations(document).filter_map(|(method, path, operation)| {
            Some((method, path.to_owned(), row(operation)?))
        }),
    )
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
        methods.into_iter().filter_map(move |(method, operation)| {
            operation
                .as_ref()
                .map(|operation| (method, path.as_str(), operation))
        })
    })
}

/// A response that may be a reference: the one itself.
fn itself<T>(reference: &mut RefOr<T>) -> Option<&mut T> {
    match reference {
        RefOr::T(it) => Some(it),
        RefOr::Ref(_) => None,
    }
}
