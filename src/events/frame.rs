//! Server-sent events as text (WHATWG HTML, 9.2): one frame for each event, and comments.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde::Serialize;

/// The reconnection time of clients, in milliseconds.
const RETRY: u32 = 3000;

/// The envelope of an event: the same as the body of a webhook.
#[derive(Debug, Serialize)]
pub(super) struct Envelope<'a> {
    pub(super) r#type: &'a str,
    pub(super) timestamp: DateTime<Utc>,
    pub(super) data: &'a serde_json::Value,
}

/// The frame of an event.
pub(super) fn event(id: &str, envelope: &Envelope<'_>) -> Bytes {
    // Compact JSON has no line breaks, so one `data` line is enough.
    let data = serde_json::to_string(envelope).unwrap_or_default();
    Bytes::from(format!(
        "id: {id}\nevent: {}\ndata: {data}\n\n",
        envelope.r#type
    ))
}

/// The first frame: the reconnection time and the current id.
pub(super) fn opening_frame(id: &str) -> Bytes {
    Bytes::from(format!("retry: {RETRY}\nid: {id}\n: listening\n\n"))
}

/// The `reset` event: the caller was away for too long, or sent an id that is not ours, so its data
/// may be stale.
pub(super) fn reset(id: &str) -> Bytes {
    Bytes::from(format!("id: {id}\nevent: reset\ndata: {{}}\n\n"))
}

/// A keep-alive comment. Its id skips the events that do not concern the reader.
pub(super) fn keep_alive(id: &str) -> Bytes {
    Bytes::from(format!("id: {id}\n: still there\n\n"))
}

/// A comment that only tests whether the connection is alive.
pub(super) fn probe() -> Bytes {
    Bytes::from_static(b":\n\n")
}

/// The last comment, with the reason for the end.
pub(super) fn closing_comment(why: &str) -> Bytes {
    Bytes::from(format!(": {why}\n\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_one_frame_whatever_is_in_it() {
        let data = serde_json::json!({"text": "baris satu\nbaris dua\r\n\r\ndata: x"});
        let envelope = Envelope {
            r#type: "notification.created",
            timestamp: "2026-07-06T01:00:00Z".parse().unwrap(),
            data: &data,
        };
        let frame = event("q1w2", &envelope);
        let text = std::str::from_utf8(&frame).unwrap();
        assert_eq!(text.matches("\n\n").count(), 1);
        assert_eq!(text.lines().count(), 4);
        assert!(text.starts_with("id: q1w2\nevent: notification.created\ndata: {\"type\":"));
    }
}
