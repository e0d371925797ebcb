//! `GET /events`: the event stream of the signed-in user.

use actix_web::http::header::ContentEncoding;
use actix_web::{HttpRequest, HttpResponse, get};

use super::broadcaster::EventBroadcaster;
use super::position::EventCursorKey;
use super::stream::{StreamSource, open_stream};
use crate::casework::announce::EventKind;
use crate::casework::desk::Desk;
use crate::clock::Clock;
use crate::complaint::services::ComplaintServices;
use crate::error::Result;
use crate::sop::code_schema;
use crate::web::Provided;

code_schema!(
    StreamEventKind,
    "The kind of an event of the stream; `reset` means that you were away for too long.",
    EventKind::ALL
        .iter()
        .map(|kind| kind.code())
        .chain(["notification.created", "reset"])
);

/// One event of a stream, by the fields of its frame (WHATWG HTML 9.2): each field is a line, such
/// as `id: …`, and an empty line ends the event.
#[derive(Debug, utoipa::ToSchema)]
#[expect(
    dead_code,
    reason = "it describes a frame in the contract; frames are written as text"
)]
pub struct ServerSentEvent {
    /// The position in the stream; send it back as `Last-Event-ID`.
    #[schema(
        example = "Zx0c1v2b3n4m5Zx0c1v2b3n4m5Zx0c1v2b3n4m5Zx0c1v2b3n4m5Zx0c1v2b3n4m5Zx0c1v2b3n4m5Zx0c1v2b"
    )]
    pub id: String,
    /// The kind of event, or `reset`.
    #[schema(value_type = StreamEventKind)]
    pub event: String,
    /// The event as JSON in one line, the same as the body of a webhook; `{}` for `reset`.
    #[schema(
        example = "{\"type\":\"application.stage_changed\",\"timestamp\":\"2026-07-06T01:00:00Z\",\"data\":{\"application\":\"0197dd1c-6a80-7c3e-8f5a-2b6d1e9c4a70\",\"number\":\"P-2026-00001\",\"scheme\":\"quality_iso9001\",\"from_stage\":\"submitted\",\"stage\":\"filed\",\"task\":\"file_application\",\"step\":2,\"round\":1,\"version\":4}}"
    )]
    pub data: String,
}

/// Listen to events (peristiwa langsung).
///
/// A stream of server-sent events (`text/event-stream`) that you may see:
/// `application.stage_changed` and `application.billing_paid` of applications, and
/// `notification.created` of your inbox, each with the body a webhook would get. Every event has an
/// `id`; a client that reconnects within seven days with this id in `Last-Event-ID` misses nothing.
/// `reset` means that you were away for longer: read your lists again. Comments keep an idle stream
/// alive. The stream ends with your session, and when the service stops: reconnect after `retry`.
/// At most six streams per user.
#[utoipa::path(
    tag = "events",
    params(("Last-Event-ID" = Option<String>, Header, description = "The `id` of the last event you got", example = "Zx0c1v2b3n4m5Zx0c1v2b3n4m5Zx0c1v2b3n4m5Zx0c1v2b3n4m5Zx0c1v2b3n4m5Zx0c1v2b3n4m5Zx0c1v2b")),
    responses((status = 200, description = "Events as they happen", content_type = "text/event-stream", body = ServerSentEvent))
)]
#[get("/events")]
pub async fn listen_to_events(
    desk: Desk,
    request: HttpRequest,
    hub: Provided<EventBroadcaster>,
    services: Provided<ComplaintServices>,
    clock: Provided<Clock>,
    cursor_key: Provided<EventCursorKey>,
) -> Result<HttpResponse> {
    let source = StreamSource {
        database: desk.database().clone(),
        services: services.0,
        clock: clock.0,
        cursor_key: cursor_key.0,
    };
    let after = request
        .headers()
        .get("last-event-id")
        .map(|id| id.to_str().unwrap_or_default());
    let events = Box::pin(open_stream(source, &hub.0, desk.signed_in().clone(), after)).await?;
    let mut response = HttpResponse::Ok();
    // A proxy that compressed or buffered the reply would delay events.
    response
        .content_type("text/event-stream")
        .insert_header(ContentEncoding::Identity)
        .insert_header(("x-accel-buffering", "no"));
    Ok(response.streaming(events))
}
