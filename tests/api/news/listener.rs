//! A client of the event stream over a real connection.

use std::time::Duration;

use serde_json::Value;
use tokio::time::timeout;

use crate::support::Person;

/// The time limit for an expected event.
const PATIENCE: Duration = Duration::from_secs(20);

/// An open stream.
pub struct Listener {
    reply: reqwest::Response,
    text: String,
    /// The id of the last event.
    pub last_id: String,
}

/// One event.
#[derive(Debug, Clone, PartialEq)]
pub struct ReceivedEvent {
    pub kind: String,
    pub data: Value,
}

impl Listener {
    /// Opens a stream at `address`, from `last_id` on.
    pub async fn open(address: &str, person: &Person, last_id: Option<&str>) -> Self {
        let mut request = reqwest::Client::new()
            .get(format!("http://{address}/api/v1/events"))
            .bearer_auth(person.token.as_ref().unwrap());
        if let Some(id) = last_id {
            request = request.header("last-event-id", id);
        }
        let reply = request.send().await.unwrap();
        assert_eq!(
            (
                reply.status().as_u16(),
                reply.headers()["content-type"].to_str().unwrap()
            ),
            (200, "text/event-stream")
        );
        assert_eq!(reply.headers()["cache-control"], "no-store");
        let mut listener = Self {
            reply,
            text: String::new(),
            last_id: String::new(),
        };
        // The first frame: every event from here on is received.
        listener.frame().await.unwrap();
        listener
    }

    /// The next event; comments are skipped. None when the stream has ended.
    pub async fn next(&mut self) -> Option<ReceivedEvent> {
        loop {
            let frame = self.frame().await?;
            let field = |name: &str| {
                frame
                    .lines()
                    .find_map(|line| line.strip_prefix(name))
                    .map(str::to_owned)
            };
            if let (Some(kind), Some(data)) = (field("event: "), field("data: ")) {
                return Some(ReceivedEvent {
                    kind,
                    data: serde_json::from_str(&data).unwrap(),
                });
            }
        }
    }

    /// The next `count` events, each as its kind with the stage or the kind of notification.
    pub async fn hear(&mut self, count: usize) -> Vec<String> {
        let mut heard = Vec::new();
        for _ in 0..count {
            let event = self
                .next()
                .await
                .unwrap_or_else(|| panic!("the stream ended after {heard:?}"));
            let data = &event.data["data"];
            let what = data["stage"]
                .as_str()
                .or(data["kind"].as_str())
                .unwrap_or_default();
            heard.push(format!("{} {what}", event.kind));
        }
        heard
    }

    /// Everything until the stream ends.
    pub async fn rest(mut self) -> Vec<ReceivedEvent> {
        let mut all = Vec::new();
        while let Some(heard) = self.next().await {
            all.push(heard);
        }
        all
    }

    async fn frame(&mut self) -> Option<String> {
        loop {
            if let Some(end) = self.text.find("\n\n") {
                let frame: String = self.text.drain(..end + 2).collect();
                if let Some(id) = frame.lines().find_map(|line| line.strip_prefix("id: ")) {
                    id.clone_into(&mut self.last_id);
                }
                return Some(frame);
            }
            let piece = timeout(PATIENCE, self.reply.chunk())
                .await
                .unwrap_or_else(|_| panic!("nothing came; so far {:?}", self.text));
            self.text
                .push_str(std::str::from_utf8(&piece.ok()??).unwrap());
        }
    }
}
