//! The `webhooks` section of the OpenAPI document: the calls a receiver gets, and how it answers.

use serde_json::json;
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::path::{
    HttpMethod, OperationBuilder, ParameterBuilder, ParameterIn, PathItem, Paths, PathsBuilder,
};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Required, ResponseBuilder};

use crate::casework::announce::{ApplicationEvent, EventKind};
use chrono::{DateTime, Utc};
use serde::Serialize;

/// The body of a call: the same as the data of an event of `GET /events`.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct WebhookBody {
    /// The kind of event.
    pub r#type: EventKind,
    /// When it happened.
    pub timestamp: DateTime<Utc>,
    /// The data of the event.
    pub data: ApplicationEvent,
}

/// The tag of the calls to receivers. It differs from the tag of the webhook operations: generators
/// write a file for each tag, and the second would overwrite the first.
pub const CALLBACKS: &str = "webhook-callbacks";

/// The headers by which a receiver verifies a call.
const HEADERS: [(&str, &str, &str); 3] = [
    (
        "webhook-id",
        "The id of the event: a repeated call has the same id. A receiver that has processed the event answers 2xx and does nothing.",
        "0197dd1c-6a80-7c3e-8f5a-2b6d1e9c4a70",
    ),
    (
        "webhook-timestamp",
        "When this call was made, in Unix seconds. Refuse what is more than five minutes off.",
        "1783299600",
    ),
    (
        "webhook-signature",
        "`v1,` and the base64 of HMAC-SHA-256 over `{webhook-id}.{webhook-timestamp}.{body}`, keyed with the bytes behind `whsec_`. During a rotation two, with a space between; one that fits is enough.",
        "v1,c9lhjcxcymv8/2VlKN9YRwiXq2vINjMBBrf/LxiKlvQ=",
    ),
];

const DESCRIPTION: &str = "Sent to the webhooks that want it (`POST /api/v1/webhooks`) and whose owner may see the application, at least once and in no certain order: \
`data.version` orders the events of one application. Answer 2xx within five seconds. Anything else, a redirect too, is tried again after 5 s, 1 min, 5 min, 30 min, \
2 h, 6 h and 12 h; 410, or a day without any success, switches the webhook off. There are no events of complaints.";

/// Builds the section: each kind of event in kebab case; `type` in the body is its code.
pub fn section() -> Paths {
    EventKind::ALL
        .into_iter()
        .fold(PathsBuilder::new(), |section, kind| {
            section.path(
                kind.code().replace(['.', '_'], "-"),
                PathItem::new(HttpMethod::Post, operation(kind)),
            )
        })
        .build()
}

fn operation(kind: EventKind) -> utoipa::openapi::path::Operation {
    let summary = match kind {
        EventKind::StageChanged => {
            "An application has come to another stage (permohonan berpindah tahap)"
        }
        EventKind::BillingPaid => "The e-billing of an application was paid (e-billing dibayar)",
    };
    let content = ContentBuilder::new()
        .schema(Some(RefOr::Ref(Ref::from_schema_name("WebhookBody"))))
        .example(Some(example(kind)))
        .build();
    let mut body = RequestBodyBuilder::new()
        .content("application/json", content)
        .required(Some(Required::True))
        .build();
    body.extensions = Some(python_type("WebhookBody"));
    let taken = ResponseBuilder::new()
        .description("Taken; the body is not read")
        .build();
    let id = format!("call_{}", kind.code().replace('.', "_"));
    let mut operation = OperationBuilder::new()
        .operation_id(Some(id))
        .tag(CALLBACKS)
        .securities(Some([SecurityRequirement::default()]))
        .summary(Some(summary))
        .description(Some(DESCRIPTION))
        .request_body(Some(body))
        .response("2XX", taken);
    for (name, words, example) in HEADERS {
        let text = RefOr::T(Schema::Object(
            ObjectBuilder::new().schema_type(Type::String).build(),
        ));
        let header = ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Header)
            .required(Required::True);
        let header = header
            .description(Some(words))
            .schema(Some(text))
            .example(Some(json!(example)))
            .extensions(Some(python_type("StrictStr")));
        operation = operation.parameter(header.build());
    }
    operation.build()
}

/// The type of a parameter for the Python client of openapi-generator, which derives none for
/// webhooks and would write a module that does not parse.
fn python_type(name: &str) -> Extensions {
    Extensions::builder().add("x-py-typing", name).build()
}

fn example(kind: EventKind) -> serde_json::Value {
    let (from, to, task, step, version) = match kind {
        EventKind::StageChanged => ("submitted", "filed", "file_application", Some(2), 4),
        EventKind::BillingPaid => ("notice_sent", "notice_sent", "record_payment", None, 14),
    };
    let data = json!({
        "application": "0197dd1c-6a80-7c3e-8f5a-2b6d1e9c4a70", "number": "P-2026-00001", "scheme": "quality_iso9001", "from_stage": from, "stage": to,
        "task": task, "step": step, "round": 1, "version": version,
    });
    json!({"type": kind.code(), "timestamp": "2026-07-06T01:00:00Z", "data": data})
}
