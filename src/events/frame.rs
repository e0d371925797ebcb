//! Server-sent events as text (WHATWG HTML, 9.2): one frame for each event, comments in between.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde::Serialize;

/// How long a client waits before it comes back, in milliseconds.
const RETRY: u32 = 3000;

/// An event with its envelope: the same as in the body of a webhook.
#[derive(Debug, Serialize)]
pub(super) struct Envelope<'a> {
    pub(super) r#type: &'a str,
    pub(super) timestamp: DateTime<Utc>,
    pub(super) data: &'a serde_json::Value,
}

/// An event.
pub(super) fn event(id: &str, envelope: &Envelope<'_>) -> Bytes {
    // JSON has no line breaks of its own, so one line of data is enough.
    let data = serde_json::to_string(envelope).unwrap_or_default();
    Bytes::from(format!(
        "id: {id}\nevent: {}\ndata: {data}\n\n",
        envelope.r#type
    ))
}

/// The first words of a stream: when to come back, and from where.
pub(super) fn greeting(id: &str) -> Bytes {
    Bytes::from(format!("retry: {RETRY}\nid: {id}\n: listening\n\n"))
}

/// That the caller was away for too long, or comes with an id that is not ours: what they have may be stale.
pub(super) fn reset(id: &str) -> Bytes {
    Bytes::from(format!("id: {id}\nevent: reset\ndata: {{}}\n\n"))
}

/// That we are still there. The id moves on with what did not concern the reader.
pub(super) fn keep_alive(id: &str) -> Bytes {
    Bytes::from(format!("id: {id}\n: still there\n\n"))
}

/// A comment that is written only to find out whether somebody still reads.
pub(super) fn probe() -> Bytes {
    Bytes::from_static(b":\n\n")
}

/// The last words.
pub(super) fn farewell(why: &str) -> Bytes {
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
