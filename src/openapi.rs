//! The OpenAPI document (the contract): the base document, and the annotation of every operation
//! with everything that can be derived from its properties: security, problems, examples, and for
//! steps of an SOP their row (`x-sop`). A handler declares only what cannot be derived.

mod access;
mod assurance;
mod codes;
mod deprecation;
mod example;
mod files;
mod headers;
mod idempotency;
mod integrations;
mod links;
mod merge_patch;
mod pages;
mod parameters;
mod problems;
mod representations;
pub mod rights;
mod serialization;
mod shared;
pub mod today;
mod variants;

use actix_web::http::{Method, StatusCode};
use serde_json::{Value, json};
use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::schema::Schema;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{OpenApi, RefOr, extensions::Extensions};

use crate::error::faults;
use crate::sop::table::{Row, StandardTime, Task};
use crate::web::Problem;
use crate::web::operations::{Access, Operations, QueryParameter};
use crate::webhooks::contract::{self, WebhookBody};
use crate::{certification, complaint, web};

use self::access::{BEARER, INTEGRATION, REPORTER};
pub use self::serialization::to_json;

/// The introduction of the documentation page.
const DESCRIPTION: &str = "\
Certification (pelayanan sertifikasi) and whistle-blowing (penanganan whistle blowing) over HTTP: the steps of the two printed SOPs, each done by the role it \
names, in order and measured against its standard time.

**[The guide](/guide)** shows the service by curl: for [customers](/guide/customer), [officers](/guide/officer), [reporters](/guide/reporter), \
[the head](/guide/head), and [integrators](/guide/integrator), with pages on [events](/guide/events), [webhooks](/guide/webhooks) and [keys](/guide/keys). \
The procedures themselves: [`cert`](/api/v1/sops/cert/markdown), \
[`wbs`](/api/v1/sops/wbs/markdown). Refusals are explained under [problems](/api/v1/problems).

Reporters need no account: `POST /api/v1/complaints`. All other users sign in with `POST /api/v1/auth/login`, press Authorize and paste the \
`access_token` of the reply, which is valid for 15 minutes.

**The examples** can be sent unchanged, in this order: `register`, `login`, `start_application`, `attach_document` (the letter, `P01`), `submit_application`. \
`next` in each reply lists the possible steps with their due dates: `task` is the task that an operation names under `x-sop` (nearly always the operation id, at the end of its line on this page), `actors` the roles that may do it.

**Conventions.** Refusals are `application/problem+json`; programs should evaluate `code`. `Idempotency-Key` makes a `POST` safe to repeat. `ETag` with `If-None-Match` avoids \
downloading an unchanged resource again; with `If-Match` it prevents overwriting a change you have not seen. Lists are paged by `next_cursor`. `Accept-Language` is `id` or `en`. \
`RateLimit` states the remaining requests. Versions are semantic: only a major version removes something, and a deprecated operation announces that with `Deprecation` and `Sunset`.";

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Service desk of BSPJI Palembang",
        version = env!("CARGO_PKG_VERSION"),
        description = DESCRIPTION,
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
        contact(name = "BSPJI Palembang", email = "bspji@example.go.id")
    ),
    servers((url = "/", description = "The server of this document")),
    tags(
        (name = "sign in", description = "Registration, sign-in, sessions and your own account (masuk dan akun sendiri). Begin with `login`, and give its `access_token` to Authorize."),
        (name = "desk", description = "Your pending tasks in both SOPs, soonest due first (meja kerja)."),
        (name = "sops", description = "The two printed procedures, from the tables the service runs on (prosedur): each step with its role, stages and standard minutes. Public."),
        (name = "schemes", description = "The six services that customers can apply for, with their checklists (skema). Public."),
        (name = "certification", description = "SOP `cert`, steps 1 to 5 and the side exits (permohonan sampai lengkap): the customer sends the application (1), PJI staff file it (2), operations verify it (3), PJI staff propose the audit (4), the customer completes it (5), and operations verify again (3)."),
        (name = "documents", description = "SOP `cert`, the papers of an application (dokumen): streamed, recognised by their content, stored in numbered versions; one for each row of the checklist."),
        (name = "audit notice", description = "SOP `cert`, steps 6 to 8 (surat pemberitahuan audit): drafted by operations, initialled by both leads (6), signed or returned by the head (7), sent with team and e-billing (8)."),
        (name = "letters", description = "Signed letters, of both SOPs: the register, the signed PDFs, and the public check of authenticity (surat dan keasliannya)."),
        (name = "e-billing", description = "SOP `cert`, beside step 8: kode billing and payments (NTPN). A payment never changes the stage of an application."),
        (name = "tariffs", description = "The price list with its legal bases, and the composition of cost estimates (tarif dan biaya). The price list is public."),
        (name = "treasury", description = "SOP `cert`, the treasurer's desk (perbendaharaan): payments and what becomes of those that are not as billed, reports of the payment office, statements of the treasury."),
        (name = "auditors", description = "SOP `cert`, for steps 4 and 6: the auditors and the schemes they are competent for (auditor)."),
        (name = "audit teams", description = "SOP `cert`, for steps 4 and 6: the record and calendar of each auditor, declarations of conflict, the rules of teams, suggestions, and the audit time (tim audit)."),
        (name = "reporter", description = "SOP `wbs`, steps 1 and 7, for reporters (pelapor): no account; the receipt code gives access to exactly one complaint. Replies contain dates without times, and requests are not logged."),
        (name = "complaints", description = "SOP `wbs`, steps 2 to 6 and the side exits (penanganan pengaduan): the head disposes (2), the PJI lead forwards (3), the team settles and warns (4), its staff draft the answer (5), the head signs it (6). No reply contains the reporter's identity."),
        (name = "disclosures", description = "SOP `wbs`, outside the numbered steps: requests to open part of an identity, decided by the custodian (pembukaan identitas)."),
        (name = "breaches", description = "SOP `wbs`, outside the numbered steps: the register of breaches of confidentiality, kept by custodians and auditors; an open breach blocks all disclosures (pelanggaran kerahasiaan)."),
        (name = "warnings", description = "SOP `wbs`, after step 4: warnings to the signed-in user, with the right of reply (teguran)."),
        (name = "notifications", description = "Your notifications (pemberitahuan)."),
        (name = "reports", description = "SOP `cert`, its record: Data Realisasi Layanan Sertifikasi as rows, sums, files and charts; and the punctuality of its steps (laporan)."),
        (name = "calendars", description = "Working hours and days off, the basis of every due date (kalender kerja)."),
        (name = "audit trail", description = "The acts of whistle-blowing, hash-chained (jejak audit)."),
        (name = "identity", description = "Accounts, roles, and appointments to act for the head (akun dan peran)."),
        (name = "teams", description = "Teams of the office and their members (tim kerja), to which complaints are forwarded."),
        (name = "integrations", description = "Keys for programs that read data with the rights of their owner (kunci integrasi)."),
        (name = "events", description = "Live stream of events (peristiwa langsung)."),
        (name = "webhooks", description = "Addresses that the service calls with events (webhook)."),
        (name = "webhook-callbacks", description = "The requests that the service sends to webhook addresses (panggilan webhook): you receive and answer them."),
        (name = "operations", description = "Failures of background jobs, for administrators (kegagalan)."),
        (name = "guide", description = "How to use the service by curl, with pages for customers, officers, reporters, the head and integrators; events, webhooks and keys (panduan). Begin at [/guide](/guide)."),
        (name = "problems", description = "Every refusal with its cause, its remedy and an example (masalah). The `type` of a problem opens in a browser."),
        (name = "health", description = "For load balancers and monitors.")
    ),
    components(schemas(Problem, WebhookBody))
)]
struct Base;

/// The document without operations.
pub(crate) fn base() -> OpenApi {
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
        let words = "An integration key: it reads data with the rights of its owner, within its scopes: `POST /api/v1/integrations`.";
        components.add_security_scheme(INTEGRATION, scheme("sdk_…", words));
        components
            .add_security_scheme(REPORTER, scheme("opaque", "For reporters, who have no account: the token of `POST /api/v1/complaints/sessions`."));
    }
    document
}

/// Annotates every operation with everything that can be derived from its properties.
pub(crate) fn annotated(mut document: OpenApi) -> OpenApi {
    representations::split(&mut document);
    if let Some(components) = &mut document.components {
        pages::reference_items(components);
        codes::complete(components);
        variants::name(components);
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
                annotate(operation, method, path, &schemas);
            }
        }
    }
    links::add(&mut document);
    shared::share(&mut document);
    document
}

fn annotate(operation: &mut Operation, method: &str, path: &str, schemas: &Value) {
    let access = Access::of(operation);
    operation.security = Some(access.security());
    if let Some(scope) = integrations::scope_of(operation, method, path, access) {
        integrations::annotate(operation, scope);
    }
    let step = step_of(operation);
    let is_step = step.is_some();
    if let Some(step) = step {
        extend(operation, "x-sop", step);
    }
    describe(operation);
    describe_optional_body(operation);
    assurance::annotate(operation);
    problems::annotate(
        operation,
        &problems::OperationTraits {
            method,
            path,
            access,
            is_step,
        },
    );
    files::annotate(operation);
    example::annotate(operation, schemas);
    merge_patch::annotate(operation, method);
    headers::annotate(
        operation,
        method,
        path,
        is_step,
        access.is_confidential(path),
    );
    pages::bound_limit(operation);
    parameters::annotate(operation);
    deprecation::annotate(operation, deprecation::TABLE);
}

/// The SOP step that an operation carries out: the row with the operation id as task code, or the
/// rows that the operation names in `x-task` or `x-tasks`.
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

/// The row of the SOP as JSON for clients. Two rows behind one operation (the two initials) are
/// parts of one step.
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
        .map(|StandardTime(minutes)| minutes);
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

/// An optional body is left out; it is not null.
fn describe_optional_body(operation: &mut Operation) {
    let contents = operation
        .request_body
        .as_mut()
        .and_then(inline)
        .into_iter()
        .flat_map(|body| body.content.values_mut());
    for content in contents.filter_map(inline) {
        if let Some(RefOr::T(Schema::OneOf(choices))) = &content.schema
            && let [form @ RefOr::Ref(_), RefOr::T(_)] = choices.items.as_slice()
        {
            content.schema = Some(form.clone());
        }
    }
}

/// Describes a success response without a description by the name of its status: the operation's
/// summary says the rest.
fn describe(operation: &mut Operation) {
    for (status, response) in &mut operation.responses.responses {
        if let Some(response) = inline(response).filter(|one| one.description.is_empty())
            && let Some(name) = StatusCode::from_bytes(status.as_bytes())
                .ok()
                .and_then(|status| status.canonical_reason())
        {
            name.clone_into(&mut response.description);
        }
    }
}

fn extend(operation: &mut Operation, name: &str, value: Value) {
    operation
        .extensions
        .get_or_insert_with(Extensions::default)
        .insert(name.to_owned(), value);
}

/// The operations of the document, as the layers find them.
pub fn operations(document: &OpenApi) -> Operations {
    Operations::new(documented(document).map(|(method, path, operation)| {
        let deprecation = deprecation::row(operation, deprecation::TABLE);
        web::operations::Operation {
            assurance: assurance::of(operation),
            scope: integrations::documented_scope(operation),
            parameters: query_parameters(document, operation)
                .into_iter()
                .chain(representations::older_parameters(
                    document, &method, path, operation,
                ))
                .collect(),
            format: representations::format_of(operation),
            deprecation: deprecation.map(|row| row.headers()).unwrap_or_default(),
            ..web::operations::Operation::new(method, path, Access::of(operation))
        }
    }))
}

fn query_parameters(document: &OpenApi, operation: &Operation) -> Vec<QueryParameter> {
    let shared = document.components.as_ref().map(|parts| &parts.parameters);
    let all = operation.parameters.iter().flatten();
    let all = all.filter_map(|one| match one {
        RefOr::T(one) => Some(one),
        RefOr::Ref(to) => match shared?.get(to.ref_location.rsplit('/').next()?)? {
            RefOr::T(one) => Some(one),
            RefOr::Ref(_) => None,
        },
    });
    all.filter(|one| one.parameter_in == ParameterIn::Query)
        .map(|one| QueryParameter {
            name: one.name.clone(),
            is_date: is_date_schema(&json!(one.schema)),
        })
        .collect()
}

/// True if `schema` describes a date, also a nullable one.
fn is_date_schema(schema: &Value) -> bool {
    let choices = ["oneOf", "anyOf"]
        .iter()
        .filter_map(|name| schema.get(name).and_then(Value::as_array))
        .flatten();
    matches!(
        schema.get("format").and_then(Value::as_str),
        Some("date" | "date-time")
    ) || choices.into_iter().any(is_date_schema)
}

/// Every operation of the document.
fn documented(document: &OpenApi) -> impl Iterator<Item = (Method, &str, &Operation)> {
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

/// The inline value of a reference-or-value; `None` for a reference.
fn inline<T>(reference: &mut RefOr<T>) -> Option<&mut T> {
    match reference {
        RefOr::T(it) => Some(it),
        RefOr::Ref(_) => None,
    }
}
